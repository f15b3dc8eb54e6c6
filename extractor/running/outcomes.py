"""From a file to the rows of its documents. Whatever happens to one, the next is taken."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from extractor.model import Document, Extraction, Source
from extractor.reading import ReadError
from extractor.running.inputs import Input
from extractor.running.integrity import problems_of
from extractor.running.isolation import read_here

Extract = Callable[[Source], Extraction]
ReadFile = Callable[[Path, str], Iterator[Source | ReadError]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one document gave.

    Attributes:
        name: what ``documents.source`` says.
        extraction: its rows (``failed`` ones have none); ``None`` if it was skipped.
        skipped: the reason why it was skipped.
        source: what reading made of it; ``None`` where it could not be read.
    """

    name: str
    extraction: Extraction | None
    skipped: str = ""
    source: Source | None = None

    @property
    def status(self) -> str:
        """``ok``, ``partial``, ``failed`` or ``skipped``."""
        return "skipped" if self.extraction is None else self.extraction.document.status


def extract_each(files: Iterable[Input], extract: Extract, read: ReadFile = read_here) -> Iterator[Outcome]:
    """Extract file after file. Whatever happens to one of them, the next is taken.

    Args:
        files: in the order in which the rows are wanted.
        extract: from source to rows; its exceptions become a ``failed`` document.
        read: from file to sources: ``read_here``, or an ``IsolatedReader``.

    Yields:
        One outcome a document: one a file, of a zip file one a member. A document with the same bytes as an earlier one
        is skipped: its ids would be the same.
    """
    seen: dict[str, str] = {}
    for file in files:
        for found in read(file.path, file.name):
            yield outcome_of(found, extract, seen)


def outcome_of(found: Source | ReadError, extract: Extract, seen: dict[str, str]) -> Outcome:
    """What a document gave, or that it is skipped.

    Args:
        found: what reading gave.
        extract: from source to rows.
        seen: id → name of the documents before it; it is added.
    """
    doc_id = doc_id_of(found.name, found.sha256)
    source = None if isinstance(found, ReadError) else found
    if doc_id in seen:
        return Outcome(found.name, None, same_content(seen[doc_id]), source)
    seen[doc_id] = found.name
    return Outcome(found.name, rows_of_document(found, extract), source=source)


def contained(extract: Extract) -> Extract:
    """The same extraction where nobody watches over memory: what a document lacks is its own fault, as others are."""

    def within(source: Source) -> Extraction:
        try:
            return extract(source)
        except MemoryError:
            raise RuntimeError("it needs more memory than there is") from None

    return within


def same_content(name: str) -> str:
    """Why a document is skipped whose bytes are those of the document ``name``."""
    return f"has the same content as {name}: its rows stand under that name"


def rows_of_document(found: Source | ReadError, extract: Extract) -> Extraction:
    """What one document gives, whatever happens: a ``failed`` document where it cannot be read or extracted.

    Raises:
        MemoryError: what is left may not do for the next document; whoever set the limit knows what to do.
    """
    if isinstance(found, ReadError):
        return _failed(found.name, found.sha256, str(found))
    try:
        extraction = extract(found)
        problems = problems_of(extraction)
    except MemoryError:
        raise
    except Exception as error:
        # One document's fault must not cost the others their rows, whatever it is.
        _log.debug("extraction of %s failed", found.name, exc_info=True)
        return failed_source(found, f"{type(error).__name__}: {' '.join(str(error).split())}")
    if problems:
        return failed_source(found, "; ".join(problems[:5]))
    return extraction


def doc_id_of(name: str, sha256: str) -> str:
    """The id of a document by the hash of its bytes; by its name, where they could not be had."""
    # Without bytes there is no hash to make an id from; the name is what is left, and it is the same on every run.
    return (sha256 or hashlib.sha256(f"unread:{name}".encode()).hexdigest())[:16]


def _failed(name: str, sha256: str, reason: str) -> Extraction:
    from extractor.pipeline import EXTRACTOR_VERSION  # only here: reading and listing files need no rules

    return Extraction(
        Document(doc_id_of(name, sha256), name, sha256, "", "failed", (reason,), extractor_version=EXTRACTOR_VERSION)
    )


def failed_source(source: Source, reason: str) -> Extraction:
    """A document that was read, and could not be extracted."""
    message = f"{source.name}: extraction failed: {reason}. This is a fault of chitieu: please report it with the file."
    extraction = _failed(source.name, source.sha256, message)
    reading = source.reading
    document = replace(
        extraction.document,
        format=source.format,
        chars=len(source.text),
        reader=reading.reader,
        pages=reading.pages,
        ocr_confidence=reading.ocr_confidence,
    )
    return replace(extraction, document=document, text=source.text)
