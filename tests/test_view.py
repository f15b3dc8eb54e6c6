"""The view and its map: every span maps back inside the source, and quotes are the source's own letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.text.keys import fold, toneless
from extractor.text.view import OpenWords, build_view

# Characters of DOMAIN §8: both normal forms, all kinds of spaces, invisible ones, look-alikes, astral ones.
_ODD = [
    "\u00a0", "\u2009", "\u202f", "\u3000", "\u200b", "\u00ad", "\ufeff", "\u200e", "\u2060", "\r\n", "\r", "\n", "\n\n", "\x0c", "\u2028",
    "\t", "|", "Ð", "ð", "–", "—", "“", "”", "’", "％", "２", "\uf0b7", "*", "𝟙", "😀", "e\u0302\u0301", "o\u031b", "\u0301", "a\u0340", "İ", "ß",
    "hoà", "Uỷ", "củaĐảng", "cấp ủy;công tác", "Trưởng\n\nBQLDA", "quý I/2021", "75,86%", "- ", "1. ", "I. ", "ﬁ", "½", "²",
]  # fmt: skip
_WORDS = [
    "xã",
    "đạt chuẩn",
    "nông thôn mới",
    "Ủy ban nhân dân",
    "09",
    "2021",
    ".",
    ",",
    ";",
    ":",
    "(",
    ")",
    " ",
    "Phấn đấu",
]
texts = st.lists(st.sampled_from(_ODD + _WORDS) | st.text(max_size=6), max_size=60).map("".join)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_view_map_every_span_lies_in_the_source(text: str) -> None:
    view = build_view(text, open_words=OpenWords(leave=frozenset({"trưởng"})))
    last = 0
    for block in view.blocks:
        assert view.text[block.start : block.end].strip()
        for start in range(block.start, block.end):
            try:
                span = view.span(start, min(block.end, start + 7))
            except ValueError:
                continue
            assert 0 <= span.start < span.end <= len(text)
            assert view.quote(start, min(block.end, start + 7)) == text[span.start : span.end]
        whole = view.span(block.start, block.end)
        assert whole.start >= last
        last = whole.end


@settings(max_examples=200, deadline=None)
@given(texts)
def test_view_is_nfc_and_its_key_has_its_length(text: str) -> None:
    view = build_view(text)
    assert len(view.key) == len(view.text)
    assert not any(c in view.text for c in "\u00a0\u200b\u00ad\ufeff\r")
    for block in view.blocks:
        assert "\n" not in view.text[block.start : block.end]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_view_reads_both_normal_forms_alike(form: str) -> None:
    text = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới ở huyện Vị Thủy."
    source = unicodedata.normalize(form, text)
    view = build_view(source)
    assert view.text == text
    at = view.text.index("xã đạt chuẩn")
    assert unicodedata.normalize("NFC", view.quote(at, at + 12)) == "xã đạt chuẩn"


@pytest.mark.parametrize(
    ("source", "view_text"),
    [
        ("chủ trương củaĐảng, Nhà nước", "chủ trương của Đảng, Nhà nước"),
        ("cấp ủy;công tác", "cấp ủy; công tác"),
        ("đề ra.Thực hiện các", "đề ra. Thực hiện các"),
        ("(2)Tăng cường", "(2) Tăng cường"),
        ("MobiFone và VNeID", "MobiFone và VNeID"),
        ("hai  \u00a0 khoảng\u2009trắng", "hai khoảng trắng"),
        ("nông\u00ad thôn\u200b mới", "nông thôn mới"),
        ("Ð/c Ðỗ Văn A", "Đ/c Đỗ Văn A"),
        ("*Cần Thơ, ngày 21*", "Cần Thơ, ngày 21"),
        ("* Về nông thôn mới", "* Về nông thôn mới"),
        ("đạt 3* trở lên", "đạt 3* trở lên"),
    ],
)
def test_view_normalises(source: str, view_text: str) -> None:
    assert build_view(source).text == view_text


def test_view_joins_what_was_only_broken() -> None:
    text = "- Phân công đồng chí Nguyễn Văn Mẫu – Trưởng\n\nPhòng Y tế huyện phụ trách."
    assert len(build_view(text, open_words=OpenWords(leave=frozenset({"trưởng"}))).blocks) == 1
    # as two paragraphs of a Word file or a PDF, which have no blank lines between them
    assert len(build_view(text.replace("\n\n", "\n"), open_words=OpenWords(leave=frozenset({"trưởng"}))).blocks) == 1
    assert len(build_view(text.replace("\n\n", "\n")).blocks) == 2


def test_view_joins_hard_wrapped_paragraphs() -> None:
    line = "Các cơ quan, đơn vị căn cứ chức năng, nhiệm vụ được giao chủ động xây dựng kế\nhoạch và tổ chức thực hiện"
    text = "\n\n".join(f"{n}. {line} nội dung số\n{n} theo đúng quy định." for n in range(1, 8))
    assert [b.end - b.start > 100 for b in build_view(text).blocks] == [True] * 7


def test_view_keeps_lines_that_are_paragraphs() -> None:
    text = "I. MỤC TIÊU\n- Trồng 300 ha rừng.\n- Xây 02 cầu.\nII. NHIỆM VỤ\n- Mở 03 lớp."
    assert len(build_view(text).blocks) == 5


def test_view_has_no_block_of_what_emphasis_marks_leave() -> None:
    assert build_view("a\n\t*\n** \nb").text == "a\nb"


def test_view_reads_cells_of_a_table_row() -> None:
    view = build_view("1\tSố hộ nghèo\thộ\t\t120")
    assert [view.text[c.start : c.end] for c in view.blocks[0].cells] == ["1", "Số hộ nghèo", "hộ", "", "120"]


@given(st.text())
def test_fold_keeps_the_length(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert len(fold(text)) == len(text)
    assert len(toneless(text)) == len(text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("hoà", "hòa"),
        ("Uỷ ban", "Ủy ban"),
        ("thuỷ sản", "thủy sản"),
        ("khoẻ", "khỏe"),
        ("tỉ lệ", "tỷ lệ"),
        ("quí I", "quý I"),
        ("–", "-"),
        ("“a”", '"a"'),
    ],
)
def test_fold_makes_spellings_equal(a: str, b: str) -> None:
    assert fold(a) == fold(b)


def test_fold_leaves_quy_alone() -> None:
    assert fold("quý") == "quý"
    assert fold("tỉnh") == "tỉnh"
