"""The database, key and clock as a command needs them: no web, no worker, no network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from callassist.bootstrap import set_up_logs
from callassist.clock import Clock
from callassist.migrations import upgrade
from callassist.settings import Settings, load_settings
from callassist.settings.secret_key import read_or_make
from callassist.storage.engine import make_engine
from callassist.storage.keys import check_key
from callassist.storage.service_clock import load_clock
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An installation, opened for one command."""

    settings: Settings
    sessions: Sessions
    vault: Vault
    clock: Clock


@contextmanager
def opened() -> Iterator[Opened]:
    """Migrate if needed, check the key, and close at the end. SettingsError says what is wrong."""
    settings = load_settings()
    set_up_logs(settings.service.log_level)
    settings.service.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database.url)
    try:
        upgrade(engine)
        sessions = Sessions(engine)
        vault = open_vault(settings)
        clock = load_clock(sessions, settings)
        check_key(sessions, vault, now=clock.now())
        yield Opened(settings=settings, sessions=sessions, vault=vault, clock=clock)
    finally:
        engine.dispose()


def open_vault(settings: Settings) -> Vault:
    """The vault of the configured secret key, or of the one in the data directory."""
    return Vault.from_text(read_or_make(settings.service.data_dir, settings.service.secret_key))
