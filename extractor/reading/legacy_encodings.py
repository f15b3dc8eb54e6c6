"""Text that was typed with the 8-bit fonts of the time before Unicode: TCVN3 (``.VnTime``) and VNI (``VNI-Times``).

Such text arrives as Western letters (``KÕ ho¹ch``, ``Keá hoaïch``): the font drew them as Vietnamese ones. Which of
the two it is, only the font's name says for sure (``encoding_of_font``); the functions here do as they are told and
change every character that the encoding has a letter for, so they must not be given text that is Unicode already.

Tables: TCVN 5712:1993 (the positions from 0xA1 on, which the fonts share with the standard's code page VN1), and the
VNI code page for Windows. Characters are given as Windows-1252 shows the bytes; of the bytes 0x80 to 0x9F, where both
encodings have that code page's typographic signs, nothing is changed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Encoding = Literal["", "tcvn3", "tcvn3-capitals", "vni"]

# Bytes 0xA1 to 0xFF in their order; "_" is none of a letter (no-break space, the tone marks that stand alone).
_TCVN3_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ"  # A1-AF
    "_____àảãáạẲằẳẵắẴ"  # B0-BF
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ"  # C0-CF
    "éẹềểễếệìỉỄẾỒĩíịò"  # D0-DF
    "Ổỏõóọồổỗốộờởỡớợù"  # E0-EF
    "Ỗủũúụừửữứựỳỷỹýỵ"  # F0-FE
)
_TCVN3 = {0xA1 + i: letter for i, letter in enumerate(_TCVN3_LETTERS) if letter != "_"}
# A tone on a capital letter is typed behind it in the fonts that have no capitals of their own.
_TCVN3_TONES = {"\xb0": "\u0300", "\xb1": "\u0309", "\xb2": "\u0303", "\xb3": "\u0301", "\xb4": "\u0323"}
_TCVN3_TONED = re.compile("([AEIOUYaeiouy\xa1-\xa6\xa8-\xad])([\xb0-\xb4])")

# The marks of VNI, typed behind their letter, as combining characters.
_VNI_TONES = {"ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ù": "\u0301", "ï": "\u0323"}
_VNI_MARKS = {
    **_VNI_TONES,
    "â": "\u0302", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "á": "\u0302\u0301",
    "ä": "\u0302\u0323", "ê": "\u0306", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "é": "\u0306\u0301", "ë": "\u0306\u0323",
}  # fmt: skip
_CIRCUMFLEX, _BREVE = frozenset("âàåãáä"), frozenset("êèúüéë")
# Letters that VNI has as one character.
_VNI_ALONE = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ"}
_VNI_ALONE |= {letter.upper(): made.upper() for letter, made in _VNI_ALONE.items()}
_VNI_PAIR = re.compile("([AEIOUYÔÖaeiouyôö])([" + "".join(_VNI_MARKS) + "".join(_VNI_MARKS).upper() + "])")
_VNI_ANY = re.compile("[" + "".join(_VNI_ALONE) + "]")

_WORD = re.compile(r"[^\W\d_]+")
# Word keeps the characters of a font that calls itself a symbol font in the private use area.
_PRIVATE = re.compile("[\uf020-\uf0ff]")

_TCVN3_FONT = re.compile(r"\.vn[a-z]", re.I)
_VNI_FONT = re.compile(r"vni[- ]", re.I)


def encoding_of_font(name: str | None) -> Encoding:
    """The encoding of text in a font: TCVN3 of ``.Vn…`` (``…H`` has capitals only), VNI of ``VNI-…``, else none.

    >>> encoding_of_font(".VnTime"), encoding_of_font(".VnTimeH"), encoding_of_font("VNI-Times")
    ('tcvn3', 'tcvn3-capitals', 'vni')
    >>> encoding_of_font("Times New Roman"), encoding_of_font(None)
    ('', '')
    """
    if not name:
        return ""
    name = name.strip()
    if _TCVN3_FONT.match(name):
        return "tcvn3-capitals" if name.endswith("H") else "tcvn3"
    if _VNI_FONT.match(name):
        return "vni"
    return ""


def decode(text: str, encoding: Encoding) -> str:
    """Text in an encoding that ``encoding_of_font`` named, as Unicode; unchanged where that is none."""
    if encoding == "vni":
        return from_vni(text)
    return from_tcvn3(text, capitals=encoding == "tcvn3-capitals") if encoding else text


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """Text typed in TCVN3, as Unicode (NFC).

    TCVN3 has no capital letters with a tone: they come of fonts that draw every letter as a capital, or are small
    letters among capitals, which are read as capitals here.

    Args:
        text: the characters as Windows-1252 shows the bytes.
        capitals: whether the font has capitals only (``.VnTimeH``).

    >>> from_tcvn3("KÕ ho¹ch x©y dùng n«ng th«n míi"), from_tcvn3("kÕ ho¹ch", capitals=True)
    ('Kế hoạch xây dựng nông thôn mới', 'KẾ HOẠCH')
    >>> from_tcvn3("KÕ HO¹CH CñA X·"), from_tcvn3("Sè: 12\\nKÕ HO¹CH\\nn¨m 2021")
    ('KẾ HOẠCH CỦA XÃ', 'Số: 12\\nKẾ HOẠCH\\nnăm 2021')
    """
    text = _PRIVATE.sub(lambda m: chr(ord(m[0]) - 0xF000), text)
    text = _TCVN3_TONED.sub(lambda m: m[1].translate(_TCVN3) + _TCVN3_TONES[m[2]], text)
    made = unicodedata.normalize("NFC", text.translate(_TCVN3))
    return made.upper() if capitals else _raise_words(made)


def from_vni(text: str) -> str:
    """Text typed in VNI, as Unicode (NFC).

    >>> from_vni("Keá hoaïch xaây döïng noâng thoân môùi"), from_vni("ÑAÏT CHUAÅN")
    ('Kế hoạch xây dựng nông thôn mới', 'ĐẠT CHUẨN')
    """
    text = _PRIVATE.sub(lambda m: chr(ord(m[0]) - 0xF000), text)
    paired = _VNI_PAIR.sub(_pair, text)
    # Marks are combining characters now, so that a letter made of two is not taken for one that stands alone.
    return unicodedata.normalize("NFC", _VNI_ANY.sub(lambda m: _VNI_ALONE[m[0]], paired))


def _pair(match: re.Match[str]) -> str:
    letter, mark = match[1], match[2].lower()
    if (mark in _CIRCUMFLEX and letter not in "AEOaeo") or (mark in _BREVE and letter not in "Aa"):
        return match[0]
    return letter + _VNI_MARKS[mark]


def _on_one_line(text: str, words: list[re.Match[str]], i: int, j: int) -> bool:
    first, second = words[min(i, j)], words[max(i, j)]
    return "\n" not in text[first.end() : second.start()]


def _raise_words(text: str) -> str:
    """Make words of capitals capitals altogether: ``HOạCH`` of ``HO¹CH``, and ``Xã`` between such words."""
    words = list(_WORD.finditer(text))
    plain = [[c for c in match[0] if c.isascii()] for match in words]
    sure = [sum(c.isupper() for c in p) >= 2 and not any(c.islower() for c in p) for p in plain]
    if not any(sure):
        return text
    parts, at = [], 0
    for i, match in enumerate(words):
        beside = [sure[j] for j in (i - 1, i + 1) if 0 <= j < len(words) and _on_one_line(text, words, i, j)]
        open_ = not any(c.islower() for c in plain[i]) and not match[0].isupper()
        if sure[i] or (open_ and beside and all(beside)):
            parts += [text[at : match.start()], match[0].upper()]
            at = match.end()
    return "".join([*parts, text[at:]])
