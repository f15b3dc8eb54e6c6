"""A text says the same however its lines were wrapped (DOMAIN §8, broken lines)."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from same_rows import said

from extractor import extract

CORPUS = Path(__file__).parent.parent / "corpus"
_FOLDERS = (CORPUS / "documents", *(CORPUS / f"own{n}" / "documents" for n in (4, 9, 11)))
_LONG = 130  # characters of a line that is a paragraph
_Row = tuple[Any, ...]


def _paragraphs(text: str) -> bool:
    """Whether the lines of a text are its paragraphs, none of them set with blanks."""
    lines = [line for line in text.split("\n") if len(line) > 60]
    return sum(len(line) > _LONG for line in lines) >= 0.4 * len(lines) and "   " not in text


TEXTS = {
    path.name: text
    for folder in _FOLDERS
    for path in sorted(folder.glob("*.txt"))
    if _paragraphs(text := path.read_text(encoding="utf-8-sig")) and "Trang chủ" not in text
}


def _wrapped(text: str, width: int, firsts: tuple[int, ...]) -> str:
    """Lines of a width; of so many words those that begin a paragraph, where its markup took the rest of the line."""
    chance = random.Random(width)
    written: list[str] = []
    for paragraph in text.split("\n"):
        if "\t" in paragraph or "|" in paragraph:
            written.append(paragraph)
            continue
        few, line = chance.choice(firsts), ""
        begun = False
        for word in paragraph.split(" "):
            line = f"{line} {word}" if line else word
            if len(line) > width or (not begun and line.count(" ") + 1 == few):
                written.append(line)
                line, begun = "", True
        if line or not paragraph:
            written.append(line)
    return "\n".join(written)


def _rows(name: str, text: str) -> Counter[_Row]:
    return Counter((name, table, *row) for table, rows in said(extract(text)).items() for row in rows)


@pytest.mark.parametrize(
    ("width", "firsts", "kept"),
    [
        pytest.param(90, (0,), 0.99, id="lines of a width"),
        pytest.param(75, (1, 1, 2, 3, 0), 0.97, id="as pages of laws are, in the width of their markup"),
    ],
)
def test_rows_do_not_depend_on_the_width_of_lines(width: int, firsts: tuple[int, ...], kept: float) -> None:
    before: Counter[_Row] = Counter()
    after: Counter[_Row] = Counter()
    for name, text in TEXTS.items():
        before += _rows(name, text)
        after += _rows(name, _wrapped(text, width, firsts))
    assert before.total() > 600
    lost, gained = before - after, after - before
    assert lost.total() <= (1 - kept) * before.total(), lost
    assert gained.total() <= (1 - kept) * before.total(), gained
