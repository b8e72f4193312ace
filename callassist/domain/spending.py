"""What calls and texts may cost: caps per day and month, and what stops at them. Pure.

Money is Decimal in the unit in which the provider bills. Nothing is ever converted: a cap is an
amount in whatever currency that is, and each currency is held against it by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from callassist.errors import InvalidInput

SMALLEST = Decimal("0.000000001")  # what amounts are kept to, exactly
LARGEST = Decimal(1_000_000)
NOTHING = Decimal(0)


class Spending(StrEnum):
    """What money is about to go out for."""

    TEXT = "text"  # automatic, to a guest
    VOICE = "voice"  # automatic call to a guest
    SPOKEN_ALARM = "spoken_alarm"  # "needs you" by voice
    FIRST_CALL = "first_call"  # a person's first call to the guest about an incident
    LATER_CALL = "later_call"  # a person's second or third
    HOST_CALL = "host_call"  # a person's call to the host
    RINGING_STAFF = "ringing_staff"  # the phone of somebody who is to make a call


# Nobody decided at that moment that these should go out, so they stop first.
AUTOMATIC = frozenset({Spending.TEXT, Spending.VOICE, Spending.SPOKEN_ALARM})
_STOPS = AUTOMATIC | {Spending.LATER_CALL}


class Whose(StrEnum):
    """Whose cap."""

    ACCOUNT = "account"
    SERVICE = "service"


class Period(StrEnum):
    """What a cap is for."""

    DAY = "day"
    MONTH = "month"


class Mark(StrEnum):
    """How far a budget is used up; each is told once in its period."""

    HALF = "half"
    REACHED = "reached"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One cap, and what was spent of it in its period."""

    whose: Whose
    period: Period
    cap: Decimal
    starts_at: datetime
    known: Mapping[str, Decimal] = field(default_factory=dict)  # by currency
    pending: Decimal = NOTHING  # estimate of what has no price yet, in no currency

    @property
    def used(self) -> Decimal:
        """The largest sum of any currency, with what has no price yet on top of it.

        In which currency that will be billed nobody knows, so it is held against each of them.
        Money that came back lowers its own currency and no other.
        """
        return max(max(self.known.values(), default=NOTHING), NOTHING) + self.pending

    @property
    def mark(self) -> Mark | None:
        """Whether it is half or wholly used up; a cap of nothing is reached from the start."""
        if self.used >= self.cap:
            return Mark.REACHED
        return Mark.HALF if self.used * 2 >= self.cap else None

    @property
    def name(self) -> str:
        """`account_day`, for the log."""
        return f"{self.whose}_{self.period}"


@dataclass(frozen=True, kw_only=True)
class Caps:
    """What may be spent in a day and in a month; None: no cap."""

    day: Decimal | None = None
    month: Decimal | None = None

    def by_period(self) -> tuple[tuple[Period, Decimal | None], ...]:
        """Both, the shorter first: it is the one that ends sooner."""
        return (Period.DAY, self.day), (Period.MONTH, self.month)


@dataclass(frozen=True)
class Verdict:
    """Whether it may go out; `reason` is for the log: `within_caps`, `cap_account_day` ...

    `over` is the cap that is reached, also where the call goes on and the owner is told.
    """

    allowed: bool
    reason: str
    over: Budget | None = None


def may_spend(kind: Spending, budgets: Iterable[Budget]) -> Verdict:
    """Whether this may go out now, given every cap that holds (none: everything may).

    Automatic messages and a person's second and third call to a guest stop at a cap. A first call,
    a call to the host, and ringing whoever is to make them go on: they are what the service is for.
    """
    over = next((budget for budget in budgets if budget.mark is Mark.REACHED), None)
    if over is None:
        return Verdict(True, "within_caps")
    return Verdict(kind not in _STOPS, f"cap_{over.name}", over)


def period_of(now: datetime, zone: tzinfo, period: Period) -> tuple[datetime, datetime]:
    """[start, end) of the local day or month that `now` lies in.

    From midnight to midnight by the zone's clock, so a day may have 23 or 25 hours. Where midnight
    is left out the day begins at the jump, where it comes twice at the first.
    """
    today = now.astimezone(zone).date()
    first = today if period is Period.DAY else today.replace(day=1)
    after = first + timedelta(days=1 if period is Period.DAY else 32)
    if period is Period.MONTH:
        after = after.replace(day=1)
    return _midnight(first, zone), _midnight(after, zone)


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """What has no price yet is held to cost, in no currency: rather too much than too little."""

    minute: Decimal = Decimal("0.50")  # of each leg of a call, begun
    text: Decimal = Decimal("0.30")
    running_minutes: int = 5  # a leg that still runs

    def of_leg(self, seconds: int | None) -> Decimal:
        """One leg of a call; None: it still runs, or nobody knows how long it did."""
        minutes = self.running_minutes if seconds is None else max(-(-seconds // 60), 1)
        return self.minute * minutes


def read_amount(written: str | None, field_name: str) -> Decimal | None:
    """An amount as people write it, `20` or `12,50`; None when nothing is written."""
    text = (written or "").strip().replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not NOTHING <= amount <= LARGEST:
        raise InvalidInput("write an amount like 20 or 12.50, or nothing for no cap", field_name)
    return amount.quantize(Decimal("0.01"))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
