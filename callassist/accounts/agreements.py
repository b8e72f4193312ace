"""Service agreements: which desk serves an account, from when to when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import Account, Desk, ServiceAgreement


def agree(
    session: Session,
    viewer: Viewer,
    desk: Desk,
    account: Account,
    *,
    starts_at: datetime,
    ends_at: datetime | None = None,
    show_call_name_to_guest_desk: bool = False,
) -> ServiceAgreement:
    """Let a desk serve an account; takes somebody who may speak for both, or an admin.

    Of several agreements in force the one that began last counts.
    """
    if not (viewer.can_write(account.id) and viewer.supervises(desk.id)):
        raise Forbidden("an agreement binds the account and the desk; ask an administrator")
    _check_span(starts_at, ends_at)
    agreement = ServiceAgreement(
        desk_id=desk.id,
        account_id=account.id,
        starts_at=starts_at,
        ends_at=ends_at,
        show_call_name_to_guest_desk=show_call_name_to_guest_desk,
    )
    session.add(agreement)
    session.flush()
    return agreement


def end_agreement(
    session: Session, viewer: Viewer, public_id: str, ends_at: datetime
) -> ServiceAgreement:
    """End an agreement at an instant; either side may."""
    agreement = session.scalars(
        select(ServiceAgreement).where(ServiceAgreement.public_id == public_id)
    ).first()
    if agreement is None or not _sees(session, viewer, agreement):
        raise NotFound("no such service agreement")
    if not (viewer.can_write(agreement.account_id) or viewer.supervises(agreement.desk_id)):
        raise Forbidden("only the account or the desk's supervisor may end it")
    _check_span(agreement.starts_at, ends_at)
    agreement.ends_at = ends_at
    session.flush()
    return agreement


def agreements(session: Session, viewer: Viewer) -> list[ServiceAgreement]:
    """Every agreement of the viewer's accounts and desks, newest first."""
    query = select(ServiceAgreement).order_by(
        ServiceAgreement.starts_at.desc(), ServiceAgreement.id.desc()
    )
    if not viewer.is_admin:
        query = query.where(
            or_(
                ServiceAgreement.account_id.in_(viewer.account_ids),
                ServiceAgreement.desk_id.in_(viewer.desk_ids),
            )
        )
    return list(session.scalars(query))


def _sees(session: Session, viewer: Viewer, agreement: ServiceAgreement) -> bool:
    desk = session.get_one(Desk, agreement.desk_id)
    return agreement.account_id in viewer.account_ids or viewer.sees_desk(desk.id, desk.account_id)


def _check_span(starts_at: datetime, ends_at: datetime | None) -> None:
    for name, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        if instant is not None and instant.tzinfo is None:
            raise InvalidInput("say the zone, like 2026-08-01T22:00:00Z", name)
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInput("the agreement must end after it starts", "ends_at")
