"""``chitieu.xlsx``: the tables for people who check them, as one workbook with Vietnamese headings.

Rows go to disk one by one, so that memory does not grow with their number. No text of a document can become a formula
or a link: texts are written as texts, and those that look like a formula stay texts when a reader edits them.
"""

from __future__ import annotations

import os
import re
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from extractor.model import Document, Extraction
from extractor.reading.txt import READER
from extractor.tables.files import OutputError, beside, need, output
from extractor.tables.schema import ASSIGNMENTS, DEADLINES, DOCUMENTS, PLACES, TARGETS, Column, Table
from extractor.tables.wording import flags_in_words, heading, labels

WORKBOOK_NAME = "chitieu.xlsx"

# Excel's own limits: rows of a sheet, UTF-16 units of a cell, characters of a text inside a formula.
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
_MAX_LINK = 255
_LINE, _MAX_HEIGHT = 15.0, 409.0
_CUT = " … [đã cắt bớt]"
# Before it, Excel counts a day that never was (29 February 1900), and dates before 1900 it does not know.
_FIRST_DATE = date(1900, 3, 1)
_BREAK = re.compile(r"\r\n|\r|\n")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")

VERDICTS = ("Đúng", "Sai", "Sửa")
_VERDICT, _NOTE, _LINK, _DOCUMENT = "Kết luận", "Ghi chú", "Nguồn", "Văn bản"
_HIDDEN_WIDTH = 18.0

# The sheets, and of each the columns that are shown, with their widths in characters; the others are there, hidden.
_SHEETS: tuple[tuple[str, Table, dict[str, float]], ...] = (
    (
        "Văn bản",
        DOCUMENTS,
        {
            "status": 11,
            "doc_type": 13,
            "number": 17,
            "title": 52,
            "issuer": 28,
            "issued_on": 12,
            "province": 16,
            "district": 16,
            "period_start": 12,
            "period_end": 12,
            "signer": 20,
            "signer_position": 22,
            "warnings": 40,
            "source": 34,
        },
    ),
    (
        "Chỉ tiêu",
        TARGETS,
        {
            "quote": 46,
            "comparator": 8,
            "value": 13,
            "value_max": 13,
            "denominator": 9,
            "percent": 9,
            "unit": 12,
            "indicator": 40,
            "indicator_code": 9,
            "basis": 12,
            "status": 11,
            "strength": 11,
            "period_start": 12,
            "due_date": 12,
            "flags": 32,
            "confidence": 9,
        },
    ),
    (
        "Địa bàn",
        PLACES,
        {
            "quote": 22,
            "level": 9,
            "type": 11,
            "code": 9,
            "district": 18,
            "province": 16,
            "current_name": 20,
            "current_province": 16,
            "resolution": 12,
            "role": 14,
            "goal": 44,
            "flags": 32,
            "confidence": 9,
        },
    ),
    (
        "Thời hạn",
        DEADLINES,
        {
            "quote": 32,
            "kind": 13,
            "bound": 11,
            "start_date": 12,
            "due_date": 12,
            "granularity": 11,
            "task": 64,
            "flags": 32,
            "confidence": 9,
        },
    ),
    (
        "Phân công",
        ASSIGNMENTS,
        {
            "quote": 30,
            "assignee_type": 11,
            "honorific": 10,
            "name": 20,
            "position": 26,
            "organization": 28,
            "role": 11,
            "duty": 20,
            "task": 64,
            "flags": 32,
            "confidence": 9,
        },
    ),
)

_BASE = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
_CELL = {**_BASE, "border": 1, "border_color": "#D0D7DE"}
_NUMBER = {**_CELL, "align": "right", "indent": 1}
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {
        **_CELL,
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#1F4E79",
        "text_wrap": True,
        "valign": "vcenter",
    },
    "head_review": {**_CELL, "bold": True, "bg_color": "#FFD966", "text_wrap": True, "valign": "vcenter"},
    "review": {**_CELL, "bg_color": "#FFF8E1", "text_wrap": True},
    "text": {**_CELL, "text_wrap": True},
    # A reader who edits the cell leaves it a text, too.
    "defused": {**_CELL, "text_wrap": True, "quote_prefix": True},
    "date": {**_CELL, "num_format": "dd/mm/yyyy", "align": "left"},
    "whole": {**_NUMBER, "num_format": "#,##0"},
    "number": {**_NUMBER, "num_format": "#,##0.0###"},
    "offset": {**_NUMBER, "num_format": "0"},
    "share": {**_NUMBER, "num_format": "0%"},
    "link": {**_CELL, "font_color": "#0563C1", "underline": 1},
}


@dataclass(slots=True)
class _Sheet:
    """One sheet of the workbook being written, and those that go on where it was full."""

    title: str
    table: Table
    shown: dict[str, float]
    worksheet: Any = None
    row: int = 0
    parts: int = 0
    order: list[int] = field(default_factory=list)

    @property
    def lead(self) -> list[tuple[str, float]]:
        """The columns before the table's own: heading and width."""
        lead = [(_VERDICT, 11.0), (_NOTE, 26.0), (_LINK, 12.0)]
        return lead if self.table is DOCUMENTS else [*lead, (_DOCUMENT, 17.0)]


class _Where:
    """Where a document's rows stand: its name, the file that links lead to, the lines of its text."""

    def __init__(self, extraction: Extraction, folder: Path, sources: Mapping[str, Path]) -> None:
        self.document = extraction.document
        self.name = self.document.number or self.document.source
        self._starts = [0, *(found.end() for found in _BREAK.finditer(extraction.text))]
        self.target = _target(self.document, folder, sources)

    def label(self, start: int | None) -> str:
        """What a link to this place says; lines count from 1, as in ``chitieu explain FILE:LINE``."""
        return "mở tệp" if start is None else f"dòng {bisect_right(self._starts, start)}"


def _target(document: Document, folder: Path, sources: Mapping[str, Path]) -> str:
    """What a link to the document names, as seen from the workbook; empty where there is nothing to open."""
    file = sources.get(document.source) or sources.get(document.source.partition("!/")[0])
    if file is None:
        return ""
    if document.reader not in ("", READER):
        return f"text/{document.doc_id}.txt"  # saved by the run: see extractor.running.texts
    try:
        return PurePath(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(file.resolve())


def _words(table: Table, column: Column, cell: str) -> str:
    """A cell of text as people read it."""
    return flags_in_words(cell) if column.name == "flags" else labels(table, column).get(cell, cell)


def _height(texts: list[tuple[str, float]]) -> float:
    """The height that shows these texts whole in columns of these widths, as far as a row can be that high.

    LibreOffice does not fit rows without a height to wrapped text when it opens a workbook.
    """
    lines = 1
    for text, width in texts:
        # A width counts digits, and most letters are narrower; words that do not break make up for it.
        lines = max(lines, sum(1 + int(len(line) / (width + 1)) for line in text[:4000].splitlines()))
    return min(_LINE * lines + 1, _MAX_HEIGHT)


def _cut(text: str) -> str | None:
    """The text shortened to what a cell holds; ``None`` if it fits."""
    if len(text) <= MAX_TEXT // 2 or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_TEXT:
        return None
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (MAX_TEXT - len(_CUT))]
    return units.decode("utf-16-le", "ignore") + _CUT


class WorkbookSink:
    """The workbook of one run: see ``extractor.tables.writing.Sink``.

    Args:
        folder: the output folder.
        sources: ``documents.source`` → the file it names, for links; without it there are no links.
        max_rows: rows of a sheet, its heading included, before a further sheet is begun.
    """

    def __init__(self, folder: Path, sources: Mapping[str, Path], max_rows: int = MAX_ROWS) -> None:
        self._folder = folder
        self._sources = sources
        self._max_rows = max_rows
        self._path = folder / WORKBOOK_NAME
        self.places = [(beside(self._path), self._path)]
        self._sheets = {table.name: _Sheet(title, table, shown) for title, table, shown in _SHEETS}
        self._cut: dict[str, int] = {}
        self._book: Any = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._formats: dict[str, Any] = {}

    @property
    def warnings(self) -> list[str]:
        """Cells cut and sheets continued."""
        found = [
            f"{WORKBOOK_NAME}: {count} cells of the sheet {title} are cut at {MAX_TEXT:,} characters, the most that a "
            "cell holds; the other formats have them whole."
            for title, count in self._cut.items()
        ]
        for sheet in self._sheets.values():
            if sheet.parts > 1:
                found.append(
                    f"{WORKBOOK_NAME}: the sheet {sheet.title} has more rows than the {self._max_rows:,} a sheet "
                    f"holds: they go on in the sheets {sheet.title} (2) to ({sheet.parts})."
                )
        return found

    def open(self) -> None:
        need("xlsxwriter", self._path, "XlsxWriter", "xlsx")
        import xlsxwriter

        with output(self._path):
            self._scratch = tempfile.TemporaryDirectory(prefix="chitieu-xlsx-")
            options = {
                "constant_memory": True,
                "tmpdir": self._scratch.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
            }
            self._book = xlsxwriter.Workbook(str(self.places[0][0]), options)
            # No clock: the same rows give the same bytes.
            self._book.set_properties({"title": "chitieu", "created": datetime(2000, 1, 1)})
            self._formats = {name: self._book.add_format(properties) for name, properties in _FORMATS.items()}
            for sheet in self._sheets.values():
                self._begin(sheet)

    def _begin(self, sheet: _Sheet) -> None:
        """Begin a sheet, or a further one where it is full."""
        sheet.parts += 1
        worksheet = self._book.add_worksheet(sheet.title if sheet.parts == 1 else f"{sheet.title} ({sheet.parts})")
        sheet.worksheet, sheet.row = worksheet, 1
        names = sheet.table.names
        sheet.order = [names.index(name) for name in sheet.shown]
        sheet.order += [i for i, name in enumerate(names) if name not in sheet.shown]
        worksheet.freeze_panes(1, 3)
        worksheet.set_landscape()
        worksheet.set_paper(8)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(0)
        worksheet.set_footer("&L&A&R&P/&N")
        worksheet.set_row(0, 32)
        for at, (title, width) in enumerate(sheet.lead):
            worksheet.set_column(at, at, width)
            worksheet.write_string(0, at, title, self._formats["head_review" if at < 2 else "head"])
        for at, index in enumerate(sheet.order, len(sheet.lead)):
            column = sheet.table.columns[index]
            hidden = column.name not in sheet.shown
            worksheet.set_column(
                at,
                at,
                sheet.shown.get(column.name, _HIDDEN_WIDTH),
                None,
                {"level": 1, "hidden": True} if hidden else {},
            )
            worksheet.write_string(0, at, heading(sheet.table, column), self._formats["head"])
            worksheet.write_comment(0, at, _explained(sheet.table, column), {"x_scale": 2, "author": "chitieu"})

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        sheet = self._sheets.get(table.name)
        if sheet is None:
            return
        places = {e.document.doc_id: _Where(e, self._folder, self._sources) for e in extractions}
        doc_ids = cells[table.names.index("doc_id")]
        starts = [None] * len(doc_ids) if table is DOCUMENTS else cells[table.names.index("start")]
        with output(self._path):
            for doc_id, start, row in zip(doc_ids, starts, zip(*cells, strict=True), strict=True):
                if sheet.row >= self._max_rows:
                    self._end(sheet)
                    self._begin(sheet)
                self._write(sheet, places[doc_id], start, row)

    def _write(self, sheet: _Sheet, where: _Where, start: int | None, row: tuple[Any, ...]) -> None:
        at, worksheet = sheet.row, sheet.worksheet
        texts = [(where.name, 17.0)] if sheet.table is not DOCUMENTS else []
        for index, width in zip(sheet.order, sheet.shown.values(), strict=False):  # the shown ones come first
            if isinstance(row[index], str):
                texts.append((_words(sheet.table, sheet.table.columns[index], row[index]), width))
        worksheet.set_row(at, _height(texts))
        for column in (0, 1):
            worksheet.write_blank(at, column, None, self._formats["review"])
        self._write_link(sheet, where, start)
        if sheet.table is not DOCUMENTS:
            self._write_text(sheet, 3, where.name)
        for column, index in enumerate(sheet.order, len(sheet.lead)):
            self._write_cell(sheet, column, sheet.table.columns[index], row[index])
        # The row before is on disk now, and XlsxWriter would keep its height to the end.
        if at > 1:
            worksheet.row_info.pop(at - 1, None)
            worksheet.row_sizes.pop(at - 1, None)
        sheet.row += 1

    def _write_link(self, sheet: _Sheet, where: _Where, start: int | None) -> None:
        label = where.label(start)
        if not where.target or len(where.target) > _MAX_LINK:
            sheet.worksheet.write_string(sheet.row, 2, label, self._formats["text"])
            return
        # A formula rather than a hyperlink: those are kept in memory, and a sheet holds 65,530 of them.
        name = where.target.replace('"', '""')
        formula = f'=HYPERLINK("{name}","{label}")'
        sheet.worksheet.write_formula(sheet.row, 2, formula, self._formats["link"], label)

    def _write_cell(self, sheet: _Sheet, at: int, column: Column, cell: Any) -> None:
        worksheet, row = sheet.worksheet, sheet.row
        if cell is None:
            worksheet.write_blank(row, at, None, self._formats["text"])
        elif column.type == "date":
            day = date.fromisoformat(cell)
            if day < _FIRST_DATE:
                self._write_text(sheet, at, day.strftime("%d/%m/") + f"{day.year:04}")
            else:
                worksheet.write_datetime(row, at, day, self._formats["date"])
        elif column.type == "decimal":
            worksheet.write_number(row, at, float(cell), self._formats["number" if "." in cell else "whole"])
        elif column.type == "float":
            worksheet.write_number(row, at, cell, self._formats["share"])
        elif column.type == "int":
            worksheet.write_number(row, at, cell, self._formats["offset"])
        else:
            self._write_text(sheet, at, _words(sheet.table, column, cell))

    def _write_text(self, sheet: _Sheet, at: int, text: str) -> None:
        # A carriage return would show as "_x000D_" in some programs.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        shorter = _cut(text)
        if shorter is not None:
            self._cut[sheet.title] = self._cut.get(sheet.title, 0) + 1
        style = self._formats["defused" if text.startswith(_FORMULA_SIGNS) else "text"]
        sheet.worksheet.write_string(sheet.row, at, text if shorter is None else shorter, style)

    def _end(self, sheet: _Sheet) -> None:
        """What needs the number of rows: filter and list of verdicts."""
        last = max(sheet.row - 1, 1)
        sheet.worksheet.autofilter(0, 0, sheet.row - 1, len(sheet.lead) + len(sheet.order) - 1)
        sheet.worksheet.data_validation(
            1,
            0,
            last,
            0,
            {
                "validate": "list",
                "source": list(VERDICTS),
                "input_title": _VERDICT,
                "input_message": "Chọn Đúng, Sai hoặc Sửa; nếu Sửa, ghi nội dung đúng vào cột Ghi chú.",
                "error_title": _VERDICT,
                "error_message": "Chỉ chọn Đúng, Sai hoặc Sửa.",
            },
        )

    def finish(self) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        with output(self._path):
            for sheet in self._sheets.values():
                self._end(sheet)
            try:
                self._book.close()
            except XlsxWriterException as error:
                raise OutputError(f"{self._path} cannot be written: {error}. Nothing was replaced there.") from error
        self._tidy()

    def close(self) -> None:
        self._tidy()

    def _tidy(self) -> None:
        if self._book is not None:
            for worksheet in self._book.worksheets():
                with suppress(OSError, AttributeError):
                    worksheet._opt_close()  # the rows' temporary file, if the book was not closed
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None


def _explained(table: Table, column: Column) -> str:
    """The note at a heading: the column's name in the other formats, what it means, and its values."""

    def lines() -> Iterator[str]:
        yield column.name
        yield column.vi
        for code, label in labels(table, column).items():
            if code != label:
                yield f"{label}: {code}"

    return "\n".join(lines())
