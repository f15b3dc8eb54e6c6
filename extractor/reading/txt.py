"""Plain text in UTF-8.

The source text is the file decoded, without a byte-order mark and with nothing else changed: line endings, composed or
decomposed letters and white space stay as they are, because every offset counts in them.
"""

from __future__ import annotations

import re

from extractor.model import Reading
from extractor.reading.errors import ReadError

FORMAT = "txt"
SUFFIXES: tuple[str, ...] = (".txt",)

READER = "text"
"""What ``documents.reader`` says of a file whose source text is the file itself, decoded."""

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Tab, line feed, vertical tab (Word's line break), form feed (page break), carriage return are text.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Stray marks of a copy from Word or PDF are few; a binary file that happens to decode is full of them.
_BINARY_SHARE = 0.01

_BINARY_ADVICE = "Only text can be read: if it is a Word or PDF file, save its text as .txt in UTF-8."


def matches(head: bytes, name: str) -> bool:
    """Anything may be text; what is not is found when it is decoded."""
    return True


def read(data: bytes, name: str) -> Reading:
    """Decode a text file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The source text, with warnings.

    Raises:
        ReadError: if the bytes are not UTF-8, are binary, or hold no text.

    >>> read(b"\\xef\\xbb\\xbfN\\xc4\\x83m\\r\\n", "a.txt").text
    'Năm\\r\\n'
    """
    if data.startswith(_UTF16):
        raise ReadError(name, "is UTF-16, not UTF-8", "Save it again with the encoding UTF-8.")
    zero = data.find(b"\x00")
    if zero >= 0:
        reason = "looks like a binary file: it has a zero byte"
        raise ReadError(name, reason, _BINARY_ADVICE, position=zero, line=_line(data, zero))
    skipped = len(_BOM) if data.startswith(_BOM) else 0
    try:
        text = data[skipped:].decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + skipped
        raise ReadError(
            name,
            f"is not UTF-8: byte 0x{data[at]:02X} cannot be decoded",
            "Save it again with the encoding UTF-8 (an old file may be in TCVN3, VNI or Windows-1258: convert it).",
            position=at,
            line=_line(data, at),
        ) from None
    if not text or text.isspace():
        raise ReadError(name, "is empty: it has no text", "Check that it was copied whole.")
    return Reading(text, _control_warnings(text, name), READER)


def _control_warnings(text: str, name: str) -> tuple[str, ...]:
    """Complain of control characters: a few are odd, many are a binary file."""
    first = _CONTROL.search(text)
    if first is None:
        return ()
    count = sum(1 for _ in _CONTROL.finditer(text))
    if count > len(text) * _BINARY_SHARE:
        at = len(text[: first.start()].encode())
        reason = f"looks like a binary file: {count} control characters, the first"
        raise ReadError(name, reason, _BINARY_ADVICE, position=at, line=_line(text.encode(), at))
    return (f"{count} control character(s), the first U+{ord(first.group()):04X} at offset {first.start()}",)


def _line(data: bytes, position: int) -> int:
    """The line, from 1, of a byte; a line ends with LF, CR LF or CR."""
    before = data[:position]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
