"""What a reviewer may write into a row: checked, brought to the form that the tables have, and followed through.

A change comes as typed, ``1.234,5`` and ``31/12/2022``, and leaves as the tables write it, ``1234.5`` and
``2022-12-31``. What is made of other columns (the value in the base unit, all that a code says of a place) is made anew
here: ``DERIVED`` says what of what. Nothing raises: what is wrong becomes a ``Problem`` that says what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from extractor.finding import gazetteer
from extractor.finding.gazetteer import Level, Unit, loose_key, name_key
from extractor.finding.quantities import read_number, units
from extractor.patterns import load
from extractor.relating.bases import bases
from extractor.tables.rows import canonical
from extractor.tables.schema import BY_NAME, FLAGS, Column, Table
from extractor.tables.wording import heading, labels
from extractor.text.keys import fold

EDITABLE: dict[str, tuple[str, ...]] = {
    "documents": (
        "doc_type", "number", "title", "issuer", "issued_place", "issued_on", "province", "district", "period_start",
        "period_end", "signer", "signer_position",
    ),
    "targets": (
        "start", "end", "number_start", "number_end", "value", "value_max", "denominator", "percent", "comparator",
        "unit", "indicator", "indicator_code", "basis", "status", "period_start", "due_date", "strength", "plan_of",
        "flags",
    ),
    "places": (
        "start", "end", "name", "level", "type", "code", "district", "province", "resolution", "role", "goal", "flags",
    ),
    "deadlines": (
        "start", "end", "kind", "bound", "start_date", "due_date", "granularity", "recurrence", "task", "flags",
    ),
    "assignments": (
        "start", "end", "assignee_type", "name", "honorific", "position", "organization", "role", "duty", "task",
        "flags",
    ),
}  # fmt: skip
"""The columns that a reviewer may change, by table."""

_OF_CODE = (
    "name", "level", "type", "district", "district_code", "province", "province_code", "current_code", "current_name",
    "current_province", "resolution", "successors", "candidates",
)  # fmt: skip
DERIVED: dict[str, dict[str, tuple[str, ...]]] = {
    "documents": {"province_code": ("province",), "district_code": ("district", "province")},
    "targets": {
        "quote": ("start", "end"),
        "value_base": ("value", "unit"),
        "unit_base": ("unit",),
        "deadline_id": ("due_date",),  # the date is the reviewer's then, no longer that deadline's
        "strength": ("status",),  # of targets only
        "plan_of": ("status",),
        "flags": ("value", "denominator", "percent", "value_max", "due_date", "status"),
    },
    "places": {
        "quote": ("start", "end"),
        **{column: ("code",) for column in _OF_CODE},
        "district_code": ("code", "district", "province"),
        "province_code": ("code", "province"),
        "flags": ("code",),
    },
    "deadlines": {"quote": ("start", "end"), "flags": ("due_date",)},
    "assignments": {"quote": ("start", "end")},
}
"""The columns that are made anew when others change: table → column → what it is made of."""

_COMPLETES = {
    "places.code": "place",
    "places.name": "place",
    "places.district": "district",
    "places.province": "province",
    "documents.district": "district",
    "documents.province": "province",
    "targets.indicator_code": "indicator_code",
    "targets.unit": "unit",
    "assignments.position": "position",
    "assignments.organization": "organization",
}
_REVIEWED = {"rule": "review", "confidence": "1"}  # of a row that a reviewer added
_LONGEST = 20_000  # characters of a cell
_PLACE_FLAGS = ("name_variant", "former_name", "not_in_force", "divided_since")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[.\s]\d{3})+(?:,\d+)?|\d{1,30}(?:[.,]\d{1,30})?)", re.ASCII)
_POINT_OR_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_NUMBER_IN_TEXT = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
_WHOLE = re.compile(r"\d{1,11}", re.ASCII)
_DAY = re.compile(r"(?:ngày )?(\d{1,2})(?:[/.-]| tháng )(\d{1,2})(?:[/.-]| năm )(\d{4})", re.IGNORECASE | re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_YEARS = range(1900, 2101)
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # make a text look like another one
# Of a new row, taken as given: no one types them.
_GIVEN = {
    "section_id": re.compile(r"[0-9a-f]{16}-s\d+", re.ASCII),
    "candidates": re.compile(r"\d{2,5}(?:;\d{2,5})*", re.ASCII),
}
_NUMBERS = r"-?\d{1,3}(?:,-?\d{1,3})*"
_RULE_PARTS = {
    "FREQ": re.compile("HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9]\d?"),
    "BYMONTH": re.compile(r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*"),
    "BYMONTHDAY": re.compile(r"-?(?:[1-9]|[12]\d|3[01])(?:,-?(?:[1-9]|[12]\d|3[01]))*"),
    "BYDAY": re.compile(r"(?:-?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:-?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU))*"),
    "BYSETPOS": re.compile(_NUMBERS),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value, and what to do about it.

    Attributes:
        column: the column.
        vi: in Vietnamese.
        en: in English.
    """

    column: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Validated:
    """A change that was checked.

    Attributes:
        cells: the columns whose values differ from the row's, as the tables write them, with what follows from them;
            of no use where there are errors.
        errors: what must be put right first.
        warnings: what looks odd but may be meant.
    """

    cells: dict[str, str]
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def validated(
    table: str, changes: Mapping[str, str], cells: Mapping[str, str], text: str, on: date | None
) -> Validated:
    """Check the changes to a row, or a new row.

    A number such as ``1.234`` is 1234, as Vietnamese writes it, unless the row says so already or its words have a
    number of that value (``1,234``). Of a new row, ``section_id`` (and the codes in ``candidates``) are taken as given;
    the caller knows the sections.

    Args:
        table: name of the table.
        changes: column → value as typed.
        cells: the row as it is; empty for a new one.
        text: the source text that offsets count in.
        on: the document's day.

    Returns:
        The changes in the tables' form, and what is wrong with them.
    """
    return _Check(BY_NAME[table], changes, cells, text, on).done()


def fields() -> dict[str, list[dict[str, Any]]]:
    """The columns of each table that reviewers see, for the page's forms.

    Returns:
        Table → its columns: ``name``, ``type``, ``label`` (vi, en), ``editable``, ``values`` (the only ones allowed, or
        none), ``labels`` (those in Vietnamese), ``completes`` (the kind to ask ``completing.complete`` for, or '').
    """
    return {name: [_field(BY_NAME[name], column) for column in BY_NAME[name].columns] for name in EDITABLE}


def _field(table: Table, column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "label": _label(table, column),
        "editable": column.name in EDITABLE[table.name],
        "values": list(FLAGS if column.name == "flags" else column.values),
        "labels": {code: vi for code, (_, vi) in FLAGS.items()} if column.name == "flags" else labels(table, column),
        "completes": _COMPLETES.get(f"{table.name}.{column.name}", ""),
    }


def _label(table: Table, column: Column) -> dict[str, str]:
    return {"vi": heading(table, column), "en": column.name.replace("_", " ").capitalize()}


# -- one change --------------------------------------------------------------------------------------------------------


class _Check:
    """The changes to one row, on their way."""

    def __init__(
        self, table: Table, changes: Mapping[str, str], cells: Mapping[str, str], text: str, on: date | None
    ) -> None:
        self.table, self.before, self.text, self.on = table, cells, text, on
        self.columns = {column.name: column for column in table.columns}
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.row = {name: cells.get(name, "") for name in table.names}
        self.changes = changes

    def done(self) -> Validated:
        """The outcome."""
        new = not self.before
        if new:
            self.row |= {name: _REVIEWED[name] for name in _REVIEWED if name in self.columns}
        for name, typed in self.changes.items():
            self._take(name, typed, new)
        if new:
            self._need_all()
        if not self.errors:
            self._check_span()
            self._check_order()
        if not self.errors:
            _FOLLOW[self.table.name](self)
        changed = {name: value for name, value in self.row.items() if value != self.before.get(name, "")}
        return Validated(changed, self.errors, self.warnings)

    def changed(self, *names: str) -> bool:
        """Whether the change touches one of the columns."""
        return any(self.row[name] != self.before.get(name, "") for name in names)

    def error(self, name: str, vi: str, en: str) -> None:
        """Note what must be put right; ``{}`` stands for the column's name."""
        self.errors.append(self._problem(name, vi, en))

    def warn(self, name: str, vi: str, en: str) -> None:
        """Note what looks odd."""
        self.warnings.append(self._problem(name, vi, en))

    def _problem(self, name: str, vi: str, en: str) -> Problem:
        column = self.columns.get(name)
        label = _label(self.table, column) if column else {"vi": name, "en": name}
        return Problem(name, vi.replace("{}", label["vi"]), en.replace("{}", label["en"]))

    # -- a value -------------------------------------------------------------------------------------------------------

    def _take(self, name: str, typed: str, new: bool) -> None:
        """Take a column's new value in the tables' form."""
        column = self.columns.get(name)
        if column is None or not isinstance(typed, str):
            self.error(name, "Cột “{}” không có trong bảng này.", "This table has no column “{}”.")
        elif typed == self.before.get(name, ""):
            return
        elif name not in EDITABLE[self.table.name]:
            if new and name in _GIVEN and _GIVEN[name].fullmatch(typed):
                self.row[name] = typed
            elif not new and name not in DERIVED[self.table.name]:
                self.error(name, "Không sửa được cột “{}”.", "“{}” cannot be changed.")
        else:
            value = self._plain(name, typed)
            if value is not None:
                value = value and self._of_type(column, value)
            if value is not None:
                if not value and not column.nullable:
                    self.error(name, "Hãy ghi “{}”, không được để trống.", "Give “{}”: it must not be empty.")
                self.row[name] = value

    def _plain(self, name: str, typed: str) -> str | None:
        """A typed text as one line of composed letters; ``None`` where it is none."""
        text = " ".join(_DIRECTIONS.sub("", unicodedata.normalize("NFC", typed)).split())
        if any(unicodedata.category(char) in {"Cc", "Cs", "Cn"} for char in text):
            self.error(
                name, "“{}” có ký tự không đọc được; hãy gõ lại.", "“{}” has unreadable characters: type it anew."
            )
            return None
        if len(text) > _LONGEST:
            self.error(
                name,
                f"“{{}}” dài quá {_LONGEST} ký tự; hãy rút ngắn.",
                f"“{{}}” is longer than {_LONGEST} characters: shorten it.",
            )
            return None
        return text

    def _of_type(self, column: Column, value: str) -> str | None:
        """A value in the form of its column's type; ``None``, and an error, where it has none."""
        if column.name == "flags":
            return self._flags(value)
        if column.name == "recurrence":
            return self._recurrence(value)
        if column.values:
            return self._one_of(column, value)
        if column.type == "decimal":
            return self._decimal(column.name, value)
        if column.type == "date":
            return self._date(column.name, value)
        if column.type == "int":
            if _WHOLE.fullmatch(value):
                return str(int(value))
            self.error(column.name, "“{}” phải là số nguyên, ví dụ 120.", "“{}” must be a whole number, such as 120.")
            return None
        if column.name == "indicator_code" and value.upper() not in indicator_names():
            self.error(
                column.name,
                f"Danh mục không có mã “{value}”; hãy chọn mã trong danh sách gợi ý hoặc để trống.",
                f"The catalogue has no code “{value}”: choose one of those offered, or leave it empty.",
            )
            return None
        return value.upper() if column.name == "indicator_code" else value

    def _decimal(self, name: str, value: str) -> str | None:
        if _NUMBER.fullmatch(value):
            try:
                number = self._number(value)
                return canonical(number)
            except InvalidOperation:
                pass
        self.error(
            name,
            f"“{value}” không phải là số; hãy ghi kiểu 1.234,5 hoặc 75,86.",
            f"“{value}” is no number: write it as 1.234,5 or 75,86.",
        )
        return None

    def _number(self, value: str) -> Decimal:
        """The value of a number; one that may be read in two ways is what the row's own words have."""
        sign, plain = (value[0], value[1:]) if value[0] in "+-" else ("", value)
        if re.fullmatch(r"0\.\d+", plain):
            return Decimal(sign + plain)
        number = read_number(plain)
        if _POINT_OR_THOUSANDS.fullmatch(plain):
            said = self._numbers_said()
            if number not in said and Decimal(plain) in said:
                number = Decimal(plain)
        return -number if sign == "-" else number

    def _numbers_said(self) -> set[Decimal]:
        """The numbers in the row's words, old and new."""
        found = set()
        for cells in (self.row, self.changes):
            start, end = (self._offset(cells.get(name)) for name in ("start", "end"))
            for match in _NUMBER_IN_TEXT.finditer(self.text, start or 0, end or 0):
                if _NUMBER.fullmatch(match[0]):
                    found.add(read_number(match[0]))
        return found

    def _offset(self, cell: Any) -> int | None:
        """An offset that may not have been checked yet, inside the text."""
        right = isinstance(cell, str) and _WHOLE.fullmatch(cell)
        return min(int(cell), len(self.text)) if right else None

    def _date(self, name: str, value: str) -> str | None:
        if match := _ISO_DAY.fullmatch(value):
            year, month, day = map(int, match.groups())
        elif match := _DAY.fullmatch(value):
            day, month, year = map(int, match.groups())
        else:
            self.error(
                name,
                f"“{value}” chưa đủ ngày, tháng, năm; hãy ghi kiểu 31/12/2025.",
                f"“{value}” is no full date: write day, month and year as 31/12/2025.",
            )
            return None
        try:
            if year not in _YEARS:
                raise ValueError
            return date(year, month, day).isoformat()
        except ValueError:
            self.error(
                name,
                f"Không có ngày “{value}” trong lịch; hãy xem lại ngày, tháng, năm.",
                f"There is no day “{value}”: look at day, month and year again.",
            )
            return None

    def _one_of(self, column: Column, value: str) -> str | None:
        if value in column.values:
            return value
        words = labels(self.table, column)
        coded = [code for code, word in words.items() if word.lower() == value.lower()]
        if coded:
            return coded[0]
        shown = ", ".join(words.get(code, code) for code in column.values)
        self.error(
            column.name,
            f"“{{}}” chỉ nhận: {shown}.",
            f"“{{}}” must be one of: {', '.join(column.values)}.",
        )
        return None

    def _flags(self, value: str) -> str | None:
        codes = [code for code in re.split(r"[;,\s]+", value) if code]
        unknown = [code for code in codes if code not in FLAGS]
        if unknown:
            self.error(
                "flags",
                f"Không có cờ “{unknown[0]}”; hãy chọn trong danh sách.",
                f"There is no flag “{unknown[0]}”: choose one of the list.",
            )
            return None
        return ";".join(dict.fromkeys(codes))

    def _recurrence(self, value: str) -> str | None:
        rule = value.upper().removeprefix("RRULE:").strip(";").replace(" ", "")
        parts = [part.partition("=")[::2] for part in rule.split(";")]
        right = parts[0][0] == "FREQ" and len(dict(parts)) == len(parts)
        if right and all(name in _RULE_PARTS and _RULE_PARTS[name].fullmatch(says) for name, says in parts):
            return rule
        self.error(
            "recurrence",
            "Chu kỳ ghi kiểu FREQ=MONTHLY;BYMONTHDAY=25 (HOURLY, DAILY, WEEKLY, MONTHLY hoặc YEARLY).",
            "Write the recurrence as FREQ=MONTHLY;BYMONTHDAY=25 (HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY).",
        )
        return None

    # -- values together -----------------------------------------------------------------------------------------------

    def _need_all(self) -> None:
        """Of a new row, whatever cannot be empty."""
        wrong = {problem.column for problem in self.errors}
        for name in EDITABLE[self.table.name]:
            if not self.row[name] and not self.columns[name].nullable and name not in wrong:
                self.error(name, "Hãy ghi “{}”, không được để trống.", "Give “{}”: it must not be empty.")

    def _check_span(self) -> None:
        """The row's words, without the spaces around them; of a target, with the number in them."""
        if "start" not in self.columns or not self.changed("start", "end", *_NUMBER_SPAN.get(self.table.name, ())):
            return
        start, end = int(self.row["start"] or 0), int(self.row["end"] or 0)
        if not start < end <= len(self.text):
            self.error(
                "start",
                "Đoạn chọn phải nằm trong văn bản và có ít nhất một ký tự; hãy bôi chọn lại.",
                "The selection must lie in the text and hold a character: select it anew.",
            )
            return
        if self.changed("start", "end"):
            words = self.text[start:end]
            end -= len(words) - len(words.rstrip())
            start += len(words) - len(words.lstrip())
            if start >= end:
                self.error(
                    "start", "Đoạn chọn chỉ có dấu cách; hãy bôi chọn lại.", "Only spaces were selected: select anew."
                )
                return
            self.row |= {"start": str(start), "end": str(end), "quote": self.text[start:end]}
        if self.table.name == "targets":
            first, last = int(self.row["number_start"] or 0), int(self.row["number_end"] or 0)
            if not start <= first < last <= end:
                self.error(
                    "number_start",
                    "Con số phải nằm trong đoạn chọn; hãy bôi chọn cả cụm có con số.",
                    "The number must lie inside the selection: select the words together with their number.",
                )

    def _check_order(self) -> None:
        """What must not come before something else."""
        for low, high in _IN_ORDER[self.table.name]:
            if not self.row[low] or not self.row[high] or not self.changed(low, high):
                continue
            dates = self.columns[high].type == "date"
            early = self.row[high] < self.row[low] if dates else Decimal(self.row[high]) < Decimal(self.row[low])
            if early:
                other = _label(self.table, self.columns[low])
                self.error(
                    high,
                    f"“{{}}” không được {'trước' if dates else 'nhỏ hơn'} “{other['vi']}”; hãy xem lại cả hai.",
                    f"“{{}}” must not be {'before' if dates else 'below'} “{other['en']}”: look at both again.",
                )

    def reflag(self, may: Iterable[str], does: Iterable[str]) -> None:
        """Of the flags that a change may raise or settle, those that the row fails now; a reviewer's own stay."""
        if self.changed("flags"):
            return
        mine = set(may)
        codes = [code for code in self.row["flags"].split(";") if code and code not in mine]
        self.row["flags"] = ";".join([*codes, *does])


_NUMBER_SPAN = {"targets": ("number_start", "number_end")}
_IN_ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "documents": (("period_start", "period_end"),),
    "targets": (("value", "value_max"), ("period_start", "due_date")),
    "places": (),
    "deadlines": (("start_date", "due_date"),),
    "assignments": (),
}


# -- what follows ------------------------------------------------------------------------------------------------------


def _follow_document(check: _Check) -> None:
    row = check.row
    on = date.fromisoformat(row["issued_on"]) if row["issued_on"] else check.on
    if check.changed("province", "district"):
        _locate(check, on)


def _locate(check: _Check, on: date | None) -> None:
    """The codes of a district and a province that were named."""
    row, known = check.row, gazetteer.load()
    province = known.province(row["province"], on) if row["province"] else None
    row["province_code"] = province.code if province else ""
    district = known.district(row["district"], on, province_code=row["province_code"]) if row["district"] else None
    row["district_code"] = district.code if district else ""
    for level, found in (("province", province), ("district", district)):
        if row[level] and found is None and check.changed(level):
            check.warn(
                level,
                f"Danh mục đơn vị hành chính không có “{row[level]}”; hãy xem lại tên.",
                f"The gazetteer has no “{row[level]}”: look at the name again.",
            )


def _follow_target(check: _Check) -> None:
    row, patterns = check.row, load()
    if check.changed("value", "unit"):
        word = units(patterns).at(fold(row["unit"]), 0)
        factor, base = bases(patterns).of(row["unit"], word is not None and word.kind == "money")
        row["unit_base"] = base
        row["value_base"] = canonical(Decimal(row["value"]) * factor) if row["unit"] else ""
    if check.changed("due_date"):
        row["deadline_id"] = ""
    if check.changed("status"):
        if row["status"] != "target":
            row["strength"] = row["plan_of"] = ""
        elif not row["strength"]:
            row["strength"] = "firm"
    if check.changed("value", "denominator", "percent", "value_max"):
        check.reflag(("percent_mismatch", "numerator_above_denominator"), _fraction_flags(row))
        _warn_of_fraction(check)
    if check.changed("due_date", "status"):
        late = row["status"] == "target" and _is_before(row["due_date"], check.on)
        check.reflag(("due_before_issue",), ["due_before_issue"] * late)


def _fraction_flags(row: Mapping[str, str]) -> list[str]:
    """The checks of ``extractor.relating.targets`` that a fraction and the share beside it fail."""
    flags = []
    value, whole = Decimal(row["value"]), Decimal(row["denominator"] or 0)
    if whole and row["percent"]:
        percent = Decimal(row["percent"])
        exponent = percent.as_tuple().exponent
        digits = -exponent if isinstance(exponent, int) else 0
        if abs(value / whole * 100 - percent) > Decimal("0.51").scaleb(-digits):
            flags.append("percent_mismatch")
    if whole and value > whole:
        flags.append("numerator_above_denominator")
    return flags


def _warn_of_fraction(check: _Check) -> None:
    for code in _fraction_flags(check.row):
        en, vi = FLAGS[code]
        check.warn("percent" if code == "percent_mismatch" else "denominator", f"{vi}.", f"{en}.")


def _follow_place(check: _Check) -> None:
    row, on = check.row, check.on
    if check.changed("code"):
        if not row["code"]:
            row |= dict.fromkeys(("current_code", "current_name", "current_province", "successors"), "")
            if not check.changed("resolution"):
                row["resolution"] = "unresolved"
            check.reflag(_PLACE_FLAGS, ())
        else:
            unit = unit_of(row["code"], on)
            if unit is None:
                check.error(
                    "code",
                    f"Danh mục đơn vị hành chính không có mã “{row['code']}”; hãy chọn trong danh sách gợi ý.",
                    f"The gazetteer has no code “{row['code']}”: choose one of those offered.",
                )
                return
            row |= place_cells(unit, on)
            check.reflag(_PLACE_FLAGS, _place_flags(unit, row, on))
            if on and not unit.in_force(on):
                check.warn(
                    "code",
                    f"{_called(unit)} không còn hoặc chưa có vào ngày {on:%d/%m/%Y} của văn bản.",
                    f"{_called(unit)} was not in force on the document's day, {on.isoformat()}.",
                )
        return
    if check.changed("district", "province"):
        _locate(check, on)
    if row["resolution"] == "exact" and not row["code"] and check.changed("resolution", "level"):
        check.error(
            "resolution",
            "Muốn ghi “Chính xác” thì hãy chọn mã đơn vị.",
            "For “exact”, choose the unit's code.",
        )


def _called(unit: Unit) -> str:
    return f"{unit.type[:1].upper()}{unit.type[1:]} {unit.name}"


def _place_flags(unit: Unit, row: Mapping[str, str], on: date | None) -> list[str]:
    """The flags that ``extractor.relating.places`` gives a name that is this unit's."""
    flags = []
    said = row["quote"] or unit.name
    if name_key(said) != unit.key:
        flags.append("name_variant" if loose_key(said) == loose_key(unit.name) else "former_name")
    if on and not unit.in_force(on):
        flags.append("not_in_force")
    if row["successors"] and unit.level != "district":
        flags.append("divided_since")
    return flags


def _follow_deadline(check: _Check) -> None:
    row = check.row
    if check.changed("due_date"):
        check.reflag(("due_before_issue",), ["due_before_issue"] * _is_before(row["due_date"], check.on))
    if check.changed("kind", "recurrence") and (row["kind"] == "recurring") != bool(row["recurrence"]):
        check.warn(
            "recurrence",
            "Thời hạn định kỳ cần có chu kỳ, và chỉ thời hạn định kỳ mới có.",
            "A recurring deadline has a recurrence, and no other one has.",
        )


def _is_before(day: str, on: date | None) -> bool:
    return bool(day and on and day < on.isoformat())


def _follow_assignment(check: _Check) -> None:
    needed = {"person": "name", "position": "position", "organization": "organization"}[check.row["assignee_type"]]
    if check.changed("assignee_type", needed) and not check.row[needed]:
        check.warn(needed, "Nên ghi “{}” của đối tượng được giao.", "“{}” of the assignee should be given.")


_FOLLOW: dict[str, Callable[[_Check], None]] = {
    "documents": _follow_document,
    "targets": _follow_target,
    "places": _follow_place,
    "deadlines": _follow_deadline,
    "assignments": _follow_assignment,
}


# -- lists of codes ----------------------------------------------------------------------------------------------------


@cache
def indicator_names() -> dict[str, str]:
    """The catalogue of indicators: code → Vietnamese name."""
    entries = (entry for entry in load().of("indicator") if "code" in entry.means)
    return {str(entry.means["code"]): str(entry.means["name"]) for entry in entries}


def unit_of(code: str, on: date | None) -> Unit | None:
    """The unit of the gazetteer with a code, as it stood on the day or nearest to it."""
    levels: dict[int, Level] = {2: "province", 3: "district", 5: "commune"}
    level = levels.get(len(code))
    return gazetteer.load().unit(code, level, on) if level else None


def place_cells(unit: Unit, on: date | None) -> dict[str, str]:
    """All columns of ``places`` that a unit of the gazetteer decides.

    Args:
        unit: the unit.
        on: the document's day.

    Returns:
        Column → text, empty where the unit has nothing for it.
    """
    known = gazetteer.load()
    district, province = known.parents(unit, on)
    current = known.current(unit)
    now = current[0] if len(current) == 1 else None
    owner = known.parents(now, now.valid_from)[1] if now and now.province_code else None
    return {
        "name": unit.name,
        "level": unit.level,
        "type": unit.type,
        "code": unit.code,
        "district": district.name if district else "",
        "district_code": district.code if district else "",
        "province": province.name if province else "",
        "province_code": province.code if province else "",
        "current_code": now.code if now else "",
        "current_name": now.name if now else "",
        "current_province": owner.name if owner else "",
        "resolution": "exact",
        "successors": "" if now else ";".join(one.code for one in current),
        "candidates": "",
    }
