"""Needs you by voice: a ring of one's own, a key that takes it, and a network that cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.escalation.telling import needs_you
from callassist.escalation.tokens import Question
from callassist.models import Account, DutySpan, Incident, NeedsYou, Notification, PhoneRing
from callassist.notifications.needs_you import acknowledge
from callassist.ports.telephony import AskKey, BridgeRequest, HangUp
from tests.web.pages.stage import OWNER

PHONE = "+12025550109"
_BOTH = ("Mary", "Omar")


@pytest.fixture
def owner(stage):
    """The owner added a voice call; its test is on its way."""
    stage.world.network.keys[PHONE] = ("1",)
    browser = stage.sign_in(OWNER)
    answer = browser.post("/account/channels", kind="voice", address=PHONE)
    assert answer.status_code == 302, answer.text
    return browser


def rows(stage, model):
    with stage.world.service.sessions.read() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def needed(stage):
    """Something about the home needs its host; the ring of it."""
    with stage.world.service.sessions.write() as session:
        session.get_one(Account, stage.account.id)
        incident = session.scalars(select(Incident)).one()
        needs_you(session, incident, "guest_refused", now=stage.world.clock.now())
    for _ in range(4):  # addressed, rung; the network is not heard yet
        stage.world.service.outbox.run_due()
    return rows(stage, PhoneRing)[-1]


def asks(stage, ring, question, **told):
    request = BridgeRequest(call_id=ring.provider_call_id, **told)
    now = stage.world.clock.now()
    return stage.world.service.next_step(question, ring.token, request, now)


def test_a_test_rings_and_a_key_proves_the_channel(stage, owner):
    stage.world.pass_time(minutes=1)
    assert [one.ending for one in rows(stage, PhoneRing)] == ["taken"]
    page = owner.page("/account/notifications")
    assert "Voice call" in page
    assert "not proved yet" not in page.partition("Voice call")[2].partition("</li>")[0]


def test_two_take_it_at_once_one_has_it_and_the_other_hears_so_kindly(stage, owner):
    stage.world.pass_time(minutes=1)
    stage.call_about_home(owner)
    ring = needed(stage)
    asked = asks(stage, ring, Question.ANSWERED)
    assert isinstance(asked, AskKey)
    assert "Robin" not in asked.say
    with stage.world.service.sessions.write() as session:
        alarm = session.scalars(select(NeedsYou)).one()
        assert acknowledge(session, "Lou", alarm.id, stage.world.clock.now())
    said = asks(stage, ring, Question.PRESSED, digits="1")
    assert isinstance(said, HangUp)
    assert "Somebody else has taken it" in said.say
    assert asks(stage, ring, Question.PRESSED, digits="1") == said
    assert rows(stage, NeedsYou)[0].acknowledged_by == "Lou"


def test_a_network_that_is_down_is_said_and_the_mail_went_out_beside_it(stage, owner):
    stage.world.pass_time(minutes=1)
    stage.call_about_home(owner)
    stage.world.network.faults = type(stage.world.network.faults)(down=True)
    needed(stage)
    stage.world.pass_time(minutes=7)
    told = [one for one in rows(stage, Notification) if one.kind == "needs_you"]
    spoken = next(one for one in told if one.key.endswith(":voice") and one.status == "failed")
    assert "could not ring" in spoken.reason
    assert any(one.status == "sent" for one in told if one.key == spoken.key)


def test_the_rota_of_who_takes_calls_by_phone_marks_who_has_none_to_ring(stage):
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        session.get_one(Account, stage.account.id).calls_by = "on_call"
        for name, phone in (("Mary", None), ("Omar", stage.vault.seal(PHONE))):
            session.add(
                DutySpan(
                    account_id=stage.account.id,
                    name=name,
                    phone=phone,
                    languages=["en"],
                    starts_at=now,
                    ends_at=now + timedelta(hours=3),
                )
            )
    page = stage.sign_in(OWNER).page("/duty")
    beside = {name: page.partition(f"<strong>{name}")[2].partition("</div>")[0] for name in _BOTH}
    assert "no phone to ring" in beside["Mary"]
    assert "no phone to ring" not in beside["Omar"]
