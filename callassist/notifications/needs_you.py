"""An alarm that stays open until somebody acknowledges it, along the account's duty rota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from callassist import incident_log, roster, timers
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Incident, NeedsYou, Notification, NotificationChannel, Person
from callassist.notifications.recipients import account_channels, person_channels
from callassist.notifications.telling import Telling, queue, skip, wants
from callassist.storage import nudges
from callassist.timers import DueTimer

STEP = "needs_you_step"  # timer kind, subject: needs_you id
_ROUND_AGAIN = timedelta(minutes=5)
_WAITING = select(NeedsYou).where(NeedsYou.acknowledged_at.is_(None)).order_by(NeedsYou.id)
_OWN_WAITING = _WAITING.where(NeedsYou.account_id.in_(bindparam("accounts", expanding=True)))


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One of a person's turns: the kind of channel that it is for, what else takes it, the wait."""

    kind: str
    instead: tuple[str, ...]
    wait: timedelta
    missing: str


TURNS = (
    Turn(
        kind="push",
        instead=(),
        wait=timedelta(minutes=2),
        missing="no push channel is configured for who has duty",
    ),
    Turn(
        kind="sms",
        instead=("apprise",),
        wait=timedelta(minutes=3),
        missing="text messages are not set up for who has duty",
    ),
    Turn(
        kind="voice",
        instead=("email",),
        wait=_ROUND_AGAIN,
        missing="no voice call is set up for who has duty",
    ),
)


def open_needs_you(session: Session, telling: Telling, now: datetime) -> NeedsYou:
    """Open the alarm and take its first turn; the one that is open under this key stays."""
    key = str(telling.facts.get("key") or telling.key)
    assert telling.account_id is not None
    same = select(NeedsYou).where(NeedsYou.account_id == telling.account_id, NeedsYou.key == key)
    alarm = session.scalars(same).first()
    if alarm is not None:
        return alarm
    alarm = NeedsYou(
        account_id=telling.account_id,
        incident_id=telling.incident_id,
        property_id=telling.property_id,
        key=key,
        reason=str(telling.facts.get("reason") or "other")[:64],
        facts=dict(telling.facts),
        opened_at=now,
        step=0,
    )
    session.add(alarm)
    session.flush()
    _take_turn(session, alarm, now)
    return alarm


def on_needs_you_step(session: Session, timer: DueTimer, now: datetime) -> None:
    """Timer handler: the next turn, unless somebody has acknowledged meanwhile."""
    alarm = session.get(NeedsYou, int(timer.subject), populate_existing=True)
    if alarm is not None and alarm.acknowledged_at is None and not _was_practice(session, alarm):
        _take_turn(session, alarm, now)


def acknowledge(session: Session, viewer_name: str, needs_you_id: int, now: datetime) -> bool:
    """Somebody takes it: no more repeats. False when it was acknowledged before.

    The log of the incident keeps the id only; the name is read from the alarm, where it can be
    changed. NotFound for an unknown id.
    """
    alarm = session.get(NeedsYou, needs_you_id)
    if alarm is None:
        raise NotFound("there is no such alarm")
    taken = session.execute(
        update(NeedsYou)
        .where(NeedsYou.id == needs_you_id, NeedsYou.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=viewer_name[:255])
        .returning(NeedsYou.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(alarm)
    if taken is None:
        return False
    nudges.changed(session, NeedsYou, needs_you_id)
    timers.disarm(session, STEP, needs_you_id)
    if alarm.incident_id is not None:
        data = {"needs_you_id": needs_you_id, "by": "host"}
        incident_log.append(session, alarm.incident_id, LogAction.ACKNOWLEDGED, data, now=now)
    return True


def take_by_phone(
    session: Session, needs_you_id: int | None, notification_id: int | None, now: datetime
) -> bool:
    """A key was pressed on a phone that rang for this message: the channel is proved.

    Without an alarm it was a test. False when somebody had acknowledged the alarm before.
    """
    message = session.get(Notification, notification_id) if notification_id else None
    channel = session.get(NotificationChannel, message.channel_id) if message else None
    person = session.get(Person, channel.person_id) if channel and channel.person_id else None
    if channel is not None and channel.proved_at is None:
        channel.proved_at = now
    if needs_you_id is None:
        return True
    return acknowledge(session, person.name if person else "", needs_you_id, now)


def waiting(session: Session, viewer: Viewer) -> list[NeedsYou]:
    """Alarms of the viewer's accounts that nobody has acknowledged yet, oldest first."""
    if viewer.is_admin:
        return list(session.scalars(_WAITING))
    return list(session.scalars(_OWN_WAITING, {"accounts": list(viewer.account_ids)}))


def _take_turn(session: Session, alarm: NeedsYou, now: datetime) -> None:
    """Tell the next person with a channel; turns without one are passed over at once.

    Once a person was told, the times of their later turns hold even when those are empty: who
    has a push channel only is told every ten minutes, not every two.
    """
    people = _people(session, alarm.account_id, now)
    for _ in range(len(people) * len(TURNS)):
        first_round = alarm.step < len(people) * len(TURNS)
        turn_number = alarm.step % len(TURNS)
        turn, channels = TURNS[turn_number], people[alarm.step // len(TURNS) % len(people)]
        now_told = _tell(session, alarm, turn, channels, now)
        if first_round and turn.kind not in {one.kind for one in now_told}:
            skip(session, _telling(alarm, turn), turn.missing, now=now)
        alarm.step += 1
        earlier = {kind for one in TURNS[:turn_number] for kind in (one.kind, *one.instead)}
        if now_told or any(one.kind in earlier for one in channels):
            timers.arm(session, STEP, alarm.id, now + turn.wait, now=now)
            return
    skip(session, _nobody(alarm), "no channel is configured", now=now)
    timers.arm(session, STEP, alarm.id, now + _ROUND_AGAIN, now=now)


def _was_practice(session: Session, alarm: NeedsYou) -> bool:
    """An alarm of a rehearsal that is over is not repeated."""
    incident = None if alarm.incident_id is None else session.get(Incident, alarm.incident_id)
    return incident is not None and incident.practice and incident.closed_at is not None


def _people(session: Session, account_id: int, now: datetime) -> list[list[NotificationChannel]]:
    """The channels of each person on duty in order; everybody's, when nobody on duty has one."""
    on_duty = [span.person_id for span in roster.duty_now(session, account_id, now)]
    each = [
        [] if one is None else _wanting(person_channels(session, account_id, [one]))
        for one in on_duty
    ]
    return each if any(each) else [*each, _wanting(account_channels(session, account_id))]


def _wanting(channels: list[NotificationChannel]) -> list[NotificationChannel]:
    return [channel for channel in channels if wants(channel, MessageKind.NEEDS_YOU)]


def _tell(
    session: Session,
    alarm: NeedsYou,
    turn: Turn,
    channels: list[NotificationChannel],
    now: datetime,
) -> list[NotificationChannel]:
    told = [channel for channel in channels if channel.kind in (turn.kind, *turn.instead)]
    for channel in told:
        queue(session, channel, _telling(alarm, turn), now=now)
    return told


def _telling(alarm: NeedsYou, turn: Turn) -> Telling:
    return Telling(
        kind=MessageKind.NEEDS_YOU,
        key=f"needs_you:{alarm.public_id}:{alarm.step}:{turn.kind}",
        account_id=alarm.account_id,
        incident_id=alarm.incident_id,
        property_id=alarm.property_id,
        facts={**alarm.facts, "needs_you": alarm.public_id},
    )


def _nobody(alarm: NeedsYou) -> Telling:
    return Telling(
        kind=MessageKind.NEEDS_YOU,
        key=f"needs_you:{alarm.public_id}:nobody",
        account_id=alarm.account_id,
        incident_id=alarm.incident_id,
        property_id=alarm.property_id,
        facts=dict(alarm.facts),
    )
