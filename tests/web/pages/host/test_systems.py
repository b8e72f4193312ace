"""Connections to booking systems as hosts see them: set up, looked at, asked, paused, removed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callassist.models import PmsConnection, PmsListing, Stay
from callassist.pms_sync.running import run_connection
from callassist.web.pages.host.set_aside_words import reason
from tests.pms_sync.servers import lodgify
from tests.web.pages.browser import words_of
from tests.web.pages.host.systems_stage import connected, listed, lodgify_answers, of, ran
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements

REFUSED = "Lodgify does not accept this API key"


def test_a_new_host_connects_pairs_and_knows_the_guests(stage: Stage) -> None:
    owner, service = stage.sign_in(OWNER), stage.world.service
    with lodgify_answers(stage):
        assert "/systems/new/lodgify" in owner.page("/systems")
        answer = owner.post("/systems/new/lodgify", api_key=lodgify.KEY, called="Old port")
        assert answer.status_code == 302, words_of(answer.text)
        system = answer.location
        with service.sessions.read() as session:
            number = of(session, system.rpartition("/")[2]).id
        run_connection(service.systems.sync, number)
    page = words_of(owner.page(system))
    assert "Old port" in page
    assert "Working" in page
    form = owner.page(f"{system}/listings")
    with service.sessions.read() as session:
        waiting = session.query(PmsListing).filter(PmsListing.connection_id == number).all()
        known = session.query(Stay).filter(Stay.source == "lodgify").count()
    assert waiting
    assert known == 0
    fields = {f"home-{one.public_id}": "new" for one in waiting}
    fields |= {f"zone-{one.public_id}": "Europe/Paris" for one in waiting}
    assert all(name in form for name in fields)
    assert owner.post(f"{system}/listings", **fields).status_code == 302
    assert "Every listing has its home" in owner.page(f"{system}/listings")
    with service.sessions.read() as session:
        assert session.query(Stay).filter(Stay.source == "lodgify").count() > 0


def test_a_wrong_key_is_said_beside_its_field_and_only_the_secret_is_asked_again(
    stage: Stage,
) -> None:
    owner = stage.sign_in(OWNER)
    with lodgify_answers(stage):
        answer = owner.post(
            "/systems/new/lodgify", api_key="sample-lodgify-key-9999", called="Old port"
        )
    assert answer.status_code == 422
    assert 'id="e-api_key"' in answer.text
    assert REFUSED in words_of(answer.text)
    assert 'value="Old port"' in answer.text
    assert "sample-lodgify-key-9999" not in answer.text
    assert "Please enter them again" in words_of(answer.text)
    with stage.world.service.sessions.read() as session:
        assert session.query(PmsConnection).count() == 0


def test_a_system_that_does_not_answer_keeps_nothing_and_says_so(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    with lodgify_answers(stage):
        pass  # gone again
    answer = owner.post("/systems/new/lodgify", api_key=lodgify.KEY)
    assert answer.status_code == 422
    assert "could not be checked now" in words_of(answer.text)


def test_an_address_inside_is_refused_beside_its_field(stage: Stage) -> None:
    stage.world.service.opener.allow_loopback = False
    owner = stage.sign_in(OWNER)
    answer = owner.post("/systems/new/ical", address="https://127.0.0.1/x.ics", name="Loft")
    assert answer.status_code == 422
    assert "private" in words_of(answer.text)
    with stage.world.service.sessions.read() as session:
        assert session.query(PmsConnection).count() == 0


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({}, "Working"),
        ({"failures": 1, "error": "it does not answer"}, "Working"),
        ({"failures": 2, "error": "it does not answer"}, "Needs you"),
        ({"failures": 1, "error": "wrong", "error_field": "api_key"}, "Needs you"),
    ],
)
def test_how_a_connection_stands_is_one_word(
    stage: Stage, values: dict[str, Any], word: str
) -> None:
    system_id = connected(stage, **values)
    assert word in words_of(stage.sign_in(OWNER).page(f"/systems/{system_id}/live"))


def test_what_came_last_is_told_with_its_age_and_errors_in_words(stage: Stage) -> None:
    system_id, now = connected(stage), stage.world.clock.now()
    ran(stage, system_id, now - timedelta(hours=3), stays=40)
    ran(stage, system_id, now - timedelta(minutes=30), stays=41, created=3, without_number=2)
    owner = stage.sign_in(OWNER)
    page = words_of(owner.page("/systems"))
    assert "41 stays, 3 new, 2 without a number" in page
    assert "30 minutes ago" in page
    run = ran(stage, system_id, now - timedelta(minutes=9), error="Lodgify does not answer in time")
    page = words_of(owner.page(f"/systems/{system_id}"))
    assert "failed. Lodgify does not answer in time." in page
    assert "GET /v2" not in page
    assert "GET /v2/reservations 503" in owner.page(f"/systems/{system_id}/runs/{run}")


def test_it_is_read_on_the_hosts_word_three_times_a_day(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    for left in (2, 1, 0):
        owner.post(f"/systems/{system_id}/read", everything="yes" if left else "")
        with stage.world.service.sessions.write() as session:
            assert of(session, system_id).wanted == "full"
            of(session, system_id).wanted = None
        page = words_of(owner.page(f"/systems/{system_id}"))
        assert f"{left} left today" in page or (left == 0 and "None left today" in page)
    owner.post(f"/systems/{system_id}/read")
    assert "three times today" in words_of(owner.page(f"/systems/{system_id}"))
    with stage.world.service.sessions.read() as session:
        assert of(session, system_id).wanted is None
    stage.world.clock.set(stage.world.clock.now() + timedelta(days=1))
    owner.post(f"/systems/{system_id}/read")
    with stage.world.service.sessions.read() as session:
        assert of(session, system_id).wanted == "now"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("checkOut is not a date", "“checkOut” is not a date."),
        ("status is 'odd', which is not known", "“status” has a value that we do not know."),
        ("guest is no object", "“guest” has another form than its makers describe."),
        ("something quite new", "Something quite new."),
    ],
)
def test_why_a_record_is_set_aside_is_a_sentence(stage: Stage, why: str, said: str) -> None:
    with stage.world.app.test_request_context():
        assert reason(why) == said


def test_removing_says_what_becomes_of_the_stays(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    page = words_of(owner.page(f"/systems/{system_id}/remove"))
    assert "Homes, incidents and reports stay" in page
    answer = owner.post(f"/systems/{system_id}/remove", stays="keep")
    assert answer.location == "/systems"
    assert owner.get(f"/systems/{system_id}").status_code == 404


def test_a_paused_one_is_read_by_nobody_until_it_is_resumed(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    owner.post(f"/systems/{system_id}/pause")
    assert "Paused" in words_of(owner.page(f"/systems/{system_id}/live"))
    owner.post(f"/systems/{system_id}/read")
    with stage.world.service.sessions.read() as session:
        assert of(session, system_id).next_run_at is None
    owner.post(f"/systems/{system_id}/resume")
    with stage.world.service.sessions.read() as session:
        assert of(session, system_id).wanted == "full"


def test_a_connection_is_its_own_firms_and_a_looker_only_looks(stage: Stage) -> None:
    system_id = connected(stage)
    run = ran(stage, system_id, stage.world.clock.now(), stays=1)
    listing = listed(stage, system_id, "Loft")[0]
    stranger, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    for path in ("", "/live", "/remove", "/access", "/listings", f"/runs/{run}"):
        assert stranger.get(f"/systems/{system_id}{path}").status_code == 404, path
    for act in ("read", "pause", "resume", "remove", "choices", "hook-address", "hook-secret"):
        assert stranger.post(f"/systems/{system_id}/{act}", secret="x").status_code == 404, act
        assert looker.post(f"/systems/{system_id}/{act}", secret="x").status_code == 403, act
    assert stranger.post(f"/systems/{system_id}/listings/{listing}/apart").status_code == 404
    assert looker.get(f"/systems/{system_id}").status_code == 200
    assert looker.get("/systems/new/lodgify").status_code == 403


def test_the_first_page_says_which_system_needs_somebody(stage: Stage) -> None:
    connected(stage, failures=2, error="Lodgify does not answer in time", name="Old port")
    connected(stage, failures=1, error="the key ended", error_field="api_key")
    page = words_of(stage.sign_in(OWNER).page("/"))
    assert "Stays from Old port did not arrive" in page
    assert "Stays from Lodgify did not arrive" in page
    assert "Enter the access anew" in page


def test_more_connections_cost_no_more_queries(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    _one_with_listings(stage)
    before = statements(stage, owner, "/systems")
    for _ in range(4):
        _one_with_listings(stage)
    assert statements(stage, owner, "/systems") == before


def _one_with_listings(stage: Stage) -> None:
    system_id = connected(stage)
    ran(stage, system_id, stage.world.clock.now(), stays=1)
    listed(stage, system_id, "A", "B")
