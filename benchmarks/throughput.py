"""What extraction costs: beside other libraries, by stage, by length, by patterns and names, in memory, in processes.

    make benchmark [FOLDER=…]      (a quarter of an hour, on a machine that does nothing else)

In one process, one run after the other, on the same documents: the ``*.txt`` below ``corpus/``, or below folders that
are given. Processor time where one process works: other work on the machine weighs less on it than on the clock. What
was measured goes into ``docs/performance.md``, its chart into ``docs/images/performance.svg``, and every single run
into ``build/benchmark.json``, from which ``--from`` writes the page again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks import growth, peers, processes, report
from benchmarks.figures import Figures, machine, version
from benchmarks.timing import ROOT

_BUSY = 0.5  # load of the machine from which on figures are not to be trusted


@dataclass(frozen=True)
class Amounts:
    """How much is measured.

    Attributes:
        runs: of everything that is not too long for it.
        every: every so many documents are taken.
        sizes: of documents, in bytes.
        numbers: in one document.
        names: in one list.
        limit: seconds that one document may take.
        batch: documents of a timed batch.
        few: documents of the smaller batch whose memory is looked at.
        many: of the larger one.
        rows: to tables.
    """

    runs: int = 5
    every: int = 1
    sizes: tuple[int, ...] = (1_000, 3_200, 10_000, 32_000, 100_000, 320_000, 1_000_000, 3_200_000, 10_000_000)
    numbers: int = 100_000
    names: int = 50_000
    limit: float = 600.0
    batch: int = 2_000
    few: int = 2_000
    many: int = 8_000
    rows: int = 1_000_000


QUICK = Amounts(
    runs=1, every=25, sizes=(1_000, 10_000), numbers=40, names=40, limit=60, batch=4, few=2, many=4, rows=300
)


def texts(folders: Sequence[Path]) -> list[str]:
    """The documents of some folders.

    Raises:
        ValueError: there are none.
    """
    paths = [path for folder in folders for path in sorted(folder.rglob("*.txt"))]
    found = [text for path in paths if (text := path.read_bytes().decode("utf-8-sig")).strip()]
    if not found:
        raise ValueError(f"no *.txt below {', '.join(map(str, folders))}")
    return found


def measure(
    folders: Sequence[Path],
    amounts: Amounts,
    only: Sequence[str] = (),
    keep: Callable[[Figures], object] = lambda _: None,
) -> Figures:
    """Measure all sections, or some; one that fails is said to be missing.

    Args:
        folders: of the documents.
        amounts: how much is measured.
        only: names of sections.
        keep: called after each section with all that was measured so far.
    """
    documents = texts(folders)[:: amounts.every]
    made = Figures(
        machine=machine(),
        load=os.getloadavg()[0],
        version=version(),
        folder=", ".join(_below_root(folder) for folder in folders),
        documents=len(documents),
        characters=sum(map(len, documents)),
        runs=amounts.runs,
    )
    if made.load > _BUSY:
        _say(f"the machine is at work (load {made.load:.1f}): read the ratios, and measure again when it rests")
    runs, limit = amounts.runs, amounts.limit
    sections: dict[str, tuple[str, Callable[[], object]]] = {
        "peers": ("peers", lambda: peers.measured(documents, runs)),
        "sight": ("sight", lambda: growth.first_sight(documents, runs)),
        "stages": ("stages", lambda: growth.stages(documents, runs)),
        "length": ("lengths", lambda: growth.lengths(documents, amounts.sizes, runs, limit)),
        "shapes": ("shapes", lambda: growth.shapes(amounts.numbers, amounts.names, limit)),
        "doubled": ("doubled", lambda: growth.doubled(documents, runs)),
        "start": ("starts", lambda: processes.starts(runs)),
        "batch": ("batches", lambda: processes.batches(amounts.batch, amounts.few, amounts.many, runs)),
        "tables": ("tables", lambda: processes.tables(amounts.rows, runs)),
    }
    if unknown := sorted(set(only) - set(sections)):
        raise ValueError(f"no section {unknown[0]!r}; there are {', '.join(sections)}")
    for name, (kept, work) in sections.items():
        if only and name not in only:
            continue
        begin = time.perf_counter()
        try:
            setattr(made, kept, work())
        except Exception as error:  # the rest is worth having
            made.missing[name] = f"{type(error).__name__}: {error}"
        keep(made)
        _say(f"{name:8} {time.perf_counter() - begin:6.1f} s  {made.missing.get(name, '')}")
    return made


def _below_root(folder: Path) -> str:
    path = folder.resolve()
    return f"{path.relative_to(ROOT)}/" if path.is_relative_to(ROOT) else f"{path.name}/"


def _keep(figures: Figures, path: Path | None) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(figures)))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write or print; 1 where a section is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="of *.txt (default: corpus)")
    parser.add_argument("--quick", action="store_true", help="little of everything, once, to see that it works")
    parser.add_argument("--only", default="", metavar="SECTIONS", help="peers,length,…: prints only")
    parser.add_argument("--page", type=Path, help="page to write into (default: docs/performance.md; --quick: none)")
    parser.add_argument("--figures", type=Path, help="file of all runs (default: build/benchmark.json; not of a part)")
    parser.add_argument("--from", dest="kept", action="store_true", help="write the page from the file of all runs")
    given = parser.parse_args(arguments)
    part = given.quick or given.only
    whole = ROOT / "build" / "benchmark.json"
    kept = given.figures or (None if part else whole)
    try:
        if given.kept:
            figures = msgspec.json.decode((kept or whole).read_bytes(), type=Figures)
        else:
            amounts = QUICK if given.quick else Amounts()
            only = list(filter(None, given.only.split(",")))
            figures = measure(given.folders or [ROOT / "corpus"], amounts, only, lambda made: _keep(made, kept))
        page = given.page or (None if part else ROOT / "docs" / "performance.md")
        if page is None:
            print(report.block(figures))
        else:
            report.write(figures, page)
            _say(f"written: {page}")
    except (OSError, ValueError) as error:
        sys.exit(f"benchmark: {error}")
    return 1 if figures.missing else 0


if __name__ == "__main__":
    sys.exit(main())
