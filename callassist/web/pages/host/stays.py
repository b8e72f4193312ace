"""Stays of all homes or one: the list with tonight's gaps on top, and what is done with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import stays
from callassist.accounts.properties import find_property, properties
from callassist.errors import NotFound
from callassist.models import Property, Stay, StayNumber
from callassist.stays.listing import Gap, StayLine, When, stay_page, stays_between, tonight_gaps
from callassist.stays.stops import allow_calls, stop_calls
from callassist.web.pages import asking
from callassist.web.pages.host.stay_days import day_bounds
from callassist.web.translate import gettext as _


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One stay as the list shows it."""

    line: StayLine
    guest: str | None
    is_now: bool
    may_write: bool


@dataclass(frozen=True, kw_only=True)
class ListScreen:
    """The list of stays."""

    homes: list[Property]
    home: Property | None
    gaps: list[tuple[Gap, str | None]]
    shown: list[Shown]
    next: str | None
    when: When
    day: date | None
    may_write: bool
    kept_days: int


def index() -> ResponseReturnValue:
    """Stays that are there or coming, or those that are over; of all homes or one."""
    when = When.PAST if request.args.get("when") == When.PAST else When.COMING
    with asking.reading() as session:
        screen = _screen(session, when)
    return render_template("host/stays.html", screen=screen, When=When)


def _screen(session: Session, when: When) -> ListScreen:
    viewer, now = asking.host(), asking.now()
    home = chosen_home(session)
    home_id = None if home is None else home.id
    day = _day()
    if day is None:
        page = stay_page(
            session, viewer, when, now, home_id=home_id, after=request.args.get("after")
        )
        lines, following = page.lines, page.next
    else:
        homes = [home] if home else properties(session, viewer)
        lines, following = tuple(_of_day(session, homes, day, home_id)), None
    vault = asking.service().vault
    return ListScreen(
        homes=properties(session, viewer),
        home=home,
        gaps=[
            (gap, name_of(gap.stay) if gap.stay is not None else None)
            for gap in tonight_gaps(session, viewer, now, home_id)
        ],
        shown=[
            Shown(
                line=line,
                guest=vault.open(line.stay.guest_name) if line.stay.guest_name else None,
                is_now=line.stay.check_in_at <= now < line.stay.check_out_at,
                may_write=viewer.can_write(line.stay.account_id),
            )
            for line in lines
        ],
        next=following,
        when=when,
        day=day,
        may_write=any(viewer.can_write(account) for account in viewer.account_ids),
        kept_days=asking.service().settings.retention.numbers.days,
    )


def _of_day(
    session: Session, homes: list[Property], day: date, home_id: int | None
) -> list[StayLine]:
    """Stays of one local day of their homes."""
    zones = {home.timezone for home in homes} or {"UTC"}
    bounds = {zone: day_bounds(day, ZoneInfo(zone)) for zone in zones}
    starts_at = min(begins for begins, _ends in bounds.values())
    ends_at = max(ends for _begins, ends in bounds.values())
    found = stays_between(session, asking.host(), starts_at, ends_at, home_id=home_id)
    return [
        line
        for line in found
        if line.stay.check_in_at < bounds[line.home.timezone][1]
        and line.stay.check_out_at > bounds[line.home.timezone][0]
    ]


def chosen_home(session: Session) -> Property | None:
    """The home that the address names; NotFound when it is not the viewer's."""
    public_id = request.args.get("home")
    return find_property(session, asking.host(), public_id) if public_id else None


def name_of(stay: Stay) -> str | None:
    """The guest's name; None when there is none, or no more."""
    if stay.guest_name is None or stay.erased_at is not None:
        return None
    return asking.service().vault.open(stay.guest_name)


def cancel(home_id: str, stay_id: str) -> ResponseReturnValue:
    """The guest is not coming, or left."""
    with asking.writing() as session:
        stays.cancel_stay(session, asking.host(), stay_id, now=asking.now())
    flash(_("The stay is cancelled."))
    return redirect(url_for("host.home", home_id=home_id))


def unflag(home_id: str, stay_id: str, position: int) -> ResponseReturnValue:
    """The host says that a flagged number is right after all."""
    with asking.writing() as session:
        stay = stays.find_stay(session, asking.host(), stay_id)
        asking.host().require_write(stay.account_id)
        number = session.scalars(
            select(StayNumber).where(StayNumber.stay_id == stay.id, StayNumber.position == position)
        ).first()
        if number is None:
            raise NotFound("no such number")
        stays.unflag_number(session, number.id)
    flash(_("The number is dialled again."))
    return back_to_stay(home_id, stay_id)


def withdraw(home_id: str, stay_id: str, consent_id: str) -> ResponseReturnValue:
    """No automatic messages any more."""
    with asking.writing() as session:
        stays.withdraw_consent(session, asking.host(), consent_id, asking.now())
    flash(_("No automatic messages go to this guest any more."))
    return back_to_stay(home_id, stay_id)


def stop(home_id: str, stay_id: str) -> ResponseReturnValue:
    """Nobody phones this guest any more."""
    with asking.writing() as session:
        stay = stays.find_stay(session, asking.host(), stay_id)
        stop_calls(session, asking.host(), stay, asking.now())
    flash(_("This guest is not phoned any more; when it is loud we call you."))
    return back_to_stay(home_id, stay_id)


def allow(home_id: str, stay_id: str) -> ResponseReturnValue:
    """The host takes that back."""
    with asking.writing() as session:
        stay = stays.find_stay(session, asking.host(), stay_id)
        allow_calls(session, asking.host(), stay)
    flash(_("This guest is phoned again when it is loud."))
    return back_to_stay(home_id, stay_id)


def back_to_stay(home_id: str, stay_id: str) -> Response:
    """The stay's own page."""
    answer = redirect(url_for("host.stay", home_id=home_id, stay_id=stay_id))
    assert isinstance(answer, Response)
    return answer


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day on the wall calendar of a home."""
    return at.astimezone(zone).date()
