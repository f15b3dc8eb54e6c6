"""``extractor.tables``: JSON Lines, the data package, CSV for Excel, the workbook and DuckDB."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Package, system
from openpyxl import Workbook, load_workbook
from sample_rows import TEXT, extraction
from typer.testing import CliRunner

from extractor import extract_files, model
from extractor.cli import app
from extractor.tables import schema
from extractor.tables.files import FORMATS, OutputError
from extractor.tables.json_lines import jsonl_bytes
from extractor.tables.package import package_json
from extractor.tables.rows import columns_of, dicts_of, rows_of
from extractor.tables.views import VIEWS
from extractor.tables.wording import heading, labels
from extractor.tables.workbook import WorkbookSink
from extractor.tables.writing import Options, Writer, csv_bytes, write

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus" / "documents"


@pytest.fixture(scope="module")
def corpus() -> list[model.Extraction]:
    return list(extract_files([CORPUS]))


def with_target(**changes: Any) -> model.Extraction:
    one = extraction()
    return replace(one, targets=(replace(one.targets[0], **changes),))


def with_document(**changes: Any) -> model.Extraction:
    one = extraction()
    return replace(one, document=replace(one.document, **changes))


# --- JSON Lines


def read_jsonl(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in data.decode("utf-8").split("\n")[:-1]]


def test_every_format_that_can_be_asked_for_has_a_writer(tmp_path: Path) -> None:
    for name in FORMATS:
        with Writer(tmp_path, [name]) as writer:
            assert writer.commit()


def test_jsonl_says_what_the_rows_say(corpus: list[model.Extraction]) -> None:
    for table in schema.TABLES:
        rows = read_jsonl(jsonl_bytes(table, corpus))
        expected = [
            dict(zip(table.names, row, strict=True)) for row in zip(*columns_of(table, corpus, True), strict=True)
        ]
        assert len(rows) == len(rows_of(table, corpus)) > 0
        for got, wanted in zip(rows, expected, strict=True):
            for column in table.columns:
                value = wanted[column.name]
                if value is not None and column.type in ("decimal", "float"):
                    value = Decimal(str(value))
                assert got[column.name] == value, column.name


def test_jsonl_has_numbers_lists_and_nulls() -> None:
    one = with_target(value=Decimal("12345678901234567.89"))
    (row,) = read_jsonl(jsonl_bytes(schema.TARGETS, [one]))
    assert row["value"] == Decimal("12345678901234567.89")
    assert row["value_max"] is None and row["period_start"] is None and row["indicator_code"] is None
    assert row["flags"] == ["percent_mismatch", "due_before_issue"]
    assert row["due_date"] == "2021-04-10"
    assert row["start"] == TEXT.index("29/52")
    (row,) = read_jsonl(jsonl_bytes(schema.DOCUMENTS, [with_document(warnings=("a; b", "c"))]))
    assert row["warnings"] == ["a; b", "c"]
    assert read_jsonl(jsonl_bytes(schema.PLACES, [one]))[0]["flags"] == []


def test_jsonl_batches_give_the_bytes_of_one_go(tmp_path: Path) -> None:
    other = extraction("Một văn bản khác.\n", "z.txt")
    whole = write([extraction(), other], tmp_path / "a", ["jsonl"])
    (tmp_path / "b").mkdir()
    with Writer(tmp_path / "b", ["jsonl"]) as writer:
        writer.add([extraction()])
        writer.add([other])
        parts = writer.commit()
    assert [p.name for p in whole] == [f"{table.name}.jsonl" for table in schema.TABLES]
    assert [p.read_bytes() for p in whole] == [p.read_bytes() for p in parts]


# --- datapackage.json


def problems_of(folder: Path) -> list[str]:
    with system.use_context(trusted=False):
        report = Package(str(folder / "datapackage.json")).validate()
    return [f"{error[0]}: {error[1]}" for error in report.flatten(["type", "message"])]


@pytest.mark.parametrize("excel", [False, True])
def test_datapackage_and_the_corpus_are_valid(excel: bool, corpus: list[model.Extraction], tmp_path: Path) -> None:
    write(corpus, tmp_path, ["csv"], Options(excel=excel))
    assert problems_of(tmp_path) == []
    resource = Package(str(tmp_path / "datapackage.json")).get_resource("targets")
    rows = resource.read_rows()
    assert [(row["target_id"], row["value"], row["due_date"]) for row in rows] == [
        (t.target_id, t.value, t.due_date) for one in corpus for t in sorted(one.targets, key=lambda t: t.start)
    ]


@pytest.mark.parametrize(
    ("table", "old", "new", "problem"),
    [
        ("targets", ",target,", ",wish,", "constraint-error"),  # enum
        ("targets", ",29,", ",nine,", "type-error"),
        ("targets", "29/52 thôn (50%)", "", "constraint-error"),  # required
        ("places", "-t", "-x", "foreign-key"),
        ("sections", "2,-", "1,-", ""),
    ],
)
def test_datapackage_finds_what_is_wrong(table: str, old: str, new: str, problem: str, tmp_path: Path) -> None:
    write([extraction()], tmp_path, ["csv"])
    path = tmp_path / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = problems_of(tmp_path)
    assert [p.split(":")[0] for p in found][:1] == ([problem] if problem else []), found


def test_datapackage_finds_a_parent_section_that_is_not_there(tmp_path: Path) -> None:
    one = extraction()
    first, part, last = one.sections
    write([replace(one, sections=(first, replace(part, parent_id="nobody"), last))], tmp_path, ["csv"])
    assert [p.split(":")[0] for p in problems_of(tmp_path)] == ["foreign-key"]


def test_datapackage_finds_a_row_that_stands_twice(tmp_path: Path) -> None:
    write([extraction(), extraction()], tmp_path, ["csv"])
    assert {p.split(":")[0] for p in problems_of(tmp_path)} >= {"primary-key"}


def test_datapackage_describes_every_column_in_two_languages() -> None:
    package = json.loads(package_json())
    assert [r["name"] for r in package["resources"]] == [table.name for table in schema.TABLES]
    for resource, table in zip(package["resources"], schema.TABLES, strict=True):
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == list(table.names)
        assert [(f["description"], f["description_vi"]) for f in fields] == [(c.en, c.vi) for c in table.columns]
        assert resource["schema"]["primaryKey"] == [table.primary_key]
        assert len(resource["schema"]["foreignKeys"]) == sum(c.references is not None for c in table.columns)


def test_committed_datapackage_is_made_from_the_schema() -> None:
    assert (ROOT / "outputs" / "datapackage.json").read_bytes() == package_json()


# --- CSV for Excel


def test_excel_csv_has_mark_semicolons_and_decimal_commas() -> None:
    one = with_target(percent=Decimal("75.86"), indicator="xã; thôn")
    data = csv_bytes(schema.TARGETS, [one], excel=True)
    assert data.startswith(b"\xef\xbb\xbftarget_id;doc_id;")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    (plain,) = dicts_of(schema.TARGETS, [one])
    assert (row["percent"], row["confidence"], row["indicator"]) == ("75,86", "0,8", "xã; thôn")
    decimals = {"percent", "confidence"}
    assert {k: v for k, v in row.items() if k not in decimals} == {k: v for k, v in plain.items() if k not in decimals}


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+ 09 xã", "- 09 xã", "@a", "\t=1", "=1\n2"])
def test_excel_csv_holds_no_formula(text: str) -> None:
    data = csv_bytes(schema.TARGETS, [with_target(indicator=text)], excel=True)
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert row["indicator"] == "'" + text
    assert row["comparator"] == "="  # a lone sign is text to Excel
    assert dicts_of(schema.TARGETS, [with_target(indicator=text)])[0]["indicator"] == text


# --- the workbook


def workbook(extractions: list[model.Extraction], folder: Path, options: Options | None = None) -> Workbook:
    (path,) = write(extractions, folder, ["xlsx"], options)
    assert path.name == "chitieu.xlsx"
    return load_workbook(path)


def rows_in(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    assert len(set(head)) == len(head)
    return [dict(zip(head, row, strict=True)) for row in rows]


SHEETS = {
    "Văn bản": schema.DOCUMENTS,
    "Chỉ tiêu": schema.TARGETS,
    "Địa bàn": schema.PLACES,
    "Thời hạn": schema.DEADLINES,
    "Phân công": schema.ASSIGNMENTS,
}


def test_workbook_has_the_rows_of_the_tables(corpus: list[model.Extraction], tmp_path: Path) -> None:
    book = workbook(corpus, tmp_path)
    assert book.sheetnames == list(SHEETS)
    for title, table in SHEETS.items():
        sheet = book[title]
        rows = rows_in(sheet)
        expected = dicts_of(table, corpus)
        assert len(rows) == len(expected) > 0
        key = next(c for c in table.columns if c.name == table.primary_key)
        assert [row[heading(table, key)] for row in rows] == [row[table.primary_key] for row in expected]
        assert {heading(table, column) for column in table.columns} <= set(rows[0])
        assert sheet.freeze_panes == "D2"
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).coordinate[:-1]}{len(rows) + 1}"
        (verdicts,) = sheet.data_validations.dataValidation
        assert (verdicts.type, verdicts.formula1) == ("list", '"Đúng,Sai,Sửa"')
        assert str(verdicts.sqref) == (f"A2:A{len(rows) + 1}" if len(rows) > 1 else "A2")
        assert [sheet["A1"].value, sheet["B1"].value] == ["Kết luận", "Ghi chú"]


def test_workbook_has_real_dates_numbers_and_vietnamese_words(tmp_path: Path) -> None:
    one = with_target(percent=Decimal("75.86"), strength="firm")
    book = workbook([one], tmp_path)
    sheet = book["Chỉ tiêu"]
    (row,) = rows_in(sheet)
    assert (row["Giá trị"], row["Tỷ lệ ghi kèm (%)"], row["Thời hạn"]) == (29, 75.86, datetime(2021, 4, 10))
    assert (row["Tính chất"], row["Mức cam kết"], row["Cách tính"]) == ("Chỉ tiêu", "Bắt buộc", None)
    assert row["Cần xem lại"] == "Tỷ lệ ghi không đúng với phân số\nThời hạn trước ngày ban hành"
    cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
    assert cells["Thời hạn"].number_format == "dd/mm/yyyy"
    assert cells["Giá trị"].data_type == "n"
    assert cells["Nguyên văn"].alignment.wrap_text
    assert "due_date" in sheet.cell(1, cells["Thời hạn"].column).comment.text


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(1900, 2, 28), date(207, 1, 2)])
def test_workbook_has_days_that_excel_does_not_know_as_text(day: date, tmp_path: Path) -> None:
    (row,) = rows_in(workbook([with_target(due_date=day)], tmp_path)["Chỉ tiêu"])
    assert row["Thời hạn"] == f"{day.day:02}/{day.month:02}/{day.year:04}"


def test_every_heading_and_value_has_its_own_vietnamese_word() -> None:
    for table in SHEETS.values():
        headings = [heading(table, column) for column in table.columns]
        assert len(set(headings)) == len(headings)
        assert all(len(words) <= 24 for words in headings)
        for column in table.columns:
            words = labels(table, column)
            assert set(words) == set(column.values)
            assert len(set(words.values())) == len(words)


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "=1+1", "{=1+1}", "http://x", "+1", "-1", "@SUM(1)", "12", "\t=1"]
)
def test_workbook_takes_texts_as_texts(text: str, tmp_path: Path) -> None:
    one = with_target(indicator=text, unit=text)
    sheet = workbook([replace(one, document=replace(one.document, number=text, title=text))], tmp_path)["Chỉ tiêu"]
    cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
    for title in ("Tên chỉ tiêu", "Đơn vị tính", "Văn bản"):
        assert (cells[title].value, cells[title].data_type, cells[title].hyperlink) == (text, "s", None)
        assert cells[title].quotePrefix == text.startswith(("=", "+", "-", "@", "\t"))


def test_a_formula_in_a_plan_arrives_as_text(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    formula = '=HYPERLINK("http://x")'
    (tmp_path / "plans" / "=1+1.txt").write_text(
        f"KẾ HOẠCH\n\nI. MỤC TIÊU\n\n- Phấn đấu có thêm 04 xã {formula} đạt chuẩn nông thôn mới năm 2023.\n"
        f"- {formula} chủ trì hoàn thành trước ngày 30/11/2023.\n\n"
        "II. PHÂN CÔNG\n\n1. Văn phòng Điều phối: chủ trì rà soát.\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["run", str(tmp_path / "plans"), "--out", str(out), "--format", "xlsx"])
    assert result.exit_code == 0, result.output
    book = load_workbook(out / "chitieu.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(formula in str(cell.value) for cell in cells if cell.data_type == "s")
    formulas = [cell for cell in cells if cell.data_type == "f"]
    assert formulas and {cell.column for cell in formulas} == {3}
    assert {cell.value.split(",")[0] for cell in formulas} == {'=HYPERLINK("../plans/=1+1.txt"'}
    assert {cell.value for cell in cells if str(cell.value).startswith("=1")} == {"=1+1.txt"}


def test_workbook_links_lead_to_the_saved_text_or_the_file_and_name_the_line(tmp_path: Path) -> None:
    plans, out = tmp_path / 'kế "hoạch"', tmp_path / "out"
    plans.mkdir()
    text = "KẾ HOẠCH\n\nI. MỤC TIÊU\n\n- Phấn đấu có thêm 04 xã đạt chuẩn nông thôn mới năm 2023.\n"
    (plans / "a.txt").write_text(text, encoding="utf-8")
    (plans / "b.md").write_text(text + "\n- Thêm.\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["run", str(plans), "--out", str(out), "--format", "xlsx", "--no-isolate"])
    assert result.exit_code == 0, result.output
    links = {row["Văn bản"]: row["Nguồn"] for row in rows_in(load_workbook(out / "chitieu.xlsx")["Chỉ tiêu"])}
    saved = next((out / "text").glob("*.txt"))
    line = saved.read_text(encoding="utf-8").split("04 xã")[0].count("\n") + 1
    assert links == {
        "a.txt": '=HYPERLINK("../kế ""hoạch""/a.txt","dòng 5")',
        "b.md": f'=HYPERLINK("text/{saved.name}","dòng {line}")',
    }


def test_workbook_without_files_has_no_links(tmp_path: Path) -> None:
    (row,) = rows_in(workbook([extraction()], tmp_path)["Chỉ tiêu"])
    assert row["Nguồn"] == "dòng 3"


def test_workbook_cuts_what_no_cell_holds_and_says_so(tmp_path: Path) -> None:
    long = "ế" * 32_768
    (tmp_path / "out").mkdir()
    with Writer(tmp_path / "out", ["xlsx"]) as writer:
        writer.add([with_target(indicator=long, unit="𠀀" * 16_384, rule="x" * 32_767)])
        (path,) = writer.commit()
        (warning,) = writer.warnings
    assert "2 cells of the sheet Chỉ tiêu are cut at 32,767" in warning
    (row,) = rows_in(load_workbook(path)["Chỉ tiêu"])
    assert len(row["Tên chỉ tiêu"]) == 32_767 and row["Tên chỉ tiêu"].endswith("ế … [đã cắt bớt]")
    assert len(row["Đơn vị tính"].encode("utf-16-le")) <= 2 * 32_767
    assert row["Mã mẫu"] == "x" * 32_767


def test_workbook_goes_on_in_a_further_sheet_and_says_so(tmp_path: Path) -> None:
    sink = WorkbookSink(tmp_path, {}, max_rows=3)
    sink.open()
    others = [extraction(f"Văn bản {i}.\n", f"{i}.txt") for i in range(5)]
    sink.add(schema.DOCUMENTS, columns_of(schema.DOCUMENTS, others), others)
    sink.finish()
    ((temporary, path),) = sink.places
    os.replace(temporary, path)
    book = load_workbook(path)
    titles = ["Văn bản", "Văn bản (2)", "Văn bản (3)"]
    assert [row["Tệp nguồn"] for title in titles for row in rows_in(book[title])] == [f"{i}.txt" for i in range(5)]
    assert [str(book[t].data_validations.dataValidation[0].sqref) for t in titles] == ["A2:A3", "A2:A3", "A2"]
    (warning,) = sink.warnings
    assert "Văn bản has more rows than the 3" in warning and "(2) to (3)" in warning


def test_workbook_is_the_same_on_every_run_and_of_nothing_too(tmp_path: Path) -> None:
    first, second = (write([extraction()], tmp_path / name, ["xlsx"])[0].read_bytes() for name in "ab")
    assert first == second
    assert [rows_in(sheet) for sheet in workbook([], tmp_path / "c")] == [[]] * 5


def test_workbook_memory_does_not_grow_with_its_rows(tmp_path: Path) -> None:
    one = extraction()
    many = replace(one, targets=one.targets * 500)
    cells = columns_of(schema.TARGETS, [many])
    sink = WorkbookSink(tmp_path, {"plan.txt": tmp_path / "plan.txt"})
    sink.open()
    sink.add(schema.TARGETS, cells, [many])
    tracemalloc.start()
    try:
        for _ in range(4):
            sink.add(schema.TARGETS, cells, [many])
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        sink.close()
    assert grown < 100_000  # 50 bytes a row


def test_an_interrupted_workbook_leaves_nothing(tmp_path: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("chitieu-xlsx-*"))
    with pytest.raises(KeyboardInterrupt), Writer(tmp_path, ["xlsx"]) as writer:
        writer.add([extraction()])
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    assert set(Path(tempfile.gettempdir()).glob("chitieu-xlsx-*")) == before


@pytest.mark.parametrize(("name", "module"), [("xlsx", "xlsxwriter"), ("duckdb", "duckdb")])
def test_a_missing_package_is_named_with_its_extra(name: str, module: str, tmp_path: Path) -> None:
    # An interpreter that cannot find the package: it looks for it as one without the extra does.
    code = (
        "import sys, importlib.machinery as m\n"
        "class Without(m.PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        f"        return None if name == {module!r} else super().find_spec(name, path, target)\n"
        "sys.meta_path = [Without if f is m.PathFinder else f for f in sys.meta_path]\n"
        "from extractor.cli import app\napp()\n"
    )
    command = [sys.executable, "-c", code, "run", str(CORPUS), "--out", str(tmp_path / "out"), "--format", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"})
    assert done.returncode == 2
    assert f"is not installed. Install it: pip install 'chitieu[{name}]'" in done.stderr
    assert "Traceback" not in done.stderr and "[1/5]" not in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".chitieu.lock"]


# --- DuckDB


def test_duckdb_has_the_rows_and_views_of_sqlite(corpus: list[model.Extraction], tmp_path: Path) -> None:
    sqlite, duck = write([*corpus, extraction()], tmp_path, ["sqlite", "duckdb"])
    assert duck.name == "chitieu.duckdb"
    with sqlite3.connect(sqlite) as one, duckdb.connect(str(duck), read_only=True) as other:
        for name in [*(table.name for table in schema.TABLES), *VIEWS]:
            rows = [
                [
                    [cell.isoformat() if isinstance(cell, date) else cell for cell in row]
                    for row in database.execute(f"SELECT * FROM {name}").fetchall()
                ]
                for database in (one, other)
            ]
            if name in VIEWS:
                rows = [sorted(found, key=repr) for found in rows]
            assert rows[0] == rows[1] != []


def test_duckdb_is_typed_described_and_keyed(tmp_path: Path) -> None:
    (path,) = write([extraction()], tmp_path, ["duckdb"])
    with duckdb.connect(str(path)) as database:
        row = database.execute("SELECT value, due_date, value_max, typeof(start) FROM targets").fetchone()
        assert row == (29.0, date(2021, 4, 10), None, "BIGINT")
        found = database.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'targets'").fetchall()
        assert found == [(f"{column.en} / {column.vi}",) for column in schema.TARGETS.columns]
        with pytest.raises(duckdb.ConstraintException, match="Duplicate key"):
            database.execute("INSERT INTO documents SELECT * FROM documents")
        with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
            database.execute("UPDATE targets SET quote = NULL")


def test_duckdb_refuses_rows_that_refer_to_nothing_or_stand_twice(tmp_path: Path) -> None:
    one = extraction()
    broken = replace(one, places=(replace(one.places[0], target_id="nobody"),))
    with pytest.raises(OutputError, match=r"chitieu\.duckdb.*places.*targets"):
        write([broken], tmp_path, ["duckdb"])
    with pytest.raises(OutputError, match=r"documents has \w+ twice"):
        write([one, one], tmp_path, ["duckdb"])
    assert list(tmp_path.iterdir()) == []


def test_duckdb_takes_batches_and_replaces_the_database_before(tmp_path: Path) -> None:
    (tmp_path / "chitieu.duckdb.wal").write_bytes(b"stale")
    write([], tmp_path, ["duckdb"])
    with Writer(tmp_path, ["duckdb"]) as writer:
        writer.add([extraction()])
        writer.add([extraction("Khác.\n", "z.txt")])
        (path,) = writer.commit()
    assert [p.name for p in tmp_path.iterdir()] == ["chitieu.duckdb"]
    with duckdb.connect(str(path)) as database:
        assert database.execute("SELECT source FROM documents").fetchall() == [("plan.txt",), ("z.txt",)]
