"""Webhooks are hints: noted at once, collapsed, read again soon, never believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.errors import TransientError
from callassist.models import PmsConnection, PmsHint
from callassist.pms_sync.connections import hash_hook_token
from callassist.pms_sync.hints import note_hint, read_hinted
from callassist.pms_sync.hook import PmsHook
from callassist.pms_sync.schedule import due
from callassist.ports.pms import Abilities, Contact, Hint, Reservation
from callassist.ports.pms_access import BadHook, CredentialsRefused, HookRequest
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import SECOND, VAULT
from tests.pms_sync.scenes import REAL, VENDOR, World, booking, world

SINGLE = Abilities(incremental=True, single=True, webhooks=True)


def hints(here: World) -> list[PmsHint]:
    """What waits to be read again."""
    with here.sessions.read() as session:
        return list(session.scalars(select(PmsHint).order_by(PmsHint.id)))


def noted(here: World, hint: Hint) -> None:
    """A webhook came in just now."""
    with here.sessions.write() as session:
        note_hint(session, here.connection_id, hint, here.sync.now_real())


def test_a_hint_that_comes_twice_is_read_once_and_what_it_names_is_read_afresh(
    sessions: Sessions,
) -> None:
    here = world(sessions, booking("R1"), abilities=SINGLE)
    here.run()
    here.pms.bookings = [booking("R1", 2, SECOND)]
    for _ in range(3):
        noted(here, Hint(reservation_ids=("R1", "R1")))
    assert len(hints(here)) == 1
    here.clock.advance(seconds=3)
    assert read_hinted(here.sync) == 1
    assert here.pms.asked == ["R1"]
    assert VAULT.open(here.stays()[0].numbers[0].number) == "+12025550102"
    assert hints(here) == []


def test_hooks_out_of_order_end_with_what_the_system_says_last(sessions: Sessions) -> None:
    here = world(sessions, abilities=SINGLE)
    noted(here, Hint(reservation_ids=("R1",)))  # of its cancellation, which overtook the creation
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    assert here.stays() == []
    here.pms.bookings = [booking("R1")]
    noted(here, Hint(reservation_ids=("R1",)))
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    assert here.names() == ["R1"]


def test_what_is_named_again_while_it_is_read_is_read_once_more(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), abilities=SINGLE)
    noted(here, Hint(reservation_ids=("R1",)))
    here.clock.advance(seconds=3)
    original = here.pms.reservation

    def named_meanwhile(access: object, external_id: str) -> object:
        if not here.pms.asked:
            noted(here, Hint(reservation_ids=("R1",)))
        return original(access, external_id)  # type: ignore[arg-type]

    here.pms.reservation = named_meanwhile  # type: ignore[method-assign, assignment]
    read_hinted(here.sync)
    assert len(hints(here)) == 1
    read_hinted(here.sync)
    assert (here.pms.asked, hints(here)) == (["R1", "R1"], [])


def test_a_system_that_does_not_answer_is_asked_later_and_not_for_ever(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), abilities=SINGLE, error=TransientError("no answer"))
    noted(here, Hint(reservation_ids=("R1",)))
    for _ in range(8):
        here.clock.advance(hours=1)
        assert read_hinted(here.sync) == 1
    assert hints(here) == []


def test_a_hook_that_says_more_or_less_everything_brings_the_next_run_forward(
    sessions: Sessions,
) -> None:
    here = world(sessions, booking("R1"), abilities=SINGLE)
    here.run()
    noted(here, Hint(everything=True))
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    next_at = here.connection().next_run_at
    assert next_at is not None
    assert next_at - here.clock.now() <= timedelta(seconds=20)


def test_refused_credentials_are_left_to_the_next_run_to_tell_of(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), abilities=SINGLE, error=CredentialsRefused("a new key"))
    noted(here, Hint(reservation_ids=("R1", "R2")))
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    with sessions.read() as session:
        assert due(session, here.clock.now(), here.sync.now_real(), 9) == [here.connection_id]
    assert hints(here) == []


def test_a_guest_who_changed_has_their_stays_read_again(sessions: Sessions) -> None:
    here = world(sessions, abilities=SINGLE)
    here.pms.bookings = [
        booking("R1", contact_id="G1"),
        booking("R2", after=5, contact_id="G2"),
    ]
    here.run()
    noted(here, Hint(contact_ids=("G2",)))
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    assert here.pms.asked == ["R2"]


def test_guests_who_are_asked_for_one_by_one_are_asked_when_needed(sessions: Sessions) -> None:
    apart = Abilities(incremental=True, single=True)
    here = world(sessions, abilities=apart)
    guests = {"G1": Contact(name="Ann Lee", numbers=(SECOND,)), "G2": Contact(name="Bo Ek")}
    here.pms.guests = guests

    def listed(external_id: str, after: int, guest: str) -> Reservation:
        return replace(booking(external_id, 1, after=after, contact_id=guest), contact=None)

    here.pms.bookings = [listed("R3", 30, "G1"), listed("R1", 1, "G1"), listed("R2", 1, "G2")]
    run = here.run()
    assert run.counts["contacts"] == 3
    assert here.pms.asked == ["guest G1", "guest G2"]  # each guest once, the first to arrive first
    assert run.counts["without_number"] == 1
    here.pms.asked.clear()
    assert "contacts" not in here.run(full=True).counts  # unchanged ones cost nothing
    guests["G2"] = Contact(name="Bo Ek", numbers=("+1 202 555 0133",))
    here.clock.advance(hours=3)
    here.pms.changed = []
    here.run()
    here.clock.advance(seconds=3)
    read_hinted(here.sync)
    assert here.pms.asked == ["R2", "guest G2"]  # arrives soon and had no number
    assert here.run().counts.get("without_number", 0) == 0


@pytest.fixture
def hooked(sessions: Sessions) -> tuple[World, PmsHook]:
    """A connection with an address for hooks, and whoever answers there."""
    here = world(sessions, abilities=SINGLE)
    with sessions.write() as session:
        connection = session.get_one(PmsConnection, here.connection_id)
        connection.hook_token_hash = hash_hook_token("secret-token")
    return here, PmsHook(sessions, VAULT, here.sync.connectors, lambda: REAL)


def test_a_hook_is_answered_by_writing_down_what_it_names(hooked: tuple[World, PmsHook]) -> None:
    here, hook = hooked
    here.pms.hint = Hint(reservation_ids=("R1",))
    for _ in range(2):
        assert hook.answer(VENDOR, "secret-token", b"{}", {}, {}) is HTTPStatus.NO_CONTENT
    assert [one.external_id for one in hints(here)] == ["R1"]
    assert here.connection().last_hook_at == REAL
    assert here.access.requests == 0


@pytest.mark.parametrize(
    ("vendor", "token"), [(VENDOR, "another"), ("guesty", "secret-token"), (VENDOR, "x" * 500)]
)
def test_an_address_that_nobody_has_is_not_found(
    hooked: tuple[World, PmsHook], vendor: str, token: str
) -> None:
    assert hooked[1].answer(vendor, token, b"", {}, {}) is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadHook("no signature", is_unsigned=True), HTTPStatus.UNAUTHORIZED),
        (BadHook("not JSON"), HTTPStatus.BAD_REQUEST),
        (RecursionError(), HTTPStatus.INTERNAL_SERVER_ERROR),
    ],
)
def test_a_hook_that_cannot_be_trusted_or_read_leaves_nothing(
    hooked: tuple[World, PmsHook], error: Exception, status: HTTPStatus
) -> None:
    here, hook = hooked

    def refuse(request: HookRequest, secrets: object) -> Hint:
        raise error

    here.pms.parse_webhook = refuse  # type: ignore[method-assign]
    assert hook.answer(VENDOR, "secret-token", b"", {}, {}) is status
    assert hints(here) == []


def test_the_longest_due_are_read_first_and_never_one_that_is_read_already(
    sessions: Sessions,
) -> None:
    here = world(sessions)
    now, real = here.clock.now(), here.sync.now_real()

    def due_with(change: Callable[[PmsConnection], None]) -> list[int]:
        def changed(session: Session) -> list[int]:
            connection = session.get_one(PmsConnection, here.connection_id)
            connection.next_run_at, connection.claimed_until = now, None
            change(connection)
            session.flush()
            return due(session, now, real, 9)

        with sessions.write() as session:
            return changed(session)

    def claimed(until: datetime) -> Callable[[PmsConnection], None]:
        return lambda one: setattr(one, "claimed_until", until)

    mine = [here.connection_id]
    assert due_with(lambda one: None) == mine
    assert due_with(claimed(real + timedelta(minutes=1))) == []
    assert due_with(claimed(real)) == mine
    assert due_with(claimed(real + timedelta(days=30))) == mine  # by a clock that was wrong
    assert due_with(lambda one: setattr(one, "next_run_at", None)) == []
