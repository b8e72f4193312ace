"""Rules in words: one line each, so that two sets can be laid side by side."""

from __future__ import annotations

from babel.numbers import format_decimal

from callassist.domain.policy import EscalationPolicy
from callassist.domain.quiet_hours import EVERY_DAY, LocalHours
from callassist.web.languages import language
from callassist.web.pages import times
from callassist.web.pages.weekdays import short_weekdays
from callassist.web.translate import gettext as _


def rules_facts(rules: EscalationPolicy) -> list[tuple[str, str]]:
    """What a host decides in a set of rules, each with its value in words."""
    day, night = rules.cadence, rules.quiet_cadence or rules.cadence
    return [
        (_("Loud from"), exact_level(rules.threshold_db)),
        (
            _("In quiet hours"),
            exact_level(rules.quiet_threshold_db) if rules.quiet_hours else "–",
        ),
        (_("Quiet hours"), ", ".join(_hours(one) for one in rules.all_quiet_hours) or _("none")),
        (_("Watch from"), times.lasting(day.open_after)),
        (_("Call after"), times.lasting(day.persist_for)),
        (_("Call in quiet hours after"), times.lasting(night.persist_for)),
        (_("Calm for so long ends it"), times.lasting(day.calm_after)),
        (_("Attempts"), str(day.attempts)),
        (_("Between two attempts"), times.lasting(day.attempt_gap)),
        (_("Texts before the call"), _("yes") if rules.ladder_enabled else _("no")),
        (
            _("Automatic call when no operator is free"),
            _("yes") if rules.automatic_call else _("no"),
        ),
        (_("Calls are made"), _hours(rules.cover) if rules.cover else _("at any hour")),
    ]


def rules_differences(
    before: EscalationPolicy, after: EscalationPolicy
) -> list[tuple[str, str, str]]:
    """What changes: its name, what it is and what it becomes."""
    return [
        (name, was, becomes)
        for (name, was), (_name, becomes) in zip(
            rules_facts(before), rules_facts(after), strict=True
        )
        if was != becomes
    ]


def exact_level(level_db: float) -> str:
    """With its decimals: `62.5 dB`, `62,5 dB`."""
    return _("%(db)s dB", db=exact_number(level_db))


def exact_number(level_db: float) -> str:
    """A limit as it was set: what is loud at 62.5 dB is not loud at 62."""
    return str(format_decimal(level_db, locale=language()))


def _hours(hours: LocalHours) -> str:
    span = f"{times.time_of_day(hours.start)}–{times.time_of_day(hours.end)}"
    if hours.weekdays == EVERY_DAY:
        return span
    names = short_weekdays()
    return f"{span} ({', '.join(names[day] for day in sorted(hours.weekdays))})"
