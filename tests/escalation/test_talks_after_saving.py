"""Somebody phones back, and before the operator picks up the task is over: the talk is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.escalation import desk_rings, ending, incoming_talk, presence
from callassist.escalation.browser_lines import Line
from callassist.escalation.incoming import phone_rings
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import IncomingCall, Property
from callassist.ports.telephony import AskKey, BridgeRequest, Connect
from tests.escalation.night import NO_ANSWER

LINE = Line(name="page-one", network="simulated")


@pytest.fixture
def home(night):
    """Ann rang the guest, nobody picked up, and now the guest rings at her browser."""
    return called(night, attempts=1)


def called(night, attempts):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    home.noise_for_30_minutes()
    for _ in range(attempts - 1):
        home.work("no_answer")
        home.pass_time(minutes=5)
    home.accept()
    home.dial()
    home.call_ends()
    assert isinstance(phones(home), Connect)
    return home


def phones(home, call_id="IN1"):
    with home.sessions.write() as session:
        now = home.clock.now()
        presence.beat(session, home.ctx, home.operator_ids["Ann"], now, line=LINE)
        request = BridgeRequest(call_id=call_id, caller=NO_ANSWER)
        return phone_rings(session, home.ctx, "simulated", request, now)


def leg(home, sequence, status, outcome=None, seconds=None):
    event = LegEvent(
        call_id="LEG1",
        sequence=sequence,
        status=status,
        at=home.clock.now(),
        outcome=outcome,
        talk_seconds=seconds,
    )
    with home.sessions.write() as session:
        row_id = session.scalars(select(IncomingCall.id).order_by(IncomingCall.id.desc())).first()
        incoming_talk.record(session, home.ctx, row_id, [event], home.clock.now())


def talks(home, word):
    """She answers, they talk for a minute, and she says how it went."""
    leg(home, 1, LegStatus.ANSWERED)
    talk = home.attempts()[-1]
    assert (talk.mode, talk.state) == ("phoned_back", "talking")
    assert home.presence("Ann") == "on_a_call"
    home.clock.advance(seconds=60)
    leg(home, 2, LegStatus.ENDED, AttemptOutcome.ANSWERED, 60)
    if word is not None:
        home.save(word)
    return home.attempts()[-1]


@pytest.mark.parametrize("is_saved", [False, True])
def test_a_result_saved_while_it_rings_leads_to_the_talk_in_the_next_task(home, is_saved):
    if is_saved:
        home.save("no_answer")
        home.run()
    talk = talks(home, "guest_agreed")
    assert (talk.outcome, talk.counted, talk.disposition) == ("answered", False, "guest_agreed")
    assert home.incident.state == "following_up"
    assert [one.counted for one in home.attempts()] == [True, False]
    assert [one for one in home.tasks() if one.completed_at is None] == []


def test_after_the_third_attempt_the_guest_is_spoken_to_and_the_host_is_not_phoned(night):
    home = called(night, attempts=3)
    home.save("no_answer")
    home.run()
    assert home.incident.state == "calling_host"
    talks(home, "guest_agreed")
    assert home.incident.state == "following_up"
    assert [(one.party, one.state) for one in home.tasks()[-2:]] == [
        ("host", "cancelled"),
        ("guest", "completed"),
    ]


def test_the_offer_that_came_meanwhile_goes_back_and_is_no_miss(home):
    other = home.add_home(("+12025550104",), home.account_id)
    with home.sessions.write() as session:
        place = session.get_one(Property, other)
        open_by_hand(session, home.ctx, place, OpenedBy.HOST, now=home.clock.now())
    home.save("no_answer")
    home.run()
    assert home.presence("Ann") == "offered"
    leg(home, 1, LegStatus.ANSWERED)
    back = home.tasks()[1]
    assert (back.state, back.operator_id) == ("pending", None)
    assert home.presence("Ann") == "on_a_call"


def test_a_talk_after_the_host_took_over_is_written_down_and_frees_the_operator(home):
    with home.sessions.write() as session:
        ending.take_over(session, home.incident.id, "host", now=home.clock.now())
    home.save("no_answer")
    home.run()
    assert home.incident.state == "closed"
    talk = talks(home, None)
    assert (talk.outcome, talk.counted, talk.talk_seconds) == ("answered", False, 60)
    assert home.presence("Ann") == "available"


def test_a_ring_whose_end_was_lost_does_not_keep_the_operator_for_ever(home):
    ann = home.operator_ids["Ann"]
    with home.sessions.read() as session:
        assert desk_rings.ring_at_browser(session, home.ctx, ann, home.clock.now()) is not None
    home.clock.advance(seconds=30)
    with home.sessions.read() as session:
        assert desk_rings.ring_at_browser(session, home.ctx, ann, home.clock.now()) is None
    assert isinstance(phones(home, "IN2"), AskKey)
    home.clock.advance(seconds=90)
    assert isinstance(phones(home, "IN3"), Connect)
