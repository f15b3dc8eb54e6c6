"""Whether two readings of one plan give the same rows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from extractor import extract
from extractor.model import Extraction, Source
from extractor.pipeline import extract_source

KEYS = {
    "targets": (
        "value", "value_max", "denominator", "percent", "comparator", "unit", "indicator", "indicator_code", "basis",
        "status", "period_start", "due_date",
    ),
    "places": ("quote", "level", "type", "code", "district_code", "province_code", "current_code", "role"),
    "deadlines": ("kind", "bound", "start_date", "due_date", "granularity", "recurrence", "task"),
    "assignments": ("quote", "assignee_type", "name", "position", "organization", "role", "duty", "task"),
}  # fmt: skip
DOCUMENT = (
    "doc_type",
    "number",
    "issued_place",
    "issued_on",
    "province",
    "district",
    "period_start",
    "period_end",
    "signer",
)


@dataclass(frozen=True)
class Parity:
    """How many rows of the text are among those of the other reading, of all that either has."""

    same: int
    of: int
    values_same: int
    values: int
    missed: tuple[tuple[str, Any], ...]
    added: tuple[tuple[str, Any], ...]

    @property
    def share(self) -> float:
        return self.same / self.of if self.of else 1.0


def rows(found: Extraction, *, case: bool = True) -> Counter[tuple[str, Any]]:
    """The rows as table and key fields, white space made even."""
    counted: Counter[tuple[str, Any]] = Counter()
    for table, keys in KEYS.items():
        for row in getattr(found, table):
            counted[table, tuple(_even(getattr(row, key)) for key in keys)] += 1
    counted["documents", tuple(_even(getattr(found.document, key)) for key in DOCUMENT)] += 1
    if case:
        return counted
    folded: Counter[tuple[str, Any]] = Counter()
    for (table, values), count in counted.items():
        folded[table, tuple(v.lower() if isinstance(v, str) else v for v in values)] += count
    return folded


def compare(text: str, source: Source, *, case: bool = True) -> Parity:
    """Rows of a text against those of the same text in another envelope; ``case``: whether capitals must agree."""
    ours, theirs = rows(extract(text), case=case), rows(extract_source(source), case=case)
    both = ours & theirs
    values, others = _values(ours), _values(theirs)
    return Parity(
        sum(both.values()),
        max(sum(ours.values()), sum(theirs.values())),
        sum((values & others).values()),
        sum(values.values()),
        tuple((ours - theirs).elements()),
        tuple((theirs - ours).elements()),
    )


# Of a scan: what a reviewer would have to correct. Free text may differ by a letter (score.py compares so, too).
_EXACT = {
    "targets": ("value", "value_max", "denominator", "percent", "comparator", "unit", "status"),
    "places": ("level", "type"),
    "deadlines": ("kind", "bound", "due_date"),
    "assignments": ("assignee_type", "role"),
}
_CLOSE = {"targets": ("indicator",), "places": ("name",), "deadlines": (), "assignments": ("quote", "position")}


def compare_keys(text: str, source: Source) -> Parity:
    """As ``compare``, by key fields: the exact ones alike, free text alike for seven letters in ten."""
    ours, theirs = extract(text), extract_source(source)
    same = of = values_same = values = 0
    missed: list[tuple[str, Any]] = []
    for table in _EXACT:
        left, right = list(getattr(ours, table)), list(getattr(theirs, table))
        of += len(left)
        for row in left:
            match = next((r for r in right if _alike(table, row, r)), None)
            if match is None:
                missed.append((table, (row.quote, *(_even(getattr(row, k)) for k in _EXACT[table]))))
            else:
                right.remove(match)
                same += 1
    ours_values, their_values = _values(rows(ours)), _values(rows(theirs))
    values_same, values = sum((ours_values & their_values).values()), sum(ours_values.values())
    return Parity(same, of, values_same, values, tuple(missed), ())


def _alike(table: str, a: Any, b: Any) -> bool:
    return all(getattr(a, k) == getattr(b, k) for k in _EXACT[table]) and all(
        SequenceMatcher(None, _even(getattr(a, k)), _even(getattr(b, k)), autojunk=False).ratio() >= 0.7
        for k in _CLOSE[table]
    )


def _values(counted: Counter[tuple[str, Any]]) -> Counter[Any]:
    made: Counter[Any] = Counter()
    for (table, row), count in counted.items():
        if table == "targets":
            made[row[:4]] += count
    return made


def _even(value: Any) -> Any:
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value
