"""What the syntax of an expression rules out never matches."""

from __future__ import annotations

import pytest
import regex

from extractor.expressions import needed, openings
from extractor.patterns import PatternSet, RegexSet, load
from extractor.text.keys import fold

_CONCERNS = ("mask", "number", "status", "time")
_SIGNS = {"<digit>": r"\d+", "<code>": r"[^\W\d_]+(?=\d)"}


@pytest.fixture(scope="module")
def patterns() -> PatternSet:
    return load()


@pytest.fixture(scope="module")
def keys(patterns: PatternSet) -> list[str]:
    """The examples of all patterns, many to a text, so that a text holds what expressions begin with and need."""
    texts = [fold(e.text) for entry in patterns.entries for e in entry.examples]
    return ["\n".join(texts[i : i + 40]) for i in range(0, len(texts), 40)]


@pytest.mark.parametrize("concern", _CONCERNS)
def test_every_match_of_an_expression_is_found(concern: str, patterns: PatternSet, keys: list[str]) -> None:
    """All that the expressions match by themselves, at their anchors or anywhere, a set of them finds too."""
    entries = [e for e in patterns.of(concern) if e.expressions]
    expressions = RegexSet(entries)
    for key in keys:
        found = {(hit.start, hit.end, hit.entry.id) for _, hit in expressions.all_matches(key)}
        assert found >= {
            (m.start(), m.end(), entry.id)
            for entry in entries
            if not entry.at
            for expression in entry.expressions
            for m in regex.finditer(expression, key)
            if m.end() > m.start()
        }
        for entry in entries:
            for anchor in entry.at:
                starts = [m.start() for m in regex.finditer(_SIGNS.get(anchor) or regex.escape(fold(anchor)), key)]
                whole = [s for s in starts if not (s and key[s].isalnum() and key[s - 1].isalnum())]
                matches = (regex.compile(x).match(key, s) for s in whole for x in entry.expressions)
                assert found >= {(m.start(), m.end(), entry.id) for m in matches if m and m.end() > m.start()}


@pytest.mark.parametrize(
    "expression",
    [r"\p{L}+ xã", r"(?i)XÃ", r"(?P<a>xã) (?P=a)", r"(a)?(?(1)b|c)", r"xã|", r"(?=xã)", r"x*", r"(unclosed"],
)
def test_nothing_is_ruled_out_of_what_cannot_be_told(expression: str) -> None:
    assert not openings(expression) or expression == r"(?P<a>xã) (?P=a)"
    assert not needed(expression) or expression == r"(?P<a>xã) (?P=a)"
