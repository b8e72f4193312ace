"""What schemathesis makes of the description: whatever is sent, the answer is a described one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from callassist.clock import ManualClock
from callassist.web.api.catalogue import ROUTES
from callassist.web.api.dispatch import LIMITS_SETTING
from callassist.web.api.routing import PREFIX, Route, Scope
from tests.databases import SqliteDatabases
from tests.dealing import examples, one_of
from tests.web.api.seeds import Seeds
from tests.web.world import World

EXAMPLES = examples(3, dealt=2)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
PAIRS = [
    (route, scope)
    for turn, route in enumerate(ROUTES)
    for scope in one_of(sorted(route.scopes), turn)
]


@pytest.fixture(scope="module")
def seeds(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seeds]:
    directory = tmp_path_factory.mktemp("schemathesis")
    clock = ManualClock(datetime(2026, 6, 13, 20, tzinfo=UTC))
    world = World(sqlite_databases.create(directory), directory, clock)
    world.app.config[LIMITS_SETTING] = dict.fromkeys([*Scope, None], "1000000/minute")
    yield Seeds(world)
    world.close()


@pytest.fixture(scope="module")
def description(seeds: Seeds) -> Any:
    """The description with real ids to choose from."""
    answer = seeds.world.client.get(f"{PREFIX}/openapi.json")
    raw: Any = answer.json
    for path in raw["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    known = seeds.ids[parameter["name"]]
                    parameter["schema"] = {"enum": [known, known, "2" * 20]}
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = seeds.world.app
    return schema


@pytest.mark.parametrize(
    ("route", "scope"), PAIRS, ids=[f"{route.name}-{scope}" for route, scope in PAIRS]
)
def test_every_answer_is_a_described_one(
    route: Route, scope: Scope, seeds: Seeds, description: Any
) -> None:
    operation = description[route.path][route.method]
    headers = {"Authorization": f"Bearer {seeds.tokens[scope]}"}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        _send(operation, mode, headers)


def _send(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
