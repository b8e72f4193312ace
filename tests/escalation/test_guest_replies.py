"""What a guest writes in a sentence: kept for people, never heeded by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.accounts.guest_data import guest_erase, guest_export
from callassist.accounts.retention import Retention, forget_expired
from callassist.domain.guest_reply import ReadBy, for_the_desk, kept_words
from callassist.errors import NotFound
from callassist.escalation.replies import find_reply, mark_read, stop_by_reply
from callassist.models import GuestReply, Incident, Stay, StopEntry
from tests.escalation.laddering import entries, loud
from tests.escalation.scene import ANSWERS
from tests.escalation.test_inbound_texts import stopped, writes


@pytest.fixture
def loud_night(ladder_home):
    night = ladder_home()
    night.noise_begins()
    loud(night, 11)
    return night


def written(night):
    with night.sessions.read() as session:
        rows = session.scalars(select(GuestReply).order_by(GuestReply.id))
        return [(night.ctx.vault.open(row.words), row.fate) for row in rows if row.words]


def reply_id(night):
    with night.sessions.read() as session:
        return session.scalars(select(GuestReply.id)).one()


def test_a_sentence_stands_with_the_incident_and_changes_nothing(loud_night):
    night = loud_night
    writes(night, "Sorry, please stop texting us, we go to bed")
    assert written(night) == [("Sorry, please stop texting us, we go to bed", "shown")]
    assert stopped(night) == []
    assert night.incident.state == "watching"
    assert night.log().count("guest_wrote") == 1


def test_the_log_has_no_word_of_it(loud_night):
    night = loud_night
    writes(night, "Kanarie")
    assert all("Kanarie" not in str(entry.data) for entry in entries(night))


def test_a_text_told_twice_is_shown_once(loud_night):
    night = loud_night
    for _ in range(2):
        writes(night, "we are sorry", text_id="TXT-sorry")
    assert written(night) == [("we are sorry", "shown")]
    assert night.log().count("guest_wrote") == 1


def test_a_person_records_the_stop_and_twice_is_once(loud_night):
    night = loud_night
    writes(night, "pas de sms svp")
    for _ in range(2):
        with night.sessions.write() as session:
            stop_by_reply(session, reply_id(night), ReadBy.HOST, night.clock.now())
    with night.sessions.read() as session:
        assert [one.source for one in session.scalars(select(StopEntry))] == ["reply"]
        row = session.scalars(select(GuestReply)).one()
        assert (row.read_by, row.read_at) == ("host", night.clock.now())
    assert night.log().count("guest_stopped") == 1
    assert night.log().count("reply_read") == 1


def test_who_read_it_first_stays(loud_night):
    night = loud_night
    writes(night, "ok")
    for by in (ReadBy.SUPERVISOR, ReadBy.HOST):
        with night.sessions.write() as session:
            mark_read(session, reply_id(night), by, night.clock.now())
    with night.sessions.read() as session:
        assert session.scalars(select(GuestReply.read_by)).one() == "supervisor"


def test_nobody_finds_a_reply_of_another_incident(loud_night):
    night = loud_night
    writes(night, "ok")
    with night.sessions.read() as session:
        public_id = session.scalars(select(GuestReply.public_id)).one()
        with pytest.raises(NotFound):
            find_reply(session, [night.incident.id + 1], public_id)


@pytest.mark.parametrize(("hours", "fates"), [(5, ["shown"]), (7, [])])
def test_a_late_word_belongs_to_the_last_incident_for_some_hours(loud_night, hours, fates):
    night = loud_night
    with night.sessions.write() as session:
        incident = session.get_one(Incident, night.incident.id)
        incident.state, incident.closed_at = "closed", night.clock.now()
        incident.resolution = "went_quiet"
    night.clock.advance(hours=hours)
    writes(night, "we are asleep now")
    assert [fate for _, fate in written(night)] == fates


def test_stop_of_one_word_is_heeded_and_handed_out(loud_night):
    night = loud_night
    writes(night, "STOP")
    writes(night, "who is this?")
    with night.sessions.read() as session:
        stay = session.scalars(select(Stay).where(Stay.id == night.incident.stay_id)).one()
        data = guest_export(session, night.ctx.vault, stay.public_id)
    (incident,) = data["incidents"]
    assert [(one["words"], one["understood_as"]) for one in incident["texts_from_the_guest"]] == [
        ("STOP", "stopped"),
        ("who is this?", "shown"),
    ]
    assert [one["step"] for one in incident["texts_to_the_guest"]] == [1]
    assert [one["asked_by"] for one in data["stops"]] == ["sms"]


def test_erasing_the_guest_takes_the_words_and_keeps_the_stop(loud_night):
    night = loud_night
    writes(night, "STOP")
    writes(night, "who is this?")
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay).where(Stay.id == night.incident.stay_id)).one()
        guest_erase(session, stay.public_id, now=night.clock.now())
    assert written(night) == []
    assert stopped(night) == [("sms", True)]


def test_the_words_are_forgotten_a_month_after_the_guest_left(loud_night):
    night = loud_night
    writes(night, "ok")
    with night.sessions.read() as session:
        out = session.scalars(
            select(Stay.check_out_at).where(Stay.id == night.incident.stay_id)
        ).one()
    night.clock.advance(seconds=(out - night.clock.now()).total_seconds())
    for days, gone in ((29, 0), (2, 1)):
        night.clock.advance(days=days)
        now = night.clock.now()
        assert forget_expired(night.sessions, Retention(), now)["guest_words"] == gone


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("call +33 6 39 98 12 34 please", "call ••• please"),
        ("mail ann@example.com, room 12", "mail •••, room 12"),
        ("quiet at 23:15, 2 of us", "quiet at 23:15, 2 of us"),
    ],
)
def test_the_desk_sees_no_number_and_no_address(words, shown):
    assert for_the_desk(words) == shown


def test_words_are_kept_as_text_that_a_screen_can_show():
    assert kept_words(" a\x00b\u202e \n c ") == "ab \n c"
    assert len(kept_words("x" * 5000)) == 1600
    assert ANSWERS not in for_the_desk(ANSWERS)
