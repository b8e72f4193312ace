"""Every refusal is problem+json with a sentence that a person can act on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from callassist.web.api.dispatch import LIMITS, LIMITS_SETTING
from callassist.web.api.routing import Scope
from tests.web.scene import Scene
from tests.web.world import World

HOME = {"name": "Attic", "timezone": "Europe/Paris", "country": "FR"}


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def _raw(world: World, token: str, data: Any, **headers: str) -> TestResponse:
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    return world.client.post("/api/v1/properties", data=data, headers=sent)


def _problem(answer: TestResponse, status: int) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    body = answer.json
    assert body is not None
    assert (body["type"], body["status"]) == ("about:blank", status)
    return body


def test_broken_json_is_400_and_says_where(world: World, scene: Scene) -> None:
    body = _problem(_raw(world, scene.host, '{"name": '), 400)
    assert re.search(r"not JSON: .* line 1 column \d+", body["detail"])


def test_another_content_type_is_415(world: World, scene: Scene) -> None:
    body = _problem(_raw(world, scene.host, "name=Attic", **{"Content-Type": "text/plain"}), 415)
    assert body["detail"] == "send JSON, with `Content-Type: application/json`"


def test_a_body_over_1_mib_is_413(world: World, scene: Scene) -> None:
    body = _problem(_raw(world, scene.host, b" " * (1024 * 1024 + 1)), 413)
    assert body["detail"] == "a body has at most 1 MiB; send less at once"


def test_unknown_missing_and_wrong_fields_are_all_named(world: World, scene: Scene) -> None:
    sent = {"name": 7, "timezone": "Europe/Paris", "colour": "red"}
    body = _problem(world.ask("POST", "/properties", scene.host, sent), 422)
    assert {one["pointer"]: one["detail"] for one in body["errors"]} == {
        "/name": "input should be a valid string",
        "/country": "field required",
        "/colour": "unknown field; leave it out",
    }


def test_a_value_that_means_nothing_is_named_by_its_place(world: World, scene: Scene) -> None:
    sent = {**HOME, "timezone": "Paris"}
    body = _problem(world.ask("POST", "/properties", scene.host, sent), 422)
    assert body["errors"] == [
        {"pointer": "/timezone", "detail": "not a time zone; did you mean Europe/Paris?"}
    ]


def test_a_rule_of_a_policy_is_named_inside_rules(world: World, scene: Scene) -> None:
    sent = {"name": "Strict", "rules": {"cadence": {"attempts": 9}}}
    body = _problem(world.ask("POST", "/policies", scene.host, sent), 422)
    assert body["errors"][0]["pointer"] == "/rules/cadence/attempts"


@pytest.mark.parametrize(
    "instant", ["2026-08-01", "2026-08-01T22:00:00", "1785621600", "2026-13-01T00:00:00Z", ""]
)
def test_an_instant_without_its_zone_is_refused(world: World, scene: Scene, instant: str) -> None:
    path = f"/properties/{scene.home}/pause"
    body = _problem(world.ask("POST", path, scene.host, {"until": instant}), 422)
    assert body["errors"][0]["pointer"] == "/until"
    assert "2026-08-01T22:00:00Z" in body["errors"][0]["detail"]


def test_unknown_and_repeated_parameters_are_refused(world: World, scene: Scene) -> None:
    for query in ("colour=red", "limit=1&limit=2", "limit=0", "limit=many", "cursor=abc"):
        _problem(world.ask("GET", f"/properties?{query}", scene.host), 422)


def test_a_cursor_of_another_list_is_refused(world: World, scene: Scene) -> None:
    world.post("/properties", scene.host, HOME)
    cursor = world.get("/properties?limit=1", scene.host)["next_cursor"]
    assert len(world.get(f"/properties?cursor={cursor}", scene.host)["items"]) == 1
    _problem(world.ask("GET", f"/stays?cursor={cursor}", scene.host), 422)


def test_what_cannot_be_done_now_is_409(world: World, scene: Scene) -> None:
    world.post("/incidents", scene.host, {"property": scene.home})
    again = world.ask("POST", "/incidents", scene.host, {"property": scene.home})
    body = _problem(again, 409)
    assert body["detail"].startswith("calls about this home are already running (incident ")


def test_a_method_that_is_not_there_is_405(world: World, scene: Scene) -> None:
    answer = world.ask("DELETE", "/properties", scene.host)
    _problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_too_many_requests_are_429_with_retry_after(world: World, scene: Scene) -> None:
    world.app.config[LIMITS_SETTING] = {**LIMITS, Scope.HOST: "2/minute"}
    answers = [world.ask("GET", "/clock", scene.host) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) >= 1
    assert world.ask("GET", "/clock", scene.operator).status_code == 200


def test_a_busy_database_is_503_with_retry_after(world: World, scene: Scene) -> None:
    engine = world.service.sessions.engine
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        answer = world.ask("POST", "/properties", scene.host, HOME)
        connection.exec_driver_sql("ROLLBACK")
    _problem(answer, 503)
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_revoked_token_is_401_at_once(world: World, scene: Scene) -> None:
    made = world.post("/tokens", scene.host, {"scope": "host"})
    assert world.ask("GET", "/clock", made["token"]).status_code == 200
    assert world.ask("DELETE", f"/tokens/{made['id']}", scene.host).status_code == 204
    body = _problem(world.ask("GET", "/clock", made["token"]), 401)
    assert body["detail"].startswith("this token is unknown, was revoked or has expired")
