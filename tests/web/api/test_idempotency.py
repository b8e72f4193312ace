"""A POST that is sent again under its key is done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from callassist.errors import Conflict
from callassist.models import Idempotency
from callassist.web.api.idempotency import InFlight, Key
from tests.notifications.webhooks.receiver import Receiver, receiving
from tests.web.scene import Scene
from tests.web.world import World

HOME = {"name": "Attic", "timezone": "Europe/Paris", "country": "FR"}


@pytest.fixture
def world(world_on_each: World) -> World:
    return world_on_each


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def _homes(world: World, scene: Scene) -> int:
    return len(world.get("/properties", scene.host)["items"])


def test_the_same_request_is_done_once_and_answered_alike(world: World, scene: Scene) -> None:
    first = world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key="k1")
    again = world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert _homes(world, scene) == 2


def test_a_secret_that_is_shown_once_is_sealed_while_it_is_remembered(
    world: World, scene: Scene
) -> None:
    body = {"scope": "host"}
    first = world.ask("POST", "/tokens", scene.host, body, Idempotency_Key="k1").json
    again = world.ask("POST", "/tokens", scene.host, body, Idempotency_Key="k1").json
    assert first is not None
    assert again == first
    with world.service.sessions.read() as session:
        stored = session.scalars(select(Idempotency.body)).one()
    assert stored is not None
    assert first["token"].encode() not in stored


def test_another_body_under_a_used_key_is_422(world: World, scene: Scene) -> None:
    world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key="k1")
    other = {**HOME, "name": "Cellar"}
    answer = world.ask("POST", "/properties", scene.host, other, Idempotency_Key="k1")
    assert answer.status_code == 422
    assert (answer.json or {})["errors"][0]["pointer"] == "/Idempotency-Key"


def test_a_refused_request_is_not_remembered(world: World, scene: Scene) -> None:
    wrong = {**HOME, "timezone": "Paris"}
    refused = world.ask("POST", "/properties", scene.host, wrong, Idempotency_Key="k1")
    assert refused.status_code == 422
    answer = world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key="k1")
    assert answer.status_code == 201


def test_keys_of_two_tokens_have_nothing_to_do_with_each_other(world: World, scene: Scene) -> None:
    other = world.post("/tokens", scene.host, {"scope": "host"})["token"]
    for token in (scene.host, other):
        answer = world.ask("POST", "/properties", token, HOME, Idempotency_Key="k1")
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers
    assert _homes(world, scene) == 3


def test_a_key_may_be_used_anew_after_a_day(world: World, scene: Scene) -> None:
    world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key="k1")
    long_ago = datetime.now(UTC) - timedelta(hours=25)
    with world.service.sessions.write() as session:
        session.execute(update(Idempotency).values(created_at=long_ago))
    again = world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key="k1")
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again.headers


def test_a_request_that_is_being_worked_on_is_409() -> None:
    in_flight = InFlight()
    key = Key(token_id=1, key="k1", request_hash="h")
    with (
        in_flight.claim(key),
        pytest.raises(Conflict, match="is being worked on"),
        in_flight.claim(key),
    ):
        pass
    with in_flight.claim(key):
        pass


def test_a_key_that_cannot_be_one_is_refused(world: World, scene: Scene) -> None:
    for key in ("a b", "k" * 256):
        answer = world.ask("POST", "/properties", scene.host, HOME, Idempotency_Key=key)
        assert answer.status_code == 422


@pytest.fixture
def receiver(world: World) -> Iterator[Receiver]:
    """What is asked of another system before the transaction is seen there."""
    object.__setattr__(world.service.webhooks, "allow_loopback", True)
    with receiving() as one:
        yield one


def _try(world: World, scene: Scene, receiver: Receiver) -> Callable[[str], TestResponse]:
    path = "/webhook-endpoints"
    made = world.post(path, scene.host, {"url": receiver.url})["id"]
    return lambda key: world.ask("POST", f"{path}/{made}/test", scene.host, {}, Idempotency_Key=key)


def test_what_is_done_elsewhere_first_is_done_once(
    world: World, scene: Scene, receiver: Receiver
) -> None:
    send, send_other = _try(world, scene, receiver), _try(world, scene, receiver)
    first, again, other = send("k1"), send("k1"), send_other("k1")
    assert (first.status_code, again.data) == (200, first.data)
    assert other.status_code == 422
    assert len(receiver.got) == 1


def test_what_another_process_works_on_is_not_sent_a_second_time_until_that_one_is_gone(
    world: World, scene: Scene, receiver: Receiver
) -> None:
    send = _try(world, scene, receiver)
    assert send("k1").status_code == 200
    for age, expected, sent in ((1, 409, 1), (6, 200, 2)):
        claimed_at = datetime.now(UTC) - timedelta(minutes=age)
        with world.service.sessions.write() as session:
            session.execute(update(Idempotency).values(status=None, created_at=claimed_at))
        assert (send("k1").status_code, len(receiver.got)) == (expected, sent)


def test_what_was_refused_elsewhere_may_be_asked_again_under_its_key(
    world: World, scene: Scene, receiver: Receiver
) -> None:
    bodies = [{"url": "https://10.0.0.1/hook"}, {"url": receiver.url}]
    answers = [
        world.ask("POST", "/webhook-endpoints", scene.host, body, Idempotency_Key="k1").status_code
        for body in bodies
    ]
    assert answers == [422, 201]
