"""In which encoding a text file is, told from the whole of it, never line by line.

UTF-8 is tried first and is right for nearly all files. What is not UTF-8 is judged by how many of its accented words
are possible Vietnamese syllables in each of the old encodings. Text typed with the 8-bit fonts of the 1990s (TCVN3,
VNI) decodes without an error as Western European or comes as UTF-8 that looks like it; it is converted if its words say
so without doubt, and Unicode text is left alone.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from extractor.reading.garble import is_syllable
from extractor.reading.legacy_encodings import from_tcvn3, from_vni

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_LOOKED_AT = 2_000_000  # bytes or characters that are judged: as many as any plan has
# Signs that stand for letters in the old encodings: "n«ng th«n"
_LETTERS_AND_SIGNS = re.compile(r"(?:[^\W\d_]|[¡-©«-®°-¶¸¹»-¿×÷]){2,}|[^\W\d_]")
_VIETNAMESE_ONLY = re.compile(
    r"[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]"
)
_WESTERN = re.compile(r"[\u00a1-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_RIGHT = 0.9  # share of accented words that are syllables: of a plan in the right encoding it is 0.98 and more
_WRONG = 0.7  # and of the same text taken for Unicode at most so many
_FEW = 3
_SURE = 12  # accented words from which a text that decodes as it is may be converted
_GUESS_CHAOS, _GUESS_COHERENCE = 0.03, 0.6


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text.

    Attributes:
        text: what the file says.
        encoding: its name, for people; empty for UTF-8.
        converted: the text is not the file's characters but what the font of its time made of them.
    """

    text: str
    encoding: str = ""
    converted: bool = False


class Undecodable(Exception):
    """Bytes that are in no encoding we can tell; ``position`` is the first that is not UTF-8."""

    def __init__(self, position: int, reason: str = "") -> None:
        super().__init__(reason)
        self.position, self.reason = position, reason


def decode(data: bytes) -> Decoded:
    """Decode the bytes of a text file.

    Args:
        data: not empty.

    Returns:
        The text without a byte-order mark.

    Raises:
        Undecodable: if no encoding fits.

    >>> decode("Kế hoạch".encode("utf-16")).encoding
    'UTF-16'
    """
    for mark, codec, name in _BOMS:
        if data.startswith(mark) and (name != "UTF-32" or len(data) % 4 == 0):
            try:
                return Decoded(data[len(mark) :].decode(codec), name)
            except UnicodeDecodeError as error:
                place = error.start + len(mark)
                raise Undecodable(place, f"is {name}, but broken: it cannot be decoded") from None
    marked = data.startswith(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = None if marked else _wide(data) or _single_byte(data)
        if found is None:
            # "utf-8-sig" counts behind the mark
            raise Undecodable(error.start + (len(codecs.BOM_UTF8) if marked else 0)) from None
        return found
    return _wide(data) or _of_a_font(text) or Decoded(text)


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 and UTF-32 without a mark: every other byte of the letters a to z and of spaces is zero."""
    sample = data[: 1 << 16]
    zeros = [sample[i::4].count(0) / max(1, len(sample[i::4])) for i in range(4)]
    if len(data) % 4 == 0 and len(data) >= 8 and min(zeros[2:]) > 0.95 and zeros[0] < 0.05:
        candidates = [("utf-32-le", "UTF-32")]
    elif len(data) % 4 == 0 and len(data) >= 8 and min(zeros[:2]) > 0.95 and zeros[3] < 0.05:
        candidates = [("utf-32-be", "UTF-32")]
    elif min(zeros[1], zeros[3]) > 0.3 and max(zeros[0], zeros[2]) < 0.02:
        candidates = [("utf-16-le", "UTF-16")]
    elif min(zeros[0], zeros[2]) > 0.3 and max(zeros[1], zeros[3]) < 0.02:
        candidates = [("utf-16-be", "UTF-16")]
    else:
        return None
    for codec, name in candidates:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text) and sum(c.isalnum() or c.isspace() for c in text) >= 0.7 * len(text):
            return Decoded(text, name)
    return None


def _single_byte(data: bytes) -> Decoded | None:
    """The old encoding in which nearly all accented words are syllables."""
    sample = data[:_LOOKED_AT]
    if b"\x00" in sample:
        return None
    readings: list[tuple[str, bool, Callable[[bytes], str]]] = [
        ("Windows-1258", False, lambda raw: raw.decode("cp1258")),
        ("TCVN3", True, lambda raw: from_tcvn3(_western(raw))),
        ("VNI", True, lambda raw: from_vni(_western(raw))),
    ]
    rated = []
    for name, converted, read in readings:
        try:
            good, words = _syllables(read(sample))
        except UnicodeDecodeError:
            continue
        if words >= _FEW and good >= _RIGHT * words:
            rated.append((good / words, good, name, converted, read))
    if rated:
        _, _, name, converted, read = max(rated, key=lambda r: r[:2])
        return Decoded(read(data), name, converted)
    return _guessed(data)


def _western(raw: bytes) -> str:
    """Bytes as Windows-1252 shows them; those it does not define as they are."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _guessed(data: bytes) -> Decoded | None:
    """What charset-normalizer says, where it is sure of the encoding and of the language."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_LOOKED_AT], steps=10).best()
    if best is None or best.chaos > _GUESS_CHAOS or best.coherence < _GUESS_COHERENCE:
        return None
    try:
        return Decoded(data.decode(best.encoding), best.encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _of_a_font(text: str) -> Decoded | None:
    """Unicode text as what it was typed in: TCVN3 or VNI, if there is hardly a doubt."""
    sample = text[:_LOOKED_AT]
    western = len(_WESTERN.findall(sample))
    if western < _SURE or len(_VIETNAMESE_ONLY.findall(sample)) > 0.02 * western:
        return None
    good, words = _syllables(sample)
    if words < _SURE or good > _WRONG * words:
        return None
    readings: tuple[tuple[str, Callable[[str], str]], ...] = (("TCVN3", from_tcvn3), ("VNI", from_vni))
    rated = []
    for name, read in readings:
        made = read(sample)
        good, words = _syllables(made)
        # Vietnamese cannot be written without letters of its own
        if words >= _SURE and good >= _RIGHT * words and len(_VIETNAMESE_ONLY.findall(made)) >= 0.2 * words:
            rated.append((good / words, good, name, read))
    if not rated:
        return None
    _, _, name, read = max(rated, key=lambda r: r[:2])
    return Decoded(read(text), name, converted=True)


def _syllables(text: str) -> tuple[int, int]:
    """How many words with accents are possible syllables, and how many there are; a sign inside a word spoils it."""
    words = [w for w in _LETTERS_AND_SIGNS.findall(unicodedata.normalize("NFC", text)) if not w.isascii()]
    return sum(is_syllable(w.lower()) for w in words), len(words)
