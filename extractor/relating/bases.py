"""A target's number in the base unit of its kind: ``1,5 nghìn tỷ đồng`` is 1500000000000 đồng (DOMAIN §2.6, §2.7).

Only fixed factors: nghìn, triệu, tỷ before any unit, and units of ``units.yaml`` with a ``factor``. Regional units
(sào, công đất) keep their own, currencies are not exchanged, and what a rate is per (``/người/năm``) stays as it is.
"""

from __future__ import annotations

from decimal import Decimal

import regex

from extractor.patterns import PatternSet, one_of
from extractor.text.keys import fold

_SLASH = regex.compile(r"\s*/\s*")
_MOST_KNOWN = 10_000  # units kept of those read before


class Bases:
    """The factors of units.yaml and the magnitudes of numbers.yaml, compiled."""

    def __init__(self, patterns: PatternSet) -> None:
        self._places = {
            fold(word): Decimal(10) ** entry.means["place"]
            for role in ("magnitude", "scale")
            for entry in patterns.meaning("number", role=role)
            for word in entry.literals
        }
        self._units = {
            fold(word): (Decimal(str(entry.means["factor"])), str(entry.means["base"]))
            for entry in patterns.meaning("unit", **{"class": "base"})
            for word in entry.literals
        }
        self._magnitude = regex.compile(rf"{one_of(self._places)}(?!\w)\s*")
        self._known: dict[tuple[str, bool], tuple[Decimal, str]] = {}
        self._money = next(e.means["base"] for e in patterns.meaning("unit", **{"class": "money"}))

    def of(self, unit: str, money: bool) -> tuple[Decimal, str]:
        """The factor from a unit to its base unit, and the base unit's name.

        Args:
            unit: as written, ``triệu đồng/người/năm``.
            money: whether it is an amount of money, where the word for the currency may be left out (``12 tỷ``).
        """
        known = self._known.get((unit, money))
        if known is None:
            known = self._read(unit, money)
            if len(self._known) < _MOST_KNOWN:
                self._known[unit, money] = known
        return known

    def _read(self, unit: str, money: bool) -> tuple[Decimal, str]:
        head, slash, per = _parted(unit)
        key, factor, at = fold(head), Decimal(1), 0
        while match := self._magnitude.match(key, at):
            factor, at = factor * self._places[match[0].strip()], match.end()
        core = key[at:]
        if core in self._units:
            own, name = self._units[core]
            return factor * own, name + slash + per
        if not core:
            return factor, (self._money if money else "") + slash + per
        return factor, " ".join(head[at:].split()) + slash + per


def _parted(unit: str) -> tuple[str, str, str]:
    match = _SLASH.search(unit)
    return (unit[: match.start()], "/", unit[match.end() :]) if match else (unit, "", "")


def bases(patterns: PatternSet) -> Bases:
    """The factors of a pattern set, compiled once."""
    made: Bases = patterns.made("bases", lambda: Bases(patterns))
    return made
