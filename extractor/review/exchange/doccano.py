"""doccano: one JSON object a line for a project of the kind *sequence labelling*, and exports read.

Offsets. doccano keeps what its page counts, and JavaScript counts in UTF-16 code units (doccano/doccano issue 2290,
open; its server stores and exports them as they are): a character outside the basic plane counts as two. They are
converted both ways. A project set to "Count grapheme clusters as one character" cannot be read back: a line end
``\\r\\n``, or a letter with its marks, would count as one.

doccano carries spans and labels, no fields: a row comes back accepted, moved, rejected or new.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

from extractor.review.exchange.common import TABLE_OF, ExchangeError, Utf16, replacing, rows_of
from extractor.review.exchange.incoming import Given, Imported, bytes_of, text_of
from extractor.review.state import ReviewedDocument


def line(document: ReviewedDocument) -> str:
    """One document as a line: ``text``, ``label``, ``doc_id`` and ``source``.

    A label is ``[start, end, label]`` in UTF-16 code units. doccano numbers documents itself and keeps the other keys.
    """
    extraction = document.extraction
    utf16 = Utf16(extraction.text)
    one = {
        "text": extraction.text,
        "label": [[utf16.units(row.start), utf16.units(row.end), row.label] for row in rows_of(document)],
        "doc_id": extraction.document.doc_id,
        "source": extraction.document.source,
    }
    # Line separators are escaped: some readers take them for the end of a line.
    return json.dumps(one, ensure_ascii=False).translate({0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"})


def write(documents: Iterable[ReviewedDocument], folder: Path) -> list[Path]:
    """Write ``doccano.jsonl``.

    Returns:
        The file written.
    """
    with replacing(folder) as files:
        files.add("doccano.jsonl", b"")
        for document in documents:
            files.add("doccano.jsonl", line(document).encode() + b"\n")
    return list(files.places)


def read(source: Path | bytes, name: str = "doccano.jsonl") -> list[Imported]:
    """Read an export: JSONL or a JSON list, spans under ``label``, ``labels`` or ``entities``, as lists or objects.

    Args:
        source: the file, or its bytes; also the zip file as doccano gives it, with ``all.jsonl`` or a file a member of
            the project, who is then the reviewer.
        name: what to call it in messages, where bytes are given.

    Raises:
        ExchangeError: if it is no such export; the message names the file and line and says what to do.
    """
    data, name = bytes_of(source, name)
    if not data.startswith(b"PK\x03\x04"):
        return _read(text_of(data, name), name, "")
    found = []
    try:
        with ZipFile(BytesIO(data)) as zipped:
            for member in sorted(zipped.namelist()):
                path = PurePosixPath(member)
                if path.suffix in (".jsonl", ".json"):
                    where = f"{name}!/{member}"
                    reviewer = "" if path.stem == "all" else path.stem
                    found += _read(text_of(zipped.read(member), where), where, reviewer)
    except (BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ExchangeError(f"{name} is no zip file that can be read: {error}. Export from doccano again.") from error
    return found


def _read(content: str, name: str, reviewer: str) -> list[Imported]:
    if content.lstrip().startswith("["):
        try:
            numbered = list(enumerate(json.loads(content), start=1))
        except (ValueError, RecursionError) as error:
            raise ExchangeError(f"{name} is not JSON: {error}. Export from doccano as JSONL.") from error
    else:
        numbered = []
        for number, text in enumerate(content.split("\n"), start=1):
            try:
                numbered += [(number, json.loads(text))] if text.strip() else []
            except (ValueError, RecursionError) as error:
                raise ExchangeError(f"{name}:{number} is not JSON: {error}. Export from doccano as JSONL.") from error
    found = []
    for number, one in numbered:
        where = f"{name}:{number}"
        if not isinstance(one, dict):
            raise ExchangeError(f"{where} is no document. Export from doccano as JSONL.")
        found.append(_imported(one, where, reviewer))
    return found


def _imported(one: Mapping[str, Any], where: str, reviewer: str) -> Imported:
    text = one.get("text", one.get("data"))
    if not isinstance(text, str) or not isinstance(one.get("doc_id"), str):
        raise ExchangeError(
            f"{where} has no 'text' and 'doc_id': it was not made by chitieu. Import the file of "
            "'chitieu export --as doccano' and export that."
        )
    key = next((key for key in ("label", "labels", "entities") if isinstance(one.get(key), list)), None)
    if key is None:
        raise ExchangeError(f"{where} has no 'label'. Export a project of the kind 'sequence labelling' as JSONL.")
    utf16 = Utf16(text)
    spans = tuple(_span(given, utf16, text, where) for given in one[key])
    named = one.get("annotation_approver") or one.get("username") or reviewer
    return Imported(one["doc_id"], str(named), text, spans, {}, where)


def _span(given: Any, utf16: Utf16, text: str, where: str) -> Given:
    if isinstance(given, dict):
        given = [given.get("start_offset"), given.get("end_offset"), given.get("label")]
    if not isinstance(given, list) or len(given) != 3 or not all(isinstance(at, int) for at in given[:2]):
        raise ExchangeError(f"{where}: {str(given)[:60]} is no [start, end, label]. Export from doccano as JSONL.")
    start, end, label = given
    if label not in TABLE_OF:
        raise ExchangeError(
            f"{where} has the label {label!r}; chitieu knows {', '.join(TABLE_OF)}. Rename it in doccano."
        )
    try:
        place = utf16.point(start), utf16.point(end)
    except ValueError:
        place = 0, 0
    if not 0 <= place[0] < place[1] <= len(text):
        raise ExchangeError(
            f"{where}: {start}-{end} is no place in its text. If the project is set to 'Count grapheme clusters "
            "as one character', turn that off and export again."
        )
    return Given(TABLE_OF[label], *place)
