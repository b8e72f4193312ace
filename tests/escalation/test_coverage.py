"""Covered tonight, read from the tables, and the messages that a stay's checks send."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster, stays
from callassist.accounts.agreements import agree
from callassist.accounts.connections import create_connection
from callassist.accounts.desks import own_desk
from callassist.accounts.properties import pause_property
from callassist.clock import ManualClock
from callassist.domain.coverage import COVERAGE_CHECK, MissingPart, Remark
from callassist.domain.dial import DialMode
from callassist.errors import NotFound
from callassist.escalation.coverage import (
    Surroundings,
    coverage_check_handler,
    coverage_tonight,
)
from callassist.models import NotificationChannel, OutboxEntry, Sensor, Timer
from callassist.ports.telephony import Capabilities
from callassist.roster import DutyInput
from callassist.storage.sessions import Sessions
from callassist.timers import TimerLoop
from tests.accounts.scenes import (
    ADMIN,
    GUEST,
    HOST,
    NOW,
    VAULT,
    Firm,
    desk_with,
    firm,
    operator,
    stay,
)

HOUR = timedelta(hours=1)
REAL = Capabilities(modes=(DialMode.OPERATOR,), simulated=False, callbacks=False, find_calls=False)
SIMULATED = Capabilities(modes=(DialMode.SERVER,), simulated=True, callbacks=True, find_calls=True)
AROUND = Surroundings(capabilities=REAL, heartbeat_watched=True)


def test_a_home_with_everything_is_covered_tonight(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session)
        stay(session, place)
        assert missing(session, place) == ()


def test_a_bare_home_names_every_missing_part_in_order(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session, contact=False)
        assert missing(session, place) == (
            MissingPart.SENSOR,
            MissingPart.STAY,
            MissingPart.HOST_CONTACT,
            MissingPart.CHANNEL,
            MissingPart.DESK,
        )


def test_with_a_simulated_network_no_home_is_covered(sessions: Sessions) -> None:
    around = Surroundings(capabilities=SIMULATED, heartbeat_watched=False)
    with sessions.write() as session:
        place = ready(session)
        stay(session, place)
        coverage = coverage_tonight(session, place.owner, place.home, around, NOW)
        assert not coverage.covered
        assert coverage.missing == (MissingPart.SIMULATED_NETWORK,)
        assert coverage.remarks == (Remark.NOBODY_WATCHES,)


def test_a_level_sensor_that_was_not_heard_for_long_is_silent(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session)
        stay(session, place)
        late = NOW + timedelta(minutes=10)
        assert missing(session, place, late) == ()
        assert missing(session, place, late + timedelta(seconds=1)) == (MissingPart.SENSOR_SILENT,)
        (sensor,) = session.scalars(select(Sensor))
        sensor.kind = "notice"
        assert missing(session, place, late + HOUR) == ()
        sensor.silent_since = late
        assert missing(session, place, late + HOUR) == (MissingPart.SENSOR_SILENT,)


def test_a_flagged_number_leaves_the_home_uncovered(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session)
        one = stay(session, place, GUEST)
        stays.flag_number(session, one.numbers[0].id, "invalid_number", NOW)
        assert missing(session, place) == (MissingPart.GUEST_NUMBER,)
        place.home.host_only = True
        assert missing(session, place) == ()


def test_a_hole_in_the_roster_is_named_and_the_duty_rota_fills_it(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session, hours=4)
        stay(session, place)
        assert missing(session, place) == (MissingPart.OPERATOR,)
        typed = DutyInput(
            name="Anna", phone=HOST, starts_at=NOW + 3 * HOUR, ends_at=NOW + 12 * HOUR
        )
        roster.add_duty(session, VAULT, place.owner, place.account.id, typed)
        assert missing(session, place) == ()


def test_the_call_language_counts(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session)
        one = stay(session, place)
        stays.set_language(session, one, "fr", NOW)
        assert missing(session, place) == (MissingPart.OPERATOR_LANGUAGE,)
        stays.set_language(session, one, "de", NOW)  # not offered: called in English
        assert missing(session, place) == ()


def test_a_serviced_account_is_covered_by_its_desks_shifts(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session, hours=0)
        stay(session, place)
        desk = desk_with(session)
        agree(session, ADMIN, desk, place.account, starts_at=NOW)
        assert missing(session, place) == (MissingPart.OPERATOR,)
        night(session, operator(session, desk, "Zoe").public_id, 12)
        assert missing(session, place) == ()


def test_a_pause_into_the_night_uncovers_the_home(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = ready(session)
        stay(session, place)
        pause_property(session, place.owner, place.home.public_id, NOW + HOUR, now=NOW)
        assert missing(session, place) == (MissingPart.PAUSED,)
        assert missing(session, place, NOW + HOUR) == (MissingPart.SENSOR_SILENT,)


def test_another_accounts_home_is_not_found(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        with pytest.raises(NotFound):
            coverage_tonight(session, other.owner, place.home, AROUND, NOW)


def test_the_host_is_told_when_stored_two_days_before_and_at_check_in_once_each(
    sessions: Sessions, clock: ManualClock
) -> None:
    loop = TimerLoop(sessions, clock, {COVERAGE_CHECK: coverage_check_handler(AROUND)})
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place, check_in=timedelta(days=10))
    seen: list[list[str]] = []
    for days in (0, 7, 1, 2, 5):  # day 0, 7, 8 (two days before), 10 (check-in), 15
        clock.advance(days=days)
        for _ in range(3):
            loop.run_due()
        seen.append(stages(sessions))
    assert seen == [
        ["stored"],
        ["stored"],
        ["stored", "two_days"],
        ["stored", "two_days", "check_in"],
        ["stored", "two_days", "check_in"],
    ]
    with sessions.read() as session:
        first = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id)).first()
        assert first is not None
        assert first.payload == {
            "kind": "not_covered",
            "account_id": place.account.id,
            "property_id": place.home.id,
            "facts": {
                "stage": "stored",
                "missing": ["sensor", "channel", "desk"],
                "stay_id": one.id,
                "check_in_at": one.check_in_at.isoformat(),
            },
        }
        assert session.scalars(select(Timer).where(Timer.fired_at.is_(None))).all() == []


def test_a_corrected_stay_is_checked_again_but_the_host_is_not_told_twice(
    sessions: Sessions, clock: ManualClock
) -> None:
    loop = TimerLoop(sessions, clock, {COVERAGE_CHECK: coverage_check_handler(AROUND)})
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place, check_in=timedelta(days=10))
    loop.run_due()
    with sessions.write() as session:
        stays.put_stay(
            session,
            VAULT,
            place.owner,
            place.home.public_id,
            stays.StayDetails(numbers=()),
            now=clock.now(),
            stay_public_id=one.public_id,
        )
    assert loop.run_due() == 1
    assert stages(sessions) == ["stored"]


def test_nothing_is_said_of_a_cancelled_stay_or_a_covered_home(
    sessions: Sessions, clock: ManualClock
) -> None:
    loop = TimerLoop(sessions, clock, {COVERAGE_CHECK: coverage_check_handler(AROUND)})
    with sessions.write() as session:
        place = ready(session)
        stay(session, place)
        other = firm(session, "Other Homes")
        gone = stay(session, other, check_in=timedelta(days=1))
        stays.cancel_stay(session, other.owner, gone.public_id, now=NOW)
    loop.run_due()
    assert stages(sessions) == []


def ready(session: Session, *, hours: int = 12) -> Firm:
    """A firm with a heard sensor, a proved channel and its own operator for `hours`."""
    place = firm(session)
    connection = create_connection(
        session,
        VAULT,
        place.owner,
        place.account,
        "generic",
        now=NOW,
        adapters={"generic": lambda options: None},
    ).connection
    session.add(
        Sensor(
            connection_id=connection.id,
            account_id=place.account.id,
            external_id="s-1",
            property_id=place.home.id,
            kind="level",
            interval_seconds=60,
            last_heard_at=NOW,
            created_at=NOW,
        )
    )
    session.add(
        NotificationChannel(
            account_id=place.account.id,
            kind="email",
            address=VAULT.seal("anna@example.com"),
            address_mask="a•••@example.com",
            language="en",
            muted_kinds=[],
            proved_at=NOW,
            created_at=NOW,
        )
    )
    desk = own_desk(session, place.account, now=NOW)
    if hours:
        night(session, operator(session, desk, "Noor").public_id, hours)
    return place


def night(session: Session, operator_public_id: str, hours: int) -> None:
    """Roster an operator from NOW on."""
    roster.add_shift(session, ADMIN, operator_public_id, NOW, NOW + hours * HOUR)


def missing(session: Session, place: Firm, now=NOW) -> tuple[MissingPart, ...]:
    """What the home lacks tonight."""
    session.flush()
    return coverage_tonight(session, place.owner, place.home, AROUND, now).missing


def stages(sessions: Sessions) -> list[str]:
    """Stages at which the host was told, in order."""
    with sessions.read() as session:
        rows = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id))
        return [row.payload["facts"]["stage"] for row in rows]
