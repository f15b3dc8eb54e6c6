"""The paper that an article only cites, heads itself with, or charges by: ``Theo Kế hoạch số … của UBND tỉnh …``."""

from __future__ import annotations

from dataclasses import dataclass, replace

import regex

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
from extractor.relating.document.headings import Headings
from extractor.relating.document.issuers import Issuers
from extractor.relating.document.periods import day_of, read_period
from extractor.relating.document.subjects import Subjects
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold

_LEAD_BLOCKS = 3
_LONGEST_LIST_TITLE = 160
_COMMA = regex.compile(r", (?=\p{Lu})")
_FIRST_BLOCKS = 6  # of a page, headings among them, in which it says which article it quotes
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
        self.headings = Headings(scene, make, facts)

    def read(self) -> None:
        """A report that only cites its plan: ``Theo Kế hoạch số … ngày … của UBND tỉnh … về …, tỉnh phấn đấu …``."""
        lead = [
            i for i, z in enumerate(self.layout.zones) if z in {"body", "objectives", "results", "tasks", "preamble"}
        ]
        for take in (self.take_cited, self._take_assigned):
            for index in lead[:_LEAD_BLOCKS]:
                if any(take(sentence) for sentence in self.sentences(index)):
                    return
        heads = lead[:_HEADLINES]
        if any(self.take_cited(self.headings.named_by(i)) for i in heads) or self.headings.read(heads):
            return
        if any(self._take_article(sentence) for i in lead[:_FIRST_BLOCKS] for sentence in self.sentences(i)):
            return
        if not self.facts.number and not self.facts.issuer:
            self.headings.take_list(lead[:_LEAD_BLOCKS])

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

    def take_cited(self, sentence: Span) -> bool:
        """Read a sentence that opens with the cited plan's type, if it says whose it is or what it is about."""
        weak = self.words.citing_weakly.match(self.key, sentence.start, sentence.end)
        starts = [weak.end()] if weak else self.openings(sentence)
        end = sentence.end
        kinds = ((at, k) for at in starts if (k := self.kind_at(at, end) or self.letter_at(at, end)) is not None)
        start, kind = next(kinds, (sentence.start, None))
        if kind is None:
            return False
        number = self.words.number.match(self.text, start + kind.end, sentence.end)
        if number is None:
            named = None if weak else self._named(Span(start + kind.end, sentence.end))
            if named is not None:
                self._take_citation(sentence, kind, named)
            return named is not None or (not weak and self._take_unowned(sentence, start, kind))
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
        charging = self._charging(at, rest.end) or self._charging_behind(rest, at)
        return first or self._owned(rest) or charging or self._named(Span(at, rest.end))

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
            whole = rest.end if self.text[rest.end - 1] not in ".:;" else None  # of a headline
            cut = (self.subjects.clause_start(stop.end(), rest.end) or whole) if acts else None
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

    def _charging_behind(self, rest: Span, at: int) -> Owned | None:
        """The same behind the subject: ``… về trồng rừng năm 2023 mới ban hành, UBND tỉnh giao …``."""
        begin = self.past_link(at + (self.text[at : at + 1] == " "), rest.end)
        for comma in _COMMA.finditer(self.text, begin, min(rest.end, begin + LONGEST_TITLE)):
            found = self._charging(comma.start(), rest.end)
            if found is None or self.words.no_subject.match(self.key, begin):
                continue
            subject = self.words.enacted_last.split(self.key[begin : comma.start()])[0]
            title = self.make.composed(begin, begin + len(subject)).strip(" ,:")
            return replace(found, title=title) if len(title.split()) >= LEAST_SUBJECT else None
        return None

    def _take_unowned(self, sentence: Span, start: int, kind: Hit) -> bool:
        """Read a plan with its period of which is told what it aims at: ``Kế hoạch … giai đoạn … đặt mục tiêu …``.

        Behind ``Theo`` it must be written as a name, with a capital.
        """
        begin, behind = start + kind.end, start > sentence.start
        named = self.text[start].isupper() and self.words.plans.match(self.key, start, begin) is not None
        if not named or self.words.no_subject.match(self.key, begin + 1):
            return False
        for stop in self.words.goes_on.finditer(self.key, begin, min(sentence.end, begin + LONGEST_TITLE)):
            subject = self.make.composed(self.past_link(begin + 1, stop.start()), stop.start()).strip(' ,:“”"')
            if read_period(subject, self.scene.patterns) == (None, None):
                continue
            mark = stop[0][0]
            aims = (mark == "," and behind) or (mark == " " and not self.words.acts.match(self.key, stop.start()))
            if not aims or len(subject.split()) < LEAST_SUBJECT:
                return False
            self.facts.lead = sentence
            self.facts.doc_type = self.facts.doc_type or str(kind.value.means["doc_type"])
            self.facts.title = self.facts.title or subject
            return True
        return False

    def _take_article(self, sentence: Span) -> bool:
        """Read which paper a page quotes, by an article of it: ``Căn cứ Điều 1 Quyết định 31/QĐ-UBND …``."""
        said = self.words.article.match(self.key, sentence.start, sentence.end)
        kind = self.kind_at(said.end(), sentence.end) if said else None
        number = self.words.number.match(self.text, said.end() + kind.end, sentence.end) if said and kind else None
        if kind is None or number is None or not self.scene.is_article:
            return False
        day = self.words.day.match(self.key, self.past_before_day(number.end(), sentence.end), sentence.end)
        self.facts.lead = sentence
        self.facts.doc_type = self.facts.doc_type or str(kind.value.means["doc_type"])
        self.facts.number = self.facts.number or number_of(number)
        self.facts.issued_on = self.facts.issued_on or (day_of(day) if day else None)
        return True

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
