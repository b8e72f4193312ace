"""STOP and START by text: heeded once, over all accounts, and seen by the host."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import select

from callassist.accounts.retention import Retention, forget_expired
from callassist.escalation.inbound_texts import record_inbound_text
from callassist.models import GuestReply, InboundText, StopEntry
from callassist.ports.texting import IncomingText
from tests.escalation.laddering import loud, warned
from tests.escalation.scene import ANSWERS

_number = count(1)


def writes(night, body, sender=ANSWERS, text_id=""):
    text = IncomingText(text_id=text_id or f"TXT{next(_number)}", sender=sender, body=body)
    with night.sessions.write() as session:
        record_inbound_text(session, night.ctx, "simulated", text, night.clock.now())


def stopped(night):
    with night.sessions.read() as session:
        return [(one.source, one.automatic) for one in session.scalars(select(StopEntry))]


def test_stop_ends_the_ladder_and_start_begins_it_again(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    writes(night, "Arrêtez !")
    assert stopped(night) == [("sms", True)]
    loud(night, 10)
    assert warned(night) == [(1, True, "allowed"), (2, False, "stopped")]
    assert night.log().count("guest_stopped") == 1
    writes(night, "start")
    assert stopped(night) == []


def test_a_stop_counts_for_every_account_and_leaves_calls_by_people_alone(ladder_home):
    night = ladder_home()
    other = night.add_home((ANSWERS,), night.add_account("Hill Homes"))
    writes(night, "STOP")
    night.noise_begins(other)
    loud(night, 11)
    assert warned(night) == [(1, False, "stopped")]
    assert night.incident.state == "watching"


def test_a_text_told_twice_is_heeded_once(ladder_home):
    night = ladder_home()
    writes(night, "start", text_id="TXT-start")
    writes(night, "stop")
    writes(night, "start", text_id="TXT-start")
    assert stopped(night) == [("sms", True)]


def test_stop_again_and_again_is_one_stop_and_one_line(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    for _ in range(3):
        writes(night, "stop")
    assert len(stopped(night)) == 1
    assert night.log().count("guest_stopped") == 1


@pytest.mark.parametrize(
    ("body", "sender", "fate"),
    [
        ("please stop writing", ANSWERS, "no_incident"),
        ("", ANSWERS, "no_words"),
        ("stop", "Vendor", "no_number"),
        ("stop", "", "no_number"),
    ],
)
def test_what_belongs_to_no_incident_is_counted_with_the_reason(ladder_home, body, sender, fate):
    night = ladder_home()
    writes(night, body, sender)
    assert stopped(night) == []
    with night.sessions.read() as session:
        (row,) = session.scalars(select(InboundText)).all()
        assert row.fate == fate
        assert {"body", "number", "sender"}.isdisjoint(vars(row))
        assert session.scalars(select(GuestReply)).all() == []


def test_that_a_text_came_is_forgotten_after_a_month(ladder_home):
    night = ladder_home()
    writes(night, "stop")
    now = night.clock.now()
    assert forget_expired(night.sessions, Retention(), now)["inbound_texts"] == 0
    night.clock.advance(days=31)
    later = night.clock.now()
    assert forget_expired(night.sessions, Retention(), later)["inbound_texts"] == 1
    assert len(stopped(night)) == 1
