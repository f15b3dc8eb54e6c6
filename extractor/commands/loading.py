"""The command that brings tables into a database: ``load``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.options import Schema
from extractor.exits import stop as _stop
from extractor.messages import say

if TYPE_CHECKING:
    from extractor.tables.postgres import LoadSummary


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        epilog="Examples: chitieu load tables postgresql://me@localhost/plans\n\n"
        "chitieu load tables postgresql://me@db.example/plans --schema district --prune\n\n"
        "Exit code: 0 loaded (or nothing to change), 2 nothing was loaded."
    )(load)


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
        summary = load_into(out, url, schema, prune, full)
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


def load_into(out: Path, url: str, schema: str, prune: bool = False, full: bool = False) -> LoadSummary:
    """Load, and say in a line or two what that did.

    Raises:
        LoadError: nothing was loaded.
    """
    from extractor.tables import postgres
    from extractor.tables.postgres_schema import VERSION

    def waiting() -> None:
        say("chitieu: another load into schema {schema} is under way; waiting for it.", err=True, schema=schema)

    summary = postgres.load(out, url, schema=schema, prune=prune, full=full, on_wait=waiting)
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
