"""A call leg and everything that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.twilio_server.far_ends import FarEnd
from tests.twilio_server.shapes import geography, rfc2822

if TYPE_CHECKING:
    from tests.twilio_server.execution import Execution

ENDED = {"completed", "busy", "failed", "no-answer", "canceled"}
EVENTS = ("initiated", "ringing", "answered", "completed")


@dataclass
class Callback:
    """Where progress is reported, and which of it."""

    url: str
    method: str = "POST"
    events: tuple[str, ...] = ("completed",)


@dataclass
class Detection:
    """Answering-machine detection as it was asked for."""

    mode: str  # Enable, DetectMessageEnd
    timeout: float = 30
    is_async: bool = False
    url: str = ""
    method: str = "POST"


@dataclass
class Directions:
    """What a leg does once it is picked up: a document at an address, or one given."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    form: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Call:
    """One leg. `status` has also `initiated`, which only callbacks show."""

    sid: str
    account_sid: str
    to: str
    from_: str
    direction: str  # outbound-api, outbound-dial, inbound
    created_at: datetime
    phone: FarEnd
    directions: Directions = field(default_factory=Directions)
    parent: Call | None = None
    callback: Callback | None = None
    detection: Detection | None = None
    timeout: float = 60
    time_limit: float = 14400
    status: str = "queued"
    sequence: int = 0
    queue_ms: int = 0
    changed_at: datetime | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str | None = None
    sip: int | None = None
    price: Decimal | None = None
    phone_number_sid: str | None = None
    keys: list[str] = field(default_factory=list)
    pressed: Callable[[str], None] | None = None  # set while a Gather listens
    execution: Execution | None = None
    dialling: Any = None  # the Dial that waits on this leg's children
    on_answered: Callable[[], None] | None = None  # set on children
    on_ended: Callable[[], None] | None = None
    recordings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def was_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def duration(self) -> int:
        """Whole seconds from picking up to hanging up."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return round((self.ended_at - self.answered_at).total_seconds())

    @property
    def minutes(self) -> int:
        """As it is charged: begun minutes."""
        return -(-self.duration // 60)

    def common_form(self) -> dict[str, str]:
        """The fields of every request about this leg."""
        form = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": self.status,
            "Direction": self.direction,
            "ApiVersion": "2010-04-01",
        }
        for role, address in (("From", self.from_), ("Caller", self.from_)):
            form |= geography(role, address)
        for role, address in (("To", self.to), ("Called", self.to)):
            form |= geography(role, address)
        if self.parent is not None:
            form["ParentCallSid"] = self.parent.sid
        return form

    def progress_form(self, now: datetime) -> dict[str, str]:
        """What a status callback carries, as seen in captures; both ways to say how long."""
        form = self.common_form() | {
            "Timestamp": rfc2822(now) or "",
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self.sequence),
        }
        if self.has_ended:
            form["CallDuration"] = str(self.duration)
            form["Duration"] = str(self.minutes)
            form["SipResponseCode"] = str(self.sip or 200)
        if self.answered_by is not None and self.detection is not None:
            form["AnsweredBy"] = self.answered_by
        if self.direction != "inbound" and self.to.startswith("+1") and self.was_answered:
            form["StirStatus"] = "B"
        return form

    def to_json(self, prefix: str, *, fresh: bool = False) -> dict[str, Any]:
        """The Call resource; the answer to its creation knows no dates yet."""
        uri = f"{prefix}/2010-04-01/Accounts/{self.account_sid}/Calls/{self.sid}"
        shown = {"initiated": "queued"}.get(self.status, self.status)
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "parent_call_sid": self.parent.sid if self.parent else None,
            "to": self.to,
            "to_formatted": self.to,
            "from": self.from_,
            "from_formatted": self.from_,
            "phone_number_sid": self.phone_number_sid,
            "status": shown,
            "date_created": None if fresh else rfc2822(self.created_at),
            "date_updated": None if fresh else rfc2822(self.changed_at or self.created_at),
            "start_time": rfc2822(self.started_at),
            "end_time": rfc2822(self.ended_at),
            "duration": str(self.duration) if self.has_ended else None,
            "price": None if self.price is None else f"{self.price:.5f}",
            "price_unit": "USD",
            "direction": self.direction,
            "answered_by": self.answered_by,
            "api_version": "2010-04-01",
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": str(self.queue_ms),
            "trunk_sid": None,
            "uri": f"{uri}.json",
            "subresource_uris": {
                name: f"{uri}/{path}.json"
                for name, path in (("recordings", "Recordings"), ("events", "Events"))
            },
        }
