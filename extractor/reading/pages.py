"""From words with boxes on pages to one text: reading order, page chrome, paragraphs, tables over page breaks.

Readers of fixed pages (PDF, scans) bring ``Page`` records; ``compose`` makes of them the source text (one paragraph a
line, one table row a line with tabs between its cells) and says where each stretch of it stands. Boxes are in points
(1/72 inch) from the upper left corner of the page.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest

from extractor.model import Spot

Box = tuple[float, float, float, float]

# A gap inside a line that may part two columns, in heights of the line; justified words stand closer.
_GAP = 1.0
_GUTTER = 5.0
_EDGE = 0.13  # share of the page's height in which headers, footers and page numbers stand
_LINE_PITCH = 1.28  # a line that stands further from the one above, in usual line pitches, begins a paragraph
_INDENT = 7.0
_HEAD = 280.0  # points from the top of page 1 within which letterheads stand
_PAGE_NUMBER = re.compile(r"[-–—.|\s]*(?:(?:trang|page)\s*)?(\d{1,4})(?:\s*[/|]\s*\d{1,3})?[-–—|\s]*", re.I)
_DIGITS = re.compile(r"\d+")
_MARKER = re.compile(
    r"(?:[-–—+•○▪●*\uf0b7\uf02d\uf0a7]|\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[IVX]{1,5}[.)/]?|[A-ZĐa-zđ][.)]|\(\d{1,2}\)|\([a-zđ]\))$"
)
_SURE_MARKER = re.compile(
    r"[-–—+•○▪●*\uf0b7\uf02d\uf0a7]$|\d{1,2}(?:\.\d{1,2}){0,3}[.)]$|[IVX]{1,5}[.)]$|[A-Za-zđĐ][.)]$"
)
_ENDS = (".", ";", ":", "!", "?", "…", "./.")
_BROKEN_WORD = re.compile(r"[^\W_][-/]$")  # lines are broken behind a hyphen without a space
_NOTE = re.compile(r"(?:\d{1,3}|[¹²³⁰⁴-⁹]+|\*+)")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box; ``confidence`` (0 to 1) where it was recognised from an image."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float | None = None
    bold: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Line:
    """Words beside each other, from left to right.

    Attributes:
        page: its number, from 1.
        column: of letterheads and signature blocks, a number that the lines of one column share; 0 in running text.
        small: a footnote's line.
    """

    words: list[Word]
    page: int
    column: int = 0
    small: bool = False
    x0: float = field(init=False)
    top: float = field(init=False)
    x1: float = field(init=False)
    bottom: float = field(init=False)

    def __post_init__(self) -> None:
        self.words.sort(key=lambda w: w.x0)
        self.x0, self.x1 = self.words[0].x0, max(w.x1 for w in self.words)
        self.top, self.bottom = min(w.top for w in self.words), max(w.bottom for w in self.words)

    @property
    def size(self) -> float:
        """Height of its letters (the font's size, nearly)."""
        return statistics.median(w.height for w in self.words)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def bold(self) -> bool:
        return sum(w.bold for w in self.words) * 2 > len(self.words)


@dataclass(slots=True)
class Cell:
    """A cell of a ruled table; merged cells stand once, at their first row and column."""

    box: Box
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(slots=True)
class Grid:
    """A ruled table of one page: rows of cells, ``None`` where a merged cell covers the place."""

    box: Box
    rows: list[list[Cell | None]]
    page: int = 0

    @property
    def columns(self) -> int:
        return max(map(len, self.rows), default=0)


@dataclass(slots=True)
class Page:
    """What stands on one page.

    Attributes:
        number: from 1.
        width, height: in points.
        words: those outside of tables.
        grids: the ruled tables.
        recognised: the words come from an image.
        turn: degrees by which that image was turned (clockwise) to stand upright: 0, 90, 180 or 270.
        skew: degrees by which it was turned then (counter-clockwise) before its words were recognised.
    """

    number: int
    width: float
    height: float
    words: list[Word]
    grids: list[Grid] = field(default_factory=list)
    recognised: bool = False
    turn: int = 0
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Composed:
    """The source text and where it stands on the pages."""

    text: str
    spots: tuple[Spot, ...]


def compose(pages: Sequence[Page]) -> Composed:
    """Put the words of all pages into one text.

    Args:
        pages: in order.

    Returns:
        Text in which a paragraph is a line and a row of a table is a line with tabs; running headers, footers and page
        numbers are left out, paragraphs and tables that go over a page break are whole.
    """
    laid = [_Laid(page, list(_lines(page.words, page.number))) for page in pages]
    _drop_chrome(laid)
    for one in laid:
        one.lines = _reading_order(one.lines, one.page)
        _mark_notes(one)
    margins = _margins(laid)
    return _Writer({one.page.number: one.page for one in laid}).write(_items(laid, margins))


@dataclass(slots=True)
class _Laid:
    page: Page
    lines: list[Line]


# --- lines and columns -----------------------------------------------------------------------------------------------


def _lines(words: Iterable[Word], page: int) -> Iterator[Line]:
    """Words put into lines, a line split where a gap may part two columns."""
    for row in rows_of(words):
        piece: list[Word] = []
        for word in row:
            if piece and word.x0 - max(w.x1 for w in piece[-3:]) >= _GAP * max(6.0, min(word.height, piece[-1].height)):
                yield Line(piece, page)
                piece = []
            piece.append(word)
        if piece:
            yield Line(piece, page)


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand at one height, from top to bottom, each row from left to right."""
    rows: list[tuple[float, float, list[Word]]] = []  # middle, height, words
    for word in sorted(words, key=lambda w: (w.top + w.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        for i in range(len(rows) - 1, max(-1, len(rows) - 5), -1):
            at, height, row = rows[i]
            if abs(middle - at) <= 0.4 * max(min(height, word.height), 0.6 * max(height, word.height)):
                row.append(word)
                if word.height > height * 1.15:
                    rows[i] = (middle, word.height, row)
                break
        else:
            rows.append((middle, word.height, [word]))
    return [sorted(row, key=lambda w: w.x0) for _, _, row in sorted(rows, key=lambda r: r[0])]


def _overlap(a: Line, b: Line) -> bool:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared >= 0.3 * min(a.bottom - a.top, b.bottom - b.top)


@dataclass(slots=True)
class _Block:
    """Lines from ``first`` to ``last`` (indexes) that stand in two columns."""

    members: list[Line]
    left: list[Line]
    right: list[Line]
    pairs: int


def _reading_order(lines: list[Line], page: Page) -> list[Line]:
    """Pieces of lines in the order in which they are read: columns one after the other, else line by line."""
    lines = sorted(lines, key=lambda x: (x.middle, x.x0))
    ordered: list[Line] = []
    column = 0
    at = 0
    while at < len(lines):
        block = _two_columns(lines, at, page)
        if block is None:
            ordered.append(lines[at])
            at += 1
            continue
        members = set(map(id, block.members))
        for side in (block.left, block.right):
            column += 1
            for line in _joined(side):
                line.column = column + 100 * page.number
                ordered.append(line)
        lines = [*lines[:at], *(x for x in lines[at:] if id(x) not in members)]
    return _joined(ordered)


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Pieces of one height put together again."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.column == line.column
            and _overlap(last, line)
            and abs(last.middle - line.middle) <= 0.5 * max(last.size, line.size)
        ):
            joined[-1] = Line([*last.words, *line.words], line.page, line.column)
        else:
            joined.append(line)
    return joined


def _two_columns(lines: Sequence[Line], at: int, page: Page) -> _Block | None:
    """The two columns that begin with line ``at``: letterhead, signature beside the recipients, columns of prose."""
    partner = next((b for b in _near(lines, at) if _beside(lines[at], b)), None)
    if partner is None:
        return None
    first, second = sorted((lines[at], partner), key=lambda x: x.x0)
    low, high = first.x1, second.x0
    taken: list[Line] = []
    for line in lines[at:]:
        if line.x1 <= high - _GUTTER and line.centre < high:
            low = max(low, line.x1)
        elif line.x0 >= low + _GUTTER and line.centre > low:
            high = min(high, line.x0)
        else:
            break
        taken.append(line)
    left = [x for x in taken if x.x1 <= low]
    right = [x for x in taken if x.x0 >= high]
    pairs = [(a, b) for a in left for b in right if _overlap(a, b)]
    letterhead = page.number == 1 and lines[at].top < page.height * 0.35
    if len({id(a) for a, _ in pairs}) < 2 or len({id(b) for _, b in pairs}) < 2:
        heads = letterhead and pairs and all(x.text.isupper() for x in pairs[0])
        if not heads or pairs[0][1].x0 - pairs[0][0].x1 < 2 * pairs[0][0].size:
            return None
    end = max(max(a.bottom, b.bottom) for a, b in pairs)
    left = _until(left, end, aligned=True, any_line=letterhead)
    right = _until(right, end, aligned=False)
    prose = len(pairs) >= 10 and _filled(left) and _filled(right)
    # "KT. GIÁM ĐỐC" stands above the stamp and the name, whatever their shape
    signature = right[0].text.isupper() and not left[0].text.isupper()
    if not (letterhead or signature or _centred(right) or prose):
        return None
    return _Block([*left, *right], left, right, len(pairs))


def _near(lines: Sequence[Line], at: int) -> Iterator[Line]:
    for line in lines[at + 1 :]:
        if line.top > lines[at].bottom:
            return
        yield line


def _beside(a: Line, b: Line) -> bool:
    first, second = sorted((a, b), key=lambda x: x.x0)
    return _overlap(a, b) and second.x0 - first.x1 >= _GAP * max(6.0, min(a.size, b.size)) * 0.8


def _until(side: list[Line], end: float, *, aligned: bool, any_line: bool = False) -> list[Line]:
    """The lines of a column down to ``end``, and those that directly follow it and go on with it."""
    kept: list[Line] = []
    for line in side:
        if line.top < end or (
            kept
            and line.top - kept[-1].bottom < 0.6 * line.size
            and (any_line or (aligned and _same_left(kept, line)) or line.text[0].islower() or line.text.isdigit())
        ):
            kept.append(line)
        else:
            break
    return kept


def _same_left(column: Sequence[Line], line: Line) -> bool:
    return abs(line.x0 - min(x.x0 for x in column)) <= 3 and abs(line.size - column[-1].size) <= 1


def _centred(lines: Sequence[Line]) -> bool:
    """Whether the middles of lines agree better than their left edges."""
    if len(lines) < 2:
        return False
    return statistics.pstdev([x.centre for x in lines]) * 2 < statistics.pstdev([x.x0 for x in lines])


def _filled(lines: Sequence[Line]) -> bool:
    """Whether most lines of a column reach its right edge, as prose does."""
    edge = max(x.x1 for x in lines)
    return sum(edge - x.x1 < 3 * x.size for x in lines) * 2 > len(lines)


# --- headers, footers, page numbers, notes ---------------------------------------------------------------------------


def _drop_chrome(laid: Sequence[_Laid]) -> None:
    """Take off what is repeated at the same place of the pages, and page numbers that stand alone."""
    seen: Counter[tuple[str, int]] = Counter()
    found: list[list[tuple[Line, tuple[str, int]]]] = []
    for one in laid:
        candidates = [(x, _chrome_key(x, one.page)) for x in _edge_lines(one)]
        found.append(candidates)
        seen.update({key for _, key in candidates})
    # "2021" at the top of a page is the rest of a sentence: page numbers count on from page to page
    offsets = Counter(_offset(x, one.page) for one, lines in zip(laid, found, strict=True) for x, _ in lines)
    for one, candidates in zip(laid, found, strict=True):
        grids = [g.box for g in one.page.grids]
        dropped = set()
        for line, key in candidates:
            repeated = sum(seen[key[0], key[1] + d] for d in (-1, 0, 1))
            offset = _offset(line, one.page)
            number = offset is not None and (offset == 0 or offsets[offset] >= 2)
            if (repeated >= 2 and repeated >= 0.4 * len(laid)) or (number and _alone(line, one, grids)):
                dropped.add(id(line))
        one.lines = [x for x in one.lines if id(x) not in dropped]


def _edge_lines(one: _Laid) -> list[Line]:
    height = one.page.height
    high = sorted((x for x in one.lines if x.bottom < height * _EDGE), key=lambda x: x.top)[:3]
    low = sorted((x for x in one.lines if x.top > height * (1 - _EDGE)), key=lambda x: -x.bottom)[:4]
    return [*high, *low]


def _chrome_key(line: Line, page: Page) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text.lower()), round(line.middle / page.height * 100)


def _offset(line: Line, page: Page) -> int | None:
    """What a number alone adds to the number of its page; ``None`` for other lines."""
    match = _PAGE_NUMBER.fullmatch(line.text)
    return int(match[1]) - page.number if match else None


def _alone(line: Line, one: _Laid, grids: Sequence[Box]) -> bool:
    """Whether nothing stands beside a line, and it is the first or the last of its page."""
    if any(other is not line and _overlap(line, other) for other in one.lines):
        return False
    others = [(x.top, x.bottom) for x in one.lines if x is not line] + [(b[1], b[3]) for b in grids]
    return all(top >= line.bottom - 2 for top, _ in others) or all(bottom <= line.top + 2 for _, bottom in others)


def _mark_notes(one: _Laid) -> None:
    """Mark the footnotes: smaller lines at the bottom of a page, the first of which begins with a mark."""
    if one.page.recognised or len(one.lines) < 6:
        return
    usual = statistics.median(x.size for x in one.lines)
    first = len(one.lines)
    while first and one.lines[first - 1].size <= 0.88 * usual and not one.lines[first - 1].column:
        first -= 1
    while first < len(one.lines) and not _NOTE.fullmatch(one.lines[first].words[0].text):
        first += 1
    if 0 < first < len(one.lines) and one.lines[first].top > one.page.height * 0.5:
        for line in one.lines[first:]:
            line.small = True
            mark = line.words[0]
            if mark.text.isdigit():
                # as in other formats: "6 Báo cáo" would be a count of reports
                line.words[0] = replace(mark, text=f"[{mark.text}]")


# --- paragraphs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Margins:
    """Left and right edge of the running text, and the usual distance of its lines."""

    left: float
    right: float
    pitch: float


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line]


_Item = _Paragraph | Grid


def _margins(laid: Sequence[_Laid]) -> dict[int, _Margins]:
    """The margins of each page; of pages of one size together, as most have too few lines to tell."""
    groups: dict[tuple[int, int], list[_Laid]] = {}
    for one in laid:
        groups.setdefault((round(one.page.width), round(one.page.height)), []).append(one)
    made: dict[int, _Margins] = {}
    for (width, _), group in groups.items():
        lines = [x for one in group for x in one.lines if not x.column and not x.small]
        margins = _Margins(
            _left(lines),
            _right(lines, width),
            _usual([b.middle - a.middle for one in group for a, b in pairwise(one.lines) if _plain_pair(a, b)]),
        )
        for one in group:
            own = [x for x in one.lines if not x.column and not x.small]
            shifted = one.page.recognised and len(own) >= 10
            # a scanned page lies elsewhere on the glass each time
            made[one.page.number] = _Margins(_left(own), _right(own, width), margins.pitch) if shifted else margins
    return made


def _plain_pair(a: Line, b: Line) -> bool:
    return not a.column and not b.column and not a.small and not b.small and 0 < b.middle - a.middle < 4 * a.size


def _left(lines: Sequence[Line]) -> float:
    edges = sorted(x.x0 for x in lines)
    return edges[len(edges) // 20] if edges else 0.0


def _right(lines: Sequence[Line], width: float) -> float:
    """Where full lines end: the commonest right edge of justified text, else where nearly all lines end."""
    if not lines:
        return float(width)
    if len(lines) < 6:
        return max(x.x1 for x in lines)
    counts = Counter(round(x.x1 / 2) for x in lines)
    edge, _ = max(counts.items(), key=lambda c: (c[1] + counts[c[0] - 1] + counts[c[0] + 1], c[0]))
    near = counts[edge] + counts[edge - 1] + counts[edge + 1]
    if near >= 0.2 * len(lines):
        return edge * 2.0 + 2
    edges = sorted(x.x1 for x in lines)
    return edges[int(len(edges) * 0.95)]


def _usual(distances: Sequence[float]) -> float:
    """The commonest of some distances, in points."""
    counts = Counter(round(d * 2) for d in distances)
    if not counts:
        return 0.0
    best, _ = max(counts.items(), key=lambda c: (c[1] + 0.5 * (counts[c[0] - 1] + counts[c[0] + 1]), -c[0]))
    return best / 2


def _items(laid: Sequence[_Laid], margins: dict[int, _Margins]) -> list[_Item]:
    """Paragraphs and tables in reading order, those that go over a page break put together."""
    items: list[_Item] = []
    notes: list[_Item] = []
    for one in laid:
        own, small = _on_page(one, margins)
        before, after = items[-1] if items else None, own[0] if own else None
        if isinstance(before, Grid) and isinstance(after, Grid) and _goes_on(before, after, one.page):
            _append_rows(before, after)
            own = own[1:]
        elif (
            isinstance(before, _Paragraph)
            and isinstance(after, _Paragraph)
            and not before.lines[-1].column
            and not _begins(
                before.lines, after.lines[0], margins, after.lines[1] if len(after.lines) > 1 else None, over_page=True
            )
        ):
            before.lines += after.lines
            own = own[1:]
        items += own
        notes += small
    return [*items, *notes]


def _on_page(one: _Laid, margins: dict[int, _Margins]) -> tuple[list[_Item], list[_Item]]:
    """The items of one page, and its footnotes."""
    grids = sorted(one.page.grids, key=lambda g: g.box[1])
    items: list[_Item] = []
    small: list[_Item] = []
    for line, following in zip_longest(one.lines, one.lines[1:]):
        while grids and grids[0].box[1] < line.middle and not line.column:
            items.append(grids.pop(0))
        into = small if line.small else items
        last = into[-1] if into else None
        if isinstance(last, _Paragraph) and not _begins(last.lines, line, margins, following):
            last.lines.append(line)
        else:
            into.append(_Paragraph([line]))
    return [*items, *grids], small


def _begins(
    lines: Sequence[Line],
    line: Line,
    margins: dict[int, _Margins],
    following: Line | None,
    *,
    over_page: bool = False,
) -> bool:
    """Whether a line begins a paragraph, and does not go on with the one that ``lines`` are of.

    Args:
        lines: the lines of the paragraph so far.
        line: the next one.
        margins: of each page.
        following: the line behind ``line`` on its page.
        over_page: whether a page break lies between.
    """
    last = lines[-1]
    if last.column != line.column or last.small != line.small:
        return True
    if line.column:
        return _begins_in_column(lines, line)
    if line.small:
        return line.words[0].text.startswith("[") or _NOTE.fullmatch(line.words[0].text) is not None
    edges, before = margins[line.page], margins[last.page]
    tight = last.size <= line.size * 1.18 and line.size <= last.size * 1.18
    if not tight and not (line.words[0].confidence is not None):
        return True
    if not over_page and edges.pitch and line.middle - last.middle > _pitch(line) * edges.pitch:
        return True
    if last.x0 - before.left > 0.35 * (before.right - before.left) and abs(last.x0 - line.x0) > 3:
        return True  # place and date, a signature: set at the right
    room = before.right - last.x1
    centred = _is_centred(last, before) and _is_centred(line, edges)
    if centred:
        room = (before.right - before.left) - (last.x1 - last.x0)
    space = 0.25 * line.size
    first = line.words[0]
    fits = room > first.x1 - first.x0 + space + 1.5
    if fits:
        return True
    if centred:
        return last.bold != line.bold
    return _begins_by_indent(lines, line, edges, before, following)


def _pitch(line: Line) -> float:
    # boxes of recognised lines end where their letters do: with and without tails and tone marks
    return _LINE_PITCH if line.words[0].confidence is None else 1.5


def _begins_by_indent(
    lines: Sequence[Line], line: Line, edges: _Margins, before: _Margins, following: Line | None
) -> bool:
    """Behind a full line: whether the indent of the next one says that it is a paragraph's first."""
    last = lines[-1]
    indent, above = line.x0 - edges.left, last.x0 - before.left
    marked = _MARKER.match(line.words[0].text) is not None
    ended = last.text.rstrip("\"”’')").endswith(_ENDS)
    if len(lines) > 1:
        # the second and later lines of a paragraph share their indent
        if indent > above + _INDENT:
            return True
        return marked and ended and _SURE_MARKER.match(line.words[0].text) is not None and abs(indent - above) > 2
    hanging = len(last.words) > 1 and _MARKER.match(last.words[0].text) and abs(line.x0 - last.words[1].x0) < 5
    if hanging and not marked:
        return False
    if indent >= above - 2:
        # no less indented than a first line: another first line, or a paragraph set as a block
        back = following is not None and not following.column and following.x0 - edges.left < indent - _INDENT
        return (marked and ended) or indent > above + _INDENT or (indent > _INDENT and (ended or back))
    return False


def _begins_in_column(lines: Sequence[Line], line: Line) -> bool:
    """In a letterhead or a signature block every line is a thing of its own, unless a long one was broken."""
    last = lines[-1]
    if line.top - last.bottom > 0.75 * line.size:
        return True
    first = line.words[0].text
    if _SURE_MARKER.match(first) or last.text.endswith((";", ".", ":")):
        return True
    if first[0].islower() or first[0].isdigit() or (last.text[-2:-1].isalnum() and last.text.endswith((",", "-"))):
        return False
    # the last word or two of an office's name: TỈNH KHÁNH | HÒA; but not TM. ỦY BAN NHÂN DÂN | CHỦ TỊCH at the end
    rest = last.text.isupper() and line.text.isupper() and len(line.words) <= 2 and last.bold == line.bold
    return not (rest and line.page == 1 and line.top < _HEAD and line.x1 - line.x0 < 0.6 * (last.x1 - last.x0))


def _is_centred(line: Line, edges: _Margins) -> bool:
    left, right = line.x0 - edges.left, edges.right - line.x1
    return left > 1.5 * line.size and right > 1.5 * line.size and abs(left - right) < max(6.0, 0.12 * (left + right))


# --- tables over pages -----------------------------------------------------------------------------------------------


def _goes_on(table: Grid, after: Grid, page: Page) -> bool:
    """Whether a table at the top of a page goes on with the one at the end of the page before."""
    if after.page != table.page + 1 or table.columns != after.columns:
        return False
    return abs(table.box[0] - after.box[0]) < 0.03 * page.width and abs(table.box[2] - after.box[2]) < 0.03 * page.width


def _append_rows(table: Grid, after: Grid) -> None:
    """Add the rows of the next page: no repeated head, and the rest of a row that the page broke in its place."""
    rows = after.rows
    repeated = 0
    while repeated < min(len(rows) - 1, len(table.rows), 4) and _row_key(rows[repeated]) == _row_key(
        table.rows[repeated]
    ):
        repeated += 1
    rows = rows[repeated:]
    if rows and _is_rest(table.rows[-1], rows[0]):
        for i, cell in enumerate(rows[0]):
            above = table.rows[-1][i]
            if cell is not None and cell.lines and above is not None:
                above.lines += cell.lines
            elif cell is not None and cell.lines:
                table.rows[-1][i] = cell
        rows = rows[1:]
    table.rows += rows
    table.page = after.page
    table.box = after.box


def _row_key(row: Sequence[Cell | None]) -> tuple[str, ...]:
    return tuple("" if c is None else " ".join(c.text.split()).lower() for c in row)


def _is_rest(row: Sequence[Cell | None], rest: Sequence[Cell | None]) -> bool:
    """Whether a page's first row is the rest of the row above: no number or name of its own, and words that go on."""
    texts = ["" if c is None else c.text for c in rest]
    if len(row) != len(rest) or texts[0].strip() or not any(texts):
        return False
    above = ["" if c is None else c.text for c in row]
    if any(t and not a for t, a in zip(texts, above, strict=True)):
        return False
    return any(t[:1].islower() or (t and not a.endswith(_ENDS)) for t, a in zip(texts, above, strict=True))


# --- writing ---------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes items one a line and keeps where they stand."""

    def __init__(self, pages: dict[int, Page]) -> None:
        self._pages = pages
        self._text: list[str] = []
        self._length = 0
        self._spots: list[Spot] = []
        self._tables = 0

    def write(self, items: Iterable[_Item]) -> Composed:
        for item in items:
            if isinstance(item, Grid):
                self._table(item)
            else:
                self._flow(item.lines, None)
                self._put("\n")
        return Composed("".join(self._text), tuple(self._spots))

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)

    def _table(self, table: Grid) -> None:
        self._tables += 1
        for number, row in enumerate(table.rows, start=1):
            if not any(c is not None and c.lines for c in row):
                continue
            for column, cell in enumerate(row, start=1):
                if column > 1:
                    self._put("\t")
                if cell is not None:
                    self._flow(cell.lines, (self._tables, number, column))
            self._put("\n")

    def _flow(self, lines: Sequence[Line], cell: tuple[int, int, int] | None) -> None:
        """Write lines with a space between them, none behind ``QĐ-`` and ``2021-``.

        There is a spot for each line, and for each word of a recognised one.
        """
        for number, line in enumerate(lines):
            if number and not _BROKEN_WORD.search(lines[number - 1].text):
                self._put(" ")
            page = self._pages[line.page]
            groups = [[w] for w in line.words] if page.recognised else [line.words]
            for at, words in enumerate(groups):
                if at:
                    self._put(" ")
                begin = self._length
                self._put(" ".join(w.text for w in words))
                self._spots.append(_spot(begin, self._length, words, page, cell))


def _spot(start: int, end: int, words: Sequence[Word], page: Page, cell: tuple[int, int, int] | None) -> Spot:
    sides = (
        min(w.x0 for w in words),
        min(w.top for w in words),
        max(w.x1 for w in words),
        max(w.bottom for w in words),
    )
    if page.skew:
        sides = _turned_back(sides, page)
    width, height = page.width, page.height
    if page.turn:
        sides = _laid_back(sides, page)
        width, height = (width, height) if page.turn == 180 else (height, width)
    sizes = (width, height) * 2
    left, top, right, bottom = (round(min(1.0, max(0.0, s / size)), 4) for s, size in zip(sides, sizes, strict=True))
    known = [w.confidence for w in words if w.confidence is not None]
    confidence = round(sum(known) / len(known), 3) if known else None
    return Spot(start, end, page=page.number, box=(left, top, right, bottom), cell=cell, confidence=confidence)


def _laid_back(sides: Box, page: Page) -> Box:
    """Where a box of the upright page stands on the page as it was scanned, lying on its side or upside down."""
    left, top, right, bottom = sides
    if page.turn == 90:
        return top, page.width - right, bottom, page.width - left
    if page.turn == 180:
        return page.width - right, page.height - bottom, page.width - left, page.height - top
    return page.height - bottom, left, page.height - top, right


def _turned_back(sides: Box, page: Page) -> Box:
    """Where a box of the straightened page stands on the page as it was scanned: moved, not turned."""
    angle = math.radians(page.skew)
    x, y = (sides[0] + sides[2] - page.width) / 2, (sides[1] + sides[3] - page.height) / 2
    dx = x * math.cos(angle) - y * math.sin(angle) - x
    dy = x * math.sin(angle) + y * math.cos(angle) - y
    return sides[0] + dx, sides[1] + dy, sides[2] + dx, sides[3] + dy
