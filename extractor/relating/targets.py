"""Targets: one row a quantity, with its status by ordered evidence, its indicator, its date and its checks."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date
from decimal import Decimal

import regex

from extractor.finding.intervals import Intervals
from extractor.finding.quantities import COUNTED, number_words, units
from extractor.finding.scene import Scene
from extractor.finding.time_roles import NEARLY_OVER
from extractor.model import Basis, Deadline, Evidence, Flag, Hit, Quantity, Span, Strength, Target, TargetStatus
from extractor.patterns import PatternSet, one_of
from extractor.relating.bases import bases
from extractor.relating.clock import Clock, Standing, When
from extractor.relating.confidence import rated
from extractor.relating.heads import heads
from extractor.relating.in_order import InOrder
from extractor.relating.indicator_text import REACH, IndicatorReader, Region, names_listed
from extractor.relating.indicators import folded_code, indicator_code
from extractor.relating.promises import Promises
from extractor.relating.rows import RowMaker
from extractor.relating.status import Cues, Verdict, level_words
from extractor.relating.tables import CellValue, counted_noun, read_tables
from extractor.text.keys import fold

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")
_STOPPED = re.compile(r"[;:.(]")
_OPENS_PARTS = re.compile(r"[^;:.()\n]{0,60}\(")
_MOST_PARTS = 8
_WORD_BEFORE = regex.compile(r"[^\W\d_]+(?=\s$)", regex.REVERSE)
_QUALIFIED = 4  # words among which those counted are qualified before "có": "7 xã vùng cao có tỷ lệ …"
_HAVING = 16  # characters before a count that can say that there are so many
_LISTED = COUNTED | {"measure", "money"}
_ONE_NAME = regex.compile(r"\)?[,;]\s+\p{Lu}\p{L}*+(?:\s\p{Lu}\p{L}*+){0,3}\s")
_NAMED = regex.compile(r"(?:[,:(]|\p{Ll})\s*\p{Lu}\p{Ll}++(?:\s\p{L}\p{Ll}*+){1,3}\s$", regex.REVERSE)
_BENEFIT = 160  # characters before a number that can say what is done for those it counts
_SELECTS = "number.selects"  # the rule of a threshold that says which ones are counted
_SELECTED = 9  # words between a number and the threshold that selects what it counts
_BEFORE = 4  # paragraphs, captions too, between what is announced and the list of it
_LENT = 60  # characters between an opening bracket and a number that has its unit from before it
_UNITLESS = 16  # characters before a level without its unit that hold "từ"
_NOTE = 24  # characters behind an indicator in its cell: "(lũy kế)", "(cộng dồn đến cuối năm)"
_NAMED_BEFORE = 300  # characters of a list of things that numbers are told of in their order
_SHARED_OUT = 1500  # characters of a list of places with their numbers, behind its label
_RESPECTIVE = 24  # characters between the word and the first of the numbers: a verb
_LABEL = 120  # characters of the label of a list
_JOINED = " ,;:-–"  # around what stands between two amounts of a list
_AMOUNTS = frozenset({*COUNTED, "measure", "money"})  # what so many more or fewer can be said of
_PARTS = 8  # numbers of a list that a joint opens
_PART_LENGTH = 60  # characters between two of them
_TO_PARTS = 120  # characters between the whole and the first of them behind a colon
_SERIES = " ;,:"  # between the numbers of a series of years, beside the years
_FEW_WORDS = 3  # an indicator of so few words may be named by what is done for it


def relate_targets(
    scene: Scene,
    make: RowMaker,
    quantities: Sequence[Quantity],
    times: Sequence[Hit],
    deadlines: Sequence[Deadline],
    places: Sequence[Hit],
) -> tuple[Target, ...]:
    """The rows of ``targets``, in the order of the text."""
    if not quantities:
        return ()
    tables = read_tables(scene, quantities, times)
    placed = {place.end for place in places}
    named = Intervals(Span(hit.start, hit.end) for hit in (*places, *times))
    free = [q for q in quantities if q.number.start not in tables.others]
    kept = _with_shared_units(scene, free, placed, InOrder(times))
    reader = IndicatorReader(scene, times)
    rows = _Rows(scene, make, Clock(scene, times, deadlines, quantities), quantities)
    respective = _respective(scene, reader, kept)
    checked: dict[int, int] = {}
    made: list[Target] = []
    sums: list[tuple[Quantity, Span | None]] = []  # the numbers that have words of their own
    lender: Quantity | None = None
    lender_span: Span | None = None
    lender_share: Span | None = None
    lender_block = -1
    spoken: list[tuple[Quantity, Span | None, Span | None]] = []  # the lenders of the block
    share_lender: Quantity | None = None  # the last percentage and its words
    share_span: Span | None = None
    repeats = False  # the number before has the words of another
    consumed = 0  # where the words of the row before end
    measured: Quantity | None = None  # the last number that is no percentage
    selects = False  # whether the number before counts those for which this one holds
    for position, quantity in enumerate(kept):
        chooser, following = selects, kept[position + 1] if position + 1 < len(kept) else None
        selects = following is not None and not chooser and _selects(scene, quantity, following)
        cell = tables.values.get(quantity.number.start) if tables.values else None
        if cell is not None:
            made.append(rows.of_cell(cell))
            continue
        at = Standing.of(scene, quantity.number.start)
        if (own := respective.get(quantity.number.start)) is not None:
            made.append(rows.of_quantity(quantity, own, None, at, "", selected=False))
            lender, lender_span, lender_share, lender_block = quantity, own, None, at.block
            consumed, selects, repeats = quantity.span.end, False, False
            continue
        region = _region(scene, kept, position, consumed, at)
        if (shared := _shared_among(scene, named, placed, reader, quantity, checked)) is not None:
            quantity = replace(quantity, unit=counted_noun(scene, shared) or quantity.unit)
            made.append(rows.of_quantity(quantity, shared, None, at, "", selected=False))
            lender_block, selects, repeats = -1, False, False
            continue
        span, inherit = reader.read(quantity, region)
        percent = inherit and quantity.unit_class == "percent"
        if percent and _is_of_share_before(scene, lender, share_lender, quantity, selected=chooser):
            lender, lender_span, lender_share = share_lender, share_span, None
        elif percent and lender_block == at.block and spoken and spoken[-1][0] is lender:
            lender, lender_span, lender_share = _before_bracket(scene, spoken, quantity)
        lent = inherit and lender is not None and lender_block == at.block
        if lent and lender is not None and span is not None:
            before = lender_span is None or lender_span.end <= lender.number.start
            # "trồng 15.000 ha rừng, bình quân 3.000 ha/năm": the same, by the year
            before = before or (lender.unit != "" and quantity.unit.startswith(f"{lender.unit}/"))
            lent = before and lender_span != lender.unit_span and _says_on(scene, lender, quantity)
        if lent and lender is not None and _is_another_noun(lender, lender_span, quantity):
            lent, span = False, quantity.unit_span
        if not lent and span in (None, quantity.unit_span) and lender is not None and lender_block == at.block:
            # "52 km kênh mương, ưu tiên nơi có diện tích tưới lớn: xã A 14 km, xã B 11,5 km": parts of a sum
            lent = quantity.unit_class in ("measure", "money") or (
                quantity.unit_class in COUNTED and reader.only_names(quantity, region)
            )
            lent = lent and _is_part(scene, kept, position)
        if not lent and span in (None, quantity.unit_span):
            lead = _lead(scene, at.block)
            told = reader.of_lead(quantity, region, at.sentence, lead)
            if told is None and quantity.unit_class == "percent":
                told = reader.of_announced(quantity, region, _paragraphs_before(scene, at))
            told = told or _of_total(scene, named, sums, lead, quantity) or _labelled(scene, named, quantity)
            span = told or span or reader.who(quantity, region)
        elif lent and lender is not None and lender.number.start < at.clause.start:
            # "… 5 xã đạt. Một số xã có tỷ lệ tham gia thấp như: Tân An 84 %": what a list counts up is nearer
            own = reader.of_lead(quantity, region, at.clause, None)
            lent, span = own is None, own or span
        if not lent and lender is not None and lender_block == at.block and span == quantity.unit_span:
            span = _of_those_counted(scene, lender, lender_span, quantity) or span
        if not lent and lender is not None and lender_block == at.block and lender_span != lender.unit_span:
            bare = span == quantity.unit_span or (
                span is not None
                and (_is_lone_word(scene, span, quantity) or _only_names(scene, named, span.start, span.end))
            )
            lent = bare and _goes_on_with(scene, named, lender, lender_span, quantity)
            # "4.812 ca mắc sốt rét, giảm 21 % so với năm 2024 (6.122 ca)"
            level = bool(made) and made[-1].basis == "change" and lender.unit_class == "percent"
            level = level and measured is not None and measured.unit == quantity.unit != ""
            lent = lent or (bare and level and scene.view.key.endswith("(", 0, quantity.span.start))
        if lent and lender is not None:
            span = lender_span and reader.of_all(lender_span, quantity, region)
            # "620 khách hàng, tăng 15 % so với năm 2025 (539)": of what has changed
            changed = lender.unit_class == "percent" and bool(made) and made[-1].basis == "change"
            quantity = _completed(scene, quantity, measured if changed and measured is not None else lender)
        if position and span is not None and _is_coordinated(scene, kept, position, at):
            quantity, span = _bounded_as(scene, kept[position - 1], quantity, span)
        if not quantity.unit and quantity.number.start - 1 not in placed and _is_named(scene, quantity):
            continue
        if not _is_target(reader, quantity, span, lender if lent else None):
            continue
        if not lent:
            lender_span, lender_share = span, quantity.share
            sums.append((quantity, span))
        if lender_block != at.block:
            measured = None
        if lender_block != at.block:
            spoken.clear()
        spoken.append((quantity, lender_span, lender_share))
        lender, lender_block = quantity, at.block
        measured = measured if quantity.unit_class == "percent" else quantity
        if quantity.unit_class == "percent":
            share_lender, share_span = quantity, lender_span
        consumed = reader.base_end(quantity, at.clause.end)
        holds = following is not None and _has_at_least(scene, quantity, following)
        if span and not inherit and not (selects or holds):
            consumed = max(consumed, span.end)
        coordinated = bool(made) and made[-1].basis == "change" and not repeats
        coordinated = coordinated and _is_coordinated(scene, kept, position, at)
        repeats = lent
        selected = chooser and quantity.comparator != "=" and _tells_which(scene, kept[position - 1], quantity)
        basis: Basis = "change" if coordinated else ""
        made.append(rows.of_quantity(quantity, span, lender_share, at, basis, selected=selected))
    return tuple(made)


def unread_numbers(
    scene: Scene, quantities: Sequence[Quantity], times: Sequence[Hit], names: Sequence[Hit]
) -> tuple[Span, ...]:
    """Numbers of the body that no finder read and no mask covers, as source spans (for ``explain``).

    Those in the names of places and bodies are read with them.
    """
    text = scene.view.text
    read = bytearray(len(text))  # 1 where a character is read or masked
    spans = [(span.start, span.end) for span in scene.masks]
    spans += [(hit.start, hit.end) for hits in (times, names) for hit in hits]
    for quantity in quantities:
        stated = quantity.span if quantity.unit or quantity.unit_class else quantity.number
        spans += [(span.start, span.end) for span in (stated, quantity.number, quantity.share, quantity.beside) if span]
    for start, end in spans:
        read[start:end] = b"\x01" * (end - start)
    unread = []
    for index in scene.body_blocks():
        block = scene.view.blocks[index]
        for match in _NUMBER.finditer(text, block.start, block.end):
            start, end = match.span()
            if read.find(1, start, end) < 0:
                unread.append(scene.view.span(start, end))
    return tuple(unread)


def with_list_checks(targets: tuple[Target, ...], flags: dict[str, Flag]) -> tuple[Target, ...]:
    """Targets with the flags that the lists of places gave (``list_count_mismatch``), by target id."""
    if not flags:
        return targets
    return tuple(replace(t, flags=(*t.flags, flags[t.target_id])) if t.target_id in flags else t for t in targets)


# --- which quantities are targets ------------------------------------------------------------------------------------


def _is_target(reader: IndicatorReader, quantity: Quantity, indicator: Span | None, lender: Quantity | None) -> bool:
    """A quantity of a measurable outcome (decision 1): it has a unit, or a measured subject."""
    if quantity.unit_class and quantity.unit_class != "span":
        return True
    measured = indicator is not None and reader.starts.opens(indicator.start, indicator.end)
    if quantity.unit_class == "span":
        return measured or "/" in quantity.unit or (lender is not None and lender.unit_class == "span")
    if quantity.rule == "number.fraction":
        return indicator is not None and quantity.percent is not None  # "tiêm phòng đàn bò: 412/530 = 77,7 %"
    if measured or reader.counts_persons(indicator, quantity) or reader.is_rate(indicator, quantity):
        return True
    return reader.counts_animals(indicator) or reader.counts_in_line(indicator, quantity)


def _bounded_as(scene: Scene, before: Quantity, quantity: Quantity, span: Span) -> tuple[Quantity, Span]:
    """With the bound of both behind the second: ``giảm từ 15% số vụ và 20% diện tích thiệt hại | trở lên``."""
    key = scene.view.key
    if quantity.comparator != "=" or before.comparator == "=" or span.start < quantity.span.end:
        return quantity, span
    bounds = (c for c in number_words(scene.patterns).after if c.comparator == before.comparator)
    found = next((c for c in bounds if key.endswith(f" {c.phrase}", span.start, span.end)), None)
    if found is None:
        return quantity, span
    return replace(quantity, comparator=found.comparator), Span(span.start, span.end - len(found.phrase) - 1)


def _is_named(scene: Scene, quantity: Quantity) -> bool:
    """``các giống Nhị ưu 838, Nam Dương 99``: a number behind a name, in a list of such, is part of it."""
    text, start = scene.view.text, quantity.number.start
    return text[start : quantity.number.end].isdigit() and _NAMED.search(text, max(0, start - _LENT), start) is not None


def _is_coordinated(scene: Scene, quantities: Sequence[Quantity], position: int, at: Standing) -> bool:
    """``giảm 10% số vụ cháy, 20% số người chết``: the verb before the first number is that of the second too.

    Of different things only before what both are compared with: ``giảm 04 vụ, 01 người chết so với cùng kỳ``.
    """
    before, quantity = quantities[position - 1], quantities[position]
    counts = before.unit_class in _AMOUNTS and quantity.unit_class in _AMOUNTS
    compared = counts and heads(scene.patterns).then_compared.match(scene.view.key, quantity.span.end, at.clause.end)
    if not (before.unit == quantity.unit != "" or compared):
        return False
    stretch = scene.view.key[max(at.clause.start, before.span.end) : quantity.span.start].rstrip()
    led = scene.view.key[quantity.span.start : quantity.number.start].split()
    if led and led[0] in heads(scene.patterns).levels:
        return False  # "giảm 0,5%, | còn dưới 1,85%": the level that is reached
    return before.number.start >= at.clause.start and stretch.endswith(number_words(scene.patterns).and_or_comma)


def _region(scene: Scene, quantities: Sequence[Quantity], position: int, consumed: int, at: Standing) -> Region:
    """The stretch of text whose words can belong to a quantity: its clause or cell, between its neighbours."""
    quantity = quantities[position]
    start, end = quantity.span.start, quantity.span.end
    clause = _cell(scene.view.blocks[at.block].cells, quantity.number.start) or at.clause
    left, right = max(clause.start, min(consumed, start)), clause.end
    if position and (before := quantities[position - 1]).number.start >= left:
        left = max(left, before.share.end if before.share else before.span.end)
    if position + 1 < len(quantities) and (after := quantities[position + 1]).number.start < right:
        right = after.span.start
        if _selects(scene, quantity, after) or _has_at_least(scene, quantity, after):
            beyond = quantities[position + 2].span.start if position + 2 < len(quantities) else clause.end
            right = min(clause.end, beyond)
    left = min(left, start)
    base, right = min(clause.start, left), max(right, end)
    part = bool(quantity.unit) and quantity.unit_class in COUNTED and _is_part(scene, quantities, position)
    return Region(_within(scene, left, start), min(right, end + REACH), _within(scene, base, start), part)


def _is_part(scene: Scene, quantities: Sequence[Quantity], position: int) -> bool:
    """Whether a count is in a list behind a joint or a colon: ``850 hộ, trong đó: tập trung 420 hộ, xen ghép 280``."""
    key, joints = scene.view.key, heads(scene.patterns).joints
    if _is_first_part(scene, quantities, position):
        return True
    for at in range(position, max(0, position - _PARTS), -1):
        before, after = quantities[at - 1], quantities[at]
        if before.unit_span is None and before.unit == after.unit:
            return True  # "mầm non 120, tiểu học | 140 học sinh"
        if not _same_noun(before, after) or after.span.start - before.span.end > _TO_PARTS:
            return False
        gap = key[before.span.end : after.span.start]
        if len(gap) > _PART_LENGTH and ":" not in gap:
            return False
        if "\n" in gap.strip() or "\t" in gap:
            return False
        if ":" in gap or any(f" {joint} " in gap for joint in joints if " " in joint):
            return True
        if _is_first_part(scene, quantities, at - 1):
            return True
    return False


def _is_first_part(scene: Scene, quantities: Sequence[Quantity], position: int) -> bool:
    """Whether a count is the first of a list behind a colon: ``trong đó: đặt vòng | 410 người, triệt sản 95 người``."""
    if position + 1 >= len(quantities):
        return False
    this, after = quantities[position : position + 2]
    if (
        not this.unit == after.unit != ""
        or heads(scene.patterns).item.fullmatch(scene.view.key, this.span.end, after.span.start) is None
    ):
        return False
    start = this.span.start
    label = heads(scene.patterns).list_label.search(scene.view.key, max(0, start - _TO_PARTS), start)
    return label is not None and label[0].startswith(":") and scene.view.text[label.start() + 2].islower()


def _same_noun(before: Quantity, after: Quantity) -> bool:
    """The same unit, or its first word: ``40 nhà văn hóa, trong đó xã A 14 nhà``."""
    whole = before.unit.partition("/")[0]
    return before.unit == after.unit or (after.unit != "" and f"{whole} ".startswith(f"{after.unit} "))


def _lead(scene: Scene, block: int) -> Span | None:
    """The line above a list that a block is an item of."""
    layout = scene.layout
    for node in layout.ancestors(layout.node_at(scene.view.blocks[block].start)):
        if node.block != block:
            return layout.content(node.block)
    return None


def _paragraphs_before(scene: Scene, at: Standing) -> list[Span]:
    """The paragraphs right before the one that a number stands in, the nearest first."""
    blocks = scene.view.blocks[max(0, at.block - _BEFORE) : at.block]
    return [b.span for b in reversed(blocks) if not b.cells and scene.layout.is_body(b.start)]


def _within(scene: Scene, left: int, start: int) -> int:
    """``left``, or the first word within reach of ``start``."""
    if start - left <= REACH:
        return left
    space = scene.view.key.find(" ", start - REACH, start)
    return space + 1 if space >= 0 else start - REACH


def _cell(cells: Sequence[Span], offset: int) -> Span | None:
    """The cell of a table row that holds an offset."""
    if not cells:
        return None
    at = bisect_right(cells, offset, key=lambda c: c.start) - 1
    return cells[at] if at >= 0 and offset < cells[at].end else None


def _selects(scene: Scene, quantity: Quantity, after: Quantity) -> bool:
    """``17 xã dưới 10 tiêu chí``, ``100% thôn có từ 03 đảng viên trở lên``: the second number says which ones."""
    key, counted = scene.view.key, quantity.unit_class in COUNTED
    gap, words = key[quantity.span.end : after.span.start], number_words(scene.patterns)
    if counted and gap.strip() in words.selects_exactly and after.unit_class == "thing":
        return after.denominator in (None, after.value)  # "45 xã đạt 19 tiêu chí", "6 xã đạt 19/19 tiêu chí"
    if after.comparator == "=" or not (counted or quantity.unit_class == "percent"):
        return False
    if counted and not gap.strip():
        # "17 xã dưới 10 tiêu chí"; not "từ 91 hồ sơ xuống dưới 20", "tại 10 huyện ít nhất 02 lần"
        return " " not in key[after.span.start : after.number.start].strip()
    if counted and gap.strip() in words.selects:
        return True
    if _STOPPED.search(gap) or ("," in gap and counted) or len(gap.split()) > _SELECTED:
        return False
    if (
        counted
        and after.unit_class == "percent"
        and _they_change(scene, gap)
        and words.having.search(key, max(0, quantity.span.start - _HAVING), quantity.span.start) is None
    ):
        return False  # "7 huyện giảm từ 5 % trở lên": how much they are to change
    threshold = counted and after.unit_class == "percent" and after.comparator in ("<", ">")
    if threshold and words.having.search(key, max(0, quantity.span.start - _HAVING), quantity.span.start):
        return True  # "còn 9 đơn vị giải ngân dưới 5 %"; not "trồng 12 vườn đạt trên 90 %"
    opened = key[scene.clause_at(quantity.number.start).start : quantity.span.start].strip(_JOINED)
    if threshold and after.comparator == "<" and not opened:
        return True  # "11 đơn vị đạt 60 %; | 23 xã giải ngân dưới 20 %"
    costs = heads(scene.patterns).attribute_last.search(gap) if counted else None
    if costs is not None and words.selects.isdisjoint(gap[: costs.start()].split()):
        return False  # "02 nhà nhân ái kinh phí từ 80 triệu đồng": what each costs; not "dự án có tổng vốn trên 100 tỷ"
    said = gap.split()
    has = next((at for at, word in enumerate(said[:_QUALIFIED]) if word in words.selects), None)
    if counted and has is not None and _opens_with_measure(scene, " ".join(said[has:])):
        return True  # "38 xã có tỷ lệ hộ nghèo trên 20 %", "5 hợp tác xã có doanh thu trên 3 tỷ đồng"
    if words.joint_last.search(gap) is not None:
        return False  # "kiểm tra từ 05 chi bộ và | 10 đảng viên trở lên"
    return words.bound_behind.match(key, after.span.end) is not None or _picks(scene, gap, after)


def _they_change(scene: Scene, gap: str) -> bool:
    """Whether a verb of change, maybe with the word that opens a bound, ends a gap: ``7 huyện nghèo giảm từ | 5 %``."""
    return not heads(scene.patterns).differences.isdisjoint(gap.split()[-2:])


def _has_at_least(scene: Scene, quantity: Quantity, after: Quantity) -> bool:
    """``100% xã có ít nhất 01 sản phẩm``: how many each is to have is the predicate of the percentage (decision 24)."""
    if quantity.unit_class != "percent" or after.comparator not in (">=", "=") or after.unit_class not in COUNTED:
        return False
    gap = scene.view.key[quantity.span.end : after.span.start].split()
    return 1 < len(gap) <= _SELECTED and gap[-1] in number_words(scene.patterns).selects and "," not in "".join(gap)


def _opens_with_measure(scene: Scene, gap: str) -> bool:
    """Whether a gap names a rate, or right behind its verb something else that is measured, but no sum of all."""
    words = heads(scene.patterns)
    if words.rate.search(gap):
        return True
    named = gap.strip().partition(" ")[2]
    return any(head.start == 0 for head in words.starts.matches(named)) and words.total_of.match(named) is None


def _tells_which(scene: Scene, chosen: Quantity, threshold: Quantity) -> bool:
    """Whether a threshold says which ones are meant, not how far all of them are to come."""
    gap = scene.view.key[chosen.span.end : threshold.span.start]
    return chosen.unit_class in COUNTED or _picks(scene, gap, threshold) or _is_size_of(scene, gap, threshold)


def _is_size_of(scene: Scene, gap: str, threshold: Quantity) -> bool:
    """``100% hộ nuôi từ 20 con lợn trở lên ký cam kết``: how large those are of whom something is said behind it."""
    words, key = heads(scene.patterns), scene.view.key
    bound = number_words(scene.patterns).bound_behind.match(key, threshold.span.end)
    predicate = None if bound is None else words.predicate.match(key, bound.end() + 1)
    if predicate is None or threshold.unit_class == "percent":
        return False
    if words.predicate.search(gap) is None:
        return True
    # "100% xã tổ chức từ | 02 lớp trở lên được cấp chứng chỉ": what they are to do; what has a size, does something
    return words.has_size.fullmatch(gap) is not None and predicate[0] not in words.undergoes


def _picks(scene: Scene, gap: str, after: Quantity) -> bool:
    """``100% hộ kinh doanh có doanh thu trên 1 tỷ đồng dùng hóa đơn điện tử``: a measure, then the predicate."""
    words = heads(scene.patterns)
    if not any(f" {word} " in gap for word in number_words(scene.patterns).selects):
        return False
    measured = bool(words.starts.matches(gap))
    return measured and words.predicate.match(scene.view.key, after.span.end + 1) is not None


def _with_shared_units(
    scene: Scene, quantities: Sequence[Quantity], placed: Set[int], times: InOrder
) -> Sequence[Quantity]:
    """``từ 214 xuống 90 thủ tục``: the level before a change has its unit behind the level reached."""
    words, key = level_words(scene.patterns), scene.view.key
    made = list(quantities)
    for at in reversed(range(len(made) - 1)):
        first, second = made[at], made[at + 1]
        if first.unit_class or not second.unit_class:
            continue
        listed = second.unit_class in _LISTED and _in_list(scene, first, second)
        if listed or _is_of_next_time(scene, times, first, second):
            made[at] = replace(first, unit=second.unit, unit_class=second.unit_class)
    for at in range(len(made) - 1):
        first, second = made[at], made[at + 1]
        if second.unit_class or first.unit_class not in _LISTED or not _is_listed_place(scene, second, placed):
            continue
        if _in_list(scene, first, second) or _both_of_places(scene, first, second, placed):
            # "Tân An 6 đảng viên; Bình Sơn | 8"
            made[at + 1] = replace(second, unit=first.unit, unit_class=first.unit_class)
    whole: Quantity | None = None  # the count that the number before is a part of
    for at in range(len(made) - 1):
        count = whole or made[at]
        if _is_part_without_unit(scene, made[at], made[at + 1], count, more=whole is not None):
            made[at + 1], whole = replace(made[at + 1], unit=count.unit, unit_class=count.unit_class), count
        else:
            whole = None
    for at, count in enumerate(made):
        for part in _bracketed_parts(key, made, at, placed):
            made[part] = replace(made[part], unit=count.unit, unit_class=count.unit_class)
    for at in range(len(made) - 1):
        first, second = made[at], made[at + 1]
        if first.unit or not second.unit or second.number.start - first.number.end > _LENT:
            continue
        gap = key[first.number.end : second.span.start]
        led = words.from_level.search(key, max(0, first.span.start - _UNITLESS), first.span.start) is not None
        if led and words.onward_only.fullmatch(gap):
            made[at] = replace(first, unit=second.unit, unit_class=second.unit_class)
    return made


def _bracketed_parts(key: str, made: Sequence[Quantity], at: int, placed: Set[int]) -> range:
    """The numbers in a bracket that add up to the count before it: ``80 giáo viên (tiểu học 35, THCS 45)``."""
    whole, none = made[at], range(0)
    if whole.unit_class not in COUNTED or whole.denominator is not None or at + 2 >= len(made) or made[at + 1].unit:
        return none
    opened = _OPENS_PARTS.match(key, whole.span.end, made[at + 1].number.start)
    closed = key.find(")", opened.end(), opened.end() + _PART_LENGTH * _MOST_PARTS) if opened else -1
    end = at + 1
    while end < len(made) and made[end].number.start < closed:
        if made[end].unit or made[end].unit_class or made[end].rule != "number.digits":
            return none
        if made[end].number.start - 1 in placed:
            return none  # "19 nhà tạm (Hồng Việt 8, Hoàng Tung 11)": what places have is read with them
        end += 1
    parts = range(at + 1, end)
    return parts if len(parts) > 1 and sum(made[part].value for part in parts) == whole.value else none


def _is_part_without_unit(scene: Scene, first: Quantity, second: Quantity, whole: Quantity, *, more: bool) -> bool:
    """Whether a number behind a label is a part of a count: ``12.000 học viên, trong đó cao đẳng | 2.300``.

    Args:
        scene: the document.
        first: the count, or the part before.
        second: the number.
        whole: the count of all parts.
        more: the number before is such a part.
    """
    if second.unit or second.unit_class or first.unit_class not in COUNTED or second.rule != "number.digits":
        return False
    key, words, start = scene.view.key, heads(scene.patterns), second.number.start
    gap = key[first.number.end : start]
    if len(gap) > _TO_PARTS or "\n" in gap or words.item_end.match(key, second.number.end) is None:
        return False
    label = words.list_label.search(key, first.number.end, start)
    said = "" if label is None else label[0].strip(" :;,\n")
    opened = ":" in gap or any(f" {joint} " in gap for joint in words.joints if " " in joint)
    if not said or not (more or opened) or second.value > whole.value:
        return False
    known, last = units(scene.patterns), said.rpartition(" ")[2]
    unit, ordinal = known.at(said, 0), "." not in key[start : second.number.end] and last in known.names
    named = ordinal or (unit is not None and unit.phrase == said)  # "tiêu chí 5", "khối 6"; not "trung cấp 4.100"
    return not named and scene.view.text[start - len(said) - 1].islower()


def _is_of_next_time(scene: Scene, times: InOrder, first: Quantity, second: Quantity) -> bool:
    """Whether only a time parts two numbers of one series: ``năm 2027: 56.000; năm 2028: | 91.000 triệu đồng``."""
    start, end = first.span.end, second.span.start
    if first.rule != "number.digits" or end - start > _PART_LENGTH:
        return False
    between = times.inside(start, end)
    if len(between) != 1 or not scene.view.key[start : between[0].start].strip() or "\n" in scene.view.key[start:end]:
        return False
    gap = scene.view.key[start : between[0].start] + scene.view.key[between[0].end : end]
    return not gap.strip(_SERIES)


def _in_list(scene: Scene, first: Quantity, second: Quantity) -> bool:
    """Whether a number has its unit behind the last of its list: ``gồm: tôm thẻ | 9.100; tôm hùm 2.250 tấn``."""
    key, text, start = scene.view.key, scene.view.text, first.number.start
    if (
        first.rule != "number.digits"
        or heads(scene.patterns).item.fullmatch(key, first.span.end, second.span.start) is None
    ):
        return False
    label = heads(scene.patterns).list_label.search(key, max(0, start - _TO_PARTS), start)
    if label is None:
        return False
    opened = key[scene.sentence_at(start).start : label.end()]
    if ":" not in opened and not any(" " in joint and f" {joint} " in opened for joint in heads(scene.patterns).joints):
        return False
    if text[start - 2] == ")":
        return True
    word = _WORD_BEFORE.search(key, max(0, start - _LENT), start)
    return text[start - 2].islower() and word is not None and word[0] not in units(scene.patterns).names


def _is_listed_place(scene: Scene, quantity: Quantity, placed: Set[int]) -> bool:
    """Whether a plain number stands between a place's name and the end of the item."""
    if quantity.rule != "number.digits" or quantity.number.start - 1 not in placed:
        return False
    return heads(scene.patterns).item_end.match(scene.view.key, quantity.span.end) is not None


def _both_of_places(scene: Scene, first: Quantity, second: Quantity, placed: Set[int]) -> bool:
    """``tập trung ở Bình Lãnh (61 hộ), Bình Nam | 47``: two places in a row, each with its number."""
    if not {first.number.start - 1, first.number.start - 2} & placed:
        return False
    return _ONE_NAME.fullmatch(scene.view.text, first.span.end, second.number.start) is not None


def _respective(scene: Scene, reader: IndicatorReader, quantities: Sequence[Quantity]) -> dict[int, Span]:
    """What each of several numbers in a row is of, by its offset: ``Số vụ, số người chết lần lượt giảm 10%, 5%``.

    As many things must be named before the word as numbers stand behind it; a bracket behind them (``(năm 2025 tương
    ứng 9% và 4%)``) goes on with the same things.
    """
    words, key = heads(scene.patterns), scene.view.key
    found: dict[int, Span] = {}
    starts = [quantity.number.start for quantity in quantities]
    items: list[Span] = []
    listed = -1  # the sentence of those
    for said in words.respectively.finditer(key):
        sentence = scene.sentence_at(said.start())
        at = bisect_left(starts, said.end())
        run: list[Quantity] = []
        while at < len(quantities) and starts[at] < sentence.end:
            gap = key[run[-1].span.end if run else said.end() : quantities[at].span.start].strip()
            if len(gap) > _RESPECTIVE if not run else gap not in words.between_values:
                break
            run.append(quantities[at])
            at += 1
        before = bisect_left(starts, said.start()) - 1
        floor = max(sentence.start, said.start() - _NAMED_BEFORE, quantities[before].span.end if before >= 0 else 0)
        named = reader.things_named(floor, said.start())
        if len(named) < 2 and listed == sentence.start:
            named = items
        if len(run) > 1 and len(named) == len(run) and not any(q.unit_class in COUNTED for q in run):
            found.update(zip((q.number.start for q in run), named, strict=True))
            items, listed = named, sentence.start
    return found


def _shared_among(
    scene: Scene,
    named: Intervals,
    placed: Set[int],
    reader: IndicatorReader,
    quantity: Quantity,
    checked: dict[int, int],
) -> Span | None:
    """What a label shares out among places, for a plain number of one: ``Số nhà giao các xã: Ba Xa (62), Ba Vì 48``.

    Args:
        scene: the document.
        named: its places and times.
        placed: where the names of places end.
        reader: of indicators.
        quantity: the number.
        checked: by the offset of a label's colon up to where only names and numbers stand behind it; written here.
    """
    start, key = quantity.number.start, scene.view.key
    if quantity.unit_span is not None or quantity.rule != "number.digits" or not {start - 1, start - 2} & placed:
        return None
    sentence = scene.sentence_at(start)
    colon = key.rfind(":", max(sentence.start, start - _SHARED_OUT), start)
    if colon < 0 or colon - sentence.start > _LABEL:
        return None
    repeating = heads(scene.patterns).repeating
    for word in _WORD.finditer(key, checked.get(colon, colon), start):
        if not (word[0].isdigit() or word[0] in repeating or named.overlaps(*word.span())):
            checked[colon] = word.start()
            return None
    checked[colon] = start
    return reader.of_label(sentence.start, colon)


def _is_another_noun(lender: Quantity, indicator: Span | None, quantity: Quantity) -> bool:
    """``còn 5 thôn chưa có điện; còn 8 điểm trường``: of two counts with nouns of their own none lends to the other."""
    if quantity.unit_span is None or not {lender.unit_class, quantity.unit_class} <= COUNTED:
        return False
    own = indicator is not None and lender.unit_span is not None and indicator.start == lender.unit_span.start
    return own and fold(lender.unit).split()[0] != fold(quantity.unit).split()[0]


def _is_of_share_before(
    scene: Scene, lender: Quantity | None, share: Quantity | None, quantity: Quantity, *, selected: bool
) -> bool:
    """``chỉ tiêu bao phủ đạt 92 %, có 2.860 người tham gia; huyện phấn đấu đạt | 92,5 %``: of the share, not the count.

    Only in another clause of the same sentence, where it selects those counted (``đạt 92 %; còn 3 xã dưới | 70 %``),
    where the count stands in a bracket behind the share (``giảm 2 % (40 hộ) và xã Tân An | 3 %``) or says the same in
    another measure (``giảm 2 %, tương đương 40 hộ (từ | 9 %``), or where units change (``7 huyện giảm | 3 %``).
    """
    if lender is None or share is None or lender.unit_class not in COUNTED:
        return False
    key, words = scene.view.key, heads(scene.patterns)
    gap, aside = key[lender.span.end : quantity.span.start], key[share.span.end : lender.span.start]
    bracketed = ")" in gap and aside.lstrip().startswith("(") and ")" not in aside
    same = "(" in gap and any(f" {word} " in aside for word in words.same)
    changed = lender.unit_class == "admin" and "," not in gap and _they_change(scene, gap)
    apart = selected or ";" in gap or bracketed or same or changed
    return apart and scene.sentence_at(quantity.number.start).start <= share.number.start


def _before_bracket(
    scene: Scene, spoken: Sequence[tuple[Quantity, Span | None, Span | None]], quantity: Quantity
) -> tuple[Quantity, Span | None, Span | None]:
    """The last number that is in no bracket closed since: ``tạo việc làm cho 812 người (34 người …), đạt | 101 %``."""
    key, end = scene.view.key, quantity.span.start
    for lender in reversed(spoken[-_PARTS:]):
        start = lender[0].span.end
        if key.count(")", start, end) <= key.count("(", start, end):
            return lender
    return spoken[-1]


def _of_those_counted(scene: Scene, lender: Quantity, counted: Span | None, quantity: Quantity) -> Span | None:
    """What an amount of money right behind a count is of: ``02 dự án đường liên xã | 40 tỷ đồng``.

    And what each of those counted costs: ``20 nhà nhân ái (60 triệu đồng/căn)``.
    """
    if counted is None or quantity.unit_class != "money" or lender.unit_class not in COUNTED:
        return None
    key, each = scene.view.key, "/" in quantity.unit
    gap = key[counted.end : quantity.span.start].strip(" (" if each else " ")
    behind = counted.start >= lender.number.end and not gap
    return counted if behind and (each or " " in key[counted.start : counted.end]) else None


def _labelled(scene: Scene, named: Intervals, quantity: Quantity) -> Span | None:
    """The label of amounts of places, times or givers: ``Trồng rừng: xã A 5 ha``, ``Hộ nghèo: tỉnh giao 5%``."""
    key, end = scene.view.key, quantity.span.start
    colon = key.rfind(":", max(0, end - _PART_LENGTH), end)
    start = scene.sentence_at(quantity.number.start).start
    if quantity.unit_class in COUNTED or not 0 < colon - start <= _LABEL:
        return None
    label = key[start:colon].strip()
    if " " not in label or set(label) & set(";.:\n\t0123456789") or not _only_names(scene, named, colon, end):
        return None
    words, given = heads(scene.patterns), key[colon:end].strip(_JOINED)
    if label.rpartition(" ")[2] in words.repeating and given not in words.alone:
        return None  # "Chỉ tiêu giao các xã: …" says for whom, not of what
    begin = start + key[start:colon].index(label)
    return Span(begin, begin + len(label))


def _of_total(
    scene: Scene,
    named: Intervals,
    sums: Sequence[tuple[Quantity, Span | None]],
    lead: Span | None,
    quantity: Quantity,
) -> Span | None:
    """What the sum is of that the line above a list splits: ``Trồng 315 ha rừng, gồm:``, below it ``Xã A: 20 ha``."""
    if lead is None or quantity.unit_class in COUNTED or not scene.view.key[lead.start : lead.end].endswith(":"):
        return None
    item = scene.layout.content(scene.view.block_index(quantity.number.start))
    if not _only_names(scene, named, item.start, quantity.span.start):
        return None
    at = bisect_left(sums, lead.end, key=lambda total: total[0].number.start) - 1
    if at < 0:
        return None
    total, of = sums[at]
    split = total.number.start >= lead.start and total.unit == quantity.unit
    return of if split and of != total.unit_span else None


def _is_lone_word(scene: Scene, span: Span, quantity: Quantity) -> bool:
    """Whether no more than a word before a number says what it is of: a verb, as in ``năm 2026 | xây | 5 km``."""
    return span.end <= quantity.span.start and " " not in scene.view.key[span.start : span.end]


def _only_names(scene: Scene, named: Intervals, start: int, end: int, said: Set[str] = frozenset()) -> bool:
    """Whether names and times stand in a stretch, and beside them only nouns of places, joints and what was said.

    Or else who set the level: ``tỉnh giao 95%, huyện giao 96%``.
    """
    repeating, other = heads(scene.patterns).repeating, False
    if scene.view.key[start:end].strip(_JOINED) in heads(scene.patterns).alone:
        return True
    for word in _WORD.finditer(scene.view.key, start, end):
        if named.overlaps(*word.span()):
            other = True
        elif word[0] not in said and word[0] not in repeating:
            return False
    return other


def _goes_on_with(scene: Scene, named: Intervals, lender: Quantity, lent: Span | None, quantity: Quantity) -> bool:
    """Whether an amount repeats what the one before it is of, for another place or time.

    ``Xây 15 km đường thôn; năm 2026 xây 5 km``, ``tại các xã A 5 ha, B 6 ha``: between the two stand only names, times,
    nouns of places, joints and words that stand before the first, too.
    """
    key, start, end = scene.view.key, max(lender.span.end, lent.end if lent else 0), quantity.span.start
    sentence = scene.sentence_at(lender.number.start)
    if quantity.unit_class in COUNTED or lender.unit != quantity.unit:
        return False  # of units that are counted the noun is enough: "năm 2022 có | 03 xã"
    if not 0 < end - start <= _PART_LENGTH or end > sentence.end or {"\n", "\t"} & set(key[start:end]):
        return False
    said = _WORD.findall(key, max(sentence.start, lender.number.start - _PART_LENGTH), lender.number.start)
    return _only_names(scene, named, start, end, frozenset(said) | heads(scene.patterns).copulas)


def _says_on(scene: Scene, lender: Quantity, quantity: Quantity) -> bool:
    """Whether an amount without words of its own is another measure of what the amount before it is of.

    ``Lúa mùa: 18.300 ha, 50,2 tạ/ha``, ``Tổng vốn: năm 2021 là 5 tỷ đồng; năm 2022: 6 tỷ đồng``, ``Tổng đàn lợn 900
    con, tăng 50 con``; not ``xây 03 cầu, 12 tỷ đồng``.
    """
    if lender.unit_class in COUNTED or quantity.unit_class in COUNTED:
        return {lender.unit_class, quantity.unit_class} <= COUNTED and _same_noun(lender, quantity)
    gap = scene.view.key[lender.span.end : quantity.span.start]
    # "500 triệu đồng/xã đối với …; không quá 100 triệu đồng/khu đối với …"
    same = lender.unit.partition("/")[0] == quantity.unit.partition("/")[0]
    return not {".", "\n"} & set(gap) and (";" not in gap or same)


def _completed(scene: Scene, quantity: Quantity, previous: Quantity) -> Quantity:
    """``(năm 2020: 110,4)``, ``năm 2021 xóa 06 nhà, năm 2022 xóa 08``: the unit is that of the number before.

    Only in brackets, or where the same word stands before both.
    """
    if quantity.unit:
        return quantity
    key = scene.view.key
    opened = key.rfind("(", max(0, quantity.number.start - _LENT), quantity.number.start)
    bracketed = opened >= 0 and ")" not in key[opened : quantity.number.start]
    if not bracketed:
        words = [_WORD_BEFORE.search(key, max(0, q.span.start - _LENT), q.span.start) for q in (previous, quantity)]
        if not all(words) or len({w[0] for w in words if w}) > 1:
            return quantity
    return replace(quantity, unit=previous.unit, unit_class=previous.unit_class)


# --- rows ------------------------------------------------------------------------------------------------------------


class _Rows:
    """Makes the rows of one document."""

    def __init__(self, scene: Scene, make: RowMaker, clock: Clock, quantities: Sequence[Quantity]) -> None:
        self.scene, self.make, self.cues, self.clock = scene, make, Cues(scene, quantities, clock), clock
        self.doc_id = make.doc_id
        self._sections: dict[int, str] = {}  # the innermost section of each block
        self.promises, self.bases = Promises(scene, quantities, self.cues.status), bases(scene.patterns)
        self._benefited, self._benefit = _benefit(scene.patterns)
        self._difference: regex.Pattern[str] = scene.patterns.made(
            "targets:difference",
            lambda: regex.compile(rf"(?<!\w){one_of(heads(scene.patterns).differences)}(?!\w)"),
        )
        self._whole_year: regex.Pattern[str] = scene.patterns.made(
            "targets:whole_year",
            lambda: regex.compile(
                rf"(?<!\w){one_of(scene.patterns.literals('indicator', head='link', tells='whole_year'))}\s*$"
            ),
        )
        self._cumulative: regex.Pattern[str] = scene.patterns.made(
            "targets:cumulative",
            lambda: regex.compile(rf"(?<!\w){one_of(_cumulative(scene.patterns))}(?!\w)"),
        )

    def of_quantity(
        self,
        quantity: Quantity,
        indicator: Span | None,
        share: Span | None,
        at: Standing,
        lent: Basis,
        *,
        selected: bool,
    ) -> Target:
        """The row of a number in running text.

        Args:
            quantity: the number.
            indicator: the words that it counts or measures.
            share: a share in brackets that may stand inside those words.
            at: where it stands.
            lent: the basis that it takes from the number before it, where it has none of its own.
            selected: it is the threshold of what the number before it counts.
        """
        scene, make = self.scene, self.make
        when = self.clock.of(quantity, at)
        verdict = self.cues.verdict(make, quantity, when, at)
        if selected:
            said = make.evidence("cue", _SELECTS, quantity.span, "status=criterion (cue)")
            verdict = Verdict("criterion", "cue", (said,))
        basis, basis_cue = self.cues.basis(quantity, indicator, at)
        start, due, deadline_id = _dates(scene, verdict.status, when)
        if verdict.status == "target" and due is None:
            goal = self.clock.goal_before(at) or self.clock.plan_told
            if goal is not None:
                start, due, deadline_id = goal.value.span.start, goal.value.span.due, self.clock.index.id_of(goal)
        if verdict.status == "estimate" and due is not None and self._says_whole_year(quantity):
            start, due = date(due.year, 1, 1), date(due.year, 12, 31)
        if verdict.status == "estimate" and due is None and (told := self.clock.year_told(at)) is not None:
            start, due = told.value.span.start, told.value.span.due
        if verdict.status == "result" and due is None and (told := self.clock.frame_told(at)) is not None:
            start, due = told.value.span.start, told.value.span.due
        words = quantity.unit
        if indicator is not None and indicator != quantity.unit_span:
            unit, text = quantity.unit_span, scene.view.text
            words = self._words(indicator, share or (unit and names_listed(text, unit.end, indicator.end)))
        code, code_rule = self._code(quantity, indicator, words, basis, at)
        evidence = [make.evidence("pattern", quantity.rule, quantity.number, "number")]
        if quantity.unit_span is not None:
            rule = "unit." + (quantity.unit_class or "none")
            evidence.append(make.evidence("pattern", rule, quantity.unit_span, "unit"))
        evidence += verdict.evidence
        if basis_cue is not None:
            evidence.append(make.evidence("cue", basis_cue.rule, basis_cue.span, f"basis={basis}"))
        if when.hit is not None and due is not None:
            evidence.append(make.evidence("inherited", when.hit.rule, when.hit.span, f"due_date={due}"))
        if code:
            evidence.append(make.evidence("pattern", code_rule, indicator, f"indicator_code={code}"))
        flags = [*map(Flag, quantity.flags), *_checks(scene, make, quantity, due, verdict.status, when.hit)]
        return self._row(
            quantity, _statement(quantity, indicator), at.block, unit=quantity.unit, indicator=words, code=code,
            basis=basis or lent, status=verdict.status, period_start=start, due=due, deadline_id=deadline_id,
            flags=flags, rule=quantity.rule, marks=_marks(quantity, verdict, indicator), evidence=evidence,
        )  # fmt: skip

    def _words(self, indicator: Span, share: Span | None) -> str:
        """The words of an indicator, without the share or the names in brackets that may stand inside."""
        make = self.make
        if share is None or not indicator.start < share.start < share.end < indicator.end:
            return make.verbatim(indicator.start, indicator.end)
        return f"{make.verbatim(indicator.start, share.start)} {make.verbatim(share.end, indicator.end)}"

    def _says_whole_year(self, quantity: Quantity) -> bool:
        """``thu 78 tỷ đồng đến 31/10, ước cả năm 86 tỷ đồng``: the day before is that of what was told."""
        start = quantity.span.start
        return self._whole_year.search(self.scene.view.key, max(0, start - _LENT), start) is not None

    def of_cell(self, cell: CellValue) -> Target:
        """The row of a number in a target table."""
        scene, make, quantity = self.scene, self.make, cell.quantity
        words = make.verbatim(cell.indicator.start, cell.indicator.end)
        key = scene.view.key[cell.indicator.start : cell.indicator.end]
        basis: Basis = "change" if "%" in cell.unit and self._difference.search(key) else ""
        note = scene.view.key[cell.indicator.start : cell.indicator.end + _NOTE]
        if not basis and self._cumulative.search(note[: note.find("\t")] if "\t" in note else note):
            basis = "cumulative"
        code, code_rule = indicator_code(scene.patterns, key, cell.unit, basis)
        block = scene.view.block_index(quantity.number.start)
        status, start, due = cell.status, cell.period_start, cell.due
        if status is not None:
            said = [make.evidence("inherited", cell.column.rule, cell.column.head, f"status={status} (table)")]
        else:
            verdict = self.cues.verdict(make, quantity, When(), Standing.of(scene, quantity.number.start))
            status, said = verdict.status, [*verdict.evidence]
        if status == "target" and due is None:
            start, due = cell.deadline if any(cell.deadline) else scene.planned
        evidence = [
            make.evidence("pattern", quantity.rule, quantity.number, "number"),
            *said,
            make.evidence("inherited", "layout.column.name", cell.indicator, "indicator"),
        ]
        if code:
            evidence.append(make.evidence("pattern", code_rule, cell.indicator, f"indicator_code={code}"))
        return self._row(
            quantity, quantity.span, block, unit=cell.unit.strip(), indicator=words, code=code, basis=basis,
            status=status, period_start=start, due=due, deadline_id="",
            flags=[*map(Flag, quantity.flags)], rule=cell.column.rule, marks=("table",), evidence=evidence,
        )  # fmt: skip

    def _row(
        self, quantity: Quantity, span: Span, block: int, *, unit: str, indicator: str, code: str, basis: Basis,
        status: TargetStatus, period_start: date | None, due: date | None, deadline_id: str, flags: Sequence[Flag],
        rule: str, marks: Sequence[str], evidence: Sequence[Evidence],
    ) -> Target:  # fmt: skip
        make, number = self.make, evidence[0]
        statement = make.span(span.start, span.end)
        if block not in self._sections:
            self._sections[block] = make.section_id(quantity.number.start)
        factor, base = self.bases.of(unit, quantity.unit_class == "money")
        strength, plan_of, said = self._promise(quantity, status)
        confidence, measured = rated("targets", marks, rule)
        return Target(
            target_id=make.id("t", statement.start), doc_id=self.doc_id,
            section_id=self._sections[block], start=statement.start, end=statement.end,
            quote=self.scene.source.text[statement.start : statement.end],
            number_start=number.start, number_end=number.end, value=quantity.value, value_max=quantity.value_max,
            denominator=quantity.denominator, percent=quantity.percent, comparator=quantity.comparator, unit=unit,
            indicator=indicator, indicator_code=code, basis=basis, status=status, period_start=period_start,
            due_date=due, deadline_id=deadline_id, flags=tuple(flags), rule=rule, confidence=confidence,
            evidence=(*evidence, *said, measured), value_base=quantity.value * factor if unit else None,
            unit_base=base, strength=strength, plan_of=plan_of,
        )  # fmt: skip

    def _promise(self, quantity: Quantity, status: TargetStatus) -> tuple[Strength, str, list[Evidence]]:
        """Strength and earlier plan of a target, with what says so; neither of anything else."""
        if status != "target":
            return "", "", []
        strength, weak = self.promises.strength(quantity)
        plan_of, carried = self.promises.plan_of(quantity)
        said = ((weak, f"strength={strength}"), (carried, f"plan_of={plan_of}"))
        return strength, plan_of, [self.make.evidence("cue", h.rule, h.span, note) for h, note in said if h is not None]

    def _code(
        self, quantity: Quantity, indicator: Span | None, words: str, basis: Basis, at: Standing
    ) -> tuple[str, str]:
        """The indicator's code and what gives it; of a bare noun also by what is done for those it counts."""
        patterns, key = self.scene.patterns, self._key(indicator, words)
        code, rule = folded_code(patterns, key, quantity.unit, basis)
        if code or words.count(" ") >= _FEW_WORDS:
            return code, rule
        start = quantity.span.start
        low = max(at.clause.start, start - _BENEFIT)
        # "giải quyết việc làm cho 3.500 lao động": what is done for those counted names the indicator
        if self._benefited.search(self.scene.view.key, low, start) is None:
            return code, rule
        done = self._benefit.search(self.scene.view.key, low, start)
        return indicator_code(patterns, f"{done[1]} {key}", quantity.unit, basis) if done else (code, rule)

    def _key(self, indicator: Span | None, words: str) -> str:
        """``fold`` of words; of those that stand in the view as they are, what was folded with the document."""
        view = self.scene.view
        if indicator is not None and not view.mended and view.text[indicator.start : indicator.end] == words:
            # a word that the span cuts may fold otherwise by itself
            edges = (
                view.text[indicator.start - 1 : indicator.start + 1],
                view.text[indicator.end - 1 : indicator.end + 1],
            )
            if not (edges[0].isalnum() or edges[1].isalnum()):
                return view.key[indicator.start : indicator.end]
        return fold(unicodedata.normalize("NFC", words))


def _cumulative(patterns: PatternSet) -> list[str]:
    """The words that make an indicator's value the position in all, wherever they stand (``… nâng cao (lũy kế)``)."""
    return [
        fold(w) for e in patterns.meaning("status", basis="cumulative") if e.until == "sentence" for w in e.literals
    ]


def _benefit(patterns: PatternSet) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """ "cho" before a number, whatever comparator stands between; and the same with up to six words before it."""

    def make() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
        comparator = one_of(c.phrase for c in number_words(patterns).before)
        end = rf"{one_of(patterns.literals('indicator', head='beneficiary'))}\s(?:{comparator}\s)?$"
        return regex.compile(end, regex.REVERSE), regex.compile(rf"((?:[^\W\d_]+\s){{2,6}}){end}", regex.REVERSE)

    made: tuple[regex.Pattern[str], regex.Pattern[str]] = patterns.made("targets:benefit", make)
    return made


def _statement(quantity: Quantity, indicator: Span | None) -> Span:
    """The row's own span: the number with its qualifier and unit, the indicator behind it, the share behind it."""
    end = quantity.span.end
    if indicator is not None and indicator.start >= quantity.number.start:
        end = max(end, indicator.end)
    if quantity.share is not None:
        end = max(end, quantity.share.end)
    return quantity.span if end == quantity.span.end else Span(quantity.span.start, end)


def _dates(scene: Scene, status: TargetStatus, when: When) -> tuple[date | None, date | None, str]:
    """``period_start`` and ``due_date``: the sentence's, else the section's, else the plan's (decisions 6, 22)."""
    if status == "criterion":
        return None, None, ""
    span = when.hit.value.span if when.hit is not None else None
    promised = not when.past or (when.beside and when.hit is not None and when.hit.value.reason == NEARLY_OVER)
    due, today = span.due if span is not None else None, scene.day
    ahead = due is not None and today is not None and due > today
    later = due is not None and today is not None and due.year > today.year  # "năm học 2022-2023 mới được 92 %"
    later = later and span is not None and span.start is not None and span.start <= today
    if status == "result" and not when.past and (later or (ahead and scene.narrates)):
        return None, None, ""  # "bước vào năm học mới, 5.500 học sinh dự lễ": it is not the end of the year
    if span is not None and span.due is not None and (promised if status == "target" else when.past or when.local):
        return span.start, span.due, when.deadline_id
    if status == "target":
        return *scene.planned, ""
    return None, None, ""


def _checks(
    scene: Scene, make: RowMaker, quantity: Quantity, due: date | None, status: TargetStatus, governing: Hit | None
) -> list[Flag]:
    """Contradictions in the source: flagged, never repaired (ARCHITECTURE, rule 4)."""
    flags = []
    if quantity.percent is not None and quantity.denominator:
        share = quantity.value / quantity.denominator * 100
        exponent = quantity.percent.as_tuple().exponent
        digits = -exponent if isinstance(exponent, int) else 0
        if abs(share - quantity.percent) > Decimal("0.51").scaleb(-digits):
            flags.append(make.flag("percent_mismatch", quantity.share or quantity.span))
    whole = quantity.denominator
    if whole is not None and quantity.value > whole and quantity.rule == "number.fraction":
        flags.append(make.flag("numerator_above_denominator", quantity.number))
    issued = scene.document.issued_on
    if status == "target" and due is not None and issued is not None and due < issued:
        flags.append(make.flag("due_before_issue", governing.span if governing else None))
    return flags


def _marks(quantity: Quantity, verdict: Verdict, indicator: Span | None) -> tuple[str, ...]:
    """What is known of the evidence for a row, for its confidence."""
    unit = "no unit" if not quantity.unit else "open unit" if quantity.unit_class == "open" else ""
    return (
        verdict.level,
        "rival" if verdict.rival else "",
        unit,
        "no indicator" if indicator is None else "",
        "odd number" if quantity.flags else "",
    )
