"""The records of the API: what users hold does not change under their hands."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from extractor import extract
from extractor.tables.schema import TABLES

_PLAN = (
    "I. MỤC TIÊU\n- Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới tại huyện Bình Lục.\n"
    "II. TỔ CHỨC THỰC HIỆN\n1. Giao Phòng Y tế huyện báo cáo trước ngày 30/11/2023."
)


def test_rows_cannot_be_assigned_to() -> None:
    found = extract(_PLAN)
    tables = {table.name: getattr(found, table.name, (found.document,)) for table in TABLES}
    assert all(tables.values()), tables
    for name, rows in [*tables.items(), ("the extraction", (found,))]:
        field = next(iter(rows[0].__dataclass_fields__))
        with pytest.raises(FrozenInstanceError):
            setattr(rows[0], field, None)
            pytest.fail(name)
