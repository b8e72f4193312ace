"""The desk's pages and buttons. Each looks at the queue or does one thing, then leads on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.domain.call_task import TaskState
from callassist.domain.presence import PresenceState
from callassist.errors import Conflict, InvalidInput
from callassist.escalation import dialling, offers, wrap_up
from callassist.escalation import presence as presences
from callassist.escalation.dialling import DialAnswer
from callassist.escalation.saving import Extras
from callassist.models import CallTask, Operator, Presence
from callassist.web.pages import asking, times, words
from callassist.web.pages.desk.card import TaskCard, task_card
from callassist.web.pages.desk.queries import desk_screen, find_task, operator_of, taker
from callassist.web.pages.desk.results import choices, preset
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_AS = "operator"  # as whom somebody with several desks works, in the session
_QUEUE_REFRESH, _CALL_REFRESH, _CARD_REFRESH = 5, 3, 20  # seconds
_CALL_BACK_MINUTES = (5, 10, 15)

Move = Callable[[Session, CallTask, Operator, datetime], str | None]


def queue() -> ResponseReturnValue:
    """Presence, my call, and everybody who waits."""
    if request.args.get("as"):
        session[_AS] = request.args["as"]
    now = asking.now()
    _beat(now)
    with asking.reading() as database:
        screen = desk_screen(database, asking.viewer(), session.get(_AS), now)
    return render_template(
        "desk/queue.html",
        screen=screen,
        choosable=[PresenceState.AVAILABLE, PresenceState.BREAK, PresenceState.OFFLINE],
        refresh=None if request.args.get("still") else _QUEUE_REFRESH,
    )


def presence() -> ResponseReturnValue:
    """Available, on a break, offline."""
    word = request.form.get("state", "")
    try:
        with asking.writing() as database:
            operator = operator_of(database, asking.viewer(), session.get(_AS))
            presences.choose(database, asking.service().escalation, operator.id, word, asking.now())
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("desk.queue"))


def task(task_id: str) -> ResponseReturnValue:
    """One call, while it is offered to the viewer or in their hands."""
    now = asking.now()
    _beat(now)
    return _task_page(task_id, now, None)


def accept(task_id: str) -> ResponseReturnValue:
    """Take the offer, or pull the call from the queue."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> None:
        offers.accept(database, asking.service().escalation, operator.id, task.id, now)

    return _do(task_id, move)


def decline(task_id: str) -> ResponseReturnValue:
    """Give the offer back."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str:
        offers.decline(database, asking.service().escalation, operator.id, task.id, now)
        return _("Declined. It is not offered to you again for two minutes.")

    return _do(task_id, move)


def dial(task_id: str) -> ResponseReturnValue:
    """Look once more, then dial."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str | None:
        ctx = asking.service().escalation
        result = dialling.request_dial(database, ctx, operator.id, task.id, now)
        return _dial_answers().get(result.answer)

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
        if not ctx.operator_dials:
            raise Conflict("the network says when a call has ended")
        wrap_up.end_by_hand(database, ctx, operator.id, task.id, now)

    return _do(task_id, move)


def extend(task_id: str) -> ResponseReturnValue:
    """One more minute for the result."""

    def move(database: Session, task: CallTask, operator: Operator, now: datetime) -> str:
        wrap_up.extend(database, asking.service().escalation, operator.id, task.id, now)
        return _("You have one more minute.")

    return _do(task_id, move)


def save_result(task_id: str) -> ResponseReturnValue:
    """Save the one result of the call."""
    form, now = Form.of_request(), asking.now()
    with form.taking_errors(), asking.writing() as database:
        mine, operator = find_task(database, asking.viewer(), task_id)
        wait = form.whole("call_back_minutes")
        extras = Extras(
            call_back_at=None if wait is None else now + timedelta(minutes=wait),
            language=form.optional("language"),
        )
        ctx = asking.service().escalation
        word = form["result"] or "nothing"
        note = form.optional("note")
        wrap_up.save_result(
            database, ctx, operator.id, mine.id, word, now, note=note, extras=extras
        )
        _back_to_work(database, operator, now)
    if form.is_refused:
        return _task_page(task_id, now, form)
    flash(_("Saved: %(result)s.", result=words.result(form["result"])))
    return redirect(url_for("desk.queue"))


def _task_page(task_id: str, now: datetime, form: Form | None) -> ResponseReturnValue:
    service = asking.service()
    with asking.reading() as database:
        card = task_card(database, service, asking.viewer(), task_id, now)
        if card is None:
            task, _operator = find_task(database, asking.viewer(), task_id)
            flash(_gone(task, taker(database, task)), "refused")
            return redirect(url_for("desk.queue"))
    page = render_template(
        "desk/task.html",
        card=card,
        form=form or Form({"result": preset(card)}),
        choices=choices(card),
        languages_spoken=[("", "–"), *((code, str(words.SPOKEN[code])) for code in words.SPOKEN)],
        call_back=[("", "–"), *_call_back_times(now, card.zone)],
        refresh=None if request.args.get("still") or form else _refresh(card),
    )
    return page, 422 if form is not None else 200


def _refresh(card: TaskCard) -> int | None:
    """Never while a form is being filled in."""
    if card.state is TaskState.WRAPPING_UP:
        return None
    if card.state is TaskState.OFFERED or (card.dial is not None and not card.by_hand):
        return _CALL_REFRESH
    return _CARD_REFRESH


def _call_back_times(now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    return [
        (str(wait), times.at(now + timedelta(minutes=wait), now, zone))
        for wait in _CALL_BACK_MINUTES
    ]


def _do(task_id: str, move: Move) -> ResponseReturnValue:
    """One step in one transaction; a refusal is told on the page that follows."""
    now = asking.now()
    try:
        with asking.writing() as database:
            mine, operator = find_task(database, asking.viewer(), task_id)
            told = move(database, mine, operator, now)
        if told:
            flash(told)
    except Conflict as error:
        flash(in_words(error), "refused")
    return redirect(url_for("desk.task", task_id=task_id))


def _beat(now: datetime) -> None:
    """Looking at the desk is a sign of life."""
    with asking.writing() as database:
        operator = operator_of(database, asking.viewer(), session.get(_AS))
        presences.beat(database, asking.service().escalation, operator.id, now)


def _back_to_work(database: Session, operator: Operator, now: datetime) -> None:
    """A page with a form does not refresh itself, so its operator may have counted as gone."""
    state = database.get(Presence, operator.id)
    if state is not None and state.state == PresenceState.OFFLINE:
        ctx = asking.service().escalation
        presences.choose(database, ctx, operator.id, PresenceState.AVAILABLE, now)


def _gone(task: CallTask, by: str | None) -> str:
    if task.state in (TaskState.COMPLETED, TaskState.CANCELLED):
        return _("This call is done or not needed any more.")
    if by is not None:
        return _("Already taken by %(who)s.", who=by)
    return _("This call waits in the queue.")


def _dial_answers() -> dict[DialAnswer, str]:
    return {
        DialAnswer.WENT_QUIET: _("It is quiet by now: nobody is phoned."),
        DialAnswer.PHONE_HOST: _("The guest cannot be called; the host is called instead."),
        DialAnswer.TOO_SOON: _("This number was called a moment ago; the call comes again later."),
    }
