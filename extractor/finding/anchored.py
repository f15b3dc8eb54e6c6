"""The expressions of some entries, asked for place by place: where one may begin, and what matches at one place.

``RegexSet`` answers for a whole text at once. With ``Anchored`` a finder that goes through the text from left to right
tries nothing inside what it has already read; ``Part`` is for what asks only how a piece of text begins or ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import ahocorasick_rs

from extractor.gate import Gate
from extractor.patterns import Entry, Expression, RegexHit, RegexSet

_FIGURES = re.compile(r"\d+")


class Anchored:
    """The regular expressions of some entries, each tried only where one of its anchors stands and it can go on.

    Args:
        entries: the entries; those without ``at`` are looked for in the whole text.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        made = [Expression(n, e, x) for n, e in enumerate(entries) for x in e.expressions]
        anchored = [item for item in made if item.entry.at]
        anchors = {anchor for item in anchored for anchor in item.anchors}
        shortest = [a for a in sorted(anchors) if not any(a.startswith(other) for other in anchors if other != a)]
        self.free = [item for item in made if not item.entry.at]
        self.gate = Gate((item, item.compiled.pattern) for item in anchored)
        self._automaton = ahocorasick_rs.AhoCorasick(shortest) if shortest else None
        self._at_figures = any(item.at_figures for item in anchored)

    def places(self, key: str) -> Sequence[tuple[int, Sequence[Expression]]]:
        """Where matches can begin in a folded text, in its order, and which of the expressions to try there."""
        places = [m.start() for m in _FIGURES.finditer(key)] if self._at_figures else []
        if self._automaton is not None:
            places += [at for _, at, _ in self._automaton.find_matches_as_indexes(key, overlapping=True)]
        begun = {at for at in places if not at or not key[at - 1].isalnum() or not key[at].isalnum()}
        found = self.gate.over(key, sorted(begun))
        if not self.free:
            return found
        tried: dict[int, Sequence[Expression]] = dict(found)
        for item in self.free:
            for match in item.compiled.finditer(key):
                tried[match.start()] = (*tried.get(match.start(), ()), item)
        return sorted(tried.items(), key=_place)

    def at(self, key: str, place: int, expressions: Sequence[Expression], end: int) -> list[RegexHit]:
        """The matches in a text, up to an end, that begin at one of ``places``.

        The longest stands first, of those that of the entry that stands first.
        """
        found = []
        for item in expressions:
            if (
                not item.entry.at
                or key.startswith(item.anchors, place, end)
                or (item.at_figures and key[place].isdecimal())
            ):
                match = item.compiled.match(key, place, end)
                if match is not None and match.end() > place:
                    found.append((-match.end(), item.order, RegexHit(place, match.end(), item.entry, match)))
        if len(found) > 1:
            found.sort(key=_longest)
        return [hit for _, _, hit in found]


class Part:
    """A ``RegexSet`` that is mostly asked whether something begins or ends a piece of text, and mostly says no."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        own = tuple(entries)
        self._all = RegexSet(own)
        self._anchored = Anchored(own)
        self._entries = own
        self._plain = all(e.at and not (e.not_inside or e.not_before or e.not_after) for e in own)

    @cached_property
    def _closers(self) -> Gate[Entry]:
        return Gate(((e, x) for e in self._entries for x in e.expressions), backward=True)

    def matches(self, key: str, start: int = 0, end: int | None = None) -> list[RegexHit]:
        """As ``RegexSet.matches``."""
        return self._all.matches(key, start, end)

    def opening(self, key: str, start: int, end: int) -> RegexHit | None:
        """The first of the matches in a piece of a text, if it begins where the piece does."""
        if not self._plain:
            hits = self.matches(key, start, end)
            return hits[0] if hits and hits[0].start == start else None
        expressions = self._anchored.gate.at(key, start, end)
        if not expressions or (start and key[start].isalnum() and key[start - 1].isalnum()):
            return None
        hits = self._anchored.at(key, start, expressions, end)
        return hits[0] if hits else None

    def closing(self, key: str, start: int, end: int) -> RegexHit | None:
        """The last of the matches in a piece of a text, if it ends where the piece does."""
        if not self._closers.ending_at(key, start, end):
            return None
        hits = self.matches(key, start, end)
        return hits[-1] if hits and hits[-1].end == end else None


def _place(tried: tuple[int, Sequence[Expression]]) -> int:
    return tried[0]


def _longest(found: tuple[int, int, RegexHit]) -> tuple[int, int]:
    return found[:2]
