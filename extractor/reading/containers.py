"""Zip files opened with care: what kind of file one is, and how much may come out of it.

A zip file says of each member how big it is unpacked, and Python's reader gives no more than that, so the limits can be
checked before anything is unpacked.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Literal

from extractor.reading.errors import ReadError

ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_END = b"PK\x05\x06"
_END_SIZE = 22

MEMBERS = 10_000
"""Most members of a zip file that is opened."""

UNPACKED = 512 * 1024 * 1024
"""Most bytes that all members of a zip file may unpack to."""

RATIO = 200
"""Most bytes that one byte of a zip file may unpack to; small files may have more, see ``_SMALL``."""

_SMALL = 32 * 1024 * 1024

Kind = Literal["", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "zip"]

# A member that only this kind of file has, and the kind.
_TELLING: tuple[tuple[str, Kind], ...] = (
    ("word/document.xml", "docx"),
    ("word/document2.xml", "docx"),  # as written by some web services
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
)
_MIMETYPES: tuple[tuple[bytes, Kind], ...] = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
    (b"application/epub+zip", "epub"),
)


def is_zip(data: bytes) -> bool:
    """Whether a file begins like a zip file."""
    return data.startswith((ZIP, _EMPTY_ZIP))


def kind_of(data: bytes) -> Kind:
    """What a zip file is, by its members: an office file, or just files packed together; "" where it is no zip file.

    A zip file whose list of members cannot be read is told by the names that stand in its bytes, so that a truncated
    Word file is called one.
    """
    if not is_zip(data):
        return ""
    names: set[str] | None = None
    if _members_claimed(data) <= MEMBERS:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError):
            names = None
    for name, kind in _TELLING:
        if name in names if names is not None else name.encode() in data:
            return kind
    head = data[:256]
    if names is None or "mimetype" in names:
        for mimetype, kind in _MIMETYPES:
            if mimetype in head:
                return kind
    return "zip"


def _members_claimed(data: bytes) -> int:
    """How many members the end of a zip file claims: to be asked before Python lists them all."""
    at = data.rfind(_END, max(0, len(data) - 65_535 - _END_SIZE))
    if at < 0 or at + _END_SIZE > len(data):
        return 0
    count: int = struct.unpack_from("<H", data, at + 10)[0]
    size: int = struct.unpack_from("<I", data, at + 12)[0]
    # The count may lie, and Python goes by the size of the list. No list of few members has half a kilobyte for each.
    return max(count, min(size, len(data)) // 512)


def open_zip(data: bytes, name: str) -> zipfile.ZipFile:
    """Open a zip file whose members may be unpacked.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Raises:
        ReadError: it is broken, encrypted, has too many members, or unpacks to too much.
    """
    if _members_claimed(data) > MEMBERS:
        raise _too_many(name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, EOFError) as error:
        raise ReadError(name, f"is a broken zip file: {_words(error)}", "Copy or download it again.") from None
    if len(members) > MEMBERS:
        raise _too_many(name)
    total = sum(member.file_size for member in members)
    if total > UNPACKED:
        raise ReadError(name, f"unpacks to {total:,} bytes, the limit is {UNPACKED:,}", "Split it into smaller files.")
    if total > max(_SMALL, RATIO * len(data)):
        reason = f"unpacks to {total // len(data):,} times its size ({total:,} bytes), like a zip bomb"
        raise ReadError(name, reason, "If it is a true document, save it again with its own program.")
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """The bytes of a member.

    Raises:
        ReadError: it is encrypted, packed in an unknown way, or broken.
    """
    if member.flag_bits & 0x1:
        raise ReadError(name, "is encrypted with a password", "Save it again without a password.")
    try:
        return archive.read(member)
    except NotImplementedError as error:
        raise ReadError(name, f"is packed in a way that is not known here: {_words(error)}", "Pack it again.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error) as error:
        raise ReadError(name, f"is broken inside its zip file: {_words(error)}", "Copy or download it again.") from None


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _too_many(name: str) -> ReadError:
    return ReadError(name, f"is a zip file of more than {MEMBERS:,} members", "Unpack it and give the folder.")
