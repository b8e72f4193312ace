"""A phone that rings for an alarm while it is needed for something else."""

from __future__ import annotations

import pytest

from callassist.domain.phone_ring import About
from callassist.domain.results import AttemptOutcome
from callassist.escalation.ringing import new_ring, put_ring
from tests.escalation.on_duty import MARY, OnDuty


@pytest.fixture
def duty(night, network):
    """It has been loud for half an hour, and Mary's phone rings for it."""
    made = OnDuty(night, network)
    made.it_is_loud()
    return made


def test_an_alarm_rings_within_seconds_once_the_phone_is_free(duty, network):
    home, now = duty.home, duty.home.clock.now()
    with home.sessions.write() as session:
        ring = new_ring(
            home.ctx,
            MARY,
            about=About.ALARM,
            account_id=home.account_id,
            incident_id=home.incident.id,
            provider=network.name,
            language="en",
            now=now,
        )
        put_ring(session, home.ctx, ring, now)
    home.run()
    for _ in range(20):
        home.pass_time(seconds=1)
    assert duty.rung == [MARY]
    duty.line_ends(AttemptOutcome.NO_ANSWER, turn=0)
    for _ in range(4):
        home.pass_time(seconds=1)
    assert duty.rung == [MARY, MARY]
