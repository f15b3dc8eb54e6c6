"""The command that measures: ``evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.options import PatternsOption, extractor_of, load_patterns
from extractor.exits import NOT_ALL, OK
from extractor.exits import stop as _stop
from extractor.messages import say


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog="Example: chitieu evaluate corpus/gold corpus/documents --misses")(evaluate)


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
    outcomes = list(extract_each(files, extractor_of(load_patterns(patterns))))
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
