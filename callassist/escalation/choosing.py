"""Whom to dial right now: read afresh at each dial, never remembered from the task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from callassist import stays
from callassist.domain.call_task import Party
from callassist.domain.dial import UNSETTLED
from callassist.domain.phoning_back import Line
from callassist.domain.results import AttemptOutcome
from callassist.escalation.policy import HostReason
from callassist.models import CallAttempt, HostContact, Incident, IncomingCall, Stay, StayNumber

_LIVE_GAP = timedelta(minutes=1)  # look again so long after a call that is still going on
_NEVER_RANG = (
    AttemptOutcome.PROVIDER_ERROR,
    AttemptOutcome.NOT_CONNECTED,
    AttemptOutcome.INVALID_NUMBER,
)
_UNSETTLED = [str(state) for state in UNSETTLED]
_ASKED = (
    select(IncomingCall)
    .where(
        IncomingCall.incident_id == bindparam("incident"),
        IncomingCall.party == Party.GUEST,
        IncomingCall.state == Line.QUEUED,
    )
    .order_by(IncomingCall.id.desc())
    .limit(1)
)
_LATELY = select(CallAttempt.state, CallAttempt.dial_at, CallAttempt.ended_at).where(
    CallAttempt.number_index == bindparam("number_index"),
    CallAttempt.dial_at.is_not(None) | CallAttempt.state.in_(_UNSETTLED),
    or_(
        CallAttempt.outcome.is_(None),
        CallAttempt.outcome.not_in([str(each) for each in _NEVER_RANG]),
    ),
    or_(CallAttempt.ended_at.is_(None), CallAttempt.ended_at > bindparam("after")),
)


@dataclass(frozen=True, kw_only=True)
class DialTarget:
    """One number to dial, sealed, and whose it is."""

    number: bytes
    number_index: str
    number_mask: str
    stay_number_id: int | None = None
    host_contact_id: int | None = None


def _any(_number: StayNumber | HostContact) -> bool:
    return True


def guest_target(
    session: Session,
    incident: Incident,
    now: datetime,
    passes: Callable[[StayNumber], bool] = _any,
) -> DialTarget | HostReason:
    """The first unflagged number of the stay in the home now, or why the host is phoned.

    Numbers that do not pass are passed over.

    A practice alert has nobody's number: which fake one is chosen where it is dialled.
    """
    if incident.practice:
        return DialTarget(number=b"", number_index="practice", number_mask="")
    stay = stays.staying_now(session, incident.property_id, now)
    if stay is None:
        return HostReason.NO_NUMBER if incident.stay_id is None else HostReason.STAY_CHANGED
    if incident.stay_id is not None and stay.id != incident.stay_id:
        return HostReason.STAY_CHANGED
    phoned = _asked_by_phone(session, incident, stay)
    if stay.do_not_call_at is not None and phoned is None:
        return HostReason.ASKED_NOT_TO_BE_CALLED
    numbers = stays.dialable(session, stay, now, asked_for_it=phoned is not None)
    if not numbers:
        return HostReason.NO_NUMBER
    if phoned is not None:  # on the phone that they hold in their hand
        numbers.sort(key=lambda one: one.id != phoned.stay_number_id)
    first = next(filter(passes, numbers), None)
    if first is None:
        return HostReason.NUMBER_REFUSED
    return DialTarget(
        number=first.number,
        number_index=first.number_index,
        number_mask=first.number_mask,
        stay_number_id=first.id,
    )


def _asked_by_phone(session: Session, incident: Incident, stay: Stay) -> IncomingCall | None:
    """The last call in which the guest asked to be phoned; older than "do not phone me" it is
    none."""
    found = session.scalars(_ASKED, {"incident": incident.id}).first()
    if found is None or (stay.do_not_call_at and stay.do_not_call_at > found.changed_at):
        return None
    return found


def host_contacts(session: Session, incident: Incident) -> list[HostContact]:
    """The home's unflagged host contacts in order; a practice alert has one, who is nobody."""
    if incident.practice:
        return [HostContact(position=1, languages=[incident.language])]
    return list(
        session.scalars(
            select(HostContact)
            .where(
                HostContact.property_id == incident.property_id,
                HostContact.flagged_at.is_(None),
            )
            .order_by(HostContact.position, HostContact.id)
        )
    )


def host_target(
    session: Session,
    incident: Incident,
    position: int,
    passes: Callable[[HostContact], bool] = _any,
) -> DialTarget | None:
    """The contact at `position`, or the next one if that one is gone or does not pass; None when
    none is left."""
    for contact in host_contacts(session, incident):
        if contact.position >= position and passes(contact):
            return DialTarget(
                number=contact.phone,
                number_index=contact.phone_index,
                number_mask=contact.phone_mask,
                host_contact_id=contact.id,
            )
    return None


def free_from(
    session: Session, number_index: str, gap: timedelta, now: datetime
) -> datetime | None:
    """When this number may be dialled again: five minutes after the last dial that reached it.

    Over all incidents and accounts. None when it may be dialled now; while a dial is live or in
    doubt, the gap (a minute at least) is counted from now.
    """
    asked = {"number_index": number_index, "after": now - gap}
    rows = session.execute(_LATELY, asked).all()
    latest: datetime | None = None
    for state, dial_at, ended_at in rows:
        until = (ended_at or dial_at or now) + gap
        if state in _UNSETTLED:
            until = now + max(gap, _LIVE_GAP)
        if until > now and (latest is None or until > latest):
            latest = until
    return latest
