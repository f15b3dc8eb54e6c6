"""Runs in turns, and processes that are asked to extract."""

from __future__ import annotations

import gc
import json
import math
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class TooLongError(Exception):
    """What was asked for took longer than it may."""


@dataclass(frozen=True)
class Runs:
    """Seconds of runs of the same work, in the order in which they were made."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def low(self) -> float:
        return min(self.seconds)

    @property
    def high(self) -> float:
        return max(self.seconds)


@dataclass(frozen=True)
class Point:
    """What a document of some size cost.

    Attributes:
        size: bytes of UTF-8 of the document, or how many numbers or names are in it.
        runs: processor time of one document.
        megabytes: peak memory of the process so far.
        rows: of one document.
    """

    size: int
    runs: Runs
    megabytes: float
    rows: int


def ratios(of: Runs, to: Runs) -> Runs:
    """Run by run, what one took as a multiple of the other: what slows both down for a while falls out."""
    return Runs(tuple(a / b for a, b in zip(of.seconds, to.seconds, strict=True)))


def in_turns(
    work: Mapping[str, Callable[[], object]], runs: int, clock: Callable[[], float] = time.process_time
) -> dict[str, Runs]:
    """Every work once, then every work again, and so on; the garbage of one is not left to the next.

    Args:
        work: by name.
        runs: of each.
        clock: processor time, or ``time.perf_counter`` where other processes work.
    """
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(runs):
        for name, one in work.items():
            gc.collect()
            begin = clock()
            one()
            taken[name].append(clock() - begin)
    return {name: Runs(tuple(seconds)) for name, seconds in taken.items()}


def slope(points: Sequence[Point]) -> float:
    """The power of the size with which time grows: 1 is in proportion, 2 is quadratic."""
    logs = [(math.log(p.size), math.log(max(p.runs.median, 1e-6))) for p in points]
    return statistics.linear_regression([x for x, _ in logs], [y for _, y in logs]).slope


@dataclass
class Child(AbstractContextManager["Child"]):
    """A process of ``child.py``.

    Attributes:
        code: folder that the extractor is imported from.
        options: of ``child.py``.
        limit: seconds by the clock that one answer may take.
        ready: what it said of itself when its patterns were loaded.
    """

    code: Path = ROOT
    options: tuple[str, ...] = ()
    limit: float = 600.0
    ready: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Child:
        self._folder = tempfile.TemporaryDirectory()
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "benchmarks" / "child.py"), *self.options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | {"PYTHONPATH": str(self.code)},
        )
        self.ready = self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()
        self._folder.cleanup()

    def extract(self, texts: Sequence[str]) -> dict[str, Any]:
        """What the extraction of some texts cost.

        Raises:
            TooLongError: it took longer than ``limit``; the process is of no use any more.
        """
        path = Path(self._folder.name) / "texts.json"
        path.write_text(json.dumps(texts), encoding="utf-8")
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n".encode())
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], self.limit)[0]:
            raise TooLongError(f"more than {self.limit:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip().splitlines()
            raise RuntimeError(f"the process ended: {said[-1] if said else self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer
