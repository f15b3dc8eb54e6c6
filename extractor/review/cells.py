"""Rows as cells (text, as CSV writes them) and back to the model's records."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from extractor.model import Assignment, Deadline, Document, Extraction, Flag, Place, Section, Target
from extractor.review.state import Cells
from extractor.tables.rows import dicts_of
from extractor.tables.schema import ASSIGNMENTS, BY_NAME, DEADLINES, DOCUMENTS, PLACES, TARGETS, Column

REVIEWED = (TARGETS.name, PLACES.name, DEADLINES.name, ASSIGNMENTS.name)
"""The tables whose rows are reviewed; of ``documents`` the document's own row is."""

LETTERS = {TARGETS.name: "t", PLACES.name: "p", DEADLINES.name: "d", ASSIGNMENTS.name: "a"}
"""The letter of a table's row ids (CONTRACT)."""

_RECORDS = {DOCUMENTS.name: Document, TARGETS.name: Target, PLACES.name: Place, DEADLINES.name: Deadline}
_RECORDS[ASSIGNMENTS.name] = Assignment

# What a row says, in the columns that a reviewer judges. Of two rows that agree in these, one can stand for the other:
# ids, the section, offsets and quote follow from where the words stand, the rest from how rules came to it.
_NOT_SAID = frozenset(
    ("doc_id", "section_id", "start", "end", "quote", "number_start", "number_end", "rule", "confidence")
)
_DERIVED = frozenset({"deadline_id", "target_id", "value_base", "unit_base", "province_total", "flags"})


def stated(cells: Cells) -> dict[str, str]:
    """The cells that state something."""
    return {name: text for name, text in cells.items() if text}


def rows_of_table(table: str, extraction: Extraction) -> list[dict[str, str]]:
    """The rows of a table of one document as cells, what is not stated left out."""
    return [stated(cells) for cells in dicts_of(BY_NAME[table], [extraction])]


def row_id(table: str, cells: Cells) -> str:
    """A row's own id."""
    return cells[BY_NAME[table].primary_key]


def said(table: str, cells: Cells) -> dict[str, str]:
    """What a row says, without where it stands and how it was found."""
    left_out = _NOT_SAID | _DERIVED | {BY_NAME[table].primary_key}
    return {name: text for name, text in cells.items() if text and name not in left_out}


def said_otherwise(table: str, one: Cells, other: Cells) -> dict[str, tuple[str, str]]:
    """Column → both texts, where two rows say different things."""
    a, b = said(table, one), said(table, other)
    return {name: (a.get(name, ""), b.get(name, "")) for name in sorted({*a, *b}) if a.get(name) != b.get(name)}


def _flag_codes(text: str) -> tuple[Flag, ...]:
    return tuple(Flag(code) for code in text.split(";") if code)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


_READ: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": lambda text: int(text) if text else None,
    "float": lambda text: float(text) if text else None,
    "decimal": lambda text: Decimal(text) if text else None,
    "date": lambda text: date.fromisoformat(text) if text else None,
    "flags": _flag_codes,
    "warnings": lambda text: tuple(part for part in text.split("; ") if part),
    "list": _list,
}


def _value(column: Column, text: str) -> Any:
    named = _READ.get(column.name) if column.type == "list" else None
    return (named or _READ[column.type])(text)


def values_of(table: str, cells: Cells) -> dict[str, Any]:
    """Cells as the model's values.

    Raises:
        ValueError: a cell is not of its column's type.
    """
    return {c.name: _value(c, cells[c.name]) for c in BY_NAME[table].columns if c.name in cells}


def record_of(table: str, cells: Cells) -> Any:
    """The model's record of a row.

    Raises:
        ValueError: a cell is not of its column's type.
    """
    whole = {column.name: cells.get(column.name, "") for column in BY_NAME[table].columns}
    return _RECORDS[table](**values_of(table, whole))


def like(record: Any, table: str, cells: Cells) -> Any:
    """The record of these cells, with the reasons and the flags' spans of the extracted one, where there is one."""
    made = record_of(table, cells)
    if record is None:
        return made
    spans = {flag.code: flag for flag in record.flags}
    return replace(made, flags=tuple(spans.get(f.code, f) for f in made.flags), evidence=record.evidence)


class Outline:
    """Which section an offset stands in.

    Args:
        sections: of one document, in any order.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sorted(sections, key=lambda s: (s.start, s.level))
        self._starts = [section.start for section in self._sections]
        self._by_id = {section.section_id: section for section in sections}

    def at(self, offset: int) -> str:
        """Id of the innermost section that holds a source offset; empty above the first one."""
        at = bisect_right(self._starts, offset) - 1
        section = self._sections[at] if at >= 0 else None
        while section is not None and section.end <= offset:
            section = self._by_id.get(section.parent_id)
        return "" if section is None else section.section_id

    def path(self, section_id: str) -> list[str]:
        """Marker and heading of a section behind those that it stands under."""
        found: list[str] = []
        section = self._by_id.get(section_id)
        while section is not None:
            found.append(" ".join(f"{section.marker} {section.heading}".split())[:120])
            section = self._by_id.get(section.parent_id)
        return found[::-1]

    def __contains__(self, section_id: object) -> bool:
        return section_id in self._by_id


def new_id(doc_id: str, table: str, start: int, taken: Mapping[str, object]) -> str:
    """An id for a row at this offset that no other row has (CONTRACT, Ids)."""
    made = base = f"{doc_id}-{LETTERS[table]}{start}"
    number = 2
    while made in taken:
        made = f"{base}.{number}"
        number += 1
    return made
