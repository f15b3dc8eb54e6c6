"""Cells of a new row from selected words (to be replaced)."""

from __future__ import annotations

from extractor.model import Extraction


def propose(table: str, text: str, start: int, end: int, extraction: Extraction) -> dict[str, str]:
    """The selected span alone."""
    return {"start": str(start), "end": str(end), "quote": text[start:end], "rule": "review", "confidence": "1"}
