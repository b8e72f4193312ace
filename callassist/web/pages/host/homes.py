"""Homes: added, changed, archived; what is said of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.contacts import ContactInput, add_contact
from callassist.accounts.home_labels import split_tags
from callassist.accounts.people import find_account
from callassist.accounts.properties import (
    TEXTS,
    UNCHOSEN_ZONE,
    PropertyInput,
    create_property,
    find_property,
    update_property,
)
from callassist.accounts.setting_up import SetUpStep, accept_rules
from callassist.accounts.zones import country_of_zone, zone_names
from callassist.domain.viewer import Viewer
from callassist.models import Account, Property
from callassist.web.languages import language
from callassist.web.pages import asking, words
from callassist.web.pages.countries import country_names
from callassist.web.pages.forms import Form
from callassist.web.pages.host.home_rows import locations_of
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.queries import own_number, presets, writable_accounts
from callassist.web.pages.host.set_up_steps import Checklist, open_checklist, usual_rules
from callassist.web.translate import gettext as _

# what a new home does not need to begin with
_MORE = {
    *("location", "tags", "language", "host_spoken_name", "call_name"),
    *("show_call_name_to_guest", "policy", "host_only"),
}
_PLACE = {"timezone", "country"}


def new() -> ResponseReturnValue:
    """Add a home, with whom we call for the host; with the first one the usual rules will do."""
    form = Form.of_request() if asking.is_sent() else Form()
    with asking.reading() as session:
        places = writable_accounts(session, asking.host())
    if not places:
        asking.host().require_write(0)
    if form.sent:
        before = open_checklist()
        with form.taking_errors(), asking.writing() as session:
            account = find_account(session, asking.host(), form["account"] or places[0].public_id)
            home = create_property(session, asking.host(), account, _typed(form), now=asking.now())
            _add_own_number(session, home, form)
            if _is_first(before) and not form.has("policy"):
                accept_rules(session, asking.host(), account)
        if not form.is_refused:
            flash(_("The home is added."))
            return redirect(onward(before, url_for("host.home", home_id=home.public_id)))
    elif len(places) == 1:
        form = _begun(places[0])
    return _form_page(form, None, places)


def edit(home_id: str) -> ResponseReturnValue:
    """Change what is said of a home."""
    form = Form.of_request() if asking.is_sent() else None
    with asking.reading() as session:
        home = find_property(session, asking.host(), home_id)
        asking.host().require_write(home.account_id)
        form = form or _filled(home)
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            update_property(session, asking.host(), home_id, _typed(form))
        if not form.is_refused:
            flash(_("Saved."))
            return redirect(url_for("host.home", home_id=home_id))
    return _form_page(form, home, [])


def _typed(form: Form) -> PropertyInput:
    zone = form["timezone"].strip()
    return PropertyInput(
        name=form["name"],
        timezone=zone,
        country=form["country"] or country_of_zone(zone),
        language=form["language"] or "en",
        location=form["location"],
        tags=split_tags(form["tags"]),
        call_name=form["call_name"],
        show_call_name_to_guest=form.has("show_call_name_to_guest"),
        host_spoken_name=form["host_spoken_name"],
        host_only=form.has("host_only"),
        policy=form["policy"],
    )


def _is_first(before: Checklist | None) -> bool:
    """Whether there was no home yet, and the page said which rules are the usual ones."""
    return before is not None and SetUpStep.HOME not in before.done_steps


def _add_own_number(session: Session, home: Property, form: Form) -> None:
    """Whoever enters a home with a number is the first whom we call for it."""
    who = asking.person()
    if not form.has("phone") or who is None:
        return
    typed = ContactInput(
        name=form["host_spoken_name"].strip() or who.name or who.email,
        phone=form["phone"],
        languages=[language()],
    )
    vault = asking.service().vault
    add_contact(session, vault, asking.host(), home.public_id, typed)


def _begun(account: Account) -> Form:
    """What the account and whoever enters the home suggest."""
    who = asking.person()
    with asking.reading() as session:
        phone = own_number(session, account)
    return Form(
        {
            "timezone": account.timezone,
            "phone": phone,
            "language": account.language,
            # added without a name, somebody is called by their address
            "host_spoken_name": "" if who is None or "@" in who.name else who.name,
        }
    )


def _filled(home: Property) -> Form:
    ticked = {
        name: "yes" for name in ("show_call_name_to_guest", "host_only") if getattr(home, name)
    }
    others = {
        "policy": home.policy.public_id if home.policy else "",
        "tags": ", ".join(one.tag for one in home.tags),
    }
    return Form({name: getattr(home, name) for name in TEXTS} | ticked | others)


def _form_page(form: Form, home: Property | None, places: list[Account]) -> tuple[str, int]:
    with asking.reading() as session:
        locations = locations_of(session, asking.host())
    page = render_template(
        "host/home_form.html",
        form=form,
        home=home,
        accounts=[(one.public_id, one.name) for one in places],
        zones=sorted(zone for zone in zone_names() if "/" in zone),
        locations=locations,
        countries=[("", _("As the time zone says")), *country_names()],
        is_short=home is None and not _MORE & set(form.errors),
        is_placed=form["timezone"] not in ("", UNCHOSEN_ZONE) and not _PLACE & set(form.errors),
        usual_rules=usual_rules() if home is None else "",
        languages_spoken=[(code, words.spoken(code)) for code in words.SPOKEN],
        policies=_policies(asking.host(), home, places),
    )
    return page, 422 if form.is_refused else 200


def _policies(
    viewer: Viewer, home: Property | None, places: list[Account]
) -> list[tuple[str, str]]:
    account_ids = [home.account_id] if home else [one.id for one in places[:1]]
    with asking.reading() as session:
        found = [one for each in account_ids for one in presets(session, viewer, each)]
    return [("", _("The rules of this service")), *((one.public_id, one.name) for one in found)]
