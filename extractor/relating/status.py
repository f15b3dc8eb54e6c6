"""Status and basis of a number, with what says so.

Status, in order of evidence (ARCHITECTURE, DOMAIN §3.3): a cue in the clause — the as-of date against the document's —
the lead-in, the section's heading or an opening that tells — the sentence before, in an article — the document's type.
The first level that speaks decides. Vocabulary:
``patterns/status.yaml``; what may stand between a cue and its number: ``patterns/numbers.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import regex

from extractor.finding.quantities import COUNTED, base_of
from extractor.finding.scene import Scene
from extractor.model import Basis, Evidence, Hit, Quantity, Span, TargetStatus
from extractor.patterns import Entry, Lexicon, PatternSet, one_of
from extractor.relating.clock import CUE_REACH, Clock, Standing, When, clock_words
from extractor.relating.deadlines import lead_ins
from extractor.relating.in_order import InOrder
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold
from extractor.text.layout import Node

_YEAR_NEARLY_OVER = 92  # days before the end of a year of which results tell
_LAST_PART = 5  # of a span of years of which less than this part is left, results are told too
_BEHIND = 40  # a cue behind its number in the clause stands within so many characters
_BASELINE = 60  # "so với", "giảm từ" stand within so many characters before their number
_PARAGRAPHS = 12  # of an article, above one that says nothing of its own
_LEAD_IN = 400  # characters of a block that can open others
_CONDITION = 160  # characters of the words of a condition
_INCREMENT = 14  # characters between "thêm" and its number
_CHANGE = 80  # characters that words between a verb of change and its number can fill
_OF_THEM = COUNTED | {"percent"}  # units whose indicator, behind the number, says who they are
_DIGIT = re.compile(r"\d")
_LETTER = regex.compile(r"\w")
_NUMBER = regex.compile(r"(?<!\w)\d+(?![^\W\d_])")
_NUMBER_OR_COMMA = regex.compile(r"(?<!\w)\d+(?![\w/])|,")
_WHOLE = 16  # characters before a cue in which a count of all goals stands
_NEAREST = 64  # cues that look over a block or a section, of those before or behind a number
_TELLING = 3  # cues of results to each promise, and at least, in a text without a type: a part of a report
_DEFAULT_TYPE_RULE = "document.type"
_OPENING_RULE = "document.opening"

Found = tuple[TargetStatus, str, Span | None]


@dataclass(slots=True)  # not frozen, as Standing and When: one is made for each number
class Verdict:
    """A status with what says so."""

    status: TargetStatus
    level: str
    evidence: tuple[Evidence, ...]
    rival: bool = False


class _Words:
    """What status.yaml and numbers.yaml say, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        self.cues = Lexicon(e for e in patterns.of("status") if "role" not in e.means)
        self.types = {
            fold(word): (entry.means["status"], entry.id)
            for entry in patterns.meaning("status", role="type")
            for word in entry.literals
        }
        self.subjects = [
            (str(entry.means["level"]), regex.compile(rf"{one_of(map(fold, entry.literals))}(?!\w)"), entry)
            for entry in patterns.meaning("status", role="title")
        ]
        self.filler = regex.compile(rf"(?<!\w){one_of(patterns.literals('number', role='filler'))}(?!\w)")
        self.base = base_of(patterns, "change")
        self.reached = regex.compile(
            rf"(?<!\w){one_of(patterns.literals('indicator', head='link', tells='change'))}(?!\w)"
        )
        self.beneficiary = regex.compile(rf"(?<!\w){one_of(patterns.literals('indicator', head='beneficiary'))}(?!\w)")
        self.parts = regex.compile(rf"(?<!\w){one_of(patterns.literals('status', role='parts'))}(?!\w)")
        self.told = regex.compile(rf"{one_of(patterns.literals('layout', part='heading', kind='results'))}(?!\w)")
        kinds = [w for k in ("objectives", "tasks") for w in patterns.literals("layout", part="heading", kind=k)]
        self.ahead = regex.compile(rf"(?<!\w){one_of(kinds)}(?!\w)")
        self.joint = clock_words(patterns).joint
        parting = [w for w in patterns.literals("indicator", head="verb", tells="joint") if " " in w]
        self.of_whole = patterns.expression("status", whole=False, role="whole")
        self.of_them = regex.compile(rf"[,;(]\s?{one_of(parting)}(?!\w)")
        self.list_of_them = regex.compile(rf"[,;(]\s?{one_of(parting)}\s?:")
        onward = one_of(patterns.literals("status", level="onward"))
        self.onward_only = regex.compile(rf"\s{onward}\s(?:{one_of(patterns.literals('number', role='leader'))}\s)?")
        origin = one_of(patterns.literals("number", opens="level"))
        self.from_level = regex.compile(rf"(?<!\w){origin}\s$", regex.REVERSE)

    def of_type(self, kind: str, title: str) -> tuple[TargetStatus, str]:
        """The status of all that a document says, by its type and subject, and the entry that says so."""
        for of, subject, entry in self.subjects:
            if of == kind and subject.match(title) is not None:
                return entry.means["status"], entry.id
        return self.types.get(kind, ("target", _DEFAULT_TYPE_RULE))


def level_words(patterns: PatternSet) -> _Words:
    """What opens a level before a change and what leads on from it, compiled once."""
    return _words(patterns)


def _words(patterns: PatternSet) -> _Words:
    made: _Words = patterns.made("status:words", lambda: _Words(patterns))
    return made


class Cues:
    """All cues of status and basis of a document, to ask for those that look at a number."""

    def __init__(self, scene: Scene, quantities: Sequence[Quantity], clock: Clock) -> None:
        self.scene, self.key, self._clock = scene, scene.view.key, clock
        self._words = _words(scene.patterns)
        # "21/25 chỉ tiêu": what is counted is no cue
        counted = {q.unit_span.start for q in quantities if q.unit_span is not None}
        self._numbers = sorted(q.number.start for q in quantities)
        hits = [
            h
            for h in _longest_of_job(scene.phrases(self._words.cues))
            if h.start not in counted and not self._words.of_whole.search(self.key, max(0, h.start - _WHOLE), h.start)
        ]
        for match in scene.patterns.regexes("status").matches(self.key):
            if "role" not in match.entry.means:
                hits.append(Hit("status", match.start, match.end, match.entry.id, match.entry))
        self.status = InOrder(h for h in hits if "status" in h.value.means)
        self._backward = InOrder(h for h in self.status.hits if h.value.looks != "forward")
        self._basis = InOrder(h for h in hits if "basis" in h.value.means)
        self._wide = _Wide(scene, [h for h in self.status.hits if h.value.until in ("block", "section")])
        self._headings: dict[int, Found | None] = {}
        self._frames: dict[int, Found | None] = {}  # what each paragraph of an article says last
        self._headline = scene.headline
        self._lead_ins = lead_ins(scene)
        self._verdicts: dict[tuple[int, int, bool], tuple[When, Hit | None, Verdict]] = {}  # by sentence and cue
        self._type: Found | None = None  # plans promise, reports tell (DOMAIN §3.3, 5); news has no default
        if kind := scene.document.doc_type:
            self._type = (*self._words.of_type(fold(kind), fold(scene.document.title)), None)
        elif scene.layout.portal and scene.document.issuer and scene.document.title:
            self._type = ("target", _DEFAULT_TYPE_RULE, None)  # tells of goals that were assigned, and names no paper
        elif not scene.narrates and self._only_tells():
            self._type = ("result", _DEFAULT_TYPE_RULE, None)
        self._tells = self._type is not None and self._type[0] == "result"

    def _only_tells(self) -> bool:
        """Whether a text that says of no type what it is tells much and promises next to nothing."""
        kinds = {node.kind for node in self.scene.layout.nodes}
        if kinds & {"objectives", "tasks"}:
            return False
        told = promised = 0
        for hit in self.status.hits:
            means = hit.value.means
            promised += means["status"] == "target" and not means.get("plain")
            told += means["status"] == "result" and means.get("level") != "baseline"
        bounds = (h.value.span for h in self._clock.index.deadlines if h.value.span.kind == "by")
        promised += sum(span.granularity in ("day", "month") for span in bounds)
        return told >= max(_TELLING, _TELLING * promised)

    def verdict(self, make: RowMaker, quantity: Quantity, when: When, at: Standing) -> Verdict:
        """The status of a number by the first level of evidence that speaks; those that disagree are its rivals."""
        cue = self._cue(quantity, at)
        opening = self.scene.told
        told = opening.start <= quantity.number.start < opening.end
        if told and (said := self._clock.said_in(opening.start, at.sentence.end)) is not None:
            told = said[0] == "result"  # "Hội thi diễn ra ngày 05/5/2026. Có 12 đội dự thi."
        place = at.clause.start, -1 if cue is None else cue.start, told
        known = self._verdicts.get(place)
        if known is None or known[0] is not when or known[1] is not cue:
            known = self._verdicts[place] = when, cue, self._verdict(make, cue, when, at, told=told)
        return known[2]

    def _verdict(self, make: RowMaker, cue: Hit | None, when: When, at: Standing, *, told: bool) -> Verdict:
        heading = self._by_heading(at.block)
        results = heading is not None and heading[0] == "result"
        dated = _by_date(self.scene, self._clock.day, when, tells=self._tells, results=results)
        estimated = cue is not None and cue.value.means["status"] == "estimate"
        if estimated and cue is not None and when.hit is not None:
            # "(năm 2025 ước đạt 63%)"; not "ước đạt 50% (năm 2024: 45%)"
            estimated = "(" not in self.key[min(cue.start, when.hit.start) : max(cue.end, when.hit.end)]
        if when.bracketed and not estimated and when.hit is not None and self._is_over(when.hit):
            dated = "result", when.hit.rule, when.hit.span  # "đạt 92 % (năm 2025: 88 %)" in a plan for 2026
        if when.bracketed and not estimated and dated is not None and dated[0] == "result":
            cue = None  # "(năm 2020: 86,5%)" in a promise is the level before it
        # a verb of plans ("huy động", "duy trì") says less than a date or a heading: results tell of it too
        said: Found | None = None
        plain = either = False
        if cue is not None:
            means = cue.value.means
            said, plain = (means["status"], cue.rule, cue.span), bool(means.get("plain"))
            # a verb that plans and articles share says nothing in a report, nor in an article that reports no plan
            either = means.get("plain") == "both" and (self._tells if self._type else self.scene.narrates)
        paragraph = self._by_paragraph(at)
        tells = paragraph is not None and paragraph[0] == "result"
        levels = (
            ("cue", None if plain else said),
            ("date", dated),
            ("heading", heading or (("result", _OPENING_RULE, None) if told else None)),
            ("heading", paragraph if tells else None),  # "Trong năm đã xóa 21 nhà. Số tiền huy động là 3,1 tỷ đồng."
            ("verb", said if plain and not either else None),
            ("heading", None if tells else paragraph),
            ("none", self._by_paragraphs_before(at.block)),
            ("none", self._by_headline()),
            ("type", self._type),
        )
        spoken = [(level, found) for level, found in levels if found is not None]
        if not spoken:
            return Verdict("result" if self.scene.narrates else "target", "none", ())
        level, (status, rule, span) = spoken[0]
        evidence = [make.evidence("cue" if level == "cue" else "inherited", rule, span, f"status={status} ({level})")]
        rival = False
        for other, (rival_status, rule, span) in spoken[1:]:
            if rival_status != status and other not in ("type", "none"):
                rival = True
                evidence.append(make.evidence("rival", rule, span, f"status={rival_status} ({other})"))
        return Verdict(status, level, tuple(evidence), rival)

    def _is_over(self, time: Hit) -> bool:
        """Whether a time is over before the plan's own begins, though maybe not on the day it was issued."""
        begins, due = self.scene.document.period_start, time.value.span.due
        return begins is not None and due is not None and due < begins

    def _cue(self, quantity: Quantity, at: Standing) -> Hit | None:
        """The cue that decides: the nearest before the number in its clause, else in its sentence; else one behind it.

        A cue marked ``plain`` (a verb of a plan) gives way to any other cue before it in the sentence, and to one that
        looks over the block or the section; that one to all others in the sentence, but where it names conditions.
        """
        strong, plain, inherits = self._before(quantity, at)
        if strong is None:
            strong = self._behind(quantity, at)
        wide = self._wide.over(quantity)
        if wide is not None and wide.value.means["status"] == "criterion":
            return wide  # below "Điều kiện hỗ trợ" what must have been reached is a condition
        if strong is not None and inherits is not None and strong.value.means.get("level") == "baseline":
            strong = self._before_baseline(strong)
        return strong or wide or plain

    def _before(self, quantity: Quantity, at: Standing) -> tuple[Hit | None, Hit | None, Hit | None]:
        """The nearest cue before the number, and the plain and the inheriting one that stand nearer than it."""
        offset = quantity.number.start
        plain: Hit | None = None
        inherits: Hit | None = None
        for hit in reversed(self.status.beginning_in(max(at.sentence.start, offset - CUE_REACH), offset + 1)):
            entry = hit.value
            if hit.end > offset + 1 or entry.looks == "backward" or self._bracketed_off(hit, offset):
                continue
            status, level = entry.means["status"], entry.means.get("level")
            clausal = entry.until == "clause"
            if level == "baseline" and clausal and (offset - hit.end > _BASELINE or self._past_base(hit.end, offset)):
                continue
            if level == "baseline" and self._labels(hit, at, offset):
                continue
            if level == "compared" and "(" not in self.key[hit.end : offset]:
                continue  # "tăng 5 % so với ước thực hiện năm 2025, | chi ngân sách …"
            if status == "target" and self._clock.tells_behind(hit.end):
                continue  # "Theo kế hoạch, giai đoạn 2021 - 2025, toàn tỉnh đón 32 triệu lượt khách"
            if status == "inherit":
                inherits = inherits or hit
            elif entry.means.get("plain"):
                plain = plain or hit
            elif (not clausal or hit.start >= at.clause.start or self._of_parts(hit, at)) and (
                not (status == "criterion" or level == "next") or not self._digit(hit.end, offset)
            ):
                return self._holding(hit, offset) or hit, plain, inherits
        return None, plain, inherits

    def _of_parts(self, hit: Hit, at: Standing) -> bool:
        """Whether a number is in a list of what the one behind a cue consists of: ``ước 45 tỷ, trong đó: A 30; B``."""
        if hit.value.means["status"] != "estimate":
            return False
        parts = self._words.list_of_them.search(self.key, hit.end, at.clause.start)
        return parts is not None and ";" not in self.key[hit.end : parts.start()]

    def _holding(self, hit: Hit, offset: int) -> Hit | None:
        """A condition that another cue is only a word of: ``không hỗ trợ hộ | đã vay có từ | 2 khoản nợ``."""
        if hit.value.means["status"] == "criterion":
            return None
        for other in self.status.beginning_in(max(0, hit.start - _CONDITION), hit.start):
            holds = other.value.means["status"] == "criterion" and other.value.expressions
            if holds and hit.end <= other.end <= offset + 1 and not self._digit(other.end, offset):
                return other
        return None

    def _bracketed_off(self, hit: Hit, offset: int) -> bool:
        """A cue in a bracket says nothing of what stands behind it: ``71,3% (chỉ tiêu giao 80%); còn 03 thôn``."""
        closed = self.key.find(")", hit.end, offset)
        return closed >= 0 and "(" not in self.key[hit.end : closed]

    def _labels(self, base: Hit, at: Standing, offset: int) -> bool:
        """Whether a base of comparison is part of a label: ``Tỷ lệ tăng thu so với năm trước: | 10 %``."""
        key = self.key
        colon = key.find(":", base.end, offset)
        return (
            colon >= 0
            and key.find("(", colon, offset) < 0
            and not self._digit(at.clause.start, base.start)
            and (key.rfind("(", at.clause.start, base.start) <= key.rfind(")", at.clause.start, base.start))
        )

    def _past_base(self, start: int, end: int) -> bool:
        """Whether what is compared with ends before a number: ``so với quy định | đối với 12 thủ tục``."""
        if self._digit(start, end) or self._words.beneficiary.search(self.key, start, end) is not None:
            return True
        return self._words.of_them.search(self.key, start, end) is not None

    def _digit(self, start: int, end: int) -> bool:
        return _DIGIT.search(self.key, start, end) is not None

    def _behind(self, quantity: Quantity, at: Standing) -> Hit | None:
        """The first cue behind a number that looks backward at it."""
        end = quantity.span.end
        clause, sentence = at.clause.end, min(at.sentence.end, end + CUE_REACH)
        for hit in self._backward.beginning_in(end, sentence):
            near = hit.end <= clause and hit.start - end <= _BEHIND
            if near or (hit.value.until != "clause" and hit.end <= sentence):
                return hit
        return None

    def _before_baseline(self, baseline: Hit) -> Hit | None:
        """``phấn đấu … giảm từ 4 % xuống còn 3 %``: the level reached has the status said before the baseline."""
        start = max(self.scene.sentence_at(baseline.start).start, baseline.start - CUE_REACH)
        for hit in reversed(self.status.inside(start, baseline.start)):
            if hit.value.means["status"] != "inherit" and not hit.value.means.get("level"):
                return hit
        return None

    def _by_heading(self, block: int) -> Found | None:
        """A lead-in above the bullets, or the kind of the section: the same for all of a block."""
        if block not in self._headings:
            self._headings[block] = self._heading_of(block)
        return self._headings[block]

    def _heading_of(self, block: int) -> Found | None:
        """What the nearest of the lead-ins and headings above says, or the kind of the section."""
        layout, blocks = self.scene.layout, self.scene.view.blocks
        lead, lowest = self._lead_ins[block], layout.node_at(blocks[block].start)
        for node in layout.ancestors(lowest):
            if lead is not None and lead > node.block:
                if found := self._in_lead(self.scene.sentences(lead)[-1]):
                    return found
                lead = None
            if node.block == self._headline:
                continue
            if node.block != block and (found := self._in_lead(blocks[node.block].span)):
                return self._of_part(found, lowest if lowest is not node else None) or found
            if node.kind == "results" and self._words.told.match(self.key, node.heading.start, node.heading.end):
                break  # "Cơ sở xây dựng mục tiêu" among the goals: what stands below is told
        else:
            if lead is not None and (found := self._in_lead(self.scene.sentences(lead)[-1])):
                return found
        if lowest is None or lowest.block == self._headline:
            return None
        at = lowest.heading if len(lowest.heading) else None
        if lowest.kind in ("objectives", "tasks", "organisation"):
            return "target", f"layout.heading.{lowest.kind}", at
        return ("result", "layout.heading.results", at) if lowest.kind == "results" else None

    def _of_part(self, found: Found, node: Node | None) -> Found | None:
        """Below ``KẾT QUẢ NĂM 2022, NHIỆM VỤ NĂM 2023`` a heading that begins with the tasks is of these."""
        lead, key = found[2], self.key
        if lead is None or node is None or found[0] == "target":
            return None
        own = self._words.ahead.match(key, node.heading.start, node.heading.end)
        if own is None or self._words.ahead.search(key, lead.end, self.scene.view.block_of(lead.start).end) is None:
            return None
        return "target", f"layout.heading.{node.kind}", Span(*own.span())

    def _by_paragraph(self, at: Standing) -> Found | None:
        """In an article a clause, on a page that reports a plan a sentence, goes on with what was said before it."""
        if not self.scene.narrates or self.scene.layout.markers[at.block] is not None:
            return None
        end = at.clause.start if self._type is None else at.sentence.start
        return self._last_said(max(self.scene.layout.content(at.block).start, end - _LEAD_IN), end)

    def _last_said(self, start: int, end: int) -> Found | None:
        """What the last time of a stretch says, or the last cue behind that time."""
        timed = self._clock.said_in(start, end)
        for hit in reversed(self.status.inside(start if timed is None else timed[1].end, end)):
            means = hit.value.means
            if self._bracketed_off(hit, end):
                continue  # "đạt 2,1 ngày/khách (hiện nay 1,55 ngày). Phát triển thêm 6.000 phòng."
            if not means.get("plain") and means["status"] in ("result", "target") and not means.get("level"):
                if means["status"] == "target" and self._closes(hit):
                    continue  # "hoàn thành 18/20 chỉ tiêu nghị quyết đề ra. Thu ngân sách đạt 12 tỷ đồng."
                return means["status"], hit.rule, hit.span
        return None if timed is None else (timed[0], timed[1].rule, timed[1].span)

    def _by_paragraphs_before(self, block: int) -> Found | None:
        """In an article what the paragraphs above tell goes on, until one of them speaks of what is to come."""
        layout = self.scene.layout
        if not self.scene.narrates or self._type is not None or layout.markers[block] is not None:
            return None  # a page that reports a plan looks back only in between
        for above in range(block - 1, max(self._headline, block - _PARAGRAPHS), -1):
            if above not in self._frames:
                span = layout.content(above)
                skipped = layout.markers[above] is not None or not layout.is_body(span.start)
                self._frames[above] = None if skipped else self._frame(span)
            if (found := self._frames[above]) is not None:
                return found if found[0] == "result" else None
        return None

    def _frame(self, paragraph: Span) -> Found | None:
        """What a paragraph says of the one below: that it tells, where it does so first and last."""
        last = self._last_said(paragraph.start, paragraph.end)
        if last is None or last[0] == "target" or last[2] is None:
            return last
        timed = self._clock.said_first(paragraph.start, paragraph.end)
        for hit in self.status.inside(paragraph.start, last[2].start if timed is None else timed[1].start):
            means = hit.value.means
            if not means.get("plain") and means["status"] == "target" and not self._closes(hit):
                return "target", hit.rule, hit.span
        return last if timed is None or timed[0] == "result" else ("target", timed[1].rule, timed[1].span)

    def _by_headline(self) -> Found | None:
        """What the headline of an article says."""
        return None if self._headline < 0 else self._in_lead(self.scene.view.blocks[self._headline].span)

    def _closes(self, hit: Hit) -> bool:
        """Whether a cue stands behind the numbers of its clause and is said of none that follows in its sentence."""
        clause, sentence = self.scene.clause_at(hit.start), self.scene.sentence_at(hit.start)
        first, here = bisect_left(self._numbers, clause.start), bisect_left(self._numbers, hit.start)
        return first < here and bisect_left(self._numbers, sentence.end) == here

    def _in_lead(self, lead: Span) -> Found | None:
        """The first cue of words that can open others."""
        if lead.end - lead.start > _LEAD_IN:
            return None
        for hit in self.status.inside(lead.start, lead.end):
            status, means = hit.value.means["status"], hit.value.means
            if status in ("target", "result", "estimate") and not (means.get("plain") or means.get("level")):
                return status, hit.rule, hit.span  # not "tăng 11 % so với năm 2025. Trong đó:"
        return None

    # --- basis --------------------------------------------------------------------------------------------------------

    def basis(self, quantity: Quantity, indicator: Span | None, at: Standing) -> tuple[Basis, Hit | None]:
        """increment, cumulative, average, change: the nearest cue before the number in its clause.

        A mean may also be named inside the indicator.
        """
        offset = quantity.number.start
        low = max(at.clause.start, offset - CUE_REACH)
        hits = self._basis.beginning_in(low, max(offset, indicator.end) if indicator else offset)
        if indicator is not None and indicator.start < low:
            hits = [*self._basis.beginning_in(indicator.start, min(indicator.end, low)), *hits]
        for hit in reversed(hits):
            basis: Basis = hit.value.means["basis"]
            # a rate ("tỷ lệ mắc mới 92 ca/100.000 dân") is measured, not counted on top of what there is
            shared = (
                quantity.unit_class in ("money", "percent") or quantity.denominator is not None or "/" in quantity.unit
            )
            if hit.value.means.get("level") == "counted" and shared:
                continue
            if low <= hit.start and hit.end <= offset:
                changed = basis == "change" and (self._measured(hit, quantity) or self._by(hit, quantity, indicator))
                if self._reaches(hit, offset) or changed:
                    return basis, hit
                continue
            named = basis == "average" and indicator is not None and indicator.start <= hit.start < indicator.end
            if named and indicator is not None and indicator.start >= offset and quantity.unit_class in _OF_THEM:
                continue  # "90 % hộ có mức sống trung bình": a quality of those counted
            if named and not self._digit(hit.end, offset):
                return basis, hit
        if quantity.denominator is None:
            return "", None
        # "lũy kế có 88/116 xã đạt chuẩn; 02/116 xã nâng cao": shares of one whole
        wide = self._basis.beginning_in(max(at.sentence.start, offset - CUE_REACH), low)
        over = next((h for h in reversed(wide) if h.value.until == "sentence"), None)
        return (over.value.means["basis"], over) if over is not None else ("", None)

    def _reaches(self, hit: Hit, end: int) -> bool:
        """Whether what stands between a cue of basis and its number lets it look at the number."""
        basis, start = hit.value.means["basis"], hit.end
        if basis == "change":
            return end - start <= _CHANGE and not _LETTER.search(self._words.filler.sub("", self.key[start:end]))
        if basis == "increment":
            if self._words.joint.fullmatch(self.key, start, end):
                return False  # "gồm 9 hộ xây mới và | 3 hộ sửa chữa": it is said of those before
            near = end - start <= _INCREMENT or self.key[start:end].rstrip().endswith(":")
            return near and not _NUMBER_OR_COMMA.search(self.key, start, end)
        if basis == "cumulative" and hit.value.until == "sentence":
            if self._bracketed_off(hit, end):
                return False  # "thêm 08 xã (lũy kế 75/85 xã), | 05 xã nâng cao"
            parts = self._words.parts.search(self.key, start, end)
            return self.key.find("(", start, end) < 0 and (parts is None or not self._digit(start, parts.start()))
        return not _NUMBER.search(self.key, start, end)

    def _measured(self, hit: Hit, quantity: Quantity) -> bool:
        """``giảm số cuộc họp từ 10 - 15 % so với …``: what it is compared with follows, no level stands between."""
        if quantity.unit_class != "percent" or not self._words.base.match(self.key, quantity.span.end):
            return False
        gap = self.key[hit.end : quantity.span.start]
        return not _DIGIT.search(gap) and not self._words.reached.search(gap) and "," not in gap

    def _by(self, hit: Hit, quantity: Quantity, indicator: Span | None) -> bool:
        """``giảm | tỷ lệ hộ nghèo | 1 - 1,5 %``: the verb before the indicator, the number right behind it."""
        if indicator is None or quantity.unit_class != "percent" or not 0 <= indicator.start - hit.end <= 1:
            return False
        gap = self.key[indicator.end : quantity.number.start]
        if self._words.from_level.search(gap) and quantity.comparator == "=" and quantity.value_max is None:
            return False  # "giảm tỷ lệ hộ nghèo từ 45 % xuống 39 %": the level before
        return indicator.end <= quantity.number.start and not _LETTER.search(self._words.filler.sub("", gap))


class _Wide:
    """The cues that look over their whole block or section (``until: block`` and ``until: section``)."""

    def __init__(self, scene: Scene, hits: Sequence[Hit]) -> None:
        self._hits = [(hit, self._scope(scene, hit)) for hit in hits]
        self._forward = [i for i in self._hits if i[0].value.looks != "backward"]
        self._backward = [i for i in reversed(self._hits) if i[0].value.looks != "forward"]
        self._forward_starts = [hit.start for hit, _ in self._forward]
        self._backward_starts = [-hit.start for hit, _ in self._backward]

    @staticmethod
    def _scope(scene: Scene, hit: Hit) -> Span:
        node = scene.layout.node_at(hit.start) if hit.value.until == "section" else None
        return Span(node.start, node.end) if node is not None else scene.view.block_of(hit.start).span

    def over(self, quantity: Quantity) -> Hit | None:
        """The nearest one that a number lies in the scope of: before it, else behind it."""
        if not self._hits:
            return None
        offset = quantity.number.start
        before = self._nearest(self._forward, bisect_right(self._forward_starts, offset), offset)
        return before or self._nearest(self._backward, bisect_right(self._backward_starts, -offset), offset)

    @staticmethod
    def _nearest(hits: Sequence[tuple[Hit, Span]], end: int, offset: int) -> Hit | None:
        for hit, scope in reversed(hits[max(0, end - _NEAREST) : end]):
            if scope.start <= offset < scope.end:
                return hit
        return None


def _longest_of_job(spans: Sequence[tuple[int, int, Entry]]) -> list[Hit]:
    """Leftmost-longest among status cues and among basis cues, apart: a phrase may be both."""
    kept: list[Hit] = []
    ends = {"status": -1, "basis": -1}
    for start, end, entry in spans:
        job = "status" if "status" in entry.means else "basis"
        if start >= ends[job]:
            kept.append(Hit(entry.concern, start, end, entry.id, entry))
            ends[job] = end
    return kept


def _by_date(scene: Scene, reference: date | None, when: When, *, tells: bool, results: bool) -> Found | None:
    """The time that governs the number, against the document's date (DOMAIN §3.2).

    Args:
        scene: the document.
        reference: its date, or the first day that it can be of.
        when: the time.
        tells: whether the document is of a type that tells, whose own period says nothing: a report on June tells of
            "tháng 6", though the month is not over.
        results: whether the number stands below a heading of results, where "đến cuối năm 2025 còn 18 %" is told in
            November.
    """
    if when.hit is None:
        return None
    if when.past:
        return "result", when.hit.rule, when.hit.span
    span = when.hit.value.span
    if reference is None or span.due is None or span.due < reference or when.hit.value.role != "deadline":
        return None
    if scene.day is None and span.start is not None and span.start <= reference:
        return None  # the first day that an article can be of does not part what has begun from what is to come
    if tells and scene.document.period_end is not None and span.due <= scene.document.period_end:
        return None
    if results and span.granularity == "year" and 0 <= (span.due - reference).days <= _YEAR_NEARLY_OVER:
        return None
    if span.start is not None and (span.due - reference) * _LAST_PART < span.due - span.start:
        return None  # "nhiệm kỳ 2015 - 2020" in a text of November 2020 tells or promises: what stands above says it
    return "target", when.hit.rule, when.hit.span
