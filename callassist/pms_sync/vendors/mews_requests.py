"""Asking Mews: every request is a POST with the tokens in its body, every list has a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callassist.errors import TransientError
from callassist.pms_sync.vendors.reading import Pages, as_list, as_object
from callassist.ports.pms_access import Access, Answer, BadAnswer, CredentialsRefused

PAGE_SIZE = 1000
CLIENT = "Call Assist 1.0"


class TooMuch(TransientError):
    """408: the span asked for is too heavy; a shorter one may do."""


def ask(access: Access, operation: str, body: Mapping[str, Any]) -> Answer:
    """One operation; 401 says which of the two tokens is wrong in its message."""
    tokens = {
        "ClientToken": access.credentials.get("client_token", "").strip(),
        "AccessToken": access.credentials.get("access_token", "").strip(),
        "Client": CLIENT,
    }
    path = f"/api/connector/v1/{operation}"
    answer = access.call("POST", path, json={**tokens, **body}, see=(401, 403, 408))
    if answer.status in (401, 403):
        raise _refused(answer)
    if answer.status == 408:
        raise TooMuch("Mews took too long")
    return answer


def pages_of(
    access: Access, operation: str, body: Mapping[str, Any], name: str
) -> Iterator[list[Any]]:
    """Until there is no cursor, or a page has fewer than asked for."""
    guard, cursor = Pages(), None
    while True:
        limitation: dict[str, Any] = {"Count": PAGE_SIZE}
        if cursor is not None:
            limitation["Cursor"] = cursor
        answer = as_object(
            ask(access, operation, {**body, "Limitation": limitation}).json(), "the answer"
        )
        page = as_list(answer.get(name), name)
        if page:
            yield page
        cursor = answer.get("Cursor")
        if cursor is None or len(page) < PAGE_SIZE:
            return
        if not isinstance(cursor, str):
            raise BadAnswer("Cursor is no text")
        guard.turn(cursor)


def _refused(answer: Answer) -> CredentialsRefused:
    try:
        body = answer.json()
    except BadAnswer:
        body = None
    message = str(body.get("Message") or "") if isinstance(body, dict) else ""
    if "client" in message.lower():
        return CredentialsRefused(
            "Mews does not accept the client token; ask whoever runs this service for theirs",
            "client_token",
        )
    return CredentialsRefused(
        "Mews does not accept the access token; copy it again from Marketplace, My subscriptions",
        "access_token",
    )
