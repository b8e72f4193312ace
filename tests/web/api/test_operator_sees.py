"""Canaries in everything personal: none of them sings on any address that an operator can ask."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from callassist.web.api.catalogue import ROUTES
from callassist.web.api.fields import write_instant
from callassist.web.api.routing import Route, Scope
from tests.web.api.seeds import Seeds
from tests.web.world import World

CANARIES = {
    "property name": "Canary Cove 7",
    "account": "Canary Coast",
    "host contact": "Canary Carla",
    "guest's number": "2025550109",
    "host's number": "2025550108",
    "e-mail": "canary@example.com",
    "complaint": "canary in the stairwell",
    "other guest": "Canary Other",
    "operator's real name": "Ann Test",
    "zone": "Europe/Paris",
}


def test_an_operators_answers_hold_nothing_of_a_stay_but_what_the_list_allows(
    world: World,
) -> None:
    seeds = _cage(world)
    texts = [text for route in ROUTES for text in _ask(seeds, route, Scope.OPERATOR)]
    texts += _work(seeds)
    assert any("Robin Allowed" in text for text in texts), "the crawl reached no card"
    for what, canary in CANARIES.items():
        for text in texts:
            assert canary not in text, f"{what} in {text}"
    for private in ("property_id", "peak_db", "level_db", "address", "external_id"):
        assert not any(f'"{private}"' in text for text in texts), private


def test_a_supervisors_card_is_no_wider(world: World) -> None:
    seeds = _cage(world)
    texts = _ask(seeds, _route("GET", "/call-tasks"), Scope.SUPERVISOR)
    texts += _ask(seeds, _route("GET", "/call-tasks/{task_id}"), Scope.SUPERVISOR)
    assert any("Robin Allowed" in text for text in texts)
    for canary in CANARIES.values():
        assert not any(canary in text for text in texts)


def _cage(world: World) -> Seeds:
    seeds = Seeds(world, "Canary Coast", "Robin Allowed")
    host, home, scene = seeds.scene.host, seeds.scene.home, seeds.scene
    now = world.clock.now()
    # an account's own desk begins with the account's name, which its operators know anyway
    _patch(world, f"/desks/{scene.desk}", host, {"name": "Night desk"})
    _patch(world, f"/properties/{home}", host, {"name": CANARIES["property name"]})
    _patch(
        world,
        f"/properties/{home}/contacts/{scene.contact}",
        host,
        {"name": CANARIES["host contact"], "phone": "+1" + CANARIES["host's number"]},
    )
    _patch(world, f"/stays/{scene.stay}", host, {"numbers": ["+1" + CANARIES["guest's number"]]})
    world.post(
        "/stays",
        host,
        {
            "property": home,
            "guest_name": CANARIES["other guest"],
            "check_in_at": write_instant(now + timedelta(days=2)),
            "check_out_at": write_instant(now + timedelta(days=3)),
        },
    )
    world.post("/notification-channels", host, {"kind": "email", "address": CANARIES["e-mail"]})
    incident = seeds.ids["incident_id"]
    world.post(f"/incidents/{incident}/cancel", host)
    body = {"property": home, "complaint": CANARIES["complaint"]}
    seeds.ids["incident_id"] = world.post("/incidents", host, body)["id"]
    world.run()
    seeds.ids["task_id"] = world.get("/call-tasks", scene.operator)["items"][0]["id"]
    return seeds


def _work(seeds: Seeds) -> list[str]:
    """Everything that an operator's program is told on the way through a call."""
    world, token = seeds.world, seeds.scene.operator
    task = f"/call-tasks/{seeds.ids['task_id']}"
    told = [world.post(f"{task}/accept", token), world.post(f"{task}/dial", token)]
    world.run()
    for _ in range(40):
        world.pass_time(seconds=15)
        world.post("/presence", token, {"state": "available"})
        told.append(world.get(task, token))
        if told[-1]["state"] == "wrapping_up":
            break
    told.append(world.post(f"{task}/wrap-up", token, {"result": "guest_refused"}))
    world.run()
    after = [text for route in ROUTES for text in _ask(seeds, route, Scope.OPERATOR)]
    return [*(json.dumps(one, ensure_ascii=False) for one in told), *after]


def _ask(seeds: Seeds, route: Route, scope: Scope) -> list[str]:
    if route.method != "GET" or scope not in route.scopes:
        return []
    path = route.path.format(**seeds.ids)
    answer = seeds.world.ask("GET", path, seeds.tokens[scope])
    return [answer.get_data(as_text=True)]


def _patch(world: World, path: str, token: str, body: Any) -> None:
    answer = world.ask("PATCH", path, token, body)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def _route(method: str, path: str) -> Route:
    return next(route for route in ROUTES if (route.method, route.path) == (method, path))
