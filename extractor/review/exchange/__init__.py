"""Reviewed rows in the formats of other tools, and back in from two of them.

``FORMATS`` are the ways out; each writes all its files or none. ``READERS`` are the ways in: they give what came back;
``incoming.items`` gives the decisions that it means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from extractor.review.exchange import brat, docbin, doccano, gold, label_studio, web_annotation
from extractor.review.exchange.common import ExchangeError
from extractor.review.exchange.incoming import Imported
from extractor.review.state import ReviewedDocument


@dataclass(frozen=True, slots=True)
class Format:
    """One way out.

    Attributes:
        name: what it is called on the command line.
        en: what it writes, in English.
        vi: what it writes, in Vietnamese.
        write: writes documents into a folder and returns the files; raises ``OutputError``.
    """

    name: str
    en: str
    vi: str
    write: Callable[[Iterable[ReviewedDocument], Path], list[Path]]


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            "gold",
            "gold files (gold/NAME.yaml) with their sources (documents/NAME.txt), for chitieu evaluate",
            "tệp mẫu (gold/TÊN.yaml) kèm văn bản nguồn (documents/TÊN.txt), để chạy chitieu evaluate",
            gold.write,
        ),
        Format(
            "label-studio",
            "Label Studio tasks (label_studio.json) and their labelling interface (label_studio.xml)",
            "nhiệm vụ Label Studio (label_studio.json) và giao diện gán nhãn (label_studio.xml)",
            label_studio.write,
        ),
        Format(
            "doccano",
            "doccano JSONL for sequence labelling (doccano.jsonl)",
            "JSONL gán nhãn chuỗi của doccano (doccano.jsonl)",
            doccano.write,
        ),
        Format(
            "brat",
            "brat standoff (NAME.txt, NAME.ann) and annotation.conf",
            "định dạng standoff của brat (TÊN.txt, TÊN.ann) và annotation.conf",
            brat.write,
        ),
        Format(
            "w3c",
            "W3C Web Annotations (NAME.jsonld) and the texts they count in (NAME.txt)",
            "chú giải theo chuẩn W3C (TÊN.jsonld) kèm văn bản (TÊN.txt)",
            web_annotation.write,
        ),
        Format(
            "docbin",
            "a spaCy DocBin (chitieu.spacy)",
            "tệp DocBin của spaCy (chitieu.spacy)",
            docbin.write,
        ),
    )
}
"""Name → way out."""

READERS: dict[str, Callable[[Path], list[Imported]]] = {"label-studio": label_studio.read, "doccano": doccano.read}
"""Name → way in: reads an exported file; raises ``ExchangeError``."""

__all__ = ["FORMATS", "READERS", "ExchangeError", "Format", "Imported"]
