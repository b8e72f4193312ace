"""The noise around one incident as a chart: level, limit, gaps, each call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.orm import Session

from callassist.domain.noise import SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.domain.spans import Span
from callassist.domain.thresholds import limits, quiet_spans
from callassist.models import Breach, CallAttempt, Incident, Property
from callassist.reports import curve, noise_chart
from callassist.reports.facts import SensorFacts
from callassist.reports.gathering_levels import sensors as sensor_facts
from callassist.reports.noise_chart import SIZES, Chart, Label
from callassist.reports.ribbon import Tick
from callassist.web.pages import times
from callassist.web.translate import gettext as _

_LEAD, _TRAIL = timedelta(minutes=30), timedelta(minutes=15)
_LONGEST = timedelta(hours=12)
_POINTS = 240


@dataclass(frozen=True, kw_only=True)
class IncidentChart:
    """The drawings at each width, and in words what they show."""

    svgs: tuple[Markup, ...]
    said: str


def incident_chart(
    session: Session,
    incident: Incident,
    home: Property,
    breach: Breach | None,
    attempts: Sequence[CallAttempt],
    now: datetime,
) -> IncidentChart | None:
    """None for an incident that no sensor heard."""
    if breach is None:
        return None
    zone = ZoneInfo(home.timezone)
    starts_at = breach.first_loud_at - _LEAD
    over = incident.noise_ended_at or breach.ended_at
    last_call = max((one.dial_at for one in attempts if one.dial_at), default=over or now)
    ends_at = min(max(over or now, last_call) + _TRAIL, now, starts_at + _LONGEST)
    facts = sensor_facts(session, home.id, starts_at, ends_at)
    levels = [one for one in facts if one.kind == SourceKind.LEVEL]
    window = curve.Span(starts_at, ends_at)
    rules = EscalationPolicy.from_dict(incident.policy)
    said = _said(breach, over, attempts, now, zone)
    chart = Chart(
        starts_at=starts_at,
        ends_at=ends_at,
        curves=[parts for one in levels if (parts := curve.segments(one, window, _POINTS))],
        limits=limits(rules, zone, starts_at, ends_at) if levels else (),
        quiet=quiet_spans(rules, zone, starts_at, ends_at),
        breaches=[Span(breach.first_loud_at, min(over or ends_at, ends_at))],
        gaps=_gaps(levels[:1], window),
        ticks=list(_ticks(incident, attempts)),
        times=tuple(_times(starts_at, ends_at, zone)),
        alt=said,
        no_data=_("no data"),
    )
    svgs = tuple(Markup(noise_chart.draw(chart, size)) for size in SIZES)  # noqa: S704 ours
    return IncidentChart(svgs=svgs, said=said)


def _gaps(levels: Sequence[SensorFacts], window: curve.Span) -> list[Span]:
    return [
        Span(gap.starts_at, gap.ends_at)
        for one in levels
        for gap in curve.silent_spans(one, window)
    ]


def _ticks(incident: Incident, attempts: Sequence[CallAttempt]) -> Iterator[Tick]:
    for one in attempts:
        if one.dial_at is not None:
            yield Tick(one.dial_at, "call")
    if incident.contact_at is not None:
        yield Tick(incident.contact_at, "contact")


def _times(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Iterator[Label]:
    """Full quarters or hours by the clock on the wall."""
    step = next(
        timedelta(minutes=each)
        for each in (15, 30, 60, 120)
        if (ends_at - starts_at) / timedelta(minutes=each) <= 8 or each == 120
    )
    at = starts_at - (starts_at - datetime(1970, 1, 1, tzinfo=starts_at.tzinfo)) % step + step
    while at <= ends_at:
        yield Label(at, times.clock(at, zone))
        at += step


def _said(
    breach: Breach,
    over: datetime | None,
    attempts: Sequence[CallAttempt],
    now: datetime,
    zone: ZoneInfo,
) -> str:
    began = times.clock(breach.first_loud_at, zone)
    if over is None:
        text = _("Loud since %(began)s.", began=began)
    else:
        text = _(
            "Loud from %(began)s to %(ended)s, %(span)s.",
            began=began,
            ended=times.clock(over, zone),
            span=times.lasting(over - breach.first_loud_at),
        )
    if breach.peak_db is not None:
        text += " " + _("The loudest was %(db)s dB.", db=round(breach.peak_db))
    calls = [times.clock(one.dial_at, zone) for one in attempts if one.dial_at]
    if calls:
        text += " " + _("Calls at %(times)s.", times=", ".join(calls))
    return text
