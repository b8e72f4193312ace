"""Stays that a host types in: checked, sealed, one at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from callassist import stays
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.models import Stay, Timer
from callassist.stays import StayDetails
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, SECOND, VAULT, firm, stay

DAY = timedelta(days=1)
GOOD = StayDetails(check_in_at=NOW, check_out_at=NOW + DAY, guest_name="Ada", numbers=(GUEST,))


def test_names_and_numbers_are_sealed_and_shown_masked(sessions: Sessions) -> None:
    with sessions.write() as session:
        one = stay(session, firm(session), "+1 (202) 555-0101 ", SECOND)
    with sessions.read() as session:
        kept = session.get_one(Stay, one.id)
        assert VAULT.open(kept.guest_name or b"") == "Camille Martin"
        first, second = kept.numbers
        assert VAULT.open(first.number) == "+12025550101"
        assert VAULT.open(first.number_raw) == "+1 (202) 555-0101"
        assert (first.number_mask, second.number_mask) == ("+1•••••01", "+1•••••02")


def test_a_local_number_is_read_with_the_homes_country_as_a_hint(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        with pytest.raises(InvalidInput, match=r"numbers\.0"):
            stay(session, place, "202 555 0101")
        place.home.country = "US"
        one = stay(session, place, "202 555 0101")
        assert VAULT.open(one.numbers[0].number) == "+12025550101"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (replace(GOOD, check_in_at=None), "check_in_at"),
        (replace(GOOD, check_out_at=NOW), "check_out_at"),
        (replace(GOOD, check_out_at=NOW + 367 * DAY), "check_out_at"),
        (replace(GOOD, check_in_at=NOW.replace(tzinfo=None)), "check_in_at"),
        (replace(GOOD, check_in_at=NOW - 3 * DAY, check_out_at=NOW - DAY), "check_out_at"),
        (replace(GOOD, numbers=(GUEST, "12")), "numbers.1"),
        (replace(GOOD, numbers=(GUEST,) * 6), "numbers"),
        (replace(GOOD, language="french"), "language"),
        (replace(GOOD, guest_name="x" * 201), "guest_name"),
    ],
)
def test_what_is_wrong_is_named_by_field(
    sessions: Sessions, details: StayDetails, field: str
) -> None:
    with sessions.write() as session:
        place = firm(session)
        with pytest.raises(InvalidInput) as refused:
            stays.put_stay(session, VAULT, place.owner, place.home.public_id, details, now=NOW)
        assert refused.value.field == field


def test_another_accounts_home_and_stay_do_not_exist(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        one = stay(session, place)
        with pytest.raises(NotFound):
            stays.put_stay(session, VAULT, other.owner, place.home.public_id, GOOD, now=NOW)
        with pytest.raises(NotFound):
            stays.find_stay(session, other.owner, one.public_id)
        with pytest.raises(NotFound):
            stays.cancel_stay(session, other.owner, one.public_id, now=NOW)
        looker = Viewer(name="v", account_roles={place.account.id: frozenset({Role.VIEWER})})
        with pytest.raises(Forbidden):
            stays.put_stay(session, VAULT, looker, place.home.public_id, GOOD, now=NOW)


def test_a_correction_changes_only_what_is_said(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        home_id = place.home.public_id
        later = StayDetails(check_out_at=NOW + 5 * DAY)
        stays.put_stay(
            session, VAULT, place.owner, home_id, later, now=NOW, stay_public_id=one.public_id
        )
        assert one.check_out_at == NOW + 5 * DAY
        assert [number.number_mask for number in one.numbers] == ["+1•••••01"]
        none = StayDetails(numbers=())
        stays.put_stay(
            session, VAULT, place.owner, home_id, none, now=NOW, stay_public_id=one.public_id
        )
        assert one.numbers == []


def test_two_typed_stays_of_a_home_may_not_overlap(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        with pytest.raises(InvalidInput, match="another stay"):
            stay(session, place, SECOND, check_in=DAY)
        stay(session, place, SECOND, check_in=2 * DAY)
        stays.cancel_stay(session, place.owner, one.public_id, now=NOW)
        stay(session, place, SECOND, nights=1)


def test_a_cancelled_stay_is_over_and_cannot_be_corrected(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        stays.cancel_stay(session, place.owner, one.public_id, now=NOW)
        stays.cancel_stay(session, place.owner, one.public_id, now=NOW + DAY)
        assert one.cancelled_at == NOW
        assert stays.staying_now(session, place.home.id, NOW) is None
        assert stays.dialable(session, one, NOW) == []
        assert session.scalars(select(Timer)).all() == []
        with pytest.raises(Conflict):
            stays.put_stay(
                session,
                VAULT,
                place.owner,
                place.home.public_id,
                GOOD,
                now=NOW,
                stay_public_id=one.public_id,
            )


def test_a_stored_stay_has_its_coverage_checked_at_once(sessions: Sessions) -> None:
    with sessions.write() as session:
        one = stay(session, firm(session))
    with sessions.read() as session:
        armed = [(t.kind, t.subject, t.due_at) for t in session.scalars(select(Timer))]
    assert armed == [("coverage_check", str(one.id), NOW)]


@pytest.mark.parametrize(
    ("instant", "is_there"),
    [
        (NOW - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + 2 * DAY - timedelta(microseconds=1), True),
        (NOW + 2 * DAY, False),
    ],
)
def test_a_guest_stays_from_check_in_until_just_before_check_out(
    sessions: Sessions, instant: datetime, is_there: bool
) -> None:
    with sessions.write() as session:
        place = firm(session)
        stay(session, place)
        assert (stays.staying_now(session, place.home.id, instant) is not None) is is_there


def test_the_language_is_guessed_from_the_number_until_somebody_says_it(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)

        def language_after(details: StayDetails) -> str | None:
            home_id, stay_id = place.home.public_id, one.public_id
            return stays.put_stay(
                session, VAULT, place.owner, home_id, details, now=NOW, stay_public_id=stay_id
            ).language

        assert one.language == "en"
        assert language_after(StayDetails(language="fr-CA")) == "fr"
        assert language_after(StayDetails(language="")) == "en"
        stays.set_language(session, one, "de", NOW)
        assert language_after(StayDetails(numbers=(SECOND,))) == "de"
