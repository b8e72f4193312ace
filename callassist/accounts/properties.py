"""Homes: what a host says of them, and pausing and archiving them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.domain.language import plain_language
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Account, Policy, Property

LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class PropertyInput:
    """A home as typed; None leaves a value as it is.

    `call_name` and `host_spoken_name` are what operators may say; `policy` is the public id of a
    preset of the account, "" for the service's default rules.
    """

    name: str | None = None
    timezone: str | None = None
    country: str | None = None
    language: str | None = None
    call_name: str | None = None
    show_call_name_to_guest: bool | None = None
    host_spoken_name: str | None = None
    host_only: bool | None = None
    policy: str | None = None


def create_property(
    session: Session, viewer: Viewer, account: Account, typed: PropertyInput, *, now: datetime
) -> Property:
    """A new home; name, timezone (IANA) and country (ISO) are needed. InvalidInput names more."""
    viewer.require_write(account.id)
    for field in ("name", "timezone", "country"):
        if not getattr(typed, field):
            raise InvalidInput("must not be empty", field)
    home = Property(
        account_id=account.id,
        name="",
        call_name="",
        host_spoken_name="",
        timezone="UTC",
        country="",
        language=account.language,
        show_call_name_to_guest=False,
        host_only=False,
        created_at=now,
    )
    _apply(session, home, typed)
    session.add(home)
    session.flush()
    return home


def update_property(
    session: Session, viewer: Viewer, public_id: str, typed: PropertyInput
) -> Property:
    """Change what is said of a home; a breach that runs keeps the rules it began with."""
    home = _writable(session, viewer, public_id)
    _apply(session, home, typed)
    session.flush()
    return home


def find_property(session: Session, viewer: Viewer, public_id: str) -> Property:
    """A home of one of the viewer's accounts; NotFound for anything else."""
    home = session.scalars(select(Property).where(Property.public_id == public_id)).first()
    if home is None or not (viewer.is_admin or home.account_id in viewer.account_ids):
        raise NotFound("no such home")
    return home


def properties(
    session: Session, viewer: Viewer, account_id: int | None = None, *, archived: bool = False
) -> list[Property]:
    """The viewer's homes by name; of one account when given; archived ones only when asked."""
    query = select(Property).order_by(Property.name, Property.id)
    if not viewer.is_admin:
        query = query.where(Property.account_id.in_(viewer.account_ids))
    if account_id is not None:
        query = query.where(Property.account_id == account_id)
    if not archived:
        query = query.where(Property.archived_at.is_(None))
    return list(session.scalars(query))


def pause_property(
    session: Session,
    viewer: Viewer,
    public_id: str,
    until: datetime,
    *,
    now: datetime,
    reason: str = "",
) -> Property:
    """No incident opens for this home until then, and it shows as not covered (DESIGN 3.2).

    InvalidInput unless the end lies in the future, at most 366 days away.
    """
    home = _writable(session, viewer, public_id)
    if until.tzinfo is None:
        raise InvalidInput("say the zone, like 2026-08-02T08:00:00Z", "until")
    if until <= now:
        raise InvalidInput("the pause must end in the future", "until")
    if until - now > LONGEST_PAUSE:
        raise InvalidInput("at most 366 days; archive the home instead", "until")
    home.pause_reason = checks.line(reason, "reason", required=False) or None
    home.paused_from, home.paused_until = now, until
    session.flush()
    return home


def end_pause(session: Session, viewer: Viewer, public_id: str, *, now: datetime) -> Property:
    """Watch the home again from now; one that is not paused stays as it is."""
    home = _writable(session, viewer, public_id)
    if is_paused(home, now):
        home.paused_until = now
        session.flush()
    return home


def is_paused(home: Property, now: datetime) -> bool:
    """Whether the host has paused the home at `now`."""
    if home.paused_from is None or home.paused_until is None:
        return False
    return home.paused_from <= now < home.paused_until


def archive_property(
    session: Session, viewer: Viewer, public_id: str, *, now: datetime
) -> Property:
    """Take a home out of use; its incidents and reports stay. Asking twice is fine."""
    home = find_property(session, viewer, public_id)
    viewer.require_write(home.account_id)
    if home.archived_at is None:
        home.archived_at = now
    session.flush()
    return home


def restore_property(session: Session, viewer: Viewer, public_id: str) -> Property:
    """Put an archived home back into use."""
    home = find_property(session, viewer, public_id)
    viewer.require_write(home.account_id)
    home.archived_at = None
    session.flush()
    return home


def _writable(session: Session, viewer: Viewer, public_id: str) -> Property:
    home = find_property(session, viewer, public_id)
    viewer.require_write(home.account_id)
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it first")
    return home


def _apply(session: Session, home: Property, typed: PropertyInput) -> None:
    if typed.name is not None:
        home.name = checks.line(typed.name, "name")
    if typed.timezone is not None:
        home.timezone = checks.zone(typed.timezone)
    if typed.country is not None:
        home.country = checks.country(typed.country)
    if typed.language is not None:
        home.language = plain_language(typed.language)
    if typed.call_name is not None:
        home.call_name = checks.line(typed.call_name, "call_name", required=False)
    if typed.host_spoken_name is not None:
        home.host_spoken_name = checks.line(
            typed.host_spoken_name, "host_spoken_name", required=False
        )
    if typed.show_call_name_to_guest is not None:
        home.show_call_name_to_guest = typed.show_call_name_to_guest
    if typed.host_only is not None:
        home.host_only = typed.host_only
    if typed.policy is not None:
        home.policy_id = _policy_id(session, home, typed.policy)


def _policy_id(session: Session, home: Property, public_id: str) -> int | None:
    if not public_id:
        return None
    query = select(Policy.id).where(
        Policy.public_id == public_id, Policy.account_id == home.account_id
    )
    policy_id = session.scalar(query)
    if policy_id is None:
        raise InvalidInput("this account has no such policy", "policy")
    return policy_id
