"""Label Studio: tasks with predictions or annotations, the labelling interface that goes with them, and exports read.

Offsets. Label Studio's editor counts in Unicode code points (its own tests say so: "Should calculate offsets by code
points in text", HumanSignal/label-studio ``ner/emoji``, since label-studio-frontend pull request 308; reported before
that in issue 1347), and ``\\r\\n`` as two characters (documentation of the ``Text`` tag). That is this project's own
count, so nothing is converted on the way out. An export of an older version, which counted in UTF-16, is known by its
words not standing where it says, and converted.

A document that was decided completely is written as an annotation. Any other is written as a prediction with *all* its
rows, also the decided ones: an annotator starts from the whole, and what is missing in what comes back was taken out.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from extractor.review.exchange.common import (
    COLUMNS,
    LABELS,
    LINKS,
    TABLE_OF,
    ExchangeError,
    Row,
    Utf16,
    links_of,
    replacing,
    rows_of,
    values_of,
)
from extractor.review.exchange.incoming import Given, Imported, bytes_of, text_of
from extractor.review.state import ReviewedDocument
from extractor.tables.schema import BY_NAME

_COLORS = {"TARGET": "#2e7d32", "PLACE": "#0277bd", "DEADLINE": "#b26a00", "ASSIGNEE": "#7b1fa2"}
_LABEL, _TEXT = "label", "text"
_SPACE = re.compile(r"(?:\s|\\n|\\r)+")


def tasks(documents: Iterable[ReviewedDocument]) -> list[dict[str, Any]]:
    """Documents as Label Studio imports them (JSON): see ``task``."""
    return [task(document) for document in documents]


def task(document: ReviewedDocument) -> dict[str, Any]:
    """One document as a task.

    Args:
        document: the document as decided.

    Returns:
        ``data`` with ``text``, ``doc_id`` and ``source``; and ``annotations`` where every row was decided, otherwise
        ``predictions``. A region's id is its row's id. Offsets in code points.
    """
    rows, extraction = rows_of(document), document.extraction
    result = [part for row in rows for part in _region(row, extraction.text)]
    result += [
        {"type": "relation", "from_id": row.row_id, "to_id": to.row_id, "direction": "right", "labels": [name]}
        for name, row, to in links_of(rows)
    ]
    described = extraction.document
    data = {"text": extraction.text, "doc_id": described.doc_id, "source": described.source}
    if rows and all(row.decided for row in rows):
        return {"data": data, "annotations": [{"result": result, "was_cancelled": False}]}
    scores = [float(row.cells["confidence"]) for row in rows]
    prediction = {
        "model_version": f"chitieu {described.extractor_version}".strip(),
        "score": round(sum(scores) / len(scores), 4) if scores else 0.0,
        "result": result,
    }
    return {"data": data, "predictions": [prediction]}


def _region(row: Row, text: str) -> Iterator[dict[str, Any]]:
    """The span of a row, and its fields as results of the same region."""
    place = {"start": row.start, "end": row.end}
    head = {"id": row.row_id, "to_name": _TEXT}
    meta: dict[str, Any] = {"row_id": row.row_id}
    if row.state is not None and row.state.decision.reason:
        meta["text"] = [row.state.decision.reason]
    yield head | {
        "from_name": _LABEL,
        "type": "labels",
        "value": place | {"text": text[row.start : row.end], "labels": [row.label]},
        "score": float(row.cells["confidence"]),
        "meta": meta,
    }
    for column in COLUMNS[row.table]:
        cell = row.cells[column]
        if cell:
            kind, key = ("choices", "choices") if values_of(row.table, column) else ("textarea", "text")
            yield head | {"from_name": f"{row.table}_{column}", "type": kind, "value": place | {key: [cell]}}


def labeling_config() -> str:
    """The labelling interface of the tasks, as XML for the project's settings."""
    lines = [
        "<View>",
        "  <Relations>",
        *(f"    <Relation value={quoteattr(name)}/>" for name in LINKS),
        "  </Relations>",
        f'  <Labels name="{_LABEL}" toName="{_TEXT}">',
        *(
            f'    <Label value="{label}" background="{_COLORS[label]}" hint={quoteattr(BY_NAME[table].vi)}/>'
            for table, label in LABELS.items()
        ),
        "  </Labels>",
        f'  <Text name="{_TEXT}" value="$text" granularity="symbol"/>',
    ]
    for table, label in LABELS.items():
        lines.append(f'  <View visibleWhen="region-selected" whenTagName="{_LABEL}" whenLabelValue="{label}">')
        meanings = {column.name: column.vi for column in BY_NAME[table].columns}
        for column in COLUMNS[table]:
            head = f'name="{table}_{column}" toName="{_TEXT}" perRegion="true"'
            lines.append(f'    <Header value={quoteattr(meanings[column])} size="6"/>')
            values = values_of(table, column)
            if values:
                choices = "".join(f"<Choice value={quoteattr(value)}/>" for value in values)
                lines.append(f'    <Choices {head} choice="single" showInline="true">{choices}</Choices>')
            else:
                lines.append(f'    <TextArea {head} maxSubmissions="1" editable="true"/>')
        lines.append("  </View>")
    return "\n".join([*lines, "</View>"]) + "\n"


def write(documents: Iterable[ReviewedDocument], folder: Path) -> list[Path]:
    """Write ``label_studio.json`` (the tasks) and ``label_studio.xml`` (the labelling interface).

    Returns:
        The files written.
    """
    with replacing(folder) as files:
        before = b"["
        for document in documents:
            files.add("label_studio.json", before + b"\n" + json.dumps(task(document), ensure_ascii=False).encode())
            before = b","
        files.add("label_studio.json", b"\n]\n" if before == b"," else b"[]\n")
        files.add("label_studio.xml", labeling_config().encode())
    return list(files.places)


# --- exports read


def read(source: Path | bytes, name: str = "label_studio.json") -> list[Imported]:
    """Read an export in the format ``JSON`` or ``JSON_MIN``.

    Args:
        source: the file, or its bytes.
        name: what to call it in messages, where bytes are given.

    Returns:
        One for each annotation that was not skipped. ``JSON_MIN`` keeps no ids and does not say which span a field
        belongs to: rows are then known by their places, and fields are not read.

    Raises:
        ExchangeError: if it is no such export; the message names the file and says what to do.
    """
    data, name = bytes_of(source, name)
    content = text_of(data, name)
    try:
        exported = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ExchangeError(f"{name} is not JSON: {error}. Export from Label Studio as JSON.") from error
    if isinstance(exported, dict) and "data" in exported:
        exported = [exported]
    if not isinstance(exported, list) or not all(isinstance(one, dict) for one in exported):
        raise ExchangeError(f"{name} is no list of tasks. Export from Label Studio as JSON.")
    found: list[Imported] = []
    for number, one in enumerate(exported, start=1):
        where = f"{name} #{number}"
        try:
            found += _tasks_annotations(one, where)
        except ExchangeError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ExchangeError(f"{where} is not as Label Studio writes it ({error!r}). Export it as JSON.") from error
    return found


def _tasks_annotations(one: Mapping[str, Any], where: str) -> Iterator[Imported]:
    if "data" not in one:  # JSON_MIN: what was exported is beside the data
        yield _annotation(one, _spans_of(one), _who(one.get("annotator")), where)
        return
    if "annotations" not in one and "completions" not in one:
        raise ExchangeError(f"{where} has no annotations: this is no export. Export from Label Studio as JSON.")
    for made in one.get("annotations", one.get("completions")) or []:
        if isinstance(made, dict) and not made.get("was_cancelled") and not made.get("skipped"):
            yield _annotation(one["data"], made["result"], _who(made.get("completed_by")), where)


def _spans_of(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The spans of a ``JSON_MIN`` task as regions; its fields do not say which span they belong to."""
    marked = one.get(_LABEL) or []
    return [{"id": "", "from_name": _LABEL, "type": "labels", "value": value} for value in marked]


def _who(given: Any) -> str:
    """The name of who made an annotation; Label Studio gives a number, an address or a record."""
    if isinstance(given, dict):
        named = " ".join(str(given.get(key) or "") for key in ("first_name", "last_name")).strip()
        return str(given.get("email") or given.get("username") or named or given.get("id") or "")
    return "" if given is None else str(given)


def _annotation(data: Mapping[str, Any], result: list[dict[str, Any]], reviewer: str, where: str) -> Imported:
    if not isinstance(data.get("text"), str) or not isinstance(data.get("doc_id"), str):
        raise ExchangeError(
            f"{where} has no 'text' and 'doc_id': it was not made by chitieu. Import the tasks of "
            "'chitieu export --as label-studio' and export those."
        )
    text = data["text"]
    utf16 = Utf16(text)
    # Region and table → column → text: a region whose label was changed keeps the fields of its old table.
    cells: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    spans: list[tuple[str, str, str, int, int]] = []
    for part in result:
        kind, value, region = part.get("type"), part.get("value"), str(part.get("id", ""))
        if kind == "relation":
            for name in part.get("labels") or []:
                if name in LINKS:
                    table, column = LINKS[name]
                    cells[str(part["from_id"]), table][column] = str(part["to_id"])
        elif kind == "labels" and isinstance(value, dict):
            labels = value.get("labels") or [""]
            if labels[0] not in TABLE_OF:
                raise ExchangeError(f"{where} has the label {labels[0]!r}; chitieu knows {', '.join(TABLE_OF)}.")
            origin = str((part.get("meta") or {}).get("row_id") or region)
            spans.append((region, origin, TABLE_OF[labels[0]], *_place(value, text, utf16, where)))
        elif kind in ("textarea", "choices") and isinstance(value, dict):
            given = value.get("choices" if kind == "choices" else "text")
            words = given if isinstance(given, str) else " ".join(map(str, given or []))
            table, _, column = str(part["from_name"]).partition("_")
            cells[region, table][column] = words.strip()
    origins = {region: origin for region, origin, *_ in spans}
    for told in cells.values():
        for _, column in LINKS.values():
            if column in told:
                told[column] = origins.get(told[column], told[column])
    made = tuple(
        Given(table, start, end, cells.get((region, table), {}), origin) for region, origin, table, start, end in spans
    )
    return Imported(data["doc_id"], reviewer, text, made, {table: _carried(table, made) for table in COLUMNS}, where)


def _carried(table: str, made: Iterable[Given]) -> tuple[str, ...]:
    """The columns of a table that a file carries: none where the interface had no fields, or no relations were kept."""
    given = {column for one in made if one.table == table for column in one.cells}
    links = tuple(column for origin, column in LINKS.values() if origin == table and column in given)
    return links + (COLUMNS[table] if given & set(COLUMNS[table]) else ())


def _place(value: Mapping[str, Any], text: str, utf16: Utf16, where: str) -> tuple[int, int]:
    """The offsets of a region, in code points."""
    start, end, words = int(value["start"]), int(value["end"]), value.get("text")
    if not isinstance(words, str) or _same_words(text[start:end], words):
        return start, end
    try:
        points = utf16.point(start), utf16.point(end)
    except ValueError:
        points = start, start
    if _same_words(text[slice(*points)], words):
        return points
    raise ExchangeError(
        f"{where}: {words[:60]!r} does not stand at {start}-{end} of its text. Export it again as JSON."
    )


def _same_words(here: str, words: str) -> bool:
    """Whether a region's words are those of the text; Label Studio writes line ends and blanks in its own way."""
    return here == words or _SPACE.sub("", here) == _SPACE.sub("", words)
