"""Words by underthesea, with exact offsets, for the rules that ask where a word ends and for spaCy's tokens.

``underthesea.word_tokenize`` gives no offsets and rewrites spelling (ARCHITECTURE, rule 2). Here its own token pattern
runs on the text, its normal forms are made of a copy that only the model sees, and its tags join spans of the text:
the same words, and ``text[start:end]`` is always exact.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from extractor.model import Span
from extractor.text import word_model

_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: no model takes it
# The beginning of underthesea's expression for addresses: a repetition of a repetition, which takes for ever on
# "http:/" and thirty full stops. Without the inner one it matches the same.
_SLOW_URL = r"""  (?:                                  # One or more:
    [^\s()<>{}\[\]]+                   # Run of non-space, non-()<>{}[]
"""
_SYLLABLE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that ``underthesea.word_tokenize`` is made of."""

    tokens: re.Pattern[str]
    normal_characters: Callable[[str], str]
    normal_token: Callable[[str], str]
    tags: Callable[[Sequence[str]], Sequence[str]]


@functools.cache
def _parts() -> _Parts | None:
    """The parts of underthesea, or ``None`` where this version has them elsewhere."""
    try:
        pattern = import_module("underthesea.pipeline.word_tokenize.regex_tokenize")
        normal = import_module("underthesea.pipeline.text_normalize")
        characters = import_module("underthesea.pipeline.text_normalize.character_normalize")
        tagger = import_module("underthesea.models.fast_crf_sequence_tagger").FastCRFSequenceTagger()
        folder = Path(pattern.__file__ or "").parent / "models" / "ws_crf_vlsp2013_20230727"
        tagger.load(str(folder))
        return _Parts(
            # Compiled anew: a call with ``fixed_words`` elsewhere changes the module's own pattern for good.
            re.compile(pattern.regex_patterns_combine.replace(_SLOW_URL, _SLOW_URL.replace("]+", "]")), re.VERBOSE),
            characters.normalize_characters_in_text,
            normal.token_normalize,
            _fastest(folder, lambda tokens: tagger.predict([[token] for token in tokens])),
        )
    except Exception:  # whatever another version does: its public call is left
        return None


def _fastest(folder: Path, stock: Callable[[Sequence[str]], Sequence[str]]) -> Callable[[Sequence[str]], Sequence[str]]:
    """The fast route to the tags, or the stock one where the model is not the one that the fast route knows."""
    try:
        model = word_model.load(folder, stock)
    except Exception:  # a file of another shape
        model = None
    return stock if model is None else model.tags


def words(text: str) -> list[Span]:
    """The words of a stretch of text, which should be a sentence or a line; white space stands between them.

    They are those of ``underthesea.word_tokenize``, in order and not overlapping; a letter and its marks stay together.

    >>> text = "Thanh  Hoá có 30 biển báo giao thông"
    >>> [text[word.start : word.end] for word in words(text)]
    ['Thanh  Hoá', 'có', '30', 'biển báo', 'giao thông']
    """
    if not text or text.isspace():
        return []
    text = _HALF.sub("\ufffd", text)
    parts = _parts()
    if parts is None:
        return _laid_back(text, _stock_pieces(text))
    normal = parts.normal_characters(text)
    found = list(parts.tokens.finditer(normal))
    tags = parts.tags([parts.normal_token(match[0]) for match in found])
    spans = [(match.start(), match.end(), tag == "I-W") for match, tag in zip(found, tags, strict=True)]
    return _joined(spans, _offsets(text, normal))


def _stock_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The tokens by the public call, without its changes of spelling, and whether each goes on with its word."""
    import underthesea

    for word in underthesea.word_tokenize(text, use_token_normalize=False):
        for number, piece in enumerate(word.split(" ")):
            yield piece, number > 0


def _laid_back(text: str, pieces: Iterator[tuple[str, bool]]) -> list[Span]:
    normal = unicodedata.normalize("NFC", text)
    spans, at = [], 0
    for piece, goes_on in pieces:
        while at < len(normal) and normal[at].isspace():
            at += 1
        spans.append((at, min(at + len(piece), len(normal)), goes_on))
        at += len(piece)
    return _joined(spans, _offsets(text, normal))


def _joined(tokens: list[tuple[int, int, bool]], offsets: Callable[[int, int], tuple[int, int]]) -> list[Span]:
    """Tokens of the normal copy as words of the text."""
    joined: list[Span] = []
    for token_start, token_end, goes_on in tokens:
        start, end = offsets(token_start, token_end)
        if joined and (goes_on or start < joined[-1].end):
            joined[-1] = Span(joined[-1].start, max(end, joined[-1].end))
        elif start < end:
            joined.append(Span(start, end))
    return joined


def _offsets(text: str, normal: str) -> Callable[[int, int], tuple[int, int]]:
    """From a span of the normal copy to that of the text."""
    if len(normal) == len(text):  # NFC, but for characters that are replaced one by one
        composed = unicodedata.normalize("NFC", text)
        if composed == text:
            return lambda start, end: (start, end)
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        after, made = _composed(text, at)
        same = 0  # marks at the end that no letter took up stand for themselves
        while same < min(len(made), after - at) - 1 and made[-1 - same] == text[after - 1 - same]:
            same += 1
        head = after - same
        starts += [at] * (len(made) - same) + list(range(head, after))
        ends += [head] * (len(made) - same) + list(range(head + 1, after + 1))
        at = after
    return lambda start, end: (starts[start], ends[end - 1])


def _composed(text: str, at: int) -> tuple[int, str]:
    """The end of the shortest stretch from ``at`` that NFC treats by itself, and what it makes of it."""
    after = at + 1
    while True:
        while after < len(text) and unicodedata.combining(text[after]):
            after += 1
        made = unicodedata.normalize("NFC", text[at:after])
        if after == len(text) or ord(text[after]) < 0x80:
            break
        # Letters that are no marks and yet become one with what stands before them (Hangul).
        if unicodedata.normalize("NFC", text[at : after + 1]) == made + unicodedata.normalize("NFC", text[after]):
            break
        after += 1
    return after, made


def first_word(text: str, start: int, end: int) -> Span | None:
    """The first word of text[start:end], which must begin with a letter; ``None`` where it does not.

    >>> text = "lắp 30 biển báo giao thông"
    >>> span = first_word(text, 7, len(text)); text[span.start:span.end]
    'biển báo'
    """
    first = _SYLLABLE.match(text, start, end)
    if first is None:
        return None
    stretch = re.split(r"[^\w\s'’-]", text[start : min(end, start + 80)])[0]
    found = words(stretch)
    count = len(_SYLLABLE.findall(stretch, found[0].start, found[0].end)) if found else 1
    last = first
    for _ in range(max(1, count) - 1):
        following = _SYLLABLE.match(text, last.end() + 1, end)
        if following is None or text[last.end()] != " ":
            break
        last = following
    return Span(first.start(), last.end())
