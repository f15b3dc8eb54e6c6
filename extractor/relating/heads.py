"""The words of ``patterns/heads.yaml`` that tell a target's indicator, compiled; each list answers one question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import regex

from extractor.finding.quantities import SPACE, base_of, by_end, number_words, units
from extractor.patterns import Lexicon, PatternSet, one_of
from extractor.text.keys import fold

COLON = ":"  # ties what is before it to a number like a word between them


class Heads:
    """heads.yaml, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        entries = [e for e in patterns.of("indicator") if not e.means.get("code")]

        def words(**means: str | bool) -> tuple[str, ...]:
            return patterns.literals("indicator", **means)

        def begins(*listed: str) -> regex.Pattern[str]:
            return regex.compile(rf"{one_of(listed)}(?!\w)")

        def holds(*listed: str) -> regex.Pattern[str]:
            return regex.compile(rf"(?<!\w){one_of(listed)}(?!\w)")

        self.starts = Lexicon(e for e in entries if e.means.get("starts"))
        self.ends = Lexicon(e for e in entries if e.means.get("ends") == "all")
        self.ends_count = Lexicon(e for e in entries if e.means.get("ends") in ("all", "count"))
        self.ends_who = Lexicon(e for e in entries if e.means.get("ends"))
        self.locations = Lexicon(e for e in entries if e.means.get("head") == "location")
        self.keep = Lexicon(e for e in entries if e.means.get("head") == "keep")
        self.links = by_end((w, w) for w in words(head="link"))
        self.strong = frozenset({*words(head="link", force="strong"), COLON})
        self.weak = frozenset(words(head="link", force="weak"))
        self.changes = frozenset(words(head="link", tells="change"))
        self.levels = frozenset(words(head="link", tells="level"))
        self.differences = frozenset(words(head="link", tells="difference"))
        self.by_how_much = self.differences | (self.changes - self.strong - self.levels)
        self.differs = regex.compile(rf"\s?{one_of(self.differences)}(?!\w)")
        self.shares = frozenset(words(head="link", tells="share"))
        self.same = frozenset(words(head="link", tells="same"))
        self.more = frozenset(words(head="link", tells="more"))
        self.rises = frozenset(words(head="link", tells="rise"))
        self.managed = frozenset(words(head="link", tells="managed"))
        self.extents = frozenset(words(head="link", tells="extent"))
        self.loans = frozenset(words(starts=True, tells="loan"))
        self.budget = frozenset(words(starts=True, tells="budget"))
        self.works = frozenset(words(head="works"))
        self.works_first = begins(*self.works)
        self.verbs = _by_start(words(head="verb"))
        self.verb_last = regex.compile(rf"(?<!\w){one_of((*words(head='verb'), *words(head='works')))}$", regex.REVERSE)
        done = one_of((*words(head="verb"), *words(head="works")))
        self.planned_last = regex.compile(rf"\s{one_of(words(head='modal'))}\s(?:{done}\s)?{done}$", regex.REVERSE)
        self.herd = frozenset(words(head="herd"))
        self.crop = begins(*words(head="crop"))
        self.grown_last = regex.compile(rf"\s{one_of(words(head='grown'))}$", regex.REVERSE)
        self.grown = frozenset(words(head="grown"))
        self.other_level = regex.compile(r"\s?\([^()\d\n]{1,40}\)\s?[/–-]\s?")
        self.grows = frozenset(words(starts=True, tells="grows"))
        # the last label of a stretch: "Ngành chế biến, chế tạo:", "* Du lịch:"
        self.sector = regex.compile(
            rf"(?:^|[\n;.]|[-*+]\s?){one_of(words(head='sector'))}(?!\w)[^:;\n\d]{{0,60}}:$", regex.REVERSE
        )
        self.onto = frozenset(words(head="onto"))
        self.onto_from = holds(*words(head="onto", tells="from"))
        self.joints = frozenset(words(head="verb", tells="joint"))
        # the words that may stand beside names and times where an amount repeats what the one before it is of
        beside = (*self.joints, *words(head="conjunction"), *words(head="location"))
        nouns = (*patterns.literals("place", role="prefix"), *patterns.literals("place", role="plural"))
        self.repeating = frozenset(word for phrase in (*beside, *nouns) for word in phrase.split())
        self.adverb = regex.compile(rf"\s{one_of(words(head='adverb'))}(?!\w)")
        total = words(head="total")
        attribute = one_of(words(head="attribute"))
        self.attribute_last = regex.compile(rf"(?<=\s){attribute}(?:\s[^\W\d_]++){{0,3}}\s*$", regex.REVERSE)
        self.total = regex.compile(rf"(?<!\w){one_of(total)}\s$")
        self.total_of = begins(*total)
        self.body = frozenset(words(head="body"))
        self.says = holds(*(self.strong - {COLON}))
        # "diện tích lúa | là 98 ha | đạt 57 %": the number inside is one of its own
        self.level_inside = regex.compile(rf"(?<!\w){one_of(self.strong - {COLON})}\s(?:[^\W\d_]++\s){{0,2}}+\d")
        self.rate = regex.compile(rf"(?:{one_of(total)}\s)?{one_of(words(starts=True, tells='rate'))}(?!\w)")
        self.said = holds(*words(head="said"))
        self.count = begins(*words(starts=True, tells="count"), *total)
        both = words(head="joint", side="both")
        self.between_heads = holds(*both, *words(head="joint", side="heads"))
        self.goal = begins(*words(head="goal"))
        self.in_phrase = holds(*both, *words(head="joint", side="phrase"))
        self.predicate = holds(*words(head="predicate"))
        self.undergoes = frozenset(words(head="predicate", tells="undergoes"))
        having = one_of(patterns.literals("number", role="selects"))
        self.has_size = regex.compile(rf"\s?(?:[^\W\d_]++\s){{1,6}}{having}\s(?:[^\W\d_]++\s?){{0,5}}")
        self.announces = begins(*words(head="announces"))
        self.location = regex.compile(rf"(?<=\w)\s{one_of(words(head='location'))}\s")
        located = one_of(words(head="location"))
        self.location_last = regex.compile(rf"\s{located}\s([^\W_]++(?:\s[^\W_]++){{0,6}}?)$", regex.REVERSE)
        self.location_first = regex.compile(rf"{located}\s")
        self.alone = frozenset(words(head="alone"))
        than, plan, by, settled = (one_of(words(head=h)) for h in ("plan_than", "plan", "plan_by", "plan_set"))
        self.plan = regex.compile(rf"(?<!\w)(?P<than>{than}\s)?{plan}(?:\s{by})?\s{settled}$")
        ends_done = one_of(words(head="alone", tells="done"))
        self.done_of = regex.compile(rf"(?<!\w){ends_done}$", regex.REVERSE)
        self.given_of = regex.compile(rf"(?<!\w){one_of(words(head='given'))}$", regex.REVERSE)
        self.order = begins(*words(head="order"))
        self.gives_only = regex.compile(rf"(?:{one_of(words(head='giving'))}(?:,? |$)){{1,4}}")
        self.base_only = begins(*words(head="given_base"))
        self.no_subject = begins(*words(head="no_subject"))
        self.in_all = begins(*words(head="in_all"))
        self.setting = begins(*words(head="no_subject"), *words(head="setting"))
        none = patterns.literals("unit", **{"class": "none"})
        self.doing = begins(*(word for word in none if " " in word))
        self.second_predicate = regex.compile(rf"\s*{one_of(words(head='second_predicate'))}\s")
        self._compile_joints(patterns)
        self._compile_names(patterns)

    def _compile_joints(self, patterns: PatternSet) -> None:
        def words(**means: str) -> str:
            return one_of(patterns.literals("indicator", **means))

        joint = words(head="conjunction", tells="clause")
        clause = rf"\s*(?:{joint}\s(?={words(head='clause')})|[,.;)]|$)"
        floor = one_of(patterns.literals("number", side="after"))
        whole = rf"{base_of(patterns, 'whole').pattern}(?=(?:\s+{floor})?\s*(?:\([^()\n]{{1,80}}\)\s?)?(?:[,.;)]|$))"
        self.bound_right = regex.compile(rf"\s?{floor}(?!\w)")
        level = one_of([*self.strong, *patterns.literals("indicator", head="link", tells="difference")])
        self.remark = regex.compile(rf"\([^()\n;]{{2,90}}\)(?=\s(?!{level}\s)\p{{Ll}})")
        noun = r"[^\W\d_]++"  # a word of what a list counts, with a remark behind it
        remark = r"(?:\s\([^()\d]{1,40}\))?"
        self.item = regex.compile(rf"(?:\s?[;,]|\s{joint})\s{noun}(?:,?\s{noun}){{0,7}}{remark}\s?:?\s")
        self.item_end = regex.compile(rf"\s?(?:[;,.](?!\d)|\n|$)|\s{joint}\s")
        self.list_label = regex.compile(
            rf"(?:[:;,]\s|\s{joint}\s|\n){noun}(?:\s{noun}){{0,5}}{remark}\s$", regex.REVERSE
        )
        self.share_base = base_of(patterns, "percent")
        self.next_level = regex.compile(rf"(?:,|\s{joint})\s{one_of(self.strong - {COLON})}(?!\w)")
        self.whole_first = base_of(patterns, "whole")
        self.whole_only = regex.compile(one_of(patterns.literals("number", role="base", where="whole")))
        self.whole_base = regex.compile(whole)
        self.base = (
            regex.compile(rf"{base_of(patterns, 'percent').pattern}|{whole}|{clause}"),
            regex.compile(rf"{base_of(patterns, 'change').pattern}|{clause}"),
        )
        leads_on = ("onward", "ahead")
        onward = one_of(w for tells in leads_on for w in patterns.literals("indicator", head="alone", tells=tells))
        self.onward_last = regex.compile(rf"(?<!\w){joint}\s{onward}$", regex.REVERSE)
        self.says_more = regex.compile(rf"\s*{joint}\s(?={words(head='clause')}(?!\w))")
        self.part = regex.compile(rf",\s|\s{joint}\s")
        self.part_last = regex.compile(rf"\s{joint}$", regex.REVERSE)
        self.cut = re.compile(rf",{SPACE}|{SPACE}{joint}{SPACE}(?={words(head='coordinated')}{SPACE})")
        # what leads to a count inside the words of a rate: "tỷ lệ trẻ tiêm đủ | 8 loại", "tỷ lệ hộ ở | 12 xã"
        leads = one_of(
            [*self.weak, *(w for h in ("preposition", "location") for w in patterns.literals("indicator", head=h))]
        )
        self.counted_in = regex.compile(rf"\s{leads}$", regex.REVERSE)
        self.next_verb = regex.compile(rf"(?:\s{joint}|,)\s+[^\W\d_]++(?:\s++[^\W\d_]++){{0,4}}+\s*+$")
        self.next_joint = regex.compile(rf"\s{joint}\s[^\W\d_]++(?:\s[^\W\d_]++){{0,3}}+\s*+$")
        self.and_vague = regex.compile(rf"(?:\s{joint}|,)\s(?:[^\W\d_]++\s){{1,3}}{words(head='vague')}(?!\w)")
        self.joint_last = regex.compile(rf"\s{joint}\s?$", regex.REVERSE)
        self.next_doing = regex.compile(rf"(?<=\s){words(head='next_doing')}\s$", regex.REVERSE)
        self.tails = by_end((w, w) for w in patterns.literals("indicator", head="tail"))
        # read from the end: forwards, each place of a long run of such words would be tried up to the end
        tail = rf"(?<!(?<!\w){words(head='denied')}\s){words(head='tail')}"
        self.tail = regex.compile(rf"(?:[\s,/-]|{tail})+$", regex.REVERSE)
        plural = words(head="plural")
        self.leads_on = regex.compile(rf"\s{words(head='preposition')}(?:\s{plural})?$")
        self.object_of = regex.compile(rf"\s(?:{words(head='preposition')}|{words(head='location')})(?:\s{plural})?$")
        self.goes_on = regex.compile(
            rf"\s?(?:{words(head='preposition')}|{words(head='location')}|{words(head='adverbial')})\s(?!\d)"
        )
        # "hộ nghèo ở | 12 thôn", with no other number behind
        self.object_number = regex.compile(
            rf"\s(?:{words(head='preposition')}|{words(head='location')})\s[\d.]++(?:\s[^\W\d_]++){{1,12}}+$",
            regex.REVERSE,
        )
        self.preposition = regex.compile(rf"\w\s(?:{words(head='preposition')}|{words(head='plural')})\s$")

    def _compile_names(self, patterns: PatternSet) -> None:
        def begins(listed: Iterable[str]) -> regex.Pattern[str]:
            return regex.compile(rf"{one_of(listed)}(?!\w)")

        def words(**means: str) -> str:
            return one_of(patterns.literals("indicator", **means))

        plural, rest, copula = words(head="plural"), words(head="rest"), words(head="of_share", tells="copula")
        admin = one_of(units(patterns).admin)
        self.place = regex.compile(rf"(?:{plural}\s)?(?:{admin}|{words(head='place')}\.?)(?!\w)")
        joint = words(head="conjunction")
        self.respectively = regex.compile(rf"(?<!\w){words(head='respective')}(?!\w)")
        conjunctions = patterns.literals("indicator", head="conjunction")
        self.between_values = frozenset({",", ";", *(f"{mark}{word}" for mark in ("", ", ") for word in conjunctions)})
        self.said_of_values = self.changes | self.levels | self.strong
        self.and_place = regex.compile(rf"(?i:\s{joint}\s(?:{plural}\s)?(?:{admin})\s)(?=\p{{Lu}})")
        self.copulas = frozenset(patterns.literals("indicator", head="of_share", tells="copula"))
        self.closes = regex.compile(rf"\s*{words(head='closes')}\s*")
        self.by_means = regex.compile(rf"\s{words(head='means')}(?!\w)")
        self.place_first = regex.compile(
            rf"(?i:{words(head='ground')}\s(?:{plural}\s)?(?:{admin})\s)(?:\p{{Lu}}\w*+\s){{0,4}}+(?=\p{{Ll}}+\s\p{{Ll}})"
        )
        self.who_last = regex.compile(rf"\s(?:{admin})$", regex.REVERSE)
        mean = rf"(?:{words(head='mean')}\s)?"
        self.who = regex.compile(rf"{mean}(?:(?:{words(head='whole')}|{plural})\s)?(?:{admin})")
        self.group = regex.compile(rf"(?:{words(head='each')}|{plural})\s(?:{admin})(?!\w)")
        self.unit = regex.compile(rf"(?:(?:{words(head='whole')}|{plural})\s)?(?:{admin})\s")
        quality = rf"(?:\s{words(head='quality')}){{0,4}}"
        self.quality_last = regex.compile(rf"(?:\s{words(head='quality')}){{1,4}}$", regex.REVERSE)
        self.names_them = regex.compile(rf"{quality},?\s{words(head='naming')}\s(?:{plural}\s)?")
        self.rest = regex.compile(rest)
        leads = rf"(?:{words(head='preposition')}|{words(head='location')})"
        self.rest_of = regex.compile(rf"{rest}\s{leads}\s")
        self.and_others = regex.compile(rf"\s*(?:\w+\s){{1,3}}{rest}\s*$")
        self.each_of_them = regex.compile(rf"{words(head='each')}(?:\s[^\W\d_]++){{1,3}}+")
        self.one_of_them = regex.compile(rf"{words(head='one_of_them')}\s*(?:{copula}\s)?")
        self.each = regex.compile(rf"{words(head='each')}\s(?:{admin})(?!\w)")
        body = words(head="body")
        self.bodies_only = regex.compile(rf"{plural}\s{body}(?:,\s{body})*+")
        self.the_rest = regex.compile(rf"{plural}\s(?!{words(head='sum')}\s)(?:\w+\s){{1,3}}{rest}")
        self.is_share_of = regex.compile(rf"\s*(?:{rest}\s)?{copula}\s")
        self.share_of = regex.compile(rf"(?:{rest}\s+)?{words(head='of_share')}\s+")
        magnitude = one_of(number_words(patterns).magnitudes)
        self.counter = regex.compile(rf"(?:{magnitude}\s)?{words(head='counter')}")
        self.kind = regex.compile(rf"(?:{words(head='total')}\s)?{words(head='kind')}(?:\s\w+){{0,2}}+")
        self.magnitude = number_words(patterns).magnitude
        self.kind_before = regex.compile(rf"(?:(?<!\w)(?<=\w\s){words(head='kind')}(?:\s\w+)?,\s?)$", regex.REVERSE)
        name = r"(?<!\w)\p{Lu}\w*+(?:\s\p{Lu}\w*+){1,3}+"
        self.names = regex.compile(rf"{name}(?:(?:,|\s(?i:{words(head='conjunction')}))\s{name}){{1,30}}+")
        self.kind_next = regex.compile(rf",\s{words(head='kind')}(?!\w)")
        period = one_of(patterns.literals("unit", **{"class": "span"}))
        self.per_behind = regex.compile(rf"\s?/\s?{period}$", regex.REVERSE)
        self.season_year = regex.compile(rf"(?:\s{period})?\s\d")
        each = one_of([*patterns.literals("number", role="per"), *patterns.literals("number", role="every")])
        self.per_last = regex.compile(rf"\s?/\s?{each}$", regex.REVERSE)
        self.sibling = regex.compile(rf",?\s{words(head='sibling')}\s\w")
        self.giving = regex.compile(rf"(?<!\w){words(head='giving')}\s?$", regex.REVERSE)
        self.spent = regex.compile(rf"(?<!\w){words(head='spent')}$", regex.REVERSE)
        self.source = regex.compile(rf"\s{words(head='source')}\s(?:{plural}\s)?")
        self.with_measure = regex.compile(rf"(?<!\w){words(head='preposition', tells='measure')}\s$", regex.REVERSE)
        compared = one_of(patterns.literals("number", role="base", where="change"))
        self.then_compared = regex.compile(rf"[^;:.()\n]{{0,60}}?(?<!\w){compared}(?!\w)")
        self.compared_last = regex.compile(rf"(?<!\w){compared}\s$", regex.REVERSE)
        coded = (e for e in patterns.of("indicator") if e.means.get("code"))
        self.topics = frozenset(patterns.literals("indicator", head="topic"))
        self.coded = frozenset(fold(name) for entry in coded for name in entry.literals)
        ranks = (w for e in patterns.of("position") if e.means.get("part") == "rank" for w in e.literals)
        self.rank = begins(map(fold, ranks))
        self.bodies = Lexicon(e for e in patterns.of("agency") if e.means.get("part") in ("head", "whole"))


def _by_start(words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Words by their first two characters, in the order given."""
    made: dict[str, tuple[str, ...]] = {}
    for word in words:
        made[word[:2]] = (*made.get(word[:2], ()), word)
    return made


def heads(patterns: PatternSet) -> Heads:
    """heads.yaml of a pattern set, compiled once."""
    made: Heads = patterns.made("heads", lambda: Heads(patterns))
    return made
