"""What stands around every page, and pages for errors."""

from __future__ import annotations

import re

from callassist.web.pages.errors import error_page
from tests.web.pages.browser import Browser
from tests.web.pages.stage import CHIEF, OWNER, Stage


def test_pages_load_nothing_from_elsewhere_and_have_no_script_inside(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    for path in ("/", f"/homes/{stage.home_id}", "/account/notifications", "/homes/new"):
        answer = owner.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script[^>]*>[^<]", answer.text)
        assert not re.search(r'\sstyle="|\son\w+="', answer.text)
        assert not re.search(r'(?:src|href|action)="https?://', answer.text)


def test_pages_have_one_heading_a_language_and_a_skip_link(stage: Stage) -> None:
    owner, chief = stage.sign_in(OWNER), stage.sign_in(CHIEF)
    for browser, path in ((owner, "/"), (owner, "/incidents"), (chief, "/admin")):
        page = browser.page(path)
        assert page.count("<h1") == 1
        assert '<html lang="en">' in page
        assert page.index('class="skip"') < page.index("<header")
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        labelled = re.findall(r'<label for="([^"]+)"', page)
        assert set(labelled) <= set(ids)


def test_errors_are_pages_in_both_languages(stage: Stage) -> None:
    for language, texts in (
        ("en", {404: "There is nothing here", 429: "Too many tries", 503: "Busy right now"}),
        ("fr", {404: "Il n’y a rien ici", 429: "Trop d’essais", 503: "Surchargé"}),
    ):
        for status, text in {
            **texts,
            500: "Reference" if language == "en" else "Référence",
        }.items():
            with stage.world.app.test_request_context("/", headers={"Accept-Language": language}):
                answer = error_page(status, "title", "an error of ours, logged as ab12; try again")
            assert answer.status_code == status
            assert text in answer.get_data(as_text=True)
            assert f'<html lang="{language}">' in answer.get_data(as_text=True)


def test_a_database_that_is_gone_still_gets_an_answer(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    owner.page("/")
    stage.world.service.sessions.engine.dispose()
    database = stage.world.service.settings.database.url.removeprefix("sqlite:///")
    with open(database, "r+b") as file:
        file.truncate(100)
    answer = owner.get("/")
    assert answer.status_code in (500, 503)
    assert "<h1>" in answer.text


def test_an_unknown_page_is_404_for_everybody(stage: Stage) -> None:
    for browser in (Browser(stage.world.app), stage.sign_in(OWNER)):
        assert browser.get("/nowhere").status_code == 404
