"""The view: the source text in one normal form, made together with its map back to the source.

The source is never edited. The view is NFC, has one space for every run of spaces, no invisible characters, and one
line for every paragraph: lines that were only wrapped are joined, so that a phrase never breaks inside a line of the
view. ``View.span`` brings a view span to source offsets; nothing is ever recovered by a diff (ARCHITECTURE, rule 1).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import regex

from extractor.model import Span
from extractor.records import record
from extractor.text.barred import with_barred_rows
from extractor.text.keys import fold
from extractor.text.source_map import SourceMap
from extractor.text.spaced import with_tabs, without_marker_tabs
from extractor.text.stacked import with_rows

# DOMAIN §8, "Spaces" and "Invisible".
_SPACES = frozenset("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000 ")
_DROPPED = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\u2061\u2062\u2063\ufeff\u2066\u2067\u2068\u2069"
)
_LINE_ENDS = frozenset("\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_REPLACED = {
    "Ð": "Đ", "ð": "đ", "\u0189": "Đ", "\uf0b7": "•", "\uf02d": "-", "\uf0a7": "•", "▪": "•", "●": "•",
    "‣": "•", "◦": "•", "⁃": "•", "\u2011": "-", "—": "–", "％": "%",
}  # fmt: skip
_FULL_WIDTH = range(0xFF01, 0xFF5F)
# A character as the view has it: one line feed, one space, no look-alikes of full width (DOMAIN §8).
_PLAIN = {
    **{chr(code): chr(code - 0xFEE0) for code in _FULL_WIDTH},
    **_REPLACED,
    **dict.fromkeys(_SPACES - {" "}, " "),
    **dict.fromkeys((*_LINE_ENDS - {"\n"}, "\r"), "\n"),
}
_NOT_PLAIN = re.compile(f"[{re.escape(''.join(_PLAIN))}]")
# What makes the view differ in length from a source: characters that are dropped, and line ends of two; in a source
# that is not in NFC also marks, with the character that they belong to.
_CONTRACTED = re.compile(rf"[\r{''.join(sorted(_DROPPED))}](?:(?<=\r)\n|(?<!\r))")
_MARKED = regex.compile(rf"(?s:.)[\p{{M}}{''.join(sorted(_DROPPED))}]+|{_CONTRACTED.pattern}")
# Behind which writing a line takes thought, and all else is copied as it stands: emphasis marks, spaces that may be
# spare, and letters before which a space may be missing. Each expression begins with the few characters that it is
# about, and looks around when one is found.
_STARS_AND_STOPS = re.compile(r"[*,;.:)](?:(?<=\*)|(?=[^\W\d_]))")
_CAPITALS = "".join(filter(str.isupper, map(chr, range(0x2000))))  # there are more above, among other characters
_CAPITAL_INSIDE = re.compile(rf"[{_CAPITALS}\u2000-\U0010ffff](?<=[^\W\d_].)(?<![{_CAPITALS}].)")
_SPARE_SPACE = re.compile(r" (?= )")
# Markers that are signs, numbers and letters; those made of words come with ``OpenWords``.
_MARKER_START = re.compile(
    r"(?:[-–—+•○▪*](?=\s|[^\W\d_])|\d{1,2}(?:\.\d{1,2}){0,3}(?:[.)](?!\d)|/(?=\s))|\d{1,2}\s?-\s(?=[^\W\d_])|[IVXivx]{1,5}\s?[.)/-](?=\s)"
    r"|[A-ZĐa-zđ]\s?[.)](?=\s)|\(\s?(?:\d{1,2}|[ivx]{1,4}|[a-zđ])\s?\)|\d{1,2}\s?\.\s)"
)
_NEVER = re.compile(r"(?!)")
_BARE_MARKER = re.compile(
    r"(?:(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2})*|[a-zđA-ZĐ])[.)]?-?|\((?:\d{1,2}|[ivx]{1,4}|[a-zđ])\)|[-–—+•])$"
)
_SIGNS = frozenset("-–—+•")
_FEW = 3  # words, of a line that holds no more than the beginning of a paragraph
_WRAPPED = 4  # one line in so many breaks in mid-phrase
_NARROW = 110  # characters: where no line is longer, fewer such breaks show that a text was wrapped
_YEAR_LABEL = re.compile(r"(?<!\d)(?:19|20)\d\d:$")
_LONG_LINE = 60  # characters of a line that a slip may have broken before an amount
_AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d{1,3}){0,4}\s(?:%|[^\W\d_]{2,9}\s[^\W\d_]{1,9}[\s,;.])")
_STUMPS = 5  # such lines, of a text whose markup was wrapped with it
_LONGEST_DIVISION = 10  # characters of the noun of a division alone on a line
_ENDS = (".", ";", ":", "!", "?", "…")
_CLOSERS = "'\")]”’»*"
_YEARS_BROKEN = re.compile(r"(?:19|20)\d\d\s*$")
_YEARS_GO_ON = re.compile(r"[-–]\s*(?:19|20)\d\d")
_HASHES = re.compile(r" {0,3}#{1,6} +(?=\S)")  # of a heading in Markdown
_RULE_LINE = re.compile(r"^[\s\-_=*.~–—]+$")


def _nowhere(_: str, /) -> bool:
    return False


def _nothing(_: str, /) -> tuple[int, ...]:
    return ()


class _Expression(Protocol):
    """A compiled regular expression, of ``re`` or ``regex``."""

    def match(self, text: str, /) -> object | None: ...

    def search(self, text: str, /) -> object | None: ...


@dataclass(frozen=True, slots=True)
class OpenWords:
    """What words say of where a paragraph ends; ``layout.open_words`` makes it of the patterns.

    Attributes:
        leave: folded words that leave a paragraph open (``trưởng``, ``của``, …): a line that ends with one goes on in
            the next, even over a blank line.
        begin: matches a line, as it is written, that begins with a marker made of words (``Điều 5``, ``Một là``).
        capitals: matches a folded line of capitals that is no rest of the one above (``TM. …``, ``CHỦ TỊCH``).
        posts: matches the folded end of a line that broke inside a post (``… Ủy viên Ban Thường vụ``).
        bodies: matches the folded beginning of the line that goes on with the body it is of (``Tỉnh ủy …``).
        glued: finds, in text as it is written, a digit right behind a word that no digit belongs to (``đạt95%``).
        types: matches folded capitals that are the line of a document's type, or of an annex.
        parted: whether the folded end of a line and the beginning of the next hold a date, a number or a fixed name
            that the break parts (``ngày 06`` / ``tháng 02``).
        index_heads: finds a line feed and, behind it, the head of a column of running numbers that fills its line.
        time_head: matches the folded head of a column of times.
        time_cell: matches a folded cell that says when.
        flattened: gives a document whose line ends were lost some for blanks.
        parting: the offsets before which a space between two words is missing (``đếnnăm``).
    """

    leave: frozenset[str] = frozenset()
    begin: _Expression = _NEVER
    capitals: _Expression = _NEVER
    posts: _Expression = _NEVER
    bodies: _Expression = _NEVER
    glued: re.Pattern[str] | regex.Pattern[str] = _NEVER
    types: _Expression = _NEVER
    parted: Callable[[str], bool] = _nowhere
    index_heads: re.Pattern[str] = _NEVER
    time_head: _Expression = _NEVER
    time_cell: _Expression = _NEVER
    flattened: Callable[[str], str] = str
    parting: Callable[[str], Collection[int]] = _nothing

    def breaks_post(self, left: str, right: str) -> bool:
        """Whether a break between two lines parts a post from the body it is of (DOMAIN §8, broken lines)."""
        if len(left) <= 30 or left.isupper() or not right[0].isupper():
            return False
        return self.posts.match(fold(left[-60:])) is not None and self.bodies.match(fold(right)) is not None

    def breaks_phrase(self, left: str, right: str) -> bool:
        """Whether a break between two lines parts a date, a number or a fixed name (DOMAIN §8, broken lines)."""
        return self.parted(fold(f"{left[-20:]}\n{right[:20]}"))

    def names_body(self, line: str) -> bool:
        """Whether a line of capitals begins with a body: ``SỞ Y TẾ`` below ``UBND TỈNH …`` is another one."""
        return line.isupper() and self.bodies.match(fold(line)) is not None

    def names_type(self, line: str) -> bool:
        """Whether a line says of what type the document is, and nothing else: ``KẾ HOẠCH``, ``PHỤ LỤC II``."""
        return line.isupper() and self.types.match(fold(line)) is not None

    def parts_division(self, left: str, right: str) -> bool:
        """Whether a break parts the noun of a division from its numeral: ``Điều`` / ``2. Mục tiêu``."""
        if len(left) > _LONGEST_DIVISION or not right[0].isdigit():
            return False
        return self.begin.match(f"{left} {right}") is not None and self.begin.match(left) is None

    def marks(self, line: str) -> bool:
        """Whether a line begins with a marker, or is one."""
        return line in _SIGNS or _MARKER_START.match(line) is not None or self.begin.match(line) is not None


@record(frozen=True, slots=True)
class Block:
    """One line of the view: a paragraph, a heading, a bullet, a row of a table.

    Attributes:
        start: view offset, inclusive.
        end: view offset, exclusive (the line feed is outside).
        gap: blank lines before it in the source.
        cells: of a table row, its cells; empty otherwise.
    """

    start: int
    end: int
    gap: int = 0
    cells: tuple[Span, ...] = ()

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class View:
    """The normal form of a source text, its match key, its blocks, and the map to source offsets.

    Attributes:
        source: the source text.
        text: the normal form.
        key: ``fold(text)`` with what OCR misread put right, of the same length: what patterns are matched against.
        blocks: the lines of ``text`` that hold anything.
        mended: the letters, as view spans, that were put right in the key, in order.
    """

    __slots__ = ("_block_starts", "_map", "blocks", "key", "mended", "source", "text")

    def __init__(
        self, source: str, text: str, source_map: SourceMap, blocks: tuple[Block, ...], mend: Callable[[str], str]
    ) -> None:
        self.source, self.text, self._map, self.blocks = source, text, source_map, blocks
        self._block_starts = [block.start for block in blocks]
        folded = fold(text)
        self.key = mend(folded)
        differ = [] if self.key == folded else [i for i, c in enumerate(folded) if c != self.key[i]]
        self.mended = tuple(Span(i, i + 1) for i in differ)

    def offsets(self, start: int, end: int) -> tuple[int, int]:
        """The source range of view[start:end]; characters that the view inserted are trimmed from both ends.

        Raises:
            ValueError: the stretch is empty, or holds only inserted characters.
        """
        return self._map.source_of(start, end)

    def span(self, start: int, end: int) -> Span:
        """``offsets`` as a span."""
        return Span(*self._map.source_of(start, end))

    def quote(self, start: int, end: int) -> str:
        """The source's own letters for a view span."""
        first, last = self._map.source_of(start, end)
        return self.source[first:last]

    def at(self, source_offset: int) -> int:
        """The first view offset whose character comes from ``source_offset`` or later; no inserted one."""
        return self._map.at(source_offset)

    def block_index(self, offset: int) -> int:
        """Index of the block that holds a view offset (or the last that begins before it)."""
        return (bisect_right(self._block_starts, offset) or 1) - 1

    def block_of(self, offset: int) -> Block:
        return self.blocks[self.block_index(offset)]


def build_view(
    source: str, *, open_words: OpenWords | None = None, mend: Callable[[str], str] = lambda key: key
) -> View:
    """Make the view of a source text.

    Args:
        source: the source text of the contract.
        open_words: the words that tell where a paragraph ends; without them only signs and letters do.
        mend: puts right what OCR misread in a key, and keeps its length (``layout.mending`` makes it of the patterns).
    """
    words = open_words or OpenWords()
    chars = _characters(source, words.flattened)
    text = with_barred_rows(without_marker_tabs(chars.text))
    text, columns = with_rows(text, words.index_heads, words.time_head, words.time_cell)
    chars = _Characters(text, chars.map)
    writer = _Writer(chars, words, columns)
    for paragraph in _paragraphs(chars.text, words):
        writer.add(paragraph)
    return View(source, "".join(writer.text), writer.map, tuple(writer.blocks), mend)


@dataclass(frozen=True, slots=True)
class _Characters:
    """Characters in normal form, and what each stands for in the source."""

    text: str
    map: SourceMap


class _Writer:
    """Writes paragraphs as the lines of a view."""

    def __init__(self, chars: _Characters, words: OpenWords, columns: Mapping[int, tuple[int, ...]]) -> None:
        self._chars, self._columns = chars, columns
        self.text: list[str] = []  # in pieces
        self.map = SourceMap()
        self.blocks: list[Block] = []
        self._apart = frozenset(words.parting(chars.text))
        self._care = _care(chars.text, words.glued, self._apart)

    def add(self, paragraph: list[_Line]) -> None:
        """Write a paragraph as one line; nothing, where no character of it remains."""
        chars = self._chars
        broken = bool(self.map.size)
        if broken:
            edge = chars.map.start(paragraph[0].start)
            self._put("\n", edge, edge)
        begin, piece = self.map.size, len(self.text)
        bullet_star = _star_is_bullet(chars.text, paragraph)
        for number, line in enumerate(paragraph):
            if number:
                self._put(" ", chars.map.end(paragraph[number - 1].end - 1), chars.map.start(line.start))
            self._line(line, begin, bullet_star=bullet_star and number == 0)
        written = "".join(self.text[piece:])
        kept = written.rstrip(" ") if written.strip() else ""  # a tab may be all that emphasis marks leave
        self.map.drop(len(written) - len(kept))
        self.text[piece:] = [kept] if kept else []
        if kept:
            cells = _cells(kept, begin)
            if (columns := self._columns.get(paragraph[0].start)) is not None:
                cells = _in_columns(cells, columns)
            self.blocks.append(Block(begin, begin + len(kept), paragraph[0].gap, cells))
        elif broken:
            self.map.drop(1)
            self.text.pop()

    def _line(self, line: _Line, begin: int, *, bullet_star: bool) -> None:
        """Write a line without emphasis marks and spare spaces, and with the spaces that are missing in it."""
        chars, first = self._chars.text, self.map.size
        copied = line.start  # what stands before is written, what stands behind waits
        low, high = bisect_left(self._care, line.start), bisect_left(self._care, line.end)
        for i in self._care[low:high]:
            char = chars[i]
            before = chars[i - 1] if copied < i else self.text[-1][-1] if self.map.size > begin else ""
            if char == "*":
                # emphasis marks of texts that came through a converter, but "3* trở lên"
                digit = before.isdigit() and (copied < i or self.map.size > first)
                star = digit and chars[i - 1] != "*" and i + 1 < line.end and chars[i + 1] in " ,)"
                if star or (bullet_star and i == line.start):
                    continue
            elif char == " ":
                if before and before not in " \n":
                    continue
            elif i not in self._apart and not _word_was_glued(chars, i, line):
                continue
            self._copy(copied, i)
            copied = i + 1
            if char not in "* ":
                self._put(" ", self._chars.map.start(i), self._chars.map.start(i))
                copied = i
        self._copy(copied, line.end)

    def _copy(self, start: int, end: int) -> None:
        if start < end:
            self.text.append(self._chars.text[start:end])
            self.map.copy_of(self._chars.map, start, end)

    def _put(self, char: str, start: int, end: int) -> None:
        self.text.append(char)
        self.map.stand_for(start, end)


def _care(chars: str, glued: re.Pattern[str] | regex.Pattern[str], apart: Collection[int]) -> list[int]:
    """Where writing takes thought, in order."""
    places = [m.start() for m in glued.finditer(chars)]
    places += apart
    places += [m.start() for m in _CAPITAL_INSIDE.finditer(chars)]
    places += [m.end() for m in _STARS_AND_STOPS.finditer(chars)]
    if "*" in chars:
        places += [i for i, char in enumerate(chars) if char == "*"]
    if "  " in chars:
        places += [m.end() for m in _SPARE_SPACE.finditer(chars)]
    return sorted(set(places))


def _characters(source: str, flattened: Callable[[str], str]) -> _Characters:
    """The source character by character in normal form, each with the source range it stands for."""
    composed = unicodedata.is_normalized("NFC", source)
    odd = _CONTRACTED if composed else _MARKED
    kept: list[str] = []
    made = SourceMap()
    done = 0
    while done < len(source):
        match = odd.search(source, done)
        stop = match.start() if match else len(source)
        if composed or unicodedata.is_normalized("NFC", source[done:stop]):
            kept.append(source[done:stop])
            made.copy(done, stop - done)
            done = stop
        if match is not None:
            stop = match.end()
        while done < stop:
            char, after = _character(source, done, composed=composed)
            kept.append(char)
            if char and after == done + 1:
                made.copy(done, 1)
            elif char:
                made.stand_for(done, after, len(char))
            done = after
    return _Characters(flattened(with_tabs(_NOT_PLAIN.sub(lambda m: _PLAIN[m[0]], "".join(kept)))), made)


def _character(source: str, start: int, *, composed: bool) -> tuple[str, int]:
    """One character of a source with the marks that belong to it, composed, and where it ends; empty if dropped."""
    end = start + 1
    if source[start] in _DROPPED:
        return "", end
    made = source[start]
    if not composed:
        while end < len(source) and (unicodedata.combining(source[end]) or source[end] in _DROPPED):
            end += 1
        made = unicodedata.normalize("NFC", "".join(c for c in source[start:end] if c not in _DROPPED))
    if made == "\r" and end < len(source) and source[end] == "\n":
        return "\n", end + 1
    return made, end


@record(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    gap: int
    text: str
    tabbed: bool
    marked: bool


def _lines(chars: str, words: OpenWords) -> list[_Line]:
    lines, begin, gap = [], 0, 0
    for piece in chars.split("\n"):
        if hashes := _HASHES.match(piece):
            begin, piece = begin + hashes.end(), piece[hashes.end() :]
        end = begin + len(piece)
        text = piece.strip()
        stripped = piece.strip(" *")
        alone = stripped.count("|") == 1  # what is left of a table that was flattened to its cells: it parts them
        before, behind = alone and stripped[0] == "|", alone and stripped[-1] == "|"
        if alone and (before or behind):
            bar = piece.index("|")
            begin, piece = (begin + bar + 1, piece[bar + 1 :]) if before else (begin, piece[:bar])
            text = piece.strip()
            stripped = piece.strip(" *")
        if stripped and not (len(text) > 1 and _RULE_LINE.match(text)):
            left = begin + (len(piece) - len(piece.lstrip(" ")))
            tabbed = "\t" in stripped or stripped.count("|") >= 2
            # empty cells at the end of a row keep its cells in their columns; tabs behind a paragraph are nothing
            right = begin + len(piece.rstrip(" ") if "\t" in text else piece.rstrip())
            lines.append(_Line(left, right, gap + before, text, tabbed, words.marks(text)))
            gap = int(behind)
        else:
            gap += 1
        begin = end + 1
    return lines


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the paragraphs of a text are set.

    Attributes:
        width: where the text was hard-wrapped; 0: its lines are paragraphs.
        separated: its paragraphs stand apart by blank lines, so that a line without one is mostly a wrapped one.
        begins: where lines of a few words begin that another goes on with: the wrapped rest of a line is the last.
        stumps: most lines of a few words are such beginnings.
    """

    width: int
    separated: bool
    begins: frozenset[int]
    stumps: bool
    words: OpenWords

    def fills(self, line: _Line) -> bool:
        """Whether a line is as long as one that was wrapped."""
        return len(line.text) >= 0.7 * self.width


def _paragraphs(chars: str, words: OpenWords) -> list[list[_Line]]:
    """Lines that belong to one paragraph, put together."""
    lines = _lines(chars, words)
    marked = [line for line in lines if line.marked]
    separated = sum(line.gap > 0 for line in marked) >= 0.6 * len(marked)
    short = [
        (line, after)
        for line, after in pairwise(lines)
        if _is_short_begin(line.text) and not after.gap and not after.marked and not after.tabbed
    ]
    begins = frozenset(line.start for line, after in short if after.text[:1].islower())
    stumps = len(begins) >= _STUMPS and 2 * len(begins) >= len(short)
    setting = _Setting(_wrap_width(lines), separated, begins, stumps, words)
    paragraphs: list[list[_Line]] = []
    for line in lines:
        if paragraphs and _continues(paragraphs[-1], line, setting):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _wrap_width(lines: list[_Line]) -> int:
    """The width at which a text was hard-wrapped, or 0 where its lines are whole paragraphs.

    Hard-wrapped means that lines commonly stop in mid-phrase with the rest on the very next line.
    """
    broken = followed = 0
    lengths = []
    for this, after in pairwise(lines):
        if after.gap or this.tabbed or len(this.text) < 25:
            continue
        followed += 1
        lengths.append(len(this.text))
        if not _ends_sentence(this.text) and after.text[:1].islower() and not after.marked:
            broken += 1
    rarely = _WRAPPED if lengths and max(lengths) > _NARROW else 2 * _WRAPPED
    if broken < 3 or broken * rarely < followed:
        return 0
    lengths.sort()
    width = lengths[int(len(lengths) * 0.9)]
    return width if width <= 160 else 0


def _ends_sentence(text: str) -> bool:
    return text.rstrip(_CLOSERS).endswith(_ENDS)


def _continues(paragraph: list[_Line], line: _Line, setting: _Setting) -> bool:
    """Whether ``line`` goes on with the paragraph before it."""
    last = paragraph[-1]
    left, right = last.text.strip("* "), line.text.lstrip("* ")
    if last.tabbed or line.tabbed or not left or not right or line.gap > 2:
        return False
    ends = _ends_sentence(left)
    if not line.gap and len(paragraph) == 1 and setting.words.parts_division(left, right):
        return True
    if line.marked and not (_YEARS_BROKEN.search(left[-8:]) and _YEARS_GO_ON.match(right)):
        wrapped_number = setting.width and setting.separated and not line.gap and not ends and right[0].isdigit()
        return bool(wrapped_number and setting.fills(last))
    if line.gap:
        return _continues_over_gap(left, right, ends=ends, words=setting.words)
    if _BARE_MARKER.fullmatch(left) and len(paragraph) == 1:
        return True
    if setting.words.breaks_phrase(left, right):
        return True
    if not setting.width:
        if not ends and len(left) > 30 and fold(left.rsplit(" ", 1)[-1]) in setting.words.leave:
            return True  # "… Trưởng" and "BQLDA …": two paragraphs of a Word file, by a slip
        if not ends and setting.words.breaks_post(left, right):
            return True
        if not ends and len(left) >= _LONG_LINE and left[0].isalpha() and not left.isupper() and _AMOUNT.match(right):
            return True  # "… nguồn xã hội hóa" / "1.300 tỷ đồng."
        bracket = left.rfind("(") > left.rfind(")")  # "(Kèm theo Kế" / "hoạch số …"
        return not ends and right[0].islower() and (len(left) >= 40 or bracket) and not left.isupper()
    if left.isupper():
        head = " ".join(one.text.strip("* ") for one in paragraph)
        if setting.words.names_type(head) and not setting.words.names_type(f"{head} {right}"):
            return False
        apart = line.text[0] == "*" or not setting.fills(last)  # in bold anew, or the line above had room
        if setting.words.names_body(right) and (apart or setting.words.names_body(head)):
            return len(paragraph) == 1 and _is_stump(left)
    elif setting.words.names_type(right.rstrip(": ")):
        return False  # "… tại Tờ trình số 98/TTr-SYT," and "QUYẾT ĐỊNH:"
    if len(paragraph) == 1 and (_is_stump(left) or (setting.stumps and _is_name_begun(left) and not right.isupper())):
        return True
    if line.start in setting.begins and setting.fills(last) and not left.endswith(","):
        return False
    return _continues_wrapped(last, left, right, ends=ends, setting=setting)


def _is_short_begin(line: str) -> bool:
    """Whether a line holds no more than the first words of a sentence."""
    words = line.split()
    return len(words) <= _FEW and line[:1].isupper() and not _ends_sentence(line) and not line.endswith(",")


def _is_name_begun(line: str) -> bool:
    """Whether a few words end with a capital letter's, as a name that goes on: ``1. Sở Công`` / ``Thương``."""
    return _is_short_begin(line) and line.rsplit(" ", 1)[-1][:1].isupper()


def _is_stump(line: str) -> bool:
    """Whether a line is one syllable, behind its marker: ``Thừa`` / ``Thiên Huế, ngày …``, ``3. Sở`` / ``Tài chính``.

    Pages of laws are wrapped in the width of their markup, which leaves little for the first line of a paragraph.
    """
    marker = _MARKER_START.match(line)
    word = line[marker.end() if marker else 0 :].strip(" :")
    return word.isalpha() and not word.islower()


def _continues_over_gap(left: str, right: str, *, ends: bool, words: OpenWords) -> bool:
    """Over a blank line: behind a word that cannot end a paragraph, or in mid-phrase."""
    if ends or len(left) < 30:
        return False
    if len(left) > 30 and fold(left.rsplit(" ", 1)[-1]) in words.leave:
        return True
    return right[0].islower() and not left.isupper()


def _continues_wrapped(last: _Line, left: str, right: str, *, ends: bool, setting: _Setting) -> bool:
    """In a hard-wrapped text: by how the line before ends, how long it is, and how this one begins."""
    if left.isupper() and not right.isupper() and left.count(" ") > 1:
        return False  # a heading, and what stands below it
    if left.endswith(",") or right[0].islower():
        return not ends or (right[0].islower() and not left.endswith((".", ":", "!")))
    if left.isupper() and right.isupper():
        return setting.words.capitals.match(fold(right)) is None
    full = setting.fills(last)
    if left.endswith(":") and (setting.separated or (right[0].isdigit() and _YEAR_LABEL.search(left[-8:]))):
        return True  # "…, ít thay nước: 2026:" / "15%; 2027: 25%"
    if left.endswith((".", "!", "?", ":")):
        # a full line that ends with a full stop may be the end of the paragraph: the next one tells by what follows it
        return full and not right.isupper() and len(right) >= 0.7 * setting.width and not left.endswith(":")
    if ends:
        return full
    return full or not right[0].isupper() or setting.separated


def _star_is_bullet(chars: str, paragraph: list[_Line]) -> bool:
    first = paragraph[0]
    if chars[first.start] != "*" or first.start + 1 >= first.end or chars[first.start + 1] != " ":
        return False
    return sum(chars.count("*", line.start, line.end) for line in paragraph) == 1


def _word_was_glued(chars: str, i: int, line: _Line) -> bool:
    """A space is missing before position ``i``: ``củaĐảng``, ``cấp ủy;công tác``, ``đề ra.Thực hiện``, ``đạt95%``
    (DOMAIN §8)."""
    if i <= line.start or i + 1 >= line.end:
        return False
    char, before = chars[i], chars[i - 1]
    if not char.isalpha():
        return char.isdigit() and before.isalpha()  # only asked where ``OpenWords.glued`` found it
    if before in ",;" or (before == ")" and char.isupper()):
        return True
    if before in ".:" and char.isupper() and i >= line.start + 2 and chars[i - 2].islower() and chars[i + 1].islower():
        return True
    if char.isupper() and before.islower() and chars[i + 1].islower():
        j = i - 1
        while j >= line.start and chars[j].isalpha():
            if chars[j].isupper():
                return False  # MobiFone, ĐakNông: a name, not two words
            j -= 1
        return i - 1 - j >= 2
    return False


def _cells(line: str, begin: int) -> tuple[Span, ...]:
    """The cells of a line whose parts are separated by tabs or pipes, empty cells included; it begins at ``begin``."""
    separator = "\t" if "\t" in line else "|" if line.count("|") >= 2 else ""
    if not separator:
        return ()
    cells, at = [], 0
    for piece in line.split(separator):
        left = at + len(piece) - len(piece.lstrip())
        right = at + len(piece.rstrip())
        cells.append(Span(begin + left, begin + max(left, right)))
        at += len(piece) + 1
    if separator == "|" and len(cells[0]) == 0:
        cells = cells[1:]
        if cells and len(cells[-1]) == 0:
            cells = cells[:-1]
    return tuple(cells)


def _in_columns(cells: tuple[Span, ...], columns: tuple[int, ...]) -> tuple[Span, ...]:
    """Cells with empty ones in the columns that have none."""
    made: list[Span] = []
    for cell, column in zip(cells, columns, strict=True):
        made += [Span(cell.start, cell.start)] * (column - len(made))
        made.append(cell)
    return tuple(made)
