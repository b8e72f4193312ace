"""What one person is told and when, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.scene import Scene
from tests.web.world import World


@pytest.fixture
def world(world_on_each: World) -> World:
    return world_on_each


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


@pytest.fixture
def maria(world: World, scene: Scene) -> str:
    """A manager with an e-mail address of her own."""
    body = {"email": "maria@example.com", "role": "manager"}
    person = str(world.post("/users", scene.host, body)["id"])
    channel = {"kind": "email", "address": "maria@example.com", "person": person}
    world.post("/notification-channels", scene.host, channel)
    return person


def _told(matrix: Any) -> dict[str, list[str]]:
    return {one["kind"]: one["told"] for one in matrix["kinds"]}


def _change(world: World, path: str, token: str, body: Any) -> Any:
    answer = world.ask("PATCH", path, token, body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def _pointers(world: World, path: str, token: str, body: Any) -> list[str]:
    answer = world.ask("PATCH", path, token, body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.json is not None
    return [one["pointer"] for one in answer.json["errors"]]


def test_the_matrix_is_read_and_changed_in_part(world: World, scene: Scene, maria: str) -> None:
    path = f"/users/{maria}/notification-choices"
    before = world.get(path, scene.host)
    assert before["channel_kinds"] == ["email"]
    told = _told(before)
    assert (told["went_quiet"], told["noise_started"]) == (["email"], [])
    assert [one["kind"] for one in before["kinds"] if one["always"]] == ["needs_you"]
    chosen = {"told": {"went_quiet": [], "noise_started": ["email"]}}
    after = _change(world, path, scene.host, chosen)
    assert _told(after) == {**told, "went_quiet": [], "noise_started": ["email"]}
    assert world.get(path, scene.host) == after
    (channel,) = [
        one
        for one in world.get("/notification-channels", scene.host)["items"]
        if one["person"] == maria
    ]
    assert (channel["muted_kinds"], channel["wanted_kinds"]) == (["went_quiet"], ["noise_started"])


def test_what_cannot_be_chosen_is_refused_by_name_and_changes_nothing(
    world: World, scene: Scene, maria: str
) -> None:
    path = f"/users/{maria}/notification-choices"
    before = world.get(path, scene.host)
    for told, pointer in (
        ({"needs_you": []}, "/told/needs_you"),
        ({"went_quiet": ["push"]}, "/told/went_quiet"),
        ({"supervisor_page": ["email"]}, "/told/supervisor_page"),
        ({"went_quiet": ["pigeon"]}, "/told/went_quiet/0"),
    ):
        body = {"told": {"report_ready": [], **told}}
        assert _pointers(world, path, scene.host, body) == [pointer]
    assert world.get(path, scene.host) == before


def test_supervisors_choose_for_the_people_of_their_desk(world: World, scene: Scene) -> None:
    body = {"email": "sue@example.com", "role": "supervisor", "desk": scene.desk}
    sue = world.post("/users", scene.host, body)["id"]
    channel = {"kind": "email", "address": "sue@example.com", "person": sue, "desk": scene.desk}
    world.post("/notification-channels", scene.supervisor, channel)
    path = f"/users/{sue}/notification-choices"
    assert "went_quiet" not in _told(world.get(path, scene.supervisor))
    after = _change(world, path, scene.supervisor, {"told": {"supervisor_page": []}})
    assert _told(after)["supervisor_page"] == []
    named = world.get(f"{path}?desk={scene.desk}", scene.host)
    assert named == after
    assert world.ask("GET", path, scene.host).status_code == 404  # she is of no account
    assert world.ask("GET", path, Scene(world, "Other Firm").supervisor).status_code == 404


def test_quiet_hours_are_read_changed_and_switched_off(
    world: World, scene: Scene, maria: str
) -> None:
    path = f"/users/{maria}/quiet-hours"
    off = {"quiet_from": None, "quiet_until": None}
    assert world.get(path, scene.host) == off
    night = {"quiet_from": "23:00", "quiet_until": "07:30"}
    assert _change(world, path, scene.host, night) == night
    assert world.get(path, scene.host) == night
    for wrong, pointer in (
        ({"quiet_from": "24:00", "quiet_until": "07:00"}, "/quiet_from"),
        ({"quiet_from": "23:00", "quiet_until": "23:00"}, "/quiet_until"),
        ({"quiet_from": "23:00", "quiet_until": None}, "/quiet_until"),
        ({"quiet_from": "23:00"}, "/quiet_until"),
    ):
        assert _pointers(world, path, scene.host, wrong) == [pointer], wrong
    assert _change(world, path, scene.host, off) == off


def test_nobody_silences_a_person_who_also_works_elsewhere(
    world: World, scene: Scene, maria: str
) -> None:
    other = Scene(world, "Other Firm")
    world.post("/users", other.host, {"email": "maria@example.com", "role": "viewer"})
    path = f"/users/{maria}/quiet-hours"
    night = {"quiet_from": "23:00", "quiet_until": "07:00"}
    for token in (scene.host, other.host):
        answer = world.ask("PATCH", path, token, night)
        assert answer.status_code == 403
        assert answer.json is not None
        assert "only they can change this" in answer.json["detail"]
    assert world.get(path, scene.host)["quiet_from"] is None
    assert _change(world, f"{path}?account={scene.account}", world.admin, night) == night
