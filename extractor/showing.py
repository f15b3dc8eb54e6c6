"""Extractions as HTML for notebooks: one with its text, its findings marked, and the rows below; many as a table.

One piece of markup that needs nothing else: no scripts, no files, no network. All text is escaped, because documents
come from anywhere. Labels (``T1``, ``P1``, ``D1``, ``A1``) stand in the text, so that it can be read where a viewer
takes the style away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import get_args

from extractor.explaining import STYLES, Finding, findings
from extractor.model import DocumentStatus, Extraction
from extractor.tables.rows import dicts_of
from extractor.tables.schema import ASSIGNMENTS, BY_NAME, DEADLINES, DOCUMENTS, PLACES, TARGETS

_LONGEST = 200_000  # characters of a text that are shown: more than a browser shows at ease
_MOST_DOCUMENTS = 50  # rows of a batch that are shown
_HEADING = ("number", "title", "issuer", "issued_on", "province", "district", "signer", "warnings")
_OF_DOCUMENT = {"source": "file", "doc_type": "type", "number": "number", "issuer": "issuer", "issued_on": "date"}

# Red, green, blue of what is marked: they can be told apart on white and on black.
_COLORS = {
    TARGETS.name: "46,160,67",
    PLACES.name: "9,150,180",
    DEADLINES.name: "210,140,0",
    ASSIGNMENTS.name: "190,60,190",
}
_STYLE = (
    ".chitieu pre{white-space:pre-wrap;max-height:32em;overflow:auto;line-height:1.9;font-family:inherit}"
    ".chitieu mark{color:inherit;padding-bottom:1px}.chitieu mark mark{padding-bottom:4px}"
    ".chitieu mark mark mark{padding-bottom:7px}.chitieu b{font-size:.7em;padding:0 .3em}"
    ".chitieu td,.chitieu th{text-align:left;vertical-align:top}"
    ".chitieu .batch td,.chitieu .batch th{padding:.15em .6em}.chitieu .batch .issued_on{white-space:nowrap}"
    ".chitieu .batch .n{text-align:right}.chitieu .batch .source,.chitieu .batch .failed{overflow-wrap:anywhere}"
    ".chitieu .batch .failed{border-left:3px solid rgb(214,48,49)}"
    ".chitieu .batch .partial{border-left:3px solid rgb(210,140,0)}"
) + "".join(
    f".chitieu .c-{name}{{background:rgba({color},.18);border-bottom:2px solid rgb({color})}}"
    for name, color in _COLORS.items()
)

# What would not be seen, or would turn the order of what stands beside it; and halves of pairs, which nothing encodes.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def html_of(extraction: Extraction) -> str:
    """One document as HTML.

    Args:
        extraction: the document. Overlapping findings are marked one inside the other.
    """
    found = findings(extraction)
    parts = [f'<div class="chitieu"><style>{_STYLE}</style>', _heading(extraction), _legend(found)]
    parts.append(f"<pre>{''.join(_marked(extraction.text, found))}</pre>")
    parts += [_table(name, [f for f in found if f.table.name == name]) for name in STYLES]
    return "".join([*parts, "</div>"])


def html_of_batch(extractions: Sequence[Extraction]) -> str:
    """Many documents as HTML: a table of what each is, how many rows it gave, and why one failed.

    Args:
        extractions: the documents. Where there are more than can be shown, those that are not ``ok`` are shown first
            of all; the table keeps their order.
    """
    statuses = Counter(e.document.status for e in extractions)
    told = [f"{statuses[status]} {status}" for status in get_args(DocumentStatus) if statuses[status]]
    rows = [f"{sum(len(getattr(e, name)) for e in extractions)} {name}" for name in STYLES]
    by_need = sorted(range(len(extractions)), key=lambda number: extractions[number].document.status == "ok")
    shown = [extractions[number] for number in sorted(by_need[:_MOST_DOCUMENTS])]
    left = len(extractions) - len(shown)
    head = "".join(f"<th>{name}</th>" for name in (*_OF_DOCUMENT.values(), *STYLES, "flags", "status"))
    return (
        f'<div class="chitieu"><style>{_STYLE}</style>'
        f"<p>{', '.join([f'{len(extractions)} documents', *told])}: {', '.join(rows)}</p>"
        f'<table class="batch"><tr>{head}</tr>{"".join(map(_document_row, shown))}</table>'
        + (f"<p>… and {left} more</p>" if left else "")
        + "</div>"
    )


def _document_row(extraction: Extraction) -> str:
    document = extraction.document
    reasons = "; ".join(document.warnings).removeprefix(f"{document.source}: ")
    said = document.status if document.status == "ok" else f"{document.status}: {reasons}"
    status = f'class="{document.status}">{_said(said)}</td></tr>'
    cells = dicts_of(DOCUMENTS, [extraction])[0]
    if document.status == "failed":
        width = len(_OF_DOCUMENT) + len(STYLES) + 1
        return f'<tr><td class="source">{_said(cells["source"])}</td><td colspan="{width}" {status}'
    of_tables = [getattr(extraction, name) for name in STYLES]
    counts = [*map(len, of_tables), sum(bool(row.flags) for rows in of_tables for row in rows)]
    return (
        "<tr>"
        + "".join(f'<td class="{name}">{_said(cells[name])}</td>' for name in _OF_DOCUMENT)
        + "".join(f'<td class="n">{count}</td>' for count in counts)
        + f"<td {status}"
    )


def _said(text: str) -> str:
    """Text of a document as HTML: all of it seen, none of it obeyed."""
    return escape(_UNSEEN.sub("\ufffd", text))


def _heading(extraction: Extraction) -> str:
    cells = dicts_of(DOCUMENTS, [extraction])[0]
    stated = "".join(
        f"<tr><th>{name}</th><td>{_said(cells[name])}</td></tr>" for name in ("source", *_HEADING) if cells[name]
    )
    return f"<table>{stated}</table>"


def _legend(found: list[Finding]) -> str:
    counts = {name: sum(f.table.name == name for f in found) for name in STYLES}
    return "<p>" + " ".join(f'<mark class="c-{name}">{count} {name}</mark>' for name, count in counts.items()) + "</p>"


def _marked(text: str, found: list[Finding]) -> Iterator[str]:
    """The text cut at all borders of findings, each piece inside the marks of all that it belongs to."""
    shown = min(len(text), _LONGEST)
    borders = {0, shown} | {border for f in found for border in (f.row.start, f.row.end) if border < shown}
    cuts = sorted(borders)
    coming = iter(found)
    following = next(coming, None)
    active: list[Finding] = []
    for start, end in pairwise(cuts):
        active = [f for f in active if f.row.end > start]
        labels = ""
        while following is not None and following.row.start <= start:
            active.append(following)
            labels += f"<b>{following.label}</b>"
            following = next(coming, None)
        opening = "".join(f'<mark class="c-{f.table.name}" title="{_title(f)}">' for f in active)
        yield opening + labels + _said(text[start:end]) + "</mark>" * len(active)
    if shown < len(text):
        yield f"\n… {len(text) - shown} more characters"


def _title(finding: Finding) -> str:
    cells = " | ".join(f"{name} {finding.cells[name]}" for name in finding.shown)
    return _said(f"{finding.label} {cells}")


def _table(name: str, found: list[Finding]) -> str:
    """The rows of a table, folded up; columns in which nothing is stated are left out."""
    if not found:
        return ""
    columns = [c for c in BY_NAME[name].names if any(c in f.shown for f in found)]
    columns += ["flags"] if any(f.cells["flags"] for f in found) else []
    head = "".join(f"<th>{column}</th>" for column in ("", "quote", *columns))
    rows = "".join(
        f"<tr><td>{f.label}</td><td>{_said(f.cells['quote'])}</td>"
        + "".join(f"<td>{_said(f.cells[column])}</td>" for column in columns)
        + "</tr>"
        for f in found
    )
    return f"<details><summary>{len(found)} {name}</summary><table><tr>{head}</tr>{rows}</table></details>"
