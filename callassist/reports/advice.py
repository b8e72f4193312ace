"""What the host should do next, and what to bear in mind when reading the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.reports.facts import LogFacts, ReportFacts
from callassist.reports.outcome import quiet

Note = dict[str, object]  # {"key": of the texts, "params": measured facts}

_AFTER_RESOLUTION: Mapping[Resolution, str] = {
    Resolution.NOBODY_REACHED: "phone_guest_yourself",
    Resolution.HOST_TOOK_OVER: "in_your_hands",
    Resolution.CANCELLED: "in_your_hands",
    Resolution.SENSOR_LOST: "check_sensor_power",
    Resolution.MISSED: "service_was_down",
}
_AFTER_TALK: Mapping[Disposition, str] = {
    Disposition.GUEST_REFUSED: "guest_refused",
    Disposition.HOSTILE: "guest_refused",
    Disposition.ASKED_NOT_TO_BE_CALLED: "write_instead",
    Disposition.LANGUAGE_BARRIER: "set_language",
    Disposition.BOOKER_NOT_ON_SITE: "add_number_on_site",
    Disposition.EMERGENCY: "after_emergency",
}
_GOOD_COVERAGE = 80  # percent


def number_flags(facts: ReportFacts) -> list[dict[str, object]]:
    """Numbers that turned out wrong: whose, masked, since when and why."""
    return [
        {
            "at": entry.at,
            "party": _flagged_party(entry),
            "number": entry.data.get("mask"),
            "reason": entry.data.get("reason"),
        }
        for entry in facts.log
        if entry.action is LogAction.NUMBER_FLAGGED
    ]


def _flagged_party(entry: LogFacts) -> Party:
    return Party.HOST if entry.data.get("host_contact_id") is not None else Party.GUEST


def advice(facts: ReportFacts, coverage: int | None, *, silences: bool) -> list[Note]:
    """Next steps, the most urgent first; never empty."""
    notes = list(dict.fromkeys(_advice_keys(facts)))
    if silences or (coverage is not None and coverage < _GOOD_COVERAGE):
        notes.append(("check_sensor", None))
    if not notes:
        notes = [("wait" if facts.state is not IncidentState.CLOSED else "nothing", None)]
    return [{"key": key, "params": {"number": mask} if mask else {}} for key, mask in notes]


def _advice_keys(facts: ReportFacts) -> Iterator[tuple[str, str | None]]:
    for attempt in facts.attempts:
        if attempt.disposition is not None and attempt.disposition in _AFTER_TALK:
            yield _AFTER_TALK[attempt.disposition], None
    if facts.resolution is not None and facts.resolution in _AFTER_RESOLUTION:
        yield _AFTER_RESOLUTION[facts.resolution], None
    if quiet(facts)["state"] == "not_quiet":
        yield "still_loud", None
    if facts.repeat_of is not None:
        yield "loud_again", None
    for flag in number_flags(facts):
        mask = flag["number"] if isinstance(flag["number"], str) else None
        yield f"correct_{flag['party']}_number", mask
    if _no_number(facts):
        yield "add_number", None
    if any(a.party is Party.HOST for a in facts.attempts) and _host_not_reached(facts):
        yield "add_contact", None


def _no_number(facts: ReportFacts) -> bool:
    flagged = any(entry.action is LogAction.NUMBER_FLAGGED for entry in facts.log)
    return not flagged and any(
        entry.action in (LogAction.CALL_REQUESTED, LogAction.HOST_TOLD)
        and entry.data.get("reason") == "no_number"
        for entry in facts.log
    )


def _host_not_reached(facts: ReportFacts) -> bool:
    return facts.resolution is Resolution.NOBODY_REACHED


def caveats(facts: ReportFacts, coverage: int | None) -> list[Note]:
    """What the figures do not say: unheard sensors, no levels, a simulated network."""
    return [{"key": key, "params": params} for key, params in _caveats(facts, coverage)]


def _caveats(facts: ReportFacts, coverage: int | None) -> Iterator[tuple[str, dict[str, object]]]:
    if facts.practice:
        yield "practice", {}
    if any(attempt.simulated for attempt in facts.attempts):
        yield "simulated_network", {}
    if facts.led_by is not None:
        yield "calls_shared", {}
    if facts.breach is None:
        yield "not_measured" if coverage is None else "below_limit", {}
    elif not facts.sensors:
        yield "no_sensor", {}
    elif coverage is None:
        yield "no_levels", {}
    elif coverage < 100:
        yield "coverage", {"percent": coverage}
    if facts.breach is not None:
        moved = facts.breach.began_at - facts.breach.first_loud_at
        if moved > timedelta():
            yield "gap_not_counted", {"minutes": max(1, round(moved.total_seconds() / 60))}
    looked = [entry for entry in facts.log if entry.action is LogAction.LAST_LOOK]
    unheard = [entry.at for entry in looked if entry.data.get("verdict") == "unknown"]
    if unheard:
        yield "dialled_unheard", {"at": unheard[0]}
    if any(attempt.disposition is Disposition.NOT_RECORDED for attempt in facts.attempts):
        yield "result_not_recorded", {}
    ours = (AttemptOutcome.PROVIDER_ERROR, AttemptOutcome.NOT_CONNECTED)
    if any(attempt.outcome in ours for attempt in facts.attempts):
        yield "provider_error", {}
    if facts.state is not IncidentState.CLOSED:
        yield "still_open", {"as_of": facts.as_of}
