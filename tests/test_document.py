"""Facts of the document: what letterhead, title, lead and signature say. Wordings are tested in documents.yaml."""

from __future__ import annotations

from datetime import date

import pytest

from extractor.pipeline import Context, extract
from extractor.relating.document import read_period


@pytest.mark.parametrize(
    ("title", "start", "end"),
    [
        ("Phát triển du lịch năm 2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("Phát triển du lịch giai đoạn 2021 – 2025, tầm nhìn đến năm 2045", date(2021, 1, 1), date(2025, 12, 31)),
        (
            "Chương trình giảm nghèo giai đoạn 2021-2025 trên địa bàn tỉnh năm 2023",
            date(2023, 1, 1),
            date(2023, 12, 31),
        ),
        ("Phát triển du lịch đến năm 2030", None, date(2030, 12, 31)),
        ("Từ năm 2022 đến năm 2024", date(2022, 1, 1), date(2024, 12, 31)),
        ("Nhiệm vụ 6 tháng cuối năm 2022", date(2022, 7, 1), date(2022, 12, 31)),
        ("Nhiệm vụ quý I/2024", date(2024, 1, 1), date(2024, 3, 31)),
        ("Triển khai Tháng hành động tháng 2 năm 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("Thực hiện Chỉ thị số 27/CT-TTg ngày 15 tháng 8 năm 2024", None, None),
        ("Thực hiện Luật số 12/2022/QH15", None, None),
        ("Thực hiện Nghị quyết số 12 ngày 03/4/2021", None, None),
        ("Phòng cháy, chữa cháy rừng", None, None),
    ],
)
def test_period_of_a_title(title: str, start: date | None, end: date | None) -> None:
    assert read_period(title) == (start, end)


def test_flattened_letterhead() -> None:
    row = extract(
        "UBND HUYỆN SÔNG HINH CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "PHÒNG Y TẾ Độc lập - Tự do - Hạnh phúc\n"
        "Số: 12/KH-YT Sông Hinh, ngày 08 tháng 02 năm 2022\n"
        "KẾ HOẠCH\nPhòng, chống sốt xuất huyết năm 2022\nI. MỤC TIÊU\n- Giảm 10% số ca mắc."
    ).document
    assert row.number == "12/KH-YT"
    assert row.issuer == "PHÒNG Y TẾ HUYỆN SÔNG HINH"
    assert (row.issued_place, row.issued_on) == ("Sông Hinh", date(2022, 2, 8))
    assert (row.province, row.district, row.district_code) == ("Phú Yên", "Sông Hinh", "561")


_LAW_PAGES = {
    "a table as its cells, lines broken": (
        "ỦY BAN NHÂN\nDÂN\nTỈNH BẮC KẠN\n-------\n|\nCỘNG HÒA XÃ HỘI\nCHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
        "---------------\n|\nSố:\n88/KH-UBND\n|\nBắc Kạn, ngày 09\ntháng 3 năm 2022\n|\nKẾ HOẠCH\n"
        "TRỒNG RỪNG GỖ LỚN NĂM 2022\nI. MỤC TIÊU\n- Trồng 500 ha rừng.\n| TM. ỦY BAN NHÂN DÂN |\n"
        "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn Mẫu |"
    ),
    "the line of the type is gone": (
        "Kế hoạch 88/KH-UBND năm 2022 trồng rừng gỗ lớn\nSố hiệu | 88/KH-UBND |\nNgày ban hành | 09/03/2022 |\n"
        "Người ký | Lê Văn Mẫu |\nỦY BAN NHÂN DÂN\nTỈNH BẮC KẠN |\nCỘNG HÒA XÃ HỘI\nCHỦ NGHĨA VIỆT NAM |\n"
        "Số: 88/KH-UBND |\nBắc Kạn, ngày 09 tháng 3 năm 2022 |\nTRỒNG RỪNG GỖ LỚN NĂM 2022\n"
        "Thực hiện chương trình lâm nghiệp, UBND tỉnh ban hành kế hoạch như sau:\nI. MỤC TIÊU\n- Trồng 500 ha rừng.\n"
        "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn Mẫu"
    ),
    "number and place in one row": (
        "ỦY BAN NHÂN DÂN TỈNH BẮC KẠN | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM |\n"
        "Số: 88/KH-UBND | Bắc Kạn, ngày 09 tháng 3 năm 2022 |\nTRỒNG RỪNG GỖ LỚN NĂM 2022\n"
        "Căn cứ Luật Lâm nghiệp ngày 15/11/2017;\nI. MỤC TIÊU\n- Trồng 500 ha rừng.\n"
        "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn Mẫu"
    ),
}


@pytest.mark.parametrize("text", _LAW_PAGES.values(), ids=_LAW_PAGES)
def test_heads_as_pages_of_laws_have_them(text: str) -> None:
    """Tables flattened to their cells, the line of the type left out: its number says it (NĐ 30/2020, appendix III)."""
    row = extract(text).document
    assert (row.doc_type, row.number, row.title) == ("Kế hoạch", "88/KH-UBND", "TRỒNG RỪNG GỖ LỚN NĂM 2022")
    assert row.issuer.casefold() == "ủy ban nhân dân tỉnh bắc kạn"
    assert (row.issued_place, row.issued_on) == ("Bắc Kạn", date(2022, 3, 9))
    assert (row.period_start, row.signer) == (date(2022, 1, 1), "Lê Văn Mẫu")


def test_a_letters_addressee_is_no_title() -> None:
    row = extract(
        "UBND HUYỆN SÔNG HINH\nPHÒNG Y TẾ\nSố: 77/PYT-NV\nSông Hinh, ngày 12 tháng 3 năm 2024\n"
        "KÍNH GỬI: TRẠM Y TẾ CÁC XÃ\nĐề nghị các trạm báo cáo trước ngày 30/4/2024."
    ).document
    assert row.title == ""


def test_a_blank_number_and_day_stay_empty() -> None:
    row = extract(
        "UBND TỈNH HÀ NAM\nSố:      /KH-UBND\nHà Nam, ngày     tháng 02 năm 2022\n"
        "KẾ HOẠCH\nPhát triển OCOP năm 2022\nI. MỤC TIÊU\n- Có 05 sản phẩm."
    ).document
    assert (row.number, row.issued_on, row.issued_place) == ("", None, "Hà Nam")


def test_the_callers_context_is_used_where_the_text_is_silent() -> None:
    context = Context(issued_on=date(2022, 1, 5), doc_type="Kế hoạch", province="Hà Nam", district="Kim Bảng")
    row = extract("I. MỤC TIÊU\n- Có 05 sản phẩm.", context=context).document
    assert (row.issued_on, row.doc_type, row.province_code, row.district) == (
        date(2022, 1, 5),
        "Kế hoạch",
        "35",
        "Kim Bảng",
    )


def test_plain_news_reports_no_plan() -> None:
    row = extract(
        "Trang chủ\nĐăng nhập\nHội nghị tổng kết năm 2022\nSáng 05/01/2023, UBND huyện Như Xuân tổ chức hội nghị tổng kết "
        "công tác năm 2022 với sự tham dự của 120 đại biểu các phòng, ban và 16 xã, thị trấn trong toàn huyện."
    ).document
    assert (row.doc_type, row.number, row.title, row.issuer, row.issued_on) == ("", "", "", "", None)


def test_a_place_name_held_by_several_provinces_is_not_guessed() -> None:
    row = extract("Tân Thành, ngày 05 tháng 01 năm 2022\nKẾ HOẠCH\nChuyển đổi số\nI. MỤC TIÊU\n- Có 05 điểm.").document
    assert (row.province, row.district) == ("", "")


def test_since_july_2025_a_name_that_was_a_district_is_none() -> None:
    text = (
        "ỦY BAN NHÂN DÂN\nĐẶC KHU PHÚ QUỐC\nSố: 15/KH-UBND\nPhú Quốc, ngày 14 tháng 8 năm 2025\nKẾ HOẠCH\n"
        "Chuyển đổi số đặc khu Phú Quốc năm 2026\nI. MỤC TIÊU\n- Có 05 sản phẩm."
    )
    found = extract(text).document
    assert (found.province, found.district, found.issuer) == ("An Giang", "", "ỦY BAN NHÂN DÂN ĐẶC KHU PHÚ QUỐC")


def test_a_decomposed_title_gives_its_period() -> None:
    import unicodedata

    assert read_period(unicodedata.normalize("NFD", "Phát triển lâm nghiệp năm 2022"))[0] is not None
