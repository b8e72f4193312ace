"""Which desk serves an account, where it is, and how its chief is reached."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from callassist.models import Account, Desk, Operator, ServiceAgreement
from callassist.storage.vault import Vault

_AGREEMENT = (
    select(ServiceAgreement)
    .where(
        ServiceAgreement.account_id == bindparam("account"),
        ServiceAgreement.starts_at <= bindparam("now"),
        or_(ServiceAgreement.ends_at.is_(None), ServiceAgreement.ends_at > bindparam("now")),
    )
    .order_by(ServiceAgreement.starts_at.desc(), ServiceAgreement.id.desc())
    .limit(1)
)
_OWN_DESK = select(Desk).where(Desk.account_id == bindparam("account")).order_by(Desk.id).limit(1)


def agreement_for(session: Session, account_id: int, now: datetime) -> ServiceAgreement | None:
    """The service agreement in force; of several, the one that began last."""
    return session.scalars(_AGREEMENT, {"account": account_id, "now": now}).first()


def desk_for(session: Session, account_id: int, now: datetime) -> Desk | None:
    """The desk of the agreement in force, else the account's own desk, else None."""
    agreement = agreement_for(session, account_id, now)
    if agreement is not None:
        return session.get(Desk, agreement.desk_id)
    return session.scalars(_OWN_DESK, {"account": account_id}).first()


def desk_zone(session: Session, desk: Desk) -> ZoneInfo:
    """The local time of a desk: of the account that owns it, else of the first that it serves."""
    owned = select(Account.timezone).where(Account.id == desk.account_id)
    served = (
        select(Account.timezone)
        .join(ServiceAgreement, ServiceAgreement.account_id == Account.id)
        .where(ServiceAgreement.desk_id == desk.id)
        .order_by(ServiceAgreement.id)
        .limit(1)
    )
    name = session.scalar(owned if desk.account_id is not None else served)
    return ZoneInfo(name or "UTC")


def desk_duty_phone(session: Session, vault: Vault, desk_id: int) -> str | None:
    """E.164 number rung when no supervisor of the desk is on shift; None when none is set."""
    sealed = session.scalar(select(Desk.duty_phone).where(Desk.id == desk_id))
    return None if sealed is None else vault.open(sealed)


def speaks(operator: Operator, language: str) -> bool:
    """Whether the operator takes calls in `language`; a region ("fr-CA") does not matter."""
    wanted = language.partition("-")[0].lower()
    return any(str(spoken).partition("-")[0].lower() == wanted for spoken in operator.languages)


def lock_roster(session: Session, desk_id: int) -> None:
    """Serialise changes of a desk's shifts until the end of the transaction."""
    session.execute(select(Desk.id).where(Desk.id == desk_id).with_for_update())
