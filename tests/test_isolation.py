"""``extractor.running.isolation``: a file that hangs, crashes or eats memory costs only itself."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from word_files import big_word, borders, saved

from extractor import extract_files
from extractor.model import Reading, Source, Spot
from extractor.reading import ReadError
from extractor.running.isolation import IsolatedReader, read_here
from extractor.running.worker import pack_source, read_frame, unpack_source, write_frame

pytestmark = pytest.mark.alone


def small(text: str = "KẾ HOẠCH") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    return saved(document)


@pytest.fixture(scope="module")
def big() -> bytes:
    return big_word()


@pytest.fixture
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader(timeout=60) as made:
        yield made


def results(reader: IsolatedReader, path: Path) -> list[str]:
    return [found.text if isinstance(found, Source) else str(found) for found in reader(path, path.name)]


def put(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_a_child_reads_what_this_process_reads(tmp_path: Path, reader: IsolatedReader) -> None:
    document = docx.Document()
    borders(document.add_table(2, 2)).cell(1, 1).text = "ô"
    for name, data in {"a.docx": saved(document), "b.html": f"<html><p>{'Một ' * 40}</p>".encode(), "c.txt": b"Hai",
                       "d.docx": b"PK\x03\x04", "e.docx": small()}.items():  # fmt: skip
        path = put(tmp_path, name, data)
        mine, theirs = list(read_here(path, "x/" + name)), list(reader(path, "x/" + name))
        assert [str(f) for f in mine] == [str(f) for f in theirs]
        assert [f.sha256 for f in mine] == [f.sha256 for f in theirs]
    assert reader._child._worker is not None
    assert reader._child._worker.asked == 4  # one worker for all; plain text needs none


def test_a_source_crosses_whole() -> None:
    spots = (Spot(0, 3, 1, (0.1, 0.2, 0.3, 0.4), None, None, 0.9), Spot(4, 6, paragraph=2, cell=(1, 2, 3)))
    source = Source("x", "pdf", "0" * 64, Reading("Kế\ud800\U0001f600", ("w",), "r", 3, 0.5, True, spots))
    stream = io.BytesIO()
    write_frame(stream, pack_source(source))
    stream.seek(0)
    frame = read_frame(stream)
    assert frame is not None
    assert unpack_source(frame) == source
    assert read_frame(stream) is None
    assert read_frame(io.BytesIO(stream.getvalue()[:-1])) is None


def test_a_file_that_takes_too_long_is_stopped_and_the_next_is_read(tmp_path: Path, big: bytes) -> None:
    with IsolatedReader(timeout=0.2) as reader:
        (said,) = results(reader, put(tmp_path, "big.docx", big))
        assert said.startswith("big.docx: took longer to read than the limit of 0.2 s")
        assert results(reader, put(tmp_path, "small.docx", small())) == ["KẾ HOẠCH\n"]


def test_a_file_that_needs_too_much_memory_fails_and_the_next_is_read(tmp_path: Path, big: bytes) -> None:
    with IsolatedReader(memory=160 << 20) as reader:
        assert results(reader, put(tmp_path, "first.docx", small())) == ["KẾ HOẠCH\n"]
        (said,) = results(reader, put(tmp_path, "big.docx", big))
        assert said.startswith("big.docx: needs more memory to read than the limit of 160 MB")
        assert results(reader, put(tmp_path, "small.docx", small())) == ["KẾ HOẠCH\n"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signals here")
def test_a_reader_that_dies_is_named_and_the_next_file_is_read(
    tmp_path: Path, big: bytes, reader: IsolatedReader
) -> None:
    assert results(reader, put(tmp_path, "first.docx", small())) == ["KẾ HOẠCH\n"]
    assert reader._child._worker is not None
    pid = reader._child._worker._process.pid
    path = put(tmp_path, "big.docx", big)
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    (said,) = results(reader, path)
    assert said.startswith("big.docx: made its reader crash (SIGKILL)")
    assert results(reader, put(tmp_path, "small.docx", small())) == ["KẾ HOẠCH\n"]


def test_a_member_that_is_stopped_costs_a_zip_file_only_itself(tmp_path: Path, big: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in {"a.docx": small("A"), "b.docx": big, "c.docx": small("C")}.items():
            archive.writestr(name, data)
    with IsolatedReader(timeout=0.5) as reader:
        first, second, third = reader(put(tmp_path, "plans.zip", stream.getvalue()), "plans.zip")
    assert isinstance(first, Source) and first.text == "A\n"
    assert isinstance(second, ReadError) and second.name == "plans.zip!/b.docx" and second.sha256
    assert isinstance(third, Source) and third.name == "plans.zip!/c.docx"


def test_the_worker_ends_with_its_reader(tmp_path: Path) -> None:
    with IsolatedReader() as reader:
        results(reader, put(tmp_path, "a.docx", small()))
        assert reader._child._worker is not None
        process = reader._child._worker._process
        assert process.poll() is None
    assert process.poll() is not None


def test_plain_text_starts_no_child(tmp_path: Path, reader: IsolatedReader) -> None:
    assert results(reader, put(tmp_path, "a.txt", "Kế hoạch".encode())) == ["Kế hoạch"]
    assert results(reader, put(tmp_path, "b.md", b"# a")) == ["a\n"]
    assert results(reader, tmp_path / "none.txt")[0].startswith("none.txt: does not exist")
    assert reader._child._worker is None


def test_asking_a_worker_is_cheap(tmp_path: Path, reader: IsolatedReader) -> None:
    path = put(tmp_path, "a.docx", small())
    results(reader, path)
    start = time.perf_counter()
    for _ in range(20):
        results(reader, path)
    asked = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(20):
        list(read_here(path, path.name))
    assert asked < 3 * (time.perf_counter() - start) + 1


def test_extract_files_can_isolate(tmp_path: Path) -> None:
    put(tmp_path, "a.docx", small("Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới."))
    here, there = extract_files([tmp_path]), extract_files([tmp_path], isolate=True)
    assert [t.quote for t in there.extractions[0].targets] == ["04 xã đạt chuẩn nông thôn mới"]
    assert here == there
