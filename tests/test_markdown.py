"""``extractor.reading.md``: what a Markdown plan shows, as text that the rules know."""

from __future__ import annotations

import pytest

from extractor.pipeline import extract_source
from extractor.reading import ReadError, read_bytes

PLAN = """---
author: x
---
# KẾ HOẠCH
Xây dựng **nông thôn mới**
năm 2021

## I. MỤC TIÊU

3. Phấn đấu có [09 xã](http://127.0.0.1/x) đạt chuẩn\\
   nông thôn mới
4. Hai
   * trong
   * `mã`

| TT | Chỉ tiêu | ĐVT | Kế hoạch 2021 |
|----|:--------:|-----|---|
| 1 | Số xã **đạt chuẩn** nông thôn mới | xã | 9 |
| 2 | Tỷ lệ hộ nghèo |  | 2,5 |

> Trích<br>dẫn &amp; thẻ <!-- ẩn -->

```
nguyên văn
```
"""


def test_marks_are_taken_away_and_structure_stays() -> None:
    source = read_bytes(PLAN.encode(), "plan.md")
    assert (source.format, source.reading.reader) == ("md", "markdown-it")
    assert [line for line in source.text.splitlines() if line] == [
        "KẾ HOẠCH",
        "Xây dựng nông thôn mới năm 2021",
        "I. MỤC TIÊU",
        "3. Phấn đấu có 09 xã đạt chuẩn",
        "nông thôn mới",
        "4. Hai",
        "- trong",
        "- mã",
        "TT\tChỉ tiêu\tĐVT\tKế hoạch 2021",
        "1\tSố xã đạt chuẩn nông thôn mới\txã\t9",
        "2\tTỷ lệ hộ nghèo\t\t2,5",
        "Trích",
        "dẫn & thẻ",
        "nguyên văn",
    ]
    cells = {source.text[s.start : s.end]: s.cell for s in source.reading.spots}
    assert cells["2,5"] == (1, 3, 4)


def test_its_table_is_one_to_the_rules() -> None:
    rows = extract_source(read_bytes(PLAN.encode(), "plan.md")).targets
    assert ("9", "xã", "Số xã đạt chuẩn nông thôn mới") in [(str(t.value), t.unit, t.indicator) for t in rows]


def test_the_name_decides() -> None:
    assert read_bytes(b"# a", "plan.txt").text == "# a"
    assert read_bytes(b"# a", "plan.MD").text == "a\n"


@pytest.mark.parametrize("data", [b"---\nx: y\n---\n", b"<!-- -->\n", b"\xff\xfe"])
def test_a_file_without_text_says_so(data: bytes) -> None:
    with pytest.raises(ReadError):
        read_bytes(data, "plan.md")
