"""Rows made of selected words: offsets, what the finders read in them, and what is taken from the document."""

from __future__ import annotations

import time
import unicodedata
from datetime import date
from typing import Any

import pytest

from extractor.model import Extraction
from extractor.pipeline import extract
from extractor.review.proposing import propose
from extractor.review.validating import validated
from extractor.tables.rows import dicts_of
from extractor.tables.schema import BY_NAME

PLAN = """ỦY BAN NHÂN DÂN
TỈNH NGHỆ AN
Số: 45/KH-UBND
Nghệ An, ngày 05 tháng 3 năm 2022

KẾ HOẠCH
Xây dựng nông thôn mới năm 2022

I. KẾT QUẢ NĂM 2021
- Toàn tỉnh có thêm 12 xã đạt chuẩn nông thôn mới.
II. MỤC TIÊU
1. Mục tiêu chung
Tiếp tục xây dựng nông thôn mới.
2. Mục tiêu cụ thể
- Phấn đấu có thêm 05 xã đạt chuẩn nông thôn mới, thu nhập bình quân 45,5 triệu đồng/người/năm.
- Nâng độ che phủ rừng lên 42,125%.
- Văn bản số 17 máy bơm dầu.
- Kết nối điểm cầu Tam Hợp với xã Quỳnh Bảng
III. TỔ CHỨC THỰC HIỆN
- Sở Nông nghiệp và Phát triển nông thôn chủ trì, tham mưu trước ngày 30/6/2022.
- Nhóm Hạt Giống lo cây giống cho bà con.
- Nhờ bà Lê Thị Mẫu giữ sổ.
"""


@pytest.fixture(scope="module")
def plan() -> Extraction:
    return extract(PLAN)


def of(table: str, words: str, extraction: Extraction, text: str = PLAN) -> dict[str, str]:
    start = text.index(words)
    cells = propose(table, text, start, start + len(words), extraction)
    assert cells["quote"] == text[int(cells["start"]) : int(cells["end"])] == words.strip()
    assert (cells["rule"], cells["confidence"]) == ("review", "1")
    assert "section_id" in cells
    assert not {"doc_id", "target_id", "place_id", "deadline_id", "assignment_id"} & set(cells)
    if "number_start" in cells:
        assert int(cells["start"]) <= int(cells["number_start"]) < int(cells["number_end"]) <= int(cells["end"])
    return cells


def is_part(cells: dict[str, str], **wanted: str) -> None:
    assert {name: cells.get(name, "") for name in wanted} == wanted


# -- what the document's own rules would find ---------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["targets", "places", "deadlines", "assignments"])
def test_words_of_a_row_give_that_row(plan: Extraction, table: str) -> None:
    """The piece is read as the document was: what the rules found there they find again."""
    rows = dicts_of(BY_NAME[table], [plan])
    assert rows
    for row in rows:
        made = propose(table, PLAN, int(row["start"]), int(row["end"]), plan)
        for column in BY_NAME[table].names:
            if column not in ("doc_id", "deadline_id", "rule", "confidence", BY_NAME[table].primary_key, "target_id"):
                assert made.get(column, "") == row[column], (row["quote"], column)


def test_the_headings_above_say_what_it_is(plan: Extraction) -> None:
    is_part(
        of("targets", "12 xã đạt chuẩn", plan), status="result", due_date="2021-12-31", value="12", indicator_code="N01"
    )
    is_part(of("targets", "05 xã đạt chuẩn", plan), status="target", due_date="2022-12-31", period_start="2022-01-01")


def test_of_two_numbers_the_one_in_the_words(plan: Extraction) -> None:
    is_part(of("targets", " 45,5 triệu đồng/người/năm", plan), value="45.5", value_base="45500000", basis="average")
    is_part(of("targets", "đạt chuẩn nông thôn mới, thu nhập bình quân 45,5 triệu đồng", plan), value="45.5")


# -- what they missed ---------------------------------------------------------------------------------------------------


def test_a_number_that_was_masked(plan: Extraction) -> None:
    assert not any(target.value == 17 for target in plan.targets)
    cells = of("targets", "17 máy bơm dầu", plan)
    is_part(cells, value="17", unit="máy", indicator="máy bơm dầu", status="target", due_date="2022-12-31")
    at = int(cells["number_start"])
    assert PLAN[at : int(cells["number_end"])] == "17"
    assert cells["section_id"] == next(s.section_id for s in reversed(plan.sections) if s.start <= at < s.end)


def test_numbers_above_the_body(plan: Extraction) -> None:
    is_part(of("targets", "45/KH-UBND", plan), value="45", status="target", due_date="2022-12-31")


def test_words_without_a_number(plan: Extraction) -> None:
    cells = of("targets", "máy bơm dầu", plan)
    is_part(cells, value="", indicator="máy bơm dầu", status="target", comparator="=")
    assert cells["number_start"] == cells["start"] and cells["number_end"] == cells["end"]


def test_a_name_that_several_units_bear(plan: Extraction) -> None:
    assert not any(place.name == "Tam Hợp" for place in plan.places)
    is_part(of("places", "Tam Hợp", plan), name="Tam Hợp", resolution="ambiguous", candidates="16936;17059", code="")


def test_a_name_behind_its_type(plan: Extraction) -> None:
    is_part(
        of("places", "xã Quỳnh Bảng", plan),
        name="Quỳnh Bảng", type="xã", code="17158", district="Quỳnh Lưu", province_code="40",
    )  # fmt: skip


def test_a_name_that_is_none(plan: Extraction) -> None:
    is_part(of("places", "điểm cầu", plan), name="điểm cầu", resolution="unresolved", level="commune", code="")


def test_a_time_that_was_none(plan: Extraction) -> None:
    is_part(
        of("deadlines", "NĂM 2021", plan),
        start_date="2021-01-01",
        due_date="2021-12-31",
        granularity="year",
        kind="within",
    )
    is_part(of("deadlines", "ngày 05 tháng 3 năm 2022", plan), due_date="2022-03-05", granularity="day")
    is_part(of("deadlines", "bà con", plan), kind="by", due_date="")


def test_someone_who_was_none(plan: Extraction) -> None:
    is_part(
        of("assignments", "Nhóm Hạt Giống", plan),
        assignee_type="organization", organization="Nhóm Hạt Giống", role="implement", task="lo cây giống cho bà con",
    )  # fmt: skip
    is_part(of("assignments", "bà Lê Thị Mẫu", plan), assignee_type="person", name="Lê Thị Mẫu")


# -- texts of all kinds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Phấn đấu trồng 5 ha rừng",
        "5 ha rừng",
        "I. MỤC TIÊU\r\n- Phấn đấu\r\n- trồng 5 ha rừng\r\n",
        "😀 𝐀𝐁 I. MỤC TIÊU\n- 😀 trồng 5 ha rừng 😀",
        "\u202eI. MỤC TIÊU\u202c\n<script>alert(1)</script> trồng 5 ha rừng</td>",
        "x " * 1_000_000 + "trồng 5 ha rừng năm nay" + " y" * 1_000_000,
        "x" * 1_000_000 + " trồng 5 ha rừng " + "y" * 1_000_000,
        "\n" * 50_000 + "\t5 ha rừng\t",
        "\ud800 trồng 5 ha rừng",
    ],
)
def test_texts_of_all_kinds(text: str) -> None:
    extraction = Extraction(extract("").document, text)
    begun = time.perf_counter()
    cells = of("targets", "5 ha rừng", extraction, text)
    assert time.perf_counter() - begun < 2
    is_part(cells, value="5", unit="ha", unit_base="m2", value_base="50000")
    assert text[int(cells["number_start"]) : int(cells["number_end"])] == "5"
    for table in ("places", "deadlines", "assignments"):
        of(table, "5 ha rừng", extraction, text)


def test_decomposed_letters() -> None:
    text = unicodedata.normalize("NFD", PLAN)
    extraction = extract(text)
    cells = of("targets", unicodedata.normalize("NFD", "05 xã đạt chuẩn nông thôn mới"), extraction, text)
    is_part(cells, value="5", indicator_code="N01", unit="xã")
    assert text[int(cells["number_start"]) : int(cells["number_end"])] == "05"
    is_part(of("places", "Tam H" + text[text.index("Tam H") + 5 :][:3], extraction, text), code="")
    whole = unicodedata.normalize("NFD", "xã Quỳnh Bảng")
    is_part(of("places", whole, extraction, text), code="17158")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 5), (9, 3), (16, 17), (-5, 0), (10**9, 10**9 + 4)])
def test_nothing_selected(plan: Extraction, start: int, end: int) -> None:
    text = PLAN[:16] + " " + PLAN[17:]
    with pytest.raises(ValueError, match="nothing is selected"):
        propose("targets", text, start, end, plan)


@pytest.mark.parametrize("table", ["documents", "sections", "nothing"])
def test_tables_that_take_no_rows(plan: Extraction, table: str) -> None:
    with pytest.raises(ValueError, match="no rows are added"):
        propose(table, PLAN, 0, 5, plan)


def test_the_whole_document_selected(plan: Extraction) -> None:
    long = PLAN * 20
    for table in ("targets", "places", "deadlines", "assignments"):
        cells = propose(table, long, 0, len(long), plan)
        assert cells["quote"] == long.strip()


# -- what becomes of it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("targets", "05 xã đạt chuẩn nông thôn mới"),
        ("targets", "42,125%"),
        ("targets", "17 máy bơm dầu"),
        ("targets", "Số: 45/KH-UBND"),
        ("places", "Tam Hợp"),
        ("places", "xã Quỳnh Bảng"),
        ("places", "điểm cầu"),
        ("deadlines", "NĂM 2021"),
        ("deadlines", "trước ngày 30/6/2022"),
        ("deadlines", "bà con"),
        ("assignments", "Nhóm Hạt Giống"),
        ("assignments", "Sở Nông nghiệp và Phát triển nông thôn"),
    ],
)
def test_what_is_proposed_can_be_saved(plan: Extraction, table: str, words: str) -> None:
    cells = of(table, words, plan)
    made = validated(table, cells, {}, PLAN, date(2022, 3, 5))
    assert made.errors == []
    kept: dict[str, Any] = {name: cell for name, cell in made.cells.items() if name != "resolution"}
    proposed = {name: cell for name, cell in cells.items() if cell and name != "resolution"}
    # Saving adds what follows of a row (its base unit), and changes nothing.
    assert {name: kept.get(name) for name in proposed} == proposed
