"""Right before a call: Minut is asked what it heard last in the home."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from callassist.errors import CallAssistError
from callassist.models import Breach, PropertyNoise, Sensor, SensorAccess, SensorConnection
from callassist.sensors.asked.brands import MINUT, Asking
from callassist.sensors.asked.minut_care import read_back
from callassist.sensors.asked.requests_made import Talk

_log = structlog.get_logger()
WITHIN = timedelta(seconds=4)
BEFORE = timedelta(minutes=1)


class AskedNoise:
    """FreshNoise of brands that can be asked. Netatmo knows nothing newer than it told."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def refresh(self, property_id: int, now: datetime) -> bool:
        """As `ports.fresh_noise.FreshNoise.refresh`."""
        since, homes = self._what_to_ask(property_id)
        answered = False
        for connection_id, home_id in homes:
            talk = Talk(self._asking, MINUT, connection_id, within=WITHIN)
            try:
                read_back(self._asking, talk, home_id, since, self._asking.now_real())
                answered = True
            except CallAssistError as error:
                _log.info("no fresh word from the maker", action="no_fresh_noise", error=str(error))
        return answered

    def _what_to_ask(self, property_id: int) -> tuple[datetime, list[tuple[int, str]]]:
        """Since when, and the homes there; none unless a breach runs."""
        query = (
            select(Sensor.connection_id, Sensor.external_id, Breach.first_loud_at)
            .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
            .join(SensorAccess, SensorAccess.connection_id == Sensor.connection_id)
            .join(PropertyNoise, PropertyNoise.property_id == Sensor.property_id)
            .join(Breach, Breach.id == PropertyNoise.breach_id)
            .where(
                Sensor.property_id == property_id,
                SensorConnection.adapter == MINUT,
                SensorConnection.disabled_at.is_(None),
                SensorAccess.refused_at.is_(None),
            )
            .order_by(Sensor.id)
            .limit(2)
        )
        with self._asking.sessions.read() as session:
            rows = session.execute(query).all()
        if not rows:
            return self._asking.now_real(), []
        return rows[0][2] - BEFORE, [(row[0], row[1]) for row in rows]
