"""One listening service for each module; a host, a maker and their line for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from tests.databases import SqliteDatabases
from tests.sensors.broker_server import Broker, broker_or_skip
from tests.sensors.contract.bench import Bench
from tests.sensors.contract.entries import ENTRIES, Entry
from tests.sensors.contract.stage import Stage
from tests.sensors.makers.cloud import CLIENT_SECRET


@pytest.fixture(scope="module")
def stage(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("stage")
    stage = Stage(sqlite_databases.create(directory), directory)
    yield stage
    stage.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Broker]]:
    """Started by who asks first."""
    made: list[Broker] = []

    def start() -> Broker:
        if not made:
            made.append(broker_or_skip(tmp_path_factory.mktemp("broker")))
        return made[0]

    yield start
    for one in made:
        one.stop()


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Each kind of sensor in turn."""
    found: Entry = request.param
    return found


@pytest.fixture
def bench(
    stage: Stage,
    broker: Callable[[], Broker],
    entry: Entry,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Bench]:
    """Ready to be told something. Whatever happens, no secret is logged and nothing breaks."""
    with capture_logs([structlog.processors.format_exc_info]) as lines:
        made = Bench(stage, entry, broker)
        yield made
        secrets = {*made.secrets, CLIENT_SECRET}
        made.close()
    said = f"{lines}\n{caplog.text}"
    assert [secret for secret in secrets if secret in said] == []
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []
