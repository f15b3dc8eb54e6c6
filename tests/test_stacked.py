"""Tables with one cell a line are tables; lists and prose below the same words are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor import extract
from extractor.patterns import load
from extractor.text.layout import open_words
from extractor.text.stacked import with_rows

_WORDS = open_words(load())

TASKS = """KẾ HOẠCH
Phòng, chống thiên tai năm 2026
PHỤ LỤC
PHÂN CÔNG NHIỆM VỤ
STT
Nội dung công việc
Cơ quan
chủ trì
Cơ quan phối hợp
Thời hạn
(1)
(2)
(3)
(4)
(5)
I
Chuẩn bị trước mùa mưa bão
1
Kiểm tra an toàn 14 hồ chứa
Phòng Kinh tế
UBND các xã
Trước 30/4/2026
2
Ký hợp đồng dự trữ 20 tấn gạo
Phòng Tài chính - Kế hoạch
Quý II/2026
II
Trong mùa mưa bão
3
Trực ban 24/24 giờ,
nắm thông tin thời tiết
Ban Chỉ huy Quân sự huyện
Công an huyện
Thường xuyên
4
Hỗ trợ 60 hộ di dời
Phòng Lao động
UBND các xã
Tháng 10/2026
Nơi nhận:
- Như trên;
"""
FIGURES = """KẾ HOẠCH
Phát triển chăn nuôi năm 2024
I. CHỈ TIÊU
TT

Chỉ tiêu

ĐVT

TH 2023

KH 2024

1

Đàn dê

con

18.000

19.500

2

Sản lượng mật ong

tấn

254

269

II. TỔ CHỨC THỰC HIỆN
"""


def rewritten(text: str) -> tuple[str, dict[int, tuple[int, ...]]]:
    return with_rows(text, _WORDS.index_heads, _WORDS.time_head, _WORDS.time_cell)


def test_tasks_have_their_bodies_and_times() -> None:
    rows = extract(TASKS)
    assert [(a.quote, a.role, a.task) for a in rows.assignments] == [
        ("Phòng Kinh tế", "lead", "Kiểm tra an toàn 14 hồ chứa"),
        ("UBND các xã", "support", "Kiểm tra an toàn 14 hồ chứa"),
        ("Phòng Tài chính - Kế hoạch", "lead", "Ký hợp đồng dự trữ 20 tấn gạo"),
        ("Ban Chỉ huy Quân sự huyện", "lead", "Trực ban 24/24 giờ, nắm thông tin thời tiết"),
        ("Công an huyện", "support", "Trực ban 24/24 giờ, nắm thông tin thời tiết"),
        ("Phòng Lao động", "lead", "Hỗ trợ 60 hộ di dời"),
        ("UBND các xã", "support", "Hỗ trợ 60 hộ di dời"),
    ]
    dues = {d.quote: (str(d.due_date), d.task) for d in rows.deadlines}
    assert dues["Trước 30/4/2026"] == ("2026-04-30", "Kiểm tra an toàn 14 hồ chứa")
    assert dues["Quý II/2026"] == ("2026-06-30", "Ký hợp đồng dự trữ 20 tấn gạo")
    assert dues["Tháng 10/2026"] == ("2026-10-31", "Hỗ trợ 60 hộ di dời")
    assert [(str(t.value), str(t.due_date)) for t in rows.targets if t.unit in ("hồ chứa", "tấn", "hộ")] == [
        ("14", "2026-04-30"),
        ("20", "2026-06-30"),
        ("60", "2026-10-31"),
    ]


def test_figures_have_their_columns() -> None:
    rows = [(t.indicator, str(t.value), t.unit, t.status, str(t.due_date)) for t in extract(FIGURES).targets]
    assert rows == [
        ("Đàn dê", "18000", "con", "result", "2023-12-31"),
        ("Đàn dê", "19500", "con", "target", "2024-12-31"),
        ("Sản lượng mật ong", "254", "tấn", "result", "2023-12-31"),
        ("Sản lượng mật ong", "269", "tấn", "target", "2024-12-31"),
    ]


def test_a_blank_line_is_an_empty_cell() -> None:
    text = FIGURES.replace("\n\n", "\n").replace("18.000\n", "\n")
    found = {(t.indicator, str(t.value), t.status) for t in extract(text).targets}
    assert ("Đàn dê", "19500", "target") in found
    assert not any(status == "result" and value == "19500" for _, value, status in found)


def test_carriage_returns_and_spaces_between_cells_change_nothing() -> None:
    for text in (TASKS.replace("\n", "\r\n"), TASKS.replace("\n", " \n  ")):
        found = [(a.name, a.role) for a in extract(text).assignments]
        assert found == [(a.name, a.role) for a in extract(TASKS).assignments]


def test_quotes_are_the_sources_own() -> None:
    for text in (TASKS, FIGURES):
        rows = extract(text)
        for table in (rows.targets, rows.places, rows.deadlines, rows.assignments):
            assert all(text[row.start : row.end] == row.quote for row in table)


@pytest.mark.parametrize(
    "text",
    [
        "a\nTT\nMột dòng.\nHai dòng.\n1\nBa\n2\nBốn\n",  # prose
        "a\nTT\nNhiệm vụ\n1\nMột\n2\nHai\n",  # two columns are a list
        "a\nTT\nNhiệm vụ\nĐơn vị\n1\nMột\nSở A\n",  # a single row
        "a\nTT\tNhiệm vụ\tĐơn vị\n1\tMột\tSở A\n2\tHai\tSở B\n",  # a table that has its tabs
    ],
)
def test_other_things_are_left_as_they_are(text: str) -> None:
    assert rewritten(text) == (text, {})


@given(
    st.lists(
        st.sampled_from(["TT", "STT", "1", "2", "3", "I", "A", "(1)", "(2)", "Sở Y tế", "nhỏ", "", "Quý II", "x."])
    )
)
def test_the_length_stays_and_only_white_space_changes(lines: list[str]) -> None:
    text = "\n".join(["Tên", *lines, ""])
    made, columns = rewritten(text)
    assert len(made) == len(text)
    assert all(a == b or (a.isspace() and b.isspace()) for a, b in zip(made, text, strict=True))
    assert all(0 <= start < len(text) and list(c) == sorted(set(c)) for start, c in columns.items())


def test_many_tables_take_time_in_proportion() -> None:
    def seconds(text: str) -> float:
        best = 9.0
        for _ in range(3):
            begun = time.perf_counter()
            rewritten(text)
            best = min(best, time.perf_counter() - begun)
        return best

    one_table = "\nTT\nViệc\nĐơn vị\nHạn" + "".join(f"\n{n % 999 + 1}\nViệc\nSở A\nQuý II" for n in range(400))
    for text in (one_table, "\nTT\nViệc\nĐơn vị" * 400, "\nTT" * 2000, "\nTT\nViệc\nĐơn vị\n1" * 400):
        assert seconds(text * 8) < 8 * 3 * max(seconds(text), 1e-4)
