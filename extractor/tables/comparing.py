"""Rows gained, lost and changed between two extractions of the same documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from extractor.model import Extraction
from extractor.tables.rows import dicts_of
from extractor.tables.schema import DOCUMENTS, TABLES, Table

# What a change of rules alone may move: how the row came about, not what it says.
_BOOKKEEPING = frozenset({"rule", "confidence", "extractor_version"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that two extractions do not share.

    Attributes:
        table: its table.
        kind: what happened to it.
        source: the document's name.
        start: source offset of the row.
        quote: its words; the document's name for a row of ``documents``.
        fields: of a changed row, column → (before, after).
        rule: the pattern behind the row (the new one, where there are both).
    """

    table: str
    kind: Literal["gained", "lost", "changed"]
    source: str
    start: int
    quote: str
    fields: tuple[tuple[str, str, str], ...]
    rule: str


def compare(before: Iterable[Extraction], after: Iterable[Extraction]) -> list[Difference]:
    """Compare two runs over the same documents.

    A row is the same row if its id is: the same kind of thing at the same place of the same document.

    Args:
        before: the documents with the old patterns.
        after: the documents with the new ones, in the same order.

    Returns:
        The differences, by table, document and place.
    """
    old, new = list(before), list(after)
    names = {e.document.doc_id: e.document.source for e in (*old, *new)}
    return [d for table in TABLES for d in _differences(table, dicts_of(table, old), dicts_of(table, new), names)]


def _differences(
    table: Table, old: list[dict[str, str]], new: list[dict[str, str]], names: dict[str, str]
) -> Iterator[Difference]:
    key = table.primary_key
    before, after = {row[key]: row for row in old}, {row[key]: row for row in new}
    found = []
    for row_id in before.keys() | after.keys():
        was, now = before.get(row_id), after.get(row_id)
        if was is None and now is not None:
            found.append(_difference(table, "gained", now, names, ()))
        elif now is None and was is not None:
            found.append(_difference(table, "lost", was, names, ()))
        elif was is not None and now is not None:
            fields = tuple((c, was[c], now[c]) for c in table.names if was[c] != now[c] and c not in _BOOKKEEPING)
            if fields:
                found.append(_difference(table, "changed", now, names, fields))
    yield from sorted(found, key=lambda d: (d.source, d.start, d.kind, d.quote))


def _difference(
    table: Table,
    kind: Literal["gained", "lost", "changed"],
    row: dict[str, str],
    names: dict[str, str],
    fields: tuple[tuple[str, str, str], ...],
) -> Difference:
    source = names[row["doc_id"]]
    words = row["source"] if table is DOCUMENTS else row.get("quote") or row.get("heading", "")
    return Difference(table.name, kind, source, int(row.get("start") or 0), words, fields, row.get("rule", ""))
