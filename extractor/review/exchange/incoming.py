"""What came back from another tool, and the decisions that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.review.exchange.common import ExchangeError, Row, rows_of
from extractor.review.state import ReviewedDocument, State
from extractor.review.validating import EDITABLE
from extractor.tables.schema import BY_NAME

MISSING = "không có trong tệp nhập"
"""The reason given where a row of ours is not in what came back."""

_Place = tuple[str, int, int]

_ALIKE = 0.5  # share of the longer span that a moved span keeps


@dataclass(frozen=True, slots=True)
class Given:
    """One span as it came back.

    Attributes:
        table: the table that its label stands for.
        start: offset in the document's text, in code points.
        end: offset, exclusive.
        cells: the columns that were given, as text.
        origin: the id of the row that it was; a row that is not known, or an empty string, means a new one.
    """

    table: str
    start: int
    end: int
    cells: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What one reviewer made of one document elsewhere.

    Attributes:
        doc_id: the document.
        reviewer: who, as the other tool says; empty where it does not.
        text: the text that the offsets count in.
        spans: what was marked, all of it.
        columns: table → the columns that the file can carry; of these a column that is not given was taken out.
        where: file and place in it, for messages.
    """

    doc_id: str
    reviewer: str
    text: str
    spans: tuple[Given, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    where: str = ""


def bytes_of(source: Path | bytes, name: str) -> tuple[bytes, str]:
    """The bytes of an exported file, and what to call it.

    Raises:
        ExchangeError: if it cannot be read.
    """
    if isinstance(source, bytes):
        return source, name
    try:
        return source.read_bytes(), str(source)
    except OSError as error:
        raise ExchangeError(f"{source} cannot be read: {error.strerror}. Give the exported file.") from error


def text_of(data: bytes, name: str) -> str:
    """The text of an exported file.

    Raises:
        ExchangeError: if it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExchangeError(
            f"{name} is not UTF-8 text (byte position {error.start}). Give the exported file."
        ) from error


def items(document: ReviewedDocument, imported: Imported) -> list[dict[str, Any]]:
    """The decisions that make a document's rows those that came back: the items of ``POST /api/doc/{id}/decide``.

    A row that came back as it was is accepted, unless it is decided already; one whose place or fields differ is
    corrected; one that did not come back is rejected; a span that was none of ours is added.

    Args:
        document: the document as decided until now.
        imported: what came back.

    Returns:
        In the order of the text: ``table``, ``row_id``, ``verdict``, ``changes``, ``reason``, ``base``. Changes are
        those of columns that a reviewer may change (``validating.EDITABLE``), against the row as decided; those of a
        new row are its place and the cells that came with it, no more.

    Raises:
        ExchangeError: if it was made of another text, or names a place outside it; the message names the document.
    """
    _check(document, imported)
    rows = rows_of(document)
    rejected = {
        (state.decision.table_name, state.decision.start, state.decision.end): (row_id, state)
        for row_id, state in document.states.items()
        # An added row that was rejected is added again: there is no extracted row to go back to.
        if state.decision.verdict == "reject" and state.decision.seen
    }
    matched = _matched(rows, imported.spans)
    made: list[tuple[int, dict[str, Any]]] = []
    for given, row in matched:
        item = (
            _decision(document, row, given, imported)
            if row is not None
            else _addition(document, given, imported, rejected)
        )
        if item is not None:
            made.append((given.start, item))
    kept = {row.row_id for _, row in matched if row is not None}
    made += [(row.start, _item(row, "reject", reason=MISSING)) for row in rows if row.row_id not in kept]
    return [item for _, item in sorted(made, key=lambda pair: pair[0])]


def _check(document: ReviewedDocument, imported: Imported) -> None:
    source, text = document.extraction.document.source, document.extraction.text
    if imported.text.rstrip() != text.rstrip():  # blanks at the end change no offset
        raise ExchangeError(
            f"{imported.where}: its text is not that of {source}: the document was read again or the text was changed. "
            "Export the document again and work on that."
        )
    for given in imported.spans:
        if not 0 <= given.start < given.end <= len(text) or not text[given.start : given.end].strip():
            raise ExchangeError(
                f"{imported.where}: {given.start}-{given.end} is no place in the text of {source}, which has "
                f"{len(text)} characters. Export the marked file again."
            )


def _matched(rows: list[Row], spans: tuple[Given, ...]) -> list[tuple[Given, Row | None]]:
    """Each span with the row that it was: by id, else at the same place, else over most of it."""
    free = {row.row_id: row for row in rows}
    by_id: dict[int, Row] = {}
    for i, given in enumerate(spans):
        if given.origin in free and free[given.origin].table == given.table:
            by_id[i] = free.pop(given.origin)
    here: dict[_Place, list[Row]] = {}
    for row in reversed(free.values()):
        here.setdefault((row.table, row.start, row.end), []).append(row)
    for i, given in enumerate(spans):
        same = here.get((given.table, given.start, given.end))
        if i not in by_id and same:
            by_id[i] = free.pop(same.pop().row_id)
    for i, given in enumerate(spans):
        if i not in by_id:
            near = [row for row in free.values() if row.table == given.table and _alike(row, given) >= _ALIKE]
            if near:
                best = max(near, key=lambda row: _alike(row, given))
                by_id[i] = free.pop(best.row_id)
    return [(given, by_id.get(i)) for i, given in enumerate(spans)]


def _alike(row: Row, given: Given) -> float:
    shared = min(row.end, given.end) - max(row.start, given.start)
    return max(shared, 0) / max(row.end - row.start, given.end - given.start)


def _decision(document: ReviewedDocument, row: Row, given: Given, imported: Imported) -> dict[str, Any] | None:
    changes: dict[str, str] = {}
    start, end = _without_blanks(document.extraction.text, given)
    if (row.start, row.end) not in ((given.start, given.end), (start, end)):
        changes |= {"start": str(start), "end": str(end)}
    for column in imported.columns.get(row.table, ()):
        cell = given.cells.get(column, "")
        if _words(cell) != _words(row.cells[column]) and (cell or _nullable(row.table, column)):
            changes[column] = cell
    changes = {column: cell for column, cell in changes.items() if column in EDITABLE[row.table]}
    if changes:
        return _item(row, "correct", changes)
    return None if row.decided else _item(row, "accept")


def _without_blanks(text: str, given: Given) -> tuple[int, int]:
    """A span without the blanks at its edges, which are easily marked with the words."""
    words = text[given.start : given.end]
    return given.start + len(words) - len(words.lstrip()), given.end - len(words) + len(words.rstrip())


def _words(cell: str) -> str:
    """A cell as it is compared: fields of a form keep no line ends."""
    return " ".join(cell.split())


def _nullable(table: str, column: str) -> bool:
    return next(c.nullable for c in BY_NAME[table].columns if c.name == column)


def _addition(
    document: ReviewedDocument, given: Given, imported: Imported, rejected: dict[_Place, tuple[str, State]]
) -> dict[str, Any]:
    """A new row; where one was rejected at this very place, that one is taken up again."""
    before = rejected.pop((given.table, given.start, given.end), None)
    if before is not None:
        return _taken_up(*before, given, imported)
    start, end = _without_blanks(document.extraction.text, given)
    known = {name: cell for name, cell in given.cells.items() if cell and name in EDITABLE[given.table]}
    changes = {"start": str(start), "end": str(end), **known}
    return {"table": given.table, "row_id": "", "verdict": "add", "changes": changes, "reason": "", "base": ""}


def _taken_up(row_id: str, state: State, given: Given, imported: Imported) -> dict[str, Any]:
    seen = state.decision.seen
    changes = {
        column: given.cells[column]
        for column in imported.columns.get(given.table, ())
        if column in EDITABLE[given.table]
        and given.cells.get(column)
        and _words(given.cells[column]) != _words(seen.get(column, ""))
    }
    return {
        "table": given.table,
        "row_id": row_id,
        "verdict": "correct" if changes else "accept",
        "changes": changes,
        "reason": "",
        "base": state.decision.review_id,
    }


def _item(row: Row, verdict: str, changes: Mapping[str, str] | None = None, reason: str = "") -> dict[str, Any]:
    return {
        "table": row.table,
        "row_id": row.row_id,
        "verdict": verdict,
        "changes": dict(changes or {}),
        "reason": reason,
        "base": row.state.decision.review_id if row.state is not None else "",
    }
