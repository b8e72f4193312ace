"""Nobody at a screen: phones ring in turn, a key takes it, and nobody is rung twice for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.accounts.setting_up import choose_call_takers
from callassist.models import Account, DutySpan, NeedsYou, Operator, PhoneRing, ServiceAgreement
from callassist.notifications.keeping_channels import ChannelInput, add_channel
from tests.telephony.nights.conftest import BeginNight
from tests.telephony.nights.lines import TwilioLine
from tests.telephony.nights.night import Night
from tests.web.pages.stage import ADMIN, ANN, OWNER

SILENT, MARY, OWN = "+12025550120", "+12025550108", "+12025550109"
IN_A_MINUTE = timedelta(seconds=60)


def on_call(tonight: Night, *phones: str) -> Night:
    """The account takes its calls itself, and these phones are on duty in this order."""
    stage = tonight.stage
    now = tonight.world.clock.now()
    with tonight.world.service.sessions.write() as session:
        account = session.get_one(Account, stage.account.id)
        choose_call_takers(session, ADMIN, account, "on_call", now=now)
        for agreement in session.scalars(select(ServiceAgreement)):
            agreement.ends_at = now
        for position, phone in enumerate(phones, start=1):
            session.add(
                DutySpan(
                    account_id=account.id,
                    name=f"Person {position}",
                    phone=stage.vault.seal(phone),
                    languages=["en"],
                    position=position,
                    starts_at=now - timedelta(hours=1),
                    ends_at=now + timedelta(hours=12),
                )
            )
    return begun(tonight)


def begun(tonight: Night) -> Night:
    """The host asks for a call, and nobody is at a screen."""
    tonight.ann, tonight.owner = tonight.stage.sign_in(ANN), tonight.stage.sign_in(OWNER)
    tonight.stage.call_about_home(tonight.owner)
    return tonight


def does_not_answer(tonight: Night, number: str) -> None:
    if isinstance(tonight.line, TwilioLine):
        tonight.line._server.far_end(number, "no-answer")


def rings(tonight: Night) -> list[str | None]:
    with tonight.world.service.sessions.read() as session:
        return list(session.scalars(select(PhoneRing.ending).order_by(PhoneRing.id)))


def test_the_second_on_duty_takes_it_speaks_and_says_by_key_how_it_went(night: BeginNight) -> None:
    tonight = night("answers")
    does_not_answer(tonight, SILENT)
    tonight.line.presses(MARY, "1", "1")
    on_call(tonight, SILENT, MARY)
    tonight.until(lambda: tonight.tasks()[0].result is not None)
    assert tonight.tasks()[0].result == "guest_agreed"
    assert rings(tonight) == ["not_answered", "taken"]
    assert (tonight.line.dialled(SILENT), tonight.line.dialled(MARY), tonight.rang()) == (1, 1, 1)
    assert tonight.stage.incident().state == "following_up"
    heard = " ".join(tonight.line.heard(MARY))
    assert "Press 1 to take it" in heard
    assert "Robin" not in heard


def test_mailboxes_take_nothing_and_the_rota_goes_round(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.presses(MARY, "")
    on_call(tonight, MARY)
    tonight.until(lambda: tonight.line.dialled(MARY) >= 2)
    assert rings(tonight)[0] == "no_key"
    assert (tonight.rang(), tonight.tasks()[0].state) == (0, "pending")


def test_a_lost_reply_rings_nobody_twice(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.presses(MARY, "1", "1")
    tonight.line.loses_a_reply()
    on_call(tonight, MARY)
    tonight.until(lambda: tonight.rang() == 1)
    assert (tonight.line.dialled(MARY), rings(tonight)) == (1, ["taken"])


def test_the_last_operator_who_missed_twice_is_rung_on_their_own_phone(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.presses(OWN, "1", "2")
    with tonight.world.service.sessions.write() as session:
        ann = session.scalars(select(Operator).where(Operator.desk_name == "Ann")).one()
        ann.phone = tonight.stage.vault.seal(OWN)
    tonight.come_to_work()
    tonight.stage.call_about_home(tonight.owner)
    tonight.until(lambda: bool(rings(tonight)), step=timedelta(seconds=20))
    assert tonight.rang() == 0
    tonight.until(lambda: tonight.tasks()[0].result is not None)
    assert tonight.tasks()[0].result == "guest_refused"
    assert (tonight.line.dialled(OWN), tonight.rang(), rings(tonight)) == (1, 1, ["taken"])


def test_needs_you_rings_and_1_takes_it_for_all(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.presses(MARY, "1")
    stage, now = tonight.stage, tonight.world.clock.now()
    with tonight.world.service.sessions.write() as session:
        typed = ChannelInput(
            kind="voice", address=MARY, person_public_id=stage.person(OWNER).public_id
        )
        account = session.get_one(Account, stage.account.id)
        add_channel(session, stage.vault, ADMIN, typed, now=now, account=account)
    begun(tonight)
    alarms: list[NeedsYou] = []

    def taken() -> bool:
        with tonight.world.service.sessions.read() as session:
            alarms[:] = session.scalars(select(NeedsYou)).all()
        return bool(alarms) and alarms[0].acknowledged_at is not None

    tonight.until(taken, timedelta(minutes=14), IN_A_MINUTE)
    assert alarms[0].acknowledged_by == "Maria"
    assert tonight.line.dialled(MARY) == 1
    assert "A home needs you" in " ".join(tonight.line.heard(MARY))


@pytest.mark.parametrize("how", ["lost", "doubled"])
def test_whatever_becomes_of_the_reports_one_takes_it_and_the_guest_is_called_once(
    night: BeginNight, how: str
) -> None:
    tonight = night("answers")
    does_not_answer(tonight, SILENT)
    tonight.line.presses(MARY, "1", "1")
    tonight.line.reports(how)
    on_call(tonight, SILENT, MARY)
    tonight.until(lambda: tonight.tasks()[0].result is not None, step=timedelta(seconds=10))
    assert tonight.tasks()[0].result == "guest_agreed"
    assert rings(tonight) == ["not_answered", "taken"]
    assert (tonight.line.dialled(SILENT), tonight.line.dialled(MARY), tonight.rang()) == (1, 1, 1)


def test_a_network_that_is_down_is_said_on_other_channels_and_rings_when_it_is_back(
    night: BeginNight,
) -> None:
    tonight = night("answers")
    tonight.line.presses(MARY, "1", "1")
    tonight.line.goes_down()
    on_call(tonight, MARY)
    tonight.world.pass_time(minutes=2, step=timedelta(seconds=20))
    page = tonight.owner.page(f"/incidents/{tonight.stage.incident().public_id}")
    assert "the phones on duty could not be rung" in page
    tonight.line.comes_back()
    tonight.until(lambda: tonight.rang() == 1, step=timedelta(seconds=10))
    assert tonight.line.dialled(MARY) == 1
