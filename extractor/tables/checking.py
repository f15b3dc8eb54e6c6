"""Checks of frames for those who use pandera (extra ``[pandera]``): the schema as ``DataFrameSchema``s.

For frames of whatever origin that claim to be the six tables: ``Extraction.to_pandas()``, Parquet read again, tables
that somebody edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.tables.schema import FLAGS, TABLES, Column, Table

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import Check, DataFrameSchema

_DTYPES = {
    "str": "string",
    "list": "string",
    "int": "Int64",
    "float": "float64",
    "decimal": "float64",
    "date": "datetime64[s]",
}
_SHARES = frozenset({"confidence", "ocr_confidence"})


def pandera_schemas() -> dict[str, DataFrameSchema]:
    """A schema for each of the six frames of ``extractor.tables.frames.to_frames``.

    Columns and their order, types, "not stated" only where it may stand, enumerated values, unique identifiers,
    confidences from 0 to 1, offsets in order, flags that exist, ids that belong to their document. Cells are made to
    fit the types (``coerce``), so that frames read from files are checked too; read CSV with ``dtype="string"``, or
    codes lose the zeros in front. Foreign keys lead from one frame to another and are left to the databases.

    Returns:
        Table name → schema; its ``validate(frame, lazy=True)`` raises ``pandera.errors.SchemaErrors`` with all faults.

    Raises:
        ImportError: pandera is not installed (``pip install 'chitieu[pandera]'``).
    """
    try:
        import pandera.pandas as pandera
    except ImportError as error:
        raise ImportError("pandera is not installed: pip install 'chitieu[pandera]'") from error

    def schema_of(table: Table) -> DataFrameSchema:
        columns = {
            column.name: pandera.Column(
                _DTYPES[column.type],
                _checks(column),
                nullable=column.nullable,
                unique=column.name == table.primary_key,
                coerce=True,
                title=column.vi,
                description=column.en,
            )
            for column in table.columns
        }
        return pandera.DataFrameSchema(
            columns,
            checks=_row_checks(table),
            name=table.name,
            description=table.en,
            strict=True,
            ordered=True,
        )

    return {table.name: schema_of(table) for table in TABLES}


def _checks(column: Column) -> list[Check]:
    from pandera.pandas import Check

    checks = []
    if column.values:
        checks.append(Check.isin(column.values))
    if column.name in _SHARES:
        checks.append(Check.in_range(0, 1))
    if column.type == "int":
        checks.append(Check.ge(0))
    if column.name == "flags":
        checks.append(Check(_known_flags, name="known_flags", error="a flag that the schema does not have"))
    return checks


def _known_flags(flags: pd.Series[str]) -> pd.Series[bool]:
    return flags.map(lambda cell: set(cell.split(";")) <= FLAGS.keys())


def _row_checks(table: Table) -> list[Check]:
    from pandera.pandas import Check

    checks = []
    if "start" in table.names:
        checks.append(Check(_in_order, name="start_before_end", error="start is not before end"))
    if table.primary_key != "doc_id":
        key = table.primary_key

        def of_its_document(frame: pd.DataFrame) -> pd.Series[bool]:
            pairs = zip(frame[key], frame["doc_id"], strict=True)
            return _booleans(frame, [str(row).startswith(f"{doc}-") for row, doc in pairs])

        checks.append(Check(of_its_document, name="id_of_its_document", error=f"{key} does not begin with doc_id"))
    return checks


def _in_order(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["start"] <= frame["end"]).astype(bool)


def _booleans(frame: pd.DataFrame, values: list[bool]) -> pd.Series[bool]:
    import pandas as pd

    return pd.Series(values, index=frame.index, dtype=bool)
