"""The commands about the patterns: ``patterns list``, ``test``, ``usage``, ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.options import Paths, PatternsOption, expanded, extractor_of, load_patterns
from extractor.exits import OK, TEST_FAILED
from extractor.exits import stop as _stop
from extractor.messages import say, text

if TYPE_CHECKING:
    from extractor.tables.comparing import Difference


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        "list", epilog="Examples: chitieu patterns list --concern status\n\nchitieu patterns list --match 'phấn đấu'"
    )(patterns_list)
    app.command(
        "test",
        epilog="Example: chitieu patterns test --patterns mine\n\nExit code: 0 all hold, 1 some fail, 2 wrong usage.",
    )(patterns_test)
    app.command("usage", epilog="Example: chitieu patterns usage corpus/documents corpus/own/documents --at-most 1")(
        patterns_usage
    )
    app.command(
        "diff",
        epilog="Examples: chitieu patterns diff corpus/documents --patterns my-patterns (what mine change)\n\n"
        "chitieu patterns diff corpus/documents --against ../before/patterns (what changed since)",
    )(patterns_diff)


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
    entries = load_patterns(patterns).entries
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


def patterns_test(patterns: PatternsOption = None) -> None:
    """Try every pattern's own examples; show each that fails, with the rival that won."""
    from extractor.patterns_testing import check_examples

    results = check_examples(load_patterns(patterns))
    failed = [result for result in results if not result.ok]
    for result in failed:
        place = f"{result.file}:{result.line}"
        say("FAILED {id} ({place}): {message}", id=result.id, place=place, message=result.message)
    say("{hold} examples hold, {fail} fail", hold=len(results) - len(failed), fail=len(failed))
    raise typer.Exit(TEST_FAILED if failed else OK)


def patterns_usage(
    paths: Paths,
    at_most: Annotated[
        int | None, typer.Option(metavar="N", help="Only patterns that stand in so many documents or fewer.")
    ] = None,
    patterns: PatternsOption = None,
) -> None:
    """Count the documents in which each pattern's words stand: a rule of one document is no rule."""
    from extractor.patterns_testing import documents_of

    found = load_patterns(patterns)
    counts = documents_of(found, [file.path for file in expanded(paths).files])
    for entry in found.entries:
        if at_most is None or counts[entry.id] <= at_most:
            typer.echo(f"{counts[entry.id]:5}  {entry.id}  ({entry.file}:{entry.line})")
    few = {n: sum(count == n for count in counts.values()) for n in (0, 1, 2)}
    shares = ", ".join(text("{count} in {documents}", count=count, documents=n) for n, count in few.items())
    more = len(counts) - sum(few.values())
    say("{count} patterns: {shares}, {more} in more documents", count=len(counts), shares=shares, more=more)


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
    old, new = load_patterns(None, against), load_patterns(patterns)
    inputs = expanded(paths)
    runs = [
        [
            outcome.extraction
            for outcome in extract_each(inputs.files, extractor_of(one))
            if outcome.extraction is not None
        ]
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
