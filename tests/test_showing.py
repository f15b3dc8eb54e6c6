"""Extractions in notebooks: everything found is marked, nothing that a document says is obeyed; the example notebook."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import notebooks
import pytest
from browser import browser
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from extractor import extract, extract_files
from extractor.explaining import STYLES, findings
from extractor.model import Batch, Deadline, Document, Extraction, Place

__all__ = ["browser"]

TAGS = {"div", "style", "table", "tr", "th", "td", "p", "mark", "pre", "b", "details", "summary"}
PLAN = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới (Phú Hữu). Giao Sở Y tế báo cáo trước 30/11/2023.\n"


class Shown(HTMLParser):
    """What a browser makes of the markup: the text of ``pre``, and for each table the texts of its marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.text = ""
        self.marked: dict[str, str] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append((tag, dict(attrs).get("title") or ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if "pre" not in tags or "b" in tags:
            return
        self.text += data
        for label in {title.split(" ")[0] for tag, title in self.open if tag == "mark"}:
            self.marked[label] = self.marked.get(label, "") + data


def test_every_finding_is_marked_with_its_quote() -> None:
    extraction = extract(PLAN)
    shown = Shown(extraction._repr_html_())
    assert shown.text == PLAN
    assert shown.marked == {f.label: f.row.quote for f in findings(extraction)}
    assert {label[0] for label in shown.marked} == {letter for letter, _ in STYLES.values()}


def test_corpus_document_is_shown_whole() -> None:
    path = next(iter(sorted((notebooks.EXAMPLE.parent.parent / "corpus" / "documents").glob("*.txt"))))
    extraction = extract(path.read_text(encoding="utf-8"))
    shown = Shown(extraction._repr_html_())
    assert shown.text == extraction.text
    assert shown.marked == {f.label: f.row.quote for f in findings(extraction)}


def overlapping(text: str, *spans: tuple[int, int]) -> Extraction:
    def deadline(number: int, start: int, end: int) -> Deadline:
        return Deadline(
            f"d{number}", "x", "", start, end, text[start:end], "by", "by", None, None, "", "", "", (), "rule", 1.0
        )

    rows = tuple(deadline(number, *span) for number, span in enumerate(spans))
    return Extraction(Document("x", "plan.txt", "", "txt", "ok"), text, deadlines=rows)


def test_overlapping_findings_are_both_marked() -> None:
    text = "một hai ba bốn năm"
    spans = [(0, 11), (4, 14), (8, 11), (4, 18)]
    shown = Shown(overlapping(text, *spans)._repr_html_())
    assert shown.text == text
    assert sorted(shown.marked.values()) == sorted(text[start:end] for start, end in spans)


HOSTILE = (
    '<script>alert(1)</script> & "04 xã" \' <img src=x onerror=alert(1)> </pre></div><style>*{display:none}</style>'
)


@pytest.mark.parametrize("field", ["text", "name", "quote", "cell"])
def test_hostile_text_is_escaped_wherever_it_stands(field: str) -> None:
    text = HOSTILE + " Phấn đấu 04 xã đạt chuẩn nông thôn mới."
    extraction = extract(text, name=HOSTILE if field == "name" else "plan.txt")
    if field in ("quote", "cell"):
        place = Place(
            "p", "x", "", 0, len(HOSTILE), HOSTILE, HOSTILE, "commune", HOSTILE, "", "", "", "", "", "", "", "", "exact",
            "", HOSTILE, "member", (), "r", 1.0,
        )  # fmt: skip
        extraction = Extraction(extraction.document, text, places=(place,))
    html = extraction._repr_html_()
    shown = Shown(html)
    assert shown.tags <= TAGS and shown.attributes <= {"class", "title"}
    assert shown.text == text
    assert html.count("<style>") == 1 and "<script" not in html and "<img" not in html


def test_unseen_and_turning_characters_are_shown() -> None:
    text = "a\x00b\x1b[31mc\u202ed\u2066e\ud800f\tg\r\nh"
    html = Extraction(extract("x").document, text)._repr_html_()
    html.encode("utf-8")
    assert Shown(html).text.startswith("a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\tg")


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_only_known_tags(text: str) -> None:
    html = Extraction(Document("x", text, "", "txt", "ok", title=text), text)._repr_html_()
    html.encode("utf-8")
    assert Shown(html).tags <= TAGS


def test_html_needs_nothing_from_elsewhere() -> None:
    html = extract(PLAN)._repr_html_()
    assert "//" not in html and "url(" not in html and "@import" not in html and "src=" not in html


def test_long_text_is_cut_and_says_so() -> None:
    html = overlapping("chữ " * 60_000, (0, 3), (239_990, 239_995))._repr_html_()
    assert "… 40000 more characters" in html
    assert "2 deadlines" in html


# --- many documents


def batch_of(*documents: Document) -> Batch:
    return Batch(tuple(Extraction(document) for document in documents))


def rows_shown(html: str) -> list[list[str]]:
    """The cells of the rows of a table without markup in its cells."""
    rows = re.findall("<tr>(.*?)</tr>", html, re.S)
    return [[unescape(cell) for cell in re.findall("<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)] for row in rows]


def test_batch_is_shown_as_a_table_of_its_documents(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(
        f"UBND TỈNH AN GIANG\nSố: 5/KH-UBND\nAn Giang, ngày 2 tháng 3 năm 2023\nKẾ HOẠCH\nVề y tế\n{PLAN}"
        "- Có 05 xã: Ba Chúc, Lương Phi đạt chuẩn.\n",
        encoding="utf-8",
    )
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 broken off")
    batch = extract_files([tmp_path])
    broken, plan = batch
    html = batch._repr_html_()
    head, first, second = rows_shown(html)
    assert head == [
        "file", "type", "number", "issuer", "date", "targets", "places", "deadlines", "assignments", "flags", "status"
    ]  # fmt: skip
    assert first == ["broken.docx", "failed: " + broken.document.warnings[0].removeprefix("broken.docx: ")]
    counts = [len(getattr(plan, name)) for name in STYLES]
    flagged = sum(bool(row.flags) for name in STYLES for row in getattr(plan, name))
    assert counts[0] and flagged
    of_document = ["plan.txt", "Kế hoạch", "5/KH-UBND", plan.document.issuer, "2023-03-02"]
    assert second == [*of_document, *map(str, counts), str(flagged), "ok"]
    assert f"2 documents, 1 ok, 1 failed: {counts[0]} targets" in html


def test_batch_of_nothing_is_shown() -> None:
    html = Batch(())._repr_html_()
    assert "0 documents: 0 targets" in html and len(rows_shown(html)) == 1


def test_partial_documents_say_why() -> None:
    html = batch_of(Document("x", "a.pdf", "", "pdf", "partial", ("page 3 is not read", "b")))._repr_html_()
    assert rows_shown(html)[1][-1] == "partial: page 3 is not read; b"


def test_long_batch_is_cut_and_shows_what_failed() -> None:
    documents = [Document(f"{n}", f"{n:03}.txt", "", "txt", "ok") for n in range(120)]
    documents[110] = replace(documents[110], status="failed", warnings=("110.txt: no letters",))
    html = batch_of(*documents)._repr_html_()
    assert [row[0] for row in rows_shown(html)[1:]] == [*(f"{n:03}.txt" for n in range(49)), "110.txt"]
    assert "120 documents, 119 ok, 1 failed" in html and "… and 70 more" in html
    assert "more</p>" not in batch_of(*documents[:50])._repr_html_()


@pytest.mark.parametrize("status", ["ok", "partial", "failed"])
@pytest.mark.parametrize("field", ["source", "doc_type", "number", "issuer", "warnings"])
def test_hostile_names_of_a_batch_are_escaped(field: str, status: str) -> None:
    hostile = HOSTILE + "\x00\u202e\ud800\n</td></tr></table>"
    value = (hostile,) if field == "warnings" else hostile
    document = replace(Document("x", "plan.txt", "", "txt", status), **{field: value})  # type: ignore[arg-type]
    html = batch_of(document)._repr_html_()
    html.encode("utf-8")
    shown = Shown(html)
    assert shown.tags <= TAGS and shown.attributes <= {"class", "colspan"}
    assert html.count("<style>") == 1 and "<script" not in html and "<img" not in html
    if (field, status) not in {("warnings", "ok"), ("doc_type", "failed"), ("number", "failed"), ("issuer", "failed")}:
        assert escape(HOSTILE) + "\ufffd\ufffd\ufffd\n" in html


def test_browser_shows_hostile_names_and_runs_nothing(browser: Browser) -> None:
    """In a page of its own, in light and in dark: all rows as text, no script, no request, nothing past the edge."""
    name = f"{HOSTILE}{'x' * 300}.txt"
    batch = batch_of(
        Document("a", name, "", "txt", "failed", (f"{name}: {HOSTILE}",)),
        Document("b", name, "", "txt", "ok", number="12/KH-UBND", issuer="Ủy ban nhân dân huyện", issued_on=date.max),
    )
    for scheme, background in (("light", "#fff"), ("dark", "#111")):
        page = browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 700})  # type: ignore[arg-type]
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))  # noqa: B023
        page.on("request", lambda request: asked.append(request.url))  # noqa: B023
        page.set_content(f'<body style="color-scheme:{scheme};background:{background}">{batch._repr_html_()}</body>')
        assert page.locator("td.source").all_text_contents() == [name, name]
        assert page.locator("td.failed").text_content() == f"failed: {HOSTILE}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 1100
        assert page.locator("script, img").count() == 0 and asked == []
        page.close()


# --- the example


def test_example_notebook_gives_what_it_shows() -> None:
    shown = json.loads(notebooks.EXAMPLE.read_text(encoding="utf-8"))
    for cell, now in zip(shown["cells"], notebooks.run(shown)["cells"], strict=True):
        for output, fresh in zip(cell.get("outputs", []), now.get("outputs", []), strict=True):
            if "dataframe" in str(fresh):  # how pandas draws a frame in HTML is its own affair
                fresh["data"]["text/html"] = output["data"]["text/html"]
            assert output == fresh, "python tests/notebooks.py writes it anew"


def test_example_notebook_is_one_that_jupyter_reads() -> None:
    notebook = json.loads(notebooks.EXAMPLE.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        assert {"id", "cell_type", "metadata", "source"} <= set(cell)
        assert cell["cell_type"] == "markdown" or {"outputs", "execution_count"} <= set(cell)


def test_example_is_where_the_documentation_says() -> None:
    root = Path(notebooks.EXAMPLE).parent.parent
    assert "docs/example.ipynb" in (root / "README.md").read_text(encoding="utf-8")
