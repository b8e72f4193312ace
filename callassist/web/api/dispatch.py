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
from callassist.web.api.idempotency import (
    InFlight,
    Key,
    Remembered,
    forget,
    key_of,
    recall,
    remember,
)
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
            if not route.takes_key:
                return self._done(route, viewer, arguments)
            assert viewer.token_id is not None
            key = key_of(request, viewer.token_id, request.get_data())
            if key is None:
                return self._done(route, viewer, arguments)
            with self._in_flight.claim(key):
                return self._done(route, viewer, arguments, key)

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

    def _done(
        self, route: Route, viewer: Viewer, arguments: list[object], key: Key | None = None
    ) -> Response:
        """Once, or the answer from before; what is asked of others happens under a stored claim."""
        if route.before is None:
            return self._stored(route, viewer, arguments, key)
        if key is None:
            tried = route.before(self._service, viewer, *arguments)
            return self._stored(route, viewer, [*arguments, tried])
        with self._service.sessions.write() as session:
            known = recall(session, self._service.vault, key, datetime.now(UTC))
        if known is not None:
            return _replayed(known)
        try:
            tried = route.before(self._service, viewer, *arguments)
            return self._stored(route, viewer, [*arguments, tried], key, is_claimed=True)
        except BaseException:
            with self._service.sessions.write() as session:
                forget(session, key)
            raise

    def _stored(
        self,
        route: Route,
        viewer: Viewer,
        arguments: list[object],
        key: Key | None = None,
        *,
        is_claimed: bool = False,
    ) -> Response:
        """One transaction; after it what takes a while, and what needs everything to be stored."""
        vault = self._service.vault
        with self._transaction(route) as session:
            if key is not None and not is_claimed:
                known = recall(session, vault, key, datetime.now(UTC))
                if known is not None:
                    return _replayed(known)
            ask = self._ask(session, viewer)
            answer = route.run(ask, *arguments)
            if not isinstance(answer, File):
                response = _response(route, answer)
                if key is not None:
                    body = response.get_data(as_text=True)
                    remember(session, vault, key, response.status_code, body)
        for act in ask.afterwards:
            act()
        return _file(answer) if isinstance(answer, File) else response

    def _transaction(self, route: Route) -> AbstractContextManager[Session]:
        sessions = self._service.sessions
        return sessions.write() if route.writes else sessions.read()

    def _ask(self, session: Session, viewer: Viewer) -> Ask:
        return Ask(
            service=self._service,
            session=session,
            viewer=viewer,
            now=self._service.clock.now(),
            real_now=datetime.now(UTC),
        )


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


def _replayed(before: Remembered) -> Response:
    response = _json(before.body, before.status)
    response.headers[_REPLAYED] = "true"
    return response


def _file(answer: File) -> Response:
    content = answer.content() if callable(answer.content) else answer.content
    return Response(content, content_type=answer.media_type)


def _response(route: Route, answer: Output | None) -> Response:
    if answer is None:
        return Response(status=204)
    assert isinstance(route.answer, type)
    promised = route.answer.__pydantic_generic_metadata__["origin"] or route.answer
    assert isinstance(answer, promised), f"{route.name} promised {route.answer.__name__}"
    return _json(answer.model_dump_json(), route.status)


def _json(body: str, status: int) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
