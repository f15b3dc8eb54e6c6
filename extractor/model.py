"""The frozen records that flow from stage to stage.

Offsets are half-open and count Unicode code points. Records that end in a table (``Document`` … ``Assignment``)
count in the *source text*; everything before the tables (``Hit``) counts in the *view* (see ``extractor.text.view``),
and is brought to source offsets once, when rows are built.

Standard library only: every other package of the project may import this module, it imports none of them (``record`` is
a dataclass). Rows and what holds them are frozen at run time too; ``record`` is for what is made by the hundred a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from extractor.records import record

if TYPE_CHECKING:
    import pandas

DocumentStatus = Literal["ok", "partial", "failed"]
TargetStatus = Literal["target", "result", "estimate", "criterion"]
Comparator = Literal["=", ">=", ">", "<=", "<", "~"]
Strength = Literal["", "firm", "stretch"]
Basis = Literal["", "increment", "cumulative", "average", "change"]
PlaceLevel = Literal["province", "district", "commune", "hamlet"]
PlaceRole = Literal["member", "location", "issuer"]
Resolution = Literal["exact", "inferred", "ambiguous", "unresolved"]
DeadlineKind = Literal["by", "within", "period", "recurring"]
Bound = Literal["", "before", "by", "in", "from"]
Granularity = Literal["", "day", "week", "month", "quarter", "half", "year", "years"]
AssigneeType = Literal["person", "position", "organization"]
Role = Literal["lead", "support", "advise", "monitor", "implement"]
SectionKind = Literal[
    "header",
    "preamble",
    "objectives",
    "results",
    "tasks",
    "organisation",
    "recipients",
    "signature",
    "navigation",
    "body",
]


@record(frozen=True, slots=True)
class Span:
    """A half-open stretch of text, in code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@record(frozen=True, slots=True)
class Spot:
    """Where a stretch of the source text stands in the file that it was read from.

    Attributes:
        start: source offset, inclusive.
        end: source offset, exclusive.
        page: page from 1 (PDF, images), or ``None``.
        box: left, top, right, bottom on that page, as shares of its width and height (0 to 1), or ``None``.
        paragraph: number of the paragraph from 1, in reading order (Word), or ``None``.
        cell: table, row and column, each from 1, for text of a table's cell, or ``None``.
        confidence: of text that was recognised from an image, 0 to 1; ``None`` for text that was read.
    """

    start: int
    end: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    paragraph: int | None = None
    cell: tuple[int, int, int] | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one format's reader makes of a file's bytes.

    Attributes:
        text: the source text; offsets count in it. A table stands in it row by row, one line a row, cells separated by
            tabs, a merged cell once.
        warnings: what was odd but could be lived with.
        reader: what read it, for ``documents.reader`` (``python-docx``, ``pdfplumber``, ``tesseract``, …).
        pages: number of pages, where the format has pages.
        ocr_confidence: mean confidence of the words recognised from images, 0 to 1; ``None`` where none were.
        partial: whether a part of the file could not be read (``documents.status`` is then ``partial``).
        spots: where the text stands in the file, by ``start``, not overlapping; empty for plain text.
    """

    text: str
    warnings: tuple[str, ...] = ()
    reader: str = ""
    pages: int | None = None
    ocr_confidence: float | None = None
    partial: bool = False
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What reading a file produced: the text that all offsets count in, and where it came from.

    Attributes:
        name: the path as the caller gave it (``documents.source``).
        format: ``txt``, ``docx``, ``pdf``, …
        sha256: hex digest of the file's bytes.
        reading: what the format's reader made of them.
    """

    name: str
    format: str
    sha256: str
    reading: Reading

    @property
    def text(self) -> str:
        """The source text of the contract; of a ``.txt`` file the file decoded, otherwise untouched."""
        return self.reading.text

    @property
    def warnings(self) -> tuple[str, ...]:
        """What reading found odd but could live with."""
        return self.reading.warnings

    @property
    def doc_id(self) -> str:
        """The first 16 hex digits of the SHA-256 of the file's bytes (CONTRACT, Source text and offsets)."""
        return self.sha256[:16]


@record(frozen=True, slots=True)
class Hit:
    """One thing found in the view, before it is related to anything.

    Attributes:
        kind: what was found: ``mask``, ``number``, ``time``, ``place``, ``person``, ``position``, ``organization``,
            ``cue``, ``indicator``, …
        start: view offset, inclusive.
        end: view offset, exclusive.
        rule: id of the pattern that found it.
        value: what the finder read (a number, a ``TimeSpan``, the pattern's ``means``); its type depends on ``kind``.
    """

    kind: str
    start: int
    end: int
    rule: str
    value: Any = None

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@record(frozen=True, slots=True)
class TimeSpan:
    """A time expression as dates.

    ``start`` and ``due`` are both inclusive calendar days, except that with ``bound == "before"`` ``due`` is the day
    named in the text, which strictly speaking is no longer allowed (DOMAIN §6.1: offices mostly mean "no later than").
    """

    kind: DeadlineKind
    bound: Bound
    start: date | None
    due: date | None
    granularity: Granularity
    recurrence: str = ""
    flags: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Quantity:
    """A number with what stands right at it.

    ``value`` is the numerator of a fraction, the lower end of a range. ``number`` is the number's own span,
    ``span`` that of number, qualifier and unit; ``share`` the bracket that gives ``percent``, ``beside`` the number
    that gives it behind a comma. View offsets.
    """

    number: Span
    span: Span
    value: Decimal
    rule: str
    value_max: Decimal | None = None
    denominator: Decimal | None = None
    percent: Decimal | None = None
    comparator: Comparator = "="
    unit: str = ""
    unit_span: Span | None = None
    unit_class: str = ""
    share: Span | None = None
    beside: Span | None = None
    flags: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Evidence:
    """One reason for a row, for ``chitieu explain`` and the reviewers.

    Attributes:
        kind: ``pattern`` | ``cue`` | ``inherited`` | ``rival`` (a cue of lower order that disagreed) | ``confidence``
            (``rule`` is then the kind of evidence that the row's confidence was measured for).
        rule: id of the pattern.
        start: source offset of the words that say so, or -1 where there are none (a default).
        end: source offset, exclusive.
        note: what it decided, e.g. ``status=target``.
    """

    kind: str
    rule: str
    start: int
    end: int
    note: str = ""


@record(frozen=True, slots=True)
class Flag:
    """A check that a row fails, with the span it contradicts (source offsets; -1 where there is none)."""

    code: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Document:
    """A row of ``documents``. Empty string or ``None``: not stated."""

    doc_id: str
    source: str
    sha256: str
    format: str
    status: DocumentStatus
    warnings: tuple[str, ...] = ()
    doc_type: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    issued_place: str = ""
    issued_on: date | None = None
    province: str = ""
    province_code: str = ""
    district: str = ""
    district_code: str = ""
    period_start: date | None = None
    period_end: date | None = None
    signer: str = ""
    signer_position: str = ""
    chars: int = 0
    reader: str = ""
    pages: int | None = None
    ocr_confidence: float | None = None
    extractor_version: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A row of ``sections``: a heading with all that stands below it."""

    section_id: str
    doc_id: str
    parent_id: str
    level: int
    marker: str
    heading: str
    kind: SectionKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Target:
    """A row of ``targets``: one quantity."""

    target_id: str
    doc_id: str
    section_id: str
    start: int
    end: int
    quote: str
    number_start: int
    number_end: int
    value: Decimal
    value_max: Decimal | None
    denominator: Decimal | None
    percent: Decimal | None
    comparator: Comparator
    unit: str
    indicator: str
    indicator_code: str
    basis: Basis
    status: TargetStatus
    period_start: date | None
    due_date: date | None
    deadline_id: str
    flags: tuple[Flag, ...]
    rule: str
    confidence: float
    value_base: Decimal | None = None
    unit_base: str = ""
    strength: Strength = ""
    plan_of: str = ""
    province_total: int | None = None
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of ``places``: one mention of a named administrative unit."""

    place_id: str
    doc_id: str
    section_id: str
    start: int
    end: int
    quote: str
    name: str
    level: PlaceLevel
    type: str
    code: str
    district: str
    district_code: str
    province: str
    province_code: str
    current_code: str
    current_name: str
    current_province: str
    resolution: Resolution
    target_id: str
    goal: str
    role: PlaceRole
    flags: tuple[Flag, ...]
    rule: str
    confidence: float
    successors: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A row of ``deadlines``: one time expression that says when something is to be done."""

    deadline_id: str
    doc_id: str
    section_id: str
    start: int
    end: int
    quote: str
    kind: DeadlineKind
    bound: Bound
    start_date: date | None
    due_date: date | None
    granularity: Granularity
    recurrence: str
    task: str
    flags: tuple[Flag, ...]
    rule: str
    confidence: float
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A row of ``assignments``: one assignee of a task."""

    assignment_id: str
    doc_id: str
    section_id: str
    start: int
    end: int
    quote: str
    assignee_type: AssigneeType
    name: str
    honorific: str
    position: str
    organization: str
    role: Role
    duty: str
    task: str
    flags: tuple[Flag, ...]
    rule: str
    confidence: float
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)


@record(frozen=True, slots=True)
class Masked:
    """A stretch that no finder may read a number or a name from, with the pattern that says why (source offsets)."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one document gave.

    ``masked`` and ``unread`` are for ``chitieu explain``: what was set aside, and the numbers of the body that were
    neither extracted nor masked.
    """

    document: Document
    text: str = ""
    sections: tuple[Section, ...] = ()
    targets: tuple[Target, ...] = ()
    places: tuple[Place, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    masked: tuple[Masked, ...] = ()
    unread: tuple[Span, ...] = ()

    def to_pandas(self) -> Mapping[str, pandas.DataFrame]:
        """The six tables of the contract as data frames, keyed by table name."""
        from extractor.tables.frames import to_frames  # pandas is a leaf: loaded where it is asked for

        return to_frames([self])

    def _repr_html_(self) -> str:
        """What a notebook shows: the text with its findings marked."""
        from extractor.showing import html_of

        return html_of(self)


@dataclass(frozen=True, slots=True)
class Batch:
    """What ``extract_files`` gave, in the order the files were given."""

    extractions: tuple[Extraction, ...]

    def __iter__(self) -> Any:
        return iter(self.extractions)

    def __len__(self) -> int:
        return len(self.extractions)

    def to_pandas(self) -> Mapping[str, pandas.DataFrame]:
        """The six tables over all documents as data frames, keyed by table name."""
        from extractor.tables.frames import to_frames

        return to_frames(self.extractions)

    def _repr_html_(self) -> str:
        """What a notebook shows: a table of the documents, with what each gave and why one failed."""
        from extractor.showing import html_of_batch

        return html_of_batch(self.extractions)
