"""`/sensor-connections`: where a brand's cloud posts to, or the broker at which we listen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import Field
from sqlalchemy import select

from callassist.accounts.brokers import set_options
from callassist.accounts.connections import (
    create_connection,
    drop_previous_secret,
    find_connection,
    rotate_secret,
    set_enabled,
)
from callassist.errors import InvalidInput
from callassist.models import Account, SensorConnection
from callassist.sensors.registry import ADAPTERS
from callassist.web.api.fields import (
    Input,
    Instant,
    Line,
    Nothing,
    Output,
    Page,
    Paging,
    PublicId,
    Word,
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts
from callassist.web.api.sensor_brokers import Broker, BrokerOut, brokers_of, keep_broker

_CHECKS = {name: adapter.check_options for name, adapter in ADAPTERS.items()}
_OWN_FIELDS = (None, "adapter", "account", "name", "secret")


class NewConnection(Input):
    """A new inbound address. `secret` is for brands that make their own.

    With a `broker` (mqtt only) we listen there for the topic in `options`; without one a rule of
    your own posts {"topic": ..., "payload": ...} to the address.
    """

    adapter: Word = Field(examples=sorted(ADAPTERS))
    name: Line = ""
    options: dict[str, Any] = {}  # noqa: RUF012 frozen by pydantic
    signed: bool = Field(default=True, description="False: the address alone is the proof.")
    secret: Line | None = None
    broker: Broker | None = None
    account: PublicId | None = None


class ConnectionChange(Input):
    """What to change. Closed, its address answers 404 and we listen at no broker."""

    enabled: bool | None = None
    options: dict[str, Any] | None = Field(default=None, description="All of them: no merging.")
    broker: Broker | None = None


class Rotation(Input):
    """A new secret, made by us unless the brand made it."""

    secret: Line | None = None


class ConnectionOut(Output):
    """One inbound address; neither its token nor its secret can be shown again."""

    id: str
    account: str
    adapter: str
    name: str
    options: dict[str, Any]
    signed: bool
    two_secrets: bool = Field(description="The one before the last rotation still counts.")
    broker: BrokerOut | None
    created_at: Instant
    last_post_at: Instant | None
    disabled_at: Instant | None


class CreatedConnection(ConnectionOut):
    """With what is shown this once: where to post, and what to sign with."""

    hook_url: str
    secret: str | None


class RotatedSecret(Output):
    """The new secret, shown this once."""

    secret: str


def index(ask: Ask, query: Paging) -> Page[ConnectionOut]:
    mine = select(SensorConnection).where(of_accounts(ask, SensorConnection.account_id))
    rows, following = page_of(ask.session, ask.service.vault, mine, SensorConnection.id, query)
    return Page(
        items=[ConnectionOut(**shown) for shown in _shown(ask, rows)], next_cursor=following
    )


def create(ask: Ask, body: NewConnection) -> CreatedConnection:
    account = account_named(ask, body.account)
    with _naming_options():
        made = create_connection(
            ask.session,
            ask.service.vault,
            ask.viewer,
            account,
            body.adapter,
            now=ask.now,
            adapters=_CHECKS,
            name=body.name,
            options=body.options,
            signed=body.signed,
            secret=body.secret or None,
        )
    keep_broker(ask, made.connection, body.broker)
    return CreatedConnection(
        **_shown(ask, [made.connection])[0],
        hook_url=ask.service.settings.service.public_url.rstrip("/") + made.path,
        secret=made.secret,
    )


def show(ask: Ask, connection_id: str) -> ConnectionOut:
    return _out(ask, find_connection(ask.session, ask.viewer, connection_id))


def change(ask: Ask, connection_id: str, body: ConnectionChange) -> ConnectionOut:
    connection = find_connection(ask.session, ask.viewer, connection_id)
    ask.viewer.require_write(connection.account_id)
    if body.options is not None:
        with _naming_options():
            set_options(
                ask.session, ask.viewer, connection_id, body.options, _CHECKS, now_real=ask.real_now
            )
    keep_broker(ask, connection, body.broker)
    if body.enabled is not None:
        set_enabled(ask.session, ask.viewer, connection_id, body.enabled, now=ask.now)
    return _out(ask, connection)


def rotate(ask: Ask, connection_id: str, body: Rotation) -> RotatedSecret:
    secret = rotate_secret(
        ask.session, ask.service.vault, ask.viewer, connection_id, body.secret or None
    )
    return RotatedSecret(secret=secret)


def drop_previous(ask: Ask, connection_id: str, body: Nothing) -> ConnectionOut:
    return _out(ask, drop_previous_secret(ask.session, ask.viewer, connection_id))


@contextmanager
def _naming_options() -> Iterator[None]:
    """What an adapter says of its options points into `options`."""
    try:
        yield
    except InvalidInput as refused:
        if refused.field in _OWN_FIELDS:
            raise
        detail = refused.detail.removeprefix(f"{refused.field}: ")
        raise InvalidInput(detail, f"options.{refused.field}") from None


def _out(ask: Ask, connection: SensorConnection) -> ConnectionOut:
    return ConnectionOut(**_shown(ask, [connection])[0])


def _shown(ask: Ask, rows: Sequence[SensorConnection]) -> list[dict[str, Any]]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    brokers = brokers_of(ask, rows)
    return [
        {
            "id": row.public_id,
            "account": accounts[row.account_id],
            "adapter": row.adapter,
            "name": row.name,
            "options": row.options,
            "signed": row.secret is not None,
            "two_secrets": row.previous_secret is not None,
            "broker": brokers.get(row.id),
            "created_at": row.created_at,
            "last_post_at": row.last_post_at,
            "disabled_at": row.disabled_at,
        }
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/sensor-connections",
        summary="Inbound addresses of your accounts",
        scopes=HOSTS,
        run=index,
        query=Paging,
        answer=Page[ConnectionOut],
    ),
    Route(
        method="POST",
        path="/sensor-connections",
        summary="Make an inbound address; it and its secret are shown once",
        scopes=HOSTS,
        run=create,
        body=NewConnection,
        answer=CreatedConnection,
        status=201,
    ),
    Route(
        method="GET",
        path="/sensor-connections/{connection_id}",
        summary="One inbound address",
        scopes=HOSTS,
        run=show,
        answer=ConnectionOut,
    ),
    Route(
        method="PATCH",
        path="/sensor-connections/{connection_id}",
        summary="Close it or open it again; other options, another MQTT broker",
        scopes=HOSTS,
        run=change,
        body=ConnectionChange,
        answer=ConnectionOut,
    ),
    Route(
        method="POST",
        path="/sensor-connections/{connection_id}/rotate",
        summary="A new secret; the one before counts until it is dropped",
        scopes=HOSTS,
        run=rotate,
        body=Rotation,
        answer=RotatedSecret,
    ),
    Route(
        method="POST",
        path="/sensor-connections/{connection_id}/drop-previous-secret",
        summary="The sender uses the new secret: accept no other",
        scopes=HOSTS,
        run=drop_previous,
        body=Nothing,
        answer=ConnectionOut,
    ),
)
