"""Phone numbers: parsed strictly once, shown masked."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

from callassist.errors import InvalidInput

_REFUSED = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "a premium-rate number is never dialled",
    phonenumbers.PhoneNumberType.SHARED_COST: "a shared-cost number is never dialled",
    phonenumbers.PhoneNumberType.PAGER: "a pager cannot be phoned",
    phonenumbers.PhoneNumberType.UAN: "a company access number is never dialled",
}
# Set aside for films and examples, so that an example rings nobody; no valid numbers, therefore.
_FOR_EXAMPLES = ("+3363998", "+447700900", "+441632960", "+155501")
_SATELLITE_CODES = frozenset({870, 878, 881, 882, 883})


@dataclass(frozen=True, kw_only=True)
class Number:
    """A dialable number in E.164, its ISO country (or "001") and how it is shown."""

    e164: str
    country: str
    mask: str


def parse_number(raw: str, default_country: str | None = None, field: str = "phone") -> Number:
    """Parse free text strictly; `default_country` (ISO) is only a hint for local forms.

    Raises InvalidInput with what is wrong: not a number, not valid, an example, short, premium,
    shared-cost or satellite.
    """
    try:
        parsed = phonenumbers.parse(raw, default_country)
    except phonenumbers.NumberParseException:
        raise InvalidInput(
            "not a phone number; write it with the country code, like +33 6 39 98 01 23", field
        ) from None
    e164 = _e164(parsed)
    if e164.startswith(_FOR_EXAMPLES):
        raise InvalidInput("this is an example number that nobody has; write the real one", field)
    kind = phonenumbers.number_type(parsed)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN:  # of no type: no valid number
        if phonenumbers.is_valid_short_number(parsed):
            raise InvalidInput("a short number (emergency, service) is never dialled", field)
        raise InvalidInput("this number cannot exist; check the digits and country code", field)
    if kind in _REFUSED:
        raise InvalidInput(_REFUSED[kind], field)
    if parsed.country_code in _SATELLITE_CODES:
        raise InvalidInput("a satellite or network number is never dialled", field)
    country = phonenumbers.region_code_for_number(parsed) or "001"
    return Number(e164=e164, country=country, mask=_mask(parsed, e164))


def is_example(raw: str, default_country: str | None = None) -> bool:
    """Whether this is one of the numbers that stand in our hints and that nobody has."""
    try:
        return _e164(phonenumbers.parse(raw, default_country)).startswith(_FOR_EXAMPLES)
    except phonenumbers.NumberParseException:
        return False


def mask(e164: str) -> str:
    """`+1•••••12`: country code and the last two digits, for lists and logs."""
    return _mask(phonenumbers.parse(e164), e164)


def _mask(parsed: phonenumbers.PhoneNumber, e164: str) -> str:
    return f"+{parsed.country_code}•••••{e164[-2:]}"


def _e164(parsed: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
