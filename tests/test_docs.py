"""What the documentation shows is what the code does."""

from __future__ import annotations

import doctest
import re
import sqlite3
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from extractor import patterns
from extractor.cli import app
from extractor.evaluation import evaluate, load_gold_dir, rows_of_extractions
from extractor.patterns import CONCERNS
from extractor.tables.describing import markdown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
README_VI = (ROOT / "README.vi.md").read_text(encoding="utf-8")


def _blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


PAGES = [
    "README.md",
    "README.vi.md",
    "CONTRIBUTING.md",
    *(f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md"))),
]


@pytest.mark.parametrize("page", PAGES)
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
    rows_shown = _rows(README)
    for table, shown in zip(rows_shown["documents measured"], rows_shown["the five corpus plans"], strict=True):
        assert f"{scores[table.strip()].row_f1:.3f}" == shown


def _rows(text: str) -> dict[str, list[str]]:
    """The rows of the tables of a page by their first cell."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", text, re.M)]
    return {row[0]: row[1:] for row in rows}


def test_the_vietnamese_readme_has_the_scores_and_rows_of_the_english_one() -> None:
    ours = README_VI[README_VI.index("## Độ chính xác") :]
    theirs = README[README.index("## How good is it?") :]
    assert re.findall(r"\d\.\d{3}", ours) == re.findall(r"\d\.\d{3}", theirs)
    quotes = [row for row in _rows(README) if row.startswith(("09 xã", "02 xã", "88/116"))]
    assert len(quotes) == 3
    assert {quote: _rows(README_VI)[quote] for quote in quotes} == {quote: _rows(README)[quote] for quote in quotes}
    assert re.findall(r"(\d+) % (?:were right|là đúng)", README_VI) == re.findall(r"(\d+) % were right", README)


def test_the_vietnamese_readme_shows_what_a_run_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["run", str(ROOT / "corpus" / "documents"), "--out", "bang/", "--lang", "vi"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0

    def lines(text: str) -> list[str]:  # documents are done in any order
        return sorted(re.sub(r"^\[\d/5\] ", "", " ".join(line.split())) for line in text.strip().splitlines())

    assert lines(result.output) == lines(_blocks("text", README_VI)[0])


def test_the_readmes_name_each_other() -> None:
    assert "](README.vi.md)" in README and "](README.md)" in README_VI


def test_commands_of_the_vietnamese_readme_run() -> None:
    for line in (line for block in _blocks("sh", README_VI) for line in block.splitlines()):
        words = [w.strip("'") for w in re.findall(r"'[^']*'|\S+", line)]
        if words[:2] in ([".venv/bin/chitieu", "explain"], [".venv/bin/chitieu", "places"]):
            arguments = [str(ROOT / w) if w.startswith("corpus/") else w for w in words[1:]]
            assert CliRunner().invoke(app, arguments).exit_code == 0


def test_the_first_page_shows_what_the_readme_shows() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert _blocks("text", index)[0] == _blocks("text")[0]
    assert _blocks("sh", index)[0].splitlines()[0] == _blocks("sh")[0].splitlines()[0]


def test_the_query_of_the_review_page_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["run", str(ROOT / "corpus" / "documents"), "--out", str(tmp_path)]).exit_code == 0
    with sqlite3.connect(tmp_path / "chitieu.sqlite") as store:
        flags = [row[3] for row in store.execute(_blocks("sql", page)[0])]
    assert flags and "percent_mismatch" in flags


# --- docs/viet-mau.md: its files are written, its commands run, its messages are those of its mistakes

VIET_MAU = (ROOT / "docs" / "viet-mau.md").read_text(encoding="utf-8")


def _like(printed: str, shown: str) -> bool:
    """Whether a text is what a page shows, where "…" stands for what was left out."""
    said, pattern = (" ".join(text.split()) for text in (printed, shown))
    literal = re.sub(r"([\[*?])", r"[\1]", pattern)
    return fnmatchcase(said, literal.replace("…", "*"))


def test_the_worked_example_of_viet_mau_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = re.findall(r'```\w+ title="([\w-]+/[\w.-]+)"\n(.*?)```', VIET_MAU, re.S)
    assert [name for name, _ in files] == [
        "ke-hoach/van-hoa.txt",
        "mau/che.yaml",
        "mau/phan-cong.yaml",
        "mau/chi-tieu.yaml",
    ]
    for name, text in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = [block.partition("\n") for block in _blocks("console", VIET_MAU)]
    assert len(commands) == 5
    for command, _, shown in commands:
        result = CliRunner().invoke(app, command.split()[2:])
        assert command.startswith("$ chitieu ") and result.exit_code == 0
        printed = result.stdout if "run" not in command.split() else result.output.partition("\n")[2]
        assert _like(printed, shown), f"{command}\n{printed}"


@pytest.mark.parametrize(
    ("wrong", "message"),
    re.findall(r'```yaml title="sai"\n(.*?)```\s+```text title="báo lỗi"\n(.*?)```', VIET_MAU, re.S),
)
def test_the_mistakes_of_viet_mau_give_their_messages(wrong: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "sai.yaml").write_text(wrong, encoding="utf-8")
    result = CliRunner().invoke(app, ["patterns", "test", "--patterns", str(tmp_path), "--lang", "vi"])
    assert result.exit_code == (1 if message.startswith("LỖI") else 2)
    assert _like(result.output, message)


def test_viet_mau_names_every_key_and_concern() -> None:
    assert [key for key in patterns._ENTRY_KEYS if f"`{key}`" not in VIET_MAU] == []
    assert [concern for concern in CONCERNS if f"`{concern}`" not in VIET_MAU] == []
    for concern, (table, _) in CONCERNS.items():
        row = next(
            line for line in VIET_MAU.splitlines() if line.startswith("| ") and f"`{concern}`" in line.split("|")[1]
        )
        assert f"`{table}`" in row, concern
