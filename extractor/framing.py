"""Extraction as a function from data frame to data frame, for engines that map functions over frames.

Spark's ``mapInPandas``, Ray's ``map_batches``, Dask's ``map_partitions`` and pandas itself need nothing else
(``docs/cluster.md``).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.model import Extraction, Reading, Source
from extractor.reading import ReadError, suffix_of
from extractor.running.isolation import TIMEOUT, IsolatedReader
from extractor.running.outcomes import contained, rows_of_document
from extractor.tables.schema import BY_NAME, TABLES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ALL = "all"
"""In the place of a table's name: the rows of all tables, each as JSON."""

_SPARK = {"str": "string", "list": "string", "int": "bigint", "float": "double", "decimal": "double", "date": "date"}
_ALL_COLUMNS = ("table", "doc_id", "row")


def extract_frame(
    frame: pd.DataFrame, table: str = "targets", *, patterns: str | Path | None = None, file_timeout: float = TIMEOUT
) -> pd.DataFrame:
    """Extract the documents of a frame.

    A pure function: the same documents give the same rows, in whatever frames they come. It can be pickled; the rules
    are loaded by the first call in a process. Two documents with the same content give rows with the same ids.

    Args:
        frame: one row a document: ``source``, what ``documents.source`` is to say; and ``text`` (its text) or
            ``content`` (the bytes of its file). A row with a ``text`` needs no ``content``. Of a zip file, each member
            is a document.
        table: one of the six tables; or ``all`` for rows of ``table``, ``doc_id`` and ``row``, which is the row as a
            JSON object as in JSON Lines files: all tables out of one pass over the documents.
        patterns: a folder of patterns over the built-in ones, which every machine must see.
        file_timeout: seconds that reading one document may take. What is no plain text is read in a child process.

    Returns:
        The rows of that table with its columns and types, also where there are none. A document that cannot be read or
        extracted has its row in ``documents``, with the reason in ``warnings``, and no others.

    Raises:
        ValueError: there is no such table, or a column is missing.
    """
    _known(table)
    missing = "source" if "source" not in frame else "" if {"text", "content"} & set(frame) else "text or content"
    if missing:
        raise ValueError(f"the frame has no column {missing}; it has {', '.join(map(str, frame)) or 'none'}")
    with ExitStack() as stack:
        read = _Reader(stack, file_timeout)
        extract = contained(_extractor(patterns))
        extractions = [
            rows_of_document(found, extract)
            for name, text, content in _documents(frame)
            for found in read(name, text, content)
        ]
    if table == ALL:
        return _all(extractions)
    from extractor.tables.frames import to_frame

    return to_frame(BY_NAME[table], extractions)


def _known(table: str) -> None:
    if table != ALL and table not in BY_NAME:
        raise ValueError(f"there is no table {table!r}: the tables are {', '.join(BY_NAME)}, or {ALL!r}")


def arrow_schema_of(table: str = "targets") -> pa.Schema:
    """The Arrow schema of what ``extract_frame`` gives for this table.

    Raises:
        ValueError: there is no such table.
    """
    import pyarrow as pa

    from extractor.tables.writing import arrow_schema

    _known(table)
    if table == ALL:
        return pa.schema([pa.field(name, pa.string(), nullable=False) for name in _ALL_COLUMNS])
    return arrow_schema(BY_NAME[table])


def spark_schema_of(table: str = "targets") -> str:
    """The same schema as Spark writes it (DDL), for ``mapInPandas``.

    Raises:
        ValueError: there is no such table.

    >>> spark_schema_of("all")
    '`table` string, `doc_id` string, `row` string'
    """
    _known(table)
    if table == ALL:
        return ", ".join(f"`{name}` string" for name in _ALL_COLUMNS)
    return ", ".join(f"`{column.name}` {_SPARK[column.type]}" for column in BY_NAME[table].columns)


def _extractor(patterns: str | Path | None) -> Callable[[Source], Extraction]:
    from extractor.patterns import load
    from extractor.pipeline import extract_source

    loaded = load(extra=None if patterns is None else Path(patterns))  # once in a process
    return lambda source: extract_source(source, patterns=loaded)


def _clean(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _documents(frame: pd.DataFrame) -> Iterator[tuple[str, str | None, bytes | None]]:
    names = [
        "" if missing else _clean(str(name))
        for name, missing in zip(frame["source"], frame["source"].isna(), strict=True)
    ]
    nothing = [None] * len(names)
    texts = frame["text"].tolist() if "text" in frame else nothing
    contents = frame["content"].tolist() if "content" in frame else nothing
    for name, text, content in zip(names, texts, contents, strict=True):
        # What is missing may be None, NaN or pandas' NA, depending on where the frame comes from.
        yield (
            name,
            text if isinstance(text, str) else None,
            bytes(content) if isinstance(content, bytes | bytearray | memoryview) else None,
        )


class _Reader:
    """Reads the documents of one frame; a child process is started for the first that is no plain text."""

    def __init__(self, stack: ExitStack, timeout: float) -> None:
        self._stack = stack
        self._isolated = stack.enter_context(IsolatedReader(timeout))
        self._folder: Path | None = None

    def __call__(self, name: str, text: str | None, content: bytes | None) -> Iterator[Source | ReadError]:
        if text is not None:
            try:
                text.encode()
            except UnicodeEncodeError as error:
                reason = f"has half a surrogate pair at character {error.start}, which no table holds"
                yield ReadError(name, reason, "Check how it was decoded.")
                return
            digest = hashlib.sha256(text.encode()).hexdigest()
            yield Source(name, "txt", digest, Reading(text, reader="text"))
            return
        if content is None:
            yield ReadError(name, "has neither text nor content", "Check that it was read whole.")
            return
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="chitieu-")))
        path = self._folder / f"file{suffix_of(name)}"
        path.write_bytes(content)
        yield from self._isolated(path, name)


def _all(extractions: list[Extraction]) -> pd.DataFrame:
    import pandas as pd

    from extractor.tables.json_lines import jsonl_bytes
    from extractor.tables.rows import columns_of

    tables: list[str] = []
    ids: list[str] = []
    rows: list[str] = []
    for table in TABLES:
        lines = jsonl_bytes(table, extractions).decode("utf-8").split("\n")[:-1]
        rows.extend(lines)
        tables.extend([table.name] * len(lines))
        ids.extend(columns_of(table, extractions)[table.names.index("doc_id")])
    return pd.DataFrame(
        {name: pd.array(cells, dtype="string") for name, cells in zip(_ALL_COLUMNS, (tables, ids, rows), strict=True)}
    )
