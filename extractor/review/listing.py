"""The list of documents: searched, filtered, with what is done and what is odd."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from extractor.review.cells import REVIEWED
from extractor.review.decisions import Reviews, folded
from extractor.review.documents import LOW
from extractor.review.sentences import sentence
from extractor.tables.schema import FLAGS

PER_PAGE = 200

_COUNTS = "".join(f", (SELECT count(*) FROM {t} AS x WHERE x.doc_id = d.doc_id) AS {t}" for t in REVIEWED)
_STATES = "FROM review_state AS s WHERE s.doc_id = d.doc_id AND s.table_name <> 'documents'"
# Of rows that rules no longer find, and of those that were added, the decision is the row.
_ROWS = "(targets + places + deadlines + assignments + extra)"
_LISTED = f"""
SELECT d.*{_COUNTS},
  (SELECT count(*) {_STATES}) AS reviewed,
  (SELECT count(*) {_STATES} AND s.machine_id = '') AS extra,
  (SELECT count(*) {_STATES} AND s.rivals <> '[]') AS conflicts,
  (SELECT count(*) {_STATES} AND s.look <> '') AS look
FROM documents AS d
"""
_SEARCHED = " || ' ' || ".join(
    f"coalesce({name}, '')" for name in ("source", "doc_type", "number", "title", "issuer", "district")
)
_STATE = {
    "todo": f"reviewed < {_ROWS}",
    "part": f"reviewed > 0 AND reviewed < {_ROWS}",
    "done": f"reviewed >= {_ROWS}",
    "again": "look > 0",
    "conflict": "conflicts > 0",
}
_SORTS = {
    "": "source",
    "date": "issued_on IS NULL, issued_on DESC, source",
    "todo": f"{_ROWS} - reviewed DESC, source",
    "type": "doc_type, source",
    "province": "province IS NULL, province, source",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the list is wanted; an empty text means everything.

    Attributes:
        q: words of the name, number, title or issuer; accents and case do not count.
        province: as in ``documents.province``.
        type: as in ``documents.doc_type``.
        status: ``ok``, ``partial`` or ``failed``.
        flag: code of a check that a row fails; ``any`` for any; ``low`` for rows that are not sure.
        state: ``todo``, ``part``, ``done``, ``again`` (to be looked at again), ``conflict``.
        since: issued on this day or later (ISO).
        until: issued on this day or earlier.
        sort: ``date``, ``todo``, ``type``, ``province``; by name if empty.
        page: from 1.
    """

    q: str = ""
    province: str = ""
    type: str = ""
    status: str = ""
    flag: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The filters of a query; what is not understood is left out. The page's form calls the days from and to."""
        names = {"since": "from", "until": "to"}
        texts = {
            f.name: given.get(names.get(f.name, f.name), "").strip()[:200] for f in fields(cls) if f.name != "page"
        }
        page = given.get("page", "")
        found = cls(**texts, page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1)
        return replace(
            found,
            state=found.state if found.state in _STATE else "",
            sort=found.sort if found.sort in _SORTS else "",
        )

    def as_dict(self) -> dict[str, Any]:
        """As the page's form names them."""
        given = asdict(self)
        given["from"], given["to"] = given.pop("since"), given.pop("until")
        return given

    def stated(self) -> dict[str, str]:
        """Those that are set, for a link."""
        return {name: value for name, value in self.as_dict().items() if value and name != "page"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    documents: list[dict[str, Any]]
    total: int
    pages: int


def _where(filters: Filters) -> tuple[str, list[str]]:
    parts, values = ["1"], []
    for column, value in (
        ("province = ?", filters.province),
        ("doc_type = ?", filters.type),
        ("status = ?", filters.status),
        ("issued_on >= ?", filters.since),
        ("issued_on <= ?", filters.until),
    ):
        if value:
            parts.append(column)
            values.append(value)
    for word in folded(filters.q).split():
        parts.append(f"instr(folded({_SEARCHED}), ?)")
        values.append(word)
    if filters.state:
        parts.append(_STATE[filters.state])
    if filters.flag:
        parts.append(f"({' OR '.join(_with_flag(table, filters.flag, values) for table in REVIEWED)})")
    return " AND ".join(f"({part})" for part in parts), values


def _with_flag(table: str, flag: str, values: list[str]) -> str:
    rows = f"EXISTS (SELECT 1 FROM {table} AS x WHERE x.doc_id = d.doc_id AND"
    if flag == "low":
        return f"{rows} x.confidence < {LOW})"
    if flag == "any":
        return f"{rows} x.flags IS NOT NULL)"
    values.append(f";{flag};")
    return f"{rows} instr(';' || x.flags || ';', ?))"


def _query(filters: Filters) -> tuple[str, list[str]]:
    where, values = _where(filters)
    return f"SELECT * FROM ({_LISTED}) AS d WHERE {where} ORDER BY {_SORTS[filters.sort]}", values


def listed(reviews: Reviews, filters: Filters) -> Listed:
    """A page of the documents that are wanted."""
    query, values = _query(filters)
    ((total,),) = reviews.all(f"SELECT count(*) FROM ({query})", *values)
    rows = reviews.all(f"{query} LIMIT {PER_PAGE} OFFSET {(filters.page - 1) * PER_PAGE}", *values)
    return Listed([_listed(reviews, dict(row)) for row in rows], total, max(1, -(-total // PER_PAGE)))


def _listed(reviews: Reviews, row: dict[str, Any]) -> dict[str, Any]:
    doc_id = row["doc_id"]
    sure = " UNION ALL ".join(f"SELECT confidence, flags FROM {t} WHERE doc_id = ?1" for t in REVIEWED)
    ((mean, low),) = reviews.all(f"SELECT avg(confidence), sum(confidence < {LOW}) FROM ({sure})", doc_id)
    codes = {
        c
        for (flags,) in reviews.all(f"SELECT DISTINCT flags FROM ({sure}) WHERE flags IS NOT NULL", doc_id)
        for c in flags.split(";")
    }
    return {
        **{name: "" if value is None else value for name, value in row.items()},
        "counts": {table: row[table] for table in REVIEWED},
        "rows": sum(row[table] for table in REVIEWED) + row["extra"],
        "flags": sorted(codes),
        "low": low or 0,
        "confidence": None if mean is None else round(mean, 2),
    }


def neighbours(reviews: Reviews, filters: Filters, doc_id: str) -> tuple[str, str]:
    """The documents before and behind one in the list that is wanted; empty where there is none."""
    query, values = _query(filters)
    ids = [row["doc_id"] for row in reviews.all(query, *values)]
    at = ids.index(doc_id) if doc_id in ids else -1
    if at < 0:
        return "", ""
    return ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""


def choices(reviews: Reviews, lang: str) -> dict[str, Any]:
    """What can be chosen in the list's form."""

    def different(column: str) -> list[str]:
        query = f"SELECT DISTINCT {column} FROM documents WHERE {column} IS NOT NULL ORDER BY folded({column})"
        return [row[0] for row in reviews.all(query)]

    flags = [{"code": code, "label": vi if lang == "vi" else en} for code, (en, vi) in FLAGS.items()]
    return {"provinces": different("province"), "types": different("doc_type"), "flags": flags}


def progress(reviews: Reviews) -> dict[str, int]:
    """How many rows there are, and how many of them are reviewed."""
    rows = " + ".join(f"(SELECT count(*) FROM {table})" for table in REVIEWED)
    ((total, reviewed, extra, look, conflicts),) = reviews.all(
        f"SELECT {rows}, count(*), coalesce(sum(machine_id = ''), 0), coalesce(sum(look <> ''), 0), "
        "coalesce(sum(rivals <> '[]'), 0) FROM review_state WHERE table_name <> 'documents'"
    )
    return {"rows": total + extra, "reviewed": reviewed, "look": look, "conflicts": conflicts}


def again(reviews: Reviews, lang: str) -> list[dict[str, Any]]:
    """What is to be looked at again: decisions whose rows have changed or gone, and whose words have."""
    rows = reviews.all(
        """
        SELECT s.*, r.quote, r.source, d.doc_id IS NOT NULL AS there
        FROM review_state AS s JOIN reviews AS r USING (review_id) LEFT JOIN documents AS d ON d.doc_id = s.doc_id
        WHERE s.look <> '' ORDER BY r.source, r.start LIMIT 5000
        """
    )
    found = []
    for row in rows:
        cells: dict[str, str] = json.loads(row["row"])
        found.append(
            {
                **{
                    name: row[name] for name in ("doc_id", "source", "row_id", "look", "verdict", "reviewer", "made_at")
                },
                "table": row["table_name"],
                "there": bool(row["there"]) and row["look"] != "unplaced",
                "quote": cells.get("quote") or row["quote"],
                "sentence": sentence(row["table_name"], cells, lang) if cells else "",
            }
        )
    return found
