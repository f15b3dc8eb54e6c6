"""What a reviewer may mean by the letters typed so far: units of the gazetteer, indicators, units, posts, bodies.

Letters without their marks find those with them (``quy hop`` finds Quỳ Hợp); marks that are typed count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from heapq import nsmallest
from typing import Any

from extractor.finding import gazetteer
from extractor.finding.gazetteer import REFERENCE, Gazetteer, Unit
from extractor.patterns import load
from extractor.review.validating import indicator_names, place_cells
from extractor.text.keys import fold, toneless

KINDS = ("place", "province", "district", "indicator_code", "unit", "position", "organization")
"""What can be completed; ``place`` fills a row of ``places``, ``province`` and ``district`` a name and its code."""

_LONGEST = 200  # letters of a query that are looked at


def complete(
    kind: str,
    q: str,
    *,
    on: date | None,
    province: str = "",
    district: str = "",
    level: str = "",
    limit: int = 12,
) -> list[dict[str, Any]]:
    """What may be meant, the likeliest first.

    Args:
        kind: one of ``KINDS``.
        q: what was typed: the begin of a name or a part of it, with or without its type, or the begin of a code; of a
            place, the units that it lies in may follow behind commas (``tam hợp, quỳ hợp``).
        on: the document's day; units in force then come first.
        province: code of the document's province, whose units come first.
        district: code of its district, whose units come before those.
        level: of places, only this level.
        limit: the most to give.

    Returns:
        ``value`` for the column, ``label`` to show, ``fill``: all columns that follow, as text; empty for an unknown
        kind.
    """
    typed = " ".join(unicodedata.normalize("NFC", q[:_LONGEST]).split())
    if kind in ("place", "province", "district"):
        level = level if kind == "place" else kind
        found = _units(typed, on or REFERENCE, province, district, level, limit)
        return [_place(unit, kind, on) for unit in found]
    if kind == "indicator_code":
        return [
            {"value": code, "label": f"{code} – {name}", "fill": {"indicator_code": code}}
            for code, name in _matching(typed, _indicators(), limit)
        ]
    words = _WORDS.get(kind)
    if words is None:
        return []
    return [{"value": word, "label": word, "fill": {kind: word}} for word, _ in _matching(typed, words(), limit)]


# -- places ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """A unit with what a query is compared with: its names, and those of the units that it lies in."""

    unit: Unit
    name: str
    typed: str
    aliases: str
    above: str
    marked: str


def _units(typed: str, on: date, province: str, district: str, level: str, limit: int) -> list[Unit]:
    name, _, rest = typed.partition(",")
    wanted, parents, marked = toneless(name).strip(), [toneless(p).strip() for p in rest.split(",")], fold(name).strip()

    def ranked() -> Iterator[tuple[tuple[Any, ...], Unit]]:
        for known in _index():
            unit = known.unit
            if (level and unit.level != level) or not all(parent in known.above for parent in parents):
                continue
            fits = _fits(wanted, unit.code, known.name, known.typed, known.aliases)
            if fits is not None:
                yield (
                    (
                        not unit.in_force(on),
                        # what was typed with its marks is meant with them
                        marked != wanted and marked not in known.marked,
                        fits > 1,
                        not (district and district in (unit.code, unit.district_code)),
                        not (province and province in (unit.code, unit.province_code)),
                        fits,
                        ("province", "district", "commune").index(unit.level),
                        known.name,
                        unit.code,
                        unit.valid_from or date.min,
                    ),
                    unit,
                )

    chosen: dict[str, Unit] = {}
    # A code may have had several names, so that some are passed over.
    for _, unit in nsmallest(4 * limit, ranked(), key=lambda pair: pair[0]):
        chosen.setdefault(unit.code, unit)
    return list(chosen.values())[:limit]


def _fits(wanted: str, code: str, name: str, typed: str, others: str = "") -> int | None:
    """How well a query fits a name: 0 whole, 1 its begin, 2 a word's begin, 3 another name; ``None`` not at all."""
    if wanted in (name, typed, code):
        return 0
    if name.startswith(wanted) or typed.startswith(wanted) or code.startswith(wanted):
        return 1
    if f" {wanted}" in typed:
        return 2
    return 3 if wanted in typed or wanted in others else None


@cache
def _index() -> Sequence[_Known]:
    known = gazetteer.load()
    return tuple(_known(known, unit) for unit in known.units)


def _known(known: Gazetteer, unit: Unit) -> _Known:
    named = f"{unit.type} {unit.name}"
    above = " ".join(f"{one.type} {one.name}" for one in known.parents(unit, unit.valid_to) if one)
    aliases = ";".join(unit.aliases)
    return _Known(unit, toneless(unit.name), toneless(named), toneless(aliases), toneless(above), fold(named))


def place_label(unit: Unit, on: date | None) -> str:
    """A unit in words: its type and name, those it lies in, its code, and until or from when, if not on the day."""
    district, province = gazetteer.load().parents(unit, on)
    label = ", ".join(f"{one.type} {one.name}" for one in (unit, district, province) if one)
    day = on or REFERENCE
    if unit.valid_to and unit.valid_to < day:
        label += f" (đến {unit.valid_to:%d/%m/%Y})"
    elif unit.valid_from and unit.valid_from > day:
        label += f" (từ {unit.valid_from:%d/%m/%Y})"
    return f"{label} – {unit.code}"


def _place(unit: Unit, kind: str, on: date | None) -> dict[str, Any]:
    is_place = kind == "place"
    fill = place_cells(unit, on) if is_place else {kind: unit.name, f"{kind}_code": unit.code}
    return {"value": unit.code if is_place else unit.name, "label": place_label(unit, on), "fill": fill}


# -- words -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """A word to offer; ``name`` says in letters what a code means, ``others`` has other ways to write it."""

    word: str
    name: str = ""
    others: str = ""


def _matching(typed: str, words: Iterable[_Word], limit: int) -> list[tuple[str, str]]:
    """The words that fit, with their names; those with the marks that were typed before others."""
    wanted, marked = toneless(typed), fold(typed)
    ranked = []
    for order, one in enumerate(words):
        name = toneless(one.name or one.word)
        fits = _fits(wanted, toneless(one.word), name, name, toneless(one.others))
        if fits is not None:
            bare = marked != wanted and marked not in fold(f"{one.word};{one.name};{one.others}")
            ranked.append(((bare, fits, order), (one.word, one.name)))
    return [pair for _, pair in nsmallest(limit, ranked)]


@cache
def _indicators() -> tuple[_Word, ...]:
    others: dict[str, list[str]] = {code: [] for code in indicator_names()}
    for entry in load().of("indicator"):
        if "code" in entry.means:
            others[str(entry.means["code"])] += entry.phrases
    return tuple(_Word(code, name, ";".join(others[code])) for code, name in indicator_names().items())


@cache
def _unit_words() -> tuple[_Word, ...]:
    entries = (e for e in load().of("unit") if e.means["class"] not in ("base", "name", "none"))
    return tuple(map(_Word, dict.fromkeys(word for entry in entries for word in entry.literals)))


@cache
def _positions() -> tuple[_Word, ...]:
    return tuple(_Word(_capital(word)) for e in load().meaning("position", part="rank") for word in e.phrases)


@cache
def _organizations() -> tuple[_Word, ...]:
    patterns = load()
    made = {_capital(word): ";".join(e.forms) for e in patterns.meaning("agency", part="whole") for word in e.phrases}
    sectors = [_capital(word) for e in patterns.meaning("agency", part="sector") for word in e.phrases]
    heads = [*patterns.entry("agency.head.department").phrases, patterns.entry("agency.head.room").phrases[0]]
    made |= {f"{_capital(head)} {sector}": "" for head in heads for sector in sectors}
    return tuple(_Word(word, others=others) for word, others in made.items())


def _capital(word: str) -> str:
    """As a name is written; an abbreviation, which has no vowel, all in capitals."""
    return word[:1].upper() + word[1:] if set(toneless(word)) & set("aeiouy") else word.upper()


_WORDS = {"unit": _unit_words, "position": _positions, "organization": _organizations}
