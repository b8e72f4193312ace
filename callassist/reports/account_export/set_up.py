"""What an account has set up: homes, rules, sensors, people, who is told what, who changed what."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.team import TEAM_ROLES
from callassist.models import (
    Account,
    Digest,
    DutySpan,
    HostContact,
    NotificationChannel,
    OwnNetwork,
    Person,
    Policy,
    PolicyChange,
    Property,
    RoleBinding,
    Sensor,
    SensorConnection,
    TeamChange,
)
from callassist.reports.account_export.source import Row, Source, text_of


def account(source: Source) -> Iterator[list[Row]]:
    """The account itself."""
    with source.sessions.read() as session:
        one = session.get_one(Account, source.account_id)
        own = select(OwnNetwork).where(OwnNetwork.account_id == one.id)
        network = session.scalars(own).first()
        yield [
            {
                "id": one.public_id,
                "name": one.name,
                "language": one.language,
                "timezone": one.timezone,
                "created_at": text_of(one.created_at),
                "calls_taken_by": one.calls_by,
                "calls_recorded_since": text_of(one.records_calls_since),
                "own_phone_network": None if network is None else _network(network),
            }
        ]


def _network(one: OwnNetwork) -> Row:
    """Without its secrets: who takes the archive along has them from the network itself."""
    return {
        "kind": one.kind,
        "account_sid": one.account_sid,
        "caller_id": one.caller_id,
        "api_key_sid": one.api_key_sid,
        "application_sid": one.application_sid,
        "messaging_service_sid": one.messaging_service_sid,
        "may_fall_back": one.may_fall_back,
        "changed_at": text_of(one.changed_at),
    }


def homes(source: Source) -> Iterator[list[Row]]:
    """Homes with their contacts and rules."""

    def made(_session: Session, home: Property) -> Row:
        return {
            "id": home.public_id,
            "name": home.name,
            "location": home.location,
            "tags": [one.tag for one in home.tags],
            "timezone": home.timezone,
            "country": home.country,
            "language": home.language,
            "call_name": home.call_name,
            "call_name_shown_for_guests": home.show_call_name_to_guest,
            "host_spoken_name": home.host_spoken_name,
            "house_rule": home.house_rule,
            "rules": None if home.policy is None else home.policy.public_id,
            "host_only": home.host_only,
            "shadow_since": text_of(home.shadow_since),
            "paused_from": text_of(home.paused_from),
            "paused_until": text_of(home.paused_until),
            "pause_reason": home.pause_reason,
            "archived_at": text_of(home.archived_at),
            "created_at": text_of(home.created_at),
            "contacts": [_contact(source, one) for one in home.contacts],
        }

    query = select(Property).where(Property.account_id == source.account_id)
    return source.pages(query, Property.id, made)


def _contact(source: Source, one: HostContact) -> Row:
    return {
        "name": one.name,
        "phone": source.number(one.phone, one.phone_mask),
        "languages": one.languages,
        "flagged": one.flag_reason,
    }


def rules(source: Source) -> Iterator[list[Row]]:
    """Sets of rules, durations in seconds."""

    def made(_session: Session, policy: Policy) -> Row:
        return {
            "id": policy.public_id,
            "name": policy.name,
            "created_at": text_of(policy.created_at),
            "updated_at": text_of(policy.updated_at),
            "rules": policy.rules,
        }

    query = select(Policy).where(Policy.account_id == source.account_id)
    return source.pages(query, Policy.id, made)


def sensors(source: Source) -> Iterator[list[Row]]:
    """Sensors and the brand that they post as; no address, no secret."""

    def made(session: Session, sensor: Sensor) -> Row:
        connection = session.get_one(SensorConnection, sensor.connection_id)
        home = None if sensor.property_id is None else session.get(Property, sensor.property_id)
        return {
            "id": sensor.public_id,
            "name": sensor.name,
            "sensor": sensor.external_id,
            "home": None if home is None else home.public_id,
            "kind": sensor.kind,
            "reports_every_seconds": sensor.interval_seconds,
            "last_heard_at": text_of(sensor.last_heard_at),
            "brand": connection.adapter,
            "connection": connection.name,
            "created_at": text_of(sensor.created_at),
        }

    query = select(Sensor).where(Sensor.account_id == source.account_id)
    return source.pages(query, Sensor.id, made)


def people(source: Source) -> Iterator[list[Row]]:
    """Who has which role in the account."""

    def made(session: Session, binding: RoleBinding) -> Row:
        person = session.get_one(Person, binding.person_id)
        return {
            "id": person.public_id,
            "name": person.name,
            "email": person.email,
            "role": binding.role,
            "language": person.language,
            "since": text_of(person.created_at),
        }

    query = select(RoleBinding).where(
        RoleBinding.account_id == source.account_id, RoleBinding.role.in_(TEAM_ROLES)
    )
    return source.pages(query, RoleBinding.id, made)


def channels(source: Source) -> Iterator[list[Row]]:
    """Who is told what, where; addresses are masked, they are their owners' own."""

    def made(session: Session, one: NotificationChannel) -> Row:
        person = None if one.person_id is None else session.get(Person, one.person_id)
        return {
            "id": one.public_id,
            "person": None if person is None else person.public_id,
            "kind": one.kind,
            "address": one.address_mask,
            "device": one.label,
            "language": one.language,
            "not_told": one.muted_kinds,
            "told_on_request": one.wanted_kinds,
            "proved_at": text_of(one.proved_at),
            "switched_off_at": text_of(one.disabled_at),
        }

    query = select(NotificationChannel).where(NotificationChannel.account_id == source.account_id)
    return source.pages(query, NotificationChannel.id, made)


def digests(source: Source) -> Iterator[list[Row]]:
    """Who gets figures by e-mail."""

    def made(session: Session, one: Digest) -> Row:
        home = None if one.property_id is None else session.get(Property, one.property_id)
        return {
            "name": one.name,
            "address": source.vault.open(one.address),
            "home": None if home is None else home.public_id,
            "language": one.language,
            "frequency": one.frequency,
            "stopped_at": text_of(one.stopped_at),
            "created_at": text_of(one.created_at),
        }

    query = select(Digest).where(Digest.account_id == source.account_id)
    return source.pages(query, Digest.id, made)


def duty(source: Source) -> Iterator[list[Row]]:
    """The duty rota; telephone numbers stay with the people on it."""

    def made(_session: Session, span: DutySpan) -> Row:
        return {
            "name": span.name,
            "starts_at": text_of(span.starts_at),
            "ends_at": text_of(span.ends_at),
            "position": span.position,
            "languages": " ".join(span.languages),
        }

    query = select(DutySpan).where(DutySpan.account_id == source.account_id)
    return source.pages(query, DutySpan.id, made)


def team_changes(source: Source) -> Iterator[list[Row]]:
    """Who changed what about people, programs and data."""

    def made(session: Session, change: TeamChange) -> Row:
        return {
            "at": text_of(change.at),
            "by": _person(session, change.by_person_id) or change.by,
            "action": change.action,
            "person": _person(session, change.person_id),
            "data": change.data,
        }

    query = select(TeamChange).where(TeamChange.account_id == source.account_id)
    return source.pages(query, TeamChange.id, made)


def rule_changes(source: Source) -> Iterator[list[Row]]:
    """Who changed which set of rules, from what to what."""

    def made(_session: Session, change: PolicyChange) -> Row:
        return {
            "at": text_of(change.at),
            "by": change.by,
            "action": change.action,
            "rules": change.name,
            "before": change.before,
            "after": change.after,
            "undone_at": text_of(change.undone_at),
        }

    query = select(PolicyChange).where(PolicyChange.account_id == source.account_id)
    return source.pages(query, PolicyChange.id, made)


def _person(session: Session, person_id: int | None) -> str | None:
    found = None if person_id is None else session.get(Person, person_id)
    return None if found is None else found.public_id
