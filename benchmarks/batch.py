"""A batch of many documents: throughput, memory of the process that writes, and what a second run costs.

Use:  .venv/bin/python benchmarks/batch.py [DOCUMENTS] [--jobs N]      (default: 20000)

The documents are those of tests/made_plans.py, written to a temporary folder. Read the ratios; absolute figures move
with the machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from made_plans import plan, write_plans  # noqa: E402


@dataclass(frozen=True)
class Measured:
    """One run.

    Attributes:
        seconds: by the clock.
        megabytes: peak resident memory of the process that was started; 0 where the system does not tell.
        worker: peak resident memory, in MB, of that of its workers that took most.
        said: what it printed.
    """

    seconds: float
    megabytes: float
    worker: float
    said: str


def measured(*arguments: str) -> Measured:
    """Run ``chitieu`` with these arguments.

    Raises:
        RuntimeError: it did not end well.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "extractor", *arguments], stdout=said, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        peak = worker = 0
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            worker = max([worker, *map(_peak, _below(process.pid))])
            time.sleep(0.05)
        seconds = time.perf_counter() - begin
        if process.returncode:
            raise RuntimeError(f"chitieu {arguments[0]} ended with {process.returncode}")
        said.seek(0)
        return Measured(seconds, peak / 1024, worker / 1024, said.read().decode())


def _below(pid: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    try:
        found = [int(p) for path in Path(f"/proc/{pid}/task").glob("*/children") for p in path.read_text().split()]
    except OSError:
        return []  # it has ended
    return [process for child in found for process in (child, *_below(child))]


def _peak(pid: int) -> int:
    """Peak resident memory so far of a process alone, in kB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("documents", type=int, nargs="?", default=20_000)
    parser.add_argument("--jobs", default=str(os.cpu_count()))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        plans, out = Path(place) / "plans", Path(place) / "out"
        write_plans(plans, range(given.documents))
        size = sum(path.stat().st_size for path in plans.rglob("*.txt"))
        run = ("run", str(plans), "--out", str(out), "--jobs", given.jobs)
        first = measured(*run)
        print(f"{given.documents:,} documents, {size / 1e6:.1f} MB, {given.jobs} processes")
        print(first.said.strip())
        print(
            f"first run      {first.seconds:8.1f} s  {given.documents / first.seconds:6.1f} documents/s  "
            f"{size / first.seconds / 1000:6.1f} kB/s  parent's peak memory {first.megabytes:.0f} MB"
        )
        second = measured(*run)
        assert "nothing: the tables" in second.said, second.said
        print(
            f"second run     {second.seconds:8.1f} s  {second.seconds / first.seconds:6.1%} of the first  "
            f"parent's peak memory {second.megabytes:.0f} MB"
        )
        changed = plans / "000" / "plan-000000.txt"
        changed.write_text(plan(given.documents + 1), encoding="utf-8")
        third = measured(*run)
        print(f"one changed    {third.seconds:8.1f} s  {third.seconds / first.seconds:6.1%} of the first")
        store = (out / "chitieu.sqlite").stat().st_size
        print(f"store          {store / 1e6:8.1f} MB {store / size:6.1f} × the documents")


if __name__ == "__main__":
    main()
