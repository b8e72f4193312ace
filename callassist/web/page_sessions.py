"""The browser's cookie, and which answers may write it."""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

FRAGMENT = "X-Fragment"


class PageSessions(SecureCookieSessionInterface):
    """A part that a page fetches by itself does not renew the cookie.

    Its answer may come after that of the next page, and would bring back what that has used up:
    a message would be shown twice.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this answer carries the cookie."""
        if FRAGMENT in request.headers and not session.modified:
            return False
        return super().should_set_cookie(app, session)
