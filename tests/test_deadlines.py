"""Deadlines: which times become rows, their task, and which of them governs a quantity (DOMAIN §6.4)."""

from __future__ import annotations

from datetime import date

import pytest
from test_times import scene

from extractor import extract
from extractor.finding.times import find_times
from extractor.model import Deadline
from extractor.relating.deadlines import TimeIndex, deadline_for, relate_deadlines
from extractor.relating.rows import RowMaker


def rows(text: str, **facts: date) -> tuple[Deadline, ...]:
    made = scene(text, **facts)
    return relate_deadlines(made, RowMaker(made), find_times(made))


def governing(text: str, number: str) -> str:
    made = scene(text, issued_on=date(2023, 1, 5))
    times = find_times(made)
    deadlines = relate_deadlines(made, RowMaker(made), times)
    hit, row_id = deadline_for(made, deadlines, times, made.view.text.index(number))
    assert bool(row_id) == (hit is not None)
    return "" if hit is None else made.view.text[hit.start : hit.end]


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Trình hồ sơ thẩm định trước ngày 10/4/2023.", "Trình hồ sơ thẩm định"),
        ("Trước ngày 10/4/2023, các xã gửi danh sách.", "các xã gửi danh sách"),
        ("Thôn Hạ: rà soát hộ nghèo, lập danh sách, bàn giao nhà trước 10/4/2023.", "bàn giao nhà"),
        ("Tỷ lệ che phủ rừng đến năm 2025 đạt 58%.", "Tỷ lệ che phủ rừng đạt 58%"),
        ("Cấp giống xong trước mùa mưa, chậm nhất trong tháng 5/2023.", "Cấp giống xong"),
        (
            "Sở Y tế xây dựng kế hoạch tiêm chủng. Hoàn thành trong tháng 3/2023.",
            "Sở Y tế xây dựng kế hoạch tiêm chủng",
        ),
        ("Sửa kênh chính; nghiệm thu trước mùa mưa, muộn nhất 20/5/2023.", "nghiệm thu"),
        ("Mua 15 tủ bảo quản, 40 hòm lạnh cho các trạm, bàn giao trước 31/7/2023.", "bàn giao"),
        ("Sửa chữa 15 phòng học; hoàn thành trong tháng 8/2023.", "Sửa chữa 15 phòng học"),
        ("Mở 04 lớp tập huấn; thời gian: quý II/2023.", "Mở 04 lớp tập huấn"),
        ("Gửi hồ sơ về Sở Nội vụ, hạn cuối: ngày 25/4/2023.", "Gửi hồ sơ về Sở Nội vụ"),
        ("100% ổ dịch được phát hiện, xử lý trước 30/6/2023.", "100% ổ dịch được phát hiện, xử lý"),
        ("Có 4 dự án hoàn thành trong năm 2023 gồm: dự án A, dự án B.", "Có 4 dự án hoàn thành"),
        ("Xã phải di dời 30 hộ; trong đó ấp Một 12 hộ, chậm nhất 31/8/2023.", "Xã phải di dời 30 hộ"),
        ("Lộ trình: năm 2023: 05 xã.", "05 xã"),
        (
            "2. Sửa chữa trường học\n- Vận động nhân dân.\n- Thời gian hoàn thành: trước 31/8/2023.",
            "Sửa chữa trường học",
        ),
    ],
)
def test_task(text: str, task: str) -> None:
    assert rows(text)[-1].task == task


@pytest.mark.parametrize(
    ("text", "task"),
    [
        (
            "Các thôn gửi danh sách về Sở Văn hóa, Thể thao và Du lịch trước ngày 10/4/2023 cho kịp hội thi.",
            "Các thôn gửi danh sách về Sở Văn hóa, Thể thao và Du lịch cho kịp hội thi",
        ),
        ("Các huyện, thị xã, thành phố trong tháng 3/2023 chốt số hộ.", "Các huyện, thị xã, thành phố chốt số hộ"),
        ("Sở Tài chính, Công an tỉnh trong quý I/2023 ký quy chế.", "Sở Tài chính, Công an tỉnh ký quy chế"),
        ("6. UBND các xã: giải ngân đạt 75%, đến hết 31/01/2024 đạt 100%.", "đạt 100%"),
    ],
)
def test_commas_of_bodies_part_no_task(text: str, task: str) -> None:
    assert [row.task for row in extract(text).deadlines] == [task]


def test_the_task_of_a_table_row_is_its_task_cell() -> None:
    text = (
        "TT\tNhiệm vụ\tCơ quan chủ trì\tThời gian hoàn thành\n"
        "1\tXây dựng đề án\tSở Nội vụ\t6/2025\n"
        "2\tTập huấn\tSở Y tế\tThường xuyên"
    )
    (row,) = rows(text)
    assert (row.quote, row.task, row.due_date, row.kind) == ("6/2025", "Xây dựng đề án", date(2025, 6, 30), "within")


def test_flags() -> None:
    (late,) = rows("Hoàn thành trước ngày 10/4/2023.", issued_on=date(2023, 5, 1))
    assert [f.code for f in late.flags] == ["due_before_issue"]
    parent, child = rows("1. Mục tiêu đến năm 2024:\n- Hoàn thành cầu Bến Đá trước ngày 30/6/2025.")
    assert not parent.flags
    assert [(f.code, f.start) for f in child.flags] == [("child_after_parent", parent.start)]


def test_ids_and_quotes_are_of_the_source() -> None:
    text = "Gửi báo cáo trước\u00a0 ngày 10/4/2023."
    (row,) = rows(text)
    assert text[row.start : row.end] == row.quote == "trước\u00a0 ngày 10/4/2023"
    assert row.deadline_id.endswith(f"-d{row.start}")


def test_what_governs_a_quantity() -> None:
    two = "Đến năm 2025 đạt 60%, đến năm 2030 đạt 90% số hộ."
    assert (governing(two, "60%"), governing(two, "90%")) == ("Đến năm 2025", "đến năm 2030")
    behind = "Trồng 500 ha rừng trước 30/9/2023; nuôi 20 lồng cá."
    assert (governing(behind, "500"), governing(behind, "20 lồng")) == ("trước 30/9/2023", "")
    lead_in = "I. MỤC TIÊU\nĐến hết năm 2026, phấn đấu đạt các mục tiêu sau:\n- Trồng 500 ha rừng.\n- Xây 12 cầu."
    assert governing(lead_in, "12 cầu") == "Đến hết năm 2026"
    heading = "a) Đến năm 2025:\n- Có 12 xã đạt chuẩn.\nb) Đến năm 2030:\n- Có 20 xã đạt chuẩn."
    assert (governing(heading, "12 xã"), governing(heading, "20 xã")) == ("Đến năm 2025", "Đến năm 2030")
    label = "1. Đường làng\n- Bê tông hóa 15 km.\n- Thời gian hoàn thành: trước 31/8/2023."
    assert governing(label, "15 km") == "trước 31/8/2023"
    assert governing("Trồng 500 ha rừng.", "500") == ""


@pytest.mark.parametrize(
    ("text", "number", "deadline"),
    [
        ("Đóng 15 giếng khoan hỏng; vá bờ kè xong trước 30/6/2023.", "15", ""),
        ("Đóng 15 giếng khoan hỏng; hoàn thành trước 30/6/2023, báo cáo huyện.", "15", "trước 30/6/2023"),
        ("Vá bờ kè xong trước 30/6/2023; đóng 15 giếng khoan hỏng.", "15", ""),
        ("Năm 2023: vá bờ kè trước 30/6; đóng 15 giếng khoan hỏng.", "15", "Năm 2023"),
        ("Mục tiêu đến hết năm 2023, phấn đấu: vá bờ kè; đóng 15 giếng khoan.", "15", "đến hết năm 2023"),
        ("Hoàn thành trong quý II/2023 các việc sau: vá bờ kè; đóng 15 giếng.", "15", "trong quý II/2023"),
        ("Xong trước 30/6/2023 các việc: vá bờ kè; đóng 15 giếng trong tháng 9/2023.", "15", "trong tháng 9/2023"),
        ("Các việc: vá bờ kè xong trước 30/6/2023; đóng 15 giếng khoan hỏng.", "15", ""),
        ("Dời 15 hộ ven kênh; trong đó ấp Nhì 4 hộ, ấp Ba 11 hộ, chậm nhất 31/8/2023.", "15", "chậm nhất 31/8/2023"),
        ("Kè 15 km bờ kênh, khởi công tháng 3/2023, bàn giao tháng 9/2023.", "15", "tháng 9/2023"),
        ("Kè 15 km bờ kênh, tháng 3/2023 khởi công, tháng 9/2023 bàn giao.", "15", "tháng 9/2023"),
        ("Mời 15 hộ vào hợp tác xã: quý I 5 hộ, quý II 10 hộ.", "15", ""),
        ("Mời 15 hộ vào hợp tác xã: quý I 5 hộ, quý II 10 hộ.", "5 hộ,", "quý I"),
        ("Mở 15 phiên chợ: phiên đầu vào tháng 3, phiên cuối vào tháng 11.", "15", ""),
        ("Mời 15 hộ vào hợp tác xã: hoàn thành trước 30/6/2023 tại các xã.", "15", "trước 30/6/2023"),
        ("Mời 15 hộ vào hợp tác xã trước mùa mưa, chậm nhất ngày 30/4/2023.", "15", "chậm nhất ngày 30/4/2023"),
        ("Trồng 15 ha tre, tăng 4%/năm giai đoạn 2023-2027.", "15", ""),
        ("Trồng 15 ha tre, tăng 4%/năm giai đoạn 2023-2027.", "4%", "giai đoạn 2023-2027"),
        ("Vá 15 km đê. Đơn vị chủ trì: Sở Y; kinh phí: 3 tỷ; thời gian: tháng 5/2023.", "15", "tháng 5/2023"),
        ("Kè bờ kênh, khởi công 15 km tháng 3/2023.", "15", "tháng 3/2023"),
    ],
)
def test_which_clause_a_deadline_governs(text: str, number: str, deadline: str) -> None:
    assert governing(text, number) == deadline


def test_one_long_line_is_read_like_a_short_one() -> None:
    text = "Năm 2023: " + ", ".join(f"trồng {i} ha trước ngày {i % 28 + 1}/6/2023" for i in range(1000, 3000)) + "."
    made = scene(text, issued_on=date(2023, 1, 5))
    times = find_times(made)
    index = TimeIndex(made, times)
    assert len(index.deadlines) == 2001
    for number in (1000, 1777, 2999):
        hit = index.governing(made.view.text.index(f"trồng {number}") + 6)
        assert hit is not None
        assert made.view.text[hit.start : hit.end] == f"trước ngày {number % 28 + 1}/6/2023"


def test_lead_ins_above_lead_ins() -> None:
    lines = "\n".join(f"Đến năm {2024 + i % 3} đạt các mục tiêu sau:" for i in range(300))
    assert governing(f"I. MỤC TIÊU\n{lines}\n- Trồng 500 ha rừng.", "500") == "Đến năm 2026"


def test_an_index_answers_many_questions() -> None:
    made = scene("Trồng 500 ha rừng trước 30/9/2023.", issued_on=date(2023, 1, 5))
    times = find_times(made)
    deadlines = relate_deadlines(made, RowMaker(made), times)
    index = TimeIndex(made, times, deadlines)
    hit = index.governing(6)
    assert hit is not None
    assert index.id_of(hit) == deadlines[0].deadline_id


def test_a_year_is_not_taken_from_the_line_below() -> None:
    text = (
        "1. Sở Nội vụ: trình đề án trong quý II/2023; báo cáo kết quả trước ngày 20/12.\n"
        "2. Sở Y tế hoàn thành trước 30/6."
    )
    plan = rows(text, issued_on=date(2023, 2, 14), period_start=date(2023, 1, 1), period_end=date(2023, 12, 31))
    assert [d.due_date for d in plan] == [date(2023, 6, 30), date(2023, 12, 20), date(2023, 6, 30)]


def test_a_page_speaks_from_the_day_it_was_posted() -> None:
    page = (
        "Trang chủ\nTin tức\nĐẩy nhanh giải phóng mặt bằng\nThứ Tư, 15/10/2025 | 08:30\n"
        "Sở Xây dựng hoàn thành trước ngày 25/10; UBND phường Đông Hà (Quảng Trị) bàn giao trong tháng 11.\n"
        "Số lượt truy cập: 1.204.555\n"
    )
    made = extract(page)
    assert [d.due_date for d in made.deadlines] == [date(2025, 10, 25), date(2025, 11, 30)]
    assert [(p.name, p.code) for p in made.places if p.level == "commune"] == [("Đông Hà", "19333")]


def test_the_begin_of_a_stretch_that_is_over_is_no_deadline() -> None:
    told = "Tính từ đầu năm đến ngày 31/5/2024, toàn tỉnh ghi nhận 1.046 ca mắc."
    assert rows(told, issued_on=date(2024, 6, 6)) == ()


def test_a_lead_in_ends_where_prose_goes_on_behind_its_bullets() -> None:
    text = "II. CHĂN NUÔI\nĐàn vật nuôi (đến 01/10/2023):\n+ Trâu: 700 con\n+ Dê: 900 con\nDiện tích cỏ 30 ha; tập huấn chăn nuôi cho 12 hộ ở hai xã ven sông."
    assert governing(text, "900") == "đến 01/10/2023"
    assert governing(text, "30 ha") == ""


@pytest.mark.parametrize(
    ("text", "quote", "kind", "task"),
    [
        (
            "- Trạm Y tế báo cáo ca bệnh trong 24 giờ kể từ khi phát hiện.",
            "trong 24 giờ kể từ khi phát hiện",
            "within",
            "Trạm Y tế báo cáo ca bệnh",
        ),
        (
            "- Sau 05 ngày kể từ khi nhận hồ sơ, Sở Y tế phải trả lời.",
            "Sau 05 ngày kể từ khi nhận hồ sơ",
            "within",
            "Sở Y tế phải trả lời",
        ),
        (
            "- Sau 05 ngày kể từ khi công bố, các xã mở hội.",
            "Sau 05 ngày kể từ khi công bố",
            "period",
            "các xã mở hội",
        ),
        ("- Các trường tự chấm điểm hằng học kỳ.", "hằng học kỳ", "recurring", "Các trường tự chấm điểm"),
        (
            "- Lát vỉa hè (Chủ trì: Phòng Kinh tế; phối hợp: Công an xã; hoàn thành: tháng 8/2026).",
            "tháng 8/2026",
            "within",
            "Lát vỉa hè",
        ),
    ],
)
def test_times_counted_from_an_event_and_at_the_end_of_brackets(text: str, quote: str, kind: str, task: str) -> None:
    assert [(d.quote, d.kind, d.task) for d in extract(text).deadlines] == [(quote, kind, task)]


def test_a_frequency_and_the_period_it_runs_in_are_two_rows() -> None:
    rows = extract("- Phát tin cảnh báo rét hằng ngày, kể từ 01/12/2025 đến 31/01/2026.").deadlines
    assert [(d.quote, d.kind) for d in rows] == [
        ("hằng ngày", "recurring"),
        ("kể từ 01/12/2025 đến 31/01/2026", "period"),
    ]
    assert not extract("- Trợ cấp hằng tháng từ ngày 01/7/2025 tăng 8%.").deadlines[0].recurrence


def test_tasks_begin_behind_the_marker_of_an_item_in_the_line() -> None:
    text = "KẾ HOẠCH\nNăm 2026\nII. NHIỆM VỤ\n- Sở Y tế: (i) rà soát trạm y tế trước 20/3; (ii) cử 04 tổ kỹ thuật trước 15/9."
    assert [d.task for d in extract(text).deadlines] == ["rà soát trạm y tế", "cử 04 tổ kỹ thuật"]


def test_a_bare_verb_behind_a_comma_is_no_task_of_its_own() -> None:
    text = "KẾ HOẠCH\nNăm 2026\nII. NHIỆM VỤ\n- Tham mưu Đề án vùng chè đặc sản, trình trước ngày 30/9/2026."
    assert [d.task for d in extract(text).deadlines] == ["Tham mưu Đề án vùng chè đặc sản, trình"]


def test_a_wire_without_its_date_has_the_one_year_that_it_names() -> None:
    text = (
        "CÔNG ĐIỆN\nV/v ứng phó bão số 6\nCHỦ TỊCH UBND TỈNH NGHỆ AN điện:\nBão mạnh lên trong ngày 24/9/2026.\n"
        "Yêu cầu:\n1. Các xã sơ tán dân.\n2. Kiểm tra đê.\n3. Trực ban.\n4. Công ty Thủy điện hạ mực nước hồ trước ngày 25/9."
    )
    assert {str(d.due_date) for d in extract(text).deadlines} >= {"2026-09-25"}


def test_news_of_december_speak_of_the_next_new_year() -> None:
    text = (
        "Trang chủ\nTin tức\nXã Tân Mẫu mở thêm hai tuyến đường\n03/12/2026 15:07\n"
        "HĐND xã họp kỳ thứ ba, thông qua kế hoạch đầu tư công.\n"
        "Nghị quyết giao UBND xã làm xong 3 km đường trước Tết Nguyên đán."
    )
    assert [str(d.due_date) for d in extract(text).deadlines] == ["2027-02-06"]


@pytest.mark.parametrize("stamp", ["Thứ Ba, 16/01/2024", "16/01/2024", "Ngày 16/01/2024"])
def test_a_day_alone_below_a_pages_headline_binds_nobody(stamp: str) -> None:
    page = f"Huyện Tân Mẫu: Dấu ấn một nhiệm kỳ\n{stamp}\nCHỈ TIÊU ĐẾN NĂM 2025\n1. Tỷ lệ đô thị hóa đạt 45%.\n"
    extraction = extract(page)
    assert [row.quote for row in extraction.deadlines] == ["ĐẾN NĂM 2025"]
    assert [str(row.due_date) for row in extraction.targets] == ["2025-12-31"]
