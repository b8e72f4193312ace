"""An Access whose answers were recorded before: for shapes that are one system's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callassist.ports.pms_access import Answer, HookRequest, NotThere, Token

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def fixture(name: str) -> Any:
    """A sample payload by its file name."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def signed_hook(name: str) -> tuple[HookRequest, str]:
    """A signed sample as it comes in, and its secret."""
    sample = fixture(name)
    headers = {key.lower(): value for key, value in sample["headers"].items()}
    return hook(sample["raw_body"], headers), sample["secret"]


def hook(body: object, headers: Mapping[str, str] | None = None) -> HookRequest:
    """A webhook with this body: text as it is, else JSON."""
    raw = body if isinstance(body, str) else json.dumps(body)
    return HookRequest(body=raw.encode(), headers=headers or {}, query={}, now=NOW)


@dataclass
class Said:
    """A canned answer."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return json.dumps(self.body)

    def json(self) -> Any:
        return self.body


class Canned:
    """Answers "METHOD path" in turn, the last one for ever; notes what was asked."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self.credentials = credentials
        self.options: Mapping[str, Any] = {}
        self.base_url = "https://canned.example"
        self.asked: list[tuple[str, list[tuple[str, str]], Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.access_token: str | None = None  # fetched, or of a connection made by signing in
        self._answers: dict[str, list[Any]] = {}

    def answer(self, line: str, *answers: Any) -> Canned:
        """What comes for "METHOD path": bodies, `Said`, or errors to raise."""
        self._answers[line] = list(answers)
        return self

    def now(self) -> datetime:
        return NOW

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        see: Sequence[int] = (),
        cost: int = 1,
    ) -> Answer:
        pairs = params.items() if isinstance(params, Mapping) else params or ()
        self.asked.append(
            (f"{method} {path}", [(k, str(v)) for k, v in pairs], json or form or body)
        )
        self.headers.append(headers or {})
        waiting = self._answers.get(f"{method} {path}")
        if waiting is None:
            raise NotThere(f"{method} {path}")
        said = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, Said) else Said(said)

    def token(self, fetch: Callable[[], Token], *, most_a_day: int | None = None) -> str:
        if self.access_token is None:
            self.access_token = fetch().access
        return self.access_token

    def refresh_token(self) -> str | None:
        return None

    def forget_token(self) -> None:
        self.access_token = None

    def lines(self) -> list[str]:
        """What was asked, without parameters."""
        return [line for line, _, _ in self.asked]
