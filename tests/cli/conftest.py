"""An installation of its own for each test; a command sets up logs, and the tests' are put back."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installation import Installation
from tests.plain_logs import log_plainly


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory to work in, so that no `.env` of anybody is read."""
    monkeypatch.chdir(tmp_path)
    handlers, level = logging.root.handlers[:], logging.root.level
    yield tmp_path
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    log_plainly()
    _forget_loggers()


def _forget_loggers() -> None:
    """Let each module's logger ask again where to write: the command's standard error is closed."""
    for name, module in list(sys.modules.items()):
        if name.startswith("callassist"):
            for value in vars(module).values():
                if type(value).__name__ == "BoundLoggerLazyProxy":
                    vars(value).pop("bind", None)


@pytest.fixture
def here(there: Path, sqlite_url: str) -> Installation:
    """An installation on the embedded database."""
    return Installation(there / "data", sqlite_url)


@pytest.fixture
def anywhere(there: Path, database_url: str) -> Installation:
    """An installation on each kind of database."""
    return Installation(there / "data", database_url)
