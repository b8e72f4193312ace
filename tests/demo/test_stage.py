"""The stage of the demo: seats with cookies of their own, robots that step back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from callassist.bootstrap import Service, build
from callassist.cli.staging import add_stage
from callassist.clock import ManualClock
from callassist.demo.cast import CAST, ROBOTS
from callassist.demo.scene import set_scene
from callassist.demo.stage.captions import LANGUAGES, captions, texts
from callassist.demo.stage.seats import SEATS
from callassist.demo.taking_over import Watch, hand_back, take_over, taken_over
from callassist.errors import SettingsError
from callassist.escalation.opening import OpenedBy, open_by_hand
from callassist.models import Property
from callassist.settings import load_settings
from callassist.web.app import create_app

NIGHT = datetime(2026, 8, 1, 20, tzinfo=UTC)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service on an empty database; what is not the demo's."""
    settings = load_settings({"CALLASSIST_DATA_DIR": str(tmp_path)}, dotenv=None)
    built = build(settings, clock=ManualClock(NIGHT))
    yield built
    built.stop()


@pytest.fixture
def stage(service: Service) -> Flask:
    """The demo's application with its stage."""
    with service.sessions.write() as session:
        set_scene(session, service.vault, NIGHT, CAST[:2])
    application = create_app(service)
    add_stage(application, service)
    return application


def sat_down(stage, seat, who):
    """A browser in whose frame `seat` somebody is signed in."""
    browser = stage.test_client()
    answer = browser.get(f"/as/{seat}/demo/seat/{who}")
    assert answer.status_code == 302, answer.text
    return browser, answer


def test_a_real_service_has_no_stage(service):
    with pytest.raises(SettingsError, match="demo"):
        add_stage(create_app(service), service)


def test_without_the_stage_there_is_no_page_and_nothing_may_be_framed(service):
    browser = create_app(service).test_client()
    assert browser.get("/demo").status_code == 404
    answer = browser.get("/as/host/sign-in")
    assert answer.status_code == 404
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_stage_shows_three_seats_and_lets_itself_frame_them(stage):
    answer = stage.test_client().get("/demo", headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    assert all(f'src="/as/{seat}/demo/seat/' in answer.text for seat in SEATS)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "frame-src 'self'" in policy
    assert "Une nuit, trois endroits" in answer.text


def test_one_browser_is_host_and_operator_at_once(stage):
    browser, answer = sat_down(stage, "host", "host")
    assert answer.location == "/as/host/"
    assert "host.callassist=" in answer.headers["Set-Cookie"]
    browser.get("/as/desk/demo/seat/Ann")
    assert "Demo Host" in browser.get("/as/host/").text
    assert "Ann" in browser.get("/as/desk/desk").text
    assert browser.get("/as/host/desk").status_code == 404
    assert browser.get("/").status_code == 302, "nobody is signed in outside the seats"


def test_the_demos_people_read_it_in_the_language_of_the_browser(stage):
    browser, _ = sat_down(stage, "host", "host")
    page = browser.get("/as/host/homes", headers={"Accept-Language": "fr"}).text
    assert '<html lang="fr"' in page


def test_what_a_seats_page_asks_for_is_the_seats(stage):
    browser, _ = sat_down(stage, "host", "host")
    here = {"Referer": "http://localhost/as/host/homes"}
    assert browser.get("/homes", headers=here).status_code == 200
    followed = browser.get("/homes", headers={**here, "Sec-Fetch-Dest": "iframe"})
    assert followed.status_code == 307
    assert followed.location == "/as/host/homes"
    elsewhere = {"Referer": "http://elsewhere.example/as/host/homes"}
    assert browser.get("/homes", headers=elsewhere).status_code == 302


@pytest.mark.parametrize("who", ["nobody", "host@demo.callassist.invalid", "Sam"])
def test_only_the_demos_own_people_have_a_seat(stage, who):
    assert stage.test_client().get(f"/as/host/demo/seat/{who}").status_code == 404


def test_a_robot_steps_back_for_a_visitor_and_works_again_when_handed_back(service):
    watch = Watch(service.sessions)
    assert not watch.has_stepped_back("Ann")
    with service.sessions.write() as session:
        take_over(session, "Ann", NIGHT)
        take_over(session, "host", NIGHT)
        assert taken_over(session) == {"Ann", "host"}
    assert Watch(service.sessions).has_stepped_back("Ann")
    assert not Watch(service.sessions).has_stepped_back("Ben")
    with service.sessions.write() as session:
        hand_back(session, "Ann", NIGHT)
    assert not Watch(service.sessions).has_stepped_back("Ann")


def test_taking_over_by_the_button_needs_the_stages_own_form(stage, service):
    browser = stage.test_client()
    assert browser.post("/demo/robots/Ann", data={"who": "visitor"}).status_code == 400
    page = browser.get("/demo").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post("/demo/robots/Ann", data={"who": "visitor", "csrf_token": token})
    assert answer.location == "/demo?desk=Ann"
    assert "You sit at Ann’s desk" in browser.get("/demo?desk=Ann").text
    with service.sessions.read() as session:
        assert taken_over(session) == {"Ann"}
    assert browser.post("/demo/robots/Nobody", data={"csrf_token": token}).status_code == 404


def test_captions_say_what_happened_and_why(stage, service):
    with service.sessions.write() as session:
        home = session.query(Property).first()
        open_by_hand(session, service.escalation, home, OpenedBy.HOST, now=NIGHT)
    with service.sessions.read() as session:
        told = captions(session, "en")
    assert told[-1].what == f"{home.name}: the host asks for a call."
    assert told[-1].why == "A neighbour rang; no sensor is needed for that."
    assert home.name in stage.test_client().get("/demo/now").text


def test_both_languages_of_the_stage_are_complete():
    english = texts("en")
    for language in LANGUAGES:
        words = texts(language)
        assert words.keys() == english.keys()
        for part in ("what", "why"):
            assert words[part].keys() == english[part].keys()
        for name, text in english["what"].items():
            slots = {part.split("}")[0] for part in text.split("{")[1:]}
            assert {part.split("}")[0] for part in words["what"][name].split("{")[1:]} == slots
    assert english["why"].keys() <= english["what"].keys()


def test_every_robot_can_be_taken_over(stage):
    page = stage.test_client().get("/demo").text
    assert 'action="/demo/robots/host"' in page
    for robot in ROBOTS:
        assert f'action="/demo/robots/{robot.name}"' in (
            stage.test_client().get(f"/demo?desk={robot.name}").text
        )
