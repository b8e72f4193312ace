"""`/pms-connections`: property-management systems. None can be connected yet; stays are typed."""

from __future__ import annotations

from callassist.errors import InvalidInput, NotFound
from callassist.web.api.fields import Input, Nothing, Output, Page, PublicId, Word
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named

VENDORS: tuple[str, ...] = ()


class NewPmsConnection(Input):
    """Which system to read reservations from."""

    vendor: Word
    account: PublicId | None = None


class PmsConnectionOut(Output):
    """One connected system."""

    id: str
    vendor: str


def index(ask: Ask) -> Page[PmsConnectionOut]:
    """Nothing is connected, since there is nothing to connect to yet."""
    return Page(items=[])


def create(ask: Ask, body: NewPmsConnection) -> PmsConnectionOut:
    ask.viewer.require_write(account_named(ask, body.account).id)
    known = ", ".join(VENDORS) or "none yet; type stays in with POST /stays"
    raise InvalidInput(f"unknown; available: {known}", "vendor")


def sync(ask: Ask, connection_id: str, body: Nothing) -> None:
    raise NotFound("no such connection")


ROUTES = (
    Route(
        method="GET",
        path="/pms-connections",
        summary="Connected property-management systems",
        scopes=HOSTS,
        run=index,
        answer=Page[PmsConnectionOut],
    ),
    Route(
        method="POST",
        path="/pms-connections",
        summary="Connect a system; the answer names those that exist",
        scopes=HOSTS,
        run=create,
        body=NewPmsConnection,
        answer=PmsConnectionOut,
        status=201,
    ),
    Route(
        method="POST",
        path="/pms-connections/{connection_id}/sync",
        summary="Read reservations now",
        scopes=HOSTS,
        run=sync,
        body=Nothing,
    ),
)
