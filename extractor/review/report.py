"""One page about a whole batch, to send by mail: totals, charts, every row, and the sources with their findings.

The page needs nothing else: style and scripts are in it, and its Content-Security-Policy allows exactly those (by their
hashes) and no connection at all. Texts of documents are hostile: Jinja2 escapes them, JSON in the page holds no ``<``,
and what would turn the writing's direction is U+FFFD outside the source view. Without scripts, all but that view works.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from extractor.patterns import load
from extractor.review.charts import Bar, Chart, bars, calendar, shown_years
from extractor.review.sentences import day, number, shown

SOURCES_LIMIT = 20_000_000
"""Bytes of sources and rows for the source view that one page holds: more than mail programs take."""

HERE = Path(__file__).parent
TABLES = ("targets", "deadlines", "assignments", "places")
STATUSES = ("target", "result", "estimate", "criterion")
ROLES = ("lead", "support", "other_roles")
MOST_ASSIGNEES = 15

_QUOTE = 400  # characters of a quote that are shown in a table
_STATUS_COLORS = ("targets", "places", "deadlines", "soft")
_ROLE_COLORS = ("assignments", "places", "soft")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_JSON_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d).*", re.ASCII)

Json = Mapping[str, Any]
Row = Mapping[str, Any]


def report_html(
    documents: Sequence[Json],
    lang: str = "vi",
    title: str = "",
    made_at: str = "",
    limit: int = SOURCES_LIMIT,
) -> str:
    """One self-contained page.

    Args:
        documents: what ``extractor.review.documents.document_json`` makes of each, in the order of the page; with a key
            ``details`` (row id → why it is there) where the source view is to say it.
        lang: ``vi`` or ``en``.
        title: its heading; "what was extracted" if empty.
        made_at: when it was made, ISO 8601; nothing is said of it if empty.
        limit: bytes of sources that it may hold; documents beyond are listed without theirs.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    said, groups = _words(lang)
    styles = _asset("report.css") + _asset("view.css")
    view = _asset("view.js")
    scripts = [script for script in (view, _asset("report.js")) if script]
    kept, data = _embedded(documents, lang, limit if view else 0)
    everything = [row for document in documents for row in document["rows"]]
    standing = [row for row in everything if verdict(row) != "reject"]
    entries = [_entry(document, lang, said) for document in documents]
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    policy = (
        f"default-src 'none'; style-src {_hash(styles)}; script-src {' '.join(map(_hash, scripts))}; "
        "base-uri 'none'; form-action 'none'"
    )
    counted = _Numbers(lang)
    return environment.get_template("report.html").render(
        lang=lang,
        t=said,
        n=counted,
        title=shown(title) or said["title"],
        made=said["made"].format(when=_when(made_at, lang)) if made_at else "",
        policy=policy,
        styles=Markup(styles),
        scripts=[Markup(script) for script in scripts],
        shared=Markup(_json(_shared(documents, lang))),
        totals=[("documents", counted[len(documents)])]
        + [(name, counted[sum(row["table"] == name for row in standing)]) for name in TABLES],
        progress=_progress(everything, lang, said),
        rejected=len(everything) - len(standing),
        unread=sum(entry["status"] in ("failed", "partial") for entry in entries),
        charts=charts(documents, standing, lang, said, groups),
        Markup=Markup,
        entries=entries,
        data={doc_id: Markup(text) for doc_id, text in data.items()},
        with_view=bool(view),
        kept=kept,
        limit=number(f"{limit / 1e6:g}", lang),
    )


def verdict(row: Row) -> str:
    """What reviewers said of a row: ``accept``, ``correct``, ``reject``, ``add``; ``todo`` where they said nothing."""
    state = row.get("state")
    found = state["verdict"] if state else "reopen"
    return "todo" if found == "reopen" else str(found)


def charts(
    documents: Sequence[Json], rows: Sequence[Row], lang: str, said: Mapping[str, str], groups: Mapping[str, str]
) -> list[Chart]:
    """The five charts of the page.

    Args:
        documents: for the words of their flags.
        rows: those that stand, of all documents.
        lang: ``vi`` or ``en``.
        said: the page's words.
        groups: letter of an indicator's code → programme.
    """
    of: dict[str, list[Row]] = {name: [row for row in rows if row["table"] == name] for name in TABLES}
    words: dict[str, str] = {}
    for document in documents:
        words |= {code: text.get(lang, code) for code, text in document.get("flags", {}).items()}
    return [
        _by_status(of["targets"], lang, said),
        _by_group(of["targets"], lang, said, groups),
        _by_month(of["deadlines"], lang, said),
        _by_assignee(of["assignments"], lang, said),
        _by_flag(rows, lang, said, words),
    ]


# --- what the page says ----------------------------------------------------------------------------------------------


class _Numbers(dict[int, str]):
    """Counts as people write them."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def __missing__(self, count: int) -> str:
        return number(str(count), self._lang)


@cache
def _words(lang: str) -> tuple[dict[str, str], dict[str, str]]:
    import yaml

    read = yaml.safe_load((HERE / "report.yaml").read_text(encoding="utf-8"))
    said, groups = ({key: str(word[lang]) for key, word in read[part].items()} for part in ("words", "groups"))
    return said, groups


@cache
def indicators() -> dict[str, str]:
    """The catalogue: code of an indicator → its name."""
    return {entry.means["code"]: entry.means["name"] for entry in load().of("indicator") if "name" in entry.means}


def _when(made_at: str, lang: str) -> str:
    found = _ISO.fullmatch(made_at)
    return f"{day(found[1], lang)} {found[2]}" if found else day(made_at, lang)


def _share(part: int, whole: int, lang: str) -> str:
    return number(f"{100 * part / whole:.0f}", lang) + "%" if whole else ""


def _progress(rows: Sequence[Row], lang: str, said: Mapping[str, str]) -> dict[str, Any]:
    """How many rows are reviewed, and with what verdict."""
    verdicts = Counter(map(verdict, rows))
    done = len(rows) - verdicts["todo"]
    return {
        "said": said["of_rows"].format(done=number(str(done), lang), all=number(str(len(rows)), lang)),
        "share": _share(done, len(rows), lang),
        "done": done,
        "all": len(rows),
        "verdicts": [(said[name], number(str(verdicts[name]), lang)) for name in _VERDICTS if verdicts[name]],
    }


_VERDICTS = ("accept", "correct", "add", "reject")


def _entry(document: Json, lang: str, said: Mapping[str, str]) -> dict[str, Any]:
    """A document as the list shows it."""
    doc = document["doc"]
    cells = {name: shown(text) for name, text in doc["cells"].items()}
    issued = cells.get("issued_on", "")
    rows = document["rows"]
    flagged = sum(bool(row["cells"].get("flags")) for row in rows if verdict(row) != "reject")
    facts = [cells.get("number", ""), day(issued, lang) if issued else "", cells.get("issuer", "")]
    facts += [cells.get("province", ""), cells.get("source", "") or shown(doc.get("source", ""))]
    fields = _fields(document)
    flags = document.get("flags", {})
    by_table: dict[str, list[Row]] = {name: [] for name in TABLES}
    for row in rows:
        by_table.get(row["table"], []).append(row)
    counted = _Numbers(lang)
    counts = {name: sum(verdict(row) != "reject" for row in found) for name, found in by_table.items()}
    return {
        "id": shown(doc["doc_id"]),
        "title": cells.get("title", "") or facts[-1],
        "facts": [fact for fact in facts if fact],
        "status": cells.get("status", "ok"),
        "warnings": cells.get("warnings", ""),
        "sentence": shown(doc.get("sentence", {}).get(lang, "")),
        "counts": counts,
        "said": {
            name: said["rejected_too"].format(n=counted[counts[name]], rejected=counted[len(found) - counts[name]])
            if counts[name] < len(found)
            else counted[len(found)]
            for name, found in by_table.items()
        },
        "flagged": flagged,
        "done": sum(verdict(row) != "todo" for row in rows),
        "rows": len(rows),
        "tables": [
            (name, [_shown_row(row, lang, said, fields.get(name, {}), flags) for row in found])
            for name, found in by_table.items()
            if found
        ],
    }


def _fields(document: Json) -> dict[str, dict[str, Json]]:
    """Table → column → what it is."""
    return {table: {field["name"]: field for field in found} for table, found in document.get("fields", {}).items()}


def _cell(field: Json, text: str, lang: str) -> str:
    """A value as people write it."""
    kind = field.get("type")
    return number(text, lang) if kind in ("decimal", "int") else day(text, lang) if kind == "date" else shown(text)


def _shown_row(
    row: Row, lang: str, said: Mapping[str, str], fields: Mapping[str, Json], flags: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    cells, state = row["cells"], row.get("state") or {}
    code = shown(cells.get("indicator_code", ""))
    name = indicators().get(code, "")
    quote = shown(cells.get("quote", ""))
    confidence = cells.get("confidence", "")
    seen, changes = state.get("seen", {}), state.get("changes", {})
    notes = []
    if look := state.get("look"):
        notes.append(said.get(f"look_{look}", shown(look)))
    if rivals := state.get("rivals"):
        names = dict.fromkeys(shown(rival["reviewer"]) for rival in rivals)
        notes.append(said["rivals"].format(names=", ".join(names)))
    return {
        "verdict": verdict(row),
        "reviewer": shown(state.get("reviewer", "")),
        "reason": shown(state.get("reason", "")),
        "sentence": shown(row["sentence"].get(lang, "")),
        "quote": quote[:_QUOTE] + "…" if len(quote) > _QUOTE else quote,
        "indicator": f"{code} {name}".strip(),
        "flags": [flags.get(flag, {}).get(lang, shown(flag)) for flag in _flags(row)],
        "notes": notes,
        "changes": [
            (
                str(fields[column]["label"][lang]) if column in fields else column,
                _cell(fields.get(column, {}), seen.get(column, ""), lang),
                _cell(fields.get(column, {}), text, lang),
            )
            for column, text in changes.items()
            if verdict(row) == "correct" and column not in ("start", "end")
        ],
        "confidence": _percent(confidence, lang),
        "low": bool(row.get("low")),
    }


def _percent(share: str, lang: str) -> str:
    try:
        return number(f"{float(share) * 100:.0f}", lang) + "%"
    except ValueError:
        return shown(share)


def _flags(row: Row) -> list[str]:
    return [flag for flag in row["cells"].get("flags", "").split(";") if flag]


# --- what is in the page for the source view -------------------------------------------------------------------------


def _asset(name: str) -> str:
    """A style or script to put into the page; empty where there is none of that name."""
    path = HERE / "static" / name
    if not path.exists():
        return ""
    # A browser reads a line's end as \n: the hash must be of what it reads.
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    if re.search(r"</(?:script|style)|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name} holds what would end it inside of a page")
    return text


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(value: Any) -> str:
    """JSON that can stand in a page: nothing in it ends the element, and everything in it can be encoded."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_JSON_ESCAPES)
    return _HALF_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _shared(documents: Sequence[Json], lang: str) -> dict[str, Any]:
    """What the source view needs of every document alike."""
    first: Json = documents[0] if documents else {}
    return {
        "lang": lang,
        "words": _view_words(lang),
        "fields": first.get("fields", {}),
        "flags": first.get("flags", {}),
    }


def _view_words(lang: str) -> dict[str, str]:
    import yaml

    path = HERE / "words.yaml"
    if not path.exists():
        return {}
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: word[lang] for key, word in read.items()}


def _embedded(documents: Sequence[Json], lang: str, limit: int) -> tuple[int, dict[str, str]]:
    """How many documents have their source in the page, and doc_id → JSON of those, the first ones that fit."""
    found: dict[str, str] = {}
    left = limit
    for document in documents:
        text = document["text"]
        if not text or len(text) > left:
            continue
        data = _json(_viewed(document, lang))
        size = len(data.encode())
        if size <= left:
            left -= size
            found[shown(document["doc"]["doc_id"])] = data
    return len(found), found


def _viewed(document: Json, lang: str) -> dict[str, Any]:
    """A document for the source view, without what it does not show or all documents have alike."""
    left_out = {"fields", "flags", "spots"}
    return {
        **{key: value for key, value in document.items() if key not in left_out},
        "rows": [{**row, "sentence": {lang: row["sentence"].get(lang, "")}} for row in document["rows"]],
        "spots": list(_pages(document.get("spots", ()))),
    }


def _pages(spots: Iterable[Sequence[float]]) -> list[list[float]]:
    """Only on which page a stretch stands, one entry a page: there are no page images in the report."""
    pages: list[list[float]] = []
    for start, end, page, *_ in spots:
        if pages and pages[-1][2] == page:
            pages[-1][1] = end
        else:
            pages.append([start, end, page])
    return pages


# --- charts ----------------------------------------------------------------------------------------------------------


def _chart(
    key: str,
    said: Mapping[str, str],
    lang: str,
    found: Sequence[Bar],
    first: str,
    series: Sequence[tuple[str, str]] = (),
    note: str = "",
) -> Chart:
    """A chart of bars; its table has a column for each series, and the total."""
    counted = _Numbers(lang)
    title = said[key]
    head = (first, *(name for _, name in series), said["total"] if series else said["count"])
    rows = [(bar.label, *(counted[part] for _, part in bar.parts if series), counted[bar.total]) for bar in found]
    spoken = "; ".join(f"{bar.label}: {counted[bar.total]}" for bar in found[:5])
    svg = bars(found, f"{title}. {spoken}", counted) if found else ""
    return Chart(key, title, svg, tuple(series), head, tuple(rows), note)


def _parts(counts: Counter[str], names: Sequence[str], colors: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((color, counts[name]) for name, color in zip(names, colors, strict=True))


def _by_status(targets: Sequence[Row], lang: str, said: Mapping[str, str]) -> Chart:
    counts = Counter(row["cells"].get("status", "") for row in targets)
    colors = dict(zip(STATUSES, _STATUS_COLORS, strict=True))
    found = [Bar(said[status], ((colors[status], counts[status]),)) for status in STATUSES if counts[status]]
    if others := len(targets) - sum(counts[status] for status in STATUSES):
        found.append(Bar(said["others"], (("soft", others),)))
    return _chart("by_status", said, lang, found, said["status"])


def _by_group(targets: Sequence[Row], lang: str, said: Mapping[str, str], groups: Mapping[str, str]) -> Chart:
    counts: dict[str, Counter[str]] = {}
    for row in targets:
        letter = row["cells"].get("indicator_code", "")[:1]
        counts.setdefault(letter if letter in groups else "", Counter())[row["cells"].get("status", "")] += 1
    order = sorted(counts, key=lambda letter: (letter == "", -counts[letter].total(), letter))
    found = [
        Bar(groups.get(letter, said["no_group"]), _parts(counts[letter], STATUSES, _STATUS_COLORS)) for letter in order
    ]
    series = list(zip(_STATUS_COLORS, (said[status] for status in STATUSES), strict=True))
    return _chart("by_group", said, lang, found, said["group"], series)


def _by_assignee(assignments: Sequence[Row], lang: str, said: Mapping[str, str]) -> Chart:
    counts: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    for row in assignments:
        cells = row["cells"]
        name = shown(cells.get("name") or cells.get("organization") or cells.get("position") or cells.get("quote", ""))
        role = cells.get("role", "")
        names.setdefault(name.casefold(), name)
        counts.setdefault(name.casefold(), Counter())[role if role in ROLES else "other_roles"] += 1
    order = sorted(counts, key=lambda who: (-counts[who].total(), -counts[who]["lead"], who))
    found = [
        Bar(names[who][:1].upper() + names[who][1:], _parts(counts[who], ROLES, _ROLE_COLORS))
        for who in order[:MOST_ASSIGNEES]
    ]
    series = list(zip(_ROLE_COLORS, (said[role] for role in ROLES), strict=True))
    most = said["most"].format(shown=len(found), all=number(str(len(order)), lang))
    note = most if len(order) > len(found) else ""
    return _chart("by_assignee", said, lang, found, said["assignee"], series, note=note)


def _by_flag(rows: Sequence[Row], lang: str, said: Mapping[str, str], words: Mapping[str, str]) -> Chart:
    counts = Counter(flag for row in rows for flag in _flags(row))
    order = sorted(counts, key=lambda flag: (-counts[flag], flag))
    found = [Bar(shown(words.get(flag, flag)), (("bad", counts[flag]),)) for flag in order]
    return _chart("by_flag", said, lang, found, said["flag"])


def _by_month(deadlines: Sequence[Row], lang: str, said: Mapping[str, str]) -> Chart:
    months: Counter[tuple[int, int]] = Counter()
    others: Counter[str] = Counter()
    for row in deadlines:
        cells = row["cells"]
        due = cells.get("due_date") or cells.get("start_date") or ""
        if re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])-\d\d", due, re.ASCII):
            months[int(due[:4]), int(due[5:7])] += 1
        else:
            others["recurring" if cells.get("kind") == "recurring" or cells.get("recurrence") else "undated"] += 1
    counted = _Numbers(lang)
    names = {(year, month): said["month_of"].format(m=month, y=year, name=_month_name(month)) for year, month in months}
    rows = [(names[month], counted[months[month]]) for month in sorted(months)]
    rows += [(said[kind], counted[others[kind]]) for kind in ("recurring", "undated") if others[kind]]
    svg, notes = "", [f"{said[kind]}: {counted[others[kind]]}." for kind in ("recurring", "undated") if others[kind]]
    if months:
        years = shown_years(months)
        drawn = {month: count for month, count in months.items() if month[0] in years}
        title = said["by_month"] + ". " + "; ".join(f"{names[m]}: {counted[n]}" for m, n in months.most_common(5))
        svg = calendar(drawn, title, {month: f"{names[month]}: {counted[drawn[month]]}" for month in drawn})
        if left := months.total() - sum(drawn.values()):
            more = len({year for year, _ in months}) - len(years)
            notes.insert(0, said["other_years"].format(n=counted[left], years=counted[more]))
    head = (said["month"], said["count"])
    return Chart("by_month", said["by_month"], svg, (), head, tuple(rows), " ".join(notes))


def _month_name(month: int) -> str:
    from calendar import month_name

    return month_name[month]
