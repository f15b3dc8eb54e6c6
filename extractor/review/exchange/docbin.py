"""spaCy: reviewed documents as a ``DocBin``, to train a span categoriser or to count with.

``doc.spans["targets" | "places" | "deadlines" | "assignments"]`` hold the rows with the labels of the component
``chitieu``, and ``doc.user_data`` holds the rows themselves as that component keeps them, so that after ``import
extractor.spacy_components`` a span answers ``span._.due_date``. Tokens are words and marks, cut where a row begins or
ends: every span is exactly its row, none is lost for want of a token's edge. ``doc.text`` is the text to the letter.

spaCy is imported only here (extra ``[spacy]``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.review.exchange.common import replacing, rows_of
from extractor.review.state import ReviewedDocument
from extractor.tables.files import need
from extractor.tables.schema import BY_NAME

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

NAME = "chitieu.spacy"

# A word with the marks of its letters (of decomposed text), a run of blanks or line ends, or one character.
_TOKEN = re.compile("[\\w\u0300-\u036f]+|\\s+|.", re.DOTALL)


def doc_of(document: ReviewedDocument, vocab: Vocab) -> Doc:
    """One document as a ``Doc``; the end of a span is exactly that of its row."""
    from spacy.tokens import Doc, Span

    from extractor import spacy_components

    rows = [row for row in rows_of(document) if row.end > row.start]
    pieces = _pieces(document.extraction.text, {row.start for row in rows}, {row.end for row in rows})
    doc = Doc(vocab, words=[word for word, _ in pieces], spaces=[blank for _, blank in pieces])
    first = {token.idx: token.i for token in doc}
    last = {token.idx + len(token): token.i + 1 for token in doc}
    for table, label in spacy_components.LABELS.items():
        key = BY_NAME[table].primary_key
        doc.spans[table] = [
            Span(
                doc,
                first[row.start],
                last[row.end],
                label=label,
                kb_id=row.cells.get("indicator_code") or row.cells.get("code") or "",
                span_id=row.cells[key],
            )
            for row in rows
            if row.table == table
        ]
    spacy_components.keep(doc, document.extraction)
    return doc


def _pieces(text: str, starts: set[int], ends: set[int]) -> list[tuple[str, bool]]:
    """The tokens of a text, cut where rows begin and end, each with whether a blank follows that is no token itself."""
    edges = {found.start() for found in _TOKEN.finditer(text)}
    pieces: list[tuple[str, bool]] = []
    for start, end in pairwise(sorted({len(text)} | edges | starts | ends)):
        inside = start in starts or end in ends  # a blank that a row begins or ends with
        if text[start:end] == " " and pieces and not pieces[-1][1] and not inside:
            pieces[-1] = (pieces[-1][0], True)
        else:
            pieces.append((text[start:end], False))
    return pieces


def docbin(documents: Iterable[ReviewedDocument]) -> DocBin:
    """Documents as a ``DocBin``, in the order given."""
    import spacy
    from spacy.tokens import DocBin

    vocab = spacy.blank("vi", config={"nlp": {"tokenizer": {"use_pyvi": False}}}).vocab
    return DocBin(docs=[doc_of(document, vocab) for document in documents], store_user_data=True)


def write(documents: Iterable[ReviewedDocument], folder: Path) -> list[Path]:
    """Write ``chitieu.spacy``.

    Returns:
        The file written.

    Raises:
        OutputError: if spaCy is not installed, or the file cannot be written.
    """
    need("spacy", folder / NAME, "spaCy", "spacy")
    with replacing(folder) as files:
        files.add(NAME, docbin(documents).to_bytes())
    return list(files.places)
