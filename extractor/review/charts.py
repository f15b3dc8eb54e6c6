"""Charts as inline SVG, with the same figures as a table for those who do not see them.

No script and no library: the SVG has no style attributes either (the report's Content-Security-Policy forbids them),
classes of ``report.css`` give the colours in light and dark. The drawing is 380 units wide, so that its words can be
read on a telephone and on paper.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 380
_LETTERS = 40  # of a label in one line
_BAR, _LINE = 12, 17  # height of a bar, and of a line of words
_YEAR, _MONTH = 42, 28  # width of a year's label, and of a month
_HIGHEST = 48  # of a column of deadlines
_MOST_YEARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: what it counts.
        parts: class and number of each of its parts.
    """

    label: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """Of all parts."""
        return sum(count for _, count in self.parts)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its figures.

    Attributes:
        key: its name, unique in the page.
        title: its heading.
        svg: the drawing, safe to put into a page; empty where there is nothing to draw.
        series: class and name of each colour; empty where there is only one.
        head: the table's columns.
        rows: the table: a label and its numbers as text.
        note: what it leaves out, or empty.
    """

    key: str
    title: str
    svg: str
    series: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def bars(bars: Sequence[Bar], title: str, written: Mapping[int, str]) -> str:
    """Horizontal bars, each below its label, its parts one after the other.

    Args:
        bars: at least one.
        title: what a screen reader says of the drawing.
        written: number → as people write it.
    """
    longest = max(bar.total for bar in bars) or 1
    drawn, y = [], 0.0
    for bar in bars:
        lines = textwrap.wrap(bar.label, _LETTERS, max_lines=2, placeholder=" …") or [""]
        for line in lines:
            drawn.append(_text(0, y + 13, line))
            y += _LINE
        drawn.append(_text(WIDTH, y - _LINE + 13, written[bar.total], "number end"))
        x = 0.0
        for kind, part in bar.parts:
            if part:
                width = max(part / longest * WIDTH, 2)
                drawn.append(_rect(x, y + 1, max(width - 1, 1.5), _BAR, kind))
                x += width
        y += _BAR + 11
    return _svg(drawn, y - 8, title)


def calendar(months: Mapping[tuple[int, int], int], title: str, hints: Mapping[tuple[int, int], str]) -> str:
    """A line of twelve months for each year, deadlines stacked on their month.

    Args:
        months: year and month → number of deadlines; at least one.
        title: what a screen reader says of the drawing.
        hints: what is said of a month where the pointer is on it.
    """
    highest = max(months.values())
    unit = min(9.0, _HIGHEST / highest)
    drawn: list[str] = []
    y = 0.0
    for year in shown_years(months):
        tallest = max(count for (of, _), count in months.items() if of == year)
        ground = y + 17 + tallest * unit
        drawn.append(_text(0, ground, str(year), "number"))
        for month in range(1, 13):
            middle = _YEAR + (month - 0.5) * _MONTH
            drawn.append(_text(middle, ground + 15, str(month), "soft middle"))
            drawn.append(_rect(middle - _MONTH / 2 + 1, ground + 1, _MONTH - 2, 1.5, "ground"))
            if not (count := months.get((year, month), 0)):
                continue
            drawn.append(f"<g><title>{escape(hints[year, month])}</title>")
            if unit >= 4:  # so few that each can be seen
                drawn += [_rect(middle - 8, ground - (n + 1) * unit, 16, unit - 1, "deadlines") for n in range(count)]
            else:
                height = max(count * unit, 2)
                drawn.append(_rect(middle - 8, ground - height, 16, height, "deadlines"))
            drawn.append(_text(middle, ground - max(count * unit, 2) - 3, str(count), "small middle") + "</g>")
        y = ground + 27
    return _svg(drawn, y - 6, title)


def shown_years(months: Mapping[tuple[int, int], int]) -> list[int]:
    """The years that ``calendar`` draws: those with most deadlines, in order."""
    of_year: dict[int, int] = {}
    for (year, _), count in months.items():
        of_year[year] = of_year.get(year, 0) + count
    return sorted(sorted(of_year, key=lambda year: (-of_year[year], year))[:_MOST_YEARS])


def _svg(drawn: Sequence[str], height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}" focusable="false">'
        + "".join(drawn)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    kinds = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{kinds}>{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1"/>'
