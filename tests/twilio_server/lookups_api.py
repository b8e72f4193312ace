"""Lookup v2: what is known of a number. The basic answer is free, the line's type is not."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult
from werkzeug.wrappers import Request

from tests.twilio_server.network import Network
from tests.twilio_server.problems import Refusal

PACKAGES = (
    "caller_name",
    "sim_swap",
    "call_forwarding",
    "line_status",
    "line_type_intelligence",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
)
DONE_HERE = {"line_type_intelligence", "validation"}
ERRORS = {
    ValidationResult.TOO_SHORT: "TOO_SHORT",
    ValidationResult.TOO_LONG: "TOO_LONG",
    ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
}


class LookupsApi:
    """Keeps what was asked for: `asked` holds number and packages."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.asked: list[tuple[str, str]] = []

    def fetch(self, request: Request, arguments: dict[str, str]) -> dict[str, Any]:
        text, fields = arguments["PhoneNumber"], request.args.get("Fields", "")
        self.asked.append((text, fields))
        packages = set(filter(None, fields.split(",")))
        if packages - DONE_HERE:
            unknown = packages - set(PACKAGES) - DONE_HERE
            self.network.violated(f"Lookup of {unknown or packages - DONE_HERE}: not done here")
            raise Refusal(20001, fields)
        found = self._basic(text, request.args.get("CountryCode"))
        if "line_type_intelligence" in packages and found["valid"]:
            found["line_type_intelligence"] = self._line_type(found["phone_number"])
        return found

    def _basic(self, text: str, country: str | None) -> dict[str, Any]:
        answer: dict[str, Any] = dict.fromkeys(PACKAGES)
        answer |= {
            "calling_country_code": None,
            "country_code": None,
            "phone_number": text,
            "national_format": None,
            "valid": False,
            "validation_errors": None,
            "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{quote(text)}",
        }
        try:
            number = phonenumbers.parse(text, country or "US")
        except phonenumbers.NumberParseException:
            return answer | {"validation_errors": ["NOT_A_NUMBER"]}
        if not phonenumbers.is_valid_number(number):
            possible = phonenumbers.is_possible_number_with_reason(number)
            return answer | {"validation_errors": [ERRORS.get(possible, "INVALID_BUT_POSSIBLE")]}
        return answer | {
            "calling_country_code": str(number.country_code),
            "country_code": phonenumbers.region_code_for_number(number),
            "phone_number": phonenumbers.format_number(number, PhoneNumberFormat.E164),
            "national_format": phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
            "valid": True,
        }

    def _line_type(self, number: str) -> dict[str, Any]:
        return {
            "carrier_name": "Example Mobile",
            "error_code": None,
            "mobile_country_code": "310",
            "mobile_network_code": "456",
            "type": self.network.phone(number).line_type,
        }
