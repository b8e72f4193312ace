"""Does the configured key belong to this database?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.errors import SettingsError
from callassist.storage.facts import get_fact, put_fact
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

_FINGERPRINT = "key_fingerprint"
_RETIRED = "retired_index_keys"


def check_key(sessions: Sessions, vault: Vault, *, now: datetime) -> None:
    """Compare with the key that the database knows; the first start makes it known.

    Lets `vault` also look up under retired index keys. SettingsError names CALLASSIST_SECRET_KEY
    and what to do when the key is another one.
    """
    with sessions.write() as session:
        fact = get_fact(session, _FINGERPRINT)
        if fact is None:
            remember_fingerprint(session, vault, now=now)
        elif fact["fingerprint"] not in vault.fingerprints:
            raise SettingsError(
                "CALLASSIST_SECRET_KEY: this database was sealed with another key (fingerprint "
                f"{fact['fingerprint']}, configured is {vault.fingerprint}). Configure that key, "
                "or both, the new one first, to rotate; without the old key no number in this "
                "database can be read"
            )
        load_retired(session, vault)


def remember_fingerprint(session: Session, vault: Vault, *, now: datetime) -> None:
    """From here on `vault`'s first key is the one that this database needs."""
    put_fact(session, _FINGERPRINT, {"fingerprint": vault.fingerprint}, now=now)


def load_retired(session: Session, vault: Vault) -> None:
    """Let `vault` look up under the index keys that were retired, too."""
    fact = get_fact(session, _RETIRED)
    if fact is not None:
        opened = (vault.open(bytes.fromhex(sealed)) for sealed in fact["index_keys"])
        vault.remember_retired([bytes.fromhex(key) for key in opened])


def store_retired(session: Session, vault: Vault, *, now: datetime) -> None:
    """Keep every index key of `vault` but the first key's, sealed with the first key.

    They make hashes, they open nothing. Entries that keep a number's hash only (stop list,
    consents) can still be found after the key that made it is gone.
    """
    _, *older = vault.index_keys
    sealed = [vault.seal(key.hex()).hex() for key in older]
    put_fact(session, _RETIRED, {"index_keys": sealed}, now=now)
