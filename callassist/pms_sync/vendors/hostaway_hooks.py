"""Hostaway's unified webhooks: not signed, but sent with a login and password of ours."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets as random
from collections.abc import Callable, Sequence
from typing import Any

from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Hint
from callassist.ports.pms_access import Access, BadAnswer, BadHook, HookRequest, NotThere

PATH = "/v1/webhooks/unifiedWebhooks"
LOGIN = "call-assist"


def register(access: Access, url: str, ask: Callable[..., Any]) -> str:
    """One webhook for `url` with a new password; "login:password" is what later proves it."""
    password = random.token_urlsafe(24)
    wanted = {
        "isEnabled": 1,
        "url": url,
        "login": LOGIN,
        "password": password,
        "alertingEmailAddress": None,
    }
    ours = _registered(access, url, ask)
    if ours:
        # what they have of the old password is stars
        _succeeded(ask(access, "PUT", f"{PATH}/{ours[0]}", json=wanted))
    else:
        _succeeded(ask(access, "POST", PATH, json=wanted))
    for spare in ours[1:]:
        ask(access, "DELETE", f"{PATH}/{spare}")
    return f"{LOGIN}:{password}"


def parse(request: HookRequest, secrets: Sequence[str]) -> Hint:
    """What a hook says changed. Unknown events are taken too: a refusal would end them all."""
    _require_password(request, secrets)
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadHook("the body is no JSON") from None
    if not isinstance(payload, dict):
        raise BadHook("the body is no object")
    kind, data = payload.get("object"), payload.get("data")
    if kind == "listing":
        return Hint(listings=True)
    if kind != "reservation":
        return Hint()
    try:
        return Hint(reservation_ids=(reading.an_id(data if isinstance(data, dict) else {}, "id"),))
    except Unreadable:
        return Hint(everything=True)


def _registered(access: Access, url: str, ask: Callable[..., Any]) -> list[str]:
    try:
        body = _succeeded(ask(access, "GET", PATH))
    except NotThere:
        return []
    return [
        reading.one(one, lambda hook: reading.an_id(hook, "id"), "Hostaway's webhook")
        for one in reading.as_list(body.get("result"), "Hostaway's webhooks")
        if isinstance(one, dict) and one.get("url") == url
    ]


def _succeeded(body: Any) -> dict[str, Any]:
    answer = reading.as_object(body, "Hostaway's answer")
    if answer.get("status") != "success":
        raise BadAnswer("Hostaway did not take the webhook")
    return answer


def _require_password(request: HookRequest, secrets: Sequence[str]) -> None:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        raise BadHook("login and password are missing", is_unsigned=True)
    try:
        pair = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadHook("login and password cannot be read", is_unsigned=True) from None
    if not any(hmac.compare_digest(pair, secret.encode()) for secret in secrets):
        raise BadHook("login and password are not ours", is_unsigned=True)
