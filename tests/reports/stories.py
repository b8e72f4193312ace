"""The stories: what happened, told in facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.reports.facts import BreachFacts, Level, Notice, ReportFacts, SensorFacts
from tests.reports.nights import (
    MASK,
    NOISE_AT,
    after,
    dial,
    levels,
    log,
    night,
    sensor,
    talk,
    told,
)

A = LogAction


def guest_reached() -> ReportFacts:
    """No answer, then the guest agrees; quiet eleven minutes later."""
    plain = night(48, loud=43)
    return replace(
        plain,
        resolution=Resolution.GUEST_REACHED,
        first_contact=Party.GUEST,
        contact_at=after(37),
        calling_ended_at=after(37),
        attempts=(
            dial(30.75, 1),
            talk(36.5, 2, Disposition.GUEST_AGREED, has_note=True),
        ),
        messages=(*plain.messages, told(38, "guest_reached"), told(38, "guest_reached", "email")),
        log=(
            *plain.log[:1],
            log(10, A.GUEST_WARNED, step=1, channel="sms", sent=True),
            log(20, A.GUEST_WARNED, step=2, channel="sms", sent=True),
            *plain.log[1:],
            log(30.5, A.LAST_LOOK, verdict="loud"),
            log(48, A.NOISE_ENDED, reason="calm"),
            log(48, A.INCIDENT_CLOSED, resolution="guest_reached", minutes_to_quiet=11),
        ),
    )


def calling_ended() -> ReportFacts:
    """The same night as first told: the guest was reached, it is still loud."""
    whole = guest_reached()
    assert whole.breach
    return replace(
        whole,
        as_of=after(38),
        state=IncidentState.FOLLOWING_UP,
        resolution=None,
        closed_at=None,
        noise_ended_at=None,
        breach=replace(whole.breach, ended_at=None, end_reason=None, last_loud_at=after(38)),
        thresholds=tuple(span._replace(ends_at=after(38)) for span in whole.thresholds),
        sensors=(sensor(levels(38, 38)),),
        log=whole.log[:-2],
    )


def nobody_reached() -> ReportFacts:
    """Three calls to the guest, four to the host: nobody; nobody took the first in time."""
    plain = night(75, loud=75)
    assert plain.breach
    host = {"party": Party.HOST, "number_mask": "+33•••••10", "operator": "operator2"}
    not_reached = Disposition.HOST_NOT_REACHED
    return replace(
        plain,
        resolution=Resolution.NOBODY_REACHED,
        calling_ended_at=after(75),
        noise_ended_at=None,
        breach=replace(plain.breach, ended_at=None, end_reason=None),
        attempts=(
            dial(36.2, 1),
            dial(41.7, 2, outcome=AttemptOutcome.VOICEMAIL),
            dial(47.2, 3, outcome=AttemptOutcome.DECLINED),
            dial(48, 1, **host, disposition=not_reached),
            dial(53.5, 2, **host, disposition=not_reached),
        ),
        messages=(
            *plain.messages,
            told(47.7, "guest_not_reached"),
            told(47.7, "guest_not_reached", "email", status="failed"),
            told(75, "needs_you"),
        ),
        log=(
            *plain.log,
            log(10, A.HOST_TOLD, kind="noise_started"),
            log(30.8, A.OFFER_ENDED, ending="missed"),
            log(31.6, A.OFFER_ENDED, ending="declined"),
            log(32.4, A.OFFER_ENDED, ending="missed"),
            log(34, A.OFFER_ENDED, ending="missed"),
            log(35, A.SUPERVISOR_PAGED, reason="nobody_takes_it"),
            log(75, A.HOST_TOLD, kind="needs_you", reason="nobody_reached"),
            log(75, A.INCIDENT_CLOSED, resolution="nobody_reached"),
        ),
    )


def sensor_gap() -> ReportFacts:
    """Twenty minutes of the noise were not heard, and again when the call was due."""
    plain = guest_reached()
    assert plain.breach
    return replace(
        plain,
        sensors=(sensor(levels(48, 43, gap=(12, 32))),),
        breach=replace(plain.breach, began_at=NOISE_AT + timedelta(minutes=20)),
        log=(
            *plain.log[:2],
            log(22, A.BREACH_FROZEN),
            log(30.5, A.LAST_LOOK, verdict="unknown"),
            log(32, A.BREACH_THAWED),
            *plain.log[-2:],
        ),
    )


def notices_only() -> ReportFacts:
    """A sensor of notices without levels; the host is reached after the guest was not."""
    plain = night(62, loud=62)
    three = [Notice(after(10 * n), "notice", n) for n in (1, 2, 3)]
    quiet = Notice(after(62), "notice_ended", None)
    return replace(
        plain,
        resolution=Resolution.HOST_REACHED,
        first_contact=Party.HOST,
        contact_at=after(48.5),
        calling_ended_at=after(48.5),
        thresholds=(),
        sensors=(
            SensorFacts(
                public_id="sensor2",
                kind="notice",
                interval=timedelta(minutes=10),
                silent_after=timedelta(minutes=25),
                notices=(*three, quiet),
            ),
        ),
        breach=BreachFacts(
            first_loud_at=NOISE_AT,
            began_at=NOISE_AT,
            last_loud_at=after(62),
            ended_at=after(62),
            end_reason="calm",
            peak_db=None,
        ),
        attempts=(
            dial(31, 1, outcome=AttemptOutcome.BUSY),
            dial(36.5, 2),
            dial(42, 3, outcome=AttemptOutcome.HUNG_UP, talk_seconds=3),
            talk(48.3, 1, Disposition.HOST_REACHED, party=Party.HOST, number_mask="+33•••••10"),
        ),
        log=(*plain.log, log(62, A.INCIDENT_CLOSED, resolution="host_reached")),
    )


def invalid_number() -> ReportFacts:
    """The first number does not exist, the second reaches a stranger, and it goes quiet."""
    plain = night(40, loud=35)
    return replace(
        plain,
        calling_ended_at=after(40),
        attempts=(
            dial(30.4, 1, outcome=AttemptOutcome.INVALID_NUMBER, ended_at=after(30.45)),
            talk(31, 2, Disposition.WRONG_PERSON, number_mask="+33•••••44"),
        ),
        messages=(*plain.messages, told(30.5, "number_flagged"), told(40, "went_quiet")),
        log=(
            *plain.log,
            log(30.5, A.NUMBER_FLAGGED, stay_number_id=1, mask=MASK, reason="invalid_number"),
            log(33, A.NUMBER_FLAGGED, stay_number_id=2, mask="+33•••••44", reason="wrong_person"),
            log(40, A.LAST_LOOK, verdict="quiet"),
            log(40, A.INCIDENT_CLOSED, resolution="went_quiet"),
        ),
    )


def ended_by_itself() -> ReportFacts:
    """Loud for 22 minutes, then quiet; nobody had to be phoned."""
    plain = night(27, loud=22)
    return replace(
        plain,
        call_requested_at=None,
        messages=(),
        noise_ended_at=after(27),
        log=(*plain.log[:1], log(27, A.INCIDENT_CLOSED, resolution="went_quiet")),
    )


def by_hand() -> ReportFacts:
    """A neighbour rang; the home has no sensor; a practice on the simulated network."""
    plain = night(45)
    return replace(
        plain,
        practice=True,
        opened_by="host",
        complaint_at=after(8),
        call_requested_at=after(10),
        resolution=Resolution.GUEST_REACHED,
        first_contact=Party.GUEST,
        contact_at=after(15),
        calling_ended_at=after(15),
        noise_ended_at=None,
        breach=None,
        thresholds=(),
        sensors=(),
        attempts=(talk(14, 1, Disposition.GUEST_REFUSED, simulated=True),),
        messages=(),
        log=(log(10, A.INCIDENT_OPENED, by="host"), log(15, A.TAKEN_OVER, by="Alice Martin")),
    )


def long_night(count: int = 16_000) -> ReportFacts:
    """A reading every second for four and a half hours, with one click of 110 dB in it."""
    second = timedelta(seconds=1)
    many = [Level(after(-30) + n * second, 60.0 + n % 7) for n in range(count)]
    many[9_999] = Level(many[9_999].at, 110.0)
    end = many[-1].at
    plain = night(45)
    assert plain.breach
    return replace(
        plain,
        as_of=end,
        closed_at=end,
        noise_ended_at=end,
        breach=replace(plain.breach, peak_db=110.0, ended_at=end),
        thresholds=tuple(span._replace(ends_at=end) for span in plain.thresholds),
        sensors=(replace(sensor(many), interval=second),),
    )
