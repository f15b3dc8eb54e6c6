"""The commands that do documents: ``run``, ``retry``, ``watch``; and ``status``, which says how far they are."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from extractor.commands.loading import load_into
from extractor.commands.options import (
    OutputFolder,
    PatternsOption,
    Schema,
    console,
    expanded,
    extractor_of,
    formats_of,
    load_patterns,
)
from extractor.exits import NOT_ALL, USAGE
from extractor.exits import stop as _stop
from extractor.messages import say, text

if TYPE_CHECKING:
    from extractor.running.batch import Settings, Step
    from extractor.running.fingerprint import Versions
    from extractor.running.inputs import Inputs
    from extractor.running.reporting import Reporter
    from extractor.running.status import Status
    from extractor.running.work import Engine

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the tables; made where it does not exist.")]
Formats = Annotated[
    list[str],
    typer.Option(
        "--format", metavar="LIST", help="Some of csv, parquet, sqlite, jsonl, xlsx, duckdb, with commas between."
    ),
]
Excel = Annotated[
    bool,
    typer.Option(
        "--excel",
        help="CSV that a Vietnamese Excel opens by a double click: byte-order mark, semicolons, decimal commas.",
    ),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", metavar="N", min=1, help="Worker processes; as many as cores by default.")
]
Isolate = Annotated[
    bool,
    typer.Option(
        "--isolate/--no-isolate",
        help="Work in processes of their own, with limits of time and memory for each document; or in this one.",
    ),
]
FileTimeout = Annotated[
    float,
    typer.Option("--file-timeout", metavar="SECONDS", min=0.1, help="How long reading one document may take."),
]


Metrics = Annotated[
    Path | None,
    typer.Option("--metrics", metavar="FILE", help="Write the run's figures for Prometheus's textfile collector."),
]
LogFormat = Annotated[
    str, typer.Option("--log-format", metavar="[text|json]", help="json: one event a line on stderr.")
]
To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="URL", help="Load the tables into PostgreSQL when they are written: see `chitieu load`."
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Drop the rows of files that are no longer there.")]
_CODES = "Exit code: 0 all documents ok, 3 some partial or failed, 2 wrong usage, 130 stopped by Ctrl-C."
_DEFAULT_FORMATS = ["csv,parquet,sqlite"]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog=f"Example: chitieu run plans/ notice.txt --out tables --format csv,sqlite\n\n{_CODES}")(run)
    app.command(epilog=f"Example: chitieu retry tables\n\n{_CODES}")(retry)
    app.command(
        epilog="Example: chitieu watch /srv/plans --out /srv/tables\n\n"
        "Exit code: 130 or 143 when told to stop, 2 wrong usage, or the folder has vanished."
    )(watch)
    app.command(
        epilog="Examples: chitieu status tables\n\nchitieu status tables --json | jq .waiting\n\n"
        "Exit code: 0 all is done, 3 something failed, waits or is stale, 2 wrong usage."
    )(status)


@dataclass(frozen=True, slots=True)
class _How:
    """How a batch is run and shown, but for its files."""

    out: Path
    settings: Settings
    patterns: Path | None
    jobs: int | None
    isolate: bool
    file_timeout: float
    log_format: str
    metrics: Path | None
    database: str | None = None
    schema: str = "chitieu"
    stays: bool = False


def run(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files and folders; of a folder or zip file, every document in it (see `chitieu doctor`). "
            "With --engine dask also URLs (s3://…).",
        ),
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder for the tables; made where it does not exist.")
    ],
    formats: Formats = _DEFAULT_FORMATS,
    excel: Excel = False,
    patterns: PatternsOption = None,
    jobs: Jobs = None,
    force: Annotated[bool, typer.Option("--force", help="Do everything again, changed or not.")] = False,
    prune: Prune = False,
    isolate: Isolate = True,
    file_timeout: FileTimeout = 120.0,
    log_format: LogFormat = "text",
    metrics: Metrics = None,
    to: To = None,
    schema: Schema = "chitieu",
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="[local|dask]", help="dask: on a Dask cluster (extra `dask`), tables in parts."
        ),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="URL", help="Of --engine dask: tcp://HOST:PORT; else a cluster of its own."
        ),
    ] = None,
) -> None:
    """Extract what is new or changed, and write the tables."""
    from extractor.running.batch import Settings

    if engine not in ("local", "dask"):
        _stop(f"--engine: {engine}; the engines are local, dask.")
    wanted = ["parquet"] if engine == "dask" and formats == _DEFAULT_FORMATS else formats_of(formats)
    if excel and "csv" not in wanted:
        _stop(f"--excel says how CSV is written, and --format {','.join(wanted)} writes none: add csv.")
    if engine == "dask":
        for option, given in {"--to": to, "--metrics": metrics, "--prune": prune, "--jobs": jobs}.items():
            if given:
                _stop(f"{option} is for one machine: leave it out, or --engine dask.")
        raise typer.Exit(_run_on_dask(paths, out, wanted, excel, patterns, force, file_timeout, scheduler, log_format))
    for place in (*paths, out):
        if "://" in place:
            _stop(f"{place} is a URL: --engine dask reads and writes those.")
    folder, places = Path(out), [Path(path) for path in paths]
    inputs = expanded(places, folder)
    noted = _noted(places, wanted, excel, patterns, isolate, file_timeout)
    settings = Settings(wanted, excel, force, prune, noted=noted)
    how = _How(folder, settings, patterns, jobs, isolate, file_timeout, _log_format(log_format), metrics, to, schema)
    with _batches(how) as batch:
        code = batch(inputs)
    raise typer.Exit(code)


def retry(
    out: OutputFolder,
    jobs: Jobs = None,
    file_timeout: Annotated[
        float | None,
        typer.Option("--file-timeout", metavar="SECONDS", min=0.1, help="As for run; by default as in the last run."),
    ] = None,
    log_format: LogFormat = "text",
    metrics: Metrics = None,
    to: To = None,
    schema: Schema = "chitieu",
) -> None:
    """Do again what failed and what a stopped run left, as the last run was told to, and write the tables."""
    from extractor.running.batch import Settings
    from extractor.running.inputs import Inputs

    noted = _last_options(out)
    patterns = None if noted["patterns"] is None else Path(noted["patterns"])
    settings = Settings(noted["formats"], noted["excel"], retry=True, noted=noted)
    seconds = file_timeout or noted["file_timeout"]
    how = _How(out, settings, patterns, jobs, noted["isolate"], seconds, _log_format(log_format), metrics, to, schema)
    with _batches(how) as batch:
        code = batch(Inputs(()))
    raise typer.Exit(code)


def watch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that documents arrive in.")],
    out: Out,
    formats: Formats = _DEFAULT_FORMATS,
    excel: Excel = False,
    patterns: PatternsOption = None,
    jobs: Jobs = None,
    prune: Prune = False,
    file_timeout: FileTimeout = 120.0,
    settle: Annotated[
        float,
        typer.Option("--settle", metavar="SECONDS", min=0.1, help="How long a file must stay as it is to be taken."),
    ] = 2.0,
    log_format: LogFormat = "text",
    metrics: Metrics = None,
    to: To = None,
    schema: Schema = "chitieu",
) -> None:
    """Stay, and do what `run` does whenever documents have arrived, changed or gone (extra `watch`)."""
    from extractor.running.batch import Settings
    from extractor.running.inputs import InputError, Inputs, expand
    from extractor.running.watching import WatchError
    from extractor.running.watching import watch as changes
    from extractor.tables.files import SQLITE_NAME

    wanted = formats_of(formats)
    noted = _noted([folder], wanted, excel, patterns, True, file_timeout)
    settings = Settings(wanted, excel, prune=prune, noted=noted)
    how = _How(out, settings, patterns, jobs, True, file_timeout, _log_format(log_format), metrics, to, schema, True)
    with _batches(how) as batch:
        try:
            for _ in changes(folder, settle, batch.stop, ignore=(out,)):
                try:
                    inputs = expand([folder], ignore=out)
                except InputError:
                    if not (out / SQLITE_NAME).exists():
                        continue  # nothing has arrived yet
                    inputs = Inputs(())  # the last document was taken away
                batch(inputs)
        except WatchError as error:
            _stop(str(error))
    raise typer.Exit(batch.stop_code)


def _run_on_dask(
    paths: list[str],
    out: str,
    formats: list[str],
    excel: bool,
    patterns: Path | None,
    force: bool,
    file_timeout: float,
    scheduler: str | None,
    log_format: str,
) -> int:
    """Run on a cluster, show how it goes and what it gave; its exit code."""
    from extractor.running.cluster import ClusterError, PartProgress, run_on_dask
    from extractor.running.inputs import InputError
    from extractor.running.reporting import JsonLog, Lines, say_rows
    from extractor.tables.files import OutputError

    load_patterns(patterns)  # a mistake in them is told before any work
    reporter = JsonLog(0, out, 0) if _log_format(log_format) == "json" else Lines()

    def progress(part: PartProgress) -> None:
        how = text("kept") if part.reused else text("made")
        say("[{done}/{total}] {name}: {how}", err=True, done=part.done, total=part.total, name=part.name, how=how)

    try:
        summary = run_on_dask(
            paths,
            out,
            formats,
            scheduler=scheduler,
            patterns_dir=patterns,
            file_timeout=file_timeout,
            excel=excel,
            fresh=force,
            progress=progress if log_format == "text" else lambda _: None,
        )
    except (ClusterError, InputError, OutputError) as error:
        reporter.fail(str(error), USAGE)
        return USAGE
    for warning in summary.warnings:
        reporter.warn(warning)
    if isinstance(reporter, JsonLog):
        reporter.end_cluster(summary)
        return summary.exit_code
    say("Parts      {parts}, of which {reused} were there before", parts=summary.parts, reused=summary.reused)
    say_rows(summary.documents, summary.rows, summary.flags, summary.problems)
    say(
        "Written    {count} places in {out} ({formats})",
        count=len(summary.written),
        out=out,
        formats=", ".join(formats),
    )
    return summary.exit_code


def _noted(
    paths: list[Path], formats: list[str], excel: bool, patterns: Path | None, isolate: bool, file_timeout: float
) -> dict[str, object]:
    """What `chitieu retry` and `status` need to know of a run."""
    return {
        "paths": [str(path.absolute()) for path in paths],
        "formats": formats,
        "excel": excel,
        "patterns": None if patterns is None else str(patterns.absolute()),
        "isolate": isolate,
        "file_timeout": file_timeout,
    }


def _last_options(out: Path) -> dict[str, Any]:
    from extractor.running.store import Store
    from extractor.tables.files import OutputError

    try:
        with Store(out, read_only=True) as store:
            last = store.last_run()
    except OutputError as error:
        _stop(str(error))
    if last is None:
        _stop(f"{out} has no run to go on from: give `chitieu run`.")
    return last[2]


def _log_format(given: str) -> str:
    if given not in ("text", "json"):
        _stop(f"--log-format: {given}; the formats are text, json.")
    return given


@contextmanager
def _batches(how: _How) -> Iterator[_Batches]:
    """What runs batches, with its workers and the way to stop them."""
    # Arrow's own pool keeps a fifth of the memory of a run for nothing; read when pyarrow is first imported
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    from extractor.running.fingerprint import versions
    from extractor.running.pool import Pool
    from extractor.running.work import Here

    # A mistake in the caller's own patterns is told before any work. Workers load theirs themselves, at the same time.
    rules = load_patterns(how.patterns) if how.patterns or not how.isolate else None
    with ExitStack() as stack:
        engine: Engine
        if rules is None or how.isolate:
            engine = stack.enter_context(Pool(how.jobs, how.patterns, how.file_timeout))
        else:
            engine = Here(extractor_of(rules))
        yield stack.enter_context(_Batches(how, engine, versions(how.patterns)))


class _Batches:
    """Runs batches. Ctrl-C, or being told to stop, lets one finish what is in hand; a second time ends it at once.

    Attributes:
        stop: set when it is told to stop.
        stop_code: what the command ends with then.
    """

    def __init__(self, how: _How, engine: Engine, versions: Versions) -> None:
        self._how, self._engine, self._versions = how, engine, versions
        self.stop = threading.Event()
        self.stop_code = NOT_ALL
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._told) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _told(self, number: int, frame: object) -> None:
        self.stop_code = 128 + number
        if self.stop.is_set():
            sys.exit(self.stop_code)
        self.stop.set()
        if self._how.log_format == "text":
            say("chitieu: stopping when what is in hand is done (once more to stop at once)", err=True)

    def __call__(self, inputs: Inputs) -> int:
        """Run a batch, show how it goes and what it gave; its exit code."""
        from extractor.running import batch
        from extractor.running.inputs import InputError
        from extractor.running.pool import Pool
        from extractor.running.reporting import Figures
        from extractor.running.worker import SetupError
        from extractor.tables.files import SQLITE_NAME, OutputError

        how, figures = self._how, Figures()
        if isinstance(self._engine, Pool) and not (how.out / SQLITE_NAME).is_file():
            self._engine.start(len(inputs.files))  # all of them are new
        reporter = self._reporter(len(inputs.files))

        def progress(step: Step) -> None:
            reporter.step(step)
            figures.step(step)

        for warning in inputs.warnings:
            reporter.warn(warning)
        try:
            with reporter:
                summary = batch.run(inputs, how.out, how.settings, self._engine, self._versions, progress, self.stop)
            code = self.stop_code if summary.left else summary.exit_code
            for warning in summary.warnings[len(inputs.warnings) :]:
                reporter.warn(warning)
            reporter.end(summary, how.out, code)
            if not summary.left:
                self._carry_over()
            if how.metrics is not None and not summary.left:
                figures.write(how.metrics, summary, code)
            if how.database is not None and not summary.left:
                self._load(how.database, reporter)
        except (OutputError, InputError, SetupError) as error:
            reporter.fail(str(error), USAGE)
            raise typer.Exit(USAGE) from None
        return code

    def _carry_over(self) -> None:
        """Bring what reviewers decided to the rows as they are now."""
        from extractor.review.tables import prepared

        if not prepared(self._how.out):
            return
        from extractor.review.decisions import Reviews

        with Reviews(self._how.out) as reviews:
            found = reviews.carry_over()
        if self._how.log_format == "text":
            say("Reviews    {kept} rows decided, {look} to look at again", kept=found.kept, look=found.look)

    def _load(self, url: str, reporter: Reporter) -> None:
        """Bring the tables into the database; without lines on stdout where that is for programs."""
        from extractor.tables.postgres import LoadError

        try:
            with ExitStack() as stack:
                if self._how.log_format == "json":
                    stack.enter_context(redirect_stdout(io.StringIO()))
                load_into(self._how.out, url, self._how.schema)
        except LoadError as error:
            if self._how.stays:
                reporter.warn(str(error))  # the next batch brings what this one could not
                return
            reporter.fail(str(error), USAGE)
            raise typer.Exit(USAGE) from None

    def _reporter(self, files: int) -> Reporter:
        from extractor.running.pool import cores
        from extractor.running.reporting import Bar, JsonLog, Lines

        if self._how.log_format == "json":
            return JsonLog(files, self._how.out, (self._how.jobs or cores()) if self._how.isolate else 1)
        screen = console(stderr=True)
        return Bar(screen) if screen.is_terminal else Lines()


def status(
    out: OutputFolder,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="List every document that is not ok.")] = False,
) -> None:
    """Show what is done, what failed, what is stale and what waits."""
    from extractor.running.fingerprint import versions
    from extractor.running.status import status_of

    own = _last_options(out)["patterns"]
    found = status_of(out, versions(None if own is None else Path(own)))
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        _print_status(found, everything)
    raise typer.Exit(found.exit_code)


def _print_status(found: Status, everything: bool) -> None:
    from extractor.running.reporting import list_problems, listed

    say("Last run   {started} – {finished}", started=found.started, finished=found.finished or text("not ended"))
    counts = {**found.done, "waiting": found.waiting, "stale": found.stale, "gone": found.gone}
    say("Files      {counts}", counts=listed(counts, True))
    say("Rows       {counts}", counts=listed(found.rows, True))
    list_problems(found.problems, len(found.problems) if everything else 50)
    if found.stale:
        what = ", ".join(text(name) for name in found.because)
        say("`chitieu run` brings up to date what is stale: of another {what}", what=what)
    if found.done["failed"] or found.waiting:
        say("`chitieu retry` does again what failed, and what waits")
