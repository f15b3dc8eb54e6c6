"""What ``patterns/documents.yaml`` says, compiled, and what the files of other concerns lend it."""

from __future__ import annotations

from typing import Any

import regex

from extractor.patterns import Lexicon, PatternSet, one_of
from extractor.text.layout import PERSON

# what a news item puts before its lead: "(CTT-Đồng Nai) - ", "(Chinhphu.vn) – ", "Hà Nội (TTXVN) - ", "LTS: "
_DATELINE = regex.compile(r"(?:[\p{L} .]{2,30})?\([^()\n]{2,40}\)\s*[-–:]?\s*|[\p{L}.]{2,20}\s*[-–]\s+|\p{L}{2,6}:\s+")


class Words:
    """What documents.yaml says, compiled, and what the files of other concerns lend it."""

    def __init__(self, patterns: PatternSet) -> None:
        def having(role: str) -> Lexicon:
            return Lexicon(patterns.meaning("document", role=role))

        self.types, self.bodies, self.heads = having("type"), having("body"), having("body_head")
        self.issues, self.not_issued, self.citing = having("issue"), having("not_issued"), having("citing")
        self.links, self.subjects, self.ends = having("link"), having("subject"), having("title_end")
        self.posted, self.back, self.attached = having("posted"), having("back"), having("attached")
        self.authority, self.letters = having("authority"), having("letter")
        self.committees = frozenset(patterns.literals("document", role="body", level="committee"))
        self.motto = Lexicon(patterns.meaning("layout", part="motto"))
        self.open = frozenset(patterns.literals("layout", part="open_word"))
        self._compile_head(patterns)
        self._compile_lead(patterns)
        self._compile_place(patterns)

    def _compile_head(self, patterns: PatternSet) -> None:
        """Numbers and dates."""
        self.number_line = expression(patterns, "number_line")
        self.number = expression(patterns, "number")
        self.place_date, self.place_day = expression(patterns, "place_date"), expression(patterns, "place_day")
        self.day, self.day_of_year = expression(patterns, "day"), expression(patterns, "day_of_year")
        session = expression(patterns, "session").pattern
        self.session = regex.compile(session)
        sitting = patterns.expression("document", whole=False, role="session", force="strong").pattern
        self.sitting = regex.compile(rf"[^.;:]{{4,100}}?(?:{sitting})[^.;:]*+$")
        self.draft = expression(patterns, "draft")
        self.submitted = expression(patterns, "submitted")
        self.attached_line = regex.compile(
            rf"[(\s*]{{0,6}}{one_of(patterns.literals('document', role='attached'))}(?!\w)"
        )
        annex = next(iter(patterns.meaning("document", role="type", symbol="PL")), None)
        self.annex = str(annex.means["doc_type"]) if annex else ""
        subject = next(iter(patterns.meaning("document", role="subject")), None)
        self.letter = str(subject.means["doc_type"]) if subject else ""
        self.enacts, self.enacts_end = expression(patterns, "enacts"), expression(patterns, "enacts_end")
        self.assigns, self.list = expression(patterns, "assigns"), expression(patterns, "list")
        self.registered_day = expression(patterns, "registered_day")
        self.closes, self.whose = expression(patterns, "closes"), expression(patterns, "whose")
        self.signed = regex.compile(rf"(?<=\s){PERSON.pattern}$")
        self.lead_day = expression(patterns, "lead_day")
        self.lead_day_behind = expression(patterns, "lead_day_behind")

    def _compile_lead(self, patterns: PatternSet) -> None:
        """What stands around issuer, type and subject in a title or a lead."""

        def words(**means: str) -> str:
            return one_of(patterns.literals("document", **means))

        of = patterns.expression("agency", whole=False, part="of").pattern
        self.of, self.behind_of = regex.compile(rf"(?:{of}) "), regex.compile(rf"\s(?:{of})\s+")
        self.owner = regex.compile(rf"\s*(?:{of})\s")
        self.sent = regex.compile(rf"\s*{words(role='sent')}\s")
        self.owner_near = regex.compile(rf"[^.;]{{0,40}}?\s(?:{of})\s+")
        self.ordinal = regex.compile(
            rf"\s*(?:{words(role='ordinal')}\s*)?(?:\d{{1,2}}|[ivx]{{1,5}}|[a-d])(?=\s*[:.–-])"
        )
        self.before_type = regex.compile(rf"[\s\"]*(?:{words(role='before_type')}\s+)?")
        before_verb = words(role="before_verb")
        self.before_verb = regex.compile(rf"\s+(?:{before_verb}|\s)+$", regex.REVERSE)
        self.says = regex.compile(rf",?\s{words(role='says')}[,:]?(?:\s{before_verb}){{0,3}}\s?$")
        self.behind_issuer = regex.compile(rf",?\s(?:{self.session.pattern})|\s?\([^()]{{1,60}}\)$")
        self.meets = regex.compile(rf"\s{words(role='meets')}(?!\w)")
        self.issuer_stop, self.jointly = expression(patterns, "issuer_stop"), expression(patterns, "jointly")
        self.relays, self.conveys = expression(patterns, "relays"), expression(patterns, "conveys")
        self.ordered_subject = expression(patterns, "ordered_subject")
        self.subject_tail = expression(patterns, "subject_tail")
        self.no_issuer = regex.compile(rf"\s{words(role='no_issuer')}(?:\s|$)")
        self.abbreviation = regex.compile(rf"\b{words(role='abbreviation')}")
        self.done, self.fresh = (
            regex.compile(rf"{said}\s") for said in (words(role="done"), words(role="done", force="strong"))
        )
        self.before_day = regex.compile(rf"\s*,?\s*\(?(?:{words(role='before_day')}\s*)?")
        work = words(role="subject_work")
        self.no_subject = regex.compile(rf"(?!{work}(?!\p{{L}})){words(role='no_subject')}(?!\p{{L}})")
        self.purpose = regex.compile(rf"{words(role='purpose')}\s+")
        self.year_of_number = expression(patterns, "year_of_number")
        self.opening, self.opening_of = (expression(patterns, role) for role in ("opening", "opening_of"))
        self.lead_in, self.closing = (expression(patterns, role) for role in ("lead_in", "closing"))
        self.article, self.heading_end = (expression(patterns, role) for role in ("article", "heading_end"))
        self.plans = regex.compile(rf"{words(role='heading_type', force='strong')}(?!\p{{L}})")
        self.passed, self.organ, self.union = (expression(patterns, role) for role in ("passed", "organ", "union"))
        self.heading_verb = expression(patterns, "heading_verb")
        self.heading_types = regex.compile(rf"{words(role='heading_type')}(?!\p{{L}})")
        self.passive, self.enacted = expression(patterns, "passive"), expression(patterns, "enacted")
        self.within = regex.compile(
            rf"(?<!\S){words(role='within')}\s|\((?={words(role='type')}|{words(role='ordinal')})"
        )
        self.bare_number = regex.compile(rf"\s(?:{words(role='ordinal')}\s)?\d{{1,5}}(?=\s{words(role='link')}\s)")
        self.goes_on = regex.compile(rf"[,;.]|\s{words(role='goes_on')}(?!\p{{L}})")
        self.acts = regex.compile(rf"\s{words(role='goes_on', force='strong')}(?!\p{{L}})")
        self.orders, self.carried = expression(patterns, "orders"), expression(patterns, "carried")
        self.citing_head = regex.compile(rf"(?:{one_of(patterns.literals('document', role='citing'))})\s")
        self.enacted_last = regex.compile(rf"(?:{self.enacted.pattern})\s?$")
        self.says_more = regex.compile(rf"[,;]\s|\s{words(role='goes_on')}(?!\p{{L}})")
        self.retold = expression(patterns, "retold")
        self.citing_weakly = regex.compile(rf"{words(role='citing_weakly')}\s")
        report = words(role="title_end", force="strong")
        self.title_stop = regex.compile(rf"[.;:](?=\s|$)|\n|,\s(?={report}\b)")
        unit = rf"(?:{words(role='clause_subject')}|{expression(patterns, 'clause_number').pattern})"
        self.clause = regex.compile(rf",\s(?=(?:{words(role='clause_opener')} ){{0,3}}{unit}\b)")

    def _compile_place(self, patterns: PatternSet) -> None:
        """What the name of an issuer says of its place."""

        def words(**means: str) -> tuple[str, ...]:
            return patterns.literals("document", **means)

        def prefixes(level: str) -> tuple[str, ...]:
            return patterns.literals("place", role="prefix", level=level)

        self.both_levels = frozenset(words(role="both_levels"))
        unit = one_of(word for level in ("province", "district", "commune") for word in prefixes(level))
        district = one_of(word for word in prefixes("district") if word not in self.both_levels)
        self.level_noun = regex.compile(rf"(?:^|\s)({unit})$")
        self.named_unit = regex.compile(rf"{unit}\s.+$", regex.I)
        self.named_district = regex.compile(rf"{district}\s+(?=\p{{L}})")
        party, below = words(role="party", level="province"), words(role="party", level="district")
        self.party_province, self.party_district = (regex.compile(rf"{one_of(w)}$") for w in (party, below))
        self.party_place = regex.compile(rf"(?:(?P<province>{one_of(party)})|{one_of(below)})\s+(?=\p{{L}})")
        self.party_tails = tuple(sorted({word.split()[-1] for word in (*party, *below)}))
        self.committee = regex.compile(rf"{one_of(words(role='body', level='committee'))}$")
        self.person = regex.compile(
            rf"(?<=(?i:{one_of(words(role='before_person'))}))\s+(\p{{Lu}}\p{{Ll}}+(?:\s\p{{Lu}}\p{{Ll}}+){{1,6}})$"
        )
        family = patterns.expression("honorific", whole=False, part="family").pattern
        self.agency_person = regex.compile(
            rf"(?<=\p{{Ll}})\s((?=\p{{Lu}})(?i:{family})(?:\s\p{{Lu}}\p{{Ll}}+){{2,3}})$"
        )
        self.provincial = regex.compile(one_of(words(role="provincial")))
        self.below_province = expression(patterns, "below_province")
        self.own_province = regex.compile(rf"(?<!\w)(?:{expression(patterns, 'own_province').pattern})\s$")
        self.own_provincial = expression(patterns, "own_provincial")
        self.own_district = expression(patterns, "own_district")
        self.now = expression(patterns, "now")
        self.post = regex.compile(one_of(words(role="post")))
        self.place_capitals = expression(patterns, "place_capitals")

    def dated(self, before: str) -> Any:
        """The date of a lead, before the issuer: at its head, or behind a comma."""
        return self._at_head(self.lead_day, before) or self.lead_day_behind.search(before)

    def dated_short(self, before: str) -> Any:
        """The date at the head of a lead, if it has no year."""
        return self._at_head(self.day_of_year, before)

    def _at_head(self, day: regex.Pattern[str], before: str) -> Any:
        """A date at the head of a lead, behind the news item's dateline if it has one."""
        found = day.match(before)
        if found is None and (line := _DATELINE.match(before)):
            found = day.match(before, line.end())
        return found


def expression(patterns: PatternSet, role: str) -> regex.Pattern[str]:
    """The expression of a role in documents.yaml."""
    return patterns.expression("document", whole=False, role=role)


def document_words(patterns: PatternSet) -> Words:
    """The words of documents.yaml, compiled once."""
    made: Words = patterns.made("document:words", lambda: Words(patterns))
    return made
