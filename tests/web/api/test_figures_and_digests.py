"""Figures of a period and who gets them by e-mail, through the API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from callassist.models import Digest
from tests.web.scene import Scene
from tests.web.world import World


@pytest.fixture
def world(world_on_each: World) -> World:
    return world_on_each


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world, "=Seaside Homes")


def _errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return {one["pointer"]: one["detail"] for one in answer.json["errors"]}


def _one_call(world: World, scene: Scene) -> None:
    incident = world.post("/incidents", scene.host, {"property": scene.home})["id"]
    world.run()
    world.post(f"/incidents/{incident}/cancel", scene.host)
    world.clock.advance(days=1)


def test_figures_say_what_happened_over_all_and_in_each_home(world: World, scene: Scene) -> None:
    _one_call(world, scene)
    found = world.get("/figures", scene.host)
    assert (found["first"], found["last"]) == ("2026-05-17", "2026-06-13")
    total = {
        "nights": 1,
        "quiet_nights": 0,
        "incidents": 1,
        "ended_by_themselves": 0,
        "calls_requested": 1,
        "guests_reached": 0,
        "minutes_above": 0,
        "first_call_seconds": None,
    }
    assert found["total"] == total
    (home,) = found["homes"]
    assert home == {
        **total,
        "property": scene.home,
        "property_name": "=Seaside Homes flat",
        "loud_nights": ["2026-06-13"],
    }
    one_home = f"/figures?property={scene.home}&first=2026-06-12&last=2026-06-12"
    assert world.get(one_home, scene.host)["total"]["incidents"] == 0


def test_the_table_holds_names_as_text_and_the_pdf_speaks_the_asked_language(
    world: World, scene: Scene
) -> None:
    _one_call(world, scene)
    table = world.ask("GET", "/figures.csv", scene.host)
    assert table.mimetype == "text/csv"
    lines = table.text.splitlines()
    assert lines[0].startswith("home,first_night,last_night,nights,quiet_nights,incidents")
    assert lines[1] == "'=Seaside Homes flat,2026-05-17,2026-06-13,1,0,1,0,1,0,0"
    pdf = world.ask("GET", "/figures.pdf?language=fr", scene.host)
    assert pdf.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(pdf.get_data()))
    assert str(reader.root_object["/Lang"]) == "fr"
    assert "Chiffres des nuits" in reader.pages[0].extract_text()


def test_days_that_make_no_period_are_refused_by_name(world: World, scene: Scene) -> None:
    for query, pointer in (
        ("first=2026-06-13&last=2026-06-12", "/last"),
        ("first=2020-01-01&last=2026-06-12", "/first"),
        ("first=13.6.2026", "/first"),
        ("last=20260613", "/last"),
        ("last=1999-12-31", "/last"),
        (f"property={'2' * 20}", "/property"),
        ("language=fr", "/language"),
    ):
        answer = world.ask("GET", f"/figures?{query}", scene.host)
        assert list(_errors(answer)) == [pointer], query


def test_a_recipient_is_added_changed_and_forgotten(world: World, scene: Scene) -> None:
    sent = {"address": "owner@example.org", "name": "Olga", "property": scene.home}
    made = world.post("/digests", scene.host, {**sent, "language": "fr"})
    assert (made["to"], made["property"]) == ("o•••@example.org", scene.home)
    assert (made["frequency"], made["language"], made["stopped_at"]) == ("weekly", "fr", None)
    assert world.get("/digests", scene.host)["items"] == [made]
    path = f"/digests/{made['id']}"
    changed = world.ask("PATCH", path, scene.host, {"frequency": "daily"})
    assert changed.json == {**made, "frequency": "daily"}
    hourly = world.ask("PATCH", path, scene.host, {"frequency": "hourly"})
    assert list(_errors(hourly)) == ["/frequency"]
    assert world.ask("DELETE", path, scene.host).status_code == 204
    assert world.get("/digests", scene.host)["items"] == []
    assert world.ask("DELETE", path, scene.host).status_code == 404


def test_a_recipient_that_cannot_be_is_refused_by_name(world: World, scene: Scene) -> None:
    other = Scene(world, "Other Firm")
    for wrong, pointer in (
        ({"address": "nonsense"}, "/address"),
        ({"name": "x" * 101}, "/name"),
        ({"property": other.home}, "/property"),
        ({"account": other.account}, "/account"),
        ({"language": "de"}, "/language"),
    ):
        body = {"address": "owner@example.org", **wrong}
        assert list(_errors(world.ask("POST", "/digests", scene.host, body))) == [pointer]
    assert world.get("/digests", scene.host)["items"] == []
    assert world.get("/digests", other.host)["items"] == []


def test_who_unsubscribed_is_not_written_to_again(world: World, scene: Scene) -> None:
    made = world.post("/digests", scene.host, {"address": "owner@example.org"})
    token = _stop_token(world)
    browser = world.app.test_client()
    world.app.config["WTF_CSRF_ENABLED"] = False
    assert browser.post(f"/figures/stop/{token}").status_code == 302
    assert world.get("/digests", scene.host)["items"][0]["stopped_at"] is not None
    answer = world.ask("PATCH", f"/digests/{made['id']}", scene.host, {"frequency": "daily"})
    assert answer.status_code == 409


def _stop_token(world: World) -> str:
    with world.service.sessions.read() as session:
        return world.service.vault.open(session.scalars(select(Digest.stop_token)).one())
