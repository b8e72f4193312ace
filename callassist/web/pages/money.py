"""Amounts in words: each currency by itself, never converted, never rounded to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_currency, format_decimal, get_currency_precision

from callassist.web.languages import language
from callassist.web.translate import gettext as _

_MOST_DECIMALS = 4


def amount_words(amount: Decimal, currency: str) -> str:
    """`$0.0079`, `12,50 €`: as many decimals as the currency has, more where it is less."""
    usual = get_currency_precision(currency)
    rounded = round(amount, usual)
    decimals = usual if amount == rounded or abs(amount) >= 1 else _MOST_DECIMALS
    shown = round(amount, decimals)
    pattern = "#,##0." + "0" * usual + "#" * (decimals - usual) if decimals else "#,##0"
    fitting = f"{pattern} ¤" if language() == "fr" else f"¤{pattern}"
    return format_currency(
        shown, currency, format=fitting, locale=language(), currency_digits=False
    )


def number_words(amount: Decimal) -> str:
    """`3.51`, `3,51`: an amount in whatever currency it may be."""
    return str(format_decimal(amount, format="#,##0.00", locale=language()))


def sums_words(by_currency: Mapping[str, Decimal]) -> str:
    """Every currency that something was paid in, the largest amount first."""
    found = sorted(by_currency.items(), key=lambda one: -abs(one[1]))
    return " + ".join(amount_words(amount, code) for code, amount in found)


def not_priced(waiting: int, unknown: int) -> str:
    """What is missing from a sum; empty when nothing is."""
    said = []
    if waiting:
        said.append(_("%(n)s not priced yet", n=waiting))
    if unknown:
        said.append(_("%(n)s never priced", n=unknown))
    return ", ".join(said)
