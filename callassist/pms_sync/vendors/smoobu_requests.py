"""Asking Smoobu: with the key alone, or signed with key and secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json as json_text
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from callassist.pms_sync.vendors.smoobu_facts import KEY_REFUSED, SIGNATURE_REFUSED
from callassist.ports.pms_access import Access, Answer, CredentialsRefused

REFUSED = (401, 403)


def ask(
    access: Access,
    method: str,
    path: str,
    *,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
) -> Answer:
    """A request in the way that the typed credentials allow."""
    pairs = sorted((name, str(value)) for name, value in (params or {}).items())
    body = None if json is None else json_text.dumps(json).encode()
    answer = _ask_once(access, method, path, pairs, body)
    has_secret = bool(_secret(access))
    if has_secret and answer.status in REFUSED:
        # what was asked twice after a fault bore a number that was used already
        answer = _ask_once(access, method, path, pairs, body)
    if answer.status in REFUSED:
        raise CredentialsRefused(SIGNATURE_REFUSED if has_secret else KEY_REFUSED, "api_key")
    return answer


def is_key_known(access: Access) -> bool:
    """Whether the key alone is let in: then it is the secret that is wrong."""
    answer = access.call("GET", "/api/me", headers=_plain(access), see=REFUSED)
    return answer.status not in REFUSED


def canonical(
    line: tuple[str, str],
    pairs: Sequence[tuple[str, str]],
    once: tuple[str, str],
    body: bytes,
    key: str,
) -> str:
    """What is signed: method and path, query, time and nonce, the body's hash, the key."""
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return "\n".join((*line, query, *once, hashlib.sha256(body).hexdigest(), key))


def signature(secret: str, text: str) -> str:
    """Base64 of the HMAC-SHA256."""
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(made).decode()


def _ask_once(
    access: Access, method: str, path: str, pairs: list[tuple[str, str]], body: bytes | None
) -> Answer:
    headers = _plain(access)
    if _secret(access):
        headers = _signed(access, method, path, pairs, body or b"")
    if body is not None:
        headers["Content-Type"] = "application/json"
    return access.call(method, path, params=pairs or None, body=body, headers=headers, see=REFUSED)


def _plain(access: Access) -> dict[str, str]:
    return {"Api-Key": access.credentials["api_key"].strip()}


def _signed(
    access: Access, method: str, path: str, pairs: list[tuple[str, str]], body: bytes
) -> dict[str, str]:
    key = access.credentials["api_key"].strip()
    stamp = access.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    nonce = str(uuid4())
    text = canonical((method, path), pairs, (stamp, nonce), body, key)
    return {
        "X-API-Key": key,
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": signature(_secret(access), text),
    }


def _secret(access: Access) -> str:
    return access.credentials.get("api_secret", "").strip()
