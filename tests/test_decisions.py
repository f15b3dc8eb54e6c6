"""What reviewers decide is kept, whatever becomes of rules, readers and files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_stores import PLAN, make_run

from extractor.model import Extraction, Reading, Source
from extractor.pipeline import extract_source
from extractor.review.anchoring import anchored, place_of
from extractor.review.cells import rows_of_table
from extractor.review.decisions import Item, ReviewError, Reviews
from extractor.running import batch
from extractor.running.batch import Settings
from extractor.running.fingerprint import versions
from extractor.running.inputs import expand
from extractor.running.work import Here

AN, BINH = "An", "Bình"
OTHER_RULES = replace(versions(None), patterns="other rules")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return make_run({"ke-hoach.txt": PLAN}, tmp_path)


@pytest.fixture
def reviews(out: Path) -> Iterator[Reviews]:
    with Reviews(out) as opened:
        yield opened


def ids(reviews: Reviews, table: str = "targets") -> list[str]:
    loaded = reviews.document(reviews.doc_ids()[0])
    assert loaded is not None
    return list(loaded.rows[table])


def newest(reviews: Reviews, row: str) -> str:
    log = reviews.log(reviews.doc_ids()[0], row)
    return log[-1].review_id if log else ""


def decide(
    reviews: Reviews, row: str, verdict: str, changes: dict[str, str] | None = None, who: str = AN, **given: str
) -> str:
    item = Item(given.pop("table", "targets"), row, verdict, changes or {}, **({"base": newest(reviews, row)} | given))
    changed = reviews.decide(reviews.doc_ids()[0], [item], who)
    return changed.rows[0][1]


def view(reviews: Reviews, table: str, *columns: str) -> list[tuple[object, ...]]:
    names = ", ".join(f'"{column}"' for column in columns)
    return [tuple(row) for row in reviews.all(f'SELECT {names} FROM reviewed_{table} ORDER BY "start"')]


def values(reviews: Reviews) -> list[tuple[object, ...]]:
    return view(reviews, "targets", "value", "review_verdict")


def state(reviews: Reviews, row: str, table: str = "targets"):
    return reviews.states(reviews.doc_ids()[0])[table, row]


def test_a_row_is_accepted_corrected_rejected_and_reopened(reviews: Reviews) -> None:
    one, two, three, _ = ids(reviews)
    decide(reviews, one, "accept")
    decide(reviews, two, "correct", {"value": "2,6", "due_date": "30/6/2021"})
    decide(reviews, three, "reject", reason="trùng")
    assert values(reviews) == [(3.0, "accept"), (2.6, "correct"), (12.0, None)]
    assert view(reviews, "targets", "due_date")[1] == ("2021-06-30",)
    assert view(reviews, "targets", "confidence")[0] == (1.0,)
    decide(reviews, three, "reopen")
    assert values(reviews)[2] == (52.0, None)
    assert [d.verdict for d in reviews.log(reviews.doc_ids()[0])] == ["accept", "correct", "reject", "reopen"]
    changes = state(reviews, two).decision.changes
    assert changes == {"value": "2.6", "value_base": "2.6", "due_date": "2021-06-30"}


def test_accepting_a_corrected_row_keeps_the_correction(reviews: Reviews) -> None:
    row = ids(reviews)[1]
    decide(reviews, row, "correct", {"value": "2.6"})
    decide(reviews, row, "accept", who=BINH)
    assert values(reviews)[1] == (2.6, "correct") and state(reviews, row).decision.reviewer == BINH


def test_a_row_is_added_and_taken_away_again(reviews: Reviews) -> None:
    text = reviews.document(reviews.doc_ids()[0]).text
    start = text.index("tiêu chí giao thông")
    cells = {"start": str(start), "end": str(start + 8), "assignee_type": "organization", "role": "lead"}
    row = decide(reviews, "", "add", cells, table="assignments")
    assert row == f"{reviews.doc_ids()[0]}-a{start}"
    assert ("tiêu chí", "add") in view(reviews, "assignments", "quote", "review_verdict")
    assert reviews.undo(reviews.doc_ids()[0], AN).rows == (("assignments", row),)
    assert ("tiêu chí", "add") not in view(reviews, "assignments", "quote", "review_verdict")


def test_references_to_rejected_rows_are_empty(reviews: Reviews) -> None:
    decide(reviews, ids(reviews)[0], "reject")
    assert view(reviews, "places", "target_id") == [(None,)] * 3
    document = reviews.reviewed(reviews.doc_ids()[0])
    assert [place.target_id for place in document.extraction.places] == ["", "", ""]
    rejected = next(row for row in ids(reviews, "deadlines") if row.endswith(str(PLAN.index("trước ngày 30/9"))))
    decide(reviews, rejected, "reject", table="deadlines")
    assert all(target.deadline_id != rejected for target in reviews.reviewed(reviews.doc_ids()[0]).extraction.targets)


def test_the_view_and_the_records_say_the_same(reviews: Reviews) -> None:
    one, two, *_ = ids(reviews)
    decide(reviews, one, "correct", {"unit": "xã, thị trấn"})
    decide(reviews, two, "reject")
    extraction = reviews.reviewed(reviews.doc_ids()[0]).extraction
    assert [(t.target_id, float(t.value), t.unit, t.confidence) for t in extraction.targets] == view(
        reviews, "targets", "target_id", "value", "unit", "confidence"
    )


def test_the_documents_own_row_is_corrected(reviews: Reviews) -> None:
    doc_id = reviews.doc_ids()[0]
    reviews.decide(doc_id, [Item("documents", doc_id, "correct", {"number": "16/KH-UBND"})], AN)
    assert [tuple(row) for row in reviews.all("SELECT number, review_verdict FROM reviewed_documents")] == [
        ("16/KH-UBND", "correct")
    ]
    assert reviews.reviewed(doc_id).extraction.document.number == "16/KH-UBND"


@pytest.mark.parametrize(
    "item",
    [
        Item("targets", "nowhere", "accept"),
        Item("nothing", "nowhere", "accept"),
        Item("targets", "", "add", {"start": "0", "end": "0"}),
    ],
)
def test_what_is_not_valid_is_refused_with_all_that_came_with_it(reviews: Reviews, item: Item) -> None:
    row = ids(reviews)[0]
    with pytest.raises(ReviewError):
        reviews.decide(reviews.doc_ids()[0], [Item("targets", row, "accept"), item], AN)
    assert reviews.log(reviews.doc_ids()[0]) == []


def test_the_log_only_grows(reviews: Reviews, out: Path) -> None:
    decide(reviews, ids(reviews)[0], "accept")
    database = sqlite3.connect(out / "chitieu.sqlite")
    for statement in ("DELETE FROM reviews", "UPDATE reviews SET verdict = 'reject'"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            database.execute(statement)
    database.close()


# --- taking back


def test_undo_takes_back_one_go_after_the_other(reviews: Reviews) -> None:
    doc_id, (one, two, *_) = reviews.doc_ids()[0], ids(reviews)
    decide(reviews, one, "accept")
    decide(reviews, one, "correct", {"value": "4"})
    reviews.decide(
        doc_id, [Item("targets", two, "reject"), Item("targets", one, "reject", base=newest(reviews, one))], AN
    )
    assert [value for value, _ in values(reviews)] == [52.0, 12.0]
    reviews.undo(doc_id, AN)
    assert values(reviews)[:2] == [(4.0, "correct"), (2.5, None)]
    reviews.undo(doc_id, AN)
    assert values(reviews)[0] == (3.0, "accept")
    reviews.undo(doc_id, AN)
    assert values(reviews)[0] == (3.0, None)
    assert reviews.undo(doc_id, AN).rows == ()


def test_undo_leaves_what_others_decided_since(reviews: Reviews) -> None:
    doc_id, (one, two, *_) = reviews.doc_ids()[0], ids(reviews)
    reviews.decide(doc_id, [Item("targets", one, "reject"), Item("targets", two, "reject")], AN)
    decide(reviews, one, "accept", who=BINH)
    changed = reviews.undo(doc_id, AN)
    assert changed.rows == (("targets", two),) and changed.left == (one,)
    assert values(reviews)[:2] == [(3.0, "accept"), (2.5, None)]
    assert reviews.undo(doc_id, AN).rows == (), "what cannot be taken back stands in nobody's way"


# --- two reviewers


def test_two_decisions_without_knowing_of_each_other_are_a_conflict(reviews: Reviews, out: Path) -> None:
    row = ids(reviews)[0]
    with Reviews(out) as other:
        decide(reviews, row, "accept", base="")
        decide(other, row, "correct", {"value": "4"}, who=BINH, base="")
        for side in (reviews, other):
            found = state(side, row)
            assert (found.decision.reviewer, [r.reviewer for r in found.rivals]) == (BINH, [AN])
        assert values(reviews)[0] == (4.0, "correct")
        assert view(reviews, "targets", "review_conflict")[0] == (1,)
        decide(reviews, row, "accept", who=AN)  # knowing of both
        assert state(other, row).rivals == () and values(other)[0] == (4.0, "correct")


def test_two_reviewers_who_say_the_same_are_in_no_conflict(reviews: Reviews) -> None:
    row = ids(reviews)[0]
    decide(reviews, row, "correct", {"value": "4"}, base="")
    decide(reviews, row, "correct", {"value": "4,0"}, who=BINH, base="")
    assert state(reviews, row).rivals == ()


# --- splitting and joining


def test_a_row_is_split_in_two_and_the_two_are_joined(reviews: Reviews) -> None:
    doc_id, row = reviews.doc_ids()[0], ids(reviews, "places")[0]
    text = reviews.document(doc_id).text
    start = text.index("Cẩm Mỹ, Cẩm Quan")
    changed = reviews.split(doc_id, Item("places", row, "correct"), [(start, start + 3), (start + 4, start + 6)], AN)
    assert [quote for (quote,) in view(reviews, "places", "quote")][:2] == ["Cẩm", "Mỹ"]
    items = [Item(table, key, "correct", base=newest(reviews, key)) for table, key in changed.rows]
    reviews.join(doc_id, items, AN)
    assert [quote for (quote,) in view(reviews, "places", "quote")] == ["Cẩm Mỹ", "Cẩm Quan", "Cẩm Lộc"]
    reviews.undo(doc_id, AN)
    reviews.undo(doc_id, AN)
    assert reviews.states(doc_id) == {}


# --- when rules change


def rules(change: Callable[[Extraction], Extraction]) -> Callable[[Source], Extraction]:
    return lambda source: change(extract_source(source))


def longer(extraction: Extraction) -> Extraction:
    """Rules that begin every statement four characters earlier, and so give it another id."""
    moved = []
    for t in extraction.targets:
        start = t.start - 4
        moved.append(replace(t, start=start, quote=extraction.text[start : t.end], target_id=f"{t.doc_id}-t{start}"))
    old_to_new = {t.target_id: m.target_id for t, m in zip(extraction.targets, moved, strict=True)}
    places = tuple(replace(p, target_id=old_to_new.get(p.target_id, "")) for p in extraction.places)
    return replace(extraction, targets=tuple(moved), places=places)


def test_decisions_go_with_rows_whose_ids_change(tmp_path: Path, out: Path) -> None:
    with Reviews(out) as reviews:
        one, two, three, _ = ids(reviews)
        decide(reviews, one, "accept")
        decide(reviews, two, "correct", {"value": "2.6"})
        decide(reviews, three, "reject")
        decide(reviews, ids(reviews, "places")[0], "accept", table="places")
    make_run({}, tmp_path, rules(longer), OTHER_RULES)
    with Reviews(out) as reviews:
        assert reviews.carry_over().look == 0
        assert values(reviews) == [(3.0, "accept"), (2.6, "correct"), (12.0, None)]
        (first, *_) = view(reviews, "targets", "target_id")
        assert first[0] == f"{one[:16]}-t{int(one[18:]) - 4}", "the row has the id that the tables have now"
        assert view(reviews, "places", "target_id") == [first] * 3
        decide(reviews, one, "reject", who=BINH, base=newest(reviews, one))
        assert values(reviews)[0] == (2.6, "correct")


def test_a_row_that_rules_now_read_otherwise_is_to_be_looked_at_again(tmp_path: Path, out: Path) -> None:
    def other_year(extraction: Extraction) -> Extraction:
        return replace(extraction, targets=tuple(replace(t, indicator="xã", unit="thôn") for t in extraction.targets))

    with Reviews(out) as reviews:
        one, two, three, _ = ids(reviews)
        decide(reviews, one, "accept")
        decide(reviews, two, "correct", {"indicator": "xã", "unit": "thôn"})
        decide(reviews, three, "reject")
    make_run({}, tmp_path, rules(other_year), OTHER_RULES)
    with Reviews(out) as reviews:
        assert reviews.carry_over().look == 2
        assert [state(reviews, row).look for row in (one, two, three)] == ["changed", "", "changed"]
        assert view(reviews, "targets", "unit")[0] == ("xã",), "what a person confirmed stands"
        decide(reviews, one, "accept")  # as it is shown, which is as it was confirmed
        assert (state(reviews, one).look, view(reviews, "targets", "unit")[0]) == ("", ("xã",))


def test_a_row_that_rules_no_longer_find_stays_and_is_told(tmp_path: Path, out: Path) -> None:
    def nothing(extraction: Extraction) -> Extraction:
        return replace(extraction, targets=(), places=())

    with Reviews(out) as reviews:
        one, two, *_ = ids(reviews)
        decide(reviews, one, "accept")
        decide(reviews, two, "reject")
    make_run({}, tmp_path, rules(nothing), OTHER_RULES)
    with Reviews(out) as reviews:
        assert reviews.carry_over().look == 1 and state(reviews, one).look == "gone"
        assert values(reviews) == [(3.0, "accept")]
        decide(reviews, one, "accept")
        assert state(reviews, one).look == ""
    make_run({}, tmp_path)
    with Reviews(out) as reviews:
        reviews.carry_over()
        assert values(reviews) == [(3.0, "add"), (52.0, None), (12.0, None)], "found again, it is not there twice"


def test_a_row_that_was_added_is_not_there_twice_when_rules_find_it(tmp_path: Path) -> None:
    def without(extraction: Extraction) -> Extraction:
        return replace(extraction, targets=extraction.targets[1:], places=())

    out = make_run({"ke-hoach.txt": PLAN}, tmp_path, rules(without), OTHER_RULES)
    start = PLAN.index("03 xã đạt chuẩn nông thôn mới")
    with Reviews(out) as reviews:
        cells = {
            "start": str(start),
            "end": str(start + 5),
            "number_start": str(start),
            "number_end": str(start + 2),
            "value": "3",
            "comparator": "=",
            "unit": "xã",
            "status": "target",
            "indicator": "xã đạt chuẩn nông thôn mới",
        }
        decide(reviews, "", "add", cells)
    make_run({}, tmp_path)
    with Reviews(out) as reviews:
        reviews.carry_over()
        assert [value for value, _ in values(reviews)] == [3.0, 2.5, 52.0, 12.0]


def test_a_text_that_is_read_otherwise_keeps_its_decisions(reviews: Reviews) -> None:
    """The same file, read by a better reader: a line more at the top, and the rows of the text as it is now."""
    one, two, three, _ = ids(reviews)
    decide(reviews, one, "accept")
    decide(reviews, two, "correct", {"value": "2.6"})
    decide(reviews, three, "reject")
    log = reviews.log(reviews.doc_ids()[0])
    source = Source("a.pdf", "pdf", "0" * 64, Reading("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n" + PLAN))
    extraction = extract_source(source)
    machine = {cells["target_id"]: cells for cells in rows_of_table("targets", extraction)}
    states = anchored("targets", [(decision, ()) for decision in log], machine, source.text)
    assert [s.look for s in states.values()] == ["", "", ""] and {s.machine_id for s in states.values()} < set(machine)
    for state in (states[one], states[two]):
        assert source.text[int(state.row["start"]) : int(state.row["end"])] == state.row["quote"]


# --- when files change


def test_decisions_go_to_the_next_version_of_a_file(tmp_path: Path, out: Path) -> None:
    with Reviews(out) as reviews:
        one, two, three, four = ids(reviews)
        decide(reviews, one, "accept")
        decide(reviews, two, "correct", {"value": "2.6"})
        decide(reviews, three, "reject")
        decide(reviews, four, "accept")
    changed = PLAN.replace("I. MỤC TIÊU", "I. MỤC TIÊU CỤ THỂ").replace(
        "Trồng mới 12 ha rừng phòng hộ", "Trồng 15 ha rừng"
    )
    make_run({"ke-hoach.txt": changed}, tmp_path)
    with Reviews(out) as reviews:
        assert reviews.carry_over().look == 1
        assert values(reviews) == [(3.0, "accept"), (2.6, "correct"), (15.0, None)]
        ((look, verdict, quote),) = [
            tuple(row)
            for row in reviews.all(
                "SELECT look, verdict, json_extract(\"row\", '$.quote') FROM review_state WHERE look <> ''"
            )
        ]
        assert (look, verdict, quote) == ("unplaced", "accept", "12 ha rừng phòng hộ")
        assert reviews.carry_over().look == 1, "carried once"
        assert values(reviews) == [(3.0, "accept"), (2.6, "correct"), (15.0, None)]
        gone = four[:16]
        assert reviews.dismiss(gone, "targets", four, BINH) and not reviews.dismiss(gone, "targets", one, BINH)
        assert reviews.carry_over().look == 0 and reviews.log(gone)[-1].reviewer == BINH


def test_a_file_that_is_gone_and_comes_back_has_its_decisions(tmp_path: Path, out: Path) -> None:
    other = make_run({"khac.txt": PLAN.replace("03 xã", "04 xã")}, tmp_path)
    with Reviews(other) as reviews:
        row = ids(reviews)[0]
        decide(reviews, row, "correct", {"value": "5"})
        doc_id = reviews.doc_ids()[0]
    (tmp_path / "plans" / "ke-hoach.txt").rename(tmp_path / "away.txt")
    batch.run(expand([tmp_path / "plans"]), out, Settings(("csv",), prune=True), Here(extract_source), versions(None))
    with Reviews(out) as reviews:
        reviews.carry_over()
        assert doc_id not in reviews.doc_ids()
        assert all(value != 5 for value, _ in values(reviews))
    (tmp_path / "away.txt").rename(tmp_path / "plans" / "ke-hoach.txt")
    make_run({}, tmp_path)
    with Reviews(out) as reviews:
        reviews.carry_over()
        assert 5.0 in [value for value, _ in values(reviews)]


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("có 03 xã", 3, 3),
        ("nay có 03 xã", 3, 7),
        ("03 xã A; có 03 xã", 3, 12),
        ("03 xã và 03 xã", 3, None),
        ("04 xã", 3, None),
    ],
)
def test_words_are_found_by_what_stands_around_them(text: str, start: int, found: int | None) -> None:
    assert place_of(text, "03 xã", "có ", "", start) == found


# --- the state of a row does not depend on how it was come to

_VERDICTS = st.sampled_from(["accept", "reject", "correct", "reopen", "undo"])
_STEPS = st.lists(st.tuples(_VERDICTS, st.integers(0, 3), st.sampled_from([AN, BINH]), st.booleans()), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_states_step_by_step_are_those_of_the_whole_log(tmp_path_factory, steps) -> None:
    out = make_run({"ke-hoach.txt": PLAN}, tmp_path_factory.mktemp("log"))
    with Reviews(out) as reviews:
        doc_id, rows = reviews.doc_ids()[0], ids(reviews)
        for i, (verdict, n, who, knows) in enumerate(steps):
            if verdict == "undo":
                reviews.undo(doc_id, who)
                continue
            changes = {"value": str(i + 1)} if verdict == "correct" else {}
            base = newest(reviews, rows[n]) if knows else ""
            reviews.decide(doc_id, [Item("targets", rows[n], verdict, changes, base=base)], who)
        before = reviews.states(doc_id)
        reviews.all("DELETE FROM review_documents")
    with Reviews(out) as reviews:
        reviews.carry_over()
        assert reviews.states(doc_id) == before
