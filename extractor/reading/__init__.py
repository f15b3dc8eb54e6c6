"""From a file to a ``Source``: one module a format, chosen by content.

A reader is added by writing its module and naming it in ``READERS``; nothing else changes.
"""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import Protocol

from extractor.model import Reading, Source
from extractor.reading import ocr, pdf, txt, unsupported
from extractor.reading.errors import ReadError

__all__ = ["LIMIT", "READERS", "SUFFIXES", "ReadError", "read", "read_bytes"]

LIMIT = 64 * 1024 * 1024
"""Largest file that is read, in bytes, unless the caller says otherwise."""

_HEAD = 4096


class Reader(Protocol):
    """What a format's module offers."""

    FORMAT: str
    SUFFIXES: tuple[str, ...]

    def matches(self, head: bytes, name: str) -> bool:
        """Whether a file that begins with ``head`` is of this format; ``name`` decides where the content cannot."""
        ...

    def read(self, data: bytes, name: str) -> Reading:
        """The source text and what belongs to it; ``ReadError`` where there is none."""
        ...


# The first that matches reads the file. Plain text has no signature of its own, so it comes last.
READERS: tuple[Reader, ...] = (pdf, ocr.PNG, ocr.JPEG, ocr.TIFF, unsupported, txt)

SUFFIXES: frozenset[str] = frozenset(suffix for reader in READERS for suffix in reader.SUFFIXES)
"""Suffixes of the files that are taken from a folder, in lower case."""


def read(path: Path | str, *, name: str | None = None, limit: int = LIMIT) -> Source:
    """Read one file.

    Args:
        path: the file.
        name: what ``documents.source`` is to say; the file's own name by default.
        limit: largest size, in bytes.

    Returns:
        The source text with the hash of the file's bytes.

    Raises:
        ReadError: if the file is missing, too big, empty, binary, undecodable or of a format without a reader.
    """
    path = Path(path)
    shown = path.name if name is None else name
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ReadError(shown, "is a folder, not a file", "Name a file in it.")
        if not stat.S_ISREG(status.st_mode):
            # A pipe or a device: opening it could wait for ever.
            raise ReadError(shown, "is not a regular file", "Copy its content to a file first.")
        if status.st_size > limit:
            raise _too_big(shown, status.st_size, limit)
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise ReadError(shown, "does not exist (any more)", "Was it moved or renamed during the run?") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(shown, f"cannot be read: {reason}", "Check its permissions and its disk.") from error
    if len(data) > limit:
        raise _too_big(shown, len(data), limit)
    return read_bytes(data, shown)


def _too_big(name: str, size: int, limit: int) -> ReadError:
    return ReadError(name, f"is too big: {size:,} bytes, the limit is {limit:,}", "Split it, one document a file.")


def read_bytes(data: bytes, name: str) -> Source:
    """Read a file that is already in memory.

    Args:
        data: the file's bytes.
        name: the file's name, for messages and ``documents.source``.

    Returns:
        The source text with the hash of the bytes.

    Raises:
        ReadError: as ``read``.

    >>> read_bytes("Kế hoạch".encode(), "a.txt").format
    'txt'
    """
    digest = hashlib.sha256(data).hexdigest()
    try:
        if not data:
            raise ReadError(name, "is empty (0 bytes)", "Check that it was copied whole.")
        reader = next(reader for reader in READERS if reader.matches(data[:_HEAD], name))
        reading = reader.read(data, name)
    except ReadError as error:
        raise error.of(digest) from None
    return Source(name, reader.FORMAT, digest, reading)
