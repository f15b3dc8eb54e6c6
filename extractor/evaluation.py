"""Precision, recall and F1 of rows and fields against gold annotations.

The gold's format is that of ``corpus/gold`` (see ``CONTRIBUTING.md``): one YAML file a document, quotes found in the
source text in document order. A row is *found* if it stands where a gold row stands, and *right* if every key field
agrees as well. Gold rows marked ``optional``, and what a run finds at them, count neither for nor against.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import yaml

from extractor.model import Extraction
from extractor.tables.rows import dicts_of
from extractor.tables.schema import TABLES

GOLD_TABLES = ("targets", "places", "deadlines", "assignments")
SCORED_TABLES = ("documents", *GOLD_TABLES)

GoldRow = dict[str, Any]
TableRows = Mapping[str, list[dict[str, str]]]
Same = Callable[[Any, str], bool]


class GoldError(ValueError):
    """A gold file that cannot be used. The message names the file and the row."""


@dataclass(frozen=True, slots=True)
class Gold:
    """The gold annotations of one document, with offsets into its text."""

    name: str
    text: str
    document: GoldRow
    rows: Mapping[str, list[GoldRow]]


def load_gold(gold_file: Path, source_dir: Path) -> Gold:
    """Read one gold file and find its quotes in the source.

    Args:
        gold_file: YAML.
        source_dir: folder of the source the file names.

    Raises:
        GoldError: if the file is no gold file, its source is missing, or a quote does not stand in the source.
    """
    data = _gold_yaml(gold_file)
    source = source_dir / data["doc"]
    try:
        text = source.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise GoldError(f"{gold_file}: its source {source} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GoldError(f"{gold_file}: its source {source} is not UTF-8 (byte position {error.start})") from error
    problems: list[str] = []
    rows: dict[str, list[GoldRow]] = {}
    for table in GOLD_TABLES:
        rows[table] = [{key: _iso(value) for key, value in row.items()} for row in data.get(table) or []]
        problems.extend(f"{gold_file}: {problem}" for problem in _locate(table, rows[table], text))
    problems.extend(f"{gold_file}: {problem}" for problem in _link_places(rows["places"], rows["targets"]))
    if problems:
        raise GoldError("\n".join(problems))
    document = {key: _iso(value) for key, value in (data.get("document") or {}).items()}
    return Gold(data["doc"], text, document, rows)


def _gold_yaml(gold_file: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(gold_file.read_text(encoding="utf-8"))
    except OSError as error:
        raise GoldError(f"{gold_file} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise GoldError(f"{gold_file} is not YAML in UTF-8: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("doc"), str):
        raise GoldError(f"{gold_file} is not a gold file: it has no 'doc: NAME.txt'")
    for table in GOLD_TABLES:
        rows = data.get(table) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise GoldError(f"{gold_file}: {table} must be a list of rows {{n: …}} or {{q: …}}")
    return data


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _locate(table: str, rows: list[GoldRow], text: str) -> Iterable[str]:
    """Give each row ``start`` and ``end``: quotes in document order, each from the end of the one before."""
    key = "n" if table == "targets" else "q"
    cursor = 0
    for i, row in enumerate(rows):
        if key not in row:
            yield f"{table}[{i}]: no {key!r}, the quote to look for"
            continue
        quote = str(row[key])
        if row.get("back"):
            cursor = 0
        if "after" in row:
            at = text.find(row["after"], cursor)
            if at < 0:
                yield f"{table}[{i}]: after {row['after']!r} not found from {cursor}"
                continue
            cursor = at + len(row["after"])
        at = text.find(quote, cursor)
        if at < 0:
            yield f"{table}[{i}]: {quote!r} not found from {cursor}"
            continue
        row["start"], row["end"] = at, at + len(quote)
        cursor = row["end"]


def _link_places(places: list[GoldRow], targets: list[GoldRow]) -> Iterable[str]:
    """Give each place that names a target that target's ``start``: the nearest before it, else the first."""
    for i, row in enumerate(places):
        if "target" not in row or "start" not in row:
            continue
        near = [t["start"] for t in targets if str(t.get("n")) == str(row["target"]) and "start" in t]
        if not near:
            yield f"places[{i}]: no target {row['target']!r}"
            continue
        before = [start for start in near if start <= row["start"]]
        row["target_start"] = max(before) if before else min(near)


# --- comparing fields


def _norm(value: Any) -> str:
    text = unicodedata.normalize("NFC", str(value if value is not None else ""))
    return re.sub(r"\s+", " ", text).strip().casefold()


def _same_text(stated: Any, got: Any) -> bool:
    return _norm(stated) == _norm(got)


def _same_number(stated: Any, got: Any) -> bool:
    if not _norm(stated) or not _norm(got):
        return _norm(stated) == _norm(got)
    try:
        return abs(float(stated) - float(got)) < 1e-6
    except ValueError:
        return False


def _token_f1(stated: Any, got: Any) -> float:
    wanted, found = (re.findall(r"\w+|%", _norm(value)) for value in (stated, got))
    if not wanted and not found:
        return 1.0
    left, hits = list(found), 0
    for token in wanted:
        if token in left:
            left.remove(token)
            hits += 1
    return 2 * hits / (len(wanted) + len(found))


@cache
def _close(threshold: float) -> Same:
    return lambda stated, got: _token_f1(stated, got) >= threshold


@dataclass(frozen=True, slots=True)
class Field:
    """How one gold field is compared.

    Attributes:
        gold: its key in the gold row.
        column: the table's column.
        same: the comparison.
        key: whether a row is only right if it agrees.
        if_stated: whether it is judged only where the gold states it.
        default: what the gold means where it says nothing.
    """

    gold: str
    column: str
    same: Same
    key: bool = True
    if_stated: bool = False
    default: str = ""


_TARGET_START = "_target_number_start"

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "targets": (
        Field("value", "value", _same_number),
        Field("value_max", "value_max", _same_number),
        Field("denominator", "denominator", _same_number),
        Field("percent", "percent", _same_number),
        Field("comparator", "comparator", _same_text, default="="),
        Field("unit", "unit", _same_text),
        Field("status", "status", _same_text, default="target"),
        Field("indicator", "indicator", _close(0.7)),
        Field("basis", "basis", _same_text, key=False),
        Field("due", "due_date", _same_text, key=False, if_stated=True),
    ),
    "places": (
        Field("level", "level", _same_text),
        Field("type", "type", _same_text),
        Field("district", "district", _same_text, if_stated=True),
        Field("province", "province", _same_text, key=False, if_stated=True),
        Field("code", "code", _same_text, key=False, if_stated=True),
        Field("current_code", "current_code", _same_text, key=False, if_stated=True),
        Field("target_start", _TARGET_START, _same_text, if_stated=True),
        Field("role", "role", _same_text, key=False, default="member"),
    ),
    "deadlines": (
        Field("kind", "kind", _same_text),
        Field("bound", "bound", _same_text, key=False, if_stated=True),
        Field("from", "start_date", _same_text, key=False, if_stated=True),
        Field("due", "due_date", _same_text, if_stated=True),
        Field("rrule", "recurrence", _same_text, key=False, if_stated=True),
        Field("task", "task", _close(0.5), key=False, if_stated=True),
    ),
    "assignments": (
        Field("type", "assignee_type", _same_text),
        Field("position", "position", _close(0.7), if_stated=True),
        Field("role", "role", _same_text),
        Field("task", "task", _close(0.4), key=False, if_stated=True),
    ),
    "documents": (
        Field("doc_type", "doc_type", _same_text),
        Field("number", "number", _same_text),
        Field("title", "title", _close(0.8), if_stated=True),
        Field("issuer", "issuer", _close(0.6), if_stated=True),
        Field("issued_on", "issued_on", _same_text),
        Field("province", "province", _same_text, if_stated=True),
        Field("district", "district", _same_text, key=False, if_stated=True),
        Field("period_start", "period_start", _same_text, key=False, if_stated=True),
        Field("period_end", "period_end", _same_text, if_stated=True),
    ),
}


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One field of one found row: what the gold states, what the run gave, whether they agree."""

    field: Field
    ok: bool
    stated: str
    got: str


def _compare(table: str, want: GoldRow, got: Mapping[str, str]) -> list[FieldResult]:
    results = []
    for spec in FIELDS[table]:
        stated = want.get(spec.gold)
        if stated is None:
            if spec.if_stated:
                continue
            stated = spec.default
        value = got.get(spec.column, "")
        readings = stated if isinstance(stated, list) else [stated]
        results.append(FieldResult(spec, any(spec.same(reading, value) for reading in readings), str(stated), value))
    return results


# --- matching rows


def _span(row: Mapping[str, str], table: str) -> tuple[int, int]:
    start, end = ("number_start", "number_end") if table == "targets" else ("start", "end")
    return int(float(row[start])), int(float(row[end]))


def _shared(a: tuple[int, int], b: tuple[int, int]) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])


def _matches(want: tuple[int, int], got: tuple[int, int], table: str) -> bool:
    """Whether a row stands where the gold row stands: any overlap of numbers, the same name, most of a quote."""
    shared = _shared(want, got)
    if shared <= 0 or table == "targets":
        return shared > 0
    if table == "places":
        return want == got
    return want[0] == got[0] or shared / max(want[1] - want[0], got[1] - got[0]) >= 0.5


def stands_at(want: tuple[int, int], got: tuple[int, int], table: str) -> int:
    """How many characters two rows of a table share if they stand at the same place; 0 where they do not."""
    return _shared(want, got) if _matches(want, got, table) else 0


# --- counting


@dataclass(slots=True)
class _Count:
    found: int = 0
    missed: int = 0
    spurious: int = 0
    right: int = 0
    bad_quotes: int = 0
    fields: dict[str, list[int]] = field(default_factory=dict)

    def judge(self, results: list[FieldResult]) -> None:
        self.found += 1
        self.right += all(result.ok for result in results if result.field.key)
        for result in results:
            tally = self.fields.setdefault(result.field.gold, [0, 0])
            tally[0] += result.ok
            tally[1] += 1

    def score(self) -> Score:
        found, missed, spurious = self.found, self.missed, self.spurious
        both = 2 * found + missed + spurious
        return Score(
            gold=found + missed,
            precision=round(found / (found + spurious), 4) if found + spurious else 0.0,
            recall=round(found / (found + missed), 4) if found + missed else 0.0,
            f1=round(2 * found / both, 4) if found else 0.0,
            row_f1=round(2 * self.right / both, 4) if found else 0.0,
            bad_quotes=self.bad_quotes,
            fields={name: round(ok / judged, 4) for name, (ok, judged) in self.fields.items()},
        )


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one table.

    Attributes:
        gold: gold rows that are demanded.
        precision: share of the run's rows that stand where a gold row stands.
        recall: share of the gold rows that the run found.
        f1: their harmonic mean.
        row_f1: the same, counting only rows right in every key field.
        bad_quotes: rows whose quote is not the source's text at their offsets.
        fields: field → share of the found rows in which it agrees.
    """

    gold: int
    precision: float
    recall: float
    f1: float
    row_f1: float
    bad_quotes: int
    fields: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain JSON values."""
        return {name: getattr(self, name) for name in ("gold", "precision", "recall", "f1", "row_f1", "bad_quotes")} | {
            "fields": dict(self.fields)
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of every table.

    Attributes:
        scores: table → figures.
        misses: a line for each miss, spurious row and wrong field.
        verdicts: a row's id → whether it is right in every key field; rows at optional gold rows are left out.
    """

    scores: Mapping[str, Score]
    misses: tuple[str, ...]
    verdicts: Mapping[str, bool]

    def lines(self) -> list[str]:
        """The figures as printed, two lines a table."""
        lines = []
        for table, score in self.scores.items():
            lines.append(
                f"{table:12} gold {score.gold:4}  P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}  "
                f"row F1 {score.row_f1:.3f}  bad quotes {score.bad_quotes}"
            )
            lines.append("             " + "  ".join(f"{name} {share:.2f}" for name, share in score.fields.items()))
        return lines


def _row_id(table: str, row: Mapping[str, str]) -> str:
    return row["doc_id" if table == "documents" else f"{table[:-1]}_id"]


class _Scorer:
    def __init__(self, predicted: TableRows) -> None:
        self._predicted = predicted
        self._documents = {PurePath(row["source"]).name: row for row in predicted["documents"]}
        self._numbers = {row["target_id"]: row.get("number_start", "") for row in predicted["targets"]}
        self.counts = {table: _Count() for table in SCORED_TABLES}
        self.notes: list[str] = []
        self.verdicts: dict[str, bool] = {}

    def document(self, want: Gold) -> None:
        got = self._documents.get(want.name)
        if got is None:
            self.notes.append(f"{want.name}: not in documents.csv")
            self.counts["documents"].missed += 1
            for table in GOLD_TABLES:
                self.counts[table].missed += sum(not row.get("optional") for row in want.rows[table])
            return
        self._judge("documents", want, want.document, got, "")
        for table in GOLD_TABLES:
            rows = [row for row in self._predicted[table] if row["doc_id"] == got["doc_id"]]
            if table == "places":
                rows = [row | {_TARGET_START: self._numbers.get(row.get("target_id", ""), "")} for row in rows]
            self._table(table, want, rows)

    def _judge(self, table: str, want: Gold, row: GoldRow, got: Mapping[str, str], around: str) -> None:
        results = _compare(table, row, got)
        self.counts[table].judge(results)
        self.verdicts[_row_id(table, got)] = all(result.ok for result in results if result.field.key)
        self.notes.extend(
            f"{want.name}: {table}.{r.field.gold}: gold {r.stated!r}, got {r.got!r}{around}"
            for r in results
            if not r.ok
        )

    def _table(self, table: str, want: Gold, rows: list[dict[str, str]]) -> None:
        count, text = self.counts[table], want.text
        for row in rows:
            start, end = int(float(row["start"])), int(float(row["end"]))
            if text[start:end] != row["quote"]:
                count.bad_quotes += 1
                self.notes.append(f"{want.name}: {table}: quote is not source[{start}:{end}]: {row['quote'][:60]!r}")
        free = sorted(((_span(row, table), row) for row in rows), key=lambda pair: pair[0])
        for gold_row in want.rows[table]:
            here = (gold_row["start"], gold_row["end"])
            candidates = [i for i, (span, _) in enumerate(free) if _matches(here, span, table)]
            best = max(candidates, key=lambda i: _shared(here, free[i][0]), default=None)
            match = None if best is None else free.pop(best)[1]
            if gold_row.get("optional"):
                continue
            around = f" …{text[max(0, here[0] - 40) : here[1] + 40]}…".replace("\n", "⏎")
            if match is None:
                count.missed += 1
                self.notes.append(f"{want.name}: {table}: MISSED{around}")
            else:
                self._judge(table, want, gold_row, match, around)
        for (start, end), row in free:
            count.spurious += 1
            self.verdicts[_row_id(table, row)] = False
            self.notes.append(f"{want.name}: {table}: SPURIOUS …{text[max(0, start - 40) : end + 40]!r}…")


def load_gold_dir(gold_dir: Path, source_dir: Path) -> list[Gold]:
    """Every gold file of a folder, in the order of their names.

    Raises:
        GoldError: if there is none, or one cannot be used.
    """
    files = sorted(gold_dir.glob("*.yaml"))
    if not files:
        raise GoldError(f"no gold file (*.yaml) in {gold_dir}")
    return [load_gold(file, source_dir) for file in files]


def evaluate(golds: Iterable[Gold], predicted: TableRows) -> Evaluation:
    """Compare a run's rows with gold annotations.

    Args:
        golds: see ``load_gold_dir``.
        predicted: table → rows as a CSV reader gives them: see ``rows_of_csv`` and ``rows_of_extractions``.

    Returns:
        The figures, and a line for everything that is wrong.
    """
    scorer = _Scorer(predicted)
    for gold in golds:
        scorer.document(gold)
    scores = {table: count.score() for table, count in scorer.counts.items()}
    return Evaluation(scores, tuple(scorer.notes), scorer.verdicts)


def rows_of_extractions(extractions: Iterable[Extraction]) -> TableRows:
    """Rows in memory as ``evaluate`` takes them."""
    given = list(extractions)
    return {table.name: dicts_of(table, given) for table in TABLES if table.name in SCORED_TABLES}


def rows_of_csv(folder: Path) -> TableRows:
    """The CSV tables of a run as ``evaluate`` takes them.

    Raises:
        GoldError: if a table is missing.
    """
    csv.field_size_limit(sys.maxsize)
    tables: dict[str, list[dict[str, str]]] = {}
    for name in SCORED_TABLES:
        path = folder / f"{name}.csv"
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                tables[name] = list(csv.DictReader(stream))
        except OSError as error:
            raise GoldError(f"{path} cannot be read: {error.strerror}") from error
    return tables
