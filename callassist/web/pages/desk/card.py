"""One call as a page: the card, earlier calls, timers, the draft, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.accounts.recordings import is_recorded_now
from callassist.bootstrap import Service
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialMode, DialState
from callassist.domain.phoning_back import Line
from callassist.domain.viewer import Viewer
from callassist.domain.written_back import Kind
from callassist.escalation.call_rate import turn_of
from callassist.escalation.context import Escalation
from callassist.escalation.foretelling import foretell
from callassist.escalation.joined import incidents_of
from callassist.escalation.phoning_now import phones_now
from callassist.escalation.wrap_up_time import wrap_up_ends
from callassist.models import (
    CallAttempt,
    CallTask,
    Desk,
    Incident,
    NoteDraft,
    Operator,
    PmsMessage,
)
from callassist.web.guest_replies import ShownReply, replies_of
from callassist.web.operator_card import OVER, OperatorCard, operator_card
from callassist.web.pages.desk.queries import find_task
from callassist.web.pages.desk.results import Choices, choices, choices_unasked
from callassist.web.pages.words import SPOKEN

_EARLIER = (
    select(
        *(CallAttempt.party, CallAttempt.attempt_number, CallAttempt.mode),
        *(CallAttempt.dial_at, CallAttempt.requested_at),
        *(CallAttempt.disposition, CallAttempt.outcome, CallTask.note, Operator.desk_name),
    )
    .join(CallTask, CallTask.id == CallAttempt.task_id)
    .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
    .where(
        CallAttempt.incident_id == bindparam("incident"), CallAttempt.task_id != bindparam("task")
    )
    .order_by(CallAttempt.id)
)
_WRITTEN = (
    select(PmsMessage.sent_at)
    .where(
        PmsMessage.incident_id.in_(bindparam("incidents", expanding=True)),
        PmsMessage.kind == str(Kind.MESSAGE),
        PmsMessage.sent_at.is_not(None),
    )
    .order_by(PmsMessage.id)
)


@dataclass(frozen=True, kw_only=True)
class EarlierCall:
    """A dial of this incident; `result` is what was saved, or the network's fact."""

    party: Party
    attempt: int
    at: datetime
    result: str | None
    by: str | None
    phoned_back: bool  # they phoned us
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The note as typed so far; `by` when a colleague typed it before handing over."""

    text: str
    by: str | None
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """Everything on the page of one call."""

    card: OperatorCard
    earlier: tuple[EarlierCall, ...]
    dial: DialState | None
    dialled_at: datetime | None
    answered_at: datetime | None
    outcome: str | None
    hanging_up: bool
    by_hand: bool
    offer_ends: datetime | None
    dial_by: datetime | None  # taken, not dialled: then it goes back
    wrap_up_ends: datetime | None
    can_extend: bool
    draft: Draft
    choices: Choices | None  # once the call has ended
    choices_unasked: Choices | None  # until then: for a browser that cannot ask for them
    languages: tuple[str, ...]  # in which the desk takes calls
    turn_at: datetime | None = None  # other calls of the account are dialled first
    own_line: str = ""  # "browser" or "phone": what comes up before the other party is dialled
    attempt_id: str | None = None
    is_recorded: bool = False  # now: the guest was asked and agreed
    phones_us: str = ""  # the other party phones just now: rings your "browser" or "phone" ...
    phoned_back_at: datetime | None = None  # and waits to be called
    replies: tuple[ShownReply, ...] = ()  # what the guest wrote about it
    written: tuple[datetime, ...] = ()  # when the guest was written to in the booking

    @property
    def can_give_away(self) -> bool:
        """Taken and not dialled."""
        return self.card.state is TaskState.ASSIGNED and self.dial is None


def task_page(
    session: Session,
    service: Service,
    viewer: Viewer,
    task_id: str,
    now: datetime,
    *,
    with_scripts: bool = True,
) -> TaskPage | None:
    """The page of a call that is offered to the viewer or in their hands; None for others."""
    task, operator = find_task(session, viewer, task_id)
    if task.operator_id != operator.id or TaskState(task.state) in OVER:
        return None
    incident = session.get_one(Incident, task.incident_id)
    about = incidents_of(session, incident)
    card = operator_card(session, service, task, operator.id, now, about, with_scripts=with_scripts)
    ids = [one.id for one in about]
    attempt = task.attempts[-1] if task.attempts else None
    escalation = service.escalation
    settings, by_hand = escalation.settings, escalation.dials_by_hand(incident)
    desk = None if task.desk_id is None else session.get(Desk, task.desk_id)
    is_over = task.state == TaskState.WRAPPING_UP
    return TaskPage(
        card=card,
        earlier=_earlier(session, incident, task),
        dial=DialState(attempt.state) if attempt else None,
        dialled_at=attempt.dial_at or attempt.requested_at if attempt else None,
        answered_at=attempt.answered_at if attempt else None,
        outcome=attempt.outcome if attempt else None,
        hanging_up=attempt is not None and attempt.hang_up_requested_at is not None,
        by_hand=by_hand,
        turn_at=turn_of(session, escalation, attempt, now) if attempt else None,
        own_line=_own_line(attempt),
        attempt_id=attempt.public_id if attempt else None,
        is_recorded=attempt is not None and is_recorded_now(session, attempt.id),
        phones_us=_phones_us(session, ids, operator, now),
        phoned_back_at=task.phoned_back_at,
        replies=replies_of(session, service, ids, at_a_desk=True),
        written=_written(session, ids),
        offer_ends=_ends(escalation, task.offered_at, settings.offer_for),
        dial_by=_ends(escalation, task.assigned_at, settings.assigned_without_dial),
        wrap_up_ends=wrap_up_ends(escalation, task),
        can_extend=task.state == TaskState.WRAPPING_UP and not task.wrap_up_extended,
        draft=_draft(session, task, operator),
        choices=_choices(session, service, incident, task, card, attempt, now) if is_over else None,
        choices_unasked=_unasked(card) if task.state == TaskState.ASSIGNED else None,
        languages=tuple(desk.languages) if desk else (),
    )


def _phones_us(session: Session, ids: Sequence[int], operator: Operator, now: datetime) -> str:
    call = phones_now(session, ids, now)
    if call is None or call.state == Line.TALKING:
        return ""
    if call.state != Line.RINGING or call.operator_id != operator.id:
        return "menu"
    return "phone" if call.line is None else "browser" if call.line else "connects"


def _own_line(attempt: CallAttempt | None) -> str:
    if attempt is None or attempt.handed_out_at is not None:
        return ""
    return {DialMode.SOFTPHONE: "browser", DialMode.OWN_PHONE: "phone"}.get(
        DialMode(attempt.mode), ""
    )


def _choices(
    session: Session,
    service: Service,
    incident: Incident,
    task: CallTask,
    card: OperatorCard,
    attempt: CallAttempt | None,
    now: datetime,
) -> Choices:
    told = foretell(session, service.escalation, incident, task, now, languages=_others(card))
    outcome = attempt.outcome if attempt else None
    return choices(card.party, outcome, card.attempts, card.zone, told)


def _unasked(card: OperatorCard) -> Choices:
    return choices_unasked(card.party, _others(card))


def _others(card: OperatorCard) -> list[str]:
    return [code for code in SPOKEN if code != card.language]


def _ends(ctx: Escalation, began: datetime | None, span: timedelta) -> datetime | None:
    return None if began is None else ctx.ends(began, span)


def _draft(session: Session, task: CallTask, operator: Operator) -> Draft:
    kept = session.get(NoteDraft, task.id)
    if kept is None:
        return Draft(text="", by=None, at=None)
    by = None
    if kept.operator_id != operator.id:
        by = session.get_one(Operator, kept.operator_id).desk_name
    return Draft(text=kept.text, by=by, at=kept.updated_at)


def _written(session: Session, ids: Sequence[int]) -> tuple[datetime, ...]:
    sent = session.scalars(_WRITTEN, {"incidents": list(ids)})
    return tuple(at for at in sent if at is not None)


def _earlier(session: Session, incident: Incident, task: CallTask) -> tuple[EarlierCall, ...]:
    rows = session.execute(_EARLIER, {"incident": incident.id, "task": task.id})
    return tuple(
        EarlierCall(
            party=Party(row.party),
            attempt=row.attempt_number,
            at=row.dial_at or row.requested_at,
            result=row.disposition or row.outcome,
            by=row.desk_name,
            phoned_back=row.mode == DialMode.PHONED_BACK,
            note=row.note,
        )
        for row in rows
    )
