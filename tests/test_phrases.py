"""Phrases found once in a document, asked for by stretch: what the lexicon finds in the stretch alone."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.finding.scene import Scene
from extractor.model import Document, Reading, Source
from extractor.patterns import Lexicon, load
from extractor.relating.heads import heads
from extractor.relating.phrases import PhraseIndex, phrase_indexes
from extractor.text.layout import read_layout
from extractor.text.view import build_view

# Heads, ends and set phrases, those that keep a head out, and what glues to them.
WORDS = (
    "số dân số trong số hóa tổng số hộ nghèo tỷ lệ giá trị đánh giá chi chi bộ thu nhập bình quân thu hút nông thôn "
    "mới nhà ở tại các xã trên địa bàn đạt được công nhận so với cùng kỳ và của 12 3,5% số5 dânsố - , . ( ) x"
)
TEXTS = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=40).map(" ".join)


def indexes(text: str) -> tuple[str, list[tuple[PhraseIndex, Lexicon]]]:
    patterns = load()
    view = build_view(text)
    document = Document("0" * 16, "x.txt", "0" * 64, "txt", "ok")
    scene = Scene(
        Source("x.txt", "txt", "0" * 64, Reading(text)), view, read_layout(view, patterns), patterns, document
    )
    words = heads(patterns)
    lexicons = (words.starts, words.keep, words.locations, words.ends, words.ends_count, words.ends_who)
    return view.key, list(zip(phrase_indexes(scene, "heads", lexicons), lexicons, strict=True))


@settings(deadline=None)
@given(TEXTS, st.integers(0, 2**32))
def test_a_stretch_gives_what_the_lexicon_finds_in_it_alone(text: str, seed: int) -> None:
    key, found = indexes(text)
    draw = random.Random(seed)
    for _ in range(20):
        start, end = sorted((draw.randint(0, len(key)), draw.randint(0, len(key))))
        for index, lexicon in found:
            alone = [(start + hit.start, start + hit.end) for hit in lexicon.matches(key[start:end])]
            assert index.inside(start, end) == alone, key[start:end]
            assert index.opens(start, end) == any(place[0] == start for place in alone)
