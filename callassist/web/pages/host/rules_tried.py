"""What a set of rules would have made of the last 14 nights in several homes, if that is cheap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.domain.noise import NoiseEvent, SourceTraits
from callassist.domain.policy import EscalationPolicy
from callassist.models import Property
from callassist.web.pages.host.rules_replay import calls_of, nights_before, recorded, traits_of

MOST_READINGS = 20_000  # of all homes together


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The calls that rules would have asked for, and those of the rules as they stand."""

    calls: int
    before: int
    heard: int  # homes of which anything was recorded


def tried_on(
    session: Session,
    homes: Sequence[Property],
    rules: EscalationPolicy,
    present: Mapping[int | None, EscalationPolicy],
    now: datetime,
) -> Tried | None:
    """Replay what was recorded in these homes; None when it is too much for a page.

    `present` are the rules that apply today, by preset.
    """
    traits = traits_of(session, [home.id for home in homes])
    places = {sensor_id: home_id for home_id, own in traits.items() for sensor_id in own}
    starts_at = min(nights_before(now, ZoneInfo(home.timezone))[0][0] for home in homes)
    events = recorded(session, list(places), starts_at, now, MOST_READINGS + 1)
    if len(events) > MOST_READINGS:
        return None
    by_home: dict[int, list[NoiseEvent]] = defaultdict(list)
    for event in events:
        by_home[places[event.sensor_id]].append(event)
    calls = before = 0
    for home in homes:
        own = by_home.get(home.id, [])
        calls += _count(home, own, traits[home.id], rules, now)
        before += _count(home, own, traits[home.id], present[home.policy_id], now)
    return Tried(calls=calls, before=before, heard=len(by_home))


def _count(
    home: Property,
    events: Sequence[NoiseEvent],
    traits: dict[int, SourceTraits],
    rules: EscalationPolicy,
    now: datetime,
) -> int:
    return len(calls_of(events, traits, rules, ZoneInfo(home.timezone), now))
