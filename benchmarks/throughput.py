"""Speed of the extraction as a ratio against peers in one run, and how its cost grows with length.

Use:  .venv/bin/python benchmarks/throughput.py [FOLDER]      (default: corpus/documents and corpus/own*)

Prints medians of repeated runs over the same documents, one process, one after the other. Absolute figures move with
the machine; read the ratios.
"""

from __future__ import annotations

import math
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
_REPEATS = 5


def _texts(folders: list[Path]) -> list[str]:
    paths = [p for folder in folders for p in sorted(folder.rglob("*.txt"))]
    return [p.read_bytes().decode("utf-8-sig") for p in paths]


def _seconds(work: Callable[[], object]) -> float:
    work()  # warm: patterns compiled, models loaded
    times = []
    for _ in range(_REPEATS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _peers(texts: list[str]) -> dict[str, Callable[[], object]]:
    import spacy
    import underthesea

    from extractor import extract
    from extractor.patterns import load

    ruler = spacy.blank("xx")
    rules = ruler.add_pipe("entity_ruler")
    phrases = [p for e in load().of("status", "unit", "duty") for p in e.phrases][:51]
    rules.add_patterns([{"label": "CUE", "pattern": p} for p in phrases])  # type: ignore[attr-defined]
    return {
        "chitieu: text in, all rows out": lambda: [extract(t) for t in texts],
        "spaCy blank(xx) + EntityRuler (51 patterns)": lambda: [ruler(t) for t in texts],
        "underthesea.word_tokenize": lambda: [underthesea.word_tokenize(t) for t in texts],
    }


def _growth(text: str) -> list[tuple[int, float]]:
    from extractor import extract

    points = []
    for size in (50_000, 100_000, 200_000, 400_000, 800_000):
        line = (text.replace("\n", " ") * (size // len(text) + 1))[:size]
        begin = time.perf_counter()
        extract(line)
        points.append((size, time.perf_counter() - begin))
    return points


def main() -> None:
    folders = [Path(a) for a in sys.argv[1:]] or [ROOT / "corpus"]
    texts = _texts(folders)
    chars = sum(map(len, texts))
    print(f"{len(texts)} documents, {chars:,} characters, median of {_REPEATS} runs")
    results = {name: _seconds(work) for name, work in _peers(texts).items()}
    ours = next(iter(results.values()))
    for name, seconds in results.items():
        print(f"  {name:48} {chars / seconds / 1000:8.0f} kchar/s   {seconds / ours:5.2f} × chitieu's time")
    points = _growth(max(texts, key=len))
    slope = statistics.linear_regression([math.log(n) for n, _ in points], [math.log(s) for _, s in points]).slope
    print("one line of growing length:", ", ".join(f"{n // 1000} kchar {s:.2f} s" for n, s in points))
    print(f"  time grows with length to the power {slope:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
