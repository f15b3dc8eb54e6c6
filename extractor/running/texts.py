"""The source texts of a run: ``text/<doc_id>.txt``, and where each stretch of one stands in its file.

Only documents whose source text is not simply their file have one. Each file is written beside its place and renamed,
before the store knows the document; those of documents that the store does not have are swept away.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from extractor.model import Source, Spot
from extractor.reading.txt import READER
from extractor.tables.files import beside, output

FOLDER = "text"
_OURS = re.compile(r"([0-9a-f]{16})\.(?:txt|spots\.json)")
_COLUMNS = ("start", "end", "page", "box", "paragraph", "cell", "confidence")


def is_saved(source: Source) -> bool:
    """Whether a document's source text has to be saved: it is not its file's own text."""
    return source.reading.reader != READER


def spots_json(doc_id: str, spots: Sequence[Spot]) -> bytes:
    """The map from a source text to its file, as ``docs/tables.md`` describes it."""
    rows = [[getattr(spot, column) for column in _COLUMNS] for spot in spots]
    content = {"doc_id": doc_id, "columns": _COLUMNS, "spots": rows}
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def text_files(source: Source) -> dict[str, bytes]:
    """Name and content of the files that hold a document's source text; none where that is its file's own."""
    if not is_saved(source):
        return {}
    # Half a pair cannot be written as UTF-8; no reader makes one, but no text is worth a failed run.
    return {
        f"{source.doc_id}.txt": source.text.encode("utf-8", "surrogatepass"),
        f"{source.doc_id}.spots.json": spots_json(source.doc_id, source.reading.spots),
    }


class Texts:
    """The folder of source texts.

    Args:
        folder: the output folder.

    Raises:
        OutputError: at any step, naming what could not be written.
    """

    def __init__(self, folder: Path) -> None:
        self._place = folder / FOLDER

    def save(self, files: Mapping[str, bytes]) -> None:
        """Write a document's files, unless they stand there already."""
        for name, content in files.items():
            path = self._place / name
            with output(path):
                if path.is_file() and path.read_bytes() == content:
                    continue
                self._place.mkdir(exist_ok=True)
                temporary = beside(path)
                temporary.write_bytes(content)
                os.replace(temporary, path)

    def paths(self) -> list[Path]:
        """Every file that stands there, sorted."""
        return [self._place / name for name in sorted(self._names()) if _OURS.fullmatch(name)]

    def present(self) -> set[str]:
        """The ids of the documents whose files stand there, both of them."""
        count = Counter(found[1] for found in map(_OURS.fullmatch, self._names()) if found)
        return {doc_id for doc_id, files in count.items() if files == 2}

    def sweep(self, keep: Set[str]) -> None:
        """Take away the files of other documents than these ids."""
        with output(self._place):
            for name in self._names():
                found = _OURS.fullmatch(name)
                if found and found[1] not in keep:
                    (self._place / name).unlink(missing_ok=True)
            if self._place.is_dir() and not self._names():
                self._place.rmdir()

    def _names(self) -> list[str]:
        return os.listdir(self._place) if self._place.is_dir() else []
