"""What the finder of places works with: its vocabulary, the names it is reading, the records that it hands out.

Vocabulary: ``patterns/places.yaml``; conjunctions are those of ``patterns/heads.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import regex

from extractor.finding import gazetteer
from extractor.finding.quantities import number_words, units
from extractor.model import PlaceLevel, Span
from extractor.patterns import Entry, Lexicon, PatternSet, one_of
from extractor.text.keys import fold

_COUNTED = frozenset({"people", "thing", "measure", "money"})  # kinds of units that no name of a place runs on with

RANK: dict[str, int] = {"hamlet": 0, "commune": 1, "district": 2, "province": 3}
HYPHEN = regex.compile(r"\s?[-–]\s?(?=\p{Lu})")
QUOTES = ' "“”'


@dataclass(frozen=True, slots=True)
class PlaceList:
    """Units named together under one noun.

    Attributes:
        number: identity within the document.
        span: from the first name to the last.
        size: how many units of the list's level it names (bracketed parents are none).
        counts: numbers before the noun with their value, nearest last: ``04 xã … lên 09 xã: A, B, C, D`` has both.
        noun: the counted noun up to the opening colon, bracket or word (``xã đạt chuẩn nông thôn mới``).
        after: what the clause says of the list behind it (``… cố gắng hoàn thành 19/19 tiêu chí``).
        types: the types its noun names.
        whole: the words that open it and those behind it say that it names all that is counted, not examples of it.
    """

    number: int
    span: Span
    size: int
    counts: tuple[tuple[Span, int], ...]
    noun: Span | None
    after: Span | None
    types: tuple[str, ...]
    whole: bool = False


@dataclass(slots=True)  # not frozen: one is made for every name, and nobody changes it
class Mention:
    """The value of a ``place`` hit; the hit's span is the name without its prefix.

    Attributes:
        level: province, district, commune or hamlet.
        type: xã, huyện …; empty where neither text nor gazetteer says so.
        prefix: span of the type's word at the name, if one stands there.
        parents: start offsets of the hits that hold it, nearest first (bracket, chain, head of its list).
        firm: whether the first parent stands right at this name; a bracket behind several names may not mean all.
        group: the list it is named in, if it is one of several or counted.
        quantity: span of a number that stands behind the name as its own (``Bù Đăng 610 hộ``).
        said: what the clause says of a unit that is its subject (``được công nhận đạt chuẩn``).
        role: hint from the words before it: member, location, issuer, or empty.
        known: the gazetteer has the name at this level.
        parent_only: it stands only to say where another unit lies.
    """

    level: PlaceLevel
    type: str
    prefix: Span | None = None
    parents: tuple[int, ...] = ()
    firm: bool = True
    group: PlaceList | None = None
    quantity: Span | None = None
    role: str = ""
    known: bool = False
    parent_only: bool = False
    said: Span | None = None


class _Beginnings:
    """Whether one of some phrases begins at a place: for words that stand everywhere and are asked about seldom."""

    def __init__(self, phrases: Iterable[str]) -> None:
        found = list(phrases)
        self._size = min([2, *map(len, found)])
        self._by_start: dict[str, list[str]] = {}
        for phrase in found:
            self._by_start.setdefault(phrase[: self._size], []).append(phrase)

    def at(self, key: str, start: int) -> bool:
        """Whether a whole phrase begins at ``start`` of a folded text, and no word goes on there."""
        for phrase in self._by_start.get(key[start : start + self._size], ()):
            if key.startswith(phrase, start) and not key[start + len(phrase) : start + len(phrase) + 1].isalnum():
                return not (start and key[start - 1].isalnum())
        return False


# --- vocabulary -------------------------------------------------------------------------------------------------------


class Words:
    """places.yaml, compiled, with the conjunctions of heads.yaml."""

    def __init__(self, patterns: PatternSet) -> None:
        entries = patterns.of("place")

        def having(*roles: str) -> Lexicon:
            return Lexicon(e for e in entries if e.means.get("role") in roles)

        self.marks = having("prefix", "short", "noun", "not_prefix", "opener", "status", "name_head")
        self.openers = having("opener")
        self.solo = having("solo")
        self.not_names = _Beginnings(patterns.literals("place", role="not_name"))
        self.longer = _Beginnings(patterns.literals("place", role="longer_name"))
        self.cues = having("location", "member", "issuer")
        self.facilities = having("facility")
        bare = (p for e in patterns.meaning("place", role="not_bare") for p in e.literals)
        self.not_bare = frozenset(map(gazetteer.name_key, bare))
        self.surnames = frozenset(patterns.literals("place", role="surname"))
        self.plurals = patterns.literals("place", role="plural")
        self.where = frozenset(patterns.literals("place", type="where"))
        some = one_of([*self.where, *patterns.literals("place", type="examples")])
        self.some = regex.compile(rf"(?<!\w){some}(?!\w)")
        self.said = patterns.expression("place", role="member_after")
        self.subject_adverb = patterns.expression("place", role="subject_adverb")
        self.subject_lead = patterns.expression("place", role="subject_lead")
        self.open_ends = having("open_end")
        self._compile_joints(patterns)
        self._compile_nouns(patterns)
        self._compile_counted(patterns)
        self._compile_numbers(patterns)
        self._compile_links(patterns)
        self.heading_leads = frozenset(patterns.literals("place", role="heading_lead"))
        self.headings = frozenset(patterns.literals("place", role="heading"))
        self.former = patterns.literals("place", role="former")
        self.totals = frozenset(patterns.literals("place", role="total"))

    def _compile_joints(self, patterns: PatternSet) -> None:
        either = patterns.literals("indicator", head="conjunction")
        both = one_of(patterns.literals("indicator", head="conjunction", tells="clause"))
        self.separator = regex.compile(
            rf"\s*(?:(;)|(,)(?:\s*{one_of(either)}\s)?"
            rf"|({one_of([*either, *patterns.literals('place', role='joint')])}|&)(?=\s)|([-–/+])(?=\s|\p{{L}}))\s*"
        )
        # What may stand right behind a name as its own quantity (the view has no runs of spaces):
        # "610 hộ", "(31 ha)", "5 khu (31 ha)", ": 18 hộ", "đạt 84%", "mới đạt trên 70%", "2,2-2,5% (660-750 hộ)".
        reached = one_of(patterns.literals("place", role="reached"))
        figure = r"\d++(?:[.,]++\d++)*+"
        self.tail = regex.compile(
            rf"(?:\s{reached}(?=\s\d))?"
            rf"\s{{0,2}}[:(]?\s{{0,2}}({figure}(?:\s?[-–]\s?{figure})?+)\s{{0,2}}"
            r"(?:%|[\p{Ll}²/%.]+(?:\s[\p{Ll}²/%]+){0,3})?\s{0,2}\)?(?:\s{0,2}\([^()\n]{1,60}\))?"
            rf"(?=\s*(?:[,;.…()]|{both}\s|$|\n))"
        )
        self.delimited = regex.compile(rf"\s*(?:[,;.:()\[\]…/+&\"”“\t\n]|$|[-–]\s|{one_of(either)}\s|\d)")
        self.joined = regex.compile(rf"(?:\s*[,/&;]\s*|\s+{one_of(either)}\s+|\s*-\s*|\s+)+$")
        self.more = regex.compile(
            rf"[\s,;)\"”]*(?:…|\.\.|(?:(?<=[,;])|[/&]|-\s|–\s|{one_of(either)}\s)\s*[\"“(]*(?:\p{{Lu}}|\d))"
        )
        self.name_end = regex.compile(rf"[,;:()]|\s{one_of(either)}\s|\d")
        links = one_of(patterns.literals("place", role="link", where="route"))
        # between the noun of a road and a name further on: other names and the words that join them
        self.route = regex.compile(
            r"\s+[\p{Lu}\d][\p{L}\d'’]*"
            rf"(?:\s+[\p{{Lu}}\d][\p{{L}}\d'’]*|\s*[-–]|\s+(?:{links}|{one_of(either)}))*\s*\Z"
        )
        self.joint_before = regex.compile(rf"[\s,;)]*(?:{both}\s+)?")
        plural = one_of(patterns.literals("place", role="plural"))
        self._joints = regex.compile(rf"[\s\"“(:]*(?:(?:{plural}|\d{{1,3}})\s+)?")

    def _compile_nouns(self, patterns: PatternSet) -> None:
        untyped = [e for e in patterns.meaning("place", role="noun") if not e.means.get("level")]
        self.untyped = tuple(sorted({fold(p) for e in untyped for p in e.literals}))
        nouns = [w for role in ("prefix", "short") for w in patterns.literals("place", role=role)]
        said = [fold(e.phrases[0]) for e in patterns.meaning("number", role="digit")]
        plural = one_of([*patterns.literals("place", role="plural"), *said])
        other = one_of(patterns.literals("place", role="not_prefix"))
        self.unit_noun = regex.compile(rf"(?:{plural}|\d+)?\s*(?:(?!{other}){one_of([*nouns, *self.untyped])}|,|\s)+")

    def _compile_counted(self, patterns: PatternSet) -> None:
        """What counts units of a level: ``116 xã, phường``, ``12 đơn vị hành chính cấp huyện``."""
        self.unit_types: dict[str, tuple[str, gazetteer.Level]] = {
            fold(p): (str(e.means.get("type", "")), e.means["level"])
            for role in ("prefix", "noun")
            for level in ("commune", "district")
            for e in patterns.meaning("place", role=role, level=level)
            for p in e.literals
        }
        unit, generic = one_of(self.unit_types), one_of(patterns.literals("place", role="counted"))
        joint = rf"\s*(?:[,/–-]|{one_of(patterns.literals('indicator', head='conjunction'))})\s*"
        every = one_of(patterns.literals("place", role="of_all"))
        self.unit_joint = regex.compile(joint)
        each = one_of(patterns.literals("indicator", head="each"))
        nouns = one_of([*self.unit_types, *self.untyped, *patterns.literals("unit", **{"class": "admin"})])
        # "(03 máy/xã", ", mỗi xã 02 bể", ": mỗi đơn vị chọn ít nhất 02 thôn"
        self.each_behind = regex.compile(
            rf"\s?(?P<bracket>\()?[,;:]?\s?(?:{each}\s(?P<unit>{nouns})(?:,\s{nouns}){{0,3}}+,?\s)?+"
            r"(?:[^\W\d_]++,?\s){0,6}+(?=\d)"
        )
        self.each_said = regex.compile(rf"[,;(]\s?{each}\s")
        self.counted_units = regex.compile(
            rf"\s*(?:{generic}\s+)?(?P<units>{unit}(?:{joint}{unit})*)(?!\p{{L}})\s*(?P<all>{every}(?!\p{{L}}))?"
        )

    def _compile_numbers(self, patterns: PatternSet) -> None:
        # each digit's own word, not the forms that it has only inside of longer numbers
        plain = {fold(e.phrases[0]) for e in patterns.meaning("number", role="digit") if e.means["value"]}
        self._values = {w: value for w, value in number_words(patterns).digits.items() if w in plain}
        self.in_words = one_of(self._values)
        both = one_of(patterns.literals("indicator", head="conjunction", tells="clause"))
        counted = one_of(patterns.literals("place", role="behind_figure", where="count"))
        behind = one_of(patterns.literals("place", role="behind_figure", where="hamlet"))
        generic = one_of(patterns.literals("place", role="counted"))
        self.figure = regex.compile(
            rf"(?:\d{{1,2}}[A-E]?|[IVX]{{1,4}})(?![\p{{L}}\d]|[.,/]\d|\s?%|\s+{counted}\s)(?: (?=\p{{Lu}}))?"
        )
        number = one_of(patterns.literals("place", role="hamlet_number"))
        self.hamlet_leads = frozenset(w[0] for w in patterns.literals("place", role="hamlet_number"))
        self.hamlet_figure = regex.compile(
            rf"(?:(?i:{number})\s)?\d{{1,2}}[A-Ea-e]?(?=\s*(?:[,.](?!\d)|[;:)]|$|\n|(?:{both}|{behind}|-) ))"
        )
        self._units = units(patterns)
        said = (*self._values, *patterns.literals("place", role="counted"))
        self._counts = tuple({w.rpartition(" ")[2] for w in said} | {")", *"0123456789"})
        self.count = regex.compile(rf"(?<![\p{{L}}\d.,/-])(\d{{1,4}}|{self.in_words})(?: *\(\w+\))? +(?:{generic} +)?$")

    def _compile_links(self, patterns: PatternSet) -> None:
        plural = patterns.literals("place", role="plural", where="list")
        lead = one_of([*plural, *patterns.literals("place", role="link", where="list")])
        chain = one_of(patterns.literals("place", role="link", where="chain"))
        commune = one_of(patterns.literals("place", role="prefix", level="commune"))
        self.counted_in = regex.compile(rf"(?<!\p{{L}})(?P<unit>{commune})(?:\s+\p{{L}}+){{0,5}}\s+(?:{chain})\s+$")
        self.lead_in = regex.compile(rf"(?:{lead}\s+|(\d{{1,3}}|{self.in_words})\s+){{1,4}}")
        self.link = regex.compile(rf"\s*(?:,\s*|[-–]\s+)?(?:{chain}\s+)?")

    def number(self, word: str) -> int:
        """The value of a count in figures or in one word; 0 for any other word."""
        return self._values.get(word) or (int(word) if word.isdigit() else 0)

    def counts_behind(self, key: str, end: int) -> bool:
        """Whether a figure that ends at ``end`` counts what follows: ``thôn Nà Lìa | 12 hộ``, no part of the name."""
        if key[end : end + 1] != " ":
            return False
        word = self._units.at(key, end + 1)
        return word is not None and word.kind in _COUNTED and word.phrase not in self._units.none

    def may_count(self, left: str) -> bool:
        """Whether the words before a noun end as ``count`` does: in a figure, a bracket or a word that counts."""
        return left[-1:] == " " and left.rstrip(" ").endswith(self._counts)

    def only_joints(self, rest: str) -> bool:
        """Whether only blanks, quotes or ``các`` stand between a word and a name."""
        return self._joints.fullmatch(rest) is not None


def words(patterns: PatternSet) -> Words:
    """The vocabulary of place names of a pattern set, compiled once."""
    made: Words = patterns.made("place:words", lambda: Words(patterns))
    return made


@dataclass(slots=True)
class Prefix:
    """A unit's noun in the text, with what its entry says of it."""

    start: int
    end: int
    entry: Entry
    level: str
    type: str
    role: str


def prefix_of(start: int, end: int, entry: Entry, word: str) -> Prefix:
    """What an entry says of its word."""
    means = entry.means
    level = str(means.get("level", ""))
    type_ = means.get("type")
    if type_ is None:
        type_ = word if level == "hamlet" else ""
    return Prefix(start, end, entry, level, str(type_), str(means["role"]))


@dataclass(slots=True)
class Noun:
    """One or several coordinate nouns without a name: ``03 huyện, thành phố``."""

    start: int
    end: int
    levels: list[str]
    types: list[str]
    count: tuple[Span, int] | None
    plural: bool


@dataclass(slots=True, eq=False)
class Item:
    start: int
    end: int
    level: str
    type: str
    rule: str
    prefix: Span | None = None
    parents: list[Item] = field(default_factory=list)
    firm: bool = True
    group: Group | None = None
    quantity: Span | None = None
    role: str = ""
    known: bool = False
    parent_only: bool = False
    said: Span | None = None


@dataclass(slots=True, eq=False)
class Group:
    items: list[Item] = field(default_factory=list)
    counts: list[tuple[Span, int]] = field(default_factory=list)
    noun: Span | None = None
    after: Span | None = None
    types: tuple[str, ...] = ()
    plural: bool = False
    opened: bool = False
    whole: bool = False
    stop: int = 0
    parts: list[tuple[Item, tuple[Span, int]]] = field(default_factory=list)  # counts within the list
