"""The paper that an article only cites, heads itself with, or charges by: ``Theo Kế hoạch số … của UBND tỉnh …``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.finding.scene import Scene
from extractor.model import Hit, Span
from extractor.relating.document.common import (
    LEAST_SUBJECT,
    LONGEST_ENACTOR,
    LONGEST_TITLE,
    Facts,
    Part,
    number_of,
)
from extractor.relating.document.issuers import Issuers
from extractor.relating.document.periods import day_of, read_period
from extractor.relating.document.subjects import Subjects
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold

_LEAD_BLOCKS = 3
_LONGEST_LIST_TITLE = 160
_HEADLINES = 2  # blocks of an article that may be its headline


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a cited document is, its subject, and where what is said of it ends."""

    issuer: Span
    body: Hit
    title: str
    end: int


class Cited(Part):
    """Reads the paper that an article cites."""

    def __init__(self, scene: Scene, make: RowMaker, facts: Facts) -> None:
        super().__init__(scene, make, facts)
        self.subjects = Subjects(scene, make, facts)
        self.issuers = Issuers(scene, make, facts)

    def read(self) -> None:
        """A report that only cites its plan: ``Theo Kế hoạch số … ngày … của UBND tỉnh … về …, tỉnh phấn đấu …``."""
        lead = [
            i for i, z in enumerate(self.layout.zones) if z in {"body", "objectives", "results", "tasks", "preamble"}
        ]
        for take in (self.take_cited, self._take_assigned):
            for index in lead[:_LEAD_BLOCKS]:
                if any(take(sentence) for sentence in self.sentences(index)):
                    return
        if any(self._take_heading(index) for index in lead[:_HEADLINES]):
            return
        if not self.facts.number and not self.facts.issuer:
            self._take_list(lead[:_LEAD_BLOCKS])

    def _take_heading(self, index: int) -> bool:
        """Read a headline that names its document: ``Kế hoạch 31/KH-UBND năm 2022 trồng … do tỉnh … ban hành``."""
        span, facts = self.layout.content(index), self.facts
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

    def _take_assigned(self, sentence: Span) -> bool:
        """Read who has assigned goals, and what (``UBND tỉnh vừa giao chỉ tiêu giảm nghèo năm 2017 cho …``)."""
        facts = self.facts
        said = self.words.assigns.search(self.key, sentence.start, sentence.end)
        if said is None or facts.issuer or facts.title or not self.layout.portal:
            return False
        found = self.issuers.before(sentence, said.start())
        if found is None or said.start() - found[0].end > 1:
            return False
        facts.lead = sentence
        self.take_issuer(*found)
        facts.title = self.subjects.until(said.end(), sentence.end)
        return True

    def _take_list(self, first: Sequence[int]) -> None:
        """The line above a list of goals that is all there is, where it says of which years they are."""
        for index in first:
            span, below = self.block(index), index + 1
            listed = below < len(self.view.blocks) and self.layout.markers[below] is not None
            if self.layout.markers[index] is not None or len(span) > _LONGEST_LIST_TITLE or not listed:
                continue
            if self.words.list.match(self.key, span.start, span.end):
                said = self.make.composed(span.start, span.end).strip(" .:")
                if read_period(said, self.scene.patterns) != (None, None):
                    self.facts.title = self.facts.title or said
                    return

    def take_cited(self, sentence: Span) -> bool:
        """Read a sentence that opens with the cited plan's type, if it says whose it is or what it is about."""
        weak = self.words.citing_weakly.match(self.key, sentence.start, sentence.end)
        start = weak.end() if weak else self.behind_citing(sentence.start, sentence.end)
        kind = self.kind_at(start, sentence.end)
        if kind is None:
            return False
        number = self.words.number.match(self.text, start + kind.end, sentence.end)
        if number is None:
            named = None if weak else self._named(Span(start + kind.end, sentence.end))
            if named is not None:
                self._take_citation(sentence, kind, named)
            return named is not None
        day = self.words.day.match(self.key, self.past_before_day(number.end(), sentence.end), sentence.end)
        at = day.end() if day else number.end()
        found = self._whose(Span(number.end(), sentence.end), at, weak=weak is not None)
        if found is None or (weak and not self._retold(found)):
            return False
        self._take_citation(sentence, kind, found)
        self.facts.number = self.facts.number or number_of(number)
        self.facts.issued_on = self.facts.issued_on or (day_of(day) if day else None)
        return True

    def _whose(self, rest: Span, at: int, *, weak: bool) -> Owned | None:
        """Whose a numbered paper is: named before its subject, behind it, or as the one who charges by it."""
        if weak:
            return self._owned(rest)
        begin = at + (self.text[at : at + 1] == " ")
        linked = self.past_link(begin, rest.end) > begin
        first = self._named(Span(at, rest.end)) if linked else None
        return first or self._owned(rest) or self._charging(at, rest.end) or self._named(Span(at, rest.end))

    def _take_citation(self, sentence: Span, kind: Hit, found: Owned) -> None:
        facts = self.facts
        facts.lead = sentence
        facts.doc_type = facts.doc_type or str(kind.value.means["doc_type"])
        if not facts.issuer:
            self.take_issuer(found.issuer, found.body)
        facts.title = facts.title or found.title

    def _owned(self, rest: Span) -> Owned | None:
        """Whose a cited paper is, and its subject: ``… của UBND tỉnh … về …``; ``… của UBND tỉnh, toàn tỉnh …``."""
        owner = self.words.owner_near.match(self.key, rest.start, rest.end)
        if owner is None:
            return None
        near = Span(owner.end(), min(rest.end, owner.end() + LONGEST_ENACTOR + 20))
        body = self.body(near) or self.headed(near)
        if body is None:
            return None
        link = next((h for h in self.words.links.matches(self.key[near.start : rest.end]) if h.start > 0), None)
        stop = self.words.goes_on.search(self.key, near.start + body.end, near.end)
        if stop is None and near.end == rest.end and link is None:
            return Owned(near, body, "", near.end)
        if stop and (link is None or stop.start() < near.start + link.start):
            acts = self.words.acts.match(self.key, stop.start(), rest.end)
            cut = self.subjects.clause_start(stop.end(), rest.end) if acts else None
            title = self.make.composed(stop.start() + 1, cut) if cut else ""
            return Owned(Span(near.start, stop.start()), body, title, cut or stop.start())
        if link is None:
            return None
        begin = self.past_link(near.start + link.start, rest.end)
        title = self.subjects.until(begin, rest.end, comma=True)
        return Owned(Span(near.start, near.start + link.start), body, title, begin + len(title))

    def _charging(self, start: int, end: int) -> Owned | None:
        """Who charges by a cited paper: ``Tại Quyết định số … ngày …, UBND tỉnh giao …``."""
        if self.text[start : start + 1] != ",":
            return None
        stop = self.words.goes_on.search(self.key, start + 1, min(end, start + LONGEST_ENACTOR))
        if stop is None or stop.start() <= start + 2 or self.text[stop.start()] != " ":
            return None
        issuer = Span(start + 2, stop.start())
        body = self.body(issuer) or self.headed(issuer)
        return Owned(issuer, body, "", end) if body else None

    def _named(self, rest: Span) -> Owned | None:
        """A subject with its period, and whose it is behind it: ``… trồng rừng năm 2024 của UBND tỉnh …, …``."""
        owner = self.words.behind_of.search(self.key, rest.start, min(rest.end, rest.start + _LONGEST_LIST_TITLE))
        found = self._owned(Span(owner.start(), rest.end)) if owner else None
        subject = self.make.composed(rest.start, owner.start()).strip(" ,:") if owner else ""
        if found is None or len(subject.split()) < LEAST_SUBJECT or self.words.no_subject.match(fold(subject)):
            return None
        if read_period(subject, self.scene.patterns) == (None, None):
            return None
        return replace(found, title=self.subjects.without_link(subject))

    def _retold(self, found: Owned) -> bool:
        """Whether goals of the issuer's own level follow: ``Thực hiện … của UBND tỉnh về …, toàn tỉnh phấn đấu …``."""
        if self.text[found.end : found.end + 1] != ",":
            return False
        goals = self.words.retold.match(self.key, found.end + 1)
        return goals is not None and goals["unit"] in self.key[found.issuer.start : found.issuer.end].split()
