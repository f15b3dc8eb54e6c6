"""What an output folder's store holds: what is done, what failed, what is stale, what waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from extractor.running.fingerprint import Versions
from extractor.running.store import Store


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an output folder. Files are counted, not the documents in them.

    Attributes:
        files: how many were ever given and not pruned.
        done: how many are done, by the worst of their documents: ``ok``, ``partial``, ``failed``.
        waiting: how many are not done: a run was stopped or killed.
        stale: how many were done under other versions than today's.
        because: which versions those are: ``reader``, ``extractor``, ``patterns``, ``gazetteer`` → files.
        gone: how many are no longer there; their rows stay until `chitieu run --prune`.
        rows: table → rows.
        problems: name, status and reason of each document that is partial or failed.
        started: when the last run began, in UTC; empty if there was none.
        finished: when it ended; empty if it was killed, or is running.
    """

    files: int
    done: dict[str, int]
    waiting: int
    stale: int
    because: dict[str, int]
    gone: int
    rows: dict[str, int]
    problems: tuple[tuple[str, str, str], ...]
    started: str
    finished: str

    @property
    def exit_code(self) -> int:
        """0 if nothing is to be done, 3 if something failed, waits or is stale."""
        return 3 if self.done["partial"] or self.done["failed"] or self.waiting or self.stale else 0


def status_of(out: Path, versions: Versions) -> Status:
    """Look at an output folder, also while a run writes to it.

    Args:
        out: the folder.
        versions: those of today.

    Raises:
        OutputError: there is no store, or it cannot be read.
    """
    with Store(out, read_only=True) as store:
        files, contents = store.files(), store.contents()
        done = Counter({"ok": 0, "partial": 0, "failed": 0})
        because: Counter[str] = Counter()
        waiting = stale = 0
        for row in files.values():
            found = contents.get(row.content)
            if found is None:
                waiting += 1
                continue
            done[found.status] += 1
            changed = versions.changed(found.versions)
            stale += bool(changed)
            because.update(changed)
        started, finished, _ = store.last_run() or ("", "", {})
        return Status(
            len(files),
            dict(done),
            waiting,
            stale,
            dict(because),
            sum(row.gone for row in files.values()),
            store.counts(),
            tuple(store.problems()),
            started,
            finished,
        )
