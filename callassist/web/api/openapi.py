"""OpenAPI 3.1 of the API, made from the routes themselves, so that it cannot say anything else."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from callassist import __version__
from callassist.web.api.fields import Nothing
from callassist.web.api.idempotency import HEADER, LONGEST_KEY
from callassist.web.api.routing import PREFIX, Route

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_ID_PATTERN = "^[2-9a-hjkmnp-tv-z]{20}$"
_PROBLEM = "application/problem+json"

_DESCRIPTION = """\
Everything that a page can do, a program can do. Instants are UTC with their zone. A list answers
`items` and `next_cursor`; give that as `cursor` for the next page. What is not yours answers like
what is not there. A POST with an `Idempotency-Key` may be sent again for 24 hours: it is done once
and answers the same; a refused one did nothing and is not remembered.
"""

_REFUSALS: dict[int, str] = {
    400: "The body is not JSON.",
    401: "No token, or one that is unknown, revoked or expired.",
    403: "The token's scope or role may not do this.",
    404: "Nothing here that you may see.",
    409: "The thing is in a state in which this cannot be done.",
    413: "The body is over 1 MiB.",
    415: "The body is not `application/json`.",
    422: "Some fields are not right; `errors` names each and what to do.",
    429: "Too many requests; see `Retry-After`.",
    503: "Busy; see `Retry-After`.",
}


class FieldError(BaseModel):
    """One refused field."""

    model_config = ConfigDict(extra="forbid")

    pointer: str
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457); `detail` says what a person can do."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


def openapi(routes: Iterable[Route]) -> Json:
    """The whole description."""
    listed = tuple(routes)
    refs, schemas = _schemas(listed)
    paths: Json = {}
    for route in listed:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Call Assist",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {str(status): _refusal(status) for status in _REFUSALS},
        },
    }


Refs = dict[type[BaseModel], Json]


def _schemas(routes: Iterable[Route]) -> tuple[Refs, Json]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        if route.body is not None:
            wanted[route.body, "validation"] = None
        if isinstance(route.answer, type):
            wanted[route.answer, "serialization"] = None
    refs, definitions = models_json_schema(list(wanted), ref_template=_REF)
    by_model: Refs = {model: refs[model, mode] for model, mode in wanted}
    return by_model, definitions["$defs"]


def _operation(route: Route, refs: Refs) -> Json:
    scopes = ", ".join(sorted(route.scopes))
    told = [inspect.getdoc(route.run) or "", f"Scopes: {scopes}."]
    operation: Json = {
        "operationId": route.name,
        "tags": [route.path.split("/")[1]],
        "summary": route.summary,
        "description": "\n\n".join(text for text in told if text),
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": _responses(route, refs),
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": route.body is not Nothing,
            "content": {"application/json": {"schema": refs[route.body]}},
        }
    return operation


def _path(route: Route) -> list[Json]:
    schema = {"type": "string", "pattern": _ID_PATTERN}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name in route.parameters
    ]


def _query(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _not_null(field)}
        for name, field in schema["properties"].items()
    ]


def _not_null(field: Json) -> Json:
    """A parameter that is left out is not there: it cannot be null."""
    field = {name: value for name, value in field.items() if name not in ("default", "title")}
    choices = [one for one in field.pop("anyOf", []) if one != {"type": "null"}]
    return {**field, **choices[0]} if choices else field


def _headers(route: Route) -> list[Json]:
    if not route.takes_key:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
    return [{"name": HEADER, "in": "header", "required": False, "schema": schema}]


def _responses(route: Route, refs: Refs) -> Json:
    found = {401, 403, 429, 503}
    if route.parameters:
        found.add(404)
    if route.body is not None:
        found |= {400, 413, 415}
    if route.body is not None or route.query is not None or route.parameters:
        found.add(422)
    if route.conflicts or route.method == "POST":
        found.add(409)
    refusals = {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(found)
    }
    return {**_success(route, refs), **refusals}


def _success(route: Route, refs: Refs) -> Json:
    if route.answer is None:
        return {"204": {"description": "Done."}}
    if isinstance(route.answer, str):
        schema: Json = {"type": "string"}
        return {"200": {"description": "The file.", "content": {route.answer: {"schema": schema}}}}
    what = inspect.getdoc(route.answer) or HTTPStatus(route.status).phrase
    content = {"application/json": {"schema": refs[route.answer]}}
    return {str(int(route.status)): {"description": what, "content": content}}


def _refusal(status: int) -> Json:
    answer: Json = {
        "description": _REFUSALS[status],
        "content": {_PROBLEM: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }
    if status in (429, 503):
        seconds = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}
        answer["headers"] = {"Retry-After": seconds}
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return answer
