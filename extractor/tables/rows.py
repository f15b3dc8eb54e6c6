"""Dataclasses to plain rows: strings, integers and floats in the schema's column order, ``None`` for "not stated".

Rows are what every writer takes. Decimals and dates are already text here (canonical and ISO), because that is what
CSV and SQLite store and what Arrow casts column-wise faster than Python converts object by object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from extractor.model import Extraction, Flag
from extractor.tables.schema import BY_NAME, DOCUMENTS, SECTIONS, Column, Table

Cell = str | int | float | None
Row = tuple[Cell, ...]


def canonical(value: Decimal) -> str:
    """The one way to write a decimal: no exponent, no trailing zeros, no minus zero.

    >>> canonical(Decimal("9.0")), canonical(Decimal("1E+3")), canonical(Decimal("75.86"))
    ('9', '1000', '75.86')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _flags(flags: Sequence[Flag]) -> str | None:
    # A code may be raised twice with different spans; a table states the check once.
    return ";".join(dict.fromkeys(flag.code for flag in flags)) or None


_Convert = Callable[[list[Any]], list[Cell]]

# From a column of model values to a column of cells, for the types where the two differ. Whole columns at a time: a
# call for each cell would cost more than everything else that writing does.
_CONVERT: dict[str, _Convert] = {
    "str": lambda values: [value or None for value in values],
    "decimal": lambda values: [None if value is None else canonical(value) for value in values],
    "date": lambda values: [None if value is None else value.isoformat() for value in values],
    # Sums of weights end in noise (0.7999999999999999), which would make a table's bytes depend on the platform.
    "float": lambda values: [None if value is None else round(float(value), 4) for value in values],
    "warnings": lambda values: ["; ".join(value) or None for value in values],
    "flags": lambda values: [_flags(value) if value else None for value in values],
    "list": lambda values: [";".join(value) or None for value in values],
}


def _lists(values: list[Any]) -> list[list[str]]:
    return [list(value) for value in values]


def _flag_lists(values: list[Any]) -> list[list[str]]:
    return [list(dict.fromkeys(flag.code for flag in value)) for value in values]


def _conversion(column: Column, lists: bool) -> Callable[[list[Any]], list[Any]] | None:
    if column.type == "list":
        if lists:
            return _flag_lists if column.name == "flags" else _lists
        return _CONVERT.get(column.name) or _CONVERT["list"]
    if column.type == "str" and not column.nullable:
        return None
    return _CONVERT.get(column.type)


@cache
def _order(table_name: str) -> attrgetter[Any]:
    table = BY_NAME[table_name]
    # A heading and its first part may start together: the whole comes before the part.
    return attrgetter("start", "level" if table is SECTIONS else "end", table.primary_key)


def columns_of(table: Table, extractions: Iterable[Extraction], lists: bool = False) -> list[list[Any]]:
    """The cells of a table column by column, rows in the order of the extractions and, within each, by ``start``.

    Args:
        table: the schema's table.
        extractions: one a document.
        lists: give columns of the type ``list`` as lists of strings, not joined.

    Returns:
        One list a column, in the schema's order, all of the same length.
    """
    records: list[Any] = []
    for extraction in extractions:
        if table is DOCUMENTS:
            records.append(extraction.document)
        else:
            records.extend(sorted(getattr(extraction, table.name), key=_order(table.name)))
    columns = []
    for column in table.columns:
        values = list(map(attrgetter(column.name), records))
        convert = _conversion(column, lists)
        columns.append(values if convert is None else convert(values))
    return columns


def rows_of(table: Table, extractions: Iterable[Extraction]) -> list[Row]:
    """The rows of a table as plain tuples, in the order of ``columns_of``."""
    return list(zip(*columns_of(table, extractions), strict=True))


def cell_text(cell: Cell) -> str:
    """A cell as CSV writes it."""
    if cell is None:
        return ""
    return canonical(Decimal(repr(cell))) if isinstance(cell, float) else str(cell)


def dicts_of(table: Table, extractions: Iterable[Extraction]) -> list[dict[str, str]]:
    """The rows as a CSV reader would give them: text, with an empty string for "not stated"."""
    names = table.names
    return [dict(zip(names, map(cell_text, row), strict=True)) for row in rows_of(table, extractions)]
