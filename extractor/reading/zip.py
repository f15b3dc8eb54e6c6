"""Zip files of documents: each member is a document of its own, called ``plans.zip!/2021/plan.docx``.

Members are taken as files of a folder are: by suffix, without hidden ones. Nothing is ever unpacked to disk, so a
member's path is only a name. Zip files in a zip file are opened, those in these are not.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from extractor.reading import containers
from extractor.reading.errors import ReadError

FORMAT = "zip"
SUFFIXES: tuple[str, ...] = (".zip",)

DEPTH = 2
"""How deep zip files are opened: a zip file, and zip files in it."""

_UNICODE_PATH = 0x7075  # the extra field in which some programs keep the name in UTF-8
_UTF8 = 0x800
_MACINTOSH = "__MACOSX/"


def matches(data: bytes, name: str) -> bool:
    """Whether a file is a zip file that is no office file."""
    return containers.kind_of(data) == "zip"


def members(data: bytes, name: str, suffixes: frozenset[str], limit: int) -> Iterator[tuple[str, bytes | ReadError]]:
    """The documents in a zip file.

    Args:
        data: the file's bytes.
        name: the file's name.
        suffixes: of the members that are taken, in lower case.
        limit: largest member, in bytes.

    Yields:
        Name and bytes of each document, sorted by name; the error instead of the bytes, where they cannot be had.
        Where the zip file itself cannot be opened, or holds no document, its own name with the error.
    """
    yield from _Archive(suffixes, limit).walk(data, name, 1)


class _Archive:
    """Goes through a zip file and those in it, with one limit for what they all unpack to."""

    def __init__(self, suffixes: frozenset[str], limit: int) -> None:
        self.suffixes, self.limit = suffixes, limit
        self.unpacked = 0

    def walk(self, data: bytes, name: str, depth: int) -> Iterator[tuple[str, bytes | ReadError]]:
        try:
            archive = containers.open_zip(data, name)
        except ReadError as error:
            yield name, error
            return
        with archive:
            found = sorted(
                (path, member) for member in archive.infolist() if self._is_document(path := path_of(member))
            )
            if not found:
                known = ", ".join(sorted(self.suffixes))
                reason = f"is a zip file without a document in it (looked for {known})"
                yield name, ReadError(name, reason, "Check that it is the right file.")
            for path, member in found:
                yield from self._member(archive, member, f"{name}!/{path}", depth)

    def _is_document(self, path: str) -> bool:
        last = path.rpartition("/")[2]
        hidden = last.startswith((".", "~$")) or path.startswith(_MACINTOSH)
        return not hidden and "." + last.rpartition(".")[2].lower() in self.suffixes

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int
    ) -> Iterator[tuple[str, bytes | ReadError]]:
        self.unpacked += member.file_size
        try:
            if member.file_size > self.limit:
                reason = f"is too big: {member.file_size:,} bytes, the limit is {self.limit:,}"
                raise ReadError(name, reason, "Split it, one document a file.")
            if self.unpacked > containers.UNPACKED:
                reason = (
                    f"comes after {containers.UNPACKED:,} bytes of its zip file have been unpacked, which is the limit"
                )
                raise ReadError(name, reason, "Split the zip file into smaller ones.")
            data = containers.read_member(archive, member, name)
        except ReadError as error:
            yield name, error
            return
        if not matches(data, name):
            yield name, data
        elif depth < DEPTH:
            yield from self.walk(data, name, depth + 1)
        else:
            reason = f"is a zip file inside {DEPTH} others, which is deeper than is opened"
            yield name, ReadError(name, reason, "Unpack it and give its files.")


def path_of(member: zipfile.ZipInfo) -> str:
    """The path of a member as text, whatever encoding it was written in; characters that no table holds spelled out."""
    path = member.filename
    if not member.flag_bits & _UTF8:
        path = _unicode_path(member.extra) or _decoded(path)
    path = path.replace("\\", "/")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)


def _unicode_path(extra: bytes) -> str:
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return ""


def _decoded(path: str) -> str:
    """A path that Python took for the first PC's encoding, for want of another."""
    try:
        raw = path.encode("cp437")
    except UnicodeEncodeError:
        return path
    for encoding in ("utf-8", "cp1258"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return path
