"""What happens during a run, for programs that read logs: one JSON object a line.

The lines are ASCII, so no encoding of a terminal or log can break them, and whatever a file is called, its line is one
line. They stay English: programs match them. The time is given by the caller; nothing here looks at a clock.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins.

    Attributes:
        files: how many files it looks at.
        out: the output folder.
        jobs: processes that work on them.
        version: of chitieu.
    """

    event: ClassVar[str] = "run_started"
    level: ClassVar[str] = "info"

    files: int
    out: str
    jobs: int = 1
    version: str = ""


@dataclass(frozen=True, slots=True)
class DocumentDone:
    """A document has its rows, or the reason why it has none.

    Attributes:
        source: as ``documents.source``.
        doc_id: as ``documents.doc_id``; empty if it was skipped.
        status: ``ok``, ``partial``, ``failed``, ``skipped``.
        seconds: how long it took, reading included.
        bytes: size of its file.
        rows: table → its rows.
        flags: code of a failed check → how many of its rows carry it.
        reason: why it is not ``ok``; empty if it is.
    """

    event: ClassVar[str] = "document"

    source: str
    doc_id: str
    status: str
    seconds: float = 0.0
    bytes: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""

    @property
    def level(self) -> str:
        """``error`` if it failed, ``warning`` if it is partial, else ``info``."""
        return {"failed": "error", "partial": "warning"}.get(self.status, "info")


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run has ended and its tables are in place.

    Attributes:
        documents: status → how many documents of the tables have it.
        rows: table → rows in it.
        flags: code of a failed check → how many rows carry it.
        done: documents read and extracted in this run.
        unchanged: documents whose rows were kept.
        gone: documents whose files are no longer there.
        seconds: how long the run took.
        bytes: size of the files read.
        exit_code: what the command ends with.
        written: the files written.
    """

    event: ClassVar[str] = "run_finished"
    level: ClassVar[str] = "info"

    documents: Mapping[str, int]
    rows: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    unchanged: int = 0
    gone: int = 0
    seconds: float = 0.0
    bytes: int = 0
    exit_code: int = 0
    written: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Warned:
    """Something odd that is no one document's."""

    event: ClassVar[str] = "warning"
    level: ClassVar[str] = "warning"

    message: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run ends without its tables: wrong usage, or a folder that cannot be written."""

    event: ClassVar[str] = "error"
    level: ClassVar[str] = "error"

    message: str
    exit_code: int


Event = RunStarted | DocumentDone | RunFinished | Warned | Stopped


def json_line(event: Event, now: datetime) -> str:
    """An event as a line of the log, without its line end.

    Args:
        event: what happened.
        now: when, with a time zone.

    Returns:
        A JSON object: ``time`` (ISO 8601, UTC, milliseconds), ``level``, ``event``, then the event's fields. Halves of
        surrogate pairs, which many JSON readers refuse, are spelled out.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("an event's time needs a time zone")
    time = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    parts = {one.name: getattr(event, one.name) for one in fields(event)}
    line = {"time": time, "level": event.level, "event": event.event, **parts}
    return json.dumps(_plain(line), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, float):
        return round(value, 3) if math.isfinite(value) else None
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return _plain(str(value))
