"""Which of many like cases a run of all tests takes; `scripts/prove every-case` takes every one.

A story that is told on each network and each database proves little by its sixth telling, and such
tellings were a third of a run. They are dealt out in turn: every value comes up, and each run takes
the same. Only `scripts/test` without names of tests deals; whoever names some gets all their cases.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

_IS_DEALT = os.environ.get("CALLASSIST_TEST_DEAL") == "yes"
_IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


@dataclass(frozen=True)
class Deal:
    """Below `folder` each value of `param` meets one of `every` stories; `always` meets all.

    In the files `whole` every value meets every story.
    """

    folder: str
    param: str
    every: int
    always: str = ""
    whole: tuple[str, ...] = ()


DEALS = (
    # What PostgreSQL does otherwise than SQLite shows in any story that uses the same statements:
    # a fifth of the stories and these files together use 745 of all 780.
    Deal(
        "tests/escalation/",
        "database_url",
        every=5,
        always="sqlite",
        whole=(
            "test_costs.py",
            "test_coverage.py",
            "test_giving_back.py",
            "test_guest_replies.py",
            "test_inbound_texts.py",
            "test_ladder.py",
            "test_on_call.py",
            "test_talks_after_saving.py",
        ),
    ),
    # Here a third of the tests uses 100 of the 103 statements.
    Deal("tests/demo/", "database_url", every=3, always="sqlite"),
    # The networks differ in their adapters, and those have tests of their own.
    Deal("tests/telephony/nights/", "network", every=3),
)


def left_out(items: Iterable[Any]) -> list[Any]:
    """Of the tests that pytest collected, those that this run does not take."""
    return dealt_out(items) if _IS_DEALT else []


def dealt_out(items: Iterable[Any], deals: Sequence[Deal] = DEALS) -> list[Any]:
    """The same in a run that deals: by turns within each file, whose first story is taken."""
    told: Counter[tuple[object, ...]] = Counter()
    found = []
    for item in items:
        for deal in deals:
            if not _is_dealt(item, deal):
                continue
            place = item.callspec.indices[deal.param]
            turn = told[item.path, deal, place] + (0 if deal.always else place)
            told[item.path, deal, place] += 1
            if turn % deal.every:
                found.append(item)
    return found


def _is_dealt(item: Any, deal: Deal) -> bool:
    values = getattr(getattr(item, "callspec", None), "params", {})
    return (
        item.nodeid.startswith(deal.folder)
        and item.path.name not in deal.whole
        and deal.param in values
        and values[deal.param] != deal.always
    )


def one_of(values: Sequence[T], turn: int) -> Sequence[T]:
    """The value whose turn it is in a run that deals, else all."""
    return [values[turn % len(values)]] if _IS_DEALT else values


def examples(count: int, *, dealt: int, nightly: int | None = None) -> int:
    """How many examples a property is tried with; by night twenty times as many."""
    if _IS_NIGHTLY:
        return nightly or 20 * count
    return dealt if _IS_DEALT else count
