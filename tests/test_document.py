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


_REPORTS = {
    "issued, told in the passive": (
        "Kế hoạch tiêm phòng bệnh dại cho đàn chó, mèo năm 2023 vừa được UBND tỉnh Hòa Bình ban hành.",
        ("Kế hoạch", "", "tiêm phòng bệnh dại cho đàn chó, mèo năm 2023", "UBND tỉnh Hòa Bình", None),
    ),
    "goal first, then whose it is": (
        "Năm nay tỉnh trồng 90 ha. Đó là mục tiêu của Kế hoạch số 91/KH-UBND về trồng cây xanh năm 2023 do UBND tỉnh Hòa "
        "Bình ban hành ngày 10/3/2023.",
        ("Kế hoạch", "91/KH-UBND", "trồng cây xanh năm 2023", "UBND tỉnh Hòa Bình", date(2023, 3, 10)),
    ),
    "approved by another paper": (
        "Đề án bảo vệ nguồn nước giai đoạn 2023-2025 đã được UBND tỉnh Hòa Bình phê duyệt tại Quyết định số 17/QĐ-UBND "
        "ngày 10/3/2023.",
        (
            "Đề án",
            "17/QĐ-UBND",
            "bảo vệ nguồn nước giai đoạn 2023-2025",
            "UBND tỉnh Hòa Bình",
            date(2023, 3, 10),
        ),
    ),
    "charged by a decision": (
        "Tại Quyết định số 17/QĐ-UBND ngày 10/3/2023, UBND tỉnh Hòa Bình giao các huyện trồng mới 900 ha rừng.",
        ("Quyết định", "17/QĐ-UBND", "", "UBND tỉnh Hòa Bình", date(2023, 3, 10)),
    ),
    "in small letters": (
        "(HBO) - UBND tỉnh Hòa Bình vừa có kế hoạch hỗ trợ hộ nghèo về nhà ở năm 2023.",
        ("Kế hoạch", "", "hỗ trợ hộ nghèo về nhà ở năm 2023", "UBND tỉnh Hòa Bình", None),
    ),
    "only carried out": (
        "Thực hiện Kế hoạch số 41/KH-UBND ngày 14/2/2023 của UBND tỉnh Hòa Bình về chuyển đổi số, sáng 13/3, huyện Mai "
        "Châu mở lớp tập huấn.",
        ("", "", "", "", None),
    ),
    "only drawn up": (
        "Kế hoạch chỉnh trang chợ phiên năm 2023 đã được Phòng Kinh tế huyện Mai Châu xây dựng để lấy ý kiến.",
        ("", "", "", "", None),
    ),
    "a draft at a meeting": (
        "Tại cuộc họp, đơn vị tư vấn trình bày dự thảo kế hoạch giải phóng mặt bằng; các thành viên góp ý kế hoạch.",
        ("", "", "", "", None),
    ),
}


@pytest.mark.parametrize(("lead", "expected"), _REPORTS.values(), ids=_REPORTS)
def test_what_a_report_tells_of(lead: str, expected: tuple[object, ...]) -> None:
    row = extract(
        f"Tin trong tỉnh Hòa Bình\n14/03/2023 09:12\n{lead}\nCác xã bố trí kinh phí để làm đúng hẹn."
    ).document
    assert (row.doc_type, row.number, row.title, row.issuer, row.issued_on) == expected


@pytest.mark.parametrize(
    "register",
    [
        "Số ký hiệu: 112/KH-UBND\nNgày ban hành: 11/07/2025\nLoại văn bản: Kế hoạch\nCơ quan ban hành: UBND xã Ea Kar\n"
        "Trích yếu: Phát triển kinh tế tập thể năm 2026\nNgười ký: Lê Văn Mẫu",
        "Số hiệu | 112/KH-UBND |\nNgày ban hành | 11/07/2025 |\nNgày hiệu lực | 11/07/2025 |\nNơi ban hành | Xã Ea Kar |\n"
        "Trích yếu | Phát triển kinh tế tập thể năm 2026 |\nNgười ký | Lê Văn Mẫu |",
        "Số/Ký hiệu\n112/KH-UBND\nNgày ban hành\n11/07/2025\nĐơn vị ban hành\nUBND xã Ea Kar\n"
        "Trích yếu nội dung\nPhát triển kinh tế tập thể năm 2026\nNgười ký\nLê Văn Mẫu",
    ],
    ids=["lines", "cells", "label above value"],
)
def test_a_register_says_what_was_not_saved(register: str) -> None:
    found = extract(f"{register}\nI. MỤC TIÊU\n- Thành lập 03 hợp tác xã.")
    row = found.document
    assert (row.doc_type, row.number, row.issued_on) == ("Kế hoạch", "112/KH-UBND", date(2025, 7, 11))
    assert (row.title, row.issuer) == ("Phát triển kinh tế tập thể năm 2026", "UBND xã Ea Kar")
    assert (row.province, row.district, row.signer) == ("Đắk Lắk", "", "Lê Văn Mẫu")
    assert not found.deadlines


def test_columns_of_many_documents_are_no_register() -> None:
    row = extract(
        "Danh sách văn bản mới\nSố ký hiệu\nNgày ban hành\nTrích yếu\n31/KH-UBND\n17/5/2022\nTrồng cây dược liệu\n"
        "32/KH-UBND\n18/5/2022\nTrồng rừng gỗ lớn"
    ).document
    assert (row.number, row.issued_on, row.title) == ("", None, "")


def test_the_head_goes_before_the_register_of_another_document() -> None:
    row = extract(
        "UBND HUYỆN BẮC HÀ\nSố: 31/KH-UBND\nKẾ HOẠCH\nTrồng cây dược liệu năm 2022\nI. MỤC TIÊU\n- Trồng mới 40 ha.\n"
        "Số hiệu: 88/KH-UBND\nNgày ban hành: 17/05/2022\nNgười ký: Lê Văn Mẫu"
    ).document
    assert (row.number, row.issued_on) == ("31/KH-UBND", None)


def test_an_issuer_behind_the_subject_of_a_cited_decision() -> None:
    row = extract(
        "Tin trong tỉnh\n14/03/2023 09:12\nTheo Quyết định số 521/QĐ-UBND về phê duyệt kế hoạch trồng rừng năm 2023 của "
        "UBND tỉnh Yên Bái, toàn tỉnh trồng mới 900 ha."
    ).document
    assert (row.number, row.issuer) == ("521/QĐ-UBND", "UBND tỉnh Yên Bái")
    assert row.title == "phê duyệt kế hoạch trồng rừng năm 2023"


def test_a_link_to_a_report_of_another_province_assigns_nothing() -> None:
    found = extract(
        "Sơn La chăm lo hộ nghèo\nThứ Năm, 09/3/2023\nHội Chữ thập đỏ tỉnh Sơn La vừa ban hành kế hoạch vận động quà Tết "
        "năm 2023, các cấp hội cùng doanh nghiệp chung tay để không hộ nghèo nào thiếu quà.\n"
        "Lai Châu: Hội Chữ thập đỏ huyện Tam Đường trao 49 suất quà cho hộ nghèo\n"
        "Theo đó, mỗi huyện vận động 300 suất quà, ưu tiên các xã biên giới và hộ có người già neo đơn không nơi nương tựa."
    )
    assert (found.document.doc_type, found.document.issuer) == ("Kế hoạch", "Hội Chữ thập đỏ tỉnh Sơn La")
    assert not found.assignments
