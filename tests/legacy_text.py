"""Unicode text as it was typed in TCVN3 and VNI: what tests make their old files of."""

from __future__ import annotations

import unicodedata

from extractor.reading import legacy_encodings

_TCVN3 = {
    letter: chr(0xA1 + i)
    for i, letter in enumerate(legacy_encodings._TCVN3_LETTERS)
    if letter.islower() or letter in "ĂÂÊÔƠƯĐ"
}
_MARKS = {
    frozenset(unicodedata.normalize("NFD", "x" + marks)[1:]): char
    for char, marks in legacy_encodings._VNI_MARKS.items()
}
_ALONE = {made: letter for letter, made in legacy_encodings._VNI_ALONE.items()}


def to_tcvn3(text: str) -> str:
    """Text as typed in TCVN3; a capital with a tone becomes the small letter, as a ``.VnTime`` font has it."""
    text = unicodedata.normalize("NFC", text)
    return "".join(_TCVN3.get(c) or _TCVN3.get(c.lower()) or c if not c.isascii() else c for c in text)


def to_vni(text: str) -> str:
    """Text as typed in VNI."""
    made = []
    for char in unicodedata.normalize("NFC", text):
        if char in _ALONE:
            made.append(_ALONE[char])
            continue
        letter, *marks = unicodedata.normalize("NFD", char)
        horn = "\u031b" in marks  # ơ and ư are letters of VNI
        base = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}[letter] if horn else letter
        rest = frozenset(m for m in marks if m != "\u031b")
        if not rest:
            made.append(base if horn else char)
        elif letter in "iI":  # ì and í are as they are
            made.append(char)
        else:
            mark = _MARKS[rest]
            made.append(base + (mark.upper() if char.isupper() else mark))
    return "".join(made)
