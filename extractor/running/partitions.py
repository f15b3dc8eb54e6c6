"""Which files are worked on together: a grouping that depends on the files alone, not on who works on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from extractor.running.urls import StoredFile

PART_BYTES = 1024 * 1024
"""About how much text one part holds, in bytes, unless the caller says otherwise."""

# Opening a file costs about as much as extracting this much of it.
_LEAST = 8 * 1024
# Pages and pictures take longer than text of the same size.
_HEAVY = dict.fromkeys((".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"), 4)


@dataclass(frozen=True, slots=True)
class Partition:
    """Files that one task works on.

    Attributes:
        files: sorted by name.
        base: names the content of these files together with the version of the rules: 16 hex digits.
    """

    files: tuple[StoredFile, ...]
    base: str


def name_of(*parts: Any) -> str:
    """16 hex digits that stand for these values."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:16]


def partitions(files: Sequence[StoredFile], rules: str, part_bytes: int = PART_BYTES) -> list[Partition]:
    """Group files, sorted by name, into parts of about ``part_bytes``.

    A part ends behind a file whose own name and size say so, once it is large enough: where a file is added or taken
    away, the parts farther behind stay as they were, and what was computed for them is still good.

    Args:
        files: sorted by name.
        rules: the version of the rules.
        part_bytes: of text; a PDF file or a picture counts more than its size, a tiny file too.
    """
    return [
        Partition(tuple(group), name_of(rules, [(file.name, file.size, file.mark) for file in group]))
        for group in _groups(files, part_bytes)
    ]


def _groups(files: Sequence[StoredFile], part_bytes: int) -> Iterator[list[StoredFile]]:
    group: list[StoredFile] = []
    weight = 0
    for file in files:
        group.append(file)
        own = max(file.size, _LEAST) * _HEAVY.get(PurePosixPath(file.name).suffix.lower(), 1)
        weight += own
        # A number from 0 to 1 that is the name's own. Large files end a part more often, so that parts come out alike.
        chance = int.from_bytes(hashlib.sha256(file.name.encode()).digest()[:4]) / 2**32
        ends = chance < own / (part_bytes / 2)
        if weight >= 2 * part_bytes or (ends and weight >= part_bytes / 2):
            yield group
            group, weight = [], 0
    if group:
        yield group
