"""One text leaves, exactly once, whatever is lost; what became of it is told once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.errors import NotFound
from callassist.escalation import texts
from callassist.models import (
    StopEntry,
)
from callassist.ports.texting import RefusedText, TextRefusal, TextStatus
from callassist.telephony.simulated import Faults
from tests.escalation.laddering import (
    UNREACHABLE,
    entries,
    loud,
    report,
    rows,
    stopped,
    until_loud,
    warned,
)
from tests.escalation.scene import ANSWERS


@pytest.mark.parametrize(
    ("number", "status"), [(ANSWERS, "delivered"), (UNREACHABLE, "undelivered")]
)
def test_what_became_of_a_text_is_told_once_and_is_final(ladder_home, number, status):
    night = ladder_home(number=number)
    night.noise_begins()
    loud(night, 11)
    (text,) = rows(night)
    assert text.state == status
    for late in TextStatus:
        report(night, text, late)
    assert [e.data["status"] for e in entries(night) if e.action == "text_reported"] == [status]
    assert rows(night)[0].state == status


def test_an_unknown_token_or_another_texts_id_changes_nothing(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    (text,) = rows(night)
    with pytest.raises(NotFound):
        report(night, text, text_id="TXT-of-another")
    text.token = "guessed"
    with pytest.raises(NotFound):
        report(night, text)
    assert [one.state for one in rows(night)] == ["delivered"]
    assert night.log().count("text_reported") == 1


def test_a_lost_answer_is_in_doubt_and_never_sent_again(ladder_home):
    night = ladder_home()
    night.network.faults = Faults(lose_reply=1)
    until_loud(night, 15)
    assert len(night.network.texting.sent()) == 1
    assert warned(night) == [(1, "unknown", "in_doubt")]
    assert [one.state for one in rows(night)] == ["delivered"]  # its report settled it


def test_too_many_at_once_is_sent_again_until_it_is_too_late(ladder_home):
    night = ladder_home()
    night.network.faults = Faults(rate_limit=1)
    until_loud(night, 11)
    assert night.network.texting.sent() == []
    night.network.faults = Faults()
    loud(night, 3)
    assert len(night.network.texting.sent()) == 1
    assert warned(night) == [(1, True, "allowed")]


class Killed(BaseException):
    """The process is gone."""


def test_a_crash_between_sending_and_writing_it_down_sends_nothing_twice(ladder_home, monkeypatch):
    night = ladder_home()

    def killed(session, ctx, text, now):
        raise Killed

    with monkeypatch.context() as at_once:
        at_once.setattr(texts, "_note_accepted", killed)
        with pytest.raises(Killed):
            until_loud(night, 11)
    assert len(night.network.texting.sent()) == 1
    night.restart(seconds=1)
    loud(night, 2)
    assert len(night.network.texting.sent()) == 1
    assert warned(night) == [(1, "unknown", "in_doubt")]
    assert [one.state for one in rows(night)] == ["delivered"]


def test_a_report_that_comes_before_the_answer_is_not_lost(ladder_home, monkeypatch):
    night = ladder_home()
    send = night.network.texting.send

    def reported_first(request):
        sent = send(request)
        report(night, rows(night)[0], text_id=sent.text_id)
        return sent

    monkeypatch.setattr(night.network.texting, "send", reported_first)
    until_loud(night, 11)
    (text,) = rows(night)
    assert text.state == "delivered"
    assert text.provider_text_id is not None
    assert warned(night) == [(1, True, "allowed")]


def test_a_guest_who_told_the_network_to_stop_is_stopped_everywhere(ladder_home, monkeypatch):
    night = ladder_home()

    def refuses(request):
        raise RefusedText("said stop", TextRefusal.STOPPED)

    monkeypatch.setattr(night.network.texting, "send", refuses)
    until_loud(night, 21)
    assert warned(night) == [(1, False, "stopped"), (2, False, "stopped")]
    with night.sessions.read() as session:
        assert [one.source for one in session.scalars(select(StopEntry))] == ["sms"]


def test_a_stop_between_decision_and_sending_is_heeded(ladder_home):
    night = ladder_home()
    night.network.faults = Faults(rate_limit=1)
    until_loud(night, 11)
    with night.sessions.write() as session:
        stopped(session, night)
    night.network.faults = Faults()
    loud(night, 3)
    assert night.network.texting.sent() == []
    assert warned(night) == [(1, False, "stopped")]
