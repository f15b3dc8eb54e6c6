"""``extractor.reading.docx``: what Word shows is what is read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from word_files import Lists, borders, fill, number, saved

from extractor.model import Source
from extractor.reading import read_bytes

NS = nsdecls("w", "r") + (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def read(document: Document) -> Source:
    return read_bytes(saved(document), "plan.docx")


def lines(document: Document) -> list[str]:
    return read(document).text.splitlines()


def body(*blocks: str) -> Document:
    """A document of these blocks of Word's own XML."""
    document = docx.Document()
    for block in blocks:
        document.element.body.insert_element_before(
            parse_xml(re.sub(r"(?<=^<w:)(\w+)", rf"\1 {NS}", block, count=1)), "w:sectPr"
        )
    return document


def with_part(document: Document, name: str, change: Callable[[str], str]) -> bytes:
    """A document with one of its parts rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item, change(content.decode()).encode() if item.filename == name else content)
    return out.getvalue()


# --- paragraphs


def test_paragraphs_are_lines_and_empty_ones_empty_lines() -> None:
    document = docx.Document()
    for text in ("", "KẾ HOẠCH", "", "", "  Năm 2021\t", "Một", ""):
        document.add_paragraph(text)
    source = read(document)
    assert source.text == "KẾ HOẠCH\n\nNăm 2021\nMột\n"
    assert (source.format, source.reading.reader) == ("docx", "python-docx")


def test_breaks_end_a_line_and_tabs_stay_inside_one() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("Một")
    run.add_break()
    run.add_text("Hai")
    run.add_break(docx.enum.text.WD_BREAK.PAGE)
    run.add_text("\tBa\t\tbốn")
    document.add_paragraph("1.\tMục tiêu")
    assert lines(document) == ["Một", "Hai", "Ba\tbốn", "1. Mục tiêu"]


def test_tracked_changes_are_accepted() -> None:
    document = body(
        "<w:p><w:r><w:t>Có </w:t></w:r><w:del><w:r><w:delText>08</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>09</w:t></w:r></w:ins><w:r><w:t xml:space='preserve'> xã</w:t></w:r>"
        "<w:moveFrom><w:r><w:t> đã chuyển</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>.</w:t></w:r></w:moveTo></w:p>",
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space='preserve'>Hai đoạn </w:t></w:r></w:p>",
        "<w:p><w:r><w:t>thành một.</w:t></w:r></w:p>",
        "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>bỏ</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>giữ</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    )
    assert lines(document) == ["Có 09 xã.", "Hai đoạn thành một.", "giữ"]


def test_hidden_text_and_field_codes_are_left_out() -> None:
    document = body(
        "<w:p><w:r><w:t>Thấy</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t> ẩn</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> lại thấy</w:t></w:r></w:p>",
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> REF x </w:instrText><w:t>mã</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>Phụ lục 1</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:t>.</w:t></w:r></w:p>",
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>không đóng</w:instrText></w:r></w:p>",
        "<w:p><w:r><w:t>Đoạn sau vẫn còn</w:t></w:r></w:p>",
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        "<w:sdtContent><w:p><w:r><w:t>I. MỤC TIÊU 2</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Bấm để nhập</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    assert lines(document) == ["Thấy lại thấy", "Phụ lục 1.", "", "Đoạn sau vẫn còn", "Trong khung"]


def test_signs_are_read() -> None:
    document = body(
        "<w:p><w:r><w:t>đạt </w:t><w:sym w:font='Symbol' w:char='F0B3'/><w:t xml:space='preserve'> 90%, 5</w:t>"
        "<w:noBreakHyphen/><w:t>10, nông\xad</w:t><w:softHyphen/><w:t>thôn </w:t><w:sym w:font='Wingdings' w:char='F0FE'/></w:r>"
        "<w:r><w:rPr><w:rFonts w:hAnsi='Symbol'/></w:rPr><w:t>\uf0a3 7</w:t></w:r>"
        "<w:hyperlink r:id='x'><w:r><w:t> liên kết</w:t></w:r></w:hyperlink>"
        "<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath></w:p>"
    )
    assert lines(document) == ["đạt ≥ 90%, 5-10, nôngthôn ☑≤ 7 liên kếtx=2"]


def test_capitals_of_a_format_are_capitals() -> None:
    document = docx.Document()
    document.styles["Title"].font.all_caps = True
    document.add_paragraph("Kế hoạch", style="Title")
    document.add_paragraph().add_run("quý").font.small_caps = True
    assert lines(document) == ["KẾ HOẠCH", "QUÝ"]


def test_old_fonts_are_decoded_by_run_and_by_style() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("KÕ ho¹ch ").font.name = ".VnTime"
    paragraph.add_run("Kính gửi ").font.name = "Times New Roman"
    for piece in ("x", "a", "õ"):  # VNI writes a letter in two characters: Word may keep them in two runs
        paragraph.add_run(piece).font.name = "VNI-Times"
    style = document.styles.add_style("Cũ", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.font.name = ".VnTimeH"
    document.add_paragraph("kÕ ho¹ch", style="Cũ")
    document.element.body.insert_element_before(
        parse_xml(
            f"<w:p {NS}><w:r><w:rPr><w:rFonts w:ascii='.VnTime' w:hAnsi='.VnTime'/></w:rPr><w:t>T</w:t><w:softHyphen/>"
            "<w:t> ph¸p</w:t></w:r></w:p>"
        ),
        "w:sectPr",
    )
    assert lines(document) == ["Kế hoạch Kính gửi xã", "KẾ HOẠCH", "Tư pháp"]


def test_an_old_font_that_holds_unicode_decodes_nothing() -> None:
    document = docx.Document()
    document.styles["Normal"].font.name = ".VnTime"
    for text in ("Uỷ ban nhân dân tỉnh Hà Tĩnh", "Hoà", "xã"):
        document.add_paragraph(text)
    assert lines(document) == ["Uỷ ban nhân dân tỉnh Hà Tĩnh", "Hoà", "xã"]


def test_text_boxes_follow_their_paragraph_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Trong hộp</w:t></w:r></w:p></w:txbxContent>"
    document = body(
        f"<w:p><w:r><w:t>Trước</w:t><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx>"
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
        f"<w:p><w:r><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict><w:t>Sau</w:t></w:r></w:p>",
    )
    assert lines(document) == ["Trước", "Trong hộp", "Sau", "Trong hộp"]


def test_footnotes_follow_the_text() -> None:
    document = body(
        "<w:p><w:r><w:t>88 xã</w:t><w:footnoteReference w:id='7'/></w:r></w:p>", "<w:p><w:r><w:t>Hết</w:t></w:r></w:p>"
    )
    notes = f"<w:footnotes {NS}><w:footnote w:id='0'><w:p/></w:footnote><w:footnote w:id='7'><w:p><w:r><w:footnoteRef/><w:t>Theo Quyết định 12</w:t></w:r></w:p></w:footnote></w:footnotes>"
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        notes.encode(),
        document.part.package,
    )
    document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
    assert lines(document) == ["88 xã", "Hết", "", "[1] Theo Quyết định 12"]


def test_headers_are_left_out_but_for_a_letterhead() -> None:
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    section = document.sections[0]
    section.header.paragraphs[0].text = "Trang 1"
    section.footer.paragraphs[0].text = "Chân trang"
    assert lines(document) == ["KẾ HOẠCH"]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "1"
    assert lines(document) == ["KẾ HOẠCH"]
    section.first_page_header.add_paragraph("UBND TỈNH HÀ TĨNH")
    assert lines(document) == ["1", "UBND TỈNH HÀ TĨNH", "", "KẾ HOẠCH"]


# --- lists


def listed(document: Document, *items: tuple[str, str, int]) -> None:
    for text, list_id, level in items:
        number(document.add_paragraph(text), list_id, level)


def test_levels_count_and_start_anew_behind_a_higher_one() -> None:
    document = docx.Document()
    one = Lists(document).add(
        [("upperRoman", "%1.", 1), ("decimal", "%2.", 1), ("lowerLetter", "%3)", 1), ("bullet", "-", 1)]
    )
    listed(
        document,
        *((t, one, i) for t, i in (("A", 0), ("B", 1), ("C", 1), ("D", 2), ("E", 3), ("F", 2), ("G", 0), ("H", 1))),
    )
    assert lines(document) == ["I. A", "1. B", "2. C", "a) D", "- E", "b) F", "II. G", "1. H"]


def test_numbers_of_higher_levels_stand_in_lower_ones() -> None:
    document = docx.Document()
    lists = Lists(document)
    roman = lists.add([("upperRoman", "%1.", 1), ("decimal", "%1.%2.", 1)])
    legal = lists.add([("upperRoman", "%1.", 1), ("decimal", "%1.%2.", 3)], extra="<w:isLgl/>")
    listed(document, *((t, one, i) for one in (roman, legal) for t, i in (("A", 0), ("B", 1), ("C", 0), ("D", 1))))
    assert lines(document) == ["I. A", "I.1. B", "II. C", "II.1. D", "1. A", "1.3. B", "2. C", "2.3. D"]


def test_lists_of_one_kind_count_on_unless_they_start_anew() -> None:
    document = docx.Document()
    lists = Lists(document)
    first = lists.add([("decimal", "%1.", 1)])
    second, anew = lists.again(first), lists.again(first, [(0, 5)])
    listed(document, ("A", first, 0), ("B", second, 0), ("C", anew, 0), ("D", anew, 0), ("E", first, 0))
    assert lines(document) == ["1. A", "2. B", "5. C", "6. D", "7. E"]


def test_a_level_that_is_passed_over_counts_as_begun() -> None:
    # as LibreOffice shows it; 40 lists made at random agreed with it to the last number
    document = docx.Document()
    lists = Lists(document)
    one = lists.add([("upperRoman", "%1.", 1), ("decimal", "%1.%2.", 1), ("lowerLetter", "%3)", 1)])
    anew = lists.again(one, [(1, 4)])
    listed(document, ("A", anew, 2), ("B", one, 1), ("C", anew, 1), ("D", one, 0))
    assert lines(document) == ["a) A", "I.2. B", "I.4. C", "II. D"]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("decimal", "27."), ("decimalZero", "27."), ("upperRoman", "XXVII."), ("lowerRoman", "xxvii."),
        ("upperLetter", "AA."), ("lowerLetter", "aa."), ("none", ""), ("chineseCounting", "27."),
    ],
)  # fmt: skip
def test_formats_of_numbers(form: str, shown: str) -> None:
    document = docx.Document()
    listed(document, ("Mục", Lists(document).add([(form, "%1.", 27)]), 0))
    assert lines(document) == [f"{shown} Mục".strip()]


@pytest.mark.parametrize(
    ("sign", "shown"), [("-", "-"), ("+", "+"), ("\uf0b7", "•"), ("\uf0a7", "•"), ("o", "•"), ("–", "–")]
)
def test_bullets_are_signs_the_rules_know(sign: str, shown: str) -> None:
    document = docx.Document()
    listed(document, ("Việc", Lists(document).add([("bullet", sign, 1)]), 0))
    assert lines(document) == [f"{shown} Việc"]


def test_a_style_numbers_its_paragraphs_unless_one_says_no() -> None:
    document = docx.Document()
    one = Lists(document).add([("upperRoman", "%1.", 1), ("decimal", "%2.", 1)])
    for style, level in (("Heading 1", 0), ("Heading 2", 1)):
        properties = document.styles[style].element.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = int(one)
        properties.get_or_add_ilvl().val = level
    document.add_paragraph("MỤC TIÊU", style="Heading 1")
    document.add_paragraph("Chung", style="Heading 2")
    number(document.add_paragraph("Không số", style="Heading 2"), "0")
    document.add_paragraph("", style="Heading 2")
    document.add_paragraph("Cụ thể", style="Heading 2")
    assert lines(document) == ["I. MỤC TIÊU", "1. Chung", "Không số", "", "2. Cụ thể"]


def test_deleted_paragraphs_are_not_counted() -> None:
    document = docx.Document()
    one = Lists(document).add([("decimal", "%1.", 1)])
    listed(document, ("A", one, 0), ("B", one, 0), ("C", one, 0))
    gone = document.paragraphs[1]._p
    gone.remove(gone.r_lst[0])
    assert lines(document) == ["1. A", "", "2. C"]


# --- tables


def test_a_merged_cell_stands_once_and_columns_stay() -> None:
    document = docx.Document()
    table = borders(document.add_table(3, 4))
    for i, row in enumerate(
        [["TT", "Cơ quan", "", "Hạn"], ["", "Chủ trì", "Phối hợp", ""], ["1", "Sở\nY tế", "Sở Tài chính", ""]]
    ):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    for a, b in (((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (1, 3))):
        kept = table.cell(*a).text
        table.cell(*a).merge(table.cell(*b)).text = kept
    source = read(document)
    assert source.text == "TT\tCơ quan\t\tHạn\n\tChủ trì\tPhối hợp\t\n1\tSở Y tế\tSở Tài chính\t\n"
    cells = {source.text[s.start : s.end]: s.cell for s in source.reading.spots}
    assert cells["Hạn"] == (1, 1, 4)
    assert cells["Sở Tài chính"] == (1, 3, 3)


def test_a_table_in_a_cell_is_part_of_its_text() -> None:
    document = docx.Document()
    table = borders(document.add_table(2, 2))
    table.cell(0, 0).text = "Ngoài"
    inner = table.cell(1, 1).add_table(2, 2)
    for i in range(4):
        inner.cell(i // 2, i % 2).text = f"t{i}"
    assert lines(document) == ["Ngoài\t", "\tt0; t1 t2; t3"]


def test_a_letterhead_is_read_column_by_column_with_or_without_lines() -> None:
    for lined in (False, True):
        document = docx.Document()
        table = document.add_table(2, 2)
        if lined:
            borders(table)
        fill(table.cell(0, 0), ["UBND TỈNH HÀ TĨNH", "SỞ Y TẾ"])
        fill(table.cell(0, 1), ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"])
        fill(table.cell(1, 0), ["Số: 12/KH-SYT"])
        fill(table.cell(1, 1), ["Hà Tĩnh, ngày 05 tháng 3 năm 2021"])
        document.add_paragraph("KẾ HOẠCH")
        assert [line for line in lines(document) if line] == [
            "UBND TỈNH HÀ TĨNH", "SỞ Y TẾ", "Số: 12/KH-SYT", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc", "Hà Tĩnh, ngày 05 tháng 3 năm 2021", "KẾ HOẠCH",
        ]  # fmt: skip


def test_a_small_table_without_lines_further_down_stays_a_table() -> None:
    document = docx.Document()
    document.add_paragraph("Như sau:")
    table = document.add_table(2, 3)
    for i in range(6):
        table.cell(i // 3, i % 3).text = f"c{i}"
    assert lines(document)[-2:] == ["c0\tc1\tc2", "c3\tc4\tc5"]


def test_spots_lead_back_to_paragraphs() -> None:
    document = docx.Document()
    document.add_paragraph("Một")
    document.add_paragraph("")
    document.add_paragraph("Hai").runs[0].font.size = Pt(14)
    source = read(document)
    assert [(source.text[s.start : s.end], s.paragraph) for s in source.reading.spots] == [("Một", 1), ("Hai", 3)]


def test_the_same_file_gives_the_same_text() -> None:
    document = docx.Document()
    listed(document, *((f"Mục {i}", "1", 0) for i in range(3)))
    data = saved(document)
    assert read_bytes(data, "a.docx").text == read_bytes(data, "b.docx").text


def test_a_macro_document_is_read() -> None:
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    macro = with_part(
        document,
        "[Content_Types].xml",
        lambda s: s.replace(
            "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "vnd.ms-word.document.macroEnabled.main+xml",
        ),
    )
    assert read_bytes(macro, "plan.docm").text == "KẾ HOẠCH\n"
