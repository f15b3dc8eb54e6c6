"""``extractor.running``: one file's trouble is that file's alone."""

from __future__ import annotations

import csv
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from sample_rows import TEXT, extract, extraction

from extractor.model import Extraction, Source
from extractor.running.batch import RunSummary, Settings, Step, run
from extractor.running.fingerprint import Versions
from extractor.running.inputs import InputError, expand
from extractor.running.integrity import problems_of
from extractor.running.outcomes import Extract
from extractor.running.work import Here
from extractor.tables.files import OutputError

VERSIONS = Versions("reader", "extractor", "patterns", "gazetteer")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "plans"
    (place / "2021").mkdir(parents=True)
    (place / "b.txt").write_bytes(TEXT.encode())
    (place / "a.txt").write_bytes((TEXT + "Thêm.").encode())
    (place / "2021" / "c.TXT").write_bytes((TEXT + "Nữa.").encode())
    (place / "notes.org").write_text("no document")
    (place / ".hidden.txt").write_text("hidden")
    (place / "~$b.txt").write_text("lock")
    return place


def go(
    paths: list[Path], out: Path, formats: tuple[str, ...] = ("csv",), extract: Extract = extract, **settings: bool
) -> RunSummary:
    return run(expand(paths), out, Settings(formats, **settings), Here(extract), VERSIONS)


def table(out: Path, name: str = "documents") -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def bytes_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))}


# --- which files


def test_expand_takes_documents_below_a_folder_sorted(folder: Path) -> None:
    assert [file.name for file in expand([folder]).files] == ["2021/c.TXT", "a.txt", "b.txt"]


def test_expand_takes_a_named_file_whatever_its_suffix(folder: Path) -> None:
    assert [file.name for file in expand([folder / "notes.org"]).files] == ["notes.org"]


def test_expand_names_a_file_once_by_its_longest_name(folder: Path) -> None:
    paths = [folder / "2021" / "c.TXT", folder, folder / "2021", folder / ".." / "plans" / "a.txt"]
    assert [file.name for file in expand(paths).files] == ["2021/c.TXT", "a.txt", "b.txt"]


def test_expand_tells_files_of_one_name_apart_by_their_folders(tmp_path: Path) -> None:
    for year in ("2020", "2021"):
        (tmp_path / year / "plans").mkdir(parents=True)
        (tmp_path / year / "plans" / "x.txt").write_text(year)
    files = expand([tmp_path / "2021" / "plans", tmp_path / "2020" / "plans" / "x.txt"]).files
    assert [file.name for file in files] == ["2020/plans/x.txt", "2021/plans/x.txt"]


def test_expand_does_not_depend_on_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absolute = expand([folder, folder / "notes.org"])
    monkeypatch.chdir(folder.parent)
    assert [f.name for f in expand([Path("plans"), Path("plans/notes.org")]).files] == [f.name for f in absolute.files]


def test_expand_names_a_missing_path(folder: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.txt does not exist"):
        expand([folder, folder / "nowhere.txt"])
    with pytest.raises(InputError, match="does not exist"):
        expand([Path("x" * 5000)])


def test_expand_names_a_folder_without_documents(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no document in .*empty: looked for files ending in .*\.txt"):
        expand([tmp_path / "empty"])


def test_a_folder_without_documents_beside_others_is_a_warning(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    summary = go([tmp_path / "empty", folder], tmp_path / "out")
    assert summary.documents["ok"] == 3
    assert "empty: no document" in summary.warnings[0]


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_that_is_no_utf_8_is_spelled_out(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"k\xe9.txt")).write_text(TEXT, encoding="utf-8")
    summary = go([tmp_path], tmp_path / "out")
    assert summary.documents["ok"] == 1
    assert table(tmp_path / "out")[0]["source"] == r"k\xe9.txt"


# --- the same bytes


def test_rows_do_not_depend_on_the_order_of_the_paths(folder: Path, tmp_path: Path) -> None:
    go([folder], tmp_path / "out")
    files = [folder / "a.txt", folder / "b.txt", folder / "notes.org"]
    for i in range(3):
        random.Random(i).shuffle(files)
        go(list(files), tmp_path / f"out{i}")
    assert bytes_of(tmp_path / "out0") == bytes_of(tmp_path / "out1") == bytes_of(tmp_path / "out2")
    go([folder], tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "out")


def test_rows_are_sorted_by_source_then_start(folder: Path, tmp_path: Path) -> None:
    go([folder], tmp_path / "out")
    order = {row["doc_id"]: i for i, row in enumerate(table(tmp_path / "out"))}
    sections = table(tmp_path / "out", "sections")
    keys = [(order[row["doc_id"]], int(row["start"])) for row in sections]
    assert len(keys) == 9
    assert keys == sorted(keys)


# --- what goes wrong with one file


BAD = {
    "empty.txt": (b"", "is empty"),
    "binary.txt": (b"\x7fELF\x00\x01", "binary"),
    "latin.txt": (b"K\xe9 ho\xa1ch", "not UTF-8"),
    "crash.txt": (b"CRASH", "ZeroDivisionError: no luck"),
    "word.txt": (b"PK\x03\x04....", "is a broken zip file"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_a_failed_row_and_the_others_keep_theirs(name: str, folder: Path, tmp_path: Path) -> None:
    go([folder], tmp_path / "before")
    data, reason = BAD[name]
    (folder / name).write_bytes(data)
    summary = go([folder], tmp_path / "out", ("csv", "parquet", "sqlite"))
    rows = {row["source"]: row for row in table(tmp_path / "out")}
    assert rows[name]["status"] == "failed"
    assert rows[name]["warnings"].startswith(f"{name}: ")
    assert reason in rows[name]["warnings"]
    assert rows[name]["extractor_version"]
    assert (summary.documents["ok"], summary.documents["failed"], summary.exit_code) == (3, 1, 3)
    assert [status for _, status, _ in summary.problems] == ["failed"]
    del rows[name]
    assert list(rows.values()) == table(tmp_path / "before")
    for kind in ("sections", "targets", "places", "deadlines", "assignments"):
        assert table(tmp_path / "out", kind) == table(tmp_path / "before", kind)


def test_a_file_that_vanishes_during_the_run_gets_a_failed_row(folder: Path, tmp_path: Path) -> None:
    inputs = expand([folder])
    (folder / "a.txt").unlink()
    first = run(inputs, tmp_path / "out", Settings(), Here(extract), VERSIONS)
    (row,) = [row for row in table(tmp_path / "out") if row["status"] == "failed"]
    assert row["source"] == "a.txt"
    assert "a.txt: does not exist" in row["warnings"]
    assert (row["sha256"], len(row["doc_id"])) == ("", 16)
    assert first.documents == {"ok": 2, "partial": 0, "failed": 1, "skipped": 0}


def test_a_partial_document_keeps_its_rows(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text(TEXT + "PARTIAL", encoding="utf-8")
    summary = go([tmp_path], tmp_path / "out")
    assert (summary.exit_code, summary.rows["targets"]) == (3, 1)
    assert summary.problems == (("p.txt", "partial", "one thing"),)


def test_the_same_content_twice_is_skipped_and_says_so(folder: Path, tmp_path: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "a.txt").read_bytes())
    summary = go([folder], tmp_path / "out", ("csv", "sqlite"))
    assert (summary.documents["skipped"], summary.exit_code) == (1, 0)
    assert summary.problems == (
        ("copy.txt", "skipped", "copy.txt: has the same content as a.txt: its rows stand under that name"),
    )
    assert len(table(tmp_path / "out")) == 3


def test_rows_that_break_the_contract_make_the_document_failed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8", newline="")

    def wrong(source: Source) -> Extraction:
        one = extract(source)
        return replace(one, targets=(replace(one.targets[0], quote="something else"),))

    summary = go([tmp_path], tmp_path / "out", ("csv", "sqlite"), wrong)
    assert summary.documents["failed"] == 1
    assert "its quote is not the source's text" in table(tmp_path / "out")[0]["warnings"]


def test_integrity_finds_double_ids_and_references_to_nothing() -> None:
    one = extraction()
    assert problems_of(one) == []
    assert problems_of(replace(one, places=one.places * 2)) == ["two rows of places have one id"]
    assert "names no row of targets" in problems_of(replace(one, targets=()))[0]


# --- progress, summary, output


def test_progress_tells_each_file(folder: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    run(expand([folder]), tmp_path / "out", Settings(), Here(extract), VERSIONS, steps.append)
    assert [(s.done, s.total, s.name, s.status) for s in steps] == [
        (1, 3, "2021/c.TXT", "ok"),
        (2, 3, "a.txt", "ok"),
        (3, 3, "b.txt", "ok"),
    ]


def test_summary_counts_rows_and_flags(folder: Path, tmp_path: Path) -> None:
    summary = go([folder], tmp_path / "out", ("csv", "sqlite"))
    assert summary.rows == {
        "documents": 3,
        "sections": 9,
        "targets": 3,
        "places": 3,
        "deadlines": 3,
        "assignments": 3,
    }
    assert summary.flags == {"due_before_issue": 3, "percent_mismatch": 3}
    assert [path.name for path in summary.written][-1] == "chitieu.sqlite"
    assert summary.exit_code == 0


def test_an_output_folder_that_cannot_be_made_stops_before_any_work(folder: Path) -> None:
    def never(source: Source) -> Extraction:
        raise AssertionError("work was done")

    with pytest.raises(OutputError, match="cannot be created"):
        go([folder], folder / "a.txt" / "out", extract=never)
