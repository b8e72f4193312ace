"""My notifications: which kinds through which channel, my devices, my quiet hours, a real test."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist import notifications
from callassist.accounts.preferences import save_quiet_hours
from callassist.domain.message_kind import MessageKind
from callassist.errors import Conflict, InvalidInput
from callassist.models import NotificationChannel
from callassist.notifications import own_channels as mine_all
from callassist.notifications.keeping_channels import ChannelInput, find_channel, remove_channel
from callassist.notifications.own_channels import (
    ALWAYS,
    OwnChannel,
    add_own_channel,
    choose_kinds,
    is_told,
    kinds_for,
)
from callassist.web import languages
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.people import delivery_words, mine, told_at
from callassist.web.pages.people.told_at import ToldAt
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_TYPED = ("email", "apprise", "voice")


def show() -> ResponseReturnValue:
    """Everything about how I am told."""
    return _page(Form({"kind": "email"}), _quiet_form())


def choose() -> ResponseReturnValue:
    """Keep what is ticked in the matrix."""
    ticked = set(request.form.getlist("told"))
    with asking.writing() as session:
        place = _place(session)
        channels = [one.channel for one in _own(session, place)]
        choose_kinds(session, channels, kinds_for(asking.host(), place.desk), ticked)
    flash(_("Saved."))
    return _back(place)


def add() -> ResponseReturnValue:
    """Add an address of mine and send it a test, whose way is shown."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        place = _place(session)
        if form["kind"] not in _TYPED:
            raise InvalidInput(f"use one of {', '.join(_TYPED)}", "kind")
        channel = add_own_channel(
            session,
            asking.service().vault,
            asking.host(),
            ChannelInput(
                kind=form["kind"],
                address=form["address"],
                language=languages.language(),
                person_public_id=mine.me().public_id,
            ),
            now=asking.now(),
            account=place.account,
            desk=place.desk,
        )
        started = notifications.start_test(session, channel, asking.now())
    if form.is_refused:
        return _page(form, _quiet_form())
    return redirect(url_for("people.test", test_id=started.public_id))


def send_test(channel_id: str) -> ResponseReturnValue:
    """Send a test the way that every message goes."""
    try:
        with asking.writing() as session:
            channel = find_channel(session, asking.host(), channel_id, to_change=True)
            started = notifications.start_test(session, channel, asking.now())
            is_mine = channel.person_id == asking.viewer().person_id
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
        return redirect(url_for("people.notifications"))
    if not is_mine:
        flash(_("A test message is on its way."))
        return redirect(url_for("people.notifications"))
    return redirect(url_for("people.test", test_id=started.public_id))


def remove(channel_id: str) -> ResponseReturnValue:
    """Tell nothing there any more."""
    with asking.writing() as session:
        vault = asking.service().vault
        remove_channel(session, vault, asking.host(), channel_id, now=asking.now())
    flash(_("Removed."))
    return redirect(url_for("people.notifications", place=request.form.get("place") or None))


def quiet() -> ResponseReturnValue:
    """Keep my quiet hours."""
    form = Form.of_request("quiet-")
    with form.taking_errors(), asking.writing() as session:
        save_quiet_hours(
            session, mine.me().id, form.optional("quiet_from"), form.optional("quiet_until")
        )
    if form.is_refused:
        return _page(Form({"kind": "email"}), form)
    flash(_("Saved."))
    return redirect(url_for("people.notifications", place=request.form.get("place") or None))


def _page(form: Form, quiet_form: Form) -> ResponseReturnValue:
    viewer = asking.host()
    with asking.reading() as session:
        place, all_places = told_at.chosen(session, viewer)
        own = [] if place is None else _own(session, place)
    if not own and not form.sent:
        form = Form({"kind": "email", "address": mine.me().email})
    kinds = () if place is None else kinds_for(viewer, place.desk)
    channels = [one.channel for one in own if one.channel.disabled_at is None]
    columns = [kind for kind in notifications.KINDS if any(one.kind == kind for one in channels)]
    page = render_template(
        "people/notifications.html",
        form=form,
        quiet_form=quiet_form,
        place=place,
        places=all_places,
        own=own,
        columns=columns,
        rows=[(kind, [_cell(channels, kind, column) for column in columns]) for kind in kinds],
        always=ALWAYS,
        last=_last(own),
        typed_kinds=[
            ("email", _("E-mail")),
            ("apprise", _("Chat or other service (Apprise address)")),
            ("voice", _("Voice call, only when you are needed")),
        ],
        delivery_words=delivery_words,
        person=mine.me(),
        zone=mine.zone_of(mine.me(), None if place is None else place.account),
    )
    return page, 422 if form.is_refused or quiet_form.is_refused else 200


def _cell(channels: list[NotificationChannel], kind: MessageKind, column: str) -> tuple[str, bool]:
    return f"{kind}:{column}", is_told(channels, kind, column)


def _last(own: list[OwnChannel]) -> OwnChannel | None:
    told = [one for one in own if one.last is not None]
    return max(told, key=lambda one: _when(one), default=None)


def _when(one: OwnChannel) -> datetime:
    assert one.last is not None
    return one.last.created_at


def _own(session: Session, place: ToldAt) -> list[OwnChannel]:
    return mine_all.own_channels(session, asking.host(), account=place.account, desk=place.desk)


def _place(session: Session) -> ToldAt:
    place, _all = told_at.chosen(session, asking.host())
    if place is None:
        abort(404)
    return place


def _back(place: ToldAt) -> ResponseReturnValue:
    return redirect(url_for("people.notifications", place=place.key))


def _quiet_form() -> Form:
    person = mine.me()
    values = {"quiet_from": person.quiet_from or "", "quiet_until": person.quiet_until or ""}
    return Form(values, prefix="quiet-")
