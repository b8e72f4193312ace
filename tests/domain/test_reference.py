"""Two words that can be said on the phone."""

from __future__ import annotations

import re

from callassist.domain.reference import (
    COMBINATIONS,
    FIRST_WORDS,
    SECOND_WORDS,
    reference_for,
)


def test_there_are_at_least_forty_thousand_references() -> None:
    assert COMBINATIONS >= 40_000


def test_words_are_short_plain_and_in_one_list_only() -> None:
    for word in (*FIRST_WORDS, *SECOND_WORDS):
        assert re.fullmatch(r"[a-z]{3,11}", word), word
    assert not set(FIRST_WORDS) & set(SECOND_WORDS)
    assert {"amber"} <= set(FIRST_WORDS)
    assert {"otter"} <= set(SECOND_WORDS)


def test_consecutive_seeds_visit_every_reference_once() -> None:
    assert len({reference_for(seed) for seed in range(COMBINATIONS)}) == COMBINATIONS


def test_the_same_seed_always_gives_the_same_reference() -> None:
    assert reference_for("7f3k") == reference_for("7f3k")
    assert reference_for("7f3k") != reference_for("7f3m")
    assert reference_for(1) != reference_for(2)
