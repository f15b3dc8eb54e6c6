"""A run that is killed at any moment loses nothing: the next one goes on, and the tables are as if it never happened."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from made_plans import write_plans
from sample_rows import TEXT

from extractor.tables.schema import TABLES

pytestmark = [pytest.mark.alone, pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")]

Command = Callable[[Path, Path], list[str]]
Write = Callable[[Path, range], None]

TESTS = Path(__file__).parent
# A run on the sample's rows: quick, so that many moments of it can be tried, its last steps among them.
QUICK = f"""
import sys, time
sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from sample_rows import extract
from extractor.running.batch import Settings, run
from extractor.running.fingerprint import versions
from extractor.running.inputs import expand
from extractor.running.work import Here

def slowly(source):
    time.sleep(0.01)
    return extract(source)

print("begun", flush=True)
settings = Settings(("csv", "parquet", "jsonl", "sqlite"), prune="--prune" in sys.argv)
run(expand([Path(sys.argv[1])]), Path(sys.argv[2]), settings, Here(slowly), versions())
"""


def quick(plans: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", QUICK, str(plans), str(out)]


def real(plans: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "extractor", "run", str(plans), "--out", str(out), "--jobs", "2"]


def finish(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def kill_after(command: list[str], begun: bool, seconds: float) -> bool:
    """Start a command, and kill its whole group so many seconds after it has begun to work; whether it still ran."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True
    )
    assert process.stdout is not None
    if begun:
        process.stdout.readline()
    time.sleep(seconds)
    alive = process.poll() is None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    return alive


def tables(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.suffix in (".csv", ".jsonl")}


def rows(out: Path) -> dict[str, list[tuple[object, ...]]]:
    with contextlib.closing(sqlite3.connect(out / "chitieu.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        return {
            table.name: sorted(database.execute(f"SELECT * FROM {table.name}").fetchall(), key=repr) for table in TABLES
        }


def only_whole_documents(out: Path) -> None:
    """After a kill: whatever documents the database knows have all their rows."""
    if not (out / "chitieu.sqlite").exists():
        return
    with contextlib.closing(sqlite3.connect(out / "chitieu.sqlite")) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'targets'").fetchall():
            return
        for table in TABLES[1:]:
            found = database.execute(
                f"SELECT count(*) FROM {table.name} WHERE doc_id NOT IN (SELECT doc_id FROM documents)"
            )
            assert found.fetchone() == (0,)
        assert (
            database.execute("SELECT count(*) FROM documents").fetchone()
            == database.execute("SELECT count(DISTINCT doc_id) FROM sections").fetchone()
        )


def write_samples(folder: Path, numbers: range) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.txt").write_bytes(f"{TEXT}{number}".encode())


def change(plans: Path, write: Write, pick: random.Random) -> None:
    """New, changed, moved and removed files."""
    files = sorted(plans.rglob("*.txt"))
    for path in pick.sample(files, len(files) // 2):
        path.write_text(path.read_text(encoding="utf-8") + "Thêm một dòng.\n", encoding="utf-8")
    moved = pick.choice(files)
    moved.rename(moved.with_name(f"moved-{pick.randrange(10**6):06}.txt"))
    write(plans, range(start := pick.randrange(100, 10**6), start + 2))


@pytest.mark.parametrize(
    ("command", "write", "kills", "begun", "longest"),
    [(quick, write_samples, 24, True, 0.5), (real, write_plans, 6, False, 3.5)],
    ids=["quick", "real"],
)
def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(
    command: Command, write: Write, kills: int, begun: bool, longest: float, tmp_path: Path
) -> None:
    plans, out = tmp_path / "plans", tmp_path / "out"
    write(plans, range(60))
    pick = random.Random(2026)
    killed = 0
    for number in range(kills):
        killed += kill_after(command(plans, out), begun, pick.uniform(0, longest))
        only_whole_documents(out)
        if number % 2:
            change(plans, write, pick)
    assert killed > kills / 4, "the moments were too late to try anything"
    finish([*command(plans, out), "--prune"])
    finish(command(plans, tmp_path / "fresh"))
    assert tables(out) == tables(tmp_path / "fresh")
    assert rows(out) == rows(tmp_path / "fresh")
    assert [path.name for path in out.iterdir() if path.name.endswith(".tmp")] == []
