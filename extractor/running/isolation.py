"""Files read in a child process, so that one that hangs, crashes or eats memory costs only itself.

One worker reads file after file and is started anew when it had to be stopped; starting it takes a fraction of a
second, asking it a millisecond or so. Plain text is read here: there is nothing in it to unpack or parse.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from extractor.model import Source
from extractor.reading import LIMIT, ReadError, is_plain, read_each
from extractor.running.worker import Frame, SetupError, read_found, read_frame, unpack_source, write_frame

TIMEOUT = 120.0
"""Seconds that one document may take to read, unless the caller says otherwise."""

MEMORY = 1024 * 1024 * 1024
"""Address space that reading a document may take, in bytes."""

_STARTUP = 60.0  # seconds more for the first answer of a worker: it has to start, on a machine that may be busy
_STOPS = 3  # members of one zip file that may stop the worker before the rest of it is left
_READING = "extractor.running.worker"


def read_here(path: Path, name: str) -> Iterator[Source | ReadError]:
    """Read the documents of a file in this process.

    Yields:
        A source for each document, or the error that says why there is none.
    """
    for document in read_each(path, name=name):
        yield read_found(document)


class IsolatedReader:
    """Reads files in a child process. Use as a context manager; call it as ``read_here``.

    Args:
        timeout: seconds that one document may take; a zip file has as many for each of its members.
        memory: address space of the child, in bytes.
    """

    def __init__(self, timeout: float = TIMEOUT, memory: int = MEMORY) -> None:
        self._child = Supervised(_READING, {"memory": memory}, timeout, memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.stop()

    def __call__(self, path: Path, name: str) -> Iterator[Source | ReadError]:
        """Read the documents of a file.

        Yields:
            A source for each document, or the error that says why there is none. Where a member of a zip file stopped
            the worker, the members behind it are read by another one.
        """
        if is_plain(path):
            yield from read_here(path, name)
            return
        for _, found in self._child.each([file_request(path, name)]):
            if isinstance(found, ReadError):
                yield found
            elif found["kind"] != "end":
                yield _result(found)


def file_request(path: Path, name: str) -> Frame:
    """What a worker is asked to do with a file."""
    return {"path": os.fspath(path.absolute()), "name": name, "limit": LIMIT}


def _result(frame: Frame) -> Source | ReadError:
    kind = frame.pop("kind")
    return unpack_source(frame) if kind == "source" else ReadError(**frame)


class Supervised:
    """A child process that answers requests, watched: what stops it costs one document, and it is started anew.

    Args:
        module: the child's module; its ``main`` is run.
        setup: the first frame it gets.
        timeout: seconds that one document may take; a frame of kind ``begin`` may ``allow`` more.
        memory: what it may take, in bytes, for messages.
    """

    def __init__(self, module: str, setup: Frame, timeout: float, memory: int) -> None:
        self._module, self._setup, self._timeout, self._memory = module, setup, timeout, memory
        self._worker: _Worker | None = None

    def each(self, requests: Sequence[Frame]) -> Iterator[tuple[int, Frame | ReadError]]:
        """Put requests, one after the other; the child has them all from the start, so that it never waits.

        Yields:
            The number of a request, and one of its answers: a frame, the last of kind ``end``, or the error that says
            what became of a document that gave none.

        Raises:
            SetupError: the child could not make itself ready.
        """
        number = done = stops = 0
        retried = False
        while number < len(requests):
            worker = self.start()
            name = requests[number]["name"]
            current: Frame = {"name": name, "sha256": ""}
            for frame in worker.ask([{**requests[number], "skip": done}, *requests[number + 1 :]], self._timeout):
                kind = frame["kind"]
                if kind == "unprepared":
                    self.stop()
                    raise SetupError(frame["reason"])
                if kind == "begin":
                    current = frame
                    continue
                done, retried = done + 1, False
                yield number, frame
                if kind == "end":
                    number, done, stops = number + 1, 0, 0
                    if number == len(requests):
                        return
                    name = requests[number]["name"]
                current = {"name": name, "sha256": ""}
            used = worker.answered
            self.stop()
            # What earlier files left behind may have filled the memory, and a worker that ended between two documents
            # says nothing of either: once more in a new one.
            blameless = (worker.why == "memory" and used) or (worker.why != "timeout" and "kind" not in current)
            if blameless and not retried:
                retried = True
                continue
            yield number, self._error(worker, current)
            done, stops, retried = done + 1, stops + 1, False
            if stops == _STOPS and current["name"] != name:
                reason = f"is left here: {_STOPS} of its members had to be stopped, the ones behind were not read"
                yield number, ReadError(name, reason, "Unpack it and give its files.")
            if stops == _STOPS or current["name"] == name:
                # A file of its own, or a zip file that stopped the worker before its next member.
                yield number, {"kind": "end"}
                number, done, stops = number + 1, 0, 0

    def _error(self, worker: _Worker, document: Frame) -> ReadError:
        advice = "Open it with its own program and save it again, or leave it out."
        if worker.why == "memory":
            reason = f"needs more memory to read than the limit of {self._memory >> 20:,} MB"
            advice = "Split it into smaller documents."
        elif worker.why == "timeout":
            reason = f"took longer to read than the limit of {self._timeout:g} s"
            advice = "Split it into smaller documents, or give it more time (--file-timeout)."
        else:
            reason = f"made its reader crash ({worker.why})"
        return ReadError(document["name"], reason, advice, sha256=document["sha256"])

    def start(self) -> _Worker:
        """Start the child, where it is not running: it makes itself ready while its parent does something else."""
        if self._worker is None:
            self._worker = _Worker(self._module, self._setup)
        return self._worker

    def stop(self) -> None:
        """End the child, whatever it is doing. Asked again, another one is started."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


class _Worker:
    """One child process.

    Attributes:
        asked: how many requests it has been put.
        answered: how many of them it has answered to the end.
        why: why its answers ended before their end: ``timeout``, ``memory``, or how the process ended.
    """

    def __init__(self, module: str, setup: Frame) -> None:
        self.asked = self.answered = 0
        self.why = ""
        main = f"import sys; sys.path[:] = {sys.path!r}; from {module} import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", main],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what a reader starts ends with it, and Ctrl-C in a terminal is for its parent
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._questions: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._answers: queue.Queue[Frame | None] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        self._say([setup])

    def _listen(self, stream: BinaryIO) -> None:
        frame: Frame | None = {}
        while frame is not None:
            try:
                frame = read_frame(stream)
            except (OSError, ValueError, MemoryError):
                frame = None
            self._answers.put(frame)

    def _say(self, frames: Iterable[Frame]) -> None:
        with contextlib.suppress(OSError):  # a worker that is gone shows when it does not answer
            write_frame(self._questions, *frames)

    def ask(self, requests: Sequence[Frame], timeout: float) -> Iterator[Frame]:
        """Put requests; the answers to all of them, or up to where it can give no more."""
        extra = 0 if self.asked else _STARTUP
        self.asked += len(requests)
        waiting = len(requests)
        self._say({"skip": 0, **request, "timeout": timeout} for request in requests)
        while waiting:
            try:
                frame = self._answers.get(timeout=timeout + extra)
            except queue.Empty:
                self.why = "timeout"
                return
            if frame is None:
                self.why = self._ended()
                return
            if frame["kind"] == "memory":
                self.why = "memory"
                return
            extra = frame.get("allow", 0)
            if frame["kind"] == "end":
                self.answered += 1
                waiting -= 1
            yield frame

    def _ended(self) -> str:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it stopped answering"
        if code < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"

    def stop(self) -> None:
        """End it and all that it started."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._questions.close()
