"""Files in, extractions out, from Python."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from extractor.model import Batch
from extractor.patterns import PatternSet
from extractor.pipeline import Context, extract_source
from extractor.running.batch import expand, extract_each


def extract_files(
    paths: Iterable[str | Path], *, patterns: PatternSet | None = None, context: Context | None = None
) -> Batch:
    """Extract files and folders.

    Args:
        paths: files, and folders to look through.
        patterns: the patterns to use; the built-in ones if not given.
        context: facts from outside, used where a document's text is silent.

    Returns:
        One extraction a document, sorted by name. A file that cannot be read is one with ``document.status`` "failed"
        and the reason in ``document.warnings``; a file with the same bytes as another is left out.

    Raises:
        InputError: a path does not exist, or nothing to read was found.
    """
    inputs = expand([Path(p) for p in paths])
    outcomes = extract_each(inputs.files, lambda source: extract_source(source, patterns=patterns, context=context))
    return Batch(tuple(o.extraction for o in outcomes if o.extraction is not None))
