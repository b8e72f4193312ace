"""Secret addresses of a desk: its wallboard, its shifts as a calendar. Only hashes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.domain.supervision import LinkKind
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Desk, DeskLink, Operator
from callassist.roster.calendar_address import new_token, token_hash


@dataclass(frozen=True)
class OpenedLink:
    """What a secret address leads to; `operator` None: everybody of the desk."""

    desk: Desk
    operator: Operator | None


def make_desk_link(
    session: Session,
    viewer: Viewer,
    desk: Desk,
    kind: LinkKind,
    *,
    now: datetime,
    operator: Operator | None = None,
) -> str:
    """The token of a new address; it cannot be read again. One's own shifts need no supervisor."""
    if operator is None or operator.id not in viewer.operator_ids:
        viewer.require_run_desk(desk.id, desk.account_id)
    token = new_token()
    session.add(
        DeskLink(
            desk_id=desk.id,
            kind=str(kind),
            operator_id=None if operator is None else operator.id,
            token_hash=token_hash(token),
            created_at=now,
        )
    )
    session.flush()
    return token


def desk_links(session: Session, desk: Desk, kind: LinkKind) -> list[DeskLink]:
    """The addresses of a whole desk that work, the newest first."""
    query = (
        select(DeskLink)
        .where(
            DeskLink.desk_id == desk.id,
            DeskLink.kind == str(kind),
            DeskLink.operator_id.is_(None),
            DeskLink.revoked_at.is_(None),
        )
        .order_by(DeskLink.id.desc())
    )
    return list(session.scalars(query))


def desk_of_link(session: Session, token: str, kind: LinkKind) -> OpenedLink | None:
    """Where an address leads; None when it never was one, was revoked, or its operator left."""
    query = (
        select(DeskLink, Desk, Operator)
        .join(Desk, Desk.id == DeskLink.desk_id)
        .outerjoin(Operator, Operator.id == DeskLink.operator_id)
        .where(
            DeskLink.token_hash == token_hash(token),
            DeskLink.kind == str(kind),
            DeskLink.revoked_at.is_(None),
            or_(DeskLink.operator_id.is_(None), Operator.active.is_(True)),
        )
    )
    row = session.execute(query).first()
    return None if row is None else OpenedLink(row[1], row[2])


def revoke_desk_link(session: Session, viewer: Viewer, public_id: str, *, now: datetime) -> None:
    """Make an address stop working; NotFound for one of a desk that the viewer does not run."""
    query = (
        select(DeskLink, Desk)
        .join(Desk, Desk.id == DeskLink.desk_id)
        .where(DeskLink.public_id == public_id)
    )
    row = session.execute(query).first()
    if row is None or not viewer.runs_desk(row[1].id, row[1].account_id):
        raise NotFound("no such address")
    row[0].revoked_at = row[0].revoked_at or now
    session.flush()
