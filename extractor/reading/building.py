"""Source text put together line by line, with the place in the file that each line came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.model import Spot

_BREAKS = re.compile(r"(?<! ) *+[\t\n\r\v\f]\s*")


def one_line(text: str) -> str:
    """Text of a cell as it stands in its row: line breaks and tabs as spaces.

    >>> one_line(" Sở Y tế,\\nSở\\tTài chính ")
    'Sở Y tế, Sở Tài chính'
    """
    return _BREAKS.sub(" ", text).strip()


class TextBuilder:
    """Collects the lines of a source text.

    Paragraphs are lines; a row of a table is one line, its cells separated by tabs. No line is empty but those asked
    for with ``gap``, of which never two follow each other, and none stands first or last.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._gap = False
        self._spots: list[Spot] = []
        self._paragraphs = 0
        self._tables = 0

    def __len__(self) -> int:
        """Code points so far."""
        return self._length

    @property
    def text(self) -> str:
        """The source text so far; it ends with a line feed unless it is empty."""
        return "".join(self._parts)

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Where each line and cell stands in the file."""
        return tuple(self._spots)

    def gap(self) -> None:
        """Leave an empty line before the next one."""
        self._gap = bool(self._parts)

    def paragraph(self, text: str) -> None:
        """Add a paragraph; a line break in it is a line end. One without text leaves an empty line."""
        self._paragraphs += 1
        for piece in text.split("\n"):
            line = piece.strip()
            if not line:
                self.gap()
                continue
            start = self._start()
            self._put(line)
            self._spots.append(Spot(start, self._length, paragraph=self._paragraphs))
            self._put("\n")

    def table(self) -> int:
        """Begin a table; its number, from 1, for ``row``."""
        self._tables += 1
        return self._tables

    def row(self, table: int, number: int, cells: Sequence[str]) -> None:
        """Add a row, counted from 1, of a table; each cell is made one line. A row without text is left out."""
        texts = [one_line(cell) for cell in cells]
        if not any(texts):
            return
        self._start()
        for column, text in enumerate(texts, 1):
            if column > 1:
                self._put("\t")
            if text:
                self._spots.append(Spot(self._length, self._length + len(text), cell=(table, number, column)))
                self._put(text)
        self._put("\n")

    def _start(self) -> int:
        if self._gap:
            self._put("\n")
            self._gap = False
        return self._length

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
