"""Plans as Word files: what tests make of the corpus's texts, with python-docx and a little of Word's own XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from extractor.patterns import load
from extractor.text.layout import Layout, open_words, read_layout
from extractor.text.view import build_view

_ROMAN = [
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
    "XVIII",
    "XIX",
    "XX",
]
# What a marker typed as text looks like → Word's format, the text around the number, how the number is written.
_MARKERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"([IVX]+)([.)/]) "), "upperRoman"),
    (re.compile(r"(\d+)([.)/]) "), "decimal"),
    (re.compile(r"([a-z])([.)/]) "), "lowerLetter"),
    (re.compile(r"([A-Z])([.)/]) "), "upperLetter"),
    (re.compile(r"((?:\d+\.)+)(\d+)([.)]?) "), "decimal"),
    (re.compile(r"([-+–*•])() ?(?=\S)"), "bullet"),
)


def saved(document: Document) -> bytes:
    """A document as the bytes of its file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


class Lists:
    """Makes lists in ``numbering.xml``, each counting on as long as its numbers follow each other."""

    def __init__(self, document: Document) -> None:
        self._root = document.part.numbering_part.element
        for child in list(self._root):
            self._root.remove(child)
        self._count = 0
        self._open: dict[tuple[str, str], tuple[str, int]] = {}  # format and text → list and its last number

    def add(self, levels: Sequence[tuple[str, str, int]], extra: str = "") -> str:
        """A list with these levels (format, text, start); its id."""
        self._count += 1
        xml = "".join(
            f'<w:lvl w:ilvl="{i}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{extra}'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for i, (form, text, start) in enumerate(levels)
        )
        abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self._count}">{xml}</w:abstractNum>')
        number = parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{self._count}"><w:abstractNumId w:val="{self._count}"/></w:num>'
        )
        self._root.insert(self._count - 1, abstract)
        self._root.append(number)
        return str(self._count)

    def again(self, number: str, starts: Iterable[tuple[int, int]] = ()) -> str:
        """Another list made of the same abstract list, that starts these levels anew; its id."""
        self._count += 1
        overrides = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            for level, start in starts
        )
        self._root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{self._count}"><w:abstractNumId w:val="{number}"/>{overrides}</w:num>'
            )
        )
        return str(self._count)

    def of(self, form: str, text: str, number: int) -> str:
        """The list that goes on with this number: the open one of its kind, or a new one that starts there."""
        known, last = self._open.get((form, text), ("", 0))
        if not known or (form != "bullet" and number != last + 1):
            known = self.add([(form, text, number)])
        self._open[form, text] = (known, number)
        return known


def number(paragraph: Paragraph, list_id: str, level: int = 0) -> Paragraph:
    """Make a paragraph one of a list."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = int(list_id)
    return paragraph


def borders(table: Table) -> Table:
    """Draw the lines of a table."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>"))
    return table


def fill(cell: _Cell, lines: Sequence[str]) -> None:
    """Paragraphs of a cell."""
    cell.paragraphs[0].text = lines[0] if lines else ""
    for line in lines[1:]:
        cell.add_paragraph(line)


def plan_as_word(text: str) -> bytes:
    """A plan as its office would have written it in Word.

    The letterhead and the end stand in tables without lines, rows of a table in one with lines; markers are real
    numbering, so that no number of a list is in the text of its paragraph.
    """
    patterns = load()
    view = build_view(text, open_words=open_words(patterns))
    layout = read_layout(view, patterns)
    lines = [view.text[b.start : b.end] for b in view.blocks]
    document = docx.Document()
    lists = Lists(document)
    head = _letterhead(layout, lines)
    if head:
        _side_by_side(document, head, lambda line: re.search(r"CỘNG H|Độc lập|ngày .*tháng", line) is not None)
    index = len(head)
    while index < len(lines):
        rows = _run(layout, index)
        if rows > 1 and layout.zones[index] not in ("header", "navigation"):
            _table(document, [lines[i].split("\t") for i in range(index, index + rows)])
            index += rows
            continue
        end = _end(layout, index)
        if end > 1:
            signed = next(i for i in range(index, index + end) if layout.zones[i] == "signature")
            _side_by_side(document, lines[index : index + end], set(lines[signed : index + end]).__contains__)
            index += end
            continue
        _paragraph(document, lists, lines[index])
        index += 1
    return saved(document)


def _letterhead(layout: Layout, lines: Sequence[str]) -> list[str]:
    """The lines above the title, where they are those of a letterhead and no rows of a table."""
    count = layout.title[0] if layout.title else 0
    head = [i for i in range(count) if layout.zones[i] == "header" and not layout.view.blocks[i].cells]
    return list(lines[:count]) if len(head) == count else []


def _run(layout: Layout, index: int) -> int:
    count = 0
    while index + count < len(layout.view.blocks) and layout.view.blocks[index + count].cells:
        count += 1
    return count


def _end(layout: Layout, index: int) -> int:
    """How many blocks from here are recipients and signature, both of them there."""
    zones = layout.zones
    count = 0
    while index + count < len(zones) and zones[index + count] in ("recipients", "signature"):
        if layout.view.blocks[index + count].cells:
            return 0
        count += 1
    return count if {"recipients", "signature"} <= set(zones[index : index + count]) else 0


def _side_by_side(document: Document, lines: Sequence[str], right: Callable[[str], bool]) -> None:
    table = document.add_table(1, 2)
    fill(table.cell(0, 0), [line for line in lines if not right(line)])
    fill(table.cell(0, 1), [line for line in lines if right(line)])


def _table(document: Document, rows: Sequence[Sequence[str]]) -> None:
    table = borders(document.add_table(len(rows), max(map(len, rows))))
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            table.cell(i, j).text = text.strip()


def _paragraph(document: Document, lists: Lists, line: str) -> None:
    for pattern, form in _MARKERS:
        match = pattern.match(line)
        if not match or not line[match.end() :]:
            continue
        rest = line[match.end() :]
        if form == "bullet":
            list_id = lists.of(form, match[1], 0)
        elif match.lastindex == 3:
            list_id = lists.of(form, f"{match[1]}%1{match[3]}", int(match[2]))
        else:
            value = {"upperRoman": _roman, "decimal": int}.get(form, lambda s: ord(s.lower()) - 96)(match[1])
            if not value or (form == "decimal" and str(value) != match[1]):
                continue
            list_id = lists.of(form, f"%1{match[2]}", value)
        number(document.add_paragraph(rest), list_id)
        return
    document.add_paragraph(line)


def _roman(text: str) -> int:
    return _ROMAN.index(text) + 1 if text in _ROMAN else 0


def big_word() -> bytes:
    """A Word file that takes seconds to read, and some hundred megabytes."""
    many = "<w:p><w:r><w:t>Phấn đấu có 09 xã đạt chuẩn nông thôn mới</w:t></w:r></w:p>" * 150_000
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "word/document.xml":
                content = content.replace(b"<w:sectPr", many.encode() + b"<w:sectPr", 1)
            new.writestr(item.filename, content)
    return out.getvalue()
