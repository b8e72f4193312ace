"""The browser's cookie, and which answers may write it."""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

FRAGMENT = "X-Fragment"


class PageSessions(SecureCookieSessionInterface):
    """A part that a page fetches by itself does not renew the cookie.

    Its answer may come after that of the next page, and would bring back what that has used up:
    a message would be shown twice.
    """

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once, not twice for each request: the keys stay as long as the process."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this answer carries the cookie."""
        if FRAGMENT in request.headers and not session.modified:
            return False
        return super().should_set_cookie(app, session)
