"""From a request to a route's function and back: token, limit, body, one transaction, answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from flask import Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from pydantic import ValidationError
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, NotFound
from callassist.web.api.fields import Input, Nothing, Output
from callassist.web.api.idempotency import InFlight, key_of, recall, remember
from callassist.web.api.routing import Ask, File, Route, Scope, scope_of
from callassist.web.problems import (
    BadFields,
    Malformed,
    Unauthorized,
    WrongMediaType,
    pointer,
)
from callassist.web.viewers import TokenViewers

LIMITS: dict[Scope | None, str] = {
    Scope.HOST: "600/minute",
    Scope.OPERATOR: "6000/minute",  # presence is a heartbeat
    Scope.SUPERVISOR: "6000/minute",
    Scope.ADMIN: "6000/minute",
    None: "120/minute",  # per address, for requests without a token that is known
}
LIMITS_SETTING = "API_LIMITS"  # of app.config; replaces LIMITS

_PUBLIC_ID = re.compile(r"[2-9a-hjkmnp-tv-z]{20}", flags=re.ASCII)
_REPLAYED = "Idempotency-Replayed"


class Dispatcher:
    """Answers every route of the API in the same way."""

    def __init__(self, service: Service, limiter: Limiter) -> None:
        self._service = service
        self._limiter = limiter
        self._viewers = TokenViewers(service.sessions)
        self._in_flight = InFlight()

    def view(self, route: Route) -> Callable[..., Response]:
        """The Flask view of a route."""

        def answer(**path: str) -> Response:
            viewer = self._let_in(route)
            for value in path.values():
                if not _PUBLIC_ID.fullmatch(value):
                    raise NotFound("no such id")
            arguments = [*path.values(), *_arguments(route)]
            if route.method == "POST":
                return self._post(route, viewer, arguments)
            with self._transaction(route) as session:
                return _response(route, self._run(route, session, viewer, arguments))

        answer.__name__ = route.name
        return answer

    def _let_in(self, route: Route) -> Viewer:
        limits = current_app.config.get(LIMITS_SETTING, LIMITS)
        try:
            viewer = self._viewers.viewer(request)
        except Unauthorized:
            self._count(limits[None], get_remote_address())
            raise
        scope = scope_of(viewer)
        self._count(limits[scope], f"token {viewer.token_id}")
        if scope not in route.scopes:
            needed = ", ".join(sorted(route.scopes))
            raise Forbidden(f"a token of scope {scope} may not do this; it takes {needed}")
        return viewer

    def _count(self, limit: str, who: str) -> None:
        with self._limiter.shared_limit(limit, scope="api", key_func=lambda: who):
            pass

    def _post(self, route: Route, viewer: Viewer, arguments: list[object]) -> Response:
        assert viewer.token_id is not None
        key = key_of(request, viewer.token_id, request.get_data())
        if key is None:
            with self._transaction(route) as session:
                return _response(route, self._run(route, session, viewer, arguments))
        vault = self._service.vault
        with self._in_flight.claim(key), self._transaction(route) as session:
            before = recall(session, vault, key, datetime.now(UTC))
            if before is not None:
                response = _json(before.body, before.status)
                response.headers[_REPLAYED] = "true"
                return response
            response = _response(route, self._run(route, session, viewer, arguments))
            body = response.get_data(as_text=True)
            remember(session, vault, key, response.status_code, body)
            return response

    def _transaction(self, route: Route) -> AbstractContextManager[Session]:
        sessions = self._service.sessions
        return sessions.write() if route.writes else sessions.read()

    def _run(
        self, route: Route, session: Session, viewer: Viewer, arguments: list[object]
    ) -> Output | File | None:
        ask = Ask(
            service=self._service,
            session=session,
            viewer=viewer,
            now=self._service.clock.now(),
            real_now=datetime.now(UTC),
        )
        return route.run(ask, *arguments)


def _arguments(route: Route) -> list[Input]:
    found: list[Input] = []
    query = request.args.to_dict(flat=False)
    found.extend([_query(route.query, query)] if route.query else [])
    if query and route.query is None:
        raise BadFields([(pointer([name]), "unknown parameter") for name in query])
    if route.body is not None:
        found.append(_body(route.body))
    return found


def _query(model: type[Input], query: dict[str, list[str]]) -> Input:
    twice = [name for name, values in query.items() if len(values) > 1]
    if twice:
        raise BadFields([(pointer([name]), "give it once") for name in twice])
    try:
        flat = {name: values[0] for name, values in query.items()}
        return model.model_validate_strings(flat)
    except ValidationError as error:
        raise _bad_fields(error) from None


def _body(model: type[Input]) -> Input:
    data = request.get_data()
    if not data.strip() and model is Nothing:
        return Nothing()
    if request.mimetype != "application/json":
        raise WrongMediaType("send JSON, with `Content-Type: application/json`")
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        broken = next((one for one in error.errors() if one["type"] == "json_invalid"), None)
        if broken is not None:
            raise Malformed(f"the body is not JSON: {broken['ctx']['error']}") from None
        raise _bad_fields(error) from None


def _bad_fields(error: ValidationError) -> BadFields:
    return BadFields((pointer(one["loc"]), _sentence(one)) for one in error.errors())


def _sentence(error: object) -> str:
    assert isinstance(error, dict)
    if error["type"] == "extra_forbidden":
        return "unknown field; leave it out"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    message = str(error["msg"])
    return message[:1].lower() + message[1:]


def _response(route: Route, answer: Output | File | None) -> Response:
    if answer is None:
        return Response(status=204)
    if isinstance(answer, File):
        return Response(answer.content, content_type=answer.media_type)
    assert isinstance(route.answer, type)
    promised = route.answer.__pydantic_generic_metadata__["origin"] or route.answer
    assert isinstance(answer, promised), f"{route.name} promised {route.answer.__name__}"
    return _json(answer.model_dump_json(), route.status)


def _json(body: str, status: int) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
