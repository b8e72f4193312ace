"""The automatic voice call to a guest: why there is none, its keys, and what it amounts to."""

from __future__ import annotations

from enum import StrEnum

from callassist.domain.results import NOT_A_CALL, AttemptOutcome, Result


class Obstacle(StrEnum):
    """Why nobody is phoned automatically, before consent, stop list and hours are asked; logged."""

    TURNED_OFF = "turned_off"  # by the rules of the home
    SHADOW = "shadow"
    ASKED_FOR_A_PERSON = "asked_for_a_person"
    NOT_CONFIGURED = "not_configured"  # the phone network asks nothing
    RESTORED = "restored"  # a restored copy contacts nobody
    LATE = "late"  # the service was down when it was due
    HELD = "held"  # the guest promised to turn it down
    STAY_CHANGED = "stay_changed"
    COST_CAP = "cost_cap"
    DIALLED_LATELY = "number_dialled_lately"


class Key(StrEnum):
    """What a guest may press; any other key has the menu said again."""

    TURN_IT_DOWN = "1"
    SPEAK_TO_SOMEONE = "2"
    NO_MORE = "9"  # no automatic calls or texts to this number any more


def result_without_a_key(outcome: AttemptOutcome) -> Result:
    """What a call amounts to in which no key was pressed: somebody who listened said nothing."""
    return AttemptOutcome.NO_ANSWER if outcome is AttemptOutcome.ANSWERED else outcome


def result_without_an_operator(outcome: AttemptOutcome | None, is_automatic: bool) -> Result | None:
    """The result of a dial that needs nobody's word; None where an operator is asked for it."""
    if outcome is not None and is_automatic:
        return result_without_a_key(outcome)
    return outcome if outcome in NOT_A_CALL else None
