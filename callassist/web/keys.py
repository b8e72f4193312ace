"""Keys of the web layer, each derived from the service's secret for one purpose only."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from callassist.settings import secret_key as service_key

SESSIONS = "callassist web: signs sessions and forms"
PASSWORDS = "callassist web: salt of sign-in"


def derived(secret_key: str, purpose: str) -> list[str]:
    """One key per key in `secret_key`, the current one first; none tells anything of the others.

    While a rotation runs there are several, so that nobody is signed out by it.
    """
    return [
        HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key).hex()
        for key in service_key.parse(secret_key)
    ]
