"""HTML that several people's pages have in common, written once."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Hashable, Mapping

from flask import current_app, request

from callassist.web.form_tokens import form_token
from callassist.web.languages import language
from callassist.web.pages.times import hour_cycle

_KEPT_SECONDS = 60.0
_MOST = 1_000  # parts
_MARK = secrets.token_hex(16)  # of this process; nobody can have typed it


def reading() -> tuple[str, str | None, str]:
    """What of a reader words and addresses depend on: language, hours, where the service stands."""
    return language(), hour_cycle(), request.script_root


class Written:
    """Keeps what a template made of some values for a moment.

    The values are the key and are all that the template gets, beside what `reading` says of the
    reader. So whom it is given to would have been shown the same; and when a value changes, it
    is written anew. The tokens of forms are each reader's own.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        kept_seconds: float = _KEPT_SECONDS,
        most: int = _MOST,
    ) -> None:
        self._monotonic = monotonic
        self._kept_seconds = kept_seconds
        self._most = most
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._kept: dict[Hashable, str] = {}
        self._since = monotonic()

    def html(self, template: str, values: Mapping[str, Hashable]) -> str:
        """What `template` says about `values`; every timer in it is drawn by the browser."""
        return self.signed(self.unsigned(template, values))

    def unsigned(self, template: str, values: Mapping[str, Hashable]) -> str:
        """The same, for anybody: forms have a mark in the place of their token."""
        key = (template, frozenset(values.items()), *reading())
        return self._found(key) or self._write(key, template, values)

    def _write(self, key: Hashable, template: str, values: Mapping[str, Hashable]) -> str:
        """One at a time: after a start hundreds ask at once for what nobody has written yet."""
        with self._turn:
            found = self._found(key)
            if found is None:
                written = current_app.jinja_env.get_template(template).render(values)
                found = written.replace(form_token(), _MARK)
                with self._guard:
                    self._kept[key] = found
            return found

    def signed(self, written: str) -> str:
        """With the token of who asks."""
        return written.replace(_MARK, form_token()) if _MARK in written else written

    def _found(self, key: Hashable) -> str | None:
        now = self._monotonic()
        with self._guard:
            if now - self._since > self._kept_seconds or len(self._kept) >= self._most:
                self._kept.clear()
                self._since = now
            return self._kept.get(key)
