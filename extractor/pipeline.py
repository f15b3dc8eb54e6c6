"""The way of the data: Source → View, Layout → hits → rows. One direction; no stage edits what it was given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from extractor.finding.actors import find_actors
from extractor.finding.masks import find_masks
from extractor.finding.places import find_places
from extractor.finding.quantities import find_quantities
from extractor.finding.scene import Scene
from extractor.finding.times import find_times
from extractor.model import Document, Extraction, Masked, Reading, Source, Span
from extractor.patterns import PatternSet, load
from extractor.relating.assignments import relate_assignments
from extractor.relating.deadlines import relate_deadlines
from extractor.relating.document import read_document
from extractor.relating.places import list_flags, relate_places
from extractor.relating.rows import RowMaker, with_repairs
from extractor.relating.targets import relate_targets, unread_numbers, with_list_checks
from extractor.relating.totals import with_totals
from extractor.text.layout import mending, open_words, read_layout
from extractor.text.view import build_view

EXTRACTOR_VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Context:
    """What a caller knows of a document that its text may not say; the text's own statements win.

    Attributes:
        issued_on: date of issue.
        doc_type: Kế hoạch, Chỉ thị, …
        province: its province.
        district: its district.
    """

    issued_on: date | None = None
    doc_type: str = ""
    province: str = ""
    district: str = ""


def extract_source(source: Source, *, patterns: PatternSet | None = None, context: Context | None = None) -> Extraction:
    """Extract all rows of one document.

    Args:
        source: what reading produced.
        patterns: the patterns to use; the built-in ones if not given.
        context: facts from outside, used where the text is silent.
    """
    patterns = patterns or load()
    context = context or Context()
    view = build_view(source.text, open_words=open_words(patterns), mend=mending(patterns))
    layout = read_layout(view, patterns, page=source.format == "html")
    mask_hits, masks = find_masks(view, layout, patterns)
    blank = Document(
        source.doc_id,
        source.name,
        source.sha256,
        source.format,
        "partial" if source.reading.partial else "ok",
        warnings=source.warnings,
        reader=source.reading.reader,
        pages=source.reading.pages,
        ocr_confidence=source.reading.ocr_confidence,
    )
    scene = Scene(source, view, layout, patterns, blank, masks, mask_hits)
    make = RowMaker(scene)
    scene.document = read_document(scene, make, context, EXTRACTOR_VERSION)
    times = find_times(scene)
    place_hits = find_places(scene)
    actors = find_actors(scene, place_hits)
    quantities = find_quantities(scene, times, place_hits, actors)
    deadlines = relate_deadlines(scene, make, times, actors)
    targets = relate_targets(scene, make, quantities, times, deadlines, place_hits)
    places = relate_places(scene, make, place_hits, targets, actors)
    targets = with_list_checks(targets, list_flags(scene, make, place_hits, targets))
    targets = with_totals(scene, targets, place_hits)
    assignments = relate_assignments(scene, make, actors, times)
    return Extraction(
        document=scene.document,
        text=source.text,
        sections=make.sections(),
        targets=with_repairs(scene, targets),
        places=with_repairs(scene, places),
        deadlines=with_repairs(scene, deadlines),
        assignments=with_repairs(scene, assignments),
        masked=tuple(Masked(s.start, s.end, h.rule) for h in mask_hits for s in _source_span(scene, h.start, h.end)),
        unread=unread_numbers(scene, quantities, times, [*place_hits, *actors]),
    )


def _source_span(scene: Scene, start: int, end: int) -> list[Span]:
    try:
        return [scene.view.span(start, end)]
    except ValueError:
        return []


def extract(
    text: str, *, name: str = "text.txt", patterns: PatternSet | None = None, context: Context | None = None
) -> Extraction:
    """Extract all rows of a text.

    The text is the source text: offsets count in it as it is given. ``doc_id`` is made of its UTF-8 bytes, so that a
    file without byte-order mark and its text give the same ids.

    Examples:
        >>> rows = extract("I. MỤC TIÊU\\n- Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới.").targets
        >>> [(str(t.value), t.unit, t.indicator, t.status) for t in rows]
        [('4', 'xã', 'xã đạt chuẩn nông thôn mới', 'target')]
    """
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
    return extract_source(Source(name, "txt", digest, Reading(text, reader="text")), patterns=patterns, context=context)
