"""Expressions for the last words of a text: what their last letters rule out never matches."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from extractor.patterns import load
from extractor.relating.duties import Cues
from extractor.relating.endings import Ending
from extractor.text.keys import fold

CORPUS = sorted((Path(__file__).parent.parent / "corpus" / "documents").glob("*.txt"))[:6]


def test_what_is_ruled_out_never_matches() -> None:
    cues = Cues.of(load())
    endings = [e for f in fields(cues) if isinstance(e := getattr(cues, f.name), Ending)]
    assert len(endings) > 10
    for path in CORPUS:
        key = fold(path.read_text(encoding="utf-8-sig"))
        for end in range(0, len(key), 3):
            text = key[max(0, end - 50) : end]
            for ending in endings:
                if not ending.fits(text):
                    assert ending.expression.search(text) is None, (ending.expression.pattern, text)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"của$", "của\n"),  # before a last line end
        (r"của$|và", "và các"),  # not all ways end there
        (r"(?<=là )của$", "là của"),
        (r"(?m)của$", "của\nvà"),
        (r"(?<!đã )giao(?:, (?:và|hoặc))?\s*$", "đang giao, và "),
    ],
)
def test_what_matches_is_found(expression: str, text: str) -> None:
    assert Ending(expression).search(text) is not None
