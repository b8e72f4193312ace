"""A second account of the demo, with nobody at a screen: the phones of its duty rota ring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from callassist import roster, stays
from callassist.accounts.people import add_person, create_account
from callassist.accounts.tokens import issue_token
from callassist.demo.cast import ON_CALL_PHONES, OnCallPhone
from callassist.domain.call_takers import CallTakers
from callassist.domain.viewer import Role, Viewer
from callassist.models import Account, NotificationChannel
from callassist.storage.vault import Vault

ADMIN = Viewer(name="demo", is_admin=True)
EMAIL = "on-call@demo.callassist.invalid"
NIGHT = timedelta(days=2)


def on_call_account(session: Session, vault: Vault, now: datetime) -> tuple[Account, str]:
    """The account with its rota, and a token of its host."""
    account = create_account(session, "Demo On Call", now=now, timezone="America/New_York")
    account.calls_by = str(CallTakers.ON_CALL)
    host = add_person(session, EMAIL, Role.OWNER, now=now, account=account, name="Demo Owner")
    for position, phone in enumerate(ON_CALL_PHONES, start=1):
        roster.add_duty(session, vault, ADMIN, account.id, _duty(phone, position, now))
    session.add(
        NotificationChannel(
            kind="email",
            address=vault.seal(EMAIL),
            address_mask="•••@demo.callassist.invalid",
            language="en",
            muted_kinds=[],
            created_at=now,
            account_id=account.id,
            person_id=host.id,
        )
    )
    token = issue_token(
        session, Role.HOST, now=datetime.now(UTC), account=account, name="demo director"
    )
    return account, token


def may_be_phoned_automatically(session: Session, stay_id: str, now: datetime) -> None:
    """The guest agreed to it when they booked."""
    agreed = stays.ConsentInput(
        channel="voice",
        text="You may call me automatically about noise during my stay.",
        given_by="guest",
        source="house rules of the demo",
    )
    stays.give_consent(session, ADMIN, stay_id, agreed, now=now)


def _duty(phone: OnCallPhone, position: int, now: datetime) -> roster.DutyInput:
    ends = NIGHT if phone.until is None else timedelta(minutes=phone.until)
    return roster.DutyInput(
        name=phone.name,
        phone=phone.number,
        languages=["en"],
        position=position,
        starts_at=now,
        ends_at=now + ends,
    )
