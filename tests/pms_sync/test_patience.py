"""A run waits out the span in which its system counts, and says meanwhile that it is alive."""

from __future__ import annotations

import threading

import pytest

from callassist.errors import TransientError
from callassist.pms_sync import claims
from callassist.pms_sync.patience import PATIENCE_OF_A_RUN, Patient, Stopped
from callassist.pms_sync.registry import CONNECTORS
from callassist.ports.pms_access import RateLimited
from tests.pms_sync.scenes import FakeAccess

FIVE_MINUTES = 300.0


class Waits(threading.Event):
    """Notes how long it was waited for; no time passes."""

    def __init__(self, ends_after: int = 1_000) -> None:
        super().__init__()
        self.waited: list[float] = []
        self._ends_after = ends_after

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        if len(self.waited) >= self._ends_after:
            self.set()
        return self.is_set()


def patient(waits: Waits, alive: list[int]) -> Patient:
    access = FakeAccess(errors=[RateLimited("slower", retry_after=FIVE_MINUTES)])
    return Patient(access, waits, lambda: alive.append(1), PATIENCE_OF_A_RUN)


def test_a_wait_of_five_minutes_ends_no_run_and_keeps_its_claim() -> None:
    waits, alive = Waits(), list[int]()
    asking = patient(waits, alive)
    asking.call("GET", "/bookings")
    assert asking.asked == 2
    assert sum(waits.waited) == FIVE_MINUTES
    assert len(alive) > 8
    assert max(waits.waited) < claims.LEASE.total_seconds() / 2


def test_the_end_of_the_process_ends_the_wait() -> None:
    waits = Waits(ends_after=2)
    with pytest.raises(Stopped):
        patient(waits, []).call("GET", "/bookings")
    assert len(waits.waited) == 2


def test_who_lost_the_claim_while_waiting_asks_no_more() -> None:
    def lost() -> None:
        if waits.waited:
            raise claims.ClaimLost("paused")

    waits = Waits()
    asking = patient(waits, [])
    asking.alive = lost
    with pytest.raises(TransientError, match="paused"):
        asking.call("GET", "/bookings")
    assert asking.asked == 1


def test_no_system_counts_in_a_span_that_a_run_does_not_wait_out_but_hours() -> None:
    spans = {
        rate.span.total_seconds()
        for connector in CONNECTORS.values()
        for rate in connector.facts.rates
    }
    assert {span for span in spans if span > PATIENCE_OF_A_RUN} <= {3600.0}  # 5,000 at Guesty
