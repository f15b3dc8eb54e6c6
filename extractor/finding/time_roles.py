"""What a time expression does in its sentence: its role, from the words around it (DOMAIN §3.2, §6.5; ANNOTATION 8).

The rules are tried in order (``role_of``); the context words are the ``part: context`` entries of
``patterns/time.yaml``, each with the places where it counts: right before, right after, in the clause.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

import regex

from extractor.finding.dates import Cue, Draft, TimeRole, Words, bound_of, first_of, last_day, part_set
from extractor.finding.scene import Scene
from extractor.model import Span, TimeSpan
from extractor.patterns import Entry

_WINDOW = 600  # characters of a clause that a reader takes in
_LICENCE = "time.context.licence"
_STAMP = "time.context.stamp"
_REACHED = "time.context.reach"
_CLOCK = regex.compile(r"[\s|,•-]{0,8}+\d{1,2}(?::|h)\d{1,2}(?::\d{2})?[\s|,•-]{0,8}+")
_CLOCK_BEHIND = regex.compile(r"[\s|,•(-]{0,6}+\d{1,2}:\d{2}(?!\d)")
_CLOCK_BEFORE = regex.compile(r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?[\s|,•)-]{0,6}+$", regex.REVERSE)
_TOP = 5  # lines of a page among which its stamp stands
_NEAR = 16  # characters beside a day in which the time of day of a stamp stands
_LABEL = 60  # characters of a label
_LINE = 100  # characters of a line that says who wrote a text, and when
_FRESH = timedelta(days=62)  # a portal reports a plan within weeks
_STALE = 2  # years: "trước ngày 15/10/1993" tells which cases, not when
NEARLY_OVER = "nearly over"
"""The reason of a time that goes on a little longer than the text that tells of it."""
_SAID_NEAR = 40  # characters behind a time in which a promise of it begins
_LAST_PART = 5  # of a period of which less than this part is left, results are told
_LAST_DAYS = 11  # of a period of which less than this part is left, a page tells what went on in it, too
_SEASON_OVER = (6, 30)  # month and day of the second year by which a season of two years has ended
_BESIDE = 3  # characters between a frequency and the period it runs in
_LONGEST_VERB = 20  # characters
_TITLE = 8  # words of what is to be done, before a colon
_YEAR = 366  # days
_LEAD = 2  # words before a period that opens its sentence: "Nhiệm vụ 6 tháng cuối năm, …"
_LONG_LEAD = 5  # the same behind "trong", "về": "Trong phương hướng 6 tháng cuối năm, …"
# Contexts that do not make a role of themselves but weigh in ``_by_grain``.
_HINTS = frozenset({"work", "opens", "milestone", "review", "base", "begins"})

# --- roles -----------------------------------------------------------------------------------------------------------


_DOCUMENT_SIGN = regex.compile(
    r"(?:\d+[a-zđ]?|\.{2,}|…)? ?[/-] ?(?:\d{4}[/-])?[a-zđ&]+(?:[-./][a-zđ&0-9]+)*[),;]{0,2}$", regex.REVERSE
)
_VALUE = re.compile(r" ?: ?\d")
_OPENS_CLAUSE = re.compile(r"(?:^|[,;:.(\"]|\) ?-)[\s\"(+*-]*$")
_RATE = re.compile(r"\d ?%(?: ?/ ?\w+)?,? ?$")  # "tăng 5%/năm giai đoạn 2021-2025"
_SHARE_OF = re.compile(r"\d ?%(?: [^\W\d_]+){1,3} $")  # "…, đạt 92% dân số năm 2019 và 93% dân số năm 2020"
_LISTED_NEAR = 60  # characters from one year of a list of values to the next
_GOES_ON = re.compile(r" [\w\"]")
_TELLS = re.compile(r" ?: ?\w")  # "Kế hoạch năm 2027: trồng …"
_LONGEST_LABEL = 80  # characters
_COUNTED = re.compile(r"\d")
_COUNT_NEXT = re.compile(r"(?: [^\W\d_]+){0,3} \d")  # behind a verb: "ít nhất 20"


class Contexts:
    """The words around the expressions that tell what they do, indexed by where they stand.

    Attributes:
        header_rows: blocks that are the head of a table.
        anchor: the document's day (see ``anchor_of``).
        stamped: of an article the day of its first stamp.
        draft_starts: where the expressions begin that were read; ``spans`` are their dates.
    """

    def __init__(self, scene: Scene, words: Words) -> None:
        self.scene, self.words = scene, words
        self.anchor: date | None = None
        self.stamped: date | None = None
        self.draft_starts: list[int] = []
        self.spans: list[TimeSpan] = []
        self.mask_starts = [h.start for h in scene.mask_hits]
        self.header_rows = frozenset(i for table in scene.layout.tables for i in table.header)
        self._ending: dict[int, list[str]] = {}
        self._beginning: dict[int, list[str]] = {}
        self._inside: dict[str, list[tuple[int, int, str]]] = {}
        before, after, inside = words.roles_before, words.roles_after, words.roles_in_clause
        for start, end, entry in scene.phrases(words.context):  # the longest first of those that begin together
            name = entry.id
            if name in before:
                self._ending.setdefault(end, []).append(name)
            if name in after:
                self._beginning.setdefault(start, []).append(name)
            for role in inside.get(name, ()):
                self._inside.setdefault(role, []).append((start, end, name))

    def before(self, offset: int) -> list[tuple[str, str]]:
        """Role and id of the context words that end right before ``offset``, longest first."""
        key = self.scene.view.key
        left = offset
        while left and key[left - 1] in ' :(,"-':
            left -= 1
        found, roles = self._ending.get(left), self.words.roles_before
        if found is None:
            return []
        return [(role, name) for name in found for role in roles[name]]

    def after(self, offset: int) -> list[tuple[str, str]]:
        """Role and id of the context words that begin right after ``offset``, longest first."""
        key, size = self.scene.view.key, len(self.scene.view.key)
        right = offset
        while right < size and key[right] in ' ,:)"':
            right += 1
        found, roles = self._beginning.get(right), self.words.roles_after
        if found is None:
            return []
        return [(role, name) for name in found for role in roles[name]]

    def next_start(self, offset: int) -> int:
        """Where the next expression begins: what is said behind it is said of that one."""
        index = bisect_left(self.draft_starts, offset)
        return self.draft_starts[index] if index < len(self.draft_starts) else len(self.scene.view.key)

    def adjacent(self, offset: int, role: str) -> bool:
        return role in [found for found, _ in self.before(offset)]

    def told_by(self, offset: int, entry: str) -> bool:
        """Whether the words of one entry stand right before."""
        return entry in [rule for _, rule in self.before(offset)]

    def within(self, start: int, end: int, role: str) -> list[tuple[int, int, str]]:
        """Context words of one role inside a stretch, in the order of the text: where they stand, and their entry."""
        words = self._inside.get(role)
        if words is None:
            return []
        low = bisect_left(words, (start,))
        return [word for word in words[low : bisect_left(words, (end,), low)] if word[1] <= end]

    def is_citation(self, offset: int) -> bool:
        """The number of a document stands right before: ``Quyết định số 12/QĐ-UBND ngày …`` (DOMAIN §1.6)."""
        left = self.scene.view.key[max(0, offset - 60) : offset].rstrip(" ,(")
        at = offset - 1
        while at > 0 and self.scene.view.key[at] in " ,(":
            at -= 1
        near = self.scene.mask_hits[max(0, bisect_right(self.mask_starts, at) - 3) : bisect_right(self.mask_starts, at)]
        masked = any(h.start <= at < h.end and "document" in str(h.value) for h in near)
        return masked or bool(_DOCUMENT_SIGN.search(left))


def cue_of(draft: Draft, span: TimeSpan, role: TimeRole) -> Cue:
    if role in ("baseline", "as_of"):
        return "since" if role == "baseline" and span.bound == "from" else role
    for entry in draft.chain:
        if entry.means.get("bound"):
            return span.bound or "none"
    return span.bound or "none" if draft.entry.means.get("bound") else "none"


def role_of(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> tuple[TimeRole, str]:
    """What the expression does in its sentence; the first rule that applies (DOMAIN §6.5, ANNOTATION 8, 19, 36)."""
    if not scene.layout.is_body(draft.start):
        return ("issue_date" if span.granularity == "day" else "name"), ""
    fixed = draft.entry.means.get("role")
    if fixed:
        return fixed, draft.entry.id
    if "anniversary" in span.flags:
        return "event", "anniversary"
    if span.granularity == "day" and is_stamp(scene, draft, contexts):
        return "issue_date", "stamp"
    if draft.entry.means.get("reach") == "session" and not _is_planned(scene, draft, span):
        return "event", draft.entry.id
    if draft.in_column:
        return "deadline", "column"
    if draft.block in scene.layout.title or draft.block in contexts.header_rows:
        return "name", ""
    for entry in draft.chain:
        if entry.means.get("role") and entry.means["role"] != "as_of":
            return _of_cue(scene, draft, entry, contexts)
    if _is_long_past(scene, span):
        return "name", "long past"
    if draft.reading == "school_year" and _begins(scene, draft, contexts):
        return "event", "begins"
    if draft.reading == "season" and (told := _of_season(draft, contexts)) is not None:
        return told
    if _nearly_over(scene, draft, span, contexts):
        return "event", NEARLY_OVER
    if _opens_account(scene, draft, span, contexts):
        return "event", "account"
    rules = (
        (_by_neighbours, _by_time, _by_name, _by_grain)
        if draft.chain
        else (_by_neighbours, _by_name, _by_time, _by_grain)
    )
    for rule in rules:
        decided = rule(scene, draft, span, contexts)
        if decided is not None:
            return decided
    return "deadline", ""


def _is_long_past(scene: Scene, span: TimeSpan) -> bool:
    """Whether nothing can be promised before it: ``4.250 giấy chứng nhận cấp trước năm 2015`` in a plan of 2025."""
    document = scene.document
    if span.bound != "before" or span.due is None or scene.is_article or not document.doc_type:
        return False
    begun = min((day for day in (document.issued_on, document.period_start) if day is not None), default=None)
    return begun is not None and (begun - span.due).days > _YEAR


def _is_planned(scene: Scene, draft: Draft, span: TimeSpan) -> bool:
    """Whether the part of a day is in the calendar of a plan: ``- Sáng ngày 18/3: thôn Đông``."""
    if draft.in_column:
        return True
    issued, clause = scene.document.issued_on, clause_of(scene, draft)
    opens = _OPENS_CLAUSE.search(scene.view.key[clause.start : draft.start]) is not None
    if scene.is_article or issued is None or span.due is None or span.due <= issued:
        return False
    return opens or bool(draft.chain)


def is_stamp(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """When a page was put up: a day beside a time of day as machines write it, or a line that names who wrote.

    ``15/1/2019 7:45``, ``gửi vào T6, 2017-11-24 09:43``, ``Tin: Thu Hà, 12/9/2025``; but ``Thời gian: 08:00,
    15/3/2025`` says when something is to be done, and so does a dated document where it has more to say in the line.
    """
    block = scene.view.blocks[draft.block]
    if block.cells or draft.chain or not draft.year_stated:
        return False
    key = scene.view.key
    line = len(block.span) <= _LINE
    if line and draft.block < _TOP and not scene.document.doc_type:
        stamp = scene.patterns.made("times:stamp", lambda: scene.patterns.expression("layout", part="stamp"))
        if stamp.fullmatch(key, block.start, block.end) is not None:
            return True  # "Thứ Ba, 11/8/2020": no time of day, but nothing else either, below a page's headline
    if scene.layout.markers[draft.block] is not None:
        return False
    if line and _CLOCK.fullmatch(key[block.start : draft.start] + key[draft.end : block.end]) is not None:
        return True
    if line and part_set(scene.patterns, "byline").opening(key, block.start, draft.start):
        return True
    timed = (
        ":" in key[draft.core.start : draft.end]
        or _CLOCK_BEHIND.match(key, draft.end, min(block.end, draft.end + _NEAR)) is not None
        or _CLOCK_BEFORE.search(key, max(block.start, draft.start - _NEAR), draft.start) is not None
    )
    if not timed or _is_labelled(scene, draft, contexts):
        return False
    if ":" in key[max(0, draft.start - 2) : draft.start] and scene.document.doc_type:
        return contexts.told_by(draft.start, _STAMP)
    return line or not scene.document.doc_type


def stamp_of(scene: Scene, drafts: Sequence[Draft], contexts: Contexts) -> date | None:
    """The day of an article's first stamp."""
    if not scene.is_article:
        return None
    for draft in drafts:
        point = draft.points[0] if len(draft.points) == 1 else None
        if point is None or point.d is None or point.y is None or (day := first_of(point)) is None:
            continue
        if contexts.told_by(draft.start, _STAMP) or is_stamp(scene, draft, contexts):
            return day
    return scene.layout.posted


def _is_labelled(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """Whether a label of deadlines stands before a time: ``Thời gian:``, ``Hạn nộp hồ sơ:``."""
    if contexts.adjacent(draft.start, "deadline"):
        return True
    start = max(scene.view.blocks[draft.block].start, draft.start - _LABEL)
    left = _CLOCK_BEFORE.sub("", scene.view.key[start : draft.start]).rstrip(" :-(")
    return part_set(scene.patterns, "label").closing(left, 0, len(left)) is not None


def _nearly_over(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> bool:
    """``Năm 2025, xã đón 1.900 lượt khách`` in a text of December 2025 that tells: most of the year has been."""
    planned = scene.document.period_start
    before = not draft.chain and span.due is not None and planned is not None and span.due < planned
    node = scene.layout.node_at(draft.start)
    telling = scene.narrates or draft.start < scene.told.end or (node is not None and node.kind == "results")
    strong = is_strong(draft)
    if not (before or telling) or (
        strong and not (scene.narrates and span.bound == "by" and span.granularity == "year")
    ):
        return False
    first, last, day = span.start, span.due, contexts.anchor
    if strong and last is not None:
        first = date(last.year, 1, 1)  # "Lũy kế đến hết năm 2025, toàn tỉnh có 698 sản phẩm" on a page of its last days
        if day is None or (last - day) * _LAST_DAYS >= last - first:
            return False
    if first is None or last is None or day is None or not first <= day <= last:
        return False
    clause = clause_of(scene, draft)
    if planned is not None and planned <= first and _goes_by_years(scene, span, clause, draft.end, contexts):
        return False
    wanted = contexts.within(clause.start, min(clause.end, draft.end + _SAID_NEAR), "future")
    if scene.narrates and (last - day) * _LAST_DAYS < last - first:
        mild = contexts.within(clause.start, clause.end, "mild")
        wanted = [said for said in wanted if said not in mild]
    return not wanted and span.granularity != "day" and (last - day) * _LAST_PART < last - first


def _opens_account(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> bool:
    """``Năm 2025, kinh tế có nhiều chuyển biến``: in an article whose day is unknown the words say that it has been."""
    coarse = span.granularity in ("year", "years", "half", "quarter", "month") and span.kind != "recurring"
    if contexts.anchor is not None or not coarse or is_strong(draft) or not scene.narrates:
        return False
    clause = clause_of(scene, draft)
    if not _OPENS_CLAUSE.search(scene.view.key[clause.start : draft.start]):
        return False
    end = min(clause.end, contexts.next_start(draft.end))
    mild = contexts.within(draft.end, end, "mild")
    wanted = [said for said in contexts.within(draft.end, end, "future") if said not in mild]
    return not wanted and bool(contexts.within(draft.end, end, "account"))


def _goes_by_years(scene: Scene, span: TimeSpan, clause: Span, end: int, contexts: Contexts) -> bool:
    """Whether a year is the first of those that a plan goes through: ``năm 2016 đạt …, năm 2017 đạt …``."""
    planned, following = scene.document.period_end, contexts.next_start(end)
    runs_on = planned is not None and span.due is not None and planned > span.due
    return runs_on and following < min(clause.end, end + _LISTED_NEAR)


def _of_cue(scene: Scene, draft: Draft, entry: Entry, contexts: Contexts) -> tuple[TimeRole, str]:
    """The role that a cue gives; one that governs sections only names a year where it stands inside a sentence."""
    if entry.means.get("governs"):
        if any(role == "value" for role, _ in contexts.after(draft.end)):
            return "deadline", entry.id
        if scene.layout.content(draft.block).start == draft.start:
            return "attribute", entry.id
    return entry.means["role"], entry.id


def _of_season(draft: Draft, contexts: Contexts) -> tuple[TimeRole, str] | None:
    """A season of named years: told where it is over, when to do something behind a cue; else only what it is of."""
    if any(role == "base" for role, _ in contexts.before(draft.start)):
        return "attribute", "season"
    year, second = draft.said("y"), draft.said("y2")
    if contexts.anchor is not None and year is not None:
        over = date(int(second), *_SEASON_OVER) if second else date(int(year), 12, 31)
        if over < contexts.anchor and not is_strong(draft):
            return "as_of", "season"
    return None if draft.chain else ("attribute", "season")


def _begins(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """``Học sinh bước | vào năm học mới 2025 - 2026``: what begins with a school year is not due at its end."""
    clause = clause_of(scene, draft)
    return contexts.adjacent(draft.start, "begins") and not contexts.within(clause.start, clause.end, "future")


def _by_neighbours(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> tuple[TimeRole, str] | None:
    """Words right before or right after."""
    once = span.kind != "recurring"
    if once and span.granularity == "day" and bound_of(draft) in ("in", "from") and contexts.is_citation(draft.start):
        return "issue_date", "citation"
    for role, rule in contexts.before(draft.start):
        if role == "event" and span.kind == "period" and _VALUE.match(scene.view.key, draft.end):
            continue  # "Số doanh nghiệp thành lập thời kỳ 2021-2025: 100 doanh nghiệp"
        if role == "base" and not draft.chain:
            return "baseline", rule
        if role == "recurs":
            if once or draft.entry.means.get("reach") == "firm":
                continue
            return "attribute", rule
        if role in _HINTS or (role in ("results", "narrated", "held") and is_strong(draft)):
            continue
        if not once and role in ("results", "narrated", "held", "event", "issue_date", "name"):
            continue
        ahead = contexts.anchor is not None and span.due is not None and span.due > contexts.anchor
        if role == "results":
            if draft.chain and ahead:
                continue  # "tổng kết kết quả thực hiện vào năm 2030": when, not of which year
            return "event", rule
        if role == "narrated":
            if scene.is_article and not _promised(scene, draft, contexts):
                return "event", rule
            continue
        if role == "held":
            if scene.is_article and not ahead and not _promised(scene, draft, contexts):
                return "event", rule
            continue
        if role == "effect":  # from one day to another it is how long a thing is done
            if span.start and span.due:
                continue
            return "event", rule
        if role == "report":
            if draft.chain:
                break  # "báo cáo kết quả trong quý IV": when, whatever "kết quả" alone would say
            if span.kind == "recurring" or span.granularity not in ("month", "quarter", "half"):
                continue
            return "attribute", rule
        if role == "issue_date" and span.start and span.due and span.start < span.due:
            continue  # "Trạm thông báo: từ ngày 01/4 đến 30/6/2025, cấp nước luân phiên"
        if role == "issue_date" and (span.granularity != "day" or (draft.chain and draft.chain[0].id != "time.cue.at")):
            continue
        return cast(TimeRole, role), rule
    for role, rule in contexts.after(draft.end):
        if role == "gone" and once:
            return "event", rule
        if role == "event" and span.granularity in ("year", "years", "half") and not draft.chain:
            return "event", rule  # "Năm 2026 là năm đầu thực hiện …"
        if role == "state" and once and span.granularity != "day" and bound_of(draft) == "in":
            if not _promised(scene, draft, contexts):
                return "event", rule
            continue
        if role == "estimate" and scene.view.key.endswith("(", 0, draft.start):
            return "event", rule  # "(năm 2022 ước 58,3 triệu đồng)": what there is so far, beside a promise
        if role == "baseline" and span.bound in ("from", "in"):
            return "baseline", rule
    if not once or (is_strong(draft) and not _of_last_part(draft)):
        return None
    if span.granularity != "day" and (judged := _judged(scene, draft, contexts)) is not None:
        return "event", judged
    enacted = _enacted(scene, draft, contexts)
    return None if enacted is None else ("issue_date", enacted)


def _promised(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """Whether the clause of a time speaks of what is still to be done, in other words than a report does, too."""
    clause = clause_of(scene, draft)
    wanted = contexts.within(clause.start, clause.end, "future")
    return any(said not in contexts.within(clause.start, clause.end, "mild") for said in wanted)


def _judged(scene: Scene, draft: Draft, contexts: Contexts) -> str | None:
    """The words that judge how a time went that opens its clause: ``6 tháng đầu năm 2025, xã đạt nhiều kết quả``."""
    clause = clause_of(scene, draft)
    opens = _OPENS_CLAUSE.search(scene.view.key[clause.start : draft.start]) is not None
    if not (opens or contexts.adjacent(draft.start, "opens")) or _promised(scene, draft, contexts):
        return None
    hits = contexts.within(draft.end, clause.end, "judged")
    return hits[0][2] if hits else None


def _enacted(scene: Scene, draft: Draft, contexts: Contexts) -> str | None:
    """The word by which a time that opens its clause is that of a paper: ``Ngày 05/12, UBND tỉnh đã ban hành …``.

    An article tells of it without đã, too: ``Cuối tháng 7, UBND tỉnh ban hành Công điện …``.
    """
    clause = clause_of(scene, draft)
    if not _OPENS_CLAUSE.search(scene.view.key[clause.start : draft.start]):
        return None
    end = min(clause.end, contexts.next_start(draft.end))
    for cue, ahead in (("enacts", "deadline"), ("enacting", "future"))[: 2 if scene.is_article else 1]:
        hits = contexts.within(draft.end, end, cue)
        if hits and not contexts.within(draft.end, hits[0][0], ahead):
            return hits[0][2]
    return None


def _of_last_part(draft: Draft) -> bool:
    """Whether no more than the word for the end of a period makes its bound: ``cuối tháng 7``."""
    return all(e.means["part"] == "edge" or not e.means.get("bound") for e in draft.chain)


def is_strong(draft: Draft) -> bool:
    return bound_of(draft) in ("before", "by")


def clause_of(scene: Scene, draft: Draft) -> Span:
    """The clause around an expression; of a run of text without an end, as much as a reader takes in."""
    if draft.clause is None:
        clause = scene.clause_at(draft.start)
        draft.clause = Span(max(clause.start, draft.start - _WINDOW), min(clause.end, draft.end + _WINDOW))
    return draft.clause


def _goes_on(draft: Draft, span: TimeSpan, contexts: Contexts) -> bool:
    """``vừa phát động chiến dịch từ ngày 15/3 đến ngày 15/6``: from day to day, and the last is still to come.

    So is a day to come that a cue gives, with its year: ``đã đăng ký tổ chức lễ khởi công vào ngày 02/11/2025``.
    """
    if span.granularity != "day" or span.start is None or span.due is None or span.bound == "from":
        return False
    if span.kind != "period" and not (draft.chain and draft.year_stated):
        return False
    return contexts.anchor is not None and span.due > contexts.anchor


def names_period(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """Whether a year is only what something is of (``bàn nhiệm vụ năm 2026``), not when something is to be done."""
    clause = clause_of(scene, draft)
    opens = _OPENS_CLAUSE.search(scene.view.key[clause.start : draft.start]) is not None
    return not draft.chain and not opens and not contexts.within(clause.start, draft.end, "future")


def _by_time(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> tuple[TimeRole, str] | None:
    """Past or to come, against the document's own date (DOMAIN §3.2)."""
    clause = clause_of(scene, draft)
    told = [
        (start, name)
        for start, end, name in contexts.within(clause.start, min(clause.end, contexts.next_start(draft.end)), "event")
        if end <= draft.start or draft.end <= start  # "hằng năm qua Công an tỉnh" is no "năm qua"
    ]
    told += _gained(scene, draft, clause, contexts)
    counted = next((e for e in draft.chain if e.means.get("role") == "as_of"), None)
    over = _is_over(scene, span, contexts)
    if over and not told and _still_open(scene, draft, span, contexts):
        over = None
    if over is True:
        if contexts.anchor and span.due and contexts.anchor.year - span.due.year >= _STALE:
            return "event", "over"
        if (span.bound == "before" or any(e.means.get("needs") == "span" for e in draft.chain)) and not told:
            return None  # something still to be done by a day gone by: a row with a flag
        if span.bound == "from":
            return ("baseline", "since") if span.granularity != "day" else ("event", "over")
        return ("as_of", "over") if span.bound in ("by", "before") or counted else ("event", "over")
    node = scene.layout.node_at(draft.start)
    results = node is not None and node.kind == "results"
    begins = scene.document.period_start
    if over is False and span.due and begins and span.due < begins and (results or _is_beside(scene, draft, contexts)):
        return ("as_of" if is_strong(draft) else "event"), "over"  # "(năm 2025 có 92)" in a plan for 2026-2030
    if counted is None and not told and not results:
        return None
    due = contexts.within(clause.start, clause.end, "deadline")
    wanted = bool(due)
    if counted is not None:  # "tính đến 10/10, đã khởi công 471 nhà, 318 nhà hoàn thành"
        done = bool(told) and (not due or told[0][0] < due[0][0])
        promised = _is_of_promise(scene, draft, clause, contexts)
        done = done or (not promised and ((over is None and not wanted) or _sums_up(scene, span, contexts)))
        return ("as_of", counted.id) if done else None
    if _goes_on(draft, span, contexts):
        return None
    if told and not wanted and (not is_strong(draft) or (results and over is None)):
        return "event", told[0][1]
    dateless = contexts.anchor is None and not _promised(scene, draft, contexts)
    coarse = not wanted and span.granularity in ("year", "years", "half", "month")
    if results and over is None and (coarse or dateless):
        return ("as_of" if is_strong(draft) else "event"), "results"
    return None


def _gained(scene: Scene, draft: Draft, clause: Span, contexts: Contexts) -> list[tuple[int, str]]:
    """What was got done, with how much of it: ``Đến hết tháng 10, xã giải ngân được 21 tỷ đồng``; no promise of it."""
    if _promised(scene, draft, contexts):
        return []
    end = min(clause.end, contexts.next_start(draft.end))
    hits = part_set(scene.patterns, "gained").matches(scene.view.key, clause.start, end)
    return [(hit.start, hit.entry.id) for hit in hits]


def _is_of_promise(scene: Scene, draft: Draft, clause: Span, contexts: Contexts) -> bool:
    """Whether the sentence has promised something before: ``Mục tiêu có thêm 4 xã; lũy kế đến cuối năm có 20 xã``."""
    start = max(scene.sentence_at(draft.start).start, draft.start - _WINDOW)
    wanted = contexts.within(start, clause.end, "future")
    return any(said not in contexts.within(start, clause.end, "mild") for said in wanted)


def _sums_up(scene: Scene, span: TimeSpan, contexts: Contexts) -> bool:
    """Whether an article gives a sum of what there is: ``Lũy kế đến hết năm 2025, toàn tỉnh có 698 sản phẩm``."""
    day = contexts.anchor
    return scene.is_article and (day is None or span.due is None or span.due - day <= _FRESH)


def _is_beside(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """Whether a time opens a bracket that gives its value: ``(năm 2025 có 92)``, ``(năm 2025: 92)``."""
    key = scene.view.key
    valued = any(role == "value" for role, _ in contexts.after(draft.end)) or bool(_VALUE.match(key, draft.end))
    return key.endswith("(", 0, draft.start) and valued


def _still_open(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> bool:
    """A time set by a plan that a page reports a little later: the page's day is not the plan's."""
    if scene.document.issued_on or contexts.anchor is None or span.due is None:
        return False
    firm = any(e.means.get("reach") == "firm" and e.id != "time.cue.at" for e in draft.chain)
    clause = clause_of(scene, draft)
    wanted = {name for _, _, name in contexts.within(clause.start, clause.end, "deadline")}
    if wanted == {_REACHED}:
        return False  # "Báo cáo tại buổi làm việc, đến cuối tháng 2, xã đạt 15/19 tiêu chí"
    firm = firm or (span.kind == "period" and span.granularity == "day" and _goes_on_later(scene, draft, contexts))
    return firm and span.granularity in ("day", "month", "quarter") and contexts.anchor - span.due < _FRESH


def _goes_on_later(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """Whether the next days of a calendar are still to come: ``gieo mạ từ 20 - 25/12, | cấy từ 15 - 20/01``."""
    at = bisect_left(contexts.draft_starts, draft.end)
    if at == len(contexts.spans) or contexts.draft_starts[at] >= scene.sentence_at(draft.start).end:
        return False
    later = contexts.spans[at]
    return later.granularity == "day" and contexts.anchor is not None and (later.due or date.min) > contexts.anchor


def anchor_of(scene: Scene, read: Sequence[tuple[Draft, TimeSpan]], contexts: Contexts) -> date | None:
    """The document's day: its date of issue; else the first day on its page that no cited document is younger than."""
    if scene.document.issued_on:
        return scene.document.issued_on
    days = [
        (d, s.due)
        for d, s in read
        if s.granularity == "day" and s.due and "invalid_date" not in s.flags and s.bound == "in"
    ]
    cited = [
        due
        for d, due in days
        if d.year_stated
        and (scene.layout.is_body(d.start) or scene.layout.zone_at(d.start) == "preamble")
        and contexts.is_citation(d.start)
    ]
    floor = max(cited, default=None)
    page = [
        (d, due)
        for d, due in days
        if d.year_stated
        and (not floor or due >= floor)
        and (not scene.layout.is_body(d.start) or contexts.told_by(d.start, _STAMP))
    ]
    if not scene.layout.portal:
        return floor if contexts.stamped is None else max(contexts.stamped, floor or contexts.stamped)
    posted = next((due for d, due in page if contexts.told_by(d.start, _STAMP)), None)
    earliest = min((due for d, due in page if not contexts.told_by(d.start, _LICENCE)), default=None)
    return posted or earliest or scene.layout.posted or floor


def _is_over(scene: Scene, span: TimeSpan, contexts: Contexts) -> bool | None:
    """Whether the time lies before the document's; ``None`` where neither is known well enough."""
    end = span.due
    if span.bound == "from" and span.start:
        end = last_day(span.start.year, 12 if span.granularity in ("year", "years") else span.start.month)
        end = span.start if span.granularity == "day" else end
    if end is None:
        return None
    document = scene.document
    if contexts.anchor and end < contexts.anchor:
        return True
    if document.issued_on:
        return end == document.issued_on and span.granularity == "day" and span.bound in ("in", "by")
    if document.period_start and document.period_start.year - end.year >= 2:
        return True
    if document.period_start and span.granularity == "year" and span.bound == "in" and end < document.period_start:
        return True  # a plan for 2024 tells of all of 2023 what has been
    return False if document.period_start and end >= document.period_start else None


def _by_name(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> tuple[TimeRole, str] | None:
    """A year or period at the end of the name of a plan, programme, congress (ANNOTATION 8, 36)."""
    if span.granularity not in ("year", "years", "half") or span.kind == "recurring":
        return None
    if any(e.means.get("reach") in ("firm", "verb") for e in draft.chain):
        return None
    if _is_stage(scene, draft, contexts):
        return None  # "dự án được quyết định đầu tư năm 2029"
    view = scene.view
    clause = clause_of(scene, draft)
    opened = view.key.rfind('"', clause.start, draft.start)
    if (
        opened >= 0
        and view.key.count('"', clause.start, draft.start) % 2 == 1
        and view.key.find('"', draft.end, clause.end) >= 0
    ):
        return "name", "quoted"
    heads = contexts.within(clause.start, draft.start, "name")
    if not heads:
        return None
    _, told, head = heads[-1]
    if heads[0][0] == scene.layout.content(draft.block).start and _labels(scene, draft, span, contexts):
        return "attribute", head  # "Kế hoạch 3 năm 2027 - 2029: …"
    if told >= draft.start - 1:
        return "name", head
    if contexts.within(told, draft.start, "deadline") or ":" in view.key[told : draft.start]:
        return None
    wanted = contexts.within(draft.end, clause.end, "deadline")
    opens = wanted or (scene.narrates and _GOES_ON.match(view.key, draft.end) is not None)
    if (opens and view.key[told : draft.start] == ", ") or (wanted and _stands_alone(scene, draft)):
        # "Theo kế hoạch, năm 2025 huyện phấn đấu …", "Nghị quyết Đại hội xã, đến năm 2025, tỷ lệ … đạt 65%"
        return None
    announces = view.key.startswith(",", draft.end) and part_set(scene.patterns, "announcing")
    if announces and announces.closing(view.key, clause.start, told) is not None:
        return None  # "Theo Kế hoạch, giai đoạn 2021 - 2025, toàn tỉnh đón 32 triệu lượt khách"
    if any(role == "value" for role, _ in contexts.after(draft.end)) or _VALUE.match(view.key, draft.end):
        return None
    return "name", head


def _labels(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> bool:
    """Whether a time to come closes the label that opens a paragraph, and so is that of what the paragraph says."""
    key, start = scene.view.key, scene.layout.content(draft.block).start
    told = _TELLS.match(key, draft.end) is not None and ":" not in key[start : draft.start]
    return told and draft.end - start <= _LONGEST_LABEL and not _is_over(scene, span, contexts)


def _stands_alone(scene: Scene, draft: Draft) -> bool:
    """Whether a time with a cue stands between two commas, and so belongs to what follows."""
    left, key = scene.view.key[max(0, draft.start - _BESIDE) : draft.start].rstrip(), scene.view.key
    return bool(draft.chain) and left.endswith(",") and key.startswith(",", draft.end)


def _by_grain(scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts) -> tuple[TimeRole, str] | None:
    """What remains: frequencies, bare years and periods are deadlines only where they visibly govern something."""
    clause = clause_of(scene, draft)
    left = scene.view.key[clause.start : draft.start]
    opens = bool(_OPENS_CLAUSE.search(left)) or contexts.adjacent(draft.start, "opens")
    if span.kind == "recurring":
        return _by_frequency(scene, draft, span, contexts, opens)
    if span.granularity in ("year", "years", "half") or draft.reading == "months":
        return _by_period(scene, draft, span, contexts, clause)
    if not draft.chain and span.granularity in ("month", "quarter"):
        if _is_topic(contexts, clause, draft):
            return "attribute", "topic"
        if not opens and _is_bounded(draft, contexts):
            return "attribute", "beside a bound"
    if span.granularity == "day" and not draft.chain and opens and not _goes_on(draft, span, contexts):
        if scene.document.issued_on is not None and span.due == scene.document.issued_on:
            return "issue_date", "own date"
        wanted = contexts.within(clause.start, clause.end, "deadline")
        ahead = contexts.anchor is not None and span.due is not None and span.due > contexts.anchor
        if ahead and _promised(scene, draft, contexts):
            return None  # "Ngày 19/8, tỉnh sẽ khởi công khu nhà ở"
        if scene.narrates and (_is_over(scene, span, contexts) is None or not wanted):
            return "event", "news lead"
    return None


def _by_frequency(
    scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts, opens: bool
) -> tuple[TimeRole, str] | None:
    """A frequency governs where it names a day, stands beside work, opens its clause, or closes a report's."""
    if not span.recurrence:
        return "attribute", "bare frequency"
    following = {role for role, _ in contexts.after(draft.end)}
    firm = "BYMONTHDAY" in span.recurrence or "BYDAY" in span.recurrence or draft.entry.means.get("reach") == "firm"
    firm = firm or any(e.means.get("reach") == "firm" for e in draft.chain) or span.bound != ""
    working = "work" in following or contexts.adjacent(draft.start, "work")
    working = working or (not span.recurrence.startswith("FREQ=YEARLY") and _is_routine(scene, draft))
    working = working or _closes_count(scene, draft) or _lasts_from(scene, draft, contexts)
    working = working or any(name == _REACHED for _, name in contexts.after(draft.end))
    if draft.entry.means.get("reach") == "each":  # "mỗi tháng" is a frequency only of what follows
        goes_on = _GOES_ON.match(scene.view.key, draft.end) is not None
        return ("deadline", "frequency") if draft.chain or goes_on or working else ("attribute", "frequency")
    if firm or opens or working:
        return "deadline", "frequency"
    if not span.recurrence.startswith("FREQ=YEARLY"):
        clause = clause_of(scene, draft)
        comma = max(scene.view.key.rfind(c, clause.start, draft.start) for c in ",:")
        if told := contexts.within(max(clause.start, comma + 1), draft.start, "report"):
            return "deadline", told[-1][2]
    return "attribute", "frequency"


def _closes_count(scene: Scene, draft: Draft) -> bool:
    """``phun hóa chất 12 điểm hằng tuần``: behind a verb and how much is to be done, at the end of the clause."""
    key, clause = scene.view.key, clause_of(scene, draft)
    start = max(clause.start, *(key.rfind(c, clause.start, draft.start) + 1 for c in ",:("))
    stretch = key[start : draft.start]
    ends = not key[draft.end : clause.end].strip(' .;,)"/!') or key[draft.end : draft.end + 1] in tuple(",;")
    if not ends or not _COUNTED.search(stretch):
        return False
    start = scene.layout.content(draft.block).start if start == scene.view.blocks[draft.block].start else start
    start += len(key[start : draft.start]) - len(key[start : draft.start].lstrip())
    said = key[start : draft.start]
    verbs = [v for v in scene.patterns.lexicon("duty").matches(said) if v.value.means.get("part") == "verb"]
    if any(v.start == 0 and v.end <= _LONGEST_VERB for v in verbs):
        return True
    # "Huyện đoàn đảm nhận ít nhất 20 công trình mỗi năm": who does it first
    body = next((b for b in scene.patterns.lexicon("agency").matches(said[:_LONGEST_VERB]) if b.start == 0), None)
    return body is not None and any(v.start > body.end and _COUNT_NEXT.match(said, v.end) for v in verbs)


def _lasts_from(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """``phát bản tin hằng ngày, kể từ 01/12/2025 đến 30/4/2026``: behind a verb, and from when on stands behind it."""
    key, clause = scene.view.key, clause_of(scene, draft)
    following = contexts.next_start(draft.end)
    since = part_set(scene.patterns, "since")
    if following - draft.end > _BESIDE or not since.opening(key, following, following + _LONGEST_VERB):
        return False
    start = max(clause.start, *(key.rfind(c, clause.start, draft.start) + 1 for c in ",:("))
    start = max(start, scene.layout.content(draft.block).start)
    start += len(key[start : draft.start]) - len(key[start : draft.start].lstrip())
    verbs = scene.patterns.lexicon("duty").matches(key[start : start + _LONGEST_VERB])
    task = part_set(scene.patterns, "verb").opening(key, start, start + _LONGEST_VERB)
    does = any(v.start == 0 and v.value.means.get("part") == "verb" for v in verbs)
    return does or (task is not None and task.entry.means.get("reach") != "each")


def _is_routine(scene: Scene, draft: Draft) -> bool:
    """Whether the verb of what somebody does stands right behind: ``các xã hằng tháng thống kê …``."""
    start = draft.end + 1
    verb = part_set(scene.patterns, "verb").opening(scene.view.key, start, start + _LONGEST_VERB)
    return verb is not None and verb.entry.means.get("reach") != "each"


def _by_period(
    scene: Scene, draft: Draft, span: TimeSpan, contexts: Contexts, clause: Span
) -> tuple[TimeRole, str] | None:
    """A year, half or run of months: an attribute of what stands before it, unless cue or place say otherwise."""
    key = scene.view.key
    left = key[clause.start : draft.start]
    strong = is_strong(draft)
    if draft.reading == "months" and span.due is None and not strong:
        return "attribute", "year untold"
    if _is_stage(scene, draft, contexts):
        return "deadline", "milestone"
    if contexts.adjacent(draft.start, "review") and (_lasts(scene, span) or _is_staged(draft, span, clause, contexts)):
        return "deadline", "milestone"
    following = {role for role, _ in contexts.after(draft.end)}
    opens = bool(_OPENS_CLAUSE.search(left)) or contexts.adjacent(draft.start, "opens")
    closes = not key[draft.end : clause.end].strip(' .;,)"/!') and bool(left.strip())
    if draft.entry.means.get("reach") == "listed":
        at = bisect_left(contexts.draft_starts, draft.start) - 1
        several = at >= 0 and contexts.draft_starts[at] >= clause.start
        return ("deadline", "governs") if several else ("attribute", "year untold")
    if closes and left.rstrip().endswith(":") and _is_short_title(left) and not draft.chain:
        heads = contexts.within(clause.start, draft.start, "name")
        return ("attribute", heads[-1][2]) if heads else ("deadline", "governs")
    if draft.reading == "plan_year" and not strong:
        counted = bool(_COUNTED.search(left))
        goes_on = key[draft.end : draft.end + 1] in (",", ";")
        governs = (opens and not closes) or ((closes or goes_on) and counted)
        named = draft.entry.means.get("needs") is None  # "năm nay": needs no cue to be a year
        wanted = contexts.adjacent(draft.start, "opens") or bool(contexts.within(draft.end, clause.end, "deadline"))
        wanted = wanted or _is_routine(scene, draft)
        told = bool(draft.chain) or (named and opens and wanted)
        return ("deadline", "governs") if told and governs else ("attribute", "year untold")
    if any(e.means.get("reach") == "firm" or e.means.get("bound") in ("before", "by", "from") for e in draft.chain):
        return None
    led = contexts.within(clause.start, draft.start, "leads")
    lead = _LONG_LEAD if led and led[0][0] == clause.start else _LEAD
    leads = 0 < len(left.split()) <= lead and key[draft.end : draft.end + 1] == ","
    if _RATE.search(left) and not draft.chain:
        return "deadline", "rate"
    if closes and _SHARE_OF.search(left) and _is_listed(contexts, draft.start, clause):
        return "deadline", "rate"
    gives = bool(_VALUE.match(key, draft.end))
    parallel = scene.patterns.made("time:parallel", lambda: scene.patterns.expression("time", part="parallel"))
    gives = gives or parallel.match(key, draft.end) is not None or _ends_parts(draft, parallel, contexts)
    if (opens and not closes) or leads or gives or following & {"deadline", "value"}:
        return "deadline", "governs"
    return "attribute", "bare period"


def _is_short_title(left: str) -> bool:
    """Whether the words before a colon are no more than what is to be done: ``Chuẩn bị đầu tư: | năm 2024 - 2025``."""
    words = left.rstrip(": ").split()
    return _LEAD <= len(words) <= _TITLE


def _ends_parts(draft: Draft, parallel: regex.Pattern[str], contexts: Contexts) -> bool:
    """``(10 lớp năm 2026, 05 lớp | năm 2027)``: the year of the last part, behind a part with a year of its own."""
    before = bisect_left(contexts.draft_starts, draft.start) - 1
    if before < 0 or draft.start - contexts.draft_starts[before] > _LISTED_NEAR:
        return False
    key = contexts.scene.view.key
    return any(m.end() == draft.end for m in parallel.finditer(key, contexts.draft_starts[before], draft.end))


def _is_listed(contexts: Contexts, start: int, clause: Span) -> bool:
    """Whether another expression stands shortly before in the clause."""
    before = bisect_left(contexts.draft_starts, start) - 1
    return before >= 0 and contexts.draft_starts[before] >= max(clause.start, start - _LISTED_NEAR)


def _is_stage(scene: Scene, draft: Draft, contexts: Contexts) -> bool:
    """Whether a milestone stands right before, or work that bare years tell of: ``dự án triển khai 2027 - 2030``."""
    bare = not draft.chain and scene.view.key[draft.start].isdigit()
    return contexts.adjacent(draft.start, "milestone") or (bare and contexts.adjacent(draft.start, "work"))


def _is_staged(draft: Draft, span: TimeSpan, clause: Span, contexts: Contexts) -> bool:
    """Whether reviews of two years stand side by side: ``sơ kết | năm 2025, tổng kết | năm 2027``."""
    at = bisect_left(contexts.draft_starts, draft.start)
    for other in (at - 1, at + 1):
        if not 0 <= other < len(contexts.spans) or not clause.start <= contexts.draft_starts[other] < clause.end:
            continue
        first, second = (contexts.spans[other], span) if other < at else (span, contexts.spans[other])
        later = first.due is not None and second.start is not None and first.due < second.start
        if later and contexts.adjacent(contexts.draft_starts[other], "review"):
            return True
    return False


def _lasts(scene: Scene, span: TimeSpan) -> bool:
    """Whether a plan runs over years, so that "tổng kết năm 2030" says when and not what is summed up."""
    start, end, issued = scene.document.period_start, scene.document.period_end, scene.document.issued_on
    first = start or issued
    last = end or span.due
    return first is not None and last is not None and span.due is not None and last.year > first.year < span.due.year


def _is_bounded(draft: Draft, contexts: Contexts) -> bool:
    """Whether the time by which something is due stands right behind: ``nộp báo cáo tháng 4 | trước ngày 20/4``."""
    at = bisect_left(contexts.draft_starts, draft.end)
    close = at < len(contexts.spans) and contexts.draft_starts[at] - draft.end <= 1
    return close and contexts.spans[at].granularity == "day" and contexts.spans[at].bound in ("before", "by")


def _is_topic(contexts: Contexts, clause: Span, draft: Draft) -> bool:
    """A month or quarter whose results or tasks are spoken of: ``tình hình kinh tế - xã hội tháng 02``."""
    comma = contexts.scene.view.key.rfind(",", clause.start, draft.start)
    start = max(clause.start, comma + 1)
    topics = contexts.within(start, draft.start, "topic")
    return bool(topics) and not contexts.within(topics[0][1], draft.start, "deadline")
