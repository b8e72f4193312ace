"""What supervisors did at a desk lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import Desk, Intervention, Operator, Person
from callassist.web.pages import words
from callassist.web.pages.board.words import INTERVENTION, REASON
from callassist.web.translate import gettext as _

_LOOKS_BACK = timedelta(hours=24)
_MOST = 12


@dataclass(frozen=True)
class Past:
    """One thing that a supervisor did, in words."""

    at: datetime
    by: str
    what: str
    why: str


def interventions(session: Session, desk: Desk, now: datetime) -> list[Past]:
    """The newest of the last 24 hours."""
    query = (
        select(Intervention, Person.name, Operator.desk_name)
        .outerjoin(Person, Person.id == Intervention.person_id)
        .outerjoin(Operator, Operator.id == Intervention.operator_id)
        .where(Intervention.desk_id == desk.id, Intervention.at >= now - _LOOKS_BACK)
        .order_by(Intervention.id.desc())
        .limit(_MOST)
    )
    return [
        Past(
            at=row.at,
            by=by or _("A program"),
            what=words.of(INTERVENTION, row.kind) % {"who": who or "–"},
            why=words.of(REASON, row.reason),
        )
        for row, by, who in session.execute(query)
    ]
