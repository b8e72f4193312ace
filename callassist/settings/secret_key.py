"""The key that seals numbers: its text form, and the file it lives in when nobody sets one."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path

from callassist.errors import SettingsError

KEY_BYTES = 32
FILE_NAME = "secret.key"
_HOW = "make one with: openssl rand -base64 32"


def generate() -> str:
    """A new random key: 32 bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parse(text: str) -> list[bytes]:
    """The keys in `<key>[,<older key>...]`, first the one that seals.

    SettingsError names CALLASSIST_SECRET_KEY and which of the keys is wrong.
    """
    words = text.replace(",", " ").split()
    if not words:
        raise SettingsError(f"CALLASSIST_SECRET_KEY: is empty; {_HOW}")
    keys = [_decode(word, place) for place, word in enumerate(words, start=1)]
    if len(set(keys)) != len(keys):
        raise SettingsError("CALLASSIST_SECRET_KEY: names the same key twice")
    return keys


def read_or_make(data_dir: Path, configured: str) -> str:
    """The configured key text, else that of `<data_dir>/secret.key`, made when absent."""
    if configured:
        return configured
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        # Of two that start at once one creates the file, complete and unreadable for others.
        draft = data_dir / f"{FILE_NAME}.{secrets.token_hex(4)}"
        if not path.exists():
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(generate() + "\n")
            _publish(draft, path)
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"CALLASSIST_DATA_DIR: the key file {path} cannot be used ({error.strerror}); "
            "set CALLASSIST_SECRET_KEY or make the directory writable"
        ) from error


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _decode(word: str, place: int) -> bytes:
    try:
        key = base64.b64decode(word.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"CALLASSIST_SECRET_KEY: key {place} is not 32 bytes in base64; {_HOW}")
    return key
