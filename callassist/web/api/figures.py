"""`/figures`: what was loud in a period and what was done, home by home."""

from __future__ import annotations

from pydantic import Field

from callassist.accounts.people import accounts
from callassist.models import Property
from callassist.reports.chosen_period import csv_of, document_of, figures_of
from callassist.reports.period import Figures, HomeFigures, middle
from callassist.reports.render_pdf import render_pdf
from callassist.web.api.fields import Day, Input, Output, PublicId
from callassist.web.api.reports import ReportLanguage
from callassist.web.api.routing import ACCOUNTS, Ask, File, Route
from callassist.web.api.scoping import property_named


class Period(Input):
    """Nights that began on these days; the last 28 nights when left out, at most 367."""

    first: Day | None = None
    last: Day | None = None
    property: PublicId | None = Field(default=None, description="All homes when left out.")


class PrintedPeriod(Period):
    """Also in which language; the account's when left out."""

    language: ReportLanguage | None = None


class Counts(Output):
    """Practice and shadow mode do not count. `first_call_seconds` is the median."""

    nights: int
    quiet_nights: int
    incidents: int
    ended_by_themselves: int
    calls_requested: int
    guests_reached: int
    minutes_above: int
    first_call_seconds: int | None


class HomeCounts(Counts):
    """One home; a night belongs to the day on whose evening it begins."""

    property: str
    property_name: str
    loud_nights: list[Day]


class FiguresOut(Output):
    """A period: over all homes, and each of them."""

    first: Day
    last: Day
    total: Counts
    homes: list[HomeCounts]


def show(ask: Ask, query: Period) -> FiguresOut:
    found = _figures(ask, query)
    return FiguresOut(
        first=found.first,
        last=found.last,
        total=Counts(
            nights=found.nights,
            quiet_nights=found.quiet_nights,
            incidents=found.incidents,
            ended_by_themselves=found.by_themselves,
            calls_requested=found.called,
            guests_reached=found.reached,
            minutes_above=found.minutes_above,
            first_call_seconds=found.first_call_seconds,
        ),
        homes=[_home_counts(one) for one in found.homes],
    )


def as_csv(ask: Ask, query: Period) -> File:
    """One line for each home, with a line of titles."""
    return File("".join(csv_of(_figures(ask, query))).encode(), "text/csv; charset=utf-8")


def as_pdf(ask: Ask, query: PrintedPeriod) -> File:
    own = accounts(ask.session, ask.viewer)
    language = query.language or own[0].language
    made = document_of(_figures(ask, query), _home(ask, query), own, language, ask.now)
    return File(lambda: render_pdf(made, made_at=ask.now), "application/pdf")


def _figures(ask: Ask, query: Period) -> Figures:
    home = _home(ask, query)
    return figures_of(ask.session, ask.viewer, home, query.first, query.last, ask.now)


def _home(ask: Ask, query: Period) -> Property | None:
    return None if query.property is None else property_named(ask, query.property)


def _home_counts(one: HomeFigures) -> HomeCounts:
    return HomeCounts(
        property=one.home.public_id,
        property_name=one.home.name,
        loud_nights=sorted(one.loud_nights),
        nights=one.nights,
        quiet_nights=one.quiet_nights,
        incidents=one.incidents,
        ended_by_themselves=one.by_themselves,
        calls_requested=one.called,
        guests_reached=one.reached,
        minutes_above=one.minutes_above,
        first_call_seconds=middle(one.first_calls),
    )


ROUTES = (
    Route(
        method="GET",
        path="/figures",
        summary="Figures of a period",
        scopes=ACCOUNTS,
        run=show,
        query=Period,
        answer=FiguresOut,
    ),
    Route(
        method="GET",
        path="/figures.csv",
        summary="Figures of a period as a table",
        scopes=ACCOUNTS,
        run=as_csv,
        query=Period,
        answer="text/csv",
    ),
    Route(
        method="GET",
        path="/figures.pdf",
        summary="Figures of a period as a tagged PDF",
        scopes=ACCOUNTS,
        run=as_pdf,
        query=PrintedPeriod,
        answer="application/pdf",
    ),
)
