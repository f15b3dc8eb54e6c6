"""PDF, page by page: the text layer where there is a sound one, else what is seen on the page.

pdfplumber gives words with boxes and ruled tables. A page whose text is garbled (see ``garble``) is read again by
poppler's ``pdftotext``, then from its picture; a page that is only a picture is recognised (``ocr``). pypdfium2 opens
the file first: it is quick to say that a file is damaged, encrypted or has too many pages.
"""

from __future__ import annotations

import html
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.model import Reading
from extractor.reading import garble, legacy_encodings, needs, programs
from extractor.reading.errors import ReadError
from extractor.reading.pages import Cell, Grid, Line, Page, Word, compose, rows_of

FORMAT = "pdf"
SUFFIXES: tuple[str, ...] = (".pdf",)

MAX_PAGES = 1000
"""Pages of one file that are read; a longer one is refused (a plan with its annexes has a few hundred at most)."""
MAX_OBJECTS = 200_000
"""Objects (texts, lines, pictures) of one page that are looked at; a page with more is left out."""

_HEADER_WITHIN = 1024  # readers of PDF accept leading bytes before the header
_EDGES = 8_000  # lines of a page among which tables are looked for: a map or a drawing has more, and no table
_SCAN_COVER = 0.5
_FEW_CHARS = 16
_PDFTOTEXT_SECONDS = 60
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORD_OF_BBOX = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">([^<]*)</word>')


def matches(data: bytes, name: str) -> bool:
    """Whether a file has the header of a PDF."""
    return b"%PDF-" in data[:_HEADER_WITHIN]


def read(data: bytes, name: str) -> Reading:
    """Read a PDF.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The text of all pages as ``pages.compose`` makes it, with a spot for each line (each word, where recognised).

    Raises:
        ReadError: if the file is damaged, needs a password, has more than ``MAX_PAGES`` pages or no text, or if what
            reads it is not installed.
    """
    needs.check("pdfplumber", name)
    needs.check("pypdfium2", name)
    import pdfplumber
    import pypdfium2

    document = _open(pypdfium2, data, name)
    try:
        count = len(document)
        if count == 0:
            raise ReadError(name, "is a PDF without pages", "Check that it was copied whole.")
        if count > MAX_PAGES:
            reason = f"has {count:,} pages, the limit is {MAX_PAGES:,}"
            raise ReadError(name, reason, "Split it, one document a file.")
        return _Reader(name, data, document, pdfplumber).read()
    finally:
        document.close()


def _open(pypdfium2: Any, data: bytes, name: str) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error) or "ecurity" in str(error):
            raise ReadError(
                name, "is encrypted: it needs a password to be opened", "Save it without a password and give that file."
            ) from None
        raise ReadError(name, "is damaged: it cannot be opened as a PDF", "Check that it was copied whole.") from None


@dataclass(slots=True)
class _Found:
    """What one page gave.

    Attributes:
        page: its words and tables; ``None`` where nothing could be read.
        how: the reader's name.
        seen: it has to be read from its picture.
        why: why that is, for the warning where it cannot be.
    """

    page: Page | None
    how: str = ""
    seen: bool = False
    why: str = ""


@dataclass(slots=True)
class _Reader:
    name: str
    data: bytes
    document: Any
    pdfplumber: Any
    warnings: list[str] = field(default_factory=list)
    partial: bool = False
    stamped: frozenset[int] = frozenset()

    def read(self) -> Reading:
        from extractor.reading import ocr

        count = len(self.document)
        self._flatten(count)
        found = self._read_layers(count)
        pictured = [i for i, one in enumerate(found) if one.seen]
        confidence = None
        if pictured:
            missing = ocr.missing()
            if missing and not any(one.page and one.page.words for one in found):
                raise ReadError(self.name, f"has no text layer, and {missing[0]}", missing[1])
            if missing:
                self._note_unread(found, pictured, missing)
            else:
                confidence = self._recognise(found, pictured, ocr)
        pages = [one.page for one in found if one.page is not None]
        composed = compose(pages)
        if not composed.text.strip():
            raise ReadError(self.name, "has no text on its pages", "If it is a scan, scan it again with more contrast.")
        readers = sorted({one.how for one in found if one.how}, key=_ORDER.index)
        return Reading(
            composed.text,
            tuple(self.warnings),
            reader="+".join(readers),
            pages=count,
            ocr_confidence=confidence,
            partial=self.partial,
            spots=composed.spots,
        )

    def _flatten(self, count: int) -> None:
        """Make the texts that lie on the pages part of them: an office stamps number and day on the finished PDF."""
        import pypdfium2.raw as raw

        kinds = {raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT}
        try:
            stamped = [i for i in range(count) if kinds & set(_annotations(raw, self.document, i))]
            if not stamped:
                return
            self.document.init_forms()
            for index in stamped:
                page = self.document[index]
                page.flatten()
                page.close()
            made = io.BytesIO()
            self.document.save(made)
        except Exception:  # without them the rest can still be read
            self.warnings.append("the stamps on its pages cannot be read")
            return
        self.data = made.getvalue()
        self.stamped = frozenset(i + 1 for i in stamped)

    def _read_layers(self, count: int) -> list[_Found]:
        """The text layer of every page, or the word that there is none to trust."""
        try:
            opened = self.pdfplumber.open(io.BytesIO(self.data))
        except Exception as error:  # whatever a damaged file does to the parser, its pictures can still be seen
            self.warnings.append(f"the text layer cannot be read ({type(error).__name__}): pages are read as pictures")
            return [_Found(None, seen=True, why="its text layer is damaged") for _ in range(count)]
        found = []
        with opened:
            pages = self._plumber_pages(opened)
            for number in range(1, count + 1):
                found.append(self._layer(pages, number))
        return found

    def _plumber_pages(self, opened: Any) -> Sequence[Any]:
        try:
            pages: Sequence[Any] = opened.pages
        except Exception:  # a broken page tree, which pypdfium2 could mend
            return ()
        return pages

    def _layer(self, pages: Sequence[Any], number: int) -> _Found:
        objects = self._objects(number)
        if objects > MAX_OBJECTS:
            self.warnings.append(f"page {number} has {objects:,} objects, the limit is {MAX_OBJECTS:,}: it is left out")
            self.partial = True
            return _Found(None)
        if number > len(pages):
            return _Found(None, seen=True, why="its text layer is damaged")
        plumbed = pages[number - 1]
        try:
            page = _page_of(plumbed, number, stamped=number in self.stamped)
            cover, shapes = _cover(plumbed), len(plumbed.curves) + len(plumbed.images)
        except Exception as error:  # pdfminer meets hostile input with any exception there is
            self.warnings.append(f"page {number}: its text layer is damaged ({type(error).__name__})")
            return _Found(None, seen=True, why="its text layer is damaged")
        finally:
            plumbed.close()
        text = _plain(page)
        if len("".join(text.split())) < _FEW_CHARS:
            if cover >= 0.1 or shapes > 100:
                return _Found(page, how="pdfplumber" if text else "", seen=True, why="it is only a picture")
            return _Found(page, how="pdfplumber" if text else "")
        rating = garble.quality(text)
        if rating >= garble.GARBLED and not (cover >= _SCAN_COVER and rating < _HIDDEN_LAYER):
            return _Found(page, how="pdfplumber")
        again = self._second_reading(page)
        if again is not None and garble.quality(_plain(again)) >= max(_HIDDEN_LAYER, rating):
            return _Found(again, how="pdftotext")
        return _Found(page, how="pdfplumber", seen=True, why="its text layer is garbled")

    def _objects(self, number: int) -> int:
        import pypdfium2.raw as raw

        try:
            page = self.document[number - 1]
            try:
                return int(raw.FPDFPage_CountObjects(page.raw))
            finally:
                page.close()
        except Exception:  # a page that cannot be loaded: what reads it next says so
            return 0

    def _second_reading(self, page: Page) -> Page | None:
        """The words of a page as pdftotext has them; tables are kept where they are."""
        words = _pdftotext_words(self.data, page.number)
        if not words:
            return None
        grids = [_empty(grid) for grid in page.grids]
        return _placed(page.number, page.width, page.height, words, grids)

    def _recognise(self, found: list[_Found], pictured: Sequence[int], ocr: Any) -> float | None:
        """Read pages from their pictures; a poor text layer stays where its picture says less."""
        results = ocr.recognise_pdf_pages(self.document, pictured)
        total, words = 0.0, 0
        for index, seen in zip(pictured, results, strict=True):
            number, before = index + 1, found[index]
            if seen is None:
                self.warnings.append(f"page {number}: {before.why}, and it could not be recognised")
                self.partial = True
                continue
            text = _plain(seen.page)
            kept = before.page is not None and before.page.words and before.why != "it is only a picture"
            if kept and before.page is not None and garble.quality(text) <= garble.quality(_plain(before.page)):
                continue
            if kept:
                self.warnings.append(f"page {number}: {before.why}; it was recognised from its picture")
            if not text and not (before.page and before.page.words):
                continue
            found[index] = _Found(seen.page, how="tesseract")
            total, words = total + seen.confidence * seen.words, words + seen.words
        return round(total / words, 3) if words else None

    def _note_unread(self, found: list[_Found], pictured: Sequence[int], missing: tuple[str, str]) -> None:
        numbers = ", ".join(str(i + 1) for i in pictured[:10]) + (", …" if len(pictured) > 10 else "")
        self.warnings.append(f"page(s) {numbers} have to be read from their pictures, and {missing[0]}. {missing[1]}")
        self.partial = True


_ORDER = ["pdfplumber", "pdftotext", "tesseract"]
# Under a scan lies what some machine recognised in it; of this quality it is better than nothing, but not kept.
_HIDDEN_LAYER = 0.85


# --- the text layer --------------------------------------------------------------------------------------------------


def _annotations(raw: Any, document: Any, index: int) -> list[int]:
    """The kinds of the things that lie on a page."""
    page = document[index]
    try:
        kinds = []
        for number in range(min(200, raw.FPDFPage_GetAnnotCount(page.raw))):
            annotation = raw.FPDFPage_GetAnnot(page.raw, number)
            kinds.append(int(raw.FPDFAnnot_GetSubtype(annotation)))
            raw.FPDFPage_CloseAnnot(annotation)
        return kinds
    finally:
        page.close()


def _page_of(plumbed: Any, number: int, *, stamped: bool) -> Page:
    """Words and ruled tables of a page of pdfplumber."""
    covered = _covered_spaces(plumbed.chars) if stamped else frozenset()
    upright = plumbed.filter(
        lambda o: o["object_type"] != "char" or (o["upright"] and (o["text"] != " " or _place(o) not in covered))
    )
    if _printed_twice(plumbed.chars):
        upright = upright.dedupe_chars()
    # no extra_attrs: a word that is set in two fonts would be split (ECOSYSTEM, trap 5)
    raw = upright.extract_words(x_tolerance_ratio=0.2, keep_blank_chars=False, return_chars=True)
    x, y, right, bottom = plumbed.bbox
    words = [w for w in map(_word, raw) if w.text and w.x0 < right and w.x1 > x and w.top < bottom and w.bottom > y]
    shifted = [Word(w.text, w.x0 - x, w.top - y, w.x1 - x, w.bottom - y, None, w.bold) for w in words]
    width, height = float(right - x), float(bottom - y)
    return _placed(number, width, height, shifted, _grids(plumbed, number, width * height))


def _place(char: dict[str, Any]) -> tuple[float, float]:
    return char["x0"], char["top"]


def _covered_spaces(chars: Sequence[dict[str, Any]]) -> frozenset[tuple[float, float]]:
    """Places of the spaces that were left free for a stamped number, and have it on them now."""
    rows: dict[int, list[tuple[float, float]]] = {}
    for char in chars:
        if char["text"].strip():
            row = round((char["top"] + char["bottom"]) / 8)
            for near in (row - 1, row, row + 1):
                rows.setdefault(near, []).append((char["x0"], char["x1"]))
    covered = set()
    for char in chars:
        if char["text"] == " ":
            least = 0.4 * (char["x1"] - char["x0"])
            on_it = rows.get(round((char["top"] + char["bottom"]) / 8), ())
            if any(min(char["x1"], x1) - max(char["x0"], x0) > least for x0, x1 in on_it):
                covered.add(_place(char))
    return frozenset(covered)


def _printed_twice(chars: Sequence[dict[str, Any]]) -> bool:
    """Whether bold was made by printing letters twice."""
    places = {(c["text"], round(c["x0"]), round(c["top"])) for c in chars}
    return len(places) < 0.85 * len(chars)


def _word(raw: dict[str, Any]) -> Word:
    chars = raw["chars"]
    main = max(c["size"] for c in chars)
    base = max((c["bottom"] for c in chars if c["size"] >= 0.9 * main), default=raw["bottom"])
    text, big = [], []
    for char in chars:
        raised = char["size"] <= 0.75 * main and char["bottom"] < base - 0.15 * main and len(chars) > 1
        # the mark of a footnote behind a number would change the number
        text.append(char["text"].translate(_SUPERSCRIPT) if raised else char["text"])
        big += [] if raised else [char]
    font = str(chars[0]["fontname"])
    joined = _legacy("".join(text), font)
    top, bottom = min(c["top"] for c in big), max(c["bottom"] for c in big)
    return Word(_tidy(joined), raw["x0"], top, raw["x1"], bottom, None, "bold" in font.lower())


def _legacy(text: str, font: str) -> str:
    """Text of a font of the 1990s, whose letters stand in the places of others (``.VnTime``, ``VNI-Times``)."""
    encoding = legacy_encodings.encoding_of_font(font.rsplit("+", 1)[-1])
    # many programs write the right Unicode beside such a font
    return text if _is_unicode(text) else legacy_encodings.decode(text, encoding)


def _is_unicode(text: str) -> bool:
    return any("\u1ea0" <= c <= "\u1ef9" or c in "ăđơưĂĐƠƯ" for c in text)


def _tidy(text: str) -> str:
    """A word without the characters that would break its line."""
    return "".join(text.replace("\u00a0", " ").split())


def _plain(page: Page) -> str:
    cells = (c for g in page.grids for row in g.rows for c in row if c is not None)
    return " ".join([*(w.text for w in page.words), *(c.text for c in cells)])


def _cover(plumbed: Any) -> float:
    """Share of a page that its largest picture covers."""
    x, y, right, bottom = plumbed.bbox
    area = max(1.0, float((right - x) * (bottom - y)))
    shares = [
        max(0.0, min(i["x1"], right) - max(i["x0"], x)) * max(0.0, min(i["bottom"], bottom) - max(i["top"], y)) / area
        for i in plumbed.images
    ]
    return max(shares, default=0.0)


# --- tables ----------------------------------------------------------------------------------------------------------


def _grids(plumbed: Any, number: int, area: float) -> list[Grid]:
    """The ruled tables of a page, still empty; frames around text are none."""
    if len(plumbed.edges) > _EDGES:
        return []
    grids: list[Grid] = []
    x, y = plumbed.bbox[:2]
    for table in plumbed.find_tables({"snap_tolerance": 3, "join_tolerance": 3, "intersection_tolerance": 4}):
        rows: list[list[Cell | None]] = [
            [None if c is None else Cell((c[0] - x, c[1] - y, c[2] - x, c[3] - y)) for c in row.cells]
            for row in table.rows
        ]
        left, top, right, bottom = table.bbox
        grid = Grid((left - x, top - y, right - x, bottom - y), rows, number)
        if is_table(grid, area):
            grids.append(grid)
    return grids


def is_table(grid: Grid, area: float) -> bool:
    """Whether lines make a table, not a frame: two columns at least, and no cell that is most of the page."""
    cells = [c for row in grid.rows for c in row if c is not None]
    if grid.columns < 2 or len(cells) < 3:
        return False
    return all((c.box[2] - c.box[0]) * (c.box[3] - c.box[1]) < 0.6 * area for c in cells)


def _empty(grid: Grid) -> Grid:
    rows: list[list[Cell | None]] = [[None if c is None else Cell(c.box) for c in row] for row in grid.rows]
    return Grid(grid.box, rows, grid.page)


def _placed(number: int, width: float, height: float, words: Iterable[Word], grids: list[Grid]) -> Page:
    """A page whose words are put into the cells of its tables; a table without words is dropped."""
    outside, grids = place_words(words, grids, number)
    return Page(number, width, height, outside, grids)


def place_words(words: Iterable[Word], grids: list[Grid], number: int) -> tuple[list[Word], list[Grid]]:
    """Put words into the cells that their middles lie in.

    Returns:
        The words outside of all cells, and the tables that got any.
    """
    outside: list[Word] = []
    taken: dict[int, list[Word]] = {}
    cells = [c for g in grids for row in g.rows for c in row if c is not None]
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        home = next((c for c in cells if c.box[0] <= x < c.box[2] and c.box[1] <= y < c.box[3]), None)
        if home is None:
            outside.append(word)
        else:
            taken.setdefault(id(home), []).append(word)
    for cell in cells:
        cell.lines = [Line(row, number) for row in rows_of(taken.get(id(cell), ()))]
    return outside, [g for g in grids if any(c is not None and c.lines for row in g.rows for c in row)]


# --- the second reading ----------------------------------------------------------------------------------------------


def _pdftotext_words(data: bytes, number: int) -> list[Word]:
    """The words of one page with their boxes, by poppler; none where it is missing or fails."""
    program = programs.find("pdftotext")
    if program is None:
        return []
    with tempfile.TemporaryDirectory(prefix="chitieu-") as folder:
        path = Path(folder) / "in.pdf"
        path.write_bytes(data)
        command = [program, "-q", "-bbox", "-enc", "UTF-8", "-f", str(number), "-l", str(number), str(path), "-"]
        printed = programs.run(command, seconds=_PDFTOTEXT_SECONDS)
    found = _WORD_OF_BBOX.findall((printed or b"").decode("utf-8", "replace"))
    return [
        Word(_tidy(html.unescape(text)), float(x0), float(top), float(x1), float(bottom))
        for x0, top, x1, bottom, text in found
        if text.strip()
    ]
