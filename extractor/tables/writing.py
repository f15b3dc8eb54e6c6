"""The six tables as files: CSV, Parquet and one SQLite database; the other formats have modules of their own.

Tables are written column-wise and batch by batch, so that memory does not grow with the number of documents. Every
file is made under a temporary name in its own folder and put in place by ``os.replace`` when the whole run is done: a
run that is interrupted leaves the tables of the run before it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extractor.model import Extraction
from extractor.tables.files import SQLITE_NAME, OutputError, beside, output, prepare_folder, to_disk
from extractor.tables.package import PACKAGE_NAME, package_json
from extractor.tables.rows import columns_of
from extractor.tables.schema import TABLES, Column, Table
from extractor.tables.sqlite import sqlite_indexes, sqlite_schema
from extractor.tables.views import VIEWS

_ARROW = {
    "str": pa.string(),
    "list": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "decimal": pa.float64(),
    "date": pa.date32(),
}


_GROUP_ROWS = 10_000  # some 3 MB of targets; 25,000 would save a twentieth of the bytes for 20 MB more memory

# Large strings: a column's offsets are 64-bit, so no batch is too long for it.
_QUOTE, _COMMA, _SEMICOLON, _NEWLINE, _NOTHING = (
    pa.scalar(text, pa.large_string()) for text in ('"', ",", ";", "\n", "")
)
# What Excel takes for a formula when it opens a CSV file. A sign that stands alone (a bullet, a comparator) is text.
_FORMULA = r"(?s)^[=+\-@\t\r]."
_APOSTROPHE = pa.scalar("'", pa.large_string())
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Options:
    """How the tables of one run are written.

    Attributes:
        excel: CSV as a Vietnamese Excel opens it by a double click: byte-order mark, ``;``, decimal comma, no formulas.
        sources: ``documents.source`` → the file it names, for links to it.
    """

    excel: bool = False
    sources: Mapping[str, Path] = field(default_factory=dict)


class Sink(Protocol):
    """One format being written: ``open``, ``add`` a table's cells batch by batch, ``finish``; ``close`` at any time."""

    @property
    def places(self) -> Sequence[tuple[Path, Path]]:
        """Pairs of temporary and final path."""
        ...

    def open(self) -> None: ...

    @property
    def warnings(self) -> Sequence[str]:
        """What the reader of the files should know, complete after ``finish``."""
        ...

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        """Write rows: their cells as ``columns_of`` gives them, and the documents they come from."""
        ...

    def finish(self) -> None: ...

    def close(self) -> None: ...


def arrow_schema(table: Table) -> pa.Schema:
    """The table as an Arrow schema: types, which columns may be null, and their descriptions."""
    return pa.schema(
        [
            pa.field(c.name, _ARROW[c.type], c.nullable, metadata={"description": c.en, "description_vi": c.vi})
            for c in table.columns
        ]
    )


def _array(column: Column, cells: list[Any]) -> pa.Array:
    if column.type in ("decimal", "date"):
        return pa.array(cells, pa.string()).cast(_ARROW[column.type])
    return pa.array(cells, _ARROW[column.type])


def arrow_table(table: Table, cells: list[list[Any]]) -> pa.Table:
    """Rows as an Arrow table of ``arrow_schema``."""
    arrays = [_array(column, cells[i]) for i, column in enumerate(table.columns)]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))


def _csv_cells(column: Column, cells: list[Any], excel: bool) -> pa.Array:
    """One column as CSV text: quoted only where a cell needs it, empty for "not stated"."""
    if column.type in ("int", "float"):
        text = pc.fill_null(_array(column, cells).cast(pa.large_string()), "")
    else:
        text = pc.fill_null(pa.array(cells, pa.large_string()), "")
    if column.type in ("int", "float", "decimal", "date"):
        return pc.replace_substring(text, ".", ",") if excel else text
    if excel:
        formula = pc.match_substring_regex(text, _FORMULA)
        text = pc.if_else(formula, pc.binary_join_element_wise(_APOSTROPHE, text, _NOTHING), text)
    needs = pc.match_substring_regex(text, '[";\r\n]' if excel else '[",\r\n]')
    if not pc.any(needs).as_py():
        return text
    quoted = pc.binary_join_element_wise(_QUOTE, pc.replace_substring(text, '"', '""'), _QUOTE, _NOTHING)
    return pc.if_else(needs, quoted, text)


def csv_header(table: Table, excel: bool = False) -> bytes:
    """The header row, with the byte-order mark before it if it is for Excel."""
    return (_BOM if excel else b"") + ((";" if excel else ",").join(table.names) + "\n").encode()


def csv_body(table: Table, cells: list[list[Any]], excel: bool = False) -> bytes:
    """Rows as CSV bytes, without the header: UTF-8, ``\\n`` between rows; ``;`` and decimal commas for Excel.

    Joined column-wise by Arrow rather than by ``pyarrow.csv``, which can only quote every string or none.
    """
    if not cells[0]:
        return b""
    columns = [_csv_cells(column, cells[i], excel) for i, column in enumerate(table.columns)]
    lines = pc.binary_join_element_wise(*columns, _SEMICOLON if excel else _COMMA)
    # The joined column's data buffer is the file's text: every line with its end, one after the other.
    body: pa.Array = pc.binary_join_element_wise(lines, _NOTHING, _NEWLINE)
    return (
        b"" if body.buffers()[2] is None else body.buffers()[2].to_pybytes()[: pc.sum(pc.binary_length(body)).as_py()]
    )


def csv_bytes(table: Table, extractions: Iterable[Extraction], excel: bool = False) -> bytes:
    """A whole table as the bytes of its CSV file."""
    return csv_header(table, excel) + csv_body(table, columns_of(table, extractions), excel)


class FilePerTable:
    """A format of one file a table: what is open for each, completed and closed together; see ``Sink``.

    A format may add files of another kind behind those of ``places``.
    """

    warnings: Sequence[str] = ()

    def __init__(self, folder: Path, suffix: str) -> None:
        self.places = [(beside(path), path) for path in (folder / f"{table.name}{suffix}" for table in TABLES)]
        self._opened: dict[str, Any] = {}

    def _open(self, table: Table, temporary: Path) -> Any:
        """Begin the file of a table: something with ``close``."""
        return temporary.open("wb")

    def open(self) -> None:
        for table, (temporary, path) in zip(TABLES, self.places, strict=False):
            with output(path):
                self._opened[table.name] = self._open(table, temporary)

    def finish(self) -> None:
        for opened, (_, path) in zip(self._opened.values(), self.places, strict=False):
            with output(path):
                opened.close()

    def close(self) -> None:
        for opened in self._opened.values():
            with suppress(OSError):
                opened.close()


class _CsvSink(FilePerTable):
    """The six CSV files, and ``datapackage.json``, which says what they hold."""

    def __init__(self, folder: Path, options: Options) -> None:
        super().__init__(folder, ".csv")
        self._excel = options.excel
        self._package = folder / PACKAGE_NAME
        self.places.append((beside(self._package), self._package))

    def _open(self, table: Table, temporary: Path) -> BinaryIO:
        stream = temporary.open("wb")
        stream.write(csv_header(table, self._excel))
        return stream

    def open(self) -> None:
        super().open()
        with output(self._package):
            beside(self._package).write_bytes(package_json(self._excel))

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        with output(Path(f"{table.name}.csv")):
            self._opened[table.name].write(csv_body(table, cells, self._excel))


class ParquetFile:
    """A Parquet file of a table, in row groups of a good size whatever the size of the batches: small ones cost twice
    the time and twice the bytes. A full group is compressed by another thread while the next rows are made.

    Args:
        path: the file.
        table: the schema's table.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self._writer = pq.ParquetWriter(
            path,
            arrow_schema(table),
            compression="zstd",
            # A dictionary of ids that never recur, and the first and last of texts in no order, help no reader.
            use_dictionary=[column.name for column in table.columns if column.name != table.primary_key],
            write_statistics=[c.name for c in table.columns if c.name == "doc_id" or c.type not in ("str", "list")],
        )
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._thread = ThreadPoolExecutor(1, "chitieu-parquet")
        self._group: Future[None] | None = None

    def write(self, batch: pa.Table) -> None:
        """Add rows."""
        self._waiting.append(batch)
        self._rows += batch.num_rows
        if self._rows >= _GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        self._written()  # no more than one waits: memory stays flat
        if self._waiting:
            group = pa.concat_tables(self._waiting)
            self._group = self._thread.submit(self._writer.write_table, group, row_group_size=self._rows)
        self._waiting, self._rows = [], 0

    def _written(self) -> None:
        if self._group is not None:
            self._group.result()
            self._group = None

    def finish(self) -> None:
        """Write what waits, and the end of the file."""
        self._flush()
        self._written()
        self.close()

    def close(self) -> None:
        """Leave the file as it is: complete, or to be thrown away."""
        self._waiting = []
        self._thread.shutdown()
        self._writer.close()


class _ParquetSink(FilePerTable):
    def __init__(self, folder: Path, options: Options) -> None:
        super().__init__(folder, ".parquet")

    def _open(self, table: Table, temporary: Path) -> ParquetFile:
        return ParquetFile(temporary, table)

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        with output(Path(f"{table.name}.parquet")):
            self._opened[table.name].write(arrow_table(table, cells))

    def finish(self) -> None:
        for opened, (_, path) in zip(self._opened.values(), self.places, strict=True):
            with output(path):
                opened.finish()


class _SqliteSink:
    warnings: Sequence[str] = ()

    def __init__(self, folder: Path, options: Options) -> None:
        self._path = folder / SQLITE_NAME
        self.places = [(beside(self._path), self._path)]
        self._connection: sqlite3.Connection | None = None

    @property
    def _database(self) -> sqlite3.Connection:
        if self._connection is None:
            temporary = self.places[0][0]
            temporary.unlink(missing_ok=True)
            self._connection = sqlite3.connect(temporary, isolation_level=None)
        return self._connection

    def open(self) -> None:
        with output(self._path):
            # The file is thrown away if anything goes wrong, so it needs no journal of its own.
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute("BEGIN")
            for statement in sqlite_schema():
                self._database.execute(statement)

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        holes = ",".join("?" * len(table.columns))
        with output(self._path):
            self._database.executemany(f"INSERT INTO {table.name} VALUES ({holes})", zip(*cells, strict=True))

    def finish(self) -> None:
        with output(self._path):
            for statement in sqlite_indexes():
                self._database.execute(statement)
            for statement in VIEWS.values():
                self._database.execute(statement)
            self._database.execute("COMMIT")
            broken = self._database.execute("PRAGMA foreign_key_check").fetchmany(5)
            self._database.close()
            # A sidecar left by a reader of the database we replace would be replayed onto the new one.
            for suffix in ("-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        if broken:
            rows = "; ".join(
                f"{table} row {row} names a row of {parent} that is not there" for table, row, parent, _ in broken
            )
            raise OutputError(f"{self._path} cannot be written: {rows}. This is a fault of chitieu: please report it.")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _jsonl(folder: Path, options: Options) -> Sink:
    from extractor.tables.json_lines import JsonLinesSink

    return JsonLinesSink(folder)


def _xlsx(folder: Path, options: Options) -> Sink:
    from extractor.tables.workbook import WorkbookSink

    return WorkbookSink(folder, options.sources)


def _duckdb(folder: Path, options: Options) -> Sink:
    from extractor.tables.duck import DuckDBSink

    return DuckDBSink(folder)


_SINKS: dict[str, Callable[[Path, Options], Sink]] = {
    "csv": _CsvSink,
    "parquet": _ParquetSink,
    "sqlite": _SqliteSink,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
    "duckdb": _duckdb,
}
DEFAULT_FORMATS: tuple[str, ...] = ("csv", "parquet", "sqlite")


class Writer:
    """Writes the tables of one run, batch by batch, in one or more formats.

    Use as a context manager. Leaving it without ``commit`` throws away what was written and touches nothing else.

    Args:
        folder: the output folder; it must exist (see ``prepare_folder``).
        formats: some of ``extractor.tables.files.FORMATS``.
        options: how they are written.

    Raises:
        OutputError: at any step, naming the file that could not be written.
    """

    def __init__(self, folder: Path, formats: Sequence[str] = DEFAULT_FORMATS, options: Options | None = None) -> None:
        self._sinks = [_SINKS[name](folder, options or Options()) for name in dict.fromkeys(formats)]
        try:
            for sink in self._sinks:
                sink.open()
        except OutputError:
            self._discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def add(self, extractions: Sequence[Extraction]) -> None:
        """Write the rows of a batch of documents."""
        for table in TABLES:
            cells = columns_of(table, extractions)
            if cells[0]:
                for sink in self._sinks:
                    sink.add(table, cells, extractions)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader of the files should know, complete after ``commit``."""
        return tuple(warning for sink in self._sinks for warning in sink.warnings)

    def commit(self) -> list[Path]:
        """Complete every file and put it in place.

        Returns:
            The files written.
        """
        for sink in self._sinks:
            sink.finish()
        places = [place for sink in self._sinks for place in sink.places]
        for temporary, path in places:
            with output(path):
                to_disk(temporary)
        for temporary, path in places:
            with output(path):
                os.replace(temporary, path)
        return [path for _, path in places]

    def _discard(self) -> None:
        for sink in self._sinks:
            sink.close()
            for temporary, _ in sink.places:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)


def write(
    extractions: Iterable[Extraction],
    folder: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    options: Options | None = None,
) -> list[Path]:
    """Write all tables of these documents, in the order given.

    Args:
        extractions: one a document, each with its own ``doc_id``.
        folder: made where it does not exist.
        formats: some of ``extractor.tables.files.FORMATS``.
        options: how they are written.

    Returns:
        The files written.

    Raises:
        OutputError: if the folder or a file cannot be written.
    """
    prepare_folder(folder)
    with Writer(folder, formats, options) as writer:
        writer.add(list(extractions))
        return writer.commit()


def write_csv(extractions: Iterable[Extraction], folder: Path) -> list[Path]:
    """Write ``<table>.csv`` for every table, and ``datapackage.json``: see ``write``."""
    return write(extractions, folder, ("csv",))


def write_parquet(extractions: Iterable[Extraction], folder: Path) -> list[Path]:
    """Write ``<table>.parquet`` for every table: see ``write``."""
    return write(extractions, folder, ("parquet",))


def write_sqlite(extractions: Iterable[Extraction], folder: Path) -> Path:
    """Write all tables to one ``chitieu.sqlite``: see ``write``."""
    return write(extractions, folder, ("sqlite",))[0]
