"""Many files in, tables out: what is read in which order, what failed, and how far the run is.

Files are worked through in the order of their names in the tables, so the rows come out sorted and a batch of any size
needs the memory of a few documents only.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from extractor.model import Assignment, Deadline, Document, Extraction, Place, Source, Target
from extractor.reading import SUFFIXES, ReadError
from extractor.running.integrity import problems_of
from extractor.running.isolation import read_here
from extractor.tables.schema import TABLES

Extract = Callable[[Source], Extraction]
ReadFile = Callable[[Path, str], Iterator[Source | ReadError]]

# Rows are written when this much text has been read: enough for column-wise writing to pay, little enough to hold.
_BATCH_CHARS = 4_000_000
_BATCH_DOCUMENTS = 2_000

_FLAGGED = ("targets", "places", "deadlines", "assignments")

_log = logging.getLogger(__name__)


class InputError(Exception):
    """Nothing to run on. The message names the path and says what to do."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a run.

    Attributes:
        path: where it lies.
        name: what ``documents.source`` says: its path inside the given folder, or its own name.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of a run, sorted by name, and what was odd about the paths given."""

    files: tuple[Input, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one document gave.

    Attributes:
        name: what ``documents.source`` says.
        extraction: its rows (``failed`` ones have none); ``None`` if it was skipped.
        skipped: the reason why it was skipped.
        source: what reading made of it; ``None`` where it could not be read.
        last: whether it is its file's last.
    """

    name: str
    extraction: Extraction | None
    skipped: str = ""
    source: Source | None = None
    last: bool = True

    @property
    def status(self) -> str:
        """``ok``, ``partial``, ``failed`` or ``skipped``."""
        return "skipped" if self.extraction is None else self.extraction.document.status


@dataclass(frozen=True, slots=True)
class Progress:
    """Passed to the progress callback after each document; ``done`` and ``total`` count files."""

    done: int
    total: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did.

    Attributes:
        documents: how many are ``ok``, ``partial``, ``failed``, ``skipped``.
        rows: table → rows written.
        flags: code of a failed check → how many rows carry it.
        problems: file and reason, of each partial, failed or skipped document.
        warnings: what was odd about the run as a whole.
        written: the files of the tables.
        texts: the files of source texts and their spots.
    """

    documents: dict[str, int]
    rows: dict[str, int]
    flags: dict[str, int]
    problems: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]
    written: tuple[Path, ...]
    texts: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if every document is ok, 3 if some are partial or failed."""
        return 3 if self.documents["partial"] or self.documents["failed"] else 0


def expand(paths: Iterable[Path | str]) -> Inputs:
    """The files that these paths name: files as they are, folders with every readable document below them.

    The result does not depend on the order of the paths, nor on the current folder.

    Args:
        paths: files and folders.

    Returns:
        Each file once, sorted by the name it gets in the tables.

    Raises:
        InputError: if a path does not exist, or if there is no document in any of them.
    """
    found: dict[Path, str] = {}
    warnings: list[str] = []
    given = sorted({Path(path) for path in paths})
    for path in given:
        if not _exists(path):
            raise InputError(f"{path} does not exist or cannot be reached. Check the spelling; nothing was run.")
        for file, name in _files_of(path, warnings):
            real = Path(os.path.realpath(file))
            # A file named twice keeps its longest name: the one that says which folder it lies in.
            found[real] = max(found.get(real, ""), name, key=lambda n: (len(PurePosixPath(n).parts), n))
    if not found:
        folders = ", ".join(map(str, given)) or "the list of paths"
        suffixes = ", ".join(sorted(SUFFIXES))
        raise InputError(
            f"no document in {folders}: looked for files ending in {suffixes}. Name another folder or a file."
        )
    files = [Input(path, name) for path, name in _distinct(found).items()]
    return Inputs(tuple(sorted(files, key=lambda file: (file.name, file.path))), tuple(warnings))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # No permission on a folder above it, or a name longer than the file system takes.
        return False


def _files_of(path: Path, warnings: list[str]) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield path, _clean(path.name)
        return

    def unreadable(error: OSError) -> None:
        warnings.append(
            f"{error.filename}: folder cannot be listed: {error.strerror}. Its files are not in the tables."
        )

    count = 0
    for folder, folders, names in os.walk(path, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            # Hidden files and Office's lock files ("~$plan.docx") are nobody's documents.
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES:
                file = Path(folder) / name
                count += 1
                yield file, _clean(file.relative_to(path).as_posix())
    if not count:
        warnings.append(
            f"{path}: no document in this folder (looked for files ending in {', '.join(sorted(SUFFIXES))})"
        )


def _clean(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are spelled out, so that every table can hold it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _distinct(found: dict[Path, str]) -> dict[Path, str]:
    """Give files of one name the names of their folders in front, as many as tell them apart."""
    groups: dict[str, list[Path]] = {}
    for path, name in found.items():
        groups.setdefault(name, []).append(path)
    names = dict(found)
    for name, paths in groups.items():
        depth = len(PurePosixPath(name).parts)
        while len(paths) > 1 and len({names[path] for path in paths}) < len(paths):
            depth += 1
            names.update({path: _clean("/".join(path.parts[-depth:]).lstrip("/")) for path in paths})
    return names


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
        waiting: Outcome | None = None
        for found in read(file.path, file.name):
            if waiting is not None:
                yield waiting
            waiting = replace(_outcome(found, extract, seen), last=False)
        if waiting is not None:
            yield replace(waiting, last=True)


def _outcome(found: Source | ReadError, extract: Extract, seen: dict[str, str]) -> Outcome:
    source = None if isinstance(found, ReadError) else found
    doc_id = _doc_id(found.name, found.sha256)
    if doc_id in seen:
        reason = f"has the same content as {seen[doc_id]}: its rows stand under that name"
        return Outcome(found.name, None, reason, source)
    seen[doc_id] = found.name
    if isinstance(found, ReadError):
        return Outcome(found.name, _failed(found.name, found.sha256, str(found)))
    return Outcome(found.name, _extract(found, extract), source=source)


def _extract(source: Source, extract: Extract) -> Extraction:
    try:
        extraction = extract(source)
        problems = problems_of(extraction)
    except Exception as error:
        # One document's fault must not cost the others their rows, whatever it is.
        _log.debug("extraction of %s failed", source.name, exc_info=True)
        return _failed_source(source, f"{type(error).__name__}: {' '.join(str(error).split())}")
    if problems:
        return _failed_source(source, "; ".join(problems[:5]))
    return extraction


def _doc_id(name: str, sha256: str) -> str:
    # Without bytes there is no hash to make an id from; the name is what is left, and it is the same on every run.
    return (sha256 or hashlib.sha256(f"unread:{name}".encode()).hexdigest())[:16]


def _failed(name: str, sha256: str, reason: str) -> Extraction:
    from extractor.pipeline import EXTRACTOR_VERSION  # only here: reading and listing files need no rules

    return Extraction(
        Document(_doc_id(name, sha256), name, sha256, "", "failed", (reason,), extractor_version=EXTRACTOR_VERSION)
    )


def _failed_source(source: Source, reason: str) -> Extraction:
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


def run(
    inputs: Inputs,
    out: Path,
    formats: Sequence[str],
    extract: Extract,
    progress: Callable[[Progress], None] = lambda _: None,
    read: ReadFile = read_here,
    excel: bool = False,
) -> RunSummary:
    """Extract every file and write the tables, and the source texts that are not files of the run themselves.

    Args:
        inputs: see ``expand``.
        out: output folder, made where it does not exist.
        formats: some of ``extractor.tables.writing.FORMATS``.
        extract: from source to rows.
        progress: called after each document.
        read: see ``extract_each``.
        excel: see ``extractor.tables.writing.Options``.

    Returns:
        What was done.

    Raises:
        OutputError: if the folder or a file cannot be written; before any work if that can be seen then.
    """
    from extractor.running.texts import TextWriter
    from extractor.tables.writing import Options, Writer, prepare_folder  # pyarrow: loaded where it is used

    prepare_folder(out)
    tally = _Tally()
    waiting: list[Extraction] = []
    chars = 0
    done = 0
    options = Options(excel, {file.name: file.path for file in inputs.files})
    with Writer(out, formats, options) as writer, TextWriter(out) as texts:
        for outcome in extract_each(inputs.files, extract, read):
            done += outcome.last
            tally.add(outcome)
            if outcome.extraction is not None:
                if outcome.source is not None:
                    texts.add(outcome.source)
                waiting.append(outcome.extraction)
                chars += len(outcome.extraction.text)
            if len(waiting) >= _BATCH_DOCUMENTS or chars >= _BATCH_CHARS:
                writer.add(waiting)
                waiting, chars = [], 0
            progress(Progress(done, len(inputs.files), outcome))
        writer.add(waiting)
        saved = texts.commit()
        written = writer.commit()
        texts.finish()
    return tally.summary((*inputs.warnings, *writer.warnings), written, saved)


class _Tally:
    """Counts what goes by."""

    def __init__(self) -> None:
        self._documents = Counter(dict.fromkeys(("ok", "partial", "failed", "skipped"), 0))
        self._rows = Counter({table.name: 0 for table in TABLES})
        self._flags: Counter[str] = Counter()
        self._problems: list[tuple[str, str, str]] = []

    def add(self, outcome: Outcome) -> None:
        self._documents[outcome.status] += 1
        extraction = outcome.extraction
        if extraction is None:
            self._problems.append((outcome.name, outcome.status, f"{outcome.name}: {outcome.skipped}"))
            return
        if outcome.status != "ok":
            self._problems.append((outcome.name, outcome.status, "; ".join(extraction.document.warnings)))
        self._rows["documents"] += 1
        self._rows["sections"] += len(extraction.sections)
        for table in _FLAGGED:
            rows: tuple[Target | Place | Deadline | Assignment, ...] = getattr(extraction, table)
            self._rows[table] += len(rows)
            for row in rows:
                self._flags.update({flag.code for flag in row.flags})

    def summary(self, warnings: Sequence[str], written: Sequence[Path], texts: Sequence[Path]) -> RunSummary:
        return RunSummary(
            dict(self._documents),
            dict(self._rows),
            dict(sorted(self._flags.items())),
            tuple(self._problems),
            tuple(warnings),
            tuple(written),
            tuple(texts),
        )
