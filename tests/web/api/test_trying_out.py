"""Practice, shadow mode and the guest's link through the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.scene import Scene


@pytest.fixture
def scene(world):
    return Scene(world)


def test_a_practice_walks_to_its_end_and_is_marked(world, scene):
    begun = world.post(f"/properties/{scene.home}/practice", scene.host, status=201)
    assert begun["practice"]
    refused = world.ask("POST", f"/properties/{scene.home}/practice", scene.host, {})
    assert refused.status_code == 409
    world.pass_time(minutes=4, step=timedelta(seconds=2))
    done = world.get(f"/incidents/{begun['id']}", scene.host)
    assert (done["state"], done["resolution"]) == ("closed", "host_reached")


def test_shadow_mode_refuses_calls_and_lists_what_would_have_been(world, scene):
    path = f"/properties/{scene.home}/shadow"
    assert world.get(path, scene.host)["shadow_since"] is None
    began = world.post(path, scene.host)
    assert began["would_have_called"] == 0
    refused = world.ask("POST", "/incidents", scene.host, {"property": scene.home})
    assert refused.status_code == 409
    assert "shadow mode" in refused.json["detail"]
    missing = world.get(f"/properties/{scene.home}/coverage", scene.host)["missing"]
    assert "shadow" in missing
    assert world.ask("DELETE", path, scene.host).status_code == 204
    assert world.ask("POST", "/incidents", scene.host, {"property": scene.home}).status_code == 201


def test_the_guests_link_stays_the_same_until_it_is_renewed(world, scene):
    path = f"/stays/{scene.stay}/guest-link"
    first = world.post(path, scene.host)["url"]
    assert world.post(path, scene.host)["url"] == first
    second = world.post(f"{path}/renew", scene.host)["url"]
    assert second != first
    assert world.app.test_client().get(second).status_code == 200
    assert world.app.test_client().get(first).status_code == 404


def test_operators_have_no_part_in_it(world, scene):
    for path in (f"/properties/{scene.home}/practice", f"/stays/{scene.stay}/guest-link"):
        assert world.ask("POST", path, scene.operator, {}).status_code == 403
