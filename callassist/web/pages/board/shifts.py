"""S3, shifts: a week of who works when, the gaps in cover, and calendars to subscribe to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.breaks import Pause
from callassist.domain.supervision import LinkKind
from callassist.errors import NotFound
from callassist.models import Desk, Operator, Shift
from callassist.roster.desk_links import desk_links, desk_of_link
from callassist.roster.desks import desk_zone
from callassist.roster.local_days import monday_of
from callassist.roster.shift_feed import shifts_calendar
from callassist.roster.shift_week import copy_shifts, shift_week
from callassist.roster.swap_lists import desk_swaps
from callassist.web import languages
from callassist.web.pages import asking, times
from callassist.web.pages.board.desks import chosen, runs
from callassist.web.pages.forms import Form
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.set_up_steps import open_checklist
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_WEEK = timedelta(days=7)
_BREAK_MINUTES = 30


def week() -> ResponseReturnValue:
    """One week of the desk."""
    return _week_page(Form(), asking.now())


def new() -> ResponseReturnValue:
    """Roster an operator."""
    before = open_checklist()
    form, now = Form.of_request(), asking.now()
    with form.taking_errors(), asking.writing() as database:
        desk = chosen(database).desk
        zone = desk_zone(database, desk)
        starts_at, ends_at = _span(form, zone)
        roster.add_shift(database, asking.viewer(), form["operator"], starts_at, ends_at)
    if form.is_refused:
        return _week_page(form, now)
    flash(_("The shift is on the roster."))
    there = url_for("board.shifts", week=monday_of(starts_at.astimezone(zone).date()))
    return redirect(onward(before, there))


def copy_week() -> ResponseReturnValue:
    """Fill a week with the shifts of the one before."""
    monday = _monday(request.form.get("week", ""), asking.now(), ZoneInfo("UTC"))
    with asking.writing() as database:
        desk = chosen(database).desk
        zone = desk_zone(database, desk)
        copied, left_out = copy_shifts(database, asking.viewer(), desk, monday, zone)
    told = ngettext("%(num)s shift copied.", "%(num)s shifts copied.", copied)
    if left_out:
        told += " " + ngettext(
            "%(num)s was left out: something is there already.",
            "%(num)s were left out: something is there already.",
            left_out,
        )
    flash(told)
    return redirect(url_for("board.shifts", week=monday))


def edit(shift_id: str) -> ResponseReturnValue:
    """Move a shift."""
    with asking.reading() as database:
        shift, operator, desk = _shift(database, shift_id)
        zone = desk_zone(database, desk)
        pause = roster.planned_break(database, shift)
    form = _form_of(shift, pause, zone)
    if asking.is_sent():
        form = Form.of_request()
        with form.taking_errors(), asking.writing() as database:
            starts_at, ends_at = _span(form, zone)
            if (starts_at, ends_at) != (shift.starts_at, shift.ends_at):
                roster.move_shift(database, asking.viewer(), shift_id, starts_at, ends_at)
            length = timedelta(minutes=form.whole("break_minutes") or _BREAK_MINUTES)
            break_at = form.instant("break_at", zone)
            roster.plan_break(database, asking.viewer(), shift_id, break_at, length)
        if not form.is_refused:
            flash(_("The shift is saved."))
            return redirect(
                url_for("board.shifts", week=monday_of(starts_at.astimezone(zone).date()))
            )
    page = render_template("board/shift.html", shift=shift, operator=operator, zone=zone, form=form)
    return page, 422 if form.is_refused else 200


def remove(shift_id: str) -> ResponseReturnValue:
    """Take a shift off the roster."""
    with asking.writing() as database:
        shift, _operator, desk = _shift(database, shift_id)
        monday = monday_of(shift.starts_at.astimezone(desk_zone(database, desk)).date())
        roster.remove_shift(database, asking.viewer(), shift_id)
    flash(_("The shift is off the roster."))
    return redirect(url_for("board.shifts", week=monday))


def calendar(token: str) -> ResponseReturnValue:
    """The shifts behind a secret address, for calendar programs."""
    with asking.reading() as database:
        opened = desk_of_link(database, token, LinkKind.SHIFTS)
        if opened is None:
            abort(404)
        text = shifts_calendar(
            database, opened.desk, opened.operator, languages.of_browser(), asking.now()
        )
    return Response(text, content_type="text/calendar; charset=utf-8")


def _week_page(form: Form, now: datetime) -> ResponseReturnValue:
    with asking.reading() as database:
        choice = chosen(database)
        zone = desk_zone(database, choice.desk)
        monday = _monday(request.args.get("week", ""), now, zone)
        days = shift_week(database, asking.viewer(), choice.desk, monday, zone, now)
        operators = _operators(database, choice.desk)
        links = desk_links(database, choice.desk, LinkKind.SHIFTS)
        is_begun = _is_begun(database, choice.desk)
        swaps = desk_swaps(database, asking.viewer(), choice.desk, now)
    today = now.astimezone(zone).date()
    if not form.sent:
        begins = today if monday_of(today) == monday else monday
        ends = begins + timedelta(days=1)
        form = Form({"starts_at": f"{begins}T20:00", "ends_at": f"{ends}T08:00"})
    page = render_template(
        "board/shifts.html",
        choice=choice,
        zone=zone,
        monday=monday,
        days=days,
        today=today,
        operators=[(one.public_id, one.desk_name) for one in operators],
        links=links,
        swaps=swaps,
        is_begun=is_begun,
        form=form,
        before=monday - _WEEK,
        after=monday + _WEEK,
        moment_now=now,
    )
    return page, 422 if form.is_refused else 200


def _form_of(shift: Shift, pause: Pause | None, zone: ZoneInfo) -> Form:
    length = pause.length(pause.starts_at) // timedelta(minutes=1) if pause else _BREAK_MINUTES
    return Form(
        {
            "starts_at": times.for_field(shift.starts_at, zone),
            "ends_at": times.for_field(shift.ends_at, zone),
            "break_at": times.for_field(pause.starts_at, zone) if pause else "",
            "break_minutes": str(length),
        }
    )


def _span(form: Form, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return form.required_instant("starts_at", zone), form.required_instant("ends_at", zone)


def _monday(typed: str, now: datetime, zone: ZoneInfo) -> date:
    try:
        return monday_of(date.fromisoformat(typed))
    except ValueError:
        return monday_of(now.astimezone(zone).date())


def _operators(database: Session, desk: Desk) -> list[Operator]:
    query = (
        select(Operator)
        .where(Operator.desk_id == desk.id, Operator.active.is_(True))
        .order_by(Operator.desk_name, Operator.id)
    )
    return list(database.scalars(query))


def _is_begun(database: Session, desk: Desk) -> bool:
    """Whether anybody was ever rostered here."""
    query = select(Shift.id).join(Operator, Operator.id == Shift.operator_id)
    return database.scalar(query.where(Operator.desk_id == desk.id).limit(1)) is not None


def _shift(database: Session, public_id: str) -> tuple[Shift, Operator, Desk]:
    query = (
        select(Shift, Operator, Desk)
        .join(Operator, Operator.id == Shift.operator_id)
        .join(Desk, Desk.id == Operator.desk_id)
        .where(runs(asking.viewer()), Shift.public_id == public_id)
    )
    found = database.execute(query).first()
    if found is None:
        raise NotFound("no such shift")
    return found[0], found[1], found[2]
