"""Which schema a database has and which one this code needs; knows nothing of Alembic."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from callassist.errors import PermanentError

_VERSIONS = Path(__file__).parent / "versions"
# Each file's revision is the date that its name begins with, and each follows the one before it.
_FILE_NAME = re.compile(r"(\d{8}_\d{4})_\w+\.py")
_TABLE = "alembic_version"


class UnknownSchema(PermanentError):
    """The database was written by a newer version of Call Assist."""


def head() -> str:
    """The revision that this version of the code needs."""
    return max(_known())


def current(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_TABLE):
            return None
        revision: str | None = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608
        return revision


def is_at_head(revision: str | None) -> bool:
    """Whether nothing is left to do; UnknownSchema when the database is newer than this code."""
    known = _known()
    if revision is not None and revision not in known:
        raise UnknownSchema(
            f"the database has schema {revision}, which this version of Call Assist does not "
            "know: install the newer version again, or restore a backup from before it"
        )
    return revision == max(known)


def _known() -> set[str]:
    names = (_FILE_NAME.fullmatch(path.name) for path in _VERSIONS.iterdir())
    return {name[1] for name in names if name}
