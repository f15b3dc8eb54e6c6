"""A process that extracts what it is told and says what it cost; ``timing.Child`` starts it and asks.

It is run by its path, so that the extractor is the one that PYTHONPATH names. A request is a line with the path of a
JSON list of texts; the answer is a line of JSON: processor time, rows made, peak memory of the process so far and, with
``--stages``, processor time by stage of the pipeline.
"""

from __future__ import annotations

import argparse
import gc
import inspect
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extractor import pipeline
from extractor.patterns import load


def watched() -> dict[str, float]:
    """Have the stages of the pipeline, the functions it has from elsewhere, add their own time to what is returned."""
    spent: dict[str, float] = defaultdict(float)
    inner: list[float] = []  # what the stages inside each stage under way took

    def timed(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            inner.append(0.0)
            begin = time.process_time()
            try:
                return stage(*args, **options)
            finally:
                took = time.process_time() - begin
                spent[name] += took - inner.pop()
                if inner:
                    inner[-1] += took

        return run

    for name, stage in list(vars(pipeline).items()):
        if (
            inspect.isfunction(stage)
            and stage.__module__.startswith("extractor.")
            and stage.__module__ != "extractor.pipeline"
        ):
            setattr(pipeline, name, timed(name, stage))
    return spent


def peak() -> float:
    """Peak resident memory of this process in MB; 0 where the system does not tell.

    Not ``getrusage``: that begins with the memory of the process that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def main() -> None:
    """Load the patterns, say so, and answer until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--extra", type=Path, help="patterns of one's own beside the built-in ones")
    parser.add_argument("--stages", action="store_true")
    given = parser.parse_args()
    spent = watched() if given.stages else {}
    begin = time.process_time()
    patterns = load(extra=given.extra)
    print(json.dumps({"load": time.process_time() - begin, "entries": len(patterns.entries)}), flush=True)
    for line in sys.stdin:
        texts = json.loads(Path(line.strip()).read_text(encoding="utf-8"))
        spent.clear()
        gc.collect()
        rows, begin = 0, time.process_time()
        for text in texts:
            made = pipeline.extract(text, patterns=patterns)
            rows += len(made.targets) + len(made.places) + len(made.deadlines) + len(made.assignments)
        seconds = time.process_time() - begin
        print(json.dumps({"seconds": seconds, "rows": rows, "megabytes": peak(), "stages": spent}), flush=True)


if __name__ == "__main__":
    main()
