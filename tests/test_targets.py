"""Targets: numbers, status by evidence, indicators, shares, tables, checks — in sentences written for the test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from extractor.finding.quantities import number_words, read_number
from extractor.model import Target
from extractor.patterns import PatternSet, load
from extractor.pipeline import Context, extract

PLAN = Context(doc_type="Kế hoạch")


def _one(text: str) -> Target:
    (target,) = extract(text, context=PLAN).targets
    return target


def _all(text: str) -> list[Target]:
    return list(extract(text, context=PLAN).targets)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("09", "9"),
        ("1.250", "1250"),
        ("75,86", "75.86"),
        ("12.345.678", "12345678"),
        ("1.250,5", "1250.5"),
        ("12 500", "12500"),
        ("192.7", "192.7"),
    ],
)
def test_read_number(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("words", "value"), [("mười", 10), ("mười hai", 12), ("hai mươi lăm", 25), ("hai trăm", 200), ("một nghìn", 1000)]
)
def test_number_in_words(words: str, value: int) -> None:
    assert number_words(load()).value(words) == value


def test_a_fraction_and_its_share_are_one_row() -> None:
    target = _one("- Lũy kế có 45/60 xã đạt chuẩn nông thôn mới (75%).")
    assert (target.value, target.denominator, target.percent, target.basis) == (45, 60, 75, "cumulative")
    assert target.quote == "45/60 xã đạt chuẩn nông thôn mới (75%)"
    assert target.flags == ()


def test_a_share_that_does_not_fit_is_flagged_with_its_span_not_repaired() -> None:
    text = "- Phấn đấu 40% số ấp (30/52 ấp) đạt chuẩn văn hóa."
    target = _one(text)
    assert (target.value, target.denominator, target.percent) == (30, 52, 40)
    (flag,) = target.flags
    assert flag.code == "percent_mismatch"
    assert text[flag.start : flag.end] == "40%"


@pytest.mark.parametrize("text", ["75%", "74,9%", "75,1%"])
def test_rounding_is_no_mismatch(text: str) -> None:
    target = _one(f"- Phấn đấu có 45/60 xã đạt chuẩn ({text}).")
    assert bool(target.flags) == (text != "75%")


def test_a_floor_given_as_a_range() -> None:
    target = _one("- Mỗi huyện công nhận ít nhất 3 - 5 sản phẩm đạt 3 sao trở lên.")
    assert (target.value, target.value_max, target.comparator) == (3, 5, ">=")


def test_compound_money_is_one_row_in_its_largest_unit() -> None:
    target = _one("- Tổng kinh phí 365 tỷ 592 triệu đồng.")
    assert (target.value, target.unit) == (Decimal("365.592"), "tỷ đồng")


def test_a_subject_does_not_reach_over_the_next_number() -> None:
    rows = _all("- Tổng đàn bò 18,7 nghìn con, đàn dê tăng 6%.")
    assert rows[0].indicator == "Tổng đàn bò"


def test_another_rate_behind_a_comma_is_no_part_of_the_share_before() -> None:
    rows = _all("- 100% tổ dân phố có camera, tỷ lệ hộ dùng nước sạch đạt 85% trở lên.")
    assert [t.indicator for t in rows] == ["tổ dân phố có camera", "tỷ lệ hộ dùng nước sạch"]


def test_the_year_of_a_base_level_is_only_its_own() -> None:
    plan = "KẾ HOẠCH\nPhát triển du lịch năm 2026\nI. MỤC TIÊU\n"
    rows = _all(plan + "- Nâng công suất phòng từ 52% năm 2024 lên 60%; doanh thu đạt 900 tỷ đồng.")
    assert [(str(t.value), t.status, str(t.due_date)) for t in rows] == [
        ("52", "result", "2024-12-31"),
        ("60", "target", "2026-12-31"),
        ("900", "target", "2026-12-31"),
    ]


def test_results_have_the_year_of_their_heading() -> None:
    text = (
        "KẾ HOẠCH\nTrồng rừng năm 2026\nI. KẾT QUẢ NĂM 2025\nĐã trồng 120 ha rừng.\nII. CHỈ TIÊU\n- Trồng 150 ha rừng."
    )
    assert [str(t.due_date) for t in _all(text)] == ["2025-12-31", "2026-12-31"]


def test_status_changes_inside_a_sentence() -> None:
    statuses = [t.status for t in _all("Đến nay toàn huyện có 11/14 xã đạt chuẩn; phấn đấu trong năm có thêm 02 xã.")]
    assert statuses == ["result", "target"]


def test_the_heading_decides_where_no_cue_does() -> None:
    text = "I. KẾT QUẢ NĂM 2020\n- Trồng 120 ha rừng.\nII. CHỈ TIÊU NĂM 2021\n- Trồng 150 ha rừng."
    assert [t.status for t in _all(text)] == ["result", "target"]


def test_a_lead_in_governs_its_bullets() -> None:
    text = "Đến năm 2030, phấn đấu đạt các mục tiêu sau:\n- 100% trạm y tế có bác sĩ;\n- 95% trẻ em được tiêm chủng đầy đủ."
    rows = _all(text)
    assert [(str(t.value), t.status, str(t.due_date)) for t in rows] == [
        ("100", "target", "2030-12-31"),
        ("95", "target", "2030-12-31"),
    ]


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("- Phấn đấu 100% hộ dân được sử dụng nước sạch.", "hộ dân được sử dụng nước sạch"),
        ("- Tỷ lệ che phủ rừng đạt 52%.", "Tỷ lệ che phủ rừng"),
        ("- Trồng mới 1.500 ha rừng phòng hộ.", "rừng phòng hộ"),
        ("- Thuế, phí ngoài quốc doanh: 61,3 tỷ đồng.", "Thuế, phí ngoài quốc doanh"),
        (
            "- Tổng mức bán lẻ hàng hóa, doanh thu lưu trú: 39.000 tỷ đồng.",
            "Tổng mức bán lẻ hàng hóa, doanh thu lưu trú",
        ),
        ("- Tổng khách tham quan trên 8 triệu lượt.", "Tổng khách tham quan"),
        ("- Thu gom rác thải sinh hoạt đạt 96%.", "Thu gom rác thải sinh hoạt"),
        ("- SIPAS nhích lên 88%.", "SIPAS"),
        ("- Vận động nhân dân hiến đất làm nhà văn hóa, phấn đấu 4.500 m2.", "nhân dân hiến đất làm nhà văn hóa"),
        ("- Tăng dư nợ cho vay hộ nghèo, hộ cận nghèo lên 650 tỷ đồng.", "dư nợ cho vay hộ nghèo, hộ cận nghèo"),
        ("- Thôn đạt chuẩn văn hóa: thêm 02 thôn.", "Thôn đạt chuẩn văn hóa"),
        (
            "- Đóng góp của khoa học công nghệ vào tăng trưởng trên 50%.",
            "Đóng góp của khoa học công nghệ vào tăng trưởng",
        ),
        ("- Kinh phí tuyên truyền: 250 triệu đồng.", "Kinh phí tuyên truyền"),
        ("- Giảm 5% số vụ tai nạn giao thông.", "số vụ tai nạn giao thông"),
        ("- Xây dựng 03 mô hình chăn nuôi an toàn sinh học nhằm giảm dịch bệnh.", "mô hình chăn nuôi an toàn sinh học"),
    ],
)
def test_indicator_is_the_noun_phrase_counted_or_measured(text: str, indicator: str) -> None:
    assert _one(text).indicator == indicator


def test_a_change_takes_the_indicator_of_the_number_before() -> None:
    first, second = _all("- Doanh thu du lịch đạt 950 tỷ đồng, tăng 12% so với năm trước.")
    assert first.indicator == second.indicator == "Doanh thu du lịch"
    assert second.basis == "change"


def test_a_target_table_gives_each_cell_its_meaning() -> None:
    text = "I. CHỈ TIÊU\nTT\tChỉ tiêu\tĐVT\tTH 2020\tKH 2021\n1\tSản lượng cá\ttấn\t1.100\t≥ 1.250\n2\tHộ nghèo\t%\t3,2\t2,4"
    rows = _all(text)
    assert [(str(t.value), t.unit, t.indicator, t.status, t.comparator) for t in rows] == [
        ("1100", "tấn", "Sản lượng cá", "result", "="),
        ("1250", "tấn", "Sản lượng cá", "target", ">="),
        ("3.2", "%", "Hộ nghèo", "result", "="),
        ("2.4", "%", "Hộ nghèo", "target", "="),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- Thực hiện Quyết định số 57/QĐ-UBND ngày 25/02/2021 của tỉnh.",
        "- Theo khoản 3 Điều 12 của Luật.",
        "- Sửa chữa đường ĐT.849 và quốc lộ 1A.",
        "- Mọi chi tiết liên hệ số điện thoại 0291.3999.888.",
        "- Gia đình 5 không, 3 sạch; phương châm 4 tại chỗ.",
        "- Hoàn thành trong quý II/2021, giai đoạn 2021-2025.",
        "- Trẻ em từ 6 tháng tuổi đến 5 tuổi và học sinh lớp 9.",
        "- Thực hiện 05 nhóm giải pháp sau:",
        "- Đại hội lần thứ XII, kỳ họp thứ 9, khóa 10.",
    ],
)
def test_what_is_no_quantity_gives_no_row(text: str) -> None:
    assert _all(text) == []


def test_every_row_says_why() -> None:
    (target,) = extract("- Phấn đấu có thêm 02 xã đạt chuẩn nông thôn mới.", context=PLAN).targets
    notes = {e.note for e in target.evidence}
    assert "status=target (cue)" in notes
    assert "basis=increment" in notes


_SCOPES = """
concern: status
entries:
- {id: own.block, phrase: kê khai ban đầu, means: {status: result}, until: block, why: over its block,
   yes: ["Kê khai ban đầu. Có [12|status=result] hộ."]}
- {id: own.section, phrase: số liệu thống kê, means: {status: result}, until: section, why: over its section,
   yes: ["Số liệu thống kê. Có [12|status=result] hộ."]}
- {id: own.backward, phrase: theo tổng kết, means: {status: result}, looks: backward, why: over what stands before it,
   yes: ["Có [12|status=result] hộ theo tổng kết."]}
- {id: own.backward.block, phrase: nguồn ước lượng, means: {status: estimate}, looks: backward, until: block, why: the same,
   yes: ["Có [12|status=estimate] hộ. Nguồn ước lượng."]}
"""


@pytest.fixture(scope="module")
def scopes(tmp_path_factory: pytest.TempPathFactory) -> PatternSet:
    folder: Path = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(_SCOPES, encoding="utf-8")
    return load(extra=folder)


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("I. NHIỆM VỤ\n- Kê khai ban đầu. Có 12 hộ. Có 15 hộ.\n- Có 20 hộ.", ["result", "result", "target"]),
        (
            "I. NHIỆM VỤ\n1. Số liệu thống kê\n- Có 12 hộ.\n- Có 15 hộ.\n2. Chung\n- Có 20 hộ.",
            ["result", "result", "target"],
        ),
        ("I. NHIỆM VỤ\n- Có 12 hộ theo tổng kết; có 15 hộ.", ["result", "target"]),
        ("I. NHIỆM VỤ\n- Có 12 hộ. Nguồn ước lượng. Có 15 hộ.", ["estimate", "target"]),
        ("I. NHIỆM VỤ\n- Kê khai ban đầu. Có 12 hộ; phấn đấu có 15 hộ.", ["result", "target"]),
    ],
)
def test_a_cue_looks_as_far_as_its_entry_says(scopes: PatternSet, text: str, statuses: list[str]) -> None:
    assert [t.status for t in extract(text, context=PLAN, patterns=scopes).targets] == statuses


def test_one_long_line_costs_as_much_as_its_words() -> None:
    line = (
        "- " + "phấn đấu có thêm 04 xã đạt chuẩn, tỷ lệ hộ nghèo giảm từ 4,1% xuống còn 2,6%, trồng 300 ha rừng, " * 400
    )
    assert len(extract(line, context=PLAN).targets) == 1600  # minutes, if each number looked at the whole line


def test_a_column_whose_head_is_the_indicator() -> None:
    text = (
        "KẾ HOẠCH\nCấp nước sạch năm 2024\nI. GIAO CHỈ TIÊU\n"
        "| TT | Xã | Số hộ | Nước sạch năm 2023 (%) | Nước sạch năm 2024 (%) |\n|---|---|---|---|---|\n"
        "| 1 | Hòa Sơn | 1.702 | 61,2 | 70 |\n"
    )
    rows = extract(text, context=Context(issued_on=date(2024, 2, 1))).targets
    assert [(str(t.value), t.unit, t.indicator, t.status) for t in rows] == [
        ("1702", "hộ", "Số hộ", "target"),
        ("61.2", "%", "Nước sạch năm 2023", "result"),
        ("70", "%", "Nước sạch năm 2024", "target"),
    ]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Tỷ lệ bao phủ bảo hiểm y tế đạt 94% (năm 2022: 92%).", ["2023-12-31", "2022-12-31"]),
        ("Giải ngân đạt trên 95%; hết tháng 6 đạt 45%.", ["2023-12-31", "2023-06-30"]),
        ("Tỷ lệ hộ dùng nước sạch đạt 50% vào năm 2025 và 60% vào năm 2030.", ["2025-12-31", "2030-12-31"]),
        ("Hoàn thành 70 căn nhà đến tháng 9; trồng 12 ha rừng.", ["2023-09-30", "2023-12-31"]),
        ("Số vụ cháy giảm ít nhất 15% so với bình quân giai đoạn 2016-2020.", ["2023-12-31"]),
    ],
)  # fmt: skip
def test_which_time_a_number_belongs_to(text: str, due: list[str]) -> None:
    rows = extract("KẾ HOẠCH\nPhát triển kinh tế - xã hội năm 2023\nI. MỤC TIÊU\n- " + text).targets
    assert [str(t.due_date) for t in rows] == due


def test_an_estimate_is_for_the_year_that_its_paragraph_tells_of() -> None:
    text = "BÁO CÁO\nNăm 2025\nI. KẾT QUẢ\nNăm 2025, kinh tế của xã tăng khá. Thu ngân sách ước đạt 40 tỷ đồng."
    (row,) = extract(text, context=Context(doc_type="Báo cáo")).targets
    assert (row.status, str(row.due_date)) == ("estimate", "2025-12-31")


def test_a_day_behind_is_finer_than_the_quarter_of_a_label() -> None:
    text = (
        "KẾ HOẠCH\nDân số năm 2023\nIII. TIẾN ĐỘ\n1. Quý I: Khảo sát 40 thôn.\n"
        "2. Quý III: Truyền thông tại 05 xã khó khăn, hoàn thành trước 30/8/2023."
    )
    assert [str(t.due_date) for t in _all(text)] == ["2023-03-31", "2023-08-30"]


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Giảm 10% số vụ cháy, 20% số người chết.", ["change", "change"]),
        ("Giảm 10% số vụ cháy, tỷ lệ phá án đạt 90%.", ["change", ""]),
        ("Giảm 35 hộ nghèo, 48 hộ cận nghèo.", ["change", "change"]),
        ("Lũy kế có 38/51 xã đạt chuẩn; 12/51 xã nâng cao.", ["cumulative", "cumulative"]),
    ],
)
def test_basis_of_what_is_counted_together(text: str, basis: list[str]) -> None:
    assert [t.basis for t in extract("I. MỤC TIÊU\n- " + text).targets] == basis


def test_a_part_of_a_report_without_its_head_tells() -> None:
    text = (
        "2. Thủy sản\n- Diện tích nuôi tôm 140 ha, đạt 98,6% kế hoạch.\n- Sản lượng 610 tấn, tăng 40 tấn so với cùng kỳ.\n"
        "3. Chăn nuôi\n- Tổng đàn dê 820 con, giảm 35 con so với cùng kỳ."
    )
    assert {t.status for t in extract(text).targets} == {"result"}
    assert {t.status for t in extract(text + "\n- Phấn đấu cuối năm có 900 con.").targets} == {"result", "target"}


def test_a_list_of_goals_without_its_head_promises() -> None:
    text = "2. Thủy sản\n- Diện tích nuôi tôm 140 ha.\n- Sản lượng 610 tấn, tăng 40 tấn so với cùng kỳ."
    assert extract(text).targets[0].status == "target"


def test_a_number_behind_a_name_in_a_list_is_part_of_it() -> None:
    text = "Năng suất lúa đạt 58 tạ/ha với các giống có năng suất cao như: Bắc Hương 9, Thiên ưu 28, Lộc Trời 55."
    assert [str(t.value) for t in _all(text)] == ["58"]
    rates = "Tỷ lệ hộ dùng nước sạch (%): xã Tân An 84, xã Lộc Hưng 79."
    assert [str(t.value) for t in _all(rates)] == ["84", "79"]


def test_rows_of_a_table_take_the_time_of_the_group_they_stand_in() -> None:
    found = extract(
        "KẾ HOẠCH\nChuyển đổi số năm 2025\nSơn La, ngày 5 tháng 1 năm 2025\n"
        "| TT | Chỉ tiêu | Đơn vị | Kết quả | Cơ quan chủ trì theo dõi, tổng hợp |\n| --- | --- | --- | --- | --- |\n"
        "| **I** | **Đến năm 2030** | | | |\n| 1 | Tỷ lệ dữ liệu được số hóa | % | 90 | Sở Nội vụ |\n"
        "| 2 | Hạ tầng số | | | |\n| 2.1 | Tỷ lệ phủ sóng 5G | % | 99 | Sở Khoa học và Công nghệ |\n"
    )
    assert [(t.indicator, t.status, str(t.due_date)) for t in found.targets] == [
        ("Tỷ lệ dữ liệu được số hóa", "target", "2030-12-31"),
        ("Tỷ lệ phủ sóng 5G", "target", "2030-12-31"),
    ]
    assert [(a.quote, a.role) for a in found.assignments] == [
        ("Sở Nội vụ", "lead"),
        ("Sở Khoa học và Công nghệ", "lead"),
    ]


def test_an_article_without_a_day_is_as_late_as_its_figures() -> None:
    text = (
        "Xã đẩy nhanh nhà ở xã hội\n\n"
        "Theo báo cáo của Sở Xây dựng, tính đến 31/7/2025, tỉnh có 12 dự án. Ông Trần Mẫu cho biết tiến độ còn chậm.\n\n"
        "Giai đoạn 2021 - 2024, tỉnh xây 900 căn. Giai đoạn 2026 - 2030, tỉnh tiếp tục thực hiện thêm 26 dự án.\n"
    )
    found = {t.value: (t.status, t.due_date) for t in extract(text).targets}
    assert found[900][0] == "result"
    assert found[26] == ("target", date(2030, 12, 31))


def test_prose_in_the_first_row_of_a_table_is_no_head() -> None:
    goals = (
        "Mặt bằng các khai trường hoàn thành năm 2027; tỷ lệ huy động công suất các nhà máy tuyển quặng 50% năm 2027"
    )
    text = f"1. Khơi thông nguồn quặng\nSở Công Thương\t{goals}, 80% năm 2030; báo cáo hằng quý.\tChi thường xuyên\n"
    assert [t.value for t in _all(text)] == [50, 80]


@pytest.mark.parametrize(
    ("frame", "due"),
    [
        ("Năm 2025, kinh tế của xã tiếp tục phát triển khá.", date(2025, 12, 31)),
        ("Theo báo cáo tại kỳ họp, năm 2025, các chỉ tiêu đạt khá.", date(2025, 12, 31)),
        ("Năm 2025, xã có 31 sản phẩm OCOP.", None),  # the year of that figure
        ("Sản lượng lúa năm 2025 đạt khá.", None),  # the year of that thing
    ],
)
def test_results_have_the_year_that_a_paragraph_opens_with(frame: str, due: date | None) -> None:
    lead = "Ngày 26/12, HĐND xã Vĩnh Mẫu tổ chức kỳ họp cuối năm nhằm đánh giá kết quả thực hiện nhiệm vụ năm 2025."
    text = f"Xã Vĩnh Mẫu họp hội đồng\n26/12/2025 | 08:00\n{lead}\n{frame} Thu ngân sách đạt 51 tỷ đồng."
    target = extract(text).targets[-1]
    assert (target.value, target.status, target.due_date) == (51, "result", due)


_MADE = """UBND HUYỆN HÒA MẪU
Số: 5/KH-UBND
Hòa Mẫu, ngày 5 tháng 1 năm 2026

KẾ HOẠCH
Phát triển sản xuất năm 2026

- """


@pytest.mark.parametrize(
    ("said", "indicators"),
    [
        ("Xây 15 km đường thôn; năm 2026 xây 5 km, năm 2027 xây 10 km.", ["đường thôn"] * 3),
        ("Trồng 5 ha quế tại xã Tân Mẫu; riêng xã Phú Mẫu 6 ha.", ["quế"] * 2),
        ("Trồng quế: xã Tân Mẫu 5 ha, xã Phú Mẫu 6 ha.", ["Trồng quế"] * 2),
        ("Trồng 5 ha quế tại xã Tân Mẫu; xã Phú Mẫu cải tạo 6 ha vườn tạp.", ["quế", "vườn tạp"]),
        ("Trồng 5 ha quế, khai hoang 6 ha.", ["quế", "khai hoang"]),
        ("Chỉ tiêu giao các xã: Tân Mẫu 5 ha, Phú Mẫu 6 ha.", ["ha", "ha"]),
        ("Tỷ lệ hộ nghèo, cận nghèo: tỉnh giao 5%, huyện giao 4,5%.", ["Tỷ lệ hộ nghèo, cận nghèo"] * 2),
    ],
)
def test_an_amount_for_another_place_or_time_is_of_the_same(said: str, indicators: list[str]) -> None:
    assert [t.indicator for t in extract(_MADE + said).targets] == indicators


def test_numbers_in_a_bracket_that_add_up_are_parts_of_the_count_before_it() -> None:
    rows = extract("KẾ HOẠCH\nNăm 2026\nI. CHỈ TIÊU\n- Bồi dưỡng 80 giáo viên cốt cán (tiểu học 35, THCS 45).").targets
    assert [(t.value, t.unit, t.indicator) for t in rows] == [
        (80, "giáo viên", "giáo viên cốt cán"),
        (35, "giáo viên", "tiểu học"),
        (45, "giáo viên", "THCS"),
    ]
