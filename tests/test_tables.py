"""``extractor.tables``: rows, frames, CSV, Parquet and SQLite say the same."""

from __future__ import annotations

import ast
import csv
import io
import os
import sqlite3
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_rows import extraction, with_deadline_in

from extractor import extract_files, model
from extractor.tables import schema
from extractor.tables.comparing import compare
from extractor.tables.files import OutputError
from extractor.tables.frames import to_frames
from extractor.tables.rows import canonical, dicts_of, rows_of
from extractor.tables.writing import Writer, csv_bytes, write, write_csv, write_parquet, write_sqlite

CORPUS = Path(__file__).parent.parent / "corpus"
CONTRACT = {
    "documents": "doc_id, source, sha256, format, status, warnings, doc_type, number, title, issuer, issued_place, "
    "issued_on, province, province_code, district, district_code, period_start, period_end, signer, signer_position, "
    "chars, reader, pages, ocr_confidence, extractor_version",
    "sections": "section_id, doc_id, parent_id, level, marker, heading, kind, start, end",
    "targets": "target_id, doc_id, section_id, start, end, quote, number_start, number_end, value, value_max, "
    "denominator, percent, comparator, unit, indicator, indicator_code, basis, status, period_start, due_date, "
    "deadline_id, flags, rule, confidence",
    "places": "place_id, doc_id, section_id, start, end, quote, name, level, type, code, district, district_code, "
    "province, province_code, current_code, current_name, current_province, resolution, target_id, goal, role, flags, "
    "rule, confidence",
    "deadlines": "deadline_id, doc_id, section_id, start, end, quote, kind, bound, start_date, due_date, granularity, "
    "recurrence, task, flags, rule, confidence",
    "assignments": "assignment_id, doc_id, section_id, start, end, quote, assignee_type, name, honorific, position, "
    "organization, role, duty, task, flags, rule, confidence",
}
RECORDS = {
    "documents": model.Document,
    "sections": model.Section,
    "targets": model.Target,
    "places": model.Place,
    "deadlines": model.Deadline,
    "assignments": model.Assignment,
}


@pytest.fixture
def two() -> list[model.Extraction]:
    other = "Một văn bản khác, không có gì.\n"
    return [extraction(), replace(extraction(other, "z.txt"), text=other)]


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_schema_is_the_contract_and_the_model(table: schema.Table) -> None:
    added = {
        "targets": ", value_base, unit_base, strength, plan_of, province_total",
        "places": ", successors, candidates",
    }
    assert ", ".join(table.names) == CONTRACT[table.name] + added.get(table.name, "")
    assert set(table.names) == {f.name for f in fields(RECORDS[table.name])} - {"evidence"}
    assert all(column.en and column.vi for column in table.columns)


def test_schema_references_lead_to_primary_keys() -> None:
    for table in schema.TABLES:
        for column in table.columns:
            if column.references is not None:
                parent, key = column.references
                assert schema.BY_NAME[parent].primary_key == key


@pytest.mark.parametrize(
    ("written", "expected"),
    [("9.0", "9"), ("09", "9"), ("1E+3", "1000"), ("75.860", "75.86"), ("-0", "0"), ("0.10", "0.1"), ("100", "100")],
)
def test_decimals_are_canonical(written: str, expected: str) -> None:
    assert canonical(Decimal(written)) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_canonical_decimals_keep_their_value(value: Decimal) -> None:
    text = canonical(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert not ("." in text and text.endswith(("0", ".")))


def test_rows_hold_canonical_text() -> None:
    (row,) = dicts_of(schema.TARGETS, [extraction()])
    assert (row["value"], row["denominator"], row["percent"], row["value_max"]) == ("29", "52", "50", "")
    assert row["flags"] == "percent_mismatch;due_before_issue"
    assert row["due_date"] == "2021-04-10"
    assert row["confidence"] == "0.8"


def test_rows_of_a_document_are_sorted_by_start_with_the_whole_before_its_parts() -> None:
    one = extraction()
    shuffled = replace(one, sections=one.sections[::-1])
    assert rows_of(schema.SECTIONS, [shuffled]) == rows_of(schema.SECTIONS, [one])


def test_warnings_are_joined() -> None:
    one = extraction()
    document = replace(one.document, warnings=("a", "b"))
    (row,) = dicts_of(schema.DOCUMENTS, [replace(one, document=document)])
    assert row["warnings"] == "a; b"


# --- frames


def test_frames_are_typed(two: list[model.Extraction]) -> None:
    frames = to_frames(two)
    assert list(frames) == [table.name for table in schema.TABLES]
    targets = frames["targets"]
    assert targets["value"].dtype == "float64"
    assert targets["start"].dtype == "Int64"
    assert isinstance(targets["unit"].dtype, pd.StringDtype)
    assert targets["due_date"].iloc[0] == pd.Timestamp(2021, 4, 10)
    assert pd.isna(targets["period_start"].iloc[0])
    assert pd.isna(frames["documents"]["signer"].iloc[0])


def test_frames_of_nothing_have_the_columns() -> None:
    frames = to_frames([])
    assert all(list(frames[table.name].columns) == list(table.names) for table in schema.TABLES)


def test_frames_hold_a_year_beyond_nanoseconds() -> None:
    one = extraction()
    far = replace(one, document=replace(one.document, period_end=date(9999, 12, 31)))
    assert to_frames([far])["documents"]["period_end"].iloc[0].year == 9999


def test_extraction_gives_frames() -> None:
    assert len(extraction().to_pandas()["places"]) == 1


# --- CSV


def test_csv_reads_back_as_the_rows(two: list[model.Extraction]) -> None:
    for table in schema.TABLES:
        assert read_csv(csv_bytes(table, two)) == dicts_of(table, two)


def test_csv_quotes_only_what_needs_it(two: list[model.Extraction]) -> None:
    data = csv_bytes(schema.DOCUMENTS, two).decode()
    assert '"Xây dựng ""nông thôn mới"", năm 2021"' in data
    assert data.splitlines()[1].count('"') == 6
    assert "\r" not in data
    assert data.endswith("\n")


awkward = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(',"\r\n;⏎\u00a0ế'), max_size=20)


@settings(deadline=None)  # the first call loads Arrow's functions
@given(st.lists(awkward, min_size=1, max_size=5))
def test_csv_reads_back_any_text(titles: list[str]) -> None:
    one = extraction()
    given_titles = [replace(one, document=replace(one.document, title=title)) for title in titles]
    assert read_csv(csv_bytes(schema.DOCUMENTS, given_titles)) == dicts_of(schema.DOCUMENTS, given_titles)


def test_csv_of_floats_is_that_of_rows() -> None:
    one = extraction()
    target = one.targets[0]
    for confidence in (0.0, 1.0, 0.5, 0.0001, 1 / 3, 0.9999):
        changed = replace(one, targets=(replace(target, confidence=confidence),))
        assert read_csv(csv_bytes(schema.TARGETS, [changed])) == dicts_of(schema.TARGETS, [changed])


def test_files_are_the_same_on_every_run(tmp_path: Path, two: list[model.Extraction]) -> None:
    written = [write(two, tmp_path / name) for name in ("a", "b")]
    assert [p.name for p in written[0]][:6] == [f"{table.name}.csv" for table in schema.TABLES]
    assert len(written[0]) == 14
    assert [p.read_bytes() for p in written[0]] == [p.read_bytes() for p in written[1]]


def test_batches_give_the_bytes_of_one_go(tmp_path: Path, two: list[model.Extraction]) -> None:
    whole = write_csv(two, tmp_path / "a")
    (tmp_path / "b").mkdir()
    with Writer(tmp_path / "b", ["csv"]) as writer:
        for one in two:
            writer.add([one])
        parts = writer.commit()
    assert [p.read_bytes() for p in whole] == [p.read_bytes() for p in parts]


# --- Parquet


def test_parquet_is_typed_and_described(tmp_path: Path, two: list[model.Extraction]) -> None:
    write_parquet(two, tmp_path)
    table = pq.read_table(tmp_path / "targets.parquet")
    assert table.schema.field("value").type == pa.float64()
    assert table.schema.field("due_date").type == pa.date32()
    assert table.schema.field("start").type == pa.int64()
    assert not table.schema.field("quote").nullable
    assert table.schema.field("unit").metadata[b"description"] == b"Unit as written"
    (row,) = table.to_pylist()
    assert row["value"] == 29
    assert row["due_date"] == date(2021, 4, 10)
    assert row["value_max"] is None
    column = pq.ParquetFile(tmp_path / "targets.parquet").metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_parquet_of_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    write_parquet([], tmp_path)
    assert pq.read_table(tmp_path / "places.parquet").column_names == list(schema.PLACES.names)


# --- SQLite


@pytest.fixture
def database(tmp_path: Path, two: list[model.Extraction]) -> sqlite3.Connection:
    return sqlite3.connect(write_sqlite(two, tmp_path))


def test_sqlite_holds_the_rows_of_the_csv(database: sqlite3.Connection, two: list[model.Extraction]) -> None:
    for table in schema.TABLES:
        count = database.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]
        assert count == len(rows_of(table, two))
    value, due, flags = database.execute("SELECT value, due_date, flags FROM targets").fetchone()
    assert (value, due, flags) == (29.0, "2021-04-10", "percent_mismatch;due_before_issue")
    assert database.execute("SELECT typeof(value), typeof(start), typeof(value_max) FROM targets").fetchone() == (
        "real",
        "integer",
        "null",
    )


def test_sqlite_keys_hold_and_are_enforced(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO documents SELECT * FROM documents")
    database.execute("UPDATE places SET target_id = 'nobody'")
    with pytest.raises(sqlite3.IntegrityError):
        database.commit()


def test_sqlite_has_indexes_on_foreign_keys(database: sqlite3.Connection) -> None:
    plan = database.execute("EXPLAIN QUERY PLAN SELECT * FROM places WHERE target_id = 'x'").fetchall()
    assert "places_target_id" in str(plan)


def test_sqlite_view_of_communes(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT name, district, value, unit, due_date, source FROM v_communes").fetchall()
    assert rows == [("Cẩm Bình", "Cẩm Xuyên", 29.0, "thôn", "2021-04-10", "plan.txt")]


def test_sqlite_view_of_officials(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT honorific, name, role, duty, document_number FROM v_officials").fetchall()
    assert rows == [("Ông", "Phạm Hoàng Anh", "lead", "chủ trì", "07-KH/BCĐ")]


ACCOUNTABILITY = "SELECT who, by_when, bound, linked_by, target FROM v_accountability"


def test_sqlite_view_of_accountability_keeps_those_without_deadline(database: sqlite3.Connection) -> None:
    assert database.execute(ACCOUNTABILITY).fetchall() == [("Phạm Hoàng Anh", None, None, None, None)]


def linked(one: model.Extraction, folder: Path) -> list[tuple[object, ...]]:
    return sqlite3.connect(write_sqlite([one], folder)).execute(ACCOUNTABILITY).fetchall()


def test_sqlite_view_of_accountability_joins_deadlines_of_the_section(tmp_path: Path) -> None:
    one = extraction()
    same = with_deadline_in(replace(one, targets=(), places=()), one.assignments[0].section_id)
    assert linked(same, tmp_path) == [("Phạm Hoàng Anh", "2021-04-10", "before", "section", None)]


def test_sqlite_view_of_accountability_joins_deadlines_of_the_sections_targets(tmp_path: Path) -> None:
    one = extraction()
    duties = one.assignments[0].section_id
    moved = replace(one, targets=(replace(one.targets[0], section_id=duties),))
    assert linked(moved, tmp_path) == [("Phạm Hoàng Anh", "2021-04-10", "before", "target", "29/52 thôn (50%)")]


def test_sqlite_view_of_accountability_joins_bullets_that_speak_for_their_block(tmp_path: Path) -> None:
    one = replace(extraction(), targets=(), places=())
    goals, part, _ = one.sections
    sibling = replace(part, section_id=f"{part.section_id}b")
    assignment = replace(one.assignments[0], section_id=part.section_id)
    deadline = replace(one.deadlines[0], section_id=sibling.section_id)
    bullets = replace(one, sections=(*one.sections, sibling), assignments=(assignment,), deadlines=(deadline,))
    assert linked(bullets, tmp_path) == [("Phạm Hoàng Anh", None, None, None, None)]
    block = [("Phạm Hoàng Anh", "2021-04-10", "before", "block", None)]
    by_assignee = replace(bullets, assignments=(replace(assignment, task=goals.heading),))
    assert linked(by_assignee, tmp_path) == block
    by_deadline = replace(bullets, deadlines=(replace(deadline, task=goals.heading),))
    assert linked(by_deadline, tmp_path) == block


def test_sqlite_view_of_accountability_joins_bullets_below_a_heading_that_names_the_assignee(tmp_path: Path) -> None:
    one = replace(extraction(), targets=(), places=())
    goals, part, duties = one.sections
    goals = replace(goals, heading="Phạm Hoàng Anh")
    assignment = replace(one.assignments[0], section_id=goals.section_id)
    deadline = replace(one.deadlines[0], section_id=part.section_id)
    named = replace(one, sections=(goals, part, duties), assignments=(assignment,), deadlines=(deadline,))
    assert linked(named, tmp_path) == [("Phạm Hoàng Anh", "2021-04-10", "before", "block", None)]


def test_sqlite_refuses_a_row_that_refers_to_nothing(tmp_path: Path) -> None:
    one = extraction()
    broken = replace(one, places=(replace(one.places[0], target_id="nobody"),))
    with pytest.raises(OutputError, match=r"chitieu\.sqlite.*places.*targets"):
        write_sqlite([broken], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sqlite_replaces_a_database_and_its_sidecars(tmp_path: Path) -> None:
    (tmp_path / "chitieu.sqlite-wal").write_bytes(b"stale")
    write_sqlite([], tmp_path)
    write_sqlite([extraction()], tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["chitieu.sqlite"]


# --- putting files in place


def test_an_interrupted_run_leaves_the_tables_before_it(tmp_path: Path, two: list[model.Extraction]) -> None:
    write(two, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(KeyboardInterrupt), Writer(tmp_path) as writer:
        writer.add(two[:1])
        raise KeyboardInterrupt
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_that_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").mkdir()
    with pytest.raises(OutputError, match=r"targets\.csv cannot be written"):
        write_csv([extraction()], tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_an_output_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match=r"out is a file"):
        write_csv([], tmp_path / "out")
    with pytest.raises(OutputError, match=r"cannot be created"):
        write_csv([], tmp_path / "out" / "deeper")


def test_an_output_folder_without_permission_is_named(tmp_path: Path) -> None:
    closed = Path("/proc") if os.name == "posix" and os.geteuid() == 0 else tmp_path / "out"  # root may write elsewhere
    closed.mkdir(mode=0o555, exist_ok=True)
    with pytest.raises(OutputError, match=rf"{closed.name} cannot be written"):
        write_csv([], closed)


# --- comparing


def test_compare_names_rows_gained_lost_and_changed() -> None:
    before = extraction()
    target = replace(before.targets[0], status="result", rule="other")
    after = replace(before, targets=(target,), places=(), assignments=before.assignments * 1)
    found = compare([before], [after])
    assert [(d.table, d.kind, d.quote) for d in found] == [
        ("targets", "changed", "29/52 thôn (50%)"),
        ("places", "lost", "Cẩm Bình"),
    ]
    assert found[0].fields == (("status", "target", "result"),)
    assert [d.kind for d in compare([after], [before])] == ["changed", "gained"]
    assert compare([before], [before]) == []


def test_every_flag_that_is_raised_is_documented() -> None:
    raised = set()
    for path in sorted((Path(schema.__file__).parents[1]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in {"Flag", "flag"} and node.args and isinstance(node.args[0], ast.Constant):
                    raised.add(node.args[0].value)
    assert {"percent_mismatch", "denominator_mismatch", "child_after_parent"} <= raised <= set(schema.FLAGS)
    batch = extract_files([CORPUS / "documents", *CORPUS.glob("own*/documents")])
    rows = [row for e in batch for row in (*e.targets, *e.places, *e.deadlines, *e.assignments)]
    seen = {flag.code for row in rows for flag in row.flags}
    assert {"divided_since", "not_in_force", "percent_mismatch"} <= seen <= set(schema.FLAGS)
