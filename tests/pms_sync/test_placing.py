"""From reservations to stays: days, homes, numbers and languages, and what a host typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from callassist.accounts.properties import PropertyInput, create_property
from callassist.domain.booked_stay import name_there
from callassist.errors import InvalidInput
from callassist.models import PmsConnection, PmsListing, Stay, StayNumber, Timer
from callassist.pms_sync.fresh import source_of
from callassist.pms_sync.listing_times import type_times
from callassist.pms_sync.number_endings import endings
from callassist.pms_sync.placing import forget_placing, give_home, place_waiting, stays_of
from callassist.pms_sync.placing_soon import place_soon
from callassist.pms_sync.running import run_connection
from callassist.ports.pms import Abilities, Contact, ReservationState
from callassist.stays import StayDetails, flag_number, number_problems, put_stay
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, SECOND, VAULT
from tests.pms_sync.scenes import TODAY, World, booking, connect, visit, world


def numbers_of(here: World) -> list[list[str]]:
    """The numbers of each stay in calling order."""
    return [[VAULT.open(one.number) for one in stay.numbers] for stay in here.stays()]


def test_a_stay_lasts_from_the_listings_check_in_time_in_the_homes_zone(sessions: Sessions) -> None:
    here = world(sessions, booking("R1", 2))
    here.run()
    (stay,) = here.stays()
    assert stay.check_in_at == datetime(2026, 6, 13, 14, tzinfo=UTC)  # 16:00 in Paris
    assert stay.check_out_at == datetime(2026, 6, 15, 9, tzinfo=UTC)  # 11:00
    assert stay.source == "fakepms"


@pytest.mark.parametrize(
    "state", [ReservationState.BLOCK, ReservationState.NOT_YET, ReservationState.CANCELLED]
)
def test_who_does_not_stay_makes_no_stay_and_leaves_no_name(
    sessions: Sessions, state: ReservationState
) -> None:
    here = world(sessions, booking("R1", state=state))
    here.run()
    assert here.stays() == []
    (row,) = here.kept()
    assert "Camille" not in VAULT.open(row.said or b"")


def test_each_visit_is_a_stay_and_one_that_is_no_more_is_cancelled(sessions: Sessions) -> None:
    one = booking("R1")
    moved = replace(
        one,
        visits=(
            visit("L1", TODAY, 1),
            visit("L1", TODAY + timedelta(days=1), 2),
            visit("elsewhere", TODAY + timedelta(days=3), 2),
        ),
    )
    here = world(sessions, moved)
    here.run()
    assert here.names() == ["R1", "R1#2"]
    assert numbers_of(here) == [["+12025550101"], ["+12025550101"]]
    here.pms.bookings = [one]
    here.run(full=True)
    assert [stay.cancelled_at is None for stay in here.stays()] == [True, False]
    with sessions.read() as session:
        made = select(Stay.external_id).where(stays_of(here.connection()))
        assert sorted(map(name_there, filter(None, session.scalars(made)))) == ["R1", "R1#2"]


def test_two_connections_that_use_the_same_ids_never_share_a_stay(sessions: Sessions) -> None:
    here = world(sessions, booking("1"))
    here.run()
    with sessions.write() as session:
        other = connect(session, here.place, token="another")
    here.pms.bookings = [booking("1", after=9)]
    run_connection(here.sync, other)
    assert here.names() == ["1", "1"]
    first, second = sorted(here.stays(), key=lambda stay: stay.check_in_at)
    assert second.check_in_at - first.check_in_at == timedelta(days=9)
    here.pms.bookings = []
    run_connection(here.sync, other, full=True)
    assert here.names(cancelled=True) == ["1"]
    with sessions.read() as session:
        sources = [source_of(session, one) for one in (first, second)]
    assert [one and one.connection.id for one in sources] == [here.connection_id, other]


@pytest.mark.parametrize("is_calendar", [False, True])
def test_a_system_connected_anew_takes_over_what_was_left_and_a_calendar_does_not(
    sessions: Sessions, is_calendar: bool
) -> None:
    here = world(sessions, booking("R1"), abilities=Abilities(has_numbers=not is_calendar))
    here.run()
    with sessions.write() as session:
        session.delete(session.get_one(PmsConnection, here.connection_id))
        session.flush()
        anew = connect(session, here.place, token="another")
    run_connection(here.sync, anew)
    assert here.names() == (["R1", "R1"] if is_calendar else ["R1"])


def test_several_listings_may_be_one_home(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), booking("R2", after=4, listing="L2"))
    with sessions.write() as session:
        listing = PmsListing(
            account_id=here.place.account.id,
            connection_id=here.connection_id,
            external_id="L2",
            name="The same flat",
            seen_at=NOW,
            created_at=NOW,
        )
        session.add(listing)
        session.flush()
        give_home(session, listing, here.place.home)
    here.run()
    assert {stay.property_id for stay in here.stays()} == {here.place.home.id}
    assert len(here.stays()) == 2


def test_a_listing_that_gets_a_home_makes_stays_at_once_and_takes_them_along(
    sessions: Sessions,
) -> None:
    here = world(sessions, booking("R1", listing="L2"), booking("R2", after=5))
    here.pms.listed.append(replace(here.pms.listed[0], external_id="L2", name="Attic"))
    here.run()
    assert here.names() == ["R2"]

    def move(to_new_home: bool | None) -> int:
        with sessions.write() as session:
            attic = session.scalars(select(PmsListing).where(PmsListing.external_id == "L2")).one()
            home = here.place.home if to_new_home is False else None
            if to_new_home:
                typed = PropertyInput(name="Attic", timezone="Europe/Lisbon", country="PT")
                home = create_property(
                    session, here.place.owner, here.place.account, typed, now=NOW
                )
            give_home(session, attic, home)
        return place_waiting(sessions, VAULT, here.place.account.id, NOW)

    assert move(False) == 1
    assert here.names() == ["R1", "R2"]
    assert move(True) == 1
    moved = here.stays()[0]
    assert moved.property_id != here.place.home.id
    assert moved.check_in_at == datetime(2026, 6, 13, 15, tzinfo=UTC)  # 16:00 in Lisbon
    assert move(None) == 1
    assert here.stays()[0].cancelled_at is not None
    assert here.run(full=True).counts["unchanged"] == 2


def test_a_page_waits_for_the_soonest_stays_and_a_reading_makes_the_rest(
    sessions: Sessions,
) -> None:
    here = world(sessions, *(booking(f"R{after}", 1, after=after) for after in (9, 5, 1)))
    here.run()
    with sessions.write() as session:
        forget_placing(session, session.scalars(select(PmsListing)).one())
        session.execute(delete(Stay))

    def is_all_placed(most: int) -> bool:
        return place_soon(sessions, VAULT, here.place.account.id, NOW, most)

    assert not is_all_placed(2)
    assert here.names() == ["R1", "R5"]
    assert here.connection().next_run_at == NOW
    here.run()
    assert here.names() == ["R1", "R5", "R9"]
    assert is_all_placed(2)


def test_what_a_host_typed_stays_typed(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.run()
    stay_id = here.stays()[0].public_id
    typed = StayDetails(numbers=(SECOND,), guest_name="Camille M.")
    with sessions.write() as session:
        put_stay(
            session,
            VAULT,
            here.place.owner,
            here.place.home.public_id,
            typed,
            now=NOW,
            stay_public_id=stay_id,
        )
    here.pms.bookings = [booking("R1", 4, "+1 202 555 0155")]
    here.run(full=True)
    assert numbers_of(here) == [["+12025550102"]]
    assert here.stays()[0].check_out_at.date() == TODAY + timedelta(days=4)


def test_numbers_keep_their_order_and_the_raw_text_is_sealed(sessions: Sessions) -> None:
    here = world(sessions, booking("R1", 2, "0012025550102", "call me", GUEST))
    here.run()
    assert numbers_of(here) == [["+12025550102", "+12025550101"]]
    (stay,) = here.stays()
    assert [one.position for one in number_problems(stay)] == [1]
    assert VAULT.open(stay.numbers[0].number_raw) == "0012025550102"
    assert "555" not in str(stay.imported)


def test_a_flagged_number_stays_flagged_until_the_source_says_another(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.run()
    with sessions.write() as session:
        flag_number(session, session.scalars(select(StayNumber.id)).one(), "wrong_person", NOW)
    here.pms.bookings = [booking("R1", 3)]
    run = here.run(full=True)
    assert here.stays()[0].numbers[0].flagged_at is not None
    assert run.counts["without_number"] == 1
    here.pms.bookings = [booking("R1", 3, SECOND)]
    here.run(full=True)
    assert here.stays()[0].numbers[0].flagged_at is None


@pytest.mark.parametrize(
    ("written", "number", "language"),
    [
        ("fr_CA", GUEST, "fr"),
        ("German", GUEST, "de"),
        ("x" * 500, GUEST, "en"),
        (None, "+33 1 99 00 12 34", "fr"),
        (None, "no number", None),
    ],
)
def test_the_language_is_the_locales_else_that_of_the_numbers_country(
    sessions: Sessions, written: str | None, number: str, language: str | None
) -> None:
    here = world(sessions, booking("R1", 2, number, language=written))
    here.run()
    assert here.stays()[0].language == language


def test_a_calendar_without_numbers_leaves_the_typed_ones_and_shows_last_digits(
    sessions: Sessions,
) -> None:
    feed = Abilities(single=False, has_numbers=False, disappearance=True)
    one = replace(booking("R1"), contact=None, last_four="1234")
    here = world(sessions, one, abilities=feed)
    here.run()
    assert numbers_of(here) == [[]]
    (stay,) = here.stays()
    with sessions.read() as session:
        assert endings(session, VAULT, [stay]) == {stay.id: "1234"}


def test_names_that_nobody_has_are_cut_and_formulas_stay_text(sessions: Sessions) -> None:
    contact = Contact(name="=cmd()<b>\x00\ud800" + "x" * 10_000, numbers=("1" * 5000, GUEST))
    here = world(sessions, booking("R1", contact=contact), booking("R\ud800"))
    counts = here.run().counts
    assert (counts["created"], counts["set_aside"]) == (1, 1)
    (stay,) = here.stays()
    name = VAULT.open(stay.guest_name or b"")
    assert name.startswith("=cmd()<b>")
    assert len(name) == 200


def test_a_large_first_import_sends_no_message_for_each_stay(sessions: Sessions) -> None:
    here = world(sessions, booking("R1", 1), booking("R2", 1, after=30))
    here.run()
    with sessions.read() as session:
        due = list(session.scalars(select(Timer.due_at).order_by(Timer.due_at)))
    later = here.stays()[1].check_in_at - timedelta(hours=48)
    assert due == [NOW, later]


def test_times_that_a_host_types_win_over_all_that_the_system_says(sessions: Sessions) -> None:
    real = datetime(2026, 6, 20, 13, tzinfo=UTC)
    exact = replace(visit("L1", TODAY + timedelta(days=7), 1), arrives_at=real)
    here = world(sessions, booking("R1", 2), replace(booking("R2"), visits=(exact,)))
    here.run()

    def type_in(check_in: str, check_out: str) -> list[tuple[str, str]]:
        with sessions.write() as session:
            listing = session.scalars(select(PmsListing)).one()
            connection = session.get_one(PmsConnection, here.connection_id)
            words = {"check_in": check_in, "check_out": check_out}
            type_times(session, here.place.owner, connection, listing.public_id, **words)
        place_waiting(sessions, VAULT, here.place.account.id, NOW)
        here.run(full=True)  # and a reading changes nothing of it
        return [(f"{one.check_in_at:%H:%M}", f"{one.check_out_at:%H:%M}") for one in here.stays()]

    assert type_in("18:30", "") == [("16:30", "09:00"), ("16:30", "09:00")]  # in UTC
    assert type_in("", "10:00") == [("14:00", "08:00"), ("13:00", "08:00")]
    with pytest.raises(InvalidInput, match="such as 15:00"):
        type_in("half past", "")
