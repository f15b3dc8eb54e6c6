"""Short Vietnamese words for people: column headings and the values of columns that have few of them."""

from __future__ import annotations

from extractor.tables.schema import FLAGS, Column, Table

# Where the schema's own words are too long for a heading; "table.column" goes before "column".
_HEADINGS = {
    "doc_id": "Mã văn bản",
    "sha256": "SHA-256",
    "chars": "Số ký tự",
    "reader": "Công cụ đọc",
    "pages": "Số trang",
    "source": "Tệp nguồn",
    "ocr_confidence": "Độ tin cậy OCR",
    "section_id": "Mã mục",
    "target_id": "Mã chỉ tiêu",
    "place_id": "Mã địa danh",
    "deadline_id": "Mã thời hạn",
    "assignment_id": "Mã phân công",
    "start": "Vị trí đầu",
    "end": "Vị trí cuối",
    "number_start": "Đầu con số",
    "number_end": "Cuối con số",
    "documents.status": "Kết quả đọc",
    "documents.province": "Tỉnh, thành phố",
    "documents.district": "Huyện, quận",
    "documents.period_start": "Đầu kỳ",
    "documents.period_end": "Cuối kỳ",
    "quote": "Nguyên văn",
    "places.quote": "Tên trong văn bản",
    "deadlines.quote": "Mốc thời gian",
    "assignments.quote": "Được giao",
    "value_max": "Đến (khoảng)",
    "value_base": "Giá trị quy đổi",
    "unit_base": "Đơn vị quy đổi",
    "targets.status": "Tính chất",
    "targets.deadline_id": "Mã thời hạn",
    "indicator_code": "Mã danh mục",
    "strength": "Mức cam kết",
    "plan_of": "Kế hoạch năm trước",
    "province_total": "Tổng số của tỉnh",
    "flags": "Cần xem lại",
    "rule": "Mã mẫu",
    "confidence": "Độ tin cậy",
    "name": "Tên đơn vị",
    "assignments.name": "Họ tên",
    "resolution": "Mức xác định",
    "places.target_id": "Mã chỉ tiêu",
    "goal": "Mục tiêu",
    "current_code": "Mã hiện nay",
    "current_name": "Đơn vị hiện nay",
    "current_province": "Tỉnh hiện nay",
    "successors": "Các đơn vị hiện nay",
    "candidates": "Có thể là",
    "recurrence": "Chu kỳ",
    "deadlines.task": "Nhiệm vụ",
    "duty": "Động từ giao việc",
    "assignee_type": "Đối tượng",
}

_VALUES = {
    "documents.status": {"ok": "Đã đọc", "partial": "Một phần", "failed": "Lỗi"},
    "targets.status": {"target": "Chỉ tiêu", "result": "Kết quả", "estimate": "Ước đạt", "criterion": "Tiêu chí"},
    "targets.comparator": {value: value for value in ("=", ">=", ">", "<=", "<", "~")},
    "targets.basis": {
        "increment": "Tăng thêm",
        "cumulative": "Lũy kế",
        "average": "Bình quân",
        "change": "Mức thay đổi",
    },
    "targets.strength": {"firm": "Bắt buộc", "stretch": "Cố gắng"},
    "places.level": {"province": "Tỉnh", "district": "Huyện", "commune": "Xã", "hamlet": "Thôn"},
    "places.resolution": {
        "exact": "Chính xác",
        "inferred": "Suy ra",
        "ambiguous": "Trùng tên",
        "unresolved": "Chưa rõ",
    },
    "places.role": {"member": "Thuộc chỉ tiêu", "location": "Địa điểm", "issuer": "Nơi ban hành"},
    "deadlines.kind": {"by": "Hạn chót", "within": "Trong thời gian", "period": "Giai đoạn", "recurring": "Định kỳ"},
    "deadlines.bound": {"before": "Trước", "by": "Chậm nhất", "in": "Trong", "from": "Từ"},
    "deadlines.granularity": {
        "day": "Ngày",
        "week": "Tuần",
        "month": "Tháng",
        "quarter": "Quý",
        "half": "Nửa năm",
        "year": "Năm",
        "years": "Nhiều năm",
    },
    "assignments.assignee_type": {"person": "Cá nhân", "position": "Chức danh", "organization": "Tổ chức"},
    "assignments.role": {
        "lead": "Chủ trì",
        "support": "Phối hợp",
        "advise": "Tham mưu",
        "monitor": "Theo dõi",
        "implement": "Thực hiện",
    },
}


def heading(table: Table, column: Column) -> str:
    """A column's heading: short, Vietnamese, and the only one of its table."""
    return _HEADINGS.get(f"{table.name}.{column.name}") or _HEADINGS.get(column.name) or column.vi


def labels(table: Table, column: Column) -> dict[str, str]:
    """Of a column with few values: code → Vietnamese word, no two the same. Empty for any other column."""
    return _VALUES.get(f"{table.name}.{column.name}", {})


def flags_in_words(codes: str) -> str:
    """The joined codes of ``flags`` as Vietnamese sentences, one a line."""
    return "\n".join(FLAGS[code][1] if code in FLAGS else code for code in codes.split(";"))
