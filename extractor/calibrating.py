"""Measure ``patterns/confidence.csv``: ``python -m extractor.calibrating GOLD DOCUMENTS [GOLD DOCUMENTS …]``.

Only sets that no rule was tuned on say how sure a row of a new document is; ``docs/evaluation.md`` names those that the
shipped file was made from. Prints how well the shares foretell each document when they are measured on the others.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from extractor import evaluation
from extractor.api import extract_files
from extractor.model import Assignment, Deadline, Extraction, Place, Target
from extractor.paths import patterns_dir
from extractor.relating.confidence import Confidence, Key

Row = Target | Place | Deadline | Assignment
Sample = tuple[str, Key, bool]
"""Document, table with evidence and rule, whether the row was right."""

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def samples(gold_dir: Path, source_dir: Path) -> Iterator[Sample]:
    """The judged rows of a run over a gold set; those at optional gold rows are left out."""
    golds = evaluation.load_gold_dir(gold_dir, source_dir)
    batch = list(extract_files([source_dir / gold.name for gold in golds]))
    result = evaluation.evaluate(golds, evaluation.rows_of_extractions(batch))
    for table, row, right in _judged(batch, result):
        kind = next(e.rule for e in row.evidence if e.kind == "confidence")
        yield row.doc_id, (table, kind, row.rule), right


def said(batch: Iterable[Extraction], result: evaluation.Evaluation) -> list[tuple[float, bool]]:
    """What the judged rows of a run were said to be, and whether they were right."""
    return [(row.confidence, right) for _, row, right in _judged(batch, result)]


def _judged(batch: Iterable[Extraction], result: evaluation.Evaluation) -> Iterator[tuple[str, Row, bool]]:
    for extraction in batch:
        for table in evaluation.GOLD_TABLES:
            for row in getattr(extraction, table):
                row_id = getattr(row, f"{table[:-1]}_id")
                if row_id in result.verdicts:
                    yield table, row, result.verdicts[row_id]


def counted(given: Iterable[Sample]) -> dict[Key, tuple[int, int]]:
    """Rows made and rows right, by table, evidence and rule."""
    totals: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for _, key, right in given:
        totals[key][0] += 1
        totals[key][1] += right
    return {key: (made, right) for key, (made, right) in totals.items()}


def foretold(given: list[Sample]) -> list[tuple[float, bool]]:
    """What each row would have been said to be, measured on all other documents, and whether it was right."""
    made = []
    for document in sorted({name for name, _, _ in given}):
        others = Confidence(counted(s for s in given if s[0] != document))
        made += [(others.of(*key), right) for name, key, right in given if name == document]
    return made


def reliability(rows: Iterable[tuple[float, bool]]) -> Iterator[str]:
    """Of rows said to be right with some confidence, how many were: a line a bin."""
    pairs = list(rows)
    for low, high in pairwise(BINS):
        inside = [(value, right) for value, right in pairs if low <= value < high]
        if inside:
            mean, share = sum(v for v, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside)
            yield f"{low:.1f}-{min(high, 1.0):.1f}  rows {len(inside):5}  said {mean:.2f}  right {share:.2f}"


def main(arguments: list[str]) -> None:
    """Write the file and print the reliability of its shares."""
    folders = [Path(a) for a in arguments]
    if not folders or len(folders) % 2:
        sys.exit("usage: python -m extractor.calibrating GOLD DOCUMENTS [GOLD DOCUMENTS …]")
    given = [s for gold, source in zip(folders[::2], folders[1::2], strict=True) for s in samples(gold, source)]
    path = patterns_dir() / "confidence.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["table", "evidence", "rule", "rows", "right"])
        writer.writerows((*key, *made) for key, made in sorted(counted(given).items()))
    print(f"{len(given)} rows measured, {path} written. Each document foretold from the others:")
    print(*reliability(foretold(given)), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
