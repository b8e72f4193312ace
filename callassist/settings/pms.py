"""Property-management systems: other addresses, and clients for connecting by sign-in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from callassist.settings.values import Reader, read_http_url


@dataclass(frozen=True, kw_only=True)
class OAuthClient:
    """What a system gave the administrator who registered this service there."""

    client_id: str
    client_secret: str = field(repr=False)


def _table(value: object, allowed: str) -> Mapping[str, object]:
    """A TOML table, or the same as JSON in a variable."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except ValueError:
            raise ValueError(allowed) from None
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise ValueError(allowed)
    return value


def _addresses(value: object) -> Mapping[str, str]:
    table = _table(value, 'must be addresses by system, like { guesty = "https://..." }')
    return {name: read_http_url(address) for name, address in table.items()}


def _clients(value: object) -> Mapping[str, OAuthClient]:
    allowed = "must have client_id and client_secret for each system"
    clients = {}
    for name, given in _table(value, allowed).items():
        if not isinstance(given, dict) or set(given) != {"client_id", "client_secret"}:
            raise ValueError(allowed)
        if not all(isinstance(text, str) and text for text in given.values()):
            raise ValueError(allowed)
        clients[name] = OAuthClient(**given)
    return clients


@dataclass(frozen=True, kw_only=True)
class PmsSettings:
    """Both by the vendor's word in addresses (guesty, ownerrez ...)."""

    base_urls: Annotated[Mapping[str, str], Reader(_addresses)]
    oauth: Annotated[Mapping[str, OAuthClient], Reader(_clients, secret=True)]
