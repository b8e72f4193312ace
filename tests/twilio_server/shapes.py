"""How Twilio writes things: SIDs, dates, where a number is, and what is a number at all."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import UTC, datetime
from email.utils import format_datetime

import phonenumbers

E164 = re.compile(r"\+[1-9]\d{1,14}")
CLIENT = re.compile(r"client:[A-Za-z0-9_]{1,121}")
SIP = re.compile(r"sips?:[^@\s]+@[^\s]+")
SHORT_CODE = re.compile(r"\d{5,6}")
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


def new_sid(prefix: str, *, as_uuid: bool = False) -> str:
    """34 characters like Twilio's; SignalWire takes UUIDs."""
    return str(uuid.uuid4()) if as_uuid else prefix + secrets.token_hex(16)


def rfc2822(instant: datetime | None) -> str | None:
    """`Sun, 22 Nov 2026 17:45:00 +0000`, as in every date of the 2010 API."""
    return format_datetime(instant.astimezone(UTC).replace(microsecond=0)) if instant else None


def is_e164(number: str) -> bool:
    return E164.fullmatch(number) is not None


def is_endpoint(address: str) -> bool:
    """What a call may go to: a number, a browser or a SIP address."""
    return any(shape.fullmatch(address) for shape in (E164, CLIENT, SIP))


def country_of(number: str) -> str:
    """`US`; empty for what is no number of any country."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


def geography(role: str, address: str) -> dict[str, str]:
    """The four fields that go with an address; only American numbers have a town."""
    if not is_e164(address):
        return {}
    country = country_of(address)
    town = ("WASHINGTON", "DC", "20004") if country == "US" else ("", "", "")
    city, state, postcode = town
    return {
        f"{role}City": city,
        f"{role}State": state,
        f"{role}Zip": postcode,
        f"{role}Country": country,
    }
