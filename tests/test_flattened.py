"""Documents whose line ends were lost: head, title and body in one line (DOMAIN §1.2, §8)."""

from __future__ import annotations

import time

from extractor import extract
from extractor.patterns import load
from extractor.text.layout import open_words

HEAD = (
    "UBND TỈNH SƠN LA CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM SỞ Y TẾ Độc lập - Tự do - Hạnh phúc "
    "Số: 31/ĐA-SYT Sơn La, ngày 17 tháng 5 năm 2022 ĐỀ ÁN NÂNG CẤP TRẠM Y TẾ XÃ NĂM 2023 "
)
BODY = (
    "Phần thứ nhất SỰ CẦN THIẾT I. THỰC TRẠNG Các trạm đã xuống cấp. - Đến nay có 45 trạm phải sửa mái; "
    "- Có 12 trạm thiếu nước. II. MỤC TIÊU 1. Mục tiêu chung: Bảo đảm khám bệnh. 2. Mục tiêu cụ thể: Sửa 20 trạm. "
    "III. TỔ CHỨC THỰC HIỆN 1. Sở Tài chính: Bố trí vốn trước ngày 30/6/2023. 2. UBND các huyện rà soát đất."
)


def _broken(text: str) -> str:
    return open_words(load()).flattened(text)


def test_head_title_and_body_are_told_apart() -> None:
    document = extract(HEAD + BODY).document
    assert (document.doc_type, document.number) == ("Đề án", "31/ĐA-SYT")
    assert document.title == "NÂNG CẤP TRẠM Y TẾ XÃ NĂM 2023"
    assert document.issuer == "SỞ Y TẾ TỈNH SƠN LA"
    assert str(document.issued_on) == "2022-05-17"


def test_what_the_body_says_is_read_in_its_sections() -> None:
    found = extract(HEAD + BODY)
    assert [(str(t.value), t.status) for t in found.targets] == [("45", "result"), ("12", "result"), ("20", "target")]
    assert [(d.quote, d.task) for d in found.deadlines] == [("trước ngày 30/6/2023", "Bố trí vốn")]
    assert [a.quote for a in found.assignments] == ["Sở Tài chính", "UBND các huyện"]


def test_quotes_are_those_of_the_source() -> None:
    text = f"Đề án của tỉnh\n\n32\n{HEAD}{BODY}\n"
    found = extract(text)
    rows = [*found.targets, *found.deadlines, *found.assignments, *found.places]
    assert rows and all(text[r.start : r.end] == r.quote for r in rows)


def test_a_body_without_its_head_is_broken_too() -> None:
    found = extract("Trang tin của xã\n" + BODY)
    assert [str(t.value) for t in found.targets if t.status == "target"] == ["20"]


def test_lines_keep_their_length_and_others_are_left_alone() -> None:
    broken = _broken(HEAD + BODY)
    assert len(broken) == len(HEAD + BODY) and broken.replace("\n", " ") == HEAD + BODY
    for plain in (
        "KẾ HOẠCH\nPhát triển chợ năm 2022\nI. MỤC TIÊU\n- Có 05 chợ.",
        "Theo Nghị quyết của HĐND TỈNH SƠN LA, các huyện rà soát 12 chợ. " * 8,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc " * 5,
        "UBND TỈNH\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\tSố: 31/KH-UBND\tKẾ HOẠCH " * 5,
    ):
        assert _broken(plain) == plain


def test_long_lines_take_time_in_step_with_their_length() -> None:
    def taken(times: int) -> float:
        begun = time.perf_counter()
        _broken(HEAD + BODY * times)
        return time.perf_counter() - begun

    taken(10)
    assert min(taken(800) for _ in range(3)) < 40 * max(min(taken(80) for _ in range(3)), 1e-3)


def test_items_of_a_line_that_count_on_are_items() -> None:
    text = (
        "Xã Hòa Mẫu: các chỉ tiêu chủ yếu nhiệm kỳ 2020-2025 I. Về kinh tế 1. Tốc độ tăng giá trị sản xuất đạt 16%. "
        "2. Thu nhập bình quân đầu người đến năm 2025: 60 triệu đồng. 3. Sản lượng lương thực: 25.000 tấn. "
        "4. Tỷ lệ hộ nghèo còn dưới 3%. 5. Tỷ lệ lao động qua đào tạo năm 2025: 65%."
    )
    rows = extract(text)
    assert [str(t.value) for t in rows.targets] == ["16", "60", "25000", "3", "65"]
    assert {d.task for d in rows.deadlines} >= {"Thu nhập bình quân đầu người", "Tỷ lệ lao động qua đào tạo"}
    assert all(text[t.start : t.end] == t.quote for t in rows.targets)


def test_prose_with_numbers_behind_full_stops_is_left() -> None:
    text = "Đến nay, xã có 12 thôn đạt chuẩn. 15 thôn còn lại phấn đấu đạt vào năm 2025. " * 6
    assert "\n" not in extract(text).text
    assert len(extract(text).targets) == 12
