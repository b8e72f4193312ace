"""PostgreSQL's own programs: pg_dump and pg_restore (Debian: postgresql-client)."""

from __future__ import annotations

import os
import subprocess

from sqlalchemy import URL, Engine

from callassist.errors import PermanentError, TransientError


def libpq_url(engine: Engine) -> str:
    """The database's address for PostgreSQL's own programs."""
    own = engine.url
    # without the password: everybody on the machine can read a command line
    return URL.create(
        "postgresql",
        username=own.username,
        host=own.host,
        port=own.port,
        database=own.database,
        query=own.query,
    ).render_as_string()


def run_tool(engine: Engine, command: list[str]) -> None:
    """Run one of them; the errors say what is missing, or its own last line."""
    password = engine.url.password
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    try:
        subprocess.run(  # noqa: S603
            command, check=True, capture_output=True, text=True, env=environment
        )
    except FileNotFoundError:
        raise PermanentError(
            f"{command[0]} is not installed; on Debian: apt-get install postgresql-client"
        ) from None
    except subprocess.CalledProcessError as failed:
        last = (failed.stderr or "no reason given").strip().splitlines()[-1]
        raise TransientError(f"{command[0]} failed: {last}") from failed
