"""Start of a shift, my shift, its end, and how an operator likes the desk."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist import roster as desks
from callassist.domain.presence import PresenceState
from callassist.escalation import notes as notes_of_calls
from callassist.escalation import presence as presences
from callassist.roster.desk_notes import LINES, TONES
from callassist.web.pages import asking
from callassist.web.pages.desk import places
from callassist.web.pages.desk.queries import find_task
from callassist.web.pages.desk.shift_queries import my_shift, tonight
from callassist.web.pages.desk.swap_queries import roster_of
from callassist.web.pages.forms import Form
from callassist.web.pages.people import told_at
from callassist.web.translate import gettext as _

_REFUSED = 422


def start() -> ResponseReturnValue:
    """Checks before the first call, what colleagues left, and who else is there."""
    now = asking.now()
    with asking.reading() as database:
        around = places.surroundings(database, now)
        operator = places.me(database)
        left = desks.notes_for(database, operator.desk_id, now)
        there = tonight(database, operator, now)
        zone = places.zone(database)
    return render_template(
        "desk/start.html",
        **around,
        notes=left,
        tonight=there,
        tones=_tones(),
        zone=zone,
        push_place=told_at.desk_key(operator.desk),
    )


def preferences() -> ResponseReturnValue:
    """Keys, sound, tone and volume; asked by forms and by scripts."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as database:
        desks.set_preferences(
            database,
            places.me(database).id,
            shortcuts=form.has("shortcuts") if form["what"] == "keys" else None,
            sound=form.has("sound") if form["what"] == "sound" else None,
            tone=form.optional("tone"),
            volume=form.whole("volume"),
        )
    if request.headers.get("X-Requested-With") == "fetch":
        return ("; ".join(form.errors.values()), _REFUSED) if form.is_refused else ("", 204)
    for told in form.errors.values():
        flash(told, "refused")
    if not form.is_refused:
        flash(_("Kept."))
    return redirect(url_for("desk.start" if form["back"] == "start" else "desk.shift"))


def shift() -> ResponseReturnValue:
    """The calls of this shift, and notes that can still be corrected."""
    return shift_page()


def correct_note(task_id: str) -> ResponseReturnValue:
    """Change the note of a call that was made a moment ago."""
    form, now = Form.of_request(prefix=f"{task_id}-"), asking.now()
    with form.taking_errors(), asking.writing() as database:
        task, operator = find_task(database, asking.viewer(), task_id)
        notes_of_calls.correct_note(database, operator.id, task.id, form["note"], now)
    if form.is_refused:
        return shift_page(form, task_id)
    flash(_("The note is corrected; the log says that it was changed."))
    return redirect(url_for("desk.shift"))


def end() -> ResponseReturnValue:
    """The end of a shift: five lines for the next person, then offline."""
    form = Form.of_request() if asking.is_sent() else Form()
    now = asking.now()
    if asking.is_sent():
        with form.taking_errors(), asking.writing() as database:
            operator = places.me(database)
            desks.leave_note(database, operator.id, form["text"], now)
            ctx = asking.service().escalation
            presences.choose(database, ctx, operator.id, PresenceState.OFFLINE, now)
        if not form.is_refused:
            flash(_("Your shift has ended. Good night."))
            return redirect(url_for("desk.start"))
    with asking.reading() as database:
        around = places.surroundings(database, now)
        mine = my_shift(database, places.me(database), now)
        zone = places.zone(database)
    page = render_template("desk/end.html", **around, form=form, shift=mine, lines=LINES, zone=zone)
    return page, _REFUSED if form.is_refused else 200


def shift_page(
    form: Form | None = None, task_id: str = "", *, new_feed: str = ""
) -> ResponseReturnValue:
    """My shift; with a note's form that was refused, or a calendar address to show once."""
    now = asking.now()
    with asking.reading() as database:
        around = places.surroundings(database, now)
        mine = my_shift(database, places.me(database), now)
        roster = roster_of(database, places.me(database), now)
        breaks = desks.breaks_of(database, places.me(database).id, now)
        zone = places.zone(database)
    page = render_template(
        "desk/shift.html",
        **around,
        shift=mine,
        roster=roster,
        breaks=breaks,
        new_feed=new_feed,
        forms={call.task_id: _note_form(call.task_id, call.note) for call in mine.calls}
        | ({task_id: form} if form else {}),
        tones=_tones(),
        zone=zone,
    )
    return page, 422 if form is not None else 200


def _note_form(task_id: str, note: str) -> Form:
    return Form({"note": note}, prefix=f"{task_id}-")


def _tones() -> list[tuple[str, str]]:
    names = {"bell": _("Bell"), "marimba": _("Marimba"), "chime": _("Chime")}
    return [(tone, names[tone]) for tone in TONES]
