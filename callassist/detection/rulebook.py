"""The noise rule's `Rules` of each home: its policy or the one stamped, its zone, its sensors."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.detection.homes import Home, Listener
from callassist.domain.noise import PropertyNoise, Rules, SourceKind, SourceTraits
from callassist.domain.policy import EscalationPolicy
from callassist.models import Breach, Policy, SensorConnection
from callassist.ports.sensors import SensorAdapter, SourceTiming

KEPT_SECONDS = 30.0  # a connection's changed options are known after that, at the latest
KEPT_POLICIES = 1024
_ZERO = timedelta()
_KINDS = {kind.value: kind for kind in SourceKind}
# A sensor taken out of the home will say nothing more, so its part ends as that of a level sensor
# that fell silent; a notice source would stay on for ever.
_GONE = SourceTraits(kind=SourceKind.LEVEL)


class Rulebook:
    """Finds policies and rules; remembers what is costly to make. Real time for forgetting."""

    def __init__(
        self, default_policy: EscalationPolicy, adapters: Mapping[str, SensorAdapter]
    ) -> None:
        self._default = default_policy
        self._adapters = adapters
        self._timings: dict[int, SourceTiming] = {}
        self._traits: dict[tuple[object, ...], SourceTraits] = {}
        self._policies: dict[tuple[object, ...], EscalationPolicy] = {}
        self._same: dict[EscalationPolicy, EscalationPolicy] = {default_policy: default_policy}
        self._forget_at = 0.0

    def forget_old(self) -> None:
        """Once per transaction: drop what may have been changed meanwhile."""
        now = time.monotonic()
        if now >= self._forget_at:
            self._forget_at = now + KEPT_SECONDS
            self._traits.clear()
            self._timings.clear()
            self._policies.clear()
            if len(self._same) > KEPT_POLICIES:
                self._same.clear()

    def own_policy(self, session: Session, home: Home) -> EscalationPolicy:
        """The policy that a breach which begins now gets stamped with."""
        if home.policy_id is None:
            return self._default
        key = (home.policy_id, home.policy_updated_at)
        found = self._policies.get(key)
        if found is None:
            rules = session.execute(select(Policy.rules).where(Policy.id == home.policy_id))
            found = self._policies[key] = self._read(rules.scalar_one())
        return found

    def policy(self, session: Session, home: Home) -> EscalationPolicy:
        """The policy that applies now: the one stamped on the running breach, else its own."""
        if home.breach_id is None:
            return self.own_policy(session, home)
        if home.breach_id != home.stored_breach_id:  # it began in this transaction
            stamped = session.execute(select(Breach.policy).where(Breach.id == home.breach_id))
            return self._read(stamped.scalar_one())
        key = (home.stamped_policy,)
        found = self._policies.get(key)
        if found is None:
            found = self._policies[key] = self._read(json.loads(home.stamped_policy))
        return found

    def rules(
        self, session: Session, home: Home, policy: EscalationPolicy, state: PropertyNoise
    ) -> Rules:
        """The rules for `home` under `policy`; also for sensors that were taken out of it."""
        traits = {each.sensor_id: self._traits_of(session, each) for each in home.listeners}
        for gone in state.sources.keys() - traits.keys():
            traits[gone] = _GONE
        return Rules(policy=policy, tz=home.zone, traits=traits)

    def _read(self, rules: Mapping[str, object]) -> EscalationPolicy:
        """Equal policies are one object: what is made of it is remembered by its identity."""
        policy = EscalationPolicy.from_dict(rules)
        return self._same.setdefault(policy, policy)

    def _traits_of(self, session: Session, listener: Listener) -> SourceTraits:
        """Sensors alike share theirs, so that rules are made of what is known already."""
        key = listener[1:]
        found = self._traits.get(key)
        if found is None:
            timing = self._timing(session, listener.connection_id)
            found = self._traits[key] = SourceTraits(
                kind=_KINDS[listener.kind],
                interval=timedelta(seconds=listener.interval_seconds),
                max_age=timing.max_age,
                notice_delay=timing.notice_delay,
                notice_step=timing.notice_step,
            )
        return found

    def _timing(self, session: Session, connection_id: int) -> SourceTiming:
        found = self._timings.get(connection_id)
        if found is None:
            query = select(SensorConnection.adapter, SensorConnection.options)
            name, options = session.execute(query.where(SensorConnection.id == connection_id)).one()
            adapter = self._adapters.get(name)
            found = SourceTiming() if adapter is None else adapter.timing(options)
            self._timings[connection_id] = found
        return found


def without_notice_delay(rules: Rules) -> Rules:
    """The same rules, but a notice tells of noise from its own instant on, not from before."""
    traits = {
        sensor_id: replace(each, notice_delay=_ZERO, notice_step=_ZERO)
        for sensor_id, each in rules.traits.items()
    }
    return replace(rules, traits=traits)
