"""Whose turn it is, what the end of a ring says, and what a key means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.domain.call_task import Party
from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.phone_ring import (
    LINK_RESULTS,
    RESULT_KEYS,
    Candidate,
    NotRung,
    RingEnding,
    ending_of,
    known_without_asking,
    whose_turn,
)
from callassist.domain.results import GUEST_RULES, HOST_RESULTS, AttemptOutcome, Disposition


def rota(*ringable):
    return [
        Candidate(position=place, obstacle=None if one else NotRung.NO_PHONE)
        for place, one in enumerate(ringable)
    ]


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_in_one_round_everybody_who_can_be_rung_is_rung_once_in_order(ringable):
    last, rung = None, []
    for _ in range(sum(ringable)):
        chosen = whose_turn(rota(*ringable), last)
        assert chosen is not None
        last = chosen.position
        rung.append(last)
    assert rung == [place for place, one in enumerate(ringable) if one]


def test_of_nobody_who_can_be_rung_nobody_is():
    assert whose_turn(rota(False, False), None) is None
    assert whose_turn([Candidate(position=0)], 0) == Candidate(position=0)


@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        (AttemptOutcome.ANSWERED, RingEnding.NO_KEY),
        (AttemptOutcome.VOICEMAIL, RingEnding.NO_KEY),
        (AttemptOutcome.BUSY, RingEnding.NOT_ANSWERED),
        (AttemptOutcome.NO_ANSWER, RingEnding.NOT_ANSWERED),
        (AttemptOutcome.PROVIDER_ERROR, RingEnding.FAILED),
    ],
)
def test_the_end_of_a_ring_on_which_nothing_was_pressed(outcome, ending):
    at = datetime(2026, 8, 1, tzinfo=UTC)
    event = LegEvent(call_id="c", sequence=3, status=LegStatus.ENDED, at=at, outcome=outcome)
    assert ending_of(event) is ending


def test_every_key_and_every_answer_is_a_result_that_fits_and_needs_no_further_word():
    needs_a_word = {Disposition.LANGUAGE_BARRIER, Disposition.CALL_BACK_REQUESTED}
    for party, fitting in ((Party.GUEST, set(GUEST_RULES)), (Party.HOST, set(HOST_RESULTS))):
        offered = {*RESULT_KEYS[party].values(), *LINK_RESULTS[party]}
        assert offered <= fitting - needs_a_word


def test_only_a_call_that_somebody_answered_has_to_be_asked_about():
    assert known_without_asking(Party.GUEST, AttemptOutcome.ANSWERED) is None
    assert known_without_asking(Party.GUEST, AttemptOutcome.HUNG_UP) is None
    assert known_without_asking(Party.GUEST, AttemptOutcome.BUSY) is AttemptOutcome.BUSY
    unreached = known_without_asking(Party.HOST, AttemptOutcome.BUSY)
    assert unreached is Disposition.HOST_NOT_REACHED
