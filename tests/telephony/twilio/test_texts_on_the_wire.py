"""Texts with nothing left out: noise, engine, adapter, wire, signed reports, and STOP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callassist import timers
from callassist.clock import ManualClock
from callassist.domain.policy import EscalationPolicy
from callassist.models import (
    Breach,
    Consent,
    GuestText,
    InboundText,
    IncidentLogEntry,
    Stay,
    StopEntry,
)
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import CALLER_ID, PUBLIC_URL, TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server

GUEST = "+12025550102"
INBOUND = "/hooks/telephony/twilio/text"


class Evening:
    """A home whose guest agreed to texts; it is afternoon, when they may go out."""

    def __init__(self, world: TwilioWorld) -> None:
        self.world, self.server = world, world.server
        self.stage = TwilioStage(world, "own_phone").stage
        self.sessions = world.service.sessions
        self.server.account.numbers[CALLER_ID].sms_url = PUBLIC_URL + INBOUND
        self._agreed()

    def _agreed(self) -> None:
        with self.sessions.write() as session:
            home = self.stage.home.id
            stay = session.scalars(select(Stay).where(Stay.property_id == home)).one()
            session.add(
                Consent(
                    account_id=stay.account_id,
                    stay_id=stay.id,
                    number_index=stay.numbers[0].number_index,
                    channel="sms",
                    text="yes",
                    given_by="guest",
                    source="guest page",
                    given_at=self.world.clock.now(),
                )
            )

    def gets_loud(self) -> None:
        now = self.world.clock.now()
        with self.sessions.write() as session:
            breach = Breach(
                property_id=self.stage.home.id,
                key=1,
                policy=EscalationPolicy(ladder_enabled=True).to_dict(),
                first_loud_at=now,
                began_at=now,
                last_loud_at=now,
            )
            session.add(breach)
            session.flush()
            self.breach_id = breach.id
            timers.arm(session, "breach_open", breach.id, now + timedelta(minutes=10), now=now)

    def stays_loud(self, minutes: int) -> None:
        for _ in range(minutes):
            self.world.pass_time(minutes=1, step=timedelta(seconds=30))
            with self.sessions.write() as session:
                session.get_one(Breach, self.breach_id).last_loud_at = self.world.clock.now()

    def rows(self, model):
        with self.sessions.read() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    def said(self, action: str) -> list[dict[str, object]]:
        return [dict(one.data) for one in self.rows(IncidentLogEntry) if one.action == action]

    def stops(self) -> int:
        with self.sessions.read() as session:
            return len(session.scalars(select(StopEntry)).all())

    def ours(self) -> list[str]:
        return [one.status for one in self.server.messages if one.direction == "outbound-api"]


@pytest.fixture(params=["twilio", "signalwire"])
def evening(
    request, sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[Evening]:
    clock.set(clock.now().replace(hour=13, minute=0) + timedelta(days=1))
    with twilio_server(layout=request.param, clock=clock) as server:
        world = TwilioWorld(sqlite_databases.create(tmp_path), tmp_path, clock, server)
        yield Evening(world)
        world.close()


def test_two_texts_are_sent_and_reported_on_the_timeline(evening: Evening) -> None:
    evening.gets_loud()
    evening.stays_loud(22)
    assert evening.ours() == ["delivered", "delivered"]
    assert [one["sent"] for one in evening.said("guest_warned")] == [True, True]
    assert [one["status"] for one in evening.said("text_reported")] == ["delivered", "delivered"]
    assert f"{PUBLIC_URL}/g/" in evening.server.messages[0].body


def test_a_text_that_does_not_arrive_is_said_so(evening: Evening) -> None:
    evening.server.far_end(GUEST, sms="undelivered", sms_error=30005)
    evening.gets_loud()
    evening.stays_loud(12)
    assert [one["status"] for one in evening.said("text_reported")] == ["undelivered"]
    assert [one.error for one in evening.rows(GuestText)] == ["error 30005"]


def test_a_lost_answer_sends_one_text_and_its_report_settles_it(evening: Evening) -> None:
    evening.server.rest_faults.next("reply_lost", matching="POST .*Messages", times=1)
    evening.gets_loud()
    evening.stays_loud(13)
    assert len(evening.ours()) == 1
    assert [one.state for one in evening.rows(GuestText)] == ["delivered"]
    assert [one["sent"] for one in evening.said("guest_warned")] == ["unknown"]


@pytest.mark.parametrize("word", ["STOP", "Arrêtez !", "stopp"])
def test_stop_in_any_wording_ends_texts_until_start(evening: Evening, word: str) -> None:
    evening.gets_loud()
    evening.stays_loud(12)
    evening.server.text_us(GUEST, CALLER_ID, word)
    evening.world.run()
    assert evening.stops() == 1
    evening.stays_loud(10)
    assert len(evening.ours()) == 1
    assert evening.said("guest_warned")[-1]["reason"] == "stopped"
    evening.server.text_us(GUEST, CALLER_ID, "START")
    evening.world.run()
    assert evening.stops() == 0


def test_a_stop_that_only_the_network_knows_comes_onto_our_list(evening: Evening) -> None:
    evening.server.account.numbers[CALLER_ID].sms_url = ""
    evening.server.text_us(GUEST, CALLER_ID, "STOP")
    evening.gets_loud()
    evening.stays_loud(12)
    assert evening.said("guest_warned")[-1]["reason"] == "stopped"
    assert evening.stops() == 1


def test_forged_texts_and_reports_are_refused_and_change_nothing(evening: Evening) -> None:
    evening.gets_loud()
    evening.stays_loud(11)
    (text,) = evening.rows(GuestText)
    before = len(evening.rows(IncidentLogEntry))
    told = {"MessageSid": str(text.provider_text_id), "MessageStatus": "undelivered"}
    wrote = {"MessageSid": "SM" + "7" * 32, "From": GUEST, "To": CALLER_ID, "Body": "STOP"}
    client = evening.world.app.test_client()
    for path, form in ((f"{INBOUND}/{text.token}", told), (INBOUND, wrote)):
        for signed in ({}, {"X-Twilio-Signature": "AAAA", "X-SignalWire-Signature": "AAAA"}):
            answer = client.post(path, data=form, headers=signed, base_url=PUBLIC_URL)
            assert answer.status_code == 403
    assert len(evening.rows(IncidentLogEntry)) == before
    assert evening.rows(InboundText) == []
    assert evening.stops() == 0
