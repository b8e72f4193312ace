"""How an account's calls are made: over a phone network of its own, and whether recorded."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts import own_networks
from callassist.accounts.account_deletion import is_owner
from callassist.accounts.recording_choice import choose_recording, who_switched_on
from callassist.bootstrap.own_networks import KnownNetworks
from callassist.domain.own_network import Typed, name_of
from callassist.errors import CallAssistError, Forbidden, InvalidInput, NotFound
from callassist.escalation.tokens import Question
from callassist.models import OwnNetwork
from callassist.ports.recording import CanRecord
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.people import mine
from callassist.web.translate import gettext as _

_SHOWN = (
    "kind",
    "space",
    "account_sid",
    "caller_id",
    "api_key_sid",
    "application_sid",
    "messaging_service_sid",
)
_SECRET = ("auth_token", "signing_key", "api_key_secret")


def show() -> ResponseReturnValue:
    """What is set up; a form that was sent is tried out at the network before it is kept."""
    if not asking.is_sent():
        return _page(None)
    form = Form.of_request()
    with form.taking_errors():
        try:
            _keep(form)
        except (InvalidInput, NotFound, Forbidden):
            raise
        except CallAssistError as error:
            raise InvalidInput(_("The phone network says: %(what)s", what=error.detail)) from None
    if form.is_refused:
        return _page(form)
    flash(_("The network was asked and answered: calls of this account now go over it."))
    return _back()


def retire() -> ResponseReturnValue:
    """The older token is taken back."""
    with asking.writing() as session:
        viewer = asking.host()
        account, _all = mine.chosen_account(session, viewer)
        own_networks.retire_older_token(session, viewer, account, asking.now())
    _networks().forget()
    flash(_("Only the new token counts now."))
    return _back()


def remove() -> ResponseReturnValue:
    """Calls go over the service's network again."""
    with asking.writing() as session:
        viewer = asking.host()
        account, _all = mine.chosen_account(session, viewer)
        own_networks.take_away(session, viewer, account, asking.now())
    _networks().forget()
    flash(_("Your network is forgotten, with all its secrets. Calls go over ours again."))
    return _back()


def record() -> ResponseReturnValue:
    """Switch recording on or off."""
    form = Form.of_request("recording-")
    on = form["on"] == "yes"
    with form.taking_errors(), asking.writing() as session:
        viewer = asking.host()
        account, _all = mine.chosen_account(session, viewer)
        choose_recording(
            session, viewer, account, on=on, confirmed=form.has("confirmed"), now=asking.now()
        )
    if form.is_refused:
        return _page(None, form)
    flash(_("Calls are announced and recorded from now on.") if on else _("No call is recorded."))
    return _back()


def _keep(form: Form) -> None:
    viewer, service = asking.host(), asking.service()
    values = {name: form[name].strip() for name in (*_SHOWN, *_SECRET)}
    typed = Typed(**values, may_fall_back=form.has("may_fall_back"))
    with asking.reading() as session:
        account, _all = mine.chosen_account(session, viewer)
        row = own_networks.draft(session, service.vault, viewer, account, typed, asking.now())
    _networks().try_out(row)  # outside any transaction: it takes seconds
    with asking.writing() as session:
        account, _all = mine.chosen_account(session, viewer)
        own_networks.keep(session, viewer, account, row, asking.now())
    _networks().forget()


def _networks() -> KnownNetworks:
    networks = asking.service().own_networks
    assert isinstance(networks, KnownNetworks)
    return networks


def _page(form: Form | None, recording: Form | None = None) -> ResponseReturnValue:
    viewer, service = asking.host(), asking.service()
    with asking.reading() as session:
        account, all_mine = mine.chosen_account(session, viewer)
        owns = is_owner(viewer, account.id)
        network = own_networks.own_network(session, viewer, account) if owns else None
        switched_on_by = who_switched_on(session, account)
    base = f"{service.settings.service.public_url.rstrip('/')}/hooks/telephony/"
    page = render_template(
        "people/phone.html",
        form=form or Form(_values(network)),
        recording_form=recording or Form(prefix="recording-"),
        account=account,
        accounts=all_mine,
        owns=owns,
        network=network,
        hooks=base + name_of(network.public_id) if network else "",
        browser=Question.BROWSER,
        is_simulated=service.telephony.capabilities().simulated,
        can_record=isinstance(service.escalation.network_for(account.id), CanRecord),
        switched_on_by=switched_on_by,
        kept_days=service.settings.retention.recordings.days,
        zone=mine.zone_of(mine.me(), account),
    )
    refused = (form is not None and form.is_refused) or (recording and recording.is_refused)
    return page, 422 if refused else 200


def _values(network: OwnNetwork | None) -> dict[str, str]:
    """What is known, without the secrets: those are never shown again."""
    if network is None:
        return {"kind": "twilio"}
    known = {name: str(getattr(network, name)) for name in _SHOWN}
    return known | ({"may_fall_back": "yes"} if network.may_fall_back else {})


def _back() -> ResponseReturnValue:
    return redirect(url_for("people.phone", account=request.form.get("account") or None))
