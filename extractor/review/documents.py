"""Documents as the page gets them: plain values for JSON, with offsets in code points of the source text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extractor.finding import gazetteer
from extractor.review.anchoring import final_of
from extractor.review.cells import REVIEWED, row_id, said_otherwise, stated
from extractor.review.completing import place_label
from extractor.review.decisions import Loaded
from extractor.review.page_images import has_images
from extractor.review.sentences import sentence
from extractor.review.state import Cells, Decision, State
from extractor.review.validating import fields
from extractor.tables.rows import dicts_of
from extractor.tables.schema import BY_NAME, DOCUMENTS, FLAGS, PLACES, TARGETS

LOW = 0.8
"""Rows with a confidence below are shown as not sure (docs/review.md)."""

LANGUAGES = ("vi", "en")
Json = dict[str, Any]
States = Mapping[tuple[str, str], State]


def document_json(loaded: Loaded, states: States, seq: int = 0) -> Json:
    """One document with everything that the page shows of it at once.

    Args:
        loaded: the document.
        states: what was decided about it.
        seq: the number of the last decision.
    """
    document = dicts_of(DOCUMENTS, [loaded.extraction])[0]
    own = states.get((DOCUMENTS.name, loaded.doc_id))
    cells = stated({**document, **(own.decision.changes if own else {})})
    return {
        "doc": {
            "doc_id": loaded.doc_id,
            "source": loaded.extraction.document.source,
            "cells": cells,
            "state": None if own is None else _state_json(own, document),
            "sentence": _sentences(DOCUMENTS.name, cells),
        },
        "text": loaded.text,
        "sections": [
            {
                "id": section.section_id,
                "parent": section.parent_id,
                "level": section.level,
                "marker": section.marker,
                "heading": section.heading,
                "kind": section.kind,
                "start": section.start,
                "end": section.end,
            }
            for section in loaded.extraction.sections
        ],
        "rows": rows_json(loaded, states),
        "unread": [[span.start, span.end] for span in loaded.extraction.unread],
        "pages": _pages(loaded),
        "spots": _spots(loaded),
        "seq": seq,
        "fields": fields(),
        "flags": {code: {"en": en, "vi": vi} for code, (en, vi) in FLAGS.items()},
    }


def rows_json(loaded: Loaded, states: States, only: Iterable[tuple[str, str]] | None = None) -> list[Json]:
    """Rows of the four tables, by offset.

    Args:
        loaded: the document.
        states: what was decided about it.
        only: table and id of the rows wanted; all if not given. What is not there is left out.
    """
    covered = {(table, state.machine_id) for (table, _), state in states.items() if state.machine_id}
    wanted = None if only is None else set(only)
    keys = [(table, row) for table in REVIEWED for row in loaded.rows[table] if (table, row) not in covered]
    keys += [key for key in states if key[0] in REVIEWED]
    keys = keys if wanted is None else [key for key in keys if key in wanted]
    named = _named_places(loaded, states) if any(table == TARGETS.name for table, _ in keys) else {}
    rows = []
    for key in keys:
        table, row = key
        state = states.get(key)
        machine = loaded.rows[table].get(state.machine_id if state else row)
        cells = (state.row or machine or state.decision.seen) if state else machine
        if cells and "start" in cells and not (state and state.look == "unplaced"):
            rows.append(_row_json(table, row, cells, machine, state, named.get(row, ())))
    rows.sort(key=lambda found: (found["start"], found["end"], found["id"]))
    return rows


def _row_json(
    table: str, row: str, cells: Cells, machine: Cells | None, state: State | None, places: Sequence[Cells]
) -> Json:
    shown = {name: text for name, text in cells.items() if name not in ("doc_id", BY_NAME[table].primary_key)}
    return {
        "id": row,
        "table": table,
        "start": int(cells["start"]),
        "end": int(cells["end"]),
        "section": cells.get("section_id", ""),
        "cells": shown,
        "sentence": _sentences(table, cells, places),
        "low": float(cells.get("confidence") or 1) < LOW,
        "machine": machine is not None,
        "state": None if state is None else _state_json(state, machine),
    }


def _sentences(table: str, cells: Cells, places: Sequence[Cells] = ()) -> dict[str, str]:
    return {lang: sentence(table, cells, lang, places) for lang in LANGUAGES}


def _named_places(loaded: Loaded, states: States) -> dict[str, list[Cells]]:
    """Id of a target → the places that its list names."""
    named: dict[str, list[Cells]] = {}
    rows: dict[str, Cells] = dict(loaded.rows[PLACES.name])
    for (table, _), state in states.items():
        if table == PLACES.name:
            rows.pop(state.machine_id, None)
            if state.row:
                rows[row_id(table, state.row)] = state.row
    for cells in rows.values():
        if target := cells.get("target_id"):
            named.setdefault(target, []).append(cells)
    return named


def _state_json(state: State, machine: Cells | None) -> Json:
    decision = state.decision
    return {
        "review_id": decision.review_id,
        "verdict": decision.verdict,
        "reviewer": decision.reviewer,
        "made_at": decision.made_at,
        "reason": decision.reason,
        "changes": dict(decision.changes) if decision.verdict == "correct" else {},
        "seen": dict(decision.seen) if decision.verdict == "correct" else {},
        "look": state.look,
        "now": dict(machine or {}) if state.look == "changed" else {},
        "rivals": [{**_decision_json(rival), "cells": final_of(rival)} for rival in state.rivals],
    }


def _decision_json(decision: Decision) -> Json:
    return {
        "review_id": decision.review_id,
        "verdict": decision.verdict,
        "changes": dict(decision.changes),
        "reason": decision.reason,
        "reviewer": decision.reviewer,
        "made_at": decision.made_at,
        "batch": decision.batch,
    }


def _pages(loaded: Loaded) -> Json:
    document = loaded.extraction.document
    images = has_images(document.format) and bool(document.pages)
    why = {"vi": "Định dạng này không có hình trang.", "en": "This format has no page images."}
    return {"count": document.pages or 0, "images": images, "why": {} if images else why}


def _spots(loaded: Loaded) -> list[list[float]]:
    if loaded.source is None:
        return []
    return [
        [spot.start, spot.end, spot.page, *(round(side, 5) for side in spot.box)]
        for spot in loaded.source.reading.spots
        if spot.page is not None and spot.box is not None
    ]


def details_json(loaded: Loaded, states: States, table: str, row: str, log: Sequence[Decision]) -> Json | None:
    """Why a row is there, what it may mean, and what was decided about it; ``None`` where there is none.

    Args:
        loaded: the document.
        states: what was decided about it.
        table: the row's table.
        row: its id.
        log: the decisions about it.
    """
    state = states.get((table, row))
    record = loaded.records.get(state.machine_id if state else row)
    if record is None and state is None:
        return None
    cells: Cells = (state.row if state else {}) or loaded.rows[table].get(state.machine_id if state else row, {})
    deadline = loaded.records.get(cells.get("deadline_id", ""))
    return {
        "rule": getattr(record, "rule", "review"),
        "confidence": getattr(record, "confidence", None),
        "evidence": [
            {"kind": e.kind, "rule": e.rule, "start": e.start, "end": e.end, "note": e.note}
            for e in getattr(record, "evidence", ())
        ],
        "flags": [{"code": f.code, "start": f.start, "end": f.end} for f in getattr(record, "flags", ())],
        "candidates": _candidates(loaded, record),
        "section": loaded.outline.path(cells.get("section_id", "")),
        "deadline": None
        if deadline is None
        else {
            "id": deadline.deadline_id,
            "quote": deadline.quote,
            "start": deadline.start,
            "end": deadline.end,
        },
        "now": said_otherwise(table, cells, loaded.rows[table].get(state.machine_id, {})) if state else {},
        "log": [_decision_json(decision) for decision in log],
    }


def _candidates(loaded: Loaded, record: Any) -> list[dict[str, str]]:
    units, on = gazetteer.load(), loaded.extraction.document.issued_on
    found = [(code, units.unit(code, record.level, on)) for code in getattr(record, "candidates", ())]
    return [{"code": code, "label": place_label(unit, on) if unit else code} for code, unit in found]


def details_of_all(loaded: Loaded, states: States, log: Sequence[Decision]) -> dict[str, Json]:
    """Row id → its details, for a page that cannot ask."""
    by_row: dict[str, list[Decision]] = {}
    for decision in log:
        by_row.setdefault(decision.row_id, []).append(decision)
    found = {}
    for row in rows_json(loaded, states):
        details = details_json(loaded, states, row["table"], row["id"], by_row.get(row["id"], ()))
        if details is not None:
            found[row["id"]] = details
    return found
