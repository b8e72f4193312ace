"""How an operator calls: from the browser, or by a phone of their own."""

from __future__ import annotations

from collections.abc import Sequence

from callassist.domain.dial import DialMode
from callassist.domain.phone import parse_number
from callassist.errors import InvalidInput
from callassist.models import Operator
from callassist.storage.vault import Vault


def choose_dial_mode(operator: Operator, word: str, modes: Sequence[DialMode]) -> None:
    """From the next call on; InvalidInput for a way that the network does not have."""
    if word not in modes:
        known = ", ".join(modes)
        raise InvalidInput(f"unknown; use one of {known}", "dial_mode")
    if word == DialMode.OWN_PHONE and operator.phone is None:
        raise InvalidInput("write the number of your phone first", "phone")
    operator.dial_mode = word


def set_own_phone(vault: Vault, operator: Operator, typed: str) -> None:
    """The number that is rung before a guest is; empty forgets it. InvalidInput for junk."""
    if not typed.strip():
        operator.phone = None
        if operator.dial_mode == DialMode.OWN_PHONE:
            operator.dial_mode = None
        return
    operator.phone = vault.seal(parse_number(typed, field="phone").e164)
