"""Pages as images (to be replaced)."""

from __future__ import annotations

from pathlib import Path


class PageError(Exception):
    """There is no image."""


def has_images(format: str) -> bool:
    """Whether pages of this format can be drawn."""
    return False


def page_png(path: Path, sha256: str, member: str, page: int) -> bytes:
    """A page."""
    raise PageError("not yet")
