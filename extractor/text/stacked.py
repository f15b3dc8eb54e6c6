"""Tables with one cell a line, as portals and copies out of Word leave them (DOMAIN §1.10).

``TT``, ``Nhiệm vụ``, ``Đơn vị chủ trì``, …, each in a line of its own, and below them the rows, each begun by its
number. The line feeds inside a row are tabs then, so that it is read as any other row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from extractor.text.keys import fold

_MOST_COLUMNS = 14
_LEAST_COLUMNS = 3
_LEAST_ROWS = 2
_LONGEST_HEAD = 70  # characters of a column's head
_LONGEST_CELL = 600  # characters; a longer line is prose
_MOST_FAILED = 3  # rows with more lines than columns, until there are as many others
_MORE_LINES = 12  # of a row, that its cells may have besides their first
_INDEX = re.compile(r"\(?(?:(?P<number>\d{1,3})|(?P<roman>[IVX]{1,5})|(?P<letter>[A-ZĐ]))[.)]?$")
_COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?$")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
_LINE = re.compile(r"[^\n]*")
_FEEDS = re.compile(r"\s*\n\s*")
_PROSE_ENDS = (".", ":", ";")
_BULLETS = ("-", "+", "•", "–", "*")


class _Expression(Protocol):
    def match(self, text: str, /) -> object | None: ...


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with anything in it: its stretch without blanks around, and how many line feeds stand before it."""

    start: int
    end: int
    feeds: int
    text: str


def with_rows(
    text: str, heads: re.Pattern[str], time_head: _Expression, time: _Expression
) -> tuple[str, dict[int, tuple[int, ...]]]:
    """The text with tabs in place of the line feeds inside the rows of such tables; its length stays the same.

    Args:
        text: characters in normal form.
        heads: finds a line feed and, behind it, the head of a column of running numbers that fills its line.
        time_head: matches the folded head of a column of times.
        time: matches a folded cell that says when.

    Returns:
        The text, and of each row that lacks cells the column of each of those it has, by the offset of the row.
    """
    chars: list[str] | None = None
    columns: dict[int, tuple[int, ...]] = {}
    done = 0
    for head in heads.finditer(text):
        if head.start() < done:
            continue
        table = _Table(text, head.start() + 1, time_head, time)
        rows = table.rows()
        done = max(done, table.end)
        for row in rows:
            chars = list(text) if chars is None else chars
            for number, cell in enumerate(row.cells):
                for first, second in pairwise(cell):
                    chars[first.end : second.start] = " " * (second.start - first.end)
                if number:
                    before = row.cells[number - 1][-1]
                    chars[before.end : cell[0].start] = "\t".ljust(cell[0].start - before.end)
            if row.columns != tuple(range(len(row.cells))):
                columns[row.cells[0][0].start] = row.columns
    return ("".join(chars) if chars is not None else text), columns


@dataclass(frozen=True, slots=True)
class _Row:
    """The lines of each cell, and the column of each."""

    cells: tuple[tuple[_Line, ...], ...]
    columns: tuple[int, ...]


class _Table:
    """What stands below the head of a column of running numbers, as far as it is a table with one cell a line."""

    def __init__(self, text: str, start: int, time_head: _Expression, time: _Expression) -> None:
        self.text, self.end = text, start
        self._time = time
        self._lines: list[_Line] = []
        self._at = start
        self._feeds = 0
        self.head = self._read_head()
        names = [fold(self.text[c[0].start : c[-1].end]) for c in self.head]
        self.times = frozenset(i for i, name in enumerate(names) if time_head.match(name))
        self.feeds = min((c[0].feeds for c in self.head[1:]), default=1)

    def _line(self, number: int) -> _Line | None:
        """A line of the table by its number; read as far as it is asked for."""
        while len(self._lines) <= number and self._at < len(self.text):
            match = _LINE.match(self.text, self._at)
            assert match is not None
            self._at = match.end() + 1
            kept = match[0].strip(" *")
            if kept:
                start = match.start() + match[0].index(kept)
                self._lines.append(_Line(start, start + len(kept), self._feeds, kept))
                self._feeds = 0
            self._feeds += 1
        return self._lines[number] if number < len(self._lines) else None

    def _read_head(self) -> list[tuple[_Line, ...]]:
        """The heads of the columns, that of the running numbers first; none where these lines are no head."""
        head: list[tuple[_Line, ...]] = []
        for number in range(2 * _MOST_COLUMNS):
            line = self._line(number)
            if line is None or "\t" in line.text or "|" in line.text:
                return []
            if number > 1 and _INDEX.match(line.text):
                return head if _LEAST_COLUMNS <= len(head) <= _MOST_COLUMNS else []
            if len(line.text) > _LONGEST_HEAD or line.text.endswith(_PROSE_ENDS) or line.text[0] in _BULLETS:
                return []
            if number and (line.text[0].islower() or line.text[0] == "("):
                head[-1] = (*head[-1], line)  # "Đơn vị" / "chủ trì", "Kinh phí" / "(triệu đồng)"
            else:
                head.append((line,))
        return []

    def rows(self) -> list[_Row]:
        """The rows, the head among them; none where too few hold as many cells as the head or fewer."""
        if not self.head:
            return []
        width = len(self.head)
        at = sum(map(len, self.head))
        made = [_Row(tuple(self.head), tuple(range(width)))]
        at = self._past_numbers(at, made)
        numbered, failed, last = 0, 0, _Count()
        while (line := self._line(at)) is not None and last.follows(line.text):
            after, group = self._next_row(at, last, width)
            if after is None:
                break
            cells = self._cells(at, after, 2 if group else width)
            if cells is not None:
                made.append(_Row(cells, self._columns(cells, width)))
                numbered += not group
            elif (failed := failed + 1) > _MOST_FAILED and failed > numbered:
                break
            last = last.behind(line.text)
            at = after
        if numbered < _LEAST_ROWS:
            return []
        self.end = made[-1].cells[-1][-1].end
        return made

    def _past_numbers(self, at: int, made: list[_Row]) -> int:
        """Behind the row that numbers the columns: ``(1)``, ``(2)``, ``(3)`` …"""
        width = len(self.head)
        lines = [self._line(at + i) for i in range(width)]
        numbers = [line for line in lines if line is not None and _COLUMN_NUMBER.match(line.text)]
        digits = [int(d) for d in (line.text.strip("()") for line in numbers) if d.isdigit()]
        if len(numbers) < width or digits != list(range(min(digits, default=0), max(digits, default=-1) + 1)):
            return at
        made.append(_Row(tuple((line,) for line in numbers), tuple(range(width))))
        return at + width

    def _next_row(self, at: int, last: _Count, width: int) -> tuple[int | None, bool]:
        """Where the row behind the one at ``at`` begins, and whether this one is a group's heading."""
        first = self._line(at)
        assert first is not None
        count, match = last.behind(first.text), _INDEX.match(first.text)
        title, below = self._line(at + 1), self._line(at + 2)
        group = match is not None and match["number"] is None
        if group and title is not None and below is not None and count.follows(below.text):
            return at + 2, True
        ends = [i for i in range(2, width + _MORE_LINES) if self._begins(at + i, count)]
        if width in ends:
            return at + width, False
        if ends:
            return at + min(ends, key=lambda i: abs(i - width)), False
        end = at + 1
        while end < at + width and self._is_cell(end):
            end += 1
        return (end, False) if end > at + 1 else (None, False)  # the last one

    def _is_cell(self, at: int) -> bool:
        """Whether a line can be a cell of the last row, not what stands behind the table."""
        line = self._line(at)
        if line is None or len(line.text) > _LONGEST_CELL or line.text.endswith(":"):
            return False
        return not (line.text.isupper() and " " in line.text)

    def _begins(self, at: int, count: _Count) -> bool:
        """Whether the row behind ``count`` can begin here, and not only a cell that is a number."""
        line = self._line(at)
        if line is None or not count.follows(line.text):
            return False
        after = self._line(at + 1)
        return after is not None and any(map(str.isalpha, after.text))

    def _cells(self, start: int, end: int, width: int) -> tuple[tuple[_Line, ...], ...] | None:
        """The lines of a row as cells; none where there are more than columns."""
        cells: list[tuple[_Line, ...]] = []
        for number in range(start, end):
            line = self._line(number)
            if line is None or "\t" in line.text or len(line.text) > _LONGEST_CELL:
                return None
            cells.append((line,))
        while len(cells) > width:
            more = next((i for i in range(2, len(cells)) if _goes_on(cells[i - 1][-1].text, cells[i][0].text)), None)
            if more is None:
                return None
            cells[more - 1 : more + 1] = [(*cells[more - 1], *cells[more])]
        return tuple(cells)

    def _columns(self, cells: Sequence[tuple[_Line, ...]], width: int) -> tuple[int, ...]:
        """The columns of a row's cells: blank lines and the column of times say where cells are missing."""
        missing = width - len(cells)
        if missing <= 0:
            return tuple(range(len(cells)))
        columns = [0]
        for cell in cells[1:]:
            blank = min(missing, cell[0].feeds // self.feeds - 1) if self.feeds else 0
            column = columns[-1] + 1 + max(0, blank)
            says_when = self._time.match(fold(cell[0].text)) is not None
            later = [i for i in self.times if column < i <= column + missing - max(0, blank)]
            if says_when and column not in self.times and later:
                column = later[0]
            elif not says_when and column in self.times and missing - max(0, blank) > 0:
                column += 1
            missing -= column - columns[-1] - 1
            columns.append(column)
        return tuple(columns)


@dataclass(frozen=True, slots=True)
class _Count:
    """The last running number, numeral and letter of a table; 0 and empty where there was none.

    Attributes:
        fresh: a group began behind the last number: numbers may begin anew.
    """

    number: int = 0
    roman: str = ""
    letter: str = ""
    fresh: bool = False

    def follows(self, text: str) -> bool:
        """Whether a line is the next number, numeral or letter, or begins anew below a group."""
        match = _INDEX.match(text)
        if match is None:
            return False
        if match["number"]:
            return int(match["number"]) == self.number + 1 or (self.fresh and int(match["number"]) == 1)
        if match["roman"] and match["roman"] in _ROMAN and _ROMAN.index(match["roman"]) == 1 + _ROMAN.index(self.roman):
            return True
        letter = match["letter"] or match["roman"]
        return len(letter) == 1 and letter == (chr(ord(self.letter) + 1) if self.letter else "A")

    def behind(self, text: str) -> _Count:
        """The count behind a line that follows."""
        match = _INDEX.match(text)
        assert match is not None
        if match["number"]:
            return _Count(int(match["number"]), self.roman, self.letter)
        if match["roman"] and match["roman"] in _ROMAN and _ROMAN.index(match["roman"]) == 1 + _ROMAN.index(self.roman):
            return _Count(self.number, match["roman"], self.letter, True)
        return _Count(self.number, "", match["letter"] or match["roman"], True)


def _goes_on(above: str, line: str) -> bool:
    """Whether a line is no cell of its own but goes on with the one above."""
    return line[0].islower() or line[0] in _BULLETS or above.endswith((",", ";"))
