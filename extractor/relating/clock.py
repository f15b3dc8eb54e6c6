"""The time that governs a number: the one beside it before those of sentence, lead-in and heading (DOMAIN §6).

Vocabulary: ``patterns/status.yaml``, ``patterns/numbers.yaml``, ``patterns/time.yaml``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter

import regex

from extractor.finding.scene import Scene
from extractor.finding.time_roles import NEARLY_OVER
from extractor.model import Deadline, Hit, Quantity, Span, TargetStatus
from extractor.patterns import PatternSet, one_of
from extractor.relating.deadlines import TimeIndex
from extractor.relating.in_order import InOrder

CUE_REACH = 4000  # characters: no sentence that a person wrote is longer
_OPENING = 12  # characters before the time that opens a block
_LABEL = 80  # characters of the label that opens a block
_FRAME = 120  # characters in which the first sentence of a paragraph says of which year it tells
_FIGURE = regex.compile(r"\d")
_GIVES = regex.compile(r"\s?:\s?\d")
_BRACKET = 40  # characters between an opening bracket and the first thing in it
_OWN_WORDS = 6  # of a clause before its time: more say what the time is of
_UNIT_WORDS = 2  # words of a unit between a number and the time behind it
_NEAR = 600  # characters around the begin of a clause in which its sentence names a plan
_TITLE = 120  # characters of a line that heads a list
_SHORT_JOINT = 2  # letters of a joint that says nothing of parts (và, có)
_FIRST = 3  # blocks of an article, with its headline, that name the plan it tells of
_BEHIND = ("as_of", "issue_date")  # roles of days that lie behind whoever tells of them
_START = attrgetter("start")


class ClockWords:
    """What parts a number from a time, or leads from the one to the other, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        level = one_of(patterns.literals("number", role="leader", where="level"))
        onward = one_of(patterns.literals("status", level="onward"))
        link = one_of((*patterns.literals("indicator", head="link", force="strong"), ":"))
        ahead = one_of(patterns.literals("indicator", head="alone", tells="ahead"))
        joints = [w for w in patterns.literals("indicator", head="verb", tells="joint") if len(w) > _SHORT_JOINT]
        self.joint = regex.compile(
            rf",|\s{one_of(patterns.literals('indicator', head='conjunction', tells='clause'))}\s"
        )
        self.compared = regex.compile(rf"(?<!\w){one_of(patterns.literals('status', level='baseline'))}(?!\w)")
        measured = patterns.literals("time", part="context", role="before baseline")
        baseline = one_of({*patterns.literals("status", level="baseline"), *measured})
        self.compared_last = regex.compile(rf"(?<!\w){baseline}\s$", regex.REVERSE)
        self.stages = frozenset(entry.id for entry in patterns.meaning("time", governs="section"))
        self.onward = regex.compile(rf"\)?\s{onward}(?!\w)")
        self.level = regex.compile(rf"\s*\(\s*(?:{level}\s)?\d")
        self.level_is = regex.compile(rf"\s*{link}\s*\d")
        self.leads_ahead = regex.compile(rf"\s*{ahead}\s*$")
        self.part = regex.compile(rf"[\s;,.-]{{0,8}}+{one_of(joints)}(?!\w)")
        named = [w for k in ("objectives", "tasks") for w in patterns.literals("layout", part="heading", kind=k)]
        self.goals = regex.compile(rf"(?<!\w){one_of(named)}(?!\w)")
        self.turn = patterns.expression("status", whole=False, role="turn")


def clock_words(patterns: PatternSet) -> ClockWords:
    """The words that join numbers to times or part them, compiled once."""
    made: ClockWords = patterns.made("clock:words", lambda: ClockWords(patterns))
    return made


@dataclass(slots=True)
class Standing:
    """Where a number stands: its block (by index), its clause and its sentence."""

    block: int
    clause: Span
    sentence: Span

    @classmethod
    def of(cls, scene: Scene, offset: int) -> Standing:
        return cls(scene.view.block_index(offset), scene.clause_at(offset), scene.sentence_at(offset))


@dataclass(slots=True)
class When:
    """The time that governs a number.

    Attributes:
        past: it gives a state already reached at the document's date.
        local: it stands at the number itself, not above it.
        bracketed: number and time stand in one bracket.
        beside: no other number of its clause stands between them.
    """

    hit: Hit | None = None
    deadline_id: str = ""
    past: bool = False
    local: bool = False
    bracketed: bool = False
    beside: bool = False


_NO_TIME = When()


def _told_on(scene: Scene, times: Sequence[Hit]) -> date | None:
    """The first day that an article without one can be of: the last as of which it gives figures, or of a paper."""
    if not scene.is_article:
        return None
    said = [hit.value.span.due for hit in times if hit.value.role in _BEHIND and hit.value.span.granularity == "day"]
    return max((day for day in said if day is not None), default=None)


class Clock:
    """Which time governs which number: the one beside it before those of sentence, lead-in and heading."""

    _SILENT = frozenset({"name", "issue_date", "baseline"})

    def __init__(
        self, scene: Scene, times: Sequence[Hit], deadlines: Sequence[Deadline], quantities: Sequence[Quantity]
    ) -> None:
        self.scene = scene
        self.index = TimeIndex(scene, times, deadlines)
        self._words = clock_words(scene.patterns)
        self.day = scene.day or _told_on(scene, times)
        self._all, self._by_block = InOrder(times), dict[int, When]()
        self._times = InOrder(hit for hit in times if self._speaks(hit))
        numbers = sorted((q.number for q in quantities), key=_START)
        self._openings: dict[int, Hit | None] = {}
        self._labels: dict[int, Hit | None] = {}
        self._tops: dict[int, int] = {}  # of a block the one above the list that it is in
        self._number_starts, self._number_ends = [n.start for n in numbers], [n.end for n in numbers]

    def of(self, quantity: Quantity, at: Standing) -> When:
        """The time of a number: between it and its neighbours, else above it; of past ones also a block's opening."""
        block = self.scene.view.blocks[at.block]
        if self._all.first(block.start, block.end) is not None:
            return self._of(quantity, at)
        when = self._by_block.get(at.block)
        if when is None:  # without a time of its own a block has the one above it, the same for all its numbers
            when = self._by_block[at.block] = self._of(quantity, at)
        return when

    def said_in(self, start: int, end: int) -> tuple[TargetStatus, Hit] | None:
        """What the last time of a stretch makes of it that is over, or by which something is still to be done."""
        hit = self._times.last(start, end)
        while hit is not None and self.day is not None:
            # "đạt 2,1 ngày/khách (hiện nay 1,55 ngày). Phát triển thêm 6.000 phòng."
            if not self._closed_off(hit, end) and (said := self._said(hit)) is not None:
                return said, hit
            hit = self._times.last(start, hit.start)
        return None

    def said_first(self, start: int, end: int) -> tuple[TargetStatus, Hit] | None:
        """The same of the first time of a stretch."""
        hits = self._times.inside(start, end) if self.day is not None else ()
        return next(((said, hit) for hit in hits if (said := self._said(hit)) is not None), None)

    def goal_before(self, at: Standing) -> Hit | None:
        """The time by which an article wants what it says without: the paragraph's, else a plan's or a headline's."""
        scene = self.scene
        if not scene.narrates:
            return None
        hit = self._times.last(scene.layout.content(at.block).start, at.clause.start)
        if hit is not None:
            due = None if hit.value.role != "deadline" or self._past(hit) else hit.value.span.due
            return hit if due is not None and hit.value.span.granularity != "day" else None
        near = Span(max(at.sentence.start, at.clause.start - _NEAR), min(at.sentence.end, at.clause.start + _NEAR))
        headline = scene.view.blocks[scene.headline].span if scene.headline >= 0 else None
        return self._year_named(near) or (self._year_named(headline) if headline is not None else None)

    @cached_property
    def plan_told(self) -> Hit | None:
        """The one year or period ahead in the names of what an article tells of first: ``Kế hoạch …  năm 2022``."""
        scene = self.scene
        if not scene.is_article:
            return None
        first = [scene.view.blocks[index] for index in scene.body_blocks()[:_FIRST]]
        named = [h for block in first for h in self._all.inside(block.start, block.end) if h.value.role == "name"]
        named = [h for h in named if h.value.span.due and h.value.span.granularity in ("year", "years")]
        ahead = bool(named) and len({h.value.span.due for h in named}) == 1 and not self._past(named[0])
        return named[0] if ahead else None

    def _year_named(self, stretch: Span) -> Hit | None:
        """The one year to come that a stretch speaks of: ``thông qua kế hoạch năm 2025 với 22 chỉ tiêu``."""
        named = [h for h in self._all.inside(stretch.start, stretch.end) if h.value.span.granularity == "year"]
        ahead = [h for h in named if h.value.span.due and h.value.role in ("name", "attribute", "deadline")]
        ahead = [h for h in ahead if h.value.span.kind == "within" and not self._past(h)]
        return ahead[0] if len({h.value.span.due for h in ahead}) == 1 else None

    def _said(self, hit: Hit) -> TargetStatus | None:
        """Whether a time is over, or something is still to be done by it."""
        if self._past(hit):
            return "result"
        day, start, due = self.day, hit.value.span.start, hit.value.span.due
        if hit.value.role != "deadline" or day is None or due is None or due < day:
            return None
        if self.scene.day is None and start is not None and start <= day:
            return None  # of an article without a day only the first is known that it can be of
        # "năm 2022 và 2023 xã làm 5 cầu" in September 2023: most of it has been
        begun = start is not None and start.year < day.year == due.year and hit.value.span.bound == "in"
        return None if begun else "target"

    def year_told(self, at: Standing) -> Hit | None:
        """The year that the paragraph tells of before a sentence: ``Năm 2025 kinh tế khá. | Thu ước đạt 40 tỷ``."""
        hit = self._times.last(self.scene.layout.content(at.block).start, at.sentence.start)
        return hit if hit is not None and hit.value.span.granularity == "year" else None

    def tells_behind(self, end: int) -> bool:
        """Whether a past time stands right behind an offset and opens what is told: ``…, giai đoạn 2021 - 2025, …``."""
        hit = self._times.first(end, end + 2)
        return hit is not None and self._past(hit) and self.scene.view.text[hit.end : hit.end + 1] == ","

    def frame_told(self, at: Standing) -> Hit | None:
        """The year that a paragraph's first sentence sets for what is told in the others, none of its own given.

        ``Theo báo cáo tại kỳ họp, năm 2025, kinh tế phát triển khá. | Thu ngân sách đạt 510 tỷ đồng``.
        """
        begin, text = self.scene.layout.content(at.block).start, self.scene.view.text
        if at.sentence.start <= begin or self._times.first(at.sentence.start, at.sentence.end) is not None:
            return None
        first = self.scene.sentence_at(begin)
        hit = self._times.first(begin, min(first.end, begin + _FRAME))
        if hit is None or hit.value.span.granularity != "year" or hit.value.span.bound not in ("in", ""):
            return None
        opens = text[begin : hit.start].rstrip()[-1:] in ("", ",") and text[hit.end : hit.end + 1] == ","
        told = _FIGURE.search(text, hit.end, first.end) is None  # else it is the year of that figure
        return hit if opens and told and hit.value.span.due is not None else None

    def _of(self, quantity: Quantity, at: Standing) -> When:
        offset = quantity.number.start
        local = self._beside(quantity, at)
        if local is not None and local.value.role == "deadline" and self._is_label(local, quantity.span.start):
            local = None  # "Quý III: …, hoàn thành trước 30/8": a label, which a finer time may follow
        if local is not None:
            bracketed = self._in_bracket(local, offset)
            return When(local, self.index.id_of(local), self._past(local), True, bracketed, True)
        governing = self.index.governing(offset)
        ahead = governing is not None and self._leads_ahead(quantity.span.end, governing)
        if governing is not None and (
            ahead
            or self._of_another(governing, quantity)
            or self._closed_off(governing, offset)
            or self._of_base(governing)
            or self._of_things(governing, offset)
        ):
            governing = self.index.above(offset)
            if governing is None and ahead:
                governing = self._times.last(at.sentence.start, offset)
                governing = None if governing is None or self._past(governing) else governing
        earlier = self._before(at.sentence.start, offset)
        if earlier is not None:
            if self._past(earlier):
                if governing is None or governing.start < earlier.start:
                    return When(earlier, "", True, True)
            elif ahead or self._of_part(offset, at.clause):
                governing = earlier  # riêng …: by the time that its whole is to be reached
        label = self._labelling(at.block)
        if label is not None and (governing is None or governing.start < self.scene.view.blocks[at.block].start):
            return When(label, "", False)
        if governing is None:
            told, opened = self.scene.told, self.scene.view.blocks[at.block].start
            ordered = opened < told.end <= offset  # "… làm chết 87 con bò. UBND huyện yêu cầu …"
            above = (None if ordered else self._opening(at.block)) or self._titled(at.block)
            return When(above, "", self._past(above)) if above is not None else _NO_TIME
        governing = self._last_part(governing, quantity.span.end)
        return When(governing, self.index.id_of(governing), self._past(governing))

    def _last_part(self, hit: Hit, end: int) -> Hit:
        """``02 đợt (đợt 1 tháng 3, đợt 2 | tháng 9)``: of parts in a bracket, each with its time, the last ends it."""
        key = self.scene.view.key
        opened = key.find("(", end, hit.start) if hit.start - end < CUE_REACH else -1
        closed = key.find(")", hit.end, hit.end + CUE_REACH) if opened >= 0 and ")" not in key[end : hit.start] else -1
        last = self._times.last(hit.end, closed) if closed >= 0 else None
        if last is None or not self.index.id_of(last) or not {",", ";"} & set(key[hit.end : last.start]):
            return hit
        return last

    def _is_label(self, hit: Hit, number: int) -> bool:
        """Whether a colon and words stand between a time and a number; ``năm 2027: | 14.000`` has no words."""
        key = self.scene.view.key
        return key.startswith(":", hit.end) and bool(key[hit.end + 1 : number].strip())

    def _closed_off(self, hit: Hit, offset: int) -> bool:
        """A time in a bracket says nothing of what stands behind it: ``đạt 90 tỷ (năm 2022 là 80 tỷ), tăng 12,5 %``."""
        key = self.scene.view.key
        opened = key.rfind("(", max(0, hit.start - _BRACKET), hit.start)
        closed = key.find(")", hit.end, offset) if opened >= 0 and ")" not in key[opened : hit.start] else -1
        if closed < 0 or "(" in key[hit.end : closed]:
            return False
        # "Sau một tháng (01/7 - 31/7) trạm tiếp 900 lượt, cấp 120 thẻ": it opens a sentence, of all of which it is said
        first = bisect_left(self._number_starts, self.scene.sentence_at(hit.start).start)
        return first < len(self._number_starts) and self._number_starts[first] < closed

    def _before(self, start: int, offset: int) -> Hit | None:
        """The last time in [start, offset) that no bracket closes off."""
        hit = self._times.last(start, offset)
        while hit is not None and (
            self._closed_off(hit, offset)
            or self._of_base(hit)
            or self._of_things(hit, offset)
            or self._is_base_behind(hit, offset)
        ):
            hit = self._times.last(start, hit.start)
        return hit

    def _is_base_behind(self, hit: Hit, offset: int) -> bool:
        """``giảm 21 % so với năm 2024 (6.122 ca); | 38 ca sốt rét``: a base says when its own level was, no more."""
        return hit.value.role == "baseline" and ")" in self.scene.view.key[hit.end : offset]

    def _speaks(self, hit: Hit) -> bool:
        silent = hit.value.role in self._SILENT and not self._has_level(hit) and not self._names_amount(hit)
        if hit.value.reason == NEARLY_OVER and not silent:
            start = max(0, hit.start - _BRACKET)
            silent = self._words.compared_last.search(self.scene.view.key, start, hit.start) is not None
        dated = hit.value.span.due is not None or hit.value.span.start is not None or hit.value.role == "as_of"
        return not silent and dated and hit.value.span.kind != "recurring"

    def _beside(self, quantity: Quantity, at: Standing) -> Hit | None:
        number, clause = quantity.number, at.clause
        if self._times.first(min(clause.start, number.start), clause.end) is None:
            return None
        block = self.scene.view.blocks[at.block]
        last = bisect_right(self._number_ends, number.start) - 1
        before = self._number_ends[last] if last >= 0 and self._number_ends[last] > block.start else block.start
        following = bisect_left(self._number_starts, number.end)
        after = self._number_starts[following] if following < len(self._number_starts) else clause.end
        left = self._times.last(max(before, clause.start), number.start)
        right = self._right(number.end, min(after, clause.end))
        if left is not None and self._closed_off(left, number.start):
            left = None  # "03 đợt (đợt 1: tháng 4; đợt 2: tháng 10), huy động | 15.000 lượt"
        if left is not None and right is None:
            right = self.index.finished(number.start, clause)
        if left is None or (right is not None and self._parted(left.end, number.start)) or self._of_base(left):
            return right
        if self._of_things(left, number.start):
            return right
        if right is not None and before > block.start and self._adjoins(before, left.start):
            return right  # "từ 45 % đầu năm xuống còn 39 % cuối năm 2023": each number has its own behind it
        return left

    def _right(self, start: int, end: int) -> Hit | None:
        """The first time behind a number that no comma, bracket or "và" parts from it."""
        for hit in self._times.inside(start, end):
            gap = self.scene.view.key[start : hit.start]
            if hit.value.role != "baseline" and not self._words.compared.search(gap):
                return None if self._parted(start, hit.start) or "(" in gap else hit
        return None

    def _adjoins(self, start: int, end: int) -> bool:
        """Whether a time stands right behind the number before, with only its unit between."""
        gap = self.scene.view.key[start:end]
        return len(gap.split()) <= _UNIT_WORDS and not {",", ";", "(", ")"} & set(gap)

    def _of_base(self, hit: Hit) -> bool:
        """``từ 38 % năm 2025 | lên 70 %``: a time between a level and the way on from it is the time of that level."""
        if not self._words.onward.match(self.scene.view.key, hit.end):
            return False
        at = bisect_right(self._number_ends, hit.start) - 1
        gap = self.scene.view.key[self._number_ends[at] : hit.start] if at >= 0 else "\n"
        return len(gap.split()) <= _UNIT_WORDS and not {",", ";", "\n"} & set(gap)

    def _parted(self, start: int, end: int) -> bool:
        return self._words.joint.search(self.scene.view.key, start, end) is not None

    def _of_another(self, hit: Hit, quantity: Quantity) -> bool:
        """``94 % (năm 2022: 92 %)``, ``đạt 95 %; hết tháng 6 không dưới 45 %``: it goes to the number beside it."""
        key, start, end = self.scene.view.key, quantity.span.start, quantity.span.end
        if max(start - hit.end, hit.start - end) > CUE_REACH:
            return False  # far above or below: no other number of its clause is beside it
        if hit.end <= start and key.find(";", hit.end, start) >= 0:
            if self._of_part(start, self.scene.clause_at(start)):
                return False  # "đạt 95 % vào năm 2025; riêng khu vực đô thị đạt 97 %"
            before = bisect_right(self._number_ends, hit.start) - 1
            return before >= 0 and self._number_ends[before] > self.scene.clause_at(hit.start).start
        if hit.start < end:
            return False
        if self._words.turn.search(key, end, hit.start) is not None:
            return True
        if not {"(", ";"} & set(key[end : hit.start]) and not self._leads_ahead(end, hit):
            return False
        opened = key.rfind(";", end, hit.start) + 1
        if opened and (begun := self._all.last(opened, hit.start)) is not None and begun.end <= hit.start:
            opened = begun.end  # "xây 02 cầu; khởi công trong quý I, hoàn thành | trong quý III"
        own = (
            opened and len(key[opened : hit.start].split()) > _OWN_WORDS and self._words.part.match(key, opened) is None
        )
        if own and "\t" not in key[end : hit.start]:
            return True  # "cử 25 lượt cán bộ; hoàn thành bố trí vị trí việc làm | trước ngày 30/6"
        after = bisect_left(self._number_starts, hit.end)
        if after == len(self._number_starts) or self._number_starts[after] - hit.end > _BRACKET:
            return False
        return not {",", ";", ")", ".", "\n"} & set(key[hit.end : self._number_starts[after]])

    def _leads_ahead(self, end: int, hit: Hit) -> bool:
        """``đạt 92 %, tạo tiền đề để | đến năm 2025 đạt trên 95 %``: the time of what comes later."""
        key = self.scene.view.key
        comma = key.rfind(",", end, hit.start) if hit.start - end < CUE_REACH else -1
        return comma >= 0 and self._words.leads_ahead.match(key, comma + 1, hit.start) is not None

    def _of_part(self, offset: int, clause: Span) -> bool:
        """Whether the clause of a number speaks of a part of what was said before (riêng, trong đó)."""
        return self._words.part.match(self.scene.view.key, clause.start, offset) is not None

    def _of_things(self, hit: Hit, offset: int) -> bool:
        """``sổ hộ tịch trước năm 2007 (14.500 trường hợp)``: a past bound is of the things, not of their number."""
        opened = self.scene.view.key[hit.end : min(offset, hit.end + _BRACKET)].lstrip().startswith("(")
        return opened and hit.value.span.bound == "before" and self._past(hit)

    def _has_level(self, hit: Hit) -> bool:
        """``so với năm 2025 (73 %)``: a base whose own level follows in brackets."""
        if hit.value.role != "baseline":
            return False
        key, opened = self.scene.view.key, self.scene.view.key.rfind("(", max(0, hit.start - _BRACKET), hit.start)
        inside = opened >= 0 and not {")", ",", ";"} & set(key[opened : hit.start])
        return self._words.level.match(key, hit.end) is not None or (
            inside and self._words.level_is.match(key, hit.end) is not None
        )

    def _names_amount(self, hit: Hit) -> bool:
        """``Kinh phí năm 2026: | 145 triệu đồng``: a year in a name whose amount follows is the amount's."""
        key = self.scene.view.key
        return hit.value.role == "name" and (
            _GIVES.match(key, hit.end) is not None or self._words.level_is.match(key, hit.end) is not None
        )

    def _in_bracket(self, hit: Hit, offset: int) -> bool:
        if self._has_level(hit):
            return True
        first, key = min(hit.start, offset), self.scene.view.key
        opened = key.rfind("(", max(0, first - _BRACKET + 1), first + 1)
        return opened >= 0 and ")" not in key[opened : max(hit.end, offset)]

    def _opening(self, block: int) -> Hit | None:
        """A past time that opens the block governs all of it: ``Năm 2021: sản lượng …; tàu cá …``."""
        if block not in self._openings:
            start, content = self.scene.view.blocks[block].start, self.scene.layout.content(block).start
            opening = self._times.beginning_in(start, content + _OPENING + 1)
            self._openings[block] = next((h for h in opening if self._past(h) and h.value.reason != NEARLY_OVER), None)
        return self._openings[block]

    def _labelling(self, block: int) -> Hit | None:
        """A year to come at the end of the label that opens a block: ``Kế hoạch năm 2027: trồng 50 ha, …``."""
        if block not in self._labels:
            start, key = self.scene.layout.content(block).start, self.scene.view.key
            hit = next(iter(self._times.inside(start, start + _LABEL)), None)
            if hit is not None and not (hit.value.role == "attribute" and key.startswith(":", hit.end)):
                hit = None
            told = hit is None or ":" in key[start : hit.start] or self._past(hit) or hit.value.span.due is None
            self._labels[block] = None if told else hit
        return self._labels[block]

    def _titled(self, block: int) -> Hit | None:
        """The time of a heading above: of results, if past (``KẾT QUẢ NĂM 2022``), or of a numbered stage."""
        layout, lead = self.scene.layout, self.index.lead_in(block)
        for node in layout.ancestors(layout.node_at(self.scene.view.blocks[block].start)):
            if lead is not None and lead > node.block:
                opened = self.scene.sentences(lead)[-1]
                if (hit := self._times.last(opened.start, opened.end)) is not None:
                    return hit
            hit = self._times.last(node.heading.start, node.heading.end)
            if hit is None:
                continue
            staged = hit.rule in self._words.stages or hit.value.reason in self._words.stages
            if staged or (node.kind == "results" and self._past(hit) and hit.value.reason != NEARLY_OVER):
                return hit
            if (goals := self._of_goals(node.heading)) is not None:
                return goals
        return self._of_goals(self._above_list(block))

    def _of_goals(self, heading: Span | None) -> Hit | None:
        """The one period of a heading that names goals: ``Chỉ tiêu chủ yếu (nhiệm kỳ 2020 - 2025)``."""
        if heading is None or self._words.goals.search(self.scene.view.key, heading.start, heading.end) is None:
            return None
        hits = self._times.inside(heading.start, heading.end)
        return hits[0] if len(hits) == 1 and not self._past(hits[0]) else None

    def _above_list(self, block: int) -> Span | None:
        """The short line without marker right above the list that a block is in."""
        layout, blocks = self.scene.layout, self.scene.view.blocks
        first, known = block, self._tops
        while first > 0 and layout.markers[first] is not None and first not in known:
            first -= 1
        first = known[block] = known.get(first, first)
        short = first < block and 0 < len(blocks[first].span) <= _TITLE and layout.is_body(blocks[first].start)
        return blocks[first].span if short and self.scene.view.text[blocks[first].end - 1] not in ".;," else None

    def _past(self, hit: Hit) -> bool:
        value = hit.value
        if value.role in ("as_of", "baseline") or value.reason == NEARLY_OVER:
            return True
        reference, due = self.day, value.span.due
        return reference is not None and due is not None and due < reference and value.cue != "from"
