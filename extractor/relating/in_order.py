"""Hits in the order of the text, asked for by place in logarithmic time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from extractor.model import Hit


class InOrder:
    """Hits sorted by where they begin; of those inside a stretch the first, the last or all."""

    __slots__ = ("_starts", "hits")

    def __init__(self, hits: Iterable[Hit] = ()) -> None:
        self.hits: Sequence[Hit] = sorted(hits, key=lambda h: (h.start, h.end))
        self._starts = [h.start for h in self.hits]

    def beginning_in(self, start: int, end: int) -> Sequence[Hit]:
        """The hits that begin in [start, end)."""
        low = bisect_left(self._starts, start)
        return self.hits[low : bisect_left(self._starts, end, low)] if start < end else ()

    def inside(self, start: int, end: int) -> list[Hit]:
        """The hits that lie wholly in [start, end)."""
        return [h for h in self.beginning_in(start, end) if h.end <= end]

    def first(self, start: int, end: int) -> Hit | None:
        """The first hit that begins in [start, end)."""
        at = bisect_left(self._starts, start)
        return self.hits[at] if at < len(self.hits) and self._starts[at] < end else None

    def last(self, start: int, end: int) -> Hit | None:
        """The last hit that lies wholly in [start, end)."""
        at = bisect_left(self._starts, end) - 1
        while at >= 0 and self._starts[at] >= start:
            if self.hits[at].end <= end:
                return self.hits[at]
            at -= 1
        return None

    def index(self, offset: int) -> int:
        """How many hits begin before ``offset``."""
        return bisect_left(self._starts, offset)
