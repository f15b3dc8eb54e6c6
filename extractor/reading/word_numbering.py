"""The numbers that Word shows before the paragraphs of a list (``numbering.xml``).

Word keeps no number in a paragraph: the paragraph names a list and a level, the list says how each level is written.
Here the paragraphs are counted as Word counts them: lists made of one abstract list count on in one another unless one
of them starts anew, a level starts anew behind each number of a level above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
# Signs that people and the layout rules know as bullets; any other sign of a symbol font is shown as the first.
_BULLET = "•"
_KEPT_BULLETS = frozenset("-–—+*•")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is written.

    Attributes:
        start: its first number.
        form: Word's ``numFmt``: ``decimal``, ``upperRoman``, ``bullet``, …
        text: ``%1.%2.`` for number of level 1, dot, number of level 2, dot; of bullets the sign.
        restart: it starts anew behind a number of this level or one above it, from 1; 0: never.
        legal: all numbers in it are decimal.
        suffix: what stands behind it: ``tab``, ``space``, ``nothing``.
        style: id of the paragraph style that it is the numbering of.
    """

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    suffix: str = "tab"
    style: str = ""


@dataclass(slots=True)
class _List:
    """A ``w:num``: its abstract list, its own levels, and the numbers its levels start anew with."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the paragraphs of a document's lists.

    Args:
        root: the root of ``numbering.xml``, or ``None`` for a document without lists.
        style_lists: id of each numbering style → the id of the list it names.
    """

    def __init__(self, root: etree._Element | None, style_lists: dict[str, str]) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        for element in root.iterchildren(W + "abstractNum"):
            key = element.get(W + "abstractNumId", "")
            self._abstract[key] = _levels(element)
            self._links[key] = _value(element, "numStyleLink")
        for element in root.iterchildren(W + "num"):
            self._lists[element.get(W + "numId", "")] = _list(element)
        for one in self._lists.values():
            # An abstract list may only name a numbering style, whose own list has the levels.
            linked = self._lists.get(style_lists.get(self._links.get(one.abstract, ""), ""))
            if linked is not None:
                one.abstract = linked.abstract

    def level_of_style(self, number: str, style: str) -> int:
        """The level, from 0, of a list that is the numbering of a paragraph style."""
        one = self._lists.get(number)
        levels = self._abstract.get(one.abstract, {}) if one else {}
        return next((i for i, level in levels.items() if level.style == style), 0)

    def next(self, number: str, level: int) -> str:
        """Count one more paragraph; what Word shows before it, with the space behind it.

        Args:
            number: id of the list (``w:numId``).
            level: from 0.
        """
        one = self._lists.get(number)
        if one is None or not 0 <= level < _LEVELS:
            return ""
        counts = self._counts.setdefault(one.abstract, {})
        for above in range(level):
            # a level that is passed over counts as begun: the next paragraph of it has its second number
            if above not in counts:
                counts[above] = self._level(one, above).start
        counts[level] = self._begin(number, one, level) if self._begins(number, one, level) else counts[level] + 1
        for deeper in [d for d in counts if d > level]:
            restart = self._level(one, deeper).restart
            if restart is None or level < restart:
                del counts[deeper]
        return self._shown(one, level, counts)

    def _begins(self, number: str, one: _List, level: int) -> bool:
        """Whether the next number of a level is its first."""
        anew = level in one.starts and (number, level) not in self._begun
        return anew or level not in self._counts[one.abstract]

    def _begin(self, number: str, one: _List, level: int) -> int:
        """The first number of a level: the list's own the first time, the abstract list's after that."""
        if level in one.starts and (number, level) not in self._begun:
            self._begun.add((number, level))
            return one.starts[level]
        return self._level(one, level).start

    def _level(self, one: _List, level: int) -> Level:
        return one.levels.get(level) or self._abstract.get(one.abstract, {}).get(level) or Level()

    def _shown(self, one: _List, level: int, counts: dict[int, int]) -> str:
        form = self._level(one, level)
        if form.form == "none":
            return ""
        if form.form == "bullet":
            text = form.text.strip()
            text = text if not text or text in _KEPT_BULLETS else _BULLET
        else:
            text = form.text
            for i in range(level + 1):
                if f"%{i + 1}" in text:
                    at = self._level(one, i)
                    text = text.replace(f"%{i + 1}", write_number(counts[i], "decimal" if form.legal else at.form))
        return text if not text or form.suffix == "nothing" else text + " "


def _levels(element: etree._Element) -> dict[int, Level]:
    levels = {}
    for child in element.iterchildren(W + "lvl"):
        index = _integer(child.get(W + "ilvl"), 0)
        levels[index] = _read_level(child, index)
    return levels


def _read_level(element: etree._Element, index: int) -> Level:
    legal = element.find(W + "isLgl")
    restart = element.find(W + "lvlRestart")
    return Level(
        start=_integer(_value(element, "start"), 1),
        form=_value(element, "numFmt") or "decimal",
        text=_value(element, "lvlText"),
        restart=None if restart is None else min(_integer(restart.get(W + "val"), index), index),
        legal=legal is not None and legal.get(W + "val") not in ("0", "false", "off"),
        suffix=_value(element, "suff") or "tab",
        style=_value(element, "pStyle"),
    )


def _list(element: etree._Element) -> _List:
    one = _List(_value(element, "abstractNumId"), {})
    for change in element.iterchildren(W + "lvlOverride"):
        index = _integer(change.get(W + "ilvl"), 0)
        level = change.find(W + "lvl")
        start = change.find(W + "startOverride")
        if level is not None:
            one.levels[index] = _read_level(level, index)
        if start is not None:
            one.starts[index] = _integer(start.get(W + "val"), 1)
            if index in one.levels:
                one.levels[index] = replace(one.levels[index], start=one.starts[index])
    return one


def _value(element: etree._Element, name: str) -> str:
    child = element.find(W + name)
    return "" if child is None else child.get(W + "val", "")


def _integer(text: str | None, default: int) -> int:
    # Word writes small numbers; anything else is not worth a failure, and not worth counting to either.
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else default


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    parts = []
    for value, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        parts.append(letters * (number // value))
        number %= value
    return "".join(parts)


def _letter(number: int) -> str:
    """A … Z, AA, BB, …: as Word goes on behind Z."""
    if not 0 < number <= 26 * 30:
        return str(number)
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1)


_FORMS: dict[str, Callable[[int], str]] = {
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    "decimalZero": lambda number: f"{number:02}",
    "none": lambda number: "",
    "numberInDash": lambda number: f"- {number} -",
}


def write_number(number: int, form: str) -> str:
    """A number as a level of a form of Word writes it; decimal where the form is not known."""
    return _FORMS.get(form, str)(number)
