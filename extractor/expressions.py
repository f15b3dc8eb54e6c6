"""What the syntax of a regular expression tells before it is run: whether it can blow up, and where it cannot match.

A pattern file holds hundreds of expressions, of which any one place of a text can hold two or three. ``Lead``,
``openings`` and ``needed`` say which need not be tried, by what they must begin with and what they must contain. They
are cautious: what they rule out never matches, and of an expression that they cannot read they rule out nothing.
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
_SKIPPED = "0123456789 "
_SKIP = re.compile(f"[{_SKIPPED}]{{0,16}}")  # no more than that, or a row of figures would be read over and over
_MOST_SEQUENCES = 100
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_ONE_CHARACTER = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN)
_EMPTY = (ops.ASSERT, ops.ASSERT_NOT, ops.AT)
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


class Lead:
    r"""How matches of an expression go on behind an anchor: the next character, and that behind figures and spaces.

    Args:
        expression: the expression.
        anchor: what its matches are known to begin with; empty for nothing.

    >>> month = Lead(r"(?P<m>\d{1,2}|một) tháng")
    >>> texts = ["12 tháng", "một tháng", "12 xã", "12/2021", "hai tháng"]
    >>> [month.fits(*lead_of(text, 0, len(text))) for text in texts]
    [True, True, False, False, False]
    >>> year = Lead(r"(?:trong )?năm (?:học )?\d+-", "năm")
    >>> [year.fits(*lead_of(text, 3, len(text))) for text in ("năm 2021-2022", "năm học 2021-2022", "năm nay")]
    [True, True, False]
    """

    def __init__(self, expression: str, anchor: str = "") -> None:
        behind = _behind(_tree(expression), anchor)
        self._first = _opening(behind, "")
        self._behind = _opening(behind, _SKIPPED)

    def fits(self, first: str, behind: str) -> bool:
        """Whether a match may go on where ``lead_of`` gives these two characters."""
        if behind and behind in _SKIPPED:
            return _may_open(self._first, first)
        return _may_open(self._first, first) and _may_open(self._behind, behind)


def lead_of(text: str, start: int, end: int) -> tuple[str, str]:
    """The character at ``start``, and that behind figures and spaces (another one of many); empty at the end."""
    if start >= end:
        return "", ""
    first = text[start]
    if first not in _SKIPPED:
        return first, first
    skipped = _SKIP.match(text, start, end)
    behind = skipped.end() if skipped else start
    return first, text[behind] if behind < end else ""


def openings(expression: str) -> frozenset[str]:
    r"""Texts with one of which every match of an expression begins; empty where there are none.

    >>> [sorted(openings(x)) for x in (r"(?<!\w)(?:ngày|tháng)\s\d", r"(?:từ )?năm \d+", r"(?:từ )?\d+")]
    [['ngày', 'tháng'], ['năm ', 'từ '], []]
    """
    tree = _tree(expression)
    return frozenset() if tree is None else _openings(tree)


def needed(expression: str) -> frozenset[str]:
    r"""Texts one of which stands in every match of an expression; empty where there are none.

    >>> [sorted(needed(x)) for x in (r"(?:http|www)\S+|\w+@\w+", r"\d+\.?(?:xã|thôn)s?", r"\w+\d")]
    [['@', 'http', 'www'], ['thôn', 'xã'], []]
    """
    tree = _tree(expression)
    return frozenset() if tree is None else _needed(tree)


@lru_cache(maxsize=1024)
def _tree(expression: str) -> Any:
    """The syntax tree; ``None`` for what ``re`` does not read as ``regex`` does."""
    if _PROPERTY.search(expression) or _INLINE_FLAGS.search(expression):
        return None
    try:
        return parser.parse(_GROUP_NAME.sub("(", expression))
    except re.error:
        return None


# What can open a match: nodes of one character each, and whether it may also pass without any of them.
_Opening = tuple[tuple[Any, ...], bool]


def _opening(sequences: Sequence[Any] | None, skipped: str) -> _Opening | None:
    """What can stand first in matches of any of some sequences of nodes."""
    if sequences is None:
        return None
    found = [_leading(nodes, skipped) for nodes in sequences]
    if None in found:
        return None
    return tuple(node for opening in found if opening for node in opening[0]), any(o[1] for o in found if o)


def _behind(tree: Any, anchor: str) -> Sequence[Any] | None:
    """What may follow ``anchor`` in matches that begin with it, as sequences of nodes; ``None`` where none can tell."""
    if tree is None:
        return None
    sequences = [tuple(tree)]
    for char in anchor:
        if any(_passes(nodes) for nodes in sequences) or len(sequences) > _MOST_SEQUENCES:
            return None  # a match may end inside the anchor
        after = [_after(nodes, char) for nodes in sequences]
        if None in after:
            return None
        sequences = [nodes for found in after if found for nodes in found]
    return sequences


def _passes(nodes: Any) -> bool:
    """Whether a sequence may match nothing."""
    opening = _leading(nodes, "")
    return opening is None or opening[1]


def _after(nodes: Any, char: str) -> list[Any] | None:
    """What may follow ``char`` in matches that begin with it, as sequences of nodes; ``None`` where none can tell."""
    found: list[Any] = []
    for place, (op, args) in enumerate(nodes):
        rest = tuple(nodes[place + 1 :])
        if op in _ONE_CHARACTER:
            return [*found, rest] if _admits(op, args, char) else found
        if op in _EMPTY:
            continue
        bodies = _bodies(op, args)
        inner = [_after(body, char) for body in bodies]
        if not bodies or None in inner:
            return None
        again: tuple[Any, ...] = ()
        if op in _REPEATS and args[1] > 1:
            more = args[1] if args[1] == ops.MAXREPEAT else args[1] - 1
            again = ((op, (max(0, args[0] - 1), more, args[2])),)
        found += [(*body, *again, *rest) for bodies_after in inner if bodies_after for body in bodies_after]
        if not (op in _REPEATS and args[0] == 0) and not any(map(_passes, bodies)):
            break
    return found


def _openings(nodes: Any) -> frozenset[str]:
    text = ""
    for place, (op, args) in enumerate(nodes):
        if op is ops.LITERAL:
            text += chr(args)
            continue
        if text or op in _ONE_CHARACTER:
            break
        if op in _EMPTY:
            continue
        ways = [_openings(body) for body in _bodies(op, args)]
        if op in _REPEATS and args[0] == 0:
            ways.append(_openings(nodes[place + 1 :]))
        return frozenset().union(*ways) if ways and all(ways) else frozenset()
    return frozenset([text] if text else [])


def _may_open(opening: _Opening | None, char: str) -> bool:
    if opening is None or opening[1]:
        return True
    return bool(char) and any(_admits(op, args, char) for op, args in opening[0])


def _leading(nodes: Any, skipped: str) -> _Opening | None:
    """What can stand first in a match behind any number of ``skipped`` characters; ``None`` where none can tell."""
    found: list[Any] = []
    for op, args in nodes:
        if op in _ONE_CHARACTER:
            found.append((op, args))
            passes = any(_admits(op, args, char) for char in skipped)
        elif op in _EMPTY:
            passes = True
        else:
            inner = [_leading(body, skipped) for body in _bodies(op, args)]
            if not inner or None in inner:
                return None
            found += [node for opening in inner if opening for node in opening[0]]
            passes = any(opening[1] for opening in inner if opening) or (op in _REPEATS and args[0] == 0)
        if not passes:
            return tuple(found), False
    return tuple(found), True


def _bodies(op: Any, args: Any) -> Sequence[Any]:
    """The expressions inside a node; none of a node that is not known."""
    if op is ops.SUBPATTERN and not args[1] and not args[2]:
        return [args[3]]
    if op is ops.BRANCH:
        return list(args[1])
    if op in _REPEATS:
        return [args[2]]
    return [args] if op is ops.ATOMIC_GROUP else []


@lru_cache(maxsize=4096)
def _category(category: Any, char: str) -> bool:
    return _CATEGORIES[category].match(char) is not None


def _admits(op: Any, args: Any, char: str) -> bool:
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
        if op in _REPEATS and args[0] == 0:
            continue
        inner = [_needed(body) for body in _bodies(op, args)]
        if inner and all(inner):
            best = _longer(best, frozenset().union(*inner))
    return _longer(best, [run])


def _longer(best: frozenset[str], other: Iterable[str]) -> frozenset[str]:
    texts = frozenset(other)
    shortest = min(map(len, texts))
    return texts if shortest > min(map(len, best), default=0) else best
