"""Confidence is measured: it follows the counts, is drawn to the wider group where samples are few, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor import calibrating, extract, extract_files
from extractor.evaluation import evaluate, load_gold_dir, rows_of_extractions
from extractor.relating.confidence import Confidence, load

OWN = Path(__file__).parent.parent / "corpus" / "own3"
COUNTS = {
    ("targets", "cue", "number.digits"): (200, 190),
    ("targets", "none", "number.digits"): (100, 40),
    ("targets", "none", "number.words"): (1, 1),
}


def test_many_samples_decide_and_few_are_drawn_to_their_group() -> None:
    one = Confidence(COUNTS)
    assert one.of("targets", "cue", "number.digits") == pytest.approx(0.95, abs=0.02)
    assert one.of("targets", "none", "number.digits") == pytest.approx(0.41, abs=0.03)
    assert one.of("targets", "none", "number.words") < 0.6  # one right row of one is no certainty
    assert one.of("targets", "unheard of", "number.digits") == pytest.approx(231 / 301, abs=0.02)
    assert one.of("places", "exact", "place.prefix") == 0.5


def test_every_row_says_what_its_confidence_rests_on() -> None:
    rows = extract(
        "KẾ HOẠCH\nNăm 2023\nI. MỤC TIÊU\n- Phấn đấu trước ngày 30/6/2023 có 04 xã đạt chuẩn; giao Sở Y tế chủ trì."
    )
    for row in (*rows.targets, *rows.deadlines, *rows.assignments):
        (measured,) = [e for e in row.evidence if e.kind == "confidence"]
        table = {"t": "targets", "d": "deadlines", "a": "assignments"}[type(row).__name__[0].lower()]
        assert row.confidence == load().of(table, measured.rule, row.rule)
        assert "rows with such evidence were right" in measured.note


@pytest.mark.parametrize("folder", ["own5", "own8"])
def test_the_shares_foretell_what_is_right(folder: str) -> None:
    """Rows said to be sure are right more often than the others, and about as often as said (``docs/evaluation.md``)."""
    own = OWN.parent / folder
    golds = load_gold_dir(own / "gold", own / "documents")
    batch = list(extract_files([own / "documents"]))
    result = evaluate(golds, rows_of_extractions(batch))
    said = calibrating.said(batch, result)
    sure, unsure = ([right for value, right in said if (value >= 0.85) == high] for high in (True, False))
    assert len(sure) > 100 and len(unsure) > 10
    assert sum(sure) / len(sure) > sum(unsure) / len(unsure)
    assert abs(sum(v for v, _ in said) / len(said) - sum(r for _, r in said) / len(said)) < 0.08
    assert len(list(calibrating.reliability(said))) >= 3


def test_foretelling_never_looks_at_the_document_itself() -> None:
    key = ("targets", "cue", "number.digits")
    given = [("a", key, False)] * 30 + [("b", key, True)] * 30
    assert {right: value > 0.5 for value, right in calibrating.foretold(given)} == {False: True, True: False}
