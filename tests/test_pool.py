"""``extractor.running.pool``: many processes, the same tables; one document's trouble is its own."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from made_plans import write_plans
from word_files import big_word, saved

from extractor.running.batch import RunSummary, Settings, Step, run
from extractor.running.fingerprint import versions
from extractor.running.inputs import expand
from extractor.running.pool import Pool, batches
from extractor.running.work import Job
from extractor.running.worker import SetupError

pytestmark = pytest.mark.alone

FORMATS = ("csv", "jsonl")


def word(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    return saved(document)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans")
    write_plans(folder, range(16))
    for number in range(3):
        (folder / f"{number}.docx").write_bytes(word(f"Phấn đấu năm 2023 có thêm {number + 4} xã đạt chuẩn."))
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("a.docx", word("Phấn đấu năm 2024 có 12 sản phẩm OCOP."))
        archive.writestr("b.txt", (folder / "000" / "plan-000003.txt").read_bytes())  # known under another name
        archive.writestr("c.pdf", b"%PDF-1.4 broken")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def tables(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.suffix in (".csv", ".jsonl", ".txt")}


def go(plans: Path, out: Path, engine: Pool, steps: list[Step] | None = None) -> RunSummary:
    return run(expand([plans]), out, Settings(FORMATS), engine, versions(), (steps or []).append)


def documents(out: Path) -> dict[str, dict[str, str]]:
    with (out / "documents.csv").open(encoding="utf-8", newline="") as stream:
        return {row["source"]: row for row in csv.DictReader(stream)}


def test_the_number_of_workers_does_not_show(plans: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    for workers in (1, 3):
        with Pool(workers) as engine:
            summary = go(plans, tmp_path / str(workers), engine, steps)
    assert summary.documents == {"ok": 20, "partial": 0, "failed": 2, "skipped": 1}
    one, three = (tables(tmp_path / str(workers)) for workers in (1, 3))
    assert one == three
    assert len(one) == 12 + 4  # of each table, and the source texts of the Word files
    assert [row["source"] for row in documents(tmp_path / "1").values()] == sorted(documents(tmp_path / "1"))


def test_what_workers_make_is_what_this_process_makes(plans: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "extractor", "run", str(plans), "--format", "csv,jsonl"]
    for name, options in {"here": ["--no-isolate"], "workers": ["--jobs", "2"]}.items():
        done = subprocess.run([*command, "--out", str(tmp_path / name), *options], capture_output=True, check=False)
        assert done.returncode == 3, done.stderr
    assert tables(tmp_path / "here") == tables(tmp_path / "workers")


def test_workers_take_what_was_read_from_the_store(plans: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    shutil.copytree(plans, folder)
    with Pool(2) as engine:
        go(folder, tmp_path / "out", engine)
        before = tables(tmp_path / "out")
        for name in ("0.docx", "more.zip"):  # the second has a document that could not be read, and is left as it is
            (folder / name).unlink()
        rules = replace(versions(), patterns="other")
        summary = run(expand([folder]), tmp_path / "out", Settings(FORMATS), engine, rules)
    assert (summary.files["stale"], summary.files["gone"]) == (20, 2)
    assert tables(tmp_path / "out") == before


def test_batches_hold_every_job_once_and_big_ones_come_first() -> None:
    jobs = [Job(f"{n:03}", "", Path("x"), size) for n, size in enumerate([10, 300_000, 20] * 40)]
    found = batches(jobs)
    assert sorted(job.name for batch in found for job in batch) == [job.name for job in jobs]
    sizes = [sum(job.size for job in batch) for batch in found]
    assert sizes == sorted(sizes, reverse=True)
    assert max(map(len, found)) <= 16


HEAVY = "Phấn đấu có 09 xã, 12 thôn và 30 mô hình đạt chuẩn trước ngày 30/6/2023; "


def heavy(folder: Path, name: str, sentences: int) -> None:
    (folder / name).write_text(HEAVY * sentences, encoding="utf-8")


def light(folder: Path, count: int) -> list[str]:
    names = [f"light-{number}.txt" for number in range(count)]
    for name in names:
        (folder / name).write_text(f"Phấn đấu có {name} 09 xã đạt chuẩn nông thôn mới.", encoding="utf-8")
    return names


def test_a_document_that_takes_too_long_fails_and_the_others_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    heavy(folder, "heavy.txt", 60_000)
    names = light(folder, 20)
    with Pool(2, timeout=2, pace=10**9) as engine:
        summary = go(folder, tmp_path / "out", engine)
    assert summary.documents == {"ok": 20, "partial": 0, "failed": 1, "skipped": 0}
    rows = documents(tmp_path / "out")
    assert "heavy.txt: took longer" in rows["heavy.txt"]["warnings"]
    assert len(rows["heavy.txt"]["sha256"]) == 64
    assert {name for name, row in rows.items() if row["status"] == "ok"} == set(names)


def test_a_document_on_which_an_expression_never_ends_fails_and_the_others_do_not(tmp_path: Path) -> None:
    """Hung inside a library that gives nothing else a turn, not slow: only from outside can it be ended."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yaml").write_text(
        "concern: mask\nentries:\n- id: mask.own\n  regex: 'zz(?:a|a|aa)+?(?:a|a|aa)+?(?:a|a|aa)+b'\n  why: a test\n"
        '  yes: ["Có [zzaaab|rule=mask.own] x."]\n',
        encoding="utf-8",
    )
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "hung.txt").write_text(f"Phấn đấu có 09 xã đạt chuẩn. zz{'a' * 4000}c", encoding="utf-8")
    names = light(folder, 20)
    with Pool(2, patterns=tmp_path / "rules", timeout=2) as engine:
        summary = go(folder, tmp_path / "out", engine)
    assert summary.documents == {"ok": 20, "partial": 0, "failed": 1, "skipped": 0}
    rows = documents(tmp_path / "out")
    assert "hung.txt: took longer" in rows["hung.txt"]["warnings"]
    assert {name for name, row in rows.items() if row["status"] == "ok"} == set(names)


def test_a_mistake_in_the_rules_that_workers_find_ends_the_run(plans: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.yaml").write_text("concern: nothing\nentries: []\n", encoding="utf-8")
    with Pool(2, patterns=tmp_path / "rules") as engine:
        engine.start(100)
        with pytest.raises(SetupError, match=r"patterns: .*bad\.yaml:1: needs 'concern:'"):
            go(plans, tmp_path / "out", engine)
    with Pool(2) as engine:  # and nothing of it counts as done
        assert go(plans, tmp_path / "out", engine).files["new"]


def test_a_document_that_needs_too_much_memory_fails_and_the_others_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "heavy.docx").write_bytes(big_word())
    names = light(folder, 20)
    with Pool(2, memory=160 << 20) as engine:
        summary = go(folder, tmp_path / "out", engine)
    assert summary.documents == {"ok": 20, "partial": 0, "failed": 1, "skipped": 0}
    assert "heavy.docx: needs more memory" in documents(tmp_path / "out")["heavy.docx"]["warnings"]
    assert set(names) < set(documents(tmp_path / "out"))


def test_a_worker_that_is_killed_costs_one_document_at_most(plans: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(step: Step) -> None:
        if step.done == 5 and not killed:
            killed.append(step.done)
            worker = engine._children[0]._worker
            assert worker is not None
            os.kill(worker._process.pid, signal.SIGKILL)

    with Pool(1) as engine:
        summary = run(expand([plans]), tmp_path / "out", Settings(("csv",)), engine, versions(), kill)
    failed = {name for name, status, reason in summary.problems if status == "failed" and "SIGKILL" in reason}
    assert len(failed) <= 1
    assert summary.documents["ok"] + len(failed) == 20


def test_a_run_that_is_told_to_stop_keeps_what_is_in_hand(plans: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    with Pool(2) as engine:
        summary = run(
            expand([plans]), tmp_path / "out", Settings(FORMATS), engine, versions(), lambda _: stop.set(), stop
        )
    assert 0 < summary.left < 21
    assert not (tmp_path / "out" / "targets.csv").exists()
    with Pool(2) as engine:
        again = go(plans, tmp_path / "out", engine)
        go(plans, tmp_path / "fresh", engine)
    assert again.left == 0 and again.files["unchanged"] > 0
    assert tables(tmp_path / "out") == tables(tmp_path / "fresh")


def test_workers_end_when_the_run_fails(plans: Path, tmp_path: Path) -> None:
    def fail(step: Step) -> None:
        raise KeyboardInterrupt

    with Pool(2) as engine, pytest.raises(KeyboardInterrupt):
        run(expand([plans]), tmp_path / "out", Settings(FORMATS), engine, versions(), fail)
    assert all(child._worker is None for child in engine._children)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("chitieu")]
