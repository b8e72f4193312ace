"""Sealing of numbers and secrets, and the keyed index by which a sealed number is found."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from callassist.errors import PermanentError, SettingsError
from callassist.settings import secret_key

_VERSION = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD = len(_VERSION) + _ID_BYTES + _NONCE_BYTES


class SealBroken(PermanentError):
    """A sealed value cannot be opened: its key is not configured, or it was changed."""


@dataclass(frozen=True)
class VaultKey:
    """32 secret bytes; everything that is used is derived from them, each for one purpose."""

    secret: bytes = field(repr=False)

    @cached_property
    def id(self) -> bytes:
        """Four bytes in front of each sealed value: which key opens it."""
        return self._derive(b"id", _ID_BYTES)

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hex digits by which people and backups tell keys apart."""
        return self._derive(b"fingerprint", 8).hex()

    @cached_property
    def cipher(self) -> AESGCM:
        """Seals and opens."""
        return AESGCM(self._derive(b"seal", 32))

    @cached_property
    def index_key(self) -> bytes:
        """Makes the keyed index."""
        return self._derive(b"index", 32)

    @cached_property
    def salt(self) -> bytes:
        """Salts the hashes in logs."""
        return self._derive(b"log", 32)

    def _derive(self, purpose: bytes, length: int) -> bytes:
        kdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"callassist " + purpose)
        return kdf.derive(self.secret)


class Vault:
    """The first key seals and indexes; the others only open what they sealed once."""

    def __init__(self, keys: Sequence[VaultKey]) -> None:
        if not keys:
            raise SettingsError("CALLASSIST_SECRET_KEY: at least one key is needed")
        self._primary = keys[0]
        self._keys = {key.id: key for key in keys}
        self._retired: tuple[bytes, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> Vault:
        """A vault from `<key>[,<older key>...]`; SettingsError names CALLASSIST_SECRET_KEY."""
        return cls([VaultKey(secret) for secret in secret_key.parse(text)])

    @staticmethod
    def generate_key() -> str:
        """A new random key as text."""
        return secret_key.generate()

    def seal(self, text: str) -> bytes:
        """Encrypt with the first key; the same text gives different bytes each time."""
        nonce = os.urandom(_NONCE_BYTES)
        head = _VERSION + self._primary.id + nonce
        return head + self._primary.cipher.encrypt(nonce, text.encode(), _VERSION)

    def open(self, sealed: bytes) -> str:
        """The text; SealBroken when no configured key opens it or it was changed."""
        if len(sealed) < _HEAD or sealed[:1] != _VERSION:
            raise SealBroken("this is not a sealed value of Call Assist")
        key = self._keys.get(sealed[1 : 1 + _ID_BYTES])
        if key is None:
            raise SealBroken(
                "sealed with a key that is not configured; add the older key to "
                "CALLASSIST_SECRET_KEY, behind a comma"
            )
        nonce = sealed[1 + _ID_BYTES : _HEAD]
        try:
            return key.cipher.decrypt(nonce, sealed[_HEAD:], _VERSION).decode()
        except InvalidTag:
            raise SealBroken("a sealed value was changed or cut off; restore it") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key sealed it, so that rotation may leave it alone."""
        return sealed[: 1 + _ID_BYTES] == _VERSION + self._primary.id

    def index(self, e164: str) -> str:
        """The keyed index under which a number is stored (64 hex digits)."""
        return _hmac(self._primary.index_key, e164)

    def indexes(self, e164: str) -> tuple[str, ...]:
        """Every index under which a number may be stored: look-ups use `IN` these."""
        return tuple(_hmac(key, e164) for key in self.index_keys)

    def salted(self, text: str) -> str:
        """A salted hash for logs: tells equal from different, gives nothing back."""
        return _hmac(self._primary.salt, text)

    @property
    def index_keys(self) -> tuple[bytes, ...]:
        """Keys of the index: the first key's, the older keys', the retired ones."""
        own = [key.index_key for key in self._keys.values()]
        return tuple(dict.fromkeys((*own, *self._retired)))

    def remember_retired(self, index_keys: Iterable[bytes]) -> None:
        """Also look up under these: of keys that seal nothing any more (storage.rotation)."""
        self._retired = tuple(index_keys)

    @property
    def fingerprint(self) -> str:
        """The first key's fingerprint."""
        return self._primary.fingerprint

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of all keys, the first key's first."""
        return tuple(key.fingerprint for key in self._keys.values())


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), sha256).hexdigest()
