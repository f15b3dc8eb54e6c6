"""The phrases of a lexicon in a document, asked for by stretch: one pass over the document for all questions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from extractor.finding.scene import Scene
from extractor.patterns import Entry, Lexicon, without_overlaps

_Place = tuple[int, int]


class PhraseIndex:
    """What ``Lexicon.matches`` finds in stretches of a document, as view offsets.

    A stretch knows only itself: a word that it cuts counts as whole, and nothing outside keeps a phrase out of it. So
    where it cuts a word, or holds a phrase that is kept out somewhere in the document, the lexicon is asked anew.

    Args:
        key: the document's key.
        lexicon: the lexicon.
        spans: where its phrases stand in the document (``Lexicon.spans``).
        kept_out: where phrases of it stand that a guard keeps out there.
    """

    __slots__ = ("_kept_out", "_key", "_lexicon", "_places", "_starts")

    def __init__(
        self, key: str, lexicon: Lexicon, spans: Sequence[tuple[int, int, Entry]], kept_out: Sequence[int] = ()
    ) -> None:
        self._key, self._lexicon, self._kept_out = key, lexicon, kept_out
        self._places: list[_Place] = [(start, end) for start, end, _ in spans]
        self._starts = [start for start, _ in self._places]

    def inside(self, start: int, end: int) -> list[_Place]:
        """The phrases in [start, end), leftmost-longest."""
        if self._key[start - 1 : start + 1].isalnum() or self._key[end - 1 : end + 1].isalnum():
            return self._anew(start, end)
        kept_out = self._kept_out
        if kept_out and (at := bisect_left(kept_out, start)) < len(kept_out) and kept_out[at] < end:
            return self._anew(start, end)
        places, found = self._places, []
        covered = start
        for at in range(bisect_left(self._starts, start), len(places)):
            place = places[at]
            if place[0] >= end:
                break
            if place[0] >= covered and place[1] <= end:
                found.append(place)
                covered = place[1]
        return found

    def _anew(self, start: int, end: int) -> list[_Place]:
        spans = without_overlaps(self._lexicon.spans(self._key[start:end]))
        return [(start + begin, start + stop) for begin, stop, _ in spans]

    def opens(self, start: int, end: int) -> bool:
        """Whether [start, end) begins with a phrase."""
        found = self.inside(start, end)
        return bool(found) and found[0][0] == start


def phrase_indexes(scene: Scene, name: str, lexicons: Sequence[Lexicon]) -> list[PhraseIndex]:
    """The indexes of some lexicons for a document, by one pass over it for all.

    Args:
        scene: the document.
        name: of the lexicons together, under which they are kept with the patterns.
        lexicons: the lexicons.
    """
    whole, unguarded, members = scene.patterns.made(f"phrases:{name}", lambda: _joined(lexicons))
    spans = scene.phrases(whole)
    kept = {(start, end) for start, end, _ in spans} if unguarded.entries else set()
    kept_out = [start for start, end, _ in scene.phrases(unguarded) if (start, end) not in kept]
    return [
        PhraseIndex(scene.view.key, lexicon, [s for s in spans if s[2].id in ids], kept_out)
        for lexicon, ids in zip(lexicons, members, strict=True)
    ]


def _joined(lexicons: Sequence[Lexicon]) -> tuple[Lexicon, Lexicon, list[frozenset[str]]]:
    """The entries of all, those that have guards without them, and the ids of the entries of each."""
    entries = {e.id: e for lexicon in lexicons for e in lexicon.entries}.values()
    unguarded = (
        replace(e, not_inside=(), not_before=(), not_after=())
        for e in entries
        if e.not_inside or e.not_before or e.not_after
    )
    return Lexicon(entries), Lexicon(unguarded), [frozenset(e.id for e in x.entries) for x in lexicons]
