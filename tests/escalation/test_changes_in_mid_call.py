"""What changes while a call rings: whom the host names, and clocks that are wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.escalation import settling
from callassist.models import CallAttempt, HostContact
from tests.escalation.night import NO_ANSWER, called
from tests.escalation.scene import HOST_ANSWERS

NOT_IN_USE = "+12025550180"
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize("change", ["corrected", "removed"])
def test_a_contact_who_is_changed_while_their_old_number_is_dialled_is_not_flagged(night, change):
    home = called(night, guest_numbers=(), host_numbers=(NOT_IN_USE,))
    home.accept()
    home.dial()
    with home.sessions.write() as session:
        contact = session.scalars(select(HostContact)).one()
        if change == "removed":
            session.delete(contact)
        else:
            contact.phone = home.vault.seal(HOST_ANSWERS)
            contact.phone_index = home.vault.index(HOST_ANSWERS)
    home.call_ends()
    if home.tasks()[0].completed_at is None:
        home.save("invalid_number")
    assert home.tasks()[0].result == "invalid_number"
    with home.sessions.read() as session:
        assert [one.flagged_at for one in session.scalars(select(HostContact))] in ([None], [])


@pytest.mark.parametrize("off_by", [timedelta(hours=-1), timedelta(), timedelta(hours=1)])
def test_a_network_whose_clock_is_wrong_does_not_move_the_five_minutes(night, off_by):
    home = called(night, guest_numbers=(NO_ANSWER,))
    home.accept()
    home.dial()
    home.clock.advance(seconds=20)
    now = home.clock.now()
    with home.sessions.write() as session:
        attempt = session.scalars(select(CallAttempt)).one()
        event = LegEvent(
            call_id=str(attempt.provider_call_id),
            sequence=90,
            status=LegStatus.ENDED,
            at=now + off_by,
            outcome=AttemptOutcome.NO_ANSWER,
        )
        settling.record_call_events(session, home.ctx, attempt.dial_token, [event], now)
    assert home.attempts()[0].ended_at == now
    home.save("no_answer")
    assert home.tasks()[-1].available_at == now + FIVE
