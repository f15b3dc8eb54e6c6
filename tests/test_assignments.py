"""Assignments: the forms of DOMAIN §7.5 and what is none. The wordings are tested in patterns/duties.yaml."""

from __future__ import annotations

import pytest

from extractor.model import Assignment
from extractor.pipeline import extract


def _rows(text: str) -> tuple[Assignment, ...]:
    rows = extract(text).assignments
    assert all(text[r.start : r.end] == r.quote for r in rows)
    return rows


def _roles(text: str) -> dict[str, str]:
    return {r.quote: r.role for r in _rows(text)}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (
            "- Giao Sở Y tế chủ trì, phối hợp với Sở Nội vụ và UBND huyện Tân Mẫu khám sức khỏe.",
            {"Sở Y tế": "lead", "Sở Nội vụ": "support", "UBND huyện Tân Mẫu": "support"},
        ),
        ("- Sở Nội vụ chịu trách nhiệm trước UBND tỉnh về kết quả xếp hạng.", {"Sở Nội vụ": "lead"}),
        ("- Sở Tư pháp tham mưu UBND tỉnh ban hành quyết định.", {"Sở Tư pháp": "advise"}),
        ("- Đề án do Sở Công Thương chủ trì xây dựng.", {"Sở Công Thương": "lead"}),
        (
            "- Sở Y tế (chủ trì), Sở Nội vụ, Công an tỉnh (phối hợp).",
            {"Sở Y tế": "lead", "Sở Nội vụ": "support", "Công an tỉnh": "support"},
        ),
        ("- Sở Y tế; Sở Nội vụ chịu trách nhiệm triển khai.", {"Sở Y tế": "lead", "Sở Nội vụ": "lead"}),
        ("- Các địa phương, sở, ngành gửi báo cáo về Sở Nội vụ.", {"Các địa phương, sở, ngành": "implement"}),
        ("- Báo cáo Sở Nội vụ, trình UBND tỉnh phê duyệt.", {}),
        ("- Thực hiện hướng dẫn của Bộ Y tế, Sở Y tế.", {}),
        (
            "Huyện đã huy động 9 xe; các xã bám sát cơ sở. Công an huyện góp 300 ngày công. Sở Y tế tiếp tục tiêm vét.",
            {"Sở Y tế": "implement"},
        ),
        ("Điều 3. Chánh Văn phòng UBND tỉnh, Giám đốc Sở Y tế chịu trách nhiệm thi hành Quyết định này.", {}),
    ],
)
def test_roles_by_what_stands_left_and_right(text: str, roles: dict[str, str]) -> None:
    assert _roles(text) == roles


def test_purpose_clauses_and_nouns_give_no_role() -> None:
    assert _roles("- Hội Nông dân xã chọn mô hình để phối hợp nhân rộng.") == {"Hội Nông dân xã": "implement"}
    assert _roles("- Phòng Nội vụ tham mưu công tác chỉ đạo, điều hành.") == {"Phòng Nội vụ": "advise"}


def test_a_heading_is_the_subject_of_what_stands_below() -> None:
    rows = _rows(
        "III. TỔ CHỨC THỰC HIỆN\n1. Sở Y tế, Công an tỉnh\n- Chủ trì kiểm tra cơ sở.\n- Phối hợp với Sở Nội vụ tập huấn."
    )
    assert [(r.quote, r.role, r.task) for r in rows] == [
        ("Sở Y tế", "lead", "kiểm tra cơ sở"),
        ("Công an tỉnh", "lead", "kiểm tra cơ sở"),
        ("Sở Nội vụ", "support", "tập huấn"),
    ]


def test_a_person_inherits_the_heading_as_task() -> None:
    rows = _rows(
        "II. NHIỆM VỤ\n1. Tiêu chí thủy lợi:\n- Kiên cố hóa kênh.\n"
        "- Phân công đ/c Lê Văn Mẫu - Phó Chủ tịch UBND xã chỉ đạo; đ/c Bùi Mẫu - Trưởng Công an xã theo dõi, đôn đốc."
    )
    assert [(r.quote, r.role, r.task) for r in rows] == [
        ("Lê Văn Mẫu", "lead", "Tiêu chí thủy lợi"),
        ("Bùi Mẫu", "monitor", "Tiêu chí thủy lợi"),
    ]


def test_nested_assignees_single_ones_only() -> None:
    roles = _roles("- Sở Y tế chỉ đạo Bệnh viện Đa khoa tỉnh dự trữ thuốc; hướng dẫn các xã phun hóa chất.")
    assert roles == {"Sở Y tế": "lead", "Bệnh viện Đa khoa tỉnh": "implement"}


def test_columns_of_a_task_table() -> None:
    rows = _rows(
        "TT\tNhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\n1\tSố hóa sổ hộ tịch\tSở Tư pháp\tCông an tỉnh; các đơn vị liên quan\n"
        "2\tTập huấn\tCác sở, ngành\tSở Nội vụ"
    )
    assert [(r.quote, r.role, r.task) for r in rows] == [
        ("Sở Tư pháp", "lead", "Số hóa sổ hộ tịch"),
        ("Công an tỉnh", "support", "Số hóa sổ hộ tịch"),
        ("Các sở, ngành", "lead", "Tập huấn"),
        ("Sở Nội vụ", "support", "Tập huấn"),
    ]


def test_rows_below_a_merged_task_have_it() -> None:
    text = (
        "PHỤ LỤC\nPHÂN CÔNG NHIỆM VỤ NĂM 2026\n| TT | Nhiệm vụ | Chủ trì | Phối hợp | Thời hạn |\n"
        "| 1 | Số hóa hồ sơ hộ tịch | Sở Tư pháp | Công an tỉnh | Quý II/2026 |\n| | | Sở Nội vụ | Bưu điện tỉnh | |\n"
        "| 2 | | Sở Y tế | | |"
    )
    tasks = {a.quote: a.task for a in extract(text).assignments}
    assert tasks["Sở Nội vụ"] == tasks["Bưu điện tỉnh"] == tasks["Sở Tư pháp"] == "Số hóa hồ sơ hộ tịch"
    assert tasks["Sở Y tế"] == ""  # a row of its own, whose task is not said


def test_what_was_done_is_no_assignment() -> None:
    assert _roles("Ngày 05/4, Sở Y tế tổ chức hội nghị sơ kết.") == {}
    assert _roles("I. KẾT QUẢ\n- Sở Y tế chủ trì mở 05 lớp tập huấn.\n") == {}


def test_every_row_says_why() -> None:
    [row] = _rows("- Sở Y tế chủ trì tiêm chủng.")
    assert row.rule == "assignment.subject"
    assert {e.rule for e in row.evidence} >= {"agency.head.department", "duty.lead"}


def test_a_verb_is_carried_to_a_clause_without_one() -> None:
    assert _roles("- Sở Y tế chịu trách nhiệm chỉ tiêu 1, 2; Sở Nội vụ chỉ tiêu 8.") == {
        "Sở Y tế": "lead",
        "Sở Nội vụ": "lead",
    }


def test_a_passive_has_the_work_before_it() -> None:
    rows = _rows("- Việc rà soát nhà tạm do Phòng Kinh tế chủ trì, UBND các xã cung cấp số liệu.")
    assert [(r.quote, r.role, r.task) for r in rows] == [
        ("Phòng Kinh tế", "lead", "Việc rà soát nhà tạm"),
        ("UBND các xã", "implement", "cung cấp số liệu"),
    ]


def test_a_table_of_people() -> None:
    [row, other] = _rows(
        "TT\tHọ và tên\tChức vụ\tNhiệm vụ\n1\tBùi Văn Mẫu\tPhó Chủ tịch UBND xã\tPhụ trách chung\n"
        "2\tLò Thị Mẫu\tBí thư Đoàn xã\tTheo dõi, đôn đốc"
    )
    assert (row.name, row.position, row.role) == ("Bùi Văn Mẫu", "Phó Chủ tịch UBND xã", "lead")
    assert (other.name, other.position, other.role) == ("Lò Thị Mẫu", "Bí thư Đoàn xã", "monitor")


def test_quotas_are_targets() -> None:
    assert _roles("- Mỗi huyện xây dựng 02 mô hình; mỗi xã đăng ký ít nhất 03 vườn mẫu.") == {}
    assert _roles("- Mỗi xã, phường xây dựng kế hoạch trước ngày 30/6.") == {"Mỗi xã, phường": "implement"}


def test_the_line_before_a_bracket_is_its_task() -> None:
    rows = _rows("- Xây mới 12 trạm y tế. (Sở Y tế chủ trì)\n- Đào tạo 40 bác sĩ (giao Trường Cao đẳng Y tế Mẫu).")
    assert [(r.role, r.task) for r in rows] == [("lead", "Xây mới 12 trạm y tế"), ("implement", "Đào tạo 40 bác sĩ")]


def test_a_long_line_costs_no_more_than_its_length() -> None:
    clause = "Sở Y tế chủ trì, phối hợp với Công an tỉnh rà soát vắc xin; "
    assert len(_rows(clause * 400)) == 800


@pytest.mark.parametrize(
    "line",
    [
        "2. Số hóa kết quả cấp phép (Chủ trì: Sở Tư pháp; phối hợp: Công an tỉnh, UBND huyện Tân Mẫu; hoàn thành: 8/2026).",
        "- Số hóa kết quả cấp phép (đơn vị chủ trì: Sở Tư pháp, đơn vị phối hợp: Công an tỉnh và UBND huyện Tân Mẫu).",
        "- Số hóa kết quả cấp phép (Sở Tư pháp chủ trì; Công an tỉnh, UBND huyện Tân Mẫu phối hợp).",
    ],
)
def test_a_bracket_at_the_end_of_a_task_says_who_has_it(line: str) -> None:
    task = "Số hóa kết quả cấp phép"
    assert [(r.quote, r.role, r.task) for r in _rows(line)] == [
        ("Sở Tư pháp", "lead", task),
        ("Công an tỉnh", "support", task),
        ("UBND huyện Tân Mẫu", "support", task),
    ]


def test_a_bracket_behind_what_was_done_assigns_nothing_by_itself() -> None:
    assert "Công an tỉnh" not in _roles("- Đã xây 12 cầu (Sở Xây dựng chủ trì; Công an tỉnh phối hợp).")


def test_a_bracket_on_a_line_of_its_own_has_the_heading() -> None:
    rows = _rows("1. Nước sạch\nXây 02 công trình trong năm 2022.\n(Chủ trì: Phòng Kinh tế; phối hợp: Hội Nông dân xã)")
    assert [(r.quote, r.role, r.task) for r in rows] == [
        ("Phòng Kinh tế", "lead", "Nước sạch"),
        ("Hội Nông dân xã", "support", "Nước sạch"),
    ]


def test_the_people_a_team_is_led_by() -> None:
    rows = _rows(
        "- Tổ kiểm tra do bà Lò Thị Mẫu, Phó Giám đốc Sở Y tế làm Tổ trưởng, ông Bùi Văn Mẫu, Trưởng Công an huyện "
        "làm Tổ phó, tiến hành kiểm tra 12 cơ sở."
    )
    assert [(r.name, r.position, r.task) for r in rows] == [
        ("Lò Thị Mẫu", "Phó Giám đốc Sở Y tế", "làm Tổ trưởng"),
        ("Bùi Văn Mẫu", "Trưởng Công an huyện", "làm Tổ phó, tiến hành kiểm tra 12 cơ sở"),
    ]


def test_a_heading_that_announces_a_list_of_people_assigns_nothing_itself() -> None:
    text = (
        "KẾ HOẠCH\nNăm 2026\nIV. TỔ CHỨC THỰC HIỆN\n1. Phân công thành viên Ban Chỉ đạo phụ trách thôn\n"
        "- Ông Bùi Văn Mẫu, Phó Chủ tịch UBND xã, phụ trách thôn Nà Mẫu.\n"
        "2. Giao Phòng Kinh tế chủ trì\n- Ông Lê Văn Mẫu kiểm tra.\n3. Giao các thành viên Ban Chỉ đạo kiểm tra các thôn."
    )
    assert [a.quote for a in extract(text).assignments] == [
        "Bùi Văn Mẫu",
        "Phòng Kinh tế",
        "Lê Văn Mẫu",
        "thành viên Ban Chỉ đạo",
    ]


def test_a_cell_that_is_all_a_bodys_name_holds_that_body() -> None:
    rows = _rows(
        "KẾ HOẠCH\nThi năm 2026\nIII. NHIỆM VỤ\nTT | Nội dung | Chủ trì | Phối hợp | Hoàn thành\n"
        "1 | Tập huấn giáo viên | Phòng Quản lý đào tạo | Phòng Công tác sinh viên | 30/9/2026\n"
        "2 | Chấm thi | Phòng Khảo thí và Quản lý chất lượng | Sở Y tế tỉnh | 30/10/2026\n"
    )
    assert [(r.quote, r.role) for r in rows] == [
        ("Phòng Quản lý đào tạo", "lead"),
        ("Phòng Công tác sinh viên", "support"),
        ("Phòng Khảo thí và Quản lý chất lượng", "lead"),
        ("Sở Y tế tỉnh", "support"),
    ]


def test_news_of_who_presided_assign_nothing() -> None:
    text = (
        "Trang chủ\nTin tức\nXã Tân Mẫu bàn kế hoạch năm 2027\n03/12/2026 15:07\n"
        "Sáng 02/12, HĐND xã khai mạc kỳ họp thứ ba. Ông Lê Văn Mẫu, Chủ tịch HĐND xã chủ trì. "
        "Kỳ họp giao ông Bùi Văn Mẫu, Phó Chủ tịch UBND xã phụ trách thu ngân sách."
    )
    assert [(r.name, r.role) for r in _rows(text)] == [("Bùi Văn Mẫu", "lead")]


def test_an_order_in_the_news_goes_on_over_a_full_stop() -> None:
    text = (
        "Trang chủ\nTin tức\nXây dựng nông thôn mới\n03/12/2026 15:07\n"
        "Ông Lê Văn Mẫu yêu cầu Sở Xây dựng chủ trì lập hồ sơ. Sở Công Thương hỗ trợ đưa 150 sản phẩm lên sàn. "
        "UBND xã Tân Mẫu, Hòa Mẫu và Phú Mẫu rà soát hộ nghèo. UBND xã Bình Mẫu đã bàn giao 12 ha đất."
    )
    assert [r.quote for r in _rows(text)] == [
        "Sở Xây dựng",
        "Sở Công Thương",
        "UBND xã Tân Mẫu, Hòa Mẫu và Phú Mẫu",
    ]


def test_communes_with_their_districts_in_brackets_are_one_body() -> None:
    rows = _rows("III. NHIỆM VỤ\n- UBND các xã Tân Mẫu (huyện A Lưới) và Hòa Mẫu (huyện Nam Đông) rà soát hộ nghèo.")
    assert [(r.quote, r.task) for r in rows] == [("UBND các xã Tân Mẫu (huyện A Lưới) và Hòa Mẫu", "rà soát hộ nghèo")]
