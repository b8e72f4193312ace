"""What happened in an incident, one line each: the log, the calls and the host's own notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import Party
from callassist.domain.dial import DialMode
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.models import Breach, CallAttempt, HostNote, Incident
from callassist.reports.document_parts import hops
from callassist.reports.facts import LogFacts
from callassist.reports.history import history
from callassist.reports.incident_report import instant_text
from callassist.web.guest_replies import ShownReply
from callassist.web.pages import times, words
from callassist.web.translate import gettext as _

_ICONS = {
    LogAction.INCIDENT_OPENED: "eye",
    LogAction.CALL_REQUESTED: "phone-outgoing",
    "guest_warned": "message-square",
    "guest_written": "message-square",
    "phoned_automatically": "phone-outgoing",
    "text_delivered": "message-square",
    LogAction.SUPERVISOR_PAGED: "megaphone",
    LogAction.HOST_TOLD: "bell",
    LogAction.NOISE_ENDED: "volume-x",
    "looked_quiet": "volume-x",
    LogAction.STILL_LOUD: "volume-2",
    LogAction.NUMBER_FLAGGED: "flag",
    LogAction.TAKEN_OVER: "hand",
    LogAction.CANCELLED: "circle-x",
    LogAction.PAUSED: "pause",
    LogAction.INCIDENT_CLOSED: "circle-check",
    LogAction.BREACH_FROZEN: "wifi-off",
    LogAction.GUEST_ANSWERED: "user-check",
    LogAction.PHONED_BACK: "phone-incoming",
}
_TONES = {
    LogAction.CALL_REQUESTED: "watch",
    LogAction.NOISE_ENDED: "calm",
    "looked_quiet": "calm",
    LogAction.INCIDENT_CLOSED: "calm",
    LogAction.STILL_LOUD: "loud",
    LogAction.NUMBER_FLAGGED: "loud",
}
_GOOD = frozenset(
    {
        Disposition.GUEST_AGREED,
        Disposition.NOT_NOISY_NOW,
        Disposition.BOOKER_NOT_ON_SITE,
        Disposition.HOST_REACHED,
    }
)
# what people did with the incident afterwards; not part of its story
AFTERWARDS = {
    LogAction.EVIDENCE_TAKEN: "archive",
    LogAction.NOTE_WRITTEN: "notebook-pen",
    LogAction.REPORT_SHARED: "share-2",
    LogAction.SHARE_REVOKED: "unplug",
    LogAction.CALLS_STOPPED: "phone-off",
    LogAction.CALLS_ALLOWED: "phone",
    LogAction.FALSE_ALARM: "flag",
}


# these stand with the words themselves
_WITH_THE_WORDS = (LogAction.GUEST_WROTE, LogAction.REPLY_READ)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line; `note` is what a person wrote, `by` who."""

    at: datetime
    text: str
    icon: str = ""
    tone: str = ""
    small: str = ""
    note: str = ""
    note_id: str = ""
    reply: ShownReply | None = None


def events(
    session: Session,
    incident: Incident,
    breach: Breach | None,
    calls: Sequence[tuple[CallAttempt, str | None, str | None]],
    own_notes: Sequence[tuple[HostNote, str]],
    written: Sequence[ShownReply],
    zone: ZoneInfo,
) -> list[Event]:
    """Everything in order of time; calls are (dial, operator's note, desk name)."""
    found = [*_of_log(session, incident, zone), *_of_calls(calls), *_of_notes(own_notes)]
    found += _of_replies(written)
    if breach is not None:
        text = _("It gets loud.")
        found.append(Event(at=breach.first_loud_at, text=text, icon="volume-2", tone="loud"))
    return sorted(found, key=lambda event: event.at)


def afterwards(session: Session, incident: Incident) -> list[Event]:
    """Who was given what, and what was changed by hand: newest first."""
    said = {
        LogAction.NOTE_WRITTEN: _("The report as a note on the reservation"),
        LogAction.EVIDENCE_TAKEN: _("The evidence was downloaded."),
        LogAction.REPORT_SHARED: _("A link to the report was made."),
        LogAction.SHARE_REVOKED: _("A link to the report was ended."),
        LogAction.CALLS_STOPPED: _("Calls for this stay were stopped."),
        LogAction.CALLS_ALLOWED: _("Calls for this stay were allowed again."),
        LogAction.FALSE_ALARM: _("It was called a false alarm."),
    }
    return [
        Event(
            at=entry.at,
            text=said[action],
            icon=AFTERWARDS[action],
            small=_of_note(entry.data) if action is LogAction.NOTE_WRITTEN else "",
        )
        for entry in reversed(incident_log.entries(session, incident.id))
        if (action := LogAction(entry.action)) in AFTERWARDS
    ]


def _of_note(data: Mapping[str, object]) -> str:
    if data.get("written") is True:
        return _("written")
    return _("not written") if data.get("written") is False else _("not known whether it is there")


def _of_log(session: Session, incident: Incident, zone: ZoneInfo) -> Iterator[Event]:
    """The log in the report's words, so that page and report never tell two stories."""
    log = tuple(
        LogFacts(at=entry.at, action=LogAction(entry.action), data=entry.data)
        for entry in incident_log.entries(session, incident.id)
    )
    told = [{name: _plain(value) for name, value in hop.items()} for hop in history(log)]
    for hop, (_clock, text) in zip(
        told, hops({"history": told}, times.report_words(zone)), strict=True
    ):
        key = str(hop["key"])
        if key in _WITH_THE_WORDS:
            continue
        yield Event(
            at=datetime.fromisoformat(str(hop["at"])),
            text=text,
            icon=_ICONS.get(key, ""),
            tone=_TONES.get(key, ""),
        )


def _of_calls(calls: Sequence[tuple[CallAttempt, str | None, str | None]]) -> Iterator[Event]:
    for attempt, note, by in calls:
        result = _result_of(attempt)
        guest = attempt.party == Party.GUEST
        whom = (
            _("Guest, attempt %(n)s", n=attempt.attempt_number)
            if guest
            else _("You, call %(n)s", n=attempt.attempt_number)
        )
        by = _("automatic call") if attempt.mode == DialMode.AUTOMATIC else by
        if attempt.mode == DialMode.PHONED_BACK:
            whom = _("The guest phoned back") if guest else _("You phoned back")
        small = [attempt.number_mask, by or ""]
        if attempt.talk_seconds:
            talked = divmod(attempt.talk_seconds, 60)
            small.append(_("%(time)s talked", time=f"{talked[0]}:{talked[1]:02}"))
        if attempt.counted is False and attempt.mode != DialMode.PHONED_BACK:
            small.append(_("does not count"))
        yield Event(
            at=attempt.dial_at or attempt.requested_at,
            text=_(
                "%(whom)s: %(result)s",
                whom=whom,
                result=words.result(result) if result else _("in progress"),
            ),
            icon=_call_icon(attempt, result),
            tone=_call_tone(result),
            small=" · ".join(part for part in small if part),
            note=note or "",
        )


def _result_of(attempt: CallAttempt) -> str | None:
    if attempt.mode == DialMode.AUTOMATIC and attempt.outcome == AttemptOutcome.ANSWERED:
        return attempt.disposition or words.NO_KEY
    return attempt.disposition or attempt.outcome


def _call_icon(attempt: CallAttempt, result: str | None) -> str:
    if result is None:
        return "phone-outgoing"
    if attempt.answered_at is not None or result in _GOOD:
        return "phone-call"
    return "phone-missed"


def _call_tone(result: str | None) -> str:
    if result is None:
        return "watch"
    if result in _GOOD:
        return "calm"
    bad = {AttemptOutcome.INVALID_NUMBER, Disposition.WRONG_PERSON, Disposition.GUEST_REFUSED}
    return "loud" if result in bad else "watch"


def _of_notes(own_notes: Sequence[tuple[HostNote, str]]) -> Iterator[Event]:
    for note, name in own_notes:
        yield Event(
            at=note.created_at,
            text=_("Your note") if not name else _("Note by %(name)s", name=name),
            icon="sticky-note",
            tone="info",
            note=note.text,
            note_id=note.public_id,
        )


def _of_replies(written: Sequence[ShownReply]) -> Iterator[Event]:
    for reply in written:
        yield Event(
            at=reply.at,
            text=_("The guest wrote to us"),
            icon="message-square",
            tone="info" if reply.read_at else "watch",
            reply=reply,
        )


def _plain(value: object) -> object:
    return instant_text(value) if isinstance(value, datetime) else value


def clock_of(event: Event, zone: ZoneInfo) -> str:
    """Hours and minutes in the home's zone."""
    return times.clock(event.at, zone)
