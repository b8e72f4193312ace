"""One home in one transaction: from its stored state to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.detection import pauses
from callassist.detection.consequences import TICK, Consequences
from callassist.detection.homes import Home
from callassist.detection.memory import Memory
from callassist.detection.rulebook import Rulebook, without_notice_delay
from callassist.domain import noise
from callassist.domain.noise import NoiseEvent, ReadingKind, Rules, Step
from callassist.models.types import to_micros
from callassist.ports.detection import NotMoved

_OVERDUE = timedelta(minutes=1)


class HomeMove:
    """Applies the rule to one locked home, and says what has to be stored."""

    def __init__(
        self,
        session: Session,
        home: Home,
        rulebook: Rulebook,
        memory: Memory,
        consequences: Consequences,
        *,
        now: datetime,
        up_since: datetime,
    ) -> None:
        self._session = session
        self._home = home
        self._rulebook = rulebook
        self._memory = memory
        self._consequences = consequences
        self._now = now
        self._up_since = up_since
        self._state = memory.decode(home.property_id, home.state)
        self._known_sources = len(self._state.sources)
        self._is_quiet = not self._state.records  # and nothing has happened so far
        self._before = None if home.breach_id is None else self._state.breach
        self._before_id = home.breach_id
        self._usual: Rules | None = None

    def apply(self, events: Sequence[NoiseEvent]) -> list[str]:
        """Move by what was heard; one verdict per event, in its order."""
        home = self._home
        if home.paused_until is None and home.breach_id is None:
            return list(self._take_events(events, self._rules()))  # nearly always
        if home.paused_until is None or not home.was_paused(self._now):
            return self._apply_unpaused(events)
        self._settle_pause()
        verdicts: list[str] = [NotMoved.PAUSED] * len(events)
        counts = [i for i, event in enumerate(events) if event.at >= home.paused_until]
        if counts and not home.is_paused(self._now):
            found = self._apply_unpaused([events[index] for index in counts])
            for index, verdict in zip(counts, found, strict=True):
                verdicts[index] = verdict
        return verdicts

    def tick(self) -> None:
        """Let the clock alone move the home."""
        self._settle_pause()
        if not self._home.is_paused(self._now):
            self._take(noise.tick(self._state, self._now, self._rules(), self._up_since))

    def changed_state(self) -> tuple[object, ...] | None:
        """The row to store, if anything in it changed; also arms the next tick when needed."""
        home = self._home
        tick_due_at = self._next_tick()
        state = self._memory.encode(home.property_id, self._state)
        if state == home.state and tick_due_at == home.stored_tick_due_at:
            return None
        due = None if tick_due_at is None else to_micros(tick_due_at)
        return home.property_id, state.decode("ascii"), home.breach_id, due

    def changed_loudness(self) -> tuple[int, int, float | None] | None:
        """The running breach's last loud reading and peak, if they changed."""
        breach_id = self._home.breach_id
        if breach_id is None:
            return None
        running = self._state.breach
        assert running is not None
        known = self._before if breach_id == self._before_id else None
        if known is not None and (known.last_loud_at, known.peak_db) == (
            running.last_loud_at,
            running.peak_db,
        ):
            return None
        return breach_id, to_micros(running.last_loud_at), running.peak_db

    def _apply_unpaused(self, events: Sequence[NoiseEvent]) -> list[str]:
        if not self._needs_care():
            return list(self._take_events(events, self._rules()))
        # One by one, since an event may change which policy or timing the next one needs.
        verdicts = [""] * len(events)
        for index in sorted(range(len(events)), key=lambda index: events[index].at):
            event = events[index]
            verdicts[index] = self._take_events([event], self._rules(event))[0]
        return verdicts

    def _needs_care(self) -> bool:
        home = self._home
        if home.paused_until is not None and home.was_paused(self._now):
            return True
        return home.breach_id is not None and self._rulebook.own_policy(
            self._session, home
        ) != self._rulebook.policy(self._session, home)

    def _take_events(self, events: Sequence[NoiseEvent], rules: Rules) -> Sequence[str]:
        return self._take(noise.apply(self._state, events, rules, self._up_since), rules)

    def _take(self, step: Step, rules: Rules | None = None) -> Sequence[str]:
        self._state = step.state
        if step.effects:
            self._is_quiet = False
            self._usual = None  # a breach that begins or ends brings another policy
            policy = self._rules().policy if rules is None else rules.policy
            self._consequences.write(self._home, step.effects, policy)
            running = step.state.breach
            self._home.breach_id = (
                None if running is None else self._consequences.breach_id(self._home, running.key)
            )
        return step.verdicts

    def _rules(self, event: NoiseEvent | None = None) -> Rules:
        rules = self._usual
        if rules is None:
            policy = self._rulebook.policy(self._session, self._home)
            rules = self._rulebook.rules(self._session, self._home, policy, self._state)
            self._usual = rules
        if event is not None and self._reaches_into_pause(event, rules):
            return without_notice_delay(rules)
        return rules

    def _reaches_into_pause(self, event: NoiseEvent, rules: Rules) -> bool:
        """A notice tells of noise before it; noise before the pause's end does not count."""
        until = self._home.paused_until
        if event.kind is not ReadingKind.NOTICE or until is None:
            return False
        traits = rules.traits[event.sensor_id]
        before = traits.notice_delay + ((event.notice_number or 1) - 1) * traits.notice_step
        return event.at - before < until

    def _settle_pause(self) -> None:
        home = self._home
        if home.is_paused(self._now):
            self._forget_noise()
            return
        until = home.paused_until
        if until is None or not pauses.comes_back(home, self._state, self._now):
            return
        self._forget_noise()
        events = pauses.loud_at_end(self._session, home, until)
        if events:
            self._take_events(events, without_notice_delay(self._rules()))

    def _forget_noise(self) -> None:
        home = self._home
        if home.breach_id is not None:
            running = self._state.breach
            ended_at = home.paused_from or self._now
            if running is not None:
                ended_at = max(ended_at, running.last_loud_at)
            self._consequences.end(home.breach_id, ended_at, pauses.PAUSED)
            home.breach_id = None
            self._usual = None
        self._state = pauses.without_noise(self._state)

    def _next_tick(self) -> datetime | None:
        """When to look next; an armed timer that comes earlier is left, its firing looks again."""
        home, armed = self._home, self._home.tick_due_at
        if armed is not None and armed < self._now - _OVERDUE:
            armed = None  # fired while it was not looked at (an archived home): never relied upon
        if armed is not None and self._is_quiet and self._known_sources == len(self._state.sources):
            return armed  # sensors were heard again, so nothing is due any earlier than before
        if home.is_paused(self._now):
            due = home.paused_until
        else:
            due = self._state.next_due(self._rules(), self._up_since)
        if due is None or (armed is not None and armed <= due):
            return armed
        self._consequences.arm(TICK, home.property_id, due)
        return due
