"""What the desk shows: the queue, one call, and the pieces of both that renew themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist import roster
from callassist.domain.call_task import TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.errors import Conflict, InvalidInput
from callassist.escalation import presence as presences
from callassist.models import CallTask, Operator
from callassist.web.pages import asking, times, words
from callassist.web.pages.desk import places, ringing
from callassist.web.pages.desk.card import TaskPage, task_page
from callassist.web.pages.desk.queries import find_task, taker
from callassist.web.pages.desk.results import Choices
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_QUEUE_REFRESH, _CALL_REFRESH, _CARD_REFRESH = 5, 3, 20  # seconds, for who has no JavaScript
_CALL_BACK_MINUTES = (5, 10, 15)


def queue() -> ResponseReturnValue:
    """Presence, my call, and everybody who waits."""
    if request.args.get("as"):
        places.work_as(request.args["as"])
    now = asking.now()
    places.beat(now)
    with asking.reading() as database:
        around = places.surroundings(database, now)
        notes = roster.notes_for(database, places.me(database).desk_id, now)
        zone = places.zone(database)
    refresh = None if request.args.get("still") else _QUEUE_REFRESH
    return render_template("desk/desk.html", **around, notes=notes, zone=zone, refresh=refresh)


def call_fragment(task_id: str) -> ResponseReturnValue:
    """The call bar of one call."""
    return _part(task_id, "desk/call.html")


def outcomes_fragment(task_id: str) -> ResponseReturnValue:
    """The results to choose from, once the call has ended."""
    return _part(task_id, "desk/outcomes.html")


def presence() -> ResponseReturnValue:
    """Available, on a break, offline."""
    word = request.form.get("state", "")
    now = asking.now()
    try:
        with asking.writing() as database:
            operator = places.me(database)
            presences.choose(database, asking.service().escalation, operator.id, word, now)
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
        return redirect(url_for("desk.queue"))
    if word == PresenceState.OFFLINE and request.form.get("from") == "desk":
        return redirect(url_for("desk.end"))
    return redirect(url_for("desk.queue"))


def beat() -> ResponseReturnValue:
    """A sign of life of an open page, and whether its line can be rung."""
    if request.form.get("gone"):
        places.line_is_gone(request.form["gone"])
    else:
        places.beat(asking.now(), ringing.line_of_request())
    return "", 204


def task(task_id: str) -> ResponseReturnValue:
    """One call, while it is offered to the viewer or in their hands."""
    now = asking.now()
    places.beat(now)
    return show_task(task_id, now, None)


def show_task(task_id: str, now: datetime, form: Form | None) -> ResponseReturnValue:
    """The page of a call; with a form that was refused, 422."""
    service = asking.service()
    with asking.reading() as database:
        page = task_page(database, service, asking.viewer(), task_id, now)
        if page is None:
            found, operator = find_task(database, asking.viewer(), task_id)
            if _is_saved_by(found, operator):
                # the answer to saving it got lost on the way: what the browser kept can go
                flash(_("Saved: %(result)s.", result=words.result(found.result or "")))
                return redirect(url_for("desk.queue", _anchor="next"))
            flash(gone(found, taker(database, found)), "refused")
            return redirect(url_for("desk.queue"))
        around = places.surroundings(database, now)
    refresh = None if request.args.get("still") or form else _refresh(page)
    shown = render_template(
        "desk/task.html", **around, **_words_of(page, form, now), refresh=refresh
    )
    return shown, 422 if form is not None else 200


def gone(found: CallTask, by: str | None) -> str:
    """Why a call is not the viewer's, kindly."""
    if found.result == AttemptOutcome.NOT_CONNECTED:
        return _("Nobody was dialled: the operator’s own line did not come up.")
    if found.state in (TaskState.COMPLETED, TaskState.CANCELLED):
        return _("This call is done or not needed any more.")
    if by is not None:
        return _("Already taken by %(who)s.", who=by)
    return _("This call waits in the queue.")


def _is_saved_by(task: CallTask, operator: Operator) -> bool:
    done = task.state == TaskState.COMPLETED and task.operator_id == operator.id
    return done and task.result not in (None, Disposition.NOT_RECORDED)


def _part(task_id: str, template: str) -> ResponseReturnValue:
    now = asking.now()
    with asking.reading() as database:
        viewer = asking.viewer()
        page = task_page(database, asking.service(), viewer, task_id, now, with_scripts=False)
        if page is None:
            found, _operator = find_task(database, viewer, task_id)
            told = gone(found, taker(database, found))
            return render_template("desk/gone.html", told=told)
    around = {"reasons": places.reasons(), "here_task": places.here_task()}
    return render_template(template, **around, **_words_of(page, None, now))


def _words_of(page: TaskPage, form: Form | None, now: datetime) -> dict[str, object]:
    preset = page.choices.preset if page.choices else ""
    return {
        "page": page,
        "card": page.card,
        "form": form or Form({"result": preset, "note": page.draft.text}),
        "give_form": Form(prefix="give-"),
        "call_back": [("", "–"), *_call_back_times(now, page.card.zone)],
        "languages_spoken": _languages(page.choices),
        "call_back_unasked": [("", "–"), *_call_back_waits()],
        "languages_unasked": _languages(page.choices_unasked),
        "hand_over_to": [(code, words.spoken(code)) for code in page.languages],
        "reply_url": lambda reply, what: url_for(
            "desk.reply", task_id=page.card.task_id, reply_id=reply.id, what=what
        ),
        "to": lambda name: url_for(f"desk.{name}", task_id=page.card.task_id),
        "still": bool(request.args.get("still")),
    }


def _refresh(page: TaskPage) -> int | None:
    """Never while a form is being filled in."""
    if page.choices is not None:
        return None
    if page.card.state is TaskState.OFFERED or (page.dial is not None and not page.by_hand):
        return _CALL_REFRESH
    return _CARD_REFRESH


def _languages(offered: Choices | None) -> list[tuple[str, str]]:
    return [("", "–"), *(offered.languages if offered else ())]


def _call_back_waits() -> list[tuple[str, str]]:
    """Counted from when the desk is back: a time of day would be wrong by then."""
    return [
        (str(wait), _("%(num)s min after this is sent", num=wait)) for wait in _CALL_BACK_MINUTES
    ]


def _call_back_times(now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    return [
        (str(wait), times.at(now + timedelta(minutes=wait), now, zone))
        for wait in _CALL_BACK_MINUTES
    ]
