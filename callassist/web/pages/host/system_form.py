"""Connecting a booking system, and entering its access anew: checked there before it is kept."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.people import find_account
from callassist.errors import (
    CallAssistError,
    InvalidInput,
    NotFound,
    TransientError,
)
from callassist.models import Account
from callassist.pms_sync import connections as keeping
from callassist.pms_sync.connections import Tried
from callassist.pms_sync.oauth import is_registered
from callassist.pms_sync.opening import verify_typed
from callassist.pms_sync.overview import title_of
from callassist.pms_sync.registry import CONNECTORS
from callassist.ports.pms import Facts
from callassist.ports.pms_access import CredentialsRefused, FieldKind
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.refusals import in_words, sentence
from callassist.web.translate import gettext as _

# of the page itself; no credential is called so
ACCOUNT, CALLED = "for_account", "called"
NAME = "name"  # some systems' own forms ask for one


def connect(vendor: str) -> ResponseReturnValue:
    """A new connection."""
    facts = _facts(vendor)
    with asking.reading() as session:
        places = writable_accounts(session, asking.host())
    if not places:
        asking.host().require_write(0)
    form = Form.of_request() if asking.is_sent() else Form(_defaults(facts))
    if form.sent:
        made = _connected(facts, form, places[0].public_id)
        if made:
            flash(_("It works. The first reading begins now."))
            return redirect(url_for("host.system", system_id=made))
    return _form_page(facts, form, places=places)


def reconnect(system_id: str) -> ResponseReturnValue:
    """Other credentials for a connection that is there."""
    with asking.reading() as session:
        connection = keeping.find_connection(session, asking.host(), system_id)
        asking.host().require_write(connection.account_id)
    facts = _facts(connection.vendor)
    form = Form.of_request() if asking.is_sent() else Form(_defaults(facts))
    if form.sent:
        tried = _tried(facts, form)
        if tried is not None:
            with form.taking_errors(), asking.writing() as session:
                keeping.replace_credentials(
                    session,
                    asking.service().vault,
                    asking.host(),
                    system_id,
                    credentials=_credentials(facts, form),
                    tried=tried,
                    now=asking.now(),
                )
        if not form.is_refused:
            flash(_("It works again. It is read now."))
            return redirect(url_for("host.system", system_id=system_id))
    elif connection.error_field:
        form.errors[connection.error_field] = sentence(connection.error or "")
    called = connection.name or title_of(connection)
    return _form_page(facts, form, system_id=system_id, called=called)


def _connected(facts: Facts, form: Form, first_account: str) -> str:
    """The public id of the connection; "" when something was refused."""
    tried = _tried(facts, form)
    if tried is None:
        return ""
    made = ""
    with form.taking_errors(), asking.writing() as session:
        account = find_account(session, asking.host(), form[ACCOUNT] or first_account)
        connection = keeping.connect(
            session,
            asking.service().vault,
            asking.host(),
            account.id,
            vendor=facts.vendor,
            credentials=_credentials(facts, form),
            tried=tried,
            # a form that asks for a name itself is not asked twice
            name=form[CALLED] or form[NAME],
            now=asking.now(),
        )
        made = connection.public_id
    for warning in tried.verified.warnings:
        flash(_(warning), "watch")
    return made


def _tried(facts: Facts, form: Form) -> Tried | None:
    """Ask the system itself; what it says stands beside the field that it is about."""
    if not _is_complete(facts, form):
        return None
    try:
        return verify_typed(asking.service().opener, facts.vendor, _credentials(facts, form))
    except (CredentialsRefused, InvalidInput) as error:
        form.errors[_shown(facts, error.field)] = in_words(error)
    except TransientError as error:
        why = in_words(error)
        form.errors[""] = _("It could not be checked now, so nothing is saved: %(why)s", why=why)
    except CallAssistError as error:
        form.errors[""] = in_words(error)
    return None


def _is_complete(facts: Facts, form: Form) -> bool:
    """Every empty field is named at once: secrets have to be entered anew each time."""
    for field in facts.form.fields:
        if field.required and not form.has(field.name):
            form.errors[field.name] = _("%(field)s must not be empty.", field=_(field.label))
    return not form.is_refused


def _credentials(facts: Facts, form: Form) -> dict[str, str]:
    return {one.name: form[one.name].strip() for one in facts.form.fields if form.has(one.name)}


def _shown(facts: Facts, name: str | None) -> str:
    return name if name in {one.name for one in facts.form.fields} else ""


def _defaults(facts: Facts) -> dict[str, str]:
    return {one.name: one.default for one in facts.form.fields if one.default}


def _facts(vendor: str) -> Facts:
    if vendor not in CONNECTORS:
        raise NotFound("no such system")
    return CONNECTORS[vendor].facts


def _sign_in_url(facts: Facts, system_id: str) -> str:
    """Where hosts sign in there; "" where they do not, or the service is not registered there."""
    opener = asking.service().opener
    if facts.form.oauth is None or not is_registered(opener.settings, opener, facts.vendor):
        return ""
    return url_for("host.leave_for_system", vendor=facts.vendor, connection=system_id or None)


def _form_page(
    facts: Facts,
    form: Form,
    *,
    places: list[Account] | None = None,
    system_id: str = "",
    called: str = "",
) -> ResponseReturnValue:
    page = render_template(
        "host/system_form.html",
        facts=facts,
        form=form,
        FieldKind=FieldKind,
        accounts=[(one.public_id, one.name) for one in places or []],
        system_id=system_id,
        called=called,
        has_secrets=any(one.kind is FieldKind.SECRET for one in facts.form.fields),
        sign_in_url=_sign_in_url(facts, system_id),
        asks_name=all(one.name != NAME for one in facts.form.fields),
    )
    return page, 422 if form.sent and form.is_refused else 200
