"""People and posts, and the scan for all actors of a document (DOMAIN §7.1-7.3).

A post is a rank with its body. A person is a name by its shape, known by an honorific before it, a post at its side,
its family name in a list, or a table cell of its own. Bodies are read by ``extractor.finding.bodies``. Vocabulary:
``patterns/positions.yaml``, ``people.yaml``.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import regex

from extractor.finding.bodies import NONE, Actor, BodyReader, Found
from extractor.finding.scene import Scene
from extractor.model import Hit, Span
from extractor.patterns import Entry
from extractor.text.view import Block

__all__ = ["Actor", "find_actors"]

_ABBREVIATION = regex.compile(r"\p{Lu}[\p{Lu}&.-]{2,}")
_CLAUSE = regex.compile(r"[^,;:.(\n]*")
_SECOND_HALF = regex.compile(r"(?<=[\p{L}\p{N}])/\p{L}+")
_SHORT_RANK = 6  # letters of a rank that is a common word too (phó, trưởng)
_MOST_POSTS = 6  # posts chained behind one name
_FIELD_WORDS = 10  # words of what an officer is in charge of
_FIELD_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}&/'’]*")


def find_actors(scene: Scene, places: list[Hit]) -> list[Hit]:
    """All people, posts and bodies of a document, in the order of the text.

    Args:
        scene: the document.
        places: named places, so that ``UBND huyện Bù Đăng`` ends where the place's name ends; may be empty.

    Returns:
        Hits whose values are ``Actor``; none stands inside another, but posts of people do (``attached``).
    """
    reader = _Reader(scene, places)
    return [
        Hit(a.kind, a.quote.start, a.quote.end, a.rule, a)
        for index, block in enumerate(scene.view.blocks)
        for a in reader.block(index, block)
        if not (a.kind == "organization" and reader.place_at.covering(a.quote.start) == a.quote)  # huyện Trạm Tấu
    ]


def _second_halves(key: str) -> set[int]:
    """Where the second halves of words like ``đ/c`` begin, which are no words."""
    halves, past = set(), -1
    for half in _SECOND_HALF.finditer(key):
        if half.start() != past:  # of a/b/c the third letter is a word again
            halves.add(half.start() + 1)
            past = half.end()
    return halves


@dataclass(slots=True)
class _Reader(BodyReader):
    """Reads the actors of one document."""

    openers: frozenset[int] = frozenset()  # where a title, a post, a body or a group may begin
    starts: list[int] = field(default_factory=list)  # of words, where any actor may begin
    odd: frozenset[int] = frozenset()  # where one may begin, but no word does: only at the start of a cell

    def __post_init__(self) -> None:
        BodyReader.__post_init__(self)
        self.openers = frozenset().union(self.titles, self.ranks, self.wholes, self.heads, self.dets, self.nouns)
        known, key, halves = self.openers.union(self.families, self.highland), self.key, _second_halves(self.key)
        self.starts = sorted(
            [i for i in known if i not in halves and key[i].isalnum() and not key[i - 1 : i].isalnum()]
        )
        self.odd = known.difference(self.starts)

    # --- the scan -------------------------------------------------------------------------------------------------

    def block(self, index: int, block: Block) -> Iterator[Actor]:
        """Actors of a block, leftmost first, none inside another."""
        at = bisect_left(self.starts, block.start)
        if not self.odd and (at == len(self.starts) or self.starts[at] >= block.end):
            return
        marked = self.scene.layout.content(index).start
        for cell in block.cells or (block.span,):
            if block.cells and (alone := self._cell_name(cell)) is not None:
                yield alone
            else:
                yield from self._cell(cell, marked)

    def _cell(self, cell: Span, marked: int) -> Iterator[Actor]:
        """Actors of a cell, or of a block without cells; its own text begins at ``marked``."""
        position, plural = cell.start, ""
        for i in self._starts(cell, marked):
            if i < position:
                continue
            named = self.is_family(i) and (bool(plural) or i in (cell.start, marked) or self._listed(i, cell.start))
            if not (named or plural or i in self.openers) or self._masked(i):
                continue
            found = self._read(i, cell.end, bare=named, plural=plural)
            plural = ""
            for actor in found:
                yield actor
                position = max(position, actor.extent.end)
            if found and found[0].kind == "person" and self._next_name(found[0].extent.end, cell.end):
                plural = found[0].honorific or "-"

    def _starts(self, cell: Span, marked: int) -> list[int]:
        """Where an actor may begin: at any word that a lexicon knows, at the cell's start, behind its marker."""
        known = self.starts[bisect_left(self.starts, cell.start) : bisect_left(self.starts, cell.end)]
        for edge in self.odd.intersection((cell.start, marked)):
            if cell.start <= edge < cell.end:
                insort(known, edge)
        return known

    def _listed(self, i: int, floor: int) -> bool:
        """Whether a list's mark stands before: ``phụ trách xã: Lê Văn A, Bí thư Huyện đoàn; Vi Thị B, …``."""
        return self.key[max(floor, i - 3) : i].rstrip()[-1:] in (":", ";")

    def _masked(self, i: int) -> bool:
        """Whether a mask holds the word, unless it masks just a body's initials (PC07 looks like a model)."""
        mask = self.scene.masks.covering(i)
        return mask is not None and not any(mask == Span(i, end) for end, _ in self.wholes.get(i, NONE))

    def _cell_name(self, cell: Span) -> Actor | None:
        """A table cell that holds a person's name and nothing else."""
        begin = self._skip(cell.start, cell.end, " \t")
        if not self.is_family(begin) or self.place_at.covering(begin) is not None:
            return None
        end = begin + len(self.text[begin : cell.end].rstrip(" \t;.,"))
        name = self.name(begin, end, least=3)
        if name is None or name.end != end:
            return None
        return Actor("person", name, name, "honorific.family", self.text[begin:end], head=self.key[begin:end])

    def _read(self, i: int, limit: int, *, bare: bool, plural: str) -> list[Actor]:
        if (bare or i in self.titles) and (person := self._person(i, limit, bare=bare, plural=plural)):
            return person
        if i in self.ranks and (post := self._position(i, limit)):
            return self._with_holder(post, limit)
        body = self.organization(i, limit)
        if body and i in self.ranks and self.ranks[i][0][0] > body.end:
            body = None  # Huyện ủy viên is no Huyện ủy
        group = self.group(i, limit)
        if body and (not group or body.end >= group[-1].extent.end):
            places = self._places_of(body.end, limit) if self._is_plural(i) else None
            span = Span(i, places or body.end)
            return [
                Actor("organization", span, span, body.rule, organization=span, generic=body.generic, head=body.head)
            ]
        return group or self._own(i, limit)

    def _own(self, i: int, limit: int) -> list[Actor]:
        """A head noun alone that stands for the body itself: ``Đối với doanh nghiệp, Sở phối hợp với …``."""
        end = self._own_end(i, limit)
        if end is None:
            return []
        span = Span(i, end)
        return [Actor("organization", span, span, "agency.own", organization=span, head=self.key[i:end])]

    # --- people ---------------------------------------------------------------------------------------------------

    def _person(self, i: int, limit: int, *, bare: bool, plural: str) -> list[Actor]:
        for end, entry in self.titles.get(i, NONE):
            begin = self._skip(end, limit, " :")
            if (begin > end or self.key[end - 1] in ".:/") and (found := self._titled(i, end, begin, entry, limit)):
                return found
        if bare and (name := self.name(i, limit, least=2)):
            actor = self._holder(name, name, "" if plural == "-" else plural, "honorific.family", limit)
            if actor.position is not None or plural:
                return [actor]
        return []

    def _titled(self, i: int, end: int, begin: int, entry: Entry, limit: int) -> list[Actor]:
        """What an honorific opens: a clause that identifies people, a post, a title more, or a name."""
        honorific = self.text[i:end]
        if entry.means.get("plural") and (clause := self.words.clause.match(self.key, begin, limit)):
            span = Span(i, self._clause_end(clause.end(), limit))
            return [Actor("position", span, span, entry.id, position=span, head=self.key[i:end])]
        if (ranked := self._named_rank(i, begin, honorific, limit)) is not None:
            return [ranked]
        if (post := self._position(begin, limit)) is not None:
            return self._with_holder(replace(post, extent=Span(i, post.extent.end), honorific=honorific), limit)
        if (rank := self._bare_rank(i, begin, entry, honorific, limit)) is not None:
            return [rank]
        after = next((e for e, _ in self.titles.get(begin, NONE)), None)
        if after is not None:  # đồng chí Đại tá Bùi Văn A: two titles
            begin = self._skip(after, limit, " ")
        name = self.name(begin, limit, least=1 if entry.means.get("single") else 2)
        return [] if name is None else [self._holder(name, Span(i, name.end), honorific, entry.id, limit)]

    def _named_rank(self, i: int, begin: int, honorific: str, limit: int) -> Actor | None:
        """A person behind an honorific and a post that names no body: ``đồng chí Phó Trưởng phòng Lê Văn An``."""
        for end, entry in self.ranks.get(begin, NONE):
            post = Span(begin, self._own_room(end, limit))
            if not self._name_follows(post.end, limit) or self.place_at.covering(post.end + 1) is not None:
                continue
            name = self.name(post.end + 1, limit, least=2)
            if name is not None:
                said, head = self.text[name.start : name.end], self.key[name.start : name.end]
                return Actor("person", name, Span(i, name.end), entry.id, said, honorific, post, head=head)
        return None

    def _bare_rank(self, i: int, begin: int, entry: Entry, honorific: str, limit: int) -> Actor | None:
        """A rank without its body behind an honorific (các đồng chí Phó Chủ tịch)."""
        rank = next(iter(self.ranks.get(begin, NONE)), None)
        if rank is None or self._name_follows(rank[0], limit):
            return None
        span = Span(begin, rank[0])
        return Actor(
            "position",
            span,
            Span(i, rank[0]),
            rank[1].id,
            honorific=honorific,
            position=span,
            generic=bool(entry.means.get("plural")),
            head=self.key[begin : rank[0]],
        )

    def _next_name(self, end: int, limit: int) -> bool:
        """Whether a list of names goes on: a comma or ``và``, then a name that begins with a family name."""
        joint = self.words.listed.match(self.key, end, limit)
        return bool(joint and self.is_family(joint.end()) and self.name(joint.end(), limit, least=2))

    def _holder(self, name: Span, extent: Span, honorific: str, rule: str, limit: int) -> Actor:
        """A person with the posts that follow the name."""
        first, end = None, name.end
        joint = self.words.post_joint.match(self.key, end, limit)
        for _ in range(_MOST_POSTS):
            post = None if joint is None else self._post(joint.end(), limit)
            if post is None or self._name_follows(post[0].end, limit):
                break
            if first is not None and post[1]:
                break  # … và thủ trưởng các ngành: other people
            first, end = (post[0].start if first is None else first), post[0].end
            joint = self.words.post_chain.match(self.key, end, limit)
            if joint is not None and not self.ranks.get(joint.end(), NONE):
                joint = None
        position = None if first is None else Span(first, end)
        if position is not None and "(" in self.text[name.end : position.start] and self.text[end : end + 1] == ")":
            end = self._past_more_posts(end + 1, limit)
        whole = Span(extent.start, max(extent.end, end))
        said, head = self.text[name.start : name.end], self.key[name.start : name.end]
        return Actor("person", name, whole, rule, said, honorific, position, head=head)

    def _past_more_posts(self, end: int, limit: int) -> int:
        """Behind a post that a person has besides the one in brackets: ông A (Giám đốc Sở B), Tổ phó, giúp …"""
        joint = self.words.post_chain.match(self.key, end, limit)
        post = None if joint is None or "," not in joint[0] else self._post(joint.end(), limit)
        if joint is None or post is None or post[1] or self._name_follows(post[0].end, limit):
            return end
        return post[0].end

    def _name_follows(self, end: int, limit: int) -> bool:
        start = end + 1
        return (
            self.text[end : end + 1] == " " and self.is_family(start) and self.name(start, limit, least=2) is not None
        )

    def _post(self, i: int, limit: int) -> tuple[Span, bool] | None:
        """A post beside a name, with its body or alone, and whether it is one of many people."""
        if (actor := self._position(i, limit)) is not None:
            return actor.quote, actor.generic
        for end, entry in self.ranks.get(i, NONE):
            if sector := self._sector(self._skip(end, limit, " "), limit, join=True):
                return Span(i, sector), False
            if entry.means.get("head") != "body" or self.text[i].isupper() or end - i > _SHORT_RANK:
                if (
                    self.text[end : end + 1] == " "
                    and self.text[end + 1 : end + 2].isupper()
                    and not self.is_family(end + 1)
                    and (name := self._open(end + 1, limit)) is not None
                ):
                    return Span(i, name), False
                return Span(i, self._own_room(end, limit)), False
        return None

    def _own_room(self, end: int, limit: int) -> int:
        """Behind the common noun of a body just named: đồng chí Lê Văn A - Trưởng phòng; … - Phó Trưởng khoa."""
        noun = self._longest(self.heads, end + 1, limit) if self.text[end : end + 1] == " " else None
        return end if noun is None or not self.text[end + 1].islower() else noun

    def _with_holder(self, post: Actor, limit: int) -> list[Actor]:
        """A post, or the person whose name follows it (Chủ tịch UBND tỉnh Nguyễn Văn A)."""
        end = post.extent.end
        if self.text[end : end + 1] == " ":
            begin = next((self._skip(e, limit, " ") for e, _ in self.titles.get(end + 1, NONE)), end + 1)
            named = begin != end + 1 or self.is_family(begin)
            if named and self.text[begin - 1] == " " and (name := self.name(begin, limit, least=2)):
                honorific = post.honorific or self.text[end + 1 : begin].strip()
                board = self._board_post(name.end, limit)
                extent = Span(post.extent.start, name.end if board is None else board.quote.end)
                said = self.text[name.start : name.end]
                person = Actor("person", name, extent, post.rule, said, honorific, post.quote, post.organization)
                return [person, replace(post, attached=True, extent=post.quote)]
        board = None if post.generic or self._steers(post.organization) else self._board_post(post.quote.end, limit)
        if board is None:
            return [post]
        both = Span(post.quote.start, board.quote.end)
        return [replace(post, quote=both, position=both, extent=Span(post.extent.start, both.end))]

    def _board_post(self, end: int, limit: int) -> Actor | None:
        """What its holder is in a steering body, behind a post: Phó Chủ tịch UBND xã, Trưởng Ban Chỉ đạo.

        Behind a dash any post is the same one's, the bare one of a team too (Trưởng phòng Y tế - Tổ trưởng).
        """
        joint = self.words.post_chain.match(self.key, end, limit)
        mark = "" if joint is None else joint[0].strip()
        if joint is None or mark[:1] not in (",", "-"):
            return None
        post = self._position(joint.end(), limit)
        if post is None and mark == "-" and joint[0] != mark and (bare := self._post(joint.end(), limit)) is not None:
            post = Actor("position", bare[0], bare[0], "position.chain", position=bare[0], generic=bare[1])
        if post is None or post.generic or self._name_follows(post.extent.end, limit):
            return None
        return post if mark == "-" or self._steers(post.organization) else None

    def _steers(self, body: Span | None) -> bool:
        return body is not None and any(e.id.endswith(".steering") for _, e in self.wholes.get(body.start, NONE)[:1])

    def _clause_end(self, end: int, limit: int) -> int:
        """A clause that identifies people runs to the next mark."""
        match = _CLAUSE.match(self.key, end, limit)
        return end + len(match[0].rstrip()) if match else end

    # --- posts ----------------------------------------------------------------------------------------------------

    def _position(self, i: int, limit: int) -> Actor | None:
        """A post with the body it is of (the longest reading)."""
        best: Actor | None = None
        for end, entry in self.ranks.get(i, NONE):
            candidate = self._ranked(i, end, entry, limit)
            if candidate is not None and (best is None or candidate.quote.end > best.quote.end):
                best = candidate
        return best

    def _ranked(self, i: int, end: int, entry: Entry, limit: int) -> Actor | None:
        plain, staff = entry.means.get("plain"), entry.means.get("rank") == "staff"
        body = self._complement(end, limit, chain=not plain, sector=staff)
        if body is None and staff:
            body = self._charge(i, end, limit)
        if body is None:
            small = not self.text[i].isupper()
            if not plain and (small or not self._heads_line(i, end, limit)):
                return None
            if plain and small and (end - i <= _SHORT_RANK or plain == "capital"):
                return None
            span = Span(i, end)
            return Actor("position", span, span, entry.id, position=span, head=self.key[i:end])
        span = Span(i, body.end)
        return Actor(
            "position",
            span,
            span,
            entry.id,
            position=span,
            organization=Span(self._skip(end, limit, " "), body.end),
            generic=body.generic or (entry.means.get("rank") != "member" and self._is_plural(i)),
            head=self.key[i:end],
        )

    def _heads_line(self, i: int, end: int, limit: int) -> bool:
        """Whether a post is all that a line says before its colon: ``2. Phó Hiệu trưởng``, ``Giám đốc: …``."""
        behind = self._skip(end, limit, " ")
        alone = behind >= limit or self.text[behind] == ":"
        return alone and self.scene.layout.content(self.scene.view.block_index(i)).start == i

    def _is_plural(self, i: int) -> bool:
        """Whether ``các`` stands before a post: of several bodies, and so of nobody in particular."""
        return self.words.plural.search(self.key[max(0, i - 12) : i]) is not None

    def _complement(self, end: int, limit: int, *, chain: bool, sector: bool) -> Found | None:
        """The body behind a rank; lower case is no bar here (trưởng phòng tài chính). Ranks may be chained."""
        if self.text[end : end + 1] not in (" ", ","):
            return None
        joint = self.words.post_chain.match(self.key, end, limit)
        if (
            joint is not None
            and joint[0].strip()
            and (self.text[end] == "," or self.words.also.match(joint[0].strip()))
        ):
            return self._chained(joint.end(), limit) if chain else None
        begin = self._skip(end, limit, " ,")
        if (of := self.words.post_of.match(self.key, begin, limit)) is not None:
            begin = of.end()  # thành viên khác trong Tiểu ban
        body, group = self.organization(begin, limit, lower=True), self.group(begin, limit)
        if body and (not group or body.end >= group[-1].extent.end):
            return body
        if group:  # "người đứng đầu | cấp ủy, chính quyền, cơ quan, đơn vị"
            return Found(group[-1].extent.end, group[0].rule, group[0].head, all(g.generic for g in group))
        if (alone := self.words.alone.match(self.key, begin, limit)) is not None:
            said = Found(alone.end(), "agency.alone", alone[0], generic=True)  # thủ trưởng đơn vị, trưởng đoàn thể xã
            return self._tails(said, limit, None)
        if sector and (named := self._sector(begin, limit, join=True)):
            return self._tails(Found(named, "agency.sector.staff", self.key[begin:named]), limit, None)
        abbreviation = _ABBREVIATION.match(self.text, begin, limit)
        if abbreviation and not (self.ranks.get(begin, NONE) or self.text[end - 2 : end].isupper()):
            found = Found(abbreviation.end(), "agency.whole.office", abbreviation[0].lower())
            return self._tails(found, limit, None)
        level = next(((e, w) for e, w in self.levels.get(begin, NONE) if e <= limit), None)
        if level is not None:
            found = Found(level[0], level[1].id, self.key[begin : level[0]])
            found.end = self._level(begin, level, limit, found)
            return found
        return self._own_body(begin, limit)

    def _charge(self, i: int, end: int, limit: int) -> Found | None:
        """The field that an officer without a body is known by: cán bộ phụ trách lĩnh vực giám sát và phản biện."""
        opened = self.words.charge.match(self.key, self._skip(end, limit, " "), limit)
        if opened is None or not self._stands_alone(i) or opened.end() in self.dets or opened.end() in self.levels:
            return None
        position, last, joined = opened.end(), end, True
        for _ in range(_FIELD_WORDS):
            if self._opens(position) or (not joined and self._ends_name(position)):
                break
            token = _FIELD_WORD.match(self.text, position, limit)
            if token is None:
                break
            known = self._longest(self.sectors, position, limit) or (
                joined and self._longest(self.verbs, position, limit)
            )
            last = max(token.end(), known or 0)
            joint = self.words.listed.match(self.key, last, limit)
            joined = joint is not None and self._goes_on_field(joint.end(), joint[0])
            position = joint.end() if joint is not None and joined else self._skip(last, limit, " ")
            if position == last:
                break
        return None if last == end else Found(last, "position.charge", self.key[opened.end() : last])

    def _stands_alone(self, i: int) -> bool:
        """Whether no verb takes the officer for its object: phân công | cán bộ phụ trách thôn."""
        ahead = self.key[max(0, i - 4) : i].rstrip()
        return self.text[i].isupper() or not ahead[-1:].isalpha() or self.words.also.search(ahead) is not None

    def _goes_on_field(self, position: int, joint: str) -> bool:
        """Whether behind a joint the field goes on; behind a comma only with a capital or with a known one."""
        return "," not in joint or self.text[position : position + 1].isupper() or position in self.sectors

    def _own_body(self, begin: int, limit: int) -> Found | None:
        """The body in its own papers, by its head noun alone: Giám đốc Sở, Viện trưởng Viện."""
        end = self._head_alone(begin, limit)
        return None if end is None else Found(end, self.heads[begin][0][1].id, self.key[begin:end])

    def _chained(self, begin: int, limit: int) -> Found | None:
        """The body of the second of two ranks (Bí thư, Chủ tịch UBND xã)."""
        rank = next((e for e, _ in self.ranks.get(begin, NONE)), None)
        if rank is None or self.text[rank : rank + 1] != " " or rank + 1 in self.dets:
            return None  # các đ/c Phó Bí thư, Trưởng | các đoàn thể: other people
        return self._complement(rank, limit, chain=True, sector=False)
