"""What each role may do, in a sentence that a new person understands."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.domain.viewer import Role
from callassist.web.pages import words
from callassist.web.translate import lazy_gettext as _l

_MEANS: Mapping[str, LazyString] = {
    Role.OWNER: _l("Runs everything: homes, guests, rules, reports, and who else may do what."),
    Role.MANAGER: _l(
        "Runs homes, guests, rules and reports, and may invite others; cannot name owners."
    ),
    Role.VIEWER: _l("Sees homes, incidents and reports; changes nothing."),
    Role.OPERATOR: _l("Takes calls at the desk; sees only what a call needs."),
    Role.SUPERVISOR: _l("Takes calls, and runs the desk: shifts, scripts, who does what now."),
    Role.ADMIN: _l("Runs this service: accounts, desks, agreements and access of programs."),
}


def name(role: str) -> str:
    """The role in a word or two."""
    return words.of(words.ROLE, role)


def means(role: str) -> str:
    """What somebody with this role may do."""
    return words.of(_MEANS, role)
