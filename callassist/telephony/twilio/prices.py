"""What Twilio charged: `price` and `price_unit` of calls and messages, which come later."""

from __future__ import annotations

import re
from dataclasses import replace

from callassist.domain.phone_costs import read_price
from callassist.ports.pricing import LegPrice
from callassist.telephony.twilio.rest import KnownCall, KnownText, Rest, asked

_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
# https://help.twilio.com/articles/223132547: whoever did not connect is not charged, and such a
# call keeps an empty price for ever
_NOT_CHARGED = frozenset({"busy", "no-answer", "failed", "canceled"})
_OVER = _NOT_CHARGED | {"completed"}


class TwilioPrices:
    """The prices of one account.

    Twilio writes what it took below zero. SignalWire does not say how it writes it, so there a
    price above zero is a charge, too: better a refund too few than a bill that shrinks the sum.
    """

    def __init__(self, rest: Rest, *, sign_is_known: bool = True) -> None:
        self._rest = rest
        self._sign_is_known = sign_is_known

    def of_call(self, call_id: str) -> list[LegPrice]:
        """The call, then the legs that were dialled from it."""
        call = asked(lambda: self._rest.call(call_id))
        if call is None:
            return []
        children = asked(lambda: self._rest.calls(parent_call_sid=call_id))
        return [self._signed(_of_leg(leg)) for leg in (call, *children)]

    def of_text(self, text_id: str) -> LegPrice | None:
        """One message."""
        text = asked(lambda: self._rest.text_sent(text_id))
        return None if text is None else self._signed(_of_text(text))

    def _signed(self, price: LegPrice) -> LegPrice:
        if self._sign_is_known or price.amount is None:
            return price
        return replace(price, amount=abs(price.amount))


def _of_leg(call: KnownCall) -> LegPrice:
    amount = read_price(call.price)
    if amount is None and call.status in _NOT_CHARGED:
        amount = read_price("0")
    return LegPrice(
        leg_id=call.call_id,
        parent_id=call.parent_call_id,
        amount=amount if _currency(call.currency) else None,
        currency=_currency(call.currency),
        seconds=int(call.duration) if call.duration.isdecimal() else 0,
        is_over=call.status in _OVER,
        to=call.to if _NUMBER.fullmatch(call.to) else "",
    )


def _of_text(text: KnownText) -> LegPrice:
    currency = _currency(text.currency)
    return LegPrice(
        leg_id=text.text_id,
        amount=read_price(text.price) if currency else None,
        currency=currency,
        to=text.to if _NUMBER.fullmatch(text.to) else "",
    )


def _currency(written: str) -> str:
    """ISO 4217; an amount in no currency is no price."""
    code = written.upper()
    return code if _CURRENCY.fullmatch(code) else ""
