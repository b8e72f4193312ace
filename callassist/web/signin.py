"""Sign-in for people: Flask-Security on our own rows, sessions, form protection, limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from flask import Flask, Response, g, request, session
from flask_limiter.util import get_remote_address
from flask_security import Security
from flask_wtf.csrf import CSRFProtect

from callassist.accounts import sign_in_sessions
from callassist.bootstrap import Service
from callassist.errors import CallAssistError
from callassist.web import firm_client, keys, languages, translate
from callassist.web.datastore import TOKEN, PersonDatastore, SignedIn
from callassist.web.form_tokens import form_token
from callassist.web.link_mail import LinkMail
from callassist.web.page_sessions import PageSessions
from callassist.web.sparing_limiter import SparingLimiter

PASSWORD_MIN = 12
SESSION_LASTS = timedelta(days=14)
# a guest proves to be one by the link; mail programs unsubscribe without having seen a page
_WITHOUT_SESSION = ("/api/", "/hooks/", "/g/", "/figures/stop/", "/messages/stop/", "/call-result/")

csrf = CSRFProtect()
_log = structlog.get_logger()


def init_app(app: Flask, service: Service) -> None:
    """Make people known to `app`. Forms are protected; tokens and hooks prove themselves."""
    _configure(app, service)
    app.session_interface = PageSessions()
    languages.init_app(app)
    translate.init_app(app)
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = form_token
    security = Security(app, PersonDatastore(service.sessions), register_blueprint=False)
    # what somebody may do is said by their Viewer: no second identity is made for each request
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.before_request(_protect_forms)
    app.after_request(_seen(service))
    app.extensions[firm_client.EXTENSION] = firm_client.FirmClient(
        app, service.settings.oidc, service.settings.service.public_url
    )
    app.extensions["callassist_link_mail"] = LinkMail(
        service.sessions, service.channels["email"], service.settings.service.public_url
    )
    limiter = SparingLimiter(
        get_remote_address, app=app, storage_uri="memory://", key_prefix="sign_in"
    )
    limiter.request_filter(is_looked_at)
    app.extensions["callassist_sign_in_limiter"] = limiter


def _configure(app: Flask, service: Service) -> None:
    """Cookies, form tokens and passwords.

    Passwords do not depend on the service's key: rotating it signs nobody out and locks nobody out.
    """
    current, *older = keys.derived(service.secret_key, keys.SESSIONS)
    is_https = service.settings.service.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=current,
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME="__Host-callassist" if is_https else "callassist",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: nobody loses what they typed
        WTF_CSRF_SSL_STRICT=False,  # browsers may leave the referrer out; the token is the proof
        SECURITY_PASSWORD_SALT=keys.derived(service.secret_key, keys.PASSWORDS)[0],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 the name of a method
        SECURITY_PASSWORD_SINGLE_HASH=True,  # the salt above never enters a hash: keys rotate
        SECURITY_PASSWORD_LENGTH_MIN=PASSWORD_MIN,
        SECURITY_PASSWORD_COMPLEXITY_CHECKER=None,
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
    )


def is_looked_at() -> bool:
    """A page that is only looked at: limits of tries count what is sent."""
    return request.method != "POST"


def _seen(service: Service) -> Callable[[Response], Response]:
    """Notes, every few minutes, that a browser was there: for lists of sessions and teams."""

    def note(answer: Response) -> Response:
        who, now = g.get("_login_user"), datetime.now(UTC)
        token = session.get(TOKEN)
        if not isinstance(who, SignedIn) or who.seen_at is None or not isinstance(token, str):
            return answer
        if now - who.seen_at >= sign_in_sessions.NOTED_EVERY:
            try:
                with service.sessions.write() as database:
                    sign_in_sessions.note_seen(database, token, now)
            except CallAssistError as error:  # the page itself is fine
                _log.warning("session not noted", action="session_seen", reason=error.detail)
        return answer

    return note


def _protect_forms() -> None:
    """Every form carries a token of its session; API, webhooks and guests have none."""
    if request.method == "POST" and not request.path.startswith(_WITHOUT_SESSION):
        csrf.protect()
