"""What is asked for each call finds its rows by an index, however many calls there were before."""

from __future__ import annotations

import pytest

from callassist.notifications.incident_facts import incident_facts
from callassist.storage.engine import is_sqlite
from tests.escalation.night import NO_ANSWER
from tests.escalation.on_duty import OnDuty
from tests.escalation.scene import HOST_ANSWERS
from tests.escalation.test_phoning_back import phones
from tests.escalation.two_legs import TwoLegNetwork
from tests.plans import listening


@pytest.fixture
def explains(sessions):
    """A database whose plans tell: PostgreSQL reads small tables whole, whatever there is."""
    if not is_sqlite(sessions.engine):
        pytest.skip("PostgreSQL plans by how much there is")
    return sessions.engine


def test_no_step_of_a_call_reads_all_calls_there_ever_were(night, explains):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    with listening(explains) as asked:
        home.noise_for_30_minutes()
        home.work()
        phones(home, NO_ANSWER)
        phones(home, HOST_ANSWERS)
        home.pass_time(minutes=6)
        home.noise_ends()
    assert asked.whole_tables() == []


def test_no_ring_of_a_phone_on_duty_reads_all_that_ever_rang(night, explains, clock):
    duty = OnDuty(night, TwoLegNetwork(clock))
    with listening(explains) as asked:
        duty.it_is_loud()
        duty.picks_up()
        duty.presses("1")
    assert asked.whole_tables() == []


def test_no_message_about_an_incident_reads_all_calls(night, explains):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.work("guest_agreed")
    with listening(explains) as asked, home.sessions.read() as session:
        incident_facts(session, home.incident.id)
    assert asked.whole_tables() == []
