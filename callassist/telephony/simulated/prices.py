"""What calls and texts on the simulated network would cost: nobody pays it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from callassist.clock import Clock
from callassist.ports.pricing import LegPrice
from callassist.telephony.simulated.call_log import CallLog, LoggedCall

CURRENCY = "USD"
PRICED_AFTER = timedelta(minutes=1)  # like a real one, which does not know at once
PER_MINUTE = Decimal("0.0240")  # begun
PER_TEXT = Decimal("0.0620")


class SimulatedPrices:
    """Plausible prices, the same for every country."""

    def __init__(self, call_log: CallLog, clock: Clock) -> None:
        self._log = call_log
        self._clock = clock

    def of_call(self, call_id: str) -> list[LegPrice]:
        """The call, which has one leg."""
        call = self._log.call(call_id)
        return [] if call is None else [_of_call(call, self._clock.now())]

    def of_text(self, text_id: str) -> LegPrice | None:
        """One text."""
        rows = self._log.rows("SELECT sent_at FROM text WHERE text_id = ?", text_id)
        if not rows:
            return None
        sent_at = datetime.fromisoformat(rows[0]["sent_at"])
        is_known = sent_at + PRICED_AFTER <= self._clock.now()
        return LegPrice(leg_id=text_id, amount=PER_TEXT if is_known else None, currency=CURRENCY)


def _of_call(call: LoggedCall, now: datetime) -> LegPrice:
    line = call.timeline
    talked = line.talk_seconds or 0
    is_known = line.ended_at + PRICED_AFTER <= now
    return LegPrice(
        leg_id=call.call_id,
        amount=PER_MINUTE * -(-talked // 60) if is_known else None,
        currency=CURRENCY,
        seconds=talked,
        is_over=line.ended_at <= now,
    )
