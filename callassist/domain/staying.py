"""When a guest is there: local days and times of a place as instants, whatever clocks do.

Systems tell of days; few of them say when a guest has really arrived. So a guest is there from
the check-in time of the day of arrival until the check-out time of the day of departure, both on
the clocks of the home.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

CHECK_IN = time(15)
CHECK_OUT = time(11)


@dataclass(frozen=True, kw_only=True)
class Days:
    """A stay as its system tells it; instants, where it has real ones, win over days and times."""

    arrival: date
    departure: date
    check_in: time | None = None
    check_out: time | None = None
    arrives_at: datetime | None = None
    leaves_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class HouseTimes:
    """When guests of a place come and go, where it is known; what its host typed wins."""

    check_in: time | None = None
    check_out: time | None = None
    typed_check_in: time | None = None
    typed_check_out: time | None = None


def span(days: Days, house: HouseTimes, zone: tzinfo) -> tuple[datetime, datetime]:
    """From check-in until check-out, in UTC.

    What the host typed of the place wins over the stay's own times, and these over the place's.

    A time that clocks skip is the instant at which they would have shown it; of a time that they
    show twice the first is the arrival and the second the departure.
    """
    comes = house.typed_check_in or days.check_in or house.check_in or CHECK_IN
    goes = house.typed_check_out or days.check_out or house.check_out or CHECK_OUT
    arrives = None if house.typed_check_in else days.arrives_at
    leaves = None if house.typed_check_out else days.leaves_at
    arrives = arrives or _instant(days.arrival, comes, zone, fold=0)
    leaves = leaves or _instant(days.departure, goes, zone, fold=1)
    return arrives.astimezone(UTC), leaves.astimezone(UTC)


def _instant(day: date, at: time, zone: tzinfo, fold: int) -> datetime:
    local = datetime.combine(day, at.replace(tzinfo=None, fold=fold), zone)
    return local.astimezone(UTC)
