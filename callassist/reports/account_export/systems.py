"""Property-management systems of an account: connections, what they list, what they said."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import (
    PmsConnection,
    PmsListing,
    PmsReservation,
    Property,
    WebhookEndpoint,
)
from callassist.reports.account_export.source import Row, Source, text_of


def connections(source: Source) -> Iterator[list[Row]]:
    """Without credentials: who has them needs no copy from here."""

    def made(session: Session, one: PmsConnection) -> Row:
        return {
            "id": one.public_id,
            "system": one.vendor,
            "name": one.name,
            "account_there": one.account_there,
            "read_completely_at": text_of(one.complete_at),
            "created_at": text_of(one.created_at),
            "paused_at": text_of(one.disabled_at),
        }

    query = select(PmsConnection).where(PmsConnection.account_id == source.account_id)
    return source.pages(query, PmsConnection.id, made)


def listings(source: Source) -> Iterator[list[Row]]:
    """What is let there, and which home it is."""

    def made(session: Session, one: PmsListing) -> Row:
        home = None if one.property_id is None else session.get(Property, one.property_id)
        return {
            "id": one.external_id,
            "system": session.get_one(PmsConnection, one.connection_id).vendor,
            "name": one.name,
            "address": one.address,
            "country": one.country,
            "timezone": one.timezone,
            "check_in": one.check_in,
            "check_out": one.check_out,
            "typed_check_in": one.typed_check_in,
            "typed_check_out": one.typed_check_out,
            "home": None if home is None else home.public_id,
        }

    query = select(PmsListing).where(PmsListing.account_id == source.account_id)
    return source.pages(query, PmsListing.id, made)


def bookings(source: Source) -> Iterator[list[Row]]:
    """What was said of each reservation; its guest only where numbers are not to be masked."""

    def made(session: Session, one: PmsReservation) -> Row:
        said = source.opened(one.said) if source.in_clear else None
        return {
            "id": one.external_id,
            "system": session.get_one(PmsConnection, one.connection_id).vendor,
            "state": one.state,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "channel": one.channel,
            "read_at": text_of(one.read_at),
            "said": None if said is None else json.loads(said),
        }

    query = select(PmsReservation).where(PmsReservation.account_id == source.account_id)
    return source.pages(query, PmsReservation.id, made)


def webhooks(source: Source) -> Iterator[list[Row]]:
    """Addresses that are told what happens, without their keys."""

    def made(session: Session, one: WebhookEndpoint) -> Row:
        return {
            "id": one.public_id,
            "name": one.description,
            "address": one.url_mask,
            "events": " ".join(one.kinds),
            "created_at": text_of(one.created_at),
            "switched_off_at": text_of(one.disabled_at),
        }

    query = select(WebhookEndpoint).where(WebhookEndpoint.account_id == source.account_id)
    return source.pages(query, WebhookEndpoint.id, made)
