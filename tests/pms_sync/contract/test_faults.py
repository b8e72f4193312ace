"""Whatever a system does, the error says what it is, and nothing half-read passes for complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from callassist.errors import CallAssistError, TransientError
from callassist.pms_sync.access import Patience
from callassist.ports.pms import Reservation, SetAside
from callassist.ports.pms_access import BadAnswer, CredentialsRefused, RateLimited
from tests.pms_sync.contract.bench import Bench
from tests.pms_sync.servers.faults import Faults
from tests.pms_sync.servers.seed import Seed, SeedGuest, a_seed

_FAULTS: dict[str, tuple[Callable[[Faults, dict[str, Any]], None], type[CallAssistError]]] = {
    "401": (lambda faults, when: faults.status(401, **when), CredentialsRefused),
    "403": (lambda faults, when: faults.status(403, **when), CredentialsRefused),
    "429 for 7 s": (lambda faults, when: faults.status(429, retry_after="7", **when), RateLimited),
    "429 without": (lambda faults, when: faults.status(429, **when), RateLimited),
    "500": (lambda faults, when: faults.status(500, **when), TransientError),
    "503": (lambda faults, when: faults.status(503, **when), TransientError),
    "400": (lambda faults, when: faults.status(400, **when), BadAnswer),
    "302": (lambda faults, when: faults.status(302, **when), BadAnswer),
    "slow": (lambda faults, when: faults.slow(0.4, **when), TransientError),
    "cut off": (lambda faults, when: faults.cut_off(**when), BadAnswer),
    "web page": (lambda faults, when: faults.html(**when), BadAnswer),
    "empty": (lambda faults, when: faults.empty(**when), BadAnswer),
    "wrong types": (lambda faults, when: faults.wrong_types(**when), BadAnswer),
}


@pytest.mark.parametrize("name", _FAULTS)
def test_a_fault_while_reservations_are_read_is_told_for_what_it_is(bench: Bench, name: str):
    if name == "wrong types" and not bench.server.speaks_json:
        pytest.skip("this system has no types")
    spoil, error = _FAULTS[name]
    spoil(bench.server.faults, {"matching": bench.server.reservations_line, "times": 99})
    bench.access = bench.open(Patience(turn=0, tries=1, read=0.2) if name == "slow" else _ONCE)
    with pytest.raises(error) as told:
        list(bench.read())
    if name == "429 for 7 s":
        assert isinstance(told.value, RateLimited)
        assert told.value.retry_after == pytest.approx(7, abs=1)
    if error is BadAnswer or error is TransientError:
        assert not isinstance(told.value, RateLimited)
    for secret in bench.secrets:
        assert secret not in told.value.detail


_ONCE = Patience(turn=0, tries=1)


@pytest.mark.parametrize("name", ["401", "403", "500", "cut off", "web page", "429 without"])
def test_a_fault_while_credentials_are_verified_is_told_for_what_it_is(bench: Bench, name: str):
    spoil, error = _FAULTS[name]
    if name == "web page" and not bench.server.speaks_json:
        error = CredentialsRefused  # the address that the host typed is a page's
    spoil(bench.server.faults, {"times": 99})
    with pytest.raises(error) as told:
        bench.connector.verify(bench.access)
    for secret in bench.secrets:
        assert secret not in told.value.detail


def test_access_that_is_taken_away_in_mid_run_ends_the_run(make_bench: Callable[[Seed], Bench]):
    bench = make_bench(a_seed())
    if not bench.server.page_size:
        pytest.skip("this system has no pages")
    bench = make_bench(a_seed(more=bench.server.page_size + 7))
    bench.server.faults.revoked(after=1, matching=bench.server.reservations_line)
    read = bench.read()
    assert next(read), "the first page comes"
    with pytest.raises(CredentialsRefused):
        list(read)


@pytest.mark.parametrize("dice", range(6))
def test_odd_values_set_records_aside_and_never_break_a_run(bench: Bench, dice: int):
    if not bench.server.speaks_json:
        pytest.skip("this system has no types")
    bench.server.faults.garbled(dice, times=99)
    try:
        found = list(bench.read())
        contacts = [bench.contact(one) for one in found if isinstance(one, Reservation)]
    except (BadAnswer, CredentialsRefused):
        return  # the odd value was no record's own
    for one in found:
        assert isinstance(one, Reservation | SetAside)
        if isinstance(one, SetAside):
            assert one.reason
            assert len(one.external_id) <= 200
    assert all(isinstance(number, str) for one in contacts for number in one.numbers)


def test_endless_names_and_names_that_are_code_come_through_as_text(
    make_bench: Callable[[Seed], Bench],
):
    guest = SeedGuest(
        key=1, first="<script>alert(1)</script>" * 400, last='"}]\r\n=cmd|', numbers=("x" * 3000,)
    )
    bench = make_bench(a_seed().with_guest(guest))
    found = list(bench.read())
    plain = bench.server.reservation_ids(bench.server.seed.booking(1))[0]
    one = next(one for one in found if one.external_id == plain)
    if isinstance(one, Reservation) and bench.facts.abilities.has_numbers:
        contact = bench.contact(one)
        assert contact.name.startswith("<script>alert(1)</script>")


def test_a_system_that_is_told_to_wait_is_left_alone(bench: Bench):
    bench.server.faults.status(429, retry_after="600", times=1)
    with pytest.raises(RateLimited):
        bench.connector.verify(bench.access)
    asked = len(bench.server.requests)
    with pytest.raises(RateLimited) as told:
        bench.connector.verify(bench.access)
    assert told.value.retry_after is not None
    assert told.value.retry_after > 500
    assert len(bench.server.requests) == asked
