"""``extractor.tables.checking``: frames that are the tables pass, planted errors are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandera.errors import SchemaErrors
from sample_rows import extraction

from extractor import extract_files
from extractor.tables import schema
from extractor.tables.checking import pandera_schemas
from extractor.tables.frames import to_frames
from extractor.tables.writing import write

CORPUS = Path(__file__).parent.parent / "corpus" / "documents"


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return to_frames(extract_files([CORPUS]))


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_the_corpus_passes(table: schema.Table, frames: dict[str, pd.DataFrame]) -> None:
    checked = pandera_schemas()[table.name].validate(frames[table.name], lazy=True)
    assert list(checked.columns) == list(table.names)
    assert len(checked) > 0


def test_frames_of_nothing_pass() -> None:
    for name, frame in to_frames([]).items():
        pandera_schemas()[name].validate(frame, lazy=True)


def test_files_read_again_pass(tmp_path: Path) -> None:
    write([extraction()], tmp_path, ["csv", "parquet"])
    for name, checks in pandera_schemas().items():
        checks.validate(pd.read_parquet(tmp_path / f"{name}.parquet"), lazy=True)
        checks.validate(pd.read_csv(tmp_path / f"{name}.csv", dtype="string"), lazy=True)


def set_cell(column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        frame[column] = [value, *frame[column].astype(object)[1:]]
        return frame

    return change


@pytest.mark.parametrize(
    ("table", "plant", "column", "check"),
    [
        ("targets", set_cell("status", "promise"), "status", "isin"),
        ("targets", set_cell("comparator", "=>"), "comparator", "isin"),
        ("targets", set_cell("value", "nine"), "value", "coerce_dtype"),
        ("targets", set_cell("value", None), "value", "not_nullable"),
        ("targets", set_cell("due_date", "soon"), "due_date", "coerce_dtype"),
        ("targets", set_cell("confidence", 1.5), "confidence", "in_range"),
        ("targets", set_cell("start", -1), "start", "greater_than_or_equal_to"),
        ("targets", set_cell("start", 10**9), "start", "start is not before end"),
        ("targets", set_cell("flags", "percent_mismatch;odd"), "flags", "a flag that the schema does not have"),
        ("targets", set_cell("doc_id", "0" * 16), "doc_id", "target_id does not begin with doc_id"),
        ("places", lambda frame: pd.concat([frame, frame[:1]]), "place_id", "field_uniqueness"),
        ("places", lambda frame: frame.drop(columns="level"), "places", "column_in_dataframe"),
        ("places", lambda frame: frame.assign(mine=1), "places", "column_in_schema"),
        ("places", lambda frame: frame[frame.columns[::-1]], "places", "column_ordered"),
        ("documents", set_cell("ocr_confidence", -0.1), "ocr_confidence", "in_range"),
        ("sections", set_cell("kind", "chapter"), "kind", "isin"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_planted_errors_are_found(
    table: str,
    plant: Callable[[pd.DataFrame], pd.DataFrame],
    column: str,
    check: str,
    frames: dict[str, pd.DataFrame],
) -> None:
    with pytest.raises(SchemaErrors) as caught:
        pandera_schemas()[table].validate(plant(frames[table]), lazy=True)
    found = {
        (c, str(k).split("(")[0]) for c, k in caught.value.failure_cases[["column", "check"]].itertuples(index=False)
    }
    assert (column, check) in found or any(k == check for _, k in found), found
