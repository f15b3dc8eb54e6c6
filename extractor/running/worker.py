"""The child process that reads files for ``extractor.running.isolation``; it knows nothing of rows and tables.

It is asked and answers in frames (``read_frame``, ``write_frame``): MessagePack, so that nothing it says can do more in
its parent than be read.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec

from extractor.model import Reading, Source, Spot
from extractor.reading import Found, ReadError, read_each

Frame = dict[str, Any]
Answer = Callable[[Frame], Iterator[Frame]]


class SetupError(Exception):
    """A worker cannot do anything as it is set up, as with a mistake in the patterns. The message says what to mend."""


_LENGTH = struct.Struct(">Q")
_GRACE = 30  # seconds that a worker outlives its parent's patience, in case the parent is gone


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next frame of a stream; ``None`` where the stream ends, be it in the middle of one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        return None
    frame: Frame = msgspec.msgpack.decode(data)
    return frame


def write_frame(stream: BinaryIO, *frames: Frame) -> None:
    """Write frames, and see that they leave."""
    for frame in frames:
        data = msgspec.msgpack.encode(frame)
        stream.write(_LENGTH.pack(len(data)))
        stream.write(data)
    stream.flush()


def pack_source(source: Source) -> Frame:
    """A source as the parts of a frame. Its text is bytes: a text may hold halves of a pair."""
    reading = source.reading
    return {
        "name": source.name,
        "format": source.format,
        "sha256": source.sha256,
        "text": reading.text.encode("utf-8", "surrogatepass"),
        "warnings": reading.warnings,
        "reader": reading.reader,
        "pages": reading.pages,
        "ocr_confidence": reading.ocr_confidence,
        "partial": reading.partial,
        "spots": [[s.start, s.end, s.page, s.box, s.paragraph, s.cell, s.confidence] for s in reading.spots],
    }


def unpack_source(parts: Frame) -> Source:
    """The source that ``pack_source`` took apart."""
    reading = Reading(
        parts["text"].decode("utf-8", "surrogatepass"),
        tuple(parts["warnings"]),
        parts["reader"],
        parts["pages"],
        parts["ocr_confidence"],
        parts["partial"],
        tuple(
            Spot(start, end, page, box and tuple(box), paragraph, cell and tuple(cell), confidence)
            for start, end, page, box, paragraph, cell, confidence in parts["spots"]
        ),
    )
    return Source(parts["name"], parts["format"], parts["sha256"], reading)


def main() -> None:
    """Read files until there are no more to read."""
    serve(lambda setup: (_answer, setup["memory"]))


def serve(prepare: Callable[[Frame], tuple[Answer, int]]) -> None:
    """Answer requests until there are no more.

    Args:
        prepare: from the first frame to what answers the others, frame by frame, the last of kind ``end``; and to the
            address space in bytes that this process may use; its ``SetupError`` is the answer to every request.
    """
    asked = sys.stdin.buffer
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    setup = read_frame(asked)
    if setup is None:
        return
    try:
        answer, memory = prepare(setup)
    except SetupError as error:
        write_frame(answers, {"kind": "unprepared", "reason": str(error)})
        return
    _limit_memory(memory)
    while (request := read_frame(asked)) is not None:
        _expire(request["timeout"])
        try:
            for frame in answer(request):
                _expire(request["timeout"] + frame.get("allow", 0))
                write_frame(answers, frame)
        except MemoryError:
            # What is left of the memory may not be enough for the next file: the parent starts another worker.
            write_frame(answers, {"kind": "memory"})
            return
        except BrokenPipeError:
            return  # the parent is gone, or has given this worker up
        _expire(None)


def _expire(seconds: float | None) -> None:
    """End this process by itself in so many seconds, and some more: its parent may be gone."""
    if hasattr(signal, "alarm"):
        signal.alarm(0 if seconds is None else int(seconds) + _GRACE)


def _answer(request: Frame) -> Iterator[Frame]:
    found = read_each(request["path"], name=request["name"], limit=request["limit"], skip=request["skip"])
    for document in found:
        yield begin(document)
        read = read_found(document)
        yield (
            {"kind": "error", **read.as_dict()}
            if isinstance(read, ReadError)
            else {
                "kind": "source",
                **pack_source(read),
            }
        )
    yield {"kind": "end"}


def begin(document: Found) -> Frame:
    """Says which document is read next, should it be the last that is heard of."""
    return {"kind": "begin", "name": document.name, "sha256": document.sha256}


def read_found(document: Found) -> Source | ReadError:
    """Read a document found in a file, or say why it cannot be read."""
    try:
        return document.read()
    except ReadError as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # a reader's fault must not cost the file its reason
        reason = f"cannot be read ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
        advice = "Open it with its own program and save it again; if it is whole, please report it with the file."
        return ReadError(document.name, reason, advice, sha256=document.sha256)


def _limit_memory(size: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        # The soft limit alone: a program that a reader starts and that needs more may be given more.
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
