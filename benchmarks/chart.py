"""The chart of ``docs/performance.md``: speeds, stages, time against length; for light and dark pages."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape

from benchmarks.figures import Figures, short
from benchmarks.growth import Growth
from benchmarks.peers import US
from extractor.review.charts import WIDTH, Bar, bars

_MARGIN = 20
_MOST_STAGES = 10
_PLOT = 190  # height
_LEFT, _RIGHT = 48, 20  # of the plot's inside
# The colours of the report's page. The drawing has a ground of its own: a page may be dark where the system is light.
_STYLE = """
.paper { fill: #ffffff; stroke: #d5d9e0 }
text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: #1b2230 }
.head { font-size: 16px; font-weight: 600 } .number { font-weight: 600 } .soft { font-size: 12px; fill: #545d6d }
.end { text-anchor: end } .middle { text-anchor: middle }
.ours { fill: #1a7f37 } .theirs { fill: #8a93a3 } .stage { fill: #0969a8 } .line { fill: #a05a00 }
.grid { stroke: #d5d9e0 } .even { stroke: #8a93a3; stroke-dasharray: 4 4 } .path { fill: none; stroke-width: 2 }
.path.ours { stroke: #1a7f37 } .path.line { stroke: #a05a00 }
@media (prefers-color-scheme: dark) {
  .paper { fill: #14181f; stroke: #333b48 } text { fill: #e6e9ef } .soft { fill: #a8b1bf }
  .ours { fill: #5fce80 } .theirs { fill: #7d8797 } .stage { fill: #67b7f0 } .line { fill: #eeb04f }
  .grid { stroke: #333b48 } .even { stroke: #7d8797 }
  .path.ours { stroke: #5fce80; fill: none } .path.line { stroke: #eeb04f; fill: none }
}
.path.ours, .path.line { fill: none }
"""


def chart(figures: Figures, alternative: str) -> str:
    """The drawing as a file of its own.

    Args:
        figures: what was measured; what was not is left out.
        alternative: what the chart says, in words.
    """
    parts: list[tuple[str, str]] = []
    speeds = [peer for peer in figures.peers if peer.runs]
    if speeds:
        rates = [(peer, round(figures.characters / peer.runs.median)) for peer in speeds if peer.runs]
        shown = [Bar(p.name.replace("`", ""), (("ours" if p.name == US else "theirs", rate),)) for p, rate in rates]
        written = {rate: short(rate / 1000) for _, rate in rates}
        parts.append(("Thousand characters a second", bars(shown, "Thousand characters a second", written)))
    if figures.stages:
        slowest = sorted(figures.stages.items(), key=lambda item: -item[1].median)
        whole = sum(runs.median for _, runs in slowest)
        shares = [(name, round(1000 * runs.median / whole)) for name, runs in slowest[:_MOST_STAGES]]
        if rest := sum(runs.median for _, runs in slowest[_MOST_STAGES:]):
            shares.append(("all the others", round(1000 * rest / whole)))
        written = {share: f"{share / 10:.1f} %" for _, share in shares}
        title = "Where chitieu's time goes"
        parts.append((title, bars([Bar(name, (("stage", share),)) for name, share in shares], title, written)))
    if lengths := [growth for growth in figures.lengths if growth.points]:
        parts.append(("Time by length of a document", _plot(lengths)))
    drawn, y = [], _MARGIN + 12.0
    for title, drawing in parts:
        drawn.append(f'<text x="{_MARGIN}" y="{y:.0f}" class="head">{escape(title)}</text>')
        height = float(re.findall(r'viewBox="0 0 \d+ (\d+)"', drawing)[0])
        at = f'<svg x="{_MARGIN}" y="{y + 12:.0f}" width="{WIDTH}" height="{height:.0f}" '
        drawn.append(drawing.replace("<svg ", at, 1))
        y += height + 48
    width, height = WIDTH + 2 * _MARGIN, y - 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{1.4 * width:.0f}" '
        f'height="{1.4 * height:.0f}" role="img"><title>How fast chitieu is</title><desc>{escape(alternative)}</desc>'
        f"<style>{_STYLE}</style>"
        f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1:.0f}" rx="6"/>'
        + "\n".join(drawn)
        + "</svg>\n"
    )


def _plot(lengths: Sequence[Growth]) -> str:
    """Time against length with a line for each kind of document, and one dashed that would be in proportion."""
    points = [point for growth in lengths for point in growth.points]
    x0, x1 = _decades([point.size for point in points])
    y0, y1 = _decades([point.runs.median for point in points])

    def at(size: float, seconds: float) -> tuple[float, float]:
        x = _LEFT + (math.log10(size) - x0) / (x1 - x0) * (WIDTH - _LEFT - _RIGHT)
        return x, 8 + (y1 - math.log10(seconds)) / (y1 - y0) * _PLOT

    drawn = []
    for power in range(x0, x1 + 1):
        x, bottom = at(10**power, 10**y0)
        drawn.append(f'<path class="grid" d="M{x:.1f} 8V{bottom:.1f}"/>')
        if (power - x0) % 2 == 0 or x1 - x0 < 4:
            drawn.append(f'<text class="soft middle" x="{x:.1f}" y="{bottom + 16:.1f}">{_bytes(power)}</text>')
    for power in range(y0, y1 + 1):
        left, y = at(10**x0, 10**power)
        drawn.append(f'<path class="grid" d="M{left:.1f} {y:.1f}H{WIDTH - _RIGHT}"/>')
        drawn.append(f'<text class="soft end" x="{left - 5:.1f}" y="{y + 4:.1f}">{_time(power)}</text>')
    first = max(points, key=lambda point: point.size)
    lowest = max(10**x0, first.size * 10**y0 / first.runs.median)
    ends = at(lowest, first.runs.median * lowest / first.size), at(first.size, first.runs.median)
    drawn.append(f'<path class="even" d="M{ends[0][0]:.1f} {ends[0][1]:.1f}L{ends[1][0]:.1f} {ends[1][1]:.1f}"/>')
    legend = 8 + _PLOT + 38
    for number, (growth, kind) in enumerate(zip(lengths, ("ours", "line"), strict=False)):
        places = [at(point.size, point.runs.median) for point in growth.points]
        drawn.append(f'<path class="path {kind}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>')
        for x, y in places:  # told apart without their colours, too
            drawn.append(_mark(kind, x, y))
        drawn.append(_mark(kind, 8 + number * 120, legend - 4))
        drawn.append(f'<text class="soft" x="{16 + number * 120}" y="{legend}">{escape(growth.name)}</text>')
    drawn.append(
        f'<path class="even" d="M240 {legend - 4}h22"/><text class="soft" x="268" y="{legend}">in proportion</text>'
    )
    return f'<svg viewBox="0 0 {WIDTH} {legend + 6}">{"".join(drawn)}</svg>'


def _mark(kind: str, x: float, y: float) -> str:
    if kind == "ours":
        return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    return f'<rect class="{kind}" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _bytes(power: int) -> str:
    unit, names = divmod(power, 3), ("B", "kB", "MB", "GB")
    return f"{10 ** unit[1]} {names[unit[0]]}"


def _time(power: int) -> str:
    if power >= 0:
        return f"{10**power:,} s"
    return f"{10 ** (power + 3)} ms" if power >= -3 else f"{10 ** (power + 6)} µs"
