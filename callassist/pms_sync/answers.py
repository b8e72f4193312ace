"""An answer of another system, read with limits: its size, its time, and whether it is whole."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from callassist.ports.pms_access import BadAnswer

LARGEST = 32 * 1024 * 1024  # bytes, unpacked
LONGEST = 120.0  # seconds from the first byte to the last: a drip is no answer
_AT_ONCE = 256 * 1024
_PAGES = ("text/html", "application/xhtml+xml")


class CutOff(BadAnswer):
    """The connection ended, or went silent, in the middle of an answer."""


@dataclass(kw_only=True)
class Received:
    """A whole answer. `system` is the name by which people know whose it is."""

    system: str
    status: int
    headers: Mapping[str, str]  # names in small letters
    content: bytes

    @property
    def text(self) -> str:
        """The body as text; what is no text in its encoding is replaced."""
        kind = self.headers.get("content-type", "")
        named = requests.utils.get_encoding_from_headers(
            requests.structures.CaseInsensitiveDict({"content-type": kind})
        )
        # ISO-8859-1 is what HTTP once meant by saying nothing; today that is UTF-8
        encoding = named if named and "charset" in kind.lower() else "utf-8"
        try:
            return self.content.decode(encoding, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; BadAnswer when it is none."""
        try:
            return json.loads(self.content, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise BadAnswer(self._why_no_json()) from None

    def _why_no_json(self) -> str:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in _PAGES or self.content.lstrip()[:1] == b"<":
            return f"{self.system} sent a web page in place of data; it may be under maintenance"
        return f"{self.system} sent something that is not JSON"


def read_answer(system: str, answer: requests.Response, *, largest: int = LARGEST) -> Received:
    """Everything that was sent, unpacked; BadAnswer when it is too large, too slow or cut off.

    At most `largest` bytes are ever held, however much a small packed answer would become.
    """
    parts: list[bytes] = []
    size, ends_at = 0, time.monotonic() + LONGEST
    try:
        # read1 gives what has come so far: one byte every few seconds cannot outlast the end
        while part := answer.raw.read1(_AT_ONCE, decode_content=True):
            size += len(part)
            if size > largest:
                raise BadAnswer(f"{system} sent more than {largest // 1024 // 1024} MB at once")
            if time.monotonic() > ends_at:
                raise BadAnswer(f"{system} sends too slowly to be read")
            parts.append(part)
    except urllib3.exceptions.ReadTimeoutError:
        raise CutOff(f"{system} stopped in the middle of its answer") from None
    except (urllib3.exceptions.HTTPError, OSError):
        raise CutOff(f"{system} broke off in the middle of its answer") from None
    return Received(
        system=system,
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        content=b"".join(parts),
    )


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
