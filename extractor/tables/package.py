"""``datapackage.json``: the CSV tables described for machines, after Data Package v2, made from the one schema."""

from __future__ import annotations

import json
from typing import Any

from extractor.tables.schema import TABLES, Column, Table

PACKAGE_NAME = "datapackage.json"

_PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {
    "str": "string",
    "list": "string",
    "int": "integer",
    "float": "number",
    "decimal": "number",
    "date": "date",
}


def package_json(excel: bool = False) -> bytes:
    """The package of one output folder as the bytes of its file, the same on every run.

    Args:
        excel: whether the CSV tables are those for Excel: ``;`` between cells, decimal commas.
    """
    return (json.dumps(package(excel), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def package(excel: bool = False) -> dict[str, Any]:
    """The package as a plain object: a resource a table; see ``package_json``.

    ``description`` is English; the extra property ``description_vi`` beside it is the same in Vietnamese.
    """
    return {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "chitieu",
        "title": "Targets, places, deadlines and assignments out of Vietnamese government plans",
        "resources": [_resource(table, excel) for table in TABLES],
    }


def _resource(table: Table, excel: bool) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": table.en,
        "description_vi": table.vi,
        "dialect": {
            "$schema": f"{_PROFILES}/tabledialect.json",
            "header": True,
            "delimiter": ";" if excel else ",",
            "lineTerminator": "\n",
            "quoteChar": '"',
            "doubleQuote": True,
        },
        "schema": _schema(table, excel),
    }


def _schema(table: Table, excel: bool) -> dict[str, Any]:
    return {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(column, table, excel) for column in table.columns],
        "missingValues": [""],
        "primaryKey": [table.primary_key],
        "foreignKeys": [_foreign_key(column, table) for column in table.columns if column.references is not None],
    }


def _field(column: Column, table: Table, excel: bool) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.type]}
    if excel and field["type"] == "number":
        field["decimalChar"] = ","
    field["description"] = column.en
    field["description_vi"] = column.vi
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    if column.name == table.primary_key:
        constraints["unique"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    if constraints:
        field["constraints"] = constraints
    return field


def _foreign_key(column: Column, table: Table) -> dict[str, Any]:
    assert column.references is not None
    parent, key = column.references
    # A key into the same table names no resource.
    reference = {"fields": [key]} if parent == table.name else {"resource": parent, "fields": [key]}
    return {"fields": [column.name], "reference": reference}
