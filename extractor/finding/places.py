"""Named administrative units: prefixes, lists, brackets, chains, table columns and bare names (DOMAIN §5).

One pass over each sentence. A *prefix* (``xã``, ``TP.``) with a name behind it begins a series: the prefix distributes
over what follows, a unit of a higher level is the parent of those before it, a bracket holds a parent or a list of its
own. A prefix without a name is only a noun (``03 xã đạt chuẩn``) and gives its level to the list that a colon, a
bracket or a word such as ``gồm`` opens. Names are told by shape and by the gazetteer; vocabulary is
``patterns/places.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import ahocorasick_rs
import regex

from extractor.finding import gazetteer
from extractor.finding.bare_places import BareNames
from extractor.finding.gazetteer import CITY, COMMUNE, NUMBERED, PROVINCE, TOWNSHIP, TWO_LEVELS, Level, Unit
from extractor.finding.place_records import (
    HYPHEN,
    QUOTES,
    RANK,
    Group,
    Item,
    Mention,
    Noun,
    PlaceList,
    Prefix,
    prefix_of,
    words,
)
from extractor.finding.scene import Scene
from extractor.model import Hit, Span
from extractor.patterns import Entry, without_overlaps
from extractor.text.layout import Table

_UNITS: tuple[Level, ...] = ("province", "district", "commune")
_TOKEN = regex.compile(r"\p{Lu}[\p{L}\p{M}]*(?:['’ʼ‘`´]\s?\p{L}+)*")
_COUNTED = regex.compile(r"(\d{1,4}+) \p{Ll}{2}")
_DIGITS = regex.compile(r"\s?\d{1,2}(?![\p{L}\d]|[.,/]\d|\s?%)")
_ROMAN = frozenset("IVX")
_HYPHENS = frozenset("-–")
_BRACKETS = re.compile(r"[()]")
_OPENERS = re.compile(r"[:(]")
# What each role of a mark is one of.
_MARKS = {role: role for role in ("not_prefix", "opener", "status", "name_head")} | dict.fromkeys(
    ("prefix", "short", "noun"), "prefix"
)
_MAX_CLAUSE = 400
_NEAR = 48  # characters before a name in which the words that say its role stand
_NAME_LENGTH = 24
# a word with a capital, perhaps with a number, at the end: "Suối Lớn", "Hà Thanh 1"; no abbreviation (NTM, OCOP)
_NAME_BEFORE = regex.compile(r"(?<!\p{L})\p{Lu}\p{Ll}+(?:\s\d{1,3}\p{L}?)?\s?$")
_MOST_IN_CELL = 12  # units in one cell of a table
_MAX_GAP = 260  # characters between a counted noun and the list that it counts


def find_places(scene: Scene, blocks: Sequence[int] | None = None) -> list[Hit]:
    """All named administrative units of a document, in order; ``value`` is a ``Mention``.

    Args:
        scene: the document.
        blocks: look only in these blocks of the view, such as a letterhead.
    """
    return Finder(scene).find(blocks)


def place_lists(hits: Iterable[Hit]) -> tuple[PlaceList, ...]:
    """The lists of units among place hits, in order, for those that check counts against them."""
    found: dict[int, PlaceList] = {}
    for hit in hits:
        if hit.kind == "place" and hit.value.group is not None:
            found.setdefault(hit.value.group.number, hit.value.group)
    return tuple(sorted(found.values(), key=lambda g: g.span.start))


@dataclass(slots=True)
class _Series:
    """A list that is being read.

    Attributes:
        item: its last name.
        pending: the names that a unit of higher level behind them would hold.
        level: of a name without prefix.
        type: of a name without prefix.
    """

    group: Group
    first: Item
    item: Item
    pending: list[Item]
    level: str
    type: str


# --- the finder -------------------------------------------------------------------------------------------------------


class Finder:
    def __init__(self, scene: Scene) -> None:
        self.scene, self.view, self.layout = scene, scene.view, scene.layout
        self.text, self.key = scene.view.text, scene.view.key
        self.words = words(scene.patterns)
        self.units = gazetteer.load()
        self.on: date | None = scene.units_on
        province = scene.document.province and self.units.province(scene.document.province, self.on)
        self.province = province.code if province else ""
        self._known: dict[tuple[str, str], tuple[Unit, ...]] = {}
        self.head_at: dict[int, int] = {}
        self.status_at: dict[int, int] = {}
        self.opener_at: dict[int, int] = {}
        self.opener_starts: list[int] = []
        self.prefix_at: dict[int, Prefix] = {}
        self.prefix_starts: list[int] = []
        self._lines: dict[int, dict[int, int]] = {}
        self.items: list[Item] = []

    def _read_marks(self, blocks: Sequence[int] | None) -> None:
        """Where prefixes, openers, words of status and heads of names stand."""
        spans = self.scene.phrases(self.words.marks)
        if blocks is not None:
            spans = [span for i in sorted(blocks) for span in _beginning_in(spans, self.view.blocks[i].span)]
        by_role: dict[str, list[tuple[int, int, Entry]]] = {role: [] for role in _MARKS.values()}
        for span in spans:
            by_role[_MARKS[span[2].means["role"]]].append(span)
        self.head_at = {start: end + 1 for start, end, _ in without_overlaps(by_role["name_head"])}
        self.status_at = {start: end for start, end, _ in without_overlaps(by_role["status"])}
        self.opener_at = {start: end for start, end, _ in without_overlaps(by_role["opener"])}
        self.opener_starts = list(self.opener_at)
        self._read_prefixes(without_overlaps(by_role["prefix"]), without_overlaps(by_role["not_prefix"]))

    def _read_prefixes(self, spans: Sequence[tuple[int, int, Entry]], others: Sequence[tuple[int, int, Entry]]) -> None:
        """Prefixes, without those that another word only begins with (``xã hội``, ``bản đồ``)."""
        found: dict[int, Prefix] = {}
        at = 0
        for start, end, entry in spans:
            while at < len(others) and others[at][1] <= start:
                at += 1
            made = prefix_of(start, end, entry, self.key[start:end])
            if at == len(others) or others[at][0] >= end or self._rather_a_name(made, others[at]):
                found[start] = made
        self.prefix_at, self.prefix_starts = found, list(found)

    def _rather_a_name(self, prefix: Prefix, other: tuple[int, int, Entry]) -> bool:
        """``xã Hội Hoan`` begins like ``xã hội``, but a unit's whole name stands there."""
        pos, end = prefix.end + 1, other[1]
        if other[0] != prefix.start or end <= pos or not self.text[pos : pos + 1].isupper():
            return False
        found = self.name(pos, len(self.text), prefix.level, strict=True)
        return found is not None and found[0] > end and not self.runs_on(found[0])

    def find(self, blocks: Sequence[int] | None = None) -> list[Hit]:
        self._read_marks(blocks)
        starts, at = self.prefix_starts, 0
        while at < len(starts):  # nothing begins without a prefix, and most sentences have none
            index = self.view.block_index(starts[at])
            end = self.view.blocks[index].end
            for part in self.view.blocks[index].cells or self.scene.sentences(index):
                at = bisect_left(starts, part.start, at)
                if at == len(starts) or starts[at] >= end:
                    break
                if starts[at] < part.end:
                    self._run(part.start, part.end)
            at = bisect_left(starts, end, at)
        if blocks is None:
            self._columns()
            self._bullets()
            BareNames(self).read([Span(0, len(self.key))])
            self._hamlets_again()
        else:
            BareNames(self).read([self.view.blocks[i].span for i in blocks])
        return self._hits()

    # -- what is known of a name ---------------------------------------------------------------------------------------

    def known(self, name: str, level: str) -> tuple[Unit, ...]:
        """Units of that name and level: those of the document's province if it has any, else all."""
        found = self._known.get((name, level))
        if found is None:
            on = self.on
            found = self.units.named(name, level=_level(level), on=on) if level in RANK and level != "hamlet" else ()
            if level == "province":
                found = tuple(u for u in found if on is None or u.in_force(on) or u.type == PROVINCE)
            inside = tuple(u for u in found if self.province and u.province_code == self.province)
            if level != "province" and self.province and not inside:
                inside = (
                    self.units.named(name, level=_level(level), on=on, province_code=self.province) if found else ()
                )
            found = inside or found
            self._known[name, level] = found
        return found

    def at_home(self, name: str, level: str) -> bool:
        """Whether the document's province (if it is known) has a unit of that name and level."""
        units = self.known(name, level)
        return bool(units) and (not self.province or level == "province" or any(self.is_home(u) for u in units))

    def is_home(self, unit: Unit) -> bool:
        if unit.province_code == self.province:
            return True
        return bool(self.units.named(unit.name, level=unit.level, on=self.on, province_code=self.province))

    # -- the shape of a name -------------------------------------------------------------------------------------------

    def ends(self, start: int, limit: int) -> list[tuple[int, str]]:
        """Where a name that begins at ``start`` may end: (offset, plain | figure | hyphen), shortest first."""
        text, first, head = self.text, self.text[start], self.head_at.get(start)
        if head is None and not (first.isupper() or first.isdigit()):
            return []
        found: list[tuple[int, str]] = []
        pos, kind = head or start, "plain"
        if head and text[start : head - 1].istitle():
            found.append((head - 1, kind))  # "xã Nông Trường" is a name of its own
        figure = self.words.figure.match(text, start, limit) if first.isdigit() else None
        if figure is not None and self.words.counts_behind(self.key, start + len(figure[0].rstrip())):
            return []  # "mỗi xã, phường | 03 tổ"
        if figure is not None:
            found.append((start + len(figure[0].rstrip()), "figure"))
            pos = figure.end() if figure[0].endswith(" ") else limit
        for _ in range(6):
            token = _TOKEN.match(text, pos, limit)
            if token is None:
                break
            pos = token.end()
            found.append((pos, kind))
            gap = text[pos : pos + 1]
            follower = text[pos + 1 : pos + 2] if gap.isspace() else gap
            if follower.isdigit() and (digits := _DIGITS.match(text, pos, limit)):
                if self.words.counts_behind(self.key, digits.end()):
                    break
                found.append((digits.end(), "figure"))
            if gap == " " and pos + 1 < limit and follower.isupper():
                pos += 1
            elif follower in _HYPHENS and (hyphen := HYPHEN.match(text, pos, limit)):
                pos, kind = hyphen.end(), "hyphen"
            else:
                break
        return found

    def name(self, start: int, limit: int, level: str, *, strict: bool, type_: str = "") -> tuple[int, bool] | None:
        """End of the name that begins at ``start``, and whether the gazetteer has it at that level.

        Args:
            strict: only names that the gazetteer has.
            type_: the prefix's type; a number alone is a name only for some types.
        """
        while start < limit and self.text[start] in QUOTES:
            start += 1
        if start >= limit:
            return None
        if level == "hamlet":
            return self._hamlet(start, limit)
        found = self.ends(start, limit)
        if not found:
            return None
        levels = (level,) if level else _UNITS
        known = self._longest_known(start, found, levels, type_)
        if strict:
            return None if known is None else (known, True)
        shape = self._shape(start, [e for e, k in found if k == "plain"], limit)
        if known is None:
            return None if shape is None else (shape, False)
        if shape and shape > known and self.province and len(self.text[start:shape].split()) <= 3:
            # "xã Phú Mỹ Tân": the gazetteer lacks it but has Phú Mỹ, elsewhere
            name = self.text[start:known]
            if not any(self.at_home(name, one) for one in levels):
                return shape, False
        return known, True

    def _longest_known(
        self, start: int, ends: Sequence[tuple[int, str]], levels: Sequence[str], type_: str
    ) -> int | None:
        """The last of the ends up to which the gazetteer has a name at one of the levels."""
        if self.words.longer.at(self.key, start):
            return None
        for end, _ in reversed(ends):
            name = self.text[start:end]
            if type_ not in NUMBERED and (name.isdigit() or _ROMAN.issuperset(name)):
                continue
            for level in levels:
                if self.known(name, level):
                    return end
        return None

    def _shape(self, start: int, ends: Sequence[int], limit: int) -> int | None:
        """The end of a name told by its capitals alone, or ``None`` where they are something else's."""
        kept: list[int] = []
        begin = start
        if self.words.not_names.at(self.key, start):
            return None
        for end in ends:
            token = self.text[begin:end]
            loud = token.isupper() and len(token) > 1
            if begin > start and self.words.not_names.at(self.key, begin) and not self._last_syllable(begin, end):
                break
            if loud and not (token.replace("'", "").isalpha() and self._loud(start, limit)):
                if kept and _ROMAN.issuperset(token):
                    kept.append(end)
                break
            kept.append(end)
            begin = end + 1
        if not kept or len(kept) > 4:
            return None
        end = kept[-1]
        follower = self.text[end : end + 2]
        if (
            len(kept) == 1
            and follower[:1] == " "
            and follower[1:].islower()
            and not (self.words.delimited.match(self.text, end) or end + 1 in self.prefix_at)
        ):
            return None  # "xã Nông thôn mới": one capital in a phrase is no name
        return end

    def _last_syllable(self, begin: int, end: int) -> bool:
        """A word that begins no name may end one: ``bản Khao Lao Trên (xã …)``, ``thôn Mô Cổng, xã …``."""
        return " " not in self.text[begin:end] and self.text[end : end + 2].strip()[:1] in {",", ";", "(", ")", "."}

    def _loud(self, start: int, limit: int) -> bool:
        """Whether the words before ``start`` are in capitals too."""
        left = self.text[max(0, start - 14) : start]
        letters = [c for c in left if c.isalpha()]
        return len(letters) >= 2 and all(c.isupper() for c in letters)

    def _hamlet(self, start: int, limit: int) -> tuple[int, bool] | None:
        first = self.text[start]
        if first.isdigit() or first.lower() in self.words.hamlet_leads:
            figure = self.words.hamlet_figure.match(self.text, start, limit)
            if figure:
                return figure.end(), False
        found = self.ends(start, limit)
        if not found:
            return None
        shape = self._shape(start, [e for e, k in found if k == "plain"], limit)
        if shape is None:
            return None
        longer = [e for e, k in found if k != "hyphen" and e > shape and self.text[shape:e].strip().isdigit()]
        return (longer[0] if longer else shape), False

    # -- one sentence --------------------------------------------------------------------------------------------------

    def _run(self, start: int, end: int, holder: Item | None = None) -> list[Item]:
        """Find the units of a stretch without line ends; ``holder`` is the unit whose bracket it is."""
        made: list[Item] = []
        nouns: list[Noun] = []
        pos = start
        prefixes = self._between(start, end)
        if not prefixes:
            return made
        events: list[tuple[int, int, Any]] = [(p.start, 0, p) for p in prefixes]
        first = prefixes[0].start  # nothing is opened before a noun
        events += [(m.start(), 1, m.end()) for m in _OPENERS.finditer(self.key, first, end)]
        low, high = bisect_left(self.opener_starts, first), bisect_left(self.opener_starts, end)
        events += [(at, 1, self.opener_at[at]) for at in self.opener_starts[low:high]]
        events.sort(key=_place)
        for at, kind, event in events:
            if at < pos:
                continue
            if kind == 0:
                group = self._prefixed(event, nouns, end, holder)
                if group is None:
                    self._noun(event, nouns, start)
                    group = self._behind_noun(event, nouns, end)
            elif nouns and at - nouns[-1].end <= _MAX_GAP:
                group = self._opened((at, event), nouns, end)
            else:
                continue
            if group is not None:
                made += group.items
                pos = group.stop
        return made

    def _between(self, start: int, end: int) -> list[Prefix]:
        starts = self.prefix_starts
        return [self.prefix_at[at] for at in starts[bisect_left(starts, start) : bisect_left(starts, end)]]

    @staticmethod
    def _all(items: Iterable[Item]) -> list[Item]:
        return [one for item in items for one in (item, *item.parents)]

    def _noun(self, prefix: Prefix, nouns: list[Noun], floor: int) -> None:
        """Remember a prefix without a name; nouns joined by commas are one (``xã, phường, thị trấn``)."""
        if prefix.role not in {"prefix", "noun"}:
            return
        if nouns:
            between = self.key[nouns[-1].end : prefix.start]
            if between.strip() and self.words.joined.fullmatch(between):
                last = nouns[-1]
                last.end = prefix.end
                last.levels.append(prefix.level)
                last.types.append(prefix.type)
                return
        count, plural = self._counted(prefix.start, floor)
        nouns.append(Noun(prefix.start, prefix.end, [prefix.level], [prefix.type], count, plural))

    def _counted(self, start: int, floor: int) -> tuple[tuple[Span, int] | None, bool]:
        """The number before a noun, and whether the noun is plural."""
        left = self.key[max(floor, start - 40) : start]
        offset = max(floor, start - 40)
        if self.words.may_count(left) and (match := self.words.count.search(left)):
            word = match[1]
            value = self.words.number(word)
            return (Span(offset + match.start(1), offset + match.end(1)), value), value > 1
        return None, left.rstrip().endswith(self.words.plurals)

    # -- a prefix with its name ----------------------------------------------------------------------------------------

    def _prefixed(self, prefix: Prefix, nouns: list[Noun], end: int, holder: Item | None) -> Group | None:
        group = Group()
        coordinate: list[str] = []
        if nouns and prefix.role == "prefix":
            between = self.key[nouns[-1].end : prefix.start]
            if between.strip() and self.words.joined.fullmatch(between):
                coordinate = nouns[-1].types
                if nouns[-1].count:
                    group.counts.append(nouns[-1].count)
                group.plural = nouns[-1].plural
        item = self._at_prefix(prefix, end, mixed=bool(coordinate))
        if item is None:
            return None
        count, plural = self._counted(prefix.start, self.view.block_of(prefix.start).start)
        group.plural = group.plural or plural
        if count:
            group.counts.append(count)
        group.types = (*coordinate, prefix.type)
        if count or plural or coordinate:
            group.noun = Span(prefix.start, prefix.end)
        self._series(group, item, end)
        if not item.role:
            self._subject(group.items, prefix.start, group.stop)
        if group.noun:
            group.after = self._rest(group.stop)
        return group

    def _rest(self, stop: int) -> Span:
        """What the clause goes on to say behind a name, as far as a clause is one and not a page without full stops."""
        return Span(stop, max(stop, min(self.scene.clause_at(stop - 1).end, stop + _MAX_CLAUSE)))

    def _subject(self, items: list[Item], start: int, stop: int) -> None:
        """``Huyện Hòa Sơn được công nhận …``: the subjects of a sentence that says what is to be reached."""
        begin = self.skip(stop)
        said = self.words.said.match(self.key, begin)
        if said is None and (adverb := self.words.subject_adverb.match(self.key, begin)) is not None:
            said = self.words.said.match(self.key, adverb.end())
        if said is None or not self._opens(start):
            return
        for item in items:
            item.role, item.said = "member", Span(begin, max(said.end(), self._rest(stop).end))

    def _opens(self, start: int) -> bool:
        """Whether a clause or sentence begins here, or nothing but a circumstance stands before."""
        begins = {self.skip(self.scene.clause_at(start).start), self.skip(self.scene.sentence_at(start).start)}
        if start in begins:
            return True
        begin = max(b for b in begins)
        return begin < start and self.words.subject_lead.fullmatch(self.key, begin, start) is not None

    def _at_prefix(self, prefix: Prefix, end: int, *, mixed: bool = False) -> Item | None:
        """The unit named right behind a prefix, status words between them skipped (``xã nông thôn mới Phú Mỹ``)."""
        if prefix.role not in {"prefix", "short"}:
            return None
        pos = self._past_status(prefix, end)
        if (pos == prefix.end and self.text[prefix.end - 1] != ".") or pos >= end:
            return None
        level = "" if prefix.type == CITY else prefix.level
        if level == "" or mixed:
            found = self._city(pos, end, prefix) if not mixed else self.name(pos, end, prefix.level, strict=False)
        else:
            strict = prefix.role == "short" or level == "province"  # all provinces are known
            found = self.name(pos, end, level, strict=strict, type_=prefix.type)
        if found is None:
            return None
        stop, known = found
        if self._is_person(pos, stop) and not known:
            return None
        level = level or (prefix.level if mixed else self._city_level(self.text[pos:stop]))
        type_ = self.type_of(self.text[pos:stop], level) if mixed else prefix.type
        item = Item(
            pos, stop, level, type_ or prefix.type, prefix.entry.id, Span(prefix.start, prefix.end), known=known
        )
        item.role = self.role_before(prefix.start)
        if item.role == "issuer" and not known and level != "hamlet":
            return None  # "Chủ tịch UBND huyện Lê Văn Mẫu"
        return item

    def _past_status(self, prefix: Prefix, end: int) -> int:
        """Behind status words; but ``xã Biên Giới``, ``xã Văn Hóa`` are names that begin like one."""
        pos = self.skip(prefix.end)
        for _ in range(4):
            if pos not in self.status_at:
                break
            if self.text[pos].isupper() and prefix.level in _UNITS:
                found = self.name(pos, end, prefix.level, strict=True)
                if found and self.at_home(self.text[pos : found[0]], prefix.level):
                    break
            pos = self.skip(self.status_at[pos])
        return pos

    def skip(self, pos: int) -> int:
        while pos < len(self.text) and self.text[pos] in QUOTES:
            pos += 1
        return pos

    def _city(self, pos: int, end: int, prefix: Prefix) -> tuple[int, bool] | None:
        """``thành phố`` is a province or a district (DOMAIN 5.1); the longest name of either wins."""
        strict = prefix.role == "short"
        found = [f for level in ("province", "district") if (f := self.name(pos, end, level, strict=True))]
        if found:
            return max(found)
        return None if strict else self.name(pos, end, "district", strict=False)

    def _city_level(self, name: str) -> str:
        cities = [u for u in self.known(name, "province") if u.type == CITY]
        towns = [u for u in self.known(name, "district") if u.type == CITY]
        if cities and (not towns or self.on is None or self.on >= TWO_LEVELS or not _in_force(towns, self.on)):
            return "province"
        return "district"

    def type_of(self, name: str, level: str) -> str:
        types = {u.type for u in self.known(name, level)}
        return types.pop() if len(types) == 1 else ""

    def role_before(self, start: int) -> str:
        """What the words right before a prefix or a name say of its role."""
        cues, starts = self._cues
        stop = bisect_left(starts, start)
        low = stop
        while low and starts[low - 1] >= start - _NEAR:
            low -= 1
        role, past = "", 0
        for begin, end, entry in cues[low:stop]:
            if begin < past or end > start:
                continue
            past = end
            between = self.key[end:start]
            if self.words.only_joints(between) and not (entry.means["role"] == "issuer" and ":" in between):
                role = str(entry.means["role"])  # but behind a colon (Phó Bí thư Huyện ủy: các xã A, B) of no office
        return role

    @cached_property
    def _cues(self) -> tuple[list[tuple[int, int, Entry]], list[int]]:
        """The words that say something of the role of a name behind them, and where they begin."""
        found = self.scene.phrases(self.words.cues)
        return found, [start for start, _, _ in found]

    def _is_person(self, start: int, end: int) -> bool:
        parts = self.key[start:end].split()
        return len(parts) >= 3 and parts[0] in self.words.surnames

    # -- a series ------------------------------------------------------------------------------------------------------

    def _series(self, group: Group, first: Item, end: int) -> None:
        """Go on behind the first name: quantities, brackets, parents, separators, more names, lists of a unit's own."""
        self._add(group, first)
        inside, pos = [_Series(group, first, first, [first], first.level, first.type)], first.end
        while inside:
            series = inside[-1]
            pos = self._behind(series.item, series.pending, pos, end)
            below = self._below(series.item, pos, end)
            if below is not None:
                self._add(below.group, below.first)
                inside.append(below)
                pos = below.item.end
                continue
            pos = self._after(series, pos, end)
            while pos < 0:  # the list is at its end
                inside.pop()
                if not inside:
                    break
                inner, series = series.group, inside[-1]
                for one in inner.items:
                    if RANK[one.level] < RANK[series.item.level] and not one.parents:
                        one.parents.append(series.item)
                pos = self._after(series, inner.stop, end)

    def _after(self, series: _Series, pos: int, end: int) -> int:
        """Go on behind what belongs to a series' last name; returns the end of its next one, -1 where there is none."""
        group, pending, first = series.group, series.pending, series.first
        pos = self._chain(pending, pos, end) or pos
        group.stop = pos
        separator = self.words.separator.match(self.text, pos, end)
        if separator is None:
            return -1
        if separator[1]:
            pending = series.pending = []
        item = self._next(group, separator, pending, series.level, series.type, end)
        if item is None:
            return -1
        series.item = item
        if item.parent_only:
            for one in pending:
                one.parents.append(item)
            return item.end
        if item.prefix is not None and not self._alone_of_kind(item, series):
            series.level, series.type = item.level, item.type
        if pending and pending[-1].parents:
            pending = series.pending = []
        item.role = item.role or first.role  # "UBND các xã A, B": what stands before the first is said of all
        pending.append(item)
        self._add(group, item)
        return item.end

    def _alone_of_kind(self, item: Item, series: _Series) -> bool:
        """``các xã: A, B, thị trấn C, D``: a township among communes is one, and the next is a commune again."""
        prefix = item.prefix
        if prefix is None or item.type != TOWNSHIP or series.type != COMMUNE or not series.group.plural:
            return False
        return not self._counted(prefix.start, self.view.block_of(prefix.start).start)[1]

    def _add(self, group: Group, item: Item) -> None:
        item.group = group
        group.items.append(item)
        self.items.append(item)

    def _behind(self, item: Item, pending: list[Item], pos: int, end: int) -> int:
        """What stands right behind a name: its own quantity, a bracket."""
        tail = self.words.tail.match(self.text, pos, end)
        if tail and (self._counts_units(item, tail.end(1), tail.end()) or self._reached_by_all(pending, pos, tail)):
            tail = None
        if tail and not self.text[pos : tail.start(1)].strip().startswith("("):
            item.quantity = Span(*tail.span(1))
            return int(tail.end())
        gap = 1 if self.text[pos : pos + 1] == " " else 0
        if self.text[pos + gap : pos + gap + 1] != "(":
            return pos
        close = self._closing(pos + gap, end)
        if close is None:
            return pos
        if tail and tail.end() == close + 1:
            item.quantity = Span(*tail.span(1))
            return close + 1
        self._bracket(item, pending, pos + gap + 1, close)
        return close + 1

    def _reached_by_all(self, pending: Sequence[Item], pos: int, tail: regex.Match[str]) -> bool:
        """Whether a verb and its figure are said of a whole list: ``cấp nước tại các xã A, B và C | đạt 95%``."""
        if len(pending) < 2 or pending[0].role != "location" or any(i.quantity for i in pending):
            return False
        return any(c.isalpha() for c in self.text[pos : tail.start(1)])

    def _counts_units(self, item: Item, begin: int, end: int) -> bool:
        """Whether the quantity behind a unit counts those that a bracket names: ``huyện Hòa Sơn: 01 xã (An Lạc)``."""
        if item.level not in {"district", "province"}:
            return False
        opening = self.text.find("(", begin, end + 2)
        named = self.text[opening + 1 : opening + 2].isupper() or self.skip(opening + 1) in self.prefix_at
        return opening >= 0 and named and not any(c.isdigit() for c in self.text[opening:end])

    def _closing(self, opening: int, end: int) -> int | None:
        """The bracket that closes the one at ``opening``, in the same line and not far off."""
        begin = self.text.rfind("\n", 0, opening) + 1
        pairs = self._lines.get(begin)
        if pairs is None:
            stop = self.text.find("\n", opening)
            pairs = self._lines[begin] = _brackets(self.text, begin, stop if stop >= 0 else len(self.text))
        close = pairs.get(opening)
        return close if close is not None and close < end and close - opening < 1500 else None

    def _bracket(self, item: Item, pending: list[Item], start: int, close: int) -> None:
        """A bracket behind a name holds its parent, with or without prefix, or units inside it."""
        begin = self.skip(start)
        found = self._run(start, close, item) or self._counted_inside(item, begin, close)
        if not found:
            bare = self._bare_inside(item, begin, close)
            found = [bare] if bare else []
        covered = pending or [item]
        for one in found:
            if RANK[one.level] > RANK[item.level]:
                for number, lower in enumerate(covered):
                    if RANK[lower.level] < RANK[one.level]:
                        lower.parents.append(one)
                        lower.firm = lower.firm and number == len(covered) - 1
                if RANK[one.level] > RANK[covered[-1].level]:
                    one.parent_only, one.role = True, "location"
            elif RANK[one.level] < RANK[item.level]:
                one.parents.append(item)

    def _counted_inside(self, item: Item, begin: int, close: int) -> list[Item]:
        """``04 xã thuộc huyện Ba Tơ (Ba Vì, Ba Xa, …)``: the bracket names the units that are counted before."""
        prefix = item.prefix
        if prefix is None or item.level != "district" or begin in self.prefix_at:
            return []
        counted = self.words.counted_in.search(self.key, max(0, prefix.start - _NEAR), prefix.start)
        noun = None if counted is None else self.prefix_at.get(counted.start("unit"))
        if noun is None or noun.level != "commune":
            return []
        count, plural = self._counted(noun.start, self.view.block_of(noun.start).start)
        one = Noun(noun.start, noun.end, [noun.level], [noun.type], count, plural)
        made = self._list([one], begin, close, "(") if count or plural else None
        if made is None:
            return []
        group = made[0]
        group.counts, group.noun, group.opened, group.whole = (
            [count] if count else [],
            Span(noun.start, noun.end),
            True,
            True,
        )
        item.parent_only, item.role = True, "location"
        return group.items

    def _bare_inside(self, item: Item, begin: int, close: int) -> Item | None:
        """A name alone in a bracket: what holds the unit, or what it was before (``tỉnh Đắk Lắk (Phú Yên cũ)``)."""
        said = next((w for w in self.words.former if self.key.endswith(f" {w}", begin, close)), "")
        stop = close - len(said) - 1 if said else close
        text = self.text[begin:stop].strip(QUOTES)
        if not text or (not text[0].isupper() and not text[0].isdigit()):
            return None
        former = stop < close
        on = self.on
        # after July 2025 "phường Đông Hà (Quảng Trị)" is of the province, not of the town of that name
        in_force = {
            level: on is None or any(u.in_force(on) for u in self.known(text, level))
            for level in ("district", "province", "commune")
        }
        for level in sorted(in_force, key=lambda name: not in_force[name]):
            if (RANK[level] > RANK[item.level] or (former and RANK[level] == RANK[item.level])) and self.known(
                text, level
            ):
                made = Item(begin, begin + len(text), level, self.type_of(text, level), "place.bracket", known=True)
                made.role = "location"
                self.items.append(made)
                return made
        return None

    def _below(self, item: Item, pos: int, end: int) -> _Series | None:
        """``huyện Hòa Sơn: xã An Lạc, Bình Hòa``: a list of the unit's own units."""
        if self.text[pos : pos + 1] != ":" or item.level not in {"district", "province"}:
            return None
        begin = self.skip(pos + 1)
        prefix, count = self._prefix_here(begin, end)
        if prefix is None or RANK.get(prefix.level, 9) >= RANK[item.level]:
            return None
        lower = self._at_prefix(prefix, end)
        inner = Group(plural=True, types=(prefix.type,))
        if lower is None:
            colon = self.skip(prefix.end)
            if self.text[colon : colon + 1] not in (":", "("):
                return None
            first = self.skip(colon + 1)
            if (own := self.prefix_at.get(first)) is not None:
                lower = self._at_prefix(own, end)  # "02 xã (xã A, xã B)"
            elif (found := self.name(first, end, prefix.level, strict=False)) is not None:
                lower = Item(first, found[0], prefix.level, prefix.type, prefix.entry.id, known=found[1])
            if lower is None:
                return None
        if count:
            inner.counts.append(count)
        return _Series(inner, lower, lower, [lower], lower.level, lower.type)

    def _prefix_here(self, pos: int, end: int) -> tuple[Prefix | None, tuple[Span, int] | None]:
        """The prefix at ``pos``, behind ``các`` or a number if one stands there."""
        if pos in self.prefix_at:
            return self.prefix_at[pos], None
        match = self.words.lead_in.match(self.key, pos, end)
        if match and match.end() in self.prefix_at:
            prefix = self.prefix_at[match.end()]
            if match[1] and prefix.type in NUMBERED and self.text[self.skip(prefix.end) : end][:1].isdigit():
                return None, None  # "phường 1, 5 quận 3": no count, the next ward's name
            count = (Span(*match.span(1)), self.words.number(match[1])) if match[1] else None
            return prefix, count
        return None, None

    def _chain(self, pending: list[Item], pos: int, end: int) -> int | None:
        """A unit of higher level with its prefix: the parent of those before it (``xã A, huyện H, tỉnh T``).

        Returns where the chain ends, or ``None`` if there is none.
        """
        link = self.words.link.match(self.key, pos, end)
        prefix = self.prefix_at.get(self.skip(link.end())) if link and pending else None
        item = self._at_prefix(prefix, end) if prefix else None
        if item is None or pending[-1].parents or any(RANK[p.level] >= RANK[item.level] for p in pending):
            return None
        for one in pending:
            one.parents.append(item)
        item.role, item.parent_only = "location", True
        self.items.append(item)
        return self._chain([item], item.end, end) or self._bare_above(item, end) or item.end

    def _bare_above(self, item: Item, end: int) -> int | None:
        """``xã A, huyện H, Hà Tĩnh``: a province without its prefix at the end of a chain."""
        comma = self.words.separator.match(self.text, item.end, end)
        if comma is None or not (comma[2] or comma[4]) or item.level == "province":
            return None
        found = self.name(comma.end(), end, "province", strict=True)
        if found is None or not self.words.delimited.match(self.text, found[0], end):
            return None
        name = self.text[comma.end() : found[0]]
        made = Item(comma.end(), found[0], "province", self.type_of(name, "province"), "place.chain", known=True)
        made.role, made.parent_only = "location", True
        item.parents.append(made)
        self.items.append(made)
        return made.end

    def _next(self, group: Group, separator: Any, pending: list[Item], level: str, type_: str, end: int) -> Item | None:
        """The next name of a series, with a prefix of its own or without."""
        pos = self.skip(separator.end())
        prefix, count = self._prefix_here(pos, end)
        if separator[4] and prefix is None:
            return None
        bare = self._bare_item(pos, end, level, type_, group, separator, pending)
        if prefix is None or (bare is not None and bare.known and self.text[pos].isupper() and pos in self.prefix_at):
            return bare  # "các xã: Bản Díu, …": a name that begins with a word that is also a prefix
        if bare is not None and level == "hamlet" and self._own_capital(group, pos):
            return bare
        item = self._at_prefix(prefix, end)
        if item is None or (RANK[item.level] > RANK[level] and not (separator[1] or separator[3] or group.plural)):
            return None
        if count:
            group.parts.append((item, count))
        return item

    def _own_capital(self, group: Group, pos: int) -> bool:
        """``các thôn Nà Cọ, Bản Cám``: where the list's noun is small, one in capitals is the name's own."""
        noun = group.items[0].prefix
        return noun is not None and self.text[noun.start].islower() and self.text[pos].isupper() and self._named_on(pos)

    def _named_on(self, pos: int) -> bool:
        """Whether a capital follows the word here, as the next syllable of a name."""
        space = self.text.find(" ", pos)
        return space > 0 and self.text[space + 1 : space + 2].isupper()

    def _bare_item(
        self, pos: int, end: int, level: str, type_: str, group: Group, separator: Any, pending: list[Item]
    ) -> Item | None:
        """A name without a prefix; behind a single unit (``xã A, B``) only one that the gazetteer has here."""
        higher = self._bare_higher(pos, end, level, separator, pending, group)
        if higher is not None:
            return higher
        single = not group.plural
        found = self.name(pos, end, level, strict=single and level != "hamlet", type_=type_)
        if found is None:
            return None
        stop, known = found
        name = self.text[pos:stop]
        if not known:
            ends = self.words.delimited.match(self.text, stop, end) or stop + 1 in self.prefix_at
            last = separator[3] or any(value == len(group.items) + 1 for _, value in group.counts)
            last = last or (level == "hamlet" and group.plural and self.text[stop : stop + 1] == " ")
            if (not ends and not (last and " " in name)) or self._is_person(pos, stop) or (name.isdigit() and single):
                return None
            if single and not separator[3] and any(self.known(name, one) for one in _UNITS):
                return None  # "thôn Đoài, Quảng Ninh": no hamlet, whatever it is; "thôn Tân An và Tân Lập": one
        elif single and (not self.at_home(name, level) or self.runs_on(stop)):
            return None
        made = Item(pos, stop, level, type_, "place.list", known=known)
        types = {u.type for u in self.known(name, level)}
        if known and type_ not in types:
            made.type = next(iter(types)) if len(types) == 1 else type_
        return made

    def runs_on(self, stop: int) -> bool:
        """Whether a capital follows at once: the name is the beginning of another one."""
        return self.text[stop : stop + 1] == " " and self.text[stop + 1 : stop + 2].isupper()

    def _bare_higher(
        self, pos: int, end: int, level: str, separator: Any, pending: list[Item], group: Group
    ) -> Item | None:
        """``huyện Cẩm Xuyên, Hà Tĩnh``; ``xã Thạnh Hòa, Phụng Hiệp``: a bare name of what holds the unit before it."""
        if len(pending) != 1 or not separator[2] or group.plural or pending[0].parents:
            return None
        lower = pending[0]
        for higher in ("province", "district", "commune"):
            if RANK[higher] <= RANK[level]:
                continue
            found = self.name(pos, end, higher, strict=True)
            if found is None or self.runs_on(found[0]):
                continue
            name = self.text[pos : found[0]]
            if higher == "commune" and (
                self.words.separator.match(self.text, found[0], end) or not self.at_home(name, higher)
            ):
                continue  # one of several hamlets, whose names are communes' elsewhere
            if level == "hamlet" or any(self._holds(unit, lower) for unit in self.known(name, higher)):
                made = Item(pos, found[0], higher, self.type_of(name, higher), "place.chain", known=True)
                made.role, made.parent_only = "location", True
                self.items.append(made)
                return made
        return None

    def _holds(self, unit: Unit, lower: Item) -> bool:
        name = self.text[lower.start : lower.end]
        if unit.level == "province":
            inside = self.units.named(name, level=_level(lower.level), on=self.on, province_code=unit.code)
        else:
            inside = self.units.named(name, level=_level(lower.level), on=self.on, district_code=unit.code)
        return bool(inside)

    # -- lists that a colon, a bracket or a word opens -----------------------------------------------------------------

    def _behind_noun(self, prefix: Prefix, nouns: list[Noun], end: int) -> Group | None:
        """``các địa phương Tân Yên, Lạng Giang``: names right behind a noun that has no level of its own."""
        pos = self.skip(prefix.end)
        if prefix.role != "noun" or pos == prefix.end or not self.text[pos : pos + 1].isupper():
            return None
        found = self._list(nouns[-1:], pos, end, "")
        if found is None:
            return None
        group, noun = found
        group.counts = [noun.count] if noun.count else []
        group.noun = Span(noun.start, prefix.end)
        return group

    def _opened(self, opener: tuple[int, int], nouns: list[Noun], end: int) -> Group | None:
        near = [n for n in nouns[-12:] if opener[0] - n.end <= _MAX_GAP]
        sign = self.key[opener[0] : opener[1]]
        pos, limit = opener[1], end
        if sign == "(":
            close = self._closing(opener[0], end)
            if close is None or self._names_work(opener[0], near):
                return None
            limit = close
        pos = self._past_openers(pos, limit)
        first = self.text[pos : pos + 1]
        if not (first.isupper() or first.isdigit()) and self._prefix_here(pos, limit)[0] is None:
            return None
        if (counted := _COUNTED.match(self.text, pos, limit)) and not self.words.delimited.match(
            self.text, counted.end(1), limit
        ):
            return None  # "phường có 17 chỉ tiêu, gồm 9 chỉ tiêu thành phố giao"
        before = len(self.items)
        near = [noun for noun in near if not self._ends_body(noun, pos, limit)] if sign == ":" else near
        items = self._list(near, pos, limit, sign)
        if items is None:
            return None
        group, noun = items
        if sign in self.words.where and group.items[0].role == "location":
            return group
        last = group.stop
        if (
            sign == "("
            and not self.words.separator.match(self.text, last, limit)
            and self.text[last:limit].strip(" .…)")
            and (len(group.items) < 2)
        ):
            gone = set(map(id, self._all(group.items)))
            self.items[before:] = [i for i in self.items[before:] if id(i) not in gone]
            return None
        group.counts = [n.count for n in near if n.count and (set(n.levels) & set(noun.levels) or "" in n.levels)]
        group.after = self._rest(last) if sign == ":" else None
        group.opened = True
        if not group.counts and self.role_before(noun.start) == "location":
            for item in group.items:
                item.role = item.role or "location"  # "xảy ra ở một số xã như A, B": where, not which of those counted
        else:
            group.noun = Span(noun.start, opener[0])
        skipped = self.key[opener[0] : group.items[0].prefix.start if group.items[0].prefix else group.items[0].start]
        group.whole = self.words.some.search(skipped) is None
        return group

    def _ends_body(self, noun: Noun, pos: int, limit: int) -> bool:
        """``Trưởng Công an huyện: | Bình Phục, Bình Giang``: one unit that ends a body, and no list of such units."""
        if noun.plural or noun.count is not None or noun.levels not in (["district"], ["province"]):
            return False
        return self.name(pos, limit, noun.levels[0], strict=True) is None

    def _names_work(self, opening: int, nouns: Sequence[Noun]) -> bool:
        """Whether a bracket stands behind the name of a work: ``hồ Suối Lớn (huyện Tuy Phước)`` says where that is."""
        if nouns and nouns[-1].count is not None:
            return False  # "03 xã vùng Đồng Tháp Mười (xã A, xã B, xã C)"
        name = _NAME_BEFORE.search(self.text[max(0, opening - _NAME_LENGTH) : opening])
        return name is not None and not any(n.end > opening - len(name[0]) for n in nouns)

    def _past_openers(self, pos: int, limit: int) -> int:
        pos = self.skip(pos)
        while pos < limit and (past := pos + 1 if self.key[pos] == ":" else self.opener_at.get(pos)):
            if self.text[pos].isupper():
                break
            pos = self.skip(past)
        return pos

    def _list(self, nouns: list[Noun], pos: int, limit: int, sign: str) -> tuple[Group, Noun] | None:
        """Read a list under the nearest noun whose level its names have."""
        for noun in reversed(nouns[-4:]):
            if sign in self.words.where and (inside := self._where_list(noun, pos, limit)) is not None:
                return inside, noun
            for level, type_ in self._readings(noun, pos, limit):
                group = self._try(noun, level, type_, pos, limit, sign)
                if group is not None:
                    return group, noun
        return None

    def _where_list(self, noun: Noun, pos: int, limit: int) -> Group | None:
        """``02 xã khó khăn tại Mường Lát, Quan Sơn``: the names say where the counted units lie."""
        if pos in self.prefix_at:
            return None
        lowest = max((RANK.get(level, 0) for level in noun.levels), default=0)
        for level in ("commune", "district", "province"):
            if RANK[level] <= lowest or (found := self.name(pos, limit, level, strict=True)) is None:
                continue
            name = self.text[pos : found[0]]
            own = [u for one in noun.levels for u in self.known(name, one) if one != "hamlet" and u.type in noun.types]
            units = [u for u in self.known(name, level) if level == "province" or self.is_home(u)]
            if own or not units or (self.on and not _in_force(units, self.on)) or self.runs_on(found[0]):
                continue
            item = Item(pos, found[0], level, self.type_of(name, level), "place.list", known=True)
            item.role = "location"
            group = Group(plural=True, types=(item.type,))
            self._series(group, item, limit)
            return group
        return None

    def _readings(self, noun: Noun, pos: int, limit: int) -> list[tuple[str, str]]:
        """Levels and types in which a list under ``noun`` may be read, best first."""
        pairs = list(dict.fromkeys(zip(noun.levels, noun.types, strict=True)))
        if any(not level for level in noun.levels):  # địa phương, đơn vị: the names tell
            levels = ("district", "commune", "province") if not self.on or self.on < TWO_LEVELS else _UNITS[::-1]
            known = [self.name(pos, limit, level, strict=True) is not None for level in levels]
            return [(level, "") for _, level in sorted(zip(known, levels, strict=True), key=lambda read: not read[0])]
        if len(pairs) > 1 or pairs[0][1] == CITY:
            order = dict.fromkeys([level for level, _ in pairs] + ["province"] * (CITY in noun.types))
            return [(level, "") for level in order]
        return pairs

    def _try(self, noun: Noun, level: str, type_: str, pos: int, limit: int, sign: str) -> Group | None:
        before = len(self.items)
        prefix, count = self._prefix_here(pos, limit)
        capital = pos in self.prefix_at and self.text[pos].isupper()
        first: Item | None = None
        group = Group(plural=True, types=tuple(t for t in noun.types if t), counts=[noun.count] if noun.count else [])
        if prefix is not None and not (capital and self.name(pos, limit, level, strict=True)):
            first = self._at_prefix(prefix, limit)
            if first is None:
                return None
        else:
            found = self.name(pos, limit, level, strict=False, type_=type_)
            if found is None:
                return None
            stop, known = found
            if not known and (not self.words.delimited.match(self.text, stop, limit) or self._is_person(pos, stop)):
                return None
            name = self.text[pos:stop]
            first = Item(pos, stop, level, type_ or self.type_of(name, level), "place.list", known=known)
        if count:
            group.counts.append(count)
        self._series(group, first, limit)
        own = [i for i in group.items if i.prefix is not None or i.known]
        members = [i for i in group.items if not i.parent_only]
        sure = len(own) * 2 >= len(group.items) or level == "hamlet"
        single = len(members) == 1 and first.prefix is None and not first.known
        counted = any(value == len(members) for _, value in [n for n in [noun.count] if n])
        shaped = len(members) > 1 or counted
        if (
            (not level and not own)
            or (single and not counted)
            or not (sure or (shaped and (noun.plural or noun.count)))
        ):
            del self.items[before:]
            return None
        listed = level == "hamlet" and len(members) > 1 and sign not in self.words.where
        if sign not in {":", "("} and first.prefix is None and not first.known and not listed:
            del self.items[before:]
            return None
        if not sure and not self._unknown_place(members):
            del self.items[before:]
            return None
        if not type_:
            for one in members:
                one.type = one.type or self.type_of(self.text[one.start : one.end], one.level)
        return group

    def _unknown_place(self, members: list[Item]) -> bool:
        """Whether names that the gazetteer lacks still look like places: two or three syllables, or a suffix, each."""
        return all(2 <= len(self.text[m.start : m.end].split()) <= 3 for m in members)

    # -- tables --------------------------------------------------------------------------------------------------------

    def _cells(self, index: int) -> None:
        for cell in self.view.blocks[index].cells:
            self._run(cell.start, cell.end)

    def _columns(self) -> None:
        """Columns headed by a unit's noun (``Tên xã``, ``Địa phương``): each cell that is a name is a unit."""
        if not self.layout.tables:
            return
        placed = sorted([(item.start, number) for number, item in enumerate(self.items)])
        gone: set[int] = set()
        for table in self.layout.tables:
            heads: dict[int, Prefix] = {}
            for row in table.header:
                for number, cell in enumerate(self.view.blocks[row].cells):
                    heading = self._heading(cell)
                    if heading is not None:
                        heads[number] = heading
            holder: Item | None = None
            levels = {number: self._levels(table, number, heading) for number, heading in heads.items()}
            for row in table.rows:
                for number, cell in enumerate(self.view.blocks[row].cells):
                    if number in heads:
                        low, high = bisect_left(placed, (cell.start,)), bisect_left(placed, (cell.end,))
                        taken = [self.items[i] for i in sorted([i for _, i in placed[low:high]])]
                        item = self._cell(cell, heads[number], levels[number], taken)
                        if taken and item is not taken[0]:
                            gone.update(map(id, taken))
                        if item:
                            item.role = item.role or "member"
                        if item and item.level == "district":
                            holder = item
                        elif item and holder and not item.parents and RANK[item.level] < RANK[holder.level]:
                            item.parents.append(holder)
                            item.firm = False
        if gone:
            self.items = [i for i in self.items if id(i) not in gone]

    def _levels(self, table: Table, number: int, heading: Prefix) -> list[str]:
        """The levels that a column's names are looked for in, the one that most of its names have at home first."""
        if heading.level:
            return [heading.level]
        rows = (self.view.blocks[row].cells for row in table.rows)
        cells = (cells[number] for cells in rows if number < len(cells))
        names = [self.text[cell.start : cell.end].strip(" .*") for cell in cells]
        found = {level: sum(self.at_home(name, level) for name in names) for level in ("district", "commune")}
        return [*sorted(found, key=lambda level: -found[level]), "province"]

    def _heading(self, cell: Span) -> Prefix | None:
        if cell.end - cell.start > 40:
            return None
        key = self.key[cell.start : cell.end].strip()
        for prefix in self._between(cell.start, cell.end):
            lead = self.key[cell.start : prefix.start].strip()
            if prefix.role in {"prefix", "noun"} and (not lead or lead in self.words.heading_leads):
                if prefix.role == "noun" and key not in self.words.headings:
                    continue
                return prefix
        return None

    def _cell(self, cell: Span, heading: Prefix, levels: Sequence[str], taken: Sequence[Item]) -> Item | None:
        """The unit of a cell: the first of those read there already, unless the column says that they are none."""
        pos = self.skip(cell.start)
        if self.key[pos : cell.end].strip(" .:*") in self.words.totals:
            return None
        if taken:
            name = self.text[pos : cell.end].strip(" .*")
            if not heading.level or taken[0].level == heading.level or not self.at_home(name, heading.level):
                return taken[0]  # but xã Bản Thi in a column of communes is no hamlet
        for level in levels:
            found = self.name(pos, cell.end, level, strict=not heading.level, type_=heading.type)
            if (
                found
                and not self.text[found[0] : cell.end].strip(" .*")
                and (found[1] or not self._is_person(pos, found[0]))
            ):
                name = self.text[pos : found[0]]
                type_ = self.type_of(name, level) or heading.type
                item = Item(pos, found[0], level, type_, "place.table", known=found[1])
                self.items.append(item)
                return item
        listed = next((items for level in levels if (items := self._listed_cell(pos, cell.end, heading, level))), [])
        self.items += listed
        return listed[0] if listed else None

    def _listed_cell(self, start: int, end: int, heading: Prefix, level: str) -> list[Item]:
        """The units of a cell that holds several, and nothing else: ``Gia Mẫu, Khoa Mẫu``."""
        stop = start + len(self.text[start:end].rstrip(" .*"))
        cuts = [cut.span() for cut in self.words.separator.finditer(self.text, start, stop) if cut.end() > cut.start()]
        if not 0 < len(cuts) <= _MOST_IN_CELL:
            return []
        items = []
        for begin, close in zip([start, *(b for _, b in cuts)], [*(a for a, _ in cuts), stop], strict=True):
            found = self.name(begin, close, level, strict=not heading.level, type_=heading.type)
            if not found or found[0] != close or (not found[1] and self._is_person(begin, close)):
                return []
            type_ = self.type_of(self.text[begin:close], level) or heading.type
            items.append(Item(begin, close, level, type_, "place.table", role="member", known=found[1]))
        return items

    # -- bullets below a line that ends with a colon -------------------------------------------------------------------

    def _bullets(self) -> None:
        """``Các xã phấn đấu về đích năm 2023:`` with one name a bullet."""
        blocks = self.view.blocks
        named = {i.prefix.start for i in self.items if i.prefix}
        taken = {i.start: i for i in self.items}
        for index, block in enumerate(blocks):
            if self.text[block.end - 1] != ":" or block.cells or index + 1 >= len(blocks):
                continue
            style = self.layout.markers[index + 1]
            if style is None:
                continue
            nouns: list[Noun] = []
            for prefix in self._between(block.start, block.end):
                if prefix.start not in named:
                    self._noun(prefix, nouns, block.start)
            if nouns:
                self._bullet_list(index, nouns, style.style, taken)

    def _bullet_list(self, index: int, nouns: list[Noun], style: str, taken: dict[int, Item]) -> None:
        group = Group(plural=True, opened=True)
        block = self.view.blocks[index]
        for at in range(index + 1, len(self.view.blocks)):
            marker = self.layout.markers[at]
            if marker is None or marker.style != style:
                break
            content = self.layout.content(at)
            pos = self.skip(content.start)
            prefix = self.prefix_at.get(pos)
            present = taken.get(self.skip(prefix.end)) if prefix else taken.get(pos)
            if present is not None:
                group.items.append(present)
                present.group = group
                continue
            noun = nouns[-1]
            for level, type_ in self._readings(noun, pos, content.end):
                found = self.name(pos, content.end, level, strict=False, type_=type_)
                if (
                    found
                    and self.words.delimited.match(self.text, found[0], content.end)
                    and (found[1] or not self._is_person(pos, found[0]))
                ):
                    if not found[1] and self.text[found[0] : content.end].strip(" .;") != "":
                        continue
                    name = self.text[pos : found[0]]
                    item = Item(pos, found[0], level, type_ or self.type_of(name, level), "place.list", known=found[1])
                    inner = Group(plural=False, types=(item.type,))
                    self._series(inner, item, content.end)
                    group.items += inner.items
                    for one in inner.items:
                        one.group = group
                    break
        if not group.items:
            return
        group.counts = [n.count for n in nouns if n.count]
        group.noun = Span(nouns[-1].start, block.end - 1)
        group.types = tuple(t for t in nouns[-1].types if t)
        group.whole = True

    # -- hamlets named before ------------------------------------------------------------------------------------------

    def _hamlets_again(self) -> None:
        """Hamlets that the document named with their noun before, without it: ``trạm tại Nà Cọ, Bản Cám``.

        No gazetteer has them, so that a word of place (tại, ở) or another of them must stand before.
        """
        named: dict[str, Item] = {}
        for item in self.items:
            name = self.text[item.start : item.end]
            if item.level == "hamlet" and " " in name and name.istitle() and not any(map(str.isdigit, name)):
                named.setdefault(name, item)
        if not named:
            return
        names = list(named)
        automaton = ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        taken = sorted(self.items, key=lambda i: i.start)
        starts, gone = [i.start for i in taken], set[int]()
        last: Item | None = None
        for index, start, end in automaton.find_matches_as_indexes(self.text):
            if (self.text[start - 1 : start] + self.text[end : end + 1]).strip(" \n\t,;:.()\"'“”/"):
                continue  # part of a longer word
            at = bisect_left(starts, start)
            before = taken[at - 1] if at and taken[at - 1].end > start else None
            inside = taken[at : bisect_left(starts, end, at)]
            if before is not None or any(i.start == start for i in inside):
                whole = before or inside[0]
                last = whole if whole.level == "hamlet" else None
                continue
            joined = last is not None and self.words.separator.fullmatch(self.text, last.end, start) is not None
            if (joined or self.role_before(start) in {"location", "member"}) and not self.runs_on(end):
                first = named[names[index]]
                gone.update(map(id, inside))  # the "Cám" of "tại Nà Cọ, Bản Cám"
                for rest in (i for one in inside if one.group for i in one.group.items if i.prefix is None):
                    rest.type = first.type
                last = Item(
                    start, end, "hamlet", first.type, "place.bare", role="location", parents=list(first.parents)
                )
                self.items.append(last)
        self.items = [i for i in self.items if id(i) not in gone]

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _hits(self) -> list[Hit]:
        seen: dict[int, Item] = {}
        for item in self.items:
            if item.start not in seen or item.end > seen[item.start].end:
                seen[item.start] = item
        for read in {id(i.group): i.group for i in seen.values() if i.group is not None}.values():
            _part(read)
        groups: dict[int, PlaceList] = {}
        for item in seen.values():
            if item.group is not None and id(item.group) not in groups:
                made = self._made(item.group, len(groups))
                if made is not None:
                    groups[id(item.group)] = made
        hits = []
        for item in sorted(seen.values(), key=lambda i: i.start):
            group = groups.get(id(item.group)) if item.group and not item.parent_only else None
            mention = Mention(
                level=item.level,  # type: ignore[arg-type]
                type=item.type,
                prefix=item.prefix,
                parents=tuple(p.start for p in item.parents if p.start in seen),
                firm=item.firm,
                group=group,
                quantity=item.quantity,
                role=item.role,
                known=item.known,
                parent_only=item.parent_only,
                said=item.said,
            )
            hits.append(Hit("place", item.start, item.end, item.rule, mention))
        return hits

    def _made(self, group: Group, number: int) -> PlaceList | None:
        members = [i for i in group.items if not i.parent_only]
        if not members or (len(members) == 1 and not group.counts and not group.opened):
            return None
        top = max(RANK[i.level] for i in members)
        level = [i for i in members if RANK[i.level] == top]
        if group.opened or group.counts:
            first = members[0].level
            level = [i for i in members if i.level == first]
        span = Span(min(i.start for i in members), max(i.end for i in self._all(members)))
        counts = tuple(dict.fromkeys(group.counts))
        whole = group.whole and not self._goes_on(span.end)
        return PlaceList(number, span, len(level), counts, group.noun, group.after, tuple(group.types), whole)

    def _goes_on(self, end: int) -> bool:
        """Whether more follows than was read: another name, ``v.v.``, ``và các xã khác``."""
        rest = self.words.more.match(self.text, end)
        behind = self.key[end : end + 40]
        return rest is not None or any(
            self.words.joint_before.fullmatch(behind[: h.start]) for h in self.words.open_ends.matches(behind)
        )


def _brackets(text: str, start: int, end: int) -> dict[int, int]:
    """Where the brackets of a line close, by where they open."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for sign in _BRACKETS.finditer(text, start, end):
        if sign[0] == "(":
            waiting.append(sign.start())
        elif waiting:
            pairs[waiting.pop()] = sign.start()
    return pairs


def _beginning_in(spans: Sequence[tuple[int, int, Entry]], part: Span) -> Sequence[tuple[int, int, Entry]]:
    return spans[bisect_left(spans, part.start, key=_start) : bisect_left(spans, part.end, key=_start)]


def _start(span: tuple[int, int, Entry]) -> int:
    return span[0]


def _place(event: tuple[int, int, Any]) -> tuple[int, int]:
    return event[:2]


def _part(group: Group) -> None:
    """Divide a list that counts its parts (``03 xã A, B, C và 02 phường D, E``), unless one count is that of all."""
    members = [i for i in group.items if not i.parent_only]
    if not group.parts or any(value == len(members) for _, value in group.counts):
        return
    place = {id(item): number for number, item in enumerate(group.items)}
    starts = [(place[id(first)], count) for first, count in group.parts if id(first) in place]
    ends = [begin for begin, _ in starts[1:]] + [len(group.items)]
    for (begin, count), end in zip(starts, ends, strict=True):
        first = group.items[begin]
        part = Group(group.items[begin:end], [count], first.prefix, group.after, (first.type,), True)
        for item in part.items:
            item.group = part
    group.items = [i for i in group.items if i.group is group]


def _level(level: str) -> Level:
    return level  # type: ignore[return-value]


def _in_force(units: Iterable[Unit], on: date) -> bool:
    return any(unit.in_force(on) for unit in units)
