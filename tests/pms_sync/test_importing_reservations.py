"""A transfer of reservations: idempotent, one bad row fails alone, counted without names."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from callassist.models import ImportRun, Stay
from callassist.pms_sync.embedded import NothingImported
from callassist.pms_sync.importer import ReservationRow, import_reservations
from callassist.ports.fresh_contact import FreshContact
from callassist.stays import ImportedStay, StayDetails
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, VAULT, Firm, firm


def row(place: Firm, external_id: str, nights: int = 2, *numbers: str) -> ReservationRow:
    """A reservation of the firm's home from NOW on."""
    details = StayDetails(
        check_in_at=NOW,
        check_out_at=NOW + timedelta(days=nights),
        guest_name="Camille Martin",
        numbers=numbers or (GUEST,),
    )
    stay = ImportedStay(source="file", external_id=external_id, details=details)
    return ReservationRow(property_public_id=place.home.public_id, stay=stay)


def run(sessions: Sessions, place: Firm, *rows: ReservationRow) -> ImportRun:
    """One transfer of the source "file"."""
    return import_reservations(sessions, VAULT, place.account.id, "file", rows, now=NOW)


def test_running_a_transfer_twice_changes_nothing(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
    rows = [row(place, "R1"), row(place, "R2", 3, GUEST, "none")]
    first, second = run(sessions, place, *rows), run(sessions, place, *rows)
    assert first.counts == {"created": 2, "unreadable_numbers": 1}
    assert second.counts == {"unchanged": 2, "unreadable_numbers": 1}
    assert run(sessions, place, row(place, "R1", 4)).counts["changed"] == 1
    with sessions.read() as session:
        assert session.scalar(select(func.count(Stay.id))) == 2


def test_a_bad_row_fails_alone_and_is_named_without_a_name_or_number(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
    done = run(sessions, place, row(place, "R1", 0), row(other, "R2"), row(place, "R3"))
    assert done.counts == {"created": 1, "failed": 2, "unreadable_numbers": 0}
    assert done.error == (
        "R1: check_out_at: check-out must be after check-in; R2: this account has no such home"
    )
    with sessions.read() as session:
        assert session.scalars(select(Stay.external_id)).all() == ["R3"]


def test_without_a_source_there_is_nothing_to_read_again() -> None:
    source: FreshContact = NothingImported()
    assert source.refresh(1, NOW) is False
