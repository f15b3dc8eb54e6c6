"""Waiting for documents: real files, written slowly by a thread or another process."""

from __future__ import annotations

import doctest
import importlib.util
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from extractor.running import watching
from extractor.running.watching import WatchError, watch

pytestmark = pytest.mark.alone

SETTLE = 0.5
PAUSE = 0.1  # seconds between two writes: well below, for a machine that is busy
LONG = 30.0  # seconds that are never waited for unless something is wrong


class Watched:
    """A folder watched in a thread; what it yields is asked for with ``next``."""

    def __init__(self, folder: Path, ignore: tuple[Path, ...] = ()) -> None:
        self._folder = folder
        self._found: queue.Queue[set[str] | Exception] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ignore,))
        self._thread.start()

    def _run(self, ignore: tuple[Path, ...]) -> None:
        try:
            for paths in watch(self._folder, SETTLE, self._stop, ignore=ignore):
                self._found.put({path.relative_to(self._folder).as_posix() for path in paths})
        except Exception as error:
            self._found.put(error)

    def next(self) -> set[str]:
        found = self._found.get(timeout=LONG)
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is yielded for some time."""
        time.sleep(2 * SETTLE)
        return self._found.empty()

    def end(self) -> None:
        self._stop.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()


@contextmanager
def watched(folder: Path, ignore: tuple[Path, ...] = ()) -> Iterator[Watched]:
    one = Watched(folder, ignore)
    try:
        yield one
    finally:
        one.end()


def write_slowly(path: Path, parts: int = 8, pause: float = PAUSE) -> None:
    with path.open("wb", buffering=0) as stream:
        for _ in range(parts):
            stream.write(b"mot hai ba ")
            time.sleep(pause)


def test_names_of_documents() -> None:
    assert doctest.testmod(watching).failed == 0
    names = {"a.ZIP", "a.pdf", "kế hoạch.docx"}
    others = {"a.csv", "a.docx.tmp", "a.crdownload", "~$a.docx", ".a.txt", "a", "#a.txt#"}
    assert {name for name in names | others if watching.is_document(name)} == names


def test_what_is_there_already_comes_first_and_once(tmp_path: Path) -> None:
    (tmp_path / "xã" / "thôn").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name in ("a.txt", "xã/thôn/kế hoạch.docx", ".hidden/b.txt", "~$a.docx", "note.csv", ".c.txt"):
        (tmp_path / name).write_bytes(b"x")
    with watched(tmp_path) as folder:
        assert folder.next() == {"a.txt", "xã/thôn/kế hoạch.docx"}
        assert folder.is_quiet


def test_an_empty_folder_is_yielded_empty(tmp_path: Path) -> None:
    with watched(tmp_path) as folder:
        assert folder.next() == set()


def test_added_changed_and_removed_files(tmp_path: Path) -> None:
    with watched(tmp_path) as folder:
        folder.next()
        (tmp_path / "xã").mkdir()
        (tmp_path / "xã" / "a.txt").write_bytes(b"one")
        assert folder.next() == {"xã/a.txt"}
        with (tmp_path / "xã" / "a.txt").open("ab") as stream:
            stream.write(b"two")
        assert folder.next() == {"xã/a.txt"}
        (tmp_path / "xã").rename(tmp_path / "phường")  # one notice, of the folder alone
        assert folder.next() == {"xã/a.txt", "phường/a.txt"}
        shutil.rmtree(tmp_path / "phường")
        assert folder.next() == {"phường/a.txt"}
        for name in ("a.part", "b.txt.crdownload", "~$b.docx", ".b.txt", "b.tmp"):
            (tmp_path / name).write_bytes(b"x")
        assert folder.is_quiet


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    plan = tmp_path / "plan.pdf"
    with watched(tmp_path) as folder:
        folder.next()
        code = (
            "import sys, time\n"
            "with open(sys.argv[1], 'wb', buffering=0) as stream:\n"
            "    for _ in range(12):\n"
            "        stream.write(b'mot hai ba ')\n"
            f"        time.sleep({PAUSE})\n"
        )
        with subprocess.Popen([sys.executable, "-c", code, str(plan)]):
            assert folder.next() == {"plan.pdf"}
            assert plan.stat().st_size == 12 * 11
        assert folder.is_quiet


def test_a_file_that_is_being_written_at_the_start_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes(b"x")
    writer = threading.Thread(target=write_slowly, args=(tmp_path / "new.txt", 10))
    writer.start()
    with watched(tmp_path) as folder:
        assert folder.next() == {"old.txt", "new.txt"}
        assert (tmp_path / "new.txt").stat().st_size == 10 * 11
    writer.join()


def test_a_file_that_is_rewritten_in_its_size_is_waited_for(tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_bytes(bytes(1000))
    done = threading.Event()

    def rewrite() -> None:
        with plan.open("r+b", buffering=0) as stream:  # as a copy into a file that was given its size before
            for number in range(10):
                stream.seek(number * 100)
                stream.write(b"x" * 100)
                time.sleep(PAUSE)
        done.set()

    with watched(tmp_path) as folder:
        folder.next()
        threading.Thread(target=rewrite).start()
        assert folder.next() == {"plan.txt"}
        assert done.is_set()


def test_a_file_renamed_into_place_is_whole_at_once(tmp_path: Path) -> None:
    with watched(tmp_path) as folder:
        folder.next()
        write_slowly(tmp_path / "plan.docx.part")
        assert folder.is_quiet
        (tmp_path / "plan.docx.part").rename(tmp_path / "plan.docx")
        assert folder.next() == {"plan.docx"}
        # As an editor saves: another file of the same size and time under the name.
        (tmp_path / "x.tmp").write_bytes(b"khac " * 17 + b"123")
        assert (tmp_path / "x.tmp").stat().st_size == (tmp_path / "plan.docx").stat().st_size
        shutil.copystat(tmp_path / "plan.docx", tmp_path / "x.tmp")
        (tmp_path / "x.tmp").replace(tmp_path / "plan.docx")
        assert folder.next() == {"plan.docx"}


def test_a_file_that_never_ends_does_not_hold_up_the_others_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PATIENCE", 3)
    end = threading.Event()

    def write_on() -> None:
        with (tmp_path / "endless.txt").open("wb", buffering=0) as stream:
            while not end.wait(PAUSE):
                stream.write(b"x")

    writer = threading.Thread(target=write_on)
    with watched(tmp_path) as folder:
        folder.next()
        writer.start()
        (tmp_path / "ready.txt").write_bytes(b"x")
        assert folder.next() == {"ready.txt"}
        end.set()
        assert folder.next() == {"endless.txt"}
    writer.join()


def test_what_happens_during_the_work_comes_next(tmp_path: Path) -> None:
    found = watch(tmp_path, SETTLE)
    assert next(found) == set()
    (tmp_path / "a.txt").write_bytes(b"x")
    (tmp_path / "gone.txt").write_bytes(b"x")
    (tmp_path / "gone.txt").unlink()
    assert next(found) == {tmp_path / "a.txt"}
    found.close()


def test_a_change_without_a_notice_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_RESCAN", 0.5)
    monkeypatch.setattr(watching._Notices, "taken", lambda self: False)  # as on a share, where another machine writes
    with watched(tmp_path) as folder:
        folder.next()
        (tmp_path / "a.txt").write_bytes(b"x")
        assert folder.next() == {"a.txt"}


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    found = watch(tmp_path, SETTLE)
    next(found)
    path = tmp_path / os.fsdecode(b"k\xff.txt")
    path.write_bytes(b"x")
    assert next(found) == {path}
    (tmp_path / "after.txt").write_bytes(b"x")
    assert next(found) == {tmp_path / "after.txt"}
    found.close()


def test_ignored_folders(tmp_path: Path) -> None:
    (tmp_path / "tables" / "text").mkdir(parents=True)
    (tmp_path / "plans" / "tables").mkdir(parents=True)
    for name in ("tables/text/00ff.txt", "plans/tables/a.txt"):
        (tmp_path / name).write_bytes(b"x")
    with watched(tmp_path, (tmp_path / "tables",)) as folder:
        assert folder.next() == {"plans/tables/a.txt"}
        (tmp_path / "tables" / "text" / "00fe.txt").write_bytes(b"x")
        assert folder.is_quiet


# --- errors


def after_the_first(folder: Path, change: Callable[[], object]) -> None:
    with watched(folder) as one:
        one.next()
        change()
        one.next()


def test_a_folder_that_vanishes_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"x")
    with pytest.raises(WatchError, match=r"in is not there any more\. Make or mount it again"):
        after_the_first(folder, lambda: folder.rename(tmp_path / "elsewhere"))


def test_a_folder_replaced_by_an_empty_one_is_not_taken_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"x")
    (tmp_path / "new").mkdir()

    def replace() -> None:
        folder.rename(tmp_path / "old")
        (tmp_path / "new").rename(folder)

    with pytest.raises(WatchError, match="is not there any more"):
        after_the_first(folder, replace)


def test_what_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(WatchError, match="none does not exist or cannot be reached"):
        next(watch(tmp_path / "none"))
    (tmp_path / "a.txt").touch()
    with pytest.raises(WatchError, match="it is a file"):
        next(watch(tmp_path / "a.txt"))
    with pytest.raises(ValueError, match="settle"):
        next(watch(tmp_path, -1))


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "watchfiles" else found(name))
    with pytest.raises(WatchError, match=r"pip install 'chitieu\[watch\]'"):
        next(watch(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM there")
def test_a_watching_program_ends_when_it_is_told_to(tmp_path: Path) -> None:
    code = (
        "import signal, sys; from pathlib import Path; from extractor.running.watching import watch\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        "for found in watch(Path(sys.argv[1]), 0.1): print('ready', flush=True)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None and program.stderr is not None
        assert program.stdout.readline() == "ready\n"
        time.sleep(1)
        program.send_signal(signal.SIGTERM)
        assert program.wait(LONG) == 143
        assert program.stderr.read() == ""
