"""``extractor.reading.pdf``: PDF files become the text that they show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from envelopes import SOFFICE, convert, flat_odt, many_pages, ruled_pdf
from parity import compare

from extractor.model import Source
from extractor.reading import ReadError, ocr, read_bytes

pytest.importorskip("pdfplumber", reason="the extra [pdf] is not installed")
fpdf = pytest.importorskip("fpdf", reason="fpdf2 (extra [test]) is not installed")

ROOT = Path(__file__).parent.parent
CORPUS = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
OWN = [ROOT / "corpus" / f for f in (
    "own/documents/own10_vinhlong_ktxh_2026.txt", "own/documents/own06_haiphong_cds_2026.txt",
    "own2/documents/b09_ninhthuan_bhxh_bhyt_2023.txt", "own3/documents/c03_hoabinh_daotaonghe_2022.txt",
)]  # fmt: skip
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: no PDF can be made")
needs_ocr = pytest.mark.skipif(ocr.missing() is not None, reason=f"no OCR: {ocr.missing()}")
FONT = next(iter(sorted(Path("/usr/share/fonts").rglob("LiberationSerif-Regular.ttf"), reverse=True)), None)
needs_font = pytest.mark.skipif(FONT is None, reason="the font Liberation Serif (fonts-liberation2) is not installed")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").removeprefix("\ufeff")


@pytest.fixture(scope="module")
def rendered() -> dict[str, bytes]:
    return convert({path.stem: flat_odt(text_of(path)) for path in [*CORPUS, *OWN]}, "pdf")


def failure(data: bytes) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, "plan.pdf")
    assert str(caught.value).startswith("plan.pdf: ")
    return caught.value


def lines_of(source: Source) -> list[str]:
    return source.text.splitlines()


def check_spots(source: Source) -> None:
    """Spots lie in the text, in order, do not overlap, hold no line end, and cover all but white space."""
    at, outside = 0, []
    for spot in source.reading.spots:
        assert at <= spot.start < spot.end <= len(source.text)
        assert "\n" not in source.text[spot.start : spot.end]
        assert spot.page is not None and spot.box is not None
        left, top, right, bottom = spot.box
        assert 0 <= left <= right <= 1 and 0 <= top <= bottom <= 1
        outside.append(source.text[at : spot.start])
        at = spot.end
    assert not "".join([*outside, source.text[at:]]).strip()


# --- parity


@needs_office
@pytest.mark.parametrize("path", [*CORPUS, *OWN], ids=lambda p: p.stem)
def test_a_plan_as_pdf_gives_the_rows_of_its_text(path: Path, rendered: dict[str, bytes]) -> None:
    source = read_bytes(rendered[path.stem], "plan.pdf")
    found = compare(text_of(path), source)
    assert source.warnings == ()
    assert found.values_same == found.values
    assert found.share == 1.0, (found.missed, found.added)
    check_spots(source)


@needs_office
@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_paragraphs_of_a_pdf_are_those_of_the_text(path: Path, rendered: dict[str, bytes]) -> None:
    """Lines and pages are put together again; page numbers are gone."""
    found = [" ".join(x.split()) for x in lines_of(read_bytes(rendered[path.stem], "plan.pdf"))]
    assert found == [" ".join(x.split()) for x in text_of(path).splitlines() if x.strip()]


@needs_office
@pytest.mark.parametrize(("size", "indent"), [(11, 0), (13, 0), (14, 0.7), (12, 2)])
def test_paragraphs_are_found_whatever_the_size_and_the_indent(size: float, indent: float) -> None:
    path = CORPUS[3]
    data = convert({"p": flat_odt(text_of(path), size=size, indent=indent)}, "pdf")["p"]
    found = [" ".join(x.split()) for x in lines_of(read_bytes(data, "plan.pdf"))]
    assert found == [" ".join(x.split()) for x in text_of(path).splitlines() if x.strip()]


# --- the parts of a page


def plain_pdf(*pages: list[tuple[float, float, str]], size: float = 14, **more: Any) -> bytes:
    """A PDF of texts at places (points from the left and the top)."""
    made = fpdf.FPDF(unit="pt", format="A4")
    if "password" in more:
        made.set_encryption(owner_password="owner", user_password=more["password"])
    made.set_auto_page_break(False)
    made.add_font("F", "", str(FONT))
    for page in pages:
        made.add_page()
        made.set_font("F", size=size)
        for x, y, text in page:
            made.text(x, y, text)
    return bytes(made.output())


@needs_font
def test_headers_and_footers_are_left_out_and_paragraphs_go_over_the_page() -> None:
    body = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới, trong đó"
    pages = [
        [(90, 40, "Kế hoạch nông thôn mới"), (280, 60, f"{n}"), (85, 200, f"- Mục {n}: {body}"), (70, 218, f"{body} nhóm"),
         (90, 810, f"Lưu hành nội bộ - trang {n}/3")]
        for n in (1, 2, 3)
    ]  # fmt: skip
    source = read_bytes(plain_pdf(*pages), "plan.pdf")
    assert "Lưu hành" not in source.text
    assert "Kế hoạch" not in source.text
    assert len(lines_of(source)) == 3
    assert source.reading.pages == 3


@needs_font
def test_a_number_alone_in_the_text_is_no_page_number() -> None:
    source = read_bytes(plain_pdf([(70, 300, "Số xã đạt chuẩn:"), (70, 330, "12"), (70, 360, "Số thôn:")]), "plan.pdf")
    assert "12" in source.text


@needs_font
def test_a_letterhead_in_two_columns_is_read_column_by_column() -> None:
    page = [
        (90, 80, "ỦY BAN NHÂN DÂN"), (290, 80, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (95, 98, "HUYỆN BẮC HÀ"), (350, 98, "Độc lập - Tự do - Hạnh phúc"),
        (90, 130, "Số: 15/KH-UBND"), (330, 130, "Bắc Hà, ngày 05 tháng 3 năm 2022"),
        (260, 170, "KẾ HOẠCH"), (70, 210, "Phấn đấu năm 2022 có 02 xã đạt chuẩn nông thôn mới."),
    ]  # fmt: skip
    source = read_bytes(plain_pdf(page, size=12), "plan.pdf")
    assert lines_of(source)[:7] == [
        "ỦY BAN NHÂN DÂN", "HUYỆN BẮC HÀ", "Số: 15/KH-UBND", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Bắc Hà, ngày 05 tháng 3 năm 2022", "KẾ HOẠCH",
    ]  # fmt: skip


@needs_font
def test_recipients_and_signature_are_not_mixed() -> None:
    body = [
        (70, 90 + 20 * i, "Các cơ quan, đơn vị có liên quan căn cứ kế hoạch này tổ chức thực hiện.") for i in range(12)
    ]
    end = [
        (70, 400, "Nơi nhận:"), (340, 400, "TM. ỦY BAN NHÂN DÂN"), (70, 415, "- Như trên;"), (375, 415, "CHỦ TỊCH"),
        (70, 430, "- Lưu: VT."), (365, 480, "Nguyễn Văn An"),
    ]  # fmt: skip
    lines = lines_of(read_bytes(plain_pdf([*body, *end], size=12), "plan.pdf"))
    assert lines[-6:] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn An"]


@needs_font
def test_a_line_broken_behind_a_hyphen_is_joined_without_a_space() -> None:
    lines = [
        (85, 200, "Thực hiện chương trình của tỉnh về nông thôn mới giai đoạn năm 2021-"),
        (70, 218, "2025 và Quyết định số 15/QĐ-UBND ngày 05 tháng 3 năm 2022 về kinh tế -"),
        (70, 236, "xã hội của địa phương."),
    ]
    (line,) = lines_of(read_bytes(plain_pdf(lines), "plan.pdf"))
    assert "2021-2025 và" in line
    assert "kinh tế - xã hội" in line


def test_a_table_over_two_pages_is_one_table() -> None:
    head = ["TT", "Chỉ tiêu", "ĐVT", "KH 2024"]
    rows = [[str(i), f"Chỉ tiêu thứ {i}", "xã", f"{i}.5{i:02}"] for i in range(1, 31)]
    source = read_bytes(ruled_pdf([[head, *rows[:20]], [head, *rows[20:]]], FONT), "plan.pdf")
    assert lines_of(source) == ["\t".join(row) for row in [head, *rows]]
    cells = {source.text[s.start : s.end]: s.cell for s in source.reading.spots}
    assert cells["Chỉ tiêu thứ 25"] == (1, 26, 2)


def test_the_rest_of_a_row_on_the_next_page_goes_to_its_row() -> None:
    head = ["TT", "Chỉ tiêu", "KH 2024"]
    first = [head, ["1", "Số xã đạt chuẩn", "12"], ["2", "Tỷ lệ hộ nghèo đa chiều", "2,5"]]
    source = read_bytes(ruled_pdf([first, [["", "giảm so với năm trước", ""], ["3", "Số thôn", "7"]]], FONT), "p.pdf")
    assert lines_of(source)[2:] == ["2\tTỷ lệ hộ nghèo đa chiều giảm so với năm trước\t2,5", "3\tSố thôn\t7"]


def test_merged_cells_stand_once() -> None:
    rows = [["TT", "Chỉ tiêu", "Năm 2024", None], [None, None, "TH", "KH"], ["1", "Số xã", "5", "7"]]
    source = read_bytes(ruled_pdf([rows], FONT), "plan.pdf")
    assert lines_of(source) == ["TT\tChỉ tiêu\tNăm 2024\t", "\t\tTH\tKH", "1\tSố xã\t5\t7"]


@needs_font
def test_a_raised_mark_behind_a_number_does_not_change_it() -> None:
    made = fpdf.FPDF(unit="pt", format="A4")
    made.add_page()
    made.add_font("F", "", str(FONT))
    made.set_font("F", size=14)
    made.text(70, 200, "Lũy kế có 88")
    made.set_font("F", size=9)
    made.text(70 + made.get_string_width("Lũy kế có 88") * 14 / 9, 195, "3")
    made.set_font("F", size=14)
    made.text(170, 200, "xã đạt chuẩn.")
    assert "88³ xã" in read_bytes(bytes(made.output()), "plan.pdf").text


# --- text that is not to be trusted


@needs_font
@needs_ocr
def test_a_font_without_unicode_is_recognised_from_the_picture() -> None:
    text = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới nâng cao."
    data = plain_pdf([(70, 100 + 24 * i, text) for i in range(6)]).replace(b"/ToUnicode", b"/XoUnicode")
    source = read_bytes(data, "plan.pdf")
    assert source.reading.reader == "tesseract"
    assert source.reading.ocr_confidence is not None and source.reading.ocr_confidence > 0.8
    assert "garbled" in source.warnings[0]
    assert "(cid:" not in source.text
    assert source.text.count("04 xã đạt chuẩn nông thôn mới") >= 5


# --- files that cannot be read


@needs_font
def test_a_file_with_a_password_says_so_and_an_empty_one_is_opened() -> None:
    page = [(70, 100, "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới.")]
    assert "encrypted" in str(failure(plain_pdf(page, password="secret")))
    assert "04 xã" in read_bytes(plain_pdf(page, password=""), "plan.pdf").text


@needs_font
def test_a_pdf_without_text_says_so() -> None:
    assert "no text" in str(failure(plain_pdf([])))


def test_too_many_pages_are_refused() -> None:
    assert re.search(r"has 10,000 pages, the limit is 1,000\. Split it", str(failure(many_pages(10_000))))


def test_empty_pages_have_no_text() -> None:
    assert "no text" in str(failure(many_pages(3)))


@pytest.mark.parametrize(
    "tail", [b"", bytes(2000), bytes(range(256)) * 20, b"\n" * 500], ids=["end", "zeros", "noise", "blank"]
)
def test_a_header_alone_is_a_damaged_file(tail: bytes) -> None:
    assert "damaged" in str(failure(b"%PDF-1.7\n" + tail))


@needs_font
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_truncated_file_is_read_in_part_or_refused(share: float) -> None:
    data = plain_pdf(*[[(70, 100, f"Phấn đấu năm 2023 có thêm {i} xã đạt chuẩn.")] for i in range(20)])
    try:
        source = read_bytes(data[: int(len(data) * share)], "plan.pdf")
    except ReadError as error:
        assert error.advice
    else:
        check_spots(source)
