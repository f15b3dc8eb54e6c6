"""A folder that documents arrive in: when there is something new in it that is no longer being written.

watchfiles (extra ``[watch]``) says at once *that* something changed; *what* changed is told by looking at the folder,
which also meets what no notice comes for: changes that other machines make on a network share, names that are no UTF-8.
"""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from extractor.reading import SUFFIXES

SETTLE = 2.0
"""Seconds that a file must stay as it is before it counts as written, unless the caller says otherwise."""

_PATIENCE = 30  # times ``settle``: what is ready waits so long for files that are still being written
_RESCAN = 60.0  # seconds after which the folder is looked at without a notice
_SHARE = 10  # looking at the whole folder again waits for so many times as long as it took
_TRIES = 5  # times that listening may fail in a row
_TICK = 0.5  # seconds between two looks at the files that are being written


class WatchError(Exception):
    """A folder cannot be watched (any more). The message names it and says what to do."""


class _Look(NamedTuple):
    """What tells a file from the same file after a change."""

    size: int
    mtime_ns: int
    inode: int


def watch(
    folder: Path,
    settle: float = SETTLE,
    stop_event: threading.Event | None = None,
    *,
    ignore: Collection[Path] = (),
) -> Iterator[set[Path]]:
    """Wait for documents below a folder that were added, changed or removed.

    A file that is still being written, whose size or time changes, is waited for; the others wait for it, too, so that
    a folder copied in one go is one yield, but no longer than thirty times ``settle``. What happens while the caller
    works on a yield comes with the next one.

    Args:
        folder: watched with all folders below it.
        settle: seconds that a file must stay as it is.
        stop_event: set it to end; it is noticed within a second.
        ignore: folders below it that are left out, as the one that the tables are written to.

    Yields:
        The files that chitieu reads (see ``is_document``), as paths below ``folder``. First all that are there already,
        once they have settled; an empty set if there are none.

    Raises:
        WatchError: watchfiles is not installed; the folder is none, cannot be watched, or vanishes.
        ValueError: ``settle`` is negative.
    """
    if not settle >= 0:
        raise ValueError("settle is a number of seconds, 0 or more")
    if importlib.util.find_spec("watchfiles") is None:
        raise WatchError("watching a folder needs watchfiles. Install it: pip install 'chitieu[watch]'")
    tree = _Tree(folder, ignore)
    tick = max(0.02, min(_TICK, settle / 4))
    next_scan = scan_allowed = 0.0
    begun = scan_wanted = False
    with _Notices(folder) as notices:
        while stop_event is None or not stop_event.is_set():
            scan_wanted |= notices.taken()
            now = time.monotonic()
            if now >= next_scan or (scan_wanted and now >= scan_allowed):
                tree.scan()
                scan_wanted = False
                done = time.monotonic()
                scan_allowed, next_scan = done + _SHARE * (done - now), done + max(_RESCAN, _SHARE * (done - now))
            else:
                tree.look()
            due = tree.due(settle)
            if due or not (begun or tree.is_waiting):
                begun = True
                yield due
                continue  # much may have happened meanwhile
            notices.wait(tick)


def is_document(name: str) -> bool:
    """Whether chitieu takes a file of this name from a folder: not hidden, no lock file, and of a known suffix.

    What a browser or a copying program has not finished (``.part``, ``.crdownload``, ``.tmp``) has no known suffix.

    >>> [is_document(n) for n in ("kế hoạch.DOCX", "~$kế hoạch.docx", ".plan.txt", "plan.pdf.part")]
    [True, False, False, False]
    """
    return not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES


class _Tree:
    """The documents below a folder: as the caller knows them, and what is different since."""

    def __init__(self, folder: Path, ignore: Collection[Path]) -> None:
        self._folder = folder
        self._ignore = {os.path.realpath(path) for path in ignore}
        self._known: dict[Path, _Look] = {}
        # What is different: how it looked last (``None``: it is gone) and since when, by the monotonic clock.
        self._waiting: dict[Path, tuple[_Look | None, float]] = {}
        self._identity = self._identify()
        if self._identity is None:
            raise WatchError(f"folder {folder} does not exist or cannot be reached. Check the spelling.")
        if not folder.is_dir():
            raise WatchError(f"{folder} cannot be watched: it is a file. Name the folder that it lies in.")

    @property
    def is_waiting(self) -> bool:
        """Whether anything is different that the caller has not been told of."""
        return bool(self._waiting)

    def _identify(self) -> tuple[int, int] | None:
        """What tells the folder from another one of its name; ``None`` if it cannot be reached."""
        try:
            status = self._folder.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _see_that_it_is_there(self) -> None:
        # A share that was unmounted leaves an empty folder, in which every document would seem to be removed.
        if self._identify() != self._identity:
            raise WatchError(f"folder {self._folder} is not there any more. Make or mount it again and restart.")

    def scan(self) -> None:
        """Look at every file below the folder."""
        found: dict[Path, _Look] = {}
        unseen: list[str] = []

        def unlistable(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError):
                unseen.append(os.fspath(error.filename))

        real = os.path.realpath(self._folder) if self._ignore else ""
        for place, folders, names in os.walk(self._folder, onerror=unlistable):
            folders[:] = [name for name in folders if not name.startswith(".")]
            if self._ignore:
                here = os.path.normpath(os.path.join(real, os.path.relpath(place, self._folder)))
                folders[:] = [name for name in folders if os.path.join(here, name) not in self._ignore]
            for name in names:
                path = Path(place, name)
                if is_document(name) and (look := _look_of(path)) is not None:
                    found[path] = look
        self._see_that_it_is_there()
        if os.fspath(self._folder) in unseen:
            raise WatchError(f"folder {self._folder} cannot be listed. Give yourself permission to read it.")
        now = time.monotonic()
        for path in found.keys() | self._known.keys() | self._waiting.keys():
            # What lies in a folder that cannot be listed now is not known to be removed.
            if path in found or not any(path.is_relative_to(place) for place in unseen):
                self._note(path, found.get(path), now)

    def look(self) -> None:
        """Look at the files that are different already."""
        self._see_that_it_is_there()
        for path in list(self._waiting):
            self._note(path, _look_of(path), time.monotonic())

    def _note(self, path: Path, look: _Look | None, now: float) -> None:
        if look == self._known.get(path):
            self._waiting.pop(path, None)  # as the caller knows it: nothing happened, or it was undone
        elif path not in self._waiting or self._waiting[path][0] != look:
            self._waiting[path] = look, now

    def due(self, settle: float) -> set[Path]:
        """Take what has settled, if nothing else is worth waiting for."""
        now = time.monotonic()
        ready = {path for path, (_, since) in self._waiting.items() if now - since >= settle}
        if len(ready) < len(self._waiting):
            longest = max((now - self._waiting[path][1] for path in ready), default=0.0)
            if longest < settle * _PATIENCE:
                return set()
        for path in ready:
            look, _ = self._waiting.pop(path)
            if look is None:
                self._known.pop(path, None)
            else:
                self._known[path] = look
        return ready


def _look_of(path: Path) -> _Look | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _Look(status.st_size, status.st_mtime_ns, status.st_ino)


class _Notices:
    """Listens for changes in a thread of its own: waiting for them in here would keep the signals that end a program
    from their handlers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._any = threading.Event()
        self._end = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._listen, name="chitieu-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        import watchfiles

        failures = 0
        while failures < _TRIES and not self._end.is_set():
            listening = False
            try:
                for changes in watchfiles.watch(
                    self._folder,
                    watch_filter=None,
                    stop_event=self._end,
                    rust_timeout=500,
                    yield_on_timeout=True,
                    raise_interrupt=False,
                    ignore_permission_denied=True,
                ):
                    # The first return says that it listens: what happened before was not heard.
                    if changes or not listening:
                        self._any.set()
                    listening, failures = True, 0
            except Exception as error:
                # It stops at a name that is no UTF-8 ("Unable to decode path …"): something happened; listen again.
                self._any.set()
                failures += "decode" not in str(error)
                if failures == _TRIES:
                    self._error = error
                self._end.wait(0.1)

    def taken(self) -> bool:
        """Whether there was a notice since the last call.

        Raises:
            WatchError: there will be none any more.
        """
        if self._error is not None and self._folder.is_dir():  # what vanished is better said in other words
            reason = " ".join(str(self._error).split())
            raise WatchError(
                f"folder {self._folder} cannot be watched: {reason}. "
                "Allow more watches (sysctl fs.inotify.max_user_watches), or set WATCHFILES_FORCE_POLLING=true."
            ) from self._error
        seen = self._any.is_set()
        self._any.clear()
        return seen

    def wait(self, seconds: float) -> None:
        """Wait for a notice, for so many seconds at most."""
        self._any.wait(seconds)
