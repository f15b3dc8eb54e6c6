"""brat: ``NAME.txt`` with its standoff annotations ``NAME.ann``, and ``annotation.conf`` for the collection.

brat counts in code points of the text as it stands in the file (brat.nlplab.org/standoff.html). An annotation stands on
one line, so a span that goes over a line's end is given in fragments, one a line, without the blanks at their edges,
their texts joined by one blank: what brat's own ``annotator.py`` makes of such a selection, and what its parser
compares with the document. All that Python takes for the end of a line counts as one (brat splits a file so), and a
tab, too, which would end the column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractor.review.exchange.common import LABELS, LINKS, Names, Row, links_of, replacing, rows_of, values_of
from extractor.review.state import ReviewedDocument
from extractor.tables.schema import BY_NAME

# What a reviewer filters by; the name of brat's attribute for a column with few values.
_ATTRIBUTES = {
    "targets": {"Status": "status", "Basis": "basis"},
    "places": {"Level": "level", "PlaceRole": "role"},
    "deadlines": {"Kind": "kind", "Bound": "bound"},
    "assignments": {"AssigneeType": "assignee_type", "Role": "role"},
}
_VERDICTS = ("accept", "correct", "add")
_UNTOLD = frozenset({"doc_id", "section_id", "start", "end", "quote", "number_start", "number_end"})
_BREAKS = "\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_BREAK = re.compile(f"[{_BREAKS}]+")
_FRAGMENT = re.compile(f"[^{_BREAKS}]+")


def standoff(document: ReviewedDocument) -> str:
    """The annotations of one document: entities, attributes, relations, and each row's columns as a note (JSON)."""
    rows = rows_of(document)
    text = document.extraction.text
    names = {row.row_id: f"T{i}" for i, row in enumerate(rows, start=1)}
    lines = [_entity(names[row.row_id], row, text) for row in rows]
    attributes = [(names[row.row_id], *attribute) for row in rows for attribute in _attributes(row)]
    lines += [f"A{i}\t{name} {entity} {value}" for i, (entity, name, value) in enumerate(attributes, start=1)]
    lines += [
        f"R{i}\t{name} Arg1:{names[row.row_id]} Arg2:{names[to.row_id]}"
        for i, (name, row, to) in enumerate(links_of(rows), start=1)
    ]
    lines += [f"#{i}\tAnnotatorNotes {names[row.row_id]}\t{_note(row)}" for i, row in enumerate(rows, start=1)]
    return "".join(f"{line}\n" for line in lines)


def _entity(name: str, row: Row, text: str) -> str:
    spans = fragments(text, row.start, row.end)
    offsets = ";".join(f"{start} {end}" for start, end in spans)
    return f"{name}\t{row.label} {offsets}\t{' '.join(text[start:end] for start, end in spans)}"


def fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A span cut where a line ends, without the blanks at the edges of its parts; a span of blanks stays whole."""
    spans = []
    for found in _FRAGMENT.finditer(text, start, end):
        part = found[0]
        first = found.start() + len(part) - len(part.lstrip())
        if part.strip():
            spans.append((first, first + len(part.strip())))
    return spans or [(start, end)]


def _attributes(row: Row) -> Iterator[tuple[str, str]]:
    for name, column in _ATTRIBUTES[row.table].items():
        if row.cells[column]:
            yield name, row.cells[column]
    if row.decided and row.state is not None:
        yield "Verdict", row.state.decision.verdict


def _note(row: Row) -> str:
    told = {name: _BREAK.sub(" ", cell) for name, cell in row.cells.items() if cell and name not in _UNTOLD}
    return json.dumps(told, ensure_ascii=False)


def annotation_conf() -> str:
    """The configuration of the collection: which entities, relations and attributes there are."""
    relations = [
        f"{name} Arg1:{LABELS[table]}, Arg2:{LABELS[_references(table, column)]}"
        for name, (table, column) in LINKS.items()
    ]
    attributes = [
        f"{name} Arg:{LABELS[table]}, Value:{'|'.join(values_of(table, column))}"
        for table, columns in _ATTRIBUTES.items()
        for name, column in columns.items()
    ]
    attributes.append(f"Verdict Arg:<ENTITY>, Value:{'|'.join(_VERDICTS)}")
    overlap = "<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    parts = {
        "entities": list(LABELS.values()),
        "relations": [*relations, overlap],
        "events": [],
        "attributes": attributes,
    }
    return "\n".join("\n".join([f"[{name}]", *lines, ""]) for name, lines in parts.items())


def _references(table: str, column: str) -> str:
    references = next(c.references for c in BY_NAME[table].columns if c.name == column)
    assert references is not None
    return references[0]


def write(documents: Iterable[ReviewedDocument], folder: Path) -> list[Path]:
    """Write ``NAME.txt`` and ``NAME.ann`` for every document, and ``annotation.conf``.

    Returns:
        The files written.
    """
    names = Names()
    with replacing(folder) as files:
        files.add("annotation.conf", annotation_conf().encode())
        for document in documents:
            stem = names.stem(document.extraction)
            files.add(f"{stem}.txt", document.extraction.text.encode())
            files.add(f"{stem}.ann", standoff(document).encode())
    return list(files.places)
