"""The command ``chitieu``.

Only typer is imported at start-up: each command imports what it uses, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from typer.core import TyperGroup

from extractor import cli_review, messages
from extractor.exits import NOT_ALL, OK, TEST_FAILED, USAGE
from extractor.exits import stop as _stop
from extractor.messages import in_language, say, text

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.patterns import PatternSet
    from extractor.running.batch import Settings, Step
    from extractor.running.fingerprint import Versions
    from extractor.running.inputs import Inputs
    from extractor.running.outcomes import Extract
    from extractor.running.reporting import Reporter
    from extractor.running.status import Status
    from extractor.running.work import Engine
    from extractor.tables.comparing import Difference
    from extractor.tables.postgres import LoadSummary

_UsageError: Any = typer.BadParameter.__bases__[0]  # typer gives it no name of its own


def _use_language(value: str | None) -> str | None:
    if value is not None:
        try:
            messages.use(value.lower())
        except ValueError as error:
            raise typer.BadParameter(f"{error}.") from None
    return value


def _begin_in_language(value: str | None) -> str | None:
    messages.reset()  # one process may run several commands
    return _use_language(value)


_LANG = "Language of messages: English or Vietnamese."


def _lang_option() -> Any:
    """``--lang`` as an option that typer did not read from a function."""
    helper = typer.Typer(add_completion=False)

    @helper.command()
    def _(
        lang: Annotated[
            str | None, typer.Option("--lang", metavar="[en|vi]", help=_LANG, is_eager=True, callback=_use_language)
        ] = None,
    ) -> None:
        """Never called."""

    option = typer.main.get_command(helper).params[0]
    option.expose_value = False  # the commands' functions need not take it
    return option


class _Group(TyperGroup):
    """Commands that all take ``--lang`` behind their names, and whose usage errors are in that language."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        option = _lang_option()
        for command in self.commands.values():
            command.params.append(option)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _UsageError as error:
            # Said in one: what typer puts around the message is part of it.
            said = error.format_message()
            translated = in_language(said)
            if translated == said:
                raise
            raise _UsageError(translated, error.ctx) from None


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Targets, places, deadlines and assignments out of Vietnamese government plans, as tables.",
    epilog="Example: chitieu run corpus/documents --out outputs",
)
patterns_app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    help="List, test and compare the patterns that find things.",
    epilog="Example: chitieu patterns test",
)
app.add_typer(patterns_app, name="patterns")

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        help="Files and folders; of a folder or zip file, every document in it (see `chitieu doctor`).",
    ),
]
PatternsOption = Annotated[
    Path | None,
    typer.Option(
        "--patterns", metavar="DIR", help="Your own patterns: they add to the built-in ones, or replace them by id."
    ),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        from extractor.pipeline import EXTRACTOR_VERSION

        typer.echo(f"chitieu {EXTRACTOR_VERSION}")
        raise typer.Exit(OK)


@app.callback()
def _main(
    debug: Annotated[
        bool, typer.Option("--debug", help="Log what happens, with the traceback of every failed document.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang", metavar="[en|vi]", help=_LANG, is_eager=True, envvar="CHITIEU_LANG", callback=_begin_in_language
        ),
    ] = None,
) -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A log in a legacy encoding must not stop a run at its first Vietnamese letter.
            stream.reconfigure(errors="backslashreplace")
    # A job that is told to stop ends as by Ctrl-C: what it half wrote is taken away.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if debug:
        logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(name)s: %(message)s")


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def _load_patterns(own: Path | None, folder: Path | None = None) -> PatternSet:
    from extractor.patterns import PatternError, load

    for place in (own, folder):
        if place is not None and not place.is_dir():
            _stop(f"{place} is no folder of patterns.")
    try:
        return load(folder, extra=own)
    except (PatternError, OSError) as error:
        _stop(f"patterns: {error}")


def _extract(patterns: PatternSet) -> Extract:
    from extractor.pipeline import extract_source

    return lambda source: extract_source(source, patterns=patterns)


def _expand(paths: list[Path], ignore: Path | None = None) -> Inputs:
    from extractor.running.inputs import InputError, expand

    try:
        return expand(paths, ignore)
    except InputError as error:
        _stop(str(error))


def _formats(given: list[str]) -> list[str]:
    from extractor.tables.files import FORMATS

    names = [name.strip() for item in given for name in item.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        _stop(f"--format: {', '.join(unknown) or 'nothing given'}; the formats are {', '.join(FORMATS)}.")
    return names


# --- run

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
Schema = Annotated[str, typer.Option("--schema", metavar="NAME", help="The schema in PostgreSQL for the tables.")]
Prune = Annotated[bool, typer.Option("--prune", help="Drop the rows of files that are no longer there.")]
OutputFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `chitieu run --out` wrote.")]
_CODES = "Exit code: 0 all documents ok, 3 some partial or failed, 2 wrong usage, 130 stopped by Ctrl-C."
_DEFAULT_FORMATS = ["csv,parquet,sqlite"]


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


@app.command(epilog=f"Example: chitieu run plans/ notice.txt --out tables --format csv,sqlite\n\n{_CODES}")
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
    wanted = ["parquet"] if engine == "dask" and formats == _DEFAULT_FORMATS else _formats(formats)
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
    inputs = _expand(places, folder)
    noted = _noted(places, wanted, excel, patterns, isolate, file_timeout)
    settings = Settings(wanted, excel, force, prune, noted=noted)
    how = _How(folder, settings, patterns, jobs, isolate, file_timeout, _log_format(log_format), metrics, to, schema)
    with _batches(how) as batch:
        code = batch(inputs)
    raise typer.Exit(code)


@app.command(epilog=f"Example: chitieu retry tables\n\n{_CODES}")
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


@app.command(
    epilog="Example: chitieu watch /srv/plans --out /srv/tables\n\n"
    "Exit code: 130 or 143 when told to stop, 2 wrong usage, or the folder has vanished."
)
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

    wanted = _formats(formats)
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

    _load_patterns(patterns)  # a mistake in them is told before any work
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
    from extractor.running.fingerprint import versions
    from extractor.running.pool import Pool
    from extractor.running.work import Here

    # A mistake in the caller's own patterns is told before any work. Workers load theirs themselves, at the same time.
    rules = _load_patterns(how.patterns) if how.patterns or not how.isolate else None
    with ExitStack() as stack:
        engine: Engine
        if rules is None or how.isolate:
            engine = stack.enter_context(Pool(how.jobs, how.patterns, how.file_timeout))
        else:
            engine = Here(_extract(rules))
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
                _load(self._how.out, url, self._how.schema)
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
        console = _console(stderr=True)
        return Bar(console) if console.is_terminal else Lines()


@app.command(
    epilog="Examples: chitieu status tables\n\nchitieu status tables --json | jq .waiting\n\n"
    "Exit code: 0 all is done, 3 something failed, waits or is stale, 2 wrong usage."
)
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


# --- doctor


@app.command(
    epilog="Example: chitieu doctor\n\nExit code: 0 everything is there, 3 something is missing, 2 wrong usage."
)
def doctor() -> None:
    """Show which formats are read, what the readers need, what is missing, and the line that installs it."""
    from extractor.reading import SUFFIXES
    from extractor.reading.needs import NEEDS

    say("Formats    {suffixes}", suffixes=" ".join(sorted(SUFFIXES)))
    missing = 0
    for need in NEEDS:
        version = need.version()
        missing += version is None
        if version is None:
            say("missing    {name:20} {version:12} {use}", name=need.name, version="-", use=need.use)
            typer.echo(f"{'':10} {need.install}")
        else:
            shown = text("present") if version == "present" else version
            say("ok         {name:20} {version:12} {use}", name=need.name, version=shown, use=need.use)
    raise typer.Exit(NOT_ALL if missing else OK)


# --- explain


@app.command(
    epilog="Examples: chitieu explain plan.txt | less -R\n\nchitieu explain plan.txt:42 (only line 42)\n\n"
    "Exit code: 0 explained, 3 the document is partial or failed, 2 wrong usage."
)
def explain(
    file: Annotated[str, typer.Argument(metavar="FILE[:LINE]", help="A document, or one line of it (from 1).")],
    patterns: PatternsOption = None,
) -> None:
    """Show a document with every finding marked, and why each row is there."""
    from extractor.explaining import Lines
    from extractor.explaining import explain as print_explanation
    from extractor.running.inputs import Input
    from extractor.running.outcomes import extract_each

    path, line = _file_and_line(file)
    if not path.is_file():
        _stop(f"{path} does not exist or is no file.")
    outcomes = list(extract_each([Input(path, path.name)], _extract(_load_patterns(patterns))))
    if len(outcomes) > 1:
        _stop(f"{path} holds {len(outcomes)} documents: unpack it and name one.")
    (outcome,) = outcomes
    extraction = outcome.extraction
    if extraction is None or (extraction.document.status == "failed" and not extraction.text):
        _stop("; ".join(extraction.document.warnings) if extraction else outcome.skipped, NOT_ALL)
    count = len(Lines(extraction.text))
    if line is not None and not 1 <= line <= count:
        _stop(f"{path} has no line {line}: its lines are 1 to {count}.")
    print_explanation(extraction, _console(), line)
    raise typer.Exit(OK if extraction.document.status == "ok" else NOT_ALL)


def _file_and_line(given: str) -> tuple[Path, int | None]:
    name, colon, number = given.rpartition(":")
    if colon and number.isdigit() and not Path(given).exists():
        return Path(name), int(number)
    return Path(given), None


# --- places


@app.command(
    epilog="Examples: chitieu places 'Cẩm Vịnh'\n\nchitieu places 'xã Tân Thành' --date 2022-05-01\n\n"
    "Exit code: 0 found, 1 no unit of that name, 2 wrong usage."
)
def places(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A unit's name, with or without its type.")],
    on: Annotated[
        str, typer.Option("--date", metavar="DATE", help="Only units in force on this day (2021-12-31).")
    ] = "",
    province: Annotated[
        str, typer.Option("--province", metavar="NAME", help="Only in this province (name or code, then or now).")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Look an administrative unit up: its code and its line through time."""
    from extractor import place_history
    from extractor.finding import gazetteer

    units = gazetteer.load()
    day = _day(on)
    if province and not (units.province(province, day) or units.province(province, gazetteer.TWO_LEVELS)):
        _stop(f"no province is called {province!r} (or several are): give its name or its two-digit code.")
    found = place_history.histories(units, name, province, day)
    if as_json:
        typer.echo(json.dumps([place_history.as_json(units, h) for h in found], ensure_ascii=False, indent=2))
    else:
        for history in found:
            for line in place_history.text_lines(units, history):
                typer.echo(line)
    if found:
        return
    when = text(" in force on {day}", day=on) if on else ""
    where = text(" in {province}", province=province) if province else ""
    say("chitieu: no unit is called {name!r}{where}{when}.", err=True, name=name, where=where, when=when)
    for unit in place_history.similar(units, name):
        say("    spelled alike: {unit}", err=True, unit=place_history.described(units, unit))
    raise typer.Exit(TEST_FAILED)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        _stop(f"{given!r} is no date: write it as 2021-12-31.")


# --- patterns


@patterns_app.command(
    "list", epilog="Examples: chitieu patterns list --concern status\n\nchitieu patterns list --match 'phấn đấu'"
)
def patterns_list(
    concern: Annotated[
        str, typer.Option(metavar="NAME", help="Only patterns of this concern (mask, number, status, …).")
    ] = "",
    match: Annotated[
        str, typer.Option(metavar="TEXT", help="Only patterns with this text in their id or phrases.")
    ] = "",
    patterns: PatternsOption = None,
) -> None:
    """List the patterns: id, where it stands, its phrases and its reason."""
    entries = _load_patterns(patterns).entries
    concerns = sorted({entry.concern for entry in entries})
    if concern and concern not in concerns:
        _stop(f"no concern {concern!r}; there are {', '.join(concerns)}.")
    shown = [entry for entry in entries if not concern or entry.concern == concern]
    if match:
        shown = [
            entry for entry in shown if any(match.casefold() in text.casefold() for text in (entry.id, *entry.phrases))
        ]
    for entry in shown:
        typer.echo(f"{entry.id}  ({entry.file}:{entry.line})")
        if entry.phrases:
            typer.echo(f"    {' | '.join(entry.phrases)}")
        say("    {why}  [{yes} yes, {no} no]", why=" ".join(entry.why.split()), yes=len(entry.yes), no=len(entry.no))
    yes, no = sum(len(entry.yes) for entry in shown), sum(len(entry.no) for entry in shown)
    say("{count} patterns, {yes} yes and {no} no examples", count=len(shown), yes=yes, no=no)


@patterns_app.command(
    "test",
    epilog="Example: chitieu patterns test --patterns mine\n\nExit code: 0 all hold, 1 some fail, 2 wrong usage.",
)
def patterns_test(patterns: PatternsOption = None) -> None:
    """Try every pattern's own examples; show each that fails, with the rival that won."""
    from extractor.patterns_testing import check_examples

    results = check_examples(_load_patterns(patterns))
    failed = [result for result in results if not result.ok]
    for result in failed:
        place = f"{result.file}:{result.line}"
        say("FAILED {id} ({place}): {message}", id=result.id, place=place, message=result.message)
    say("{hold} examples hold, {fail} fail", hold=len(results) - len(failed), fail=len(failed))
    raise typer.Exit(TEST_FAILED if failed else OK)


@patterns_app.command(
    "usage", epilog="Example: chitieu patterns usage corpus/documents corpus/own/documents --at-most 1"
)
def patterns_usage(
    paths: Paths,
    at_most: Annotated[
        int | None, typer.Option(metavar="N", help="Only patterns that stand in so many documents or fewer.")
    ] = None,
    patterns: PatternsOption = None,
) -> None:
    """Count the documents in which each pattern's words stand: a rule of one document is no rule."""
    from extractor.patterns_testing import documents_of

    found = _load_patterns(patterns)
    counts = documents_of(found, [file.path for file in _expand(paths).files])
    for entry in found.entries:
        if at_most is None or counts[entry.id] <= at_most:
            typer.echo(f"{counts[entry.id]:5}  {entry.id}  ({entry.file}:{entry.line})")
    few = {n: sum(count == n for count in counts.values()) for n in (0, 1, 2)}
    shares = ", ".join(text("{count} in {documents}", count=count, documents=n) for n, count in few.items())
    more = len(counts) - sum(few.values())
    say("{count} patterns: {shares}, {more} in more documents", count=len(counts), shares=shares, more=more)


@patterns_app.command(
    "diff",
    epilog="Examples: chitieu patterns diff corpus/documents --patterns my-patterns (what mine change)\n\n"
    "chitieu patterns diff corpus/documents --against ../before/patterns (what changed since)",
)
def patterns_diff(
    paths: Paths,
    against: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A whole folder of patterns to compare with."),
    ] = None,
    patterns: PatternsOption = None,
) -> None:
    """Run documents with old and new patterns; list the rows gained, lost and changed."""
    from extractor.running.outcomes import extract_each
    from extractor.tables.comparing import compare

    if against is None and patterns is None:
        _stop("nothing to compare: give --patterns (your own) or --against (an older folder).")
    old, new = _load_patterns(None, against), _load_patterns(patterns)
    inputs = _expand(paths)
    runs = [
        [outcome.extraction for outcome in extract_each(inputs.files, _extract(one)) if outcome.extraction is not None]
        for one in (old, new)
    ]
    for run_of in runs:
        for extraction in run_of:
            if extraction.document.status == "failed":
                say("chitieu: warning: {warning}", err=True, warning="; ".join(extraction.document.warnings))
    _print_differences(compare(*runs))


def _print_differences(differences: list[Difference]) -> None:
    from extractor.tables.schema import TABLES

    sign = {"gained": "+", "lost": "-", "changed": "~"}
    for d in differences:
        typer.echo(f"{sign[d.kind]} {d.table} {d.source}@{d.start} “{' '.join(d.quote.split())}”  {d.rule}")
        for column, was, now in d.fields:
            typer.echo(f"      {column}: {was!r} → {now!r}")
    for table in TABLES:
        kinds = [d.kind for d in differences if d.table == table.name]
        say(
            "{table:12} {gained} gained, {lost} lost, {changed} changed",
            table=table.name,
            gained=kinds.count("gained"),
            lost=kinds.count("lost"),
            changed=kinds.count("changed"),
        )


# --- evaluate


@app.command(epilog="Example: chitieu evaluate corpus/gold corpus/documents --misses")
def evaluate(
    gold_dir: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="Folder of gold annotations (*.yaml).")],
    source_dir: Annotated[Path, typer.Argument(metavar="SOURCE_DIR", help="Folder of the documents they annotate.")],
    misses: Annotated[bool, typer.Option("--misses", help="List every miss, spurious row and wrong field.")] = False,
    reliability: Annotated[
        bool, typer.Option("--reliability", help="List how many rows were right of those said to be sure.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="DIR", help="Another reviewer's gold: how far the two agree; nothing is run."
        ),
    ] = None,
    patterns: PatternsOption = None,
) -> None:
    """Precision, recall and F1 of rows and fields against gold annotations."""
    from extractor import calibrating, evaluation
    from extractor.running.inputs import Input
    from extractor.running.outcomes import extract_each

    for folder in (gold_dir, source_dir, *([against] if against else [])):
        if not folder.is_dir():
            _stop(f"{folder} does not exist or is no folder.")
    if against is not None:
        _print_agreement(gold_dir, against, source_dir, as_json)
        return
    try:
        golds = evaluation.load_gold_dir(gold_dir, source_dir)
    except evaluation.GoldError as error:
        _stop(str(error))
    files = [Input(source_dir / gold.name, gold.name) for gold in golds]
    outcomes = list(extract_each(files, _extract(_load_patterns(patterns))))
    extractions = [outcome.extraction for outcome in outcomes if outcome.extraction is not None]
    failed = [extraction for extraction in extractions if extraction.document.status == "failed"]
    for extraction in failed:
        say("chitieu: warning: {warning}", err=True, warning="; ".join(extraction.document.warnings))
    result = evaluation.evaluate(golds, evaluation.rows_of_extractions(extractions))
    if as_json:
        figures = {table: score.as_dict() for table, score in result.scores.items()}
        typer.echo(json.dumps(figures, ensure_ascii=False))
    else:
        for line in (*(result.misses if misses else ()), *result.lines()):
            typer.echo(line)
        for line in calibrating.reliability(calibrating.said(extractions, result)) if reliability else ():
            typer.echo(line)
    raise typer.Exit(NOT_ALL if failed else OK)


def _print_agreement(one: Path, other: Path, source_dir: Path, as_json: bool) -> None:
    from extractor.evaluation import GoldError
    from extractor.review.agreement import between_gold

    try:
        found = between_gold(one, other, source_dir)
    except GoldError as error:
        _stop(str(error))
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        for line in found.lines():
            typer.echo(line)


# --- load


@app.command(
    epilog="Examples: chitieu load tables postgresql://me@localhost/plans\n\n"
    "chitieu load tables postgresql://me@db.example/plans --schema district --prune\n\n"
    "Exit code: 0 loaded (or nothing to change), 2 nothing was loaded."
)
def load(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a run, with its chitieu.sqlite.")],
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="postgresql://USER@HOST:PORT/DATABASE; a password is better in PGPASSWORD or ~/.pgpass than here.",
        ),
    ],
    schema: Schema = "chitieu",
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete every document that this folder does not have.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Compare every row, also of documents that look unchanged.")
    ] = False,
) -> None:
    """Load the tables of a run into PostgreSQL; a second load touches only what changed."""
    from extractor.tables.postgres import LoadError

    try:
        summary = _load(out, url, schema, prune, full)
    except LoadError as error:
        _stop(str(error))
    for table, counts in summary.tables.items():
        say(
            "{table:12} {inserted} inserted, {updated} updated, {deleted} deleted, {unchanged} unchanged",
            table=table,
            inserted=counts.inserted,
            updated=counts.updated,
            deleted=counts.deleted,
            unchanged=counts.unchanged,
        )


def _load(out: Path, url: str, schema: str, prune: bool = False, full: bool = False) -> LoadSummary:
    """Load, and say in a line or two what that did.

    Raises:
        LoadError: nothing was loaded.
    """
    from extractor.tables.postgres import load as load_into
    from extractor.tables.postgres_schema import VERSION

    def waiting() -> None:
        say("chitieu: another load into schema {schema} is under way; waiting for it.", err=True, schema=schema)

    summary = load_into(out, url, schema=schema, prune=prune, full=full, on_wait=waiting)
    if summary.created:
        say("Created    schema {schema} of version {version}", schema=schema, version=VERSION)
    if summary.migrated_from is not None:
        before = summary.migrated_from
        say(
            "Migrated   schema {schema} from version {before} to {version}",
            schema=schema,
            before=before,
            version=VERSION,
        )
    say(
        "Loaded     {server}, schema {schema}: {sent} documents new or changed, {same} as they were, {gone} taken away",
        server=summary.server,
        schema=schema,
        sent=summary.documents_sent,
        same=summary.documents_same,
        gone=summary.documents_removed,
    )
    return summary


# --- what people decide

cli_review.add_commands(app)
