"""Lists ask the database as often for many rows as for few."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from callassist.web.api.catalogue import ROUTES
from callassist.web.api.routing import Scope
from tests.web.api.seeds import Seeds
from tests.web.scene import Scene
from tests.web.world import GUEST, World

LISTS = [
    (route.path, scope)
    for route in ROUTES
    if route.method == "GET" and not route.parameters
    for scope in sorted(route.scopes)
]


def test_the_number_of_queries_does_not_grow_with_the_rows(world: World) -> None:
    seeds = Seeds(world)
    _more(world, seeds.scene, 9)
    before = {one: _count(world, one[0], seeds.tokens[one[1]]) for one in LISTS}
    for number in range(4):
        _more(world, seeds.scene, number)
    world.run()
    for path, scope in LISTS:
        queries = _count(world, path, seeds.tokens[scope])
        assert queries <= before[path, scope], f"{path} as {scope}"
        assert queries <= 12, f"{path} as {scope}"


def _count(world: World, path: str, token: str) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    engine = world.service.sessions.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        world.get(path, token)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _more(world: World, scene: Scene, number: int) -> None:
    """One more home with everything, and one more of what a desk has."""
    host = scene.host
    home = world.post(
        "/properties", host, {"name": f"Home {number}", "timezone": "UTC", "country": "FR"}
    )["id"]
    policy = world.post("/policies", host, {"name": f"P {number}", "rules": {}})["id"]
    world.ask("PATCH", f"/properties/{home}", host, {"policy": policy})
    world.post(
        "/stays",
        host,
        {
            "property": home,
            "check_in_at": "2026-06-13T10:00:00Z",
            "check_out_at": "2026-06-20T10:00:00Z",
            "guest_name": f"Guest {number}",
            "numbers": [GUEST[:-1] + str(number)],
        },
    )
    world.post("/sensor-connections", host, {"adapter": "generic"})
    world.post("/users", host, {"email": f"p{number}@example.com", "role": "viewer"})
    world.post("/users", host, {"email": f"o{number}@example.com", "role": "operator"})
    world.post("/tokens", host, {"scope": "operator"})
    world.post("/invitations", host, {"email": f"i{number}@example.com", "role": "viewer"})
    world.post("/digests", host, {"address": f"d{number}@example.com", "property": home})
    incident = world.post("/incidents", host, {"property": home})["id"]
    if number % 2:
        world.post(f"/incidents/{incident}/cancel", host)


def test_what_belongs_to_an_incident_costs_as_much_for_many_as_for_one(world: World) -> None:
    seeds = Seeds(world)
    path, host = f"/incidents/{seeds.ids['incident_id']}/notes", seeds.scene.host
    before = _count(world, path, host)
    for number in range(5):
        world.post(path, host, {"note": f"note {number}"})
    assert len(world.get(path, host)["items"]) == 6
    assert _count(world, path, host) == before


@pytest.mark.parametrize("scope", [Scope.HOST, Scope.ADMIN])
def test_pages_hold_each_row_once(world: World, scope: Scope) -> None:
    seeds = Seeds(world)
    for number in range(4):
        _more(world, seeds.scene, number)
    whole = [one["id"] for one in world.get("/properties", seeds.tokens[scope])["items"]]
    paged: list[str] = []
    cursor = ""
    while True:
        page = world.get(f"/properties?limit=2{cursor}", seeds.tokens[scope])
        paged += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert paged == whole
    assert len(whole) == 5
