"""Who is asking: a program by its bearer token, or a person who is signed in."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from flask import Request

from callassist.accounts.people import viewer_for_person
from callassist.accounts.tokens import note_token_use, viewer_for_token
from callassist.domain.viewer import Viewer
from callassist.models import Person
from callassist.storage.sessions import Sessions
from callassist.web.problems import Unauthorized

_NOTE_EVERY_SECONDS = 3600.0


class TokenViewers:
    """Bearer tokens of requests; notes at most hourly per token that it was used."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._noted: dict[int, float] = {}
        self._lock = threading.Lock()

    def viewer(self, request: Request) -> Viewer:
        """Whom the request's token speaks for; Unauthorized says what is missing."""
        token = _bearer(request)
        now = datetime.now(UTC)
        with self._sessions.read() as session:
            viewer = viewer_for_token(session, token, now)
        if viewer is None or viewer.token_id is None:
            raise Unauthorized("this token is unknown, was revoked or has expired; make a new one")
        if self._is_due(viewer.token_id):
            with self._sessions.write() as session:
                note_token_use(session, viewer.token_id, now)
        return viewer

    def _is_due(self, token_id: int) -> bool:
        now = time.monotonic()
        with self._lock:
            last = self._noted.get(token_id)
            if last is not None and now - last < _NOTE_EVERY_SECONDS:
                return False
            self._noted[token_id] = now
            return True


def person_viewer(sessions: Sessions, person: Person) -> Viewer:
    """What a signed-in person may see and do; Forbidden when the sign-in was closed."""
    with sessions.read() as session:
        return viewer_for_person(session, person)


def _bearer(request: Request) -> str:
    header = request.headers.get("Authorization", "")
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthorized("send a token, like `Authorization: Bearer ca_...`")
    return token.strip()
