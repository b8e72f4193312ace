"""A practice alert: the whole escalation on fake numbers, told marked, nobody real dialled."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.dial import DialMode
from callassist.errors import Conflict
from callassist.escalation import opening
from callassist.escalation.fake_numbers import GUEST_NUMBERS, HOST_NUMBER
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.practice import begin_practice
from callassist.models import CallAttempt, CallRate, HostContact, OutboxEntry, Property, StayNumber
from callassist.ports.telephony import Capabilities


class RealNetwork:
    """A network that really rings people: no rehearsal may touch it."""

    name = "real"

    def capabilities(self) -> Capabilities:
        return Capabilities(
            modes=(DialMode.SERVER,), simulated=False, callbacks=True, find_calls=True
        )

    def __getattr__(self, verb: str) -> object:
        raise AssertionError(f"the real network was asked to {verb}")


def begin(home):
    with home.sessions.write() as session:
        place = session.get_one(Property, home.property_id)
        incident = begin_practice(session, home.ctx, place, now=home.clock.now())
    home.run()
    return incident.id


def rehearsal(home):
    return next(each for each in home.incidents() if each.practice)


def dialled(home):
    with home.sessions.read() as session:
        rows = session.scalars(select(CallAttempt).order_by(CallAttempt.id))
        return [home.vault.open(row.number) for row in rows]


def test_with_nobody_at_the_desk_the_robot_walks_the_whole_way_in_about_two_minutes(night):
    home = night()
    begin(home)
    home.pass_time(minutes=2, seconds=30)
    done = rehearsal(home)
    assert (done.state, done.resolution) == ("closed", "host_reached")
    lasted = (done.closed_at - done.opened_at).total_seconds()
    assert 60 <= lasted <= 150
    assert [each.party for each in home.attempts()] == ["guest", "guest", "guest", "host"]
    assert [each.outcome for each in home.attempts()][:3] == [
        "no_answer",
        "declined",
        "unreachable",
    ]
    assert home.told() == ["call_requested", "guest_not_reached"]
    assert home.reports() == ["calling_ended", "closed"]


def test_with_a_real_network_only_fake_numbers_on_the_simulated_one_are_dialled(night):
    home = night(telephony=RealNetwork())
    begin(home)
    home.pass_time(minutes=3)
    assert rehearsal(home).state == "closed"
    assert dialled(home) == [*GUEST_NUMBERS, HOST_NUMBER]
    assert {each.provider for each in home.attempts()} == {"simulated"}


def test_where_operators_dial_by_hand_the_rehearsal_dials_by_itself(night):
    home = night(manual=True)
    home.available()
    begin(home)
    home.pass_time(seconds=10)
    home.accept()
    assert home.dial().answer == "dialling"
    assert home.call_ends().outcome == "no_answer"
    home.save("no_answer")
    assert home.attempts()[0].operator_id == home.operator_ids["Ann"]


def test_every_message_of_a_rehearsal_is_marked_and_the_desk_is_not_paged(night):
    home = night(operators={"Ann": ("de",)})
    begin(home)
    home.pass_time(minutes=3)
    with home.sessions.read() as session:
        rows = session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "notify")).all()
        marked = [row.payload["facts"]["practice"] for row in rows]
    assert marked == [True] * len(marked)
    assert not [each for each in home.told() if each.startswith("supervisor_page")]


def test_what_an_operator_says_in_a_rehearsal_flags_and_stops_nobody(night):
    home = night()
    home.available()
    begin(home)
    home.pass_time(seconds=10)
    home.accept()
    home.dial()
    home.call_ends()
    home.save("no_answer")
    home.pass_time(seconds=10)
    home.work("declined")
    home.pass_time(seconds=10)
    home.work("unreachable")
    home.work("host_reached")
    with home.sessions.read() as session:
        numbers = [*session.scalars(select(StayNumber)), *session.scalars(select(HostContact))]
        assert all(each.flagged_at is None for each in numbers)
    assert (rehearsal(home).stay_id, home.stay(1).do_not_call_at) == (None, None)


def test_real_noise_during_a_rehearsal_opens_an_incident_of_its_own_and_calls(night):
    home = night()
    home.noise_begins()
    home.pass_time(minutes=29)
    begin(home)
    home.pass_time(minutes=1)
    home.noise_persists()
    real = next(each for each in home.incidents() if not each.practice)
    assert real.state == "calling_guest"
    assert home.told().count("call_requested") == 2
    home.pass_time(minutes=3)
    assert rehearsal(home).state == "closed"
    assert next(each for each in home.incidents() if not each.practice).closed_at is None


def test_a_real_call_is_offered_before_a_rehearsal(night):
    home = night()
    begin(home)
    home.pass_time(seconds=9)
    home.noise_begins()
    with home.sessions.write() as session:
        place = session.get_one(Property, home.property_id)
        opening.open_by_hand(session, home.ctx, place, OpenedBy.HOST, now=home.clock.now())
    home.available()
    tasks = {each.id: each for each in home.tasks()}
    offered = tasks[home.task_of("Ann")]
    assert offered.incident_id != rehearsal(home).id


def test_a_second_rehearsal_waits_for_the_first(night):
    home = night()
    begin(home)
    with pytest.raises(Conflict, match="running already"):
        begin(home)


def test_a_rehearsal_leaves_no_trace_for_the_next_real_noise(night):
    home = night()
    home.available()
    begin(home)
    home.choose("Ann", "offline")
    home.pass_time(minutes=3)
    home.available()
    home.noise_for_30_minutes()
    real = home.incident
    assert (real.practice, real.state, real.repeat_of_id) == (False, "calling_guest", None)


def test_the_auditor_finds_nothing_wrong_with_a_rehearsal(night):
    home = night()
    begin(home)
    findings = []
    for _ in range(30):
        home.pass_time(seconds=5)
        findings += home.findings()
    assert findings == []


def test_a_rehearsal_takes_no_turn_at_the_network(night):
    home = night()
    begin(home)
    home.pass_time(minutes=2, seconds=30)
    assert home.attempts()
    with home.sessions.read() as session:
        assert session.scalars(select(CallRate)).all() == []
