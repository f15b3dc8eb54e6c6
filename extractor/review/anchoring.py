"""Where decisions stand after rules, readers or the file itself have changed.

A decision is about words. They are looked for where they stood; if another text stands there, by the words and what
stood around them (W3C Web Annotation: a text position, and a text quote with prefix and suffix). The extracted row on
these words is the one that was decided about, whatever its id is now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from extractor.model import Span
from extractor.review.cells import row_id, said, stated
from extractor.review.state import Cells, Decision, State
from extractor.tables.schema import BY_NAME, DOCUMENTS, TARGETS

CONTEXT = 32
"""Characters before and behind a quote that are kept with it."""

_OFFSETS = ("start", "end", "number_start", "number_end")
_CLEAR = 3  # characters of context by which one place must be better than no place, and than every other
_ENOUGH = 0.5  # of the longer of two spans that they must share to be about the same thing


def context_of(text: str, start: int, end: int) -> tuple[str, str, str]:
    """The words of a span, and up to ``CONTEXT`` characters before and behind them."""
    return text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def place_of(text: str, quote: str, prefix: str, suffix: str, start: int) -> int | None:
    """Where a quote stands now.

    Args:
        text: the source text.
        quote, prefix, suffix: the words and what stood around them.
        start: where they stood.

    Returns:
        The start offset: the old one if the words still stand there; else where most of what stood around them still
        does, if one place is better than every other; else ``None``.
    """
    if text.startswith(quote, start):
        return start
    best: list[tuple[int, int]] = []
    at = text.find(quote) if quote else -1
    while at >= 0:
        _, before, behind = context_of(text, at, at + len(quote))
        alike = _shared(prefix[::-1], before[::-1]) + _shared(suffix, behind)
        best.append((alike, at))
        at = text.find(quote, at + 1)
    best.sort(reverse=True)
    if not best or (best[0][0] < _CLEAR and len(quote) < CONTEXT):
        return None
    return best[0][1] if len(best) == 1 or best[0][0] - best[1][0] >= _CLEAR else None


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def final_of(decision: Decision) -> dict[str, str]:
    """The row as a decision has it; empty where it was rejected or taken back."""
    if decision.verdict in ("reject", "reopen"):
        return {}
    return stated({**decision.seen, **decision.changes})


def _same(one: Decision, other: Decision) -> bool:
    """Whether two decisions say the same."""
    a, b = final_of(one), final_of(other)
    return a.get("quote") == b.get("quote") and said(one.table_name, a) == said(one.table_name, b)


def newest(decisions: Iterable[Decision]) -> tuple[Decision, tuple[Decision, ...]]:
    """Of the decisions about one row, in order, the one that counts, and those that it did not know and contradicts.

    The newest counts. One made in knowledge of the newest before it settles what was open.
    """
    current: Decision | None = None
    rivals: tuple[Decision, ...] = ()
    for decision in decisions:
        if current is None or current.verdict == "reopen" or decision.base == current.review_id:
            rivals = ()
        elif decision.reviewer != current.reviewer and not _same(decision, current):
            rivals = (*rivals, current)
        rivals = tuple(rival for rival in rivals if rival.reviewer != decision.reviewer)
        current = decision
    assert current is not None, "a row with a state has at least one decision"
    return current, rivals


@dataclass(frozen=True, slots=True)
class _Anchored:
    decision: Decision
    rivals: tuple[Decision, ...]
    row: Cells  # as decided, at its present place
    span: Span  # of the words that were judged, at their present place

    @property
    def reach(self) -> Span:
        """All that the row stands on or stood on."""
        spans = [self.span, _span(self.row)] if "start" in self.row else [self.span]
        return Span(min(span.start for span in spans), max(span.end for span in spans))


def anchored(
    table: str, decided: Iterable[tuple[Decision, tuple[Decision, ...]]], machine: Mapping[str, Cells], text: str
) -> dict[str, State]:
    """The state of every row of one table of a document that was decided.

    Args:
        table: the table's name.
        decided: what ``newest`` gave for each row.
        machine: id → extracted row, as rules give it now.
        text: the source text as it is now.

    Returns:
        Row id → state. The row keeps the id that it was decided under; rows taken back are left out.
    """
    states: dict[str, State] = {}
    waiting: list[_Anchored] = []
    free = _Free(machine)
    for decision, rivals in decided:
        if decision.verdict == "reopen":
            continue
        found = _moved(decision, text)
        if found is None:
            states[decision.row_id] = State(decision, final_of(decision), "", "unplaced", rivals)
            continue
        now = _Anchored(decision, rivals, *found)
        same = free.get(decision.row_id)
        if same is not None and _overlap(table, now, same):
            states[decision.row_id] = _state(table, now, free.take(decision.row_id))
        else:
            waiting.append(now)
    for now in waiting:
        best = max(free.near(now.reach), key=lambda cells: _overlap(table, now, cells), default=None)
        if best is not None and _overlap(table, now, best):
            states[now.decision.row_id] = _state(table, now, free.take(row_id(table, best)))
        else:
            states[now.decision.row_id] = _state(table, now, None)
    return states


class _Free:
    """The extracted rows that no decision has claimed yet, by id and by where they stand."""

    def __init__(self, rows: Mapping[str, Cells]) -> None:
        self._rows = dict(rows)
        placed = [(int(cells["start"]), key) for key, cells in rows.items() if "start" in cells]
        self._order = sorted(placed)
        self._longest = max((len(_span(cells)) for cells in rows.values() if "start" in cells), default=0)

    def get(self, key: str) -> Cells | None:
        return self._rows.get(key)

    def take(self, key: str) -> Cells:
        return self._rows.pop(key)

    def near(self, span: Span) -> Iterable[Cells]:
        """Those that may overlap a span."""
        first = bisect_left(self._order, (span.start - self._longest, ""))
        last = bisect_left(self._order, (span.end, ""))
        return [self._rows[key] for _, key in self._order[first:last] if key in self._rows]


def _moved(decision: Decision, text: str) -> tuple[dict[str, str], Span] | None:
    """The row as decided and the span that was judged, brought to the text as it is now."""
    if decision.table_name == DOCUMENTS.name:
        return final_of(decision), Span(0, 0)
    start = place_of(text, decision.quote, decision.prefix, decision.suffix, decision.start)
    if start is None:
        return None
    by = start - decision.start
    row = final_of(decision)
    row.update({name: str(int(row[name]) + by) for name in _OFFSETS if by and name in row})
    if row and text[int(row["start"]) : int(row["end"])] != row.get("quote"):
        return None  # its words were corrected to others, which are gone
    return row, Span(start, start + len(decision.quote))


def _overlap(table: str, now: _Anchored, cells: Cells) -> float:
    """How well an extracted row stands where the decided one does; 0 where it is another one."""
    if table == DOCUMENTS.name:
        return 1.0
    if table == TARGETS.name and now.row and _span(now.row, "number_").overlaps(_span(cells, "number_")):
        return 2.0  # a number is one target, whatever belongs to its statement
    seen = {**now.decision.seen}
    if table == TARGETS.name and seen and not now.row:
        by = now.span.start - now.decision.start
        number = _span(seen, "number_")
        return 2.0 if Span(number.start + by, number.end + by).overlaps(_span(cells, "number_")) else 0.0
    if table == TARGETS.name:
        return 0.0
    spans = [now.span] if not now.row else [now.span, _span(now.row)]
    here = _span(cells)
    shares = [(min(span.end, here.end) - max(span.start, here.start)) / max(len(span), len(here), 1) for span in spans]
    return share if (share := max(shares)) >= _ENOUGH else 0.0


def _span(cells: Cells, prefix: str = "") -> Span:
    return Span(int(cells[f"{prefix}start"]), int(cells[f"{prefix}end"]))


def _state(table: str, now: _Anchored, machine: Cells | None) -> State:
    decision = now.decision
    if machine is None:
        gone = decision.verdict in ("accept", "correct")
        return State(decision, now.row, "", "gone" if gone else "", now.rivals)
    says = said(table, machine)
    known = says in (said(table, decision.seen), said(table, now.row))
    row = now.row
    if row:
        # Its id and what else follows from where it stands are the extracted row's.
        row = {**row, BY_NAME[table].primary_key: row_id(table, machine)}
    return State(decision, row, row_id(table, machine), "" if known else "changed", now.rivals)


def at_new_document(decision: Decision, doc_id: str, text: str) -> Decision | None:
    """A decision about a document's former version, as one about the version that stands under its name now.

    Args:
        decision: about the former version.
        doc_id: the present version.
        text: its source text.

    Returns:
        The decision with the offsets of the new text; ``None`` where its words do not stand there.
    """
    if decision.table_name == DOCUMENTS.name:
        return None  # whether number, date and signer are right is to be seen again
    found = _moved(decision, text)
    if found is None:
        return None
    row, span = found
    by = span.start - decision.start
    quote, prefix, suffix = context_of(text, span.start, span.end)
    seen = {**decision.seen, **{n: str(int(decision.seen[n]) + by) for n in _OFFSETS if n in decision.seen}}
    changes = {**decision.changes, **{name: row[name] for name in _OFFSETS if name in decision.changes}}
    return replace(
        decision,
        doc_id=doc_id,
        seen=seen,
        changes=changes,
        quote=quote,
        prefix=prefix,
        suffix=suffix,
        start=span.start,
        end=span.end,
        base=decision.review_id,
    )
