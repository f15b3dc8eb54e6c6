"""The source texts that a run saves, and what ``documents`` says of reading."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner
from word_files import borders, saved

from extractor.cli import app
from extractor.reading import read_bytes

PLAN = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới."


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = borders(document.add_table(2, 2))
    for i, text in enumerate(("TT", "Chỉ tiêu", "1", "Số xã")):
        table.cell(i // 2, i % 2).text = text
    return saved(document)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "plans"
    place.mkdir()
    (place / "a.docx").write_bytes(word(PLAN, "Hai\u2028dòng\r"))
    (place / "b.txt").write_bytes(f"{PLAN}\r\n".encode())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("c.md", f"# {PLAN}")
        archive.writestr("d.txt", b"")
    (place / "e.zip").write_bytes(stream.getvalue())
    return place


def run(folder: Path, out: Path, *options: str) -> tuple[int, list[dict[str, str]], str]:
    result = CliRunner().invoke(app, ["run", str(folder), "--out", str(out), "--format", "csv", *options])
    with (out / "documents.csv").open(encoding="utf-8", newline="") as stream:
        return result.exit_code, list(csv.DictReader(stream)), result.output


@pytest.mark.parametrize("option", ["--isolate", "--no-isolate"])
def test_texts_are_saved_as_the_offsets_count_them(folder: Path, tmp_path: Path, option: str) -> None:
    code, documents, output = run(folder, tmp_path / "out", option, "--file-timeout", "60")
    assert code == 3  # d.txt is empty
    assert [(d["source"], d["format"], d["reader"], d["status"]) for d in documents] == [
        ("a.docx", "docx", "python-docx", "ok"),
        ("b.txt", "txt", "text", "ok"),
        ("e.zip!/c.md", "md", "markdown-it", "ok"),
        ("e.zip!/d.txt", "", "", "failed"),
    ]
    assert [(d["pages"], d["ocr_confidence"]) for d in documents] == [("", "")] * 4
    texts = tmp_path / "out" / "text"
    ids = [documents[0]["doc_id"], documents[2]["doc_id"]]
    assert sorted(p.name for p in texts.iterdir()) == sorted(f"{i}.{s}" for i in ids for s in ("txt", "spots.json"))
    assert "4 files in" in output
    text = (texts / f"{ids[0]}.txt").read_bytes().decode("utf-8")
    assert text == read_bytes((folder / "a.docx").read_bytes(), "a.docx").text
    with (tmp_path / "out" / "targets.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["doc_id"] == ids[0]]
    assert rows
    assert all(text[int(r["start"]) : int(r["end"])] == r["quote"] for r in rows)


def test_spots_say_where_the_text_stands(folder: Path, tmp_path: Path) -> None:
    _, documents, _ = run(folder, tmp_path / "out")
    name = documents[0]["doc_id"]
    text = (tmp_path / "out" / "text" / f"{name}.txt").read_bytes().decode()
    spots = json.loads((tmp_path / "out" / "text" / f"{name}.spots.json").read_text())
    assert (spots["doc_id"], spots["columns"]) == (
        name,
        ["start", "end", "page", "box", "paragraph", "cell", "confidence"],
    )
    said = [(text[s[0] : s[1]], s[4], s[5]) for s in spots["spots"]]
    assert (PLAN, 1, None) in said
    assert ("Số xã", None, [1, 2, 2]) in said
    ends = [s[:2] for s in spots["spots"]]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))


def test_texts_of_the_run_before_go_and_other_files_stay(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _, before, _ = run(folder, out)
    (out / "text" / "notes.txt").write_text("mine")
    (folder / "a.docx").write_bytes(word("KẾ HOẠCH"))
    _, after, _ = run(folder, out)
    assert before[0]["doc_id"] != after[0]["doc_id"]
    names = {p.name for p in (out / "text").iterdir()}
    assert names == {f"{d['doc_id']}.{s}" for d in (after[0], after[2]) for s in ("txt", "spots.json")} | {"notes.txt"}


def test_a_run_of_plain_text_saves_no_texts(folder: Path, tmp_path: Path) -> None:
    run(folder / "b.txt", tmp_path / "out")
    assert not (tmp_path / "out" / "text").exists()


def test_texts_go_with_the_rows_of_files_that_are_pruned(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    for name in ("a.docx", "e.zip"):
        (folder / name).unlink()
    run(folder, out)
    assert len(list((out / "text").iterdir())) == 4
    run(folder, out, "--prune")
    assert not (out / "text").exists()


def test_a_text_that_was_taken_away_comes_back(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    (lost, *_) = sorted((out / "text").iterdir())
    content = lost.read_bytes()
    lost.unlink()
    run(folder, out)
    assert lost.read_bytes() == content


def test_a_run_that_fails_leaves_the_texts_of_the_one_before(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    names = {p.name for p in (out / "text").iterdir()}
    (out / "documents.csv").unlink()
    (out / "documents.csv").mkdir()
    (folder / "a.docx").write_bytes(word("KẾ HOẠCH"))
    result = CliRunner().invoke(app, ["run", str(folder), "--out", str(out), "--format", "csv"])
    assert result.exit_code == 2
    assert [p.name for p in out.iterdir() if p.name.endswith(".tmp")] == []
    assert {p.name for p in (out / "text").iterdir()} >= names
