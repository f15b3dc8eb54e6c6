"""Where the data that ships with the package lies."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def patterns_dir() -> Path:
    """The built-in folder of patterns: inside an installed wheel, or beside the package in a checkout.

    Raises:
        FileNotFoundError: neither place has it, which means a broken installation.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "_patterns", here.parent / "patterns"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no patterns folder at {here / '_patterns'} or {here.parent / 'patterns'}")
