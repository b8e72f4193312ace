"""What a guest may see of their own stay: a word for the noise, never a level or an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.accounts.recordings import was_recorded
from callassist.bootstrap import Service
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.domain.quiet_hours import LocalHours, running_or_next
from callassist.escalation.coverage import is_heard
from callassist.escalation.guest_answers import GuestAnswer
from callassist.escalation.opening import home_policy, open_incident_of, running_breach
from callassist.models import Incident, Property, Sensor, Stay

_ANSWERABLE = (IncidentState.WATCHING, IncidentState.CALLING_GUEST)


class NowWord(StrEnum):
    """How it is in the home now."""

    LOUD = "loud"
    CALM = "calm"
    UNKNOWN = "unknown"  # a sensor is there, but not heard
    NONE = "none"  # there is no sensor


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the guest said last about this incident, and what follows from it."""

    answer: GuestAnswer
    at: datetime
    next: str  # the name of the sentence that says what happens next
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class GuestScreen:
    """The page."""

    host: str
    house_rule: str
    house_language: str
    quiet_hours: LocalHours | None
    zone: ZoneInfo
    now_word: NowWord
    can_answer: bool
    answered: Answered | None
    has_numbers: bool
    is_phoned: bool  # should it stay loud; else only the host is
    messages_stopped: bool
    was_recorded: bool


def guest_screen(session: Session, service: Service, stay: Stay, now: datetime) -> GuestScreen:
    """The page of a stay whose link was shown."""
    home = session.get_one(Property, stay.property_id)
    incident = incident_of(session, stay)
    zone = ZoneInfo(home.timezone)
    is_phoned = _is_phoned(home, stay)
    return GuestScreen(
        host=home.host_spoken_name,
        house_rule=home.house_rule,
        house_language=home.language,
        quiet_hours=running_or_next(home_policy(home).all_quiet_hours, now, zone),
        zone=zone,
        now_word=_now_word(session, service, home, now),
        can_answer=incident is not None and incident.state in _ANSWERABLE,
        answered=None if incident is None else _answered(session, incident, now, is_phoned),
        has_numbers=bool(stay.numbers),
        is_phoned=is_phoned,
        messages_stopped=stays.messages_stopped(session, service.vault, stay),
        was_recorded=was_recorded(session, stay.id),
    )


def incident_of(session: Session, stay: Stay) -> Incident | None:
    """The open incident that the guest of this stay can answer to, if any."""
    incident = open_incident_of(session, stay.property_id)
    if incident is None or incident.shadow or incident.stay_id not in (None, stay.id):
        return None
    return incident


def _now_word(session: Session, service: Service, home: Property, now: datetime) -> NowWord:
    sensors = list(session.scalars(select(Sensor).where(Sensor.property_id == home.id)))
    breach = running_breach(session, home.id)
    if breach is not None and breach.frozen_since is None:
        return NowWord.LOUD
    if not sensors:
        return NowWord.NONE
    heard = any(is_heard(one, service.surroundings, now) for one in sensors)
    return NowWord.CALM if heard and breach is None else NowWord.UNKNOWN


def _is_phoned(home: Property, stay: Stay) -> bool:
    if home.host_only or stay.do_not_call_at is not None:
        return False
    return any(number.flagged_at is None for number in stay.numbers)


def _answered(
    session: Session, incident: Incident, now: datetime, is_phoned: bool
) -> Answered | None:
    said = [
        entry
        for entry in incident_log.entries(session, incident.id)
        if entry.action == LogAction.GUEST_ANSWERED
    ]
    if not said:
        return None
    answer = GuestAnswer(said[-1].data["answer"])
    held = incident.held_until if incident.held_until and incident.held_until > now else None
    sentence = f"next_{answer}"
    if incident.state not in _ANSWERABLE:
        sentence = "next_over"
    elif not is_phoned:
        sentence = "next_noted"
    elif answer is GuestAnswer.TURN_IT_DOWN:
        sentence = "next_held" if held else "next_not_held"
    return Answered(answer=answer, at=said[-1].at, next=sentence, until=held)
