"""What the syntax of a regular expression tells before it is run: whether it can blow up, and where it cannot match.

A pattern file holds hundreds of expressions, of which any one place of a text can hold two or three. ``openings`` and
``needed`` say which need not be tried, by what they must begin with and what they must contain, and ``extractor.gate``
which can match at a place. They are cautious: what they rule out never matches, and of an expression that they cannot
read they rule out nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import regex

_PROPERTY = re.compile(r"\\p\{(\w+)\}")
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_INLINE_FLAGS = re.compile(r"\(\?[aiLmsux-]")
REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
ONE_CHARACTER = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN)
EMPTY = (ops.ASSERT, ops.ASSERT_NOT, ops.AT)
# As ``regex`` reads them, which runs the expressions: its \w holds marks and no superscripts.
_CATEGORIES = {
    ops.CATEGORY_DIGIT: regex.compile(r"\d"),
    ops.CATEGORY_NOT_DIGIT: regex.compile(r"\D"),
    ops.CATEGORY_SPACE: regex.compile(r"\s"),
    ops.CATEGORY_NOT_SPACE: regex.compile(r"\S"),
    ops.CATEGORY_WORD: regex.compile(r"\w"),
    ops.CATEGORY_NOT_WORD: regex.compile(r"\W"),
}


def unsafe(expression: str) -> str:
    """Why a regular expression can blow up (an unbounded repeat inside an unbounded repeat), or empty."""
    try:
        tree = parser.parse(_PROPERTY.sub(r"\\w", expression))
    except re.error:
        return ""  # syntax that only ``regex`` knows: judged by its own compiler

    def unbounded(nodes: Any, inside: bool) -> bool:
        for op, args in nodes:
            if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
                _, high, body = args
                many = high == ops.MAXREPEAT
                if many and inside:
                    return True
                if unbounded(body, inside or many):
                    return True
            elif op is ops.SUBPATTERN:
                if unbounded(args[3], inside):
                    return True
            elif op is ops.BRANCH and any(unbounded(branch, inside) for branch in args[1]):
                return True
        return False

    return "an unbounded repeat inside an unbounded repeat" if unbounded(tree, False) else ""


def openings(expression: str) -> frozenset[str]:
    r"""Texts with one of which every match of an expression begins; empty where there are none.

    >>> [sorted(openings(x)) for x in (r"(?<!\w)(?:ngày|tháng)\s\d", r"(?:từ )?năm \d+", r"(?:từ )?\d+")]
    [['ngày', 'tháng'], ['năm ', 'từ '], []]
    """
    tree = tree_of(expression)
    return frozenset() if tree is None else _openings(tree)


def needed(expression: str) -> frozenset[str]:
    r"""Texts one of which stands in every match of an expression; empty where there are none.

    >>> [sorted(needed(x)) for x in (r"(?:http|www)\S+|\w+@\w+", r"\d+\.?(?:xã|thôn)s?", r"\w+\d")]
    [['@', 'http', 'www'], ['thôn', 'xã'], []]
    """
    tree = tree_of(expression)
    return frozenset() if tree is None else _needed(tree)


@lru_cache(maxsize=1024)
def tree_of(expression: str) -> Any:
    """The syntax tree; ``None`` for what ``re`` does not read as ``regex`` does."""
    if _PROPERTY.search(expression) or _INLINE_FLAGS.search(expression):
        return None
    try:
        return parser.parse(_GROUP_NAME.sub("(", expression))
    except re.error:
        return None


def _openings(nodes: Any) -> frozenset[str]:
    text = ""
    for place, (op, args) in enumerate(nodes):
        if op is ops.LITERAL:
            text += chr(args)
            continue
        if text or op in ONE_CHARACTER:
            break
        if op in EMPTY:
            continue
        ways = [_openings(body) for body in bodies(op, args)]
        if op in REPEATS and args[0] == 0:
            ways.append(_openings(nodes[place + 1 :]))
        return frozenset().union(*ways) if ways and all(ways) else frozenset()
    return frozenset([text] if text else [])


def bodies(op: Any, args: Any) -> Sequence[Any]:
    """The expressions inside a node; none of a node that is not known."""
    if op is ops.SUBPATTERN and not args[1] and not args[2]:
        return [args[3]]
    if op is ops.BRANCH:
        return list(args[1])
    if op in REPEATS:
        return [args[2]]
    return [args] if op is ops.ATOMIC_GROUP else []


@lru_cache(maxsize=4096)
def _category(category: Any, char: str) -> bool:
    return _CATEGORIES[category].match(char) is not None


def admits(op: Any, args: Any, char: str) -> bool:
    """Whether a node of one character matches this one."""
    code = ord(char)
    if op is ops.LITERAL:
        return bool(args == code)
    if op is ops.NOT_LITERAL:
        return bool(args != code)
    if op is ops.ANY:
        return True
    negated = args[0][0] is ops.NEGATE
    return negated != any(_in_set(kind, value, char) for kind, value in args[negated:])


def _in_set(kind: Any, value: Any, char: str) -> bool:
    if kind is ops.LITERAL:
        return bool(value == ord(char))
    if kind is ops.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return _category(value, char)


def _needed(nodes: Any) -> frozenset[str]:
    """Of the texts that a sequence cannot do without those that are longest."""
    best: frozenset[str] = frozenset()
    run = ""
    for op, args in nodes:
        if op is ops.LITERAL:
            run += chr(args)
            continue
        best, run = _longer(best, [run]), ""
        if op in REPEATS and args[0] == 0:
            continue
        inner = [_needed(body) for body in bodies(op, args)]
        if inner and all(inner):
            best = _longer(best, frozenset().union(*inner))
    return _longer(best, [run])


def _longer(best: frozenset[str], other: Iterable[str]) -> frozenset[str]:
    texts = frozenset(other)
    shortest = min(map(len, texts))
    return texts if shortest > min(map(len, best), default=0) else best
