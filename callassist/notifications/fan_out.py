"""From one outbox row `notify` to a queued message per channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.message_kind import OFF_BY_DEFAULT, STAFF_KINDS, MessageKind
from callassist.errors import PermanentError
from callassist.models import Incident, Property
from callassist.notifications.incident_facts import incident_facts
from callassist.notifications.morning_note import night_of
from callassist.notifications.needs_you import open_needs_you
from callassist.notifications.paging import page
from callassist.notifications.quiet_people import HELD_BACK, may_wake, resting
from callassist.notifications.recipients import account_channels, person_channels
from callassist.notifications.telling import Telling, queue, skip, wants
from callassist.notifications.webhooks.queueing import queue_event
from callassist.outbox import Deliverer, OutboxItem
from callassist.storage.sessions import Sessions

NOTIFY = "notify"  # outbox topic


def notify_deliverer(sessions: Sessions) -> Deliverer:
    """Addresses what happened. May run twice: one message per channel and outbox key."""

    def deliver(item: OutboxItem, now: datetime) -> None:
        telling = read_telling(item)
        if telling.kind is MessageKind.MORNING_NOTE and telling.account_id is not None:
            # reads a night of readings: not while holding the write lock
            with sessions.read() as session:
                night = night_of(session, telling.account_id, telling.facts)
            if night is None:
                return
            telling = telling.knowing(**night)
        with sessions.write() as session:
            fan_out(session, telling, now)

    return deliver


def fan_out(session: Session, telling: Telling, now: datetime) -> None:
    """Queue the message for every channel that wants it, or record why there is none."""
    if _is_in_shadow(session, telling):
        skip(session, telling, "shadow mode: nothing leaves the house", now=now)
        return
    known = incident_facts(session, telling.incident_id)
    telling = telling.knowing(**{**known, **telling.facts})
    if telling.kind in STAFF_KINDS:
        page(session, telling, now)
    elif telling.account_id is None:
        raise PermanentError(f"{telling.kind}: a message to a host needs an account")
    elif telling.kind is MessageKind.CALL_RESULT:
        _tell_person(session, telling, telling.account_id, now)
    elif telling.kind is MessageKind.NEEDS_YOU:
        alarm = open_needs_you(session, telling, now)
        opened = replace(telling, key=f"{telling.kind}:{alarm.public_id}")
        queue_event(session, opened.knowing(needs_you=alarm.public_id), now)
    else:
        _tell_account(session, telling, telling.account_id, now)
        queue_event(session, telling, now)


def _is_in_shadow(session: Session, telling: Telling) -> bool:
    """Whether the message is about a home of which nothing leaves the house now."""
    if telling.incident_id is not None:
        return session.get_one(Incident, telling.incident_id).shadow
    home = None if telling.property_id is None else session.get(Property, telling.property_id)
    return home is not None and home.shadow_since is not None


def _tell_person(session: Session, telling: Telling, account_id: int, now: datetime) -> None:
    """Who took a call by phone: on their own channels, or it is said that there is none."""
    person_id = telling.facts.get("person_id")
    channels = person_channels(session, account_id, [int(str(person_id))] if person_id else [])
    wanting = [channel for channel in channels if wants(channel, telling.kind)]
    for channel in wanting:
        queue(session, channel, telling, now=now)
    if not wanting:
        skip(session, telling, "who took the call has no e-mail address or device here", now=now)


def _tell_account(session: Session, telling: Telling, account_id: int, now: datetime) -> None:
    channels = account_channels(session, account_id)
    wanting = [channel for channel in channels if wants(channel, telling.kind)]
    asleep = resting(session, account_id, [channel.person_id for channel in wanting], now)
    for channel in wanting:
        if channel.person_id in asleep and not may_wake(telling.kind, channel.kind):
            skip(session, telling, HELD_BACK, now=now, channel=channel)
        else:
            queue(session, channel, telling, now=now)
    if wanting or telling.kind in OFF_BY_DEFAULT:
        return
    reason = "switched off on every channel" if channels else "no channel is configured"
    skip(session, telling, reason, now=now)


def read_telling(item: OutboxItem) -> Telling:
    """The outbox row as a Telling; PermanentError names what is wrong with it."""
    payload = item.payload
    try:
        kind = MessageKind(payload["kind"])
    except (KeyError, ValueError):
        raise PermanentError(f"outbox {item.key}: unknown kind of message") from None
    facts = payload.get("facts") or {}
    if not isinstance(facts, Mapping):
        raise PermanentError(f"outbox {item.key}: facts must be an object")
    return Telling(
        kind=kind,
        key=item.key,
        account_id=payload.get("account_id"),
        desk_id=payload.get("desk_id"),
        incident_id=payload.get("incident_id"),
        property_id=payload.get("property_id"),
        facts=facts,
    )
