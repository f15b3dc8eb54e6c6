"""The one schema of the six tables: CONTRACT.md as data.

CSV headers, Parquet types, the SQLite tables and the pandas frames are all made from ``TABLES``; a column is added
here and in ``extractor.model``, nowhere else. A column's name is the attribute of the model's dataclass that fills it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from extractor import model

LogicalType = Literal["str", "int", "decimal", "date", "float", "list"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: the column's name in every format, and the attribute of the model's dataclass.
        type: logical type; ``decimal`` is exact in CSV and a double elsewhere, ``list`` is joined by the table's rule.
        en: what it means, in English.
        vi: what it means, in Vietnamese.
        nullable: whether "not stated" (an empty string, or null) may stand here.
        references: table and column that a foreign key points to.
        values: the only values allowed, where they are few; an empty string is left out.
        indexed: whether databases get an index on it (foreign keys always do).
    """

    name: str
    type: LogicalType
    en: str
    vi: str
    nullable: bool = True
    references: tuple[str, str] | None = None
    values: tuple[str, ...] = ()
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in the contract's order.

    Attributes:
        name: table name, also the name of ``Extraction``'s attribute (``documents`` comes from ``.document``).
        primary_key: name of the column that identifies a row.
        columns: in the contract's order.
        en: what a row is, in English.
        vi: what a row is, in Vietnamese.
    """

    name: str
    primary_key: str
    columns: tuple[Column, ...]
    en: str
    vi: str

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)


def _values(literal: Any) -> tuple[str, ...]:
    """The values of one of the model's ``Literal`` types, without the empty string."""
    return tuple(value for value in get_args(literal) if value)


def _id(name: str, row: str, hang: str) -> Column:
    return Column(
        name, "str", f"Identifier of the {row}, the same on every run", f"Mã {hang}, không đổi giữa các lần chạy", False
    )


_DOC_ID = Column(
    "doc_id", "str", "Document the row comes from", "Văn bản chứa dòng này", False, references=("documents", "doc_id")
)
_SECTION_ID = Column(
    "section_id", "str", "Section the row stands in", "Mục chứa dòng này", references=("sections", "section_id")
)
_START = Column(
    "start", "int", "Start offset in the source text, in code points", "Vị trí đầu trong văn bản gốc (ký tự)", False
)
_END = Column("end", "int", "End offset, exclusive", "Vị trí cuối (không gồm ký tự cuối)", False)
_FLAGS = Column("flags", "list", "Checks that the statement fails", "Các mâu thuẫn phát hiện trong văn bản")
_RULE = Column("rule", "str", "Id of the pattern that made the row", "Mã mẫu đã sinh ra dòng này")
_CONFIDENCE = Column("confidence", "float", "From 0 to 1", "Độ tin cậy, từ 0 đến 1", False)


def _quote(en: str, vi: str) -> Column:
    return Column("quote", "str", f"{en}, verbatim: source_text[start:end]", f"{vi}, nguyên văn", False)


FLAGS: dict[str, tuple[str, str]] = {
    "approximate": ("The day was counted from another one in working days", "Ngày tính theo ngày làm việc, gần đúng"),
    "child_after_parent": ("A part is due after the whole it belongs to", "Thời hạn của phần sau thời hạn của cả mục"),
    "denominator_mismatch": (
        "n/N communes or districts, and the province (or the district named) had another number of them",
        "Mẫu số khác tổng số đơn vị hành chính tại ngày văn bản",
    ),
    "divided_since": (
        "The unit was divided between several present ones: `successors`",
        "Đơn vị đã bị chia cho nhiều đơn vị mới",
    ),
    "due_before_issue": ("Due before the document was issued", "Thời hạn trước ngày ban hành"),
    "english_decimal": ("A decimal point was read where Vietnamese writes a comma", "Số thập phân viết bằng dấu chấm"),
    "former_name": ("The gazetteer knows the unit by another name", "Tên gọi cũ hoặc tên khác của đơn vị"),
    "invalid_date": ("No such day in the calendar", "Ngày không có trong lịch"),
    "list_count_mismatch": ("The list names more or fewer units than its count", "Danh sách không khớp số đếm"),
    "name_variant": (
        "Found by a spelling that differs in tones or letters, inside a district already known",
        "Tên viết khác chính tả, khớp trong huyện đã biết",
    ),
    "no_task": ("No task was found for the assignee", "Không xác định được nhiệm vụ"),
    "not_in_force": (
        "The unit was not in force on the document's day (a district in a plan of 2026)",
        "Đơn vị không còn (hoặc chưa) tồn tại tại ngày văn bản",
    ),
    "numerator_above_denominator": ("A fraction above one", "Tử số lớn hơn mẫu số"),
    "ocr_repaired": (
        "A letter that OCR misread was read as what it must be (nãm, 3O/6); the quote keeps it",
        "Có chữ nhận dạng sai đã được hiểu lại; trích dẫn giữ nguyên",
    ),
    "percent_mismatch": ("The share stated is not that of the fraction", "Tỷ lệ ghi không đúng với phân số"),
}
"""Every check that a row may fail: its code, what it means in English and in Vietnamese."""

DOCUMENTS = Table(
    "documents",
    "doc_id",
    (
        Column(
            "doc_id", "str", "First 16 hex digits of the file's SHA-256", "16 chữ số đầu của SHA-256 của tệp", False
        ),
        Column(
            "source",
            "str",
            "The file, as a path inside the given folder; of a zip file `name.zip!/path of the member`",
            "Tên tệp nguồn",
            False,
            indexed=True,
        ),
        Column("sha256", "str", "SHA-256 of the file's bytes; empty if it could not be opened", "SHA-256 của tệp"),
        Column("format", "str", "Format of the file: txt, docx, html, md, …", "Định dạng tệp"),
        Column(
            "status",
            "str",
            "ok, partial or failed",
            "Kết quả đọc: ok, partial (một phần) hoặc failed (lỗi)",
            False,
            values=_values(model.DocumentStatus),
        ),
        Column("warnings", "list", "What went wrong or looked odd, in words", "Cảnh báo"),
        Column("doc_type", "str", "Kế hoạch, Chỉ thị, …", "Loại văn bản"),
        Column("number", "str", "Document number: 07-KH/BCĐ", "Số, ký hiệu văn bản"),
        Column("title", "str", "The document's own subject", "Trích yếu"),
        Column("issuer", "str", "The issuing body with its place", "Cơ quan ban hành"),
        Column("issued_place", "str", "Place of issue", "Địa danh ban hành"),
        Column("issued_on", "date", "Date of issue", "Ngày ban hành"),
        Column("province", "str", "The document's own province", "Tỉnh, thành phố của văn bản", indexed=True),
        Column("province_code", "str", "General Statistics Office code at the document's date", "Mã tỉnh"),
        Column("district", "str", "The document's own district", "Huyện, quận của văn bản"),
        Column("district_code", "str", "General Statistics Office code at the document's date", "Mã huyện"),
        Column("period_start", "date", "First day of the plan's own period", "Ngày đầu kỳ kế hoạch"),
        Column("period_end", "date", "Last day of the plan's own period", "Ngày cuối kỳ kế hoạch"),
        Column("signer", "str", "Who signed", "Người ký"),
        Column("signer_position", "str", "The signer's position", "Chức vụ người ký"),
        Column("chars", "int", "Length of the source text, in code points", "Độ dài văn bản gốc (ký tự)", False),
        Column("reader", "str", "What read the file: text, python-docx, …", "Công cụ đã đọc tệp"),
        Column("pages", "int", "Number of pages, where the format has pages", "Số trang, nếu định dạng có trang"),
        Column(
            "ocr_confidence",
            "float",
            "Mean confidence of words recognised from images, 0 to 1; empty where none were",
            "Độ tin cậy trung bình khi nhận dạng chữ từ ảnh, từ 0 đến 1",
        ),
        Column("extractor_version", "str", "Version of chitieu that made the rows", "Phiên bản chitieu"),
    ),
    "One row a document: a file given to the run, or a member of a zip file",
    "Mỗi dòng là một văn bản: một tệp, hoặc một tệp nằm trong tệp zip",
)

SECTIONS = Table(
    "sections",
    "section_id",
    (
        _id("section_id", "section", "mục"),
        _DOC_ID,
        Column(
            "parent_id", "str", "Section that this one is a part of", "Mục cha", references=("sections", "section_id")
        ),
        Column("level", "int", "Depth in the outline, 1 at the top", "Cấp trong dàn bài", False),
        Column("marker", "str", "II. | 2.1. | a. | -", "Số thứ tự hoặc dấu đầu dòng"),
        Column("heading", "str", "The heading's text, without its marker", "Tiêu đề mục"),
        Column("kind", "str", "What the section is for", "Loại mục", False, values=_values(model.SectionKind)),
        _START,
        _END,
    ),
    "One row a section of the outline",
    "Mỗi dòng là một mục trong dàn bài",
)

TARGETS = Table(
    "targets",
    "target_id",
    (
        _id("target_id", "target", "chỉ tiêu"),
        _DOC_ID,
        _SECTION_ID,
        _START,
        _END,
        _quote("The whole statement of the quantity", "Toàn bộ cụm nêu số lượng"),
        Column("number_start", "int", "Start offset of the number itself", "Vị trí đầu của con số", False),
        Column("number_end", "int", "End offset of the number itself, exclusive", "Vị trí cuối của con số", False),
        Column(
            "value", "decimal", "The number; of a fraction the numerator, of a range the lower end", "Giá trị", False
        ),
        Column("value_max", "decimal", "Upper end of a range", "Giá trị lớn nhất của khoảng"),
        Column("denominator", "decimal", "Denominator of a fraction: 88/116 → 116", "Mẫu số"),
        Column("percent", "decimal", "Share stated beside a count: (75,86%) → 75.86", "Tỷ lệ ghi kèm (%)"),
        Column(
            "comparator",
            "str",
            "How the value binds: = >= > <= < ~",
            "Phép so sánh",
            False,
            values=_values(model.Comparator),
        ),
        Column("unit", "str", "Unit as written", "Đơn vị tính"),
        Column("indicator", "str", "What is counted, verbatim", "Tên chỉ tiêu", indexed=True),
        Column("indicator_code", "str", "The catalogue's code", "Mã chỉ tiêu"),
        Column("basis", "str", "increment, cumulative, average or change", "Cách tính", values=_values(model.Basis)),
        Column(
            "status",
            "str",
            "target (to be reached), result, estimate or criterion",
            "Chỉ tiêu, kết quả, ước đạt hoặc tiêu chí",
            False,
            values=_values(model.TargetStatus),
            indexed=True,
        ),
        Column("period_start", "date", "From when", "Từ ngày"),
        Column("due_date", "date", "When it is to be reached; of a result, as of when", "Thời hạn", indexed=True),
        Column(
            "deadline_id",
            "str",
            "The deadline that gives due_date",
            "Mốc thời gian xác định thời hạn",
            references=("deadlines", "deadline_id"),
        ),
        _FLAGS,
        _RULE,
        _CONFIDENCE,
        Column(
            "value_base",
            "decimal",
            "The value in the unit of `unit_base`: 1,5 nghìn tỷ đồng → 1500000000000",
            "Giá trị theo đơn vị gốc",
        ),
        Column("unit_base", "str", "Base unit of the same kind: đồng, kg, m2, …; else the unit itself", "Đơn vị gốc"),
        Column(
            "strength",
            "str",
            "Of a target: firm, or stretch where only an effort is asked or money is not there yet",
            "Mức cam kết: bắt buộc (firm) hoặc cố gắng (stretch)",
            values=_values(model.Strength),
        ),
        Column(
            "plan_of",
            "str",
            "Of a target left over from an earlier plan: its year or years",
            "Thuộc kế hoạch năm trước",
        ),
        Column(
            "province_total",
            "int",
            "Of a fraction of units (88/116 xã): how many such units the document's province had at its date",
            "Tổng số đơn vị cùng loại của tỉnh tại ngày văn bản",
        ),
    ),
    "One row a quantity",
    "Mỗi dòng là một số lượng",
)

PLACES = Table(
    "places",
    "place_id",
    (
        _id("place_id", "mention", "lần nhắc địa danh"),
        _DOC_ID,
        _SECTION_ID,
        _START,
        _END,
        _quote("The name as it stands, without its prefix", "Tên như trong văn bản, không kèm cấp"),
        Column("name", "str", "The unit's name", "Tên đơn vị hành chính", False, indexed=True),
        Column("level", "str", "province, district, commune or hamlet", "Cấp", False, values=_values(model.PlaceLevel)),
        Column("type", "str", "xã, phường, thị trấn, huyện, …", "Loại đơn vị"),
        Column("code", "str", "General Statistics Office code at the document's date", "Mã đơn vị"),
        Column("district", "str", "District it belongs to", "Thuộc huyện"),
        Column("district_code", "str", "Code of that district", "Mã huyện"),
        Column("province", "str", "Province it belongs to", "Thuộc tỉnh"),
        Column("province_code", "str", "Code of that province", "Mã tỉnh"),
        Column("current_code", "str", "Code of the unit in force since 2025-07-01", "Mã đơn vị từ 01/7/2025"),
        Column("current_name", "str", "Name of the unit in force since 2025-07-01", "Tên đơn vị từ 01/7/2025"),
        Column("current_province", "str", "Its province since 2025-07-01", "Tỉnh từ 01/7/2025"),
        Column(
            "resolution",
            "str",
            "exact, inferred, ambiguous or unresolved",
            "Mức độ xác định đơn vị",
            False,
            values=_values(model.Resolution),
        ),
        Column(
            "target_id",
            "str",
            "The target whose list names it",
            "Chỉ tiêu có danh sách nêu tên đơn vị",
            references=("targets", "target_id"),
        ),
        Column("goal", "str", "What it is named for, verbatim", "Mục tiêu mà đơn vị được nêu tên"),
        Column("role", "str", "member, location or issuer", "Vai trò", False, values=_values(model.PlaceRole)),
        _FLAGS,
        _RULE,
        _CONFIDENCE,
        Column(
            "successors",
            "list",
            "Codes of all present units, where the unit was divided (or was a district) and so has no one successor",
            "Mã các đơn vị hiện nay, khi đơn vị bị chia (hoặc là cấp huyện)",
        ),
        Column("candidates", "list", "Codes of the units that an ambiguous name may mean", "Mã các đơn vị có thể là"),
    ),
    "One row a mention of a named administrative unit",
    "Mỗi dòng là một lần nhắc tên đơn vị hành chính",
)

DEADLINES = Table(
    "deadlines",
    "deadline_id",
    (
        _id("deadline_id", "deadline", "mốc thời gian"),
        _DOC_ID,
        _SECTION_ID,
        _START,
        _END,
        _quote("The time expression with its cue", "Cụm chỉ thời gian"),
        Column(
            "kind", "str", "by, within, period or recurring", "Loại thời hạn", False, values=_values(model.DeadlineKind)
        ),
        Column("bound", "str", "before, by, in or from", "Giới hạn", values=_values(model.Bound)),
        Column("start_date", "date", "First day", "Ngày bắt đầu"),
        Column("due_date", "date", "Last day", "Ngày đến hạn", indexed=True),
        Column(
            "granularity", "str", "How exact the text is: day … years", "Độ chi tiết", values=_values(model.Granularity)
        ),
        Column("recurrence", "str", "RFC 5545 RRULE of a recurring one", "Chu kỳ lặp (RRULE)"),
        Column("task", "str", "The clause it governs, verbatim", "Nhiệm vụ phải hoàn thành"),
        _FLAGS,
        _RULE,
        _CONFIDENCE,
    ),
    "One row a time expression that says when something is to be done",
    "Mỗi dòng là một mốc thời gian phải hoàn thành",
)

ASSIGNMENTS = Table(
    "assignments",
    "assignment_id",
    (
        _id("assignment_id", "assignment", "phân công"),
        _DOC_ID,
        _SECTION_ID,
        _START,
        _END,
        _quote("The assignee alone", "Người hoặc cơ quan được giao"),
        Column(
            "assignee_type",
            "str",
            "person, position or organization",
            "Cá nhân, chức danh hoặc tổ chức",
            False,
            values=_values(model.AssigneeType),
        ),
        Column("name", "str", "The person's name", "Họ tên", indexed=True),
        Column("honorific", "str", "Ông, Bà, đồng chí, …", "Cách xưng hô"),
        Column("position", "str", "The position", "Chức vụ"),
        Column("organization", "str", "The organisation", "Cơ quan, tổ chức", indexed=True),
        Column(
            "role", "str", "lead, support, advise, monitor or implement", "Vai trò", False, values=_values(model.Role)
        ),
        Column("duty", "str", "The verbs, verbatim", "Động từ giao việc"),
        Column("task", "str", "What is assigned, verbatim", "Nhiệm vụ được giao"),
        _FLAGS,
        _RULE,
        _CONFIDENCE,
    ),
    "One row an assignee of a task",
    "Mỗi dòng là một đối tượng được giao nhiệm vụ",
)

TABLES: tuple[Table, ...] = (DOCUMENTS, SECTIONS, TARGETS, PLACES, DEADLINES, ASSIGNMENTS)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
