"""What a headline, or the line above a list of goals, says of the paper below it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from extractor.finding.scene import STAMP
from extractor.model import Span
from extractor.relating.document.common import LEAST_SUBJECT, LONGEST_TITLE, Part, number_of
from extractor.relating.document.periods import day_of, read_period

_LONGEST_LIST_TITLE = 160
_FIRST_POINT = regex.compile(r"\s(?=I\s?[.)]\s?\p{Lu})")
_LONGEST_HEADLINE = 200
_HEADLINES = 4  # blocks above a lead that may be its headline
_ABOVE = 12  # blocks above a lead in which they stand, buttons among them


class Headings(Part):
    """Reads the lines above a text that name its paper."""

    def read(self, first: Sequence[int]) -> bool:
        """Take the first of some lines that names a paper, by its number or by its type and its period or place."""
        return any(self._take_heading(i) for i in first) or any(self._take_named(i) for i in first)

    def _take_heading(self, index: int) -> bool:
        """Read a headline that names its document: ``Kế hoạch 31/KH-UBND năm 2022 trồng … do tỉnh … ban hành``."""
        span, facts = self.named_by(index), self.facts
        kind = self.kind_at(span.start, span.end)
        number = self.words.number.match(self.text, span.start + kind.end, span.end) if kind else None
        if kind is None or number is None or len(span) > LONGEST_TITLE:
            return False
        at = self.past_before_day(number.end(), span.end)
        day = self.words.day.match(self.key, at, span.end)
        begin = day.end() if day else self.past_year(number.end(), span.end)
        if self.words.no_subject.match(self.key[begin : span.end].lstrip(" ,:")):
            return False
        facts.doc_type = facts.doc_type or str(kind.value.means["doc_type"])
        facts.number = facts.number or number_of(number)
        facts.issued_on = facts.issued_on or (day_of(day) if day else None)
        end = span.end
        for voice in self.words.passive.finditer(self.key, begin, end):
            verb = self.words.enacted.search(self.key, voice.end(), span.end)
            if verb and span.end - verb.end() <= 1:
                end = voice.start()
                facts.issuer = facts.issuer or self.issuer_or_place(Span(voice.end(), verb.start()))
                break
        while begin < end and self.text[begin] in " ,:–-":
            begin += 1
        title = self.make.composed(self.past_link(begin, end), end).strip(" .;:")
        facts.title = facts.title or (title if len(title.split()) >= LEAST_SUBJECT else "")
        return True

    def _take_named(self, index: int) -> bool:
        """Read a headline that is the title of a plan: ``Kế hoạch trồng rừng năm 2023 trên địa bàn huyện …``."""
        span = self.named_by(index)
        kind = self.kind_at(span.start, span.end)
        if kind is None or self.facts.title or not self.layout.portal or len(span) > _LONGEST_HEADLINE:
            return False
        said = Span(span.start + kind.end, span.end)
        key = self.key[said.start : said.end]
        plan = self.words.heading_types.match(self.key, span.start, said.start)
        if plan is None or self.words.heading_end.search(key) is None or self.words.says_more.search(key):
            return False
        title = self.make.composed(self.past_link(said.start + 1, said.end), said.end).strip(" .;:")
        if len(title.split()) < LEAST_SUBJECT or self.words.no_subject.match(key.lstrip()):
            return False
        self.facts.doc_type = self.facts.doc_type or str(kind.value.means["doc_type"])
        self.facts.title = title
        return True

    def named_by(self, index: int) -> Span:
        """The line of a headline that names a paper, without the verb that says it is out: ``Ban hành Kế hoạch …``."""
        span = self.layout.content(index)
        verb = self.words.heading_verb.match(self.key, span.start, span.end)
        return Span(verb.end(), span.end) if verb else span

    def complete(self, lead: Span) -> None:
        """Take number and day of a headline that names the paper of which the lead tells without them."""
        first, zones = self.view.block_index(lead.start), self.layout.zones
        above = [i for i in range(max(0, first - _ABOVE), first) if zones[i] != "navigation"]
        for index in above[-_HEADLINES:]:
            span = self.named_by(index)
            kind = self.kind_at(span.start, span.end)
            number = self.words.number.match(self.text, span.start + kind.end, span.end) if kind else None
            if kind is None or number is None or kind.value.means["doc_type"] != self.facts.doc_type:
                continue
            day = self.words.day.match(self.key, self.past_before_day(number.end(), span.end), span.end)
            self.facts.number = number_of(number)
            self.facts.issued_on = self.facts.issued_on or (day_of(day) if day else None)

    def take_list(self, first: Sequence[int]) -> None:
        """The line above a list of goals that is all there is, where it says of which years they are."""
        for index in first:
            span = self._above_list(index)
            if span is not None and self.words.list.match(self.key, span.start, span.end):
                said = self.make.composed(span.start, span.end).strip(" .:")
                if read_period(said, self.scene.patterns) != (None, None):
                    self.facts.title = self.facts.title or said
                    return

    def _above_list(self, index: int) -> Span | None:
        """A short line above the first point of a list, or the capitals before it where line ends were lost."""
        span, below = self.block(index), index + 1
        before = STAMP.match(self.key, span.start, span.end)
        start = before.end() if before else span.start
        first = _FIRST_POINT.search(self.text, start, min(span.end, start + _LONGEST_LIST_TITLE))
        if first is not None and self.text[start : first.start()].isupper():
            return Span(start, first.start())
        listed = below < len(self.view.blocks) and self.layout.markers[below] is not None
        return span if listed and self.layout.markers[index] is None and len(span) <= _LONGEST_LIST_TITLE else None
