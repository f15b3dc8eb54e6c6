"""The administrative units of Vietnam through time, and how to look them up.

The tables lie in ``patterns/gazetteer`` (their sources, assumptions and figures: ``SOURCES.md`` there). A unit has one
row for each stretch of time in which its name, type and parents stayed the same, because neither a code nor a name
means one thing without a date (ECOSYSTEM A3: in July 2025 names and codes crossed).

Nothing here reads a clock or guesses: every lookup returns all units that fit, and the caller decides what one, several
or none of them mean.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from extractor.paths import patterns_dir
from extractor.text.keys import fold, toneless

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

Level = Literal["province", "district", "commune"]
Kind = Literal["unchanged", "renamed", "merged", "divided"]

# Types as the tables write them.
PROVINCE, CITY = "tỉnh", "thành phố"
TOWNSHIP, COMMUNE = "thị trấn", "xã"
NUMBERED = frozenset({"phường", "quận"})  # those whose names may be a number

TWO_LEVELS = date(2025, 7, 1)  # districts abolished, 63 provinces become 34 (DOMAIN 5.1)
# What ``on=None`` means: the units of 2021-2025 come first, and of those the ones of 2021.
REFERENCE = date(2021, 12, 31)
_LEVEL_OF_WIDTH: dict[int, Level] = {2: "province", 3: "district", 5: "commune"}
_TYPE_PREFIX = re.compile(
    r"^(?:tỉnh|thành\s+phố|tp\.?|t\.p\.?|huyện|quận|thị\s+xã|tx\.?|xã|phường|thị\s+trấn|tt\.?|đặc\s+khu)\s+",
    re.IGNORECASE,
)


# -- keys --------------------------------------------------------------------------------------------------------------

_JOINTS = re.compile(r"[\s'\-]+")
_SPACE = re.compile(r"\s+")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_FARM = re.compile(r"(?:^|(?<=\0))nt\.? (?=[^\W\d_])")  # thị trấn NT Mộc Châu is Nông trường Mộc Châu
_DAK = re.compile(r"đ[aăắ]k")  # Đắk, Đăk and Đak are one word in three spellings of the highlands' languages
_AK = re.compile(r"[ắ](?=k)")  # so are Pắk and Păk, M'Drắk and M'Drăk
_ROMAN = {figure: str(i) for i, figure in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"), 1)}


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """The key under which all accepted spellings of one name are equal.

    ``fold``, without spaces, hyphens and apostrophes, numbers without leading zeros, Đắk/Đăk/Đak as one. Tones and
    letters count: Cẩm Vĩnh and Cẩm Vịnh differ.

    >>> name_key("Đắk R’lấp") == name_key("Đăk R'Lấp") == name_key("ĐakRLấp")
    True
    """
    return _key(fold(unicodedata.normalize("NFC", name)))


def _key(folded: str) -> str:
    """``name_key`` of a folded name, or of many between NUL characters."""
    plain = _FARM.sub("nông trường ", folded).replace(" ", "").replace("'", "").replace("-", "")
    key = _SPACE.sub("", plain)
    if "0" in key:
        key = _LEADING_ZEROS.sub("", key)
    return _AK.sub("ă", _DAK.sub("đăk", key)) if "k" in key else key


def _spelt(names: Collection[str]) -> dict[str, tuple[str, str]]:
    """``fold`` and ``name_key`` of many names, made of one text, which takes a fraction of the time."""
    folded = fold(unicodedata.normalize("NFC", "\0".join(names)))
    return dict(zip(names, zip(folded.split("\0"), _key(folded).split("\0"), strict=True), strict=False))


@lru_cache(maxsize=65536)
def loose_key(name: str) -> str:
    """The key for a second look inside a district or province already known.

    No diacritics, ``y`` as ``i``, a last word in Roman figures as a number (``Phường VII`` = ``phường 7``).

    >>> loose_key("Cấm Vĩnh") == loose_key("Cẩm Vịnh") and loose_key("VII") == loose_key("7")
    True
    """
    words = unicodedata.normalize("NFC", name).split()
    if words and words[-1] in _ROMAN and (len(words) == 1 or not name.isupper()):
        words[-1] = _ROMAN[words[-1]]
    key = _JOINTS.sub("", toneless(" ".join(words))).replace("y", "i")
    return _LEADING_ZEROS.sub("", key)


def bare(name: str) -> str:
    """``name`` without the type it may begin with.

    >>> bare("Thị trấn Cẩm Xuyên")
    'Cẩm Xuyên'
    """
    return _TYPE_PREFIX.sub("", name.strip(), count=1)


# -- records -----------------------------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """A unit during one stretch of time in which nothing of it changed.

    Attributes:
        code: the General Statistics Office's, 2 (province), 3 (district) or 5 (commune) digits.
        level: ``province`` | ``district`` | ``commune``.
        type: tỉnh, thành phố, huyện, quận, thị xã, xã, phường, thị trấn, đặc khu.
        name: without its type.
        district_code: of a commune until 30 June 2025.
        province_code: of a district or commune.
        valid_from: first day; ``None``: from before the first list.
        valid_to: last day; ``None``: still in force in the last list.
        aliases: other spellings and former names; with ``~`` before it, a former name known only without diacritics
            and spaces.
    """

    code: str
    level: Level
    type: str
    name: str
    district_code: str
    province_code: str
    valid_from: date | None
    valid_to: date | None
    aliases: tuple[str, ...]

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    @property
    def key(self) -> str:
        return name_key(self.name)


class Succession(NamedTuple):
    """One old unit's whole or part going into a new one on the day after ``old_valid_to``.

    Attributes:
        kind: ``unchanged`` (same name and type), ``renamed`` (same territory, other name or type), ``merged`` (whole,
            together with others), ``divided`` (one of several successors).
        resolution: number of the resolution, empty where not known.
    """

    old_code: str
    old_valid_to: date
    new_code: str
    kind: Kind
    resolution: str


@dataclass(frozen=True, slots=True)
class Line:
    """A unit, what it came from, what followed it, and what is in force today where it lay."""

    unit: Unit
    came_from: tuple[Unit, ...]
    became: tuple[Succession, ...]
    current: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """How many of some names a province knows.

    Attributes:
        province_code: the province.
        found: how many different names are names of its units.
        districts: its districts that own or are one of the names, with the number of names, most first.
    """

    province_code: str
    found: int
    districts: tuple[tuple[str, int], ...]


# -- the gazetteer -----------------------------------------------------------------------------------------------------


class Gazetteer:
    """All units and successions, with their lookups. Nothing changes after construction; indexes are made on demand."""

    def __init__(self, units: Iterable[Unit], successions: Callable[[], Iterable[Succession]] = tuple) -> None:
        """Takes all rows of units, and what gives the successions when they are first asked for."""
        self.units: tuple[Unit, ...] = tuple(units)
        self._read_successions = successions
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        self._by_key: dict[str, list[Unit]] = defaultdict(list)
        self._by_alias: dict[str, list[Unit]] = defaultdict(list)
        self._loosely: dict[str, tuple[dict[str, list[Unit]], dict[str, list[Unit]]]] = {}  # by parent, when asked for
        names = dict.fromkeys([unit.name for unit in self.units])
        aliased = [(alias, unit) for unit in self.units for alias in unit.aliases if not alias.startswith("~")]
        names.update(dict.fromkeys([alias for alias, _ in aliased]))
        self._spelt = _spelt(names)
        for unit in self.units:
            self._by_code[unit.code].append(unit)
            self._by_key[self._spelt[unit.name][1]].append(unit)
        for alias, unit in aliased:
            self._by_alias[self._spelt[alias][1]].append(unit)

    # -- by name -------------------------------------------------------------------------------------------------------

    def named(
        self,
        name: str,
        *,
        level: Level | None = None,
        on: date | None = None,
        province_code: str = "",
        district_code: str = "",
    ) -> tuple[Unit, ...]:
        """All units called ``name`` (without its type), compared by ``name_key``.

        Units in force on the day come first, by name before by alias; where there are none, the same units as they
        stood nearest in time, so that a paper of 2026 that still names a commune of 2020 finds it.

        Args:
            name: as written, without its type.
            level: only this level.
            on: the document's date; ``None`` prefers the units of 2021-2025.
            province_code: only in this province (a present province's code also finds what it was made of).
            district_code: only in this district, and the district itself.
        """
        key = name_key(name)
        own, aliased = self._by_key.get(key, ()), self._by_alias.get(key, ())
        if not own and not aliased:
            return ()
        if level:
            own = [unit for unit in own if unit.level == level]
            aliased = aliased and [unit for unit in aliased if unit.level == level]
        if province_code or district_code:
            fits = self._fits(None, province_code, district_code)
            own, aliased = list(filter(fits, own)), list(filter(fits, aliased))
        return _nearest(own, aliased, on or REFERENCE)

    def named_loosely(
        self,
        name: str,
        *,
        level: Level | None = None,
        on: date | None = None,
        province_code: str = "",
        district_code: str = "",
    ) -> tuple[Unit, ...]:
        """Like ``named``, by ``loose_key``: other tones and signs, i/y, OCR, and former names known without signs.

        Raises:
            ValueError: neither province nor district is given; loosely, a bare name means nothing (DOMAIN 5.3).
        """
        if not (province_code or district_code):
            raise ValueError("named_loosely needs a province_code or a district_code")
        key = loose_key(name)
        fits = self._fits(level, province_code, district_code)
        names, aliases = self._loose(district_code or province_code)
        return _nearest(
            list(filter(fits, names.get(key, ()))), list(filter(fits, aliases.get(key, ()))), on or REFERENCE
        )

    def is_former_name(self, unit: Unit, name: str) -> bool:
        """Whether ``name`` is not the unit's own name but an alias of it (another spelling, or a name before 2021)."""
        return name_key(name) != unit.key

    # -- by code -------------------------------------------------------------------------------------------------------

    def unit(self, code: str, level: Level | None = None, on: date | None = None) -> Unit | None:
        """The unit with ``code`` as it stood on the day, or as it stood nearest to the day."""
        units = self._by_code.get(code, [])
        if not units or (level and _LEVEL_OF_WIDTH.get(len(code)) != level):
            return None
        if len(units) == 1:
            return units[0]
        day = on or REFERENCE
        for unit in units:
            if unit.in_force(day):
                return unit
        return min(units, key=lambda unit: _distance(unit, day))

    def province(self, name_or_code: str, on: date | None = None) -> Unit | None:
        """The one province called so, with or without ``tỉnh``/``thành phố``, or with that code."""
        return self._only("province", name_or_code, on, "")

    def district(self, name_or_code: str, on: date | None = None, *, province_code: str = "") -> Unit | None:
        """The one district called so, or with that code; ``None`` also where several are called so.

        A type before the name (``huyện Long Mỹ``, ``thị xã Long Mỹ``) decides between two of one name.
        """
        return self._only("district", name_or_code, on, province_code)

    def _only(self, level: Level, name_or_code: str, on: date | None, province_code: str) -> Unit | None:
        if name_or_code.isdigit() and len(name_or_code) in (2, 3):
            return self.unit(name_or_code, level, on)
        name = bare(name_or_code)
        found = self.named(name, level=level, on=on, province_code=province_code)
        if len(found) > 1 and name != name_or_code.strip():
            found = tuple(unit for unit in found if fold(name_or_code.strip()).startswith(unit.type + " ")) or found
        return found[0] if len(found) == 1 else None

    def parents(self, unit: Unit, on: date | None = None) -> tuple[Unit | None, Unit | None]:
        """District and province of ``unit`` as of its own time (of ``on``, where that lies within it)."""
        day = on or REFERENCE
        if unit.valid_from and day < unit.valid_from:
            day = unit.valid_from
        if unit.valid_to and day > unit.valid_to:
            day = unit.valid_to
        district = self.unit(unit.district_code, "district", day) if unit.district_code else None
        province = self.unit(unit.province_code, "province", day) if unit.province_code else None
        return district, province

    def members(self, parent_code: str, level: Level, on: date | None = None) -> tuple[Unit, ...]:
        """The communes of a district or province, or the districts of a province, on the day."""
        day = on or REFERENCE
        return tuple(u for u in self._members.get(parent_code, ()) if u.level == level and u.in_force(day))

    def count(self, parent_code: str, level: Level, on: date | None = None, types: Collection[str] = ()) -> int:
        """How many ``members`` there are, of some types only (``xã``) where types are given."""
        return sum(not types or unit.type in types for unit in self.members(parent_code, level, on))

    def provinces_of(self, names: Collection[str], on: date | None = None) -> tuple[Support, ...]:
        """Which provinces know the names (of communes or districts, without types), the one that knows most first.

        A document that names its province nowhere has it from here when the first one knows clearly more of its names
        than the second; that is for the caller to decide.
        """
        provinces: dict[str, set[str]] = defaultdict(set)
        districts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for name in names:
            for unit in self.named(name, on=on):
                if unit.level == "province":
                    continue
                provinces[unit.province_code].add(name)
                own = unit.code if unit.level == "district" else unit.district_code
                if own:
                    districts[unit.province_code][own].add(name)
        made = [
            Support(
                code,
                len(found),
                tuple(sorted(((d, len(n)) for d, n in districts[code].items()), key=lambda pair: (-pair[1], pair[0]))),
            )
            for code, found in provinces.items()
        ]
        made.sort(key=lambda s: (-s.found, -(s.districts[0][1] if s.districts else 0), s.province_code))
        return tuple(made)

    # -- through time --------------------------------------------------------------------------------------------------

    def successors(self, unit: Unit) -> tuple[Succession, ...]:
        """What directly followed ``unit``; empty while it is in force.

        A district of 30 June 2025 is followed by the present communes of its communes.
        """
        if unit.valid_to is None:
            return ()
        known = self._followers.get((unit.code, unit.valid_to))
        if known is not None or unit.level != "district":
            return tuple(known or ())
        heirs: dict[str, str] = {}
        for commune in self.members(unit.code, "commune", unit.valid_to):
            for succession in self.successors(commune):
                heirs.setdefault(succession.new_code, succession.resolution)
        kind: Kind = "divided" if len(heirs) > 1 else "merged"
        return tuple(Succession(unit.code, unit.valid_to, code, kind, heirs[code]) for code in sorted(heirs))

    def current(self, unit: Unit) -> tuple[Unit, ...]:
        """The units of the last list that lie where ``unit`` lay, by code; ``unit`` itself while it is in force."""
        if unit.valid_to is None:
            return (unit,)
        found: dict[str, Unit] = {}
        seen: set[Unit] = set()
        waiting = self._followed(unit)
        while waiting:
            one = waiting.pop()
            if one.valid_to is None:
                found[one.code] = one
            elif one not in seen:
                seen.add(one)
                waiting.extend(self._followed(one))
        return tuple([found[code] for code in sorted(found)])

    def line(self, name: str, province: str = "", on: date | None = None) -> tuple[Line, ...]:
        """Each unit called ``name`` with its history, oldest first; all times and levels unless ``on`` is given.

        Args:
            name: with or without its type.
            province: name or code of its province, then or now.
            on: only units in force on the day.
        """
        home = self.province(province, on) or self.province(province, TWO_LEVELS) if province else None
        if province and home is None:
            return ()
        fits = self._fits(None, home.code if home else "", "")
        for text in (name, bare(name)):
            key = name_key(text)
            found = {u: None for u in (*self._by_key.get(key, ()), *self._by_alias.get(key, ())) if fits(u)}
            units = [u for u in found if on is None or u.in_force(on)]
            if units:
                units.sort(key=lambda u: (u.province_code, u.code, u.valid_from or date.min))
                return tuple(Line(u, self._sources(u), self.successors(u), self.current(u)) for u in units)
        return ()

    def _followed(self, unit: Unit) -> list[Unit]:
        assert unit.valid_to is not None
        day = unit.valid_to + timedelta(days=1)
        made = [self.unit(succession.new_code, on=day) for succession in self.successors(unit)]
        return [new for new in made if new is not None and new.in_force(day)]

    def _sources(self, unit: Unit) -> tuple[Unit, ...]:
        if unit.valid_from is None:
            return ()
        day = unit.valid_from - timedelta(days=1)
        made = (self.unit(s.old_code, on=day) for s in self._heirs.get(unit.code, ()) if s.old_valid_to == day)
        return tuple(old for old in made if old is not None)

    # -- in text -------------------------------------------------------------------------------------------------------

    def scan(self, key: str, text: str = "") -> Iterator[tuple[int, int, str]]:
        """All unit names in a folded text, leftmost and longest, as ``(start, end, name_key)``.

        Names and aliases of all times and levels, without types; the characters around a hit are no letters or
        digits. Names that are only a number or a Roman figure (``Phường 1``) mean nothing without their type and are
        left to the caller.

        Args:
            key: ``fold`` of the text; offsets count in it, and so in the text.
            text: the text itself; where given, only names each of whose words begins with a capital or a digit are
                found, so that ``hội đồng nhân dân`` neither is a hit nor hides one (DOMAIN 5.4: the capital is the
                test).
        """
        automaton, keys = self._automaton
        hits: list[tuple[int, int, int]] = []
        size = len(key)
        for index, start, end in automaton.find_matches_as_indexes(key, overlapping=True):
            if (start and key[start - 1].isalnum()) or (end < size and key[end].isalnum()):
                continue
            if text and any([word[0].islower() for word in text[start:end].split()]):
                continue
            hits.append((start, -end, index))
        hits.sort()
        past = 0
        for start, end, index in hits:
            if start >= past:
                past = -end
                yield start, past, keys[index]

    @cached_property
    def _automaton(self) -> tuple[AhoCorasick, list[str]]:
        from ahocorasick_rs import AhoCorasick, Implementation  # only who scans pays

        patterns: dict[str, str] = {}
        for _, (name, key) in sorted(spelt for spelt in self._spelt.items() if not _is_figure(spelt[0])):
            if _VARIES.search(name) or name.startswith(_FARMS):
                for spelling in _spellings(name):
                    patterns.setdefault(spelling, key)
            else:
                patterns.setdefault(name, key)
        return AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA), list(patterns.values())

    # -- what is made when first needed --------------------------------------------------------------------------------

    @cached_property
    def successions(self) -> tuple[Succession, ...]:
        return tuple(self._read_successions())

    @cached_property
    def _followers(self) -> dict[tuple[str, date], list[Succession]]:
        made: dict[tuple[str, date], list[Succession]] = defaultdict(list)
        for succession in self.successions:
            made[succession.old_code, succession.old_valid_to].append(succession)
        return made

    @cached_property
    def _heirs(self) -> dict[str, list[Succession]]:
        made: dict[str, list[Succession]] = defaultdict(list)
        for succession in self.successions:
            made[succession.new_code].append(succession)
        return made

    @cached_property
    def _members(self) -> dict[str, list[Unit]]:
        """Communes and districts by the codes of what they lie in."""
        made: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            for parent in (unit.province_code, unit.district_code):
                if parent:
                    made[parent].append(unit)
        return made

    def _loose(self, parent: str) -> tuple[dict[str, list[Unit]], dict[str, list[Unit]]]:
        """The units of a district or province, now or then, by ``loose_key`` of their names and of their aliases."""
        made = self._loosely.get(parent)
        if made is None:
            made = self._loosely[parent] = defaultdict(list), defaultdict(list)
            before = [old for old, now in self._present_province.items() if now == parent and old != parent]
            inside = [u for p in (parent, *before) for of in (self._by_code, self._members) for u in of.get(p, ())]
            inside.sort(key=lambda unit: (len(unit.code), unit.code))  # as the tables have them
            for unit in inside:
                made[0][loose_key(unit.name)].append(unit)
                for alias in unit.aliases:
                    made[1][loose_key(alias.removeprefix("~"))].append(unit)
        return made

    @cached_property
    def _present_province(self) -> dict[str, str]:
        """Each old province's present one."""
        made = {}
        for code, units in self._by_code.items():
            if len(code) == 2:
                present = self.current(units[-1])
                if len(present) == 1:
                    made[code] = present[0].code
        return made

    def _fits(self, level: Level | None, province_code: str, district_code: str) -> Callable[[Unit], bool]:
        def fits(unit: Unit) -> bool:
            if level and unit.level != level:
                return False
            if district_code and district_code not in (unit.district_code, unit.code):
                return False
            if not province_code:
                return True
            own = unit.code if unit.level == "province" else unit.province_code
            if own == province_code:
                return True
            # A paper written since the provinces merged names an old commune under the new province.
            old = unit.valid_to is not None and unit.valid_to < TWO_LEVELS
            return old and unit.level != "province" and self._present_province.get(own) == province_code

        return fits


# -- helpers -----------------------------------------------------------------------------------------------------------


def _is_figure(name: str) -> bool:
    return name.isdigit() or name in _ROMAN


def _distance(unit: Unit, on: date) -> int:
    if unit.valid_from and on < unit.valid_from:
        return (unit.valid_from - on).days
    if unit.valid_to and on > unit.valid_to:
        return (on - unit.valid_to).days
    return 0


def _nearest(named: Sequence[Unit], aliased: Sequence[Unit], on: date) -> tuple[Unit, ...]:
    """Those in force, by name before by alias; else of each code the stretch of time nearest to the day."""
    for group in (named, aliased):
        found = [unit for unit in group if unit.in_force(on)]
        if found:
            return tuple(found) if len(found) == 1 else tuple(dict.fromkeys(found))
    for group in (named, aliased):
        best: dict[str, Unit] = {}
        for unit in group:
            if unit.code not in best or _distance(unit, on) < _distance(best[unit.code], on):
                best[unit.code] = unit
        # A plan of 2022 does not mean a unit made in 2025, if one of its own time has the name.
        own_time = [u for u in best.values() if ((u.valid_from or date.min) >= TWO_LEVELS) == (on >= TWO_LEVELS)]
        if best:
            return tuple(own_time or best.values())
    return ()


_VARIANTS = (
    (re.compile(r"đ[aăắ]k ?(?=[^\W\d_])"), ("đắk ", "đăk ", "đak ", "đắk", "đăk", "đak")),
    (re.compile(r"đ[aăắ]k(?![^\W\d_])(?! )"), ("đắk", "đăk", "đak")),
    (re.compile(r"(?<!đ)[ăắ]k"), ("ắk", "ăk")),
    (re.compile(r" *- *"), (" - ", "-", "- ", " -", " ")),
    (re.compile(r" ?' ?"), ("'", "' ", " '", "", " ")),
)
_FARMS = ("nông trường ", "nt")
_VARIES = re.compile(r"[ăắ]k|đak|['-]")


def _spellings(key: str) -> list[str]:
    """The ways in which a folded name is written: apostrophe or none, hyphen spaced or not, Đắk/Đăk/Đak."""
    if _FARM.match(key) or key.startswith(_FARMS[0]):
        name = _FARM.sub("", key).removeprefix("nông trường ")
        return [f"{farm} {form}" for farm in ("nông trường", "nt", "nt.") for form in _spellings(name)]
    if not _VARIES.search(key):
        return [key]
    forms = {key}
    for pattern, ways in _VARIANTS:
        if pattern.search(key):
            forms = {pattern.sub(way, form) for form in forms for way in ways}
    return sorted(forms)


def _day(text: str, cache: dict[str, date]) -> date | None:
    if not text:
        return None
    found = cache.get(text)
    if found is None:
        found = cache[text] = date.fromisoformat(text)
    return found


def _read_units(path: Path) -> Iterator[Unit]:
    days: dict[str, date] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for code, level, type_, name, district, province, since, until, aliases in rows:
            yield Unit(
                code, cast(Level, level), type_, name, district, province, _day(since, days), _day(until, days),
                tuple(aliases.split(";")) if aliases else (),
            )  # fmt: skip


def _read_successions(path: Path) -> Iterator[Succession]:
    days: dict[str, date] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for old, until, new, kind, resolution in rows:
            yield Succession(old, cast(date, _day(until, days)), new, cast(Kind, kind), resolution)


@cache
def load(folder: Path | None = None) -> Gazetteer:
    """The gazetteer of ``folder``, by default the built-in ``patterns/gazetteer``; read once a process."""
    folder = folder or patterns_dir() / "gazetteer"
    return Gazetteer(_read_units(folder / "units.csv"), partial(_read_successions, folder / "successions.csv"))
