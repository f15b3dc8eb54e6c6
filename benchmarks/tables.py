"""A million rows of ``targets``: Parquet against polars, PostgreSQL against a bare COPY, in one run.

Use:  .venv/bin/python benchmarks/tables.py [ROWS]      (default 1000000; DATABASE_URL, or a server of its own)
      … benchmarks/tables.py ROWS FILE [RUNS]           first writes and loads beside one other; all seconds, as JSON

The rows are those of the corpus, over and over with other ids, offsets, values, dates and words. Everything is
repeated in turns, ours and theirs side by side, and medians are printed. Absolute figures move with the machine; read
the ratios.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import polars
import psycopg

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from postgres_server import server  # noqa: E402

from extractor import extract_files  # noqa: E402
from extractor.tables import postgres_schema  # noqa: E402
from extractor.tables.postgres import load  # noqa: E402
from extractor.tables.rows import columns_of  # noqa: E402
from extractor.tables.schema import BY_NAME, TABLES, TARGETS  # noqa: E402
from extractor.tables.sqlite import sqlite_schema  # noqa: E402
from extractor.tables.writing import ParquetFile, arrow_table  # noqa: E402

_A_DOCUMENT = 100
_BATCH = 20_000
_REPEATS = 3
_SCHEMA = "chitieu_benchmark"
Seconds = dict[str, list[float]]  # of each run, by what was run


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows of ``targets`` as the writers get them, document by document."""
    folders = [ROOT / "corpus" / "documents", *sorted((ROOT / "corpus").glob("own*/documents"))]
    batch = extract_files(folders if count >= 10_000 else folders[:1])
    patterns = list(zip(*columns_of(TARGETS, list(batch)), strict=True))
    at = {name: index for index, name in enumerate(TARGETS.names)}
    for number in range(count):
        # A multiple of an odd number: ids in no order, as hashes are.
        document = f"{(number // _A_DOCUMENT + 1) * 0x9E3779B97F4A7C15 % 2**64:016x}"
        place = number % _A_DOCUMENT
        row = list(patterns[number * 7 % len(patterns)])
        row[at["target_id"]], row[at["doc_id"]] = f"{document}-t{place * 137}", document
        row[at["section_id"]] = f"{document}-s{place // 10 * 1000}"
        row[at["deadline_id"]] = None
        row[at["start"]], row[at["end"]] = place * 137, place * 137 + len(row[at["quote"]])
        row[at["number_start"]], row[at["number_end"]] = place * 137, place * 137 + 3
        row[at["value"]] = row[at["value_base"]] = f"{number % 9973}.{number % 7}" if number % 3 else str(number % 997)
        row[at["quote"]] = f"{row[at['quote']]} {number % 4999}"
        row[at["due_date"]] = f"{2020 + number % 11}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        row[at["confidence"]] = number % 101 / 100
        yield tuple(row)


def _timed(
    work: dict[str, Callable[[], object]], repeats: int, before: Callable[[str], object] = lambda name: None
) -> Seconds:
    seconds: Seconds = {name: [] for name in work}
    for _ in range(repeats):
        for name, one in work.items():
            before(name)
            begin = time.perf_counter()
            one()
            seconds[name].append(time.perf_counter() - begin)
    return seconds


def _medians(seconds: Seconds) -> dict[str, float]:
    return {name: statistics.median(times) for name, times in seconds.items()}


def _print(title: str, seconds: dict[str, float], theirs: list[str]) -> None:
    print(f"\n{title}")
    for name, one in seconds.items():
        ratios = "".join(f"{one / seconds[their]:8.2f}×" for their in theirs)
        print(f"  {name:64}{one:8.2f} s{ratios}")


def _peak() -> float:
    """Peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- Parquet


def _parquet(folder: Path, rows: list[tuple[Any, ...]], repeats: int, brief: bool) -> Seconds:
    batches = [
        [list(column) for column in zip(*rows[i : i + _BATCH], strict=True)] for i in range(0, len(rows), _BATCH)
    ]
    arrow = arrow_table(TARGETS, [list(column) for column in zip(*rows, strict=True)])
    frame = polars.from_arrow(arrow)
    assert isinstance(frame, polars.DataFrame)

    def ours() -> None:
        file = ParquetFile(folder / "ours.parquet", TARGETS)
        for cells in batches:
            file.write(arrow_table(TARGETS, cells))
        file.finish()

    def ours_of_the_frame() -> None:
        file = ParquetFile(folder / "frame.parquet", TARGETS)
        for i in range(0, len(rows), _BATCH):
            file.write(arrow.slice(i, _BATCH))
        file.finish()

    def theirs() -> None:
        frame.write_parquet(folder / "theirs.parquet", compression="zstd")

    kinds = {"int": polars.Int64(), "float": polars.Float64()}
    given = {column.name: kinds.get(column.type, polars.String()) for column in TARGETS.columns}

    def theirs_of_cells() -> None:
        columns = [[cell for cells in batches for cell in cells[i]] for i in range(len(TARGETS.columns))]
        made = polars.DataFrame(dict(zip(TARGETS.names, columns, strict=True)), schema=given)
        numbers = [c.name for c in TARGETS.columns if c.type == "decimal"]
        dates = [c.name for c in TARGETS.columns if c.type == "date"]
        made = made.with_columns(polars.col(numbers).cast(polars.Float64), polars.col(dates).str.to_date("%Y-%m-%d"))
        made.write_parquet(folder / "theirs2.parquet", compression="zstd")

    names = ["polars.write_parquet, zstd, of the frame", "polars, zstd, of the cells that ours gets"]
    work: dict[str, Callable[[], object]] = {
        "chitieu, of cells (Python lists), as a run writes it": ours,
        names[0]: theirs,
        names[1]: theirs_of_cells,
        "chitieu, of the frame": ours_of_the_frame,
    }
    if brief:
        work, names = dict(islice(work.items(), 2)), names[:1]
    seconds = _timed(work, repeats)
    assert polars.read_parquet(folder / "ours.parquet").equals(polars.read_parquet(folder / "theirs.parquet"))
    _print("Parquet (ratios: to polars)", _medians(seconds), names)
    for name in ("ours", "theirs"):
        print(f"  {name}.parquet: {(folder / f'{name}.parquet').stat().st_size / 1e6:.0f} MB")
    return seconds


# --- PostgreSQL


def _store(path: Path, rows: list[tuple[Any, ...]]) -> None:
    with sqlite3.connect(path, isolation_level=None) as store:
        store.execute("PRAGMA journal_mode = OFF")
        store.execute("BEGIN")
        for statement in sqlite_schema():
            store.execute(statement)
        store.executemany(f"INSERT INTO targets VALUES ({','.join('?' * len(TARGETS.columns))})", rows)
        store.execute(
            "INSERT INTO documents (doc_id, source, status, chars, extractor_version) "
            "SELECT DISTINCT doc_id, doc_id || '.txt', 'ok', 9000, '1' FROM targets"
        )
        store.execute(
            'INSERT INTO sections (section_id, doc_id, level, kind, start, "end") '
            "SELECT DISTINCT section_id, doc_id, 1, 'objectives', 0, 9000 FROM targets"
        )
        for table in TABLES:
            store.execute(f"CREATE INDEX {table.name}_doc_id ON {table.name}(doc_id)")
        store.execute("COMMIT")
    store.close()


def _postgres(url: str, folder: Path, rows: list[tuple[Any, ...]], repeats: int, brief: bool) -> Seconds:
    path = folder / "chitieu.sqlite"
    _store(path, rows)
    count = len(rows)
    rows.clear()
    connection = psycopg.connect(url, autocommit=True)

    def drop() -> None:
        connection.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
        connection.execute("CHECKPOINT")

    def ours() -> None:
        load(folder, url, schema=_SCHEMA)

    drop()
    ours()
    with connection.cursor() as cursor, cursor.copy(f"COPY {_SCHEMA}.targets TO STDOUT") as copy:
        text = b"".join(bytes(part) for part in copy)
    with connection.cursor() as cursor, cursor.copy(f"COPY {_SCHEMA}.targets TO STDOUT (FORMAT csv)") as copy:
        csv = b"".join(bytes(part) for part in copy)
    types = postgres_schema.column_types(TARGETS)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())

    def bare(options: str, write: Callable[[Any], None]) -> None:
        connection.execute(f"CREATE TABLE {_SCHEMA}.bare ({columns})")
        with connection.cursor() as cursor, cursor.copy(f"COPY {_SCHEMA}.bare FROM STDIN {options}") as copy:
            write(copy)

    def parts(data: bytes) -> Callable[[Any], None]:
        def write(copy: Any) -> None:
            for i in range(0, len(data), 1 << 20):
                copy.write(data[i : i + (1 << 20)])

        return write

    def tuples(copy: Any) -> None:
        lists = [i for i, kind in enumerate(types.values()) if kind.startswith("text[]")]
        with sqlite3.connect(path) as store:
            for row in store.execute("SELECT * FROM targets"):
                cells = list(row)
                for i in lists:
                    cells[i] = cells[i].split(";") if cells[i] else []
                copy.write_row(cells)

    names = [
        "bare COPY of a text made beforehand",
        "bare COPY of a CSV made beforehand",
        "bare COPY of the store's rows, written by psycopg",
    ]
    work: dict[str, Callable[[], object]] = {
        "chitieu load: all tables, keys, indexes, views": ours,
        names[0]: lambda: bare("", parts(text)),
        names[1]: lambda: bare("(FORMAT csv)", parts(csv)),
        names[2]: lambda: bare("", tuples),
    }

    def empty(name: str) -> None:
        drop()
        if work[name] is not ours:
            connection.execute(f"CREATE SCHEMA {_SCHEMA}")

    if brief:
        work, names = dict(islice(work.items(), 2)), names[:1]
    seconds = _timed(work, repeats, empty)
    medians = _medians(seconds)
    _print(f"PostgreSQL, first load (ratios: to each bare COPY); {len(text) / count:.0f} bytes a row", medians, names)
    drop()
    if not brief:
        _later_loads(path, ours, {names[0]: medians[names[0]]})
        drop()
    connection.close()
    return seconds


def _later_loads(path: Path, ours: Callable[[], object], theirs: dict[str, float]) -> None:
    ours()
    again: dict[str, float] = {}

    def timed(name: str) -> None:
        begin = time.perf_counter()
        ours()
        again[name] = time.perf_counter() - begin

    timed("the same output again")
    with sqlite3.connect(path) as store:
        store.execute("UPDATE targets SET unit = 'khác' WHERE doc_id IN (SELECT doc_id FROM documents LIMIT 100)")
    timed("one document in a hundred changed")
    with sqlite3.connect(path) as store:
        store.execute("UPDATE documents SET extractor_version = '2'")
    timed("every document changed, in one row")
    with sqlite3.connect(path) as store:
        store.execute("UPDATE targets SET rule = 'another'")
    timed("every row changed")
    _print("PostgreSQL, later loads (ratio: to a bare COPY of a text)", again | theirs, list(theirs))


def main(count: int, figures: Path | None = None, repeats: int = _REPEATS) -> None:
    """Measure and print, and write the seconds of first writes and loads where a file is given."""
    rows = list(_rows(count))
    print(f"{count} rows of {BY_NAME['targets'].name}, {len(TARGETS.columns)} columns; {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        seconds = {"parquet": _parquet(folder, rows, repeats, figures is not None)}
        url = os.environ.get("DATABASE_URL") or stack.enter_context(server(settings=()))
        seconds["postgres"] = _postgres(url, folder, rows, repeats, figures is not None)
    print(f"\npeak memory of this process, with the million rows as Python objects: {_peak():.0f} MB")
    if figures is not None:
        figures.write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
        int(sys.argv[3]) if len(sys.argv) > 3 else _REPEATS,
    )
