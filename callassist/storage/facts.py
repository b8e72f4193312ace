"""Facts of this service in this database, one row each; they survive restarts and backups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.models import ServiceFact

RESTORED = "restored"
_table = ServiceFact.__table__
_VALUE = select(_table.c.value).where(_table.c.name == bindparam("name"))
_INSERTS: dict[str, sqlite.Insert | postgresql.Insert] = {
    "sqlite": sqlite.insert(ServiceFact),
    "postgresql": postgresql.insert(ServiceFact),
}


def get_fact(session: Session, name: str) -> dict[str, Any] | None:
    """What was put under `name` last; None when nothing was."""
    value: dict[str, Any] | None = session.connection().execute(_VALUE, {"name": name}).scalar()
    return value


def put_fact(session: Session, name: str, value: dict[str, Any], *, now: datetime) -> None:
    """Keep `value` (JSON) under `name`, in the place of what was there."""
    insert = _INSERTS[session.get_bind().dialect.name].values(
        name=name, value=value, updated_at=now
    )
    session.connection().execute(
        insert.on_conflict_do_update(
            index_elements=[_table.c.name],
            set_={"value": insert.excluded.value, "updated_at": insert.excluded.updated_at},
        )
    )


def mark_restored(session: Session, *, now: datetime) -> None:
    """This database is a restored copy: until `resume` nobody is dialled from it."""
    put_fact(session, RESTORED, {"resumed": False}, now=now)


def resume(session: Session, *, now: datetime) -> None:
    """An administrator has looked at the restored copy: dialling is allowed again."""
    put_fact(session, RESTORED, {"resumed": True}, now=now)


def dialling_allowed(session: Session) -> bool:
    """False in a restored copy that nobody has resumed yet."""
    fact = get_fact(session, RESTORED)
    return fact is None or bool(fact["resumed"])
