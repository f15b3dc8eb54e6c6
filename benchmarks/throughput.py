"""Speed of the extraction as a ratio against peers in one run, by stage, and how its cost grows with length.

Use:  .venv/bin/python benchmarks/throughput.py [FOLDER]      (default: all of corpus/)

Prints the best of repeated runs over the same documents, one process, one after the other, in processor time: other
work on the machine weighs less on it than on the clock. Absolute figures move with the machine; read the ratios. What
they were is in docs/performance.md.
"""

from __future__ import annotations

import math
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_REPEATS = 5
_STAGES = (
    "build_view", "read_layout", "find_masks", "read_document", "find_times", "find_places", "find_quantities",
    "find_actors", "relate_deadlines", "relate_targets", "relate_places", "with_list_checks", "with_totals",
    "relate_assignments", "with_repairs", "unread_numbers",
)  # fmt: skip
_START = """
import time
begin = time.process_time()
from extractor import extract
from extractor.patterns import load
imported = time.process_time()
load()
loaded = time.process_time()
extract("KẾ HOẠCH\\nI. MỤC TIÊU\\n- Phấn đấu năm 2023 có 04 xã đạt chuẩn nông thôn mới.")
print(imported - begin, loaded - imported, time.process_time() - loaded)
"""


def _texts(folders: list[Path]) -> list[str]:
    paths = [p for folder in folders for p in sorted(folder.rglob("*.txt"))]
    return [p.read_bytes().decode("utf-8-sig") for p in paths]


def _seconds(work: Callable[[], object]) -> float:
    work()  # warm: patterns compiled, models loaded
    times = []
    for _ in range(_REPEATS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def _peers(texts: list[str]) -> dict[str, Callable[[], object]]:
    import spacy
    import underthesea
    from spacy.matcher import PhraseMatcher

    from extractor import extract
    from extractor.finding import gazetteer
    from extractor.patterns import load

    ruler = spacy.blank("xx")
    rules = ruler.add_pipe("entity_ruler")
    phrases = [p for e in load().of("status", "unit", "duty") for p in e.phrases][:51]
    rules.add_patterns([{"label": "CUE", "pattern": p} for p in phrases])  # type: ignore[attr-defined]
    names = PhraseMatcher(ruler.vocab)
    names.add("PLACE", [ruler.make_doc(name) for name in {unit.name for unit in gazetteer.load().units}])
    return {
        "chitieu: text in, all rows out": lambda: [extract(t) for t in texts],
        "spaCy blank(xx) + EntityRuler + PhraseMatcher": lambda: [names(ruler(t)) for t in texts],
        "underthesea.word_tokenize": lambda: [underthesea.word_tokenize(t) for t in texts],
    }


def _start() -> tuple[float, ...]:
    """Seconds to import, to load the patterns and to extract for the first time, in a process of its own."""
    runs = [
        [
            float(s)
            for s in subprocess.run([sys.executable, "-c", _START], capture_output=True, check=True).stdout.split()
        ]
        for _ in range(3)
    ]
    return tuple(map(min, zip(*runs, strict=True)))


def _stages(texts: list[str]) -> dict[str, float]:
    """Seconds of each stage of the pipeline."""
    from extractor import extract, pipeline

    spent: dict[str, float] = defaultdict(float)
    best: dict[str, float] = {}

    def timed(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            begin = time.process_time()
            try:
                return stage(*args, **options)
            finally:
                spent[name] += time.process_time() - begin

        return run

    stages = {name: getattr(pipeline, name) for name in _STAGES}
    try:
        for name, stage in stages.items():
            setattr(pipeline, name, timed(name, stage))
        for _ in range(_REPEATS):
            spent.clear()
            for text in texts:
                extract(text)
            best = {name: min(seconds, best.get(name, seconds)) for name, seconds in spent.items()}
    finally:
        for name, stage in stages.items():
            setattr(pipeline, name, stage)
    return best


def _growth(text: str) -> list[tuple[int, float]]:
    from extractor import extract

    points = []
    for size in (50_000, 100_000, 200_000, 400_000, 800_000):
        line = (text.replace("\n", " ") * (size // len(text) + 1))[:size]
        begin = time.process_time()
        extract(line)
        points.append((size, time.process_time() - begin))
    return points


def main() -> None:
    """Measure and print."""
    folders = [Path(a) for a in sys.argv[1:]] or [ROOT / "corpus"]
    texts = _texts(folders)
    chars = sum(map(len, texts))
    imported, loaded, first = _start()
    print(f"start: import {imported:.2f} s, patterns {loaded:.2f} s, first extraction {first:.2f} s")
    print(f"{len(texts)} documents, {chars:,} characters, best of {_REPEATS} runs")
    results = {name: _seconds(work) for name, work in _peers(texts).items()}
    ours = next(iter(results.values()))
    for name, seconds in results.items():
        print(f"  {name:48} {chars / seconds / 1000:8.0f} kchar/s   {seconds / ours:5.2f} × chitieu's time")
    stages = _stages(texts)
    print("stages, ms:", ", ".join(f"{n} {1000 * s:.0f}" for n, s in sorted(stages.items(), key=lambda i: -i[1])))
    points = _growth(max(texts, key=len))
    slope = statistics.linear_regression([math.log(n) for n, _ in points], [math.log(s) for _, s in points]).slope
    print("one line of growing length:", ", ".join(f"{n // 1000} kchar {s:.2f} s" for n, s in points))
    print(f"  time grows with length to the power {slope:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
