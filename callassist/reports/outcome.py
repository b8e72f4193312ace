"""What came of it: one sentence as key and parameters, minutes to quiet, and our own promises."""

from __future__ import annotations

from datetime import datetime, timedelta

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.results import Disposition
from callassist.reports.facts import AttemptFacts, ReportFacts

FIRST_ATTEMPT_WITHIN = timedelta(minutes=5)  # of the request
HOST_TOLD_WITHIN = timedelta(minutes=60)  # of the noise
_MINUTE = timedelta(minutes=1)
_DELIVERED, _WAITING = "sent", "queued"


def summary(facts: ReportFacts) -> dict[str, object]:
    """What happened in one sentence: a key of the texts and its measured parameters."""
    return {"key": _summary_key(facts), "params": _params(facts)}


def _summary_key(facts: ReportFacts) -> str:
    if facts.contact_at is not None and facts.resolution in (
        None,
        Resolution.GUEST_REACHED,
        Resolution.HOST_REACHED,
    ):
        return f"{facts.first_contact or Party.GUEST}_reached_{quiet(facts)['state']}"
    if facts.resolution is None:
        return "watching" if facts.call_requested_at is None else "calling"
    if facts.resolution is Resolution.WENT_QUIET and facts.call_requested_at is None:
        return "ended_by_itself"
    if facts.resolution is Resolution.WENT_QUIET and not facts.attempts:
        return "went_quiet_before_call"
    return str(facts.resolution)


def _params(facts: ReportFacts) -> dict[str, object]:
    params: dict[str, object] = {
        "guest_calls": sum(a.party is Party.GUEST for a in facts.attempts),
        "host_calls": sum(a.party is Party.HOST for a in facts.attempts),
    }
    if facts.noise_began_at is not None:
        params["began_at"] = facts.noise_began_at
        params["noise_minutes"] = (facts.noise_over_at - facts.noise_began_at) // _MINUTE
    if facts.contact_at is not None:
        params["contact_at"] = facts.contact_at
        reaching = _reaching_attempt(facts)
        params["attempt_number"] = reaching and reaching.attempt_number
        params["result"] = reaching and reaching.disposition
        params["quiet_minutes"] = quiet(facts)["minutes"]
    return params


def _reaching_attempt(facts: ReportFacts) -> AttemptFacts | None:
    talks = [
        attempt
        for attempt in facts.attempts
        if attempt.party is facts.first_contact and attempt.answered_at is not None
    ]
    return talks[-1] if talks else None


def quiet(facts: ReportFacts) -> dict[str, object]:
    """Minutes from the first contact to the end of the noise, or why there is no such figure.

    State: `quiet`, `not_quiet` (at the end of the follow-up), `unknown` (sensor not heard, or
    none), `pending` (still followed up), `no_contact`.
    """
    if facts.contact_at is None:
        return {"state": "no_contact", "minutes": None}
    if facts.noise_ended_at is not None:
        span = max(facts.noise_ended_at - facts.contact_at, timedelta())
        return {"state": "quiet", "minutes": round(span / _MINUTE)}
    if facts.state is not IncidentState.CLOSED:
        return {"state": "pending", "minutes": None}
    if facts.breach is None or facts.breach.frozen_since or facts.breach.ended_at:
        return {"state": "unknown", "minutes": None}
    waited = (facts.closed_at or facts.as_of) - facts.contact_at
    return {"state": "not_quiet", "minutes": None, "after_minutes": max(round(waited / _MINUTE), 1)}


def service(facts: ReportFacts) -> dict[str, object]:
    """Our promises, measured: first attempt after the request, host told after the noise."""
    if facts.call_requested_at is None:
        return {"first_attempt": None, "host_told": None}
    first = min((attempt.dialled_at for attempt in facts.attempts), default=None)
    noise = facts.noise_began_at or facts.complaint_at or facts.opened_at
    return {
        "first_attempt": _measure(
            facts, facts.call_requested_at, first, FIRST_ATTEMPT_WITHIN, "stood_down"
        ),
        "host_told": _measure(facts, noise, _host_told_at(facts), HOST_TOLD_WITHIN, _untold(facts)),
    }


def _host_told_at(facts: ReportFacts) -> datetime | None:
    spoken = [a.answered_at for a in facts.attempts if _told_by_phone(a)]
    sent = [m.sent_at for m in facts.messages if m.status == _DELIVERED]
    return min((at for at in [*spoken, *sent] if at is not None), default=None)


def _untold(facts: ReportFacts) -> str:
    return "not_yet" if any(m.status == _WAITING for m in facts.messages) else "not_told"


def _told_by_phone(attempt: AttemptFacts) -> bool:
    return attempt.party is Party.HOST and attempt.disposition is Disposition.HOST_REACHED


def _measure(
    facts: ReportFacts, since: datetime, done_at: datetime | None, limit: timedelta, never: str
) -> dict[str, object]:
    """Seconds that it took and whether within `limit`; `met` None while it is not yet decided."""
    if done_at is not None:
        took = max(done_at - since, timedelta())
        return {
            "seconds": int(took.total_seconds()),
            "limit_seconds": int(limit.total_seconds()),
            "met": took <= limit,
        }
    over = (facts.closed_at or facts.as_of) - since > limit
    return {
        "seconds": None,
        "limit_seconds": int(limit.total_seconds()),
        "met": False if over else None,
        "why": never,
    }
