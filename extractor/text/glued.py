"""Words that lost the space between them, as pages of laws have them: ``đếnnăm 2020``, ``tổ chứcHĐND`` (DOMAIN §8).

A syllable of Vietnamese is an onset, a rime and one tone mark, so a word that is none, but falls into syllables, was
several words. Loan words and names that only look like it are told by the words of the patterns.
"""

from __future__ import annotations

import functools
import re
import unicodedata

import regex

from extractor.text.keys import fold

_WORD = re.compile(r"[^\W\d_]{5,}+")
_RUN = re.compile(r"\S+")
_YEAR = re.compile(r"(?:19|20)\d\d(?<!\d.{4})(?=([^\W\d_]{2,7})(?!\w))")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_STOPS = ("c", "ch", "p", "t")  # that end only syllables with a rising or a heavy tone
_STOP_TONES = frozenset("\u0301\u0323")
_TWO_VOWELS = re.compile(r"[aăâeêioôơuưy]{2}")
_SHORTEST, _LONGEST = 2, 7  # letters of a syllable; one letter is a vowel, and a mistyped word would fall into these
_MOST = 4  # syllables of a word that lost its spaces
_LONGEST_WORD = _MOST * _LONGEST
_LONGEST_RUN = 80  # characters of what is remembered, as a run of so many may come again
_REMEMBERED = 1 << 14  # runs


class Glued:
    """Finds where a space is missing between two words; ``layout.open_words`` makes it of the patterns.

    Args:
        syllable: matches a whole folded syllable without its tone mark.
        known: folded words, to choose between ``các|huyện`` and ``cá|chuyện``.
        whole: folded words of several syllables that are one (``cácbon``).
    """

    def __init__(self, syllable: regex.Pattern[str], known: frozenset[str], whole: frozenset[str]) -> None:
        self._syllable, self._known, self._whole = syllable, known, whole
        self._of_run = functools.lru_cache(_REMEMBERED)(self._offsets)
        self._of_word = functools.lru_cache(_REMEMBERED)(self._parted)

    def __call__(self, text: str) -> list[int]:
        """The offsets in NFC ``text`` before which a space is missing."""
        glued = {run: offsets for run in set(text.split()) if (offsets := self._in_run(run))}
        if not glued:
            return []
        return [m.start() + offset for m in _RUN.finditer(text) for offset in glued.get(m[0], ())]

    def _in_run(self, run: str) -> tuple[int, ...]:
        """The offsets in a run of characters without spaces."""
        return self._of_run(run) if len(run) <= _LONGEST_RUN else self._offsets(run)

    def _offsets(self, run: str) -> tuple[int, ...]:
        years = [m.end() for m in _YEAR.finditer(run) if self._follows_year(m[1])]
        return (*years, *(m.start() + offset for m in _WORD.finditer(run) for offset in self._in_word(m[0])))

    def _follows_year(self, word: str) -> bool:
        """``2020trên địa bàn``; no units, of which the short ones are written right behind a number."""
        return (len(word) > _SHORTEST or not word.isascii()) and fold(word) in self._known

    def _in_word(self, word: str) -> tuple[int, ...]:
        return self._of_word(word) if len(word) <= _LONGEST_WORD else ()

    def _parted(self, word: str) -> tuple[int, ...]:
        """Where the fewest syllables part, and where there are several such ways the one of most known words."""
        head = word.rstrip("".join(filter(str.isupper, word)))
        if _SHORTEST <= len(head) < len(word) - 1 and head[1:].islower():
            return (len(head),) if self._is_syllable(fold(head)) else ()  # củaUBND
        key = fold(word)
        if word.isascii() or key in self._whole or self._is_syllable(key):
            return ()
        ways: list[tuple[int, ...]] = [(0,)]
        for _ in range(_MOST):
            ways = [
                (*way, end)
                for way in ways
                for end in range(way[-1] + _SHORTEST, min(way[-1] + _LONGEST, len(key)) + 1)
                if self._follows(key, way[-1], end)
            ]
            if whole := [way[1:-1] for way in ways if way[-1] == len(key)]:
                return self._best(key, whole)
        return ()

    def _follows(self, key: str, start: int, end: int) -> bool:
        """Whether a syllable stands there; two vowels side by side are one syllable, or a mistyped one."""
        if start and _TWO_VOWELS.match(_toneless(key[start - 1 : start + 1])[0]):
            return False
        return self._is_syllable(key[start:end])

    def _best(self, key: str, ways: list[tuple[int, ...]]) -> tuple[int, ...]:
        def known(way: tuple[int, ...]) -> int:
            return sum(fold(key[a:b]) in self._known for a, b in zip((0, *way), (*way, len(key)), strict=True))

        ways.sort(key=known, reverse=True)
        return () if len(ways) > 1 and known(ways[0]) == known(ways[1]) else ways[0]

    def _is_syllable(self, key: str) -> bool:
        plain, tones = _toneless(key)
        if len(tones) > 1 or self._syllable.fullmatch(plain) is None:
            return False
        return not plain.endswith(_STOPS) or bool(_STOP_TONES.intersection(tones))


def _toneless(key: str) -> tuple[str, str]:
    """Letters without their tone marks, but with what makes them another letter, and the tone marks."""
    parted = unicodedata.normalize("NFD", key)
    return unicodedata.normalize("NFC", parted.translate(_TONES)), "".join(c for c in parted if ord(c) in _TONES)
