"""Who is in a home now, and which numbers may be dialled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Stay, StayNumber

TYPED = "typed"
_IN_FORCE = (
    Stay.property_id == bindparam("home"),
    Stay.cancelled_at.is_(None),
    Stay.erased_at.is_(None),
)
_STAYING = (
    select(Stay)
    .where(*_IN_FORCE, Stay.check_in_at <= bindparam("now"), Stay.check_out_at > bindparam("now"))
    .order_by(case((Stay.source == TYPED, 0), else_=1), Stay.check_in_at.desc(), Stay.id.desc())
    .limit(1)
)
_TOUCHING = (
    select(Stay)
    .where(
        *_IN_FORCE,
        Stay.check_in_at < bindparam("ends_at"),
        Stay.check_out_at > bindparam("starts_at"),
    )
    .order_by(Stay.check_in_at, Stay.id)
)
_UNFLAGGED = (
    select(StayNumber)
    .where(StayNumber.stay_id == bindparam("stay"), StayNumber.flagged_at.is_(None))
    .order_by(StayNumber.position, StayNumber.id)
)


def staying_now(session: Session, property_id: int, now: datetime) -> Stay | None:
    """The stay in a home at `now`, from check-in until just before check-out.

    Cancelled and erased stays do not count. Of several a typed one wins over imported ones, then
    the one that checked in last (a guest who left early has no later check-in).
    """
    return session.scalars(_STAYING, {"home": property_id, "now": now}).first()


def coming_stays(
    session: Session, property_id: int, starts_at: datetime, ends_at: datetime
) -> list[Stay]:
    """Stays that touch [starts_at, ends_at), earliest first; cancelled and erased ones left out."""
    asked = {"home": property_id, "starts_at": starts_at, "ends_at": ends_at}
    return list(session.scalars(_TOUCHING, asked))


def dialable(
    session: Session, stay: Stay, now: datetime, *, asked_for_it: bool = False
) -> list[StayNumber]:
    """Unflagged numbers in calling order; none once the stay ended, was cancelled or said stop.

    `asked_for_it`: the guest asked to be phoned after saying stop.
    """
    over = stay.check_out_at <= now or stay.cancelled_at or stay.erased_at
    if over or (stay.do_not_call_at is not None and not asked_for_it):
        return []
    return list(session.scalars(_UNFLAGGED, {"stay": stay.id}))


def find_stay(session: Session, viewer: Viewer, public_id: str) -> Stay:
    """A stay of one of the viewer's accounts; NotFound for anything else."""
    stay = session.scalars(select(Stay).where(Stay.public_id == public_id)).first()
    if stay is None or not (viewer.is_admin or stay.account_id in viewer.account_ids):
        raise NotFound("no such stay")
    return stay
