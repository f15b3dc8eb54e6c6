"""The command ``chitieu``.

Only typer is imported at start-up: each command imports what it uses, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import logging
import signal
import sys
import threading
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from extractor import messages
from extractor.commands import loading, looking, measuring, patterns, review, runs
from extractor.exits import OK
from extractor.messages import in_language

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


for commands in (runs, looking, measuring, loading, review):
    commands.add_commands(app)
patterns.add_commands(patterns_app)
