"""Numbers: what is read without the long expression is what the long expression reads."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.finding.quantities import number_words
from extractor.patterns import load

PIECES = (
    "1 12 05 500 2021 1.250 1.2345 75,86 192.7 3,5 ½ % / - ÷ ~ đến tới trên tổng số trong tính "
    "tỷ triệu nghìn đồng người hộ m2 , . ( ) ;"
)
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES.split()), st.sampled_from(("", " ", " ", "\n", "\t"))), max_size=30)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 200))
def test_a_number_that_nothing_joins_is_all_that_stands_there(pieces: list[tuple[str, str]], cut: int) -> None:
    key = "".join(piece + space for piece, space in pieces)
    words = number_words(load())
    end = max(0, len(key) - cut)
    for start in range(end):
        if words.opening.match(key, start) is None:
            continue
        plain, match = words.plain.match(key, start, end), words.number.match(key, start, end)
        if plain is not None and words.joined.match(key, plain.end(), end) is None:
            assert match is not None and match.span("one") == match.span() == plain.span(), key
