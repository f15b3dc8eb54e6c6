"""The schema in words: ``docs/tables.md`` is made from it, and a test keeps the two equal.

Run ``python -m extractor.tables.describing > docs/tables.md`` after a change of the schema.
"""

from __future__ import annotations

from extractor.tables.schema import FLAGS, TABLES, Column

_HEAD = """# The tables

What one run writes. Every table is `<table>.csv` (UTF-8, header row, an empty string for "not stated", ISO dates,
decimal point), `<table>.parquet` (typed, null for "not stated") and a table of `chitieu.sqlite`. `--format` chooses
among these and the formats of the section [Formats](#formats).

`start` and `end` count Unicode code points in the document's source text, end exclusive; the source text of a `.txt`
file is the file decoded, without a byte-order mark, with nothing else changed. That of any other document is the text
that reading made of it: the run saves it as `text/<doc_id>.txt` (UTF-8, line ends as the offsets count them), and with
it `text/<doc_id>.spots.json`, which says where the text stands in the file. `quote` is a stretch of the source text to
the letter.
Ids are the same on every run and machine: `doc_id` is the first 16 hex digits of the SHA-256 of the file's bytes, a
row's id is `<doc_id>-<letter><start>`.

Views of `chitieu.sqlite`, `chitieu.duckdb` and PostgreSQL ([databases.md](databases.md)): `v_communes` (named communes
with what they are named for), `v_officials` (persons and positions with their tasks), `v_accountability` (who must do
what by when: assignments beside the deadlines of the same section, block or target), `v_targets_current` (targets with
the communes named for them, by the communes in force since July 2025; `share` is what of the value falls to that
commune).

`text/<doc_id>.spots.json` is one object: `columns` names the columns of `spots`, which has one list for each stretch of
the source text, by `start`, none overlapping another, `null` where a format knows nothing of it:

| column | meaning |
| --- | --- |
| start, end | the stretch, in code points of the source text, end exclusive |
| page | its page, from 1 (PDF, images) |
| box | `[left, top, right, bottom]` on that page, as shares of its width and height |
| paragraph | number of its paragraph, from 1, in reading order (Word, web pages, Markdown) |
| cell | `[table, row, column]`, each from 1, for text of a table's cell |
| confidence | of text recognised from an image, 0 to 1 |

*This page is made from `extractor/tables/schema.py`.*

## Formats

`chitieu run … --format csv,parquet,sqlite` is what a run does without `--format`. Every file is made under a temporary
name and put in place when all is done, but for `chitieu.sqlite`: it is the run's store, there whatever is asked for,
and takes each document as it is done, all its rows at once and in no order. Its tables `run_…` and
`review_…` are chitieu's own; `reviews` and the views `reviewed_…` are what people decided ([review.md](review.md)).

| `--format` | files | notes |
| --- | --- | --- |
| csv | `<table>.csv`, `datapackage.json` | see below for `--excel` |
| parquet | `<table>.parquet` | typed, zstd, descriptions in the fields' metadata |
| sqlite | `chitieu.sqlite` | keys, indexes, the views above; the store ([unattended.md](unattended.md)) |
| jsonl | `<table>.jsonl` | see below |
| xlsx | `chitieu.xlsx` | extra `[xlsx]`; see below |
| duckdb | `chitieu.duckdb` | extra `[duckdb]`; typed, primary keys, the views above, comments in both languages |

JSON Lines are UTF-8, one object a row with every column: `null` for "not stated", decimals exact, dates as ISO strings,
columns of the type `list` as arrays (`[]` where nothing is in them).

`datapackage.json` describes the CSV tables after Data Package v2: a resource a table with its path, encoding and
dialect, and a schema with types, constraints (`required`, `unique`, `enum`), primary and foreign keys. `description` is
English; the extra property `description_vi` beside it, of resources and fields, says the same in Vietnamese. A `list`
is a `string` there: its items are joined by `;`, warnings by `; `.

`--excel` writes the CSV tables so that an Excel with Vietnamese settings opens them by a double click: a byte-order
mark, `;` between cells, a decimal comma (there `75.86` would be text and `10.4` the tenth of April), dates still as
2021-04-10, which Excel takes for dates in every language. A text that Excel would take for a formula (it begins with
`=`, `+`, `-`, `@` or a tab and goes on) has an apostrophe before it. `datapackage.json` says `;` and `,` then. Excel
still drops the zeros in front of codes (`01`) and rounds long numbers when it opens any CSV file.

`chitieu.xlsx` is for people who check rows: the sheets Văn bản, Chỉ tiêu, Địa bàn, Thời hạn and Phân công with
Vietnamese headings (the note at a heading has the column's name in the other formats), Vietnamese words for the values
of columns that have few, flags as sentences, real dates (dd/mm/yyyy) and numbers, filters, and frozen headings. Kết
luận (a list: Đúng, Sai, Sửa) and Ghi chú are the reviewer's; Nguồn names the line, counted as
`chitieu explain FILE:LINE` counts, and opens `text/<doc_id>.txt` where there is one, else the source file. Ids, offsets
and other technical columns are the last ones, hidden in a group that the `+` above them opens. No text becomes a
formula or a link. A text over 32,767 characters is cut, a sheet over 1,048,576 rows goes on in a further one
(`Chỉ tiêu (2)`); the run warns of both.
Numbers have the 15 digits that Excel has.
"""


def markdown() -> str:
    """The text of ``docs/tables.md``."""
    parts = [_HEAD]
    for table in TABLES:
        parts.append(
            f"\n## {table.name}\n\n{table.en}. *{table.vi}.*\n\n"
            "| column | type | meaning | tiếng Việt |\n| --- | --- | --- | --- |\n"
        )
        parts.extend(_row(column, table.primary_key) for column in table.columns)
    parts.append("\n## Flags\n\nA flagged row is kept as it is; the flag says what to look at.\n\n")
    parts.append("| flag | meaning | tiếng Việt |\n| --- | --- | --- |\n")
    parts.extend(f"| {code} | {en} | {vi} |\n" for code, (en, vi) in FLAGS.items())
    return "".join(parts)


def _row(column: Column, primary_key: str) -> str:
    meaning = column.en
    if column.values:
        meaning += " (" + ", ".join(f"`{value}`" for value in column.values) + ")"
    if column.references:
        meaning += f" → `{column.references[0]}.{column.references[1]}`"
    name = f"**{column.name}**" if column.name == primary_key else column.name
    return f"| {name} | {column.type} | {meaning} | {column.vi} |\n"


if __name__ == "__main__":
    print(markdown(), end="")
