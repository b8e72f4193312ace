"""What each result would lead to, asked of the policy before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from callassist import stays
from callassist.domain.call_task import Party
from callassist.domain.results import GUEST_RULES, HOST_RESULTS, Disposition, Result
from callassist.escalation.choosing import guest_target
from callassist.escalation.context import Escalation
from callassist.escalation.joined import counted_attempts
from callassist.escalation.moves import is_calling
from callassist.escalation.policy import (
    GuestDecision,
    GuestSnapshot,
    HostDecision,
    HostReason,
    decide_guest,
    decide_host,
)
from callassist.escalation.saving import is_counted
from callassist.escalation.snapshots import guest_snapshot, host_snapshot
from callassist.models import Breach, CallAttempt, CallTask, Incident


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """What would follow: by result, and for a language barrier by language.

    `over`: the incident ended meanwhile, so whatever is saved, nobody else is called.
    """

    by_result: Mapping[Result, GuestDecision | HostDecision]
    by_language: Mapping[str, GuestDecision]
    over: bool


def foretell(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    now: datetime,
    *,
    languages: Iterable[str] = (),
) -> Foretold:
    """What saving each result now would lead to; changes nothing."""
    over = incident.ending is not None or not is_calling(incident)
    attempt = task.attempts[-1] if task.attempts else None
    ended = _noise_ended(session, incident)
    limits = ctx.limits(incident)
    if task.party == Party.HOST:
        at = host_snapshot(session, incident, task, attempt, noise_ended=ended, now=now)
        by_host = {result: decide_host(result, at, limits) for result in HOST_RESULTS}
        return Foretold(by_result=by_host, by_language={}, over=over)
    base = guest_snapshot(
        session,
        incident,
        task,
        attempt,
        counted_attempts=counted_attempts(session, incident),
        numbers_left=0,
        noise_ended=ended,
        language=None,
        call_back_at=None,
        now=now,
    )
    left, others = _numbers_left(session, incident, attempt, now)
    by_result: dict[Result, GuestDecision | HostDecision] = {}
    for result, rule in GUEST_RULES.items():
        numbers = others if rule.flags_number else left
        counted = base.counted_attempts + is_counted(task, result)
        then = replace(base, counted_attempts=counted, numbers_left=numbers)
        by_result[result] = decide_guest(result, then, limits)
    by_language = {
        code: decide_guest(
            Disposition.LANGUAGE_BARRIER,
            _with_language(session, incident, task, attempt, base, code, now),
            limits,
        )
        for code in languages
    }
    return Foretold(by_result=by_result, by_language=by_language, over=over)


def _with_language(
    session: Session,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt | None,
    base: GuestSnapshot,
    language: str,
    now: datetime,
) -> GuestSnapshot:
    return guest_snapshot(
        session,
        incident,
        task,
        attempt,
        counted_attempts=base.counted_attempts + is_counted(task, Disposition.LANGUAGE_BARRIER),
        numbers_left=base.numbers_left,
        noise_ended=base.noise_ended,
        language=language,
        call_back_at=None,
        now=now,
    )


def _noise_ended(session: Session, incident: Incident) -> bool:
    if incident.noise_ended_at is not None or incident.breach_id is None:
        return incident.noise_ended_at is not None
    breach = session.get_one(Breach, incident.breach_id)
    return breach.ended_at is not None and breach.end_reason == "calm"


def _numbers_left(
    session: Session, incident: Incident, attempt: CallAttempt | None, now: datetime
) -> tuple[int, int]:
    """Numbers that could be dialled next, and how many if the one just dialled were flagged."""
    if isinstance(guest_target(session, incident, now), HostReason):
        return 0, 0
    stay = stays.staying_now(session, incident.property_id, now)
    numbers = [] if stay is None else stays.dialable(session, stay, now)
    dialled = None if attempt is None else attempt.stay_number_id
    return len(numbers), sum(each.id != dialled for each in numbers)
