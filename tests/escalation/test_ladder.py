"""The ladder: a text at ten and twenty minutes where everything allows it, else the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist import stays
from callassist.models import (
    Breach,
    Property,
    Stay,
)
from callassist.storage.facts import mark_restored
from tests.escalation.laddering import (
    NEVER,
    agreed,
    loud,
    stopped,
    warned,
)
from tests.escalation.night import INVALID


def test_the_guest_gets_a_text_at_ten_and_at_twenty_minutes(ladder_home):
    night = ladder_home(guest_language="de")
    night.noise_begins()
    loud(night, 29)
    first, second = night.network.texting.sent()
    assert (second.sent_at - first.sent_at) == timedelta(minutes=10)
    assert "gerade zu laut" in first.body
    assert "noch immer zu laut" in second.body
    assert "/g/" in first.body
    assert "STOP" in first.body
    assert warned(night) == [(1, True, "allowed"), (2, True, "allowed")]


def test_the_link_in_the_text_opens_the_guests_page(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    (sent,) = night.network.texting.sent()
    token = sent.body.partition("/g/")[2].split()[0]
    with night.sessions.read() as session:
        stay = stays.stay_of_link(session, token, night.clock.now())
        assert stay is not None


def test_a_ladder_that_was_not_turned_on_sends_and_says_nothing(night):
    made = night()
    agreed(made)
    made.noise_begins()
    loud(made, 29)
    assert made.network.texting.sent() == []
    assert "guest_warned" not in made.log()


def not_to_be_phoned(session, night):
    session.scalars(select(Stay)).one().do_not_call_at = night.clock.now()


def flagged(session, night):
    session.scalars(select(Stay)).one().numbers[0].flagged_at = night.clock.now()


def cancelled(session, night):
    session.scalars(select(Stay)).one().cancelled_at = night.clock.now()


def shadowed(session, night):
    session.get_one(Property, night.property_id).shadow_since = night.clock.now()


def restored(session, night):
    mark_restored(session, now=night.clock.now())


def frozen(session, night):
    session.scalars(select(Breach)).one().frozen_since = night.clock.now()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (stopped, "stopped"),
        (not_to_be_phoned, "do_not_call"),
        (flagged, "no_number"),
        (cancelled, "no_number"),
        (shadowed, "shadow"),
        (restored, "restored"),
    ],
)
def test_what_forbids_a_text_is_in_the_log_word_for_word(ladder_home, change, reason):
    night = ladder_home()
    with night.sessions.write() as session:
        change(session, night)
    night.noise_begins()
    loud(night, 11)
    assert night.network.texting.sent() == []
    assert warned(night) == [(1, False, reason)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"consent": False}, "no_consent"),
        ({"hours": NEVER}, "outside_hours"),
        ({"number": INVALID}, "invalid_number"),
        ({"manual": True}, "not_configured"),
    ],
)
def test_without_consent_hours_number_or_network_there_is_no_text(ladder_home, given, reason):
    night = ladder_home(**given)
    night.noise_begins()
    loud(night, 11)
    assert night.network.texting.sent() == []
    assert warned(night) == [(1, False, reason)]


def test_a_breach_that_is_frozen_or_was_calm_lately_gets_no_text(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    night.pass_time(minutes=8)
    with night.sessions.write() as session:
        frozen(session, night)
    night.pass_time(minutes=2)
    assert warned(night) == [(1, True, "allowed"), (2, False, "unheard")]


def test_nothing_loud_for_longer_than_calm_after_is_no_reason_to_write(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    night.pass_time(minutes=10)
    assert warned(night)[1] == (2, False, "not_loud")


def test_a_step_that_the_service_slept_through_is_not_made_up_for(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    night.restart(minutes=17)
    with night.sessions.write() as session:
        session.get_one(Breach, night.breach_id).last_loud_at = night.clock.now()
    assert len(night.network.texting.sent()) == 1
    assert warned(night)[1][:2] == (2, False)


def test_noise_that_ended_leaves_the_second_step_out(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    night.noise_ends()
    night.pass_time(minutes=15)
    assert warned(night) == [(1, True, "allowed")]
    assert night.findings() == []


def test_a_person_who_phones_already_ends_the_ladder(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    night.noise_persists()
    loud(night, 12)
    assert len(night.network.texting.sent()) == 1
