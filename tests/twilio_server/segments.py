"""How many messages a text is charged as (GSM 03.38, else UCS-2)."""

from __future__ import annotations

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = set("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """160 or 153 letters of the phone's own alphabet, 70 or 67 of any other."""
    if set(body) <= _BASIC | _TWICE:
        length, one, more = sum(2 if letter in _TWICE else 1 for letter in body), 160, 153
    else:
        length, one, more = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else -(-length // more)
