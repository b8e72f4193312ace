"""What is there is read: listings, reservations to the last page, guests and their numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from callassist.errors import InvalidInput
from callassist.ports.pms import Listing, ReservationState, Visit
from callassist.ports.pms_access import CredentialsRefused, PageLoop
from tests.pms_sync.contract.bench import Bench, days
from tests.pms_sync.servers import seed as names
from tests.pms_sync.servers.seed import TODAY, Kind, Seed, SeedListing, a_seed


def test_right_credentials_are_verified(bench: Bench):
    if not bench.entry.token:
        bench.connector.check(bench.credentials)
    verified = bench.connector.verify(bench.access)
    assert len(verified.account) < 200


def test_a_wrong_credential_is_named_by_its_field(bench: Bench):
    for field, value in bench.entry.wrong.items():
        bench.connector.check({**bench.credentials, field: value})
        with pytest.raises(CredentialsRefused) as refused:
            bench.connector.verify(bench.open(other={field: value}))
        assert refused.value.field == field
        assert value not in refused.value.detail


def test_what_cannot_be_right_is_refused_before_anything_is_asked(bench: Bench):
    if bench.entry.token:
        pytest.skip("nothing is typed")
    for field in bench.facts.form.fields:
        if field.required:
            with pytest.raises(InvalidInput) as refused:
                bench.connector.check({**bench.credentials, field.name: ""})
            assert refused.value.field == field.name
    for name, value in bench.entry.malformed.items():
        with pytest.raises(InvalidInput) as refused:
            bench.connector.check({**bench.credentials, name: value})
        assert refused.value.field == name
    assert bench.server.requests == []


def test_every_listing_comes_with_what_the_system_knows_of_it(bench: Bench):
    found = {one.external_id: one for one in bench.listings()}
    assert set(found) == {bench.server.listing_id(one) for one in bench.server.seed.listings}
    for wanted in bench.server.seed.listings:
        one = found[bench.server.listing_id(wanted)]
        assert wanted.name in one.name
        assert one.timezone in ({wanted.timezone} if bench.server.says_timezone else {None, ""})
        assert one.country in (None, wanted.country)


def test_every_kind_of_booking_becomes_what_it_means(bench: Bench):
    found = bench.reservations()
    states = {
        Kind.CONFIRMED: {ReservationState.STAYS},
        Kind.CANCELLED: {ReservationState.CANCELLED},
        Kind.BLOCK: {ReservationState.BLOCK},
        Kind.ENQUIRY: {ReservationState.NOT_YET},
    }
    may_be_left_out = {Kind.BLOCK, Kind.ENQUIRY}
    if bench.facts.abilities.disappearance:
        may_be_left_out.add(Kind.CANCELLED)
    expected = set()
    for booking in bench.server.seed.bookings:
        if booking.parts[-1].departure < bench.wanted().first:
            continue
        for external_id, visits in bench.visits(booking).items():
            expected.add(external_id)
            if external_id not in found and booking.kind in may_be_left_out:
                continue
            assert found[external_id].state in states[booking.kind], booking
            assert days(found[external_id].visits) == visits
    assert set(found) <= expected


def test_check_in_times_are_the_homes_where_the_system_knows_them(bench: Bench):
    if not bench.server.says_times:
        pytest.skip("this system knows no times")
    listings = {one.external_id: one for one in bench.listings()}
    plain = bench.one(names.PLAIN).visits[0]
    home = bench.server.seed.listing(1)
    assert _times(plain, listings[plain.listing_id], home) == (home.check_in, home.check_out)


def _times(visit: Visit, listing: Listing, home: SeedListing) -> tuple[time | None, time | None]:
    zone = ZoneInfo(home.timezone)
    at, until = visit.arrives_at, visit.leaves_at
    return (
        at.astimezone(zone).time() if at else visit.check_in or listing.check_in,
        until.astimezone(zone).time() if until else visit.check_out or listing.check_out,
    )


def test_guests_come_with_every_number_in_its_order_as_it_was_typed(bench: Bench):
    if not bench.facts.abilities.has_numbers:
        pytest.skip("this system knows no numbers")
    found = bench.reservations()
    for key in (names.PLAIN, names.NO_NUMBER, names.SEVERAL, names.HIDDEN, names.MOVES):
        booking = bench.server.seed.booking(key)
        assert booking.guest is not None
        guest = bench.server.seed.guest(booking.guest)
        for external_id in bench.server.reservation_ids(booking):
            contact = bench.contact(found[external_id])
            assert contact.numbers == guest.numbers[: bench.server.most_numbers], guest
            assert guest.first in contact.name
            assert guest.last in contact.name
            if bench.server.says_language:
                assert (contact.language or "").lower().startswith(guest.language)


def test_every_page_is_read_to_the_end(make_bench: Callable[[Seed], Bench]):
    seed = a_seed()
    server = make_bench(seed).server
    bench = make_bench(a_seed(more=2 * server.page_size + 7))
    found = bench.reservations()
    wanted = {
        one
        for booking in bench.server.seed.bookings
        if booking.kind is Kind.CONFIRMED and booking.parts[-1].departure > TODAY
        for one in bench.server.reservation_ids(booking)
    }
    assert wanted <= set(found)


def test_pages_that_never_end_are_told_from_a_complete_read(make_bench: Callable[[Seed], Bench]):
    bench = make_bench(a_seed())
    if not bench.server.reservations_line or not bench.server.page_size:
        pytest.skip("this system has no pages")
    bench = make_bench(a_seed(more=2 * bench.server.page_size + 7))
    bench.server.faults.same_page(bench.server.reservations_line)
    with pytest.raises(PageLoop):
        list(bench.read())
    assert len(bench.server.asked()) < 30


def test_only_what_changed_is_read_where_the_system_can_tell(bench: Bench):
    if not bench.facts.abilities.incremental:
        pytest.skip("this system cannot tell")
    changed = replace(
        bench.server.seed.booking(names.SEVERAL), updated_at=datetime(2026, 11, 22, 20, tzinfo=UTC)
    )
    bench.server.change(changed)
    found = bench.reservations(since=datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert set(found) == set(bench.server.reservation_ids(changed))


def test_one_reservation_is_read_again(bench: Bench):
    if not bench.facts.abilities.single:
        pytest.skip("this system cannot")
    for key in (names.PLAIN, names.SEVERAL, names.MOVES):
        booking = bench.server.seed.booking(key)
        for external_id, visits in bench.visits(booking).items():
            one = bench.connector.reservation(bench.access, external_id)
            assert one is not None
            assert (one.external_id, one.state) == (external_id, ReservationState.STAYS)
            assert days(one.visits) == visits
            listed = bench.reservations()[external_id]
            assert bench.contact(one) == bench.contact(listed)


def test_a_reservation_that_was_cancelled_or_never_was_is_not_read_as_a_stay(bench: Bench):
    if not bench.facts.abilities.single:
        pytest.skip("this system cannot")
    booking = bench.server.seed.booking(names.PLAIN)
    (external_id,) = bench.server.reservation_ids(booking)
    bench.server.change(replace(booking, kind=Kind.CANCELLED))
    one = bench.connector.reservation(bench.access, external_id)
    assert one is None or one.state is ReservationState.CANCELLED
    never = bench.server.reservation_ids(replace(booking, key=99))[0]
    assert bench.connector.reservation(bench.access, never) is None


def test_a_number_that_is_added_later_comes_with_the_next_look(bench: Bench):
    if not bench.facts.abilities.has_numbers or not bench.facts.abilities.single:
        pytest.skip("this system cannot")
    booking = bench.server.seed.booking(names.NO_NUMBER)
    (external_id,) = bench.server.reservation_ids(booking)
    before = bench.connector.reservation(bench.access, external_id)
    assert before is not None
    assert bench.contact(before).numbers == ()
    guest = replace(bench.server.seed.guest(2), numbers=("+44 7700 900199",))
    bench.server.seed = bench.server.seed.with_guest(guest)
    bench.server.change(replace(booking, updated_at=booking.updated_at + timedelta(days=20)))
    after = bench.connector.reservation(bench.access, external_id)
    assert after is not None
    assert bench.contact(after).numbers == ("+44 7700 900199",)
