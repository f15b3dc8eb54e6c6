"""Tables with a bar alone in the line between two cells."""

from __future__ import annotations

from extractor import extract
from extractor.text.barred import with_bars

HEAD = ("TT", "Chỉ tiêu", "ĐVT", "TH 2024", "KH 2025")


def barred(*rows: tuple[str, ...]) -> str:
    """Rows with each cell and each bar in a line of its own."""
    return "\n".join("|\n" + "".join(f"{cell}\n|\n" if cell else "|\n" for cell in row).rstrip("\n") for row in rows)


def test_each_row_is_one_line() -> None:
    text = barred(HEAD, ("1", "Lúa", "ha", "500", "520"), ("2", "Ngô", "ha", "80", "90"))
    lines = with_bars(text).split("\n")
    assert len(with_bars(text)) == len(text)
    assert lines == ["| TT | Chỉ tiêu | ĐVT | TH 2024 | KH 2025 |", "| 1 | Lúa | ha | 500 | 520 |",
                     "| 2 | Ngô | ha | 80 | 90 |"]  # fmt: skip


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    text = barred(HEAD, ("1", "Lúa", "ha", "", "520"), ("2", "Ngô", "ha", "80", "90"))
    rows = extract(f"KẾ HOẠCH\nSản xuất năm 2025\nI. CHỈ TIÊU\n{text}\n").targets
    assert [(str(t.value), t.indicator, t.status) for t in rows] == [
        ("520", "Lúa", "target"), ("80", "Ngô", "result"), ("90", "Ngô", "target"),
    ]  # fmt: skip


def test_bars_in_prose_are_left_alone() -> None:
    text = "Tin tức\n|\nVăn bản\n|\nLiên hệ\n\nỦy ban nhân dân xã họp."
    assert with_bars(text) == text


def test_a_second_row_of_a_head_goes_below_the_merged_cells() -> None:
    """A web page's merged cells stand once: the cells of the row below are fewer."""
    text = barred(
        ("TT", "Xã", "Tỷ lệ vốn đối ứng (%)", "Ghi chú"), ("Tỉnh", "Xã"),
        ("1", "Hòa Sơn", "80", "20", "xã nghèo"), ("2", "Bình An", "60", "40", "x"),
    )  # fmt: skip
    rows = extract(f"KẾ HOẠCH\nGiảm nghèo năm 2025\nI. CHỈ TIÊU\n{text}\n").targets
    assert [(str(t.value), t.unit, t.indicator) for t in rows] == [
        (value, "%", "Tỷ lệ vốn đối ứng") for value in ("80", "20", "60", "40")
    ]
