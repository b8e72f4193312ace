"""Compiled SQL, kept for as long as a process of tests lives.

SQLAlchemy keeps what it compiled for each engine, and each test has an engine of its own: it would
compile every statement again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect


def share_statements() -> None:
    """Let all engines of this process share what they compile."""
    # The dialect is part of the key under which a compiled statement is kept.
    DefaultDialect.__eq__ = _compiles_alike  # type: ignore[method-assign, assignment]
    DefaultDialect.__hash__ = _hash_of_what_matters  # type: ignore[method-assign, assignment]
    compiled: dict[Any, Any] = {}

    @event.listens_for(Engine, "engine_connect")
    def use_shared(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)


def _what_matters(dialect: DefaultDialect) -> tuple[Any, ...]:
    return type(dialect), dialect.server_version_info, dialect.paramstyle


def _compiles_alike(self: DefaultDialect, other: object) -> bool:
    return isinstance(other, DefaultDialect) and _what_matters(self) == _what_matters(other)


def _hash_of_what_matters(self: DefaultDialect) -> int:
    return hash(type(self))
