"""What every exchange format needs: the rows with what was decided, labels, names of files, writing them."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from extractor.model import Extraction
from extractor.review.state import ReviewedDocument, State
from extractor.tables.files import beside, output, prepare_folder
from extractor.tables.rows import dicts_of
from extractor.tables.schema import ASSIGNMENTS, BY_NAME, DEADLINES, PLACES, TARGETS

LABELS: Mapping[str, str] = {
    TARGETS.name: "TARGET",
    PLACES.name: "PLACE",
    DEADLINES.name: "DEADLINE",
    ASSIGNMENTS.name: "ASSIGNEE",
}
"""The tables of findings, and the label of their spans in other tools."""

TABLE_OF: Mapping[str, str] = {label: table for table, label in LABELS.items()}
"""Label → table."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    TARGETS.name: (
        *("value", "value_max", "denominator", "percent", "comparator", "unit"),
        *("indicator", "basis", "status", "due_date"),
    ),
    PLACES.name: ("name", "level", "type", "district", "province", "role"),
    DEADLINES.name: ("kind", "bound", "start_date", "due_date", "recurrence", "task"),
    ASSIGNMENTS.name: ("assignee_type", "name", "position", "organization", "role", "task"),
}
"""The columns that a reviewer in another tool sees and changes."""

LINKS: Mapping[str, tuple[str, str]] = {
    "LISTED_IN": (PLACES.name, "target_id"),
    "DUE_BY": (TARGETS.name, "deadline_id"),
}
"""Relation → the table it starts from, and that table's column with the row it leads to."""

DECIDED = frozenset({"accept", "correct", "add"})

_CONTEXT = 32
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]+')
_LONGEST_NAME = 120  # bytes; suffixes and a temporary name come on top of it


class ExchangeError(ValueError):
    """A file of another tool that cannot be used. The message names the file or document and says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as decided.

    Attributes:
        table: its table.
        row_id: its id.
        start: source offset, in code points.
        end: source offset, exclusive.
        cells: its columns as CSV writes them.
        state: what was decided; ``None`` where nothing was.
    """

    table: str
    row_id: str
    start: int
    end: int
    cells: Mapping[str, str]
    state: State | None = None

    @property
    def label(self) -> str:
        """The label of its span."""
        return LABELS[self.table]

    @property
    def decided(self) -> bool:
        """Whether somebody decided it, and did not take that back."""
        return self.state is not None and self.state.decision.verdict in DECIDED


def rows_of(document: ReviewedDocument) -> list[Row]:
    """The rows as decided, without the rejected ones, in the order of the text."""
    states = {state.machine_id: state for state in document.states.values()} | dict(document.states)
    rows = [
        Row(table, row_id, int(cells["start"]), int(cells["end"]), cells, states.get(row_id))
        for table in LABELS
        for cells in dicts_of(BY_NAME[table], [document.extraction])
        for row_id in [cells[BY_NAME[table].primary_key]]
    ]
    return sorted(rows, key=lambda row: (row.start, row.end))


def links_of(rows: list[Row]) -> list[tuple[str, Row, Row]]:
    """The relations between rows that are there: name, from, to."""
    by_id = {row.row_id: row for row in rows}
    return [
        (name, row, by_id[row.cells[column]])
        for name, (table, column) in LINKS.items()
        for row in rows
        if row.table == table and row.cells[column] in by_id
    ]


@cache
def values_of(table: str, column: str) -> tuple[str, ...]:
    """The only values that a column may have, where they are few; empty otherwise."""
    return next(c.values for c in BY_NAME[table].columns if c.name == column)


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Some text before and behind a span."""
    return text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]


class Utf16:
    """Offsets in code points to offsets in UTF-16 code units, as JavaScript counts, and back."""

    def __init__(self, text: str) -> None:
        self._points = [found.start() for found in _ASTRAL.finditer(text)]
        self._units = [point + i for i, point in enumerate(self._points)]

    def units(self, point: int) -> int:
        """UTF-16 offset of an offset in code points."""
        return point + bisect_left(self._points, point)

    def point(self, unit: int) -> int:
        """Offset in code points of a UTF-16 offset.

        Raises:
            ValueError: if the offset is in the middle of a character.
        """
        before = bisect_left(self._units, unit)
        if before and self._units[before - 1] == unit - 1:
            raise ValueError(f"{unit} is inside a character")
        return unit - before


# --- files


class Names:
    """Names of files for documents: safe on every system, each given once in a run."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def stem(self, extraction: Extraction) -> str:
        """A name without suffix; see ``stem_of``."""
        stem = stem_of(extraction)
        for number in count(2):
            # As names are compared where case and composition do not count.
            key = unicodedata.normalize("NFC", stem).casefold()
            if key not in self._given:
                self._given.add(key)
                break
            stem = f"{stem_of(extraction)}-{number}"
        return stem


def stem_of(extraction: Extraction) -> str:
    """The name of a document's files without suffix, the same in every run.

    That of the source where this is a plain ``NAME.txt``; otherwise made of its whole path, with the start of
    ``doc_id`` behind it, because another folder or zip file may hold a file of that name.
    """
    source, doc_id = extraction.document.source, extraction.document.doc_id
    plain = source.removesuffix(".txt")
    safe = "-".join(part.strip(" .") for part in _UNSAFE.split(plain.replace("!/", "/")))
    safe = "".join(ch for ch in safe if unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip(" .-")
    short = safe.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip(" .-")
    return short if short == plain != source else f"{short}-{doc_id[:8]}".lstrip("-")


class Files:
    """Files being written into a folder; see ``replacing``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.places: dict[Path, Path] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add bytes to the end of a file of this run.

        Args:
            name: path below the folder.
            data: the bytes.
        """
        path = self._folder / name
        new = path not in self.places
        if new and not any(other.parent == path.parent for other in self.places):
            prepare_folder(path.parent)
        with output(path):
            temporary = self.places.setdefault(path, beside(path))
            with temporary.open("wb" if new else "ab") as stream:
                stream.write(data)


@contextmanager
def replacing(folder: Path) -> Iterator[Files]:
    """Files that take the place of those before them together, when all of them are written, and not otherwise.

    Args:
        folder: made where it does not exist.

    Raises:
        OutputError: if a file or folder cannot be written; the message names it.
    """
    files = Files(folder)
    try:
        yield files
        for path, temporary in files.places.items():
            with output(path), temporary.open("rb+") as stream:
                os.fsync(stream.fileno())
        for path, temporary in files.places.items():
            with output(path):
                os.replace(temporary, path)
    finally:
        for temporary in files.places.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
