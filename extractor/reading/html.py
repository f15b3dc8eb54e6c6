"""Saved web pages (.html, .htm, .mhtml): the article, without the page around it.

Where the article is, trafilatura says; how it reads, the page's own elements say. The page is written out line by line
(a block is a line, a row of a table is a line with tabs between its cells, list items have their numbers), and of
these lines those inside the smallest element that holds the prose which trafilatura found are the source text, with
the headline above. So nothing is lost inside the article, and its paragraphs and tables stay as they are, which they
do not in a text made by trafilatura. Where it finds nothing, the page's long paragraphs without links take its place.

A line that says when the page was posted, between headline and text, is kept: ``extractor.text.layout`` knows it.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from extractor.model import Reading
from extractor.reading import needs
from extractor.reading.building import TextBuilder, one_line
from extractor.reading.errors import ReadError

FORMAT = "html"
SUFFIXES: tuple[str, ...] = (".html", ".htm", ".xhtml", ".mhtml", ".mht")

CELLS = 200_000
"""Most cells of all tables of a page."""

DEPTH = 256
"""Deepest nesting of elements that is followed; what lies deeper is left out with a warning."""

_OPENINGS = re.compile(
    rb"<!doctype html|<html[\s>]|<\?xml[^>]*>\s*(?:<!--.*?-->\s*+)?(?:<!doctype html|<html)", re.I | re.S
)
_LOOKS = re.compile(rb"<(?:head|body|meta|title|div|table|p|h1)[\s>]", re.I)
_MHTML = re.compile(rb"(?:^|\n)content-type:\s*multipart/related", re.I)
_META = re.compile(rb"<meta[^<>]+charset\s*=\s*[\"']?\s*([a-z0-9_.:-]+)", re.I)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# What pages call by a name that browsers, too, read as another one.
_SAME = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "unicode": "utf-8"}

_SKIPPED = frozenset(
    "script style noscript template head title meta link base iframe frame frameset object embed applet svg math "  # noqa: SIM905
    "canvas video audio source track map area img input button select option textarea datalist progress dialog".split()
)
# Elements that are no part of an article, unless the article's prose is in them.
_CHROME = frozenset(["nav", "aside", "footer", "menu", "form"])
_CHROME_NAME = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|menu|breadcrumbs?|sidebar|side-?bar|footer|related|share|sharing|social|comments?|"
    r"rating|banner|ads?|advert\w*|tags?|toolbar|pagination|pager|copyright|counter|weblinks?)(?:$|[-_ ])",
    re.I,
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "  # noqa: SIM905
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead "
    "tr ul".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3"))
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_MARKED = re.compile(r"(?:[-–—+•○▪*]|\(?(?:\d{1,3}(?:\.\d{1,2}){0,3}|[IVXivx]{1,6}|[A-Za-zđĐ])[.)/])\s")
_BORDER = re.compile(r"border(?:-(?:top|left|right|bottom))?\s*+:\s*+(?!none|0)([^;]*)", re.I)
_DRAWN = re.compile(r"solid|double|dotted|dashed|\d", re.I)
_WORDS = re.compile(r"\w+")
_SEPARATORS = re.compile(r"\s+[-–—|:»]+\s+|\s*[|»]\s*")

_PROSE = 80  # characters: a paragraph of an article is longer, an entry of a menu shorter
_SHARE = 0.9  # of the prose that the article's element must hold
_LINKED = 0.6  # of a line's characters in links: an entry of a menu
_ABOVE = 8  # lines above the text that belong to it: category, date, headline, lead
_LEAD = 1500  # characters of these lines
_BUTTONS = 4  # links between these lines
_FAR = 40  # lines up to a headline that stands apart
_TEASER = 4  # lines of a summary with its link, date and author
_SIDE_BY_SIDE = 3


def matches(data: bytes, name: str) -> bool:
    """Whether a file is a web page: by its first element, or by its name where it begins with any other one."""
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("utf-8")
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    while head.startswith(b"<!--") and (end := head.find(b"-->")) > 0:
        head = head[end + 3 :].lstrip()
    if _OPENINGS.match(head) or (_MHTML.search(head) and b"mime-version" in head.lower()):
        return True
    return name.lower().endswith(SUFFIXES) and (_LOOKS.search(head) is not None)


def read(data: bytes, name: str) -> Reading:
    """Read a saved web page.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The source text of the article, with a spot for each paragraph and each cell of a table.

    Raises:
        ReadError: the page holds no text, or is over a limit.
    """
    for package in ("trafilatura", "lxml_html_clean"):
        needs.check(package, name)
    warnings: list[str] = []
    declared = ""
    if _MHTML.search(data[:4096]):
        data, declared = _page_of_mhtml(data, name)
    text = _decode(data, declared, warnings)
    root, cut = _parse(text)
    if root is None:
        raise ReadError(name, "is a web page without elements", "Save the page again with a browser.")
    page = _Page(name)
    page.walk(root, 0)
    page.flush()
    if page.too_deep:
        warnings.append(f"elements nested deeper than {DEPTH} were left out")
    if cut:
        warnings.append("the page is nested so deeply that what follows could not be read")
    lines = [line for line in page.lines if line.text]
    if not lines and cut:
        raise ReadError(
            name, "is nested too deeply to be read", "Open it in a browser and save the text that it shows."
        )
    if not lines:
        raise ReadError(name, "is a web page without text", "Open it in a browser and save the text that it shows.")
    out = _written(_site(root), _article(lines, root, text))
    return Reading(out.text, tuple(warnings), "trafilatura+lxml", partial=cut or page.too_deep, spots=out.spots)


def _page_of_mhtml(data: bytes, name: str) -> tuple[bytes, str]:
    """The page in a web archive (one file of a mail with several parts), and the encoding that its part names."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                return payload, part.get_content_charset() or ""
    raise ReadError(name, "is a web archive without a page in it", "Save the page again with a browser.")


def _decode(data: bytes, declared: str, warnings: list[str]) -> str:
    """The page's characters: by byte-order mark, by what it declares, else by what its bytes look like."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    found = _META.search(data[:8192])
    tried = [declared, found[1].decode("ascii") if found else "", "utf-8"]
    for encoding in filter(None, (_SAME.get(e.lower(), e) for e in tried)):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes  # loaded where a page says nothing true of its encoding

    best = from_bytes(data, cp_isolation=["utf_8", "cp1258", "cp1252", "utf_16"]).best()
    encoding = best.encoding if best is not None else "utf-8"
    warnings.append(f"the page's encoding is not as declared: read as {encoding}")
    return data.decode(encoding, "replace")


def _parse(text: str) -> tuple[etree._Element | None, bool]:
    """The root of a page, and whether the parser gave up before its end."""
    # Without huge_tree libxml2 drops the rest of a page behind its 256th level; the walk has a limit of its own.
    # A declared encoding is for bytes; lxml refuses it in text. Zero bytes end a text for libxml2.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root: etree._Element | None = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None, False
    said = {entry.type_name for entry in parser.error_log}
    if "ERR_NO_MEMORY" in said:
        raise MemoryError
    return root, "ERR_RESOURCE_LIMIT" in said


@dataclass(slots=True)
class _Line:
    """A line of the page: a block's text, or a row of a table.

    Attributes:
        element: the innermost block that holds it.
        text: its characters, white space as the browser shows it; of a row its cells, separated by tabs.
        linked: how many of them are in links.
        row: of a row of a table: the table's number, the row's number, and its cells.
    """

    element: etree._Element
    text: str
    linked: int = 0
    row: tuple[int, int, tuple[str, ...]] | None = None

    @property
    def prose(self) -> bool:
        """Whether it is as long as a paragraph and no more than a few of its words are links."""
        return len(self.text) >= _PROSE and self.linked < 0.3 * len(self.text)

    @property
    def menu(self) -> bool:
        """Whether it is little more than a link."""
        return self.row is None and self.linked >= _LINKED * len(self.text)


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int
    form: str = "1"


class _Page:
    """Writes a page out line by line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[_Line] = []
        self.tables = 0
        self.cells = 0
        self.too_deep = False
        self._text: list[str] = []
        self._linked = 0
        self._element: etree._Element | None = None
        self._lists: list[_List] = []
        self._marker = ""
        self._in_link = 0
        self._pre = 0

    def flush(self) -> None:
        """End the line."""
        raw = "".join(self._text)
        self._text = []
        linked, self._linked = self._linked, 0
        if self._element is None:
            return
        for piece in raw.split("\v"):
            text = piece.strip()
            if not text:
                continue
            if self._marker and not _MARKED.match(text):
                text = self._marker + text
            self._marker = ""
            self.lines.append(_Line(self._element, text, min(linked, len(text))))

    def walk(self, element: etree._Element, depth: int) -> None:
        """Write an element and what is in it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED or _is_hidden(element):
            return
        if depth > DEPTH:
            self.too_deep = True
            return
        block = tag in _BLOCKS
        if block:
            self.flush()
        if tag == "br":
            self._text.append("\v")
        elif tag == "table" and _is_data(element):
            self._table(element, depth)
        else:
            outer, self._element = self._element, element if block or self._element is None else self._element
            self._enter(element, depth)
            if block:
                self.flush()
            self._element = outer
        if block and tag == "li":
            self._marker = ""

    def _enter(self, element: etree._Element, depth: int) -> None:
        tag = element.tag
        if tag in ("ol", "ul"):
            self._lists.append(_List(tag == "ol", _integer(element.get("start"), 1), element.get("type", "1")))
        elif tag == "li" and self._lists:
            self._marker = self._next_marker(element)
        self._in_link += tag == "a" and element.get("href") is not None
        self._pre += tag == "pre"
        children = _columns(element) if tag == "table" else element
        self._characters(element.text)
        for child in children:
            self.walk(child, depth + 1)
            self._characters(child.tail)
        self._pre -= tag == "pre"
        self._in_link -= tag == "a" and element.get("href") is not None
        if tag in ("ol", "ul"):
            self._lists.pop()

    def _characters(self, text: str | None) -> None:
        if not text:
            return
        plain = text.replace("\r\n", "\n").replace("\n", "\v") if self._pre else _SPACE.sub(" ", text)
        if not self._pre and plain.startswith(" ") and (not self._text or self._text[-1].endswith((" ", "\v"))):
            plain = plain[1:]
        self._text.append(plain)
        if self._in_link:
            self._linked += len(plain)

    def _next_marker(self, element: etree._Element) -> str:
        one = self._lists[-1]
        if not one.ordered:
            return "- "
        one.number = _integer(element.get("value"), one.number)
        number, one.number = one.number, one.number + 1
        from extractor.reading.word_numbering import write_number

        forms = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
        return write_number(number, forms.get(one.form, "decimal")) + ". "

    # -- tables --------------------------------------------------------------------------------------------------------

    def _table(self, element: etree._Element, depth: int) -> None:
        self.tables += 1
        number = self.tables
        for caption in element.iterchildren("caption"):
            self.walk(caption, depth + 1)
        for index, (row, cells) in enumerate(_grid(element), 1):
            self.cells += len(cells)
            if self.cells > CELLS:
                raise ReadError(
                    self.name, f"has more than {CELLS:,} cells in its tables", "Split it into smaller pages."
                )
            texts = tuple("" if cell is None else self._cell(cell, depth) for cell in cells)
            linked = sum(len(_said(a)) for a in row.iter("a"))
            if any(texts):
                text = "\t".join(texts)
                self.lines.append(_Line(row, text, min(linked, len(text)), (number, index, texts)))

    def _cell(self, cell: etree._Element, depth: int) -> str:
        """The text of a cell in one line."""
        inner = _Page(self.name)
        inner.walk(cell, depth + 1)
        inner.flush()
        self.cells += inner.cells
        self.too_deep |= inner.too_deep
        return " ".join(one_line(line.text) for line in inner.lines)


def _said(element: etree._Element) -> str:
    """All text in an element, white space as one space."""
    return " ".join("".join(map(str, element.itertext())).split())


def _integer(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else default


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or (style is not None and _HIDDEN.search(style) is not None)
    )


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, those of tables in it not included."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _grid(table: etree._Element) -> Iterator[tuple[etree._Element, list[etree._Element | None]]]:
    """The rows of a table with their cells in their columns; ``None`` where a merged cell covers the place."""
    covered: dict[int, int] = {}  # column → rows that a cell above still covers
    for row in _rows(table):
        cells: list[etree._Element | None] = []
        waiting = dict(covered)
        covered = {column: left - 1 for column, left in waiting.items() if left > 1}
        for cell in row.iterchildren("td", "th"):
            while len(cells) in waiting:
                cells.append(None)
            span = max(1, min(_integer(cell.get("colspan"), 1), 100))
            down = max(1, min(_integer(cell.get("rowspan"), 1), 10_000))
            if down > 1:
                covered |= {len(cells) + i: down - 1 for i in range(span)}
            cells += [cell, *[None] * (span - 1)]
        while len(cells) in waiting:
            cells.append(None)
        yield row, cells


def _is_data(table: etree._Element) -> bool:
    """Whether a table is one to its reader: rows and columns of short texts, not a page laid out in cells."""
    if table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [list(row.iterchildren("td", "th")) for row in _rows(table)]
    width = max(map(len, rows), default=0)
    if len(rows) < 2 or width < 2:
        return False
    cells = [cell for row in rows for cell in row]
    several = any(_line_count(cell) > 1 for cell in cells)
    lined = _integer(table.get("border"), 0) > 0 or any(_has_border(e) for e in (table, *cells[:4]))
    if width <= _SIDE_BY_SIDE and len(rows) <= 4 and several and not lined:
        return False
    # A cell that holds paragraphs of prose side by side with menus is a column of the page.
    sizes = [len(_said(cell)) for cell in cells]
    longest, total = max(sizes, default=0), sum(sizes)
    return lined or not (longest > 1500 and longest > 0.6 * total)


def _has_border(element: etree._Element) -> bool:
    """Whether the style of an element draws a line around it or on a side."""
    return any(_DRAWN.search(declared[1]) for declared in _BORDER.finditer(element.get("style", "")))


def _line_count(cell: etree._Element) -> int:
    """How many lines a cell has at most."""
    return max(1, len(list(cell.iterdescendants("p", "div", "li")))) + len(list(cell.iterdescendants("br")))


def _columns(table: etree._Element) -> list[etree._Element]:
    """What is in a table of the page's layout: column by column where few rows set texts side by side, else by rows."""
    rows = [list(row.iterchildren("td", "th")) for row in _rows(table)]
    width = max(map(len, rows), default=0)
    texts = sum(bool(_said(cell)) for row in rows for cell in row)
    if 1 < width <= _SIDE_BY_SIDE and 1 < len(rows) <= 4 and texts > width and all(len(r) == width for r in rows):
        return [rows[i][column] for column in range(width) for i in range(len(rows))]
    return list(table)


# --- the article -----------------------------------------------------------------------------------------------------


def _article(lines: list[_Line], root: etree._Element, text: str) -> list[_Line]:
    """The lines of the article, with its headline and lead."""
    prose = [line for line in lines if line.prose]
    chrome = _Chrome(prose)
    teasers = _teasers(lines)
    own = [line for line in prose if line.element not in teasers and not chrome.holds(line.element)]
    prose = _kept(own or prose, text)
    if not prose:
        return [line for line in lines if not line.menu] or lines
    total = sum(len(line.text) for line in prose)
    held = _held(prose)
    article = max((e for e, size in held.items() if size >= _SHARE * total), key=_depth)
    at = _range(lines, article)
    inside = [line for line in lines[at.start : at.stop] if not chrome.holds(line.element, below=article)]
    return [*_above(lines, article, at, _titles(root)), *_without_menus(inside)]


def _held(lines: list[_Line]) -> dict[etree._Element, int]:
    """How many characters of these lines each element holds."""
    held: dict[etree._Element, int] = {}
    for line in lines:
        for element in (line.element, *line.element.iterancestors()):
            held[element] = held.get(element, 0) + len(line.text)
    return held


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _teasers(lines: list[_Line]) -> set[etree._Element]:
    """The blocks of other news: a summary beside the link to it, in an element that holds little else, repeatedly."""
    beside: dict[etree._Element, list[_Line]] = {}
    for line in lines:
        for element in (line.element, *line.element.iterancestors()):
            beside.setdefault(element, []).append(line)
    found: set[etree._Element] = set()
    for line in lines:
        around = next((beside[e] for e in line.element.iterancestors() if len(beside.get(e, ())) > 1), [])
        if line.prose and len(around) <= _TEASER and any(other.menu for other in around):
            found.add(line.element)
    return found if len(found) > 1 else set()


def _range(lines: list[_Line], element: etree._Element) -> range:
    """The lines that stand in an element; they follow each other."""
    inside = set(element.iter())
    held = [i for i, line in enumerate(lines) if line.element in inside]
    return range(held[0], held[-1] + 1)


def _kept(prose: list[_Line], text: str) -> list[_Line]:
    """The lines of prose that trafilatura keeps; where it keeps none of them, all."""
    from trafilatura import extract  # loaded where a page is read

    try:
        kept = extract(text, include_tables=True, include_comments=False, favor_recall=True, output_format="txt") or ""
    except Exception:  # it only says where the article is; a page that it stumbles over is read without it
        kept = ""
    words = " ".join(_WORDS.findall(kept))
    return [line for line in prose if " ".join(_WORDS.findall(line.text)[:12]) in words] or prose


class _Chrome:
    """Which elements are menus, side bars, footers and the like; one with much of the prose is none of these."""

    def __init__(self, prose: list[_Line]) -> None:
        self._held = _held(prose)
        self._much = 0.3 * sum(len(line.text) for line in prose)

    def holds(self, element: etree._Element, below: etree._Element | None = None) -> bool:
        """Whether an element is one of these, or stands in one (that stands in ``below``)."""
        for one in (element, *element.iterancestors()):
            if one is below:
                return False
            named = one.tag in _CHROME or any(_CHROME_NAME.search(one.get(key) or "") for key in ("class", "id"))
            if named and self._held.get(one, 0) < self._much:
                return True
        return False


def _without_menus(lines: list[_Line]) -> list[_Line]:
    """The lines without runs of links: related news, menus."""
    kept: list[_Line] = []
    run: list[_Line] = []
    for line in lines:
        if line.menu:
            run.append(line)
            continue
        kept += run if len(run) < 3 else []
        run = []
        kept.append(line)
    return kept + (run if len(run) < 2 else [])


def _above(lines: list[_Line], article: etree._Element, at: range, titles: list[str]) -> list[_Line]:
    """The headline, and what stands between it and the text, where the article's element does not hold them.

    Pages keep headline, date and lead in elements of their own beside the text's. So what an element around the text
    adds above it belongs to the article as long as it is little and no menu; the page's own title ends the search.
    """

    def is_title(line: _Line) -> bool:
        said = _folded(line.text)
        return line.element.tag in _HEADINGS or (len(said) > 15 and any(said in t or t in said for t in titles))

    if any(is_title(line) for line in lines[at.start : at.start + 3]):
        return []
    above: list[_Line] = []
    for element in article.iterancestors():
        added = lines[_range(lines, element).start : at.start]
        texts = [line for line in added if not line.menu]
        if len(added) - len(texts) > _BUTTONS or len(texts) > _ABOVE or sum(len(t.text) for t in texts) > _LEAD:
            break
        above = texts
    heads = [i for i, line in enumerate(above) if is_title(line)]
    if heads:
        return above[heads[0] :]
    if above:
        return above
    # A headline far from its text, with buttons or menus between them.
    far = (line for line in reversed(lines[max(0, at.start - _FAR) : at.start]) if is_title(line) and not line.menu)
    return [line for line in far if len(line.text) > 20][:1]


def _site(root: etree._Element) -> str:
    """The page's own title as far as it is not the headline: mostly the site's name, which says whose news it is."""
    return next((_said(e) for e in root.iter("title")), "")


def _titles(root: etree._Element) -> list[str]:
    """What the page's head calls it."""
    said = [_said(e) for e in root.iter("title")]
    said += [e.get("content", "") for e in root.iter("meta") if e.get("property") == "og:title"]
    return [folded for folded in map(_folded, said) if len(folded) > 15]


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _written(title: str, lines: list[_Line]) -> TextBuilder:
    out = TextBuilder()
    top = [_folded(line.text) for line in lines[: _ABOVE + 1]]
    parts = [part.strip() for part in _SEPARATORS.split(title)]
    own = [part for part in parts if len(part) > 1 and not any(_folded(part) in line for line in top)]
    if (own and len(own) < len(parts)) or (own and not any(line and line in _folded(title) for line in top)):
        out.paragraph(" - ".join(own))
        out.gap()
    tables: dict[int, int] = {}
    for line in lines:
        if line.row is None:
            out.paragraph(line.text)
            continue
        number, index, cells = line.row
        if number not in tables:
            out.gap()
            tables[number] = out.table()
        out.row(tables[number], index, cells)
    return out
