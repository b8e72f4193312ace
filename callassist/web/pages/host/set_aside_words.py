"""Why a record of a booking system could not be used, in the reader's language."""

from __future__ import annotations

from callassist.web.pages.refusals import sentence
from callassist.web.pages.wordings import Wordings, worded
from callassist.web.translate import lazy_gettext as _l

# (what the connectors' readers say, what we say); the field is named as the system names it
_REASONS: Wordings = (
    (r"(?P<field>.+) is not a date and time", _l("“%(field)s” is not a date and time.")),
    (r"(?P<field>.+) is not a date", _l("“%(field)s” is not a date.")),
    (r"(?P<field>.+) is missing", _l("“%(field)s” is missing.")),
    (
        r"(?P<field>.+) is longer than (?P<n>\d+) characters",
        _l("“%(field)s” is longer than %(n)s characters."),
    ),
    (
        r"(?P<field>.+?) is (?:none that .+|.+, which is not known)",
        _l("“%(field)s” has a value that we do not know."),
    ),
    (
        r"(?P<field>.+?) (?:should be|is no|is not a list|cannot be read).*",
        _l("“%(field)s” has another form than its makers describe."),
    ),
    (r"it ends before it begins", _l("It ends before it begins.")),
    (r"it repeats; .+", _l("It repeats; a reservation does not.")),
)


def reason(text: str) -> str:
    """One reason as a sentence; one that we do not know stays as it is."""
    return worded(_REASONS, text) or sentence(text)
