"""The store of an output folder, ``chitieu.sqlite``: the six tables, what they were made from, and the manifest.

    run_files       a row a file that a run was given: name, path, size, time, and the key of its bytes
    run_contents    a row a content that was done: under which versions, with what result, in how many seconds
    run_documents   a row a document of a content: what reading and extraction made of it, packed
    run_rows        a row a document in the six tables: the file whose content gave its rows
    run_log         a row a run: when, with which options, how it ended
    run_meta        the store's own version, and which files the tables were last written to

Documents are committed whole, those of half a second together, so that a run that is killed loses no more than these
and what was in hand. The six tables always hold whole documents; which of several files with the same bytes gives a
document its name is settled when all are done (``settle``), so that the tables do not depend on their order.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from extractor.model import Extraction, Source
from extractor.running.fingerprint import Versions
from extractor.running.locking import only_writer
from extractor.running.packing import unpacked_extraction, unpacked_source
from extractor.running.work import Made, member_of
from extractor.tables.files import SQLITE_NAME, OutputError, output
from extractor.tables.rows import Row, rows_of
from extractor.tables.schema import TABLES
from extractor.tables.sqlite import sqlite_indexes, sqlite_schema
from extractor.tables.views import VIEWS

STORE_VERSION = 1
_TOGETHER = 0.5  # seconds of work that one commit may hold

_MANIFEST = (
    """
    CREATE TABLE run_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    """,
    """
    CREATE TABLE run_files (
      name TEXT PRIMARY KEY,      -- as in documents.source
      path TEXT NOT NULL,         -- where it lay when it was last seen
      size INTEGER NOT NULL,      -- bytes; -1 if it could not be opened
      mtime_ns INTEGER NOT NULL,  -- time of its last change; 0 if it was too fresh to be trusted
      content TEXT NOT NULL,      -- key of its bytes
      gone INTEGER NOT NULL       -- 1: it is no longer there
    ) WITHOUT ROWID
    """,
    "CREATE INDEX run_files_content ON run_files(content)",
    """
    CREATE TABLE run_contents (
      content TEXT PRIMARY KEY,
      status TEXT NOT NULL,       -- the worst of its documents': ok, partial, failed
      documents INTEGER NOT NULL, -- how many
      seconds REAL NOT NULL,      -- reading and extracting
      reader TEXT NOT NULL,       -- versions it was done under: see extractor.running.fingerprint
      extractor TEXT NOT NULL,
      patterns TEXT NOT NULL,
      gazetteer TEXT NOT NULL,
      finished_at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE run_documents (
      content TEXT NOT NULL,
      position INTEGER NOT NULL,  -- place in its file, from 0
      member TEXT NOT NULL,       -- what its name adds to the file's
      doc_id TEXT NOT NULL,
      status TEXT NOT NULL,
      revision INTEGER NOT NULL,  -- grows with everything stored
      extraction BLOB NOT NULL,
      source BLOB,
      PRIMARY KEY (content, position)
    )
    """,
    "CREATE INDEX run_documents_doc_id ON run_documents(doc_id)",
    """
    CREATE TABLE run_rows (
      doc_id TEXT PRIMARY KEY,
      file TEXT NOT NULL,
      position INTEGER NOT NULL,
      content TEXT NOT NULL,
      revision INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX run_rows_file ON run_rows(file, position)",
    """
    CREATE TABLE run_log (
      run INTEGER PRIMARY KEY,
      started_at TEXT NOT NULL,
      finished_at TEXT,           -- empty: running, or killed
      options TEXT NOT NULL,      -- JSON
      result TEXT                 -- JSON: counts; empty as above
    )
    """,
)

# Every document that a file holds, best claim to its id first: files that are there before files that are gone, then
# the order of names. Gone files keep their rows until they are pruned.
_CLAIMS = """
SELECT d.doc_id, f.name AS file, f.gone, d.position, d.member, d.content, d.revision, d.status,
       row_number() OVER (PARTITION BY d.doc_id ORDER BY f.gone, f.name, d.position) AS nth
FROM run_files AS f JOIN run_documents AS d ON d.content = f.content
"""
# What the six tables are made of: a store where this is another text was written by another version.
_WANTED = "\n".join([*sqlite_schema(), *sqlite_indexes(), *VIEWS.values()])
_WORST = ("ok", "partial", "failed")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in the manifest; see ``run_files``."""

    name: str
    path: str
    size: int
    mtime_ns: int
    content: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A content that was done; see ``run_contents``."""

    status: str
    versions: Versions


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that gives no rows, because another file holds the same."""

    name: str
    same_as: str


class Store:
    """An output folder's store. Use as a context manager.

    Args:
        folder: the output folder; it must exist.
        read_only: for looking at it only; several may do so while one run writes.

    Raises:
        OutputError: here and in every method: it cannot be opened, read or written, or is none of ours.
    """

    def __init__(self, folder: Path, read_only: bool = False) -> None:
        self.path = folder / SQLITE_NAME
        self._read_only = read_only
        self._gathers = False
        self._committed = 0.0  # when last, of the changes that are gathered
        if read_only and not self.path.is_file():
            raise OutputError(f"{folder} holds no {SQLITE_NAME}: name the folder that `chitieu run --out` wrote.")
        with output(self.path):
            # Opened for writing even to be read, where that is allowed: the last to leave takes SQLite's log away.
            mode = "rwc" if not read_only else "rw" if os.access(self.path, os.W_OK) else "ro"
            uri = f"{self.path.absolute().as_uri()}?mode={mode}"
            self._database = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)
            self._database.execute(f"PRAGMA query_only = {int(read_only)}")
        try:
            with output(self.path):
                self._prepare()
        except BaseException:
            self._database.close()
            raise
        self._revision = int(self._one("SELECT coalesce(max(revision), 0) FROM run_documents"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def _prepare(self) -> None:
        names = {name for (name,) in self._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        ours = "run_meta" in names
        if not ours and (self._read_only or (names and not {table.name for table in TABLES} <= names)):
            raise OutputError(f"{self.path} is no store of chitieu. Move it away, or choose another folder with --out.")
        if ours and (version := int(self.meta("version") or 0)) > STORE_VERSION:
            raise OutputError(
                f"{self.path} was written by a newer chitieu (store version {version}, this one knows {STORE_VERSION})."
                " Upgrade chitieu, or choose another folder with --out."
            )
        if self._read_only:
            return
        # Readers see whole documents while a run writes, and a power cut leaves the last commits but one at worst.
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("PRAGMA cache_size = -16384")
        with self._change():
            if not ours:
                for statement in _MANIFEST:
                    self._database.execute(statement)
                self._set_meta("version", str(STORE_VERSION))
                self._set_meta("id", uuid4().hex)  # by which a database knows what came from here
            self._make_tables()

    def _make_tables(self) -> None:
        """Make the six tables anew where their columns are not those of the schema: an older version wrote them."""
        if self.meta("tables") == _WANTED:
            return
        for (view,) in self._database.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
            if view in VIEWS:
                self._database.execute(f"DROP VIEW {view}")
        for table in TABLES:
            self._database.execute(f"DROP TABLE IF EXISTS {table.name}")
        for statement in [*sqlite_schema(), *sqlite_indexes(), *VIEWS.values()]:
            self._database.execute(statement)
        self._database.execute("DELETE FROM run_rows")  # `settle` fills them from what is stored
        self._set_meta("tables", _WANTED)

    def _change(self) -> AbstractContextManager[None]:
        return transaction(self._database, self.path, self._more_soon if self._gathers else None)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Commit the changes of up to half a second together, or what there is at ``commit``.

        For documents that come by the hundred a second: a commit for each took a third of the time of what writes.
        """
        self._gathers = True
        try:
            yield
        finally:
            self._gathers = False
            self.commit()

    def _more_soon(self) -> bool:
        now = time.monotonic()
        if now - self._committed < _TOGETHER:
            return True
        self._committed = now
        return False

    def commit(self) -> None:
        """Commit what was gathered: nothing comes for a while, in which others may want to write."""
        if self._database.in_transaction:
            with output(self.path):
                self._database.execute("COMMIT")

    def _all(self, query: str, *values: object) -> list[Any]:
        with output(self.path):
            return self._database.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> Any:
        with output(self.path):
            row = self._database.execute(query, values).fetchone()
        return None if row is None else row[0]

    def meta(self, key: str) -> str | None:
        """A fact about the store itself."""
        found: str | None = self._one("SELECT value FROM run_meta WHERE key = ?", key)
        return found

    def _set_meta(self, key: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO run_meta VALUES (?, ?)", (key, value))

    # --- the manifest

    def files(self) -> dict[str, FileRow]:
        """Every file that was ever given and not pruned, by name."""
        rows = self._all("SELECT name, path, size, mtime_ns, content, gone FROM run_files")
        return {
            name: FileRow(name, os.fsdecode(path), size, mtime_ns, content, bool(gone))
            for name, path, size, mtime_ns, content, gone in rows
        }

    def contents(self) -> dict[str, Done]:
        """Every content that was done, by key."""
        rows = self._all("SELECT content, status, reader, extractor, patterns, gazetteer FROM run_contents")
        kinds: dict[tuple[str, ...], Done] = {}  # few: a hundred thousand of the same would be memory for nothing
        return {
            content: kinds.setdefault((status, *made_with), Done(status, Versions(*made_with)))
            for content, status, *made_with in rows
        }

    def record(self, files: Iterable[FileRow], forget: Iterable[str] = (), settled: bool = False) -> None:
        """Set down which files there are, and forget those with these names.

        Args:
            files: new ones, and known ones of which something has changed.
            forget: names.
            settled: whether nothing in the six tables depends on the change.
        """
        with self._change():
            if not settled:
                self._unpublish()
            self._database.executemany(
                "INSERT OR REPLACE INTO run_files VALUES (?, ?, ?, ?, ?, ?)",
                [(f.name, _as_text(f.path), f.size, f.mtime_ns, f.content, int(f.gone)) for f in files],
            )
            self._database.executemany("DELETE FROM run_files WHERE name = ?", [(name,) for name in forget])

    def has_sources(self, content: str) -> bool:
        """Whether all documents of a content could be read, so that they need not be read again."""
        query = "SELECT count(*) > 0 AND count(*) = count(source) FROM run_documents WHERE content = ?"
        return bool(self._one(query, content))

    # --- documents

    def add(self, name: str, content: str, position: int, made: Made) -> None:
        """Keep what a document gave, and put its rows in the tables if no other file gives them.

        Args:
            name: the file's name.
            content: key of its bytes.
            position: the document's place in its file, from 0.
            made: what it gave.
        """
        self._revision += 1
        with self._change():
            self._database.execute(
                "INSERT OR REPLACE INTO run_documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    content,
                    position,
                    member_of(made.name),
                    made.doc_id,
                    made.status,
                    self._revision,
                    made.extraction,
                    made.source,
                ),
            )
            owner = self._database.execute(
                "SELECT file, position FROM run_rows WHERE doc_id = ?", (made.doc_id,)
            ).fetchone()
            if owner in (None, (name, position)):
                self._put_rows(made.doc_id, name, position, content, self._revision, made.rows, new=owner is None)

    def finish(self, content: str, statuses: Sequence[str], seconds: float, versions: Versions, now: str) -> None:
        """Set down that a content is done: it was given as many documents as ``statuses``."""
        worst = max(statuses, key=_WORST.index, default="ok")
        with self._change():
            self._database.execute(
                "DELETE FROM run_documents WHERE content = ? AND position >= ?", (content, len(statuses))
            )
            self._database.execute(
                "INSERT OR REPLACE INTO run_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (content, worst, len(statuses), round(seconds, 3), *asdict(versions).values(), now),
            )

    def _put_rows(
        self,
        doc_id: str,
        file: str,
        position: int,
        content: str,
        revision: int,
        rows: Iterable[Sequence[Row]],
        new: bool = False,
    ) -> None:
        if not new:
            self._drop_rows(doc_id)
        for table, found in zip(TABLES, rows, strict=True):
            if found:
                holes = ",".join("?" * len(table.columns))
                self._database.executemany(f"INSERT INTO {table.name} VALUES ({holes})", found)
        self._database.execute(
            "INSERT OR REPLACE INTO run_rows VALUES (?, ?, ?, ?, ?)", (doc_id, file, position, content, revision)
        )
        self._unpublish()

    def _drop_rows(self, doc_id: str) -> None:
        for table in TABLES:
            self._database.execute(f"DELETE FROM {table.name} WHERE doc_id = ?", (doc_id,))
        self._database.execute("DELETE FROM run_rows WHERE doc_id = ?", (doc_id,))
        self._unpublish()

    def settle(self) -> None:
        """Make the six tables what the manifest says: each document once, under the name of its first file."""
        with self._change():
            self._database.execute("DELETE FROM run_documents WHERE content NOT IN (SELECT content FROM run_files)")
            self._database.execute("DELETE FROM run_contents WHERE content NOT IN (SELECT content FROM run_files)")
            self._database.execute("DROP TABLE IF EXISTS temp.claims")
            self._database.execute(f"CREATE TEMP TABLE claims AS SELECT * FROM ({_CLAIMS}) WHERE nth = 1")
        for (doc_id,) in self._all("SELECT doc_id FROM run_rows EXCEPT SELECT doc_id FROM claims"):
            with self._change():
                self._drop_rows(doc_id)
        moved = self._all(
            """
            SELECT c.doc_id, c.file, c.position, c.content, c.revision
            FROM claims AS c LEFT JOIN run_rows AS r USING (doc_id)
            WHERE (r.file, r.position, r.content, r.revision) IS NOT (c.file, c.position, c.content, c.revision)
            """
        )
        for doc_id, file, position, content, revision in moved:
            extraction = self._extraction(content, position, file)
            with self._change():
                rows = [rows_of(table, [extraction]) for table in TABLES]
                self._put_rows(doc_id, file, position, content, revision, rows)
        with self._change():
            self._database.execute("DROP TABLE temp.claims")

    def _extraction(self, content: str, position: int, file: str) -> Extraction:
        ((member, packed),) = self._all(
            "SELECT member, extraction FROM run_documents WHERE content = ? AND position = ?", content, position
        )
        return _renamed(unpacked_extraction(packed), file + member)

    def skipped(self) -> list[Skipped]:
        """The documents of files that are there whose rows stand under another name."""
        rows = self._all(
            f"""
            SELECT c.file || c.member, r.file || d.member
            FROM ({_CLAIMS}) AS c JOIN run_rows AS r USING (doc_id)
            JOIN run_documents AS d ON d.content = r.content AND d.position = r.position
            WHERE c.nth > 1 AND NOT c.gone ORDER BY c.file, c.position
            """
        )
        return [Skipped(*row) for row in rows]

    # --- what goes out

    def extractions(self, texts: bool, size: int = 200) -> Iterator[list[Extraction]]:
        """Every document of the tables with all that it gave, in the order of names, some at a time.

        Args:
            texts: whether their source texts are wanted too.
            size: how many at a time.
        """
        source = "d.source" if texts else "NULL"
        with output(self.path):
            cursor = self._database.execute(
                f"""
                SELECT r.file || d.member, d.extraction, {source}
                FROM run_rows AS r JOIN run_documents AS d ON d.content = r.content AND d.position = r.position
                ORDER BY r.file, r.position
                """
            )
            while rows := cursor.fetchmany(size):
                yield [
                    _renamed(unpacked_extraction(packed, unpacked_source(text).text if text else ""), name)
                    for name, packed, text in rows
                ]

    def readers(self) -> dict[str, str]:
        """Id → what read it, of every document of the tables that could be read."""
        return dict(self._all("SELECT doc_id, reader FROM documents WHERE reader IS NOT NULL"))

    def source(self, doc_id: str) -> Source:
        """What reading made of a document of the tables that could be read."""
        packed = self._one(
            """
            SELECT d.source FROM run_rows AS r
            JOIN run_documents AS d ON d.content = r.content AND d.position = r.position WHERE r.doc_id = ?
            """,
            doc_id,
        )
        return unpacked_source(packed)

    def revisions(self) -> dict[str, int]:
        """Id → revision of every document of the tables; it grows whenever a document is done again."""
        return dict(self._all("SELECT doc_id, revision FROM run_rows"))

    def revision(self, doc_id: str) -> int | None:
        """The revision of one document; ``None`` where the tables do not have it."""
        found: int | None = self._one("SELECT revision FROM run_rows WHERE doc_id = ?", doc_id)
        return found

    def document(self, doc_id: str) -> tuple[Extraction, Source | None]:
        """A document of the tables with all that it gave and its text, and what reading made of it, if it could be."""
        ((name, packed, read),) = self._all(
            """
            SELECT r.file || d.member, d.extraction, d.source FROM run_rows AS r
            JOIN run_documents AS d ON d.content = r.content AND d.position = r.position WHERE r.doc_id = ?
            """,
            doc_id,
        )
        source = unpacked_source(read) if read else None
        return _renamed(unpacked_extraction(packed, source.text if source else ""), name), source

    def file_of(self, doc_id: str) -> Path:
        """Where the file of a document (of one in a zip file, that file) lay when it was last seen."""
        path = self._one(
            "SELECT f.path FROM run_rows AS r JOIN run_files AS f ON f.name = r.file WHERE doc_id = ?", doc_id
        )
        return Path(os.fsdecode(path))

    def publish(self, key: str, files: Mapping[str, Sequence[int]]) -> None:
        """Set down which files the tables were written to, with size and time, and under which options."""
        with output(self.path):
            self._database.execute("PRAGMA synchronous = FULL")
        with self._change():
            self._set_meta("published", json.dumps({"key": key, "files": files}))
        with output(self.path):
            self._database.execute("PRAGMA synchronous = NORMAL")

    def published(self) -> tuple[str, dict[str, list[int]]]:
        """Key and files of the last ``publish``, if nothing has changed since; an empty key otherwise."""
        found = json.loads(self.meta("published") or "{}")
        return found.get("key", ""), found.get("files", {})

    def _unpublish(self) -> None:
        self._database.execute(
            "UPDATE run_meta SET value = json_set(value, '$.key', '') WHERE key = 'published' "
            "AND json_extract(value, '$.key') <> ''"
        )

    # --- runs and counts

    def begin_run(self, options: Mapping[str, object], now: str) -> int:
        """Set down that a run begins; its number."""
        with self._change():
            cursor = self._database.execute(
                "INSERT INTO run_log (started_at, options) VALUES (?, ?)",
                (now, json.dumps(options, ensure_ascii=False)),
            )
        return int(cursor.lastrowid or 0)

    def end_run(self, run: int, result: Mapping[str, object], now: str) -> None:
        """Set down how a run ended."""
        with self._change():
            self._database.execute(
                "UPDATE run_log SET finished_at = ?, result = ? WHERE run = ?",
                (now, json.dumps(result, ensure_ascii=False), run),
            )

    def last_run(self) -> tuple[str, str, dict[str, Any]] | None:
        """When the last run began and ended, and its options."""
        rows = self._all("SELECT started_at, coalesce(finished_at, ''), options FROM run_log ORDER BY run DESC LIMIT 1")
        return (rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None

    def counts(self) -> dict[str, int]:
        """Rows of each of the six tables."""
        return {table.name: int(self._one(f"SELECT count(*) FROM {table.name}")) for table in TABLES}

    def statuses(self) -> dict[str, int]:
        """How many documents of the tables are ``ok``, ``partial``, ``failed``."""
        found = dict(self._all("SELECT status, count(*) FROM documents GROUP BY status"))
        return {status: found.get(status, 0) for status in _WORST}

    def flags(self) -> dict[str, int]:
        """Code of a failed check → how many rows carry it."""
        found: dict[str, int] = {}
        for table in TABLES:
            if "flags" in table.names:
                query = f"SELECT flags, count(*) FROM {table.name} WHERE flags IS NOT NULL GROUP BY flags"
                for codes, count in self._all(query):
                    for code in codes.split(";"):
                        found[code] = found.get(code, 0) + count
        return dict(sorted(found.items()))

    def problems(self) -> list[tuple[str, str, str]]:
        """Name, status and reason of each document of the tables that is not ``ok``, in the order of names."""
        return self._all(
            """
            SELECT d.source, d.status, coalesce(d.warnings, '') FROM documents AS d JOIN run_rows AS r USING (doc_id)
            WHERE d.status <> 'ok' ORDER BY r.file, r.position
            """
        )


@contextmanager
def transaction(
    database: sqlite3.Connection, path: Path, more_soon: Callable[[], bool] | None = None
) -> Iterator[None]:
    """One transaction: all of it, or nothing.

    Args:
        database: a store, opened without transactions of Python's own.
        path: its file, for messages.
        more_soon: asked at the end: whether to leave it open for the next.

    Raises:
        OutputError: it cannot be written.
    """
    with output(path):
        if not database.in_transaction:
            database.execute("BEGIN IMMEDIATE")
        try:
            yield
            if more_soon is None or not more_soon():
                database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:  # a full disk may have ended it already
                database.execute("ROLLBACK")
            raise


def up_to_date(folder: Path) -> None:
    """See that the six tables of a store are those of this version, for what reads them without a run.

    An older version's tables are made anew from what the store holds; nothing is read or extracted again.

    Raises:
        OutputError: there is no store, or it cannot be written.
    """
    with Store(folder, read_only=True) as store:
        current = store.meta("tables") == _WANTED
    if not current:
        with only_writer(folder), Store(folder) as store:
            store.settle()


def _as_text(path: str) -> str | bytes:
    """A path as it can be stored: as it is, or its bytes where they are no UTF-8."""
    raw = os.fsencode(path)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _renamed(extraction: Extraction, name: str) -> Extraction:
    """The extraction as if its document had had this name from the start: a failed one says its name in its reason."""
    document = extraction.document
    if document.source == name:
        return extraction
    before = f"{document.source}: "
    warnings = tuple(f"{name}: {w[len(before) :]}" if w.startswith(before) else w for w in document.warnings)
    return replace(extraction, document=replace(document, source=name, warnings=warnings))
