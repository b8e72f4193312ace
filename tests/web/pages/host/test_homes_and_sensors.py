"""Homes: searched, their tabs, their noise; sensors: paired, named, given new keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.models import NoiseReading, Property, Sensor, SensorConnection
from tests.web.pages.browser import words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage, local

WINDOWS = ("1h", "24h", "7d")


def heard_for_a_day(stage: Stage) -> None:
    """A reading each ten minutes, with two hours of silence and a loud half hour."""
    stage.hears(50)
    stage.pair()
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        sensor = session.scalars(select(Sensor)).one()
        for n in range(1, 144):
            at = now - timedelta(minutes=10 * n)
            if 60 <= n < 72:
                continue
            session.add(
                NoiseReading(
                    sensor_id=sensor.id,
                    event_key=f"{n}",
                    at=at,
                    received_at=at,
                    kind="level",
                    level_db=84.0 if 20 <= n < 23 else 45.0,
                    verdict="applied",
                )
            )


def test_homes_are_found_by_name_and_by_what_is_missing(stage: Stage) -> None:
    stage.more_homes(3)
    stage.hears(50)
    stage.pair()
    owner = stage.sign_in(OWNER)
    assert "1 home " in words_of(owner.page("/homes?q=harbour"))
    assert "3 homes" in words_of(owner.page("/homes?missing=sensor"))
    assert "1 home " in words_of(owner.page("/homes?state=covered"))
    assert "No home fits" in words_of(owner.page("/homes?q=%3Cb%3E"))
    for odd in ("page=99999", "page=-1", "page=x", "missing=nothing", "state=odd", "q=%00"):
        assert owner.get(f"/homes?{odd}").status_code == 200, odd


def test_every_page_speaks_french(stage: Stage) -> None:
    heard_for_a_day(stage)
    owner = stage.sign_in(OWNER)
    owner.post("/language", language="fr", back="/")
    home = f"/homes/{stage.home_id}"
    for path, french, english in (
        ("/", "logement", "Quiet hours"),
        ("/homes", "Chercher par nom", "Search by name"),
        ("/rules", "Jeux de règles", "Sets of rules"),
        ("/rules/new", "Trop bruyant à partir de", "Too loud from"),
        ("/sensors", "Connexions", "Connections"),
        ("/connections/new", "Relier des capteurs", "Connect sensors"),
        (home, "Aperçu", "Overview"),
        (f"{home}/live", "Maximum", "Loudest"),
        (f"{home}/rules", "Appel après", "Call after"),
        (f"{home}/sensors", "Dans ce logement", "In this home"),
        (f"{home}/say", "Ce que les opérateurs peuvent dire", "What operators may say"),
        (f"{home}/history", "Historique", "History"),
        (f"{home}/pause", "Motif", "Reason"),
    ):
        page = words_of(owner.page(path))
        assert french in page, path
        assert english not in page, path


@pytest.mark.parametrize("window", WINDOWS)
def test_the_chart_is_drawn_at_three_widths_and_said_in_words(stage: Stage, window: str) -> None:
    heard_for_a_day(stage)
    page = stage.sign_in(OWNER).page(f"/homes/{stage.home_id}?window={window}")
    for size in ("wide", "narrow", "small"):
        assert f"chart-{size}" in page
    assert "style=" not in page.partition("<svg")[2].rpartition("</svg>")[0]
    said = words_of(page)
    if window == "24h":
        assert "Loudest: 84 dB" in said
        assert "No data for 2 hours" in said
        assert ">no data<" in page


def test_an_odd_window_is_a_day(stage: Stage) -> None:
    heard_for_a_day(stage)
    page = stage.sign_in(OWNER).page(f"/homes/{stage.home_id}?window=<b>")
    assert "Loudest: 84 dB" in words_of(page)


def test_a_home_is_paused_until_the_morning_with_a_reason(stage: Stage) -> None:
    owner, now = stage.sign_in(OWNER), stage.world.clock.now()
    path = f"/homes/{stage.home_id}/pause"
    assert 'value="2026-06-14T08:00"' in owner.page(path)
    owner.post(path, until=local(now + timedelta(hours=10)), reason="new <b>floor</b>")
    page = owner.page(f"/homes/{stage.home_id}")
    assert "Reason: new &lt;b&gt;floor&lt;/b&gt;" in page
    listed = words_of(owner.page("/"))
    assert "Paused" in listed
    assert "Ready" not in listed


def test_what_may_be_said_is_kept(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    path = f"/homes/{stage.home_id}/say"
    typed = {"host_spoken_name": "Maria", "call_name": "Canal 12"}
    assert owner.post(path, **typed, show_call_name_to_guest="yes").status_code == 302
    assert "on behalf of Maria about Canal 12" in words_of(owner.page(path))
    assert owner.post(path, **typed).status_code == 302
    assert "about Canal 12" not in words_of(owner.page(path))
    assert owner.post(path, host_spoken_name="x" * 300, call_name="").status_code == 422


def test_sensors_are_paired_named_and_taken_out(stage: Stage) -> None:
    stage.hears(50, "attic")
    owner = stage.sign_in(OWNER)
    page = owner.page("/sensors")
    assert "Heard, but in no home yet" in words_of(page)
    sensor = page.partition('name="sensor" value="')[2].partition('"')[0]
    owner.post("/sensors/pair", sensor=sensor, home=stage.home_id)
    assert owner.post(f"/sensors/{sensor}", name="Hall", interval_seconds="x").status_code == 422
    assert owner.post(f"/sensors/{sensor}", name="Hall", interval_seconds="0").status_code == 422
    owner.post(f"/sensors/{sensor}", name="Hall", interval_seconds="120")
    assert "Hall" in words_of(owner.page(f"/homes/{stage.home_id}/sensors"))
    owner.post(f"/homes/{stage.home_id}/sensors/{sensor}/unpair")
    assert "Heard, but in no home yet" in words_of(owner.page("/sensors"))


def test_a_sensor_of_others_is_not_found(stage: Stage) -> None:
    stage.hears(50, "attic")
    with stage.world.service.sessions.read() as session:
        sensor = session.scalars(select(Sensor)).one().public_id
        connection = session.scalars(select(SensorConnection)).one().public_id
    other, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    assert other.get(f"/sensors/{sensor}").status_code == 404
    assert other.post("/sensors/pair", sensor=sensor, home=stage.other_home_id).status_code == 404
    for end in ("secret", "address"):
        assert other.post(f"/connections/{connection}/{end}").status_code == 404
        assert looker.post(f"/connections/{connection}/{end}").status_code == 403


def test_a_new_address_is_shown_once_and_the_old_one_stops(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    with stage.world.service.sessions.read() as session:
        connection = session.scalars(select(SensorConnection)).one().public_id
    shown = owner.post(f"/connections/{connection}/address").text
    path = "/hooks/sensors/" + shown.partition("/hooks/sensors/")[2].partition('"')[0]
    assert path.rpartition("/")[2] not in owner.page("/sensors")
    body = {"sensor": "loft-1", "at": stage.world.clock.now().isoformat(), "level_db": 40}
    assert stage.world.client.post(stage.hook, json=body).status_code == 404
    assert stage.world.client.post(path, json=body).status_code == 202


def test_history_is_paged(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    incident = stage.call_about_home(owner)
    page = owner.page(f"/homes/{stage.home_id}/history")
    assert f"/incidents/{incident}" in page
    assert "No noise incident yet" in words_of(
        owner.page(f"/homes/{stage.home_id}/history?before=1")
    )
    assert owner.get(f"/homes/{stage.home_id}/history?before=x").status_code == 200


def test_archived_homes_are_not_listed(stage: Stage) -> None:
    with stage.world.service.sessions.write() as session:
        session.get_one(Property, stage.home.id).archived_at = stage.world.clock.now()
    assert "Harbour" not in words_of(stage.sign_in(OWNER).page("/homes"))
