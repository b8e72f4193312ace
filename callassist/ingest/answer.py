"""What the hook answers, byte for byte the same on every path to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from callassist.ports.sensors import Fault, FixedReply

JSON = "application/json"
PROBLEM = "application/problem+json"
MOST_FAULTS = 1000

_REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Ignored(msgspec.Struct, frozen=True):
    """A reading that was acknowledged and moves nothing; `index` is its place in the body."""

    index: int
    reason: str


class Receipt(msgspec.Struct, frozen=True):
    """What became of a body; accepted and duplicates together are all of its readings."""

    accepted: int
    duplicates: int
    ignored: list[Ignored]


@dataclass(frozen=True, kw_only=True)
class HookAnswer:
    """A finished response but for the headers that every response carries."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def reason(self) -> str:
        """The phrase beside the status."""
        return _REASONS[self.status]


def accepted(receipt: Receipt) -> HookAnswer:
    """202: stored, after the commit."""
    return HookAnswer(status=202, body=msgspec.json.encode(receipt), content_type=JSON)


def fixed(reply: FixedReply) -> HookAnswer:
    """What a brand wants to hear: stored as well, after the commit."""
    return HookAnswer(status=reply.status, body=reply.body, content_type=JSON)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    retry_after: float | None = None,
) -> HookAnswer:
    """An RFC 9457 problem; `faults` name places by JSON pointer, `retry_after` is in seconds."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if faults:
        body["errors"] = [
            {"pointer": fault.pointer, "detail": fault.detail} for fault in faults[:MOST_FAULTS]
        ]
    headers: tuple[tuple[str, str], ...] = ()
    if retry_after is not None:
        headers = (("Retry-After", str(max(1, math.ceil(retry_after)))),)
    return HookAnswer(
        status=status,
        body=msgspec.json.encode(body),
        content_type=PROBLEM,
        headers=headers,
    )
