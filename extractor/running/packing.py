"""Extractions and sources as bytes, for the store and for the way between processes.

MessagePack of the model's own fields, compressed: unlike a pickle it can do no more than be read, and a field added to
the model with a default leaves what is stored readable.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import msgspec

from extractor.model import Extraction, Source
from extractor.running.worker import pack_source, unpack_source

_LEVEL = 1  # what more compression saves in space it costs tenfold in time
_encode = msgspec.msgpack.Encoder().encode
_extraction = msgspec.msgpack.Decoder(Extraction)


def packed_extraction(extraction: Extraction) -> bytes:
    """All that a document gave but its text, which its source holds.

    Raises:
        UnicodeEncodeError: a cell holds half a surrogate pair, which no table can hold.
    """
    return zlib.compress(_encode(replace(extraction, text="")), _LEVEL)


def unpacked_extraction(packed: bytes, text: str = "") -> Extraction:
    """The extraction that ``packed_extraction`` packed, with the text of its source."""
    extraction = _extraction.decode(zlib.decompress(packed))
    return replace(extraction, text=text) if text else extraction


def packed_source(source: Source) -> bytes:
    """What reading made of a document: its text, its spots and all else."""
    return zlib.compress(_encode(pack_source(source)), _LEVEL)


def unpacked_source(packed: bytes) -> Source:
    """The source that ``packed_source`` packed."""
    return unpack_source(msgspec.msgpack.decode(zlib.decompress(packed)))
