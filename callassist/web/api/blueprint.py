"""The API's routes as a Flask blueprint."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, Response, json
from flask_limiter import Limiter

from callassist.bootstrap import Service
from callassist.web.api.catalogue import ROUTES
from callassist.web.api.dispatch import Dispatcher
from callassist.web.api.openapi import openapi
from callassist.web.api.routing import PREFIX


def blueprint(service: Service, limiter: Limiter) -> Blueprint:
    """Everything under /api/v1; needs no CSRF token, since it takes bearer tokens only."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    dispatcher = Dispatcher(service, limiter)
    for route in ROUTES:
        api.add_url_rule(
            route.path.replace("{", "<").replace("}", ">"),
            endpoint=route.name,
            view_func=dispatcher.view(route),
            methods=[route.method],
            provide_automatic_options=False,
        )

    @api.get("/openapi.json")
    def description() -> Response:
        response = Response(_description(), content_type="application/json")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return api


@cache
def _description() -> str:
    return json.dumps(openapi(ROUTES))
