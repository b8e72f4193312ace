"""The key by which push services know this installation: made once, kept for ever."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException

from callassist.errors import SettingsError

FILE_NAME = "vapid.pem"


def load_or_create_vapid(path: Path) -> Vapid02:
    """The key in `path`, made (mode 600) when the file is absent; safe for two starters.

    A key that cannot be read is never replaced: every subscription depends on it.
    SettingsError names the file.
    """
    try:
        if not path.exists():
            _create(path)
        path.chmod(0o600)
        return Vapid02.from_pem(path.read_bytes())
    except OSError as error:
        raise SettingsError(
            f"the Web Push key {path} cannot be used ({error.strerror}); "
            "make CALLASSIST_DATA_DIR writable for the service"
        ) from error
    except (VapidException, ValueError):
        raise SettingsError(
            f"the Web Push key {path} is damaged; restore it from a backup, or remove it: then "
            "everybody has to switch push on again"
        ) from None


def application_server_key(vapid: Vapid02) -> str:
    """The public key as `PushManager.subscribe` takes it (URL-safe base64, no padding)."""
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    vapid = Vapid02()
    vapid.generate_keys()
    # complete before it has its name, so that of two starters both read the same key
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(vapid.private_pem())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
