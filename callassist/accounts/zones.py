"""Time zones as people write them: the ones there are, and which one somebody may have meant."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

_NEAR = 0.8  # of two words that differ by a letter or two
NOWHERE = "ZZ"  # where zones lie that are nobody's, such as UTC
_LONGEST = 64  # characters of a name that is worth a guess


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name; looked for on the disk once."""
    return frozenset(available_timezones())


def likely_zone(written: str, country: str = "") -> str | None:
    """The zone that was probably meant: other capitals, a city, Windows' word, a slip, a country.

    `country` helps where it has one zone only.
    """
    plain = _plain(written)
    if plain and len(plain) <= _LONGEST:
        for known in (_by_name(), _by_city(), _by_windows()):
            if plain in known:
                return known[plain]
        for known in (_by_name(), _by_city()):
            near = get_close_matches(plain, known, n=1, cutoff=_NEAR)
            if near:
                return known[near[0]]
    of_country = get_global("territory_zones").get(country.strip().upper(), [])
    return of_country[0] if len(of_country) == 1 else None


def country_of_zone(zone: str) -> str:
    """The ISO code of the country in which a zone lies; "" when it lies in none."""
    today = get_global("zone_aliases").get(zone, zone)  # browsers still say Asia/Calcutta
    code = str(get_global("zone_territories").get(today, ""))
    return "" if code == NOWHERE else code


@cache
def _by_name() -> Mapping[str, str]:
    return {_plain(zone): zone for zone in _places()}


@cache
def _by_city() -> Mapping[str, str]:
    """By the last word; a city that two zones are called after says nothing."""
    cities: dict[str, list[str]] = {}
    for zone in _places():
        cities.setdefault(_plain(zone.rpartition("/")[2]), []).append(zone)
    return {city: zones[0] for city, zones in cities.items() if len(zones) == 1}


@cache
def _by_windows() -> Mapping[str, str]:
    return {_plain(name): zone for name, zone in get_global("windows_zone_mapping").items()}


def _places() -> list[str]:
    """Zones that are called after a place; others keep no summer time or are old spellings."""
    others = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/")
    return sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith(others))


def _plain(text: str) -> str:
    return "_".join(text.casefold().replace("_", " ").split())
