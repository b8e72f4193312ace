"""`POST /hooks/pms/<vendor>/<token>`: a property-management system says that something changed."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from callassist.pms_sync.hook import PmsHook


def blueprint(hook: PmsHook) -> Blueprint:
    """The endpoint; exempt it from CSRF, a system has no session."""
    hooks = Blueprint("hooks_pms", __name__)

    @hooks.post("/hooks/pms/<vendor>/<token>")
    def something_changed(vendor: str, token: str) -> Response:
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return Response(status=413)
        except ClientDisconnected:
            return Response(status=400)
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = hook.answer(vendor, token, body, headers, request.args.to_dict())
        return Response(status=status)

    return hooks
