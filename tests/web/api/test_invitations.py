"""Asking people to join through the API: the mail, sending again, taking back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from callassist.models import Invitation
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.mailbox import Mails
from tests.web.scene import Scene
from tests.web.world import World

ASKED = {"email": "Paul@Example.com", "role": "manager", "name": "Paul", "language": "fr"}


@pytest.fixture
def world(world_on_each: World) -> World:
    return world_on_each


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


@pytest.fixture
def mails(world: World) -> Mails:
    """From now on mails come here."""
    link_mail = world.app.extensions["callassist_link_mail"]
    taken = Mails(link_mail)
    link_mail._channel = taken
    return taken


def _pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return [one["pointer"] for one in answer.json["errors"]]


def _a_minute_later(world: World) -> None:
    with world.service.sessions.write() as session:
        earlier = datetime.now(UTC) - timedelta(minutes=2)
        session.execute(update(Invitation).values(mailed_at=earlier))


def test_the_invited_person_gets_a_link_in_their_language_and_nobody_else_does(
    world: World, scene: Scene, mails: Mails
) -> None:
    made = world.post("/invitations", scene.host, ASKED)
    assert made["email"] == "paul@example.com"
    assert made["account"] == scene.account
    assert world.get("/invitations", scene.host)["items"] == [made]
    address, message = mails.last()
    assert (address, message.language) == ("paul@example.com", "fr")
    assert "Seaside Homes" in message.text
    assert "gestionnaire" in message.text.lower() or "gère" in message.text.lower()
    token = mails.path().rpartition("/")[2]
    assert token not in str(made)
    assert "Seaside Homes" in words_of(Browser(world.app).page(mails.path()))
    assert world.get("/users", scene.host)["items"] == []


def test_one_key_sends_one_mail(world: World, scene: Scene, mails: Mails) -> None:
    for _ in range(2):
        answer = world.ask("POST", "/invitations", scene.host, ASKED, Idempotency_Key="k")
        assert answer.status_code == 201
    mails.last()
    assert len(mails.taken) == 1


def test_a_refused_invitation_sends_nothing(world: World, scene: Scene, mails: Mails) -> None:
    world.post("/users", scene.host, {"email": "has@example.com", "role": "viewer"})
    other = Scene(world, "Other Firm")
    for wrong, pointer in (
        ({"email": "nobody"}, "/email"),
        ({"email": "has@example.com", "role": "viewer"}, "/email"),
        ({"role": "king"}, "/role"),
        ({"role": "operator"}, "/desk"),
        ({"role": "operator", "desk": other.desk}, "/desk"),
        ({"desk": scene.desk}, "/desk"),
        ({"account": other.account}, "/account"),
    ):
        answer = world.ask("POST", "/invitations", scene.host, {**ASKED, **wrong})
        assert _pointers(answer) == [pointer], wrong
    for role in ("owner", "admin"):  # a program does what a manager may do
        answer = world.ask("POST", "/invitations", scene.host, {**ASKED, "role": role})
        assert answer.status_code == 403, role
    mails.link_mail._sender.submit(lambda: None).result()
    assert mails.taken == []
    world.post("/invitations", scene.host, ASKED)
    assert _pointers(world.ask("POST", "/invitations", scene.host, ASKED)) == ["/email"]


def test_a_new_link_ends_the_one_before(world: World, scene: Scene, mails: Mails) -> None:
    made = world.post("/invitations", scene.host, ASKED)
    first = mails.path()
    path = f"/invitations/{made['id']}/resend"
    assert world.ask("POST", path, scene.host, {}).status_code == 409
    _a_minute_later(world)
    again = world.post(path, scene.host)
    assert again["mailed_at"] > made["mailed_at"]
    second = mails.path()
    browser = Browser(world.app)
    assert browser.get(first).status_code == 410
    assert browser.get(second).status_code == 200


def test_an_invitation_that_is_taken_back_opens_nothing(
    world: World, scene: Scene, mails: Mails
) -> None:
    made = world.post("/invitations", scene.host, ASKED)
    path = f"/invitations/{made['id']}"
    assert world.ask("DELETE", path, scene.host).status_code == 204
    assert Browser(world.app).get(mails.path()).status_code == 410
    assert world.get("/invitations", scene.host)["items"] == []
    assert world.ask("DELETE", path, scene.host).status_code == 404
    assert world.ask("POST", f"{path}/resend", scene.host, {}).status_code == 404


def test_supervisors_ask_people_to_their_own_desk_only(
    world: World, scene: Scene, mails: Mails
) -> None:
    body = {"email": "op@example.com", "role": "operator", "desk": scene.desk}
    made = world.post("/invitations", scene.supervisor, body)
    assert (made["account"], made["desk"]) == (None, scene.desk)
    for token in (scene.supervisor, scene.host, world.admin):
        assert [one["id"] for one in world.get("/invitations", token)["items"]] == [made["id"]]
    other = Scene(world, "Other Firm")
    assert world.get("/invitations", other.supervisor)["items"] == []
    assert world.get("/invitations", other.host)["items"] == []
    path = f"/invitations/{made['id']}"
    for token in (other.supervisor, other.host):
        assert world.ask("DELETE", path, token).status_code == 404
    assert world.ask("DELETE", path, scene.host).status_code == 204
