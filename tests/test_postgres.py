"""``chitieu load``: the store of a run in a real PostgreSQL server."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_plans import plan, write_plans
from postgres_server import server
from psycopg import conninfo, sql
from sample_rows import TEXT, extraction
from typer.testing import CliRunner, Result

from extractor import extract_files, model
from extractor.cli import app
from extractor.tables import postgres_schema, schema
from extractor.tables.copying import REVIEW_COLUMNS, stored_documents
from extractor.tables.postgres import LoadError, LoadSummary, load
from extractor.tables.views import VIEWS
from extractor.tables.writing import write_sqlite

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus" / "documents"
OLD_SCHEMA = (ROOT / "tests" / "data" / "postgres_v1.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def own_server() -> Iterator[str]:
    """A server whose users and databases are the tests' own."""
    with server() as url:
        yield url


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> str:
    return os.environ.get("DATABASE_URL") or str(request.getfixturevalue("own_server"))


class Database:
    """A schema of its own for one test."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.schema = f"test_{uuid.uuid4().hex[:12]}"
        self.connection = psycopg.connect(url, autocommit=True)

    def load(self, folder: Path, **options: Any) -> LoadSummary:
        return load(folder, self.url, schema=self.schema, **options)

    def query(self, statement: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        self.connection.execute("SELECT set_config('search_path', %s, false)", (self.schema,))
        found = self.connection.execute(statement.encode(), parameters)
        return found.fetchall() if found.description else []

    def versions(self) -> dict[str, tuple[Any, ...]]:
        """Table and key of every row → where that version of it stands: it moves if the row is written again."""
        keys = {table.name: table.primary_key for table in schema.TABLES}
        keys |= {"reviews": "review_id", "document_digests": "doc_id", postgres_schema.META: "name"}
        return {
            f"{table} {row[0]}": row[1:]
            for table, key in keys.items()
            for row in self.query(f"SELECT {key}, ctid, xmin::text FROM {table}")
        }

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows."""
        with self.connection.transaction():
            self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return {t.name: self.query(f"SELECT * FROM {t.name} ORDER BY {t.primary_key}") for t in schema.TABLES}

    def drop(self, name: str = "") -> None:
        self.connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name or self.schema)))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    made.drop()
    made.connection.close()


def documents(count: int, rows: int = 1) -> list[model.Extraction]:
    """Small documents with a row in every table, ``rows`` in ``targets``."""
    made = []
    for number in range(count):
        one = extraction(f"{TEXT}{number}", f"{number}.txt")
        target = one.targets[0]
        more = [replace(target, target_id=f"{target.target_id}-{i}", value=Decimal(i)) for i in range(1, rows)]
        made.append(replace(one, targets=(target, *more)))
    return made


def store(folder: Path, extractions: list[model.Extraction]) -> Path:
    """The folder of a run."""
    folder.mkdir(exist_ok=True)
    write_sqlite(extractions, folder)
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("corpus"), [*extract_files([CORPUS]), extraction()])


def as_stored(column: schema.Column, cell: Any) -> Any:
    """A cell of PostgreSQL as the store has it."""
    if isinstance(cell, list):
        return ";".join(cell) or None
    if isinstance(cell, Decimal):
        return float(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


# --- rows


def test_the_database_has_the_rows_of_the_store(corpus: Path, database: Database) -> None:
    summary = database.load(corpus)
    assert summary.created and summary.changed
    stored = sqlite3.connect(corpus / "chitieu.sqlite")
    for table in schema.TABLES:
        names = ", ".join(f'"{name}"' for name in table.names)
        found = database.query(f"SELECT {names} FROM {table.name}")
        rows = [tuple(as_stored(c, cell) for c, cell in zip(table.columns, row, strict=True)) for row in found]
        expected = stored.execute(f"SELECT {names} FROM {table.name}").fetchall()
        assert sorted(rows, key=repr) == sorted(expected, key=repr) != []
        assert summary.tables[table.name].inserted == len(expected)


def test_columns_have_the_types_that_a_database_user_expects(database: Database, tmp_path: Path) -> None:
    one = extraction()
    target = replace(one.targets[0], value=Decimal("75.86"), percent=Decimal("50"))
    database.load(store(tmp_path, [replace(one, targets=(target,))]))
    query = "SELECT value, percent::text, due_date, start, flags, confidence, value_max FROM targets"
    assert database.query(query) == [
        (
            Decimal("75.86"),
            "50",
            date(2021, 4, 10),
            target.start,
            ["percent_mismatch", "due_before_issue"],
            0.8,
            None,
        )
    ]
    assert database.query("SELECT count(*) FROM targets WHERE 'percent_mismatch' = ANY(flags)") == [(1,)]
    assert database.query("SELECT successors, cardinality(flags) FROM places") == [([], 0)]


def test_keys_and_enumerations_are_enforced_and_described(database: Database, tmp_path: Path) -> None:
    database.load(store(tmp_path, [extraction()]))
    for statement, error in (
        ("UPDATE targets SET status = 'promise'", psycopg.errors.CheckViolation),
        ("UPDATE targets SET deadline_id = 'nobody'", psycopg.errors.ForeignKeyViolation),
        ("DELETE FROM documents", psycopg.errors.ForeignKeyViolation),
        ("INSERT INTO documents SELECT * FROM documents", psycopg.errors.UniqueViolation),
        ("UPDATE targets SET quote = NULL", psycopg.errors.NotNullViolation),
    ):
        with pytest.raises(error):
            database.query(statement)
    found = database.query(
        "SELECT col_description(attrelid, attnum) FROM pg_attribute "
        "WHERE attrelid = 'targets'::regclass AND attnum > 0 ORDER BY attnum"
    )
    assert found == [(f"{column.en} / {column.vi}",) for column in schema.TARGETS.columns]
    (plan,) = database.query("SELECT string_agg(indexdef, ';') FROM pg_indexes WHERE tablename = 'places'")[0]
    assert "(target_id)" in plan and "(doc_id)" in plan and "(name)" in plan


words = st.text(
    st.one_of(st.sampled_from("\\\t\n\r\x1d\x1e\x1f\0'\";,{}N.x\u2028ế😀"), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(words, min_size=5, max_size=5))
@example(["\x1d", "\x1d", "\x1d", "\x1e", "\x1d"])  # the signs that part cells and say null
def test_any_text_arrives_as_it_is(database: Database, tmp_path: Path, texts: list[str]) -> None:
    one = extraction()
    document = replace(one.document, title=texts[0], signer="\\.", warnings=(texts[1], "a; b"))
    place = replace(one.places[0], quote=texts[2], goal="\\N", successors=('a"b', "c\\d", "{}", "NULL"))
    section = replace(one.sections[0], heading=texts[3])
    target = replace(one.targets[0], quote=texts[4])
    changed = replace(one, document=document, places=(place,), sections=(section, *one.sections[1:]), targets=(target,))
    database.load(store(tmp_path, [changed]))
    title, signer, warnings = database.query("SELECT title, signer, warnings FROM documents")[0]
    found = [title, warnings, *database.query("SELECT quote FROM places")[0]]
    found += [*database.query("SELECT heading FROM sections WHERE section_id = %s", [section.section_id])[0]]
    found += [*database.query("SELECT quote FROM targets")[0]]
    # PostgreSQL has no character U+0000.
    expected = [text.replace("\0", "\ufffd") for text in texts]
    assert found == [expected[0], expected[1] + "; a; b", *expected[2:]]
    assert signer == "\\."
    assert database.query("SELECT goal, successors FROM places") == [("\\N", ['a"b', "c\\d", "{}", "NULL"])]


# --- the second load


@pytest.mark.parametrize("full", [False, True])
def test_the_same_output_twice_changes_nothing(corpus: Path, database: Database, full: bool) -> None:
    database.load(corpus)
    before = database.versions()
    summary = database.load(corpus, full=full, prune=True)
    assert not summary.changed and not summary.created
    assert (summary.documents_sent == 0) != full
    assert all(c.unchanged > 0 for name, c in summary.tables.items() if name != "reviews")
    assert database.versions() == before


def test_rows_in_another_order_are_the_same_output(corpus: Path, database: Database, tmp_path: Path) -> None:
    database.load(corpus)
    shutil.copy(corpus / "chitieu.sqlite", tmp_path)
    with sqlite3.connect(tmp_path / "chitieu.sqlite", isolation_level=None) as stored:
        for table in schema.TABLES:
            stored.execute(f"CREATE TEMP TABLE t AS SELECT * FROM {table.name} ORDER BY random()")
            stored.execute(f"DELETE FROM {table.name}")
            stored.execute(f"INSERT INTO {table.name} SELECT * FROM t")
            stored.execute("DROP TABLE t")
    stored.close()
    assert database.load(tmp_path).documents_sent == 0


def test_a_changed_rule_changes_exactly_the_changed_rows(database: Database, tmp_path: Path) -> None:
    one, other, third = documents(3, rows=3)
    database.load(store(tmp_path, [one, other, third]))
    before = database.versions()
    target, *targets = one.targets
    added = replace(one.assignments[0], assignment_id=f"{one.assignments[0].assignment_id}-2", quote="Phạm")
    changed = replace(
        one,
        targets=(replace(target, status="result", deadline_id=""), *targets),
        places=(),
        deadlines=(),
        assignments=(*one.assignments, added),
    )
    changed = replace(changed, targets=tuple(replace(t, deadline_id="") for t in changed.targets))
    summary = database.load(store(tmp_path, [third, changed, other]))
    after = database.versions()
    assert (summary.documents_sent, summary.documents_same) == (1, 2)
    touched = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert touched == {
        *(f"targets {t.target_id}" for t in one.targets),
        f"places {one.places[0].place_id}",
        f"deadlines {one.deadlines[0].deadline_id}",
        f"assignments {added.assignment_id}",
        f"document_digests {one.document.doc_id}",
    }
    counts = {name: (c.inserted, c.updated, c.deleted, c.unchanged) for name, c in summary.tables.items()}
    assert counts == {
        "documents": (0, 0, 0, 3),
        "sections": (0, 0, 0, 9),
        "targets": (0, 3, 0, 6),
        "places": (0, 0, 1, 2),
        "deadlines": (0, 0, 1, 2),
        "assignments": (1, 0, 0, 3),
        "reviews": (0, 0, 0, 0),
    }


def test_rows_edited_by_hand_come_back_with_full(database: Database, tmp_path: Path) -> None:
    database.load(store(tmp_path, documents(2)))
    before = database.state()
    database.query("UPDATE targets SET unit = 'mine'")
    assert not database.load(tmp_path).changed
    assert database.load(tmp_path, full=True).tables["targets"].updated == 2
    assert database.state() == before


def test_documents_that_the_store_has_no_more_stay_unless_pruned(database: Database, tmp_path: Path) -> None:
    one, other, third = documents(3)
    database.load(store(tmp_path / "a", [one, other]))
    assert not database.load(store(tmp_path / "b", [one])).changed
    summary = database.load(store(tmp_path / "c", [one, third]), prune=True)
    assert summary.documents_removed == 1
    assert summary.tables["sections"].deleted == 3
    assert {row[0] for row in database.query("SELECT doc_id FROM documents")} == {
        one.document.doc_id,
        third.document.doc_id,
    }
    assert database.query("SELECT count(*) FROM document_digests") == [(2,)]


def test_an_empty_store_and_documents_without_rows_load(database: Database, tmp_path: Path) -> None:
    assert database.load(store(tmp_path / "none", [])).created
    bare = replace(extraction(), sections=(), targets=(), places=(), deadlines=(), assignments=())
    database.load(store(tmp_path / "bare", [bare]))
    assert database.load(store(tmp_path / "full", [extraction()])).tables["places"].inserted == 1
    assert database.load(tmp_path / "bare").tables["places"].deleted == 1


# --- reviews


def add_reviews(folder: Path, reviews: list[dict[str, Any]]) -> None:
    with sqlite3.connect(folder / "chitieu.sqlite") as stored:
        columns = ", ".join(f'"{name}"' for name in (*REVIEW_COLUMNS, "more"))
        stored.execute(f"CREATE TABLE IF NOT EXISTS reviews ({columns})")
        for review in reviews:
            cells = [review.get(name) for name in REVIEW_COLUMNS]
            stored.execute(f"INSERT INTO reviews VALUES ({','.join('?' * len(cells))}, 'x')", cells)
    stored.close()


def test_reviews_are_added_and_never_overwritten_or_deleted(database: Database, tmp_path: Path) -> None:
    one, other = documents(2)
    doc, row = one.document.doc_id, one.targets[0].target_id
    review = {
        "review_id": "r1",
        "doc_id": doc,
        "table_name": "targets",
        "row_id": row,
        "verdict": "wrong",
        "changes": '{"value": "9"}',
        "made_at": "2026-01-02T03:04:05Z",
        "start": 3,
    }
    add_reviews(store(tmp_path, [one, other]), [review])
    assert database.load(tmp_path).tables["reviews"].inserted == 1
    found = database.query("SELECT verdict, changes->>'value', made_at::text, start FROM reviews")
    assert found[0][:2] == ("wrong", "9") and found[0][3] == 3
    # What a review page wrote into the database, or somebody put right there, is not the load's to change.
    database.query("UPDATE reviews SET verdict = 'right'")
    database.query("INSERT INTO reviews (review_id, doc_id, verdict) VALUES ('r0', 'elsewhere', 'wrong')")
    before = database.query("SELECT ctid, xmin::text, * FROM reviews ORDER BY review_id")
    add_reviews(tmp_path, [{**review, "review_id": "r2"}])
    summary = database.load(tmp_path, full=True)
    assert (summary.tables["reviews"].inserted, summary.tables["reviews"].unchanged) == (1, 1)
    database.load(store(tmp_path / "other", [other]), prune=True)
    assert database.query("SELECT ctid, xmin::text, * FROM reviews ORDER BY review_id")[:2] == before
    assert [r[0] for r in database.query("SELECT review_id FROM reviews ORDER BY 1")] == ["r0", "r1", "r2"]


def test_a_review_that_is_no_json_is_named_and_loads_nothing(database: Database, tmp_path: Path) -> None:
    add_reviews(store(tmp_path, documents(1)), [{"review_id": "r", "doc_id": "d", "verdict": "v", "changes": "{"}])
    with pytest.raises(LoadError, match="invalid input syntax for type json"):
        database.load(tmp_path)
    assert database.query("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [database.schema]) == [(0,)]


# --- several loads, broken loads


def test_loads_at_once_neither_deadlock_nor_duplicate(database: Database, tmp_path: Path) -> None:
    ours = documents(30, rows=5)
    changed = [replace(d, targets=tuple(replace(t, unit="khác") for t in d.targets)) for d in ours[::-1]]
    folders = [store(tmp_path / "a", ours), store(tmp_path / "b", changed)]
    # A role may be set to another isolation, under which the one that waited would not see what the other did.
    address = conninfo.make_conninfo(database.url, options="-c default_transaction_isolation=serializable")
    address = "postgresql://?" + "&".join(
        f"{k}={psycopg_quoted(v)}" for k, v in conninfo.conninfo_to_dict(address).items()
    )
    with ThreadPoolExecutor(6) as pool:
        summaries = list(pool.map(lambda i: load(folders[i % 2], address, schema=database.schema), range(12)))
    assert sum(s.created for s in summaries) == 1
    assert database.query("SELECT count(*), count(DISTINCT unit) FROM targets") == [(150, 1)]
    database.load(folders[0])
    assert not database.load(folders[0], full=True, prune=True).changed


def psycopg_quoted(value: object) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="")


def test_a_load_says_that_it_waits_for_another(database: Database, tmp_path: Path) -> None:
    store(tmp_path, documents(1))
    waits = threading.Event()
    with database.connection.transaction(), ThreadPoolExecutor(1) as pool:
        database.query("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chitieu.{database.schema}"])
        done = pool.submit(database.load, tmp_path, on_wait=waits.set)
        assert waits.wait(30)
        assert not done.done()
        database.query("ROLLBACK")
        assert done.result(30).created


KILLED = """
import sys
from pathlib import Path
import psycopg, psycopg.errors
from extractor.tables import copying, postgres, postgres_schema
print("ready", flush=True)
sys.stdin.readline()
postgres.load(Path(sys.argv[1]), sys.argv[2], schema=sys.argv[3], full=True)
print("done", flush=True)
"""


def test_a_load_killed_at_any_moment_leaves_one_state_or_the_other(database: Database, tmp_path: Path) -> None:
    ours = documents(150, rows=20)
    changed = [
        replace(d, targets=tuple(replace(t, unit="khác") for t in d.targets[:-3]), places=()) for d in ours[:140:-1]
    ] + ours[:120]
    folders = [store(tmp_path / "a", ours), store(tmp_path / "b", changed)]
    wanted = []
    for folder in folders:
        clean = Database(database.url)
        begin = time.monotonic()
        clean.load(folder)
        clean.load(folder, full=True)
        took = time.monotonic() - begin
        wanted.append(clean.state())
        clean.drop()
        clean.connection.close()
    before: Any = None
    chance = random.Random(7)
    killed = 0
    for turn in range(14):
        folder = folders[turn % 2]
        command = [sys.executable, "-c", KILLED, str(folder), database.url, database.schema]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
            time.sleep(chance.uniform(0, took))
            process.kill()
            killed += b"done" not in process.stdout.read()
        # The server may still be at the killed load's last statement: wait for its lock.
        with database.connection.transaction():
            database.query("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chitieu.{database.schema}"])
        there = database.query("SELECT 1 FROM pg_namespace WHERE nspname = %s", [database.schema])
        now = database.state() if there else None
        expected = merged(before, wanted[turn % 2])
        assert now in (before, expected)
        before = now
    assert killed > 3
    for folder, state in zip(folders, wanted, strict=True):
        database.load(folder, prune=True)
        assert database.state() == state
        assert not database.load(folder, full=True, prune=True).changed


def merged(before: dict[str, list[tuple[Any, ...]]] | None, loaded: dict[str, list[tuple[Any, ...]]]) -> Any:
    """The rows loaded, and of documents that the load does not have the rows of before."""
    if before is None:
        return loaded
    ids = {row[0] for row in loaded["documents"]}
    state = {}
    for table in schema.TABLES:
        at = table.names.index("doc_id")
        kept = [row for row in before[table.name] if row[at] not in ids]
        state[table.name] = sorted(kept + loaded[table.name], key=lambda row: row[0])
    return state


def test_a_load_reads_one_state_of_a_store_that_a_run_is_writing(database: Database, tmp_path: Path) -> None:
    store(tmp_path, documents(5))
    with sqlite3.connect(tmp_path / "chitieu.sqlite", isolation_level=None) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN")
        writer.execute("DELETE FROM places")
        database.load(tmp_path)
        assert database.query("SELECT count(*) FROM places") == [(5,)]
        writer.execute("COMMIT")
        assert database.load(tmp_path).tables["places"].deleted == 5
    writer.close()


def test_memory_does_not_grow_with_the_store(database: Database, tmp_path: Path) -> None:
    one = extraction()
    store(tmp_path, [one])
    with sqlite3.connect(tmp_path / "chitieu.sqlite") as stored:
        for number in range(600):
            doc = f"{number:016d}"
            stored.execute("INSERT INTO documents (doc_id, source, status, chars) VALUES (?, '', 'ok', 0)", (doc,))
            cells = [(f"{doc}-d{i}", doc, i, i, "x" * 1000, "by", 1.0) for i in range(100)]
            stored.executemany(
                'INSERT INTO deadlines (deadline_id, doc_id, start, "end", quote, kind, confidence) VALUES (?,?,?,?,?,?,?)',
                cells,
            )
    stored.close()
    assert (tmp_path / "chitieu.sqlite").stat().st_size > 60_000_000
    for _ in range(2):
        tracemalloc.start()
        database.load(tmp_path, full=True)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 45_000_000


# --- versions of the schema


def catalogue(database: Database) -> dict[str, Any]:
    """What the schema is made of, whatever the order in which it came."""
    columns = database.query(
        "SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum), "
        "obj_description(c.oid) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid "
        "LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = %s::regnamespace "
        "AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped",
        [database.schema],
    )
    constraints = database.query(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = %s::regnamespace",
        [database.schema],
    )
    indexes = database.query(
        "SELECT tablename, indexname, replace(indexdef, schemaname, '') FROM pg_indexes WHERE schemaname = %s",
        [database.schema],
    )
    views = database.query("SELECT viewname, definition FROM pg_views WHERE schemaname = %s", [database.schema])
    return {"columns": set(columns), "constraints": set(constraints), "indexes": set(indexes), "views": set(views)}


def test_a_database_of_version_1_is_migrated_to_what_a_new_one_is(database: Database, tmp_path: Path) -> None:
    """If this fails after a change of the schema: add a step to ``postgres_schema.MIGRATIONS``."""
    one, other = documents(2)
    new = Database(database.url)
    new.load(store(tmp_path / "both", [one, other]))
    database.query(f"CREATE SCHEMA {database.schema}")
    database.query(OLD_SCHEMA)
    # Rows as version 1 had them.
    stored = sqlite3.connect(tmp_path / "both" / "chitieu.sqlite")
    for table in postgres_schema.LOAD_ORDER:
        names = [name for name in table.names if name != "province_total"]
        quoted = ", ".join(f'"{name}"' for name in names)
        for row in stored.execute(f"SELECT {quoted} FROM {table.name}"):
            database.query(f"INSERT INTO {table.name} ({quoted}) VALUES ({','.join(['%s'] * len(names))})", row)
    stored.close()
    database.query("UPDATE targets SET status = 'result' WHERE doc_id = %s", [one.document.doc_id])
    summary = database.load(tmp_path / "both")
    assert summary.migrated_from == 1
    assert summary.tables["targets"].updated == 1
    assert database.state() == {
        table.name: database_rows_in_order(new, database, table.name) for table in schema.TABLES
    }
    migrated, fresh = catalogue(database), catalogue(new)
    for what in fresh:
        assert migrated[what] == fresh[what], what
    assert database.query(f"SELECT * FROM {postgres_schema.META} ORDER BY 1") == new.query(
        f"SELECT * FROM {postgres_schema.META} ORDER BY 1"
    )
    assert not database.load(tmp_path / "both", full=True).changed
    new.drop()
    new.connection.close()


def database_rows_in_order(new: Database, old: Database, table: str) -> list[tuple[Any, ...]]:
    """The rows of a new database in the order of columns that a migrated one has."""
    names = [
        row[0]
        for row in old.query(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum", [table]
        )
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    return new.query(f"SELECT {quoted} FROM {table} ORDER BY 1")


def test_the_steps_lead_to_the_version_in_order() -> None:
    versions = [step.version for step in postgres_schema.MIGRATIONS]
    assert versions == list(range(2, postgres_schema.VERSION + 1))
    assert all(step.what for step in postgres_schema.MIGRATIONS)


def test_a_column_added_later_brings_its_check_and_index() -> None:
    made = postgres_schema.added("targets", "status", "flags")
    assert made[0].startswith('ALTER TABLE targets ADD COLUMN "status" text')
    assert "CHECK" in made[1] and made[2].startswith("CREATE INDEX targets_status")
    assert made[3].endswith("\"flags\" text[] NOT NULL DEFAULT '{}'")


def test_views_of_another_text_are_made_anew(database: Database, tmp_path: Path) -> None:
    database.load(store(tmp_path, documents(1)))
    database.query("DROP VIEW v_officials")
    database.query("CREATE VIEW v_officials AS SELECT 1 AS old")
    database.query(f"UPDATE {postgres_schema.META} SET value = 'old' WHERE name = 'views'")
    summary = database.load(tmp_path)
    assert not summary.changed and summary.migrated_from is None
    assert database.query("SELECT name FROM v_officials") == [("Phạm Hoàng Anh",)]


def test_a_view_of_somebody_on_ours_is_named(database: Database, tmp_path: Path) -> None:
    database.load(store(tmp_path, documents(1)))
    database.query("CREATE VIEW theirs AS SELECT name FROM v_officials")
    database.query(f"UPDATE {postgres_schema.META} SET value = 'old' WHERE name = 'views'")
    with pytest.raises(LoadError, match=r"view (\w+\.)?theirs depends on.*Drop what depends on it"):
        database.load(tmp_path)


def test_a_newer_schema_is_left_alone(database: Database, tmp_path: Path) -> None:
    database.load(store(tmp_path, documents(1)))
    database.query(f"UPDATE {postgres_schema.META} SET value = '99' WHERE name = 'version'")
    before = database.versions()
    with pytest.raises(LoadError, match=r"has version 99, and this chitieu knows \d+: update chitieu"):
        database.load(tmp_path)
    assert database.versions() == before


def test_a_schema_with_tables_of_others_is_left_alone(database: Database, tmp_path: Path) -> None:
    database.query(f"CREATE SCHEMA {database.schema}")
    database.query("CREATE TABLE documents (mine text)")
    with pytest.raises(LoadError, match=r"tables of another origin \(documents\)"):
        database.load(store(tmp_path, documents(1)))
    assert database.query("SELECT * FROM documents") == []


def test_a_schema_may_have_any_name(url: str, tmp_path: Path) -> None:
    name = f"Kế hoạch \"{uuid.uuid4().hex[:6]}\" 'x'; --"
    assert load(store(tmp_path, documents(1)), url, schema=name).created
    assert not load(tmp_path, url, schema=name).changed
    odd = Database(url)
    odd.drop(name)
    odd.connection.close()


# --- views


def test_views_give_what_those_of_sqlite_give(corpus: Path, database: Database) -> None:
    database.load(corpus)
    stored = sqlite3.connect(corpus / "chitieu.sqlite")
    for name in VIEWS:
        found = database.query(f"SELECT * FROM {name}")
        rows = [rounded(as_stored(schema.TARGETS.columns[0], cell) for cell in row) for row in found]
        expected = [rounded(row) for row in stored.execute(f"SELECT * FROM {name}")]
        assert sorted(rows, key=repr) == sorted(expected, key=repr) != []


def test_queries_of_the_page_run(corpus: Path, database: Database) -> None:
    database.load(corpus)
    page = (ROOT / "docs" / "databases.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", page, re.S)
    assert len(queries) == 3
    assert all(database.query(query) for query in queries)


def rounded(row: Any) -> tuple[Any, ...]:
    return tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row)


def before_and_after() -> list[model.Extraction]:
    """Three plans: A and B named before they became M, C before it was divided into M and N, M itself afterwards."""
    old, parted, new = documents(3)

    def place(one: model.Extraction, number: int, name: str, **changes: Any) -> model.Place:
        base = replace(one.places[0], place_id=f"{one.places[0].place_id}-{number}", quote=name, name=name)
        return replace(base, **changes)

    present = {"current_code": "100", "current_name": "M", "current_province": "Tỉnh"}
    target = replace(old.targets[0], value=Decimal(2), unit="xã", denominator=None, percent=None)
    communes = (
        place(old, 1, "A", code="1", **present),
        place(old, 2, "B", code="2", **present),
        place(old, 3, "A", code="1", **present),
    )
    first = replace(old, targets=(target,), places=communes)
    hamlets = replace(parted.targets[0], value=Decimal(12), unit="thôn", denominator=None, percent=None)
    second = replace(parted, targets=(hamlets,), places=(place(parted, 1, "C", code="3", successors=("100", "200")),))
    third = replace(
        new,
        targets=(replace(new.targets[0], value=Decimal(1), unit="xã"),),
        places=(place(new, 1, "M", code="100", **present),),
    )
    return [first, second, third]


CURRENT = (
    "SELECT current_code, current_name, unit, count(*), sum(share) FROM v_targets_current "
    "GROUP BY current_code, current_name, unit ORDER BY current_code, unit"
)
SUMS = [("100", "M", "thôn", 1, 6), ("100", "M", "xã", 3, 3), ("200", None, "thôn", 1, 6)]


def test_targets_of_before_and_after_a_merger_add_up_by_present_commune(database: Database, tmp_path: Path) -> None:
    database.load(store(tmp_path, before_and_after()))
    assert database.query(CURRENT) == SUMS
    stored = sqlite3.connect(tmp_path / "chitieu.sqlite")
    assert stored.execute(CURRENT).fetchall() == SUMS
    assert database.query("SELECT DISTINCT communes, parts, name FROM v_targets_current ORDER BY name") == [
        (2, 1, "A"),
        (2, 1, "B"),
        (1, 2, "C"),
        (1, 1, "M"),
    ]


def test_percentages_and_rates_have_no_share(tmp_path: Path) -> None:
    old, *_ = before_and_after()
    target = old.targets[0]
    others = [{"unit": "%"}, {"unit": "tiêu chí/xã"}, {"unit": "xã", "basis": "average"}]
    made = []
    for number, changes in enumerate(others):
        changed = replace(target, target_id=f"{target.target_id}-{number}", **changes)
        places = [replace(p, place_id=f"{p.place_id}-{number}", target_id=changed.target_id) for p in old.places[:1]]
        made.append((changed, places[0]))
    one = replace(old, targets=tuple(t for t, _ in made), places=tuple(p for _, p in made))
    stored = sqlite3.connect(write_sqlite([one], tmp_path))
    assert stored.execute("SELECT share FROM v_targets_current").fetchall() == [(None,)] * 3


# --- errors


def test_wrong_stores_are_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"nowhere has no chitieu\.sqlite: make it by `chitieu run"):
        database.load(tmp_path / "nowhere")
    (tmp_path / "chitieu.sqlite").write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(
        LoadError, match=r"chitieu\.sqlite cannot be read as a store of chitieu: file is not a database"
    ):
        database.load(tmp_path)
    (tmp_path / "chitieu.sqlite").unlink()
    other = sqlite3.connect(tmp_path / "chitieu.sqlite")
    other.execute("CREATE TABLE notes (text)")
    other.commit()
    with pytest.raises(LoadError, match=r"is no store of chitieu: it has no table documents"):
        database.load(tmp_path)
    other.close()
    store(tmp_path, documents(1))
    other = sqlite3.connect(tmp_path / "chitieu.sqlite")
    other.execute("ALTER TABLE places RENAME COLUMN candidates TO others")
    other.commit()
    other.close()
    with pytest.raises(LoadError, match=r"another version of chitieu: its table places has no candidates"):
        database.load(tmp_path)


def test_rows_without_their_document_are_damage(database: Database, tmp_path: Path) -> None:
    for change in ("x", "0"):
        store(tmp_path, documents(2))
        stored = sqlite3.connect(tmp_path / "chitieu.sqlite")
        stored.execute("UPDATE places SET doc_id = ? || doc_id", (change,))
        stored.commit()
        stored.close()
        with pytest.raises(LoadError, match=r"is damaged: places has rows of document"):
            database.load(tmp_path)
    assert database.query("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [database.schema]) == [(0,)]


def test_rows_that_refer_to_nothing_load_nothing(database: Database, tmp_path: Path) -> None:
    store(tmp_path, documents(2))
    stored = sqlite3.connect(tmp_path / "chitieu.sqlite")
    stored.execute("UPDATE places SET target_id = 'nobody'")
    stored.commit()
    stored.close()
    with pytest.raises(LoadError, match=r"do not fit .*places_target_id_fkey.*Nothing was changed"):
        database.load(tmp_path)
    assert database.query("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [database.schema]) == [(0,)]


@pytest.mark.parametrize(
    "address",
    [
        "mysql://me:geheim@host/db",
        "postgresql://me:geheim@@host/db",
        "postgresql://me:gehe/im@host/db",
        "postgresql://me:geheim%@host/db",
        "postgresql://me:geheim@host:port/db",
        "host=x password=geheim",
    ],
)
def test_an_address_that_is_none_is_not_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="address is not valid") as caught:
        load(store(tmp_path, []), address)
    assert "gehe" not in str(caught.value) and caught.value.__cause__ is None


def test_a_server_that_cannot_be_reached_is_named_without_the_password(tmp_path: Path) -> None:
    store(tmp_path, [])
    with pytest.raises(LoadError, match=r"cannot connect to me@127\.0\.0\.1:1/db: .*refused.*See that the server runs"):
        load(tmp_path, "postgresql://me:geheim@127.0.0.1:1/db")
    result = CliRunner().invoke(app, ["load", str(tmp_path), "postgresql://me:geheim@127.0.0.1:1/db"])
    assert result.exit_code == 2
    assert "geheim" not in result.output and "Traceback" not in result.output


def with_user(url: str, user: str, password: str = "", database: str = "") -> str:
    given = conninfo.conninfo_to_dict(url)
    rest = f"host={psycopg_quoted(given['host'])}&port={given.get('port', 5432)}"
    return f"postgresql://{user}{':' + password if password else ''}@/{database or given['dbname']}?{rest}"


def test_a_wrong_password_a_missing_database_and_missing_rights_are_told(own_server: str, tmp_path: Path) -> None:
    store(tmp_path, documents(1))
    with psycopg.connect(own_server, autocommit=True) as admin:
        admin.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        admin.execute("CREATE ROLE guest LOGIN")
        try:
            for password in ("geheim", ""):
                with pytest.raises(LoadError, match=r"locked@.*password.*PGPASSWORD") as caught:
                    load(tmp_path, with_user(own_server, "locked", password))
                assert "geheim" not in str(caught.value)
            with pytest.raises(LoadError, match=r'"nowhere" does not exist.*Make it first'):
                load(tmp_path, with_user(own_server, "guest", database="nowhere"))
            with pytest.raises(LoadError, match=r"permission denied for database.*needs CREATE on the database"):
                load(tmp_path, with_user(own_server, "guest"), schema="guests")
            admin.execute("CREATE SCHEMA guests AUTHORIZATION guest")
            assert load(tmp_path, with_user(own_server, "guest"), schema="guests").created
            load(tmp_path, own_server, schema="admins")
            with pytest.raises(LoadError, match=r"permission denied for schema admins.*own the tables"):
                load(tmp_path, with_user(own_server, "guest"), schema="admins")
        finally:
            admin.execute("DROP SCHEMA IF EXISTS guests, admins CASCADE")
            admin.execute("DROP OWNED BY guest")
            admin.execute("DROP ROLE locked, guest")


def test_a_database_that_cannot_hold_vietnamese_is_told(own_server: str, tmp_path: Path) -> None:
    with psycopg.connect(own_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(LoadError, match=r"has the encoding LATIN1.*createdb --encoding=UTF8"):
                load(store(tmp_path, []), with_user(own_server, "postgres", database="latin"))
        finally:
            admin.execute("DROP DATABASE latin")


def test_a_server_that_ends_the_connection_is_told(database: Database, tmp_path: Path) -> None:
    store(tmp_path, documents(1))
    with database.connection.transaction(), ThreadPoolExecutor(1) as pool:
        database.query("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chitieu.{database.schema}"])
        waits = threading.Event()
        done = pool.submit(database.load, tmp_path, on_wait=waits.set)
        assert waits.wait(30)
        pid = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not (waiting := database.query(pid)):
            time.sleep(0.01)
        database.query("SELECT pg_terminate_backend(%s)", waiting[0])
        with pytest.raises(LoadError, match=r"was broken off: terminating connection.*Load again"):
            done.result(30)


def test_the_wheels_server_takes_a_load_where_the_system_has_none(corpus: Path) -> None:
    with server(from_wheel=True) as url:
        assert load(corpus, url).created
        assert not load(corpus, url, full=True, prune=True).changed


# --- the command


def test_the_command_sums_up(database: Database, tmp_path: Path) -> None:
    store(tmp_path, documents(2))
    command = ["load", str(tmp_path), database.url, "--schema", database.schema]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    first, second, *tables = result.output.splitlines()
    assert first == f"Created    schema {database.schema} of version {postgres_schema.VERSION}"
    assert second.endswith(f"schema {database.schema}: 2 documents new or changed, 0 as they were, 0 taken away")
    assert tables[2] == "targets      2 inserted, 0 updated, 0 deleted, 0 unchanged"
    result = CliRunner().invoke(app, [*command, "--prune"])
    assert "0 documents new or changed, 2 as they were, 0 taken away" in result.output
    assert "targets      0 inserted, 0 updated, 0 deleted, 2 unchanged" in result.output


def test_without_psycopg_the_extra_is_named(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None; import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'psycopg' else find(name, *a)\n"
        f"from extractor.cli import app; sys.argv = ['chitieu', 'load', {str(tmp_path)!r}, 'postgresql://x']; app()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "pip install 'chitieu[postgres]'" in done.stderr


def test_a_document_has_the_digest_of_its_rows(tmp_path: Path) -> None:
    one, other = documents(2)
    digests = [d.digest for d in stored_documents(write_sqlite([one, other], tmp_path))]
    changed = replace(one, targets=(replace(one.targets[0], unit="khác"),))
    again = [d.digest for d in stored_documents(write_sqlite([other, changed], tmp_path))]
    assert len(set(digests) | set(again)) == 3


# --- with runs


def batch(plans: Path, out: Path, database: Database, *options: str) -> Result:
    to = ["--to", database.url, "--schema", database.schema]
    return CliRunner().invoke(
        app, ["run", str(plans), "--out", str(out), "--no-isolate", "--format", "csv", *to, *options]
    )


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    write_plans(folder, range(4))
    return folder


def sources(database: Database) -> list[str]:
    return [name for (name,) in database.query("SELECT source FROM documents ORDER BY source")]


def test_a_run_loads_what_it_made_and_takes_away_what_is_no_longer_so(
    database: Database, plans: Path, tmp_path: Path
) -> None:
    result = batch(plans, tmp_path / "out", database)
    assert result.exit_code == 0, result.output
    assert "4 documents new or changed, 0 as they were, 0 taken away" in result.output
    before = database.state()
    # Another folder of tables in the same schema, which is not this one's to change.
    other = tmp_path / "more"
    write_plans(other, range(50, 52))
    assert batch(other, tmp_path / "other", database).exit_code == 0
    first = plans / "000" / "plan-000001.txt"
    first.write_text(plan(99), encoding="utf-8")
    (plans / "000" / "plan-000002.txt").unlink()
    result = batch(plans, tmp_path / "out", database)
    assert "1 documents new or changed, 3 as they were, 1 taken away" in result.output
    assert len(sources(database)) == 6  # what is gone keeps its rows, what was changed has those of its new bytes
    result = batch(plans, tmp_path / "out", database, "--prune")
    assert "0 documents new or changed, 3 as they were, 1 taken away" in result.output
    first.write_text(plan(1), encoding="utf-8")
    write_plans(plans, range(4))
    batch(plans, tmp_path / "out", database)
    for path in other.rglob("*.txt"):
        path.unlink()
    write_plans(other, range(50, 51))
    assert "1 taken away" in batch(other, tmp_path / "other", database, "--prune").output
    database.load(tmp_path / "out", prune=True)
    assert database.state() == before


def test_a_run_whose_database_is_away_says_so(plans: Path, tmp_path: Path) -> None:
    command = [
        "run",
        str(plans),
        "--out",
        str(tmp_path / "out"),
        "--no-isolate",
        "--to",
        "postgresql://me@127.0.0.1:1/x",
    ]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert "cannot connect to me@127.0.0.1:1/x" in result.output
    assert (tmp_path / "out" / "targets.csv").exists()
