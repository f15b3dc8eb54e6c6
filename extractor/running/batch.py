"""Many files in, tables out, night after night: what is new or changed is done, the rest is as it was.

A run asks the store what is known of each file, has an engine do what is not, keeps every document as it comes, and
writes the tables when all is done. Whatever ends it in between, the next run goes on from there.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from extractor.reading import LIMIT
from extractor.reading.txt import READER
from extractor.running.fingerprint import Versions, writing_key
from extractor.running.inputs import Input, InputError, Inputs
from extractor.running.locking import only_writer
from extractor.running.outcomes import same_content
from extractor.running.store import Done, FileRow, Store
from extractor.running.texts import Texts, text_files
from extractor.running.work import Ended, Engine, Job, Made, member_of
from extractor.tables.files import output, prepare_folder
from extractor.tables.schema import TABLES

_DOCUMENTS_AT_A_TIME = 50  # taken from the store when the tables are written: some megabytes of rows
_FRESH_NS = 2_000_000_000  # a file changed so lately may change again without its time showing it
_UNREAD = "unread:"
_TEMPORARY = re.compile(r"\..+\.\d+\.tmp")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is told besides its files.

    Attributes:
        formats: some of ``extractor.tables.files.FORMATS``.
        excel: see ``extractor.tables.writing.Options``.
        force: do everything again.
        prune: drop the rows of files that are gone.
        retry: do again what failed, and nothing else that is known.
        noted: what the run log and ``chitieu retry`` are to know of how the run was called.
    """

    formats: Sequence[str] = ("csv",)
    excel: bool = False
    force: bool = False
    prune: bool = False
    retry: bool = False
    noted: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """Passed to the progress callback after each document.

    Attributes:
        done: files that are done, of those that this run does.
        total: how many this run does.
        name: the document, as in ``documents.source``.
        doc_id: its id.
        status: ``ok``, ``partial`` or ``failed``.
        reason: why it is not ``ok``.
        rows: table → rows.
        flags: code of a failed check → rows.
        chars: length of its text.
        size: bytes of its file.
        seconds: how long it took.
    """

    done: int
    total: int
    name: str
    doc_id: str
    status: str
    reason: str
    rows: Mapping[str, int]
    flags: Mapping[str, int]
    chars: int
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did, and what the tables hold now.

    Attributes:
        documents: how many are ``ok``, ``partial``, ``failed``, ``skipped``.
        rows: table → rows.
        flags: code of a failed check → how many rows carry it.
        problems: name, status and reason of each partial, failed or skipped document.
        warnings: what was odd about the run as a whole.
        written: the files of the tables that were written; none where they were as they should be.
        texts: the files of source texts and their spots.
        files: how many of the files given are ``new``, ``changed`` or ``stale`` (done under other versions or forced),
            ``retried``, ``unchanged``, ``moved``; how many known ones are ``gone`` or were ``pruned``.
        left: how many files were not done, because the run was told to stop; the tables are those before the run then.
        seconds: how long it took.
    """

    documents: dict[str, int]
    rows: dict[str, int]
    flags: dict[str, int]
    problems: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]
    written: tuple[Path, ...]
    texts: tuple[Path, ...]
    files: dict[str, int]
    left: int
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 if every document of the tables is ok, 3 if some are partial or failed, or files are left."""
        return 3 if self.documents["partial"] or self.documents["failed"] or self.left else 0


@dataclass(slots=True)
class _Plan:
    """What is to be done: jobs, and how the manifest changes."""

    jobs: list[Job] = field(default_factory=list)
    changed: list[FileRow] = field(default_factory=list)  # rows may depend on it
    touched: list[FileRow] = field(default_factory=list)  # only the look of the file
    forget: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def run(
    inputs: Inputs,
    out: Path,
    settings: Settings,
    engine: Engine,
    versions: Versions,
    progress: Callable[[Step], None] = lambda _: None,
    stop: Event | None = None,
) -> RunSummary:
    """Do what is new or changed, and write the tables, and the source texts that are not files of the run themselves.

    Args:
        inputs: see ``expand``.
        out: output folder, made where it does not exist.
        settings: what else the run is told.
        engine: what does the work; it must be the one that ``versions`` are of.
        versions: of code and rules, see ``extractor.running.fingerprint``.
        progress: called after each document.
        stop: set it to let the run finish what is in hand and end there.

    Returns:
        What was done.

    Raises:
        InputError: a file has the name of another one that the store knows, which is still there.
        OutputError: if the folder or a file cannot be written, or another run is writing there; before any work if
            that can be seen then.
    """
    from extractor.tables.writing import Options, Writer  # pyarrow: loaded while the workers load the rules

    began = time.perf_counter()
    stop = stop or Event()
    prepare_folder(out)
    with only_writer(out):
        _take_away_leftovers(out)
        with Writer(out, _files_of_their_own(settings), Options(settings.excel)):
            pass  # what a format lacks is told before any work
        with Store(out) as store:
            plan = _plan(store, inputs, settings, versions)
            run_id = store.begin_run({**settings.noted, "versions": asdict(versions)}, _now())
            if plan.changed or plan.forget:
                store.record(plan.changed, plan.forget)
            if plan.touched:
                store.record(plan.touched, settled=True)
            left = _do(store, Texts(out), plan.jobs, engine, versions, progress, stop)
            written: list[Path] = []
            warnings = list(inputs.warnings)
            if not left:
                written = _publish(store, out, settings, warnings)
            summary = _summary(store, out, plan, warnings, written, left, time.perf_counter() - began)
            store.end_run(run_id, {"documents": summary.documents, "files": summary.files, "left": left}, _now())
    return summary


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _take_away_leftovers(out: Path) -> None:
    """Files that a run which was killed had begun."""
    for folder in (out, out / "text"):
        for name in os.listdir(folder) if folder.is_dir() else ():
            if _TEMPORARY.fullmatch(name):
                with output(folder / name):
                    (folder / name).unlink(missing_ok=True)


# --- what is to be done


def _plan(store: Store, inputs: Inputs, settings: Settings, versions: Versions) -> _Plan:
    plan = _Plan()
    known, done = store.files(), store.contents()
    given = known_inputs(known) if settings.retry else inputs.files
    now: dict[str, FileRow] = {}
    asked: set[str] = set()

    def ask(row: FileRow) -> None:
        if row.content not in asked:
            asked.add(row.content)
            plan.jobs.append(_job(store, row, done.get(row.content), versions, settings.force))

    for file in given:
        before = known.get(file.name)
        row = now[file.name] = _looked_at(file, before)
        _see_that_names_differ(row, before)
        kind = _kind(row, before, done.get(row.content), settings, versions)
        plan.counts[kind] += 1
        if kind not in ("unchanged", "moved"):
            ask(row)
        if before is None or (row.content, row.gone) != (before.content, before.gone):
            plan.changed.append(row)
        elif row != before:
            plan.touched.append(row)
    if settings.retry:
        return plan
    absent = {name: row for name, row in known.items() if name not in now}
    for row in _kept(plan, absent, now, settings.prune):
        # Rows of one version beside rows of another could not be compared: what is not given is brought along, from
        # what was read of it if its file is gone.
        if (found := done.get(row.content)) and found.versions != versions and row.content not in asked:
            job = _job(store, row, found, versions, force=False)
            if job.store is not None or job.path.is_file():
                plan.counts["stale"] += 1
                ask(row)
    return plan


def _kept(plan: _Plan, absent: Mapping[str, FileRow], now: Mapping[str, FileRow], prune: bool) -> Iterator[FileRow]:
    """The known files that were not given and keep their rows; the others are to be forgotten."""
    paths = {row.path for row in now.values()}
    contents = {row.content for row in now.values()}
    for name, row in absent.items():
        there = Path(row.path).is_file()
        if row.path in paths or (not there and row.content in contents):
            plan.forget.append(name)  # it was moved, or is called otherwise now
            plan.counts["moved"] += row.path in paths
        elif there:
            if row.gone:
                plan.changed.append(replace(row, gone=False))
            yield row
        elif prune:
            plan.forget.append(name)
            plan.counts["pruned"] += 1
        else:
            plan.counts["gone"] += 1
            if not row.gone:
                plan.changed.append(replace(row, gone=True))
            yield row


def known_inputs(files: Mapping[str, FileRow]) -> tuple[Input, ...]:
    """The files of a manifest that are there, as they were given."""
    return tuple(Input(Path(row.path), row.name) for _, row in sorted(files.items()) if not row.gone)


def _looked_at(file: Input, before: FileRow | None) -> FileRow:
    """The file as it is now. Its bytes are read only where its size and time do not say that they are known."""
    path = file.path.absolute()
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= LIMIT:
            size, changed = status.st_size, status.st_mtime_ns
            same = before is not None and (before.path, before.size, before.mtime_ns) == (str(path), size, changed)
            content = before.content if before is not None and same else _key(path, file.name)
            # A file changed so lately may change again without its time showing it.
            trusted = changed if time.time_ns() - changed > _FRESH_NS else 0
            return FileRow(file.name, str(path), size, trusted, content)
    except OSError:
        pass  # reading it will say why
    return FileRow(file.name, str(path), -1, 0, _UNREAD + file.name)


def _key(path: Path, name: str) -> str:
    """The key of a file's bytes. The suffix is part of it: it decides between formats that look the same."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() + Path(name).suffix.lower()


def _see_that_names_differ(row: FileRow, before: FileRow | None) -> None:
    if before is None or before.gone or before.path == row.path or before.content == row.content:
        return
    if Path(before.path).is_file():
        raise InputError(
            f"{row.path} would be called {row.name} in the tables, as {before.path} is, which is still there. "
            "Name a folder that holds both, or choose another --out. Nothing was run."
        )


def _kind(row: FileRow, before: FileRow | None, done: Done | None, settings: Settings, versions: Versions) -> str:
    if _is_unread(row):
        done = None  # what could not be opened is tried every time
    known = before is not None and before.content == row.content
    if settings.retry:
        return "retried" if done is None or done.status == "failed" else "unchanged"
    if done is None:
        return "new" if before is None or known else "changed"
    if settings.force or done.versions != versions:
        return "stale"
    return "unchanged" if known else "moved"


def _is_unread(row: FileRow) -> bool:
    return row.content.startswith(_UNREAD)


def _job(store: Store, row: FileRow, done: Done | None, versions: Versions, force: bool) -> Job:
    """The file's work. If only the rules have changed, what was read of it is not read again: a scan takes minutes."""
    known = done is not None and not force and done.status != "failed" and done.versions.reader == versions.reader
    kept = store.path if known and store.has_sources(row.content) else None
    return Job(row.name, row.content, Path(row.path), max(row.size, 0), kept)


# --- doing it


def _do(
    store: Store,
    texts: Texts,
    jobs: Sequence[Job],
    engine: Engine,
    versions: Versions,
    progress: Callable[[Step], None],
    stop: Event,
) -> int:
    """Do jobs and keep what they make; how many were not done."""
    done = 0
    statuses: dict[str, list[str]] = {}
    seconds: dict[str, float] = {}
    contents: dict[str, str] = {}
    with store.gathering():
        for given in engine(jobs, stop):
            if given is None:
                store.commit()
                continue
            job, made = given
            if isinstance(made, Ended):
                done += 1
                content = contents.pop(job.name, job.content)
                store.finish(content, statuses.pop(job.name, []), seconds.pop(job.name, 0.0), versions, _now())
                continue
            found = statuses.setdefault(job.name, [])
            if not found:
                contents[job.name] = _content(store, job, made)
            texts.save(made.files)
            store.add(job.name, contents[job.name], len(found), made)
            found.append(made.status)
            seconds[job.name] = seconds.get(job.name, 0.0) + made.seconds
            progress(_step(done + 1, len(jobs), job, made))
    return len(jobs) - done


def _content(store: Store, job: Job, made: Made) -> str:
    """The key of the bytes that were really read: a file may have changed, or gone, since it was looked at."""
    if job.store is not None or member_of(made.name) or job.content.startswith(made.doc_id):
        return job.content
    row = _looked_at(Input(job.path, job.name), None)
    if row.content != job.content:
        store.record([row])
    return row.content


def _step(done: int, total: int, job: Job, made: Made) -> Step:
    rows = {table.name: len(found) for table, found in zip(TABLES, made.rows, strict=True)}
    return Step(
        done,
        total,
        made.name,
        made.doc_id,
        made.status,
        made.reason,
        rows,
        Counter(made.flags),
        made.chars,
        job.size,
        made.seconds,
    )


# --- the tables


def _files_of_their_own(settings: Settings) -> list[str]:
    """The formats that are written when all is done; the database is the store itself."""
    return [name for name in dict.fromkeys(settings.formats) if name != "sqlite"]


def _publish(store: Store, out: Path, settings: Settings, warnings: list[str]) -> list[Path]:
    """Write the tables, unless they are there as they should be; the files written."""
    from extractor.tables.writing import Options, Writer

    formats = _files_of_their_own(settings)
    key = hashlib.sha256(repr((sorted(formats), settings.excel, writing_key())).encode()).hexdigest()[:16]
    before, files = store.published()
    if before == key and all(_look(out / name) == look for name, look in files.items()):
        _see_to_texts(store, out)
        return []
    store.settle()
    sources = {row.name: Path(row.path) for row in store.files().values()} if "xlsx" in formats else {}
    with Writer(out, formats, Options(settings.excel, sources)) as writer, _uncollected():
        for extractions in store.extractions(texts="xlsx" in formats, size=_DOCUMENTS_AT_A_TIME):
            writer.add(extractions)
        written = writer.commit()
        warnings += writer.warnings
    names = {path.name for path in written}
    left = sorted(name for name in files if name not in names and (out / name).is_file())
    if left:
        warnings.append(
            f"{', '.join(left)}: written by an earlier run and not brought up to date, as --format did not ask for it"
        )
    store.publish(key, {path.name: _look(path) for path in written})
    _see_to_texts(store, out)
    return [*written, store.path] if "sqlite" in settings.formats else written


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of garbage: what is unpacked by the hundred thousand has no cycles to be looked for."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _look(path: Path) -> list[int]:
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _see_to_texts(store: Store, out: Path) -> None:
    """The folder of texts holds those of the documents of the tables, all of them and no others."""
    texts = Texts(out)
    saved = {doc_id for doc_id, reader in store.readers().items() if reader != READER}
    texts.sweep(saved)
    for doc_id in sorted(saved - texts.present()):
        texts.save(text_files(store.source(doc_id)))


def _summary(
    store: Store,
    out: Path,
    plan: _Plan,
    warnings: Sequence[str],
    written: Sequence[Path],
    left: int,
    seconds: float,
) -> RunSummary:
    skipped = store.skipped()
    problems = [*store.problems(), *((s.name, "skipped", f"{s.name}: {same_content(s.same_as)}") for s in skipped)]
    kinds = ("new", "changed", "stale", "retried", "moved", "unchanged", "gone", "pruned")
    return RunSummary(
        {**store.statuses(), "skipped": len(skipped)},
        store.counts(),
        store.flags(),
        tuple(sorted(problems)),
        tuple(warnings),
        tuple(written),
        tuple(Texts(out).paths()),
        {kind: plan.counts[kind] for kind in kinds},
        left,
        seconds,
    )
