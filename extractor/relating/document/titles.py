"""Type and subject as an official document states them: below its head, beside its type, in its first article."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from extractor.model import Span
from extractor.relating.document.common import LONGEST_ENACTOR, LONGEST_TITLE, SHORTEST_TITLE, Part, number_of
from extractor.relating.document.periods import day_of

_STAR = regex.compile(r"^[\s*_\-–—.=]+$")
_QUOTED = regex.compile(r"[“\"]([^“”\"]+)[”\"]")
_ENACTS_WITHIN = 40  # blocks from the line of the type to the first article
_SUBJECT_LINES = 6  # of a letter's subject, in the narrow column below its number


class Titles(Part):
    """Reads the title of an official document."""

    def read(self) -> None:
        """Type and subject: on one line, on lines below the type, or in the first article."""
        head, *rest = self.layout.title
        span = self.block(head)
        types = self.words.types.matches(self.key[span.start : span.end])
        lines = [line for line in map(self.block, rest) if self._is_subject(line)]
        begin, annex = self.layout.content(head).start, self.layout.annex
        if types and types[0].start <= max(begin - span.start, 3):
            self.facts.doc_type = str(types[0].value.means["doc_type"])
            behind = self._behind_type(
                Span(self._behind_number(max(span.start + types[0].end, annex or 0), span.end), span.end)
            )
        elif annex is not None:
            self.facts.doc_type = self.words.annex
            behind = annex if annex == span.start else self._behind_type(Span(annex, span.end))
        elif self._is_enactor(span) or self._is_session(span):
            behind = None  # pages of laws leave out the type and the subject
        else:
            behind = self.past_link(begin, span.end)
        if behind is not None and not self.words.attached_line.match(self.key, behind):
            self.take_title([Span(behind, span.end), *lines])
            return
        session = [line for line in lines if self._is_session(line)]
        pieces = [line for line in lines if line not in session]
        while pieces and self.words.of.match(self.key, pieces[0].start) and self._behind_type(pieces[0]) is None:
            pieces.pop(0)  # "CHỈ THỊ" – "CỦA BAN THƯỜNG VỤ HUYỆN ỦY" – "Về …"
        if not pieces and rest:
            pieces = self._linked_below(rest[-1] + 1)
        bare = all(self._is_enactor(p) or self._is_session(p) for p in pieces)
        enacted = self.enacted((rest[-1] if rest else head) + 1) if bare else None
        self.take_title([enacted] if enacted is not None else pieces or session)

    def _behind_number(self, start: int, end: int) -> int:
        """Behind number and day, where they stand between type and subject: ``KẾ HOẠCH SỐ 31/KH-UBND NGÀY … VỀ …``."""
        number = self.words.number.match(self.text, start, end)
        if number is None:
            return start
        self.facts.number = self.facts.number or number_of(number)
        day = self.words.day.match(self.key, self.past_before_day(number.end(), end), end)
        self.facts.issued_on = self.facts.issued_on or (day_of(day) if day else None)
        return int(day.end() if day else number.end())

    def _is_enactor(self, span: Span) -> bool:
        """Whether a line of capitals below the type says no more than who enacts: ``CHỦ TỊCH UBND TỈNH``."""
        text, key = self.text[span.start : span.end], self.key[span.start : span.end]
        if not text.isupper() or len(text) > LONGEST_ENACTOR:
            return False
        heads = self.words.heads.matches(key)
        body = self.body(span)
        named = body is not None and body.value.means.get("level") in ("committee", "central")
        return named or (any(h.start == 0 for h in heads) and bool(self.words.bodies.matches(key)))

    def enacted(self, first: int) -> Span | None:
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
            end = min(stop.start() if stop else span.end, start + LONGEST_TITLE)
            return Span(start, end) if end - start > SHORTEST_TITLE else None
        return None

    def _is_subject(self, span: Span) -> bool:
        """Whether a line of the title is no bracket, ornament or note of what the paper is attached to."""
        piece = self.text[span.start : span.end]
        return piece[0] != "(" and not _STAR.match(piece) and not self.words.attached_line.match(self.key, span.start)

    def _is_session(self, span: Span) -> bool:
        """Whether a line names the council or committee that enacts, with its term or session."""
        key = self.key[span.start : span.end]
        return self.text[span.start : span.end].isupper() and (
            self.words.session.search(key) is not None and self.past_link(span.start, span.end) == span.start
        )

    def take_title(self, pieces: Sequence[Span]) -> None:
        if pieces:
            start, end = self.past_link(pieces[0].start, pieces[-1].end), pieces[-1].end
            title = self.make.composed(start, self._before_enactor(start, end)).strip(" .;:")
            quoted = _QUOTED.fullmatch(title)
            self.facts.title = quoted[1] if quoted else title

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
        block = self.block(index)
        return [block] if self.past_link(block.start, block.end) > block.start and len(block) < 320 else []

    def read_letter(self, header: Sequence[int]) -> None:
        """An official letter (công văn): no type, its subject under the number as ``V/v …`` (DOMAIN §1.2, row 7b)."""
        named = self.type_of(self.facts.symbol) == self.words.letter  # 12-CV/TU, -CV/TU
        if not named and not self.is_letter(self.facts.number):
            return
        for index in range(header[0], min(header[-1] + 2, len(self.view.blocks))):
            block = self.block(index)
            for hit in self.words.subjects.matches(self.key[block.start : block.end]):
                before = self.text[block.start : block.start + hit.start]
                if hit.start and not self.words.number_line.search(before):
                    continue
                self.facts.doc_type = str(hit.value.means["doc_type"])
                start = self.past_link(block.start + hit.start, block.end)
                self._take_subject(Span(start, self._subject_end(index)))
                return
        if named:
            self._below_number(header)
        if named or any(part == "addressees" for i in header for part, _, _ in self.layout.marks.of(i)):
            self.facts.doc_type = self.words.letter

    def _take_subject(self, subject: Span) -> None:
        self.facts.subject = subject
        self.facts.title = self.make.composed(subject.start, subject.end).strip(" .;:")

    def _below_number(self, header: Sequence[int]) -> None:
        """The subject of a Party letter, which stands below its number without ``V/v``."""
        for index in header[:-1]:
            span, below = self.block(index), self.block(index + 1)
            number = self.words.number_line.match(self.text, span.start, span.end)
            if number is None or span.end - number.end() > 1:
                continue
            said = self.text[below.start : below.end]
            plain = said[:1].isupper() and not said.isupper() and not self._is_apart(index + 1)
            if plain and not any(p.search(said) for p in (self.words.place_date, self.words.place_day)):
                self._take_subject(Span(self.past_link(below.start, below.end), self._subject_end(index + 1)))
            return

    def _is_apart(self, index: int) -> bool:
        """Whether a line of a letter's head is a motto, or says whom it is for."""
        return any(part in ("motto", "addressees") for part, _, _ in self.layout.marks.of(index))

    def _subject_end(self, index: int) -> int:
        """Where the subject of a letter ends that is set in several short lines."""
        end = self.block(index).end
        for below in range(index + 1, min(index + _SUBJECT_LINES, len(self.view.blocks))):
            span = self.block(below)
            text = self.text[span.start : span.end]
            if self.layout.zones[below] != "header" or text.isupper() or self._is_apart(below):
                break
            number = self.words.number_line.search(text)
            cited = number is not None and text[number.start()].islower()  # Kế hoạch số 12-KH/TU
            if (number and not cited) or self.words.place_date.search(text) or self.words.place_day.search(text):
                break
            end = span.end
        return end

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
            return self.past_link(start, span.end) if len(self.key[start : span.end].split()) > 2 else None
        words = list(regex.compile(r"\S+").finditer(self.text, start, span.end))
        lower = next((w.start() for w in words if any(c.islower() for c in w[0])), None)
        if lower is not None and lower > start:
            return self.past_link(lower, span.end)
        links = [h for h in self.words.links.matches(self.key[start : span.end]) if h.start > 4]
        return self.past_link(start + links[0].start, span.end) if links else None
