"""What reviewers decide, kept in the store: a log that only grows, and the state of every row that follows from it.

Nothing that a person decided depends on rules: a decision holds the row as the person saw it and as the person wants
it. After a run, ``carry_over`` brings decisions to the rows as they are now (``extractor.review.anchoring``) and says
which have to be looked at again.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from extractor.model import Extraction, Source
from extractor.review import tables
from extractor.review.anchoring import anchored, at_new_document, context_of, final_of, newest
from extractor.review.cells import REVIEWED, Outline, like, new_id, row_id, rows_of_table, stated, values_of
from extractor.review.proposing import propose
from extractor.review.state import Cells, Decision, ReviewedDocument, State, Verdict
from extractor.review.validating import EDITABLE, Problem, validated
from extractor.running.store import Store, transaction
from extractor.tables.files import output
from extractor.tables.schema import ASSIGNMENTS, BY_NAME, DEADLINES, DOCUMENTS, PLACES, TARGETS

_COLUMNS = tuple(f.name for f in fields(Decision))
_KEPT = 16  # documents in memory: a reviewer works on one at a time
_CARRIED = -1
_MANY = 500  # decisions at a time for which the whole document is gone through rather than row by row
_UNDO = "undo:"
# Not what a row says but how it came about.
_NO_CHANGE = frozenset({"doc_id", "rule", "confidence"})


class ReviewError(ValueError):
    """What was asked for cannot be done. Nothing was decided.

    Attributes:
        problems: what is wrong with which cell, in words.
    """

    def __init__(self, *problems: tuple[str, Problem]) -> None:
        self.problems = problems
        super().__init__(self.said("en"))

    def said(self, lang: str) -> str:
        """What is wrong with which row, in one of the two languages."""
        return " ".join(f"{row}: {getattr(problem, lang)}" for row, problem in self.problems)


@dataclass(frozen=True, slots=True)
class Item:
    """What a reviewer says of one row; ``changes`` only with ``correct`` and ``add``."""

    table: str
    row_id: str
    verdict: Verdict
    changes: Cells = field(default_factory=dict)
    reason: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a decision, or taking one back, did.

    Attributes:
        batch: its name; empty where there was nothing to do.
        rows: table and row id of every row that it was about.
        left: rows whose decision could not be taken back, because somebody has decided on them since.
    """

    batch: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What became of decisions after a run: how many stand, and how many are to be looked at again."""

    kept: int
    look: int


@dataclass(frozen=True)
class Loaded:
    """A document as rules and readers have it now."""

    doc_id: str
    revision: int
    extraction: Extraction
    source: Source | None

    @property
    def text(self) -> str:
        """The source text."""
        return self.extraction.text

    @cached_property
    def rows(self) -> dict[str, dict[str, dict[str, str]]]:
        """Table → row id → cells, of the tables that are reviewed and of the document itself."""
        return {
            table: {row_id(table, cells): cells for cells in rows_of_table(table, self.extraction)}
            for table in (DOCUMENTS.name, *REVIEWED)
        }

    @cached_property
    def records(self) -> dict[str, Any]:
        """Row id → the model's record, of the tables that are reviewed."""
        return {
            getattr(record, BY_NAME[table].primary_key): record
            for table in REVIEWED
            for record in getattr(self.extraction, table)
        }

    @cached_property
    def outline(self) -> Outline:
        """Its sections."""
        return Outline(self.extraction.sections)


class Reviews:
    """The decisions in an output folder's store. Use as a context manager, in one thread.

    Args:
        folder: the output folder of a run.

    Raises:
        OutputError: here and in every method: the store cannot be opened, read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder, read_only=True)
        self._path = self._store.path
        self._loaded: dict[str, Loaded] = {}
        self._states: dict[str, tuple[int, dict[tuple[str, str], State]]] = {}
        try:
            with output(self._path):
                self._database = sqlite3.connect(self._path, isolation_level=None, timeout=30)
                tables.prepare(self._database)
                self._database.row_factory = sqlite3.Row
                self._database.create_function("folded", 1, folded, deterministic=True)
        except BaseException:
            self._store.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._store.__exit__(kind, error, trace)

    @contextmanager
    def _change(self) -> Iterator[None]:
        try:
            with transaction(self._database, self._path):
                yield
        except BaseException:
            self._states.clear()  # they may be ahead of what was kept
            raise

    def all(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Rows of the store, the six tables and the views among it."""
        with output(self._path):
            return self._database.execute(query, values).fetchall()

    # --- documents

    def document(self, doc_id: str) -> Loaded | None:
        """A document as it is now; ``None`` where the tables do not have it."""
        revision = self._store.revision(doc_id)
        if revision is None:
            return None
        known = self._loaded.pop(doc_id, None)
        if known is None or known.revision != revision:
            known = Loaded(doc_id, revision, *self._store.document(doc_id))
        while len(self._loaded) >= _KEPT:
            del self._loaded[next(iter(self._loaded))]
        self._loaded[doc_id] = known
        self._keep_up(known)
        return known

    def file_of(self, doc_id: str) -> Path:
        """See ``Store.file_of``."""
        return self._store.file_of(doc_id)

    def doc_ids(self) -> list[str]:
        """Every document of the tables, in the order of names."""
        return [row[0] for row in self.all("SELECT doc_id FROM run_rows ORDER BY file, position")]

    # --- the log

    def log(self, doc_id: str, row: str = "") -> list[Decision]:
        """The decisions about a document, or one row of it, in the order in which they were made."""
        of_row = "AND row_id = ?" if row else ""
        rows = self.all(
            f"SELECT * FROM reviews WHERE doc_id = ? {of_row} ORDER BY seq", *([doc_id, row] if row else [doc_id])
        )
        return [_decision(found) for found in rows]

    def last(self) -> int:
        """The number of the last decision."""
        return int(self.all("SELECT coalesce(max(seq), 0) FROM reviews")[0][0])

    def since(self, doc_id: str, seq: int) -> list[tuple[str, str]]:
        """Table and id of the rows of a document that were decided on after decision number ``seq``."""
        query = "SELECT DISTINCT table_name, row_id FROM reviews WHERE doc_id = ? AND seq > ?"
        return [(row[0], row[1]) for row in self.all(query, doc_id, seq)]

    def states(self, doc_id: str) -> dict[tuple[str, str], State]:
        """Table and row id → state, of every row of a document that is decided; it changes with what is decided."""
        # What others have done since: another process's commits count up the version, our own take the entry out.
        ((version,),) = self.all("PRAGMA data_version")
        known = self._states.get(doc_id)
        if known is not None and known[0] == version:
            return known[1]
        rows = self.all("SELECT * FROM review_state WHERE doc_id = ?", doc_id)
        decisions = {}
        if rows:
            wanted = {row["review_id"] for row in rows} | {r for row in rows for r in json.loads(row["rivals"])}
            decisions = {d.review_id: d for d in self.log(doc_id) if d.review_id in wanted}
        states = {
            (row["table_name"], row["row_id"]): State(
                decisions[row["review_id"]],
                json.loads(row["row"]),
                row["machine_id"],
                row["look"],
                tuple(decisions[rival] for rival in json.loads(row["rivals"])),
            )
            for row in rows
        }
        if len(self._states) > _KEPT:
            self._states.clear()
        self._states[doc_id] = version, states
        return states

    # --- deciding

    def decide(self, doc_id: str, items: Sequence[Item], reviewer: str, batch: str = "") -> Changed:
        """Set down what a reviewer says of some rows of a document, all of it or nothing.

        Args:
            doc_id: the document.
            items: what is said of which row; one row once.
            reviewer: who says so.
            batch: the name of what is decided in one go; a new one if not given.

        Raises:
            ReviewError: a row is not there, or a value is not valid.
        """
        loaded = self._must_have(doc_id)
        batch = batch or uuid4().hex
        now = _now()
        with self._change():
            states = self.states(doc_id)
            taken: dict[str, object] = {**loaded.records, **{key[1]: True for key in states}, **self._ids(doc_id)}
            made: list[Decision] = []
            problems: list[tuple[str, Problem]] = []
            for item in items:
                try:
                    decision = self._decision(loaded, states, item, taken)
                except ReviewError as error:
                    problems += error.problems
                    continue
                taken[decision.row_id] = True
                made.append(replace(decision, reviewer=reviewer, made_at=now, batch=batch))
            if problems:
                raise ReviewError(*problems)
            self._append(made)
            self._settle_rows(loaded, [(d.table_name, d.row_id) for d in made])
        return Changed(batch if made else "", tuple((d.table_name, d.row_id) for d in made))

    def _ids(self, doc_id: str) -> dict[str, bool]:
        return {row[0]: True for row in self.all("SELECT DISTINCT row_id FROM reviews WHERE doc_id = ?", doc_id)}

    def _must_have(self, doc_id: str) -> Loaded:
        loaded = self.document(doc_id)
        if loaded is None:
            raise ReviewError((doc_id, _NO_DOCUMENT))
        return loaded

    def _decision(
        self, loaded: Loaded, states: Mapping[tuple[str, str], State], item: Item, taken: Mapping[str, object]
    ) -> Decision:
        """One decision, but for who made it when."""
        table = item.table
        if table not in loaded.rows:
            raise ReviewError((item.row_id, _NO_ROW))
        state = states.get((table, item.row_id))
        machine = loaded.rows[table].get(state.machine_id if state else item.row_id)
        shown: Cells = (state.row or machine or state.decision.seen) if state else (machine or {})
        if not shown and item.verdict != "add":
            raise ReviewError((item.row_id, _NO_ROW))
        if item.verdict == "reopen":
            return self._made(loaded, item, "reopen", {}, machine or shown)
        if item.verdict == "reject":
            return self._made(loaded, item, "reject", {}, machine or shown)
        final = dict(shown)
        if item.verdict in ("correct", "add"):
            final = self._corrected(loaded, item, shown)
        if item.verdict == "add":
            item = replace(item, row_id=new_id(loaded.doc_id, table, int(final["start"]), taken))
            final[BY_NAME[table].primary_key] = item.row_id
            final["doc_id"] = loaded.doc_id
        if machine is None:
            return self._made(loaded, item, "add", final, {})
        compared = {*final, *machine} - _NO_CHANGE - {BY_NAME[table].primary_key}
        changes = {name: final.get(name, "") for name in compared if final.get(name) != machine.get(name)}
        return self._made(loaded, item, "correct" if changes else "accept", changes, machine)

    def _corrected(self, loaded: Loaded, item: Item, shown: Cells) -> dict[str, str]:
        given = _editable(item.table, item.changes) if item.verdict == "add" else item.changes
        checked = validated(item.table, given, shown, loaded.text, loaded.extraction.document.issued_on)
        if checked.errors:
            raise ReviewError(*((item.row_id, problem) for problem in checked.errors))
        final = stated({**shown, **checked.cells})
        if "start" in final:
            start, end = int(final["start"]), int(final["end"])
            final["quote"] = loaded.text[start:end]
            final["section_id"] = loaded.outline.at(start)
        if item.verdict == "add":
            final = {"rule": "review", "confidence": "1", **final}
        return stated(final)

    def _made(self, loaded: Loaded, item: Item, verdict: Verdict, changes: Cells, seen: Cells) -> Decision:
        words = seen or changes
        start, end = (int(words["start"]), int(words["end"])) if "start" in words else (0, 0)
        quote, prefix, suffix = context_of(loaded.text, start, end) if end else ("", "", "")
        return Decision(
            seq=0,
            review_id=uuid4().hex,
            doc_id=loaded.doc_id,
            source=loaded.extraction.document.source,
            table_name=item.table,
            row_id=item.row_id,
            verdict=verdict,
            changes=dict(changes),
            seen=dict(seen),
            reason=item.reason.strip(),
            reviewer="",
            made_at="",
            quote=quote,
            prefix=prefix,
            suffix=suffix,
            start=start,
            end=end,
            base=item.base,
            batch="",
        )

    def _append(self, decisions: Iterable[Decision]) -> None:
        names = [name for name in _COLUMNS if name != "seq"]
        holes = ", ".join("?" * len(names))
        columns = ", ".join(f'"{name}"' for name in names)
        self._database.executemany(
            f"INSERT INTO reviews ({columns}) VALUES ({holes})", [_stored(decision, names) for decision in decisions]
        )

    def undo(self, doc_id: str, reviewer: str) -> Changed:
        """Take back what a reviewer decided last in a document; what was decided before counts again.

        Rows on which somebody has decided since stay as they are.
        """
        loaded = self._must_have(doc_id)
        with self._change():
            log = self.log(doc_id)
            standing = _standing(log)
            batches = {d.batch: None for d in reversed(log) if d.reviewer == reviewer and not _is_undo(d.batch)}
            batch = next((b for b in batches if any(stack and stack[-1].batch == b for stack in standing.values())), "")
            undone = [decision for decision in log if batch and decision.batch == batch]
            made, left = [], []
            for decision in undone:
                stack = standing[decision.table_name, decision.row_id]
                if not stack or stack[-1] is not decision:
                    left.append(decision.row_id)
                    continue
                again = stack[-2] if len(stack) > 1 else replace(decision, verdict="reopen", changes={}, reason="")
                made.append(
                    replace(
                        again,
                        review_id=uuid4().hex,
                        reviewer=reviewer,
                        made_at=_now(),
                        base=decision.review_id,
                        batch=f"{_UNDO}{batch}",
                    )
                )
            self._append(made)
            self._settle_rows(loaded, [(d.table_name, d.row_id) for d in made])
        return Changed(batch and f"{_UNDO}{batch}", tuple((d.table_name, d.row_id) for d in made), tuple(left))

    def dismiss(self, doc_id: str, table: str, row: str, reviewer: str) -> bool:
        """Let go of a decision whose words are no longer in the text: somebody has looked. The log keeps it.

        Returns:
            Whether there was such a decision.
        """
        state = self.states(doc_id).get((table, row))
        if state is None or state.look != "unplaced":
            return False
        done = replace(
            state.decision,
            review_id=uuid4().hex,
            verdict="reopen",
            changes={},
            reason="",
            reviewer=reviewer,
            made_at=_now(),
            base=state.decision.review_id,
            batch=uuid4().hex,
        )
        with self._change():
            self._append([done])
            self._put(doc_id, table, row, {})
            self._states.pop(doc_id, None)
        return True

    def split(self, doc_id: str, row: Item, parts: Sequence[tuple[int, int]], reviewer: str) -> Changed:
        """Make several rows of one: the first part is the row corrected, each other one is added.

        Args:
            doc_id: the document.
            row: which row; its verdict and changes are not looked at.
            parts: source offsets, at least two.
            reviewer: who does.

        Raises:
            ReviewError: as ``decide``.
        """
        if len(parts) < 2:
            raise ReviewError((row.row_id, _TWO_PARTS))
        loaded = self._must_have(doc_id)
        shown = self.shown(loaded, row.table, row.row_id)
        items = []
        for i, (start, end) in enumerate(sorted(parts)):
            found = propose(row.table, loaded.text, start, end, loaded.extraction)
            own = {name: text for name, text in found.items() if name in _OWN[row.table]}
            cells = {**shown, **own, "start": str(start), "end": str(end)}
            if i == 0:
                changed = {name: text for name, text in cells.items() if text != shown.get(name, "")}
                items.append(replace(row, verdict="correct", changes=_editable(row.table, changed)))
            else:
                items.append(replace(row, row_id="", verdict="add", changes=_editable(row.table, cells), base=""))
        return self.decide(doc_id, items, reviewer)

    def join(self, doc_id: str, rows: Sequence[Item], reviewer: str) -> Changed:
        """Make one row of several of a table: the first one stands for all words, the others are rejected.

        Raises:
            ReviewError: as ``decide``.
        """
        loaded = self._must_have(doc_id)
        if len(rows) < 2 or len({row.table for row in rows}) > 1:
            raise ReviewError((rows[0].row_id if rows else "", _TWO_ROWS))
        cells = [self.shown(loaded, row.table, row.row_id) for row in rows]
        start, end = min(int(c["start"]) for c in cells), max(int(c["end"]) for c in cells)
        first = replace(rows[0], verdict="correct", changes={"start": str(start), "end": str(end)})
        others = [replace(row, verdict="reject", changes={}, reason=f"→ {first.row_id}") for row in rows[1:]]
        return self.decide(doc_id, [first, *others], reviewer)

    def shown(self, loaded: Loaded, table: str, row: str) -> Cells:
        """A row as the page shows it: as decided, else as extracted.

        Raises:
            ReviewError: there is none.
        """
        state = self.states(loaded.doc_id).get((table, row))
        machine = loaded.rows.get(table, {}).get(state.machine_id if state else row)
        shown = (state.row or machine or state.decision.seen) if state else machine
        if not shown:
            raise ReviewError((row, _NO_ROW))
        return shown

    # --- states

    def _settle_rows(self, loaded: Loaded, rows: Sequence[tuple[str, str]]) -> None:
        """Bring the states of some rows up to date with the log."""
        if len(rows) > _MANY:
            self._settle_document(loaded)
            return
        states = self.states(loaded.doc_id)
        for table, row in dict.fromkeys(rows):
            known = states.pop((table, row), None)
            near = known.machine_id if known else row
            machine = {near: loaded.rows[table][near]} if near in loaded.rows[table] else {}
            found = self._anchored(loaded, table, self.log(loaded.doc_id, row), machine)
            self._put(loaded.doc_id, table, row, found)
            states.update({(table, key): state for key, state in found.items()})

    def _settle_document(self, loaded: Loaded) -> None:
        self._database.execute("DELETE FROM review_state WHERE doc_id = ?", (loaded.doc_id,))
        for (table, row), state in self._of_document(loaded, self.log(loaded.doc_id)).items():
            self._put(loaded.doc_id, table, row, {row: state})
        self._database.execute(
            "INSERT OR REPLACE INTO review_documents VALUES (?, ?)", (loaded.doc_id, loaded.revision)
        )
        self._states.pop(loaded.doc_id, None)

    def _of_document(self, loaded: Loaded, log: Iterable[Decision]) -> dict[tuple[str, str], State]:
        """The states of all rows of a document that follow from some decisions."""
        by_table: dict[str, list[Decision]] = {}
        for decision in log:
            by_table.setdefault(decision.table_name, []).append(decision)
        found = {
            (table, row): state
            for table, decisions in by_table.items()
            for row, state in self._anchored(loaded, table, decisions, loaded.rows.get(table, {})).items()
        }
        moved = {row: s.machine_id for (_, row), s in found.items() if s.machine_id and s.machine_id != row}
        return {(table, row): _pointed(table, state, moved) for (table, row), state in found.items()}

    def _anchored(
        self, loaded: Loaded, table: str, log: Sequence[Decision], machine: Mapping[str, Cells]
    ) -> dict[str, State]:
        by_row: dict[str, list[Decision]] = {}
        for decision in log:
            by_row.setdefault(decision.row_id, []).append(decision)
        states = anchored(table, map(newest, by_row.values()), machine, loaded.text)
        for row, state in states.items():
            if "start" in state.row and state.row.get("section_id", "") not in loaded.outline:
                section = loaded.outline.at(int(state.row["start"]))
                states[row] = replace(state, row=stated({**state.row, "section_id": section}))
        return states

    def _put(self, doc_id: str, table: str, row: str, states: Mapping[str, State]) -> None:
        state = states.get(row)
        if state is None:
            self._database.execute("DELETE FROM review_state WHERE table_name = ? AND row_id = ?", (table, row))
            return
        decision = state.decision
        self._database.execute(
            "INSERT OR REPLACE INTO review_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                table,
                row,
                doc_id,
                decision.verdict,
                state.machine_id,
                state.look,
                _json(state.row),
                decision.review_id,
                json.dumps([rival.review_id for rival in state.rivals]),
                decision.reviewer,
                decision.made_at,
            ),
        )

    def _keep_up(self, loaded: Loaded) -> None:
        """Bring a document's decisions to its rows as they are now, if it was done again since."""
        known = self.all("SELECT revision FROM review_documents WHERE doc_id = ?", loaded.doc_id)
        if known and known[0][0] == loaded.revision:
            return
        if not known and not self.all("SELECT 1 FROM reviews WHERE doc_id = ? LIMIT 1", loaded.doc_id):
            return
        with self._change():
            self._settle_document(loaded)

    def carry_over(self) -> CarriedOver:
        """Bring every decision to the documents and rows as they are now. To be called after every run."""
        revisions = self._store.revisions()
        known = {row[0]: row[1] for row in self.all("SELECT doc_id, revision FROM review_documents")}
        decided = [row[0] for row in self.all("SELECT DISTINCT doc_id FROM reviews")]
        for doc_id in decided:
            if doc_id not in revisions and known.get(doc_id) != _CARRIED:
                self._carry_to_successor(doc_id)
        for row in self.all("SELECT DISTINCT doc_id FROM reviews"):
            if row[0] in revisions and known.get(row[0]) != revisions[row[0]]:
                self.document(row[0])
        ((kept, look),) = self.all("SELECT count(*), coalesce(sum(look <> ''), 0) FROM review_state")
        return CarriedOver(int(kept), int(look))

    def _carry_to_successor(self, doc_id: str) -> None:
        """What was decided about a file that was replaced goes on to the file of the same name, word by word."""
        log = self.log(doc_id)
        names = self.all("SELECT doc_id FROM documents WHERE source = ?", log[-1].source)
        loaded = self.document(names[0][0]) if names else None
        if loaded is None:
            return  # the file is gone and may come back
        by_row: dict[tuple[str, str], list[Decision]] = {}
        for decision in log:
            by_row.setdefault((decision.table_name, decision.row_id), []).append(decision)
        have = self._ids(loaded.doc_id)
        with self._change():
            carried: list[Decision] = []
            for (table, row), of_row in by_row.items():
                decision, _ = newest(of_row)
                if decision.verdict == "reopen" or table == DOCUMENTS.name:
                    self._put(doc_id, table, row, {})
                    continue
                moved = at_new_document(decision, loaded.doc_id, loaded.text)
                if moved is None:
                    state = State(decision, final_of(decision), "", "unplaced")
                    self._put(doc_id, table, row, {row: state})
                    continue
                found = anchored(table, [(moved, ())], loaded.rows[table], loaded.text)
                new = found[row].machine_id or new_id(loaded.doc_id, table, moved.start, {**loaded.records, **have})
                self._put(doc_id, table, row, {})
                if new not in have:  # what was already decided about the new version stands
                    have[new] = True
                    carried.append(replace(moved, review_id=uuid4().hex, row_id=new, batch=f"carried:{doc_id}"))
            self._append(carried)
            self._database.execute("INSERT OR REPLACE INTO review_documents VALUES (?, ?)", (doc_id, _CARRIED))
            self._settle_document(loaded)

    # --- what goes out

    def reviewed(self, doc_id: str, reviewer: str = "") -> ReviewedDocument | None:
        """A document as corrected; ``None`` where the tables do not have it.

        Args:
            doc_id: the document.
            reviewer: as corrected by this one alone; by all if not given.
        """
        loaded = self.document(doc_id)
        if loaded is None:
            return None
        if not reviewer:
            return reviewed(loaded, self.states(doc_id))
        return reviewed(loaded, self._of_document(loaded, (d for d in self.log(doc_id) if d.reviewer == reviewer)))


def reviewed(loaded: Loaded, states: Mapping[tuple[str, str], State]) -> ReviewedDocument:
    """A document as corrected.

    Args:
        loaded: the document.
        states: table and row id → state.
    """
    covered = {(table, state.machine_id) for (table, _), state in states.items()}
    found: dict[str, Any] = {}
    for table in REVIEWED:
        rows = [
            record
            for record in getattr(loaded.extraction, table)
            if (table, getattr(record, BY_NAME[table].primary_key)) not in covered
        ]
        for (name, _), state in states.items():
            if name == table and state.row and state.look != "unplaced":
                record = like(loaded.records.get(state.machine_id), table, state.row)
                rows.append(replace(record, confidence=1.0))
        found[table] = rows
    ids = {getattr(row, BY_NAME[table].primary_key) for table in REVIEWED for row in found[table]}
    for table, column in _POINTERS:
        found[table] = [
            row if (value := getattr(row, column)) in ids or not value else replace(row, **{column: ""})
            for row in found[table]
        ]
    document = loaded.extraction.document
    own = states.get((DOCUMENTS.name, loaded.doc_id))
    if own is not None and own.row:
        document = replace(document, **values_of(DOCUMENTS.name, dict(own.decision.changes)))
    corrected: dict[str, Any] = {
        table: tuple(sorted(found[table], key=lambda row: (row.start, row.end))) for table in REVIEWED
    }
    extraction = replace(loaded.extraction, document=document, **corrected)
    return ReviewedDocument(extraction, {row: state for (_, row), state in states.items()})


_POINTERS = ((TARGETS.name, "deadline_id"), (PLACES.name, "target_id"))

# What a part of a split row says of itself; the rest it has from the whole.
_OWN: dict[str, tuple[str, ...]] = {
    TARGETS.name: (
        *("number_start", "number_end", "value", "value_max", "denominator", "percent", "comparator"),
        *("unit", "indicator", "indicator_code"),
    ),
    PLACES.name: (
        *("name", "level", "type", "code", "district", "district_code", "province", "province_code", "resolution"),
    ),
    DEADLINES.name: ("kind", "bound", "start_date", "due_date", "granularity", "recurrence"),
    ASSIGNMENTS.name: ("assignee_type", "name", "honorific", "position", "organization"),
}

_NO_DOCUMENT = Problem("", "Văn bản không còn trong các bảng.", "The tables do not have this document any more.")
_NO_ROW = Problem("", "Dòng này không còn: hãy tải lại trang.", "This row is not there any more: reload the page.")
_TWO_PARTS = Problem("", "Hãy chọn ít nhất hai phần.", "Choose at least two parts.")
_TWO_ROWS = Problem("", "Hãy chọn ít nhất hai dòng cùng loại.", "Choose at least two rows of one kind.")


def _editable(table: str, cells: Cells) -> dict[str, str]:
    return {name: text for name, text in cells.items() if name in EDITABLE[table]}


def _pointed(table: str, state: State, moved: Mapping[str, str]) -> State:
    """The state with references to rows that have other ids now brought to those."""
    changed = {
        column: moved[state.row[column]] for t, column in _POINTERS if t == table and state.row.get(column) in moved
    }
    return replace(state, row={**state.row, **changed}) if changed else state


def folded(text: str | None) -> str:
    """Text for searching: no case, no accents, đ as d."""
    apart = unicodedata.normalize("NFD", (text or "").casefold().replace("đ", "d"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _is_undo(batch: str) -> bool:
    return batch.startswith(_UNDO)


def _standing(log: Iterable[Decision]) -> dict[tuple[str, str], list[Decision]]:
    """Of each row the decisions that were not taken back, the newest last."""
    stacks: dict[tuple[str, str], list[Decision]] = {}
    for decision in log:
        stack = stacks.setdefault((decision.table_name, decision.row_id), [])
        if not _is_undo(decision.batch):
            stack.append(decision)
        elif stack:
            stack.pop()
    return stacks


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _json(cells: Cells) -> str:
    return json.dumps(dict(cells), ensure_ascii=False, sort_keys=True)


def _stored(decision: Decision, names: Sequence[str]) -> list[object]:
    values = ((name, getattr(decision, name)) for name in names)
    return [_json(value) if name in ("changes", "seen") else value for name, value in values]


def _decision(row: sqlite3.Row) -> Decision:
    cells = {name: json.loads(row[name]) for name in ("changes", "seen")}
    return Decision(**{name: cells.get(name, row[name]) for name in _COLUMNS})
