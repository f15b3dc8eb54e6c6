"""Where the subject of a paper that a sentence names begins and ends."""

from __future__ import annotations

from extractor.model import Span
from extractor.relating.document.common import Part
from extractor.relating.document.periods import read_period
from extractor.text.keys import fold

_CLOSING = '"”'


class Subjects(Part):
    """Reads the subject of a paper that a sentence or a headline names."""

    def until(self, begin: int, end: int, *, comma: bool = False, quoted: bool = False) -> str:
        """The subject up to a full stop, or a comma with a word that goes on with the report.

        Args:
            quoted: the type stands behind a quotation mark, which its pair closes.
            comma: a clause with a subject of its own follows (``…, tỉnh phấn đấu …``); the last comma ends the subject.
        """
        stop = end
        match = self.words.title_stop.search(self.text, begin, end)
        if match:
            stop = self._past_semicolon(begin, match.start(), end)
        if quoted and (close := next((i for i in range(begin, stop) if self.text[i] in _CLOSING), None)) is not None:
            stop = close
        for hit in self.words.ends.matches(self.key[begin:stop]):
            left = self.key[begin : begin + hit.start].rstrip()
            if left.endswith((",", "(", "-")) or (left and hit.value.means.get("force") == "alone"):
                stop = begin + hit.start
                break
        if comma and (cut := self.clause_start(begin, stop)):
            stop = cut
        if tail := self.words.subject_tail.search(self.key[begin:stop].rstrip(" ,:(-")):
            stop = begin + tail.start()
        return self.make.composed(begin, stop).strip(' ,.;:(-“”"') if stop > begin else ""

    def _past_semicolon(self, begin: int, stop: int, end: int) -> int:
        """Where a subject of several parts ends, the last of which says its period: ``rà soát …; … năm 2025``."""
        while self.text[stop] == ";" and self.text[stop + 1 : stop + 3].strip().islower():
            behind = self.words.title_stop.search(self.text, stop + 1, end)
            part = self.text[stop + 1 : behind.start() if behind else end]
            apart = any(h.start <= 1 for h in self.words.ends.matches(fold(part)))
            if apart or read_period(self.text[begin:stop], self.scene.patterns) != (None, None):
                break
            if read_period(part, self.scene.patterns) != (None, None):
                return behind.start() if behind else end
            if behind is None or behind[0] != ";":
                break
            begin, stop = stop + 1, behind.start()
        return stop

    def clause_start(self, begin: int, end: int) -> int | None:
        """The comma before a clause that begins with what the document is of (``, tỉnh …``, ``, toàn huyện …``)."""
        match = self.words.clause.search(self.key, begin, end)
        return match.start() if match else None

    def headline(self, sentence: Span) -> str:
        """A headline that begins with the document's type gives the subject."""
        first = self.view.block_index(sentence.start)
        for index in range(max(0, first - 4), first):
            span = self.block(index)
            kinds = self.words.types.matches(self.key[span.start : span.end])
            if kinds and kinds[0].start == 0 and span.end - span.start > 30:
                begin = span.start + kinds[0].end
                number = self.words.number.match(self.text, begin, span.end)
                begin = number.end() if number else begin
                while begin < span.end and self.text[begin] in " :":
                    begin += 1
                return self.until(self.past_link(begin, span.end), span.end)
        return ""

    def without_link(self, subject: str) -> str:
        """A subject without the ``về (việc)`` before it (ANNOTATION, decision 11)."""
        linked = next((h.end for h in self.words.links.matches(fold(subject)) if h.start == 0), 0)
        return subject[linked:].strip()
