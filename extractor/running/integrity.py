"""What every extraction must hold to before its rows reach a table.

These are the promises of the contract that a database or a scorer would choke on: quotes that stand in the source to
the letter, ids that are unique, references that lead somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor.model import Extraction
from extractor.tables.schema import DOCUMENTS, TABLES, Table


def problems_of(extraction: Extraction) -> list[str]:
    """Every broken promise of one document's rows, in words; empty if there is none."""
    ids = {table.name: [getattr(row, table.primary_key) for row in _rows(extraction, table)] for table in TABLES}
    known = {name: set(values) for name, values in ids.items()}
    problems = [f"two rows of {name} have one id" for name, values in ids.items() if len(values) != len(known[name])]
    for table in TABLES:
        problems.extend(_row_problems(extraction, table, known))
    return problems


def _rows(extraction: Extraction, table: Table) -> tuple[object, ...]:
    return (extraction.document,) if table is DOCUMENTS else getattr(extraction, table.name)


def _row_problems(extraction: Extraction, table: Table, known: dict[str, set[str]]) -> Iterator[str]:
    references = [(c.name, c.references[0], c.nullable) for c in table.columns if c.references is not None]
    has_quote = "quote" in table.names
    text = extraction.text
    for row in _rows(extraction, table):
        if has_quote and text[row.start : row.end] != row.quote:  # type: ignore[attr-defined]
            yield f"{getattr(row, table.primary_key)}: its quote is not the source's text at its offsets"
        for column, parent, nullable in references:
            value = getattr(row, column)
            if value not in known[parent] and not (nullable and not value):
                yield f"{getattr(row, table.primary_key)}: {column} {value!r} names no row of {parent}"
