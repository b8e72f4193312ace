"""Whether a guest gets automatic texts and calls tonight, or why not (DESIGN 3.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from callassist import stays
from callassist.bootstrap import Service
from callassist.domain.consent import Channel, Reason
from callassist.domain.policy import EscalationPolicy
from callassist.domain.spending import Spending
from callassist.escalation.barred import barred
from callassist.escalation.budgets import may_spend_now
from callassist.models import Property
from callassist.web.pages.times import time_of_day
from callassist.web.translate import gettext as _


def automatic_tonight(
    session: Session, service: Service, home: Property, rules: EscalationPolicy, now: datetime
) -> str:
    """A sentence for the home's page."""
    if not rules.ladder_enabled:
        return _("Automatic messages tonight: no, the rules of this home do not ask for any.")
    if home.shadow_since is not None:
        return _("Automatic messages tonight: no, the home is in shadow mode.")
    why_no_text = _why_no_text(session, service, home, now)
    if why_no_text:
        if _in_conversation(session, service, home, now):
            return _("Automatic messages tonight: yes, in the booking’s conversation.")
        return why_no_text
    hours = service.escalation.hours
    if Channel.SMS in hours.running_stay:
        return _("Automatic messages tonight: yes, at any hour.")
    window = hours.window(home.country, Channel.SMS)
    return _(
        "Automatic messages tonight: yes, between %(opens)s and %(closes)s; not at other hours.",
        opens=time_of_day(window.opens),
        closes=time_of_day(window.closes),
    )


def _why_no_text(session: Session, service: Service, home: Property, now: datetime) -> str:
    if service.telephony.texting is None:
        return _("Automatic messages tonight: no, this service cannot send texts.")
    reason = _reason(session, service, home, Channel.SMS, now)
    if reason is not Reason.ALLOWED:
        return _not_because(reason)
    stay = stays.staying_now(session, home.id, now)
    if stay is not None and stay.id in barred(session, [home.account_id], [stay.id]).stays:
        return _("Automatic messages tonight: no, your settings leave the guest’s country out.")
    escalation = service.escalation
    if not may_spend_now(session, escalation, home.account_id, Spending.TEXT, now).allowed:
        return _("Automatic messages tonight: no, the cap on phone costs is reached.")
    return ""


def _in_conversation(session: Session, service: Service, home: Property, now: datetime) -> bool:
    """Whether the guest can be written to in the booking all the same."""
    own, stay = service.escalation, stays.staying_now(session, home.id, now)
    if stay is None or own.conversations.connection_of(session, stay.id) is None:
        return False
    decision = stays.conversation_contact(session, own.vault, own.hours, home, stay, now=now)
    return decision.allowed or decision.reason is Reason.OUTSIDE_HOURS


def automatic_call_tonight(
    session: Session, service: Service, home: Property, rules: EscalationPolicy, now: datetime
) -> str:
    """The same about the voice that phones the guest when nobody takes the call."""
    if not rules.automatic_call:
        return _("Automatic call when no operator is free: no, the rules of this home turn it off.")
    if service.escalation.network_for(home.account_id).bridge is None:
        return _("Automatic call when no operator is free: no, this phone network cannot speak.")
    if home.shadow_since is not None:
        return _("Automatic call when no operator is free: no, the home is in shadow mode.")
    reason = _reason(session, service, home, Channel.VOICE, now)
    if reason is Reason.NO_CONSENT:
        return _("Automatic call when no operator is free: no, the guest has not agreed to it.")
    if reason is Reason.STOPPED:
        return _("Automatic call when no operator is free: no, the guest stopped such calls.")
    if reason is not Reason.ALLOWED:
        return _("Automatic call when no operator is free: no, no guest can be phoned now.")
    if not may_spend_now(session, service.escalation, home.account_id, Spending.VOICE, now).allowed:
        return _("Automatic call when no operator is free: no, the cap on phone costs is reached.")
    hours = service.escalation.hours
    if Channel.VOICE in hours.running_stay:
        return _("Automatic call when no operator is free: yes, at any hour.")
    window = hours.window(home.country, Channel.VOICE)
    return _(
        "Automatic call when no operator is free: yes, between %(opens)s and %(closes)s.",
        opens=time_of_day(window.opens),
        closes=time_of_day(window.closes),
    )


def _reason(
    session: Session, service: Service, home: Property, channel: Channel, now: datetime
) -> Reason:
    """Whatever the hour is now."""
    hours = service.escalation.hours
    return stays.automatic_contact(
        session,
        service.vault,
        replace(hours, running_stay=frozenset(Channel)),
        home,
        stays.staying_now(session, home.id, now),
        channel,
        now=now,
    ).reason


def _not_because(reason: Reason) -> str:
    if reason is Reason.NO_CONSENT:
        return _("Automatic messages tonight: no, the guest has not agreed to any.")
    if reason is Reason.STOPPED:
        return _("Automatic messages tonight: no, the guest stopped them.")
    if reason is Reason.DO_NOT_CALL:
        return _("Automatic messages tonight: no, the guest does not want to be phoned.")
    return _("Automatic messages tonight: no, nobody with a number that works stays there now.")
