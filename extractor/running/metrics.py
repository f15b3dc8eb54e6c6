"""The figures of a run for Prometheus: a text file as node_exporter's textfile collector reads it.

Every figure is that of the last run, so all of them are gauges but the histogram; what a run did not do is 0 and not
absent, so that an alert on it can be written before it first happens.
"""

from __future__ import annotations

import math
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from extractor.tables.files import OutputError, beside

BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the histogram of seconds per document. They stay: changed ones break every graph over time."""

STATUSES = ("ok", "partial", "failed", "skipped")

_Sample = tuple[str, Mapping[str, str], float]  # what is put behind the name, labels, value


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run did, in figures.

    Attributes:
        documents: status (``ok``, ``partial``, ``failed``, ``skipped``) → how many documents of the tables have it.
        done: documents read and extracted in this run.
        unchanged: documents whose rows were kept from an earlier run.
        gone: documents of an earlier run whose files are no longer there.
        rows: table → rows in it.
        flags: code of a failed check → how many rows carry it.
        seconds: how long the run took.
        document_seconds: how long each document of ``done`` took.
        bytes_read: size of the files read in this run.
        finished: when the run ended, in seconds since 1970 (UTC).
        exit_code: what the command ends with.
        version: of chitieu.
    """

    documents: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    unchanged: int = 0
    gone: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    document_seconds: Sequence[float] = ()
    bytes_read: int = 0
    finished: float = 0.0
    exit_code: int = 0
    version: str = ""


def write_metrics(path: Path, figures: RunFigures) -> None:
    """Write the figures to a file, made beside it and renamed: a scrape never sees half of one.

    Args:
        path: the file; node_exporter reads those that end in ``.prom``. Its folder must exist.
        figures: of the run.

    Raises:
        OutputError: it cannot be written.
    """
    # Its own name ends in .tmp: the collector leaves it alone. Made by open(), it is as readable as the umask allows,
    # which it has to be: node_exporter is another user.
    temporary = beside(path)
    try:
        temporary.write_text(metrics_text(figures), encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError(
            f"metrics file {path} cannot be written: {reason}. The tables are written; choose another --metrics."
        ) from error


def metrics_text(figures: RunFigures) -> str:
    """The figures in the text format of Prometheus, version 0.0.4."""
    statuses = (*STATUSES, *sorted(set(figures.documents) - set(STATUSES)))
    work = {"done": figures.done, "unchanged": figures.unchanged, "gone": figures.gone}
    lines = [
        *_gauge("info", "Version of chitieu that ran last.", {"version": figures.version}, 1),
        *_gauge("last_run_timestamp_seconds", "When the last run ended, Unix time.", {}, figures.finished),
        *_gauge("last_run_exit_code", "0 all ok, 3 some documents partial or failed.", {}, figures.exit_code),
        *_gauge("last_run_seconds", "How long the last run took.", {}, figures.seconds),
        *_gauge("last_run_read_bytes", "Size of the files read in the last run.", {}, figures.bytes_read),
        *_gauges("documents", "Documents in the tables, by status.", "status", figures.documents, statuses),
        *_gauges("last_run_documents", "Documents of the last run, by what was done with them.", "work", work, work),
        *_gauges("rows", "Rows in the tables.", "table", figures.rows, figures.rows),
        *_gauges(
            "flagged_rows", "Rows that failed a check, by its code.", "code", figures.flags, sorted(figures.flags)
        ),
        *_histogram("document_seconds", "Seconds for each document of the last run.", figures.document_seconds),
    ]
    return "".join(f"{line}\n" for line in lines)


def _gauge(name: str, meaning: str, labels: Mapping[str, str], value: float) -> Iterator[str]:
    return _family(name, meaning, "gauge", [("", labels, value)])


def _gauges(name: str, meaning: str, label: str, values: Mapping[str, int], keys: Iterable[str]) -> Iterator[str]:
    return _family(name, meaning, "gauge", [("", {label: key}, values.get(key, 0)) for key in keys])


def _histogram(name: str, meaning: str, seconds: Sequence[float]) -> Iterator[str]:
    counts = [0] * (len(BUCKETS) + 1)
    for value in seconds:
        counts[bisect_left(BUCKETS, value)] += 1
    bounds = (*map(_number, BUCKETS), "+Inf")
    samples: list[_Sample] = [
        ("_bucket", {"le": bound}, count) for bound, count in zip(bounds, accumulate(counts), strict=True)
    ]
    samples += [("_sum", {}, math.fsum(seconds)), ("_count", {}, len(seconds))]
    return _family(name, meaning, "histogram", samples)


def _family(name: str, meaning: str, kind: str, samples: Iterable[_Sample]) -> Iterator[str]:
    yield f"# HELP chitieu_{name} {meaning}"
    yield f"# TYPE chitieu_{name} {kind}"
    for suffix, labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"chitieu_{name}{suffix}{f'{{{inside}}}' if inside else ''} {_number(value)}"


def _escaped(text: str) -> str:
    whole = text.encode("utf-8", "backslashreplace").decode()
    return whole.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))
