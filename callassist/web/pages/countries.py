"""Countries by name, in the reader's language, and the one in which a time zone lies."""

from __future__ import annotations

import unicodedata

from babel import Locale
from babel.core import get_global

from callassist.web.languages import language

_NOWHERE = "ZZ"  # where zones lie that are nobody's, such as UTC


def country_names() -> list[tuple[str, str]]:
    """ISO codes and names, by name; those in which somebody lives by a time zone."""
    names = Locale(language()).territories
    codes = set(get_global("zone_territories").values()) - {_NOWHERE}
    found = [(code, str(names[code])) for code in codes if code in names]
    return sorted(found, key=lambda one: _plain(one[1]))


def country_of_zone(zone: str) -> str:
    """The ISO code of the country in which a zone lies; "" when it lies in none."""
    today = get_global("zone_aliases").get(zone, zone)  # browsers still say Asia/Calcutta
    code = str(get_global("zone_territories").get(today, ""))
    return "" if code == _NOWHERE else code


def _plain(name: str) -> str:
    """As a list is sorted there: Égypte stands with E."""
    return unicodedata.normalize("NFKD", name).casefold()
