"""Names and times joined to a message's facts when it is sent, never stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import STAFF_KINDS, MessageKind
from callassist.models import Account, Incident, Notification, PhoneRing, Property, Stay
from callassist.notifications.number_pages import number_page
from callassist.notifications.swap_news import swap_facts, swap_page
from callassist.roster.result_links import result_link
from callassist.storage.vault import Vault

_DESK_PAGE = "/desk"


def joined_facts(
    session: Session, vault: Vault, notification: Notification, now: datetime
) -> dict[str, object]:
    """The stored facts with home, guest and zone. A desk's message names colleagues at most."""
    facts: dict[str, object] = {**notification.facts, "now": now.isoformat()}
    if notification.kind == MessageKind.SHIFT_SWAP:
        return facts | swap_facts(session, notification)
    if notification.kind in STAFF_KINDS or notification.account_id is None:
        return facts
    account = session.get_one(Account, notification.account_id)
    home = _home(session, notification)
    facts |= {"timezone": home.timezone if home else account.timezone}
    if home is not None:
        facts["home"] = home.name
    guest = _guest(session, vault, notification)
    if guest is not None:
        facts["guest"] = guest
    if "unheard" in facts:
        facts["unheard"] = _named_homes(session, account.id, facts["unheard"])
    return facts


def link(session: Session, vault: Vault, notification: Notification, public_url: str) -> str:
    """The page that the message leads to."""
    base = public_url.rstrip("/")
    if notification.kind == MessageKind.SHIFT_SWAP:
        return base + swap_page(notification.facts)
    if notification.kind in STAFF_KINDS:
        return base + _DESK_PAGE
    if notification.kind == MessageKind.CALL_RESULT:
        ring = session.get_one(PhoneRing, int(str(notification.facts["ring_id"])))
        return result_link(vault, ring, public_url)
    if notification.kind == MessageKind.CONNECTION_FAILING:
        is_sensor = notification.facts.get("reason") == "sensor_access"
        where = "connections" if is_sensor else "systems"
        return f"{base}/{where}/{notification.facts.get('connection', '')}"
    if notification.kind == MessageKind.WEBHOOK_DISABLED:
        return f"{base}/webhooks/{notification.facts.get('endpoint', '')}"
    if notification.kind == MessageKind.NUMBER_FLAGGED:
        mended = number_page(session, notification)
        if mended:
            return base + mended
    alarm = notification.facts.get("needs_you")
    if alarm:
        return f"{base}/needs-you/{alarm}"
    if notification.incident_id is not None:
        incident = session.get_one(Incident, notification.incident_id)
        return f"{base}/incidents/{incident.public_id}"
    home = _home(session, notification)
    return f"{base}/homes/{home.public_id}" if home else f"{base}/"


def _home(session: Session, notification: Notification) -> Property | None:
    property_id = notification.facts.get("property_id")
    if property_id is None and notification.incident_id is not None:
        property_id = session.get_one(Incident, notification.incident_id).property_id
    home = None if property_id is None else session.get(Property, property_id)
    return home if home is not None and home.account_id == notification.account_id else None


def _guest(session: Session, vault: Vault, notification: Notification) -> str | None:
    stay_id = notification.facts.get("stay_id")
    if stay_id is None and notification.incident_id is not None:
        stay_id = session.get_one(Incident, notification.incident_id).stay_id
    stay = None if stay_id is None else session.get(Stay, stay_id)
    if stay is None or stay.account_id != notification.account_id:
        return None
    if stay.erased_at is not None or stay.guest_name is None:
        return None
    return vault.open(stay.guest_name)


def _named_homes(session: Session, account_id: int, unheard: object) -> list[dict[str, object]]:
    if not isinstance(unheard, list):
        return []
    ids = [one["property_id"] for one in unheard if isinstance(one, Mapping)]
    query = select(Property.id, Property.name)
    query = query.where(Property.id.in_(ids), Property.account_id == account_id)
    names = {row.id: row.name for row in session.execute(query)}
    return [
        {"home": names.get(one["property_id"]), "minutes": one["minutes"]}
        for one in unheard
        if isinstance(one, Mapping)
    ]
