"""Speed of reading, by format.

Use:  .venv/bin/python benchmarks/reading.py FOLDER

Reads every document of a folder several times in this process and once more through the isolated reader, and prints for
each format the medians: milliseconds a document, characters of source text a second, pages a second where the format
has pages. Absolute figures move with the machine.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from extractor.model import Source
from extractor.reading import ReadError
from extractor.running.inputs import expand
from extractor.running.isolation import IsolatedReader, read_here

_REPEATS = 5


def _timed(read: Callable[[Path, str], Iterator[Source | ReadError]], path: Path) -> tuple[float, list[Source]]:
    begin = time.perf_counter()
    found = list(read(path, path.name))
    return time.perf_counter() - begin, [source for source in found if isinstance(source, Source)]


def main(folder: Path) -> None:
    """Measure and print."""
    here: dict[str, list[float]] = defaultdict(list)
    there: dict[str, list[float]] = defaultdict(list)
    chars: dict[str, list[float]] = defaultdict(list)
    pages: dict[str, list[float]] = defaultdict(list)
    with IsolatedReader(timeout=600) as isolated:
        for file in expand([folder]).files:
            _timed(read_here, file.path)  # warm: libraries loaded
            runs = [_timed(read_here, file.path) for _ in range(_REPEATS)]
            sources = runs[0][1]
            if not sources:
                continue
            seconds, kind = statistics.median(run[0] for run in runs), sources[0].format
            _timed(isolated, file.path)
            here[kind].append(seconds)
            there[kind].append(_timed(isolated, file.path)[0])
            chars[kind].append(sum(len(s.text) for s in sources) / seconds)
            pages[kind] += [count / seconds for count in [sum(s.reading.pages or 0 for s in sources)] if count]
    print(f"{'format':8}{'files':>6}{'ms':>10}{'ms isolated':>13}{'characters/s':>14}{'pages/s':>9}")
    for kind in sorted(here):
        rate = f"{statistics.median(pages[kind]):9.1f}" if pages[kind] else f"{'-':>9}"
        print(
            f"{kind:8}{len(here[kind]):6}{1000 * statistics.median(here[kind]):10.1f}"
            f"{1000 * statistics.median(there[kind]):13.1f}{statistics.median(chars[kind]):14,.0f}{rate}"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
