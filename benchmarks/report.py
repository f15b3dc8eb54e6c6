"""The figures as the part of ``docs/performance.md`` that the benchmark writes: what it says stands nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.chart import chart
from benchmarks.figures import Figures, short
from benchmarks.growth import Growth
from benchmarks.peers import CUES, NER, SPACY, US, WORDS
from benchmarks.processes import HELP
from benchmarks.timing import Runs, slope

BEGIN = "<!-- benchmark: begin (`make benchmark` writes what stands from here to its end) -->"
END = "<!-- benchmark: end -->"
_BLOCK = re.compile(r"(?s)^<!-- benchmark: begin.*?^<!-- benchmark: end -->$", re.M)
_CHART = Path("images") / "performance.svg"
_MILLION = 1_000_000
_EVEN = 1.1  # power of the size up to which time counts as growing in proportion
_FLAT = 1.1  # times the memory of a small batch up to which that of a large one counts as the same


def write(figures: Figures, page: Path) -> None:
    """Put the figures into a page, between its two marks, and the chart into ``images`` beside it.

    Raises:
        ValueError: the page does not have the marks.
    """
    text = page.read_text(encoding="utf-8")
    if len(_BLOCK.findall(text)) != 1:
        raise ValueError(f"{page}: needs one line {BEGIN!r} and below it one line {END!r}")
    made = block(figures)
    drawing = page.parent / _CHART
    drawing.parent.mkdir(exist_ok=True)
    drawing.write_text(chart(figures, alternative(figures)), encoding="utf-8")
    page.write_text(_BLOCK.sub(lambda _: f"{BEGIN}\n{made}\n{END}", text), encoding="utf-8")


def block(figures: Figures) -> str:
    """All tables, with a line before each that says what it is."""
    many = figures.runs > 1
    parts = [
        f"chitieu {figures.version}; {figures.machine}; load before the first run {figures.load:.1f}. "
        f"{figures.documents} documents of `{figures.folder}`, {figures.characters:,} characters. "
        + (f"Medians of {figures.runs} runs in turns; in brackets the lowest and the highest." if many else "One run."),
    ]
    for title, made in (
        ("Goals", _goals(figures)),
        ("The same documents, one process", _peers(figures)),
        ("By stage", _stages(figures)),
        ("By length", _lengths(figures)),
        ("Documents full of one thing", _shapes(figures)),
        ("Twice as many patterns and names", _doubled(figures)),
        ("Batches", _batches(figures)),
        ("Start", _starts(figures)),
        ("Tables", _tables(figures)),
    ):
        if made:
            parts += [f"### {title}", made]
        if title == "Goals":
            parts.append(f"![{alternative(figures)}]({_CHART.as_posix()})")
    if figures.missing:
        parts += ["### Not measured", "\n".join(f"- {section}: {why}" for section, why in figures.missing.items())]
    return "\n\n".join(parts)


def alternative(figures: Figures) -> str:
    """What the chart says, in words."""
    said = []
    rates = [f"{p.name} {short(figures.characters / p.runs.median / 1000)}" for p in figures.peers if p.runs]
    if rates:
        said.append(f"Thousand characters a second: {', '.join(rates)}.")
    if figures.stages:
        slowest = sorted(figures.stages.items(), key=lambda item: -item[1].median)[:3]
        said.append(f"The stages that take most time: {', '.join(name for name, _ in slowest)}.")
    for growth in figures.lengths:
        if (power := _power(growth)) is not None:
            said.append(f"Time for {growth.name} grows with its length to the power {power:.2f}.")
    return " ".join(said).replace("`", "").replace("[", "(").replace("]", ")")


# --- the tables -------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _spread(runs: Runs, unit: str = "") -> str:
    middle = f"{short(runs.median)}{unit}"
    return middle if len(runs.seconds) == 1 else f"{middle} ({short(runs.low)}–{short(runs.high)})"


def _power(growth: Growth, last: float = 0.0) -> float | None:
    """The power with which time grows, of the points from ``last`` of the largest size up."""
    points = [point for point in growth.points if point.size >= growth.points[-1].size * last]
    return slope(points) if len(points) > 1 else None


def _goals(figures: Figures) -> str:
    rows: list[tuple[str, str, str, bool]] = []
    faster = {peer.name: peer.slower.median for peer in figures.peers if peer.slower}
    for name, goal in ((SPACY, 5), (NER, 250), (WORDS, 15)):
        if name in faster:
            rows.append((f"as fast as {name}", f"≥ {goal} ×", f"{short(faster[name])} ×", faster[name] >= goal))
    for growth in figures.lengths:
        if (power := _power(growth)) is not None:
            goal_met = power <= _EVEN and not growth.stopped
            rows.append((f"time with the length of {growth.name}", "in proportion", f"power {power:.2f}", goal_met))
    if figures.batches and all(m.parent and m.worker for m in figures.batches.memory):
        few, many = (m.parent + m.worker for m in figures.batches.memory)
        counts = " → ".join(f"{m.documents:,}" for m in figures.batches.memory)
        rows.append((f"memory, {counts} documents", "flat", f"{many / few:.2f} ×", many / few <= _FLAT))
    if figures.batches:
        twice = figures.batches.faster.median
        rows.append(("two processes", "≥ 1.7 × one", f"{twice:.2f} ×", twice >= 1.7))
    for start in figures.starts:
        if start.name == HELP:
            rows.append((HELP, "< 0.3 s", f"{start.clock.median:.2f} s", start.clock.median < 0.3))
    for made in figures.tables:
        if made.rows == _MILLION:
            goal = {"Parquet": 2, "PostgreSQL": 5}[made.kind]
            seconds = made.ours[1].median
            rows.append((f"a million rows to {made.kind}", f"≤ {goal} s", f"{seconds:.1f} s", seconds <= goal))
    if not rows:
        return ""
    return _table(("", "goal", "measured", "reached"), [(*row[:3], "yes" if row[3] else "**no**") for row in rows])


def _peers(figures: Figures) -> str:
    if not figures.peers:
        return ""
    rows = []
    for peer in figures.peers:
        if peer.runs is None or peer.slower is None:
            rows.append((peer.name, "", peer.missing, "", ""))
            continue
        speed = Runs(tuple(figures.characters / seconds / 1000 for seconds in peer.runs.seconds))
        slower = "1" if peer.name == US else _spread(peer.slower)
        rows.append((peer.name, peer.version, _spread(speed), slower, f"{peer.found:,} {peer.finds}"))
    said = (
        f"Processor time. `EntityRuler` has {CUES} phrases, `PhraseMatcher` all names of the gazetteer; both only find "
        "spans."
    )
    table = _table(("", "version", "thousand characters/s", "chitieu is × as fast", "found"), rows)
    if figures.sight is None:
        return f"{said}\n\n{table}"
    sight = f"Documents that the process has not seen before take {_spread(figures.sight)} × as long as seen ones."
    return f"{said}\n\n{table}\n\n{sight}"


def _stages(figures: Figures) -> str:
    if not figures.stages:
        return ""
    whole = sum(runs.median for runs in figures.stages.values())
    slowest = sorted(figures.stages.items(), key=lambda item: -item[1].median)
    rows = [
        (name if " " in name else f"`{name}`", _spread(Runs(tuple(1000 * s for s in runs.seconds))), f"{share:.1%}")
        for name, runs in slowest
        if (share := runs.median / whole) >= 0.001
    ]
    said = "Processor time for all documents. What several stages need is counted where it is made first."
    return f"{said}\n\n{_table(('stage', 'ms', 'of all'), rows)}"


def _lengths(figures: Figures) -> str:
    if not figures.lengths:
        return ""
    sizes = sorted({point.size for growth in figures.lengths for point in growth.points})
    found = [{point.size: point for point in growth.points} for growth in figures.lengths]
    head = ["length"]
    for growth in figures.lengths:
        head += [f"{growth.name}, s", "runs", "peak memory, MB"]
    rows = []
    for size in sizes:
        row = [_size(size)]
        for points in found:
            point = points.get(size)
            row += [_spread(point.runs), str(len(point.runs.seconds)), f"{point.megabytes:.0f}"] if point else [""] * 3
        rows.append(row)
    said = "Processor time of one document; the given ones one behind the other, cut into documents of this length."
    return "\n\n".join([said, _table(head, rows), *_powers(figures.lengths)])


def _powers(lengths: Sequence[Growth]) -> list[str]:
    lines = []
    for growth in lengths:
        power, last = _power(growth), _power(growth, 0.09)
        if power is not None:
            line = f"- Time for {growth.name} grows with its length to the power {power:.2f}"
            line += f" ({last:.2f} in the last tenfold)." if last is not None else "."
            lines.append(line)
        if growth.stopped:
            lines.append(f"- {growth.name}, given up at {growth.stopped}.")
    return ["\n".join(lines)] if lines else []


def _shapes(figures: Figures) -> str:
    rows = []
    for growth in figures.shapes:
        power = _power(growth)
        cells = [f"{p.size:,}: {short(p.runs.median)} s, {p.megabytes:.0f} MB" for p in growth.points]
        cells += [f"given up at {growth.stopped}"] * bool(growth.stopped)
        rows.append((growth.name, *[*cells, "", ""][:2], "" if power is None else f"{power:.2f}"))
    if not rows:
        return ""
    said = "Processor time of one run, and peak memory of the process."
    return f"{said}\n\n{_table(('', 'a quarter', 'the whole', 'grows to the power'), rows)}"


def _doubled(figures: Figures) -> str:
    rows = [
        (
            one.name if one.count[0] == one.count[1] else f"{one.name}: {one.count[0]:,} → {one.count[1]:,}",
            _spread(one.runs),
            "1" if one.count[0] == one.count[1] else _spread(one.slower),
            f"{one.load:.2f}",
            f"{one.megabytes:.0f}",
            "yes" if one.same_rows else "**no**",
        )
        for one in figures.doubled
    ]
    if not rows:
        return ""
    said = (
        "A second copy of every pattern under a new id, with a letter put into each of its words, and for every name "
        "of the gazetteer another one made of the same syllables. Processor time for all documents, in turns."
    )
    head = ("", "s", "× built in", "loading, s", "peak memory, MB", "as many rows")
    return f"{said}\n\n{_table(head, rows)}"


def _batches(figures: Figures) -> str:
    made = figures.batches
    if made is None:
        return ""
    rows = [
        (f"{made.documents:,} documents, `--jobs 1`", _spread(made.one, " s"), ""),
        (f"{made.documents:,} documents, `--jobs 2`", _spread(made.two, " s"), f"{_spread(made.faster)} ×"),
    ]
    memory = [(f"{m.documents:,}", f"{m.parent:.0f}", f"{m.worker:.0f}") for m in made.memory]
    return (
        f"`chitieu run` over plans that a program wrote ({made.size / 1e6:.1f} MB), by the clock, tables and all.\n\n"
        f"{_table(('', 'time', 'faster'), rows)}\n\n"
        f"{_table(('documents', 'peak memory of the parent, MB', 'of its worker, MB'), memory)}"
    )


def _starts(figures: Figures) -> str:
    rows = [(start.name, _spread(start.clock), _spread(start.processor)) for start in figures.starts]
    if not rows:
        return ""
    said = "From the start of a process to its end. A line that begins with … does what the lines before it do, too."
    return f"{said}\n\n{_table(('', 'clock, s', 'processor, s'), rows)}"


def _tables(figures: Figures) -> str:
    rows = [
        (f"{made.kind}: {name}", f"{made.rows:,}", _spread(runs), _spread(_over(runs, made.theirs[1])))
        for made in figures.tables
        for name, runs in (made.ours, made.theirs)
    ]
    if not rows:
        return ""
    said = "Rows of `targets`, by the clock; [databases.md](databases.md) has more of it."
    return f"{said}\n\n{_table(('', 'rows', 's', '× the second'), rows)}"


def _over(runs: Runs, theirs: Runs) -> Runs:
    return Runs(tuple(a / b for a, b in zip(runs.seconds, theirs.seconds, strict=True)))


def _size(size: int) -> str:
    return f"{size / 1e6:g} MB" if size >= 1_000_000 else f"{size / 1000:g} kB"
