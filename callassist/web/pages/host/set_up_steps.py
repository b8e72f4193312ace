"""The set-up checklist as it is shown: ticks are proved, not clicked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel.speaklater import LazyString
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.accounts.setting_up import SetUp, SetUpStep
from callassist.domain.call_takers import CallTakers
from callassist.models import Property, SensorConnection
from callassist.models.types import BigKey
from callassist.web.pages import asking, times
from callassist.web.pages.host.home_rules import service_rules
from callassist.web.pages.host.tonight_queries import open_set_up
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l

# the pages of steps, and those to which one comes after them: nowhere else it is in the way
_WHERE_STEPS_ARE = frozenset(
    {
        *("host.homes", "host.new_home", "host.edit_home", "host.home", "host.home_sensors"),
        *("host.home_rules", "host.home_say", "host.new_contact", "host.contact"),
        *("host.sensors", "host.sensor", "host.new_connection", "host.rule_sets"),
        *("host.rule_set", "host.new_rule_set", "host.stays", "host.new_stay", "host.stay"),
        *("host.duty", "host.add_duty", "host.practice", "board.crew", "board.shifts"),
        *("people.notifications", "people.add_channel", "people.test", "people.team"),
    }
)

# what a step is called, what it takes, and the way there; two depend on choices and settings
_SAID: Mapping[SetUpStep, tuple[LazyString, LazyString, LazyString]] = {
    SetUpStep.HOME: (
        _l("A home"),
        _l("Its name is enough to begin."),
        _l("Add a home"),
    ),
    SetUpStep.SENSOR: (
        _l("A sensor that we hear"),
        _l("No sensor at hand? Skip it for now."),
        _l("Pair a sensor"),
    ),
    SetUpStep.GUEST: (
        _l("The guest’s phone number"),
        _l("Typed, from a file or from your booking system."),
        _l("Enter the stay"),
    ),
    SetUpStep.CONTACT: (
        _l("Your own number"),
        _l("Whom the operator calls when the guest is not reached."),
        _l("Enter a contact"),
    ),
    SetUpStep.CHANNEL: (
        _l("How we tell you"),
        _l("Proved by a message that arrives."),
        _l("Add a way to tell you"),
    ),
    SetUpStep.PRACTICE: (
        _l("A practice alert"),
        _l("The whole night in two minutes, on invented numbers. Nobody is disturbed."),
        _l("Rehearse"),
    ),
}

_ACCOUNT = bindparam("account", type_=BigKey)
_FIRST_HOME = (
    select(Property.public_id)
    .where(Property.account_id == _ACCOUNT, Property.archived_at.is_(None))
    .order_by(Property.id)
    .limit(1)
)
_THERE = select(
    _FIRST_HOME.scalar_subquery(), exists().where(SensorConnection.account_id == _ACCOUNT)
)


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One line of the checklist; `is_next` is the one to do now."""

    step: str
    text: str
    note: str
    url: str
    action: str
    is_done: bool
    is_skipped: bool
    is_next: bool


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """Everything on the set-up card."""

    account: str
    must_choose: bool
    lines: tuple[StepLine, ...]
    done: int
    total: int

    @property
    def done_steps(self) -> frozenset[str]:
        """What is proved."""
        return frozenset(line.step for line in self.lines if line.is_done)

    @property
    def next(self) -> StepLine | None:
        """The step to do now."""
        return next((line for line in self.lines if line.is_next), None)


def checklist(session: Session, set_up: SetUp) -> Checklist:
    """The lines for an account; the first that is open is the next one."""
    home_id, is_connected = session.execute(_THERE, {"account": set_up.account_id}).one()
    urls = {step: _where(step, home_id, set_up.calls_by, is_connected) for step in SetUpStep}
    # what waits for somebody else is not in the way of the rest
    upcoming = sorted(set_up.open_steps, key=lambda step: not urls[step])[:1]
    lines = []
    for step in SetUpStep:
        text, note, action = _said(step, set_up.calls_by)
        lines.append(
            StepLine(
                step=step,
                text=text,
                note=note,
                url=urls[step],
                action=action,
                is_done=step in set_up.done,
                is_skipped=step in set_up.skipped and step not in set_up.done,
                is_next=step in upcoming,
            )
        )
    return Checklist(
        account=set_up.account_public_id,
        must_choose=set_up.calls_by is None,
        lines=tuple(lines),
        done=sum(line.is_done for line in lines),
        total=len(lines),
    )


def once_done() -> set[int]:
    """The accounts that are known to be set up; what they lose later is a card, no step."""
    done: set[int] = current_app.extensions.setdefault("callassist_set_up_done", set())
    return done


def strip() -> Checklist | None:
    """What stands above a host's pages until everything is set up: the way to the next step."""
    if asking.person() is None or request.endpoint not in _WHERE_STEPS_ARE:
        return None
    return open_checklist()


def open_checklist() -> Checklist | None:
    """The checklist of the first account that is not set up yet; None when all are."""
    viewer = asking.host()
    with asking.reading() as session:
        places = [one for one in accounts(session, viewer) if viewer.can_write(one.id)]
        open_one = open_set_up(session, places, asking.now(), once_done())
        return checklist(session, open_one) if open_one else None


def url_if(endpoint: str, **values: str | None) -> str:
    """The address of a page that this service has; "" for one that it has not."""
    if endpoint not in current_app.view_functions or None in values.values():
        return ""
    return current_app.url_for(endpoint, **dict[str, Any](values))


def _where(
    step: SetUpStep, home_id: str | None, calls_by: CallTakers | None, is_connected: bool
) -> str:
    if step is SetUpStep.HOME:
        return url_for("host.new_home")
    if step is SetUpStep.CHANNEL:
        return url_for("people.notifications")
    if step is SetUpStep.TAKERS:
        return _where_takers(calls_by)
    if step is SetUpStep.PRACTICE:
        return url_if("host.practice", home_id=home_id)
    if home_id is None:
        return ""
    if step is SetUpStep.SENSOR and not is_connected:
        return url_for("host.new_connection")
    endpoint = {
        SetUpStep.SENSOR: "host.home_sensors",
        SetUpStep.RULES: "host.home_rules",
        SetUpStep.GUEST: "host.new_stay",
        SetUpStep.CONTACT: "host.new_contact",
    }[step]
    return url_for(endpoint, home_id=home_id)


def _where_takers(calls_by: CallTakers | None) -> str:
    """A desk that works for others is agreed on by the administrator; the rest is the host's."""
    if calls_by is CallTakers.SERVICED:
        return ""
    return url_for("board.crew" if calls_by is CallTakers.OWN_DESK else "host.duty")


def _said(step: SetUpStep, calls_by: CallTakers | None) -> tuple[str, str, str]:
    if step is SetUpStep.TAKERS:
        return _takers(calls_by)
    if step is SetUpStep.RULES:
        return _("Quiet hours and limits"), usual_rules(), _("See the rules")
    text, note, action = _SAID[step]
    return str(text), str(note), str(action)


def usual_rules() -> str:
    """What is kept by one click, in one sentence."""
    rules = service_rules()
    return _(
        "Usually: loud from %(day)s dB, in quiet hours from %(night)s dB, "
        "and a call after %(time)s.",
        day=round(rules.threshold_db),
        night=round(rules.quiet_threshold_db),
        time=times.lasting(rules.cadence.persist_for),
    )


def _takers(calls_by: CallTakers | None) -> tuple[str, str, str]:
    if calls_by is CallTakers.OWN_DESK:
        return (
            _("Operators on the roster"),
            _("Somebody of yours has a shift at the desk."),
            _("Name operators"),
        )
    if calls_by is CallTakers.ON_CALL:
        return (
            _("Who has duty, with a phone number"),
            _("At every hour of the night somebody’s phone can ring."),
            _("Duty rota"),
        )
    return (
        _("A desk that answers for you"),
        _("The administrator of this service agrees it with a desk."),
        "",
    )
