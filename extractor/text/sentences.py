"""Sentences and clauses inside the blocks of a view.

A block is one line of the view, so nothing here needs to look over a line end. Rules are ours: ``sent_tokenize`` of
underthesea knows neither list semicolons nor the abbreviations of offices (ECOSYSTEM, part C).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from extractor.model import Span

_SENTENCE_END = re.compile(r"[.!?…](?<![.!?…].)[.!?…]*+[\"')\]”’»]*+\s+(?=[\"'“‘(\[]*[A-ZĐÀ-ỸÂÊÔƠƯĂ0-9(+-])")
_LAST_WORD = re.compile(r"(?<!\w)\w++$")
_LONGEST_ABBREVIATION = 12  # characters before a full stop that tell whether it ends a sentence
_LETTER = re.compile(r"[a-zđ]")
_ORDINAL = re.compile(r"[^\W\d_A-Z]\s(?:I{1,3}|IV|VI{1,3})$")  # quý IV, bậc III: no marker, which has nothing before it
_CUT = re.compile(r"[()\[\];]")
_NONE: frozenset[str] = frozenset()


def sentences(text: str, start: int, end: int, abbreviations: Set[str] = _NONE) -> list[Span]:
    """The sentences of text[start:end], in the order of the text; together they cover it but for white space.

    Args:
        text: the text of a view.
        start: where to begin.
        end: where to end.
        abbreviations: words in lower case whose full stop ends no sentence (``TP. Hà Tiên``, ``TS. Nguyễn …``).
    """
    spans, begin = [], start
    for match in _SENTENCE_END.finditer(text, start, end):
        if match[0].startswith(".") and not match[0].startswith(".."):
            before = text[max(begin, match.start() - _LONGEST_ABBREVIATION) : match.start()]
            if _is_abbreviation(before, text[match.end() : match.end() + 1], abbreviations):
                continue
        if begin < match.start() + 1:
            spans.append(Span(begin, match.start() + len(match[0].rstrip())))
        begin = match.end()
    if begin < end:
        spans.append(Span(begin, end))
    return spans


def _is_abbreviation(before: str, after: str, abbreviations: Set[str]) -> bool:
    """Whether the full stop between two pieces of text ends no sentence: ``1. 5``, ``A. Nguyễn``, ``TP. Hà Tiên``."""
    if before[-1:].isdigit():
        return after.isdigit()
    word = _LAST_WORD.search(before)
    if word is None:
        return before.endswith("..")
    if _ORDINAL.search(before):
        return False
    low = word[0].lower()
    return low in abbreviations or _LETTER.fullmatch(low) is not None


def clauses(text: str, start: int, end: int, abbreviations: Set[str] = _NONE) -> list[Span]:
    """Sentences cut further at semicolons outside brackets."""
    return clauses_of(text, sentences(text, start, end, abbreviations))


def clauses_of(text: str, sentences: Iterable[Span]) -> list[Span]:
    """The clauses of some sentences of a text, as ``clauses`` gives them."""
    spans: list[Span] = []
    for sentence in sentences:
        start, end = sentence.start, sentence.end
        begin, depth = start, 0
        if text.find(";", start, end) >= 0:
            for match in _CUT.finditer(text, start, end):
                char = match[0]
                if char in "([":
                    depth += 1
                elif char in ")]":
                    depth = max(0, depth - 1)
                elif depth == 0:
                    if match.start() > begin:
                        spans.append(_trimmed(text, begin, match.start()))
                    begin = match.end()
        while begin < end and text[begin].isspace():
            begin += 1
        if begin < end:
            spans.append(_trimmed(text, begin, end))
    return spans


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
