"""`callassist replay`: which calls would a recorded series have made?"""

from __future__ import annotations

import json
import statistics
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from callassist.cli.series import Level, read_series
from callassist.domain.cadence import Cadence
from callassist.domain.durations import parse_duration
from callassist.domain.noise import (
    SILENT_AFTER,
    NoiseEvent,
    ReadingKind,
    Replay,
    Rules,
    SourceKind,
    SourceTraits,
)
from callassist.domain.noise import replay as replay_events
from callassist.domain.policy import EscalationPolicy
from callassist.domain.quiet_hours import NIGHT
from callassist.errors import InvalidInput

_SENSOR = 1


def run_series(
    levels: list[Level], policy: EscalationPolicy, tz: ZoneInfo, silent_after: timedelta | None
) -> Replay:
    """Run levels, in the order of time, through the noise rule of a home with this one sensor.

    `silent_after` None: as in service, 10 minutes or 2.5 times the usual interval of the series.
    """
    interval = timedelta() if silent_after is not None else _usual_interval(levels)
    rules = Rules(
        policy=policy,
        tz=tz,
        traits={_SENSOR: SourceTraits(kind=SourceKind.LEVEL, interval=interval)},
        silent_after=SILENT_AFTER if silent_after is None else silent_after,
    )
    return replay_events([_event(level) for level in levels], rules)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--threshold", type=float, default=75.0, show_default=True, help="dB that is loud.")
@click.option(
    "--quiet-threshold", type=float, help="dB that is loud from 22:00 to 08:00; else no difference."
)
@click.option("--calm-after", default="5m", show_default=True, help="A lull that ends a breach.")
@click.option("--persist-for", default="30m", show_default=True, help="Noise until the call.")
@click.option(
    "--silent-after",
    help="A gap after which the sensor counts as unheard. "
    "[default: 10m, or 2.5 times the usual interval]",
)
@click.option("--tz", "zone", default="UTC", show_default=True, help="Zone of the home.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(
    file: Path,
    threshold: float,
    quiet_threshold: float | None,
    calm_after: str,
    persist_for: str,
    silent_after: str | None,
    zone: str,
    as_json: bool,
) -> None:
    """Run a recorded series of levels through the noise rule and show the calls it would make.

    FILE.csv has the columns datetime_local,laeq_db (local times of --tz) or at,level_db.
    """
    try:
        tz = _zone(zone)
        silence = _positive(silent_after, "--silent-after")
        policy = _policy(threshold, quiet_threshold, calm_after, persist_for)
        levels = read_series(file, tz)
    except InvalidInput as refused:
        raise click.UsageError(refused.detail) from refused
    result = run_series(levels, policy, tz, silence)
    click.echo(json.dumps(_as_dict(result)) if as_json else _as_text(result, tz))


def _policy(
    threshold: float, quiet_threshold: float | None, calm_after: str, persist_for: str
) -> EscalationPolicy:
    persist = parse_duration(persist_for, "--persist-for")
    calm = parse_duration(calm_after, "--calm-after")
    try:
        return EscalationPolicy(
            threshold_db=threshold,
            quiet_threshold_db=threshold if quiet_threshold is None else quiet_threshold,
            quiet_hours=None if quiet_threshold is None else NIGHT,
            cadence=Cadence(
                open_after=persist, persist_for=persist, calm_after=calm, ladder_steps=()
            ),
        )
    except InvalidInput as refused:
        option = (refused.field or "").removesuffix("_db").replace("_", "-")
        message = refused.detail.removeprefix(f"{refused.field}: ")
        raise InvalidInput(message.replace("persist_for", "--persist-for"), f"--{option}") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"{name!r} is not a time zone; name one such as Europe/Paris", "--tz"
        ) from None


def _positive(text: str | None, option: str) -> timedelta | None:
    if text is None:
        return None
    span = parse_duration(text, option)
    if not span:
        raise InvalidInput("must be more than 0", option)
    return span


def _usual_interval(levels: list[Level]) -> timedelta:
    gaps = [(later.at - level.at).total_seconds() for level, later in pairwise(levels)]
    return timedelta(seconds=statistics.median(gaps)) if gaps else timedelta()


def _event(level: Level) -> NoiseEvent:
    return NoiseEvent(
        sensor_id=_SENSOR,
        at=level.at,
        received_at=level.at,
        kind=ReadingKind.LEVEL,
        level_db=level.db,
    )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _as_dict(result: Replay) -> dict[str, object]:
    """The JSON of DESIGN 5: instants in UTC, `began_at` as first heard, peak until the call."""
    return {
        "readings": result.readings,
        "breaches": result.breaches,
        "escalations": [
            {
                "began_at": _stamp(each.first_loud_at),
                "escalated_at": _stamp(each.at),
                "peak_db": each.peak_db,
            }
            for each in result.escalations
        ],
    }


def _as_text(result: Replay, tz: ZoneInfo) -> str:
    lines = [
        f"readings: {result.readings}, breaches: {result.breaches}, "
        f"calls that would have been made: {len(result.escalations)}"
    ]
    for each in result.escalations:
        began, escalated = each.first_loud_at.astimezone(tz), each.at.astimezone(tz)
        lines.append(
            f"  loud from {began:%Y-%m-%d %H:%M:%S}, call at {escalated:%Y-%m-%d %H:%M:%S}, "
            f"peak {each.peak_db:.1f} dB"
        )
    if result.escalations:
        lines.append(f"  (local times, {tz.key})")
    return "\n".join(lines)
