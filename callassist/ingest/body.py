"""Reads a request's body: not more than allowed, and not less than announced."""

from __future__ import annotations

from typing import Protocol

from callassist.ports.sensors import MAX_BODY, Fault, Malformed, TooLarge, WrongMediaType

_PIECE = 64 * 1024


class Stream(Protocol):
    """The body as the server hands it over."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


def read_body(stream: Stream, announced: str | None, encoding: str | None) -> bytes:
    """The whole body; `announced` is Content-Length, None when it comes in chunks.

    Raises TooLarge beyond 1 MiB, Malformed when it was cut off half-way.
    """
    if encoding and encoding.strip().lower() != "identity":
        raise WrongMediaType(f"Send the body as it is, not as Content-Encoding {encoding}.")
    if announced:
        if not (announced.isascii() and announced.isdigit()):
            raise _cut("Content-Length must be a number of bytes.")
        if int(announced[:20]) > MAX_BODY:
            raise _too_large()
        return _read_exactly(stream, int(announced))
    return _read_to_end(stream)


def _read_exactly(stream: Stream, length: int) -> bytes:
    body = _piece(stream, length)
    while len(body) < length:
        more = _piece(stream, length - len(body))
        if not more:
            raise _cut(
                f"The body ended after {len(body)} of {length} bytes; nothing was kept: "
                "send it again."
            )
        body += more
    return body


def _read_to_end(stream: Stream) -> bytes:
    pieces: list[bytes] = []
    left = MAX_BODY
    while piece := _piece(stream, min(_PIECE, left + 1)):
        left -= len(piece)
        if left < 0:
            raise _too_large()
        pieces.append(piece)
    return b"".join(pieces)


def _piece(stream: Stream, size: int) -> bytes:
    try:
        return stream.read(size) if size else b""
    except (OSError, RuntimeError):
        # servers raise different errors for a connection that broke inside the body
        raise _cut("The body was cut off half-way; nothing was kept: send it again.") from None


def _cut(detail: str) -> Malformed:
    return Malformed(detail, [Fault("", detail)])


def _too_large() -> TooLarge:
    return TooLarge(f"The body is larger than {MAX_BODY} bytes; send fewer readings at a time.")
