"""A training call with a robot guest: the desk's own pages, and nothing behind them.

Nothing of it is stored but that it was done. No task, incident or number exists, so no real one
can be touched; an offer that comes meanwhile is shown on top as always.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist import roster
from callassist.domain.results import Disposition
from callassist.escalation.notes import NOTE_LIMIT
from callassist.web.pages import asking, words
from callassist.web.pages.desk import places
from callassist.web.pages.desk.practice_call import (
    CALLS,
    TrainingCall,
    choices_of,
    page_of,
    says,
)
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

_STATES = ("offered", "taken", "talking", "result")
_STEPS = tuple(f"{number}-{state}" for number in CALLS for state in _STATES)
_MOVES = {"accept": "taken", "dial": "talking", "hang-up": "result"}
_UNKNOWN = 404


def begin() -> ResponseReturnValue:
    """What training is, and its first button."""
    with asking.reading() as database:
        around = places.surroundings(database, asking.now())
    return render_template("desk/practice.html", **around)


def step(step: str) -> ResponseReturnValue:
    """One state of a training call."""
    if step not in _STEPS:
        abort(_UNKNOWN)
    return _show(step, None)


def answer(step: str) -> ResponseReturnValue:
    """A button of a training call was pressed: `1-accept`, `2-result` ..."""
    number, _dash, move = step.partition("-")
    if number not in CALLS or move not in (*_MOVES, "decline", "result", "extend", "ended"):
        abort(_UNKNOWN)
    if move in _MOVES:
        return redirect(url_for("desk.practice_step", step=f"{number}-{_MOVES[move]}"))
    if move != "result":
        flash(_("In training there is always time. Go on."))
        return redirect(request.referrer or url_for("desk.practice"))
    form = Form.of_request()
    told = _refused(CALLS[number], form)
    if told:
        form.errors["result"] = told
        return _show(f"{number}-result", form)
    flash(_("Saved: %(result)s.", result=words.result(form["result"])))
    with asking.writing() as database:
        roster.note_training(database, places.me(database).id, asking.now())
    return redirect(url_for("desk.practice", done=number))


def _refused(call: TrainingCall, form: Form) -> str:
    """The same as at a real call: choose one, and nobody was spoken to when nobody answered."""
    offered = choices_of(call, asking.now())
    if form["result"] not in {one.value for one in (*offered.tiles, *offered.rare)}:
        return _("Choose a result.")
    if form["result"] == Disposition.LANGUAGE_BARRIER and not form.has("language"):
        return _("Say which language the guest speaks.")
    return ""


def _show(step: str, form: Form | None) -> ResponseReturnValue:
    number, _dash, state = step.partition("-")
    call, now = CALLS[number], asking.now()
    with asking.reading() as database:
        around = places.surroundings(database, now)
        page = page_of(call, state, places.me(database), now)
    preset = page.choices.preset if page.choices else ""
    shown = render_template(
        "desk/task.html",
        **around,
        page=page,
        card=page.card,
        form=form or Form({"result": preset}),
        practice=step,
        robot=says(call, state),
        steps=_steps(state),
        to=lambda name: url_for("desk.practice_answer", step=f"{number}-{name}"),
        call_back=[("", "–"), ("5", "5"), ("10", "10"), ("15", "15")],
        languages_spoken=[("", "–"), *(page.choices.languages if page.choices else ())],
        note_limit=NOTE_LIMIT,
    )
    return shown, 200 if form is None else 422


def _steps(state: str) -> list[dict[str, str]]:
    """Where the call stands, as steps."""
    texts = (
        _("Accept the offer"),
        _("Read the script, then call"),
        _("Talk, then hang up"),
        _("Choose the result, write a note, save"),
    )
    at = _STATES.index(state)
    states = ["done" if n < at else "current" if n == at else "todo" for n in range(len(texts))]
    return [
        {"text": text, "state": here, "note": "", "url": ""}
        for text, here in zip(texts, states, strict=True)
    ]
