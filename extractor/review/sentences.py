"""One sentence a row, made from its fields alone: a reviewer compares two sentences, not a sentence and a record.

The words are in ``sentences.yaml``. What the fields say stands in the sentence even where it is wrong or half done (a
reviewer is typing): a number that is none, a day that is not in the calendar or a value that no list knows is shown as
it is. What the source says verbatim (indicators, tasks, names) stays Vietnamese in the English sentence.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from extractor.review.state import Cells

PATH = Path(__file__).with_name("sentences.yaml")

_LONGEST = 240  # characters of a verbatim field: what is longer is no longer read as a part of a sentence
_DECIMAL = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# What would not be seen, or would turn the order of what stands beside it; and halves of pairs, which nothing encodes.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ROMAN = ("I", "II", "III", "IV")
_ORDINAL = ("first", "second", "third", "fourth")
_FREQUENCIES = frozenset({"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_WEEKDAYS = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
_SIGNS = frozenset("%‰")

Words = Mapping[str, str]


def sentence(table: str, cells: Cells, lang: str = "vi", places: Sequence[Cells] = ()) -> str:
    """A row as one sentence.

    Args:
        table: the table's name; of one that is none of the schema's, what the row says is given one after the other.
        cells: the row as CSV writes it; any of its columns, with any text in them.
        lang: ``vi`` or ``en``.
        places: of a target, the rows of ``places`` that its list names, in their order.

    Returns:
        The sentence, in one line, with its full stop. Marks that would turn the writing's direction, and characters
        that cannot be seen, are U+FFFD in it.
    """
    if table == "targets":
        said = _target(cells, lang, places)
    elif table in _SENTENCES:
        said = _SENTENCES[table](cells, lang)
    else:
        said = " – ".join(filter(None, map(shown, cells.values())))
    said = _capital(said)
    return said if said.endswith((".", "!", "?", "…")) or not said else said + "."


def number(text: str, lang: str = "vi") -> str:
    """A decimal of the tables (``1234.5``) as people write it: ``1.234,5``, ``1,234.5``; other text is cleaned."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return shown(text)
    sign, whole, part = found.groups()
    if len(whole) > 3:
        # In groups of three from the right.
        first = len(whole) % 3
        groups = [whole[:first]] if first else []
        whole = (".,"[lang == "en"]).join(groups + [whole[i : i + 3] for i in range(first, len(whole), 3)])
    return sign + whole + (",."[lang == "en"] + part if part else "")


def day(text: str, lang: str = "vi") -> str:
    """A date of the tables (``2022-12-31``) as people write it: ``31/12/2022`` or ``31 December 2022``."""
    if not _DAY.fullmatch(text):
        return shown(text)
    year, month, date = text.split("-")
    if lang == "en" and 1 <= int(month) <= 12:
        return f"{int(date)} {month_name[int(month)]} {year}"
    return f"{date}/{month}/{year}"


def shown(text: str) -> str:
    """Text of a document in one line: all of it seen, nothing that turns the writing's direction."""
    return _UNSEEN.sub("\ufffd", " ".join(text.split()))


@cache
def _words(lang: str) -> tuple[dict[str, Words], frozenset[str]]:
    """The words of a language by their group, and the nouns that a percentage may stand before."""
    import yaml  # not at start-up: only reviewers need it

    read: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    counted = frozenset(noun.lower() for noun in read.pop("counted"))
    column = "en" if lang == "en" else "vi"
    return {group: {key: word[column] for key, word in words.items()} for group, words in read.items()}, counted


def _brief(text: str) -> str:
    """A verbatim field, its end left out where it is too long, without the marks that would end the sentence."""
    text = shown(text)
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
    return text.rstrip(" ;:,.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """A phrase inside a sentence: a small first letter, unless it is an abbreviation (GRDP) or a name (Hà Nội)."""
    first, _, rest = text.partition(" ")
    return text if first[1:2].isupper() or rest[:1].isupper() else text[:1].lower() + text[1:]


def _filled(words: Words, key: str, said: str) -> str:
    """``said`` in the template of a value; behind the value itself where it is one that no list knows."""
    template = words.get(key)
    return template.format(n=said) if template else f"{shown(key)} {said}".strip()


def _in_brackets(*parts: str) -> str:
    inside = "; ".join(filter(None, parts))
    return f" ({inside})" if inside else ""


# --- times -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _when(start: str, due: str, lang: str) -> str:
    """A span of days as people say it: ``Trong quý I/2022``, ``Đến 31/12/2022``; empty without days."""
    words = _words(lang)[0]["times"]
    if not (start and due):
        if due:
            return words["until"].format(due=day(due, lang))
        return words["since"].format(start=day(start, lang)) if start else ""
    said = {"start": day(start, lang), "due": day(due, lang)}
    kind = ""
    if _DAY.fullmatch(start) and _DAY.fullmatch(due) and "01" <= due[5:7] <= "12" and int(due[:4]):
        year, first, last = start[:4], int(start[5:7]), int(due[5:7])
        whole = start.endswith("-01") and int(due[8:]) == monthrange(int(due[:4]), last)[1]
        if start == due:
            kind = "day"
        elif whole and year == due[:4]:
            kind = {(first, 0): "month", (1, 11): "year", (1, 5): "half", (7, 5): "half"}.get((first, last - first), "")
            kind = "quarter" if last - first == 2 and first in (1, 4, 7, 10) else kind
        elif whole and first == 1 and last == 12 and year < due[:4]:
            kind = "years"
        if kind:
            half = kind == "half"
            said |= {
                "y": year,
                "last": due[:4],
                "m": str(first),
                "month": month_name[last],
                "roman": _ROMAN[last // 3 - 1],
            }
            said["ordinal"] = _ORDINAL[first > 1 if half else last // 3 - 1]
            said["part"] = words["second_half" if first > 1 else "first_half"]
    return words[kind or "span"].format(**said)


@lru_cache(maxsize=1024)
def _often(rule: str, before: bool, lang: str) -> str:
    """An RRULE in words: ``Hằng quý``, ``Hằng năm, ngày 15/6 và 15/12``; of one of another kind, the rule itself."""
    words = _words(lang)[0]["recurrence"]
    return _rule_in_words(rule, before, words, lang) or words["other"].format(rule=shown(rule))


def _rule_in_words(rule: str, before: bool, words: Words, lang: str) -> str:
    parts = dict(part.partition("=")[::2] for part in rule.removeprefix("RRULE:").split(";"))
    frequency, interval = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    if frequency not in _FREQUENCIES or not re.fullmatch(r"[1-9]\d{0,2}", interval, re.ASCII):
        return ""
    often = words.get(frequency if interval == "1" else frequency + interval, "")
    often = often or words[f"every_{frequency}"].format(n=interval)
    lists = {key: value.split(",") for key, value in parts.items()}
    months, dates, weekdays, chosen = (lists.pop(f"BY{key}", []) for key in ("MONTH", "MONTHDAY", "DAY", "SETPOS"))
    if lists or not all(re.fullmatch(r"-?\d{1,2}", n, re.ASCII) for n in (*months, *dates, *chosen)):
        return ""
    if not all(1 <= int(month) <= 12 for month in months) or not _WEEKDAYS.issuperset(weekdays):
        return ""
    days = [words["month_end"] if date == "-1" else words["monthday"].format(d=date) for date in dates]
    if months and dates:
        days = [words["date"].format(d=d, m=m, month=month_name[int(m)]) for m, d in product(months, dates)]
    if chosen:
        # The first of June and the fifteenth of November: two of the four days that both lists make.
        if not all(1 <= int(n) <= len(days) for n in chosen):
            return ""
        days = [days[int(n) - 1] for n in chosen]
    elif months and not dates:
        names = [month_name[int(month)] if lang == "en" else month for month in months]
        often = words["in_month"].format(often=often, months=_joined(names, words))
    if days:
        often = words["before" if before else "on_day"].format(often=often, days=_joined(days, words))
    if weekdays:
        often = words["weekday"].format(often=often, days=_joined([words[day] for day in weekdays], words))
    return often


def _joined(items: Sequence[str], words: Words) -> str:
    return words["and"].join(filter(None, [", ".join(items[:-1]), items[-1]]))


# --- tables ----------------------------------------------------------------------------------------------------------


def _target(cells: Cells, lang: str, places: Sequence[Cells]) -> str:
    groups, counted = _words(lang)
    words = groups["targets"]
    get = cells.get
    unit, indicator = shown(get("unit") or ""), _brief(get("indicator") or "")
    basis, percent, status = get("basis") or "", get("percent") or "", get("status") or ""
    share = number(percent, lang) + "%" if percent else ""

    # The number, with what binds it.
    ends = [number(end, lang) for end in (get("value"), get("value_max")) if end]
    said = " - ".join(ends) or words["unstated"]
    if denominator := get("denominator"):
        said += "/" + number(denominator, lang)
    if unit in _SIGNS:
        said += unit
    if (comparator := get("comparator") or "=") != "=":
        said = _filled(words, comparator, said)
    if share and basis == "change" and unit not in _SIGNS:
        share = words["change"].format(n=share)  # "486 người (giảm 13,4%)": the share is the change
        basis = ""
    elif basis == "average" and "bình quân" in f"{indicator} {unit}".lower():
        basis = ""
    elif basis:
        said = _filled(words, basis, said)

    # What is counted: behind its number ("3 xã đạt chuẩn …") where it begins with the unit, else before it.
    first = indicator.lower()
    starts = first == unit.lower() or first.startswith(unit.lower() + " ") or first.startswith(unit.lower() + ",")
    if unit in _SIGNS or not unit:
        starts = _begins_with(first, counted)
    counts = starts or not indicator
    if not (unit in _SIGNS or not unit or (counts and indicator)):
        said += " " + unit

    # The status, and when.
    when = _when(get("period_start") or "", get("due_date") or "", lang)
    manner = {"increment": "more", "change": "change"}.get(basis) or (
        "count" if counts and unit not in _SIGNS and not basis else "level"
    )
    if status == "result" and manner == "count" and not when:
        manner = "now"
    kind = "stretch" if get("strength") == "stretch" else status
    if kind in ("result", "estimate", "stretch"):
        said = words[f"{kind}_{manner if kind == 'result' or manner != 'now' else 'count'}"].format(n=said)
    heads = (
        [when] if status in ("target", "result", "estimate", "") else [words.get(status) or shown(status), _lower(when)]
    )
    if status == "target" and not when:
        heads = [words["target"]]
    head = ", ".join(filter(None, heads))
    if counts:
        said = ": ".join(filter(None, [head, f"{said} {_lower(indicator)}".strip()]))
    else:
        between = ", " if when else words["of"]
        said = (head + between if head else "") + (_lower(indicator) if head else indicator) + ": " + said

    plan = get("plan_of") or ""
    said += _in_brackets(share, words["plan_of"].format(years=shown(plan)) if plan else "")
    if names := _names(places, unit, first):
        # The units counted, or where the rest of it is: "140 hộ (huyện Đồng Phú)".
        listed = any((place.get("type") or unit) in unit for place in places) or unit.startswith(
            ("đơn vị", "địa phương")
        )
        said += ((": {names}" if counts else words["list"]) if listed else " ({names})").format(names=names)
    return said


def _begins_with(text: str, nouns: frozenset[str]) -> bool:
    """Whether a text in small letters begins with one of these nouns, of one to three syllables."""
    syllables = re.split(r"[\s,]+", text[:40])[:3]
    return any(" ".join(syllables[:n]) in nouns for n in (1, 2, 3))


def _names(places: Sequence[Cells], unit: str, indicator: str) -> str:
    """The places of a list by name; with their type where something else is counted, their district if alike."""
    of_name: dict[str, set[str]] = {}
    for place in places:
        of_name.setdefault(place.get("name") or "", set()).add(place.get("district") or "")
    names = []
    for place in places:
        name, kind, district = (shown(place.get(key) or "") for key in ("name", "type", "district"))
        if kind and kind != unit.lower() and not indicator.startswith(kind):
            name = f"{kind} {name}"
        if district and len(of_name[place.get("name") or ""]) > 1:
            name += f" ({district})"
        names.append(name)
    return ", ".join(filter(None, dict.fromkeys(names)))


def _deadline(cells: Cells, lang: str) -> str:
    groups = _words(lang)[0]
    words = groups["deadlines"]
    bound, start, due = (cells.get(key) or "" for key in ("bound", "start_date", "due_date"))
    when = _when(start, due, lang)
    if rule := cells.get("recurrence"):
        when = ", ".join(filter(None, [_often(rule, bound == "before", lang), _lower(when)]))
    elif cells.get("kind") == "recurring":
        when = ", ".join(filter(None, [words["recurring"], _lower(when)]))
    elif due and (bound in ("before", "by") or (bound == "in" and not start)):
        when = words[bound].format(due=day(due, lang))
        if start:
            when = words["started"].format(when=when, start=day(start, lang))
    return f"{when or words['undated']}: {_brief(cells.get('task') or '') or words['no_task']}"


def _assignment(cells: Cells, lang: str) -> str:
    words = _words(lang)[0]["assignments"]
    honorific, name, position, organization, role = (
        shown(cells.get(key) or "") for key in ("honorific", "name", "position", "organization", "role")
    )
    who = f"{honorific} {name}".strip()
    for part in (position, organization):
        if part and part.lower() not in who.lower():  # "Giám đốc Sở Y tế" names its body already
            who = f"{who}, {part}" if who else part
    does = words.get(role, role)
    comma = "," if does and (position or organization) and name else ""
    task = _brief(cells.get("task") or "") or words["no_task"]
    return f"{who or words['nobody']}{comma} {does}".rstrip() + f": {task}"


def _place(cells: Cells, lang: str) -> str:
    words = _words(lang)[0]["places"]
    get = cells.get
    name, kind, level, code = (shown(get(key) or "") for key in ("name", "type", "level", "code"))
    district, province, resolution, role = (
        shown(get(key) or "") for key in ("district", "province", "resolution", "role")
    )
    now = ", ".join(filter(None, (shown(get(key) or "") for key in ("current_name", "current_province"))))
    now_code = shown(get("current_code") or "")
    unchanged = now in (name, f"{name}, {province}") and now_code in ("", code)
    if now_code not in ("", code):
        now = ", ".join(filter(None, [now, words["code"].format(code=now_code)]))
    successors, candidates = (list(filter(None, (get(key) or "").split(";"))) for key in ("successors", "candidates"))
    unsure = words.get(resolution, "" if resolution == "exact" else resolution)
    if resolution == "ambiguous" and candidates:
        unsure = words["candidates"].format(n=len(candidates))
    brackets = _in_brackets(
        words["code"].format(code=code) if code else "",
        words["now"].format(unit=now) if now and not unchanged else "",
        words["divided"].format(n=len(successors)) if successors and not now else "",
        unsure,
    )
    unit = f"{kind or words.get(level, level)} {name or words['nameless']}".strip()
    said = ", ".join(filter(None, [unit, district, province])) + brackets
    if goal := _brief(get("goal") or ""):
        return f"{said}: {words['goal'].format(goal=goal)}"
    return f"{said}: {words.get(role, role)}" if role else said


def _document(cells: Cells, lang: str) -> str:
    words = _words(lang)[0]["documents"]
    get = cells.get
    kind, number_, title, issuer, signer, source = (
        _brief(get(key) or "") for key in ("doc_type", "number", "title", "issuer", "signer", "source")
    )
    if get("status") == "failed":
        said = words["failed"].format(source=source)
        warnings = _brief(get("warnings") or "")
        return f"{said}: {warnings}" if warnings else said
    head = kind or words["document"]
    if number_:
        head = words["number"].format(type=head, number=number_)
    if issued := get("issued_on"):
        head = words["dated"].format(head=head, date=day(issued, lang))
    if issuer:
        head = words["issuer"].format(head=head, issuer=issuer)
    when = _when(get("period_start") or "", get("period_end") or "", lang)
    head += _in_brackets(
        _lower(when),
        words["signer"].format(signer=signer) if signer else "",
        words["partial"] if get("status") == "partial" else "",
    )
    return words["title"].format(head=head, title=title or source).rstrip(": ")


def _section(cells: Cells, lang: str) -> str:
    return " ".join(filter(None, (_brief(cells.get(key) or "") for key in ("marker", "heading"))))


_SENTENCES: dict[str, Callable[[Cells, str], str]] = {
    "deadlines": _deadline,
    "assignments": _assignment,
    "places": _place,
    "documents": _document,
    "sections": _section,
}
