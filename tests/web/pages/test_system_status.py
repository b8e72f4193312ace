"""How the service is, in words of effect; a banner for everybody when nobody is at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from callassist.web.pages.people import service_words
from callassist.web.worker_watch import WorkerWatch
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, CHIEF, OWNER, Stage

GONE = "The worker was last seen 4 minutes ago: no calls are created and no messages go out."


def away_for_4_minutes(stage: Stage) -> None:
    stage.world.service.uptime.beat()
    stage.world.clock.advance(minutes=4)
    # what pages know of the worker is a few seconds old; here it is fresh
    stage.world.app.extensions[service_words.EXTENSION] = WorkerWatch(stage.world.service)


@pytest.mark.parametrize("email", [OWNER, ANN, CHIEF])
def test_everybody_is_told_when_nobody_is_at_work(stage: Stage, email: str) -> None:
    browser = stage.sign_in(email)
    stage.world.service.uptime.beat()
    assert "no calls are created" not in words_of(browser.page("/account"))
    away_for_4_minutes(stage)
    assert GONE in words_of(browser.page("/account"))
    assert GONE in words_of(browser.page("/status"))


def test_visitors_are_not_told_how_the_service_is(stage: Stage) -> None:
    away_for_4_minutes(stage)
    assert "worker" not in words_of(Browser(stage.world.app).page("/sign-in"))


def test_administrators_see_every_part_and_what_to_do(stage: Stage) -> None:
    stage.world.service.uptime.beat()
    page = words_of(stage.sign_in(CHIEF).page("/status"))
    for said in (
        "At work: calls are created and messages go out.",
        "Simulated: everything runs, but nobody is really phoned.",
        "None yet: if this machine dies, everything is lost.",
        "Nobody notices when this machine dies at night. Set CALLASSIST_HEARTBEAT_URL.",
        "mails are written to files and reach nobody. Set CALLASSIST_MAIL_URL.",
        "None: every call that is due has an operator.",
    ):
        assert said in page


def test_others_see_what_concerns_them_and_no_settings(stage: Stage) -> None:
    stage.world.service.uptime.beat()
    for email in (OWNER, ANN):
        page = words_of(stage.sign_in(email).page("/status"))
        assert "At work" in page
        assert "CALLASSIST_" not in page
        assert "Backups" not in page


def test_what_is_late_says_what_comes_too_late(stage: Stage) -> None:
    stage.world.service.uptime.beat()
    stage.call_about_home(stage.sign_in(OWNER))
    stage.world.clock.advance(minutes=20)
    page = words_of(stage.sign_in(CHIEF).page("/status"))
    assert "1 call waits, the oldest for 20 minutes." in page
    assert "late: attempts start too late." in page


def test_the_app_can_be_installed_and_shows_pushed_messages(stage: Stage) -> None:
    visitor = Browser(stage.world.app)
    manifest = visitor.get("/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    assert manifest.json is not None
    assert manifest.json["start_url"] == "/"
    for icon in manifest.json["icons"]:
        _, _, version, name = icon["src"].split("/", 3)
        assert version.isalnum()
        assert (Path(str(stage.world.app.static_folder)) / name).is_file()
    worker = visitor.get("/sw.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert 'rel="manifest"' in visitor.page("/sign-in")
