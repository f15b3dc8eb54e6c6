"""The row of ``documents``: type, number, title, issuer, place and date, province and district, period, signer.

An official document says these in its letterhead, title and preamble (DOMAIN §1.2); a portal's report says them in its
lead (§1.11: the plan's facts, never the page's), in a sentence of the form *issuer – issued – type – number – subject*.
A page that reports no plan leaves them empty. What the text does not say is taken from the caller's context, and
nothing else: no clock, no guess. Vocabulary: ``patterns/documents.yaml``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import regex

from extractor.finding import gazetteer
from extractor.finding.gazetteer import TWO_LEVELS, Level, Unit
from extractor.finding.place_records import RANK
from extractor.finding.places import find_places
from extractor.finding.scene import Scene
from extractor.model import Document, Hit, Span
from extractor.patterns import Lexicon, PatternSet, load, one_of
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold
from extractor.text.layout import PERSON

_POSTED = regex.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_NUMBER_WITH_YEAR = regex.compile(r"\d{1,5}/(?:19|20)\d\d/\p{L}+")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_LAST_DAY = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_CAPITALS = regex.compile(r"(?<!\p{Lu})\p{Lu}{2,}+\s++(?=\p{Lu}\p{Ll})")
_STAR = regex.compile(r"^[\s*_\-–—.=]+$")
_APART = regex.compile(r"[\s,;|(–-]*")
_LEAD_BLOCKS = 3
_OPENING, _CLOSING = '"“', '"”'
_LONGEST_LIST_TITLE = 160
_LONGEST_ENACTOR = 90
_ENACTS_WITHIN = 40  # blocks from the line of the type to the first article
_SHORTEST_TITLE, _LONGEST_TITLE = 15, 500
_LEAST_SUBJECT = 3  # words; a shorter subject says of no document which it is
_HEADLINES = 2  # blocks of an article that may be its headline
_LATEST_PASSIVE = 9  # blocks of an article; what is told later is another document's
_LONGEST_CITING = 60
_SUBJECT_LINES = 6  # of a letter's subject, in the narrow column below its number
# what a news item puts before its lead: "(CTT-Đồng Nai) - ", "(Chinhphu.vn) – ", "Hà Nội (TTXVN) - "
_DATELINE = regex.compile(r"(?:[\p{L} .]{2,30})?\([^()\n]{2,40}\)\s*[-–:]?\s*|[\p{L}.]{2,20}\s*[-–]\s+")


class _Words:
    """What documents.yaml says, compiled, and what the files of other concerns lend it."""

    def __init__(self, patterns: PatternSet) -> None:
        def having(role: str) -> Lexicon:
            return Lexicon(patterns.meaning("document", role=role))

        self.types, self.bodies, self.heads = having("type"), having("body"), having("body_head")
        self.issues, self.not_issued, self.citing = having("issue"), having("not_issued"), having("citing")
        self.links, self.subjects, self.ends = having("link"), having("subject"), having("title_end")
        self.posted, self.back, self.attached = having("posted"), having("back"), having("attached")
        self.authority, self.letters = having("authority"), having("letter")
        self.committees = frozenset(patterns.literals("document", role="body", level="committee"))
        self.motto = Lexicon(patterns.meaning("layout", part="motto"))
        self.open = frozenset(patterns.literals("layout", part="open_word"))
        self._compile_head(patterns)
        self._compile_lead(patterns)
        self._compile_place(patterns)

    def _compile_head(self, patterns: PatternSet) -> None:
        """Numbers and dates."""
        self.number_line = _expression(patterns, "number_line")
        self.number = _expression(patterns, "number")
        self.place_date, self.place_day = _expression(patterns, "place_date"), _expression(patterns, "place_day")
        self.day, self.day_of_year = _expression(patterns, "day"), _expression(patterns, "day_of_year")
        session = _expression(patterns, "session").pattern
        self.session = regex.compile(session)
        sitting = patterns.expression("document", whole=False, role="session", force="strong").pattern
        self.sitting = regex.compile(rf"[^.;:]{{4,100}}?(?:{sitting})[^.;:]*+$")
        self.attached_line = regex.compile(
            rf"[(\s*]{{0,6}}{one_of(patterns.literals('document', role='attached'))}(?!\w)"
        )
        annex = next(iter(patterns.meaning("document", role="type", symbol="PL")), None)
        self.annex = str(annex.means["doc_type"]) if annex else ""
        self.enacts, self.enacts_end = _expression(patterns, "enacts"), _expression(patterns, "enacts_end")
        self.assigns, self.list = _expression(patterns, "assigns"), _expression(patterns, "list")
        self.registered_day = _expression(patterns, "registered_day")
        self.signed = regex.compile(rf"(?<=\s){PERSON.pattern}$")
        self.lead_day = _expression(patterns, "lead_day")
        self.lead_day_behind = _expression(patterns, "lead_day_behind")

    def _compile_lead(self, patterns: PatternSet) -> None:
        """What stands around issuer, type and subject in a title or a lead."""

        def words(**means: str) -> str:
            return one_of(patterns.literals("document", **means))

        of = patterns.expression("agency", whole=False, part="of").pattern
        self.of, self.behind_of = regex.compile(rf"(?:{of}) "), regex.compile(rf"\s(?:{of})\s+")
        self.owner = regex.compile(rf"\s*(?:{of})\s")
        self.sent = regex.compile(rf"\s*{words(role='sent')}\s")
        self.owner_near = regex.compile(rf"[^.;]{{0,40}}?\s(?:{of})\s+")
        self.ordinal = regex.compile(
            rf"\s*(?:{words(role='ordinal')}\s*)?(?:\d{{1,2}}|[ivx]{{1,5}}|[a-d])(?=\s*[:.–-])"
        )
        self.before_type = regex.compile(rf"[\s\"]*(?:{words(role='before_type')}\s+)?")
        self.before_verb = regex.compile(rf"\s+(?:{words(role='before_verb')}|\s)+$", regex.REVERSE)
        self.meets = regex.compile(rf"\s{words(role='meets')}(?!\w)")
        self.no_issuer = regex.compile(rf"\s{words(role='no_issuer')}(?:\s|$)")
        self.abbreviation = regex.compile(rf"\b{words(role='abbreviation')}")
        self.done, self.fresh = (
            regex.compile(rf"{said}\s") for said in (words(role="done"), words(role="done", force="strong"))
        )
        self.before_day = regex.compile(rf"\s*,?\s*(?:\(?{words(role='before_day')}\s*)?")
        self.no_subject = regex.compile(rf"{words(role='no_subject')}(?!\p{{L}})")
        self.purpose = regex.compile(rf"{words(role='purpose')}\s+")
        self.year_of_number = _expression(patterns, "year_of_number")
        self.opening = _expression(patterns, "opening")
        self.passive, self.enacted = _expression(patterns, "passive"), _expression(patterns, "enacted")
        self.within = regex.compile(rf"\s{words(role='within')}\s")
        self.goes_on = regex.compile(rf"[,;.]|\s{words(role='goes_on')}(?!\p{{L}})")
        self.acts = regex.compile(rf"\s{words(role='goes_on', force='strong')}(?!\p{{L}})")
        self.retold = _expression(patterns, "retold")
        self.citing_weakly = regex.compile(rf"{words(role='citing_weakly')}\s")
        report = words(role="title_end", force="strong")
        self.title_stop = regex.compile(rf"[.;:](?=\s|$)|\n|,\s(?={report}\b)")
        unit = rf"(?:{words(role='clause_subject')}|{_expression(patterns, 'clause_number').pattern})"
        self.clause = regex.compile(rf",\s(?=(?:{words(role='clause_opener')} ){{0,3}}{unit}\b)")

    def _compile_place(self, patterns: PatternSet) -> None:
        """What the name of an issuer says of its place."""

        def words(**means: str) -> tuple[str, ...]:
            return patterns.literals("document", **means)

        def prefixes(level: str) -> tuple[str, ...]:
            return patterns.literals("place", role="prefix", level=level)

        self.both_levels = frozenset(words(role="both_levels"))
        unit = one_of(word for level in ("province", "district", "commune") for word in prefixes(level))
        district = one_of(word for word in prefixes("district") if word not in self.both_levels)
        self.level_noun = regex.compile(rf"(?:^|\s)({unit})$")
        self.named_unit = regex.compile(rf"{unit}\s.+$", regex.I)
        self.named_district = regex.compile(rf"{district}\s+(?=\p{{L}})")
        party, below = words(role="party", level="province"), words(role="party", level="district")
        self.party_province, self.party_district = (regex.compile(rf"{one_of(w)}$") for w in (party, below))
        self.party_place = regex.compile(rf"(?:(?P<province>{one_of(party)})|{one_of(below)})\s+(?=\p{{L}})")
        self.party_tails = tuple(sorted({word.split()[-1] for word in (*party, *below)}))
        self.committee = regex.compile(rf"{one_of(words(role='body', level='committee'))}$")
        self.person = regex.compile(
            rf"(?<={one_of(words(role='before_person'))})\s+(\p{{Lu}}\p{{Ll}}+(?:\s\p{{Lu}}\p{{Ll}}+){{1,4}})$"
        )
        self.provincial = regex.compile(one_of(words(role="provincial")))
        self.below_province = _expression(patterns, "below_province")
        self.own_province = regex.compile(rf"(?<!\w)(?:{_expression(patterns, 'own_province').pattern})\s$")
        self.now = _expression(patterns, "now")
        self.post = regex.compile(one_of(words(role="post")))
        self.place_capitals = _expression(patterns, "place_capitals")

    def dated(self, before: str) -> Any:
        """The date of a lead, before the issuer: at its head, or behind a comma."""
        return self._at_head(self.lead_day, before) or self.lead_day_behind.search(before)

    def dated_short(self, before: str) -> Any:
        """The date at the head of a lead, if it has no year."""
        return self._at_head(self.day_of_year, before)

    def _at_head(self, day: regex.Pattern[str], before: str) -> Any:
        """A date at the head of a lead, behind the news item's dateline if it has one."""
        found = day.match(before)
        if found is None and (line := _DATELINE.match(before)):
            found = day.match(before, line.end())
        return found


def _expression(patterns: PatternSet, role: str) -> regex.Pattern[str]:
    return patterns.expression("document", whole=False, role=role)


def _words(patterns: PatternSet) -> _Words:
    made: _Words = patterns.made("document:words", lambda: _Words(patterns))
    return made


@dataclass(slots=True)
class _Facts:
    """What has been read so far; spans are of the view, made verbatim at the end."""

    doc_type: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    central: bool = False
    issued_place: str = ""
    issued_on: date | None = None
    place_year: int | None = None
    signer: str = ""
    signer_position: str = ""
    lead: Span | None = None


def read_document(scene: Scene, make: RowMaker, context: object, version: str) -> Document:
    """The facts of the document.

    Args:
        scene: the document, laid out; its ``document`` is still blank.
        make: for verbatim text.
        context: what the caller knows (``issued_on``, ``doc_type``, ``province``, ``district``); used where the text is
            silent.
        version: of the extractor.
    """
    return _Reader(scene, make, context, version).read()


class _Reader:
    def __init__(self, scene: Scene, make: RowMaker, context: object, version: str) -> None:
        self.scene, self.make, self.context, self.version = scene, make, context, version
        self.view, self.layout = scene.view, scene.layout
        self.text, self.key = scene.view.text, scene.view.key
        self.words = _words(scene.patterns)
        self.units = gazetteer.load()
        self.facts = _Facts()

    def read(self) -> Document:
        facts = self.facts
        header = [i for i, z in enumerate(self.layout.zones) if z == "header"]
        if header:
            self._number(header)
            self._place_and_date(header)
        if self.layout.title:
            self._titled()
            self._attached_to(header)
        elif header:
            self._letter(header)
        if facts.number and not facts.doc_type:
            facts.doc_type = self._type_of_number()
        if header and not facts.issuer:
            self._letterhead(header)
        self._registered()
        if header and facts.number and not facts.title and (enacted := self._enacted(header[-1] + 1)) is not None:
            self._take_title([enacted])
        if not facts.doc_type or not facts.issuer or not facts.title:
            self._reported(official=bool(self.layout.title))
        self._signature()
        self._registered_signer()
        if facts.issued_on is None:
            facts.issued_on = getattr(self.context, "issued_on", None)
        province, district = self._where()
        stated = "" if district or facts.central else self._unlisted_district()
        issuer = self._completed(facts.issuer, province, district)
        begin, end = read_period(facts.title, self.scene.patterns)
        return replace(
            self.scene.document,
            doc_type=facts.doc_type or getattr(self.context, "doc_type", ""),
            number=facts.number,
            title=facts.title,
            issuer=issuer,
            issued_place=facts.issued_place,
            issued_on=facts.issued_on,
            province=province.name if province else getattr(self.context, "province", ""),
            province_code=province.code if province else "",
            district=district.name if district else stated or getattr(self.context, "district", ""),
            district_code=district.code if district else "",
            period_start=begin,
            period_end=end,
            signer=facts.signer,
            signer_position=facts.signer_position,
            chars=len(self.scene.source.text),
            extractor_version=self.version,
        )

    def _block(self, index: int) -> Span:
        return self.view.blocks[index].span

    # -- letterhead ----------------------------------------------------------------------------------------------------

    def _number(self, header: Sequence[int]) -> None:
        first = self.layout.title[0] if self.layout.title else len(self.view.blocks)
        for index in header:
            span = self._block(index)
            match = self.words.number_line.search(self.text, span.start, span.end)
            if match and self._is_cited(span.start, match.start()):
                continue
            if match and (index < first or match.start() == span.start):
                number = regex.sub(r"\s", "", match["number"])
                self.facts.number = number if number[0].isdigit() else ""
                return

    def _is_cited(self, start: int, number: int) -> bool:
        """Whether a number stands in small letters inside a sentence: ``… Nghị quyết số 13-NQ/TU ngày …``."""
        said = self.text[start:number].split()
        return bool(said) and self.text[number].islower() and any(c.islower() for c in said[-1])

    def _place_and_date(self, header: Sequence[int]) -> None:
        """The place-and-date line, also where two columns were flattened into one (DOMAIN §1.2, §1.5)."""
        for index in header:
            span = self._block(index)
            if span.end - span.start > 260:
                continue
            if index in self.layout.title[1:]:
                continue
            number = self.words.number_line.search(self.text, span.start, span.end)
            for start in dict.fromkeys((self._behind_number(number), span.start) if number else (span.start,)):
                line = self.text[start : span.end]
                for match in filter(None, (self.words.place_date.search(line), self.words.place_day.search(line))):
                    place = self._only_place(start + match.start("place"), start + match.end("place"))
                    if place is None:
                        continue
                    self.facts.issued_place = self.make.composed(*place)
                    self.facts.issued_on = _date(match["year"], match["month"], match["day"])
                    return
        self._date_alone(header)

    def _behind_number(self, number: Any) -> int:
        """Where a line goes on behind its number, which may touch what follows (``12/KH-UBND-Hà Nam, ngày …``)."""
        found = _APART.match(self.text, number.end("number"))
        return int(found.end()) if found else int(number.end("number"))

    def _date_alone(self, header: Sequence[int]) -> None:
        """The day of a letterhead that names no place: behind the number (``Số: 12/KH-UBND ngày …``), or a line."""
        first = self.layout.title[0] if self.layout.title else len(self.view.blocks)
        for index in header:
            span = self._block(index)
            if index >= first or span.end - span.start > 260:
                continue
            number = self.words.number_line.search(self.text, span.start, span.end)
            day = self.words.day.match(self.key, self._behind_number(number) if number else span.start, span.end)
            if day and (number or len(span) - (day.end() - span.start) <= 2):
                self.facts.issued_on = _day(day)
                return

    def _only_place(self, start: int, end: int) -> tuple[int, int] | None:
        """Without what a flattened head puts before the place (``Số: 5/KH-UBND Hà Nam``)."""
        for motto in self.words.motto.matches(self.key[start:end]):
            start = max(start, start + motto.end)
        piece = self.text[start:end]
        symbol = _CAPITALS.search(piece)
        if symbol and not self.words.place_capitals.match(piece):
            start += symbol.end()
        while start < end and self.text[start] == " ":
            start += 1
        return (start, end) if end - start >= 2 else None

    def _letterhead(self, header: Sequence[int]) -> None:
        """The issuing body: one line, two stacked lines, or a parent above its agency (DOMAIN §1.2, row 3)."""
        first = self.layout.title[0] if self.layout.title else (header[-1] + 1)
        addressed = (i for i in header if any(mark[0] == "addressees" for mark in self.layout.marks.of(i)))
        first = min(first, next(addressed, first))  # whom a letter is for stands in a list below "Kính gửi:"
        lines = [line for index in header if index < first for line in self._head_lines(index)]
        if not lines:
            return
        bodies = [(span, self._body(span)) for span in lines]
        joined: list[tuple[Span, Hit | None, str]] = []
        for span, body in bodies:
            session = self.words.session.search(self.key, span.start, span.end)
            end = session.start() if session else span.end
            said = self.make.composed(span.start, end).rstrip(" ,-–(") if end > span.start else ""
            if not said:
                continue
            if joined and body is None and joined[-1][1] is not None:
                last = joined[-1]
                joined[-1] = (Span(last[0].start, span.end), last[1], f"{last[2]} {said}")
            elif body is not None or joined:
                joined.append((span, body, said))
        named = [j for j in joined if j[1] is not None]
        if not named:
            return
        _, body, said = named[-1]
        assert body is not None
        self.facts.central = body.value.means.get("level") == "central" and len(named) == 1
        upper = named[-2][2] if len(named) > 1 else ""
        place = self.words.named_unit.search(upper)
        if body.value.means.get("level") == "office" and fold(said) in map(fold, body.value.literals):
            said = f"{said} {upper}".strip()
        elif place and fold(place[0]) not in fold(said) and body.value.means.get("level") != "central":
            said = f"{said} {place[0]}"
        self.facts.issuer = said

    def _head_lines(self, index: int) -> Iterator[Span]:
        """What a line of the letterhead says of the issuer: its capitals, without motto, number, place and date."""
        block = self.view.blocks[index]
        for cell in block.cells or (block.span,):
            start, end = cell.start, cell.end
            for motto in self.words.motto.matches(self.key[start:end]):
                end = min(end, start + motto.start)
            for pattern in (self.words.number_line, self.words.place_date):
                if match := pattern.search(self.text, start, end):
                    end = min(end, match.start())
            while start < end and self.text[start] in " *-–_|0123456789":  # a page's number, where line ends were lost
                start += 1
            while start < end and self.text[end - 1] in " *-–_|.,:":
                end -= 1
            if end - start > 2 and self.text[end - 1] == ")" and (opened := self.text.find(" (", start, end)) > 0:
                end = opened  # UBND HUYỆN BÙ ĐĂNG (TỈNH BÌNH PHƯỚC)
            piece = self.text[start:end]
            if (end - start > 2 and piece.isupper() and not _STAR.match(piece)) or (
                2 < end - start < 120 and self._body(Span(start, end)) is not None and not block.cells
            ):
                yield Span(start, end)

    def _body(self, span: Span) -> Hit | None:
        """The issuing body that a stretch begins with."""
        key = self.key[span.start : span.end]
        return next((h for h in self.words.bodies.matches(key) if h.start == 0), None)

    # -- title ---------------------------------------------------------------------------------------------------------

    def _titled(self) -> None:
        head, *rest = self.layout.title
        span = self._block(head)
        types = self.words.types.matches(self.key[span.start : span.end])
        lines = [line for line in map(self._block, rest) if self._is_subject(line)]
        begin, annex = self.layout.content(head).start, self.layout.annex
        if types and types[0].start <= max(begin - span.start, 3):
            self.facts.doc_type = str(types[0].value.means["doc_type"])
            behind = self._behind_type(Span(max(span.start + types[0].end, annex or 0), span.end))
        elif annex is not None:
            self.facts.doc_type = self.words.annex
            behind = annex if annex == span.start else self._behind_type(Span(annex, span.end))
        elif self._is_enactor(span) or self._is_session(span):
            behind = None  # pages of laws leave out the type and the subject
        else:
            behind = self._past_link(begin, span.end)
        if behind is not None and not self.words.attached_line.match(self.key, behind):
            self._take_title([Span(behind, span.end), *lines])
            return
        session = [line for line in lines if self._is_session(line)]
        pieces = [line for line in lines if line not in session]
        while pieces and self.words.of.match(self.key, pieces[0].start) and self._behind_type(pieces[0]) is None:
            pieces.pop(0)  # "CHỈ THỊ" – "CỦA BAN THƯỜNG VỤ HUYỆN ỦY" – "Về …"
        if not pieces and rest:
            pieces = self._linked_below(rest[-1] + 1)
        bare = all(self._is_enactor(p) or self._is_session(p) for p in pieces)
        enacted = self._enacted((rest[-1] if rest else head) + 1) if bare else None
        self._take_title([enacted] if enacted is not None else pieces or session)

    def _is_enactor(self, span: Span) -> bool:
        """Whether a line of capitals below the type says no more than who enacts: ``CHỦ TỊCH UBND TỈNH``."""
        text, key = self.text[span.start : span.end], self.key[span.start : span.end]
        if not text.isupper() or len(text) > _LONGEST_ENACTOR:
            return False
        heads = self.words.heads.matches(key)
        body = self._body(span)
        named = body is not None and body.value.means.get("level") in ("committee", "central")
        return named or (any(h.start == 0 for h in heads) and bool(self.words.bodies.matches(key)))

    def _enacted(self, first: int) -> Span | None:
        """What the first article approves or issues, for a decision whose line of the subject is missing."""
        for index in range(first, min(first + _ENACTS_WITHIN, len(self.view.blocks))):
            marker = self.layout.markers[index]
            if marker is None or marker.style != "article":
                continue
            span = self.layout.content(index)
            said = self.words.enacts.match(self.key, span.start, span.end)
            if said is None:
                return None
            start = said.end() if said["attached"] else span.start
            stop = self.words.enacts_end.search(self.key, start, span.end)
            end = min(stop.start() if stop else span.end, start + _LONGEST_TITLE)
            return Span(start, end) if end - start > _SHORTEST_TITLE else None
        return None

    def _is_subject(self, span: Span) -> bool:
        """Whether a line of the title is no bracket, ornament or note of what the paper is attached to."""
        piece = self.text[span.start : span.end]
        return piece[0] != "(" and not _STAR.match(piece) and not self.words.attached_line.match(self.key, span.start)

    def _is_session(self, span: Span) -> bool:
        """Whether a line names the council or committee that enacts, with its term or session."""
        key = self.key[span.start : span.end]
        return self.text[span.start : span.end].isupper() and (
            self.words.session.search(key) is not None and self._past_link(span.start, span.end) == span.start
        )

    def _take_title(self, pieces: Sequence[Span]) -> None:
        if pieces:
            start, end = self._past_link(pieces[0].start, pieces[-1].end), pieces[-1].end
            self.facts.title = self.make.composed(start, self._before_enactor(start, end)).strip(" .;:")

    def _before_enactor(self, start: int, end: int) -> int:
        """Where a title in capitals ends that shares its paragraph with the council that enacts and its session."""
        if not self.text[start:end].isupper():
            return end
        for body in self.words.bodies.matches(self.key[start:end]):
            at = start + body.start
            opened = self.key[start:at].rstrip().rsplit(" ", 1)[-1] in self.words.open
            if body.start and not opened and self.words.sitting.match(self.key, at, end):
                return end if self.words.session.search(self.key, start, at) else at
            if body.start and not opened and self._set_apart(start, at) and self._is_enactor(Span(at, end)):
                return at
        return end

    def _set_apart(self, start: int, at: int) -> bool:
        """Whether stars of their own make what begins here stand out from the title (``… HÀ NAM **UBND TỈNH``)."""
        return "**" in self.make.quote(at - 1, at + 1) and "**" not in self.make.quote(start + 1, at - 1)

    def _linked_below(self, index: int) -> list[Span]:
        """The line below the title's last one, where it begins with ``Về``."""
        if index >= len(self.view.blocks):
            return []
        block = self._block(index)
        return [block] if self._past_link(block.start, block.end) > block.start and len(block) < 320 else []

    def _letter(self, header: Sequence[int]) -> None:
        """An official letter (công văn): no type, its subject under the number as ``V/v …`` (DOMAIN §1.2, row 7b)."""
        if not self._is_letter(self.facts.number):
            return
        for index in range(header[0], min(header[-1] + 2, len(self.view.blocks))):
            block = self._block(index)
            for hit in self.words.subjects.matches(self.key[block.start : block.end]):
                before = self.text[block.start : block.start + hit.start]
                if hit.start and not self.words.number_line.search(before):
                    continue
                self.facts.doc_type = str(hit.value.means["doc_type"])
                start = self._past_link(block.start + hit.start, block.end)
                self.facts.title = self.make.composed(start, self._subject_end(index)).strip(" .;:")
                return

    def _is_letter(self, number: str) -> bool:
        """Whether a number has no symbol of a type, only those of who wrote: ``742/UBND-KT``."""
        if not regex.match(r"\d+[a-zđ]?/\p{Lu}\p{L}*(?:[-.]\p{Lu}+)*$", number):
            return False
        symbol = regex.split(r"[/.-]", number)[1]
        return not any(symbol in str(e.means.get("symbol", "")) for e in self.scene.patterns.of("document"))

    def _subject_end(self, index: int) -> int:
        """Where the subject of a letter ends that is set in several short lines."""
        end = self._block(index).end
        for below in range(index + 1, min(index + _SUBJECT_LINES, len(self.view.blocks))):
            span = self._block(below)
            text = self.text[span.start : span.end]
            if self.layout.zones[below] != "header" or text.isupper() or self.layout.marks.of(below):
                break
            if any(p.search(text) for p in (self.words.number_line, self.words.place_date, self.words.place_day)):
                break
            end = span.end
        return end

    def _type_of_number(self) -> str:
        """The type that the symbol of the number says (``12/KH-UBND``: a plan), where no line does."""
        parts = regex.split(r"[/-]", self.facts.number)
        for entry in self.scene.patterns.meaning("document", role="type"):
            if set(entry.means.get("symbol", ())) & set(parts[1:]):
                return str(entry.means["doc_type"])
        return ""

    def _behind_type(self, span: Span) -> int | None:
        """Where the subject begins that shares its line with the type, behind the issuer if one is named there.

        ``NGHỊ QUYẾT CỦA BAN CHẤP HÀNH ĐẢNG BỘ TỈNH về …``: capitals end where the subject begins, or at its ``về``.
        """
        start = span.start
        ordinal = self.words.ordinal.match(self.key, start, span.end)
        start = ordinal.end() if ordinal else start
        while start < span.end and self.text[start] in " :-–.":
            start += 1
        if start >= span.end or self.text[start] == "(":
            return None
        if not self.words.of.match(self.key, start):
            return self._past_link(start, span.end) if len(self.key[start : span.end].split()) > 2 else None
        words = list(regex.compile(r"\S+").finditer(self.text, start, span.end))
        lower = next((w.start() for w in words if any(c.islower() for c in w[0])), None)
        if lower is not None and lower > start:
            return self._past_link(lower, span.end)
        links = [h for h in self.words.links.matches(self.key[start : span.end]) if h.start > 4]
        return self._past_link(start + links[0].start, span.end) if links else None

    def _past_link(self, start: int, end: int) -> int:
        """Behind ``Về việc``, ``V/v`` (ANNOTATION, decision 11)."""
        for hit in self.words.links.matches(self.key[start : min(end, start + 20)].replace("\n", " ")):
            if hit.start == 0:
                start += hit.end
                while start < end and self.text[start] in " :":
                    start += 1
                break
        return start

    def _attached_to(self, header: Sequence[int]) -> None:
        """``(Kèm theo Quyết định số 12/QĐ-UBND ngày … của …)`` below a title that travels without that document."""
        if self.facts.number and self.facts.issued_on:
            return
        for index in dict.fromkeys((*self.layout.title, *header)):
            span = self._block(index)
            hits = self.words.attached.matches(self.key[span.start : span.end])
            if index == self.layout.title[0] and self.layout.annex is not None and hits:
                span = Span(span.start + hits[0].start, span.end)  # "Phụ lục kèm theo Kế hoạch số …"
            if not hits or not (self.text[span.start] == "(" or self.words.attached_line.match(self.key, span.start)):
                continue
            found = self.words.number_line.search(self.text, span.start, span.end)
            if found is None:
                kinds = self.words.types.matches(self.key[span.start : span.end])
                said = (self.words.number.match(self.text, span.start + k.end, span.end) for k in kinds)
                found = next(filter(None, said), None)
            if found and found["number"][0].isdigit() and not self.facts.number:
                self.facts.number = regex.sub(r"\s", "", found["number"])
            day = self.words.day.search(self.key, span.start, span.end)
            if day and self.facts.issued_on is None:
                self.facts.issued_on = _day(day)
            owner = self.words.behind_of.search(self.key, day.end() if day else span.start, span.end)
            if owner and not self.facts.issuer:
                end = self.text.find(")", owner.end(), span.end)
                end = span.end if end < 0 else end
                body = self._body(Span(owner.end(), end)) or self._headed(Span(owner.end(), end))
                if body:
                    session = self.words.session.search(self.key, owner.end(), end)
                    end = session.start() if session else end
                    self.facts.issuer = self.make.composed(owner.end(), end).strip(" .,;(-–")
                    self.facts.central = body.value.means.get("level") == "central"
            return

    def _headed(self, span: Span) -> Hit | None:
        key = self.key[span.start : span.end]
        if any(h.start == 0 for h in self.words.heads.matches(key)):
            return next(iter(self.words.bodies.matches(key)), None)
        return None

    # -- what a page says of the document beside it --------------------------------------------------------------------

    def _registered(self) -> None:
        """Take what a page of laws or a register says and the document leaves out; its number must not be another."""
        values, facts = self.layout.metadata.values, self.facts
        said = values.get("number")
        number = self._number_in(said) if said else ""
        if not values or (number and facts.number and fold(number) != fold(facts.number)):
            return
        if said and number:
            self._take_cited(said)
        facts.number = facts.number or number
        if (kind := values.get("type")) and not facts.doc_type:
            hits = self.words.types.matches(self.key[kind.start : kind.end])
            facts.doc_type = str(hits[0].value.means["doc_type"]) if hits and hits[0].start == 0 else ""
        facts.doc_type = facts.doc_type or (self._type_of_number() if facts.number else "")
        if (on := values.get("date")) and facts.issued_on is None:
            found = self.words.registered_day.match(self.key, on.start, on.end)
            facts.issued_on = _day(found) if found else None
        if (about := values.get("title")) and not facts.title and len(about) > _SHORTEST_TITLE:
            facts.title = self.make.composed(self._past_link(about.start, about.end), about.end).strip(" .;:")
        if (issuer := values.get("issuer")) and not facts.issuer:
            facts.issuer = self._registered_issuer(issuer)

    def _number_in(self, span: Span) -> str:
        """The number in a value of a register, perhaps behind the type: ``Kế hoạch số 31/KH-UBND ngày …``."""
        kind = self._kind_at(span.start, span.end)
        found = self.words.number.match(self.text, span.start + (kind.end if kind else 0), span.end)
        return regex.sub(r"\s", "", found["number"]) if found else ""

    def _registered_issuer(self, span: Span) -> str:
        """The issuer, or the committee of the place that a page of laws names: ``Nơi ban hành: Tỉnh Lâm Đồng``."""
        body, said = self._body(span) or self._headed(span), self.make.composed(span.start, span.end)
        if body is not None:
            self.facts.central = body.value.means.get("level") == "central"
            return said
        committee = regex.split(r"[/-]", self.facts.number)[-1]
        if not self.words.named_unit.fullmatch(said) or fold(committee) not in self.words.committees:
            return ""
        return f"{committee} {said[0].lower()}{said[1:]}"

    def _registered_signer(self) -> None:
        """``Lê Văn Mẫu``, or with the post before it: ``Phó Chủ tịch Lê Văn Mẫu``."""
        span = self.layout.metadata.values.get("signer")
        if span is None or self.facts.signer:
            return
        said = self.make.composed(span.start, span.end).strip(" .,;")
        post = max((h.end for h in self.words.heads.matches(fold(said)) if h.start == 0), default=0)
        name = self.words.signed.search(said) if post else None
        if name is not None:
            self.facts.signer, self.facts.signer_position = name[0], said[: name.start()].rstrip(" ,-–:")
        elif self._is_name(said, ""):
            self.facts.signer = said

    # -- what a lead or preamble says ----------------------------------------------------------------------------------

    def _reported(self, *, official: bool) -> None:
        """Read *issuer – issued – type – number – subject* from the preamble of a document or the lead of a report."""
        best: tuple[int, Callable[[], None]] | None = None
        body = 0
        for index, zone in enumerate(self.layout.zones):
            if (official and zone != "preamble") or (
                not official and zone not in {"body", "objectives", "results", "tasks", "preamble"}
            ):
                continue
            body += 1
            if (official and body > 30) or (not official and body > 40):
                break
            for sentence in self.scene.sentences(index):
                for score, take in self._told(sentence, body, official):
                    if score > 0 and (best is None or score > best[0]):
                        best = (score, take)
        if best is not None:
            best[1]()
        elif not official:
            self._cited()

    def _told(self, sentence: Span, position: int, official: bool) -> Iterator[tuple[int, Callable[[], None]]]:
        """What a sentence says of an issuing, either voice: how surely it is the document's own, and how to take it."""
        found = self._statement(sentence)
        if found is not None:
            yield self._score(found, position, official), partial(self._take, found, official)
        elif not official and (passive := self._passive(sentence)) is not None:
            yield self._score_passive(passive, position), partial(self._take_passive, passive)

    def _passive(self, sentence: Span) -> _Passive | None:
        """The first *type – number – subject – by – issuer* that a sentence opens with."""
        end = min(sentence.end, sentence.start + _LONGEST_TITLE)
        opening = self.words.opening.match(self.key, sentence.start, end)
        start = self._behind_citing(opening.end() if opening else sentence.start, end)
        kind = self._kind_at(start, end)
        if kind is None:
            return None
        number = self.words.number.match(self.text, start + kind.end, end)
        begin = self._past_year(number.end(), end) if number else start + kind.end
        for voice in self.words.passive.finditer(self.key, begin, end):
            verb = self.words.enacted.search(self.key, voice.end(), min(end, voice.end() + _LONGEST_ENACTOR))
            issuer = Span(voice.end(), verb.start()) if verb else None
            body = (self._body(issuer) or self._headed(issuer)) if issuer else None
            if verb is None or issuer is None or body is None:
                continue
            day = self.words.day.match(self.key, self._past_before_day(begin, end), voice.start())
            subject = Span(day.end() if day else begin, voice.start())
            return _Passive(sentence, kind, number, day, subject, issuer, body, verb.end(), bool(voice["done"]))
        return None

    def _score_passive(self, found: _Passive, position: int) -> int:
        """How surely a passive statement tells of the document; 0: it speaks of another, or of none in particular."""
        said = self.key[found.subject.start : found.subject.end].strip(" ,(")
        if said and self.words.no_subject.match(said):
            return 0
        if found.number:
            return 40 - min(position, 9) if position <= _LATEST_PASSIVE else 0
        plain = len(said.split()) >= _LEAST_SUBJECT and ("," not in said or read_period(said) != (None, None))
        return 30 - position if plain and found.done and position <= _LEAD_BLOCKS else 0

    def _take_passive(self, found: _Passive) -> None:
        facts, end = self.facts, found.sentence.end
        number, at = found.number, found.end
        if within := self.words.within.match(self.key, at, end):
            kind = self._kind_at(within.end(), end)
            named = self.words.number.match(self.text, within.end() + kind.end, end) if kind else None
            number, at = number or named, named.end() if named else at
        day = found.day or self.words.day.match(self.key, self._past_before_day(at, end), end)
        short = self.words.day_of_year.match(self.key, self._past_before_day(at, end), end)
        facts.lead = found.sentence
        facts.doc_type = facts.doc_type or str(found.kind.value.means["doc_type"])
        facts.number = facts.number or (regex.sub(r"\s", "", number["number"]) if number else "")
        if not facts.issuer:
            facts.issuer = self.make.composed(found.issuer.start, found.issuer.end).strip(" ,")
            facts.central = found.body.value.means.get("level") == "central"
        if facts.issued_on is None and (day or short):
            facts.issued_on = _day(day) if day else self._in_posted_year(short, found.sentence.start)
        begin = found.subject.start
        while begin < found.subject.end and self.text[begin] in ' ,:“"':
            begin += 1
        begin = self._past_link(begin, found.subject.end)
        facts.title = facts.title or self.make.composed(begin, found.subject.end).strip(' ,.;:(-“”"')
        facts.title = facts.title or self._headline(found.sentence)

    def _past_year(self, at: int, end: int) -> int:
        """Behind the year that pages of laws put behind a number: ``Kế hoạch 31/KH-UBND năm 2022 trồng …``."""
        year = self.words.year_of_number.match(self.key, at, end)
        return int(year.end()) if year else at

    def _past_before_day(self, at: int, end: int) -> int:
        """Behind what may stand between a number or a verb and the day: a comma, ``ban hành``, ``vào``."""
        behind = self.words.before_day.match(self.key, at, end)
        return int(behind.end()) if behind else at

    def _behind_citing(self, start: int, end: int) -> int:
        """Behind ``Theo``, ``Tại``, if a stretch opens so."""
        for hit in self.words.citing.matches(self.key[start : min(end, start + _LONGEST_CITING)]):
            if hit.start == 0:
                start += hit.end + 1
        return start

    def _kind_at(self, start: int, end: int) -> Hit | None:
        """The type of document that a stretch begins with."""
        near = self.key[start : min(end, start + _LONGEST_CITING)]
        return next((h for h in self.words.types.matches(near) if h.start == 0), None)

    def _cited(self) -> None:
        """A report that only cites its plan: ``Theo Kế hoạch số … ngày … của UBND tỉnh … về …, tỉnh phấn đấu …``."""
        lead = [
            i for i, z in enumerate(self.layout.zones) if z in {"body", "objectives", "results", "tasks", "preamble"}
        ]
        for take in (self._take_cited, self._take_assigned):
            for index in lead[:_LEAD_BLOCKS]:
                if any(take(sentence) for sentence in self.scene.sentences(index)):
                    return
        if any(self._take_heading(index) for index in lead[:_HEADLINES]):
            return
        if not self.facts.number and not self.facts.issuer:
            self._take_list(lead[:_LEAD_BLOCKS])

    def _take_heading(self, index: int) -> bool:
        """Read a headline that names its document: ``Kế hoạch 31/KH-UBND năm 2022 trồng … do tỉnh … ban hành``."""
        span, facts = self.layout.content(index), self.facts
        kind = self._kind_at(span.start, span.end)
        number = self.words.number.match(self.text, span.start + kind.end, span.end) if kind else None
        if kind is None or number is None or len(span) > _LONGEST_TITLE:
            return False
        at = self._past_before_day(number.end(), span.end)
        day = self.words.day.match(self.key, at, span.end)
        begin = day.end() if day else self._past_year(number.end(), span.end)
        if self.words.no_subject.match(self.key[begin : span.end].lstrip(" ,:")):
            return False
        facts.doc_type = facts.doc_type or str(kind.value.means["doc_type"])
        facts.number = facts.number or regex.sub(r"\s", "", number["number"])
        facts.issued_on = facts.issued_on or (_day(day) if day else None)
        end = span.end
        for voice in self.words.passive.finditer(self.key, begin, end):
            verb = self.words.enacted.search(self.key, voice.end(), span.end)
            if verb and span.end - verb.end() <= 1:
                end = voice.start()
                facts.issuer = facts.issuer or self._registered_issuer(Span(voice.end(), verb.start()))
                break
        while begin < end and self.text[begin] in " ,:–-":
            begin += 1
        title = self.make.composed(self._past_link(begin, end), end).strip(" .;:")
        facts.title = facts.title or (title if len(title.split()) >= _LEAST_SUBJECT else "")
        return True

    def _take_assigned(self, sentence: Span) -> bool:
        """Read who has assigned goals, and what (``UBND tỉnh vừa giao chỉ tiêu giảm nghèo năm 2017 cho …``)."""
        facts = self.facts
        said = self.words.assigns.search(self.key, sentence.start, sentence.end)
        if said is None or facts.issuer or facts.title or not self.layout.portal:
            return False
        found = self._issuer(sentence, said.start())
        if found is None or said.start() - found[0].end > 1:
            return False
        facts.lead, facts.issuer = sentence, self.make.composed(found[0].start, found[0].end)
        facts.central = found[1].value.means.get("level") == "central"
        facts.title = self._until(said.end(), sentence.end)
        return True

    def _take_list(self, first: Sequence[int]) -> None:
        """The line above a list of goals that is all there is, where it says of which years they are."""
        for index in first:
            span, below = self._block(index), index + 1
            listed = below < len(self.view.blocks) and self.layout.markers[below] is not None
            if self.layout.markers[index] is not None or len(span) > _LONGEST_LIST_TITLE or not listed:
                continue
            if self.words.list.match(self.key, span.start, span.end):
                said = self.make.composed(span.start, span.end).strip(" .:")
                if read_period(said, self.scene.patterns) != (None, None):
                    self.facts.title = self.facts.title or said
                    return

    def _take_cited(self, sentence: Span) -> bool:
        """Read a sentence that opens with the cited plan's type, if it says whose it is or what it is about."""
        weak = self.words.citing_weakly.match(self.key, sentence.start, sentence.end)
        start = weak.end() if weak else self._behind_citing(sentence.start, sentence.end)
        kind = self._kind_at(start, sentence.end)
        if kind is None:
            return False
        number = self.words.number.match(self.text, start + kind.end, sentence.end)
        if number is None:
            named = None if weak else self._named(Span(start + kind.end, sentence.end))
            if named is not None:
                self._take_citation(sentence, kind, named)
            return named is not None
        day = self.words.day.match(self.key, self._past_before_day(number.end(), sentence.end), sentence.end)
        at = day.end() if day else number.end()
        found = self._whose(Span(number.end(), sentence.end), at, weak=weak is not None)
        if found is None or (weak and not self._retold(found)):
            return False
        self._take_citation(sentence, kind, found)
        self.facts.number = self.facts.number or regex.sub(r"\s", "", number["number"])
        self.facts.issued_on = self.facts.issued_on or (_day(day) if day else None)
        return True

    def _whose(self, rest: Span, at: int, *, weak: bool) -> _Owned | None:
        """Whose a numbered paper is: named before its subject, behind it, or as the one who charges by it."""
        if weak:
            return self._owned(rest)
        begin = at + (self.text[at : at + 1] == " ")
        linked = self._past_link(begin, rest.end) > begin
        first = self._named(Span(at, rest.end)) if linked else None
        return first or self._owned(rest) or self._charging(at, rest.end) or self._named(Span(at, rest.end))

    def _take_citation(self, sentence: Span, kind: Hit, found: _Owned) -> None:
        facts = self.facts
        facts.lead = sentence
        facts.doc_type = facts.doc_type or str(kind.value.means["doc_type"])
        if not facts.issuer:
            facts.issuer = self.make.composed(found.issuer.start, found.issuer.end).strip(" ,;")
            facts.central = found.body.value.means.get("level") == "central"
        facts.title = facts.title or found.title

    def _owned(self, rest: Span) -> _Owned | None:
        """Whose a cited paper is, and its subject: ``… của UBND tỉnh … về …``; ``… của UBND tỉnh, toàn tỉnh …``."""
        owner = self.words.owner_near.match(self.key, rest.start, rest.end)
        if owner is None:
            return None
        near = Span(owner.end(), min(rest.end, owner.end() + _LONGEST_ENACTOR + 20))
        body = self._body(near) or self._headed(near)
        if body is None:
            return None
        link = next((h for h in self.words.links.matches(self.key[near.start : rest.end]) if h.start > 0), None)
        stop = self.words.goes_on.search(self.key, near.start + body.end, near.end)
        if stop is None and near.end == rest.end and link is None:
            return _Owned(near, body, "", near.end)
        if stop and (link is None or stop.start() < near.start + link.start):
            acts = self.words.acts.match(self.key, stop.start(), rest.end)
            cut = self._clause_start(stop.end(), rest.end) if acts else None
            title = self.make.composed(stop.start() + 1, cut) if cut else ""
            return _Owned(Span(near.start, stop.start()), body, title, cut or stop.start())
        if link is None:
            return None
        begin = self._past_link(near.start + link.start, rest.end)
        title = self._until(begin, rest.end, comma=True)
        return _Owned(Span(near.start, near.start + link.start), body, title, begin + len(title))

    def _charging(self, start: int, end: int) -> _Owned | None:
        """Who charges by a cited paper: ``Tại Quyết định số … ngày …, UBND tỉnh giao …``."""
        if self.text[start : start + 1] != ",":
            return None
        stop = self.words.goes_on.search(self.key, start + 1, min(end, start + _LONGEST_ENACTOR))
        if stop is None or stop.start() <= start + 2 or self.text[stop.start()] != " ":
            return None
        issuer = Span(start + 2, stop.start())
        body = self._body(issuer) or self._headed(issuer)
        return _Owned(issuer, body, "", end) if body else None

    def _named(self, rest: Span) -> _Owned | None:
        """A subject with its period, and whose it is behind it: ``… trồng rừng năm 2024 của UBND tỉnh …, …``."""
        owner = self.words.behind_of.search(self.key, rest.start, min(rest.end, rest.start + _LONGEST_LIST_TITLE))
        found = self._owned(Span(owner.start(), rest.end)) if owner else None
        subject = self.make.composed(rest.start, owner.start()).strip(" ,:") if owner else ""
        if found is None or len(subject.split()) < _LEAST_SUBJECT or self.words.no_subject.match(fold(subject)):
            return None
        if read_period(subject, self.scene.patterns) == (None, None):
            return None
        return replace(found, title=self._without_link(subject))

    def _without_link(self, subject: str) -> str:
        linked = next((h.end for h in self.words.links.matches(fold(subject)) if h.start == 0), 0)
        return subject[linked:].strip()

    def _retold(self, found: _Owned) -> bool:
        """Whether goals of the issuer's own level follow: ``Thực hiện … của UBND tỉnh về …, toàn tỉnh phấn đấu …``."""
        if self.text[found.end : found.end + 1] != ",":
            return False
        goals = self.words.retold.match(self.key, found.end + 1)
        return goals is not None and goals["unit"] in self.key[found.issuer.start : found.issuer.end].split()

    def _statement(self, sentence: Span) -> _Statement | None:
        """The first *issuer – verb – type* of a sentence."""
        key = self.key[sentence.start : sentence.end]
        types = [*self.words.types.matches(key), *self._letters(sentence)]
        verbs = self.words.issues.matches(key)
        for kind in types:
            verb = next((v for v in verbs if v.end <= kind.start and self._small_gap(key[v.end : kind.start])), None)
            if verb is None:
                continue
            issuer = self._issuer(sentence, sentence.start + verb.start)
            if issuer is None:
                continue
            return _Statement(
                sentence, issuer[0], issuer[1], sentence.start + kind.start, sentence.start + kind.end, kind
            )
        return None

    def _letters(self, sentence: Span) -> list[Hit]:
        """``văn bản số 12/UBND-VX``: a paper that has a number without a type is a letter (DOMAIN §1.4)."""
        return [
            hit
            for hit in self.words.letters.matches(self.key[sentence.start : sentence.end])
            if (number := self.words.number.match(self.text, sentence.start + hit.end, sentence.end))
            and self._is_letter(regex.sub(r"\s", "", number["number"]))
        ]

    def _small_gap(self, gap: str) -> bool:
        return self.words.before_type.fullmatch(gap) is not None

    def _issuer(self, sentence: Span, verb: int) -> tuple[Span, Hit] | None:
        """The body right before the verb, with the heads that belong to it (``Chủ tịch``, ``Ban Thường vụ``)."""
        said = self.text[sentence.start : verb].rstrip()
        if said.endswith(")") and (opened := said.rfind("(")) > 0:
            verb = sentence.start + opened  # "Ban Chỉ đạo huyện (sau đây gọi tắt là Ban Chỉ đạo) ban hành …"
        key = self.key[sentence.start : verb]
        bodies = [b for b in self.words.bodies.matches(key) if self._stands(sentence.start + b.start, b)]
        if not bodies:
            return None
        heads = [*self.words.heads.matches(key), *bodies]

        def with_heads(start: int) -> int:
            for head in reversed(heads):
                if head.end <= start and not key[head.end : start].strip():
                    start = head.start
            return start

        body = bodies[-1]
        start = with_heads(body.start)
        steering = [b for b in bodies if b.value.id.endswith((".steering", ".party"))]
        if steering and ";" not in key[steering[-1].start :] and not self._cut(key, steering[-1].end, start):
            body = steering[-1]
            start = with_heads(body.start)
        end = len(key.rstrip())
        if any(h.start >= body.end for h in self.words.not_issued.matches(key[:end])):
            return None
        piece = key[start:end]
        tail = self.words.meets.search(piece) or self.words.before_verb.search(piece)
        if tail:
            end = start + tail.start()
        if self.words.no_issuer.search(key[start:end]):
            return None
        if end - start > 220 or ";" in key[start:end] or "." in self.words.abbreviation.sub("", key[start:end]):
            return None
        return Span(sentence.start + start, sentence.start + end), body

    def _stands(self, at: int, body: Hit) -> bool:
        """Whether a one-word body (Sở, Phòng, Bộ) is one: capital, and no part of a name (``Hải Phòng``)."""
        if body.end - body.start > 6:
            return True
        before = regex.search(r"(\p{L}+) \Z", self.text[max(0, at - 12) : at])
        return self.text[at].isupper() and not (before and before[1].istitle())

    def _cut(self, key: str, start: int, end: int) -> bool:
        """Whether a comma and a new body stand between: two bodies, not one name."""
        return start < end and regex.search(r",\s*$", key[start:end]) is not None

    def _score(self, found: _Statement, position: int, official: bool) -> int:
        """How surely a statement is the document's own issuing; 0: it is a task or a citation."""
        before = self.key[found.sentence.start : found.issuer.start]
        for hit in self.words.not_issued.matches(before):
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
        elif opens and capital and (done or position <= _LEAD_BLOCKS):
            score = 3
        elif (dated and position <= _LEAD_BLOCKS) or (low and self._is_new(found, cue)):
            score = 2
        return score * 10 - min(position, 9) if score else 0

    def _is_new(self, found: _Statement, cue: str) -> bool:
        """Whether a statement in small letters tells of the one paper that is the news: ``vừa có kế hoạch …``."""
        subject = self.key[found.kind_end : found.sentence.end]
        if self.words.no_subject.match(subject.lstrip()) or len(subject.split()) < _LEAST_SUBJECT:
            return False
        if self.words.fresh.search(cue):
            return True
        done = self.words.done.search(cue) and self.words.enacted.search(cue)
        return bool(done) and read_period(self._until(found.kind_end, found.sentence.end)) != (None, None)

    def _take(self, found: _Statement, official: bool) -> None:
        facts, named = self.facts, bool(self.facts.issuer)
        if not named:
            facts.issuer = self.make.composed(found.issuer.start, found.issuer.end)
            facts.central = found.body.value.means.get("level") == "central"
        if official:
            return
        facts.lead = found.sentence
        facts.doc_type = facts.doc_type or str(found.kind.value.means["doc_type"])
        pos = found.kind_end
        number = self.words.number.match(self.text, pos, found.sentence.end)
        if number:
            facts.number = facts.number or regex.sub(r"\s", "", number["number"])
            pos = number.end()
        before = self.key[found.sentence.start : found.issuer.start]
        day = self.words.dated(before)
        behind = self.words.before_day.match(self.key, pos, found.sentence.end)
        after = self.words.day.match(self.key, behind.end() if behind else pos, found.sentence.end)
        if after:
            pos = after.end()
        if number and not named and (owner := self.words.owner.match(self.key, pos, found.sentence.end)):
            self._take_owner(owner.end(), found.sentence.end)
        if facts.issued_on is None:
            facts.issued_on = (_day(after) if after else None) or (_day(day) if day else None)
        if facts.issued_on is None and (short := self.words.dated_short(before)):
            facts.issued_on = self._in_posted_year(short, found.sentence.start)
        if not facts.title:
            facts.title = self._subject(found, pos)

    def _take_owner(self, start: int, end: int) -> int | None:
        """Read whose a cited document is, up to its subject, which begins there: ``… của UBND tỉnh về …``."""
        body = self._body(Span(start, end)) or self._headed(Span(start, end))
        link = next((h for h in self.words.links.matches(self.key[start:end]) if h.start > 0), None)
        if body is None or link is None:
            return None
        self.facts.issuer = self.make.composed(start, start + link.start).strip(" ,;")
        self.facts.central = body.value.means.get("level") == "central"
        return start + link.start

    def _in_posted_year(self, short: Any, lead: int) -> date | None:
        """A lead's ``Ngày 15/4``: of the year in which the page says that it was posted (DOMAIN §1.11)."""
        first = self.view.block_index(lead)
        for index in range(max(0, first - 30), first):
            span = self._block(index)
            if not self.words.posted.matches(self.key[span.start : span.end]):
                continue
            if match := _POSTED.search(self.key, span.start, span.end):
                posted = _date(match[3], match[2], match[1])
                said = _date(match[3], short["month"], short["day"])
                return said if posted and said and said <= posted else None
        if posted := self.layout.posted:
            said = _date(str(posted.year), short["month"], short["day"])
            return said if said and said <= posted else None
        return None

    def _subject(self, found: _Statement, pos: int) -> str:
        """The subject of the document in a report's lead."""
        end = found.sentence.end
        if any(h.start <= 2 for h in self.words.back.matches(self.key[pos:end])):
            return self._purpose(found)
        owner = self.words.owner.match(self.key, pos, end) or self.words.sent.match(self.key, pos, end)
        begin = pos
        while begin < end and self.text[begin] in ' ,:“"':
            begin += 1
        linked = self._past_link(begin, end)
        said = linked > begin
        if not said and not owner:
            kind = self.words.types.matches(self.key[begin:end])
            if (kind and kind[0].start == 0) or self.words.no_subject.match(self.key, begin, end):
                return self._headline(found.sentence) if not kind or kind[0].start else self._until(begin, end)
        if owner and not said:
            link = next((h for h in self.words.links.matches(self.key[owner.end() : end])), None)
            if link is None:
                return self._headline(found.sentence)
            linked = self._past_link(owner.end() + link.start, end)
        quoted = self.text[found.kind_start - 1 : found.kind_start] in tuple(_OPENING)
        title = self._until(linked, end, quoted=quoted)
        return title or self._headline(found.sentence)

    def _until(self, begin: int, end: int, *, comma: bool = False, quoted: bool = False) -> str:
        """The subject up to a full stop, or a comma with a word that goes on with the report.

        Args:
            quoted: the type stands behind a quotation mark, which its pair closes.
            comma: a clause with a subject of its own follows (``…, tỉnh phấn đấu …``); the last comma ends the subject.
        """
        stop = end
        match = self.words.title_stop.search(self.text, begin, end)
        if match:
            stop = match.start()
        if quoted and (close := next((i for i in range(begin, stop) if self.text[i] in _CLOSING), None)) is not None:
            stop = close
        for hit in self.words.ends.matches(self.key[begin:stop]):
            left = self.key[begin : begin + hit.start].rstrip()
            if left.endswith((",", "(", "-")) or (left and hit.value.means.get("force") == "alone"):
                stop = begin + hit.start
                break
        if comma and (cut := self._clause_start(begin, stop)):
            stop = cut
        return self.make.composed(begin, stop).strip(' ,.;:(-“”"') if stop > begin else ""

    def _clause_start(self, begin: int, end: int) -> int | None:
        """The comma before a clause that begins with what the document is of (``, tỉnh …``, ``, toàn huyện …``)."""
        match = self.words.clause.search(self.key, begin, end)
        return match.start() if match else None

    def _purpose(self, found: _Statement) -> str:
        """``Để tăng cường …; Ban Thường vụ … ban hành Chỉ thị về nội dung này``."""
        match = self.words.purpose.match(self.key, found.sentence.start, found.issuer.start)
        if match is None:
            return self._headline(found.sentence)
        return self.make.composed(match.end(), found.issuer.start).strip(" ,;:")

    def _headline(self, sentence: Span) -> str:
        """A headline that begins with the document's type gives the subject."""
        first = self.view.block_index(sentence.start)
        for index in range(max(0, first - 4), first):
            span = self._block(index)
            kinds = self.words.types.matches(self.key[span.start : span.end])
            if kinds and kinds[0].start == 0 and span.end - span.start > 30:
                begin = span.start + kinds[0].end
                number = self.words.number.match(self.text, begin, span.end)
                begin = number.end() if number else begin
                while begin < span.end and self.text[begin] in " :":
                    begin += 1
                return self._until(self._past_link(begin, span.end), span.end)
        return ""

    # -- issuer with its place -----------------------------------------------------------------------------------------

    def _completed(self, issuer: str, province: Unit | None, district: Unit | None) -> str:
        """The issuer with its own place, where the document states it (ANNOTATION, decision 11)."""
        if not issuer or self.facts.central:
            return issuer
        issuer = self._without_person(issuer)
        key = fold(issuer)
        noun = self.words.level_noun.search(key)
        if noun:
            unit = self._of_type(noun[1], province, district)
            return f"{issuer} {unit.name}" if unit else issuer
        if self.words.party_province.search(key) and province:
            return f"{issuer} {province.name}"
        if self.words.party_district.search(key) and district:
            return f"{issuer} {district.name}"
        if self.words.committee.search(key):
            unit = district or province
            return f"{issuer} {unit.type} {unit.name}" if unit else issuer
        return issuer

    def _without_person(self, issuer: str) -> str:
        """``Phó Chủ tịch UBND tỉnh Lê Văn Mẫu``: what stands behind the level is a person, not the place."""
        match = self.words.person.search(issuer)
        if match is None or issuer.isupper() or self.units.named(match[1], on=self.facts.issued_on):
            return issuer
        return issuer[: match.start()]

    def _of_type(self, noun: str, province: Unit | None, district: Unit | None) -> Unit | None:
        for unit in (district, province):
            if unit is not None and unit.type == noun:
                return unit
        return None

    # -- province and district -----------------------------------------------------------------------------------------

    def _where(self) -> tuple[Unit | None, Unit | None]:
        """Province and district, by the nearest evidence: letterhead, issuer, title, place line, lead, body."""
        if self.facts.central:
            return None, None
        self.scene.document = replace(self.scene.document, issued_on=self.facts.issued_on)
        on = self.scene.units_on
        said = self._context_units(on)
        headline = self._headlines()
        near = {i for i, z in enumerate(self.layout.zones) if z == "header"} | set(self.layout.title) | headline
        if self.facts.lead is not None:
            near.add(self.view.block_index(self.facts.lead.start))
        if (issuer := self.layout.metadata.values.get("issuer")) is not None:
            near.add(self.view.block_index(issuer.start))
        found = self._near(find_places(self.scene, sorted(near)), headline, on)
        if found == (None, None):
            found = self._far(find_places(self.scene), said, on)
        return self._of_today(found, on)

    def _of_today(self, found: tuple[Unit | None, Unit | None], on: date | None) -> tuple[Unit | None, Unit | None]:
        """Since July 2025 there are no districts: a name that was one is a commune's, unless the head calls it one."""
        province, district = found
        if province and on is None and (renamed := self._renamed(province)) is not None:
            return renamed, None
        if district is None or on is None or on < TWO_LEVELS or district.type in fold(self.facts.issuer):
            return found
        now = self.units.current(province) if province else ()
        return (now[0] if len(now) == 1 and province and not province.in_force(on) else province), None

    def _renamed(self, province: Unit) -> Unit | None:
        """The province of today, where an undated paper says that it is: ``tỉnh … (nay là thành phố Huế)``."""
        now = self.units.current(province)
        if len(now) != 1 or now[0].name == province.name:
            return None
        for said in self.words.now.finditer(self.key):
            renamed = self.key.startswith(fold(now[0].name), said.end())
            if renamed and self.key.endswith(fold(province.name), 0, said.start()):
                return now[0]
        return None

    def _near(self, hits: Sequence[Hit], headline: set[int], on: date | None) -> tuple[Unit | None, Unit | None]:
        """What letterhead, issuer, title, headline and lead say."""
        head: list[Hit] = []
        title: list[Hit] = []
        first = self.layout.title[0] if self.layout.title else 0
        for hit in hits:
            index = self.view.block_index(hit.start)
            if (self.layout.zones[index] == "header" and index < first) or index in self.layout.metadata.blocks:
                if hit.value.prefix is not None or self._name(hit) != self._bare_place():
                    head.append(hit)  # the place line's own name may be a province's and a district's
            elif (
                index in self.layout.title
                or self.layout.zones[index] == "header"
                or index in headline
                or self._in_lead(hit)
            ):
                title.append(hit)
        tail = self._party_place(on)
        if tail != (None, None):
            return tail
        said = self._distinct([*head, *title], "province", on, "")
        own = next(iter(said.values())) if len(said) == 1 else None
        for evidence in (head, self._places_in(self.facts.issuer, hits), title):
            province, district = self._units_of(evidence, on)
            if province and own and own.code != province.code and self._may_lie_in(evidence, own, on):
                province, district = own, None  # "XÃ ĐÔNG HÒA" above, "HĐND xã Đông Hòa, tỉnh Đắk Lắk" below
            if province or district:
                return self._with_place_line(province, district, on)
        return self._place_line(on)

    def _may_lie_in(self, hits: Sequence[Hit], province: Unit, on: date | None) -> bool:
        """Whether all that hits name are communes that a province has, too."""
        named = (self.units.named(self._name(h), level="commune", on=on, province_code=province.code) for h in hits)
        return all(h.value.level == "commune" for h in hits) and all(named)

    def _far(
        self, hits: Sequence[Hit], said: tuple[Unit | None, Unit | None], on: date | None
    ) -> tuple[Unit | None, Unit | None]:
        """What preamble and body agree on; then the caller's word, the names themselves, the site's own imprint."""
        zones = self.layout.zones
        preamble = [h for h in hits if zones[self.view.block_index(h.start)] == "preamble"]
        body = [h for h in hits if self.layout.is_body(h.start)]
        for evidence in (preamble, body):
            found = self._agreed(evidence, on)
            if found != (None, None):
                return found
        if said != (None, None):
            return said
        found = self._by_names(body, on)
        if found != (None, None) or not self.layout.portal:
            return found
        return self._agreed([h for h in hits if zones[self.view.block_index(h.start)] == "navigation"], on)[0], None

    def _unlisted_district(self) -> str:
        """The district of the letterhead or issuer, as they write it, where the gazetteer does not have it."""
        match = self.words.named_district.search(fold(self.facts.issuer))
        if match is None or fold(self.facts.issuer[match.end() :]).startswith(self.words.party_tails):
            return ""
        name = self.facts.issuer[match.end() :].strip()
        if not name[:1].isupper() or len(name.split()) > 4 or len(self.units.named(name, level="district")) == 1:
            return ""
        return " ".join(w.capitalize() for w in name.split()) if name.isupper() else name

    def _context_units(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        name, below = getattr(self.context, "province", ""), getattr(self.context, "district", "")
        province = self.units.province(name, on) if name else None
        found = self._within(below, "district", on, province.code if province else "") if below else ()
        district = found[0] if len(found) == 1 else None
        if district and not province:
            province = self.units.parents(district, on)[1]
        return province, district

    def _in_lead(self, hit: Hit) -> bool:
        lead = self.facts.lead
        return lead is not None and lead.start <= hit.start < lead.end

    def _headlines(self) -> set[int]:
        """Blocks of a page's headline: the short ones before the first paragraph of its article."""
        found: set[int] = set()
        if self.layout.title or not self.layout.portal:
            return found
        lead = self.view.block_index(self.facts.lead.start) if self.facts.lead is not None else -1
        for index, zone in enumerate(self.layout.zones):
            if zone == "navigation":
                continue
            span = self._block(index)
            if span.end - span.start > 150 or len(found) == 3 or index == lead:
                break
            found.add(index)
        return found

    def _party_place(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        """``TỈNH ỦY YÊN BÁI``, ``Huyện ủy Sơn Động``: a Party committee's name has no word for its level."""
        issuer = self.facts.issuer
        match = self.words.party_place.search(fold(issuer))
        if match is None:
            return None, None
        name = regex.sub(r"[\s*,.]+$", "", issuer[match.end() :])
        if match["province"]:
            province = self.units.province(name, on)
            if province:
                return province, None
        district = self.units.district(name, on)
        return (self.units.parents(district, on)[1], district) if district else (None, None)

    def _places_in(self, issuer: str, hits: Sequence[Hit]) -> list[Hit]:
        """Place hits of the sentence that names the issuer, where they stand inside its name."""
        if not issuer:
            return []
        at = self.text.find(issuer)
        if at < 0:
            return []
        return [h for h in hits if at <= h.start < at + len(issuer)]

    def _name(self, hit: Hit) -> str:
        return self.text[hit.start : hit.end]

    def _units_of(self, hits: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """The province and district that a head or title names: one of each, or a district with its province."""
        provinces = self._distinct(hits, "province", on, "")
        province = next(iter(provinces.values())) if len(provinces) == 1 else None
        districts = self._distinct(hits, "district", on, province.code if province else "")
        district = next(iter(districts.values())) if len(districts) == 1 else None
        if district and not province:
            province = self.units.parents(district, on)[1]
        if not province and not district:
            communes = self._distinct(hits, "commune", on, "")
            if len(communes) == 1:
                district, province = self.units.parents(next(iter(communes.values())), on)
        return province, district

    def _distinct(self, hits: Sequence[Hit], level: str, on: date | None, province: str) -> dict[str, Unit]:
        """The different units of a level, those that the gazetteer has under one code only."""
        found: dict[str, Unit] = {}
        for hit in hits:
            if hit.value.level != level:
                continue
            units = self._within(self._name(hit), hit.value.level, on, province)
            typed = [u for u in units if u.type == hit.value.type] or list(units)
            if len(typed) == 1:
                found[typed[0].code] = typed[0]
        return found

    def _within(self, name: str, level: Level, on: date | None, province: str) -> tuple[Unit, ...]:
        """Units of that name in a province; before July 2025 those of the later partners of its merger do not count."""
        units = self.units.named(name, level=level, on=on, province_code=province)
        return tuple(u for u in units if u.province_code == province) or units

    def _with_place_line(
        self, province: Unit | None, district: Unit | None, on: date | None
    ) -> tuple[Unit | None, Unit | None]:
        if province and not district:
            name = self._bare_place()
            units = self._within(name, "district", on, province.code) if name else ()
            own = fold(self.facts.issuer)
            if len(units) == 1 and fold(name) != fold(province.name) and not self.words.provincial.search(own):
                return province, units[0]
        return province, district

    def _bare_place(self) -> str:
        return gazetteer.bare(self.facts.issued_place) if self.facts.issued_place else ""

    def _place_line(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        """The unit of the place-and-date line: a province, or the one district (or commune) of that name."""
        name = self._bare_place()
        if not name:
            return None, None
        low = fold(self.facts.issuer)
        provinces = self.units.named(name, level="province", on=on)
        lower = self.words.below_province.search(low)
        day = on or gazetteer.REFERENCE
        districts = [
            u
            for u in self.units.named(name, level="district", on=on)
            if u.in_force(day) and not self.units.is_former_name(u, name)
        ]
        if provinces and not (lower and districts):
            return (provinces[0], None) if len(provinces) == 1 else (None, None)
        if len(districts) == 1:
            return self.units.parents(districts[0], on)[1], districts[0]
        communes = self.units.named(name, level="commune", on=on)
        if not districts and len(communes) == 1:
            district, province = self.units.parents(communes[0], on)
            return province, district
        return None, None

    def _agreed(self, hits: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """The one province (and district) that a text names over and over, without a rival."""
        counts = Counter[str]()
        units: dict[str, Unit] = {}
        for level in ("province", "district"):
            for hit in hits:
                if hit.value.level != level:
                    continue
                found = self.units.named(self._name(hit), level=hit.value.level, on=on)
                found = tuple(u for u in found if u.type == hit.value.type) or found
                codes = {u.code if level == "province" else u.province_code for u in found}
                if len(codes) == 1:
                    counts[codes.pop()] += 2 if level == "province" else 1
        if not counts:
            return None, None
        (code, most), *others = counts.most_common()
        least = 2 if self.layout.title or self._is_own(hits) else 3
        if most < least or (others and others[0][1] * 2 > most):
            return None, None
        province = self.units.unit(code, "province", on)
        districts = self._distinct(
            [h for h in hits if h.value.type not in self.words.both_levels], "district", on, code
        )
        units.update(districts)
        own = sum(h.value.level == "district" for h in hits)
        only = next(iter(units.values())) if len(units) == 1 and own >= 2 else None
        return province, only

    def _is_own(self, hits: Sequence[Hit]) -> bool:
        """Whether a paper without a head calls a province its own: ``dịch vụ công của tỉnh Đắk Lắk``."""
        named = [h.start for h in hits if h.value.level == "province"]
        return not self.layout.portal and any(
            self.words.own_province.search(self.key, max(0, start - _LONGEST_CITING), start) for start in named
        )

    def _by_names(self, hits: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """Where nothing else says it: the province that knows clearly most of the communes and districts named."""
        names = {self._name(h) for h in hits if RANK[h.value.level] in (1, 2)}
        support = self.units.provinces_of(names, on)
        if not support or support[0].found < 3 or support[0].found * 5 < len(names) * 4:
            return None, None
        if len(support) > 1 and support[1].found * 2 > support[0].found:
            return None, None
        best = support[0]
        district = None
        if best.districts and best.districts[0][1] * 5 >= len(names) * 4:
            district = self.units.unit(best.districts[0][0], "district", on)
        return self.units.unit(best.province_code, "province", on), district

    # -- signature -----------------------------------------------------------------------------------------------------

    def _signature(self) -> None:
        """Signer and position: the first signature block that is not an annex's."""
        blocks = [i for i, z in enumerate(self.layout.zones) if z == "signature"]
        position = ""
        for index in blocks:
            span = self._block(index)
            piece = self.make.composed(span.start, span.end).strip(" *.,")
            authority = any(h.start == 0 for h in self.words.authority.matches(self.key[span.start : span.end]))
            if authority:
                continue
            if piece.isupper() and not self._is_name(piece, position):
                position = position or ""
                position = piece
            elif self._is_name(piece, position):
                self.facts.signer, self.facts.signer_position = piece, position
                return
        self.facts.signer_position = position

    def _is_name(self, piece: str, position: str) -> bool:
        if not PERSON.fullmatch(piece) or any(c.isdigit() for c in piece):
            return False
        key = fold(piece)
        if any(h.start == 0 for h in (*self.words.heads.matches(key), *self.words.bodies.matches(key))):
            return False
        return not piece.isupper() or (bool(position) and not self.words.post.search(key))


@dataclass(frozen=True, slots=True)
class _Passive:
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
class _Owned:
    """Whose a cited document is, its subject, and where what is said of it ends."""

    issuer: Span
    body: Hit
    title: str
    end: int


@dataclass(frozen=True, slots=True)
class _Statement:
    """*issuer – verb – type* in a sentence, in view offsets."""

    sentence: Span
    issuer: Span
    body: Hit
    kind_start: int
    kind_end: int
    kind: Hit


def _date(year: str | None, month: str | None, day: str | None) -> date | None:
    try:
        return date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None


def _day(match: Any) -> date | None:
    return _date(match["year"], match["month"], match["day"])


class _Period:
    """How documents.yaml says that a title tells the plan's period, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        self.cited, self.span = _expression(patterns, "cited_date"), _expression(patterns, "span")
        self.range, self.year = _expression(patterns, "years"), _expression(patterns, "year")
        self.half, self.quarter = _expression(patterns, "half"), _expression(patterns, "quarter")
        self.month, self.school_year = _expression(patterns, "month"), _expression(patterns, "school_year")

    def stretch(self, key: str) -> tuple[date, date] | None:
        """From one day or month to another."""
        found = self.span.search(key)
        if found is None:
            return None
        year, last = int(found["y"] or found["y2"]), int(found["y2"])
        first, final = int(found["m"]), int(found["m2"] or 12)
        if not (1 <= first <= 12 and 1 <= final <= 12):
            return None
        begin = _date(str(year), str(first), found["d"] or "1")
        end = _date(str(last), str(final), found["d2"]) if found["d2"] else _months(last, final, final)[1]
        return (begin, end) if begin is not None and end is not None and begin <= end else None

    def part_of_year(self, key: str) -> tuple[date, date] | None:
        """A half-year, a quarter or a month."""
        if half := self.half.search(key):
            year = int(half["year"])
            return _months(year, 1, 6) if half["first"] else _months(year, 7, 12)
        if quarter := self.quarter.search(key):
            last = 3 * _QUARTERS[quarter["quarter"]]
            return _months(int(quarter["year"]), last - 2, last)
        if (month := self.month.search(key)) and 1 <= int(month["month"]) <= 12:
            return _months(int(month["year"]), int(month["month"]), int(month["month"]))
        return None


def read_period(title: str, patterns: PatternSet | None = None) -> tuple[date | None, date | None]:
    """The plan's own period, as its title says it.

    A year of its own ("năm 2022") goes before the period of a programme that the title also names; "đến năm 2030" gives
    an end alone; dates of cited documents give nothing.

    Args:
        title: the title.
        patterns: the patterns to use; the built-in ones if not given.

    >>> read_period("Phát triển OCOP tỉnh Hà Nam giai đoạn 2021-2025")
    (datetime.date(2021, 1, 1), datetime.date(2025, 12, 31))
    >>> read_period("Thực hiện Chỉ thị số 27/CT-TTg ngày 15 tháng 8 năm 2024 của Thủ tướng Chính phủ")
    (None, None)
    """
    patterns = patterns or load()
    says: _Period = patterns.made("document:period", lambda: _Period(patterns))
    key = fold(unicodedata.normalize("NFC", title))
    if stretch := says.stretch(key):
        return stretch
    key = says.cited.sub(lambda m: " " * len(m[0]) if m["day"] else m[0], key)
    key = _NUMBER_WITH_YEAR.sub(lambda m: "_" * len(m[0]), key)
    if part := says.part_of_year(key):
        return part
    if says.school_year.search(key):
        return None, None
    found = list(says.range.finditer(key))
    ranges = [(int(m["begin"]), int(m["end"])) for m in found if int(m["begin"]) < int(m["end"])]
    years = [m for m in says.year.finditer(key) if not any(r.start() <= m.start("year") < r.end() for r in found)]
    own = [int(m["year"]) for m in years if not m["cue"]]
    ends = [int(m["year"]) for m in years if m["end"]]
    if own:
        return date(min(own), 1, 1), date(max(own), 12, 31)
    if ranges:
        return date(ranges[0][0], 1, 1), date(ranges[0][1], 12, 31)
    if ends:
        return None, date(ends[0], 12, 31)
    return None, None


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    leap = last == 2 and ((year % 4 == 0 and year % 100 != 0) or year % 400 == 0)
    return date(year, first, 1), date(year, last, 29 if leap else _LAST_DAY[last])
