"""Clock times follow what their reader chose: twelve hours or as the language has it."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, LOOKER, OWNER, Stage


def choose(browser: Browser, cycle: str, language: str = "en") -> None:
    """Save the profile with this cycle."""
    sent = {"name": "Maria", "language": language, "theme": "system", "hour_cycle": cycle}
    assert browser.post("/account", **sent).status_code == 302


def plain(page: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", words_of(page))


@pytest.fixture
def night(stage: Stage) -> str:
    """An incident that opened at 22:00 in Paris; its address."""
    owner = stage.sign_in(OWNER)
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/cancel")
    stage.world.run()
    return f"/incidents/{incident}"


def test_english_pages_follow_the_clock_of_twelve_hours(stage: Stage, night: str) -> None:
    owner = stage.sign_in(OWNER)
    assert "22:00" in plain(owner.page(night))
    assert 'data-hours="h23"' in owner.page(night)
    choose(owner, "h12")
    after = plain(owner.page(night))
    assert "10 pm" in after
    assert "22:00" not in after
    assert 'data-hours="h12"' in owner.page(night)
    rules = plain(owner.page(f"/homes/{stage.home_id}/rules"))
    assert "10 pm–8 am" in rules
    assert not re.search(r"\b(2[0-3]|1[3-9]):\d\d", rules)
    choose(owner, "h23")
    assert "22:00" in plain(owner.page(night))


def test_french_pages_follow_it_in_french(stage: Stage, night: str) -> None:
    owner = stage.sign_in(OWNER)
    choose(owner, "", "fr")
    assert "22:00" in plain(owner.page(night))
    choose(owner, "h12", "fr")
    page = plain(owner.page(night))
    assert "10 h du soir" in page
    assert "22:00" not in page
    assert " pm" not in page
    rules = plain(owner.page(f"/homes/{stage.home_id}/rules"))
    assert "10 h du soir–8 h du matin" in rules


def test_it_is_each_readers_own(stage: Stage, night: str) -> None:
    choose(stage.sign_in(OWNER), "h12")
    looker = stage.sign_in(LOOKER)
    assert "22:00" in plain(looker.page(night))


def test_the_desk_follows_it_too(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    choose(ann, "h12")
    assert 'data-hours="h12"' in ann.page("/desk")
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    ann.post(f"/desk/tasks/{stage.task().public_id}/accept")
    page = plain(ann.page("/desk"))
    assert not re.search(r"\b(2[0-3]|1[3-9]):\d\d\b", page), page


def test_a_visitor_sees_times_as_the_language_has_them(stage: Stage) -> None:
    assert 'data-hours="h23"' in Browser(stage.world.app).page("/sign-in")
