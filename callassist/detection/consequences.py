"""Writes down what the noise rule tells: breach rows, timers for escalation, silent sensors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.detection.homes import Home
from callassist.domain.incident import IncidentState
from callassist.domain.message_kind import MessageKind
from callassist.domain.noise import (
    BreachBegan,
    BreachEnded,
    BreachEscalated,
    BreachFrozen,
    BreachMoved,
    BreachReopened,
    BreachThawed,
    Effect,
    SensorBack,
    SensorSilent,
)
from callassist.domain.policy import EscalationPolicy
from callassist.models import Breach, Incident, Property, Sensor
from callassist.storage import nudges
from callassist.timers import Arming

OPEN, DUE, ENDED = "breach_open", "breach_due", "breach_ended"
FROZEN, THAWED = "breach_frozen", "breach_thawed"
TICK = "noise_tick"


class Consequences:
    """Those of one transaction. Timers are collected and armed together by `finish`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._armings: dict[tuple[str, int], datetime] = {}
        self._breaches: dict[tuple[int, int], int] = {}

    def write(self, home: Home, effects: Iterable[Effect], policy: EscalationPolicy) -> None:
        """Write `effects` in their order; `policy` is stamped on a breach that begins."""
        for effect in effects:
            nudges.changed(self._session, Property, home.property_id)
            match effect:
                case SensorSilent():
                    self._sensor_silent(home, effect)
                case SensorBack():
                    self._sensor_back(home, effect)
                case BreachBegan():
                    self._begin(home, effect, policy)
                case BreachMoved():
                    self._move(home, effect, policy)
                case BreachReopened():
                    self._reopen(home, effect, policy)
                case BreachFrozen():
                    breach_id = self._set(home, effect.key, frozen_since=effect.since)
                    self._tell_once(breach_id, FROZEN, instead_of=THAWED)
                case BreachThawed():
                    breach_id = self._set(home, effect.key, frozen_since=None)
                    self._tell_once(breach_id, THAWED, instead_of=FROZEN)
                case BreachEscalated():
                    breach_id = self._set(
                        home, effect.key, escalated_at=effect.at, peak_db=effect.peak_db
                    )
                    self.arm(DUE, breach_id, effect.at)
                case BreachEnded():
                    self._end(home, effect)
                case _:
                    assert_never(effect)

    def breach_id(self, home: Home, key: int) -> int:
        """The row of the home's breach with the rule's `key`."""
        known = self._breaches.get((home.property_id, key))
        if known is None:
            query = select(Breach.id).where(
                Breach.property_id == home.property_id, Breach.key == key
            )
            known = self._breaches[home.property_id, key] = self._session.execute(
                query
            ).scalar_one()
        return known

    def end(self, breach_id: int, ended_at: datetime, reason: str) -> None:
        """Say that a breach is over for a reason that the rule does not know (a pause)."""
        self._update(breach_id, ended_at=ended_at, end_reason=reason, frozen_since=None)
        self.disarm(OPEN, breach_id)
        self.arm(ENDED, breach_id, self._now)

    def arm(self, kind: str, subject: int, due_at: datetime) -> None:
        """Arm with `finish`; of several for one subject the last one holds."""
        self._armings[kind, subject] = due_at

    def disarm(self, kind: str, subject: int) -> bool:
        """Take back what this or an earlier transaction armed; False when it has fired."""
        mine = self._armings.pop((kind, subject), None) is not None
        return timers.disarm(self._session, kind, subject) or mine

    def finish(self) -> None:
        """Arm the collected timers."""
        armings = [
            Arming(kind=kind, subject=subject, due_at=due_at)
            for (kind, subject), due_at in sorted(self._armings.items())
        ]
        self._armings.clear()
        timers.arm_many(self._session, armings, now=self._now)

    def _begin(self, home: Home, began: BreachBegan, policy: EscalationPolicy) -> None:
        breach_id = self._session.execute(
            insert(Breach)
            .values(
                property_id=home.property_id,
                key=began.key,
                policy=policy.to_dict(),
                first_loud_at=began.first_loud_at,
                began_at=began.began_at,
                last_loud_at=began.first_loud_at,
            )
            .returning(Breach.id)
        ).scalar_one()
        self._breaches[home.property_id, began.key] = breach_id
        self._arm_opening(home, breach_id, policy, began.first_loud_at, began.began_at)

    def _move(self, home: Home, moved: BreachMoved, policy: EscalationPolicy) -> None:
        breach_id = self._set(
            home, moved.key, first_loud_at=moved.first_loud_at, began_at=moved.began_at
        )
        for key in moved.absorbed:
            self._absorb(self.breach_id(home, key), breach_id)
        self._arm_opening(home, breach_id, policy, moved.first_loud_at, moved.began_at)

    def _absorb(self, earlier_id: int, breach_id: int) -> None:
        """The earlier one turned out to be the same: an open incident of it goes on."""
        for kind in (OPEN, DUE, ENDED, FROZEN, THAWED):
            self.disarm(kind, earlier_id)
        self._session.execute(
            update(Incident)
            .where(Incident.breach_id == earlier_id, Incident.state != IncidentState.CLOSED)
            .values(breach_id=breach_id)
        )
        known = select(Incident.id).where(Incident.breach_id == earlier_id)
        if self._session.execute(known.limit(1)).first() is None:
            self._session.execute(delete(Breach).where(Breach.id == earlier_id))

    def _reopen(self, home: Home, reopened: BreachReopened, policy: EscalationPolicy) -> None:
        breach_id = self._set(home, reopened.key, ended_at=None, end_reason=None)
        self.disarm(ENDED, breach_id)
        query = select(Breach.first_loud_at, Breach.began_at).where(Breach.id == breach_id)
        first_loud_at, began_at = self._session.execute(query).one()
        self._arm_opening(home, breach_id, policy, first_loud_at, began_at)

    def _end(self, home: Home, ended: BreachEnded) -> None:
        breach_id = self._set(
            home,
            ended.key,
            ended_at=ended.ended_at,
            end_reason=ended.reason.value,
            last_loud_at=ended.last_loud_at,
            peak_db=ended.peak_db,
            frozen_since=None,
        )
        for kind in (OPEN, FROZEN, THAWED):
            self.disarm(kind, breach_id)
        self.arm(ENDED, breach_id, self._now)

    def _arm_opening(
        self,
        home: Home,
        breach_id: int,
        policy: EscalationPolicy,
        first_loud_at: datetime,
        began_at: datetime,
    ) -> None:
        cadence = policy.cadence_at(first_loud_at, home.zone)
        self.arm(OPEN, breach_id, began_at + cadence.open_after)

    def _tell_once(self, breach_id: int, kind: str, *, instead_of: str) -> None:
        # what escalation has not been told yet needs no taking back
        if not self.disarm(instead_of, breach_id):
            self.arm(kind, breach_id, self._now)

    def _set(self, home: Home, key: int, **values: object) -> int:
        breach_id = self.breach_id(home, key)
        self._update(breach_id, **values)
        return breach_id

    def _update(self, breach_id: int, **values: object) -> None:
        self._session.execute(update(Breach).where(Breach.id == breach_id).values(**values))

    def _sensor_silent(self, home: Home, silent: SensorSilent) -> None:
        self._sensor_changed(home, silent.sensor_id, silent.since, MessageKind.SENSOR_SILENT)

    def _sensor_back(self, home: Home, back: SensorBack) -> None:
        self._sensor_changed(home, back.sensor_id, None, MessageKind.SENSOR_BACK)

    def _sensor_changed(
        self, home: Home, sensor_id: int, since: datetime | None, kind: MessageKind
    ) -> None:
        query = (
            select(
                Sensor.public_id,
                Sensor.silent_since,
                Sensor.property_id,
                Property.public_id.label("property_public_id"),
                Property.account_id,
            )
            .join(Property, Property.id == home.property_id)
            .where(Sensor.id == sensor_id)
        )
        row = self._session.execute(query).one_or_none()
        if row is None or (row.silent_since is None) == (since is None):
            return  # removed, or told already
        self._session.execute(
            update(Sensor).where(Sensor.id == sensor_id).values(silent_since=since)
        )
        outage = since or row.silent_since
        if row.property_id != home.property_id:
            return  # taken out of this home: nobody waits to hear from it here
        outbox.put(
            self._session,
            "notify",
            f"{kind}:{sensor_id}:{outage.isoformat()}",
            {
                "kind": kind.value,
                "account_id": row.account_id,
                "property_id": home.property_id,
                "facts": {
                    "sensor_public_id": row.public_id,
                    "property_public_id": row.property_public_id,
                    "since": outage.isoformat(),
                },
            },
            now=self._now,
        )
