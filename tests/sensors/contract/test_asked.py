"""Makers that are asked: whatever they answer is told in words, nothing half, and it heals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.sensors.asked.requests_made import Talk
from tests.sensors.contract.bench import Bench
from tests.sensors.contract.entries import Way, those
from tests.sensors.makers.cloud import Answer, Cloud
from tests.sensors.makers.minut import Minut

_HTML = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
_FAULTS: dict[str, tuple[Answer, str]] = {
    "429 for 7 minutes": (Answer(429, {}, {"Retry-After": "420"}), "asks us to wait"),
    "429 without": (Answer(429, {}), "asks us to wait"),
    "429 until a date": (
        Answer(429, {}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        "asks us to wait",
    ),
    "500": (Answer(500, _HTML), "trouble of its own (500)"),
    "503": (Answer(503, b"", {"Retry-After": "30"}), "trouble of its own (503)"),
    "400": (Answer(400, {"error": "x"}), "refused the request (400)"),
    "404": (Answer(404, {}), "no such thing"),
    "302": (Answer(302, b"", {"Location": "http://127.0.0.1:1/"}), "refused the request (302)"),
    "slow": (Answer(200, {}, delay=0.5), "does not answer"),
    "cut off": (Answer(200, {"homes": [{"name": "x" * 4000}]}, cut=True), "does not answer"),
    "web page": (Answer(200, _HTML), ""),
    "nothing": (Answer(200, b""), ""),
    "half": (Answer(200, b'{"homes": ['), ""),
    "wrong ids": (Answer(200, {"body": {"devices": [{"_id": 7}]}, "homes": [{"home_id": []}]}), ""),
    "wrong types": (Answer(200, {"homes": "many", "devices": 7, "body": []}), ""),
}
CLOUDS = those(lambda entry: entry.way in (Way.SIGNED_IN, Way.ASKED))
LISTS = "GET (/v8/(homes|devices)|/api/getstationsdata)$"


@pytest.mark.parametrize(**CLOUDS)
def test_a_fault_is_told_for_what_it_is_and_the_next_look_heals(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    device = bench.device()
    before = bench.count()
    for name, (fault, says) in _FAULTS.items():
        cloud(bench).fail(LISTS, fault, times=9)
        with monkeypatch.context() as patch:
            if name == "slow":  # nobody waits ten seconds in a test
                patch.setattr(Talk, "_timeout", lambda self: (5.0, 0.2))
            bench.look()
        access = bench.signed_in.access()
        assert access.error, name
        assert says in access.error, name
        assert "<" not in access.error, name
        assert access.refused_at is None, name
        assert access.next_at is not None, name
        wait = access.next_at - bench.stage.clock.now()
        least = timedelta(minutes=7) if name == "429 for 7 minutes" else timedelta(minutes=1)
        assert least <= wait + timedelta(seconds=1), name
        cloud(bench).faults.clear()
        bench.stage.clock.advance(seconds=wait.total_seconds() + 1)
        bench.look()
        assert bench.signed_in.access().error is None, name
    assert bench.count() == before
    bench.tell(bench.heard(device, bench.now))
    assert len(bench.stored(device)) == 1


@pytest.mark.parametrize(
    ("status", "is_revoked", "says"),
    [(401, True, "does not accept this permission any more"), (403, False, "connect it again")],
)
@pytest.mark.parametrize(**CLOUDS)
def test_a_permission_that_was_taken_back_is_told_once(
    bench: Bench, status: int, is_revoked: bool, says: str
):
    """Whether a token cannot be renewed, or a new one is refused as well."""
    cloud(bench).fail(LISTS, Answer(status, {"error": "x"}), times=99)
    cloud(bench).is_revoked = is_revoked
    for _ in range(2):
        bench.stage.clock.advance(minutes=2)
        bench.look()
    access = bench.signed_in.access()
    assert access.refused_at is not None
    assert (access.token, access.next_at) == (None, None)
    assert says in (access.error or "")
    asked = len(cloud(bench).asked)
    bench.stage.clock.advance(days=1)
    bench.look()
    assert len(cloud(bench).asked) == asked


@pytest.mark.parametrize(**CLOUDS)
def test_a_token_that_runs_out_between_two_looks_is_renewed_unseen(bench: Bench):
    device = bench.device()
    bench.stage.clock.advance(hours=4)
    bench.tell(bench.heard(device, bench.now))
    bench.look()
    assert cloud(bench).refreshed == 1
    assert bench.signed_in.access().error is None
    assert len(bench.stored(device)) == 1


@pytest.mark.parametrize(**those(lambda entry: entry.name == "minut"))
def test_what_minut_heard_while_we_were_down_is_filled_in_once(bench: Bench):
    device = bench.device()
    began, ended = bench.now + timedelta(minutes=20), bench.now + timedelta(minutes=70)
    bench.stage.clock.advance(hours=2)
    bench.maker.heard(device, "noise_detected", began)  # type: ignore[attr-defined]
    bench.maker.heard(device, "noise_quieted", ended)  # type: ignore[attr-defined]
    for _ in range(2):
        bench.look()
    assert [one[:2] for one in bench.stored(device)] == [
        (began, "noise_started"),
        (ended, "notice_ended"),
    ]


@pytest.mark.parametrize(**those(lambda entry: entry.name == "netatmo"))
def test_what_netatmo_measured_while_we_were_down_is_filled_in_once(bench: Bench):
    device = bench.device()
    began = bench.now
    bench.stage.clock.advance(hours=2)
    said = [bench.heard(device, began + timedelta(minutes=5 * n), n % 9) for n in range(1, 24)]
    bench.tell(*said)
    bench.look()
    assert [one[0] for one in bench.stored(device)] == [one.at for one in said]


def cloud(bench: Bench) -> Cloud:
    assert isinstance(bench.maker, Cloud)
    return bench.maker


@pytest.mark.parametrize(**CLOUDS)
def test_one_device_in_trouble_does_not_hide_the_others(bench: Bench):
    """Gone at Minut though still paired here; a station whose level means nothing."""
    broken, well = bench.device(), bench.device()
    bench.stage.clock.advance(minutes=30)
    if isinstance(bench.maker, Minut):
        del bench.maker.homes[broken]
        bench.maker.hooks.clear()
        bench.look()
        assert len(bench.maker.hooks) == 1
        assert bench.signed_in.access().error is None
    else:
        bench.maker.measured(broken, bench.now, 65535)  # type: ignore[attr-defined]
    heard = bench.heard(well, bench.now)
    bench.tell(heard)
    assert bench.stored(broken) == []
    assert bench.stored(well) == [bench.expected(heard)]


@pytest.mark.parametrize(**those(lambda entry: entry.name == "netatmo"))
def test_samples_that_cannot_be_had_do_not_hide_the_newest(bench: Bench):
    device = bench.device()
    bench.stage.clock.advance(minutes=30)
    cloud(bench).fail("GET /api/getmeasure", Answer(400, {"error": {"code": 21}}), times=9)
    heard = bench.heard(device, bench.now)
    bench.tell(heard)
    assert bench.stored(device) == [bench.expected(heard)]
    assert "refused the request (400)" in (bench.signed_in.access().error or "")
