"""The exchange: lets legs ring, be picked up and end, and tells whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from tests.twilio_server.calls import Call
from tests.twilio_server.far_ends import (
    ENDINGS,
    SILENT,
    Behaviour,
    stays_for,
)
from tests.twilio_server.network import Network
from tests.twilio_server.webhooks import Webhook

RINGS_AFTER = 1.0  # seconds from dialling to the first ring
CARRIER_SAYS_NO_AFTER = 2.0
EXTRA_RING = 5.0  # Twilio lets it ring that much longer than `Timeout` says
PRICED_AFTER = 60.0
PER_MINUTE = {"client": Decimal("0.004"), "inbound": Decimal("0.0085"), "phone": Decimal("0.014")}


class Exchange:
    """Every leg of the account."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.calls: list[Call] = []
        self.by_sid: dict[str, Call] = {}
        # how a leg ends whose caller hangs up while it rings: so say services that had it, but
        # no page of Twilio's; `no-answer` is the other reading
        self.abandoned_status = "canceled"
        self._next_slot: datetime | None = None
        self.ended_listeners: list[Callable[[Call], None]] = []  # told of every leg that is over
        self.picked_up: Callable[[Call], None] | None = (
            None  # set by the interpreter: what to do with an answered leg
        )

    def add(self, call: Call) -> Call:
        call.keys = list(call.phone.presses)
        self.calls.append(call)
        self.by_sid[call.sid] = call
        return call

    def alive(self) -> list[Call]:
        return [call for call in self.calls if not call.has_ended]

    def place(self, call: Call) -> None:
        """Dial as soon as the account's rate lets us."""
        wait = self._wait_for_slot() if call.direction == "outbound-api" else 0.0
        call.queue_ms = round(wait * 1000)
        self.network.after(wait, lambda: self._dial(call))

    def _wait_for_slot(self) -> float:
        rate = self.network.account.calls_per_second
        if not rate:
            return 0.0
        now = self.network.now()
        slot = max(now, self._next_slot or now)
        self._next_slot = slot + timedelta(seconds=1 / rate)
        return (slot - now).total_seconds()

    def _dial(self, call: Call) -> None:
        if call.has_ended:
            return
        call.started_at = self.network.now()
        self.move(call, "initiated", "initiated")
        behaviour = call.phone.behaviour
        if behaviour in SILENT:
            status, sip = ENDINGS[behaviour]
            self._later(call, CARRIER_SAYS_NO_AFTER, lambda: self._refused(call, status, sip))
        else:
            self._later(call, RINGS_AFTER, lambda: self._ring(call))

    def _ring(self, call: Call) -> None:
        self.move(call, "ringing", "ringing")
        phone, patience = call.phone, call.timeout + EXTRA_RING
        status, sip = ENDINGS.get(phone.behaviour, ENDINGS[Behaviour.NO_ANSWER])
        if phone.behaviour is Behaviour.NO_ANSWER or phone.ring > patience:
            status, sip = ENDINGS[Behaviour.NO_ANSWER]
            self._later(call, patience, lambda: self._refused(call, status, sip))
        elif phone.behaviour in ENDINGS:
            self._later(call, phone.ring, lambda: self._refused(call, status, sip))
        else:
            self._later(call, phone.ring, lambda: self.answer(call))

    def _refused(self, call: Call, status: str, sip: int) -> None:
        self.end(call, call.phone.status or status, sip=call.phone.sip or sip)

    def answer(self, call: Call) -> None:
        """Somebody, or something, picks up."""
        if call.was_answered or call.has_ended:
            return
        call.answered_at = self.network.now()
        self.move(call, "in-progress", "answered")
        self._later(call, stays_for(call.phone), lambda: self.end(call, "completed"))
        self._later(call, call.time_limit, lambda: self.end(call, "completed"))
        if call.on_answered is not None:
            call.on_answered()
        elif self.picked_up is not None and call.direction == "outbound-api":
            self.picked_up(call)

    def end(self, call: Call, status: str, sip: int | None = None) -> None:
        """The leg is over, for good; its children and its parent are told."""
        if call.has_ended:
            return
        call.ended_at = self.network.now()
        call.sip = sip or (200 if status == "completed" else 487)
        if call.execution is not None:
            call.execution.stop()
        self.move(call, status, "completed")
        if call.was_answered:
            self.network.after(PRICED_AFTER, lambda: self._price(call))
        if call.dialling is not None:
            call.dialling.caller_gone()
        if call.on_ended is not None:
            call.on_ended()
        for listener in self.ended_listeners:
            listener(call)

    def hang_up(self, call: Call, *, by_caller: bool = False) -> None:
        """End a leg from our side, picked up or not."""
        if call.was_answered:
            self.end(call, "completed")
        else:
            self.end(call, self.abandoned_status if by_caller else "canceled", sip=487)

    def move(self, call: Call, status: str, event: str) -> None:
        call.status = status
        call.changed_at = self.network.now()
        callback = call.callback
        if callback is None or event not in callback.events:
            return
        form = call.progress_form(self.network.now())
        call.sequence += 1
        self.network.notify(Webhook("status", callback.url, form, call.sid, method=callback.method))

    def _later(self, call: Call, seconds: float, do: Callable[[], None]) -> None:
        """Do it unless the leg has ended by then."""
        self.network.after(seconds, lambda: None if call.has_ended else do())

    def _price(self, call: Call) -> None:
        kind = "client" if "client:" in call.to + call.from_ else "phone"
        if call.direction == "inbound" and kind == "phone":
            kind = "inbound"
        call.price = -(PER_MINUTE[kind] * max(call.minutes, 1))
        self.network.account.balance += call.price
