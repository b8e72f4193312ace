"""Where homes are and their tags, over the API."""

from __future__ import annotations

import pytest

from tests.web.scene import Scene
from tests.web.world import World

HOME = {"name": "Mill", "timezone": "Europe/Paris", "country": "FR"}


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_a_home_is_found_by_its_location_and_its_tags(world: World, scene: Scene) -> None:
    labels = {"location": "Nice", "tags": ["sea", "big"]}
    made = world.post("/properties", scene.host, {**HOME, **labels})
    assert (made["location"], made["tags"]) == ("Nice", ["big", "sea"])
    for query in ("location=Nice", "tag=sea", "location=Nice&tag=big"):
        found = world.get(f"/properties?{query}", scene.host)
        assert [one["id"] for one in found["items"]] == [made["id"]], query
    assert world.get("/properties?tag=hill", scene.host)["items"] == []


def test_tags_are_replaced_and_left_alone_when_they_are_not_sent(
    world: World, scene: Scene
) -> None:
    path = f"/properties/{scene.home}"
    changed = world.ask("PATCH", path, scene.host, {"tags": ["sea"], "location": "Nice"})
    assert changed.json is not None
    assert changed.json["tags"] == ["sea"]
    assert world.ask("PATCH", path, scene.host, {"name": "Loft"}).json is not None
    assert world.get(path, scene.host)["tags"] == ["sea"]
    world.ask("PATCH", path, scene.host, {"tags": []})
    shown = world.get(path, scene.host)
    assert (shown["tags"], shown["location"]) == ([], "Nice")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"tags": ["a,b"]}, "/tags/0"),
        ({"tags": ["x" * 31]}, "/tags/0"),
        ({"tags": ["  "]}, "/tags"),
        ({"tags": [str(n) for n in range(11)]}, "/tags"),
        ({"location": "x" * 81}, "/location"),
        ({"location": "a\x00b"}, "/location"),
    ],
)
def test_labels_that_do_not_fit_are_named_by_their_place(
    world: World, scene: Scene, body: dict[str, object], pointer: str
) -> None:
    answer = world.ask("PATCH", f"/properties/{scene.home}", scene.host, body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
