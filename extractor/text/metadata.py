"""What a page of laws or an office's register says of a document beside it: lines of a label and its value.

``Số hiệu: 31/KH-UBND``, the cells ``Ngày ban hành | 17/05/2022``, or a label with its value on the next line, above the
document or behind it. One label alone is nothing: a digital signature has ``Người ký:``, a table of many documents has
labels over its columns. Vocabulary: ``patterns/documents.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from extractor.model import Span
from extractor.patterns import PatternSet, one_of
from extractor.text.view import View

_TOP, _BOTTOM = 60, 40  # blocks of a document in which a register stands
_LONGEST, _LONGEST_VALUE = 700, 300  # characters of a block and of a value; longer ones are of no register
_APART = 6  # pieces from one label to the next
_LEAST = 2  # labels with a value
_TELLING = frozenset({"number", "date", "type", "issuer", "title"})
_DIGITS = frozenset({"number", "date"})
_EDGE = " *:|#\t–-•+"


@dataclass(slots=True)
class Metadata:
    """The values of a register by field (number, date, type, issuer, title, signer), and the blocks that hold it."""

    values: dict[str, Span] = field(default_factory=dict)
    blocks: set[int] = field(default_factory=set)


class Labels:
    """The labels of documents.yaml, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        self._fields = {
            label: str(entry.means["field"])
            for entry in patterns.meaning("document", role="label")
            for label in patterns.literals("document", role="label", field=str(entry.means["field"]))
        }
        label = one_of(sorted(self._fields, key=lambda w: (-len(w), w)))
        self.stated = regex.compile(rf"(?<![\w/]){label}\s?[*]{{0,2}}\s?:")
        self.alone = regex.compile(rf"{label}$")
        self.spaced = regex.compile(rf"{label} (?=\w)")
        self.longest = max(map(len, self._fields), default=0)

    def field_of(self, label: str) -> str:
        """The field that a label is of, as it was matched."""
        return self._fields[label.strip(" :*")]


def read_metadata(view: View, patterns: PatternSet, content: Sequence[Span]) -> Metadata:
    """The register of a document, empty where a text has none.

    Args:
        view: the document.
        patterns: the vocabulary.
        content: each block without its list marker.
    """
    labels: Labels = patterns.made("metadata:labels", lambda: Labels(patterns))
    count = len(view.blocks)
    top = _Register(view, labels, content, range(min(_TOP, count))).read()
    if top.values:
        return top
    return _Register(view, labels, content, range(max(_TOP, count - _BOTTOM), count)).read()


class _Register:
    """Reads the labels of a run of blocks."""

    def __init__(self, view: View, labels: Labels, content: Sequence[Span], blocks: Iterable[int]) -> None:
        self.view, self.labels, self.content, self.blocks = view, labels, content, blocks
        self.found: list[tuple[int, int, str, Span]] = []  # piece, block, field, value
        self.spaced = 0  # how many of them a mere space parts from their labels: all of a register, or none

    def read(self) -> Metadata:
        waiting: str | None = None
        for number, (block, piece) in enumerate(self._pieces()):
            stated = []
            if self.view.key.find(":", piece.start, piece.end) >= 0:
                stated = list(self.labels.stated.finditer(self.view.key, piece.start, piece.end))
            if stated and stated[0].start() == piece.start:
                ends = [m.start() for m in stated[1:]] + [piece.end]
                for match, end in zip(stated, ends, strict=True):
                    value = self._trimmed(match.end(), end)
                    waiting = self.labels.field_of(match[0]) if not value else None
                    self._keep(number, block, self.labels.field_of(match[0]), value)
            elif len(piece) <= self.labels.longest and self.labels.alone.match(self.view.key, piece.start, piece.end):
                waiting = self.labels.field_of(self._key(piece))
                self._keep(number, block, "", Span(piece.start, piece.start))
            elif waiting is not None:
                self._keep(number, block, waiting, piece)
                waiting = None
            elif (spaced := self.labels.spaced.match(self.view.key, piece.start, piece.end)) is not None:
                name, value = self.labels.field_of(spaced[0]), Span(spaced.end(), piece.end)
                if len(self.found) == self.spaced and self._is_value(name, value):
                    self._keep(number, block, name, value)
                    self.spaced = len(self.found)
        return self._together()

    def _key(self, span: Span) -> str:
        return self.view.key[span.start : span.end]

    def _keep(self, number: int, block: int, name: str, value: Span) -> None:
        if len(value) <= _LONGEST_VALUE:
            self.found.append((number, block, name, value))

    def _is_value(self, name: str, value: Span) -> bool:
        """Whether what only a space parts from a label is its value: a number, a day, or a name below one of these."""
        first = self.view.text[value.start]
        if name in _DIGITS:
            return first.isdigit()
        return first.isupper() and any(above in _DIGITS for _, _, above, _ in self.found)

    def _together(self) -> Metadata:
        """The labels that stand close to one another, if they are enough to be a register."""
        made, last = Metadata(), None
        for number, block, name, value in self.found:
            if last is not None and number - last > _APART:
                if self._is_register(made.values):
                    return made
                made = Metadata()
            last = number
            made.blocks.add(block)
            if name and value:
                made.values.setdefault(name, value)
        return made if self._is_register(made.values) else Metadata()

    def _is_register(self, values: Mapping[str, Span]) -> bool:
        return len(values) >= _LEAST and bool(_TELLING & values.keys())

    def _pieces(self) -> Iterator[tuple[int, Span]]:
        """The cells and parts of lines, without what only sets them apart."""
        for index in self.blocks:
            block = self.view.blocks[index]
            if block.end - block.start > _LONGEST:
                continue
            for span in block.cells or (self.content[index],):
                start = span.start
                while start <= span.end:
                    bar = self.view.text.find("|", start, span.end)
                    end = span.end if bar < 0 else bar
                    if piece := self._trimmed(start, end):
                        yield index, piece
                    start = end + 1

    def _trimmed(self, start: int, end: int) -> Span:
        text = self.view.text
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in " *|\t":
            end -= 1
        return Span(start, end)
