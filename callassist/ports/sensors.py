"""Brands of sensors: what an adapter is, what it hands over, and how it refuses a body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

from callassist.domain.noise import ReadingKind, SourceKind
from callassist.errors import PermanentError

MAX_BODY = 1024 * 1024
MAX_READINGS = 1000
LOWEST_DB, HIGHEST_DB = -20.0, 200.0
AT_ARRIVAL = datetime(1, 1, 1, tzinfo=UTC)  # of a reading that has no time of its own


class ParsedReading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing that a sensor said, in our words; `at` is aware UTC, `sensor` the brand's id."""

    sensor: str
    at: datetime
    kind: ReadingKind
    event_id: str | None = None
    level_db: float | None = None
    notice_number: int | None = None


class UnknownEvent(msgspec.Struct, frozen=True, gc=False):
    """An event that has nothing to do with noise: acknowledged and ignored."""

    reason: str


Parsed = ParsedReading | UnknownEvent


@dataclass(frozen=True, kw_only=True)
class SourceTiming:
    """What is known of a brand's timing: how late is still fresh, when its notices come."""

    max_age: timedelta = timedelta(minutes=5)
    notice_delay: timedelta = timedelta()
    notice_step: timedelta = timedelta()


class Headers(Protocol):
    """Request headers; names are not case-sensitive."""

    def get(self, name: str, /) -> str | None:
        """The header's value, None when it was not sent."""
        ...


class SensorAdapter(Protocol):
    """One brand: pure functions of the request. Rules of ours are not its business."""

    kind: SourceKind  # of a sensor that is heard for the first time
    reports_every: timedelta  # the same; silence is judged by it

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse bad connection options; raises InvalidInput naming the option."""
        ...

    def timing(self, options: Mapping[str, object]) -> SourceTiming:
        """The brand's timing, with what the connection's options say of it."""
        ...

    def verify(
        self,
        headers: Headers,
        body: bytes,
        secrets: Sequence[str],
        options: Mapping[str, object],
        now_real: datetime,
    ) -> None:
        """Check who sent `body`; raises BadSignature. No secrets: the address is the proof."""
        ...

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        """The readings of `body` in its order; raises a Refused, never keeps a part."""
        ...


@dataclass(frozen=True, kw_only=True)
class FixedReply:
    """What a brand waits for once its delivery was stored, instead of our receipt."""

    status: int
    body: bytes  # JSON


@runtime_checkable
class HasFixedReply(Protocol):
    """A brand that wants the same answer each time."""

    reply: FixedReply


@runtime_checkable
class TriesOut(Protocol):
    """A brand whose message we can make ourselves, to try the whole way that it goes."""

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        """A calm reading of `sensor` as the brand would post it, in JSON."""
        ...

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        """The headers that prove it, as the brand would send them."""
        ...


class Intake(Protocol):
    """Where readings go that nobody posts: those that we ask for, or listen to."""

    def take(self, connection_id: int, readings: Sequence[Parsed]) -> object:
        """Store them as if they were posted; returns after the commit.

        ServiceBusy when it cannot be done now; NotFound when the connection was closed.
        """
        ...


class Samples(Protocol):
    """Keeps the last message of each connection for a day, so that fields can be chosen by it."""

    def offer(self, connection_id: int, body: bytes, refusal: str | None) -> None:
        """Remember it soon, unless one of the same sort was kept lately; never fails."""
        ...


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `pointer` is a JSON pointer into the body."""

    pointer: str
    detail: str


class Refused(PermanentError):
    """The whole body is refused for its shape; `faults` name every place."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "Malformed body"

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)


class Malformed(Refused):
    """Not what the contract describes: the pointer says where."""


class BadSignature(Refused):
    """Nothing proves that the owner of the connection sent this."""

    status = 401
    title = "Signature refused"


class TooLarge(Refused):
    """More bytes or more readings than one request may carry."""

    status = 413
    title = "Too large"


class WrongMediaType(Refused):
    """A content type or encoding that the adapter does not read."""

    status = 415
    title = "Unsupported media type"


class BadValues(Refused):
    """Well-formed values that mean nothing: NaN, out of range, a time without its zone."""

    status = 422
    title = "Unusable values"
