"""The paper that an article or a preamble tells of: *issuer – issued – type – number – subject*, in either voice.

A report states the facts of its plan in its lead, never the page's own (DOMAIN §1.11). A page that reports no plan
leaves them empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import regex

from extractor.finding.scene import STAMP, Scene
from extractor.model import Hit, Span
from extractor.relating.document.cited import Cited
from extractor.relating.document.common import (
    LEAST_SUBJECT,
    LONGEST_ENACTOR,
    LONGEST_TITLE,
    Facts,
    Part,
    Within,
    number_of,
)
from extractor.relating.document.headings import Headings
from extractor.relating.document.issuers import Issuers
from extractor.relating.document.periods import date_of, day_of, read_period
from extractor.relating.document.subjects import Subjects
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold

_POSTED = regex.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_LEAD_BLOCKS = 3
_STOPS = '.:;…!?”"'
_MENU_ENTRY = 24  # characters of an entry in a menu above an article, or of a heading
_OPENING = '"“'
_OF_ORDER = 9  # the score of a paper told by what it orders
_OF_HEADLINE = 10  # the score of what a headline tells: less than what the lead tells
_LONGEST_HEADLINE = 200
_LATEST_PASSIVE = 9  # blocks of an article; what is told later is another document's


@dataclass(frozen=True, slots=True)
class Passive:
    """*type – number – subject – by – issuer – issued* in a sentence; ``end`` is behind the verb."""

    sentence: Span
    kind: Hit
    number: Any
    day: Any
    subject: Span
    issuer: Span
    body: Hit
    end: int
    done: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """*issuer – verb – type* in a sentence, in view offsets."""

    sentence: Span
    issuer: Span
    body: Hit | None  # none where a place stands for its office
    kind_start: int
    kind_end: int
    kind: Hit


@dataclass(frozen=True, slots=True)
class Order:
    """What an issuer has others do, by a paper whose subject may be left out."""

    sentence: Span
    issuer: Span
    body: Hit
    doc_type: str
    title: str
    number: str = ""
    day: date | None = None


class Told(Part):
    """Reads what is told of an issuing."""

    def __init__(self, scene: Scene, make: RowMaker, facts: Facts) -> None:
        super().__init__(scene, make, facts)
        self.subjects = Subjects(scene, make, facts)
        self.issuers = Issuers(scene, make, facts)
        self.cited = Cited(scene, make, facts)
        self.headings = Headings(scene, make, facts)

    def read(self, *, official: bool) -> None:
        """Read *issuer – issued – type – number – subject* from the preamble of a document or the lead of a report."""
        best: tuple[int, Callable[[], None]] | None = None
        body = 0
        for index, zone in enumerate(self.layout.zones):
            if (official and zone != "preamble") or (
                not official and zone not in {"body", "objectives", "results", "tasks", "preamble"}
            ):
                continue
            if self.layout.markers[index] is not None and len(self.layout.content(index)) <= _MENU_ENTRY:
                continue
            headline = not official and body and self.text[self.block(index).end - 1] not in _STOPS
            body += 0 if headline and len(self.block(index)) <= _LONGEST_HEADLINE else 1
            if (official and body > 30) or (not official and body > 40):
                break
            for sentence in self.sentences(index):
                for score, take in self._told(sentence, body, official):
                    if score > 0 and (best is None or score > best[0]):
                        best = (score, take)
        if best is not None:
            best[1]()
            if not self.facts.number and self.facts.lead is not None:
                self.headings.complete(self.facts.lead)
        elif not official:
            self.cited.read()

    def read_introduction(self) -> None:
        """What a page says of the paper before it gives the whole of it: ``… ký Chỉ thị số …. Toàn văn như sau:``."""
        first = self.layout.title[0]
        for index in range(max(0, first - _LEAD_BLOCKS), first):
            for sentence in self.sentences(index):
                found = self._statement(sentence)
                if found is None or found.kind.value.means["doc_type"] != self.facts.doc_type:
                    continue
                if self.words.number.match(self.text, found.kind_end, sentence.end) and self._score(found, 1, False):
                    self._take(found, official=False)
                    return

    def _told(self, sentence: Span, position: int, official: bool) -> Iterator[tuple[int, Callable[[], None]]]:
        """What a sentence says of an issuing, either voice: how surely it is the document's own, and how to take it."""
        found = self._statement(sentence)
        if found is not None:
            yield self._score(found, position, official), partial(self._take, found, official)
        elif not official and (passive := self._passive(sentence)) is not None:
            yield self._score_passive(passive, position), partial(self._take_passive, passive)
        if not official and position <= _LEAD_BLOCKS:
            for ordered in filter(None, (self._ordered(sentence), self._carried(sentence), self._closing(sentence))):
                yield _OF_ORDER - position, partial(self._take_order, ordered)

    def _passive(self, sentence: Span) -> Passive | None:
        """The first *type – number – subject – by – issuer* that a sentence opens with."""
        end = min(sentence.end, sentence.start + LONGEST_TITLE)
        kinds = ((at, k) for at in self.openings(sentence) if (k := self.kind_at(at, end)) is not None)
        start, kind = next(kinds, (sentence.start, None))
        if kind is None:
            return None
        number = self.words.number.match(self.text, start + kind.end, end)
        begin = self.past_year(number.end(), end) if number else start + kind.end
        for voice in self.words.passive.finditer(self.key, begin, end):
            verb = self.words.enacted.search(self.key, voice.end(), min(end, voice.end() + LONGEST_ENACTOR))
            issuer = Span(voice.end(), verb.start()) if verb else None
            body = (self.body(issuer) or self.headed(issuer)) if issuer else None
            if verb is None or issuer is None or body is None:
                continue
            day = self.words.day.match(self.key, self.past_before_day(begin, end), voice.start())
            subject = Span(day.end() if day else begin, voice.start())
            return Passive(sentence, kind, number, day, subject, issuer, body, verb.end(), bool(voice["done"]))
        return None

    def _score_passive(self, found: Passive, position: int) -> int:
        """How surely a passive statement tells of the document; 0: it speaks of another, or of none in particular."""
        said = self.key[found.subject.start : found.subject.end].strip(" ,(")
        if said and self.words.no_subject.match(said):
            return 0
        if found.number:
            return 40 - min(position, 9) if position <= _LATEST_PASSIVE else 0
        plain = len(said.split()) >= LEAST_SUBJECT and ("," not in said or read_period(said) != (None, None))
        return 30 - position if plain and found.done and position <= _LEAD_BLOCKS else 0

    def _take_passive(self, found: Passive) -> None:
        facts, end = self.facts, found.sentence.end
        number, at = found.number, found.end
        within = self.within(at, end, str(found.body.value.means.get("level")))
        within = within if within and within.start <= at + 1 else None
        at = within.end if within and not within.day else at
        day = found.day or self.words.day.match(self.key, self.past_before_day(at, end), end)
        short = self.words.day_of_year.match(self.key, self.past_before_day(at, end), end)
        facts.lead = found.sentence
        facts.doc_type = facts.doc_type or str(found.kind.value.means["doc_type"])
        facts.number = facts.number or (number_of(number) if number else within.number if within else "")
        facts.issued_on = facts.issued_on or (within.day if within else None)
        if not facts.issuer:
            self.take_issuer(found.issuer, found.body)
        if facts.issued_on is None and (day or short):
            facts.issued_on = day_of(day) if day else self._in_posted_year(short, found.sentence.start)
        begin = found.subject.start
        while begin < found.subject.end and self.text[begin] in ' ,:“"':
            begin += 1
        begin = self.past_link(begin, found.subject.end)
        facts.title = facts.title or self.make.composed(begin, found.subject.end).strip(' ,.;:(-“”"')
        facts.title = facts.title or self.subjects.headline(found.sentence)

    def _statement(self, sentence: Span) -> Statement | None:
        """The first *issuer – verb – type* of a sentence."""
        key = self.key[sentence.start : sentence.end]
        types = [*self.words.types.matches(key), *self.letters(sentence)]
        verbs = self.words.issues.matches(key)
        for kind in types:
            verb = next((v for v in verbs if v.end <= kind.start and self._small_gap(key[v.end : kind.start])), None)
            if verb is None or (
                verb.value.means.get("force") == "numbered"
                and self.words.number.match(self.text, sentence.start + kind.end, sentence.end) is None
            ):
                continue
            at = sentence.start + verb.start
            issuer = self.issuers.before(sentence, at) or self._by_place(sentence, at, sentence.start + kind.start)
            if issuer is None:
                continue
            return Statement(
                sentence, issuer[0], issuer[1], sentence.start + kind.start, sentence.start + kind.end, kind
            )
        return None

    def _by_place(self, sentence: Span, verb: int, kind: int) -> tuple[Span, None] | None:
        """The place that has issued a paper; to draw up or to carry out a plan is not to issue it."""
        place = self.issuers.place(sentence, verb)
        if place is None or self.words.enacted.search(self.key, place.end, kind) is None:
            return None
        return place, None

    def _ordered(self, sentence: Span) -> Order | None:
        """A paper that is told by what it orders: ``UBND tỉnh vừa có công văn yêu cầu các địa phương …``."""
        said = self.words.orders.search(self.key, sentence.start, sentence.end)
        issuer = self.issuers.before(sentence, said.start()) if said else None
        if said is None or issuer is None:
            return None
        kind = self.kind_at(said.start("kind"), sentence.end)
        sent = self.words.sent.match(self.key, said.start("kind") + len(said["kind"]), sentence.end)
        links = self.words.links.matches(self.key[said.end() : sentence.end])
        links = links if sent else [link for link in links[:1] if link.start <= 1]  # "văn bản chỉ đạo | về việc …"
        begin = self.past_link(said.end() + links[0].start, sentence.end) if links else sentence.end
        title = self.subjects.until(begin, sentence.end)
        return Order(sentence, *issuer, str(kind.value.means["doc_type"]) if kind else "", title)

    def _closing(self, sentence: Span) -> Order | None:
        """What an office wants by its own paper, with which the sentence closes: ``… tại Công văn số 742/UBND-KT``."""
        stop = self.words.goes_on.search(self.key, sentence.start, min(sentence.end, sentence.start + LONGEST_ENACTOR))
        if stop is None or self.text[stop.start()] != " ":
            return None
        issuer = Span(sentence.start, stop.start())
        body = self.body(issuer) or self.headed(issuer)
        within = self.within(stop.end(), sentence.end, str(body.value.means.get("level"))) if body else None
        if body is None or within is None or not self.words.closing.fullmatch(self.key, within.end, sentence.end):
            return None
        return Order(sentence, issuer, body, within.kind, "", within.number, within.day)

    def _carried(self, sentence: Span) -> Order | None:
        """A paper with a name and a period that its issuer has others carry out, and of which the article tells."""
        said = self.words.carried.search(self.key, sentence.start, sentence.end)
        kind = self.kind_at(said.end(), sentence.end) if said else None
        if said is None or kind is None or not self.text[said.end()].isupper():
            return None
        issuer = self.issuers.before(sentence, said.start())
        title = self.subjects.until(self.past_link(said.end() + kind.end + 1, sentence.end), sentence.end)
        owned = self.words.behind_of.search(fold(title))
        if issuer is None or owned or read_period(title, self.scene.patterns) == (None, None):
            return None
        return Order(sentence, *issuer, str(kind.value.means["doc_type"]), title)

    def _take_order(self, found: Order) -> None:
        self.facts.lead = found.sentence
        self.facts.doc_type = self.facts.doc_type or found.doc_type
        self.facts.title = self.facts.title or found.title
        self.facts.number = self.facts.number or found.number
        self.facts.issued_on = self.facts.issued_on or found.day
        if not self.facts.issuer:
            self.take_issuer(found.issuer, found.body)

    def _small_gap(self, gap: str) -> bool:
        return self.words.before_type.fullmatch(gap) is not None

    def _score(self, found: Statement, position: int, official: bool) -> int:
        """How surely a statement is the document's own issuing; 0: it is a task or a citation."""
        before = self.key[found.sentence.start : found.issuer.start]
        if not official and self._is_numbered(found):
            return 0
        for hit in self.ordering(found.sentence.start, found.issuer.start):
            rest = before[hit.end :]
            if len(rest.strip()) < 3 and not (hit.start == 0 and hit.end == len(before.strip())):
                return 0
        own = before.rstrip()
        opens = not own or own.endswith((",", ";", ":", "-", ")"))
        capital = self.text[found.kind_start].isupper()
        number = self.words.number.match(self.text, found.kind_end)
        dated = self.words.dated(before) is not None
        if official:
            return 2 if opens or number is None else 1
        cue = self.key[found.issuer.end : found.kind_start]
        done = self.words.done.search(cue) is not None
        low = opens and not capital and position <= _LEAD_BLOCKS
        score = 0
        if number and (opens or dated):
            score = 4
        elif found.body is None and not done and not dated:
            return _OF_HEADLINE if self._heads(found) else 0
        elif opens and capital and self.text[found.sentence.start : found.sentence.end].isupper():
            return _OF_HEADLINE
        elif opens and capital and (done or position <= _LEAD_BLOCKS):
            score = 3
        elif (dated and position <= _LEAD_BLOCKS) or (low and self._is_new(found, cue)):
            score = 2
        elif self._heads(found):
            return _OF_HEADLINE
        return score * 10 - min(position, 9) if score else 0

    def _is_numbered(self, found: Statement) -> bool:
        """Whether the sentence is of the paper by which it is issued: ``Quyết định số 31/QĐ-UBND của UBND tỉnh …``."""
        start = found.sentence.start
        kind = self.kind_at(start, found.issuer.start)
        return kind is not None and self.words.number.match(self.text, start + kind.end, found.issuer.start) is not None

    def _heads(self, found: Statement) -> bool:
        """Whether a statement is an article's headline, which leaves out when and often who."""
        block = self.view.block_index(found.sentence.start)
        first = next((i for i in range(block) if self.layout.is_body(self.block(i).start)), block)
        if not self.layout.portal or first != block or self.text[found.sentence.end - 1] in ".:":
            return False
        subject = self.key[found.kind_end : found.sentence.end]
        whole = len(found.sentence) >= len(self.layout.content(block)) - 1 and len(found.sentence) <= _LONGEST_HEADLINE
        if not whole or self.words.no_subject.match(subject.lstrip()) or len(subject.split()) < LEAST_SUBJECT:
            return False
        return self.words.enacted.search(self.key, found.issuer.end, found.kind_start) is not None

    def _is_new(self, found: Statement, cue: str) -> bool:
        """Whether a statement in small letters tells of the one paper that is the news: ``vừa có kế hoạch …``."""
        subject = self.key[found.kind_end : found.sentence.end]
        owned = self._owner(found.kind_end, found.sentence.end) is not None
        silent = not owned and self.words.no_subject.match(subject.lstrip()) is not None
        if (silent or len(subject.split()) < LEAST_SUBJECT) and not self.subjects.headline(found.sentence):
            return False
        if self.words.fresh.search(cue):
            return True
        # "đã ban hành …", or of the day of the lead: "Ngày 3/4, UBND huyện ban hành kế hoạch … năm 2025"
        before = self.key[found.sentence.start : found.issuer.start]
        told = self.words.done.search(cue) or self.words.dated_short(before)
        done = told and self.words.enacted.search(cue)
        return bool(done) and read_period(self.subjects.until(found.kind_end, found.sentence.end)) != (None, None)

    def _take(self, found: Statement, official: bool) -> None:
        facts, named = self.facts, bool(self.facts.issuer)
        if not named and found.body is not None:
            self.take_issuer(found.issuer, found.body)
        if official:
            return
        facts.lead = found.sentence
        facts.doc_type = facts.doc_type or str(found.kind.value.means["doc_type"])
        pos, end = found.kind_end, found.sentence.end
        number = self.words.number.match(self.text, pos, end)
        if number:
            facts.number = facts.number or number_of(number)
            pos = number.end()
        elif bare := self.words.bare_number.match(self.key, pos, end):
            pos = bare.end()
        elif (within := self._within_of(found)) is not None:
            facts.number = facts.number or within.number
            facts.issued_on = facts.issued_on or within.day
            end = within.start if within.start > pos else end
        if not named and found.body is None:
            facts.issuer = self.committee_of(self.issuers.unit_name(found.issuer))
        before = self.key[found.sentence.start : found.issuer.start]
        day = self.words.dated(before)
        behind = self.words.before_day.match(self.key, pos, found.sentence.end)
        after = self.words.day.match(self.key, behind.end() if behind else pos, found.sentence.end)
        if after:
            pos = after.end()
        relayed = self.words.relays.match(self.key, found.kind_start) is not None  # it is not its owner who issues
        if not named and not relayed and (owner := self._owner(pos, found.sentence.end)) is not None:
            self.take_issuer(*owner)
        if facts.issued_on is None:
            facts.issued_on = (day_of(after) if after else None) or (day_of(day) if day else None)
        if facts.issued_on is None and (short := self.words.dated_short(before)):
            facts.issued_on = self._in_posted_year(short, found.sentence.start)
        if not facts.title:
            facts.title = self._subject(found, pos, end)

    def _owner(self, start: int, end: int) -> tuple[Span, Hit] | None:
        """Whose a cited document is, up to its subject: ``… của UBND tỉnh về …``."""
        owner = self.words.owner.match(self.key, start, end)
        if owner is None:
            return None
        start = owner.end()
        body = self.body(Span(start, end)) or self.headed(Span(start, end))
        link = next((h for h in self.words.links.matches(self.key[start:end]) if h.start > 0), None)
        return (Span(start, start + link.start), body) if body is not None and link is not None else None

    def _within_of(self, found: Statement) -> Within | None:
        """The paper by which the issuer has approved a plan, named behind the plan or before the issuer."""
        level = str(found.body.value.means.get("level")) if found.body is not None else "committee"
        behind = self.within(found.kind_end, found.sentence.end, level)
        before = self.within(found.sentence.start, found.issuer.start, level)
        return behind or (before if before and found.issuer.start - before.end <= 2 else None)

    def _subject(self, found: Statement, pos: int, end: int) -> str:
        """The subject of the document in a report's lead."""
        if any(h.start <= 2 for h in self.words.back.matches(self.key[pos:end])):
            return self._purpose(found)
        owner = self.words.owner.match(self.key, pos, end) or self.words.sent.match(self.key, pos, end)
        begin = pos
        while begin < end and self.text[begin] in ' ,:“")':
            begin += 1
        conveyed = self.words.conveys.match(self.key, begin, end) or self.words.ordered_subject.match(
            self.key, begin, end
        )
        linked = self.past_link(conveyed.end() if conveyed else begin, end)
        said = linked > begin
        if not said and not owner:
            kind = self.words.types.matches(self.key[begin:end])
            if (kind and kind[0].start == 0) or self.words.no_subject.match(self.key, begin, end):
                own = kind and kind[0].start == 0
                return self.subjects.until(begin, end) if own else self.subjects.headline(found.sentence)
        if owner and not said:
            link = next((h for h in self.words.links.matches(self.key[owner.end() : end])), None)
            if link is None:
                return self.subjects.headline(found.sentence)
            linked = self.past_link(owner.end() + link.start, end)
        quoted = self.text[found.kind_start - 1 : found.kind_start] in tuple(_OPENING)
        title = self.subjects.until(linked, end, quoted=quoted)
        return title or self.subjects.headline(found.sentence)

    def _purpose(self, found: Statement) -> str:
        """``Để tăng cường …; Ban Thường vụ … ban hành Chỉ thị về nội dung này``."""
        match = self.words.purpose.match(self.key, found.sentence.start, found.issuer.start)
        if match is None:
            return self.subjects.headline(found.sentence)
        return self.make.composed(match.end(), found.issuer.start).strip(" ,;:")

    def _in_posted_year(self, short: Any, lead: int) -> date | None:
        """A lead's ``Ngày 15/4``: of the year in which the page says that it was posted (DOMAIN §1.11)."""
        first = self.view.block_index(lead)
        for index in range(max(0, first - 30), first):
            span = self.block(index)
            if not self.words.posted.matches(self.key[span.start : span.end]):
                continue
            if match := _POSTED.search(self.key, span.start, span.end):
                posted = date_of(match[3], match[2], match[1])
                said = date_of(match[3], short["month"], short["day"])
                return said if posted and said and said <= posted else None
        if dated := STAMP.match(self.key, self.view.blocks[0].start):
            said = date_of(dated[1], short["month"], short["day"])
            return said if said and said.month <= int(dated[2]) else None
        if posted := self.layout.posted:
            said = date_of(str(posted.year), short["month"], short["day"])
            return said if said and said <= posted else None
        return None
