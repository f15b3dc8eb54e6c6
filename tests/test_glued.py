"""Words that lost the space between them."""

from __future__ import annotations

import pytest

from extractor import extract
from extractor.patterns import load
from extractor.text.layout import open_words


def _parted(text: str) -> str:
    offsets = sorted(open_words(load()).parting(text))
    return "|".join(text[a:b] for a, b in zip([0, *offsets], [*offsets, len(text)], strict=True))


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("rà soát đếnnăm 2027", "rà soát đến|năm 2027"),
        ("Chủ tịch UBND cáchuyện", "Chủ tịch UBND các|huyện"),  # cá|chuyện and cách|uyện are syllables, too
        ("TỈNHTHÁI BÌNH", "TỈNH|THÁI BÌNH"),
        ("tổchứcthựchiện", "tổ|chức|thực|hiện"),
        ("tổ chứcHĐND", "tổ chức|HĐND"),
        ("năm 2020trên địabàn", "năm 2020|trên địa|bàn"),
    ],
)
def test_words_of_several_syllables_are_parted(text: str, parted: str) -> None:
    assert _parted(text) == parted


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",  # the longest syllable
        "đưòng",  # mistyped: its parts would meet in two vowels
        "Đakrông",  # a name of another language: no syllable ends in k
        "cácbon",
        "MobiFone",
        "trongnam",  # nothing of Vietnamese in it
        "QĐ-UBND",
        "2026ha",
    ],
)
def test_other_words_stay_whole(word: str) -> None:
    assert _parted(word) == word


def test_rows_quote_the_source_as_it_stands() -> None:
    text = "UBND XÃ BÌNH MẪU\nKẾ HOẠCH\nPhát triển rừng năm 2027\nI. MỤC TIÊU\n- Phấnđấu trồngmới 120 ha rừng đếnhết năm 2027."
    found = extract(text)
    (target,) = found.targets
    assert (target.value, target.indicator) == (120, "rừng")
    assert text[target.start : target.end] == target.quote == "120 ha rừng"
    assert [text[d.start : d.end] for d in found.deadlines] == ["đếnhết năm 2027"]
