"""What a document's rows depend on besides its bytes: the code, the patterns, the gazetteer.

A run does again what was done under another fingerprint. Fingerprints are taken of the files themselves and not of a
version number, so that a rule edited in place is noticed as well as an upgrade.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from extractor.paths import patterns_dir

_PACKAGE = Path(__file__).parent.parent
# What turns bytes into text; the rest of the code on the way to the rows turns text into rows.
_READING = ("reading", "model.py", "running/worker.py")
EXTRACTING = (
    "text", "finding", "relating", "model.py", "records.py", "patterns.py", "expressions.py", "gate.py", "pipeline.py",
    "running/integrity.py",
)  # fmt: skip
_WRITING = ("tables", "model.py")
_GAZETTEER = "gazetteer"


@dataclass(frozen=True, slots=True)
class Versions:
    """Fingerprints, each of 12 hex digits.

    Attributes:
        reader: the code that reads files.
        extractor: the code that makes rows of text.
        patterns: the built-in patterns and the caller's own.
        gazetteer: the administrative units.
    """

    reader: str
    extractor: str
    patterns: str
    gazetteer: str

    def changed(self, since: Versions) -> list[str]:
        """The names of those that are not as they were."""
        before = asdict(since)
        return [name for name, value in asdict(self).items() if value != before[name]]


def versions(own: Path | None = None) -> Versions:
    """The fingerprints of now.

    Args:
        own: the caller's folder of patterns, which adds to the built-in ones.
    """
    built_in = patterns_dir()
    rules = [path for path in _files(built_in) if _GAZETTEER not in path.relative_to(built_in).parts]
    return Versions(
        reader=_code(_READING),
        extractor=_code(EXTRACTING),
        patterns=_digest(built_in, rules) + ("" if own is None else "+" + _digest(own, _files(own))),
        gazetteer=_digest(built_in, _files(built_in / _GAZETTEER)),
    )


def rules_key(own: Path | None = None) -> str:
    """One key for all that the rows of a document depend on besides its bytes."""
    return hashlib.sha256(repr(versions(own)).encode()).hexdigest()[:16]


def writing_key() -> str:
    """The fingerprint of the code that writes tables."""
    return _code(_WRITING)


def _code(parts: Iterable[str]) -> str:
    places = [_PACKAGE / part for part in parts]
    files = [file for place in places for file in ([place] if place.is_file() else _files(place))]
    return _digest(_PACKAGE, [file for file in files if file.suffix == ".py"])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _digest(root: Path, files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        found.update(f"{file.relative_to(root).as_posix()}\n{content}\n".encode())
    return found.hexdigest()[:12]
