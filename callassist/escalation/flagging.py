"""What a result says about a number or a guest beyond this call: flagged, or never again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.call_task import Party
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.domain.results import GUEST_RULES, AttemptOutcome, NextStep, Result
from callassist.escalation.telling import tell_host
from callassist.models import CallAttempt, HostContact, Incident, Stay, StayNumber

_NO_REDIAL = frozenset({NextStep.STOP_AND_PHONE_HOST, NextStep.EMERGENCY})


def flag_and_stop(
    session: Session, incident: Incident, attempt: CallAttempt, result: Result, now: datetime
) -> None:
    """Flag a number that is not the guest's; stop calls to a guest who asked for that."""
    rule = GUEST_RULES.get(result)
    if attempt.party == Party.HOST:
        if result is AttemptOutcome.INVALID_NUMBER and attempt.host_contact_id is not None:
            _flag_contact(session, incident, attempt, attempt.host_contact_id, now)
        return
    if rule is None:
        return
    if rule.flags_number and attempt.stay_number_id is not None:
        stays.flag_number(session, attempt.stay_number_id, str(result), now)
        _tell_flagged(session, incident, attempt, result, now)
    if rule.next_step in _NO_REDIAL and incident.stay_id is not None:
        stay = session.get_one(Stay, incident.stay_id)
        asked = rule.next_step is NextStep.STOP_AND_PHONE_HOST
        stays.do_not_call(session, stay, attempt.number_index if asked else None, "operator", now)
        if asked:
            incident_log.append(
                session,
                incident.id,
                LogAction.GUEST_STOPPED,
                {"mask": attempt.number_mask},
                now=now,
            )


def flag_and_stop_joined(
    session: Session, incident: Incident, attempt: CallAttempt, result: Result, now: datetime
) -> None:
    """The same for a home that joined the call: its stay has this number in a row of its own."""
    rule = GUEST_RULES.get(result)
    if rule is None or incident.stay_id is None:
        return
    if rule.flags_number:
        same = select(StayNumber).where(
            StayNumber.stay_id == incident.stay_id,
            StayNumber.number_index == attempt.number_index,
        )
        for number in session.scalars(same):
            stays.flag_number(session, number.id, str(result), now)
    if rule.next_step in _NO_REDIAL:
        stay = session.get_one(Stay, incident.stay_id)
        stays.do_not_call(session, stay, None, "operator", now)


def _flag_contact(
    session: Session, incident: Incident, attempt: CallAttempt, contact_id: int, now: datetime
) -> None:
    """Flag a contact's number, unless they have another one by now, or are gone."""
    contact = session.get(HostContact, contact_id)
    if contact is None or contact.phone_index != attempt.number_index:
        return
    reason = AttemptOutcome.INVALID_NUMBER
    contact.flagged_at, contact.flag_reason = now, str(reason)
    _tell_flagged(session, incident, attempt, reason, now)


def _tell_flagged(
    session: Session, incident: Incident, attempt: CallAttempt, result: Result, now: datetime
) -> None:
    whose = {"stay_number_id": attempt.stay_number_id}
    if attempt.party == Party.HOST:
        whose = {"host_contact_id": attempt.host_contact_id}
    incident_log.append(
        session,
        incident.id,
        LogAction.NUMBER_FLAGGED,
        {"mask": attempt.number_mask, "reason": str(result), **whose},
        now=now,
    )
    tell_host(
        session,
        incident,
        MessageKind.NUMBER_FLAGGED,
        now=now,
        once_per=attempt.public_id,
        reason=str(result),
        mask=attempt.number_mask,
        party=attempt.party,
    )
