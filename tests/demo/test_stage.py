"""The stage of the demo: seats with cookies of their own, robots that step back."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from callassist.bootstrap import Service, build
from callassist.cli.staging import add_stage, stage_clock
from callassist.clock import ManualClock
from callassist.demo.cast import CAST, ROBOTS
from callassist.demo.kept_pace import SKIPPING, begin_pace, kept_pace
from callassist.demo.pace import STILL, PacedClock, Piece
from callassist.demo.scene import set_scene
from callassist.demo.stage.captions import LANGUAGES, captions, texts
from callassist.demo.stage.seats import SEATS
from callassist.demo.taking_over import Watch, hand_back, take_over, taken_over
from callassist.errors import SettingsError
from callassist.escalation import presence
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import Operator, Presence, Property
from callassist.settings import load_settings
from callassist.web.app import create_app

NIGHT = datetime(2026, 8, 1, 20, tzinfo=UTC)
REAL = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service on an empty database; what is not the demo's."""
    settings = load_settings({"CALLASSIST_DATA_DIR": str(tmp_path)}, dotenv=None)
    clock = PacedClock([Piece(origin=REAL, shown=NIGHT, speed=60)], real_now=lambda: REAL)
    built = build(settings, clock=clock)
    yield built
    for watching in [each for each in threading.enumerate() if each.name == "skip"]:
        watching.join()
    built.stop()


@pytest.fixture
def stage(service: Service) -> Flask:
    """The demo's application with its stage."""
    with service.sessions.write() as session:
        set_scene(session, service.vault, NIGHT, CAST[:2])
        begin_pace(session, 60, epoch=NIGHT, real=REAL)
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


@pytest.mark.parametrize("is_taken_over", [False, True])
def test_a_desk_that_is_merely_watched_is_not_rung(stage, service, is_taken_over):
    browser, _ = sat_down(stage, "desk", "Ann")
    with service.sessions.write() as session:
        ann = session.scalars(select(Operator).where(Operator.desk_name == "Ann")).one().id
        presence.choose(session, service.escalation, ann, "available", service.clock.now())
        if is_taken_over:
            take_over(session, "Ann", NIGHT)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/as/desk/desk").text)
    assert token is not None
    line = {"line": "the-page-one", "network": "simulated", "csrf_token": token[1]}
    assert browser.post("/as/desk/desk/beat", data=line).status_code == 204
    with service.sessions.read() as session:
        assert (session.get_one(Presence, ann).line is not None) is is_taken_over


def test_taking_over_by_the_button_needs_the_stages_own_form(stage, service):
    browser = stage.test_client()
    assert browser.post("/demo/robots/Ann", data={"who": "visitor"}).status_code == 400
    token = token_of(browser)
    answer = browser.post("/demo/robots/Ann", data={"who": "visitor", "csrf_token": token})
    assert answer.location == "/demo?desk=Ann"
    assert "You sit at Ann’s desk" in browser.get("/demo?desk=Ann").text
    with service.sessions.read() as session:
        assert taken_over(session) == {"Ann"}
    assert browser.post("/demo/robots/Nobody", data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize(
    ("pressed", "speed"), [("pause", STILL), ("30", 30), ("next", SKIPPING), ("play", 60)]
)
def test_a_visitor_sets_the_pace_by_the_stages_own_buttons(stage, service, pressed, speed):
    browser = stage.test_client()
    data = {"pace": pressed, "csrf_token": token_of(browser), "desk": "Ben"}
    assert browser.post("/demo/clock", data=data).location == "/demo?desk=Ben"
    with service.sessions.read() as session:
        kept = kept_pace(session)
    assert kept is not None
    assert kept.speed == speed
    assert service.clock.pieces[-1].speed == speed
    browser.post("/demo/clock", data={**data, "pace": "play"})


def test_the_page_says_that_the_night_stands_and_offers_to_go_on(stage):
    browser = stage.test_client()
    assert 'value="pause"' in browser.get("/demo").text
    browser.post("/demo/clock", data={"pace": "pause", "csrf_token": token_of(browser)})
    page = browser.get("/demo").text
    assert 'value="play"' in page
    assert "The night stands still" in page


@pytest.mark.parametrize("pressed", ["", "0", "-1", "600", "1e9", "nan"])
def test_no_other_pace_can_be_asked_for(stage, service, pressed):
    browser = stage.test_client()
    data = {"pace": pressed, "csrf_token": token_of(browser)}
    assert browser.post("/demo/clock", data=data).status_code == 400
    assert service.clock.speed == 60


def test_the_pace_needs_the_stages_own_form_and_is_nowhere_else(stage, service):
    assert stage.test_client().post("/demo/clock", data={"pace": "pause"}).status_code == 400
    elsewhere = {rule.rule for rule in create_app(service).url_map.iter_rules()}
    assert not {path for path in elsewhere if path.startswith("/demo")}


def test_a_database_that_is_not_a_demos_has_no_clock_to_set(tmp_path):
    settings = load_settings({"CALLASSIST_DATA_DIR": str(tmp_path)}, dotenv=None)
    with pytest.raises(SettingsError, match="demo"):
        stage_clock(settings)


def test_a_service_with_a_clock_of_its_own_has_no_stage(tmp_path):
    settings = load_settings({"CALLASSIST_DATA_DIR": str(tmp_path)}, dotenv=None)
    service = build(settings, clock=ManualClock(NIGHT))
    with service.sessions.write() as session:
        set_scene(session, service.vault, NIGHT, CAST[:1])
    with pytest.raises(SettingsError, match="demo"):
        add_stage(create_app(service), service)
    service.stop()


def token_of(browser):
    """The protection of the stage's forms."""
    return browser.get("/demo").text.split('name="csrf_token" value="')[1].split('"')[0]


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
