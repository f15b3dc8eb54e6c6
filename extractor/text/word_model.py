"""underthesea's model of words, decoded several times faster: its own weights, summed once for what comes again.

The model is a chain of conditional random fields with two labels and 43 features a token. The stock route writes out
the 43 as strings for each token; here the weights of a token, of two and of three in a row are summed when they are
first seen, and a token's score is a sum of twelve numbers. ``load`` gives ``None`` for whatever it does not know to the
letter, and compares itself with the stock route before it is used.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

_TEMPLATES = [
    "T[-2]",
    "T[-1]",
    "T[0]",
    "T[1]",
    "T[2]",
    "T[-2,-1]",
    "T[-1,0]",
    "T[0,1]",
    "T[1,2]",
    "T[-2,0]",
    "T[-1,1]",
    "T[0,2]",
    "T[-2].lower",
    "T[-1].lower",
    "T[0].lower",
    "T[1].lower",
    "T[2].lower",
    "T[-2,-1].lower",
    "T[-1,0].lower",
    "T[0,1].lower",
    "T[1,2].lower",
    "T[-1].isdigit",
    "T[0].isdigit",
    "T[1].isdigit",
    "T[-2].istitle",
    "T[-1].istitle",
    "T[0].istitle",
    "T[1].istitle",
    "T[2].istitle",
    "T[0,1].istitle",
    "T[0,2].istitle",
    "T[-2].is_in_dict",
    "T[-1].is_in_dict",
    "T[0].is_in_dict",
    "T[1].is_in_dict",
    "T[2].is_in_dict",
    "T[-2,-1].is_in_dict",
    "T[-1,0].is_in_dict",
    "T[0,1].is_in_dict",
    "T[1,2].is_in_dict",
    "T[-2,0].is_in_dict",
    "T[-1,1].is_in_dict",
    "T[0,2].is_in_dict",
]
_ONES = ("T[-2]", "T[-1]", "T[0]", "T[1]", "T[2]")
_TWOS = ("T[-2,-1]", "T[-1,0]", "T[0,1]", "T[1,2]")
_THREES = ("T[-2,0]", "T[-1,1]", "T[0,2]")
_HEADER = struct.Struct("<4sI4s9I")
_TABLE = struct.Struct("<4s5I")
_FEATURE = struct.Struct("<IIId")

_TIE = 1e-6  # of sums of weights around 1: far above what rounding does, far below what weights differ by
_BEGINS, _GOES_ON = "B-W", "I-W"

Tags = Callable[[Sequence[str]], Sequence[str]]


class WordModel:
    """The weights of the model, and what is made of them.

    Args:
        weights: of each attribute (``T[0].lower=xã``), how much it speaks for "goes on" over "begins".
        steps: weights of the steps from label to label.
        dictionary: the words that ``is_in_dict`` knows, in lower case.
        shape: of a token its lower case, ``isdigit`` and ``istitle`` (``True`` or ``False``), as the model has them.
        stock: underthesea's own route from tokens to tags, for sentences whose best labels are a tie.
    """

    def __init__(
        self,
        weights: dict[str, float],
        steps: dict[tuple[str, str], float],
        dictionary: set[str],
        shape: Callable[[str], tuple[str, str, str]],
        stock: Tags,
    ) -> None:
        self._stock = stock
        self._weight, self._dictionary = weights, dictionary
        self._shape = lru_cache(maxsize=1 << 16)(shape)
        self._one = lru_cache(maxsize=1 << 16)(self._sum_one)
        self._two = lru_cache(maxsize=1 << 17)(self._sum_two)
        self._three = lru_cache(maxsize=1 << 17)(self._sum_three)
        labels = (_BEGINS, _GOES_ON)
        self._steps = tuple(steps[left, right] for left in labels for right in labels)
        # What stands where the window goes over an end of the sentence.
        self._ends = {template: self._over_the_end(template) for template in (*_ONES, *_TWOS, *_THREES)}

    def _over_the_end(self, template: str) -> tuple[float, float]:
        names = [name for name in _TEMPLATES if name.partition(".")[0] == template]
        begin, end = (sum(self._weight.get(f"{name}={edge}", 0.0) for name in names) for edge in ("BOS", "EOS"))
        return begin, end

    def _sum_one(self, token: str) -> tuple[float, ...]:
        lower, digit, title = self._shape(token)
        known = str(lower in self._dictionary)
        weight = self._weight.get
        return tuple(
            weight(f"{at}={token}", 0.0)
            + weight(f"{at}.lower={lower}", 0.0)
            + weight(f"{at}.isdigit={digit}", 0.0)
            + weight(f"{at}.istitle={title}", 0.0)
            + weight(f"{at}.is_in_dict={known}", 0.0)
            for at in _ONES
        )

    def _sum_two(self, first: str, second: str) -> tuple[float, ...]:
        (lower_1, _, title_1), (lower_2, _, title_2) = self._shape(first), self._shape(second)
        both, lower = f"{first} {second}", f"{lower_1} {lower_2}"
        title, known = str(title_1 == title_2 == "True"), str(lower in self._dictionary)
        weight = self._weight.get
        return tuple(
            weight(f"{at}={both}", 0.0)
            + weight(f"{at}.lower={lower}", 0.0)
            + weight(f"{at}.istitle={title}", 0.0)
            + weight(f"{at}.is_in_dict={known}", 0.0)
            for at in _TWOS
        )

    def _sum_three(self, first: str, second: str, third: str) -> tuple[float, ...]:
        shapes = [self._shape(token) for token in (first, second, third)]
        title = str(all(shape[2] == "True" for shape in shapes))
        known = str(" ".join(shape[0] for shape in shapes) in self._dictionary)
        weight = self._weight.get
        return tuple(
            weight(f"{at}={first} {second} {third}", 0.0)
            + weight(f"{at}.istitle={title}", 0.0)
            + weight(f"{at}.is_in_dict={known}", 0.0)
            for at in _THREES
        )

    def tags(self, tokens: Sequence[str]) -> list[str]:
        """``B-W`` or ``I-W`` for each token of a sentence."""
        best = self._best(self._scores(tokens))
        return list(self._stock(tokens)) if best is None else best

    def _scores(self, tokens: Sequence[str]) -> list[float]:
        """How much each token's surroundings speak for "goes on"."""
        count = len(tokens)
        scores = [0.0] * count
        for width, weigh, templates in ((1, self._one, _ONES), (2, self._two, _TWOS), (3, self._three, _THREES)):
            for start in range(count - width + 1):
                sums = weigh(*tokens[start : start + width])
                # The first template looks furthest back: it is that of the token two after the first of these.
                at = start + 2
                for value in sums:
                    if 0 <= at < count:
                        scores[at] += value
                    at -= 1
            for back, template in enumerate(templates):
                self._add_ends(scores, template, 2 - back, width)
        return scores

    def _add_ends(self, scores: list[float], template: str, back: int, width: int) -> None:
        """Add the weights of a template where its window goes over an end; over both, it is the beginning."""
        count = len(scores)
        begin, end = self._ends[template]
        for at in range(min(max(back, 0), count)):
            scores[at] += begin
        ahead = width - 1 - back
        for at in range(max(count - ahead, back, 0), count):
            scores[at] += end

    def _best(self, scores: list[float]) -> list[str] | None:
        """The likeliest labels (Viterbi); ``None`` where the order in which weights are added may decide."""
        if not scores:
            return []
        begin_begin, begin_on, on_begin, on_on = self._steps
        begin, on = 0.0, scores[0]
        came: list[tuple[bool, bool]] = []
        for score in scores[1:]:
            for_begin = on + on_begin - begin - begin_begin
            for_on = on + on_on - begin - begin_on
            if -_TIE < for_begin < _TIE or -_TIE < for_on < _TIE:
                return None
            to_begin, to_on = for_begin > 0, for_on > 0
            came.append((to_begin, to_on))
            begin, on = (
                on + on_begin if to_begin else begin + begin_begin,
                (on + on_on if to_on else begin + begin_on) + score,
            )
        if -_TIE < on - begin < _TIE:
            return None
        goes_on = on > begin
        labels = [goes_on]
        for to_begin, to_on in reversed(came):
            goes_on = to_on if goes_on else to_begin
            labels.append(goes_on)
        return [_GOES_ON if label else _BEGINS for label in reversed(labels)]


def load(folder: Path, stock: Tags) -> WordModel | None:
    """The model of a folder of underthesea's, or ``None`` where it is not the one that is known here.

    Args:
        folder: where ``models.bin``, ``features.bin`` and ``dictionary.bin`` lie.
        stock: underthesea's own route from tokens to tags.
    """
    import joblib
    from underthesea_core import CRFFeaturizer

    templates: list[str] = joblib.load(folder / "features.bin")
    dictionary: set[str] = joblib.load(folder / "dictionary.bin")
    read = _read((folder / "models.bin").read_bytes())
    if templates != _TEMPLATES or read is None:
        return None
    model = WordModel(*read, dictionary, _shape_of(CRFFeaturizer(templates, dictionary)), stock)
    # Words that the model has weights for, in its own order: as good as a text that has them.
    probe = [name.partition("=")[2] for name in read[0] if name.startswith("T[0]=")][:300]
    return model if all(model.tags(some) == list(stock(some)) for some in (probe[:1], probe[:2], probe)) else None


def _shape_of(featurizer: Any) -> Callable[[str], tuple[str, str, str]]:
    """What the model's own featurizer says of a token that stands alone."""
    names = [_TEMPLATES.index(name) for name in ("T[0].lower", "T[0].isdigit", "T[0].istitle")]

    def shape(token: str) -> tuple[str, str, str]:
        written = featurizer.process([[[token]]])[0][0]
        lower, digit, title = (written[i].partition("=")[2] for i in names)
        return lower, digit, title

    return shape


def _read(data: bytes) -> tuple[dict[str, float], dict[tuple[str, str], float]] | None:
    """The weights of a model that CRFsuite wrote, or ``None`` where it is none with these two labels."""
    magic, _, kind, _, _, _, _, features_at, labels_at, names_at, *_ = _HEADER.unpack_from(data)
    if (magic, kind) != (b"lCRF", b"FOMC"):
        return None
    labels, names = _strings(data, labels_at), _strings(data, names_at)
    if sorted(labels.values()) != [_BEGINS, _GOES_ON]:
        return None
    chunk, _, count = struct.unpack_from("<4sII", data, features_at)
    if chunk != b"FEAT":
        return None
    weights: dict[str, float] = {}
    steps = {(left, right): 0.0 for left in labels.values() for right in labels.values()}
    first = features_at + 12
    for of_step, source, label, weight in _FEATURE.iter_unpack(data[first : first + count * _FEATURE.size]):
        if of_step:
            steps[labels[source], labels[label]] += weight
        else:
            name = names[source]
            weights[name] = weights.get(name, 0.0) + (weight if labels[label] == _GOES_ON else -weight)
    return weights, steps


def _strings(data: bytes, at: int) -> dict[int, str]:
    """Number → string of a table of strings (CQDB)."""
    magic, _, _, _, count, offsets_at = _TABLE.unpack_from(data, at)
    if magic != b"CQDB":
        return {}
    strings = {}
    for offset in struct.unpack_from(f"<{count}I", data, at + offsets_at):
        if offset:
            number, size = struct.unpack_from("<II", data, at + offset)
            start = at + offset + 8
            strings[number] = data[start : start + size - 1].decode("utf-8")
    return strings
