"""A unit's line through time, for ``chitieu places``: what it was, what became of it, what lies there today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from extractor.finding.gazetteer import Gazetteer, Line, Succession, Unit, bare, loose_key
from extractor.text.keys import fold


@dataclass(frozen=True, slots=True)
class History:
    """All stretches of one unit's code that bear the name, oldest first."""

    lines: tuple[Line, ...]

    @property
    def unit(self) -> Unit:
        """The unit as it stood last."""
        return self.lines[-1].unit


def histories(units: Gazetteer, name: str, province: str = "", on: date | None = None) -> tuple[History, ...]:
    """The units called ``name``, each with its line through time.

    Args:
        units: the gazetteer.
        name: without its type, or with it: then only units that were of that type at some time.
        province: name or code of its province, then or now.
        on: only units in force on the day.
    """
    found = units.line(name, province, on)
    made = [History(tuple(lines)) for _, lines in groupby(found, key=lambda line: line.unit.code)]
    said = fold(name.strip()).removesuffix(fold(bare(name))).strip()
    if said not in {unit.type for unit in units.units}:  # none, or an abbreviation
        return tuple(made)
    return tuple(h for h in made if any(line.unit.type == said for line in h.lines))


def similar(units: Gazetteer, name: str, limit: int = 8) -> tuple[Unit, ...]:
    """Units whose names differ from ``name`` in tones and signs only: what may have been meant, never an answer."""
    key = loose_key(bare(name))
    found = {u.code: u for u in units.units if loose_key(u.name) == key}
    return tuple(sorted(found.values(), key=lambda u: (u.level, u.code)))[:limit]


def described(units: Gazetteer, unit: Unit) -> str:
    """``xã Cẩm Vịnh (18691), huyện Cẩm Xuyên (446), tỉnh Hà Tĩnh (42)``: a unit with its parents of its own time."""
    parts = (unit, *units.parents(unit, unit.valid_to or unit.valid_from))
    return ", ".join(f"{u.type} {u.name} ({u.code})" for u in parts if u is not None)


def text_lines(units: Gazetteer, history: History) -> Iterator[str]:
    """A history for people: a line a stretch of time, then what it came from and what followed."""
    yield f"{history.unit.type} {history.unit.name}"
    for line in history.lines:
        yield f"  {_stretch(line.unit)}  {described(units, line.unit)}"
        others = [u for u in line.came_from if u.code != line.unit.code]
        for number, other in enumerate(others):
            yield f"    {'' if number else 'made of':21}  {described(units, other)}"
    last = history.lines[-1]
    if last.unit.valid_to is None:
        return
    resolutions = ", ".join(sorted({s.resolution for s in last.became if s.resolution}))
    yield f"  {'then':23}  {_kind(last.became)}{f' ({resolutions})' if resolutions else ''}"
    for number, now in enumerate(last.current):
        yield f"  {'' if number else 'today':23}  {described(units, now)}"


def _stretch(unit: Unit) -> str:
    since = unit.valid_from.isoformat() if unit.valid_from else "before 2021"
    return f"{since:>11} … {unit.valid_to.isoformat() if unit.valid_to else 'today':<10}".ljust(23)


def _kind(became: tuple[Succession, ...]) -> str:
    return " and ".join(dict.fromkeys(s.kind for s in became)) or "ended"


def as_json(units: Gazetteer, history: History) -> dict[str, Any]:
    """A history for programs."""
    last = history.lines[-1]
    return {
        "code": last.unit.code,
        "level": last.unit.level,
        "times": [_unit(units, line.unit) for line in history.lines],
        "became": [
            {"code": s.new_code, "kind": s.kind, "resolution": s.resolution, "last_day": s.old_valid_to.isoformat()}
            for s in last.became
        ],
        "current": [_unit(units, unit) for unit in last.current],
    }


def _unit(units: Gazetteer, unit: Unit) -> dict[str, Any]:
    district, province = units.parents(unit, unit.valid_to or unit.valid_from)
    return {
        "code": unit.code,
        "type": unit.type,
        "name": unit.name,
        "aliases": [a for a in unit.aliases if not a.startswith("~")],
        "district": district.name if district else "",
        "district_code": unit.district_code,
        "province": province.name if province else "",
        "province_code": unit.province_code,
        "valid_from": unit.valid_from.isoformat() if unit.valid_from else None,
        "valid_to": unit.valid_to.isoformat() if unit.valid_to else None,
    }
