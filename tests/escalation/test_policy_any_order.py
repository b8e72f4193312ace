"""Any results in any order: dials stay bounded, and never come too early."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from callassist.domain.results import GUEST_RULES, HOST_RESULTS, NextStep, Result
from callassist.escalation.policy import (
    CallAgain,
    CallHostAgain,
    CloseQuiet,
    GuestSnapshot,
    HostSnapshot,
    Limits,
    NobodyReached,
    Reached,
    decide_guest,
    decide_host,
)
from tests.escalation.test_policy import HOST, LIMITS, MINUTE, NOW, UNCOUNTED, A, D, after


@dataclass
class Escalated:
    """One incident's counters, kept as `saving` keeps them, through any results."""

    limits: Limits
    numbers: int
    now: datetime = NOW
    counted: int = 0
    dials: list[Result] = field(default_factory=list)
    cancel_redials: int = 0
    provider_errors: int = 0
    continuation_used: bool = False
    barrier_met: bool = False
    due: CallAgain = field(default_factory=lambda: CallAgain(attempt_number=1, available_at=NOW))

    def dial(self, result: Result, *, free: bool, on_shift: bool, call_back: int | None):
        """Make the due call, save `result`, and note what the decision asks for."""
        rule = GUEST_RULES[result]
        task = self.due
        ended_at = max(self.now, task.available_at) + MINUTE
        self.now = ended_at + MINUTE / 2
        self.dials.append(result)
        self.counted += rule.counted and not task.continuation
        self.numbers -= rule.flags_number
        decided = decide_guest(
            result,
            GuestSnapshot(
                now=self.now,
                ended_at=ended_at,
                attempt_number=task.attempt_number,
                counted_attempts=self.counted,
                numbers_left=max(self.numbers, 0),
                noise_ended=False,
                cancel_redials=self.cancel_redials,
                provider_errors=self.provider_errors,
                continuation_used=self.continuation_used,
                continuation=task.continuation,
                barrier_met=self.barrier_met,
                language="fr" if result is D.LANGUAGE_BARRIER else None,
                language_free=free,
                language_on_shift=on_shift,
                call_back_at=None if call_back is None else self.now + call_back * MINUTE,
            ),
            self.limits,
        )
        self.cancel_redials += result is A.CANCELLED
        self.provider_errors += result in OURS
        self.barrier_met |= result is D.LANGUAGE_BARRIER
        if isinstance(decided, CallAgain):
            self.due = decided
            self.continuation_used |= decided.continuation
        return decided, ended_at


calls = st.lists(
    st.fixed_dictionaries(
        {
            "result": st.sampled_from(sorted(GUEST_RULES, key=str)),
            "free": st.booleans(),
            "on_shift": st.booleans(),
            "call_back": st.none() | st.integers(-30, 60),
        }
    ),
    min_size=1,
    max_size=20,
)


OURS = (A.PROVIDER_ERROR, A.NOT_CONNECTED)


@given(calls=calls, attempts=st.integers(1, 3), numbers=st.integers(1, 4))
def test_never_a_fourth_counted_attempt_and_never_too_early(calls, attempts, numbers):
    limits = replace(LIMITS, attempts=attempts)
    night = Escalated(limits, numbers)
    for call in calls:
        decided, ended_at = night.dial(**call)
        assert night.counted <= attempts
        if not isinstance(decided, CallAgain):
            break
        assert 1 <= decided.attempt_number <= attempts
        assert decided.continuation or decided.attempt_number == night.counted + 1
        step = GUEST_RULES[call["result"]].next_step
        excepted = (
            decided.continuation
            or decided.guest_asked
            or step in (NextStep.NEXT_NUMBER, NextStep.OUR_FAULT, NextStep.SAME_ATTEMPT_NOW)
        )
        assert excepted or decided.available_at - ended_at >= limits.attempt_gap
        if step is NextStep.CALL_BACK:
            wait = decided.available_at - night.now
            assert limits.call_back_min <= wait <= limits.call_back_max
        if step is NextStep.OUR_FAULT:
            assert decided.available_at - ended_at >= limits.provider_error_retry


@given(calls=calls, attempts=st.integers(1, 3), numbers=st.integers(1, 4))
def test_the_guests_phone_rings_a_bounded_number_of_times(calls, attempts, numbers):
    limits = replace(LIMITS, attempts=attempts)
    night = Escalated(limits, numbers)
    for call in calls:
        decided, _ = night.dial(**call)
        if not isinstance(decided, CallAgain):
            break
    assert sum(each in OURS for each in night.dials) <= limits.provider_error_limit + 1
    assert night.dials.count(A.CANCELLED) <= limits.cancelled_limit + 1
    rang = [each for each in night.dials if each not in UNCOUNTED]
    assert len(rang) <= attempts + 1  # and one continuation


@given(call=calls.map(lambda many: many[0]), counted=st.integers(1, 3), at=st.integers(1, 3))
def test_whoever_was_reached_is_never_called_again_by_us(call, counted, at):
    rule = GUEST_RULES[call["result"]]
    decided = after(call["result"], counted_attempts=counted, attempt_number=at)
    if rule.reached:
        assert not isinstance(decided, CallAgain | CloseQuiet)


host_results = st.lists(st.sampled_from(sorted(HOST_RESULTS, key=str)), min_size=1, max_size=30)


@given(results=host_results, contacts=st.integers(1, 4))
def test_host_contacts_are_dialled_in_order_and_a_bounded_number_of_times(results, contacts):
    position = dial = 1
    now, dials, cancelled, errors = NOW, 0, 0, 0
    decided: object = None
    for result in results:
        dials += 1
        ended_at, now = now + MINUTE, now + 2 * MINUTE
        at = HostSnapshot(
            now=now,
            ended_at=ended_at,
            contact_position=position,
            dial=dial,
            later_positions=tuple(range(position + 1, contacts + 1)),
            noise_ended=False,
            cancel_redials=cancelled,
            provider_errors=errors,
        )
        decided = decide_host(result, at, LIMITS)
        cancelled += result is A.CANCELLED
        errors += result in OURS
        if not isinstance(decided, CallHostAgain):
            break
        assert decided.contact_position in (position, position + 1)
        assert decided.dial <= LIMITS.host_dials_per_contact
        same = decided.contact_position == position
        if same and result not in OURS:
            assert decided.available_at - ended_at >= LIMITS.attempt_gap
        position, dial, now = (
            decided.contact_position,
            decided.dial,
            max(now, decided.available_at),
        )
    most = LIMITS.host_dials_per_contact * contacts
    assert dials <= most + LIMITS.cancelled_limit + LIMITS.provider_error_limit
    if D.HOST_REACHED in results[:dials]:
        assert decided == Reached()
    elif not isinstance(decided, CallHostAgain):
        assert decided == NobodyReached()


@given(result=st.sampled_from(sorted(HOST_RESULTS, key=str)))
def test_the_host_is_not_called_again_once_it_is_quiet(result):
    decided = decide_host(result, replace(HOST, noise_ended=True, later_positions=(2,)), LIMITS)
    assert decided == (Reached() if result is D.HOST_REACHED else CloseQuiet())
