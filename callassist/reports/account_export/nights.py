"""What happened in an account: stays with their guests, incidents with their logs, reports."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from callassist import incident_log
from callassist.models import (
    CallAttempt,
    CallTask,
    Consent,
    GuestReply,
    HostNote,
    Incident,
    Property,
    Report,
    Stay,
)
from callassist.reports.account_export.source import Row, Source, text_of
from callassist.reports.reading import newest

_REPORTS_AT_ONCE = 20  # a report holds its curve
_INCIDENTS_AT_ONCE = 50


def stays(source: Source) -> Iterator[list[Row]]:
    """Stays with their guests, numbers and consents; of who was forgotten the dates only."""

    def made(session: Session, stay: Stay) -> Row:
        consents = select(Consent).where(Consent.stay_id == stay.id).order_by(Consent.id)
        return {
            **_stay(source, session, stay),
            "numbers": [
                {
                    "number": source.number(one.number, one.number_mask),
                    "source": one.source,
                    "flagged": one.flag_reason,
                }
                for one in stay.numbers
            ],
            "consents": [
                {
                    "channel": one.channel,
                    "text": one.text,
                    "given_by": one.given_by,
                    "source": one.source,
                    "given_at": text_of(one.given_at),
                    "withdrawn_at": text_of(one.withdrawn_at),
                }
                for one in session.scalars(consents)
            ],
        }

    return source.pages(_stays(source), Stay.id, made)


def stay_table(source: Source) -> Iterator[list[Row]]:
    """The same as lines of a table."""

    def made(session: Session, stay: Stay) -> Row:
        shown = [source.number(one.number, one.number_mask) for one in stay.numbers]
        return {
            **_stay(source, session, stay),
            "numbers": ", ".join(number for number in shown if number),
        }

    return source.pages(_stays(source), Stay.id, made)


def _stays(source: Source) -> Select[Stay]:
    query = select(Stay).where(Stay.account_id == source.account_id)
    return query.options(selectinload(Stay.numbers))


def _stay(source: Source, session: Session, stay: Stay) -> Row:
    return {
        "id": stay.public_id,
        "home": session.get_one(Property, stay.property_id).public_id,
        "guest_name": source.opened(stay.guest_name),
        "language": stay.language,
        "check_in_at": text_of(stay.check_in_at),
        "check_out_at": text_of(stay.check_out_at),
        "source": stay.source,
        "cancelled_at": text_of(stay.cancelled_at),
        "asked_not_to_be_called_at": text_of(stay.do_not_call_at),
        "erased_at": text_of(stay.erased_at),
        "created_at": text_of(stay.created_at),
    }


def incidents(source: Source) -> Iterator[list[Row]]:
    """Incidents with calls, notes and the whole log."""

    def made(session: Session, incident: Incident) -> Row:
        tasks = session.scalars(
            select(CallTask).where(CallTask.incident_id == incident.id).order_by(CallTask.id)
        ).all()
        attempts = session.scalars(
            select(CallAttempt)
            .where(CallAttempt.incident_id == incident.id)
            .order_by(CallAttempt.id)
        )
        notes = session.scalars(
            select(HostNote).where(HostNote.incident_id == incident.id).order_by(HostNote.id)
        )
        written = session.scalars(
            select(GuestReply).where(GuestReply.incident_id == incident.id).order_by(GuestReply.id)
        )
        return {
            **_incident(session, incident),
            "complaint": incident.complaint,
            "calls": [_attempt(source, one) for one in attempts],
            "notes_of_operators": [one.note for one in tasks if one.note],
            "notes_of_hosts": [{"at": text_of(one.created_at), "text": one.text} for one in notes],
            "texts_of_the_guest": [
                {
                    "at": text_of(one.received_at),
                    "words": source.opened(one.words),
                    "read_at": text_of(one.read_at),
                    "read_by": one.read_by,
                }
                for one in written
            ],
            "log": [
                {
                    "seq": entry.seq,
                    "at": text_of(entry.at),
                    "action": entry.action,
                    "data": entry.data,
                    "hash": entry.hash,
                }
                for entry in incident_log.entries(session, incident.id)
            ],
        }

    return source.pages(_incidents(source), Incident.id, made, size=_INCIDENTS_AT_ONCE)


def incident_table(source: Source) -> Iterator[list[Row]]:
    """The same as lines of a table."""
    return source.pages(_incidents(source), Incident.id, _incident)


def _incidents(source: Source) -> Select[Incident]:
    return select(Incident).where(Incident.account_id == source.account_id)


def _incident(session: Session, incident: Incident) -> Row:
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    return {
        "id": incident.public_id,
        "reference": incident.reference,
        "home": session.get_one(Property, incident.property_id).public_id,
        "stay": None if stay is None else stay.public_id,
        "opened_at": text_of(incident.opened_at),
        "opened_by": incident.opened_by,
        "call_requested_at": text_of(incident.call_requested_at),
        "first_contact": incident.first_contact,
        "contact_at": text_of(incident.contact_at),
        "noise_ended_at": text_of(incident.noise_ended_at),
        "closed_at": text_of(incident.closed_at),
        "state": incident.state,
        "resolution": incident.resolution,
        "practice": incident.practice,
        "shadow": incident.shadow,
    }


def _attempt(source: Source, one: CallAttempt) -> Row:
    return {
        "party": one.party,
        "attempt_number": one.attempt_number,
        "number": source.number(one.number, one.number_mask),
        "dialled_at": text_of(one.dial_at),
        "answered_at": text_of(one.answered_at),
        "ended_at": text_of(one.ended_at),
        "talk_seconds": one.talk_seconds,
        "outcome": one.outcome,
        "disposition": one.disposition,
        "counted": one.counted,
    }


def reports(source: Source) -> Iterator[list[Row]]:
    """The newest version of each report, with the names that belong to it today."""

    def made(session: Session, report: Report) -> Row:
        return newest(session, source.vault, report).as_json()

    query = select(Report).where(Report.account_id == source.account_id)
    return source.pages(query, Report.id, made, size=_REPORTS_AT_ONCE)
