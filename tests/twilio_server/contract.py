"""Checks every request and every answer against the published API with the overlay."""

from __future__ import annotations

import functools
from urllib.parse import parse_qs

from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from werkzeug.wrappers import Request, Response

from tests.twilio_server.overlay import FORM, Spec, breaches_of_form, read_spec


@functools.cache
def _described(name: str, uuids: bool) -> tuple[OpenAPI, Spec]:
    """Built once for all servers of a run: it takes a fifth of a second."""
    spec = read_spec(name, uuids=uuids)
    return OpenAPI.from_dict(spec), spec


class Contract:
    """The two descriptions that we keep to."""

    def __init__(self, *, uuids: bool) -> None:
        self.uuids = uuids

    def _for(self, request: Request) -> tuple[OpenAPI, Spec]:
        return _described("lookups" if request.path.startswith("/v2/") else "api", self.uuids)

    def breaches_of_request(self, request: Request, template: str) -> list[str]:
        """What is wrong with a request to a path of the description."""
        openapi, spec = self._for(request)
        found = []
        if request.method == "POST":
            if request.mimetype != FORM:
                return [f"a form must be {FORM}, not {request.mimetype!r}"]
            body = spec["paths"][template]["post"]["requestBody"]["content"][FORM]["schema"]
            form = parse_qs(request.get_data(as_text=True), keep_blank_values=True)
            found += breaches_of_form(body, form)
        described = spec["paths"][template][request.method.lower()].get("parameters", [])
        known = {one["name"] for one in described if one["in"] == "query"}
        found += [f"unknown parameter {name}" for name in request.args if name not in known]
        try:
            openapi.validate_request(WerkzeugOpenAPIRequest(request))
        except OpenAPIError as error:
            found.append(_text(error))
        return found

    def breaches_of_response(self, request: Request, response: Response) -> list[str]:
        """What is wrong with an answer of ours."""
        openapi, _ = self._for(request)
        try:
            openapi.validate_response(
                WerkzeugOpenAPIRequest(request), WerkzeugOpenAPIResponse(response)
            )
        except OpenAPIError as error:
            return [_text(error)]
        return []


def _text(error: BaseException) -> str:
    """The innermost cause, with the field that it is about."""
    inner = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    failures = getattr(inner, "schema_errors", None) or []
    told = [f"{'.'.join(map(str, one.path)) or 'form'}: {one.message}"[:300] for one in failures]
    return "; ".join(told) or str(inner)
