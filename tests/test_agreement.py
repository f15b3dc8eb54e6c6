"""Two reviewers of one extraction: what they agree on, the same whichever comes first."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_rows import extraction

import extractor.api
from extractor.evaluation import GOLD_TABLES, GoldError, evaluate, rows_of_extractions
from extractor.model import Extraction
from extractor.review.agreement import Agreement, between, between_gold, cohens_kappa
from extractor.review.exchange import FORMATS
from extractor.review.exchange.gold import gold_of
from extractor.review.state import Decision, ReviewedDocument, State, Verdict
from extractor.tables.schema import BY_NAME

ROOT = Path(__file__).parent.parent
SAMPLE = extraction()
DOC = SAMPLE.document.doc_id


def state(table: str, row_id: str, verdict: Verdict, **told: Any) -> State:
    given: dict[str, Any] = {"changes": {}, "start": 0, "end": 1} | told
    decision = Decision(
        seq=1,
        review_id=f"r-{row_id}",
        doc_id=DOC,
        source="plan.txt",
        table_name=table,
        row_id=row_id,
        verdict=verdict,
        seen={},
        reason="",
        reviewer="Lan",
        made_at="2026-11-22T03:00:00Z",
        quote="",
        prefix="",
        suffix="",
        base="",
        batch="b",
        **given,
    )
    return State(decision, {}, machine_id="" if verdict == "add" else row_id)


def without(one: Extraction, row_ids: set[str]) -> Extraction:
    kept = {
        table: tuple(r for r in getattr(one, table) if getattr(r, BY_NAME[table].primary_key) not in row_ids)
        for table in GOLD_TABLES
    }
    return replace(one, **kept)


def reviewed(one: Extraction, verdicts: Mapping[str, Verdict]) -> ReviewedDocument:
    """A document of which these rows were decided; rejected ones leave its rows."""
    tables = {getattr(row, BY_NAME[table].primary_key): table for table in GOLD_TABLES for row in getattr(one, table)}
    states = {row_id: state(tables[row_id], row_id, verdict) for row_id, verdict in verdicts.items()}
    rejected = {row_id for row_id, verdict in verdicts.items() if verdict == "reject"}
    return ReviewedDocument(without(one, rejected), states)


def everything(one: Extraction, verdict: Verdict = "accept") -> dict[str, Verdict]:
    rows = [getattr(row, BY_NAME[table].primary_key) for table in GOLD_TABLES for row in getattr(one, table)]
    return dict.fromkeys(rows, verdict)


def agreement(a: ReviewedDocument, b: ReviewedDocument) -> Agreement:
    return between({DOC: a}, {DOC: b})


def mirrored(one: Agreement) -> Agreement:
    """The same figures with the two in each other's place."""
    tables = {name: replace(table, only_a=table.only_b, only_b=table.only_a) for name, table in one.tables.items()}
    return replace(one, tables=tables, verdicts={(b, a): count for (a, b), count in one.verdicts.items()})


def test_two_who_say_the_same_agree_in_everything() -> None:
    whole = reviewed(SAMPLE, everything(SAMPLE))
    result = agreement(whole, whole)
    for table in GOLD_TABLES:
        figures = result.tables[table]
        assert (figures.both, figures.only_a, figures.only_b, figures.same) == (1, 0, 0, 1)
        assert (figures.f1, figures.row_f1) == (1.0, 1.0)
        assert set(figures.fields.values()) == {1.0}
    assert result.verdicts == {("accept", "accept"): 4}
    assert result.kappa is None, "two who only accept agree no more than chance would"
    assert result.tables["documents"].both == 0, "nobody decided about the document's own row"


def test_a_row_rejected_by_one_is_the_others_alone() -> None:
    target = SAMPLE.targets[0].target_id
    a, b = reviewed(SAMPLE, everything(SAMPLE) | {target: "reject"}), reviewed(SAMPLE, everything(SAMPLE))
    result = agreement(a, b)
    assert (result.tables["targets"].both, result.tables["targets"].only_a, result.tables["targets"].only_b) == (
        0,
        0,
        1,
    )
    assert result.tables["targets"].f1 == 0.0
    assert result.verdicts == {("accept", "accept"): 3, ("reject", "accept"): 1}
    # The place leads to a target that the first no longer has.
    assert result.tables["places"].fields["target_start"] == 0.0
    assert (result.tables["places"].both, result.tables["places"].same) == (1, 0)


def test_a_row_that_one_did_not_decide_counts_neither_for_nor_against() -> None:
    place = SAMPLE.places[0].place_id
    a = reviewed(SAMPLE, everything(SAMPLE))
    b = reviewed(SAMPLE, {row_id: verdict for row_id, verdict in everything(SAMPLE).items() if row_id != place})
    result = agreement(a, b)
    assert (result.tables["places"].both, result.tables["places"].only_a, result.tables["places"].only_b) == (0, 0, 0)
    assert result.tables["targets"].both == 1
    assert sum(result.verdicts.values()) == 3


def test_a_document_that_one_never_opened_is_left_out() -> None:
    a = reviewed(SAMPLE, everything(SAMPLE))
    result = agreement(a, ReviewedDocument(SAMPLE))
    assert result.documents == 0
    assert all(table.both == table.only_a == 0 for table in result.tables.values())
    assert between({"x": a}, {"y": a}).documents == 0


def test_a_corrected_field_disagrees_in_that_field_alone() -> None:
    a = reviewed(SAMPLE, everything(SAMPLE))
    other = replace(SAMPLE, targets=(replace(SAMPLE.targets[0], unit="xã", due_date=None),))
    b = reviewed(other, everything(SAMPLE) | {SAMPLE.targets[0].target_id: "correct"})
    figures = agreement(a, b).tables["targets"]
    assert (figures.both, figures.same, figures.f1, figures.row_f1) == (1, 0, 1.0, 0.0)
    assert {name for name, share in figures.fields.items() if share < 1} == {"unit", "due"}
    assert figures.fields["value"] == 1.0


def test_a_span_is_the_same_row_where_evaluation_finds_it() -> None:
    deadline, place = SAMPLE.deadlines[0], SAMPLE.places[0]
    near = replace(deadline, start=deadline.start + 6, quote=deadline.quote[6:])
    off = replace(place, start=place.start + 1, quote=place.quote[1:])
    a = reviewed(SAMPLE, everything(SAMPLE))
    b = reviewed(replace(SAMPLE, deadlines=(near,), places=(off,)), everything(SAMPLE, "correct"))
    result = agreement(a, b)
    assert result.tables["deadlines"].both == 1
    assert (result.tables["places"].only_a, result.tables["places"].only_b) == (1, 1)


def test_what_both_added_is_one_row_whatever_its_id() -> None:
    row = SAMPLE.assignments[0]
    none = replace(SAMPLE, assignments=())
    sides = []
    for row_id in ("new-1", "new-2"):
        added = replace(none, assignments=(replace(row, assignment_id=row_id),))
        sides.append(ReviewedDocument(added, {row_id: state("assignments", row_id, "add")}))
    result = agreement(*sides)
    assert (result.tables["assignments"].both, result.tables["assignments"].same) == (1, 1)
    assert result.verdicts == {}


def test_the_documents_own_fields_are_compared_where_both_decided_them() -> None:
    other = replace(SAMPLE, document=replace(SAMPLE.document, number="08-KH/BCĐ"))
    own = {DOC: state("documents", DOC, "accept")}
    result = agreement(ReviewedDocument(SAMPLE, own), ReviewedDocument(other, own))
    assert result.tables["documents"].both == 1
    assert result.tables["documents"].fields["number"] == 0.0
    assert result.tables["documents"].fields["doc_type"] == 1.0


# --- the same whichever comes first, and the same as the evaluation


def differently(one: Extraction, pick: random.Random) -> ReviewedDocument:
    """A document as a reviewer of uncertain temper leaves it."""
    words: tuple[Verdict, ...] = ("accept", "accept", "accept", "reject", "correct")
    verdicts = {row_id: pick.choice(words) for row_id in everything(one) if pick.random() < 0.9}
    changed = {row_id for row_id, verdict in verdicts.items() if verdict == "correct"}
    targets = tuple(
        replace(t, unit="hộ", number_end=t.number_end + pick.randrange(3)) if t.target_id in changed else t
        for t in one.targets
    )
    places = tuple(replace(p, role="location") if p.place_id in changed else p for p in one.places)
    deadlines = tuple(
        replace(d, end=max(d.start + 1, d.end - pick.randrange(6)), due_date=None) if d.deadline_id in changed else d
        for d in one.deadlines
    )
    return reviewed(replace(one, targets=targets, places=places, deadlines=deadlines), verdicts)


def test_neither_of_two_reviewers_is_the_measure() -> None:
    plans = extractor.api.extract_files(sorted((ROOT / "corpus" / "own").glob("documents/*.txt")))
    pick = random.Random(11)
    sides: list[dict[str, ReviewedDocument]] = [
        {one.document.doc_id: differently(one, pick) for one in plans} for _ in range(2)
    ]
    one, other = between(*sides), between(sides[1], sides[0])
    assert one == mirrored(other)
    assert 0 < one.tables["targets"].same < one.tables["targets"].both
    assert one.tables["targets"].only_a and one.tables["targets"].only_b
    assert one.kappa is not None and abs(one.kappa) < 0.2, "they decided by lot"


def test_figures_are_those_of_the_evaluation_in_either_direction() -> None:
    plans = list(extractor.api.extract_files(sorted((ROOT / "corpus" / "documents").glob("*.txt"))))
    pick = random.Random(3)
    for one in plans:
        rows = everything(one)
        verdicts = [{r: pick.choice(("accept", "reject")) for r in rows} for _ in range(2)]
        a, b = (reviewed(one, said) for said in verdicts)  # type: ignore[arg-type]
        figures = between({"d": a}, {"d": b}).tables
        for gold, run in ((a, b), (b, a)):
            scores = evaluate([gold_of(gold, one.document.source)], rows_of_extractions([run.extraction])).scores
            for table in GOLD_TABLES:
                assert figures[table].f1 == scores[table].f1


# --- gold folders


def test_two_folders_of_gold_agree_as_their_stores_do(tmp_path: Path) -> None:
    plans = list(extractor.api.extract_files(sorted((ROOT / "corpus" / "documents").glob("*.txt"))))
    pick = random.Random(5)
    sides = [{one.document.doc_id: differently(one, pick) for one in plans} for _ in range(2)]
    for name, side in zip("ab", sides, strict=True):
        FORMATS["gold"].write(side.values(), tmp_path / name)
    read = between_gold(tmp_path / "a" / "gold", tmp_path / "b" / "gold", tmp_path / "a" / "documents")
    kept = between(*sides)
    assert read.documents == len(plans)
    for table in GOLD_TABLES:
        ours, theirs = kept.tables[table], read.tables[table]
        assert (ours.both, ours.only_a, ours.only_b) == (theirs.both, theirs.only_a, theirs.only_b)
        assert {k: v for k, v in ours.fields.items() if k != "target_start"} == {
            k: v for k, v in theirs.fields.items() if k != "target_start"
        }
    assert read.kappa is None and read.verdicts == {}
    assert read.tables["documents"].both == len(plans)


def test_gold_with_several_readings_agrees_with_any_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Trồng 5 ha rừng.", encoding="utf-8")
    for side, unit in (("a", '["ha", "ha rừng"]'), ("b", '["hecta", "HA"]'), ("c", '"cây"')):
        (tmp_path / side).mkdir()
        gold = f'doc: a.txt\ntargets:\n- {{n: "5", value: 5, unit: {unit}, indicator: rừng}}\n'
        (tmp_path / side / "a.yaml").write_text(gold, encoding="utf-8")
    assert between_gold(tmp_path / "a", tmp_path / "b", tmp_path).tables["targets"].same == 1
    assert between_gold(tmp_path / "a", tmp_path / "c", tmp_path).tables["targets"].fields["unit"] == 0.0


def test_a_folder_without_gold_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="no gold file"):
        between_gold(tmp_path, tmp_path, tmp_path)


# --- kappa, lines, JSON


def test_kappa_of_a_table_computed_by_hand() -> None:
    # 20 both accept, 15 both reject, 5 and 10 mixed: p_o 0.7, p_e 0.5 × 0.6 + 0.5 × 0.4 = 0.5.
    verdicts = {("accept", "accept"): 20, ("accept", "reject"): 5, ("reject", "accept"): 10, ("reject", "reject"): 15}
    assert cohens_kappa(verdicts) == 0.4
    assert cohens_kappa({("accept", "reject"): 3, ("reject", "accept"): 3}) == -1.0
    assert cohens_kappa({("accept", "accept"): 3, ("reject", "reject"): 1, ("correct", "correct"): 1}) == 1.0
    assert cohens_kappa({("accept", "accept"): 9}) is None
    assert cohens_kappa({}) is None


def test_lines_and_json_hold_the_figures() -> None:
    target = SAMPLE.targets[0].target_id
    a, b = reviewed(SAMPLE, everything(SAMPLE) | {target: "reject"}), reviewed(SAMPLE, everything(SAMPLE))
    result = agreement(a, b)
    lines = result.lines()
    assert len(lines) == 11
    assert "targets      both    0  only A    0  only B    1  F1 0.000  row F1 0.000" in lines
    assert lines[-1] == "verdicts     both    4  same    3  kappa 0.000"
    data = result.as_dict()
    assert data["tables"]["targets"]["only_b"] == 1
    assert data["verdicts"] == [{"a": "accept", "b": "accept", "rows": 3}, {"a": "reject", "b": "accept", "rows": 1}]
    assert data["kappa"] == 0.0 and data["documents"] == 1
