"""Half an hour of noise, in each maker's own words: one call is asked for, and quiet ends it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.models import Breach, Property, Sensor
from tests.sensors.contract.bench import Bench
from tests.sensors.contract.entries import those
from tests.sensors.makers.base import Heard

STEP = 5  # minutes: as Netatmo measures, and within what is fresh


@pytest.mark.parametrize(**those(lambda entry: not entry.is_variant))
def test_half_an_hour_of_noise_asks_for_one_call_and_quiet_ends_it(bench: Bench):
    loud, calm = bench.device(), bench.device()
    escalated_after = None
    for minutes in range(0, 45, STEP):
        bench.stage.pass_minutes(STEP)
        said = noise(bench, loud, minutes)
        bench.tell(*said, *([bench.calm(calm, bench.now)] if bench.entry.has_levels else []))
        if escalated_after is None and breaches(bench, loud)[0].escalated_at is not None:
            escalated_after = minutes
    # the first notice comes ten minutes after the noise began
    assert escalated_after == (30 if bench.entry.has_levels else 20)
    for _ in range(5):
        bench.stage.pass_minutes(STEP)
        bench.tell(bench.calm(loud, bench.now))
    (breach,) = breaches(bench, loud)
    assert (breach.end_reason, breach.frozen_since) == ("calm", None)
    assert breaches(bench, calm) == []


def noise(bench: Bench, device: str, minutes: int) -> list[Heard]:
    """A loud level each time; a notice each ten minutes, three of them."""
    if bench.entry.has_levels:
        return [Heard(device=device, at=bench.now, level=85.0)]
    if minutes % 10 or minutes > 20:
        return []
    return [bench.heard(device, bench.now, 1 + minutes // 10)]


def breaches(bench: Bench, device: str) -> list[Breach]:
    """What the noise rule made of the device's home."""
    query = (
        select(Breach)
        .join(Property, Property.id == Breach.property_id)
        .join(Sensor, Sensor.property_id == Property.id)
        .where(Sensor.id == bench.sensor(device).id)
        .order_by(Breach.id)
    )
    with bench.stage.service.sessions.read() as session:
        return list(session.scalars(query))
