"""chitieu: targets, places, deadlines and assignments out of Vietnamese government plans.

>>> from extractor import extract
>>> target = extract("Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới.").targets[0]
>>> str(target.value), target.unit, target.indicator, target.basis
('4', 'xã', 'xã đạt chuẩn nông thôn mới', 'increment')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.api import extract_files
    from extractor.framing import extract_frame
    from extractor.model import Batch, Extraction
    from extractor.pipeline import Context, extract

__all__ = ["Batch", "Context", "Extraction", "extract", "extract_files", "extract_frame"]

_HOMES = {
    "Batch": "extractor.model",
    "Context": "extractor.pipeline",
    "Extraction": "extractor.model",
    "extract": "extractor.pipeline",
    "extract_files": "extractor.api",
    "extract_frame": "extractor.framing",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: ``chitieu --help`` must not read the patterns."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
