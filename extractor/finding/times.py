"""Time expressions of the view, as dates with their bound and the part they play (DOMAIN §6).

``patterns/time.yaml`` says what an expression looks like; here is how the pieces are put together:

1. *cores*: the expression without its cue (``ngày 10/2/2021``, ``quý I``, ``giai đoạn 2021-2025``), by regular
   expressions with the named groups ``d m q y`` (one point) and ``d2 m2 q2 y2`` (the far end of a range or list);
2. the *chain* of cues on its left (``chậm nhất`` + ``trước``, ``đến`` + ``hết``), the strong one nearest to the date
   decides ``bound`` (ANNOTATION, decision 12);
3. the *year*, where none is stated: of an expression beside it, the headings above, the plan's period, the issue;
4. the *dates* (``finding.dates``) and the *role* (``finding.time_roles``): what it does in its sentence.

For the stages after this one: ``find_times`` returns one ``Hit`` (kind ``time``) an expression, in text order and never
overlapping, whose ``value`` is a ``TimeHit``. Every calendar number of the text (``năm 2021``, ``2021-2025``,
``tháng 3``) lies in such a hit, whatever its role, so that no number is read from it. A duration that is the level of
an indicator (``rút ngắn còn 45 ngày``) is no time and lies in none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from extractor.finding.dates import (
    Draft,
    Point,
    TimeHit,
    TimeRole,
    Words,
    first_of,
    last_of,
    part_set,
    read_points,
    read_span,
    with_year,
    words_of,
)
from extractor.finding.scene import Scene
from extractor.finding.time_roles import (
    Contexts,
    anchor_of,
    clause_of,
    cue_of,
    is_strong,
    names_period,
    role_of,
    stamp_of,
)
from extractor.model import Hit, Span
from extractor.patterns import Entry, RegexHit

__all__ = ["Column", "TimeHit", "TimeRole", "cell_of", "deadline_columns", "find_times", "part_set", "plan_year"]

_LATE = timedelta(days=120)  # "đến cuối năm" is told of a year that has not quite ended
_OPENERS = (":", ",")  # behind the year that a paragraph is about
_SHARED = 90  # characters between two times of a list that share what stands behind the last
_TOLD = 6  # times before one that is told of their year
_PARTS = 4  # times of a list of parts, with that of the whole
_UNREAD = -1  # the year of an article that was not yet looked for
_NEAR_BLOCKS = 3  # paragraphs between a time and one that it takes its year from
_LATE_MONTH = 11  # from when on an article speaks of the next year, too
_HALF_YEAR = 6  # months
_DECEMBER = 12  # the month in which articles speak of the next year
_MAX_CHAIN = 5  # cues before one date: "chậm nhất là đến hết ngày …"

# --- finding ---------------------------------------------------------------------------------------------------------


def find_times(scene: Scene) -> list[Hit]:
    """Every time expression of the document, in the order of the text (see the module's docstring).

    Hits outside the body have the role ``issue_date`` (days) or ``name``: nothing there is to be done.
    """
    words = words_of(scene.patterns)
    drafts = _drafts(scene, words)
    contexts = Contexts(scene, words)
    for draft in drafts:
        if draft.reading in ("calendar", "after_year"):
            draft.points = read_points(draft, words)
            draft.year_stated = None not in [p.y for p in draft.points]
    _share_recurrence(scene, drafts, words)
    _share_months(scene, drafts, contexts)
    contexts.stamped = stamp_of(scene, drafts, contexts)
    _inherit_years(scene, drafts, contexts)
    read = [(draft, span) for draft in drafts if (span := read_span(scene, draft, words)) is not None]
    contexts.draft_starts, contexts.spans = [draft.start for draft, _ in read], [span for _, span in read]
    contexts.anchor = anchor_of(scene, read, contexts)
    hits = []
    for draft, span in read:
        role, reason = role_of(scene, draft, span, contexts)
        value = TimeHit(
            span=span,
            cue=cue_of(draft, span, role),
            role=role,
            core=draft.core,
            year_stated=draft.year_stated,
            chain=tuple(e.id for e in draft.chain),
            reason=reason,
            year_source=draft.year_source,
        )
        hits.append(Hit("time", draft.start, draft.end, draft.entry.id, value))
    return [_opening_of(hit, after) for hit, after in zip_longest(hits, hits[1:])]


def _opening_of(hit: Hit, after: Hit | None) -> Hit:
    """``tính từ đầu năm | đến ngày 31/5``: the begin of a stretch that is over is no deadline either."""
    value: TimeHit = hit.value
    told = after is not None and after.value.role == "as_of" and after.start - hit.end <= 1
    if not told or value.role != "deadline" or value.span.bound != "from":
        return hit
    return replace(hit, value=replace(value, role="as_of", reason="as_of"))


def _share_months(scene: Scene, drafts: Sequence[Draft], contexts: Contexts) -> None:
    """``Sáng ngày 27/3: thôn Bắc | Sáng ngày 28: thôn Nam``: a day without a month goes on from the day before it."""
    last: Draft | None = None
    for draft in drafts:
        point = draft.points[-1] if draft.points and draft.reading == "calendar" else None
        if point is None:
            continue
        if point.m is None and point.d is not None:
            before = last.points[-1] if last is not None and draft.block - last.block <= _NEAR_BLOCKS else None
            if before is None or before.m is None:
                draft.reading = "undated"
                continue
            turns = before.d is not None and before.d > point.d  # the next month has begun
            month, year = before.m + turns, before.y
            draft.points = (
                Point(year if month <= _DECEMBER or year is None else year + 1, None, (month - 1) % 12 + 1, point.d),
            )
            draft.year_stated = year is not None
        if draft.points[-1].m is not None and not contexts.is_citation(draft.start):
            last = draft


def _share_recurrence(scene: Scene, drafts: Sequence[Draft], words: Words) -> None:
    """``chuẩn bị trong quý I, trồng xong trước ngày 31/8, nghiệm thu trước ngày 30/11 hằng năm``: all come yearly.

    Only over commas, where the day, month or quarter is written with a cue and none between has a year of its own.
    """
    last: Draft | None = None
    for draft in reversed(drafts):
        if draft.reading == "recurring":
            span = read_span(scene, draft, words)
            last = draft if span is not None and span.recurrence.startswith("FREQ=YEARLY;BYMONTH=") else None
            continue
        point = draft.points[0] if len(draft.points) == 1 else None
        fine = point is not None and (point.q or point.m) and draft.reading == "calendar" and not draft.year_stated
        if last is None or not fine or not draft.chain or draft.block != last.block:
            last = None
            continue
        between = scene.view.key[draft.end : last.start]
        if len(between) > _SHARED or not between.lstrip().startswith(",") or any(sign in between for sign in ";:."):
            last = None
            continue
        draft.yearly, last = True, draft


def _drafts(scene: Scene, words: Words) -> list[Draft]:
    key, view, layout = scene.view.key, scene.view, scene.layout
    ends: dict[int, list[tuple[int, Entry]]] = {}
    for start, end, entry in scene.phrases(words.chain):
        ends.setdefault(end, []).append((start, entry))
    columns = deadline_columns(scene)
    header_rows = {i for table in layout.tables for i in table.header}
    drafts: list[Draft] = []
    covered = -1
    for place, expressions in words.cores.places(key):
        if place < covered:
            continue
        for match in words.cores.at(key, place, expressions, len(key)):
            if _is_masked(scene, match):
                continue
            block = view.block_index(place)
            floor = max(view.blocks[block].start, covered)
            marker = layout.markers[block]
            if marker is not None:
                if match.end <= marker.end:
                    continue
                floor = max(floor, marker.end) if place >= marker.end else floor
            start, chain = _chain(key, ends, place, floor)
            in_column = block in columns and _fills_cell(scene, columns[block], block, match)
            if in_column and _names_two(match, words):
                continue  # the first of them alone
            needs = match.entry.means.get("needs")
            if needs and not in_column:
                heads = block in header_rows and needs in ("strong", "cue")
                if not heads and not _has(needs, chain, scene, place):
                    continue
                early = any(e.means.get("bound") == "before" for e in chain)  # "trước thời hạn 01 tháng"
                if needs in _SPANS and (early or _is_level(scene, start, floor)):
                    continue
            drafts.append(Draft(start, Span(place, match.end), match.entry, match, chain, block, in_column=in_column))
            covered = match.end
            break
    return drafts


def _is_masked(scene: Scene, match: RegexHit) -> bool:
    """Whether a match lies inside the number of a document, an article, a road …"""
    cover = scene.masks.covering(match.start)
    return cover is not None and cover.end >= match.end and (cover.start, cover.end) != (match.start, match.end)


def _has(needs: str, chain: Sequence[Entry], scene: Scene, start: int) -> bool:
    """Whether a bare number (``2030``, ``31/3``, ``10 ngày``) has the cue that makes it a time."""
    if needs == "part":
        return bool(chain) and (chain[0].means["part"] == "edge" or chain[0].means.get("reach") in ("firm", "verb"))
    if needs == "span":
        return any(e.means.get("needs") in ("span", "anchored") or e.means.get("reading") == "after" for e in chain)
    if needs == "plain_span":
        return any(e.means.get("needs") == "span" or e.means.get("reading") == "after" for e in chain)
    bounds = [e.means.get("bound") for e in chain]
    if needs == "within":
        return any(e.means.get("needs") == "span" and e.means.get("bound") == "in" for e in chain)
    if needs == "before":
        return "before" in bounds
    if needs == "firm":
        return any(e.means.get("bound") == "before" or e.means.get("needs") in ("span", "anchored") for e in chain)
    if needs == "cue" and any(e.means["part"] in ("cue", "edge") for e in chain):
        return True
    if any(bound in ("before", "by", "from") for bound in bounds):
        return True
    left = scene.view.key[max(0, start - 60) : start].rstrip(" (")
    return left.endswith(":") and any(h.end == len(left) for h in part_set(scene.patterns, "label").matches(left))


_SPANS = frozenset({"span", "plain_span", "within"})


def _is_level(scene: Scene, start: int, floor: int) -> bool:
    """Whether a duration is what an indicator comes to: ``rút ngắn từ 20 ngày xuống không quá 14 ngày``."""
    left = scene.view.key[max(floor, start - 24) : start].rstrip()
    return part_set(scene.patterns, "level").closing(left, 0, len(left)) is not None


def _chain(key: str, ends: Mapping[int, list[tuple[int, Entry]]], at: int, floor: int) -> tuple[int, list[Entry]]:
    """The cues that stand right before ``at``, nearest first, and where the first of them begins.

    A filler (``ngày``, ``là``, ``khoảng``) belongs to the expression only between a cue and the date.
    """
    chain: list[Entry] = []
    start = position = at
    for _ in range(_MAX_CHAIN):
        left = position
        while left > floor and key[left - 1] in " ,":
            left -= 1
        comma = left < position and "," in key[left:position]
        if comma and not chain:
            break
        ending = ends.get(left)
        found = next((c for c in ending if c[0] >= floor), None) if ending else None  # the longest stands first
        if found is None:
            break
        begin, cue = found
        if comma and cue.means.get("bound") not in ("by", "before"):
            break
        if chain and _is_verb(cue) and any(e.means.get("bound") for e in chain):
            break
        chain.append(cue)
        position = begin
        if cue.means.get("reach") == "outside":
            break
        if cue.means["part"] != "filler":
            start = position
    while chain and chain[-1].means["part"] == "filler":
        chain.pop()
    return start, chain


def _is_verb(cue: Entry) -> bool:
    """Whether a cue is a verb of ending, which bounds only what no other cue does: ``xong trong quý III``."""
    return cue.means.get("reach") in ("outside", "verb") and "bound" in cue.means


def _names_two(match: RegexHit, words: Words) -> bool:
    """Whether a cell names two times that do not touch: ``Tháng 5 và tháng 11/2026``."""
    said, text = match.match.groupdict(), match.match.group()
    near, far = (said.get(g) or "" for g in ("m", "m2"))
    if said.get("d") or not near.isdigit() or not far.isdigit() or int(far) - int(near) < 2:
        return False
    return text.count(text.split()[0]) == 2 and "," not in text and not words.to.search(text)


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds deadlines: the table's rows, the cell's number, and the number of the cell with the task."""

    rows: tuple[int, ...]
    header: int
    index: int
    task: int
    width: int


def deadline_columns(scene: Scene) -> dict[int, Column]:
    """For each row of a table the column whose head says when its task is to be done (DOMAIN §1.10)."""
    columns: dict[int, Column] = {}
    words = words_of(scene.patterns)
    for table in scene.layout.tables:
        for header in table.header:
            cells = scene.view.blocks[header].cells
            kinds = [_column_kind(scene, words, cell) for cell in cells]
            if "deadline" not in kinds:
                continue
            task = kinds.index("task") if "task" in kinds else min(1, len(cells) - 1)
            column = Column(table.rows, header, kinds.index("deadline"), task, len(cells))
            columns.update((row, column) for row in table.rows)
    return columns


def _column_kind(scene: Scene, words: Words, cell: Span) -> str:
    key = scene.view.key[cell.start : cell.end]
    for hit in words.context.matches(key):
        if hit.start <= 4 and (roles := words.roles_in_column.get(hit.rule)):
            return roles[0]
    return ""


def cell_of(column: Column, cells: Sequence[Span], index: int) -> Span | None:
    """The cell of a row under a head cell; counted from the end where the row lost or gained cells before it."""
    if len(cells) == column.width:
        return cells[index]
    from_end = len(cells) - (column.width - index)
    return cells[from_end] if 0 <= from_end < len(cells) else None


def _fills_cell(scene: Scene, column: Column, block: int, match: RegexHit) -> bool:
    cell = cell_of(column, scene.view.blocks[block].cells, column.index)
    return cell is not None and cell.start <= match.start and match.end <= cell.end


# --- years that are not stated ---------------------------------------------------------------------------------------


def plan_year(scene: Scene) -> tuple[int | None, str]:
    """The year that year-less expressions take, and where from (DOMAIN §6.1)."""
    document = scene.document
    start, end, issued = document.period_start, document.period_end, document.issued_on
    if start and (end is None or end.year == start.year):
        return start.year, "period"
    if issued:
        return (issued.year, "issued") if not start or issued.year >= start.year else (start.year, "period")
    if start or scene.day is None:
        return (start.year, "period") if start else (None, "")
    return scene.day.year, "issued"


def _inherit_years(scene: Scene, drafts: Sequence[Draft], contexts: Contexts) -> None:
    """Give a year to expressions without one: a sibling in the sentence, a heading above, the plan's year."""
    years = _Years(scene, drafts, contexts)
    for index in reversed(range(len(drafts))):
        draft = drafts[index]
        if draft.reading in ("months", "plan_year", "new_year", "from_day"):
            draft.default_year, draft.year_source = years.beyond(draft)
        if draft.year_stated or draft.reading != "calendar":
            continue
        year = _in_order(scene, drafts, index, years.of_sibling(index))
        draft.year_source = "sibling"
        if year is None:
            year, draft.year_source = years.of_place(draft)
        elif year == years.plan[0] and years.opens_next(draft):
            year += 1
        if draft.said("next") and year is not None:
            year += 1
        draft.points = with_year(draft.points, year)
        issued = scene.document.issued_on
        last = last_of(draft.points[-1])
        if draft.year_source == "issued" and issued and last and last < issued and is_strong(draft):
            draft.points = tuple(replace(p, y=p.y + 1 if p.y is not None else None) for p in draft.points)


class _Years:
    """Where an expression without a year takes one from (DOMAIN §6.1)."""

    def __init__(self, scene: Scene, drafts: Sequence[Draft], contexts: Contexts) -> None:
        self.scene, self.drafts, self.contexts = scene, drafts, contexts
        self.plan = plan_year(scene)
        if self.plan[0] is None and contexts.stamped is not None:
            self.plan = contexts.stamped.year, "issued"
        self.starts = [d.start for d in drafts]
        self.headings: dict[int, int | None] = {}
        self.leads = self._read_leads()
        self._single: int | None = _UNREAD

    def beyond(self, draft: Draft) -> tuple[int | None, str]:
        """Of what is no calendar point (``6 tháng đầu năm``): the year right behind it, else of its place."""
        end = min(self.scene.sentence_at(draft.start).end, draft.end + 45)
        after = words_of(self.scene.patterns).year_behind.search(self.scene.view.key, draft.end, end)
        return (int(after[1]), "sibling") if after else self.of_place(draft)

    def of_place(self, draft: Draft) -> tuple[int | None, str]:
        """The year of the headings above; in an account of what has been done, the year of issue; the plan's."""
        lead = self.leads.get(draft.block)
        if lead is not None and lead[1] <= draft.start:
            return self._told_since(draft, lead), "heading"
        if (year := self.of_heading(draft)) is not None:
            return year - self._comes_before(draft, year), "heading"
        if draft.reading == "plan_year" and (year := self._told_before(draft)) is not None:
            return year, "told"
        issued = self.scene.document.issued_on
        if issued is not None and not is_strong(draft) and self._tells_past(draft):
            return self._past_year(draft, issued), "past"
        if self.opens_next(draft):
            return (self.plan[0] or 0) + 1, "told"
        if self.plan[0] is None and draft.points and (year := self._beside(draft)) is not None:
            return year, "sibling"
        if self.plan[0] is None and draft.reading in ("months", "plan_year") and self.scene.narrates:
            return self._only_year(), "told"
        if self.plan[0] is None and draft.points and is_strong(draft) and (only := self._only_year()) is not None:
            return only, "told"  # a wire without its date that names one day with its year
        if self._prepares(draft):
            return (self.plan[0] or 0) - 1, "issued"
        return self.plan

    def _prepares(self, draft: Draft) -> bool:
        """Whether a day or month lies between the issue and the year planned for: ``dự toán 2027, gửi trước 15/8``.

        What is to be done before that year begins; but the reports of it are due in it. Of a plan issued in December
        little time is left before its year.
        """
        issued, year = self.scene.document.issued_on, self.plan[0]
        if issued is None or year != issued.year + 1 or issued.month == _DECEMBER or not draft.points:
            return False
        if draft.points[-1].granularity not in ("day", "month") or draft.reading != "calendar":
            return False
        last = last_of(with_year(draft.points, issued.year)[-1])
        if last is None or last < issued or last.year != issued.year:
            return False
        clause = clause_of(self.scene, draft)
        reports = part_set(self.scene.patterns, "year_report")
        return not reports.matches(self.scene.view.key, clause.start, clause.end)

    def _told_since(self, draft: Draft, lead: tuple[int, int]) -> int:
        """The year that opens a paragraph, or the later one told in it: ``Năm 2023, … | Quý I/2024, … | Tháng 4 …``."""
        low, high = bisect_left(self.starts, lead[1]), bisect_left(self.starts, draft.start)
        for other in reversed(self.drafts[max(low, high - _TOLD) : high]):
            point = other.points[-1] if other.block == draft.block and other.points and other.year_stated else None
            if point is None or point.y is None or self.contexts.is_citation(other.start):
                continue
            return point.y if point.y == lead[0] + 1 and point.granularity != "year" else lead[0]
        return lead[0]

    def _comes_before(self, draft: Draft, year: int) -> bool:
        """Whether an article headed by the next year speaks of what is left of its own: ``tuyển quân năm 2026``."""
        posted = self.contexts.stamped
        if posted is None or year != posted.year + 1 or posted.month == _DECEMBER or not draft.points:
            return False
        last = last_of(with_year(draft.points, posted.year)[-1])
        return last is not None and last.year == posted.year and last >= posted

    def opens_next(self, draft: Draft) -> bool:
        """Whether an article of the last weeks of a year speaks of the next: ``Năm 2026, … khởi công trong quý I``."""
        posted, point = self.scene.day, draft.points[-1] if draft.points else None
        if not self.scene.layout.portal or posted is None or posted.year != self.plan[0] or posted.month < _LATE_MONTH:
            return False
        early = point is not None and point.y is None and 0 < (point.m or 3 * (point.q or 0)) <= _HALF_YEAR
        at = bisect_left(self.starts, draft.start)
        for other in reversed(self.drafts[max(0, at - _TOLD) : at]):
            if not early or other.block != draft.block:
                return False
            stated = other.points[-1] if other.points and other.year_stated else None
            if stated is not None and stated.granularity == "year":
                return stated.y == posted.year + 1
        return False

    def _beside(self, draft: Draft) -> int | None:
        """In a text that names no year of its own, that of the next day or month near by, else of the one before.

        Times are mostly told in their order: ``trong tháng 10 … | tháng 01/2026`` is October 2025.
        """
        month = draft.points[-1].m
        at = bisect_left(self.starts, draft.start)
        behind = ((other, False) for other in self.drafts[at + 1 : at + 1 + _TOLD])
        ahead = ((other, True) for other in reversed(self.drafts[max(0, at - _TOLD) : at]))
        for other, before in (*behind, *ahead):
            point = other.points[-1 if before else 0] if other.points and other.year_stated else None
            if month is None or point is None or point.m is None or point.y is None:
                continue
            far = abs(other.block - draft.block) > _NEAR_BLOCKS
            if far or self.contexts.is_citation(other.start) or self.contexts.adjacent(other.start, "baseline"):
                continue
            return point.y + (month < point.m) if before else point.y - (month > point.m)
        return None

    def _only_year(self) -> int | None:
        """The one year whose parts an article without a day speaks of, or the one year that it names at all."""
        if self._single == _UNREAD:
            parts: set[int] = set()
            years: set[int] = set()
            for draft in self.drafts:
                if draft.reading == "months" and (said := draft.said("y")):
                    parts.add(int(said))
                elif draft.points and draft.year_stated and not self.contexts.is_citation(draft.start):
                    years.update(p.y for p in draft.points if p.y is not None)
            told = parts or years
            self._single = told.pop() if len(told) == 1 else None
        return self._single

    def _told_before(self, draft: Draft) -> int | None:
        """The past year that the text before tells of: ``Đến hết năm 2022 có 8 xã đạt. | Trong năm, huyện …``."""
        scene, contexts, clause = self.scene, self.contexts, clause_of(self.scene, draft)
        node, day = scene.layout.node_at(draft.start), scene.day
        telling = scene.narrates or (node is not None and node.kind == "results") or draft.start < scene.told.end
        if not telling or day is None or is_strong(draft) or contexts.within(clause.start, clause.end, "future"):
            return None
        at = bisect_left(self.starts, draft.start)
        for other in reversed(self.drafts[max(0, at - _TOLD) : at]):
            if draft.block - other.block > 1 or scene.layout.node_at(other.start) is not node:
                return None
            stated = other.points[-1].y if other.points and other.year_stated else None
            based = any(role in ("base", "baseline") for role, _ in contexts.before(other.start))
            if stated is None or based or contexts.is_citation(other.start):
                continue
            if stated < day.year:
                return stated
            if not scene.narrates or not names_period(scene, other, contexts):
                return None
        return None

    def of_sibling(self, index: int) -> int | None:
        """The year of an expression beside: ``quý II … trước 31/10/2022``, ``6 tháng đầu năm và ước cả năm 2019``.

        A day, month or quarter takes it only from another day, month or quarter: a year in the same sentence is as
        often the plan's name (``kế hoạch năm 2020 trước 31/7``).
        """
        draft, drafts, contexts = self.drafts[index], self.drafts, self.contexts
        sentence = self.scene.sentence_at(draft.start)
        fine = draft.points[0].granularity in ("day", "month", "quarter")
        for other in (*drafts[index + 1 : index + 3], *reversed(drafts[max(0, index - 2) : index])):
            if not (sentence.start <= other.start < sentence.end) or not other.year_stated or len(other.points) != 1:
                continue
            if contexts.adjacent(other.start, "baseline") or contexts.is_citation(other.start):
                continue
            gap = other.start - draft.end if other.start > draft.start else draft.start - other.end
            if other.points[0].granularity == "year" and (fine or gap > 40):
                continue
            return other.points[0].y
        return self._of_whole(index) if fine else None

    def _of_whole(self, index: int) -> int | None:
        """The year that a list of parts divides: ``60 cầu trong năm 2027, trong đó quý I 10 cầu, quý II 20 cầu``."""
        draft, view = self.drafts[index], self.scene.view
        sentence = self.scene.sentence_at(draft.start)
        for other in reversed(self.drafts[max(0, index - _PARTS) : index]):
            if other.start < sentence.start or view.key.find(";", other.end, draft.start) >= 0:
                return None
            if not other.year_stated or len(other.points) != 1:
                continue
            if other.points[0].granularity != "year" or self.contexts.is_citation(other.start):
                return None
            parted = part_set(self.scene.patterns, "aside").matches(view.key, other.end, draft.start)
            return other.points[0].y if parted else None
        return None

    def _read_leads(self) -> dict[int, tuple[int, int]]:
        """For each block the year that opens it (``Năm 2022: …``) or the bullets it is one of, and where that ends."""
        view, layout = self.scene.view, self.scene.layout
        opened: dict[int, tuple[int, int]] = {}
        for draft in self.drafts:
            start = layout.content(draft.block).start
            point = draft.points[0] if len(draft.points) == 1 else None
            if draft.block in opened or draft.reading != "calendar" or point is None or point.y is None:
                continue
            if point.granularity == "year" and draft.start == start and view.key[draft.end : draft.end + 1] in _OPENERS:
                opened[draft.block] = (point.y, draft.end)
        made: dict[int, tuple[int, int]] = {}
        above: tuple[int, int] | None = None
        for block, span in enumerate(view.blocks):
            if block in opened:
                made[block] = opened[block]
                rest = view.text[opened[block][1] : span.end].strip()
                above = opened[block] if rest == ":" else None
            elif layout.markers[block] is None:
                above = None
            elif above is not None:
                made[block] = above
        return made

    def of_heading(self, draft: Draft) -> int | None:
        """The one year that the nearest heading above names."""
        layout = self.scene.layout
        node = layout.node_at(draft.start)
        while node is not None:
            if not (node.heading.start <= draft.start < node.heading.end):
                if node.index not in self.headings:
                    self.headings[node.index] = self._year_in(node.heading)
                if (year := self.headings[node.index]) is not None:
                    return year
            node = layout.nodes[node.parent] if node.parent >= 0 else None
        return None

    def _year_in(self, heading: Span) -> int | None:
        low, high = bisect_left(self.starts, heading.start), bisect_left(self.starts, heading.end)
        inside = [d for d in self.drafts[low:high] if d.reading == "calendar" and d.year_stated]
        years = {p.y for d in inside for p in d.points}
        return years.pop() if len(years) == 1 else None

    def _tells_past(self, draft: Draft) -> bool:
        """Whether an expression stands in an account of results: its section's kind, or words of the past."""
        clause = clause_of(self.scene, draft)
        node = self.scene.layout.node_at(draft.start)
        if node is not None and node.kind == "results":
            return not self.contexts.within(clause.start, clause.end, "future")
        if is_strong(draft) or not self.contexts.within(clause.start, clause.end, "event"):
            return False
        return not self.contexts.within(clause.start, clause.end, "deadline")

    def _past_year(self, draft: Draft, issued: date) -> int:
        """The year of issue; the year before, where most of the time would lie behind the issue."""
        if draft.points:
            points = with_year(draft.points, issued.year)
            first, last = first_of(points[0]), last_of(points[-1])
        else:
            draft.default_year = issued.year
            span = read_span(self.scene, draft, self.contexts.words)
            first, last = (span.start, span.due) if span is not None else (None, None)
        if last is None:
            return issued.year
        middle = first + (last - first) / 2 if first is not None else last - _LATE
        return issued.year if middle <= issued else issued.year - 1


def _in_order(scene: Scene, drafts: Sequence[Draft], index: int, year: int | None) -> int | None:
    """The year before, where the sibling's own would put this time behind it: ``hết quý III … đến hết 31/01/2024``.

    What lies inside it is of the same year: ``Quý I: … trước ngày 10/3/2023``.
    """
    draft, after = drafts[index], drafts[index + 1] if index + 1 < len(drafts) else None
    if year is None or after is None or not after.points or year - (after.points[0].y or 0) not in (0, 1):
        return year
    known = after.year_stated or after.year_source == "sibling"
    if not known or after.start >= scene.sentence_at(draft.start).end:
        return year
    points = with_year(draft.points, year)
    begins, own, next_one = first_of(points[0]), last_of(points[-1]), last_of(after.points[-1])
    inside = begins is not None and next_one is not None and begins <= next_one
    issued, before = scene.document.issued_on, last_of(with_year(draft.points, year - 1)[-1])
    if issued is not None and before is not None and before < issued and is_strong(draft):
        return year  # "hoạt động trước ngày 28/02; đóng cống trong ngày 20/02/2025": nothing is due before the issue
    return year - 1 if own and next_one and own > next_one and not inside else year
