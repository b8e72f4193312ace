"""One set of rules for several homes: looked at first, then given, then taken back if wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts import giving_rules
from callassist.domain.policy import EscalationPolicy
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Policy, Property
from callassist.web.pages import asking
from callassist.web.pages.host.home_rules import rules_by_preset, service_rules
from callassist.web.pages.host.homes_filter import Wanted, homes_that_fit
from callassist.web.pages.host.rules_tried import tried_on
from callassist.web.pages.host.rules_words import rules_differences
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext


@dataclass(frozen=True, kw_only=True)
class Group:
    """Homes that have the same rules today, and what becomes different for them."""

    name: str
    homes: tuple[Property, ...]
    differences: list[tuple[str, str, str]]
    is_same: bool  # they have the chosen set already


def look() -> ResponseReturnValue:
    """What would change for which homes; nothing is changed yet."""
    wanted, policy = Wanted.of(request.form), request.form.get("policy", "")
    viewer, now = asking.host(), asking.now()
    try:
        with asking.reading() as session:
            homes = giving_rules.chosen_homes(session, viewer, _chosen(session, wanted))
            preset = giving_rules.preset_for(session, viewer, homes, policy)
            rules = EscalationPolicy.from_dict(preset.rules) if preset else service_rules()
            groups = _groups(session, homes, preset, rules)
            changed = [home for group in groups if not group.is_same for home in group.homes]
            present = rules_by_preset(session, {home.policy_id for home in changed})
            tried = tried_on(session, changed, rules, present, now) if changed else None
    except (Conflict, InvalidInput, NotFound) as error:
        flash(in_words(error), "refused")
        return redirect(wanted.url())
    return render_template(
        "host/homes_rules.html",
        wanted=wanted,
        homes=homes,
        changed=changed,
        groups=groups,
        preset=preset,
        policy=policy,
        tried=tried,
    )


def give() -> ResponseReturnValue:
    """Confirmed: all of these homes get the rules, or none."""
    wanted = Wanted.of(request.form)
    try:
        with asking.writing() as session:
            count = giving_rules.give_rules(
                session,
                asking.host(),
                request.form.get("homes", "").split(),
                request.form.get("policy", ""),
                now=asking.now(),
            )
        flash(
            ngettext(
                "%(num)s home has other rules now. Noise that is running keeps those with which "
                "it began.",
                "%(num)s homes have other rules now. Noise that is running keeps those with which "
                "it began.",
                count,
            )
        )
    except (Conflict, InvalidInput, NotFound) as error:
        flash(in_words(error), "refused")
    return redirect(wanted.url())


def take_back() -> ResponseReturnValue:
    """Give the homes back what they had, while the change is young."""
    home_id = request.form.get("home", "")
    try:
        with asking.writing() as session:
            back, left = giving_rules.take_back(
                session, asking.host(), request.form.get("change", ""), now=asking.now()
            )
        flash(
            ngettext(
                "Undone: %(num)s home has its rules back.",
                "Undone: %(num)s homes have their rules back.",
                back,
            )
        )
        if left:
            flash(
                ngettext(
                    "%(num)s home was changed since and stays as it is.",
                    "%(num)s homes were changed since and stay as they are.",
                    left,
                ),
                "watch",
            )
    except (Conflict, InvalidInput) as error:
        flash(in_words(error), "refused")
    if home_id:
        return redirect(url_for("host.home_rules", home_id=home_id))
    return redirect(url_for("host.homes"))


def _chosen(session: Session, wanted: Wanted) -> list[str]:
    """The ticked homes; or every one that fits and may be changed, also on other pages."""
    if not request.form.get("all"):
        return request.form.getlist("home")
    fitting = homes_that_fit(session, wanted, asking.now()).fitting
    return [home.public_id for home in fitting if asking.host().can_write(home.account_id)]


def _groups(
    session: Session, homes: Sequence[Property], preset: Policy | None, rules: EscalationPolicy
) -> list[Group]:
    """By the rules that they have today, the largest group first."""
    by_preset: dict[int | None, list[Property]] = {}
    for home in homes:
        by_preset.setdefault(home.policy_id, []).append(home)
    present = rules_by_preset(session, by_preset)
    given = None if preset is None else preset.id
    found = [
        Group(
            name=own[0].policy.name if own[0].policy else _("The rules of this service"),
            homes=tuple(own),
            differences=rules_differences(present[policy_id], rules),
            is_same=policy_id == given,
        )
        for policy_id, own in by_preset.items()
    ]
    return sorted(found, key=lambda group: (group.is_same, -len(group.homes)))
