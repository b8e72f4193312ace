"""Joining two legs: the operator's own line, and the one dialled from it by `<Dial>`."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from callassist.clock import Clock
from callassist.domain.dial import Leg, LegEvent
from callassist.errors import InvalidInput, SettingsError
from callassist.ports.telephony import (
    BridgeRequest,
    Document,
    SoftphoneGrant,
    Step,
    WebhookRequest,
)
from callassist.settings import TwilioSettings
from callassist.telephony.twilio.calls import event_of_call
from callassist.telephony.twilio.documents import document_of
from callassist.telephony.twilio.events import after_dial, call_id_of
from callassist.telephony.twilio.fields import Fields
from callassist.telephony.twilio.rest import Rest, asked

ATTEMPT_FIELD = "attempt"  # what the browser passes to `device.connect`; never a number
_GRANT_SECONDS = 3600
_IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}")
_ATTEMPT = re.compile(r"[A-Za-z0-9_-]{0,64}")
_CLIENT = "client:"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# what stands there for no number: anonymous, restricted, unknown, unavailable, blocked
# https://help.twilio.com/articles/223179988
_HIDDEN = frozenset({"+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533"})


class TwilioBridge:
    """The bridge of one account."""

    def __init__(self, rest: Rest, settings: TwilioSettings, clock: Clock) -> None:
        self._rest = rest
        self._settings = settings
        self._clock = clock

    def document(self, step: Step) -> Document:
        """The step as TwiML."""
        return document_of(
            step,
            caller_id=self._settings.caller_id,
            detection=self._settings.machine_detection,
        )

    def parse_request(self, request: WebhookRequest) -> BridgeRequest:
        """Who asks, which keys were pressed, and after `Connect` how the called leg ended."""
        form = Fields(request)
        caller = form.get("From", "")
        identity = caller.removeprefix(_CLIENT) if caller.startswith(_CLIENT) else ""
        if identity and not _IDENTITY.fullmatch(identity):
            raise InvalidInput("expected client: and letters, digits or _", "From")
        attempt_id = form.get(ATTEMPT_FIELD, "")
        if not _ATTEMPT.fullmatch(attempt_id):
            raise InvalidInput("expected the id of an attempt", ATTEMPT_FIELD)
        return BridgeRequest(
            call_id=call_id_of(form),
            digits=form.get("Digits", ""),
            identity=identity,
            attempt_id=attempt_id,
            called=after_dial(form, self._clock.now()),
            caller=_number_of(caller),
        )

    def called_leg(self, operator_call_id: str) -> LegEvent | None:
        """The leg dialled from the operator's; the furthest, should there ever be several."""
        now = self._clock.now()
        calls = asked(lambda: self._rest.calls(parent_call_sid=operator_call_id))
        events = [event_of_call(call, now, leg=Leg.CALLED) for call in calls]
        return max(events, key=lambda event: event.sequence, default=None)

    def softphone_grant(self, identity: str) -> SoftphoneGrant:
        """For an hour of real time; lets the browser call our application and be rung by it."""
        if not self._settings.has_softphone:
            raise SettingsError(
                "CALLASSIST_TWILIO_API_KEY_SID: is needed for calls from the browser"
            )
        if not _IDENTITY.fullmatch(identity):
            raise InvalidInput("at most 121 letters, digits and _", "identity")
        expires = int(time.time()) + _GRANT_SECONDS
        token = AccessToken(
            self._settings.account_sid,
            self._settings.api_key_sid,
            self._settings.api_key_secret,
            identity=identity,
            nbf=None,  # valid at once, also where our clock is a little ahead
            valid_until=expires,
            grants=[
                VoiceGrant(
                    outgoing_application_sid=self._settings.application_sid, incoming_allow=True
                )
            ],
        )
        return SoftphoneGrant(token=token.to_jwt(), expires_at=datetime.fromtimestamp(expires, UTC))


def _number_of(caller: str) -> str:
    """The number that is shown; a hidden one has words or other digits in its place."""
    return caller if _E164.fullmatch(caller) and caller not in _HIDDEN else ""
