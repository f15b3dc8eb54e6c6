"""How the cost of extraction grows: with the length of a document, with what it is full of, with patterns and names."""

from __future__ import annotations

import csv
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import regex
import yaml

from benchmarks.timing import ROOT, Child, Point, Runs, TooLongError, ratios

_MOST_DOCUMENTS = 20  # of one size: what a short one costs depends on where it was cut out
_ONCE = 500_000  # bytes: longer documents are extracted once
_HEAD = "KẾ HOẠCH\nPhát triển kinh tế - xã hội năm 2021\nI. MỤC TIÊU\n"


@dataclass(frozen=True)
class Growth:
    """One kind of document in growing sizes.

    Attributes:
        name: the kind.
        points: smallest first.
        stopped: why there are no larger ones, or empty.
    """

    name: str
    points: tuple[Point, ...]
    stopped: str = ""


@dataclass(frozen=True)
class Doubled:
    """What the extractor costs with twice as many of something.

    Attributes:
        name: of what.
        count: how many there are, and how many there were then.
        runs: processor time of a pass over the documents.
        slower: run by run, as a multiple of a pass with what is built in.
        load: seconds to load the patterns.
        megabytes: peak memory.
        same_rows: whether as many rows were made.
    """

    name: str
    count: tuple[int, int]
    runs: Runs
    slower: Runs
    load: float
    megabytes: float
    same_rows: bool


# --- length -----------------------------------------------------------------------------------------------------------


def lengths(texts: Sequence[str], sizes: Sequence[int], runs: int, limit: float) -> list[Growth]:
    """Documents of growing length, with the lines of the given ones and as one line.

    Args:
        texts: the documents; what is longer than all of them has them again and again.
        sizes: in bytes.
        runs: of each size up to half a megabyte; of longer ones, one.
        limit: seconds that one document may take.
    """
    joined = "\n\n".join(texts)
    line = " ".join(joined.split())
    return [
        _grown("a document", lambda size: _cut(joined, size), sizes, runs, limit),
        _grown("one line", lambda size: _cut(line, size), [size for size in sizes if size >= 10_000][::2], runs, limit),
    ]


def _cut(text: str, size: int) -> list[str]:
    """Documents of so many bytes: those that the text is cut into, or one that has it again and again."""
    data = text.encode()
    if len(data) < size:
        data = (data + b"\n\n") * (size // len(data) + 1)
    count = min(_MOST_DOCUMENTS, len(data) // size)
    return [data[i * size : (i + 1) * size].decode(errors="ignore") for i in range(count)]


# --- what a document may be full of -----------------------------------------------------------------------------------


def shapes(numbers: int, names: int, limit: float) -> list[Growth]:
    """Documents that are all numbers or all names, of a quarter of the size and of the whole.

    Args:
        numbers: of the largest.
        names: of the largest.
        limit: seconds that one document may take.
    """
    units = ("xã", "ha", "%", "tấn", "triệu đồng", "hộ", "km", "lớp học")
    with (ROOT / "patterns" / "gazetteer" / "units.csv").open(encoding="utf-8", newline="") as stream:
        communes = sorted({row["name"] for row in csv.DictReader(stream) if row["type"] == "xã"})

    def figures(count: int) -> Iterator[str]:
        return (f"{n % 997 + 1},{n % 9 + 1} {units[n % len(units)]}" for n in range(count))

    def listed(count: int) -> list[str]:
        return [communes[n * 7919 % len(communes)] for n in range(count)]

    def in_lines(count: int) -> list[str]:
        found = list(figures(count))
        return [_HEAD + "\n".join(f"- Trồng mới {', '.join(found[i : i + 10])}." for i in range(0, count, 10)) + "\n"]

    def in_one_line(count: int) -> list[str]:
        return [f"{_HEAD}- Trồng mới {', '.join(figures(count))}.\n"]

    def in_one_list(count: int) -> list[str]:
        return [f"{_HEAD}- Triển khai tại các xã: {', '.join(listed(count))}.\n"]

    made: tuple[tuple[str, Callable[[int], list[str]], int], ...] = (
        ("numbers with their units, ten a line", in_lines, numbers),
        ("numbers with their units in one line", in_one_line, numbers),
        ("names of communes in one list", in_one_list, names),
    )
    return [_grown(name, make, [count // 4, count], 1, limit) for name, make, count in made]


def _grown(name: str, make: Callable[[int], list[str]], sizes: Sequence[int], runs: int, limit: float) -> Growth:
    points: list[Point] = []
    stopped = ""
    with Child(limit=limit) as child:
        child.extract(make(sizes[0]))  # warm
        try:
            for size in sizes:
                documents = make(size)
                answers = [child.extract(documents) for _ in range(runs if size <= _ONCE else 1)]
                seconds = tuple(answer["seconds"] / len(documents) for answer in answers)
                rows = answers[0]["rows"] // len(documents)
                points.append(Point(size, Runs(seconds), answers[-1]["megabytes"], rows))
        except TooLongError as error:
            stopped = f"{size:,}: {error}"
    return Growth(name, tuple(points), stopped)


# --- first sight ------------------------------------------------------------------------------------------------------


def first_sight(texts: Sequence[str], runs: int) -> Runs:
    """How many times as long documents take that the process has not seen before: what is kept from them would show.

    Every run is a new process that has extracted every other document.
    """
    seen, new = texts[::2], texts[1::2] or texts
    found = []
    for _ in range(runs):
        with Child() as child:
            child.extract(seen)
            first = child.extract(new)["seconds"]
            found.append(first / min(child.extract(new)["seconds"] for _ in range(2)))
    return Runs(tuple(found))


# --- stages -----------------------------------------------------------------------------------------------------------


def stages(texts: Sequence[str], runs: int) -> dict[str, Runs]:
    """Processor time of a pass over the documents by stage, and what is in none of them."""
    with Child(options=("--stages",)) as child:
        child.extract(texts)
        answers = [child.extract(texts) for _ in range(runs)]
    names = sorted({name for answer in answers for name in answer["stages"]})
    made = {name: Runs(tuple(answer["stages"].get(name, 0.0) for answer in answers)) for name in names}
    rest = tuple(answer["seconds"] - sum(answer["stages"].values()) for answer in answers)
    return {**made, "everything else": Runs(rest)}


# --- twice as many ----------------------------------------------------------------------------------------------------


def doubled(texts: Sequence[str], runs: int) -> list[Doubled]:
    """The documents with all that is built in, with as many patterns again, and with as many names again, in turns."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        extra = _patterns_again(Path(place) / "patterns", texts)
        code, names = _names_again(Path(place) / "code", texts)
        children = {
            "built in": stack.enter_context(Child()),
            "patterns": stack.enter_context(Child(options=("--extra", str(extra)))),
            "names": stack.enter_context(Child(code=code)),
        }
        for child in children.values():
            child.extract(texts)
        answers: dict[str, list[dict[str, float]]] = {name: [] for name in children}
        for _ in range(runs):
            for name, child in children.items():
                answers[name].append(child.extract(texts))
        entries = {name: int(child.ready["entries"]) for name, child in children.items()}
        counts = {
            "built in": (entries["built in"], entries["built in"]),
            "patterns": (entries["built in"], entries["patterns"]),
            "names": names,
        }
        taken = {name: Runs(tuple(a["seconds"] for a in found)) for name, found in answers.items()}
        return [
            Doubled(
                name,
                counts[name],
                taken[name],
                ratios(taken[name], taken["built in"]),
                float(child.ready["load"]),
                answers[name][-1]["megabytes"],
                answers[name][-1]["rows"] == answers["built in"][-1]["rows"],
            )
            for name, child in children.items()
        ]


_LETTERS = re.compile(r"[^\W\d_]+")
# What is no word in an expression: escapes, classes, the names and flags of groups, counts.
_SYNTAX = re.compile(r"\\[pPNLg][{<][^}>]*[}>]|\\.|\[(?:\\.|[^\]\\])*\]|\(\?[^:=!><|)]*[:>)]|\(\?P?<\w+>|\{[^}]*\}")


def _changed(words: str) -> str:
    """Words that no text has, which go on like the given ones up to their last letter."""
    return _LETTERS.sub(lambda word: f"{word[0][:-1]}w{word[0][-1]}", words)


def _changed_phrase(phrase: str) -> str:
    return _changed(phrase) if _LETTERS.search(phrase) else f"{phrase}w"


def _changed_expression(expression: str, folded: str) -> str:
    """The expression with changed words, one that finds nothing in the texts."""
    made, past = "", 0
    for syntax in _SYNTAX.finditer(expression):
        made += _changed(expression[past : syntax.start()]) + syntax[0]
        past = syntax.end()
    made += _changed(expression[past:])
    try:
        if regex.compile(made).search(folded) is None:
            return made
    except regex.error:
        pass
    return f"(?:{expression})ww"  # no words to change: it goes on with one


def _patterns_again(folder: Path, texts: Sequence[str]) -> Path:
    """A folder with a copy of every entry, under a new id and with changed words."""
    from extractor.patterns import load
    from extractor.text.keys import fold

    folder.mkdir()
    folded = fold("\n".join(texts))
    files: dict[str, list[dict[str, object]]] = {}
    for entry in load().entries:
        guards = ("not_inside", "not_before", "not_after")
        copy: dict[str, object] = {
            "id": f"{entry.id}.again",
            "phrase": [_changed_phrase(p) for p in entry.phrases],
            "forms": [_changed_phrase(p) for p in entry.forms],
            "regex": [_changed_expression(e, folded) for e in entry.expressions],
            "at": [a if a.startswith("<") else _changed(a) for a in entry.at],
            "means": dict(entry.means),
            "looks": entry.looks,
            "until": entry.until,
            **{guard: list(getattr(entry, guard)) for guard in guards},
            "why": "measured",
            "no": [_changed_phrase(p) for p in entry.phrases],  # a phrase must stand in an example
        }
        files.setdefault(entry.concern, []).append({key: value for key, value in copy.items() if value})
    for concern, entries in files.items():
        raw = {"concern": concern, "entries": entries}
        (folder / f"{concern}.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return folder


def _names_again(folder: Path, texts: Sequence[str]) -> tuple[Path, tuple[int, int]]:
    """The extractor beside a gazetteer with a unit of a made-up name for each that it has; how many names there are."""
    for part in ("extractor", "patterns"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "patterns" / "gazetteer" / "units.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows, columns = list(reader), list(reader.fieldnames or ())
    names = {row["name"] for row in rows}
    made_up = _made_up(sorted(names), "\n".join(texts))
    used = {row["code"] for row in rows}
    codes = (code for number in range(100_000) if (code := f"{number:05}") not in used)
    again: dict[str, str] = {}  # a unit keeps its code and a name its copy through time
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        for row in rows:
            if row["level"] == "province":
                continue  # of these there are few, and every lookup asks for them
            if row["code"] not in again:
                again[row["code"]] = next(codes)
            if row["level"] == "district":  # too few codes are free for twice as many: a commune of it
                row |= {"level": "commune", "type": "xã", "district_code": row["code"]}
            writer.writerow({**row, "code": again[row["code"]], "name": made_up[row["name"]], "aliases": ""})
    return folder, (len(names), len(names) + len(set(made_up.values())))


def _made_up(names: Sequence[str], text: str) -> Mapping[str, str]:
    """For every name one of the same number of words, put together from theirs, that nobody has."""
    pick, text = random.Random(1), text.lower()
    syllables = sorted({word for name in names for word in name.split() if word.isalpha()})
    taken, made = set(names), {}
    for name in names:
        while True:
            new = " ".join(pick.choice(syllables) for _ in range(max(2, len(name.split()))))
            if new not in taken and new.lower() not in text:
                break
        taken.add(new)
        made[name] = new
    return made
