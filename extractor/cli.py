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
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.model import Extraction
    from extractor.patterns import PatternSet
    from extractor.running.batch import Extract, Inputs, Progress, ReadFile, RunSummary
    from extractor.tables.comparing import Difference

OK, TEST_FAILED, USAGE, NOT_ALL = 0, 1, 2, 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Targets, places, deadlines and assignments out of Vietnamese government plans, as tables.",
    epilog="Example: chitieu run corpus/documents --out outputs",
)
patterns_app = typer.Typer(
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


def _stop(message: str, code: int = USAGE) -> NoReturn:
    typer.echo(f"chitieu: {message}", err=True)
    raise typer.Exit(code)


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


def _expand(paths: list[Path]) -> Inputs:
    from extractor.running.batch import InputError, expand

    try:
        return expand(paths)
    except InputError as error:
        _stop(str(error))


def _formats(given: list[str]) -> list[str]:
    from extractor.tables.writing import FORMATS

    names = [name.strip() for item in given for name in item.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        _stop(f"--format: {', '.join(unknown) or 'nothing given'}; the formats are {', '.join(FORMATS)}.")
    return names


# --- run


@app.command(
    epilog="Example: chitieu run plans/ notice.txt --out tables --format csv,sqlite\n\n"
    "Exit code: 0 all documents ok, 3 some partial or failed, 2 wrong usage."
)
def run(
    paths: Paths,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the tables; made where it does not exist.")
    ],
    formats: Annotated[
        list[str],
        typer.Option(
            "--format",
            metavar="LIST",
            help="Some of csv, parquet, sqlite, jsonl, xlsx, duckdb, with commas between.",
        ),
    ] = ["csv,parquet,sqlite"],  # noqa: B006 - typer reads the default, nobody changes it
    excel: Annotated[
        bool,
        typer.Option(
            "--excel",
            help="CSV that a Vietnamese Excel opens by a double click: byte-order mark, semicolons, decimal commas.",
        ),
    ] = False,
    patterns: PatternsOption = None,
    isolate: Annotated[
        bool,
        typer.Option(
            "--isolate/--no-isolate",
            help="Read what is no plain text in a process of its own, with limits of time and memory.",
        ),
    ] = True,
    file_timeout: Annotated[
        float,
        typer.Option("--file-timeout", metavar="SECONDS", min=0.1, help="How long reading one document may take."),
    ] = 120.0,
) -> None:
    """Extract documents and write the tables."""
    from contextlib import ExitStack

    from extractor.running.isolation import IsolatedReader, read_here
    from extractor.tables.writing import OutputError

    wanted = _formats(formats)
    if excel and "csv" not in wanted:
        _stop(f"--excel says how CSV is written, and --format {','.join(wanted)} writes none: add csv.")
    inputs = _expand(paths)
    for warning in inputs.warnings:
        typer.echo(f"chitieu: warning: {warning}", err=True)
    extract = _extract(_load_patterns(patterns))
    console = _console(stderr=True)
    try:
        with ExitStack() as stack:
            read = stack.enter_context(IsolatedReader(file_timeout)) if isolate else read_here
            summary = _run(inputs, out, wanted, extract, read, console, excel)
    except OutputError as error:
        _stop(str(error))
    for warning in summary.warnings[len(inputs.warnings) :]:
        typer.echo(f"chitieu: warning: {warning}", err=True)
    _print_summary(summary, out)
    raise typer.Exit(summary.exit_code)


def _run(
    inputs: Inputs,
    out: Path,
    formats: list[str],
    extract: Extract,
    read: ReadFile,
    console: Console,
    excel: bool,
) -> RunSummary:
    from extractor.running import batch

    if not console.is_terminal:
        return batch.run(inputs, out, formats, extract, _print_line, read, excel)

    from rich import progress as bars

    columns = (
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.description}"),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("extracting", total=len(inputs.files))
        return batch.run(
            inputs,
            out,
            formats,
            extract,
            lambda step: bar.update(task, completed=step.done, description=step.outcome.name),
            read,
            excel,
        )


def _print_line(step: Progress) -> None:
    extraction = step.outcome.extraction
    counts = "" if extraction is None or step.outcome.status == "failed" else f" ({_counts(extraction)})"
    typer.echo(f"[{step.done}/{step.total}] {step.outcome.name}: {step.outcome.status}{counts}", err=True)


def _counts(extraction: Extraction) -> str:
    return ", ".join(
        f"{len(getattr(extraction, name))} {name}" for name in ("targets", "places", "deadlines", "assignments")
    )


def _print_summary(summary: RunSummary, out: Path) -> None:
    def counts(values: dict[str, int]) -> str:
        return ", ".join(f"{count} {name}" for name, count in values.items())

    typer.echo(f"Documents  {counts({k: v for k, v in summary.documents.items() if v or k != 'skipped'})}")
    typer.echo(f"Rows       {counts(summary.rows)}")
    typer.echo(f"Flags      {counts(summary.flags) or 'none'}")
    for _, status, reason in summary.problems:
        typer.echo(f"{status:10} {reason}")
    formats = ", ".join(dict.fromkeys(path.suffix.removeprefix(".") for path in summary.written))
    typer.echo(f"Written    {len(summary.written)} files in {out} ({formats})")
    if summary.texts:
        typer.echo(
            f"Texts      {len(summary.texts)} files in {out / 'text'} (source texts, and their spots in the files)"
        )


# --- doctor


@app.command(
    epilog="Example: chitieu doctor\n\nExit code: 0 everything is there, 3 something is missing, 2 wrong usage."
)
def doctor() -> None:
    """Show which formats are read, what the readers need, what is missing, and the line that installs it."""
    from extractor.reading import SUFFIXES
    from extractor.reading.needs import NEEDS

    typer.echo(f"Formats    {' '.join(sorted(SUFFIXES))}")
    missing = 0
    for need in NEEDS:
        version = need.version()
        missing += version is None
        typer.echo(f"{'missing' if version is None else 'ok':10} {need.name:20} {version or '-':12} {need.use}")
        if version is None:
            typer.echo(f"{'':10} {need.install}")
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
    from extractor.running.batch import Input, extract_each

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
    when = f" in force on {on}" if on else ""
    where = f" in {province}" if province else ""
    typer.echo(f"chitieu: no unit is called {name!r}{where}{when}.", err=True)
    for unit in place_history.similar(units, name):
        typer.echo(f"    spelled alike: {place_history.described(units, unit)}", err=True)
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
        typer.echo(f"    {' '.join(entry.why.split())}  [{len(entry.yes)} yes, {len(entry.no)} no]")
    typer.echo(
        f"{len(shown)} patterns, {sum(len(e.yes) for e in shown)} yes and {sum(len(e.no) for e in shown)} no examples"
    )


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
        typer.echo(f"FAILED {result.id} ({result.file}:{result.line}): {result.message}")
    typer.echo(f"{len(results) - len(failed)} examples hold, {len(failed)} fail")
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
    shares = ", ".join(f"{sum(c == n for c in counts.values())} in {n}" for n in (0, 1, 2))
    typer.echo(f"{len(counts)} patterns: {shares}, {sum(c > 2 for c in counts.values())} in more documents")


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
    from extractor.running.batch import extract_each
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
                typer.echo(f"chitieu: warning: {'; '.join(extraction.document.warnings)}", err=True)
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
        counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("gained", "lost", "changed"))
        typer.echo(f"{table.name:12} {counts}")


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
    patterns: PatternsOption = None,
) -> None:
    """Precision, recall and F1 of rows and fields against gold annotations."""
    from extractor import calibrating, evaluation
    from extractor.running.batch import Input, extract_each

    for folder in (gold_dir, source_dir):
        if not folder.is_dir():
            _stop(f"{folder} does not exist or is no folder.")
    try:
        golds = evaluation.load_gold_dir(gold_dir, source_dir)
    except evaluation.GoldError as error:
        _stop(str(error))
    files = [Input(source_dir / gold.name, gold.name) for gold in golds]
    outcomes = list(extract_each(files, _extract(_load_patterns(patterns))))
    extractions = [outcome.extraction for outcome in outcomes if outcome.extraction is not None]
    failed = [extraction for extraction in extractions if extraction.document.status == "failed"]
    for extraction in failed:
        typer.echo(f"chitieu: warning: {'; '.join(extraction.document.warnings)}", err=True)
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


# --- load

_LOADED = "Loaded     {server}, schema {schema}: {sent} documents new or changed, {same} as they were"
_CREATED = "Created    schema {schema} of version {version}"
_MIGRATED = "Migrated   schema {schema} from version {before} to {version}"
_PRUNED = "Pruned     {count} documents that the store no longer has"
_TABLE = "{table:12} {inserted} inserted, {updated} updated, {deleted} deleted, {unchanged} unchanged"
_WAITING = "chitieu: another load into schema {schema} is under way; waiting for it."


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
    schema: Annotated[str, typer.Option("--schema", metavar="NAME", help="The schema for the tables.")] = "chitieu",
    prune: Annotated[bool, typer.Option("--prune", help="Delete documents that the folder no longer has.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Compare every row, also of documents that look unchanged.")
    ] = False,
) -> None:
    """Load the tables of a run into PostgreSQL; a second load touches only what changed."""
    from extractor.tables.postgres import LoadError
    from extractor.tables.postgres import load as load_into
    from extractor.tables.postgres_schema import VERSION

    def waiting() -> None:
        typer.echo(_WAITING.format(schema=schema), err=True)

    try:
        summary = load_into(out, url, schema=schema, prune=prune, full=full, on_wait=waiting)
    except LoadError as error:
        _stop(str(error))
    if summary.created:
        typer.echo(_CREATED.format(schema=schema, version=VERSION))
    if summary.migrated_from is not None:
        typer.echo(_MIGRATED.format(schema=schema, before=summary.migrated_from, version=VERSION))
    typer.echo(
        _LOADED.format(server=summary.server, schema=schema, sent=summary.documents_sent, same=summary.documents_same)
    )
    if prune:
        typer.echo(_PRUNED.format(count=summary.documents_pruned))
    for table, counts in summary.tables.items():
        typer.echo(
            _TABLE.format(
                table=table,
                inserted=counts.inserted,
                updated=counts.updated,
                deleted=counts.deleted,
                unchanged=counts.unchanged,
            )
        )
