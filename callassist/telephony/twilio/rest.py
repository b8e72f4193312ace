"""Twilio's REST API by its own SDK, as few questions and answers as we need."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from callassist.errors import SettingsError, TransientError
from callassist.settings import TwilioSettings
from callassist.telephony.twilio.http import RebasedHttp
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_question

_ELSEWHERE = ("TWILIO_EDGE", "TWILIO_REGION")
_MOST_ROWS = 5000  # of one list; more is a mistake, and pages that lead round in a circle end here
_ROWS_PER_PAGE = 500
_TWILIO = "https://api.twilio.com"  # what the SDK puts in front; rebased like all it asks
MOST_BYTES_OF_A_SOUND = 32 << 20  # two hours of a call

# what the SDK lets out when an answer is JSON, but not of the shape that it expects
_UNREADABLE = (TwilioException, AttributeError, KeyError, TypeError, ValueError)

Answer = TypeVar("Answer")
Asked = ParamSpec("Asked")


def _readable(method: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    @functools.wraps(method)
    def read(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        try:
            return method(*args, **kwargs)
        except _UNREADABLE:
            raise NoAnswer("an answer that we cannot read", sent=True) from None

    return read


@dataclass(frozen=True, kw_only=True)
class KnownCall:
    """A call as its resource tells it."""

    call_id: str
    status: str
    created_at: datetime | None
    updated_at: datetime | None
    ended_at: datetime | None
    duration: str  # seconds; empty when nobody was connected
    answered_by: str
    parent_call_id: str | None
    to: str
    price: str  # empty until it is known; below zero is what was paid
    currency: str


@dataclass(frozen=True, kw_only=True)
class KnownText:
    """A message as its resource tells it."""

    text_id: str
    to: str
    price: str
    currency: str


class Rest:
    """One account's API. Every method raises Refused or NoAnswer unless it says otherwise."""

    def __init__(
        self,
        settings: TwilioSettings,
        environ: Mapping[str, str] | None = None,
        *,
        sign_in: tuple[str, str] | None = None,
    ) -> None:
        tokens = (settings.auth_token, settings.auth_token_secondary)
        user = settings.account_sid
        self._made_with = (settings, environ)
        if sign_in is not None:  # by a key instead of the account's own token
            user, tokens = sign_in[0], (sign_in[1], "")
        self._sid = settings.account_sid
        self._http = RebasedHttp(settings.base_url, settings.path_prefix, user, tokens)
        self._client = Client(
            settings.account_sid,
            settings.auth_token,
            http_client=self._http,
            environment=_environment(settings, os.environ if environ is None else environ),
        )

    def by_key(self) -> Rest:
        """The same account, signed in by the API key that lines of browsers are given with."""
        settings, environ = self._made_with
        key = (settings.api_key_sid, settings.api_key_secret)
        return Rest(settings, environ, sign_in=key)

    @_readable
    def place(self, **fields: Any) -> str:
        """Create a call; its id."""
        call_id = self._client.calls.create(**fields).sid
        if not isinstance(call_id, str) or not call_id:
            raise NoAnswer("an answer without the call's id", sent=True)
        return call_id

    @_readable
    def text(self, **fields: Any) -> str:
        """Create a message; its id."""
        text_id = self._client.messages.create(**fields).sid
        if not isinstance(text_id, str) or not text_id:
            raise NoAnswer("an answer without the message's id", sent=True)
        return text_id

    @_readable
    def call(self, call_id: str) -> KnownCall | None:
        """One call; None when there is no such."""
        try:
            return _known(self._client.calls(call_id).fetch())
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    @_readable
    def text_sent(self, text_id: str) -> KnownText | None:
        """One message; None when there is no such."""
        try:
            row = self._client.messages(text_id).fetch()
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return KnownText(
            text_id=str(row.sid),
            to=str(row.to or ""),
            price=_written(row.price),
            currency=str(row.price_unit or ""),
        )

    @_readable
    def end(self, call_id: str, status: str) -> str:
        """Ask for a call to be `completed` or `canceled`; the status that it has now."""
        return str(self._client.calls(call_id).update(status=status).status)

    @_readable
    def calls(self, **filters: Any) -> list[KnownCall]:
        """Every call that passes the filters, from all pages."""
        return [_known(row) for row in _all(self._client.calls, **filters)]

    @_readable
    def account_status(self) -> str:
        """Whether the account is active, suspended or closed."""
        return str(self._client.api.v2010.accounts(self._sid).fetch().status)

    @_readable
    def record(self, call_id: str, **fields: Any) -> Any:
        """Begin to record a call; the recording's resource."""
        return self._client.calls(call_id).recordings.create(**fields)

    @_readable
    def recordings(self, call_id: str) -> list[Any]:
        """The recordings of a call; none where the call is not known any more."""
        try:
            return list(_all(self._client.calls(call_id).recordings))
        except Refused as refused:
            if refused.status == 404:
                return []
            raise

    def sound(self, recording_id: str) -> bytes | None:
        """A recording as MP3; None when there is no such."""
        return self._http.download(f"{self._recording(recording_id)}.mp3", MOST_BYTES_OF_A_SOUND)

    def forget_recording(self, recording_id: str) -> None:
        """Delete one; one that is not there is fine."""
        self._http.delete(f"{self._recording(recording_id)}.json")

    def _recording(self, recording_id: str) -> str:
        return f"{_TWILIO}/2010-04-01/Accounts/{self._sid}/Recordings/{recording_id}"

    @_readable
    def number(self, e164: str) -> tuple[bool, str]:
        """(does it exist, its kind in Twilio's word; empty when that is not known)."""
        found = self._client.lookups.v2.phone_numbers(e164).fetch(fields="line_type_intelligence")
        kind = found.line_type_intelligence or {}
        return bool(found.valid), str(kind.get("type") or "")

    @_readable
    def is_let_in(self) -> bool:
        """Ask for something harmless; raises Refused where the sign-in is not accepted."""
        self._client.calls.list(limit=1, page_size=1)
        return True

    @_readable
    def has_number(self, number: str) -> bool:
        """Whether calls may show this number: bought, or verified to be ours."""
        for kind in (self._client.incoming_phone_numbers, self._client.outgoing_caller_ids):
            if any(row.phone_number == number for row in _all(kind, phone_number=number)):
                return True
        return False

    @_readable
    def application(self, sid: str) -> tuple[str, str] | None:
        """(voice address, its method) of an application; None when there is no such."""
        for row in _all(self._client.applications):
            if row.sid == sid:
                return row.voice_url or "", row.voice_method or "POST"
        return None


def asked(question: Callable[[], Answer]) -> Answer:
    """The answer to a question that changes nothing; raises TransientError when there is none."""
    try:
        return question()
    except (Refused, NoAnswer) as error:
        raise of_a_question(error) from None


def _all(kind: Any, **filters: Any) -> Iterable[Any]:
    rows = kind.list(limit=_MOST_ROWS + 1, page_size=_ROWS_PER_PAGE, **filters)
    if len(rows) > _MOST_ROWS:
        raise TransientError("Twilio's list does not end; it was not taken for an answer")
    return list(rows)


def _known(row: Any) -> KnownCall:
    if not isinstance(row.sid, str) or not isinstance(row.status, str):
        raise NoAnswer("a call without id or status", sent=True)
    return KnownCall(
        call_id=row.sid,
        status=row.status,
        created_at=row.date_created,
        updated_at=row.date_updated,
        ended_at=row.end_time,
        duration=str(row.duration or ""),
        answered_by=str(row.answered_by or ""),
        parent_call_id=row.parent_call_sid or None,
        to=str(row.to or ""),
        price=_written(row.price),
        currency=str(row.price_unit or ""),
    )


def _written(price: object) -> str:
    """As it stands there; zero is a price."""
    return "" if price is None else str(price)


def _environment(settings: TwilioSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """What the SDK may know of its surroundings: never another account's sign-in."""
    chosen = {name: environ[name] for name in _ELSEWHERE if environ.get(name)}
    if chosen and settings.base_url:
        name = next(iter(chosen))
        raise SettingsError(f"{name}: cannot go with CALLASSIST_TWILIO_BASE_URL; remove one")
    # an empty one would make the SDK read the process's own
    return {"TWILIO_EDGE": "", "TWILIO_REGION": ""} | chosen
