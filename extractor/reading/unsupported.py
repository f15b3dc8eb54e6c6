"""Formats that are known by their first bytes and have no reader: better said than read as garbage."""

from __future__ import annotations

from typing import NoReturn

from extractor.reading import containers
from extractor.reading.errors import ReadError

FORMAT = ""
SUFFIXES: tuple[str, ...] = ()

_AS_TEXT = "Save the document as .docx or as plain text (.txt, UTF-8) and give that file instead."
_AS_DOCUMENT = "Only documents of text are read: copy the text or table that matters into a .docx."
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "gzip", "Unpack it and give the files in it."),
    (b"Rar!\x1a\x07", "rar", "Unpack it and give the files in it."),
    (b"7z\xbc\xaf\x27\x1c", "7z", "Unpack it and give the files in it."),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A stream that only this kind of file has, the kind, and what to do. Names of streams are UTF-16.
_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("Workbook", "xls (Excel 97-2003)", _AS_DOCUMENT),
    ("PowerPoint Document", "ppt (PowerPoint 97-2003)", _AS_DOCUMENT),
    ("__substg1.0_", "msg (Outlook message)", "Save its attachments and give these."),
)
_OFFICE: dict[containers.Kind, tuple[str, str]] = {
    "xlsx": ("xlsx (Excel)", _AS_DOCUMENT),
    "pptx": ("pptx (PowerPoint)", _AS_DOCUMENT),
    "ods": ("ods (OpenDocument spreadsheet)", _AS_DOCUMENT),
    "odp": ("odp (OpenDocument presentation)", _AS_DOCUMENT),
    "epub": ("epub", _AS_TEXT),
}


def _known(data: bytes) -> tuple[str, str] | None:
    for magic, name, advice in _MAGIC:
        if data.startswith(magic):
            return name, advice
    if data.startswith(_OLE):
        streams = ((name, advice) for stream, name, advice in _STREAMS if stream.encode("utf-16-le") in data)
        return next(streams, ("of Office 97-2003, but no Word document,", _AS_TEXT))
    return _OFFICE.get(containers.kind_of(data))


def is_encrypted(data: bytes) -> bool:
    """Whether a file is an Office document of today that was saved with a password: it stands in an old container."""
    return data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data


def matches(data: bytes, name: str) -> bool:
    """Whether the file is of a format we know and cannot read."""
    return _known(data) is not None


def read(data: bytes, name: str) -> NoReturn:
    """Say which format it is and what to do."""
    if is_encrypted(data):
        raise ReadError(name, "is encrypted with a password", "Open it in Word, remove the password and save it again.")
    found, advice = _known(data) or ("unknown", _AS_TEXT)
    raise ReadError(name, f"format {found} is not supported yet", advice)
