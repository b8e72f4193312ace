"""Cases that are dealt out: every value comes up, and nothing else is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.dealing import Deal, dealt_out

NETWORKS = ("simulated", "twilio", "signalwire")


def told(folder: str, stories: int, param: str, values: tuple[str, ...]) -> list[Any]:
    """Each story with each value, as pytest collects them."""
    return [
        SimpleNamespace(
            nodeid=f"{folder}/test_stories.py::test_{story}[{value}]",
            path=Path(folder) / "test_stories.py",
            callspec=SimpleNamespace(params={param: value}, indices={param: place}),
            story=story,
            value=value,
        )
        for story in range(stories)
        for place, value in enumerate(values)
    ]


def taken(cases: list[Any], deal: Deal) -> list[Any]:
    out = dealt_out(cases, [deal])
    return [case for case in cases if case not in out]


def test_each_story_is_told_once_and_every_network_comes_up_as_often() -> None:
    cases = told("tests/nights", 9, "network", NETWORKS)
    left = taken(cases, Deal("tests/nights/", "network", every=3))
    assert Counter(case.story for case in left) == dict.fromkeys(range(9), 1)
    assert Counter(case.value for case in left) == dict.fromkeys(NETWORKS, 3)


def test_what_is_always_taken_stays_and_of_the_other_the_first_and_every_third() -> None:
    cases = told("tests/engine", 7, "database_url", ("sqlite", "postgresql"))
    left = taken(cases, Deal("tests/engine/", "database_url", every=3, always="sqlite"))
    assert [case.story for case in left if case.value == "sqlite"] == list(range(7))
    assert [case.story for case in left if case.value == "postgresql"] == [0, 3, 6]


def test_a_file_that_is_named_keeps_all_its_cases() -> None:
    cases = told("tests/engine", 7, "database_url", ("sqlite", "postgresql"))
    deal = Deal("tests/engine/", "database_url", every=3, whole=("test_stories.py",))
    assert taken(cases, deal) == cases


def test_tests_elsewhere_or_without_such_a_value_are_all_taken() -> None:
    elsewhere = told("tests/other", 4, "network", NETWORKS)
    without = told("tests/nights", 4, "guest", NETWORKS)
    plain = SimpleNamespace(nodeid="tests/nights/test_a.py::test_b", path=Path("test_a.py"))
    cases = [*elsewhere, *without, plain]
    assert taken(cases, Deal("tests/nights/", "network", every=3)) == cases
