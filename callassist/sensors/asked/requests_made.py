"""One request to a brand: its turn, its token, what went wrong in words, and never too much."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from callassist.errors import TransientError
from callassist.ports.pms_access import BadAnswer, CredentialsRefused, NotThere, RateLimited
from callassist.sensors.asked.brands import TITLES, Asking, windows
from callassist.sensors.asked.tokens import access_token
from callassist.storage import request_budget

MOST_BYTES = 8 * 1024 * 1024
LONGEST_WAIT = 20.0  # seconds for a turn; who needs it sooner says `within`
LONGEST_ANSWER = 30.0
_PIECE = 64 * 1024


@dataclass
class Talk:
    """Requests for one connection; `within` bounds all of them together, in real time."""

    asking: Asking
    brand: str
    connection_id: int
    within: timedelta | None = None

    def __post_init__(self) -> None:
        seconds = None if self.within is None else self.within.total_seconds()
        self._until = None if seconds is None else time.monotonic() + seconds

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> bytes:
        """The answer's bytes. CredentialsRefused, NotThere, RateLimited, BadAnswer or
        TransientError say what went wrong; a token that was refused is replaced once."""
        token = access_token(self.asking, self.brand, self.connection_id)
        answer = self._send(method, path, token, params, body)
        if answer[0] in (401, 403):
            token = access_token(self.asking, self.brand, self.connection_id, not_this=token)
            answer = self._send(method, path, token, params, body)
        return self._judged(*answer)

    def json(self, method: str, path: str, **what: Any) -> Any:
        """The answer as JSON; BadAnswer for anything else."""
        text = self.call(method, path, **what)
        try:
            return json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError):
            raise BadAnswer(f"{self._title} answered something that is no JSON") from None

    @property
    def _title(self) -> str:
        return TITLES[self.brand]

    def _send(
        self, method: str, path: str, token: str, params: Mapping[str, Any] | None, body: Any
    ) -> tuple[int, Mapping[str, str], bytes]:
        self._await_turn()
        url = f"{self.asking.brand(self.brand).base_url.rstrip('/')}{path}"
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            with self.asking.http() as session:
                answer = session.request(
                    method,
                    url,
                    params=params,
                    json=body,
                    headers=headers,
                    timeout=self._timeout(),
                    stream=True,
                )
                return answer.status_code, answer.headers, self._read(answer)
        except requests.RequestException as error:
            raise TransientError(
                f"{self._title} does not answer ({type(error).__name__})"
            ) from None

    def _await_turn(self) -> None:
        most = LONGEST_WAIT if self._until is None else self._until - time.monotonic()
        while True:
            now = self.asking.now_real()
            wait = request_budget.take(
                self.asking.sessions, windows(self.brand, self.connection_id), now
            )
            if wait <= 0:
                return
            most -= wait
            if most < 0:
                raise RateLimited(f"{self._title}: its rate is used up for now", wait)
            self.asking.sleep(wait)

    def _timeout(self) -> tuple[float, float]:
        if self._until is None:
            return 5.0, 10.0
        left = max(self._until - time.monotonic(), 0.1)
        return left, left

    def _read(self, answer: requests.Response) -> bytes:
        most = LONGEST_ANSWER if self._until is None else self._until - time.monotonic()
        ends, pieces, size = time.monotonic() + most, [], 0
        for piece in answer.iter_content(_PIECE):
            size += len(piece)
            pieces.append(piece)
            if size > MOST_BYTES:
                raise BadAnswer(f"{self._title} answered more than {MOST_BYTES} bytes")
            if time.monotonic() > ends:
                raise TransientError(f"{self._title} answers too slowly")
        return b"".join(pieces)

    def _judged(self, status: int, headers: Mapping[str, str], body: bytes) -> bytes:
        title = self._title
        if status < 300:
            return body
        if status in (401, 403):
            raise CredentialsRefused(f"{title} does not let us in any more; connect it again")
        if status == 404:
            raise NotThere(f"{title} knows no such thing")
        if status == 429:
            raise self._limited(headers)
        if status == 408 or status >= 500:
            raise TransientError(f"{title} has trouble of its own ({status})")
        raise BadAnswer(f"{title} refused the request ({status})")

    def _limited(self, headers: Mapping[str, str]) -> RateLimited:
        said = headers.get("Retry-After", "")
        seconds = float(said) if said.isascii() and said.isdigit() and len(said) < 6 else 60.0
        until = self.asking.now_real() + timedelta(seconds=seconds)
        key = windows(self.brand, self.connection_id)[0].key
        request_budget.block(self.asking.sessions, key, until)
        return RateLimited(f"{self._title} asks us to wait", seconds)
