"""Costs: what calls and texts came to, caps on it, which countries are dialled, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from babel import Locale
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.properties import properties
from callassist.accounts.spending_choices import (
    set_account_number,
    set_caps,
    set_countries,
    set_home_number,
)
from callassist.domain.viewer import Viewer
from callassist.errors import CallAssistError, InvalidInput, TransientError
from callassist.escalation.budgets import budgets
from callassist.escalation.countries import usual_countries
from callassist.escalation.shown_number import foreign_numbers
from callassist.models import Account
from callassist.reports.phone_costs import costs_of_month, csv_of_month, month_of, plain
from callassist.web.languages import language
from callassist.web.pages import asking
from callassist.web.pages.countries import country_names
from callassist.web.pages.forms import Form
from callassist.web.pages.host.downloads import csv_download
from callassist.web.pages.host.stay_days import month_words
from callassist.web.pages.people import mine
from callassist.web.translate import gettext as _

_FORMS = ("caps", "countries", "number", "home_number")


def show() -> ResponseReturnValue:
    """The month's costs, and the choices about them."""
    return _page({})


def save_caps() -> ResponseReturnValue:
    """Caps from now on."""

    def save(session: Session, viewer: Viewer, form: Form) -> object:
        return set_caps(session, viewer, form["account"], form["day_cap"], form["month_cap"])

    return _save("caps", save)


def save_countries() -> ResponseReturnValue:
    """Which countries may be dialled."""

    def save(session: Session, viewer: Viewer, form: Form) -> object:
        chosen = form.lines("countries") if form["which"] == "list" else None
        known = [code for code, _name in country_names()]
        return set_countries(session, viewer, form["account"], chosen, known)

    return _save("countries", save)


def save_number() -> ResponseReturnValue:
    """Which number the account's calls show."""

    def save(session: Session, viewer: Viewer, form: Form) -> object:
        return set_account_number(session, viewer, form["account"], form["caller_id"], _owns)

    return _save("number", save)


def save_home_number() -> ResponseReturnValue:
    """Which number calls about one home show."""

    def save(session: Session, viewer: Viewer, form: Form) -> object:
        return set_home_number(session, viewer, form["home"], form["caller_id"], _owns)

    return _save("home_number", save)


def as_csv() -> ResponseReturnValue:
    """The month line by line."""
    with asking.reading() as session:
        account, _all = mine.chosen_account(session, asking.host())
        month = _month(account)
        lines = list(csv_of_month(session, asking.host(), account.public_id, month))
    return csv_download(iter(lines), f"costs-{month:%Y-%m}")


def _save(name: str, save: Callable[[Session, Viewer, Form], object]) -> ResponseReturnValue:
    form = Form.of_request(prefix=f"{name}-")
    with form.taking_errors(), asking.writing() as session:
        save(session, asking.host(), form)
    if form.is_refused:
        return _page({name: form})
    flash(_("Saved. It holds from the next call on."))
    account = request.form.get("account") or None
    return redirect(url_for("people.spending", account=account, _anchor=name))


def _owns(number: str) -> bool:
    try:
        return asking.service().telephony.owns(number)
    except TransientError:
        raise InvalidInput(
            "the phone network could not be asked whether this number is its own; try again later",
            "caller_id",
        ) from None
    except CallAssistError as error:
        raise InvalidInput(error.detail, "caller_id") from None


def _page(sent: dict[str, Form]) -> ResponseReturnValue:
    viewer, now, service = asking.host(), asking.now(), asking.service()
    with asking.reading() as session:
        account, all_mine = mine.chosen_account(session, viewer)
        month = _month(account)
        found = costs_of_month(session, viewer, account.public_id, month)
        held = budgets(session, service.escalation, account.id, now)
        usual = usual_countries(session, service.vault, account.id, now)
        foreign = foreign_numbers(session)
        homes = [one for one in properties(session, viewer) if one.account_id == account.id]
        current = month_of(account, now)
    names = Locale(language()).territories
    forms = {name: sent.get(name) or _filled(name, account) for name in _FORMS}
    page = render_template(
        "people/spending.html",
        account=account,
        accounts=all_mine,
        found=found,
        month=month,
        month_name=month_words(month),
        before=(month - timedelta(days=1)).replace(day=1),
        after=None if month >= current else (month + timedelta(days=32)).replace(day=1),
        budgets=held,
        usual=[(str(names.get(code, code)), n) for code, n in usual.most_common()],
        country_choices=country_names(),
        chosen_countries=set(forms["countries"].lines("countries")),
        foreign=foreign,
        homes=homes,
        home_choices=[(one.public_id, one.name) for one in homes],
        forms=forms,
        may_write=viewer.can_write(account.id),
    )
    return page, 422 if sent else 200


def _filled(name: str, account: Account) -> Form:
    values = {
        "caps": {
            "day_cap": plain(account.day_cap) if account.day_cap is not None else "",
            "month_cap": plain(account.month_cap) if account.month_cap is not None else "",
        },
        "countries": {
            "which": "usual" if account.dial_countries is None else "list",
            "countries": "\n".join(account.dial_countries or ()),
        },
        "number": {"caller_id": account.caller_id or ""},
        "home_number": {},
    }
    return Form(values[name], prefix=f"{name}-")


def _month(account: Account) -> date:
    current = month_of(account, asking.now())
    try:
        asked = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return current
    return min(asked, current)
