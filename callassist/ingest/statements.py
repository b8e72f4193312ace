"""The four statements of the hot path: one call each into the database, however many rows.

The rows travel as one JSON text. A statement per row would cost a round trip (PostgreSQL) or a
hand-over of Python's interpreter lock (SQLite) each. All writers name rows in sorted order, so two
that write the same ones never wait in a ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, TextClause, text

_ROWS = {
    "sqlite": "json_each(:rows) AS k",
    "postgresql": "jsonb_array_elements(CAST(:rows AS jsonb)) AS k(value)",
}

_FIND_SENSORS = """
SELECT s.connection_id, s.external_id, s.id, s.property_id, s.last_heard_at
FROM {rows} JOIN sensor s
  ON s.connection_id = CAST(k.value ->> 0 AS BIGINT) AND s.external_id = k.value ->> 1
"""

_FIND_DUPLICATES = """
SELECT r.sensor_id, r.event_key
FROM {rows} JOIN noise_reading r
  ON r.sensor_id = CAST(k.value ->> 0 AS BIGINT) AND r.event_key = k.value ->> 1
"""

# WHERE true: without it SQLite takes ON for a part of the join
_INSERT_READINGS = """
INSERT INTO noise_reading
  (sensor_id, event_key, at, received_at, kind, level_db, number, verdict)
SELECT CAST(k.value ->> 0 AS BIGINT), k.value ->> 1, CAST(k.value ->> 2 AS BIGINT),
  CAST(k.value ->> 3 AS BIGINT), k.value ->> 4, CAST(k.value ->> 5 AS FLOAT),
  CAST(k.value ->> 6 AS SMALLINT), k.value ->> 7
FROM {rows} WHERE true
ON CONFLICT (sensor_id, event_key) DO NOTHING
"""

_HEARD = """
UPDATE sensor SET last_heard_at = :now
WHERE id IN (SELECT CAST(k.value ->> 0 AS BIGINT) FROM {rows})
"""

_POSTED = """
UPDATE sensor_connection SET last_post_at = :now
WHERE id IN (SELECT CAST(k.value ->> 0 AS BIGINT) FROM {rows})
  AND (last_post_at IS NULL OR last_post_at < :before)
"""


@dataclass(frozen=True, kw_only=True)
class Statements:
    """One database's wording of them. Instants are microseconds (models.types.to_micros)."""

    find_sensors: TextClause  # [connection id, external id]
    find_duplicates: TextClause  # [sensor id, event key]
    insert_readings: TextClause  # the columns in their order
    heard: TextClause  # [sensor id]
    posted: TextClause  # [connection id]


def _worded(dialect: str) -> Statements:
    rows = _ROWS[dialect]
    return Statements(
        find_sensors=text(_FIND_SENSORS.format(rows=rows)),
        find_duplicates=text(_FIND_DUPLICATES.format(rows=rows)),
        insert_readings=text(_INSERT_READINGS.format(rows=rows)),
        heard=text(_HEARD.format(rows=rows)),
        posted=text(_POSTED.format(rows=rows)),
    )


STATEMENTS = {dialect: _worded(dialect) for dialect in _ROWS}
_encode = msgspec.json.Encoder().encode


def execute(
    connection: Connection, statement: TextClause, rows: list[Any], **values: object
) -> list[Any]:
    """Run one of them over `rows`; what it selects."""
    result = connection.execute(statement, {"rows": _encode(rows).decode(), **values})
    return list(result) if result.returns_rows else []
