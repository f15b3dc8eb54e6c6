"""The commands about what people decide: ``review``, ``export``, ``import``, ``report``."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.options import OutputFolder
from extractor.exits import NOT_ALL, OK
from extractor.exits import stop as _stop
from extractor.messages import for_readers, language, say

if TYPE_CHECKING:
    from extractor.review.decisions import Reviews

_PASSWORD = "CHITIEU_REVIEW_PASSWORD"

_Reviewer = Annotated[
    str, typer.Option("--reviewer", metavar="NAME", help="Who decides; by default who is logged in here.")
]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        epilog="Examples: chitieu review tables\n\nCHITIEU_REVIEW_PASSWORD=… chitieu review tables --host 0.0.0.0"
    )(review)
    app.command(
        epilog="Examples: chitieu export tables --reviewed --out checked --format csv,xlsx\n\n"
        "chitieu export tables --reviewed --to postgresql://me@localhost/plans\n\n"
        "chitieu export tables --as label-studio --out tasks\n\nchitieu export tables --gold gold/"
    )(export)
    app.command("import", epilog="Example: chitieu import tables export.json --from label-studio --reviewer An")(
        import_
    )
    app.command(epilog="Example: chitieu report tables --html report.html")(report)


def _need(extra: str, *modules: str) -> None:
    from importlib.util import find_spec

    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        _stop(f"this needs {', '.join(missing)}: pip install 'chitieu[{extra}]'")


def _opened(out: Path) -> Reviews:
    from extractor.review.decisions import Reviews
    from extractor.running.store import up_to_date
    from extractor.tables.files import OutputError

    try:
        up_to_date(out)
        reviews = Reviews(out)
        reviews.carry_over()
    except OutputError as error:
        _stop(str(error))
    return reviews


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def review(
    out: OutputFolder,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any free one.")] = 8000,
    host: Annotated[
        str,
        typer.Option("--host", metavar="ADDRESS", help="Other than this machine's own: asks everybody for a password."),
    ] = "127.0.0.1",
    reviewer: _Reviewer = "",
) -> None:
    """Open the reviewers' page: every row beside its source, to accept, correct or reject (extra `review`)."""
    _need("review", "starlette", "uvicorn", "jinja2")
    import socket

    import uvicorn

    from extractor.review.guarding import is_loopback, new_token
    from extractor.review.page_images import PageImages
    from extractor.review.server import Settings, application

    password = os.environ.get(_PASSWORD)
    if not is_loopback(host) and not password:
        _stop(f"--host {host} lets other machines in: set a password in the environment variable {_PASSWORD}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)  # before the link is printed: whoever opens it at once waits, and is not refused
    except (OSError, OverflowError) as error:
        _stop(f"{host}, port {port} cannot be listened at: {getattr(error, 'strerror', error)}. Choose another --port.")
    port = listening.getsockname()[1]
    with _opened(out) as reviews, PageImages() as images:
        alone = is_loopback(host)
        named = reviewer or (_user() if alone else "")  # others say who they are
        settings = Settings(host, port, new_token(), None if alone else password, named, for_readers())
        shown = f"[{host}]" if ":" in host else host
        if settings.password is None:
            say("Review     http://{host}:{port}/?token={token}", host=shown, port=port, token=settings.token)
        else:
            say("Review     http://{host}:{port}/ (with the password)", host=shown, port=port)
        say("           Ctrl-C ends it; every decision is saved at once.")
        config = uvicorn.Config(
            application(reviews, settings, images),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            http="h11",  # the parser that the guard was tested with
        )
        uvicorn.Server(config).run(sockets=[listening])


def export(
    out: OutputFolder,
    reviewed: Annotated[bool, typer.Option("--reviewed", help="The tables as corrected by reviewers.")] = False,
    folder: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder to write to.")] = None,
    formats: Annotated[
        str, typer.Option("--format", metavar="LIST", help="Of --reviewed: csv, parquet, sqlite, jsonl, xlsx, duckdb.")
    ] = "csv",
    excel: Annotated[bool, typer.Option("--excel", help="CSV for a Vietnamese Excel, as in `chitieu run`.")] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="URL", help="Of --reviewed: into PostgreSQL.")] = None,
    schema: Annotated[str, typer.Option("--schema", metavar="NAME", help="The schema in PostgreSQL.")] = (
        "chitieu_reviewed"
    ),
    decided: Annotated[
        bool, typer.Option("--decided-only", help="Only rows that a reviewer accepted, corrected or added.")
    ] = False,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", metavar="DIR", help="Annotations for `chitieu evaluate`, of wholly reviewed documents."),
    ] = None,
    reviewer: Annotated[
        str, typer.Option("--reviewer", metavar="NAME", help="Of --gold: as this reviewer alone decided.")
    ] = "",
    other: Annotated[
        str, typer.Option("--as", metavar="NAME", help="For another tool: label-studio, doccano, brat, w3c, docbin.")
    ] = "",
) -> None:
    """Give out what reviewers decided: as tables, as gold annotations, or for other annotation tools."""
    from extractor.review import exporting
    from extractor.review.exchange import FORMATS, ExchangeError
    from extractor.tables.files import OutputError
    from extractor.tables.postgres import LoadError

    wanted = [name for name, given in (("--reviewed", reviewed), ("--gold", gold), ("--as", other)) if given]
    if len(wanted) != 1:
        _stop("give one of --reviewed, --gold and --as.")
    if not gold and folder is None and to is None:
        _stop("give the folder to write to: --out DIR.")
    if other and (other not in FORMATS or folder is None):
        _stop(f"--as: {other}; with --out DIR, one of {', '.join(FORMATS)}.")
    with _opened(out) as reviews:
        try:
            if reviewed:
                names = [name.strip() for name in formats.split(",") if name.strip()]
                summary = exporting.write_tables(reviews, folder, names, excel, decided, to, schema)
            elif gold is not None:
                summary = exporting.write_gold(reviews, gold, reviewer)
            else:
                assert folder is not None
                summary = exporting.write_other(reviews, other, folder)
        except (OutputError, ExchangeError, LoadError) as error:
            _stop(str(error))
    say("Documents  {count}, with {rows} rows", count=summary.documents, rows=summary.rows)
    say("Decided    {decided} rows; {conflicts} in conflict", decided=summary.decided, conflicts=summary.conflicts)
    if summary.left:
        say("Left out   {count} documents that are not wholly reviewed", count=len(summary.left))
        for line in summary.left[:20]:
            say("           {line}", line=line)
    if summary.written:
        say("Written    {count} files in {out}", count=len(summary.written), out=gold or folder)
    if summary.server:
        say("Loaded     {server}, schema {schema}", server=summary.server, schema=schema)
    raise typer.Exit(NOT_ALL if summary.left else OK)


def import_(
    out: OutputFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the other tool exported.")],
    tool: Annotated[str, typer.Option("--from", metavar="NAME", help="label-studio or doccano.")],
    reviewer: _Reviewer = "",
) -> None:
    """Take in what was decided in Label Studio or doccano, as decisions of this reviewer."""
    from extractor.review import exporting
    from extractor.review.decisions import ReviewError
    from extractor.review.exchange import ExchangeError

    with _opened(out) as reviews:
        try:
            summary = exporting.take_in(reviews, tool, file, reviewer or _user())
        except ExchangeError as error:
            _stop(str(error))
        except ReviewError as error:
            _stop(error.said(language()))
    say(
        "Taken in   {documents} documents: {accepted} rows accepted, {corrected} corrected, {rejected} rejected, "
        "{added} added",
        documents=summary.documents,
        accepted=summary.accepted,
        corrected=summary.corrected,
        rejected=summary.rejected,
        added=summary.added,
    )


def report(
    out: OutputFolder,
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help="The page to write.")],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Its heading.")] = "",
) -> None:
    """Write one read-only page with charts, every row and its source, to send by mail (extra `review`)."""
    _need("review", "jinja2")
    from extractor.review import exporting
    from extractor.tables.files import OutputError

    with _opened(out) as reviews:
        try:
            size = exporting.write_report(reviews, html, title)
        except OutputError as error:
            _stop(str(error))
    say("Written    {path} ({size} MB)", path=html, size=f"{size / 1e6:.1f}")
