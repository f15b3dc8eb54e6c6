"""The pattern files: each mistake is an error that names file and line; each example is a test with its own id."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.patterns import Entry, Example, Lexicon, PatternError, load, parse_example, read_file
from extractor.patterns_testing import all_examples, check_example

_PATTERNS = load()
_EXAMPLES = list(all_examples(_PATTERNS))


@pytest.mark.parametrize(("entry", "example"), _EXAMPLES, ids=[x.id for _, x in _EXAMPLES])
def test_pattern_example(entry: Entry, example: Example) -> None:
    result = check_example(_PATTERNS, entry, example)
    assert result.ok, f"{entry.file}:{entry.line}: {result.message}"


def test_patterns_have_enough_examples() -> None:
    negative = [x for _, x in _EXAMPLES if not x.positive or any(e.absent for e in x.expectations)]
    masked = [x for _, x in _EXAMPLES if any(e.table == "masks" for e in x.expectations) or x.id.startswith("mask.")]
    assert len(_EXAMPLES) >= 200
    assert len(negative) + len(masked) >= 60


def test_every_entry_says_why() -> None:
    assert [e.id for e in _PATTERNS.entries if not e.why] == []


_GOOD = """
concern: status
entries:
- id: status.a
  phrase: phấn đấu
  means: {status: target}
  why: a promise
  yes: ["Phấn đấu [09|status=target] xã"]
"""


def _file(tmp_path: Path, text: str, name: str = "a.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_read_file_reads_an_entry(tmp_path: Path) -> None:
    (entry,) = read_file(_file(tmp_path, _GOOD))
    assert entry.phrases == ("phấn đấu",)
    assert entry.line == 4


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("phrase:", "phrases:"), 4, "unknown key 'phrases'; legal keys are also, at"),
        (("status: target", "statu: target"), 4, "unknown key 'statu' in means"),
        (("[09|status=target]", "09"), 4, "its bracket is not found"),
        (("phrase: phấn đấu", "phrase: quyết tâm"), 4, "none of its examples contains the phrase 'quyết tâm'"),
        (
            ("phrase: phấn đấu", "phrase: phấn đấu\n  also: [đặt ra]"),
            4,
            "none of its examples contains the phrase 'đặt ra'",
        ),
        (("phrase: phấn đấu", 'regex: "(a+)+b"'), 4, "can blow up"),
        (("phrase: phấn đấu", 'regex: "(a"'), 4, "does not compile"),
        (("phrase: phấn đấu", "looks: sideways\n  phrase: phấn đấu"), 4, "legal are backward, both, forward"),
        (("concern: status", "concern: nothing"), 1, "needs 'concern:'"),
        (("entries:", "entry:"), 1, "unknown key 'entry'"),
        (("status=target]", "status]"), 4, "is not field=value"),
        (("  why: a promise", "  why: a: promise"), 7, "not YAML"),
    ],
)
def test_read_file_names_file_and_line(tmp_path: Path, change: tuple[str, str], line: int, message: str) -> None:
    path = _file(tmp_path, _GOOD.replace(*change))
    with pytest.raises(PatternError) as caught:
        read_file(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"a.yaml:{line}:")


def test_load_rejects_an_id_that_stands_twice(tmp_path: Path) -> None:
    _file(tmp_path, _GOOD)
    _file(tmp_path, _GOOD.replace("phấn đấu", "quyết tâm").replace("Phấn đấu", "Quyết tâm"), "b.yaml")
    with pytest.raises(PatternError, match=r"b\.yaml:4: id 'status\.a' already stands in a\.yaml:4"):
        load(tmp_path)


def test_load_rejects_a_phrase_that_has_an_owner(tmp_path: Path) -> None:
    _file(tmp_path, _GOOD)
    _file(tmp_path, _GOOD.replace("status.a", "status.b"), "b.yaml")
    with pytest.raises(PatternError, match=r"status\.b: status\.a \(a\.yaml:4\) already owns 'phấn đấu'"):
        load(tmp_path)


def test_load_a_users_folder_overrides_by_id(tmp_path: Path) -> None:
    built_in, own = tmp_path / "built", tmp_path / "own"
    built_in.mkdir(), own.mkdir()
    _file(built_in, _GOOD)
    _file(own, _GOOD.replace("a promise", "ours"))
    (entry,) = load(built_in, extra=own).entries
    assert entry.why == "ours"


def test_load_reads_edited_files_again(tmp_path: Path) -> None:
    """In one process: a rule changed in place, a file that came, one that went; what is as it was is the same set."""
    built_in, own = tmp_path / "built", tmp_path / "own"
    built_in.mkdir(), own.mkdir()
    _file(built_in, _GOOD)
    path = _file(own, _GOOD.replace("a promise", "ours"))
    first = load(built_in, extra=own)
    assert load(built_in, extra=own) is first
    os.utime(path, ns=(0, 0))
    path.write_text(path.read_text(encoding="utf-8").replace("ours", "mine"), encoding="utf-8")
    assert [e.why for e in load(built_in, extra=own).entries] == ["mine"]
    other = _GOOD.replace("status.a", "status.b").replace("phấn đấu", "quyết tâm").replace("Phấn đấu", "Quyết tâm")
    _file(built_in, other, "b.yaml")
    assert {e.id for e in load(built_in).entries} == {"status.a", "status.b"}
    (built_in / "b.yaml").unlink()
    assert {e.id for e in load(built_in).entries} == {"status.a"}


def test_load_without_files_says_so(tmp_path: Path) -> None:
    with pytest.raises(PatternError, match="no pattern files"):
        load(tmp_path)


def test_parse_example_takes_the_brackets_out() -> None:
    example = parse_example("Có [09|status=target; unit=xã] xã, [2021|-].", name="x", positive=True)
    assert example.text == "Có 09 xã, 2021."
    first, second = example.expectations
    assert example.text[first.start : first.end] == "09"
    assert first.fields == (("status", "target"), ("unit", "xã"))
    assert second.absent


def test_lexicon_matches_whole_words_only(tmp_path: Path) -> None:
    entries = read_file(_file(tmp_path, _GOOD.replace("phrase: phấn đấu", "phrase: phấn đấu\n  forms: [phấn]")))
    lexicon = Lexicon(entries)
    assert [(h.start, h.end) for h in lexicon.matches("sự phấn đấu, phấn, phấnx")] == [(3, 11), (13, 17)]
