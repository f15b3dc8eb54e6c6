"""The commands that look something up: ``doctor``, ``explain``, ``places``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.options import PatternsOption, console, extractor_of, load_patterns
from extractor.exits import NOT_ALL, OK, TEST_FAILED
from extractor.exits import stop as _stop
from extractor.messages import say, text


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        epilog="Example: chitieu doctor\n\nExit code: 0 everything is there, 3 something is missing, 2 wrong usage."
    )(doctor)
    app.command(
        epilog="Examples: chitieu explain plan.txt | less -R\n\nchitieu explain plan.txt:42 (only line 42)\n\n"
        "Exit code: 0 explained, 3 the document is partial or failed, 2 wrong usage."
    )(explain)
    app.command(
        epilog="Examples: chitieu places 'Cẩm Vịnh'\n\nchitieu places 'xã Tân Thành' --date 2022-05-01\n\n"
        "Exit code: 0 found, 1 no unit of that name, 2 wrong usage."
    )(places)


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
    outcomes = list(extract_each([Input(path, path.name)], extractor_of(load_patterns(patterns))))
    if len(outcomes) > 1:
        _stop(f"{path} holds {len(outcomes)} documents: unpack it and name one.")
    (outcome,) = outcomes
    extraction = outcome.extraction
    if extraction is None or (extraction.document.status == "failed" and not extraction.text):
        _stop("; ".join(extraction.document.warnings) if extraction else outcome.skipped, NOT_ALL)
    count = len(Lines(extraction.text))
    if line is not None and not 1 <= line <= count:
        _stop(f"{path} has no line {line}: its lines are 1 to {count}.")
    print_explanation(extraction, console(), line)
    raise typer.Exit(OK if extraction.document.status == "ok" else NOT_ALL)


def _file_and_line(given: str) -> tuple[Path, int | None]:
    name, colon, number = given.rpartition(":")
    if colon and number.isdigit() and not Path(given).exists():
        return Path(name), int(number)
    return Path(given), None


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
