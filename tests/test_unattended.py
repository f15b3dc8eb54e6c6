"""What ``docs/unattended.md`` promises of the command: its log, its figures, watching, a disk that is full."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from made_plans import plan, write_plans
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner, Result

from extractor.cli import app

pytestmark = pytest.mark.alone


def chitieu(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    write_plans(folder, range(3))
    (folder / "empty.txt").write_bytes(b"")
    return folder


def wait(until: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def test_the_json_log_has_an_event_a_document_and_nothing_else(plans: Path, tmp_path: Path) -> None:
    result = chitieu("run", plans, "--out", tmp_path / "out", "--no-isolate", "--log-format", "json")
    assert (result.exit_code, result.stdout) == (3, "")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert [event["event"] for event in events] == ["run_started", *["document"] * 4, "run_finished"]
    assert events[0]["files"] == 4
    by_name = {event["source"]: event for event in events[1:-1]}
    assert by_name["000/plan-000000.txt"]["rows"]["targets"] > 0
    assert by_name["000/plan-000000.txt"]["bytes"] == (plans / "000" / "plan-000000.txt").stat().st_size
    assert by_name["empty.txt"]["reason"].startswith("empty.txt: is empty")
    assert events[-1]["documents"] == {"ok": 3, "partial": 0, "failed": 1, "skipped": 0}
    assert (events[-1]["done"], events[-1]["exit_code"]) == (4, 3)
    again = chitieu("run", plans, "--out", tmp_path / "out", "--no-isolate", "--log-format", "json")
    last = json.loads(again.stderr.splitlines()[-1])
    assert (last["done"], last["unchanged"], last["written"]) == (0, 4, [])


def test_an_error_of_a_json_run_is_an_event(plans: Path) -> None:
    out = plans / "empty.txt"
    result = chitieu("run", plans, "--out", out, "--no-isolate", "--log-format", "json")
    assert result.exit_code == 2
    last = json.loads(result.stderr.splitlines()[-1])
    assert (last["event"], last["exit_code"]) == ("error", 2)
    assert "is a file, not a folder" in last["message"]
    assert chitieu("run", plans, "--out", out, "--log-format", "xml").exit_code == 2


def test_figures_are_those_of_the_run(plans: Path, tmp_path: Path) -> None:
    file = tmp_path / "chitieu.prom"
    for done in (4, 0):
        chitieu("run", plans, "--out", tmp_path / "out", "--no-isolate", "--metrics", file)
        figures = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(file.read_text())
            for sample in family.samples
        }
        assert figures["chitieu_last_run_documents", "done"] == done
        assert figures["chitieu_documents", "failed"] == 1
        assert figures["chitieu_last_run_exit_code",] == 3


def test_retry_does_what_failed_and_status_says_what_that_is(plans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    chitieu("run", plans, "--out", out, "--no-isolate", "--format", "csv")
    status = chitieu("status", out)
    assert status.exit_code == 3
    assert "Files      3 ok, 0 partial, 1 failed, 0 waiting, 0 stale, 0 gone" in status.stdout
    assert "failed     empty.txt: is empty" in status.stdout
    result = chitieu("retry", out)
    assert "[1/1] empty.txt: failed" in result.stderr
    (plans / "empty.txt").write_text(plan(9), encoding="utf-8")
    assert chitieu("retry", out).exit_code == 0
    assert chitieu("status", out).exit_code == 0
    assert b"empty.txt" in (out / "documents.csv").read_bytes()


def test_retry_and_status_need_a_folder_of_tables(tmp_path: Path) -> None:
    for command in ("retry", "status"):
        result = chitieu(command, tmp_path)
        assert (result.exit_code, "holds no chitieu.sqlite" in result.output) == (2, True)


def test_tables_below_the_folder_of_plans_are_not_read(plans: Path) -> None:
    for out in (plans / "tables", plans):
        for _ in range(2):
            chitieu("run", plans, "--out", out, "--no-isolate")
            status = json.loads(chitieu("status", out, "--json").stdout)
            assert status["files"] == 4


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a process there")
def test_watching_brings_the_tables_up_to_date(tmp_path: Path) -> None:
    plans, out = tmp_path / "plans", tmp_path / "plans" / "tables"
    plans.mkdir()
    command = [sys.executable, "-m", "extractor", "watch", str(plans), "--out", str(out), "--settle", "0.3"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--format", "csv", "--jobs", "1"], stderr=log, stdout=log)
    try:

        def holds(*names: str) -> bool:
            file = out / "documents.csv"
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            return all(f",{name}," in text for name in names) and text.count("\n") == len(names) + 1

        (plans / "a.txt").write_text(plan(1), encoding="utf-8")
        wait(lambda: holds("a.txt"))
        with (plans / "b.txt").open("w", encoding="utf-8") as slowly:
            for line in plan(2).splitlines(keepends=True):
                slowly.write(line)
                slowly.flush()
                time.sleep(0.02)
        wait(lambda: holds("a.txt", "b.txt"))
        (plans / "a.txt").rename(plans / "c.txt")
        wait(lambda: holds("b.txt", "c.txt"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143, (tmp_path / "log").read_text()
    finally:
        process.kill()
        process.wait()


def full_disk(place: Path, size: str) -> bool:
    """A disk of its own, of so many bytes; whether this user may have one."""
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], capture_output=True, check=False
    )
    return done.returncode == 0


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    write_plans(plans, range(30))
    disk = tmp_path / "disk"
    mounted = full_disk(disk, "700k")
    # Where mounting is not allowed, the limit of a file's size gives the same answer from the system: no room.
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000,) * 2); "
    limited = "" if mounted else limit
    command = [
        sys.executable,
        "-c",
        f"{limited}from extractor.cli import app; app()",
        *("run", str(plans), "--out", str(disk / "out"), "--no-isolate", "--format", "csv"),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 2, done.stdout
        assert "Make room there and give the same command again" in done.stderr
        assert "Traceback" not in done.stderr
        before = json.loads(chitieu("status", disk / "out", "--json").stdout)
        assert 0 < before["done"]["ok"] < 30
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        result = chitieu("run", plans, "--out", disk / "out", "--no-isolate", "--format", "csv")
        assert result.exit_code == 0, result.output
        assert f"[1/{30 - before['done']['ok']}]" in result.stderr
        chitieu("run", plans, "--out", tmp_path / "fresh", "--no-isolate", "--format", "csv")
        for path in (tmp_path / "fresh").glob("*.csv"):
            assert path.read_bytes() == (disk / "out" / path.name).read_bytes()
    finally:
        if mounted:
            subprocess.run(["umount", str(disk)], check=True)
        else:
            shutil.rmtree(disk)
