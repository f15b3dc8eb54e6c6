"""Who is to do what: from actors and duties to the rows of ``assignments`` (DOMAIN §7.4-7.6).

The decisions of ANNOTATION that it follows are 9, 13-16, 28, 35 and 39.

A clause is read as ``circumstance, SUBJECT GROUP verbs PARTNER GROUP object``. What stands left of a group of actors
says what the group is (subject, addressee of a command, partner, agent of a passive, or nobody's assignee); what stands
right of it says what it has to do. Task tables, labels (``Đơn vị chủ trì: …``), roles in brackets and headings that
name a body are read before the clauses. Vocabulary: ``patterns/duties.yaml``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import regex

from extractor.finding import gazetteer
from extractor.finding.bodies import Actor
from extractor.finding.place_records import words
from extractor.finding.scene import Scene
from extractor.model import Assignment, Evidence, Flag, Hit, Role, Span
from extractor.patterns import Entry, PatternSet, one_of
from extractor.relating.confidence import rated
from extractor.relating.duties import (
    AFTER_SUBJECT,
    LONGEST_CLAUSE,
    PRECEDENCE,
    Duty,
    DutyReader,
    Group,
    Verb,
    bracket_at,
    past,
    skip_brackets,
)
from extractor.relating.rows import RowMaker
from extractor.text.layout import Node

_SENTENCE = regex.compile(r"[.!?]\s")
_LABEL_COLON = regex.compile(r"(?: \p{L}+){0,3}\s*:\s*")
_LISTED = regex.compile(r"[^\s,;][^,;]*+")
_UNIT_NAME = regex.compile(r"\p{Lu}[\p{L}'’]*(?:[ –-]{1,3}\p{Lu}[\p{L}'’]*){0,4}")
# a name of up to seven words that begins with a capital and has no figure: "TT Phục vụ HCC", "Viettel"
_NAMED = regex.compile(r"\p{Lu}[\p{L}'’&.-]*+(?: [\p{L}'’&.-]++){0,6}")
_BARE_NAME = regex.compile(r"\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+){1,3}\s*(?=[,;.(]|$)")
_SPACES = regex.compile(r"\s*")
_MOST_READINGS = 8  # places where a list of bodies may be cut
_NEAR = 60  # characters in which a mark must follow
_SHORT_WORD = 4  # characters of a word like ``do``
_BEHIND_DASH = regex.compile(r"\s?[-–:]\s")
_RUN_IN = 90  # characters of a heading between the body's name and the colon
_LABEL_REST = 40  # characters that may stand between the bodies of a label's list
_TOPIC = 160  # characters of the words before the colon in ``Công tác hậu cần: Văn phòng UBND huyện``
_OF_PLACE = regex.compile(r"(\p{Lu}[\p{L} -]{1,24}): \p{Lu}[^:\n]{20,200}(?<![.;:])$")
_LEAST_ARTICLE = 3  # blocks of an article, with its headline
_PARTNERS = 300  # characters of a list of those that somebody works with
_DOERS = 240  # characters of a bracket that says who does the work before it
_LONGEST_PAPER = 700  # characters before "Theo đó" in which the paper is told of
_LONGEST_ROSTER = 40  # lines of people over which the line that says what they do is looked for
_STANDS = "duty.stands"
_ORDERS = frozenset({"give", "ask"})
_SUBJECTS = frozenset({"subject", "give", "ask"})


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row before it is written."""

    actor: Actor
    role: Role
    form: str
    duty: Span | None
    task: Span | None
    inherited: bool
    cues: tuple[tuple[str, Span], ...] = ()


def relate_assignments(scene: Scene, make: RowMaker, actors: list[Hit], times: list[Hit]) -> tuple[Assignment, ...]:
    """The assignees of all assignment statements of a document, in the order of the text."""
    named = [h.value for h in actors if isinstance(h.value, Actor) and not h.value.attached]
    relater = _Relater(scene, named, times=times)
    drafts: dict[int, _Draft] = {}
    for draft in relater.drafts():
        drafts.setdefault(draft.actor.quote.start, draft)
    for start in _announced(scene, drafts):
        del drafts[start]
    return tuple(_row(scene, make, drafts[start]) for start in sorted(drafts))


def _announced(scene: Scene, drafts: Mapping[int, _Draft]) -> list[int]:
    """The drafts of headings that only say whom the list below names (``Phân công thành viên … phụ trách thôn``)."""
    named = {
        node.index
        for start, draft in drafts.items()
        if draft.actor.kind == "person"
        for node in scene.layout.ancestors(scene.layout.node_at(start))
        if not node.heading.start <= start < node.heading.end
    }
    given = [start for start, draft in drafts.items() if draft.form == "give" and draft.actor.kind == "position"]
    nodes = ((start, scene.layout.node_at(start)) for start in given)
    return [s for s, node in nodes if node is not None and node.index in named and s < node.heading.end]


def _row(scene: Scene, make: RowMaker, draft: _Draft) -> Assignment:
    actor, quote = draft.actor, draft.actor.quote
    span = make.span(quote.start, quote.end)
    evidence: list[Evidence] = [make.evidence("pattern", actor.rule, quote, f"assignee_type={actor.kind}")]
    evidence += [make.evidence("cue", rule, cue, f"role={draft.role}") for rule, cue in draft.cues]
    if draft.inherited and draft.task is not None:
        evidence.append(make.evidence("inherited", "duty.task", draft.task, "task"))
    flags: tuple[Flag, ...] = () if draft.task is not None else (make.flag("no_task"),)
    rule = f"assignment.{draft.form}"
    marks = (draft.form, actor.kind, "generic" if actor.generic else "", "no task" if draft.task is None else "")
    confidence, measured = rated("assignments", marks, rule)
    organization = actor.organization if actor.kind == "organization" or actor.organization is not None else None
    return Assignment(
        assignment_id=make.id("a", span.start),
        doc_id=make.doc_id,
        section_id=make.section_id(quote.start),
        start=span.start,
        end=span.end,
        quote=make.quote(quote.start, quote.end),
        assignee_type=actor.kind,
        name=actor.name,
        honorific=actor.honorific,
        position=_verbatim(make, actor.position),
        organization=_verbatim(make, organization),
        role=draft.role,
        duty=_verbatim(make, draft.duty),
        task=_verbatim(make, draft.task),
        flags=flags,
        rule=rule,
        confidence=confidence,
        evidence=(*evidence, measured),
    )


def _verbatim(make: RowMaker, span: Span | None) -> str:
    return "" if span is None else make.verbatim(span.start, span.end)


@dataclass(slots=True)
class _Columns:
    """What the columns of a task table hold: roles by number, and the numbers of tasks, names and posts."""

    roles: dict[int, tuple[Role, Span, str]] = field(default_factory=dict)
    tasks: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)
    task: Span | None = None  # of the rows above, for those that share its cell


@dataclass(slots=True)
class _Relater(DutyReader):
    """Reads the assignments of one document."""

    labelled: list[int] = field(default_factory=list)  # where the labels of the block in hand begin
    doing: bool = False  # an earlier clause of the sentence gives somebody something to do
    idle: dict[int, bool] = field(default_factory=dict)  # sections known to assign nothing, or not, by their index

    # --- the document ---------------------------------------------------------------------------------------------

    def drafts(self) -> Iterator[_Draft]:
        """Rows of tables, then block by block labels, headings and clauses; the first reading of an actor wins."""
        in_table = {i for t in self.scene.layout.tables for i in (*t.header, *t.rows)}
        yield from self._tables()
        for index in self.scene.body_blocks():
            block = self.scene.view.blocks[index]
            if index in in_table or not self._inside(block.start, block.end) or self._assigns_nothing(index):
                continue
            if self._is_headline(index):
                continue
            about = self._about(index)
            yield from (draft for draft in self._of_block(index) if draft.actor.extent.start >= about)

    def _is_headline(self, index: int) -> bool:
        """Whether a block is the line above an article: its first, a sentence without its full stop.

        Or a link to another report, among the paragraphs of this one: it begins with the name of another province.
        """
        blocks = self.scene.view.blocks
        block = blocks[index]
        if index and self.scene.layout.portal and (named := _OF_PLACE.match(self.text, block.start, block.end)):
            units = gazetteer.load().named(named[1], level="province")
            return bool(units) and self.scene.document.province not in {unit.name for unit in units}
        if self._above(index) >= 0 or len(blocks) < _LEAST_ARTICLE:
            return False
        if self.scene.layout.markers[index] is not None or block.cells:
            return False
        said = self.key[block.start : block.end].rstrip()
        group = next(self._each_group(block.span), None)
        alone = group is not None and group.span.end - block.start == len(said)
        return not alone and said[-1:].isalnum()

    def _of_block(self, index: int) -> Iterator[_Draft]:
        listed = list(self._roster(index)) or list(self._on_team(index)) or list(self._crew(index))
        yield from listed
        yield from self._labels(index)
        if not listed:
            yield from self._heading(index)
        yield from self._topic(index)
        yield from self._shared(index)
        yield from self._clauses(index)

    def _clauses(self, index: int) -> Iterator[_Draft]:
        """The clauses of a block; a list of bodies cut by semicolons waits for the clause that has the verb."""
        waiting: list[Actor] = []
        previous: _Draft | None = None
        last: _Draft | None = None
        telling = False
        self.led = False
        ordered, ended, told, doing = self.ordering == self._above(index), 0, False, False
        for clause in self.scene.clauses(index):
            if (listed := self._only_actors(index, clause)) is not None:
                waiting += listed
                continue
            joined = self.text.startswith(";", ended)
            self.urged, self.commanded, self.doing = ordered, ordered and joined, doing and joined
            self.handed = False
            made = self._parted([self._gapped(draft, previous) for draft in self._clause(index, clause)])
            if told and all(d.actor.generic and self.text[d.actor.quote.start].islower() for d in made):
                made = []  # "đã bảo đảm các quy định …; địa phương hoàn thành nhiệm vụ"
            if telling and not self.cues.modal.search(self.key, clause.start, clause.end):
                made = [d for d in made if d.form != "subject" or d.role != "implement" or self._is_urged(d)]
            if self.scene.narrates:
                made = [d for d in made if not self._only_presides(d)]
            telling = self._goes_on_telling(clause, made, telling)
            told = not made and self.cues.told.search(self.key, clause.start, clause.end) is not None
            told = told and self.text.startswith(";", clause.end)
            ordered = any(d.form in _ORDERS for d in made) or (ordered and bool(made)) or self._asks_in(clause)
            ordered = ordered or self.handed
            made = made or self._stands_too(clause, last)
            ended, doing = clause.end, self.doing or bool(made)
            last = made[-1] if made else None
            self.led = self.led or any(d.role == "lead" and d.form in _SUBJECTS for d in made)
            yield from made or self._doers(clause)
            if waiting and made and made[0].form in _SUBJECTS:
                yield from (replace(made[0], actor=actor) for actor in waiting)
            waiting, previous = [], next((d for d in reversed(made) if d.form in _SUBJECTS), previous)
        self.ordering = index if ordered else -1

    @staticmethod
    def _only_presides(draft: _Draft) -> bool:
        """``Kỳ họp thứ ba khai mạc sáng 02/12. | Ông A, Chủ tịch HĐND xã chủ trì``: news of who led a meeting."""
        alone = draft.role == "lead" and draft.form == "subject" and draft.actor.kind == "person"
        return alone and draft.task is not None and any(mark == draft.task for _, mark in draft.cues)

    def _parted(self, made: list[_Draft]) -> list[_Draft]:
        """The drafts of a clause, each task as far as the next subject's own duty: ``A chủ trì X, | B bố trí Y``."""
        steered = [d.actor.extent.start for d in made if d.form == "steer"]
        starts = sorted(d.actor.extent.start for d in made if d.form == "subject" and d.duty is not None)
        for start in starts:
            before = self._before(start)
            if self.key[before - 1] != ",":
                continue
            for number, draft in enumerate(made):
                task = draft.task
                if task is None or not task.start < start < task.end or draft.actor.extent.start >= start:
                    continue
                if not self._verbs_between(task.start, start) or any(task.start <= s < start for s in steered):
                    continue  # what somebody tells others to do is all his
                made[number] = replace(draft, task=self._trim(Span(task.start, before)))
        return made

    def _above(self, index: int) -> int:
        """The block before, past what is the page's: a picture's caption parts no order from who has it."""
        return next((i for i in range(index - 1, -1, -1) if self.scene.layout.zones[i] != "navigation"), -1)

    def _goes_on_telling(self, clause: Span, made: Sequence[_Draft], telling: bool) -> bool:
        """Whether a paragraph of an article goes on to tell what was done, as its clause before did."""
        if self.scene.document.doc_type or any(d.form in _ORDERS for d in made):
            return False
        return telling or (not made and self.cues.told.search(self.key, clause.start, clause.end) is not None)

    def _is_urged(self, draft: _Draft) -> bool:
        """Whether an adverb of duty stands right behind the subject (``Công an xã tăng cường tuần tra``)."""
        behind = past(AFTER_SUBJECT, self.key, draft.actor.extent.end, len(self.key))
        return self.cues.adverb.match(self.key, behind) is not None

    def _gapped(self, draft: _Draft, previous: _Draft | None) -> _Draft:
        """``Sở A chịu trách nhiệm chỉ tiêu 1; Sở B chỉ tiêu 2``: the verb is the clause's before."""
        if draft.cues or draft.form != "subject" or draft.task is None or previous is None or previous.task is None:
            return draft
        mine, its = (self.key[t.start : t.end].split(None, 2)[:2] for t in (draft.task, previous.task))
        return replace(draft, role=previous.role, cues=previous.cues) if len(mine) == 2 and mine == its else draft

    def _only_actors(self, index: int, clause: Span) -> list[Actor] | None:
        """The bodies of a clause that holds nothing else: a list cut by semicolons (``Sở A; Sở B chịu …``)."""
        if self.text[clause.end : clause.end + 1] != ";":
            return None
        groups = self._groups(clause)
        if len(groups) != 1:
            return None
        end = groups[0].span.end
        if groups[0].members[-1].kind == "person":
            end = skip_brackets(self.key, end, clause.end)  # "ông A - Trưởng phòng Kinh tế (Tổ trưởng)"
        if self.key[end : clause.end].strip() or any(self._verbs_between(groups[0].span.end, end)):
            return None
        side = self._left(clause, groups[0].span.start)[0]
        return list(groups[0].members) if side in ("start", "command") else None

    def _assigns_nothing(self, index: int) -> bool:
        """Whether a block stands in a section of results, or of what is asked of those above."""
        node = self.scene.layout.node_at(self.scene.view.blocks[index].start)
        if node is None:
            return False
        known = self.idle.get(node.index)
        if known is None:
            known = self.idle[node.index] = self._is_idle(node)
        return known

    def _is_idle(self, node: Node) -> bool:
        above = self.scene.layout.ancestors(node)
        if node.kind == "results":
            headings = [n for n in above if n.kind == "results" and self._next_actor(n.heading.start) > n.heading.start]
            if any(n.level == 1 or self.cues.findings.search(self._said(n.heading)) for n in headings):
                return True  # but ``3. Đánh giá, phân hạng`` of a plan is work to be done
        return any(self.cues.upward.search(self._said(n.heading)) for n in above)

    def _said(self, span: Span) -> str:
        return self.key[span.start : span.end]

    # --- tables (form 8) ------------------------------------------------------------------------------------------

    def _tables(self) -> Iterator[_Draft]:
        view = self.scene.view
        for table in self.scene.layout.tables:
            columns = _Columns()
            for head in table.header:
                for number, cell in enumerate(view.blocks[head].cells):
                    self._column(number, cell, columns)
            for row in (*table.header, *table.rows):
                yield from self._cell_labels(row, columns)
            if not (columns.roles or columns.people):
                continue
            for row in table.rows:
                inner = self._columns(row)
                if inner.tasks and (inner.roles or inner.people):
                    columns = inner  # the next table begins without a line between
                else:
                    yield from self._table_row(row, columns)
                    yield from self._table_units(row, columns)
                    yield from self._table_named(row, columns)

    def _cell_labels(self, row: int, columns: _Columns) -> Iterator[_Draft]:
        """Labels inside of cells: ``Mở lớp | Chủ trì: Sở Y tế. Phối hợp: Sở Nội vụ | Quý II``."""
        cells = self.scene.view.blocks[row].cells
        for number, cell in enumerate(cells):
            found = [] if number in columns.roles else self._labels_in(cell, glued=True)
            if not found or (self.key[cell.start : found[0][0]].strip(" (-–+") and not columns.tasks):
                continue
            others = [cells[c] for c in columns.tasks if c < len(cells)] or cells[:number]
            works = [said for other in others if self.text[other.start] != "(" and (said := self._trim(other))]
            task = max(works, key=len, default=None)
            above = task is None or not self._verbs_between(task.start, task.end)
            if above and (headed := self._heading_of(row, labelled=True)) is not None:
                task = headed
            yield from self._labelled(row, found, cell.end, task, above=False)

    def _columns(self, row: int) -> _Columns:
        columns = _Columns()
        for number, cell in enumerate(self.scene.view.blocks[row].cells):
            self._column(number, cell, columns)
        return columns

    def _column(self, number: int, cell: Span, columns: _Columns) -> None:
        """What the head of a column says: a role, the task, people's names, their posts."""
        begin = next((i for i in range(cell.start, cell.end) if not self.text[i].isspace()), cell.end)
        name = self.key[cell.start : cell.end].strip(" .:*")
        label = self.labels.get(begin)
        # "Cơ quan chủ trì theo dõi, đánh giá", but no sentence that begins with such words
        if label is not None and (label[0] - begin) * 5 >= 2 * len(name):
            columns.roles[number] = (cast(Role, label[1].means["role"]), cell, label[1].id)
            return
        parts = {"task": columns.tasks, "person": columns.people, "post": columns.posts}
        for hit in self.scene.patterns.lexicon("duty").matches(name, overlapping=True):
            kept = parts.get(str(hit.value.means.get("part")))
            if kept is not None and hit.start == 0 and 2 * hit.end >= len(name):
                kept.append(number)
                return

    def _table_row(self, row: int, columns: _Columns) -> Iterator[_Draft]:
        cells = self.scene.view.blocks[row].cells
        task = self._table_task(cells, columns)
        post = next((self._trim(cells[c]) for c in columns.posts if c < len(cells)), None)
        for actor in self._inside(cells[0].start, cells[-1].end):
            column = next((i for i, c in enumerate(cells) if c.start <= actor.quote.start < c.end), -1)
            if actor.kind == "person" and actor.position is None and post is not None:
                actor = replace(actor, position=post)
            if column in columns.roles:
                role, head, rule = columns.roles[column]
                if role != "support" or not self._is_common(actor):
                    yield _Draft(actor, role, "table", None, task, False, ((rule, head),))
            elif column in columns.people and columns.tasks and task is not None and actor.kind == "person":
                duty = self._duty(task, anything=True)
                role = "implement" if duty is None else duty.role
                yield _Draft(actor, role, "table", None, task, False, (("duty.column.person", actor.quote),))

    def _table_task(self, cells: Sequence[Span], columns: _Columns) -> Span | None:
        """The cell that says what is to be done: the task's column, else the longest of the first others.

        Where it is empty and the row has no number of its own either, it is one cell with the row's above.
        """
        others = [c for i, c in enumerate(cells) if i not in columns.roles and i not in columns.people][:3]
        task = max([cells[c] for c in columns.tasks if c < len(cells)] or others, key=len, default=None)
        said = None if task is None else self._trim(task)
        if columns.tasks and (said is not None or self._trim(cells[0]) is not None):
            columns.task = said
        return columns.task if columns.tasks else said

    def _table_units(self, row: int, columns: _Columns) -> Iterator[_Draft]:
        """Named units alone in a role's cell (``Thôn Đông, thôn Tây``): there they stand for those who run them."""
        cells = self.scene.view.blocks[row].cells
        noun = words(self.scene.patterns).unit_noun
        for number, (role, head, rule) in columns.roles.items():
            cell = self._trim(cells[number]) if number < len(cells) else None
            if cell is None or self._inside(cell.start, cell.end):
                continue
            listed = (self._trim(Span(*part.span())) for part in _LISTED.finditer(self.text, cell.start, cell.end))
            units = [unit for unit in listed if unit is not None]
            heads = [past(noun, self.key, unit.start, unit.end) for unit in units]
            if not all(_UNIT_NAME.fullmatch(self.text, i, u.end) for i, u in zip(heads, units, strict=True)):
                continue
            if any(i == unit.start for i, unit in zip(heads, units, strict=True)):
                continue
            for unit in units:
                actor = Actor("organization", unit, unit, "agency.group.noun", organization=unit, units=True)
                yield _Draft(actor, role, "table", None, self._table_task(cells, columns), False, ((rule, head),))

    def _table_named(self, row: int, columns: _Columns) -> Iterator[_Draft]:
        """A name that no lexicon knows in a role's cell (``Viettel``, ``TT Phục vụ HCC``): the column says so."""
        cells = self.scene.view.blocks[row].cells
        task, cues = self._table_task(cells, columns), self.cues
        for number, (role, head, rule) in columns.roles.items():
            cell = self._trim(cells[number]) if number < len(cells) else None
            if cell is None or (number in columns.tasks) or task is None:
                continue
            known = [actor.extent for actor in self._inside(cell.start, cell.end)]  # a person's post with the name
            for part in _LISTED.finditer(self.text, cell.start, cell.end):
                named = self._trim(Span(*part.span()))
                if named is None or any(q.start < named.end and named.start < q.end for q in known):
                    continue
                if cues.no_name.match(self.key, named.start) or named.start in self.verbs:
                    continue  # "Các đơn vị", "Thường xuyên", "Báo cáo hằng tháng"
                if known and _sector(self.scene.patterns).match(self.key, named.start) is not None:
                    continue  # "Sở Văn hóa, | Thể thao và Du lịch": the rest of a name
                if _NAMED.fullmatch(self.text, named.start, named.end) is None:
                    continue
                actor = Actor("organization", named, named, "duty.column.named", organization=named)
                yield _Draft(actor, role, "table", None, task, False, ((rule, head),))

    # --- labels: "Đơn vị chủ trì: Sở Y tế" --------------------------------------------------------------------------

    def _labels(self, index: int) -> Iterator[_Draft]:
        content = self.scene.layout.content(index)
        found = self._labels_in(content)
        self.labelled = [start for start, _, _ in found]
        if not found:
            return
        above = not self.key[content.start : found[0][0]].strip(" (") or bool(
            self.cues.det.expression.fullmatch(self.key[content.start : found[0][0]])
        )
        work = self._before_bracket(content.start, found[0][0])
        task = self._heading_of(index, labelled=True) if above else self._trim(work)
        yield from self._labelled(index, found, content.end, task, above=above)

    def _labelled(
        self, index: int, found: Sequence[tuple[int, int, Entry]], end: int, task: Span | None, *, above: bool
    ) -> Iterator[_Draft]:
        """The bodies behind each of some labels, up to the next label; ``above``: their task is a heading's."""
        for number, (start, begin, entry) in enumerate(found):
            stop = found[number + 1][0] if number + 1 < len(found) else end
            stop = self._closing(begin, stop)
            role = cast(Role, entry.means["role"])
            mark = Span(start, begin)
            if role == "implement" and self._has_role(begin, stop):
                continue  # Phân công thực hiện: Sở A chủ trì, Sở B phối hợp; …: Tổ công tác do ông A làm Tổ trưởng
            for actor in self._listed(index, begin, stop):
                if role != "support" or not self._is_common(actor) or actor.kind == "position":
                    yield _Draft(actor, role, "label", self._trim(mark), task, above, ((entry.id, mark),))

    def _has_role(self, begin: int, stop: int) -> bool:
        """Whether the first bodies behind a label have a role's verb of their own, or somebody who leads them."""
        group = next(self._each_group(Span(begin, stop)), None)
        if group is None:
            return False
        behind = past(_SPACES, self.key, group.span.end, stop)
        verb = self.verbs.get(behind)
        led = any(behind < end <= behind + _SHORT_WORD for end in self.agents)
        return led or (verb is not None and verb.role in ("lead", "support"))

    def _labels_in(self, content: Span, *, glued: bool = False) -> list[tuple[int, int, Entry]]:
        """Labels of a block: (start, where what they label begins, entry).

        ``glued``: the lines of a cell run on, so that a capital is enough to begin a label.
        """
        found: list[tuple[int, int, Entry]] = []
        first, last = (bisect_left(self.label_starts, i) for i in (content.start, content.end))
        for start in self.label_starts[first:last]:
            end, entry = self.labels[start]
            colon = _LABEL_COLON.match(self.key, end, min(content.end, end + _NEAR))
            if colon is None or (found and start < found[-1][1]):
                continue
            det = self.cues.det.search(self.key[max(content.start, start - _NEAR) : start])
            runs_on = glued and self.text[start].isupper()
            if not runs_on and self._last_mark(content.start, start - (len(det[0]) if det else 0)) not in "(;.,-":
                continue
            if not self._inside(end, colon.end(), whole=False):  # "phối hợp với | các sở: Tài chính, …" is none
                found.append((start, colon.end(), entry))
        return found

    def _listed(self, index: int, begin: int, stop: int) -> Iterator[Actor]:
        """The bodies listed behind a label, as far as the list goes on."""
        end, single = begin, False
        for actor in self._inside(begin, stop):
            if actor.extent.start < end:
                if actor.kind == "person" or not single:
                    yield actor  # but no body that the bracket behind another one tells of
                continue
            if self.cues.within.search(self.key[end : actor.extent.start].rstrip()):
                end = actor.extent.end  # chuyên viên giúp việc thuộc Cơ quan Ủy ban MTTQ xã
                continue
            if actor.extent.start - end > _LABEL_REST or _SENTENCE.search(self.text[end : actor.extent.start]):
                return
            end, single = skip_brackets(self.key, actor.extent.end, stop), not actor.generic
            yield actor

    def _closing(self, begin: int, stop: int) -> int:
        """Where the bracket closes that a label stands in; ``stop`` where it stands in none."""
        depth = 0
        for i in range(begin, stop):
            depth += (self.text[i] == "(") - (self.text[i] == ")")
            if depth < 0:
                return i
        return stop

    def _before_bracket(self, begin: int, end: int) -> Span:
        """The words before a bracket that holds labels."""
        opened = self.text.rfind("(", begin, end)
        return Span(begin, opened) if opened > begin and ")" not in self.text[opened:end] else Span(begin, end)

    # --- headings that name a body (form 3) -------------------------------------------------------------------------

    def _heading(self, index: int) -> Iterator[_Draft]:
        content = self.scene.layout.content(index)
        group = next(self._each_group(content), None)
        if group is None:
            return
        if self.labelled[:1] == [content.start] or not self._opens_heading(content.start, group.span.start):
            return
        if self.strict and self.scene.layout.markers[index] is None and all(map(self._is_common, group.members)):
            return  # an article tells of some: "Các huyện có tỷ lệ cao như: …"
        colon = self.key.find(":", group.span.end, min(content.end, group.span.end + _RUN_IN))
        if colon >= 0 and self.cues.quoted.search(self.key, group.span.end, min(content.end, colon + 2)) is not None:
            return  # "Ông A, Chủ tịch UBND xã, phấn khởi cho biết: …"
        duty = self._heading_duty(index, content, group)
        if duty is None:
            return
        charged = group.members[0].kind != "organization" and self.cues.charge.match(self.key, duty.task.start)
        verbs = self._announced_verbs(index) if charged and not duty.verbs else ()
        cues = tuple((v.rule, v.span) for v in verbs)
        role = next((r for r in PRECEDENCE if r in {v.role for v in verbs}), duty.role)
        drafts = [self._draft(actor, role, "heading", duty, index, cues) for actor in group.members]
        yield from drafts
        yield from (replace(drafts[-1], actor=person) for person in self._heads_of(group, content.end))

    def _about(self, index: int) -> int:
        """Behind the units that a part of the work is only about, outside of a section of duties.

        ``III. LỘ TRÌNH`` – ``1. Đối với các xã A, B``: what follows is a schedule, and its own lines say who acts.
        """
        layout, content = self.scene.layout, self.scene.layout.content(index)
        opened = self.cues.about.match(self.key, content.start, content.end)
        group = next(self._each_group(content), None) if opened else None
        if group is None or not all(a.units for a in group.members):
            return content.start
        end = skip_brackets(self.key, group.span.end, content.end)
        closed = self.key[end : end + 1] == ":" or not self.key[end : content.end].strip(" .;")
        if self.key[opened.end() : group.span.start].strip() or not closed:
            return content.start
        kinds = {n.kind for n in layout.ancestors(layout.node_at(self.scene.view.blocks[index].start))}
        is_duty = "organisation" in kinds or not kinds & {"tasks", "objectives"}
        return content.start if is_duty else group.span.end

    def _heads_of(self, group: Group, limit: int) -> list[Actor]:
        """The people in a bracket right behind a single body: ``Phòng Kinh tế (đ/c A, Trưởng phòng) tham mưu …``."""
        bracket = bracket_at(self.key, group.span.end, limit)
        if bracket is None or group.members[-1].kind == "person" or group.members[-1].generic:
            return []
        inside = Span(self.key.find("(", group.span.end) + 1, bracket.end() - 1)
        people = self._inside(inside.start, inside.end)
        if any(a.kind != "person" for a in people) or self._says_more(people, inside):
            return []
        return people

    def _announced_verbs(self, index: int) -> tuple[Verb, ...]:
        """The verbs of ``Phân công các đồng chí phụ trách địa bàn:`` for a person below it whose line has none."""
        markers, mine = self.scene.layout.markers, self.scene.layout.markers[index]
        for above in range(index - 1, max(-1, index - _LONGEST_ROSTER), -1):
            its = markers[above]
            if mine is None or (its is not None and its.style == mine.style):
                continue
            said = self.scene.layout.content(above)
            opens = self.key[said.start : said.end].rstrip().endswith(":")
            return tuple(self.verbs[i] for i in self._verbs_between(said.start, said.end)) if opens else ()
        return ()

    # --- "Phân công phụ trách xã: Lê Văn A, Trưởng phòng Dân tộc (xã X); Vi Thị B, Bí thư Huyện đoàn (xã Y)" -------

    def _roster(self, index: int) -> Iterator[_Draft]:
        """People listed behind a colon, with a bracket of what falls to each; the verbs stand before the colon."""
        content = self.scene.layout.content(index)
        colon = self.key.find(":", content.start, min(content.end, content.start + _TOPIC))
        if colon < 0:
            return
        verbs = tuple(self.verbs[i] for i in self._verbs_between(content.start, colon))
        role: Role = next((r for r in PRECEDENCE if r in {v.role for v in verbs}), "implement")
        if role == "implement" or any(a.kind == "person" for a in self._inside(content.start, colon)):
            return
        label = self.labels.get(content.start)
        if label is not None and not self.key[label[0] : colon].strip():
            return  # "Người phụ trách: …" says nothing of the work
        cues = tuple((v.rule, v.span) for v in verbs)
        for clause in self.scene.clauses(index):
            part = Span(max(clause.start, colon + 1), clause.end)
            people = [a for a in self._inside(part.start, part.end) if a.kind == "person"]
            if part.start >= part.end or not people or self._says_more(people, part):
                continue
            for actor in people:
                bracket = bracket_at(self.key, actor.extent.end, part.end)
                task = None if bracket is None else self._trim(Span(actor.extent.end, bracket.end()))
                yield _Draft(
                    actor, role, "heading", None, task or self._trim(Span(content.start, colon)), task is None, cues
                )

    # --- "Thành lập Tổ công tác gồm: 1. Ông A - Trưởng phòng Kinh tế - Tổ trưởng; 2. Bà B …" --------------------------

    def _on_team(self, index: int) -> Iterator[_Draft]:
        """A person of a list that says who is on a team: the team's work is theirs."""
        content = self.scene.layout.content(index)
        person = next(iter(self._inside(content.start, content.end)), None)
        if person is None or person.kind != "person" or person.extent.start != content.start:
            return
        if self.key.find(":", person.extent.end, content.end) >= 0 or (team := self._team(index)) is None:
            return
        leads = self.cues.roster_heads.search(self._said(content)) is not None
        cue = (("duty.roster.heads" if leads else "duty.roster", content),)
        yield _Draft(person, "lead" if leads else "implement", "heading", None, team, True, cue)

    def _crew(self, index: int) -> Iterator[_Draft]:
        """The people of a numbered team, which its line names: ``Tổ 1 (xã A, xã B): đ/c C - Tổ trưởng; đ/c D, E``."""
        content = self.scene.layout.content(index)
        crew = self.cues.crew.match(self.key, content.start, content.end)
        if crew is None:
            return
        people = [a for a in self._inside(crew.end(), content.end) if a.kind == "person"]
        if not people:
            return
        ends = [*(a.extent.start for a in people[1:]), content.end]
        if any(self._verbs_between(a.extent.end, end) for a, end in zip(people, ends, strict=True)):
            return  # "Tổ 2: ông A kiểm tra các xã …": each has work of his own
        for actor, end in zip(people, ends, strict=True):
            said = self._said(Span(actor.quote.end, end)).rstrip(" ;,.")
            leads = self.cues.roster_heads.search(said) is not None
            cue = (("duty.roster.heads" if leads else "duty.crew", content),)
            task = self._trim(Span(content.start, crew.end() - 1))
            yield _Draft(actor, "lead" if leads else "implement", "heading", None, task, True, cue)

    def _team(self, index: int) -> Span | None:
        """The team of the list that a line belongs to, as the line above the list names it."""
        layout, mine = self.scene.layout, self.scene.layout.markers[index]
        for above in range(index - 1, max(-1, index - _LONGEST_ROSTER), -1):
            its = layout.markers[above]
            if mine is None or (its is not None and its.style == mine.style):
                continue
            said = layout.content(above)
            words = self._said(said)
            opened, sets = self.cues.roster.search(words.rstrip()), self.cues.roster_sets.match(words)
            if opened is None or sets is None:
                return None
            return self._trim(Span(said.start + sets.end(), said.start + opened.start("of")))
        return None

    def _says_more(self, people: Sequence[Actor], part: Span) -> bool:
        """Whether a clause holds more than people and their brackets: then it has a verb of its own."""
        position = part.start
        for actor in people:
            if self.key[position : actor.extent.start].strip(" ,"):
                return True
            position = skip_brackets(self.key, actor.extent.end, part.end)
        return bool(self.key[position : part.end].strip(" ;,."))

    def _heading_duty(self, index: int, content: Span, group: Group) -> Duty | None:
        """The duty of a heading that names bodies: behind its colon, else in the first line below."""
        rest = skip_brackets(self.key, group.span.end, content.end)
        if self.cues.reports.match(self.key, rest, content.end):
            return None
        if not self.key[rest : content.end].strip(" .;:,"):
            return self._listed_below(index) if group.members[0].kind == "person" else self._duty_below(index)
        colon = self.key.find(":", rest, min(content.end, rest + _RUN_IN + 1))
        if colon < 0 and (units := self._units_behind(group, rest, content.end)) is not None:
            return self._duty(units, anything=True)
        if colon < 0 or self._has_verb(group.span.end, colon):
            return None
        if self._tells_members(group, Span(rest, colon)):
            return None
        begin = colon + 1
        if not self.key[begin : content.end].strip():
            return self._duty_below(index)
        if group.members[0].kind == "position" and group.members[0].organization is None:
            opened = self._adverbs(past(_SPACES, self.key, begin, content.end), content.end)[0]
            if opened not in self.verbs:
                return None  # Trưởng ban: ông A
        if all(a.units for a in group.members) and self._names_unit(begin, content.end):
            return None  # Các xã đạt chuẩn: xã A, xã B
        clause = next((c for c in self.scene.clauses(index) if c.end > begin + 1), content)
        work = Span(begin, min(clause.end, begin + LONGEST_CLAUSE))
        if (listed := self._listed_behind(group, work)) is not None:
            return self._duty(Span(listed.span.end, work.end)) or self._duty_below(index)
        return self._duty(work, anything=True)

    def _charged_with(self, index: int, clause: Span, group: Group) -> Duty | None:
        """The units that each of several people has: ``Theo dõi địa bàn: bà A - xã B, C; ông D: xã E``."""
        units = self._units_behind(group, skip_brackets(self.key, group.span.end, clause.end), clause.end)
        duty = None if units is None else self._duty(units, anything=True)
        if duty is None:
            return None
        content = self.scene.layout.content(index)
        colon = self.key.find(":", content.start, group.span.start)
        said = {self.verbs[at].role for at in self._verbs_between(content.start, colon)} if colon >= 0 else set()
        return replace(duty, role=next((role for role in PRECEDENCE if role in said), duty.role))

    def _units_behind(self, group: Group, begin: int, end: int) -> Span | None:
        """The units that a person has behind a dash or colon: ``Đ/c A, Trưởng Ban Dân vận - | Bình Sa, Bình Hải``."""
        dash = _BEHIND_DASH.match(self.key, begin, end)
        if dash is None or group.members[0].kind != "person" or not self._names_unit(dash.end(), end):
            return None
        name = past(words(self.scene.patterns).unit_noun, self.key, dash.end(), end)
        known = _BARE_NAME.match(self.text, name, end)
        if known is None or not gazetteer.load().named(known[0].strip(), level="commune"):
            return None
        stop = self.key.find(";", name, end)
        return Span(dash.end(), end if stop < 0 else stop)

    def _listed_behind(self, group: Group, work: Span) -> Group | None:
        """The bodies that a class is spelt out as behind its colon: ``các tổ chức hội: Hội A, Hội B | phối hợp …``."""
        if not all(actor.generic for actor in group.members):
            return None
        listed = next(self._each_group(work), None)
        named = listed is not None and not any(actor.generic for actor in listed.members)
        if listed is None or not named or self.key[work.start : listed.span.start].strip():
            return None
        return listed

    def _listed_below(self, index: int) -> Duty | None:
        """The first duty of the list below a person's name and post; a list of others, or of facts, is none."""
        layout, below = self.scene.layout, index + 1
        if below >= len(layout.markers) or layout.markers[below] is None:
            return None
        begin = layout.content(below).start
        if self._adverbs(begin, self.scene.view.blocks[below].end)[0] not in self.verbs:
            return None
        return self._duty_below(index)

    def _tells_members(self, group: Group, said: Span) -> bool:
        """``Tổ giúp việc gồm:`` opens its members; ``Các xã làm tốt gồm:``, ``Các đơn vị được khen là:`` say which."""
        words = self._said(said).strip()
        opened = self.cues.members.search(words)
        if opened is None or opened.start() == 0:
            return opened is not None
        return all(a.generic for a in group.members) and not self.cues.owner.search(words[: opened.start()].rstrip())

    def _names_unit(self, begin: int, end: int) -> bool:
        """Whether the name of a unit stands here, with its noun or without: ``xã Hòa Sơn``; ``Mường Chà, Nậm Pồ``."""
        begin = past(_SPACES, self.key, begin, end)
        name = past(words(self.scene.patterns).unit_noun, self.key, begin, end)
        if name > begin:
            return self.text[name : name + 1].isupper()
        bare = _BARE_NAME.match(self.text, begin, end)
        return bare is not None and not self._verbs_between(begin, begin + 1)

    def _opens_heading(self, start: int, end: int) -> bool:
        """Whether only ``Đề nghị``, ``Trách nhiệm của``, ``Đối với`` stand before the body."""
        before = self.key[start:end].strip(" :")
        if not before:
            return True
        at = start + len(self.key[start:end].rstrip(" :"))
        command = self.commands.get(at)
        if command is not None and not self.key[start : command[0]].strip():
            return True
        if self.cues.det.expression.fullmatch(f"{before} "):
            return True  # Các thành viên Ban Chỉ đạo
        opened = self.cues.linker.search(before) or self.cues.owner.search(before)
        return opened is not None and opened.start() == 0

    # --- "Xử lý 37 hộ vướng mặt bằng (UBND xã A, Trung tâm B)" ---------------------------------------------------

    def _doers(self, clause: Span) -> Iterator[_Draft]:
        """Work that begins with its verb and ends in a bracket that holds nothing but bodies."""
        end = clause.start + len(self.key[clause.start : clause.end].rstrip(" .;/"))
        opened = self.key.rfind("(", max(clause.start, end - _DOERS), end)
        if opened < 0 or self.key[end - 1] != ")":
            return
        work = self._trim(Span(clause.start, opened))
        groups = self._groups(Span(opened + 1, end - 1))
        position = opened + 1
        for group in groups:
            if self.key[position : group.span.start].strip(" ;"):
                return
            position = group.span.end
        if work is None or not groups or self.key[position : end - 1].strip() or self._inside(clause.start, opened):
            return
        verb = self.verbs.get(self._adverbs(work.start, work.end)[0])
        if verb is None or self.cues.bracket_object.search(self._said(work)):
            return
        members = [a for group in groups for a in group.members]
        for actor in members if not any(a.generic for a in members) else ():
            yield _Draft(actor, "implement", "topic", None, work, False, (("duty.topic", work),))

    # --- "Lát vỉa hè (Phòng A chủ trì; Công an xã, Hội B phối hợp)" -----------------------------------------------

    def _shared(self, index: int) -> Iterator[_Draft]:
        """The bodies of a bracket, each group with the verb of its role; the work stands before the bracket."""
        content = self.scene.layout.content(index)
        opened = self.key.find("(", content.start, content.end)
        while opened >= 0:
            closed = self.key.find(")", opened, min(content.end, opened + _DOERS))
            if closed < 0 or self.cues.past_opener.search(self._beginning(self.scene.clause_at(opened))) is not None:
                return
            yield from self._share(index, Span(opened + 1, closed))
            opened = self.key.find("(", closed, content.end)

    def _share(self, index: int, inside: Span) -> Iterator[_Draft]:
        found: list[tuple[Group, Verb]] = []
        position = inside.start
        for group in self._each_group(inside):
            verb = self.verbs.get(past(_SPACES, self.key, group.span.end, inside.end))
            if self.key[position : group.span.start].strip(" ,;-") or verb is None or verb.role == "implement":
                return
            position = verb.end
            if position < inside.end and not self.key[position : inside.end].lstrip().startswith((";", ",", "-")):
                return
            found.append((group, verb))
        if len(found) < 2:
            return  # one body with its verb is read as a clause
        work = self._work_before(index, inside.start)
        if work is not None and self.cues.past.search(self._said(work).partition(" ")[0]):
            return  # đã xây 12 cầu (Sở A chủ trì; Sở B phối hợp)
        task = self._heading_of(index) if work is None else work
        for group, verb in found:
            for actor in group.members:
                if verb.role != "support" or not actor.generic:
                    yield _Draft(actor, verb.role, "bracket", verb.span, task, work is None, ((verb.rule, verb.span),))

    # --- "Công tác hậu cần: Văn phòng UBND huyện" -------------------------------------------------------------------

    def _topic(self, index: int) -> Iterator[_Draft]:
        """A piece of work, a colon, and nothing but the bodies that have it."""
        content = self.scene.layout.content(index)
        colon = self.key.find(":", content.start, min(content.end, content.start + _TOPIC))
        if colon < 0 or not self._is_topic(index, Span(content.start, colon)) or self._inside(content.start, colon):
            return
        groups = self._groups(Span(colon + 1, content.end))
        if not groups or not self._only_gives(Span(colon + 1, groups[0].span.start)):
            return
        if self.key[skip_brackets(self.key, groups[0].span.end, content.end) : content.end].strip(" .;"):
            return
        for actor in groups[0].members:
            task = self._trim(Span(content.start, colon))
            yield _Draft(actor, "implement", "topic", None, task, False, (("duty.topic", Span(content.start, colon)),))

    def _only_gives(self, between: Span) -> bool:
        """Whether nothing but ``giao`` stands between a piece of work and who has it."""
        said = self._trim(between)
        command = None if said is None else self.commands.get(said.end)
        given = command is not None and said is not None and command[0] == said.start
        return said is None or (given and command is not None and command[1].means.get("force") == "give")

    def _is_topic(self, index: int, said: Span, *, does: bool = False) -> bool:
        """Whether the words before a colon are a piece of work.

        In a list of who does what all but a few are, and so they are where it is said who does it (``does``).
        """
        if self.cues.topic.match(self.key, said.start, said.end):
            return True
        if self.scene.layout.markers[index] is None or self.cues.no_topic.search(self.key, said.start, said.end):
            return False
        if does:
            assigns = any(self.verbs[i].role != "implement" for i in self._verbs_between(said.start, said.end))
            return not (assigns or self.cues.section.fullmatch(self._said(said).strip(" .:#*")))
        node = self.scene.layout.node_at(said.start)
        return any(above.kind == "organisation" for above in self.scene.layout.ancestors(node))

    def _draft(
        self, actor: Actor, role: Role, form: str, duty: Duty, index: int, cues: tuple[tuple[str, Span], ...] = ()
    ) -> _Draft:
        task, inherited = duty.task, False
        if duty.thin:
            work = self._work_below(index, duty.span.end) or self._work_before(index, actor.extent.start)
            if work is None and (self.scene.layout.markers[index] is not None or self.scene.document.doc_type):
                work, inherited = self._heading_of(index), True  # but an article's headline is nobody's task
                command = None if work is None else self.commands.get(work.end)
                if work is not None and command is not None and not self.key[work.start : command[0]].strip():
                    work = None  # "Giao:" above "a) Sở Y tế tổ chức tập huấn"
            task, inherited = (task, False) if work is None else (work, inherited)
        made = _Draft(actor, role, form, duty.span, task, inherited, cues + tuple((v.rule, v.span) for v in duty.verbs))
        return self._carried_on(made, index)

    def _carried_on(self, draft: _Draft, index: int) -> _Draft:
        """``Sở A là cơ quan thường trực; chủ trì …``: what a body is said to be, and the duty behind the semicolon."""
        said = draft.task
        if said is None or not self.text.startswith(";", said.end) or not self.cues.copula.match(self.key, said.start):
            return draft
        clause = next((c for c in self.scene.clauses(index) if c.start > said.end), None)
        if clause is None or self._adverbs(clause.start, clause.end)[0] not in self.verbs:
            return draft
        duty = self._duty(clause)
        if duty is None or duty.thin or PRECEDENCE.index(duty.role) >= PRECEDENCE.index(draft.role):
            return draft
        cues = tuple((v.rule, v.span) for v in duty.verbs)
        return replace(draft, role=duty.role, duty=duty.span, task=duty.task, cues=draft.cues + cues)

    def _work_before(self, index: int, start: int) -> Span | None:
        """The work in the same line: before a bracket (``Xây 12 trạm. (Sở Y tế chủ trì)``) or a topic's colon."""
        content = self.scene.layout.content(index)
        before = self.text[max(content.start, start - _TOPIC) : start]
        opened = before.rfind("(")
        if opened >= 0 and ")" not in before[opened:]:
            end = start - len(before) + opened
            floor = max(content.start, end - 2 * _TOPIC)
            sentence = max(self.text.rfind(mark, floor, max(floor, end - 3)) for mark in (". ", "; "))
            return self._trim(Span(max(floor, sentence), end))
        colon = self.key.find(":", content.start, min(start, content.start + _TOPIC))
        said = Span(content.start, colon)
        if colon < 0 or not self._is_topic(index, said, does=True) or self._inside(content.start, colon):
            return None
        return self._trim(said)

    # --- clauses --------------------------------------------------------------------------------------------------

    def _clause(self, index: int, clause: Span) -> Iterator[_Draft]:
        inside = self._inside(clause.start, clause.end)
        if not inside or self.cues.closing.search(self.key, clause.start, clause.end):
            return
        reported = self._reports(clause)
        if not reported:
            yield from self._bracketed(index, clause, inside)
        subject_seen, asked = False, False
        doing: _Draft | None = None
        for group in self._groups(clause):
            for part in self._readings(group):
                if part is not group and (self._is_restricted(part, clause.end) or self._helps(clause, group, part)):
                    continue
                if part.members[0].kind == "position" and self._is_what(index, part):
                    continue  # "Đ/c A - Phó Chủ tịch UBND huyện: | Trưởng BCĐ, phụ trách chung"
                if part is not group and self.cues.besides.match(self.key, part.span.end, clause.end):
                    continue  # giao A theo dõi việc của B, C, đồng thời lưu ý …: that is said of the subject
                made = list(self._group(index, clause, part, subject_seen))
                if reported and not self.cues.ordered.match(self.key, part.span.end, clause.end):
                    # tells what was done, or what was asked for, and of whom to be helped
                    made = [d for d in made if d.form in _ORDERS or (asked and d.form == "partner")]
                if doing is not None:
                    made = [self._at_side(d, doing) for d in made]
                asked = asked or any(d.form in _ORDERS for d in made)
                yield from made
                doing = next((d for d in made if d.form in _SUBJECTS or d.form == "agent"), doing)
                subject_seen = subject_seen or any(d.form in _SUBJECTS or d.form in ("agent", "steer") for d in made)
                if made:
                    break

    def _is_what(self, index: int, group: Group) -> bool:
        """Whether a post stands right behind the label of the one person who has it."""
        if self._last_mark(0, group.span.start) != ":":
            return False
        before = self._inside(self.scene.layout.content(index).start, group.span.start)
        return bool(before) and before[0].kind == "person" and all(a.kind == "position" for a in before[1:])

    def _helps(self, clause: Span, group: Group, tail: Group) -> bool:
        """Whether the tail of a list is still of those worked with: ``cùng cấp ủy, | chính quyền thôn | tuần tra``."""
        return self.text[tail.span.start].islower() and self._left(clause, group.span.start)[0] == "partner"

    def _is_restricted(self, group: Group, limit: int) -> bool:
        """Whether the verb behind a list only says which they are: ``đối với UBND, các tổ chức | phụ trách bầu cử``."""
        behind = past(_SPACES, self.key, group.span.end, limit)
        return self._is_common(group.members[-1]) and self.cues.restricts.match(self.key, behind, limit) is not None

    def _reports(self, clause: Span) -> bool:
        """Whether a clause tells of an event, or goes on behind the semicolon of one that does: ``Tại cuộc họp, …; …``.

        A day alone does not go on, as another one with work of its own may follow; nor what is said to be still ahead,
        or stands behind what was asked for or handed out there.
        """
        told = self.cues.past_opener.search(self._beginning(clause))
        if told is None:
            sentence = self.scene.sentence_at(clause.start)
            if sentence.start == clause.start or self.doing:
                return False
            at = bisect_left(self.order_ends, sentence.start)
            if at < len(self.order_ends) and self.order_ends[at] <= clause.start:
                return False
            told = self.cues.past_opener.search(self._beginning(sentence))
            if told is None or any(map(str.isdigit, told[0])):
                return False
            return self.cues.modal.search(self.key, clause.start, clause.end) is None
        return True

    def _at_side(self, draft: _Draft, doing: _Draft) -> _Draft:
        """Who takes part in what another does has that one's task."""
        if not any(rule == "duty.presence" for rule, _ in draft.cues):
            return draft
        return replace(draft, task=doing.task, inherited=doing.inherited)

    def _only_commands(self, start: int, end: int) -> bool:
        """``Để khắc phục, Ban Thường vụ Huyện ủy yêu cầu:`` – who gives the orders has none."""
        rest = self.key[start:end].rstrip()
        command = self.commands.get(start + len(rest.rstrip(" :"))) if rest.endswith(":") else None
        if command is not None and not self.key[start : command[0]].strip():
            return True
        if self.cues.lead_in.search(rest) is None or self._inside(start, end):
            return False
        begin = start + len(rest) - len(rest.lstrip())  # … yêu cầu thực hiện tốt một số nhiệm vụ sau:
        return any(at == begin and entry.means.get("force") == "ask" for at, entry in self.commands.values())

    def _readings(self, group: Group) -> Iterator[Group]:
        """The group, then its tails after a comma: ``… của UBND tỉnh, Sở Y tế chủ trì``."""
        yield group
        if len(group.members) < 2:
            return
        before = self.key[max(0, group.span.start - 60) : group.span.start].rstrip()
        at = max(0, group.span.start - 60) + len(before)
        receives = any(self.verbs[i].end == at for i in self._verbs_between(at - 40, at))
        for i in range(1, min(len(group.members), _MOST_READINGS)):
            if receives and not (group.members[i].kind == "person" and group.members[i - 1].kind == "position"):
                continue  # trình A, B: both receive; but ông A làm Tổ trưởng, ông B làm Tổ phó
            before = self.key[group.members[i - 1].extent.end : group.members[i].extent.start]
            if before.strip() == ",":
                yield Group(group.members[i:], Span(group.members[i].extent.start, group.span.end))

    def _group(self, index: int, clause: Span, group: Group, subject_seen: bool) -> Iterator[_Draft]:
        side, entry = self._left(clause, group.span.start)
        if side == "none" or self._holds_label(group.span):
            return
        clause = Span(clause.start, min(clause.end, group.span.end + LONGEST_CLAUSE))
        if side == "partner":
            if tail := self._behind_opening_partner(clause, group, entry):
                yield from self._group(index, clause, tail, subject_seen)
                group = Group(group.members[:-1], Span(group.span.start, group.members[-2].extent.end))
            yield from self._partners(index, clause, group, entry)
            return
        if side == "presence":
            if subject_seen:
                yield from self._partners(index, clause, group, entry)
            return
        if side == "belongs" and entry is not None:
            yield from self._belongs(clause, group, entry)
            return
        if side == "pledge" and entry is not None:
            yield from self._pledged(clause, group, entry)
            return
        if side == "standing" and entry is not None:
            yield from self._standing(clause, group, entry)
            return
        if self._only_commands(group.span.end, clause.end):
            return
        single = not any(self._is_common(a) for a in group.members)
        opened = side == "start" or (side == "comma" and self.cues.opener.search(self._beginning(clause)))
        strict = self.strict and not self.commanded and not self._is_asked(index)
        # "Ông yêu cầu Sở A lập hồ sơ. Sở B hỗ trợ đưa 150 sản phẩm lên sàn": the order goes on
        strict = strict and not (self.urged and side == "start" and not any(a.generic for a in group.members))
        strict = strict or self._is_told(clause, group)
        open_verb = single and (side == "command" or (bool(opened) and not strict))
        end = self._own_end(clause, group)
        if side == "bracket":
            closed = self.key.find(")", group.span.end, min(clause.end, group.span.end + _DOERS))
            end = closed if closed > 0 else end
        duty = self._duty(Span(group.span.end, end), below=index, open_verb=open_verb)
        if duty is None and side == "start":
            duty = self._aimed_over(clause, group) or self._charged_with(index, clause, group)
        if duty is None:
            if side == "command" and entry is not None and entry[2].means.get("force") == "give":
                yield from self._given_in_bracket(index, clause, group, entry)
            return
        if self._issues(group.span.end, duty) or self._announced(index, clause, group, duty):
            return
        if side not in ("command", "passive", "agent") and self._is_goal(index, group, duty):
            return
        if side not in ("command", "passive", "agent") and self._is_quota(group, duty, clause.end):
            return
        if side == "command" and entry is not None:
            steered = entry[2].means.get("force") == "steer"
            # "lãnh đạo UBND tỉnh yêu cầu rà soát", "lãnh đạo UBND xã tặng quà": who leads it
            if not (steered and (self._orders(duty) or self.cues.ceremony.match(self.key, duty.span.start))):
                yield from self._commanded(index, group, entry, duty)
            return
        if side == "passive":
            form = "agent"
        elif side == "agent":
            named = group.members[0].kind != "organization" and self.cues.named_post.match(self.key, duty.span.start)
            if duty.role == "implement" and not named and not self.cues.agent_verb.match(self.key, duty.span.start):
                return  # a relative clause: quy chế do UBND tỉnh ban hành
            form = "agent"
        elif side == "bracket":
            if not duty.verbs or duty.verbs[0].role not in ("lead", "support") or end == clause.end:
                return
            form = "subject"  # … (Sở A chủ trì)
        elif side == "dash":
            if not duty.verbs or not duty.thin or self.key[duty.span.end : clause.end].strip(" ."):
                return
            form = "agent"  # Rà soát hồ sơ - Phòng Nội vụ chủ trì.
        elif side == "start" or self._fits_comma(clause, group, duty, subject_seen):
            form = "subject"
        else:
            return
        if form == "subject" and self._appears(group, duty, clause.end):
            return
        if self._orders(duty) or (strict and not self._is_ahead(clause, group, duty)):
            return
        work = self._work(clause, group, duty) if form == "agent" else None
        if side == "dash":
            work = self._trim(Span(clause.start, self._before(group.span.start) - 1))
        drafts = [self._draft(actor, duty.role, form, duty, index) for actor in group.members]
        if work is not None:
            drafts = [replace(draft, task=work, inherited=False) for draft in drafts]
        yield from drafts
        yield from (replace(drafts[-1], actor=person) for person in self._heads_of(group, clause.end))

    def _appears(self, group: Group, duty: Duty, end: int) -> bool:
        """Whether a person is only told of: in a caption (``Ông A trao quà``), or before words (``cho biết: …``)."""
        if any(actor.kind != "person" for actor in group.members):
            return False
        if self.cues.ceremony.match(self.key, duty.span.start):
            return True
        starts = bool(duty.verbs) and duty.verbs[0].start == duty.span.start
        return not starts and self.cues.quoted.search(self.key, duty.span.start, end) is not None

    def _aimed_over(self, clause: Span, group: Group) -> Duty | None:
        """``X căn cứ hướng dẫn của các sở, ngành; đơn vị liên quan để chỉ đạo …``: a list cut by a semicolon."""
        begin = past(AFTER_SUBJECT, self.key, group.span.end, clause.end)
        if not self.text.startswith(";", clause.end) or not self.cues.gap_basis.match(self.key, begin, clause.end):
            return None
        end = min(self.scene.sentence_at(group.span.start).end, group.span.end + LONGEST_CLAUSE)
        after = self._after_gap(begin, end)
        if after is None or not self.cues.gap_aim.search(self.key[clause.end : after].rstrip()):
            return None
        return self._make_duty(self._verbs(after, end), after, after, end)

    def _is_ahead(self, clause: Span, group: Group, duty: Duty) -> bool:
        """Whether a page that reports no plan says that something is still to be done, not what somebody does.

        Behind an order (``… đề nghị Phòng A rà soát.``) a word that joins or urges is enough (``Bên cạnh đó, Phòng B
        tham mưu``, ``Hội C tăng cường giám sát``).
        """
        if self.cues.modal.search(self.key, group.span.end, duty.span.end) or self._steers_ahead(duty, clause.end):
            return True
        if self.led and duty.role == "support":
            return True  # Sở A chủ trì … . Sở B phối hợp với Sở C …
        before = self.key[clause.start : group.span.start].rstrip(" ,")
        behind = past(AFTER_SUBJECT, self.key, group.span.end, clause.end)
        urges = self.cues.adverb.match(self.key, behind) is not None
        if urges and not self.urged and self.cues.thereby.fullmatch(before) and self._cites_order(clause.start):
            self.urged = self.handed = True
        return self.urged and (urges or self.cues.linker.search(before) is not None)

    def _cites_order(self, start: int) -> bool:
        """Whether the words before, or the paragraph above, tell of a paper that somebody sent out to be followed."""
        index = self.scene.view.block_index(start)
        above = self._above(index)
        told = self.scene.view.blocks[above if above >= 0 else index].start
        return self.cues.paper.search(self.key, max(told, start - _LONGEST_PAPER), start) is not None

    def _steers_ahead(self, duty: Duty, limit: int) -> bool:
        """Whether it tells others what they must do (``UBND xã chỉ đạo các thôn tiếp tục tăng cường …``)."""
        first = duty.verbs[0] if duty.verbs else None
        return first is not None and self._tells_must(first.start, limit)

    def _is_told(self, clause: Span, group: Group) -> bool:
        """Whether somebody tells of it (``Chủ tịch UBND xã cho biết, địa phương …``)."""
        floor = max(clause.start, group.span.start - _TOPIC)
        return self.cues.told_by.search(self.key, floor, group.span.start) is not None

    def _is_common(self, actor: Actor) -> bool:
        """A group known by common nouns alone (các sở, ngành), which attributes may go on with; not UBND các xã."""
        means = self.scene.patterns.entry(actor.rule).means
        return actor.generic and (means.get("part") not in ("whole", "head") or bool(means.get("generic")))

    def _own_end(self, clause: Span, group: Group) -> int:
        """Where what is said of people ends: before the next one of ``do ông A làm Trưởng đoàn, bà B làm Phó …``."""
        begin = past(_SPACES, self.key, group.span.end, clause.end)
        if group.members[0].kind == "organization" or not self.cues.named_post.match(self.key, begin):
            return clause.end
        people = (a for a in self._inside(begin, clause.end) if a.kind == "person")
        return next((a.extent.start for a in people), clause.end)

    def _belongs(self, clause: Span, group: Group, cue: tuple[int, int, Entry]) -> Iterator[_Draft]:
        """``Trách nhiệm giải phóng mặt bằng thuộc về UBND huyện A``."""
        match = self.cues.belongs.search(self.key[clause.start : cue[1]])
        task = None if match is None else self._trim(Span(clause.start, clause.start + match.start("of")))
        mark = Span(cue[0], cue[1])
        for actor in group.members:
            if not actor.generic:
                yield _Draft(actor, "lead", "agent", mark, task, False, ((cue[2].id, mark),))

    def _standing(self, clause: Span, group: Group, cue: tuple[int, int, Entry]) -> Iterator[_Draft]:
        """``Cơ quan thường trực của Ban Chỉ đạo là Sở A``, ``Cơ quan thường trực gồm: Sở A (Chương trình 1); …``."""
        mark = Span(cue[0], cue[1])
        opened = self.cues.stands.search(self.key[clause.start : cue[1]])
        end = cue[1] if opened is None else clause.start + opened.start("of")
        work = self._trim(Span(clause.start, end)) if end > clause.start else None
        behind = group.span.end + self.key.startswith(")", group.span.end)
        duty = self._duty(Span(behind, clause.end))
        if duty is not None and duty.verbs and not duty.thin:
            cues = tuple((v.rule, v.span) for v in duty.verbs)
            for actor in group.members:
                yield _Draft(actor, duty.role, "subject", duty.span, duty.task, False, cues)
            return
        for actor in group.members:
            bracket = bracket_at(self.key, actor.extent.end, clause.end)
            task = None if bracket is None else self._trim(Span(actor.extent.end, bracket.end()))
            if not actor.generic:
                yield _Draft(actor, "implement", "agent", mark, task or work, False, ((cue[2].id, mark),))

    def _stands_too(self, clause: Span, last: _Draft | None) -> list[_Draft]:
        """The next bodies of such a list, cut by semicolons, where each has a bracket that says for what it is one."""
        if last is None or last.cues[-1:] != ((_STANDS, last.duty),):
            return []
        groups = self._groups(clause)
        if len(groups) != 1 or self.key[clause.start : groups[0].span.start].strip():
            return []
        end = skip_brackets(self.key, groups[0].span.end, clause.end)
        if end == groups[0].span.end or self.key[end : clause.end].strip(" ."):
            return []
        mark = cast(Span, last.duty)
        return list(self._standing(clause, groups[0], (mark.start, mark.end, self.scene.patterns.entry(_STANDS))))

    def _pledged(self, clause: Span, group: Group, cue: tuple[int, int, Entry]) -> Iterator[_Draft]:
        """``25 km đường hoa là công trình Hội A đăng ký``, ``… là lời hứa của Hội A``."""
        promised = self.cues.promise.search(self.key[clause.start : cue[1]])
        if not (promised or self.cues.pledged.match(self.key, group.span.end, clause.end)):
            return
        colon = self.key.rfind(":", clause.start, cue[0])
        task, mark = self._trim(Span(max(clause.start, colon + 1), cue[0])), Span(cue[0], cue[1])
        for actor in group.members:
            if not actor.generic:
                yield _Draft(actor, "implement", "agent", mark, task, False, ((cue[2].id, mark),))

    def _holds_label(self, span: Span) -> bool:
        """Whether the words are a label's own (Các đơn vị phối hợp: …)."""
        at = bisect_left(self.labelled, span.start)
        return at < len(self.labelled) and self.labelled[at] < span.end

    def _behind_opening_partner(self, clause: Span, group: Group, cue: tuple[int, int, Entry] | None) -> Group | None:
        """``Cùng với Phòng A, Hội B vận động …``: behind the comma stands who does it."""
        if cue is None or cue[0] != clause.start or len(group.members) < 2:
            return None
        if self.cues.together.match(self.key, cue[0], cue[1]) is None:
            return None
        last, before = group.members[-1], group.members[-2]
        if self.text[last.extent.start].islower() and self.text[before.extent.start].islower():
            return None  # cùng cấp ủy, chính quyền thôn tổ chức tuần tra: both help
        if self.key[before.extent.end : last.extent.start].strip() != ",":
            return None
        return Group((last,), Span(last.extent.start, group.span.end))

    def _announced(self, index: int, clause: Span, group: Group, duty: Duty) -> bool:
        """``Phân công các Ủy viên Ban Thường vụ phụ trách:`` over lines that each name their own."""
        if not duty.thin or not self._only_colon(duty.span.end, clause.end):
            return False
        return self._announces(index, group)

    def _is_goal(self, index: int, group: Group, duty: Duty) -> bool:
        """Among the goals, what communes have to reach is a target (riêng các xã A, B hoàn thành trong năm 2023)."""
        node = self.scene.layout.node_at(self.scene.view.blocks[index].start)
        inside = node is not None and node.kind == "objectives"
        return inside and duty.role == "implement" and all(a.units for a in group.members)

    def _given_in_bracket(
        self, index: int, clause: Span, group: Group, command: tuple[int, int, Entry]
    ) -> Iterator[_Draft]:
        """``Đào tạo 40 bác sĩ (giao Trường Cao đẳng Y tế).``: the work stands before the bracket."""
        if not self.key.startswith(")", group.span.end) or "(" not in self.key[max(0, command[0] - 2) : command[0]]:
            return
        work, cue = self._work_before(index, group.span.start), Span(command[0], command[1])
        for actor in group.members:
            yield _Draft(actor, "implement", "give", cue, work, False, ((command[2].id, cue),))

    def _work(self, clause: Span, group: Group, duty: Duty) -> Span | None:
        """What stands before ``do X chủ trì``, where nothing but the role stands behind."""
        after = duty.span.end + 1
        aside = self.cues.presence_behind.match(self.key, duty.span.end, clause.end)
        if not duty.thin and not aside and not self.stop.match(self.key, after, clause.end):
            return None
        work = self._trim(Span(clause.start, group.span.start))
        cue = None if work is None else self.cues.by.search(self.key, work.start, work.end)
        return None if work is None or cue is None else self._trim(Span(work.start, cue.start()))

    def _commanded(self, index: int, group: Group, command: tuple[int, int, Entry], duty: Duty) -> Iterator[_Draft]:
        start, end, entry = command
        force = str(entry.means["force"])
        role: Role = duty.role
        if force == "steer" and not any(v.rule == "duty.lead" for v in duty.verbs):
            role = "monitor" if duty.role == "monitor" else "implement"  # decision 14
        for actor in group.members:
            if actor.generic and force != "give":
                continue
            yield self._draft(actor, role, force, duty, index, ((entry.id, Span(start, end)),))

    def _partners(self, index: int, clause: Span, group: Group, cue: tuple[int, int, Entry] | None) -> Iterator[_Draft]:
        rest = self._trim(Span(skip_brackets(self.key, group.span.end, clause.end), clause.end))
        if rest is not None and not self._thin(rest):
            task: Span | None = rest
        else:
            work = self._work_below(index, group.span.end)
            task = work or self._work_before(index, group.span.start) or self._heading_of(index) or rest
        if cue is None:
            return
        mark = Span(cue[0], cue[1])
        for actor in group.members:
            if not actor.generic:
                yield _Draft(actor, "support", "partner", mark, task, task is not rest, ((cue[2].id, mark),))

    def _bracketed(self, index: int, clause: Span, inside: Sequence[Actor]) -> Iterator[_Draft]:
        """``Sở X (chủ trì), Sở Y, Sở Z (phối hợp)`` (form 11)."""
        waiting: list[Actor] = []
        drafts: list[_Draft] = []
        for actor in inside:
            waiting.append(actor)
            bracket = bracket_at(self.key, actor.extent.end, clause.end)
            if bracket is None:
                continue
            begin = bracket.end() - len(bracket[0].lstrip()) + 1
            verb = self.verbs.get(begin)
            if verb is not None and verb.end >= bracket.end() - 14 and verb.role != "implement":
                task = self._trim(Span(clause.start, inside[0].extent.start)) or self._heading_of(index)
                drafts += [
                    _Draft(a, verb.role, "bracket", verb.span, task, False, ((verb.rule, verb.span),)) for a in waiting
                ]
                waiting = []
        yield from drafts

    def _fits_comma(self, clause: Span, group: Group, duty: Duty, subject_seen: bool) -> bool:
        """A subject after a comma needs a circumstance before it, or a verb that nobody else can have."""
        if self.cues.opener.search(self._beginning(clause)):
            return True
        first = duty.verbs[0] if duty.verbs else None
        if first is not None and first.role == "lead":
            return True
        return subject_seen and not self._is_partner(clause.start, group.span.start)

    def _is_partner(self, start: int, end: int) -> bool:
        """Whether whom somebody works with is still named: ``phối hợp với các sở, ngành, | UBND các xã rà soát …``."""
        last = max(self._verbs_between(max(start, end - _PARTNERS), end), default=None)
        if last is None or self.verbs[last].role != "support":
            return False
        return bool(self.key[self.verbs[last].end : end].strip(" ,"))  # Sở A phối hợp, | UBND các xã rà soát …


def _sector(patterns: PatternSet) -> regex.Pattern[str]:
    """What bodies are for (y tế, tài chính): behind a comma it goes on with the name before it."""
    made: regex.Pattern[str] = patterns.made(
        "assignments:sector", lambda: regex.compile(rf"{one_of(patterns.literals('agency', part='sector'))}(?!\w)")
    )
    return made
