"""Seam: the time at which it happened, deliveries that come late, and notices nobody takes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from callassist.clock import ManualClock
from callassist.ingest.intake import ReadingsIntake
from callassist.ports.sensors import BadSignature, BadValues, Malformed
from callassist.sensors.lapsing import let_lapse
from callassist.sensors.registry import ADAPTERS
from callassist.sensors.seam import SeamAdapter
from callassist.sensors.signatures import SVIX, sign_standard
from callassist.storage.engine import is_sqlite
from callassist.storage.sessions import Sessions
from tests.ingest.scene import Scene
from tests.plans import listening
from tests.sensors.requests import NOW, SECRET, Headers, deliveries

ADAPTER = SeamAdapter()
NAMES = {
    1: "disturbance_first_notice",
    2: "disturbance_second_notice",
    3: "disturbance_third_notice",
}


class SeamScene(Scene):
    """A home with a device that Seam tells about; its token is the usual one."""

    def notice(self, number: int, at=None, event_id=None) -> dict[str, object]:
        when = at or self.clock.now()
        body = {
            "event_id": event_id or f"{number}/{when.isoformat()}",
            "event_type": "noise_sensor.noise_threshold_triggered",
            "device_id": "dev-1",
            "minut_metadata": {"event_name": NAMES[number]},
            "occurred_at": when.isoformat(),
        }
        answer = self.post(body, adapter="seam")
        assert answer.status == 202, answer.body
        found: dict[str, object] = json.loads(answer.body)
        return found

    def lapse(self) -> int:
        intake = ReadingsIntake(ADAPTERS, self.connections, self.writer, self.clock)
        return let_lapse(self.sessions, intake, lambda: self.up_since, self.clock.now())


@pytest.fixture
def seam(sessions: Sessions, clock: ManualClock) -> Iterator[SeamScene]:
    scene = SeamScene(sessions, clock)
    scene.sensor(scene.connection("seam"), scene.home(), "dev-1", kind="notice")
    yield scene
    scene.close()


def parse(**changes):
    body = json.dumps({**deliveries("seam")[0]["body"], **changes}).encode()
    return ADAPTER.parse(body, "application/json", Headers(), {})


def test_what_svix_signs_is_believed_and_its_headers_are_named():
    body = b'{"event_type": "x"}'
    headers = Headers(sign_standard(body, SECRET, NOW, prefix=SVIX))
    ADAPTER.verify(headers, body, [SECRET], {}, NOW)
    with pytest.raises(BadSignature, match="svix-signature"):
        ADAPTER.verify(Headers(), body, [SECRET], {}, NOW)


@pytest.mark.parametrize("field", ["occurred_at", "device_id"])
def test_an_event_without_its_time_or_device_is_refused_by_name(field):
    with pytest.raises(Malformed, match=f"/{field}"):
        parse(**{field: None})


def test_rubbish_is_refused_by_name():
    with pytest.raises(BadValues, match="/occurred_at"):
        parse(occurred_at="2026-06-13T20:10:00")
    with pytest.raises(BadValues, match="/noise_level_decibels"):
        parse(noise_level_decibels=900)
    with pytest.raises(Malformed, match="/minut_metadata"):
        parse(minut_metadata="first")


def test_a_delivery_that_comes_half_an_hour_late_never_starts_a_call(seam):
    began = seam.clock.now()
    seam.clock.advance(minutes=30)
    seam.notice(3, at=began)
    seam.wait(minutes=20)
    assert all(one.escalated_at is None for one in seam.breaches())


def test_a_delivery_that_comes_a_day_late_is_acknowledged_and_ignored(seam):
    told = seam.notice(1, at=seam.clock.now() - timedelta(hours=27))
    assert told["ignored"][0]["reason"] == "older than 24 h"


def test_a_third_notice_in_time_calls_at_once(seam):
    seam.notice(3)
    seam.timers.run_due()
    assert seam.breaches()[0].escalated_at is not None


def test_the_same_event_again_is_a_duplicate(seam):
    seam.notice(1, event_id="e-1")
    assert seam.notice(1, event_id="e-1")["duplicates"] == 1


def test_a_first_notice_without_a_second_is_over_after_a_quarter_of_an_hour(seam):
    seam.notice(1)
    seam.wait(minutes=14)
    assert seam.lapse() == 0
    seam.wait(minutes=1)
    assert seam.lapse() == 1
    (breach,) = seam.breaches()
    assert (breach.end_reason, breach.escalated_at) == ("calm", None)
    assert seam.lapse() == 0


def test_noise_that_goes_on_does_not_lapse(seam):
    seam.notice(1)
    seam.wait(minutes=10)
    seam.notice(2)
    seam.wait(minutes=10)
    assert seam.lapse() == 0
    seam.notice(3)
    seam.wait(minutes=29)
    assert seam.lapse() == 0
    assert seam.breaches()[0].escalated_at is not None
    seam.wait(minutes=1)
    assert seam.lapse() == 1


def test_what_could_not_be_told_while_we_were_down_is_waited_for(seam):
    seam.notice(1)
    seam.wait(minutes=14)
    seam.up_since = seam.clock.now()
    seam.wait(minutes=10)
    assert seam.lapse() == 0
    seam.wait(minutes=5)
    assert seam.lapse() == 1


def test_who_looks_for_overdue_notices_reads_no_homes_that_are_quiet(seam: SeamScene) -> None:
    if not is_sqlite(seam.sessions.engine):
        pytest.skip("PostgreSQL plans by how much there is")
    seam.notice(1)
    with listening(seam.sessions.engine) as asked:
        seam.lapse()
    assert asked.whole_tables() == []
