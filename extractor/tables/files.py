"""Files of an output folder: how they are put in place, and what is said where they cannot be.

Loads nothing but the standard library: what only has to write a file must not wait for the libraries of the formats.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SQLITE_NAME = "chitieu.sqlite"
FORMATS = ("csv", "parquet", "sqlite", "jsonl", "xlsx", "duckdb")
"""The formats of the tables; ``writing`` writes them."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OutputError(Exception):
    """Something could not be written. The message names the file or folder and says what to do."""


@contextmanager
def output(path: Path) -> Iterator[None]:
    """Turn the system's errors about ``path`` into the user's."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if getattr(error, "errno", None) in _FULL or "disk is full" in reason:
            advice = "Make room there and give the same command again: it goes on where it stopped."
        else:
            advice = "Nothing was replaced there; choose another --out."
        raise OutputError(f"{path} cannot be written: {reason}. {advice}") from error


def prepare_folder(folder: Path) -> None:
    """Make the output folder and see that it takes files, before any work is done.

    Raises:
        OutputError: if it cannot be made or written; the message names it.
    """
    advice = "Choose another folder with --out, or give yourself write permission."
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(f"output folder {folder} is a file, not a folder. Choose another name with --out.") from None
    except OSError as error:
        raise OutputError(f"output folder {folder} cannot be created: {error.strerror}. {advice}") from error
    probe = beside(folder / "probe")
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise OutputError(f"output folder {folder} cannot be written: {error.strerror}. {advice}") from error


def beside(path: Path) -> Path:
    """The temporary name, in the same folder, under which a file is made before it is put in place."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def to_disk(path: Path) -> None:
    """See that a file is on the disk before it is renamed: a power cut must not leave its name on an empty file."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def need(module: str, path: Path, package: str, extra: str) -> None:
    """See that a package that writes a format is here, before any work is done.

    Raises:
        OutputError: it is missing; the message names the extra that brings it.
    """
    if importlib.util.find_spec(module) is None:
        raise OutputError(
            f"{path.name} cannot be written: {package} is not installed. Install it: pip install 'chitieu[{extra}]'"
        )
