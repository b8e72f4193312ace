"""One connection: how it stands, its last message and fields, a test reading, its broker."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.brokers import broker_of, set_broker, set_options
from callassist.accounts.connections import find_connection, rotate_secret, set_enabled
from callassist.accounts.samples import Sample, last_sample
from callassist.accounts.sensor_access import access_of
from callassist.models import Sensor, SensorBroker, SensorConnection, SensorSample
from callassist.ports.sensors import TriesOut
from callassist.sensors.mqtt import USUAL_TOPIC
from callassist.sensors.registry import ADAPTERS
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.brand_sign_in import sign_in_url
from callassist.web.pages.host.brands import BRANDS, BROKER_STATES
from callassist.web.pages.host.chosen_fields import (
    CHOOSERS,
    Choices,
    choices_of,
    form_of,
    options_of,
    readable,
    would_read,
)
from callassist.web.pages.host.connections import CHECKS, typed_broker
from callassist.web.pages.host.home_assistant_package import package
from callassist.web.pages.host.home_rows import home_rows
from callassist.web.pages.host.trial_readings import Tried, try_out
from callassist.web.translate import gettext as _

MOST_SENSORS = 200
LONGEST_SECRET = 500
_ADDRESS_GOES_HERE = "https://…"


def show(connection_id: str) -> ResponseReturnValue:
    """The connection as it stands."""
    return _page(connection_id)


def test(connection_id: str) -> ResponseReturnValue:
    """Send a test reading the whole way, and say what came of it."""
    with asking.reading() as session:
        connection = find_connection(session, asking.host(), connection_id)
    asking.host().require_write(connection.account_id)
    tried = try_out(asking.service(), connection, request.form.get("sensor", ""), asking.now())
    return _page(connection_id, tried=tried)


def fields(connection_id: str) -> ResponseReturnValue:
    """Look at what the last message would be read as, or keep the choice."""
    viewer, form = asking.host(), Form.of_request(prefix="fields-")
    read = None
    with form.taking_errors():
        with asking.reading() as session:
            connection = find_connection(session, viewer, connection_id)
            sample = last_sample(session, asking.service().vault, viewer, connection_id)
        viewer.require_write(connection.account_id)
        options = options_of(connection.adapter, connection.options, form)
        CHECKS[connection.adapter](options)
        if form["act"] == "keep":
            with asking.writing() as session:
                set_options(
                    session, viewer, connection_id, options, CHECKS, now_real=datetime.now(UTC)
                )
            flash(_("Saved. From the next message on it is read like this."))
            return redirect(url_for("host.connection", connection_id=connection_id))
        if sample is not None:
            read = would_read(connection.adapter, sample, options)
    return _page(connection_id, choosing=form, read=read), 422 if form.is_refused else 200


def broker(connection_id: str) -> ResponseReturnValue:
    """Another broker, user or topic."""
    viewer, form = asking.host(), Form.of_request(prefix="broker-")
    now = datetime.now(UTC)
    with form.taking_errors(), asking.writing() as session:
        connection = find_connection(session, viewer, connection_id)
        said = typed_broker(form, keeps_password=True)
        set_broker(session, asking.service().vault, viewer, connection_id, said, now_real=now)
        options = {**connection.options, "topic": form["topic"].strip() or USUAL_TOPIC}
        set_options(session, viewer, connection_id, options, CHECKS, now_real=now)
    if form.is_refused:
        return _page(connection_id, broker_form=form), 422
    flash(_("Saved. We connect within some seconds."))
    return redirect(url_for("host.connection", connection_id=connection_id))


def keep_secret(connection_id: str) -> ResponseReturnValue:
    """The secret with which the maker signs, as it showed it."""
    typed = request.form.get("secret", "").replace("\x00", "").strip()
    if not typed or len(typed) > LONGEST_SECRET:
        flash(_("Paste the secret as your sensors’ maker shows it."), "refused")
    else:
        with asking.writing() as session:
            rotate_secret(session, asking.service().vault, asking.host(), connection_id, typed)
        flash(_("Saved. Messages must be signed with it from now on."))
    return redirect(url_for("host.connection", connection_id=connection_id))


def close(connection_id: str) -> ResponseReturnValue:
    """Take nothing more from it; its sensors stay."""
    return _set_enabled(connection_id, False, _("Closed: nothing more is taken from it."))


def reopen(connection_id: str) -> ResponseReturnValue:
    """Take messages again."""
    return _set_enabled(connection_id, True, _("Open again."))


def live(connection_id: str) -> ResponseReturnValue:
    """What changes by itself."""
    with asking.reading() as session:
        connection = find_connection(session, asking.host(), connection_id)
        return render_template("host/connection_live.html", **_state(session, connection))


def _set_enabled(connection_id: str, enabled: bool, said: str) -> ResponseReturnValue:
    with asking.writing() as session:
        set_enabled(session, asking.host(), connection_id, enabled, now=asking.now())
    flash(said)
    return redirect(url_for("host.connection", connection_id=connection_id))


def _page(
    connection_id: str,
    *,
    tried: Tried | None = None,
    choosing: Form | None = None,
    read: object = None,
    broker_form: Form | None = None,
) -> str:
    viewer, service = asking.host(), asking.service()
    with asking.reading() as session:
        connection = find_connection(session, viewer, connection_id)
        adapter = connection.adapter
        sample = last_sample(session, service.vault, viewer, connection_id)
        kept = choosing or form_of(adapter, connection.options)
        return render_template(
            "host/connection.html",
            **_state(session, connection),
            sample=sample,
            sample_text=readable(sample),
            form=kept,
            has_fields=adapter in CHOOSERS,
            choices=_choices(adapter, sample, kept),
            read=read if choosing else _as_kept(connection, sample),
            is_choosing=choosing is not None,
            sensors=_sensors(session, connection),
            can_test=isinstance(ADAPTERS.get(adapter), TriesOut) and not connection.disabled_at,
            tried=tried,
            broker_form=broker_form or _broker_form(session, connection),
            sign_in=sign_in_url(adapter, connection_id),
            yaml=package(_ADDRESS_GOES_HERE, "…" if connection.secret else None)
            if adapter == "home_assistant"
            else "",
            may_write=viewer.can_write(connection.account_id),
        )


def _state(session: Session, connection: SensorConnection) -> dict[str, object]:
    row = session.get(SensorBroker, connection.id)
    rows = home_rows(session, asking.host())
    last = session.get(SensorSample, connection.id)
    return {
        "connection": connection,
        "brand": BRANDS.get(connection.adapter),
        "broker": row,
        "was_refused": last is not None and last.refusal is not None,
        "access": access_of(session, asking.host(), connection.public_id),
        "broker_state": None if row is None else BROKER_STATES[row.state],
        "zone": ZoneInfo(rows[0].timezone if rows else "UTC"),
    }


def _choices(adapter: str, sample: Sample | None, form: Form) -> Choices | None:
    if adapter not in CHOOSERS or sample is None:
        return None
    return choices_of(adapter, sample, form["each"])


def _as_kept(connection: SensorConnection, sample: Sample | None) -> object:
    if sample is None or connection.adapter not in CHOOSERS:
        return None
    return would_read(connection.adapter, sample, connection.options)


def _sensors(session: Session, connection: SensorConnection) -> list[tuple[str, str]]:
    query = (
        select(Sensor.external_id, Sensor.name)
        .where(Sensor.connection_id == connection.id)
        .order_by(Sensor.name, Sensor.id)
        .limit(MOST_SENSORS)
    )
    return [(row.external_id, row.name or row.external_id) for row in session.execute(query)]


def _broker_form(session: Session, connection: SensorConnection) -> Form | None:
    row = broker_of(session, asking.host(), connection.public_id)
    if row is None:
        return None
    return Form(
        {
            "host": row.host,
            "port": str(row.port),
            "tls": "yes" if row.tls else "",
            "authority": row.authority or "",
            "username": row.username,
            "topic": str(connection.options.get("topic") or USUAL_TOPIC),
        },
        prefix="broker-",
    )


ROUTES = (
    ("/connections/<connection_id>", "connection", show, ["GET"]),
    ("/connections/<connection_id>/live", "connection_live", live, ["GET"]),
    ("/connections/<connection_id>/test", "test_connection", test, ["POST"]),
    ("/connections/<connection_id>/fields", "choose_fields", fields, ["POST"]),
    ("/connections/<connection_id>/broker", "set_broker", broker, ["POST"]),
    ("/connections/<connection_id>/maker-secret", "keep_secret", keep_secret, ["POST"]),
    ("/connections/<connection_id>/close", "close_connection", close, ["POST"]),
    ("/connections/<connection_id>/open", "open_connection", reopen, ["POST"]),
)
