"""The result table is whole: each word has a rule, or a stated reason why it has none."""

from __future__ import annotations

import pytest

from callassist.domain.results import (
    GUEST_RULES,
    HOST_RESULTS,
    AttemptOutcome,
    Disposition,
    NextStep,
    parse_result,
)

ALL = [*Disposition, *AttemptOutcome]
WITHOUT_GUEST_RULE = {
    AttemptOutcome.ANSWERED: "what was said is a disposition",
    Disposition.HOST_REACHED: "about the host",
    Disposition.HOST_NOT_REACHED: "about the host",
}
REACHED = {
    "guest_agreed",
    "not_noisy_now",
    "booker_not_on_site",
    "guest_refused",
    "hostile",
    "asked_not_to_be_called",
    "emergency",
}
NOT_COUNTED = {"cancelled", "provider_error", "not_connected"}


@pytest.mark.parametrize("result", ALL)
def test_each_result_has_a_guest_rule_or_a_reason_why_not(result):
    assert (result in GUEST_RULES) != (result in WITHOUT_GUEST_RULE)


def test_no_word_is_both_an_outcome_and_a_disposition():
    words = [str(result) for result in ALL]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("result", GUEST_RULES)
def test_only_what_is_not_the_guests_doing_is_not_counted(result):
    assert GUEST_RULES[result].counted == (str(result) not in NOT_COUNTED)


@pytest.mark.parametrize("result", GUEST_RULES)
def test_reached_is_who_was_spoken_to(result):
    assert GUEST_RULES[result].reached == (str(result) in REACHED)


@pytest.mark.parametrize("result", GUEST_RULES)
def test_a_flagged_number_hands_over_to_the_next(result):
    rule = GUEST_RULES[result]
    assert rule.flags_number == (rule.next_step is NextStep.NEXT_NUMBER)


@pytest.mark.parametrize("step", NextStep)
def test_every_next_step_follows_from_some_result(step):
    assert any(rule.next_step is step for rule in GUEST_RULES.values())


def test_only_hostility_sends_the_operator_on_a_break():
    breaking = [result for result, rule in GUEST_RULES.items() if rule.breaks_operator]
    assert breaking == [Disposition.HOSTILE]


def test_a_host_task_knows_reached_not_reached_and_what_the_number_or_we_did():
    assert {str(result) for result in HOST_RESULTS} == {
        "host_reached",
        "host_not_reached",
        "invalid_number",
        "cancelled",
        "provider_error",
        "not_connected",
    }


@pytest.mark.parametrize("result", ALL)
def test_every_word_is_read_back(result):
    assert parse_result(str(result)) is result


def test_an_unknown_word_names_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown result 'fine'.*guest_agreed.*host_reached"):
        parse_result("fine")
