"""Twilio's reports as events of ours: the mapping, and what makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.domain.dial import DialState, Leg, LegEvent, LegStatus, reduce_all
from callassist.domain.results import AttemptOutcome
from callassist.errors import InvalidInput
from callassist.telephony.twilio.events import after_dial, event_of, looked_up
from callassist.telephony.twilio.outcomes import STATUSES, outcome_of
from tests.telephony.twilio.wire import CALL, CHILD, START

AT = "Sat, 02 May 2026 01:00:30 +0200"
LIMIT = timedelta(seconds=5)


def report(status: str = "", **fields: str) -> LegEvent:
    """What one callback of the called leg says."""
    form = {"CallSid": CHILD, "ParentCallSid": CALL, "Timestamp": AT} | fields
    event = event_of(form | ({"CallStatus": status} if status else {}), START)
    assert event is not None
    return event


def test_a_report_says_when_in_which_order_and_whose_leg_it_is():
    event = report("ringing", SequenceNumber="1")
    assert event == LegEvent(
        call_id=CHILD,
        sequence=1,
        status=LegStatus.RINGING,
        at=START + timedelta(seconds=30),
        leg=Leg.CALLED,
    )


def test_a_leg_without_a_parent_is_the_operators():
    form = {"CallSid": CALL, "CallStatus": "ringing", "SequenceNumber": "0"}
    for direction in ("outbound-api", "inbound", ""):
        event = event_of(form | {"Direction": direction}, START)
        assert event is not None
        assert event.leg is Leg.OPERATOR
    child = event_of(form | {"Direction": "outbound-dial"}, START)
    assert child is not None
    assert child.leg is Leg.CALLED


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("queued", LegStatus.QUEUED),
        ("initiated", LegStatus.QUEUED),
        ("ringing", LegStatus.RINGING),
        ("in-progress", LegStatus.ANSWERED),
        ("answered", LegStatus.ANSWERED),
        ("completed", LegStatus.ENDED),
        ("busy", LegStatus.ENDED),
        ("failed", LegStatus.ENDED),
        ("no-answer", LegStatus.ENDED),
        ("canceled", LegStatus.ENDED),
    ],
)
def test_each_status_has_one_of_our_words(status: str, ours: LegStatus):
    assert report(status, SequenceNumber="3").status is ours


@pytest.mark.parametrize(
    ("status", "sip", "outcome"),
    [
        ("completed", "200", AttemptOutcome.ANSWERED),
        ("busy", "486", AttemptOutcome.BUSY),
        ("busy", "", AttemptOutcome.BUSY),
        ("busy", "603", AttemptOutcome.DECLINED),
        ("no-answer", "487", AttemptOutcome.NO_ANSWER),
        ("no-answer", "", AttemptOutcome.NO_ANSWER),
        ("no-answer", "603", AttemptOutcome.DECLINED),
        ("no-answer", "480", AttemptOutcome.UNREACHABLE),
        ("no-answer", "408", AttemptOutcome.UNREACHABLE),
        ("no-answer", "503", AttemptOutcome.UNREACHABLE),
        ("failed", "404", AttemptOutcome.INVALID_NUMBER),
        ("failed", "410", AttemptOutcome.INVALID_NUMBER),
        ("failed", "484", AttemptOutcome.INVALID_NUMBER),
        ("failed", "604", AttemptOutcome.INVALID_NUMBER),
        ("failed", "480", AttemptOutcome.UNREACHABLE),
        ("failed", "500", AttemptOutcome.UNREACHABLE),
        ("failed", "603", AttemptOutcome.DECLINED),
        ("failed", "607", AttemptOutcome.DECLINED),
        ("failed", "486", AttemptOutcome.BUSY),
        ("failed", "", AttemptOutcome.UNREACHABLE),
        ("failed", "junk", AttemptOutcome.UNREACHABLE),
        ("canceled", "487", AttemptOutcome.CANCELLED),
    ],
)
def test_the_end_of_a_leg_by_status_and_sip_code(status: str, sip: str, outcome: AttemptOutcome):
    event = report(status, SequenceNumber="2", SipResponseCode=sip, CallDuration="9")
    assert event.outcome is outcome
    assert event.talk_seconds == (9 if status == "completed" else None)


@pytest.mark.parametrize("code", ["10004", "13214", "13225", "13227", "20429", "21215", "21216"])
def test_our_own_faults_are_no_attempt_at_the_guest(code: str):
    event = report("failed", ErrorCode=code, SipResponseCode="404")
    assert (event.outcome, event.error) == (
        AttemptOutcome.PROVIDER_ERROR,
        f"SIP 404, error {code}",
    )


def test_a_number_that_twilio_itself_finds_wrong_is_invalid():
    assert report("failed", ErrorCode="13224").outcome is AttemptOutcome.INVALID_NUMBER


@pytest.mark.parametrize(
    "heard",
    ["machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax"],
)
def test_a_mailbox_is_told_while_it_talks_and_at_the_end(heard: str):
    event = event_of({"CallSid": CHILD, "AnsweredBy": heard}, START)
    assert event is not None
    assert (event.leg, event.at) == (Leg.CALLED, START)
    assert (event.status, event.outcome) == (LegStatus.ANSWERED, AttemptOutcome.VOICEMAIL)
    assert report("completed", AnsweredBy=heard).outcome is AttemptOutcome.VOICEMAIL
    assert report("in-progress", AnsweredBy=heard).outcome is AttemptOutcome.VOICEMAIL


def test_a_mailbox_that_was_heard_is_the_outcome_although_the_end_does_not_repeat_it():
    heard = event_of({"CallSid": CHILD, "AnsweredBy": "machine_start"}, START)
    over = after_dial({"CallSid": CALL, "DialCallSid": CHILD, "DialCallStatus": "completed"}, START)
    assert heard is not None
    assert over is not None
    for events in ([heard, over], [over, heard]):
        assert reduce_all(events, hung_up_under=LIMIT).outcome is AttemptOutcome.VOICEMAIL


@pytest.mark.parametrize("heard", ["human", "unknown", ""])
def test_a_person_who_was_heard_is_no_news(heard: str):
    assert event_of({"CallSid": CHILD, "AnsweredBy": heard}, START) is None
    assert report("completed", AnsweredBy=heard).outcome is AttemptOutcome.ANSWERED


def test_talk_is_counted_in_seconds_and_never_in_minutes_begun():
    ended = report("completed", CallDuration="3", Duration="1", SequenceNumber="3")
    assert ended.talk_seconds == 3
    assert reduce_all([ended], hung_up_under=LIMIT).outcome is AttemptOutcome.HUNG_UP
    assert report("completed", Duration="1").talk_seconds is None


@pytest.mark.parametrize("timestamp", ["", "yesterday", "Fri, 99 May 2026 23:00:00 +0000"])
def test_a_report_without_a_time_that_we_can_read_is_of_now(timestamp: str):
    assert report("ringing", Timestamp=timestamp).at == START


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"CallStatus": "exploded"}, "CallStatus"),
        ({"CallStatus": ""}, "CallStatus"),
        ({}, "CallStatus"),
        ({"CallStatus": "ringing", "CallSid": ""}, "CallSid"),
        ({"CallStatus": "ringing", "CallSid": "CA/../x"}, "CallSid"),
        ({"CallStatus": "ringing", "CallSid": "C" * 65}, "CallSid"),
        ({"CallStatus": "ringing", "SequenceNumber": "-1"}, "SequenceNumber"),
        ({"CallStatus": "ringing", "SequenceNumber": "1000000"}, "SequenceNumber"),
        ({"CallStatus": "completed", "CallDuration": "9.5"}, "CallDuration"),
    ],
)
def test_a_report_without_sense_names_its_field(fields: dict[str, str], named: str):
    with pytest.raises(InvalidInput, match=f"^{named}: "):
        event_of({"CallSid": CHILD} | fields, START)


def test_an_unknown_field_changes_nothing():
    assert report("ringing", SequenceNumber="1", Tomorrow="1") == report(
        "ringing", SequenceNumber="1"
    )


ended_dial = {"CallSid": CALL, "DialCallSid": CHILD}


@pytest.mark.parametrize(
    ("fields", "outcome", "talk"),
    [
        ({"DialCallStatus": "completed", "DialCallDuration": "61"}, AttemptOutcome.ANSWERED, 61),
        ({"DialCallStatus": "answered", "DialCallDuration": "3"}, AttemptOutcome.ANSWERED, 3),
        ({"DialCallStatus": "busy"}, AttemptOutcome.BUSY, None),
        ({"DialCallStatus": "no-answer"}, AttemptOutcome.NO_ANSWER, None),
        ({"DialCallStatus": "canceled"}, AttemptOutcome.CANCELLED, None),
        ({"DialCallStatus": "failed"}, AttemptOutcome.UNREACHABLE, None),
    ],
)
def test_after_a_dial_its_leg_has_ended(
    fields: dict[str, str], outcome: AttemptOutcome, talk: int | None
):
    event = after_dial(ended_dial | fields, START)
    assert event is not None
    assert (event.call_id, event.leg, event.status) == (CHILD, Leg.CALLED, LegStatus.ENDED)
    assert (event.outcome, event.talk_seconds) == (outcome, talk)


def test_a_dial_that_failed_without_a_leg_rang_nobodys_phone():
    event = after_dial({"CallSid": CALL, "DialCallStatus": "failed"}, START)
    assert event is not None
    assert (event.outcome, event.call_id) == (AttemptOutcome.PROVIDER_ERROR, f"undialled:{CALL}")
    wrong = {"CallSid": CALL, "DialCallStatus": "failed", "ErrorCode": "13224"}
    event = after_dial(wrong, START)
    assert event is not None
    assert event.outcome is AttemptOutcome.INVALID_NUMBER


def test_before_a_dial_nothing_has_ended():
    assert after_dial({"CallSid": CALL, "CallStatus": "in-progress"}, START) is None


statuses = st.sampled_from(sorted(STATUSES))
reports = st.builds(
    lambda status, number, sip, heard, seconds: report(
        status,
        SequenceNumber=number,
        SipResponseCode=sip,
        AnsweredBy=heard,
        CallDuration=seconds,
    ),
    statuses,
    st.integers(0, 9).map(str) | st.just(""),
    st.integers(100, 699).map(str) | st.just(""),
    st.sampled_from(["", "human", "unknown", "machine_start", "fax"]),
    st.integers(0, 4000).map(str) | st.just(""),
)
lookups = st.builds(
    lambda status, seconds, heard: looked_up(
        CHILD, status, at=START, duration=seconds, answered_by=heard, leg=Leg.CALLED
    ),
    statuses,
    st.integers(0, 4000).map(str) | st.just(""),
    st.sampled_from(["", "human", "machine_start"]),
)
heard = st.just(report(AnsweredBy="machine_start"))
dialled = st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled"]).map(
    lambda status: after_dial(ended_dial | {"DialCallStatus": status}, START)
)


@given(st.lists(reports | lookups | heard | dialled, max_size=6), st.data())
def test_any_reports_in_any_order_and_number_come_to_one_outcome(
    events: list[LegEvent], data: st.DataObject
):
    shuffled = data.draw(st.permutations(events + events[:2]))
    one = reduce_all(events, hung_up_under=LIMIT)
    assert reduce_all(shuffled, hung_up_under=LIMIT) == one
    if one.state is not DialState.ENDED:
        assert one.outcome in (None, AttemptOutcome.VOICEMAIL)
    else:
        assert one.outcome is not None


@given(reports, lookups, heard, dialled)
def test_no_report_is_taken_for_another_kind(
    report: LegEvent, lookup: LegEvent, heard: LegEvent, dialled: LegEvent
):
    numbers = {each.sequence for each in (report, lookup, heard, dialled)}
    assert len(numbers) == 4
    assert max(numbers) < 2**31


@given(
    statuses,
    st.none() | st.integers(100, 699),
    st.text(max_size=12),
    st.text(max_size=6),
)
def test_every_end_has_an_outcome_and_only_our_own_faults_are_ours(
    status: str, sip: int | None, answered_by: str, error: str
):
    outcome = outcome_of(status, sip_code=sip, answered_by=answered_by, error_code=error)
    assert isinstance(outcome, AttemptOutcome)
    if outcome is AttemptOutcome.PROVIDER_ERROR:
        assert error.isdigit()
    if outcome is AttemptOutcome.VOICEMAIL:
        assert status in ("completed", "answered")


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=8))
def test_whatever_a_form_holds_it_is_read_or_refused(form: dict[str, str]):
    for read in (event_of, after_dial):
        try:
            event = read({"CallSid": CALL} | form, START)
        except InvalidInput:
            continue
        assert event is None or event.at.tzinfo is not None


def test_the_time_of_an_answer_is_utc():
    assert report("in-progress").at == datetime(2026, 5, 1, 23, 0, 30, tzinfo=UTC)
