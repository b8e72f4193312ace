"""Webhooks to the host's own systems: added, watched, tried and changed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callassist.accounts.people import find_account
from callassist.domain.webhook_event import EVENTS
from callassist.errors import Conflict
from callassist.models import Account, WebhookEndpoint
from callassist.notifications.webhooks import by_hand, endpoints
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host import webhook_words
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_ON = "on:"  # how the fields of events begin


def index() -> ResponseReturnValue:
    """Every endpoint of the viewer's accounts."""
    viewer = asking.host()
    with asking.reading() as session:
        mine = WebhookEndpoint.account_id.in_(viewer.account_ids)
        query = (
            select(WebhookEndpoint, Account)
            .join(Account, Account.id == WebhookEndpoint.account_id)
            .where(mine)
            .order_by(WebhookEndpoint.id)
        )
        return render_template(
            "host/webhooks.html",
            rows=session.execute(query).all(),
            standing=webhook_words.standing,
            may_write=bool(writable_accounts(session, viewer)),
            several_accounts=len(viewer.account_ids) > 1,
            now=asking.now(),
        )


def add() -> ResponseReturnValue:
    """A new endpoint; its secret is shown this once."""
    viewer = asking.host()
    with asking.reading() as session:
        places = writable_accounts(session, viewer)
    if not places:
        viewer.require_write(0)
    form = Form({f"{_ON}{event}": "yes" for event in EVENTS.values()})
    if asking.is_sent():
        form = Form.of_request()
        made: list[tuple[WebhookEndpoint, str]] = []
        with form.taking_errors():
            url = _checked(form)
            with asking.writing() as session:
                account = find_account(session, viewer, form["account"] or places[0].public_id)
                made.append(
                    endpoints.add_endpoint(
                        session,
                        asking.service().vault,
                        viewer,
                        account.id,
                        url=url,
                        description=form["description"],
                        kinds=_chosen(form),
                        now=asking.now(),
                    )
                )
        if made:
            return _secret_page(*made[0])
    page = render_template(
        "host/webhook_form.html",
        form=form,
        events=webhook_words.events(),
        accounts=[(one.public_id, one.name) for one in places],
    )
    return page, 422 if form.is_refused else 200


def show(webhook_id: str) -> ResponseReturnValue:
    """One endpoint with its log; or what was changed of it."""
    form = Form.of_request() if asking.is_sent() else None
    if form is not None and _is_changed(form, webhook_id):
        flash(_("Saved."))
        return _back(webhook_id)
    typed = request.args.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else None
    with asking.reading() as session:
        endpoint = endpoints.find_endpoint(session, asking.host(), webhook_id)
        account = session.get_one(Account, endpoint.account_id)
        log = by_hand.log_of(session, endpoint, before=before)
        page = render_template(
            "host/webhook.html",
            endpoint=endpoint,
            form=form or Form(_values(endpoint)),
            events=webhook_words.events(),
            said=webhook_words,
            log=log[: by_hand.PAGE],
            older=log[by_hand.PAGE - 1].id if len(log) > by_hand.PAGE else None,
            newest=url_for("host.webhook", webhook_id=webhook_id) if before else "",
            zone=ZoneInfo(account.timezone),
            may_write=asking.host().can_write(endpoint.account_id),
            now=asking.now(),
        )
    return page, 422 if form is not None else 200


def test(webhook_id: str) -> ResponseReturnValue:
    """Send a test event now, and say what the answer was."""
    try:
        sent = by_hand.send_test(asking.service().webhooks, asking.host(), webhook_id, asking.now())
    except Conflict as error:
        flash(in_words(error), "refused")
        return _back(webhook_id)
    answer = webhook_words.answered(sent)
    if sent.last_error is None:
        flash(_("The test event was taken: %(answer)s", answer=answer))
    else:
        flash(_("The test event was not taken: %(answer)s", answer=answer), "refused")
    return _back(webhook_id)


def rotate(webhook_id: str) -> ResponseReturnValue:
    """Another secret, shown this once; the one before signs as well for a day."""
    with asking.writing() as session:
        endpoint, secret = endpoints.rotate_secret(
            session, asking.service().vault, asking.host(), webhook_id, now=asking.now()
        )
    return _secret_page(endpoint, secret)


def switch(webhook_id: str) -> ResponseReturnValue:
    """On again, or off."""
    is_on = request.form.get("on") == "yes"
    with asking.writing() as session:
        endpoints.set_enabled(session, asking.host(), webhook_id, enabled=is_on, now=asking.now())
    if is_on:
        flash(_("Switched on. What happens from now on is sent there."))
    else:
        flash(_("Switched off. Nothing is sent there any more."))
    return _back(webhook_id)


def remove(webhook_id: str) -> ResponseReturnValue:
    """It is gone, with its log."""
    with asking.writing() as session:
        endpoints.remove_endpoint(session, asking.host(), webhook_id)
    flash(_("The webhook is removed."))
    return redirect(url_for("host.webhooks"))


def send_again(webhook_id: str, delivery_id: str) -> ResponseReturnValue:
    """The same message once more."""
    try:
        with asking.writing() as session:
            by_hand.send_again(session, asking.host(), delivery_id, asking.now())
        flash(_("It is sent again in a moment; reload the page to see the answer."))
    except Conflict as error:
        flash(in_words(error), "refused")
    return _back(webhook_id)


def _is_changed(form: Form, webhook_id: str) -> bool:
    with asking.reading() as session:
        endpoints.find_endpoint(session, asking.host(), webhook_id, to_change=True)
    with form.taking_errors():
        url = _checked(form) if form.has("url") else None
        with asking.writing() as session:
            endpoints.change_endpoint(
                session,
                asking.service().vault,
                asking.host(),
                webhook_id,
                url=url,
                description=form["description"],
                kinds=_chosen(form),
            )
    return not form.is_refused


def _checked(form: Form) -> str:
    is_own = asking.service().webhooks.allow_loopback
    return endpoints.checked_url(form["url"], allow_loopback=is_own)


def _chosen(form: Form) -> list[str]:
    return [event for event in EVENTS.values() if form.has(f"{_ON}{event}")]


def _values(endpoint: WebhookEndpoint) -> dict[str, str]:
    chosen = {f"{_ON}{event}": "yes" for event in endpoint.kinds}
    return {"description": endpoint.description, **chosen}


def _secret_page(endpoint: WebhookEndpoint, secret: str) -> str:
    return render_template(
        "host/webhook_secret.html", endpoint=endpoint, secret=secret, now=asking.now()
    )


def _back(webhook_id: str) -> ResponseReturnValue:
    return redirect(url_for("host.webhook", webhook_id=webhook_id))


_SEE = ["GET"]
_FORM = ["GET", "POST"]
_DO = ["POST"]
_ONE = "/webhooks/<webhook_id>"

ROUTES = (
    ("/webhooks", "webhooks", index, _SEE),
    ("/webhooks/new", "add_webhook", add, _FORM),
    (_ONE, "webhook", show, _FORM),
    (f"{_ONE}/test", "test_webhook", test, _DO),
    (f"{_ONE}/secret", "rotate_webhook", rotate, _DO),
    (f"{_ONE}/switch", "switch_webhook", switch, _DO),
    (f"{_ONE}/remove", "remove_webhook", remove, _DO),
    (f"{_ONE}/deliveries/<delivery_id>", "send_webhook_again", send_again, _DO),
)
