"""What the documentation shows is what the code does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from extractor.cli import app
from extractor.evaluation import evaluate, load_gold_dir, rows_of_extractions
from extractor.patterns import CONCERNS
from extractor.tables.describing import markdown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/evaluation.md",
        "docs/places.md",
        "docs/databases.md",
        "docs/cluster.md",
        "docs/spacy.md",
    ],
)
def test_python_examples_of_the_pages_run(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    names: dict[str, object] = {}  # a block goes on where the one before ended, as a reader does
    for number, block in enumerate(_blocks("python", text)):
        test = doctest.DocTestParser().get_doctest(block, names, f"{page}[{number}]", page, 0)
        assert doctest.DocTestRunner().run(test, clear_globs=False).failed == 0
        names = test.globs


@pytest.mark.parametrize(
    "module",
    [
        "extractor",
        "extractor.framing",
        "extractor.pipeline",
        "extractor.reading",
        "extractor.reading.legacy_encodings",
        "extractor.text.keys",
        "extractor.text.words",
        "extractor.finding.quantities",
    ],
)
def test_docstring_examples_run(module: str) -> None:
    from importlib import import_module

    assert doctest.testmod(import_module(module)).failed == 0


def test_tables_page_is_made_from_the_schema() -> None:
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == markdown()


def test_readme_begins_with_the_two_commands() -> None:
    first = _blocks("sh")[0]
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [line.split("#")[0].strip() for line in first.strip().splitlines()] == ["make run", "make test"]
    assert "\nrun:" in targets and "\ntest:" in targets


def test_readme_shows_the_summary_that_a_run_prints(tmp_path: Path) -> None:
    shown = _blocks("text")[0].strip().splitlines()
    result = CliRunner().invoke(app, ["run", str(ROOT / "corpus" / "documents"), "--out", str(tmp_path)])
    assert result.exit_code == 0
    printed = [" ".join(line.split()) for line in result.output.splitlines()]
    for line in shown[:-1]:  # the last names the output folder
        assert " ".join(line.split()) in printed


def test_readme_commands_of_the_corpus_run() -> None:
    for line in (line for block in _blocks("sh") for line in block.splitlines()):
        words = line.split("#")[0].split()
        if words[:1] == [".venv/bin/chitieu"] and "corpus/" in line:
            arguments = [str(ROOT / w) if w.startswith("corpus/") else w for w in words[1:]]
            assert CliRunner().invoke(app, arguments).exit_code == 0


def test_every_command_is_documented() -> None:
    text = README + "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").glob("*.md"))
    group = typer.main.get_command(app)
    names = [name for name, command in group.commands.items()]  # type: ignore[attr-defined]
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        names += [f"{name} {sub}" for sub in getattr(command, "commands", {})]
    assert [n for n in names if f"chitieu {n}" not in text and f"`{n}`" not in text] == []


def test_architecture_names_every_concern() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [c for c in CONCERNS if f"`{c}`" not in text] == []


def test_readme_scores_of_the_corpus_are_the_measured_ones() -> None:
    from extractor import extract_files

    golds = load_gold_dir(ROOT / "corpus" / "gold", ROOT / "corpus" / "documents")
    rows = rows_of_extractions(list(extract_files([ROOT / "corpus" / "documents"])))
    scores = evaluate(golds, rows).scores
    shown = {row[0]: row[1] for row in re.findall(r"^\| (\w+) \| ([\d.]+) \|", README, re.M)}
    for table in ("documents", "targets", "places", "deadlines", "assignments"):
        assert f"{scores[table].row_f1:.3f}" == shown[table]
