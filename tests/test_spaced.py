"""Tables set with runs of spaces are tables; prose and letterheads are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor import extract
from extractor.text.spaced import with_tabs, without_marker_tabs

PLAN = """UBND TỈNH MẪU
Số: 45/KH-UBND
Mẫu Sơn, ngày 12 tháng 01 năm 2024
KẾ HOẠCH
Phát triển chăn nuôi năm 2024

I. CHỈ TIÊU
TT   Chỉ tiêu                      ĐVT     TH 2023    KH 2024
1    Đàn dê                        con     18.000     19.500
2    Sản lượng mật ong             tấn        254        269
     Trong đó: mật ong rừng        tấn         18         19
3    Tỷ lệ tiêm phòng              %           78
"""


def test_cells_know_their_unit_year_and_status() -> None:
    rows = [(t.indicator, str(t.value), t.unit, t.status, str(t.due_date)) for t in extract(PLAN).targets]
    assert rows == [
        ("Đàn dê", "18000", "con", "result", "2023-12-31"),
        ("Đàn dê", "19500", "con", "target", "2024-12-31"),
        ("Sản lượng mật ong", "254", "tấn", "result", "2023-12-31"),
        ("Sản lượng mật ong", "269", "tấn", "target", "2024-12-31"),
        ("mật ong rừng", "18", "tấn", "result", "2023-12-31"),
        ("mật ong rừng", "19", "tấn", "target", "2024-12-31"),
        ("Tỷ lệ tiêm phòng", "78", "%", "result", "2023-12-31"),
    ]


def test_quotes_stay_those_of_the_source() -> None:
    for target in extract(PLAN).targets:
        assert PLAN[target.start : target.end] == target.quote


def test_what_is_no_table_stays_as_it_is() -> None:
    letterhead = "UBND TỈNH MẪU        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n  SỞ Y TẾ               Độc lập - Tự do - Hạnh phúc\nSố: 12/KH-SYT         Mẫu Sơn, ngày 12 tháng 01 năm 2024"
    prose = "Phấn đấu  có 12 xã  đạt chuẩn.\nMở  05 lớp tập huấn cho  300 hộ.\nTrồng mới  12 ha  rừng phòng hộ."
    for text in (letterhead, prose, "", "  ", "a  b  c"):
        assert with_tabs(text) == text


@given(st.text(alphabet="ab12 \t|\n", max_size=400))
def test_only_blanks_become_tabs(text: str) -> None:
    made = with_tabs(text)
    assert len(made) == len(text)
    assert all(new == old or (old == " " and new == "\t") for old, new in zip(text, made, strict=True))


@pytest.mark.alone
def test_time_grows_with_the_text_only() -> None:
    def seconds(rows: int) -> float:
        text = "\n".join(f"{i:<8}Mục {i:<20}con   {i * 7:<9}{i * 9}" for i in range(rows))
        best = []
        for _ in range(3):
            begin = time.perf_counter()
            with_tabs(text)
            best.append(time.perf_counter() - begin)
        return min(best)

    assert seconds(20_000) < 40 * seconds(1_000)


def test_a_tab_behind_a_marker_makes_no_table() -> None:
    """``-`` and a tab before each line of a list, as Word copies it; the rows of a table keep theirs."""
    listed = "Chỉ tiêu:\n-\tLúa: 12 ha\n+\tNgô: 7 ha\n1.\tSắn: 3 ha"
    assert without_marker_tabs(listed) == listed.replace("\t", " ")
    assert without_marker_tabs("1.\tThu: 9 tỷ đồng\n\t-\tThuế: 4 tỷ đồng") == "1. Thu: 9 tỷ đồng\n\t- Thuế: 4 tỷ đồng"
    table = "1\tLúa\tha\t12\n-\tTrong đó: lúa nương\n2\tNgô\tha\t7"
    assert without_marker_tabs(table) == table
