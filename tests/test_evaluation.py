"""``extractor.evaluation``: the figures of the project's scorer.

``data/evaluation`` holds what the reference scorer printed on exactly the files that ``case`` writes: ``figures.json``
(``--json``) and ``misses.txt`` (``--misses``). They are frozen so that nothing outside the repository is needed.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sample_rows import TEXT, extraction

from extractor.evaluation import (
    GoldError,
    evaluate,
    load_gold,
    load_gold_dir,
    rows_of_csv,
    rows_of_extractions,
)

ONE = """Số: 07-KH/BCĐ
Hà Tĩnh, ngày 22 tháng 01 năm 2021
I. MỤC TIÊU
- Phấn đấu có thêm 04 xã đạt chuẩn, nâng tổng số lên 09 xã: Cẩm Bình, Cẩm Vịnh; 88/116 thôn (75,86%).
- Bình quân 5 - 7 tiêu chí/xã, ít nhất 09 xã; 3 sản phẩm.
II. TỔ CHỨC THỰC HIỆN
- Trước ngày 10/4/2021, Sở Nông nghiệp chủ trì, phối hợp với Sở Tài chính rà soát; định kỳ hằng quý báo cáo.
- Ông Phạm Hoàng Anh, Phó Chủ tịch UBND huyện phụ trách chung.
"""
GOLD_ONE = """
doc: one.txt
document: {doc_type: Kế hoạch, number: 07-KH/BCĐ, title: "xây dựng nông thôn mới năm 2021", issued_on: 2021-01-22,
           issuer: [UBND huyện Cẩm Xuyên, Ban Chỉ đạo huyện Cẩm Xuyên], province: Hà Tĩnh, period_end: 2021-12-31}
targets:
- {n: "04", value: 4, unit: xã, indicator: xã đạt chuẩn, basis: increment, due: 2021-12-31}
- {n: "09", after: nâng tổng số, value: 9, unit: [xã, "xã đạt chuẩn"], indicator: xã, basis: cumulative}
- {n: "88/116", value: 88, denominator: 116, percent: 75.86, unit: thôn, indicator: [thôn, số thôn]}
- {n: "5 - 7", value: 5, value_max: 7, unit: tiêu chí/xã, indicator: tiêu chí, basis: average}
- {n: "09", value: 9, unit: xã, comparator: ">=", indicator: xã, status: criterion}
- {n: "3", after: "; ", value: 3, unit: sản phẩm, indicator: sản phẩm, optional: true}
- {n: "01", back: true, value: 1, unit: tháng, indicator: tháng, optional: true}
places:
- {q: Cẩm Bình, level: commune, type: xã, district: Cẩm Xuyên, target: "09"}
- {q: Cẩm Vịnh, level: commune, type: xã, target: "04"}
- {q: Hà Tĩnh, back: true, level: province, type: tỉnh, role: issuer, optional: true}
deadlines:
- {q: Trước ngày 10/4/2021, kind: by, bound: before, due: 2021-04-10, task: rà soát}
- {q: định kỳ hằng quý, kind: recurring, rrule: FREQ=MONTHLY;INTERVAL=3, task: báo cáo}
assignments:
- {q: Sở Nông nghiệp, type: organization, role: lead, task: rà soát}
- {q: Sở Tài chính, type: organization, role: support}
- {q: Phạm Hoàng Anh, type: person, position: Phó Chủ tịch UBND huyện, role: lead}
"""
GOLD_TWO = """
doc: two.txt
document: {doc_type: Chỉ thị}
targets:
- {n: "5", value: 5, unit: ha, indicator: ha}
- {n: "6", value: 6, unit: ha, indicator: ha, optional: true}
assignments:
- {q: Sở Y tế, type: organization, role: lead}
"""
TWO = "Trồng 5 ha, 6 ha. Sở Y tế chủ trì."

FROZEN = Path(__file__).parent / "data" / "evaluation"


def row(table: str, words: str, after: str = "", **cells: object) -> dict[str, object]:
    start = ONE.index(words, ONE.index(after))
    row_id = {f"{table[:-1]}_id": f"d1-{table[0]}{start}"}
    return {**row_id, "doc_id": "d1", "start": start, "end": start + len(words), "quote": words, **cells}


def target(number: str, unit: str, after: str = "", **cells: object) -> dict[str, object]:
    made = row("targets", number, after, unit=unit, comparator="=", status="target", **cells)
    return {**made, "number_start": made["start"], "number_end": made["end"]}


def predicted() -> dict[str, list[dict[str, object]]]:
    targets = [
        target("04", "xã", value="4.0", indicator="xã đạt chuẩn", basis="increment", due_date="2021-12-31"),
        target("09", "XÃ", "nâng", value="9", indicator="tổng số xã", basis=""),
        target("88", "thôn", value="88", denominator="116", percent="75.9", indicator="số  thôn"),
        target("5", "tiêu chí/xã", "Bình quân ", value="5", value_max="x", indicator="tiêu chí"),
        target("7", "tiêu chí/xã", "5 - ", value="7", indicator="tiêu chí"),
        target("3", "sản phẩm", "09 xã; ", value="33", indicator="?"),
        target("22", "ngày", value="22", indicator="ngày"),
    ]
    nine = targets[1]["target_id"]
    place = {"level": "commune", "type": "xã", "district": "Cẩm Xuyên", "target_id": nine, "role": "member"}
    places = [row("places", "Cẩm Bình", **place), row("places", "Cẩm Vịnh", **place), row("places", "Cẩm", **place)]
    places[2]["quote"] = "Kẩm"
    deadlines = [
        row("deadlines", "ngày 10/4/2021", kind="by", bound="by", due_date="2021-04-10", task="Sở Nông nghiệp rà soát"),
        row("deadlines", "quý", kind="recurring"),
    ]
    organization = {"assignee_type": "organization", "task": "rà soát"}
    assignments = [
        row("assignments", "Sở Nông nghiệp", role="lead", **organization),
        row("assignments", "Sở Tài chính rà soát", role="lead", **organization),
        row("assignments", "Phạm Hoàng Anh", role="lead", assignee_type="person", position="Chủ tịch UBND huyện"),
    ]
    documents = [
        {
            "doc_id": "d1",
            "source": "2021/one.txt",
            "doc_type": "kế hoạch",
            "number": "07-KH/BCĐ",
            "title": "Xây dựng nông thôn mới",
            "issuer": "UBND huyện Cẩm Xuyên",
            "issued_on": "2021-01-22",
            "province": "Hà Tĩnh",
            "period_end": "2021-12-31",
        }
    ]
    return {
        "documents": documents,
        "targets": targets,
        "places": places,
        "deadlines": deadlines,
        "assignments": assignments,
    }


@pytest.fixture
def case(tmp_path: Path) -> Path:
    for folder in ("gold", "source", "out"):
        (tmp_path / folder).mkdir()
    for name, text, gold in (("one", ONE, GOLD_ONE), ("two", TWO, GOLD_TWO)):
        (tmp_path / "source" / f"{name}.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
        (tmp_path / "gold" / f"{name}.yaml").write_text(gold, encoding="utf-8")
    for name, rows in predicted().items():
        with (tmp_path / "out" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            columns = dict.fromkeys(key for one in rows for key in one)
            writer = csv.DictWriter(stream, list(columns), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return tmp_path


def test_figures_are_those_of_the_reference_scorer(case: Path) -> None:
    result = evaluate(load_gold_dir(case / "gold", case / "source"), rows_of_csv(case / "out"))
    assert {name: score.as_dict() for name, score in result.scores.items()} == json.loads(
        (FROZEN / "figures.json").read_text(encoding="utf-8")
    )


def test_printed_lines_are_those_of_the_reference_scorer(case: Path) -> None:
    result = evaluate(load_gold_dir(case / "gold", case / "source"), rows_of_csv(case / "out"))
    printed = "\n".join((*result.misses, *result.lines())) + "\n"
    assert printed == (FROZEN / "misses.txt").read_text(encoding="utf-8")


def test_rows_in_memory_and_in_files_score_the_same(tmp_path: Path) -> None:
    from extractor.tables.writing import write_csv

    gold = """
doc: plan.txt
targets:
- {n: "29/52", value: 29, denominator: 52, percent: 50, unit: thôn, indicator: thôn, due: 2021-04-10}
places:
- {q: Cẩm Bình, level: commune, type: xã, district: Cẩm Xuyên, target: "29/52"}
assignments:
- {q: Phạm Hoàng Anh, type: person, role: support}
"""
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "plan.yaml").write_text(gold, encoding="utf-8")
    (tmp_path / "plan.txt").write_bytes(TEXT.encode())
    golds = load_gold_dir(tmp_path / "gold", tmp_path)
    write_csv([extraction()], tmp_path)
    in_memory, in_files = evaluate(golds, rows_of_extractions([extraction()])), evaluate(golds, rows_of_csv(tmp_path))
    assert in_memory == in_files
    scores = in_memory.scores
    assert [scores[name].row_f1 for name in ("targets", "places", "assignments", "deadlines")] == [1.0, 1.0, 0.0, 0.0]
    assert scores["assignments"].fields == {"type": 1.0, "role": 0.0}


# --- gold files that cannot be used


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ("doc: nowhere.txt", r"one\.yaml: its source .*nowhere\.txt cannot be read"),
        ("- a\n- b", "is not a gold file"),
        ("doc: [", "is not YAML"),
        ("doc: one.txt\ntargets: {n: 1}", "targets must be a list"),
        ('doc: one.txt\ntargets: [{n: "1234"}]', r"targets\[0\]: '1234' not found from 0"),
        ("doc: one.txt\ntargets: [{value: 3}]", r"targets\[0\]: no 'n'"),
        ('doc: one.txt\nplaces: [{q: Cẩm Bình, after: "nowhere"}]', r"places\[0\]: after 'nowhere' not found"),
        ('doc: one.txt\nplaces: [{q: Cẩm Bình, target: "77"}]', r"places\[0\]: no target '77'"),
    ],
)
def test_a_gold_file_that_cannot_be_used_is_named(case: Path, gold: str, message: str) -> None:
    path = case / "gold" / "one.yaml"
    path.write_text(gold, encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        load_gold(path, case / "source")


def test_a_folder_without_gold_or_tables_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="no gold file"):
        load_gold_dir(tmp_path, tmp_path)
    with pytest.raises(GoldError, match=r"documents\.csv cannot be read"):
        rows_of_csv(tmp_path)
