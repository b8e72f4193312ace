"""Permission for automatic messages: who gave it, when, with which words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.domain.consent import Channel, GivenBy
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Consent, Stay
from callassist.stays.lookup import find_stay

# the number of a permission for a booking whose platform hides it: for its conversation only
WITHOUT_NUMBER = ""


@dataclass(frozen=True, kw_only=True)
class ConsentInput:
    """A permission as recorded: `text` is what the guest agreed to, word for word."""

    channel: str
    text: str
    given_by: str
    source: str


def give_consent(
    session: Session,
    viewer: Viewer,
    stay_public_id: str,
    typed: ConsentInput,
    *,
    now: datetime,
    number_position: int = 1,
) -> Consent:
    """Record a permission for one number (by its place, from 1) of one of the viewer's stays.

    A stay without any number can have one for written messages: they go into its booking's
    conversation, where there is one.
    """
    stay = find_stay(session, viewer, stay_public_id)
    viewer.require_write(stay.account_id)
    number = next((one for one in stay.numbers if one.position == number_position), None)
    is_of_booking = not stay.numbers and typed.channel == Channel.SMS and number_position == 1
    if number is None and not is_of_booking:
        raise InvalidInput("this stay has no such number; add the number first", "number")
    _check(typed)
    consent = Consent(
        account_id=stay.account_id,
        stay_id=stay.id,
        number_index=WITHOUT_NUMBER if number is None else number.number_index,
        channel=typed.channel,
        text=typed.text.strip(),
        given_by=typed.given_by,
        source=typed.source.strip(),
        given_at=now,
    )
    session.add(consent)
    session.flush()
    return consent


def withdraw_consent(
    session: Session, viewer: Viewer, consent_public_id: str, now: datetime
) -> Consent:
    """End a permission; asking twice is fine."""
    consent = session.scalars(select(Consent).where(Consent.public_id == consent_public_id)).first()
    if consent is None or not (viewer.is_admin or consent.account_id in viewer.account_ids):
        raise NotFound("no such consent")
    viewer.require_write(consent.account_id)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = now
    session.flush()
    return consent


def consent_for(
    session: Session,
    account_id: int,
    stay_id: int,
    number_indexes: Collection[str],
    channel: Channel,
) -> Consent | None:
    """The permission in force for a number (all of `vault.indexes(e164)`), given to this account
    for this stay or in general."""
    given = (
        select(Consent)
        .where(
            Consent.number_index.in_(number_indexes),
            Consent.account_id == account_id,
            Consent.channel == channel,
            Consent.withdrawn_at.is_(None),
            or_(Consent.stay_id == stay_id, Consent.stay_id.is_(None)),
        )
        .order_by(Consent.given_at.desc())
    )
    return session.scalars(given.limit(1)).first()


def booking_consents(session: Session, stay: Stay) -> list[Consent]:
    """Permissions of a stay that are for no number, withdrawn ones too."""
    query = select(Consent).where(
        Consent.stay_id == stay.id, Consent.number_index == WITHOUT_NUMBER
    )
    return list(session.scalars(query.order_by(Consent.id)))


def consents(session: Session, viewer: Viewer, stay_public_id: str) -> list[Consent]:
    """Every permission recorded for one of the viewer's stays, newest first."""
    stay = find_stay(session, viewer, stay_public_id)
    recorded = select(Consent).where(Consent.stay_id == stay.id)
    return list(session.scalars(recorded.order_by(Consent.given_at.desc(), Consent.id.desc())))


def _check(typed: ConsentInput) -> None:
    if typed.channel not in {str(one) for one in Channel}:
        raise InvalidInput("use sms or voice", "channel")
    if typed.given_by not in {str(one) for one in GivenBy}:
        raise InvalidInput("use host, booking or guest", "given_by")
    for name, value in (("text", typed.text), ("source", typed.source)):
        if not value.strip():
            raise InvalidInput("say what was agreed to, and where it can be seen", name)
        if len(value.strip()) > 255:
            raise InvalidInput("at most 255 characters", name)
