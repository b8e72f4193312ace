"""The duty rota: who of the account is rung at night, week by week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.accounts.people import accounts
from callassist.domain.call_takers import CallTakers
from callassist.domain.spans import Span
from callassist.domain.viewer import READERS
from callassist.errors import NotFound
from callassist.models import (
    Account,
    DutySpan,
    Person,
    RoleBinding,
)
from callassist.roster import DutyInput
from callassist.roster.duty import without_phone
from callassist.roster.duty_feed import end_feed, feed_since, make_feed
from callassist.roster.duty_week import Week, add_repeated, duty_week
from callassist.roster.local_days import monday_of
from callassist.web.languages import language
from callassist.web.pages import asking, times, words
from callassist.web.pages.forms import Form
from callassist.web.pages.host.incidents import day_of
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.queries import own_number
from callassist.web.pages.host.set_up_steps import open_checklist
from callassist.web.pages.host.stay_days import short_day
from callassist.web.pages.host.stays import local_day
from callassist.web.translate import gettext as _

_OTHER = "-"  # somebody without a sign-in


@dataclass(frozen=True, kw_only=True)
class DutyScreen:
    """A week with everything around it."""

    account: Account
    accounts: list[Account]
    week: Week
    today: date
    on_duty: list[DutySpan]
    gaps: list[str]
    people: list[tuple[str, str]]
    feed_since: datetime | None
    may_write: bool
    has_rota: bool
    without_phone: set[int]  # entries whose phone should ring and cannot


def show() -> ResponseReturnValue:
    """One week; sent, it puts somebody on."""
    return _page(_new_form(), "")


def add() -> ResponseReturnValue:
    """Put somebody on the rota."""
    before = open_checklist()
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        account = _account(session)
        zone = ZoneInfo(account.timezone)
        added = add_repeated(
            session,
            asking.service().vault,
            asking.host(),
            account.id,
            _typed(session, form, zone),
            zone,
            form.whole("days") or 1,
        )
        week = local_day(added[0].starts_at, zone)
    if form.is_refused:
        return _page(form, "")
    flash(_("%(name)s is on the rota.", name=added[0].name))
    there = url_for("host.duty", account=account.public_id, week=week)
    return redirect(onward(before, there))


def remove(span_id: str) -> ResponseReturnValue:
    """Take an entry off the rota."""
    with asking.writing() as session:
        roster.remove_duty(session, asking.host(), span_id)
    flash(_("The entry is off the rota."))
    account, week = (request.args.get(name) for name in ("account", "week"))
    return redirect(url_for("host.duty", account=account, week=week))


def feed() -> ResponseReturnValue:
    """Make the secret address anew; it is shown this once, so the page is the answer."""
    with asking.writing() as session:
        account = _account(session)
        token = make_feed(session, asking.host(), account.id, language(), asking.now())
    public_url = asking.service().settings.service.public_url.rstrip("/")
    return _page(_new_form(), f"{public_url}{url_for('shared.duty_calendar', token=token)}")


def no_feed() -> ResponseReturnValue:
    """No calendar reads the rota any more."""
    with asking.writing() as session:
        account = _account(session)
        end_feed(session, asking.host(), account.id, asking.now())
    flash(_("No calendar reads the rota any more."))
    return redirect(url_for("host.duty", account=account.public_id))


def _page(form: Form, new_feed: str) -> ResponseReturnValue:
    with asking.reading() as session:
        screen = _screen(session)
    page = render_template(
        "host/duty.html",
        screen=screen,
        form=form,
        new_feed=new_feed,
        other=_OTHER,
        languages_spoken=[(code, words.spoken(code)) for code in words.SPOKEN],
        day_before=timedelta(days=7),
    )
    return page, 422 if form.is_refused else 200


def _screen(session: Session) -> DutyScreen:
    viewer, now = asking.host(), asking.now()
    account = _account(session)
    zone = ZoneInfo(account.timezone)
    today = local_day(now, zone)
    week = duty_week(
        session,
        viewer,
        account.id,
        monday_of(day_of(request.args.get("week")) or today),
        zone,
        now,
    )
    return DutyScreen(
        account=account,
        accounts=list(accounts(session, viewer)),
        week=week,
        today=today,
        on_duty=roster.duty_now(session, account.id, now),
        gaps=[_gap_words(gap, zone) for gap in week.gaps],
        people=list(_people(session, account)),
        feed_since=feed_since(session, viewer, account.id),
        may_write=viewer.can_write(account.id),
        has_rota=not _is_empty(session, account),
        without_phone=without_phone(
            session, account.id, (piece.span for day in week.days for piece in day.pieces)
        )
        if account.calls_by == CallTakers.ON_CALL
        else set(),
    )


def _account(session: Session) -> Account:
    """The account that address or form name, else the first one."""
    own = list(accounts(session, asking.host()))
    wanted = request.values.get("account")
    for one in own:
        if wanted in (None, "", one.public_id):
            return one
    raise NotFound("no such account")


def _people(session: Session, account: Account) -> Iterator[tuple[str, str]]:
    """People of the account who can sign in."""
    query = (
        select(Person)
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .where(
            RoleBinding.account_id == account.id,
            RoleBinding.role.in_([str(role) for role in READERS]),
            Person.active.is_(True),
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    for person in session.scalars(query):
        yield person.public_id, person.name or person.email


def _typed(session: Session, form: Form, zone: ZoneInfo) -> DutyInput:
    who = form.optional("person")
    named = dict(_people(session, _account(session)))
    person = None if who in (None, _OTHER) else who
    return DutyInput(
        name=form["name"] or (named.get(person, "") if person else ""),
        starts_at=form.required_instant("starts_at", zone),
        ends_at=form.required_instant("ends_at", zone),
        phone=form.optional("phone"),
        person_public_id=person,
        languages=[one for one in form.words("languages") if one in words.SPOKEN] or ["en"],
        position=form.whole("position") or 1,
    )


def _new_form() -> Form:
    """Tonight from ten to eight; who takes turns by phone and has no rota yet: a whole week."""
    with asking.reading() as session:
        account = _account(session)
        zone = ZoneInfo(account.timezone)
        begins = account.calls_by == CallTakers.ON_CALL and _is_empty(session, account)
        phone = own_number(session, account) if begins else ""
    today = local_day(asking.now(), zone)
    return Form(
        {
            "starts_at": f"{today}T22:00",
            "ends_at": f"{today + timedelta(days=1)}T08:00",
            "days": "7" if begins else "1",
            "phone": phone,
            "position": "1",
            "languages": language(),
        }
    )


def _is_empty(session: Session, account: Account) -> bool:
    query = select(DutySpan.id).where(DutySpan.account_id == account.id).limit(1)
    return session.scalar(query) is None


def _gap_words(gap: Span, zone: ZoneInfo) -> str:
    begins, ends = gap.starts_at.astimezone(zone), gap.ends_at.astimezone(zone)
    if begins.date() == ends.date():
        return _(
            "%(day)s from %(a)s to %(b)s",
            day=short_day(begins.date()),
            a=times.clock(begins, zone),
            b=times.clock(ends, zone),
        )
    return _(
        "%(day)s %(a)s to %(next)s %(b)s",
        day=short_day(begins.date()),
        a=times.clock(begins, zone),
        next=short_day(ends.date()),
        b=times.clock(ends, zone),
    )
