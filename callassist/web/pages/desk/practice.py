"""A training call with a robot guest: the desk's own pages, and nothing behind them.

Nothing of it is stored but that it was done. No task, incident or number exists, so no real one
can be touched; an offer that comes meanwhile is shown on top as always.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist import roster
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialState
from callassist.domain.results import GUEST_RULES, AttemptOutcome, Disposition, parse_result
from callassist.domain.script import Slots, render_script
from callassist.escalation.foretelling import Foretold
from callassist.escalation.notes import NOTE_LIMIT
from callassist.escalation.policy import GuestSnapshot, Limits, decide_guest
from callassist.models import Operator
from callassist.web.languages import language
from callassist.web.operator_card import OperatorCard
from callassist.web.pages import asking, words
from callassist.web.pages.desk import places
from callassist.web.pages.desk.card import Draft, TaskPage
from callassist.web.pages.desk.results import choices
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

_STATES = ("offered", "taken", "talking", "result")
_STEPS = tuple(f"{round_}-{state}" for round_ in (1, 2) for state in _STATES)
_MOVES = {"accept": "taken", "dial": "talking", "hang-up": "result"}
_PARIS = ZoneInfo("Europe/Paris")
_MINUTES = 32
_UNKNOWN = 404


@dataclass(frozen=True, kw_only=True)
class _Round:
    """One of the two calls: in the first somebody answers, in the second nobody does."""

    guest: str
    attempt: int
    outcome: AttemptOutcome


_ROUNDS = {
    "1": _Round(guest="Robin Sample", attempt=1, outcome=AttemptOutcome.ANSWERED),
    "2": _Round(guest="Camille Exemple", attempt=2, outcome=AttemptOutcome.NO_ANSWER),
}


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
    if number not in _ROUNDS or move not in (*_MOVES, "decline", "result", "extend", "ended"):
        abort(_UNKNOWN)
    if move in _MOVES:
        return redirect(url_for("desk.practice_step", step=f"{number}-{_MOVES[move]}"))
    if move != "result":
        flash(_("In training there is always time. Go on."))
        return redirect(request.referrer or url_for("desk.practice"))
    form = Form.of_request()
    told = _refused(_ROUNDS[number], form)
    if told:
        form.errors["result"] = told
        return _show(f"{number}-result", form)
    flash(_("Saved: %(result)s.", result=words.result(form["result"])))
    if number == "1":
        return redirect(url_for("desk.practice_step", step="2-offered"))
    with asking.writing() as database:
        roster.note_training(database, places.me(database).id, asking.now())
    flash(_("You are trained. Nothing of this was real; from now on it is."))
    return redirect(url_for("desk.practice", done=1))


def _refused(call: _Round, form: Form) -> str:
    """The same as at a real call: choose one, and nobody was spoken to when nobody answered."""
    offered = choices(Party.GUEST, call.outcome, 3, _PARIS, _foretold(call, asking.now()))
    if form["result"] not in {one.value for one in (*offered.tiles, *offered.rare)}:
        return _("Choose a result.")
    if form["result"] == Disposition.LANGUAGE_BARRIER and not form.has("language"):
        return _("Say which language the guest speaks.")
    return ""


def _show(step: str, form: Form | None) -> ResponseReturnValue:
    number, _dash, state = step.partition("-")
    call, now = _ROUNDS[number], asking.now()
    with asking.reading() as database:
        around = places.surroundings(database, now)
        page = _page(call, state, places.me(database), now)
    preset = page.choices.preset if page.choices else ""
    shown = render_template(
        "desk/task.html",
        **around,
        page=page,
        card=page.card,
        form=form or Form({"result": preset}),
        practice=step,
        robot=_says(call, state),
        steps=_steps(number, state),
        to=lambda name: url_for("desk.practice_answer", step=f"{number}-{name}"),
        call_back=[("", "–"), ("5", "5"), ("10", "10"), ("15", "15")],
        languages_spoken=[("", "–"), *(page.choices.languages if page.choices else ())],
        still=True,
        note_limit=NOTE_LIMIT,
    )
    return shown, 200 if form is None else 422


def _page(call: _Round, state: str, operator: Operator, now: datetime) -> TaskPage:
    is_over = state == "result"
    told = _foretold(call, now)
    settings = asking.service().escalation.settings
    return TaskPage(
        card=_card(call, state, operator),
        earlier=(),
        dial=DialState.ENDED if is_over else DialState.TALKING if state == "talking" else None,
        dialled_at=now,
        answered_at=None,
        outcome=call.outcome if is_over else None,
        hanging_up=False,
        by_hand=False,
        offer_ends=now + settings.offer_for,
        dial_by=now + settings.assigned_without_dial,
        wrap_up_ends=now + settings.wrap_up_for,
        can_extend=False,
        draft=Draft(text="", by=None, at=None),
        choices=choices(Party.GUEST, call.outcome, 3, _PARIS, told) if is_over else None,
        choices_unasked=None,
        languages=(),
    )


def _card(call: _Round, state: str, operator: Operator) -> OperatorCard:
    slots = Slots(
        guest=call.guest,
        desk_name=operator.desk_name,
        host_spoken_name="Maria",
        minutes=_MINUTES,
        reference="quiet-robot",
        country="FR",
    )
    library = asking.service().scripts
    # the robot speaks the page's language: so does the call, if the operator takes such calls
    wanted = (language(), *operator.languages)
    taken = set(operator.languages) & set(library.books)
    spoken = next((code for code in wanted if code in taken), "en")
    books = [spoken, *(code for code in sorted(library.books) if code != spoken)]
    states = {"offered": TaskState.OFFERED, "result": TaskState.WRAPPING_UP}
    return OperatorCard(
        task_id="practice",
        party=Party.GUEST,
        state=states.get(state, TaskState.ASSIGNED),
        attempt=call.attempt,
        attempts=3,
        language=spoken,
        guest=call.guest,
        host_spoken_name="Maria",
        call_names=(),
        other_homes=0,
        zone=_PARIS,
        noise_minutes=_MINUTES,
        reference="quiet robot",
        is_repeat=False,
        is_practice=True,
        number=None,
        dial_link=None,
        scripts=tuple(render_script(library, code, Party.GUEST, slots) for code in books),
    )


def _foretold(call: _Round, now: datetime) -> Foretold:
    """The real policy, asked about a guest who does not exist."""
    own = asking.service().escalation.settings
    gap = timedelta(minutes=5)
    limits = Limits(
        attempts=3,
        attempt_gap=gap,
        cancelled_limit=own.cancelled_limit,
        provider_error_limit=own.provider_error_limit,
        provider_error_retry=own.provider_error_retry,
        host_dials_per_contact=own.host_dials_per_contact,
        call_back_min=own.call_back_min,
        call_back_max=own.call_back_max,
    )
    at = GuestSnapshot(
        now=now,
        ended_at=now,
        attempt_number=call.attempt,
        counted_attempts=call.attempt,
        numbers_left=0,
        noise_ended=False,
        cancel_redials=0,
        provider_errors=0,
        continuation_used=False,
        barrier_met=False,
        language_on_shift=True,
    )
    by_result = {result: decide_guest(result, at, limits) for result in GUEST_RULES}
    barrier = by_result[parse_result(Disposition.LANGUAGE_BARRIER)]
    return Foretold(
        by_result=dict(by_result),
        by_language=dict.fromkeys(("de", "es", "it", "nl", "pl", "pt"), barrier),
        over=False,
    )


def _says(call: _Round, state: str) -> str:
    if state != "talking":
        return ""
    if call.outcome is AttemptOutcome.NO_ANSWER:
        return _("(It rings and rings. Nobody answers. Hang up when you have heard enough.)")
    return _("Hello? … Oh, really? I am sorry. We will close the windows and turn it down.")


def _steps(number: str, state: str) -> list[dict[str, str]]:
    """Where the training stands, as steps."""
    names = {
        "offered": _("Accept the offer"),
        "taken": _("Read the script, then call"),
        "talking": _("Talk, then hang up"),
        "result": _("Choose the result, write a note, save"),
    }
    at = _STEPS.index(f"{number}-{state}")
    texts = [
        " · ".join((_("Call %(n)s", n=one.partition("-")[0]), names[one.partition("-")[2]]))
        for one in _STEPS
    ]
    states = ["done" if n < at else "current" if n == at else "todo" for n in range(len(texts))]
    return [
        {"text": text, "state": here, "note": "", "url": ""}
        for text, here in zip(texts, states, strict=True)
    ]
