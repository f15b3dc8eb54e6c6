"""Tables whose cells stand in lines of their own, with lines that hold a bar alone between them (DOMAIN §1.10).

Converters of web pages leave them: ``|``, ``TT``, ``|``, ``Chỉ tiêu``, ``|``; a row ends, or a cell is empty, where two
bars stand one below the other. The line feeds inside a row are blanks then, so that it is read as any row between bars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_BAR = re.compile(r"(?m)^[ \t*]*+(\|)[ \t*]*+$")
_INDEX = re.compile(r"\W{0,3}(?:(?P<number>\d{1,3})|[IVX]{1,5}|[A-ZĐ])\W{0,3}")
_LEAST_CELLS = 2  # of a row
_LEAST_ROWS = 3
_LONGEST_CELL = 1200  # characters; more between two bars is prose


def with_bars(text: str) -> str:
    """The text with a blank in place of each line feed inside a row; its length stays the same.

    >>> with_bars("|\\nTT\\n|\\nTên\\n|\\n|\\n1\\n|\\nLúa\\n|\\n|\\n2\\n|\\nNgô\\n|").split("\\n")
    ['| TT | Tên |', '| 1 | Lúa |', '| 2 | Ngô |']
    """
    if "\n|\n" not in text:
        return text
    pieces, done = [], 0
    for table in _tables(text):
        rows = [row for row in _joined(table) if row.cells >= _LEAST_CELLS]
        if len(rows) < _LEAST_ROWS:
            continue
        for row in rows:
            pieces += [text[done : row.start], text[row.start : row.end].replace("\n", " ")]
            done = row.end
    return "".join((*pieces, text[done:]))


@dataclass(frozen=True, slots=True)
class _Row:
    """A stretch from a bar to another, with cells between all of its bars; ``first`` is the text of the first."""

    start: int
    end: int
    cells: int
    first: str


def _tables(text: str) -> Iterator[list[_Row]]:
    rows: list[_Row] = []
    row: _Row | None = None
    for bar in _BAR.finditer(text):
        at = bar.start(1)
        if row is not None:
            cell = text[row.end : at].strip(" *\t\n")
            if len(cell) > _LONGEST_CELL or "\n\n" in cell:
                yield [*rows, row]
                rows, row = [], None
            elif cell:
                row = replace(row, end=at + 1, cells=row.cells + 1, first=row.first or cell)
                continue
            else:
                rows.append(row)
        row = _Row(at, at + 1, 0, "")
    if row is not None:
        yield [*rows, row]


def _joined(rows: Sequence[_Row]) -> list[_Row]:
    """Rows that an empty cell parted, put together: no longer than the longest, and without a number of their own."""
    width = max(row.cells for row in rows)
    numbered = sum(_INDEX.fullmatch(row.first) is not None for row in rows) >= _LEAST_ROWS - 1
    made: list[_Row] = []
    last = 0  # the running number of the last row
    for row in rows:
        index = _INDEX.fullmatch(row.first)
        number = int(index["number"] or 0) if index is not None else 0
        begins = not numbered or (index is not None and number in (0, 1, last + 1))
        if made and not begins and last and made[-1].cells + 1 + row.cells <= width:
            made[-1] = replace(made[-1], end=row.end, cells=made[-1].cells + 1 + row.cells)
            continue
        last = number if begins and number else last
        made.append(row)
    return made
