"""Countries by name, in the reader's language."""

from __future__ import annotations

import unicodedata

from babel import Locale
from babel.core import get_global

from callassist.accounts.zones import NOWHERE
from callassist.web.languages import language


def country_names() -> list[tuple[str, str]]:
    """ISO codes and names, by name; those in which somebody lives by a time zone, not the world."""
    names = Locale(language()).territories
    codes = set(get_global("zone_territories").values()) - {NOWHERE}
    found = [(code, str(names[code])) for code in codes if code.isalpha() and code in names]
    return sorted(found, key=lambda one: _plain(one[1]))


def _plain(name: str) -> str:
    """As a list is sorted there: Égypte stands with E."""
    return unicodedata.normalize("NFKD", name).casefold()
