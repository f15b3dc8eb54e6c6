"""The SQL of the database's tables."""

from __future__ import annotations

from extractor.tables.schema import TABLES, Table

_SQLITE = {"str": "TEXT", "list": "TEXT", "int": "INTEGER", "float": "REAL", "decimal": "REAL", "date": "TEXT"}


def sqlite_schema() -> list[str]:
    """The SQL that makes the tables of the database: one statement a table."""
    return [_create(table) for table in TABLES]


def _create(table: Table) -> str:
    lines = []
    for column in table.columns:
        parts = [f'"{column.name}"', _SQLITE[column.type]]
        if column.name == table.primary_key:
            parts.append("PRIMARY KEY")
        if not column.nullable:
            parts.append("NOT NULL")
        if column.references is not None:
            # Deferred: a section may name a parent that is inserted after it.
            parts.append("REFERENCES {}({}) DEFERRABLE INITIALLY DEFERRED".format(*column.references))
        lines.append((" ".join(parts), column.en))
    body = "\n".join(
        f"  {definition}{',' if i < len(lines) - 1 else ''} -- {meaning}"
        for i, (definition, meaning) in enumerate(lines)
    )
    return f"CREATE TABLE {table.name} ( -- {table.en}\n{body}\n)"


def sqlite_indexes() -> list[str]:
    """The SQL that makes the indexes of the database's tables."""
    return [statement for table in TABLES for statement in _indexes(table)]


def _indexes(table: Table) -> list[str]:
    return [
        f"CREATE INDEX {table.name}_{column.name} ON {table.name}({column.name})"
        for column in table.columns
        if column.indexed or column.references is not None
    ]
