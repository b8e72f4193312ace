"""What makers of sensors answered, in the reader's language (see refusals)."""

from __future__ import annotations

from flask_babel.speaklater import LazyString

from callassist.web.translate import lazy_gettext as _l

_M = r"(?P<maker>Minut|Netatmo)"

OF_MAKERS: tuple[tuple[str, LazyString], ...] = (
    (
        rf"{_M} cannot be connected by sign-in here: .*",
        _l("%(maker)s cannot be connected by sign-in here yet: ask your administrator."),
    ),
    (
        rf"{_M} (?:does not accept this permission any more|refused the permission) \(.*\)",
        _l("%(maker)s does not accept this permission. Begin again with Connect."),
    ),
    (rf"{_M} refused \(.*\)", _l("%(maker)s refused this. Your administrator can look why.")),
    (
        rf"{_M} (?:has to be connected again|gave no permission that lasts)",
        _l("%(maker)s has to be connected again."),
    ),
    (
        rf"{_M} does not let us in any more; connect it again",
        _l("%(maker)s does not let us in any more: connect it again."),
    ),
    (
        rf"{_M} (?:does not answer|answers too slowly|has trouble of its own|"
        r"does not answer well)\b.*",
        _l("%(maker)s does not answer at the moment. We try again by ourselves."),
    ),
    (
        rf"{_M}(?: asks us to wait|: its rate is used up for now|: another process .*)",
        _l("%(maker)s asks us to wait a moment. We try again by ourselves."),
    ),
    (
        rf"{_M}(?:'s list|'s answer|'s pages| sends the same| answered| registered|:| knows no such"
        r"| refused the request).*",
        _l("%(maker)s answers in a way that we do not understand. We try again by ourselves."),
    ),
)
