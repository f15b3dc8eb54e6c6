"""Numbers with what stands right at them: unit, comparator, range, fraction, the share in brackets (DOMAIN §2).

Vocabulary: ``patterns/numbers.yaml`` and ``patterns/units.yaml``. Nothing is read from masks and from times.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

import regex

from extractor.finding.intervals import Intervals
from extractor.finding.scene import Scene
from extractor.model import Comparator, Hit, Quantity, Span
from extractor.patterns import Entry, Lexicon, PatternSet, one_of
from extractor.text.keys import fold
from extractor.text.words import first_word

# Classes of units that are counted: the indicator begins at the counted noun.
COUNTED = frozenset({"admin", "people", "thing", "open"})
_T = TypeVar("_T")
_HALVES = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_FIGURE = re.compile(
    rf"[\d{''.join(_HALVES)}](?<![\d.,].)"
)  # looks back last: ``re`` runs to the next of a set at once
_TEN = re.compile(r"10*(?:\.000)*")
_ROUND = r"1(?:0{0,2}(?:\.000)+|0+)"  # what a rate is counted on: 100, 1.000, 100.000
_RATES = frozenset(Decimal(10) ** n for n in range(3, 7))
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})++(?:,\d+)?")
_ENGLISH_DECIMAL = re.compile(r"\.\d{1,2}$")
_WORD = regex.compile(r"[^\W\d_]+")
_HYPHENED = regex.compile(r"(?:-\p{Ll}++){1,3}+(?!\w)")  # "ki-ốt", "ca-nô": syllables of one loan word
_PAIR = regex.compile(r"[^\W\d_]+\s[^\W\d_]+")
_FIRST = regex.compile(r"[^\W\d_]+|\S")
_LOOSE = frozenset(("", *" \t\n,.;:()%/-"))  # what nothing is glued by
_GLUED = regex.compile(r"[^\W\d_]+\d*")
_WORD_BEFORE = regex.compile(r"([^\W\d_]+)\s*$", regex.REVERSE)
_SLASH = regex.compile(r"\s?/\s?(?:(10{0,2}(?:\.000)+|10{1,6}|0?1(?=\s[^\W\d_]))(?:\s|(?=\W|$)))?")
_COUNTED_WORD = regex.compile(r"(?<![\w.,/])\d[\d.,]*+\s([^\W\d_]+)")
_NEXT_COUNT = regex.compile(r"\s(?:\d|[^\W\d_]+\s\()")
_LETTER_NEXT = regex.compile(r"\s[a-zđ]")
_BREAK = re.compile(r"[,.;:()\d]")
_FLOOR_BREAK = re.compile(r"[.;:()\d]")
_AFTER = 24  # characters between a unit and "trở lên"
_AFTER_FLOOR = 120  # the same where "từ" opens the bound
_NEGATED = 60  # characters more that what is not to be let happen may fill: "không để diện tích rừng bị cháy vượt quá"
_BEFORE = 40  # characters before a number that hold its comparator
_NEXT_SHARE = regex.compile(
    r"[,;]? [^()\d\n]{2,60}\(\d[\d.,/]* ?[^()\d\n]{1,16}\)"
)  # behind a share, that of the next one named
_BRACKET = 200  # characters between a number and the share of it
_END = 2  # characters by whose last ones comparators are looked up
_MAGNITUDE = 16  # characters of the magnitude before a unit
_UNIT = 24  # characters of the first word of a unit, and of the word before a number
SPACE = r"[ \t\n]"  # what ``\s`` of ``regex`` matches in a view, for ``re``


def read_number(text: str) -> Decimal:
    """The value of a Vietnamese number: dot for thousands, comma for decimals (DOMAIN §2.1).

    >>> read_number("1.250"), read_number("75,86"), read_number("12 500"), read_number("192.7")
    (Decimal('1250'), Decimal('75.86'), Decimal('12500'), Decimal('192.7'))
    """
    if text.isdecimal():
        return Decimal(text)
    plain = "".join(text.split())
    if "." in plain and _THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "")
    return Decimal(plain.replace(",", "."))


# --- vocabulary ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit phrase of units.yaml.

    Attributes:
        phrase: the folded phrase.
        kind: its class.
        per: its class with a period or a person behind a slash, where that differs (``02 lần/tháng``).
    """

    phrase: str
    kind: str
    per: str = ""


class Units:
    """Units by their first word, the longest first."""

    def __init__(self, patterns: PatternSet) -> None:
        self._by_first: dict[str, list[UnitWord]] = {}
        for entry in patterns.of("unit"):
            kind, per = str(entry.means["class"]), str(entry.means.get("per", ""))
            if kind not in ("name", "none"):
                for literal in map(fold, entry.literals):
                    self._by_first.setdefault(_first(literal), []).append(UnitWord(literal, kind, per))
        for words in self._by_first.values():
            words.sort(key=lambda w: -len(w.phrase))
        self.names = frozenset(patterns.literals("unit", **{"class": "name"}))
        self.orders: Mapping[str, int] = {
            word: int(entry.means["upto"])
            for entry in patterns.meaning("unit", **{"class": "name"})
            if "upto" in entry.means
            for word in map(fold, entry.literals)
        }
        self.none = frozenset(patterns.literals("unit", **{"class": "none"}))
        self.admin = patterns.literals("unit", **{"class": "admin"})
        self.glued = frozenset(
            w.phrase for words in self._by_first.values() for w in words if _GLUED.fullmatch(w.phrase)
        ) | frozenset(patterns.literals("number", role="glued"))

    def at(self, key: str, start: int) -> UnitWord | None:
        """The longest unit phrase that stands at ``start``."""
        first = _FIRST.match(key, start, start + _UNIT)
        if first is None:
            return None
        for word in self._by_first.get(first[0], ()):
            end = start + len(word.phrase)
            if key.startswith(word.phrase, start) and not (
                end < len(key) and key[end].isalnum() and key[end - 1].isalnum()
            ):
                return word
        return None

    def admin_at(self, key: str, start: int) -> int:
        """Where the administrative unit that stands at ``start`` ends; -1 where none does."""
        for phrase in self.admin:
            end = start + len(phrase)
            if key.startswith(phrase, start) and not key[end : end + 1].isalnum():
                return end
        return -1


def _first(text: str) -> str:
    match = _FIRST.match(text)
    return match[0] if match else ""


def units(patterns: PatternSet) -> Units:
    """The units of a pattern set, compiled once."""
    made: Units = patterns.made("units", lambda: Units(patterns))
    return made


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A comparator's phrase.

    Attributes:
        beyond: it is none before the share of a plan (``vượt 5 % kế hoạch``).
        met: before a fraction it says how many of all were met (``đạt và vượt 19/24 chỉ tiêu``).
        negated: what it is behind "không".
        outer: phrases that it is no part of, with where it stands in them.
    """

    phrase: str
    comparator: Comparator
    beyond: bool
    met: bool
    negated: Comparator | None
    outer: tuple[tuple[str, int], ...]


class NumberWords:
    """numbers.yaml, compiled: what numbers are made of, and what stands around them."""

    def __init__(self, patterns: PatternSet) -> None:
        self.powers: Mapping[str, int] = {
            word: int(entry.means["place"])
            for role in ("magnitude", "scale")
            for entry in patterns.meaning("number", role=role)
            for word in map(fold, entry.literals)
        }
        self.digits: Mapping[str, int] = {
            word: int(entry.means["value"])
            for entry in patterns.meaning("number", role="digit")
            for word in map(fold, entry.literals)
        }
        self.magnitudes = frozenset(patterns.literals("number", role="magnitude"))
        self.in_words = Lexicon(
            e for role in ("word", "fraction") for e in patterns.meaning("number", role=role) if e.literals
        )
        # for a look at the whole document: what keeps a phrase from being a number may stand in another paragraph
        self.any_in_words = Lexicon(
            replace(e, not_inside=(), not_before=(), not_after=()) for e in self.in_words.entries
        )
        self.fractions = frozenset(e.id for e in patterns.meaning("number", role="fraction"))
        self.bar = patterns.literals("number", role="fraction_bar")
        self._compile_numbers(patterns)
        self._compile_comparators(patterns)
        self._compile_shares(patterns)

    def _compile_numbers(self, patterns: PatternSet) -> None:
        grouped = one_of(patterns.literals("number", role="unit_behind"))

        def powers(low: int, high: int) -> str:
            return one_of(w for w in self.magnitudes if low <= self.powers[w] <= high and not self.powers[w] % 3)

        # digits grouped by spaces: no more groups than a budget needs, so that columns of figures cost no more
        n = (
            rf"(?:\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?|\d{{1,3}}(?:\s\d{{3}}){{1,6}}(?=\s{grouped})"
            r"|\d+(?:,\d+)?(?:\.\d{1,2}(?!\d))?)"
        )
        self.n = n
        self.single = regex.compile(n)
        self.opening = regex.compile(r"(?<![\w.,])(?<!\d/)(?<!\d\s/\s)")
        # A number with nothing behind it that could make it part of a longer one: nearly all are.
        joints = [
            w for role in ("fraction_joint", "rate_joint", "range") for w in patterns.literals("number", role=role)
        ]
        self.plain = re.compile(rf"(?:{n})(?!\d)".replace(r"\s", SPACE))
        self.joined = re.compile(rf"{SPACE}?%?{SPACE}?(?:[-÷~/]|{one_of(joints)}|{powers(6, 12)}{SPACE}\d)")
        self.number = regex.compile(
            rf"{self.opening.pattern}"
            rf"(?:(?P<c1>{n})\s(?P<m1>{powers(6, 12)})\s(?P<c2>{n})\s(?P<m2>{powers(3, 9)})(?!\w)"
            rf"|(?P<num>{n})(?:\s?/\s?|\s?{one_of(patterns.literals('number', role='fraction_joint'))}\s"
            rf"|\s{one_of(patterns.literals('number', role='rate_joint'))}\s(?={_ROUND}\s[^\W\d_]))"
            rf"(?P<den>{n})(?![\d/])"
            rf"|(?P<least>{n})\s?(?:-|÷|–)\s?(?P<most>{n})\s?/\s?(?P<all>{n})(?![\d/])"
            rf"|(?P<low>{n})\s?(?P<pct>%?)\s?(?:-|÷|~|{one_of(patterns.literals('number', role='range'))})"
            rf"\s?(?P<high>{n})(?![\d/])"
            rf"|(?P<one>{n})|(?P<half>[{''.join(_HALVES)}]))(?!\d)"
        )
        self.magnitude = regex.compile(rf"{one_of(self.magnitudes)}\s(?=[^\W\d_])")
        spelt = one_of([*self.digits, *self.powers, *patterns.literals("number", role="zero")])
        self.repeated = regex.compile(rf"\s?\((?:{spelt}\s?){{1,9}}+\)(?=\s)")  # "05 (năm) bộ hồ sơ"
        self.of_fraction = regex.compile(rf"{one_of(patterns.literals('number', role='fraction_of'))}\s")
        self.whole = regex.compile(rf"\s{one_of(patterns.literals('number', role='fraction_joint'))}\s")
        self.location = regex.compile(rf"(?<!\w){one_of(patterns.literals('number', role='location'))}\s$")
        self.each = regex.compile(rf"\s?:|,?\s{one_of(patterns.literals('number', role='each'))}(?!\w)")
        self.counted_on = regex.compile(rf"\s{one_of(patterns.literals('number', role='rate_joint'))}\s")
        self.rate_of = regex.compile(rf"\s{one_of(patterns.literals('number', role='rate_of'))}(?!\w)")
        self.per = regex.compile(rf"{one_of(patterns.literals('number', role='per'))}(?!\w)")
        every = one_of([*patterns.literals("number", role="every"), *patterns.literals("number", role="per")])
        self.noun_per = regex.compile(rf"(?:\s[^\W\d_]++){{1,4}}(?=\s?/\s?(?:{every}(?!\w)|{_ROUND}\s[^\W\d_]))")
        self.duration = regex.compile(rf"(?<!\w){one_of(patterns.literals('number', role='duration'))}\s$")
        self.floor_opens = regex.compile(rf"(?<!\w){one_of(patterns.literals('number', opens='level'))}\s$")
        conjunction = one_of(patterns.literals("indicator", head="conjunction"))
        self.joint_last = regex.compile(rf"\s{conjunction}\s$", regex.REVERSE)
        self.joint = regex.compile(rf"\s?[,/]\s?|\s{conjunction}\s")  # huyện, thành phố và thị xã

    def _compile_comparators(self, patterns: PatternSet) -> None:
        found = [
            (entry, word, entry.means["side"])
            for entry in patterns.of("number")
            if "comparator" in entry.means
            for word in map(fold, entry.literals)
        ]
        before = (_comparison(e, w) for e, w, side in found if side == "before")
        self.before = tuple(sorted(before, key=lambda c: -len(c.phrase)))
        self.before_by_end = by_end((c.phrase, c) for c in self.before)
        self.after = tuple(_comparison(e, w) for e, w, side in found if side == "after")
        self.leaders_by_end = by_end((w, w) for w in patterns.literals("number", role="leader"))
        self.beyond = base_of(patterns, "beyond")
        having = one_of(patterns.literals("number", role="having"))
        self.having = regex.compile(rf"(?<!\w){having}\s$", regex.REVERSE)
        self.selects = frozenset(patterns.literals("number", role="selects"))
        self.selects_exactly = frozenset(patterns.literals("number", role="selects", where="exact"))
        behind = one_of(patterns.literals("number", side="after"))
        self.bound_behind = regex.compile(rf"\s?(?:[^\W\d_]+\s){{0,4}}?{behind}(?!\w)")
        self.negation = regex.compile(
            rf"(?<!\w){one_of(patterns.literals('number', role='negation'))}(?!\w)[^,.;:()\n]*$"
        )
        joints = patterns.literals("indicator", head="conjunction", tells="clause")
        self.and_or_comma = (",", *(f" {word}" for word in joints))
        self.openers = frozenset(patterns.literals("number", opens="range"))

    def _compile_shares(self, patterns: PatternSet) -> None:
        def opens(where: str, *more: str) -> str:
            return one_of([*patterns.literals("number", role="share", where=where), *more])

        second, tail = opens("second"), one_of(patterns.literals("number", role="share_tail"))
        whole = one_of(patterns.literals("number", role="share_whole"))
        base = one_of(patterns.literals("number", role="base", where="share"))
        self.share = regex.compile(
            rf"\(\s*(?:{opens('bracket', '=')}\s*(?:{second}\s*)?:?\s*)?[-+–]?\s?"
            rf"(?P<share>{self.n})\s?%\s*(?:{tail}|{whole}\s[^()\d\n]{{1,60}})?\s*\)"
        )
        change = opens("change")
        self.names_each = regex.compile(rf"\s{one_of(patterns.literals('number', role='names_each'))}\s")
        self.share_changes = regex.compile(rf"\(\s*{change}(?!\w)")
        self.changes_before = regex.compile(rf"(?<!\w){change}\s(?:[^\W\d_]+\s){{0,2}}$", regex.REVERSE)
        self.share_behind = regex.compile(
            rf",?\s*{opens('comma')}\s+(?:{second}\s+)?(?P<share>{self.n})\s?%(?!\s*(?:{base}|\w))"
        )
        self.fraction = regex.compile(
            rf"\(\s*(?:{opens('fraction')}\s*)?(?P<num>{self.n})\s?/\s?(?P<den>{self.n})[^()\d]{{0,60}}"
            rf"(?:[,;]\s[^()\d\n]{{1,40}}{self.n}[^()\d\n]{{0,40}})?\)"
        )

    def value(self, phrase: str) -> int:
        """The value of a number in words.

        >>> from extractor.patterns import load
        >>> [number_words(load()).value(w) for w in ("hai mươi lăm", "một trăm", "mười hai", "ba nghìn")]
        [25, 100, 12, 3000]
        """
        total = current = 0
        for word in phrase.split():
            power = self.powers.get(word)
            if power is None:
                digit = self.digits.get(word, 0)
                current = current + digit if current >= 10 else digit
            elif power == 1:
                current = max(1, current) * 10
            elif power == 2:
                total, current = total + max(1, current) * 100, 0
            else:
                total, current = (total + max(1, current)) * 10**power, 0
        return total + current


def by_end(words: Iterable[tuple[str, _T]]) -> Mapping[str, tuple[_T, ...]]:
    """What goes with words by the words' last characters, in the order given."""
    made: dict[str, tuple[_T, ...]] = {}
    for word, value in words:
        made[word[-_END:]] = (*made.get(word[-_END:], ()), value)
    return made


def ending(words: Mapping[str, tuple[_T, ...]], text: str) -> tuple[_T, ...]:
    """Of words by their last characters those that can end a text."""
    return words.get(text[-_END:], ()) + words.get(text[-1:], ())


def _comparison(entry: Entry, phrase: str) -> _Comparison:
    outer = tuple((o, o.find(phrase)) for o in map(fold, entry.not_inside) if phrase in o)
    role = entry.means.get("role")
    return _Comparison(
        phrase, entry.means["comparator"], role == "beyond", role == "met", entry.means.get("negated"), outer
    )


def number_words(patterns: PatternSet) -> NumberWords:
    """numbers.yaml of a pattern set, compiled once."""
    made: NumberWords = patterns.made("numbers", lambda: NumberWords(patterns))
    return made


def base_of(patterns: PatternSet, where: str) -> regex.Pattern[str]:
    """What a percentage is measured against, right behind it; ``where`` as in numbers.yaml."""
    return regex.compile(rf"\s*{one_of(patterns.literals('number', role='base', where=where))}(?!\w)")


# --- all quantities --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    """A quantity in the making: its number, and what is read around it bit by bit."""

    number: Span
    value: Decimal
    rule: str
    value_max: Decimal | None = None
    denominator: Decimal | None = None
    comparator: Comparator = "="
    unit: str = ""
    unit_span: Span | None = None
    unit_class: str = ""
    flags: tuple[str, ...] = ()
    start: int = -1  # where the qualifier before it begins
    end: int = -1  # where the unit behind it ends

    def __post_init__(self) -> None:
        self.start, self.end = self.number.start, self.number.end

    def quantity(self) -> Quantity:
        """The record that the next stages get."""
        number, start, end = self.number, self.start, self.end
        span = number if start == number.start and end == number.end else Span(start, end)
        return Quantity(
            number, span, self.value, self.rule, self.value_max, self.denominator, None, self.comparator,
            self.unit, self.unit_span, self.unit_class, None, None, self.flags,
        )  # fmt: skip


def find_quantities(scene: Scene, times: list[Hit], places: list[Hit], actors: Sequence[Hit] = ()) -> list[Quantity]:
    """The numbers of the body that are neither masked nor part of a time or a place's name, in order.

    Nor is one with which somebody's name begins: ``hai Ban HĐND`` is who, not how many.
    """
    calendar = [
        Span(*span)
        for _, hit in scene.patterns.regexes("number").all_matches(scene.view.key)
        if hit.entry.means.get("role") == "calendar" and "\t" not in scene.view.key[hit.start : hit.end]
        for span in hit.match.spans("m")
    ]
    found = _Finder(scene, [*calendar, *(t.span for t in times), *scene.masks], places).quantities()
    named = {actor.start for actor in actors}
    return [quantity for quantity in found if quantity.number.start not in named]


class _Finder:
    """Finds the quantities of one document."""

    def __init__(self, scene: Scene, taken: Sequence[Span], places: Sequence[Hit]) -> None:
        self.view, self.key, self.text = scene.view, scene.view.key, scene.view.text
        self.words, self.units = number_words(scene.patterns), units(scene.patterns)
        self.taken = Intervals([*taken, *(p.span for p in places)])
        self.named = {p.start: p.end for p in places}
        self.name_ends = {p.end for p in places}
        self._counted_in = -1  # the paragraph that the next two are of
        self._plain: set[str] = set()  # words behind a number that no name stands before
        self._placed: Counter[str] = Counter()  # words behind a number that the name of a place stands before
        self.blocks = [self.view.blocks[index].span for index in scene.body_blocks()]
        self._word_starts = [start for start, _, _ in scene.phrases(self.words.any_in_words)]

    def quantities(self) -> list[Quantity]:
        """All of them, in order."""
        found: list[Quantity] = []
        end = -1
        for block in self.blocks:
            drafts = self._digits(block)
            if in_words := self._words(block):
                drafts = sorted([*drafts, *in_words], key=lambda d: d.number.start)
            for draft in drafts:
                if draft.number.start < end:
                    continue
                self._read_unit(draft, block)
                self._read_comparator(draft, block)
                if not self._is_duration(draft, block):
                    found.append(draft.quantity())
                    end = draft.number.end
        return _with_shares(self.key, self.words, self.units, found)

    def _is_duration(self, draft: _Draft, block: Span) -> bool:
        """``sau 1 năm``, ``trong 5 năm đầu``: when, not how much."""
        return (
            draft.unit_class == "span"
            and self.words.duration.search(self.key, max(block.start, draft.start - _UNIT), draft.start) is not None
        )

    # --- the number itself --------------------------------------------------------------------------------------------

    def _digits(self, block: Span) -> list[_Draft]:
        key, words, position = self.key, self.words, block.start
        made: list[_Draft] = []
        for figure in _FIGURE.finditer(key, block.start, block.end):
            start = figure.start()
            if start < position or words.opening.match(key, start) is None:
                continue
            plain = words.plain.match(key, start, block.end)
            if plain is None or words.joined.match(key, plain.end(), block.end):
                position = self._joined(start, block, made)
                continue
            position = plain.end()
            if self.taken.overlaps(start, position):
                first, spaced, _ = plain[0].partition(" ")
                if spaced and not self.taken.overlaps(start + len(first), position):
                    position = start + len(first)  # "thôn Hòa An 1 | 180 hộ", "tháng 12 | 150 hộ"
                continue
            if key[start - 1 : start] == "/" and _TEN.fullmatch(plain[0]):
                continue  # "ca/100.000 dân": part of the unit before it
            if not self._is_stuck(position):
                made.append(_single(plain[0], Span(start, position)))
        return made

    def _joined(self, start: int, block: Span, made: list[_Draft]) -> int:
        """Reads a number that may be one of several parts (a range, a fraction), and says where to go on."""
        key, words = self.key, self.words
        match = words.number.match(key, start, block.end)
        if match is None:
            return start
        draft = _read(words, match)
        if draft is None or self.taken.overlaps(draft.number.start, draft.number.end):
            # one part of a range or fraction may be free where the other is not: "2021-2025 05 xã", "3/4 12 hộ"
            single = words.single.match(key, start)
            if single is None:
                return match.end()
            lone = Span(start, single.end())
            if lone.end < match.end() and not self.taken.overlaps(start, lone.end) and not self._is_stuck(lone.end):
                made.append(_Draft(lone, read_number(single[0]), "number.digits"))
            return lone.end
        end = draft.number.end
        if self._is_day(draft):
            return end  # "khởi công tháng 5, 30/9 hoàn thành": a day without its word
        if key[start - 1 : start] == "/" and _TEN.fullmatch(match[0]):
            return end
        if not self._is_stuck(end):
            made.append(draft)
        return end

    def _is_day(self, draft: _Draft) -> bool:
        """Whether a fraction above one, with no unit behind it, reads as a day and a month."""
        day, month = draft.value, draft.denominator
        if month is None or not (month < day <= 31 and month <= 12):
            return False
        return self.units.at(self.key, draft.number.end + 1) is None

    def _is_stuck(self, end: int) -> bool:
        """Letters glued to the number that are no unit: 5G, 4K; ``20m`` is left to the unit reader."""
        if self.key[end : end + 1] in _LOOSE:
            return False
        after = _GLUED.match(self.key, end, end + 12)
        return after is not None and after[0] not in self.units.glued

    def _words(self, block: Span) -> list[_Draft]:
        """Numbers in words, only where a counted noun follows: ``ba mô hình``, ``một nửa số xã`` (DOMAIN §2.5)."""
        at = bisect_left(self._word_starts, block.start)
        if at == len(self._word_starts) or self._word_starts[at] >= block.end:
            return []
        key, text, words, made = self.key, self.text, self.words, []
        last = -1
        for hit in words.in_words.matches(key[block.start : block.end]):
            span = Span(block.start + hit.start, block.start + hit.end)
            if span.start < last or self.taken.overlaps(span.start, span.end):
                continue
            inside = text[span.start - 1 : span.start] in (" ", "(") and not _opens_sentence(text, span.start)
            named = not text[span.start + 1].isupper() and text[span.end + 1 : span.end + 2].isupper()
            if text[span.start].isupper() and (inside or named):
                continue  # Ba Vì, Bảy Núi; "(Sáu tỷ bốn trăm triệu đồng)" after the same in digits
            phrase = key[span.start : span.end]
            if hit.rule in words.fractions:
                made.append(_fraction_in_words(words, phrase, span, hit.value))
                continue
            whole = words.whole.match(key, span.end)
            if (
                whole
                and (total := words.in_words.matches(key[whole.end() : whole.end() + _BEFORE]))
                and total[0].start == 0
            ):
                number = Span(span.start, whole.end() + total[0].end)
                of = words.value(key[whole.end() : number.end])
                if of > words.value(phrase) > 0 and self.units.at(key, number.end + 1) is not None:
                    value = Decimal(words.value(phrase))
                    made.append(_Draft(number, value, "number.fraction_word", denominator=Decimal(of)))
                    last = number.end
                    continue
            unit = self.units.at(key, span.end + 1)
            if unit is not None and unit.kind in ("admin", "thing", "people", "money") and len(unit.phrase) >= 2:
                if unit.kind == "admin" and self._only_names(span, span.end + 1 + len(unit.phrase)):
                    continue
                made.append(_Draft(span, Decimal(words.value(phrase)), hit.rule))
        return made

    def _only_names(self, number: Span, end: int) -> bool:
        """Whether a number in words only introduces names: ``tại hai xã A và B``, ``riêng hai huyện A, B: 100% …``.

        The units are named, and what is said of them has a number of its own or is said of their place.
        """
        key, words, named = self.key, self.words, self.named
        if end + 1 not in named:
            return False
        at = named[end + 1]
        while joint := words.joint.match(key, at):
            if joint.end() not in named:
                break
            at = named[joint.end()]
        return bool(words.location.search(key[max(0, number.start - _BEFORE) : number.start])) or bool(
            words.each.match(key, at)
        )

    # --- unit and comparator ------------------------------------------------------------------------------------------

    def _read_unit(self, draft: _Draft, block: Span) -> None:
        key, words, lexicon = self.key, self.words, self.units
        start = draft.end
        if (repeated := words.repeated.match(key, start, block.end)) is not None:
            start = repeated.end()
        while start < block.end and key[start] in ' "':
            start += 1  # 7/9 "điểm đen"
        if draft.rule == "number.compound":
            self._read_unit_of_compound(draft, start, block)
            return
        part = draft.rule in words.fractions or draft.denominator is not None
        if part and (of := words.of_fraction.match(key, start)):
            start = of.end()
        begin = start
        word = lexicon.at(key, start)
        if (word is None or word.phrase in words.magnitudes) and (
            magnitude := words.magnitude.match(key, start, start + _MAGNITUDE)
        ):
            after = lexicon.at(key, magnitude.end())
            if after is not None and after.kind not in ("percent", "span"):
                start = magnitude.end()
                word = after
        if word is None:
            word = self._open_noun(draft, start, block)
        if word is None:
            return
        end = start + len(word.phrase)
        if word.kind in COUNTED and (syllables := _HYPHENED.match(self.text, end, block.end)):
            end = syllables.end()
        if word.kind == "admin":
            end = _coordinated(key, end, block.end, words, lexicon, self.taken)
        number = draft.number
        rate = draft.denominator is not None and (
            draft.denominator in _RATES or words.counted_on.search(key, number.start, number.end) is not None
        )
        if rate and (more := words.rate_of.match(key, end)):
            end = more.end()
        noun = words.noun_per.match(key, end, block.end) if word.kind in COUNTED else None
        if noun is not None and not any(bound.phrase in noun[0] for bound in words.after):  # "02 lớp | trở lên/năm"
            end = noun.end()  # "phiên giao dịch | việc làm/năm"
        end = _per(key, end, block.end, words, lexicon)
        draft.unit = " ".join(self.text[begin:end].split())
        draft.unit_class = "measure" if rate else word.per if word.per and "/" in draft.unit else word.kind
        draft.unit_span, draft.end = Span(begin, end), end

    def _read_unit_of_compound(self, draft: _Draft, start: int, block: Span) -> None:
        """``365 tỷ 592 triệu đồng``: the larger magnitude and the unit behind the smaller one."""
        key, lexicon = self.key, self.units
        word = lexicon.at(key, start)
        if word is None or word.kind not in ("money", "people", "measure", "thing"):
            return
        end = _per(key, start + len(word.phrase), block.end, self.words, lexicon)
        draft.unit, draft.unit_class = f"{draft.unit} {self.text[start:end]}", word.kind
        draft.unit_span, draft.end = Span(start, end), end

    def _open_noun(self, draft: _Draft, start: int, block: Span) -> UnitWord | None:
        """A counted noun that no list holds, as underthesea segments it: ``30 biển báo``.

        Only where the word before the number lets one expect a count, else a number behind a name (``Quân khu 5 tặng
        …``) would count what follows.
        """
        key, text = self.key, self.text
        if start >= block.end or not text[start].islower() or start == draft.number.end:
            return None
        lexicon = self.units
        word = _WORD.match(key, start, start + _MAGNITUDE)
        pair = _PAIR.match(key, start, start + _UNIT)
        if word is None or word[0] in lexicon.none or (pair and pair[0] in lexicon.none):
            return None
        number = draft.number.start
        left = _WORD_BEFORE.search(text[max(block.start, number - _UNIT) : number])
        if left and key[number] != "0":
            name = left[1][0].isupper() and not _opens_sentence(text, number - len(left[0]))
            if (name and not self._is_counted(word[0], number, block)) or self._is_named_by(fold(left[1]), draft):
                return None
        span = first_word(text, start, min(block.end, start + 80))
        return None if span is None else UnitWord(key[span.start : span.end], "open")

    def _is_named_by(self, word: str, draft: _Draft) -> bool:
        """Whether a number is the name of what the word before it means: ``khóa 12``; not ``cấp 15.000 chữ ký số``."""
        if word not in self.units.names or "." in self.key[draft.number.start : draft.number.end]:
            return False
        return draft.value <= self.units.orders.get(word, draft.value)

    def _is_counted(self, noun: str, number: int, block: Span) -> bool:
        """Whether a word behind a name and a number is counted, as it is behind another number of the paragraph.

        ``xây 60 bếp ăn, trong đó huyện A Lưới 28 bếp``, ``Thái Hòa 2 máy ấp, Nghĩa Mỹ 3 máy ấp``; not ``Quân khu 5
        tặng …, Quân khu 7 tặng …``.
        """
        if block.start != self._counted_in:
            self._counted_in, self._plain, self._placed = block.start, set(), Counter()
            for figure in _COUNTED_WORD.finditer(self.key, block.start, block.end):
                start = figure.start()
                before = _WORD_BEFORE.search(self.text, max(block.start, start - _UNIT), start)
                if start - 1 in self.name_ends:
                    self._placed[figure[1]] += 1
                elif before is None or not (before[1][0].isupper() or fold(before[1]) in self.units.names):
                    self._plain.add(figure[1])
        return noun in self._plain or (number - 1 in self.name_ends and self._placed[noun] > 1)

    def _read_comparator(self, draft: _Draft, block: Span) -> None:
        """The comparator before or behind the number."""
        key, words = self.key, self.words
        left_end = draft.number.start
        low = max(block.start, left_end - _BEFORE)
        # "từ 70% học sinh vùng đồng bào dân tộc thiểu số trở lên": what opens the bound lets it be far
        opened = words.floor_opens.search(key, low, left_end) is not None
        reach, breaks = (_AFTER_FLOOR, _FLOOR_BREAK) if opened else (_AFTER, _BREAK)
        limit = min(block.end, draft.end + reach)
        behind: Comparator | None = None
        for found in words.after:
            at = key.find(found.phrase, draft.end, limit)
            if at >= 0 and not self._is_broken(breaks, draft.end, at):
                behind = found.comparator
                break
        for _ in range(3):
            left = key[low:left_end].rstrip(" (")
            for found in ending(words.before_by_end, left):
                if _ends_with(left, found.phrase):
                    begin = low + len(left) - len(found.phrase)
                    if self._compares(found, begin, draft):
                        led = behind is not None and left_end < draft.number.start
                        draft.start = begin  # "vượt từ 5 % trở lên": the bound behind goes with "từ"
                        draft.comparator = behind if led and behind else self._comparator(found, low, begin, draft)
                        return
            for leader in ending(words.leaders_by_end, left):
                if left.endswith(leader) and not left[: -len(leader)][-1:].isalnum():
                    left_end = low + len(left) - len(leader)
                    break
            else:
                break
        if behind is not None:
            draft.comparator = behind

    def _is_broken(self, breaks: re.Pattern[str], start: int, end: int) -> bool:
        """Whether a bound is not that of the number before it; ``từ 02 lớp và 03 hội thi trở lên`` is that of both."""
        key, words = self.key, self.words
        stop = breaks.search(key, start, end)
        if stop is None or breaks is not _FLOOR_BREAK or words.joint_last.search(key, start, stop.start()) is None:
            return stop is not None
        other = words.plain.match(key, stop.start(), end)
        return other is None or breaks.search(key, other.end(), end) is not None

    def _compares(self, found: _Comparison, begin: int, draft: _Draft) -> bool:
        """Whether a comparator's phrase is no part of a longer one, and none that says by how much a plan is beaten."""
        key = self.key
        if any(key.startswith(outer, begin - at) for outer, at in found.outer if begin >= at):
            return False
        return not (found.beyond and self.words.beyond.match(key, draft.end))

    def _comparator(self, found: _Comparison, low: int, begin: int, draft: _Draft) -> Comparator:
        if draft.value_max is not None and found.phrase in self.words.openers:
            return "="  # "đạt từ 90 - 95 %": a range, no floor
        if found.met and draft.denominator is not None:
            return "="
        if found.negated and self.words.negation.search(self.key, max(low - _NEGATED, 0), begin):
            return found.negated
        return found.comparator


def _read(words: NumberWords, match: regex.Match[str]) -> _Draft | None:
    if match["one"]:
        return _single(match["one"], Span(*match.span("one")))
    groups = match.groupdict()
    span = Span(match.start(), match.end())
    if groups["c1"]:
        high, low = words.powers[groups["m1"]], words.powers[groups["m2"]]
        if low >= high:
            return None
        value = read_number(groups["c1"]) + read_number(groups["c2"]).scaleb(low - high)
        return _Draft(span, value, "number.compound", unit=groups["m1"], unit_class="money")
    if groups["num"]:
        value, denominator = read_number(groups["num"]), read_number(groups["den"])
        return _Draft(span, value, "number.fraction", denominator=denominator)
    if groups["least"]:  # "12 - 13/18 tiêu chí"
        least, most, whole = (read_number(groups[name]) for name in ("least", "most", "all"))
        if least < most <= whole:
            return _Draft(span, least, "number.fraction", value_max=most, denominator=whole)
        return _single(groups["least"], Span(*match.span("least")))
    if groups["low"]:
        low_value, high_value = read_number(groups["low"]), read_number(groups["high"])
        if low_value >= high_value:
            return _single(groups["low"], Span(*match.span("low")))
        return _Draft(span, low_value, "number.range", value_max=high_value)
    top, bottom = _HALVES[groups["half"]]
    return _Draft(span, Decimal(top) / Decimal(bottom), "number.glyph")


def _single(text: str, span: Span) -> _Draft:
    flags = ("english_decimal",) if "." in text and _ENGLISH_DECIMAL.search(text) else ()
    return _Draft(span, read_number(text), "number.digits", flags=flags)


def _fraction_in_words(words: NumberWords, phrase: str, span: Span, entry: Entry) -> _Draft:
    parts = phrase.split()
    if len(parts) == 3 and parts[1] in words.bar:
        top, bottom = Decimal(words.value(parts[0])), Decimal(words.value(parts[2]))
        return _Draft(span, top, entry.id, denominator=bottom)
    value = Decimal(str(entry.means["value"]))
    return _Draft(span, value, entry.id, comparator=entry.means.get("comparator", "="))


def _coordinated(key: str, end: int, limit: int, words: NumberWords, lexicon: Units, taken: Intervals) -> int:
    """``huyện, thành phố``; ``xã, phường và thị trấn``: the whole is the unit (decision 33)."""
    while match := words.joint.match(key, end, limit):
        after = lexicon.admin_at(key, match.end())
        if after < 0 or (_LETTER_NEXT.match(key, after, after + 2) and _NEXT_COUNT.match(key, after, limit)):
            break
        if taken.overlaps(after, after + 2):
            break  # "xã Sơn Vĩ 06 thôn, | xã Khâu Vai 04 thôn"
        end = after
    return end


def _per(key: str, end: int, limit: int, words: NumberWords, lexicon: Units) -> int:
    """``/năm``, ``/người/tháng``, ``/100 bé gái``, ``/vạn dân`` behind a unit."""
    while "/" in key[end : end + 2] and (match := _SLASH.match(key, end, limit)):
        start = match.end()
        word = lexicon.at(key, start)
        plain = words.per.match(key, start, limit)
        if plain is not None:
            end = plain.end()
        elif word is not None:
            end = start + len(word.phrase)
        elif match[1]:
            end += len(match[0].rstrip())
            break
        else:
            break
        if end >= limit:
            break
    return min(end, limit)


def _opens_sentence(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in " -+*•":
        at -= 1
    return at == 0 or text[at - 1] in ".\n:;"


def _ends_with(left: str, phrase: str) -> bool:
    return left.endswith(phrase) and not (phrase[0].isalnum() and left[: -len(phrase)][-1:].isalnum())


# --- shares in brackets ----------------------------------------------------------------------------------------------


def _with_shares(key: str, words: NumberWords, lexicon: Units, found: Sequence[Quantity]) -> list[Quantity]:
    """A percentage in brackets goes to the count before it; a fraction in brackets takes the percentage before it.

    (CONTRACT, ``percent``; decision 2: one row with the fraction in value/denominator.)
    """
    made: list[Quantity] = []
    for quantity in found:
        if made and (part := _part_of(key, made[-1], quantity)) is not None:
            made[-1] = part
            continue
        joined = None
        if made:
            if quantity.denominator is not None:
                if made[-1].unit_class == "percent" and _is_near(key, made[-1], quantity):
                    joined = _fraction_of(key, words, lexicon, made[-1], quantity)
            elif quantity.unit_class == "percent" and _is_near(key, made[-1], quantity):
                joined = _share_of(key, words, made[-1], quantity)
        if joined is None:
            made.append(quantity)
        else:
            made[-1] = joined
    return made


def _part_of(key: str, previous: Quantity, quantity: Quantity) -> Quantity | None:
    """The fraction that is said with its unit twice: ``45,6 km/47,2 km``, ``85 hộ/120 hộ``."""
    if key[previous.span.end : quantity.span.start].strip() != "/" or not quantity.unit == previous.unit != "":
        return None
    if previous.denominator is not None or previous.value_max is not None or quantity.denominator is not None:
        return None
    return replace(
        previous,
        number=Span(previous.number.start, quantity.number.end),
        span=Span(previous.span.start, quantity.span.end),
        denominator=quantity.value,
        unit_span=quantity.unit_span,
        rule="number.fraction",
    )


def _is_near(key: str, previous: Quantity, quantity: Quantity) -> bool:
    if quantity.number.start - previous.number.end > _BRACKET:
        return False
    between = key[previous.number.end : quantity.number.start]
    return "\n" not in between and ";" not in between


def _share_of(key: str, words: NumberWords, previous: Quantity, quantity: Quantity) -> Quantity | None:
    """The count with its share: ``45/60 xã (75%)``, ``12 hộ, chiếm 30%``; ``None`` where the percentage is none."""
    if previous.unit_class == "percent" or previous.percent is not None:
        return None
    opened = key.rfind("(", previous.number.end, quantity.number.start)
    share = words.share.match(key, opened) if opened >= 0 else words.share_behind.match(key, previous.span.end)
    if share is None or share.start("share") != quantity.number.start:
        return None
    if opened >= 0 and previous.denominator is None and ":" in key[previous.span.end : opened]:
        return None  # "14 đơn vị giải ngân thấp, trong đó: Sở Y tế (27,5 %), Sở Nội vụ (12 %)"
    named = opened >= 0 and previous.denominator is None and words.names_each.search(key, previous.span.end, opened)
    if named and _NEXT_SHARE.match(key, share.end()):
        return None  # "2 chỉ tiêu chưa đạt là giải ngân vốn (31 %) và thu gom rác (78 %)"
    if opened >= 0 and previous.unit_class == "money" and "," in key[previous.span.end : opened]:
        return None  # "vốn ngân sách 1.240 tỷ đồng, còn lại là xã hội hóa (78 %)"
    if opened >= 0 and words.share_changes.match(key, opened):
        start = previous.span.start
        if words.changes_before.search(key, max(0, start - _BEFORE), start) is None:
            return None  # "thu 95 tỷ đồng (tăng 4,2 %)"
    if opened >= 0:
        return replace(previous, percent=quantity.value, share=Span(share.start(), share.end()))
    return replace(previous, percent=quantity.value, beside=quantity.number)


def _fraction_of(
    key: str, words: NumberWords, lexicon: Units, previous: Quantity, quantity: Quantity
) -> Quantity | None:
    """The fraction with the percentage before it: ``40% số ấp (30/52 ấp)``, ``100% (19/19) thôn có tổ hòa giải``."""
    opened = key.rfind("(", previous.number.end, quantity.number.start)
    bracket = words.fraction.match(key, opened) if opened >= 0 else None
    if bracket is None or bracket.start("num") != quantity.number.start or ")" in key[previous.span.end : opened]:
        return None  # "tỷ lệ thu gom rác (61 %) và số trường đạt chuẩn (12/15 trường)": two of them
    behind = (
        lexicon.at(key, bracket.end() + 1)
        if not quantity.unit and not key[previous.span.end : opened].strip()
        else None
    )
    if behind is not None and behind.kind in COUNTED:
        noun = Span(bracket.end() + 1, bracket.end() + 1 + len(behind.phrase))
        quantity = replace(quantity, unit=key[noun.start : noun.end], unit_class=behind.kind, unit_span=noun)
    return replace(
        quantity,
        percent=previous.value,
        comparator=previous.comparator,
        span=Span(previous.span.start, quantity.span.end),
        share=previous.span,
    )
