"""What rules expressions out before they are tried: it never rules out what would match."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.finding.anchored import Anchored, Part
from extractor.gate import Gate
from extractor.patterns import CONCERNS, RegexSet, load
from extractor.text.keys import fold

TIMES = load().meaning("time", part="core")
ANCHORED, TOGETHER = Anchored(TIMES), RegexSet(TIMES)
PARTS = sorted({entry.means["part"] for entry in load().of("time") if entry.expressions})
_PIECES = [
    "ngày 5/3",
    "năm 2024",
    " ",
    ", ",
    "quý II",
    "tháng 10",
    "-",
    "/",
    "từ ",
    "đến ",
    "12",
    "2/",
    "(",
    "tuần",
    "a",
]


@cache
def _texts(concern: str) -> list[str]:
    """Some of the examples of a concern, short enough to be tried everywhere."""
    return [fold(x.text)[:160] for e in load().of(concern) if e.expressions for x in e.examples]


@pytest.mark.parametrize("concern", sorted(c for c in CONCERNS if any(e.expressions for e in load().of(c))))
def test_what_matches_is_let_through(concern: str) -> None:
    expressions = [x for e in load().of(concern) for x in e.expressions]
    gate = Gate((x, x) for x in expressions)
    closers = Gate(((x, x) for x in expressions), backward=True)
    compiled = [(x, regex.compile(x)) for x in expressions]
    found = 0
    for text in _texts(concern)[:60]:
        ends: dict[int, list[str]] = defaultdict(list)
        for place in range(len(text)):
            matching = [(x, m.end()) for x, c in compiled if (m := c.match(text, place)) is not None]
            assert {x for x, _ in matching} <= set(gate.at(text, place, len(text)))
            for x, end in matching:
                ends[end].append(x)
        for end, matching_there in ends.items():
            found += len(matching_there)
            assert set(matching_there) <= set(closers.ending_at(text, 0, end))
    assert found


def test_all_places_at_once_are_the_places_one_by_one() -> None:
    gate = Gate((x, x) for e in TIMES for x in e.expressions)
    for text in _texts("time")[:40]:
        one_by_one = [(place, gate.at(text, place, len(text))) for place in range(len(text))]
        assert gate.over(text, range(len(text))) == [(place, found) for place, found in one_by_one if found]


def test_what_an_expression_looks_for_before_it_begins_must_match_too() -> None:
    gate = Gate([("ten", r"(?<!\d)(?=10+ )(?P<m>[\d.]+)(?= \w)"), ("any", r"\d+ [xt]")])
    assert [gate.at(text, 0, len(text)) for text in ("100 x", "100.x", "120 x", "10 y", "10 ")] == [
        ("ten", "any"),
        (),
        ("any",),
        ("ten",),
        ("ten",),
    ]
    closers = Gate([("tail", r"[\d.]+(?<=0 xã|\d0)")], backward=True)
    assert [closers.ending_at(text, 0, len(text)) for text in ("100", "15", "0")] == [("tail",), (), ()]


def test_an_expression_that_cannot_be_read_is_always_let_through() -> None:
    gate = Gate([("set", r"\p{Lu}+"), ("reference", r"(a)b\1"), ("plain", "c")])
    assert gate.at("x", 0, 1) == ("set",)
    assert gate.at("abx", 0, 3) == ("set", "reference")
    assert gate.at("", 0, 0) == ("set",)


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_expressions_asked_for_place_by_place_match_as_all_at_once(text: str) -> None:
    key = fold(text)
    one_by_one = {
        (hit.start, hit.end, hit.entry.id)
        for place, expressions in ANCHORED.places(key)
        for hit in ANCHORED.at(key, place, expressions, len(key))
    }
    assert one_by_one == {(hit.start, hit.end, hit.entry.id) for _, hit in TOGETHER.all_matches(key)}


def test_expressions_without_anchors_are_looked_for_everywhere() -> None:
    free = [e for e in load().of("mask") if e.expressions and not e.at][:5]
    anchored, together = Anchored([*free, *TIMES]), RegexSet([*free, *TIMES])
    for text in (*_texts("mask")[:40], *_texts("time")[:80]):
        one_by_one = {
            (hit.start, hit.end, hit.entry.id)
            for place, expressions in anchored.places(text)
            for hit in anchored.at(text, place, expressions, len(text))
        }
        assert one_by_one == {(hit.start, hit.end, hit.entry.id) for _, hit in together.all_matches(text)}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_opens_and_closes_a_piece_as_its_matches_do(part: str) -> None:
    entries = load().meaning("time", part=part)
    made = Part(entries)
    for text in _texts("time")[:40]:
        for start in range(0, len(text), 3):
            end = min(len(text), start + 40)
            hits = made.matches(text, start, end)
            opening, closing = made.opening(text, start, end), made.closing(text, start, end)
            assert (opening and opening.end) == (hits[0].end if hits and hits[0].start == start else None)
            assert (closing and closing.start) == (hits[-1].start if hits and hits[-1].end == end else None)
