"""What the finder of places works with: its vocabulary, the names it is reading, the records that it hands out.

Vocabulary: ``patterns/places.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

from extractor.finding import gazetteer
from extractor.model import PlaceLevel, Span
from extractor.patterns import Entry, Lexicon, PatternSet
from extractor.text.keys import fold

RANK: dict[str, int] = {"hamlet": 0, "commune": 1, "district": 2, "province": 3}
HYPHEN = regex.compile(r"\s?[-–]\s?(?=\p{Lu})")
SEPARATOR = regex.compile(
    r"\s*(?:(;)|(,)(?:\s*(?:và|hoặc)\s)?|(và|hoặc|cùng với|cùng|&)(?=\s)|([-–/+])(?=\s|\p{L}))\s*"
)
# What may stand right behind a name as its own quantity: "610 hộ", "(31 ha)", "5 khu (31 ha)", ": 18 hộ".
TAIL = regex.compile(
    r"\s*[:(]?\s*(\d[\d.,]*\d|\d)\s*(?:%|[\p{Ll}²/%.]+(?:\s[\p{Ll}²/%]+){0,3})?\s*\)?(?:\s*\([^()\n]{1,30}\))?"
    r"(?=\s*(?:[,;.…)]|và\s|$|\n))"
)
DELIMITED = regex.compile(r"\s*(?:[,;.:()\[\]…/+&\"”“\t\n]|$|[-–]\s|và\s|hoặc\s|\d)")
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


@dataclass(frozen=True, slots=True)
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


# --- vocabulary -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """The entries of ``places.yaml`` by what they do."""

    prefixes: Lexicon
    not_prefixes: Lexicon
    openers: Lexicon
    status: Lexicon
    heads: Lexicon
    not_names: Lexicon
    cues: Lexicon
    facilities: Lexicon
    not_bare: frozenset[str]
    surnames: frozenset[str]
    plurals: tuple[str, ...]
    where: frozenset[str]
    examples: frozenset[str]
    said: Lexicon
    open_ends: Lexicon


def words(patterns: PatternSet) -> Words:
    """The compiled vocabulary of place names."""

    def make() -> Words:
        entries = patterns.of("place")

        def having(*roles: str) -> Lexicon:
            return Lexicon(e for e in entries if e.means.get("role") in roles)

        def keys(role: str) -> tuple[str, ...]:
            return tuple(fold(p) for e in entries if e.means.get("role") == role for p in e.literals)

        def openers(kind: str) -> frozenset[str]:
            return frozenset(fold(p) for e in entries if e.means.get("type") == kind for p in e.literals)

        bare = {gazetteer.name_key(p) for e in entries if e.means.get("role") == "not_bare" for p in e.literals}
        return Words(
            having("prefix", "short", "noun"),
            having("not_prefix"),
            having("opener"),
            having("status"),
            having("name_head"),
            having("not_name"),
            having("location", "member", "issuer"),
            having("facility"),
            frozenset(bare),
            frozenset(keys("surname")),
            keys("plural"),
            openers("where"),
            openers("examples"),
            having("member_after"),
            having("open_end"),
        )

    made: Words = patterns.made("place:words", make)
    return made


@dataclass(frozen=True, slots=True)
class Prefix:
    start: int
    end: int
    entry: Entry
    word: str

    @property
    def level(self) -> str:
        return str(self.entry.means.get("level", ""))

    @property
    def type(self) -> str:
        return str(self.entry.means.get("type", self.word if self.level == "hamlet" else ""))

    @property
    def role(self) -> str:
        return str(self.entry.means["role"])


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


def only_joints(rest: str) -> bool:
    """Whether only blanks, quotes or ``các`` stand between a word and a name."""
    return regex.fullmatch(r"[\s\"“(:]*(?:(?:các|những|một số|\d{1,3})\s+)?", rest) is not None
