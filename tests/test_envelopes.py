"""The rows of a plan do not depend on the envelope that it comes in."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pytest
from same_rows import said

from extractor.model import Extraction
from extractor.pipeline import extract

ROOT = Path(__file__).parent.parent
CORPUS = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
OWN = sorted((ROOT / "corpus").glob("own*/documents/*.txt"))
PLANS = pytest.mark.parametrize("path", [*CORPUS, *OWN], ids=lambda p: p.stem)


@cache
def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")


@cache
def plain(path: Path) -> Extraction:
    return extract(text_of(path), name=path.name)


@PLANS
def test_decomposed_letters_give_the_same_rows(path: Path) -> None:
    form = "NFC" if not unicodedata.is_normalized("NFC", text_of(path)) else "NFD"
    other = extract(unicodedata.normalize(form, text_of(path)))  # type: ignore[arg-type]
    assert said(other) == said(plain(path))
