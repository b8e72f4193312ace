"""Who is behind a request that Flask does not answer itself: the stream of live pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from callassist.domain.viewer import Viewer
from callassist.web.pages import asking

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def viewers_of(app: Flask) -> Callable[[WSGIEnvironment], Viewer | None]:
    """A function from a request to who is signed in: the pages' own way, read afresh each time.

    It raises Forbidden when the sign-in was closed.
    """

    def who(environ: WSGIEnvironment) -> Viewer | None:
        with app.request_context(environ):
            return None if asking.person() is None else asking.viewer()

    return who
