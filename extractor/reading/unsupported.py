"""Formats that are known by their first bytes and have no reader yet: better said than read as garbage."""

from __future__ import annotations

from typing import NoReturn

from extractor.reading.errors import ReadError

FORMAT = ""
SUFFIXES: tuple[str, ...] = ()

_AS_TEXT = "Save the document as plain text (.txt, UTF-8) and give that file instead."
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "docx (or another zip file)", _AS_TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc (Word 97-2003)", _AS_TEXT),
    (b"{\\rtf", "rtf", _AS_TEXT),
    (b"\x1f\x8b", "gzip", "Unpack it and give the files in it."),
)
_HTML = (b"<!doctype html", b"<html")


def _known(head: bytes) -> tuple[str, str] | None:
    for magic, name, advice in _MAGIC:
        if head.startswith(magic):
            return name, advice
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML):
        return "html", _AS_TEXT
    return None


def matches(head: bytes, name: str) -> bool:
    """Whether the file is of a format we know and cannot read."""
    return _known(head) is not None


def read(data: bytes, name: str) -> NoReturn:
    """Say which format it is and what to do."""
    found, advice = _known(data) or ("unknown", _AS_TEXT)
    raise ReadError(name, f"format {found} is not supported yet", advice)
