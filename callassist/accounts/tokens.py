"""Bearer tokens for programs: shown once, stored as SHA-256, bound to one place."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.desks import new_operator, own_desk
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import Account, ApiToken, Desk, Operator

SCOPES = (Role.HOST, Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
_DESK_SCOPES = frozenset({Role.OPERATOR, Role.SUPERVISOR})
PREFIX = "ca_"  # so that secret scanners and people recognise one
_USE_NOTED_EVERY = timedelta(hours=1)  # writing it down for each request would cost a commit


def issue_token(
    session: Session,
    scope: Role,
    *,
    now: datetime,
    account: Account | None = None,
    desk: Desk | None = None,
    operator: Operator | None = None,
    name: str = "",
    expires_at: datetime | None = None,
) -> str:
    """A new token's text, which is kept nowhere; `now` is real time.

    Scope host needs an account. Supervisor and operator need a desk, or take the account's own
    desk. An operator's token without an operator makes one with the token's name.
    """
    if scope not in SCOPES:
        raise InvalidInput("use host, operator, supervisor or admin", "scope")
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("must be in the future", "expires_at")
    label = checks.line(name or f"{scope} token", "name")
    if scope is Role.HOST and account is None:
        raise InvalidInput("say for which account", "account")
    if scope in _DESK_SCOPES:
        desk = _desk(session, account, desk, operator, now)
        account = None
        if scope is Role.OPERATOR and operator is None:
            operator = _new_operator(session, desk, label, now)
    else:
        desk = operator = None
        account = account if scope is Role.HOST else None
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(name=label, token_hash=_hash(text), scope=scope, created_at=now)
    row.account_id = None if account is None else account.id
    row.desk_id = None if desk is None else desk.id
    row.operator_id = None if operator is None else operator.id
    row.expires_at = expires_at
    session.add(row)
    session.flush()
    return text


def _new_operator(session: Session, desk: Desk, label: str, now: datetime) -> Operator:
    return new_operator(
        session,
        desk,
        name=label,
        desk_name=label[:64],
        languages=desk.languages,
        person_id=None,
        now=now,
    )


def issue_token_as(
    session: Session,
    viewer: Viewer,
    scope: Role,
    *,
    now: datetime,
    account: Account | None = None,
    desk: Desk | None = None,
    operator: Operator | None = None,
    name: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Like `issue_token`, but Forbidden for a token that could do more than the viewer may."""
    places = {
        Role.HOST: account is not None and viewer.can_write(account.id),
        Role.ADMIN: viewer.is_admin,
    }
    if desk is None and operator is not None:
        desk = operator.desk
    own = account if desk is None else None
    runs_desk = desk is not None and viewer.runs_desk(desk.id, desk.account_id)
    at_desk = runs_desk or (own is not None and viewer.can_write(own.id))
    if not places.get(scope, at_desk):
        raise Forbidden("a token may not do more than you may; ask an administrator")
    return issue_token(
        session,
        scope,
        now=now,
        account=account,
        desk=desk,
        operator=operator,
        name=name,
        expires_at=expires_at,
    )


def viewer_for_token(session: Session, token: str, now: datetime) -> Viewer | None:
    """Who a token speaks for; None when unknown, revoked or expired. `now` is real time."""
    row = session.scalars(select(ApiToken).where(ApiToken.token_hash == _hash(token))).first()
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    scope = Role(row.scope)
    operator = None if row.operator_id is None else session.get(Operator, row.operator_id)
    is_working = operator is not None and operator.active
    if row.operator_id is not None and not is_working:
        return None
    return Viewer(
        name=row.name,
        token_id=row.id,
        account_roles={} if row.account_id is None else {row.account_id: frozenset({scope})},
        desk_roles={} if row.desk_id is None else {row.desk_id: frozenset({scope})},
        operator_ids=frozenset() if row.operator_id is None else frozenset({row.operator_id}),
        is_admin=scope is Role.ADMIN,
    )


def note_token_use(session: Session, token_id: int, now: datetime) -> bool:
    """Write down when a token was last used, at most once an hour; True when written."""
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - _USE_NOTED_EVERY)
    noted = session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, stale)
        .values(last_used_at=now)
        .returning(ApiToken.id)
        .execution_options(synchronize_session=False)
    )
    return noted.first() is not None


def tokens(session: Session, viewer: Viewer) -> list[ApiToken]:
    """Tokens that the viewer may revoke, newest first; their texts are known to nobody."""
    query = select(ApiToken).order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    return [token for token in session.scalars(query) if _may_revoke(session, viewer, token)]


def revoke_token(session: Session, viewer: Viewer, public_id: str, now: datetime) -> ApiToken:
    """End a token at once; asking twice is fine."""
    token = session.scalars(select(ApiToken).where(ApiToken.public_id == public_id)).first()
    if token is None or not _may_revoke(session, viewer, token):
        raise NotFound("no such token")
    if token.revoked_at is None:
        token.revoked_at = now
    session.flush()
    return token


def _desk(
    session: Session,
    account: Account | None,
    desk: Desk | None,
    operator: Operator | None,
    now: datetime,
) -> Desk:
    if operator is not None:
        if desk is not None and desk.id != operator.desk_id:
            raise InvalidInput("this operator works at another desk", "operator")
        return operator.desk
    if desk is not None:
        return desk
    if account is None:
        raise InvalidInput("say at which desk, or in which account", "desk")
    return own_desk(session, account, now=now)


def _may_revoke(session: Session, viewer: Viewer, token: ApiToken) -> bool:
    if viewer.is_admin:
        return True
    if token.account_id is not None:
        return viewer.can_write(token.account_id)
    if token.desk_id is None:
        return False
    desk = session.get_one(Desk, token.desk_id)
    return viewer.runs_desk(desk.id, desk.account_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
