"""Whether a request was signed by whoever holds one of our secrets."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from callassist.ports.telephony import WebhookRequest
from callassist.telephony.twilio.documents import RETRIES


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What requests may be signed with; two tokens while one is being replaced."""

    tokens: tuple[str, ...] = field(repr=False)  # of the account: HMAC-SHA1
    signing_key: str = field(default="", repr=False)  # SignalWire: SHA1; a Twilio shared key: 256

    def with_algorithms(self) -> Iterable[tuple[str, str]]:
        """(secret, algorithm): the algorithm is ours to choose, never the request's."""
        yield from ((token, "sha1") for token in self.tokens if token)
        if self.signing_key:
            yield from ((self.signing_key, algorithm) for algorithm in ("sha1", "sha256"))


def is_signed(request: WebhookRequest, secrets: Secrets, header: str) -> bool:
    """Whether the header fits address and form under one of the secrets.

    The address is the configured public one, so no header of a proxy or a forger has a say in it.
    """
    sent = _header(request.headers, header)
    if not sent:
        return False
    try:
        # as the SDK writes them, which would sort them again for each of the addresses
        fields = "".join(name + value for name, value in sorted(set(request.fields)))
        texts = [(address + fields).encode() for address in _addresses(request.url)]
    except ValueError:
        return False
    fits = False
    for secret, algorithm in secrets.with_algorithms():
        for text in texts:
            expected = base64.b64encode(hmac.digest(secret.encode(), text, algorithm))
            fits |= hmac.compare_digest(expected, sent.encode("utf-8", "replace"))
    return fits


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def _addresses(url: str) -> list[str]:
    """The forms in which a network may have signed an address of ours.

    With the scheme's own port and without it; with what `with_retries` adds, which is never sent,
    and without it. Twilio documents neither, and each names the same address.
    """
    parts = urlsplit(url.partition("#")[0])
    own = {"https": 443, "http": 80}.get(parts.scheme)
    host = parts.netloc.rpartition("@")[2]
    forms = [parts.geturl()]
    if parts.port is None:
        forms.append(parts._replace(netloc=f"{host}:{own}").geturl())
    elif parts.port == own:
        forms.append(parts._replace(netloc=host.rpartition(":")[0]).geturl())
    return forms + [form + RETRIES for form in forms]
