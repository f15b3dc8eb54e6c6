"""The expressions of some entries, asked for place by place: where one may begin, and what matches at one place.

``RegexSet`` answers for a whole text at once. Here a finder that goes through the text from left to right tries nothing
inside what it has already read, and one that only asks whether something stands at a place tries nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import ahocorasick_rs
import regex

from extractor.gate import Gate
from extractor.patterns import Entry, RegexHit, RegexSet
from extractor.text.keys import fold

_DIGIT = "<digit>"  # the anchor of what begins with a figure
_FIGURES = re.compile(r"\d+")


class _Expression:
    """One expression of an entry, with the anchors that its matches begin with."""

    __slots__ = ("at_figures", "compiled", "entry", "literals", "order")

    def __init__(self, order: int, entry: Entry, expression: str) -> None:
        self.order, self.entry, self.compiled = order, entry, regex.compile(expression)
        self.at_figures = _DIGIT in entry.at
        self.literals = tuple(fold(anchor) for anchor in entry.at if anchor != _DIGIT)

    def stands(self, key: str, place: int) -> bool:
        """Whether one of the anchors stands at a place."""
        return key.startswith(self.literals, place) or (self.at_figures and key[place].isdecimal())


class Anchored:
    """The regular expressions of some entries, each tried only where one of its anchors (``at``) stands.

    Args:
        entries: the entries; those without ``at`` are looked for in the whole text.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        own = [e for e in entries if e.expressions]
        made = [_Expression(n, e, x) for n, e in enumerate(own) if e.at for x in e.expressions]
        literals = {literal for item in made for literal in item.literals}
        shortest = [w for w in sorted(literals) if not any(w.startswith(o) for o in literals if o != w)]
        self.gate = Gate((item, item.compiled.pattern) for item in made)
        self.automaton = ahocorasick_rs.AhoCorasick(shortest) if shortest else None
        self.at_figures = any(item.at_figures for item in made)
        self.free = RegexSet(e for e in own if not e.at)
        self.orders = {e.id: n for n, e in enumerate(own)}

    def over(self, key: str) -> Found:
        """Read a folded text."""
        return Found(self, key)


class Found:
    """What the expressions of an ``Anchored`` find in one text.

    Attributes:
        places: where matches can begin, in the order of the text.
    """

    def __init__(self, anchored: Anchored, key: str) -> None:
        self._gate, self._key, self._end = anchored.gate, key, len(key)
        self._free: dict[int, list[tuple[int, int, RegexHit]]] = {}
        for _, hit in anchored.free.all_matches(key) if anchored.free.entries else ():
            self._free.setdefault(hit.start, []).append((-hit.end, anchored.orders[hit.entry.id], hit))
        places = [m.start() for m in _FIGURES.finditer(key)] if anchored.at_figures else []
        if anchored.automaton is not None:
            places += [at for _, at, _ in anchored.automaton.find_matches_as_indexes(key, overlapping=True)]
        begun = {at for at in places if not at or not key[at - 1].isalnum() or not key[at].isalnum()}
        self.places = sorted(begun.union(self._free))

    def at(self, place: int) -> list[RegexHit]:
        """The matches that begin at one of ``places``: the longest first, of those the entry that stands first."""
        key, end = self._key, self._end
        found = self._free.get(place, [])
        for item in self._gate.at(key, place, end):
            if item.stands(key, place) and (match := item.compiled.match(key, place)) and match.end() > place:
                found.append((-match.end(), item.order, RegexHit(place, match.end(), item.entry, match)))
        if len(found) > 1:
            found.sort(key=_longest)
        return [hit for _, _, hit in found]


def _longest(found: tuple[int, int, RegexHit]) -> tuple[int, int]:
    return found[:2]
