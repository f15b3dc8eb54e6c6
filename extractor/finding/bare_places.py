"""Names of units without a prefix and outside the lists that a prefix or noun opens.

A bare name is read only where the document's own province is known and has a unit of that name, and the words around it
say that a place is meant (DOMAIN §5.6): a word of place before it, the head of a sentence, a quantity of its own behind
it (``Ba Tơ 7.000 ha, Trà Bồng 4.600 ha``), or two or more such names in a row. A name that the text itself has with its
noun (``xã Ba Vì``) needs no known province. Names of roads, rivers, schools, firms and persons are none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import regex

from extractor.finding.gazetteer import TWO_LEVELS, Level, Unit
from extractor.finding.place_records import HYPHEN, QUOTES, Group, Item
from extractor.model import Span

if TYPE_CHECKING:
    from extractor.finding.places import Finder

_LAST_WORD = regex.compile(r"\p{L}+\Z", regex.REVERSE)
_COMMA = regex.compile(r"[,;]\s+")
_LEAD = 80  # characters before a name in which the circumstance before it must begin
_PARTS_OF_COUNT = 2  # names with numbers of their own from which on they share a count out
_TOLD_ROLES = frozenset({"location", "member"})
_PARTS = regex.compile(r"[\s\-–]+")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as the gazetteer's automaton finds it, with the number behind it that is its own."""

    start: int
    end: int
    weak: bool  # also a person's name or a slogan
    quantity: Span | None
    stop: int  # behind the quantity


class BareNames:
    """Reads bare names for a ``Finder``, whose other names are already there."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.text, self.key, self.scene = finder.text, finder.key, finder.scene
        self.two_levels = finder.on is not None and finder.on >= TWO_LEVELS

    def read(self, spans: Sequence[Span]) -> None:
        """Add what is found in these stretches to the finder's items."""
        last: Item | None = None
        for run in self._runs(spans):
            level = self._level(run)
            if level:
                group = Group()
                for name in run:
                    self._add(self._item(name, level, self._role(run)), group if len(run) > 1 else None)
                continue
            for number, name in enumerate(run):
                item = self._again(name)
                if item is None and not name.weak:
                    item = self._single(name, last, run[number + 1 : number + 2])
                if item is not None:
                    last = item
                    self._add(item, None)

    def _add(self, item: Item, group: Group | None) -> None:
        self.finder.items.append(item)
        if group is not None:
            item.group = group
            group.items.append(item)

    def _item(self, name: _Name, level: str, role: str) -> Item:
        said = self.text[name.start : name.end]
        item = Item(name.start, name.end, level, self._type(said, level), "place.bare", role=role, known=True)
        item.quantity = name.quantity
        return item

    def _type(self, name: str, level: str) -> str:
        types = {u.type for u in self._home(name, level)}
        return types.pop() if len(types) == 1 else ""

    # -- candidates ----------------------------------------------------------------------------------------------------

    def _runs(self, spans: Sequence[Span]) -> Iterator[list[_Name]]:
        """Names that nothing else has taken, those joined by a comma or ``và`` together."""
        run: list[_Name] = []
        for name in self._names(spans):
            if run and not (0 <= name.start - run[-1].stop <= 5 and self._joined(run[-1].stop, name.start)):
                yield run
                run = []
            run.append(name)
        if run:
            yield run

    def _joined(self, start: int, end: int) -> bool:
        return self.finder.words.separator.fullmatch(self.text, start, end) is not None

    def _names(self, spans: Sequence[Span]) -> Iterator[_Name]:
        taken = sorted([(i.start, i.end) for i in self.finder.items])
        for span in spans:
            for start, end, key in self.finder.units.scan(self.key[span.start : span.end]):
                start, end = span.start + start, span.start + end
                if not self.text[start].isupper():
                    continue
                index = bisect_left(taken, (end,))
                if any([start < e for _, e in taken[max(0, index - 2) : index]]):
                    continue
                if self._stands_alone(start, end):
                    yield self._name(start, end, key, span.end)

    def _name(self, start: int, end: int, key: str, limit: int) -> _Name:
        tail = self.finder.words.tail.match(self.text, end, limit)
        quantity = Span(*tail.span(1)) if tail else None
        return _Name(start, end, key in self.finder.words.not_bare, quantity, tail.end() if tail else end)

    def _stands_alone(self, start: int, end: int) -> bool:
        """Whether the name is written as one and is no part of a longer one."""
        name = self.text[start:end]
        parts = [p for p in _PARTS.split(name) if p]
        if not all(p[0].isupper() or p[0].isdigit() for p in parts) or name[0].isdigit():
            return False
        if self.scene.masks.overlaps(start, end) or self.finder.runs_on(end):
            return False
        if self.finder.words.longer.at(self.key, start):
            return False
        if HYPHEN.match(self.text, end) or self.text[end : end + 1] in {"-", "@"}:
            return False
        if name.isupper() and len(name) > 2:
            return False
        left = self.text[max(0, start - 60) : start].rstrip(QUOTES)
        word = _LAST_WORD.search(left)
        return not (word and word[0][0].isupper() and not self.finder.role_before(start))

    # -- several names in a row ----------------------------------------------------------------------------------------

    def _level(self, run: Sequence[_Name]) -> str:
        """The level at which all names of a run are units at home, if the run is a list of units at all."""
        if not self.finder.province or not self._is_list(run):
            return ""
        if self._facility(run[0].start) and sum(n.quantity is not None for n in run) < _PARTS_OF_COUNT:
            return ""  # "07 hồ chứa (Bình Lãnh 02, Bình Phú 05)": what is counted is no name's noun
        names = [self.text[n.start : n.end] for n in run]
        for level in self._levels(names):
            if all(self._home(name, level) for name in names):
                return level
        return ""

    def _is_list(self, run: Sequence[_Name]) -> bool:
        strong = sum(not n.weak for n in run)
        own = sum(n.quantity is not None for n in run)
        if own >= 2:
            return True
        if own == 1 and len(run) == 1:
            return strong == 1 and self._announced(run[0].start)
        if strong < 2:
            return False
        return len(run) >= 3 or self._announced(run[0].start) or bool(self._role(run))

    def _announced(self, start: int) -> bool:
        """Whether a colon, a bracket or an opening word (``trong đó``, ``gồm``) stands right before."""
        left = self.key[max(0, start - 24) : start].rstrip(QUOTES)
        if left.endswith((":", "(")):
            return True
        return any(h.end == len(left) for h in self.finder.words.openers.matches(left))

    def _levels(self, names: Sequence[str]) -> list[str]:
        if self.two_levels:
            return ["commune", "province"]
        home = self.scene.document.district_code
        if home and all(self._inside(name, home) for name in names):
            return ["commune"]
        return ["district", "commune", "province"]

    def _inside(self, name: str, district: str) -> bool:
        return bool(self.finder.units.named(name, level="commune", on=self.finder.on, district_code=district))

    def _home(self, name: str, level: str) -> list[Unit]:
        """The units of that name in the document's province; after July 2025 only those in force."""
        units = self.finder.known(name, level)
        if level == "province":
            return list(units) if len(name) > 3 else []
        found = [u for u in units if self.finder.is_home(u)]
        if self.two_levels and level == "commune" and self.finder.on is not None:
            found = [u for u in found if u.in_force(self.finder.on)]
        return found

    def _role(self, run: Sequence[_Name]) -> str:
        return self.finder.role_before(run[0].start)

    # -- one name ------------------------------------------------------------------------------------------------------

    def _single(self, name: _Name, last: Item | None, following: Sequence[_Name]) -> Item | None:
        said = self.text[name.start : name.end]
        joined = last is not None and 0 <= name.start - last.end <= 5 and self._joined(last.end, name.start)
        neighbour = last if joined else None
        cue = self.finder.role_before(name.start)
        opens = self._is_subject(name.start, name.end)
        if self.finder.known(said, "province") and len(said) > 3:
            if cue or opens or (neighbour and neighbour.level == "province"):
                return self._item(name, "province", cue)
            return None
        if not self.finder.province or " " not in said or (self._facility(name.start) and not neighbour):
            return None
        opens = opens or self._opens_list(name, following)
        levels: tuple[Level, ...] = ("commune", "district") if self.two_levels else ("district", "commune")
        for level in levels:
            if len(self._home(said, level)) != 1:
                continue
            higher = level == levels[0] or not self._home(said, levels[0])
            if (level == "district" and (cue in {"location", "member"} or opens)) or (
                neighbour and neighbour.level == level
            ):
                return self._item(name, level, cue)
            if level == "commune" and cue == "location" and higher:
                return self._item(name, level, cue)
            if level == "commune" and self.two_levels and cue == "member":
                return self._item(name, level, cue)  # since July 2025 a district's name is that of a commune
        return None

    def _again(self, name: _Name) -> Item | None:
        """A unit that the text calls one elsewhere (``xã Ba Vì``), as a subject or behind a word of place."""
        said = self.text[name.start : name.end]
        first = self.named.get(said)
        if said == self.scene.document.province:
            return None  # "Bến Tre phấn đấu …", of a text that has "thành phố Bến Tre" too
        if first is None or (name.weak and self.key[name.start : name.end].split()[0] in self.finder.words.surnames):
            return None
        cue = "" if name.weak else self.finder.role_before(name.start)
        if self._facility(name.start) or not (cue in _TOLD_ROLES or self._is_subject(name.start, name.end)):
            return None
        item = self._item(name, first.level, cue)
        item.type, item.parents = first.type, list(first.parents)
        return item

    @cached_property
    def named(self) -> dict[str, Item]:
        """The units that stand with their noun somewhere in the text, by name; those of two levels are none."""
        found: dict[str, Item] = {}
        levels: dict[str, set[str]] = {}
        for item in self.finder.items:
            said = self.text[item.start : item.end]
            noun = item.prefix is not None or (item.rule == "place.list" and item.known)
            if noun and item.level != "hamlet" and " " in said and said.istitle():
                found.setdefault(said, item)
                levels.setdefault(said, set()).add(item.level)
        return {said: item for said, item in found.items() if len(levels[said]) == 1}

    def _is_subject(self, start: int, end: int) -> bool:
        """Whether the name opens a sentence as its subject, or stands behind the circumstance that opens a clause."""
        if self._opens(start, end):
            return True
        follower = self.text[end : end + 2]
        if len(follower) < 2 or follower[0] != " " or not follower[1].islower():
            return False
        floor = max(self.scene.sentence_at(start).start, start - _LEAD)
        begins = [self.finder.skip(floor)] if floor > start - _LEAD else []
        begins += [comma.end() for comma in _COMMA.finditer(self.text, floor, start)]
        lead = self.finder.words.subject_lead
        return any(begin < start and lead.fullmatch(self.key, begin, start) for begin in begins)

    def _opens_list(self, name: _Name, following: Sequence[_Name]) -> bool:
        """Whether the name opens a sentence that begins with a list of districts (``Vĩnh Châu, Mỹ Xuyên là …``)."""
        if not following:
            return False
        begins = self.finder.skip(self.scene.sentence_at(name.start).start) == name.start
        return begins and self.finder.at_home(self.text[following[0].start : following[0].end], "district")

    def _opens(self, start: int, end: int) -> bool:
        """Whether the name opens a sentence, or what a colon or ``riêng`` announces, as its subject."""
        block = self.finder.view.block_of(start)
        sentence = self.scene.sentence_at(start)
        left = self.text[max(0, start - 4) : start].rstrip(QUOTES)
        if (
            self.finder.skip(sentence.start) != start
            and self.finder.skip(block.start) != start
            and not left.endswith(":")
            and not self._solo(start)
        ):
            return False
        follower = self.text[end : end + 2]
        if follower == ": " and self.scene.layout.portal:
            return self.finder.view.block_of(start).start == start  # a headline: "Đắk Nông: Tiêm phòng dại …"
        return len(follower) == 2 and follower[0] == " " and follower[1].islower()

    def _solo(self, start: int) -> bool:
        """Whether a word that singles out what follows stands right before (``riêng Ba Tơ phải đạt 60%``)."""
        left = self.key[max(0, start - 24) : start].rstrip()
        return any(h.end == len(left) for h in self.finder.words.solo.matches(left))

    def _facility(self, start: int) -> bool:
        """Whether the words before name a thing (``sông``, ``Trường THPT``) or a person that bears the name, or a road
        that runs from unit to unit."""
        offset = max(0, start - 80)
        before, text = self.key[offset:start], self.text[offset:start]
        words = self.finder.words
        return any(
            words.only_joints(before[h.end :]) or words.route.fullmatch(text[h.end :]) is not None
            for h in words.facilities.matches(before)
        )
