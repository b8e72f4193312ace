"""Ann's shifts and what she asks of her colleagues."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.models import (
    Operator,
    Shift,
    ShiftSwap,
)
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ADMIN, Stage

NIGHT = timedelta(hours=8)


def operator(stage: Stage, name: str) -> str:
    with stage.world.service.sessions.read() as session:
        query = select(Operator.public_id).where(Operator.desk_name == name)
        return session.scalars(query).one()


def shift(stage: Stage, name: str, days: int) -> str:
    """A night of eight hours, so many days from now."""
    with stage.world.service.sessions.write() as session:
        begin = stage.world.clock.now() + timedelta(days=days)
        who = operator_in(session, name)
        return roster.add_shift(session, ADMIN, who, begin, begin + NIGHT).public_id


def operator_in(session: Session, name: str) -> str:
    return session.scalars(select(Operator.public_id).where(Operator.desk_name == name)).one()


def works(stage: Stage, public_id: str) -> str:
    with stage.world.service.sessions.read() as session:
        query = (
            select(Operator.desk_name)
            .join(Shift, Shift.operator_id == Operator.id)
            .where(Shift.public_id == public_id)
        )
        return session.scalars(query).one()


def swap(stage: Stage) -> ShiftSwap:
    """The newest request."""
    with stage.world.service.sessions.read() as session:
        newest = select(ShiftSwap).order_by(ShiftSwap.id.desc()).limit(1)
        return session.scalars(newest).one()


def asked(stage: Stage, ann: Browser, given: str, back: str = "", reason: str = "") -> str:
    """Ann asks Ben; the request's id."""
    fields = {"colleague": operator(stage, "Ben"), "return": back, "reason": reason}
    answer = ann.post(f"/desk/swaps/of/{given}", **fields)
    assert answer.status_code == 302, answer.text
    return swap(stage).public_id
