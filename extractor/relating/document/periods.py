"""Dates, and the plan's own period, as its title says it."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import regex

from extractor.patterns import PatternSet, load
from extractor.relating.document.words import expression
from extractor.text.keys import fold

_NUMBER_WITH_YEAR = regex.compile(r"\d{1,5}/(?:19|20)\d\d/\p{L}+")
_CITED_NUMBER = r"(?<![\p{L}\d])\d{1,5}[-/](?:\d{4}/)?\p{L}{1,8}(?:[-/]\p{L}{1,8}){1,2}"
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_LAST_DAY = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def date_of(year: str | None, month: str | None, day: str | None) -> date | None:
    """The date of three numbers, if there is one."""
    try:
        return date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None


def day_of(match: Any) -> date | None:
    """The date of an expression's parts, if there is one."""
    return date_of(match["year"], match["month"], match["day"])


class _Period:
    """How documents.yaml says that a title tells the plan's period, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        self.cited, self.span = expression(patterns, "cited_date"), expression(patterns, "span")
        self.range, self.year = expression(patterns, "years"), expression(patterns, "year")
        self.half, self.quarter = expression(patterns, "half"), expression(patterns, "quarter")
        year = expression(patterns, "year_of_number").pattern
        self.cited_year = regex.compile(rf"{_CITED_NUMBER}(?:{year})")
        self.month, self.school_year = expression(patterns, "month"), expression(patterns, "school_year")

    def stretch(self, key: str) -> tuple[date, date] | None:
        """From one day or month to another."""
        found = self.span.search(key)
        if found is None:
            return None
        year, last = int(found["y"] or found["y2"]), int(found["y2"])
        first, final = int(found["m"]), int(found["m2"] or 12)
        if not (1 <= first <= 12 and 1 <= final <= 12):
            return None
        begin = date_of(str(year), str(first), found["d"] or "1")
        end = date_of(str(last), str(final), found["d2"]) if found["d2"] else _months(last, final, final)[1]
        return (begin, end) if begin is not None and end is not None and begin <= end else None

    def part_of_year(self, key: str) -> tuple[date, date] | None:
        """A half-year, a quarter or a month."""
        if half := self.half.search(key):
            year = int(half["year"])
            return _months(year, 1, 6) if half["first"] else _months(year, 7, 12)
        if quarter := self.quarter.search(key):
            last = 3 * _QUARTERS[quarter["quarter"]]
            return _months(int(quarter["year"]), last - 2, last)
        if (month := self.month.search(key)) and 1 <= int(month["month"]) <= 12:
            return _months(int(month["year"]), int(month["month"]), int(month["month"]))
        return None


def read_period(title: str, patterns: PatternSet | None = None) -> tuple[date | None, date | None]:
    """The plan's own period, as its title says it.

    A year of its own ("năm 2022") goes before the period of a programme that the title also names; "đến năm 2030" gives
    an end alone; dates of cited documents give nothing.

    Args:
        title: the title.
        patterns: the patterns to use; the built-in ones if not given.

    >>> read_period("Phát triển OCOP tỉnh Hà Nam giai đoạn 2021-2025")
    (datetime.date(2021, 1, 1), datetime.date(2025, 12, 31))
    >>> read_period("Thực hiện Chỉ thị số 27/CT-TTg ngày 15 tháng 8 năm 2024 của Thủ tướng Chính phủ")
    (None, None)
    """
    patterns = patterns or load()
    says: _Period = patterns.made("document:period", lambda: _Period(patterns))
    key = fold(unicodedata.normalize("NFC", title))
    if stretch := says.stretch(key):
        return stretch
    key = says.cited.sub(lambda m: " " * len(m[0]) if m["day"] else m[0], key)
    key = says.cited_year.sub(lambda m: "_" * len(m[0]), key)
    key = _NUMBER_WITH_YEAR.sub(lambda m: "_" * len(m[0]), key)
    if part := says.part_of_year(key):
        return part
    if school := says.school_year.search(key):
        return date(int(school["begin"]), 9, 1), date(int(school["end"]), 5, 31)  # as a deadline's: DOMAIN §6.2
    found = list(says.range.finditer(key))
    ranges = [(int(m["begin"]), int(m["end"])) for m in found if int(m["begin"]) < int(m["end"])]
    years = [m for m in says.year.finditer(key) if not any(r.start() <= m.start("year") < r.end() for r in found)]
    own = [int(m["year"]) for m in years if not m["cue"]]
    ends = [int(m["year"]) for m in years if m["end"]]
    if own:
        return date(min(own), 1, 1), date(max(own), 12, 31)
    if ranges:
        return date(ranges[0][0], 1, 1), date(ranges[0][1], 12, 31)
    if ends:
        return None, date(ends[0], 12, 31)
    return None, None


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    leap = last == 2 and ((year % 4 == 0 and year % 100 != 0) or year % 400 == 0)
    return date(year, first, 1), date(year, last, 29 if leap else _LAST_DAY[last])
