"""What every view needs: the service, who asks, and transactions. Guards of the pages' parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from flask import abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.viewer import Viewer
from callassist.web.datastore import SignedIn
from callassist.web.viewers import person_viewer

EXTENSION = "callassist"


def service() -> Service:
    """The service behind these pages."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Service)
    return found


def now() -> datetime:
    """The service's clock; a view reads it once."""
    return service().clock.now()


@contextmanager
def reading() -> Iterator[Session]:
    """One snapshot for a screen."""
    with service().sessions.read() as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction for what a form asks."""
    with service().sessions.write() as session:
        yield session


def person() -> SignedIn | None:
    """Who is signed in; None for a visitor."""
    found = current_user._get_current_object()  # each look through the proxy costs a search
    return found if isinstance(found, SignedIn) and found.is_authenticated else None


def viewer() -> Viewer:
    """What the signed-in person may see and do; asked for once per request."""
    if "viewer" not in g:
        who = person()
        assert who is not None, "a guard lets nobody else in"
        g.viewer = who.viewer or person_viewer(service().sessions, who.person)
    found: Viewer = g.viewer
    return found


def host() -> Viewer:
    """The same as a host: an administrator's reach ends at their own accounts here."""
    return replace(viewer(), is_admin=False)


def sign_in_first() -> ResponseReturnValue | None:
    """Guard: visitors are shown the sign-in page and come back afterwards."""
    if person() is not None:
        return None
    there = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(f"{url_for('entry.sign_in')}?next={quote(there)}")


def hosts_only() -> ResponseReturnValue | None:
    """Guard: for others these pages do not exist."""
    answer = sign_in_first()
    if answer is None and not viewer().account_ids:
        abort(404)
    return answer


def operators_only() -> ResponseReturnValue | None:
    """Guard: for others the desk does not exist."""
    answer = sign_in_first()
    if answer is None and not viewer().operator_ids:
        abort(404)
    return answer


def administrators_only() -> ResponseReturnValue | None:
    """Guard: for others the administration does not exist."""
    answer = sign_in_first()
    if answer is None and not viewer().is_admin:
        abort(404)
    return answer


def is_sent() -> bool:
    """Whether a form was sent, rather than a page asked for."""
    return request.method == "POST"
