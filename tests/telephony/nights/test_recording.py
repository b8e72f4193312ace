"""An account that records its calls: nobody is recorded who did not agree, on any network."""

from __future__ import annotations

from sqlalchemy import select

from callassist.models import Recording
from tests.telephony.nights.conftest import BeginNight


def test_who_presses_nothing_is_put_through_and_not_recorded(
    night: BeginNight, network: str
) -> None:
    tonight = night("answers").begin()
    chosen = tonight.owner.post("/account/phone/recording", on="yes", confirmed="yes")
    assert chosen.status_code == 302
    tonight.call()
    ended = tonight.until_ended()
    assert ended.outcome == "answered"
    assert tonight.rang() == 1
    with tonight.world.service.sessions.read() as session:
        states = list(session.scalars(select(Recording.state)))
    # a network that cannot record announces nothing
    assert states == ([] if network == "simulated" else ["refused"])
