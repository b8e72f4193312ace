"""Checks of typed-in values, each with a message that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

import phonenumbers

from callassist.accounts.zones import likely_zone, zone_names
from callassist.domain.language import plain_language
from callassist.errors import InvalidInput

_COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)


def line(value: str, field: str, longest: int = 255, required: bool = True) -> str:
    """The text without odd spaces; InvalidInput when it is needed and empty, or too long."""
    cleaned = " ".join(value.split())
    if required and not cleaned:
        raise InvalidInput("must not be empty", field)
    if len(cleaned) > longest:
        raise InvalidInput(f"at most {longest} characters", field)
    return cleaned


def first_name(name: str) -> str:
    """What colleagues call somebody, until a supervisor says otherwise."""
    return name.split()[0] if name.split() else ""


def zone(name: str, field: str = "timezone") -> str:
    """An IANA zone name; InvalidInput says which one may have been meant."""
    if name in zone_names():
        return name
    meant = likely_zone(name)
    if meant is not None:
        raise InvalidInput(f"not a time zone; did you mean {meant}?", field)
    raise InvalidInput("not a time zone; use a name like Europe/Paris", field)


def country(code: str, field: str = "country") -> str:
    """A two-letter ISO country code in capitals."""
    if code.strip().upper() not in _COUNTRIES:
        raise InvalidInput("not a country code; use two letters, like FR", field)
    return code.strip().upper()


def languages(codes: Sequence[str], field: str = "languages") -> list[str]:
    """Plain language codes, each once, at least one."""
    plain = dict.fromkeys(plain_language(code, field) for code in codes)
    if not plain:
        raise InvalidInput("name at least one language, like en", field)
    return list(plain)


def email(address: str, field: str = "email") -> str:
    """The address in small letters; who owns it is proved by a link, not by its form."""
    cleaned = address.strip().lower()
    name, at, host = cleaned.rpartition("@")
    if not (name and at and host) or " " in cleaned or len(cleaned) > 254:
        raise InvalidInput("not an e-mail address", field)
    return cleaned
