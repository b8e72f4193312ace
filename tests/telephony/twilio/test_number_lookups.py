"""Numbers are looked up beforehand, kept for days by keyed hash, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.escalation.number_lookups import look_up_numbers, takes_a_text
from callassist.models import Notification, NumberLookup, StayNumber
from callassist.worker.metronome import Metronome
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server

GUEST = "+12025550102"
KEPT = timedelta(days=30)


class Numbers:
    """A service on a Twilio-shaped network; two firms, and the same guest's number in both."""

    def __init__(self, world: TwilioWorld) -> None:
        self.world, self.server = world, world.server
        self.night = TwilioStage(world, "own_phone")

    def look(self) -> int:
        world = self.world
        return look_up_numbers(world.service.escalation, KEPT, world.clock.now())

    def asked(self) -> list[tuple[str, str]]:
        return self.server.api.lookups.asked

    def known(self) -> list[NumberLookup]:
        with self.world.service.sessions.read() as session:
            return list(session.scalars(select(NumberLookup)))

    def flags(self) -> set[str | None]:
        with self.world.service.sessions.read() as session:
            return set(session.scalars(select(StayNumber.flag_reason)))


@pytest.fixture(params=["twilio"])
def numbers(
    request: pytest.FixtureRequest,
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    clock: ManualClock,
) -> Iterator[Numbers]:
    with twilio_server(layout=request.param, clock=clock) as server:
        world = TwilioWorld(sqlite_databases.create(tmp_path), tmp_path, clock, server)
        try:
            yield Numbers(world)
        finally:
            world.close()


def test_a_number_is_asked_about_once_for_all_who_have_it(numbers: Numbers) -> None:
    assert numbers.look() >= 1
    assert numbers.look() == 0
    assert numbers.asked() == [(GUEST, "line_type_intelligence")] * len(numbers.asked())
    (known,) = numbers.known()
    assert (known.is_valid, known.line_type) == (True, "mobile")
    assert GUEST not in known.number_index


def test_an_answer_counts_for_days_and_is_then_forgotten(numbers: Numbers) -> None:
    numbers.look()
    numbers.world.clock.set(numbers.world.clock.now() + KEPT + timedelta(minutes=1))
    numbers.look()
    assert [one for one in numbers.known() if one.looked_up_at < numbers.world.clock.now()] == []


def test_a_landline_gets_no_text(numbers: Numbers) -> None:
    numbers.server.far_end(GUEST, "answers", line_type="landline")
    numbers.look()
    with numbers.world.service.sessions.read() as session:
        number = session.scalars(select(StayNumber)).first()
        assert number is not None
        assert not takes_a_text(session, numbers.world.service.escalation, number)
    assert numbers.flags() == {None}


def test_a_premium_number_is_flagged_to_the_host_with_its_reason(numbers: Numbers) -> None:
    numbers.server.far_end(GUEST, "answers", line_type="premium")
    numbers.look()
    numbers.world.run()
    assert numbers.flags() == {"premium_number"}
    with numbers.world.service.sessions.read() as session:
        told = session.scalars(select(Notification).where(Notification.kind == "number_flagged"))
        assert {one.facts["reason"] for one in told} == {"premium_number"}


@pytest.mark.parametrize("fault", ["error", "html", "slow", "too_many"])
def test_a_network_that_does_not_answer_flags_nothing_and_is_asked_later(
    numbers: Numbers, fault: str
) -> None:
    numbers.server.rest_faults.next(fault, matching="GET /v2", times=1, seconds=0.01)
    first = numbers.look()
    assert numbers.flags() == {None}
    assert first == 0 or fault == "slow"
    numbers.look()
    assert len(numbers.known()) == 1


def test_it_is_off_unless_it_is_switched_on(numbers: Numbers) -> None:
    Metronome(numbers.world.service).look_up_numbers()
    assert numbers.asked() == []


def test_a_call_is_made_whether_or_not_the_number_was_looked_up(numbers: Numbers) -> None:
    numbers.server.rest_faults.share("error", 1.0, matching="GET /v2")
    numbers.look()
    night = numbers.night.begin()
    night.guest_is("answers", talk=30)
    night.operator_is(presses="1")
    night.accept()
    night.press_call()
    assert night.until_ended().outcome == "answered"
