"""The source texts of a run: ``text/<doc_id>.txt``, and where each stretch of one stands in its file.

Only documents whose source text is not simply their file have one. As the tables do, the texts of a run take the place
of those of the run before it when all is done, and not before.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from extractor.model import Source, Spot
from extractor.reading.txt import READER
from extractor.tables.writing import output

FOLDER = "text"
_OURS = re.compile(r"[0-9a-f]{16}\.(?:txt|spots\.json)")
_COLUMNS = ("start", "end", "page", "box", "paragraph", "cell", "confidence")


def is_saved(source: Source) -> bool:
    """Whether a document's source text has to be saved: it is not its file's own text."""
    return source.reading.reader != READER


def spots_json(doc_id: str, spots: Sequence[Spot]) -> bytes:
    """The map from a source text to its file, as ``docs/tables.md`` describes it."""
    rows = [[getattr(spot, column) for column in _COLUMNS] for spot in spots]
    content = {"doc_id": doc_id, "columns": _COLUMNS, "spots": rows}
    return json.dumps(content, separators=(",", ":")).encode("ascii")


class TextWriter:
    """Writes the source texts of one run. Use as a context manager: without ``finish`` nothing is added or removed.

    Args:
        folder: the output folder; it must exist.

    Raises:
        OutputError: at any step, naming what could not be written.
    """

    def __init__(self, folder: Path) -> None:
        self._place = folder / FOLDER
        self._waiting = folder / f".{FOLDER}.{os.getpid()}.tmp"
        self._names: set[str] = set()
        self._new: set[Path] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._waiting, ignore_errors=True)
        for path in self._new:
            with suppress(OSError):
                path.unlink()
        with suppress(OSError):
            self._place.rmdir()  # if nothing is in it

    def add(self, source: Source) -> None:
        """Write a document's text and spots, unless its text is its file's own."""
        if not is_saved(source):
            return
        # Half a pair cannot be written as UTF-8; no reader makes one, but no text is worth a failed run.
        files = {
            f"{source.doc_id}.txt": source.text.encode("utf-8", "surrogatepass"),
            f"{source.doc_id}.spots.json": spots_json(source.doc_id, source.reading.spots),
        }
        for name, content in files.items():
            with output(self._place / name):
                self._waiting.mkdir(exist_ok=True)
                (self._waiting / name).write_bytes(content)
            self._names.add(name)

    def commit(self) -> list[Path]:
        """Put the texts in place, beside those of the run before.

        Returns:
            The files written, sorted.
        """
        paths = [self._place / name for name in sorted(self._names)]
        for path in paths:
            with output(path):
                self._place.mkdir(exist_ok=True)
                if not path.exists():
                    self._new.add(path)
                os.replace(self._waiting / path.name, path)
        return paths

    def finish(self) -> None:
        """Keep the texts, and take away those that only the run before had."""
        self._new.clear()
        with output(self._place):
            for old in self._place.iterdir() if self._place.is_dir() else ():
                if _OURS.fullmatch(old.name) and old.name not in self._names:
                    old.unlink()
