"""That it is really them, asked once more before something that cannot be taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callassist.accounts import sign_in_sessions
from callassist.errors import InvalidInput
from callassist.web.datastore import SignedIn
from callassist.web.pages import asking
from callassist.web.pages.entry import firm, letting_in, passwords
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

LATELY = timedelta(minutes=15)  # real time
TRIES = "10 per 10 minutes; 50 per day"


def who_asks() -> str:
    """Whose password is guessed at, for the limit of tries."""
    return f"proof {_me().id}"


def asks_password() -> bool:
    """Whether the form has a field for the password; else a sign-in a moment ago is the proof."""
    who = _me()
    return who.password is not None and firm.may_use_password(who.email)


def signed_in_lately() -> bool:
    """Whether this browser was signed in within the last quarter of an hour."""
    token = letting_in.this_token()
    with asking.reading() as session:
        began_at = sign_in_sessions.began_at(session, token) if token else None
    return began_at is not None and datetime.now(UTC) - began_at < LATELY


def require(form: Form) -> None:
    """InvalidInput unless it is them."""
    if asks_password():
        if not passwords.is_present(_me(), form["password"]):
            raise InvalidInput(_("This is not your present password."), "password")
    elif not signed_in_lately():
        raise InvalidInput(
            _("Sign out, sign in again, and come back within 15 minutes: so we know it is you.")
        )


def _me() -> SignedIn:
    who = asking.person()
    assert who is not None, "a guard lets nobody else in"
    return who
