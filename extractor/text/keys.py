"""Match keys: one spelling for all the spellings that mean the same word.

``fold`` keeps the length of its input, so an offset into the key is an offset into the text it was made of. It is for
matching only; what is shown or written always comes from the source (DOMAIN §8: fold for matching, never rewrite).
"""

from __future__ import annotations

import re
import unicodedata

# Letters and signs that look alike but are different code points (DOMAIN §8).
_LOOKALIKES = {
    "Ð": "đ", "ð": "đ", "Ɖ": "đ", "ɖ": "đ",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "′": "'",
}  # fmt: skip
_LOOKALIKE = re.compile(f"[{''.join(_LOOKALIKES)}]")  # several times as fast as ``str.translate`` where few are
# Tone mark on the second vowel (new style: hoà, khoẻ, thuỷ) brought to the first (old style: hòa, khỏe, thủy).
_TO_OLD = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
# i and y after one consonant are one vowel; the standard allows both, offices write both. Whole syllables only.
_TO_Y = {
    "tỉ": "tỷ", "kĩ": "kỹ", "kì": "kỳ", "kí": "ký", "lí": "lý", "lì": "lỳ", "mĩ": "mỹ", "hi": "hy", "kỉ": "kỷ",
    "qui": "quy", "quí": "quý", "quì": "quỳ", "quỉ": "quỷ", "quĩ": "quỹ", "sỹ": "sĩ", "tỹ": "tỷ",
}  # fmt: skip
_LETTER = r"[^\W\d_]"
# Each alternative begins with its own letters, and looks back when they are found: ``re`` then searches for them, and
# looks at no other place of the text.
_OLD = re.compile("|".join(f"{w}(?!{_LETTER})" + ("(?<!qu.)" if w[0] == "u" else "") for w in _TO_OLD))
_Y = re.compile("|".join(f"{w}(?!{_LETTER})(?<!{_LETTER}{'.' * len(w)})" for w in _TO_Y))


def _lower(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else char  # 'İ'.lower() is two code points


def fold(text: str) -> str:
    """The match key of NFC ``text``, of the same length.

    Lower case; Đ, dashes, quotes and apostrophes in one form each; tone marks at their old place (``hoà`` → ``hòa``,
    ``uỷ`` → ``ủy``, but ``quý``); ``tỉ`` → ``tỷ`` and the like for whole syllables.

    >>> fold("Uỷ ban nhân dân tỉnh Thanh Hoá – quí I")
    'ủy ban nhân dân tỉnh thanh hóa - quý i'
    """
    alike = _LOOKALIKE.sub(lambda m: _LOOKALIKES[m[0]], text)
    low = alike.lower()
    if len(low) != len(text):
        low = "".join(map(_lower, alike))
    low = _OLD.sub(lambda m: _TO_OLD[m[0]], low)
    return _Y.sub(lambda m: _TO_Y[m[0]], low)


def toneless(text: str) -> str:
    """``fold`` without any diacritics, of the same length; only for a second look inside a context already known.

    >>> toneless("Cẩm Vĩnh") == toneless("Cấm Vịnh")
    True
    """
    made = []
    for char in fold(text):
        base = unicodedata.normalize("NFD", char)[0]
        made.append("d" if base == "đ" else base)
    return "".join(made)
