"""Plain text: in UTF-8, or in what its statistics say (``text_encodings``).

The source text is the file decoded, without a byte-order mark and with nothing else changed: line endings, composed or
decomposed letters and white space stay as they are, because every offset counts in them. Text typed with the fonts of
the time before Unicode (TCVN3, VNI) is converted, and saved with the run like that of other formats.
"""

from __future__ import annotations

import re

from extractor.model import Reading
from extractor.reading import text_encodings
from extractor.reading.errors import ReadError

FORMAT = "txt"
SUFFIXES: tuple[str, ...] = (".txt",)

READER = "text"
"""What ``documents.reader`` says of a file whose source text is the file itself, decoded."""

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
        ReadError: if the encoding cannot be told, or if the bytes are binary or hold no text.

    >>> read(b"\\xef\\xbb\\xbfN\\xc4\\x83m\\r\\n", "a.txt").text
    'Năm\\r\\n'
    """
    try:
        decoded = text_encodings.decode(data)
    except text_encodings.Undecodable as error:
        raise _undecodable(data, name, error) from None
    text = decoded.text
    if not decoded.encoding and (zero := data.find(b"\x00")) >= 0:
        raise _binary(data, name, zero)
    if not text or text.isspace():
        raise ReadError(name, "is empty: it has no text", "Check that it was copied whole.")
    warnings = _control_warnings(text, name)
    if decoded.converted:
        note = f"was typed in {decoded.encoding}, an encoding older than Unicode: it was converted"
        return Reading(text, (note, *warnings), f"{READER} ({decoded.encoding})")
    if decoded.encoding:
        warnings = (f"is not UTF-8: it was read as {decoded.encoding}", *warnings)
    return Reading(text, warnings, READER)


def _undecodable(data: bytes, name: str, error: text_encodings.Undecodable) -> ReadError:
    zero, at = data.find(b"\x00"), error.position
    if zero >= 0 and not error.reason:
        return _binary(data, name, zero)
    return ReadError(
        name,
        error.reason or f"is not UTF-8: byte 0x{data[at]:02X} cannot be decoded",
        "Save it again with the encoding UTF-8 (what encoding it is in could not be told).",
        position=at,
        line=_line(data, at),
    )


def _binary(data: bytes, name: str, zero: int) -> ReadError:
    reason = "looks like a binary file: it has a zero byte"
    return ReadError(name, reason, _BINARY_ADVICE, position=zero, line=_line(data, zero))


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
