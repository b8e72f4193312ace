"""The "Needs you" cards of the first page: each says what, and has one button."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from callassist.accounts.setting_up import SetUp, SetUpStep
from callassist.domain.coverage import MissingPart
from callassist.domain.viewer import Viewer
from callassist.escalation.coverage_of_many import Night
from callassist.models import NeedsYou, NotificationChannel, Sensor
from callassist.stays.arrivals import arriving_unreachable
from callassist.web.pages import home_words, times, words
from callassist.web.pages.host.alarm_lines import alarm_lines
from callassist.web.pages.host.deletion_cards import deletion_cards
from callassist.web.pages.host.home_rows import HomeRow
from callassist.web.pages.host.need import Need
from callassist.web.pages.host.own_roster import OF_A_ROSTER, roster_url
from callassist.web.pages.host.system_cards import system_cards
from callassist.web.pages.host.verdicts import NAMED, Lacking, Verdicts
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_ARRIVING = timedelta(hours=48)
_ACCOUNTS: BindParameter[Any] = bindparam("accounts", expanding=True)
_OFF = select(NotificationChannel.address_mask).where(
    NotificationChannel.account_id.in_(_ACCOUNTS),
    NotificationChannel.person_id == bindparam("person"),
    NotificationChannel.disabled_at.is_not(None),
    NotificationChannel.disabled_reason.is_not(None),
)
_NOWHERE = (
    select(Sensor.id)
    .where(Sensor.account_id.in_(_ACCOUNTS), Sensor.property_id.is_(None))
    .limit(100)
)

# What of it is asked on the checklist anyway, while that is on the page.
_ON_CHECKLIST = {
    MissingPart.SENSOR: SetUpStep.SENSOR,
    MissingPart.STAY: SetUpStep.GUEST,
    MissingPart.GUEST_NUMBER: SetUpStep.GUEST,
    MissingPart.HOST_CONTACT: SetUpStep.CONTACT,
    MissingPart.CHANNEL: SetUpStep.CHANNEL,
    MissingPart.DESK: SetUpStep.TAKERS,
    MissingPart.OPERATOR: SetUpStep.TAKERS,
    MissingPart.OPERATOR_LANGUAGE: SetUpStep.TAKERS,
}
_ICONS = {
    MissingPart.SENSOR: "radio",
    MissingPart.SENSOR_SILENT: "wifi-off",
    MissingPart.STAY: "calendar",
    MissingPart.GUEST_NUMBER: "phone-off",
    MissingPart.GUEST_COUNTRY: "phone-off",
    MissingPart.HOST_CONTACT: "user",
    MissingPart.CHANNEL: "bell-off",
}
# not the host's to mend from here, or chosen by the host
_NO_CARD = {MissingPart.PAUSED, MissingPart.SHADOW, MissingPart.SIMULATED_NETWORK}


def alarm_cards(session: Session, viewer: Viewer, alarms: Iterable[NeedsYou]) -> Iterator[Need]:
    """Alarms that wait for somebody to take them."""
    for one in alarm_lines(session, viewer, alarms):
        incident = url_for("host.incident", incident_id=one.incident_id) if one.incident_id else ""
        yield Need(
            title=one.home or _("You are needed"),
            text=words.of(words.NEEDS, one.reason),
            url=url_for("host.acknowledge", alarm_id=one.alarm_id),
            button=_("I take it"),
            tone="loud",
            icon="octagon-alert",
            acts=True,
            more_url=incident,
            more_text=_("See the incident") if incident else "",
        )


def needs(
    session: Session,
    viewer: Viewer,
    verdicts: Verdicts,
    judged: Mapping[int, Night],
    set_up: SetUp | None,
    now: datetime,
) -> Iterator[Need]:
    """What keeps tonight from being covered, one card for all homes that lack the same."""
    yield from deletion_cards(session, viewer, now)
    asked = {} if set_up is None else dict.fromkeys(set_up.open_steps, set_up)
    for part in MissingPart:
        there = verdicts.lacking(part)
        on_checklist = _ON_CHECKLIST.get(part) in asked and there.amount == len(judged)
        if there.amount and part not in _NO_CARD and not on_checklist:
            yield _missing(session, part, there, judged, now)
    yield from _arriving(session, viewer, judged, now)
    yield from _channels(session, viewer)
    yield from system_cards(session, viewer, now)
    yield from _unpaired(session, viewer)


def _missing(
    session: Session,
    part: MissingPart,
    homes: Lacking,
    judged: Mapping[int, Night],
    now: datetime,
) -> Need:
    said, to_do, _place = words.MISSING[part]
    own = roster_url(session, homes.first[0].account_id) if part in OF_A_ROSTER else ""
    if own:
        to_do = home_words.ON_THE_ROSTER
    return Need(
        title=_named(homes) if part not in home_words.OF_THE_ACCOUNT else str(said),
        text=_silent_since(session, homes.first[0], now)
        if part is MissingPart.SENSOR_SILENT and homes.amount == 1
        else str(to_do if part in home_words.OF_THE_ACCOUNT else said),
        url=own or _where(part, homes, judged),
        button=_("See the roster") if own else str(home_words.MEND[part]),
        tone="watch",
        icon=_ICONS.get(part, "triangle-alert"),
    )


def _where(part: MissingPart, homes: Lacking, judged: Mapping[int, Night]) -> str:
    if part is MissingPart.CHANNEL:
        return url_for("people.notifications")
    if part is MissingPart.GUEST_COUNTRY:
        return url_for("people.spending", _anchor="countries")
    if homes.amount > 1 or part in home_words.OF_THE_ACCOUNT:
        return url_for("host.homes", missing=str(part))
    home = homes.first[0]
    stay = judged[home.id].stay
    if part is MissingPart.GUEST_NUMBER and stay is not None:
        return url_for("host.stay", home_id=home.public_id, stay_id=stay.public_id)
    if part is MissingPart.STAY:
        return url_for("host.new_stay", home_id=home.public_id)
    if part is MissingPart.HOST_CONTACT:
        return url_for("host.new_contact", home_id=home.public_id)
    return url_for("host.home_sensors", home_id=home.public_id)


def _named(homes: Lacking) -> str:
    names = ", ".join(home.name for home in homes.first)
    rest = homes.amount - NAMED
    if rest <= 0:
        return names
    return ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", rest, names=names)


def _silent_since(session: Session, home: HomeRow, now: datetime) -> str:
    query = select(Sensor.last_heard_at).where(Sensor.property_id == home.id)
    heard = [at for at in session.scalars(query) if at is not None]
    if not heard:
        return _("The sensor was never heard. Check its power and its network.")
    since = times.since(max(heard), now, ZoneInfo(home.timezone))
    return _("The sensor is not heard %(since)s. Check its power and its network.", since=since)


def _channels(session: Session, viewer: Viewer) -> Iterator[Need]:
    mine = {"accounts": list(viewer.account_ids), "person": viewer.person_id}
    for address in session.scalars(_OFF, mine):
        yield Need(
            title=_("Messages to %(address)s do not arrive", address=address),
            text=_("We switched this way of telling you off, because its deliveries failed."),
            url=url_for("people.notifications"),
            button=_("Mend it"),
            icon="bell-off",
        )


def _arriving(
    session: Session, viewer: Viewer, judged: Mapping[int, Night], now: datetime
) -> Iterator[Need]:
    """Guests who come soon without a number; tonight's are told of already."""
    tonight = {night.stay.id for night in judged.values() if night.stay is not None}
    found = [
        one
        for one in arriving_unreachable(session, viewer, now, now + _ARRIVING)
        if one.stay.id not in tonight
    ]
    if not found:
        return
    first = found[0]
    yield Need(
        title=ngettext(
            "A guest who arrives soon cannot be called",
            "%(num)s guests who arrive soon cannot be called",
            len(found),
        ),
        text=ngettext(
            "%(home)s, %(at)s: type the number in before they come.",
            "The first is at %(home)s, %(at)s: type the numbers in before they come.",
            len(found),
            home=first.home.name,
            at=times.at(first.stay.check_in_at, now, first.zone),
        ),
        url=url_for("host.arrivals"),
        button=ngettext("Type the number", "Type the numbers", len(found)),
        icon="phone-off",
    )


def _unpaired(session: Session, viewer: Viewer) -> Iterator[Need]:
    count = len(session.scalars(_NOWHERE, {"accounts": list(viewer.account_ids)}).all())
    if count:
        yield Need(
            title=ngettext(
                "%(num)s sensor is in no home yet", "%(num)s sensors are in no home yet", count
            ),
            text=_("It was heard, but nobody has said where it is."),
            url=url_for("host.sensors"),
            button=_("Pair"),
            tone="info",
            icon="radio",
        )
