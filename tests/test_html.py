"""``extractor.reading.html``: the article, whole, and nothing around it."""

from __future__ import annotations

import pytest

from extractor.model import Source
from extractor.pipeline import extract_source
from extractor.reading import ReadError, read_bytes

LEAD = (
    "Ngày 12/3/2021, Chủ tịch UBND tỉnh ban hành Chỉ thị số 06/CT-UBND về việc tăng cường vai trò, trách nhiệm của các đơn "
    "vị, địa phương trong thực hiện Chương trình mục tiêu Quốc gia xây dựng nông thôn mới năm 2021."
)
MORE = (
    "Tại Chỉ thị, Chủ tịch UBND tỉnh yêu cầu Thủ trưởng các sở, ban ngành nghiêm túc tổ chức thực hiện, trong đó phấn đấu "
    "có thêm 08 xã đạt chuẩn nông thôn mới theo quy định."
)
MENU = "<ul class='menu'>" + "".join(f"<li><a href='/{i}'>Mục {i}: 5 xã năm 2019</a></li>" for i in range(8)) + "</ul>"


def page(body: str, head: str = "<title>Cổng thông tin điện tử tỉnh Hà Tĩnh</title>") -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode()


def read(data: bytes, name: str = "trang.html") -> Source:
    return read_bytes(data, name)


def lines(body: str) -> list[str]:
    """The lines of an article with this in it, without those that make it one."""
    text = read(page(f"{MENU}<div class='content'><p>{LEAD}</p>{body}<p>{MORE}</p></div>")).text
    return text[text.index(LEAD) + len(LEAD) + 1 : text.index(MORE)].splitlines()


def test_headline_date_and_lead_come_with_the_text_and_menus_do_not() -> None:
    body = (
        f"{MENU}<table><tr><td>{MENU}</td><td><table><tr><td>Tin tức</td></tr><tr><td>Ngày đăng: 13/03/2021 18:07</td></tr>"
        f"<tr><td><b>Tăng cường trách nhiệm trong xây dựng nông thôn mới</b></td></tr><tr><td><div><p>{LEAD}</p><p>{MORE}</p>"
        f"</div></td></tr></table></td></tr></table><footer>Giấy phép số 12, 99 xã, năm 2019</footer>"
    )
    source = read(page(body))
    assert source.text.split("\n") == [
        "Cổng thông tin điện tử tỉnh Hà Tĩnh", "", "Tin tức", "Ngày đăng: 13/03/2021 18:07",
        "Tăng cường trách nhiệm trong xây dựng nông thôn mới", LEAD, MORE, "",
    ]  # fmt: skip
    assert (source.format, source.reading.reader) == ("html", "trafilatura+lxml")
    extraction = extract_source(source)
    assert [(str(t.value), t.unit) for t in extraction.targets] == [("8", "xã")]
    assert extraction.document.number == "06/CT-UBND"
    assert str(extraction.document.issued_on) == "2021-03-12"  # not the day of posting


def test_blocks_are_lines_and_white_space_is_as_shown() -> None:
    assert lines("<p>Một \n  hai<br>ba</p><div>bốn<div> năm </div>sáu</div><pre>bảy\n  tám</pre>") == [
        "Một hai", "ba", "bốn", "năm", "sáu", "bảy", "tám",
    ]  # fmt: skip


def test_lists_have_their_numbers_unless_they_are_typed() -> None:
    assert lines("<ol start=3><li>Một<li value=7>Hai<ul><li>trong</ul></ol><ol type=I><li>Ba</ol><ul><li>- Bốn</ul>") == [
        "3. Một", "7. Hai", "- trong", "I. Ba", "- Bốn",
    ]  # fmt: skip


def test_tables_are_rows_with_their_cells_in_their_columns() -> None:
    table = (
        "<table border=1><tr><th rowspan=2>TT<th colspan=2>Cơ quan<th rowspan=2>Hạn<tr><th>Chủ trì<th>Phối hợp"
        "<tr><td>1<td><p>Sở</p><p>Y tế</p><td>Sở Tài chính<td></table>"
    )
    assert lines(table) == ["", "TT\tCơ quan\t\tHạn", "\tChủ trì\tPhối hợp\t", "1\tSở Y tế\tSở Tài chính\t"]


def test_a_letterhead_is_read_column_by_column() -> None:
    head = (
        "<table><tr><td>UBND TỈNH HÀ TĨNH<br>SỞ Y TẾ<td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc"
        "<tr><td>Số: 12/KH-SYT<td>Hà Tĩnh, ngày 05 tháng 3 năm 2021</table>"
    )
    assert lines(head) == [
        "UBND TỈNH HÀ TĨNH", "SỞ Y TẾ", "Số: 12/KH-SYT", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Hà Tĩnh, ngày 05 tháng 3 năm 2021",
    ]  # fmt: skip


def test_what_is_not_shown_is_not_read() -> None:
    hidden = (
        "<script>var x = '99 xã'</script><style>p{}</style><!-- 98 xã --><p style='display: none'>97 xã</p><p hidden>96</p>"
        "<form class='share'><button>Chia sẻ</button></form><p>thấy</p>"
    )
    assert lines(hidden) == ["thấy"]


def test_runs_of_links_are_left_out_and_a_link_in_a_sentence_stays() -> None:
    assert lines(f"<p>theo <a href='/x'>Quyết định số 12</a> của tỉnh</p>{MENU}") == ["theo Quyết định số 12 của tỉnh"]


def test_summaries_of_other_news_are_left_out() -> None:
    others = "".join(
        f"<div><a href='/{i}'>Tin khác {i}</a><p>Tóm tắt của tin khác số {i}: huyện này có 12 xã đạt chuẩn nông thôn mới, "
        "vượt kế hoạch của cả năm và được tỉnh khen.</p></div>"
        for i in range(4)
    )
    text = read(page(f"<div><div class='a'><p>{LEAD}</p><p>{MORE}</p></div><div class='b'>{others}</div></div>")).text
    assert text.endswith(f"{LEAD}\n{MORE}\n")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258", "utf-16"])
def test_the_declared_encoding_is_read(encoding: str) -> None:
    text = LEAD.replace("ế", "e") if encoding == "cp1258" else LEAD
    for char in set(text):
        if encoding == "cp1258" and not char.encode("cp1258", "ignore"):
            text = text.replace(char, "x")
    data = f"<html><head><meta charset={encoding}></head><body><p>{text}</p></body></html>".encode(encoding)
    source = read(data)
    assert source.text.strip() == text
    assert source.warnings == ()


def test_a_wrong_declaration_is_a_warning() -> None:
    data = f"<html><meta charset=ascii><body><p>{LEAD}</p><p>\x93{MORE}\x94</p></body></html>".encode("utf-16-le")
    source = read(b"\xff\xfe" + data)
    assert LEAD in source.text
    wrong = (
        b"<html><meta charset=utf-8><body><p>" + "Đây là một đoạn văn bản dài ".encode("cp1258", "ignore") * 9 + b"</p>"
    )
    assert "encoding is not as declared" in read(wrong).warnings[0]


def test_a_web_archive_is_read() -> None:
    html = page(f"<p>{LEAD}</p>")
    data = (
        b'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + html + b"\r\n"
        b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    )
    assert LEAD in read(data, "trang.mhtml").text


def test_the_content_decides() -> None:
    assert read(page(f"<p>{LEAD}</p>"), "plan.txt").format == "html"
    assert read(b"\xef\xbb\xbf  <!-- saved -->\n" + page(f"<p>{LEAD}</p>"), "x").format == "html"
    assert read(f"<p>{LEAD}</p>".encode(), "x.html").format == "html"
    assert read(f"<p>{LEAD}</p>".encode(), "x.txt").format == "txt"


def test_pages_without_text_say_so() -> None:
    for body in ("", "<script>x</script>", "<img src=x>"):
        with pytest.raises(ReadError, match="without"):
            read(page(body, head=""))


def test_nothing_is_fetched_and_no_entity_is_resolved() -> None:
    data = (
        b"<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html><body><p>"
        + LEAD.encode()
        + b" &x;</p><iframe src='http://127.0.0.1:9/'></iframe><link rel=stylesheet href='http://127.0.0.1:9/x.css'>"
    )
    assert "root:" not in read(data).text


def test_deep_nesting_costs_what_is_in_it() -> None:
    source = read(page("<div>" * 1000 + "<p>sâu</p>" + "</div>" * 1000 + f"<p>{LEAD}</p>"))
    assert LEAD in source.text
    assert "sâu" not in source.text
    assert source.warnings == ("elements nested deeper than 256 were left out",)
    assert source.reading.partial
    source = read(page(f"<p>{LEAD}</p>" + "<div>" * 3000 + "</div>" * 3000 + "<p>sau</p>"))
    assert LEAD in source.text
    assert "could not be read" in source.warnings[-1]
    with pytest.raises(ReadError, match="nested too deeply"):
        read(page("<div>" * 3000 + f"<p>{LEAD}</p>", head=""))
