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
_NEW_STYLE = re.compile(r"o[àáảãạ](?![^\W\d_])|o[èéẻẽẹ](?![^\W\d_])|(?<!q)u[ỳýỷỹỵ](?![^\W\d_])")
_TO_OLD = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
# i and y after one consonant are one vowel; the standard allows both, offices write both. Whole syllables only.
_I_OR_Y = re.compile(r"(?<![^\W\d_])(?:tỉ|kĩ|kì|kí|lí|lì|mĩ|hi|kỉ|qui|quí|quì|quỉ|quĩ|sỹ|tỹ)(?![^\W\d_])")
_TO_Y = {
    "tỉ": "tỷ", "kĩ": "kỹ", "kì": "kỳ", "kí": "ký", "lí": "lý", "lì": "lỳ", "mĩ": "mỹ", "hi": "hy", "kỉ": "kỷ",
    "qui": "quy", "quí": "quý", "quì": "quỳ", "quỉ": "quỷ", "quĩ": "quỹ", "sỹ": "sĩ", "tỹ": "tỷ",
}  # fmt: skip


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
    low = _NEW_STYLE.sub(lambda m: _TO_OLD[m[0]], low)
    return _I_OR_Y.sub(lambda m: _TO_Y[m[0]], low)


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
