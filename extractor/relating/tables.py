"""Target tables: what each column's values are, from its head; the year, the unit and the indicator of a cell."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import regex

from extractor.finding.quantities import COUNTED, units
from extractor.finding.scene import Scene
from extractor.model import Hit, Quantity, Span, TargetStatus
from extractor.patterns import Lexicon, PatternSet, one_of
from extractor.relating.heads import heads
from extractor.relating.in_order import InOrder
from extractor.relating.indicators import folded_code
from extractor.text.keys import fold
from extractor.text.layout import Table

_DAY = re.compile(r"(?<![\d/])(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_VALUES = ("result", "estimate", "target")
_VALUED = (*_VALUES, "measured", "source", "period")
_STATES = ("opening", "present", "closing")
_NO_VALUES = ("index", "compared", "note")
_WORD = re.compile(r"[^\W\d_]+")
_FIGURE = re.compile(r"[\s*\d.,%–-]*")
_BULLET = r"(?:[-–—+•]\s*)?"
_DITTO = frozenset(('"', "”", "“", "″", "〃", "''", ",,"))  # as above
_DASHES = ("-", "–", "—", "+", "•")
_UNIT_BEHIND = regex.compile(r"\((?P<bracketed>[^()]{1,40})\)$|,\s(?P<parted>[^(),]{1,20})$")
_BESIDE = 18  # characters that a cell may hold beside its number
_CAPTION = re.compile(r"(?:[^.:]*[.:])?\s*")  # the label of a table before its caption
_PURPOSE = 2  # words that the head of a column of times shares with that of the values it is for
_PERIODS = 2  # columns of a table that periods head, where they are its values
_PARTS = frozenset({"quarter", "half", "month"})  # of a year: a head with one says more than its year
_HEAD = 160  # characters of a column's head
_ROOM = 1  # cells that a row may have more than its table has heads
_GROUP_CELLS = 2  # of a row that heads those below: its numeral and its name
_When = tuple[date | None, date | None]
_ABOVE = 3  # lines above a table in which the unit of all its values may be said


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: ``index``, ``unit``, ``name``, ``place``, a value, ``measured``, ``compared``, ``note``.

    That of a ``period`` has values of which only the time is said (``Quý I``, ``Đợt 1``), or their sum. The head of a
    ``measured`` column is itself the indicator (``Tỷ lệ BHYT (%)``); its rows name places or works. That
    of a ``source`` says where the money of its rows comes from (``NSTW``, ``Vốn khác``), or that it is all of it.
    ``state`` is the position that its head says it tells: ``opening`` (before the period), ``present``, ``closing``.
    """

    kind: str
    years: tuple[int, ...]
    rule: str
    head: Span
    state: str = ""
    day: date | None = None
    within: tuple[date | None, date] | None = None


@dataclass(frozen=True, slots=True)
class CellValue:
    """A number of a target table with what row and column say of it."""

    quantity: Quantity
    status: TargetStatus | None
    unit: str
    indicator: Span
    period_start: date | None
    due: date | None
    column: Column
    deadline: _When = (None, None)  # of its row, for a target without a time of its own


def columns(scene: Scene, table: Table, times: InOrder) -> list[Column]:
    """The columns of a table, from its header rows (DOMAIN §1.10)."""
    lexicon = scene.patterns.made("layout:columns", lambda: _column_words(scene.patterns))
    cells = [scene.view.blocks[i].cells for i in table.header]
    rows = _below_merged(scene, table, [*map(_spread, cells[:-1]), cells[-1]])
    width = max(map(len, rows))
    made = []
    for position in range(width):
        spans = [r[position] for r in rows if position < len(r) and (len(r) == width or r is rows[0])]
        made.append(_column(scene, [s for s in spans if len(s)], lexicon, times))
    made = _with_periods(scene, made, times)
    if not _is_of_money(scene, table, made):
        made = [replace(c, kind="") if c.kind == "source" else c for c in made]
    goals = [i for i, c in enumerate(made) if c.kind == "goal"]
    for i in goals:  # "Chỉ tiêu" heads the names of the rows, or behind these what is to be reached
        named = any(c.kind in ("name", "place") for c in made[:i])
        made[i] = replace(made[i], kind="target" if named else "name")
    if not any(c.kind in ("name", "place") or (c.kind == "" and not c.years) for c in made):
        # "Đơn vị" above the names of units, where nothing else names the rows
        made = [replace(c, kind="place") if c.kind == "unit" else c for c in made]
    made = _as_quota(scene, table, made)
    values, name = [c for c in made if c.kind in _VALUES], _name_column(made)
    by_place = made[name].kind == "place"
    if values and not (by_place and all(c.state for c in values)):
        said = bool(_unit_of_table(scene, table))
        return [
            replace(c, kind="measured")
            if i > name and (by_place or said or _head_unit(scene, c)) and _counts(scene, c)
            else c
            for i, c in enumerate(made)
        ]
    return [replace(c, kind="measured") if i and _is_measured(scene, c) else c for i, c in enumerate(made)]


def _below_merged(scene: Scene, table: Table, rows: list[Sequence[Span]]) -> list[Sequence[Span]]:
    """Two rows of a head as wide as the rows below, where the second names only what merged cells of the first hold.

    ``TT | Xã | Vốn | Ghi chú`` above ``Tỉnh | Xã``: the merged cells are those from the first column of figures on.
    """
    if len(rows) != 2 or not table.rows:
        return rows
    first, second = rows
    body = [scene.view.blocks[i].cells for i in table.rows]
    width = Counter(map(len, body)).most_common(1)[0][0]
    merged = len(first) + len(second) - width
    if len(first) >= width or not 0 < merged <= len(second) or len(second) % merged:
        return rows
    like = [cells for cells in body if len(cells) == width]
    at = next((i for i in range(1, width) if all(_is_figure(scene, cells[i]) for cells in like)), width)
    if at + merged > len(first):
        return rows
    parts = len(second) // merged
    over = [cell for cell in first[at : at + merged] for _ in range(parts)]
    upper = [*first[:at], *over, *first[at + merged :]]
    lower = [*(Span(c.end, c.end) for c in first[:at]), *second, *(Span(c.end, c.end) for c in first[at + merged :])]
    return [upper, lower]


def _as_quota(scene: Scene, table: Table, across: list[Column]) -> list[Column]:
    """The columns of a table that shares a quantity out among places, whose unit is said once for all values.

    ``TT | Đơn vị | Rừng sản xuất | Rừng phòng hộ`` below ``Đơn vị tính: ha`` or ``3. Phân bổ:``: what a head names is
    measured, where all cells below it are figures and those before them name places.
    """
    body = [cells for cells in (scene.view.blocks[i].cells for i in table.rows) if len(cells) == len(across)]
    if not body or not (_unit_of_table(scene, table) or _is_shared_out(scene, table)):
        return across
    figures = [all(_is_figure(scene, cells[i]) for cells in body) for i in range(len(across))]
    first = next((i for i in range(1, len(across)) if all(figures[i:])), len(across))
    if figures[first - 1] or across[first - 1].kind not in ("place", "unit"):
        return across
    shared = [
        replace(c, kind="measured") if c.kind in ("", "compared") and not c.years and len(c.head) else c
        for c in across[first:]
    ]
    return [*across[: first - 1], replace(across[first - 1], kind="place"), *shared]


def _is_shared_out(scene: Scene, table: Table) -> bool:
    """Whether the lines above a table say that it gives each place its part: ``Phân bổ chỉ tiêu cho các xã``."""
    shares: regex.Pattern[str] = scene.patterns.made(
        "tables:shares",
        lambda: regex.compile(rf"(?<!\w){one_of(scene.patterns.literals('layout', part='shares'))}(?!\w)"),
    )
    above = scene.view.blocks[max(0, table.header[0] - _ABOVE) : table.header[0]]
    return any(len(block.cells) < 2 and shares.search(scene.view.key, block.start, block.end) for block in above)


def _is_figure(scene: Scene, cell: Span) -> bool:
    """Whether a cell is empty or a number."""
    return _FIGURE.fullmatch(scene.view.text, cell.start, cell.end) is not None


def _with_periods(scene: Scene, across: list[Column], times: InOrder) -> list[Column]:
    """Columns with those as values that periods head without a word for plan or result, and the sum of them."""
    heads_period: regex.Pattern[str] = scene.patterns.made(
        "tables:period", lambda: scene.patterns.expression("layout", part="period_head")
    )
    sums = (("layout", {"part": "period_total"}), ("layout", {"kind": "counted"}), ("place", {"role": "total"}))
    total = {word for concern, means in sums for word in scene.patterns.literals(concern, **means)}

    def says(column: Column) -> str:
        head = column.head
        hit = times.first(head.start, head.end)
        key = scene.view.key[head.start : head.end].strip()
        if heads_period.fullmatch(key) or (hit is not None and hit.end - hit.start >= len(key) > 0):
            return "period"
        return "total" if key in total else ""

    said = [says(c) if c.kind in ("", "source", "note", "compared") and not c.state else "" for c in across]
    if said.count("period") < _PERIODS:
        return across
    return [
        replace(c, kind="period", rule="layout.column.period") if told and not c.years else c
        for c, told in zip(across, said, strict=True)
    ]


def _is_of_money(scene: Scene, table: Table, across: Sequence[Column]) -> bool:
    """Whether the values of a table are amounts of money: by the unit of all of them or of a head."""
    said = [_unit_of_table(scene, table), *(_head_unit(scene, c) for c in across)]
    return any(unit and _is_money(scene, unit) for unit in said)


def _spread(row: Sequence[Span]) -> Sequence[Span]:
    """A header row above another: an empty cell is part of the merged one to its left (``Năm 2023`` over two)."""
    spread: list[Span] = []
    for cell in row:
        spread.append(spread[-1] if not len(cell) and spread else cell)
    return spread


def _is_measured(scene: Scene, column: Column) -> bool:
    """Whether the head names something that can be measured or counted, beside a year and a unit."""
    if column.kind not in ("", "compared"):
        return False
    key = scene.view.key[column.head.start : column.head.end]
    said = _indicator_words(scene, column)
    if len(_WORD.findall(scene.view.key[said.start : said.end])) < (1 if _head_unit(scene, column) else 2):
        return False
    counted = units(scene.patterns).at(scene.view.key, column.head.start)
    return (
        bool(_head_unit(scene, column))
        or any(h.start == 0 for h in heads(scene.patterns).starts.matches(key))
        or (counted is not None and counted.kind == "people")
    )


def _counts(scene: Scene, column: Column) -> bool:
    """Whether a head without a word for plan or result says what is counted: ``Số tiêu chí``, ``Tỷ lệ hộ nghèo``."""
    if column.kind == "compared" and not column.years:
        said = _indicator_words(scene, column)
        if not folded_code(scene.patterns, scene.view.key[said.start : said.end], "%", "")[0]:
            return False  # "Tỷ lệ hoàn thành (%)" follows from the columns beside it
    return column.kind in ("", "compared") and _is_measured(scene, column)


def _names_indicator(scene: Scene, column: Column) -> bool:
    key = scene.view.key[column.head.start : column.head.end]
    return any(h.start == 0 for h in heads(scene.patterns).starts.matches(key))


def _measured_by(scene: Scene, across: Sequence[Column], position: int) -> Column | None:
    """In a table whose rows name places, the column whose head says what is measured: its own or one to the left."""
    if across[position].kind == "measured":
        return across[position]
    if across[_name_column(across)].kind != "place":
        return None
    before = (across[i] for i in range(position, 0, -1) if across[i].kind in ("measured", *_VALUES))
    return next((c for c in before if _names_indicator(scene, c)), None)


def _indicator_words(scene: Scene, column: Column) -> Span:
    """``Nước sạch năm 2024 (%)``, ``Tr.đó gỗ lớn``: what is measured, without joint and the unit behind it."""
    head = column.head
    joint = _opening(scene.patterns).match(scene.view.key, head.start, head.end)
    if joint is not None and joint.end() < head.end:
        head = Span(joint.end(), head.end)
    opened = scene.view.key.find("(", head.start, head.end)
    end = opened if opened > head.start and _head_unit(scene, column) else head.end
    while end > head.start and scene.view.key[end - 1] in " ,:":
        end -= 1
    return Span(head.start, end)


def _column_words(patterns: PatternSet) -> Lexicon:
    return Lexicon(e for e in patterns.of("layout") if e.means.get("part") == "column")


def _column(scene: Scene, spans: list[Span], lexicon: Lexicon, times: InOrder) -> Column:
    kind, rule, state = "", "", ""
    within: tuple[date | None, date] | None = None
    years: list[int] = []
    day: date | None = None
    head = spans[0] if spans else Span(0, 0)
    for span in spans:
        key = scene.view.key[span.start : span.end]
        day = _day(key) or day
        time = times.first(span.start, span.end)
        if time is not None and time.value.span.granularity in _PARTS and time.value.span.due is not None:
            within = time.value.span.start, time.value.span.due
        years = [int(y) for y in _YEAR.findall(key)] or years  # the lower of two rows of a head says it more exactly
        hits = lexicon.matches(key)
        if hits and hits[0].value.means["kind"] == "counted" and _fills(hits[0], key):
            kind, rule, hits = kind or "source", rule or hits[0].rule, []  # "Tổng số" above amounts
        elif hits and hits[0].value.means["kind"] == "counted":  # "Số tiêu chí": names no row
            hits = [h for h in hits[1:] if h.value.means["kind"] not in ("name", "counted")]
        below = span is not head and kind in ("compared", *_VALUES)  # "Vốn đối ứng (%)" above "Tỉnh", "Xã"
        hits = [h for h in hits if h.value.means["kind"] != "place" or (_fills(h, key) and not below)]
        hits = [h for h in hits if h.value.means["kind"] != "source" or h.start == 0]
        told = next((h for h in hits if h.value.means["kind"] in _STATES), None)
        hits = [h for h in hits if h.value.means["kind"] not in _STATES]
        if kind in _VALUES and span is not head and (not hits or hits[0].value.means["kind"] == "rate"):
            if any(h.start == 0 for h in heads(scene.patterns).starts.matches(key)):
                head = span  # below "Kết quả năm 2025": "Số hộ nghèo", "Tỷ lệ (%)"
            hits = []
        if hits:
            first = hits[0]
            if first.value.means["kind"] == "result" and any(h.value.means["kind"] == "estimate" for h in hits):
                first = next(h for h in hits if h.value.means["kind"] == "estimate")
            kind, rule = str(first.value.means["kind"]), first.rule
        kind = "compared" if kind == "rate" else kind
        if told is not None and kind in ("", "compared", "result"):
            state = str(told.value.means["kind"])
            if state != "closing":
                kind, rule = "result", told.rule
            elif not kind and not years:
                kind, rule = "target", told.rule
    return Column(kind, tuple(years), rule or "layout.column.year", head, state, day, within)


def _day(key: str) -> date | None:
    """The day that a head gives (``đến 31/12/2025``)."""
    found = _DAY.search(key)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def _fills(hit: Hit, key: str) -> bool:
    """Whether a head says no more than the kind of places that its rows name: ``Xã, phường``."""
    return hit.start == 0 and hit.end == len(key.rstrip())


@dataclass(frozen=True, slots=True)
class TableNumbers:
    """The numbers in tables.

    Attributes:
        values: those in the value columns of target tables, by their offset.
        others: offsets of those that are no values: row numbers, compared columns, notes, heads.
    """

    values: dict[int, CellValue]
    others: frozenset[int]


def read_tables(scene: Scene, quantities: Sequence[Quantity], times: Sequence[Hit]) -> TableNumbers:
    """What the numbers of all tables are.

    A column that only says a year is a target where the year is the plan's or later, else a result. A row that is named
    by a time (``Quý I``, ``2022``) gives it to its numbers where their columns have none; a row with nothing else
    (``I. Đến năm 2030``) gives it to the rows below.
    """
    when = InOrder(times)
    by_block: dict[int, list[Quantity]] = {}
    if scene.layout.tables:
        for quantity in quantities:
            by_block.setdefault(scene.view.block_index(quantity.number.start), []).append(quantity)
    values: dict[int, CellValue] = {}
    others: set[int] = set()
    for table in scene.layout.tables:
        across = columns(scene, table, when)
        valued = any(c.kind in _VALUED or c.years for c in across)
        name, common = _name_column(across), _unit_of_table(scene, table)
        caption = _caption(scene, table, when)
        unit = next((i for i, c in enumerate(across) if c.kind == "unit"), None)
        timed = _time_column(scene, across)
        heads = [(scene.view.blocks[i].cells, q.number.start) for i in table.header for q in by_block.get(i, ())]
        others.update(number for cells, number in heads if _is_head(cells, number))
        above, beside = Span(0, 0), ""
        group: _When = (None, None)
        for index in table.rows:
            cells = _aligned(scene, across, unit, scene.view.blocks[index].cells)
            if len(cells) > _GROUP_CELLS and not any(len(cell) for cell in cells[_GROUP_CELLS:]):
                said_above = _row_period(scene, cells[:_GROUP_CELLS], when)
                parted = scene.view.text[cells[0].start : cells[0].start + 1].isdigit()  # "11": a part of the group
                group = group if parted and not any(said_above) else said_above
            beside = _unit_in_name(scene, cells, name) or (beside if _is_part(scene, cells, name) else "")
            in_row = _unit_of_row(scene, cells, unit, above)
            above = in_row if len(in_row) else above
            for quantity in by_block.get(index, ()):
                position = _cell_at(cells, quantity.number.start)
                if position is None or position >= len(across) or len(cells) > len(across) + _ROOM:
                    continue  # a row of many more cells than its heads is of a table that lost them
                column = across[position]
                noted = column.kind == "note" and _has_predicate(scene, quantity, cells[position])
                if (column.kind in _NO_VALUES and not noted) or (position in (0, name) and not quantity.unit):
                    others.add(quantity.number.start)
                if valued and len(cells) > name and _is_value(scene, column, cells[position], quantity):
                    measured = _measured_by(scene, across, position)
                    said = "" if measured else scene.view.text[in_row.start : in_row.end]
                    said = quantity.unit or said or (beside if measured is None else "") or _head_unit(scene, column)
                    said = said or (_head_unit(scene, measured) if measured else "") or common
                    said = said or (
                        counted_noun(scene, measured.head) if measured else _unit_beside(scene, across, position)
                    )
                    by_place = caption is not None and across[name].kind == "place"
                    named = _indicator_words(scene, measured) if measured else _named(scene, cells[name])
                    if by_place and (measured is None or measured.rule == "layout.column.counted"):
                        named = caption or named  # "Tổng số" alone says nothing
                    row = _row_period(scene, cells[:_GROUP_CELLS], when)
                    values[quantity.number.start] = CellValue(
                        quantity, _status(scene, column, group), said,
                        named,
                        *(_period(scene, column) or (row if any(row) else group)), column,
                        _row_deadline(scene, across, cells, timed, position, when),
                    )  # fmt: skip
    return TableNumbers(values, frozenset(others))


def _aligned(scene: Scene, across: Sequence[Column], unit: int | None, cells: Sequence[Span]) -> Sequence[Span]:
    """The cells of a row; of a part that lost its empty cell for a number, with that one: its unit shows it."""
    if unit is None or len(cells) != len(across) - 1 or across[0].kind != "index":
        return cells
    if _is_unit(scene, cells[unit]) or not _is_unit(scene, cells[unit - 1]):
        return cells
    return (Span(cells[0].start, cells[0].start), *cells)


def _is_unit(scene: Scene, cell: Span) -> bool:
    """Whether a cell begins with a unit: ``%``, ``% dân số``, ``Triệu đồng``."""
    key = scene.view.key[cell.start : cell.end].strip()
    return key != "" and units(scene.patterns).at(key, 0) is not None


def _is_head(cells: Sequence[Span], number: int) -> bool:
    """Whether a number of a table's first row stands in a head: a cell of prose is none, the table has no heads."""
    at = _cell_at(cells, number)
    return at is None or at >= len(cells) or len(cells[at]) <= _HEAD


def _has_predicate(scene: Scene, quantity: Quantity, cell: Span) -> bool:
    """Whether a cell that holds no value counts something and says what becomes of it: ``06 làng được công nhận``."""
    if quantity.unit_class not in COUNTED or quantity.unit_span is None:
        return False
    return heads(scene.patterns).predicate.match(scene.view.key, quantity.unit_span.end + 1, cell.end) is not None


def _caption(scene: Scene, table: Table, times: InOrder) -> Span | None:
    """What the line above a table says that all its values measure: ``Bảng 2. Số tiêu chí của các xã``."""
    words, key, blocks = heads(scene.patterns), scene.view.key, scene.view.blocks
    for block in reversed(blocks[max(0, table.header[0] - _ABOVE) : table.header[0]]):
        if len(block.cells) > 1:
            return None
        line = key[block.start : block.end]
        found = next((h for h in words.starts.matches(line) if _CAPTION.fullmatch(line[: h.start])), None)
        if found is None:
            continue
        end = min((at for at in (line.find(c, found.end) for c in "(:") if at >= 0), default=len(line))
        time = times.first(block.start + found.end, block.start + end)
        end = time.start - block.start if time is not None else end
        return Span(block.start + found.start, block.start + len(line[:end].rstrip(" .,;")))
    return None


def _name_column(across: Sequence[Column]) -> int:
    first = next((i for i, c in enumerate(across) if c.kind in _VALUED), len(across))
    sides = (range(first), range(first, len(across)))  # "Tiêu chí đăng ký năm 2024" behind the values names no rows
    named = (i for side in sides for kind in ("name", "place") for i in side if across[i].kind == kind)
    taken = ("index", "unit", *_VALUED)
    unmarked = (i for i, c in enumerate(across) if c.kind not in taken and not c.years)
    return next(named, next(unmarked, 0))


def _unit_of_table(scene: Scene, table: Table) -> str:
    """The unit that a line above a table or a cell of its head gives to all values: ``(Đơn vị tính: triệu đồng)``."""
    pattern: re.Pattern[str] = scene.patterns.made("tables:unit", lambda: _table_unit_pattern(scene.patterns))
    text, blocks, first = scene.view.text, scene.view.blocks, table.header[0]
    found: list[re.Match[str]] = []
    for block in reversed(blocks[max(0, first - _ABOVE) : first]):
        if len(block.cells) > 1:
            break
        found += pattern.finditer(text, block.start, block.end)
    for cell in (cell for index in table.header for cell in blocks[index].cells):
        found += (m for m in pattern.finditer(text, cell.start, cell.end) if m.start() == cell.start)
    for match in found:
        start, end = match.span(match.lastgroup or 0)
        word = units(scene.patterns).at(scene.view.key, start)
        if word is not None and (match.lastgroup == "labelled" or len(word.phrase) == end - start):
            return text[start:end].strip()
    return ""


def _table_unit_pattern(patterns: PatternSet) -> re.Pattern[str]:
    """A unit behind its label, or alone in the brackets that end a line."""
    words = one_of(patterns.literals("layout", part="column", kind="unit"))
    closed = r"\s*(?=[).\t\n]|$)"
    labelled = rf"(?<!\w){words}\s*:\s*(?P<labelled>[^():;,.\t\n]{{1,30}}){closed}"
    return re.compile(rf"{labelled}|\((?P<alone>[^():]{{1,30}})\)$", re.I)


def _unit_of_row(scene: Scene, cells: Sequence[Span], unit: int | None, above: Span) -> Span:
    """The unit that a row states; under a ditto mark the one of the row above."""
    stated = cells[unit] if unit is not None and unit < len(cells) else Span(0, 0)
    return above if scene.view.text[stated.start : stated.end].strip() in _DITTO else stated


def _named(scene: Scene, cell: Span) -> Span:
    """What a cell names, without bullets and joint (``Trong đó: - xã nâng cao``), where more than these is in it.

    A unit in brackets that ends it (``Tổng đàn lợn (con)``) is none of it either.
    """
    made = _opening(scene.patterns).match(scene.view.key, cell.start, cell.end)
    start = made.end() if made and made.end() < cell.end else cell.start
    unit = _unit_at_end(scene, Span(start, cell.end))
    if unit is None or unit.start <= start:
        return Span(start, cell.end)
    return Span(start, start + len(scene.view.text[start : unit.start].rstrip(" (,")))


def _unit_at_end(scene: Scene, cell: Span) -> Span | None:
    """The unit in the brackets that end a cell, or behind its last comma (``Sản lượng cá, tấn``)."""
    found = _UNIT_BEHIND.search(scene.view.text, cell.start, cell.end)
    if found is None:
        return None
    start, end = found.span("bracketed" if found["bracketed"] else "parted")
    word = units(scene.patterns).at(scene.view.key, start)
    if word is None or (len(word.phrase) < end - start and "/" not in scene.view.text[start:end]):
        return None
    if not found["bracketed"] and word.kind not in ("measure", "money", "percent"):
        return None  # "Thương mại, dịch vụ"
    return Span(start, end)


def _unit_in_name(scene: Scene, cells: Sequence[Span], name: int) -> str:
    if name >= len(cells):
        return ""
    unit = _unit_at_end(scene, cells[name])
    return counted_noun(scene, cells[name]) if unit is None else scene.view.text[unit.start : unit.end]


def _is_part(scene: Scene, cells: Sequence[Span], name: int) -> bool:
    """Whether a row is one of the parts of the row above: ``Trong đó: nông thôn``, a dash for its number."""
    if name >= len(cells):
        return False
    opened = _opening(scene.patterns).match(scene.view.key, cells[name].start, cells[name].end)
    dashed = name > 0 and scene.view.text[cells[0].start : cells[0].end].strip() in _DASHES
    return dashed or bool(opened and opened.end() > cells[name].start)


def _opening(patterns: PatternSet) -> re.Pattern[str]:
    def make() -> re.Pattern[str]:
        joints = sorted(heads(patterns).joints, key=len, reverse=True)
        several = "|".join(re.escape(j) for j in joints if not j.isalpha())  # a single word may be the begin of a name
        single = "|".join(map(re.escape, joints))
        return re.compile(rf"{_BULLET}(?:(?:{several})(?!\w)\s*[:,]?\s*{_BULLET}|(?:{single})\s*:\s*{_BULLET})?")

    made: re.Pattern[str] = patterns.made("tables:opening", make)
    return made


def _cell_at(cells: Sequence[Span], offset: int) -> int | None:
    at = bisect_right(cells, offset, key=lambda c: c.start) - 1
    return at if at >= 0 and offset < cells[at].end else None


def _is_value(scene: Scene, column: Column, cell: Span, quantity: Quantity) -> bool:
    """Whether the cell holds the number and little else, in a column of values or years."""
    if column.kind not in _VALUED and not (column.years and column.kind == ""):
        return False
    return len(scene.view.text[cell.start : cell.end].strip()) - len(quantity.number) <= _BESIDE


def _status(scene: Scene, column: Column, group: _When) -> TargetStatus | None:
    """What the column says of its values; ``None`` where its head has neither a word nor a year for it.

    ``Kết quả`` of rows below a time that is ahead (``Đến năm 2030``) are those that are to be reached.
    """
    document = scene.document
    reference = document.period_start or document.issued_on
    if column.kind in _VALUES:
        kind: TargetStatus = column.kind  # type: ignore[assignment]
        timed = column.years or column.day or column.state
        ahead = reference is not None and group[1] is not None and group[1] > date(reference.year, 12, 31)
        return "target" if kind == "result" and ahead and not timed else kind
    if not column.years:
        return None
    if column.day is not None and reference is not None and document.issued_on is not None:
        return "target" if column.day >= reference and column.day > document.issued_on else "result"
    return "target" if reference is None or max(column.years) >= reference.year else "result"


def _period(scene: Scene, column: Column) -> tuple[date | None, date | None] | None:
    """The time that a column's head gives: a day, the eve of the period for its opening, else its years."""
    reference = scene.document.period_start or scene.document.issued_on
    if column.day is not None:
        return date(column.day.year, 1, 1), column.day
    if column.within is not None:
        return column.within
    if column.state == "opening":
        first = min(column.years) if column.years else reference.year if reference else 0
        return None, date(first, 1, 1) - timedelta(days=1) if first else None
    if column.state == "present" and (reference is None or not column.years or max(column.years) >= reference.year):
        return None, None
    if not column.years:
        return None
    return date(min(column.years), 1, 1), date(max(column.years), 12, 31)


def _row_period(scene: Scene, cells: Sequence[Span], times: InOrder) -> _When:
    """The time that names a row, in the first cell or behind its number."""
    for cell in cells:
        text = scene.view.text[cell.start : cell.end].strip()
        if _YEAR.fullmatch(text):
            return date(int(text), 1, 1), date(int(text), 12, 31)
        hit = times.first(cell.start, cell.end)
        if hit is not None and hit.end - hit.start >= len(text) > 0 and hit.value.span.due is not None:
            return hit.value.span.start, hit.value.span.due
    return None, None


def _time_column(scene: Scene, across: Sequence[Column]) -> int | None:
    """The one column whose head says that it holds the times of its rows: ``Thời hạn``, ``Thời gian hoàn thành``."""
    opens = _times_head(scene.patterns)
    found = [i for i, c in enumerate(across) if opens.match(scene.view.key, c.head.start, c.head.end)]
    return found[0] if len(found) == 1 else None


def _times_head(patterns: PatternSet) -> regex.Pattern[str]:
    words = patterns.literals("layout", part="time_column")
    made: regex.Pattern[str] = patterns.made("tables:times", lambda: regex.compile(rf"{one_of(words)}(?!\w)"))
    return made


def _row_deadline(
    scene: Scene, across: Sequence[Column], cells: Sequence[Span], timed: int | None, value: int, times: InOrder
) -> _When:
    """The time in a row's own cell; of a head that says for what (``Thời hạn xóa nhà tạm``) only for values of that."""
    if timed is None or timed >= len(cells) or not len(cells[timed]):
        return None, None
    key, head = scene.view.key, across[timed].head
    opened = _times_head(scene.patterns).match(key, head.start, head.end)
    purpose = set(_WORD.findall(key, opened.end(), head.end)) if opened is not None else set()
    measured = set(_WORD.findall(key, across[value].head.start, across[value].head.end))
    if len(purpose & measured) < min(_PURPOSE, len(purpose)):
        return None, None
    hit = times.first(cells[timed].start, cells[timed].end)
    if hit is None or hit.end - hit.start < len(scene.view.text[cells[timed].start : cells[timed].end].strip()):
        return None, None
    return hit.value.span.start, hit.value.span.due


def _unit_beside(scene: Scene, across: Sequence[Column], position: int) -> str:
    """Of amounts of money without a unit, that of the nearest column to the left that has one (``Vốn (tỷ đồng)``)."""
    key = scene.view.key[across[position].head.start : across[position].head.end]
    spent: regex.Pattern[str] = scene.patterns.made(
        "tables:spent", lambda: scene.patterns.expression("layout", part="money_head")
    )
    if not spent.search(key):
        return ""
    said = (_head_unit(scene, column) for column in reversed(across[:position]))
    return next((unit for unit in said if unit and _is_money(scene, unit)), "")


def _is_money(scene: Scene, unit: str) -> bool:
    word = units(scene.patterns).at(fold(unit), 0)
    return word is not None and word.kind == "money"


def counted_noun(scene: Scene, name: Span) -> str:
    """``Tổng số hộ``, ``Hộ nghèo đầu năm``, ``Km đường``: what a head or a row without a unit in brackets counts."""
    own = units(scene.patterns).at(scene.view.key, name.start)
    if own is not None and own.kind in ("people", "measure"):
        end = name.start + len(own.phrase)
        if end + 1 < name.end and scene.view.text[end + 1].islower():  # not "Viên Bình"
            return scene.view.text[name.start : end]
    lexicon = scene.patterns.made("layout:columns", lambda: _column_words(scene.patterns))
    first = next(iter(lexicon.matches(scene.view.key[name.start : name.end])), None)
    if first is None or first.start or first.value.means["kind"] != "counted":
        return ""
    start = name.start + first.end + 1
    word = units(scene.patterns).at(scene.view.key, start)
    return "" if word is None or word.kind not in COUNTED else scene.view.text[start : start + len(word.phrase)]


def _head_unit(scene: Scene, column: Column) -> str:
    """``Kinh phí (triệu đồng)``: the unit in the brackets of the head."""
    pattern: re.Pattern[str] = scene.patterns.made("layout:head_unit", lambda: _head_unit_pattern(scene.patterns))
    match = pattern.search(scene.view.text[column.head.start : column.head.end])
    return match[1].strip() if match else ""


def _head_unit_pattern(patterns: PatternSet) -> re.Pattern[str]:
    words = one_of(patterns.literals("layout", part="column", kind="unit", short=True))
    return re.compile(rf"\((?:{words}\s*:?\s*)?((?:1[.,]?000\s)?(?:[^()\d]|(?<=m)[23])+)\)", re.I)
