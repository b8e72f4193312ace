"""Who phones back rings at the operator's browser: only while it is there, and once for a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.domain.dial import DialMode, LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import Conflict, InvalidInput
from callassist.escalation import desk_rings, incoming_talk, presence
from callassist.escalation.browser_lines import Line, line_is_gone, line_named
from callassist.escalation.incoming import phone_rings
from callassist.models import IncomingCall, Operator
from callassist.ports.telephony import AskKey, BridgeRequest, Connect
from tests.escalation.night import NO_ANSWER
from tests.escalation.two_legs import TwoLegNetwork

OWN_PHONE = "+447700900123"
NETWORK = "two_legs"
LINE, NEXT_LINE = Line(name="page-one", network=NETWORK), Line(name="page-two", network=NETWORK)


@pytest.fixture
def home(night, clock):
    """Ann, who calls from her browser, has taken the call about the guest and not dialled yet."""
    made = night(telephony=TwoLegNetwork(clock), guest_numbers=(NO_ANSWER,))
    set_up(made, dial_mode=str(DialMode.SOFTPHONE))
    made.available()
    made.noise_for_30_minutes()
    made.accept()
    return made


def set_up(home, **values):
    with home.sessions.write() as session:
        operator = session.get_one(Operator, home.operator_ids["Ann"])
        for name, value in values.items():
            setattr(operator, name, value)


def is_there(home, line=LINE):
    with home.sessions.write() as session:
        ann = home.operator_ids["Ann"]
        presence.beat(session, home.ctx, ann, home.clock.now(), line=line)


def guest_phones(home, call_id="IN1"):
    request = BridgeRequest(call_id=call_id, caller=NO_ANSWER)
    with home.sessions.write() as session:
        return phone_rings(session, home.ctx, NETWORK, request, home.clock.now())


def ring(home):
    with home.sessions.read() as session:
        return session.scalars(select(IncomingCall).order_by(IncomingCall.id.desc())).first()


def leg_ends(home, outcome):
    """The network says how the browser's leg ended and asks what comes next."""
    event = LegEvent(
        call_id="BROWSER1", sequence=9, status=LegStatus.ENDED, at=home.clock.now(), outcome=outcome
    )
    with home.sessions.write() as session:
        row = session.scalars(select(IncomingCall)).one()
        request = BridgeRequest(call_id=row.provider_call_id, called=event)
        return incoming_talk.operator_leg_over(session, home.ctx, row.id, request, home.clock.now())


def test_a_browser_that_is_there_is_rung_by_its_identity_and_asked_for_no_key(home):
    is_there(home)
    step = guest_phones(home)
    assert isinstance(step, Connect)
    assert (step.to, step.ask_url, step.picks_up) == ("", None, False)
    assert step.identity.startswith("operator_")
    assert step.ring_timeout_seconds == 20


@pytest.mark.parametrize("phone", [True, False])
@pytest.mark.parametrize("why", ["never", "silent", "left", "elsewhere"])
def test_a_browser_that_is_not_there_is_not_rung(home, why, phone):
    if phone:
        set_up(home, phone=home.vault.seal(OWN_PHONE))
    if why == "elsewhere":
        is_there(home, Line(name="page-one", network="own:other"))
    elif why != "never":
        is_there(home)
    if why == "silent":
        home.clock.advance(seconds=61)
    if why == "left":
        with home.sessions.write() as session:
            line_is_gone(session, home.operator_ids["Ann"], LINE.name)
    step = guest_phones(home)
    if phone:
        assert isinstance(step, Connect)
        assert (step.to, step.identity, step.ask_url is not None) == (OWN_PHONE, "", True)
    else:
        assert isinstance(step, AskKey)


def test_the_page_that_is_left_does_not_take_the_line_of_the_next_one_along(home):
    is_there(home)
    is_there(home, NEXT_LINE)
    with home.sessions.write() as session:
        line_is_gone(session, home.operator_ids["Ann"], LINE.name)
    guest_phones(home)
    assert ring(home).line == NEXT_LINE.name


def test_who_answers_talks_and_none_of_the_attempts_is_used_up(home):
    is_there(home)
    guest_phones(home)
    event = LegEvent(call_id="BROWSER1", sequence=2, status=LegStatus.ANSWERED, at=home.clock.now())
    with home.sessions.write() as session:
        incoming_talk.record(session, home.ctx, ring(home).id, [event], home.clock.now())
    assert ring(home).state == "talking"
    (attempt,) = home.attempts()
    assert (attempt.mode, attempt.state) == ("phoned_back", "talking")
    home.clock.advance(seconds=60)
    leg_ends(home, AttemptOutcome.ANSWERED)
    home.save("guest_agreed")
    assert [one.counted for one in home.attempts()] == [False]


@pytest.mark.parametrize("outcome", [AttemptOutcome.DECLINED, AttemptOutcome.BUSY])
def test_who_declines_at_the_line_sends_the_caller_to_the_menu(home, outcome):
    is_there(home)
    guest_phones(home)
    is_there(home, NEXT_LINE)
    assert isinstance(leg_ends(home, outcome), AskKey)


def test_who_declines_at_the_desk_does_so_once(home):
    is_there(home)
    guest_phones(home)
    ann, now = home.operator_ids["Ann"], home.clock.now()
    with home.sessions.write() as session:
        desk_rings.decline_ring(session, home.ctx, ann, ring(home).public_id, now)
    assert ring(home).state == "menu"
    with home.sessions.write() as session, pytest.raises(Conflict):
        desk_rings.decline_ring(session, home.ctx, ann, ring(home).public_id, now)
    assert isinstance(leg_ends(home, AttemptOutcome.NO_ANSWER), AskKey)


@pytest.mark.parametrize(
    ("after", "rings"), [(timedelta(seconds=4), True), (timedelta(seconds=20), False)]
)
def test_a_page_that_was_left_while_it_rang_is_rung_again_where_it_went(home, after, rings):
    is_there(home)
    first = guest_phones(home)
    home.clock.advance(seconds=after.total_seconds())
    is_there(home, NEXT_LINE)
    step = leg_ends(home, AttemptOutcome.NO_ANSWER)
    assert isinstance(step, Connect) is rings
    if rings:
        assert step == first
        assert isinstance(leg_ends(home, AttemptOutcome.NO_ANSWER), AskKey)


@pytest.mark.parametrize("name", ["short", "x" * 65, "<script>", "a b c d e"])
def test_what_is_no_name_of_a_line_is_refused(name):
    with pytest.raises(InvalidInput):
        line_named(name, NETWORK)
