"""Flask-Babel with types: what every module of pages says, it says through these.

The text is English and is the catalogue's key; `python -m callassist.web.catalogue` collects it.
"""

from __future__ import annotations

import flask_babel
from flask_babel.speaklater import LazyString


def gettext(text: str, **values: object) -> str:
    """The text in the language of this request, with `%(name)s` filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, several: str, num: int, **values: object) -> str:
    """The text that fits the number, which is `%(num)s` in it."""
    return str(flask_babel.ngettext(one, several, num, **values))


def lazy_gettext(text: str) -> LazyString:
    """The same, looked up when it is shown: for tables of words."""
    return flask_babel.lazy_gettext(text)
