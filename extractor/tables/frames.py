"""The six tables as pandas frames. The only module that imports pandas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from extractor.model import Extraction
from extractor.tables.rows import columns_of
from extractor.tables.schema import TABLES, Column, Table


def _series(column: Column, cells: list[Any]) -> Any:
    """One typed column: ``string``, ``Int64``, ``float64`` or ``datetime64[s]``; what is not stated is missing."""
    match column.type:
        case "int":
            return pd.array(cells, dtype="Int64")
        case "decimal" | "float":
            return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype="float64")
        case "date":
            # Seconds, not nanoseconds: a mistyped year (20222) must not raise, and nanoseconds end in 2262.
            return np.array(cells, dtype="datetime64[s]")
        case _:
            return pd.array(cells, dtype="string")


def to_frame(table: Table, extractions: Sequence[Extraction]) -> pd.DataFrame:
    """One table of the contract as a data frame: see ``to_frames``."""
    cells = columns_of(table, extractions)
    return pd.DataFrame({column.name: _series(column, cells[i]) for i, column in enumerate(table.columns)})


def to_frames(extractions: Iterable[Extraction]) -> dict[str, pd.DataFrame]:
    """The six tables of the contract as data frames.

    Args:
        extractions: one a document; rows keep their order.

    Returns:
        Table name → frame with the contract's columns: ``string``, ``Int64``, ``float64`` and ``datetime64[s]``.
    """
    given = list(extractions)
    return {table.name: to_frame(table, given) for table in TABLES}
