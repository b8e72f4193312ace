"""Shifts as a calendar to subscribe to: of a whole desk, or an operator's own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from callassist.domain.supervision import LinkKind
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Desk, DeskLink, Operator, Person
from callassist.roster.calendar_address import CalendarEntry, shown_span, written
from callassist.roster.desk_links import make_desk_link
from callassist.roster.shifts import rostered

_AT_THE_DESK = {"en": "At the desk: {name}", "fr": "Au poste\u00a0: {name}"}
_MY_SHIFT = {"en": "Shift: {desk}", "fr": "Service\u00a0: {desk}"}


def shifts_calendar(
    session: Session, desk: Desk, operator: Operator | None, language: str, now: datetime
) -> bytes:
    """The shifts of a desk by desk names, or those of one operator in their own language."""
    if operator is not None:
        language = _language_of(session, operator) or language
    shown = shown_span(now)
    entries = (
        CalendarEntry(
            uid=f"shift-{shift.public_id}",
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            summary=_AT_THE_DESK[language].format(name=who.desk_name)
            if operator is None
            else _MY_SHIFT[language].format(desk=desk.name),
        )
        for shift, who in rostered(session, desk.id, shown.starts_at, shown.ends_at)
        if operator is None or who.id == operator.id
    )
    return written(desk.name, "shifts", entries, now)


def renew_own_feed(session: Session, viewer: Viewer, operator: Operator, now: datetime) -> str:
    """The token of a new address of the operator's own; the one before stops working at once."""
    end_own_feed(session, viewer, operator, now)
    desk = session.get_one(Desk, operator.desk_id)
    return make_desk_link(session, viewer, desk, LinkKind.SHIFTS, now=now, operator=operator)


def end_own_feed(session: Session, viewer: Viewer, operator: Operator, now: datetime) -> None:
    """No calendar reads this operator's shifts by an address of their own any more."""
    if operator.id not in viewer.operator_ids:
        raise NotFound("no such operator")
    session.execute(update(DeskLink).where(_own(operator)).values(revoked_at=now))


def own_feed_since(session: Session, operator: Operator) -> datetime | None:
    """Since when there is an address of the operator's own."""
    query = select(DeskLink.created_at).where(_own(operator)).order_by(DeskLink.id.desc())
    return session.scalars(query.limit(1)).first()


def _own(operator: Operator) -> ColumnElement[bool]:
    return and_(
        DeskLink.operator_id == operator.id,
        DeskLink.kind == str(LinkKind.SHIFTS),
        DeskLink.revoked_at.is_(None),
    )


def _language_of(session: Session, operator: Operator) -> str | None:
    chosen = select(Person.language).where(Person.id == operator.person_id)
    language = session.scalar(chosen)
    return language if language in _MY_SHIFT else None
