"""``extractor.tables``: JSON Lines, the data package, CSV for Excel, the workbook and DuckDB."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package, system
from sample_rows import TEXT, extraction

from extractor import extract_files, model
from extractor.tables import schema
from extractor.tables.json_lines import jsonl_bytes
from extractor.tables.package import package_json
from extractor.tables.rows import columns_of, dicts_of, rows_of
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
