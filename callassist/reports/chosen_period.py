"""Which nights somebody wants figures of, and the figures as a table and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.accounts.properties import properties
from callassist.domain.spreadsheet import csv_line
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import Account, Property
from callassist.reports.period import Figures, figures
from callassist.reports.period_document import PeriodDocument, period_document

LONGEST = timedelta(days=366)
USUAL = timedelta(days=27)  # from the first of 28 nights to the last


def figures_of(
    session: Session,
    viewer: Viewer,
    home: Property | None,
    first: date | None,
    last: date | None,
    now: datetime,
) -> Figures:
    """Figures of one home, else of all of the viewer's; of the last 28 nights unless told.

    InvalidInput names the day that is wrong.
    """
    homes = [home] if home is not None else properties(session, viewer)
    last = last or newest_night(home, accounts(session, viewer), now)
    first = first or last - USUAL
    if first > last:
        raise InvalidInput("must not be before `first`", "last")
    if last - first > LONGEST:
        raise InvalidInput("at most 366 days before `last`", "first")
    return figures(session, homes, first, last, now)


def newest_night(home: Property | None, own: Sequence[Account], now: datetime) -> date:
    """The last night that is over where the home is, or where the viewer lives."""
    return now.astimezone(zone_of(home, own)).date() - timedelta(days=1)


def zone_of(home: Property | None, own: Sequence[Account]) -> ZoneInfo:
    """The home's zone, else that of the viewer's first account."""
    return ZoneInfo(home.timezone if home else own[0].timezone if own else "UTC")


def document_of(
    found: Figures, home: Property | None, own: Sequence[Account], language: str, now: datetime
) -> PeriodDocument:
    """The figures to print, under the name of the home or of the viewer's accounts."""
    place = home.name if home is not None else ", ".join(account.name for account in own)
    return period_document(found, place, language, zone_of(home, own), now)


def csv_of(found: Figures) -> Iterator[str]:
    """Lines of CSV, home by home."""
    yield csv_line(
        (
            *("home", "first_night", "last_night", "nights", "quiet_nights", "incidents"),
            *("ended_by_themselves", "calls_requested", "guests_reached", "minutes_above"),
        )
    )
    for one in found.homes:
        yield csv_line(
            (
                *(one.home.name, found.first.isoformat(), found.last.isoformat(), one.nights),
                *(one.quiet_nights, one.incidents, one.by_themselves, one.called, one.reached),
                one.minutes_above,
            )
        )
