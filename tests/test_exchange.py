"""Reviewed rows out to other tools and back: every span where it was, every decision what it was."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from review_stores import PLAN, make_run
from sample_rows import extraction

import extractor.api
from extractor.evaluation import GOLD_TABLES, evaluate, load_gold, load_gold_dir, rows_of_extractions
from extractor.model import Extraction
from extractor.review.decisions import Reviews
from extractor.review.exchange import FORMATS, READERS, brat, docbin, doccano, gold, label_studio, web_annotation
from extractor.review.exchange.common import LABELS, ExchangeError, Names, Utf16, rows_of, stem_of
from extractor.review.exchange.incoming import MISSING, Given, Imported, items
from extractor.review.exporting import take_in
from extractor.review.state import Decision, ReviewedDocument, State, Verdict

ROOT = Path(__file__).parent.parent
SAMPLE = extraction()

PLAIN = (
    "KẾ HOẠCH\n"
    "1. Năm 2024 toàn huyện trồng 12 ha chè; 12 ha chè nữa ở xã Tân Lập, xã Tân Lập có 12 ha keo.\n"
    "2. Hết quý II/2024, UBND xã Tân Lập bàn giao 7 - 9 tuyến đường; 9 tuyến còn lại xong trước ngày 15/9/2024.\n"
)
HOSTILE = {
    "plain": PLAIN,
    "crlf": PLAIN.replace("\n", "\r\n"),
    "old mac": PLAIN.replace("\n", "\r"),
    "decomposed": unicodedata.normalize("NFD", PLAIN),
    "no-break": PLAIN.replace(" ", "\u00a0"),
    "astral": "😀 𝟗𝟗 " + PLAIN.replace("xã", "🏡 xã").replace("ha", "ha 🌱"),
    "yaml": PLAIN.replace("chè", "chè: {a, \"b\"} # 'c' & *d | > %e @f `g` \\n - ? !").replace("KẾ", "---\nKẾ"),
    "controls": "\ufeff\u202e" + PLAIN.replace(" chè", "\u2028chè\x85\x0b\x07 <script>alert(1)</script>"),
    "one word": PLAIN.replace(" ", "_"),
}


# --- documents made by hand


def document_of(text: str, name: str = "kehoach.txt") -> ReviewedDocument:
    """The text with a row at each number, name, time and office that is in it; some of them overlap."""
    base = extraction(text, name)
    doc, form = base.document.doc_id, unicodedata.normalize
    decomposed = not unicodedata.is_normalized("NFC", text)

    def at(pattern: str) -> Iterator[tuple[int, int]]:
        pattern = pattern.replace(" ", "[ \u00a0_]")
        yield from (found.span() for found in re.finditer(form("NFD", pattern) if decomposed else pattern, text))

    def head(letter: str, start: int, end: int) -> tuple[str, str, str, int, int, str]:
        return f"{doc}-{letter}{start}-{end}", doc, "", start, end, text[start:end]

    deadlines = [
        replace(
            SAMPLE.deadlines[0], **named("deadline_id", *head("d", *span)), task=text[:40], due_date=date(2024, 9, 15)
        )
        for span in at("trước ngày 15/9/2024")
    ]
    deadlines += [
        replace(SAMPLE.deadlines[0], **named("deadline_id", *head("d", *span)), kind="within", due_date=None, task="")
        for span in at("ngày 15/9/2024")
    ]
    targets = [
        replace(
            SAMPLE.targets[0],
            **named("target_id", *head("t", *span)),
            number_start=span[0],
            number_end=span[1],
            value=Decimal(re.sub(r"\D.*", "", text[slice(*span)])),
            comparator=">=",
            indicator=text[span[1] : span[1] + 12],
            deadline_id=deadlines[0].deadline_id if deadlines else "",
            evidence=(),
        )
        for span in at("(?<![0-9/])(?:12|7 - 9|9)(?![0-9/])")
    ]
    places = [
        replace(
            SAMPLE.places[0],
            **named("place_id", *head("p", *span)),
            name="Tân Lập",
            target_id=targets[i % len(targets)].target_id,
        )
        for i, span in enumerate(at("Tân Lập"))
    ]
    assignments = [
        replace(SAMPLE.assignments[0], **named("assignment_id", *head(letter, *span)), assignee_type="organization")
        for letter in "ab"
        for span in at("UBND (?:🏡 )?xã Tân Lập")
    ]
    made = replace(
        base,
        sections=(),
        targets=in_order(targets),
        places=in_order(places),
        deadlines=in_order(deadlines),
        assignments=in_order(assignments),
    )
    return ReviewedDocument(made)


def named(key: str, row_id: str, doc_id: str, section_id: str, start: int, end: int, quote: str) -> dict[str, Any]:
    return {key: row_id, "doc_id": doc_id, "section_id": section_id, "start": start, "end": end, "quote": quote}


def in_order(rows: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=lambda row: (row.start, row.end)))


def decided(row_id: str, table: str, verdict: Verdict = "accept", **given: Any) -> State:
    told: dict[str, Any] = {"seen": {}, "changes": {}, "reason": "", "start": 0, "end": 1} | given
    decision = Decision(
        seq=1,
        review_id=f"review-{row_id}",
        doc_id="d",
        source="s",
        table_name=table,
        row_id=row_id,
        verdict=verdict,
        reviewer="Lan",
        made_at="2026-11-22T03:00:00Z",
        quote="",
        prefix="",
        suffix="",
        base="",
        batch="b",
        **told,
    )
    return State(decision, {})


def accepted(one: Extraction) -> ReviewedDocument:
    rows = rows_of(ReviewedDocument(one))
    return ReviewedDocument(one, {row.row_id: decided(row.row_id, row.table) for row in rows})


def corpora() -> list[Path]:
    return [ROOT / "corpus" / "documents", *sorted(ROOT.glob("corpus/own*/documents"))]


@pytest.fixture(scope="module")
def plans() -> list[Extraction]:
    return [one for folder in corpora() for one in extractor.api.extract_files(sorted(folder.glob("*.txt")))]


def there_and_back(document: ReviewedDocument, folder: Path) -> None:
    """Write a document as gold, read it, and find every row and field of it right."""
    name, content = gold.gold_source(document)
    (folder / name).write_bytes(content)
    (folder / "one.yaml").write_bytes(gold.gold_yaml(document).encode())
    read = load_gold(folder / "one.yaml", folder)
    assert read.text == document.extraction.text
    wanted = gold.gold_of(document)
    for table in GOLD_TABLES:
        places = [(row["start"], row["end"]) for row in read.rows[table]]
        assert places == [(row["start"], row["end"]) for row in wanted.rows[table]]
    for place, want in zip(read.rows["places"], wanted.rows["places"], strict=True):
        assert place.get("target_start", want.get("target_start")) == want.get("target_start")
    own = document.extraction
    renamed = replace(own, document=replace(own.document, source=name))
    result = evaluate([read], rows_of_extractions([renamed]))
    assert result.misses == ()
    for table in GOLD_TABLES:
        score = result.scores[table]
        if getattr(own, table):
            assert (score.gold, score.f1, score.row_f1) == (len(getattr(own, table)), 1.0, 1.0)
            assert set(score.fields.values()) == {1.0}


# --- gold


def test_gold_of_the_corpora_is_found_again_at_every_row_and_field(plans: list[Extraction], tmp_path: Path) -> None:
    assert len(plans) > 60
    for one in plans:
        there_and_back(accepted(one), tmp_path)


def test_places_of_the_corpora_name_their_targets(plans: list[Extraction]) -> None:
    linked = [row for one in plans for row in rows_of(accepted(one)) if row.cells.get("target_id")]
    named_in_gold = sum(gold.gold_yaml(accepted(one)).count(', target: "') for one in plans)
    assert len([row for row in linked if row.table == "places"]) * 0.9 < named_in_gold


@pytest.mark.parametrize("name", HOSTILE)
def test_gold_of_hostile_texts_is_found_again(name: str, tmp_path: Path) -> None:
    document = accepted(document_of(HOSTILE[name]).extraction)
    kinds = {row.table for row in rows_of(document)}
    assert kinds == set(LABELS), "the text has a row of every table"
    assert len(document.extraction.targets) == 5
    there_and_back(document, tmp_path)


def test_gold_sends_the_search_behind_as_few_words_as_it_needs() -> None:
    written = gold.gold_yaml(accepted(document_of(PLAIN).extraction))
    numbers = re.findall(r'^- \{n: "([^"]+)"(?:, after: "([^"]*)")?, value', written, re.MULTILINE)
    # 2024 and 15/9/2024 hold no number of a row; the three 12 follow each other.
    assert numbers == [("12", ""), ("12", ""), ("12", ""), ("7 - 9", ""), ("9", "")]
    assert re.findall(r'q: "Tân Lập"(?:, after: "([^"]*)")?', written) == ["", "", ""]


def test_gold_passes_by_what_is_no_row(tmp_path: Path) -> None:
    text = "Có 5 xã; có 5 xã; còn 5 xã và 15 xã, lại có 5 xã."
    whole = document_of("Có 12 xã.").extraction
    start = text.index("lại có 5") + len("lại có ")
    own = extraction(text)
    place = named("target_id", "t", own.document.doc_id, "", start, start + 4, "5 xã")
    row = replace(whole.targets[0], **place, number_start=start, number_end=start + 1)
    document = accepted(replace(own, targets=(row,)))
    assert '{n: "5", after: "lại có ", value' in gold.gold_yaml(document)
    there_and_back(document, tmp_path)


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_is_a_text_in_yaml(text: str) -> None:
    one = replace(SAMPLE, document=replace(SAMPLE.document, title=text, issuer=f" {text}\r\n"))
    document = yaml.safe_load(gold.gold_yaml(ReviewedDocument(one)))["document"]
    assert (document.get("title", ""), document["issuer"]) == (text, f" {text}\r\n")


def test_gold_starts_again_from_the_top_only_where_rows_overlap() -> None:
    written = gold.gold_yaml(accepted(document_of(PLAIN).extraction))
    backs = [line for line in written.splitlines() if "back: true" in line]
    assert [line.split(",")[0] for line in backs] == ['- {q: "ngày 15/9/2024"', '- {q: "UBND xã Tân Lập"']


def test_gold_leaves_out_a_target_that_the_number_would_not_find(tmp_path: Path) -> None:
    document = document_of("Có 12 ha và 12 ha ở Tân Lập.")
    first, second = document.extraction.targets
    assert document.extraction.places[0].target_id == first.target_id
    away = accepted(document.extraction)
    assert "target:" not in gold.gold_yaml(away)
    near = replace(document.extraction, places=(replace(document.extraction.places[0], target_id=second.target_id),))
    assert 'target: "12"' in gold.gold_yaml(accepted(near))
    there_and_back(away, tmp_path)
    there_and_back(accepted(near), tmp_path)


def test_gold_has_no_rejected_row_and_demands_only_decided_ones() -> None:
    whole = SAMPLE
    target, place = whole.targets[0], whole.places[0]
    states = {
        target.target_id: decided(target.target_id, "targets", "reject"),
        place.place_id: decided(place.place_id, "places", "correct", changes={"district": "Thạch Hà"}),
        whole.deadlines[0].deadline_id: decided(whole.deadlines[0].deadline_id, "deadlines", "reopen"),
    }
    document = ReviewedDocument(replace(whole, targets=()), states)
    rows = gold.gold_of(document).rows
    assert rows["targets"] == []
    assert "target_start" not in rows["places"][0]
    assert [rows[table][0].get("optional", False) for table in GOLD_TABLES[1:]] == [False, True, True]
    sure = gold.gold_of(document, sure=True).rows
    assert not any(row.get("optional") for table in GOLD_TABLES for row in sure[table])


@pytest.mark.parametrize("text", ["a\r\nb\rc\n", "\ufeffđ", "", "𝟗 xã\u2028"])
def test_the_source_of_a_gold_file_keeps_every_byte(text: str) -> None:
    name, content = gold.gold_source(ReviewedDocument(extraction(text)))
    assert (name, content.decode("utf-8-sig")) == ("plan.txt", text)


def test_gold_files_of_a_batch_are_read_together(plans: list[Extraction], tmp_path: Path) -> None:
    documents = [accepted(one) for one in plans[:5]]
    files = FORMATS["gold"].write(documents, tmp_path)
    assert len(files) == 10
    golds = load_gold_dir(tmp_path / "gold", tmp_path / "documents")
    result = evaluate(golds, rows_of_extractions(plans[:5]))
    assert result.misses == ()


# --- names


def test_names_of_files_are_safe_and_each_is_given_once() -> None:
    sources = [
        *("plan.txt", "PLAN.txt", "2021/plan.txt", "2022/plan.txt", "a.zip!/plan.txt", "a.zip!/../../etc/passwd"),
        *("plan.docx", "..", ".txt", "a:b|c?.txt", "x" * 400 + ".txt", "kế hoạch.txt", "kê\u0301 hoạch.txt"),
        *("\u202eplan.txt", "C:\\plan.txt", "a\nb.txt"),
    ]
    names = Names()
    stems = [names.stem(extraction(name=source)) for source in sources]
    assert stems[0] == "plan" and stems[11] == "kế hoạch"
    assert len({unicodedata.normalize("NFC", stem).casefold() for stem in stems}) == len(stems)
    for stem in stems:
        assert Path(stem).name == stem and not stem.startswith(".") and len(stem.encode()) < 200
        assert not re.search(r'[\x00-\x1f<>:"|?*\\/\u202e]', stem)
    assert stem_of(extraction(name="a/plan.txt")) == stem_of(extraction(name="a/plan.txt"))


# --- offsets


def test_utf16_offsets_are_those_of_the_encoded_text() -> None:
    pick = random.Random(7)
    for _ in range(200):
        text = "".join(pick.choice("aế\u0301\r\n𝟗😀\uffff") for _ in range(pick.randrange(20)))
        utf16 = Utf16(text)
        for point in range(len(text) + 1):
            units = len(text[:point].encode("utf-16-le")) // 2
            assert (utf16.units(point), utf16.point(units)) == (units, point)
    with pytest.raises(ValueError, match="inside a character"):
        Utf16("a😀").point(2)


# --- Label Studio


def exported(document: ReviewedDocument, **annotation: Any) -> list[dict[str, Any]]:
    """A task as Label Studio exports it when somebody submitted what it was given."""
    task = json.loads(json.dumps(label_studio.task(document)))
    result = (task.pop("annotations", None) or task.pop("predictions"))[0]["result"]
    made = {"id": 1, "completed_by": {"id": 5, "email": "lan@example.vn"}, "was_cancelled": False, "result": result}
    return [{"id": 9, **task, "annotations": [made | annotation], "predictions": []}]


def read_back(document: ReviewedDocument, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (imported,) = label_studio.read(json.dumps(tasks).encode())
    return items(document, imported)


@pytest.mark.parametrize("name", HOSTILE)
def test_label_studio_regions_stand_where_their_rows_stand(name: str) -> None:
    document = document_of(HOSTILE[name])
    task = label_studio.task(document)
    assert task["data"]["text"] == HOSTILE[name]
    regions = {part["id"]: part for part in task["predictions"][0]["result"] if part["type"] == "labels"}
    rows = {row.row_id: row for row in rows_of(document)}
    assert regions.keys() == rows.keys()
    for row_id, region in regions.items():
        value = region["value"]
        assert value["labels"] == [rows[row_id].label]
        assert HOSTILE[name][value["start"] : value["end"]] == value["text"] == rows[row_id].cells["quote"]


def test_label_studio_results_fit_the_labelling_interface() -> None:
    document = document_of(PLAIN)
    view = ElementTree.fromstring(label_studio.labeling_config())
    controls = {tag.get("name"): tag for tag in view.iter() if tag.get("toName")}
    kinds = {"labels": "Labels", "choices": "Choices", "textarea": "TextArea"}
    relations = {tag.get("value") for tag in view.iter("Relation")}
    for part in label_studio.task(document)["predictions"][0]["result"]:
        if part["type"] == "relation":
            assert set(part["labels"]) <= relations
            continue
        control = controls[part["from_name"]]
        assert control.tag == kinds[part["type"]]
        if control.tag == "Choices":
            assert set(part["value"]["choices"]) <= {choice.get("value") for choice in control.iter("Choice")}


def test_label_studio_annotates_only_what_was_decided_completely() -> None:
    whole = accepted(SAMPLE)
    assert "annotations" in label_studio.task(whole) and "predictions" not in label_studio.task(whole)
    some = ReviewedDocument(SAMPLE, dict(list(whole.states.items())[:2]))
    task = label_studio.task(some)
    assert "annotations" not in task
    (prediction,) = task["predictions"]
    assert {part["id"] for part in prediction["result"] if part["type"] == "labels"} == whole.states.keys()
    assert prediction["score"] == 0.9 and prediction["model_version"] == "chitieu 0"


def test_label_studio_relations_lead_from_places_to_targets_to_deadlines() -> None:
    relations = [p for p in label_studio.task(ReviewedDocument(SAMPLE))["predictions"][0]["result"] if "from_id" in p]
    target = SAMPLE.targets[0].target_id
    assert [(r["from_id"], r["to_id"], r["labels"]) for r in relations] == [
        (SAMPLE.places[0].place_id, target, ["LISTED_IN"]),
        (target, SAMPLE.deadlines[0].deadline_id, ["DUE_BY"]),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_comes_back_untouched_is_accepted_once(name: str) -> None:
    document = document_of(HOSTILE[name])
    back = read_back(document, exported(document))
    assert {item["verdict"] for item in back} == {"accept"}
    assert [item["row_id"] for item in back] == [row.row_id for row in rows_of(document)]
    assert all(item["changes"] == {} and item["base"] == "" for item in back)
    again = accepted(document.extraction)
    assert read_back(again, exported(again)) == []


def test_a_changed_field_a_moved_span_a_new_one_and_a_missing_one_come_back() -> None:
    document = document_of("😀 " + PLAIN)
    text = document.extraction.text
    tasks = exported(document)
    result = tasks[0]["annotations"][0]["result"]
    first, second = document.extraction.targets[:2]
    place, deadline = document.extraction.places[0], document.extraction.deadlines[0]
    for part in result:
        if part.get("id") == first.target_id and part["from_name"] == "targets_value":
            part["value"]["text"] = ["13"]
        if part.get("id") == first.target_id and part["from_name"] == "targets_status":
            part["value"]["choices"] = ["result"]
        if part.get("id") == second.target_id and part["type"] == "labels":
            part["value"] |= {"start": second.start, "end": second.end + 3, "text": text[second.start : second.end + 3]}
    gone = {(second.target_id, "targets_unit"), (first.target_id, "targets_comparator")}
    assert text[second.end : second.end + 3] == " ha"
    result[:] = [
        part
        for part in result
        if (part.get("id"), part.get("from_name")) not in gone
        and place.place_id not in (part.get("id"), part.get("from_id"))
    ]
    start = text.index("7 - 9")
    result.append(
        {
            "id": "aBc9",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start - 8, "end": start, "text": text[start - 8 : start], "labels": ["ASSIGNEE"]},
        }
    )
    result.append(
        {
            "id": "aBc9",
            "from_name": "assignments_role",
            "to_name": "text",
            "type": "choices",
            "value": {"start": start - 8, "end": start, "choices": ["lead"]},
        }
    )
    back = {item["row_id"]: item for item in read_back(document, tasks) if item["verdict"] != "accept"}
    assert back.keys() == {first.target_id, second.target_id, place.place_id, ""}
    # A comparator must be there: that the form sent none does not take it out. A unit may go.
    assert back[first.target_id]["changes"] == {"value": "13", "status": "result"}
    assert back[second.target_id]["changes"] == {"start": str(second.start), "end": str(second.end + 3), "unit": ""}
    assert (back[place.place_id]["verdict"], back[place.place_id]["reason"]) == ("reject", MISSING)
    assert (back[""]["verdict"], back[""]["table"]) == ("add", "assignments")
    assert text[start - 8 : start] == "àn giao "
    added = back[""]["changes"]
    assert (added["start"], added["end"], added["role"]) == (str(start - 8), str(start - 1), "lead")
    assert deadline.deadline_id not in back


def test_another_label_is_another_row() -> None:
    document = document_of(PLAIN)
    deadline = document.extraction.deadlines[0]
    tasks = exported(document)
    for part in tasks[0]["annotations"][0]["result"]:
        if part.get("id") == deadline.deadline_id and part["type"] == "labels":
            part["value"]["labels"] = ["PLACE"]
    back = [item for item in read_back(document, tasks) if item["verdict"] != "accept"]
    span = {"start": str(deadline.start), "end": str(deadline.end)}
    changed = {(item["table"], item["verdict"]): item for item in back}
    assert {key: changed["places", "add"]["changes"][key] for key in span} == span
    assert changed["deadlines", "reject"]["row_id"] == deadline.deadline_id


def test_a_place_led_to_another_target_and_one_led_to_none() -> None:
    document = document_of(PLAIN)
    first, second, _ = document.extraction.places
    last = document.extraction.targets[-1].target_id
    tasks = exported(document)
    result = tasks[0]["annotations"][0]["result"]
    result[:] = [part for part in result if part.get("from_id") != second.place_id]
    for part in result:
        if part.get("from_id") == first.place_id:
            part["to_id"] = last
    (imported,) = label_studio.read(json.dumps(tasks).encode())
    led = {given.origin: given.cells.get("target_id", "") for given in imported.spans if given.table == "places"}
    assert (led[first.place_id], led[second.place_id]) == (last, "")
    # The page lets nobody change where a row leads, so that no decision says it.
    assert {item["verdict"] for item in items(document, imported)} == {"accept"}


def test_fields_that_the_interface_did_not_have_are_not_taken_out() -> None:
    document = document_of(PLAIN)
    tasks = exported(document)
    result = tasks[0]["annotations"][0]["result"]
    result[:] = [part for part in result if part["type"] == "labels"]
    assert {item["verdict"] for item in read_back(document, tasks)} == {"accept"}


def test_a_later_correction_names_the_earlier_one_and_holds_only_what_is_new() -> None:
    target = SAMPLE.targets[0]
    state = decided(target.target_id, "targets", "correct", changes={"unit": "thôn"}, seen={"unit": "xã"})
    document = ReviewedDocument(SAMPLE, {target.target_id: state})
    tasks = exported(document)
    for part in tasks[0]["annotations"][0]["result"]:
        if part.get("from_name") == "targets_value":
            part["value"]["text"] = ["30"]
    item = next(item for item in read_back(document, tasks) if item["table"] == "targets")
    assert (item["verdict"], item["changes"]) == ("correct", {"value": "30"})
    assert item["base"] == f"review-{target.target_id}"


def test_a_rejected_row_marked_again_is_taken_up() -> None:
    place = SAMPLE.places[0]
    seen = {"level": "hamlet", "name": "Cẩm Bình"}
    state = decided(place.place_id, "places", "reject", start=place.start, end=place.end, seen=seen)
    document = ReviewedDocument(replace(SAMPLE, places=()), {place.place_id: state})
    given = Given("places", place.start, place.end, {"level": "commune"})
    imported = Imported(SAMPLE.document.doc_id, "Lan", SAMPLE.text, (given,), {"places": ("level",)})
    item = next(item for item in items(document, imported) if item["table"] == "places")
    assert (item["row_id"], item["verdict"], item["changes"]) == (place.place_id, "correct", {"level": "commune"})
    assert item["base"] == f"review-{place.place_id}"
    added = decided("new", "places", "reject", start=place.start, end=place.end)
    again = items(ReviewedDocument(replace(SAMPLE, places=()), {"new": added}), imported)
    assert [item["verdict"] for item in again if item["table"] == "places"] == ["add"]


def test_a_decision_that_covers_another_row_since_is_that_rows() -> None:
    place = SAMPLE.places[0]
    state = replace(decided("before", "places"), machine_id=place.place_id)
    (row,) = (row for row in rows_of(ReviewedDocument(SAMPLE, {"before": state})) if row.table == "places")
    assert row.decided and row.row_id == place.place_id


def test_label_studio_of_the_days_of_utf16_is_read_at_the_right_place() -> None:
    document = document_of("😀😀 " + PLAIN)
    utf16 = Utf16(document.extraction.text)
    tasks = exported(document)
    for part in tasks[0]["annotations"][0]["result"]:
        if "value" in part:
            part["value"] |= {key: utf16.units(part["value"][key]) for key in ("start", "end")}
    assert {item["verdict"] for item in read_back(document, tasks)} == {"accept"}


def test_label_studio_min_json_gives_the_spans() -> None:
    document = document_of("😀 " + PLAIN)
    tasks = exported(document)
    values = [part["value"] for part in tasks[0]["annotations"][0]["result"] if part["type"] == "labels"]
    dropped = document.extraction.targets[0]
    values = [value for value in values if (value["start"], value["labels"]) != (dropped.start, ["TARGET"])]
    small = [tasks[0]["data"] | {"id": 9, "label": values, "targets_value": ["1"], "annotator": 5, "annotation_id": 1}]
    (imported,) = label_studio.read(json.dumps(small).encode())
    assert imported.reviewer == "5"
    back = [item for item in items(document, imported) if item["verdict"] != "accept"]
    assert [(item["verdict"], item["row_id"]) for item in back] == [("reject", dropped.target_id)]


def test_each_annotation_that_was_not_skipped_is_one_reviewers() -> None:
    document = document_of(PLAIN)
    (task,) = exported(document)
    given = task["annotations"][0]
    task["annotations"] = [
        given,
        given | {"completed_by": 7},
        given | {"was_cancelled": True},
        given | {"completed_by": "minh@example.vn"},
        given | {"completed_by": {"id": 3, "email": "", "first_name": "Minh", "last_name": "Hà"}},
    ]
    found = label_studio.read(json.dumps([task]).encode())
    assert [one.reviewer for one in found] == ["lan@example.vn", "7", "minh@example.vn", "Minh Hà"]
    assert {one.doc_id for one in found} == {document.extraction.document.doc_id}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", r"^ls\.json is not JSON: .*Export from Label Studio as JSON"),
        (b"[" * 100_000, r"^ls\.json is not JSON: "),
        (b"\xff\xfe", r"^ls\.json is not UTF-8"),
        (b"PK\x03\x04\xff", r"^ls\.json is not UTF-8 text \(byte position 4\)"),
        (b"[1]", "no list of tasks"),
        (b'[{"data": {"text": "a", "doc_id": "d"}}]', r"ls\.json #1 has no annotations"),
        (b'[{"data": {"text": "a"}, "annotations": [{"result": []}]}]', "no 'text' and 'doc_id'"),
        (b'[{"data": {"text": "a", "doc_id": "d"}, "annotations": [{}]}]', "not as Label Studio writes it"),
        (
            b'[{"data": {"text": "a", "doc_id": "d"}, "annotations": [{"result": [{"id": "r", "type": "labels", '
            b'"value": {"start": "x", "end": 1, "text": "a", "labels": ["PLACE"]}}]}]}]',
            r"^ls\.json #1 is not as Label Studio writes it",
        ),
        (
            b'[{"data": {"text": "a", "doc_id": "d"}, "annotations": [{"result": [7]}]}]',
            "not as Label Studio writes it",
        ),
        (
            b'[{"data": {"text": "a", "doc_id": "d"}, "annotations": [{"result": [{"id": "r", "type": "labels", '
            b'"value": {"start": 0, "end": 1, "text": "a", "labels": ["X"]}}]}]}]',
            "has the label 'X'; chitieu knows TARGET",
        ),
        (
            b'[{"data": {"text": "abc", "doc_id": "d"}, "annotations": [{"result": [{"id": "r", "type": "labels", '
            b'"value": {"start": 0, "end": 1, "text": "c", "labels": ["PLACE"]}}]}]}]',
            "'c' does not stand at 0-1",
        ),
    ],
)
def test_a_label_studio_file_that_cannot_be_used_is_named(content: bytes, message: str) -> None:
    with pytest.raises(ExchangeError, match=message):
        label_studio.read(content, "ls.json")


# --- what came back and its document


def test_another_text_or_a_place_outside_it_is_refused_by_the_documents_name() -> None:
    document = ReviewedDocument(SAMPLE)
    doc_id = SAMPLE.document.doc_id
    with pytest.raises(ExchangeError, match=r"f\.json #1: its text is not that of plan\.txt"):
        items(document, Imported(doc_id, "", SAMPLE.text.replace("7", "8"), (), where="f.json #1"))
    blank = SAMPLE.text.index("\r\n")
    for place in ((5, len(SAMPLE.text) + 1), (-2, 3), (4, 4), (blank, blank + 2)):
        with pytest.raises(ExchangeError, match=r"no place in the text of plan\.txt"):
            items(document, Imported(doc_id, "", SAMPLE.text, (Given("places", *place),), where="f.json #1"))


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_is_not_there_is_named(reader: str, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match=r"gone\.json cannot be read"):
        READERS[reader](tmp_path / "gone.json")


# --- doccano


def test_doccano_counts_as_its_page_counts() -> None:
    text = "😀 𝟗 xã Tân Lập"
    one = json.loads(doccano.line(document_of(text + " có 12 ha")))
    start = text.encode("utf-16-le").index("Tân".encode("utf-16-le")) // 2
    assert [start, start + 7, "PLACE"] in one["label"]
    assert start == text.index("Tân") + 2


@pytest.mark.parametrize("name", HOSTILE)
def test_doccano_brings_back_what_it_was_given(name: str, tmp_path: Path) -> None:
    documents = [document_of(HOSTILE[name]), document_of(HOSTILE[name] + " 12 ha", "hai.txt")]
    (path,) = FORMATS["doccano"].write(documents, tmp_path)
    assert len(path.read_bytes().splitlines()) == 2
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    for document, imported in zip(documents, doccano.read(path), strict=True):
        back = items(document, imported)
        assert [item["row_id"] for item in back] == [row.row_id for row in rows_of(document)]
        assert {item["verdict"] for item in back} == {"accept"}


@pytest.mark.parametrize("key", ["label", "labels", "entities"])
def test_doccano_exports_of_every_version_are_read(key: str) -> None:
    document = document_of("😀 " + PLAIN)
    one = json.loads(doccano.line(document))
    labels = one.pop("label")
    moved = next(label for label in labels if label[2] == "DEADLINE")
    gone = next(label for label in labels if label[2] == "PLACE")
    moved[0] -= 3
    labels.remove(gone)
    labels.append([0, 2, "ASSIGNEE"])
    one[key] = [
        {"id": i, "label": label, "start_offset": start, "end_offset": end}
        if key == "entities"
        else [start, end, label]
        for i, (start, end, label) in enumerate(labels)
    ]
    one |= {"id": 44, "annotation_approver": "minh", "Comments": [], "relations": []}
    (imported,) = doccano.read(json.dumps(one).encode())
    assert imported.reviewer == "minh"
    back = {item["verdict"]: item for item in items(document, imported) if item["verdict"] != "accept"}
    deadline = document.extraction.deadlines[0]
    assert back["correct"]["row_id"] == deadline.deadline_id
    assert back["correct"]["changes"] == {"start": str(deadline.start - 3), "end": str(deadline.end)}
    assert back["reject"]["row_id"] == document.extraction.places[0].place_id
    assert {key: back["add"]["changes"][key] for key in ("start", "end")} == {"start": "0", "end": "1"}


def test_doccano_json_list_is_read() -> None:
    document = document_of(PLAIN)
    (imported,) = doccano.read(f"[{doccano.line(document)}]".encode())
    assert len(imported.spans) == len(rows_of(document))


def test_doccano_zip_files_name_their_reviewers() -> None:
    document = document_of("😀 " + PLAIN)
    packed = BytesIO()
    with ZipFile(packed, "w") as zipped:
        for member in ("minh.jsonl", "all.jsonl", "minh.txt"):
            zipped.writestr(member, doccano.line(document))
    found = doccano.read(packed.getvalue(), "export.zip")
    assert [(one.where, one.reviewer) for one in found] == [
        ("export.zip!/all.jsonl:1", ""),
        ("export.zip!/minh.jsonl:1", "minh"),
    ]
    assert {item["verdict"] for one in found for item in items(document, one)} == {"accept"}
    with pytest.raises(ExchangeError, match=r"export\.zip is no zip file that can be read"):
        doccano.read(packed.getvalue()[:60], "export.zip")


@pytest.mark.parametrize(
    ("one", "message"),
    [
        ("{", r"^d\.jsonl:1 is not JSON"),
        ("{" + '"a":[' * 100_000, r"^d\.jsonl:1 is not JSON"),
        ("[", "d.jsonl is not JSON"),
        ("7", r"d\.jsonl:1 is no document"),
        ({"text": "a"}, "no 'text' and 'doc_id'"),
        ({"text": "a", "doc_id": "d"}, r"d\.jsonl:1 has no 'label'"),
        ({"text": "a", "doc_id": "d", "label": ["TARGET"]}, r"no \[start, end, label\]"),
        ({"text": "a", "doc_id": "d", "label": [[0, 1, "LOC"]]}, "the label 'LOC'; chitieu knows TARGET"),
        ({"text": "a😀b", "doc_id": "d", "label": [[0, 2, "PLACE"]]}, r"0-2 is no place in its text\. .*grapheme"),
        ({"text": "a", "doc_id": "d", "label": [[0, 5, "PLACE"]]}, "0-5 is no place in its text.*grapheme"),
    ],
)
def test_a_doccano_file_that_cannot_be_used_is_named(one: Any, message: str) -> None:
    content = one if isinstance(one, str) else json.dumps(one)
    with pytest.raises(ExchangeError, match=message):
        doccano.read(content.encode(), "d.jsonl")


def test_what_comes_back_is_decided_in_the_store(tmp_path: Path) -> None:
    out = make_run({"mot.txt": "😀 " + PLAN}, tmp_path)
    with Reviews(out) as reviews:
        (doc_id,) = reviews.doc_ids()
        before = reviews.reviewed(doc_id)
        assert before is not None
        text, count = before.extraction.text, len(rows_of(before))
        poverty = next(t for t in before.extraction.targets if t.value == Decimal("2.5"))
        place = before.extraction.places[-1]
        tasks = exported(before)
        result = tasks[0]["annotations"][0]["result"]
        for part in result:
            if (part.get("id"), part.get("from_name")) == (poverty.target_id, "targets_value"):
                part["value"]["text"] = ["2,25"]
            if (part.get("id"), part.get("from_name")) == (poverty.target_id, "label"):
                part["value"] |= {"end": poverty.end + 1, "text": text[poverty.start : poverty.end + 1]}
        gone = {"id": place.place_id, "from_id": place.place_id}
        result[:] = [part for part in result if not gone.items() & part.items()]
        start = text.index("ỦY BAN")
        new = {"start": start, "end": start + 16, "text": "ỦY BAN NHÂN DÂN\n", "labels": ["ASSIGNEE"]}
        result.append({"id": "xyz", "from_name": "label", "to_name": "text", "type": "labels", "value": new})
        file = tmp_path / "back.json"
        file.write_text(json.dumps(tasks), encoding="utf-8")
        taken = take_in(reviews, "label-studio", file, "Lan")
        assert (taken.corrected, taken.rejected, taken.added) == (1, 1, 1)
        assert taken.accepted + taken.corrected + taken.rejected == count
        after = reviewed_of(reviews, doc_id)
        decided_target = next(t for t in after.extraction.targets if t.target_id == poverty.target_id)
        assert (decided_target.value, decided_target.end) == (Decimal("2.25"), poverty.end + 1)
        assert "ỦY BAN NHÂN DÂN" in {a.quote for a in after.extraction.assignments}
        assert place.place_id not in {p.place_id for p in after.extraction.places}
        assert after.states[poverty.target_id].decision.reviewer == "lan@example.vn"
        # The same file once more says nothing new, and nor does what is exported now.
        assert not any(item["verdict"] != "accept" for item in read_back(after, exported(after)))
        (doccano_file,) = FORMATS["doccano"].write([after], tmp_path)
        assert take_in(reviews, "doccano", doccano_file, "Minh").rejected == 0
        there_and_back(reviewed_of(reviews, doc_id), tmp_path)


def reviewed_of(reviews: Reviews, doc_id: str) -> ReviewedDocument:
    found = reviews.reviewed(doc_id)
    assert found is not None
    return found


# --- brat


@pytest.mark.parametrize("name", HOSTILE)
def test_brat_lines_say_what_stands_at_their_offsets(name: str, tmp_path: Path) -> None:
    document = document_of(HOSTILE[name])
    FORMATS["brat"].write([document], tmp_path)
    text = (tmp_path / "kehoach.txt").read_bytes().decode()
    assert text == HOSTILE[name]
    standoff = (tmp_path / "kehoach.ann").read_bytes().decode()
    lines = standoff.splitlines()  # as brat splits, at all that is a line end to Python
    assert lines == standoff.rstrip("\n").split("\n")
    entities = [line.split("\t") for line in lines if line.startswith("T")]
    assert len(entities) == len(rows_of(document))
    for (_, place, words), row in zip(entities, rows_of(document), strict=True):
        label, _, offsets = place.partition(" ")
        spans = [tuple(map(int, span.split())) for span in offsets.split(";")]
        assert label == row.label and (spans[0][0], spans[-1][1]) == (row.start, row.end)
        assert " ".join(text[start:end] for start, end in spans) == words


def test_brat_gives_a_span_over_a_line_end_in_fragments() -> None:
    text = "giao Sở \r\n  Tài chính\tchủ trì"
    assert brat.fragments(text, 5, len(text)) == [(5, 7), (12, 21), (22, 29)]
    assert brat.fragments(text, 8, 10) == [(8, 10)]


def test_brat_lines_name_what_the_configuration_knows() -> None:
    document = ReviewedDocument(SAMPLE, {SAMPLE.places[0].place_id: decided(SAMPLE.places[0].place_id, "places")})
    known: dict[str, dict[str, str]] = {}
    for line in brat.annotation_conf().splitlines():
        if line.startswith("["):
            section = known.setdefault(line.strip("[]"), {})
        elif line:
            section[line.split()[0]] = line
    assert list(known) == ["entities", "relations", "events", "attributes"]
    lines = brat.standoff(document).splitlines()
    assert [line for line in lines if line[0] == "R"] == ["R1\tLISTED_IN Arg1:T3 Arg2:T2", "R2\tDUE_BY Arg1:T2 Arg2:T1"]
    for line in lines:
        name = line.split("\t")[1].split()[0]
        if line[0] in "TRA":
            section = known[{"T": "entities", "R": "relations", "A": "attributes"}[line[0]]]
            assert name in section
        if line[0] == "A":
            assert line.split()[-1] in re.split(r"[|:]", known["attributes"][name])
    assert any(line.endswith("\tVerdict T3 accept") for line in lines)
    note = next(line for line in lines if line.startswith("#2"))
    assert json.loads(note.split("\t")[2])["indicator"] == "thôn"


# --- W3C


@pytest.mark.parametrize("name", HOSTILE)
def test_web_annotations_select_the_words_of_their_rows_twice(name: str, tmp_path: Path) -> None:
    document = document_of(HOSTILE[name])
    files = FORMATS["w3c"].write([document], tmp_path)
    assert [path.name for path in files] == ["kehoach.jsonld", "kehoach.txt"]
    text = files[1].read_bytes().decode()
    made = json.loads(files[0].read_bytes())
    assert made["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert made["total"] == len(made["first"]["items"]) == len(rows_of(document))
    assert len({item["id"] for item in made["first"]["items"]}) == made["total"]
    for item, row in zip(made["first"]["items"], rows_of(document), strict=True):
        # What W3C's tests of the model demand of each annotation.
        assert item["@context"] == made["@context"] and item["type"] == "Annotation" and "bodyValue" not in item
        assert re.fullmatch(r"urn:[a-z0-9-]+:[!-~]+", item["id"]) and item["target"]["source"] + ":" in item["id"]
        position, quote = item["target"]["selector"]
        assert text[position["start"] : position["end"]] == quote["exact"] == row.cells["quote"]
        around = quote["prefix"] + quote["exact"] + quote["suffix"]
        assert text.find(around) == position["start"] - len(quote["prefix"])
        assert item["body"][0] == {"type": "TextualBody", "purpose": "tagging", "value": row.label}
        assert json.loads(item["body"][1]["value"])[f"{row.table[:-1]}_id"] == row.row_id


def test_web_annotations_say_who_decided_what_and_keep_what_was_rejected() -> None:
    target, place = SAMPLE.targets[0], SAMPLE.places[0]
    states = {
        target.target_id: decided(
            target.target_id,
            "targets",
            "reject",
            seen={"value": "29", "unit": "thôn"},
            reason="số liệu năm trước",
            start=target.start,
            end=target.end,
        ),
        place.place_id: decided(place.place_id, "places"),
    }
    made = web_annotation.collection(ReviewedDocument(replace(SAMPLE, targets=()), states))
    items_by_id = {item["id"].split(":")[-1]: item for item in made["first"]["items"]}
    assert len(items_by_id) == 4
    rejected = items_by_id[target.target_id]
    assert rejected["target"]["selector"][1]["exact"] == target.quote
    assert [body["value"] for body in rejected["body"]] == [
        "TARGET",
        '{"value": "29", "unit": "thôn"}',
        "reject",
        "số liệu năm trước",
    ]
    assert rejected["creator"] == {"type": "Person", "name": "Lan"}
    assert rejected["created"] == "2026-11-22T03:00:00Z"
    assert items_by_id[place.place_id]["motivation"] == ["tagging", "assessing"]
    assert "creator" not in items_by_id[SAMPLE.deadlines[0].deadline_id]


def test_web_annotations_link_rows_that_belong_together() -> None:
    made = web_annotation.collection(ReviewedDocument(SAMPLE))
    doc = SAMPLE.document.doc_id
    linked = {
        item["id"]: body["source"]
        for item in made["first"]["items"]
        for body in item["body"]
        if body.get("purpose") == "linking"
    }
    name = f"urn:x-chitieu:{doc}:"
    assert linked == {
        name + SAMPLE.places[0].place_id: name + SAMPLE.targets[0].target_id,
        name + SAMPLE.targets[0].target_id: name + SAMPLE.deadlines[0].deadline_id,
    }


# --- spaCy


def test_docbin_spans_are_their_rows_to_the_letter(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin

    from extractor import spacy_components

    documents = [document_of(text, f"{i}.txt") for i, text in enumerate(HOSTILE.values())]
    (path,) = FORMATS["docbin"].write(documents, tmp_path)
    docs = list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))
    assert [doc.text for doc in docs] == list(HOSTILE.values())
    for doc, document in zip(docs, documents, strict=True):
        for table, label in spacy_components.LABELS.items():
            rows = [row for row in rows_of(document) if row.table == table]
            spans = list(doc.spans[table])
            assert [(span.start_char, span.end_char) for span in spans] == [(row.start, row.end) for row in rows]
            assert [(span.label_, span.id_) for span in spans] == [(label, row.row_id) for row in rows]
        assert doc.spans["targets"][0]._.due_date == date(2021, 4, 10)
        assert doc._.number == "07-KH/BCĐ"


def test_docbin_keeps_spans_that_begin_or_end_inside_words_and_blanks() -> None:
    spacy = pytest.importorskip("spacy")
    text = "Trồng 12ha chè,  keo"
    base = document_of("Có 12 ha.").extraction
    places = [(6, 8), (8, 10), (5, 11), (10, 11), (14, 17), (7, 13)]
    targets = tuple(
        replace(base.targets[0], target_id=f"t{i}", start=start, end=end, quote=text[start:end])
        for i, (start, end) in enumerate(places)
    )
    doc = docbin.doc_of(ReviewedDocument(replace(extraction(text), targets=targets)), spacy.blank("xx").vocab)
    assert doc.text == text
    assert sorted((span.start_char, span.end_char) for span in doc.spans["targets"]) == sorted(places)


# --- writing


@pytest.mark.parametrize("name", FORMATS)
def test_no_file_is_replaced_when_a_document_cannot_be_written(name: str, tmp_path: Path) -> None:
    written = FORMATS[name].write([document_of(PLAIN)], tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert set(before) == set(written)

    def broken() -> Iterator[ReviewedDocument]:
        yield document_of(PLAIN + " 12 ha")
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        FORMATS[name].write(broken(), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", FORMATS)
def test_two_runs_write_the_same_bytes_and_no_document_is_no_error(name: str, tmp_path: Path) -> None:
    documents = [accepted(document_of(PLAIN).extraction), document_of(PLAIN + " ", "b.txt")]
    for folder in ("a", "b"):
        FORMATS[name].write(iter(documents), tmp_path / folder)
    read = [
        {p.relative_to(tmp_path / f): p.read_bytes() for p in (tmp_path / f).rglob("*") if p.is_file()} for f in "ab"
    ]
    assert read[0] == read[1] != {}
    FORMATS[name].write([], tmp_path / "none")


def test_formats_are_named_in_both_languages() -> None:
    assert list(FORMATS) == ["gold", "label-studio", "doccano", "brat", "w3c", "docbin"]
    assert all(one.name == name and one.en and one.vi for name, one in FORMATS.items())
