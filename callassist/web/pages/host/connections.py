"""Connecting a brand of sensors: its address and secret are shown once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.brokers import NewBroker, set_broker
from callassist.accounts.connections import NewConnection, create_connection
from callassist.accounts.people import find_account
from callassist.errors import InvalidInput
from callassist.models import Account
from callassist.sensors.mqtt import USUAL_TOPIC
from callassist.sensors.registry import ADAPTERS
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.brand_sign_in import sign_in_url
from callassist.web.pages.host.brands import BRANDS, Brand
from callassist.web.pages.host.home_assistant_package import package
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.translate import gettext as _

_ASK_MORE = ("mqtt", "netatmo")  # before there can be an address or a connection
CHECKS = {name: one.check_options for name, one in ADAPTERS.items()}


def new() -> ResponseReturnValue:
    """Choose a brand; then connect it: its address and secret are shown this once."""
    viewer = asking.host()
    with asking.reading() as session:
        places = writable_accounts(session, viewer)
    if not places:
        viewer.require_write(0)
    if asking.is_sent():
        return _sent(places)
    chosen = request.args.get("brand")
    if chosen is None:
        return render_template("host/brands.html", brands=list(BRANDS.values()))
    brand = BRANDS.get(chosen) or abort(404)
    return _form(brand, Form(_usual(brand)), places)


def _usual(brand: Brand) -> dict[str, str]:
    usual = {"signed": "yes" if brand.proof == "bearer" else ""}
    if brand.adapter == "mqtt":
        usual |= {"tls": "yes", "topic": USUAL_TOPIC}
    return usual


def _sent(places: list[Account]) -> ResponseReturnValue:
    form = Form.of_request()
    brand = BRANDS.get(form["adapter"]) or abort(404)
    made: list[NewConnection] = []
    with form.taking_errors(), asking.writing() as session:
        made.append(_made(session, brand, form, places))
    if not made:
        return _form(brand, form, places), 422
    if brand.adapter == "mqtt":
        flash(_("Saved. We connect within some seconds."))
        return redirect(url_for("host.connection", connection_id=made[0].connection.public_id))
    return _shown_once(brand, made[0])


def _made(session: Session, brand: Brand, form: Form, places: list[Account]) -> NewConnection:
    viewer, vault = asking.host(), asking.service().vault
    made = create_connection(
        session,
        vault,
        viewer,
        find_account(session, viewer, form["account"] or places[0].public_id),
        brand.adapter,
        now=asking.now(),
        adapters=CHECKS,
        name=form["name"],
        options=typed_options(brand, form),
        signed=brand.proof in ("signed", "bearer") and form.has("signed"),
    )
    if brand.adapter == "mqtt":
        said = typed_broker(form, keeps_password=False)
        now = datetime.now(UTC)
        set_broker(session, vault, viewer, made.connection.public_id, said, now_real=now)
    return made


def typed_broker(form: Form, *, keeps_password: bool) -> NewBroker:
    """What was typed of a broker; an empty password is none, or the one that is kept."""
    password = form["password"]
    return NewBroker(
        host=form["host"],
        port=form.whole("port"),
        tls=form.has("tls"),
        authority=form["authority"],
        username=form["username"],
        password=None if keeps_password and not password else password,
    )


def typed_options(brand: Brand, form: Form) -> dict[str, Any]:
    """The brand's own options as they were typed; empty ones are left out."""
    options: dict[str, Any] = {}
    for name in brand.own_fields:
        if name == "scale" and form.has(name):
            options[name] = typed_number(form, name)
        elif name == "level" and form.has(name):
            options["fields"] = {"level": form[name].strip()}
        elif form.has(name) and name not in ("level", "scale"):
            options[name] = form[name].strip()
    if "fields" in options and "scale" in options:
        options["fields"]["scale"] = options.pop("scale")
    return options


def typed_number(form: Form, name: str) -> float:
    """A number as people write it."""
    try:
        return float(form[name].strip().replace(",", "."))
    except ValueError:
        raise InvalidInput("give a number such as 0.1", name) from None


def _form(brand: Brand, form: Form, places: list[Account]) -> str:
    sign_ins = [
        (url, one.name)
        for one in places
        if (url := sign_in_url(brand.adapter, account=one.public_id))
    ]
    return render_template(
        "host/connection_form.html",
        form=form,
        brand=brand,
        is_quick=not sign_ins and brand.adapter not in _ASK_MORE,
        accounts=[(one.public_id, one.name) for one in places],
        sign_ins=sign_ins,
    )


def _shown_once(brand: Brand, made: NewConnection) -> str:
    root = asking.service().settings.service.public_url.rstrip("/")
    url = f"{root}{made.path}"
    return render_template(
        "host/connection_made.html",
        brand=brand,
        made=made,
        url=url,
        trial=_trial(url) if brand.adapter == "generic" else "",
        yaml=package(url, made.secret) if brand.adapter == "home_assistant" else "",
        unpaired=[],
        waits=True,
        qr=segno.make(url).svg_inline(scale=4, border=2),
    )


def _trial(url: str) -> str:
    """A command that posts one reading, for whoever wants to see one arrive."""
    now = '"$(date -u +%FT%TZ)"'
    return (
        f"curl {url} -H 'Content-Type: application/json' "
        f"""-d '{{"sensor": "hall", "at": "'{now}'", "level_db": 48.5}}'"""
    )
