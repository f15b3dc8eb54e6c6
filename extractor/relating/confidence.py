"""How sure a row is: the share of rows with the same evidence that were right on documents nobody had tuned on.

``patterns/confidence.csv`` counts, for each table, kind of evidence and rule, the rows that were made and the rows that
were right in every key field, on gold sets at first sight (``docs/evaluation.md``; written by
``python -m extractor.calibrating``). Few samples say little, so each share is drawn towards that of its kind of
evidence, and that towards its table's, as if ``_WEIGHT`` rows of the wider group had been seen as well.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from extractor.model import Evidence
from extractor.paths import patterns_dir

_WEIGHT = 8
_MOST = 0.99  # no sample is large enough for certainty
_UNMEASURED = 0.5  # of a table that was never measured

Key = tuple[str, str, str]
"""Table, evidence, rule."""


class Confidence:
    """Measured shares of right rows.

    Args:
        counts: table, kind of evidence, rule → rows made, rows right.
    """

    def __init__(self, counts: dict[Key, tuple[int, int]]) -> None:
        self._counts: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
        for key, (made, right) in counts.items():
            for size in (1, 2, 3):
                total = self._counts[key[:size]]
                total[0] += made
                total[1] += right

    def of(self, table: str, evidence: str, rule: str) -> float:
        """The share for rows of this evidence and rule, from 0 to 1.

        >>> one = Confidence({("targets", "cue", "digits"): (80, 76), ("targets", "none", "digits"): (8, 4)})
        >>> one.of("targets", "cue", "digits"), one.of("targets", "none", "digits")
        (0.94, 0.61)
        """
        share = _UNMEASURED
        for size in (1, 2, 3):
            made, right = self._counts.get((table, evidence, rule)[:size], (0, 0))
            share = (right + _WEIGHT * share) / (made + _WEIGHT)
        return min(_MOST, round(share, 2))

    def measured(self, table: str, evidence: str) -> tuple[int, int]:
        """Rows made and rows right of a kind of evidence."""
        made, right = self._counts.get((table, evidence), (0, 0))
        return made, right


@cache
def load(folder: Path | None = None) -> Confidence:
    """The measured shares of a folder of patterns, by default the built-in one; read once a process."""
    path = (folder or patterns_dir()) / "confidence.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return Confidence(
            {(r["table"], r["evidence"], r["rule"]): (int(r["rows"]), int(r["right"])) for r in csv.DictReader(stream)}
        )


def rated(table: str, marks: Iterable[str], rule: str) -> tuple[float, Evidence]:
    """A row's confidence, and what it was measured on.

    Args:
        table: the row's table.
        marks: what is known of its evidence, the most telling first.
        rule: the row's ``rule``.
    """
    return _rated(table, " ".join(m for m in marks if m), rule)


@lru_cache(maxsize=4096)
def _rated(table: str, kind: str, rule: str) -> tuple[float, Evidence]:
    known = load()
    made, right = known.measured(table, kind)
    note = f"{right} of {made} rows with such evidence were right" if made else "no such evidence was measured"
    return known.of(table, kind, rule), Evidence("confidence", kind, -1, -1, note)
