"""What a worker of a cluster does with one part of a run: read, extract, write the part's rows to the store.

A part is written under a name that says what is in it, its record last of all. So a part that has a record is whole,
a part written twice is the same, and what a run before has written is not computed again.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TypeVar

from extractor.model import Extraction, Source
from extractor.patterns import PatternSet, load
from extractor.pipeline import extract_source
from extractor.reading import LIMIT, ReadError, read_each, suffix_of, too_big
from extractor.running.cluster import ClusterError
from extractor.running.fingerprint import rules_key
from extractor.running.isolation import IsolatedReader
from extractor.running.outcomes import Outcome, contained, doc_id_of, outcome_of
from extractor.running.partitions import name_of
from extractor.running.texts import FOLDER as TEXTS
from extractor.running.texts import Texts, is_saved, text_files
from extractor.running.urls import StoredFile, copy, fetch, is_local, opened, put, put_bytes
from extractor.tables.files import OutputError
from extractor.tables.schema import BY_NAME, TABLES
from extractor.tables.writing import Options, Writer, csv_header

RECORDS = "_parts"
"""Folder of the records of parts, and of the parts of CSV and JSON Lines files."""

_BATCH_CHARS = 4_000_000
_TRIES = 3
_T = TypeVar("_T")
_FLAGGED = ("targets", "places", "deadlines", "assignments")

# Extraction is pure Python: two threads of one worker would gain nothing by doing it at the same time.
_EXTRACTING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Job:
    """What holds for all parts of a run.

    Attributes:
        out: absolute path or URL of the output folder.
        rules: the version of the rules, as the client has it.
        patterns_dir: the user's own folder of patterns, on a disk that all machines share.
        extras: of the formats ``csv`` and ``jsonl`` those wanted beside Parquet.
        excel: whether CSV is written for Excel.
        file_timeout: seconds that reading one document may take.
        places: local paths that every worker must see.
    """

    out: str
    rules: str
    patterns_dir: str | None
    extras: tuple[str, ...]
    excel: bool
    file_timeout: float
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One part to make.

    Attributes:
        job: see ``Job``.
        stem: name of the part's files, without suffix.
        base: see ``Partition``.
        files: sorted by name.
        owners: ``doc_id`` → name, of documents that stand in an earlier part and so not in this one.
        deadly: names of files that no worker survives.
    """

    job: Job
    stem: str
    base: str
    files: tuple[StoredFile, ...]
    owners: Mapping[str, str]
    deadly: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What became of one document.

    Attributes:
        name: as in ``documents.source``.
        doc_id: its id.
        status: ``ok``, ``partial``, ``failed`` or ``skipped``.
        rows: how many, in the order of ``TABLES``.
        flags: code → rows that carry it.
        problem: why it is partial or failed.
        text: whether its source text is saved.
    """

    name: str
    doc_id: str
    status: str
    rows: tuple[int, ...] = ()
    flags: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    text: bool = False


@dataclass(frozen=True, slots=True)
class PartRecord:
    """What became of a part.

    Attributes:
        base: see ``Partition``.
        owned: ids of the documents that were left out because an earlier part has them.
        documents: in the order of their rows.
        file_timeout: seconds that reading one document could take.
        unreached: whether a file could not be had from its store, or no worker survived it: another run may be luckier.
    """

    base: str
    owned: tuple[str, ...]
    documents: tuple[DocumentRecord, ...]
    file_timeout: float
    unreached: bool = False

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=True, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> PartRecord:
        """Read a record.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        parts = json.loads(data)
        documents = tuple(DocumentRecord(**{**d, "rows": tuple(d["rows"])}) for d in parts.pop("documents"))
        return cls(**{**parts, "owned": tuple(parts["owned"])}, documents=documents)

    def holds_for(self, file_timeout: float) -> bool:
        """Whether a run with this limit would come to the same."""
        failed = any(document.status == "failed" for document in self.documents)
        return not self.unreached and (self.file_timeout == file_timeout or not failed)


def part_key(base: str, owners: Mapping[str, str], extras: tuple[str, ...], excel: bool) -> str:
    """Names the content of a part's files: 16 hex digits."""
    return name_of(base, sorted(owners), extras, excel and "csv" in extras)


def files_of_part(stem: str, extras: tuple[str, ...]) -> dict[str, set[str]]:
    """Folder → names of the files that a part consists of."""
    found = {table.name: {f"{stem}.parquet"} for table in TABLES}
    found[RECORDS] = {f"{stem}.json", *(f"{stem}.{table.name}.{extra}" for extra in extras for table in TABLES)}
    return found


@cache
def _rules(patterns_dir: str | None) -> tuple[str, PatternSet]:
    # Loaded once in the life of a worker, together with the name of what was loaded: a worker that outlives a change
    # of the patterns is found out.
    own = None if patterns_dir is None else Path(patterns_dir)
    return rules_key(own), load(extra=own)


def check(job: Job) -> PatternSet:
    """See that this worker sees the same files and has the same rules as the client.

    Raises:
        ClusterError: it does not.
    """
    from distributed import get_worker

    def here() -> str:
        with suppress(ValueError):
            return f"worker {get_worker().address}"
        return "this worker"

    for place in job.places:
        if not os.path.exists(place):
            raise ClusterError(
                f"{here()} does not see {place}. Give a folder on a disk that all machines share, or a URL (s3://…)."
            )
    rules, patterns = _rules(job.patterns_dir)
    if rules != job.rules:
        raise ClusterError(
            f"{here()} has other rules than the client ({rules}, {job.rules}). Install the same version of chitieu "
            "and the same patterns there, then restart the workers."
        )
    return patterns


def _scratch() -> str | None:
    """The worker's own folder, which Dask removes when a worker was killed."""
    from distributed import get_worker

    with suppress(ValueError):
        return str(get_worker().local_directory)
    return None


class _Files:
    """Input files as paths on this machine, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.unreached = False

    def use(self, file: StoredFile, read: Callable[[Path, str], Iterator[_T]]) -> Iterator[_T | ReadError]:
        """What ``read`` yields of the file; the error instead, where it cannot be had."""
        if is_local(file.url):
            yield from read(Path(file.url), file.name)
            return
        path = self._folder / f"file{suffix_of(file.name)}"
        try:
            self._fetch(file, path)
        except ReadError as error:
            yield error
            return
        try:
            yield from read(path, file.name)
        finally:
            path.unlink(missing_ok=True)

    def _fetch(self, file: StoredFile, path: Path) -> None:
        if file.size > LIMIT:
            raise too_big(file.name, file.size, LIMIT)
        for left in reversed(range(_TRIES)):
            try:
                fetch(file.url, path)
                return
            except FileNotFoundError:
                advice = "Was it moved or renamed during the run?"
                raise ReadError(file.name, "does not exist (any more)", advice) from None
            except Exception as error:  # each store has exceptions of its own
                if left:
                    continue
                self.unreached = True
                reason = f"cannot be fetched: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
                raise ReadError(file.name, reason, "Check its permissions, then run again.") from error


def identify(order: Order) -> list[tuple[str, str]]:
    """Name and id of each document in these files, without reading what is in them.

    A guess, for what another part may leave out: the part's own record says what was there when it was read.

    Raises:
        ClusterError: see ``check``.
    """
    check(order.job)
    found: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory(prefix="chitieu-", dir=_scratch()) as folder:
        files = _Files(Path(folder))
        for file in order.files:
            with suppress(Exception):  # whatever it is, reading the file will tell
                for one in files.use(file, lambda path, name: read_each(path, name=name)):
                    found.append((one.name, doc_id_of(one.name, one.sha256)))
    return found


def make_part(order: Order) -> PartRecord:
    """Read and extract the files of a part, and write its rows and source texts.

    Returns:
        Its record, which has been written too.

    Raises:
        ClusterError: see ``check``.
        OutputError: the store cannot be written.
    """
    patterns = check(order.job)

    def extract(source: Source) -> Extraction:
        with _EXTRACTING:
            return extract_source(source, patterns=patterns)

    job = order.job
    documents: list[DocumentRecord] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chitieu-", dir=_scratch())))
        read = stack.enter_context(IsolatedReader(job.file_timeout))
        files = _Files(folder)
        tables = folder / "tables"
        tables.mkdir()
        writer = stack.enter_context(Writer(tables, ("parquet", *job.extras), Options(job.excel)))
        texts = Texts(tables)
        waiting: list[Extraction] = []
        chars = 0
        for doc_id, outcome in _outcomes(order, files, read, contained(extract)):
            documents.append(_record(doc_id, outcome))
            if outcome.extraction is None:
                continue
            if outcome.source is not None:
                texts.save(text_files(outcome.source))
            waiting.append(outcome.extraction)
            chars += len(outcome.extraction.text)
            if chars >= _BATCH_CHARS:
                writer.add(waiting)
                waiting, chars = [], 0
        writer.add(waiting)
        saved = texts.paths()
        writer.commit()
        record = PartRecord(
            order.base,
            tuple(sorted(order.owners)),
            tuple(documents),
            job.file_timeout,
            files.unreached or bool(order.deadly),
        )
        _store(order, tables, saved, record)
    return record


def _outcomes(
    order: Order, files: _Files, read: IsolatedReader, extract: Callable[[Source], Extraction]
) -> Iterator[tuple[str, Outcome]]:
    seen = dict(order.owners)
    for file in order.files:
        for found in files.use(file, _not_read if file.name in order.deadly else read):
            yield doc_id_of(found.name, found.sha256), outcome_of(found, extract, seen)


def _not_read(path: Path, name: str) -> Iterator[ReadError]:
    """An error for each document of a file that no worker survives."""
    reason = "made every worker that tried it crash or run out of memory"
    for found in read_each(path, name=name):
        yield ReadError(found.name, reason, "Split it, or give workers more memory.", sha256=found.sha256)


def try_files(order: Order) -> bool:
    """Read and extract files, to see whether this worker survives it.

    Raises:
        ClusterError: see ``check``.
    """
    patterns = check(order.job)
    with (
        tempfile.TemporaryDirectory(prefix="chitieu-", dir=_scratch()) as folder,
        IsolatedReader(order.job.file_timeout) as read,
    ):
        for _ in _outcomes(order, _Files(Path(folder)), read, lambda source: extract_source(source, patterns=patterns)):
            pass
    return True


def _record(doc_id: str, outcome: Outcome) -> DocumentRecord:
    extraction = outcome.extraction
    if extraction is None:
        return DocumentRecord(outcome.name, doc_id, outcome.status)
    flags: Counter[str] = Counter()
    for table in _FLAGGED:
        for row in getattr(extraction, table):
            flags.update({flag.code for flag in row.flags})
    return DocumentRecord(
        outcome.name,
        doc_id,
        outcome.status,
        tuple(1 if table.name == "documents" else len(getattr(extraction, table.name)) for table in TABLES),
        dict(sorted(flags.items())),
        "" if outcome.status == "ok" else "; ".join(extraction.document.warnings),
        outcome.source is not None and is_saved(outcome.source),
    )


def _store(order: Order, tables: Path, texts: list[Path], record: PartRecord) -> None:
    out, stem = order.job.out, order.stem
    try:
        for path in texts:
            put(path, f"{out}/{TEXTS}/{path.name}")
        for table in TABLES:
            for extra in order.job.extras:
                put(tables / f"{table.name}.{extra}", f"{out}/{RECORDS}/{stem}.{table.name}.{extra}")
            put(tables / f"{table.name}.parquet", f"{out}/{table.name}/{stem}.parquet")
        put_bytes(record.to_json(), f"{out}/{RECORDS}/{stem}.json")
    except Exception as error:  # each store has exceptions of its own
        raise unwritten(out, error) from error


def unwritten(out: str, error: Exception) -> OutputError:
    """What to say of a store that does not take a file."""
    reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return OutputError(f"{out} cannot be written: {reason}. Run again when it can: the parts that are done stay done.")


@dataclass(frozen=True, slots=True)
class Move:
    """A part that is done and gets another number: files were added or taken away before it."""

    job: Job
    old: str
    new: str


def carry(move: Move) -> str:
    """Give a part another number. Its files are copied: the run may be interrupted, and the old ones still be read.

    Returns:
        Its new name.

    Raises:
        OutputError: the store cannot be written.
    """
    job, old, new = move.job, move.old, move.new
    before, after = files_of_part(old, job.extras), files_of_part(new, job.extras)
    try:
        for folder in before:
            # The record, which says that the part is whole, comes last in its folder, and that folder last of all.
            pairs = zip(sorted(before[folder]), sorted(after[folder]), strict=True)
            for source, target in sorted(pairs, key=lambda pair: pair[1] == f"{new}.json"):
                copy(f"{job.out}/{folder}/{source}", f"{job.out}/{folder}/{target}")
    except Exception as error:
        raise unwritten(job.out, error) from error
    return new


@dataclass(frozen=True, slots=True)
class Joint:
    """One CSV or JSON Lines file to be put together from the parts ``stems``."""

    job: Job
    table: str
    extra: str
    stems: tuple[str, ...]


def join(joint: Joint) -> str:
    """Put the parts of one CSV or JSON Lines file together, in order, byte by byte.

    Returns:
        Where the file is.

    Raises:
        OutputError: the store cannot be written.
    """
    job, table, extra = joint.job, joint.table, joint.extra
    header = len(csv_header(BY_NAME[table], job.excel)) if extra == "csv" else 0
    target = f"{job.out}/{table}.{extra}"
    try:
        # On this disk first: what is written to a store bit by bit would stand there half if anything went wrong.
        with tempfile.TemporaryDirectory(prefix="chitieu-", dir=_scratch()) as folder:
            whole = Path(folder, "whole")
            with whole.open("wb") as stream:
                for number, stem in enumerate(joint.stems):
                    _append(f"{job.out}/{RECORDS}/{stem}.{table}.{extra}", stream, header if number else 0)
            put(whole, target)
    except Exception as error:
        raise unwritten(target, error) from error
    return target


def _append(url: str, stream: IO[bytes], skip: int) -> None:
    store, path = opened(url)
    with store.open(path, "rb") as source:
        source.read(skip)
        shutil.copyfileobj(source, stream, 1 << 20)
