"""The clause grammar of assignments: what stands right of a group of actors, and the groups (DOMAIN §7.4-7.6).

A duty is the verbs behind a subject, up to its purpose clause, and the task behind them. Vocabulary:
``patterns/duties.yaml``; each part of an entry there is one expression of ``Cues``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import regex

from extractor.expressions import openings
from extractor.finding.bodies import Actor, each_of, stop_words
from extractor.finding.quantities import units
from extractor.finding.scene import Scene
from extractor.model import Hit, Role, Span
from extractor.patterns import Entry, PatternSet
from extractor.relating.endings import Ending
from extractor.text.layout import Node

PRECEDENCE: tuple[Role, ...] = ("lead", "support", "advise", "monitor", "implement")  # decision 13
_STOPPED = regex.compile(r"(?:\d|[ivx])\.$")
_GLUED_BULLET = regex.compile(r"(?:^|(?<=[:;.]))\s*[-–+]\s*$")
_BRACKET = regex.compile(r"\s*\([^()]{0,200}\)")
_CLOSES_BRACKET = regex.compile(r"[\s.…]*\)")
AFTER_SUBJECT = regex.compile(r"[\s,–—-]*(?:\(?[a-zđ\d]{1,2}\)\s*)?")
_MARKS_BEFORE = " \t,;:.-–(\"'"
_MARKS_BEHIND = ".;:,/!…"
_LAST_WORDS = [regex.compile(rf"(?:^|(?<=[\s,]))\p{{L}}+(?: \p{{L}}+){{{n}}}$") for n in (2, 1, 0)]
_WORD = regex.compile(r"\S+")
_TAIL = 70  # characters before a group that are looked at for partner words and linkers
_ITEMS = ("dash", "plus", "dot", "paren")  # styles of the items inside of an item
_LONGEST_LIST = 12  # lines of a list over which its head is looked for
_BEFORE = 400  # characters before a group or a command that say what it is
_BEGINNING = 200  # characters of a clause that say what opens it
LONGEST_CLAUSE = 1500  # characters behind a subject that its duty is read in
_MOST_ADVERBS = 8  # between a subject and its verb
_MODAL = 24  # characters behind those who are told, in which the word that says they must has to end
_NEAR = 60  # characters in which a mark must follow
_LONGEST_CALL = 240  # characters of the sentence that opens a list of orders
_LONGEST_JOINT = 200  # characters between coordinate bodies, a bracket included
_LONGEST_TASK_HEAD = 160  # characters of the tail of a subject that a sentence may be searched behind
_ISSUE_BEGINS = 30  # characters behind a duty's verbs in which it must begin
_ISSUE = 360  # characters in which ``ban hành Kế hoạch … như sau`` must close
_GAP = 240  # characters that may stand between a subject and its verb
_OWN_WORK = frozenset({"duty.implement.more"})  # verbs that say by themselves what is to be done (tuần tra, xác minh)
_THIN = 6  # words of a task that says nothing by itself


@dataclass(slots=True)  # not frozen: hundreds are made for a document, of which few are a duty's
class Verb:
    """One verb of a duty."""

    start: int
    end: int
    role: Role
    rule: str

    @property
    def span(self) -> Span:
        """The verb's words."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Duty:
    """What a group has to do: its verbs, the highest role among them, the clause behind them."""

    role: Role
    verbs: tuple[Verb, ...]
    span: Span
    task: Span
    thin: bool  # the clause only says who; the task is the heading's


@dataclass(frozen=True, slots=True)
class Group:
    """Actors that share what stands before and after them."""

    members: tuple[Actor, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Cues:
    """The expressions of duties.yaml that stand left or right of a group."""

    adverb: Any
    last_adverb: Ending
    copula: Any
    partner: Ending
    linker: Ending
    thereby: Any
    paper: Any
    owner: Ending
    opener: Any
    opens_bracket: Any
    members: Ending
    restricts: Any
    within: Ending
    roster: Ending
    roster_sets: Any
    roster_heads: Ending
    crew: Any
    apposed: Any
    by: Any
    passive: Ending
    meeting: Ending
    quota: Any
    quota_each: Any
    lead_in: Ending
    asks: Ending
    topic: Any
    no_topic: Any
    findings: Any
    gap: Any
    gap_basis: Any
    noun: Ending
    past: Ending
    past_opener: Any
    says: Ending
    gap_end: Ending
    gap_inner: Any
    gap_aim: Ending
    modal: Any
    before: Any
    agent_verb: Any
    det: Ending
    owned: Any
    verb_joint: Any
    later: Ending
    task_head: Any
    hangs: Any
    joint: Any
    purpose: Any
    closing: Any
    issue: Any
    issue_opens: Any
    issue_news: Any
    built: Any
    everybody: Any
    demand: Any
    upward: Any
    faults: Ending
    together: Any
    helps: Any
    reports: Any
    about: Any
    quoted: Any
    ceremony: Any
    ordered: Any
    section: Any
    bracket_object: Any
    charge: Any
    presence: Ending
    presence_behind: Any
    belongs: Any
    pledge: Ending
    pledged: Any
    promise: Ending
    named_post: Any
    told: Any
    standing: Any
    stands: Ending
    told_by: Any
    besides: Any
    manner: Any
    no_name: Any
    has_ordered: Ending
    has_plan: Any
    body_topic: Any
    leaders: Ending

    @classmethod
    def of(cls, patterns: PatternSet) -> Cues:
        def source(part: str, template: str) -> str:
            found = [e for entry in patterns.meaning("duty", part=part) for e in entry.expressions]
            return template.format("|".join(f"(?:{e})" for e in found) or r"(?!)")

        def one(part: str, template: str = "{}") -> Any:
            return regex.compile(source(part, template))

        def last(part: str, template: str = "{}") -> Ending:
            return Ending(source(part, template))

        def make() -> Cues:
            word = r"(?<!\p{{L}})(?:{})"
            return cls(
                adverb=one("adverb", r"(?:{})"),
                last_adverb=last("adverb", r"(?:{})$"),
                copula=one("copula", r"(?:{})"),
                partner=last("partner", r"(?<!\p{{L}})(?:{})[\s:]*$"),
                linker=last("linker", word),
                thereby=one("thereby"),
                paper=one("paper"),
                owner=last("owner", word),
                opener=one("opener"),
                members=last("members", r"(?:^|(?<=\s))(?:{})\s*$"),
                restricts=one("restricts"),
                within=last("within", word),
                roster=last("roster"),
                roster_sets=one("roster_sets"),
                roster_heads=last("roster_heads"),
                crew=one("crew"),
                opens_bracket=one("opens_bracket", r"\s*\([^\w()]*(?:{})?[:\s]*"),
                apposed=one("apposed"),
                by=one("by", r"(?<!\p{{L}})(?:{})[^;]{{0,40}}$"),
                passive=last("passive"),
                meeting=last("meeting", word),
                quota=one("quota"),
                quota_each=one("quota_each"),
                lead_in=last("lead_in"),
                asks=last("asks"),
                topic=one("topic"),
                no_topic=one("no_topic"),
                findings=one("findings"),
                gap=one("gap"),
                gap_basis=one("gap_basis"),
                noun=last("noun", word),
                past=last("past", word),
                past_opener=one("past_opener"),
                says=last("says", word),
                gap_end=last("gap_end", r"(?:{})"),
                gap_inner=one("gap_inner"),
                gap_aim=last("gap_aim"),
                modal=one("modal"),
                before=one("before", r"\s*(?:{})\s*"),
                agent_verb=one("agent_verb"),
                verb_joint=one("and", r"[\s,]*(?:(?:{}) )?\s*"),
                later=last("and", r"(?:[,;]|(?<!\p{{L}})(?:{}))\s*$"),
                task_head=one("task_head", r"(?:[\s,:]|(?:{})(?!\p{{L}}))+"),
                hangs=one("hangs", r"(?:{})(?!\p{{L}})"),
                owned=one("owned", r" (?:{})(?!\p{{L}})"),
                det=last("det", r"(?:^|(?<!\p{{L}}))(?:{})\s$"),
                joint=one("joint", r"\s*(?:\([^()]{{0,160}}\)\s*)?(?:{})\s*"),
                purpose=one("purpose"),
                closing=one("closing", word),
                issue=one("issue"),
                issue_opens=_places(openings(source("issue", "{}"))),
                issue_news=one("issue_news"),
                built=one("built"),
                everybody=one("everybody"),
                demand=one("demand"),
                upward=one("upward"),
                faults=last("faults", word),
                together=one("together"),
                helps=one("helps"),
                reports=one("reports"),
                about=one("about"),
                quoted=one("quoted"),
                ceremony=one("ceremony"),
                ordered=one("ordered"),
                section=one("section"),
                bracket_object=one("bracket_object"),
                charge=one("charge"),
                presence=last("presence", r"(?<!\p{{L}})(?:{})$"),
                presence_behind=one("presence", r"\s*,\s*(?:{})"),
                belongs=one("belongs"),
                pledge=last("pledge"),
                pledged=one("pledged", r"\s*(?:{})"),
                promise=last("promise", word),
                named_post=one("named_post"),
                told=one("told"),
                standing=one("standing"),
                stands=last("stands"),
                told_by=one("told_by"),
                manner=one("manner"),
                no_name=one("no_name"),
                besides=one("besides", r"[\s,;]*(?:{})"),
                body_topic=one("body_topic", r" (?:{})"),
                has_plan=one("has_plan"),
                has_ordered=last("has_ordered", word),
                leaders=last("leaders"),
            )

        made: Cues = patterns.made("assignments:cues", make)
        return made


def _places(words: Collection[str]) -> Any:
    """An expression that matches nothing wherever one of some words stands; anywhere where there are none."""
    return re.compile(f"(?={'|'.join(map(re.escape, sorted(words)))})")


@dataclass(slots=True)
class DutyReader:
    """Reads the duties of one document."""

    scene: Scene
    actors: Sequence[Actor]
    key: str = ""
    text: str = ""
    cues: Cues = field(init=False)
    times: Sequence[Hit] = ()
    stop: Any = None
    each: Any = None
    strict: bool = False
    verbs: dict[int, Verb] = field(default_factory=dict)
    commands: dict[int, tuple[int, Entry]] = field(default_factory=dict)  # by end
    labels: dict[int, tuple[int, Entry]] = field(default_factory=dict)  # by start
    tasks: set[str] = field(default_factory=set)
    agents: set[int] = field(default_factory=set)
    actor_starts: list[int] = field(default_factory=list)
    actor_ends: frozenset[int] = frozenset()
    order_ends: list[int] = field(default_factory=list)  # of the words that ask or give, in order
    starts: list[int] = field(default_factory=list)  # of verbs, in order
    verb_ends: dict[int, int] = field(default_factory=dict)  # end → start
    time_ends: dict[int, int] = field(default_factory=dict)  # end → start, of times by which something is to be done
    label_starts: list[int] = field(default_factory=list)
    asked: dict[int, bool] = field(default_factory=dict)  # by block
    ordering: int = -1  # the last block whose last clause orders something
    urged: bool = False  # the clause before gives somebody an order
    commanded: bool = False  # so does one of the same sentence
    handed: bool = False  # this clause begins what a paper that was told of orders
    led: bool = False  # a sentence before in the paragraph says who leads

    def __post_init__(self) -> None:
        view = self.scene.view
        self.key, self.text = view.key, view.text
        self.cues = Cues.of(self.scene.patterns)
        self.stop = stop_words(self.scene.patterns)
        self.strict = self.scene.layout.portal and not self.scene.document.doc_type
        self.each = each_of(self.scene.patterns)
        self.time_ends = {h.end: h.start for h in self.times if h.value.role == "deadline"}
        self.actors = self._without_each(sorted(self.actors, key=lambda a: a.extent.start))
        self.actor_starts = [a.extent.start for a in self.actors]
        self.actor_ends = frozenset(a.extent.end for a in self.actors)
        for start, end, entry in self.scene.phrases(self.scene.patterns.lexicon("duty")):
            part = entry.means.get("part")  # the longest from a start comes first, and to an end
            if part == "verb":
                if start not in self.verbs and not self.cues.owned.match(self.key, end):
                    self.verbs[start] = Verb(start, end, entry.means["role"], entry.id)
            elif part == "command":
                self.commands.setdefault(end, (start, entry))
            elif part == "agent":
                self.agents.add(end)
            elif part == "label":
                self.labels.setdefault(start, (end, entry))
        self.starts, self.label_starts = list(self.verbs), list(self.labels)
        orders = (end for end, (_, entry) in self.commands.items() if entry.means.get("force") in ("give", "ask"))
        self.order_ends = sorted(orders)
        self.verb_ends = {verb.end: start for start, verb in self.verbs.items()}

    def _without_each(self, actors: Sequence[Actor]) -> list[Actor]:
        """Without the ``mỗi hội`` that stands for the bodies right before it (Hội A, Hội B: mỗi hội vận động …)."""
        kept: list[Actor] = []
        for actor in actors:
            start, before = actor.extent.start, kept[-1].extent.end if kept else -1
            repeats = before >= 0 and start - before < _NEAR and not self.key[before:start].strip(" ,:")
            if not (repeats and not kept[-1].generic and self.each.fullmatch(self.key, start, actor.extent.end)):
                kept.append(actor)
        return kept

    def _beginning(self, clause: Span) -> str:
        return self.key[clause.start : min(clause.end, clause.start + _BEGINNING)]

    def _last_mark(self, floor: int, end: int) -> str:
        """The last character before ``end`` that is no white space; empty where there is none."""
        while end > floor and self.key[end - 1].isspace():
            end -= 1
        return self.key[end - 1 : end] if end > floor else ""

    def _verbs_between(self, start: int, end: int) -> list[int]:
        return self.starts[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _is_noun(self, floor: int, start: int) -> bool:
        """Whether the word before turns the verb at ``start`` into a noun, a passive or a report.

        What turns the first of several verbs into a noun does so to the others (công tác lãnh đạo, chỉ đạo).
        """
        for _ in range(_MOST_ADVERBS):
            ahead = self.key[max(floor, start - 40) : start].rstrip()
            at = max(floor, start - 40) + len(ahead)
            if at in self.actor_ends:
                return False  # the word is the end of a body's name
            if self.cues.noun.search(ahead) or self.cues.past.search(ahead):
                return True
            joint = self.cues.later.search(ahead)
            end = max(floor, start - 40) + len(ahead[: joint.start()].rstrip()) if joint else -1
            before = self.verb_ends.get(end)
            if before is None or before <= floor or not (self._steers(start) and self._steers(before)):
                return False
            start = before
        return False

    # --- left of a group --------------------------------------------------------------------------------------------

    def _left(self, clause: Span, start: int) -> tuple[str, tuple[int, int, Entry] | None]:
        """What the words before a group make of it: start, comma, command, partner, agent or none."""
        floor = max(clause.start, start - _BEFORE)
        before = self.key[floor:start]
        if det := self.cues.det.search(before):
            before = before[: det.start()]
        glued = before.rstrip()[-1:] in "-–+"
        stripped = (_GLUED_BULLET.sub("", before) if glued else before).rstrip(" \"'“(")
        if not stripped:
            return "start", None
        at = floor + len(stripped)
        bare = at if stripped[-1] not in ":" else floor + len(stripped.rstrip(" :"))
        command = self.commands.get(at) or self.commands.get(bare)
        if command is None and stripped[-1] == "," and (timed := self._commanded_by(floor, at - 1)) is not None:
            command, at = timed
        tail = stripped[-_TAIL:]
        if self.cues.passive.search(tail):
            return "passive", None
        listed = stripped[-1] == ":" and command is not None and command[1].means.get("force") == "steer"
        if command is not None and not listed and self._commands(clause, command):
            return "command", (command[0], at, command[1])  # not "trực tiếp chỉ đạo: | ông A phụ trách …"
        if (present := self.cues.presence.search(tail)) is not None:
            return "presence", (at - len(tail) + present.start(), at, self.scene.patterns.entry("duty.presence"))
        if floor == clause.start and self.cues.belongs.search(stripped) is not None:
            return "belongs", (floor, at, self.scene.patterns.entry("duty.belongs"))
        opened = ":" if before.rstrip().endswith("(") else ""  # Cơ quan thường trực (Văn phòng Đảng ủy): …
        if floor == clause.start and self.cues.stands.search(f"{stripped}{opened}") is not None:
            return "standing", (floor, at, self.scene.patterns.entry("duty.stands"))
        if (pledge := self.cues.pledge.search(tail)) is not None:
            return "pledge", (at - len(tail) + pledge.start("of"), at, self.scene.patterns.entry("duty.pledge"))
        if partner := self.cues.partner.search(tail):
            begin = self._verb_around(at - len(tail) + partner.start())
            if self._is_noun(floor, begin):
                return "none", None
            return "partner", (begin, at, self.scene.patterns.entry("duty.partner"))
        if command is not None and stripped[-1] != ":":
            return "none", None
        if at in self.agents:
            return "agent", None
        linker = self.cues.linker.search(tail)
        if linker is not None:
            ahead = stripped[: len(stripped) - len(tail) + linker.start()].rstrip()
            if not ahead or ahead[-1] in ",.:;-":
                return "start", None
        if (owner := self.cues.owner.search(stripped)) is not None and owner.start() == 0 and floor == clause.start:
            return "start", None
        if self.cues.says.search(tail):
            return "start", None
        if stripped[-1] == ":":
            return ("none" if self.cues.faults.search(stripped[:-1].rstrip()) else "start"), None
        if _STOPPED.search(stripped[-6:]) and self.text[start].isupper():
            return "start", None  # a sentence behind a number's full stop: … trong quý II. Hội Nông dân …
        if stripped[-1] == ",":
            return "comma", None
        if before.rstrip(" \"'“").endswith("("):
            return "bracket", None
        if before.endswith((" - ", " – ")):
            return "dash", None
        return ("start" if self._timed(clause.start, at) else "none"), None

    def _commanded_by(self, floor: int, end: int) -> tuple[tuple[int, Entry], int] | None:
        """The command before a time and a comma, and where it ends: ``đề nghị trong quý IV, UBND xã rà soát …``."""
        start = self.time_ends.get(end)
        if start is None or start <= floor:
            return None
        at = self._before(start)
        command = self.commands.get(at)
        return None if command is None or command[1].means.get("force") == "steer" else (command, at)

    def _asks_in(self, clause: Span) -> bool:
        """Whether a clause asks or tells somebody to do something, whoever that is."""
        first = bisect_left(self.order_ends, clause.start)
        for end in self.order_ends[first : bisect_left(self.order_ends, clause.end)]:
            start, entry = self.commands[end]
            ahead = self.key[clause.start : start].rstrip()
            told = clause.start + len(ahead) in self.actor_ends
            if entry.means.get("force") == "ask" and told and not self._is_noun(clause.start, start):
                return True
        return False

    def _verb_around(self, position: int) -> int:
        """The start of the longer verb that holds this word (là cơ quan chủ trì)."""
        for start in self._verbs_between(position - _NEAR, position):
            if self.verbs[start].end > position:
                return start
        return position

    def _timed(self, floor: int, end: int) -> bool:
        """Whether nothing but times stands before a subject: Từ năm 2021, mỗi quý Ban Dân vận kiểm tra …"""
        timed = False
        while (start := self.time_ends.get(end)) is not None and start >= floor:
            timed, end = True, start
            while end > floor and self.key[end - 1] in " ,":
                end -= 1
        return timed and (end == floor or self.key[end - 1] == ":")

    def _commands(self, clause: Span, command: tuple[int, Entry]) -> bool:
        """Whether a command's word is one here: no noun (theo yêu cầu của), no report of the past (đã giao)."""
        start, entry = command
        floor = max(clause.start, start - _BEFORE)
        ahead = self.key[floor:start].rstrip()
        if not ahead:
            return True
        if entry.means.get("force") != "steer" and self._has_ordered(clause, floor, floor + len(ahead)):
            return True
        if self._is_noun(floor, start):
            return entry.means.get("force") != "steer" and self.cues.meeting.search(ahead) is not None
        said = [a.extent for a in self._inside(floor, start)]
        told = bool(said) and said[-1].end == floor + len(ahead)  # who asks stands right before
        if entry.means.get("force") == "give":
            # "thủ tục do UBND tỉnh ủy quyền cho Sở A giải quyết" tells of it
            return not (told and self._before(said[-1].start) in self.agents)
        if entry.means.get("force") != "ask":
            return True
        if ahead[-1] in ",:" or self.cues.linker.search(ahead[-40:]):
            return True
        if told:
            return True
        return not any(
            floor <= i < start and not any(e.start <= i < e.end for e in said)
            for i in self._verbs_between(floor, start)
        )

    def _has_ordered(self, clause: Span, floor: int, end: int) -> bool:
        """Whether somebody opens a clause who has just given an order: ``UBND tỉnh vừa giao | Sở A chủ trì …``.

        An order that was given is still to be carried out; what was done is told with other verbs.
        """
        told = self.cues.has_ordered.search(self.key[floor:end])
        at = end if told is None else self._before(floor + told.start())
        if at <= floor:
            return False
        if (led := self.cues.leaders.search(self.key[floor:at])) is not None:
            begin = floor + led.start("who")
        elif told is not None and at in self.actor_ends:
            begin = next(a.extent.start for a in reversed(self._inside(floor, at)) if a.extent.end == at)
        else:
            return False
        opened = self.key[clause.start : begin].rstrip()
        return not opened or not opened[-1].isalpha() or self.cues.linker.search(opened) is not None

    def _before(self, start: int) -> int:
        """Where the word before ends."""
        while start and self.key[start - 1] == " ":
            start -= 1
        return start

    def _steers(self, start: int) -> bool:
        """Whether the verb is one that others are told with (chỉ đạo, lãnh đạo, đôn đốc)."""
        verb = self.verbs.get(start)
        command = None if verb is None else self.commands.get(verb.end)
        return command is not None and command[1].means.get("force") == "steer"

    # --- right of a group -------------------------------------------------------------------------------------------

    def _duty(
        self, span: Span, *, anything: bool = False, below: int | None = None, open_verb: bool = False
    ) -> Duty | None:
        """The duty that begins behind a subject.

        Args:
            span: from the end of the subject to the end of its clause.
            anything: behind a colon any words are a duty.
            below: the block whose bullets hold the duty if nothing but a colon follows.
            open_verb: an unknown lower-case word counts as a verb.
        """
        limit = span.end
        position = skip_brackets(self.key, span.start, limit)
        position = past(AFTER_SUBJECT, self.key, position, limit)
        if self.cues.reports.match(self.key, position, limit):
            return None  # X cho biết: … is told, not assigned
        if position < limit and self.key[position] == ":":
            position = past(AFTER_SUBJECT, self.key, position + 1, limit)
            if position >= limit and below is not None:
                return self._duty_below(below)
        if (each := self.each.match(self.key, position, limit)) is not None:
            position = past(AFTER_SUBJECT, self.key, each.end(), limit)
        behind = self._past_together(position, limit) or self._past_standing(position, limit)
        if behind is not None:
            return self._duty(Span(behind, limit), anything=anything, below=below, open_verb=open_verb)
        begin = position
        if open_verb and (planned := self.cues.has_plan.match(self.key, position, limit)) is not None:
            position = planned.end()
        position, adverbs = self._adverbs(position, limit)
        if (word := _WORD.match(self.key, position, limit)) and self.cues.past.search(word[0]):
            steered = word.end() + 1
            if self.scene.document.doc_type or not self._tells_must(steered, limit):
                return None  # X cũng đã đề ra …: what is done
            return self._make_duty(self._verbs(steered, limit), steered, steered, limit)
        if self.cues.built.match(self.key, position, limit):
            return None  # Trường Mầm non A sẽ khởi công trong tháng 3: what is built
        if adverbs and below is not None and self._only_colon(position, limit):
            return self._duty_below(below)  # có trách nhiệm: + bullets
        if adverbs and self.key.startswith(":", position, limit):  # có trách nhiệm: lập danh sách
            behind = self._adverbs(past(AFTER_SUBJECT, self.key, position + 1, limit), limit)[0]
            position = behind if behind in self.verbs else position
        if position not in self.verbs or position >= limit:
            after = self._after_gap(begin, limit)
            if after is None:
                return self._without_verb(span, begin, position, adverbs, anything=anything, open_verb=open_verb)
            position = begin = after
        elif (charged := self._behind_charge(position, limit)) is not None:
            begin, position = charged
        if position > span.start and self.cues.past.search(
            self.key[max(span.start, position - 20) : position].rstrip()
        ):
            return None
        return self._make_duty(self._verbs(position, limit), begin, position, limit)

    def _tells_must(self, start: int, limit: int) -> bool:
        """Whether the verb at ``start`` tells others what they must do: ``(đã) chỉ đạo các xã khẩn trương rà soát``."""
        verb = self.verbs.get(start)
        if verb is None or not self._steers(start):
            return False
        told = next(iter(self._inside(verb.end, min(limit, verb.end + _NEAR))), None)
        if told is None or self.key[verb.end : told.extent.start].strip():
            return False
        end = told.extent.end
        for other in self._inside(end, min(limit, end + _NEAR)):
            if not self.cues.joint.fullmatch(self.key, end, other.extent.start):
                break
            end = other.extent.end
        return self.cues.modal.search(self.key, end, min(limit, end + _MODAL)) is not None

    def _past_together(self, position: int, limit: int) -> int | None:
        """Behind ``cùng (với) Y`` right after a subject X: the duty is that of both."""
        together = self.cues.together.match(self.key, position, limit)
        if together is None:
            return None
        group = next(self._each_group(Span(together.end(), min(limit, together.end() + _GAP))), None)
        if group is None:
            return None
        between = self.key[together.end() : group.span.start]
        return group.span.end if not between.strip() or self.cues.det.expression.fullmatch(between.lstrip()) else None

    def _past_standing(self, position: int, limit: int) -> int | None:
        """Behind what a subject is to another body (``Sở A - cơ quan thường trực Ban B``), if its verb follows."""
        standing = self.cues.standing.match(self.key, position, limit)
        group = None if standing is None else next(self._each_group(Span(position, limit)), None)
        if standing is None or group is None or self.key[standing.end() : group.span.start].strip():
            return None  # "thường trực Ban Chỉ đạo" is read as a body itself
        behind = past(AFTER_SUBJECT, self.key, skip_brackets(self.key, group.span.end, limit), limit)
        if self.key.startswith(":", behind, limit):
            behind = past(AFTER_SUBJECT, self.key, behind + 1, limit)
        behind = self._past_topic(group.span.end, behind, limit)
        return behind if self._adverbs(behind, limit)[0] in self.verbs else None

    def _past_topic(self, end: int, position: int, limit: int) -> int:
        """Behind what a steering body is for, where its name opens with a verb: Ban Chỉ đạo thực hiện chính sách X."""
        topic = self.cues.body_topic.match(self.key, end, limit)
        if topic is None:
            return position
        for start in self._verbs_between(topic.end(), min(limit, end + _GAP)):
            if self.verbs[start].role != "implement" and not self._is_noun(end, start):
                return start
        return position

    def _only_colon(self, position: int, limit: int) -> bool:
        rest = self.key[position:limit]
        return not rest.strip(" :") and ":" in self.key[position - 1 : limit]

    def _without_verb(
        self, span: Span, begin: int, position: int, adverbs: int, *, anything: bool, open_verb: bool
    ) -> Duty | None:
        """The duty where no known verb stands behind the adverbs."""
        limit = span.end
        lower = position < limit and self.text[position].islower()
        if adverbs and lower and not self.stop.match(self.key, position):
            return self._make_duty((), begin, position, limit)
        if adverbs and (anything or self.cues.manner.match(self.key, position, limit)) and position > begin:
            return self._make_duty((), begin, begin, limit)
        if begin in self.verbs and begin < limit:
            return self._make_duty(self._verbs(begin, limit), begin, begin, limit)
        if open_verb and begin > span.start and self._maybe_verb(begin, limit):
            return self._make_duty((), begin, begin, limit)
        if anything and begin < limit and self.key[begin:limit].strip(" .;") and not self.key[begin].isdigit():
            late = self._first_verb(begin, limit)
            return self._make_duty(() if late is None else self._verbs(late, limit), begin, begin, limit)
        return None

    def _duty_below(self, index: int) -> Duty | None:
        """The first duty below a heading without text of its own."""
        blocks, layout = self.scene.view.blocks, self.scene.layout
        below = index + 1
        if below >= len(blocks) or not layout.is_body(blocks[below].start):
            return None
        group = next(self._each_group(layout.content(index)), None)
        if group is not None and self._announces(index, group):
            return None
        mine, its = layout.markers[index], layout.markers[below]
        if its is not None and (mine is None or mine.style == its.style):
            return None if mine is not None else self._duty_at(below)
        return self._duty_at(below)

    def _work_below(self, index: int, position: int) -> Span | None:
        """The first item of the list that a line opens: ``Sở A chủ trì, phối hợp với các đơn vị liên quan:``."""
        blocks, layout = self.scene.view.blocks, self.scene.layout
        rest = self.key[position : blocks[index].end].rstrip()
        if not rest.endswith(":") or any(mark in rest for mark in ".;") or index + 1 >= len(blocks):
            return None
        below = layout.content(index + 1)
        duty = None if self._next_actor(below.start) == below.start else self._duty_below(index)
        return None if duty is None or duty.thin else duty.task

    def _announces(self, index: int, group: Group) -> bool:
        """``Trách nhiệm của các đơn vị:``, ``Các Ủy viên phụ trách:`` over lines that each name their own."""
        if index + 1 >= len(self.scene.view.blocks):
            return False
        below = self.scene.layout.content(index + 1)
        first = next(self._each_group(below), None)
        if first is None or first.span.start != below.start:
            return False
        if all(a.generic for a in group.members):
            return not first.members[0].generic and self._each_named(index + 1)
        return first.members[0].kind == "person" and all(a.kind == "position" for a in group.members)

    def _each_named(self, index: int) -> bool:
        """Whether all items of the list that begins here name their own body."""
        markers, mine = self.scene.layout.markers, self.scene.layout.markers[index]
        for below in range(index + 1, min(len(markers), index + _LONGEST_LIST)):
            its = markers[below]
            if mine is None or its is None or (its.style != mine.style and not its.style.startswith(_ITEMS)):
                return True
            said = self.scene.layout.content(below)
            if its.style == mine.style and self._next_actor(said.start) >= min(said.end, said.start + _NEAR):
                return False
        return True

    def _duty_at(self, index: int) -> Duty | None:
        content = self.scene.layout.content(index)
        clause = next(iter(self.scene.clauses(index)), content)
        begin = clause.start
        if self.key[begin : begin + 1].isdigit() and self._verbs_between(begin, min(clause.end, begin + _GAP)):
            return self._make_duty((), begin, begin, clause.end)  # 100% trường học ký cam kết
        clause = Span(begin, min(clause.end, begin + LONGEST_CLAUSE))
        if self._adverbs(begin, clause.end)[0] in self.verbs:
            return self._duty(clause, anything=True)
        for group in self._groups(clause)[:1]:
            if self._left(clause, group.span.start)[0] in ("start", "comma"):
                begin = group.span.end
        return self._duty(Span(begin, clause.end), anything=True)

    def _has_verb(self, start: int, end: int) -> bool:
        """A duty's verb right behind the body: then the line is a clause, not a heading."""
        position = past(AFTER_SUBJECT, self.key, start, end)
        if self.cues.gap.match(self.key, position, end):
            return False
        if position in self.verbs:
            return True
        adverb = self.cues.adverb.match(self.key, position, end)
        return bool(adverb)

    def _maybe_verb(self, begin: int, limit: int) -> bool:
        """An unknown lower-case word right behind a single body, with an object: taken for a verb."""
        words = self.key[begin:limit].split()
        joint = self.cues.verb_joint.match(self.key, begin).end()
        if joint > begin and joint not in self.verbs and self.text[joint : joint + 1].islower():
            return False  # 'Quỹ "Vì người nghèo" | và doanh nghiệp đóng góp 4 tỷ đồng'
        return (
            len(words) >= 3
            and self.text[begin].islower()
            and self.text[begin - 1] == " "
            and self._next_actor(begin) > begin
            and not self.stop.match(self.key, begin)
            and not self.cues.gap.match(self.key, begin)
            and not self.cues.noun.search(words[0])
            # "chậm là Sở Y tế, | xã Tân Mẫu"; "chỉ đạo Đảng bộ xã A | và xã B"
            and units(self.scene.patterns).admin_at(self.key, joint) < 0
        )

    def _adverbs(self, position: int, limit: int) -> tuple[int, int]:
        """Past the adverbs: to the first word that is none, or to a verb that no adverb continues."""
        count = 0
        for _ in range(_MOST_ADVERBS):
            verb = self.verbs.get(position)
            adverb = self.cues.adverb.match(self.key, position, limit)
            word = adverb or self.cues.copula.match(self.key, position, limit)
            if word is None or (verb is not None and (verb.role != "implement" or verb.end > word.end())):
                break
            after = self.cues.verb_joint.match(self.key, word.end(), limit).end()
            if verb is not None and after not in self.verbs and not self.cues.adverb.match(self.key, after, limit):
                break
            position, count = after, count + (adverb is not None)
        return position, count

    def _after_gap(self, begin: int, limit: int) -> int | None:
        """The verb behind a circumstance or restriction (theo chức năng, nhiệm vụ được giao, …)."""
        if not self.cues.gap.match(self.key, begin, limit):
            return None
        end = min(limit, begin + _GAP)
        based = self.cues.gap_basis.match(self.key, begin, end) is not None
        comma = self.key.find(",", begin, end)
        early = self._behind_basis(begin, comma) if based and comma >= 0 else None
        if early is not None and not self.cues.later.search(self.key[begin:early].rstrip()):
            return early  # "căn cứ khả năng cân đối ngân sách | tham mưu bố trí kinh phí, hoàn thành …"
        for start in self._verbs_between(begin + 1, end):
            if based and self.cues.gap_aim.search(self.key[begin:start].rstrip()):
                return start
            ahead = self._bare(self.key[begin:start])
            inner = next(
                (m for m in self.cues.gap_inner.finditer(self.key, begin, end) if m.start() < start < m.end()), None
            )
            urged = len(ahead.rstrip()) < len(self.key[begin:start].rstrip())
            ended = self.cues.gap_end.search(ahead.rstrip()) is not None
            if inner is None and (ended or (urged and not self._is_noun(begin, start))):
                return start
        return self._behind_basis(begin, end)

    def _behind_charge(self, begin: int, limit: int) -> tuple[int, int] | None:
        """Adverb and verb behind what tells a post from others: ``phụ trách nông nghiệp | trực tiếp | chỉ đạo``."""
        if not self.cues.gap.match(self.key, begin, limit):
            return None
        comma = self.key.find(",", begin, limit)
        for start in self._verbs_between(self.verbs[begin].end + 1, comma if comma >= 0 else limit):
            ahead = self.key[begin:start].rstrip()
            bare = self._bare(ahead).rstrip()
            if len(bare) < len(ahead) and begin + len(bare) > self.verbs[begin].end:
                return begin + len(ahead) - len(ahead[len(bare) :].lstrip()), start
        return None

    def _behind_basis(self, begin: int, end: int) -> int | None:
        """The verb behind what a thing is done on, without a comma: ``căn cứ Kế hoạch này xây dựng …``."""
        basis = self.cues.gap_basis.match(self.key, begin, end)
        if basis is None:
            return None
        inner = {m.end() for m in self.cues.gap_inner.finditer(self.key, begin, end)}
        for start in self._verbs_between(basis.end() + 2, end):
            within = self.verbs[start].end in inner or self.text[start].isupper()
            if not within and not self._is_noun(basis.end(), start):
                return start
        return None

    def _without_adverb(self, ahead: str) -> str:
        kept = ahead.rstrip()
        if not self.cues.last_adverb.fits(kept):
            return ahead
        for words in _LAST_WORDS:
            match = words.search(kept, max(0, len(kept) - _NEAR))
            if match and self.cues.adverb.fullmatch(match[0]):
                return kept[: match.start()]
        return ahead

    def _first_verb(self, begin: int, limit: int) -> int | None:
        for start in self._verbs_between(begin, min(limit, begin + _GAP)):
            ahead = self.key[begin:start].rstrip()
            if start == begin or (ahead.endswith((",", ":", " -", " –")) and not self._is_noun(begin, start)):
                return start
        return None

    def _verbs(self, position: int, limit: int) -> tuple[Verb, ...]:
        """The duty's own verbs (decision 13): serial and coordinate ones, up to its purpose clause."""
        purpose = self.cues.purpose.search(self.key, position, limit)
        stop = purpose.start() if purpose and purpose.start() > position else limit
        counted: list[Verb] = []
        last: Verb | None = None
        last_counted = True
        for start in self._verbs_between(position, stop):
            verb = self.verbs[start]
            if last is not None and start < last.end:
                continue
            if last is None:
                own = True
            else:
                between = self.key[last.end : start]
                if last.role == "monitor" and verb.role == "implement" and not between.strip():
                    own = False  # đôn đốc thực hiện: what is watched
                elif self._serial(last.end, start):
                    own = last_counted
                else:
                    own = bool(self.cues.later.search(self._bare(between))) and not self._is_noun(last.end, start)
            if own:
                counted.append(verb)
            last, last_counted = verb, own
        return tuple(counted)

    def _bare(self, between: str) -> str:
        while (trimmed := self._without_adverb(between)) != between:
            between = trimmed
        return between

    def _serial(self, start: int, end: int) -> bool:
        """Whether only joints and adverbs stand between two verbs."""
        position = self.cues.verb_joint.match(self.key, start, end).end()
        for _ in range(4):
            if position >= end:
                return True
            adverb = self.cues.adverb.match(self.key, position, end)
            if adverb is None:
                return False
            position = self.cues.verb_joint.match(self.key, adverb.end(), end).end()
        return bool(position >= end)

    def _is_weak(self, verb: Verb) -> bool:
        return self.scene.patterns.entry(verb.rule).means.get("force") == "weak"

    def _make_duty(self, verbs: tuple[Verb, ...], begin: int, position: int, limit: int) -> Duty:
        roles = {v.role for v in verbs}
        if "advise" in roles and all(self._is_weak(v) for v in verbs if v.role == "lead"):
            roles -= {"lead"}  # "đầu mối tham mưu": who is it to advise, advises
        role: Role = next((r for r in PRECEDENCE if r in roles), "implement")
        if role == "monitor" and "implement" in {v.role for v in verbs if not self._light(v)}:
            role = "implement"
        if role in ("advise", "implement") and (behind := self._past_helped(position, limit)) is not None:
            helped = self._verbs(behind, limit)
            if helped and helped[0].start == behind and all(v.role == "monitor" for v in helped):
                role, verbs = "monitor", (*verbs, *helped)
            elif helped and helped[0].start == behind and helped[0].role == "advise":
                role, verbs = "advise", (*verbs, *helped)
        last = position
        for verb in verbs:
            if verb.start == position or self._serial(last, verb.start):
                last = verb.end
            else:
                break
        if last == position:
            word = _WORD.match(self.key, position, limit)
            last = word.end() if word else limit
        span = Span(position, last)
        task = self._task(position, limit)
        shown = task or self._trim(Span(begin, limit)) or span
        return Duty(role, verbs, span, shown, task is None or self._thin(task))

    def _past_helped(self, position: int, limit: int) -> int | None:
        """The verb behind ``giúp X``: giúp Ban Thường vụ theo dõi is monitoring."""
        helps = self.cues.helps.match(self.key, position, limit)
        group = None if helps is None else next(self._each_group(Span(helps.end(), limit)), None)
        if helps is None or group is None or self.key[helps.end() : group.span.start].strip():
            return None
        return self._adverbs(past(AFTER_SUBJECT, self.key, group.span.end, limit), limit)[0]

    def _light(self, verb: Verb) -> bool:
        """A verb that only carries the next one (tổ chức kiểm tra, tiếp tục theo dõi)."""
        return bool(self.cues.adverb.fullmatch(self.key, verb.start, verb.end))

    def _task(self, position: int, limit: int) -> Span | None:
        """The clause behind the verbs that only say the role, behind partners, and behind a second subject's role.

        Such a verb stays where what follows hangs on it: ``phối hợp với lực lượng kiểm lâm trong công tác …``.
        """
        at = said = position
        for _ in range(6):
            verb = self.verbs.get(at)
            if verb is None or verb.role not in ("lead", "support"):
                break
            said = at
            at = self._past_partners(verb.end, limit)
            at = self._past_superior(at, limit)
            at = self._past_subject(at, limit)
            head = self.cues.task_head.match(self.key, at, limit)
            at = head.end() if head else at
        if self.cues.hangs.match(self.key, at, limit):
            at = said
        if (quoted := self.cues.quoted.search(self.key, at, limit)) is not None:
            limit = quoted.start()  # "phụ trách công tác giảm nghèo cho biết: …"
        return self._trim(Span(at, limit))

    def _past_subject(self, end: int, limit: int) -> int:
        """Behind ``, Sở B`` of ``Sở A chủ trì, Sở B phối hợp đưa …``: to that one's verb; the rest is one task."""
        if self.key[end : self._next_actor(end)].strip(" ,"):
            return end
        group = next(self._each_group(Span(end, limit)), None)
        if group is None:
            return end
        begin = self._adverbs(past(AFTER_SUBJECT, self.key, group.span.end, limit), limit)[0]
        if begin in self.verbs and self.verbs[begin].role in ("lead", "support"):
            return begin
        return limit if begin in self.verbs and self.key[end:limit].lstrip().startswith(",") else end

    def _past_superior(self, end: int, limit: int) -> int:
        """Behind ``trước UBND tỉnh``: whom one answers to is no part of the task (form 4)."""
        match = self.cues.before.match(self.key, end, limit)
        if match is None:
            return end
        group = next(self._each_group(Span(end, limit)), None)
        return group.span.end if group is not None and group.span.start - match.end() < 4 else end

    def _past_partners(self, end: int, limit: int) -> int:
        """Behind ``với Sở A, Sở B`` if partners follow the verb."""
        if self._next_actor(end) - end >= _NEAR:
            return end
        group = next(self._each_group(Span(end, limit)), None)
        if group is not None:
            start = max(0, group.span.start - 70)
            before = self.key[start : group.span.start]
            det = self.cues.det.search(before)
            partner = self.cues.partner.search((before[: det.start()] if det else before).rstrip())
            if partner and self._serial(end, max(end, start + partner.start())):
                return skip_brackets(self.key, group.span.end, limit)
        return end

    def _is_quota(self, group: Group, duty: Duty, limit: int) -> bool:
        """How much each unit has to reach (mỗi xã xây dựng 02 mô hình) is a target, not an assignment (decision 1)."""
        start, end = group.span.start, min(limit, duty.span.end + _NEAR)
        det = self.cues.det.search(self.key[max(0, start - _TAIL) : start])
        begin = start if det is None else start - len(det[0])
        if self.cues.quota_each.match(self.key[begin:end]):
            return True
        return any(a.units for a in group.members) and bool(self.cues.quota.match(self.key[start:end]))

    def _orders(self, duty: Duty) -> bool:
        """The subject only hands on (UBND tỉnh giao Sở A): it is no assignee."""
        first = duty.verbs[0] if duty.verbs else None
        if first is None:  # UBND tỉnh ủy quyền cho Sở A
            opened = (e for at, e in self.commands.values() if at == duty.span.start)
            return any(entry.means.get("force") == "give" for entry in opened)
        if first.role != "implement":
            return False
        command = self.commands.get(first.span.end)
        if command is None or command[1].means.get("force") == "steer":
            return False
        if command[1].means.get("force") == "ask" and self.cues.everybody.match(self.key, first.span.end + 1):
            return True  # "UBND xã đề nghị các hộ gia đình chủ động …"
        asked = first.span.end + 1
        if command[1].means.get("force") == "ask" and (
            self.cues.adverb.match(self.key, asked)
            or (asked in self.verbs and self.cues.demand.match(self.key, first.span.start))
        ):
            return True  # "UBND tỉnh yêu cầu rà soát …", of nobody in particular; but "Sở A đề nghị bổ sung kinh phí"
        return bool(self._inside(first.span.end, first.span.end + 9, whole=False))

    def _issues(self, start: int, duty: Duty) -> bool:
        news = self.cues.issue_news.match(self.key, duty.span.start) if self.scene.is_article else None
        if news is not None and self.text[news.start("doc")].isupper():
            return True  # a named document, not plans in general
        last, limit = duty.span.end + _ISSUE_BEGINS, min(len(self.key), duty.span.end + _ISSUE)
        for place in self.cues.issue_opens.finditer(self.key, start, limit):
            if place.start() > last:
                return False
            if self.cues.issue.match(self.key, place.start(), limit):
                return True
        return False

    # --- groups and tasks ---------------------------------------------------------------------------------------------

    def _inside(self, start: int, end: int, *, whole: bool = True) -> list[Actor]:
        """The actors of a stretch (``whole``: those that end in it too), in order."""
        first, last = bisect_left(self.actor_starts, start), bisect_left(self.actor_starts, end)
        found = list(self.actors[first:last])
        while whole and found and found[-1].extent.end > end:
            found.pop()
        return found

    def _next_actor(self, start: int) -> int:
        """Where the first actor from ``start`` on begins; the end of the text where there is none."""
        at = bisect_left(self.actor_starts, start)
        return self.actor_starts[at] if at < len(self.actor_starts) else len(self.key)

    def _groups(self, span: Span) -> list[Group]:
        return list(self._each_group(span))

    def _each_group(self, span: Span) -> Iterator[Group]:
        """Coordinate actors together; single bodies in brackets behind a class stand for it (decision 35)."""
        group: list[Actor] = []
        classes: set[int] = set()
        at = bisect_left(self.actor_starts, span.start)
        while at < len(self.actors) and self.actors[at].extent.end <= span.end:
            actor, at = self.actors[at], at + 1
            if group:
                last = group[-1]
                between = self.key[last.extent.end : min(actor.extent.start, last.extent.end + _LONGEST_JOINT)]
                opens = last.generic and self.cues.opens_bracket.fullmatch(between)
                opens = opens or (last.generic and between.strip() == ":" and self._names_class(last))
                if self.cues.apposed.fullmatch(between) and self._superior_of(last, actor):
                    group[-1] = replace(last, extent=Span(last.extent.start, actor.extent.end))
                    continue  # Phòng Nghiệp vụ - Sở Y tế: the body it is of
                part = not last.generic and self.cues.opens_bracket.fullmatch(between)
                if part and self.text[actor.extent.end : actor.extent.end + 2] == "),":
                    group[-1] = replace(last, extent=Span(last.extent.start, actor.extent.end + 1))
                    continue  # "Sở Tài chính (Kho bạc Nhà nước), Sở Nội vụ": the part of it that is meant
                if len(between) < _LONGEST_JOINT and (opens or self.cues.joint.fullmatch(between)):
                    if opens:
                        classes.add(id(last))
                    group.append(actor)
                    continue
                yield self._grouped(group, classes, span)
            group = [actor]
        if group:
            yield self._grouped(group, classes, span)

    def _names_class(self, group: Actor) -> bool:
        """Whether a class before a colon only says what those behind it are: ``với các đoàn thể: Hội A, Hội B``."""
        if group.units or not self.text[group.extent.start].islower():
            return False
        before = self.key[max(0, group.extent.start - _TAIL) : group.extent.start].rstrip()
        return self.cues.partner.search(before) is not None or group.extent.start - 1 in self.commands

    def _superior_of(self, body: Actor, other: Actor) -> bool:
        """Whether the second of two bodies is one that has others below it (a department, a committee)."""
        if not body.kind == other.kind == "organization" or body.generic:
            return False
        levels = [self.scene.patterns.entry(a.rule).means.get("level") for a in (body, other)]
        return levels[0] != "superior" and levels[1] == "superior"

    def _grouped(self, group: Sequence[Actor], classes: set[int], span: Span) -> Group:
        end = group[-1].extent.end
        if classes and any(id(a) in classes for a in group):
            if close := _CLOSES_BRACKET.match(self.key, end, min(span.end, end + _NEAR)):
                end = close.end()
            return Group(tuple(a for a in group if id(a) not in classes), Span(group[0].extent.start, end))
        return Group(tuple(group), Span(group[0].extent.start, end))

    def _thin(self, task: Span) -> bool:
        """A task that only repeats that something is to be done (tham mưu thực hiện, chung)."""
        if len(self.key[task.start : task.end].split()) > _THIN:
            return False
        position = task.start
        while position < task.end:
            verb = self.verbs.get(position)
            adverb = self.cues.adverb.match(self.key, position, task.end)
            end = max(verb.end if verb else 0, adverb.end() if adverb else 0)
            if not end or (verb is not None and adverb is None and verb.rule in _OWN_WORK):
                return False
            position = self.cues.verb_joint.match(self.key, end, max(end, task.end)).end()
        return True

    def _heading_of(self, index: int, *, labelled: bool = False) -> Span | None:
        """The heading that a task is inherited from: the nearest above with words of its own (DOMAIN §7.6).

        Args:
            index: the block of the assignee.
            labelled: it stands behind a label (``Chủ trì: …``), so that the item above is the work, whoever it names.
        """
        layout = self.scene.layout
        node: Node | None = layout.node_at(self.scene.view.blocks[index].start)
        marked = layout.markers[index] is not None
        for above in layout.ancestors(node):
            if above.block == index or self._names_body(above) or self._leads_in(above, marked=marked):
                continue
            if not (marked or labelled) and self._is_order(above):
                continue
            if self.cues.section.fullmatch(self.key[above.heading.start : above.heading.end].strip(" .:#*")):
                continue
            if len(above.heading) > 2:
                return above.heading
            if (
                layout.markers[above.block] is not None
                and (said := self._trim(layout.content(above.block))) is not None
            ):
                return said
        return self._line_above(index)

    def _line_above(self, index: int) -> Span | None:
        """The line over a list that the outline knows no heading of."""
        layout, blocks = self.scene.layout, self.scene.view.blocks
        mine = layout.markers[index]
        if mine is None or mine.style == "article":
            return None  # an article of a decision is no item of the list above it
        for above in range(index - 1, max(-1, index - _LONGEST_LIST), -1):
            its = layout.markers[above]
            if its is not None and its.style == mine.style:
                continue
            start, end = blocks[above].start, blocks[above].end
            node = layout.node_at(start)
            heads = node is not None and node.block == above and node.kind != "body"
            if heads or not layout.is_body(start) or self._inside(start, end):
                return None
            said = layout.content(above)
            words = self.key[said.start : said.end].rstrip()
            tells = self.cues.lead_in.search(words) or self.cues.section.fullmatch(words.strip(" .:#*"))
            return None if tells else self._trim(said)
        return None

    def _is_asked(self, index: int) -> bool:
        """An item of the list behind ``Phó Chủ tịch UBND huyện yêu cầu:``, in a page that else only tells of deeds."""
        layout, blocks = self.scene.layout, self.scene.view.blocks
        if layout.markers[index] is None:
            return False
        if index not in self.asked:
            above = index - 1
            while above > max(0, index - _LONGEST_LIST) and layout.markers[above] is not None:
                above -= 1
            said = self.key[blocks[above].start : blocks[above].end].rstrip() if above >= 0 else ""
            self.asked[index] = self.cues.asks.search(said[-_LONGEST_CALL:]) is not None
        return self.asked[index]

    def _leads_in(self, node: Node, *, marked: bool) -> bool:
        """A sentence that only opens a list: no heading of a paragraph behind the list, nor if it says who orders."""
        if self.scene.layout.markers[node.block] is not None:
            return False
        block = self.scene.view.blocks[node.block]
        said = self.key[node.heading.start : block.end].rstrip()
        return (not marked and said.endswith(":")) or self.cues.lead_in.search(said[-_NEAR:]) is not None

    def _is_order(self, node: Node) -> bool:
        """An item that says what somebody is to do: no heading of the paragraph that closes the list."""
        if self.scene.layout.markers[node.block] is None:
            return False
        block = self.scene.view.blocks[node.block]
        said = self.key[node.heading.start : block.end].rstrip()
        return said.endswith(".") and bool(self._inside(node.heading.start, block.end))

    def _names_body(self, node: Node) -> bool:
        """A heading that says who, or only what part of the document this is, not what is to be done."""
        named = sum(len(a.extent) for a in self._inside(node.start, node.heading.end))
        if node.level == 1 and node.kind != "body":
            return True
        return node.kind == "organisation" and 2 * named >= len(node.heading) > 0

    def _trim(self, span: Span) -> Span | None:
        """Without the marks around, and without a closing bracket that was opened before."""
        start, end = span.start, span.end
        while start < end and self.text[start] in _MARKS_BEFORE:
            start += 1
        while end > start and (self.text[end - 1] in _MARKS_BEHIND or self.text[end - 1].isspace()):
            end -= 1
        if end > start and self.text[end - 1] == ")" and self.text.find("(", start, end) < 0:
            return self._trim(Span(start, end - 1))
        return Span(start, end) if end > start else None


def skip_brackets(key: str, start: int, limit: int) -> int:
    match = bracket_at(key, start, limit)
    return match.end() if match else start


def bracket_at(key: str, start: int, limit: int) -> Any:
    """A bracket right behind ``start``; looked at first, as ``regex`` seeks the closing half through the whole text."""
    return _BRACKET.match(key, start, min(limit, start + _LONGEST_JOINT + 8)) if "(" in key[start : start + 3] else None


def past(expression: Any, key: str, start: int, limit: int) -> int:
    """The end of an expression that may match nothing."""
    match = expression.match(key, start, limit)
    return int(match.end()) if match else start
