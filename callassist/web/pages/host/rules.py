"""Sets of rules that homes share: listed, made, tried on the past, changed, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.accounts.people import find_account
from callassist.accounts.policies import (
    create_policy,
    find_policy,
    homes_using,
    policies,
    remove_policy,
    update_policy,
)
from callassist.accounts.policy_changes import can_undo, changes_of, undo_change
from callassist.accounts.properties import (
    PropertyInput,
    find_property,
    properties,
    update_property,
)
from callassist.domain.policy import EscalationPolicy
from callassist.domain.quiet_hours import WEEKDAYS
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Policy, Property
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host import noise_words, rules_form
from callassist.web.pages.host.home_rules import service_rules
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.host.rules_preview import Preview, preview
from callassist.web.pages.host.rules_words import exact_number
from callassist.web.pages.refusals import in_words
from callassist.web.pages.weekdays import night_name, short_weekdays
from callassist.web.translate import gettext as _


@dataclass(frozen=True, kw_only=True)
class PresetLine:
    """One set of rules in the list."""

    preset: Policy
    rules: EscalationPolicy
    homes: int


def index() -> ResponseReturnValue:
    """The sets of rules of the viewer's accounts, and how many homes each reaches."""
    viewer = asking.host()
    with asking.reading() as session:
        counted = dict(
            session.execute(
                select(Property.policy_id, func.count())
                .where(Property.account_id.in_(viewer.account_ids), Property.archived_at.is_(None))
                .group_by(Property.policy_id)
            ).all()
        )
        lines = [
            PresetLine(
                preset=one,
                rules=EscalationPolicy.from_dict(one.rules),
                homes=counted.get(one.id, 0),
            )
            for one in policies(session, viewer)
        ]
        return render_template(
            "host/rule_sets.html",
            lines=lines,
            usual=service_rules(),
            usual_homes=counted.get(None, 0),
            may_write=bool(writable_accounts(session, viewer)),
            limit=exact_number,
        )


def new() -> ResponseReturnValue:
    """A new set; begun from a home, that home gets it."""
    return _page(None)


def edit(policy_id: str) -> ResponseReturnValue:
    """Change a set for all of its homes."""
    return _page(policy_id)


def undo(policy_id: str) -> ResponseReturnValue:
    """Take the last change back, while it is young."""
    try:
        with asking.writing() as session:
            viewer = asking.host()
            preset = find_policy(session, viewer, policy_id)
            change_id = request.form.get("change", "")
            undo_change(session, viewer, preset, change_id, now=asking.now())
        flash(_("The change is undone."))
    except (Conflict, InvalidInput) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.rule_set", policy_id=policy_id))


def remove(policy_id: str) -> ResponseReturnValue:
    """Remove a set that no home has."""
    try:
        with asking.writing() as session:
            remove_policy(session, asking.host(), policy_id, now=asking.now())
        flash(_("Removed."))
    except Conflict as error:
        flash(in_words(error), "refused")
        return redirect(url_for("host.rule_set", policy_id=policy_id))
    return redirect(url_for("host.rule_sets"))


def _page(policy_id: str | None) -> ResponseReturnValue:
    viewer, now = asking.host(), asking.now()
    with asking.reading() as session:
        preset = None if policy_id is None else find_policy(session, viewer, policy_id)
        account_id = _account_id(session, preset)
        viewer.require_write(account_id)
        saved = service_rules() if preset is None else EscalationPolicy.from_dict(preset.rules)
        homes = properties(session, viewer, account_id)
    filled = rules_form.filled(preset.name if preset else "", saved)
    form = Form.of_request() if asking.is_sent() else filled
    rules = rules_form.rules_of(form, saved) if form.sent else saved
    if form.sent and not form.has("name"):
        form.errors.setdefault("name", in_words(InvalidInput("must not be empty")))
    wants_preview = not form.sent or form["do"] == "preview"
    if rules is not None and not form.is_refused and not wants_preview:
        done = _saved(form, preset, account_id, rules)
        if done is not None:
            return done
    with asking.reading() as session:
        tried = _tried(session, form, preset, homes, rules, saved) if form.sent else None
        changes = [] if preset is None else changes_of(session, viewer, preset)
        page = render_template(
            "host/rule_set.html",
            form=form,
            preset=preset,
            homes=[(one.public_id, one.name) for one in homes],
            used_by=0 if preset is None else homes_using(session, preset),
            rows=[(row, rules_form.days_of(form, row)) for row in rules_form.ROWS],
            weekdays=list(zip(WEEKDAYS, short_weekdays(), strict=True)),
            preview=tried,
            changes=changes,
            undoable=next((one for one in changes if preset and can_undo(one, preset, now)), None),
            for_home=_for_home(homes),
            ribbon_svg=noise_words.ribbon_svg,
            zone_of_account=homes[0].timezone if homes else "UTC",
            zone_of=ZoneInfo,
            night_name=night_name,
        )
    return page, 422 if form.is_refused else 200


def _saved(
    form: Form, preset: Policy | None, account_id: int, rules: EscalationPolicy
) -> ResponseReturnValue | None:
    viewer, now = asking.host(), asking.now()
    with form.taking_errors(), asking.writing() as session:
        if preset is not None:
            update_policy(
                session, viewer, preset.public_id, now=now, name=form["name"], rules=rules.to_dict()
            )
            made_id = preset.public_id
        else:
            places = {one.id: one for one in writable_accounts(session, viewer)}
            account = find_account(session, viewer, places[account_id].public_id)
            made = create_policy(session, viewer, account, form["name"], rules.to_dict(), now=now)
            made_id = made.public_id
            if form.has("for_home"):
                typed = PropertyInput(policy=made_id)
                update_property(session, viewer, form["for_home"], typed)
    if form.is_refused:
        return None
    flash(_("Saved. Noise that is running keeps the rules with which it began."))
    return redirect(url_for("host.rule_set", policy_id=made_id))


def _tried(
    session: Session,
    form: Form,
    preset: Policy | None,
    homes: list[Property],
    rules: EscalationPolicy | None,
    saved: EscalationPolicy,
) -> Preview | None:
    if rules is None or not homes:
        return None
    wanted = form["preview_home"] or form["for_home"]
    home = next((one for one in homes if one.public_id == wanted), None)
    if home is None:
        home = next((one for one in homes if preset and one.policy_id == preset.id), homes[0])
    return preview(session, home, rules, saved, asking.now())


def _account_id(session: Session, preset: Policy | None) -> int:
    if preset is not None:
        return preset.account_id
    viewer = asking.host()
    home_id = request.values.get("for_home") or request.args.get("home")
    if home_id:
        return find_property(session, viewer, home_id).account_id
    places = writable_accounts(session, viewer)
    if not places:
        viewer.require_write(0)
        raise NotFound("no such account")
    return places[0].id


def _for_home(homes: list[Property]) -> Property | None:
    wanted = request.values.get("for_home") or request.args.get("home")
    return next((one for one in homes if one.public_id == wanted), None)
