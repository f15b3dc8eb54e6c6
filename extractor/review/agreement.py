"""How far two reviewers agree: rows that both have, their fields, and Cohen's kappa of their verdicts.

Rows are matched as ``extractor.evaluation`` matches them, but neither side is the gold: all figures are the same
whichever comes first. A row that one of the two did not decide counts neither for nor against.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.evaluation import FIELDS, GOLD_TABLES, SCORED_TABLES, Field, Gold, GoldRow, load_gold_dir, stands_at
from extractor.review.exchange.gold import gold_of
from extractor.review.state import ReviewedDocument, State

VERDICTS = ("accept", "reject", "correct")
"""What two reviewers can say of a row that both of them were shown."""


@dataclass(frozen=True, slots=True)
class TableAgreement:
    """The figures of one table.

    Attributes:
        both: rows that both have.
        only_a: rows that only the first has.
        only_b: rows that only the second has.
        same: rows of ``both`` that agree in every key field.
        f1: of the rows that either has, as precision and recall of one against the other would give it.
        row_f1: the same, counting only ``same``.
        fields: field → share of ``both`` in which it agrees, of those where either states it.
    """

    both: int
    only_a: int
    only_b: int
    same: int
    f1: float
    row_f1: float
    fields: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The figures of two reviewers.

    Attributes:
        documents: how many documents both have.
        tables: table → figures.
        verdicts: verdict of the first, verdict of the second → on how many rows.
        kappa: Cohen's kappa of these verdicts; ``None`` where there are none, or where both said only one and the same
            thing, which chance would give, too.
    """

    documents: int
    tables: Mapping[str, TableAgreement]
    verdicts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    kappa: float | None = None

    def lines(self) -> list[str]:
        """The figures as printed: two lines a table, one for the verdicts."""
        lines = []
        for name, table in self.tables.items():
            lines.append(
                f"{name:12} both {table.both:4}  only A {table.only_a:4}  only B {table.only_b:4}  F1 {table.f1:.3f}  "
                f"row F1 {table.row_f1:.3f}"
            )
            lines.append("             " + "  ".join(f"{name} {share:.2f}" for name, share in table.fields.items()))
        if self.verdicts:
            total = sum(self.verdicts.values())
            same = sum(count for (a, b), count in self.verdicts.items() if a == b)
            kappa = "-" if self.kappa is None else f"{self.kappa:.3f}"
            lines.append(f"verdicts     both {total:4}  same {same:4}  kappa {kappa}")
        return lines

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain JSON values."""
        names = ("both", "only_a", "only_b", "same", "f1", "row_f1")
        return {
            "documents": self.documents,
            "tables": {
                name: {key: getattr(table, key) for key in names} | {"fields": dict(table.fields)}
                for name, table in self.tables.items()
            },
            "verdicts": [{"a": a, "b": b, "rows": count} for (a, b), count in sorted(self.verdicts.items())],
            "kappa": self.kappa,
        }


def between(a: Mapping[str, ReviewedDocument], b: Mapping[str, ReviewedDocument]) -> Agreement:
    """The agreement of two reviewers of the same extraction.

    Args:
        a: document id → the document as the first decided it.
        b: the same of the second. Documents about which one of them decided nothing are left out.
    """
    shared = sorted(doc_id for doc_id in a.keys() & b.keys() if a[doc_id].states and b[doc_id].states)
    tally = _Tally()
    verdicts: Counter[tuple[str, str]] = Counter()
    for doc_id in shared:
        golds = gold_of(a[doc_id]), gold_of(b[doc_id])
        tally.rows(*golds)
        if doc_id in a[doc_id].states and doc_id in b[doc_id].states:
            tally.fields(*golds)
        verdicts += _verdicts(a[doc_id], b[doc_id])
    return Agreement(len(shared), tally.tables(), dict(verdicts), cohens_kappa(verdicts))


def between_gold(a: Path, b: Path, sources: Path) -> Agreement:
    """The agreement of two folders of gold files; without verdicts, which gold files do not hold.

    Args:
        a: the first's gold files.
        b: the second's.
        sources: folder of the texts that they name.

    Raises:
        GoldError: if a folder has no gold files, or one cannot be used.
    """
    golds_a, golds_b = ({gold.name: gold for gold in load_gold_dir(folder, sources)} for folder in (a, b))
    shared = sorted(golds_a.keys() & golds_b.keys())
    tally = _Tally()
    for name in shared:
        tally.rows(golds_a[name], golds_b[name])
        tally.fields(golds_a[name], golds_b[name])
    return Agreement(len(shared), tally.tables())


def cohens_kappa(verdicts: Mapping[tuple[str, str], int]) -> float | None:
    """Cohen's kappa: agreement beyond what chance would give.

    Args:
        verdicts: verdict of one, verdict of the other → how often.

    Returns:
        At most 1; 0 is chance; ``None`` where it is not defined.
    """
    total = sum(verdicts.values())
    if not total:
        return None
    same = sum(count for (a, b), count in verdicts.items() if a == b) / total
    said_a: Counter[str] = Counter()
    said_b: Counter[str] = Counter()
    for (verdict_a, verdict_b), count in verdicts.items():
        said_a[verdict_a] += count
        said_b[verdict_b] += count
    chance = sum(said_a[verdict] * said_b[verdict] for verdict in said_a) / total**2
    return None if chance == 1 else round((same - chance) / (1 - chance), 4)


def _verdicts(a: ReviewedDocument, b: ReviewedDocument) -> Counter[tuple[str, str]]:
    said_a, said_b = _said(a.states), _said(b.states)
    return Counter((said_a[row_id], said_b[row_id]) for row_id in said_a.keys() & said_b.keys())


def _said(states: Mapping[str, State]) -> dict[str, str]:
    """The verdict of each row that both could decide, by the id under which both find it now."""
    return {
        state.machine_id or row_id: state.decision.verdict
        for row_id, state in states.items()
        if state.decision.verdict in VERDICTS
    }


class _Tally:
    def __init__(self) -> None:
        self._rows = {table: Counter[str]() for table in SCORED_TABLES}
        self._fields: dict[str, dict[str, list[int]]] = {table: {} for table in SCORED_TABLES}

    def rows(self, a: Gold, b: Gold) -> None:
        """Count the rows of a document."""
        for table in GOLD_TABLES:
            self._table(table, a.rows[table], b.rows[table])

    def fields(self, a: Gold, b: Gold) -> None:
        """Count what is said of a document itself."""
        self._pair("documents", a.document, b.document)

    def _table(self, table: str, a: list[GoldRow], b: list[GoldRow]) -> None:
        pairs = _pairs(table, a, b)
        paired_a, paired_b = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, j in pairs:
            if not a[i].get("optional") and not b[j].get("optional"):
                self._pair(table, a[i], b[j])
        self._rows[table]["only_a"] += _demanded(row for i, row in enumerate(a) if i not in paired_a)
        self._rows[table]["only_b"] += _demanded(row for j, row in enumerate(b) if j not in paired_b)

    def _pair(self, table: str, a: GoldRow, b: GoldRow) -> None:
        self._rows[table]["both"] += 1
        agrees = True
        for spec in FIELDS[table]:
            if spec.if_stated and a.get(spec.gold) is None and b.get(spec.gold) is None:
                continue
            same = _agree(spec, a, b)
            agrees = agrees and (same or not spec.key)
            judged = self._fields[table].setdefault(spec.gold, [0, 0])
            judged[0] += same
            judged[1] += 1
        self._rows[table]["same"] += agrees

    def tables(self) -> dict[str, TableAgreement]:
        made = {}
        for table, count in self._rows.items():
            either = 2 * count["both"] + count["only_a"] + count["only_b"]
            made[table] = TableAgreement(
                both=count["both"],
                only_a=count["only_a"],
                only_b=count["only_b"],
                same=count["same"],
                f1=round(2 * count["both"] / either, 4) if either else 0.0,
                row_f1=round(2 * count["same"] / either, 4) if either else 0.0,
                fields={
                    spec.gold: round(judged[0] / judged[1], 4)
                    for spec in FIELDS[table]
                    if (judged := self._fields[table].get(spec.gold)) is not None
                },
            )
        return made


def _demanded(rows: Iterable[GoldRow]) -> int:
    return sum(not row.get("optional") for row in rows)


def _pairs(table: str, a: list[GoldRow], b: list[GoldRow]) -> list[tuple[int, int]]:
    """Rows that stand at the same place, each once: those that share most first, so that neither side chooses."""
    spans = sorted((row["start"], row["end"], j) for j, row in enumerate(b))
    longest = max((end - start for start, end, _ in spans), default=0)
    shared = []
    for i, row in enumerate(a):
        here = row["start"], row["end"]
        for start, end, j in spans[bisect_left(spans, (here[0] - longest,)) : bisect_left(spans, (here[1],))]:
            most = stands_at(here, (start, end), table)
            if most:
                shared.append((-most, min(here, (start, end)), max(here, (start, end)), i, j))
    pairs: list[tuple[int, int]] = []
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    for *_, i, j in sorted(shared):
        if i not in taken_a and j not in taken_b:
            pairs.append((i, j))
            taken_a.add(i)
            taken_b.add(j)
    return pairs


def _agree(spec: Field, a: GoldRow, b: GoldRow) -> bool:
    """Whether one of the readings of one is one of the other's."""
    return any(spec.same(one, other) for one in _readings(spec, a) for other in _readings(spec, b))


def _readings(spec: Field, row: GoldRow) -> list[str]:
    stated = row.get(spec.gold)
    readings = stated if isinstance(stated, list) else [spec.default if stated is None else stated]
    return [str(reading) for reading in readings]
