"""The sample night on pages: a home's chart, its ribbon, and the nights that rules are tried on.

Everything is worked out here from `domain.sample_night` and the home's rules; nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.sample_nights import (
    begin_sample_night,
    end_sample_night,
    sample_began_at,
)
from callassist.domain.noise import (
    NoiseEvent,
    ReadingKind,
    Rules,
    SourceKind,
    SourceTraits,
    replay,
)
from callassist.domain.noise.rules import SILENT_AFTER
from callassist.domain.policy import EscalationPolicy
from callassist.domain.sample_night import EVERY, LASTS, sample_levels
from callassist.domain.spans import Span
from callassist.domain.thresholds import limits, quiet_spans
from callassist.errors import Conflict
from callassist.models import Property
from callassist.reports.facts import Level, SensorFacts
from callassist.reports.noise_past import BreachSpan, cell_start
from callassist.reports.ribbon import CELL, Ribbon, Tick, cells_of_levels, with_breaches
from callassist.web.pages import asking
from callassist.web.pages.host.noise_window import WINDOWS, Sounded, Window, draw_window
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

VIRTUAL = 0  # no sensor in the database has this id
TRAITS = {VIRTUAL: SourceTraits(kind=SourceKind.LEVEL, interval=EVERY)}
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class SampleNight:
    """What a home's page shows of its sample night."""

    window: Window
    ribbon: Ribbon
    ends_at: datetime  # by itself


def begin(home_id: str) -> ResponseReturnValue:
    """Put the virtual sensor into the home, and show what it says."""
    try:
        with asking.writing() as session:
            begin_sample_night(session, asking.host(), home_id, now=asking.now())
        flash(_("A virtual sensor plays a sample night. Nothing of it is real, nobody is called."))
    except Conflict as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.home", home_id=home_id))


def end(home_id: str) -> ResponseReturnValue:
    """Take the virtual sensor out again."""
    with asking.writing() as session:
        end_sample_night(session, asking.host(), home_id)
    flash(_("The virtual sensor and its sample night are gone."))
    return redirect(url_for("host.home", home_id=home_id))


def sample_night(
    session: Session, home: Property, rules: EscalationPolicy, name: str, now: datetime
) -> SampleNight | None:
    """What the virtual sensor of a home says in a window that ends now; None without one."""
    began_at = sample_began_at(session, home, now)
    if began_at is None:
        return None
    zone, starts_at = ZoneInfo(home.timezone), now - WINDOWS[name]
    events = sample_events(began_at, min(starts_at, now - _DAY), now, zone)
    made = replay(events, Rules(policy=rules, tz=zone, traits=TRAITS), until=now)
    loud = [BreachSpan(one.first_loud_at, one.ended_at, None, False) for one in made.loud]
    calls = [Tick(one.at, "call") for one in made.escalations if rules.makes_calls_at(one.at, zone)]
    sounded = Sounded(
        facts=[_facts(events, starts_at)],
        gaps=[Span(starts_at, events[0].at)] if events[0].at - starts_at > SILENT_AFTER else [],
        breaches=[one for one in loud if one.until(now).ends_at > starts_at],
        ticks=[one for one in calls if one.at >= starts_at],
    )
    return SampleNight(
        window=draw_window(name, sounded, rules, zone, now, has_sensor=True),
        ribbon=_ribbon(events, loud, calls, rules, zone, now),
        ends_at=began_at + LASTS,
    )


def sample_events(
    began_at: datetime, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> list[NoiseEvent]:
    """What the virtual sensor said, as the noise rule takes it."""
    return [
        NoiseEvent(
            sensor_id=VIRTUAL,
            at=one.at,
            received_at=one.at,
            kind=ReadingKind.LEVEL,
            level_db=one.db,
        )
        for one in sample_levels(began_at, starts_at, ends_at, zone)
    ]


def _facts(events: list[NoiseEvent], starts_at: datetime) -> SensorFacts:
    return SensorFacts(
        public_id="sample",
        kind=SourceKind.LEVEL,
        interval=EVERY,
        silent_after=SILENT_AFTER,
        levels=tuple(
            Level(one.at, one.level_db)
            for one in events
            if one.level_db is not None and one.at >= starts_at
        ),
    )


def _ribbon(
    events: list[NoiseEvent],
    loud: list[BreachSpan],
    calls: list[Tick],
    rules: EscalationPolicy,
    zone: ZoneInfo,
    now: datetime,
) -> Ribbon:
    ends_at = cell_start(now) + CELL
    starts_at = ends_at - _DAY
    highest: dict[int, float] = {}
    for event in events:
        if event.level_db is not None and event.at >= starts_at:
            place = (event.at - starts_at) // CELL
            highest[place] = max(event.level_db, highest.get(place, event.level_db))
    cells = cells_of_levels(
        highest, int(_DAY / CELL), starts_at, limits(rules, zone, starts_at, ends_at)
    )
    return Ribbon(
        starts_at=starts_at,
        cells=with_breaches(cells, starts_at, [breach.until(now) for breach in loud]),
        quiet=tuple(quiet_spans(rules, zone, starts_at, ends_at)),
        ticks=tuple(calls),
    )


ROUTES = (
    ("/homes/<home_id>/sample-night", "begin_sample_night", begin, ["POST"]),
    ("/homes/<home_id>/sample-night/end", "end_sample_night", end, ["POST"]),
)
