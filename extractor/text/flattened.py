"""Documents whose line ends were lost: head, title and body in one line, as slide and document hosts show them.

A line is such a document where it holds the country's or the Party's head, a number and the capitals of a type, or the
body of one, where it holds two headings that count on. Blanks in it become line ends where the parts of a letterhead,
the title, headings and items begin; the length of the text stays the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import regex

from extractor.text.keys import fold

_HEAD = 700  # characters in which motto, number and type of a flattened document stand
_FIRST = 250  # of these, in which its first run of capitals stands
_TITLE = 450  # of the longest title
_LEAST_ITEMS = 4  # that make a list of a line
_NO_TITLE = 8  # characters behind the type in which no title ends
_CAPITALS = regex.compile(r"(?<!\p{Lu})\p{Lu}{2,}+(?: \p{Lu}{2,}+){2}")
_WORD = regex.compile(r"\S+")
_DECIMAL = regex.compile(r"(?<= )\d{1,2}(?:\.\d{1,2}){1,3}[.)]? ?(?=\p{Lu})")
_ROMAN = regex.compile(r"(?<= )[IVX]{1,5}(?:[.)/]| ?[-–]) ?(?=\p{Lu}{2})|(?<=[.;:/] )[IVX]{1,5}[.)/] ?(?=\p{Lu})")
_NUMBER = regex.compile(r"(?<= )(\d{1,2})(?:[.)] ?|- )(?=\p{Lu})")
_LETTER = regex.compile(r"(?<=(?:[.;:]|\p{Lu}\p{Lu}) )[a-zđ][.)] ?(?=\p{Lu})")
_BULLET = regex.compile(r"(?<=[.;:…)] )[-–+•*] ?(?=\p{L}|\d)")
# "II. Chỉ tiêu phấn đấu - Tốt nghiệp đạt 100%": the first item behind a heading in small letters
_FIRST_ITEM = regex.compile(r"(?<= )[IVX]{1,5}[.)/] ?\p{Lu}[^.;:]{3,90}? (?=(?:1[.)]|a\)|[-+]) ?\p{Lu})")
_FIRST_HEADING = regex.compile(r"(?<!\S)I[.)/] ?\p{Lu}{2,}+ \p{Lu}{2}")
_SECOND_HEADING = regex.compile(r"(?<= )II[.)/] ?\p{Lu}{2,}+ \p{Lu}{2}")
_MARKER_LAST = regex.compile(r"(?<= )(?:[-–+•]|\d{1,2}[.)-]|[a-zđ]\)) $", regex.REVERSE)
_ENDS = tuple(".;:/)")


@dataclass(frozen=True, slots=True)
class Flattened:
    """Gives a flattened document its line ends; ``layout.open_words`` makes it of the patterns.

    Attributes:
        motto: what the country's or the Party's head says, in folded text.
        number: the number of a letterhead.
        place: its place and date.
        type: the capitals of a document's type, or what opens the subject of a letter.
        body: where parts of a body begin that words open (``Phần thứ nhất``, ``Điều 1.``, ``Nơi nhận:``).
        opens: where a title in small letters ends: a preamble, whom a letter is for, capitals of who enacts.
    """

    motto: regex.Pattern[str]
    number: regex.Pattern[str]
    place: regex.Pattern[str]
    type: regex.Pattern[str]
    body: regex.Pattern[str]
    opens: regex.Pattern[str]

    def __call__(self, text: str) -> str:
        """The text with a line end for the blank where each part of a flattened document begins."""
        lines = text.split("\n")
        changed = False
        for number, line in enumerate(lines):
            if len(line) < _FIRST or "\t" in line or line.count("|") > 1:
                continue
            if _CAPITALS.search(line, 0, _FIRST) and self.motto.search(fold(line[:_HEAD])):
                lines[number], changed = self._broken(line), True
            elif _counts_on(line) or _lists(line):
                lines[number], changed = _with_breaks(line, set(self._parts(line, 0))), True
        return "\n".join(lines) if changed else text

    def _broken(self, line: str) -> str:
        mottos = list(self.motto.finditer(fold(line[:_HEAD])))
        number = self.number.search(line, 0, _HEAD)
        if number is None:
            return line
        named = self.type.search(line, max(number.end(), mottos[0].end()), _HEAD + _TITLE)
        if named is None:
            return line
        place = self.place.search(line, mottos[0].end(), named.start())
        if place is not None and place.start() < number.end() < place.end():
            place = self.place.search(line, number.end(), named.start())
        at = {edge for m in (*mottos, number, place) if m and m.end() <= named.start() for edge in m.span()}
        body = self._title_end(line, named.end())
        at |= {named.start(), body, *self._parts(line, body)}
        if line[named.start() : named.end()].isupper():
            at.add(named.end())
        return _with_breaks(line, at)

    def _title_end(self, line: str, start: int) -> int:
        """Where a title ends: its capitals, or what opens the preamble or body behind it."""
        words = list(_WORD.finditer(line, start, start + _TITLE))
        capitals = next((n for n, w in enumerate(words) if any(c.islower() for c in w[0])), len(words))
        stop = words[capitals].start() if 2 <= capitals < len(words) else start + _TITLE
        begins = [
            m.start()
            for pattern in (_ROMAN, _NUMBER, self.body, self.opens, self.place)
            for m in pattern.finditer(line, start + _NO_TITLE, stop + 1)
        ]
        return min([*begins, *([stop] if capitals >= 2 else [])], default=start)

    def _parts(self, line: str, start: int) -> Iterator[int]:
        """Where headings and items of the body begin."""
        for pattern in (_DECIMAL, _LETTER, _BULLET, self.body):
            yield from (m.start() for m in pattern.finditer(line, start))
        yield from (m.end() for m in _FIRST_ITEM.finditer(line, start))
        for roman in _ROMAN.finditer(line, start):
            yield roman.start()
            words = _WORD.finditer(line, roman.end(), roman.end() + _TITLE)
            small = next((w for w in words if any(c.islower() for c in w[0])), None)
            if small is not None and line.count(" ", roman.end(), small.start()) >= 2:
                marker = _MARKER_LAST.search(line, roman.end(), small.start())
                yield marker.start() if marker else small.start()  # "I. MỤC TIÊU Phấn đấu …", "I. MỤC TIÊU - Đến năm …"
        last = 0
        for number in _NUMBER.finditer(line, start):
            before, value = line[max(0, number.start() - 3) : number.start()].rstrip(), int(number[1])
            if before.endswith(_ENDS) or before[-2:].isupper() or value == last + 1 > 1:
                yield number.start()
                last = value


def _counts_on(line: str) -> bool:
    """Whether a line holds the first two headings of a document, and so its body."""
    first = _FIRST_HEADING.search(line)
    return first is not None and _SECOND_HEADING.search(line, first.end()) is not None


def _lists(line: str) -> bool:
    """Whether a line holds items that count on, each behind the end of a sentence: ``1. … đạt 9%. 2. … 3. …``."""
    last = run = 0
    for number in _NUMBER.finditer(line):
        value = int(number[1])
        if not line[max(0, number.start() - 3) : number.start()].rstrip().endswith(_ENDS):
            continue
        run = run + 1 if value == last + 1 and run else 1
        last = value
        if run == _LEAST_ITEMS:
            return True
    return False


def _with_breaks(line: str, edges: Collection[int]) -> str:
    chars = list(line)
    for edge in edges:
        blank = next((i for i in (edge, edge - 1) if 0 < i < len(chars) and chars[i] == " "), None)
        if blank is not None:
            chars[blank] = "\n"
    return "".join(chars)
