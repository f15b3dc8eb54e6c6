"""Why every row is there: the source with its findings marked, and each row with its evidence.

For people at a terminal; ``chitieu explain`` prints it. Findings carry a label (``T1`` a target, ``P1`` a place,
``D1`` a deadline, ``A1`` an assignment) that links the marked text with the list below it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from rich.console import Console
from rich.text import Text

from extractor.model import Evidence, Extraction, Section, Span
from extractor.tables.rows import dicts_of
from extractor.tables.schema import ASSIGNMENTS, BY_NAME, DEADLINES, DOCUMENTS, PLACES, TARGETS, Table

# One style a table, and the letter of its labels.
STYLES: dict[str, tuple[str, str]] = {
    TARGETS.name: ("T", "bold green"),
    PLACES.name: ("P", "bold cyan"),
    DEADLINES.name: ("D", "bold yellow"),
    ASSIGNMENTS.name: ("A", "bold magenta"),
}
_MASKED, _UNREAD = "dim strike", "bold white on red"

_BREAK = re.compile(r"\r\n|\r|\n")
# Control characters of a source are shown, not obeyed: an escape code must not reach the terminal.
_VISIBLE = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\r\n"} | {0x7F: 0x2421, 0x9B: 0xFFFD}
# Shown on lines of their own, or of no use to a reader.
_NOT_LISTED = frozenset(
    {"doc_id", "start", "end", "quote", "flags", "rule", "confidence", "section_id", "number_start", "number_end"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row with its label; ``cells`` are its columns as text, references to other rows given as their labels."""

    label: str
    table: Table
    row: Any
    cells: dict[str, str]

    @property
    def style(self) -> str:
        """The style of its table."""
        return STYLES[self.table.name][1]

    @property
    def shown(self) -> list[str]:
        """The columns that say something to a reader who sees the quote."""
        left_out = {self.table.primary_key, *_NOT_LISTED}
        return [name for name in self.table.names if name not in left_out and self.cells[name]]


class Lines:
    """Offsets to lines: 1-based, a line ends with LF, CR LF or CR as in an editor."""

    def __init__(self, text: str) -> None:
        self._text = text.translate(_VISIBLE)
        breaks = list(_BREAK.finditer(text))
        self._starts = [0, *(found.end() for found in breaks)]
        self._ends = [*(found.start() for found in breaks), len(text)]

    def __len__(self) -> int:
        return len(self._starts)

    def span(self, line: int) -> tuple[int, int]:
        """Offsets of a line, without its end."""
        return self._starts[line - 1], self._ends[line - 1]

    def of(self, start: int, end: int) -> range:
        """The lines that a span stands in."""
        return range(bisect_right(self._starts, start), bisect_right(self._starts, max(start, end - 1)) + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def words(self, start: int, end: int) -> str:
        """The text of a span on one line, as long as the span but for its line ends."""
        return _BREAK.sub("⏎", self._text[start:end])

    def at(self, start: int, end: int) -> str:
        """``line:column “words”``."""
        line, column = self.place(start)
        return f"{line}:{column} “{self.words(start, end)}”"


def findings(extraction: Extraction) -> list[Finding]:
    """The rows of the four tables of findings, labelled, in the order of the text."""
    found: list[Finding] = []
    labels: dict[str, str] = {}
    for name, (letter, _) in STYLES.items():
        table = BY_NAME[name]
        rows = {getattr(row, table.primary_key): row for row in getattr(extraction, name)}
        for i, cells in enumerate(dicts_of(table, [extraction]), start=1):
            row_id = cells[table.primary_key]
            labels[row_id] = f"{letter}{i}"
            found.append(Finding(labels[row_id], table, rows[row_id], cells))
    for finding in found:
        for column in finding.table.columns:
            if column.references is not None and finding.cells[column.name] in labels:
                finding.cells[column.name] = labels[finding.cells[column.name]]
    return sorted(found, key=lambda f: (f.row.start, -f.row.end, f.label))


def explain(extraction: Extraction, console: Console, line: int | None = None) -> None:
    """Print a document with everything that was found in it and why.

    Args:
        extraction: the document.
        console: where to print; without colour, marks are set as ``⟨T1 …⟩``.
        line: print this line of the source only, and what stands in it.
    """
    _Explanation(extraction, console, line).print()


class _Explanation:
    def __init__(self, extraction: Extraction, console: Console, line: int | None) -> None:
        self._extraction, self._console = extraction, console
        self._lines = Lines(extraction.text)
        self._shown = range(1, len(self._lines) + 1) if line is None else range(line, line + 1)
        self._sections = {section.section_id: section for section in extraction.sections}
        self._findings = [f for f in findings(extraction) if self._is_shown(f.row.start, f.row.end)]

    def _is_shown(self, start: int, end: int) -> bool:
        lines = self._lines.of(start, end)
        return lines.start < self._shown.stop and lines.stop > self._shown.start

    def print(self) -> None:
        self._print_document()
        self._print_source()
        for finding in self._findings:
            self._print_finding(finding)
        masked = [(m.start, m.end, m.rule) for m in self._extraction.masked if self._is_shown(m.start, m.end)]
        self._print_list(
            "Masked: no number or name is read here",
            _MASKED,
            [f"{self._lines.at(start, end)}  {rule}" for start, end, rule in masked],
        )
        unread = [span for span in self._extraction.unread if self._is_shown(span.start, span.end)]
        title = "Unread: numbers neither extracted nor masked"
        self._print_list(title, _UNREAD, [self._in_context(span) for span in unread])

    def _print_document(self) -> None:
        cells = dicts_of(DOCUMENTS, [self._extraction])[0]
        self._console.print(Text(cells["source"], "bold underline"))
        for name in DOCUMENTS.names:
            if name not in {"source", "sha256"} and cells[name]:
                self._console.print(Text(f"  {name}: {cells[name]}"), soft_wrap=True)
        legend = Text("\nMarks: ")
        for name, (letter, style) in STYLES.items():
            legend.append(f"{letter} {name}", style).append("  ")
        self._console.print(legend.append("masked", _MASKED).append("  ").append("unread", _UNREAD), end="\n\n")

    def _print_source(self) -> None:
        marks: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for style, spans in ((_MASKED, self._extraction.masked), (_UNREAD, self._extraction.unread)):
            for start, end in ((span.start, span.end) for span in cast(Iterable[Span], spans)):
                for line in self._lines.of(start, end):
                    marks[line].append((start, end, style))
        labelled: dict[int, list[Finding]] = defaultdict(list)
        for finding in self._findings:
            for line in self._lines.of(finding.row.start, finding.row.end):
                marks[line].append((finding.row.start, finding.row.end, finding.style))
                labelled[line].append(finding)
        width = len(str(len(self._lines)))
        for number in self._shown:
            gutter = Text(f"{number:>{width}} │ ", "dim")
            line_text = self._marked(number, marks[number], labelled[number])
            self._console.print(Text.assemble(gutter, line_text), soft_wrap=True)
        self._console.print()

    def _marked(self, number: int, marks: list[tuple[int, int, str]], labelled: list[Finding]) -> Text:
        """One line of the source with its findings marked."""
        start, end = self._lines.span(number)
        line = Text(self._lines.words(start, end))
        for first, last, style in marks:
            line.stylize(style, max(first - start, 0), max(min(last, end) - start, 0))
        inserts: list[tuple[int, int, Text]] = []
        plain = self._console.color_system is None
        for finding in labelled:
            opening = f"⟨{finding.label} " if plain else f"{finding.label} "
            if finding.row.start >= start:
                inserts.append((finding.row.start - start, 1, Text(opening, f"{finding.style} reverse")))
            if plain and finding.row.end <= end:
                inserts.append((finding.row.end - start, 0, Text("⟩")))
        # At one offset the ends come first, then the beginnings, from the longest finding to the shortest.
        inserts.sort(key=lambda insert: insert[:2])
        cut = line.divide([offset for offset, _, _ in inserts])
        marked = Text()
        for piece, (_, _, mark) in zip(cut, inserts, strict=False):
            marked.append_text(piece).append_text(mark)
        return marked.append_text(cut[-1])

    def _print_finding(self, finding: Finding) -> None:
        row, table = finding.row, finding.table
        title = Text(f"{finding.label} {table.name[:-1]}", finding.style)
        self._console.print(title.append(f"  {self._lines.at(row.start, row.end)}", "default"), soft_wrap=True)
        cells = " | ".join(f"{name} {finding.cells[name]}" for name in finding.shown)
        self._console.print(Text("    " + cells), soft_wrap=True)
        for reason in self._reasons(row):
            self._console.print(Text("    " + reason), soft_wrap=True)

    def _reasons(self, row: Any) -> Iterator[str]:
        section = self._sections.get(row.section_id)
        if section is not None:
            yield f"section     {self._lines.place(section.start)[0]}: {self._path(section)} ({section.kind})"
        yield f"pattern     {row.rule or '-'}  (confidence {row.confidence:.2f})"
        for evidence in row.evidence:
            yield self._reason(evidence)
        for flag in row.flags:
            against = f"  contradicts {self._lines.at(flag.start, flag.end)}" if flag.start >= 0 else ""
            yield f"flag        {flag.code}: {self._lines.at(row.start, row.end)}{against}"

    def _path(self, section: Section) -> str:
        """The section's heading behind those it stands under."""
        parent = self._sections.get(section.parent_id)
        words = " ".join(f"{section.marker} {section.heading}".split())[:80]
        return words if parent is None else f"{self._path(parent)} › {words}"

    def _reason(self, evidence: Evidence) -> str:
        where = f"  at {self._lines.at(evidence.start, evidence.end)}" if evidence.start >= 0 else ""
        note = f"  → {evidence.note}" if evidence.note else ""
        return f"{evidence.kind:11} {evidence.rule}{where}{note}"

    def _in_context(self, span: Span) -> str:
        """A number with a few whole words around it, on its own line."""
        begin, end = self._lines.span(self._lines.place(span.start)[0])
        before = self._lines.words(max(begin, span.start - 30), span.start)
        after = self._lines.words(span.end, max(span.end, min(end, span.end + 30)))
        if span.start - 30 > begin:
            before = "… " + before.partition(" ")[2]
        if span.end + 30 < end:
            after = after.rpartition(" ")[0] + " …"
        number = self._lines.words(span.start, span.end)
        return f"{self._lines.at(span.start, span.end)} in “{before}{number}{after}”"

    def _print_list(self, title: str, style: str, items: list[str]) -> None:
        if not items:
            return
        self._console.print()
        self._console.print(Text(f"{title} ({len(items)})", style))
        for item in items:
            self._console.print(Text(f"    {item}"), soft_wrap=True)
