"""Many new stays at once: the same as merged one by one, and with as few statements as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.nudge import NudgeKind
from callassist.errors import InvalidInput
from callassist.models import Nudge, Stay, Timer
from callassist.stays import Came, ImportedStay, StayDetails, Transferred, put_many_imported
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, SECOND, VAULT, Firm, firm

DAY = timedelta(days=1)
SAID = StayDetails(check_in_at=NOW + 9 * DAY, check_out_at=NOW + 11 * DAY)


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        (SAID, 0),
        (replace(SAID, numbers=(), guest_name=" ", language=""), 0),
        (replace(SAID, numbers=(GUEST, SECOND, GUEST), guest_name="Camille  Martin"), 2),
        (replace(SAID, numbers=("ask Anna", GUEST), language="fr-FR"), 1),
        (replace(SAID, numbers=tuple(f"+1 202 555 01{one}" for one in range(10, 17))), 5),
    ],
)
def test_what_comes_in_new_is_what_merging_it_again_would_make_of_it(
    sessions: Sessions, said: StayDetails, numbers: int
) -> None:
    with sessions.write() as session:
        place = firm(session)
        came = put(session, place, said)
        (row,) = session.scalars(select(Stay))
        as_inserted = dict(row.imported or {}), row.language, row.guest_name
        assert came == [Came(created=True, changed=True, numbers=numbers)]
        assert [one.position for one in row.numbers] == list(range(1, numbers + 1))
        again = put(session, place, said, before=row)
        assert again == [Came(created=False, changed=False, numbers=numbers)]
        assert (row.imported, row.language, row.guest_name) == as_inserted


def test_new_stays_are_told_of_and_their_coverage_is_checked(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        session.flush()
    with sessions.write() as session:
        put(session, place, SAID, replace(SAID, check_in_at=NOW, check_out_at=NOW + DAY))
    with sessions.read() as session:
        told = list(session.scalars(select(Nudge).where(Nudge.kind == NudgeKind.HOME)))
        dues = list(session.scalars(select(Timer.due_at).order_by(Timer.due_at)))
    assert told[-1].public_id == place.home.public_id
    assert dues[0] == NOW
    assert NOW < dues[1] < NOW + 9 * DAY


def test_one_that_cannot_be_leaves_nothing_of_the_others(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        backwards = replace(SAID, check_out_at=NOW)
        with pytest.raises(InvalidInput, match="check-out must be after"):
            put(session, place, SAID, backwards)
        assert session.scalars(select(Stay)).all() == []


def put(
    session: Session, place: Firm, *said: StayDetails, before: Stay | None = None
) -> list[Came]:
    """Reservations R0, R1 ... of the source "file"."""
    transferred = [
        Transferred(
            home=place.home,
            imported=ImportedStay(source="file", external_id=f"R{number}", details=one),
            before=before,
        )
        for number, one in enumerate(said)
    ]
    return put_many_imported(session, VAULT, transferred, now=NOW)
