"""The code of an indicator: the catalogue of ``patterns/indicators.yaml`` applied to what a target counts.

Words and unit decide together (DOMAIN §4.4, matching hints): the entry whose words cover most of the indicator wins,
among the entries whose unit agrees with the target's. "xã đạt chuẩn nông thôn mới" counted in "xã" is N01, in "%" N02;
the programme's name alone is no indicator, because no entry owns it.
"""

from __future__ import annotations

import dataclasses
import functools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from extractor.patterns import Entry, Lexicon, PatternSet, is_word
from extractor.text.keys import fold

# Stands in a form for any words, or none.
GAP = "…"
# How many characters a gap may span: a clause about what is counted, not the next statement.
_REACH = 90
# Without a unit to confirm them, fewer words than this say too little (DOMAIN §4.4, hint 6).
_WORDS_WITHOUT_UNIT = 3
_MOST_UNITS = 1000  # units for which the worth of wordings is kept
_MOST_WORDS = 4096  # indicators of few letters, which come again in other documents, of which the entry is kept
_FEW_LETTERS = 16

_Rank = tuple[int, int, int, int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class _Wording:
    """One wording of an entry: the parts, by their ids, that must follow one another."""

    entry: Entry
    parts: tuple[str, ...]
    letters: int
    words: int


@dataclasses.dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries that have a code, compiled: one automaton of the parts of all wordings, each part once.

    Attributes:
        wordings: id of a wording's longest part → the wordings, so that only those are looked at that can stand.
    """

    wordings: Mapping[str, tuple[_Wording, ...]]
    lexicon: Lexicon
    order: Mapping[str, int]
    units: Mapping[str, tuple[str, ...]]
    known_units: tuple[str, ...]
    _worth: dict[tuple[str, str], dict[str, tuple[tuple[_Rank, _Wording], ...]]] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )
    _known: dict[tuple[str, str, str], Entry | None] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Catalogue:
        """Compile the entries whose ``means`` has a code."""
        coded = [e for e in entries if "code" in e.means]
        parts: dict[tuple[object, ...], Entry] = {}
        wordings: dict[str, list[_Wording]] = {}
        for entry in coded:
            for literal in dict.fromkeys(map(fold, entry.literals)):
                wording, longest = _compiled(entry, literal, parts)
                wordings.setdefault(longest, []).append(wording)
        units = {e.id: tuple(fold(str(u)) for u in e.means.get("units", ())) for e in coded}
        return cls(
            wordings={part: tuple(found) for part, found in wordings.items()},
            lexicon=Lexicon(parts.values()),
            order={e.id: n for n, e in enumerate(coded)},
            units=units,
            known_units=tuple(dict.fromkeys(u for listed in units.values() for u in listed)),
        )

    def best(self, key: str, unit: str, basis: str) -> Entry | None:
        """The entry that says most about ``key`` (folded) and agrees with ``unit`` (folded)."""
        if len(key) > _FEW_LETTERS:
            return self._best(key, unit, basis)
        asked = (key, unit, basis)
        if asked not in self._known:
            if len(self._known) >= _MOST_WORDS:
                self._known.clear()
            self._known[asked] = self._best(key, unit, basis)
        return self._known[asked]

    def _best(self, key: str, unit: str, basis: str) -> Entry | None:
        places: dict[str, list[tuple[int, int]]] = {}
        for start, end, part in self.lexicon.spans(key):
            places.setdefault(part.id, []).append((start, end))
        if not places:
            return None
        worth = self._worth.get((unit, basis))
        if worth is None:
            if len(self._worth) >= _MOST_UNITS:
                self._worth.clear()
            worth = self._worth[unit, basis] = {}
        best: tuple[_Rank, Entry] | None = None
        for name in places:
            ranked = worth.get(name)
            if ranked is None:
                ranked = worth[name] = self._ranked(name, unit, basis)
            for rank, wording in ranked:
                if best is not None and rank <= best[0]:
                    break
                if len(wording.parts) == 1 or _in_order(wording.parts, places):
                    best = (rank, wording.entry)
                    break
        return best[1] if best else None

    def _ranked(self, part: str, unit: str, basis: str) -> tuple[tuple[_Rank, _Wording], ...]:
        """The wordings with this longest part, and what they are worth beside a unit and a basis, the best first."""
        known = _agreement(unit, self.known_units) > 0
        found = [
            (rank, wording)
            for wording in self.wordings.get(part, ())
            if (rank := self._rank(wording, unit, known, basis)) is not None
        ]
        return tuple(sorted(found, key=lambda item: item[0], reverse=True))

    def _rank(self, wording: _Wording, unit: str, known: bool, basis: str) -> _Rank | None:
        """What a wording is worth beside this unit and basis; nothing where they contradict it."""
        entry = wording.entry
        agrees = _agreement(unit, self.units[entry.id])
        if not agrees and (known or wording.words < _WORDS_WITHOUT_UNIT):
            return None
        declared = str(entry.means.get("basis", ""))
        matches = bool(declared) and declared == basis
        # an entry for one basis only: the statement has this basis, or its unit says so by itself
        if declared and not matches and agrees < 2:
            return None
        return (wording.letters, int(matches), agrees, int(not declared), -self.order[entry.id])


def _compiled(entry: Entry, literal: str, parts: dict[tuple[object, ...], Entry]) -> tuple[_Wording, str]:
    """A wording and the id of its longest part; ``parts`` collects each part once for each set of guards."""
    texts = [p.strip() for p in literal.split(GAP) if p.strip()]
    ids = []
    for text in texts:
        place = (text, entry.not_inside, entry.not_before, entry.not_after)
        if place not in parts:
            parts[place] = dataclasses.replace(entry, id=f"part.{len(parts)}", phrases=(text,), forms=())
        ids.append(parts[place].id)
    wording = _Wording(entry, tuple(ids), sum(map(str.isalnum, "".join(texts))), sum(len(t.split()) for t in texts))
    return wording, max(zip(texts, ids, strict=True), key=lambda pair: len(pair[0]))[1]


def _in_order(parts: Sequence[str], places: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    """Whether the parts stand one behind the other, from any place of the first one, each within reach of the last."""
    for _, end in places.get(parts[0], ()):
        for part in parts[1:]:
            end = min((e for s, e in places.get(part, ()) if end <= s <= end + _REACH), default=-1)
            if end < 0:
                break
        else:
            return True
    return False


@functools.lru_cache(maxsize=1 << 14)
def _agreement(unit: str, listed: tuple[str, ...]) -> int:
    """2: the unit is listed. 1: its head, its scaled or coordinated form, or the amount of a rate is. 0: neither."""
    if not unit:
        return 0
    if unit in listed:
        return 2
    return int(any(_akin(unit, other) for other in listed))


def _akin(unit: str, other: str) -> bool:
    """``nghìn tấn`` and ``tấn``, ``xã, phường`` and ``xã``, ``tỷ đồng/năm`` and ``tỷ đồng``, ``%`` and ``%/năm``."""
    if _opens(unit, other) or _opens(other, unit, "/"):
        return True
    amount = unit.partition("/")[0].strip()
    at = len(amount) - len(other)
    return at > 0 and amount.endswith(other) and not is_word(amount[at - 1])


def _opens(text: str, head: str, boundary: str = "") -> bool:
    """Whether ``head`` opens ``text`` as whole words, followed by ``boundary`` where one is asked for."""
    if len(text) <= len(head) or not text.startswith(head):
        return False
    rest = text[len(head) :].lstrip()
    return rest.startswith(boundary) if boundary else not is_word(text[len(head)])


def catalogue(patterns: PatternSet) -> Catalogue:
    """The catalogue of a pattern set, compiled once."""
    made: Catalogue = patterns.made("indicators:catalogue", lambda: Catalogue.of(patterns.of("indicator")))
    return made


def indicator_code(patterns: PatternSet, indicator_key: str, unit: str, basis: str = "") -> tuple[str, str]:
    """The catalogue's code for what a target counts, and the id of the entry that gives it; two empty texts for none.

    Args:
        patterns: the pattern set with the catalogue.
        indicator_key: the indicator as written, folded or not ("Tỷ lệ hộ nghèo").
        unit: the target's unit as written; empty where none is stated.
        basis: the target's basis (``increment``, ``change``, …), which settles what words and unit leave open.
    """
    key = " ".join(fold(unicodedata.normalize("NFC", indicator_key)).split())
    return folded_code(patterns, key, unit, basis)


def folded_code(patterns: PatternSet, key: str, unit: str, basis: str) -> tuple[str, str]:
    """``indicator_code`` of an indicator that is folded already, and has single spaces only."""
    entry = catalogue(patterns).best(key, _folded(unit), basis)
    return (str(entry.means["code"]), entry.id) if entry else ("", "")


@functools.lru_cache(maxsize=1 << 12)
def _folded(unit: str) -> str:
    return " ".join(fold(unicodedata.normalize("NFC", unit)).split())
