"""A program names the broker of its sound meters, as a host does on the page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from callassist.models import SensorBroker
from tests.web.scene import Scene
from tests.web.world import World

BROKER = {"host": "Broker.Example.com", "username": "me", "password": "hunter-22"}
METERS = {"adapter": "mqtt", "options": {"topic": "home/+/noise"}, "broker": BROKER}
PATH = "/sensor-connections"


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def _password(world: World) -> str | None:
    with world.service.sessions.read() as session:
        sealed = session.scalars(select(SensorBroker.password)).one()
    return None if sealed is None else world.service.vault.open(sealed)


def test_a_broker_is_named_and_changed_and_its_password_is_not_told(
    world: World, scene: Scene
) -> None:
    made = world.post(PATH, scene.host, METERS)
    assert (made["broker"]["host"], made["broker"]["port"]) == ("broker.example.com", 8883)
    assert (made["broker"]["state"], made["broker"]["has_password"]) == ("waiting", True)

    def change(body: dict[str, Any]) -> Any:
        answer = world.ask("PATCH", f"{PATH}/{made['id']}", scene.host, body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert "hunter-22" not in answer.get_data(as_text=True)
        return answer.json

    same = {"host": "broker.example.com", "tls": False}
    changed = change({"broker": same, "options": {"topic": "loud/#"}})
    assert (changed["broker"]["port"], changed["options"]) == (1883, {"topic": "loud/#"})
    assert _password(world) == "hunter-22"
    change({"enabled": False})
    elsewhere = change({"broker": {"host": "evil.example"}})
    assert not elsewhere["broker"]["has_password"]
    assert elsewhere["disabled_at"] is not None
    assert world.get(PATH, scene.host)["items"][-1]["broker"] == elsewhere["broker"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**METERS, "broker": {"host": "mqtts://broker.example.com"}}, "/broker/host"),
        ({**METERS, "broker": {**BROKER, "authority": "nothing"}}, "/broker/authority"),
        ({**METERS, "broker": {**BROKER, "port": 0}}, "/broker/port"),
        ({**METERS, "options": {"topic": "#"}}, "/options/topic"),
        ({"adapter": "generic", "broker": BROKER}, "/broker"),
    ],
)
def test_what_cannot_be_a_broker_is_refused_and_nothing_is_kept(
    world: World, scene: Scene, body: dict[str, Any], pointer: str
) -> None:
    answer = world.ask("POST", PATH, scene.host, body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in (answer.json or {})["errors"]] == [pointer]
    assert world.get(PATH, scene.host)["items"] == []


def test_nobody_names_the_broker_of_anothers_connection(world: World, scene: Scene) -> None:
    made = world.post(PATH, scene.host, METERS)["id"]
    other = Scene(world).host
    answer = world.ask("PATCH", f"{PATH}/{made}", other, {"broker": {"host": "evil.example"}})
    assert answer.status_code == 404
    assert _password(world) == "hunter-22"
