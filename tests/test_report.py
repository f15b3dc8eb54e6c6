"""The report: one page that needs nothing, in a real browser; its figures are those of the rows, hostile text runs nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

pytest.importorskip("jinja2")
pytest.importorskip("playwright")

import review_stores
from axe_playwright_python.sync_playwright import Axe
from browser import chromium
from playwright.sync_api import Browser, Page

from extractor.paths import patterns_dir
from extractor.review import report
from extractor.review.decisions import Item, Reviews
from extractor.review.documents import details_of_all, document_json
from extractor.review.report import report_html

ATTACK = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"> \u202e\u2028<!-- <script>'
POVERTY = """ỦY BAN NHÂN DÂN
HUYỆN MƯỜNG CHÀ
Số: 45/KH-UBND
Mường Chà, ngày 01 tháng 3 năm 2022

KẾ HOẠCH
Giảm nghèo bền vững năm 2022

I. KẾT QUẢ NĂM 2021
- Tỷ lệ hộ nghèo năm 2021 là 31,5%; đã hỗ trợ 120 hộ vay vốn.

II. MỤC TIÊU
- Tỷ lệ hộ nghèo giảm còn 27%.
- Phấn đấu có 95% người dân tham gia bảo hiểm y tế; ước thu ngân sách đạt 45 tỷ đồng.
- Có 13/12 xã (75%) hoàn thành chỉ tiêu.

III. TỔ CHỨC THỰC HIỆN
- Sở Y tế chủ trì, phối hợp với Sở Tài chính rà soát thẻ bảo hiểm, hoàn thành trước ngày 30/6/2022.
- Sở Tài chính tham mưu UBND huyện phân bổ kinh phí trước ngày 30/6/2022; định kỳ hằng quý báo cáo.
- Sở Y tế chủ trì tập huấn cho trạm y tế, xong trong tháng 9/2022.
"""
HOSTILE = f"""KẾ HOẠCH
Giảm nghèo {ATTACK} năm 2023

- Sở Y tế {ATTACK} báo cáo trước ngày 30/11/2023.
- Phấn đấu có 12 xã đạt chuẩn 𝒳\u0323 nông thôn mới {ATTACK}.
"""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """A run of four files, some of its rows reviewed."""
    plans = {"ntm.txt": review_stores.PLAN, "nghèo/giam.txt": POVERTY, "x.txt": HOSTILE, "hỏng.pdf": b"%PDF-1.4 no"}
    out = review_stores.make_run(plans, tmp_path_factory.mktemp("report"))
    found = []
    with Reviews(out) as reviews:
        for doc_id in reviews.doc_ids():
            loaded = reviews.document(doc_id)
            assert loaded is not None
            rows = {table: list(loaded.rows[table].items()) for table in ("targets", "deadlines", "assignments")}
            items = []
            if loaded.extraction.document.source.endswith("giam.txt"):
                (first, _), (second, _), (third, cells), *_ = rows["targets"]
                items += [Item("targets", first, "accept"), Item("targets", second, "reject", reason=f"số cũ {ATTACK}")]
                items += [Item("targets", third, "correct", {"value": "26.5"})]
                items += [Item("deadlines", rows["deadlines"][0][0], "accept")]
                assert cells["value"] == "27"
            if items:
                reviews.decide(doc_id, items, f"Lan {ATTACK[:12]}")
            states = reviews.states(doc_id)
            made = document_json(loaded, states)
            made["details"] = details_of_all(loaded, states, reviews.log(doc_id))
            found.append(made)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Opened:
    """A page from a file, with all that went wrong in it."""

    def __init__(self, browser: Browser, html: str, folder: Path, **options: Any) -> None:
        path = folder / "report.html"
        path.write_text(html, encoding="utf-8", newline="")
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        self.page.goto(path.as_uri())

    def open(self, title: str) -> Any:
        """Open the document whose heading holds this."""
        found = self.page.locator("details.doc").filter(has=self.page.locator("summary", has_text=title))
        found.locator("> summary").click()
        return found

    def figures(self, chart: str) -> dict[str, list[int]]:
        """The chart's table: label → numbers."""
        self.page.locator(f"#{chart} .figures > summary").click()
        found = {}
        for row in self.page.locator(f"#{chart} tbody tr").all():
            numbers = [int(cell.replace(".", "")) for cell in row.locator("td").all_inner_texts()]
            found[row.locator("th").inner_text()] = numbers
        return found


@pytest.fixture
def opened(browser: Browser, documents: list[dict[str, Any]], tmp_path: Path) -> Iterator[Opened]:
    html = report_html(documents, title="Đợt tháng 3", made_at="2026-11-22T04:26:00Z")
    made = Opened(browser, html, tmp_path, viewport={"width": 1440, "height": 900})
    yield made
    made.context.close()


def standing(documents: list[dict[str, Any]], table: str = "") -> list[dict[str, Any]]:
    rows = [row for document in documents for row in document["rows"] if table in ("", row["table"])]
    return [row for row in rows if (row["state"] or {}).get("verdict") != "reject"]


def test_the_head_says_how_much_there_is_and_what_is_reviewed(opened: Opened, documents: list[dict[str, Any]]) -> None:
    page = opened.page
    assert page.locator("h1").inner_text() == "Đợt tháng 3"
    assert "22/11/2026 04:26" in page.locator("header").inner_text()
    tiles = {tile.locator("dt").inner_text(): tile.locator("dd").inner_text() for tile in page.locator(".tile").all()}
    rows = [row for document in documents for row in document["rows"]]
    assert tiles == {
        "Văn bản": "4",
        "Chỉ tiêu và số liệu": str(len(standing(documents, "targets"))),
        "Thời hạn": str(len(standing(documents, "deadlines"))),
        "Phân công": str(len(standing(documents, "assignments"))),
        "Địa danh": str(len(standing(documents, "places"))),
        "Đã soát": f"{400 / len(rows):.0f}%",
    }
    head = page.locator("header").inner_text()
    assert f"Đã soát: 4 trên {len(rows)} dòng (Chấp nhận 2, Đã sửa 1, Từ chối 1). 1 dòng bị từ chối" in head
    assert "1 văn bản không đọc được hoặc chỉ đọc được một phần." in head
    assert "3 trên 4 văn bản (tối đa 20 MB)" in head


def test_the_charts_count_the_rows(opened: Opened, documents: list[dict[str, Any]]) -> None:
    targets = standing(documents, "targets")
    words = {"target": "Chỉ tiêu", "result": "Kết quả", "estimate": "Ước đạt", "criterion": "Tiêu chí, điều kiện"}
    statuses = Counter(words[row["cells"]["status"]] for row in targets)
    assert opened.figures("by_status") == {status: [count] for status, count in statuses.items()}
    assert len(statuses) >= 3

    by_group = opened.figures("by_group")
    groups = {"P": "Giảm nghèo", "N": "Xây dựng nông thôn mới", "Y": "Y tế, bảo hiểm"}
    for letter, name in groups.items():
        of = Counter(row["cells"]["status"] for row in targets if row["cells"].get("indicator_code", "")[:1] == letter)
        assert by_group[name] == [*(of[status] for status in words), of.total()] and of.total()
    assert sum(numbers[-1] for numbers in by_group.values()) == len(targets)

    deadlines = standing(documents, "deadlines")
    months = Counter(row["cells"].get("due_date", "")[:7] for row in deadlines)
    by_month = opened.figures("by_month")
    assert by_month["Tháng 6/2022"] == [months["2022-06"]] == [2]
    assert by_month["Định kỳ, không có ngày cụ thể"] == [months[""]] == [1]
    assert sum(numbers[0] for numbers in by_month.values()) == len(deadlines)
    # One block in the drawing for each deadline that has a day.
    assert opened.page.locator("#by_month rect.deadlines").count() == len(deadlines) - 1
    assert opened.page.locator("#by_month svg text.number").all_text_contents() == ["2021", "2022", "2023"]

    assignments = standing(documents, "assignments")
    of = Counter(row["cells"]["role"] for row in assignments if row["cells"].get("organization") == "Sở Y tế")
    by_assignee = opened.figures("by_assignee")
    assert by_assignee["Sở Y tế"] == [of["lead"], of["support"], of.total() - of["lead"] - of["support"], of.total()]
    assert of["lead"] == 2 and next(iter(by_assignee)) == "Sở Y tế"
    assert sum(numbers[-1] for numbers in by_assignee.values()) == len(assignments)

    flags = Counter(flag for row in standing(documents) for flag in row["cells"].get("flags", "").split(";") if flag)
    flag_words = {code: text["vi"] for code, text in documents[0]["flags"].items()}
    assert opened.figures("by_flag") == {flag_words[code]: [count] for code, count in flags.items()}
    assert "percent_mismatch" in flags


def test_every_row_stands_in_its_table(opened: Opened, documents: list[dict[str, Any]]) -> None:
    opened.open("Giảm nghèo bền vững")
    page = opened.page
    plan = next(document for document in documents if "Mường Chà" in document["text"])
    shown = page.locator("details.doc[open] table.rows .says")
    assert Counter(shown.all_text_contents()) == Counter(row["sentence"]["vi"] for row in plan["rows"])
    assert page.locator("tr.v-reject").count() == 1
    assert page.locator("tr.v-reject del").inner_text().startswith("Trong năm 2021")
    assert "số cũ" in page.locator("tr.v-reject").inner_text()
    corrected = page.locator("tr.v-correct")
    assert "tỷ lệ hộ nghèo: 26,5%" in corrected.locator(".says").inner_text()
    assert corrected.locator(".change").first.inner_text() == "Giá trị: 27 → 26,5"
    assert page.locator("tr.v-accept .verdict").all_inner_texts()[0] == "Chấp nhận"
    assert "Lan" in page.locator("tr.v-accept").first.inner_text()
    assert not opened.wrong


def test_the_source_is_there_with_its_findings(opened: Opened, documents: list[dict[str, Any]]) -> None:
    assert opened.page.locator(".view .chitieu").count() == 0  # nothing is made of it before it is opened
    document = opened.open("Giảm nghèo bền vững")
    plan = next(document for document in documents if "Mường Chà" in document["text"])
    view = document.locator(".view")
    assert view.locator(".card").count() == len(plan["rows"]) + 1
    marked = " ".join(view.locator("mark.m.targets").all_inner_texts())
    assert "27" in marked and "95" in marked
    assert not opened.wrong


def test_keys_work_in_the_view_they_are_pressed_in(opened: Opened) -> None:
    page = opened.page
    first, second = opened.open("Giảm nghèo bền vững"), opened.open("Xây dựng nông thôn mới")
    selected = [view.locator(".card.on").get_attribute("id") for view in (first, second)]
    first.locator(".view .list").focus()
    page.keyboard.press("j")
    after = [view.locator(".card.on").get_attribute("id") for view in (first, second)]
    assert after[0] != selected[0] and after[1] == selected[1]
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.keyboard.press("ArrowDown")
    # Playwright's own waiting needs `eval`, which the page's policy forbids.
    assert any(page.wait_for_timeout(50) or page.evaluate("scrollY > 0") for _ in range(60))


def test_hostile_text_runs_nothing_and_asks_for_nothing(opened: Opened) -> None:
    page = opened.page
    assert page.locator("details.doc").count() == 4
    for document in page.locator("details.doc").all():
        document.locator("> summary").click()
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, iframe, object, embed, link, base").count() == 0
    assert page.locator("script").count() == 1 + 3 + 2  # what is shared, three documents, the two scripts of the page
    in_tables = page.locator("header, figure, details.doc > summary, details.doc table").all_text_contents()
    assert "onerror" in " ".join(in_tables)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", " ".join(in_tables))
    assert opened.asked == [page.url]
    assert not opened.wrong


def test_the_policy_is_in_force(opened: Opened) -> None:
    broken = opened.page.evaluate(
        """async () => {
          const broken = [];
          document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.hacked = 3";
          document.body.append(script);
          const image = new Image();
          image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
          const style = document.createElement("p");
          style.setAttribute("style", "color: red");
          await new Promise((done) => setTimeout(done, 200));
          return [broken.sort(), window.hacked ?? null];
        }"""
    )
    assert broken == [["img-src", "script-src-elem", "style-src-attr"], None]


def test_it_reads_without_scripts(browser: Browser, documents: list[dict[str, Any]], tmp_path: Path) -> None:
    opened = Opened(browser, report_html(documents), tmp_path, java_script_enabled=False)
    document = opened.open("Xây dựng nông thôn mới")
    assert document.locator("table.rows .says").first.is_visible()
    assert opened.page.locator("#find").is_hidden()
    assert opened.page.locator("#by_status svg").is_visible()
    opened.context.close()


def test_documents_are_found_by_words_without_accents(opened: Opened) -> None:
    page = opened.page
    page.locator("#find").fill("giam ngheo muong cha")
    assert page.locator("details.doc:visible").count() == 1
    assert page.locator("#found").inner_text() == "1 văn bản"
    page.locator("#find").fill("hong.pdf")
    assert "Không đọc được" in page.locator("details.doc:visible summary").inner_text()
    page.locator("#find").fill("")
    assert page.locator("details.doc:visible").count() == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_axe_finds_nothing_serious(
    browser: Browser, documents: list[dict[str, Any]], tmp_path: Path, lang: str, scheme: str
) -> None:
    size = {"width": 1440, "height": 900} if lang == "vi" else {"width": 390, "height": 844}
    opened = Opened(browser, report_html(documents, lang), tmp_path, viewport=size, color_scheme=scheme)
    opened.open("Giảm nghèo bền vững")
    opened.figures("by_group")
    assert opened.page.locator("html").get_attribute("lang") == lang
    found = Axe().run(opened.page).response["violations"]
    serious = {
        one["id"]: [node["html"] for node in one["nodes"]] for one in found if one["impact"] in ("serious", "critical")
    }
    assert serious == {}
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert not opened.wrong
    opened.context.close()


def test_sources_beyond_the_limit_are_left_out_and_the_page_says_so(documents: list[dict[str, Any]]) -> None:
    def sources(html: str) -> list[dict[str, Any]]:
        found = re.findall(r'<script type="application/json" id="data-[0-9a-f]+">(.*?)</script>', html, re.DOTALL)
        return [json.loads(text) for text in found]

    full = sources(report_html(documents))
    assert [one["text"] for one in full] == [document["text"] for document in documents if document["text"]]
    assert [len(one["rows"]) for one in full] == [len(document["rows"]) for document in documents if document["text"]]
    sizes = [len(report._json(report._viewed(document, "vi")).encode()) for document in documents if document["text"]]
    limited = report_html(documents, limit=sizes[0])
    assert [one["text"] for one in sources(limited)] == [full[0]["text"]]
    assert limited.count("Văn bản gốc không kèm theo trang này") == 2
    assert "Văn bản gốc kèm theo: 1 trên 4 văn bản" in limited
    assert sources(report_html(documents, limit=0)) == []


def test_drawings_of_many_and_of_strange_rows_are_sound() -> None:
    days = [f"{year}-12-31" for year in range(2001, 2021)] + ["2021-03-31"] * 300 + ["2022-13-01", "tháng 5", ""]
    deadlines = [
        {"table": "deadlines", "start": 0, "end": 1, "cells": {"kind": "by", "due_date": day}, "state": None}
        for day in days
    ]
    assignments = [
        {"table": "assignments", "start": 0, "end": 1, "cells": {"organization": name, "role": "lead"}, "state": None}
        for name in [ATTACK * 5, "Sở Y tế", "sở Y tế", *(f"Phòng {n}" for n in range(40))]
    ]
    said, groups = report._words("vi")
    made = {chart.key: chart for chart in report.charts([], [*deadlines, *assignments], "vi", said, groups)}
    by_month = made["by_month"]
    assert sum(int(row[1]) for row in by_month.rows) == len(deadlines)
    # Eleven years of one deadline and the one of 300 are drawn, nine are said.
    assert by_month.note == "Ngoài ra 9 thời hạn ở 9 năm khác (xem bảng). Không rõ ngày: 3."
    drawing = ElementTree.fromstring(by_month.svg)
    assert [text.text for text in drawing.iter("text") if text.get("class") == "number"][-1] == "2021"
    assert len([rect for rect in drawing.iter("rect") if rect.get("class") == "deadlines"]) == 12
    assert max(float(rect.get("height", "")) for rect in drawing.iter("rect")) <= 48
    by_assignee = made["by_assignee"]
    assert by_assignee.rows[0] == ("Sở Y tế", "2", "0", "0", "2")
    assert len(by_assignee.rows) == 15 and by_assignee.note == "15 nơi được giao nhiều nhất trong 42."
    words = "".join(text.text or "" for text in ElementTree.fromstring(by_assignee.svg).iter("text"))
    assert "Phòng 1" in words and "\u202e" not in words


def test_json_in_the_page_says_the_same_and_ends_nothing() -> None:
    value = {"a": "</script><!-- & \u2028\u2029 \x00\r\n 𝒳 \ud800 \u202e"}
    text = report._json(value)
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", text)
    assert json.loads(text) == value
    text.encode()


def test_two_reports_of_the_same_rows_are_the_same(documents: list[dict[str, Any]]) -> None:
    assert report_html(documents, "en") == report_html(json.loads(json.dumps(documents)), "en")


def test_a_report_of_nothing_is_a_page(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, report_html([]), tmp_path)
    assert opened.page.locator(".tile dd").all_inner_texts() == ["0", "0", "0", "0", "0", "–"]
    assert opened.page.locator(".chart p").all_inner_texts() == ["Không có dòng nào."] * 5
    assert not opened.wrong
    opened.context.close()


def test_every_letter_of_the_catalogue_has_a_programme_and_every_word_both_languages() -> None:
    entries = yaml.safe_load((patterns_dir() / "indicators.yaml").read_text(encoding="utf-8"))["entries"]
    letters = {entry["means"]["code"][0] for entry in entries}
    words = yaml.safe_load((report.HERE / "report.yaml").read_text(encoding="utf-8"))
    assert words["groups"].keys() == letters
    for part in words.values():
        for key, word in part.items():
            assert word.keys() == {"vi", "en"} and all(word.values()), key
            places = [re.findall(r"\{(\w+)\}", text) for text in word.values()]
            assert key == "month_of" or sorted(places[0]) == sorted(places[1]), key
    template = (report.HERE / "templates" / "report.html").read_text(encoding="utf-8")
    code = Path(report.__file__).read_text(encoding="utf-8")
    for key in words["words"]:
        assert (
            re.search(rf"t\.{key}\b", template)
            or f'"{key}"' in code
            or f'"{key}"' in template
            or key.startswith("look_")
        ), key
