"""Browsers in which people are signed in: begun, seen, listed, ended. All in real time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.domain.nudge import NudgeKind
from callassist.errors import NotFound
from callassist.models import SignInSession
from callassist.storage import nudges

NOTED_EVERY = timedelta(minutes=5)  # writing it down for each page would cost a commit
KEPT_FOR = timedelta(days=14)  # as long as the cookie


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105 the name of a way
    LINK = "link"
    INVITATION = "invitation"
    FIRM = "firm"  # the firm's own sign-in (OIDC)
    DEMO = "demo"  # one click, in the demo only


@dataclass(frozen=True, kw_only=True)
class SeenSession:
    """One browser of a person; `is_this` is the one that asks."""

    public_id: str
    way: Way
    browser: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def begin(session: Session, person_id: int, way: Way, browser: str, now: datetime) -> str:
    """A new session's token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            person_id=person_id,
            token_hash=hashed(token),
            way=str(way),
            browser=browser[:255],
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    return token


def note_seen(session: Session, token: str, now: datetime) -> None:
    """Write down that the browser was there."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == hashed(token), SignInSession.ended_at.is_(None))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def began_at(session: Session, token: str) -> datetime | None:
    """When the session of a browser began; None once it is over."""
    query = select(SignInSession.created_at).where(
        SignInSession.token_hash == hashed(token), SignInSession.ended_at.is_(None)
    )
    return session.scalar(query)


def sessions_of(
    session: Session, person_id: int, token: str | None, now: datetime
) -> list[SeenSession]:
    """Where the person is signed in, last seen first."""
    query = (
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > now - KEPT_FOR,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    )
    this = None if token is None else hashed(token)
    return [
        SeenSession(
            public_id=row.public_id,
            way=Way(row.way),
            browser=row.browser,
            created_at=row.created_at,
            seen_at=row.seen_at,
            is_this=row.token_hash == this,
        )
        for row in session.scalars(query)
    ]


def end(session: Session, person_id: int, public_id: str, now: datetime) -> None:
    """End one of the person's own sessions; NotFound for anybody else's."""
    ended = session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.public_id == public_id)
        .values(ended_at=now)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    if ended.first() is None:
        raise NotFound("no such session")
    _tell(session, person_id)


def end_by_token(session: Session, token: str, now: datetime) -> None:
    """End the session of this browser."""
    ended = session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == hashed(token), SignInSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignInSession.person_id)
        .execution_options(synchronize_session=False)
    )
    for person_id in ended.scalars():
        _tell(session, person_id)


def end_others(session: Session, person_id: int, token: str | None, now: datetime) -> int:
    """End every session of the person but this one; how many there were."""
    others = update(SignInSession).where(
        SignInSession.person_id == person_id, SignInSession.ended_at.is_(None)
    )
    if token is not None:
        others = others.where(SignInSession.token_hash != hashed(token))
    ended = session.execute(
        others.values(ended_at=now)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    _tell(session, person_id)
    return len(ended.all())


def _tell(session: Session, person_id: int) -> None:
    """Live pages of the person ask who they are now."""
    nudges.tell(session, nudges.Told(kind=NudgeKind.ACCESS, person_id=person_id))


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
