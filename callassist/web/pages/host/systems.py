"""Connections to booking systems: how they stand, what came, and what a host does with one."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.errors import Conflict
from callassist.pms_sync import connections as keeping
from callassist.pms_sync.asked_reads import ask_to_read
from callassist.pms_sync.choices import choose
from callassist.pms_sync.differing import differing
from callassist.pms_sync.hook_registering import add_secret
from callassist.pms_sync.overview import System, run_of, runs, set_asides, system, systems
from callassist.pms_sync.registry import CONNECTORS
from callassist.pms_sync.removing import leaving, remove_connection
from callassist.pms_sync.written import written_lately
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_LONGEST_SECRET = 400


def index() -> ResponseReturnValue:
    """Every connection with its state, and all that there is to connect."""
    viewer, now = asking.host(), asking.now()
    with asking.reading() as session:
        return render_template(
            "host/systems.html",
            systems=systems(session, viewer, now, datetime.now(UTC)),
            vendors=[one.facts for one in CONNECTORS.values()],
            may_write=bool(writable_accounts(session, viewer)),
            several_accounts=len(viewer.account_ids) > 1,
        )


def show(system_id: str) -> ResponseReturnValue:
    """One connection, whole."""
    return _page("host/system.html", system_id)


def fragment(system_id: str) -> ResponseReturnValue:
    """What of it renews itself while it is read."""
    return _page("host/system_live.html", system_id)


def run(system_id: str, run_id: int) -> ResponseReturnValue:
    """One reading with its raw detail, for whoever wants to know."""
    with asking.reading() as session:
        one = _system(session, system_id)
        return render_template(
            "host/system_run.html",
            system=one,
            run=run_of(session, one.connection, run_id),
            zone=ZoneInfo(one.account.timezone),
        )


def read_now(system_id: str) -> ResponseReturnValue:
    """Asked for by the host: a look at what changed, or everything."""
    is_full = request.form.get("everything") is not None
    try:
        with asking.writing() as session:
            ask_to_read(
                session,
                asking.host(),
                system_id,
                full=is_full,
                now=asking.now(),
                real_now=datetime.now(UTC),
            )
        flash(_("It is read in a moment; what comes stands here."))
    except Conflict as error:
        flash(in_words(error), "refused")
    return _back(system_id)


def choose_for(system_id: str) -> ResponseReturnValue:
    """Its name, or what is written back: each form says only its own."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        connection = keeping.find_connection(session, asking.host(), system_id)
        if form.has("naming"):
            choose(session, asking.host(), connection, name=form["name"])
        else:
            choose(
                session,
                asking.host(),
                connection,
                sends_messages=form.has("sends_messages"),
                sends_notes=form.has("sends_notes"),
            )
    for refused in form.errors.values():
        flash(refused, "refused")
    if not form.is_refused:
        flash(_("Saved."))
    return _back(system_id)


def pause(system_id: str) -> ResponseReturnValue:
    """Nothing is read any more, and nothing that was read is lost."""
    with asking.writing() as session:
        keeping.disable(session, asking.host(), system_id, now=asking.now())
    flash(_("Paused. Stays that were read stay as they are; nothing new comes."))
    return _back(system_id)


def resume(system_id: str) -> ResponseReturnValue:
    """Read it again."""
    with asking.writing() as session:
        keeping.resume(session, asking.host(), system_id, now=asking.now())
    flash(_("It is read again, beginning now."))
    return _back(system_id)


def remove(system_id: str) -> ResponseReturnValue:
    """Asked first what becomes of its stays; then it is gone."""
    refused = ""
    if asking.is_sent():
        try:
            return _removed(system_id)
        except Conflict as error:
            refused = in_words(error)
    with asking.reading() as session:
        one = _system(session, system_id)
        asking.host().require_write(one.connection.account_id)
        page = render_template(
            "host/system_remove.html",
            system=one,
            leaving=leaving(session, one.connection, asking.now()),
            refused=refused,
        )
    return page, 422 if refused else 200


def hook_secret(system_id: str) -> ResponseReturnValue:
    """What the system signs its webhooks with, where it shows that and the host types it in."""
    typed = request.form.get("secret", "").strip()
    with asking.writing() as session:
        connection = keeping.find_connection(session, asking.host(), system_id)
        asking.host().require_write(connection.account_id)
        if typed:
            add_secret(asking.service().vault, connection, typed[:_LONGEST_SECRET])
    if typed:
        flash(_("Kept. Messages from there are believed only when they are signed with it."))
    return redirect(url_for("host.system", system_id=system_id) + "#hook")


def new_hook_address(system_id: str) -> ResponseReturnValue:
    """Another address for its webhooks; the one before stops at once."""
    with asking.writing() as session:
        keeping.rotate_hook_token(session, asking.service().vault, asking.host(), system_id)
    flash(_("A new address is here. Enter it there; the old one does not work any more."))
    return _back(system_id)


def _removed(system_id: str) -> ResponseReturnValue:
    with asking.writing() as session:
        connection = keeping.find_connection(session, asking.host(), system_id)
        cancelled = remove_connection(
            session,
            asking.host(),
            connection,
            cancels_coming=request.form.get("stays") == "cancel",
            now=asking.now(),
            real_now=datetime.now(UTC),
        )
    flash(_("The connection is removed, and the access that you gave us is deleted."))
    if cancelled:
        flash(
            ngettext(
                "%(num)s coming stay is cancelled.",
                "%(num)s coming stays are cancelled.",
                cancelled,
            )
        )
    return redirect(url_for("host.systems"))


def _page(template: str, system_id: str) -> str:
    now, service = asking.now(), asking.service()
    with asking.reading() as session:
        one = _system(session, system_id)
        connection = one.connection
        return render_template(
            template,
            system=one,
            runs=runs(session, connection),
            set_aside=set_asides(session, connection),
            written_lately=written_lately(session, connection),
            differing=differing(session, service.vault, connection, now),
            hook_url=keeping.hook_address(
                service.vault, connection, service.settings.service.public_url
            ),
            zone=ZoneInfo(one.account.timezone),
            may_write=asking.host().can_write(connection.account_id),
            name_of=_name_of,
            named=Form({"name": connection.name}, "called-"),
            written=Form(
                {
                    "sends_messages": "yes" if connection.sends_messages else "",
                    "sends_notes": "yes" if connection.sends_notes else "",
                }
            ),
        )


def _name_of(sealed: bytes | None) -> str:
    return asking.service().vault.open(sealed) if sealed else ""


def _system(session: Session, system_id: str) -> System:
    return system(session, asking.host(), system_id, asking.now(), datetime.now(UTC))


def _back(system_id: str) -> ResponseReturnValue:
    return redirect(url_for("host.system", system_id=system_id))
