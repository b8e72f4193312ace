"""A supervisor is needed and none is on shift: the desk's duty phone rings and asks for a key."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.escalation.telling import page_supervisor
from callassist.models import Desk, Incident, Notification, PhoneRing
from callassist.telephony.simulated.faults import Faults
from tests.web.pages.stage import OWNER

PHONE, NO_ANSWER = "+12025550109", "+12025550121"


def rows(stage, model):
    with stage.world.service.sessions.read() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def paged(stage, phone, *keys, minutes=1.5):
    """Something is to be looked at by a supervisor; what was told to whom."""
    stage.world.network.keys[phone] = keys
    stage.call_about_home(stage.sign_in(OWNER))
    with stage.world.service.sessions.write() as session:
        incident = session.scalars(select(Incident)).one()
        desk = session.get_one(Desk, incident.desk_id)
        desk.duty_phone = stage.world.service.vault.seal(phone)
        page_supervisor(session, incident, "emergency", now=stage.world.clock.now())
    stage.world.pass_time(minutes=minutes)
    pages = [one for one in rows(stage, Notification) if one.kind == "supervisor_page"]
    return [(one.facts["via"], one.status) for one in pages if one.facts["reason"] == "emergency"]


def test_who_presses_one_has_it_and_nobody_else_is_told(stage):
    assert paged(stage, PHONE, "1") == [("duty_phone", "sent")]
    (ring,) = rows(stage, PhoneRing)
    assert (ring.about, ring.ending) == ("page", "taken")
    (said,) = stage.world.network.heard(PHONE)[:1]
    assert "needs its supervisor" in said
    assert rows(stage, Incident)[0].reference in said
    assert "Robin" not in said


@pytest.mark.parametrize(
    ("phone", "keys", "ending"),
    [(PHONE, ("2",), "refused"), (PHONE, (), "no_key"), (NO_ANSWER, (), "not_answered")],
)
def test_whoever_does_not_take_it_passes_it_on(stage, phone, keys, ending):
    told = paged(stage, phone, *keys)
    assert told[0] == ("duty_phone", "sent")
    assert [via for via, _ in told[1:]]
    assert "duty_phone" not in [via for via, _ in told[1:]]
    assert [one.ending for one in rows(stage, PhoneRing)] == [ending]


def test_a_network_that_is_down_is_said_and_the_page_goes_on(stage):
    stage.world.network.faults = Faults(down=True)
    told = paged(stage, PHONE, minutes=8)
    assert told[0] == ("duty_phone", "failed")
    assert len(told) > 1
