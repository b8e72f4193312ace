"""Triggers that make the database itself refuse to change or delete the incident log.

Part of the first migration, so these statements never change; a later migration replaces them.
"""

from __future__ import annotations

from alembic import op

_SQLITE = """
CREATE TRIGGER incident_log_no_{verb} BEFORE {verb} ON incident_log
BEGIN SELECT RAISE(ABORT, 'incident_log is append-only'); END
"""
_FUNCTION = """
CREATE FUNCTION incident_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'incident_log is append-only'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER incident_log_append_only BEFORE UPDATE OR DELETE ON incident_log
FOR EACH ROW EXECUTE FUNCTION incident_log_refuse()
"""


def create() -> None:
    """Create the triggers; the table exists."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(verb=verb))
        return
    op.execute(_FUNCTION)
    op.execute(_POSTGRESQL)


def drop() -> None:
    """Drop them again, before the table."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER incident_log_no_{verb}")
        return
    op.execute("DROP TRIGGER incident_log_append_only ON incident_log")
    op.execute("DROP FUNCTION incident_log_refuse()")
