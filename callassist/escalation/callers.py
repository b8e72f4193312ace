"""Who phones us: a guest or a host about whom something is going on, or was a few hours ago."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party, TaskState
from callassist.domain.own_network import is_own, name_of
from callassist.domain.phoning_back import Caller
from callassist.escalation.context import Escalation
from callassist.escalation.incoming_ring import holder_of
from callassist.escalation.joined import leader_of
from callassist.escalation.moves import state_of
from callassist.escalation.of_a_number import incidents_of_number, stay_number_of
from callassist.escalation.tasks import open_task
from callassist.models import Account, CallTask, HostContact, Incident, OwnNetwork, Stay


@dataclass(frozen=True, kw_only=True)
class Known:
    """A caller whom we know, and the incident that they mean."""

    incident: Incident
    party: Party
    language: str
    stay_number_id: int | None = None
    host_contact_id: int | None = None


def known_caller(
    session: Session, ctx: Escalation, provider: str, indexes: Collection[str], now: datetime
) -> Known | None:
    """The guest or host with this number; None for everybody else.

    Of several incidents the one whose operator can be reached comes first. A number that proved to
    be somebody else's is nobody's. Over an account's own network only that account is known.
    """
    only = _account_of(session, provider)
    found = [*_guests(session, ctx, indexes, now), *_hosts(session, ctx, indexes, now)]
    if is_own(provider):
        found = [one for one in found if one.incident.account_id == only]
    reachable = (
        one for one in found if caller_now(session, ctx, one, now, is_often=False).can_reach
    )
    first = next(reachable, None)
    return first or next(iter(found), None)


def caller_now(
    session: Session, ctx: Escalation, known: Known, now: datetime, *, is_often: bool
) -> Caller:
    """What decides about the call at this moment."""
    task = task_about(session, known.incident)
    holder = holder_of(session, ctx, task, now) if task is not None else None
    return Caller(
        party=known.party,
        state=state_of(known.incident),
        task_party=Party(task.party) if task else None,
        is_taken=task is not None and task.state != TaskState.PENDING,
        can_reach=holder is not None and task is not None and task.party == known.party,
        is_often=is_often,
    )


def task_about(session: Session, incident: Incident) -> CallTask | None:
    """The open call task about an incident: its own, or that of the one it joined."""
    leader = leader_of(session, incident)
    return open_task(session, incident.id if leader is None else leader.id)


def _guests(
    session: Session, ctx: Escalation, indexes: Collection[str], now: datetime
) -> list[Known]:
    found: list[Known] = []
    for incident in incidents_of_number(session, ctx, indexes, now):
        number = stay_number_of(session, incident, indexes)
        if number is None or number.flagged_at is not None:
            continue
        stay = session.get_one(Stay, number.stay_id)
        found.append(
            Known(
                incident=incident,
                party=Party.GUEST,
                language=stay.language or incident.language,
                stay_number_id=number.id,
            )
        )
    return found


def _hosts(
    session: Session, ctx: Escalation, indexes: Collection[str], now: datetime
) -> list[Known]:
    rows = session.execute(
        select(Incident, HostContact)
        .join(HostContact, HostContact.property_id == Incident.property_id)
        .where(
            HostContact.phone_index.in_(indexes),
            HostContact.flagged_at.is_(None),
            Incident.practice.is_(False),
            Incident.shadow.is_(False),
            Incident.closed_at.is_(None) | (Incident.closed_at > now - ctx.settings.means_last_for),
        )
        .order_by(Incident.closed_at.is_not(None), Incident.opened_at.desc(), Incident.id.desc())
    )
    return [
        Known(
            incident=incident,
            party=Party.HOST,
            language=next(iter(contact.languages), "en"),
            host_contact_id=contact.id,
        )
        for incident, contact in rows
    ]


def _account_of(session: Session, provider: str) -> int | None:
    if not is_own(provider):
        return None
    networks = select(OwnNetwork).join(Account, Account.id == OwnNetwork.account_id)
    named = (one for one in session.scalars(networks) if name_of(one.public_id) == provider)
    return next((one.account_id for one in named), None)
