"""A row for words that the rules missed: what a reviewer selects, read by the extractor's own finders.

The line of the words is read behind the headings above it, with the facts of the whole document; then so again without
masks (what is no number by the rules may be one after all), then the words alone. Where nothing of the table stands in
the words, the row has what can be read of them in any case. The reviewer looks at every cell before it is saved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import InvalidOperation

from extractor.finding import gazetteer
from extractor.finding.actors import find_actors
from extractor.finding.intervals import Intervals
from extractor.finding.masks import find_masks
from extractor.finding.places import find_places
from extractor.finding.quantities import COUNTED, find_quantities, read_number, units
from extractor.finding.scene import Scene
from extractor.finding.times import find_times
from extractor.model import Extraction, Hit, Reading, Section, Source, TimeSpan
from extractor.patterns import PatternSet, load
from extractor.relating.assignments import relate_assignments
from extractor.relating.deadlines import relate_deadlines
from extractor.relating.indicators import indicator_code
from extractor.relating.places import relate_places
from extractor.relating.rows import RowMaker
from extractor.relating.targets import relate_targets
from extractor.review.validating import EDITABLE, place_cells
from extractor.tables.rows import canonical, dicts_of
from extractor.tables.schema import BY_NAME
from extractor.text.keys import fold
from extractor.text.layout import mending, open_words, read_layout
from extractor.text.view import build_view

_REACH = 1_000  # characters of a line before and behind the words
_HEADING = 300  # characters of a heading
_LONGEST = 5_000  # characters of words that are read
_LEAST = 0.3  # of words and row together, what they share
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
_HALF = re.compile("[\ud800-\udfff]")  # of a pair: no finder reads one
_EDGES = " \t\r\n.,;:()[]-–—+•*\"“”'"
# Kept of a row that was found in the piece: not its ids, nor those of other rows of the piece.
_DERIVED = {
    "targets": ("value_base", "unit_base"),
    "places": (
        "district_code", "province_code", "current_code", "current_name", "current_province", "successors",
        "candidates",
    ),
}  # fmt: skip


def propose(
    table: str, text: str, start: int, end: int, extraction: Extraction, patterns: PatternSet | None = None
) -> dict[str, str]:
    """The cells of a new row, made of selected words. Nothing is saved.

    Args:
        table: ``targets``, ``places``, ``deadlines`` or ``assignments``.
        text: the source text.
        start: source offset of the selection.
        end: its end, exclusive.
        extraction: what the document gave; its facts and sections are used.
        patterns: the patterns; the built-in ones if not given.

    Returns:
        Column → text as the tables write it, without empty ones; always with ``start`` and ``end`` (of the selection
        without the spaces around it), ``quote``, ``section_id``, ``rule`` (``review``) and ``confidence`` (``1``).

    Raises:
        ValueError: there is no such table to add to, or nothing but spaces is selected.
    """
    if table not in EDITABLE or table == "documents":
        raise ValueError(f"no rows are added to the table {table!r}")
    start, end = max(0, start), min(end, len(text))
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    if start >= end:
        raise ValueError("nothing is selected")
    patterns = patterns or load()
    section = _section(extraction.sections, start)
    pieces = list(_pieces(text, start, end, extraction.sections)) if end - start <= _LONGEST else []
    cells = _found(table, pieces, start, end, extraction, patterns)
    if cells is None:
        cells = _MINIMAL[table](pieces[-1] if pieces else None, text, start, end, extraction, patterns)
    cells |= {
        "quote": text[start:end],
        "start": str(start),
        "end": str(end),
        "section_id": section.section_id if section else "",
        "rule": "review",
        "confidence": "1",
    }
    return {name: cells[name] for name in BY_NAME[table].names if cells.get(name) or name == "section_id"}


# -- pieces of the document --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text to be read: headings, and behind them words of the document.

    Attributes:
        text: all of it.
        shift: from offsets in the document to those in ``text``.
        masked: whether masks hide numbers and names, as in the document.
    """

    text: str
    shift: int
    masked: bool = False


def _section(sections: Sequence[Section], at: int) -> Section | None:
    """The innermost section that holds an offset."""
    return max(
        (one for one in sections if one.start <= at < one.end), key=lambda one: (one.level, one.start), default=None
    )


def _pieces(text: str, start: int, end: int, sections: Sequence[Section]) -> Iterator[_Piece]:
    """What is read in turn, from most to least of what stands around the words."""
    first = max(text.rfind("\n", max(0, start - _REACH), start) + 1, start - _REACH, 0)
    if first == start - _REACH and first > 0:  # in the middle of a very long line: whole words
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else start
    last = text.find("\n", end, end + _REACH)
    last = last if last >= 0 else min(len(text), end + _REACH)
    above = sorted((s for s in sections if s.start < first and start < s.end and s.heading), key=lambda s: s.level)
    head = "".join(_line(text, one.start) + "\n" for one in above)
    for masked in (True, False):
        yield _Piece(head + text[first:last], len(head) - first, masked)
    yield _Piece(head + text[start:end], len(head) - start)


def _line(text: str, start: int) -> str:
    stop = text.find("\n", start, start + _HEADING)
    return text[start : stop if stop >= 0 else start + _HEADING].rstrip()


def _scene(piece: _Piece, extraction: Extraction, patterns: PatternSet) -> Scene:
    """A piece as the finders see it, with the facts of the whole document."""
    document = extraction.document
    source = Source(document.source, "txt", document.sha256, Reading(_HALF.sub("\ufffd", piece.text)))
    view = build_view(source.text, open_words=open_words(patterns), mend=mending(patterns))
    layout = read_layout(view, patterns)
    hits, masks = find_masks(view, layout, patterns) if piece.masked else ([], Intervals([]))
    return Scene(source, view, layout, patterns, document, masks, tuple(hits))


# -- rows of a piece ---------------------------------------------------------------------------------------------------


def _found(
    table: str, pieces: Sequence[_Piece], start: int, end: int, extraction: Extraction, patterns: PatternSet
) -> dict[str, str] | None:
    """The row that shares most with the words, of the first piece that has one."""
    kept = {*EDITABLE[table], *_DERIVED.get(table, ())}
    for piece in pieces:
        best: tuple[float, dict[str, str]] | None = None
        for row in _rows(table, _scene(piece, extraction, patterns)):
            shared = _shared(row, start + piece.shift, end + piece.shift)
            if shared >= _LEAST and (best is None or shared > best[0]):
                best = shared, row
        if best is not None:
            row = {name: cell for name, cell in best[1].items() if name in kept}
            for name in ("number_start", "number_end"):
                if name in row:
                    row[name] = str(int(row[name]) - piece.shift)
            return row
    return None


def _rows(table: str, scene: Scene) -> list[dict[str, str]]:
    """The rows of one table in a scene, as CSV writes them."""
    make = RowMaker(scene)
    times, places = find_times(scene), find_places(scene)
    made = Extraction(scene.document)
    actors = find_actors(scene, places)
    if table == "assignments":
        made = replace(made, assignments=relate_assignments(scene, make, actors, times))
    else:
        made = replace(made, deadlines=relate_deadlines(scene, make, times, actors))
    if table in ("targets", "places"):
        quantities = find_quantities(scene, times, places)
        made = replace(made, targets=relate_targets(scene, make, quantities, times, made.deadlines, places))
    if table == "places":
        made = replace(made, places=relate_places(scene, make, places, made.targets, actors))
    return dicts_of(BY_NAME[table], [made])


def _shared(row: dict[str, str], start: int, end: int) -> float:
    """What a row and the words share of both together; of a target whose number is in them at least enough."""
    first, last = int(row["start"]), int(row["end"])
    shared = max(0, min(end, last) - max(start, first)) / (max(end, last) - min(start, first))
    if "number_start" in row:
        inside = start <= int(row["number_start"]) and int(row["number_end"]) <= end
        return max(shared, _LEAST) if inside else 0.0
    # A name inside of longer words is what they are about.
    return max(shared, _LEAST) if start <= first and last <= end else shared


# -- rows without one --------------------------------------------------------------------------------------------------


def _first(hits: Sequence[Hit], scene: Scene, piece: _Piece, start: int, end: int) -> Hit | None:
    """The first of a piece's findings that begins in the words."""
    first, last = start + piece.shift, end + piece.shift
    return next((hit for hit in hits if first <= scene.view.span(hit.start, hit.end).start < last), None)


def _plain(text: str) -> str:
    """Words as cells have them: on one line, without marks around them."""
    return " ".join(text.split()).strip(_EDGES)


def _target(
    piece: _Piece | None, text: str, start: int, end: int, extraction: Extraction, patterns: PatternSet
) -> dict[str, str]:
    document = extraction.document
    cells = {
        "number_start": str(start),
        "number_end": str(end),
        "comparator": "=",
        "status": "target",
        "strength": "firm",
        "period_start": _iso(document.period_start),
        "due_date": _iso(document.period_end),
        "indicator": _plain(text[start:end])[:_REACH],
    }
    match = _NUMBER.search(text, start, end)
    if match is None:
        return cells
    behind, before = _plain(text[match.end() : end]), _plain(text[start : match.start()])
    word = units(patterns).at(fold(unicodedata.normalize("NFC", behind[:_REACH])), 0)
    unit = unicodedata.normalize("NFC", behind[:_REACH])[: len(word.phrase)] if word else ""
    words = (behind if word is None or word.kind in COUNTED else before or behind)[:_REACH]
    cells |= {
        "number_start": str(match.start()),
        "number_end": str(match.end()),
        "unit": unit,
        "indicator": words or before[:_REACH],
        "indicator_code": indicator_code(patterns, words, unit)[0],
    }
    with suppress(InvalidOperation):  # 1.2.3 is the number of a paragraph
        cells["value"] = canonical(read_number(match[0]))
    return cells


def _place(
    piece: _Piece | None, text: str, start: int, end: int, extraction: Extraction, patterns: PatternSet
) -> dict[str, str]:
    document, known = extraction.document, gazetteer.load()
    said = _plain(unicodedata.normalize("NFC", text[start:end]))
    name = gazetteer.bare(said) or said
    on = document.issued_on or document.period_start
    units = known.named(name, on=on, province_code=document.province_code)
    kind = said[: len(said) - len(name)].strip().lower()
    units = tuple(unit for unit in units if unit.type == kind) or units
    cells = {"name": name, "level": "commune", "type": kind, "role": "location", "resolution": "unresolved"}
    if len(units) == 1:
        return cells | place_cells(units[0], on) | {"resolution": "inferred"}
    if units:
        cells |= {"resolution": "ambiguous", "candidates": ";".join(sorted({unit.code for unit in units}))}
        cells["level"] = units[0].level
    return cells


def _deadline(
    piece: _Piece | None, text: str, start: int, end: int, extraction: Extraction, patterns: PatternSet
) -> dict[str, str]:
    cells = {"kind": "by", "bound": "by", "task": _around(text, start, end)}
    if piece is None:
        return cells
    scene = _scene(piece, extraction, patterns)
    hit = _first(find_times(scene), scene, piece, start, end)
    if hit is None:
        return cells
    span: TimeSpan = hit.value.span
    return cells | {
        "kind": span.kind,
        "bound": span.bound,
        "start_date": _iso(span.start),
        "due_date": _iso(span.due),
        "granularity": span.granularity,
        "recurrence": span.recurrence,
    }


def _assignment(
    piece: _Piece | None, text: str, start: int, end: int, extraction: Extraction, patterns: PatternSet
) -> dict[str, str]:
    kind, name = "organization", _plain(text[start:end])[:_REACH]
    if piece is not None:
        scene = _scene(piece, extraction, patterns)
        hit = _first(find_actors(scene, find_places(scene)), scene, piece, start, end)
        if hit is not None and hit.kind in ("person", "position"):
            kind = hit.kind
            if kind == "person":  # without what he is called by
                name = _plain(scene.view.quote(hit.start, hit.end))
    column = {"person": "name", "position": "position", "organization": "organization"}[kind]
    return {"assignee_type": kind, column: name, "role": "implement", "task": _around(text, start, end)}


def _around(text: str, start: int, end: int) -> str:
    """What the line says behind the words or, where they end it, before them."""
    stop, begin = text.find("\n", end, end + _REACH), text.rfind("\n", max(0, start - _REACH), start) + 1
    behind = _plain(text[end : stop if stop >= 0 else end + _REACH])
    return behind or _plain(text[max(begin, start - _REACH) : start])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


_MINIMAL = {"targets": _target, "places": _place, "deadlines": _deadline, "assignments": _assignment}
