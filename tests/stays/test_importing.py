"""Imported reservations: idempotent, never over what was typed, flags kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import stays
from callassist.accounts.guest_data import guest_erase
from callassist.accounts.properties import PropertyInput, create_property
from callassist.errors import InvalidInput
from callassist.models import Stay, StayNumber
from callassist.stays import ImportedStay, NumberProblem, StayDetails, StoredStay
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, SECOND, VAULT, Firm, firm, stay

DAY = timedelta(days=1)


def test_the_same_reservation_twice_is_one_stay(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        first = imported(session, place)
        again = imported(session, place)
        assert (first.created, first.changed) == (True, True)
        assert (again.created, again.changed) == (False, False)
        assert session.scalar(select(func.count(Stay.id))) == 1
        assert session.scalar(select(func.count(StayNumber.id))) == 1


def test_a_typed_field_wins_over_every_later_import(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = imported(session, place).stay
        typed = StayDetails(numbers=(SECOND,), check_out_at=NOW + 3 * DAY)
        stays.put_stay(
            session,
            VAULT,
            place.owner,
            place.home.public_id,
            typed,
            now=NOW,
            stay_public_id=one.public_id,
        )
        imported(session, place, name="Camille M.", numbers=(GUEST,), nights=9)
        assert [VAULT.open(number.number) for number in one.numbers] == ["+12025550102"]
        assert one.check_out_at == NOW + 3 * DAY
        assert VAULT.open(one.guest_name or b"") == "Camille M."  # nobody typed the name
        says = stays.source_says(VAULT, one)
        assert says is not None
        assert (says.numbers, says.check_out_at) == ((GUEST,), NOW + 9 * DAY)


def test_a_flag_survives_imports_until_the_source_says_another_number(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = imported(session, place, numbers=(GUEST, SECOND)).stay
        wrong = one.numbers[0]
        assert stays.flag_number(session, wrong.id, "wrong_person", NOW)
        assert not stays.flag_number(session, wrong.id, "no_answer", NOW + DAY)
        imported(session, place, numbers=(SECOND, GUEST))
        assert one.numbers[1].id == wrong.id
        assert one.numbers[1].flag_reason == "wrong_person"
        assert [n.number_mask for n in stays.dialable(session, one, NOW)] == ["+1•••••02"]
        imported(session, place, numbers=("+1 202 555 0103",))
        imported(session, place, numbers=(GUEST,))
        assert [n.flagged_at for n in one.numbers] == [None]


def test_an_unreadable_number_is_named_and_kept_sealed_but_stops_nothing(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        stored = imported(session, place, numbers=("ask Anna, room 7", GUEST))
        assert [problem.position for problem in stored.problems] == [0]
        assert "phone number" in stored.problems[0].reason
        assert [n.position for n in stored.stay.numbers] == [1]
        assert stays.number_problems(stored.stay) == list(stored.problems)
        assert all(isinstance(one, NumberProblem) for one in stored.problems)
        assert "Anna" not in str(stored.stay.imported)
        assert "2025550101" not in str(stored.stay.imported)


def test_a_number_twice_is_one_number(sessions: Sessions) -> None:
    with sessions.write() as session:
        one = imported(session, firm(session), numbers=(GUEST, " +12025550101", "")).stay
        assert len(one.numbers) == 1


def test_a_cancellation_at_the_source_ends_the_stay_and_can_be_taken_back(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        assert imported(session, place, cancelled=True).stay.cancelled_at == NOW
        one = imported(session, place).stay
        assert one.cancelled_at is None
        stays.cancel_stay(session, place.owner, one.public_id, now=NOW)
        assert imported(session, place).stay.cancelled_at == NOW  # the host's word stays


def test_a_reservation_moved_to_another_home_stays_one_stay(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = imported(session, place).stay
        typed = PropertyInput(name="Canal 14", timezone="Europe/Paris", country="FR")
        place.home = create_property(session, place.owner, place.account, typed, now=NOW)
        moved = imported(session, place)
        assert (moved.stay.id, moved.changed) == (one.id, True)
        assert moved.stay.property_id == place.home.id


def test_an_erased_guest_does_not_come_back_with_the_next_import(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = imported(session, place).stay
        guest_erase(session, one.public_id, now=NOW)
        imported(session, place)
        assert (one.guest_name, one.numbers, one.imported) == (None, [], None)


def test_a_typed_stay_wins_over_an_imported_one_at_the_same_time(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = imported(session, place).stay
        assert stays.staying_now(session, place.home.id, NOW) == one
        typed = stay(session, place)
        assert stays.staying_now(session, place.home.id, NOW) == typed


def test_a_reservation_without_a_span_is_refused(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = ImportedStay(source="file", external_id="R1", details=StayDetails())
        with pytest.raises(InvalidInput, match="check_in_at"):
            stays.store_imported(session, VAULT, place.home, one, now=NOW)


def imported(
    session: Session,
    place: Firm,
    *,
    name: str = "Camille Martin",
    numbers: tuple[str, ...] = (GUEST,),
    nights: int = 2,
    cancelled: bool = False,
) -> StoredStay:
    """Reservation R1 of the source "file", as it says now."""
    details = StayDetails(
        check_in_at=NOW,
        check_out_at=NOW + timedelta(days=nights),
        guest_name=name,
        numbers=numbers,
    )
    one = ImportedStay(source="file", external_id="R1", details=details, cancelled=cancelled)
    return stays.store_imported(session, VAULT, place.home, one, now=NOW)
