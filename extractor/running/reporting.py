"""How a batch is shown while it runs and when it has ended: lines or a bar for people, a JSON log for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from extractor.messages import say, text
from extractor.running.events import DocumentDone, Event, RunFinished, RunStarted, Stopped, Warned, json_line
from extractor.running.metrics import RunFigures, write_metrics
from extractor.running.pace import progress_line

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.running.batch import RunSummary, Step
    from extractor.running.cluster import ClusterSummary

SHOWN = ("targets", "places", "deadlines", "assignments")
"""The tables whose rows are counted for each document."""

_MANY = 50  # problems that are listed one by one


class Reporter(Protocol):
    """What is told of a run; use as a context manager around it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def step(self, step: Step) -> None:
        """A document is done."""
        ...

    def warn(self, message: str) -> None:
        """Something is odd that is no one document's."""
        ...

    def end(self, summary: RunSummary, out: Path, exit_code: int) -> None:
        """The run has ended."""
        ...

    def fail(self, message: str, exit_code: int) -> None:
        """The run ends without tables."""
        ...


class Lines:
    """A line a document on stderr, a summary on stdout."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def step(self, step: Step) -> None:
        """See ``Reporter``."""
        counts = "" if step.status == "failed" else f" ({listed({name: step.rows[name] for name in SHOWN}, True)})"
        say(
            "[{done}/{total}] {name}: {status}{counts}",
            err=True,
            done=step.done,
            total=step.total,
            name=step.name,
            status=text(step.status),
            counts=counts,
        )

    def warn(self, message: str) -> None:
        """See ``Reporter``."""
        say("chitieu: warning: {warning}", err=True, warning=message)

    def fail(self, message: str, exit_code: int) -> None:
        """See ``Reporter``."""
        say("chitieu: {message}", err=True, message=message)

    def end(self, summary: RunSummary, out: Path, exit_code: int) -> None:
        """See ``Reporter``."""
        if summary.left:
            say("Stopped    {count:,} files are left; the tables are as they were before this run.", count=summary.left)
            say("           Give the same command again: it goes on from here.")
            return
        say("Files      {counts}", counts=listed(summary.files) or text("none"))
        say_rows(summary.documents, summary.rows, summary.flags, summary.problems)
        if not summary.written:
            say("Written    nothing: the tables in {out} are up to date", out=out)
            return
        formats = ", ".join(dict.fromkeys(path.suffix.removeprefix(".") for path in summary.written))
        say("Written    {count} files in {out} ({formats})", count=len(summary.written), out=out, formats=formats)
        if summary.texts:
            say(
                "Texts      {count} files in {folder} (source texts, and their spots in the files)",
                count=len(summary.texts),
                folder=out / "text",
            )


class Bar(Lines):
    """A bar with rate and time left on a terminal, a summary on stdout.

    Args:
        console: the terminal.
    """

    def __init__(self, console: Console) -> None:
        from rich import progress as bars

        self._bar = bars.Progress(
            bars.BarColumn(), bars.TextColumn("{task.description}"), console=console, transient=True
        )
        self._task = self._bar.add_task(text("extracting"), total=None)
        self._chars = 0
        self._began = time.perf_counter()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def step(self, step: Step) -> None:
        """See ``Reporter``."""
        self._chars += step.chars
        line = progress_line(step.done, step.total, self._chars, time.perf_counter() - self._began)
        self._bar.update(self._task, completed=step.done, total=step.total, description=f"{line}  {step.name}")


class JsonLog(Lines):
    """One JSON object a line on stderr, nothing on stdout; see ``extractor.running.events``.

    Args:
        files: how many files the run looks at.
        out: the output folder.
        jobs: processes that work on them.
    """

    def __init__(self, files: int, out: Path | str, jobs: int) -> None:
        from extractor.pipeline import EXTRACTOR_VERSION

        self._bytes = self._done = 0
        self._say(RunStarted(files, str(out), jobs, EXTRACTOR_VERSION))

    def _say(self, event: Event) -> None:
        print(json_line(event, datetime.now(UTC)), file=sys.stderr, flush=True)

    def step(self, step: Step) -> None:
        """See ``Reporter``."""
        self._bytes += step.size
        self._done += 1
        self._say(
            DocumentDone(
                step.name, step.doc_id, step.status, step.seconds, step.size, step.rows, step.flags, step.reason
            )
        )

    def warn(self, message: str) -> None:
        """See ``Reporter``."""
        self._say(Warned(message))

    def fail(self, message: str, exit_code: int) -> None:
        """See ``Reporter``."""
        self._say(Stopped(message, exit_code))

    def end(self, summary: RunSummary, out: Path, exit_code: int) -> None:
        """See ``Reporter``."""
        if summary.left:
            self._say(Stopped(f"stopped: {summary.left} files are left", exit_code))
            return
        self._say(
            RunFinished(
                summary.documents,
                summary.rows,
                summary.flags,
                self._done,
                summary.files["unchanged"],
                summary.files["gone"],
                summary.seconds,
                self._bytes,
                exit_code,
                [path.name for path in summary.written],
            )
        )

    def end_cluster(self, summary: ClusterSummary) -> None:
        """The run on a cluster has ended."""
        written = list(summary.written)
        self._say(
            RunFinished(summary.documents, summary.rows, summary.flags, exit_code=summary.exit_code, written=written)
        )


class Figures:
    """Collects what ``--metrics`` writes at the end of a run."""

    def __init__(self) -> None:
        self._seconds: list[float] = []
        self._bytes = 0

    def step(self, step: Step) -> None:
        """A document is done."""
        self._seconds.append(step.seconds)
        self._bytes += step.size

    def write(self, path: Path, summary: RunSummary, exit_code: int) -> None:
        """Write the figures of a run that has ended.

        Raises:
            OutputError: the file cannot be written.
        """
        from extractor.pipeline import EXTRACTOR_VERSION

        figures = RunFigures(
            documents=summary.documents,
            done=len(self._seconds),
            unchanged=summary.files["unchanged"],
            gone=summary.files["gone"],
            rows=summary.rows,
            flags=summary.flags,
            seconds=summary.seconds,
            document_seconds=self._seconds,
            bytes_read=self._bytes,
            finished=time.time(),
            exit_code=exit_code,
            version=EXTRACTOR_VERSION,
        )
        write_metrics(path, figures)


def say_rows(
    documents: Mapping[str, int],
    rows: Mapping[str, int],
    flags: Mapping[str, int],
    problems: Sequence[tuple[str, str, str]],
) -> None:
    """Print what the tables hold: see ``extractor.running.batch.RunSummary``."""
    shown = {name: count for name, count in documents.items() if count or name != "skipped"}
    say("Documents  {counts}", counts=listed(shown, True))
    say("Rows       {counts}", counts=listed(rows, True))
    say("Flags      {counts}", counts=listed(flags) or text("none"))
    list_problems(problems)


def listed(counts: Mapping[str, int], zeros: bool = False) -> str:
    """Counts as a person reads them: ``5 ok, 1 failed``."""
    return ", ".join(f"{count} {text(name)}" for name, count in counts.items() if count or zeros)


def list_problems(problems: Sequence[tuple[str, str, str]], most: int = _MANY) -> None:
    """Print why documents are not ok, the first so many of them.

    Args:
        problems: name, status and reason.
        most: how many.
    """
    for _, status, reason in problems[:most]:
        say("{status:10} {reason}", status=text(status), reason=reason)
    if len(problems) > most:
        say("           … and {count:,} more: `chitieu status DIR --all`", count=len(problems) - most)
