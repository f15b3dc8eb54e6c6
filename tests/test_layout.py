"""Parts of a document, the outline, sentences and tables."""

from __future__ import annotations

import pytest

from extractor import extract
from extractor.model import Span
from extractor.patterns import load
from extractor.text.layout import Layout, abbreviations, open_words, read_layout
from extractor.text.sentences import clauses, sentences
from extractor.text.view import build_view

PLAN = """ỦY BAN NHÂN DÂN
TỈNH ĐẮK LẮK

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 57/KH-UBND
Đắk Lắk, ngày 25 tháng 02 năm 2022

KẾ HOẠCH
Phòng, chống cháy rừng năm 2022

Căn cứ Luật Lâm nghiệp năm 2017; UBND tỉnh ban hành Kế hoạch như sau:

I. MỤC TIÊU
1. Mục tiêu chung: giữ rừng.
2. Chỉ tiêu
a) Giảm 10% số vụ cháy;
b) Trực 24/24 giờ.
II. NHIỆM VỤ
1. Tuyên truyền
- Mở 03 lớp.
+ Cho kiểm lâm.
- In tờ rơi.
2.1. Kiểm tra
III. TỔ CHỨC THỰC HIỆN
1. Sở Nông nghiệp và PTNT
- Chủ trì.
Trên đây là Kế hoạch./.

Nơi nhận:
- Bộ NN&PTNT;
- Lưu: VT.
TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH

Y Mẫu Niê
"""


def _layout(text: str) -> Layout:
    patterns = load()
    return read_layout(build_view(text, open_words=open_words(patterns)), patterns)


def _kind(layout: Layout, words: str) -> str:
    return layout.zone_at(layout.view.text.index(words))


def _chain(layout: Layout, words: str) -> list[str]:
    node = layout.node_at(layout.view.text.index(words))
    return [n.marker for n in reversed(layout.ancestors(node))]


def test_layout_tells_the_parts_of_a_plan() -> None:
    layout = _layout(PLAN)
    assert _kind(layout, "Độc lập") == "header"
    assert _kind(layout, "Phòng, chống cháy rừng") == "header"
    assert _kind(layout, "Căn cứ Luật") == "preamble"
    assert _kind(layout, "Giảm 10%") == "body"
    assert _kind(layout, "- Bộ NN&PTNT") == "recipients"
    assert _kind(layout, "Y Mẫu Niê") == "signature"


@pytest.mark.parametrize(
    ("words", "chain"),
    [
        ("Giảm 10%", ["I.", "2.", "a)"]),
        ("b) Trực", ["I.", "2.", "b)"]),
        ("Mở 03 lớp", ["II.", "1.", "-"]),
        ("Cho kiểm lâm", ["II.", "1.", "-", "+"]),
        ("In tờ rơi", ["II.", "1.", "-"]),
        ("Chủ trì", ["III.", "1.", "-"]),
        ("Trên đây", ["III.", "1."]),
    ],
)
def test_layout_outline_nests_by_marker(words: str, chain: list[str]) -> None:
    assert _chain(_layout(PLAN), words) == chain


@pytest.mark.parametrize("words", ["Mở 03 lớp", "Kiểm tra"])
def test_layout_sections_inherit_their_kind(words: str) -> None:
    layout = _layout(PLAN)
    node = layout.node_at(layout.view.text.index(words))
    assert node is not None
    assert node.kind == "tasks"


def test_layout_reads_party_numbering() -> None:
    text = "I- MỤC TIÊU\n1- Mục tiêu chung\na) Giữ vững ổn định;\nb) Phát triển du lịch.\n2- Chỉ tiêu\nII- NHIỆM VỤ\n1- Tuyên truyền"
    layout = _layout(text)
    assert _chain(layout, "Phát triển du lịch") == ["I-", "1-", "b)"]
    assert _chain(layout, "Tuyên truyền") == ["II-", "1-"]


def test_layout_tells_letters_from_roman_numerals() -> None:
    text = "A. MỤC TIÊU\nI. Chung\nII. Riêng\nB. NHIỆM VỤ\nC. KINH PHÍ\n1. Nguồn vốn\nD. TỔ CHỨC"
    layout = _layout(text)
    assert _chain(layout, "Riêng") == ["A.", "II."]
    assert _chain(layout, "Nguồn vốn") == ["C.", "1."]
    assert _chain(layout, "TỔ CHỨC") == ["D."]


def test_layout_reads_a_table_with_its_head() -> None:
    layout = _layout(
        "I. CHỈ TIÊU\nTT\tChỉ tiêu\tĐVT\tKH 2023\n1\tHộ nghèo\thộ\t120\n2\tTrâu\tcon\t300\nII. NHIỆM VỤ\n- Giữ rừng."
    )
    (table,) = layout.tables
    assert (table.header, table.rows) == ((1,), (2, 3))


def test_layout_aligns_the_sums_below_running_numbers() -> None:
    text = (
        "KẾ HOẠCH\nGiảm nghèo năm 2026\nTT\tBản\tĐơn vị tính\tSố hộ nghèo đầu năm\tKế hoạch 2026\n"
        "1\tBản Nà Cà\thộ\t42\t28\n2\tBản Pá Tong\thộ\t35\t24\nTổng cộng\t77\t52\nToàn xã\thộ\t79\t53"
    )
    found = extract(text)
    assert [(t.value, t.status) for t in found.targets] == [
        (42, "result"), (28, "target"), (35, "result"), (24, "target"),
        (77, "result"), (52, "target"), (79, "result"), (53, "target"),
    ]  # fmt: skip
    assert [p.name for p in found.places] == ["Nà Cà", "Pá Tong"]


def test_layout_finds_the_article_of_a_page() -> None:
    article = "Ngày 02/3/2022, UBND huyện Tân Mẫu đã ban hành Kế hoạch số 15/KH-UBND, phấn đấu có thêm 02 xã về đích trong năm 2022."
    text = f"Trang chủ\nGiới thiệu\nĐăng nhập\nTin tức\nHuyện Tân Mẫu đẩy mạnh xây dựng nông thôn mới\n02/03/2022 08:15\n{article}\nBan Biên tập\nTin liên quan\nVinh danh 12 tập thể\nĐã truy cập: 104497"
    layout = _layout(text)
    assert layout.portal
    assert _kind(layout, "Ngày 02/3/2022") == "body"
    for words in ("Giới thiệu", "02/03/2022 08:15", "Ban Biên tập", "Vinh danh", "104497"):
        assert _kind(layout, words) == "navigation"


def test_layout_an_annex_behind_the_signature_is_body() -> None:
    text = PLAN + "\nPHỤ LỤC I\nDANH MỤC NHIỆM VỤ\nTT\tNhiệm vụ\tThời gian\n1\tTrồng cây\t6/2022\n"
    assert _kind(_layout(text), "Trồng cây") == "body"


def _cut(text: str, spans: list[Span]) -> list[str]:
    return [text[s.start : s.end] for s in spans]


def test_sentences_know_the_abbreviations_of_offices() -> None:
    text = "Giao UBND TP. Hà Tiên chủ trì. Hoàn thành trong tháng 6. Sở Y tế phối hợp."
    assert _cut(text, sentences(text, 0, len(text), abbreviations(load()))) == [
        "Giao UBND TP. Hà Tiên chủ trì.", "Hoàn thành trong tháng 6.", "Sở Y tế phối hợp.",
    ]  # fmt: skip


def test_clauses_end_at_semicolons_outside_brackets() -> None:
    text = "có 03 xã (An Lạc; Bình Hòa; Phú Mỹ); xây 02 cầu"
    assert _cut(text, clauses(text, 0, len(text))) == ["có 03 xã (An Lạc; Bình Hòa; Phú Mỹ)", "xây 02 cầu"]


def test_a_document_on_one_line_is_still_read() -> None:
    head = "ỦY BAN NHÂN DÂN TỈNH SƠN LA Số: 12/KH-UBND Sơn La, ngày 05 tháng 3 năm 2023 KẾ HOẠCH Trồng rừng năm 2023 "
    text = head + "Phấn đấu trồng mới 300 ha rừng phòng hộ trên địa bàn tỉnh. " * 100
    assert len(extract(text).targets) == 100


def test_layout_hashes_of_markdown_stand_before_headings() -> None:
    text = (
        "# UBND XÃ AN LẠC\n\n## KẾ HOẠCH\n\n## II. Tổ chức thực hiện\n\n### 1. Y tế\n\n- Tiêm 40 trẻ.\n\n#12 là mã số."
    )
    found = extract(text)
    assert [(s.marker, s.heading, s.kind) for s in found.sections[1:3]] == [
        ("II.", "Tổ chức thực hiện", "organisation"), ("1.", "Y tế", "organisation"),
    ]  # fmt: skip
    assert build_view("#12 là mã số").text == "#12 là mã số"
