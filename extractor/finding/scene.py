"""What every finder and relater looks at: one document, read and laid out, with what is known of it so far."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import regex

from extractor.finding.gazetteer import TWO_LEVELS
from extractor.finding.intervals import Intervals
from extractor.model import Document, Hit, Source, Span
from extractor.patterns import Entry, Lexicon, Lexicons, PatternSet, RegexSet
from extractor.text.keys import fold
from extractor.text.layout import BODY_ZONES, Layout, abbreviations
from extractor.text.sentences import clauses_of, sentences
from extractor.text.view import View

_PROSE = 120  # characters of a line that is a paragraph
# a paper's number and day, of the State's papers (12/KH-UBND) and of the Party's (83-KH/TU)
_CITED = re.compile(r"\d[/-][\w/-]{2,24},? \w{2,5} (\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)(?!\d)")
# the stamp that a collection of pages puts before an article, in the same line
STAMP = regex.compile(r"\s?(?:date )?((?:19|20)\d\d)-(\d\d)(?:-\d\d)?\s+(?=\p{L})")
_HEAD = 2_000  # characters that hold the place line of a paper


def _cited_day(match: re.Match[str]) -> str:
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"


def _since_merger(patterns: PatternSet) -> tuple[str, ...]:
    made: tuple[str, ...] = patterns.made(
        "scene:since_merger", lambda: tuple(map(fold, patterns.literals("place", role="two_levels")))
    )
    return made


def _undated(patterns: PatternSet) -> regex.Pattern[str]:
    made: regex.Pattern[str] = patterns.made(
        "scene:undated", lambda: patterns.expression("place", whole=False, role="undated")
    )
    return made


@dataclass(slots=True)
class Scene:
    """One document as the stages after ``text`` see it. All offsets are view offsets.

    Attributes:
        masks: document numbers, articles, roads, phones …: no number or name is read from them.
        document: facts of the whole document (dates of issue and period, province …), for what inherits them.
        mask_hits: the masks one by one, for ``explain``.
        retells: what is known of the document is what an article tells of a paper (``relating/document/told.py``).
    """

    source: Source
    view: View
    layout: Layout
    patterns: PatternSet
    document: Document
    masks: Intervals = field(default_factory=Intervals)
    mask_hits: tuple[Hit, ...] = ()
    retells: bool = False
    _sentences: dict[int, list[Span]] = field(default_factory=dict)
    _clauses: dict[int, list[Span]] = field(default_factory=dict)
    _starts: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _phrases: dict[Lexicon, list[tuple[int, int, Entry]]] = field(default_factory=dict)
    _speeches: list[int] | None = None  # where they begin
    _told: Span | None = None
    _narrates: bool | None = None
    _headline: int | None = None

    @property
    def narrates(self) -> bool:
        """Whether the text tells, as an article does: a page's, or one of which only paragraphs were saved."""
        if self._narrates is None:
            self._narrates = self.layout.portal or self._is_piece_of_news()
        return self._narrates

    @property
    def is_article(self) -> bool:
        """Whether the text is no document by its own type or number: an article, or a part of something.

        Unlike ``narrates`` it needs no sign of news: what only articles say of a time, no fragment of a plan does.
        """
        return self.layout.portal or self.retells or not (self.document.doc_type or self.document.number)

    @property
    def headline(self) -> int:
        """The block of an article's headline: its first line, if no list begins with it; -1 where there is none."""
        if self._headline is None:
            body = self.body_blocks() if self.narrates else []
            self._headline = body[0] if body and self.layout.markers[body[0]] is None else -1
        return self._headline

    def _is_piece_of_news(self) -> bool:
        """Whether paragraphs without type, number or sections quote somebody, show a meeting, or address listeners."""
        layout, key = self.layout, self.view.key
        if not self.is_article:
            return False
        if any(node.kind in ("objectives", "tasks", "organisation") for node in layout.nodes):
            return False
        body = [i for i in self.body_blocks() if not self.view.blocks[i].cells]
        prose = [i for i in body if layout.markers[i] is None and len(self.view.blocks[i].span) >= _PROSE]
        if len(prose) <= sum(layout.markers[i] is not None for i in body):
            return False
        tells = self.patterns.made("scene:news", lambda: self.patterns.expression("status", whole=False, role="news"))
        return any(tells.search(key, block.start, block.end) is not None for block in self.view.blocks)

    @property
    def day(self) -> date | None:
        """The day the text speaks from: its issue, else the begin of its period, else the day a page was posted."""
        return self.document.issued_on or self.document.period_start or self.layout.posted

    @property
    def planned(self) -> tuple[date | None, date | None]:
        """The period by whose end a promise without a time is due; none where it was over on the day of issue.

        Conclusions of a meeting on the first quarter order what is to be done after it.
        """
        start, end, issued = self.document.period_start, self.document.period_end, self.document.issued_on
        over = end is not None and issued is not None and end < issued
        return (None, None) if over else (start, end)

    @property
    def units_on(self) -> date | None:
        """The day whose administrative units the text means: its own, else the merger of 2025 if it is younger.

        It is where it speaks of the two levels there are since, or cites a paper made since. A place line whose day
        is still to be filled in has a year at least.
        """
        day = self.day
        if day is None and (line := _undated(self.patterns).search(self.view.key, 0, _HEAD)) is not None:
            day = date(int(line["y"]), int(line["m"] or 1), 1)
        if day is None and any(phrase in self.view.key for phrase in _since_merger(self.patterns)):
            return TWO_LEVELS
        if day is None and any(_cited_day(m) >= TWO_LEVELS.isoformat() for m in _CITED.finditer(self.view.key)):
            return TWO_LEVELS
        if day is None and self.view.blocks and (at := STAMP.match(self.view.key, self.view.blocks[0].start)):
            return TWO_LEVELS if (int(at[1]), int(at[2])) >= (TWO_LEVELS.year, TWO_LEVELS.month) else None
        return day

    @property
    def told(self) -> Span:
        """What a document tells before the sentence in which it orders or enacts; empty where it does not so begin."""
        if self._told is None:
            self._told = self._opening()
        return self._told

    def _opening(self) -> Span:
        layout, blocks, key = self.layout, self.view.blocks, self.view.key
        nothing = Span(0, 0)
        if layout.portal or not (self.document.doc_type or self.document.number):
            return nothing
        charge = self.patterns.made("scene:charge", lambda: self.patterns.expression("status", role="charge"))
        first: int | None = None
        for index, block in enumerate(blocks):
            if layout.zone_at(block.start) not in ("body", "preamble") or index in layout.title:
                first = None  # the subject of a letter stands above its addressees
                continue
            if block.cells or layout.markers[index] is not None:
                return nothing
            if first is None and layout.is_body(block.start):
                first = block.start
            for sentence in self.sentences(index):
                if charge.search(key, sentence.start, sentence.end):
                    return nothing if first is None else Span(first, max(first, sentence.start))
            if first is not None and layout.node_at(block.start) is not None:
                return nothing
        return nothing

    def phrases(self, lexicon: Lexicon) -> list[tuple[int, int, Entry]]:
        """Where phrases of a lexicon stand in the document (see ``Lexicon.spans``), looked for once."""
        if lexicon not in self._phrases:
            together: Lexicons = self.patterns.made("together", Lexicons)
            self._phrases.update(together.spans(lexicon, self.view.key))
        return self._phrases[lexicon]

    def sentences(self, block: int) -> list[Span]:
        """The sentences of a block, without its list marker."""
        if block not in self._sentences:
            span = self.layout.content(block)
            found = sentences(self.view.text, span.start, span.end, abbreviations(self.patterns))
            if self.view.text.find(":", span.start, span.end) >= 0:
                found = [part for sentence in found for part in self._parted_speech(sentence)]
            self._sentences[block] = found
        return self._sentences[block]

    def _parted_speech(self, sentence: Span) -> Iterator[Span]:
        """A sentence, parted where what somebody said begins in it: ``… cho biết: Huyện yêu cầu …``."""
        if self._speeches is None:
            self._speeches = self._speech_begins()
        begin = sentence.start
        for at in range(bisect_right(self._speeches, begin), len(self._speeches)):
            if self._speeches[at] > sentence.end:
                break
            yield Span(begin, self._speeches[at])
            begin = self._speeches[at]
        yield Span(begin, sentence.end)

    def _speech_begins(self) -> list[int]:
        text = self.view.text
        speech: RegexSet = self.patterns.made("scene:speech", lambda: self.patterns.sought("duty", part="quoted"))
        ends = sorted({hit.end for _, hit in speech.all_matches(self.view.key)})
        return [at for at in ends if text[at + (text[at : at + 1] in '"“') :][:1].isupper()]

    def clauses(self, block: int) -> list[Span]:
        """The clauses (cut at full stops and semicolons) of a block, without its list marker."""
        if block not in self._clauses:
            self._clauses[block] = clauses_of(self.view.text, self.sentences(block))
        return self._clauses[block]

    def sentence_at(self, offset: int) -> Span:
        block = self.view.block_index(offset)
        return self._holding("sentence", block, self.sentences(block), offset)

    def clause_at(self, offset: int) -> Span:
        block = self.view.block_index(offset)
        return self._holding("clause", block, self.clauses(block), offset)

    def _holding(self, kind: str, block: int, spans: list[Span], offset: int) -> Span:
        """The one of a block's spans, which stand in order and do not overlap, that holds an offset; else the block."""
        starts = self._starts.get((kind, block))
        if starts is None:
            starts = self._starts[kind, block] = [span.start for span in spans]
        at = bisect_right(starts, offset) - 1
        return spans[at] if at >= 0 and offset < spans[at].end else self.layout.content(block)

    def body_blocks(self) -> list[int]:
        """Indexes of the blocks that rows may come from."""
        return [i for i, zone in enumerate(self.layout.zones) if zone in BODY_ZONES]
