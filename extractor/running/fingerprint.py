"""What the rows of a document depend on beside the document: the version of the rules."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.paths import patterns_dir as built_in


def rules_key(patterns_dir: Path | None = None) -> str:
    """A name for the rules in use: the same on every machine that has the same version and the same patterns.

    Args:
        patterns_dir: the user's own folder of patterns, if any.

    Returns:
        16 hex digits.
    """
    from extractor.pipeline import EXTRACTOR_VERSION

    digest = hashlib.sha256(EXTRACTOR_VERSION.encode())
    for folder in (built_in(), patterns_dir):
        for path in sorted(folder.rglob("*")) if folder else ():
            if path.is_file() and not path.name.startswith("."):
                digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())  # type: ignore[arg-type]
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        digest.update(b"\0\0")
    return digest.hexdigest()[:16]
