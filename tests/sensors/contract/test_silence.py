"""Silence is unknown, never quiet: each kind of sensor has its own idea of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sensors.contract.bench import Bench
from tests.sensors.contract.entries import Way, those
from tests.sensors.makers.base import Heard


@pytest.mark.parametrize(
    **those(lambda entry: entry.silent_after is not None and not entry.is_variant)
)
def test_a_meter_that_says_nothing_is_silent_in_its_own_time_and_comes_back(bench: Bench):
    device = bench.device()
    bench.tell(bench.heard(device, bench.now))
    after = bench.entry.silent_after
    assert after is not None
    bench.stage.pass_minutes(int(after / timedelta(minutes=1)) - 1)
    bench.look()
    assert bench.sensor(device).silent_since is None
    bench.stage.pass_minutes(3)
    bench.look()
    assert bench.sensor(device).silent_since is not None
    bench.tell(bench.heard(device, bench.now))
    assert bench.sensor(device).silent_since is None


@pytest.mark.parametrize(**those(lambda entry: entry.silent_after is None))
def test_a_brand_of_notices_is_silent_only_when_it_says_so(bench: Bench):
    device = bench.device()
    bench.stage.pass_minutes(61)
    assert bench.sensor(device).silent_since is None
    bench.tell(Heard(device=device, at=bench.now, is_online=False))
    assert bench.sensor(device).silent_since is not None
    bench.stage.clock.advance(minutes=5)
    bench.tell(Heard(device=device, at=bench.now, is_online=True))
    assert bench.sensor(device).silent_since is None


@pytest.mark.parametrize(**those(lambda entry: entry.silent_after is None))
def test_noise_of_a_home_that_was_said_to_be_offline_is_heard(bench: Bench):
    """Of two devices of a home one may be gone and the other hear a party."""
    device = bench.device()
    bench.tell(Heard(device=device, at=bench.now, is_online=False))
    bench.stage.clock.advance(minutes=5)
    bench.tell(bench.heard(device, bench.now))
    assert bench.sensor(device).silent_since is None
    assert bench.stored(device)[-1][-1] == "applied"


@pytest.mark.parametrize(**those(lambda entry: entry.name == "home_assistant"))
def test_a_state_that_is_none_is_no_sign_of_life(bench: Bench):
    device = bench.device()
    bench.tell(bench.heard(device, bench.now))
    for _ in range(12):
        bench.stage.pass_minutes(1)
        said = bench.maker.state(device, bench.now, "unavailable")  # type: ignore[attr-defined]
        assert bench.send(bench.maker.post(said, bench.now_real)).status == 202
    assert bench.sensor(device).silent_since is not None


@pytest.mark.parametrize(**those(lambda entry: entry.way is Way.ASKED))
def test_a_station_that_is_not_reached_is_silent_however_often_it_is_asked_for(bench: Bench):
    device = bench.device()
    bench.tell(bench.heard(device, bench.now))
    bench.maker.unreached.add(device)  # type: ignore[attr-defined]
    for _ in range(3):
        bench.stage.pass_minutes(10)
        bench.look()
    assert bench.sensor(device).silent_since is not None
