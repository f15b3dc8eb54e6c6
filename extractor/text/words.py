"""Words by underthesea, with exact offsets, for the rules that ask where a word ends.

``underthesea.word_tokenize`` gives no offsets and rewrites spelling (ARCHITECTURE, rule 2), so its words are laid back
onto the text syllable by syllable: syllables never change in number, only in spelling.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from extractor.model import Span

_SYLLABLE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@functools.cache
def _tokenizer() -> Callable[[str], list[str]]:
    import underthesea  # 0.8 s: loaded by the first rule that asks

    tokenize: Callable[[str], list[str]] = underthesea.word_tokenize
    return tokenize


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
    tokens = _tokenizer()(stretch)
    count = len(_SYLLABLE.findall(tokens[0])) if tokens else 1
    last = first
    for _ in range(max(1, count) - 1):
        following = _SYLLABLE.match(text, last.end() + 1, end)
        if following is None or text[last.end()] != " ":
            break
        last = following
    return Span(first.start(), last.end())
