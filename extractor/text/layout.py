"""The parts of a document: page chrome, letterhead, preamble, body, recipients, signature; the outline; tables.

Rules: DOMAIN §1 (anatomy, numbering of State and Party documents, portal pages). Vocabulary: ``patterns/layout.yaml``
and the document types of ``patterns/documents.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

import ahocorasick_rs
import regex

from extractor.model import SectionKind, Span
from extractor.patterns import Lexicon, PatternSet, one_of, without_overlaps
from extractor.records import record
from extractor.text.flattened import Flattened
from extractor.text.glued import Glued
from extractor.text.keys import fold
from extractor.text.metadata import Metadata, read_metadata
from extractor.text.view import Block, OpenWords, View

BODY_ZONES: frozenset[SectionKind] = frozenset({"body", "objectives", "results", "tasks", "organisation"})
_UPPER_MARKER = re.compile(r"[A-EGHĐ]")
_LONGEST_PART = 4000  # characters: no letterhead, legal basis, recipient list or menu fills one paragraph of more
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")
_ISO_DAY = re.compile(r"(?:date )?((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_SHORT_DAY = re.compile(r"(?<!\d)(\d{1,2})\s?[/-]\s?(\d{1,2})(?:\s?[/-]\s?((?:19|20)\d\d))?(?![\d%])")
_ADDRESS = re.compile(r"https?://[^\s/]{4,60}/\S{1,200}$")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)")
_BULLETS = frozenset({"dash", "plus", "dot"})
# Styles of markers that are signs, numbers and letters; those made of words are compiled from layout.yaml.
_DECIMAL = ("decimal", re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})\s*(?:[.)]\s*|-\s+|(?=\s[^\W\d_]))(?!\d)"))
_NUMERALS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("roman", re.compile(r"([IVX]{1,6})\s*(?:[.)]\s*|/\s+|-\s*(?=\S)|\s-\s*)(?!\d)")),
    ("upper", re.compile(r"([A-ZĐ])\s*(?:[.)/]\s+|-\s+)")),
    ("number", re.compile(r"(\d{1,2})\s*(?:[.)]\s*(?![\d])|/\s+|-\s+(?=[^\W\d_]))")),
    ("letter", re.compile(r"([a-zđ])\s*(?:[.)/]\s*|-\s+)(?=\S)")),
    ("paren", re.compile(r"\(\s?(\d{1,2}|[ivx]{1,4}|[a-zđ])\s?\)\s*")),
)
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("dash", re.compile(r"[-–—]\s*(?=\S)")),
    ("plus", re.compile(r"\+\s*(?=\S)")),
    ("dot", re.compile(r"[•○*]\s+(?=\S)")),
)
_ALONE = frozenset({"part", "number", "roman", "letter"})  # styles of markers that may stand on a line of their own
_PAGE_NUMBER = re.compile(r"[-–—]\s*\d+\s*[-–—]?$")
_VIETNAMESE = re.compile(r"[ạảãăắằặẵẳâấầậẩẫđẹẻẽêếềệểễịỉĩọỏõôốồộổỗơớờợởỡụủũưứừựửữỵỷỹ]")
_NO_BYLINE = re.compile(r"[.;:%]$|\d")
_FIGURE_CELL = re.compile(r"[\d.,%-]{0,20}")
_DIGIT = re.compile(r"\d")
_MERGED_HEAD = 2  # rows of a head that has merged cells
_RUN_IN = re.compile(r":(?=\s|$)")
# Parts of layout.yaml that are looked for as marks inside a line; the others are compiled for one question each.
_MARKS = frozenset(
    [
        "heading",
        "addressees",
        "recipients",
        "signature",
        "motto",
        "opens",
        "contents",
        "citation",
        "chrome",
        "after",
        "caption",
    ]
)
# Sizes in characters.
_PROSE = 100  # a menu entry is shorter, a paragraph of an article longer
_MERGED, _MERGED_LINE = 3, 200  # lines between two rows of a table, and the characters of one
_MENU = 220  # no mark of a page stands in a longer block
_BUTTONS = 10  # blocks between headline and lead: buttons, the day, how often it was read
_HEADLINE = 45  # a line of a page this long that is no button is a headline
_HEAD = 400  # no line of a letterhead or title is longer; marks are looked for in so much of a block
_SIGNATURE = 120  # characters of a line that opens a signature
_NAME_BELOW = 5  # blocks below a post in which its holder's name stands
_NUMERAL = 4  # characters of the longest running number of a group: VIII
_LIST_TITLE = 4  # lines between the first one of the title of a list and its rows
PERSON = regex.compile(r"(?:\p{Lu}[\p{L}'’]*)(?:\s\p{Lu}[\p{L}'’]*){1,4}")
"""A person's name as it is written alone on a line."""
_LETTERHEAD = 30  # blocks in which a letterhead stands, below what a page says of the document
_HEAD_LINE = 160
_SENTENCE = regex.compile(r"(?<=\p{L}\p{L}|%)\.\s+(?=\p{Lu})")
_ENACTING = 300  # a longer paragraph before "yêu cầu:" tells of what has been done, too
_LATE = 40  # blocks; a line of a type behind so many is not the document's own
_PARTED = frozenset({"roman", "part"})  # styles of the numbers of a paper's parts
_LEAST_PARTS = 2  # of them that a paper without a letterhead has
_SPELLED = 5  # words of a title in the line of its type
_ANNEX_TOP = 8  # blocks before the head of an annex that travels alone: its letterhead
_TOP = 12  # blocks from the begin of a letter's body in which its addressees stand
_STAMP = 110
_BYLINE = 40
_FIRST_DAY = 60  # characters of a lead in which its day stands
_NEW_YEAR = 6  # up to this month of a year its predecessor is summed up
_MID_YEAR = range(4, 11)  # months in which the one year that is spoken of is the year it is
_NEWS_TOP = 6  # blocks above and with the lead of a bare article: headline, day, summary, caption
_HEADING = 160
_FIRST_WORDS = 25  # where the issuer's name stands in a line of capitals
_LAST_WORDS = 60  # where "như sau" stands


@record(frozen=True, slots=True)
class Marker:
    """The list marker of a block."""

    style: str
    text: str
    end: int  # view offset where the block's own text begins


@dataclass(slots=True)
class Node:
    """A section of the outline, in view offsets; ``end`` is known when the next one of its level begins."""

    index: int
    parent: int
    level: int
    marker: str
    style: str
    heading: Span
    kind: SectionKind
    start: int
    end: int
    block: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells that belong together, by block index; ``header`` may be several rows."""

    header: tuple[int, ...]
    rows: tuple[int, ...]


@dataclass(slots=True)
class Layout:
    """What each block of the view is.

    Attributes:
        zones: for each block its part of the page.
        markers: for each block its list marker, if any.
        nodes: the outline, in order; ``node_of`` gives each block's innermost node.
        portal: the text is a saved web page, or a newspaper's article without its page.
        title: blocks of the title: the document type's line, and the subject below it.
        annex: where the own words of an annex that is the whole text begin in the first line of its title, behind
            ``Phụ lục số 01``; ``None`` for other documents.
        posted: the newest day in a line that holds a date and little else: when a page was posted (DOMAIN §1.11).
        metadata: what a page says of the document beside it, in lines of label and value.
        marks: the marks of layout.yaml in its blocks.
    """

    view: View
    zones: list[SectionKind]
    markers: list[Marker | None]
    nodes: list[Node] = field(default_factory=list)
    node_of: list[int] = field(default_factory=list)
    tables: tuple[Table, ...] = ()
    portal: bool = False
    title: tuple[int, ...] = ()
    annex: int | None = None
    posted: date | None = None
    metadata: Metadata = field(default_factory=Metadata)
    marks: _Marks = field(init=False, repr=False)
    _contents: list[Span] = field(init=False)

    def __post_init__(self) -> None:
        pairs = zip(self.view.blocks, self.markers, strict=True)
        self._contents = [Span(marker.end if marker else block.start, block.end) for block, marker in pairs]

    def zone_at(self, offset: int) -> SectionKind:
        """The part of the page that holds a view offset."""
        return self.zones[self.view.block_index(offset)]

    def is_body(self, offset: int) -> bool:
        """Whether a row may come from here: the body, in all its kinds."""
        return self.zone_at(offset) in BODY_ZONES

    def node_at(self, offset: int) -> Node | None:
        """The innermost section that holds a view offset."""
        if not self.node_of:
            return None
        index = self.node_of[self.view.block_index(offset)]
        return self.nodes[index] if index >= 0 else None

    def ancestors(self, node: Node | None) -> list[Node]:
        """The node itself, its parent, and so on to the root."""
        chain = []
        while node is not None:
            chain.append(node)
            node = self.nodes[node.parent] if node.parent >= 0 else None
        return chain

    def content(self, index: int) -> Span:
        """A block without its list marker."""
        return self._contents[index]


def read_layout(view: View, patterns: PatternSet, *, page: bool = False) -> Layout:
    """Tell the parts of a document, its outline and its tables.

    Args:
        view: the document.
        patterns: the vocabulary.
        page: the text comes from a web page that was read as one, so that its menus need not be there to tell.
    """
    words = _words(patterns)
    layout = Layout(view, ["body"] * len(view.blocks), [_marker(view, block, words) for block in view.blocks])
    layout.marks = _Marks(words, view)
    layout.portal = _mark_page(layout, words, page=page)
    layout.metadata = read_metadata(view, patterns, [layout.content(i) for i in range(len(view.blocks))])
    for index in layout.metadata.blocks:
        layout.zones[index] = "navigation"
    _mark_official(layout, words)
    _mark_by_shape(layout, words)
    layout.tables = _tables(layout, words)
    _align_sums(layout, words)
    _Outline(layout, words).build()
    return layout


def _mark_by_shape(layout: Layout, words: _Words) -> None:
    """What a block's size or shape says against its place on the page."""
    view = layout.view
    for index, block in enumerate(view.blocks):
        if _size(view, index) > _LONGEST_PART and layout.zones[index] not in BODY_ZONES:
            layout.zones[index] = "body"  # a document whose line ends were lost: what it says must not go with its head
        elif _size(view, index) <= _MENU and _ADDRESS.search(view.text, block.start, block.end):
            layout.zones[index] = "navigation"  # a picture's or a page's address
        elif _is_stamp(words, view, index):
            days = [d for m in _DAY.finditer(view.key, block.start, block.end) if (d := _day(m)) is not None]
            days += [d for m in _ISO_DAY.finditer(view.key, block.start, block.end) if (d := _iso_day(m)) is not None]
            layout.posted = max(filter(None, (layout.posted, *days)), default=None)
            if _CLOCK.search(view.key, block.start, block.end):
                layout.zones[index] = "navigation"  # "Thứ Tư, 15/10/2025 | 08:30", however little of the page was saved


def _iso_day(match: re.Match[str]) -> date | None:
    return _a_day(match[1], match[2], match[3])


def _day(match: re.Match[str]) -> date | None:
    return _a_day(match[3], match[2], match[1])


def _a_day(year: str | int, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# --- vocabulary ------------------------------------------------------------------------------------------------------


class _Words:
    """The vocabulary of layout.yaml and documents.yaml, by what it is asked about."""

    def __init__(self, patterns: PatternSet) -> None:
        def words(part: str) -> str:
            return one_of(patterns.literals("layout", part=part))

        self.marks = Lexicon(e for e in patterns.of("layout") if e.means.get("part") in _MARKS)
        self.phrases = ahocorasick_rs.AhoCorasick([fold(p) for e in self.marks.entries for p in e.literals])
        self.types = frozenset(patterns.literals("document", role="type"))
        self.mend = mending(patterns)
        self.type_heads = tuple(f"{t} " for t in self.types)
        self.longest_type = max(map(len, self.types), default=0)
        self.shortest_type = min(map(len, self.types), default=0)
        self.opens = patterns.literals("layout", part="opens")
        self.open = frozenset(patterns.literals("layout", part="open_word"))
        unit = one_of(patterns.literals("place", role="prefix"))
        self.unit_last, self.unit_first = regex.compile(rf"(?:.*\s)?{unit}$"), regex.compile(rf"{unit}\s")
        of = patterns.expression("agency", whole=False, part="of").pattern
        self.of_body = re.compile(rf"(?:{of})\s")
        self.head_line = patterns.expression("layout", part="head_line")
        self.head_sign = patterns.expression("layout", part="head_sign", whole=False)
        self.signature_line = patterns.expression("layout", part="signature_line", whole=False)
        self.signature_post = patterns.expression("layout", part="signature_post", whole=False)
        self.head_alone = patterns.expression("layout", part="head_alone")
        self.stamp = patterns.expression("layout", part="stamp")
        self.wires = patterns.expression("layout", part="wires", whole=False)
        self.news = patterns.expression("layout", part="news", whole=False)
        self.news_year = patterns.expression("layout", part="news_year", whole=False)
        self.type_of = patterns.expression("layout", part="type_of")
        self.issuer = regex.compile(rf"(?<!\w)(?:{patterns.expression('layout', part='issuer').pattern})")
        self.aims = patterns.expression("layout", part="aims", whole=False)
        self.told = patterns.expression("layout", part="told", whole=False)
        self.charges = patterns.expression("layout", part="charges", whole=False)
        self.enacts = patterns.expression("layout", part="enacts", whole=False)
        self.period = re.compile(rf"(19|20)\d\d|{words('period')}|\(\d\)")
        self.index = re.compile(rf"({one_of(patterns.literals('layout', part='column', kind='index'))}|\(\d+\))\b")
        self.column = re.compile(rf"{one_of(patterns.literals('layout', part='column'))}(?!\w)|{words('period')}")
        label = one_of(patterns.literals("document", role="ordinal"))
        numeral = rf"(?:{words('nth')}\s+\w+|(?:{label}\s*)?(?:[ivx]+|\d+)[a-zđ]?)"
        division = rf"({words('division')})\s+{numeral}\b\s*[.:)-]?\s*"
        self.annex = re.compile(rf"{one_of(patterns.literals('layout', part='division', kind='annex'))}(?!\w)")
        self.annex_line = re.compile(
            rf"{one_of(patterns.literals('layout', part='annex'))}(?:\s+(?:{label}\s*)?(?:[ivx]+|\d+)[a-zđ]?)?\W*$"
        )
        self.submitted = patterns.expression("document", role="submitted")
        self.attached = re.compile(rf"[(\s*]{{0,6}}{one_of(patterns.literals('document', role='attached'))}(?!\w)")
        self.attachment = re.compile(rf"{one_of(patterns.literals('layout', part='attachment'))}(?!\w)")
        self.session = patterns.expression("document", role="session", whole=False)
        self.subject = re.compile(rf"{one_of(patterns.literals('document', role='subject'))}(?!\w)")
        self.content_label = patterns.expression("layout", part="content_label")
        self.title_rest = patterns.expression("layout", part="title_rest")
        self.links = re.compile(rf"{one_of(patterns.literals('document', role='link'))}(?!\w)")
        ordinal = one_of(patterns.literals("layout", part="ordinal"), space=r"\s+")
        self.styles: tuple[tuple[str, re.Pattern[str]], ...] = (
            ("part", re.compile(division, re.I)),
            ("article", re.compile(rf"{words('article')}\s+\d+[a-zđ]?\s*[.:]\s*", re.I)),
            _DECIMAL,
            *_NUMERALS,
            ("word", re.compile(rf"{ordinal}\s*[,:]\s*(?!{words('no_ordinal')}|\d)", re.I)),
            *_SIGNS,
        )
        self.marker = re.compile("|".join(f"(?P<{style}>{_inline(pattern)})" for style, pattern in self.styles))


def _inline(pattern: re.Pattern[str]) -> str:
    """An expression as a part of another one."""
    return f"(?i:{pattern.pattern})" if pattern.flags & re.I else f"(?:{pattern.pattern})"


def _words(patterns: PatternSet) -> _Words:
    made: _Words = patterns.made("layout:words", lambda: _Words(patterns))
    return made


def open_words(patterns: PatternSet) -> OpenWords:
    """The words that leave a paragraph open or open one, for ``build_view``."""

    def make() -> OpenWords:
        def title_case(part: str, **means: str) -> list[str]:
            return [w[0].upper() + w[1:] for w in patterns.literals("layout", part=part, **means)]

        annex = [w.upper() for w in patterns.literals("layout", part="division", kind="annex")]
        types = one_of([*patterns.literals("document", role="type"), *patterns.literals("layout", part="annex")])
        citation = one_of(title_case("citation"))
        ordinal = one_of(patterns.literals("document", role="ordinal"))
        divisions = one_of([*title_case("division"), *title_case("article"), *annex])
        label = one_of([w for o in patterns.literals("document", role="ordinal") for w in (o, o.upper())])
        recipients = one_of(
            p[0].upper() + p[1:] for e in patterns.meaning("layout", part="recipients") for p in e.phrases
        )
        broken = patterns.sought("layout", whole=False, part="broken_phrase")
        return OpenWords(
            leave=frozenset(patterns.literals("layout", part="open_word")),
            begin=regex.compile(
                rf"{divisions}\s+(?:{label}\s*)?[\dIVXT]|{recipients}|{one_of(title_case('ordinal'))}\b"
                rf"|{citation}\s+\p{{Lu}}\p{{Ll}}"
            ),
            capitals=patterns.expression("layout", whole=False, part="capital_line"),
            posts=regex.compile(rf"(?:.*[\s,;:(–-])?(?:{one_of(patterns.literals('layout', part='open_post'))})$"),
            bodies=regex.compile(rf"(?:{one_of(patterns.literals('layout', part='post_body'))})(?![^\W\d_])"),
            glued=regex.compile(
                rf"\d(?<=[^\W\d_]\d)(?<=(?<!\w)(?i:{one_of(patterns.literals('layout', part='glued_word'))})\d)"
            ),
            types=regex.compile(rf"{types}(?:\s+(?:{ordinal}\s+)?(?:\d{{1,2}}|[ivx]{{1,5}}|[a-z]))?$"),
            parted=lambda key: bool(broken.all_matches(key)),
            index_heads=re.compile(
                rf"\n[ *\t]*(?:{one_of(patterns.literals('layout', part='column', kind='index'))})[ *.]*(?=\n)",
                re.IGNORECASE,
            ),
            time_head=patterns.expression("layout", part="time_column"),
            time_cell=patterns.expression("layout", whole=False, part="time_cell"),
            flattened=_flattened(patterns),
            parting=Glued(
                patterns.expression("layout", part="syllable"),
                frozenset(word for e in patterns.entries for p in e.literals for word in fold(p).split()),
                frozenset(patterns.literals("layout", part="one_word")),
            ),
        )

    made: OpenWords = patterns.made("layout:open_words", make)
    return made


def _flattened(patterns: PatternSet) -> Flattened:
    """Gives documents whose line ends were lost some for blanks."""
    types = [t.upper() for t in patterns.literals("document", role="type")]
    subjects = patterns.literals("document", role="subject")
    label = one_of(patterns.literals("document", role="ordinal"))
    return Flattened(
        motto=regex.compile(rf"(?<!\w){one_of(patterns.literals('layout', part='motto'))}"),
        number=patterns.expression("document", role="number_line", whole=False),
        place=patterns.expression("document", role="place_date", whole=False),
        type=regex.compile(rf"(?<!\S)(?:{one_of(types)}(?!\w| (?i:{label}) \d)|(?i:{one_of(subjects)})(?!\w))"),
        body=patterns.expression("layout", part="flat_body", whole=False),
        opens=patterns.expression("layout", part="flat_opens", whole=False),
    )


def mending(patterns: PatternSet) -> Callable[[str], str]:
    """Puts right, in a folded text, the words and digits that OCR misreads; the length stays (DOMAIN §8, OCR letters).

    Only what is no word of Vietnamese, or none in its place, is read as another; the text itself keeps its letters.
    """

    def make() -> Callable[[str], str]:
        entries = patterns.meaning("layout", part="misread")
        words = {fold(w): fold(e.means["read"]) for e in entries for w in e.literals}
        word = regex.compile(rf"(?<!\w){one_of(words)}(?!\w)")
        any_word = ahocorasick_rs.AhoCorasick(list(words))  # tells in a tenth of the time that there is none
        digits = [(regex.compile(x), e.means["read"]) for e in entries for x in e.expressions]

        def mend(key: str) -> str:
            if any_word.find_matches_as_indexes(key):
                key = word.sub(lambda m: words[m[0]], key)
            for pattern, digit in digits:
                key = pattern.sub(digit, key)
            return key

        return mend

    made: Callable[[str], str] = patterns.made("layout:mending", make)
    return made


def abbreviations(patterns: PatternSet) -> frozenset[str]:
    """Lower-case abbreviations whose full stop ends no sentence, for ``sentences``."""
    made: frozenset[str] = patterns.made(
        "layout:abbreviations", lambda: frozenset(patterns.literals("layout", part="abbreviation"))
    )
    return made


def _marker(view: View, block: Block, words: _Words) -> Marker | None:
    text, start, end = view.text, block.start, block.end
    match = words.marker.match(text, start, end)
    if match is None:
        return None
    style = str(match.lastgroup)
    if match.end() == end and style not in _ALONE:
        others = ((style, pattern.match(text, start, end)) for style, pattern in words.styles)
        style, match = next(((s, m) for s, m in others if m and (m.end() < end or s in _ALONE)), ("", None))
    if match is None or (style == "dash" and _PAGE_NUMBER.match(text, start, end)):
        return None
    return Marker(style, match[0].strip(), match.end())


class _Marks:
    """Where the marks of layout.yaml stand in a document; most blocks have none, and are not looked at for them."""

    def __init__(self, words: _Words, view: View) -> None:
        self._words, self._view = words, view
        self._starts = sorted(at for _, at, _ in words.phrases.find_matches_as_indexes(view.key, overlapping=True))
        self._read: dict[int, list[tuple[str, int, int]]] = {}

    def of(self, index: int) -> list[tuple[str, int, int]]:
        """The marks in a block: (part, start, end) relative to the block."""
        block = self._view.blocks[index]
        if not self.may_begin_in(block.start, block.end):
            return []
        found = self._read.get(index)
        if found is None:
            key = self._view.key[block.start : min(block.end, block.start + _HEAD)]
            spans = without_overlaps(self._words.marks.spans(key))
            found = self._read[index] = [(str(entry.means["part"]), start, end) for start, end, entry in spans]
        return found

    def may_begin_in(self, start: int, end: int) -> bool:
        """Whether letters of a mark begin in a stretch; it may still be a part of a word, or forbidden by its entry."""
        at = bisect_left(self._starts, start)
        return at < len(self._starts) and self._starts[at] < end


def _opens_with(marks: Sequence[tuple[str, int, int]], part: str) -> bool:
    return bool(marks) and any(m[0] == part and m[1] <= 2 for m in marks)


def _text(view: View, index: int) -> str:
    return view.text[view.blocks[index].start : view.blocks[index].end]


def _size(view: View, index: int) -> int:
    return view.blocks[index].end - view.blocks[index].start


def _is_stamp(words: _Words, view: View, index: int) -> bool:
    block = view.blocks[index]
    return block.end - block.start <= _STAMP and words.stamp.match(view.key[block.start : block.end]) is not None


def _is_type(words: _Words, text: str) -> bool:
    """Whether a line is that of the document's type: ``KẾ HOẠCH``, or ``NGHỊ QUYẾT CỦA BAN CHẤP HÀNH … về …``."""
    head = text[: words.shortest_type]
    if head.upper() != head:
        return False  # most lines, and none that begins with a type in capitals
    plain = text.strip(" :.*-")
    if len(plain) <= words.longest_type and plain.isupper() and words.mend(fold(plain)) in words.types:
        return True
    start = words.mend(fold(text[: words.longest_type + 16]))
    return start.startswith(words.type_heads) and any(
        start.startswith(t) and text[: len(t) - 1].isupper() and words.type_of.match(start, len(t))
        for t in words.type_heads
    )


# --- web pages -------------------------------------------------------------------------------------------------------


def _mark_page(layout: Layout, words: _Words, *, page: bool) -> bool:
    """Mark the chrome of a saved web page; whether the text is the page's own article, not a document on a page."""
    head = _official_head(layout, words)
    if page and head is None and (end := _letterhead_end(layout, words)):
        head = Span(0, end)  # a letter: it has a letterhead and no line of a type
    saved, bare = page, _bare_head(layout, words) if head is None else None
    head = head or bare
    chrome, after, captions = _page_marks(layout, words, head)
    for index in captions:
        layout.zones[index] = "navigation"
    page = head is None and (page or _is_news(layout, words))
    if len(chrome) + len(after) < 2 and not page and not (saved and bare):
        if after and after[0] >= 3 and head is None:
            chrome.add(after[0])
        if not chrome:
            return False
    if head is not None:
        # a document on a page: what stands before its letterhead and behind its end is the page's
        last = next((i for i in after if i > head.end), len(layout.view.blocks))
        _navigation(layout, range(head.start), range(last, len(layout.view.blocks)))
        return False
    return _mark_article(layout, words, chrome, after, captions)


def _bare_head(layout: Layout, words: _Words) -> Span | None:
    """Block range of a title that no letterhead stands above, with the note below it that says what it came with.

    ``Kế hoạch …`` above ``(Kèm theo Quyết định số …)``, ``TÓM TẮT ĐỀ ÁN`` above ``(Tài liệu Sở Y tế trình …)``; only of
    a text with numbered parts.
    """
    view, markers = layout.view, layout.markers
    note = next((i for i in range(1, len(view.blocks)) if _is_note(words, view, i)), None)
    if note is None or sum(m is not None and m.style in _PARTED for m in markers[note:]) < _LEAST_PARTS:
        return None
    start = note - 1
    while start and _text(view, start).isupper() and _text(view, start - 1).isupper():
        start -= 1
    start -= start > 0 and not _is_type(words, _text(view, start)) and _is_type(words, _text(view, start - 1))
    plain = markers[start] is None and not view.blocks[start].cells and _size(view, start) <= _HEAD
    told = any(_size(view, i) >= _PROSE for i in range(start))  # an article that an annex stands behind
    return Span(start, note + 1) if plain and not told else None


def _is_note(words: _Words, view: View, index: int) -> bool:
    """Whether a block is a bracket that says which paper a text came with, or who laid it before a meeting."""
    block = view.blocks[index]
    if view.text[block.start] != "(" or _size(view, index) > _HEAD:
        return False
    return any(p.match(view.key, block.start, block.end) is not None for p in (words.attached, words.submitted))


def _is_news(layout: Layout, words: _Words) -> bool:
    """Whether a text without letterhead or menus is a newspaper's article: headline, day, and a lead of news."""
    view = layout.view
    dated = False
    for index, block in enumerate(view.blocks[:_NEWS_TOP]):
        day_line = _DAY.search(view.key, block.start, block.end) and _is_stamp(words, view, index)
        if block.cells or _is_type(words, _text(view, index)) or (layout.markers[index] is not None and not day_line):
            return False
        dated = dated or bool(day_line or _ISO_DAY.match(view.key, block.start, block.end))
        if day_line or block.end - block.start < _PROSE:
            continue
        if dated or (index and words.news.match(view.text, block.start, block.end)):
            if _letterhead_end(layout, words) or view.text[block.end - 1] == ":":
                return False
            layout.posted = _news_day(layout, words, index)
            return True
    return False


def _news_day(layout: Layout, words: _Words, lead: int) -> date | None:
    """When an article was written: the day above it; else its lead's, of the year that lead or text speak of."""
    view = layout.view
    for index, block in enumerate(view.blocks[: lead + 1]):
        if match := _ISO_DAY.match(view.key, block.start, block.end):
            return _iso_day(match)
        if _is_stamp(words, view, index) and (match := _DAY.search(view.key, block.start, block.end)):
            return _day(match)
    block = view.blocks[lead]
    said = _SHORT_DAY.search(view.key, block.start, min(block.end, block.start + _FIRST_DAY))
    if said is not None and said[3]:
        return _a_day(said[3], said[2], said[1])
    ends = (block.end, view.blocks[-1].end)
    for end in ends if said is not None else ends[1:]:  # without a day a lead may compare the year with the one before
        spoken = list(words.news_year.finditer(view.key, 0, end))
        years = {int(m["y"]) for m in spoken if not m["ahead"]}
        ahead = {int(m["y"]) for m in spoken if m["ahead"]}  # what is to be reached by then says little of now
        for year in sorted(years, reverse=True):
            if year - 1 in years:  # what has been done in one year and is to be done in the next
                late = said is not None and int(said[2]) > _NEW_YEAR
                return _a_day(year - late, said[2], said[1]) if said is not None else date(year, 1, 1)
        if said is not None and len(years) == 1 and years >= ahead and int(said[2]) in _MID_YEAR:
            return _a_day(years.pop(), said[2], said[1])
    return None


def _page_marks(layout: Layout, words: _Words, head: Span | None) -> tuple[set[int], list[int], set[int]]:
    """The blocks that are menu entries and buttons, those that end an article, and captions."""
    view = layout.view
    chrome: set[int] = set()
    after: list[int] = []
    captions: set[int] = set()
    for index, block in enumerate(view.blocks):
        size = _size(view, index)
        outside = head is None or not head.start <= index < head.end
        if (size > _MENU and not block.cells) or layout.markers[index] is not None or not outside:
            continue
        for part, start, end in layout.marks.of(index):
            if part == "chrome" and start <= 3 and (size - end <= 25 or block.cells):
                chrome.add(index)
            elif part == "after" and start <= 3:
                after.append(index)
            elif part == "caption" and head is None:
                captions.add(index)
    return chrome, after, captions


def _navigation(layout: Layout, *stretches: range) -> None:
    for stretch in stretches:
        for index in stretch:
            layout.zones[index] = "navigation"


def _mark_article(layout: Layout, words: _Words, chrome: set[int], after: Sequence[int], captions: set[int]) -> bool:
    """Mark what surrounds the article of a page; ``False`` where there is none."""
    view = layout.view
    prose = [
        i
        for i, b in enumerate(view.blocks)
        if b.end - b.start >= _PROSE
        and not b.cells
        and i not in captions
        and _VIETNAMESE.search(view.key, b.start, b.end)
    ]
    if not prose:
        return False
    prose = _article(view, prose, after)
    chrome = chrome | {i for i in after if i < prose[0]}  # a column beside the article, written above it
    stamps = {i for i in range(prose[0]) if _is_stamp(words, view, i)}
    first = _article_begins(layout, chrome, stamps, prose[0])
    last = next((i for i in after if i > prose[0]), len(view.blocks))
    _navigation(layout, range(first), range(last, len(view.blocks)))
    for index in chrome:
        layout.zones[index] = "navigation"
    for index in range(first, last):
        if not view.blocks[index].cells and _is_stamp(words, view, index):
            layout.zones[index] = "navigation"
    body = [i for i in prose if first <= i < last]
    for index in range((body[-1] if body else first) + 1, last):  # "Ban Biên tập", "Tin: Khánh Hiền", "Theo baoX.vn"
        if (
            layout.markers[index] is None
            and _size(view, index) <= _BYLINE
            and not _NO_BYLINE.search(_text(view, index))
        ):
            layout.zones[index] = "navigation"
    return True


def _article(view: View, prose: Sequence[int], after: Sequence[int]) -> list[int]:
    """The paragraphs of the article: of the stretches between the lines that end one, the one with most prose."""
    stretches: dict[int, list[int]] = {}
    for index in prose:
        stretches.setdefault(bisect_left(after, index), []).append(index)
    return max(stretches.values(), key=lambda blocks: sum(_size(view, i) for i in blocks))


def _article_begins(layout: Layout, chrome: set[int], stamps: set[int], prose: int) -> int:
    """The block of the headline: walk up from the first paragraph as long as lines look like an article's head."""
    first, lines = prose, 0
    while first > 0 and lines < 6:
        index = first - 1
        if index in chrome:
            # buttons and the day between headline and lead ("Cỡ chữ"): look past them if a headline stands above
            tops = range(index - 1, max(-1, index - _BUTTONS), -1)
            above = next((i for i in tops if i not in chrome and i not in stamps), None)
            if above is None or _size(layout.view, above) < _HEADLINE:
                break
            first = above + 1
            continue
        size = _size(layout.view, index)
        if size < 12:
            break
        first = index
        lines += 1
        if size >= 40 and index not in stamps:
            break
    return first


# --- official documents ----------------------------------------------------------------------------------------------


def _official_head(layout: Layout, words: _Words) -> Span | None:
    """Block range from the first line of a letterhead to the line of the document's type, where a text has both."""
    view = layout.view
    for title in range(len(view.blocks)):
        if _size(view, title) > _HEAD or not _is_type(words, _text(view, title)):
            continue
        first, signs = title, 0
        for index in range(title - 1, max(-1, title - 14), -1):
            key = view.key[view.blocks[index].start : view.blocks[index].end]
            if len(key) <= _HEAD_LINE and words.head_line.match(key):
                first = index
                signs += words.head_sign.search(key) is not None
            elif title - index > 3 and first - index > 2:
                break
        if signs:
            return Span(first, title + 1)
    return None


def _mark_official(layout: Layout, words: _Words) -> None:
    """Mark letterhead, title, preamble, recipients and signature; an annex behind them is body again."""
    zones, position = layout.zones, 0
    heads, annexes, own = _titles(layout, words)
    if own is None:
        _mark_letterhead_only(layout, words)
    else:
        for i in range(own):
            if zones[i] == "body":
                zones[i] = "header"
    later = [h for h in heads if h > (_LATE if own is None else own)]
    for head in ([] if own is None else [own]) + later:
        untyped = head not in heads and head not in annexes and layout.markers[head] is None
        title, end = _title(layout, words, head, untyped=untyped)
        for i in title:
            zones[i] = "header"
        if head == own:
            end = _behind_number_below(layout, words, own, end)
            layout.title, position = tuple(title), end
            layout.annex = _annex_words(layout, words, head)
        _mark_preamble(layout, words, end)
    _mark_addressees(layout, words, position)
    _mark_end(layout, words, position, frozenset([*later, *annexes]))


def _behind_number_below(layout: Layout, words: _Words, own: int, end: int) -> int:
    """The block behind number, place and day that stand below the title, where the letterhead above it has none."""
    view = layout.view

    def stated(i: int) -> bool:
        block = view.blocks[i]
        return _size(view, i) <= _HEAD_LINE and words.head_alone.match(view.key, block.start, block.end) is not None

    if any(stated(i) for i in range(own)):
        return end
    while end < len(view.blocks) and layout.markers[end] is None and not view.blocks[end].cells and stated(end):
        layout.zones[end] = "header"
        end += 1
    return end


def _mark_addressees(layout: Layout, words: _Words, position: int) -> None:
    """``Kính gửi:`` above the text of a letter, ``Chủ tịch UBND tỉnh điện:`` of a wire, with the list under it."""
    view, zones = layout.view, layout.zones
    top = range(max(0, position - 1), min(len(view.blocks), position + _TOP))  # who wires may end a title in capitals

    def opens(i: int) -> bool:
        named = _size(view, i) <= _HEAD_LINE and words.wires.search(fold(_text(view, i)).rstrip()) is not None
        return named or _opens_with(layout.marks.of(i), "addressees")

    start = next((i for i in top if opens(i)), None)
    if start is None or zones[start] not in (*BODY_ZONES, "header"):
        return
    zones[start] = "header"
    for i in range(start + 1, len(view.blocks)):
        marker = layout.markers[i]
        if marker is None or marker.style not in _BULLETS or _size(view, i) > _HEAD_LINE:
            break
        zones[i] = "header"


def _titles(layout: Layout, words: _Words) -> tuple[list[int], list[int], int | None]:
    """The lines of document types, those of annexes, and the one of them that is the document's own.

    Without a line of a type the annex that a text begins with is, else the capitals below a letterhead or above
    ``(Kèm theo …)``.
    """
    view, zones = layout.view, layout.zones
    types = [
        i
        for i in range(len(view.blocks))
        if zones[i] == "body"
        and _size(view, i) < _HEAD
        and _is_type(words, _text(view, i))
        and not _text(view, i).rstrip().endswith(":")
    ]
    annexes = [i for i in range(len(view.blocks)) if zones[i] == "body" and _is_annex(layout, words, i)]
    first = next((i for i in annexes if _opens_text(layout, words, i)), None)
    if first is not None:
        behind = next((i for i in types if first < i <= first + 2), None)
        return types, annexes, first if behind is None else behind
    plans = [i for i in types if i not in annexes]
    untyped = _untyped_head(layout, words)
    if untyped is not None and (not plans or untyped < plans[0]):
        return types, annexes, untyped
    if plans:
        return types, annexes, plans[0] if plans[0] <= _LATE else None
    if (spelled := _spelled_head(layout, words)) is not None:
        return types, annexes, spelled
    part = next((i for i, m in enumerate(layout.markers[:6]) if m and m.style == "part" and zones[i] == "body"), None)
    return types, annexes, part if part is not None and part not in annexes else _attached_head(layout, words)


def _is_annex(layout: Layout, words: _Words, index: int) -> bool:
    """Whether a block is the head of an annex: ``Phụ lục số 01``, ``PHỤ LỤC NHIỆM VỤ …``, ``Phụ lục kèm theo …``."""
    view, block = layout.view, layout.view.blocks[index]
    if block.cells or _size(view, index) > _HEAD:
        return False
    if words.annex_line.match(view.key, block.start, block.end):
        return True
    named = words.annex.match(view.key, block.start, block.end)
    if named is None:
        return False
    rest = view.text[named.end() : block.end].lstrip(" :.-–")
    marker = layout.markers[index]
    numbered = marker is not None and marker.style == "part"
    return numbered or rest.isupper() or words.attached.match(fold(rest)) is not None


def _opens_text(layout: Layout, words: _Words, head: int) -> bool:
    """Whether a text begins with this annex: nothing but short lines of a letterhead stands before it."""
    view = layout.view
    return head in _top(layout) and all(
        _size(view, i) <= _HEAD_LINE
        and not view.blocks[i].cells
        and layout.markers[i] is None
        and not any(m[0] in ("recipients", "signature", "addressees") for m in layout.marks.of(i))
        for i in range(head)
        if layout.zones[i] == "body"
    )


def _top(layout: Layout) -> list[int]:
    """The first blocks of a text, past what is its page's."""
    return list(islice((i for i, zone in enumerate(layout.zones) if zone == "body"), _ANNEX_TOP))


def _annex_words(layout: Layout, words: _Words, head: int) -> int | None:
    """Where the own words of an annex begin, behind its name and numeral; ``None`` where the line is of no annex."""
    view, block, marker = layout.view, layout.view.blocks[head], layout.markers[head]
    if words.annex_line.match(view.key, block.start, block.end):
        return block.end
    if named := words.annex.match(view.key, block.start, block.end):
        return max(named.end(), marker.end if marker and marker.style == "part" else 0)
    return block.start if words.attachment.match(view.key, block.start, block.end) else None


def _untyped_head(layout: Layout, words: _Words) -> int | None:
    """The line of capitals right below a letterhead: pages of laws leave out the line of the type."""
    view, lines = layout.view, [i for i, z in enumerate(layout.zones) if z == "body"][:_LETTERHEAD]
    alone = [
        n
        for n, i in enumerate(lines)
        for cell in view.blocks[i].cells or (view.blocks[i].span,)
        if len(cell) <= _HEAD and words.head_alone.match(view.key, cell.start, cell.end)
    ]
    if len(alone) < 2 or alone[-1] - alone[-2] > 2 or alone[-1] + 1 == len(lines):
        return None  # a number and a place line, one below or beside the other
    head = lines[alone[-1] + 1]
    text, plain = _text(view, head), layout.markers[head] is None and not view.blocks[head].cells
    is_title = (
        plain and text.isupper() and " " in text and not _is_type(words, text) and not _is_head_line(words, view, head)
    )
    return head if is_title and not any(m[0] in ("motto", "addressees") for m in layout.marks.of(head)) else None


def _spelled_head(layout: Layout, words: _Words) -> int | None:
    """The line on top that has the subject right behind the type: ``KẾ HOẠCH HỖ TRỢ … NĂM 2026``.

    In capitals, or the first line of all right above the first heading (``Đề án phát triển …``, ``Phần I. …``).
    """
    view, lines = layout.view, _top(layout)
    for i in lines:
        text = _text(view, i)
        below = layout.markers[i + 1] if i + 1 < len(layout.markers) else None
        tops = i == lines[0] and below is not None and below.style in ("part", "roman") and text[-1] not in ".;"
        said = (
            (text.isupper() or tops)
            and layout.markers[i] is None
            and not view.blocks[i].cells
            and _size(view, i) <= _HEAD
        )
        typed = said and words.mend(fold(text)).startswith(words.type_heads) and len(text.split()) >= _SPELLED
        if typed and not text.rstrip().endswith(":") and _opens_text(layout, words, i):
            return i
    return None


def _attached_head(layout: Layout, words: _Words) -> int | None:
    """The first of the lines that a text opens with above ``(Kèm theo Quyết định số …)``: in capitals, or the title."""
    view, lines = layout.view, _top(layout)
    end = next((n for n, i in enumerate(lines) if words.attached.match(view.key, view.blocks[i].start)), 0)
    start = end
    while start and _text(view, lines[start - 1]).isupper() and not _is_head_line(words, view, lines[start - 1]):
        start -= 1
    if start == end == 1 and layout.markers[lines[0]] is None and not _is_head_line(words, view, lines[0]):
        start -= not view.blocks[lines[0]].cells and _size(view, lines[0]) <= _HEAD
    if start == end or not _opens_text(layout, words, lines[start]):
        return None
    return lines[start]


def _is_head_line(words: _Words, view: View, index: int) -> bool:
    """Whether a line may be one of a letterhead."""
    return words.head_line.match(view.key, view.blocks[index].start, view.blocks[index].end) is not None


def _title(layout: Layout, words: _Words, head: int, *, untyped: bool) -> tuple[list[int], int]:
    """The blocks of a title below the line of its type, or from its own first line on, and the block behind it."""
    view, title, i = layout.view, [head], head + 1
    told = untyped or _tells_subject(words, _text(view, head))
    more, enactor = untyped, False
    while i < len(view.blocks) and i <= head + 5 and layout.markers[i] is None and not view.blocks[i].cells:
        text, size = _text(view, i), _size(view, i)
        key = fold(text)
        cited = more and _opens_with(layout.marks.of(i), "citation")
        attached = words.attached.match(key) is not None
        if size > 600 or (cited and not text.isupper()):
            break
        if not text.isupper() and not attached:
            goes_on = text.startswith("(") or _goes_on_with_unit(words, view, i) or _goes_on_small(words, view, i)
            if not goes_on if more else size > 320:
                break
            if enactor and not more and not words.links.match(key):
                break
        if (more or told) and text.isupper() and _names_enactor(words, view, i):
            return title, _behind_enactor(layout, words, i)
        title.append(i)
        i += 1
        enacts = words.of_body.match(key) is not None or (text.isupper() and words.session.search(key) is not None)
        enactor = enactor or enacts
        more = more or not (attached or enacts)
    return title, i


def _goes_on_with_unit(words: _Words, view: View, index: int) -> bool:
    """Whether a line of a title begins with the unit, or its name, that the one before leaves open: ``… huyện`` /
    ``Mai Châu năm 2023``, ``… trên địa bàn`` / ``Thành phố …``."""
    before, text = _text(view, index - 1), _text(view, index)
    if before.isupper() or len(text) > _HEAD_LINE or text.endswith((".", ";", ":", ",")):
        return False
    left, key = fold(before), fold(text)
    named = words.unit_last.match(left) is not None and text[:1].isupper()
    return named or words.unit_first.match(key) is not None


def _goes_on_small(words: _Words, view: View, index: int) -> bool:
    """Whether a line of a title in small letters goes on in the next: ``… số 13-NQ/TU ngày 06/9/2023`` / ``Của …``."""
    before, text = _text(view, index - 1), _text(view, index)
    if before.isupper() or before.endswith((".", ";", ":", ")")) or text.endswith((".", ";", ":", ",")):
        return False
    return len(text) <= _HEAD_LINE and words.title_rest.match(view.key, view.blocks[index].start) is not None


def _tells_subject(words: _Words, text: str) -> bool:
    """Whether the line of the type says the subject, too: ``NGHỊ QUYẾT VỀ KẾ HOẠCH …``."""
    key = words.mend(fold(text))
    start = next((len(t) for t in words.type_heads if key.startswith(t)), None)
    return start is not None and words.links.match(key, start) is not None


def _names_enactor(words: _Words, view: View, index: int) -> bool:
    """Whether a line of capitals below a title names who enacts, and does not go on with the line above it."""
    key = fold(_text(view, index))
    opened = fold(_text(view, index - 1).rsplit(" ", 1)[-1]) in words.open
    return not opened and (words.issuer.search(key[:_FIRST_WORDS]) is not None or words.session.search(key) is not None)


def _behind_enactor(layout: Layout, words: _Words, index: int) -> int:
    """The block behind the lines that name who enacts and in which session (``KHÓA X, KỲ HỌP THỨ 8``)."""
    view = layout.view
    layout.zones[index] = "header"
    index += 1
    while index < len(view.blocks) and _size(view, index) < _HEAD_LINE and layout.markers[index] is None:
        text = _text(view, index)
        if not (text.isupper() or text.startswith("(")) or words.session.search(fold(text)) is None:
            break
        layout.zones[index] = "header"
        index += 1
    return index


def _mark_letterhead_only(layout: Layout, words: _Words) -> None:
    """A document cut off above its title, or without one: the motto, the number, the place line; who enacts."""
    view, end = layout.view, _letterhead_end(layout, words)
    if end == 0:
        return
    while end < len(view.blocks) and _text(view, end).isupper() and _is_head_line(words, view, end):
        end += 1
    if end < len(view.blocks) and _size(view, end) <= _HEAD and words.subject.match(view.key, view.blocks[end].start):
        end += 1  # of a letter, on a line of its own: "V/v …"
    for i in range(end):
        if layout.zones[i] == "body":
            layout.zones[i] = "header"
    _mark_preamble(layout, words, end)


def _letterhead_end(layout: Layout, words: _Words) -> int:
    """The block behind the last line that only a letterhead has, of the first blocks; 0 where none has one."""
    view, end = layout.view, 0
    for i, block in enumerate(view.blocks[:15]):
        alone = block.end - block.start <= _HEAD and words.head_alone.match(view.key[block.start : block.end])
        if alone or any(m[0] == "motto" for m in layout.marks.of(i)):
            end = i + 1
    return end


def _mark_preamble(layout: Layout, words: _Words, position: int) -> None:
    view, zones = layout.view, layout.zones
    stop = _preamble_end(layout, words, position)
    if stop is None:
        return
    cited = any(_opens_with(layout.marks.of(i), "citation") for i in range(position, stop))
    opened = stop > position and view.text[view.blocks[stop - 1].end - 1] in ":;."
    if not (cited or opened):
        return
    for i in range(position, stop):
        # a directive tells of the past year before it orders: what neither cites nor opens the body is body
        last = i == stop - 1 and (
            (opened and zones[i - 1] in ("preamble", "header") and _size(view, i) <= _ENACTING and not _tells(view, i))
            or words.enacts.match(view.key, view.blocks[i].start) is not None
        )
        aims = i == stop - 1 and words.aims.search(view.key, view.blocks[i].start, view.blocks[i].end) is not None
        told = words.told.search(view.key, view.blocks[i].start, view.blocks[i].end) is not None
        if zones[i] == "body" and not (aims or told) and (last or _opens_with(layout.marks.of(i), "citation")):
            zones[i] = "preamble"


def _tells(view: View, index: int) -> bool:
    """Whether a block tells something in a sentence of its own before the one that opens the body."""
    block = view.blocks[index]
    return any(
        _DIGIT.search(view.text, block.start, end.start())
        for end in _SENTENCE.finditer(view.text, block.start, block.end)
    )


def _preamble_end(layout: Layout, words: _Words, position: int) -> int | None:
    """The block behind a preamble: behind the sentence that opens the body, or the body's first marker."""
    view = layout.view
    for i in range(position, min(len(view.blocks), position + 60)):
        if layout.zones[i] != "body":
            continue
        marker, block = layout.markers[i], view.blocks[i]
        numbered = marker and marker.style in {"roman", "upper", "number", "article", "part", "decimal"}
        if numbered or block.cells:
            return i
        tail = view.key[max(block.start, block.end - _LAST_WORDS) : block.end]
        last = view.text[block.end - 1]
        if (last in ":." and any(f in tail for f in words.opens)) or _is_type(words, _text(view, i)):
            return i + 1
        cited = _opens_with(layout.marks.of(i), "citation")
        if last != ";" and i > position + 3 and not cited:
            return None
        if cited and i + 1 == len(view.blocks):
            return i + 1  # cut off in its preamble
    return None


def _mark_end(layout: Layout, words: _Words, position: int, later_titles: frozenset[int]) -> None:
    """Recipients and signature, up to the end or the next annex or attached document."""
    view, zones = layout.view, layout.zones
    mode: SectionKind | None = None
    for i in range(position, len(view.blocks)):
        marker, block = layout.markers[i], view.blocks[i]
        if i in later_titles:
            mode = None
        if zones[i] != "body":
            continue
        if marker and marker.style == "part":
            mode = None
        marks, size = layout.marks.of(i), block.end - block.start
        signed = (
            size < _SIGNATURE
            and i > len(view.blocks) // 3
            and (_opens_with(marks, "signature") or _signs(layout, words, i))
        )
        if _opens_with(marks, "recipients"):
            mode = "recipients"
        elif signed or (mode == "recipients" and marker is None and size > 6 and _text(view, i).isupper()):
            mode = "signature"
        elif mode is not None and (
            len(block.cells) > 3 or (marker and marker.style in {"roman", "article"}) or _heads_list(layout, words, i)
        ):
            mode = None
        if mode is not None:
            zones[i] = mode


def _heads_list(layout: Layout, words: _Words, index: int) -> bool:
    """Whether a list or table begins behind the end that has no line of an annex: ``DANH SÁCH …`` above its rows."""
    view, block = layout.view, layout.view.blocks[index]
    if block.cells:
        return words.index.match(fold(view.text[block.cells[0].start : block.cells[0].end]).strip()) is not None
    if not _text(view, index).isupper() or words.attachment.match(view.key, block.start, block.end) is None:
        return False
    return any(
        below.cells or words.attached.match(view.key, below.start, below.end)
        for below in view.blocks[index + 1 : index + 1 + _LIST_TITLE]
    )


def _signs(layout: Layout, words: _Words, index: int) -> bool:
    """Whether a line of capitals opens a signature: a mark of authority, or a post alone with a name below it."""
    view, block = layout.view, layout.view.blocks[index]
    if layout.markers[index] is not None or block.cells or not _text(view, index).isupper():
        return False
    if words.signature_line.match(view.key, block.start, block.end):
        return True
    if not words.signature_post.fullmatch(view.key, block.start, block.end):
        return False
    below = range(index + 1, min(len(view.blocks), index + _NAME_BELOW))
    name = next((i for i in below if not _text(view, i).isupper() and _text(view, i)[0] != "("), None)
    return name is not None and PERSON.fullmatch(_text(view, name)) is not None


# --- tables ----------------------------------------------------------------------------------------------------------


def _tables(layout: Layout, words: _Words) -> tuple[Table, ...]:
    """Runs of blocks with cells."""
    tables: list[Table] = []
    run: list[int] = []
    for index, block in enumerate(layout.view.blocks):
        if not block.cells or layout.zones[index] not in BODY_ZONES:
            continue
        if run and not _goes_on(layout.view, run[-1], index, words):
            tables += _table(layout.view, run, words)
            run = []
        run.append(index)
    return (*tables, *_table(layout.view, run, words))


def _goes_on(view: View, last: int, index: int, words: _Words) -> bool:
    """Whether a row is of the last one's table: the next, or the next number below lines of merged cells."""
    if index == last + 1:
        return not _heads_next(view, index, words)
    above, below = view.blocks[last].cells, view.blocks[index].cells
    between = view.blocks[last + 1 : index]
    if len(between) > _MERGED or len(above) != len(below) or any(b.end - b.start > _MERGED_LINE for b in between):
        return False
    numbers = [view.text[cells[0].start : cells[0].end].strip(" .)") for cells in (above, below)]
    return all(n.isdigit() for n in numbers) and int(numbers[1]) == int(numbers[0]) + 1


def _align_sums(layout: Layout, words: _Words) -> None:
    """Put the cells of rows below a column of running numbers where they belong that have none of their own.

    ``Tổng cộng`` was set across the first columns, so that its figures stand one column or more too far to the left.
    """
    view = layout.view
    blocks = list(view.blocks)
    for table in layout.tables:
        head = blocks[table.header[0]].cells
        width = max(len(blocks[i].cells) for i in table.header)
        if words.index.match(fold(view.text[head[0].start : head[0].end]).strip()) is None:
            continue
        for i in table.rows:
            cells, missing = blocks[i].cells, width - len(blocks[i].cells)
            texts = [view.text[c.start : c.end].strip() for c in cells]
            words_end = next((n for n, text in enumerate(texts) if _FIGURE_CELL.fullmatch(text)), 0)
            named = texts[0][:1].isalpha() and len(texts[0]) > _NUMERAL and 1 in (words_end, missing)
            if missing > 0 and named and all(map(_FIGURE_CELL.fullmatch, texts[words_end:])):
                empty, behind = Span(cells[0].start, cells[0].start), Span(cells[0].end, cells[0].end)
                cells = (empty, *cells[:words_end], *[behind] * (missing - 1), *cells[words_end:])
                blocks[i] = Block(blocks[i].start, blocks[i].end, blocks[i].gap, cells)
    view.blocks = tuple(blocks)


def _heads_next(view: View, index: int, words: _Words) -> bool:
    """Whether a row without figures is the head of another table, right below the one before.

    It begins with the head of running numbers, or stands behind a blank line and holds mostly heads of columns.
    """
    block = view.blocks[index]
    cells = [fold(view.text[c.start : c.end]).strip() for c in block.cells]
    if any(_DIGIT.search(c) and not words.period.search(c) for c in cells):
        return False
    if words.index.match(cells[0]) and not cells[0].startswith("("):
        return index + 1 < len(view.blocks) and len(view.blocks[index + 1].cells) > 1
    named = [c for c in cells if c]
    return block.gap > 0 and len(named) > 2 and 2 * sum(words.column.match(c) is not None for c in named) >= len(named)


def _table(view: View, run: Sequence[int], words: _Words) -> list[Table]:
    """The table of a run of rows; those without digits or with the words of a head make the header."""
    if len(run) < 2:
        return []
    header = [run[0]]
    ruled = [i for i in run[1:3] if _is_rule(view, i)]  # "|---|---|"
    run = [i for i in run if i not in ruled]
    for i in run[1:3]:
        cells = [fold(view.text[c.start : c.end]) for c in view.blocks[i].cells]
        if any(_DIGIT.search(c) and not words.period.search(c) for c in cells):
            break
        if cells[0].strip() and not words.index.match(cells[0]) and not _is_below_merged(view, run, i):
            break
        header.append(i)
    return [Table(tuple(header), tuple(sorted((*ruled, *run[len(header) :]))))]


def _is_rule(view: View, index: int) -> bool:
    """Whether a row only parts the head from the rest."""
    return not view.text[view.blocks[index].start : view.blocks[index].end].strip(" |:-")


def _is_below_merged(view: View, run: Sequence[int], index: int) -> bool:
    """Whether a second row of a head has only the cells below merged ones: the rows below are wider than the first."""
    if index != run[1] or len(run) <= _MERGED_HEAD:
        return False
    first, second, below = (len(view.blocks[i].cells) for i in run[: _MERGED_HEAD + 1])
    return second < first < below < first + second


# --- outline ---------------------------------------------------------------------------------------------------------


class _Outline:
    """Builds the nodes of a layout from its zones, markers and headings."""

    def __init__(self, layout: Layout, words: _Words) -> None:
        self.layout, self.words, self.view = layout, words, layout.view
        self.stack: list[Node] = []
        self.in_table = {i for t in layout.tables for i in (*t.header, *t.rows)}

    def build(self) -> None:
        """Give each block its innermost node."""
        layout, view = self.layout, self.view
        layout.node_of = [-1] * len(view.blocks)
        zone_node: Node | None = None
        for index, block in enumerate(view.blocks):
            zone = layout.zones[index]
            if zone not in BODY_ZONES:
                self._close(0, block.start)
                if zone_node is None or zone_node.kind != zone:
                    if zone_node is not None:
                        zone_node.end = block.start
                    zone_node = self._add(None, index, "", "plain", Span(block.start, block.start), zone)
                layout.node_of[index] = zone_node.index
                continue
            if zone_node is not None:
                zone_node.end = block.start
                zone_node = None
            self._place(index)
            layout.node_of[index] = self.stack[-1].index if self.stack else -1
        self._close(0, len(view.text))

    def _place(self, index: int) -> None:
        """Close and open the sections that a block of the body ends and begins."""
        block, marker = self.view.blocks[index], self.layout.markers[index]
        if index in self.in_table:
            marker = None
        if marker is not None:
            style = _style(marker, self.stack)
            self._close(self._depth(style), block.start)
            self._open(index, marker.text, style, _heading(self.layout, index), within=60)
        elif index not in self.in_table and _is_plain_heading(self.layout, index):
            if self.stack and self.stack[-1].style == "part" and self.stack[-1].block == index - 1:
                part = self.stack[-1]
                if not len(part.heading):  # "Phần thứ nhất", and below it what it is about
                    part.heading = block.span
                    part.kind = _kind(self.words, self.layout, block.span, within=60) or part.kind
                    return
            capitals = _text(self.view, index).isupper()
            numbered = any(n.style in ("roman", "upper") for n in self.stack)
            self._close(0 if capitals and not numbered else self._above(*_BULLETS, "plain"), block.start)
            self._open(index, "", "plain", block.span, within=12)
        elif self.stack and self.stack[-1].style in _BULLETS and _closes_bullets(self.view, index):
            self._close(self._above(*_BULLETS), block.start)

    def _depth(self, style: str) -> int:
        """How many open sections a marker of a style goes below."""
        same = self._above(style)
        if same < len(self.stack):
            return same
        keep = len(self.stack)
        if style == "upper":
            return self._below("part")
        if style in ("part", "roman"):
            return self._below("part", "upper", "article")
        if style == "article":
            return self._below("part")
        if style not in _BULLETS and style != "paren":
            while keep and self.stack[keep - 1].style in _BULLETS:
                keep -= 1
        return keep

    def _above(self, *styles: str) -> int:
        """How many open sections stand above the first of these styles."""
        return next((i for i, n in enumerate(self.stack) if n.style in styles), len(self.stack))

    def _below(self, *styles: str) -> int:
        """How many open sections at the top have only these styles."""
        return next((i for i, n in enumerate(self.stack) if n.style not in styles), len(self.stack))

    def _open(self, index: int, marker: str, style: str, heading: Span, *, within: int) -> None:
        parent = self.stack[-1] if self.stack else None
        kind = _kind(self.words, self.layout, heading, within=within) or (parent.kind if parent else "body")
        self.stack.append(self._add(parent, index, marker, style, self._said(index, heading), kind))

    def _said(self, index: int, heading: Span) -> Span:
        """What stands behind a heading that only labels it: ``1.1. Nội dung: | Thi cấy lúa``."""
        view, end = self.view, self.layout.content(index).end
        label = view.key[heading.start : heading.end]
        if not label or self.words.content_label.fullmatch(label) is None:
            return heading
        behind = view.text[heading.end : end]
        start = heading.end + len(behind) - len(behind.lstrip(" :*"))
        return Span(start, start + len(view.text[start:end].rstrip(" .;*"))) if start < end else heading

    def _add(self, parent: Node | None, block: int, marker: str, style: str, heading: Span, kind: SectionKind) -> Node:
        node = Node(
            index=len(self.layout.nodes), parent=parent.index if parent else -1,
            level=parent.level + 1 if parent else 1, marker=marker, style=style, heading=heading, kind=kind,
            start=self.view.blocks[block].start, end=len(self.view.text), block=block,
        )  # fmt: skip
        self.layout.nodes.append(node)
        return node

    def _close(self, upto: int, offset: int) -> None:
        while len(self.stack) > upto:
            self.stack.pop().end = offset


def _closes_bullets(view: View, index: int) -> bool:
    """A paragraph without marker after bullets: it belongs to what the bullets belong to."""
    first = view.text[view.blocks[index].start]
    return first.isupper() or first == "("


def _style(marker: Marker, stack: Sequence[Node]) -> str:
    """The style of a marker among the open sections: ``I.`` may be a letter, ``1.1.`` has a depth."""
    if marker.style == "decimal":
        return f"decimal{marker.text.strip(' .)-').count('.') + 1}"
    if marker.style not in ("roman", "upper"):
        return marker.style
    letter = marker.text.strip(" .)-/")
    if len(letter) == 1:
        last = next((n.marker.strip(" .)-/") for n in reversed(stack) if n.style == "upper"), "")
        if len(last) == 1 and ord(letter) - ord(last) in (1, 2) and letter not in "IVX":
            return "upper"
        if _UPPER_MARKER.fullmatch(letter):
            return "upper"
    return "roman" if set(letter) <= set("IVX") else "upper"


def _heading(layout: Layout, index: int) -> Span:
    """The heading of a marked block: all of a short line, else what stands before its colon, else nothing."""
    span = layout.content(index)
    text = layout.view.text[span.start : span.end]
    colon = _RUN_IN.search(text, 0, _HEADING + 2)
    if colon and colon.start() <= _HEADING:
        return Span(span.start, span.start + colon.start())
    marker = layout.markers[index]
    bullet = marker is not None and marker.style in _BULLETS
    short = len(text) <= (90 if bullet else 250)
    if short and not text.rstrip().endswith((";", ".", ",")):
        return Span(span.start, span.start + len(text.rstrip()))
    if short and not bullet and text.isupper():
        return Span(span.start, span.start + len(text.rstrip(" .")))
    return Span(span.start, span.start)


def _is_plain_heading(layout: Layout, index: int) -> bool:
    """A line without marker that is a heading: short, no full stop, with longer text after it."""
    view, zones = layout.view, layout.zones
    block = view.blocks[index]
    if not 6 <= block.end - block.start <= _STAMP:
        return False
    text = _text(view, index)
    if text.rstrip().endswith((".", ";", ",", "…", "!")) or not text[0].isupper():
        return False
    if block.cells or index + 1 >= len(view.blocks) or zones[index + 1] not in BODY_ZONES:
        return False
    if text.isupper():
        return True
    before_ends = (
        index == 0 or view.text[view.blocks[index - 1].end - 1] in ".;:!…/" or zones[index - 1] not in BODY_ZONES
    )
    longer = _size(view, index + 1) > len(text) or layout.markers[index + 1] is not None
    return before_ends and longer and " " in text


def _kind(words: _Words, layout: Layout, heading: Span, *, within: int) -> SectionKind | None:
    """The kind that a heading's first telling word gives; a lead-in sentence must begin with it."""
    size = heading.end - heading.start
    begin = heading.start + min(size, within + 1)
    if size > _HEADING or not layout.marks.may_begin_in(heading.start, begin):
        return None
    key = layout.view.key[heading.start : heading.end]
    spans = without_overlaps(words.marks.spans(key))
    start, entry = next(((s, e) for s, _, e in spans if e.means["part"] == "heading"), (size, None))
    if entry is None or start > within:
        return None
    kind: SectionKind = entry.means["kind"]
    return None if kind == "results" and words.charges.search(key) is not None else kind
