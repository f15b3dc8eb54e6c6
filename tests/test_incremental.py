"""``extractor.running``: a second run does what is new or changed, and the tables are as after one run of all."""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_rows import TEXT, extract

from extractor.model import Extraction, Source
from extractor.running.batch import RunSummary, Settings, Step, run
from extractor.running.fingerprint import EXTRACTING, Versions, rules_key, versions
from extractor.running.inputs import InputError, expand
from extractor.running.locking import only_writer
from extractor.running.status import Status, status_of
from extractor.running.store import Store
from extractor.running.work import Here
from extractor.tables.files import OutputError
from extractor.tables.schema import TABLES

V1 = Versions("r1", "e1", "p1", "g1")
V2 = Versions("r1", "e1", "p2", "g1")
V3 = Versions("r3", "e1", "p2", "g1")


class Folder:
    """A folder of plans and the folder of its tables, run after run."""

    def __init__(self, place: Path) -> None:
        self.plans, self.out = place / "plans", place / "out"
        self.plans.mkdir()
        self.steps: list[Step] = []

    def put(self, name: str, text: str = TEXT, age: int = 100) -> Path:
        path = self.plans / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        os.utime(path, (time.time() - age,) * 2)
        return path

    def run(self, *paths: Path, rules: Versions = V1, **settings: object) -> RunSummary:
        self.steps = []
        formats = settings.pop("formats", ("csv",))
        return run(
            expand(paths or (self.plans,)),
            self.out,
            Settings(formats, **settings),  # type: ignore[arg-type]
            Here(extract),
            rules,
            self.steps.append,
        )

    @property
    def done(self) -> list[str]:
        return [step.name for step in self.steps]

    def tables(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.out.glob("*.csv"))}

    def fresh(self, *paths: Path, rules: Versions = V1) -> dict[str, bytes]:
        """The tables of a run into an empty folder."""
        place = self.out.with_name("fresh")
        shutil.rmtree(place, ignore_errors=True)
        run(expand(paths or (self.plans,)), place, Settings(), Here(extract), rules)
        return {path.name: path.read_bytes() for path in sorted(place.glob("*.csv"))}

    def sources(self) -> list[str]:
        with (self.out / "documents.csv").open(encoding="utf-8", newline="") as stream:
            return [row["source"] for row in csv.DictReader(stream)]

    def status(self, rules: Versions = V1) -> Status:
        return status_of(self.out, rules)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    place = Folder(tmp_path)
    for name in ("a.txt", "b.txt", "c.txt"):
        place.put(name, f"{TEXT}{name}")
    yield place


def changed(summary: RunSummary) -> dict[str, int]:
    return {kind: count for kind, count in summary.files.items() if count}


# --- what is done again


def test_a_second_run_does_nothing_and_writes_nothing(folder: Folder) -> None:
    assert changed(folder.run()) == {"new": 3}
    before = {path.name: path.stat().st_mtime_ns for path in folder.out.glob("*.csv")}
    again = folder.run()
    assert (changed(again), folder.done, again.written) == ({"unchanged": 3}, [], ())
    assert {path.name: path.stat().st_mtime_ns for path in folder.out.glob("*.csv")} == before
    assert (again.documents["ok"], again.rows["targets"], again.exit_code) == (3, 3, 0)


def test_new_and_changed_files_are_done_and_no_others(folder: Folder) -> None:
    folder.run()
    folder.put("b.txt", TEXT + "mới")
    folder.put("d.txt", TEXT + "thêm")
    assert changed(folder.run()) == {"new": 1, "changed": 1, "unchanged": 2}
    assert folder.done == ["b.txt", "d.txt"]
    assert folder.tables() == folder.fresh()


def test_a_file_that_was_only_touched_is_not_done(folder: Folder) -> None:
    folder.run()
    os.utime(folder.plans / "a.txt")
    assert changed(folder.run()) == {"unchanged": 3}


def test_a_change_within_a_moment_and_of_the_same_size_is_seen(folder: Folder) -> None:
    path = folder.put("a.txt", TEXT + "1", age=0)
    stamp = path.stat().st_mtime_ns
    folder.run()
    path.write_bytes((TEXT + "2").encode())
    os.utime(path, ns=(stamp, stamp))
    assert changed(folder.run()) == {"changed": 1, "unchanged": 2}
    assert folder.tables() == folder.fresh()


def test_force_does_everything(folder: Folder) -> None:
    folder.run()
    assert changed(folder.run(force=True)) == {"stale": 3}
    assert folder.done == ["a.txt", "b.txt", "c.txt"]


def test_other_rules_do_everything_from_the_texts_that_were_read(folder: Folder) -> None:
    folder.run()
    before = folder.tables()
    assert folder.status(V2).because == {"patterns": 3}
    # The file is not read again: it could not be, and its bytes are known by its size and time.
    path = folder.plans / "a.txt"
    size, stamp = path.stat().st_size, path.stat().st_mtime_ns
    path.write_bytes(b"\xff" * size)
    os.utime(path, ns=(stamp, stamp))
    assert changed(folder.run(rules=V2)) == {"stale": 3}
    assert folder.tables() == before
    assert changed(folder.run(rules=V2)) == {"unchanged": 3}
    # Another reader reads again.
    assert changed(folder.run(rules=V3)) == {"stale": 3}
    assert b"failed" in folder.tables()["documents.csv"]


def test_rules_are_brought_to_files_that_were_not_given_or_are_gone(folder: Folder) -> None:
    folder.run()
    (folder.plans / "a.txt").unlink()
    assert changed(folder.run(folder.plans / "b.txt", rules=V2)) == {"stale": 3, "gone": 1}
    assert folder.status(V2).stale == 0


def test_a_change_of_rules_that_is_cut_off_goes_on_from_what_was_read(folder: Folder) -> None:
    folder.run()
    for name in ("a.txt", "b.txt"):
        (folder.plans / name).unlink()
    stop = threading.Event()
    inputs = expand([folder.plans])
    for _ in range(2):
        stop.clear()
        left = run(inputs, folder.out, Settings(), Here(extract), V2, lambda _: stop.set(), stop).left
    assert left == 1
    assert folder.run(rules=V2).left == 0
    assert (folder.status(V2).stale, folder.status(V2).waiting) == (0, 0)
    assert folder.sources() == ["a.txt", "b.txt", "c.txt"]


def test_versions_follow_the_patterns_and_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("a")
    first = versions(tmp_path)
    assert first == versions(tmp_path) != versions()
    assert rules_key(tmp_path) != rules_key()
    (tmp_path / "mine.yaml").write_text("b")
    assert versions(tmp_path).changed(first) == ["patterns"]


# --- gone, moved, copied


def test_rows_of_a_file_that_is_gone_stay_until_pruned(folder: Folder) -> None:
    folder.run()
    before = folder.tables()
    (folder.plans / "b.txt").unlink()
    for _ in range(2):
        assert changed(folder.run()) == {"unchanged": 2, "gone": 1}
        assert folder.tables() == before
    assert folder.status().gone == 1
    assert changed(folder.run(prune=True)) == {"unchanged": 2, "pruned": 1}
    assert folder.sources() == ["a.txt", "c.txt"]
    assert folder.tables() == folder.fresh()


def test_a_file_that_comes_back_is_known(folder: Folder) -> None:
    folder.run()
    data = (folder.plans / "b.txt").read_bytes()
    (folder.plans / "b.txt").unlink()
    folder.run()
    (folder.plans / "b.txt").write_bytes(data)
    assert changed(folder.run()) == {"unchanged": 3}
    assert (folder.done, folder.status().gone) == ([], 0)


@pytest.mark.parametrize("new", ["0/moved.txt", "z.txt"])
def test_a_moved_file_is_known_by_its_bytes(folder: Folder, new: str) -> None:
    folder.run()
    (folder.plans / "0").mkdir()
    (folder.plans / "b.txt").rename(folder.plans / new)
    assert changed(folder.run()) == {"moved": 1, "unchanged": 2}
    assert folder.done == []
    assert new in folder.sources() and "b.txt" not in folder.sources()
    assert folder.tables() == folder.fresh()


def test_a_moved_file_that_failed_says_its_new_name(folder: Folder) -> None:
    folder.put("bad.txt", "CRASH")
    folder.run()
    (folder.plans / "bad.txt").rename(folder.plans / "worse.txt")
    assert folder.run().problems[0][2].startswith("worse.txt: extraction failed")
    assert folder.tables() == folder.fresh()


def test_a_moved_file_of_another_suffix_is_done_again(folder: Folder) -> None:
    folder.run()
    (folder.plans / "b.txt").rename(folder.plans / "b.md")
    assert changed(folder.run()) == {"new": 1, "unchanged": 2, "gone": 1}
    assert folder.tables() == folder.fresh()


def test_a_copy_takes_the_rows_where_its_name_comes_first(folder: Folder) -> None:
    folder.run()
    shutil.copy(folder.plans / "b.txt", folder.plans / "0.txt")
    summary = folder.run()
    assert (changed(summary), folder.done) == ({"moved": 1, "unchanged": 3}, [])
    assert summary.problems == (
        ("b.txt", "skipped", "b.txt: has the same content as 0.txt: its rows stand under that name"),
    )
    assert folder.tables() == folder.fresh()
    (folder.plans / "0.txt").unlink()
    folder.run()
    assert folder.sources() == ["a.txt", "b.txt", "c.txt"]
    assert folder.tables() == folder.fresh()


def test_copies_in_one_run_are_done_once(folder: Folder) -> None:
    folder.put("0/b.txt", TEXT + "b.txt")
    summary = folder.run()
    assert folder.done == ["0/b.txt", "a.txt", "c.txt"]
    assert summary.documents == {"ok": 3, "partial": 0, "failed": 0, "skipped": 1}


def test_runs_over_several_folders_add_up(folder: Folder, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_bytes((TEXT + "x").encode())
    folder.run()
    assert changed(folder.run(other)) == {"new": 1}
    assert folder.sources() == ["a.txt", "b.txt", "c.txt", "x.txt"]
    assert folder.tables() == folder.fresh(folder.plans, other)


def test_another_file_of_a_known_name_is_told_before_any_work(folder: Folder, tmp_path: Path) -> None:
    folder.run()
    before = folder.tables()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_bytes(TEXT.encode())
    with pytest.raises(InputError, match=r"other/a\.txt would be called a\.txt .* as .*plans/a\.txt is"):
        folder.run(other)
    assert folder.tables() == before
    (folder.plans / "a.txt").unlink()  # then it is the same file at another place
    assert changed(folder.run(other)) == {"changed": 1}


# --- failures, and what may be tried again


def test_failed_files_are_left_alone_until_retried(folder: Folder) -> None:
    folder.put("bad.txt", "CRASH")
    assert folder.run().documents["failed"] == 1
    assert changed(folder.run()) == {"unchanged": 4}
    assert folder.status().done == {"ok": 3, "partial": 0, "failed": 1}
    assert folder.status().exit_code == 3
    assert changed(folder.run(retry=True)) == {"retried": 1, "unchanged": 3}
    assert folder.done == ["bad.txt"]


def test_a_file_that_cannot_be_opened_is_tried_every_time(folder: Folder) -> None:
    (folder.plans / "link.txt").symlink_to(folder.plans / "nowhere.txt")
    inputs = expand([folder.plans])
    for _ in range(2):
        summary = run(inputs, folder.out, Settings(), Here(extract), V1)
        assert summary.documents["failed"] == 1
        assert "does not exist" in summary.problems[0][2]
    (folder.plans / "nowhere.txt").write_bytes((TEXT + "now").encode())
    run(inputs, folder.out, Settings(), Here(extract), V1)
    assert folder.sources() == ["a.txt", "b.txt", "c.txt", "link.txt"]
    assert summary.exit_code == 3 and folder.status().done["failed"] == 0


def test_a_file_that_changes_under_the_run_is_kept_as_it_was_read(folder: Folder) -> None:
    def slow(source: Source) -> Extraction:
        if source.name == "a.txt":
            (folder.plans / "c.txt").write_bytes((TEXT + "meanwhile").encode())
        return extract(source)

    run(expand([folder.plans]), folder.out, Settings(), Here(slow), V1)
    assert folder.tables() == folder.fresh()
    assert changed(folder.run()) == {"unchanged": 3}


# --- the files of the tables


def test_tables_that_were_changed_or_lost_are_written_again(folder: Folder) -> None:
    folder.run()
    before = folder.tables()
    (folder.out / "targets.csv").write_text("mine")
    (folder.out / "places.csv").unlink()
    assert len(folder.run().written) == len(TABLES) + 1
    assert folder.tables() == before


def test_another_format_is_written_without_work(folder: Folder) -> None:
    folder.run()
    summary = folder.run(formats=("jsonl",))
    assert folder.done == []
    assert {path.suffix for path in summary.written} == {".jsonl"}
    assert "targets.csv" in summary.warnings[0] and "not brought up to date" in summary.warnings[0]


def test_tables_of_an_older_schema_are_made_anew(folder: Folder) -> None:
    folder.run()
    with sqlite3.connect(folder.out / "chitieu.sqlite") as database:
        database.execute("DROP VIEW v_communes")
        database.execute("DROP TABLE places")
        database.execute("CREATE TABLE places (place_id TEXT PRIMARY KEY, doc_id TEXT)")
        database.execute("UPDATE run_meta SET value = 'older' WHERE key = 'tables'")
        database.execute("UPDATE run_meta SET value = '{}' WHERE key = 'published'")
    database.close()
    folder.run()
    assert folder.done == []
    with Store(folder.out, read_only=True) as store:
        assert store.counts()["places"] == 3
    with sqlite3.connect(folder.out / "chitieu.sqlite") as database:
        assert len(database.execute("SELECT candidates FROM places").fetchall()) == 3
        assert len(database.execute("SELECT * FROM v_communes").fetchall()) == 3


def test_the_database_has_the_rows_of_the_csv_files(folder: Folder) -> None:
    folder.put("bad.txt", "CRASH")
    folder.run()
    folder.put("b.txt", TEXT + "mới")
    folder.run()
    with sqlite3.connect(folder.out / "chitieu.sqlite") as database:
        for table in TABLES:
            with (folder.out / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
                ids = [row[table.primary_key] for row in csv.DictReader(stream)]
            found = database.execute(f"SELECT {table.primary_key} FROM {table.name}")
            assert sorted(ids) == sorted(one for (one,) in found)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# --- the store itself


def test_an_older_database_of_tables_becomes_a_store(folder: Folder) -> None:
    from sample_rows import extraction

    from extractor.tables.writing import write_sqlite

    write_sqlite([extraction()], folder.out)
    folder.run()
    assert folder.sources() == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_bytes(b"no database, " * 100), "file is not a database"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE mine (x)"), "is no store of chitieu"),
    ],
)
def test_a_file_that_is_no_store_is_left_alone(make: object, message: str, folder: Folder) -> None:
    folder.out.mkdir()
    path = folder.out / "chitieu.sqlite"
    make(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(OutputError, match=message):
        folder.run()
    assert path.read_bytes() == before


def test_a_store_of_a_newer_chitieu_is_left_alone(folder: Folder) -> None:
    folder.run()
    with sqlite3.connect(folder.out / "chitieu.sqlite") as database:
        database.execute("UPDATE run_meta SET value = '99' WHERE key = 'version'")
    database.close()
    with pytest.raises(OutputError, match="written by a newer chitieu"):
        folder.run()


def test_status_of_a_folder_without_a_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"holds no chitieu\.sqlite"):
        status_of(tmp_path, V1)


def test_two_runs_at_once_are_one_too_many(folder: Folder) -> None:
    folder.run()
    with only_writer(folder.out), pytest.raises(OutputError, match=rf"another run \(process {os.getpid()}\)"):
        folder.run()
    folder.run()


def test_the_log_says_how_a_run_was_called(folder: Folder) -> None:
    folder.run(noted={"paths": ["x"]})
    with Store(folder.out, read_only=True) as store:
        started, finished, options = store.last_run() or ("", "", {})
    assert started <= finished
    rules = {"reader": "r1", "extractor": "e1", "patterns": "p1", "gazetteer": "g1"}
    assert options == {"paths": ["x"], "versions": rules}


def test_all_code_that_makes_rows_is_in_their_fingerprint() -> None:
    """A module that is not would change rows, and a run would keep the old ones."""
    code = "import sys; from extractor import extract; extract('KẾ HOẠCH'); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    names = {name for name in ran.stdout.split() if name.startswith("extractor.")} - {"extractor.paths"}
    files = {name.removeprefix("extractor.").replace(".", "/") for name in names}
    missing = {
        f for f in files if not any(f == part.removesuffix(".py") or f.split("/")[0] == part for part in EXTRACTING)
    }
    assert missing == set()
