"""The month as a calendar: who arrives, stays and leaves; of all homes or one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue

from callassist.accounts.properties import properties
from callassist.models import Stay
from callassist.stays.listing import StayLine, is_dialable, stays_between
from callassist.web.pages import asking
from callassist.web.pages.host import stay_days
from callassist.web.pages.host.stay_days import day_bounds, month_after, month_before, weeks
from callassist.web.pages.host.stays import chosen_home, local_day, name_of

_SHOWN = 3  # of a day; the others are behind a link


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A stay on one day."""

    stay: Stay
    home_id: str
    text: str
    arrives: bool
    leaves: bool
    has_number: bool
    can_be_changed: bool  # by who looks


@dataclass(frozen=True, kw_only=True)
class Day:
    """One cell of the calendar."""

    on: date
    in_month: bool
    entries: list[Entry]
    more: int
    without_number: int


def show() -> ResponseReturnValue:
    """One month."""
    viewer, now = asking.host(), asking.now()
    with asking.reading() as session:
        home = chosen_home(session)
        homes = properties(session, viewer)
        zone = ZoneInfo(home.timezone if home else homes[0].timezone if homes else "UTC")
        today = local_day(now, zone)
        month = stay_days.month_of(request.args.get("month"), today)
        shown = weeks(month)
        starts_at, _ = day_bounds(shown[0][0], zone)
        _, ends_at = day_bounds(shown[-1][-1], zone)
        home_id = home.id if home else None
        lines = stays_between(session, viewer, starts_at, ends_at, home_id=home_id)
        writable = {account for account in viewer.account_ids if viewer.can_write(account)}
        entries = _by_day(lines, writable, alone=home is not None)
    return render_template(
        "host/stay_calendar.html",
        home=home,
        homes=homes,
        month=month,
        today=today,
        weeks=[[_day(day, month, entries.get(day, [])) for day in week] for week in shown],
        before=month_before(month),
        after=month_after(month),
        days=stay_days,
    )


def _by_day(
    lines: list[StayLine], writable: Collection[int], *, alone: bool
) -> dict[date, list[Entry]]:
    found: dict[date, list[Entry]] = {}
    for line in lines:
        first = local_day(line.stay.check_in_at, line.zone)
        last = local_day(line.stay.check_out_at, line.zone)
        guest = name_of(line.stay) or "–"
        text = guest if alone else f"{line.home.name} · {guest}"
        dialable = is_dialable(line.stay)
        changeable = line.stay.account_id in writable and line.stay.erased_at is None
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            entry = Entry(
                stay=line.stay,
                home_id=line.home.public_id,
                text=text,
                arrives=day == first,
                leaves=day == last,
                has_number=dialable,
                can_be_changed=changeable,
            )
            found.setdefault(day, []).append(entry)
    return found


def _day(on: date, month: date, entries: list[Entry]) -> Day:
    staying = [one for one in entries if not one.leaves or one.arrives]
    return Day(
        on=on,
        in_month=(on.year, on.month) == (month.year, month.month),
        entries=entries[:_SHOWN],
        more=max(len(entries) - _SHOWN, 0),
        without_number=sum(not one.has_number for one in staying),
    )
