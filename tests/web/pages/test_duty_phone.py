"""A supervisor is needed and none is on shift: the desk's duty phone rings and asks for a key."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.escalation.telling import page_supervisor
from callassist.models import Desk, Incident, Notification, PhoneRing
from callassist.notifications.paging import SAID_THERE
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


@pytest.mark.parametrize(
    ("keys", "minutes", "reason", "rings", "rests"),
    [
        (("1",), 5, "emergency", 1, True),  # who took it is not woken to hear it again
        (("2",), 5, "emergency", 1, False),  # nor is who did not, and those after them are told
        (("1",), 5, "guest_refused", 2, True),  # something else
        (("1",), 31, "emergency", 2, True),  # it is still so
    ],
)
def test_it_rings_once_for_an_alarm_of_an_incident(stage, keys, minutes, reason, rings, rests):
    paged(stage, PHONE, *keys)
    told = ("emergency", reason)
    stage.world.pass_time(minutes=minutes)
    with stage.world.service.sessions.write() as session:
        incident = session.scalars(select(Incident)).one()
        page_supervisor(
            session, incident, reason, now=stage.world.clock.now(), once_per="another task"
        )
    stage.world.pass_time(minutes=1.5)
    pages = [one for one in rows(stage, Notification) if one.facts.get("reason") in told]
    rung = {one.notification_id for one in rows(stage, PhoneRing)}
    assert len([one for one in pages if one.id in rung]) == rings
    assert [one.reason for one in pages if one.status == "skipped"] == [SAID_THERE] * (2 - rings)
    assert (pages[-1].facts["via"] == "duty_phone") is rests


def test_a_network_that_is_down_is_said_and_the_page_goes_on(stage):
    stage.world.network.faults = Faults(down=True)
    told = paged(stage, PHONE, minutes=8)
    assert told[0] == ("duty_phone", "failed")
    assert len(told) > 1
