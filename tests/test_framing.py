"""``extractor.framing``: from data frame to data frame, one bad document at a time."""

from __future__ import annotations

import json
import pickle
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pandas as pd
import pyarrow as pa
import pytest
from word_files import saved

from extractor import extract_files, extract_frame
from extractor.framing import arrow_schema_of, spark_schema_of
from extractor.tables.frames import to_frames
from extractor.tables.schema import BY_NAME, TABLES
from extractor.tables.writing import arrow_schema

CORPUS = Path(__file__).parent.parent / "corpus" / "documents"
SENTENCE = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới."


def corpus(column: str) -> pd.DataFrame:
    paths = sorted(CORPUS.glob("*.txt"))
    data = [path.read_bytes() for path in paths]
    values = data if column == "content" else [one.decode("utf-8-sig") for one in data]
    return pd.DataFrame({"source": [path.name for path in paths], column: values})


@pytest.mark.parametrize("column", ["content", "text"])
def test_rows_are_those_of_the_files(column: str) -> None:
    expected = to_frames(extract_files([CORPUS]))
    for table in TABLES:
        found = extract_frame(corpus(column), table.name)
        pd.testing.assert_frame_equal(found, expected[table.name])


def test_batches_give_the_rows_of_the_whole() -> None:
    whole = corpus("content")
    parts = [extract_frame(whole.iloc[i : i + 2]) for i in range(0, len(whole), 2)]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), extract_frame(whole))


def test_all_tables_come_out_of_one_pass_as_json() -> None:
    rows = extract_frame(corpus("content"), "all")
    for table in TABLES:
        mine = [json.loads(row) for row in rows[rows["table"] == table.name]["row"]]
        frame = extract_frame(corpus("content"), table.name)
        assert [row[table.primary_key] for row in mine] == frame[table.primary_key].tolist()
        assert all(tuple(row) == table.names for row in mine)
    assert set(rows["doc_id"]) == set(extract_frame(corpus("content"), "documents")["doc_id"])


def test_a_bad_document_costs_only_itself() -> None:
    word = docx.Document()
    word.add_paragraph(SENTENCE)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("in.txt", SENTENCE)
    frame = pd.DataFrame(
        [
            ("a.txt", SENTENCE, None),
            ("half.txt", "x\ud800", None),
            ("none.txt", None, None),
            (None, pd.NA, float("nan")),
            ("broken.docx", None, b"PK\x03\x04...."),
            ("plan.docx", None, saved(word)),
            ("plans.zip", None, bytearray(archive.getvalue())),
            ("x." + "y" * 5000 + "\x00", None, b"\x7fELF\x00\x01"),
            (7, SENTENCE + " ", None),
            ("k\udce9.txt", SENTENCE + "  ", None),
        ],
        columns=["source", "text", "content"],
        dtype=object,
    )
    documents = extract_frame(frame, "documents")
    assert dict(zip(documents["source"], documents["status"], strict=True)) == {
        "a.txt": "ok", "half.txt": "failed", "none.txt": "failed", "": "failed", "broken.docx": "failed",
        "plan.docx": "ok", "plans.zip!/in.txt": "ok", frame["source"][7]: "failed", "7": "ok", r"k\udce9.txt": "ok",
    }  # fmt: skip
    failed = documents[documents["status"] == "failed"]
    assert failed["warnings"].str.len().min() > 20
    assert extract_frame(frame)["value"].tolist() == [4.0] * 5


def test_no_rows_have_the_types_of_rows() -> None:
    some, none = extract_frame(corpus("text")), extract_frame(corpus("text")[:0])
    assert len(some) and not len(none)
    assert some.dtypes.to_dict() == none.dtypes.to_dict()
    assert extract_frame(corpus("text")[:0], "all").columns.tolist() == ["table", "doc_id", "row"]


@pytest.mark.parametrize("table", [*BY_NAME, "all"])
def test_schema_is_that_of_the_rows(table: str) -> None:
    schema = arrow_schema_of(table)
    found = pa.Table.from_pandas(extract_frame(corpus("text"), table), schema=schema, preserve_index=False)
    assert found.num_rows
    assert schema.names == [part.split("`")[1] for part in spark_schema_of(table).split(", ")]
    if table != "all":
        assert schema == arrow_schema(BY_NAME[table])


def test_own_patterns_are_used(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "concern: unit\nentries:\n- id: unit.own.zzz\n  phrase: zắc\n  means: {class: count}\n  why: a test\n"
        '  yes: ["Phấn đấu có thêm [04 zắc|unit=zắc]"]\n',
        encoding="utf-8",
    )
    frame = pd.DataFrame({"source": ["a"], "text": ["Phấn đấu năm 2023 có thêm 04 zắc."]})
    assert extract_frame(frame, patterns=tmp_path)["unit"].tolist() == ["zắc"]


def test_it_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(extract_frame)) is extract_frame


def test_wrong_use_is_named() -> None:
    with pytest.raises(ValueError, match="no table 'goals': the tables are documents, sections, targets"):
        extract_frame(corpus("text"), "goals")
    with pytest.raises(ValueError, match="no column source; it has text"):
        extract_frame(corpus("text")[["text"]])
    with pytest.raises(ValueError, match="no column text or content; it has source"):
        extract_frame(corpus("text")[["source"]])
    with pytest.raises(ValueError, match="no table 'goals'"):
        arrow_schema_of("goals")
    with pytest.raises(ValueError, match="no table 'goals'"):
        spark_schema_of("goals")
