"""One writer at a time in an output folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from extractor.tables.files import OutputError

_NAME = ".chitieu.lock"
_OWNER = ".chitieu.pid"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. The system gives it up when this process ends, however it ends.

    Raises:
        OutputError: another process holds it.
    """
    lock = FileLock(folder / _NAME)
    owner = folder / _OWNER
    try:
        lock.acquire(timeout=0)
    except Timeout:
        by = ""
        with suppress(OSError):
            by = f" (process {owner.read_text(encoding='ascii').strip()})"
        raise OutputError(
            f"{folder} is being written by another run{by}. Wait until it has ended, or choose another --out."
        ) from None
    except OSError as error:
        raise OutputError(f"{folder / _NAME} cannot be locked: {error.strerror}. Choose another --out.") from error
    try:
        with suppress(OSError):
            owner.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        with suppress(OSError):
            owner.unlink()
        lock.release()
