"""Tables of Word plans reach the rules as tables: merged cells, two header rows, ``Trong đó``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import docx
import pytest
from word_files import borders, saved

from extractor.model import Extraction
from extractor.pipeline import extract_source
from extractor.reading import read_bytes

HEAD = (
    "UBND TỈNH HÀ TĨNH",
    "Số: 57/KH-UBND",
    "Hà Tĩnh, ngày 15 tháng 01 năm 2024",
    "KẾ HOẠCH",
    "Xây dựng nông thôn mới năm 2024",
    "II. NỘI DUNG",
)
Merge = tuple[int, int, int, int]


def plan(rows: Sequence[Sequence[str]], merged: Sequence[Merge]) -> Extraction:
    """A plan in Word with this table; ``merged`` are the corners of its merged cells."""
    document = docx.Document()
    for line in HEAD:
        document.add_paragraph(line)
    table = borders(document.add_table(len(rows), max(map(len, rows))))
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    for top, left, bottom, right in merged:
        text = table.cell(top, left).text
        table.cell(top, left).merge(table.cell(bottom, right)).text = text
    return extract_source(read_bytes(saved(document), "plan.docx"))


@pytest.fixture(scope="module")
def tasks() -> Extraction:
    return plan(
        [
            ["TT", "Nhiệm vụ", "Cơ quan thực hiện", "", "Thời gian hoàn thành", "Ghi chú"],
            ["", "", "Chủ trì", "Phối hợp", "", ""],
            ["I", "Công tác tuyên truyền", "", "", "", ""],
            ["1", "Tập huấn nghiệp vụ cho 120 cán bộ xã", "Sở Nội vụ", "Sở Tài chính, Sở Y tế", "Trước 30/6/2024", ""],
            [
                "2",
                "Xây dựng 15 mô hình kiểu mẫu",
                "Văn phòng UBND tỉnh",
                "Sở Tư pháp",
                "Quý III/2024",
                "Kế hoạch riêng",
            ],
            ["3", "Sơ kết thực hiện Chương trình", "Sở Xây dựng", "", "Tháng 12/2024", ""],
        ],
        [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4), (0, 5, 1, 5), (2, 1, 2, 5)],
    )


def test_columns_under_a_merged_head_give_the_roles(tasks: Extraction) -> None:
    assert [(a.quote, a.role, a.task) for a in tasks.assignments] == [
        ("Sở Nội vụ", "lead", "Tập huấn nghiệp vụ cho 120 cán bộ xã"),
        ("Sở Tài chính", "support", "Tập huấn nghiệp vụ cho 120 cán bộ xã"),
        ("Sở Y tế", "support", "Tập huấn nghiệp vụ cho 120 cán bộ xã"),
        ("Văn phòng UBND tỉnh", "lead", "Xây dựng 15 mô hình kiểu mẫu"),
        ("Sở Tư pháp", "support", "Xây dựng 15 mô hình kiểu mẫu"),
        ("Sở Xây dựng", "lead", "Sơ kết thực hiện Chương trình"),
    ]


def test_a_rows_deadline_is_that_of_its_task_though_the_last_cell_is_empty(tasks: Extraction) -> None:
    assert [(d.quote, d.due_date, d.task) for d in tasks.deadlines] == [
        ("Trước 30/6/2024", date(2024, 6, 30), "Tập huấn nghiệp vụ cho 120 cán bộ xã"),
        ("Quý III/2024", date(2024, 9, 30), "Xây dựng 15 mô hình kiểu mẫu"),
        ("Tháng 12/2024", date(2024, 12, 31), "Sơ kết thực hiện Chương trình"),
    ]
    assert [(str(t.value), t.unit, t.due_date) for t in tasks.targets] == [
        ("120", "cán bộ", date(2024, 6, 30)),
        ("15", "mô hình", date(2024, 9, 30)),
    ]


@pytest.fixture(scope="module")
def targets() -> Extraction:
    return plan(
        [
            ["TT", "Chỉ tiêu", "ĐVT", "Năm 2023", "", "Năm 2024"],
            ["", "", "", "Kế hoạch", "Thực hiện", "Kế hoạch"],
            ["1", "Số xã đạt chuẩn nông thôn mới", "xã", "88", "90", "97"],
            ["", "Trong đó: số xã đạt chuẩn nông thôn mới nâng cao", "xã", "10", "12", "20"],
            ["2", "Tỷ lệ hộ nghèo", "%", "3,5", "3,1", "2,6"],
            ["3", "Số sản phẩm OCOP từ 3 sao trở lên", "sản phẩm", "", "45", "60"],
        ],
        [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4)],
    )


def test_cells_have_the_status_and_year_of_both_header_rows(targets: Extraction) -> None:
    said = {(str(t.value), t.status, t.due_date.year if t.due_date else 0) for t in targets.targets}
    assert said == {
        ("88", "target", 2023), ("90", "result", 2023), ("97", "target", 2024),
        ("10", "target", 2023), ("12", "result", 2023), ("20", "target", 2024),
        ("3.5", "target", 2023), ("3.1", "result", 2023), ("2.6", "target", 2024),
        ("45", "result", 2023), ("60", "target", 2024),
    }  # fmt: skip
    assert len(targets.targets) == len(said)


def test_cells_have_their_rows_unit_and_indicator(targets: Extraction) -> None:
    of = {t.value: (t.unit, t.indicator, t.indicator_code) for t in targets.targets}
    assert of[Decimal(97)] == ("xã", "Số xã đạt chuẩn nông thôn mới", "N01")
    assert of[Decimal(20)] == ("xã", "số xã đạt chuẩn nông thôn mới nâng cao", "N03")
    assert of[Decimal("2.6")] == ("%", "Tỷ lệ hộ nghèo", "P01")
    assert of[Decimal(60)][0] == "sản phẩm"
