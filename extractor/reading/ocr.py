"""Pictures of pages: words recognised by Tesseract with its Vietnamese model, cell by cell in ruled tables.

A page is turned upright and straight, its ruled tables are found and taken out, then the program ``tesseract`` reads
the rest, and the cells one under the other. Two pages are read at a time. What is recognised is written as it was
recognised: the usual confusions (``Ð`` for ``Đ``, ``quý 1`` for ``quý I``) are the view's business, because a
reviewer compares the source text with the picture.
"""

from __future__ import annotations

import io
import re
import statistics
import warnings
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from extractor.model import Reading
from extractor.reading import garble, needs, programs
from extractor.reading.errors import ReadError
from extractor.reading.pages import Cell, Grid, Line, Page, Word, compose, rows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Mask = NDArray[np.bool_]

LANGUAGE = "vie"
MIN_DPI, MAX_DPI = 200, 300
"""Resolutions between which pages are recognised. A scan of 200 dpi enlarged to 300 is read a little worse than as
it is (141 against 145 of 153 rows of noisy scans), and 400 dpi takes twice the time and gains nothing."""
MAX_PIXELS = 100_000_000
"""Largest picture that is opened, in pixels (an A4 page at 600 dpi has 35 million)."""
MAX_PAGES = 500
"""Pages of one TIFF file, and of one PDF, that are recognised."""

_SECONDS = 180  # for one call of tesseract
_AT_ONCE = 2
_PAGE_PIXELS = 16_000_000  # a larger page is made smaller before it is recognised
_LINES_DPI = 150  # at which ruled lines are looked for
_RUN = 0.24  # inches: no letter has so long a straight stroke
_CELL_GAP = 36
_CELLS_DPI = 400  # the few words of cells are read best enlarged: 15 of 234 differ from the text, 20 at 200 dpi
_DOUBTED = 0.6
_STACK = 9_000  # pixels: height of a stack of cells
_POOR = 0.55  # mean confidence under which a page may lie on its side
_SURE = 0.60
_WORD = 0.45  # of the best word of a line that has no syllable: an abbreviation is surer
_NOISE = 0.35


@dataclass(frozen=True, slots=True)
class Seen:
    """A recognised page, the mean confidence of its words (0 to 1), and how many they are."""

    page: Page
    confidence: float
    words: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture of a page in grey, and its resolution."""

    image: Image.Image
    dpi: float

    @property
    def unit(self) -> float:
        """Points of one pixel."""
        return 72 / self.dpi


class ImageReader:
    """The reader of one image format."""

    def __init__(self, name: str, suffixes: tuple[str, ...], *magic: bytes) -> None:
        self.FORMAT, self.SUFFIXES, self._magic = name, suffixes, magic

    def matches(self, data: bytes, name: str) -> bool:
        """Whether a file begins as an image of this format does."""
        return data.startswith(self._magic)

    def read(self, data: bytes, name: str) -> Reading:
        """Recognise the pages of an image file.

        Raises:
            ReadError: if the file is damaged, too big or without text, or if what recognises it is not installed.
        """
        lacking = missing()
        if lacking:
            raise ReadError(name, f"is an image ({self.FORMAT}), and {lacking[0]}", lacking[1])
        frames = _frames(data, name, self.FORMAT)
        seen = [one for one in _in_parallel(frames) if one is not None]
        composed = compose([one.page for one in seen])
        if not composed.text.strip():
            raise ReadError(name, "has no text that can be recognised", "Scan it again with more contrast.")
        return Reading(
            composed.text,
            reader="tesseract",
            pages=len(seen),
            ocr_confidence=mean_confidence(seen),
            spots=composed.spots,
        )


PNG = ImageReader("png", (".png",), b"\x89PNG\r\n")
JPEG = ImageReader("jpg", (".jpg", ".jpeg"), b"\xff\xd8\xff")
TIFF = ImageReader("tiff", (".tif", ".tiff"), b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def mean_confidence(seen: Sequence[Seen]) -> float | None:
    """Mean confidence of all words of some pages, 0 to 1; ``None`` without words."""
    words = sum(one.words for one in seen)
    return round(sum(one.confidence * one.words for one in seen) / words, 3) if words else None


@cache
def missing() -> tuple[str, str] | None:
    """What recognising lacks on this machine, and how to install it; ``None`` if nothing."""
    for name in ("pillow", "pypdfium2", "pdfplumber", "tesseract", "tesseract-ocr-vie"):
        need = needs.get(name)
        if need.version() is None:
            return f"{need.name} is not installed ({need.use})", f"Install it: {need.install}"
    return None


# --- pictures --------------------------------------------------------------------------------------------------------


def _frames(data: bytes, name: str, kind: str) -> Iterator[tuple[int, Sheet]]:
    """The pages of an image file."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its metadata nothing is used but the resolution
            opened = Image.open(io.BytesIO(data))
    except Image.DecompressionBombError:
        raise _too_many_pixels(name) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _damaged(name, kind, error) from None
    with opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise _too_many_pixels(name)
        if getattr(opened, "n_frames", 1) > MAX_PAGES:
            raise ReadError(name, f"has more than {MAX_PAGES} pages", "Split it, one document a file.")
        try:
            for number, frame in enumerate(ImageSequence.Iterator(opened), start=1):
                if frame.width * frame.height > MAX_PIXELS:
                    raise _too_many_pixels(name)
                yield number, _scaled(_grey(ImageOps.exif_transpose(frame.copy())), _dpi_of(frame))
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
            raise _damaged(name, kind, error) from None


def _too_many_pixels(name: str) -> ReadError:
    return ReadError(name, f"is too big: more than {MAX_PIXELS:,} pixels", "Scan it at 300 dpi.")


def _damaged(name: str, kind: str, error: Exception) -> ReadError:
    return ReadError(name, f"is a damaged image ({kind}, {type(error).__name__})", "Check that it was copied whole.")


def _grey(image: Image.Image) -> Image.Image:
    """A picture in grey on white, whatever its colours and transparency."""
    from PIL import Image

    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits of grey
        import numpy as np

        values = np.asarray(image, dtype=np.float64)
        top = max(1.0, float(values.max(initial=1.0)))
        return Image.fromarray((values / top * 255).astype("uint8"))
    return image.convert("L")


def _dpi_of(image: Image.Image) -> float:
    """The resolution that a picture says or, where that cannot be, the one at which it would be a sheet of A4."""
    guessed: float = min(image.size) / 8.27
    said = image.info.get("dpi", (0, 0))[0]
    try:
        dpi = float(said)
    except (TypeError, ValueError, ZeroDivisionError):
        return guessed
    return dpi if 0.6 * guessed <= dpi <= 1.6 * guessed else guessed


def _scaled(image: Image.Image, dpi: float) -> Sheet:
    from PIL import Image

    largest: float = (_PAGE_PIXELS / (image.width * image.height)) ** 0.5
    factor = min(min(max(dpi, MIN_DPI), MAX_DPI) / max(40.0, dpi), largest)
    if 0.95 < factor < 1.05:
        return Sheet(image, dpi)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return Sheet(image.resize(size, Image.Resampling.LANCZOS if factor < 1 else Image.Resampling.BICUBIC), dpi * factor)


def recognise_pdf_pages(document: Any, indexes: Sequence[int]) -> list[Seen | None]:
    """Recognise pages of a PDF that pypdfium2 has opened.

    Args:
        document: a ``pypdfium2.PdfDocument``.
        indexes: the pages, from 0.

    Returns:
        For each page what was seen; ``None`` where it could not be drawn or read.
    """

    def sheets() -> Iterator[tuple[int, Sheet | None]]:
        for index in indexes:
            try:
                page = document[index]
                width, height = page.get_size()
                largest = (_PAGE_PIXELS / max(1.0, width * height)) ** 0.5
                scale = min(_native_dpi(page) / 72, largest)
                picture = page.render(scale=scale, grayscale=True, may_draw_forms=True).to_pil()
                page.close()
            except Exception:  # pypdfium2 raises what it likes on a broken page
                yield index + 1, None
            else:
                yield index + 1, Sheet(picture, scale * 72)

    # pypdfium2 is not safe for threads: pages are drawn here, one after the other, as places come free
    return list(_in_parallel(sheets()))


def _native_dpi(page: Any) -> float:
    """The resolution of a page's largest picture; that of drawn text where there is none."""
    import pypdfium2.raw as raw

    best, area = float(MAX_DPI), 0.2 * page.get_width() * page.get_height()
    for image in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = image.get_bounds()
        if (right - left) * (top - bottom) > area:
            area = (right - left) * (top - bottom)
            best = max(image.get_px_size()) / max(right - left, top - bottom) * 72
    return min(max(best, MIN_DPI), MAX_DPI)


def _in_parallel(sheets: Iterable[tuple[int, Sheet | None]]) -> Iterator[Seen | None]:
    """Recognise pages, two at a time: tesseract runs in processes of its own; few are held in memory."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: deque[Future[Seen | None]] = deque()
        for number, sheet in sheets:
            waiting.append(pool.submit(_safely, sheet, number))
            if len(waiting) > _AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _safely(sheet: Sheet | None, number: int) -> Seen | None:
    try:
        return None if sheet is None else recognise(sheet, number)
    except (OSError, ValueError):
        return None


# --- one page --------------------------------------------------------------------------------------------------------


def recognise(sheet: Sheet, number: int) -> Seen:
    """Recognise one page.

    Args:
        sheet: the page.
        number: its number, from 1.
    """
    seen = _recognise_upright(sheet, number)
    if seen.words >= 15 and seen.confidence >= _POOR and not _on_its_side(seen):
        return seen
    turn = _turn(sheet)
    if turn == 0:
        return seen
    turned = Sheet(sheet.image.rotate(-turn, expand=True, fillcolor=255), sheet.dpi)
    again = _recognise_upright(turned, number)
    again = replace(again, page=replace(again.page, turn=turn))
    better = again.words * again.confidence > seen.words * seen.confidence
    return again if better or (_on_its_side(seen) and not _on_its_side(again)) else seen


def _on_its_side(seen: Seen) -> bool:
    """Whether most words stand higher than they are long: tesseract reads upright lines of any direction."""
    long = [w for w in seen.page.words if len(w.text) >= 4]
    return sum(w.height > w.x1 - w.x0 for w in long) * 2 > len(long)


def _recognise_upright(sheet: Sheet, number: int) -> Seen:
    skew = _skew(sheet.image)
    if abs(skew) >= 0.05:
        from PIL import Image

        sheet = Sheet(sheet.image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255), sheet.dpi)
    width, height = sheet.image.width * sheet.unit, sheet.image.height * sheet.unit
    grids = _ruled(sheet, number)
    words: list[Word] = []
    for grid in grids:
        words += _read_cells(sheet, grid, number)
    rest = _without(sheet, grids) if grids else sheet
    outside = [w.at(sheet.unit) for line in _clean(_tesseract(rest, "3")) for w in line]
    known = [w.confidence for w in [*outside, *words] if w.confidence is not None]
    page = Page(number, width, height, outside, grids, recognised=True, skew=skew)
    return Seen(page, statistics.fmean(known) if known else 0.0, len(known))


def _skew(picture: Image.Image) -> float:
    """The angle in degrees by which a page has to be turned (counter-clockwise) for its lines to lie straight."""
    import numpy as np

    factor = max(1, round(picture.width / 800))
    dark = np.asarray(picture.reduce(factor)) < 140
    dark[:, : dark.shape[1] // 40] = False  # shadows of the edges
    ys, xs = np.nonzero(dark)
    if len(ys) < 200:
        return 0.0
    if len(ys) > 60_000:
        ys, xs = ys[:: len(ys) // 60_000 + 1], xs[:: len(xs) // 60_000 + 1]

    def sharpness(angle: float) -> float:
        rows = np.round(ys - xs * np.tan(np.radians(angle))).astype(int)
        counts = np.bincount(rows - rows.min())
        return float((np.diff(counts.astype(float)) ** 2).sum())

    best = max(np.arange(-4, 4.01, 0.4), key=sharpness)
    best = max(np.arange(best - 0.4, best + 0.41, 0.1), key=sharpness)
    best = max(np.arange(best - 0.1, best + 0.11, 0.025), key=sharpness)
    return float(best) if sharpness(best) > 1.02 * sharpness(0.0) else 0.0


def _turn(sheet: Sheet) -> int:
    """By how many degrees (clockwise) a page has to be turned to stand upright; 0 where tesseract cannot tell."""
    done = _run(sheet, "--psm", "0", language="osd")
    if done is None:
        return 0
    turn = re.search(r"Rotate:\s*(\d+)", done)
    sure = re.search(r"Orientation confidence:\s*([\d.]+)", done)
    return int(turn[1]) if turn and sure and float(sure[1]) >= 0.5 else 0


# --- tesseract -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    """A recognised word, in pixels; ``top`` and ``bottom`` are those of its line's letters."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float

    def moved(self, dx: float, dy: float) -> _Token:
        """The word elsewhere."""
        return replace(self, x0=self.x0 + dx, x1=self.x1 + dx, top=self.top + dy, bottom=self.bottom + dy)

    def smaller(self, zoom: float) -> _Token:
        """The word in the pixels of a picture that was enlarged ``zoom`` times."""
        sides = (self.x0 / zoom, self.top / zoom, self.x1 / zoom, self.bottom / zoom)
        return _Token(self.text, *sides, self.confidence)

    def at(self, unit: float) -> Word:
        """The word in points."""
        sides = (self.x0 * unit, self.top * unit, self.x1 * unit, self.bottom * unit)
        return Word(self.text, *sides, self.confidence)


def _run(sheet: Sheet, *options: str, language: str = LANGUAGE) -> str | None:
    """What tesseract prints for a picture; ``None`` where it finds nothing to say."""
    header = f"P5\n{sheet.image.width} {sheet.image.height}\n255\n".encode()
    program = programs.find("tesseract") or "tesseract"
    command = [program, "stdin", "stdout", "-l", language, "--dpi", str(round(sheet.dpi)), *options]
    printed = programs.run(command, seconds=_SECONDS, given=header + sheet.image.tobytes())
    return None if printed is None else printed.decode("utf-8", "replace")


def _tesseract(sheet: Sheet, mode: str) -> list[list[_Token]]:
    """The words of a picture, line by line; ``mode`` is tesseract's page segmentation."""
    printed = _run(sheet, "--psm", mode, "tsv")
    lines: dict[tuple[str, ...], list[_Token]] = {}
    for row in (printed or "").splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) != 12 or fields[0] != "5" or not fields[11].strip():
            continue
        left, top, width, height = map(float, fields[6:10])
        confidence = max(0.0, float(fields[10])) / 100
        token = _Token("".join(fields[11].split()), left, top, left + width, top + height, round(confidence, 3))
        lines.setdefault(tuple(fields[1:5]), []).append(token)
    return [_levelled(line) for line in lines.values()]


def _levelled(line: list[_Token]) -> list[_Token]:
    """Words of a line with one height: boxes of recognised words end where their letters do."""
    letters = [t for t in line if sum(c.isalnum() for c in t.text) >= 2] or line
    top, bottom = statistics.median(t.top for t in letters), statistics.median(t.bottom for t in letters)
    return [_Token(t.text, t.x0, top, t.x1, max(bottom, top + 1), t.confidence) for t in line]


def _clean(lines: Iterable[list[_Token]]) -> Iterator[list[_Token]]:
    """Lines without those that are stains, stamps and signatures.

    A line goes only if nothing in it is sure and nothing in it can be a word: a blurred line of text stays.
    """
    for line in lines:
        best = max(t.confidence for t in line)
        mean = statistics.fmean(t.confidence for t in line)
        letters = [t for t in line if len(t.text) >= 2 and garble.is_syllable(t.text.strip(".,;:()").lower())]
        digits = any(c.isdigit() for t in line for c in t.text)
        signs_only = not any(c.isalnum() for t in line for c in t.text)
        if signs_only and (best < 0.8 or len(line) == 1):
            continue
        if mean < _NOISE and best < _SURE and len(letters) * 3 < len(line):
            continue
        if not letters and not digits and best < _WORD:
            continue
        yield line


# --- ruled tables ----------------------------------------------------------------------------------------------------


def _ruled(sheet: Sheet, number: int) -> list[Grid]:
    """The ruled tables of a page, their cells still empty."""
    import numpy as np
    from pdfplumber import table

    from extractor.reading.pdf import is_table

    tables: Any = table

    factor = max(1, round(sheet.dpi / _LINES_DPI))
    dark: Mask = np.asarray(sheet.image.reduce(factor)) < 170
    scale, least = factor * sheet.unit, round(_RUN * sheet.dpi / factor)
    edges = [_edge(*run, scale, "h") for run in _runs(dark, least)]
    edges += [_edge(y, x0, x1, scale, "v") for y, x0, x1 in _runs(dark.T, least)]
    if not any(e["orientation"] == "v" for e in edges) or len(edges) > 3000:
        return []
    merged = tables.merge_edges(edges, 4, 4, 8, 8)
    cells = tables.intersections_to_cells(tables.edges_to_intersections(merged, 5, 5))
    grids = []
    for group in tables.cells_to_tables(cells):
        rows = [
            [None if c is None else Cell((c[0], c[1], c[2], c[3])) for c in row.cells]
            for row in tables.Table(None, group).rows
        ]
        boxes = [c.box for row in rows for c in row if c is not None]
        box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        grid = Grid(box, rows, number)
        if is_table(grid, sheet.image.width * sheet.image.height * sheet.unit**2):
            grids.append(grid)
    return grids


def _edge(across: float, begin: float, end: float, scale: float, orientation: str) -> dict[str, Any]:
    """A line as pdfplumber describes one, in points."""
    across, begin, end = across * scale, begin * scale, end * scale
    x0, x1, top, bottom = (begin, end, across, across) if orientation == "h" else (across, across, begin, end)
    return {
        "x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top,
        "orientation": orientation, "object_type": "line",
    }  # fmt: skip


def _runs(dark: Mask, least: int) -> Iterator[tuple[float, float, float]]:
    """Straight dark lines of ``least`` pixels and more along the rows: the middle of their height, begin and end."""
    import numpy as np

    thick = dark.copy()
    thick[1:] |= dark[:-1]  # a line that is a little oblique steps from row to row
    counts = np.cumsum(np.pad(thick, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    full = counts[:, least:] - counts[:, :-least] >= least - 2
    open_: list[tuple[int, int, int, int]] = []  # first row, last row, begin, end
    for y in np.nonzero(full.any(axis=1))[0].tolist():
        changes = np.flatnonzero(np.diff(np.pad(full[y].astype(np.int8), 1)))
        found = [(int(a), int(b) + least - 1) for a, b in zip(changes[::2], changes[1::2], strict=True)]
        still: list[tuple[int, int, int, int]] = []
        for first, last, begin, end in open_:
            touching = [f for f in found if f[0] <= end and f[1] >= begin]
            if last < y - 2 or not touching:
                if last < y - 2:
                    yield from _line(first, last, begin, end)
                else:
                    still.append((first, last, begin, end))
                continue
            found = [f for f in found if f not in touching]
            still.append((first, y, min(begin, *(f[0] for f in touching)), max(end, *(f[1] for f in touching))))
        open_ = [*still, *((y, y, begin, end) for begin, end in found)]
    for run in open_:
        yield from _line(*run)


def _line(first: int, last: int, begin: int, end: int) -> Iterator[tuple[float, float, float]]:
    # a thicker run is a bar, a picture or a shadow
    if last - first <= 14:
        yield (first + last) / 2, begin, end


def _without(sheet: Sheet, grids: Sequence[Grid]) -> Sheet:
    """A page whose tables are painted over."""
    from PIL import ImageDraw

    copy = sheet.image.copy()
    draw = ImageDraw.Draw(copy)
    for grid in grids:
        left, top, right, bottom = (side / sheet.unit for side in grid.box)
        draw.rectangle((left - 8, top - 8, right + 8, bottom + 8), fill=255)
    return Sheet(copy, sheet.dpi)


@dataclass(frozen=True, slots=True)
class _Crop:
    """The picture of a cell, and where its upper left corner stands on the page (pixels)."""

    cell: Cell
    image: Image.Image
    left: int
    top: int


def _read_cells(sheet: Sheet, grid: Grid, number: int) -> list[Word]:
    """Recognise the cells of a table, one under the other in one picture, and fill them; the words found."""
    stack: list[_Crop] = []
    height, words, inset = 0, list[Word](), round(0.022 * sheet.dpi)
    for cell in (c for row in grid.rows for c in row if c is not None):
        left, top, right, bottom = (round(side / sheet.unit) for side in cell.box)
        left, top = left + inset, top + inset
        image = sheet.image.crop((left, top, max(left + 1, right - inset), max(top + 1, bottom - inset)))
        if not _has_ink(image):
            continue
        if stack and height + image.height > _STACK:
            words += _read_stack(stack, sheet, number)
            stack, height = [], 0
        stack.append(_Crop(cell, image, left, top))
        height += image.height + _CELL_GAP
    return words + _read_stack(stack, sheet, number)


def _has_ink(crop: Image.Image) -> bool:
    import numpy as np

    return int((np.asarray(crop.reduce(2)) < 140).sum()) >= 8


def _read_stack(stack: Sequence[_Crop], sheet: Sheet, number: int) -> list[Word]:
    from PIL import Image

    if not stack:
        return []
    width = max(crop.image.width for crop in stack) + 2 * _CELL_GAP
    canvas = Image.new("L", (width, sum(crop.image.height + _CELL_GAP for crop in stack) + _CELL_GAP), 255)
    places, y = [], _CELL_GAP
    for crop in stack:
        canvas.paste(crop.image, (_CELL_GAP, y))
        places.append((y, crop))
        y += crop.image.height + _CELL_GAP
    homes: dict[int, list[_Token]] = {}
    for line in _enlarged(canvas, sheet.dpi, _CELLS_DPI, "6"):
        for token in line:
            middle = (token.top + token.bottom) / 2
            at, crop = places[max(0, bisect_right(places, middle + _CELL_GAP / 2, key=lambda p: p[0]) - 1)]
            homes.setdefault(id(crop.cell), []).append(token.moved(crop.left - _CELL_GAP, crop.top - at))
    words: list[Word] = []
    for crop in stack:
        tokens = _surer(homes.get(id(crop.cell), []), crop, sheet.dpi)
        found = [t.at(sheet.unit) for t in tokens if t.confidence >= _NOISE or any(c.isalnum() for c in t.text)]
        crop.cell.lines = [Line(row, number) for row in rows_of(found)]
        words += found
    return words


def _surer(tokens: list[_Token], crop: _Crop, dpi: float) -> list[_Token]:
    """The words of a cell, read once more by itself where they were hardly made out: a digit alone mostly is."""
    if tokens and min(t.confidence for t in tokens) >= _DOUBTED:
        return tokens
    one_line = crop.image.height < 0.42 * dpi
    again = [
        token.moved(crop.left - _CELL_GAP, crop.top - _CELL_GAP)
        for line in _enlarged(_framed(crop.image), dpi, MAX_DPI, "7" if one_line else "6")
        for token in line
    ]
    return again if _sureness(again) > _sureness(tokens) else tokens


def _sureness(tokens: Sequence[_Token]) -> float:
    return statistics.fmean(t.confidence for t in tokens) if tokens else 0.0


def _framed(image: Image.Image) -> Image.Image:
    """A picture with a white edge: letters that touch the edge are not read."""
    from PIL import Image

    framed = Image.new("L", (image.width + 2 * _CELL_GAP, image.height + 2 * _CELL_GAP), 255)
    framed.paste(image, (_CELL_GAP, _CELL_GAP))
    return framed


def _enlarged(image: Image.Image, dpi: float, wanted: float, mode: str) -> list[list[_Token]]:
    """The words of a picture that is enlarged to a resolution to be read, in its own pixels."""
    from PIL import Image

    zoom = max(1.0, wanted / dpi)
    if zoom > 1:
        size = (round(image.width * zoom), round(image.height * zoom))
        image = image.resize(size, Image.Resampling.BICUBIC)
    return [[token.smaller(zoom) for token in line] for line in _tesseract(Sheet(image, dpi * zoom), mode)]
