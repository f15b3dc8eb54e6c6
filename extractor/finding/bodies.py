"""Bodies and groups of bodies: a grammar over small vocabularies, not lists of full names (DOMAIN §7.3).

A body is a head noun with what it takes behind it (``Sở`` + a sector, ``Văn phòng`` + another body, ``UBND`` alone) and
a tail (level, place, list of units). A group is a list of common nouns with attributes (``các sở, ngành liên quan``).
Vocabulary: ``patterns/agencies.yaml``; the verbs that end an open name come from ``duties.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import regex

from extractor.finding import gazetteer
from extractor.finding.intervals import Intervals
from extractor.finding.scene import Scene
from extractor.model import AssigneeType, Hit, Span
from extractor.patterns import Entry, PatternSet

_ASIDE = regex.compile(r"\s?\([^()\n\d]{2,40}\)")  # the unit that a place lies in
_TOKEN = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}&/.'’-]*")
_NAME_TOKEN = regex.compile(r"\p{Lu}[\p{L}]*(?:['’]\s?\p{Lu}?[\p{L}]+)*")
_HIGHLAND = regex.compile(r"\p{Lu}\p{L}{0,2}['’]\s?\p{Lu}?\p{L}")
_APOSTROPHE = re.compile("['’]")
_LONGEST_CLAN = 3  # letters before the apostrophe
_ORDINAL = regex.compile(r"(?:[IVX]+|\d{1,3})(?![\p{L}\p{N}])")
_REST_OF_LINE = regex.compile(r"[^\W\d_]{1,20}+(?: [^\W\d_]{1,20}+){0,8}(?=\n)")  # words up to the end of their line
_REST_OF_CELL = regex.compile(r"\p{Lu}\p{L}{0,19}+(?: \p{L}{1,20}+){1,6}(?=\t|\n|\Z)")  # words up to its end
_DASH = regex.compile(r" [-–] (?=\p{Lu})")
_WORD_START = regex.compile(r" |[,;:.()\n]")
_INITIALS = regex.compile(r"\p{Lu}{1,6}(?:[&–-]\p{Lu}{1,6}){0,4}(?![\p{L}\p{N}])")
_QUOTED = regex.compile(r'"[^"\n]{2,60}"')
_LONGEST_NAME = 5  # syllables of a person's name (DOMAIN §7.1)
_OPEN_TOKENS = 12  # syllables that an open name of a body may have
_OPEN_LOWER = 5  # of them without a capital in a row
_PROPER = 2  # syllables with a capital each that make a proper name (Nguyễn Đình Chiểu, Sơn Hà)
_TOPIC_TOKENS = 8  # syllables of what a steering body is for
_PLACE_TOKENS = 4  # syllables of a place's name that no gazetteer knows
_LOOK = 80  # characters behind a head noun that decide whether a body begins there
_DEEPEST = 5  # bodies inside the names of bodies
_MOST_KNOWN = 10_000  # bodies kept of those read before
_MOST_TAILS = 4
_CONCERNS = ("agency", "position", "honorific", "duty")
NONE: list[tuple[int, Entry]] = []
Starts = dict[int, list[tuple[int, Entry]]]
"""Where phrases of one part begin → their ends and entries, the longest first."""
_MOST_UNITS = 40  # names in one list of units
_LONGEST_BODY = 1200  # characters that a body with a list of units may run over


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who can be given a task. Spans count in the view.

    Attributes:
        kind: person, position or organization.
        quote: the assignee alone (CONTRACT: a name, a post, a body).
        extent: with honorific, posts and what else belongs to the mention.
        rule: id of the pattern that found it.
        name: a person's name.
        honorific: what stands before it.
        position: span of the post or of the chained posts.
        organization: span of the body (of a post: the body it is of).
        generic: a group without a name of its own (các sở, ngành).
        units: common nouns of places (các xã, mỗi huyện), not of bodies.
        head: the folded head noun.
        attached: a post that belongs to a person found as well.
    """

    kind: AssigneeType
    quote: Span
    extent: Span
    rule: str
    name: str = ""
    honorific: str = ""
    position: Span | None = None
    organization: Span | None = None
    generic: bool = False
    units: bool = False
    head: str = ""
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The expressions that names are read with, each joined from the entries of one part."""

    stop: Any
    adverb: Any
    modal: Any
    clause: Any
    joint: Any
    listed: Any
    numbered: Any
    of: Any
    also: Any
    plural: Any
    each: Any
    alone: Any
    own: Any
    topic_joint: Any
    works: Any
    post_joint: Any
    post_chain: Any
    post_of: Any
    charge: Any

    @classmethod
    def of_patterns(cls, patterns: PatternSet) -> Words:
        """The expressions of a pattern set; compiled once."""

        def joined(concern: str, part: str, template: str = "{}") -> Any:
            found = [e for entry in patterns.of(concern) if entry.means.get("part") == part for e in entry.expressions]
            return regex.compile(template.format("|".join(f"(?:{e})" for e in found) or r"(?!)"))

        def make() -> Words:
            return cls(
                stop=joined("agency", "stop"),
                adverb=joined("duty", "adverb"),
                modal=joined("duty", "modal"),
                clause=joined("position", "clause"),
                joint=joined("agency", "joint"),
                listed=joined("agency", "list"),
                numbered=joined("agency", "number"),
                of=joined("agency", "of", "(?:{}) "),
                also=joined("agency", "and", r"(?:{})(?!\p{{L}})"),
                plural=joined("agency", "plural", r"(?:{})\s+$"),
                each=joined("agency", "each"),
                alone=joined("agency", "alone"),
                own=joined("agency", "own"),
                topic_joint=joined("agency", "topic_joint"),
                works=joined("agency", "works"),
                post_joint=joined("position", "joint"),
                post_chain=joined("position", "chain"),
                post_of=joined("position", "of"),
                charge=joined("position", "charge", "(?:{}) "),
            )

        made: Words = patterns.made("actors:words", make)
        return made


def _highland(text: str) -> Iterator[int]:
    """Where names with an apostrophe begin: H'Hương, K'Brêm; looked for around the apostrophes."""
    for mark in _APOSTROPHE.finditer(text):
        for start in range(max(0, mark.start() - _LONGEST_CLAN), mark.start()):
            if _HIGHLAND.match(text, start) is not None:
                yield start


def stop_words(patterns: PatternSet) -> Any:
    """The words that no name of a body runs over, as one expression."""
    return Words.of_patterns(patterns).stop


def each_of(patterns: PatternSet) -> Any:
    """What stands for every one of the bodies just named (mỗi đơn vị), as one expression."""
    return Words.of_patterns(patterns).each


@dataclass(slots=True)
class Found:
    """A body while it is being read.

    Attributes:
        end: where it ends so far.
        rule: id of the pattern of its head noun.
        head: the folded head noun.
        generic: no single body.
        named: a level, a place or a complement makes it a single body.
    """

    end: int
    rule: str
    head: str
    generic: bool = False
    named: bool = False


@dataclass(slots=True)
class BodyReader:
    """Reads the bodies of one document: hits of all lexicons by their start, and the grammar over them."""

    scene: Scene
    places: Sequence[Hit]
    text: str = ""
    key: str = ""
    words: Words = field(init=False)
    titles: Starts = field(default_factory=dict)
    ranks: Starts = field(default_factory=dict)
    wholes: Starts = field(default_factory=dict)
    heads: Starts = field(default_factory=dict)
    dets: Starts = field(default_factory=dict)
    nouns: Starts = field(default_factory=dict)
    attributes: Starts = field(default_factory=dict)
    levels: Starts = field(default_factory=dict)
    sectors: Starts = field(default_factory=dict)
    verbs: Starts = field(default_factory=dict)
    families: Starts = field(default_factory=dict)  # with a capital
    highland: frozenset[int] = frozenset()  # names with an apostrophe
    place_at: Intervals = field(init=False)
    known: dict[tuple[int, int, bool], Found | None] = field(default_factory=dict)
    depth: int = 0  # bodies looked for inside names of bodies

    def __post_init__(self) -> None:
        view, patterns = self.scene.view, self.scene.patterns
        self.text, self.key = view.text, view.key
        self.words = Words.of_patterns(patterns)
        self.place_at = Intervals(Span(h.start, h.end) for h in self.places)
        self.highland = frozenset(_highland(self.text))
        starts: dict[str, Starts] = {
            "title": self.titles,
            "rank": self.ranks,
            "whole": self.wholes,
            "head": self.heads,
            "det": self.dets,
            "noun": self.nouns,
            "attr": self.attributes,
            "tail": self.levels,
            "sector": self.sectors,
            "verb": self.verbs,
            "family": self.families,
        }
        part_of: dict[str, str] = patterns.made(
            "bodies:parts",
            lambda: {e.id: part for e in patterns.of(*_CONCERNS) if (part := str(e.means.get("part"))) in starts},
        )
        for concern in _CONCERNS:
            for start, end, entry in self.scene.phrases(patterns.lexicon(concern)):
                part = part_of.get(entry.id)
                if part is None or (part == "family" and not self.text[start].isupper()):
                    continue
                at = starts[part]
                ends = at.get(start)
                if ends is None:
                    at[start] = [(end, entry)]
                    continue
                ends.append((end, entry))
                if end > ends[-2][0]:
                    ends.sort(key=lambda e: -e[0])

    def _longest(self, part: Starts, start: int, limit: int) -> int | None:
        for end, _ in part.get(start, NONE):
            if end <= limit:
                return end
        return None

    def _skip(self, i: int, limit: int, chars: str) -> int:
        while i < limit and self.text[i] in chars:
            i += 1
        return i

    def _past_of(self, begin: int) -> int:
        """Behind ``của``, where it stands."""
        of = self.words.of.match(self.key, begin)
        return int(of.end()) if of else begin

    # --- bodies ---------------------------------------------------------------------------------------------------

    def organization(self, i: int, limit: int, *, lower: bool = False) -> Found | None:
        """A single body that begins here: the longest reading; ``lower``: small letters are no bar (behind a post)."""
        if i not in self.wholes and i not in self.heads:
            return None
        limit = min(limit, i + _LONGEST_BODY)
        asked = (i, limit, lower)
        if asked not in self.known:
            if len(self.known) > _MOST_KNOWN:
                self.known.clear()  # the scan never comes back to what lies far behind
            self.known[asked] = self._body(i, limit, lower=lower)
        return self.known[asked]

    def _body(self, i: int, limit: int, *, lower: bool) -> Found | None:
        best: Found | None = None
        for end, entry in self.wholes.get(i, NONE):
            found = self._whole(i, end, limit, entry, lower=lower)
            if found is not None and (best is None or found.end > best.end):
                best = found
        for end, entry in self.heads.get(i, NONE):
            if i in self.verbs and self.verbs[i][0][0] > end:
                continue  # BÁO CÁO in capitals is no newspaper
            if end < limit and (named := self._continuation(i, end, limit, entry, lower=lower)):
                best = named if best is None or self._is_longer(named, best, limit) else best
                break  # the longest head noun that is one: Ban Quản lý, not Ban
        return best if best is None or best.end <= limit else None

    def _is_longer(self, named: Found, whole: Found, limit: int) -> bool:
        """Whether an open name beats a known one: not by an adverb of duty (Ban Chỉ đạo tăng cường kiểm tra)."""
        behind = self._skip(whole.end, limit, " ")
        return named.end > whole.end and self.words.adverb.match(self.key, behind, limit) is None

    def _whole(self, i: int, end: int, limit: int, entry: Entry, *, lower: bool) -> Found | None:
        """A name by itself, with its tails; a common noun too (thuế, thống kê) needs one of them."""
        found = Found(end, entry.id, self.key[i:end])
        if entry.means.get("generic"):
            found.generic = True
            found.end = self._attributes(end, limit)
            return found
        upper = self.text[i].isupper()
        if entry.means.get("head") == "org" and (inner := self._committee_of(end, limit)) is not None:
            found.end, found.named = inner.end, True
            return found
        found = self._tails(found, limit, entry)
        needs_tail = entry.means.get("head") == "tail"
        if not needs_tail and (upper or lower or found.end > end):
            return found
        if self.text[i:end].isupper() or any(c.isupper() for c in self.text[i + 1 : end]):
            return found  # an abbreviation
        return found if needs_tail and upper and found.end > end else None

    def _committee_of(self, end: int, limit: int) -> Found | None:
        """The body whose committee this is: Đảng ủy Công an tỉnh, Chi bộ Trạm Y tế (DOMAIN §7.3)."""
        begin = end + 1
        if self.text[end:begin] != " " or begin >= limit or not self.text[begin].isupper():
            return None
        return self.organization(begin, limit)

    def _continuation(self, i: int, end: int, limit: int, entry: Entry, *, lower: bool) -> Found | None:
        """What a head noun needs behind it."""
        begin = self._skip(end, limit, " ")
        if begin == end and self.key[end - 1] != ".":
            return None
        takes = entry.means.get("head")
        upper = self.text[i].isupper() or lower
        found = Found(end, entry.id, self.key[i:end])
        sector = self._sector(begin, limit, join=takes != "strict")
        if upper and (initials := self._initials(end, begin, limit)) is not None:
            sector = max(sector or 0, initials)
        if sector and not upper and entry.means.get("level") == "sector":
            upper = self.words.modal.match(self.key, self._skip(sector, limit, " "), limit) is not None
        if sector and (upper or self.text[begin].isupper()):
            if takes == "open":
                sector = max(sector, self._open(begin, limit) or 0)
            elif takes != "strict":
                line = self._open(begin, limit) or 0  # "Trung tâm Kiểm định | chất lượng nông sản", and nothing else
                whole = line > sector and self.text[line : line + 1] in ("\n", "\t", "")
                sector = line if whole else self._and_more(sector, limit)
            found.end = sector
            return self._tails(found, limit, entry)
        if takes == "org" and (owned := self._of_body(found, begin, limit)):
            return owned
        if takes == "org" and upper and begin in self.levels:
            return self._tails(found, limit, entry)
        if takes == "strict" or not upper or (lower and self._looks_like_name(begin, limit)):
            return None
        if self.text[i].islower() and not lower:
            return None
        if quoted := _QUOTED.match(self.key, begin, limit):
            found.end = quoted.end()
        elif (name := self._open(begin, limit, person=lower and takes != "open")) is not None:
            found.end = name
        elif takes != "open" or begin not in self.levels:
            return None
        return self._tails(found, limit, entry)

    def _of_body(self, found: Found, begin: int, limit: int) -> Found | None:
        """The body that an office or a board is of (Văn phòng UBND tỉnh, Ban Thường vụ Huyện ủy)."""
        if inner := self.organization(self._past_of(begin), limit):
            found.end, found.named, found.generic = inner.end, True, inner.generic
            return found
        if group := self._level_list(begin, limit):
            found.end, found.generic = group
            return found
        return None

    def _sector(self, begin: int, limit: int, *, join: bool) -> int | None:
        end = self._longest(self.sectors, begin, limit)
        if end is not None and (works := self.words.works.match(self.key, end, limit)) is not None:
            end = int(works.end())
        while join and end is not None and (joint := self.words.joint.match(self.key, end, limit)):
            more = next((e for e, _ in self.sectors.get(joint.end(), NONE) if self.text[joint.end()].isupper()), None)
            if more is None or self.organization(joint.end(), limit) is not None:
                break
            end = more
        return end

    def _initials(self, end: int, begin: int, limit: int) -> int | None:
        """The end of initials behind a head noun that has none itself (Sở GD-ĐT, Phòng KT-HT&ĐT)."""
        found = _INITIALS.match(self.text, begin, limit)
        if found is None or self.text[end - 2 : end].isupper() or not set("&-–").intersection(found[0]):
            return None
        return int(found.end())

    def _and_more(self, end: int, limit: int) -> int:
        """Behind the rest of a name that goes on after ``và`` (Trung tâm Khuyến nông và Tư vấn phát triển chợ)."""
        if self.text[end : end + 1] != " " or (joint := self.words.also.match(self.key, end + 1, limit)) is None:
            return end
        begin = self._skip(joint.end(), limit, " ")
        token = _TOKEN.match(self.text, begin, limit)
        if token is None or token[0].isupper() or begin in self.heads or begin in self.ranks or begin in self.titles:
            return end
        if self._opens(begin) or self._looks_like_name(begin, limit) or self.place_at.covering(begin) is not None:
            return end
        return self._open(begin, limit) or end

    def _open(self, begin: int, limit: int, *, person: bool = False) -> int | None:
        """A name of a body that no vocabulary knows: from a capital to the next verb, function word or mark.

        ``person``: the name of who holds the post may follow (Trưởng phòng Quản lý chợ Lê Văn A).
        """
        if not self.text[begin : begin + 1].isupper():
            return None
        if (filled := self._fills_cell(begin, limit)) is not None:
            return filled
        end, position, lowered, sure = None, begin, 0, 0
        inside = acts = begin  # where a compound of the name ends, and a verb in capitals
        capitals = 0  # syllables in a row that each have one: a proper name, which no small letter goes on with
        for count in range(_OPEN_TOKENS):
            token = _TOKEN.match(self.text, position, limit)
            if token is None:
                break
            word, capital = token[0], token[0][0].isupper()
            also = self.words.also.fullmatch(word.lower()) is not None
            if word[0].isdigit() and not (count and word.isdigit() and len(word) <= 3 and not lowered):
                lowered += 1 if lowered else 0  # giúp 20 hộ: what was read in small letters is a clause
                break
            if capital and (compound := self._compound(self.verbs, position, limit)) is not None:
                inside = acts = compound
            elif (compound := self._compound(self.sectors, position, limit)) is not None:
                inside = max(inside, compound)
            elif position == acts + 1 and (compound := self._object(position, limit)) is not None:
                inside = compound
            if person and count and self._looks_like_name(position, limit):
                break
            if also and end is not None and (whole := self._goes_on(token.end() + 1, limit)) is not None:
                return whole
            if token.end() > inside and self._breaks_name(
                position, token.end(), capital=capital, also=also, first=not count
            ):
                break
            if not capital and not also and capitals >= _PROPER and token.end() > inside:
                break
            capitals = capitals + 1 if capital and not word.isupper() else 0
            lowered = 0 if capital else lowered + (token.end() > inside)
            if lowered > _OPEN_LOWER:
                break
            if not also:
                end = token.end()
                sure = end if lowered <= 1 else sure
            if self.text[token.end() : token.end() + 1] != " ":
                break
            dash = _DASH.match(self.text, token.end(), limit)
            position = dash.end() if dash is not None and self._same_name(dash.end()) else token.end() + 1
        if end is None:
            return None
        stops = end >= limit and self.text[end : end + 1] != "\n"  # a line of its own is the name, however long
        if lowered > 1 and (
            stops or self.text[end : end + 1] in (".", ";") or self._digit_next(end) or lowered > _OPEN_LOWER
        ):
            end = sure  # the run went on to the clause's end: an unknown verb was in it
        return begin + len(self.text[begin:end].rstrip(".-/"))

    def _fills_cell(self, begin: int, limit: int) -> int | None:
        """Where a cell ends that holds nothing but a body's name: ``| Phòng Quản lý đào tạo |``, verb or no verb."""
        rest = _REST_OF_CELL.match(self.text, begin, limit)
        if rest is None or not self.scene.view.block_of(begin).cells:
            return None
        for word in _WORD_START.finditer(self.key, begin, rest.end()):
            at = word.end()
            duty = any(e.means.get("role") != "implement" for _, e in self.verbs.get(at, NONE))
            if duty or at in self.levels or at in self.dets or self.place_at.covering(at) is not None:
                return None
        return int(rest.end())

    def _compound(self, part: Starts, position: int, limit: int) -> int | None:
        """The end of a compound whose syllables belong together in a name: Chuyển giao; doanh nghiệp nhỏ và vừa."""
        end = self._longest(part, position, limit)
        if end is None or " " not in self.key[position:end]:
            return None
        whole = part is self.verbs or any(self.words.also.fullmatch(w) for w in self.key[position:end].split())
        return end if whole else None

    def _object(self, position: int, limit: int) -> int | None:
        """A verb that a verb in capitals governs, so that both are of the name: Tư vấn phát triển chợ chủ trì …

        Only where the duty's own verb, one that says a role, is still to come in the same breath.
        """
        verbs = self.verbs.get(position, NONE)
        if not verbs or any(e.means.get("role") != "implement" for _, e in verbs):
            return None
        for word in _WORD_START.finditer(self.key, verbs[0][0], min(limit, position + _LOOK)):
            if word[0] != " ":
                return None
            if any(e.means.get("role") != "implement" for _, e in self.verbs.get(word.end(), NONE)):
                return verbs[0][0]
        return None

    def _digit_next(self, end: int) -> bool:
        return self.text[end + 1 : end + 2].isdigit()

    def _same_name(self, i: int) -> bool:
        """Whether a capital behind a dash goes on with the name (Phòng Kế hoạch - Tài chính)."""
        return not (self._opens(i) or self._verb(i) or self._looks_like_name(i, len(self.text)))

    def _breaks_name(self, position: int, end: int, *, capital: bool, also: bool, first: bool) -> bool:
        """Whether an open name cannot run over this word."""
        if also:
            return not self.text[end + 1 : end + 2].isupper() or self._opens(end + 1)
        return (not first and self._opens(position)) if capital else self._ends_name(position)

    def _goes_on(self, i: int, limit: int) -> int | None:
        """The end of an open name that goes on in small letters behind ``và``: to a colon, to what says a duty.

        ``Phòng Quản lý vận tải và an toàn giao thông: …``; but no group of bodies (``Phòng Kinh tế và các xã``). Or to
        the end of its line, where a verb is joined (``Công ty Thoát nước và phát triển đô thị``).
        """
        if i in self.verbs and (line := _REST_OF_LINE.match(self.text, i)) is not None:
            return int(line.end())
        for _ in range(_OPEN_LOWER):
            token = _TOKEN.match(self.text, i, limit)
            if token is None or token[0][0].isupper() or i in self.nouns or self._ends_name(i):
                return None
            end = token.end()
            if self.text[end : end + 1] == ":" or self.words.modal.match(self.key, end + 1, limit) is not None:
                return end
            if any(e.means.get("role") != "implement" for _, e in self.verbs.get(end + 1, NONE)):
                return end
            i = end + 1
        return None

    def _ends_name(self, i: int) -> bool:
        """Whether a lower-case word cannot belong to a name: verb, adverb of duty, function word, level word."""
        return bool(
            i in self.verbs
            or i in self.levels
            or i in self.dets
            or self.words.stop.match(self.key, i)
            or self.words.adverb.match(self.key, i)
        )

    # --- tails ----------------------------------------------------------------------------------------------------

    def _tails(self, found: Found, limit: int, entry: Entry | None) -> Found:
        """Level, place, superior body, list of units behind a body."""
        topics = entry is not None and entry.means.get("head") == "topic"
        for _ in range(_MOST_TAILS):
            begin = self._skip(found.end, limit, " ")
            if begin == found.end or begin >= limit:
                break
            if self._last_tail(found, begin, limit, entry) or self._branch(found, limit):
                break
            begin = self._past_of(begin)  # Tổ công tác của tỉnh
            level = next(((e, w) for e, w in self.levels.get(begin, NONE) if e <= limit), None)
            if level is not None:
                found.end, found.named = self._level(begin, level, limit, found), True
                continue
            if topics and not found.named and (topic := self._topic(begin, limit)) is not None:
                found.end, topics = topic, False
                continue
            if (place := self._proper(begin, limit)) is not None and not found.named:
                found.end, found.named = self._more_places(self._second_place(place, limit), limit), True
                continue
            break
        return found

    def _last_tail(self, found: Found, begin: int, limit: int, entry: Entry | None) -> bool:
        """A tail that nothing follows: a list of units, a number, the superior body."""
        if units := self._level_list(begin, limit):
            found.end, found.generic = units
        elif numbered := self.words.numbered.match(self.key, begin, limit):
            found.end = numbered.end()
        elif entry is not None and entry.means.get("head") != "strict" and (inner := self._superior(begin, limit)):
            found.end, found.generic = inner.end, inner.generic
        else:
            return False
        return True

    def _branch(self, found: Found, limit: int) -> bool:
        """The branch behind a dash is the body that is meant (Ngân hàng … Việt Nam - Chi nhánh tỉnh)."""
        dash = _DASH.match(self.text, found.end, limit)
        if dash is None or not any(e.means.get("level") == "branch" for _, e in self.heads.get(dash.end(), NONE)):
            return False
        branch = self.organization(dash.end(), limit)
        if branch is None:
            return False
        found.end, found.generic = branch.end, branch.generic
        return True

    def _superior(self, begin: int, limit: int) -> Found | None:
        """The body that a board or an office belongs to (Ban Tuyên giáo Tỉnh ủy)."""
        at = self._past_of(begin)
        if not self.text[at : at + 1].isupper():
            return None
        if any(e.means.get("level") == "superior" for _, e in self.wholes.get(at, NONE)):
            return self.organization(at, limit)
        return None

    def _topic(self, begin: int, limit: int) -> int | None:
        """What a steering body is for, in lower case: Ban Chỉ đạo chuyển đổi số, chương trình MTQG …"""
        if sector := self._sector(begin, limit, join=True):
            return sector
        end, position = None, begin
        if joint := self.words.topic_joint.match(self.key, begin, limit):  # "phòng, chống" dịch bệnh
            end, position = int(joint.end()), self._skip(joint.end(), limit, " ")
        for _ in range(_TOPIC_TOKENS):
            token = _TOKEN.match(self.text, position, limit)
            if token is None or (self._ends_name(position) and not token[0][0].isupper()):
                break
            if self.words.also.fullmatch(token[0].lower()):
                break
            end = token.end()
            dash = _DASH.match(self.text, end, limit)
            if self.text[end : end + 1] != " ":
                break
            position = dash.end() if dash else end + 1
        return end

    def _level(self, begin: int, level: tuple[int, Entry], limit: int, found: Found) -> int:
        """A level word with the place's name, the number of a region, or more level words (UBND xã, phường)."""
        end, entry = level
        start = self._skip(end, limit, " ")
        for number in (_ORDINAL.match(self.text, start, limit), self.words.numbered.match(self.key, start, limit)):
            if number:
                return int(number.end())
        if start > end and start not in self.levels and (place := self._proper(start, limit)) is not None:
            return self._more_places(self._second_place(place, limit), limit)
        joint = self.words.listed.match(self.key, end, limit)
        while joint is not None:
            more = self._longest(self.nouns, joint.end(), limit) if joint.end() in self.levels else None
            if more is None or joint.end() in self.wholes or self.words.plural.search(joint[0]):
                break  # "Mặt trận Tổ quốc xã, các thôn": another group
            if self._proper(self._skip(more, limit, " "), limit) is not None:
                break
            end, found.generic = more, True
            joint = self.words.listed.match(self.key, end, limit)
        found.generic = found.generic or bool(entry.means.get("generic"))
        return end

    def _second_place(self, end: int, limit: int) -> int:
        """Behind the second district of a body of two: Chi cục Thuế khu vực Tân Mẫu - Bù Đăng."""
        dash = _DASH.match(self.text, end, limit)
        place = None if dash is None else self._proper(dash.end(), limit)
        return end if dash is None or place is None or " " not in self.text[dash.end() : place] else place

    def _more_places(self, end: int, limit: int) -> int:
        """Behind the last place of bodies that are named once: ``UBND xã Tân Mẫu, Hòa Mẫu và Phú Mẫu | rà soát``.

        A verb follows them, or another word where all are known places; none of them is a province, which would be
        where the one before lies.
        """
        known = True
        last, joint = end, self.words.listed.match(self.key, end, limit)
        for _ in range(_MOST_UNITS):
            place = None if joint is None else self._proper(joint.end(), limit)
            if joint is None or place is None or self._is_province(self.text[joint.end() : place]):
                break
            known = known and self.place_at.covering(joint.end()) is not None
            last, joint = place, self.words.listed.match(self.key, place, limit)
        begin = self._skip(last, limit, " ")
        if (adverb := self.words.adverb.match(self.key, begin, limit)) is not None:
            begin = self._skip(adverb.end(), limit, " ")
        acts = known and begin > last and self.text[begin : begin + 1].islower()
        return last if acts or self.verbs.get(begin) else end

    def _is_province(self, name: str) -> bool:
        return bool(gazetteer.load().named(name, level="province"))

    def _level_list(self, begin: int, limit: int) -> tuple[int, bool] | None:
        """``các huyện, thị xã, thành phố`` or ``các huyện Bù Đăng, Bù Gia Mập`` behind a body: (end, generic)."""
        det = self._longest(self.dets, begin, limit)
        if det is None:
            return None
        noun = self._skip(det, limit, " ")
        end = self._nouns(noun, limit)[0]
        if end is None or (self.words.each.match(self.key, begin) and noun not in self.levels):
            return None  # Phòng A, Phòng B mỗi phòng cử 01 người
        if names := self._names(end, limit):
            return names, False
        end = self._attributes(end, limit)
        colon = self._skip(end, limit, " ")  # "các xã, phường ven biển: Đề Gi, Cát Tiến"
        listed = self.text[colon : colon + 1] == ":" or self.place_at.covering(colon) is not None
        names = self._names(end, limit) if listed else None
        return (names, False) if names else (end, True)

    def _names(self, end: int, limit: int) -> int | None:
        """Names of units behind their common noun: ``các xã: Phú Hữu, Tân Phú và thị trấn Hiệp Hưng``."""
        begin = self._skip(end, limit, " :")
        last = None
        for _ in range(_MOST_UNITS):
            place = self._proper(begin, limit)
            if place is None or (last is None and self._says_what(end, begin, place)):
                break
            last = place
            joint = self.words.listed.match(self.key, place, limit)
            if joint is None and (aside := _ASIDE.match(self.text, place, limit)) is not None:
                joint = self.words.listed.match(self.key, aside.end(), limit)  # "các xã A (huyện B) và C (huyện D)"
            if joint is None:
                break
            begin = self._next_unit(joint.end(), limit)
            if not self.text[begin : begin + 1].isupper():
                break
        return last

    def _says_what(self, end: int, begin: int, place: int) -> bool:
        """Whether a capital behind a colon opens what is to be done: ``UBND các xã: Lập danh sách``."""
        unknown = self.place_at.covering(begin) is None and " " not in self.text[begin:place]
        return unknown and ":" in self.text[end:begin] and self.text[place : place + 2].strip()[:1].islower()

    def _next_unit(self, i: int, limit: int) -> int:
        """Behind the common noun of the next units of a list, where they have one (…, phường A và các phường B, C)."""
        det = self._longest(self.dets, i, limit)
        at = i if det is None else self._skip(det, limit, " ")
        noun = self._longest(self.nouns, at, limit)
        if noun is None or at not in self.levels or self.text[at].isupper():
            return i
        return self._skip(noun, limit, " " if det is None else " :")

    def _proper(self, begin: int, limit: int) -> int | None:
        """A place's name: a known place, else one to four capitalised syllables that begin no body, post or person."""
        if begin >= limit or not self.text[begin].isupper():
            return None
        known = self.place_at.covering(begin)
        if known is not None and known.start == begin:
            return min(known.end, limit)
        end, position = None, begin
        for count in range(_PLACE_TOKENS):
            token = _NAME_TOKEN.match(self.text, position, limit)
            if token is None or self._opens(position) or self._verb(position) or position in self.sectors:
                break
            if count == 0 and position in self.families and self._looks_like_name(position, limit):
                break
            end = token.end()
            if self.text[end : end + 1] != " ":
                break
            position = end + 1
        return end

    def _verb(self, i: int) -> bool:
        """A verb in capitals: one that says a role, or of several syllables (a single one may be part of a name)."""
        return any(e.means.get("role") != "implement" or " " in self.key[i:end] for end, e in self.verbs.get(i, NONE))

    # --- names of people, as far as bodies must know them -----------------------------------------------------------

    def is_family(self, i: int) -> bool:
        """Whether a family name stands here (or a highland name with its apostrophe: H'Hương, K'Brêm)."""
        return i in self.families or i in self.highland

    def name(self, i: int, limit: int, *, least: int) -> Span | None:
        """A run of two to five capitalised syllables (one after an honorific) that begins no post and no body."""
        end, count, position = i, 0, i
        while count < _LONGEST_NAME and (token := _NAME_TOKEN.match(self.text, position, limit)):
            if self._opens(position, post_only=count == 0) or (count and self._verb_phrase(position)):
                break
            count, end = count + (2 if "'" in token[0] or "’" in token[0] else 1), token.end()
            if self.text[end : end + 1] != " ":
                break
            position = end + 1
        return Span(i, end) if count >= least else None

    def _verb_phrase(self, i: int) -> bool:
        """A verb with a capital behind a name (``… Văn A Chủ trì``): its next syllable has none, as a name's has."""
        for end, _ in self.verbs.get(i, NONE):
            said = self.text[i:end]
            if " " in said and not said.istitle():
                return True
        return False

    def _opens(self, i: int, *, post_only: bool = False) -> bool:
        """Whether a post or a body begins here (a name cannot run into it)."""
        if any(end - i > 2 or self.text[i:end].isupper() for end, _ in self.ranks.get(i, NONE)):
            return True
        if i in self.wholes or any(" " in self.key[i:e] or "/" in self.key[i:e] for e, _ in self.titles.get(i, NONE)):
            return True
        heads = self.heads.get(i, NONE)[:1]
        if not heads or self.depth >= _DEEPEST:
            return bool(heads)
        self.depth += 1
        try:
            return self.organization(i, min(len(self.text), heads[0][0] + _LOOK)) is not None
        finally:
            self.depth -= 1

    def _looks_like_name(self, begin: int, limit: int) -> bool:
        return self.is_family(begin) and self.name(begin, limit, least=3) is not None

    # --- groups ---------------------------------------------------------------------------------------------------

    def group(self, i: int, limit: int) -> list[Actor]:
        """A group without a single name (các sở, ban, ngành tỉnh), or the bodies of an elliptic list (các Sở: A, B)."""
        if i not in self.dets and i not in self.nouns:
            return []
        det = self._longest(self.dets, i, limit)
        begin = i if det is None else self._skip(det, limit, " ")
        if det is not None and (bodies := self._elliptic(i, begin, limit)):
            return bodies
        end, count, last = self._nouns(begin, limit)
        if end is None:
            return []
        if det is None and count < 2:
            return []
        generic, units = True, last in self.levels
        names = self._names(end, limit) or self._names(self._attributes(end, limit), limit) if units and det else None
        if names:  # "các xã ven biển Hải Mẫu, Gio Mẫu": each is named
            end, generic = names, False
        else:
            end = self._attributes(end, limit)
            # "cấp ủy, chính quyền | các xã, phường"
            end, generic = self._level_list(self._skip(end, limit, " "), limit) or (end, generic)
            if det is not None and (places := self._places_of(end, limit)) is not None:
                end, generic = places, False
        span, head = Span(i, end), self.key[begin:end]
        return [
            Actor(
                "organization",
                span,
                span,
                "agency.group.noun",
                organization=span,
                generic=generic,
                units=units,
                head=head,
            )
        ]

    def _places_of(self, end: int, limit: int) -> int | None:
        """Behind the places of bodies of one kind, if a verb follows: ``các Trạm Y tế: Tân An, Phú An | bố trí …``."""
        begin = end + 2
        first = self._proper(begin, limit) if self.text[end:begin] == ": " else None
        if first is None or " " not in self.text[begin:first]:
            return None
        names = self._names(end, limit)
        acts = names is not None and self.text[names + 1 : names + 2].islower() and self.text[names] == " "
        return names if acts else None

    def _elliptic(self, i: int, begin: int, limit: int) -> list[Actor]:
        """``các Sở: Nội vụ, Tài chính và Y tế``, ``các Sở Nội vụ, Tài chính``: one body each, its head said once.

        The first one's extent begins with the group's; a body with its own head (``… và UBND các xã``) ends the list.
        """
        end, entry = next(((e, entry) for e, entry in self.heads.get(begin, NONE)), (begin, None))
        if entry is None:
            return []
        classes = self._nouns(begin, limit)[0] or end  # "các sở, ngành: Nội vụ, Tài chính"
        at = self._skip(classes if self.text[classes : classes + 1] == ":" else end, limit, " :")
        listed = ":" in self.text[end:at]
        spans: list[Span] = []
        while at < limit and self.text[at].isupper() and at not in self.heads:
            stop = self._sector(at, limit, join=False) or next((e for e, _ in self.wholes.get(at, NONE)), None)
            body = None if at in self.sectors else self.organization(at, limit)
            if stop is None or (body is not None and body.end > stop):
                break
            spans.append(Span(at, stop))
            joint = self.words.listed.match(self.key, stop, limit)
            if joint is None:
                break
            at = joint.end()
        if not spans or not (listed or len(spans) > 1):
            return []
        name, first = self.key[begin:end], spans[0] if listed else Span(begin, spans[0].end)
        quotes = [first, *spans[1:]]
        return [
            Actor("organization", s, Span(s.start if n else i, s.end), entry.id, organization=s, head=name)
            for n, s in enumerate(quotes)
        ]

    def _nouns(self, begin: int, limit: int) -> tuple[int | None, int, int]:
        """Common nouns in a list: (end, how many, where the last one begins)."""
        end, count, last = None, 0, begin
        while begin < limit and count < _MOST_UNITS:
            noun = self._longest(self.nouns, begin, limit)
            if noun is None or (begin in self.ranks and self.ranks[begin][0][0] > noun):
                break  # các thôn trưởng are people
            if count and self._own_end(begin, limit) is not None:
                break  # đối với doanh nghiệp, | Sở phối hợp …
            body = self.organization(begin, limit)
            if body is not None and body.end > noun and not body.generic:
                break
            end, count, last = noun, count + 1, begin
            joint = self.words.listed.match(self.key, self._past_attribute(noun, limit), limit)
            if joint is None:
                break
            again = self.words.plural.search(joint[0]) is not None
            if again and not any(e.means.get("level") == "each" for _, e in self.nouns.get(last, NONE)):
                break  # the next ``các`` opens another group
            begin = joint.end()
        return end, count, last

    def _head_alone(self, begin: int, limit: int) -> int | None:
        """The end of a head noun in capitals with nothing of a name behind it: Giám đốc Sở, các đơn vị thuộc Sở."""
        for end, _ in self.heads.get(begin, NONE)[:1]:
            alone = end >= limit or not (self.text[end].isalnum() or self.text[end + 1 : end + 2].isupper())
            if self.text[begin].isupper() and alone:
                return end
        return None

    def _own_end(self, i: int, limit: int) -> int | None:
        """The end of a head noun in capitals behind a comma, with its duty right behind it."""
        named = self.words.own.match(self.key, i, limit) if self.text[i].isupper() and i in self.heads else None
        if named is None or not self.text[named.end() - 1].islower() or self.text[i - 2 : i] != ", ":
            return None
        behind = named.end() + 1
        does = behind in self.verbs or self.words.modal.match(self.key, behind, limit) is not None
        return int(named.end()) if does else None

    def _past_attribute(self, noun: int, limit: int) -> int:
        """Behind the attribute inside a list of nouns (các đơn vị liên quan, địa phương), if a noun goes on."""
        more = self._attribute(noun, limit)
        if more is not None and (follows := self.words.listed.match(self.key, more[0], limit)):
            return more[0] if follows.end() in self.nouns else noun
        return noun

    def _attribute(self, end: int, limit: int) -> tuple[int, Entry] | None:
        begin = self._skip(end, limit, " ")
        if begin > end:
            for attribute in self.attributes.get(begin, NONE):
                if attribute[0] <= limit:
                    return attribute
        return None

    def _attributes(self, end: int, limit: int) -> int:
        """Attributes behind a group: liên quan, cấp tỉnh, mầm non, tiểu học, trên địa bàn tỉnh Nghệ An."""
        for _ in range(_MOST_TAILS):
            more = self._attribute(end, limit)
            if more is None:
                break
            end = self._attribute_list(more[0], limit)
            owner, last = self._skip(end, limit, " "), self.key.rfind(" ", 0, end) + 1
            if owner == end:
                break
            if more[1].means.get("head") == "org":
                owner = self._past_of(owner)
                body = self.organization(owner, limit)
                end = body.end if body is not None else (self._head_alone(owner, limit) or end)
            elif last in self.levels:
                end = self._proper(owner, limit) or end
        return end

    def _attribute_list(self, end: int, limit: int) -> int:
        """More attributes of the same kind behind a comma (mầm non, tiểu học)."""
        for _ in range(_MOST_TAILS):
            joint = self.words.listed.match(self.key, end, limit)
            begin = joint.end() if joint else end
            more = self._longest(self.attributes, begin, limit) if joint else None
            if more is None or any(begin in part for part in (self.nouns, self.wholes, self.heads, self.levels)):
                break
            end = more
        return end
