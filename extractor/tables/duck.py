"""``chitieu.duckdb``: the typed tables and the views of the SQLite database, as one DuckDB database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractor.model import Extraction
from extractor.tables.files import OutputError, beside, need, output
from extractor.tables.schema import TABLES, Table
from extractor.tables.views import VIEWS
from extractor.tables.writing import arrow_table

DUCKDB_NAME = "chitieu.duckdb"

_TYPES = {"str": "VARCHAR", "list": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "decimal": "DOUBLE", "date": "DATE"}


def duckdb_schema(table: Table) -> list[str]:
    """The SQL that makes one table, with what it and its columns mean in both languages as comments."""
    columns = ", ".join(
        f'"{column.name}" {_TYPES[column.type]}{"" if column.nullable else " NOT NULL"}' for column in table.columns
    )
    return [
        f"CREATE TABLE {table.name} ({columns})",
        f"COMMENT ON TABLE {table.name} IS {_literal(f'{table.en} / {table.vi}')}",
        *(
            f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_literal(f"{column.en} / {column.vi}")}'
            for column in table.columns
        ),
    ]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class DuckDBSink:
    """The database of one run: see ``extractor.tables.writing.Sink``."""

    warnings: Sequence[str] = ()

    def __init__(self, folder: Path) -> None:
        self._path = folder / DUCKDB_NAME
        self.places = [(beside(self._path), self._path)]
        self._connection: Any = None

    def open(self) -> None:
        need("duckdb", self._path, "duckdb", "duckdb")
        import duckdb

        with output(self._path):
            self.places[0][0].unlink(missing_ok=True)
        self._connection = self._or_stop(lambda: duckdb.connect(str(self.places[0][0])))
        # One after the other: the order of rows is the order in which they come.
        for statement in (statement for table in TABLES for statement in duckdb_schema(table)):
            self._execute(statement)

    def _or_stop(self, do: Any) -> Any:
        import duckdb

        try:
            return do()
        except (duckdb.Error, OSError) as error:
            raise OutputError(
                f"{self._path} cannot be written: {error}. Nothing was replaced there; choose another --out."
            ) from error

    def _execute(self, statement: str) -> Any:
        return self._or_stop(lambda: self._connection.execute(statement))

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        batch: pa.Table = arrow_table(table, cells)
        self._or_stop(lambda: self._connection.register("batch", batch))
        self._execute(f"INSERT INTO {table.name} SELECT * FROM batch")
        self._connection.unregister("batch")

    def finish(self) -> None:
        broken = [problem for table in TABLES for problem in self._broken(table)]
        if broken:
            rows = "; ".join(broken[:5])
            raise OutputError(f"{self._path} cannot be written: {rows}. This is a fault of chitieu: please report it.")
        for statement in VIEWS.values():
            self._execute(statement)
        self._or_stop(self._connection.close)
        with output(self._path):
            # A log left by a reader of the database we replace would be replayed onto the new one.
            self._path.with_name(self._path.name + ".wal").unlink(missing_ok=True)

    def _broken(self, table: Table) -> list[str]:
        """Keys that do not hold. DuckDB's own foreign keys bind at every insert, and a parent may come after its part.

        The primary key is set here, when all rows are in: an index kept all along would cost memory and time.
        """
        key = table.primary_key
        twice = self._execute(f"SELECT {key} FROM {table.name} GROUP BY 1 HAVING count(*) > 1 LIMIT 5").fetchall()
        problems = [f"{table.name} has {row_id} twice" for (row_id,) in twice]
        if not problems:
            self._execute(f"ALTER TABLE {table.name} ADD PRIMARY KEY ({key})")
        for column in table.columns:
            if column.references is not None:
                parent, parent_key = column.references
                missing = self._execute(
                    f"SELECT {key} FROM {table.name} AS t WHERE {column.name} IS NOT NULL AND NOT EXISTS "
                    f"(SELECT 1 FROM {parent} AS p WHERE p.{parent_key} = t.{column.name}) LIMIT 5"
                ).fetchall()
                problems += [
                    f"{table.name} {row_id} names a row of {parent} that is not there" for (row_id,) in missing
                ]
        return problems

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            with suppress(OSError):
                self.places[0][0].with_name(self.places[0][0].name + ".wal").unlink(missing_ok=True)
