"""Plans as saved web pages: a portal's page with menus, a side bar of other plans, and a footer around the text."""

from __future__ import annotations

import html
import re

from extractor.patterns import load
from extractor.text.layout import open_words
from extractor.text.view import build_view

_MENU = ("Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Văn bản chỉ đạo điều hành", "Thủ tục hành chính", "Liên hệ")
_OTHERS = (
    "Kế hoạch xây dựng 12 xã đạt chuẩn nông thôn mới huyện Kỳ Anh năm 2019",
    "Kế hoạch giảm 2.300 hộ nghèo trên địa bàn tỉnh năm 2018",
    "Chỉ thị về việc hoàn thành 45 km đường giao thông nông thôn trước ngày 30/6/2017",
    "Phấn đấu 100% trạm y tế xã có bác sĩ làm việc",
)
_FOOTER = (
    "Cơ quan chủ quản: Ủy ban nhân dân tỉnh. Giấy phép số 12/GP-TTĐT ngày 05/3/2015. Chịu trách nhiệm chính: Chánh Văn "
    "phòng Ủy ban nhân dân tỉnh. Địa chỉ: 06 Nguyễn Công Trứ. Lượt truy cập: 1.234.567"
)


def plan_as_page(text: str, *, encoding: str = "utf-8", title: str = "") -> bytes:
    """A plan inside the article of a portal's page."""
    view = build_view(text, open_words=open_words(load()))
    lines = [(view.text[b.start : b.end], bool(b.cells)) for b in view.blocks]
    body: list[str] = []
    index = 0
    while index < len(lines):
        count = 0
        while index + count < len(lines) and lines[index + count][1]:
            count += 1
        if count > 1:
            rows = [_cells(line) for line, _ in lines[index : index + count]]
            width = max(map(len, rows))
            body.append('<table border="1">')
            body += ["<tr>" + "".join(f"<td><p>{html.escape(c)}</p></td>" for c in r) + "</tr>" for r in rows]
            body.append("</table>")
            assert width > 1
        else:
            count = 1
            body.append("<p>" + " &nbsp; ".join(html.escape(c) for c in _cells(lines[index][0])) + "</p>")
        index += count
    menu = "".join(f'<li><a href="/{i}">{html.escape(m)}</a></li>' for i, m in enumerate(_MENU))
    others = "".join(f'<li><a href="/p/{i}">{html.escape(o)}</a></li>' for i, o in enumerate(_OTHERS))
    page = f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="{encoding}"><title>{html.escape(title or "Cổng thông tin điện tử")}</title>
<script>var plan = "Phấn đấu 99 xã đạt chuẩn";</script><style>p {{ margin: 0 }}</style></head>
<body><div id="top-bar"><a href="/">Đăng nhập</a></div>
<nav><ul>{menu}</ul></nav>
<div class="columns"><aside class="sidebar"><h3>Văn bản mới</h3><ul>{others}</ul></aside>
<main><article class="content">
{chr(10).join(body)}
</article></main></div>
<div class="related-news"><ul>{others}</ul></div>
<footer><p>{html.escape(_FOOTER)}</p></footer></body></html>"""
    return page.encode(encoding, "xmlcharrefreplace")


def _cells(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    return [c.strip() for c in line.strip("|").split("|")] if line.count("|") > 1 else [re.sub(r"\s+", " ", line)]
