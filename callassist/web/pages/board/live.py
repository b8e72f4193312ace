"""S2, the live board: what is late next, who could take it, and stepping in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.presence import PresenceState
from callassist.domain.supervision import Reason
from callassist.errors import Conflict, NotFound
from callassist.escalation import supervising
from callassist.models import CallTask, Desk, Operator
from callassist.roster.desks import desk_zone
from callassist.web.guest_replies import ShownReply, unread_at
from callassist.web.pages import asking, words
from callassist.web.pages.board.by_itself import by_itself
from callassist.web.pages.board.desks import DeskChoice, chosen, runs
from callassist.web.pages.board.figures import Board, Line, board
from callassist.web.pages.board.history import interventions
from callassist.web.pages.board.words import REASON
from callassist.web.pages.desk import places
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

_ACTS = {
    "take_back": supervising.take_back,
    "finish": supervising.finish_wrap_up,
    "tell_host": supervising.tell_host,
}
STATES = (PresenceState.AVAILABLE, PresenceState.BREAK, PresenceState.OFFLINE)


def index() -> ResponseReturnValue:
    """The board of one desk."""
    return render_template("board/live.html", **_screen(asking.now()))


def fragment() -> ResponseReturnValue:
    """The part that changes."""
    return render_template("board/live_now.html", **_screen(asking.now()))


def step_in(task_id: str) -> ResponseReturnValue:
    """Assign a call, take it back, or finish its wrap-up; asks why first."""
    now = asking.now()
    if asking.is_sent():
        form = Form.of_request()
        with form.taking_errors(), asking.writing() as database:
            task = _task(database, task_id)
            if form["act"] == "take":
                return _take(database, task, form, now)
            told = _act(database, task, form, now)
        if not form.is_refused:
            flash(told)
            return redirect(url_for("board.index"))
    else:
        form = Form({"reason": Reason.URGENT})
    with asking.reading() as database:
        screen = _board(database, now)
        line = next((one for one in screen["board"].lines if one.task_id == task_id), None)
        if line is None:
            _task(database, task_id)
            flash(_("This call is done or not needed any more."), "refused")
            return redirect(url_for("board.index"))
        desk_id = screen["choice"].desk.id
        can_take = supervising.own_operator(database, asking.viewer(), desk_id) is not None
    page = render_template(
        "board/step_in.html",
        **screen,
        line=line,
        form=form,
        reasons=_reasons(),
        takers=_takers(screen, line),
        can_take=can_take,
    )
    return page, 422 if form.is_refused else 200


def set_status(operator_id: str) -> ResponseReturnValue:
    """Available, on a break or offline, with a reason."""
    now = asking.now()
    with asking.reading() as database:
        operator = _operator(database, operator_id)
    wanted = request.args.get("state", PresenceState.BREAK)
    reason = Reason.NOT_RESPONDING if wanted == PresenceState.BREAK else Reason.URGENT
    form = Form({"state": wanted, "reason": reason})
    if asking.is_sent():
        form = Form.of_request()
        with form.taking_errors(), asking.writing() as database:
            supervising.set_status(
                database,
                asking.service().escalation,
                asking.viewer(),
                operator.id,
                form["state"],
                form["reason"],
                now,
            )
        if not form.is_refused:
            flash(_("%(who)s’s status is set.", who=operator.desk_name))
            return redirect(url_for("board.index"))
    page = render_template(
        "board/status.html",
        operator=operator,
        form=form,
        reasons=_reasons(),
        state_options=[(state, words.state(state)) for state in STATES],
    )
    return page, 422 if form.is_refused else 200


def _screen(now: datetime) -> dict[str, Any]:
    with asking.reading() as database:
        return _board(database, now)


def _board(database: Session, now: datetime) -> dict[str, Any]:
    choice: DeskChoice = chosen(database)
    late_after = asking.service().escalation.settings.page_supervisor_after
    shown: Board = board(database, choice.desk, late_after, now)
    return {
        "choice": choice,
        "board": shown,
        "by_itself": by_itself(database, [line.task_id for line in shown.lines]),
        "written": unread_at(database, asking.service(), choice.desk, now),
        "reply_url": _reply_url,
        "past": interventions(database, choice.desk, now),
        "board_zone": desk_zone(database, choice.desk),
        "moment_now": now,
    }


def _reply_url(reply: ShownReply, what: str) -> str:
    return url_for("board.reply", reply_id=reply.id, what=what)


def _act(database: Session, task: CallTask, form: Form, now: datetime) -> str:
    ctx, viewer = asking.service().escalation, asking.viewer()
    word = form["act"]
    if word == "assign":
        operator = _operator(database, form["operator"])
        supervising.assign(database, ctx, viewer, task.id, operator.id, form["reason"], now)
        return _("Offered to %(who)s.", who=operator.desk_name)
    if word not in _ACTS:
        raise Conflict("choose what to do with this call")
    _ACTS[word](database, ctx, viewer, task.id, form["reason"], now)
    told = {
        "finish": _("The wrap-up is finished; the network’s word stands as the result."),
        "tell_host": _("The host is told now. The call goes on waiting for somebody to take it."),
    }
    return told.get(word, _("The call is back in the queue."))


def _take(database: Session, task: CallTask, form: Form, now: datetime) -> ResponseReturnValue:
    ctx, viewer = asking.service().escalation, asking.viewer()
    operator = supervising.take(database, ctx, viewer, task.id, form["reason"], now)
    places.work_as(operator.public_id)
    return redirect(url_for("desk.task", task_id=task.public_id, _anchor="call"))


def _takers(screen: dict[str, Any], line: Line) -> list[tuple[str, str]]:
    """Available operators, those who speak the language first."""
    free = [one for one in screen["board"].members if one.state is PresenceState.AVAILABLE]
    free.sort(key=lambda one: one.desk_name not in line.could_take)
    return [
        (
            one.operator_id,
            one.desk_name
            if one.desk_name in line.could_take
            else _("%(who)s (does not speak the language)", who=one.desk_name),
        )
        for one in free
    ]


def _reasons() -> list[tuple[str, str]]:
    return [(reason, str(words)) for reason, words in REASON.items()]


def _task(database: Session, public_id: str) -> CallTask:
    query = (
        select(CallTask)
        .join(Desk, Desk.id == CallTask.desk_id)
        .where(runs(asking.viewer()), CallTask.public_id == public_id)
    )
    task = database.scalars(query).first()
    if task is None:
        raise NotFound("no such call task")
    return task


def _operator(database: Session, public_id: str) -> Operator:
    query = (
        select(Operator)
        .join(Desk, Desk.id == Operator.desk_id)
        .where(runs(asking.viewer()), Operator.public_id == public_id)
    )
    operator = database.scalars(query).first()
    if operator is None:
        raise NotFound("no such operator")
    return operator
