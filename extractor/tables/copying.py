"""The documents of a store (``chitieu.sqlite``) as the text that PostgreSQL's COPY takes, one document after the other.

SQLite itself joins the cells of a row and the rows of a document: a Python object a document and table, not one a cell,
which is what lets a load keep up with the server.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.tables.schema import TABLES, Column, Table

STORE_NAME = "chitieu.sqlite"

# ASCII's own separators: of records, units and, for null, groups. Text of a document has no use for them; where one got
# in, the document is written cell by cell (`_escaped`).
_ROW, _CELL, _NULL = b"\x1e", b"\x1f", b"\x1d"
COPY_OPTIONS = r"FORMAT text, DELIMITER E'\x1f', NULL E'\x1d'"

# Codes, which have no `;` inside, as arrays; `warnings` are prose, which may, and stay one text.
PROSE_LISTS = frozenset({"warnings"})

REVIEW_COLUMNS = (
    "review_id",
    "doc_id",
    "source",
    "table_name",
    "row_id",
    "verdict",
    "changes",
    "seen",
    "reason",
    "reviewer",
    "made_at",
    "quote",
    "prefix",
    "suffix",
    "start",
    "end",
    "base",
    "batch",
)


class StoreError(Exception):
    """The store cannot be read. The message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document of a store.

    Attributes:
        doc_id: its id.
        digest: 32 hex digits; the same for the same rows, in whatever order the store has them.
        rows: table name → number of rows and their COPY text (see ``COPY_OPTIONS``); tables without rows are left out.
    """

    doc_id: str
    digest: str
    rows: dict[str, tuple[int, bytes]]

    @property
    def size(self) -> int:
        """Bytes of COPY text."""
        return sum(len(text) for _, text in self.rows.values())


def store_of(out: Path) -> Path:
    """The store of an output folder.

    Raises:
        StoreError: it is not there, cannot be read, is no store, or has not the columns of this version.
    """
    path = out if out.is_file() else out / STORE_NAME
    if not path.is_file():
        raise StoreError(f"{out} has no {STORE_NAME}: make it by `chitieu run PATH --out {out} --format sqlite`.")
    try:
        with closing(_connect(path)) as store:
            for table in TABLES:
                missing = [name for name in table.names if name not in _columns(store, table.name)]
                if missing == list(table.names):
                    raise StoreError(f"{path} is no store of chitieu: it has no table {table.name}.")
                if missing:
                    raise StoreError(
                        f"{path} was written by another version of chitieu: its table {table.name} has no "
                        f"{', '.join(missing)}. Run `chitieu run` again with this version, then load."
                    )
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read as a store of chitieu: {error}.") from error
    return path


def store_id(path: Path) -> str:
    """The identity of a store, which tells what was loaded from it; empty where it has none.

    Raises:
        StoreError: the store cannot be read.
    """
    try:
        with closing(_connect(path)) as store:
            if not _columns(store, "run_meta"):
                return ""
            row = store.execute("SELECT value FROM run_meta WHERE key = 'id'").fetchone()
            return "" if row is None else _text(row[0])
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read as a store of chitieu: {error}.") from error


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _connect(path: Path) -> sqlite3.Connection:
    """Open read-only. What is read is one state of the file, whatever a run writes to it meanwhile."""
    address = path.resolve().as_uri() + "?mode=ro"
    store = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    try:
        store.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        store.close()
        if path.with_name(path.name + "-wal").exists():
            raise
        # A store in WAL mode asks for a file beside it; in a folder that nobody may write, nobody writes the store.
        store = sqlite3.connect(address + "&immutable=1", uri=True, isolation_level=None, check_same_thread=False)
    store.text_factory = bytes
    store.execute("BEGIN")
    return store


def _columns(store: sqlite3.Connection, table: str) -> set[str]:
    return {row[0].decode() for row in store.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def is_array(column: Column) -> bool:
    """Whether a column is an array in PostgreSQL."""
    return column.type == "list" and column.name not in PROSE_LISTS


def _expression(column: Column, null: str = "NULL") -> str:
    """SQL that gives a cell's text, and for null what ``null`` says."""
    name = f'"{column.name}"'
    if column.type == "decimal":
        # 29, not 29.0, which PostgreSQL's numeric would keep as it is.
        whole = f"CAST({name} AS INTEGER)"
        return f"CASE WHEN {name} IS NULL THEN {null} WHEN {name} = {whole} THEN {whole} ELSE {name} END"
    if is_array(column):
        item = rf"""replace(replace({name}, '\', '\\'), '"', '\"')"""
        return f"""CASE WHEN {name} IS NULL THEN '{{}}' ELSE '{{"' || replace({item}, ';', '","') || '"}}' END"""
    return f"coalesce({name}, {null})" if column.nullable and null != "NULL" else name


def _may_be_prose(column: Column) -> bool:
    made_here = column.values or column.references or column.name in ("rule", "sha256", "extractor_version")
    return column.type in ("str", "list") and not made_here and not column.name.endswith(("_id", "code"))


def _document_query(table: Table) -> str:
    """SQL that gives doc_id, number of rows, whether a text has a zero byte or is the sign for null, and the rows."""
    holes = "%s" * len(table.columns)
    holes = _CELL.decode().join(holes[i : i + 2] for i in range(0, len(holes), 2))
    cells = [_expression(column, f"'{_NULL.decode()}'") for column in table.columns]
    # `printf` ends a text at a zero byte, and a cell that is the sign for null would be read as null. Readers let no
    # zero byte through; where one came all the same, it is to be told.
    words = [f'CAST("{column.name}" AS BLOB)' for column in table.columns if _may_be_prose(column)]
    odd = " OR ".join(f"instr({name}, x'00') OR {name} = x'{_NULL.hex()}'" for name in words)
    return (
        f"SELECT doc_id, count(*), max({odd}), "
        f"group_concat(printf('{holes}', {', '.join(cells)}), '{_ROW.decode()}') "
        f"FROM {table.name} GROUP BY doc_id ORDER BY doc_id"
    )


def stored_documents(path: Path) -> Iterator[StoredDocument]:
    """The documents of a store, by id.

    Args:
        path: what ``store_of`` gave.

    Raises:
        StoreError: the store cannot be read, or has rows of a document that it does not have.
    """
    try:
        with closing(_connect(path)) as store:
            yield from _documents(store, path)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read as a store of chitieu: {error}.") from error


def _documents(store: sqlite3.Connection, path: Path) -> Iterator[StoredDocument]:
    seed = "\n".join(f"{table.name}: {' '.join(table.names)}" for table in TABLES).encode()
    first, *others = TABLES
    streams = {table.name: store.execute(_document_query(table)) for table in others}
    heads = {name: stream.fetchone() for name, stream in streams.items()}
    for row in store.execute(_document_query(first)):
        doc_id: bytes = row[0]
        digest = hashlib.blake2b(seed, digest_size=16)
        rows = {}
        for table in TABLES:
            if table is first:
                given = row
            else:
                given = heads[table.name]
                if given is None or given[0] != doc_id:
                    _no_orphan(given, doc_id, table, path)
                    continue
                heads[table.name] = streams[table.name].fetchone()
            text = _copy_text(store, table, given)
            digest.update(b"\n%s %d\n" % (table.name.encode(), given[1]))
            digest.update(text)
            rows[table.name] = (given[1], text)
        yield StoredDocument(doc_id.decode(), digest.hexdigest(), rows)
    for table in others:
        _no_orphan(heads[table.name], b"\xff", table, path)


def _no_orphan(row: Any, doc_id: bytes, table: Table, path: Path) -> None:
    if row is not None and row[0] < doc_id:
        raise StoreError(
            f"{path} is damaged: {table.name} has rows of document {row[0].decode(errors='replace')}, which documents "
            "has not. Run `chitieu run` again."
        )


def _copy_text(store: sqlite3.Connection, table: Table, row: Any) -> bytes:
    """The rows of a document, by id: ``row`` is one of ``_document_query``."""
    doc_id, count, odd, joined = row
    lines = sorted(joined.split(_ROW))
    text = b"\n".join(lines)
    if odd or len(lines) != count or text.count(_CELL) != count * (len(table.columns) - 1):
        return _escaped(store, table, doc_id)
    if b"\\" in text or b"\r" in text or text.count(b"\n") != count - 1:
        text = b"\n".join(map(_line, lines))
    return text + b"\n"


def _line(line: bytes) -> bytes:
    for sign, written in ((b"\\", rb"\\"), (b"\n", rb"\n"), (b"\r", rb"\r")):
        line = line.replace(sign, written)
    return line


def _escaped(store: sqlite3.Connection, table: Table, doc_id: bytes) -> bytes:
    """The rows of a document with signs inside that separate cells, or that PostgreSQL's text cannot hold."""
    cells = ", ".join(f"CAST({_expression(column)} AS TEXT)" for column in table.columns)
    query = f"SELECT {cells} FROM {table.name} WHERE doc_id = CAST(? AS TEXT) ORDER BY {table.primary_key}"
    return b"".join(
        _CELL.join(_NULL if cell is None else _cell(cell) for cell in row) + b"\n"
        for row in store.execute(query, (doc_id,)).fetchall()
    )


def _cell(text: bytes) -> bytes:
    text = _line(text)
    for sign in (_ROW, _CELL, _NULL):
        text = text.replace(sign, b"\\x%02x" % sign[0])
    return text.replace(b"\0", "\N{REPLACEMENT CHARACTER}".encode())


def stored_reviews(path: Path) -> Iterator[tuple[Any, ...]]:
    """What reviewers decided, as tuples of ``REVIEW_COLUMNS``; nothing where the store has no such table.

    Raises:
        StoreError: the store cannot be read.
    """
    try:
        with closing(_connect(path)) as store:
            if set(REVIEW_COLUMNS) <= _columns(store, "reviews"):
                store.text_factory = str
                names = ", ".join(f'"{name}"' for name in REVIEW_COLUMNS)
                yield from store.execute(f"SELECT {names} FROM reviews")
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read as a store of chitieu: {error}.") from error
