"""The child process that reads files for ``extractor.running.isolation``; it knows nothing of rules and tables.

It is asked and answers in frames (``read_frame``, ``write_frame``): JSON, so that nothing it says can do more in its
parent than be read.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import sys
from typing import Any, BinaryIO

from extractor.model import Reading, Source, Spot
from extractor.reading import Found, ReadError, read_each

Frame = dict[str, Any]

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
    frame: Frame = json.loads(data)
    return frame


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Write a frame. Characters outside ASCII are spelled out: a text may hold halves of a pair."""
    data = json.dumps(frame, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def pack_source(source: Source) -> Frame:
    """A source as the parts of a frame."""
    reading = source.reading
    return {
        "name": source.name,
        "format": source.format,
        "sha256": source.sha256,
        "text": reading.text,
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
        parts["text"],
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
    """Answer requests until there are no more."""
    asked = sys.stdin.buffer
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    first = read_frame(asked)
    if first is None:
        return
    _limit_memory(first["memory"])
    while (request := read_frame(asked)) is not None:
        if hasattr(signal, "alarm"):
            signal.alarm(int(request["timeout"]) + _GRACE)
        try:
            _answer(request, answers)
        except MemoryError:
            # What is left of the memory may not be enough for the next file: the parent starts another worker.
            write_frame(answers, {"kind": "memory"})
            return
        if hasattr(signal, "alarm"):
            signal.alarm(0)


def _answer(request: Frame, answers: BinaryIO) -> None:
    found = read_each(request["path"], name=request["name"], limit=request["limit"], skip=request["skip"])
    for document in found:
        write_frame(answers, {"kind": "begin", "name": document.name, "sha256": document.sha256})
        write_frame(answers, _read(document))
    write_frame(answers, {"kind": "end"})


def _read(document: Found) -> Frame:
    try:
        return {"kind": "source", **pack_source(document.read())}
    except ReadError as error:
        return {"kind": "error", **error.as_dict()}
    except MemoryError:
        raise
    except Exception as error:  # a reader's fault must not cost the file its reason
        return {"kind": "error", **unexpected(document, error).as_dict()}


def unexpected(document: Found, error: Exception) -> ReadError:
    """What to say of a reader that failed in a way it should not."""
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
