"""Whether a guest gets automatic texts tonight, or the first reason why not (DESIGN 3.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from callassist import stays
from callassist.bootstrap import Service
from callassist.domain.consent import Channel, Reason
from callassist.domain.policy import EscalationPolicy
from callassist.models import Property
from callassist.web.pages.times import time_of_day
from callassist.web.translate import gettext as _


def automatic_tonight(
    session: Session, service: Service, home: Property, rules: EscalationPolicy, now: datetime
) -> str:
    """A sentence for the home's page."""
    if not rules.ladder_enabled:
        return _("Automatic messages tonight: no, the rules of this home do not ask for any.")
    if service.telephony.texting is None:
        return _("Automatic messages tonight: no, this service cannot send texts.")
    if home.shadow_since is not None:
        return _("Automatic messages tonight: no, the home is in shadow mode.")
    hours = service.escalation.hours
    at_any_hour = replace(hours, running_stay=frozenset(Channel))
    decision = stays.automatic_contact(
        session,
        service.vault,
        at_any_hour,
        home,
        stays.staying_now(session, home.id, now),
        Channel.SMS,
        now=now,
    )
    if not decision.allowed:
        return _not_because(decision.reason)
    if Channel.SMS in hours.running_stay:
        return _("Automatic messages tonight: yes, at any hour.")
    window = hours.window(home.country, Channel.SMS)
    return _(
        "Automatic messages tonight: yes, between %(opens)s and %(closes)s; not at other hours.",
        opens=time_of_day(window.opens),
        closes=time_of_day(window.closes),
    )


def _not_because(reason: Reason) -> str:
    if reason is Reason.NO_CONSENT:
        return _("Automatic messages tonight: no, the guest has not agreed to any.")
    if reason is Reason.STOPPED:
        return _("Automatic messages tonight: no, the guest stopped them.")
    if reason is Reason.DO_NOT_CALL:
        return _("Automatic messages tonight: no, the guest does not want to be phoned.")
    return _("Automatic messages tonight: no, nobody with a number that works stays there now.")
