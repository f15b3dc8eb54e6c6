"""Gold files: reviewed rows in the project's annotation format (``CONTRIBUTING.md``), with their source texts.

``gold/NAME.yaml`` names ``NAME.txt``, which stands in ``documents/``; ``chitieu evaluate gold documents`` compares a
run with what the reviewers decided. A row that nobody decided is ``optional``: it counts neither for nor against. A
rejected row is not there, so that finding it counts against a run.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extractor.evaluation import GOLD_TABLES, Gold, GoldRow
from extractor.review.exchange.common import Names, Row, replacing, rows_of, stem_of
from extractor.review.state import ReviewedDocument
from extractor.tables.rows import dicts_of
from extractor.tables.schema import DOCUMENTS, TARGETS

# Gold field → column; numbers and dates are written bare, texts in quotes.
_DOCUMENT = (
    *("doc_type", "number", "title", "issuer", "issued_place", "issued_on", "province", "district"),
    *("period_start", "period_end"),
)
_FIELDS: dict[str, dict[str, str]] = {
    "targets": {
        name: name
        for name in (
            *("value", "value_max", "denominator", "percent", "comparator", "unit"),
            *("indicator", "basis", "status"),
        )
    }
    | {"due": "due_date"},
    "places": {name: name for name in ("level", "type", "code", "district", "province", "role")},
    "deadlines": {
        "kind": "kind",
        "bound": "bound",
        "from": "start_date",
        "due": "due_date",
        "rrule": "recurrence",
        "task": "task",
    },
    "assignments": {"type": "assignee_type", "position": "position", "role": "role", "task": "task"},
}
_BARE = frozenset(
    {"value", "value_max", "denominator", "percent", "due", "from", "issued_on", "period_start", "period_end"}
)
_BOM = "\ufeff"
_WORD = re.compile(r"\S+")
_WORDS_TRIED = 12
# What YAML may hold as it is between double quotes, less what changes the direction of a line on the screen.
_ESCAPED = re.compile(
    "[^\x20-\x7e\xa0-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U000dffff]"
)


def gold_of(document: ReviewedDocument, name: str = "", sure: bool = False) -> Gold:
    """A reviewed document as gold annotations, as if ``load_gold`` had read them.

    Args:
        document: the document as decided.
        name: the source's name in the gold; that of ``gold_source`` where it is empty.
        sure: take rows that nobody decided for right, instead of ``optional``.

    Returns:
        The gold, with ``start`` and ``end`` of every row in code points of the source text.
    """
    extraction = document.extraction
    rows = rows_of(document)
    numbers = {row.row_id: _number(row)[0] for row in rows if row.table == TARGETS.name}
    gold: dict[str, list[GoldRow]] = {table: [] for table in GOLD_TABLES}
    for row in sorted(rows, key=lambda row: _place(row)):
        start, end = _place(row)
        made: GoldRow = {"n" if row.table == TARGETS.name else "q": extraction.text[start:end]}
        made |= {key: row.cells[column] for key, column in _FIELDS[row.table].items() if row.cells[column]}
        if made.get("comparator") == "=":
            del made["comparator"]
        if row.table == TARGETS.name and row.cells["flags"]:
            made["flags"] = row.cells["flags"].split(";")
        if row.table == "places" and row.cells["target_id"] in numbers:
            made["target_start"] = numbers[row.cells["target_id"]]
        if not sure and not row.decided:
            made["optional"] = True
        gold[row.table].append(made | {"start": start, "end": end})
    cells = dicts_of(DOCUMENTS, [extraction])[0]
    fields = {column: cells[column] for column in _DOCUMENT if cells[column]}
    return Gold(name or gold_source(document)[0], extraction.text, fields, gold)


def _number(row: Row) -> tuple[int, int]:
    return int(row.cells["number_start"]), int(row.cells["number_end"])


def _place(row: Row) -> tuple[int, int]:
    """Where the gold looks for a row: a target at its number, the others at their words."""
    return _number(row) if row.table == TARGETS.name else (row.start, row.end)


def gold_source(document: ReviewedDocument) -> tuple[str, bytes]:
    """The source that a gold file names: the file's name, and its bytes with all line ends as they are."""
    text = document.extraction.text
    # Readers take one byte-order mark off; one that belongs to the text needs another before it.
    return f"{stem_of(document.extraction)}.txt", ((_BOM if text.startswith(_BOM) else "") + text).encode()


def gold_yaml(document: ReviewedDocument, name: str = "", sure: bool = False) -> str:
    """A reviewed document as a gold file: see ``gold_of``.

    Every quote is found again at its own place: ``after`` gives the fewest words before it that are needed for that,
    ``back: true`` starts from the top where a row begins inside the one before it. A place names its target where the
    format can say which one is meant.
    """
    gold = gold_of(document, name, sure)
    targets = _Targets(gold.rows[TARGETS.name])
    lines = [f"doc: {_quoted(gold.name)}"]
    if gold.document:
        lines.append(f"document: {_flow(gold.document.items())}")
    for table, rows in gold.rows.items():
        if rows:
            lines.append(f"{table}:")
            lines.extend(f"- {_flow(fields)}" for fields in _searched(table, rows, gold.text, targets))
    return "\n".join(lines) + "\n"


def _searched(table: str, rows: list[GoldRow], text: str, targets: _Targets) -> Iterator[list[tuple[str, Any]]]:
    """The fields of each row as they are written, with where to search."""
    key = "n" if table == TARGETS.name else "q"
    cursor = 0
    for row in rows:
        fields = [(key, row[key])]
        back = row["start"] < cursor
        cursor = 0 if back else cursor
        after = _after(text, row[key], row["start"], cursor)
        if back:
            fields.append(("back", True))
        if after:
            fields.append(("after", after))
        fields += [(name, value) for name, value in row.items() if name not in (key, "start", "end", "target_start")]
        target = targets.name_for(row)
        if target:
            fields.append(("target", target))
        yield fields
        cursor = row["end"]


def _after(text: str, quote: str, start: int, cursor: int) -> str:
    """The shortest text right before a quote that the search, from ``cursor``, has to be sent behind to find it."""
    if text.find(quote, cursor) == start:
        return ""
    for begin in _beginnings(text, cursor, start):
        context = text[begin:start]
        if text.find(quote, text.find(context, cursor) + len(context)) == start:
            return context
    raise AssertionError("all that stands before a quote is found before it")


def _beginnings(text: str, cursor: int, start: int) -> Iterator[int]:
    """Where a context may begin: at the nearest words, then in steps that double, at last at ``cursor``."""
    window = max(cursor, start - 200)
    words = [found.start() for found in _WORD.finditer(text, window, start)]
    # The first word of the window may be the rest of one.
    yield from reversed(words[1:][-_WORDS_TRIED:])
    length = 256
    while start - length > cursor:
        yield start - length
        length *= 2
    yield cursor


class _Targets:
    """The numbers by which places can name their targets."""

    def __init__(self, rows: list[GoldRow]) -> None:
        self._numbers = {row["start"]: row["n"] for row in rows}
        self._starts: dict[str, list[int]] = {}
        for row in rows:  # in the order of the text
            self._starts.setdefault(row["n"], []).append(row["start"])

    def name_for(self, place: GoldRow) -> str:
        """The number of a place's target, if ``load_gold`` then takes this very target; empty otherwise."""
        if "target_start" not in place:
            return ""
        number: str = self._numbers[place["target_start"]]
        starts = self._starts[number]
        taken = starts[max(bisect_right(starts, place["start"]) - 1, 0)]
        return number if taken == place["target_start"] else ""


def _flow(fields: Iterable[tuple[str, Any]]) -> str:
    return "{" + ", ".join(f"{name}: {_scalar(name, value)}" for name, value in fields) + "}"


def _scalar(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_quoted(one) for one in value) + "]"
    return value if name in _BARE else _quoted(value)


def _quoted(text: str) -> str:
    return _ESCAPED.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def write(documents: Iterable[ReviewedDocument], folder: Path) -> list[Path]:
    """Write ``gold/NAME.yaml`` and ``documents/NAME.txt`` for every document.

    Returns:
        The files written.
    """
    names = Names()
    with replacing(folder) as files:
        for document in documents:
            stem = names.stem(document.extraction)
            files.add(f"gold/{stem}.yaml", gold_yaml(document, f"{stem}.txt").encode())
            files.add(f"documents/{stem}.txt", gold_source(document)[1])
    return list(files.places)
