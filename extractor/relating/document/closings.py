"""What closes a paper whose first page is missing, and says which it is.

``Trên đây là Kế hoạch …`` names it; ``Nghị quyết này đã được HĐND tỉnh … khóa … thông qua ngày …`` says who passed it,
and when; the line below an annex's title says what it came with.
"""

from __future__ import annotations

from extractor.model import Span
from extractor.relating.document.common import SHORTEST_TITLE, Part
from extractor.relating.document.letterhead import Letterhead
from extractor.relating.document.periods import day_of
from extractor.relating.document.titles import Titles

_NEAR = 40  # characters behind the passing in which its day stands
_ENDS = (". ", "./", ";")


class Closings(Part):
    """Reads type, title and issuer where the paper says in its last sentences what it is."""

    def read(self) -> bool:
        """Whether it says so; the last such sentence counts."""
        for index in range(len(self.view.blocks) - 1, -1, -1):
            block = self.layout.content(index)
            opened = self.words.closes.match(self.key, block.start, block.end)
            if opened is not None and self._take(Span(opened.end(), block.end)):
                return True
            if any(self._take_passed(sentence) for sentence in self.sentences(index)):
                return True
        return self._take_attached()

    def _take_passed(self, sentence: Span) -> bool:
        """Who passed a resolution, and when; its subject is what its first article passes."""
        passed = self.words.passed.match(self.key, sentence.start, sentence.end)
        issuer = Span(passed.start("issuer"), passed.end("issuer")) if passed else None
        body = self.body(issuer) if issuer else None
        kind = self.kind_at(sentence.start, sentence.end)
        if passed is None or issuer is None or body is None or kind is None:
            return False
        self.facts.doc_type = str(kind.value.means["doc_type"])
        self.take_issuer(issuer, body)
        day = self.words.day.search(self.key, passed.end(), min(sentence.end, passed.end() + _NEAR))
        self.facts.issued_on = self.facts.issued_on or (day_of(day) if day else None)
        titles = Titles(self.scene, self.make, self.facts)
        if (enacted := titles.enacted(0)) is not None:
            titles.take_title([enacted])
        return True

    def _take_attached(self) -> bool:
        """The paper that an annex behind the end says it came with, by its number."""
        annexed = [i for i, zone in enumerate(self.layout.zones) if zone == "signature"]
        for index in range(annexed[-1] + 1 if annexed else len(self.view.blocks), len(self.view.blocks)):
            span = self.bracketed(index)
            if self.words.attached_line.match(self.key, span.start, span.end) is None:
                continue
            Letterhead(self.scene, self.make, self.facts).take_attached(span)
            self.facts.doc_type = self.type_of_number() if self.facts.number else ""
            return bool(self.facts.doc_type)
        return False

    def _take(self, said: Span) -> bool:
        kind = next(iter(self.words.types.matches(self.key[said.start : said.end])), None)
        if kind is None or kind.start:
            return False
        ends = [at for mark in _ENDS if (at := self.text.find(mark, said.start, said.end)) >= 0]
        title = Span(said.start + kind.end, min(ends, default=said.end))
        for body in self.words.bodies.matches(self.key[title.start : title.end]):
            before = self.words.whose.search(self.key[title.start : title.start + body.start])
            if before is not None:
                facts, issuer = self.facts, Span(title.start + body.start, title.end)
                facts.issuer = facts.issuer or self.make.composed(issuer.start, issuer.end).strip(" .,")
                title = Span(title.start, title.start + before.start())
                break
        if len(title) < SHORTEST_TITLE:
            return False
        self.facts.doc_type = str(kind.value.means["doc_type"])
        self.facts.title = self.make.composed(self.past_link(title.start, title.end), title.end).strip(" .,;:")
        return True
