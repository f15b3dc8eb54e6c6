"""``chitieu load``: the store of an output folder into PostgreSQL.

One load is one transaction: whatever happens to it, the database has the state before it or the state behind it. An
advisory lock makes loads into one schema wait for each other. A document that has the digest of the load before is not
sent; of one that has not, all rows are sent to temporary tables, the changed ones are changed, the new ones inserted,
and those that are gone deleted. Documents that the database does not have are copied straight into the tables.
"""

from __future__ import annotations

import importlib.util
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from extractor.tables import postgres_schema as ddl
from extractor.tables.copying import (
    COPY_OPTIONS,
    REVIEW_COLUMNS,
    StoredDocument,
    StoreError,
    store_id,
    store_of,
    stored_documents,
    stored_reviews,
)
from extractor.tables.schema import TABLES
from extractor.tables.views import VIEWS

if TYPE_CHECKING:
    import psycopg

DEFAULT_SCHEMA = "chitieu"
_BATCH_BYTES = 4 << 20
_BATCH_DOCUMENTS = 1000
_OLDEST_SERVER = 13
_T = TypeVar("_T")


class LoadError(Exception):
    """Nothing was loaded. The message says why and what to do; it never has a password in it."""


@dataclass(slots=True)
class Counts:
    """What a load did to the rows of one table; ``unchanged`` are those of the store that were there as they are."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What one load did.

    Attributes:
        server: where to, as user@host:port/database.
        schema: the schema in it.
        created: whether the schema's tables were made by this load.
        migrated_from: the version that the schema had, where this load brought it to the present one.
        documents_sent: documents that are new or whose digest had changed.
        documents_same: documents of the store that were left alone.
        documents_removed: documents deleted because the store has them no longer.
        tables: table → its counts; ``reviews`` last.
    """

    server: str
    schema: str
    created: bool
    migrated_from: int | None
    documents_sent: int
    documents_same: int
    documents_removed: int
    tables: Mapping[str, Counts]

    @property
    def changed(self) -> bool:
        """Whether any row was inserted, updated or deleted."""
        return any(c.inserted or c.updated or c.deleted for c in self.tables.values())


def load(
    out: Path,
    url: str,
    *,
    schema: str = DEFAULT_SCHEMA,
    prune: bool = False,
    full: bool = False,
    on_wait: Callable[[], None] | None = None,
) -> LoadSummary:
    """Bring the tables of an output folder into a PostgreSQL database.

    Args:
        out: the folder of a run, with its ``chitieu.sqlite``.
        url: ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; what is left out comes from libpq's environment
            variables and password file.
        schema: the schema for the tables; made where it does not exist.
        prune: delete every document that the store does not have, also those that came from other stores.
        full: compare every row, also of documents whose digest is that of the last load (after edits by hand).
        on_wait: called once where another load is under way and this one waits for it.

    Returns:
        What was done.

    Raises:
        LoadError: nothing was done.
    """
    if importlib.util.find_spec("psycopg") is None:
        raise LoadError("loading into PostgreSQL needs psycopg: pip install 'chitieu[postgres]'")
    import psycopg

    try:
        store = store_of(out)
        connection, server = _connect(url)
        with connection, _told(server, schema):
            try:
                return _Load(connection, server, schema, prune, full).run(store, on_wait)
            except BaseException:
                # Not to be left to the end of the block: there a lost connection would hide what happened.
                with suppress(psycopg.Error):
                    connection.rollback()
                raise
    except StoreError as error:
        raise LoadError(str(error)) from error


# --- connecting


def _connect(url: str) -> tuple[psycopg.Connection[Any], str]:
    import psycopg
    from psycopg import conninfo

    invalid = (
        "the database's address is not valid: write postgresql://USER@HOST:PORT/DATABASE, and signs such as "
        "@ : / ? # % of a password as %40 %3A %2F %3F %23 %25."
    )
    if not url.startswith(("postgresql://", "postgres://")):
        raise LoadError(invalid)
    try:
        given = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        # libpq's words would quote the piece that it did not understand, which may be of the password.
        raise LoadError(invalid) from None
    host, port, name = (str(given.get(key) or "") for key in ("host", "port", "dbname"))
    if "@" in host + port + name or (port and not port.replace(",", "").isdigit()):
        raise LoadError(invalid)
    server = f"{given.get('user') or 'default user'}@{host or 'local'}{':' + port if port else ''}/{name or 'default'}"
    try:
        # Fixed what the load relies on: a role may have other defaults. No prepared statements: poolers mix them up.
        limits: dict[str, Any] = {} if "connect_timeout" in given else {"connect_timeout": 15}
        connection = psycopg.connect(url, client_encoding="UTF8", prepare_threshold=None, **limits)
    except psycopg.Error as error:
        raise LoadError(_not_connected(server, str(error), str(given.get("password") or ""))) from None
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    connection.read_only = False
    info = connection.info
    return connection, f"{info.user}@{info.host or 'local'}:{info.port}/{info.dbname}"


def _not_connected(server: str, reason: str, password: str) -> str:
    reason = " ".join((reason.replace(password, "***") if password else reason).split())
    if "password" in reason or "authentication failed" in reason:
        advice = "Give user and password in the address, in PGPASSWORD or in ~/.pgpass."
    elif "does not exist" in reason:
        advice = "Make it first (createdb, createuser), or correct the address."
    else:
        advice = "See that the server runs and can be reached from here, and that host and port are right."
    return f"cannot connect to {server}: {reason.rstrip('.')}. {advice}"


@contextmanager
def _told(server: str, schema: str) -> Iterator[None]:
    """Turn the server's errors into the user's."""
    import psycopg
    from psycopg import errors

    nothing = "Nothing was changed."
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise LoadError(_no_right(server, schema, _said(error))) from error
    except errors.IntegrityError as error:
        raise LoadError(
            f"{server}: the rows do not fit into schema {schema}: {_said(error)}. {nothing} If rows there were edited "
            "by hand, put them right, or load into another schema (--schema NAME)."
        ) from error
    except errors.DependentObjectsStillExist as error:
        raise LoadError(
            f"{server}: {_said(error)}: {error.diag.message_detail}. {nothing} Drop what depends on it, load, and make "
            "it again."
        ) from error
    except psycopg.OperationalError as error:
        # Where the line broke at the very end, the load may stand; another one changes nothing then.
        raise LoadError(f"{server}: the load was broken off: {_said(error)}. Load again.") from error
    except psycopg.Error as error:
        raise LoadError(f"{server}: {_said(error)}. {nothing}") from error


def _no_right(server: str, schema: str, said: str) -> str:
    return (
        f"{server}: {said}. Nothing was changed. The first load needs CREATE on the database (or a schema {schema} "
        f"that the user owns), every load TEMPORARY on the database and to own the tables of {schema}."
    )


def _said(error: psycopg.Error) -> str:
    # The rest of the server's words may quote rows, which say nothing to whoever loads.
    return (error.diag.message_primary or " ".join(str(error).split())).rstrip(".")


# --- loading


def _batches(documents: Iterable[StoredDocument]) -> Iterator[list[StoredDocument]]:
    batch: list[StoredDocument] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += document.size
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _ahead(items: Iterator[_T]) -> Generator[_T, None, None]:
    """The same items, the next ones made in a thread while this one is at work: SQLite and the server side by side."""
    made: queue.Queue[tuple[_T | None, BaseException | None]] = queue.Queue(maxsize=2)
    stopped = threading.Event()

    def put(item: _T | None, error: BaseException | None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                made.put((item, error), timeout=0.1)
                return

    def make() -> None:
        try:
            for item in items:
                put(item, None)
                if stopped.is_set():
                    return
            put(None, None)
        except BaseException as error:
            put(None, error)

    maker = threading.Thread(target=make, name="chitieu-load", daemon=True)
    maker.start()
    try:
        while True:
            item, error = made.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        maker.join()


class _Load:
    """One load, inside one transaction."""

    def __init__(self, connection: psycopg.Connection[Any], server: str, schema: str, prune: bool, full: bool) -> None:
        self._connection = connection
        self._server = server
        self._schema = schema
        self._prune = prune
        self._full = full
        self._created = False
        self._migrated_from: int | None = None
        self._sent = self._same = self._removed = 0
        self._staged = False
        self._store = ""
        self._counts = {table.name: Counts() for table in TABLES} | {"reviews": Counts()}

    def _do(self, statement: str, parameters: Any = None) -> psycopg.Cursor[Any]:
        return self._connection.execute(statement.encode(), parameters)

    def _one(self, statement: str, parameters: Any = None) -> Any:
        row = self._do(statement, parameters).fetchone()
        return row[0] if row else None

    def _copy(self, table: str, columns: Iterable[str], parts: Iterable[bytes], freeze: bool = False) -> None:
        names = ", ".join(map(ddl.quoted, columns))
        options = COPY_OPTIONS + (", FREEZE" if freeze else "")
        statement = f"COPY {table} ({names}) FROM STDIN WITH ({options})".encode()
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for part in parts:
                copy.write(part)

    def run(self, store: Path, on_wait: Callable[[], None] | None) -> LoadSummary:
        self._settle()
        self._wait_for_others(on_wait)
        self._make_schema()
        self._store = store_id(store)
        self._do('CREATE TEMP TABLE in_store (doc_id text COLLATE "C") ON COMMIT DROP')
        with closing(_ahead(_batches(stored_documents(store)))) as batches:
            for batch in batches:
                self._add(batch)
        if not self._created:
            self._delete_others()
        self._add_reviews(store)
        if self._created:
            self._finish_schema()
        self._connection.commit()
        return LoadSummary(
            self._server,
            self._schema,
            self._created,
            self._migrated_from,
            self._sent,
            self._same,
            self._removed,
            self._counts,
        )

    def _settle(self) -> None:
        version = self._connection.info.server_version // 10000
        if version < _OLDEST_SERVER:
            raise LoadError(
                f"{self._server} is PostgreSQL {version}: {_OLDEST_SERVER} is the oldest that is supported."
            )
        encoding = self._one("SHOW server_encoding")
        if encoding != "UTF8":
            raise LoadError(
                f"{self._server} has the encoding {encoding}, which cannot hold Vietnamese: make a database with "
                "`createdb --encoding=UTF8 --template=template0 NAME`."
            )
        for name, value in (
            ("search_path", f"{ddl.quoted(self._schema)}, pg_temp"),
            ("TimeZone", "UTC"),
            # A limit meant for people's queries would make long loads impossible.
            ("statement_timeout", "0"),
            ("lock_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
        ):
            self._do("SELECT set_config(%s, %s, true)", (name, value))
        # For the indexes of a first load; a server that gives more keeps it.
        given = "pg_size_bytes(current_setting('maintenance_work_mem'))"
        self._do(f"SELECT set_config('maintenance_work_mem', greatest({given}, pg_size_bytes('128MB')) || 'B', true)")

    def _wait_for_others(self, on_wait: Callable[[], None] | None) -> None:
        """One load into a schema at a time: two that change the same rows in another order would be a deadlock."""
        key = (f"chitieu.{self._schema}",)
        if not self._one("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", key):
            if on_wait is not None:
                on_wait()
            self._do("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key)

    # --- the schema

    def _make_schema(self) -> None:
        if self._one("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self._schema,)) is None:
            # Asked first: CREATE SCHEMA IF NOT EXISTS wants the right to make one also where there is one.
            self._do(f"CREATE SCHEMA {ddl.quoted(self._schema)}")
        elif not self._one("SELECT has_schema_privilege(%s, 'USAGE')", (self._schema,)):
            # Without it, the server would say that the tables in it are not there.
            raise LoadError(_no_right(self._server, self._schema, f"permission denied for schema {self._schema}"))
        if not self._exists(ddl.META):
            taken = [name for name in (*(t.name for t in TABLES), "reviews", "document_digests") if self._exists(name)]
            if taken:
                raise LoadError(
                    f"schema {self._schema} of {self._server} has tables of another origin ({', '.join(taken)}): load "
                    "into a schema of its own (--schema NAME)."
                )
            self._created = True
            for statement in ddl.table_statements():
                self._do(statement)
            return
        meta = {name: value for name, value in self._do(f"SELECT name, value FROM {ddl.META}").fetchall()}
        version = int(meta.get("version", 0))
        if version > ddl.VERSION:
            raise LoadError(
                f"schema {self._schema} of {self._server} has version {version}, and this chitieu knows {ddl.VERSION}: "
                "update chitieu (pip install -U chitieu), or load into another schema (--schema NAME)."
            )
        if version < ddl.VERSION or meta.get("views") != ddl.views_digest():
            self._migrate(version)

    def _exists(self, table: str) -> bool:
        found = self._one(
            "SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE n.nspname = %s AND c.relname = %s",
            (self._schema, table),
        )
        return found is not None

    def _migrate(self, version: int) -> None:
        for view in VIEWS:
            self._do(f"DROP VIEW IF EXISTS {view}")
        for step in ddl.MIGRATIONS:
            if step.version > version:
                for statement in step.statements():
                    self._do(statement)
        if version < ddl.VERSION:
            self._migrated_from = version
            for statement in ddl.comment_statements():
                self._do(statement)
        self._make_views()

    def _make_views(self) -> None:
        for statement in ddl.view_statements():
            self._do(statement)
        for name, value in (("version", str(ddl.VERSION)), ("views", ddl.views_digest())):
            self._do(
                f"INSERT INTO {ddl.META} VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def _finish_schema(self) -> None:
        """Keys and indexes over rows that are there: several times faster than keeping them up row by row."""
        for statement in (*ddl.key_statements(), *ddl.comment_statements()):
            self._do(statement)
        self._make_views()
        for table in TABLES:
            self._do(f"ANALYZE {table.name}")

    # --- rows

    def _add(self, batch: list[StoredDocument]) -> None:
        ids = [document.doc_id for document in batch]
        if not self._created:
            self._copy("pg_temp.in_store", ["doc_id"], [f"{doc_id}\n".encode() for doc_id in ids])
        known: dict[str, str | None] = {}
        if not self._created:
            known = dict(
                self._do(
                    "SELECT doc_id, digest FROM documents LEFT JOIN document_digests USING (doc_id) "
                    "WHERE doc_id = ANY(%s)",
                    (ids,),
                ).fetchall()
            )
        new, changed = [], []
        for document in batch:
            if document.doc_id not in known:
                new.append(document)
            elif self._full or known[document.doc_id] != document.digest:
                changed.append(document)
            else:
                self._same += 1
                for name, (count, _) in document.rows.items():
                    self._counts[name].unchanged += count
        self._sent += len(new) + len(changed)
        if new:
            self._insert(new)
        if changed:
            self._merge(changed)

    def _insert(self, documents: list[StoredDocument]) -> None:
        """Documents that the database has not: straight into the tables."""
        for table in ddl.LOAD_ORDER:
            given = [document.rows[table.name] for document in documents if table.name in document.rows]
            if given:
                self._copy(table.name, table.names, (text for _, text in given), freeze=self._created)
                self._counts[table.name].inserted += sum(count for count, _ in given)
        self._copy(
            "document_digests",
            ("doc_id", "digest", "store"),
            (f"{document.doc_id}\x1f{document.digest}\x1f{self._store}\n".encode() for document in documents),
        )

    def _merge(self, documents: list[StoredDocument]) -> None:
        """Documents that the database has otherwise: only the rows that differ are touched."""
        if not self._staged:
            for table in TABLES:
                self._do(f"CREATE TEMP TABLE new_{table.name} (LIKE {table.name}) ON COMMIT DROP")
            self._staged = True
        ids = [document.doc_id for document in documents]
        for table in ddl.LOAD_ORDER:
            given = [document.rows[table.name] for document in documents if table.name in document.rows]
            if given:
                self._copy(f"pg_temp.new_{table.name}", table.names, (text for _, text in given))
                inserted, updated = self._do(ddl.merge_statement(table)).fetchone() or (0, 0)
                counts = self._counts[table.name]
                counts.inserted += inserted
                counts.updated += updated
                counts.unchanged += sum(count for count, _ in given) - inserted - updated
        for table in reversed(ddl.LOAD_ORDER):
            self._counts[table.name].deleted += self._do(ddl.delete_statement(table), (ids,)).rowcount
        self._do(f"TRUNCATE {', '.join(f'pg_temp.new_{table.name}' for table in TABLES)}")
        self._do(
            "INSERT INTO document_digests AS old (doc_id, digest, store) "
            "SELECT *, %s FROM unnest(%s::text[], %s::text[]) "
            "ON CONFLICT (doc_id) DO UPDATE SET digest = excluded.digest, store = excluded.store, "
            "loaded_at = excluded.loaded_at WHERE old.digest <> excluded.digest",
            (self._store, ids, [document.digest for document in documents]),
        )

    def _delete_others(self) -> None:
        """Documents that came from this store and are no longer in it; to prune, those of other origin, too.

        A file that changed is another document: the old one's rows go with the load that brings the new one's.
        """
        self._do("ANALYZE pg_temp.in_store")
        self._do(
            'CREATE TEMP TABLE leaving (doc_id text COLLATE "C" PRIMARY KEY) ON COMMIT DROP',
        )
        self._do(
            "INSERT INTO pg_temp.leaving SELECT d.doc_id FROM documents AS d LEFT JOIN document_digests AS o "
            "USING (doc_id) WHERE NOT EXISTS (SELECT FROM pg_temp.in_store AS s WHERE s.doc_id = d.doc_id) "
            "AND (%s OR (o.store <> '' AND o.store = %s))",
            (self._prune, self._store),
        )
        among = "doc_id IN (SELECT doc_id FROM pg_temp.leaving)"
        self._do(f"DELETE FROM document_digests WHERE {among}")
        for table in reversed(ddl.LOAD_ORDER):
            deleted = self._do(f"DELETE FROM {table.name} WHERE {among}").rowcount
            self._counts[table.name].deleted += deleted
            self._removed = deleted

    def _add_reviews(self, store: Path) -> None:
        rows = stored_reviews(store)
        first = next(rows, None)
        if first is None:
            return
        names = ", ".join(map(ddl.quoted, REVIEW_COLUMNS))
        self._do("CREATE TEMP TABLE new_reviews (LIKE reviews) ON COMMIT DROP")
        count = 1
        statement = f"COPY pg_temp.new_reviews ({names}) FROM STDIN".encode()
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write_row(first)
            for row in rows:
                copy.write_row(row)
                count += 1
        inserted = self._do(
            f"INSERT INTO reviews ({names}) SELECT {names} FROM pg_temp.new_reviews ON CONFLICT (review_id) DO NOTHING"
        ).rowcount
        self._counts["reviews"].inserted = inserted
        self._counts["reviews"].unchanged = count - inserted
