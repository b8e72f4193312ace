"""Recordings of calls: heard or deleted by those who may, each time written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts import recordings
from callassist.domain.recording import RecordingState
from callassist.models import CallAttempt, Incident
from callassist.web.pages import asking
from callassist.web.translate import gettext as _


@dataclass(frozen=True, kw_only=True)
class ShownRecording:
    """One announcement and what came of it."""

    id: str
    at: datetime
    text: str
    seconds: int | None
    can_hear: bool
    can_delete: bool


def shown_recordings(session: Session, incident: Incident) -> list[ShownRecording]:
    """Every announcement of a recording in the incident's calls, oldest first."""
    shown = []
    for row in recordings.recordings_of(session, incident.id):
        attempt = session.get_one(CallAttempt, row.attempt_id)
        has_sound = row.kept_at is not None and row.gone_at is None
        shown.append(
            ShownRecording(
                id=row.public_id,
                at=attempt.dial_at or attempt.requested_at,
                text=_sentence(RecordingState(row.state), has_sound=has_sound),
                seconds=row.seconds,
                can_hear=has_sound,
                can_delete=row.gone_at is None
                and row.state not in (RecordingState.REFUSED, RecordingState.FAILED),
            )
        )
    return shown


def listen(recording_id: str) -> ResponseReturnValue:
    """The sound. A button, no link: whoever presses it is written down, and nothing preloads it."""
    with asking.writing() as session:
        sound = recordings.listen(
            session, asking.service().vault, asking.host(), recording_id, asking.now()
        )
    answer = Response(sound, mimetype="audio/mpeg")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = f'attachment; filename="call-{recording_id}.mp3"'
    return answer


def delete(recording_id: str) -> ResponseReturnValue:
    """Gone before its time."""
    with asking.writing() as session:
        recordings.delete_recording(session, asking.host(), recording_id, asking.now())
    flash(_("The recording is deleted."))
    return redirect(url_for("host.incident", incident_id=request.form["incident"]))


def _sentence(state: RecordingState, *, has_sound: bool) -> str:
    if has_sound:
        return _("Recorded: the guest was told first and agreed, or did not say no.")
    return {
        RecordingState.ANNOUNCED: _("The guest is being asked."),
        RecordingState.REFUSED: _("Not recorded: the guest did not agree."),
        RecordingState.ASKED: _("Being recorded now."),
        RecordingState.MADE: _("Recorded; the sound is being fetched."),
        RecordingState.FAILED: _("Announced and agreed, but the network recorded nothing."),
    }.get(state, _("Recorded, and deleted since."))
