"""The token that forms carry, signed once for a session and not again with each page."""

from __future__ import annotations

from functools import lru_cache

from flask import current_app, g, session
from flask_wtf.csrf import generate_csrf

_FIELD = "csrf_token"  # Flask-WTF's, in the session and in `g`
_SESSIONS = 2_048


def form_token() -> str:
    """What Flask-WTF would sign; its tokens are good for as long as the session's own is."""
    own = session.get(_FIELD)
    if _FIELD not in g and isinstance(own, str):
        # from here on Flask-WTF says the same in this request, whatever is forgotten meanwhile
        setattr(g, _FIELD, _signed(str(current_app.secret_key), own))
    return str(generate_csrf())


@lru_cache(maxsize=_SESSIONS)
def _signed(_key: str, _own: str) -> str:
    """What decides the token; Flask-WTF looks at both itself, for `g` has none yet."""
    return str(generate_csrf())
