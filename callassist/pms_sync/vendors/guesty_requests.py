"""Asking Guesty: the shared token, and the pages of both lists of reservations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.guesty_facts import KEY_REFUSED
from callassist.ports.pms import Wanted
from callassist.ports.pms_access import (
    Access,
    Answer,
    BadAnswer,
    CredentialsRefused,
    NotThere,
    Token,
)
from callassist.ports.wording import said

PAGE = 100
MOST_TOKENS_A_DAY = 5
# https://open-api-docs.guesty.com/changelog/2026-11-05: GET /v1/reservations is removed then
LEGACY_ENDS = datetime(2027, 3, 1, tzinfo=UTC)
# `guest` whole: a part of it (guest.phone) was not reliable
LEGACY_FIELDS = (
    "_id listingId status source confirmationCode checkIn checkOut checkInDateLocalized "
    "checkOutDateLocalized guestId guest lastUpdatedAt"
)


def is_legacy(access: Access) -> bool:
    chosen = access.options.get("reservations") or access.credentials.get("reservations")
    return chosen == "legacy" and access.now() < LEGACY_ENDS


def ask(access: Access, method: str, path: str, **more: Any) -> Answer:
    """A request with the shared token; one that was taken back early is fetched once more."""
    answer = _ask_once(access, method, path, **more)
    if answer.status == 401:
        access.forget_token()
        answer = _ask_once(access, method, path, **more)
    if answer.status == 401:
        raise CredentialsRefused(KEY_REFUSED, "client_secret")
    return answer


def _ask_once(
    access: Access, method: str, path: str, see: Sequence[int] = (), **more: Any
) -> Answer:
    token = access.token(lambda: _fetch_token(access), most_a_day=MOST_TOKENS_A_DAY)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return access.call(method, path, headers=headers, see=(401, *see), **more)


def get(access: Access, path: str, params: Any = None) -> Answer:
    return ask(access, "GET", path, params=params)


def _fetch_token(access: Access) -> Token:
    answer = access.call(
        "POST",
        "/oauth2/token",
        form={
            "grant_type": "client_credentials",
            "scope": "open-api",
            "client_id": access.credentials["client_id"].strip(),
            "client_secret": access.credentials["client_secret"].strip(),
        },
        headers={"Accept": "application/json"},
        see=(400, 401, 403),
    )
    if answer.status >= 400:
        field = "client_id" if "client_id" in answer.text else "client_secret"
        raise CredentialsRefused(KEY_REFUSED, field)
    return reading.token(answer.json(), access.now())


def search_page(access: Access, wanted: Wanted, skip: int) -> tuple[list[Any], bool, int]:
    params = {
        # instants in UTC: a day more on both sides covers every zone
        "filter[checkOut][gte]": _midnight(wanted.first - timedelta(days=1)),
        "filter[checkIn][lt]": _midnight(wanted.last + timedelta(days=2)),
        "sort": "_id",
        "limit": PAGE,
        "skip": skip,
    }
    results, body = page(get(access, "/v1/reservations-v3/search", params))
    paging = reading.as_object(body.get("pagination"), "pagination in Guesty's answer")
    has_more = paging.get("hasMore")
    if not isinstance(has_more, bool):
        raise BadAnswer("Guesty does not say whether there are more pages")
    limit = paging.get("limit")
    step = limit if isinstance(limit, int) and 0 < limit <= PAGE else PAGE
    return results, has_more, step


def legacy_page(access: Access, wanted: Wanted, skip: int) -> tuple[list[Any], bool, int]:
    first, last = wanted.first - timedelta(days=1), wanted.last + timedelta(days=2)
    filters = [
        {"field": "checkOut", "operator": "$gte", "value": _midnight(first)},
        {"field": "checkIn", "operator": "$lt", "value": _midnight(last)},
    ]
    params = {
        "filters": json.dumps(filters),
        "fields": LEGACY_FIELDS,
        "sort": "_id",
        "limit": PAGE,
        "skip": skip,
    }
    results, _ = page(get(access, "/v1/reservations", params))
    return results, len(results) >= PAGE, PAGE


def page(answer: Answer) -> tuple[list[Any], dict[str, Any]]:
    body = reading.as_object(answer.json(), "Guesty's answer")
    return reading.as_list(body.get("results"), "results in Guesty's answer"), body


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"


def path_part(value: str) -> str:
    if not value.replace("-", "").replace("_", "").isalnum():
        raise NotThere(said("Guesty knows no such id."))
    return value
