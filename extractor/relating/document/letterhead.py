"""The letterhead: number, place and date, issuing body; and the paper that an attached document came with.

A head may be lines one below another, two columns, or both columns flattened into one line (DOMAIN §1.2, §1.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import regex

from extractor.model import Hit, Span
from extractor.relating.document.common import Part, number_of
from extractor.relating.document.periods import date_of, day_of
from extractor.text.keys import fold

_CAPITALS = regex.compile(r"(?<!\p{Lu})\p{Lu}{2,}+\s++(?=\p{Lu}\p{Ll})")
_STAR = regex.compile(r"^[\s*_\-–—.=]+$")
_APART = regex.compile(r"[\s,;|(–-]*")
_LONGEST_LINE = 260  # characters of a line of a letterhead


class Letterhead(Part):
    """Reads the head of an official document."""

    def read_number(self, header: Sequence[int]) -> None:
        """The number behind its label, which no line cites from another paper."""
        first = self.layout.title[0] if self.layout.title else len(self.view.blocks)
        for index in header:
            span = self.block(index)
            match = self.words.number_line.search(self.text, span.start, span.end)
            if match and self._is_cited(span.start, match.start()):
                continue
            if match and (index < first or match.start() == span.start):
                self.facts.symbol = number = number_of(match)
                self.facts.number = number if number[0].isdigit() else ""
                return

    def _is_cited(self, start: int, number: int) -> bool:
        """Whether a number stands in small letters inside a sentence: ``… Nghị quyết số 13-NQ/TU ngày …``."""
        said = self.text[start:number].split()
        return bool(said) and self.text[number].islower() and any(c.islower() for c in said[-1])

    def read_place_and_date(self, header: Sequence[int]) -> None:
        """The place-and-date line, also where two columns were flattened into one (DOMAIN §1.2, §1.5)."""
        for index in header:
            span = self.block(index)
            if span.end - span.start > _LONGEST_LINE:
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
                    self.facts.issued_on = date_of(match["year"], match["month"], match["day"])
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
            span = self.block(index)
            if index >= first or span.end - span.start > _LONGEST_LINE:
                continue
            number = self.words.number_line.search(self.text, span.start, span.end)
            day = self.words.day.match(self.key, self._behind_number(number) if number else span.start, span.end)
            if day and (number or len(span) - (day.end() - span.start) <= 2):
                self.facts.issued_on = day_of(day)
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

    def read_issuer(self, header: Sequence[int]) -> None:
        """The issuing body: one line, two stacked lines, or a parent above its agency (DOMAIN §1.2, row 3)."""
        first = self.layout.title[0] if self.layout.title else (header[-1] + 1)
        addressed = (i for i in header if any(mark[0] == "addressees" for mark in self.layout.marks.of(i)))
        first = min(first, next(addressed, first))  # whom a letter is for stands in a list below "Kính gửi:"
        lines = [line for index in header if index < first for line in self._head_lines(index)]
        if (subject := self.facts.subject) is not None:
            lines = [line for line in lines if not subject.start <= line.start < subject.end]
        if not lines:
            return
        bodies = [(span, self.body(span) or self.headed(span)) for span in lines]
        joined: list[tuple[Span, Hit | None, str]] = []
        for span, body in bodies:
            session = self.words.session.search(self.key, span.start, span.end)
            end = session.start() if session else span.end
            said = self.make.composed(span.start, end).rstrip(" ,-–(") if end > span.start else ""
            if not said:
                continue
            if joined and joined[-1][1] is not None and self.words.organ.fullmatch(self.key, span.start, end):
                last = joined[-1]  # "HĐND TỈNH SƠN LA" – "THƯỜNG TRỰC HĐND": the second is of the first
                joined[-1] = (last[0], last[1], self._organ_of(said, last[2]))
            elif joined and body is None and joined[-1][1] is not None:
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

    @staticmethod
    def _organ_of(organ: str, body: str) -> str:
        """``THƯỜNG TRỰC HĐND`` of ``HĐND TỈNH SƠN LA``: both in one, the body said once."""
        words = organ.split()
        shared = next((n for n in range(len(words) - 1, 0, -1) if body.startswith(" ".join(words[-n:]))), 0)
        return f"{' '.join(words[: len(words) - shared])} {body}"

    def _head_lines(self, index: int) -> Iterator[Span]:
        """What a line of the letterhead says of the issuer: its capitals, without motto, number, place and date."""
        block = self.view.blocks[index]
        for cell in block.cells or (block.span,):
            start, end = cell.start, cell.end
            for motto in self.words.motto.matches(self.key[start:end]):
                end = min(end, start + motto.start)
            if self.words.union.fullmatch(self.key, start, end):
                continue
            for pattern in (self.words.number_line, self.words.place_date):
                if match := pattern.search(self.text, start, end):
                    end = min(end, match.start())
            while start < end and self.text[start] in " *-–_|0123456789":  # a page's number, where line ends were lost
                start += 1
            while start < end and self.text[end - 1] in " *-–_|.,:":
                end -= 1
            if self.text[start : start + 1] == "(" or self.words.draft.match(self.key, start, end):
                continue  # (DỰ THẢO), DỰ THẢO LẦN 2: no part of a name
            if end - start > 2 and self.text[end - 1] == ")" and (opened := self.text.find(" (", start, end)) > 0:
                end = opened  # UBND HUYỆN BÙ ĐĂNG (TỈNH BÌNH PHƯỚC)
            piece = self.text[start:end]
            if (end - start > 2 and piece.isupper() and not _STAR.match(piece)) or (
                2 < end - start < 120 and self.body(Span(start, end)) is not None and not block.cells
            ):
                yield Span(start, end)

    def read_attached(self, header: Sequence[int]) -> None:
        """``(Kèm theo Quyết định số 12/QĐ-UBND ngày … của …)`` below a title that travels without that document."""
        if self.facts.number and self.facts.issued_on:
            return
        for index in dict.fromkeys((*self.layout.title, *header)):
            span = self.bracketed(index)
            if submitted := self.words.submitted.match(self.key, span.start, span.end):
                self._take_submitter(Span(*submitted.span("body")))
            hits = self.words.attached.matches(self.key[span.start : span.end])
            if index == self.layout.title[0] and self.layout.annex is not None and hits:
                span = Span(span.start + hits[0].start, span.end)  # "Phụ lục kèm theo Kế hoạch số …"
            if not hits or not (self.text[span.start] == "(" or self.words.attached_line.match(self.key, span.start)):
                continue
            self.take_attached(span)
            return

    def _take_submitter(self, body: Span) -> None:
        """Who wrote the paper that a note says is laid before a meeting: ``(Tài liệu Sở Y tế … trình kỳ họp …)``."""
        if not self.facts.issuer and self.body(body) is not None:
            self.facts.issuer = self.make.composed(body.start, body.end)

    def take_attached(self, span: Span) -> None:
        """Take number, day and issuer of the document that a note says a paper came with."""
        found = self.words.number_line.search(self.text, span.start, span.end)
        if found is None:
            kinds = self.words.types.matches(self.key[span.start : span.end])
            said = (self.words.number.match(self.text, span.start + k.end, span.end) for k in kinds)
            found = next(filter(None, said), None)
        if found and found["number"][0].isdigit() and not self.facts.number:
            self.facts.number = number_of(found)
        day = self.words.day.search(self.key, span.start, span.end)
        if day and self.facts.issued_on is None:
            self.facts.issued_on = day_of(day)
        owner = self.words.behind_of.search(self.key, day.end() if day else span.start, span.end)
        if owner and not self.facts.issuer:
            end = self.text.find(")", owner.end(), span.end)
            end = span.end if end < 0 else end
            body = self.body(Span(owner.end(), end)) or self.headed(Span(owner.end(), end))
            if body:
                session = self.words.session.search(self.key, owner.end(), end)
                end = session.start() if session else end
                self.facts.issuer = self.make.composed(owner.end(), end).strip(" .,;(-–")
                self.facts.central = body.value.means.get("level") == "central"
