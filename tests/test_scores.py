"""What the rules must keep reaching on the annotated documents of the project, and that rows depend on nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor import extract_files
from extractor.evaluation import evaluate, load_gold_dir, rows_of_extractions

CORPUS = Path(__file__).parent.parent / "corpus"

# Row F1 below these is a loss that a change of rules must explain. The client's documents: issue bar. The self-written
# plans: a little under what docs/evaluation.md states.
FLOORS = {
    ".": {"documents": 0.95, "targets": 0.95, "places": 0.95, "deadlines": 0.95, "assignments": 0.95},
    "own": {"documents": 0.95, "targets": 0.93, "places": 0.98, "deadlines": 0.98, "assignments": 0.98},
    "own2": {"documents": 0.95, "targets": 0.93, "places": 0.97, "deadlines": 0.97, "assignments": 0.98},
    "own3": {"documents": 0.95, "targets": 0.92, "places": 0.94, "deadlines": 0.98, "assignments": 0.98},
    "own4": {"documents": 0.95, "targets": 0.92, "places": 0.97, "deadlines": 0.96, "assignments": 0.93},
    "own5": {"documents": 0.95, "targets": 0.93, "places": 0.96, "deadlines": 0.96, "assignments": 0.94},
    "own6": {"documents": 0.95, "targets": 0.96, "places": 0.98, "deadlines": 0.97, "assignments": 0.98},
    "own7": {"documents": 0.95, "targets": 0.95, "places": 0.93, "deadlines": 0.97, "assignments": 0.96},
    "own8": {"documents": 0.95, "targets": 0.87, "places": 0.97, "deadlines": 0.97, "assignments": 0.98},
    "own9": {"documents": 0.95, "targets": 0.97, "places": 0.98, "deadlines": 0.97, "assignments": 0.98},
    "own10": {"documents": 0.95, "targets": 0.97, "places": 0.97, "deadlines": 0.96, "assignments": 0.97},
    "own11": {"documents": 0.95, "targets": 0.97, "places": 0.98, "deadlines": 0.97, "assignments": 0.97},
    "own12": {"documents": 0.95, "targets": 0.97, "places": 0.98, "deadlines": 0.98, "assignments": 0.98},
    "own13": {"documents": 0.95, "targets": 0.95, "places": 0.97, "deadlines": 0.97, "assignments": 0.97},
    "own14": {"documents": 0.95, "targets": 0.97, "places": 0.98, "deadlines": 0.98, "assignments": 0.98},
    "own15": {"documents": 0.85, "targets": 0.78, "places": 0.87, "deadlines": 0.89, "assignments": 0.87},
    "own16": {"documents": 0.75, "targets": 0.87, "places": 0.95, "deadlines": 0.93, "assignments": 0.93},
    "own17": {"documents": 0.95, "targets": 0.95, "places": 0.97, "deadlines": 0.97, "assignments": 0.96},
    "own18": {"documents": 0.95, "targets": 0.96, "places": 0.97, "deadlines": 0.97, "assignments": 0.93},
}


@pytest.mark.parametrize("folder", FLOORS)
def test_scores_hold(folder: str) -> None:
    place = CORPUS / folder
    golds = load_gold_dir(place / "gold", place / "documents")
    report = evaluate(golds, rows_of_extractions(list(extract_files([place / "documents"]))))
    for table, floor in FLOORS[folder].items():
        score = report.scores[table]
        assert score.bad_quotes == 0
        assert score.row_f1 >= floor, f"{folder}: {table} row F1 {score.row_f1}"


def test_rows_do_not_depend_on_the_other_documents_or_their_order() -> None:
    paths = sorted((CORPUS / "documents").glob("*.txt"))
    together = {e.document.doc_id: e for e in extract_files(paths)}
    backwards = {e.document.doc_id: e for e in extract_files(reversed(paths))}
    alone = {e.document.doc_id: e for path in paths for e in extract_files([path])}
    assert together == backwards == alone


def test_every_quote_is_the_sources_own() -> None:
    for extraction in extract_files([CORPUS]):
        for table in (extraction.targets, extraction.places, extraction.deadlines, extraction.assignments):
            for row in table:
                assert extraction.text[row.start : row.end] == row.quote
        for target in extraction.targets:
            assert any(c.isalnum() for c in extraction.text[target.number_start : target.number_end])


def test_negative_examples_cover_what_is_no_target() -> None:
    from extractor.patterns import load

    masks = {e.means.get("what") for e in load().of("mask")}
    wanted = {
        "document number",
        "article or annex",
        "road or canal",
        "telephone number",
        "slogan",
        "age",
        "list marker",
    }
    assert wanted <= masks
