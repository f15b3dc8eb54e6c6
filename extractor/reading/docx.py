"""Word documents (.docx, .docm, .dotx).

The source text is what a reader of the printed document sees, in reading order:

- a paragraph is a line, with the number or bullet that Word shows before it (``word_numbering``); a line break in it
  ends the line; an empty paragraph is an empty line; tabs at its edges or behind its number are no tabs;
- a table is a line a row, cells separated by tabs; a merged cell stands once, where it begins, and the cells that it
  covers are empty, so that columns stay in their places; a table in a cell is part of that cell's text;
- a table without borders that only sets texts side by side (the letterhead; recipients and signature) is read column by
  column, paragraph by paragraph, as such a page is written without a table;
- tracked changes count as accepted; hidden text, comments, field codes and generated tables of contents are left out;
- text boxes follow the paragraph that they hang on; footnotes and endnotes follow the text as ``[1] …``;
- headers and footers are left out, but for a header of the first page alone that has more than one line: a letterhead.

Text in a font of the time before Unicode is decoded by the font's name (``legacy_encodings``).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree

from extractor.model import Reading
from extractor.reading import containers, needs
from extractor.reading.building import TextBuilder, one_line
from extractor.reading.errors import ReadError
from extractor.reading.legacy_encodings import Encoding, decode, encoding_of_font
from extractor.reading.word_numbering import Numbering, W

FORMAT = "docx"
SUFFIXES: tuple[str, ...] = (".docx", ".docm", ".dotx")

PART_BYTES = 96 * 1024 * 1024
"""Largest XML part that is parsed, in bytes: some 3,000 pages."""

CELLS = 200_000
"""Most cells of all tables of a document."""

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STRICT = "http://purl.oclc.org/ooxml/"
# Deleted, or moved away.
_GONE = frozenset(W + name for name in ("del", "moveFrom"))
# Elements that only wrap runs or paragraphs.
_WRAPPERS = frozenset(
    W + name
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "dir", "bdo", "sdtContent")
)
_LINE_BREAKS = frozenset(W + name for name in ("br", "cr"))
_TABS = frozenset(W + name for name in ("tab", "ptab"))
_SHAPES = frozenset(W + name for name in ("drawing", "pict", "object"))
# What libxml2 says when it gets no memory: that, or nothing.
_NO_MEMORY = (etree.ErrorTypes.ERR_OK, etree.ErrorTypes.ERR_NO_MEMORY)
_NO_BORDER = frozenset(("none", "nil"))
_SIDE_BY_SIDE = 3  # columns that a page of texts side by side has at most
# A number or bullet that is typed by hand with a tab behind it.
_TYPED_MARKER = re.compile(r"[-–—+•○▪*]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[IVXivx]{1,5}|[A-Za-zđĐ])[.)/:]{0,2}")
_ONLY_UNICODE = re.compile(r"[ĂăĐđĨĩŨũƠơƯư\u0300-\u0323\u1ea0-\u1ef9]")
# What the signs of symbol fonts mean; they come as these code points or 0xF000 above them.
_SYMBOL = {
    0xA3: "≤", 0xB3: "≥", 0xB0: "°", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0x6D: "µ", 0xB7: "•",
    0xAE: "→", 0xA5: "∞", 0xD7: "·", 0x2D: "-", 0x25: "%", 0x2B: "+", 0x3D: "=", 0x3C: "<", 0x3E: ">", 0x61: "α",
    0x62: "β", 0x44: "Δ", 0x53: "Σ", 0x2F: "/",
}  # fmt: skip
_DINGBATS = {0xFC: "✓", 0xFE: "☑", 0xA8: "☐", 0x6F: "☐", 0xFD: "☒", 0x78: "☒", 0xE0: "→", 0xF0: "→", 0xD8: "•"}


def matches(data: bytes, name: str) -> bool:
    """Whether a file is a Word document, by the members of its zip file."""
    return containers.kind_of(data) == "docx"


def read(data: bytes, name: str) -> Reading:
    """Read a Word document.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The source text, with a spot for each paragraph and each cell of a table.

    Raises:
        ReadError: the file is broken, over a limit, or holds no text.
    """
    needs.check("python-docx", name)
    from docx.opc.exceptions import OpcError  # python-docx is loaded where a Word document is read

    archive = containers.open_zip(data, name)
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels")) and member.file_size > PART_BYTES:
            reason = f"has a part of {member.file_size:,} bytes, the limit is {PART_BYTES:,}"
            raise ReadError(name, reason, "Split it into smaller documents.")
        containers.read_member(archive, member, name)  # a broken member is better said in our words
    try:
        package = _Package(data)
        fonts = _OldFonts()
        reading = _Document(package, name, fonts).read()
        if fonts.doubtful:
            reading = _Document(package, name, _OldFonts(fonts.doubtful)).read()
        return reading
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) in _NO_MEMORY:
            raise MemoryError from None
        reason = f"is a broken Word document: {' '.join(str(error.msg).split())}"
        raise ReadError(name, reason, "Open it in Word and save it again.") from None
    except (OpcError, KeyError, ValueError, AttributeError, TypeError) as error:
        # python-docx says of a package that lacks a part, or names one that is none, whatever it stumbles on.
        reason = f"is a broken Word document ({type(error).__name__}: {' '.join(str(error).split())})"
        raise ReadError(name, reason, "Open it in Word and save it again.") from None


class _Package:
    """The parts of a document that hold text, and what else the text needs."""

    def __init__(self, data: bytes) -> None:
        from docx.opc.package import OpcPackage

        self._main = OpcPackage.open(io.BytesIO(data)).main_document_part
        self.document = _root(self._main)

    def related(self, kind: str) -> etree._Element | None:
        """The root of the part of a kind (``styles``, ``numbering``, ``footnotes``, …) that the document names."""
        for relation in self._main.rels.values():
            if relation.reltype == _REL + kind and not relation.is_external:
                return _root(relation.target_part)
        return None

    def part(self, key: str) -> etree._Element | None:
        """The root of the part that a relation's id names."""
        relation = self._main.rels.get(key)
        return None if relation is None or relation.is_external else _root(relation.target_part)

    def has(self, kind: str) -> bool:
        """Whether the document names a part of a kind."""
        return any(relation.reltype == _REL + kind for relation in self._main.rels.values())


def _root(part: object) -> etree._Element:
    """The root of a part, whether or not python-docx has parsed it."""
    element = getattr(part, "element", None)
    if element is not None:
        root: etree._Element = element
        return root
    blob: bytes = part.blob  # type: ignore[attr-defined]
    return etree.fromstring(blob, _parser())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a run's or style's formatting matters here; ``None``: not said."""

    font: str | None = None
    hidden: bool | None = None
    capitals: bool | None = None

    def over(self, other: _Look) -> _Look:
        """This one, with what it does not say from another."""
        return _Look(
            other.font if self.font is None else self.font,
            other.hidden if self.hidden is None else self.hidden,
            other.capitals if self.capitals is None else self.capitals,
        )


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    look: _Look
    list: tuple[str, str | None] | None  # numId and ilvl
    lined: bool  # a table style with lines between cells


class _Styles:
    """The styles of a document, with what they inherit."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._made: dict[str, _Style] = {}
        self.default: dict[str, str] = {}
        self.base = _Look()
        self.lists: dict[str, str] = {}
        if root is None:
            return
        for element in root.iterchildren(W + "style"):
            key = element.get(W + "styleId", "")
            self._elements[key] = element
            if element.get(W + "default") in ("1", "true", "on"):
                self.default[element.get(W + "type", "")] = key
            if element.get(W + "type") == "numbering":
                self.lists[key] = _list_of(element.find(W + "pPr"))[0]
        self.base = _look(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))

    def get(self, key: str | None, kind: str) -> _Style:
        """A style by its id; the default one of its kind where there is none of this id."""
        if key is None or key not in self._elements:
            key = self.default.get(kind, "")
        return self._get(key, frozenset())

    def _get(self, key: str, seen: frozenset[str]) -> _Style:
        element = self._elements.get(key)
        if element is None or key in seen:
            return _Style("", _Look(), None, False)
        if key not in self._made:
            based = element.find(W + "basedOn")
            parent = self._get("" if based is None else based.get(W + "val", ""), seen | {key})
            properties = element.find(W + "pPr")
            number, level = _list_of(properties)
            name = element.find(W + "name")
            lined = _lined(element.find(f"{W}tblPr/{W}tblBorders"))
            self._made[key] = _Style(
                "" if name is None else name.get(W + "val", "").lower(),
                _look(element.find(W + "rPr")).over(parent.look),
                (number, level) if number else parent.list,
                parent.lined if lined is None else lined,
            )
        return self._made[key]


def _list_of(properties: etree._Element | None) -> tuple[str, str | None]:
    """The list that paragraph properties name, and its level, if it is said."""
    if properties is None:
        return "", None
    numbered = properties.find(W + "numPr")
    if numbered is None:
        return "", None
    number, level = numbered.find(W + "numId"), numbered.find(W + "ilvl")
    return (
        "" if number is None else number.get(W + "val", ""),
        None if level is None else level.get(W + "val"),
    )


def _look(properties: etree._Element | None) -> _Look:
    if properties is None:
        return _Look()
    fonts = properties.find(W + "rFonts")
    # Letters above ASCII are drawn in the font for "high ANSI"; what is not Vietnamese by name has no old encoding.
    font = None if fonts is None else fonts.get(W + "hAnsi") or fonts.get(W + "ascii") or fonts.get(W + "cs")
    capitals = _switch(properties, "caps")
    return _Look(
        font, _switch(properties, "vanish"), _switch(properties, "smallCaps") if capitals is None else capitals
    )


def _switch(properties: etree._Element, name: str) -> bool | None:
    element = properties.find(W + name)
    return None if element is None else element.get(W + "val") not in ("0", "false", "off")


def _lined(borders: etree._Element | None) -> bool | None:
    """Whether a table's borders draw lines between its cells; ``None`` where they say nothing of it."""
    if borders is None:
        return None
    inside = [borders.find(W + side) for side in ("insideH", "insideV")]
    said = [side.get(W + "val", "none") not in _NO_BORDER for side in inside if side is not None]
    return any(said) if said else None


@dataclass(slots=True)
class _Piece:
    """Characters of one encoding, in their order."""

    text: str
    encoding: Encoding = ""
    capitals: bool = False


class _OldFonts:
    """Decodes text in the fonts of the time before Unicode, and sees whether it was typed for them.

    A document keeps such a font in its styles long after it is typed in Unicode (Word then draws the letters in another
    font). A stretch with letters that only Unicode has is not decoded; of one without, the others decide.

    Args:
        unicode: the encodings whose fonts hold Unicode in this document.
    """

    def __init__(self, unicode: frozenset[str] = frozenset()) -> None:
        self._unicode = unicode
        self._typed: Counter[tuple[str, bool]] = Counter()

    @property
    def doubtful(self) -> frozenset[str]:
        """The encodings whose fonts held more Unicode than text that could be theirs."""
        kinds = {kind for kind, _ in self._typed}
        return frozenset(kind for kind in kinds if self._typed[kind, True] > self._typed[kind, False])

    def decode(self, text: str, encoding: Encoding) -> str:
        """A stretch of text in one font, as Unicode."""
        if not encoding:
            return text
        kind = encoding.partition("-")[0]
        letters = sum(not c.isascii() and c.isalpha() for c in text)
        unicode = _ONLY_UNICODE.search(text) is not None
        self._typed[kind, unicode] += letters
        return text if unicode or kind in self._unicode else decode(text, encoding)


@dataclass(slots=True)
class _Line:
    """A paragraph while it is read: its pieces, and what hangs on it."""

    pieces: list[_Piece] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    def text(self, fonts: _OldFonts) -> str:
        """The paragraph's characters, each stretch of one encoding decoded as a whole: VNI writes letters in pairs."""
        made = []
        for (encoding, capitals), group in groupby(self.pieces, key=lambda p: (p.encoding, p.capitals)):
            text = fonts.decode("".join(piece.text for piece in group), encoding)
            made.append(text.upper() if capitals else text)
        return "".join(made)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a table: where it stands in the grid, and its element; ``None`` where a merged cell covers it."""

    column: int
    span: int
    element: etree._Element | None


class _Document:
    """Walks the body of one document and writes its source text."""

    def __init__(self, package: _Package, name: str, fonts: _OldFonts) -> None:
        self.package, self.name, self.fonts = package, name, fonts
        self.root = package.document
        if etree.QName(self.root).namespace != W.strip("{}"):
            strict = str(etree.QName(self.root).namespace).startswith(_STRICT)
            kind = "a Word document in the strict form of the standard" if strict else "no Word document inside"
            raise ReadError(name, f"is {kind}", "Open it in Word and save it as an ordinary .docx.")
        self.styles = _Styles(package.related("styles"))
        self.numbering = Numbering(package.related("numbering"), self.styles.lists)
        self.out = TextBuilder()
        self.warnings: list[str] = []
        self.notes: list[tuple[str, str]] = []  # kind and id, in the order of their marks
        self.fields: list[bool] = []  # of each open field, whether its result has begun
        self.carried = ""  # text of paragraphs whose end was deleted
        self.cells = 0

    def read(self) -> Reading:
        body = self.root.find(W + "body")
        if body is None:
            raise ReadError(
                self.name, "is a broken Word document: it has no body", "Open it in Word and save it again."
            )
        self._first_header(body)
        self._blocks(body)
        self._write_notes()
        if self.package.has("aFChunk"):
            self.warnings.append("a document that is embedded whole (altChunk) was not read")
        text = self.out.text
        if not text:
            reason = "has no text" + (" but pictures: it may be a scan" if self._has_pictures(body) else "")
            raise ReadError(self.name, reason, "Check that it is the right file.")
        return Reading(
            text, tuple(self.warnings), "python-docx", partial=self.package.has("aFChunk"), spots=self.out.spots
        )

    @staticmethod
    def _has_pictures(body: etree._Element) -> bool:
        return next(body.iter(*_SHAPES), None) is not None

    def _first_header(self, body: etree._Element) -> None:
        """Write the header of the first page, where only that page has it and it is more than a page number."""
        section = next(body.iter(W + "sectPr"), None)
        if section is None or not _switch(section, "titlePg"):
            return
        for reference in section.iterchildren(W + "headerReference"):
            root = self.package.part(reference.get(_R + "id", "")) if reference.get(W + "type") == "first" else None
            if root is None:
                continue
            lines = [line for line in self._texts_of(root) if line]
            if len(lines) > 1:
                self._blocks(root)
                self.out.gap()

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _blocks(self, parent: etree._Element) -> None:
        for element in _block_elements(parent):
            if element.tag == W + "p":
                self._paragraph(element)
            else:
                self._table(element)

    def _paragraph(self, element: etree._Element) -> None:
        text, line = self._text_of(element)
        if text is not None:
            self.out.paragraph(text)
        for box in line.boxes:
            self._blocks(box)

    def _text_of(self, element: etree._Element) -> tuple[str | None, _Line]:
        """A paragraph's text with its number, and what hangs on it; ``None`` where it is no line of its own."""
        properties = element.find(W + "pPr")
        style = self.styles.get(_style_of(properties), "paragraph")
        line = _Line()
        if style.name.startswith("toc ") and style.name[4:].isdigit():
            return None, line
        look = style.look.over(self.styles.base)
        self._inline(element, look, line)
        self.fields = [begun for begun in self.fields if begun]  # no field's code goes on into the next paragraph
        raw = self.carried + line.text(self.fonts)
        mark = None if properties is None else properties.find(W + "rPr")
        if mark is not None and any(child.tag in _GONE for child in mark):
            self.carried = raw
            return None, line
        self.carried = ""
        text = _without_edge_tabs(raw)
        hidden = mark is not None and _switch(mark, "vanish") is True and not text.strip()
        if hidden or (not text.strip() and properties is not None and properties.find(W + "sectPr") is not None):
            return None, line
        if not text.strip():
            return "", line  # Word shows no number before an empty paragraph that is only there for its distance
        return self._number(properties, style) + text.lstrip(), line

    def _number(self, properties: etree._Element | None, style: _Style) -> str:
        number, level = _list_of(properties)
        if not number and style.list is not None:
            number, of_style = style.list
            if level is None:
                level = of_style
            if level is None:
                level = str(self.numbering.level_of_style(number, _style_of(properties) or ""))
        if not number or number == "0":
            return ""
        return self.numbering.next(number, int(level) if level and level.isascii() and level.isdigit() else 0)

    def _texts_of(self, parent: etree._Element) -> Iterator[str]:
        """The lines of a cell or a note: its paragraphs, the rows of tables in it, text boxes."""
        for element in _block_elements(parent):
            if element.tag == W + "p":
                text, line = self._text_of(element)
                yield from (text or "").split("\n")
                for box in line.boxes:
                    yield from self._texts_of(box)
            else:
                for row in self._rows(element):
                    yield "; ".join(filter(None, (self._cell_text(cell) for cell in row)))

    def _cell_text(self, cell: _Cell) -> str:
        if cell.element is None:
            return ""
        return " ".join(filter(None, (one_line(line) for line in self._texts_of(cell.element))))

    # -- tables --------------------------------------------------------------------------------------------------------

    def _table(self, element: etree._Element) -> None:
        rows = list(self._rows(element))
        if self._is_side_by_side(element, rows):
            self._side_by_side(rows)
            return
        number = self.out.table()
        for index, row in enumerate(rows, 1):
            cells = [""] * max((cell.column + cell.span for cell in row), default=0)
            for cell in row:
                cells[cell.column] = self._cell_text(cell)
            self.out.row(number, index, cells)
        self.out.gap()

    def _rows(self, element: etree._Element) -> Iterator[list[_Cell]]:
        """The rows of a table, with the cells of each in their places; deleted rows are left out."""
        for row in _inside(element, W + "tr"):
            properties = row.find(W + "trPr")
            if properties is not None and any(child.tag == W + "del" for child in properties):
                continue
            column = _count(properties, "gridBefore", 0)
            cells = []
            for cell in _inside(row, W + "tc"):
                self.cells += 1
                if self.cells > CELLS:
                    raise ReadError(
                        self.name, f"has more than {CELLS:,} cells in its tables", "Split it into smaller documents."
                    )
                inner = cell.find(W + "tcPr")
                span = max(1, min(_count(inner, "gridSpan", 1), 100))
                merged = None if inner is None else inner.find(W + "vMerge")
                covered = merged is not None and merged.get(W + "val", "continue") == "continue"
                cells.append(_Cell(column, span, None if covered else cell))
                column += span
            yield cells

    def _is_side_by_side(self, element: etree._Element, rows: list[list[_Cell]]) -> bool:
        """Whether a table is no table to its reader: one cell, or a few columns of texts without lines between them."""
        width = max(map(len, rows), default=0)
        if width <= 1:
            return True
        if width > _SIDE_BY_SIDE or len(rows) > 8:
            return False
        cells = [cell.element for row in rows for cell in row if cell.element is not None]
        several = any(len([t for t in map(_plain_text, _inside(c, W + "p")) if t]) > 1 for c in cells)
        first = not len(self.out)
        if first and several and len(rows) <= 4:
            return True
        return (first or several) and not self._has_lines(element, cells)

    def _has_lines(self, element: etree._Element, cells: list[etree._Element]) -> bool:
        properties = element.find(W + "tblPr")
        own = None if properties is None else _lined(properties.find(W + "tblBorders"))
        if own is None:
            key = None if properties is None else properties.find(W + "tblStyle")
            own = self.styles.get(None if key is None else key.get(W + "val"), "table").lined
        drawn = 0
        for cell in cells:
            borders = cell.find(f"{W}tcPr/{W}tcBorders")
            sides = [] if borders is None else [s for s in borders if isinstance(s.tag, str)]
            drawn += sum(side.get(W + "val", "none") not in _NO_BORDER for side in sides) > 1
        return own or drawn * 2 > len(cells)

    def _side_by_side(self, rows: list[list[_Cell]]) -> None:
        """Write texts side by side column after column; a row of one cell stands between those above and below it."""
        waiting: list[list[_Cell]] = []
        for row in [*rows, []]:
            if len(row) > 1:
                waiting.append(row)
                continue
            for column in sorted({cell.column for above in waiting for cell in above}):
                for cell in (cell for above in waiting for cell in above if cell.column == column):
                    if cell.element is not None:
                        self._blocks(cell.element)
                self.out.gap()
            waiting = []
            for cell in row:
                if cell.element is not None:
                    self._blocks(cell.element)

    # -- runs ----------------------------------------------------------------------------------------------------------

    def _inline(self, parent: etree._Element, look: _Look, line: _Line) -> None:
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str) or tag in _GONE:
                continue
            if tag == W + "r":
                self._run(child, look, line)
            elif tag in _WRAPPERS:
                self._inline(child, look, line)
            elif tag == W + "sdt":
                for content in _contents(child):
                    self._inline(content, look, line)
            elif tag == W + "ruby":
                for base in child.iterchildren(W + "rubyBase"):
                    self._inline(base, look, line)
            elif tag in (_M + "oMath", _M + "oMathPara"):
                line.pieces.append(_Piece("".join(part.text or "" for part in child.iter(_M + "t"))))
            elif tag == _MC + "AlternateContent":
                for choice in _choice(child):
                    self._inline(choice, look, line)

    def _run(self, run: etree._Element, inherited: _Look, line: _Line) -> None:
        properties = run.find(W + "rPr")
        look = inherited
        if properties is not None:
            named = properties.find(W + "rStyle")
            if named is not None:
                look = self.styles.get(named.get(W + "val"), "character").look.over(look)
            look = _look(properties).over(look)
        self._run_content(run, look, line)

    def _run_content(self, run: etree._Element, look: _Look, line: _Line) -> None:
        encoding = encoding_of_font(look.font)
        for child in run:
            tag = child.tag
            if tag == W + "fldChar":
                self._field(child.get(W + "fldCharType"))
            elif look.hidden or not all(self.fields):
                continue
            elif tag == W + "t":
                line.pieces.append(_Piece(_symbols(child.text or "", look.font), encoding, bool(look.capitals)))
            elif tag in _TABS:
                line.pieces.append(_Piece("\t", encoding))
            elif tag in _LINE_BREAKS:
                line.pieces.append(_Piece("\n", encoding))
            elif tag == W + "noBreakHyphen":
                line.pieces.append(_Piece("-", encoding))
            elif tag == W + "softHyphen" and encoding in ("tcvn3", "tcvn3-capitals"):
                line.pieces.append(_Piece("\xad", encoding))  # the letter ư
            elif tag == W + "sym":
                line.pieces.append(_Piece(_symbol(child.get(W + "char", ""), child.get(W + "font", ""))))
            elif tag in (W + "footnoteReference", W + "endnoteReference"):
                kind = "footnotes" if tag == W + "footnoteReference" else "endnotes"
                self.notes.append((kind, child.get(W + "id", "")))
            elif tag in _SHAPES or tag == _MC + "AlternateContent":
                line.boxes.extend(_text_boxes(child))

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self.fields.append(False)
        elif kind == "separate" and self.fields:
            self.fields[-1] = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    # -- notes ---------------------------------------------------------------------------------------------------------

    def _write_notes(self) -> None:
        elements: dict[tuple[str, str], etree._Element] = {}
        for kind, tag in (("footnotes", W + "footnote"), ("endnotes", W + "endnote")):
            root = self.package.related(kind)
            for element in () if root is None else root.iterchildren(tag):
                elements[kind, element.get(W + "id", "")] = element
        if self.notes:
            self.out.gap()
        for number, key in enumerate(dict.fromkeys(self.notes), 1):
            note = elements.get(key)
            text = "" if note is None else " ".join(filter(None, map(one_line, self._texts_of(note))))
            if text:
                self.out.paragraph(f"[{number}] {text}")


def _block_elements(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs and tables in an element, in order, whatever wraps them."""
    for child in parent:
        tag = child.tag
        if not isinstance(tag, str) or tag in _GONE:
            continue
        if tag in (W + "p", W + "tbl"):
            yield child
        elif tag == W + "sdt":
            gallery = child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
            if gallery is None or gallery.get(W + "val") != "Table of Contents":
                for content in _contents(child):
                    yield from _block_elements(content)
        elif tag in _WRAPPERS:
            yield from _block_elements(child)
        elif tag == _MC + "AlternateContent":
            for choice in _choice(child):
                yield from _block_elements(choice)


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The children of a tag, those in content controls and the like included."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == W + "sdt":
            for content in _contents(child):
                yield from _inside(content, tag)
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)


def _contents(control: etree._Element) -> Iterable[etree._Element]:
    """The content of a content control, unless it still shows its prompt ("Click to enter text")."""
    if control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None:
        return ()
    return control.iterchildren(W + "sdtContent")


def _choice(element: etree._Element) -> Iterable[etree._Element]:
    """The one of the alternatives that is read: they all say the same."""
    first = element.find(_MC + "Choice")
    chosen = element.find(_MC + "Fallback") if first is None else first
    return () if chosen is None else (chosen,)


def _text_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes in a shape."""
    children: Iterable[etree._Element] = _choice(element) if element.tag == _MC + "AlternateContent" else element
    for child in children:
        if child.tag == W + "txbxContent":
            yield child
        elif isinstance(child.tag, str):
            yield from _text_boxes(child)


def _style_of(properties: etree._Element | None) -> str | None:
    style = None if properties is None else properties.find(W + "pStyle")
    return None if style is None else style.get(W + "val")


def _count(properties: etree._Element | None, name: str, default: int) -> int:
    element = None if properties is None else properties.find(W + name)
    text = "" if element is None else element.get(W + "val", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else default


def _plain_text(paragraph: etree._Element) -> str:
    return "".join(part.text or "" for part in paragraph.iter(W + "t")).strip()


def _without_edge_tabs(text: str) -> str:
    """A paragraph's text without tabs that only set it in place: at its edges, behind a typed number, in a row."""
    lines = []
    for line in text.split("\n"):
        head, *rest = [part.strip() for part in line.strip("\t ").split("\t") if part.strip()] or [""]
        if rest and _TYPED_MARKER.fullmatch(head):
            head, rest = f"{head} {rest[0]}", rest[1:]
        lines.append("\t".join([head, *rest]))
    return "\n".join(lines)


def _symbol(code: str, font: str) -> str:
    """What a sign of a symbol font means; a bullet, where that is not known."""
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    point -= 0xF000 if 0xF020 <= point <= 0xF0FF else 0
    known = _DINGBATS if "dings" in font.lower() else _SYMBOL
    return known.get(point, "•" if point > 0x7F or known is _DINGBATS else chr(max(point, 0x20)))


def _symbols(text: str, font: str | None) -> str:
    """Text of a run, signs of symbol fonts read; soft hyphens are no letters, but the ư of TCVN3."""
    if not encoding_of_font(font):
        text = text.replace("\xad", "")
        if any("\uf020" <= c <= "\uf0ff" for c in text):
            text = "".join(_symbol(f"{ord(c):X}", font or "") if "\uf020" <= c <= "\uf0ff" else c for c in text)
    return text
