"""The simulated network's face to the service: the telephony port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from callassist.clock import Clock
from callassist.domain.dial import DialMode, LegEvent
from callassist.domain.phone import Number, parse_number
from callassist.domain.results import AttemptOutcome
from callassist.errors import InvalidInput, NotFound, SettingsError, TransientError
from callassist.ports.telephony import (
    CallInDoubt,
    Capabilities,
    FoundCall,
    PlaceCall,
    PlacedCall,
    RateLimited,
    RefusedCall,
    WebhookRequest,
)
from callassist.telephony.simulated.bridge import SimulatedBridge
from callassist.telephony.simulated.call_log import CallLog, SimulatedCall
from callassist.telephony.simulated.callback_loop import CallbackLoop, Post
from callassist.telephony.simulated.callbacks import event_of, is_signed
from callassist.telephony.simulated.conversations import Conversations
from callassist.telephony.simulated.exchange import Exchange
from callassist.telephony.simulated.faults import Faults, Mishap, draw, mishap_of
from callassist.telephony.simulated.incoming import comes_in, desk_decides
from callassist.telephony.simulated.numbers import Behaviour, written_behaviour
from callassist.telephony.simulated.prices import SimulatedPrices
from callassist.telephony.simulated.recording import count_request
from callassist.telephony.simulated.text_reports import TextReports
from callassist.telephony.simulated.texts import SimulatedTexts

_OUTAGE = "the simulated network is down"
_REFUSALS = {
    Behaviour.REFUSED: "the network refuses calls to this number",
    Behaviour.INVALID_NUMBER: "this number is not in use",
}


class SimulatedNetwork:
    """Accepts calls durably in its own file and plays them out on the service's clock.

    Like a real network it does not know what a repeated request means: two requests are two
    calls. `faults` may be replaced at any time; what was planned before stays as planned.
    """

    name = "simulated"

    def __init__(
        self,
        path: Path,
        clock: Clock,
        seed: int,
        *,
        post: Post,
        secret: str,
        faults: Faults | None = None,
    ) -> None:
        if not secret:
            raise SettingsError("the simulated network needs a secret to sign its callbacks with")
        self.faults = faults or Faults()
        self._clock = clock
        self._seed = seed
        self._secret = secret
        self._log = CallLog(path)
        self._exchange = Exchange(self._log, seed, secret, lambda: self.faults)
        self._conversations = Conversations(
            self._log, clock, seed, self._exchange, post=post, secret=secret
        )
        self._texts = SimulatedTexts(self._log, clock, seed, lambda: self.faults)
        reports = TextReports(self._log, clock, post, secret)
        self._prices = SimulatedPrices(self._log, clock)
        self._loop = CallbackLoop(
            self._log, clock, post, secret, texts=reports, conversations=self._conversations
        )

    @property
    def keys(self) -> dict[str, Sequence[str]]:
        """What is pressed at a number, menu by menu, in place of its own; "" is nothing."""
        return self._conversations.keys

    @property
    def bridge(self) -> SimulatedBridge:
        """It asks about each phone that it rings with an address to ask."""
        return SimulatedBridge(self._child_of)

    @property
    def texting(self) -> SimulatedTexts:
        """It sends texts, too, which nobody receives."""
        return self._texts

    @property
    def pricing(self) -> SimulatedPrices:
        """Nobody pays anything; the prices are like real ones all the same."""
        return self._prices

    def owns(self, number: str) -> bool:
        """Every number may be shown where nobody sees it."""
        return True

    def capabilities(self) -> Capabilities:
        """The server dials, callbacks come, calls can be looked up; nobody is really phoned."""
        return Capabilities(
            modes=(DialMode.SERVER,),
            simulated=True,
            callbacks=True,
            find_calls=True,
            on_service_clock=True,
        )

    def check(self) -> None:
        """Raise TransientError while the network is down, its file or its thread is broken."""
        self._refuse_when_down()
        self._loop.check()
        self._log.rows("SELECT 1 FROM call LIMIT 1")

    def place_call(self, request: PlaceCall) -> PlacedCall:
        """Dial once; the call is in the log before this returns."""
        if self.faults.down:
            raise CallInDoubt(_OUTAGE)
        number = _dialable(request.to)
        now = self._clock.now()
        call_id = ""
        try:
            with self._log.write() as file:
                n = count_request(file, now)
                mishap = mishap_of(self.faults, self._seed, n)
                if mishap in (None, Mishap.REPLY_LOST):
                    accepted_at = now + self._acceptance(n, mishap)
                    call = self._exchange.accept(file, n, number, request, accepted_at)
                    call_id = call.call_id
        except TransientError as error:
            raise CallInDoubt(error.detail) from error
        self._loop.wake()
        if mishap is Mishap.RATE_LIMITED:
            raise RateLimited("too many calls at once", self.faults.retry_after_seconds)
        if mishap is not None:
            raise CallInDoubt("the simulated network did not answer in time")
        return PlacedCall(call_id=call_id)

    def phone_in(self, number: str, url: str, keys: Sequence[str] = ()) -> str:
        """Somebody phones us and presses these keys, menu by menu; the call's id.

        `number` is empty for who shows none, `url` where the service takes calls.
        """
        self._conversations.keys[number] = keys
        with self._log.write() as file:
            call_id = comes_in(file, self._exchange, number, url, self._clock.now())
        self._loop.wake()
        return call_id

    def desk_answers(self, call_id: str) -> None:
        """Somebody at the browser that is rung from this call picks up."""
        self._desk_decides(call_id, draw(self._seed, call_id, "desk"))

    def desk_declines(self, call_id: str) -> None:
        """Or does not want it."""
        self._desk_decides(call_id, None)

    def hang_up(self, call_id: str) -> None:
        """End the call now; NotFound for a call that was never placed."""
        self._refuse_when_down()
        now = self._clock.now()
        with self._log.write() as file:
            call = self._log.call(call_id)
            if call is None or call.timeline.placed_at > now:
                raise NotFound(f"the simulated network knows no call {call_id}")
            self._exchange.end(file, call_id, now)
        self._loop.wake()

    def fetch_call(self, call_id: str) -> LegEvent | None:
        """The latest report on the call; None when it was never placed."""
        self._refuse_when_down()
        call = self._log.call(call_id)
        return None if call is None else call.timeline.latest_event(call_id, self._clock.now())

    def find_calls(self, *, to: str, since: datetime) -> list[FoundCall]:
        """Calls to the number accepted from `since` until now, oldest first."""
        self._refuse_when_down()
        now = self._clock.now()
        found = []
        for call in self._log.calls_to(self._exchange.index(to), since, now):
            event = call.timeline.latest_event(call.call_id, now)
            if event is not None:
                found.append(
                    FoundCall(
                        call_id=call.call_id,
                        placed_at=call.timeline.placed_at,
                        event=event,
                        attempt_id=call.attempt_id,
                    )
                )
        return found

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Whether our own secret signed exactly this address and form."""
        return is_signed(self._secret, request)

    def parse_webhook(self, request: WebhookRequest) -> list[LegEvent]:
        """The one report of a callback; InvalidInput names the field that makes no sense."""
        return [event_of(request.form)]

    def calls(self) -> list[SimulatedCall]:
        """Every call ever placed, as known now: what a checker compares the service with."""
        return self._log.calls(self._clock.now())

    def heard(self, to: str) -> list[str]:
        """Every sentence said to a number that belongs to nobody, in order."""
        rows = self._log.rows(
            "SELECT sentence FROM heard JOIN call USING (call_id) WHERE number = ?"
            " ORDER BY heard.id",
            to,
        )
        return [str(row["sentence"]) for row in rows]

    def start(self) -> None:
        """Deliver callbacks in the background; call it when the service can be reached."""
        self._loop.start()

    def stop(self) -> None:
        """Stop delivering; undelivered callbacks go out after the next start."""
        self._loop.stop()

    def close(self) -> None:
        """Stop, and let go of the file."""
        self.stop()
        self._log.close()

    def pump(self, now: datetime | None = None) -> int:
        """Deliver everything due at `now` (default: the clock's); returns how many arrived."""
        return self._loop.pump(now or self._clock.now())

    def _desk_decides(self, call_id: str, talk: Random | None) -> None:
        with self._log.write() as file:
            desk_decides(file, self._log, self._exchange, call_id, self._clock.now(), talk)
        self._loop.wake()

    def _refuse_when_down(self) -> None:
        if self.faults.down:
            raise TransientError(_OUTAGE)

    def _acceptance(self, n: int, mishap: Mishap | None) -> timedelta:
        if mishap is None:
            return timedelta()
        return self.faults.accept_within * draw(self._seed, n, "accept").random()

    def _child_of(self, call_id: str) -> LegEvent | None:
        self._refuse_when_down()
        rows = self._log.rows("SELECT call_id FROM dialled_from WHERE parent_id = ?", call_id)
        return self.fetch_call(rows[-1]["call_id"]) if rows else None


def _dialable(to: str) -> Number:
    """The number, or RefusedCall: real networks check it before they accept the call."""
    try:
        number = parse_number(to, field="to")
    except InvalidInput as error:
        raise RefusedCall(error.detail, AttemptOutcome.INVALID_NUMBER, "bad_number") from None
    behaviour = written_behaviour(number.e164)
    if behaviour is not None and behaviour in _REFUSALS:
        raise RefusedCall(_REFUSALS[behaviour], AttemptOutcome.INVALID_NUMBER, behaviour)
    return number
