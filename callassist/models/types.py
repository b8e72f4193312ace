"""Column types shared by all tables."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_LETTERS = 20
_PUBLIC_IDS = len(_ALPHABET) ** _LETTERS


def new_public_id() -> str:
    """A random id (98 bits) safe to show in addresses; nothing can be guessed from it."""
    number = secrets.randbelow(_PUBLIC_IDS)  # asked for once: a transfer makes thousands of ids
    letters = []
    for _ in range(_LETTERS):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, stored as integer microseconds since 1970 on every database.

    Naive values are refused. An integer sorts, compares and indexes alike on SQLite and
    PostgreSQL and costs no parsing on the hot path.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return _instant(value)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[int | None], datetime | None]:
        # drivers give plain integers: one call for each value read, not two
        return _instant


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(value: datetime) -> int:
    """Microseconds since 1970; a naive value raises ValueError."""
    if value.tzinfo is None:
        raise ValueError("naive datetime: every stored instant is aware UTC")
    return (value - _EPOCH) // _MICROSECOND


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


def from_micros(value: int) -> datetime:
    """The aware UTC instant of `to_micros`."""
    return _EPOCH + timedelta(microseconds=value)


class Money(TypeDecorator[Decimal]):
    """An amount in billionths of its currency's unit: sums are exact on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * _BILLION).to_integral_value())

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:
        # PostgreSQL's sum of such columns is a Decimal of billionths
        return None if value is None else Decimal(int(value)) / _BILLION


_BILLION = Decimal(10**9)

BigKey = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[int, mapped_column(BigKey, primary_key=True, autoincrement=True)]
PublicId = Annotated[str, mapped_column(String(24), unique=True, default=new_public_id)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]  # AES-GCM with key id, see storage.vault
KeyedIndex = Annotated[str, mapped_column(String(64))]  # HMAC of a number, see storage.vault
Amount = Annotated[Decimal, mapped_column(Money)]
Word = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(255))]
Prose = Annotated[str, mapped_column(Text)]
JsonDict = Annotated[dict[str, Any], mapped_column(Json)]
JsonList = Annotated[list[Any], mapped_column(Json)]
