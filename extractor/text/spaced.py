"""Tables whose columns are set with runs of spaces, as ``pdftotext -layout`` and typewriters leave them (DOMAIN §1.10).

Lines one below the other are a table of at least three columns where the same columns of blanks run through all of
them. Each such gap is one tab then, as many in every row, so that a cell that is empty stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_LEAST_LINES = 3
_LEAST_GAPS = 2  # of a row; three columns: a letterhead has two
_LONGEST = 400  # characters of a row; a longer line is prose
_DIGIT = re.compile(r"\d")
_MARKER = re.compile(r" *(?:[-–—+*•·●○▪§]|(?:\d{1,2}|[a-zđ])[.)])(?=\t)")


def with_tabs(text: str) -> str:
    """The text with a tab in place of one blank of each gap between columns; its length stays the same.

    >>> with_tabs("TT  Tên    Số\\\\n1   Lúa    12\\\\n2   Ngô    7").split("\\\\n")[1].split("\\\\t")
    ['1  ', 'Lúa   ', '12']
    """
    if "  " not in text:
        return text
    lines = text.split("\n")
    changed = False
    for start, end in _runs(lines):
        rivers = _rivers(lines[start:end])
        if len(rivers) >= _LEAST_GAPS and _has_figures(lines[start:end], rivers):
            lines[start:end] = [_tabbed(line, rivers) for line in lines[start:end]]
            changed = True
    return "\n".join(lines) if changed else text


def without_marker_tabs(text: str) -> str:
    """The text with a blank in place of the tab behind a list's marker; its length stays the same.

    Only where the lines around have no other tabs: ``-`` and ``1.`` can also stand in the first cell of a row.

    >>> without_marker_tabs("Chỉ tiêu:\\n-\\tLúa: 12 ha\\n-\\tNgô: 7 ha").split("\\n")[1:]
    ['- Lúa: 12 ha', '- Ngô: 7 ha']
    """
    if "\t" not in text:
        return text
    lines = text.split("\n")
    for tabbed, run in groupby(range(len(lines)), lambda number: "\t" in lines[number]):
        numbers = list(run) if tabbed else []
        plain = [_without_tab(lines[number]) for number in numbers]
        if not any("\t" in line.lstrip() for line in plain):
            for number, line in zip(numbers, plain, strict=True):
                lines[number] = line
    return "\n".join(lines)


def _without_tab(line: str) -> str:
    """A line with a blank for the tab behind its marker."""
    indent = len(line) - len(line.lstrip())
    marker = _MARKER.match(line, indent)
    return line if marker is None else f"{line[: marker.end()]} {line[marker.end() + 1 :]}"


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of lines with gaps; a line that only goes on in a cell may stand between them."""
    start, last, rows = -1, -1, 0
    for number, line in enumerate([*lines, ""]):
        gaps = 0 if len(line) > _LONGEST or "\t" in line or "|" in line else len(_GAP.findall(line))
        if gaps >= _LEAST_GAPS:
            start = number if start < 0 else start
            last, rows = number, rows + 1
            continue
        goes_on = start >= 0 and line.startswith("  ") and line.strip() and number - last <= 1
        if not goes_on:
            if rows >= _LEAST_LINES:
                yield start, last + 1
            start, last, rows = -1, -1, 0


def _rivers(lines: Sequence[str]) -> list[int]:
    """Where the gaps that all lines share end: the position of the last blank of each."""
    width = max(map(len, lines))
    filled = bytearray(width)
    for line in lines:
        for at, char in enumerate(line):
            if char != " ":
                filled[at] = 1
    found, run = [], 0
    first = filled.find(1)
    for at in range(first, width):
        if not filled[at]:
            run += 1
            continue
        if run >= 2:
            found.append(at - 1)
        run = 0
    return found


def _has_figures(lines: Sequence[str], rivers: Sequence[int]) -> bool:
    """Whether most rows have a figure behind their first column: aligned prose has none."""
    return 2 * sum(_DIGIT.search(line, rivers[0]) is not None for line in lines) >= len(lines)


def _tabbed(line: str, rivers: Sequence[int]) -> str:
    chars = list(line)
    for at in rivers:
        if at < len(chars):
            chars[at] = "\t"
    return "".join(chars)
