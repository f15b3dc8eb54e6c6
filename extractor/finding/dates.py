"""What the calendar makes of a time expression: its dates, bound and granularity, or its recurrence (DOMAIN §6).

``patterns/time.yaml`` says what an expression looks like; ``times`` finds it and gives it the year it lacks; here it is
read. Each ``reading`` of an entry has its function in ``_READERS``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import regex

from extractor.finding.anchored import Anchored, Part
from extractor.finding.scene import Scene
from extractor.model import Bound, DeadlineKind, Granularity, Span, TimeSpan
from extractor.patterns import Entry, Lexicon, PatternSet, RegexHit, RegexSet, one_of
from extractor.text.keys import fold

Cue = Literal["before", "by", "in", "from", "as_of", "since", "baseline", "none"]
TimeRole = Literal["deadline", "issue_date", "name", "baseline", "as_of", "attribute", "event"]


_YEARS = range(1945, 2101)
_TERM = (4, 5)  # years between the first and the last of a term of office
_SAID = 200  # characters behind a time in which its clause says what must be done
_LONG_TERM = 45  # years between the ends of a range; more is no planning period


@dataclass(frozen=True, slots=True)
class TimeHit:
    """What a time expression says (``Hit.value``).

    Attributes:
        span: its dates. Of ``bound == "before"`` ``due`` is the day named in the text.
        cue: how it is tied to the calendar: the cue nearest to the date (``before``, ``by``, ``in``, ``from``), or
            ``as_of`` (a state up to the document's own time: ``đến nay``, ``tính đến 30/6``), ``since`` (a start in the
            past), ``baseline`` (``so với``), ``none`` (bare).
        role: ``deadline`` (says when something is to be done) | ``issue_date`` (of this or a cited document, a news
            item) | ``name`` (part of the name of a plan, programme, document, congress) | ``baseline`` | ``as_of`` (the
            state it gives is reached: results) | ``attribute`` (of goals, contents, money: ANNOTATION 19) | ``event``
            (anniversaries, past happenings, dates of effect).
        core: view span of the expression without its cue.
        year_stated: whether the expression names its year itself.
        chain: ids of the cues that were read, nearest first.
        reason: id of the context that decided the role; empty where it is the default.
        year_source: where an unstated year came from: ``sibling``, ``heading``, ``period``, ``issued``,
            ``past`` (an account of what has been done: the year of issue or the one before).
    """

    span: TimeSpan
    cue: Cue
    role: TimeRole
    core: Span
    year_stated: bool
    chain: tuple[str, ...] = ()
    reason: str = ""
    year_source: str = ""

    @property
    def as_of_date(self) -> date | None:
        """The day whose state a result gives (``tính đến ngày 30/6/2021``); ``None`` for ``đến nay``."""
        return self.span.due if self.role == "as_of" else None


@dataclass(frozen=True, slots=True)
class Point:
    """One end of an expression: year, and at most one of quarter and month, and day of the month."""

    y: int | None
    q: int | None
    m: int | None
    d: int | None

    @property
    def granularity(self) -> Granularity:
        if self.d is not None:
            return "day"
        return "month" if self.m is not None else "quarter" if self.q is not None else "year"


@dataclass(slots=True)
class Draft:
    """An expression while it is being read.

    Attributes:
        default_year: the year it takes where its sentence names none.
        yearly: the last of the times it is listed with says that they come every year.
        clause: the clause around it (``time_roles.clause_of``), once it was asked for.
        reading: how the calendar reads it.
        said: gives the words of a named group of the expression.
    """

    start: int
    core: Span
    entry: Entry
    match: RegexHit
    chain: list[Entry]
    block: int
    points: tuple[Point, ...] = ()
    year_stated: bool = True
    year_source: str = ""
    default_year: int | None = None
    in_column: bool = False
    yearly: bool = False
    clause: Span | None = None
    reading: str = field(init=False)
    said: Callable[[str], str | None] = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        self.reading = self.entry.means.get("reading", "calendar")
        self.said = self.match.match.groupdict().get
        self.end = self.core.end


@dataclass(frozen=True)
class Words:
    """The entries of the concern, sorted by their part and compiled.

    Attributes:
        roles_before: by entry of ``context`` the roles that its words have right before a time; ``roles_after`` right
            behind it, ``roles_in_clause`` anywhere in its clause, ``roles_in_column`` in the head of its column.
    """

    cores: Anchored
    chain: Lexicon
    context: Lexicon
    roles_before: Mapping[str, Sequence[str]]
    roles_after: Mapping[str, Sequence[str]]
    roles_in_clause: Mapping[str, Sequence[str]]
    roles_in_column: Mapping[str, Sequence[str]]
    frequency: RegexSet
    numbers: RegexSet
    names: Lexicon
    new_years: Mapping[int, date]
    units: Mapping[str, str]
    weekdays: Mapping[str, str]
    to: regex.Pattern[str]
    year_behind: regex.Pattern[str]

    def unit(self, text: str) -> str:
        """``day``, ``week``, ``month``, ``quarter`` or ``year`` of ``ngày``, ``tuần`` …; empty for any other word."""
        return next((unit for word, unit in self.units.items() if text.startswith(word)), "")


def words_of(patterns: PatternSet) -> Words:
    made: Words = patterns.made("times", lambda: _compile(patterns.of("time")))
    return made


def _compile(entries: Sequence[Entry]) -> Words:
    def part(*names: str) -> list[Entry]:
        return [e for e in entries if e.means.get("part") in names]

    def named(name: str, key: str) -> dict[str, str]:
        return {fold(word): str(e.means[key]) for e in part(name) for word in e.literals}

    days = [e.means["day"] for e in part("new_year")]
    units = named("unit", "granularity")
    return Words(
        cores=Anchored(part("core")),
        chain=Lexicon(part("cue", "edge", "filler")),
        context=Lexicon(part("context")),
        roles_before=_senses(part("context"), "before", "around"),
        roles_after=_senses(part("context"), "after", "around"),
        roles_in_clause=_senses(part("context"), "clause"),
        roles_in_column=_senses(part("context"), "column"),
        frequency=RegexSet(part("frequency")),
        numbers=RegexSet(part("number")),
        names=Lexicon(part("new_year")),
        new_years={day.year: day for day in days},
        units=units,
        weekdays=named("weekday", "recurrence"),
        to=regex.compile(rf"{one_of(word for e in part('to') for word in map(fold, e.literals))}|[-~]"),
        year_behind=regex.compile(rf"{one_of(w for w, unit in units.items() if unit == 'year')} ((?:19|20)\d\d)(?!\d)"),
    )


def part_set(patterns: PatternSet, part: str) -> Part:
    """The expressions of one part of the concern (``label``, ``lead``, ``verb``, ``tail``)."""
    made: Part = patterns.made(f"times:{part}", lambda: Part(e for e in patterns.of("time") if e.means["part"] == part))
    return made


def _senses(entries: Iterable[Entry], *places: str) -> dict[str, tuple[str, ...]]:
    """The roles that context words have at some places, by entry; only of those that have any there."""
    found = {e.id: tuple(role for place, _, role in _split(e) if place in places) for e in entries}
    return {name: roles for name, roles in found.items() if roles}


def _split(entry: Entry) -> Iterable[tuple[str, str, str]]:
    return (sense.partition(" ") for sense in entry.means["role"])


# --- the calendar ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def first_of(point: Point) -> date | None:
    """First day of a point with a year; ``None`` where the calendar has no such day."""
    if point.y is None:
        return None
    month = point.m if point.m is not None else 3 * point.q - 2 if point.q is not None else 1
    try:
        return date(point.y, month, point.d or 1)
    except ValueError:
        return None


def last_of(point: Point) -> date | None:
    if point.y is None:
        return None
    if point.d is not None:
        return first_of(point)
    month = point.m if point.m is not None else 3 * point.q if point.q is not None else 12
    return last_day(point.y, month) if 1 <= month <= 12 else None


_ROMAN_STROKES = re.compile(r"[1l|ìí]")


def _quarter(text: str | None) -> int | None:
    """The quarter of a Roman or Arabic number, with the confusions of OCR (``1I``, ``l``, ``lV``; DOMAIN §8).

    >>> [_quarter(t) for t in ("i", "1i", "lll", "iv", "lv", "3", "11")]
    [1, 2, 3, 4, 4, 3, 2]
    """
    if not text:
        return None
    if text in "234":
        return int(text)
    strokes = _ROMAN_STROKES.sub("i", text)
    return 4 if strokes == "iv" else len(strokes) if set(strokes) == {"i"} and len(strokes) <= 3 else None


def _number(text: str | None, words: Words) -> int | None:
    if not text:
        return None
    if text.isdigit():
        return int(text)
    found = words.numbers.matches(text)
    return int(found[0].entry.means["day"]) if found else None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def read_points(draft: Draft, words: Words) -> tuple[Point, ...]:
    said = draft.said
    y, q, m, d = _year(said("y")), said("q"), said("m"), said("d")
    y2, q2, m2, d2 = _year(said("y2")), said("q2"), said("m2"), said("d2")
    if not (d2 or m2 or q2 or y2):
        return (Point(y, _quarter(q), _number(m, words), _number(d, words)),) if y or q or m or d else ()
    near = Point(y, _quarter(q), _number(m, words), _number(d, words))
    end = Point(y2 if y2 is not None else y, _quarter(q2), _number(m2, words), _number(d2, words))
    if near.d is not None and near.m is None:
        near = replace(near, m=end.m)
    if near.y is None and end.y is not None:
        year = end.y
        if (near.m or 3 * (near.q or 0)) > (end.m or 3 * (end.q or 0)) > 0:
            year -= 1  # từ tháng 11 đến tháng 2/2022
        near = replace(near, y=year)
    return near, end


def with_year(points: tuple[Point, ...], year: int | None) -> tuple[Point, ...]:
    if year is None:
        return points
    made = [Point(year, p.q, p.m, p.d) if p.y is None else p for p in points]
    if len(made) == 2 and points[1].y is None:
        first, second = first_of(made[0]), last_of(made[1])
        if first and second and first > second:
            made[1] = replace(made[1], y=year + 1)
    return tuple(made)


# --- dates -----------------------------------------------------------------------------------------------------------


def bound_of(draft: Draft) -> Bound:
    """The bound of the chain: the strong cue nearest to the date; ``in`` only where there is no strong one."""
    weak: Bound = ""
    for entry in draft.chain:
        bound: Bound = entry.means.get("bound", "")
        if bound in ("before", "by", "from"):
            return bound
        if bound == "in" and entry.means.get("needs") in ("span", "anchored") and _is_day(draft):
            bound = "by"  # a day behind the word for a stretch is its end: "thời hạn 30/9/2023"
        weak = weak or bound
    own: Bound = draft.entry.means.get("bound", "")
    return own or weak or "in"


def _is_day(draft: Draft) -> bool:
    return len(draft.points) == 1 and draft.points[0].d is not None


def read_span(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    if draft.yearly:
        rule, bound = _every_year(draft.points[0]), bound_of(draft)
        return TimeSpan("recurring", bound if bound != "in" else "", None, None, _grain(rule), rule)
    span = _READERS[draft.reading](scene, draft, words)
    if span is None:
        return None
    kind = draft.entry.means.get("kind", span.kind)
    if kind != "recurring":
        for entry in draft.chain:
            if "kind" in entry.means:
                kind = entry.means["kind"]
                break
    return span if kind == span.kind else replace(span, kind=kind)


def _calendar(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """Days, months, quarters, years and their ranges."""
    points = draft.points
    first, last = first_of(points[0]), last_of(points[-1])
    granularity: Granularity = points[-1].granularity
    if len(points) == 2 and points[0].granularity == "year":
        if points[0].y is None or points[1].y is None or not 0 < points[1].y - points[0].y <= _LONG_TERM:
            return None
        granularity = "years"
    elif len(points) == 2 and granularity == "year":
        granularity = points[0].granularity  # "từ tháng 6/2024 đến hết năm 2025"
    if granularity == "day" and len(points) == 2 and (points[1].y or 0) - (points[0].y or 0) > 2:
        return TimeSpan("period", "in", None, None, "day", flags=("anniversary",))
    flags = ("invalid_date",) if _impossible(points) else ()
    if len(points) == 1:
        first, last = _stretch(draft, first, last, words) or _edge(draft, first, last, granularity)
    if draft.entry.means.get("day") == "last":
        first = last  # "trước khi năm 2026 khép lại"
    ranged = len(points) == 2 and not _apart(draft, words)
    bound = bound_of(draft)
    if draft.said("open") and bound not in ("by", "before"):
        return TimeSpan("period", "from", first, None, granularity, flags=flags)
    if "granularity" in draft.entry.means:
        granularity = draft.entry.means["granularity"]
    return _bounded(bound, first, last, granularity, ranged=ranged or granularity == "years", flags=flags)


def _apart(draft: Draft, words: Words) -> bool:
    """Days that do not touch, months or quarters of a list (``tháng 6, tháng 7``): several times, no period (34)."""
    near, far = draft.points
    if words.to.search(draft.match.match.group()):
        return False
    if near.q is not None and far.q is not None:
        return True
    if near.y != far.y:
        return False
    if near.d is not None or far.d is not None:
        return True
    return near.m is not None and far.m is not None


def _bounded(
    bound: Bound,
    first: date | None,
    last: date | None,
    granularity: Granularity,
    *,
    ranged: bool,
    flags: tuple[str, ...] = (),
) -> TimeSpan:
    """The contract's kind and dates of a bound (CONTRACT, deadlines; ANNOTATION 12, 34)."""
    if bound == "before" and not ranged:
        return TimeSpan("by", "before", None, first, granularity, flags=flags)
    if bound in ("by", "before") and not ranged:
        return TimeSpan("by", "by", None, last, granularity, flags=flags)
    if bound == "from" and not ranged:
        return TimeSpan("period", "from", first, None, granularity, flags=flags)
    if bound in ("by", "before"):
        return TimeSpan("by", bound, None, last, granularity, flags=flags)
    return TimeSpan("period" if ranged else "within", "in", first, last, granularity, flags=flags)


def _impossible(points: Iterable[Point]) -> bool:
    for p in points:
        if p.y is not None and p.y not in _YEARS:
            return True
        if p.m is None:
            continue
        if not 1 <= p.m <= 12 or (p.d is not None and not 1 <= p.d <= last_day(p.y or 2000, p.m).day):
            return True
    return False


def _stretch(draft: Draft, first: date | None, last: date | None, words: Words) -> tuple[date, date] | None:
    """``15 ngày đầu tháng 4``, ``hai tuần cuối quý II``: so many days or weeks at one end."""
    if first is None or last is None or not draft.said("n") or not draft.said("u"):
        return None
    number, unit = _number(draft.said("n"), words), words.unit(draft.said("u") or "")
    if not number or unit not in ("day", "week"):
        return None
    beyond = timedelta(days=number * (7 if unit == "week" else 1) - 1)
    if beyond > last - first:
        return None
    return (last - beyond, last) if draft.said("tail") else (first, first + beyond)


def _edge(
    draft: Draft, first: date | None, last: date | None, granularity: Granularity
) -> tuple[date | None, date | None]:
    """``đầu``, ``giữa``, ``nửa cuối`` … of a month, quarter or year (DOMAIN §6.2); ``sau`` begins after the end."""
    if first is None or last is None:
        return first, last
    for entry in (draft.entry, *draft.chain):
        reading = entry.means.get("reading")
        if reading in ("after", "after_year"):
            return last + timedelta(days=1), None
        if reading and entry is not draft.entry:
            return _part_of(str(reading), first, last, granularity)
    return first, last


def _part_of(reading: str, first: date, last: date, granularity: Granularity) -> tuple[date, date]:
    if granularity == "month":
        if reading in ("last_week", "last_day"):
            return first.replace(day=last.day - (6 if reading == "last_week" else 0)), last
        if reading.startswith("week"):
            week = int(reading.removeprefix("week"))
            return first.replace(day=7 * week - 6), first.replace(day=7 * week)
        days = {"head": (1, 10), "middle": (11, 20), "tail": (21, last.day), "half1": (1, 15), "half2": (16, last.day)}
        begin, end = days.get(reading, (1, last.day))
        return first.replace(day=begin), first.replace(day=end)
    if reading == "last_day":
        return last, last
    if granularity == "quarter":
        months = {
            "head": (0, 0), "middle": (1, 1), "tail": (2, 2), "month1": (0, 0), "last_month": (2, 2)
        }.get(reading, (0, 2))  # fmt: skip
    elif granularity == "year":
        months = {
            "head": (0, 2), "middle": (5, 6), "tail": (9, 11), "half1": (0, 5), "half2": (6, 11),
            "month1": (0, 0), "last_month": (11, 11),
        }.get(reading, (0, 11))  # fmt: skip
    else:
        return first, last
    return first.replace(month=first.month + months[0]), last_day(first.year, first.month + months[1])


def _months(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``6 tháng đầu năm``, ``9 tháng``, ``02 quý đầu năm``, ``những tháng cuối năm``, ``nửa cuối năm``."""
    group = draft.said
    year = _year(group("y")) or draft.default_year
    number = _number(group("n"), words)
    number = 3 * (number or 1) if group("quarters") else number
    half = draft.entry.means.get("granularity") == "half" and number is None
    number = 6 if half else number
    tail = bool(group("tail"))
    granularity: Granularity = "half" if number == 6 else "month"
    draft.year_stated = bool(group("y"))
    if number is not None and not 1 <= number <= 12:
        return None
    first = last = None
    if year is not None:
        last = date(year, 12, 31) if tail else last_day(year, number or 3)
        first = (date(year, 13 - number, 1) if number else None) if tail else date(year, 1, 1)
    return _bounded(bound_of(draft), first, last, granularity, ranged=False)


def _plan_year(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``trong năm``, ``cuối năm``, ``năm tới``: years told only by the plan's own."""
    year = draft.default_year
    draft.year_stated = False
    if year is not None:
        year += int(draft.entry.means.get("day", 0))
    first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (None, None)
    first, last = _edge(draft, first, last, "year")
    return _bounded(bound_of(draft), first, last, "year", ranged=False)


def _current(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``trong tháng này``, ``tuần tới``, ``ngày 25 tháng này``: a stretch about the document's date, or the next."""
    issued = scene.document.issued_on
    granularity: Granularity = draft.entry.means["granularity"]
    if issued is None:
        return TimeSpan("within", bound_of(draft), None, None, granularity)
    ahead = int(draft.said("ahead") is not None)
    if granularity == "week":
        first = issued + timedelta(weeks=ahead) - timedelta(days=issued.weekday())
        return _bounded(bound_of(draft), first, first + timedelta(days=6), granularity, ranged=False)
    months = issued.year * 12 + issued.month - 1 + ahead
    point = Point(
        months // 12,
        (issued.month + 2) // 3 if granularity == "quarter" else None,
        months % 12 + 1 if granularity == "month" else None,
        _number(draft.said("d"), words),
    )
    granularity = "day" if point.d else granularity
    begin, end = _edge(draft, first_of(point), last_of(point), granularity)
    return _bounded(bound_of(draft), begin, end, granularity, ranged=False)


def _school_year(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``năm học 2021-2022``: September to May (DOMAIN §6.2, approximate)."""
    first, last = _year(draft.said("y")), _year(draft.said("y2"))
    if first is None or last is None or last - first != 1:
        return None
    return _bounded(bound_of(draft), date(first, 9, 1), date(last, 5, 31), "year", ranged=False)


def _term(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """What is left of a term of office: ends with it, without a start (ANNOTATION 21)."""
    year = _year(draft.said("y2"))
    due = date(year, 12, 31) if year else None
    bound = bound_of(draft)
    return TimeSpan("by" if bound in ("by", "before") else "within", bound, None, due, "years")


def _term_end(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``hết nhiệm kỳ``: with the plan's period, where that is as long as a term; else without a day."""
    start, end = scene.document.period_start, scene.document.period_end
    lasts = start is not None and end is not None and end.year - start.year in _TERM
    bound = bound_of(draft)
    draft.year_stated, draft.year_source = False, "period"
    return TimeSpan("by" if bound in ("by", "before") else "within", bound, None, end if lasts else None, "years")


def _whole_period(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``trong 5 năm``: the plan's own period, where that is as long; else it is no time."""
    start, end = scene.document.period_start, scene.document.period_end
    if start is None or end is None or end.year - start.year + 1 != _number(draft.said("n"), words):
        return None
    draft.year_stated, draft.year_source = False, "period"
    return TimeSpan("period", "in", start, end, "years")


def _from_day(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``trong vòng 90 ngày tính từ 01/3/2026``: from the named day on."""
    group = draft.said
    number, year = _number(group("n"), words), _year(group("y")) or draft.default_year
    draft.year_stated = bool(group("y"))
    first = first_of(Point(year, None, _number(group("m"), words), _number(group("d"), words)))
    working = bool(group("working"))
    due = _shift(first, number, words.unit(group("u") or ""), working=working) if first and number else None
    flags = ("approximate",) if due and working else ()
    if any(e.means.get("bound") in ("by", "before") for e in draft.chain):
        return TimeSpan("by", "by", None, due, "day", flags=flags)
    if bound_of(draft) == "from" and not _must(scene, draft, words):
        return TimeSpan("period", "from", due, None, "day", flags=flags)
    return TimeSpan("within", "in", first, due, "day", flags=flags)


def _relative(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``trong vòng 20 ngày kể từ ngày ban hành Kế hoạch này``: dates only where the anchor is the document itself."""
    group = draft.said
    number, unit = _number(group("n"), words), words.unit(group("u") or "")
    issued = scene.document.issued_on if draft.entry.means.get("day") == "issued" else None
    due = _shift(issued, number, unit, working=bool(group("working"))) if issued and number else None
    bound = bound_of(draft)
    if any(e.means.get("bound") in ("by", "before") for e in draft.chain):
        bound = "by"
    flags = ("approximate",) if due and group("working") else ()
    if bound == "from" and not _must(scene, draft, words):
        return TimeSpan("period", "from", due, None, "day", flags=flags)
    if bound in ("by", "before"):
        return TimeSpan("by", "by", None, due, "day", flags=flags)
    return TimeSpan("within", "in", issued if due else None, due, "day", flags=flags)


def _must(scene: Scene, draft: Draft, words: Words) -> bool:
    """``Sau 03 ngày kể từ khi nhận hồ sơ, Kho bạc phải thanh toán``: what must be done by then, not from then on."""
    if not any(e.means.get("reading") == "after" for e in draft.chain):
        return False
    end = min(scene.clause_at(draft.start).end, draft.end + _SAID)
    hits = words.context.matches(scene.view.key[draft.end : end])
    return any("deadline" in words.roles_in_clause.get(h.rule, ()) for h in hits)


def _shift(day: date, number: int, unit: str, *, working: bool) -> date | None:
    """``day`` and a number of days, weeks, months or years; working days are Monday to Friday."""
    if working:
        while number:
            day += timedelta(days=1)
            number -= day.weekday() < 5
        return day
    if unit == "day":
        return day + timedelta(days=number)
    if unit == "week":
        return day + timedelta(weeks=number)
    if unit not in ("month", "year"):
        return None
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), last_day(year, month + 1))


def _from_issue(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``kể từ ngày ký``: the document's own date."""
    return TimeSpan("period", "from", scene.document.issued_on, None, "day")


def _now(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``đến nay``, ``hiện nay``: the document's own time, which no date stands for."""
    return TimeSpan("by", "by", None, None, "")


def _undated(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """``trước mùa mưa``, ``vụ Xuân 2021``, ``rằm tháng 7``: a time that is no day of the civil calendar."""
    bound = bound_of(draft)
    kind: DeadlineKind = "by" if bound in ("before", "by") else "period" if bound == "from" else "within"
    return TimeSpan(kind, bound, None, None, draft.entry.means.get("granularity", ""))


def _new_year(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """Lunar New Year of the named or the plan's year (DOMAIN §6.3)."""
    named = draft.said("name")
    entry = next((h.value for h in words.names.matches(named)), None) if named else None
    day: date | None = entry.means["day"] if entry else None
    if day is None:
        year = _year(draft.said("y")) or draft.default_year
        day = words.new_years.get(year) if year else None
        issued = scene.document.issued_on or scene.day
        if day and issued and not draft.said("y") and day < issued:
            day = words.new_years.get(day.year + 1)
    draft.year_stated = bool(named or draft.said("y"))
    bound = bound_of(draft)
    if bound == "before":
        return TimeSpan("by", "before", None, day, "day")
    if bound == "from":
        return TimeSpan("period", "from", day, None, "day")
    return TimeSpan("within", "in", None, day, "day")


# --- recurrence ------------------------------------------------------------------------------------------------------

_NUMBERED = re.compile(r" ?\d")
# Days of one period, only to tell which of several frequencies comes soonest.
_LENGTH = {"HOURLY": 0, "DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}


def _recurring(scene: Scene, draft: Draft, words: Words) -> TimeSpan | None:
    """Frequencies as an RFC 5545 RRULE; of a list the shortest (ANNOTATION 20)."""
    rule = _rule(scene, draft, words)
    bound = bound_of(draft)
    if bound == "in":
        inside = words.chain.matches(scene.view.key[draft.core.start : draft.core.end])
        stated = [hit.value.means.get("bound") for hit in inside]
        bound = next((b for b in ("before", "by") if b in stated and "from" not in stated), "")  # "…, trước ngày 30/11"
    return TimeSpan("recurring", bound, None, None, _grain(rule), rule)


def _rule(scene: Scene, draft: Draft, words: Words) -> str:
    said = draft.match.match.capturesdict()
    if said.get("every") or (said.get("unit") and not said.get("times")):
        return _interval(_number(next(iter(said.get("every", ())), "1"), words), words.unit(said["unit"][0]))
    if said.get("times"):
        return _share(_number(said["times"][0], words), words.unit(said["unit"][0]))
    text, bracket, _ = scene.view.key[draft.core.start : draft.core.end].partition("(")
    said_rules = ((str(h.entry.means["recurrence"]), h.end) for h in words.frequency.matches(text))
    # "hằng tháng, chậm nhất ngày 23": the day has a number, and is no frequency
    rules = [rule for rule, end in said_rules if rule != "FREQ=DAILY" or not _NUMBERED.match(text, end)]
    if said.get("weekdays"):
        rules = [rule for rule in rules if "WEEKLY" in rule] or rules  # "mỗi tuần, vào thứ Năm": no year
    if not bracket and (any(said.get(g) for g in ("days", "mons", "qs", "weekdays", "tomon", "today"))):
        rules = rules[-1:]  # "ngày 25 hằng tháng": the days come first
    rules = rules or ["FREQ=MONTHLY"] * bool(said.get("days"))
    own = draft.entry.means.get("recurrence")
    rules = [str(own)] if own else rules
    rule = min(rules, key=_period, default="")
    if ends := said.get("tomon"):
        near, far = int((said.get("frommon") or ends)[0]), int(ends[0])
        return f"{rule};BYMONTH=" + ",".join(str(m) for m in sorted(_month_run(near, far)))
    if (near_day := said.get("fromday")) and (far_day := said.get("today")):
        return _with_days(rule, [(0, day) for day in range(int(near_day[0]), int(far_day[0]) + 1)])
    rule = _with_days(rule, _days(said.get("days", [])))
    if weekdays := [words.weekdays[word] for word in said.get("weekdays", []) if word in words.weekdays]:
        rule += ";BYDAY=" + ",".join(day for day in _WEEK if day in weekdays) if "WEEKLY" in rule else ""
    if quarters := said.get("qs"):
        named = sorted({_quarter(text) or 0 for text in quarters} - {0})
        open_bound = bound_of(draft) == "in"
        months_in = [m for q in named for m in range(3 * q - 2 if open_bound else 3 * q, 3 * q + 1)]
        rule += ";BYMONTH=" + ",".join(map(str, months_in))
    if months := said.get("mons"):
        rule += ";BYMONTH=" + ",".join(str(m) for m in sorted({int(m) for m in months}))
    return rule


def _every_year(point: Point) -> str:
    """The rule of a day, month or quarter that comes every year.

    >>> [_every_year(p) for p in (Point(None, None, 8, 31), Point(None, 1, None, None), Point(None, None, 6, None))]
    ['FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=31', 'FREQ=YEARLY;BYMONTH=1,2,3', 'FREQ=YEARLY;BYMONTH=6']
    """
    if point.d is not None:
        return _with_days("FREQ=YEARLY", [(point.m or 0, point.d)])
    months = [point.m] if point.q is None else range(3 * point.q - 2, 3 * point.q + 1)
    return "FREQ=YEARLY;BYMONTH=" + ",".join(map(str, months))


_FREQUENCY = {
    "hour": ("HOURLY", 1),
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
}
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _interval(number: int | None, unit: str) -> str:
    """``02 tuần/lần``, ``15 ngày một lần``.

    >>> [_interval(n, u) for n, u in ((2, "week"), (1, "month"), (2, "quarter"), (3, "year"))]
    ['FREQ=WEEKLY;INTERVAL=2', 'FREQ=MONTHLY', 'FREQ=MONTHLY;INTERVAL=6', 'FREQ=YEARLY;INTERVAL=3']
    """
    if not number:
        return ""
    freq, step = _FREQUENCY.get(unit, ("YEARLY", 1))
    return f"FREQ={freq}" + (f";INTERVAL={number * step}" if number * step > 1 else "")


def _share(number: int | None, unit: str) -> str:
    """``định kỳ 2 lần/năm``: so many months apart; where the months do not divide, only the period.

    >>> [_share(n, u) for n, u in ((2, "year"), (4, "year"), (5, "year"), (3, "week"), (3, "quarter"))]
    ['FREQ=MONTHLY;INTERVAL=6', 'FREQ=MONTHLY;INTERVAL=3', 'FREQ=YEARLY', 'FREQ=WEEKLY', 'FREQ=MONTHLY']
    """
    months = {"year": 12, "quarter": 3}.get(unit, 0)
    if number and months and months % number == 0 and number > 1:
        return _interval(months // number, "month")
    return _interval(1, unit)


def _month_run(near: int, far: int) -> set[int]:
    """The months from one to another, over the turn of the year too."""
    return {(near + i - 1) % 12 + 1 for i in range((far - near) % 12 + 1)}


def _period(rule: str) -> int:
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    return _LENGTH[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))


def _grain(rule: str) -> Granularity:
    days = _period(rule) if rule else 0
    if "BYMONTHDAY" in rule or "HOURLY" in rule:
        return "day"
    return {1: "day", 7: "week", 30: "month", 90: "quarter", 180: "half", 365: "year"}.get(days, "")  # type: ignore[return-value]


def _days(texts: Sequence[str]) -> list[tuple[int, int]]:
    """(month, day) of ``01/6``; month 0 of a bare ``25``."""
    made = []
    for text in texts:
        numbers = [int(n) for n in re.findall(r"\d+", text)]
        if numbers:
            made.append((numbers[1] if len(numbers) > 1 else 0, numbers[0]))
    return made


def _with_days(rule: str, days: Sequence[tuple[int, int]]) -> str:
    """Put days into a rule. Several days of different months need BYSETPOS (RFC 5545 §3.3.10).

    Days of certain months say nothing of a shorter period than the year: of ``định kỳ 6 tháng (trước 15/6), năm
    (trước 15/12)`` the rule is the shortest period (ANNOTATION 20).

    >>> _with_days("FREQ=YEARLY", [(6, 1), (11, 15)])
    'FREQ=YEARLY;BYMONTH=6,11;BYMONTHDAY=1,15;BYSETPOS=1,4'
    >>> _with_days("FREQ=MONTHLY", [(0, 25)])
    'FREQ=MONTHLY;BYMONTHDAY=25'
    """
    if not rule or not days or "BYMONTHDAY" in rule:
        return rule
    if any(month for month, _ in days) and not rule.startswith("FREQ=YEARLY"):
        return rule
    month_days = sorted({day for _, day in days})
    if any(not 1 <= day <= 31 for day in month_days):
        return rule
    by_day = "BYMONTHDAY=" + ",".join(map(str, month_days))
    if any(month == 0 for month, _ in days):
        return rule + ";" + by_day
    months = sorted({month for month, _ in days})
    made = f"{rule};BYMONTH={','.join(map(str, months))};{by_day}"
    cross = [(month, day) for month in months for day in month_days]
    if len(cross) == len(set(days)):
        return made
    return made + ";BYSETPOS=" + ",".join(str(cross.index(pair) + 1) for pair in sorted(set(days)))


_READERS: Mapping[str, Callable[[Scene, Draft, Words], TimeSpan | None]] = {
    "calendar": _calendar,
    "after_year": _calendar,
    "months": _months,
    "plan_year": _plan_year,
    "current": _current,
    "school_year": _school_year,
    "term": _term,
    "term_end": _term_end,
    "whole_period": _whole_period,
    "from_day": _from_day,
    "relative": _relative,
    "from_issue": _from_issue,
    "now": _now,
    "undated": _undated,
    "season": _undated,
    "new_year": _new_year,
    "recurring": _recurring,
}
