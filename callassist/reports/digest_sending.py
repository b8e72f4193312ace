"""Asking for the mails that are due and sending them: each period once to each recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.digest_period import Frequency, latest_period
from callassist.models import Account, Digest, Property
from callassist.outbox import Deliverer, OutboxItem
from callassist.ports.messages import Message, MessageChannel
from callassist.reports.digest_mail import Letterhead, digest_message
from callassist.reports.period import figures
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

TOPIC = "digest"


def ask_for_digests(session: Session, now: datetime) -> int:
    """Put every mail that is due into the outbox, once; how many those are.

    Any number of workers may run this at once: who moves `sent_until` on puts the mail.
    """
    rows = session.execute(
        select(Digest, Account.timezone, Property.timezone.label("home_timezone"))
        .join(Account, Account.id == Digest.account_id)
        .outerjoin(Property, Property.id == Digest.property_id)
        .where(Digest.stopped_at.is_(None), Digest.frequency != Frequency.OFF)
    ).all()
    asked = 0
    for digest, zone, home_zone in rows:
        period = latest_period(Frequency(digest.frequency), now, ZoneInfo(home_zone or zone))
        if period is None or not _moved_on(session, digest, period.due_at):
            continue
        payload = {
            "digest_id": digest.id,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        }
        key = f"{TOPIC}:{digest.public_id}:{period.key}"
        asked += outbox.put(session, TOPIC, key, payload, now=now)
    return asked


def digest_deliverer(
    sessions: Sessions, vault: Vault, channel: MessageChannel, public_url: str
) -> Deliverer:
    """Deliverer of topic `digest` {digest_id, first, last}; who unsubscribed gets nothing."""

    def deliver(item: OutboxItem, now: datetime) -> None:
        with sessions.read() as session:
            made = _letter(session, vault, item, public_url.rstrip("/"), now)
        if made is not None:
            channel.send(*made)

    return deliver


def _moved_on(session: Session, digest: Digest, due_at: datetime) -> bool:
    if digest.sent_until >= due_at:
        return False
    table = Digest.__table__
    moved = session.connection().execute(
        update(Digest)
        .where(table.c.id == digest.id, table.c.sent_until < due_at)
        .values(sent_until=due_at)
    )
    assert isinstance(moved, CursorResult)
    return moved.rowcount == 1


def _letter(
    session: Session, vault: Vault, item: OutboxItem, public_url: str, now: datetime
) -> tuple[str, Message] | None:
    digest = session.get(Digest, int(item.payload["digest_id"]))
    if digest is None or digest.stopped_at is not None or digest.frequency == Frequency.OFF:
        return None
    account = session.get_one(Account, digest.account_id)
    homes = _homes(session, digest)
    first, last = (date.fromisoformat(item.payload[name]) for name in ("first", "last"))
    head = Letterhead(
        account=account.name,
        place=homes[0].name if digest.property_id is not None and homes else account.name,
        url=f"{public_url}/reports?first={first}&last={last}",
        stop_url=f"{public_url}/figures/stop/{vault.open(digest.stop_token)}",
    )
    found = figures(session, homes, first, last, now)
    message = digest_message(found, head, digest.language, item.key)
    return vault.open(digest.address), replace(message, stop_url=head.stop_url)


def _homes(session: Session, digest: Digest) -> Sequence[Property]:
    query = select(Property).where(Property.account_id == digest.account_id)
    if digest.property_id is None:
        query = query.where(Property.archived_at.is_(None))
    else:
        query = query.where(Property.id == digest.property_id)
    return list(session.scalars(query.order_by(Property.name, Property.id)))
