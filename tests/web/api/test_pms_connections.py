"""Booking systems by the API: tried before they are kept, told of, read, paired, removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callassist.pms_sync.access import Patience
from callassist.pms_sync.running import run_connection
from callassist.settings import PmsSettings
from tests.pms_sync.servers import lodgify
from tests.pms_sync.servers.base import serving
from tests.web.scene import Scene
from tests.web.world import World


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    """A firm, and Lodgify as a server on this machine."""
    with serving() as host:
        server = lodgify.LodgifyServer()
        host.mount(server)
        opener = world.service.opener
        opener.settings = PmsSettings(base_urls={"lodgify": server.base_url}, oauth={})
        opener.patience = Patience(turn=5, tries=1)
        yield Scene(world)


def test_a_program_connects_reads_and_pairs(world: World, scene: Scene) -> None:
    wanted = {one["vendor"]: one for one in world.get("/pms-systems", scene.host)["items"]}
    assert [one["name"] for one in wanted["lodgify"]["credentials"]] == ["api_key"]
    body = {"vendor": "lodgify", "credentials": {"api_key": lodgify.KEY}, "name": "Old port"}
    answer = world.ask("POST", "/pms-connections", scene.host, body, Idempotency_Key="k1")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made = answer.json
    assert made is not None
    assert lodgify.KEY not in answer.get_data(as_text=True)
    again = world.ask("POST", "/pms-connections", scene.host, body, Idempotency_Key="k1")
    assert again.json == made
    path = f"/pms-connections/{made['id']}"
    with world.service.sessions.read() as session:
        from_row = session.connection().exec_driver_sql("SELECT max(id) FROM pms_connection")
        number = int(from_row.scalar_one())
    run_connection(world.service.systems.sync, number)
    shown = world.get(path, scene.host)
    assert shown["status"] == "working"
    assert shown["listings_without_home"] == shown["listings"] > 0
    assert world.get(f"{path}/runs", scene.host)["items"][0]["complete"] is True
    listing = world.get(f"{path}/listings", scene.host)["items"][0]
    change = {"property": scene.home}
    paired = world.ask("PATCH", f"{path}/listings/{listing['id']}", scene.host, change)
    assert paired.json is not None
    assert paired.json["property"] == scene.home
    times = {"typed_check_in": "17:30", "typed_check_out": "10:15"}
    timed = world.ask("PATCH", f"{path}/listings/{listing['id']}", scene.host, times).json
    assert timed == {**paired.json, **times}
    one = {"typed_check_out": None}
    timed = world.ask("PATCH", f"{path}/listings/{listing['id']}", scene.host, one).json
    assert timed == {**paired.json, "typed_check_in": "17:30"}
    stays = world.get(f"/stays?property={scene.home}", scene.host)["items"]
    assert "lodgify" in {one["source"] for one in stays}


def test_credentials_that_are_refused_are_named_and_nothing_is_kept(
    world: World, scene: Scene
) -> None:
    for credentials, field in (
        ({"api_key": "sample-lodgify-key-9999"}, "/credentials/api_key"),
        ({}, "/credentials/api_key"),
        ({"api_key": lodgify.KEY, "user": "me"}, "/credentials/user"),
    ):
        body = {"vendor": "lodgify", "credentials": credentials}
        answer = world.ask("POST", "/pms-connections", scene.host, body)
        assert answer.status_code == 422
        assert answer.json is not None
        assert [one["pointer"] for one in answer.json["errors"]] == [field]
    assert world.get("/pms-connections", scene.host)["items"] == []


def test_it_is_named_paused_asked_three_times_a_day_and_removed(world: World, scene: Scene) -> None:
    body = {"vendor": "lodgify", "credentials": {"api_key": lodgify.KEY}}
    path = f"/pms-connections/{world.post('/pms-connections', scene.host, body)['id']}"
    assert world.ask("POST", f"{path}/sync", scene.host, {}).status_code == 409
    changed = world.ask("PATCH", path, scene.host, {"name": "Old port", "enabled": False})
    assert changed.json is not None
    assert (changed.json["name"], changed.json["status"]) == ("Old port", "paused")
    assert world.ask("POST", f"{path}/sync", scene.host, {}).status_code == 409
    assert world.get(path, scene.host)["readings_left_today"] == 3
    refused = world.ask("PATCH", path, scene.host, {"credentials": {"api_key": "x" * 20}})
    assert refused.status_code == 422
    assert world.ask("DELETE", f"{path}?coming_stays=burn", scene.host).status_code == 422
    assert world.ask("DELETE", path, scene.host).status_code == 204
    assert world.ask("GET", path, scene.host).status_code == 404
