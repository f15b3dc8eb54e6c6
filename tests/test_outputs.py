"""The committed tables of ``outputs/`` are what the rules give today."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.model import Extraction
from extractor.pipeline import extract_source
from extractor.running.inputs import expand
from extractor.running.outcomes import extract_each
from extractor.tables.schema import TABLES, Table
from extractor.tables.writing import csv_bytes

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def corpus() -> list[Extraction]:
    outcomes = extract_each(expand([ROOT / "corpus" / "documents"]).files, extract_source)
    return [outcome.extraction for outcome in outcomes if outcome.extraction is not None]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_outputs_are_what_the_rules_give(table: Table, corpus: list[Extraction]) -> None:
    committed = (ROOT / "outputs" / f"{table.name}.csv").read_bytes().decode().splitlines()
    now = csv_bytes(table, corpus).decode().splitlines()
    assert now == committed, "outputs/ is out of date: look at `make outputs && git diff outputs/`"


def test_outputs_hold_no_failed_document(corpus: list[Extraction]) -> None:
    assert {one.document.source: one.document.status for one in corpus if one.document.status == "failed"} == {}
