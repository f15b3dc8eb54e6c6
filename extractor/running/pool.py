"""Jobs done by worker processes, several at a time, each document within limits of time and memory.

Each worker process is watched by a thread of its own (``Supervised``), which takes batch after batch and hands on what
comes back; a document that hangs, crashes or eats memory ends as failed and costs no other anything. What workers make
comes back ready for the store, so that the process that writes does little else.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from extractor.model import Extraction, Source
from extractor.reading import ReadError
from extractor.running.isolation import MEMORY, TIMEOUT, Supervised, file_request
from extractor.running.work import Ended, Job, Made, make

_WORKER = "extractor.running.extracting"
# A batch is full at so many bytes or files: enough that a worker does not wait for the next, little enough that the
# workers end together, and that what is in hand is soon done when the run is told to stop.
_BATCH_BYTES, _BATCH_FILES = 256_000, 16
_A_WHILE = 0.2  # seconds without a result, behind which the caller is told that nothing is ready
_AHEAD = 64  # results that may wait for the store, whatever the number of workers: memory stays flat

_Result = tuple[Job, Made | Ended] | BaseException | None


def batches(jobs: Sequence[Job]) -> list[list[Job]]:
    """Jobs in groups of one worker's next few, the biggest groups first: a big file begun last would be waited for.

    >>> a, b, c = (Job(n, n, Path(n), size) for n, size in [("a", 1), ("b", 2), ("c", 10**6)])
    >>> [[job.name for job in batch] for batch in batches([a, b, c])]
    [['a', 'b', 'c']]
    >>> [[job.name for job in batch] for batch in batches([c, a, b])]
    [['c'], ['a', 'b']]
    """
    found: list[list[Job]] = []
    room = 0
    for job in jobs:
        if room <= 0 or len(found[-1]) == _BATCH_FILES:
            found.append([])
            room = _BATCH_BYTES
        found[-1].append(job)
        room -= job.size
    return sorted(found, key=lambda batch: -sum(job.size for job in batch))


class Pool:
    """Worker processes. Use as a context manager; see ``extractor.running.work.Engine``.

    Args:
        workers: how many; as many as there are cores by default.
        patterns: the caller's own folder of patterns.
        timeout: seconds that reading one document may take; extraction is allowed more with the length of the text.
        memory: address space that one document may take, in bytes.
        pace: characters of a text for which its extraction is allowed a second more: its cost grows with the text.
    """

    def __init__(
        self,
        workers: int | None = None,
        patterns: Path | None = None,
        timeout: float = TIMEOUT,
        memory: int = MEMORY,
        pace: int = 10_000,
    ) -> None:
        own = None if patterns is None else os.fspath(patterns.absolute())
        setup = {"patterns": own, "memory": memory, "pace": pace}
        self._children = [Supervised(_WORKER, setup, timeout, memory) for _ in range(workers or cores())]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.stop()

    def start(self, files: int) -> None:
        """Start the workers that so many files ask for: they load the rules while the caller does something else."""
        for child in self._children[: -(-files // _BATCH_FILES)]:
            child.start()

    def __call__(self, jobs: Sequence[Job], stop: threading.Event) -> Iterator[tuple[Job, Made | Ended] | None]:
        """See ``Engine``: results in the order in which they come."""
        waiting: queue.SimpleQueue[list[Job]] = queue.SimpleQueue()
        for batch in batches(jobs):
            waiting.put(batch)
        results: queue.Queue[_Result] = queue.Queue(_AHEAD)
        left = threading.Event()
        threads = [
            threading.Thread(
                target=_feed, args=(child, waiting, results, stop, left), name=f"chitieu-worker-{n}", daemon=True
            )
            for n, child in enumerate(self._children[: waiting.qsize()])
        ]
        for thread in threads:
            thread.start()
        working = len(threads)
        try:
            while working:
                try:
                    result = results.get(timeout=_A_WHILE)
                except queue.Empty:
                    yield None
                    continue
                if result is None:
                    working -= 1
                elif isinstance(result, BaseException):
                    raise result
                else:
                    yield result
        finally:
            # Whoever asked is gone, or all is done: a thread that still waits to hand something on must not.
            left.set()
            while any(thread.is_alive() for thread in threads):
                try:
                    results.get(timeout=0.05)
                except queue.Empty:
                    for child in self._children:
                        child.stop()


def cores() -> int:
    """How many processes can run at a time on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _feed(
    child: Supervised,
    waiting: queue.SimpleQueue[list[Job]],
    results: queue.Queue[_Result],
    stop: threading.Event,
    left: threading.Event,
) -> None:
    """Take batches until there are no more, and hand on what a worker makes of them."""
    try:
        while not (stop.is_set() or left.is_set()):
            try:
                batch = waiting.get_nowait()
            except queue.Empty:
                break
            for job, made in _done(child, batch):
                results.put((job, made))
                if left.is_set() or (stop.is_set() and isinstance(made, Ended)):
                    child.stop()  # it has the rest of the batch already
                    break
        results.put(None)
    except BaseException as error:  # handed to the thread that can do something about it
        results.put(error)


def _done(child: Supervised, batch: Sequence[Job]) -> Iterator[tuple[Job, Made | Ended]]:
    requests = [
        {
            **file_request(job.path, job.name),
            "content": job.content,
            "store": None if job.store is None else os.fspath(job.store.absolute()),
        }
        for job in batch
    ]
    began = time.perf_counter()
    for number, answer in child.each(requests):
        if isinstance(answer, ReadError):
            yield batch[number], make(answer, _never, began)
        elif answer["kind"] == "end":
            yield batch[number], Ended()
        else:
            yield batch[number], msgspec.msgpack.decode(answer["made"], type=Made)
        began = time.perf_counter()


def _never(source: Source) -> Extraction:
    raise AssertionError("what was not read is not extracted")
