"""Sets of half-open intervals with look-up in logarithmic time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from extractor.model import Span


class Intervals:
    """Non-overlapping intervals, merged where those given touch or overlap."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in sorted(spans, key=lambda s: s.start):
            if self._ends and span.start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], span.end)
            elif span.end > span.start:
                self._starts.append(span.start)
                self._ends.append(span.end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any interval shares a character with [start, end)."""
        index = bisect_left(self._ends, start + 1)
        return index < len(self._starts) and self._starts[index] < end

    def holds(self, offset: int) -> bool:
        return self.overlaps(offset, offset + 1)

    def covering(self, offset: int) -> Span | None:
        """The interval that holds ``offset``."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self._ends[index]:
            return Span(self._starts[index], self._ends[index])
        return None

    def __iter__(self) -> Iterator[Span]:
        return (Span(s, e) for s, e in zip(self._starts, self._ends, strict=True))

    def __len__(self) -> int:
        return len(self._starts)
