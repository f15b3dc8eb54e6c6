"""System programs that readers call: without a shell, within limits of time, in English, without a network to go to."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

_NOWHERE = "http://127.0.0.1:9"
_GRACE = 5  # seconds


def find(name: str) -> str | None:
    """The path of a program; ``None`` where it is not installed."""
    return shutil.which(name)


def run(
    command: Sequence[str], *, seconds: float, given: bytes | None = None, memory: int = 0, home: Path | None = None
) -> bytes | None:
    """Run a program.

    Args:
        command: its path and its arguments.
        seconds: how long it, and all that it starts, may take.
        given: what it reads on its standard input.
        memory: bytes of address space it may take; 0: as many as this process.
        home: a folder that it may call its own; by default it keeps the user's.

    Returns:
        What it printed; ``None`` where it could not be started, failed or took too long.
    """
    watch = find("timeout")
    if watch:
        # if this process is killed, the program does not outlive it for long
        command = [watch, "--kill-after=5", f"{seconds + _GRACE:.0f}", *command]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    environment |= dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), _NOWHERE)
    if home is not None:
        environment["HOME"] = str(home)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            preexec_fn=_with_memory(memory) if memory else None,
            process_group=0,
        )
    except OSError:
        return None
    try:
        printed, _ = process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        _stop(process)
        return None
    return printed if process.returncode == 0 else None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started."""
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.communicate(timeout=2)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _with_memory(size: int) -> Callable[[], None]:
    """A program may need more memory than the process that reads files for a run is allowed."""

    def set_limit() -> None:
        import resource

        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            wanted = size if hard == resource.RLIM_INFINITY else min(size, hard)
            resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))

    return set_limit
