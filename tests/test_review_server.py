"""The data behind the reviewers' page: asked for and sent as the page does."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from review_stores import PLAN, make_run
from starlette.datastructures import QueryParams

from extractor.review.decisions import Item, Reviews
from extractor.review.listing import Filters, listed
from extractor.review.page_images import PageImages
from extractor.review.server import Settings, application

HOST = "http://127.0.0.1:8765"


class Page:
    """A browser without a screen: keeps the cookie, sends the token."""

    def __init__(self, reviews: Reviews, **settings: Any) -> None:
        self.app = application(reviews, Settings("127.0.0.1", 8765, "secret", **settings), PageImages())
        self.cookies = httpx.Cookies()
        self.csrf = ""
        self.get("/?token=secret")
        self.csrf = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/").text)[1]

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url=HOST, cookies=self.cookies) as client:
                response = await client.request(method, path, **given)
                self.cookies.update(client.cookies)
                return response

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        return self._send("GET", path)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        headers = {"origin": HOST, "x-csrf-token": self.csrf, "content-type": "application/json", **headers}
        return self._send("POST", path, content=json.dumps(body), headers=headers)


@pytest.fixture
def reviews(tmp_path: Path) -> Iterator[Reviews]:
    plans = {"kế hoạch.txt": PLAN, "huyen/khac.txt": PLAN.replace("15/KH-UBND", "16/KH-UBND"), "hong.docx": b"PK\3\4"}
    with Reviews(make_run(plans, tmp_path)) as opened:
        yield opened


@pytest.fixture
def page(reviews: Reviews) -> Page:
    return Page(reviews)


@pytest.fixture
def doc_id(reviews: Reviews) -> str:
    return next(row[0] for row in reviews.all("SELECT doc_id FROM documents WHERE source = 'kế hoạch.txt'"))


@pytest.fixture
def act(page: Page, doc_id: str) -> Callable[..., Any]:
    def send(action: str, status: int = 200, **body: Any) -> Any:
        answer = page.post(f"/api/doc/{doc_id}/{action}", {"reviewer": "An", **body})
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


def rows(page: Page, doc_id: str, table: str = "targets") -> list[dict[str, Any]]:
    return [row for row in page.get(f"/api/doc/{doc_id}").json()["rows"] if row["table"] == table]


def test_a_document_comes_with_everything_that_is_shown_of_it(page: Page, doc_id: str) -> None:
    found = page.get(f"/api/doc/{doc_id}").json()
    assert found["text"] == PLAN and found["doc"]["cells"]["number"] == "15/KH-UBND"
    assert [row["cells"]["quote"] for row in found["rows"]] == [
        PLAN[row["start"] : row["end"]] for row in found["rows"]
    ]
    assert {row["table"] for row in found["rows"]} == {"targets", "places", "deadlines", "assignments"}
    assert all(row["sentence"]["vi"] and row["state"] is None and row["machine"] for row in found["rows"])
    first = next(row for row in found["rows"] if row["table"] == "targets")
    assert "Cẩm Mỹ, Cẩm Quan" in first["sentence"]["vi"]
    sections = {section["id"]: section for section in found["sections"]}
    assert sections[first["section"]]["heading"].startswith("Phấn đấu")


def test_a_document_that_could_not_be_read_is_shown_with_the_reason(page: Page, reviews: Reviews) -> None:
    failed = next(row[0] for row in reviews.all("SELECT doc_id FROM documents WHERE status = 'failed'"))
    found = page.get(f"/api/doc/{failed}").json()
    assert found["text"] == "" and "hong.docx" in found["doc"]["cells"]["warnings"]
    assert page.get(f"/doc/{failed}").status_code == 200


def test_the_reasons_of_a_row_are_given_when_asked_for(page: Page, doc_id: str) -> None:
    row = rows(page, doc_id)[0]
    found = page.get(f"/api/doc/{doc_id}/row/{row['id']}").json()
    assert found["rule"] == "number.digits" and found["log"] == []
    assert any(e["kind"] == "cue" and PLAN[e["start"] :].startswith("Phấn đấu") for e in found["evidence"])
    assert found["section"][0].startswith("I. MỤC TIÊU")
    assert page.get(f"/api/doc/{doc_id}/row/nowhere").status_code == 404


def test_a_decision_comes_back_with_the_row_as_it_is_now(page: Page, doc_id: str, act: Callable[..., Any]) -> None:
    row = rows(page, doc_id)[1]
    item = {"table": "targets", "row_id": row["id"], "verdict": "correct", "changes": {"value": "2,75"}, "base": ""}
    answer = act("decide", items=[item])
    (after,) = answer["rows"]
    assert after["cells"]["value"] == "2.75" and "2,75" in after["sentence"]["vi"]
    assert (after["state"]["verdict"], after["state"]["reviewer"], after["state"]["seen"]["value"]) == (
        "correct",
        "An",
        "2.5",
    )
    assert page.get(f"/api/doc/{doc_id}/changes?since={answer['seq'] - 1}").json()["rows"] == [after]
    assert page.get(f"/api/doc/{doc_id}/changes?since={answer['seq']}").json()["rows"] == []
    assert act("undo")["undone"] == 1 and rows(page, doc_id)[1]["state"] is None
    assert act("undo")["undone"] == 0


def test_a_value_that_is_none_is_told_in_both_languages_and_nothing_is_kept(
    page: Page, doc_id: str, act: Callable[..., Any]
) -> None:
    one, two, *_ = rows(page, doc_id)
    items = [
        {"table": "targets", "row_id": one["id"], "verdict": "accept"},
        {"table": "targets", "row_id": two["id"], "verdict": "correct", "changes": {"due_date": "31/02/2021"}},
    ]
    (error,) = act("decide", 422, items=items)["errors"]
    assert (error["row_id"], error["column"]) == (two["id"], "due_date") and error["vi"] and error["en"]
    assert all(row["state"] is None for row in rows(page, doc_id))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reviewer": "An"},
        {"reviewer": "", "items": []},
        {"reviewer": "An", "items": {}},
        {"reviewer": "An", "items": [{"table": "targets", "row_id": 3, "verdict": "accept"}]},
        {"reviewer": "An", "items": [{"table": "targets", "row_id": "x", "verdict": "sudo"}]},
        {"reviewer": "An", "items": [{"table": "targets", "row_id": "x", "verdict": "accept", "changes": {"a": 1}}]},
        {"reviewer": "\ud800", "items": []},
        {"reviewer": "An", "items": [None]},
        [],
    ],
)
def test_what_the_page_would_never_send_is_refused(page: Page, doc_id: str, body: Any) -> None:
    answer = page.post(f"/api/doc/{doc_id}/decide", body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["vi"]


@pytest.mark.parametrize("start,end", [(-1, 5), (5, 5), (0, 10**9), ("0", 5), (True, 5), (None, None)])
def test_offsets_out_of_the_text_are_refused(act: Callable[..., Any], start: Any, end: Any) -> None:
    assert act("propose", 422, table="targets", start=start, end=end)["errors"]


def test_a_row_is_proposed_from_words_and_added(page: Page, doc_id: str, act: Callable[..., Any]) -> None:
    start = PLAN.index("12 ha rừng")
    row = next(row for row in rows(page, doc_id) if row["start"] == start)
    base = act("decide", items=[{"table": "targets", "row_id": row["id"], "verdict": "reject"}])["rows"][0]["state"]
    assert base["verdict"] == "reject"
    cells = act("propose", table="targets", start=start, end=start + 19)["cells"]
    assert (cells["value"], cells["unit"]) == ("12", "ha")
    answer = act("decide", items=[{"table": "targets", "row_id": "", "verdict": "add", "changes": cells}])
    (added,) = answer["rows"]
    assert added["cells"]["quote"] == "12 ha rừng phòng hộ" and not added["machine"] and added["id"] != row["id"]


def test_a_row_is_split_and_joined(page: Page, doc_id: str, act: Callable[..., Any]) -> None:
    row = rows(page, doc_id, "assignments")[0]
    start = row["start"]
    answer = act("split", row_id=row["id"], base="", parts=[[start, start + 16], [start + 20, row["end"]]])
    assert [r["cells"]["quote"] for r in answer["rows"]] == ["Phòng Nông nghiệp", "PTNT"] or len(answer["rows"]) == 2
    ids = [r["id"] for r in answer["rows"]]
    bases = [r["state"]["review_id"] for r in answer["rows"]]
    joined = act("join", row_ids=ids, bases=bases)
    assert joined["rows"][0]["end"] == row["end"]
    assert act("join", 422, row_ids=ids[:1], bases=[])["errors"]


def test_two_reviewers_see_their_conflict(page: Page, doc_id: str, act: Callable[..., Any]) -> None:
    row = rows(page, doc_id)[0]["id"]
    act("decide", items=[{"table": "targets", "row_id": row, "verdict": "accept"}])
    (after,) = act("decide", reviewer="Bình", items=[{"table": "targets", "row_id": row, "verdict": "reject"}])["rows"]
    (rival,) = after["state"]["rivals"]
    assert (after["state"]["verdict"], rival["reviewer"], rival["verdict"]) == ("reject", "An", "accept")
    assert rival["cells"]["value"] == "3"
    assert "1" in page.get("/?state=conflict").text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["hong.docx", "huyen/khac.txt", "kế hoạch.txt"]),
        ("q=ke+hoach", ["huyen/khac.txt", "kế hoạch.txt"]),
        ("q=16/kh", ["huyen/khac.txt"]),
        ("status=failed", ["hong.docx"]),
        ("type=Kế+hoạch&from=2021-01-20&to=2021-01-20", ["huyen/khac.txt", "kế hoạch.txt"]),
        ("from=2021-01-21", []),
        ("flag=any", []),
        ("state=part", ["kế hoạch.txt"]),
        ("state=todo&type=Kế+hoạch", ["huyen/khac.txt", "kế hoạch.txt"]),
        ("state=nonsense&sort=nonsense&page=-3", ["hong.docx", "huyen/khac.txt", "kế hoạch.txt"]),
        ("q=%27+OR+1%3D1+--", []),
    ],
)
def test_the_list_is_searched_and_filtered(
    page: Page, reviews: Reviews, doc_id: str, act: Callable[..., Any], query: str, names: list[str]
) -> None:
    act("decide", items=[{"table": "targets", "row_id": rows(page, doc_id)[0]["id"], "verdict": "accept"}])
    found = listed(reviews, Filters.of(QueryParams(query)))
    assert sorted(d["source"] for d in found.documents) == names and found.total == len(names)
    assert page.get(f"/?{query}").status_code == 200


def test_completion_knows_the_documents_own_district(page: Page, doc_id: str) -> None:
    found = page.get(f"/api/complete?kind=place&q=cam+my&doc={doc_id}").json()
    assert found[0]["fill"]["name"] == "Cẩm Mỹ" and found[0]["fill"]["district"] == "Cẩm Xuyên"


@pytest.mark.parametrize(
    "path",
    [
        "/doc/../../etc/passwd",
        "/static/../decisions.py",
        "/static/..%2fdecisions.py",
        "/static/decisions.py",
        "/doc/0000000000000000",
        "/api/doc/0000000000000000",
        "/doc/x/page/1.png",
        "/nothing",
    ],
)
def test_what_is_not_there_is_not_found(page: Page, path: str) -> None:
    assert page.get(path).status_code == 404


def test_without_the_link_there_is_nothing(page: Page, doc_id: str) -> None:
    page.cookies = httpx.Cookies()
    for path in ("/", f"/doc/{doc_id}", f"/api/doc/{doc_id}", "/static/view.js", "/again"):
        answer = page.get(path)
        assert answer.status_code == 403 and "KH-UBND" not in answer.text
    assert page.post(f"/api/doc/{doc_id}/undo", {"reviewer": "An"}).status_code == 403


def test_what_cannot_be_placed_any_more_is_listed_and_let_go_of(tmp_path: Path) -> None:
    out = make_run({"a.txt": PLAN}, tmp_path)
    with Reviews(out) as reviews:
        row = rows(Page(reviews), old := reviews.doc_ids()[0])[3]
        reviews.decide(old, [Item("targets", row["id"], "accept")], "An")
    make_run({"a.txt": PLAN.replace("Trồng mới 12 ha rừng phòng hộ", "Trồng cây")}, tmp_path)
    with Reviews(out) as reviews:
        reviews.carry_over()
        page = Page(reviews)
        assert "12 ha rừng phòng hộ" in page.get("/again").text and f'data-row="{row["id"]}"' in page.get("/again").text
        gone = {"doc_id": old, "table": "targets", "row_id": row["id"], "reviewer": "An"}
        assert page.post("/api/dismiss", gone).json() == {"dismissed": True}
        assert page.post("/api/dismiss", gone).json() == {"dismissed": False}
        assert "12 ha rừng phòng hộ" not in page.get("/again").text
