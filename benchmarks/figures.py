"""What one run of the benchmark measured, as it is kept in a file."""

from __future__ import annotations

import math
import os
import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.growth import Doubled, Growth
from benchmarks.peers import Peer
from benchmarks.processes import Batches, Rows, Start
from benchmarks.timing import ROOT, Runs


@dataclass
class Figures:
    """Everything that was measured; what was not is empty, and ``missing`` says why.

    Attributes:
        machine: processor, system and Python.
        load: of the machine just before: processes that wanted to run, in the last minute.
        version: of the extractor, and the commit.
        folder: where the documents lay.
        documents: how many.
        characters: of all of them.
        runs: of everything that does not say otherwise.
        missing: section → why it was not measured.
    """

    machine: str
    load: float
    version: str
    folder: str
    documents: int
    characters: int
    runs: int
    peers: list[Peer] = field(default_factory=list)
    sight: Runs | None = None
    stages: dict[str, Runs] = field(default_factory=dict)
    lengths: list[Growth] = field(default_factory=list)
    shapes: list[Growth] = field(default_factory=list)
    doubled: list[Doubled] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    batches: Batches | None = None
    tables: list[Rows] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def machine() -> str:
    """What the figures depend on besides the code."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    processor = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} processors ({processor}), {platform.system()}, {python}"


def version() -> str:
    """The extractor's version and the commit, with a word if the tree is not that commit's."""
    from extractor.pipeline import EXTRACTOR_VERSION

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        commit = git("rev-parse", "--short", "HEAD")
        changed = git("status", "--porcelain", "--", "extractor", "patterns", "benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return EXTRACTOR_VERSION
    return f"{EXTRACTOR_VERSION} (commit {commit}{', with changes' if changed else ''})"


def short(number: float) -> str:
    """A number to two or three figures."""
    if number == 0 or not math.isfinite(number):
        return f"{number:.0f}"
    digits = 2 - math.floor(math.log10(abs(number)))
    rounded = round(number, min(digits, 2) if abs(number) >= 0.1 else digits - 1)
    return f"{rounded:,.0f}" if digits <= 0 else f"{rounded:,.{min(digits, 2) if abs(number) >= 0.1 else digits - 1}f}"
