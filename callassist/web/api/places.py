"""Public ids for row ids, many at a time."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import (
    Account,
    Desk,
    Incident,
    Operator,
    Person,
    Property,
    SensorConnection,
    Stay,
    WebhookEndpoint,
)

Model = (
    type[Account]
    | type[Desk]
    | type[Incident]
    | type[Operator]
    | type[Person]
    | type[Property]
    | type[SensorConnection]
    | type[Stay]
    | type[WebhookEndpoint]
)


def place_names(session: Session, model: Model, ids: Iterable[int | None]) -> dict[int | None, str]:
    """The public id of each row of `model` that `ids` name; nothing for None."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = session.execute(select(model.id, model.public_id).where(model.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def place_name(session: Session, model: Model, row_id: int | None) -> str | None:
    """The public id of one row."""
    return place_names(session, model, [row_id]).get(row_id)
