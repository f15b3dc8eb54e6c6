"""The examples of the patterns as tests: each runs through the whole extraction.

An example that fails is reported with what was found in its place and the rule that won.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from extractor.model import Extraction, Reading, Section, Source
from extractor.patterns import CONCERNS, Entry, Example, Expectation, PatternSet
from extractor.reading import ReadError, read
from extractor.text.layout import mending, open_words
from extractor.text.view import build_view

# What an example's text does not say of its document: a plan of early 2021.
_CONTEXT = {"issued_on": "2021-01-15", "doc_type": "Kế hoạch"}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How an example fared. ``id`` is ``<entry>::<yes|no><number>``."""

    id: str
    file: str
    line: int
    ok: bool
    message: str = ""


def check_examples(patterns: PatternSet) -> list[ExampleResult]:
    """Run every example of a pattern set."""
    return [check_example(patterns, entry, example) for entry in patterns.entries for example in entry.examples]


def all_examples(patterns: PatternSet) -> Iterator[tuple[Entry, Example]]:
    for entry in patterns.entries:
        for example in entry.examples:
            yield entry, example


def check_example(patterns: PatternSet, entry: Entry, example: Example) -> ExampleResult:
    """Run one example through the extraction and compare."""
    extraction = _extract(patterns, example)
    problems = []
    for expectation in example.expectations:
        problem = _problem(extraction, entry, expectation, example)
        if problem:
            problems.append(problem)
    if not example.expectations and (credited := _credited(extraction, entry)):
        problems.append(f"{entry.id} fired at {credited!r}")
    return ExampleResult(example.id, entry.file, entry.line, not problems, "; ".join(problems))


def _extract(patterns: PatternSet, example: Example) -> Extraction:
    from extractor.pipeline import Context, extract_source  # the pipeline imports the patterns

    said = {**_CONTEXT, **dict(example.context)}
    context = Context(
        issued_on=date.fromisoformat(said["issued_on"]) if said.get("issued_on") else None,
        doc_type=said.get("doc_type", ""),
        province=said.get("province", ""),
        district=said.get("district", ""),
    )
    return extract_source(
        Source("example.txt", "txt", "0" * 64, Reading(example.text)), patterns=patterns, context=context
    )


def _rows(extraction: Extraction, table: str) -> list[Any]:
    if table == "masks":
        return list(extraction.masked)
    if table == "documents":
        return [extraction.document]
    return list(getattr(extraction, table))


def _span(row: Any, table: str) -> tuple[int, int]:
    if table == "targets":
        return row.number_start, row.number_end
    return row.start, row.end


def _matches(row: Any, table: str, start: int, end: int) -> bool:
    if table == "documents":
        return True
    row_start, row_end = _span(row, table)
    if table == "sections":
        return row_start <= start < row_end
    if table in ("targets", "places"):
        return (row_start, row_end) == (start, end)
    shared = min(end, row_end) - max(start, row_start)
    return shared > 0 and (row_start == start or shared / max(row_end - row_start, end - start) >= 0.5)


def _problem(extraction: Extraction, entry: Entry, expectation: Expectation, example: Example) -> str:
    table = expectation.table or CONCERNS[entry.concern][0]
    quote = example.text[expectation.start : expectation.end]
    rows = _rows(extraction, table)
    if expectation.absent:
        for row in rows:
            start, end = _span(row, table)
            if start < expectation.end and expectation.start < end:
                return f"[{quote}|-]: found as a row of {table} by {getattr(row, 'rule', '?')}"
        return ""
    found = [r for r in rows if _matches(r, table, expectation.start, expectation.end)]
    if not found:
        near = ", ".join(
            f"{getattr(r, 'quote', '')!r} ({getattr(r, 'rule', '')})" for r in rows[:3] if table != "documents"
        )
        masked = [m.rule for m in extraction.masked if m.start < expectation.end and expectation.start < m.end]
        return (
            f"[{quote}]: no row of {table}"
            + (f"; masked by {masked[0]}" if masked else "")
            + (f"; found {near}" if near else "")
        )
    if table == "sections":
        found = [max(found, key=lambda s: (s.start, s.level))]
    wrong = [_differences(row, expectation) for row in found]
    best = min(wrong, key=len)
    if not best:
        return ""
    return f"[{quote}]: " + ", ".join(best) + _why(found[wrong.index(best)])


def _differences(row: Any, expectation: Expectation) -> list[str]:
    made = []
    for field, wanted in expectation.fields:
        if not hasattr(row, field):
            made.append(f"there is no column {field!r}")
            continue
        got = getattr(row, field)
        if not _same(got, wanted):
            made.append(f"{field} is {_shown(got)!r}, not {wanted!r}")
    return made


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ";".join(getattr(v, "code", str(v)) for v in value)
    return "" if value is None else str(value)


def _same(got: Any, wanted: str) -> bool:
    if isinstance(got, Decimal):
        try:
            return got == Decimal(wanted)
        except InvalidOperation:
            return False
    return " ".join(_shown(got).split()).casefold() == " ".join(wanted.split()).casefold()


def _why(row: Any) -> str:
    if isinstance(row, Section):
        return ""
    said = [f"{e.rule} ({e.note})" for e in getattr(row, "evidence", ()) if e.kind in ("cue", "inherited", "pattern")]
    return f" — won by {', '.join(said[:5])}" if said else ""


def _credited(extraction: Extraction, entry: Entry) -> str:
    for table in ("targets", "places", "deadlines", "assignments"):
        for row in getattr(extraction, table):
            if row.rule == entry.id or any(e.rule == entry.id for e in row.evidence):
                return str(row.quote)
    return ""


def documents_of(patterns: PatternSet, paths: Iterable[Path]) -> dict[str, int]:
    """In how many documents the words or expressions of each pattern stand, by its id.

    Whether they decide anything there is another question: ``chitieu explain`` tells. A file that cannot be read counts
    for none.
    """
    counts = dict.fromkeys((entry.id for entry in patterns.entries), 0)
    for path in paths:
        try:
            key = build_view(read(path).text, open_words=open_words(patterns), mend=mending(patterns)).key
        except ReadError:
            continue
        found = set()
        for concern in CONCERNS:
            found |= {hit.rule for hit in patterns.lexicon(concern).matches(key, overlapping=True)}
            found |= {match.entry.id for _, match in patterns.regexes(concern).all_matches(key)}
        for entry_id in found:
            counts[entry_id] += 1
    return counts
