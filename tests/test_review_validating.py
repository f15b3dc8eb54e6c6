"""What a reviewer writes into a row: numbers and dates as typed, what follows from them, and what is offered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.finding import gazetteer
from extractor.pipeline import extract
from extractor.review.completing import KINDS, complete
from extractor.review.validating import DERIVED, EDITABLE, Validated, fields, validated
from extractor.tables.rows import dicts_of
from extractor.tables.schema import BY_NAME, FLAGS

TEXT = "Đến năm 2025, toàn huyện trồng mới 1.250 ha rừng, nâng độ che phủ lên 42,125%; vốn 3,5 tỷ đồng."
START, END = TEXT.index("1.250"), TEXT.index(" rừng") + 5
ON = date(2022, 3, 1)
TARGET = {
    "target_id": "aaaaaaaaaaaaaaaa-t34",
    "doc_id": "aaaaaaaaaaaaaaaa",
    "section_id": "aaaaaaaaaaaaaaaa-s0",
    "start": str(START),
    "end": str(END),
    "quote": TEXT[START:END],
    "number_start": str(START),
    "number_end": str(START + 5),
    "value": "1250",
    "comparator": "=",
    "unit": "ha",
    "indicator": "rừng trồng mới",
    "status": "target",
    "due_date": "2025-12-31",
    "deadline_id": "aaaaaaaaaaaaaaaa-d0",
    "rule": "number.plain",
    "confidence": "0.9",
    "value_base": "12500000",
    "unit_base": "m2",
    "strength": "firm",
}
PLACE = {
    "place_id": "aaaaaaaaaaaaaaaa-p5",
    "doc_id": "aaaaaaaaaaaaaaaa",
    "start": "5",
    "end": "12",
    "quote": "Tam Hợp",
    "name": "Tam Hợp",
    "level": "commune",
    "type": "xã",
    "resolution": "ambiguous",
    "candidates": "16936;17059",
    "role": "member",
    "rule": "place.commune",
    "confidence": "0.5",
}
ASSIGNMENT = {"assignee_type": "organization", "organization": "Sở Y tế", "role": "lead", "start": "0", "end": "5"}
DEADLINE = {"start": "0", "end": "12", "quote": TEXT[:12], "kind": "by", "bound": "by", "due_date": "2025-12-31"}


def of_target(**changes: str) -> Validated:
    return validated("targets", changes, TARGET, TEXT, ON)


def right(made: Validated) -> dict[str, str]:
    assert made.errors == []
    return made.cells


def wrong(made: Validated) -> list[str]:
    for problem in made.errors:
        assert (
            problem.vi.endswith((".", ")")) and problem.en.endswith((".", ")")) and "{}" not in problem.vi + problem.en
        )
    return [problem.column for problem in made.errors]


# -- numbers and dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,5", "1234.5"),
        ("75,86", "75.86"),
        ("75.86", "75.86"),
        ("1.234", "1234"),
        ("12.345.678", "12345678"),
        ("12 345", "12345"),
        ("12\u00a0345,50", "12345.5"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1234.567", "1234.567"),
        (" 4 ", "4"),
        ("-2,5", "-2.5"),
        ("007", "7"),
        ("0", "0"),
    ],
)
def test_numbers_as_vietnamese_writes_them(typed: str, value: str) -> None:
    assert right(of_target(value=typed))["value"] == value


def test_a_number_that_may_be_two_is_what_the_words_have() -> None:
    share = {**TARGET, "start": str(TEXT.index("42,125")), "end": str(TEXT.index("42,125") + 7), "value": "42"}
    assert right(validated("targets", {"value": "42.125"}, share, TEXT, ON))["value"] == "42.125"
    # as the row has it already
    kept = {**share, "value": "42.125"}
    assert right(validated("targets", {"value": "42.125"}, kept, TEXT, ON)) == {}
    assert right(of_target(value="42.125"))["value"] == "42125"


@pytest.mark.parametrize(
    "typed", ["", "mười", "1,2,3", "1.23.4", "1e5", "NaN", "Infinity", "½", "٣", "1" * 100, "--1", "1.", ",5", "=1+1"]
)
def test_no_numbers(typed: str) -> None:
    assert wrong(of_target(value=typed)) == ["value"]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("31/12/2022", "2022-12-31"),
        ("2022-12-31", "2022-12-31"),
        ("1/6/2022", "2022-06-01"),
        ("01-06-2022", "2022-06-01"),
        ("30.6.2022", "2022-06-30"),
        ("ngày 30 tháng 6 năm 2022", "2022-06-30"),
        ("29/02/2024", "2024-02-29"),
        ("", ""),
    ],
)
def test_days(typed: str, day: str) -> None:
    assert right(of_target(due_date=typed))["due_date"] == day


@pytest.mark.parametrize(
    "typed", ["12/2022", "2022", "31/11/2022", "29/02/2023", "13/13/2022", "1/1/22", "31/12/0022", "x"]
)
def test_no_days(typed: str) -> None:
    assert wrong(of_target(due_date=typed)) == ["due_date"]


# -- what may be changed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["target_id", "doc_id", "rule", "confidence", "section_id", "province_total", "drop table"]
)
def test_columns_that_are_not_the_reviewers(name: str) -> None:
    assert wrong(of_target(**{name: "x"})) == [name]


def test_only_changes_come_back() -> None:
    assert right(of_target(value="1.250", unit="ha", status="target", flags="", quote=TARGET["quote"])) == {}
    assert right(of_target(indicator="rừng  trồng\nmới ")) == {}
    assert right(of_target(indicator="diện tích rừng")) == {"indicator": "diện tích rừng"}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("status", "result", "result"),
        ("status", "Kết quả", "result"),
        ("comparator", ">=", ">="),
        ("basis", "", ""),
        ("indicator_code", "n01", "N01"),
        ("flags", "approximate; ocr_repaired,approximate", "approximate;ocr_repaired"),
        ("indicator", "ru\u031b\u0300ng \u202etrồng\u202c", "rừng trồng"),
    ],
)
def test_values(name: str, typed: str, value: str) -> None:
    assert right(of_target(**{name: typed})).get(name, "") == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("status", "done"),
        ("status", ""),
        ("comparator", "=="),
        ("indicator_code", "Z99"),
        ("flags", "approximate;nonsense"),
        ("start", "-1"),
        ("start", "một"),
        ("indicator", "a\ud800b"),
        ("indicator", "a\x00b"),
        ("indicator", "x" * 20_001),
    ],
)
def test_no_values(name: str, typed: str) -> None:
    assert wrong(of_target(**{name: typed})) == [name]


def test_every_error_at_once() -> None:
    assert wrong(of_target(value="x", due_date="y", status="z")) == ["value", "due_date", "status"]


def test_what_is_no_text_at_all() -> None:
    """JSON may hold anything, and offsets are looked at before they are checked."""
    assert wrong(of_target(start=7, value="1.234"))[0] == "start"  # type: ignore[arg-type]
    assert "end" in wrong(of_target(end="9" * 9000, value="1.234"))
    assert wrong(of_target(indicator=None)) == ["indicator"]  # type: ignore[arg-type]


def test_hostile_text_is_text() -> None:
    script = '<script>alert("1")</script>'
    assert right(of_target(indicator=script))["indicator"] == script
    assert right(of_target(indicator="=HYPERLINK(1)"))["indicator"] == "=HYPERLINK(1)"


# -- spans -------------------------------------------------------------------------------------------------------------


def test_a_changed_span_brings_its_words() -> None:
    begin = TEXT.index("trồng mới")
    assert right(of_target(start=str(begin - 1))) == {"start": str(begin), "quote": TEXT[begin:END]}
    assert right(of_target(end=str(END + 1)))["end"] == str(END + 1)


@pytest.mark.parametrize(
    ("start", "end", "column"),
    [
        (START + 2, END, "number_start"),  # without its number
        (END, END + 10, "number_start"),
        (START, START, "start"),
        (END, START, "start"),
        (0, len(TEXT) + 1, "start"),
        (START - 1, START, "start"),  # a space
    ],
)
def test_no_spans(start: int, end: int, column: str) -> None:
    assert wrong(of_target(start=str(start), end=str(end))) == [column]


def test_old_oddities_do_not_hinder_other_changes() -> None:
    odd = {**TARGET, "value_max": "3", "number_start": "0"}
    assert right(validated("targets", {"status": "result"}, odd, TEXT, ON))["status"] == "result"
    assert wrong(validated("targets", {"value_max": "5"}, odd, TEXT, ON)) == ["value_max"]


# -- what follows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "value_base", "unit_base"),
    [
        ({"value": "1.300"}, "13000000", None),
        ({"unit": "km2"}, "1250000000", None),
        ({"unit": "tỷ đồng", "value": "3,5"}, "3500000000", "đồng"),
        ({"unit": "tỷ", "value": "3,5"}, "3500000000", "đồng"),
        ({"unit": "triệu đồng/người/năm"}, "1250000000", "đồng/người/năm"),
        ({"unit": "tấn"}, "1250000", "kg"),
        ({"unit": "hộ"}, "1250", "hộ"),
        ({"unit": ""}, "", ""),
    ],
)
def test_the_base_unit_follows(changes: dict[str, str], value_base: str, unit_base: str | None) -> None:
    made = right(of_target(**changes))
    assert made["value_base"] == value_base
    assert made.get("unit_base") == unit_base


def test_the_base_unit_is_the_extractors_own() -> None:
    """A row changed to what the extractor says gets what the extractor says of it."""
    text = "- Phấn đấu năm 2023 huy động 12,5 tỷ đồng, trồng 300 ha rừng, đạt 62 triệu đồng/người/năm."
    rows = dicts_of(BY_NAME["targets"], [extract(text)])
    assert len(rows) == 3
    for row in rows:
        before = {**row, "value": "1", "unit": "x", "value_base": "1", "unit_base": "x"}
        made = right(validated("targets", {"value": row["value"], "unit": row["unit"]}, before, text, None))
        assert (made["value_base"], made["unit_base"]) == (row["value_base"], row["unit_base"])


def test_a_reviewers_date_is_no_deadlines() -> None:
    assert right(of_target(due_date="30/6/2025")) == {"due_date": "2025-06-30", "deadline_id": ""}


def test_only_targets_bind() -> None:
    made = right(validated("targets", {"status": "result"}, {**TARGET, "plan_of": "2021"}, TEXT, ON))
    assert made == {"status": "result", "strength": "", "plan_of": ""}
    assert right(
        validated("targets", {"status": "target"}, {**TARGET, "status": "result", "strength": ""}, TEXT, ON)
    ) == {
        "status": "target",
        "strength": "firm",
    }


def test_checks_of_a_fraction_are_made_anew() -> None:
    row = {**TARGET, "value": "88", "denominator": "160", "percent": "75.86", "flags": "percent_mismatch;ocr_repaired"}
    made = validated("targets", {"denominator": "116"}, row, TEXT, ON)
    assert right(made)["flags"] == "ocr_repaired" and made.warnings == []
    made = validated("targets", {"denominator": "80"}, row, TEXT, ON)
    assert right(made)["flags"] == "ocr_repaired;percent_mismatch;numerator_above_denominator"
    assert {w.column for w in made.warnings} == {"percent", "denominator"}
    # the reviewer's own word on flags stands
    assert right(validated("targets", {"denominator": "80", "flags": ""}, row, TEXT, ON))["flags"] == ""


def test_due_before_the_document() -> None:
    assert right(of_target(due_date="31/12/2021"))["flags"] == "due_before_issue"
    flagged = {**TARGET, "due_date": "2021-12-31", "flags": "due_before_issue"}
    assert right(validated("targets", {"due_date": "31/12/2022"}, flagged, TEXT, ON))["flags"] == ""
    assert "flags" not in right(validated("targets", {"due_date": "31/12/2021"}, TARGET, TEXT, None))


@pytest.mark.parametrize(
    ("table", "cells", "changes", "column"),
    [
        ("targets", TARGET, {"value_max": "3"}, "value_max"),
        ("targets", TARGET, {"period_start": "1/1/2026"}, "due_date"),
        ("deadlines", DEADLINE, {"start_date": "1/1/2026"}, "due_date"),
        ("documents", {"source": "a.txt"}, {"period_start": "1/1/2026", "period_end": "31/12/2025"}, "period_end"),
    ],
)
def test_order(table: str, cells: dict[str, str], changes: dict[str, str], column: str) -> None:
    assert wrong(validated(table, changes, cells, TEXT, ON)) == [column]


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=25", "FREQ=MONTHLY;BYMONTHDAY=25"),
        ("rrule:freq=weekly; interval=2", "FREQ=WEEKLY;INTERVAL=2"),
        ("FREQ=HOURLY;INTERVAL=3", "FREQ=HOURLY;INTERVAL=3"),
        (
            "FREQ=YEARLY;BYMONTH=6,11;BYMONTHDAY=1,15;BYSETPOS=1,4",
            "FREQ=YEARLY;BYMONTH=6,11;BYMONTHDAY=1,15;BYSETPOS=1,4",
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=-1FR"),
    ],
)
def test_recurrences(typed: str, rule: str) -> None:
    made = validated("deadlines", {"kind": "recurring", "recurrence": typed}, DEADLINE, TEXT, ON)
    assert right(made)["recurrence"] == rule and made.warnings == []
    assert [w.column for w in validated("deadlines", {"recurrence": typed}, DEADLINE, TEXT, ON).warnings] == [
        "recurrence"
    ]


@pytest.mark.parametrize(
    "typed",
    ["hằng tháng", "MONTHLY", "FREQ=MINUTELY", "FREQ=MONTHLY;FREQ=DAILY", "INTERVAL=2;FREQ=DAILY", "FREQ=DAILY;X=1",
     "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTH=13", "FREQ=MONTHLY;INTERVAL=0", "FREQ=DAILY;;COUNT=1", "=", "FREQ"],
)  # fmt: skip
def test_no_recurrences(typed: str) -> None:
    made = validated("deadlines", {"kind": "recurring", "recurrence": typed}, DEADLINE, TEXT, ON)
    assert wrong(made) == ["recurrence"]


def test_an_assignees_own_column() -> None:
    row = ASSIGNMENT
    made = validated("assignments", {"assignee_type": "person"}, row, TEXT, ON)
    assert right(made) == {"assignee_type": "person"} and [w.column for w in made.warnings] == ["name"]
    assert validated("assignments", {"assignee_type": "person", "name": "Lê Thị Mẫu"}, row, TEXT, ON).warnings == []


# -- places ------------------------------------------------------------------------------------------------------------


def test_a_code_says_all_of_a_place() -> None:
    made = right(validated("places", {"code": "17059"}, PLACE, TEXT, ON))
    assert made == {
        "code": "17059",
        "district": "Quỳ Hợp",
        "district_code": "420",
        "province": "Nghệ An",
        "province_code": "40",
        "current_code": made["current_code"],
        "current_name": made["current_name"],
        "current_province": "Nghệ An",
        "resolution": "exact",
        "candidates": "",
    }
    now = gazetteer.load().unit(made["current_code"], on=date(2026, 1, 1))
    assert now is not None and now.name == made["current_name"]


def test_a_code_says_what_the_extractor_says() -> None:
    text = (
        "KẾ HOẠCH\nTỉnh Nghệ An, ngày 05 tháng 3 năm 2022\nI. MỤC TIÊU\n"
        "- Năm 2022 có thêm 02 xã đạt chuẩn nông thôn mới: xã Tam Hợp (huyện Quỳ Hợp), xã Quỳnh Bảng (huyện Quỳnh Lưu)."
    )
    extraction = extract(text)
    rows = [row for row in dicts_of(BY_NAME["places"], [extraction]) if row["code"]]
    assert len(rows) >= 2
    for row in rows:
        made = right(
            validated(
                "places", {"code": row["code"]}, {**PLACE, "quote": row["quote"]}, text, extraction.document.issued_on
            )
        )
        merged = {**PLACE, **made}
        for column in DERIVED["places"]:
            if column not in ("quote", "resolution"):
                assert merged.get(column, "") == row[column], column


def test_a_unit_that_was_not_in_force() -> None:
    late = date(2026, 3, 1)
    made = validated("places", {"code": "17059"}, PLACE, TEXT, late)
    unit = gazetteer.load().unit("17059", on=late)
    assert unit is not None
    assert ("not_in_force" in right(made).get("flags", "")) == (not unit.in_force(late))
    assert bool(made.warnings) == (not unit.in_force(late))
    district = validated("places", {"code": "420"}, {**PLACE, "quote": "Quỳ Hợp"}, TEXT, late)
    assert "not_in_force" in right(district)["flags"] and [w.column for w in district.warnings] == ["code"]
    assert "01/03/2026" in district.warnings[0].vi
    assert right(district)["level"] == "district" and ";" in right(district)["successors"]


@pytest.mark.parametrize("code", ["99999", "1", "abc", "170590", "٤٠"])
def test_no_codes(code: str) -> None:
    assert wrong(validated("places", {"code": code}, PLACE, TEXT, ON)) == ["code"]


def test_a_code_taken_away() -> None:
    known = {**PLACE, **right(validated("places", {"code": "17059"}, PLACE, TEXT, ON))}
    made = right(validated("places", {"code": ""}, known, TEXT, ON))
    assert made["code"] == made["current_code"] == made["current_name"] == "" and made["resolution"] == "unresolved"
    assert wrong(validated("places", {"resolution": "exact"}, PLACE, TEXT, ON)) == ["resolution"]


def test_a_completion_fills_a_place() -> None:
    """All that is offered is taken, and gives the same row as its code alone."""
    offered = complete("place", "tam hop, quy hop", on=ON)[0]
    assert right(validated("places", offered["fill"], PLACE, TEXT, ON)) == right(
        validated("places", {"code": offered["value"]}, PLACE, TEXT, ON)
    )


def test_a_parent_by_name() -> None:
    hamlet = {**PLACE, "level": "hamlet", "type": "thôn", "name": "Đông", "candidates": "", "resolution": "unresolved"}
    made = right(validated("places", {"province": "Nghệ An", "district": "Quỳ Hợp"}, hamlet, TEXT, ON))
    assert made == {"province": "Nghệ An", "province_code": "40", "district": "Quỳ Hợp", "district_code": "420"}
    unknown = validated("places", {"province": "Xứ Mẫu"}, hamlet, TEXT, ON)
    assert right(unknown) == {"province": "Xứ Mẫu"} and [w.column for w in unknown.warnings] == ["province"]


def test_the_documents_own_row() -> None:
    made = right(
        validated(
            "documents",
            {"issued_on": "05/3/2022", "province": "Nghệ An"},
            {"source": "a.txt", "status": "ok"},
            "",
            None,
        )
    )
    assert made == {"issued_on": "2022-03-05", "province": "Nghệ An", "province_code": "40"}
    assert wrong(validated("documents", {"status": "failed", "sha256": "x"}, {"source": "a"}, "", None)) == [
        "status",
        "sha256",
    ]


# -- new rows ----------------------------------------------------------------------------------------------------------

NEW = {
    "start": str(START),
    "end": str(END),
    "number_start": str(START),
    "number_end": str(START + 5),
    "value": "1250",
    "comparator": "=",
    "unit": "ha",
    "status": "target",
    "section_id": "aaaaaaaaaaaaaaaa-s0",
    "rule": "<b>",
    "confidence": "7",
    "quote": "something else",
    "target_id": "x",
    "value_base": "9",
}


def test_a_new_row() -> None:
    made = right(validated("targets", NEW, {}, TEXT, ON))
    assert made["quote"] == TEXT[START:END] and made["value_base"] == "12500000"
    assert made["rule"] == "review" and made["confidence"] == "1" and made["section_id"] == "aaaaaaaaaaaaaaaa-s0"
    assert "target_id" not in made and "doc_id" not in made
    assert "section_id" not in right(validated("targets", {**NEW, "section_id": "../x"}, {}, TEXT, ON))


@pytest.mark.parametrize(
    ("table", "left_out"),
    [("targets", {"value", "status", "comparator", "start", "end", "number_start", "number_end"}),
     ("places", {"start", "end", "name", "level", "resolution", "role"}),
     ("deadlines", {"start", "end", "kind"}),
     ("assignments", {"start", "end", "assignee_type", "role"})],
)  # fmt: skip
def test_a_new_row_needs_what_cannot_be_empty(table: str, left_out: set[str]) -> None:
    assert set(wrong(validated(table, {}, {}, TEXT, ON))) == left_out


def test_the_lists_name_columns_of_the_schema() -> None:
    for name, columns in EDITABLE.items():
        assert set(columns) <= set(BY_NAME[name].names)
        assert set(DERIVED[name]) <= set(BY_NAME[name].names)
        for sources in DERIVED[name].values():
            assert set(sources) <= set(columns) | {"start", "end"}


def test_fields_for_the_page() -> None:
    made = fields()
    assert set(made) == {"documents", "targets", "places", "deadlines", "assignments"}
    by_name = {field["name"]: field for field in made["targets"]}
    assert by_name["value"]["label"] == {"vi": "Giá trị", "en": "Value"} and by_name["value"]["type"] == "decimal"
    assert by_name["status"]["values"] == ["target", "result", "estimate", "criterion"]
    assert by_name["status"]["labels"]["result"] == "Kết quả"
    assert by_name["flags"]["values"] == list(FLAGS)
    assert not by_name["target_id"]["editable"] and by_name["due_date"]["editable"]
    completed = {field["completes"] for columns in made.values() for field in columns} - {""}
    assert completed == set(KINDS)


# -- completion --------------------------------------------------------------------------------------------------------


def values(kind: str, q: str, **how: str) -> list[str]:
    return [found["value"] for found in complete(kind, q, on=ON, **how)]  # type: ignore[arg-type]


def test_places_of_the_documents_own_parts_come_first() -> None:
    everywhere = values("place", "tam hop")
    assert set(everywhere) >= {"16936", "17059", "08953"}
    assert values("place", "tam hop", province="26")[0] == "08953"
    assert values("place", "tam hop", province="40", district="420")[0] == "17059"
    assert values("place", "tam hợp", province="40", district="420")[0] == "17059"
    assert values("place", "xã Tam Hợp, Quỳ Hợp") == ["17059"]
    assert values("place", "17059") == ["17059"]


def test_marks_that_are_typed_count() -> None:
    found = complete("district", "quỳ", on=ON)
    assert found[0]["value"].startswith("Quỳ")
    assert {f["fill"]["district_code"] for f in complete("district", "quy hop", on=ON)} == {"420"}
    assert complete("province", "da nang", on=ON)[0]["fill"] == {"province": "Đà Nẵng", "province_code": "48"}


def test_units_in_force_come_first() -> None:
    late = complete("place", "nghe an", on=date(2026, 1, 1), level="province")
    assert [f["value"] for f in late] == ["40"]
    district = complete("place", "huyện quỳ hợp", on=date(2026, 1, 1))
    assert "(đến 30/06/2025)" in district[0]["label"]
    assert "(đến" not in complete("place", "huyện quỳ hợp", on=ON)[0]["label"]


def test_levels_and_limits() -> None:
    assert {f["fill"]["level"] for f in complete("place", "tân", on=ON, level="commune", limit=50)} == {"commune"}
    assert len(values("place", "a")) == 12
    assert len(complete("place", "a", on=None, limit=3)) == 3


def test_words() -> None:
    assert values("indicator_code", "nong thon moi nang cao")[0] == "N03"
    assert values("indicator_code", "xã đạt chuẩn nông thôn mới")[0] == "N01"
    assert values("indicator_code", "n01") == ["N01"]
    assert "triệu đồng" in values("unit", "trieu")
    assert "Chủ tịch" in values("position", "chu ti")
    assert "Ủy ban nhân dân" in values("organization", "ubnd")
    assert "Sở Y tế" in values("organization", "so y")
    assert complete("nothing", "a", on=ON) == []


@pytest.mark.parametrize("q", ["", "x" * 100_000, ",,,,", "\x00", "\ud800", "(((", "đ" * 300])
def test_any_query(q: str) -> None:
    for kind in KINDS:
        assert len(complete(kind, q, on=ON)) <= 12


def test_everything_offered_is_valid() -> None:
    for kind, table, cells in (
        ("indicator_code", "targets", TARGET),
        ("unit", "targets", TARGET),
        ("place", "places", PLACE),
    ):
        for offered in complete(kind, "", on=ON, province="40", limit=40):
            assert wrong(validated(table, offered["fill"], cells, TEXT, ON)) == []


def test_exact_numbers_stay_exact() -> None:
    typed = "123456789012345678,123456789"
    assert Decimal(right(of_target(value=typed))["value"]) == Decimal("123456789012345678.123456789")


_NAMES = sorted(
    {name for columns in EDITABLE.values() for name in columns} | {"doc_id", "section_id", "candidates", "x"}
)
_TYPED = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,-/ =;:", max_size=14),
    st.sampled_from(["17059", "target", "exact", "FREQ=DAILY", "31/12/2025", "N01", "1.234", "tỷ đồng", "12345678901"]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(EDITABLE)), st.dictionaries(st.sampled_from(_NAMES), _TYPED, max_size=6), st.booleans())
def test_whatever_is_typed(table: str, changes: dict[str, str], new: bool) -> None:
    """Nothing raises, and what is taken once is taken as it is from then on."""
    rows = {
        "targets": TARGET,
        "places": PLACE,
        "deadlines": DEADLINE,
        "assignments": ASSIGNMENT,
        "documents": {"source": "a"},
    }
    cells = {} if new else rows[table]
    made = validated(table, changes, cells, TEXT, ON)
    if not made.errors:
        assert all(isinstance(cell, str) for cell in made.cells.values())
        row = {**cells, **made.cells}
        assert validated(table, row, row, TEXT, ON) == Validated({})
