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
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from extractor.model import Source
from extractor.reading import LIMIT, ReadError, is_plain, read_each
from extractor.running.worker import Frame, read_frame, unexpected, unpack_source, write_frame

TIMEOUT = 120.0
"""Seconds that one document may take to read, unless the caller says otherwise."""

MEMORY = 1024 * 1024 * 1024
"""Address space of the worker, in bytes."""

_STARTUP = 60.0  # seconds more for the first answer of a worker: it has to start, on a machine that may be busy
_STOPS = 3  # members of one zip file that may stop the worker before the rest of it is left
_MAIN = "import sys; sys.path[:] = {path!r}; from extractor.running.worker import main; main()"


def read_here(path: Path, name: str) -> Iterator[Source | ReadError]:
    """Read the documents of a file in this process.

    Yields:
        A source for each document, or the error that says why there is none.
    """
    for document in read_each(path, name=name):
        try:
            yield document.read()
        except ReadError as error:
            yield error
        except Exception as error:  # a reader's fault must not cost the other files their rows
            yield unexpected(document, error)


class IsolatedReader:
    """Reads files in a child process. Use as a context manager; call it as ``read_here``.

    Args:
        timeout: seconds that one document may take; a zip file has as many for each of its members.
        memory: address space of the child, in bytes.
    """

    def __init__(self, timeout: float = TIMEOUT, memory: int = MEMORY) -> None:
        self._timeout, self._memory = timeout, memory
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def __call__(self, path: Path, name: str) -> Iterator[Source | ReadError]:
        """Read the documents of a file.

        Yields:
            A source for each document, or the error that says why there is none. Where a member of a zip file stopped
            the worker, the members behind it are read by another one.
        """
        if is_plain(path):
            yield from read_here(path, name)
            return
        done = stops = 0
        retried = False
        while True:
            worker = self._started()
            used = worker.asked
            current: Frame = {"name": name, "sha256": ""}
            for frame in worker.ask(path, name, done, self._timeout):
                if frame["kind"] == "end":
                    return
                if frame["kind"] == "begin":
                    current = frame
                else:
                    done, retried = done + 1, False
                    yield _result(frame)
                    current = {"name": name, "sha256": ""}
            self._stop()
            if worker.why == "memory" and used and not retried:
                retried = True  # what earlier files left behind may have filled the memory: once more in a new worker
                continue
            yield self._error(worker, current)
            done, stops, retried = done + 1, stops + 1, False
            if current["name"] == name:
                return  # a file of its own, or a zip file that stopped the worker before its next member
            if stops == _STOPS:
                reason = f"is left here: {_STOPS} of its members had to be stopped, the ones behind were not read"
                yield ReadError(name, reason, "Unpack it and give its files.")
                return

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

    def _started(self) -> _Worker:
        if self._worker is None:
            self._worker = _Worker(self._memory)
        return self._worker

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


def _result(frame: Frame) -> Source | ReadError:
    kind = frame.pop("kind")
    return unpack_source(frame) if kind == "source" else ReadError(**frame)


class _Worker:
    """One child process.

    Attributes:
        asked: how many files it has been asked to read.
        why: why its answers ended before their end: ``timeout``, ``memory``, or how the process ended.
    """

    def __init__(self, memory: int) -> None:
        self.asked = 0
        self.why = ""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MAIN.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what a reader starts ends with it
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._questions: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._answers: queue.Queue[Frame | None] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        self._say({"memory": memory})

    def _listen(self, stream: BinaryIO) -> None:
        frame: Frame | None = {}
        while frame is not None:
            try:
                frame = read_frame(stream)
            except (OSError, ValueError, MemoryError):
                frame = None
            self._answers.put(frame)

    def _say(self, frame: Frame) -> None:
        with contextlib.suppress(OSError):  # a worker that is gone shows when it does not answer
            write_frame(self._questions, frame)

    def ask(self, path: Path, name: str, skip: int, timeout: float) -> Iterator[Frame]:
        """Let it read a file; its answers, up to the one of kind ``end``, or until it can give no more."""
        extra = 0 if self.asked else _STARTUP
        self.asked += 1
        request = {"path": os.fspath(path.absolute()), "name": name, "limit": LIMIT, "skip": skip, "timeout": timeout}
        self._say(request)
        while True:
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
            extra = 0
            ended = frame["kind"] == "end"
            yield frame
            if ended:
                return

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
