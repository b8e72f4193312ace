"""An account's own phone network that refuses us: its owner is told, once each time it breaks.

Its calls then fail as `provider_error`, which costs no attempt. They go over the service's own
network, at the service's cost, only where the owner said so.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.message_kind import MessageKind
from callassist.domain.own_network import PREFIX
from callassist.errors import CallAssistError, TransientError
from callassist.escalation.context import Escalation
from callassist.models import OwnNetwork

REASON = "own_network"


def note_refusal(ctx: Escalation, provider: str, detail: str, now: datetime) -> None:
    """The network refused a call for what is wrong with the account as a whole."""
    with ctx.sessions.write() as session:
        row = _locked(session, provider)
        if row is not None:
            note_wrong(session, row, detail, now)
    ctx.own_networks.forget()


def look_after(ctx: Escalation, now: datetime) -> None:
    """Ask each network about itself; what was wrong and is right again is used again."""
    with ctx.sessions.read() as session:
        names = [PREFIX + one for one in session.scalars(select(OwnNetwork.public_id))]
    for name in names:
        network = ctx.own_networks.named(name)
        if network is None:
            continue
        wrong = ""
        try:
            network.check()
        except TransientError:
            continue  # nobody answered: neither right nor wrong
        except CallAssistError as error:
            wrong = error.detail
        with ctx.sessions.write() as session:
            row = _locked(session, name)
            if row is None:
                continue
            row.checked_at = now
            if wrong:
                note_wrong(session, row, wrong, now)
            else:
                row.wrong_since = row.wrong = None
    if names:
        ctx.own_networks.forget()


def note_wrong(session: Session, row: OwnNetwork, detail: str, now: datetime) -> None:
    """Write it down and tell the account; while it stays wrong, once."""
    is_news = row.wrong_since is None
    row.wrong = detail[:255]
    if not is_news:
        return
    row.wrong_since = now
    key = f"own_network:{row.public_id}:{now.isoformat()}"
    outbox.put(
        session,
        "notify",
        key,
        {
            "kind": str(MessageKind.NEEDS_YOU),
            "account_id": row.account_id,
            "facts": {"reason": REASON, "key": key, "at": now.isoformat()},
        },
        now=now,
    )


def _locked(session: Session, provider: str) -> OwnNetwork | None:
    return session.scalars(
        select(OwnNetwork)
        .where(OwnNetwork.public_id == provider.removeprefix(PREFIX))
        .with_for_update()
    ).first()
