"""The six tables as JSON Lines: ``<table>.jsonl``, one object a row, every column in every object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from extractor.model import Extraction
from extractor.tables.files import output
from extractor.tables.rows import columns_of
from extractor.tables.schema import Column, Table
from extractor.tables.writing import FilePerTable

_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _values(column: Column, cells: list[Any]) -> list[str]:
    if column.type in ("int", "decimal"):
        # A canonical decimal is a JSON number as it stands, and no binary fraction comes between.
        return ["null" if cell is None else str(cell) for cell in cells]
    return list(map(_dump, cells))


def jsonl_bytes(table: Table, extractions: Iterable[Extraction]) -> bytes:
    """A table as JSON Lines: UTF-8, ``null`` for "not stated", lists as arrays, decimals exact, dates as ISO strings.

    Args:
        table: the schema's table.
        extractions: one a document.

    Returns:
        One line a row, each with its end; columns in the schema's order.
    """
    cells = columns_of(table, extractions, lists=True)
    if not cells[0]:
        return b""
    names = [f"{_dump(column.name)}:" for column in table.columns]
    columns = [
        [name + value for value in _values(column, cells[i])]
        for i, (name, column) in enumerate(zip(names, table.columns, strict=True))
    ]
    return "".join(f"{{{','.join(row)}}}\n" for row in zip(*columns, strict=True)).encode("utf-8")


class JsonLinesSink(FilePerTable):
    """The six files of one run: see ``extractor.tables.writing.Sink``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ".jsonl")

    def add(self, table: Table, cells: list[list[Any]], extractions: Sequence[Extraction]) -> None:
        with output(Path(f"{table.name}.jsonl")):
            self._opened[table.name].write(jsonl_bytes(table, extractions))
