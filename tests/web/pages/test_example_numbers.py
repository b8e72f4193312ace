"""The number in our hints, typed as it stands there: the same kind word wherever one types it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import HOME, OWNER, Stage, local
from tests.web.pages.test_stays import HEAD, checked, send
from tests.web.scene import Scene
from tests.web.world import World

KIND = "his is an example number that nobody has; write the real one"
HINT = re.compile(r"\+33 6 39 98 01 23")


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


def hinted(page: str) -> str:
    found = HINT.search(page)
    assert found is not None, "the page shows no example"
    return found[0]


def test_while_it_is_typed_it_is_a_word_of_care_not_an_alarm(stage: Stage, owner: Browser) -> None:
    answer = checked(owner, stage, hinted(owner.page(f"/homes/{stage.home_id}/stays/new")))
    assert (answer["ok"], answer["tone"]) == (False, "watch")
    assert KIND in answer["said"]
    assert checked(owner, stage, "+33 6 12")["tone"] == "loud"


def test_forms_say_it_beside_the_field(stage: Stage, owner: Browser) -> None:
    now = stage.world.clock.now()
    contact = f"/homes/{stage.home_id}/contacts/new"
    stay = f"/homes/{stage.home_id}/stays/new"
    number = hinted(owner.page(contact))
    spans = {
        "check_in_at": local(now + timedelta(days=40)),
        "check_out_at": local(now + timedelta(days=42)),
    }
    for path, fields in (
        (contact, {"name": "Maria", "phone": number}),
        (stay, {**spans, "guest_name": "Ada Example", "numbers": number}),
    ):
        refused = owner.post(path, **fields)
        assert refused.status_code == 422
        assert KIND in words_of(refused.text)


def test_a_file_and_its_template_say_it_in_their_line(stage: Stage, owner: Browser) -> None:
    template = owner.get("/stays/import/template.csv").get_data().decode("utf-8-sig")
    number = hinted(template)
    row = f"{HOME},2026-08-01,2026-08-05,Ada,{number},R9\n"
    sent = send(owner, f"{HEAD}{row}".encode())
    assert KIND in words_of(owner.page(sent.location))


def test_programs_are_told_the_same(world: World) -> None:
    scene = Scene(world)
    body = {"name": "Maria", "phone": "+33 6 39 98 01 23"}
    refused = world.ask("POST", f"/properties/{scene.home}/contacts", scene.host, body)
    assert refused.status_code == 422
    assert KIND[1:] in refused.text
