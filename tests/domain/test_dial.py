"""One dial from many reports: shuffled, doubled, contradictory, always one outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callassist.domain.dial import (
    ASKED,
    DialFacts,
    DialState,
    LegEvent,
    LegStatus,
    ended_by_us,
    reduce,
    reduce_all,
    talk_length,
)
from callassist.domain.results import AttemptOutcome

START = datetime(2026, 5, 1, 23, 0, tzinfo=UTC)
LIMIT = timedelta(seconds=5)


def leg(
    status: LegStatus,
    after: int = 0,
    *,
    sequence: int = 0,
    outcome: AttemptOutcome | None = None,
    talk: int | None = None,
) -> LegEvent:
    return LegEvent(
        call_id="SIM1",
        sequence=sequence,
        status=status,
        at=START + timedelta(seconds=after),
        outcome=outcome,
        talk_seconds=talk,
    )


def answered_call(talk: int) -> list[LegEvent]:
    return [
        leg(LegStatus.QUEUED, 0, sequence=0),
        leg(LegStatus.RINGING, 2, sequence=1),
        leg(LegStatus.ANSWERED, 9, sequence=2),
        leg(LegStatus.ENDED, 9 + talk, sequence=3, outcome=AttemptOutcome.ANSWERED, talk=talk),
    ]


def unanswered_call(outcome: AttemptOutcome) -> list[LegEvent]:
    return [
        leg(LegStatus.QUEUED, 0, sequence=0),
        leg(LegStatus.RINGING, 2, sequence=1),
        leg(LegStatus.ENDED, 30, sequence=2, outcome=outcome),
    ]


any_report = st.builds(
    leg,
    st.sampled_from(LegStatus),
    st.integers(0, 300),
    sequence=st.integers(0, 6),
    outcome=st.none() | st.sampled_from(AttemptOutcome),
    talk=st.none() | st.integers(0, 200),
)
honest_call = st.one_of(
    st.integers(0, 600).map(answered_call),
    st.sampled_from(
        [
            AttemptOutcome.NO_ANSWER,
            AttemptOutcome.BUSY,
            AttemptOutcome.DECLINED,
            AttemptOutcome.CANCELLED,
            AttemptOutcome.UNREACHABLE,
        ]
    ).map(unanswered_call),
)


def folded(events: list[LegEvent]) -> DialFacts:
    return reduce_all(events, hung_up_under=LIMIT)


def test_an_answered_call_that_ended_tells_how_long_was_talked() -> None:
    facts = folded(answered_call(75))
    assert facts.state is DialState.ENDED
    assert facts.outcome is AttemptOutcome.ANSWERED
    assert facts.talk_seconds == 75
    assert facts.answered_at == START + timedelta(seconds=9)
    assert facts.ended_at == START + timedelta(seconds=84)
    assert facts.sequence == 3


@pytest.mark.parametrize(
    ("talk", "outcome"),
    [(0, "hung_up"), (4, "hung_up"), (5, "answered"), (6, "answered")],
)
def test_picked_up_and_ended_within_five_seconds_is_hung_up(talk: int, outcome: str) -> None:
    assert folded(answered_call(talk)).outcome == outcome


def test_a_call_that_still_talks_has_no_outcome() -> None:
    facts = folded(answered_call(75)[:3])
    assert (facts.state, facts.outcome) == (DialState.TALKING, None)


def test_a_mailbox_that_picked_up_stays_a_mailbox() -> None:
    events = answered_call(2)[:3]
    events.append(leg(LegStatus.ENDED, 40, outcome=AttemptOutcome.VOICEMAIL, talk=31))
    assert folded(events).outcome is AttemptOutcome.VOICEMAIL


def test_a_mailbox_that_is_heard_while_it_talks_is_kept_until_the_end() -> None:
    heard = leg(LegStatus.ANSWERED, 12, outcome=AttemptOutcome.VOICEMAIL)
    facts = folded([*answered_call(40)[:3], heard])
    assert (facts.state, facts.outcome) == (DialState.TALKING, AttemptOutcome.VOICEMAIL)
    facts = folded([*answered_call(40)[:3], heard, answered_call(40)[3]])
    assert facts.outcome is AttemptOutcome.VOICEMAIL


def test_a_reported_answer_beats_a_later_word_of_no_answer() -> None:
    events = [*answered_call(75)[:3], leg(LegStatus.ENDED, 84, outcome=AttemptOutcome.NO_ANSWER)]
    facts = folded(events)
    assert facts.outcome is AttemptOutcome.ANSWERED
    assert talk_length(facts) == timedelta(seconds=75)


def test_an_end_without_a_word_is_decided_by_whether_somebody_answered() -> None:
    bare_end = leg(LegStatus.ENDED, 84)
    assert folded([bare_end]).outcome is AttemptOutcome.NO_ANSWER
    assert folded([bare_end, *answered_call(75)[:3]]).outcome is AttemptOutcome.ANSWERED


def test_a_stale_ringing_never_takes_a_talk_back() -> None:
    events = answered_call(75)
    facts = folded([events[2], events[1], events[0]])
    assert facts.state is DialState.TALKING


def test_a_doubtful_dial_that_is_heard_of_is_placed() -> None:
    doubtful = DialFacts(state=DialState.IN_DOUBT)
    facts = reduce(doubtful, leg(LegStatus.QUEUED), hung_up_under=LIMIT)
    assert facts.state is DialState.PLACED


def test_nothing_heard_leaves_the_dial_asked_for() -> None:
    assert folded([]) == ASKED


@settings(max_examples=100, deadline=None)
@given(st.lists(any_report, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_any_order_and_any_number_of_copies_give_equal_facts(reports, random) -> None:
    shuffled = [*reports, *random.choices(reports, k=len(reports))]
    random.shuffle(shuffled)
    assert folded(shuffled) == folded(reports)


@settings(max_examples=100, deadline=None)
@given(st.lists(any_report, max_size=5), st.lists(any_report, max_size=5))
def test_an_ended_dial_never_leaves_its_end(before, after) -> None:
    ended = folded([*before, leg(LegStatus.ENDED, 10, outcome=AttemptOutcome.BUSY)])
    for report in after:
        ended = reduce(ended, report, hung_up_under=LIMIT)
        assert ended.state is DialState.ENDED
        assert ended.outcome is not None


@settings(max_examples=100, deadline=None)
@given(honest_call, st.randoms(use_true_random=False))
def test_the_first_end_of_an_honest_network_is_the_last_word(call, random) -> None:
    expected = folded(call).outcome
    shuffled = [*call, *random.choices(call, k=4)]
    random.shuffle(shuffled)
    facts = ASKED
    for report in shuffled:
        facts = reduce(facts, report, hung_up_under=LIMIT)
        assert facts.outcome in (None, expected)
    assert facts.outcome is expected


def test_no_answer_after_our_own_hang_up_is_our_own_doing():
    asked = START + timedelta(seconds=4, milliseconds=700)
    no_answer = AttemptOutcome.NO_ANSWER
    told = START + timedelta(seconds=4)  # the same second, without its fraction
    assert ended_by_us(no_answer, asked, told) is AttemptOutcome.CANCELLED
    assert ended_by_us(no_answer, asked, told - timedelta(seconds=1)) is no_answer
    assert ended_by_us(no_answer, None, told) is no_answer


@pytest.mark.parametrize("outcome", [one for one in AttemptOutcome if one != "no_answer"])
def test_whatever_else_a_call_was_our_hang_up_does_not_change_it(outcome):
    assert ended_by_us(outcome, START, START + timedelta(seconds=9)) is outcome
