"""Whether text that came out of a file is Vietnamese or the wreck of it.

PDF files with broken fonts give text without complaint: letters torn from their words (``H i đ ng ộ ồ``), glyph numbers
(``(cid:123)``), letters of another alphabet. What tells them is how many words are no possible syllable.
"""

from __future__ import annotations

import re
import unicodedata

GARBLED = 0.6
"""Share of possible syllables under which a text is not to be trusted; plans have 0.95 and more."""

_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")
_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]"
_NUCLEUS = (
    "oai|oao|oay|oeo|uây|uêu|uyê|uya|uyu|uôi|ươi|ươu|iêu|yêu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|oo|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_NUCLEUS})(?:ch|ng|nh|[cmnpt])?")
_WORD = re.compile(r"[^\W\d_]+")
_LOST = re.compile(r"\(cid:\d+\)|[\ufffd\u0000-\u0008\u000e-\u001f]|[\ue000-\uf8ff]")
# Word's bullets and check boxes are private characters of the fonts Symbol and Wingdings.
_SYMBOLS = re.compile(r"[\uf020-\uf0ff]")
_FEW = 12


def is_syllable(word: str) -> bool:
    """Whether a lower-case word can be a Vietnamese syllable.

    >>> is_syllable("nghiệp"), is_syllable("ñoäng")
    (True, False)
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONES))
    return _SYLLABLE.fullmatch(plain) is not None


def quality(text: str) -> float:
    """How much of a text can be Vietnamese, 0 to 1.

    Words in capitals (abbreviations) and with digits say nothing and are not counted; glyphs that were lost and
    accented letters that stand alone count against it. 1.0 where there are too few words to tell.
    """
    lost = sum(1 for m in _LOST.finditer(text) if not _SYMBOLS.fullmatch(m[0]))
    words = [w for w in _WORD.findall(unicodedata.normalize("NFC", _LOST.sub(" ", text))) if not w.isupper()]
    if len(words) + lost < _FEW:
        return 1.0 if lost * 4 <= len(words) + lost else 0.0
    good = sum(1 for w in words if is_syllable(w.lower()) and not _torn(w))
    return good / (len(words) + lost)


def is_garbled(text: str) -> bool:
    """Whether a text is not to be trusted (``quality`` under ``GARBLED``)."""
    return quality(text) < GARBLED


def _torn(word: str) -> bool:
    """An accented letter alone that is no word (``ở`` and ``ý`` are)."""
    return len(word) == 1 and not word.isascii() and word.lower() not in "ởýàạổôơ"
