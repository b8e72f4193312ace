"""Connecting a brand by its owner's permission; what is read follows in the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.accounts.connections import create_connection, find_connection
from callassist.accounts.people import find_account
from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, InvalidInput
from callassist.models import SensorAccess, SensorConnection
from callassist.ports.pms_access import Token
from callassist.sensors.asked.brands import Asking
from callassist.sensors.asked.permission import Errand, exchange, read_state, way_there
from callassist.sensors.asked.tokens import keep_token
from callassist.sensors.registry import ADAPTERS

LOOK_AGAIN = timedelta(minutes=1)  # "look now" is done at most so often


def begin(asking: Asking, viewer: Viewer, brand: str, account_public_id: str) -> str:
    """The address of the brand's page, for a new connection of this account."""
    with asking.sessions.read() as session:
        account = find_account(session, viewer, account_public_id)
        viewer.require_write(account.id)
    errand = Errand(brand=brand, person_id=_person(viewer), account=account_public_id)
    return way_there(asking, errand)


def begin_again(asking: Asking, viewer: Viewer, connection_public_id: str) -> str:
    """The same for a connection whose permission was taken back."""
    with asking.sessions.read() as session:
        connection = find_connection(session, viewer, connection_public_id)
        viewer.require_write(connection.account_id)
    errand = Errand(
        brand=connection.adapter,
        person_id=_person(viewer),
        account="",
        connection=connection_public_id,
    )
    return way_there(asking, errand)


def finish(
    asking: Asking, viewer: Viewer, brand: str, *, state: str, code: str, now: datetime
) -> str:
    """Back from the brand's page: the public id of the connection, new or as it was.

    Forbidden when it was not this person who left; CredentialsRefused, TransientError or
    PermanentError when the brand does not give a token. `now` is the service's.
    """
    now_real = asking.now_real()
    errand = read_state(asking.vault, brand, viewer.person_id, state, now_real)
    token = exchange(asking, brand, code)
    with asking.sessions.write() as session:
        if errand.connection:
            connection = find_connection(session, viewer, errand.connection)
            viewer.require_write(connection.account_id)
            connection.disabled_at = None
        else:
            connection = _new(session, asking, viewer, errand, now)
        _keep(session, asking, connection, token, now_real)
        return connection.public_id


def look_now(session: Session, viewer: Viewer, public_id: str, now_real: datetime) -> None:
    """Have the worker ask at its next turn; it takes seconds. InvalidInput when it just did."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    row = session.get(SensorAccess, connection.id)
    if row is None or row.refused_at is not None:
        raise InvalidInput("this connection cannot be asked; connect it again")
    if row.asked_at is not None and now_real - row.asked_at < LOOK_AGAIN:
        raise InvalidInput("that was done less than a minute ago; try again in a moment")
    row.next_at = now_real


def _new(
    session: Session, asking: Asking, viewer: Viewer, errand: Errand, now: datetime
) -> SensorConnection:
    made = create_connection(
        session,
        asking.vault,
        viewer,
        find_account(session, viewer, errand.account),
        errand.brand,
        now=now,
        adapters={name: one.check_options for name, one in ADAPTERS.items()},
    )
    return made.connection


def _keep(
    session: Session,
    asking: Asking,
    connection: SensorConnection,
    token: Token,
    now_real: datetime,
) -> None:
    row = session.get(SensorAccess, connection.id)
    if row is None:
        row = SensorAccess(connection_id=connection.id, created_at=now_real)
        session.add(row)
    keep_token(asking.vault, row, token)
    row.failures, row.error = 0, None
    row.next_at, row.claimed_until = now_real, None


def _person(viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise Forbidden("only a person can give a permission; sign in")
    return viewer.person_id
