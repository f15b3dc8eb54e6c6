"""Tables with a bar and a cell in turns, a line each, are tables; other bars are not."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from extractor import extract
from extractor.text.barred import with_barred_rows

COMMUNES = """KẾ HOẠCH
Hỗ trợ nước sạch năm 2026
I. MỤC TIÊU
|
**TT**
|
**Địa phương**
|
**Tỷ lệ vốn đối ứng (%)**
|
**Ghi chú**
|
|
**Tỉnh**
|
**Xã**
|
|
|
1
|
Xã Mường Bú
|
80
|
20
|
Áp dụng cả với
các bản vùng cao
|
|
2
|
Xã Chiềng Mai
|
65
|
35
|
|
|
3
|
Xã Mường Chanh
|
70
|
30
|
|
"""
FIGURES = """KẾ HOẠCH
Phát triển chăn nuôi năm 2026
I. CHỈ TIÊU
|
Chỉ tiêu
|
Đơn vị tính
|
Kế hoạch 2026
|
|
Đàn dê
|
con
|
18.500
|
|
Đàn bò sữa
|
con
|
1.200
|
|
Sản lượng mật ong
|
tấn
|
45
|

II. NHIỆM VỤ
- Mở 03 lớp tập huấn.
"""


def test_a_row_ends_where_the_next_number_begins() -> None:
    found = extract(COMMUNES)
    assert [(t.value, t.unit, t.indicator) for t in found.targets] == [
        (float(value), "%", "Tỷ lệ vốn đối ứng") for value in (80, 20, 65, 35, 70, 30)
    ]
    assert [(p.name, p.role) for p in found.places] == [
        (n, "member") for n in ("Mường Bú", "Chiềng Mai", "Mường Chanh")
    ]


def test_rows_without_numbers_are_as_long_as_the_head() -> None:
    found = extract(FIGURES)
    assert [(t.value, t.unit, t.indicator) for t in found.targets] == [
        (18500, "con", "Đàn dê"),
        (1200, "con", "Đàn bò sữa"),
        (45, "tấn", "Sản lượng mật ong"),
        (3, "lớp", "lớp tập huấn"),
    ]


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    rows = (
        ("TT", "Chỉ tiêu", "ĐVT", "TH 2024", "KH 2025"),
        ("1", "Lúa", "ha", "", "520"),
        ("2", "Ngô", "ha", "80", "90"),
    )
    text = "".join("|\n" + "".join(f"{cell}\n|\n" if cell else "|\n" for cell in row) for row in rows)
    found = extract(f"KẾ HOẠCH\nSản xuất năm 2025\nI. CHỈ TIÊU\n{text}").targets
    assert [(t.value, t.indicator, t.status) for t in found] == [
        (520, "Lúa", "target"),
        (80, "Ngô", "result"),
        (90, "Ngô", "target"),
    ]


def test_rows_below_merged_cells_stand_in_their_columns() -> None:
    rows = [
        ["TT", "Việc", "Chủ trì", "Phối hợp", "Hạn"],
        ["1", "Lập bản đồ", "Sở Y tế", "Công an tỉnh", "Quý II"],
        ["Sở Nội vụ", "Bưu điện tỉnh"],
        ["2", "Mở lớp", "Sở Tư pháp", "Báo Mẫu", "Quý III"],
    ]
    made = with_barred_rows("\n".join("|\n" + "\n|\n".join(row) + "\n|" for row in rows))
    rows[2] = ["", "", *rows[2]]
    assert [[cell.strip() for cell in line.split("\t")] for line in made.split("\n")] == rows


def test_bars_between_words_are_left_alone() -> None:
    text = "Tin tức\n|\nVăn bản\n|\nLiên hệ\n\nỦy ban nhân dân xã họp."
    assert with_barred_rows(text) == text


def test_offsets_are_those_of_the_source() -> None:
    for text in (COMMUNES, FIGURES):
        found = extract(text)
        for row in (*found.targets, *found.places):
            assert text[row.start : row.end] == row.quote


def test_a_letterhead_in_two_cells_is_no_table() -> None:
    head = "|\nUBND XÃ MƯỜNG BÚ\n|\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n|\n|\nSố: 12/KH-UBND\n|\nMường Bú, ngày 5 tháng 1 năm 2026\n|\n"
    assert with_barred_rows(head) == head
    document = extract(f"{head}KẾ HOẠCH\nTrồng rừng năm 2026\n- Trồng 20 ha.\n").document
    assert (document.number, document.doc_type, str(document.issued_on)) == ("12/KH-UBND", "Kế hoạch", "2026-01-05")


@given(st.lists(st.sampled_from(["|", "1", "2", "I", "TT", "Xã Mường Bú", "", "**", "80 | 20", "\t"]), max_size=60))
def test_the_length_never_changes(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert len(with_barred_rows(text)) == len(text)


def test_a_long_table_takes_time_in_proportion() -> None:
    def taken(rows: int) -> float:
        text = "|\nTT\n|\nXã\n|\nKế hoạch\n|\n" + "".join(f"|\n{i}\n|\nXã {i}\n|\n{i}\n|\n" for i in range(1, rows))
        began = time.process_time()
        with_barred_rows(text)
        return time.process_time() - began

    taken(100)
    assert min(taken(20_000) for _ in range(2)) < 12 * min(taken(5_000) for _ in range(2)) + 0.05
