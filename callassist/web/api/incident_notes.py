"""`/incidents/{id}/notes` and `/false-alarm`: what a host adds to an incident afterwards."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from callassist.models import FalseAlarm, HostNote, Person
from callassist.reports import afterwards
from callassist.web.api.fields import Input, Instant, Output, Page, Paging, Prose
from callassist.web.api.paging import page_of
from callassist.web.api.routing import ACCOUNTS, Ask, Route


class NewNote(Input):
    """Something to remember about an incident."""

    note: Prose


class NoteOut(Output):
    """One note; `by` is who wrote it, null when it was a program. Operators never see it."""

    id: str
    note: str
    by: str | None
    created_at: Instant


class Feedback(Input):
    """Why the incident was none. Saying it again corrects what was said before."""

    kind: Literal["too_sensitive", "not_guests", "other"]
    comment: Prose = ""


class FeedbackOut(Output):
    """What the host said about it."""

    kind: str
    comment: str | None
    said_at: Instant


def index(ask: Ask, incident_id: str, query: Paging) -> Page[NoteOut]:
    incident = afterwards.own_incident(ask.session, ask.viewer, incident_id, write=False)
    about = select(HostNote).where(HostNote.incident_id == incident.id)
    rows, following = page_of(ask.session, ask.service.vault, about, HostNote.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def add(ask: Ask, incident_id: str, body: NewNote) -> NoteOut:
    note = afterwards.add_note(ask.session, ask.viewer, incident_id, body.note, ask.now)
    return _outs(ask, [note])[0]


def remove(ask: Ask, incident_id: str, note_id: str) -> None:
    afterwards.remove_note(ask.session, ask.viewer, incident_id, note_id)


def say_false_alarm(ask: Ask, incident_id: str, body: Feedback) -> FeedbackOut:
    said = afterwards.say_false_alarm(
        ask.session, ask.viewer, incident_id, body.kind, body.comment, ask.now
    )
    return feedback_of(said)


def feedback_of(said: FalseAlarm) -> FeedbackOut:
    """What was said, as answers show it."""
    return FeedbackOut(kind=said.kind, comment=said.comment, said_at=said.said_at)


def _outs(ask: Ask, rows: list[HostNote]) -> list[NoteOut]:
    writers = {row.person_id for row in rows if row.person_id is not None}
    people = select(Person.id, Person.name).where(Person.id.in_(writers))
    names = {row.id: row.name for row in ask.session.execute(people)}
    return [
        NoteOut(
            id=row.public_id,
            note=row.text,
            by=names.get(row.person_id or 0),
            created_at=row.created_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/incidents/{incident_id}/notes",
        summary="Notes about an incident, oldest first",
        scopes=ACCOUNTS,
        run=index,
        query=Paging,
        answer=Page[NoteOut],
    ),
    Route(
        method="POST",
        path="/incidents/{incident_id}/notes",
        summary="Write something down about an incident",
        scopes=ACCOUNTS,
        run=add,
        body=NewNote,
        answer=NoteOut,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/incidents/{incident_id}/notes/{note_id}",
        summary="Take a note away",
        scopes=ACCOUNTS,
        run=remove,
    ),
    Route(
        method="POST",
        path="/incidents/{incident_id}/false-alarm",
        summary="Say that an incident was none, and why",
        scopes=ACCOUNTS,
        run=say_false_alarm,
        body=Feedback,
        answer=FeedbackOut,
    ),
)
