"""Which listing is which home: sixty of them said on one page with one button."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.zones import zone_names
from callassist.errors import CallAssistError, InvalidInput
from callassist.models import Account, PmsConnection
from callassist.pms_sync.connections import find_connection
from callassist.pms_sync.listing_times import type_times
from callassist.pms_sync.overview import title_of
from callassist.pms_sync.pairing_choices import (
    IGNORE,
    LATER,
    NEW,
    OTHER,
    Begun,
    Choice,
    Confirmed,
    confirm,
    take_apart,
)
from callassist.pms_sync.pairing_page import Pairing, pairing
from callassist.pms_sync.placing_soon import place_soon
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_MOST_CHOICES = 4000  # homes to choose from on the whole page; more are chosen by their name
HOME, NAME, ZONE, COUNTRY = "home-", "name-", "zone-", "country-"
THE_OTHER, SENSOR = "other-", "sensor-"

_FIELDS = {"zone": ZONE, "timezone": ZONE, "country": COUNTRY, "name": NAME, "other": THE_OTHER}


def page(system_id: str) -> ResponseReturnValue:
    """Proposals to confirm; what was refused stays with what was typed."""
    form = Form.of_request() if asking.is_sent() else Form()
    now = asking.now()
    if form.sent:
        account_id = _confirmed(system_id, form, now)
        _place(account_id, now)
        if not form.is_refused:
            return redirect(url_for("host.pair_listings", system_id=system_id))
    with asking.reading() as session:
        connection = find_connection(session, asking.host(), system_id)
        shown = pairing(session, connection)
        page = _rendered(connection, shown, form)
    return page, 422 if form.is_refused else 200


def apart(system_id: str, listing_id: str) -> ResponseReturnValue:
    """Not that home, or wanted after all."""
    now = asking.now()
    with asking.writing() as session:
        connection = find_connection(session, asking.host(), system_id)
        take_apart(session, asking.host(), connection, listing_id)
        account_id = connection.account_id
    _place(account_id, now)
    flash(_("It waits for its home again."))
    return redirect(url_for("host.pair_listings", system_id=system_id))


def times(system_id: str, listing_id: str) -> ResponseReturnValue:
    """From when and until when guests are there, where the system does not say it rightly."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        connection = find_connection(session, asking.host(), system_id)
        account_id = connection.account_id
        type_times(
            session,
            asking.host(),
            connection,
            listing_id,
            check_in=form["check_in"],
            check_out=form["check_out"],
        )
    for refused in form.errors.values():
        flash(refused, "refused")
    if not form.is_refused:
        _place(account_id, asking.now())
        flash(_("Saved. The stays of this listing follow."))
    return redirect(url_for("host.pair_listings", system_id=system_id) + "#paired")


def _confirmed(system_id: str, form: Form, now: datetime) -> int:
    with asking.writing() as session:
        connection = find_connection(session, asking.host(), system_id)
        account = session.get_one(Account, connection.account_id)
        who = asking.person()
        begun = Begun(
            now=now,
            language=account.language,
            # added without a name, somebody is called by their address
            spoken_name="" if who is None or "@" in who.name else who.name,
        )
        done = confirm(session, asking.host(), connection, _choices(form), begun)
        account_id = connection.account_id
    for listing_id, error in done.refused.items():
        name = (isinstance(error, InvalidInput) and error.field) or ""
        field = _FIELDS.get(name, HOME)
        form.errors[field + listing_id] = in_words(error)
    _tell(done)
    return account_id


def _choices(form: Form) -> list[Choice]:
    return [
        Choice(
            listing=listing_id,
            home=form[name].strip(),
            name=form[NAME + listing_id],
            zone=form[ZONE + listing_id],
            country=form[COUNTRY + listing_id],
            other=form[THE_OTHER + listing_id],
            sensor=form[SENSOR + listing_id],
        )
        for name in form.names(HOME)
        for listing_id in [name.removeprefix(HOME)]
    ]


def _tell(done: Confirmed) -> None:
    if not (done.paired or done.ignored or done.refused):
        flash(_("Nothing was said yet: choose the home of a listing, or make one of it."), "watch")
    if done.paired:
        flash(
            ngettext(
                "%(num)s listing has its home now; its stays follow.",
                "%(num)s listings have their homes now; their stays follow.",
                done.paired,
            )
        )
    if done.ignored:
        flash(
            ngettext("%(num)s listing is left out.", "%(num)s listings are left out.", done.ignored)
        )


def _place(account_id: int, now: datetime) -> None:
    """Make the stays of what has a home now; where that fails, the next reading does it."""
    service = asking.service()
    try:
        is_all = place_soon(service.sessions, service.vault, account_id, now)
    except CallAssistError:
        is_all = False
    if not is_all:
        flash(_("Some stays follow with the next reading."), "info")


def _rendered(connection: PmsConnection, shown: Pairing, form: Form) -> str:
    named = len(shown.rows) * len(shown.homes) <= _MOST_CHOICES
    begun = form if form.sent else Form(_proposed(shown))
    begun.errors = form.errors
    return render_template(
        "host/pairing.html",
        connection=connection,
        title=connection.name or title_of(connection),
        shown=shown,
        form=begun,
        homes_named=shown.homes if named else (),
        all_named=named,
        zones=sorted(zone for zone in zone_names() if "/" in zone),
        may_write=asking.host().can_write(connection.account_id),
        NEW=NEW,
        LATER=LATER,
        IGNORE=IGNORE,
        OTHER=OTHER,
    )


def _proposed(shown: Pairing) -> dict[str, str]:
    """What the fields begin with: what is certain, and nothing that one button could get wrong."""
    begun = {}
    for row in shown.rows:
        key = row.listing.public_id
        begun[HOME + key] = NEW
        if row.home is not None:
            begun[HOME + key] = row.home.public_id if row.is_sure else LATER
        begun[NAME + key] = row.listing.name
        begun[ZONE + key] = row.zone
        begun[COUNTRY + key] = row.country
        begun[SENSOR + key] = row.sensor.public_id if row.sensor is not None else ""
    return begun
