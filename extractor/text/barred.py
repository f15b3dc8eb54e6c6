"""Tables with a bar and a cell in turns, each in a line of its own, as copies of law sites leave them (DOMAIN §1.10).

``|``, ``TT``, ``|``, ``Chỉ tiêu``, ``|``, … A row begins and ends with a bar, so that two bars stand between the last
cell of a row and the first of the next, and one between an empty cell and its neighbour. Which of the two it is, the
running numbers of the rows say, or the length of the head, that all rows share. The line feeds inside a row are blanks
then and the bars between its cells tabs, so that it is read as any other row of a table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_BAR = re.compile(r"^[^\S\n]*\|[^\S\n]*$", re.MULTILINE)
_OUTSIDE = re.compile(r"\n[^\S\n]*\n")  # a blank line: no cell, but what stands between two tables
_INDEX = re.compile(r"(?P<number>\d{1,4})[.)]?|[IVX]{1,5}[.)]?|[A-ZĐ][.)]?")
_LONGEST_CELL = 2000  # characters
_LEAST_CELLS, _MOST_CELLS = 2, 60  # of a row of the head
_LEAST_ROWS = 2
_MERGED = 2  # cells at the beginning of a row that the one above it shares


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands between two bars, without the blanks, line feeds and asterisks around it; may be empty."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row from ``first`` to ``last``, as numbers of the table's cells, behind some merged ones."""

    first: int
    last: int
    merged: int = 0


def with_barred_rows(text: str) -> str:
    """The text with tabs between the cells of the rows of such tables; its length stays the same.

    Args:
        text: characters in normal form.

    >>> with_barred_rows("|\\nTT\\n|\\nCây\\n|\\n|\\n1\\n|\\nLúa\\n|\\n|\\n2\\n|\\nNgô\\n|").split("\\n")
    ['  TT \\t Cây  ', '  1 \\t Lúa  ', '  2 \\t Ngô  ']
    """
    if "\n|" not in text:
        return text
    chars: list[str] | None = None
    for bars in _tables(text):
        cells = [_cell(text, bar + 1, after) for bar, after in pairwise(bars)]
        for row in _rows(cells):
            chars = list(text) if chars is None else chars
            start, end = bars[row.first], bars[row.last + 1]
            for at in range(start, end + 1):
                chars[at] = " " if text[at] in "\n|" else text[at]
            for bar in bars[row.first + 1 : row.last + 1]:
                chars[bar] = "\t"
            chars[start : start + row.merged] = "\t" * row.merged
    return "".join(chars) if chars is not None else text


def _tables(text: str) -> Iterator[list[int]]:
    """The offsets of the bars of each table: those between which only cells stand."""
    run: list[int] = []
    for found in _BAR.finditer(text):
        bar = text.index("|", found.start())
        if run and (bar - run[-1] > _LONGEST_CELL or _OUTSIDE.search(text, run[-1] + 1, bar)):
            yield run
            run = []
        run.append(bar)
    yield run


def _cell(text: str, start: int, end: int) -> _Cell:
    piece = text[start:end]
    kept = piece.strip(" *\n\t")
    at = start + piece.index(kept)
    return _Cell(at, at + len(kept), kept)


def _rows(cells: Sequence[_Cell]) -> list[_Row]:
    """The rows of a table, its head first; none where these cells make no table."""
    width = next((i for i, cell in enumerate(cells) if not cell.text), len(cells))
    if not _LEAST_CELLS <= width <= _MOST_CELLS:
        return []
    rows = _numbered(cells, width) or _regular(cells, width)
    return rows if len(rows) > _LEAST_ROWS else []


def _regular(cells: Sequence[_Cell], width: int) -> list[_Row]:
    """Rows as long as the head, all of them."""
    starts = range(0, len(cells), width + 1)
    if any(cells[start + width].text for start in starts if start + width < len(cells)):
        return []
    return [_Row(start, start + width - 1) for start in starts if start + width <= len(cells)]


def _numbered(cells: Sequence[_Cell], width: int) -> list[_Row]:
    """Rows begun by their running numbers or the numerals of groups, below a head of one row or two."""
    begins = _begins(cells, width)
    if not begins:
        return []
    made = [_Row(first, _last(cells, first, after)) for first, after in pairwise([*begins, len(cells) + 1])]
    sizes = Counter(row.last - row.first + 1 for row in made)
    common = width if sizes[width] else sizes.most_common(1)[0][0]  # a row with merged cells holds those below it
    rows = [part for row in made for part in _parts(cells, row, common)]
    return [*_head(cells, width, begins[0]), *rows]


def _parts(cells: Sequence[_Cell], row: _Row, common: int) -> Iterator[_Row]:
    """A row, and the shorter ones below its merged cells: ``1 | Trồng cây | Sở A | 2026`` – ``Sở B``.

    The running number and the task are merged first; so what is left stands behind these two, as far as it is shorter.
    """
    last = row.first + min(row.last - row.first, common - 1)
    yield _Row(row.first, last)
    first = last + 2
    while first <= row.last and not cells[first - 1].text:
        end = next((i for i in range(first, row.last + 1) if not cells[i].text), row.last + 1)
        if end > first and (merged := min(_MERGED, common - (end - first))) > 0:
            yield _Row(first, end - 1, merged)
        first = end + 1


def _last(cells: Sequence[_Cell], first: int, after: int) -> int:
    """The last cell of a row: the one before the two bars that part it from the next."""
    return max(first, min(after - 2, len(cells) - 1))


def _begins(cells: Sequence[_Cell], width: int) -> list[int]:
    """Where rows begin: behind an empty cell, with the next number, or with a numeral or a letter."""
    begins: list[int] = []
    number = 0
    for i in range(width + 1, len(cells) - 1):
        match = None if cells[i - 1].text else _INDEX.fullmatch(cells[i].text)
        if match is None or not any(map(str.isalpha, cells[i + 1].text)):
            continue
        if match["number"] is None:
            begins.append(i)
        elif int(match["number"]) in (number + 1, 1):
            number = int(match["number"])
            begins.append(i)
    return begins


def _head(cells: Sequence[_Cell], width: int, below: int) -> list[_Row]:
    """The rows of the head: a second one holds the cells below merged ones, with no empty one among them."""
    names = [i for i in range(width + 1, below) if cells[i].text]
    second = names and names[-1] - names[0] < len(names) <= _MOST_CELLS
    return [_Row(0, width - 1), *([_Row(names[0], names[-1])] if second else [])]
