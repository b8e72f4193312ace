"""A phone network's callback out of a request: nothing of it is believed yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from callassist.ports.webhook import WebhookRequest

MAX_BODY = 64 * 1024


def callback_of(request: Request, public_url: str) -> WebhookRequest:
    """The callback as its network signed it, for the configured address, never the request's own.

    RequestEntityTooLarge when its body is longer than callbacks are.
    """
    request.max_content_length = MAX_BODY + 1  # a chunked body is cut there without a word
    body = request.get_data(cache=True)  # before the form, which would use the stream up
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    query = request.query_string.decode("ascii", "replace")
    return WebhookRequest(
        url=public_url.rstrip("/") + request.path + (f"?{query}" if query else ""),
        headers=dict(request.headers),
        form=_Form(request),
        body=body,
    )


class _Form(Mapping[str, str]):
    """The form, read when somebody asks for it: Twilio's adapter reads the body itself."""

    def __init__(self, request: Request) -> None:
        self._request = request

    @cached_property
    def _fields(self) -> dict[str, str]:
        return self._request.form.to_dict()

    def __getitem__(self, name: str) -> str:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)
