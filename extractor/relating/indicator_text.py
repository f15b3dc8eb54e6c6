"""Which words are counted or measured by a number: the verbatim ``indicator`` of a target.

Rules: ANNOTATION decisions 3, 23, 24, 30, 31; vocabulary: ``patterns/heads.yaml``. Either the noun phrase behind the
number (``09 xã đạt chuẩn …``, ``100% hộ được dùng …``) or the subject before it (``tỷ lệ hộ nghèo còn 2,5%``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from extractor.finding.quantities import COUNTED, SPACE, ending, number_words, units
from extractor.finding.scene import Scene
from extractor.model import Hit, Quantity, Span
from extractor.relating.heads import COLON, heads
from extractor.relating.in_order import InOrder
from extractor.relating.phrases import PhraseIndex, phrase_indexes

REACH = 400  # characters that a subject or an indicator may lie away from its number
_SEASON = "time.season"
_COMPARATOR = "<"  # the link where a comparator alone ties subject and number
_CLAUSE = 10  # words of a subject that is a clause: who does what
_FEW = 5  # words that a subject without a verb between it and its number can have
_SHORT_VERB = 16  # characters of the verb before a noun that is counted: "trồng mới", "đào tạo cho"
_FEW_MORE = 3  # words behind each noun of an enumeration of persons
_JOINED = 5  # words of the first part of an enumeration, with the joint before it
_LABEL = 8  # words of a label's parts before its last
_LONG_PHRASE = 90  # characters between commas: more is no part of an enumeration
_STOP = re.compile(rf"[;:()\n\t…=]|\./|[.!?](?={SPACE}|$)|{SPACE}-{SPACE}(?=[A-ZĐ])|\.\.\.")
_CAPITAL_ONLY = regex.compile(r"(?:\p{Lu}[\w.&]*+\s){1,3}\p{Lu}[\w.&]*+|\p{Lu}{2}\w*+|[A-Z][a-zA-Z]{4,}+")
_PART = re.compile(rf"[;:,]{SPACE}|\n|\t")
_SENTENCE_PART = re.compile(rf"[;:()\n\t]|\.{SPACE}")
_NUMBERED = regex.compile(r"\w+\s\d{1,2}")
_NAME_NEAR = regex.compile(r"\p{Lu}")
_NAME_INSIDE = regex.compile(r"\s\p{Lu}")
_LOWER_ONLY = regex.compile(r"(?:,?\s\p{Ll}+)+$")
_NOTE = regex.compile(r"\s\([^()\n]+\)$")
_NAME_BEGINS = regex.compile(r"\p{Lu}\p{Ll}++\s\p{Lu}\p{Ll}")  # "Chi Lăng": no "chi" of a budget
_NAME_WORD = regex.compile(r"\p{Lu}[\w.-]*+\s")
_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(r" \d")
_PERCENT = re.compile(r"\d[\d.,]*\s?%")
_DIGITS = re.compile(r"\d+")
_WORD = 12  # characters of the word before a number
_SHORT_NAME = regex.compile(r"\((?:\p{Lu}[\p{Lu}\d&-]++|(?!\s)(?:\s?\p{Ll}++){2,6}+)\)(?=\s\p{Ll})")
_NOTE_INSIDE = regex.compile(r"\([^()\n\d]{1,60}+\)\s(?=[^\W\d_])")
_NAMES_LISTED = regex.compile(r"\s\((?:\p{Ll}+\s){0,2}\p{Lu}[^()\n\d]{1,300}+\)\s(?=\p{Ll})")
_NOTE_LENGTH = 160  # characters of a bracket before a number that only explains: "bão số 3 (Yagi) khoảng 1.100 tỷ đồng"
_LETTER_NEXT = regex.compile(r"\s[^\W\d_]")
_TWO_LETTERS = regex.compile(r"\p{L}{2}")
_SINGLE_NOUNS = regex.compile(r"(?:,\s\p{Ll}+){1,4}(?:\s\p{Ll}+)?(?=[;.)]|$)")  # "mẫu rau, quả, thịt"
_NAME_OR_NUMBER = regex.compile(r"\s*(?:\p{Lu}|\d)")
_BRACKET = re.compile(r"\([^()]{0,60}\)")
_CLAUSE_MARKS = (":", ";", "(")
_LAST_WORD = regex.compile(r"\s([^\W\d_]+)\s*$", regex.REVERSE)
_PUNCTUATION = ' ,.-+;:“"('
_OPENING = f"{_PUNCTUATION}/"  # "đạt 31%/KH 33%"
_LOOSE_END = " ,/-\t\n"
_MARKED = " *"  # between a label and what it says: asterisks of Markdown, too
_CLOSES = ",.;:()\n\t"
_CITATIONS = frozenset({"document number", "cited document"})


@dataclass(slots=True)  # not frozen, as Subject: one is made for each number
class Region:
    """Where the words of one quantity may stand: its clause, up to its neighbours and within ``REACH``."""

    left: int
    right: int
    base: int  # where the clause begins
    part: bool = False  # whether it stands in a list of what a number with the same unit is made up of


@dataclass(slots=True)
class Subject:
    """The noun phrase before a number."""

    span: Span
    headed: bool  # it begins with a noun of heads.yaml
    link: str  # the word between it and the number; ":" too


def names_listed(text: str, start: int, end: int) -> Span | None:
    """The bracket right behind a counted noun that names what is counted, if the text goes on behind it."""
    found = _NAMES_LISTED.match(text, start, end)
    return Span(found.start() + 1, found.end() - 1) if found else None


class IndicatorReader:
    """Reads the indicators of one document's quantities."""

    def __init__(self, scene: Scene, times: Sequence[Hit]) -> None:
        self.key, self.text = scene.view.key, scene.view.text
        self.words = heads(scene.patterns)
        self.units = units(scene.patterns)
        self.bound_behind = number_words(scene.patterns).bound_behind
        self.times = InOrder(times)
        self.masks, self._block_of = scene.masks, scene.view.block_of
        words = self.words
        self.starts, self.keep, self._locations, self._ends, self._ends_count, self._ends_who = phrase_indexes(
            scene,
            "heads",
            (words.starts, words.keep, words.locations, words.ends, words.ends_count, words.ends_who),
        )
        self._citation_ends = sorted(m.end for m in scene.mask_hits if m.value in _CITATIONS)

    def read(self, quantity: Quantity, region: Region) -> tuple[Span | None, bool]:
        """The indicator's view span, and whether it is that of the quantity before (``…, tăng 15 %``).

        Both: the span is all that stands here, the quantity before may say more.
        """
        if quantity.percent is not None and quantity.share is not None and quantity.share.end <= quantity.number.start:
            return self._of_share(quantity, quantity.share, region), False
        subject = self._subject(quantity, region, self.times)
        behind = self._behind(quantity, region)
        if subject is not None and behind is not None and self._is_inside_rate(quantity, region, subject):
            return behind, False
        if subject is None and region.left > region.base and self._link_only(quantity, region) in self.words.same:
            bare = behind is None or quantity.unit_span is None or behind.end <= quantity.unit_span.end
            if bare:
                return None, True  # "tiết kiệm 3 % điện năng, tương đương 40 nghìn kWh"
        if subject is not None and self._is_share_of_plan(quantity, region, subject):
            return None, True
        if region.left > region.base and self.words.other_level.fullmatch(self.key, region.left, quantity.span.start):
            return None, True  # "2.400 học sinh (tỉnh giao) / 2.450 học sinh (huyện giao)"
        if (labelled := self._done_with(quantity, region)) is not None:
            return labelled, False
        if subject is None and (whole := self._around_number(quantity, region)) is not None:
            return whole, False
        if quantity.unit_class in COUNTED:
            if subject is None and self._opens_with_time(quantity, region):
                return None, True  # "năm 2023: 1.200; năm 2024: 1.300 lao động"
            if quantity.unit_span is None:  # its unit is that of the number that follows
                return (subject.span if subject is not None and not self._is_name(subject.span) else None), False
            return self._of_count(quantity, region, subject, behind)
        if quantity.unit_class in ("percent", "span", ""):
            return self._of_share_or_rate(quantity, region, subject, behind)
        return self._of_measure(quantity, region, subject, behind)

    def _is_inside_rate(self, quantity: Quantity, region: Region, subject: Subject) -> bool:
        """Whether a count says whose rate follows: ``tỷ lệ trẻ tiêm đủ | 8 loại vắc xin 96,2 %``."""
        right, words = region.right, self.words
        if (
            quantity.unit_class not in COUNTED
            or subject.link in words.strong
            or not self.key[right : right + 1].isdigit()
        ):
            return False
        if not words.rate.match(self.key, subject.span.start, subject.span.end):
            return False
        return _PERCENT.match(self.key, right) is not None and not set(",;(") & set(
            self.key[subject.span.start : right]
        )

    def _of_rate_with_count(self, quantity: Quantity, region: Region) -> Subject | None:
        """The rate that a percentage is, a count in its words: ``tỷ lệ trẻ tiêm đủ 8 loại vắc xin | 96,2 %``."""
        whole = self._subject(quantity, Region(region.base, region.right, region.base), InOrder())
        if whole is None or not self.words.rate.match(self.key, whole.span.start, whole.span.end):
            return None
        if set(",;(:") & set(self.key[whole.span.start : whole.span.end]):
            return None
        number = _AMOUNT.search(self.key, whole.span.start, whole.span.end)
        if number is None or self.words.counted_in.search(self.key, whole.span.start, number.start()) is None:
            return None
        return whole if self.words.level_inside.search(self.key, whole.span.start, whole.span.end) is None else None

    def _is_share_of_plan(self, quantity: Quantity, region: Region, subject: Subject) -> bool:
        """``mở 15 lớp nghề | cho lao động nông thôn, đạt 107 % kế hoạch``: how much of a plan the number before is.

        The words between them say for whom or where; a noun with a head behind them is what the percentage is of.
        """
        of_plan = quantity.unit_class == "percent" and self.words.share_base.match(self.key, quantity.span.end)
        if not of_plan or region.left <= region.base or subject.link not in self.words.strong - {COLON}:
            return False
        opening = self.words.goes_on.match(self.key, region.left)
        return opening is not None and (not subject.headed or subject.span.start <= opening.end())

    def _around_number(self, quantity: Quantity, region: Region) -> Span | None:
        """A subject with a number of things inside: ``Tổng số hộ nghèo ở 12 thôn là | 90 hộ``."""
        link = self._link_only(quantity, region)
        if link not in self.words.strong or link in self.words.levels or quantity.unit_class == "percent":
            return None
        if region.left <= region.base or {",", ";", ":"} & set(self.key[region.left : quantity.span.start]):
            return None
        whole = self._subject(quantity, Region(region.base, region.right, region.base), InOrder())
        if whole is None or not whole.headed:
            return None
        inside = self.words.object_number.search(self.key, whole.span.start, whole.span.end)
        return whole.span if inside is not None else None

    def of_lead(self, quantity: Quantity, region: Region, sentence: Span, lead: Span | None) -> Span | None:
        """What a list counts up, named before its colon: ``tỷ lệ bao phủ của các xã: Tân An 96 %, Lộc Hưng 91 %``.

        Args:
            quantity: a number, no count, with no words of its own.
            region: where its own words could stand.
            sentence: the sentence it stands in.
            lead: the line above the list, where that is a list of lines.
        """
        named = self._subject(quantity, region, self.times)
        if named is None and quantity.unit_class == "percent":
            named = self._whole(quantity, region)
        if named is None or quantity.unit_class in COUNTED:
            return None
        if not (self._is_name(named.span) or self._is_one_of_them(named.span)):
            return None
        colon = self.key.rfind(COLON, sentence.start, named.span.start)
        if colon < 0 and lead is not None and self.key[lead.start : lead.end].rstrip().endswith(COLON):
            sentence, colon = lead, lead.end
        if colon < 0:
            return self._of_bracket(quantity, sentence, named.span.start)
        if self.key.find(";", sentence.start, colon) >= 0:
            return None
        found = self.starts.inside(max(sentence.start, colon - REACH), colon)
        if quantity.unit_class == "percent":
            rates = [place for place in found if self.words.rate.match(self.key, place[0])]
            found = rates or [place for place in found if " " in self.key[slice(*place)]]
        else:
            found = [place for place in found if " " in self.key[slice(*place)]]  # "thu", "chi" alone say little
        if not found:
            return None
        begin, noun_end = found[-1]
        limit = self._phrase_limit(begin, noun_end, colon, self._ends_count, quantity.unit_class)
        if quantity.unit_class != "percent" and (amount := _AMOUNT.search(self.key, noun_end, limit)) is not None:
            limit = amount.start()  # "với tổng diện tích | 3.150 ha, cụ thể: xã Tân An: 120 ha"
        return self._without_quality(Span(begin, self._trimmed(begin, limit)))

    def of_label(self, start: int, colon: int) -> Span | None:
        """What the label of a list counts, which begins with a measured noun: ``Số nhà giao về từng xã:``."""
        found = next((place for place in self.starts.inside(start, colon)), None)
        if found is None or self.key[start : found[0]].strip(_PUNCTUATION):
            return None
        limit = self._phrase_limit(found[0], found[1], colon, self._ends_count, "")
        return Span(found[0], self._trimmed(found[0], limit))

    def things_named(self, start: int, end: int) -> list[Span]:
        """The things of a list that ends a stretch: ``| Số vụ cháy, số người chết và số người bị thương | giảm``.

        Empty where the first of them is no measured noun and no ``trong đó`` stands before it.
        """
        for mark in _CLAUSE_MARKS:
            start = max(start, self.key.rfind(mark, start, end) + 1)
        head = next(iter(self.starts.inside(start, end)), None)
        several = [j for j in self.words.joints if " " in j and j in self.key[start:end]]
        opened = max((self.key.rfind(j, start, end) + len(j) for j in several), default=-1)
        begin = opened if opened >= 0 else head[0] if head is not None else -1
        if begin < 0 or self.times.first(begin, end) is not None:
            return []
        spans, at = [], begin + len(self.key[begin:end]) - len(self.key[begin:end].lstrip())
        for joint in [*self.words.part.finditer(self.key, at, end), None]:
            stop = end if joint is None else joint.start()
            while (last := _LAST_WORD.search(self.key, at, stop)) is not None and last[1] in self.words.said_of_values:
                stop = last.start()
            spans.append(Span(at, self._trimmed(at, stop)))
            at = end if joint is None else joint.end()
        return [span for span in spans if len(span) > 1]

    def _whole(self, quantity: Quantity, region: Region) -> Subject | None:
        """The whole that a list begins with: ``Độ che phủ rừng: toàn xã | 71 %, thôn Nà Lốc 82 %``."""
        start = self.key.rfind(COLON, region.left, quantity.span.start) + 1
        while 0 < start < quantity.span.start and self.key[start] == " ":
            start += 1
        span = Span(start, self._trimmed(start, quantity.span.start))
        whole = start > 0 and self.words.who.fullmatch(self.key, span.start, span.end) is not None
        return Subject(span, False, "") if whole else None

    def of_announced(self, quantity: Quantity, region: Region, before: Sequence[Span]) -> Span | None:
        """The rate that a paragraph before names, where this one counts up who has it: ``Cụ thể, huyện A giảm 2 %``."""
        paragraph = self._block_of(quantity.number.start).start
        if self.words.announces.match(self.key, paragraph, quantity.number.start) is None:
            return None
        named = self._subject(quantity, region, self.times)
        if named is None or not (self._is_name(named.span) or self._is_one_of_them(named.span)):
            return None
        for span in before:
            rates = [p for p in self.starts.inside(span.start, span.end) if self.words.rate.match(self.key, p[0])]
            if rates:
                begin, noun_end = rates[-1]
                limit = self._phrase_limit(begin, noun_end, span.end, self._ends_count, quantity.unit_class)
                return self._without_quality(Span(begin, self._trimmed(begin, limit)))
        return None

    def _without_quality(self, span: Span) -> Span:
        """``tỷ lệ tiêm phòng | còn thấp``: how high it is, is no part of it; but ``lao động tay nghề cao``."""
        last = self.words.quality_last.search(self.key, span.start, span.end)
        if last is None or " " not in self.key[span.start : last.start()]:
            return span
        kept = self.keep.inside(span.start, span.end)
        return span if _parts(kept, last.start() + 1) else Span(span.start, last.start())

    def only_names(self, quantity: Quantity, region: Region) -> bool:
        """Whether nothing but a name before a number says what it is of: ``…, trong đó xã Tân An | 14 nhà, …``."""
        named = self._subject(quantity, region, self.times)
        if named is None or not self._is_name(named.span) or quantity.unit_span is None:
            return False
        return not self.key[quantity.unit_span.end : region.right].lstrip()[:1].isalpha()

    def of_all(self, lent: Span, quantity: Quantity, region: Region) -> Span:
        """Words lent to another unit, area or season, without those of the first: ``tỷ lệ thu gom rác | ở đô thị``."""
        timed = self.times.first(region.left, quantity.span.start) is not None
        grown = self.times.first(lent.start, lent.end) if timed else None
        if grown is not None and grown.rule == _SEASON and grown.end >= lent.end:
            return Span(lent.start, self._trimmed(lent.start, grown.start))  # "lúa | vụ xuân 90 ha, vụ mùa 80 ha"
        place = self.words.location_last.search(self.key, lent.start, lent.end)
        if place is None or " " not in self.key[lent.start : place.start()]:
            return lent
        own = self.key[region.left : quantity.span.start].lstrip(_PUNCTUATION)
        own = own.removeprefix(next((f"{w} " for w in self.words.joints if own.startswith(f"{w} ")), ""))
        scope = self.words.who.fullmatch(place[1]) is not None and self.words.who.match(own) is not None
        return Span(lent.start, place.start()) if scope or self.words.location_first.match(own) else lent

    def is_rate(self, indicator: Span | None, quantity: Quantity) -> bool:
        """Whether a bare number is so many of something to something else: ``giường bệnh/vạn dân: | 28``."""
        if indicator is None or indicator.end > quantity.number.start:
            return False
        at = self.units.at(self.key, indicator.start)
        return at is not None and self.words.per_last.search(self.key, indicator.start, indicator.end) is not None

    def counts_animals(self, indicator: Span | None) -> bool:
        """Whether a bare number is that of a herd: ``trâu: 1.200, bò: 1.700``."""
        return indicator is not None and self.key[indicator.start : indicator.end] in self.words.herd

    def counts_persons(self, indicator: Span | None, quantity: Quantity) -> bool:
        """Whether a bare number says how many persons there are: ``đảng viên dự bị là | 44``."""
        if indicator is None or indicator.end > quantity.number.start:
            return False
        unit = self.units.at(self.key, indicator.start)
        link = self.key[indicator.end : quantity.span.start].split()
        strong = link and " ".join(link) in self.words.strong
        return bool(strong) and unit is not None and unit.kind == "people"

    def counts_in_line(self, indicator: Span | None, quantity: Quantity) -> bool:
        """Whether a bare number fills a line with the label of what is counted: ``Hợp tác xã giải thể: | 1``."""
        key, number = self.key, quantity.number
        if indicator is None or quantity.rule != "number.digits" or key[indicator.end : number.start].strip() != COLON:
            return False
        unit = self.units.at(key, indicator.start)
        words = key[indicator.start : indicator.end].split()
        if unit is None or unit.kind not in COUNTED or len(words) < _FEW_MORE or words[-1] in self.units.names:
            return False
        block = self._block_of(number.start)
        if key[number.end : block.end].strip(" .;") or len(unit.phrase) >= len(indicator):
            return False
        return not any(map(str.isalpha, key[block.start : indicator.start]))

    def who(self, quantity: Quantity, region: Region) -> Span | None:
        """The bare noun of a unit before a share of which nothing else is named: ``địa phương đạt dưới 95 %``."""
        named = self._subject(quantity, region, self.times) if quantity.unit_class == "percent" else None
        if named is None or self.words.who.fullmatch(self.key, named.span.start, named.span.end) is None:
            return None
        return named.span

    def _of_bracket(self, quantity: Quantity, sentence: Span, name: int) -> Span | None:
        """What shares in a bracket are of: ``Tiến độ giải ngân ở một số xã còn chậm (Tân An 12 %, Lộc Hưng 19 %)``."""
        opened = self.key.rfind("(", max(sentence.start, name - REACH), name)
        if opened < 0 or quantity.unit_class != "percent" or self.key.find(")", opened, name) >= 0:
            return None
        start = max(sentence.start, opened - REACH)
        for part in _PART.finditer(self.key, start, opened):
            start = part.end()
        times = self.times.inside(start, opened)
        if any(
            self._counts(m.start(), times) and not self._names(m.start())
            for m in _DIGITS.finditer(self.key, start, opened)
        ):
            return None
        rates = [place[0] for place in self.starts.inside(start, opened) if self.words.rate.match(self.key, place[0])]
        begin = rates[-1] if rates else self._behind_verbs(start, opened, times)
        said = self.words.says.search(self.key, begin + 1, opened)
        space = self.key.find(" ", begin, opened)
        if space < 0:
            return None
        limit = said.start() if said is not None else opened
        limit = self._phrase_limit(begin, space, limit, self._ends_count, quantity.unit_class)
        end = self._trimmed(begin, limit)
        return self._without_quality(Span(begin, end)) if " " in self.key[begin:end] else None

    def base_end(self, quantity: Quantity, limit: int) -> int:
        """Where what a percentage is measured against ends (``94 % dân số``): no part of what comes next."""
        if quantity.unit_class != "percent":
            return quantity.span.end
        base = self.words.whole_base.match(self.key, quantity.span.end, limit)
        if base is not None:
            return base.end()
        if (base := self.words.whole_first.match(self.key, quantity.span.end, limit)) is not None:
            time = self.times.first(base.end(), min(base.end() + 2, limit))
            end = base.end() if time is None else time.end
            if self.words.next_level.match(self.key, end, limit):
                return end  # "đạt 91 % dân số vào năm 2023 | và đạt 93 %"
        # "đạt 60 % kế hoạch năm, như Tân Hòa 18 %"
        share = self.words.share_base.match(self.key, quantity.span.end, limit)
        comma = self.key.find(",", share.end(), limit) if share is not None else -1
        return comma if comma >= 0 and not _DIGIT.search(self.key, quantity.span.end, comma) else quantity.span.end

    # --- which side ---------------------------------------------------------------------------------------------------

    def _of_count(
        self, quantity: Quantity, region: Region, subject: Subject | None, behind: Span | None
    ) -> tuple[Span | None, bool]:
        """A counted noun: what stands behind, unless that is the bare noun and a measured subject stands before."""
        words = self.words
        bare = behind is not None and quantity.unit_span is not None and behind.end <= quantity.unit_span.end
        per = "/" in quantity.unit
        if subject is not None and words.count.fullmatch(self.key, subject.span.start, subject.span.end):
            subject = None  # "với tổng số 640 căn hộ": a head without a noun says nothing
        if subject is not None and self.key[subject.span.start : subject.span.end] in words.loans:
            subject = None  # "cho vay 8.200 hộ": what is done, not what is counted
        if subject and per and bare and subject.link in words.levels:
            return subject.span, False  # "nâng năng lực thông quan lên 1.800 xe/ngày"
        rate = per and quantity.unit_class == "people" and self.words.per_behind.search(quantity.unit) is None
        if subject and rate and bare and self._opens_phrase(subject.span, region):
            return subject.span, False  # "bác sĩ đạt 12 người/vạn dân; dược sĩ đại học 3 người/vạn dân"
        if subject and bare and subject.link == _COMPARATOR and _DIGIT.search(quantity.unit):
            return subject.span, False  # "tử vong dưới 2,5 ca/100.000 dân"
        if subject and subject.headed and (subject.link or per):
            start = subject.span.start
            counts = subject.link in words.strong and words.count.match(self.key, start, subject.span.end)
            if bare or per or words.rate.match(self.key, start) or counts:
                return subject.span, False
        if subject and bare and not self._is_name(subject.span):
            # "3,6 ha mặt bằng | còn vướng (17 hộ)": what is left of the words of the number before says nothing
            rest = region.left > region.base and not subject.headed and subject.span.start <= region.left + 1
            bracketed = not subject.link and self.key[quantity.number.start - 1] == "(" and not rest
            counter = self._is_counter(quantity) and self._opens_phrase(subject.span, region)
            kind = words.kind.fullmatch(self.key, subject.span.start, subject.span.end) is not None
            kind = kind or self.key[subject.span.start : subject.span.end] in words.topics
            risen = subject.link in words.rises and self._opens_phrase(subject.span, region)
            risen = risen and ":" not in self.key[subject.span.end : quantity.span.start]
            many = quantity.unit_class == "people" and subject.link in words.strong and self._says_who(subject, region)
            part = region.part and not subject.link and self._names_part(subject.span, quantity, region)
            if (
                subject.link == COLON
                or self._labels(subject, quantity)
                or bracketed
                or counter
                or kind
                or part
                or many
                or risen
                or (subject.headed and not self._of_object(subject) and not self._led_to(quantity, region))
            ):
                return subject.span, False
        if subject is None and bare:
            link = self._link_only(quantity, region)
            before = self.key[region.left : quantity.span.start].rstrip()[: -len(link) or None].rstrip()
            dated = region.left > region.base and self.times.first(region.left, quantity.span.start) is not None
            if link in words.strong and dated:
                return None, True  # "giảm hộ nghèo năm 2024 là 12 hộ, năm 2025 là 9 hộ"
            if link in words.levels or (link in words.differences and before.endswith("(")):
                return None, True  # "10.689 hộ nghèo (tăng 137 hộ)"
            if link in words.by_how_much and not _BRACKET.sub("", before).strip(" ,;"):
                if self._is_counter(quantity):
                    return None, True  # "gần 9.000 con chim cút, tăng 500 con"
                return behind, True  # "tổng đàn lợn 1.450 con, vượt 50 con so với kế hoạch"
        said = self._named_already(subject, behind) if subject is not None and behind is not None and bare else None
        return said or behind, False

    def _named_already(self, subject: Subject, unit: Span) -> Span | None:
        """The counted noun where it was said right before its number: ``trồng | cây xanh đô thị | 5.000 cây``."""
        start, end = subject.span.start, subject.span.end
        noun = f" {self.key[start:end]}".find(f" {self.key[unit.start : unit.end]} ")
        if not 0 <= noun <= _SHORT_VERB or self._is_name(subject.span):
            return None
        if subject.link and (noun or subject.link not in self.words.levels):
            return None  # but "tổ yếu kém còn | 08 tổ"
        return Span(start + noun, end)

    def _of_share_or_rate(
        self, quantity: Quantity, region: Region, subject: Subject | None, behind: Span | None
    ) -> tuple[Span | None, bool]:
        """A percentage, a factor, a length of time, a bare number."""
        words, key = self.words, self.key
        percent = quantity.unit_class == "percent"
        link = subject.link if subject else self._link_only(quantity, region)
        if percent and behind is not None and words.is_share_of.match(key, quantity.span.end):
            return behind, False
        if percent and subject is None and behind is not None and self._is_of_before(link, behind, region):
            return None, True  # "cấp 12.000 giấy chứng nhận, đạt 98 % diện tích cần cấp"
        loose = subject is None or not (subject.headed or link == COLON)
        parted = bool({",", ";"} & set(key[region.left : quantity.span.start]))
        parted = parted or words.says_more.match(key, region.left, quantity.span.start) is not None
        if loose and not parted and link in words.strong and link not in words.levels and region.left > region.base:
            # "tỷ lệ trẻ được tiêm đủ 8 loại vắc xin đạt 88,7 %": a number inside the subject
            whole = self._subject(quantity, Region(region.base, region.right, region.base), InOrder())
            told = whole is not None and words.level_inside.search(key, whole.span.start, whole.span.end)
            if (
                whole is not None
                and whole.headed
                and not told
                and not {",", ";"} & set(key[whole.span.start : whole.span.end])
            ):
                return whole.span, False
        if subject is not None and link in words.changes and self._is_scope(subject.span, region):
            return None, True  # "tỷ lệ hộ nghèo giảm 1%; riêng các xã miền núi giảm 4%"
        leveled = link in words.levels or link in words.changes or region.left <= region.base
        if percent and loose and not leveled and (whole := self._of_rate_with_count(quantity, region)) is not None:
            return whole.span, False
        changed = subject if subject is not None and not subject.headed and link in words.differences else None
        if changed is not None and region.left > region.base and changed.span.start <= region.left + 1:
            return None, True  # "7 huyện | nghèo | giảm từ 5 %": who
        if changed is not None and words.group.match(key, changed.span.start, changed.span.end):
            return changed.span, True  # "tỷ lệ hộ nghèo giảm 3 %; | các huyện nghèo | giảm 5 %"
        if subject is not None and self._is_one_of_them(subject.span):
            return None, True  # "15 xã có tỷ lệ hộ nghèo trên 40 %, cao nhất là xã Mường Lạn (55 %)"
        if subject is not None and not subject.headed and self._is_times(quantity):
            cut_off = key[region.left : subject.span.start].rstrip().endswith(",")
            if cut_off and self.times.first(subject.span.end, quantity.span.start) is not None:
                return quantity.unit_span, False  # "đối thoại với doanh nghiệp, hộ kinh doanh, mỗi năm 02 lần"
        if percent and behind is not None and subject is not None and self._only_sets_aside(subject):
            return behind, False  # "bảo đảm bố trí 3 % tổng chi ngân sách cho khoa học"
        if percent and behind is not None and subject is not None and words.in_all.match(key, behind.start):
            return subject.span, False  # "tai nạn giao thông giảm 5 % cả ba mặt"
        if subject is not None and (subject.headed or not self._is_name(subject.span)):
            against = self._is_measured_against(quantity, region, subject, link)
            named = subject.link in words.strong and (subject.link != COLON or behind is None or against)
            more = percent and subject.link in words.more and not against
            if more and behind is not None and self.starts.opens(behind.start, behind.end):
                return behind, False  # "ngân sách tỉnh hỗ trợ thêm 20 % mức đóng"
            if percent and behind is not None and self._says_of_whom(subject, behind):
                return behind, False
            leads_on, subject = subject, self._without_preposition(subject)
            if (subject.headed and subject.link) or named:
                return subject.span, False
            if percent and behind is not None and leads_on is subject and self._is_floor_of(quantity, behind):
                return subject.span, False
        if percent and behind is not None and not self._is_measured_against(quantity, region, subject, link):
            return behind, False
        if quantity.unit_class == "span":
            if subject is not None and "/" in quantity.unit and self._opens_phrase(subject.span, region):
                return subject.span, False  # "ngày lưu trú bình quân 2,1 ngày/khách"
            return None, link in words.changes or link in words.strong
        if subject is None or (self._is_name(subject.span) and not subject.headed):
            return None, True
        few = len(key[subject.span.start : subject.span.end].split()) <= _FEW
        alone = percent and (self._opens_phrase(subject.span, region) or self._behind_one_verb(subject.span, region))
        if subject.headed or subject.link or few or alone:
            return subject.span, False
        return None, link in words.changes or percent

    def _says_of_whom(self, subject: Subject, behind: Span) -> bool:
        """Whether a whole clause stands before a share of so many: ``đưa công dân đi khám đạt 100% | số công dân``."""
        if subject.headed or len(self.key[subject.span.start : subject.span.end].split()) < _CLAUSE:
            return False
        count = self.words.count.match(self.key, behind.start, behind.end)
        who = self.units.at(self.key, count.end() + 1) if count is not None else None
        return who is not None and f" {who.phrase} " in f" {self.key[subject.span.start : subject.span.end]} "

    def _only_sets_aside(self, subject: Subject) -> bool:
        """Whether nothing but verbs of what is done with money stands before a share: ``cân đối, bố trí | 3 % …``."""
        said = self.words.gives_only.fullmatch(self.key, subject.span.start, subject.span.end)
        return said is not None and not subject.headed

    def _is_of_before(self, link: str, behind: Span, region: Region) -> bool:
        """Whether a share whose base follows is of what the number before counts (decision 31)."""
        words = self.words
        if link not in words.strong or link in words.levels or region.left <= region.base:
            return False
        if link in words.shares:
            return True
        if words.whole_only.fullmatch(self.key, behind.start, behind.end):
            return True  # "và đạt 93 % | dân số | năm 2020"
        base = self.starts.opens(behind.start, behind.end) or words.total_of.match(self.key, behind.start)
        return bool(base) and words.predicate.search(self.key, behind.start, behind.end) is None

    def _is_times(self, quantity: Quantity) -> bool:
        """Whether a factor's unit can also count how often something is done."""
        unit = self.units.at(self.key, quantity.unit_span.start) if quantity.unit_span is not None else None
        return unit is not None and bool(unit.per)

    def _is_measured_against(self, quantity: Quantity, region: Region, subject: Subject | None, link: str) -> bool:
        """What the percentage is measured against follows it: ``tăng 6% so với …``, ``đạt 104% kế hoạch``."""
        if not link and subject is None:
            return False
        percent, change = self.words.base
        base = change if link in self.words.differences else percent
        found = base.match(self.key, quantity.span.end, region.right)
        if found is None or link != COLON:
            return found is not None
        # "Vắc xin dại: 70 % tổng đàn chó, mèo được tiêm": what follows has a predicate of its own
        stop = _STOP.search(self.text, found.end(), region.right)
        end = region.right if stop is None else stop.start()
        return self.words.predicate.search(self.key, found.end(), end) is None

    def _is_floor_of(self, quantity: Quantity, behind: Span) -> bool:
        """``lúa đặc sản từ 70% diện tích trở lên``: the base stands inside the bound, and nothing behind it."""
        floor = self.bound_behind.match(self.key, quantity.span.end)
        return floor is not None and floor.end() >= behind.end

    def _of_measure(
        self, quantity: Quantity, region: Region, subject: Subject | None, behind: Span | None
    ) -> tuple[Span | None, bool]:
        """Money and physical units: the subject where there is one, else what the amount is of."""
        words = self.words
        more = behind is not None and quantity.unit_span is not None and behind.end > quantity.unit_span.end + 1
        ended = quantity.unit_span.end if more and quantity.unit_span is not None else 0
        if ended and (self.words.part.match(self.key, ended) or self.words.by_means.match(self.key, ended)):
            behind, more = quantity.unit_span, False  # "2.150 tỷ đồng | và nguồn hợp pháp khác", "| bằng tiền mặt"
        if ended and subject is not None and self._is_next_subject(subject, ended, region.right):
            behind, more = quantity.unit_span, False  # "ngô trồng được 9 ha | sản lượng ước đạt 36 tấn"
        if more and behind is not None and quantity.unit_span is not None:
            behind = self._without_unit(behind, quantity.unit_span)
            more = self.key[behind.start : behind.end] not in words.alone  # "267 tỷ đồng tỉnh giao"
        if quantity.unit_class == "money" and not (
            subject is not None and subject.headed and not self._has_two(subject)
        ):
            given = self.words.giving.search(self.key, region.left, quantity.span.start)
            source = self._source(quantity, region) if given is not None or (subject is None and more) else None
            if source is not None:
                return source, False  # "Sở Tài chính bố trí 40 tỷ đồng từ | nguồn dự phòng"
            if given is not None and not more and subject is not None and self._does(subject.span.start, given.start()):
                return quantity.unit_span, False
        if (
            subject is not None
            and not (more or subject.headed or subject.link)
            and region.left > region.base
            and words.part_last.search(self.key, subject.span.start, subject.span.end)
        ):
            return None, True  # "60 triệu đồng đối với nhà xây mới và | 30 triệu đồng đối với nhà sửa chữa"
        if subject is not None and not more and region.left > region.base:
            said = self.key[subject.span.start : subject.span.end]
            again = said in words.grown and said in self.key[region.base : region.left]
            if again and not subject.link:
                return None, True  # "trồng 300 ha rừng phòng hộ, trong đó năm 2026 trồng | 100 ha"
        if subject is not None:
            subject = self._without_preposition(subject)
            if subject.link in words.managed and not subject.headed and not more:
                done = self._without_who(subject.span)
                grown = words.crop.match(self.key, done.start, done.end) is not None
                if (grown or " " in self.key[done.start : done.end]) and not self._is_name(done):
                    return done, False  # "toàn xã | gieo cấy | được 177 ha"
            loose = subject.link == COLON or subject.link not in words.strong
            grown = (
                words.crop.match(self.key, subject.span.start, subject.span.end) is not None
            )  # "Sâm Ngọc Linh: 40 ha"
            if not subject.headed and loose and not grown and self._is_name(subject.span):
                return (behind if more else quantity.unit_span), False
            several = len(self.key[subject.span.start : subject.span.end].split()) >= 2
            named = more and behind is not None and self.starts.opens(behind.start, behind.end)
            if (
                named
                and subject.link not in words.strong
                and self.words.spent.search(self.key, subject.span.start, subject.span.end)
            ):
                return behind, False  # "đã giải ngân 40 tỷ đồng | vốn Chương trình"
            if subject.link in words.strong or (subject.headed and (subject.link or several)):
                return subject.span, False
        if more:
            # "60 triệu đồng/nhà xây mới, 30 triệu đồng/nhà sửa chữa"
            own = subject is not None and self.key[region.left : subject.span.start].strip() != ""
            return behind, not own and "/" in quantity.unit
        if subject is not None and (subject.headed or subject.link not in words.weak):
            return subject.span, False
        if subject is not None and self._says_what(subject.span):
            return subject.span, False  # "vận động nhân dân hiến đất mở đường, phấn đấu 4.500 m2"
        if quantity.unit_class == "money" and (each := self._each_before(quantity, region)) is not None:
            return each, False
        link = self._link_only(quantity, region)
        if link in words.changes or link in words.levels:
            return None, True
        # "Lúa mùa: 18.300 ha, 50,2 tạ/ha": what it is of may stand before the number before
        return (behind or quantity.unit_span), subject is None

    def _is_next_subject(self, subject: Subject, start: int, right: int) -> bool:
        """Whether a measured noun with a verb of its own stands between two numbers, no comma before it."""
        # not "trồng | 300 ha diện tích rừng"
        named = subject.headed or " " in self.key[subject.span.start : subject.span.end]
        return named and self._opens_next(start, right)

    def _each_before(self, quantity: Quantity, region: Region) -> Span | None:
        """``mỗi dự án | không dưới 2 tỷ đồng``: a bound for each of some things, of which nothing else is named."""
        if quantity.comparator == "=" or self.times.first(region.left, quantity.span.start) is not None:
            return None
        start = region.left
        while start < quantity.span.start and self.key[start] in _PUNCTUATION:
            start += 1
        span = Span(start, self._trimmed(start, quantity.span.start))
        return span if self.words.each_of_them.fullmatch(self.key, span.start, span.end) else None

    def _has_two(self, subject: Subject) -> bool:
        """Whether a verb behind a joint stands in a subject: ``nhu cầu vốn và tham mưu dành | 5 tỷ đồng``."""
        joints = list(self.words.part.finditer(self.key, subject.span.start, subject.span.end))
        return bool(joints) and bool(self._verb_at(joints[-1].end()))

    def _opens_with_time(self, quantity: Quantity, region: Region) -> bool:
        """Whether a bare count stands behind a label that is only a time: ``năm 2024: | 1.300 lao động``."""
        before = self.key[region.left : quantity.span.start].strip()
        time = self.times.first(region.left, quantity.span.start) if before.endswith(COLON) else None
        bare = quantity.unit_span is None or not self.key[quantity.unit_span.end : region.right].lstrip()[:1].isalpha()
        return time is not None and bare and not before.replace(self.key[time.start : time.end], "").strip(_PUNCTUATION)

    def _source(self, quantity: Quantity, region: Region) -> Span | None:
        """What an amount of money is taken from: ``bố trí 40 tỷ đồng từ | nguồn dự phòng ngân sách``."""
        opened = self.words.source.match(self.key, quantity.span.end) if quantity.unit_class == "money" else None
        if opened is None or not self.starts.opens(opened.end(), region.right):
            return None
        begin = opened.end()
        space = self.key.find(" ", begin, region.right)
        limit = self._phrase_limit(begin, space, region.right, self._ends_count, "money") if space > 0 else region.right
        return Span(begin, self._trimmed(begin, limit))

    def _without_who(self, span: Span) -> Span:
        """A phrase without the unit that it begins with; nothing of one that begins with persons."""
        start = span.start
        if (unit := self.words.unit.match(self.key, start, span.end)) is not None:
            start = unit.end()
            while (name := _NAME_WORD.match(self.text, start, span.end)) is not None:
                start = name.end()
        who = self.units.at(self.key, start)
        return Span(span.end, span.end) if who is not None and who.kind == "people" else Span(start, span.end)

    def _says_what(self, span: Span) -> bool:
        """Whether a phrase says what is done, and does not only name who or where."""
        several = len(self.key[span.start : span.end].split()) > 2
        return several and not self._is_name(span) and not self.words.place.match(self.key, span.start)

    def _without_unit(self, behind: Span, unit: Span) -> Span:
        """``300 ha | rừng phòng hộ``: what is measured, without the unit it is measured in."""
        begin = unit.end
        while begin < behind.end and self.text[begin] == " ":
            begin += 1
        if (rest := self.words.rest_of.match(self.key, begin, behind.end)) is not None:
            begin = rest.end()  # "12 km còn lại của | tuyến tránh"
        return Span(begin, behind.end) if _TWO_LETTERS.search(self.text, begin, behind.end) else behind

    def _of_share(self, quantity: Quantity, share: Span, region: Region) -> Span | None:
        """The indicator of ``50% số thôn (29/52 thôn)``: what the percentage is of; else the counted noun."""
        opened = self.key.rfind("(", share.end, quantity.number.start)
        closed = self.key.find(")", quantity.number.end, region.right)
        apart = quantity.unit_span is not None and 0 < closed < quantity.unit_span.start
        if apart:
            opened = region.right  # "100 % (19/19) | thôn có tổ hòa giải"
        percent = replace(
            quantity,
            number=share,
            span=Span(share.start, closed + 1) if apart else share,
            unit="%",
            unit_class="percent",
            unit_span=None,
            share=None,
            percent=None,
        )
        span, _ = self.read(percent, Region(region.left, max(share.end, opened), region.base))
        return span if span is not None else quantity.unit_span

    def _is_counter(self, quantity: Quantity) -> bool:
        """``12.500 chiếc``, ``85 nghìn thùng``: the unit names no thing."""
        span = quantity.unit_span
        return span is not None and self.words.counter.fullmatch(self.key, span.start, span.end) is not None

    def _is_body(self, quantity: Quantity) -> bool:
        span = quantity.unit_span
        return span is not None and self.key[span.start : span.end] in self.words.body

    def _says_who(self, subject: Subject, region: Region) -> bool:
        """``BHYT hộ gia đình đạt 1.150 người``: a phrase of its own before a strong link, no unit and no object."""
        span = subject.span
        if subject.link in self.words.levels or self.words.place.match(self.key, span.start):
            return False
        return self._opens_phrase(span, region) and not self._of_object(subject)

    def _of_object(self, subject: Subject) -> bool:
        """``nguồn vốn của 21 dự án``: the counted noun is the object of the words before it."""
        found = self.words.object_of.search(self.key, subject.span.start, subject.span.end)
        return found is not None and not _parts(
            self.keep.inside(subject.span.start, subject.span.end), found.start() + 1
        )

    def _led_to(self, quantity: Quantity, region: Region) -> bool:
        """``Thời gian thực hiện đến hết tháng 9 tại | 13 thôn``: a word of place stands right before the count."""
        return self.words.object_of.search(self.key, region.left, quantity.span.start - 1) is not None

    def _without_preposition(self, subject: Subject) -> Subject:
        """``cấp chứng chỉ rừng | cho 6.000 ha``: a phrase does not end in what leads to the number."""
        found = self.words.leads_on.search(self.key, subject.span.start, subject.span.end)
        if found is None or " " not in self.key[subject.span.start : found.start()]:
            return subject
        return replace(subject, span=Span(subject.span.start, found.start()))

    def _done_with(self, quantity: Quantity, region: Region) -> Span | None:
        """``Củng cố tổ chức, xây dựng | mô hình nông hội: 04 mô hình``: the counted noun behind a label's last verb."""
        unit, key = quantity.unit_span, self.key
        colon = key.rfind(COLON, region.left, quantity.span.start)
        if (
            unit is None
            or quantity.unit_class not in COUNTED
            or colon < 0
            or key[colon + 1 : quantity.span.start].strip()
        ):
            return None
        begin = max(region.left, key.rfind(";", region.left, colon) + 1)
        at = key.rfind(f" {key[unit.start : unit.end]} ", begin, colon)
        comma = key.rfind(",", begin, at) + 1 if at >= 0 else 0
        if not comma:
            return None
        verb = key[comma:at].strip()
        if not (verb in self.words.works or (verb and self._verb_at(at - len(verb)) == verb)):
            return None
        return Span(at + 1, self._trimmed(at + 1, colon))

    def _labels(self, subject: Subject, quantity: Quantity) -> bool:
        """``Xã đạt chuẩn: thêm 02 xã``: what stands before the colon names the counted noun."""
        unit = quantity.unit_span
        if unit is None or COLON not in self.key[subject.span.end : quantity.span.start]:
            return False
        return self.key.startswith(f"{self.key[unit.start : unit.end]} ", subject.span.start)

    def _opens_phrase(self, span: Span, region: Region) -> bool:
        """Whether nothing but punctuation or a joint ("trong đó") stands before a phrase of several words."""
        before = self.key[region.left : span.start].rstrip()
        joint = any(self._ends_with(w, region.left, region.left + len(before)) for w in self.words.joints)
        return (not before or before[-1] in _PUNCTUATION or joint) and len(self.key[span.start : span.end].split()) > 1

    def _behind_one_verb(self, span: Span, region: Region) -> bool:
        """Whether no more than the verb of its clause stands before a phrase: ``Huy động | trẻ 3 - 5 tuổi đi học``."""
        before = self.key[region.base : span.start]
        start = region.base + len(before) - len(before.lstrip(_PUNCTUATION))
        verb = self._verb_at(start)
        return verb != "" and not self.key[start + len(verb) : span.start].strip()

    def _names_part(self, span: Span, quantity: Quantity, region: Region) -> bool:
        """Whether a short phrase names a part of what the number before counts: ``850 hộ: tập trung | 420 hộ``."""
        words = self.key[span.start : span.end]
        if not 1 < len(words.split()) < _FEW or words in self.words.works or self.words.place.match(words):
            return False
        if self.words.verb_last.search(words) is not None:
            return False  # "kết quả: hỗ trợ xây dựng 3 mô hình"
        if self.key[span.end : quantity.span.start].strip():
            return False  # "dự án | tại xã Phước An 720 căn"
        return self._opens_phrase(span, region) and self.words.object_of.search(words) is None

    def _is_name(self, span: Span) -> bool:
        """A name before a number says whose the amount is: ``Ba Tơ 7.000 ha``, ``VNPT: 25 trạm``, ``Nhóm 1``."""
        words = self.words
        text, key = self.text[span.start : span.end], self.key[span.start : span.end]
        if key in words.coded or key in words.topics:
            return False  # "SIPAS 88 %"
        if words.who.fullmatch(key):
            return True  # "huyện | phấn đấu đạt 92,5 %"
        if _CAPITAL_ONLY.fullmatch(text) or _NUMBERED.fullmatch(key) or words.the_rest.fullmatch(key):
            return True
        if words.names.fullmatch(text) or words.bodies_only.fullmatch(key):
            return True  # "Khe Mẫu, Hướng Mẫu và A Mẫu"
        if words.place.match(key) and (_NAME_INSIDE.search(text) or words.rest.search(key)):
            return True
        if not text[:1].isupper():
            return False
        # "BHXH tự nguyện" is no agency: behind the head of an agency stands a name, a place or nothing
        ends = [h.end for h in words.bodies.matches(key) if h.start == 0]
        if ends and words.who_last.search(key, max(ends)):
            return True  # "Ban Quản lý dự án | huyện"
        return (bool(ends) and not _LOWER_ONLY.match(text, max(ends))) or any(
            words.place.match(key, e + 1) for e in ends
        )

    def _is_scope(self, span: Span, region: Region) -> bool:
        """Whether a phrase behind a joint names units, of which the same is said as of the whole."""
        if self.words.each.match(self.key, span.start, span.end):
            return True
        before = self.key[max(0, span.start - REACH) : span.start].rstrip()
        joined = any(before.endswith(f" {word}") or before == word for word in self.words.joints)
        return joined and self.words.place.match(self.key, span.start, span.end) is not None

    def _is_one_of_them(self, span: Span) -> bool:
        """Whether a phrase only picks one of those told of, by its name: ``cao nhất là Tìa Dình``."""
        one = self.words.one_of_them.match(self.key, span.start, span.end)
        if one is None:
            return False
        return one.end() >= span.end or self._is_name(Span(one.end(), span.end))

    def _link_only(self, quantity: Quantity, region: Region) -> str:
        key = self.key[region.left : quantity.span.start].rstrip()
        for word in ending(self.words.links, key):
            if key.endswith(word) and not key[: -len(word)][-1:].isalnum():
                return word
        compared = self.key[quantity.span.start : quantity.number.start].split()[:1]
        return compared[0] if not key and compared and compared[0] in self.words.levels else ""  # "xuống dưới 4 giờ"

    # --- the subject before a number ----------------------------------------------------------------------------------

    def _subject(self, quantity: Quantity, region: Region, times: InOrder) -> Subject | None:
        key, text = self.key, self.text
        inside = times.inside(region.left, quantity.span.start)
        end, link = self._before_link(region.left, quantity.span.start, inside)
        if not link and quantity.span.start < quantity.number.start:
            first = key[quantity.span.start : quantity.number.start].split()[0]
            # "nợ đọng giảm xuống dưới 2 %"; "tỷ lệ nợ quá hạn dưới 0,2%"
            link = first if first in self.words.levels else _COMPARATOR
        if end <= region.left:
            return None
        start, headed = self._subject_start(region.left, end, inside, whole=link == COLON)
        while start < end and text[start] in _OPENING:
            start += 1
        if not headed and (place := self.words.place_first.match(text, start, end)) is not None:
            start = place.end()  # "địa bàn phường | dự án có chiều dài 2 km"
        end = self._trimmed(start, self._before_place(start, end))
        # "kinh phí theo tiến độ, đến 30/6 cấp | đạt 60 %": a time and a verb before the link are no part of the phrase
        for time in inside:
            inner = start < time.start and time.end <= end and len(key[time.end : end].split()) <= 2
            cut = self._cut_of(time)
            if inner and cut < time.end and not _parts(self.keep.inside(start, end), time.start):
                end = self._trimmed(start, cut)
                break
        if (said := self.words.said.search(key, start, end)) is not None and " " in key[start : said.start() - 1]:
            end = self._trimmed(start, said.start())  # "thu ngân sách | đều vượt dự toán, đạt 112 %"
        end = self._without_doing(start, end, quantity, link) if headed or link not in self.words.strong else end
        if link in self.words.levels and region.left > region.base and not key[region.left : start].strip():
            return None  # "từ 16,8 % | GRDP năm 2025 | lên 19 %": what the number before is of
        if region.left > region.base and self.words.onward_last.search(key, region.left, end):
            return None  # "chi 3 % tổng chi cho khoa học, công nghệ | và từng bước | tăng lên 4 %"
        if key[start:end] in self.words.alone:
            told = region.left > region.base or len(key[region.left : start].split()) < _FEW_MORE
            if told or not self.words.rate.fullmatch(key, start, end):
                return None  # "chiếm tỷ lệ 4,5 %"; not "cuối đợt đạt tỷ lệ dưới 60 %"
        if not headed and key[quantity.span.start - 1] == "(" and (plan := self.words.plan.search(key, start, end)):
            if region.left > region.base or not plan["than"]:
                return None  # "giảm 4,5 %/năm, vượt kế hoạch đề ra (4 %/năm)"
            return Subject(Span(plan.end("than"), end), True, "")
        done = None if headed or link else self.words.done_of.search(key, region.left, end)
        if done is None and quantity.unit_class == "percent" and not (headed or link):
            done = self.words.given_of.search(key, region.left, end)  # not "đã phân bổ 1.005 tỷ đồng"
        if done is not None:
            end = self._trimmed(start, done.start())
            if end - start < 2 or self._is_name(Span(start, end)) or self.words.place.match(key, start):
                return None  # "huyện Vân Canh phải hoàn thành 100 % kế hoạch vốn": who does it
        if not headed and self.words.no_subject.match(key, start, end):
            return None  # "so với năm 2017, bằng 6,1 %": a comparison, not a subject
        if not headed and self.words.order.match(key, start, end) and (colon := self._label_before(start)) is not None:
            labelled = self._subject(replace(quantity, span=Span(colon, quantity.span.end)), region, times)
            if labelled is not None and labelled.headed:
                return replace(labelled, link=link or COLON)
        if self._ends.opens(start, end):
            return None
        if end - start < 2 or not _TWO_LETTERS.search(text, start, end):
            return None
        return Subject(Span(start, end), headed, link)

    def _label_before(self, start: int) -> int | None:
        """The colon right before a phrase: ``Tỷ lệ hộ nghèo: | Giao Phòng Kinh tế tham mưu, phấn đấu giảm còn 2 %``."""
        before = start - 1
        while before > 0 and self.key[before] in _MARKED:
            before -= 1
        return before if self.key[before] == COLON else None

    def _without_doing(self, start: int, end: int, quantity: Quantity, link: str) -> int:
        """Where a subject ends that says last what is done with it: ``quỹ cấp tỉnh | phấn đấu vận động``."""
        if quantity.unit_class not in ("measure", "money") or link in self.words.strong:
            return end
        planned = self.words.planned_last.search(self.key, start + 1, end)
        if planned is None and self.words.crop.match(self.key, start, end):
            planned = self.words.grown_last.search(self.key, start + 1, end)  # "mắc ca | trồng mới 60 ha"
        return end if planned is None else planned.start()

    def _before_place(self, start: int, end: int) -> int:
        """Where a subject ends that says where as well: ``trồng rừng | tại các xã Co Mạ (140 ha)``."""
        if (them := self.words.names_them.search(self.key, start + 1, end)) is not None and them.end() < end:
            named = self.text[them.end()].isupper() and self._is_name(Span(them.end(), end))
            if named and " " in self.key[start : them.start()]:
                return them.start()  # "tỷ lệ hộ nghèo | cao là Nậm Khao (62 %)"
        if not self._locations.inside(start, end):
            return end
        place = self.words.location.search(self.key, start, end)
        if place is None or not _NAME_NEAR.search(self.text, place.end(), end):
            return end
        return end if _parts(self.keep.inside(start, end), place.start() + 1) else place.start()

    def _trimmed(self, start: int, end: int) -> int:
        while end > start and self.text[end - 1] in " ,;:-":
            end -= 1
        return end

    def _closes_quote(self, left: int, end: int) -> bool:
        """Whether a quotation that began in the phrase ends there: ``tỷ lệ thôn “xanh - sạch” | đạt 90 %``."""
        return self.key[end - 1] == '"' and self.key.count('"', left, end) % 2 == 0

    def _before_link(self, left: int, end: int, times: Sequence[Hit]) -> tuple[int, str]:
        """Where the words before links, times and punctuation end, and the link that says most."""
        key, words, link = self.key, self.words, ""
        begun = end
        for _ in range(8):
            while end > left and key[end - 1] in " ,(\"'" and not self._closes_quote(left, end):
                end -= 1
            if (note := self._note_before(left, end, times)) is not None:
                end = note
                continue
            if end > left and key[end - 1] == COLON:
                link, end = COLON if link in words.weak else link or COLON, end - 1
                continue
            over = next((t for t in times if t.end >= end > t.start), None) if times else None
            cut = end if over is None else self._cut_of(over)
            if over is not None and cut < end and not _parts(self.keep.inside(left, begun), over.start):
                end = cut  # but "diện tích cây hằng năm | 4.820 ha"
                continue
            if (grown := self._growth_behind_label(left, end)) is not None:
                end, link = grown, COLON
                continue
            word = self._link_at(left, end, begun)
            if not word or (word in words.extents and key.startswith("(", end - len(word) - 1)):
                break  # "(dài 53 km)": the bracket has no subject of its own
            if not link or link in words.weak:
                link = word
            end -= len(word)
        return end, link

    def _growth_behind_label(self, left: int, end: int) -> int | None:
        """Where growth begins that ends at ``end``, if a label says of what: ``Du lịch: | tăng trưởng 9 %``."""
        for word in self.words.grows:
            if self._ends_with(word, left, end):
                colon = self.key[left : end - len(word)].rstrip(_MARKED)
                label = self.words.sector.search(colon) if colon.endswith(COLON) else None
                return None if label is None else left + len(colon)
        return None

    def _link_at(self, left: int, end: int, begun: int) -> str:
        """The link that ends at ``end``, no part of a head ("thu nhập bình quân") or a set phrase in [left, begun)."""
        linked = [w for w in ending(self.words.links, self.key[max(0, end - 2) : end]) if self._ends_with(w, left, end)]
        if not linked:
            return ""
        begin = end - max(map(len, linked))  # "đạt tỷ lệ | 93 %" is a link, "mật độ | 93" none
        heads = self.starts.inside(left, begun)
        begin = begin if len(self.key[left:begin].split()) >= _FEW_MORE else end  # not "cuối đợt đạt tỷ lệ"
        if any(stop == end and stop - start > 4 and begin >= start for start, stop in heads):
            return ""
        kept = self.keep.inside(left, begun)
        return next((word for word in linked if not _parts(kept, end - len(word))), "")

    def _note_before(self, left: int, end: int, times: Sequence[Hit]) -> int | None:
        """Where a bracket begins that ends at ``end`` and holds no quantity."""
        if end <= left or self.key[end - 1] != ")":
            return None
        note = _NOTE.search(self.key, max(left, end - _NOTE_LENGTH), end)
        if note is None or note.start() <= left:
            return None
        digits = _DIGIT.finditer(self.key, note.start(), end)
        return None if any(self._counts(m.start(), times) for m in digits) else note.start()

    def _counts(self, offset: int, times: Sequence[Hit]) -> bool:
        """Whether a digit is of a quantity, not of a time or a decoy."""
        return not self.masks.overlaps(offset, offset + 1) and not any(t.start <= offset < t.end for t in times)

    def _names(self, number: int) -> bool:
        """Whether the word before a number makes it a name: ``tiêm phòng đợt | 2``."""
        return _last_word(self.key[max(0, number - _WORD) : number]) in self.units.names

    def _ends_with(self, word: str, left: int, end: int) -> bool:
        key, begin = self.key, end - len(word)
        return key.endswith(word, left, end) and (begin == left or not (key[begin - 1].isalnum() and word[0].isalnum()))

    def _subject_start(self, left: int, end: int, times: Sequence[Hit], *, whole: bool) -> tuple[int, bool]:
        """Where the noun phrase that ends at ``end`` begins, and whether a head noun says so.

        Args:
            whole: a colon follows, so that all from the last joint on is the phrase
                (``Hỗ trợ nhà ở …, hộ chính sách: 77``).
        """
        cited = bisect_right(self._citation_ends, end) - 1
        if cited >= 0:
            left = max(left, self._citation_ends[cited])
        stretch = self.key[left:end]
        begin = inside = opened = 0
        for part in _SENTENCE_PART.finditer(stretch):
            if part.start() < inside or (note := self._remark(left + begin, left + part.start(), end)) is None:
                begin = part.end() if part.start() >= inside else begin
            else:
                opened, inside = part.start(), note - left  # "Tổng lượng chất thải rắn (CTR) | phát sinh"
        cuts = [begin]
        for cut in self.words.cut.finditer(stretch):
            if cut.end() > begin and not opened < cut.start() < inside:
                cuts.append(cut.end())
        if len(cuts) > 1 and _parts(self.keep.inside(left, end), left + cuts[-1] - 1):
            cuts.pop()  # "dư nợ cho vay hộ nghèo, | hộ cận nghèo": a set phrase
        if len(cuts) > 1 and self.words.and_others.match(stretch, cuts[-1]):
            cuts.pop()  # "vốn của chủ rừng và | vốn khác"
        while len(cuts) > 1 and self._is_another_kind(stretch, cuts[-1]):
            cuts.pop()  # "tiêm vắc xin cho trâu, | bò"
        head = self._head(left, stretch, cuts)
        if head is not None:
            if (total := self.words.total.search(stretch, 0, head)) is not None:
                head = total.start()
            if whole and head > begin and self._is_label(left, stretch[begin:head]):
                head = begin
            return left + head, True
        phrase = begin if whole or len(stretch) - cuts[-1] <= 1 else self._enumeration(left, stretch, cuts)
        return self._behind_verbs(left + phrase, end, times), False

    def _remark(self, begin: int, opened: int, end: int) -> int | None:
        """Where a bracket inside a subject ends: a short name, or a remark behind a head that begins the phrase."""
        note = _SHORT_NAME.match(self.text, opened, end)
        if note is None and any(start == begin for start, _ in self.starts.inside(begin, opened)):
            note = self.words.remark.match(self.text, opened, end)
            digits = _DIGITS.finditer(self.key, opened, note.end()) if note is not None else ()
            if any(self._counts(number.start(), ()) for number in digits):
                return None
        return None if note is None else note.end()

    def _is_another_kind(self, stretch: str, cut: int) -> bool:
        """Whether a part behind a comma only names another kind of what the part before it ends in."""
        if self.words.sibling.match(stretch, max(0, cut - 1)):
            return True  # "đường thôn, | liên thôn"
        here = self.words.kind.match(stretch, cut + (stretch[cut : cut + 1] == " "))
        return here is not None and self.words.kind_before.search(stretch, 0, cut) is not None

    def _is_label(self, left: int, parts: str) -> bool:
        """``Tổng mức bán lẻ hàng hóa, | doanh thu dịch vụ: …``: nouns before the last head that are named with it."""
        first = parts.strip(_PUNCTUATION)
        if not first or len(first.split()) > _LABEL or self.words.in_phrase.search(first):
            return False
        return parts.rstrip().endswith(",") and not self._verb_at(left + parts.index(first[0]))

    def _head(self, left: int, stretch: str, cuts: Sequence[int]) -> int | None:
        """Where the head noun of the last phrase stands; phrases between commas are looked at from the right."""
        words = self.words
        found = [
            (start - left, end - left)
            for start, end in self.starts.inside(left, left + len(stretch))
            # "tiêu chí số | 17"
            if not (self.key[end + 1 : end + 2].isdigit() and self.masks.overlaps(end + 1, end + 2))
            and not (self.key[start:end] in words.budget and _NAME_BEGINS.match(self.text, start, end + 3))
        ]
        upto = len(stretch)
        for cut in reversed(cuts):
            here = [place for place in found if cut <= place[0] < upto] if found else []
            if here:
                first, behind = here[0]
                # "Triển khai đề án …, nhằm đảm bảo tỷ lệ …": a verb phrase between two heads parts them
                for later, end in here[1:]:
                    joint = words.between_heads.search(stretch, behind, later)
                    if joint is not None and not _parts(self.keep.inside(left, left + later), left + joint.start()):
                        first, behind = later, end
                alone = behind >= len(stretch.rstrip())
                if words.with_measure.search(stretch, cut, first) and (alone or not self._compares(stretch[cut:first])):
                    return first  # "tại các xã Cát Tiến, Đề Gi với diện tích | 320 ha"
                if first - cut > 3 and words.preposition.search(stretch[cut:first]):
                    return None  # "tiêm phòng cho đàn vật nuôi": the head is the object of what stands before it
                return self._who_grows(left, stretch, cut, first) if stretch[first:behind] in words.grows else first
            if stretch[cut:upto].strip() in words.works:
                return None  # "nhà ở cho hộ nghèo, sửa chữa 65 nhà": what is done with those counted
            begin = left + cut + len(stretch[cut:]) - len(stretch[cut:].lstrip())
            if cut == cuts[-1] and cut and self._verb_at(begin) and self.units.at(self.key, begin) is None:
                return None  # "từ ngân sách xã, | vận động xã hội hóa 1,2 tỷ đồng": another thing to be done
            if upto - cut > _LONG_PHRASE or (cut == cuts[-1] and words.in_phrase.search(stretch[cut:upto])):
                return None
            upto = cut
        return None

    def _who_grows(self, left: int, stretch: str, cut: int, grows: int) -> int:
        """Where the noun begins of which "tăng trưởng" is said; where none stands before it, "tăng trưởng" itself."""
        before = stretch[cut:grows].rstrip()
        if not before or self.words.verb_last.search(before) is not None:
            return grows
        begin = self._behind_verbs(left + cut, left + cut + len(before), ())
        noun = Span(begin, left + cut + len(before))
        told = noun.end - noun.start < 2 or self.words.place.match(self.key, noun.start) or self._is_name(noun)
        return grows if told or self.words.no_subject.match(self.key, noun.start, noun.end) else begin - left

    def _compares(self, words: str) -> bool:
        """Whether words end in what leads to a base of comparison: ``chiếm 3,2 % so với | tổng số hộ``."""
        return self.words.compared_last.search(words) is not None

    def _enumeration(self, left: int, stretch: str, cuts: Sequence[int]) -> int:
        """``khu vực nông, lâm, thủy sản``: short parts between commas belong to one noun phrase."""
        at = len(cuts) - 1
        last = stretch[cuts[at] :]
        if last.strip() in self.words.alone:
            return cuts[at]  # "bám sát tiến độ, phải hoàn thành 100 % kế hoạch"
        if self.words.goal.match(last.lstrip()):
            return cuts[at]  # "cải tạo lưới điện, giảm | tổn thất điện năng từ 5,8 %"
        for verb in self.words.verbs.get(last[:2], ()):
            if " " in verb and last.startswith(f"{verb} "):
                return cuts[at]  # "đôn đốc thu nợ, không để nợ đọng quá 8 %": another thing to be done
        while at > 0:
            part = stretch[cuts[at - 1] : cuts[at]]
            first = not stretch[cuts[0] : cuts[at - 1]].strip(" ,")
            # the plan verb or joint that opens the first part ends none
            opening = len(part) - len(part.lstrip()) + 1 if first else 0
            joint = next((w for w in self.words.joints if " " in w and part.lstrip().startswith(f"{w} ")), None)
            if joint is not None and len(part.split()) <= _JOINED:
                at -= 1  # "…, trong đó | nông nghiệp, thủy sản"
                break
            if first and self.words.setting.match(part.strip(_PUNCTUATION)):
                break  # "so với cùng kỳ năm 2014, | phạm pháp hình sự"
            if len(part.split()) > (8 if first else 2) or self.words.in_phrase.search(part, opening):
                break
            time = self.times.first(left + cuts[at - 1], left + cuts[at])
            if time is not None and len(part.split()) - len(self.key[time.start : time.end].split()) >= _FEW_MORE:
                break  # "nhận mặt bằng trong tháng 5, | thảm nhựa xong 12 km": done by then
            if first and self._does(left + cuts[at - 1], left + cuts[at]):
                break  # "UBND huyện thẩm tra, lấy ý kiến về …": who does it, and what is done first
            at -= 1
        return cuts[at]

    def _does(self, start: int, end: int) -> bool:
        """Whether a part before a comma says what a body does: it is named, and no part of what is measured."""
        while start < end and self.text[start] in _PUNCTUATION:
            start += 1
        end = self._trimmed(start, end)
        if self.words.rank.match(self.key, start, end) is not None:
            return True
        return any(h.start == 0 and start + h.end < end for h in self.words.bodies.matches(self.key[start:end]))

    def _behind_verbs(self, start: int, end: int, times: Sequence[Hit]) -> int:
        """Past punctuation, times and plan verbs, as long as two words are left.

        Of verbs alone the last three words stay: ``phấn đấu | thu hút đầu tư 250 triệu USD``.
        """
        key, words, passed = self.key, self.words, start
        for _ in range(6):
            while start < end and key[start] in _PUNCTUATION:
                start += 1
            if times and (over := next((t for t in times if t.start <= start < t.end), None)) is not None:
                passed = start = min(end, over.end)
                continue
            verb = self._verb_at(start)
            if not verb or self._begins_set_phrase(start, start + len(verb), end):
                break
            if words.adverb.match(key, start + len(verb), end):
                break  # "giải quyết | đúng hạn đạt 98 %"
            left_over = len(key[start + len(verb) : end].split())
            if left_over == 1 and verb not in words.joints:
                break
            if len(key[start:end].split()) >= 3:
                passed = start
            start = min(end, start + len(verb))
        return passed if start >= end and len(key[passed:end].split()) >= 3 else start

    def _verb_at(self, start: int) -> str:
        key = self.key
        for verb in self.words.verbs.get(key[start : start + 2], ()):
            if key.startswith(verb, start) and not key[start + len(verb) : start + len(verb) + 1].isalnum():
                return verb
        return ""

    def _begins_set_phrase(self, start: int, verb_end: int, end: int) -> bool:
        """``thu | gom rác``: a verb that is the first word of a set phrase."""
        return any(begin == start and stop > verb_end for begin, stop in self.keep.inside(start, end))

    # --- the noun phrase behind a number ------------------------------------------------------------------------------

    def _behind(self, quantity: Quantity, region: Region) -> Span | None:
        """The noun phrase behind a number, from its counted noun on."""
        key, text = self.key, self.text
        counted, percent = quantity.unit_class in COUNTED, quantity.unit_class == "percent"
        begin = self._phrase_begin(quantity, region.right)
        noun_end = quantity.unit_span.end if quantity.unit_span else quantity.span.end
        share = quantity.share
        bracketed = counted and share is not None and not self.key[noun_end : share.start].strip()
        if bracketed and share is not None and self.words.predicate.match(key, share.end + 1, region.right):
            noun_end = share.end  # "12/30 thôn (40 %) có nhà văn hóa"
        listed = names_listed(text, noun_end, region.right) if counted else None
        if listed is not None and self.words.predicate.match(key, listed.end + 1, region.right):
            noun_end = listed.end  # "02 xã (An Lạc, Bình Hòa) được công nhận"
        if begin < region.right and text[begin] in ",.;:)-–/" and begin >= noun_end:
            return quantity.unit_span if counted else None
        if percent and (of := self.words.share_of.match(key, begin, region.right)):
            begin = of.end()
            if self.words.unit.match(key, begin) and self.words.names_them.match(key, of.start() - 1):
                return None  # "nơi có tỷ lệ nợ quá hạn trên 1 % là xã A, xã B": which ones they are
        ends = self._ends if percent else self._ends_count
        if quantity.unit_class in ("admin", "people") or (counted and self._is_body(quantity)):
            ends = self._ends_who
        limit = self._phrase_limit(begin, noun_end, region.right, ends, quantity.unit_class)
        end = limit
        if limit > begin and (key[limit - 1] in _LOOSE_END or ending(self.words.tails, key[limit - 2 : limit])):
            tail = self.words.tail.search(key, begin, limit)
            closed = tail is not None and key[limit : limit + 1] in _CLOSES
            said = closed and self.words.predicate.fullmatch(key[tail.start() : limit].strip()) if tail else None
            if tail is not None and not said and not _parts(self.keep.inside(begin, limit), tail.start()):
                end = tail.start()  # "01 chỉ tiêu không đạt, …", "41 chi bộ trực thuộc"
        end = max(end, noun_end if counted else begin)
        if listed is not None and quantity.unit_span is not None and end == noun_end == listed.end:
            return quantity.unit_span  # "05 xã (Thần Sa, Vũ Chấn) đạt dưới 60 %": who they are is no part of it
        per = None if counted or percent or "/" in quantity.unit else self.words.per_behind.search(key, noun_end, end)
        end = end if per is None else per.start()  # "185 tấn rác thải/ngày"
        if counted and "/" in quantity.unit and end <= noun_end:
            end = begin + text[begin:noun_end].find("/")  # "02 lần/tháng": lần
        if end <= begin:
            return None
        if percent and self.words.no_subject.match(key, begin, end):
            # "phải hoàn thành 100 % kế hoạch vốn": the base of a share, but all that is named
            if self.words.given_of.search(key, region.left, quantity.span.start - 1) is not None:
                named = " " in key[begin:end] and self.words.base_only.match(key, begin, end) is not None
            else:
                named = self.words.done_of.search(key, region.left, quantity.span.start - 1) is None
                if named:
                    return None
            return Span(begin, end) if named or self.starts.opens(begin, end) else None
        return Span(begin, end)

    def _phrase_begin(self, quantity: Quantity, right: int) -> int:
        percent = quantity.unit_class == "percent"
        begin = quantity.unit_span.start if quantity.unit_span and not percent else quantity.span.end
        counted = quantity.unit_span is not None and quantity.unit_class in COUNTED
        if counted and (magnitude := self.words.magnitude.match(self.key, begin)):
            begin = magnitude.end()
        bound = self.words.bound_right.match(self.key, begin, right) if percent else None
        if bound is not None and _LETTER_NEXT.match(self.key, bound.end()):
            begin = bound.end()  # "95 % trở lên | hộ dân dùng nước sạch"
        while begin < right and self.text[begin] == " ":
            begin += 1
        return begin

    def _phrase_limit(self, begin: int, noun_end: int, right: int, ends: PhraseIndex, kind: str) -> int:
        """Where the phrase ends at the latest: at a stop, a time, a word that ends it, the verb of the next number."""
        key, limit = self.key, right
        stop, passed = _STOP.search(self.text, max(noun_end, begin), limit), noun_end
        while stop is not None and kind == "percent" and (note := self._note_inside(stop.start(), limit)) is not None:
            stop, passed = _STOP.search(self.text, note, limit), note
        if stop is not None:
            limit = stop.start()
        beyond = limit
        if (time := self._time_behind(noun_end, limit)) is not None:
            limit, beyond = self._cut_of(time), min(limit, time.end)  # "phạm pháp hình sự | so năm 2025"
        kept = self.keep.inside(begin, limit)
        for at, end in ends.inside(passed, beyond):
            if at >= limit:
                break
            longer = any(start == at and stop > end for start, stop in kept)
            # "trẻ từ 1 | đến 5 tuổi"
            if self.words.bound_right.match(key, at - 1) and self.masks.overlaps(at - 2, at - 1):
                continue  # "đạt 3 sao | trở lên"
            if key[at:end] in self.words.onto and self.words.onto_from.search(key, noun_end, at) is not None:
                continue  # "hộ kinh doanh chuyển từ thuế khoán | sang kê khai"
            if at > begin and not longer and not self.masks.overlaps(at, end) and not _parts(kept, at):
                limit = at
                break
        if kind in COUNTED and (joint := self.words.and_place.search(self.text, noun_end, limit)) is not None:
            limit = joint.start()  # "xã A với 08 nhà | và thôn B với 12 nhà"
        if (vague := self.words.and_vague.search(key, noun_end, limit)) is not None:
            limit = vague.start()  # "18.500 m² đất | và đóng góp hàng chục tỷ đồng"
        limit = self._past_quote(begin, limit, right)
        another = key[right : right + 1].isalnum()  # the number of the next quantity
        if another and limit < right and key[limit:right].strip(" :") in self.words.strong:
            joint = self.words.next_joint.search(key, noun_end, limit)  # "608 công dân | và vắng là 311 công dân"
            limit = limit if joint is None else joint.start()
        elif another and limit == right:
            limit = self._before_another(noun_end, limit, counted=kind in COUNTED)
        return self._comma(kept, begin, noun_end, limit, right, kind)

    def _note_inside(self, opened: int, limit: int) -> int | None:
        """Where a bracket without a number ends, the predicate behind it: ``hồ sơ (trừ hồ sơ mật) | được …``."""
        note = _NOTE_INSIDE.match(self.key, opened, limit)
        if note is None or self.words.predicate.match(self.key, note.end(), limit) is None:
            return None
        return note.end() - 1

    def _before_another(self, noun_end: int, limit: int, *, counted: bool) -> int:
        """Where a phrase ends that the number of the next quantity follows: before what is said of that one."""
        key, words = self.key, self.words
        if not counted and words.joint_last.search(key, noun_end, limit) is not None:
            return limit  # "85 % xã, phường, thị trấn | và 90 % thôn"
        joint = words.next_verb.search(key, noun_end, limit)
        if joint is not None and not _parts(self.keep.inside(noun_end, limit), joint.start()):
            return int(joint.start())  # "xóa 1 nhà tạm và tặng | 1 con bò"
        measures = [place for place in self.starts.inside(noun_end, limit) if key[place[1] : limit].strip() == ""]
        if counted and (costs := words.attribute_last.search(key, noun_end, limit)) is not None:
            return int(costs.start())  # "01 công trình | trị giá tối thiểu 50 triệu đồng"
        begin, doing = measures[0][0] if measures else -1, None
        if begin >= 0 and not key[limit].isdigit() and not words.with_measure.search(key, noun_end, begin):
            begin = -1  # "dự án giải ngân dưới 50 %": which ones
        if begin >= 0 and (total := words.total.search(key, noun_end, begin)) is not None:
            begin = total.start()
        if begin < 0 and (doing := words.next_doing.search(key, noun_end, limit)) is not None:
            begin = doing.start()  # "250 tấn gạo | hỗ trợ 4.100 hộ"
        if begin < 0:
            return limit
        before = key[noun_end:begin].split()
        if words.predicate.fullmatch(before[-1]) if before else not (counted or doing):
            return limit  # "xã có thu nhập | 60 triệu đồng", "hộ được hỗ trợ | 5 triệu đồng"
        return begin  # "12 cụm công nghiệp diện tích | 450 ha"

    def _time_behind(self, start: int, limit: int) -> Hit | None:
        """The first time in a stretch that ends what is counted."""
        kept, time = self.keep.inside(start, limit), self.times.first(start, limit)
        while time is not None and (self._cut_of(time) == time.end or _parts(kept, time.start)):
            time = self.times.first(time.end, limit)  # "báo cáo | định kỳ"
        return time

    def _cut_of(self, time: Hit) -> int:
        """Where a phrase ends before a time; behind a season, which says what grows: ``lúa vụ mùa | năm 2025``."""
        if time.rule != _SEASON:
            return time.start
        year = self.words.season_year.search(self.key, time.start, time.end)
        return time.end if year is None else year.start()

    def _past_quote(self, begin: int, limit: int, right: int) -> int:
        """Behind the name in quotation marks that a phrase may not end in: ``04 xã "sạch về ma túy"``."""
        if self.key.count('"', begin, limit) % 2 == 0:
            return limit
        closed = self.key.find('"', limit, right)
        return limit if closed < 0 else closed + 1

    def _comma(
        self, kept: Sequence[tuple[int, int]], begin: int, noun_end: int, limit: int, right: int, kind: str
    ) -> int:
        """The comma that ends the phrase.

        A phrase behind a percentage runs on over the commas of its subject until its predicate has been said (decision
        24); one behind a count ends at its first comma, unless a second predicate of the same noun follows.
        """
        key, position, listing = self.key, noun_end, False
        quotes, counted_to, last_quote = 0, begin, self.key.rfind('"', begin, limit)
        while (comma := key.find(",", position, limit)) >= 0:
            position = comma + 1
            if key[comma + 1 : comma + 2].isdigit() or _parts(kept, comma):
                continue
            quotes, counted_to = quotes + key.count('"', counted_to, comma), comma
            if quotes % 2 and comma < last_quote:
                continue  # 04 xã "sạch rác, sạch nước"
            if kind == "percent":
                if self.words.closes.fullmatch(key, comma + 1, limit):
                    return comma  # "số hóa 100% kết quả còn hiệu lực, hoàn thành | trước 30/9"
                if self.words.rate.match(key, comma + 2) or self._opens_next(comma + 1, right):
                    return comma  # "100% khu dân cư đạt chuẩn, tỷ lệ gia đình văn hóa đạt 85%"
                if listing := self._lists_on(kept, comma, limit, within=listing):
                    continue
                said = key[begin:comma]
                first = self.words.predicate.match(said)
                if first is not None and len(said.split()) > len(first[0].split()) + 1:
                    return comma  # "20 % hoàn thành xuất sắc, không có chi bộ yếu kém"
                verb = self.words.predicate.search(said, 4)
                if verb is not None and len(said[verb.end() :].split()) >= 3:
                    return comma
            elif kind == "people" and self._more_people(comma, limit):
                continue
            elif (kind in COUNTED and self._is_of_next(noun_end, comma, limit, right)) or not self._goes_on(
                noun_end, comma, limit, counted=kind in COUNTED
            ):
                return comma
        return limit

    def _opens_next(self, start: int, right: int) -> bool:
        """Whether a measured noun and what is said of it stand right before the number of the next quantity."""
        if not self.key[right : right + 1].isdigit() or "," in self.key[start:right]:
            return False
        link = self._link_at(start, self._trimmed(start, right), right)
        said = link in self.words.strong or link in self.words.changes or link in self.words.levels
        return said and self.starts.opens(start + 1, right)

    def _lists_on(self, kept: Sequence[tuple[int, int]], comma: int, limit: int, *, within: bool) -> bool:
        """Whether a comma only parts the nouns of a list: ``được tiếp cận thông tin, | kiến thức, | kỹ năng sống``.

        Args:
            within: the comma before it does.
        """
        begin = comma + 2
        if self._verb_at(begin) or self.words.predicate.match(self.key, begin, limit) is not None:
            return False
        part = next((p for p in self.words.part.finditer(self.key, begin, limit) if not _parts(kept, p.start())), None)
        return within or (part is not None and len(self.key[begin : part.start()].split()) <= _FEW_MORE)

    def _lists_kinds(self, noun_end: int, comma: int) -> bool:
        """Whether a kind stands on either side of a comma: ``con trâu, bò giống``."""
        return self.words.kind_next.match(self.key, comma) is not None and (
            self.words.kind.search(self.key, noun_end, comma) is not None
        )

    def _is_of_next(self, noun_end: int, comma: int, limit: int, right: int) -> bool:
        """Whether what follows a comma says for what the next number is: ``120 hộ, nhà ở cho | 350 hộ``."""
        if self._lists_kinds(noun_end, comma):
            return False  # "150 con trâu, bò giống cho | 75 hộ"
        if right >= len(self.key) or not self.key[right].isalnum() or self.key.find(",", comma + 1, right) >= 0:
            return False
        return (
            self.words.preposition.search(self.key, comma, right) is not None and len(self.key[limit:right].split()) < 2
        )

    def _more_people(self, comma: int, limit: int) -> bool:
        """``240 cán bộ quản lý, giáo viên, nhân viên nấu ăn``: up to the end only persons that are counted together."""
        parts = list(self.words.part.finditer(self.key, comma, limit))
        for at, part in enumerate(parts):
            end = parts[at + 1].start() if at + 1 < len(parts) else limit
            unit = self.units.at(self.key, part.end())
            if unit is None or unit.kind != "people" or self.text[part.end()].isupper():
                return False
            behind = self.key[part.end() + len(unit.phrase) : end]
            if len(behind.split()) > _FEW_MORE or self.words.predicate.search(behind) is not None:
                return False
        return limit == len(self.key) or self.key[limit] in ",.;:()\n"

    def _goes_on(self, noun_end: int, comma: int, limit: int, *, counted: bool) -> bool:
        """Whether what follows the comma behind a count is said of the same noun, or is a noun counted with it."""
        if self.words.second_predicate.match(self.key, comma + 1, limit):
            return self.key[noun_end:comma].strip() != ""  # "đạt 19 tiêu chí, được công nhận": the commune is
        if self.words.differs.match(self.key, limit):
            return False  # "18,7 nghìn con, đàn lợn tăng | 6 %": the subject of the next number
        if self.words.sibling.match(self.key, comma):
            return True  # "145 km đường ấp, | liên ấp"
        closed = limit == len(self.key) or self.key[limit] in _CLOSES or self._ends_count.opens(limit, limit + _WORD)
        if (closed or self.key[limit].isdigit()) and self._lists_kinds(noun_end, comma):
            return True  # "con lợn nái, | lợn đực giống và lợn thịt"
        if len(self.key[noun_end:comma].partition(",")[0].split()) > 1:
            return False
        if self.words.works_first.match(self.key, comma + 2, limit) is not None:
            return False  # "330 căn, bàn giao cho hộ dân": what is done with them next
        following = self.units.at(self.key, comma + 2)
        if not counted and comma <= noun_end:
            return False  # "500 triệu đồng, hộ tham gia đối ứng …"
        if following is None or following.kind not in ("admin", "people", "thing"):
            listed = _SINGLE_NOUNS.match(self.text, comma)
            return listed is not None and listed.end() == limit
        if self.key.endswith(following.phrase, 0, noun_end):
            return False  # "310 đảng viên, | đảng viên chính thức là 296"
        if self.text[comma + 2].isupper() and self.text[comma - 1].islower():
            return False  # "3 bác sĩ, Trạm Y tế xã Mường Típ 2 bác sĩ": whose the next number is
        if self.words.doing.match(self.key, comma + 2):
            return False  # "tuyển sinh 15.500 người, giải quyết việc làm": a verb that begins like a unit
        return _NAME_OR_NUMBER.match(self.text, comma + 2 + len(following.phrase)) is None


def _last_word(text: str) -> str:
    words = text.split()
    return words[-1] if words else ""


def _parts(kept: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a cut would part a set phrase (``nông thôn | mới``, ``nhà | ở``)."""
    return bool(kept) and any(start < at < end for start, end in kept)
