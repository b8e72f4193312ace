"""An account brings its own phone network: typed in, replaced and taken away by its owners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.account_deletion import is_owner
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.dial import DialState
from callassist.domain.own_network import Kind, Typed, checked, name_of
from callassist.domain.phone import parse_number
from callassist.domain.recording import AT_THE_NETWORK
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput
from callassist.models import Account, CallAttempt, OwnNetwork, Recording
from callassist.storage.vault import Vault

TryOut = Callable[[OwnNetwork], None]
_PLAIN = ("kind", "space", "account_sid", "api_key_sid", "application_sid", "messaging_service_sid")
_SECRETS = ("signing_key", "api_key_secret")


def own_network(session: Session, viewer: Viewer, account: Account) -> OwnNetwork | None:
    """The account's own network; Forbidden for whoever is not an owner."""
    _require_owner(viewer, account)
    return _found(session, account)


def draft(
    session: Session, vault: Vault, viewer: Viewer, account: Account, typed: Typed, now: datetime
) -> OwnNetwork:
    """What was typed over what is known, in a row of its own that is not stored: to be tried out.

    InvalidInput names the field; Forbidden for whoever is not an owner.
    """
    known = own_network(session, viewer, account)
    checked(typed, is_known=known is not None)
    # the same at each try: addresses with it are written at the network before it can be kept
    public_id = known.public_id if known else vault.salted(f"network {account.public_id}")[:20]
    row = OwnNetwork(account_id=account.id, public_id=public_id)
    for name in _PLAIN:
        setattr(row, name, getattr(typed, name))
    if typed.kind != Kind.SIGNALWIRE:
        row.space = ""
    row.caller_id = _caller_id(typed.caller_id)
    row.may_fall_back = typed.may_fall_back
    for name in _SECRETS:
        text, before = getattr(typed, name), getattr(known, name, None)
        setattr(row, name, vault.seal(text) if text else before)
    if not typed.api_key_sid:
        row.api_key_secret = None
    if known is not None and not typed.auth_token and known.account_sid != typed.account_sid:
        raise InvalidInput("another account has another token: type it too", "auth_token")
    _set_token(vault, row, known, typed.auth_token)
    row.changed_by, row.changed_at = viewer.person_id, now
    row.checked_at, row.wrong_since, row.wrong = now, None, None
    return row


def keep(
    session: Session, viewer: Viewer, account: Account, tried: OwnNetwork, now: datetime
) -> None:
    """Store what was tried out; calls from now on go over it."""
    known = own_network(session, viewer, account)
    if known is None:
        session.add(tried)
    elif known.public_id != tried.public_id:
        raise Conflict("somebody else changed this meanwhile; look at it again")
    else:
        for column in [one.key for one in OwnNetwork.__table__.columns]:
            if column not in ("id", "public_id", "account_id"):
                setattr(known, column, getattr(tried, column))
    action = TeamAction.OWN_NETWORK_ADDED if known is None else TeamAction.OWN_NETWORK_CHANGED
    note_change(session, viewer, action, now=now, account_id=account.id)


def retire_older_token(session: Session, viewer: Viewer, account: Account, now: datetime) -> None:
    """The older token counts no more; the network has taken it back, or soon will."""
    known = own_network(session, viewer, account)
    if known is None or known.auth_token_secondary is None:
        return
    known.auth_token_secondary = None
    known.changed_by, known.changed_at = viewer.person_id, now
    note_change(session, viewer, TeamAction.OWN_NETWORK_CHANGED, now=now, account_id=account.id)


def take_away(session: Session, viewer: Viewer, account: Account, now: datetime) -> None:
    """Forget the network; Conflict while a call or a recording of it is not settled."""
    known = own_network(session, viewer, account)
    if known is None:
        return
    name = name_of(known.public_id)
    live = select(CallAttempt.id).where(
        CallAttempt.provider == name, CallAttempt.state != DialState.ENDED
    )
    if session.scalar(live.limit(1)) is not None:
        raise Conflict("a call over it is under way; take it away when that has ended")
    there = select(Recording.id).where(
        Recording.provider == name, Recording.state.in_(AT_THE_NETWORK)
    )
    if session.scalar(there.limit(1)) is not None:
        raise Conflict("recordings are still being deleted at it; try again in some minutes")
    session.delete(known)
    note_change(session, viewer, TeamAction.OWN_NETWORK_REMOVED, now=now, account_id=account.id)


def _set_token(vault: Vault, row: OwnNetwork, known: OwnNetwork | None, typed: str) -> None:
    """A new token goes in front; the older one is still accepted until it is retired."""
    if known is None:
        row.auth_token, row.auth_token_secondary = vault.seal(typed), None
        return
    older = known.auth_token_secondary
    if not typed or typed == vault.open(known.auth_token):
        row.auth_token, row.auth_token_secondary = known.auth_token, older
        return
    is_same_account = row.account_sid == known.account_sid
    row.auth_token = vault.seal(typed)
    row.auth_token_secondary = known.auth_token if is_same_account else None


def _caller_id(typed: str) -> str:
    try:
        return parse_number(typed).e164
    except InvalidInput as error:
        raise InvalidInput(error.detail, "caller_id") from None


def _found(session: Session, account: Account) -> OwnNetwork | None:
    return session.scalars(select(OwnNetwork).where(OwnNetwork.account_id == account.id)).first()


def _require_owner(viewer: Viewer, account: Account) -> None:
    if not is_owner(viewer, account.id):
        raise Forbidden("only an owner of the account sees and changes this; ask one")
