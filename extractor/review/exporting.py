"""What reviewers decided, given out: tables, gold annotations, other tools' formats, one page to send; and taken in."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as pa_csv

from extractor.messages import for_readers, text
from extractor.model import Extraction
from extractor.review import tables
from extractor.review.cells import REVIEWED
from extractor.review.decisions import Item, Reviews
from extractor.review.exchange import FORMATS, READERS, ExchangeError
from extractor.review.proposing import propose
from extractor.review.state import ReviewedDocument
from extractor.tables.copying import REVIEW_COLUMNS
from extractor.tables.files import FORMATS as TABLE_FORMATS
from extractor.tables.files import SQLITE_NAME, OutputError, beside, output, prepare_folder
from extractor.tables.schema import BY_NAME
from extractor.tables.writing import Options, Writer

LOG_NAME = "reviews.csv"
_AT_A_TIME = 100  # documents in memory


@dataclass(frozen=True, slots=True)
class Exported:
    """What was given out.

    Attributes:
        documents: how many.
        rows: how many rows of the four reviewed tables they have.
        decided: how many of these a reviewer accepted, corrected or added.
        conflicts: how many of these reviewers disagree about.
        left: what was left out, and why.
        written: the files.
        server: the database that they were loaded into.
    """

    documents: int = 0
    rows: int = 0
    decided: int = 0
    conflicts: int = 0
    left: tuple[str, ...] = ()
    written: tuple[Path, ...] = ()
    server: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was taken in: documents, and rows by what was said of them."""

    documents: int
    accepted: int
    corrected: int
    rejected: int
    added: int


def _documents(reviews: Reviews, reviewer: str = "") -> Iterator[ReviewedDocument]:
    for doc_id in reviews.doc_ids():
        document = reviews.reviewed(doc_id, reviewer)
        if document is not None:
            yield document


def _rows(extraction: Extraction) -> int:
    return sum(len(getattr(extraction, table)) for table in REVIEWED)


def _standing(document: ReviewedDocument) -> dict[str, bool]:
    """Id of every row that stands because a reviewer said so → whether reviewers disagree about it."""
    return {
        state.row[BY_NAME[state.decision.table_name].primary_key]: bool(state.rivals)
        for state in document.states.values()
        if state.row and state.decision.table_name in REVIEWED and state.look != "unplaced"
    }


def _only_decided(document: ReviewedDocument) -> Extraction:
    standing = _standing(document)
    kept: dict[str, Any] = {
        table: tuple(
            row for row in getattr(document.extraction, table) if getattr(row, BY_NAME[table].primary_key) in standing
        )
        for table in REVIEWED
    }
    deadlines = {row.deadline_id for row in kept["deadlines"]}
    targets = {row.target_id for row in kept["targets"]}
    kept["targets"] = tuple(
        row if row.deadline_id in deadlines else replace(row, deadline_id="") for row in kept["targets"]
    )
    kept["places"] = tuple(row if row.target_id in targets else replace(row, target_id="") for row in kept["places"])
    return replace(document.extraction, **kept)


def write_tables(
    reviews: Reviews,
    folder: Path | None,
    formats: Sequence[str],
    excel: bool = False,
    decided_only: bool = False,
    to: str | None = None,
    schema: str = "chitieu_reviewed",
) -> Exported:
    """Write the six tables as corrected, and ``reviews.csv`` with every decision; load them into PostgreSQL.

    Args:
        reviews: the decisions.
        folder: where to; ``None`` to load only.
        formats: some of the formats of tables.
        excel: see ``extractor.tables.writing.Options``.
        decided_only: leave out what no reviewer has looked at.
        to: the database's address.
        schema: the schema in it.

    Raises:
        OutputError: a file cannot be written, or there is no such format.
        LoadError: nothing was loaded.
    """
    unknown = [name for name in formats if name not in TABLE_FORMATS]
    if unknown:
        raise OutputError(f"--format: {', '.join(unknown)}; the formats are {', '.join(TABLE_FORMATS)}.")
    done = Exported()
    if folder is not None:
        if (folder / SQLITE_NAME).exists() and _is_run(folder / SQLITE_NAME):
            raise OutputError(f"{folder} is the folder of a run: choose another one for what is exported.")
        done = _write(reviews, folder, formats, excel, decided_only)
    if to is not None:
        from extractor.tables.postgres import load

        with tempfile.TemporaryDirectory(prefix="chitieu-") as place:
            loaded = _write(reviews, Path(place), ["sqlite"], False, decided_only)
            server = load(Path(place), to, schema=schema, prune=True).server
        done = replace(loaded, written=done.written, server=server)
    return done


def _is_run(path: Path) -> bool:
    with output(path), closing(sqlite3.connect(path)) as database:
        return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'run_meta'").fetchone())


def _write(reviews: Reviews, folder: Path, formats: Sequence[str], excel: bool, decided_only: bool) -> Exported:
    prepare_folder(folder)
    counts: Counter[str] = Counter()
    sources = {}
    if "xlsx" in formats:
        sources = {
            row["name"]: Path(os.fsdecode(row["path"])) for row in reviews.all("SELECT name, path FROM run_files")
        }
    with Writer(folder, formats, Options(excel, sources)) as writer:
        waiting: list[Extraction] = []
        for document in _documents(reviews):
            extraction = _only_decided(document) if decided_only else document.extraction
            standing = _standing(document)
            counts.update(documents=1, rows=_rows(extraction), decided=len(standing), conflicts=sum(standing.values()))
            waiting.append(extraction if "xlsx" in formats else replace(extraction, text=""))
            if len(waiting) == _AT_A_TIME:
                writer.add(waiting)
                waiting = []
        writer.add(waiting)
        written = writer.commit()
    if "sqlite" in formats:
        _add_log(reviews, folder / SQLITE_NAME)
    log = folder / LOG_NAME
    with output(log):
        temporary = beside(log)
        pa_csv.write_csv(_log_table(reviews), temporary)
        os.replace(temporary, log)
    return Exported(
        counts["documents"], counts["rows"], counts["decided"], counts["conflicts"], written=(*written, log)
    )


def _log_table(reviews: Reviews) -> pa.Table:
    names = ("seq", *REVIEW_COLUMNS)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = reviews.all(f"SELECT {columns} FROM reviews ORDER BY seq")
    types = {"seq": pa.int64(), "start": pa.int64(), "end": pa.int64()}
    return pa.table({name: pa.array([row[name] for row in rows], types.get(name, pa.string())) for name in names})


def _add_log(reviews: Reviews, path: Path) -> None:
    """Every decision into an exported database, so that it goes on to where that is loaded."""
    rows = [tuple(row) for row in reviews.all("SELECT * FROM reviews ORDER BY seq")]
    with output(path), closing(sqlite3.connect(path)) as database:
        database.execute(tables.STATEMENTS[0])
        if rows:
            database.executemany(f"INSERT INTO reviews VALUES ({', '.join('?' * len(rows[0]))})", rows)
        database.commit()


def write_gold(reviews: Reviews, folder: Path, reviewer: str = "") -> Exported:
    """Write the wholly reviewed documents as gold annotations, with their texts: see ``exchange.gold``.

    With ``reviewer``, as this one alone reviewed them, so that two can be compared.

    Wholly reviewed is a document whose head and rows were all decided, none of them to be looked at again and none in
    conflict: what is not, would make the extractor's own answer the measure of it.

    Raises:
        OutputError: a file cannot be written.
    """
    ready: list[ReviewedDocument] = []
    left: list[str] = []
    for document in _documents(reviews, reviewer):
        why = _not_ready(document)
        if why:
            left.append(f"{document.extraction.document.source}: {why}")
        else:
            ready.append(document)
    return replace(_given_out("gold", ready, folder), left=tuple(left))


def _not_ready(document: ReviewedDocument) -> str:
    extraction = document.extraction
    if not extraction.text:
        return text("no text was read")
    standing = _standing(document)
    open_rows = _rows(extraction) - len(standing)
    own = document.states.get(extraction.document.doc_id)
    disputed = [state for state in document.states.values() if state.rivals or state.look]
    reasons = [
        *([text("{count} rows are not reviewed", count=open_rows)] if open_rows else []),
        *([text("its number, title and date are not reviewed")] if own is None else []),
        *([text("{count} rows are in conflict or to be looked at again", count=len(disputed))] if disputed else []),
    ]
    return ", ".join(reasons)


def write_other(reviews: Reviews, tool: str, folder: Path) -> Exported:
    """Write documents, reviewed or not, for another annotation tool: see ``exchange``.

    Raises:
        OutputError: a file cannot be written.
        ExchangeError: a document cannot be told in this format.
    """
    return _given_out(tool, [document for document in _documents(reviews) if document.extraction.text], folder)


def _given_out(tool: str, documents: Sequence[ReviewedDocument], folder: Path) -> Exported:
    prepare_folder(folder)
    written = FORMATS[tool].write(documents, folder)
    standing = [_standing(document) for document in documents]
    return Exported(
        documents=len(documents),
        rows=sum(_rows(document.extraction) for document in documents),
        decided=sum(map(len, standing)),
        conflicts=sum(sum(found.values()) for found in standing),
        written=tuple(written),
    )


def take_in(reviews: Reviews, tool: str, file: Path, reviewer: str) -> TakenIn:
    """Take in what was decided in another tool, as decisions of a reviewer.

    Args:
        reviews: the decisions.
        tool: one of ``exchange.READERS``.
        file: what the tool exported.
        reviewer: who decided, where the file does not say.

    Raises:
        ExchangeError: the file is not of this tool, or not about these documents. Nothing was taken in.
        ReviewError: a value in it is not valid; what was taken in before of other documents stays.
    """
    if tool not in READERS:
        raise ExchangeError(f"--from: {tool}; one of {', '.join(READERS)}.")
    from extractor.review.exchange.incoming import items

    found = READERS[tool](file)
    known = {document.doc_id: reviews.reviewed(document.doc_id) for document in found}
    missing = sorted(doc_id for doc_id, document in known.items() if document is None)
    if missing:
        raise ExchangeError(f"{file} is about documents that the tables do not have: {', '.join(missing[:5])}.")
    asked = [(imported, items(document, imported)) for imported in found if (document := known[imported.doc_id])]
    verdicts: Counter[str] = Counter()
    for imported, wanted in asked:
        states = reviews.states(imported.doc_id)
        newest = {row: state.decision.review_id for (_, row), state in states.items()}
        given = [
            _whole(reviews, imported.doc_id, Item(**{**item, "base": newest.get(item["row_id"], "")}))
            for item in wanted
        ]
        reviews.decide(imported.doc_id, given, imported.reviewer or reviewer)
        verdicts.update(item.verdict for item in given)
    counts = (verdicts[verdict] for verdict in ("accept", "correct", "reject", "add"))
    return TakenIn(len(asked), *counts)


def _whole(reviews: Reviews, doc_id: str, item: Item) -> Item:
    """A new row with what its words say where the other tool gave no more than a label."""
    loaded = reviews.document(doc_id)
    if item.verdict != "add" or loaded is None:
        return item
    start, end = int(item.changes["start"]), int(item.changes["end"])
    proposed = propose(item.table, loaded.text, start, end, loaded.extraction)
    return replace(item, changes={**proposed, **item.changes})


def write_report(reviews: Reviews, path: Path, title: str = "") -> int:
    """Write one self-contained page about all documents; its size in bytes.

    Raises:
        OutputError: it cannot be written.
    """
    from extractor.review.documents import details_of_all, document_json
    from extractor.review.report import report_html

    documents: list[dict[str, Any]] = []
    for doc_id in reviews.doc_ids():
        loaded = reviews.document(doc_id)
        if loaded is None:
            continue
        states = reviews.states(doc_id)
        found = document_json(loaded, states)
        found["details"] = details_of_all(loaded, states, reviews.log(doc_id))
        documents.append(found)
    page = report_html(documents, lang=for_readers(), title=title, made_at=date.today().isoformat()).encode()
    with output(path):
        temporary = beside(path)
        temporary.write_bytes(page)
        os.replace(temporary, path)
    return len(page)
