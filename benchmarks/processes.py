"""What whole processes cost: start-up, batches with one and two processes, a million rows into tables."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.batch import measured, write_plans
from benchmarks.timing import ROOT, Runs, in_turns, ratios

_EXTRACT = "from extractor import extract"
_LOAD = f"{_EXTRACT}; from extractor.patterns import load; load()"
_FIRST = f'{_LOAD}; extract("I. MỤC TIÊU\\n- Phấn đấu năm 2023 có 04 xã đạt chuẩn nông thôn mới.")'
HELP = "`chitieu --help`"
_STARTS = {
    "Python alone": ("-c", "pass"),
    HELP: ("-m", "extractor", "--help"),
    "`from extractor import extract`": ("-c", _EXTRACT),
    "… and all patterns loaded": ("-c", _LOAD),
    "… and a first sentence extracted": ("-c", _FIRST),
    "`import spacy`": ("-c", "import spacy"),
    "`import underthesea`": ("-c", "import underthesea"),
}


@dataclass(frozen=True)
class Start:
    """From the start of a process to its end.

    Attributes:
        name: what it did.
        clock: seconds by the clock.
        processor: seconds of processor time.
    """

    name: str
    clock: Runs
    processor: Runs


@dataclass(frozen=True)
class Memory:
    """Peak memory of a batch, in MB.

    Attributes:
        documents: how many there were.
        parent: of the process that writes; 0 where the system does not tell.
        worker: of its worker.
    """

    documents: int
    parent: float
    worker: float


@dataclass(frozen=True)
class Batches:
    """Batches of made-up plans, each a document of its own.

    Attributes:
        memory: of batches of few and of many documents.
        documents: in each of the timed batches.
        size: bytes of all of them.
        one: seconds by the clock with one process that extracts.
        two: with two.
        faster: run by run, how many times as fast two were.
    """

    memory: tuple[Memory, ...]
    documents: int
    size: int
    one: Runs
    two: Runs
    faster: Runs


@dataclass(frozen=True)
class Rows:
    """Rows written to a table: seconds by the clock of ours, and of the least that others can do.

    Attributes:
        kind: Parquet or PostgreSQL.
        rows: how many.
        ours: what ours did, and its seconds.
        theirs: what theirs did, and its seconds.
    """

    kind: str
    rows: int
    ours: tuple[str, Runs]
    theirs: tuple[str, Runs]


def starts(runs: int) -> list[Start]:
    """Processes started in turns, the files they read in the system's memory."""
    processor: dict[str, list[float]] = {name: [] for name in _STARTS}

    def run(name: str) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *_STARTS[name]], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    if runs > 1:  # the first finds the files on the disk
        for name in _STARTS:
            run(name)
            processor[name].clear()
    clock = in_turns({name: lambda name=name: run(name) for name in _STARTS}, runs, time.perf_counter)  # type: ignore[misc]
    return [Start(name, clock[name], Runs(tuple(processor[name]))) for name in _STARTS]


def batches(documents: int, few: int, many: int, runs: int) -> Batches:
    """``chitieu run`` over made-up plans, written to new folders each time.

    Args:
        documents: of a timed batch.
        few: documents of the smaller batch whose memory is looked at.
        many: of the larger one.
        runs: with each number of processes.
    """
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        peaks: dict[tuple[int, int], Memory] = {}

        def plans(count: int) -> Path:
            folder = place / f"plans-{count}"
            if not folder.exists():
                write_plans(folder, range(count))
            return folder

        def run(count: int, jobs: int) -> None:
            with tempfile.TemporaryDirectory(dir=place) as out:
                made = measured("run", str(plans(count)), "--out", out, "--jobs", str(jobs))
            peaks[count, jobs] = Memory(count, made.megabytes, made.worker)

        size = sum(path.stat().st_size for path in plans(documents).rglob("*.txt"))
        work = {"one": lambda: run(documents, 1), "two": lambda: run(documents, 2)}
        taken = in_turns(work, runs, time.perf_counter)
        for count in (few, many):
            if (count, 1) not in peaks:
                run(count, 1)
        memory = (peaks[few, 1], peaks[many, 1])
        return Batches(memory, documents, size, taken["one"], taken["two"], ratios(taken["one"], taken["two"]))


def tables(count: int, runs: int) -> list[Rows]:
    """So many rows to Parquet and to PostgreSQL, measured by ``tables.py``.

    Raises:
        RuntimeError: it failed, as where PostgreSQL or polars is missing.
    """
    with tempfile.TemporaryDirectory() as place:
        figures = Path(place) / "tables.json"
        command = [sys.executable, str(ROOT / "benchmarks" / "tables.py"), str(count), str(figures), str(runs)]
        made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if made.returncode:
            raise RuntimeError(made.stderr.strip().splitlines()[-1])
        seconds: dict[str, dict[str, list[float]]] = json.loads(figures.read_text(encoding="utf-8"))
    found = []
    for kind, key in (("Parquet", "parquet"), ("PostgreSQL", "postgres")):
        both = [(name, Runs(tuple(times))) for name, times in seconds[key].items()]
        ours, *others = both
        theirs = next(other for other in others if not other[0].startswith("chitieu"))
        found.append(Rows(kind, count, ours, theirs))
    return found
