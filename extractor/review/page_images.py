"""Pictures of pages, for reviewers: a page of a PDF or a scan as PNG, cut as the boxes of its text are measured.

Pages are drawn in a child process with limits of time and memory (``extractor.running.isolation``): a file that hangs,
crashes or eats memory costs its picture, not the server. Only a file whose bytes have the document's SHA-256 is drawn:
the boxes are those of that content, whatever lies under its name today.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from extractor.reading import LIMIT, SUFFIXES, ReadError, needs, ocr, pdf
from extractor.reading import zip as archive
from extractor.running.isolation import MEMORY, Supervised
from extractor.running.worker import Frame, serve

WIDTH = 1200
"""Pixels across, unless asked otherwise."""

TIMEOUT = 20.0
"""Seconds that one page may take."""

_WIDTHS = range(50, 3001)
_PIXELS = 16_000_000  # of a picture that is given out
_FAR = 1_000_000  # points: beyond any sheet
_MOST_KEPT = 24  # pictures last drawn
_IMAGES = {image.FORMAT for image in (ocr.PNG, ocr.JPEG, ocr.TIFF)}
_PILLOW = ("PNG", "JPEG", "TIFF")
_MODULE = "extractor.review.page_images"


class PageError(Exception):
    """A page that has no picture, and why.

    Attributes:
        vi: in Vietnamese.
        en: in English, also ``str()``.
    """

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


def has_images(format: str) -> bool:
    """Whether documents of a format (``documents.format``) have pages that can be drawn."""
    return format == pdf.FORMAT or format in _IMAGES


def page_png(
    path: Path,
    sha256: str,
    member: str,
    page: int,
    width: int = WIDTH,
    timeout: float = TIMEOUT,
    *,
    recognised: bool = False,
) -> bytes:
    """Draw one page in a child process of its own: see ``PageImages.png``; ``timeout`` is in seconds.

    Raises:
        PageError: there is no picture.
    """
    with PageImages(timeout) as images:
        return images.png(path, sha256, member, page, width, recognised=recognised)


class PageImages:
    """Draws pages, one at a time, in one child process that stays. Use as a context manager; threads may share it.

    Args:
        timeout: seconds that one page may take.
        memory: address space of the child, in bytes.
    """

    def __init__(self, timeout: float = TIMEOUT, memory: int = MEMORY) -> None:
        self._child = Supervised(_MODULE, {"memory": memory}, timeout, memory)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int, bool], bytes] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the child. Asked again, another one is started."""
        with self._lock:
            self._child.stop()

    def png(
        self, path: Path, sha256: str, member: str, page: int, width: int = WIDTH, *, recognised: bool = False
    ) -> bytes:
        """Draw one page.

        Args:
            path: the file, as the run knows it; never from a request.
            sha256: of the document's bytes; of a member of a zip file, the member's.
            member: the document's name (``documents.source``), ``plans.zip!/2021/plan.pdf`` for a member.
            page: its number, from 1.
            width: pixels across; a smaller scan stays as it is, and a page that would be very large is drawn smaller.
            recognised: the page's text was recognised from its picture (its spots have a ``confidence``): the boxes of
                such a page of a PDF are shares of what is seen of it, those of a text layer shares of all of it.

        Returns:
            A PNG. Boxes of spots are shares of its width and height.

        Raises:
            PageError: the file is gone, has changed, has no such page, or cannot be drawn within the limits.
        """
        if page < 1 or width not in _WIDTHS:
            raise _no_page(page)
        key = (sha256, page, width, recognised)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            made = self._kept[key] = self._drawn(path, sha256, member, page, width, recognised)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return made

    def _drawn(self, path: Path, sha256: str, member: str, page: int, width: int, recognised: bool) -> bytes:
        request: Frame = {
            "path": os.fspath(path.absolute()), "name": member, "sha256": sha256, "page": page, "width": width,
            "recognised": recognised,
        }  # fmt: skip
        # Nothing is asked first: that the child has to start is not the page's time.
        for _, frame in list(self._child.each([{"name": ""}, request])):
            if isinstance(frame, ReadError):
                raise PageError(
                    "Không vẽ được trang này: tệp hỏng hoặc quá lớn. Hãy mở tệp gốc để xem.",
                    f"The page cannot be drawn: its file {frame.reason}. Open the file itself.",
                )
            if frame["kind"] == "failed":
                raise PageError(frame["vi"], frame["en"])
            if frame["kind"] == "page":
                png: bytes = frame["png"]
                return png
        raise _damaged()


# -- the child ---------------------------------------------------------------------------------------------------------


def main() -> None:
    """Draw pages until there are no more to draw."""
    serve(lambda setup: (_answer, setup["memory"]))


def _answer(request: Frame) -> Iterator[Frame]:
    if request["name"]:
        yield {"kind": "begin", "name": request["name"], "sha256": request["sha256"]}
        try:
            data = _content(Path(request["path"]), request["sha256"], request["name"])
            png = _draw(data, request["page"], request["width"], request["recognised"])
            yield {"kind": "page", "png": png}
        except PageError as error:
            yield {"kind": "failed", "vi": error.vi, "en": error.en}
        except MemoryError:
            raise
        except Exception:  # what the libraries make of a hostile file
            why = _damaged()
            yield {"kind": "failed", "vi": why.vi, "en": why.en}
    yield {"kind": "end"}


def _content(path: Path, sha256: str, name: str) -> bytes:
    """The document's bytes: the file's, or those of the member of a zip file that has the hash.

    Raises:
        PageError: they are not there any more.
    """
    try:
        if not path.is_file():  # neither gone, nor a pipe that could be waited for
            raise FileNotFoundError
        with path.open("rb") as stream:
            data = stream.read(LIMIT + 1)
    except OSError:
        raise PageError(
            "Không mở được tệp gốc. Tệp đã bị chuyển chỗ hoặc xóa?",
            "The file cannot be opened. Was it moved or deleted?",
        ) from None
    if len(data) <= LIMIT:
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
        if archive.matches(data, name):
            for _, content in archive.members(data, name.partition("!/")[0], SUFFIXES, LIMIT):
                if isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == sha256:
                    return content
    raise PageError(
        "Tệp gốc đã thay đổi sau khi trích xuất. Hãy chạy lại việc trích xuất.",
        "The file has changed since it was read. Run the extraction again.",
    )


def _draw(data: bytes, page: int, width: int, recognised: bool) -> bytes:
    for needed in ("pillow", "pypdfium2"):
        try:
            needs.check(needed, "")
        except ReadError as error:
            raise PageError(
                f"Chưa cài {needed}: {error.advice}", f"{needed} is not installed. {error.advice}"
            ) from None
    picture = _pdf_page(data, page, width, recognised) if pdf.matches(data, "") else _frame(data, page, width)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def _pdf_page(data: bytes, number: int, width: int, recognised: bool) -> Any:
    """A page of a PDF as ``extractor.reading.pdf`` measures it: turned as it says, with the stamps that lie on it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        if number > len(document):
            raise _no_page(number)
        page = document[number - 1]
        if not recognised:
            # pdfplumber measures on the whole sheet, pypdfium2 draws what is to be seen of it: of its crop box, what
            # lies on the sheet.
            page.set_cropbox(-_FAR, -_FAR, _FAR, _FAR)
        across, down = page.get_size()
        scale = min(width / across, (_PIXELS / (across * down)) ** 0.5)
        return page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    finally:
        document.close()


def _frame(data: bytes, number: int, width: int) -> Any:
    """A page of an image file as ``extractor.reading.ocr`` takes it: upright, on white."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its metadata nothing is used but which way is up
        try:
            image = Image.open(io.BytesIO(data), formats=_PILLOW)
            image.seek(number - 1)
        except EOFError:
            raise _no_page(number) from None
        if image.width * image.height > ocr.MAX_PIXELS:
            raise PageError("Ảnh này quá lớn để hiển thị.", f"The picture has more than {ocr.MAX_PIXELS:,} pixels.")
        upright = ImageOps.exif_transpose(image.copy())
    factor = min(1.0, width / upright.width, (_PIXELS / (upright.width * upright.height)) ** 0.5)
    plain = _on_white(upright)
    if factor == 1.0:
        return plain
    size = (max(1, round(upright.width * factor)), max(1, round(upright.height * factor)))
    return plain.resize(size, Image.Resampling.BOX if factor < 0.5 else Image.Resampling.BICUBIC)


def _on_white(image: Any) -> Any:
    from PIL import Image

    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        return white.convert("RGB")
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits of grey
        top = max(1.0, float(image.getextrema()[1]))
        return image.convert("F").point(lambda value: value * (255 / top)).convert("L")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _no_page(number: int) -> PageError:
    return PageError(f"Văn bản không có trang {number}.", f"The document has no page {number}.")


def _damaged() -> PageError:
    return PageError(
        "Không vẽ được trang này: tệp bị hỏng hoặc không có trang ảnh. Hãy mở tệp gốc để xem.",
        "The page cannot be drawn: its file is damaged or has no pages. Open the file itself.",
    )
