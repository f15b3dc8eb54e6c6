"""A run on a Dask cluster: the client says who does what, the workers read and write; no document passes the client.

The files are grouped into parts (``partitions``), each of which one task makes (``parts``). What comes back are names,
ids, counts and problems.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from extractor.running.fingerprint import rules_key
from extractor.running.inputs import InputError
from extractor.running.isolation import TIMEOUT
from extractor.running.texts import FOLDER as TEXTS

if TYPE_CHECKING:
    from distributed import Client

    from extractor.running.partitions import Partition
    from extractor.running.parts import Job, Order, PartRecord

CLUSTER_FORMATS = ("parquet", "csv", "jsonl")
"""The formats that a cluster writes; Parquet always, as one folder of parts a table."""

MANIFEST = "_manifest.json"
"""The file of the output folder that names the parts of the last run that was completed."""

PATIENCE = 120.0
"""Seconds to wait for the first worker of a cluster, unless the caller says otherwise."""

_CONNECT = 20.0  # seconds for the scheduler to answer
_DIED = (
    "the workers that had it died, one after the other. Give workers more memory, or leave these files out. The other "
    "parts stay done."
)
_AGAIN = "Run again: the parts that are done stay done."
# Tasks that the scheduler knows of: enough to keep every thread busy, and to make a cluster grow that grows by need.
_AHEAD = 256
_PER_THREAD = 4
_RETRIES = 2  # of a task that fails: a store may be out of reach for a moment
_ROUNDS = 3
_PART = re.compile(r"\.?part-\d{5,}-([0-9a-f]{16})\..*")
_TEXT = re.compile(r"\.?[0-9a-f]{16}\.(?:txt|spots\.json)(?:\.[0-9a-f]+\.tmp)?")

_T = TypeVar("_T")
_R = TypeVar("_R")


class ClusterError(Exception):
    """The run cannot go on. The message says why and what to do; parts that are done stay done."""


@dataclass(frozen=True, slots=True)
class PartProgress:
    """Passed to the progress callback after each part; ``done`` and ``total`` count files.

    Attributes:
        done: files of the parts that are done.
        total: files of the run.
        name: the last file of this part.
        reused: whether a run before had made it.
    """

    done: int
    total: int
    name: str
    reused: bool


@dataclass(frozen=True, slots=True)
class ClusterSummary:
    """What a run did: as ``extractor.running.batch.RunSummary``, with URLs for paths.

    Attributes:
        documents: how many are ``ok``, ``partial``, ``failed``, ``skipped``.
        rows: table → rows written.
        flags: code of a failed check → how many rows carry it.
        problems: file, status and reason, of each partial, failed or skipped document.
        warnings: what was odd about the run as a whole.
        written: the folders of Parquet files, and the files beside them.
        texts: names of the files of source texts and their spots, in the folder ``text``.
        parts: how many parts the tables have.
        reused: how many of these a run before had made.
    """

    documents: dict[str, int]
    rows: dict[str, int]
    flags: dict[str, int]
    problems: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]
    written: tuple[str, ...]
    texts: tuple[str, ...]
    parts: int
    reused: int

    @property
    def exit_code(self) -> int:
        """0 if every document is ok, 3 if some are partial or failed."""
        return 3 if self.documents["partial"] or self.documents["failed"] else 0


def need_dask() -> None:
    """See that the packages of the extra are here.

    Raises:
        ClusterError: one is missing; the message names the extra that brings it.
    """
    from importlib.util import find_spec

    missing = [name for name in ("dask", "distributed", "fsspec") if find_spec(name) is None]
    if missing:
        what = " and ".join(missing)
        raise ClusterError(f"a cluster needs {what}. Install: pip install 'chitieu[dask]'")


def run_on_dask(
    paths: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    formats: Sequence[str] = ("parquet",),
    *,
    scheduler: str | None = None,
    patterns_dir: Path | None = None,
    file_timeout: float = TIMEOUT,
    excel: bool = False,
    fresh: bool = False,
    part_bytes: int | None = None,
    patience: float = PATIENCE,
    progress: Callable[[PartProgress], None] = lambda _: None,
) -> ClusterSummary:
    """Extract every file on a Dask cluster and write the tables as parts, ``OUT/<table>/part-*.parquet``.

    What a run before has made of files that have not changed is kept; a run that was interrupted goes on where it was.
    The rows do not depend on the number of workers.

    Args:
        paths: files and folders: URLs that fsspec opens, or paths on a disk that all machines share.
        out: the output folder, URL or path.
        formats: some of ``CLUSTER_FORMATS``; Parquet is written in any case.
        scheduler: address of a running cluster (``tcp://host:8786``); without it, the one of Dask's configuration
            (``DASK_SCHEDULER_ADDRESS``), or else one worker for each core of this machine.
        patterns_dir: the user's own folder of patterns, on a disk that all machines share.
        file_timeout: seconds that reading one document may take.
        excel: see ``extractor.tables.writing.Options``.
        fresh: compute everything again.
        part_bytes: see ``extractor.running.partitions.partitions``; another size makes other parts.
        patience: seconds to wait for the first worker, and at most for the scheduler.
        progress: called after each part.

    Returns:
        What was done.

    Raises:
        InputError: a path does not exist, or there is no document in any of them.
        OutputError: the output folder cannot be written.
        ClusterError: a package or the scheduler is missing, a format is not possible here, a worker has other rules or
            does not see the files, or a part cannot be made.
    """
    need_dask()
    from extractor.running.partitions import PART_BYTES, partitions
    from extractor.running.parts import Job
    from extractor.running.urls import is_local, list_files, normal

    extras = _extras(formats)
    folder = normal(out)
    _prepare(folder)
    listing = list_files(paths)
    local = [place for place in (folder, *map(normal, paths)) if is_local(place)]
    own = None if patterns_dir is None else os.fspath(Path(patterns_dir).absolute())
    rules = rules_key(patterns_dir)
    job = Job(folder, rules, own, extras, excel, file_timeout, (*sorted(set(local)), *([own] if own else ())))
    parts = partitions(listing.files, rules, part_bytes or PART_BYTES)
    with _connected(scheduler, min(_CONNECT, patience)) as client:
        run = _Run(_Workers(client, patience), job, parts, progress)
        run.make({} if fresh else _stored(job))
        joined = run.join()
    return run.publish(listing.warnings, joined)


def _extras(formats: Sequence[str]) -> tuple[str, ...]:
    impossible = [name for name in formats if name not in CLUSTER_FORMATS]
    if impossible:
        raise ClusterError(
            f"a cluster cannot write {', '.join(impossible)}, only {', '.join(CLUSTER_FORMATS)}. Write Parquet, which "
            "DuckDB, Spark and pandas read as it is, or run on one machine (without the engine dask) for the others."
        )
    return tuple(name for name in CLUSTER_FORMATS if name != "parquet" and name in formats)


def _prepare(out: str) -> None:
    """See that the output folder takes files, before any work is done."""
    from extractor.running.parts import RECORDS
    from extractor.running.urls import is_local, opened, put_bytes, remove
    from extractor.tables.files import OutputError, prepare_folder

    if is_local(out):
        prepare_folder(Path(out))
        return
    try:
        opened(out)
        put_bytes(b"", f"{out}/{RECORDS}/.probe")
        remove(f"{out}/{RECORDS}", [".probe"])
    except InputError as error:
        raise OutputError(str(error)) from error
    except Exception as error:  # each store has exceptions of its own
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise OutputError(f"output folder {out} cannot be written: {reason}. Choose another with --out.") from error


@contextmanager
def _connected(scheduler: str | None, timeout: float) -> Iterator[Client]:
    import dask
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        address = scheduler or dask.config.get("scheduler-address", None)
        if address is None:
            address = stack.enter_context(
                LocalCluster(
                    n_workers=os.cpu_count() or 1,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=logging.ERROR,
                )
            ).scheduler_address
        try:
            client = stack.enter_context(Client(address, timeout=timeout, set_as_default=False, name="chitieu"))
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ClusterError(
                f"no scheduler answers at {address}: {reason}. Check the address, and that it is running "
                "(dask scheduler)."
            ) from error
        yield client


class _Workers:
    """Gives tasks to the workers and takes their results, as many at a time as keep them busy."""

    def __init__(self, client: Client, patience: float) -> None:
        self._client, self._patience = client, patience
        self._met = False

    def each(self, work: Callable[[_T], _R], orders: Iterable[_T]) -> Iterator[tuple[_T, _R]]:
        """Do this work: see ``survivors``.

        Raises:
            ClusterError: also where the workers that had it died.
        """
        for order, result in self.survivors(work, orders):
            if result is None:
                raise ClusterError(f"{_named(order)}: {_DIED}")
            yield order, result

    def survivors(self, work: Callable[[_T], _R], orders: Iterable[_T]) -> Iterator[tuple[_T, _R | None]]:
        """Do this work.

        Yields:
            Order and result, as they come; no result where the workers that had it died, one after the other.

        Raises:
            ClusterError, OutputError: one of them cannot be done; the others are called off.
        """
        from distributed import as_completed

        left = iter(orders)
        asked: dict[Any, _T] = {}
        finished = as_completed(loop=self._client.loop)

        def ask(count: int) -> None:
            for order in islice(left, count):
                future = self._client.submit(work, order, pure=False, retries=_RETRIES)
                asked[future] = order
                finished.add(future)

        try:
            ask(_AHEAD)
            if asked:
                self._meet()
            for future in finished:
                order = asked.pop(future)
                result = self._result(future, order)
                ask(max(_AHEAD, _PER_THREAD * self._threads()) - len(asked))
                yield order, result
        finally:
            with suppress(Exception):
                self._client.cancel(list(asked))

    def _threads(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"the scheduler does not answer any more: {error}. {_AGAIN}") from error

    def _meet(self) -> None:
        if self._met:
            return
        try:
            # After the first tasks: a cluster that grows by need starts its first worker for them.
            self._client.wait_for_workers(1, timeout=self._patience)
        except TimeoutError as error:
            address = self._client.scheduler.address if self._client.scheduler else "the cluster"
            raise ClusterError(
                f"{address} has no worker, even after {self._patience:g} s. Start some (dask worker {address})."
            ) from error
        self._met = True

    def _result(self, future: Any, order: Any) -> Any:
        from distributed import CancelledError, KilledWorker

        from extractor.tables.files import OutputError

        try:
            return future.result()
        except (ClusterError, OutputError):
            raise
        except KilledWorker:
            return None
        except (CancelledError, OSError) as error:
            raise ClusterError(
                f"{_named(order)}: the cluster is gone or gave it up: {type(error).__name__}: {error}. {_AGAIN}"
            ) from error
        except Exception as error:
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"
            raise ClusterError(
                f"{_named(order)}: {reason}. Is chitieu installed on the workers, in the client's version?"
            ) from error


def _named(order: Any) -> str:
    files = getattr(order, "files", ())
    if not files:
        return "a task"
    return f"the files from {files[0].name} to {files[-1].name}"


Made = tuple[str, "PartRecord"]
"""Name of a part's files without suffix, and its record."""


def _stored(job: Job) -> dict[str, Made]:
    """Key → part, of the parts in the output folder that are whole."""
    from extractor.running.parts import RECORDS, PartRecord, files_of_part
    from extractor.running.urls import contents, names_in
    from extractor.tables.schema import TABLES

    there = {folder: names_in(f"{job.out}/{folder}") for folder in (RECORDS, *(table.name for table in TABLES))}
    records = [name for name in there[RECORDS] if _PART.fullmatch(name) and name.endswith(".json")]
    found: dict[str, Made] = {}
    for name, data in contents(f"{job.out}/{RECORDS}", records).items():
        stem = name.removesuffix(".json")
        with suppress(ValueError, KeyError, TypeError):
            record = PartRecord.from_json(data)
            whole = all(names <= there[folder] for folder, names in files_of_part(stem, job.extras).items())
            if whole and record.holds_for(job.file_timeout):
                found[stem.rpartition("-")[2]] = stem, record
    return found


class _Run:
    """One run: what is to be made, and what has been."""

    def __init__(
        self, workers: _Workers, job: Job, parts: Sequence[Partition], progress: Callable[[PartProgress], None]
    ) -> None:
        self._workers, self._job, self._parts, self._progress = workers, job, parts, progress
        self._made: dict[str, Made] = {}
        self._files = self._reused = 0

    def make(self, stored: Mapping[str, Made]) -> None:
        """Make every part that is not there yet.

        Args:
            stored: key → part, of those that are there.
        """
        from extractor.running.parts import identify

        known = {record.base: _pairs(record) for _, record in stored.values()}
        new = [self._order(number, part, {}) for number, part in enumerate(self._parts) if part.base not in known]
        for order, pairs in self._workers.each(identify, new):
            known[order.base] = pairs
        for _ in range(_ROUNDS):
            orders = self._orders(known)
            orders = [order for order in orders if self._made.get(order.base, ("",))[0] != order.stem]
            if not orders:
                return
            self._make(orders, stored)
            known.update((order.base, _pairs(self._made[order.base][1])) for order in orders)
        raise ClusterError("files change while they are read. Run again when nobody writes them.")

    def _orders(self, known: Mapping[str, Sequence[tuple[str, str]]]) -> list[Order]:
        """Every part as it has to be made: of documents with the same content the first has the rows."""
        owners: dict[str, str] = {}
        orders = []
        for number, part in enumerate(self._parts):
            pairs = known[part.base]
            orders.append(
                self._order(number, part, {doc_id: owners[doc_id] for _, doc_id in pairs if doc_id in owners})
            )
            for name, doc_id in pairs:
                owners.setdefault(doc_id, name)
        return orders

    def _order(self, number: int, part: Partition, owners: Mapping[str, str]) -> Order:
        from extractor.running.parts import Order, part_key

        key = part_key(part.base, owners, self._job.extras, self._job.excel)
        return Order(self._job, f"part-{number:05d}-{key}", part.base, part.files, owners)

    def _make(self, orders: Sequence[Order], stored: Mapping[str, Made]) -> None:
        from extractor.running.parts import Move, carry, make_part

        new, moved = [], []
        for order in orders:
            stem, record = stored.get(order.stem.rpartition("-")[2], ("", None))
            if record is None:
                new.append(order)
            elif stem == order.stem:
                self._done(order, record, reused=True)
            else:
                moved.append((order, stem, record))
        moves = {Move(self._job, stem, order.stem): (order, record) for order, stem, record in moved}
        for move, _ in self._workers.each(carry, moves):
            self._done(*moves[move], reused=True)
        deadly = []
        for order, made in self._workers.survivors(make_part, new):
            if made is None:
                deadly.append(order)
            else:
                self._done(order, made, reused=False)
        for order in deadly:
            for again, made in self._workers.each(make_part, [self._without_the_deadly(order)]):
                self._done(again, made, reused=False)

    def _without_the_deadly(self, order: Order) -> Order:
        """The same part, told which of its files no worker survives."""
        from extractor.running.parts import try_files

        deadly = set()
        for file in order.files:
            # One at a time: the death of a worker is blamed on all the tasks that it had.
            for _, lived in self._workers.survivors(try_files, [replace(order, files=(file,))]):
                if lived is None:
                    deadly.add(file.name)
        return replace(order, deadly=frozenset(deadly))

    def _done(self, order: Order, record: PartRecord, *, reused: bool) -> None:
        again = order.base in self._made
        self._made[order.base] = order.stem, record
        self._reused += reused and not again
        self._files += 0 if again else len(order.files)
        total = sum(len(part.files) for part in self._parts)
        self._progress(PartProgress(self._files, total, order.files[-1].name, reused))

    def join(self) -> list[str]:
        """Put the CSV and JSON Lines files together.

        Returns:
            Where they are.
        """
        from extractor.running.parts import Joint, join
        from extractor.tables.schema import TABLES

        stems = tuple(stem for stem, _ in self._in_order())
        joints = [Joint(self._job, table.name, extra, stems) for extra in self._job.extras for table in TABLES]
        return sorted(target for _, target in self._workers.each(join, joints))

    def _in_order(self) -> list[Made]:
        return [self._made[part.base] for part in self._parts]

    def publish(self, warnings: Sequence[str], joined: Sequence[str]) -> ClusterSummary:
        """Write the manifest, then take away the parts and texts that only runs before had."""
        from extractor.running.parts import unwritten
        from extractor.running.urls import put_bytes
        from extractor.tables.package import PACKAGE_NAME, package_json
        from extractor.tables.schema import TABLES

        out = self._job.out
        summary = self._summary(warnings)
        manifest = {
            "rules": self._job.rules,
            "tables": [table.name for table in TABLES],
            "documents": summary.documents,
            "rows": summary.rows,
            "parts": [stem for stem, _ in self._in_order()],
        }
        written = [*(f"{out}/{table.name}" for table in TABLES), *joined, f"{out}/{MANIFEST}"]
        try:
            if "csv" in self._job.extras:
                written.append(f"{out}/{PACKAGE_NAME}")
                put_bytes(package_json(self._job.excel), written[-1])
            put_bytes(json.dumps(manifest, indent=1).encode() + b"\n", f"{out}/{MANIFEST}")
            self._clean(set(summary.texts))
        except Exception as error:  # each store has exceptions of its own
            raise unwritten(out, error) from error
        return replace(summary, written=tuple(written))

    def _clean(self, texts: set[str]) -> None:
        from extractor.running.parts import files_of_part
        from extractor.running.urls import names_in, remove

        ours: dict[str, set[str]] = {}
        for stem, _ in self._in_order():
            for folder, names in files_of_part(stem, self._job.extras).items():
                ours.setdefault(folder, set()).update(names)
        for folder, names in ours.items():
            url = f"{self._job.out}/{folder}"
            remove(url, {name for name in names_in(url) - names if _PART.fullmatch(name)})
        url = f"{self._job.out}/{TEXTS}"
        remove(url, {name for name in names_in(url) - texts if _TEXT.fullmatch(name)})

    def _summary(self, warnings: Sequence[str]) -> ClusterSummary:
        from extractor.running.outcomes import same_content
        from extractor.tables.schema import TABLES

        documents = Counter(dict.fromkeys(("ok", "partial", "failed", "skipped"), 0))
        rows = Counter({table.name: 0 for table in TABLES})
        flags: Counter[str] = Counter()
        problems: list[tuple[str, str, str]] = []
        texts: set[str] = set()
        owners: dict[str, str] = {}
        for _, record in self._in_order():
            for document in record.documents:
                owner = owners.setdefault(document.doc_id, document.name)
                documents[document.status] += 1
                rows.update(dict(zip((table.name for table in TABLES), document.rows, strict=False)))
                flags.update(document.flags)
                if document.status == "skipped":
                    problems.append((document.name, "skipped", f"{document.name}: {same_content(owner)}"))
                elif document.problem:
                    problems.append((document.name, document.status, document.problem))
                if document.text:
                    texts.update({f"{document.doc_id}.txt", f"{document.doc_id}.spots.json"})
        return ClusterSummary(
            dict(documents),
            dict(rows),
            dict(sorted(flags.items())),
            tuple(problems),
            tuple(warnings),
            (),
            tuple(sorted(texts)),
            len(self._parts),
            self._reused,
        )


def _pairs(record: PartRecord) -> list[tuple[str, str]]:
    return [(document.name, document.doc_id) for document in record.documents]
