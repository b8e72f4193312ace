"""The desk's buttons: each does one thing in one transaction, then leads on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.domain.call_task import TaskState
from callassist.domain.presence import PresenceState
from callassist.errors import Conflict, InvalidInput
from callassist.escalation import dialling, giving_back, notes, offers, wrap_up
from callassist.escalation import presence as presences
from callassist.escalation.dialling import DialAnswer
from callassist.escalation.fresh_look import look_again
from callassist.escalation.saving import Extras
from callassist.models import CallTask, Operator
from callassist.web.pages import asking, times, words
from callassist.web.pages.desk import places
from callassist.web.pages.desk.queries import find_task
from callassist.web.pages.desk.views import show_task
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

Move = Callable[[Session, CallTask, Operator, datetime], str | None]
_CONFLICT = 409


def accept(task_id: str) -> ResponseReturnValue:
    """Take the offer, or pull the call from the queue."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> None:
        offers.accept(database, asking.service().escalation, operator.id, task.id, now)

    return _do(task_id, move, anchor="call")


def decline(task_id: str) -> ResponseReturnValue:
    """Give the offer back."""
    reason = request.form.get("reason") or None

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str:
        ctx = asking.service().escalation
        offers.decline(database, ctx, operator.id, task.id, now, reason=reason)
        return _("Declined. It is not offered to you again for two minutes.")

    return _do(task_id, move, to_queue=True)


def dial(task_id: str) -> ResponseReturnValue:
    """Look once more, then dial; the guest's booking is read again before that."""
    age = look_again(asking.service().escalation, asking.viewer(), task_id, asking.now())

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str | None:
        ctx = asking.service().escalation
        result = dialling.request_dial(database, ctx, operator.id, task.id, now)
        told = _dial_answers().get(result.answer)
        if told is None and age is not None:
            return _(
                "The booking system did not answer; it was last read %(age)s ago.",
                age=times.lasting(age),
            )
        return told

    return _do(task_id, move)


def hang_up(task_id: str) -> ResponseReturnValue:
    """End the call."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> None:
        dialling.request_end(database, operator.id, task.id, now)

    return _do(task_id, move)


def ended(task_id: str) -> ResponseReturnValue:
    """Manual mode: the call has ended."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> None:
        ctx = asking.service().escalation
        if not ctx.dials_by_hand(task.incident):
            raise Conflict("the network says when a call has ended")
        wrap_up.end_by_hand(database, ctx, operator.id, task.id, now)

    return _do(task_id, move)


def extend(task_id: str) -> ResponseReturnValue:
    """One more minute for the result."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str:
        wrap_up.extend(database, asking.service().escalation, operator.id, task.id, now)
        return _("You have one more minute.")

    return _do(task_id, move)


def release(task_id: str) -> ResponseReturnValue:
    """Give a call that was not made back to the queue."""
    reason = request.form.get("reason") or giving_back.Reason.OTHER

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str:
        ctx = asking.service().escalation
        giving_back.release(database, ctx, operator.id, task.id, reason, now)
        return _("Released. The call waits for a colleague.")

    return _do(task_id, move, to_queue=True)


def hand_over(task_id: str) -> ResponseReturnValue:
    """Give a call that was not made to somebody who speaks a language."""
    reason = request.form.get("reason") or giving_back.Reason.LANGUAGE
    language = request.form.get("language", "")

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str:
        ctx = asking.service().escalation
        giving_back.hand_over(database, ctx, operator.id, task.id, reason, language, now)
        return _("Handed over: the call is in %(language)s now.", language=words.spoken(language))

    return _do(task_id, move, to_queue=True)


def note(task_id: str) -> ResponseReturnValue:
    """Keep the note as it is typed; a script is answered with a status, a form with the page."""
    now, text = asking.now(), request.form.get("note", "")
    is_script = request.headers.get("X-Requested-With") == "fetch"
    try:
        with asking.writing() as database:
            mine, operator = find_task(database, asking.viewer(), task_id)
            notes.keep_draft(database, operator.id, mine.id, text, now)
    except (Conflict, InvalidInput) as error:
        if is_script:
            return in_words(error), _CONFLICT
        flash(in_words(error), "refused")
    if is_script:
        return "", 204
    return redirect(url_for("desk.task", task_id=task_id))


def save_result(task_id: str) -> ResponseReturnValue:
    """Save the one result of the call; then the next, or a break."""
    form, now = Form.of_request(), asking.now()
    wants_break = form["then"] == "break"
    with form.taking_errors(), asking.writing() as database:
        mine, operator = find_task(database, asking.viewer(), task_id)
        wait = form.whole("call_back_minutes")
        extras = Extras(
            call_back_at=None if wait is None else now + timedelta(minutes=wait),
            language=form.optional("language"),
        )
        ctx = asking.service().escalation
        word = form["result"] or "nothing"
        wrap_up.save_result(
            database, ctx, operator.id, mine.id, word, now, note=form["note"], extras=extras
        )
        places.back_to_work(database, operator, now)
        if wants_break:
            presences.choose(database, ctx, operator.id, PresenceState.BREAK, now)
    if form.is_refused:
        return show_task(task_id, now, form)
    flash(_("Saved: %(result)s.", result=words.result(form["result"])))
    return redirect(url_for("desk.queue", _anchor="next"))


def _do(
    task_id: str, move: Move, *, to_queue: bool = False, anchor: str | None = None
) -> ResponseReturnValue:
    """One step in one transaction; a refusal is told on the page that follows.

    Of a call that others have ended by now that page says so itself.
    """
    now = asking.now()
    try:
        with asking.writing() as database:
            mine, operator = find_task(database, asking.viewer(), task_id)
            told = move(database, mine, operator, now)
        if told:
            flash(told)
        if to_queue:
            return redirect(url_for("desk.queue", _anchor="next"))
    except (Conflict, InvalidInput) as error:
        if not _is_over(task_id):
            flash(in_words(error), "refused")
    return redirect(url_for("desk.task", task_id=task_id, _anchor=anchor))


def _is_over(task_id: str) -> bool:
    with asking.reading() as database:
        found, operator = find_task(database, asking.viewer(), task_id)
        by_another = found.state == TaskState.COMPLETED and found.operator_id != operator.id
        return by_another or found.state == TaskState.CANCELLED


def _dial_answers() -> dict[DialAnswer, str]:
    return {
        DialAnswer.WENT_QUIET: _("It is quiet by now: nobody is phoned."),
        DialAnswer.PHONE_HOST: _("The guest cannot be called; the host is called instead."),
        DialAnswer.TOO_SOON: _("This number was called a moment ago; the call comes again later."),
    }
