"""Rules are data: the words of the field stand in patterns/, Python holds the engines that read them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "extractor"
STAGES = sorted(p for stage in ("text", "finding", "relating") for p in (ROOT / stage).rglob("*.py"))
# What is no rule: the spellings of letters (keys), and the types and spellings of the gazetteer's own names.
DATA = {"text/keys.py", "finding/gazetteer.py"}
# Letters that no language but Vietnamese has, and those it shares, inside a word of two letters or more.
_WORD = re.compile(r"[^\W\d_]*[à-ãè-êìíò-õùúýăđĩũơưạ-ỹ][^\W\d_]*", re.I)
_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")


def _words(path: Path) -> list[str]:
    """The Vietnamese words in the string constants of a module, its docstrings and single letters left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    constants = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    texts = (n.value for n in constants if id(n) not in docstrings)
    return [word for text in texts for word in _WORD.findall(_CLASS.sub(" ", text)) if len(word) > 1]


@pytest.mark.parametrize("path", STAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_stages_hold_no_vocabulary(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() not in DATA:
        assert _words(path) == []


def test_the_check_sees_words_and_no_shapes(tmp_path: Path) -> None:
    module = tmp_path / "rules.py"
    module.write_text('"""Mục tiêu."""\nA = "[a-zđ]|đ"\nB = r"phấn đấu\\s+(?:đạt)?"\n', encoding="utf-8")
    assert _words(module) == ["phấn", "đấu", "đạt"]
