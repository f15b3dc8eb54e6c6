"""``chitieu``: what a person types, sees, and gets as an exit code."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import click
import pytest
import typer.main
from rich.console import Console
from sample_rows import TEXT, extract, extraction
from typer.testing import CliRunner, Result

from extractor import patterns, patterns_testing, pipeline
from extractor.cli import app
from extractor.explaining import Lines, explain
from extractor.model import Extraction, Source
from extractor.reading import needs

runner = CliRunner()


@dataclass(frozen=True)
class FakePatterns:
    """A pattern set that only says where it came from."""

    folder: Path | None
    extra: Path | None
    entries: tuple[object, ...] = ()


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command on the sample's rows instead of the real rules."""

    def fake_extract(source: Source, *, patterns: FakePatterns) -> Extraction:
        one = extract(source)
        if patterns.extra is not None and one.targets:
            one = replace(one, targets=(replace(one.targets[0], status="result"),), places=())
        return one

    monkeypatch.setattr(pipeline, "extract_source", fake_extract)
    monkeypatch.setattr(patterns, "load", lambda folder=None, *, extra=None: FakePatterns(folder, extra))


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "plan.txt").write_bytes(TEXT.encode())
    return folder


def chitieu(*arguments: object) -> Result:
    return runner.invoke(app, [str(argument) for argument in arguments])


# --- help


def commands() -> list[tuple[str, ...]]:
    def walk(command: click.Command, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        below = getattr(command, "commands", {})
        return [path, *(found for name, sub in below.items() for found in walk(sub, (*path, name)))]

    return walk(typer.main.get_command(app), ())


def test_the_commands_are_those_of_the_readme() -> None:
    assert {" ".join(path) for path in commands()} == {
        "",
        "run",
        "retry",
        "status",
        "watch",
        "doctor",
        "explain",
        "patterns",
        "patterns list",
        "patterns test",
        "patterns diff",
        "patterns usage",
        "places",
        "evaluate",
        "load",
        "review",
        "export",
        "import",
        "report",
    }


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_help_has_an_example(path: tuple[str, ...]) -> None:
    result = chitieu(*path, "--help")
    assert result.exit_code == 0
    assert f"chitieu {' '.join(path)}".strip() in result.output.split("Example")[1]
    assert "(extra )" not in " ".join(result.output.replace("│", " ").split())  # typer takes "[name]" for markup


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from extractor.cli import app\n"
        "assert CliRunner().invoke(app, ['run', '--help']).exit_code == 0\n"
        "heavy = {'pandas', 'pyarrow', 'numpy', 'spacy', 'underthesea', 'regex', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_version_and_python_m() -> None:
    done = subprocess.run([sys.executable, "-m", "extractor", "--version"], check=True, capture_output=True, text=True)
    assert done.stdout == f"chitieu {pipeline.EXTRACTOR_VERSION}\n"


# --- run


@pytest.mark.usefixtures("sample")
def test_run_writes_every_format_and_sums_up(plans: Path, tmp_path: Path) -> None:
    result = chitieu("run", "--no-isolate", plans, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"targets.csv", "targets.parquet", "chitieu.sqlite"} <= names
    assert len([name for name in names if not name.startswith(".")]) == 14
    assert "Documents  1 ok, 0 partial, 0 failed\n" in result.stdout
    assert "1 targets, 1 places, 1 deadlines, 1 assignments" in result.stdout
    assert "Flags      1 due_before_issue, 1 percent_mismatch" in result.stdout
    assert "[1/1] plan.txt: ok (1 targets" in result.stderr


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    "formats", [["--format", "csv"], ["--format", "csv,sqlite"], ["--format", "csv", "--format", "csv"]]
)
def test_run_writes_the_formats_asked_for(formats: list[str], plans: Path, tmp_path: Path) -> None:
    assert chitieu("run", "--no-isolate", plans, "--out", tmp_path / "out", *formats).exit_code == 0
    names = {path.name for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")}
    suffixes = {Path(name).suffix for name in names - {"datapackage.json", "chitieu.sqlite"}}
    assert suffixes == {f".{name}" for name in ",".join(formats[1::2]).split(",")} - {".sqlite"}
    assert "chitieu.sqlite" in names  # the store is there whatever was asked for


@pytest.mark.usefixtures("sample")
def test_run_ends_with_3_if_a_document_failed_and_says_which(plans: Path, tmp_path: Path) -> None:
    (plans / "bad.txt").write_bytes(b"\xff")
    (plans / "copy.txt").write_bytes(TEXT.encode())
    result = chitieu("run", "--no-isolate", plans, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "Documents  1 ok, 0 partial, 1 failed, 1 skipped" in result.stdout
    assert "failed     bad.txt: is not UTF-8: byte 0xFF" in result.stdout
    assert "skipped    plan.txt: has the same content as copy.txt" in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{plans}/nowhere.txt", "--out", "{out}"], "nowhere.txt does not exist"),
        (["{empty}", "--out", "{out}"], "no document in"),
        (["{plans}", "--out", "{plans}/plan.txt"], "plan.txt is a file, not a folder"),
        (["{plans}", "--out", "{plans}/plan.txt/out"], "cannot be created"),
        (
            ["{plans}", "--out", "{out}", "--format", "xml"],
            "--format: xml; the formats are csv, parquet, sqlite, jsonl, xlsx, duckdb",
        ),
        (["{plans}", "--out", "{out}", "--format", "jsonl", "--excel"], "--excel says how CSV is written"),
        (["{plans}", "--out", "{out}", "--format", ","], "--format: nothing given"),
        (["{plans}", "--out", "{out}", "--patterns", "{out}/none"], "is no folder of patterns"),
        (["{plans}"], "--out"),
        ([], "PATH"),
    ],
)
def test_run_ends_with_2_on_wrong_usage(arguments: list[str], message: str, plans: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    places = {"plans": plans, "out": tmp_path / "out", "empty": tmp_path / "empty"}
    result = chitieu("run", "--no-isolate", *(argument.format(**places) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_patterns_with_a_mistake_are_wrong_usage(plans: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "bad.yaml").write_text("concern: nothing\nentries: []\n")
    result = chitieu("run", "--no-isolate", plans, "--out", tmp_path / "out", "--patterns", tmp_path / "mine")
    assert result.exit_code == 2
    assert "bad.yaml:" in result.output


STOPPED = """
import os, signal, sys
from extractor import pipeline
from extractor.cli import app
real = pipeline.extract_source
def told_to_stop(source, *, patterns):
    os.kill(os.getpid(), signal.{signal})
    return real(source, patterns=patterns)
pipeline.extract_source = told_to_stop
sys.argv = ["chitieu", "run", "--no-isolate", {plans!r}, "--out", {out!r}]
app()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM there")
@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_run_that_is_told_to_stop_finishes_what_is_in_hand(name: str, code: int, plans: Path, tmp_path: Path) -> None:
    (plans / "z.txt").write_text("Nữa.", encoding="utf-8")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", STOPPED.format(signal=name, plans=str(plans), out=str(out))],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "stopping when what is in hand is done" in done.stderr
    assert "1 files are left" in done.stdout and "Give the same command again" in done.stdout
    assert {path.name for path in out.iterdir()} == {"chitieu.sqlite", ".chitieu.lock"}
    waiting = json.loads(chitieu("status", out, "--json").stdout)
    assert (waiting["waiting"], waiting["done"]["ok"]) == (1, 1)
    again = chitieu("run", "--no-isolate", plans, "--out", out)
    assert again.exit_code == 0, again.output
    assert "[1/1] z.txt: ok" in again.stderr
    assert chitieu("status", out).exit_code == 0


# --- explain


def explained(one: Extraction, line: int | None = None, *, colour: bool = False) -> str:
    stream = io.StringIO()
    system = "truecolor" if colour else None
    explain(one, Console(file=stream, color_system=system, force_terminal=colour, width=200, highlight=False), line)
    return stream.getvalue()


def test_explain_marks_every_finding_and_gives_its_reasons() -> None:
    text = explained(extraction())
    assert "3 │ - ⟨D1 Trước ngày 10/4/2021⟩ có ⟨T1 29/52 thôn (50%)⟩, nhất là xã ⟨P1 Cẩm Bình⟩,\n" in text
    assert "T1 target  3:27 “29/52 thôn (50%)”" in text
    assert "value 29 | denominator 52 | percent 50 | comparator = | unit thôn" in text
    assert "section     2: I. MỤC TIÊU (objectives)" in text
    assert "pattern     number.fraction  (confidence 0.80)" in text
    assert "cue         status.co  at 3:24 “có”  → status=target" in text
    assert "inherited   time.before  at 3:14 “10/4/2021”  → due_date=2021-04-10" in text
    assert "flag        percent_mismatch: 3:27 “29/52 thôn (50%)”  contradicts 3:39 “50%”" in text
    assert "Masked: no number or name is read here (1)\n    1:5 “07-KH/BCĐ”  mask.document_number" in text
    assert (
        "Unread: numbers neither extracted nor masked (1)\n    6:33 “7” in “… Phạm Hoàng Anh chủ trì; còn 7 việc khác.”"
        in text
    )
    assert "target_id T1 | role member" in text


def test_explain_shows_control_characters_and_does_not_obey_them() -> None:
    one = extraction(TEXT.replace("xã Cẩm", "\x1b[31m\x0cxã Cẩm"))
    text = explained(one)
    assert "␛[31m␌xã ⟨P1 Cẩm Bình⟩" in text
    assert "\x1b" not in text


def test_explain_of_a_line_shows_that_line_only() -> None:
    text = explained(extraction(), 6)
    assert "A1 assignment" in text
    assert "Cẩm Bình" not in text
    assert "Unread" in text
    assert "Masked: no" not in text


def test_explain_uses_a_colour_a_table() -> None:
    text = explained(extraction(), colour=True)
    assert "\x1b[1;32m" in text
    assert "\x1b[1;36m" in text
    assert "⟨" not in text


def test_lines_count_every_line_end() -> None:
    lines = Lines("a\r\nb\rc\nd")
    assert [lines.place(offset) for offset in (0, 3, 5, 7)] == [(1, 1), (2, 1), (3, 1), (4, 1)]
    assert [lines.span(line) for line in (1, 2, 3, 4)] == [(0, 1), (3, 4), (5, 6), (7, 8)]


@pytest.mark.usefixtures("sample")
def test_explain_exit_codes(plans: Path) -> None:
    plan = plans / "plan.txt"
    assert chitieu("explain", plan).exit_code == 0
    assert chitieu("explain", f"{plan}:3").exit_code == 0
    beyond = chitieu("explain", f"{plan}:99")
    assert (beyond.exit_code, "has no line 99: its lines are 1 to 7" in beyond.output) == (2, True)
    assert chitieu("explain", plans / "nowhere.txt").exit_code == 2
    (plans / "bad.txt").write_bytes(b"\x00")
    bad = chitieu("explain", plans / "bad.txt")
    assert (bad.exit_code, "bad.txt: looks like a binary file" in bad.output) == (3, True)


# --- patterns


@pytest.mark.usefixtures("sample")
def test_patterns_diff_lists_rows_gained_lost_and_changed(plans: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    result = chitieu("patterns", "diff", plans, "--patterns", tmp_path / "mine")
    assert result.exit_code == 0
    assert "~ targets plan.txt@" in result.stdout
    assert "      status: 'target' → 'result'" in result.stdout
    assert "- places plan.txt@" in result.stdout
    assert "places       0 gained, 1 lost, 0 changed" in result.stdout


@pytest.mark.usefixtures("sample")
def test_patterns_diff_needs_something_to_compare(plans: Path) -> None:
    result = chitieu("patterns", "diff", plans)
    assert (result.exit_code, "nothing to compare" in result.output) == (2, True)


def entry(entry_id: str, concern: str, *phrases: str) -> patterns.Entry:
    return patterns.Entry(entry_id, concern, "status.yaml", 7, phrases, (), (), (), {}, why="the plan's\n own promise")


def test_patterns_list_shows_where_each_stands_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = (entry("status.hope", "status", "phấn đấu", "quyết tâm"), entry("mask.road", "mask", "quốc lộ"))
    monkeypatch.setattr(patterns, "load", lambda folder=None, *, extra=None: FakePatterns(folder, extra, entries))
    everything = chitieu("patterns", "list").stdout
    assert (
        "status.hope  (status.yaml:7)\n    phấn đấu | quyết tâm\n    the plan's own promise  [0 yes, 0 no]"
        in everything
    )
    assert "2 patterns" in everything
    assert "1 patterns" in chitieu("patterns", "list", "--concern", "mask").stdout
    assert "mask.road" not in chitieu("patterns", "list", "--match", "Phấn").stdout
    assert "there are mask, status" in chitieu("patterns", "list", "--concern", "none").output


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_patterns_test_shows_what_fails(ok: bool, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = patterns_testing.ExampleResult("status.hope::yes1", "status.yaml", 7, ok, "status.done won")
    monkeypatch.setattr(patterns_testing, "check_examples", lambda _: [found])
    result = chitieu("patterns", "test")
    assert result.exit_code == code
    assert ("FAILED status.hope::yes1 (status.yaml:7): status.done won" in result.stdout) is not ok


# --- evaluate


def test_patterns_usage_counts_documents(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text("Phấn đấu có 03 xã.\nPhấn đấu có 04 xã.\n" * number, encoding="utf-8")
    lines = chitieu("patterns", "usage", str(tmp_path)).output.splitlines()
    counts = {line.split()[1]: int(line.split()[0]) for line in lines[:-1]}
    assert counts["status.target.strive"] == 2 and counts["status.estimate"] == 0
    assert lines[-1].startswith(f"{len(counts)} patterns: ")
    few = chitieu("patterns", "usage", str(tmp_path), "--at-most", "1").output
    assert "status.target.strive" not in few and "status.estimate" in few


@pytest.mark.usefixtures("sample")
def test_evaluate_prints_figures_misses_and_json(plans: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    gold.mkdir()
    target = '{n: "29/52", value: 29, denominator: 52, percent: 50, unit: thôn, indicator: xã}'
    (gold / "plan.yaml").write_text(f"doc: plan.txt\ntargets: [{target}]\n", encoding="utf-8")
    result = chitieu("evaluate", gold, plans)
    assert result.exit_code == 0
    assert "targets      gold    1  P 1.000  R 1.000  F1 1.000  row F1 0.000  bad quotes 0" in result.stdout
    assert "targets.indicator: gold 'xã', got 'thôn'" in chitieu("evaluate", gold, plans, "--misses").stdout
    assert json.loads(chitieu("evaluate", gold, plans, "--json").stdout)["targets"]["fields"]["indicator"] == 0.0


@pytest.mark.usefixtures("sample")
def test_evaluate_names_what_is_missing(plans: Path, tmp_path: Path) -> None:
    assert chitieu("evaluate", tmp_path / "none", plans).exit_code == 2
    no_gold = chitieu("evaluate", plans, plans)
    assert (no_gold.exit_code, "no gold file" in no_gold.output) == (2, True)


# --- the real thing


def test_a_real_run_in_a_log_is_plain_text(tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(
        "KẾ HOẠCH\n\nI. MỤC TIÊU\n\n- Phấn đấu năm 2021 có thêm 04 xã đạt chuẩn nông thôn mới.\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "extractor", "run", str(plan), "--out", str(tmp_path / "out")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    assert "[1/1] plan.txt: " in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "Documents  " in done.stdout


# --- places


def test_places_prints_a_line_through_time_as_the_page_shows_it() -> None:
    page = (Path(__file__).parent.parent / "docs" / "places.md").read_text(encoding="utf-8")
    shown = page.split("$ chitieu places 'Cẩm Vịnh'\n")[1].split("```")[0]
    assert chitieu("places", "Cẩm Vịnh").output == shown


def test_places_of_a_day_and_a_province() -> None:
    result = chitieu("places", "xã Phú Tân", "--province", "Hậu Giang", "--date", "2022-05-01")
    assert result.exit_code == 0
    assert (
        "(31379), huyện Châu Thành (933)" in result.output and "xã Phú Hữu (31378), thành phố Cần Thơ" in result.output
    )
    assert "Sóc Trăng" not in result.output
    abolished = chitieu("places", "huyện Cẩm Xuyên", "--date", "2025-08-01")
    assert abolished.exit_code == 1 and "in force on 2025-08-01" in abolished.output


def test_places_shows_all_successors_and_what_a_unit_is_made_of() -> None:
    divided = chitieu("places", "Đặng Xá").output
    assert "divided (1656/NQ-UBTVQH15)" in divided and "(00541)" in divided and "(00562)" in divided
    made = chitieu("places", "Cẩm Bình", "--province", "42").output
    assert made.count("made of") == 1 and "xã Cẩm Vịnh (18691)" in made and "xã Thạch Bình (18112)" in made


def test_places_as_json() -> None:
    (unit,) = json.loads(chitieu("places", "Cẩm Vịnh", "--json").output)
    assert unit["code"] == "18691" and [c["code"] for c in unit["current"]] == ["18685"]
    assert [t["district_code"] for t in unit["times"]] == ["446", "436"]


def test_places_says_what_may_have_been_meant() -> None:
    result = chitieu("places", "Cầm Vịnh")
    assert result.exit_code == 1 and "no unit is called 'Cầm Vịnh'" in result.output
    assert "spelled alike: xã Cẩm Vịnh (18691)" in result.output


@pytest.mark.parametrize("wrong", [("--date", "1/5/2022"), ("--province", "Nowhere")])
def test_places_wrong_usage(wrong: tuple[str, str]) -> None:
    assert chitieu("places", "Cẩm Bình", *wrong).exit_code == 2


# --- doctor


def test_doctor_lists_formats_and_what_readers_need() -> None:
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert ".docx" in result.output.splitlines()[0]
    assert re.search(r"^ok +python-docx +\d", result.output, re.M)


def test_doctor_says_what_is_missing_and_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = needs.Need("no-such-program", "program", "old files (.old)", "apt-get install no-such-package")
    monkeypatch.setattr(needs, "NEEDS", (*needs.NEEDS, absent))
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 3
    assert re.search(r"^missing +no-such-program .*old files", result.output, re.M)
    assert "apt-get install no-such-package" in result.output


def test_a_file_whose_reader_is_missing_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    absent = needs.Need("python-docx", "package", "Word documents (.docx)", "pip install it", "no_such_module")
    monkeypatch.setitem(needs._BY_NAME, "python-docx", absent)
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    result = runner.invoke(app, ["run", str(tmp_path), "--out", str(tmp_path / "out"), "--no-isolate"])
    assert result.exit_code == 3
    assert "a.docx: cannot be read here: python-docx is not installed" in result.output
    assert "pip install it" in result.output


def test_explain_names_no_single_document_of_a_zip_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "Một")
        archive.writestr("b.txt", "Hai")
    result = runner.invoke(app, ["explain", str(tmp_path / "a.zip")])
    assert result.exit_code == 2
    assert "holds 2 documents" in result.output
