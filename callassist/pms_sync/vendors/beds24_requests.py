"""Asking Beds24: its token fetched by a code that works once, its credits, its pages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from callassist.pms_sync.vendors.reading import Pages, as_list, as_object, ends
from callassist.ports.pms_access import (
    Access,
    Answer,
    BadAnswer,
    CredentialsRefused,
    Token,
)

MOST_COST = 20
LONGEST_LIFE = 86400 * 30

Params = list[tuple[str, Any]]


def field_of(access: Access) -> str:
    """The credential that this connection has: a code, or a token that lives long."""
    is_code = bool(access.credentials.get("invite_code", "").strip())
    return "invite_code" if is_code else "long_life_token"


def refused(access: Access) -> CredentialsRefused:
    """What to do about it, in the words of the credential there is."""
    field = field_of(access)
    if field == "invite_code":
        return CredentialsRefused(
            "Beds24 does not accept it: a code works once, within 24 hours; make a new one under "
            "Settings, Marketplace, API",
            field,
        )
    return CredentialsRefused(
        "Beds24 does not accept this token; make a new one under Settings, Marketplace, API", field
    )


def _token(access: Access) -> str:
    if field_of(access) == "long_life_token":
        return access.credentials.get("long_life_token", "").strip()
    return access.token(lambda: _fetch(access))


def _fetch(access: Access) -> Token:
    """The refresh token that the code was changed for; the code itself the first time only."""
    refresh = access.refresh_token()
    path, headers = (
        ("/authentication/token", {"refreshToken": refresh})
        if refresh
        else ("/authentication/setup", {"code": access.credentials["invite_code"].strip()})
    )
    try:
        answer = access.call("GET", path, headers=headers, see=(400,))
    except CredentialsRefused:
        raise refused(access) from None
    if answer.status == 400:  # how a used code is refused is not described
        raise refused(access)
    body = as_object(answer.json(), "the token's answer")
    token, life, new = body.get("token"), body.get("expiresIn"), body.get("refreshToken")
    if not isinstance(token, str) or not token:
        if body.get("success") is False:
            raise refused(access)
        raise BadAnswer("token is missing")
    if type(life) is not int or life <= 0:
        raise BadAnswer("expiresIn is missing")
    return Token(
        access=token,
        expires_at=access.now() + timedelta(seconds=min(life, LONGEST_LIFE)),
        refresh=new if isinstance(new, str) and new else refresh,
    )


def ask(access: Access, path: str, params: Params | None = None, *, cost: int = 1) -> Answer:
    """One request; a token that is refused is fetched again once."""
    for has_fresh in (False, True):
        headers = {"token": _token(access)}
        try:
            return access.call("GET", path, params=params or [], headers=headers, cost=cost)
        except CredentialsRefused:
            if has_fresh or field_of(access) == "long_life_token":
                raise refused(access) from None
            access.forget_token()
    raise AssertionError("unreachable")


def _cost(answer: Answer) -> int:
    """What the page cost, in credits: the next one costs as much."""
    try:
        return min(MOST_COST, max(1, math.ceil(float(answer.headers.get("x-requestcost", "1")))))
    except (ValueError, OverflowError):
        return 1


def pages_of(access: Access, path: str, params: Params) -> Iterator[list[Any]]:
    """As long as it says that a next page exists."""
    guard, cost = Pages(), 1
    for number in itertools.count(1):
        answer = ask(access, path, [*params, ("page", number)], cost=cost)
        body = as_object(answer.json(), "the answer")
        if body.get("success") is not True:
            if body.get("code") in (401, 403):
                raise refused(access)
            raise BadAnswer(f"Beds24 says: {str(body.get('error') or 'no reason')[:200]}")
        page = as_list(body.get("data"), "data")
        if page:
            guard.turn(ends(page, "id"))
            yield page
        pages = body.get("pages")
        if not isinstance(pages, dict) or pages.get("nextPageExists") is not True:
            return
        if not page:
            raise BadAnswer("an empty page says that another follows")
        cost = _cost(answer)
