"""The statements of the hot path: one call each into the database, however many rows."""

from __future__ import annotations

from callassist.storage.rows import RowsStatement

# rows: connection id, the brand's id
FIND_SENSORS = RowsStatement("""
SELECT s.connection_id, s.external_id, s.id, s.property_id, s.last_heard_at
FROM {rows} JOIN sensor s
  ON s.connection_id = CAST(k.value ->> 0 AS BIGINT) AND s.external_id = k.value ->> 1
""")

# rows: sensor id, event key
FIND_DUPLICATES = RowsStatement("""
SELECT r.sensor_id, r.event_key
FROM {rows} JOIN noise_reading r
  ON r.sensor_id = CAST(k.value ->> 0 AS BIGINT) AND r.event_key = k.value ->> 1
""")

# rows: the columns in their order. WHERE true: without it SQLite takes ON for a part of a join
INSERT_READINGS = RowsStatement("""
INSERT INTO noise_reading
  (sensor_id, event_key, at, received_at, kind, level_db, number, verdict)
SELECT CAST(k.value ->> 0 AS BIGINT), k.value ->> 1, CAST(k.value ->> 2 AS BIGINT),
  CAST(k.value ->> 3 AS BIGINT), k.value ->> 4, CAST(k.value ->> 5 AS FLOAT),
  CAST(k.value ->> 6 AS SMALLINT), k.value ->> 7
FROM {rows} WHERE true
ON CONFLICT (sensor_id, event_key) DO NOTHING
""")

# rows: sensor id
HEARD = RowsStatement("""
UPDATE sensor SET last_heard_at = :now
WHERE id IN (SELECT CAST(k.value ->> 0 AS BIGINT) FROM {rows})
""")

# rows: connection id
POSTED = RowsStatement("""
UPDATE sensor_connection SET last_post_at = :now
WHERE id IN (SELECT CAST(k.value ->> 0 AS BIGINT) FROM {rows})
  AND (last_post_at IS NULL OR last_post_at < :before)
""")
