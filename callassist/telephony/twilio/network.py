"""Twilio's face to the service: the telephony port."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callassist.clock import Clock
from callassist.domain.dial import DialMode, LegEvent, LegStatus
from callassist.errors import CallAssistError, NotFound, PermanentError, TransientError
from callassist.ports.number_lookup import NumberInfo
from callassist.ports.recording import Sound
from callassist.ports.telephony import (
    Capabilities,
    FoundCall,
    PlaceCall,
    PlacedCall,
    WebhookRequest,
)
from callassist.settings import MachineDetection, TwilioSettings
from callassist.telephony.twilio.bridge import TwilioBridge
from callassist.telephony.twilio.calls import event_of_call
from callassist.telephony.twilio.checking import check_account
from callassist.telephony.twilio.documents import DETECTION, REPORTED, with_retries
from callassist.telephony.twilio.events import event_of
from callassist.telephony.twilio.fields import Fields
from callassist.telephony.twilio.lookups import look_up
from callassist.telephony.twilio.outcomes import STATUSES
from callassist.telephony.twilio.prices import TwilioPrices
from callassist.telephony.twilio.recordings import TwilioRecordings
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_dial, of_a_question
from callassist.telephony.twilio.rest import KnownCall, Rest, asked
from callassist.telephony.twilio.signatures import Secrets, is_signed
from callassist.telephony.twilio.texts import TwilioTexts

CHECK_KEPT_SECONDS = 30.0
_NOT_STARTED: tuple[dict[str, Any], ...] = ({"status": "queued"}, {"status": "ringing"})
_WRONG_STATE = 21220  # the call is not in a state in which this can be asked for
_TRIES_TO_END = 3


class TwilioNetwork:
    """One account. Every request is bounded to ten seconds and made once."""

    def __init__(
        self,
        settings: TwilioSettings,
        clock: Clock,
        *,
        public_url: str,
        environ: Mapping[str, str] | None = None,
        name: str = "twilio",
    ) -> None:
        self.name = name  # in the addresses at which it reports
        self._settings = settings
        self._clock = clock
        self._public_url = public_url
        self._rest = Rest(settings, environ)
        self._bridge = TwilioBridge(self._rest, settings, clock)
        self._recordings = TwilioRecordings(self._rest)
        self._texts = TwilioTexts(self._rest, settings)
        self._prices = TwilioPrices(self._rest, sign_is_known=not settings.path_prefix)
        self._secrets = Secrets(
            tokens=(settings.auth_token, settings.auth_token_secondary),
            signing_key=settings.signing_key,
        )
        self._checking = threading.Lock()
        self._checked_at: float | None = None
        self._wrong: CallAssistError | None = None

    @property
    def bridge(self) -> TwilioBridge:
        """It joins the operator's line with the one called."""
        return self._bridge

    @property
    def texting(self) -> TwilioTexts:
        """Texts from the number that calls show."""
        return self._texts

    @property
    def pricing(self) -> TwilioPrices:
        """It bills, and says how much, later."""
        return self._prices

    def owns(self, number: str) -> bool:
        """Whether calls may show this number: bought, or verified to be ours."""
        return asked(lambda: self._rest.has_number(number))

    def capabilities(self) -> Capabilities:
        """From the browser where that is set up, and always by the operator's own phone."""
        softphone = (DialMode.SOFTPHONE,) if self._settings.has_softphone else ()
        modes = (*softphone, DialMode.OWN_PHONE)
        return Capabilities(modes=modes, simulated=False, callbacks=True, find_calls=True)

    def check(self) -> None:
        """Ask the account about itself; the answer is kept for half a minute of real time.

        Health pages may be read by anybody at any rate, and each check is up to five requests.
        """
        first = self._checked_at is None
        if self._is_due() and self._checking.acquire(blocking=first):
            try:
                if self._is_due():  # nobody else looked meanwhile
                    self._wrong = self._find_wrong()
                    self._checked_at = time.monotonic()
            finally:
                self._checking.release()
        if self._wrong is not None:
            raise type(self._wrong)(self._wrong.detail)

    def place_call(self, request: PlaceCall) -> PlacedCall:
        """Ring the phone at `to` and ask `answer_url` once it is picked up."""
        if request.answer_url is None:
            raise PermanentError("answer_url: is needed; this network asks what to do on answering")
        try:
            call_id = self._rest.place(
                to=request.to,
                from_=request.caller_id or self._settings.caller_id,
                url=with_retries(request.answer_url),
                method="POST",
                status_callback=with_retries(request.callback_url),
                status_callback_method="POST",
                status_callback_event=list(REPORTED),
                timeout=request.ring_timeout_seconds,
                **self._listening(request),
            )
        except (Refused, NoAnswer) as error:
            raise of_a_dial(error) from None
        return PlacedCall(call_id=call_id)

    def hang_up(self, call_id: str) -> None:
        """End the call, and with it the leg dialled from it; NotFound for an unknown one."""
        for _ in range(_TRIES_TO_END):
            call = asked(lambda: self._rest.call(call_id))
            if call is None:
                raise NotFound("Twilio knows no such call")
            status = STATUSES.get(call.status)
            if status is LegStatus.ENDED:
                return
            if self._ended(call_id, "completed" if status is LegStatus.ANSWERED else "canceled"):
                return
        raise TransientError("the call went on while it was being ended", 1.0)

    def fetch_call(self, call_id: str) -> LegEvent | None:
        """The call's resource as a report; None when Twilio does not know it."""
        call = asked(lambda: self._rest.call(call_id))
        return None if call is None else event_of_call(call, self._clock.now())

    def find_calls(self, *, to: str, since: datetime) -> list[FoundCall]:
        """Calls that we placed to the number since then, oldest first.

        One that waits or rings has no start yet and would be missed by a start filter alone; the
        order of the questions follows a call's way, so that none slips through between two.
        """
        since = since.replace(microsecond=0)  # Twilio's own instants have no fractions
        calls: dict[str, KnownCall] = {}
        for filters in (*_NOT_STARTED, {"start_time_after": since}):
            rows = asked(functools.partial(self._rest.calls, to=to, **filters))
            calls |= {call.call_id: call for call in rows}
        now = self._clock.now()
        ours = [call for call in calls.values() if _is_ours(call, since)]
        found = [
            FoundCall(
                call_id=call.call_id,
                placed_at=call.created_at or since,
                event=event_of_call(call, now),
            )
            for call in ours
        ]
        return sorted(found, key=lambda call: call.placed_at)

    def begin_recording(self, call_id: str, callback_url: str) -> Sound | None:
        """Both sides, each on a channel of its own, from now on."""
        return self._recordings.begin(call_id, callback_url)

    def recordings_of(self, call_id: str) -> list[Sound]:
        """Every recording of a call that Twilio has."""
        return self._recordings.of(call_id)

    def fetch_sound(self, recording_id: str) -> bytes | None:
        """The sound as MP3; None when Twilio has it no more."""
        return self._recordings.fetch(recording_id)

    def forget_sound(self, recording_id: str, call_id: str) -> None:
        """Have it deleted, and see that it is gone."""
        self._recordings.forget(recording_id, call_id)

    def parse_recording(self, request: WebhookRequest) -> Sound:
        """Of a verified report."""
        return self._recordings.parse(request)

    def look_up(self, e164: str) -> NumberInfo:
        """Ask Twilio about a number; others that speak its language have no such question."""
        if self._settings.path_prefix:
            raise PermanentError("this provider answers no questions about numbers")
        return look_up(self._rest, e164)

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Whether one of our secrets signed exactly this address and form."""
        return is_signed(request, self._secrets, self._settings.signature_header)

    def parse_webhook(self, request: WebhookRequest) -> list[LegEvent]:
        """The one report of a callback, or none; InvalidInput names what makes no sense."""
        event = event_of(Fields(request), self._clock.now())
        return [] if event is None else [event]

    def _listening(self, request: PlaceCall) -> dict[str, str]:
        """Told while they talk: whoever holds the phone shall not wait for our first word."""
        detection = self._settings.machine_detection
        if not request.hears_mailbox or detection is MachineDetection.OFF:
            return {}
        return {
            "machine_detection": DETECTION[detection],
            "async_amd": "true",
            "async_amd_status_callback": with_retries(request.callback_url),
            "async_amd_status_callback_method": "POST",
        }

    def _is_due(self) -> bool:
        return self._checked_at is None or time.monotonic() - self._checked_at >= CHECK_KEPT_SECONDS

    def _find_wrong(self) -> CallAssistError | None:
        try:
            check_account(self._rest, self._settings, self._public_url, self.name)
        except CallAssistError as error:
            return error
        return None

    def _ended(self, call_id: str, status: str) -> bool:
        """Whether asking for the end helped; not, when the call moved on in between."""
        try:
            now_it_is = self._rest.end(call_id, status)
        except Refused as refused:
            if refused.code == _WRONG_STATE:
                return False
            if refused.status == 404:
                raise NotFound("Twilio knows no such call") from None
            raise of_a_question(refused) from None
        except NoAnswer as error:
            raise of_a_question(error) from None
        return status == "completed" or STATUSES.get(now_it_is) is not LegStatus.ANSWERED


def _is_ours(call: KnownCall, since: datetime) -> bool:
    """Placed by us directly, not dialled from another call, and not before."""
    return call.parent_call_id is None and (call.created_at is None or call.created_at >= since)
