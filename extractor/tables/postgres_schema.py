"""The schema in PostgreSQL, as SQL made from ``extractor.tables.schema``, and the way there from older versions of it.

Statements name no schema: they are run with ``search_path`` set to it.

What a user of the database meets: exact ``numeric`` for numbers that are added up, ``date``, ``bigint`` for offsets,
``text`` (a ``varchar(n)`` would only add a limit), and ``text[]`` for lists of codes: ``'percent_mismatch' =
ANY(flags)`` asks for one flag, ``cardinality(flags) > 0`` for any, and an empty list is ``{}``, so that no question
about it gives null. ``documents.warnings`` are sentences, which may have a `;` of their own, and stay one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from extractor.tables.copying import is_array
from extractor.tables.schema import (
    ASSIGNMENTS,
    BY_NAME,
    DEADLINES,
    DOCUMENTS,
    PLACES,
    SECTIONS,
    TABLES,
    TARGETS,
    Column,
    Table,
)
from extractor.tables.views import NOTES, VIEWS, postgres_view

VERSION = 3
META = "chitieu_meta"

LOAD_ORDER: tuple[Table, ...] = (DOCUMENTS, SECTIONS, DEADLINES, TARGETS, PLACES, ASSIGNMENTS)
"""The tables, each behind those that its foreign keys point to."""

_TYPES = {
    "str": "text",
    "list": "text",
    "int": "bigint",
    "float": "double precision",
    "decimal": "numeric",
    "date": "date",
}


def quoted(name: str) -> str:
    """An identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _type(column: Column) -> str:
    if is_array(column):
        return "text[]"
    if column.references is not None or column.name.endswith("_id"):
        # Identifiers are ASCII: comparing bytes is several times faster than a language's rules, and no less right.
        return 'text COLLATE "C"'
    return _TYPES[column.type]


def column_types(table: Table) -> dict[str, str]:
    """Column name → type, without constraints."""
    return {column.name: _type(column) for column in table.columns}


def _definition(column: Column) -> str:
    if is_array(column):
        return f"{quoted(column.name)} text[] NOT NULL DEFAULT '{{}}'"
    return f"{quoted(column.name)} {_type(column)}{'' if column.nullable else ' NOT NULL'}"


def _checks(table: Table) -> list[str]:
    return [
        f"CONSTRAINT {table.name}_{column.name}_check CHECK "
        f"({quoted(column.name)} IN ({', '.join(map(literal, column.values))}))"
        for column in table.columns
        if column.values
    ]


def table_statements() -> list[str]:
    """The tables without keys and indexes, which are made when the rows are in, where there are none yet."""
    return [
        *(
            f"CREATE TABLE {table.name} ({', '.join([*map(_definition, table.columns), *_checks(table)])})"
            for table in TABLES
        ),
        _DIGESTS,
        _REVIEWS,
        f"CREATE TABLE {META} (name text PRIMARY KEY, value text NOT NULL)",
    ]


# A document whose digest is the store's is not looked at further; one that came from a store goes when it goes there.
_DIGESTS = (
    'CREATE TABLE document_digests (doc_id text COLLATE "C" NOT NULL, digest text NOT NULL, store text NOT NULL, '
    "loaded_at timestamptz NOT NULL DEFAULT now())"
)
# No foreign key to documents or rows: what a person decided outlives the row it was about.
_REVIEWS = (
    'CREATE TABLE reviews (review_id text COLLATE "C" PRIMARY KEY, doc_id text COLLATE "C" NOT NULL, '
    'table_name text, row_id text COLLATE "C", verdict text NOT NULL, changes jsonb, reason text, reviewer text, '
    'made_at timestamptz, quote text, prefix text, suffix text, start bigint, "end" bigint, '
    "source text, seen jsonb, base text, batch text)"
)


def key_statements() -> list[str]:
    """Primary keys, indexes and foreign keys, in the order in which they can be made."""
    keys = [f"ALTER TABLE {table.name} ADD PRIMARY KEY ({table.primary_key})" for table in TABLES]
    indexes = [
        f"CREATE INDEX {table.name}_{column.name} ON {table.name} ({quoted(column.name)})"
        for table in TABLES
        for column in table.columns
        if column.indexed or column.references is not None
    ]
    # Checked at once, as a load inserts in order; whoever edits by hand may say SET CONSTRAINTS ALL DEFERRED.
    foreign = [
        f"ALTER TABLE {table.name} ADD CONSTRAINT {table.name}_{column.name}_fkey FOREIGN KEY ({column.name}) "
        f"REFERENCES {column.references[0]} ({column.references[1]}) DEFERRABLE INITIALLY IMMEDIATE"
        for table in TABLES
        for column in table.columns
        if column.references is not None
    ]
    return [*keys, *_DIGEST_KEYS, *indexes, *_REVIEW_INDEXES, *foreign]


_DIGEST_KEYS = (
    "ALTER TABLE document_digests ADD PRIMARY KEY (doc_id)",
    "ALTER TABLE document_digests ADD CONSTRAINT document_digests_doc_id_fkey FOREIGN KEY (doc_id) "
    "REFERENCES documents (doc_id) DEFERRABLE INITIALLY IMMEDIATE",
)
_REVIEW_INDEXES = (
    "CREATE INDEX reviews_doc_id ON reviews (doc_id)",
    "CREATE INDEX reviews_row_id ON reviews (row_id)",
)
_OWN_TABLES = {
    "document_digests": (
        "What was loaded of each document: a load leaves alone what has the same digest",
        "Mã kiểm của mỗi văn bản đã nạp: văn bản không đổi thì không nạp lại",
    ),
    "reviews": (
        "What reviewers decided; rows are added, never changed: the newest of a row counts",
        "Kết luận của người kiểm tra; chỉ thêm, không sửa: kết luận mới nhất có hiệu lực",
    ),
    META: ("Version of this schema", "Phiên bản của lược đồ này"),
}


def comment_statements() -> list[str]:
    """What tables and columns mean, in both languages, where database tools show it."""
    made = []
    for table in TABLES:
        made.append(f"COMMENT ON TABLE {table.name} IS {literal(f'{table.en} / {table.vi}')}")
        made += [
            f"COMMENT ON COLUMN {table.name}.{quoted(column.name)} IS {literal(f'{column.en} / {column.vi}')}"
            for column in table.columns
        ]
    return made + [f"COMMENT ON TABLE {name} IS {literal(f'{en} / {vi}')}" for name, (en, vi) in _OWN_TABLES.items()]


def view_statements() -> list[str]:
    """The views, with their comments."""
    return [
        statement
        for name in VIEWS
        for statement in (postgres_view(name), f"COMMENT ON VIEW {name} IS {literal(' / '.join(NOTES[name]))}")
    ]


def views_digest() -> str:
    """Changes with the text of any view: the views are made anew then."""
    return hashlib.sha256("\n".join(view_statements()).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a version of the schema to the next.

    Attributes:
        version: the version after it.
        what: what it does, in words.
        statements: makes its SQL. Views are gone while it runs, comments and views are made anew behind it.
    """

    version: int
    what: str
    statements: Callable[[], list[str]]


def added(table: str, *columns: str) -> list[str]:
    """The SQL that adds columns of the schema to a table made before they were in it; they may be null or are lists."""
    made = []
    for column in (column for column in BY_NAME[table].columns if column.name in columns):
        made.append(f"ALTER TABLE {table} ADD COLUMN {_definition(column)}")
        if column.values:
            made += [
                f"ALTER TABLE {table} ADD {check}" for check in _checks(BY_NAME[table]) if f"_{column.name}_" in check
            ]
        if column.indexed or column.references is not None:
            made.append(f"CREATE INDEX {table}_{column.name} ON {table} ({quoted(column.name)})")
    return made


def _lists_as_arrays() -> list[str]:
    return [
        f"ALTER TABLE {table.name} ALTER COLUMN {column.name} TYPE text[] USING "
        f"coalesce(string_to_array(nullif({column.name}, ''), ';'), '{{}}'), "
        f"ALTER COLUMN {column.name} SET DEFAULT '{{}}', ALTER COLUMN {column.name} SET NOT NULL"
        for table in TABLES
        for column in table.columns
        if is_array(column)
    ]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        2,
        "lists of codes as arrays, digests of documents, the reviewers' decisions, targets.province_total",
        lambda: [
            *_lists_as_arrays(),
            *added("targets", "province_total"),
            _DIGESTS,
            *_DIGEST_KEYS,
            _REVIEWS,
            *_REVIEW_INDEXES,
        ],
    ),
    Migration(
        3,
        "what a reviewer saw, and which decision it followed",
        # Where version 2 was made by this code, the columns are there.
        lambda: [
            f"ALTER TABLE reviews ADD COLUMN IF NOT EXISTS {column}"
            for column in ("source text", "seen jsonb", "base text", "batch text")
        ],
    ),
)
"""Every change of the schema since version 1, in order.

After a change of ``extractor.tables.schema``: count ``VERSION`` up and add a step here, mostly
``lambda: added("targets", "new_column")``; a test compares a migrated database with a new one.
"""


def merge_statement(table: Table) -> str:
    """Rows of ``new_<table>`` into the table: gives how many were inserted and how many changed; equal ones stay."""
    names = ", ".join(map(quoted, table.names))
    others = [quoted(name) for name in table.names if name != table.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    old, new = (", ".join(f"{side}.{name}" for name in others) for side in ("old", "excluded"))
    return (
        f"WITH done AS (INSERT INTO {table.name} AS old ({names}) SELECT {names} FROM pg_temp.new_{table.name} "
        f"ON CONFLICT ({table.primary_key}) DO UPDATE SET {changes} WHERE ({old}) IS DISTINCT FROM ({new}) "
        # Of a row version that replaces another, xmax holds the lock that the statement took on it.
        "RETURNING xmax = 0 AS fresh) "
        "SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM done"
    )


def delete_statement(table: Table) -> str:
    """Rows of the documents given (one parameter: their ids) that ``new_<table>`` has not."""
    return (
        f"DELETE FROM {table.name} AS old WHERE old.doc_id = ANY(%s) AND NOT EXISTS "
        f"(SELECT FROM pg_temp.new_{table.name} AS new WHERE new.{table.primary_key} = old.{table.primary_key})"
    )
