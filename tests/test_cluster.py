"""``extractor.running.cluster``: the same rows as on one machine, whoever works on them and whatever dies meanwhile."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dask
import docx
import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from distributed import Client, LocalCluster
from typer.testing import CliRunner, Result
from word_files import saved

from extractor.cli import app
from extractor.running import batch
from extractor.running.cluster import ClusterError, ClusterSummary, PartProgress, _Run, run_on_dask
from extractor.running.fingerprint import rules_key, versions
from extractor.running.inputs import InputError, expand
from extractor.running.partitions import partitions
from extractor.running.parts import RECORDS, Job, make_part
from extractor.running.pool import Pool
from extractor.running.urls import StoredFile, list_files
from extractor.tables.files import OutputError
from extractor.tables.schema import TABLES
from extractor.tables.writing import arrow_schema

pytestmark = pytest.mark.alone

CORPUS = Path(__file__).parent.parent / "corpus"
FORMATS = ("parquet", "csv", "jsonl")
PART = 12_000  # bytes: some documents a part, so that a few documents make many parts
TIMEOUT = 60.0

Here = Callable[..., ClusterSummary]


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def lay(folder: Path) -> Path:
    """Some twenty documents: text, Word, a zip file, copies of others near and far, and files that are broken."""
    folder.mkdir(parents=True)
    texts = sorted((CORPUS / "documents").glob("*.txt")) + sorted((CORPUS / "own2" / "documents").glob("*.txt"))
    for number, path in enumerate(texts):
        place = folder / str(2019 + number % 4)
        place.mkdir(exist_ok=True)
        shutil.copyfile(path, place / path.name)
    plan = texts[0].read_bytes().decode("utf-8-sig")
    (folder / "2020" / "plan.docx").write_bytes(word(*plan.splitlines()))
    (folder / "2019" / "again.txt").write_bytes(texts[0].read_bytes())  # a copy, before it
    (folder / "zz again.docx").write_bytes((folder / "2020" / "plan.docx").read_bytes())  # a copy, parts behind it
    (folder / "zz same.md").write_bytes(texts[3].read_bytes())  # would be saved as a text, were it not a copy
    (folder / "broken.docx").write_bytes(b"PK\x03\x04....")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "zz empty too.txt").write_bytes(b"")
    (folder / ".hidden.txt").write_text("hidden")
    with zipfile.ZipFile(folder / "year.zip", "w") as archive:
        archive.writestr("in/a.txt", texts[1].read_bytes())
        archive.writestr("in/b.docx", word("Phấn đấu năm 2024 có thêm 02 xã đạt chuẩn nông thôn mới."))
        archive.writestr("in/c.pdf", b"%PDF-1.4 broken")
    return folder


def tree(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def tables(out: Path) -> dict[str, bytes]:
    """The files that one machine writes too."""
    return {name: data for name, data in tree(out).items() if name.startswith("text/") or "/" not in name}


def rows(out: Path) -> dict[str, pa.Table]:
    return {table.name: ds.dataset(out / table.name, format="parquet").to_table() for table in TABLES}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay(tmp_path_factory.mktemp("given") / "plans")


@pytest.fixture
def texts(plans: Path, tmp_path: Path) -> Path:
    """Those of the documents that are plain text, to be changed."""
    folder = tmp_path / "plans"
    shutil.copytree(plans, folder, ignore=shutil.ignore_patterns("*.docx", "*.zip"))
    return folder


@pytest.fixture(scope="module")
def one_machine(plans: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, batch.RunSummary]:
    out = tmp_path_factory.mktemp("local")
    with Pool(2, timeout=TIMEOUT) as engine:
        summary = batch.run(expand([plans]), out, batch.Settings(FORMATS[1:]), engine, versions())
    return out, summary


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with local_cluster(2) as made:
        yield made


def local_cluster(workers: int, **options: Any) -> LocalCluster:
    return LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers,
        **{"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL, **options},
    )


@pytest.fixture(scope="module")
def go(cluster: LocalCluster) -> Here:
    """``run_on_dask`` on two workers, in small parts."""

    def run(paths: Iterable[Path | str], out: Path | str, **options: Any) -> ClusterSummary:
        formats = options.pop("formats", FORMATS)
        given = {"scheduler": cluster.scheduler_address, "part_bytes": PART, "file_timeout": TIMEOUT, **options}
        return run_on_dask(list(paths), out, formats, **given)

    return run


@pytest.fixture(scope="module")
def done(plans: Path, go: Here, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ClusterSummary]:
    out = tmp_path_factory.mktemp("cluster")
    return out, go([plans], out)


# --- the same rows


def test_csv_json_and_texts_are_those_of_one_machine(
    done: tuple[Path, ClusterSummary], one_machine: tuple[Path, batch.RunSummary]
) -> None:
    mine, theirs = tables(done[0]), tables(one_machine[0])
    del mine["_manifest.json"], theirs["chitieu.sqlite"], theirs[".chitieu.lock"]
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] != theirs[name]] == []
    assert any(name.startswith("text/") for name in mine)


def test_summary_is_that_of_one_machine(
    done: tuple[Path, ClusterSummary], one_machine: tuple[Path, batch.RunSummary]
) -> None:
    mine, theirs = done[1], one_machine[1]
    assert mine.documents == theirs.documents
    assert mine.documents["skipped"] == 5 and mine.documents["failed"] == 3
    assert (mine.rows, mine.flags, mine.problems) == (theirs.rows, theirs.flags, theirs.problems)
    assert mine.exit_code == theirs.exit_code == 3
    assert mine.texts == tuple(path.name for path in theirs.texts)
    assert mine.parts > 6


def test_nothing_depends_on_the_number_of_workers(
    plans: Path, done: tuple[Path, ClusterSummary], tmp_path: Path
) -> None:
    with local_cluster(1, threads_per_worker=3, processes=False) as one:
        run_on_dask([plans], tmp_path, FORMATS, scheduler=one.scheduler_address, part_bytes=PART, file_timeout=TIMEOUT)
    assert tree(tmp_path) == tree(done[0])


def test_without_a_scheduler_this_machine_is_the_cluster(plans: Path, tmp_path: Path) -> None:
    summary = run_on_dask([plans / "2021"], tmp_path / "out")
    assert summary.documents["ok"] == summary.rows["documents"] > 3
    assert not list((tmp_path / "out").glob("*.csv"))


def test_a_worker_that_is_killed_costs_nothing(
    plans: Path, go: Here, cluster: LocalCluster, done: tuple[Path, ClusterSummary], tmp_path: Path
) -> None:
    killed: list[int] = []
    with Client(cluster) as client:  # type: ignore[no-untyped-call]
        pids = client.run(os.getpid)

        def kill(step: PartProgress) -> None:
            busy = [worker for worker, tasks in client.processing().items() if tasks]
            if not killed and step.done < step.total / 2 and busy:
                killed.append(pids[busy[0]])
                os.kill(pids[busy[0]], signal.SIGKILL)

        summary = go([plans], tmp_path, progress=kill)
        client.wait_for_workers(2)
        assert killed and killed[0] not in client.run(os.getpid).values()
    assert tree(tmp_path) == tree(done[0])
    assert summary == replaced(done, tmp_path)


def replaced(done: tuple[Path, ClusterSummary], out: Path) -> ClusterSummary:
    """What was said of a run, with another output folder."""
    return replace(done[1], written=tuple(path.replace(str(done[0]), str(out)) for path in done[1].written))


# --- the parts as data sets


def test_parts_are_a_data_set_of_the_schema(done: tuple[Path, ClusterSummary]) -> None:
    import dask.dataframe as dd
    import duckdb

    out, summary = done
    for table in TABLES:
        found = ds.dataset(out / table.name, format="parquet")
        assert found.schema.equals(arrow_schema(table))
        assert found.count_rows() == summary.rows[table.name]
        assert len(dd.read_parquet(str(out / table.name / "*.parquet"))) == summary.rows[table.name]
        query = f"select count(*), count(distinct {table.primary_key}) from '{out / table.name}/*.parquet'"
        assert duckdb.sql(query).fetchall() == [(summary.rows[table.name],) * 2]


def test_rows_of_the_parts_are_in_order(done: tuple[Path, ClusterSummary]) -> None:
    sources = rows(done[0])["documents"]["source"].to_pylist()
    assert sources == sorted(sources, key=lambda name: name.split("!/"))


def test_manifest_names_the_parts(done: tuple[Path, ClusterSummary]) -> None:
    out, summary = done
    manifest = json.loads((out / "_manifest.json").read_text())
    assert len(manifest["parts"]) == summary.parts
    assert manifest["documents"] == summary.documents and manifest["rows"] == summary.rows
    for table in manifest["tables"]:
        assert sorted(path.stem for path in (out / table).iterdir()) == manifest["parts"]


# --- what is done is not done again


def test_only_what_changed_is_computed_again(texts: Path, go: Here, tmp_path: Path) -> None:
    folder, out = texts, tmp_path / "out"
    first = go([folder], out)
    assert first.reused == 0
    before = tree(out)
    again = go([folder], out)
    assert again.reused == again.parts == first.parts
    assert tree(out) == before

    # A large file in front, and one away: the parts behind them get other numbers, and most of them keep their rows.
    (folder / "2018").mkdir()
    (folder / "2018" / "new.txt").write_bytes(b"K\xe1\xba\xbf ho\xe1\xba\xa1ch\n" * 4000)
    (folder / "2019" / "again.txt").unlink()
    (out / RECORDS / ".part-00000-0123456789abcdef.json.abcd.tmp").write_bytes(b"left by a worker that was killed")
    (out / "targets" / "part-00077-0123456789abcdef.parquet").write_bytes(b"left by a run that was killed")
    (out / "targets" / "notes.parquet").write_bytes(b"not ours")
    changed = go([folder], out)
    assert 0 < changed.reused < changed.parts
    assert not list(out.glob("*/part-00077*")) and not list(out.rglob("*.tmp"))
    assert (out / "targets" / "notes.parquet").read_bytes() == b"not ours"
    (out / "targets" / "notes.parquet").unlink()
    go([folder], tmp_path / "fresh")
    assert tree(out) == tree(tmp_path / "fresh")


def test_a_part_of_which_a_file_is_gone_is_made_again(plans: Path, go: Here, tmp_path: Path) -> None:
    first = go([plans / "2021"], tmp_path, formats=("parquet",))
    before = tree(tmp_path)
    next((tmp_path / "places").iterdir()).unlink()
    next((tmp_path / RECORDS).iterdir()).write_bytes(b"{}")
    assert go([plans / "2021"], tmp_path, formats=("parquet",)).reused >= first.parts - 2
    assert tree(tmp_path) == before
    assert go([plans / "2021"], tmp_path, formats=("parquet",), fresh=True).reused == 0
    assert tree(tmp_path) == before


def test_a_run_that_was_stopped_goes_on_where_it_was(texts: Path, go: Here, tmp_path: Path) -> None:
    out = tmp_path / "out"

    class Stop(Exception):
        pass

    def stop(step: PartProgress) -> None:
        if step.done > step.total / 2:
            raise Stop

    with pytest.raises(Stop):
        go([texts], out, progress=stop)
    assert not (out / "_manifest.json").exists()
    summary = go([texts], out)
    assert summary.reused >= 2
    go([texts], tmp_path / "whole")
    assert tree(out) == tree(tmp_path / "whole")


def test_a_longer_limit_tries_again_what_failed(go: Here, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Kế hoạch", encoding="utf-8")
    go([tmp_path / "in"], tmp_path / "out", formats=["parquet"], file_timeout=5)
    assert go([tmp_path / "in"], tmp_path / "out", formats=["parquet"], file_timeout=6).reused == 1
    (tmp_path / "in" / "a.txt").write_bytes(b"")
    go([tmp_path / "in"], tmp_path / "out", formats=["parquet"], file_timeout=5)
    assert go([tmp_path / "in"], tmp_path / "out", formats=["parquet"], file_timeout=5).reused == 1
    assert go([tmp_path / "in"], tmp_path / "out", formats=["parquet"], file_timeout=6).reused == 0


# --- one document's trouble


def test_a_document_that_hangs_its_reader_fails_alone(go: Here, tmp_path: Path) -> None:
    many = "<w:p><w:r><w:t>Phấn đấu có 09 xã đạt chuẩn nông thôn mới</w:t></w:r></w:p>" * 150_000
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.docx").write_bytes(word("Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn."))
    (tmp_path / "small.docx").write_bytes(word("x"))
    with (
        zipfile.ZipFile(tmp_path / "small.docx") as old,
        zipfile.ZipFile(tmp_path / "in" / "big.docx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "word/document.xml":
                content = content.replace(b"<w:sectPr", many.encode() + b"<w:sectPr", 1)
            new.writestr(item.filename, content)
    summary = go([tmp_path / "in"], tmp_path / "out", file_timeout=0.5)
    assert summary.problems[0][:2] == ("big.docx", "failed")
    assert "took longer to read than the limit of 0.5 s" in summary.problems[0][2]
    assert (summary.documents["ok"], summary.rows["targets"]) == (1, 1)


def test_a_document_that_no_worker_survives_fails_alone(tmp_path: Path) -> None:
    few(tmp_path / "in")
    # Plain text is read in the worker itself, and this much of it needs more memory than these workers have.
    (tmp_path / "in" / "2 big.txt").write_bytes("Kế hoạch năm 2021 ".encode() * 2_900_000)
    (tmp_path / "in" / "9 copy.txt").write_bytes((tmp_path / "in" / "0.txt").read_bytes())
    once = {"distributed.scheduler.allowed-failures": 0, "distributed.worker.memory.pause": False}
    with dask.config.set(once), local_cluster(1, memory_limit="520MB") as small:
        summary = run_on_dask([tmp_path / "in"], tmp_path / "out", scheduler=small.scheduler_address, fresh=True)
    assert summary.documents == {"ok": 4, "partial": 0, "failed": 1, "skipped": 1}
    (name, status, reason), _ = summary.problems
    assert (name, status) == ("2 big.txt", "failed")
    assert "2 big.txt: made every worker that tried it crash or run out of memory. Split it" in reason
    found = rows(tmp_path / "out")["documents"].to_pylist()
    assert [row["source"] for row in found] == ["0.txt", "1.txt", "2 big.txt", "2.txt", "3.txt"]
    assert all(len(row["sha256"]) == 64 for row in found)


class _InThisProcess:
    """Does the work of a cluster here, one task after the other, with something in between."""

    def __init__(self, between: Callable[[Any], None]) -> None:
        self.between = between

    def each(self, work: Callable[[Any], Any], orders: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        for order in list(orders):
            if work is make_part:
                self.between(order)
            yield order, work(order)

    survivors = each


def steps(folder: Path, out: Path, between: Callable[[Any], None]) -> ClusterSummary:
    rules = rules_key()
    job = Job(str(out), rules, None, ("csv",), False, TIMEOUT, ())
    run = _Run(_InThisProcess(between), job, partitions(list_files([folder]).files, rules, 4_000), lambda _: None)  # type: ignore[arg-type]
    run.make({})
    return run.publish((), run.join())


def few(folder: Path) -> list[Path]:
    """Four documents, one a part."""
    folder.mkdir()
    paths = []
    for number, path in enumerate(sorted((CORPUS / "own2" / "documents").glob("*.txt"))[:4]):
        paths.append(folder / f"{number}.txt")
        shutil.copyfile(path, paths[-1])
    return paths


def test_a_file_that_becomes_anothers_copy_while_the_run_goes_on(tmp_path: Path) -> None:
    first, *_, last = few(tmp_path / "in")
    changed: list[str] = []

    def between(order: Any) -> None:
        if not changed and order.files[0].name != first.name:
            changed.append(order.stem)
            last.write_bytes(first.read_bytes())

    summary = steps(tmp_path / "in", tmp_path / "out", between)
    assert summary.problems == (
        ("3.txt", "skipped", "3.txt: has the same content as 0.txt: its rows stand under that name"),
    )
    found = rows(tmp_path / "out")
    assert found["documents"]["source"].to_pylist() == ["0.txt", "1.txt", "2.txt"]
    assert len(set(found["sections"]["section_id"].to_pylist())) == found["sections"].num_rows


def test_a_copy_whose_original_changes_while_the_run_goes_on_keeps_its_rows(tmp_path: Path) -> None:
    first, *_, last = few(tmp_path / "in")
    last.write_bytes(first.read_bytes())
    changed: list[str] = []

    def between(order: Any) -> None:
        if not changed:
            changed.append(order.stem)
            first.write_text("KẾ HOẠCH\nPhấn đấu có thêm 03 xã đạt chuẩn.\n", encoding="utf-8")

    summary = steps(tmp_path / "in", tmp_path / "out", between)
    assert summary.documents == {"ok": 4, "partial": 0, "failed": 0, "skipped": 0}
    assert rows(tmp_path / "out")["documents"]["source"].to_pylist() == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_files_that_never_stay_as_they_are_stop_the_run(tmp_path: Path) -> None:
    first, *_, last = few(tmp_path / "in")

    def between(order: Any) -> None:
        if order.files[0].name == last.name:
            last.write_bytes(last.read_bytes() + b".") if order.owners else last.write_bytes(first.read_bytes())

    with pytest.raises(ClusterError, match="files change while they are read"):
        steps(tmp_path / "in", tmp_path / "out", between)
    assert not (tmp_path / "out" / "_manifest.json").exists()


def test_a_file_that_vanishes_has_a_failed_row(tmp_path: Path) -> None:
    paths = few(tmp_path / "in")
    summary = steps(tmp_path / "in", tmp_path / "out", lambda order: paths[2].unlink(missing_ok=True))
    assert [problem[:2] for problem in summary.problems] == [("2.txt", "failed")]
    assert "does not exist (any more)" in summary.problems[0][2]


# --- parts


def listed(names: Iterable[str], size: int = 12_000) -> list[StoredFile]:
    return [StoredFile(f"/x/{name}", name, size, "1") for name in sorted(names)]


def test_a_new_file_moves_the_borders_of_the_parts_near_it_only() -> None:
    names = [f"{number:05d}.txt" for number in range(20_000)]
    before = {part.base for part in partitions(listed(names), "r")}
    after = partitions(listed([*names, "00500a.txt"]), "r")
    assert len({part.base for part in after} - before) <= 3
    assert [file for part in after for file in part.files] == listed([*names, "00500a.txt"])


def test_parts_are_of_some_size() -> None:
    names = [f"{number:05d}.txt" for number in range(20_000)]
    sizes = [sum(file.size for file in part.files) for part in partitions(listed(names), "r")]
    assert all(500_000 <= size <= 2_200_000 for size in sizes[:-1])
    assert max(len(part.files) for part in partitions(listed(names, 10), "r")) <= 256
    pages = [name.replace(".txt", ".pdf") for name in names]
    assert len(partitions(listed(pages), "r")) > 2 * len(sizes)


def test_a_part_is_another_with_other_content_or_rules() -> None:
    (one,) = partitions(listed("ab"), "r")
    for files, rules in ((listed("ab"), "s"), (listed("ac"), "r"), (listed("ab", 1), "r")):
        assert partitions(files, rules)[0].base != one.base
    moved = [StoredFile(f"s3://y/{file.name}", file.name, file.size, file.mark) for file in listed("ab")]
    assert partitions(moved, "r")[0].base == one.base


# --- other stores than a disk


def laid_few(folder: Path) -> Path:
    """A folder of each kind of name that is or is no document's."""
    few(folder)
    (folder / "2020" / "sub").mkdir(parents=True)
    (folder / "2020" / "sub" / "plan số 1.docx").write_bytes(word("Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn."))
    for name in (".hidden/x.txt", "2020/.x.txt", "2020/~$plan.docx", "2020/notes.org"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    with zipfile.ZipFile(folder / "year.ZIP", "w") as archive:
        archive.writestr("a.txt", (folder / "0.txt").read_bytes())
    return folder


def test_files_of_a_store_have_the_names_of_those_of_a_disk(memory: str, tmp_path: Path) -> None:
    folder = laid_few(tmp_path / "in")
    fsspec.filesystem("memory").put(f"{folder}/", memory + "/in/", recursive=True)
    for paths in (["in"], ["in/2020", "in/0.txt"], ["in", "in/2020/sub", "in/1.txt"], ["in/2020/notes.org"]):
        theirs = expand([tmp_path / path for path in paths])
        mine = list_files([f"{memory}/{path}" for path in paths])
        assert [file.name for file in mine.files] == [file.name for file in theirs.files]
        assert [file.url for file in mine.files] == [
            f"{memory}/{file.path.relative_to(tmp_path).as_posix()}" for file in theirs.files
        ]
    (tmp_path / "other" / "in").mkdir(parents=True)
    (tmp_path / "other" / "in" / "0.txt").write_bytes(b"x")
    both = list_files([tmp_path / "other", memory + "/in/0.txt", f"file://{tmp_path}/other/in", memory + "/in/1.txt"])
    assert [file.name for file in both.files] == ["0.txt", "1.txt", "in/0.txt"]
    both = list_files([tmp_path / "other" / "in", memory + "/in/0.txt"])
    assert [file.name for file in both.files] == ["other/in/0.txt", f"{tmp_path.name}/in/0.txt"]
    with pytest.raises(InputError, match="nowhere does not exist"):
        list_files([memory + "/nowhere"])


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[str]:
    """A folder in this process's memory."""
    url = f"memory://{tmp_path.name}"
    yield url
    fsspec.filesystem("memory").rm(url, recursive=True)


def test_a_store_that_is_no_disk_gets_the_same_files(memory: str, tmp_path: Path) -> None:
    folder = laid_few(tmp_path / "in")
    store = fsspec.filesystem("memory")
    store.put(f"{folder}/", memory + "/in/", recursive=True)
    with local_cluster(1, processes=False) as one:
        for given, out in ((memory + "/in", memory + "/out"), (str(folder), str(tmp_path / "out"))):
            run_on_dask([given], out, FORMATS, scheduler=one.scheduler_address, part_bytes=4_000)
        again = run_on_dask(
            [memory + "/in"], memory + "/out", FORMATS, scheduler=one.scheduler_address, part_bytes=4_000
        )
    assert again.reused == again.parts > 3
    store.get(memory + "/out/", f"{tmp_path}/got/", recursive=True)
    mine, theirs = tables(tmp_path / "got"), tables(tmp_path / "out")
    # The parts are named for the files' marks, which a disk and a memory give each its own.
    del mine["_manifest.json"], theirs["_manifest.json"]
    assert mine == theirs


@dataclass(frozen=True, slots=True)
class Server:
    """A store in the network: its URL, the folder that it serves, and what may be done there."""

    url: str
    root: Path
    allowed: Any


@pytest.fixture
def ftp(tmp_path: Path) -> Iterator[Server]:
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer

    logging.getLogger("pyftpdlib").setLevel(logging.ERROR)
    root = tmp_path / "served"
    root.mkdir()
    allowed = DummyAuthorizer()
    allowed.add_anonymous(str(root), perm=MAY)
    server = FTPServer(("127.0.0.1", 0), type("Handler", (FTPHandler,), {"authorizer": allowed}))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.serve_forever(timeout=0.05, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    yield Server(f"ftp://127.0.0.1:{server.address[1]}", root, allowed)
    stop.set()
    thread.join()
    server.close_all()


MAY = "elradfmwMT"  # what a user may do at the server; r: get files


@pytest.mark.filterwarnings("ignore:write permissions assigned to anonymous user")
def test_workers_read_and_write_over_a_network(ftp: Server, go: Here, tmp_path: Path) -> None:
    folder, out = laid_few(ftp.root / "in"), ftp.root / "out"
    small = {"part_bytes": 4_000, "formats": ("csv",)}
    first = go([ftp.url + "/in"], ftp.url + "/out", **small)
    assert (first.documents["ok"], first.documents["skipped"], first.documents["failed"]) == (5, 1, 0)
    go([folder], tmp_path / "out", **small)
    mine, theirs = tables(out), tables(tmp_path / "out")
    # The parts are named for the files' marks, which a disk and a server give each its own.
    del mine["_manifest.json"], theirs["_manifest.json"]
    assert mine == theirs

    # A file in front: the parts behind it are carried to other numbers inside the store.
    (folder / "00.txt").write_text("KẾ HOẠCH\nPhấn đấu có thêm 03 xã đạt chuẩn.\n" * 300, encoding="utf-8")
    second = go([ftp.url + "/in"], ftp.url + "/out", **small)
    assert second.parts == first.parts + 1 and second.reused >= first.parts - 1
    assert not list(out.rglob("*.tmp"))
    go([folder], tmp_path / "out", **small)
    assert tables(out)["targets.csv"] == tables(tmp_path / "out")["targets.csv"]
    assert rows(out)["targets"].equals(rows(tmp_path / "out")["targets"])


@pytest.mark.filterwarnings("ignore:write permissions assigned to anonymous user")
def test_a_file_that_its_store_does_not_give_is_tried_again(ftp: Server, go: Here, tmp_path: Path) -> None:
    few(ftp.root / "in")
    ftp.allowed.override_perm("anonymous", str(ftp.root / "in"), MAY.replace("r", ""), recursive=True)
    summary = go([ftp.url + "/in"], tmp_path / "out")
    assert summary.documents["failed"] == 4
    assert "0.txt: cannot be fetched: " in summary.problems[0][2]
    ftp.allowed.override_perm("anonymous", str(ftp.root / "in"), MAY, recursive=True)
    assert go([ftp.url + "/in"], tmp_path / "out").documents["ok"] == 4


# --- what stops a run


def test_a_missing_package_is_named_with_its_extra(tmp_path: Path) -> None:
    # An interpreter that cannot find the package: it looks for it as one without the extra does.
    code = (
        "import sys, importlib.machinery as m\n"
        "class Without(m.PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name == 'distributed' else super().find_spec(name, path, target)\n"
        "sys.meta_path = [Without if f is m.PathFinder else f for f in sys.meta_path]\n"
        "from extractor.running.cluster import ClusterError, run_on_dask\n"
        f"try: run_on_dask([{str(CORPUS)!r}], {str(tmp_path)!r})\n"
        "except ClusterError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "a cluster needs distributed. Install: pip install 'chitieu[dask]'\n"


def test_a_scheduler_that_is_not_there_is_named(plans: Path, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127\.0\.0\.1:1: .*Check the address"):
        run_on_dask([plans], tmp_path, scheduler="tcp://127.0.0.1:1", patience=1)


def test_a_cluster_without_workers_is_named(plans: Path, tmp_path: Path) -> None:
    with local_cluster(0) as none, pytest.raises(ClusterError, match="has no worker, even after 1 s"):
        run_on_dask([plans], tmp_path, scheduler=none.scheduler_address, patience=1)


def test_a_scheduler_that_goes_away_stops_the_run(texts: Path, tmp_path: Path) -> None:
    soon = {"distributed.comm.timeouts.connect": "1s"}
    with dask.config.set(soon), local_cluster(1, processes=False) as one:

        def close(step: PartProgress) -> None:
            one.sync(one.scheduler.close)

        with pytest.raises(ClusterError, match=r"Run again: the parts that are done stay done"):
            run_on_dask(
                [texts], tmp_path / "out", scheduler=one.scheduler_address, part_bytes=PART, progress=close, patience=2
            )
    assert list((tmp_path / "out" / RECORDS).glob("*.json"))


def test_formats_that_a_cluster_cannot_write_are_named(plans: Path, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"cannot write sqlite, xlsx, only parquet, csv, jsonl\. Write Parquet"):
        run_on_dask([plans], tmp_path / "out", ("csv", "sqlite", "xlsx"))
    assert not (tmp_path / "out").exists()


def test_inputs_and_output_that_are_not_there_are_named(plans: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere does not exist"):
        run_on_dask([plans / "nowhere"], tmp_path)
    with pytest.raises(InputError, match="chain of URLs"):
        run_on_dask(["zip://x.txt::file:///a.zip"], tmp_path)
    with pytest.raises(InputError, match="nostore://x cannot be opened: Protocol not known: nostore"):
        run_on_dask(["nostore://x"], tmp_path)
    with pytest.raises(OutputError, match="nostore://x cannot be opened"):
        run_on_dask([plans], "nostore://x")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        run_on_dask([plans], plans / "empty.txt")


def test_a_worker_with_other_patterns_than_the_client_is_found_out(go: Here, plans: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "own.yaml"
    own.parent.mkdir()
    entry = (
        "concern: unit\nentries:\n- id: unit.own.zzz\n  phrase: zắc\n  means: {class: count}\n  why: a test\n"
        '  yes: ["Phấn đấu có thêm [04 zắc|unit=zắc]"]\n'
    )
    own.write_text(entry, encoding="utf-8")
    (tmp_path / "a.txt").write_text("Phấn đấu năm 2023 có thêm 04 zắc.", encoding="utf-8")
    go([tmp_path / "a.txt"], tmp_path / "out", patterns_dir=own.parent)
    assert rows(tmp_path / "out")["targets"]["unit"].to_pylist() == ["zắc"]
    own.write_text(entry.replace("a test", "another"), encoding="utf-8")
    with pytest.raises(ClusterError, match=r"has other rules than the client .* restart the workers"):
        go([tmp_path / "a.txt", plans / "2021"], tmp_path / "out", patterns_dir=own.parent)


def test_a_store_that_takes_no_more_is_named(plans: Path, go: Here, tmp_path: Path) -> None:
    (tmp_path / "targets").write_text("a file where a folder must be")
    with pytest.raises((ClusterError, OutputError), match="cannot be written"):
        go([plans / "2021"], tmp_path)


# --- the command


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["run", *map(str, arguments)])


def test_the_command_runs_on_a_cluster(
    texts: Path, one_machine: tuple[Path, batch.RunSummary], cluster: LocalCluster, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = ["--engine", "dask", "--scheduler", cluster.scheduler_address, "--format", "csv"]
    result = command(texts, "--out", out, *options)
    assert result.exit_code == 3, result.output
    assert "Parts      " in result.stdout and "of which 0 were there before" in result.stdout
    assert "Written    " in result.stdout
    with Pool(1) as engine:
        batch.run(expand([texts]), tmp_path / "local", batch.Settings(("csv",)), engine, versions())
    for path in (tmp_path / "local").glob("*.csv"):
        assert path.read_bytes() == (out / path.name).read_bytes()
    again = command(texts, "--out", out, *options, "--log-format", "json")
    events = [json.loads(line)["event"] for line in again.stderr.splitlines() if line.startswith("{")]
    assert (events[0], events[-1], again.stdout) == ("run_started", "run_finished", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engine", "spark"], "--engine: spark; the engines are local, dask."),
        (["--engine", "dask", "--to", "postgresql://x"], "--to is for one machine"),
        (["--engine", "dask", "--format", "xlsx"], "a cluster cannot write xlsx"),
    ],
)
def test_the_command_says_what_a_cluster_cannot(options: list[str], message: str, texts: Path, tmp_path: Path) -> None:
    result = command(texts, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_a_url_needs_the_cluster(tmp_path: Path) -> None:
    result = command("s3://plans/2021", "--out", tmp_path / "out")
    assert (result.exit_code, "s3://plans/2021 is a URL: --engine dask" in result.output) == (2, True)
