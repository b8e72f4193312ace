"""A sample night: drawn for a home without a sensor, marked, and never more than a drawing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callassist.models import Breach, Incident, NoiseReading, Property, Sensor
from tests.web.pages.browser import words_of
from tests.web.pages.host.test_rules import send
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage

MADE_UP = "made-up levels of a virtual sensor"
REMOVE = "Remove the virtual sensor"


def count(stage: Stage, model: type) -> int:
    with stage.world.service.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def home(stage: Stage) -> str:
    return f"/homes/{stage.home_id}"


def test_a_sample_night_shows_a_chart_a_ribbon_and_a_call_that_rules_would_ask_for(
    stage: Stage, home: str
) -> None:
    owner = stage.sign_in(OWNER)
    assert 'class="chart-box"' not in owner.page(home)
    owner.post(f"{home}/sample-night")
    for window in ("1h", "24h", "7d"):
        page = owner.page(f"{home}?window={window}")
        assert MADE_UP in page
        assert 'class="home-ribbon"' in page
    said = words_of(owner.page(home))
    assert "Loud once, for" in said
    assert "Call requested" in owner.page(home)
    tried = send(owner, "/rules/new", do="preview", for_home=stage.home_id).text
    assert "These levels are made up" in tried
    assert "These rules would have asked for 1 call." in words_of(tried)
    louder = send(
        owner,
        "/rules/new",
        "preview",
        for_home=stage.home_id,
        quiet_threshold_db="90",
        threshold_db="90",
    ).text
    assert "These rules would have asked for 0 calls." in words_of(louder)


def test_a_sample_night_reaches_nobody_and_covers_nothing(stage: Stage, home: str) -> None:
    owner = stage.sign_in(OWNER)
    stage.world.run()
    before = words_of(owner.page("/"))
    owner.post(f"{home}/sample-night")
    stage.world.pass_time(hours=3, step=timedelta(minutes=10))
    assert [count(stage, each) for each in (NoiseReading, Sensor, Breach, Incident)] == [0] * 4
    assert "No sensor" in words_of(owner.page("/homes"))
    assert "sample" not in before.lower()
    assert "Loud once" not in words_of(owner.page("/reports"))
    assert "A virtual sensor plays a sample night" in owner.page(f"{home}/sensors")


def test_a_sample_night_goes_by_one_click_by_itself_and_with_a_real_sensor(
    stage: Stage, home: str
) -> None:
    owner = stage.sign_in(OWNER)
    owner.post(f"{home}/sample-night")
    owner.post(f"{home}/sample-night/end")
    assert MADE_UP not in owner.page(home)
    owner.post(f"{home}/sample-night")
    stage.world.clock.advance(hours=23)
    owner = stage.sign_in(OWNER)
    assert MADE_UP in owner.page(home)
    stage.world.clock.advance(hours=1)
    assert MADE_UP not in owner.page(home)
    owner.post(f"{home}/sample-night")
    stage.hears(50)
    stage.pair()
    assert MADE_UP not in owner.page(home)
    with stage.world.service.sessions.read() as session:
        assert session.get_one(Property, stage.home.id).sample_since is None
    refused = owner.post(f"{home}/sample-night")
    assert "sensor is paired with this home" in owner.page(str(refused.location))


def test_only_who_may_write_plays_a_sample_night_and_only_in_homes_of_their_own(
    stage: Stage, home: str
) -> None:
    looker = stage.sign_in(LOOKER)
    assert looker.post(f"{home}/sample-night").status_code == 403
    assert "Play a sample night" not in looker.page(home)
    assert stage.sign_in(OTHER).post(f"{home}/sample-night").status_code == 404
    stage.sign_in(OWNER).post(f"{home}/sample-night")
    page = stage.sign_in(LOOKER).page(home)
    assert MADE_UP in page
    assert REMOVE not in page
