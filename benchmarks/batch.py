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
    """One run: seconds by the clock, peak resident memory of the parent in MB, and what it printed."""

    seconds: float
    megabytes: float
    said: str


def _measured(*arguments: str) -> Measured:
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "extractor", *arguments], stdout=said, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)
        said.seek(0)
        return Measured(time.perf_counter() - begin, peak / 1024, said.read().decode())


def _peak(pid: int) -> int:
    """Peak resident memory so far of a process alone, without its workers, in kB."""
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
        first = _measured(*run)
        print(f"{given.documents:,} documents, {size / 1e6:.1f} MB, {given.jobs} processes")
        print(first.said.strip())
        print(
            f"first run      {first.seconds:8.1f} s  {given.documents / first.seconds:6.1f} documents/s  "
            f"{size / first.seconds / 1000:6.1f} kB/s  parent's peak memory {first.megabytes:.0f} MB"
        )
        second = _measured(*run)
        assert "nothing: the tables" in second.said, second.said
        print(
            f"second run     {second.seconds:8.1f} s  {second.seconds / first.seconds:6.1%} of the first  "
            f"parent's peak memory {second.megabytes:.0f} MB"
        )
        changed = plans / "000" / "plan-000000.txt"
        changed.write_text(plan(given.documents + 1), encoding="utf-8")
        third = _measured(*run)
        print(f"one changed    {third.seconds:8.1f} s  {third.seconds / first.seconds:6.1%} of the first")
        store = (out / "chitieu.sqlite").stat().st_size
        print(f"store          {store / 1e6:8.1f} MB {store / size:6.1f} × the documents")


if __name__ == "__main__":
    main()
