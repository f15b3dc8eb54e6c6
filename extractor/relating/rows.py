"""From view spans to rows: source offsets, quotes, ids, sections, evidence."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from extractor.finding.scene import Scene
from extractor.model import Assignment, Deadline, Evidence, Flag, Place, Section, Span, Target

_Row = TypeVar("_Row", Target, Place, Deadline, Assignment)

_EMPHASIS = re.compile(r"(?<![\d*])\*+|\*\*")  # not the star of "3* trở lên"


@dataclass(slots=True)
class RowMaker:
    """Makes the parts of rows that need the map to the source. One a document."""

    scene: Scene
    doc_id: str = field(init=False)
    _taken: set[str] = field(default_factory=set)
    _node_ids: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.doc_id = self.scene.source.doc_id

    def span(self, start: int, end: int) -> Span:
        """Source span of a view span."""
        return self.scene.view.span(start, end)

    def quote(self, start: int, end: int) -> str:
        """The source's letters, unchanged."""
        return self.scene.view.quote(start, end)

    def verbatim(self, start: int, end: int) -> str:
        """The source's letters with line breaks and other runs of white space as one space (indicators, tasks).

        The asterisks of a converter, which set words in bold or italics, are no letters.
        """
        if end <= start:
            return ""
        quote = self.scene.view.quote(start, end)
        return " ".join((_EMPHASIS.sub("", quote) if "*" in quote else quote).split())

    def composed(self, start: int, end: int) -> str:
        """``verbatim`` with composed letters (NFC): for what is not a quote and is looked at again as text."""
        return unicodedata.normalize("NFC", self.verbatim(start, end))

    def id(self, letter: str, source_start: int) -> str:
        """``<doc_id>-<letter><start>``, with a number appended where one stands already (CONTRACT)."""
        made = base = f"{self.doc_id}-{letter}{source_start}"
        number = 2
        while made in self._taken:
            made = f"{base}.{number}"
            number += 1
        self._taken.add(made)
        return made

    def section_id(self, view_offset: int) -> str:
        """Id of the innermost section that holds a view offset; empty above the first one."""
        node = self.scene.layout.node_at(view_offset)
        return "" if node is None else self.node_id(node.index)

    def node_id(self, index: int) -> str:
        made = self._node_ids.get(index)
        if made is None:
            start = self.scene.layout.nodes[index].start
            made = self._node_ids[index] = f"{self.doc_id}-s{self.scene.view.offsets(start, start + 1)[0]}"
        return made

    def evidence(self, kind: str, rule: str, span: Span | None, note: str = "") -> Evidence:
        """Evidence with source offsets; ``span`` in the view, ``None`` where no words say so."""
        if span is None or span.end <= span.start:
            return Evidence(kind, rule, -1, -1, note)
        start, end = self.scene.view.offsets(span.start, span.end)
        return Evidence(kind, rule, start, end, note)

    def flag(self, code: str, span: Span | None = None) -> Flag:
        """A flag with the source span it contradicts."""
        if span is None:
            return Flag(code)
        return Flag(code, *self.scene.view.offsets(span.start, span.end))

    def sections(self) -> tuple[Section, ...]:
        """The rows of ``sections``."""
        rows = []
        for node in self.scene.layout.nodes:
            start, end = self.scene.view.offsets(node.start, node.end)
            rows.append(
                Section(
                    section_id=self.node_id(node.index),
                    doc_id=self.doc_id,
                    parent_id=self.node_id(node.parent) if node.parent >= 0 else "",
                    level=node.level,
                    marker=node.marker,
                    heading=self.verbatim(node.heading.start, node.heading.end),
                    kind=node.kind,
                    start=start,
                    end=end,
                )
            )
        return tuple(rows)


def with_repairs(scene: Scene, rows: Sequence[_Row]) -> tuple[_Row, ...]:
    """Rows with the flag ``ocr_repaired`` where their own words, or those they rest on, hold a misread letter.

    Args:
        scene: the document.
        rows: rows of one table.
    """
    mended = [scene.view.span(m.start, m.end) for m in scene.view.mended]
    starts = [m.start for m in mended]

    def repaired(row: _Row) -> _Row:
        spans = [(row.start, row.end), *((e.start, e.end) for e in row.evidence)]
        at = min(
            (i for start, end in spans if (i := bisect_left(starts, start)) < len(starts) and starts[i] < end),
            default=None,
        )
        if at is None:
            return row
        return replace(row, flags=(*row.flags, Flag("ocr_repaired", mended[at].start, mended[at].end)))

    return tuple(map(repaired, rows)) if mended else tuple(rows)
