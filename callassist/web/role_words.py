"""What each role is called and may do, in words that a new person understands."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.domain.viewer import Role
from callassist.web.translate import lazy_gettext as _l

_NAMES: Mapping[str, LazyString] = {
    Role.OWNER: _l("owner"),
    Role.MANAGER: _l("manager"),
    Role.VIEWER: _l("may look"),
    Role.HOST: _l("host"),
    Role.OPERATOR: _l("operator"),
    Role.SUPERVISOR: _l("supervisor"),
    Role.ADMIN: _l("administrator"),
}
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
    return str(_NAMES.get(role, role))


def means(role: str) -> str:
    """What somebody with this role may do."""
    return str(_MEANS.get(role, role))
