"""Files in, extractions out, from Python."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from extractor.model import Batch
from extractor.patterns import PatternSet
from extractor.pipeline import Context, extract_source
from extractor.running.inputs import expand
from extractor.running.isolation import IsolatedReader, read_here
from extractor.running.outcomes import extract_each


def extract_files(
    paths: Iterable[str | Path],
    *,
    patterns: PatternSet | None = None,
    context: Context | None = None,
    isolate: bool = False,
) -> Batch:
    """Extract files and folders.

    Args:
        paths: files, and folders to look through.
        patterns: the patterns to use; the built-in ones if not given.
        context: facts from outside, used where a document's text is silent.
        isolate: read what is no plain text in a process of its own, with limits of time and memory: for files of
            unknown origin.

    Returns:
        One extraction a document, sorted by name. A file that cannot be read is one with ``document.status`` "failed"
        and the reason in ``document.warnings``; a file with the same bytes as another is left out.

    Raises:
        InputError: a path does not exist, or nothing to read was found.
    """
    inputs = expand([Path(p) for p in paths])
    with ExitStack() as stack:
        read = stack.enter_context(IsolatedReader()) if isolate else read_here
        outcomes = extract_each(
            inputs.files, lambda source: extract_source(source, patterns=patterns, context=context), read
        )
        return Batch(tuple(o.extraction for o in outcomes if o.extraction is not None))
