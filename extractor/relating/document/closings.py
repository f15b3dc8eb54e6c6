"""What closes a paper whose first page is missing: ``Trên đây là Kế hoạch …`` says which it is."""

from __future__ import annotations

from extractor.model import Span
from extractor.relating.document.common import SHORTEST_TITLE, Part

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
