"""How somebody came in, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.accounts.sign_in_sessions import Way
from callassist.web.translate import lazy_gettext as _l

_WAYS: Mapping[Way, LazyString] = {
    Way.PASSWORD: _l("with the password"),
    Way.LINK: _l("by a link"),
    Way.INVITATION: _l("by an invitation"),
    Way.FIRM: _l("through the firm’s sign-in"),
    Way.DEMO: _l("by one click in the demo"),
}


def way(way: Way) -> str:
    """How the session began."""
    return str(_WAYS[way])
