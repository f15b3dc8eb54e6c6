"""W3C Web Annotation Data Model (Recommendation of 23 February 2017): a collection of annotations a document, JSON-LD.

Offsets of ``TextPositionSelector`` are code points: section 4.2.5 says "The selection of the text MUST be in terms of
unicode code points (the "character number"), not in terms of code units", and they are this project's own. The text
that they count in stands beside each collection under the same name; it is not normalised, so that the words of a
``TextQuoteSelector`` are the document's own letters (a text in decomposed form stays so).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from extractor.review.exchange.common import LABELS, Names, Row, around, links_of, replacing, rows_of
from extractor.review.state import ReviewedDocument, State

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_UNTOLD = frozenset({"doc_id", "section_id", "start", "end", "quote"})


def collection(document: ReviewedDocument) -> dict[str, Any]:
    """The rows of one document as an ``AnnotationCollection`` with one page; rejected rows are there as rejected.

    Annotations are named ``urn:x-chitieu:DOC_ID:ROW_ID``, the text ``urn:x-chitieu:DOC_ID``.
    """
    described, text = document.extraction.document, document.extraction.text
    name = f"urn:x-chitieu:{described.doc_id}"
    rows = rows_of(document)
    links: dict[str, list[Row]] = {}
    for _, row, to in links_of(rows):
        links.setdefault(row.row_id, []).append(to)
    placed = [(row.start, _annotation(row, links.get(row.row_id, []), name, text)) for row in rows]
    there = {row.row_id for row in rows}
    placed += [
        (state.decision.start, _rejected(row_id, state, name, text))
        for row_id, state in document.states.items()
        if state.decision.verdict == "reject" and state.decision.table_name in LABELS and row_id not in there
    ]
    items = [item for _, item in sorted(placed, key=lambda pair: pair[0])]
    generator = {"type": "Software", "name": f"chitieu {described.extractor_version}".strip()}
    for item in items:
        item["generator"] = generator
    page = {"id": f"{name}:page", "type": "AnnotationPage", "partOf": f"{name}:rows", "startIndex": 0, "items": items}
    return {
        "@context": CONTEXT,
        "id": f"{name}:rows",
        "type": "AnnotationCollection",
        "label": described.source,
        "total": len(items),
        "first": page,
    }


def _annotation(row: Row, links: list[Row], name: str, text: str) -> dict[str, Any]:
    told = {column: cell for column, cell in row.cells.items() if cell and column not in _UNTOLD}
    bodies = [_tag(row.label), _json(told)]
    bodies += [{"type": "SpecificResource", "purpose": "linking", "source": f"{name}:{to.row_id}"} for to in links]
    return _made(row.row_id, bodies, row.state, (row.start, row.end), name, text)


def _rejected(row_id: str, state: State, name: str, text: str) -> dict[str, Any]:
    decision = state.decision
    told = {column: cell for column, cell in decision.seen.items() if cell and column not in _UNTOLD}
    bodies = [_tag(LABELS[decision.table_name]), _json(told)]
    return _made(row_id, bodies, state, (decision.start, decision.end), name, text)


def _tag(label: str) -> dict[str, Any]:
    return {"type": "TextualBody", "purpose": "tagging", "value": label}


def _json(cells: Mapping[str, str]) -> dict[str, Any]:
    value = json.dumps(cells, ensure_ascii=False)
    return {"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": value}


def _made(
    row_id: str, bodies: list[dict[str, Any]], state: State | None, span: tuple[int, int], name: str, text: str
) -> dict[str, Any]:
    start, end = span
    prefix, suffix = around(text, start, end)
    quote = {"type": "TextQuoteSelector", "exact": text[start:end], "prefix": prefix, "suffix": suffix}
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{name}:{row_id}",
        "type": "Annotation",
        "motivation": "tagging",
        "body": bodies,
        "target": {
            "type": "SpecificResource",
            "source": name,
            "selector": [{"type": "TextPositionSelector", "start": start, "end": end}, quote],
        },
    }
    if state is not None and state.decision.verdict != "reopen":
        decision = state.decision
        bodies.append({"type": "TextualBody", "purpose": "assessing", "value": decision.verdict})
        if decision.reason:
            bodies.append({"type": "TextualBody", "purpose": "commenting", "value": decision.reason})
        made |= {"motivation": ["tagging", "assessing"], "created": decision.made_at}
        if decision.reviewer:
            made["creator"] = {"type": "Person", "name": decision.reviewer}
    return made


def write(documents: Iterable[ReviewedDocument], folder: Path) -> list[Path]:
    """Write ``NAME.jsonld`` and ``NAME.txt`` for every document.

    Returns:
        The files written.
    """
    names = Names()
    with replacing(folder) as files:
        for document in documents:
            stem = names.stem(document.extraction)
            files.add(f"{stem}.jsonld", json.dumps(collection(document), ensure_ascii=False, indent=1).encode() + b"\n")
            files.add(f"{stem}.txt", document.extraction.text.encode())
    return list(files.places)
