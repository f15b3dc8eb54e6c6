"""How the command ends: its exit codes, and the way to stop with a message."""

from __future__ import annotations

from typing import NoReturn

import typer

from extractor.messages import say

OK, TEST_FAILED, USAGE, NOT_ALL = 0, 1, 2, 3


def stop(message: str, code: int = USAGE) -> NoReturn:
    """Say what is wrong and end with this code."""
    say("chitieu: {message}", err=True, message=message)
    raise typer.Exit(code)
