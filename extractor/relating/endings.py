"""Expressions for the last words of a text, run only where its last letters let them match."""

from __future__ import annotations

import re
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import regex

_LOOKED_AT = 3  # letters that tell whether a match can end with them
_MOST_KNOWN = 10_000  # of such letters; they come again in all documents
_PROPERTY = re.compile(r"\\p\{\w+\}")
_UNREADABLE = re.compile(r"\(\?<=|\\[bBAGZ]|\(\?[aiLmsux-]")  # asks for the text around, or changes what ``$`` means


class Ending:
    """An expression that matches at the end of a text only (any other is simply run).

    ``regex`` is asked once for every few letters whether a match can end with them, by a partial match from the right;
    what is ruled out never matches.

    >>> ending = Ending(r"(?:theo|thuộc) (?:xã|huyện)$")
    >>> [bool(ending.search(text)) for text in ("các bản thuộc xã", "thuộc xã khác", "toàn xã")]
    [True, False, False]
    """

    __slots__ = ("_known", "_reversed", "expression")

    def __init__(self, expression: str) -> None:
        self.expression = regex.compile(expression)
        self._reversed = regex.compile(expression, regex.REVERSE) if _closes(expression) else None
        self._known: dict[str, bool] = {}

    def search(self, text: str) -> Any:
        """The first match."""
        return self.expression.search(text) if self.fits(text) else None

    def fits(self, text: str) -> bool:
        """Whether a match may stand at the end."""
        if self._reversed is None:
            return True
        last = text[-_LOOKED_AT:]
        fits = self._known.get(last)
        if fits is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            # ``$`` holds before a last line end too
            fits = last.endswith("\n") or self._reversed.match(last, partial=True) is not None
            self._known[last] = fits
        return fits


def _closes(expression: str) -> bool:
    """Whether all ways through an expression end in ``$``."""

    def closes(nodes: Any) -> bool:
        if not len(nodes):
            return False
        op, args = nodes[-1]
        if op is ops.SUBPATTERN:
            return closes(args[3])
        if op is ops.BRANCH:
            return all(map(closes, args[1]))
        return op is ops.AT and args is ops.AT_END

    if _UNREADABLE.search(expression):
        return False
    try:
        return closes(parser.parse(_PROPERTY.sub(r"\\w", expression)))
    except re.error:
        return False  # syntax that only ``regex`` knows
