"""Swaps in lists: what many cost, and in which language they speak."""

from __future__ import annotations

import pytest

from tests.web.pages.stage import ANN, BEN, Stage
from tests.web.pages.swapping import asked, operator, shift
from tests.web.pages.test_board import SUE, chief
from tests.web.pages.test_languages import check, speaking
from tests.web.pages.test_query_counts import statements
from tests.web.reading import FOREIGN, read


@pytest.mark.parametrize("path", ["/desk/shift", "/board/shifts"])
def test_requests_cost_the_same_for_two_and_for_many(stage: Stage, path: str) -> None:
    ann, sue = stage.sign_in(ANN), chief(stage)
    browser = ann if path.startswith("/desk") else sue
    for days in (3, 4):
        asked(stage, ann, shift(stage, "Ann", days))
    few = statements(stage, browser, path)
    for days in range(5, 12):
        asked(stage, ann, shift(stage, "Ann", days))
    assert statements(stage, browser, path) == few


def test_colleagues_to_ask_cost_the_same_for_two_and_for_many(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    mine = shift(stage, "Ann", 3)
    paths = (f"/desk/swaps/of/{mine}", f"/desk/swaps/of/{mine}?with={operator(stage, 'Ben')}")
    few = [statements(stage, ann, path) for path in paths]
    for n in range(5):
        chief(stage, f"more{n}@example.com")
        shift(stage, "Ben", 5 + n)
    assert [statements(stage, ann, path) for path in paths] == few


@pytest.mark.parametrize("language", ["en", "fr"])
def test_shifts_and_checks_speak_one_language(stage: Stage, language: str) -> None:
    chief(stage)
    ann, ben, sue = (speaking(stage, email, language) for email in (ANN, BEN, SUE))
    mine, his, other = shift(stage, "Ann", 3), shift(stage, "Ben", 5), shift(stage, "Ann", 6)
    swap_id = asked(stage, ann, mine, his, reason="...")
    path = f"/desk/swaps/of/{other}"
    check(ann, [path, f"{path}?with={operator(stage, 'Ben')}"], language)
    for verb in ("", "agree", "decline"):
        if verb:
            ben.post(f"/desk/swaps/{swap_id}/{verb}", answer="...")
        for browser in (ann, ben):
            check(browser, ["/desk/shift", "/desk/start"], language)
        check(sue, ["/board/shifts"], language)
    again = asked(stage, ann, mine, his)
    ben.post(f"/desk/swaps/{again}/agree")
    sue.post(f"/board/swaps/{again}/refuse", answer="...")
    check(ann, ["/desk/shift"], language)
    check(sue, ["/board/shifts"], language)
    made = ann.post("/desk/shift/calendar")
    assert not read(made.text, language) & FOREIGN[language]
