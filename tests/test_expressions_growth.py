"""No expression takes time that grows faster than the text it is run over, whatever the text.

Every expression is run over texts made against it: what begins a match over and over and never ends it, what stands
before and in each of its repeats, its own words and examples. Nothing is asked of the time itself: an expression fails
where four times the text takes clearly more than four times as long, at two lengths, and again when measured again.
"""

from __future__ import annotations

import ast
import gc
import importlib
import pkgutil
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, pairwise
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
import regex

import extractor
from extractor.expressions import _GROUP_NAME, _PROPERTY, EMPTY, ONE_CHARACTER, REPEATS, admits, bodies
from extractor.patterns import Entry, RegexSet, load
from extractor.pipeline import extract
from extractor.text.keys import fold

_TINY = (16, 24, 32, 128)  # the next would never end for what grows exponentially, or with the cube
_SHORT, _LONG = 512, (2048, 8192, 32_768)
_SUSPECT, _CLEAR = 0.003, 0.02  # seconds: from the first on a longer text is tried, up to the second
_STEEP, _CLEARLY = 7.0, 9.0  # times as long for four times the text: linear is 4, quadratic 16, and n log n below 5
_MOST_TEXTS = 24
_MOST_SHOWN = 1  # attack an expression; each takes seconds
_UNITS = (
    "a", "A", "á", "xã ", "Xã ", "ngày ", "năm ", "số ", "a ", "Á ", "a, ", "a.", "a@", "@", "a-", "a_",
    "1", "1.", "1,", "1/", "1 ", "1-", "1 - ", "1%", "1x", "x1", "x1 ", "1.000 ", "12/2021 ", "1 xã, ", "IV", "I. ",
    " ", "\t", "\n", " \n", "\r\n", "\u00a0", "-", "- ", "(", ")", "(a", "((1)", "[", '"', "“", ".", "...", ",", ";", ":", ": ",
    ".jpg", "1.jpg", "a1.jpg ", "http://", "www.", "*", "_", "#", "|", "<", "<a ", "<!--", "=", "\\", "%", "/", "\0", "e\u0301",
)  # fmt: skip
_CHARACTERS = "a1 .-,/(%@:;\nđA\"'<>*|=_&+)]“–…ạ\t^\\\u0301"
_SCANS = frozenset({"finditer", "search", "sub", "subn", "split", "splititer", "findall"})
_STARTS = frozenset({"match", "fullmatch"})
Pattern = re.Pattern[Any] | regex.Pattern[Any]


@dataclass(frozen=True)
class _Attack:
    """A text of any length: something, a unit many times, and what spoils the match."""

    unit: str
    head: str = ""
    tail: str = ""

    def text(self, length: int) -> str:
        return self.head + self.unit * max(1, length // len(self.unit)) + self.tail

    def __str__(self) -> str:
        return " + ".join([*([repr(self.head)] if self.head else []), f"{self.unit!r} × n", repr(self.tail)])


# --- texts from the syntax of an expression --------------------------------------------------------------------------


@cache
def _sample(op: Any, args: Any) -> tuple[str, ...]:
    """Some of the characters that a node of one character takes."""
    if op is ops.LITERAL:
        return (chr(args),)
    with suppress(KeyError):
        found = tuple(c for c in _CHARACTERS if admits(op, args, c))
        if found or op is not ops.IN:
            return found[:6] or ("a",)
    first = next((value for kind, value in args if kind in (ops.LITERAL, ops.RANGE)), ord("a"))
    return (chr(first[0] if isinstance(first, tuple) else first),)


def _hashable(args: Any) -> Any:
    return tuple(map(_hashable, args)) if isinstance(args, list | tuple) else args


class _Texts:
    """What an expression takes, read off its syntax tree."""

    def __init__(self, expression: str) -> None:
        self.starts: list[str] = []  # what a match begins with, up to each of its parts
        self.repeats: list[tuple[str, str]] = []  # what stands before a repeat, and what it repeats
        self.literals: list[str] = []
        try:
            tree = parser.parse(_GROUP_NAME.sub("(", _PROPERTY.sub(r"\\w", expression)))
        except re.error:
            return
        self._walk(tree, "")

    def _walk(self, nodes: Any, before: str) -> str:
        """The text up to the end of some nodes; on the way what repeats in them is kept."""
        run = ""
        for op, args in [*nodes, (None, None)]:
            if op is ops.LITERAL:
                run += chr(args)
            elif run:
                self.literals.append(run)
                run = ""
            if op in ONE_CHARACTER:
                before += _sample(op, _hashable(args))[0]
                continue
            if op in REPEATS:
                low, high, body = args
                if high == ops.MAXREPEAT or high > 9:
                    self.repeats += [(before, unit) for unit in self._units(body)]
                once = self._walk(body, before)[len(before) :]
                self.starts.append(before + once)
                before += once * max(1, min(low, 30))
            elif op not in (None, *EMPTY):
                ends = [self._walk(body, before) for body in bodies(op, args)[:12]]
                self.starts += ends[1:]
                before = ends[0] if ends else before
            if before:
                self.starts.append(before)
        return before

    def _units(self, body: Any) -> list[str]:
        if len(body) == 1 and body[0][0] in ONE_CHARACTER:
            op, args = body[0]
            return list(_sample(op, _hashable(args)))
        ends = [_Texts.__new__(_Texts)._collected(body)]
        if len(body) == 1:
            ends += [_Texts.__new__(_Texts)._collected(way) for way in bodies(*body[0])[:6]]
        return [end for end in ends if end]

    def _collected(self, nodes: Any) -> str:
        self.starts, self.repeats, self.literals = [], [], []
        return self._walk(nodes, "")


def _attacks(expressions: Sequence[str], examples: Sequence[str]) -> list[_Attack]:
    read = [_Texts(expression) for expression in expressions]
    # An expression whose fixed part stands nowhere is given up at once: it stands at the end.
    whole = "\0" + " \0".join(literal for texts in read for literal in texts.literals)
    found = dict.fromkeys(_Attack(fold(unit), "", whole) for unit in _UNITS)
    for texts in read:
        mine: dict[_Attack, None] = {}
        for before, unit in texts.repeats:
            mine.update({_Attack(unit, before, whole): None, _Attack(before + unit, "", whole): None})
            mine.update({_Attack(unit, "", whole[1:]): None, _Attack(unit): None})
            mine.update({_Attack(before + unit * 2 + " "): None, _Attack(unit + " "): None})
        for first, second in zip(texts.starts, [*texts.starts[1:], ""], strict=False):
            mine.update({_Attack(first): None, _Attack(first + " "): None, _Attack(first + second): None})
        kept = list(mine)
        step = max(1, len(kept) // _MOST_TEXTS)
        found.update(dict.fromkeys(kept[::step]))
    for example in examples:
        for cut in (len(example) // 2, len(example) * 4 // 5):
            found.update({_Attack(example[:cut]): None, _Attack(example[cut:] + " "): None})
    return [attack for attack in found if attack.unit]


def _with_single_spaces(attacks: Sequence[_Attack]) -> list[_Attack]:
    """Texts as the view makes them: one space for a run of spaces. What reads a line or a title sees no others."""
    return [attack for attack in attacks if not re.search(r"\s\s", attack.head + attack.unit * 2 + attack.tail)]


# --- time ------------------------------------------------------------------------------------------------------------


def _seconds(run: Callable[[str], None], text: str, *, times: int = 1) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        run(text)
        best = min(best, time.process_time() - start)
        if best > 1:
            break
    return best


def _superlinear(run: Callable[[str], None], attack: _Attack) -> str:
    """How the time grows, where it grows faster than the text; else empty."""
    before = 0.0
    for length in (*_TINY, _SHORT, *_LONG):
        spent = _seconds(run, attack.text(length))
        steep = spent > _STEEP * before
        if spent > _CLEAR and (steep or length == _LONG[1]):
            break
        if length in _LONG and not steep and (spent < _SUSPECT or length != _LONG[0]):
            return ""
        if length == _LONG[0] and spent < _SUSPECT / 10:
            return ""
        before = spent
    if not steep:
        return ""
    grown = ""
    for _ in range(3):  # what other work on the machine slowed down is not so three times
        lengths = [max(1, length // 16), max(1, length // 4), length]
        spent_at = [_seconds(run, attack.text(n), times=2) for n in lengths]
        factors = [after / max(first, 1e-7) for first, after in pairwise(spent_at)]
        if min(factors) < _CLEARLY:
            return ""
        grown = ", ".join(f"{n:,} characters {s * 1000:.2f} ms" for n, s in zip(lengths, spent_at, strict=True))
    return grown


def _check(name: str, runs: dict[str, Callable[[str], None]], attacks: Sequence[_Attack]) -> None:
    gc.disable()
    try:
        slow = []
        for how, run in runs.items():
            found = (f"{how}\n    over {attack}: {grown}" for attack in attacks if (grown := _superlinear(run, attack)))
            slow += islice(found, _MOST_SHOWN)
    finally:
        gc.enable()
    assert not slow, f"{name}: time grows faster than the text\n" + "\n".join(slow)


def _scan(expression: Pattern) -> Callable[[Any], None]:
    return lambda text: sum(1 for _ in expression.finditer(text)) and None


def _start(expression: Pattern) -> Callable[[Any], None]:
    return lambda text: expression.match(text) and expression.fullmatch(text) and None


# --- expressions in code ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _uses() -> dict[str, set[str]]:
    """Name of an expression in code → the methods it is used with; ``scan`` where it is handed on to something else."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in Path(extractor.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owners = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        called: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _SCANS | _STARTS:
                called.add(id(node.value))
                if (name := _name(node.value)) is not None:
                    found[name].add(node.attr)
        for node in ast.walk(tree):
            handed_on = isinstance(getattr(node, "ctx", None), ast.Load) and id(node) not in called
            if handed_on and (name := _name(node)) is not None and id(node) not in owners:
                found[name].add("scan")
    return found


def _name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _constants() -> Iterator[tuple[str, str, Pattern]]:
    """Module, name and expression of all compiled when a module is imported, those in tuples and mappings too."""
    for found in pkgutil.walk_packages(extractor.__path__, "extractor."):
        if found.name.endswith("__main__"):
            continue
        try:
            module = importlib.import_module(found.name)
        except ImportError:  # of an extra that is not installed
            continue
        for name, value in list(vars(module).items()):
            for place, expression in _held(value, name, set(), 3):
                yield found.name, place, expression


def _held(value: Any, place: str, seen: set[int], depth: int) -> Iterator[tuple[str, Pattern]]:
    """The expressions in a value, with the name of the attribute that holds them."""
    if isinstance(value, re.Pattern | regex.Pattern):
        yield place, value
        return
    if depth == 0 or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        parts = [(place, v) for v in value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = [(place, v) for v in value]
    elif type(value).__module__.startswith("extractor."):
        names = [*getattr(value, "__dict__", ()), *getattr(type(value), "__slots__", ())]
        parts = [(name, getattr(value, name, None)) for name in names]
    else:
        return
    for name, part in parts:
        yield from _held(part, name, seen, depth - 1)


_DOCUMENT = """ỦY BAN NHÂN DÂN TỈNH GIA LAI
Số: 12/KH-UBND
Gia Lai, ngày 5 tháng 3 năm 2024
KẾ HOẠCH
Phát triển kinh tế - xã hội năm 2024
I. Mục tiêu
1. Phấn đấu đến năm 2025 có 12 xã đạt chuẩn nông thôn mới, tỷ lệ hộ nghèo giảm còn 2,5%, tăng 1,2% so với năm 2023.
- Sở Nông nghiệp chủ trì, phối hợp với UBND các huyện hoàn thành trước ngày 30/6/2024.
| STT | Chỉ tiêu | Đơn vị | Năm 2024 |
| 1 | Hộ nghèo | % | 2,5 |
2. Hỗ trợ 30 biển báo cho 02 xã: Ia Kha, Ia Der; trồng 1.200 ha rừng và 3/5 cây.
TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Nguyễn Văn A
"""


def _in_code() -> dict[str, tuple[str, Pattern]]:
    """Id → name and expression, each expression once."""
    extract(_DOCUMENT)  # makes what the finders compile from the patterns
    found: dict[str, tuple[str, Pattern]] = {}
    for module, name, expression in _constants():
        found.setdefault(f"{module}.{name}:{expression.pattern!r:.40}", (name, expression))
    cache = load()._cache
    for key, made in list(cache.items()):
        if not key.startswith(("of:", "lexicon:", "regexes:")):
            for name, expression in _held(made, key, set(), 5):
                found.setdefault(f"{key}.{name}:{expression.pattern!r:.40}", (name, expression))
    first: dict[Any, str] = {}
    once = {i: c for i, c in found.items() if first.setdefault((c[1].pattern, c[1].flags), i) == i}
    return {i: c for i, c in once.items() if _unbounded(_text_of(c[1]))}


def _text_of(expression: Pattern) -> str:
    return expression.pattern if isinstance(expression.pattern, str) else expression.pattern.decode("latin-1")


def _unbounded(expression: str) -> bool:
    """Whether an expression can match, or read on for, any number of characters; without that it is linear."""
    return re.search(r"[*+]|\{\d*,\}", expression) is not None


def _is_scanned(name: str) -> bool:
    uses = _uses()[name]
    return not uses or bool(uses - _STARTS)


_CODE = _in_code()
# Made from lists of words, asked for a match from one place only; their names are those of others that are scanned.
_AT_ONE_PLACE = (
    "assignments:cues.ordered:",
    "layout:open_words.posts:",
    "place:words.joined:",
    "place:words.more:",
    "place:words.tail:",
    "place:words.unit_noun:",
    "status:words.part:",
)


@pytest.mark.parametrize("name", _CODE)
def test_an_expression_in_code_takes_time_in_step_with_the_text(name: str) -> None:
    """Run as the code runs it: over all of a text, or from one place if it is only ever asked to match there."""
    attribute, expression = _CODE[name]
    scanned = _is_scanned(attribute) and not name.startswith(_AT_ONE_PLACE)
    asked = _scan(expression) if scanned else _start(expression)
    text = _text_of(expression)
    run = asked if isinstance(expression.pattern, str) else lambda t: asked(t.encode())
    _check(name, {repr(text)[:300]: run}, _with_single_spaces(_attacks([text], [])))


# --- expressions of patterns -----------------------------------------------------------------------------------------

_IN_SETS = ("mask", "number", "status", "time")  # the others are taken one by one
_ENTRIES = [e for e in load().entries if e.expressions]


@pytest.mark.parametrize("entry", _ENTRIES, ids=lambda entry: entry.id)
def test_an_expression_of_a_pattern_takes_time_in_step_with_the_text(entry: Entry) -> None:
    """Run over all of the text or from one place, as the code runs it, and at its anchors (``RegexSet``)."""
    examples = [fold(example.text) for example in entry.yes[:3]]
    attacks = _attacks(entry.expressions, examples)
    runs = {}
    for expression in filter(_unbounded, entry.expressions):
        compiled = regex.compile(expression)
        runs[repr(expression)] = _scan(compiled) if _scanned(entry, expression) else _start(compiled)
    if entry.concern in _IN_SETS:
        among = RegexSet([entry])
        runs["RegexSet"] = lambda text: among.matches(text) and None
    _check(entry.id, runs, attacks if entry.concern in _IN_SETS else _with_single_spaces(attacks))


def _scanned(entry: Entry, expression: str) -> bool:
    """Whether an expression is looked for all over a text: so it is where it is not known to be asked at one place."""
    uses = [_is_scanned(name) for name, compiled in _CODE.values() if expression in _text_of(compiled)]
    return entry.concern in _IN_SETS or not uses or any(uses)


# --- the test itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        r"[\w.-]+@[\w-]+\.[\w.-]+",
        r"\S*\d\S*\.(?:jpg|pdf)(?!\w)",
        r"số\s*:?\s*\d",
        r"\s+$",
        r"(?:xã )+xóm",
        r"(\w+\s)+\d",
        r"<!--.*?-->",
    ],
)
def test_what_grows_faster_is_found(expression: str) -> None:
    with pytest.raises(AssertionError, match="grows faster"):
        attacks = _attacks([expression], [])
        _check("x", {expression: _scan(regex.compile(expression, regex.S))}, attacks)


@pytest.mark.parametrize("expression", [r"(?<![\w.-])[\w.-]++@", r"\d{1,9} xã", r"(?<!\s)\s++$", r"a{1,40}b", r"\w+"])
def test_what_grows_in_step_passes(expression: str) -> None:
    _check("x", {expression: _scan(regex.compile(expression))}, _attacks([expression], []))
