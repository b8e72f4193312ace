"""A connected Minut account, daily and after a stop of ours: homes, what we missed, webhook."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.connections import HOOK_PATH, hash_token
from callassist.domain.noise import ReadingKind
from callassist.errors import TransientError
from callassist.models import NoiseReading, Sensor, SensorAccess, SensorConnection
from callassist.ports.pms_access import BadAnswer, NotThere
from callassist.ports.sensors import ParsedReading
from callassist.sensors.asked.brands import MINUT, Asking
from callassist.sensors.asked.imports import Named, import_sensors
from callassist.sensors.asked.minut_api import (
    Home,
    homes,
    hook_ids,
    past_events,
    register_hook,
    remove_hook,
)
from callassist.sensors.asked.requests_made import Talk
from callassist.sensors.registry import ADAPTERS

OVERLAP = timedelta(minutes=10)  # what was under way when we last asked
LONGEST_BACK = timedelta(hours=24)  # older readings are ignored anyway
SAME = timedelta(minutes=2)  # a webhook and the list of events tell of one thing by two names
_LOUD = (ReadingKind.NOTICE, ReadingKind.NOISE_STARTED)


@dataclass(frozen=True)
class _Known:
    """What the row says before anything is asked."""

    hook_id: str | None
    asked_at: datetime | None


def look_after(asking: Asking, connection_id: int) -> None:
    """Do all of it; running twice changes nothing. Raises what asking raises."""
    with asking.sessions.read() as session:
        row = session.get_one(SensorAccess, connection_id)
        known = _Known(row.hook_id, row.asked_at)
    talk = Talk(asking, MINUT, connection_id)
    _import(asking, connection_id, homes(talk, asking.own_messages_fields.split()))
    trouble = _fill_in(asking, talk, known.asked_at)
    # whatever became of the past: without the webhook nothing more comes
    _keep_hook(asking, talk, connection_id, known.hook_id)
    if trouble is not None:
        raise trouble


def _fill_in(asking: Asking, talk: Talk, asked_at: datetime | None) -> TransientError | None:
    """What was missed since then in the homes that are paired; returns what kept us from it."""
    if asked_at is None:
        return None
    trouble: TransientError | None = None
    now = asking.now_real()
    start = max(asked_at - OVERLAP, now - LONGEST_BACK)
    for home_id in _paired(asking, talk.connection_id):
        try:
            read_back(asking, talk, home_id, start, now)
        except NotThere:
            continue  # removed at Minut, still paired here: the other homes are none the worse
        except BadAnswer as error:
            trouble = trouble or error
        except TransientError as error:
            return error
    return trouble


def read_back(
    asking: Asking, talk: Talk, home_id: str, start: datetime, end: datetime
) -> Sequence[ParsedReading]:
    """What a home said in a span, taken in like any reading; what is known is left out."""
    found = past_events(talk, home_id, start, end)
    with asking.sessions.read() as session:
        new = [one for one in found if not _is_known(session, talk.connection_id, one)]
    if new:
        asking.intake.take(talk.connection_id, new)
    return new


def _import(asking: Asking, connection_id: int, found: Sequence[Home]) -> None:
    named = {home.id: Named(name=_name(home), own_messages=home.texts_guests) for home in found}
    with asking.sessions.write() as session:
        connection = session.get_one(SensorConnection, connection_id)
        import_sensors(session, connection, ADAPTERS[MINUT], named, asking.clock.now())


def _name(home: Home) -> str:
    """Noise belongs to a home there, not to a device; its devices help to recognise it."""
    return f"{home.name} ({', '.join(home.devices)})" if home.devices else home.name


def _keep_hook(asking: Asking, talk: Talk, connection_id: int, hook_id: str | None) -> None:
    """Registered once; anew, with another address, when it is not there any more."""
    if hook_id is None:
        _register(asking, talk, connection_id)
    elif hook_id not in hook_ids(talk):
        remove_hook(talk, hook_id)  # should the list only not name it
        _register(asking, talk, connection_id)
    with asking.sessions.write() as session:
        session.get_one(SensorAccess, connection_id).hook_checked_at = asking.now_real()


def _register(asking: Asking, talk: Talk, connection_id: int) -> None:
    address, echoed = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    url = f"{asking.public_url.rstrip('/')}{HOOK_PATH}/{MINUT}/{address}"
    # the address is ours before it is told: deliveries may come before the answer does
    with asking.sessions.write() as session:
        connection = session.get_one(SensorConnection, connection_id)
        connection.token_hash = hash_token(address)
        connection.secret = connection.previous_secret = None
        connection.options = {
            **connection.options,
            "token_sha256": hashlib.sha256(echoed.encode()).hexdigest(),
            "proof": "either",
        }
    made = register_hook(talk, url, echoed)
    try:
        with asking.sessions.write() as session:
            connection = session.get_one(SensorConnection, connection_id)
            if made.secret:
                connection.secret = asking.vault.seal(made.secret)
            session.get_one(SensorAccess, connection_id).hook_id = made.id
    except BaseException:
        remove_hook(talk, made.id)  # its secret is told once: without it, it is of no use
        raise


def _paired(asking: Asking, connection_id: int) -> list[str]:
    query = select(Sensor.external_id).where(
        Sensor.connection_id == connection_id, Sensor.property_id.is_not(None)
    )
    with asking.sessions.read() as session:
        return list(session.scalars(query.order_by(Sensor.id)))


def _is_known(session: Session, connection_id: int, said: ParsedReading) -> bool:
    """Whether the webhook told of the same thing, under another name and id."""
    kinds = _LOUD if said.kind in _LOUD else (said.kind,)
    query = (
        select(NoiseReading.id)
        .join(Sensor, Sensor.id == NoiseReading.sensor_id)
        .where(
            Sensor.connection_id == connection_id,
            Sensor.external_id == said.sensor,
            NoiseReading.at.between(said.at - SAME, said.at + SAME),
            NoiseReading.kind.in_([str(kind) for kind in kinds]),
        )
    )
    return session.scalar(query.limit(1)) is not None
