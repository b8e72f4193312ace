"""The account itself and its belongings over REST."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.wrappers import Request

from tests.twilio_server.account import Hooks
from tests.twilio_server.network import Network
from tests.twilio_server.paging import page
from tests.twilio_server.problems import Refusal
from tests.twilio_server.shapes import rfc2822
from tests.twilio_server.timeline import START

Arguments = dict[str, str]


class ResourcesApi:
    """Account, balance, numbers, applications, verified caller ids."""

    def __init__(self, network: Network, prefix: str) -> None:
        self.network = network
        self.prefix = prefix

    @property
    def _base(self) -> str:
        return f"{self.prefix}/2010-04-01/Accounts/{self.network.account.sid}"

    def account(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        account = self.network.account
        if arguments["Sid"] != account.sid:
            raise Refusal(20404, request.path)
        return {
            "auth_token": account.auth_token,
            "date_created": rfc2822(START),
            "date_updated": rfc2822(START),
            "friendly_name": "Call Assist tests",
            "owner_account_sid": account.sid,
            "sid": account.sid,
            "status": "active",
            "subresource_uris": {"calls": f"{self._base}/Calls.json"},
            "type": "Trial" if account.is_trial else "Full",
            "uri": f"{self._base}.json",
        }

    def balance(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        account = self.network.account
        return {"account_sid": account.sid, "balance": f"{account.balance:.4f}", "currency": "USD"}

    def applications(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        wanted = request.args.get("FriendlyName")
        rows = [
            self._application(one)
            for one in self.network.account.applications.values()
            if wanted in (None, one.friendly_name)
        ]
        return page("applications", rows, request, self.prefix)

    def _application(self, one: Hooks) -> dict[str, Any]:
        return {
            **self._hooks(one),
            "message_status_callback": None,
            "sms_status_callback": None,
            "public_application_connect_enabled": False,
            "uri": f"{self._base}/Applications/{one.sid}.json",
        }

    def _hooks(self, one: Hooks) -> dict[str, Any]:
        return {
            "account_sid": self.network.account.sid,
            "api_version": "2010-04-01",
            "date_created": rfc2822(START),
            "date_updated": rfc2822(START),
            "friendly_name": one.friendly_name,
            "sid": one.sid,
            "sms_fallback_method": "POST",
            "sms_fallback_url": None,
            "sms_method": one.sms_method,
            "sms_url": one.sms_url or None,
            "status_callback": one.status_callback or None,
            "status_callback_method": one.status_callback_method,
            "voice_caller_id_lookup": False,
            "voice_fallback_method": "POST",
            "voice_fallback_url": one.voice_fallback_url or None,
            "voice_method": one.voice_method,
            "voice_url": one.voice_url or None,
        }

    def _number(self, one: Hooks) -> dict[str, Any]:
        return {
            **self._hooks(one),
            "address_sid": None,
            "address_requirements": "none",
            "beta": False,
            "bundle_sid": None,
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
            "emergency_address_sid": None,
            "emergency_status": "Inactive",
            "emergency_address_status": "unregistered",
            "identity_sid": None,
            "origin": "twilio",
            "phone_number": one.phone_number,
            "sms_application_sid": None,
            "status": "in-use",
            "trunk_sid": None,
            "voice_application_sid": one.voice_application_sid or None,
            "voice_receive_mode": "voice",
            "uri": f"{self._base}/IncomingPhoneNumbers/{one.sid}.json",
        }

    def numbers(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        wanted = request.args.get("PhoneNumber", "")
        rows = [
            self._number(one)
            for one in self.network.account.numbers.values()
            if wanted in one.phone_number
        ]
        return page("incoming_phone_numbers", rows, request, self.prefix)

    def _find(self, arguments: Arguments, request: Request) -> Hooks:
        for one in self.network.account.numbers.values():
            if one.sid == arguments["Sid"]:
                return one
        raise Refusal(20404, request.path)

    def number(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        return self._number(self._find(arguments, request))

    def update_number(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        one = self._find(arguments, request)
        for name, value in request.form.items():
            column = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            if not hasattr(one, column):
                self.network.violated(f"{name} of a number is more than this server does")
                continue
            setattr(one, column, value)
        return self._number(one)

    def caller_ids(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        account = self.network.account
        rows = [
            {
                "sid": "PN" + number.removeprefix("+").rjust(32, "0"),
                "date_created": rfc2822(START),
                "date_updated": rfc2822(START),
                "friendly_name": number,
                "account_sid": account.sid,
                "phone_number": number,
                "uri": f"{self._base}/OutgoingCallerIds/{number}.json",
            }
            for number in sorted(account.verified)
            if request.args.get("PhoneNumber", number) == number
        ]
        return page("outgoing_caller_ids", rows, request, self.prefix)
