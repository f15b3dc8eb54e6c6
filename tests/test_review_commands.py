"""``chitieu review``, ``export``, ``import``, ``report``: what people decided, from run to run and out."""

from __future__ import annotations

import csv
import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from postgres_server import server
from review_stores import PLAN, make_run
from typer.testing import CliRunner

from extractor.cli import app
from extractor.review.decisions import Item, Reviews

OTHER = PLAN.replace("15/KH-UBND", "16/KH-UBND").replace("03 xã", "04 xã")


def chitieu(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return make_run({"mot.txt": PLAN, "huyen/hai.txt": OTHER}, tmp_path)


def document(reviews: Reviews, name: str) -> str:
    return str(reviews.all("SELECT doc_id FROM documents WHERE source = ?", name)[0][0])


def ids(reviews: Reviews, doc_id: str, table: str = "targets") -> list[str]:
    loaded = reviews.document(doc_id)
    assert loaded is not None
    return list(loaded.rows[table])


def decide_some(out: Path) -> None:
    """In the first plan: one target accepted, one corrected, one rejected, one row added."""
    with Reviews(out) as reviews:
        doc_id = document(reviews, "mot.txt")
        one, two, three, _ = ids(reviews, doc_id)
        start = PLAN.index("tiêu chí giao thông")
        added = {"start": str(start), "end": str(start + 19), "assignee_type": "organization", "role": "support"}
        items = [
            Item("targets", one, "accept"),
            Item("targets", two, "correct", {"value": "2.6"}),
            Item("targets", three, "reject", reason="không phải chỉ tiêu"),
            Item("assignments", "", "add", added),
        ]
        reviews.decide(doc_id, items, "An")


def decide_all(out: Path, name: str, reviewer: str, **corrected: str) -> None:
    """Every row of a plan accepted, its head too; of the first target some values corrected."""
    with Reviews(out) as reviews:
        doc_id = document(reviews, name)
        loaded = reviews.document(doc_id)
        assert loaded is not None
        items = [Item(table, row, "accept") for table, rows in loaded.rows.items() for row in rows]
        first = ids(reviews, doc_id)[0]
        items = [Item("targets", first, "correct", corrected) if i.row_id == first and corrected else i for i in items]
        reviews.decide(doc_id, items, reviewer)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# --- from run to run


def test_a_run_keeps_what_was_decided_and_says_so(out: Path, tmp_path: Path) -> None:
    decide_some(out)
    (tmp_path / "plans" / "huyen" / "hai.txt").write_text(OTHER + "\nGhi chú.", encoding="utf-8")
    result = chitieu("run", tmp_path / "plans", "--out", out, "--force", "--no-isolate")
    assert result.exit_code == 0 and "Reviews    4 rows decided, 0 to look at again" in result.output
    result = chitieu("run", tmp_path / "plans", "--out", out, "--force", "--no-isolate", "--lang", "vi")
    assert "Kiểm tra   4 dòng đã có kết luận, 0 dòng cần xem lại" in result.output


def test_a_run_without_decisions_says_nothing_of_them_but_has_the_views(out: Path, tmp_path: Path) -> None:
    assert "Reviews" not in chitieu("run", tmp_path / "plans", "--out", out, "--no-isolate").output
    with sqlite3.connect(out / "chitieu.sqlite") as store:
        assert store.execute("SELECT count(*) FROM reviewed_targets WHERE reviewer IS NULL").fetchone() == (8,)


def test_a_store_of_an_older_version_is_brought_up_to_date(out: Path, tmp_path: Path) -> None:
    decide_some(out)
    with sqlite3.connect(out / "chitieu.sqlite") as store:
        store.execute("UPDATE run_meta SET value = 'other columns' WHERE key = 'tables'")
        for view in ("v_communes", "v_officials", "v_accountability", "v_targets_current"):
            store.execute(f"DROP VIEW {view}")
        store.execute("DROP TABLE targets")
        store.execute("CREATE TABLE targets (target_id TEXT, doc_id TEXT)")
    store.close()
    result = chitieu("export", out, "--reviewed", "--out", tmp_path / "checked")
    assert result.exit_code == 0, result.output
    assert [row["value"] for row in rows_of(tmp_path / "checked" / "targets.csv")] == [
        "4",
        "2.5",
        "52",
        "12",
        "3",
        "2.6",
        "12",
    ]


# --- tables


def test_the_tables_go_out_as_corrected_in_every_format(out: Path, tmp_path: Path) -> None:
    decide_some(out)
    place = tmp_path / "checked"
    result = chitieu("export", out, "--reviewed", "--out", place, "--format", "csv,parquet,sqlite,jsonl,xlsx,duckdb")
    assert result.exit_code == 0, result.output
    assert "Decided    3 rows; 0 in conflict" in result.output
    rows = [row for row in rows_of(place / "targets.csv") if row["confidence"] == "1"]
    assert [row["value"] for row in rows] == ["3", "2.6"]
    assert all(PLAN[int(row["start"]) : int(row["end"])] == row["quote"] for row in rows)
    assert pq.read_table(place / "targets.parquet").num_rows == 7
    assert sum('"value":2.6' in line for line in (place / "targets.jsonl").read_text().splitlines()) == 1
    with sqlite3.connect(place / "chitieu.sqlite") as database:
        assert database.execute("SELECT count(*) FROM targets").fetchone() == (7,)
        assert database.execute("SELECT count(*) FROM reviews").fetchone() == (4,)
    assert {path.name for path in place.iterdir()} >= {"chitieu.xlsx", "chitieu.duckdb", "reviews.csv"}
    log = rows_of(place / "reviews.csv")
    assert [(row["verdict"], row["reviewer"]) for row in log] == [
        ("accept", "An"),
        ("correct", "An"),
        ("reject", "An"),
        ("add", "An"),
    ]
    assert log[2]["reason"] == "không phải chỉ tiêu" and json.loads(log[1]["changes"])["value"] == "2.6"


def test_only_what_was_decided_can_go_out_alone(out: Path, tmp_path: Path) -> None:
    decide_some(out)
    assert chitieu("export", out, "--reviewed", "--decided-only", "--out", tmp_path / "c").exit_code == 0
    assert [row["value"] for row in rows_of(tmp_path / "c" / "targets.csv")] == ["3", "2.6"]
    assert rows_of(tmp_path / "c" / "places.csv") == []
    assert all(not row["deadline_id"] for row in rows_of(tmp_path / "c" / "targets.csv"))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with server() as own:
        yield own


def test_the_corrected_tables_go_into_postgresql(out: Path, url: str) -> None:
    decide_some(out)
    for _ in range(2):
        result = chitieu("export", out, "--reviewed", "--to", url, "--schema", "checked")
        assert result.exit_code == 0, result.output
    with psycopg.connect(url) as database:
        found = database.execute(
            "SELECT value::float FROM checked.targets WHERE confidence = 1 ORDER BY start"
        ).fetchall()
        assert found == [(3.0,), (2.6,)]
        seen = "SELECT reviewer, seen->>'value', changes->>'value' FROM checked.reviews WHERE verdict = 'correct'"
        assert database.execute(seen).fetchall() == [("An", "2.5", "2.6")]
        database.execute("DROP SCHEMA checked CASCADE")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give one of"),
        (["--reviewed", "--gold", "x"], "give one of"),
        (["--reviewed"], "--out DIR"),
        (["--as", "excel", "--out", "x"], "label-studio"),
        (["--reviewed", "--out", "x", "--format", "odt"], "the formats are"),
    ],
)
def test_an_export_that_is_not_clear_is_refused(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = chitieu("export", out, *arguments)
    assert result.exit_code == 2 and said in result.output


def test_the_folder_of_a_run_is_not_written_over(out: Path) -> None:
    before = (out / "targets.csv").read_bytes()
    result = chitieu("export", out, "--reviewed", "--out", out)
    assert result.exit_code == 2 and "folder of a run" in result.output
    assert (out / "targets.csv").read_bytes() == before


@pytest.mark.parametrize(
    "command", [["review"], ["export", "--reviewed", "--out", "x"], ["report", "--html", "x.html"]]
)
def test_a_folder_without_a_run_is_told(tmp_path: Path, command: list[str]) -> None:
    result = chitieu(command[0], tmp_path, *command[1:])
    assert result.exit_code == 2 and "chitieu.sqlite" in result.output


# --- gold


def test_wholly_reviewed_documents_become_gold_and_the_others_are_named(out: Path, tmp_path: Path) -> None:
    decide_all(out, "mot.txt", "An", value="4")
    result = chitieu("export", out, "--gold", tmp_path / "gold")
    assert result.exit_code == 3 and "huyen/hai.txt: 13 rows are not reviewed" in result.output
    (file,) = (tmp_path / "gold" / "gold").iterdir()
    scored = chitieu("evaluate", tmp_path / "gold" / "gold", tmp_path / "gold" / "documents", "--json")
    figures = json.loads(scored.output)
    assert figures["targets"]["fields"]["value"] == 0.75, "the value that a person corrected is the measure now"
    assert {figures[table]["row_f1"] for table in ("documents", "places", "deadlines", "assignments")} == {1.0}
    assert file.suffix == ".yaml"


def test_two_reviewers_can_be_compared(out: Path, tmp_path: Path) -> None:
    decide_all(out, "mot.txt", "An")
    decide_all(out, "mot.txt", "Bình", value="4")
    for who in ("An", "Bình"):
        assert chitieu("export", out, "--gold", tmp_path / who, "--reviewer", who).exit_code == 3
    assert "conflict" in chitieu("export", out, "--gold", tmp_path / "both").output
    one, other = tmp_path / "An", tmp_path / "Bình"
    result = chitieu("evaluate", one / "gold", one / "documents", "--against", other / "gold")
    assert result.exit_code == 0 and "targets" in result.output
    same = chitieu("evaluate", one / "gold", one / "documents", "--against", one / "gold", "--json")
    both = chitieu("evaluate", one / "gold", one / "documents", "--against", other / "gold", "--json")
    assert same.output != both.output


# --- other tools


@pytest.mark.parametrize("tool", ["label-studio", "doccano", "brat", "w3c", "docbin"])
def test_documents_go_out_for_other_tools(out: Path, tmp_path: Path, tool: str) -> None:
    decide_some(out)
    result = chitieu("export", out, "--as", tool, "--out", tmp_path / tool)
    assert result.exit_code == 0 and any((tmp_path / tool).iterdir())


def test_what_came_back_is_decided(out: Path, tmp_path: Path) -> None:
    assert chitieu("export", out, "--as", "doccano", "--out", tmp_path).exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "doccano.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["label"] = [span for span in line["label"] if span[2] != "PLACE"]
        start = line["text"].index("tiêu chí giao thông")
        line["label"].append([start, start + 19, "ASSIGNEE"])
    (tmp_path / "back.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    result = chitieu("import", out, tmp_path / "back.jsonl", "--from", "doccano", "--reviewer", "An")
    assert result.exit_code == 0, result.output
    assert "Taken in   2 documents: 20 rows accepted, 0 corrected, 6 rejected, 2 added" in result.output
    with Reviews(out) as reviews:
        assert reviews.all("SELECT count(*) FROM reviewed_places")[0][0] == 0
        assert {row["reviewer"] for row in reviews.all("SELECT reviewer FROM reviews")} == {"An"}


@pytest.mark.parametrize(("content", "said"), [(b"no json", "back.json"), (b"[]", ""), (b"\xff\xfe", "back.json")])
def test_a_file_of_no_tool_is_refused(out: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "back.json").write_bytes(content)
    result = chitieu("import", out, tmp_path / "back.json", "--from", "label-studio")
    assert said in result.output and (result.exit_code == 2 or content == b"[]")
    assert chitieu("import", out, tmp_path / "back.json", "--from", "excel").exit_code == 2


# --- the report


def test_the_report_is_one_page(out: Path, tmp_path: Path) -> None:
    decide_some(out)
    result = chitieu("report", out, "--html", tmp_path / "report.html", "--title", "Kết quả <tuần 4>")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Kết quả &lt;tuần 4&gt;" in page and "15/KH-UBND" in page and "http-equiv" in page.casefold()


# --- who may look


def test_other_machines_need_a_password(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHITIEU_REVIEW_PASSWORD", raising=False)
    result = chitieu("review", out, "--host", "0.0.0.0", "--port", "0")
    assert result.exit_code == 2 and "CHITIEU_REVIEW_PASSWORD" in result.output


def test_a_port_that_is_taken_is_told(out: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = chitieu("review", out, "--port", taken.getsockname()[1])
    assert result.exit_code == 2 and "--port" in result.output
