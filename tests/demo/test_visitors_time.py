"""What a visitor of the stage has time for: 20 real seconds at least, whatever the pace does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callassist.clock import ManualClock
from callassist.demo.pace import FOR_A_VISITOR, STILL, PacedClock, Piece

REAL = datetime(2026, 11, 22, 9, tzinfo=UTC)
NIGHT = datetime(2026, 8, 1, 20, tzinfo=UTC)
OFFER = timedelta(seconds=45)


class Night:
    """A paced clock and real time, both by hand."""

    def __init__(self, speed: float) -> None:
        self.real = ManualClock(REAL)
        self.clock = PacedClock(
            [Piece(origin=REAL, shown=NIGHT, speed=speed)], real_now=self.real.now
        )

    def at_speed(self, speed: float) -> None:
        here = Piece(origin=self.real.now(), shown=self.clock.now(), speed=speed)
        self.clock.adopt([*self.clock.pieces, here])

    def left(self, began: datetime) -> float:
        """Real seconds until an offer that was made then is over."""
        return self.clock.real_seconds(self.clock.ends(began, OFFER) - self.clock.now())


@pytest.mark.parametrize(("speed", "seconds"), [(1, 45), (2, 22.5), (30, 20), (60, 20), (300, 20)])
def test_an_offer_lasts_45_seconds_of_the_night_and_20_real_ones_at_least(speed, seconds) -> None:
    night = Night(speed)
    assert night.left(night.clock.now()) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(("before", "after"), [(60, 300), (300, 60), (30, 300), (300, 30)])
def test_another_pace_takes_nothing_away_and_adds_nothing(before, after) -> None:
    night = Night(before)
    made = night.clock.now()
    night.real.advance(seconds=5)
    night.at_speed(after)
    assert night.left(made) == pytest.approx(15, abs=0.01)


def test_at_the_night_s_own_speed_the_rest_is_no_longer_than_a_real_offer() -> None:
    night = Night(300)
    made = night.clock.now()
    night.real.advance(seconds=2)
    night.at_speed(1)
    assert night.left(made) == pytest.approx(18, abs=0.01)
    assert night.left(night.clock.now()) == pytest.approx(45, abs=0.01)


def test_while_the_night_stands_no_offer_runs_out() -> None:
    night = Night(60)
    made = night.clock.now()
    night.at_speed(STILL)
    assert night.left(made) > 3600
    night.real.advance(minutes=10)
    night.at_speed(60)
    assert night.left(made) >= 0


def test_an_offer_is_never_over_before_the_visitor_had_the_time() -> None:
    night = Night(60)
    made = night.clock.now()
    for speed in (300, 1, 60, 30, 300, 60):
        night.at_speed(speed)
        night.real.advance(seconds=3)
        assert night.clock.ends(made, OFFER) > night.clock.now()
    assert FOR_A_VISITOR.total_seconds() == 20
