"""Sensors of all homes: heard or silent, named, paired; addresses and secrets of their brands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.connections import (
    connections,
    find_connection,
    rotate_address,
    rotate_secret,
)
from callassist.accounts.properties import find_property
from callassist.accounts.sensor_access import accesses_of
from callassist.accounts.sensors import find_sensor, pair_sensor, rename_sensor, unpair_sensor
from callassist.errors import Conflict, InvalidInput
from callassist.models import Property, SensorBroker, SensorConnection
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.home_queries import sensor_lines
from callassist.web.pages.host.home_rows import HomeRow, home_rows
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.host.set_up_steps import open_checklist
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _


def index() -> ResponseReturnValue:
    """Every sensor, those in no home first, and the connections by which they come."""
    viewer = asking.host()
    with asking.reading() as session:
        lines = sensor_lines(session, list(viewer.account_ids))
        rows = home_rows(session, viewer)
        return render_template(
            "host/sensors.html",
            unpaired=[line for line in lines if line[0].property_id is None],
            paired=[line for line in lines if line[0].property_id is not None],
            connections=_with_brokers(session, found := connections(session, viewer)),
            asked=accesses_of(session, found),
            homes=[(one.public_id, one.name) for one in rows],
            may_write=bool(writable_accounts(session, viewer)),
            zone_of=_zone_of(rows),
        )


def heard() -> ResponseReturnValue:
    """What was heard but is in no home yet, for pages that wait for it; `home`: to pair there."""
    viewer = asking.host()
    with asking.reading() as session:
        home = request.args.get("home")
        only = find_property(session, viewer, home) if home else None
        account_ids = [only.account_id] if only else list(viewer.account_ids)
        lines = sensor_lines(session, account_ids)
        rows = home_rows(session, viewer)
        return render_template(
            "host/sensors_heard.html",
            only_home=only.public_id if only else "",
            unpaired=[line for line in lines if line[0].property_id is None],
            homes=[(one.public_id, one.name) for one in rows],
            may_write=bool(writable_accounts(session, viewer)),
            zone_of=_zone_of(rows),
            waits="waits" in request.args,
        )


def _with_brokers(
    session: Session, found: Sequence[SensorConnection]
) -> list[tuple[SensorConnection, str | None]]:
    """Each connection with the state of its broker, if it has one."""
    query = select(SensorBroker.connection_id, SensorBroker.state)
    ids = [one.id for one in found]
    states = {
        row.connection_id: row.state
        for row in session.execute(query.where(SensorBroker.connection_id.in_(ids)))
    }
    return [(one, states.get(one.id)) for one in found]


def _zone_of(rows: Sequence[HomeRow]) -> Callable[[Property | None], ZoneInfo]:
    """The home's zone; what is in no home yet is told in the time of the first one."""
    elsewhere = rows[0].timezone if rows else "UTC"
    return lambda home: ZoneInfo(elsewhere if home is None else home.timezone)


def pair(home_id: str) -> ResponseReturnValue:
    """Say that a sensor is in this home."""
    return _paired(request.form.get("sensor", ""), home_id, "host.home_sensors")


def pair_anywhere() -> ResponseReturnValue:
    """The same, with the home chosen from a list."""
    return _paired(request.form.get("sensor", ""), request.form.get("home", ""), "host.sensors")


def unpair(home_id: str, sensor_id: str) -> ResponseReturnValue:
    """Take a sensor out of the home."""
    with asking.writing() as session:
        unpair_sensor(session, asking.host(), sensor_id)
    flash(_("The sensor is in no home now."))
    return redirect(url_for("host.home_sensors", home_id=home_id))


def edit(sensor_id: str) -> ResponseReturnValue:
    """Name a sensor, and say how often it reports: silence is judged by it."""
    viewer = asking.host()
    with asking.reading() as session:
        sensor = find_sensor(session, viewer, sensor_id)
        viewer.require_write(sensor.account_id)
    typed = {"name": sensor.name, "interval_seconds": str(sensor.interval_seconds)}
    form = Form.of_request() if asking.is_sent() else Form(typed)
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            interval = form.whole("interval_seconds")
            rename_sensor(session, viewer, sensor_id, form["name"], interval_seconds=interval)
        if not form.is_refused:
            flash(_("Saved."))
            return redirect(url_for("host.sensors"))
    page = render_template("host/sensor_form.html", form=form, sensor=sensor)
    return page, 422 if form.is_refused else 200


def new_secret(connection_id: str) -> ResponseReturnValue:
    """A new secret to sign with, shown this once; the one before goes on working until told."""
    with asking.writing() as session:
        secret = rotate_secret(session, asking.service().vault, asking.host(), connection_id)
        connection = find_connection(session, asking.host(), connection_id)
    return render_template("host/shown_once.html", connection=connection, secret=secret, url="")


def new_address(connection_id: str) -> ResponseReturnValue:
    """A new address to post to, shown this once; the one before stops at once."""
    with asking.writing() as session:
        path = rotate_address(session, asking.host(), connection_id)
        connection = find_connection(session, asking.host(), connection_id)
    root = asking.service().settings.service.public_url.rstrip("/")
    return render_template(
        "host/shown_once.html", connection=connection, secret="", url=f"{root}{path}"
    )


def _paired(sensor_id: str, home_id: str, there: str) -> ResponseReturnValue:
    before = open_checklist()
    try:
        with asking.writing() as session:
            pair_sensor(session, asking.host(), sensor_id, home_id)
        flash(_("Paired."))
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    at_home = there == "host.home_sensors"
    return redirect(onward(before, url_for(there, home_id=home_id) if at_home else url_for(there)))
