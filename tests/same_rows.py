"""What two readings of one document must agree on: all that rows say, but not where they stand."""

from __future__ import annotations

import unicodedata
from typing import Any

from extractor.model import Extraction

_FIELDS = {
    "targets": "quote value value_max denominator percent comparator unit indicator indicator_code basis status "
    "period_start due_date rule",
    "places": "quote name level type code district district_code province province_code current_code current_name "
    "current_province resolution goal role rule",
    "deadlines": "quote kind bound start_date due_date granularity recurrence task rule",
    "assignments": "quote assignee_type name honorific position organization role duty task rule",
}
_DOCUMENT = (
    "doc_type number title issuer issued_place issued_on province province_code district district_code period_start "
    "period_end signer signer_position"
)


def _plain(value: Any) -> Any:
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value


def _values(row: Any, names: str) -> tuple[Any, ...]:
    return tuple(_plain(getattr(row, name)) for name in names.split())


def said(extraction: Extraction) -> dict[str, list[tuple[Any, ...]]]:
    """Table → what its rows say, in order."""
    tables = {"documents": [_values(extraction.document, _DOCUMENT)]}
    for table, names in _FIELDS.items():
        rows = sorted(getattr(extraction, table), key=lambda row: (row.start, row.end))
        tables[table] = [(*_values(row, names), *sorted({flag.code for flag in row.flags})) for row in rows]
    return tables
