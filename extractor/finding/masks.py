"""Decoys: what looks like a number, a date or a name and is none. Found first; they mask what they cover."""

from __future__ import annotations

from extractor.finding.intervals import Intervals
from extractor.model import Hit
from extractor.patterns import PatternSet
from extractor.text.layout import Layout
from extractor.text.view import View

_CELL = "\t"  # between the cells of a table's row


def find_masks(view: View, layout: Layout, patterns: PatternSet) -> tuple[tuple[Hit, ...], Intervals]:
    """Document numbers, articles, roads, phones, slogans, list markers … (DOMAIN §2.9), with the pattern that says so.

    Where an expression has a group ``m``, only that group is masked: the rest is context.
    """
    hits = [
        Hit("mask", block.start, marker.end, "mask.list_marker")
        for block, marker in zip(view.blocks, layout.markers, strict=True)
        if marker is not None and any(map(str.isdigit, marker.text))
    ]
    for _, match in patterns.regexes("mask").all_matches(view.key):
        if "cap" in match.match.re.groupindex and not view.text[match.match.start("cap")].isupper():
            continue
        if _CELL in view.key[match.start : match.end]:
            continue  # "Lớp | 12": words of one cell say nothing of the number in the next
        spans = match.match.spans("m") if "m" in match.match.re.groupindex else [(match.start, match.end)]
        hits += [
            Hit("mask", start, end, match.entry.id, match.entry.means.get("what", ""))
            for start, end in spans
            if end > start
        ]
    hits += [
        Hit("mask", h.start, h.end, h.rule, h.value.means.get("what", ""))
        for h in patterns.lexicon("mask").matches(view.key)
    ]
    once = {(h.start, h.end, h.rule): h for h in hits}  # two expressions of an entry may say the same
    found = sorted(once.values(), key=lambda h: (h.start, h.end))
    return tuple(found), Intervals(h.span for h in found)
