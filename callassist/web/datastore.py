"""People as Flask-Security sees them: copies out of a read, changes back in a write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import has_request_context
from flask import session as cookie
from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import bindparam, select

from callassist.accounts.people import viewers_for_people
from callassist.accounts.sign_in_sessions import KEPT_FOR, hashed
from callassist.domain.viewer import Viewer
from callassist.models import Person, SignInSession
from callassist.storage.sessions import Sessions
from callassist.web.together import Together

TOKEN = "sid"  # noqa: S105 the name under which the browser's cookie keeps its session's token


class NoRole(RoleMixin):
    """Roles are bindings to accounts and desks (models.RoleBinding); Flask-Security has none."""


class SignedIn(UserMixin):
    """A copy of one person's row; nothing of it is tied to a database session."""

    def __init__(
        self, person: Person, seen_at: datetime | None = None, viewer: Viewer | None = None
    ) -> None:
        self.person = person
        self.seen_at = seen_at  # when this browser was last noted to be there
        self.viewer = viewer  # what they may see, where it was looked up with the person
        self.id: int = person.id
        self.email: str = person.email
        self.name: str = person.name or person.email
        self.language: str | None = person.language
        self.password: str | None = person.password
        self.active: bool = person.active
        self.fs_uniquifier: str = person.fs_uniquifier
        self.confirmed_at: datetime | None = person.confirmed_at
        self.roles: list[Any] = []


@dataclass(frozen=True)
class _Browser:
    """One in which somebody is signed in."""

    person: Person
    seen_at: datetime
    viewer: Viewer | None


_SIGNED_IN = (
    select(Person, SignInSession.token_hash, SignInSession.seen_at)
    .join(SignInSession, SignInSession.person_id == Person.id)
    .where(
        SignInSession.token_hash.in_(bindparam("hashes", expanding=True)),
        SignInSession.ended_at.is_(None),
        SignInSession.seen_at > bindparam("since"),
    )
)

# Flask-Security asks the class whether it has this, not its instances.
SignedIn.fs_uniquifier = ""


class PersonDatastore(UserDatastore):
    """Finds people by one column and stores what sign-in may change of them."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(SignedIn, NoRole)
        self._sessions = sessions
        self._browsers: Together[str, _Browser | None] = Together(self._look)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> SignedIn | None:
        """Somebody by `fs_uniquifier`, `email` or `id`; addresses are stored in small letters.

        By `fs_uniquifier` only for a browser whose session has not been ended.
        """
        ((name, value),) = kwargs.items()
        if name == "fs_uniquifier":
            return self._of_browser(str(value))
        if case_insensitive and isinstance(value, str):
            value = value.lower()
        query = select(Person).where(getattr(Person, name) == value)
        with self._sessions.read() as session:
            person = session.scalars(query).first()
        return None if person is None else SignedIn(person)

    def _of_browser(self, uniquifier: str) -> SignedIn | None:
        token = cookie.get(TOKEN) if has_request_context() else None
        if not isinstance(token, str):
            return None
        found = self._browsers.ask(hashed(token))
        if found is None or found.person.fs_uniquifier != uniquifier:
            return None
        return SignedIn(found.person, found.seen_at, found.viewer)

    def _look(self, hashes: frozenset[str]) -> dict[str, _Browser | None]:
        """Who is signed in by tokens with these hashes; None for one that is not."""
        asked = {"hashes": list(hashes), "since": datetime.now(UTC) - KEPT_FOR}
        with self._sessions.read() as session:
            rows = session.execute(_SIGNED_IN, asked).all()
            viewers = viewers_for_people(session, [row[0] for row in rows])
        found = {
            token_hash: _Browser(person, seen_at, viewers.get(person.id))
            for person, token_hash, seen_at in rows
        }
        return {token_hash: found.get(token_hash) for token_hash in hashes}

    def find_role(self, role: str) -> None:
        """There are none."""

    def put(self, model: SignedIn) -> SignedIn:
        """Store password, sessions' id and whether the person may sign in."""
        with self._sessions.write() as session:
            person = session.get_one(Person, model.id)
            person.password = model.password
            person.fs_uniquifier = model.fs_uniquifier
            person.active = model.active
        return model

    def commit(self) -> None:
        """`put` has committed."""

    def delete(self, model: SignedIn) -> None:
        """People are closed, not deleted: reports name them."""
        model.active = False
        self.put(model)
