"""Languages of calls: a code's plain form, and a first guess from a number's country.

The guess is only for countries in which nearly everybody speaks the one language; where several
are spoken (Belgium, Switzerland, Canada) there is none and the home's own language is used:
greeting a Flemish guest in French is worse than greeting them in the home's language.
"""

from __future__ import annotations

import re

from callassist.errors import InvalidInput

_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")

_SPOKEN: dict[str, tuple[str, ...]] = {
    "fr": (
        *("FR", "MC", "LU", "GP", "MQ", "RE", "GF", "YT", "PM", "BL", "MF", "NC", "PF", "WF"),
        *("SN", "CI", "ML", "BF", "BJ", "TG", "NE", "GN", "GA", "CG", "CD"),
    ),
    "en": ("GB", "IE", "US", "AU", "NZ", "GG", "JE", "IM"),
    "de": ("DE", "AT", "LI"),
    "es": ("ES", "MX", "AR", "CL", "CO", "PE", "UY", "EC", "VE", "CR", "GT"),
    "it": ("IT", "SM", "VA"),
    "nl": ("NL",),
    "pl": ("PL",),
    "pt": ("PT", "BR"),
}
_BY_COUNTRY = {country: code for code, countries in _SPOKEN.items() for country in countries}


def plain_language(code: str, field: str = "language") -> str:
    """The code without its region, in small letters; InvalidInput when it is no language code."""
    if not _CODE.fullmatch(code.strip()):
        raise InvalidInput("not a language code; write two letters, like en or fr", field)
    return code.strip().partition("-")[0].lower()


def language_of_country(country: str) -> str | None:
    """The language nearly everybody with a number of this ISO country speaks, else None."""
    return _BY_COUNTRY.get(country)
