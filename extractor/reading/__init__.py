"""From a file to ``Source``s: one module a format, chosen by content.

A reader is added by writing its module and naming it in ``READERS``; nothing else changes. A file gives one document,
but for a zip file, which gives one for each of its members (``read_each``).
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Protocol

from extractor.model import Reading, Source
from extractor.reading import containers, docx, html, md, ocr, office, pdf, txt, unsupported
from extractor.reading import zip as archive
from extractor.reading.errors import ReadError

__all__ = [
    "LIMIT",
    "READERS",
    "SUFFIXES",
    "TEXT_LIMIT",
    "Found",
    "ReadError",
    "each_in",
    "is_plain",
    "read",
    "read_bytes",
    "read_each",
    "suffix_of",
    "too_big",
]

LIMIT = 64 * 1024 * 1024
"""Largest file that is read, in bytes, unless the caller says otherwise."""

TEXT_LIMIT = 32 * 1024 * 1024
"""Longest source text that a reader may make of a file, in code points; plain text has only the limit of its file."""

_HEAD = 4096


class Reader(Protocol):
    """What a format's module offers."""

    FORMAT: str
    SUFFIXES: tuple[str, ...]

    def matches(self, data: bytes, name: str, /) -> bool:
        """Whether a file with these bytes is of this format; ``name`` decides where the content cannot."""
        ...

    def read(self, data: bytes, name: str, /) -> Reading:
        """The source text and what belongs to it; ``ReadError`` where there is none."""
        ...


# The first that matches reads the file. Markdown and plain text have no signature of their own, so they come last.
READERS: tuple[Reader, ...] = (
    docx, pdf, ocr.PNG, ocr.JPEG, ocr.TIFF, office.DOC, office.RTF, office.ODT, html, unsupported, md, txt,
)  # fmt: skip

SUFFIXES: frozenset[str] = frozenset(suffix for reader in READERS for suffix in reader.SUFFIXES) | frozenset(
    archive.SUFFIXES
)
"""Suffixes of the files that are taken from a folder or a zip file, in lower case."""


def suffix_of(name: str) -> str:
    """The suffix of a name if it is one of ``SUFFIXES``, for a copy that a reader takes for what the file is."""
    suffix = PurePosixPath(name).suffix
    return suffix if suffix.lower() in SUFFIXES else ""


def read(path: Path | str, *, name: str | None = None, limit: int = LIMIT) -> Source:
    """Read a file that holds one document.

    Args:
        path: the file.
        name: what ``documents.source`` is to say; the file's own name by default.
        limit: largest size, in bytes.

    Returns:
        The source text with the hash of the file's bytes.

    Raises:
        ReadError: if the file is missing, too big, empty, broken, of a format without a reader, or a zip file of
            documents.
    """
    path = Path(path)
    shown = path.name if name is None else name
    return read_bytes(_bytes_of(path, shown, limit), shown)


def read_each(path: Path | str, *, name: str | None = None, limit: int = LIMIT, skip: int = 0) -> Iterator[Found]:
    """Find the documents in a file: itself, or of a zip file the members.

    Args:
        path: the file.
        name: as for ``read``; a member is called ``name!/path/in/the/zip``.
        limit: largest size of the file, and of each member, in bytes.
        skip: how many documents to leave out.

    Yields:
        The documents, in the order of their names, not yet read. What goes wrong with one is said by its ``read``.
    """
    path = Path(path)
    shown = path.name if name is None else name
    try:
        data = _bytes_of(path, shown, limit)
    except ReadError as error:
        yield Found(shown, error)
        return
    yield from islice(each_in(data, shown, limit=limit), skip, None)


def each_in(data: bytes, name: str, *, limit: int = LIMIT) -> Iterator[Found]:
    """Find the documents in a file that is already in memory: see ``read_each``."""
    if archive.matches(data, name):
        for member, content in archive.members(data, name, SUFFIXES, limit):
            yield Found(member, content)
    else:
        yield Found(name, data)


class Found:
    """A document found in a file.

    Attributes:
        name: what ``documents.source`` says of it.
        sha256: hex digest of its bytes; empty where there are none.
    """

    __slots__ = ("_content", "name", "sha256")

    def __init__(self, name: str, content: bytes | Source | ReadError) -> None:
        self.name, self._content = name, content
        self.sha256 = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else content.sha256

    def read(self) -> Source:
        """Read it.

        Raises:
            ReadError: as ``extractor.reading.read``.
        """
        if isinstance(self._content, ReadError):
            raise self._content
        if isinstance(self._content, Source):  # it was read before
            return replace(self._content, name=self.name)
        return read_bytes(self._content, self.name)


def _bytes_of(path: Path, shown: str, limit: int) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ReadError(shown, "is a folder, not a file", "Name a file in it.")
        if not stat.S_ISREG(status.st_mode):
            # A pipe or a device: opening it could wait for ever.
            raise ReadError(shown, "is not a regular file", "Copy its content to a file first.")
        if status.st_size > limit:
            raise too_big(shown, status.st_size, limit)
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise ReadError(shown, "does not exist (any more)", "Was it moved or renamed during the run?") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(shown, f"cannot be read: {reason}", "Check its permissions and its disk.") from error
    if len(data) > limit:
        raise too_big(shown, len(data), limit)
    return data


def too_big(name: str, size: int, limit: int) -> ReadError:
    """What to say of a file of ``size`` bytes that is not read for that."""
    return ReadError(name, f"is too big: {size:,} bytes, the limit is {limit:,}", "Split it, one document a file.")


def read_bytes(data: bytes, name: str) -> Source:
    """Read a document that is already in memory.

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
        if archive.matches(data, name):
            containers.open_zip(data, name).close()  # a broken one says so
            raise ReadError(name, "is a zip file of documents", "Unpack it, or give it to `chitieu run`.")
        reader = _reader_of(data, name)
        reading = reader.read(data, name)
        if len(reading.text) > max(TEXT_LIMIT, len(data)):
            reason = f"gives {len(reading.text):,} characters of text, the limit is {TEXT_LIMIT:,}"
            raise ReadError(name, reason, "Split it into smaller documents.")
    except ReadError as error:
        raise error.of(digest) from None
    return Source(name, reader.FORMAT, digest, reading)


def _reader_of(data: bytes, name: str) -> Reader:
    return next(reader for reader in READERS if reader.matches(data, name))


def is_plain(path: Path | str) -> bool:
    """Whether a file is read as plain text or Markdown, by its first bytes: nothing to be unpacked or parsed.

    A file that cannot be opened is; reading it will say why.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return True
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return True
    return not archive.matches(head, path.name) and _reader_of(head, path.name) in (txt, md)
