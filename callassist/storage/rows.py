"""One statement over many rows: they travel as one JSON text and are unpacked by the database.

A statement per row would cost a round trip each (PostgreSQL) or a hand-over of Python's
interpreter lock each (SQLite). Values are plain: text, numbers, None; instants in microseconds
(`models.types.to_micros`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_TABLES = {
    # of its many columns only this one: others are called id, key and type as well
    "sqlite": "(SELECT value FROM json_each(:rows)) AS k",
    "postgresql": "jsonb_array_elements(CAST(:rows AS jsonb)) AS k(value)",
}
_NAME = re.compile(r"(?<!:):(\w+)")
_encode = msgspec.json.Encoder().encode


class RowsStatement:
    """`{rows}` in `sql` is the table of rows: `k.value ->> 0` is the first value of one, as text.

    Cast it where it is no text; `{binary}` ... `{as_binary}` around a text makes bytes of it.
    Write rows in sorted order, so that two writers of the same rows never wait in a ring.
    """

    def __init__(self, sql: str) -> None:
        self._sql = {dialect: _worded(sql, dialect) for dialect in _TABLES}

    def run(
        self, connection: Connection, rows: Sequence[Sequence[object]], **values: object
    ) -> Sequence[Any]:
        """Run it over `rows`; the rows that it selects, as plain tuples.

        On the driver's own cursor: SQLAlchemy's result costs more than SQLite's work. Its errors
        are raised all the same.
        """
        sql = self._sql[connection.dialect.name]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, {"rows": _encode(rows).decode(), **values})
            return cursor.fetchall() if cursor.description is not None else ()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, sql, error) from error
        finally:
            cursor.close()


def _wrapped(connection: Connection, sql: str, error: Exception) -> BaseException:
    dialect = connection.dialect
    base: type[Exception] = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, base, dialect=dialect)


def _worded(sql: str, dialect: str) -> str:
    sql = sql.replace("{rows}", _TABLES[dialect])
    if dialect == "sqlite":
        return sql.replace("{binary}", "CAST(").replace("{as_binary}", " AS BLOB)")
    # the driver's own way to name parameters
    sql = sql.replace("{binary}", "convert_to(").replace("{as_binary}", ", 'UTF8')")
    return _NAME.sub(r"%(\1)s", sql)
