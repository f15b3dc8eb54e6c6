"""Small stores for the tests about reviewing: plans of our own, run as a user runs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from extractor.pipeline import extract_source
from extractor.running import batch
from extractor.running.batch import Settings
from extractor.running.fingerprint import Versions, versions
from extractor.running.inputs import expand
from extractor.running.outcomes import Extract
from extractor.running.work import Here

PLAN = """ỦY BAN NHÂN DÂN
HUYỆN CẨM XUYÊN
Số: 15/KH-UBND
Cẩm Xuyên, ngày 20 tháng 01 năm 2021

KẾ HOẠCH
Xây dựng nông thôn mới năm 2021

I. MỤC TIÊU
1. Phấn đấu đến hết năm 2021 có 03 xã đạt chuẩn nông thôn mới: Cẩm Mỹ, Cẩm Quan, Cẩm Lộc.
2. Tỷ lệ hộ nghèo giảm còn 2,5%.
3. Thu nhập bình quân đầu người đạt 52 triệu đồng.
4. Trồng mới 12 ha rừng phòng hộ, hoàn thành trước ngày 30/9/2021.

II. TỔ CHỨC THỰC HIỆN
1. Phòng Nông nghiệp và PTNT chủ trì, phối hợp với Phòng Tài chính - Kế hoạch tham mưu phân bổ kinh phí trước ngày 31/3/2021.
2. Phân công đồng chí Trần Văn Nam – Phó Chủ tịch UBND huyện chỉ đạo thực hiện tiêu chí giao thông.
"""


def make_run(
    plans: Mapping[str, str | bytes], folder: Path, extract: Extract | None = None, made_with: Versions | None = None
) -> Path:
    """Write plans and run them into ``folder / "out"``, which is given back; run again, what changed is brought along."""
    place = folder / "plans"
    for name, content in plans.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out = folder / "out"
    engine = Here(extract or (lambda source: extract_source(source)))
    batch.run(expand([place]), out, Settings(("csv",)), engine, made_with or versions(None))
    return out
