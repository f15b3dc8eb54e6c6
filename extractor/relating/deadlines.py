"""Deadlines: the rows of the table, and which of them governs a quantity.

Attachment (DOMAIN §6.4): the clause; a bullet that is only a time statement closes its item; a trailing sentence closes
the one before it; a heading or a lead-in governs what stands below it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from extractor.finding.intervals import Intervals
from extractor.finding.quantities import units
from extractor.finding.scene import Scene
from extractor.finding.times import TimeHit, cell_of, deadline_columns, part_set
from extractor.model import Deadline, Evidence, Flag, Hit, Span
from extractor.patterns import PatternSet
from extractor.relating.confidence import rated
from extractor.relating.heads import heads
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold
from extractor.text.layout import BODY_ZONES

_COARSE = frozenset({"year", "years", "half", "quarter", "month"})  # what a day is finer than
_JOINTS = ' ,;:.-–+*()"/“”'
_LEAD = 2  # words before a time that only announce it: "Nhiệm vụ 6 tháng cuối năm, …"
_LONGEST_LABEL = 60  # characters
_SHARE = re.compile(r"\d\s?%")
_LONGEST_DOER = 160  # characters of a label that says who does it
_LABELS = 6  # labels of one item: who leads, who helps, where, what it costs …
_TOPIC = 4  # words of a topic that opens a clause: "Về thời vụ, …"
_AHEAD = 120  # characters within which the next times of a clause are looked for
_CHAIN = 4  # times one after another that share a task
_SHORT_BRACKET = 20  # characters of a bracket before the time in it
_SHORT = 3  # words: what stands before the date of a trailing sentence ("Hoàn thành trong tháng 3")
_SHORT_CHARS = 40  # no more characters than that hold so few words
_COMMA = re.compile(r"[,;](?!(?<=\d[,;])\d)")  # not a decimal one
_MARK = re.compile(r"[:,;()]")
_ITEM = re.compile(r"(?:[ivx]{1,4}|[a-zđ]|\d{1,2})\) ")  # behind the bracket that opens it
_SAYS = re.compile(r" [\w\"]")  # something is said behind it
_WINDOW = 600  # characters in which a list stands
_GIVES = re.compile(r" ?: ?\w")  # "Lộ trình: năm 2025: 05 xã"
_GOES_ON = re.compile(r", \w+ \w+ \w+ \w")  # "Lộ trình đến năm 2025, toàn tỉnh phấn đấu …"
_NUMBER = re.compile(r"\d[\d.,/ ]*")
_NEXT = 40  # characters from one deadline of a list of values to the next
_LED_BY = re.compile(r"(?<!\w)[^\W\d_]{1,12} ")
_LOOK = 40  # characters in which the verb or conjunction that opens a stretch stands


# --- rows ------------------------------------------------------------------------------------------------------------


def relate_deadlines(
    scene: Scene, make: RowMaker, times: list[Hit], actors: Sequence[Hit] = ()
) -> tuple[Deadline, ...]:
    """One row a time expression that binds a task (CONTRACT, deadlines; ANNOTATION 8, 12, 19-21, 25, 34, 36).

    Args:
        scene: the document.
        make: makes its rows.
        times: its time expressions.
        actors: whom it names: commas inside a body's name, and between bodies, part no task.
    """
    index = TimeIndex(scene, times)
    reader = TaskReader(scene, make, index, Intervals(hit.value.extent for hit in actors))
    return tuple(_row(scene, make, index, reader, hit) for hit in index.deadlines)


def _row(scene: Scene, make: RowMaker, index: TimeIndex, reader: TaskReader, hit: Hit) -> Deadline:
    time: TimeHit = hit.value
    source = make.span(hit.start, hit.end)
    parent = index.above(hit.start)
    task = reader.task(hit)
    confidence, measured = rated("deadlines", _marks(time, task), hit.rule)
    return Deadline(
        deadline_id=make.id("d", source.start),
        doc_id=make.doc_id,
        section_id=make.section_id(hit.start),
        start=source.start,
        end=source.end,
        quote=scene.view.source[source.start : source.end],
        kind=time.span.kind,
        bound=time.span.bound,
        start_date=time.span.start,
        due_date=time.span.due,
        granularity=time.span.granularity,
        recurrence=time.span.recurrence,
        task=task,
        flags=tuple(_flags(scene, make, hit, parent)),
        rule=hit.rule,
        confidence=confidence,
        evidence=(*_evidence(make, hit, source), measured),
    )


def _flags(scene: Scene, make: RowMaker, hit: Hit, parent: Hit | None) -> list[Flag]:
    time: TimeHit = hit.value
    flags = [make.flag(code, hit.span) for code in time.span.flags]
    due, issued = time.span.due, scene.document.issued_on
    if due and issued and due < issued:
        flags.append(make.flag("due_before_issue", hit.span))
    if due and parent is not None and parent.value.span.due and parent.value.span.due < due:
        flags.append(make.flag("child_after_parent", parent.span))
    return flags


def _evidence(make: RowMaker, hit: Hit, source: Span) -> list[Evidence]:
    time: TimeHit = hit.value
    core = make.span(time.core.start, time.core.end) if time.core.start > hit.start else source
    found = [Evidence("pattern", hit.rule, core.start, core.end, f"kind={time.span.kind}")]
    if time.chain:
        cue = make.evidence("cue", time.chain[0], Span(hit.start, time.core.start), f"bound={time.span.bound}")
        found.append(cue)
        found += [Evidence("cue", rule, cue.start, cue.end, cue.note) for rule in time.chain[1:]]
    if time.reason:
        found.append(Evidence("cue", time.reason, -1, -1, f"role={time.role}"))
    if not time.year_stated and (time.span.due or time.span.start):
        year = (time.span.due or time.span.start).year  # type: ignore[union-attr]
        found.append(Evidence("inherited", time.year_source, -1, -1, f"year={year}"))
    return found


def _marks(time: TimeHit, task: str) -> tuple[str, ...]:
    """What is known of the evidence for a row, for its confidence."""
    span = time.span
    grain = "day to half" if span.granularity in ("day", "week", "month", "quarter", "half") else "years"
    if time.reason == "column" or time.reason.startswith("time.context.label"):
        kind = "labelled"
    elif span.kind == "recurring":
        kind = "recurring"
    elif span.due is None and span.start is None:
        kind = "undated"
    elif span.bound in ("before", "by"):
        kind = f"bound {grain}"
    else:
        kind = f"{'cued' if time.chain else 'bare'} {grain}"
    return (
        kind,
        "" if time.year_stated else "year inherited",
        "" if task else "no task",
        "invalid" if "invalid_date" in span.flags else "",
    )


def _joints(patterns: PatternSet) -> tuple[str, ...]:
    conjunctions = patterns.literals("indicator", head="conjunction", tells="clause")
    return (",", *(f" {word} " for word in conjunctions))


# --- the task --------------------------------------------------------------------------------------------------------


class TaskReader:
    """Finds the words that say what is to be done by a time."""

    def __init__(self, scene: Scene, make: RowMaker, index: TimeIndex, actors: Intervals) -> None:
        self.scene, self.make, self.index, self.actors = scene, make, index, actors
        self._joints: tuple[str, ...] = scene.patterns.made("deadlines:joints", lambda: _joints(scene.patterns))
        self._closing, self._lead, self._tail = (part_set(scene.patterns, p) for p in ("closing", "lead", "tail"))

    def task(self, hit: Hit, depth: int = 0) -> str:
        """The clause that the expression governs, verbatim, without the expression."""
        view = self.scene.view
        block = view.block_index(hit.start)
        content, clause = self.scene.layout.content(block), self.scene.clause_at(hit.start)
        if (cell := self._task_cell(block)) is not None and not cell.start < clause.start <= hit.start < cell.end:
            return self.make.verbatim(cell.start, cell.end)
        labelled = is_label(self.scene, content.start, hit.start)
        goes_on = _GOES_ON.match(view.key, hit.end) and ":" not in view.key[content.start : hit.start]
        if labelled and not goes_on and not self._is_led_on(content.start, hit) and not _GIVES.match(view.key, hit.end):
            return self._closed_item(block)
        if clause.start != content.start:
            labelled = is_label(self.scene, clause.start, hit.start)
        if labelled and not self._is_led_on(clause.start, hit) and (told := self._previous(hit, clause)):
            return told
        before, after, neighbour = self._sides(hit, clause)
        if not len(after) and len(before) and self._leads_another(hit, clause):
            rest = self._behind_next(hit, clause)
            return self._trimmed(rest.start, rest.end)
        if not len(after) and not len(before):
            if neighbour is not None:
                return self.task(neighbour, depth + 1) if depth < _CHAIN else ""
            if rest := self._behind_next(hit, clause):
                return self._trimmed(rest.start, rest.end)
        if (
            neighbour is None
            and not len(after)
            and (self._closes(before) or self._is_aside(before, hit))
            and (told := self._previous(hit, clause))
        ):
            return told
        where = (len(side) == 0 or self._says_where(side) for side in (before, after))
        if neighbour is not None and depth < _CHAIN and all(where):
            return self.task(neighbour, depth + 1)  # "Ba hội thi: tháng 3 tại xã A, | tháng 5 | tại xã B"
        task = self._chosen(hit, before, after)
        return (self._listed(hit) or task) if self._is_value(task) else task

    def _leads_another(self, hit: Hit, clause: Span) -> bool:
        """Whether a time behind a comma is that of the one right behind: ``…, 2029 - 2030 | mỗi năm 15 căn``."""
        _, following = self.index.beside(hit, clause)
        text = self.scene.view.text
        if following is None or text[hit.end : following.start].strip():
            return False
        return text[clause.start : hit.start].rstrip()[-1:] in tuple(",;") and following.value.span.kind == "recurring"

    def _behind_next(self, hit: Hit, clause: Span) -> Span:
        """What stands behind the next times of its clause: ``Giai đoạn 2026 - 2030: mỗi năm | trồng 50 ha, đến …``."""
        ahead = self.index.deadlines_in(Span(hit.end, min(clause.end, hit.end + _AHEAD)))
        ends = [*(h.start for h in ahead[1:]), clause.end]
        stretches = (self._trim(h.end, end) for h, end in zip(ahead, ends, strict=False))
        return next((s for s in stretches if len(s)), Span(clause.end, clause.end))

    def _is_led_on(self, start: int, hit: Hit) -> bool:
        """Whether a label without a colon only begins a sentence: ``Dự kiến tháng 10 công bố hết dịch``."""
        key = self.scene.view.key
        return ":" not in key[start : hit.start] and _SAYS.match(key, hit.end) is not None

    def _is_value(self, task: str) -> bool:
        """Whether a task is no more than a value: ``15 tỷ đồng``, ``đạt 45%``."""
        if len(task) > _LOOK:
            return False
        key = fold(unicodedata.normalize("NFC", task))
        level = part_set(self.scene.patterns, "level").opening(key, 0, len(key))
        number = _NUMBER.match(key, len(key) - len(key[level.end if level is not None else 0 :].lstrip()))
        if number is None:
            return False
        unit = units(self.scene.patterns).at(key, number.end())
        return number.end() + (len(unit.phrase) if unit is not None else 0) >= len(key)

    def _listed(self, hit: Hit) -> str:
        """What the values of a list are values of: ``Tiền sử dụng đất: 150 tỷ đồng, chia theo quý I: 15 tỷ đồng``."""
        key, first = self.scene.view.key, self.index.first_of_list(hit)
        content = self.scene.layout.content(self.scene.view.block_index(hit.start))
        start = max(self.scene.clause_at(first.start).start, content.start)
        if is_label(self.scene, start, first.start):
            return ""
        end = key.find(":", start, first.start)
        for number in _NUMBER.finditer(key, start, max(start, end)):
            level = part_set(self.scene.patterns, "measured").closing(key, start, self._trim(start, number.start()).end)
            if level is not None:
                end = level.start
                break
        named = self.index.first_in(Span(start, max(start, end)))
        if self.actors.holds(start) or (named is not None and named.end >= self._trim(start, end).end):
            return ""  # whose values they are, or when they are reached; not of what
        return self._trimmed(start, end) if end > start else ""

    def _closes(self, before: Span) -> bool:
        """Whether the words before say no more than that something ends: ``Hoàn thành``, ``phải xong``; or none do."""
        if not len(before):
            return True
        if len(before) > _SHORT_CHARS or self._words(before) > _SHORT + 1:
            return False
        key = self.scene.view.key
        last = self._closing.closing(key, before.start, before.end)
        return last is not None and self._closing.opening(key, before.start, before.end) is not None

    def _commands(self, before: Span) -> bool:
        """Whether the words begin with an order: whom it is for, and what is to be done, are one stretch."""
        said = self.scene.view.key[before.start : before.start + _LOOK]
        hits = self.scene.patterns.lexicon("duty").matches(said, overlapping=True)
        return any(h.start == 0 and h.value.means.get("part") == "command" for h in hits)

    def _is_aside(self, before: Span, hit: Hit) -> bool:
        """Whether a list beside the task stands before: ``…; trong đó ấp Một 12 hộ, ấp Hai 18 hộ, chậm nhất …``."""
        if not self._begins_with("aside", before):
            return False
        return any(c in ",)" for c in self.scene.view.text[before.end : hit.start])

    def _task_cell(self, block: int) -> Span | None:
        column = self.index.columns.get(block)
        if column is None:
            return None
        return cell_of(column, self.scene.view.blocks[block].cells, column.task)

    def _closed_item(self, block: int) -> str:
        """The heading that a label bullet closes; where the item has none, the bullets before it."""
        layout = self.scene.layout
        node = layout.nodes[layout.node_of[block]] if layout.node_of[block] >= 0 else None
        if node is not None and node.block == block:
            node = layout.nodes[node.parent] if node.parent >= 0 else None
        while node is not None and not len(node.heading):
            if node.block < block and not self._only_label(node.block):
                span = layout.content(node.block)
                return self._trimmed(span.start, span.end)
            node = layout.nodes[node.parent] if node.parent >= 0 else None
        if node is not None:
            return self._trimmed(node.heading.start, node.heading.end)
        before = next((i for i in range(block - 1, max(-1, block - 4), -1) if not self._only_label(i)), None)
        if before is None:
            return ""
        span = layout.content(before)
        return self._trimmed(span.start, span.end)

    def _only_label(self, block: int) -> bool:
        span = self.scene.layout.content(block)
        first = self.index.first_in(span)
        return first is not None and is_label(self.scene, span.start, first.start)

    def _sides(self, hit: Hit, clause: Span) -> tuple[Span, Span, Hit | None]:
        """What stands before and after it in its clause, up to the next deadlines; and the deadline before it."""
        neighbour, following = self.index.beside(hit, clause)
        start, end = neighbour.end if neighbour is not None else clause.start, clause.end
        if following is not None:
            key, cut = self.scene.view.key, following.start
            back = max(key.rfind(joint, hit.end, cut) for joint in self._joints)
            while back > hit.end and key[back] == "," and _COMMA.match(key, back) is None:
                back = max(key.rfind(joint, hit.end, back) for joint in self._joints)
            end = back if back > hit.end else cut
        before = self._trim(start, hit.start)
        opened = self.scene.view.text.rfind("(", before.start, hit.start)
        unclosed = opened >= 0 and self.scene.view.text.find(")", opened, hit.start) < 0
        if unclosed and (hit.start - opened <= _SHORT_BRACKET or self._closes_item(opened, hit.start)):
            before = self._trim(before.start, opened)
        elif unclosed and self._tells_other(opened + 1, hit.start):
            before = self._trim(opened + 1, hit.start)
        before = self._without_label(before, hit.start)
        after = self._until_condition(self._trim(self._past_pointer(hit.end, end), end))
        if self._begins_with("comment", after):
            after = Span(after.start, after.start)  # "…, đây là khâu then chốt": said of the task
        return self._unless_joint(before), self._unless_joint(after), neighbour

    def _until_condition(self, span: Span) -> Span:
        """A stretch up to a clause that says what else follows in which case: ``…, dự án nào chậm thì thu hồi``."""
        text, key = self.scene.view.text, self.scene.view.key
        conditions = part_set(self.scene.patterns, "condition")
        for mark in _COMMA.finditer(text, span.start, span.end):
            said, _, _ = key[mark.end() : min(span.end, mark.end() + _LOOK)].partition(",")
            if conditions.matches(said):
                return self._trim(span.start, mark.start())
        return span

    def _past_pointer(self, start: int, end: int) -> int:
        """Behind the word that points from a time to the text's own: ``trong ngày 20/8 | tới, xã sẽ họp dân``."""
        pointer = part_set(self.scene.patterns, "pointer").opening(self.scene.view.key, start + 1, end)
        return start if pointer is None else pointer.end

    def _tells_other(self, start: int, end: int) -> bool:
        """Whether a bracket has a clause of its own before its time: ``… (dự kiến thông qua kế hoạch vào tháng 3)``."""
        inside = self._trim(start, end)
        lead = self._lead.opening(self.scene.view.key, inside.start, inside.end)
        return lead is not None and self._words(self._trim(lead.end, inside.end)) > _SHORT

    def _closes_item(self, opened: int, end: int) -> bool:
        """Whether the time is the last piece of a bracket: ``(Chủ trì: Sở A; phối hợp: Sở B; hoàn thành: …)``."""
        text = self.scene.view.text
        cut = max(text.rfind(mark, opened, end) for mark in ",;")
        return cut > 0 and self._closes(self._trim(cut + 1, end))

    def _without_label(self, before: Span, end: int) -> Span:
        """What stands before a time, without a label right at it: ``Gửi hồ sơ về Sở Nội vụ, hạn cuối: …``."""
        start = max(before.start, before.end - _LOOK)
        hits = part_set(self.scene.patterns, "label").matches(self.scene.view.key, start, end)
        if not hits or hits[-1].end < before.end:
            return before
        text = self.scene.view.text
        if ":" in text[before.end : end] or text[before.start : hits[-1].start].rstrip()[-1:] in tuple(",;."):
            return self._trim(before.start, min(before.end, hits[-1].start))
        return before

    def _unless_joint(self, span: Span) -> Span:
        """Nothing, where only a conjunction stands."""
        if len(span) > _LOOK:
            return span
        lead = self._lead.opening(self.scene.view.key, span.start, span.end)
        return Span(span.start, span.start) if lead is not None and lead.end == span.end else span

    def _chosen(self, hit: Hit, before: Span, after: Span) -> str:
        view = self.scene.view
        gap_left = view.text[before.end : hit.start]
        gap_right = view.text[hit.end : after.start]
        if not len(before):
            return self._trimmed(after.start, after.end)
        if not len(after):
            return self._task_of(before)
        if self._leads(before):
            return self._trimmed(after.start, after.end)
        if gap_left.strip() == ":" and gap_right.lstrip()[:1] == ";" and (item := self._item_label(before)):
            return item
        if gap_left.strip() == ":" and self._says_where(after) and (item := self._item_label(before)):
            return item  # "Lễ phát động: 7h30 ngày 15/3 | tại xã Hương Xuân"
        behind = self._trimmed(after.start, after.end)
        listed = "," in gap_left and self._is_value(behind)
        if listed and ":" in gap_right and _NUMBER.search(view.key, before.start, before.end):
            return behind  # "năm 2026 xây 208 căn, | năm 2027 | : 540 căn"
        if listed and self._is_value(self._trimmed(before.start, before.end)):
            return behind  # "quý I: 10 phiên, | quý II | 15 phiên": each part of a list behind its time
        if self._closes(after) and not self._commands(before):
            return self._task_of(before)
        if ":" in gap_right:
            return self._task_of(before) if self._is_value(behind) else behind  # "Thu nhập đến năm 2025: 60 triệu đồng"
        if "," in gap_right and self._words(before) <= _LEAD and not self._begins_with_verb(before):
            return self._trimmed(after.start, after.end)
        bracketed = "(" in gap_left or "(" in gap_right or ")" in gap_right
        if any(c in gap_left for c in ",:;") and not bracketed:
            return self._trimmed(after.start, after.end)
        if bracketed:
            return self._trimmed(before.start, before.end)
        turn = part_set(self.scene.patterns, "round").closing(view.key, before.start, before.end)
        if (
            turn is not None
            and self._words(self._trim(before.start, turn.start)) <= _LEAD
            and not self._says_where(after)
        ):
            return behind  # "Giai đoạn 2 | từ ngày 1/1 đến 15/4 | tiếp tục kiểm tra"
        if any(c in gap_right for c in ",;") or self._joined(after) or self._begins_with("tail", after):
            return self._task_of(before)
        cut = self._last_stretch(before)
        return f"{self._trimmed(cut.start, cut.end)} {self._trimmed(after.start, after.end)}"

    def _says_where(self, after: Span) -> bool:
        """Whether what stands behind the expression only says where something takes place."""
        key, words = self.scene.view.key, heads(self.scene.patterns)
        if words.location_first.match(key, after.start, after.end) is None:
            return False
        verbs = self.scene.patterns.lexicon("duty").matches(key[after.start : after.end])
        return not any(verb.value.means.get("part") == "verb" for verb in verbs)

    def _item_label(self, before: Span) -> str:
        """What the last item of a list is, whose time stands behind a colon: ``(Tuần lễ áo dài | : từ 01/3 …; …)``."""
        text = self.scene.view.text
        item = self._trim(max(text.rfind(mark, before.start, before.end) for mark in "(;") + 1, before.end)
        item = self._trim(max(item.start, before.start), before.end)
        labels = self.actors.holds(item.start) or ":" in text[item.start : item.end]
        return "" if labels else self._trimmed(item.start, item.end)

    def _joined(self, after: Span) -> bool:
        """Whether what stands behind the expression begins a clause of its own: ``… và hoàn thành …``."""
        return self._lead.opening(self.scene.view.key, after.start, min(after.end, after.start + _LOOK)) is not None

    def _task_of(self, before: Span) -> str:
        """What stands before the expression, from the last stretch between commas that begins with a verb."""
        cut = self._last_stretch(before)
        if self._commands(cut) and self._words(cut) > _SHORT:
            return self._trimmed(cut.start, cut.end)  # "UBND tỉnh ban hành Công điện, yêu cầu các xã thống kê …"
        bare = self._words(cut) == 1  # "tham mưu Đề án, | trình": what is submitted stands before
        if bare or not self._begins_with_verb(cut) or self._closes(cut) or self._goes_on(before, cut):
            cut = before
        return self._trimmed(cut.start, cut.end)

    def _goes_on(self, before: Span, cut: Span) -> bool:
        """Whether a bare verb behind a comma only continues a passive: ``được phát hiện, xử lý``."""
        if self._words(cut) >= _SHORT:
            return False
        start = max(before.start, cut.start - _LOOK)
        return bool(part_set(self.scene.patterns, "passive").matches(self.scene.view.key, start, cut.start))

    def _begins_with_verb(self, span: Span) -> bool:
        """Whether a stretch begins with a verb of work, or with what leads to one: ``dự kiến khởi công``."""
        if self._begins_with("verb", span):
            return True
        lead = self._lead.opening(self.scene.view.key, span.start, min(span.end, span.start + _LOOK))
        return lead is not None and self._begins_with("verb", self._trim(lead.end, span.end))

    def _begins_with(self, part: str, span: Span) -> bool:
        end = min(span.end, span.start + _LOOK)
        return part_set(self.scene.patterns, part).opening(self.scene.view.key, span.start, end) is not None

    def _last_stretch(self, span: Span) -> Span:
        """Behind the last colon, the last comma outside brackets."""
        text, depth = self.scene.view.text, 0
        for mark in reversed(list(_MARK.finditer(text, span.start, span.end))):
            char, at = mark[0], mark.start()
            depth += (char == ")") - (char == "(")
            if depth == 0 and (char == ":" or (char in ",;" and _COMMA.match(text, at) and not self._among_bodies(at))):
                return self._trim(at + 1, span.end)
        return self._trim(span.start, span.end)

    def _among_bodies(self, comma: int) -> bool:
        """Whether a comma stands in the name of a body, or between two of a list of them."""
        before = self.actors.covering(comma - 1)
        return before is not None and (before.end > comma or self.actors.holds(comma + 2))

    def _leads(self, before: Span) -> bool:
        """Whether the words before the expression only lead up to its clause."""
        lead = self._lead.closing(self.scene.view.key, max(before.start, before.end - 20), before.end)
        if lead is None or lead.entry.means.get("reach") != "weak":
            return lead is not None
        rest = self._trim(self._last_stretch(before).start, lead.start)  # "Khám sơ tuyển dự kiến | trong tháng 10, …"
        body = self.actors.covering(rest.start)
        return self._words(rest) < _LEAD or (body is not None and body.end >= rest.end)

    def _previous(self, hit: Hit, clause: Span) -> str:
        """What a trailing sentence closes: ``… Hoàn thành trong tháng 3 năm 2021.`` (DOMAIN §6.4)."""
        clauses = self.scene.clauses(self.scene.view.block_index(hit.start))
        at = bisect_right(clauses, clause.start, key=lambda c: c.end) - 1
        for _ in range(_LABELS):
            if at < 0 or not self._begins_with("other_label", clauses[at]):
                break
            at -= 1
        if at >= 0:
            return self._trimmed(clauses[at].start, clauses[at].end)
        node = self.scene.layout.node_at(hit.start)
        while node is not None:
            if len(node.heading) and not node.heading.start <= hit.start < node.heading.end:
                return self._trimmed(node.heading.start, node.heading.end)
            node = self.scene.layout.nodes[node.parent] if node.parent >= 0 else None
        return ""

    def _words(self, span: Span) -> int:
        return len(self.scene.view.text[span.start : span.end].split())

    def _trim(self, start: int, end: int) -> Span:
        text, end = self.scene.view.text, max(start, end)
        while start < end and text[start] in _JOINTS:
            start += 1
        while end > start and text[end - 1] in _JOINTS:
            if text[end - 1] == ")" and text.rfind("(", start, end) >= 0:
                break
            end = start + len(text[start:end].rstrip(_JOINTS)) if text[end - 1] == ")" else end - 1
        return Span(start, end)

    def _past_doer(self, span: Span) -> Span:
        """Without the label of who does it: ``Chủ tịch UBND các xã ven sông: | sơ tán dân …, hoàn thành``."""
        colon = self.scene.view.key.find(":", span.start, min(span.end, span.start + _LONGEST_DOER))
        if colon < 0 or self.actors.covering(span.start) is None:
            return span
        said, rest = self._trim(self._past_bodies(span.start, colon + 1), colon), self._trim(colon + 1, span.end)
        does = self._begins_with_verb(said) or self._words(said) > _TOPIC  # "Đảng bộ xã đề ra 12 chỉ tiêu cụ thể:"
        return rest if not does and self._words(rest) > 1 else span

    def _past_order(self, span: Span) -> Span:
        """Without who orders and who is told: ``Yêu cầu Sở A báo cáo …``, ``UBND tỉnh giao ông B, Giám đốc Sở C …``."""
        start = self._past_bodies(span.start, span.end)
        said = self.scene.view.key[start : start + _LOOK]
        hits = self.scene.patterns.lexicon("duty").matches(said, overlapping=True)
        orders = [h.end for h in hits if h.start == 0 and h.value.means.get("part") == "command"]
        if not orders:
            return self._past_citation(span)
        told = start + max(orders) + 1
        behind = self._past_bodies(told, span.end, led=True)
        rest = self._trim(behind, span.end)
        return rest if behind > told and self._words(rest) > 1 else span

    def _past_citation(self, span: Span) -> Span:
        """Without what is carried out, and who therefore orders it: ``Thực hiện Chỉ thị số 5, Sở yêu cầu các xã …``."""
        text, key = self.scene.view.text, self.scene.view.key
        for order in reversed(part_set(self.scene.patterns, "ordered").matches(key, span.start, span.end)):
            left = self._trim(span.start, order.start)
            if order.end == span.end or (len(left) and not text[left.end : order.start].strip()):
                continue  # "báo cáo Giám đốc Sở giao …": only what a comma parts from it is carried out
            behind = self._past_bodies(order.end + 1, span.end, led=True)
            rest = self._trim(behind, span.end)
            return rest if self._words(rest) > 1 and (len(left) or behind > order.end + 1) else span
        return span

    def _past_partners(self, span: Span) -> Span:
        """Without those with whom it is done: ``chủ trì, phối hợp với Sở Tài chính | thẩm định dự toán``."""
        start = self._past_bodies(span.start, span.end)
        partner = part_set(self.scene.patterns, "partner").opening(self.scene.view.key, start, span.end)
        if partner is None:
            return span
        behind = self._past_bodies(partner.end + 1, span.end, led=True)
        rest = self._trim(behind, span.end)
        return rest if behind > partner.end + 1 and self._words(rest) > 1 and self._begins_with_verb(rest) else span

    def _past_case(self, span: Span) -> Span:
        """Without what it is for, or the case it is for: ``Để đủ vắc xin, Trạm …``, ``Nếu thiếu thì mua …``."""
        text, key = self.scene.view.text, self.scene.view.key
        if self._begins_with("case", span):
            then = part_set(self.scene.patterns, "then").matches(key, span.start, span.end)
            rest = self._trim(then[-1].end, span.end) if then else self._behind_aim(span)
            return rest if self._words(rest) > 1 else span
        start, comma = span.start, _COMMA.search(text, span.start, span.end)
        if not self._begins_with("aim", span):
            if comma is None or self._words(Span(start, comma.start())) > _TOPIC:
                return span
            start = self._trim(comma.end(), span.end).start  # "Về thời vụ, để tránh rét, …"
        aim = Span(start, span.end)
        if not self._begins_with("aim", aim):
            return span
        rest = self._behind_aim(aim)
        return rest if self._words(rest) > 1 else span

    def _behind_aim(self, span: Span) -> Span:
        """What stands behind a clause of aim or condition: who does it, else what its last comma parts from it."""
        text = self.scene.view.text
        rests = [self._trim(m.end(), span.end) for m in _COMMA.finditer(text, span.start, span.end)]
        if not rests:
            return span
        doers = (r for r in rests if self.actors.covering(r.start) is not None or self._begins_with("doer", r))
        verbs = (r for r in reversed(rests) if self._begins_with_verb(r))  # "nâng cấp đường Lê Lợi, Phan Chu Trinh"
        return next(doers, next(verbs, rests[-1]))

    def _past_bodies(self, start: int, end: int, *, led: bool = False) -> int:
        """Behind bodies and people that stand here one after the other.

        Args:
            led: up to two words may lead up to the first one (``các``, ``đồng chí``).
        """
        text, key = self.scene.view.text, self.scene.view.key
        first = [start]
        if led:
            first += [m.end() for m in _LED_BY.finditer(key, start, min(end, start + _SHORT_BRACKET))][:2]
        start = next((at for at in first if self.actors.covering(at) is not None), start)
        while start < end and (body := self.actors.covering(start)) is not None and body.end < end:
            start = body.end
            while start < end and text[start] in _JOINTS:
                start += 1
            joint = next((j for j in self._joints if key.startswith(j.lstrip(), start)), "").lstrip()
            if joint and self.actors.covering(start + len(joint)) is not None:
                start += len(joint)
        return start

    def _trimmed(self, start: int, end: int) -> str:
        key, span = self.scene.view.key, self._past_doer(self._trim(start, end))
        if span.start and key[span.start - 1] == "(" and (item := _ITEM.match(key, span.start, span.end)):
            span = self._trim(item.end(), span.end)  # "(ii) cử 4 tổ kỹ thuật"
        span = self._past_partners(self._past_case(self._past_order(span)))
        closed = self._lead.closing(key, max(span.start, span.end - 20), span.end)
        if closed is not None and closed.entry.means.get("reach") and closed.start > span.start:
            span = self._trim(span.start, closed.start)
        lead = self._lead.opening(key, span.start, min(span.end, span.start + _LOOK))
        reach = lead.entry.means.get("reach") if lead is not None else None
        if lead is not None and (reach == "firm" or (reach == "weak" and lead.end < span.end)):
            span = self._trim(lead.end, span.end)
        if tail := self._tail.closing(key, max(span.start, span.end - 30), span.end):
            span = self._trim(span.start, tail.start)
        return self.make.verbatim(span.start, span.end)


# --- what governs ----------------------------------------------------------------------------------------------------


class TimeIndex:
    """The time expressions of a document by place, to ask which of them governs an offset. Build it once a document."""

    def __init__(self, scene: Scene, times: Sequence[Hit], deadlines: Sequence[Deadline] = ()) -> None:
        self.scene = scene
        self.columns = deadline_columns(scene)
        self.deadlines = [h for h in times if h.value.role == "deadline" and scene.layout.is_body(h.start)]
        self._starts = [h.start for h in self.deadlines]
        self._dated = [h for h in self.deadlines if h.value.span.kind != "recurring"]
        self._dated_starts = [h.start for h in self._dated]
        self._dated_ends = [h.end for h in self._dated]
        self._commas: dict[int, list[int]] = {}
        self._above: dict[tuple[int, int], Hit | None] = {}
        self._ids = {d.start: d.deadline_id for d in deadlines}
        self._lead_ins = lead_ins(scene)
        self._labels = self._read_labels()

    def lead_in(self, block: int) -> int | None:
        """The nearest block above one that ends with a colon and that it belongs to."""
        return self._lead_ins[block]

    def id_of(self, hit: Hit) -> str:
        """The id of the row that a hit became."""
        return self._ids.get(self.scene.view.span(hit.start, hit.end).start, "")

    def deadlines_in(self, span: Span) -> list[Hit]:
        low, high = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        return self.deadlines[low:high]

    def first_in(self, span: Span) -> Hit | None:
        at = bisect_left(self._starts, span.start)
        return self.deadlines[at] if at < len(self.deadlines) and self._starts[at] < span.end else None

    def last_in(self, span: Span) -> Hit | None:
        at = bisect_left(self._starts, span.end) - 1
        return self.deadlines[at] if at >= 0 and self._starts[at] >= span.start else None

    def first_of_list(self, hit: Hit) -> Hit:
        """The first of the deadlines that stand close one after another in a block, up to one of them."""
        at = bisect_left(self._starts, hit.start)
        while at > 0 and 0 <= self._starts[at] - self.deadlines[at - 1].end <= _NEXT:
            if "\n" in self.scene.view.text[self.deadlines[at - 1].end : self._starts[at]]:
                break
            at -= 1
        return self.deadlines[at]

    def beside(self, hit: Hit, clause: Span) -> tuple[Hit | None, Hit | None]:
        """The deadlines of a clause right before and right after one of them."""
        at = bisect_left(self._starts, hit.start)
        left = self.deadlines[at - 1] if at > 0 and self._starts[at - 1] >= clause.start else None
        right = self.deadlines[at + 1] if at + 1 < len(self.deadlines) and self._starts[at + 1] < clause.end else None
        return left, right

    def governing(self, offset: int) -> Hit | None:
        """The deadline that governs a quantity at a view offset; ``None``: only the document's period remains.

        Order: the row's deadline cell; the same stretch between commas; the clause; the sentence; a trailing sentence
        of the same block; what stands above (``above``).
        """
        block = self.scene.view.block_index(offset)
        column = self.columns.get(block)
        if column is not None:
            cell = cell_of(column, self.scene.view.blocks[block].cells, column.index)
            return self.first_in(cell) if cell else None
        stretch = self._stretch(offset)
        clause, sentence = self.scene.clause_at(offset), self.scene.sentence_at(offset)
        said = clause
        if found := self._finer(stretch, offset) or self._nearest(stretch, offset):
            if not self._heads_list(found, offset):
                return self._with_date(found, clause)
            said = Span(clause.start, found.start)
        if found := self._around(said, stretch, offset) or self._beyond(sentence, clause, offset):
            return found
        return self._trailing(block, offset) or self.above(offset)

    def _around(self, clause: Span, stretch: Span, offset: int) -> Hit | None:
        """The deadline of the clause, from another stretch between commas: the last before an offset, else the next.

        When a work begins says nothing of what is counted: ``2,4 km đường, khởi công quý I, bàn giao quý III``.
        """
        low, high = bisect_left(self._dated_starts, clause.start), bisect_left(self._dated_starts, clause.end)
        before, behind = bisect_right(self._dated_ends, offset), bisect_left(self._dated_starts, stretch.end)
        near = [
            *reversed(self._dated[max(low, before - _CHAIN) : before]),
            *self._dated[behind : min(high, behind + _CHAIN)],
        ]
        found = next((hit for hit in near if not self._apart(hit) and not self._heads_list(hit, offset)), None)
        if found is not None and found.start > offset and any(map(self._is_part, near[: near.index(found)])):
            last = self._dated[high - 1]  # "45 cầu, trong đó quý I 10 cầu, quý II 15 cầu, | quý III | 20 cầu"
            found = last if last.value.span.granularity == found.value.span.granularity else found
        elif found is not None and found.start > offset and self._opens_next(found):
            return None
        return None if found is None else self._with_date(found, clause)

    def finished(self, offset: int, clause: Span) -> Hit | None:
        """The next deadline where the words up to it say that something ends: ``100% thôn hoàn thành | năm 2026``."""
        at = bisect_left(self._dated_starts, offset)
        if at == len(self._dated) or self._dated_starts[at] > min(clause.end, offset + _WINDOW):
            return None
        key, number = self.scene.view.key, _NUMBER.match(self.scene.view.key, offset)
        start, end = number.end() if number is not None else offset, self._dated_starts[at]
        said = start + len(key[start:end].rstrip())
        ends = part_set(self.scene.patterns, "closing").closing(key, start, said) is not None
        return self._dated[at] if ends and _NUMBER.search(key, start, said) is None else None

    def _opens_next(self, hit: Hit) -> bool:
        """Whether a deadline behind a comma is that of the number behind it: ``giảm 3%/năm, | đến 2028 | dưới 10%``."""
        span, key = self._stretch(hit.start), self.scene.view.key
        if key[span.start : hit.start].strip(_JOINTS) or key[span.start - 1 : span.start] != ",":
            return False
        said = key[hit.end : span.end]
        number = _NUMBER.search(said)
        return number is not None and len(said[: number.start()]) <= _LOOK

    def _is_part(self, hit: Hit) -> bool:
        """Whether the stretch around a deadline begins with what opens the parts of a sum: ``trong đó quý I``."""
        start, asides = self._stretch(hit.start).start, part_set(self.scene.patterns, "aside")
        left = self.scene.view.key[start : min(hit.start, start + _LOOK)].strip(_JOINTS)
        return bool(left) and asides.opening(left, 0, len(left)) is not None

    def _with_date(self, hit: Hit, clause: Span) -> Hit:
        """The deadline beside one without a date, in its clause: ``trước mùa mưa, chậm nhất ngày 30/4``."""
        if hit.value.span.due is not None or hit.value.span.start is not None:
            return hit
        at = bisect_left(self._dated_starts, hit.end)
        if at == len(self._dated) or self._dated_starts[at] >= clause.end:
            return hit
        between = self.scene.view.key[hit.end : self._dated_starts[at]]
        return hit if len(between) > _LOOK or between.strip(_JOINTS) else self._dated[at]

    def _heads_list(self, hit: Hit, offset: int) -> bool:
        """Whether a deadline behind a colon is that of a part: ``2.900 người: quý I 500 người, quý II 900 người``."""
        key, gap = self.scene.view.key, hit.start - offset
        if not 0 < gap <= _WINDOW:
            return False
        colon = key.rfind(":", offset, hit.start)
        if colon < 0 or not (_SAYS.match(key, hit.end) or self._is_one_of_several(hit)):
            return False
        between = key[colon + 1 : hit.start].strip()
        return len(between) <= _LOOK and not is_label(self.scene, colon + 1, hit.start) and not self._ends(between)

    def _is_one_of_several(self, hit: Hit) -> bool:
        at, clause = bisect_left(self._dated_starts, hit.end), self.scene.clause_at(hit.start)
        return at < len(self._dated) and self._dated_starts[at] < clause.end

    def _ends(self, words: str) -> bool:
        """Whether words begin with a verb that only says that something ends."""
        return part_set(self.scene.patterns, "closing").opening(words, 0, len(words)) is not None

    def _apart(self, hit: Hit) -> bool:
        """Whether a deadline is that of its own stretch only: of a beginning, a part, or the rate right before it."""
        return self._starts_work(hit) or hit.value.reason == "rate"

    def _starts_work(self, hit: Hit) -> bool:
        """Whether the stretch around a deadline begins with what begins or with a part, or it stands right before."""
        span, key = self._stretch(hit.start), self.scene.view.key
        starts = part_set(self.scene.patterns, "start")
        if left := key[span.start : min(hit.start, span.start + _LOOK)].strip(_JOINTS):
            return self._is_part(hit) or starts.opening(left, 0, len(left)) is not None
        if key[max(span.start, hit.start - _LOOK) : hit.start].strip(_JOINTS):
            return False
        right = key[hit.end : min(span.end, hit.end + _LOOK)].lstrip(_JOINTS)
        return starts.opening(right, 0, len(right)) is not None

    def _beyond(self, sentence: Span, clause: Span, offset: int) -> Hit | None:
        """The deadline of another clause of the sentence: one that opens it or heads its list, or one that closes it.

        ``Năm 2024: xây 02 cầu; trồng 5 ha``, ``Mục tiêu đến năm 2024, phấn đấu: xây 02 cầu; trồng 5 ha`` and ``Xây 02
        cầu; hoàn thành trước 30/9``; the tasks of other clauses have times of their own.
        """
        first, key = (
            self.first_in(Span(sentence.start, min(clause.start, sentence.start + _WINDOW))),
            self.scene.view.key,
        )
        if first is not None and first.value.span.kind != "recurring":
            before = key[sentence.start : first.start]
            if not before.strip(_JOINTS) or self._announces(sentence.start, first):
                return first
            colon = key.find(":", first.end, self.scene.clause_at(first.start).end)
            if colon >= 0 and ":" not in before:
                return first
        at = bisect_left(self._dated_starts, clause.end)
        if at == len(self._dated) or self._dated_starts[at] >= sentence.end:
            return None
        if self._closes(self._dated[at]):
            return self._dated[at]
        # "Xây 02 cầu; khởi công quý I, hoàn thành quý III": its own beginning, then its end
        begun, at = self._dated[at], at + 1
        own = self.scene.clause_at(begun.start)
        if at == len(self._dated) or self._dated_starts[at] >= own.end or not self._starts_work(begun):
            return None
        stretch = self._stretch(self._dated_starts[at])
        bare = self._stretch(begun.start).start <= own.start and key[begun.end : stretch.start].strip(_JOINTS) == ""
        left = key[stretch.start : self._dated_starts[at]].strip()
        return self._dated[at] if bare and len(left) <= _SHORT_CHARS and self._ends(left) else None

    def _announces(self, start: int, hit: Hit) -> bool:
        """Whether a sentence says before its year only that goals follow: ``Theo đó, | đến năm 2030, … ; …``."""
        if hit.value.span.granularity not in ("year", "years"):
            return False
        said = part_set(self.scene.patterns, "announcing").closing(self.scene.view.key, start, hit.start)
        return said is not None and not self.scene.view.key[start : said.start].strip(_JOINTS)

    def _closes(self, hit: Hit) -> bool:
        """Whether the clause of a deadline says only that what stands before it ends then, or lists parts of that."""
        clause, stretch, key = self.scene.clause_at(hit.start), self._stretch(hit.start), self.scene.view.key
        if hit.start - stretch.start > _SHORT_CHARS:
            return False
        left = key[stretch.start : hit.start].strip()
        if not left:
            aside = part_set(self.scene.patterns, "aside").opening(key, clause.start, clause.start + _LOOK)
            return aside is not None
        return stretch.start <= clause.start and self._ends(left)

    def above(self, offset: int) -> Hit | None:
        """The deadline of the lead-ins, headings and label bullets that an offset stands below.

        What lies above a place is the same for all that stands there, so it is remembered; only the place's own heading
        and label are passed over for some.
        """
        layout, block = self.scene.layout, self.scene.view.block_index(offset)
        lead_in, node, found = self._lead_ins[block], layout.node_at(offset), None
        path: list[tuple[int, int]] = []
        while found is None and (node is not None or lead_in is not None):
            place = (node.index if node is not None else -1, lead_in if lead_in is not None else -1)
            if place in self._above:
                found = self._above[place]
                break
            path.append(place)
            if lead_in is not None and (node is None or lead_in > node.block):
                found = self._leading(layout.content(lead_in), offset)
                lead_in = self._lead_ins[lead_in]
                continue
            if node is None:
                break
            if node.heading.start <= offset < node.heading.end:
                path.clear()
            else:
                found = self._leading(node.heading, offset)
            label = self._labels.get(node.index)
            if found is None and label is not None:
                if label.start != offset and self.scene.view.block_index(label.start) != block:
                    found = label
                else:
                    path.clear()
            node = layout.nodes[node.parent] if node.parent >= 0 else None
        self._above.update((place, found) for place in path)
        return found

    def _leading(self, span: Span, offset: int) -> Hit | None:
        """The deadline of a lead-in or heading, unless it is that of its own share: ``để đến 31/01 đạt 100%:``."""
        hit = self._single(span, offset)
        return None if hit is None or _SHARE.search(self.scene.view.text, hit.end, span.end) else hit

    def _single(self, span: Span, offset: int) -> Hit | None:
        """The last dated deadline of a heading; a list of several says nothing about what stands below it."""
        at = bisect_left(self._dated_starts, span.start)
        hits = [h for h in self._dated[at : at + 3] if h.start < span.end and h.start != offset]
        return hits[0] if len(hits) == 1 else None

    def _stretch(self, offset: int) -> Span:
        """What stands around an offset between two commas of its clause."""
        clause, block = self.scene.clause_at(offset), self.scene.view.block_index(offset)
        if block not in self._commas:
            span = self.scene.view.blocks[block]
            found = _COMMA.finditer(self.scene.view.text, span.start, span.end)
            self._commas[block] = [m.start() for m in found]
        commas = self._commas[block]
        at = bisect_left(commas, offset)
        left = commas[at - 1] + 1 if at > 0 else clause.start
        right = commas[at] if at < len(commas) else clause.end
        return Span(max(clause.start, left), min(clause.end, right))

    def _nearest(self, span: Span, offset: int) -> Hit | None:
        """The dated deadline of a span that ends before an offset; else the one that begins behind it."""
        at = bisect_right(self._dated_ends, offset) - 1
        if at >= 0 and span.start <= self._dated_starts[at] < span.end:
            return self._dated[at]
        at = bisect_left(self._dated_starts, max(offset, span.start))
        return self._dated[at] if at < len(self._dated) and self._dated_starts[at] < span.end else None

    def _finer(self, stretch: Span, offset: int) -> Hit | None:
        """The day, month or quarter behind a quantity, its year before it: ``Năm 2023 trồng 5 ha trước 30/9``."""
        near = self._nearest(stretch, offset)
        if near is None or near.start >= offset or near.value.span.granularity not in _COARSE:
            return None
        at = bisect_left(self._dated_starts, offset)
        if at == len(self._dated):
            return None
        finer, key = self._dated[at], self.scene.view.key
        if near.value.span.granularity in ("year", "years") and finer.start < stretch.end:
            return finer if finer.value.span.granularity in ("day", "month", "quarter") else None
        # "Quý III: truyền thông tại 5 xã, hoàn thành trước 30/8"
        own = self._stretch(finer.start)
        labels = key[near.end : near.end + 1] == ":" and finer.start < self.scene.clause_at(offset).end
        ends = labels and self._ends(key[own.start : finer.start].strip())
        return finer if ends and finer.value.span.granularity == "day" else None

    def _trailing(self, block: int, offset: int) -> Hit | None:
        """The deadline of a short sentence right behind: ``… Hoàn thành trong tháng 3 năm 2021.``"""
        sentences = self.scene.sentences(block)
        at = bisect_right(sentences, offset, key=lambda s: s.start)
        if at == len(sentences):
            return None
        sentence, first = sentences[at], self.first_in(sentences[at])
        if first is None or first is not self.last_in(sentence):
            return None
        if _NUMBER.search(self.scene.view.key, first.end, min(sentence.end, first.end + _LOOK)):
            return None  # "Tổng kinh phí 20 tỷ đồng. | Năm 2026: 8 tỷ đồng": it is of another number
        if is_label(self.scene, self.scene.clause_at(first.start).start, first.start):
            return first
        if len(sentence) - len(first.span) > 2 * _SHORT_CHARS:
            return None
        text = self.scene.view.text
        rest = len(text[sentence.start : sentence.end].split()) - len(text[first.start : first.end].split())
        return first if rest <= _SHORT else None

    def _read_labels(self) -> dict[int, Hit]:
        """For each node the deadline of a bullet right below it that is only a time statement."""
        layout = self.scene.layout
        labels: dict[int, Hit] = {}
        for hit in self.deadlines:
            block = self.scene.view.block_index(hit.start)
            span = layout.content(block)
            if not is_label(self.scene, span.start, hit.start):
                continue
            node = layout.node_at(hit.start)
            if node is not None and node.block == block:
                node = layout.nodes[node.parent] if node.parent >= 0 else None
            if node is not None:
                labels.setdefault(node.index, hit)
        return labels


def lead_ins(scene: Scene) -> list[int | None]:
    """For each block the nearest block above it that ends with a colon and that it belongs to."""
    view, layout = scene.view, scene.layout
    open_at: dict[int, int] = {}
    made: list[int | None] = []
    for i, block in enumerate(view.blocks):
        node = layout.node_of[i] if layout.node_of else -1
        plain = layout.markers[i] is None and layout.zones[i] in BODY_ZONES
        opens = plain and view.text[block.start : block.end].rstrip().endswith(":")
        above: int | None = None
        if open_at:
            chain = [*(n.index for n in layout.ancestors(layout.nodes[node] if node >= 0 else None)), -1]
            if plain and not opens and layout.markers[i - 1] is not None:
                for n in chain:  # behind the bullets the text goes on with something else
                    open_at.pop(n, None)
            above = max((open_at[n] for n in chain if n in open_at), default=None)
        made.append(above)
        if opens:
            open_at[node] = i
    return made


def is_label(scene: Scene, start: int, end: int) -> bool:
    """Whether all that stands before a time is a label: ``Thời gian hoàn thành: trước 31/3/2021``."""
    if end - start > _LONGEST_LABEL:
        return False
    key = scene.view.key[start:end]
    left, labels = len(key) - len(key.lstrip(_JOINTS)), part_set(scene.patterns, "label")
    if labels.opening(key, left, len(key)) is None:
        return False
    hits = labels.matches(key)
    return bool(hits) and hits[0].start == left and not key[hits[-1].end :].strip(_JOINTS)


def deadline_for(
    scene: Scene, deadlines: Sequence[Deadline], times: Sequence[Hit], offset: int
) -> tuple[Hit | None, str]:
    """The deadline that governs a quantity at a view offset, with its row's id.

    For many quantities make one ``TimeIndex(scene, times, deadlines)`` and ask its ``governing`` and ``id_of``.
    """
    index = TimeIndex(scene, times, deadlines)
    hit = index.governing(offset)
    return (None, "") if hit is None else (hit, index.id_of(hit))
