"""Where each character of a text made from a source comes from.

Most characters are copied one by one in long runs, so the map holds runs, not characters: a document has a few for each
of its lines, and making and asking the map takes no step for a character.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

_COPIED = -1


class SourceMap:
    """The source ranges of the characters of a text, in the order of both; written from left to right.

    Attributes:
        size: how many characters are mapped.

    >>> made = SourceMap()  # "ab c" of "a", "b", "\\r\\n", "c", and a space that stands in no source
    >>> made.copy(0, 2); made.stand_for(2, 4); made.stand_for(4, 4); made.copy(4, 1)
    >>> made.source_of(0, 2), made.source_of(1, 5), made.source_of(3, 4), made.at(4)
    ((0, 2), (1, 5), None, 4)
    """

    __slots__ = ("_begins", "_ends", "_sources", "size")

    def __init__(self) -> None:
        self.size = 0
        self._begins: list[int] = []  # of each run the first character, and what it comes from
        self._sources: list[int] = []
        self._ends: list[int] = []  # of what all characters of a run stand for alike, or ``_COPIED``

    def copy(self, source: int, count: int) -> None:
        """The next ``count`` characters are those from ``source`` on, one for one."""
        if not self._ends or self._ends[-1] != _COPIED or self._sources[-1] - self._begins[-1] != source - self.size:
            self._run(source, _COPIED)
        self.size += count

    def stand_for(self, start: int, end: int, count: int = 1) -> None:
        """The next ``count`` characters stand for a range of the source as a whole; inserted ones for an empty one."""
        self._run(start, end)
        self.size += count

    def _run(self, source: int, end: int) -> None:
        self._begins.append(self.size)
        self._sources.append(source)
        self._ends.append(end)

    def copy_of(self, other: SourceMap, start: int, end: int) -> None:
        """The next characters are those from ``start`` to ``end`` of a text that has a map of its own."""
        begins = other._begins
        run = bisect_right(begins, start) - 1
        while start < end:
            stop = min(end, begins[run + 1]) if run + 1 < len(begins) else end
            source = other._sources[run]
            if other._ends[run] == _COPIED:
                self.copy(source + start - begins[run], stop - start)
            else:
                self.stand_for(source, other._ends[run], stop - start)
            start, run = stop, run + 1

    def drop(self, count: int) -> None:
        """Take back the last characters."""
        self.size -= count
        while self._begins and self._begins[-1] >= self.size:
            del self._begins[-1], self._sources[-1], self._ends[-1]

    def start(self, offset: int) -> int:
        """Where the source range of a character starts."""
        run = bisect_right(self._begins, offset) - 1
        source = self._sources[run]
        return source + offset - self._begins[run] if self._ends[run] == _COPIED else source

    def end(self, offset: int) -> int:
        """Where the source range of a character ends."""
        run = bisect_right(self._begins, offset) - 1
        end = self._ends[run]
        return self._sources[run] + offset + 1 - self._begins[run] if end == _COPIED else end

    def source_of(self, start: int, end: int) -> tuple[int, int] | None:
        """The source range of a stretch; ``None`` if it is empty or holds only inserted characters."""
        if start >= end:
            return None
        begins, sources, ends = self._begins, self._sources, self._ends
        first = bisect_right(begins, start) - 1
        last = bisect_right(begins, end - 1) - 1
        while first <= last and sources[first] == ends[first]:
            first += 1
            start = self._begin(first)
        while first < last and sources[last] == ends[last]:
            end = begins[last]
            last -= 1
        if first > last:
            return None
        source, until = sources[first], ends[last]
        return (
            source + start - begins[first] if ends[first] == _COPIED else source,
            sources[last] + end - begins[last] if until == _COPIED else until,
        )

    def at(self, source: int) -> int:
        """The first character that comes from ``source`` or later, no inserted one; ``size`` if there is none."""
        run = bisect_left(self._sources, source)
        if run and self._ends[run - 1] == _COPIED:
            inside = self._begins[run - 1] + source - self._sources[run - 1]
            if inside < self._begin(run):
                return inside
        while run < len(self._begins) and self._sources[run] == self._ends[run]:
            run += 1
        return self._begin(run)

    def _begin(self, run: int) -> int:
        return self._begins[run] if run < len(self._begins) else self.size
