"""Extractions made by hand: what the pipeline gives, without the pipeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from extractor.model import (
    Assignment,
    Deadline,
    Document,
    Evidence,
    Extraction,
    Flag,
    Masked,
    Place,
    Reading,
    Section,
    Source,
    Span,
    Target,
)

TEXT = (
    "Số: 07-KH/BCĐ\r\n"
    "I. MỤC TIÊU\r\n"
    "- Trước ngày 10/4/2021 có 29/52 thôn (50%), nhất là xã Cẩm Bình,\n"
    "  kể cả “thôn kiểu mẫu”.\r\n"
    "II. PHÂN CÔNG\r\n"
    "Ông Phạm Hoàng Anh chủ trì; còn 7 việc khác.\r\n"
)


def extraction(text: str = TEXT, name: str = "plan.txt") -> Extraction:
    """One document with a row in every table, offsets taken from the text."""
    digest = sha256(text.encode()).hexdigest()
    return extract(Source(name, "txt", digest, Reading(text)))


def extract(source: Source) -> Extraction:
    """Stands in for ``extract_source``: the sample's rows where the text has them, no rows elsewhere."""
    if "CRASH" in source.text:
        raise ZeroDivisionError("no\nluck")
    doc, text = source.doc_id, source.text
    document = Document(
        doc,
        source.name,
        source.sha256,
        source.format,
        "partial" if "PARTIAL" in text else "ok",
        source.warnings + (("one thing",) if "PARTIAL" in text else ()),
        doc_type="Kế hoạch",
        number="07-KH/BCĐ",
        title='Xây dựng "nông thôn mới", năm 2021',
        issued_on=date(2021, 1, 22),
        province="Hà Tĩnh",
        period_end=date(2021, 12, 31),
        chars=len(text),
        extractor_version="0",
    )
    if "29/52" not in text:
        return Extraction(document, text)

    def at(words: str) -> tuple[int, int]:
        start = text.index(words)
        return start, start + len(words)

    def head(letter: str, words: str) -> tuple[str, str, str, int, int, str]:
        start, end = at(words)
        return (
            f"{doc}-{letter}{start}",
            doc,
            goals.section_id if letter != "a" else duties.section_id,
            start,
            end,
            words,
        )

    second = text.index("II. PHÂN CÔNG")
    first = text.index("I. MỤC TIÊU")
    goals = Section(f"{doc}-s{first}", doc, "", 1, "I.", "MỤC TIÊU", "objectives", first, second)
    bullet = text.index("- Trước")
    part = Section(f"{doc}-s{bullet}", doc, goals.section_id, 2, "-", "", "objectives", bullet, second)
    duties = Section(f"{doc}-s{second}", doc, "", 1, "II.", "PHÂN CÔNG", "organisation", second, len(text))
    deadline = Deadline(
        *head("d", "Trước ngày 10/4/2021"),
        kind="by",
        bound="before",
        start_date=None,
        due_date=date(2021, 4, 10),
        granularity="day",
        recurrence="",
        task="có 29/52 thôn",
        flags=(),
        rule="time.before",
        confidence=0.9,
    )
    due = at("10/4/2021")
    target = Target(
        *head("t", "29/52 thôn (50%)"),
        number_start=at("29/52")[0],
        number_end=at("29/52")[1],
        value=Decimal("29.0"),
        value_max=None,
        denominator=Decimal("52"),
        percent=Decimal("5E+1"),
        comparator="=",
        unit="thôn",
        indicator="thôn",
        indicator_code="",
        basis="",
        status="target",
        period_start=None,
        due_date=date(2021, 4, 10),
        deadline_id=deadline.deadline_id,
        flags=(Flag("percent_mismatch", *at("50%")), Flag("due_before_issue")),
        rule="number.fraction",
        confidence=0.1 + 0.7,
        evidence=(
            Evidence("cue", "status.co", *at("có"), note="status=target"),
            Evidence("inherited", "time.before", *due, note="due_date=2021-04-10"),
        ),
    )
    place = Place(
        *head("p", "Cẩm Bình"),
        name="Cẩm Bình",
        level="commune",
        type="xã",
        code="",
        district="Cẩm Xuyên",
        district_code="",
        province="Hà Tĩnh",
        province_code="",
        current_code="",
        current_name="",
        current_province="",
        resolution="inferred",
        target_id=target.target_id,
        goal="",
        role="member",
        flags=(),
        rule="place.prefix",
        confidence=1.0,
    )
    assignment = Assignment(
        *head("a", "Phạm Hoàng Anh"),
        assignee_type="person",
        name="Phạm Hoàng Anh",
        honorific="Ông",
        position="",
        organization="",
        role="lead",
        duty="chủ trì",
        task="",
        flags=(),
        rule="person.honorific",
        confidence=0.9,
    )
    number = at("7 việc")
    return Extraction(
        document,
        text,
        (goals, part, duties),
        (target,),
        (place,),
        (deadline,),
        (assignment,),
        (Masked(*at("07-KH/BCĐ"), "mask.document_number"),),
        (Span(number[0], number[0] + 1),),
    )


def with_deadline_in(one: Extraction, section_id: str) -> Extraction:
    """The same document with its deadline in another section."""
    return replace(one, deadlines=tuple(replace(d, section_id=section_id) for d in one.deadlines))
