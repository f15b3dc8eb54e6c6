"""The child process that reads files and extracts their documents, for ``extractor.running.pool``."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from extractor.model import Extraction, Reading, Source
from extractor.running.outcomes import Extract
from extractor.running.work import Job, documents_of, make
from extractor.running.worker import Answer, Frame, SetupError, begin, read_found, serve

_PLAN = "KẾ HOẠCH\nPhấn đấu năm 2023 có thêm 04 xã đạt chuẩn, giao Phòng Y tế huyện báo cáo trước ngày 30/11/2023."


def main() -> None:
    """Do jobs until there are no more."""
    serve(_prepare)


def _prepare(setup: Frame) -> tuple[Answer, int]:
    from extractor.patterns import PatternError, load
    from extractor.pipeline import extract_source

    own = setup["patterns"]
    try:
        patterns = load(extra=None if own is None else Path(own))
    except (PatternError, OSError) as error:
        raise SetupError(f"patterns: {error}") from None

    def extract(source: Source) -> Extraction:
        return extract_source(source, patterns=patterns)

    # What is made ready at the first use must count neither as the first document's time nor as its memory.
    extract(Source("", "txt", "", Reading(_PLAN)))
    # The rules stay as long as the process: looking through them for garbage would be work for nothing.
    gc.collect()
    gc.freeze()
    return lambda request: _answer(request, extract, setup["pace"]), _address_space() + setup["memory"]


def _answer(request: Frame, extract: Extract, pace: int) -> Iterator[Frame]:
    store = None if request["store"] is None else Path(request["store"])
    job = Job(request["name"], request["content"], Path(request["path"]), store=store)
    for document in documents_of(job, request["skip"]):
        yield begin(document)
        began = time.perf_counter()
        found = read_found(document)
        if isinstance(found, Source):
            yield {**begin(document), "allow": len(found.text) / pace}
        yield {"kind": "made", "made": msgspec.msgpack.encode(make(found, extract, began))}
    yield {"kind": "end"}


def _address_space() -> int:
    """The address space of this process now, in bytes; enough for the rules where the system does not tell."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (ImportError, OSError, ValueError):
        return 1 << 30


if __name__ == "__main__":
    main()
