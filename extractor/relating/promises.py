"""How firm a target is (``strength``) and of which earlier plan it was left over (``plan_of``).

A promise is ``stretch`` where the text asks only for an effort, or makes it depend on money that is not there yet
(DOMAIN §3.1, ``T?``); all others are ``firm``. A quota of an earlier plan that is to be met now names that plan (DOMAIN
§3.7). Vocabulary: ``patterns/status.yaml``, roles ``strength`` and ``carried``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import regex

from extractor.finding.scene import Scene
from extractor.model import Hit, Quantity, Strength
from extractor.patterns import Lexicon, without_overlaps
from extractor.relating.in_order import InOrder

_YEARS = regex.compile(r"\d{4}")
_LONG = regex.compile(r"\d{4,}")


class Promises:
    """The words of a document that weaken or carry over promises, to ask for those that are about a number.

    Args:
        scene: the document.
        quantities: its quantities.
        cues: its cues of status, in the order of the text.
    """

    def __init__(self, scene: Scene, quantities: Sequence[Quantity], cues: InOrder) -> None:
        self.scene, self.key, self._cues = scene, scene.view.key, cues
        self._numbers = sorted(q.number.start for q in quantities)
        words: Lexicon = scene.patterns.made(
            "promises", lambda: Lexicon(scene.patterns.meaning("status", role="strength"))
        )
        self._weak = InOrder(
            Hit(entry.concern, start, end, entry.id, entry)
            for start, end, entry in without_overlaps(scene.phrases(words))
        )
        self._carried: regex.Pattern[str] = scene.patterns.made(
            "promises:carried", lambda: scene.patterns.expression("status", role="carried")
        )
        years = list(_LONG.finditer(self.key))
        self._years, self._behind_years = [m.start() for m in years], [m.end() for m in years]

    def strength(self, quantity: Quantity) -> tuple[Strength, Hit | None]:
        """``stretch`` with the words that say so, or ``firm``."""
        if not self._weak.hits:
            return "firm", None
        clause, number = self.scene.clause_at(quantity.number.start), quantity.number
        if self._weak.first(min(clause.start, number.end), max(clause.end, number.start)) is None:
            return "firm", None
        before = self._weak.last(clause.start, number.start)
        if before is not None and not self._promised(before.end, number.start):
            return "stretch", before
        for hit in self._weak.inside(number.end, clause.end):
            if hit.value.looks == "both" or not self._number_between(hit.end, clause.end):
                return "stretch", hit
        return "firm", None

    def plan_of(self, quantity: Quantity) -> tuple[str, Hit | None]:
        """The year or years of the earlier plan that the target comes from, as ``2020`` or ``2016-2020``."""
        start = quantity.span.end
        at = bisect_left(self._numbers, start)
        after = max(self._numbers[at], start) if at < len(self._numbers) else len(self.key)
        if not self._names_year(start, after):
            return "", None
        end = min(self.scene.clause_at(quantity.number.start).end, after)
        for match in self._carried.finditer(self.key, start, end):
            years = _YEARS.findall(match["plan"])
            begun = self.scene.document.period_start or self.scene.day
            if years and begun is not None and int(years[-1]) < begun.year:
                return "-".join(years), Hit("status", match.start(), match.end(), "status.carried")
        return "", None

    def _names_year(self, start: int, end: int) -> bool:
        """Whether as many figures as a year has begin before ``end`` and end behind ``start``: a plan has its year."""
        at = bisect_right(self._behind_years, start)
        return at < len(self._years) and self._years[at] < end

    def _promised(self, start: int, end: int) -> bool:
        """Whether another cue of a target stands there: ``cố gắng …, bảo đảm 100 %``."""
        return any(
            h.value.means["status"] == "target" and not h.value.means.get("plain")
            for h in self._cues.inside(start, end)
        )

    def _number_between(self, start: int, end: int) -> bool:
        at = bisect_left(self._numbers, start)
        return at < len(self._numbers) and self._numbers[at] < end
