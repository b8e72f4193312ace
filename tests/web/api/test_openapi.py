"""The description is valid OpenAPI 3.1 and fits the routes."""

from __future__ import annotations

import inspect

import pytest
from openapi_spec_validator import validate

from callassist.web.api.catalogue import ROUTES
from callassist.web.api.routing import Route
from tests.web.world import World


def test_the_description_is_valid_openapi(world: World) -> None:
    answer = world.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["openapi"] == "3.1.0"
    validate(answer.json)


def test_names_are_unique() -> None:
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_each_function_takes_what_its_route_declares(route: Route) -> None:
    declared = ["ask", *route.parameters]
    declared += ["query"] if route.query else []
    declared += ["body"] if route.body else []
    taken = list(inspect.signature(route.run).parameters)
    # what was found out before the transaction comes last, under a name of its own
    assert (taken[:-1] if route.before else taken) == declared
