"""One home and its tabs: overview, rules, sensors, what we may say, history."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.contacts import contacts
from callassist.accounts.giving_rules import give_rules, last_giving
from callassist.accounts.policies import homes_using
from callassist.accounts.policy_changes import changes_of
from callassist.accounts.properties import PropertyInput, update_property
from callassist.accounts.sample_nights import sample_began_at
from callassist.domain.noise import SourceKind
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host import noise_words
from callassist.web.pages.host.automatic_words import automatic_call_tonight, automatic_tonight
from callassist.web.pages.host.home_queries import (
    PER_PAGE,
    HomeHead,
    history,
    home_head,
    home_policy,
    home_sensors,
    sensor_lines,
)
from callassist.web.pages.host.noise_window import WINDOWS, window_of
from callassist.web.pages.host.queries import coming_stays, presets
from callassist.web.pages.host.rules_words import exact_number, rules_facts
from callassist.web.pages.host.sample_night import sample_night
from callassist.web.pages.host.set_up_steps import url_if
from callassist.web.translate import gettext as _


def show(home_id: str) -> ResponseReturnValue:
    """How it sounds, what is missing tonight, who stays."""
    return _overview(home_id, "host/home.html")


def fragment(home_id: str) -> ResponseReturnValue:
    """What of it renews itself."""
    return _overview(home_id, "host/home_live.html")


def rules(home_id: str) -> ResponseReturnValue:
    """The rules that apply, and which presets there are."""
    form = Form.of_request() if asking.is_sent() else None
    if form is not None:
        with form.taking_errors(), asking.writing() as session:
            give_rules(session, asking.host(), [home_id], form["policy"], now=asking.now())
        if not form.is_refused:
            flash(_("Saved. Noise that is running keeps the rules with which it began."))
            return redirect(url_for("host.home_rules", home_id=home_id))
    with asking.reading() as session:
        head = _head(session, home_id)
        home = head.home
        giving = last_giving(session, asking.host(), asking.now())
        page = render_template(
            "host/home_rules.html",
            head=head,
            tabs=tabs(head, "rules"),
            facts=rules_facts(home_policy(session, home)),
            preset=home.policy,
            used_by=homes_using(session, home.policy) if home.policy else 0,
            changes=changes_of(session, asking.host(), home.policy) if home.policy else [],
            presets=[
                ("", _("The rules of this service")),
                *(
                    (one.public_id, one.name)
                    for one in presets(session, asking.host(), home.account_id)
                ),
            ],
            giving=giving if giving and home.public_id in giving.homes else None,
            form=form or Form({"policy": home.policy.public_id if home.policy else ""}),
            only_notices=_only_notices(session, head),
        )
    return page, 422 if form is not None and form.is_refused else 200


def sensors(home_id: str) -> ResponseReturnValue:
    """What listens there, and what was heard that is nowhere yet."""
    with asking.reading() as session:
        head = _head(session, home_id)
        lines = sensor_lines(session, [head.home.account_id])
        return render_template(
            "host/home_sensors.html",
            head=head,
            tabs=tabs(head, "sensors"),
            here=[line for line in lines if line[0].property_id == head.home.id],
            unpaired=[line for line in lines if line[0].property_id is None],
            only_home=home_id,
            may_write=head.may_write,
            sample_since=sample_began_at(session, head.home, asking.now()),
            zone_of=lambda _home: head.zone,
            waits=not any(line[0].property_id == head.home.id for line in lines),
        )


def say(home_id: str) -> ResponseReturnValue:
    """What operators may say, and whom they call for the host."""
    form = Form.of_request() if asking.is_sent() else None
    if form is not None:
        with form.taking_errors(), asking.writing() as session:
            typed = PropertyInput(
                host_spoken_name=form["host_spoken_name"],
                call_name=form["call_name"],
                show_call_name_to_guest=form.has("show_call_name_to_guest"),
            )
            update_property(session, asking.host(), home_id, typed)
        if not form.is_refused:
            flash(_("Saved."))
            return redirect(url_for("host.home_say", home_id=home_id))
    with asking.reading() as session:
        head = _head(session, home_id)
        page = render_template(
            "host/home_say.html",
            head=head,
            tabs=tabs(head, "say"),
            form=form or _said(head),
            contacts=contacts(session, asking.host(), home_id),
        )
    return page, 422 if form is not None and form.is_refused else 200


def past(home_id: str) -> ResponseReturnValue:
    """Its incidents, newest first."""
    typed = request.args.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else None
    with asking.reading() as session:
        head = _head(session, home_id)
        found = history(session, head.home, before)
        older = (
            url_for("host.home_history", home_id=home_id, before=found[PER_PAGE - 1][0])
            if len(found) > PER_PAGE
            else ""
        )
        return render_template(
            "host/home_history.html",
            head=head,
            tabs=tabs(head, "history"),
            incidents=[one for _id, one in found[:PER_PAGE]],
            older=older,
            newer=url_for("host.home_history", home_id=home_id) if before else "",
        )


def tabs(head: HomeHead, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of a home; stays are a list of their own."""
    home_id = head.home.public_id
    found = [
        (url_for("host.home", home_id=home_id), _("Overview"), current == "overview"),
        (url_if("host.stays", home=home_id), _("Stays"), current == "stays"),
        (url_for("host.home_rules", home_id=home_id), _("Rules"), current == "rules"),
        (url_for("host.home_sensors", home_id=home_id), _("Sensors"), current == "sensors"),
        (url_for("host.home_say", home_id=home_id), _("What we may say"), current == "say"),
        (url_for("host.home_history", home_id=home_id), _("History"), current == "history"),
    ]
    return [one for one in found if one[0]]


def _overview(home_id: str, template: str) -> ResponseReturnValue:
    now = asking.now()
    name = request.args.get("window", "24h")
    with asking.reading() as session:
        head = home_head(session, asking.service(), asking.host(), home_id, now)
        name = name if name in WINDOWS else "24h"
        rules = head.lately.rules
        sample = sample_night(session, head.home, rules, name, now)
        window = (
            sample.window
            if sample
            else window_of(session, head.home, head.lately.sensors, rules, name, now)
        )
        return render_template(
            template,
            head=head,
            tabs=tabs(head, "overview"),
            window=window,
            sample=sample,
            ribbon_svg=noise_words.ribbon_svg,
            windows=_windows(head, window.name),
            stays=coming_stays(session, asking.service(), head.home, now),
            decibels=noise_words.decibels,
            limit=exact_number,
            practice_url=url_if("host.practice", home_id=home_id),
            automatic=(
                automatic_tonight(session, asking.service(), head.home, rules, now),
                automatic_call_tonight(session, asking.service(), head.home, rules, now),
            ),
        )


def _windows(head: HomeHead, current: str) -> list[tuple[str, str, bool]]:
    said = {"1h": _("1 hour"), "24h": _("24 hours"), "7d": _("7 days")}
    return [
        (url_for("host.home", home_id=head.home.public_id, window=name), text, name == current)
        for name, text in said.items()
    ]


def _head(session: Session, home_id: str) -> HomeHead:
    return home_head(session, asking.service(), asking.host(), home_id, asking.now())


def _only_notices(session: Session, head: HomeHead) -> bool:
    found = home_sensors(session, head.home, asking.now())
    return bool(found) and all(one.kind != SourceKind.LEVEL for one in found)


def _said(head: HomeHead) -> Form:
    home = head.home
    ticked = {"show_call_name_to_guest": "yes"} if home.show_call_name_to_guest else {}
    return Form({"host_spoken_name": home.host_spoken_name, "call_name": home.call_name} | ticked)
