"""What detection found, as timers of a breach: open, call, freeze, thaw, end."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.incident import IncidentEvent, IncidentState
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.escalation.closing import close, note_noise_end, work_in_hand
from callassist.escalation.context import Escalation, policy_of
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import (
    Refusal,
    open_for_noise,
    open_incident_of,
    running_breach,
)
from callassist.escalation.requesting import request_call
from callassist.escalation.tasks import open_task
from callassist.escalation.telling import needs_you, tell_host
from callassist.escalation.zombies import is_zombie
from callassist.models import Breach, Incident, Property

_CALLING = (IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST)


def on_breach_open(session: Session, ctx: Escalation, breach_id: int, now: datetime) -> None:
    """Ten minutes into the breach: an incident opens in `watching`."""
    breach = session.get_one(Breach, breach_id)
    if breach.ended_at is not None or breach.frozen_since is not None:
        return
    if _incident(session, breach) is None:
        open_for_noise(session, ctx, breach, OpenedBy.NOISE, now=now)


def on_breach_due(
    session: Session, ctx: Escalation, breach_id: int, due_at: datetime, now: datetime
) -> None:
    """Noise has persisted: request the call, unless it is a zombie or out of cover."""
    breach = session.get_one(Breach, breach_id)
    if breach.escalated_at is None:
        return
    incident = _incident(session, breach)
    if incident is None:
        if breach.ended_at is not None:
            return
        opened = open_for_noise(session, ctx, breach, OpenedBy.NOISE, now=now)
        if isinstance(opened, Refusal):
            return
        incident = opened
    if state_of(incident) is not IncidentState.WATCHING:
        return
    _attach(incident, breach)
    if is_zombie(ctx, breach, due_at, now):
        close(session, incident, IncidentEvent.MISS, now=now)
        tell_host(
            session, incident, MessageKind.NEEDS_YOU, now=now, reason="missed", once_per="missed"
        )
        return
    _request_in_cover(session, ctx, incident, "noise_persisted", now)


def _request_in_cover(
    session: Session, ctx: Escalation, incident: Incident, why: str, now: datetime
) -> None:
    """Request the call; outside the hours in which the host wants calls, the host alone is told."""
    home = session.get_one(Property, incident.property_id)
    if policy_of(incident).makes_calls_at(now, ZoneInfo(home.timezone)):
        request_call(session, ctx, incident, why, now=now)
    else:
        needs_you(session, incident, "outside_cover", now=now)


def on_breach_ended(session: Session, ctx: Escalation, breach_id: int, now: datetime) -> None:
    """The breach is over: stand down, or let the call in hand finish first."""
    breach = session.get_one(Breach, breach_id)
    incident = _incident(session, breach)
    if incident is None or breach.ended_at is None or incident.breach_id != breach.id:
        return
    if breach.end_reason == "sensor_lost":
        _sensor_lost(session, incident, breach, now)
        return
    note_noise_end(session, incident)
    incident_log.append(
        session,
        incident.id,
        LogAction.NOISE_ENDED,
        {"at": breach.ended_at.isoformat(), "reason": breach.end_reason},
        now=now,
    )
    if state_of(incident) in _CALLING and work_in_hand(session, open_task(session, incident.id)):
        return  # the call and its wrap-up finish; saving the result closes or follows up
    close(session, incident, IncidentEvent.NOISE_ENDED, now=now)


def on_breach_frozen(session: Session, ctx: Escalation, breach_id: int, now: datetime) -> None:
    """No loud sensor of the breach is heard: the log says so (the host hears of the sensor)."""
    breach = session.get_one(Breach, breach_id)
    incident = _incident(session, breach)
    if incident is not None and breach.frozen_since is not None:
        since = breach.frozen_since.isoformat()
        incident_log.append(
            session, incident.id, LogAction.BREACH_FROZEN, {"since": since}, now=now
        )


def on_breach_thawed(session: Session, ctx: Escalation, breach_id: int, now: datetime) -> None:
    """Heard again, and loud: the breach goes on, without the gap."""
    breach = session.get_one(Breach, breach_id)
    incident = _incident(session, breach)
    if incident is not None:
        incident_log.append(
            session,
            incident.id,
            LogAction.BREACH_THAWED,
            {"at": now.isoformat(), "began_at": breach.began_at.isoformat()},
            now=now,
        )


def on_rearm_due(
    session: Session, ctx: Escalation, property_id: int, due_at: datetime, now: datetime
) -> None:
    """The home may open again: noise that still runs opens a repeat, and calls at once.

    After a down-time, or while nothing is heard, it is looked at again until something loud comes
    or the breach ends.
    """
    breach = running_breach(session, property_id)
    if breach is None:
        return
    if breach.frozen_since is not None or is_zombie(ctx, breach, due_at, now):
        again = now + ctx.settings.loud_lately
        timers.arm(session, Deadline.REARM_DUE, property_id, again, now=now)
        return
    opened = open_for_noise(session, ctx, breach, OpenedBy.REPEAT, now=now)
    if isinstance(opened, Refusal):
        return
    if breach.escalated_at is not None:
        _request_in_cover(session, ctx, opened, "still_loud", now)


def _incident(session: Session, breach: Breach) -> Incident | None:
    """The home's open incident, locked; noise of a home belongs to its one open incident."""
    found = open_incident_of(session, breach.property_id)
    if found is None:
        return None
    incident = lock_incident(session, found.id)
    return incident if incident.closed_at is None else None


def _attach(incident: Incident, breach: Breach) -> None:
    """An incident opened by hand before the noise is now about this breach too."""
    incident.breach_id = breach.id


def _sensor_lost(session: Session, incident: Incident, breach: Breach, now: datetime) -> None:
    incident_log.append(
        session,
        incident.id,
        LogAction.NOISE_ENDED,
        {"at": breach.last_loud_at.isoformat(), "reason": "sensor_lost"},
        now=now,
    )
    if state_of(incident) is IncidentState.WATCHING:
        close(session, incident, IncidentEvent.SENSOR_LOST, now=now)
