"""Brings a database to the newest schema; safe when two processes start at once."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from sqlalchemy import Engine

from callassist.migrations.revisions import current, is_at_head


def upgrade(engine: Engine) -> None:
    """Run every missing migration in one transaction, under a lock.

    UnknownSchema when the database is newer than this code.
    """
    if not is_at_head(current(engine)):
        _steps().upgrade(engine)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` ("base" for an empty database); data of what is dropped is lost."""
    _steps().downgrade(engine, revision)


def _steps() -> ModuleType:
    # Alembic is a tenth of a start's time and 5 MB, and nearly every start finds nothing to do
    return import_module("callassist.migrations.steps")
