"""The work on one file of a batch: read it, extract its documents, pack what the store is to keep of each.

The same in this process (``Here``) as in worker processes (``extractor.running.pool``).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec

from extractor.model import Extraction, Source
from extractor.reading import Found, ReadError, read_each
from extractor.running.outcomes import Extract, failed_source, rows_of_document
from extractor.running.packing import packed_extraction, packed_source, unpacked_source
from extractor.running.texts import text_files
from extractor.running.worker import read_found
from extractor.tables.rows import Row, rows_of
from extractor.tables.schema import TABLES


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be done.

    Attributes:
        name: what it is called in the tables.
        content: key of its bytes in the store.
        path: where it lies.
        size: its size, in bytes.
        store: the database that has what reading made of its documents earlier; the file is not read again then.
    """

    name: str
    content: str
    path: Path
    size: int = 0
    store: Path | None = None


class Made(msgspec.Struct, frozen=True, array_like=True):
    """What one document gave, ready for the store.

    Attributes:
        name: what ``documents.source`` says.
        doc_id: its id.
        status: ``ok``, ``partial`` or ``failed``.
        reason: why it is not ``ok``.
        rows: the rows of each table, in the order of the schema's tables.
        extraction: everything, see ``packing``.
        source: what reading made of it, see ``packing``; ``None`` where it could not be read.
        files: name and content of the files that hold its source text, where that is not its file's own.
        chars: length of its text, in code points.
        seconds: how long reading and extracting took.
        flags: codes of the checks that its rows fail, one a row and code.
    """

    name: str
    doc_id: str
    status: str
    reason: str
    rows: list[list[Row]]
    extraction: bytes
    source: bytes | None
    files: dict[str, bytes]
    chars: int
    seconds: float
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """A job is done: all its documents have been given."""


class Engine(Protocol):
    """What does jobs, in any order, and gives what they made; use as a context manager."""

    def __call__(self, jobs: Sequence[Job], stop: Event) -> Iterator[tuple[Job, Made | Ended] | None]:
        """Do jobs until there are no more, or until ``stop`` is set: what is in hand then is done to its end.

        Gives ``None`` where the next may take a while.
        """
        ...


def make(found: Source | ReadError, extract: Extract, began: float) -> Made:
    """Extract a document and pack what it gave.

    Args:
        found: what reading gave.
        extract: from source to rows.
        began: ``time.perf_counter()`` when the work on it began.
    """
    extraction = rows_of_document(found, extract)
    source = found if isinstance(found, Source) else None
    try:
        packed = packed_extraction(extraction)
    except UnicodeEncodeError as error:
        assert source is not None  # an error's words are text
        extraction = failed_source(source, f"its text cannot be written: {error.reason}")
        packed = packed_extraction(extraction)
    return Made(
        extraction.document.source,
        extraction.document.doc_id,
        extraction.document.status,
        "" if extraction.document.status == "ok" else "; ".join(extraction.document.warnings),
        [rows_of(table, [extraction]) for table in TABLES],
        packed,
        None if source is None else packed_source(source),
        {} if source is None else text_files(source),
        len(extraction.text),
        time.perf_counter() - began,
        flags_of(extraction),
    )


def flags_of(extraction: Extraction) -> list[str]:
    """Codes of failed checks, once for each row that fails them."""
    tables = (extraction.targets, extraction.places, extraction.deadlines, extraction.assignments)
    return [code for rows in tables for row in rows for code in dict.fromkeys(flag.code for flag in row.flags)]


def documents_of(job: Job, skip: int = 0) -> Iterator[Found]:
    """The documents of a job, not yet read: what was stored of them, or what its file holds now.

    Args:
        job: the job.
        skip: how many documents to leave out.
    """
    if job.store is None:
        yield from read_each(job.path, name=job.name, skip=skip)
        return
    # Looked up when it is this job's turn: all of them in memory from the start could be more than there is.
    with closing(sqlite3.connect(f"{job.store.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as store:
        query = "SELECT source FROM run_documents WHERE content = ? ORDER BY position"
        packed = [source for (source,) in store.execute(query, (job.content,))]
    for one in packed[skip:]:
        source = unpacked_source(one)
        yield Found(job.name + member_of(source.name), source)


def member_of(document: str) -> str:
    """What a document's name adds to that of its file: ``!/2021/plan.docx``, or nothing."""
    return document[len(document.partition("!/")[0]) :]


class Here:
    """Does the work in this process, without limits.

    Args:
        extract: from source to rows.
    """

    def __init__(self, extract: Extract) -> None:
        self._extract = extract

    def __call__(self, jobs: Sequence[Job], stop: Event) -> Iterator[tuple[Job, Made | Ended] | None]:
        """See ``Engine``."""
        for job in jobs:
            if stop.is_set():
                return
            for document in documents_of(job):
                began = time.perf_counter()
                yield job, make(read_found(document), self._extract, began)
            yield job, Ended()
            yield None
