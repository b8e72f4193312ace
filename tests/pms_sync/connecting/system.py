"""A system with a key and a sign-in, and a connection to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import PmsConnection
from callassist.pms_sync import connections
from callassist.pms_sync.opening import Opener, verify_typed
from callassist.ports.pms import Abilities, Facts, Verified
from callassist.ports.pms_access import Access, Form, FormField, OAuth, Rate, Token
from tests.accounts.scenes import NOW, VAULT, Firm
from tests.pms_sync.scenes import FakePms

REAL = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "a-key-that-nobody-may-see"
US = "https://calls.example"


@dataclass
class Plain(FakePms):
    """A system with a key, or with a sign-in."""

    def __post_init__(self) -> None:
        self.facts = Facts(
            vendor="plain",
            title="Plain",
            base_url="https://api.plain.example/v1",
            form=Form(
                fields=(FormField(name="key", label="Key", help="Somewhere."),),
                oauth=OAuth(
                    authorize_url="https://app.plain.example/oauth/authorize",
                    token_url="https://app.plain.example/oauth/token",
                    scopes=("read", "write"),
                ),
            ),
            rates=(Rate(requests=20, span=timedelta(minutes=1)),),
            abilities=Abilities(),
        )

    def check(self, credentials: Mapping[str, str]) -> None:
        if not credentials.get("key"):
            raise InvalidInput("must not be empty", "key")

    def verify(self, access: Access) -> Verified:
        def fetch() -> Token:
            return Token(access="by-key", expires_at=access.now() + timedelta(hours=1))

        bearer = f"Bearer {access.token(fetch, most_a_day=2)}"
        me = access.call("GET", "/me", headers={"Authorization": bearer})
        return Verified(account=me.json()["name"])


def connected(opener: Opener, place: Firm, viewer: Viewer | None = None) -> PmsConnection:
    """A connection of the firm, made with a key that was tried."""
    tried = verify_typed(opener, "plain", {"key": KEY})
    with opener.sessions.write() as session:
        return connections.connect(
            session,
            VAULT,
            viewer or place.owner,
            place.account.id,
            vendor="plain",
            credentials={"key": KEY},
            tried=tried,
            now=NOW,
        )
