"""The rows of a plan do not depend on the envelope that it comes in."""

from __future__ import annotations

import io
import re
import unicodedata
from functools import cache
from pathlib import Path

import docx
import pytest
from legacy_text import to_tcvn3, to_vni
from same_rows import said
from web_pages import plan_as_divs, plan_as_page
from word_files import plan_as_word, saved

from extractor.model import Extraction
from extractor.pipeline import extract, extract_source
from extractor.reading import read_bytes

ROOT = Path(__file__).parent.parent
CORPUS = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
OWN = sorted((ROOT / "corpus").glob("own*/documents/*.txt"))
# Where a plain text breaks its lines is guessed, where Word or a page ends a paragraph is known, and emphasis marks stand in
# the words of one text: one row of a plan may be another.
ONE_ROW = 2
PLANS = pytest.mark.parametrize("path", [*CORPUS, *OWN], ids=lambda p: p.stem)


@cache
def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")


@cache
def plain(path: Path) -> Extraction:
    return extract(text_of(path), name=path.name)


@PLANS
def test_decomposed_letters_give_the_same_rows(path: Path) -> None:
    form = "NFC" if not unicodedata.is_normalized("NFC", text_of(path)) else "NFD"
    other = extract(unicodedata.normalize(form, text_of(path)))  # type: ignore[arg-type]
    assert said(other) == said(plain(path))


def differences(path: Path, other: Extraction) -> list[tuple[str, object]]:
    """Rows that only one of the two readings has; emphasis marks of the text alone are no difference."""
    mine, theirs = said(plain(path)), said(other)
    return [
        (table, row)
        for table in mine
        for row in {*mine[table], *theirs[table]}
        if (row in mine[table]) != (row in theirs[table]) and not any("*" in str(v) or "|" in str(v) for v in row)
    ]


def read_as(data: bytes, name: str) -> Extraction:
    source = read_bytes(data, name)
    assert source.reading.spots
    return extract_source(source)


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_the_corpus_in_word_gives_all_its_rows(path: Path) -> None:
    assert said(read_as(plan_as_word(text_of(path)), "plan.docx")) == said(plain(path))


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_the_corpus_on_a_portals_page_gives_all_its_rows(path: Path) -> None:
    assert said(read_as(plan_as_page(text_of(path)), "plan.html")) == said(plain(path))


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.stem)
def test_other_plans_in_word_give_their_rows(path: Path) -> None:
    found = differences(path, read_as(plan_as_word(text_of(path)), "plan.docx"))
    assert len(found) <= ONE_ROW


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.stem)
def test_other_plans_on_a_portals_page_give_their_rows(path: Path) -> None:
    found = differences(path, read_as(plan_as_page(text_of(path)), "plan.html"))
    assert len(found) <= ONE_ROW


HEADLESS = """{head}

I. KẾT QUẢ NĂM 2025
Năm 2025, phường tiếp nhận 24.560 hồ sơ, trong đó trực tuyến 21.870 hồ sơ; giải quyết đúng hạn 99,4%, trễ hạn 147 hồ sơ.
Vẫn còn 02/58 tổ dân phố chưa có Tổ công nghệ số cộng đồng, tập trung ở vùng ven sông và khu tái định cư mới lập.
II. MỤC TIÊU NĂM 2026
1. Tối thiểu 95% hồ sơ được nộp trực tuyến; tỷ lệ đúng hạn đạt từ 99,5% trở lên.
2. Số hóa 100% kết quả giải quyết còn hiệu lực, hoàn thành trước 30/9/2026.
III. TỔ CHỨC THỰC HIỆN
1. Trung tâm Phục vụ hành chính công bố trí 12 quầy giao dịch và 03 ki-ốt tự phục vụ, vận hành từ ngày 01/3/2026.
2. Phòng Văn hóa - Xã hội chủ trì, Công an phường phối hợp mở 24 lớp kỹ năng số cho 1.800 người trong quý II/2026.
"""


@pytest.mark.parametrize(
    "head",
    [
        "Kế hoạch chuyển đổi số năm 2026\n(Kèm theo Quyết định số 77/QĐ-UBND ngày 15/01/2026 của UBND phường Hòa Khánh)",
        "TÓM TẮT ĐỀ ÁN\n“Chuyển đổi số giai đoạn 2026 - 2030”\n(Tài liệu Sở Nội vụ thành phố Đà Nẵng trình kỳ họp thứ 5)",
    ],
    ids=["attached", "submitted"],
)
def test_a_plan_without_a_letterhead_is_no_article_on_a_portals_page(head: str) -> None:
    text = HEADLESS.format(head=head)
    mine = said(extract(text))
    assert mine["documents"][0][0] in ("Kế hoạch", "Đề án")
    assert said(read_as(plan_as_page(text), "plan.html")) == mine


# A page of elements without names keeps no columns, neither of tabs and bars, nor those that are set with blanks or with
# one cell a line: its lines are put together as paragraphs.
_TABLE = re.compile(r"\t|\||\S {4,}\d|^S?TT$", re.MULTILINE)


@pytest.mark.parametrize("path", [p for p in (*CORPUS, *OWN) if not _TABLE.search(text_of(p))], ids=lambda p: p.stem)
def test_plans_on_a_page_of_unnamed_elements_give_their_rows(path: Path) -> None:
    assert len(differences(path, read_as(plan_as_divs(text_of(path)), "plan.html"))) <= ONE_ROW


def test_word_has_no_list_number_in_its_paragraphs() -> None:
    # else the parity of lists would be that of plain text
    (path,) = (p for p in CORPUS if p.name.startswith("003"))
    document = docx.Document(io.BytesIO(plan_as_word(text_of(path))))
    assert not [p.text for p in document.paragraphs if re.match(r"(?:[IVX]+|\d+)[.)] |- ", p.text)]
    numbered = [p for p in document.paragraphs if p._p.pPr is not None and p._p.pPr.numPr is not None]
    assert len(numbered) > 60


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
@pytest.mark.parametrize("font", [".VnTime", "VNI-Times"])
def test_word_in_an_old_font_gives_the_same_rows(path: Path, font: str) -> None:
    typed = {".VnTime": to_tcvn3, "VNI-Times": to_vni}[font]
    small = said(extract(text_of(path).lower()))
    document = docx.Document()
    for line in text_of(path).lower().split("\n"):
        document.add_paragraph().add_run(typed(line)).font.name = font
    read = read_as(saved(document), "plan.docx")
    # TCVN3 has no capitals with a tone, so that the plan in small letters is what both can hold
    assert said(read)["targets"] == small["targets"]
    assert said(read)["deadlines"] == small["deadlines"]
