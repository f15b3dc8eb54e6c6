"""chitieu for spaCy: the pipeline component ``chitieu`` and the tokenizer ``chitieu_tokenizer``.

spaCy finds both by the entry points of the installed package; ``import extractor.spacy_components`` registers them
where it is not installed. The component writes ``doc.spans["targets" | "places" | "deadlines" | "assignments"]``, one
span a row of ``extract()``, in the same order. A span carries the id of its row (``span.id_``); the rows themselves are
kept, packed, in ``doc.user_data``, which goes wherever the ``Doc`` goes: other processes, ``DocBin``, ``to_bytes``,
``Doc.from_docs``. The attributes (``span._.value``, ``doc._.issuer``, …) read them from there.

This module is imported whenever spaCy makes a pipeline, so it loads the engine only when a text is there.
"""

from __future__ import annotations

import re
import shutil
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.scorer import Scorer
from spacy.strings import get_string_id
from spacy.tokens import Doc, Span
from spacy.util import registry

from extractor import model
from extractor.tables.schema import ASSIGNMENTS, BY_NAME, DEADLINES, DOCUMENTS, PLACES, TARGETS
from extractor.text.sentences import sentences
from extractor.text.words import words

if TYPE_CHECKING:
    from spacy.training import Example
    from spacy.vocab import Vocab

    from extractor.model import Assignment, Deadline, Extraction, Place, Target

    Row = Target | Place | Deadline | Assignment

LABELS = {TARGETS.name: "TARGET", PLACES.name: "PLACE", DEADLINES.name: "DEADLINE", ASSIGNMENTS.name: "ASSIGNMENT"}
"""The span groups, and the label of their spans."""

COLORS = {"TARGET": "#a6e3a1", "PLACE": "#94e2f5", "DEADLINE": "#f9e2af", "ASSIGNMENT": "#e8b8f0"}
"""displaCy's colours of the labels, by the entry point ``spacy_displacy_colors``."""

_DATA = "chitieu.rows:"  # with the component's prefix the name under which ``doc.user_data`` holds the rows
_CODES = {TARGETS.name: "indicator_code", PLACES.name: "code"}  # what a span's kb_id is
_LINE = re.compile(r"[^\r\n]+")
# Characters of a sentence that are segmented at once: on hostile text time grows with their square.
_LONGEST = 2000


@lru_cache(maxsize=4)
def _extracted(text: str, patterns: str | None) -> Extraction:
    """The rows of a text; kept for a moment, because the component asks right behind the tokenizer."""
    from extractor.patterns import load
    from extractor.pipeline import extract

    return extract(text, patterns=load(extra=None if patterns is None else Path(patterns)))


class _WithPatterns:
    """What goes with a pipeline to disk: the user's own patterns, so that it works where their folder is not."""

    def __init__(self, patterns: str | None) -> None:
        self.patterns = patterns

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the user's own patterns into a folder."""
        files = self._files()  # before anything is removed: they may be read from that very folder
        folder = Path(path) / "patterns"
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for name, content in files:
            (folder / name).write_bytes(content)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Any:
        """Use the patterns of a folder that ``to_disk`` wrote."""
        folder = Path(path) / "patterns"
        self.patterns = str(folder.resolve()) if any(folder.glob("*.yaml")) else None
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The name of the patterns' folder: the files themselves go with ``to_disk`` only."""
        return (self.patterns or "").encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Any:
        """Use the folder that ``to_bytes`` named."""
        self.patterns = data.decode() or None
        return self

    def _files(self) -> list[tuple[str, bytes]]:
        folder = None if self.patterns is None else Path(self.patterns)
        if folder is None:
            return []
        files = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.yaml"))]
        if not files:
            from extractor.patterns import PatternError

            raise PatternError(str(folder), 0, "no pattern files (*.yaml) here")
        return files


class ChitieuTokenizer(_WithPatterns):
    """Words by underthesea, cut where a row of chitieu begins or ends; ``doc.text`` is the text to the letter."""

    def __init__(self, vocab: Vocab, patterns: str | None = None) -> None:
        super().__init__(patterns)
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        extraction = _extracted(text, self.patterns)
        rows = [row for name in LABELS for row in getattr(extraction, name)]
        pieces = _pieces(text, {row.start for row in rows}, {row.end for row in rows})
        return Doc(self.vocab, words=[piece for piece, _ in pieces], spaces=[space for _, space in pieces])

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """Tokenize texts one after the other."""
        yield from map(self, texts)


def _pieces(text: str, starts: set[int], ends: set[int]) -> list[tuple[str, bool]]:
    """The tokens of a text, each with whether a blank follows that is no token itself.

    Args:
        text: the text.
        starts: where rows begin: no token goes over it.
        ends: where rows end: likewise.
    """
    borders = {border for word in _words(text) for border in (word.start, word.end)}
    cuts = sorted({0, len(text)} | borders | starts | ends)
    pieces: list[tuple[str, bool]] = []
    for start, end in pairwise(cuts):
        at = start
        alone = start in starts or start + 1 in ends  # the blank belongs to a row
        if text[start] == " " and not alone and pieces and not pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], True)
            at += 1
        if at < end:
            pieces.append((text[at:end], False))
    return pieces


def _words(text: str) -> Iterator[model.Span]:
    """The words of a text, sentence by sentence; a word never goes over a line's end."""
    for line in _LINE.finditer(text):
        for sentence in sentences(text, *line.span()):
            for start, end in _stretches(text, sentence.start, sentence.end):
                for word in words(text[start:end]):
                    yield model.Span(start + word.start, start + word.end)


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence in stretches of bounded length, cut at blanks where it has any."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


class ChitieuComponent(_WithPatterns):
    """Writes the rows of a text as spans; what other components wrote stays.

    Args:
        patterns: a folder of patterns over the built-in ones.
        prefix: what the names of the span groups and the ids of the spans begin with.
    """

    def __init__(self, patterns: str | None = None, prefix: str = "") -> None:
        super().__init__(patterns)
        self.prefix = prefix

    def __call__(self, doc: Doc) -> Doc:
        extraction = _extracted(doc.text, self.patterns)
        keep(doc, extraction, self.prefix)
        tokens = _Tokens(doc)
        for table, label in LABELS.items():
            code = _CODES.get(table)
            key = BY_NAME[table].primary_key
            doc.spans[self.prefix + table] = [
                Span(
                    doc,
                    *tokens.over(row.start, row.end),
                    label=label,
                    kb_id=getattr(row, code) if code else "",
                    span_id=self.prefix + getattr(row, key),
                )
                for row in getattr(extraction, table)
            ]
        return doc

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        """Precision, recall and F of each group against the group of that name in the examples, for ``nlp.evaluate``.

        A span counts as found where its tokens and its label are those of the example. A group that no example has is
        ``None``.
        """
        given = list(examples)
        scores: dict[str, Any] = {}
        for group in (self.prefix + table for table in LABELS):
            scores |= Scorer.score_spans(
                given,
                f"spans_{group}",
                getter=lambda doc, name: doc.spans.get(name.removeprefix("spans_"), []),
                has_annotation=partial(_has_group, group=group),
                allow_overlap=True,
            )
        return scores


def _has_group(doc: Doc, group: str) -> bool:
    return group in doc.spans


def keep(doc: Doc, extraction: Extraction, prefix: str = "") -> None:
    """Keep the rows of all of a document's text with it, for the attributes of its spans.

    Args:
        doc: the document.
        extraction: what was found in ``doc.text``.
        prefix: what the ids of its spans begin with.
    """
    from extractor.running.packing import packed_extraction

    _data(doc)[_key(doc, prefix)] = packed_extraction(extraction)


def _data(doc: Doc) -> dict[Any, Any]:
    return doc.user_data  # its type says that keys are texts, which spaCy's own are not


def _key(doc: Doc, prefix: str) -> tuple[str, str, int, int]:
    """Where the rows of a document are kept.

    Of the form of spaCy's own keys for attributes of spans: ``Doc.from_docs`` and ``Span.as_doc`` keep those, and move
    the two numbers (where the text that the rows are of begins and ends) as they move the text.
    """
    last = doc[-1] if len(doc) else None
    return "._.", _DATA + prefix, 0, 0 if last is None else last.idx + len(last.text_with_ws)


class _Tokens:
    """Offsets to tokens."""

    def __init__(self, doc: Doc) -> None:
        self._starts = [token.idx for token in doc]
        self._ends = [token.idx + len(token) for token in doc]

    def over(self, start: int, end: int) -> tuple[int, int]:
        """The fewest tokens that hold all letters of a stretch: first and last, the last exclusive."""
        first = min(bisect_right(self._ends, start), len(self._ends) - 1)
        return first, max(first + 1, bisect_left(self._starts, end))


@dataclass(frozen=True)
class _Rows:
    """What one component gave for one text, looked up by the hash that spaCy keeps of an id."""

    extraction: Extraction
    prefix: str

    @cached_property
    def by_id(self) -> dict[int, tuple[str, Row]]:
        """Hash of a row's id → its table and the row."""
        return {
            get_string_id(self.prefix + getattr(row, BY_NAME[table].primary_key)): (table, row)
            for table in LABELS
            for row in getattr(self.extraction, table)
        }


@lru_cache(maxsize=64)
def _unpacked(packed: bytes, prefix: str) -> _Rows:
    from extractor.running.packing import unpacked_extraction

    return _Rows(unpacked_extraction(packed), prefix)


def _rows(doc: Doc) -> _Rows | None:
    """The rows of all of a document; none where it was put together from several or is a part of one."""
    packed = _data(doc).get(_key(doc, ""))
    return None if packed is None else _unpacked(packed, "")


def _found(span: Span) -> tuple[str, Row] | None:
    """The table and the row of a span, by its id."""
    for key, packed in _data(span.doc).items():
        if isinstance(key, tuple) and len(key) == 4 and str(key[1]).startswith(_DATA):
            _, name, start, end = key
            if start <= span.start_char <= end:
                found = _unpacked(packed, name.removeprefix(_DATA)).by_id.get(span.id)
                if found is not None:
                    return found
    return None


# The attributes' getters are functions of the module and partials of them, so that spaCy can send them to processes.


def _extraction_of(doc: Doc) -> Extraction | None:
    rows = _rows(doc)
    return None if rows is None else replace(rows.extraction, text=doc.text)


def _document_cell(doc: Doc, column: str) -> Any:
    rows = _rows(doc)
    return None if rows is None else getattr(rows.extraction.document, column)


def _row_of(span: Span) -> Row | None:
    found = _found(span)
    return None if found is None else found[1]


def _cell(span: Span, column: str, tables: frozenset[str]) -> Any:
    found = _found(span)
    return getattr(found[1], column) if found is not None and found[0] in tables else None


def _register_attributes() -> None:
    """Add the attributes; one that somebody else added under the same name is left as it is."""
    getters: list[tuple[Any, str, Callable[..., Any]]] = [(Doc, "chitieu", _extraction_of), (Span, "chitieu", _row_of)]
    getters += [(Doc, name, partial(_document_cell, column=name)) for name in DOCUMENTS.names]
    tables_of: dict[str, set[str]] = {}
    for table in LABELS:
        for name in BY_NAME[table].names:
            tables_of.setdefault(name, set()).add(table)
    getters += [(Span, name, partial(_cell, column=name, tables=frozenset(of))) for name, of in tables_of.items()]
    for owner, name, getter in getters:
        if not owner.has_extension(name):
            owner.set_extension(name, getter=getter)


_register_attributes()


@Language.factory(
    "chitieu",
    assigns=["doc.spans", "doc._.chitieu", "span._.chitieu"],
    default_config={"patterns": None, "prefix": ""},
    default_score_weights={f"spans_{table}_f": None for table in LABELS},
)
def create_chitieu(nlp: Language, name: str, patterns: str | None, prefix: str) -> ChitieuComponent:
    """The component ``chitieu``.

    Args:
        nlp: the pipeline.
        name: the component's name in it.
        patterns: a folder of patterns over the built-in ones.
        prefix: what the names of its span groups begin with, for a second one in a pipeline.
    """
    return ChitieuComponent(patterns, prefix)


def create_tokenizer(patterns: str | None = None) -> Callable[[Language], ChitieuTokenizer]:
    """The tokenizer ``chitieu_tokenizer``, for ``[nlp.tokenizer]`` of a config.

    Args:
        patterns: a folder of patterns over the built-in ones; the same as the component's, so that no token goes over
            the edge of a row.
    """
    return partial(_tokenizer_of, patterns=patterns)


def _tokenizer_of(nlp: Language, patterns: str | None) -> ChitieuTokenizer:
    return ChitieuTokenizer(nlp.vocab, patterns)


registry.tokenizers.register("chitieu_tokenizer", func=create_tokenizer)
