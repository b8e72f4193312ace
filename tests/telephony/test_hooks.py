"""The hook endpoint's refusals: each says what was wrong, nothing of a refused body is kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from callassist.domain.dial import LegEvent
from callassist.errors import ServiceBusy
from tests.telephony.world import World

QUEUED = {
    "CallId": "SIM" + "0" * 32,
    "Sequence": "0",
    "Status": "queued",
    "At": "2026-05-01T23:00:00+00:00",
}
PATH = "/hooks/telephony/simulated/t1"


@pytest.fixture
def service(world: World) -> World:
    world.service.tokens.add("t1")
    return world


def test_a_signed_report_without_sense_is_400_and_names_its_field(service: World) -> None:
    answer = service.signed_post("t1", **{**QUEUED, "At": "yesterday"})
    assert answer.status_code == 400
    assert answer.json() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "At: expected an ISO 8601 instant",
    }
    assert not service.service.events


def test_a_huge_body_is_413(service: World) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = service.post(PATH, b"a=" + b"x" * 65 * 1024, form)
    assert answer.status_code == 413
    assert "65536 bytes" in answer.json()["detail"]
    assert not service.service.events


def test_a_huge_body_that_does_not_say_its_length_is_413(service: World) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = service.post(PATH, (b"x" * 1024 for _ in range(65)), form)
    assert answer.status_code == 413


def test_a_body_just_under_the_limit_is_read(service: World) -> None:
    answer = service.signed_post("t1", **QUEUED, Padding="x" * 60 * 1024)
    assert answer.status_code == 204


def test_a_body_that_is_no_form_has_no_signature_that_fits(service: World) -> None:
    answer = service.post(PATH, b'{"a": 1}', {"Content-Type": "application/json"})
    assert answer.status_code == 403


def test_a_locked_database_is_503_and_the_network_may_come_again(service: World) -> None:
    def busy(dial_token: str, events: list[LegEvent], now: datetime) -> None:
        raise ServiceBusy("the database is locked", 7)

    service.service.record_call_events = busy  # type: ignore[method-assign]
    answer = service.signed_post("t1", **QUEUED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"
