"""The tables and views of the store that hold what reviewers decided.

reviews           what was decided, a row a decision; it only grows
review_state      the row of every decision that counts, as it stands now: follows from ``reviews`` and the tables
review_documents  up to which revision of a document that was done
reviewed_*        views: the six tables as corrected
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from extractor.tables.files import SQLITE_NAME, output
from extractor.tables.schema import TABLES, Column, Table

STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS reviews (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      review_id TEXT NOT NULL UNIQUE,
      doc_id TEXT NOT NULL,
      source TEXT NOT NULL,      -- the document's name then
      table_name TEXT NOT NULL,
      row_id TEXT NOT NULL,
      verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'reject', 'correct', 'add', 'reopen')),
      changes TEXT NOT NULL,     -- JSON: column → new value
      seen TEXT NOT NULL,        -- JSON: the extracted row as the reviewer saw it
      reason TEXT NOT NULL,
      reviewer TEXT NOT NULL,
      made_at TEXT NOT NULL,     -- ISO 8601, UTC
      quote TEXT NOT NULL,       -- the words that were judged, and what stands around them
      prefix TEXT NOT NULL,
      suffix TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      base TEXT NOT NULL,        -- the decision about this row that the reviewer knew of
      batch TEXT NOT NULL        -- what was decided in one go
    )
    """,
    "CREATE INDEX IF NOT EXISTS reviews_row ON reviews(doc_id, row_id)",
    "CREATE INDEX IF NOT EXISTS reviews_batch ON reviews(batch)",
    """
    CREATE TRIGGER IF NOT EXISTS reviews_keep BEFORE UPDATE ON reviews
    BEGIN SELECT raise(ABORT, 'reviews only grows: add a decision that says otherwise'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS reviews_stay BEFORE DELETE ON reviews
    BEGIN SELECT raise(ABORT, 'reviews only grows: add a decision that says otherwise'); END
    """,
    """
    CREATE TABLE IF NOT EXISTS review_state (
      table_name TEXT NOT NULL,
      row_id TEXT NOT NULL,
      doc_id TEXT NOT NULL,
      verdict TEXT NOT NULL,
      machine_id TEXT NOT NULL,  -- the extracted row that it stands for; empty: there is none now
      look TEXT NOT NULL,        -- why it is to be looked at again: changed, gone, unplaced
      "row" TEXT NOT NULL,       -- JSON: the row as decided, where it stands now
      review_id TEXT NOT NULL,
      rivals TEXT NOT NULL,      -- JSON: review_ids of decisions that contradict it, made without knowing of it
      reviewer TEXT NOT NULL,
      made_at TEXT NOT NULL,
      PRIMARY KEY (table_name, row_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS review_state_doc ON review_state(doc_id)",
    "CREATE INDEX IF NOT EXISTS review_state_machine ON review_state(table_name, machine_id)",
    """
    CREATE TABLE IF NOT EXISTS review_documents (
      doc_id TEXT PRIMARY KEY,
      revision INTEGER NOT NULL  -- -1: what was decided went on to a newer version of the file
    ) WITHOUT ROWID
    """,
)

_CASTS = {"int": "INTEGER", "float": "REAL", "decimal": "REAL"}


def view_of(table: Table) -> str:
    """The name of the view of a table as corrected."""
    return f"reviewed_{table.name}"


def views() -> dict[str, str]:
    """Name → SQL of every view."""
    return {view_of(table): _view(table) for table in TABLES}


def _view(table: Table) -> str:
    extracted = ", ".join(_reference(table, column, f't."{column.name}"') for column in table.columns)
    decided = ", ".join(_reference(table, column, _decided(column)) for column in table.columns)
    return (
        f"CREATE VIEW {view_of(table)} AS "
        f"SELECT {extracted}, NULL AS review_verdict, NULL AS reviewer, NULL AS reviewed_at, 0 AS review_conflict "
        f"FROM {table.name} AS t WHERE NOT EXISTS (SELECT 1 FROM review_state AS s "
        f"WHERE s.table_name = '{table.name}' AND s.machine_id = t.{table.primary_key}) "
        f"UNION ALL SELECT {decided}, s.verdict, s.reviewer, s.made_at, s.rivals <> '[]' "
        f"FROM review_state AS s WHERE s.table_name = '{table.name}' AND s.verdict <> 'reject' "
        "AND s.look <> 'unplaced' AND s.doc_id IN (SELECT doc_id FROM documents)"
    )


def _decided(column: Column) -> str:
    if column.name == "confidence":
        return "1.0"
    value = f"json_extract(s.\"row\", '$.{column.name}')"
    return f"CAST({value} AS {_CASTS[column.type]})" if column.type in _CASTS else value


def _reference(table: Table, column: Column, value: str) -> str:
    """A column; one that names a row of another table names none where that row was rejected or is gone."""
    if column.references is None or column.name == "doc_id":
        return f'{value} AS "{column.name}"'
    other, key = column.references
    place = other if other == "sections" else f"reviewed_{other}"
    return f'(SELECT r.{key} FROM {place} AS r WHERE r.{key} = {value}) AS "{column.name}"'


def prepare(database: sqlite3.Connection) -> None:
    """Make the tables and views in a store that does not have them, and the views anew if they are another version's.

    Args:
        database: a store, opened without transactions of Python's own (``isolation_level=None``).

    Raises:
        sqlite3.Error: it cannot be written.
    """
    wanted = views()
    there = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'review%'"))
    if "review_documents" in there and all(there.get(name) == statement for name, statement in wanted.items()):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        for statement in STATEMENTS:
            database.execute(statement)
        for name, statement in wanted.items():
            database.execute(f"DROP VIEW IF EXISTS {name}")
            database.execute(statement)
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def prepared(folder: Path) -> bool:
    """Make the tables and views in the store of an output folder, and tell whether anything was ever decided there.

    Raises:
        OutputError: the store cannot be written.
    """
    path = folder / SQLITE_NAME
    with output(path), closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as database:
        prepare(database)
        return database.execute("SELECT 1 FROM reviews LIMIT 1").fetchone() is not None
