"""What reviewers decided, as records; ``extractor.review.decisions`` keeps them in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from extractor.model import Extraction

Verdict = Literal["accept", "reject", "correct", "add", "reopen"]
"""What a reviewer says of a row; ``reopen`` takes back what was said, so that the row is as if never looked at."""

Cells = Mapping[str, str]
"""A row as CSV writes it: column → text, an empty string (or no key) for "not stated"."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log, which only grows.

    Attributes:
        seq: its number in this store, from 1.
        review_id: its identity everywhere, 32 hex digits.
        doc_id: the document it was made about.
        source: that document's name then.
        table_name: one of the six tables.
        row_id: the row.
        verdict: what was decided.
        changes: the columns whose values differ from ``seen``, with their new values.
        seen: the extracted row as the reviewer saw it; empty for ``add``.
        reason: why, in the reviewer's words.
        reviewer: who.
        made_at: when, ISO 8601 in UTC.
        quote, prefix, suffix: the row's words, and up to 32 characters before and behind them (W3C TextQuoteSelector).
        start, end: source offsets of the words (W3C TextPositionSelector).
        base: ``review_id`` of the decision about this row that the reviewer knew of; empty where there was none.
        batch: what was decided in one go has one value; it is undone in one go.
    """

    seq: int
    review_id: str
    doc_id: str
    source: str
    table_name: str
    row_id: str
    verdict: Verdict
    changes: Cells
    seen: Cells
    reason: str
    reviewer: str
    made_at: str
    quote: str
    prefix: str
    suffix: str
    start: int
    end: int
    base: str
    batch: str


@dataclass(frozen=True, slots=True)
class State:
    """Where a row stands: the decision that counts, and the row as it is now.

    Attributes:
        decision: the newest one about this row.
        row: the row as decided; empty where it was rejected.
        machine_id: the extracted row that it covers now; empty where rules no longer find one.
        look: why it should be looked at again: ``changed`` (rules now give other values than the reviewer saw),
            ``gone`` (rules no longer find it), ``unplaced`` (its words are no longer in the text); empty otherwise.
        rivals: decisions of other reviewers, made without knowing of this one, that say something else.
    """

    decision: Decision
    row: Cells
    machine_id: str = ""
    look: str = ""
    rivals: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedDocument:
    """A document as corrected.

    Attributes:
        extraction: its rows with what was decided: corrected ones changed, rejected ones left out, added ones in;
            with its text.
        states: row id → its state, of every row that was decided, rejected ones too.
    """

    extraction: Extraction
    states: Mapping[str, State] = field(default_factory=dict)
