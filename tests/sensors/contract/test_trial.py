"""Our own test reading goes the way of a real one; credentials of a broker are told for wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from callassist.accounts.brokers import NewBroker, set_broker
from callassist.models import SensorConnection
from callassist.ports.sensors import TriesOut
from callassist.sensors.brokers import BrokerState
from callassist.sensors.registry import ADAPTERS
from callassist.web.pages.host.trial_readings import try_out
from tests.sensors.broker_server import NAME
from tests.sensors.contract.bench import Bench
from tests.sensors.contract.entries import Way, those
from tests.sensors.contract.lines import broker_state, owner


@pytest.mark.parametrize(**those(lambda entry: isinstance(ADAPTERS[entry.adapter], TriesOut)))
def test_a_test_reading_is_understood_and_counts_for_nothing(bench: Bench):
    device = bench.device()
    before = bench.count()
    query = select(SensorConnection).where(SensorConnection.public_id == bench.connection)
    with bench.stage.service.sessions.read() as session:
        connection = session.scalars(query).one()
    tried = try_out(bench.stage.service, connection, device, bench.now)
    assert tried.is_well, tried
    assert bench.count() == before


@pytest.mark.parametrize(**those(lambda entry: entry.way is Way.HEARD))
def test_a_password_that_a_broker_refuses_is_told(bench: Bench):
    service = bench.stage.service
    said = NewBroker(
        host="127.0.0.1", port=bench.broker().port, tls=False, username=NAME, password="wrong-one"
    )
    with service.sessions.write() as session:
        viewer = owner(bench.stage, bench.account)
        set_broker(
            session, service.vault, viewer, bench.connection, said, now_real=datetime.now(UTC)
        )
    bench.until(lambda: broker_state(bench.stage, bench.connection) == BrokerState.REFUSED)


@pytest.mark.parametrize(**those(lambda entry: entry.way is Way.HEARD))
def test_a_payload_that_means_nothing_is_shown_and_the_line_goes_on(bench: Bench):
    device = bench.device()
    topic = f"{device}/sensor/sound_level/state"
    for payload in ("nan", "", "loud", "1e999", "-400", "9" * 400, '{"laeq": 61}', "x" * 100_000):
        bench.maker.publish([{"topic": topic, "payload": payload, "qos": 1}])  # type: ignore[attr-defined]
    bench.until(lambda: bench.last_refusal() is not None)
    bench.tell(bench.heard(device, bench.now))
    assert [one[2] for one in bench.stored(device)] == [51.0]
