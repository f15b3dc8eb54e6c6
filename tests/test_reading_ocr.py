"""``extractor.reading.ocr``: scans and pictures of plans become text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from envelopes import SOFFICE, convert, flat_odt, image_file, scan
from parity import compare_keys
from test_reading_pdf import FONT, check_spots, needs_font, plain_pdf

from extractor.model import Source
from extractor.reading import ReadError, ocr, read_bytes

pytestmark = pytest.mark.skipif(ocr.missing() is not None, reason=f"no OCR: {ocr.missing()}")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: no PDF can be made")

ROOT = Path(__file__).parent.parent
CORPUS = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
TABLE = ROOT / "corpus" / "own" / "documents" / "own10_vinhlong_ktxh_2026.txt"
SENTENCE = "Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới nâng cao."


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").removeprefix("\ufeff")


@pytest.fixture(scope="module")
def rendered() -> dict[str, bytes]:
    return convert({path.stem: flat_odt(text_of(path)) for path in [*CORPUS, TABLE]}, "pdf")


@pytest.fixture(scope="module")
def scanned(rendered: dict[str, bytes]) -> dict[str, Source]:
    return {
        name: read_bytes(image_file(scan(data), "PDF", resolution=200), "scan.pdf") for name, data in rendered.items()
    }


def pictures(*texts: str, lines: int = 6) -> list[Any]:
    data = plain_pdf(*[[(70, 100 + 24 * i, text) for i in range(lines)] for text in texts])
    return scan(data, noise=4)


# --- noisy scans


@needs_office
def test_a_noisy_scan_gives_nine_rows_in_ten_and_nearly_all_values(scanned: dict[str, Source]) -> None:
    found = [compare_keys(text_of(path), scanned[path.stem]) for path in CORPUS]
    same, of = sum(f.same for f in found), sum(f.of for f in found)
    assert same >= 0.9 * of, [f.missed for f in found]
    assert sum(f.values_same for f in found) >= 0.97 * sum(f.values for f in found)


@needs_office
def test_a_scan_has_the_paragraphs_of_the_text(scanned: dict[str, Source]) -> None:
    for path in CORPUS:
        expected = [x for x in text_of(path).splitlines() if x.strip()]
        assert abs(len(scanned[path.stem].text.splitlines()) - len(expected)) <= 1, path.stem


@needs_office
def test_every_recognised_word_has_a_confidence_and_a_place(scanned: dict[str, Source]) -> None:
    source = scanned[CORPUS[3].stem]
    check_spots(source)
    spots = source.reading.spots
    assert all(s.confidence is not None and 0 <= s.confidence <= 1 for s in spots)
    assert all(" " not in source.text[s.start : s.end] for s in spots)
    mean = sum(s.confidence or 0 for s in spots) / len(spots)
    assert source.reading.ocr_confidence == pytest.approx(mean, abs=0.02)
    assert (source.format, source.reading.reader, source.reading.pages) == ("pdf", "tesseract", 6)


@needs_office
def test_words_stand_where_the_text_layer_has_them(rendered: dict[str, bytes], scanned: dict[str, Source]) -> None:
    """The page was turned straight to be read, but places are those of the page as it was scanned."""
    name = CORPUS[4].stem
    layer = read_bytes(rendered[name], "plan.pdf")
    first = next(s for s in layer.reading.spots if layer.text[s.start : s.end].startswith("Ngày 27 tháng 4 năm 2022,"))
    source = scanned[name]
    at = source.text.index("Ngày 27 tháng 4 năm 2022,")
    word = next(s for s in source.reading.spots if s.start == at)
    assert first.box is not None and word.box is not None and first.page == word.page
    assert word.box[0] == pytest.approx(first.box[0], abs=0.012)
    assert (word.box[1] + word.box[3]) / 2 == pytest.approx((first.box[1] + first.box[3]) / 2, abs=0.012)


@needs_office
def test_a_ruled_table_is_recognised_cell_by_cell(scanned: dict[str, Source]) -> None:
    source = scanned[TABLE.stem]
    rows = [line.split("\t") for line in source.text.splitlines() if "\t" in line]
    expected = [line.split("\t") for line in text_of(TABLE).splitlines() if "\t" in line]
    assert [len(row) for row in rows] == [len(row) for row in expected]
    numbers = [(r, c) for r, row in enumerate(expected) for c, cell in enumerate(row) if c >= 3 and cell[:1].isdigit()]
    right = sum(rows[r][c].replace(".", ",") == expected[r][c].replace(".", ",") for r, c in numbers)
    assert right >= 0.97 * len(numbers), [(expected[r][c], rows[r][c]) for r, c in numbers]
    assert {s.cell for s in source.reading.spots if s.cell is not None} >= {(1, 1, 1), (1, 2, 2), (1, 3, 6)}


# --- picture files


@needs_font
@pytest.mark.parametrize(("kind", "name"), [("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tiff")])
def test_picture_files_are_read(kind: str, name: str) -> None:
    source = read_bytes(image_file(pictures(SENTENCE), kind, dpi=(200, 200)), "scan.bin")
    assert source.format == name
    assert source.text.count("04 xã đạt chuẩn nông thôn mới") >= 5
    assert (source.reading.reader, source.reading.pages) == ("tesseract", 1)


@needs_font
def test_every_page_of_a_tiff_is_read() -> None:
    frames = pictures("Xã Cẩm Bình hoàn thành trong năm 2021.", "Xã Cẩm Quan hoàn thành trong năm 2022.")
    source = read_bytes(image_file(frames, "TIFF"), "scan.tif")
    assert source.reading.pages == 2
    assert {s.page for s in source.reading.spots} == {1, 2}
    assert source.text.index("2021") < source.text.index("2022")


@needs_font
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_turned(turn: int) -> None:
    import numpy as np

    (frame,) = pictures(SENTENCE, lines=20)
    lying = frame.rotate(turn, expand=True)
    source = read_bytes(image_file([lying], "PNG"), "scan.png")
    assert source.text.count("04 xã đạt chuẩn nông thôn mới") >= 17
    # Its places are those of the picture as it lies: nearly all that is dark stands in a box, and no box is empty.
    dark = np.asarray(lying.convert("L")) < 128
    boxed = np.zeros_like(dark)
    for spot in source.reading.spots:
        left, top, right, bottom = (round(s * n) for s, n in zip(spot.box, lying.size * 2, strict=True))
        assert dark[top:bottom, left:right].any()
        boxed[top:bottom, left:right] = True
    assert (dark & boxed).sum() > 0.9 * dark.sum() and boxed.mean() < 0.6


@needs_font
@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "LA"])
def test_pictures_of_any_mode_are_read(mode: str) -> None:
    (frame,) = pictures(SENTENCE)
    grey = frame.convert("L")
    made = grey.point(lambda v: 255 * (v > 150), "1") if mode == "1" else grey.convert(mode)
    source = read_bytes(image_file([made], "PNG"), "scan.png")
    assert source.text.count("04 xã") >= 5


@needs_font
def test_a_stain_is_no_text() -> None:
    import numpy as np
    from PIL import Image

    (frame,) = pictures(SENTENCE)
    grey = np.asarray(frame.convert("L")).copy()
    dice = np.random.default_rng(3)
    grey[1500:1700, 800:1000] = np.where(dice.random((200, 200)) < 0.3, 40, grey[1500:1700, 800:1000])
    source = read_bytes(image_file([Image.fromarray(grey)], "PNG"), "scan.png")
    assert len(source.text.splitlines()) <= 7
    assert source.text.count("04 xã") >= 5


# --- PDF files of pages of both kinds


@needs_font
def test_pages_are_read_each_in_its_own_way() -> None:
    import pypdfium2

    text = plain_pdf([(70, 100 + 24 * i, f"Mục {i}: {SENTENCE}") for i in range(6)])
    picture = image_file(pictures("Xã Cẩm Bình hoàn thành trong năm 2021."), "PDF", resolution=200)
    joined = pypdfium2.PdfDocument.new()
    for part in (text, picture):
        joined.import_pages(pypdfium2.PdfDocument(part))
    stored = io.BytesIO()
    joined.save(stored)
    source = read_bytes(stored.getvalue(), "plan.pdf")
    assert source.reading.reader == "pdfplumber+tesseract"
    assert "Mục 3: " + SENTENCE in source.text
    assert "hoàn thành trong năm 2021" in source.text
    assert {s.page for s in source.reading.spots if s.confidence is not None} == {2}


@needs_font
def test_a_bad_layer_under_a_scan_is_recognised_again() -> None:
    import fpdf

    (frame,) = pictures(SENTENCE, lines=12)
    made = fpdf.FPDF(unit="pt", format="A4")
    made.add_page()
    made.add_font("F", "", str(FONT))
    made.set_font("F", size=12)
    with made.local_context(text_mode="INVISIBLE"):
        for i in range(12):
            made.text(70, 100 + 24 * i, "Phcìn dciu ncim 2023 cớ thêrn O4 xci dcit chucin nông thỏn rnới ncing ccio.")
    made.image(frame.convert("L"), 0, 0, 595, 842)
    source = read_bytes(bytes(made.output()), "plan.pdf")
    assert source.reading.reader == "tesseract"
    assert source.text.count("04 xã đạt chuẩn") >= 10


# --- files that cannot be read


def failure(data: bytes, name: str) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    return caught.value


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"MM\x00*"])
@pytest.mark.parametrize("tail", [b"", bytes(500), bytes(range(256)) * 8], ids=["end", "zeros", "noise"])
def test_a_damaged_picture_says_so(head: bytes, tail: bytes) -> None:
    assert "damaged image" in str(failure(head + tail, "scan.png"))


@needs_font
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_truncated_picture_says_so(kind: str) -> None:
    data = image_file(pictures(SENTENCE), kind)
    assert "damaged image" in str(failure(data[: len(data) // 2], "scan.png"))


def test_an_empty_page_has_no_text() -> None:
    from PIL import Image

    assert "no text" in str(failure(image_file([Image.new("L", (1600, 2200), 255)], "PNG"), "scan.png"))


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    from PIL import Image

    huge = image_file([Image.new("1", (20_000, 20_000), 1)], "PNG")
    assert "too big: more than" in str(failure(huge, "scan.png"))
