"""`/call-tasks`: an operator's work, from the queue to the saved result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from callassist.bootstrap import Service
from callassist.domain.call_task import OPEN_TASK_STATES, TaskState
from callassist.domain.viewer import Role, Viewer
from callassist.errors import NotFound
from callassist.escalation import dialling, giving_back, notes, offers, wrap_up
from callassist.escalation.fresh_look import look_again
from callassist.escalation.handing_out import queue_order
from callassist.escalation.saving import Extras
from callassist.models import CallTask
from callassist.web.api.fields import Input, Instant, Language, Nothing, Output, Page, Prose, Word
from callassist.web.api.routing import DESK, OPERATORS, Ask, Route
from callassist.web.api.task_card import CallTaskCard, CallTaskLine, card, lines

_OPEN = [str(state) for state in OPEN_TASK_STATES]


class DialAnswer(Output):
    """What asking for the dial led to; `available_at` with `too_soon`."""

    answer: str = Field(
        description="dialling, started (by hand), went_quiet, phone_host or too_soon"
    )
    available_at: Instant | None
    contact_age_minutes: int | None = Field(
        description="The source of the number did not answer: it was last read so long ago."
    )
    task: CallTaskCard


class WrapUp(Input):
    """The one result of a call, as in the table of results."""

    result: Word
    note: Prose | None = None
    call_back_at: Instant | None = Field(
        default=None, description="With call_back_requested: 5 to 15 minutes from now."
    )
    language: Language | None = Field(default=None, description="With language_barrier.")


class Release(Input):
    """Why a call that was not made goes back to the queue."""

    reason: Word = Field(
        default="other", description="language, knows_them, equipment, called_away or other"
    )


class HandOver(Release):
    """The same, to somebody who speaks `language`."""

    language: Language


class Draft(Input):
    """The note as typed so far."""

    note: Prose


def queue(ask: Ask) -> Page[CallTaskLine]:
    """Your own open task, then your desk's queue in order; a supervisor sees all open tasks."""
    operator_id = _operator_id(ask)
    open_ones = _visible(ask).where(CallTask.state.in_(_OPEN))
    tasks = list(ask.session.scalars(open_ones.options(joinedload(CallTask.incident))))
    tasks.sort(key=lambda task: (task.operator_id != operator_id, *queue_order(task)))
    return Page(items=lines(ask, tasks, operator_id))


def show(ask: Ask, task_id: str) -> CallTaskCard:
    return card(ask, _task(ask, task_id), _operator_id(ask))


def accept(ask: Ask, task_id: str, body: Nothing) -> CallTaskCard:
    row_id = _row_id(ask, task_id)
    offers.accept(ask.session, ask.service.escalation, ask.operator_id, row_id, ask.now)
    return show(ask, task_id)


def decline(ask: Ask, task_id: str, body: Nothing) -> None:
    row_id = _row_id(ask, task_id)
    offers.decline(ask.session, ask.service.escalation, ask.operator_id, row_id, ask.now)


def _read_again(service: Service, viewer: Viewer, task_id: str, body: Nothing) -> timedelta | None:
    """The guest's booking, at most five seconds before the dial."""
    return look_again(service.escalation, viewer, task_id, service.clock.now())


def dial(ask: Ask, task_id: str, body: Nothing, age: timedelta | None) -> DialAnswer:
    row_id = _row_id(ask, task_id)
    asked = dialling.request_dial(
        ask.session, ask.service.escalation, ask.operator_id, row_id, ask.now
    )
    ask.session.expire_all()
    task = ask.session.get_one(CallTask, row_id)
    return DialAnswer(
        answer=str(asked.answer),
        available_at=asked.available_at,
        contact_age_minutes=None if age is None else round(age.total_seconds() / 60),
        task=card(ask, task, ask.operator_id),
    )


def hang_up(ask: Ask, task_id: str, body: Nothing) -> CallTaskCard:
    """Ring off. In manual mode this says that your own call has ended, and wrap-up begins."""
    row_id, escalation = _row_id(ask, task_id), ask.service.escalation
    if escalation.dials_by_hand(ask.session.get_one(CallTask, row_id).incident):
        wrap_up.end_by_hand(ask.session, escalation, ask.operator_id, row_id, ask.now)
    else:
        dialling.request_end(ask.session, ask.operator_id, row_id, ask.now)
    return show(ask, task_id)


def extend(ask: Ask, task_id: str, body: Nothing) -> CallTaskCard:
    row_id = _row_id(ask, task_id)
    wrap_up.extend(ask.session, ask.service.escalation, ask.operator_id, row_id, ask.now)
    return show(ask, task_id)


def release(ask: Ask, task_id: str, body: Release) -> CallTaskCard:
    row_id, escalation = _row_id(ask, task_id), ask.service.escalation
    giving_back.release(ask.session, escalation, ask.operator_id, row_id, body.reason, ask.now)
    return show(ask, task_id)


def hand_over(ask: Ask, task_id: str, body: HandOver) -> CallTaskCard:
    giving_back.hand_over(
        ask.session,
        ask.service.escalation,
        ask.operator_id,
        _row_id(ask, task_id),
        body.reason,
        body.language,
        ask.now,
    )
    return show(ask, task_id)


def keep_note(ask: Ask, task_id: str, body: Draft) -> None:
    """Kept until the result is saved; a result without a note takes it over."""
    notes.keep_draft(ask.session, ask.operator_id, _row_id(ask, task_id), body.note, ask.now)


def save(ask: Ask, task_id: str, body: WrapUp) -> CallTaskCard:
    row_id = _row_id(ask, task_id)
    wrap_up.save_result(
        ask.session,
        ask.service.escalation,
        ask.operator_id,
        row_id,
        body.result,
        ask.now,
        note=body.note,
        extras=Extras(call_back_at=body.call_back_at, language=body.language),
    )
    return show(ask, task_id)


def _operator_id(ask: Ask) -> int | None:
    return next(iter(ask.viewer.operator_ids), None)


def _visible(ask: Ask) -> Select[CallTask]:
    """A supervisor sees the tasks of the desk; an operator what waits, and their own."""
    viewer = ask.viewer
    supervised = [desk for desk, roles in viewer.desk_roles.items() if Role.SUPERVISOR in roles]
    waiting = CallTask.state == TaskState.PENDING
    own = CallTask.operator_id.in_(viewer.operator_ids)
    return select(CallTask).where(
        CallTask.desk_id.in_(viewer.desk_ids),
        or_(CallTask.desk_id.in_(supervised), waiting, own),
    )


def _task(ask: Ask, task_id: str) -> CallTask:
    task = ask.session.scalars(_visible(ask).where(CallTask.public_id == task_id)).first()
    if task is None:
        raise NotFound("no such call task")
    return task


def _row_id(ask: Ask, task_id: str) -> int:
    """Of any task of the desk: who cannot have it is told why (taken, offered to another)."""
    row_id = ask.session.scalar(
        select(CallTask.id).where(
            CallTask.public_id == task_id, CallTask.desk_id.in_(ask.viewer.desk_ids)
        )
    )
    if row_id is None:
        raise NotFound("no such call task")
    return row_id


def _move(name: str, summary: str, run: Callable[..., Any], **more: Any) -> Route:
    return Route(
        method="POST",
        path=f"/call-tasks/{{task_id}}/{name}",
        summary=summary,
        scopes=OPERATORS,
        run=run,
        conflicts=True,
        **{"body": Nothing, "answer": CallTaskCard, **more},
    )


ROUTES = (
    Route(
        method="GET",
        path="/call-tasks",
        summary="The queue of your desk, your own task first",
        scopes=DESK,
        run=queue,
        answer=Page[CallTaskLine],
    ),
    Route(
        method="GET",
        path="/call-tasks/{task_id}",
        summary="One call task with its script",
        scopes=DESK,
        run=show,
        answer=CallTaskCard,
    ),
    _move("accept", "Take an offered task, or pull one that is due", accept),
    _move("decline", "Give an offered task back", decline, answer=None),
    _move("dial", "Look once more, then dial", dial, answer=DialAnswer, before=_read_again),
    _move("hang-up", "End the call", hang_up),
    _move("extend", "One more minute for the wrap-up, once", extend),
    _move("release", "Give a call that was not made back to the queue", release, body=Release),
    _move("hand-over", "Give it to somebody who speaks a language", hand_over, body=HandOver),
    _move("note", "Keep the note as typed so far", keep_note, body=Draft, answer=None),
    _move("wrap-up", "Save the result", save, body=WrapUp),
)
