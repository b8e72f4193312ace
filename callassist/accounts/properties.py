"""Homes: what a host says of them, and pausing and archiving them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.home_labels import LONGEST_LOCATION, AccountWords
from callassist.domain.language import plain_language
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Account, Property

UNCHOSEN_ZONE = "UTC"  # of an account that was added without one
LONGEST_PAUSE = timedelta(days=366)
# what can be typed of a home, and how each is checked
TEXTS: Mapping[str, Callable[[str], str]] = {
    "name": lambda text: checks.line(text, "name"),
    "timezone": checks.zone,
    "country": checks.country,
    "language": plain_language,
    "location": lambda text: checks.line(text, "location", LONGEST_LOCATION, required=False),
    "call_name": lambda text: checks.line(text, "call_name", required=False),
    "host_spoken_name": lambda text: checks.line(text, "host_spoken_name", required=False),
}
NEEDED = ("name", "timezone", "country")
_SWITCHES = ("show_call_name_to_guest", "host_only")


@dataclass(frozen=True, kw_only=True)
class PropertyInput:
    """A home as typed; None leaves a value as it is.

    `call_name` and `host_spoken_name` are what operators may say; `location` and `tags` are for the
    host's own lists. `policy` is the public id of a preset of the account, "" for the service's
    default rules.
    """

    name: str | None = None
    timezone: str | None = None
    country: str | None = None
    language: str | None = None
    location: str | None = None
    tags: Sequence[str] | None = None
    call_name: str | None = None
    show_call_name_to_guest: bool | None = None
    host_spoken_name: str | None = None
    host_only: bool | None = None
    policy: str | None = None


def create_property(
    session: Session, viewer: Viewer, account: Account, typed: PropertyInput, *, now: datetime
) -> Property:
    """A new home; name, timezone (IANA) and country (ISO) are needed. InvalidInput names more."""
    return create_properties(session, viewer, account, [typed], now=now)[0]


def create_properties(
    session: Session,
    viewer: Viewer,
    account: Account,
    typed: Iterable[PropertyInput],
    *,
    now: datetime,
) -> list[Property]:
    """Several new homes of one account, or none of them.

    An account whose zone nobody has chosen gets that of its first home: its nights are there.
    """
    viewer.require_write(account.id)
    words = AccountWords(session, account.id)
    homes = [_new(account, each, words, now) for each in typed]
    if homes and account.timezone == UNCHOSEN_ZONE and not _has_home(session, account):
        account.timezone = homes[0].timezone
    session.add_all(homes)
    session.flush()
    return homes


def update_property(
    session: Session, viewer: Viewer, public_id: str, typed: PropertyInput
) -> Property:
    """Change what is said of a home; a breach that runs keeps the rules it began with."""
    home = _writable(session, viewer, public_id)
    _apply(home, typed, AccountWords(session, home.account_id))
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


def _has_home(session: Session, account: Account) -> bool:
    return bool(session.scalar(select(exists().where(Property.account_id == account.id))))


def _writable(session: Session, viewer: Viewer, public_id: str) -> Property:
    home = find_property(session, viewer, public_id)
    viewer.require_write(home.account_id)
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it first")
    return home


def _new(account: Account, typed: PropertyInput, words: AccountWords, now: datetime) -> Property:
    for field in NEEDED:
        if not getattr(typed, field):
            raise InvalidInput("must not be empty", field)
    home = Property(
        account_id=account.id,
        name="",
        location="",
        call_name="",
        host_spoken_name="",
        timezone="UTC",
        country="",
        language=account.language,
        show_call_name_to_guest=False,
        host_only=False,
        created_at=now,
    )
    _apply(home, typed, words)
    return home


def _apply(home: Property, typed: PropertyInput, words: AccountWords) -> None:
    for field, checked in TEXTS.items():
        text = getattr(typed, field)
        if text is not None:
            setattr(home, field, checked(text))
    for field in _SWITCHES:
        chosen = getattr(typed, field)
        if chosen is not None:
            setattr(home, field, chosen)
    if typed.tags is not None:
        words.put_tags(home, typed.tags)
    if typed.policy is not None:
        home.policy_id = words.preset_id(typed.policy)
