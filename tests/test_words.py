"""Words: those of ``underthesea.word_tokenize``, by its own model decoded faster, with exact offsets."""

from __future__ import annotations

import contextlib
import random
import re
import struct
import time
import unicodedata
from pathlib import Path

import pytest
import underthesea
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from underthesea.pipeline.text_normalize import token_normalize
from underthesea.pipeline.word_tokenize import regex_tokenize

from extractor.text import word_model
from extractor.text import words as module
from extractor.text.words import first_word, words

ROOT = Path(__file__).parent.parent
CORPUS = sorted(
    {
        line
        for path in (ROOT / "corpus").rglob("documents/*.txt")
        for line in path.read_text(encoding="utf-8-sig").splitlines()
        if line.strip()
    }
)


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("ð", "đ").replace("Ð", "Đ")


def spelled(text: str) -> list[str]:
    """Our words as the stock call writes them: their tokens in its spelling, with one blank between them."""
    tokens = iter(regex_tokenize.tokenize(text, use_token_normalize=False))
    made, end = [], 0
    for word in words(text):
        assert end <= word.start < word.end and not text[end : word.start].strip()
        end = word.end
        left, pieces = "".join(normal(text[word.start : end]).split()), []
        while left:
            token = next(tokens)
            assert left.startswith(token)
            left = left[len(token) :]
            pieces.append(token_normalize(token))
        made.append(" ".join(pieces))
    assert not text[end:].strip() and next(tokens, None) is None
    return made


def test_corpus_has_the_words_of_the_stock_call() -> None:
    assert len(CORPUS) > 2000
    for line in CORPUS:
        assert spelled(line) == underthesea.word_tokenize(line)


def test_generated_sentences_have_the_words_of_the_stock_call() -> None:
    chance = random.Random(20)
    pool = [piece for line in CORPUS[::7] for piece in line.split()]
    pool += ["29/52", "3O/6", "H'Mông", "v.v.", "ngừơi", "hoà", "baì", "BOS", "EOS", "x@y.vn", "12-2023", "75,86%", "ð"]
    for _ in range(10_000):
        sentence = " ".join(chance.choices(pool, k=chance.randint(1, 14)))
        assert spelled(sentence) == underthesea.word_tokenize(sentence)


HOSTILE = {
    "decomposed": unicodedata.normalize("NFD", "Phấn đấu xây dựng nông thôn mới tại Thanh Hoá"),
    "half decomposed": "xây dựng " + unicodedata.normalize("NFD", "nông thôn mới") + " x\u0301y kế hoạch",
    "marks alone": "\u0323\u0301 xây\u0301 dựng",
    "doubled blanks": "xây  dựng\t nông \u00a0thôn",
    "line ends": "xây dựng\r\nnông\n\nthôn",
    "invisible": "xây\u200b dựng\ufeff nông\u00ad thôn \x00 mới",
    "astral": "xây dựng 😀 𝔑ông thôn",
    "other scripts": "Σίσυφος ΑΣ İstanbul ǅ ß ﬁn Ⅷ ① ٣ 한국 각 नमस्ते",
    "signs": "--- ... ((( )) *** /// ::: %%% &&& H&M 3x4 =>",
    "long": "xây dựng nông thôn mới " * 300,
    "addresses": "http://a.vn/(x)y). https://b.vn/c?d=1(e(f)g)!!, ftp://x, c.vn/d-e xem http://... http:// a@b.vn http:/.",
    "one": "a",
    "a tie": "\x1bHà Nộinông\x1b\x1b\x1b\x080",
    "glued": "xâydựngnôngthônmới" * 20,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_has_the_words_of_the_stock_call(text: str) -> None:
    assert spelled(text) == underthesea.word_tokenize(text)


# What becomes several characters in normal form has no offsets of its own for each of them.
CHARACTERS = st.characters(exclude_categories=["Cs"]).filter(lambda c: len(unicodedata.normalize("NFC", c)) == 1)
PIECES = st.sampled_from(["xây dựng", "nông", " ", "thôn", "mới", "Hà Nội", "12", "%", "e\u0302\u0301", "d\u0323", "."])


@given(st.lists(PIECES | CHARACTERS, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_has_the_words_of_the_stock_call(text: str) -> None:
    # Marks that change places in normal form tear a letter apart for the stock call; here it stays one.
    assume("".join(unicodedata.normalize("NFD", char) for char in text) == unicodedata.normalize("NFD", text))
    assert spelled(text) == underthesea.word_tokenize(text)


@given(st.text(st.characters(), max_size=40))
@settings(max_examples=200, deadline=None)
def test_words_of_any_text_cover_it_in_order(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert not text[end : word.start].strip()
        end = word.end
    assert not text[end:].strip()


@pytest.mark.parametrize("text", ["http:/" + "." * 1990, "https://" + "'\"" * 900, "http://" + "(a" * 900, "a." * 1000])
def test_hostile_addresses_take_no_time(text: str) -> None:
    before = time.process_time()
    assert words(text)
    assert time.process_time() - before < 5


def test_a_letter_with_thousands_of_marks_takes_no_time() -> None:
    before = time.process_time()
    assert len(words("e\u0301" + "\u0301\u0323" * 20_000)) > 0
    assert time.process_time() - before < 5


def test_fixed_words_of_somebody_else_change_nothing() -> None:
    text = "Viện Nghiên Cứu chiến lược quốc gia"
    before = words(text)
    underthesea.word_tokenize(text, fixed_words=["chiến lược quốc gia"])
    try:
        assert words(text) == before
    finally:  # the stock call keeps them for good
        regex_tokenize.patterns = re.compile(regex_tokenize.regex_patterns_combine, re.VERBOSE | re.UNICODE)


# --- the way back


def test_fast_route_is_the_one_in_use() -> None:
    parts = module._parts()
    assert parts is not None and isinstance(getattr(parts.tags, "__self__", None), word_model.WordModel)


def test_unknown_model_is_left_to_the_stock_route(monkeypatch: pytest.MonkeyPatch) -> None:
    for broken in (lambda *_: None, lambda *_: 1 / 0):
        module._parts.cache_clear()
        with monkeypatch.context() as patched:
            patched.setattr(word_model, "load", broken)
            assert [spelled(line) for line in CORPUS[:50]] == [underthesea.word_tokenize(line) for line in CORPUS[:50]]
            assert not isinstance(getattr(module._parts().tags, "__self__", None), word_model.WordModel)
    module._parts.cache_clear()


@pytest.mark.parametrize("data", [b"", b"lCRF", b"\0" * 200])
def test_file_of_another_shape_is_no_model(data: bytes) -> None:
    with contextlib.suppress(struct.error):  # `_fastest` catches it
        assert word_model._read(data) is None


def test_model_that_disagrees_is_not_used() -> None:
    home = Path(underthesea.__file__).parent / "pipeline/word_tokenize/models/ws_crf_vlsp2013_20230727"
    assert word_model.load(home, lambda tokens: ["I-W"] * len(tokens)) is None


def test_public_call_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [words(line) for line in CORPUS[:200]] + [words(text) for text in HOSTILE.values()]
    monkeypatch.setattr(module, "_parts", lambda: None)
    got = [words(line) for line in CORPUS[:200]] + [words(text) for text in HOSTILE.values()]
    assert sum(a != b for a, b in zip(got, expected, strict=True)) <= 4  # words in odd spelling, which it then keeps


def test_first_word_is_cut_at_syllables() -> None:
    text = "lắp 30 biển báo giao thông"
    word = first_word(text, 7, len(text))
    assert word is not None and text[word.start : word.end] == "biển báo"
    assert first_word(text, 4, len(text)) is None
