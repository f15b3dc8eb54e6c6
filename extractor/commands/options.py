"""What several commands share: their options and arguments, and what reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.exits import stop as _stop

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.patterns import PatternSet
    from extractor.running.inputs import Inputs
    from extractor.running.outcomes import Extract

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
Schema = Annotated[str, typer.Option("--schema", metavar="NAME", help="The schema in PostgreSQL for the tables.")]
OutputFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `chitieu run --out` wrote.")]


def console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def load_patterns(own: Path | None, folder: Path | None = None) -> PatternSet:
    from extractor.patterns import PatternError, load

    for place in (own, folder):
        if place is not None and not place.is_dir():
            _stop(f"{place} is no folder of patterns.")
    try:
        return load(folder, extra=own)
    except (PatternError, OSError) as error:
        _stop(f"patterns: {error}")


def extractor_of(patterns: PatternSet) -> Extract:
    from extractor.pipeline import extract_source

    return lambda source: extract_source(source, patterns=patterns)


def expanded(paths: list[Path], ignore: Path | None = None) -> Inputs:
    from extractor.running.inputs import InputError, expand

    try:
        return expand(paths, ignore)
    except InputError as error:
        _stop(str(error))


def formats_of(given: list[str]) -> list[str]:
    from extractor.tables.files import FORMATS

    names = [name.strip() for item in given for name in item.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        _stop(f"--format: {', '.join(unknown) or 'nothing given'}; the formats are {', '.join(FORMATS)}.")
    return names
