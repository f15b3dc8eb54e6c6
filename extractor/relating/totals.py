"""Fractions of administrative units beside the number of such units there were (``88/116 xã``).

The denominator of such a fraction is a check for free: the General Statistics Office's lists say how many communes or
districts the province had on the day (ECOSYSTEM A2: 116 xã in Kiên Giang, 51 in Hậu Giang). Communes of 2016-2020
merged in 2020 and are not all known, so nothing is said before ``KNOWN_FROM``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from extractor.finding import gazetteer
from extractor.finding.gazetteer import Level
from extractor.finding.place_records import words
from extractor.finding.scene import Scene
from extractor.model import Flag, Hit, Target

KNOWN_FROM = date(2021, 1, 1)
"""First day for which all provinces' units are known (``patterns/gazetteer/SOURCES.md``, Time)."""


def with_totals(scene: Scene, targets: tuple[Target, ...], hits: Sequence[Hit]) -> tuple[Target, ...]:
    """Targets with ``province_total`` and the flag ``denominator_mismatch``.

    The flag stands where the statement is about all units (``n/116 xã đạt …``; not ``n/20 xã miền núi``) and its
    denominator is none of: that kind's number, or that of all kinds of the level, in the province, or in a district
    that the document, the headings above or the paragraph name; on the document's day or the last of the year before.

    Args:
        scene: the document.
        targets: its targets.
        hits: its places.
    """
    totals = _Totals(scene, hits)
    return tuple(t if t.denominator is None else totals.checked(t) for t in targets)


class _Totals:
    def __init__(self, scene: Scene, hits: Sequence[Hit]) -> None:
        self.scene, self.words = scene, words(scene.patterns)
        self.units = gazetteer.load()
        self.on = scene.day
        self.districts = [h for h in hits if h.kind == "place" and h.value.level == "district"]

    def checked(self, target: Target) -> Target:
        if self.on is None or self.on < KNOWN_FROM or not self.scene.document.province_code:
            return target
        counted = self.words.counted_units.match(self.scene.view.key, self.scene.view.at(target.number_end))
        if counted is None:
            return target
        types, level = self._types(counted["units"])
        total = self.units.count(self.scene.document.province_code, level, self.on, types)
        target = replace(target, province_total=total or None)
        if not total or not counted["all"] or target.denominator == total:
            return target
        if target.denominator in self._possible(target, types, level):
            return target
        return replace(target, flags=(*target.flags, Flag("denominator_mismatch")))

    def _types(self, said: str) -> tuple[frozenset[str], Level]:
        """The types that a counted noun names, and their level; no types: all of the level."""
        named = [self.words.unit_types[word] for word in self.words.unit_joint.split(said)]
        return frozenset(t for t, _ in named if t), named[0][1]

    def _possible(self, target: Target, types: frozenset[str], level: Level) -> set[int]:
        assert self.on is not None
        document = self.scene.document
        places = [document.province_code, document.district_code, *self._districts(target)]
        days = (self.on, date(self.on.year - 1, 12, 31))
        kinds = (types, frozenset[str]())
        return {self.units.count(p, level, day, kind) for p in places if p for kind in kinds for day in days}

    def _districts(self, target: Target) -> list[str]:
        """Codes of the districts that the paragraph or a heading above it names."""
        view, layout = self.scene.view, self.scene.layout
        at = view.at(target.number_start)
        block = view.blocks[view.block_index(at)]
        spans = [(block.start, block.end)]
        spans += [(n.heading.start, n.heading.end) for n in layout.ancestors(layout.node_at(at))]
        names = [
            view.text[h.start : h.end] for h in self.districts if any(a <= h.start and h.end <= b for a, b in spans)
        ]
        code = self.scene.document.province_code
        return [u.code for n in names for u in self.units.named(n, level="district", on=self.on, province_code=code)]
