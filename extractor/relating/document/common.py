"""What all parts of the reading work with: the facts read so far, and the smallest questions to a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import regex

from extractor.finding.scene import STAMP, Scene
from extractor.model import Hit, Span
from extractor.relating.document.periods import day_of
from extractor.relating.document.words import document_words
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold
from extractor.text.layout import PERSON

_LONGEST_CITING = 60
_LONGEST_OPENING = 110
# a headline that lost its line end before the agency of the lead: "… năm 2025 (QNO) - Ngày 3/4, …"
_AGENCY = regex.compile(r"(?<=[\p{L}\d] )\((?:\p{Lu}{2,8}|[\p{L}\d.-]{2,24}\.vn)\)\s?[-–]\s(?=\p{Lu})")
_LONGEST_HEADLINE = 240
_SITE = regex.compile(r"(?:\([^()\n]{2,40}\)\s?[-–:]?|[\p{L}\d-]{2,24}(?:\.[\p{L}\d-]{2,12}){1,3}\s?[-–:])\s+")
_NAME_PART = regex.compile(r"(?<=\p{L}) \p{Lu}\p{Ll}+ \p{Lu}\p{Ll}")
SHORTEST_TITLE, LONGEST_TITLE = 15, 500
LONGEST_ENACTOR = 90
LEAST_SUBJECT = 3  # words; a shorter subject says of no document which it is


@dataclass(slots=True)
class Facts:
    """What has been read so far; spans are of the view, made verbatim at the end."""

    doc_type: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    central: bool = False
    issued_place: str = ""
    issued_on: date | None = None
    symbol: str = ""  # the number, or what is there of it
    subject: Span | None = None  # of a letter, below its number
    signer: str = ""
    signer_position: str = ""
    lead: Span | None = None


def number_of(match: Any) -> str:
    """The number of a document, as an expression found it, without blanks."""
    return str(regex.sub(r"\s", "", match["number"]))


@dataclass(frozen=True, slots=True)
class Within:
    """The paper by which another was approved, and the stretch that names it."""

    start: int
    end: int
    kind: str
    number: str
    day: date | None


class Part:
    """A part of the reading: it looks at the document and adds to its facts."""

    def __init__(self, scene: Scene, make: RowMaker, facts: Facts) -> None:
        self.scene, self.make, self.facts = scene, make, facts
        self.view, self.layout = scene.view, scene.layout
        self.text, self.key = scene.view.text, scene.view.key
        self.words = document_words(scene.patterns)

    def block(self, index: int) -> Span:
        """The stretch of a block."""
        return self.view.blocks[index].span

    def bracketed(self, index: int) -> Span:
        """A block, with the one below it if that closes its bracket: ``(Kèm theo`` – ``Nghị quyết số 12 …)``."""
        span = self.block(index)
        if (
            self.text[span.start] != "("
            or ")" in self.text[span.start : span.end]
            or index + 1 == len(self.view.blocks)
        ):
            return span
        below = self.block(index + 1)
        return Span(span.start, below.end) if self.text[below.end - 1] == ")" else span

    def sentences(self, index: int) -> Iterator[Span]:
        """The sentences of a block, the first without the stamp or the headline that share its line."""
        for sentence in self.scene.sentences(index):
            near = min(sentence.end, sentence.start + _LONGEST_HEADLINE)
            before = _AGENCY.search(self.text, sentence.start, near) or STAMP.match(self.key, sentence.start, near)
            yield Span(before.end(), sentence.end) if before else sentence

    def ordering(self, start: int, end: int) -> list[Hit]:
        """The words in a stretch that make an issuing a task; ``Cần`` in ``Cần Thơ`` is none."""
        return [
            hit
            for hit in self.words.not_issued.matches(self.key[start:end])
            if not (hit.start and _NAME_PART.match(self.text, start + hit.start - 1, end))
        ]

    def body(self, span: Span) -> Hit | None:
        """The issuing body that a stretch begins with."""
        key = self.key[span.start : span.end]
        return next((h for h in self.words.bodies.matches(key) if h.start == 0), None)

    def headed(self, span: Span) -> Hit | None:
        """The issuing body of a stretch that begins with its head (``Chủ tịch UBND …``)."""
        key = self.key[span.start : span.end]
        if any(h.start == 0 for h in self.words.heads.matches(key)):
            return next(iter(self.words.bodies.matches(key)), None)
        return None

    def past_link(self, start: int, end: int) -> int:
        """Behind ``Về việc``, ``V/v`` (ANNOTATION, decision 11)."""
        for hit in self.words.links.matches(self.key[start : min(end, start + 20)].replace("\n", " ")):
            if hit.start == 0:
                start += hit.end
                while start < end and self.text[start] in " :":
                    start += 1
                break
        return start

    def take_issuer(self, span: Span, body: Hit) -> None:
        """Take the issuer that a stretch names, up to what is told of it (``… tại cuộc họp ngày 10/3``)."""
        stop = self.words.issuer_stop.search(self.key, span.start, span.end)
        self.facts.issuer = self.make.composed(span.start, stop.start() if stop else span.end).strip(" ,;")
        self.facts.central = body.value.means.get("level") == "central"

    def kind_at(self, start: int, end: int) -> Hit | None:
        """The type of document that a stretch begins with."""
        near = self.key[start : min(end, start + _LONGEST_CITING)]
        return next((h for h in self.words.types.matches(near) if h.start == 0), None)

    def letters(self, stretch: Span) -> list[Hit]:
        """``văn bản số 12/UBND-VX``: a paper that has a number without a type is a letter (DOMAIN §1.4)."""
        return [
            hit
            for hit in self.words.letters.matches(self.key[stretch.start : stretch.end])
            if (number := self.words.number.match(self.text, stretch.start + hit.end, stretch.end))
            and self.is_letter(number_of(number))
        ]

    def letter_at(self, start: int, end: int) -> Hit | None:
        """The word for a letter with its number that a stretch begins with."""
        near = Span(start, min(end, start + _LONGEST_CITING))
        return next((h for h in self.letters(near) if h.start == 0), None)

    def past_year(self, at: int, end: int) -> int:
        """Behind the year that pages of laws put behind a number: ``Kế hoạch 31/KH-UBND năm 2022 trồng …``."""
        year = self.words.year_of_number.match(self.key, at, end)
        return int(year.end()) if year else at

    def past_before_day(self, at: int, end: int) -> int:
        """Behind what may stand between a number or a verb and the day: a comma, ``ban hành``, ``vào``."""
        behind = self.words.before_day.match(self.key, at, end)
        return int(behind.end()) if behind else at

    def is_letter(self, number: str) -> bool:
        """Whether a number has no symbol of a type, only those of who wrote: ``742/UBND-KT``."""
        if not regex.match(r"\d+[a-zđ]?/\p{Lu}\p{L}*(?:[-.]\p{Lu}+)*$", number):
            return False
        symbol = regex.split(r"[/.-]", number)[1]
        return not any(symbol in str(e.means.get("symbol", "")) for e in self.scene.patterns.of("document"))

    def type_of_number(self) -> str:
        """The type that the symbol of the number says (``12/KH-UBND``: a plan), where no line does."""
        return self.type_of(self.facts.number)

    def type_of(self, number: str) -> str:
        """The type that the symbol of a number says, or of what is there of it."""
        parts = regex.split(r"[/-]", number)
        for entry in self.scene.patterns.meaning("document", role="type"):
            if set(entry.means.get("symbol", ())) & set(parts[1:]):
                return str(entry.means["doc_type"])
        return ""

    def issuer_or_place(self, span: Span) -> str:
        """The issuer, or the committee of the place that a page of laws names: ``Nơi ban hành: Tỉnh Lâm Đồng``."""
        body, said = self.body(span) or self.headed(span), self.make.composed(span.start, span.end)
        if body is not None:
            self.facts.central = body.value.means.get("level") == "central"
            return said
        return self.committee_of(f"{said[:1].lower()}{said[1:]}")

    def committee_of(self, unit: str) -> str:
        """The committee of a place, if the number of its paper says which: ``UBND tỉnh Lâm Đồng``."""
        committee = regex.split(r"[/-]", self.facts.number)[-1]
        named = self.words.named_unit.fullmatch(unit) and fold(committee) in self.words.committees
        return f"{committee} {unit}" if named else ""

    def is_name(self, piece: str, position: str) -> bool:
        """Whether what stands below a position is a person's name."""
        if not PERSON.fullmatch(piece) or any(c.isdigit() for c in piece):
            return False
        key = fold(piece)
        if any(h.start == 0 for h in (*self.words.heads.matches(key), *self.words.bodies.matches(key))):
            return False
        return not piece.isupper() or (bool(position) and not self.words.post.search(key))

    def within(self, start: int, end: int, level: str) -> Within | None:
        """The paper by which one was approved: ``… tại Quyết định số 12/QĐ-UBND ngày …``, ``(Kế hoạch số …)``.

        Args:
            level: of who approved; a number of a committee's is not another body's.
        """
        for said in self.words.within.finditer(self.key, start, end):
            kind = self.kind_at(said.end(), end)
            bracket = said[0].endswith("(")
            number = self.words.number.match(self.text, said.end() + (kind.end if kind else 0), end)
            if number is None or (kind is None and not bracket):
                continue
            day = self.words.day.match(self.key, self.past_before_day(number.end(), end), end)
            behind = day.end() if day else number.end()
            own = any(fold(part) in self.words.committees for part in regex.split(r"[/-]", number_of(number)))
            if self.words.owner.match(self.key, behind, end) or own != (level == "committee"):
                continue
            named = str(kind.value.means["doc_type"]) if kind else ""
            return Within(said.start(), behind, named, number_of(number), day_of(day) if day else None)
        return None

    def openings(self, sentence: Span) -> Iterator[int]:
        """Where the paper may be named with which a sentence opens, behind ``Theo``, ``Đó là một mục tiêu của``."""
        yield self.behind_citing(sentence.start, sentence.end)
        if site := _SITE.match(self.text, sentence.start, sentence.end):
            yield self.behind_citing(site.end(), sentence.end)
        if lead_in := self.words.lead_in.match(self.key, sentence.start, sentence.end):
            yield self.behind_citing(lead_in.end(), sentence.end)
        if opening := self.words.opening.match(self.key, sentence.start, sentence.end):
            end = min(sentence.end, opening.end() + _LONGEST_OPENING)
            yield from (found.end() for found in self.words.opening_of.finditer(self.key, opening.end(), end))

    def behind_citing(self, start: int, end: int) -> int:
        """Behind ``Theo``, ``Tại``, if a stretch opens so."""
        for hit in self.words.citing.matches(self.key[start : min(end, start + _LONGEST_CITING)]):
            if hit.start == 0:
                start += hit.end + 1
        return start
