"""From "this is them" to a session: the second step between, where somebody has one."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user

from callassist.accounts import second_factor, sign_in_sessions
from callassist.accounts.sign_in_sessions import Way
from callassist.models import Person
from callassist.web import languages
from callassist.web.browsers import browser_name
from callassist.web.datastore import TOKEN, SignedIn
from callassist.web.pages import asking

LINK_COUNTS_FOR = 15 * 60  # seconds in which a used link stands for the old password
_SECOND_STEP_WAITS = 10 * 60
_BY_LINK = "by_link_at"
_WAITING = "second_step"


def come_in(person: SignedIn, way: Way, there: str) -> ResponseReturnValue:
    """Let somebody in and lead them to `there`; who has a second step is asked for a code first.

    A firm's own sign-in asks for its second step itself.
    """
    with asking.reading() as database:
        needs_code = way is not Way.FIRM and second_factor.is_on(database, person.id)
    if not needs_code:
        return _open(person, way, there)
    _forget()
    session[_WAITING] = {"id": person.id, "way": str(way), "there": there, "at": time.time()}
    return redirect(url_for("entry.code"))


def waiting() -> int | None:
    """The id of the person of whom a code is expected in this browser now."""
    kept = session.get(_WAITING)
    if not isinstance(kept, dict) or time.time() - float(kept["at"]) > _SECOND_STEP_WAITS:
        return None
    return int(kept["id"])


def finish(code: str) -> ResponseReturnValue | None:
    """Take the code of the person who waits; None when it is not right."""
    kept, person_id = session.get(_WAITING), waiting()
    if kept is None or person_id is None:
        return None
    now = datetime.now(UTC)
    with asking.writing() as database:
        person = database.get(Person, person_id)
        is_right = person is not None and second_factor.passes(
            database, asking.service().vault, person_id, code, now
        )
    if person is None or not is_right or not person.active:
        return None
    return _open(SignedIn(person), Way(kept["way"]), str(kept["there"]))


def go_out() -> None:
    """Forget who this browser is, here and on the server."""
    token = session.get(TOKEN)
    logout_user()
    _forget()
    if isinstance(token, str):
        with asking.writing() as database:
            sign_in_sessions.end_by_token(database, token, datetime.now(UTC))


def came_by_link() -> bool:
    """Whether a link or invitation was used here lately, which stands for the old password."""
    return time.time() - float(session.get(_BY_LINK, 0)) < LINK_COUNTS_FOR


def forget_link() -> None:
    """The link has been used for what it was for."""
    session.pop(_BY_LINK, None)


def this_token() -> str | None:
    """The token of this browser's session."""
    token = session.get(TOKEN)
    return token if isinstance(token, str) else None


def _open(person: SignedIn, way: Way, there: str) -> ResponseReturnValue:
    _forget()
    session.permanent = True
    login_user(person)
    with asking.writing() as database:
        name = browser_name(request.headers.get("User-Agent", ""))
        session[TOKEN] = sign_in_sessions.begin(database, person.id, way, name, datetime.now(UTC))
    if way is Way.LINK:
        session[_BY_LINK] = time.time()
    return redirect(there)


def _forget() -> None:
    """A fresh session: nothing of the one before but the chosen language."""
    chosen = languages.chosen()
    session.clear()
    if chosen is not None:
        languages.choose(chosen)
