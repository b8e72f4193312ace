"""Stays: who is in the home, from when to when, and how they are reached."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist import stays
from callassist.accounts.properties import find_property
from callassist.models import Property, Stay
from callassist.stays import StayDetails
from callassist.web.pages import asking, times, words
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _


def new(home_id: str) -> ResponseReturnValue:
    """Type a stay in."""
    return _page(home_id, None)


def edit(home_id: str, stay_id: str) -> ResponseReturnValue:
    """Correct a stay."""
    return _page(home_id, stay_id)


def cancel(home_id: str, stay_id: str) -> ResponseReturnValue:
    """The guest is not coming, or left."""
    with asking.writing() as session:
        stays.cancel_stay(session, asking.host(), stay_id, now=asking.now())
    flash(_("The stay is cancelled."))
    return redirect(url_for("host.home", home_id=home_id))


def _page(home_id: str, stay_id: str | None) -> ResponseReturnValue:
    with asking.reading() as session:
        home = find_property(session, asking.host(), home_id)
        asking.host().require_write(home.account_id)
        stay = None if stay_id is None else stays.find_stay(session, asking.host(), stay_id)
        form = Form.of_request() if asking.is_sent() else _filled(home, stay)
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            stays.put_stay(
                session,
                asking.service().vault,
                asking.host(),
                home_id,
                _typed(form, ZoneInfo(home.timezone)),
                now=asking.now(),
                stay_public_id=stay_id,
            )
        if not form.is_refused:
            flash(_("The stay is saved."))
            return redirect(url_for("host.home", home_id=home_id))
    page = render_template(
        "host/stay_form.html",
        form=form,
        home=home,
        stay=stay,
        languages_spoken=[
            ("", _("As the number or the home suggests")),
            *((code, words.spoken(code)) for code in words.SPOKEN),
        ],
    )
    return page, 422 if form.is_refused else 200


def _typed(form: Form, zone: ZoneInfo) -> StayDetails:
    return StayDetails(
        check_in_at=form.required_instant("check_in_at", zone),
        check_out_at=form.required_instant("check_out_at", zone),
        guest_name=form["guest_name"],
        language=form["language"],
        numbers=form.lines("numbers"),
    )


def _filled(home: Property, stay: Stay | None) -> Form:
    if stay is None:
        return Form()
    zone, vault = ZoneInfo(home.timezone), asking.service().vault
    return Form(
        {
            "check_in_at": times.for_field(stay.check_in_at, zone),
            "check_out_at": times.for_field(stay.check_out_at, zone),
            "guest_name": vault.open(stay.guest_name) if stay.guest_name else "",
            "language": stay.language or "",
            "numbers": "\n".join(vault.open(number.number) for number in stay.numbers),
        }
    )
