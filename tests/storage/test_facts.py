"""What a database remembers of its service: clock, uptime, key, and whether it is a copy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from callassist.clock import ManualClock, ScaledClock, SystemClock
from callassist.errors import SettingsError
from callassist.settings import Settings, load_settings
from callassist.storage.facts import (
    dialling_allowed,
    get_fact,
    mark_restored,
    put_fact,
    resume,
)
from callassist.storage.keys import check_key
from callassist.storage.service_clock import load_clock
from callassist.storage.sessions import Sessions
from callassist.storage.uptime import heartbeat, service_up_since
from callassist.storage.vault import Vault

EPOCH = datetime(2026, 6, 13, 20, tzinfo=UTC)


def test_the_newest_value_of_a_fact_holds(sessions: Sessions, clock: ManualClock):
    with sessions.write() as session:
        assert get_fact(session, "colour") is None
        put_fact(session, "colour", {"is": "red"}, now=clock.now())
        put_fact(session, "colour", {"is": "green"}, now=clock.now())
    with sessions.read() as session:
        assert get_fact(session, "colour") == {"is": "green"}


def test_a_restored_copy_dials_nobody_until_it_is_resumed(sessions: Sessions, clock: ManualClock):
    with sessions.write() as session:
        assert dialling_allowed(session) is True
        mark_restored(session, now=clock.now())
        assert dialling_allowed(session) is False
    with sessions.write() as session:
        assert dialling_allowed(session) is False
        resume(session, now=clock.now())
    with sessions.read() as session:
        assert dialling_allowed(session) is True


def test_short_gaps_are_no_outage_and_longer_ones_are(sessions: Sessions, clock: ManualClock):
    started = clock.now()
    assert _beat(sessions, clock) == started
    for _ in range(3):
        clock.advance(seconds=60)
        assert _beat(sessions, clock) == started
    clock.advance(seconds=61)
    assert _beat(sessions, clock) == clock.now()
    with sessions.read() as session:
        assert service_up_since(session, clock.now()) == clock.now() != started


def test_a_clock_that_went_back_is_no_outage_and_nothing_is_up_since_the_future(
    sessions: Sessions, clock: ManualClock
):
    started = clock.now()
    _beat(sessions, clock)
    clock.advance(seconds=-30)
    assert _beat(sessions, clock) == clock.now() == started - timedelta(seconds=30)


def test_without_a_heartbeat_the_service_is_up_since_now(sessions: Sessions, clock: ManualClock):
    with sessions.read() as session:
        assert service_up_since(session, clock.now()) == clock.now()


def test_speed_one_is_the_systems_clock(sessions: Sessions):
    clock = load_clock(sessions, _at_speed(1))
    assert isinstance(clock, SystemClock)
    assert abs(clock.offset) < timedelta(seconds=5)


def test_a_scaled_clock_goes_on_after_a_restart(sessions: Sessions):
    with freeze_time("2026-11-22 08:00:00") as frozen:
        first = load_clock(sessions, _at_speed(60), epoch=EPOCH)
        assert first.now() == EPOCH
        frozen.tick(10)
        again = load_clock(sessions, _at_speed(60), epoch=EPOCH + timedelta(days=9))
        assert again.now() == first.now() == EPOCH + timedelta(minutes=10)


@pytest.mark.parametrize("speed", [600, 1])
def test_another_speed_holds_from_then_on_without_a_jump(sessions: Sessions, speed: float):
    with freeze_time("2026-11-22 08:00:00") as frozen:
        load_clock(sessions, _at_speed(60), epoch=EPOCH)
        frozen.tick(10)
        changed = load_clock(sessions, _at_speed(speed))
        assert isinstance(changed, ScaledClock)
        assert changed.now() == EPOCH + timedelta(minutes=10)
        frozen.tick(10)
        assert changed.now() == EPOCH + timedelta(minutes=10, seconds=10 * speed)
        assert load_clock(sessions, _at_speed(speed)).now() == changed.now()


def test_the_first_start_makes_the_key_known_and_another_is_refused(
    sessions: Sessions, clock: ManualClock
):
    mine, other = Vault.from_text(Vault.generate_key()), Vault.from_text(Vault.generate_key())
    check_key(sessions, mine, now=clock.now())
    check_key(sessions, mine, now=clock.now())
    with pytest.raises(SettingsError, match=r"^CALLASSIST_SECRET_KEY: .*another key") as caught:
        check_key(sessions, other, now=clock.now())
    assert mine.fingerprint in caught.value.detail


def _beat(sessions: Sessions, clock: ManualClock) -> datetime:
    with sessions.write() as session:
        return heartbeat(session, clock.now())


def _at_speed(speed: float) -> Settings:
    return load_settings({"CALLASSIST_CLOCK_SPEED": str(speed)})
