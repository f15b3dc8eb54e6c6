"""Pictures of pages: what a spot's box says is dark, and nothing else; and files that would take the server down."""

from __future__ import annotations

import hashlib
import io
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

fpdf = pytest.importorskip("fpdf")
pypdfium2 = pytest.importorskip("pypdfium2")
pytest.importorskip("PIL")

from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from extractor.model import Spot  # noqa: E402
from extractor.reading import read_bytes  # noqa: E402
from extractor.review.page_images import PageError, PageImages, has_images, page_png  # noqa: E402

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
WORDS = "Summary of planned targets"
CANNOT_OCR = shutil.which("tesseract") is None


@pytest.fixture(scope="module")
def images() -> Iterator[PageImages]:
    with PageImages() as made:
        yield made


def saved(folder: Path, data: bytes, name: str) -> tuple[Path, str]:
    path = folder / name
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def drawn(images: PageImages, folder: Path, data: bytes, name: str, page: int = 1, **how: Any) -> Image.Image:
    path, sha256 = saved(folder, data, name)
    return Image.open(io.BytesIO(images.png(path, sha256, name, page, **how)))


def pdf_of(write: Callable[[Any], None], size: tuple[float, float] = (595, 842), pages: int = 1) -> bytes:
    made = fpdf.FPDF(unit="pt", format=size)
    made.set_auto_page_break(False)
    for _ in range(pages):
        made.add_page()
        made.set_font("Helvetica", size=20)
        write(made)
    return bytes(made.output())


def a_line(made: Any) -> None:
    made.text(x=140, y=260, text=WORDS)


def changed(data: bytes, change: Callable[[Any], None]) -> bytes:
    """A PDF whose first page was changed with pypdfium2."""
    document = pypdfium2.PdfDocument(data)
    change(document[0])
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def dark(image: Image.Image) -> tuple[float, float, float, float]:
    """The box of all that is not white, as shares."""
    found = image.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert found is not None
    return found[0] / image.width, found[1] / image.height, found[2] / image.width, found[3] / image.height


def fits(image: Image.Image, spots: tuple[Spot, ...], page: int = 1, slack: float = 0.012) -> None:
    """The boxes of a page's words hold all that is dark on it, and hardly more."""
    boxes = [spot.box for spot in spots if spot.page == page and spot.box]
    assert boxes
    left, top, right, bottom = dark(image)
    assert left >= min(b[0] for b in boxes) - slack and right <= max(b[2] for b in boxes) + slack
    assert top >= min(b[1] for b in boxes) - slack and bottom <= max(b[3] for b in boxes) + slack
    assert min(b[0] for b in boxes) >= left - slack and max(b[2] for b in boxes) <= right + slack
    for x0, y0, x1, y1 in boxes:
        inside = image.crop(
            (int(x0 * image.width), int(y0 * image.height), int(x1 * image.width) + 1, int(y1 * image.height) + 1)
        )
        assert inside.convert("L").getextrema()[0] < 100


# -- PDF ---------------------------------------------------------------------------------------------------------------


def test_the_box_of_words_is_dark_and_the_rest_white(images: PageImages, tmp_path: Path) -> None:
    data = pdf_of(a_line)
    image = drawn(images, tmp_path, data, "a.pdf")
    assert image.width == 1200 and abs(image.height - 1200 * 842 / 595) < 2 and image.format == "PNG"
    fits(image, read_bytes(data, "a.pdf").reading.spots)
    left, top, _, _ = dark(image)
    assert abs(left - 140 / 595) < 0.01 and 0.28 < top < 260 / 842


def test_each_page_is_its_own(images: PageImages, tmp_path: Path) -> None:
    data = pdf_of(lambda made: made.text(x=60, y=100 * made.page_no(), text=f"{WORDS} {made.page_no()}"), pages=3)
    spots = read_bytes(data, "a.pdf").reading.spots
    tops = []
    for page in (1, 2, 3):
        image = drawn(images, tmp_path, data, "a.pdf", page)
        fits(image, spots, page)
        tops.append(dark(image)[1])
    assert tops == sorted(tops) and tops[2] - tops[0] > 0.2


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_page(images: PageImages, tmp_path: Path, angle: int) -> None:
    """Words that are written sideways on a sheet that is shown turned, as scanners and landscape tables make them."""

    def sideways(made: Any) -> None:
        with made.rotation(angle, x=300, y=400):
            made.text(x=220, y=330, text=WORDS)

    data = changed(pdf_of(sideways), lambda page: page.set_rotation(angle))
    image = drawn(images, tmp_path, data, "a.pdf")
    assert (image.width > image.height) == (angle != 180)
    spots = read_bytes(data, "a.pdf").reading.spots
    fits(image, spots)
    left, top, right, bottom = dark(image)
    assert (right - left) * image.width > 5 * (bottom - top) * image.height  # upright


@pytest.mark.parametrize("box", [(100, 400, 500, 700), (-50, -50, 700, 900)])
def test_a_page_that_shows_a_part_of_its_sheet(
    images: PageImages, tmp_path: Path, box: tuple[int, int, int, int]
) -> None:
    data = changed(pdf_of(a_line), lambda page: page.set_cropbox(*box))
    fits(drawn(images, tmp_path, data, "a.pdf"), read_bytes(data, "a.pdf").reading.spots)


def test_a_sheet_whose_corner_is_elsewhere(images: PageImages, tmp_path: Path) -> None:
    data = changed(pdf_of(a_line), lambda page: page.set_mediabox(50, 100, 595, 842))
    fits(drawn(images, tmp_path, data, "a.pdf"), read_bytes(data, "a.pdf").reading.spots)


@pytest.mark.skipif(CANNOT_OCR, reason="no tesseract")
def test_a_recognised_page_that_shows_a_part_of_its_sheet(images: PageImages, tmp_path: Path) -> None:
    scan = io.BytesIO()
    scanned().save(scan, "PNG")
    data = changed(
        pdf_of(lambda made: made.image(scan, x=0, y=0, w=595, h=842)), lambda page: page.set_cropbox(20, 300, 580, 842)
    )
    spots = read_bytes(data, "a.pdf").reading.spots
    assert spots and spots[0].confidence is not None
    fits(drawn(images, tmp_path, data, "a.pdf", recognised=True), spots)


def test_a_stamp_on_a_page_is_drawn(images: PageImages, tmp_path: Path) -> None:
    data = pdf_of(lambda made: made.free_text_annotation(x=300, y=100, w=150, h=40, text="1234/KH", flags=["PRINT"]))
    left, top, right, bottom = dark(drawn(images, tmp_path, data, "a.pdf"))
    assert 0.48 < left < right < 0.8 and 0.1 < top < bottom < 0.2


@pytest.mark.parametrize("size", [(14_400, 20), (20, 14_400), (3, 3), (14_400, 14_400)])
def test_sheets_of_odd_sizes(images: PageImages, tmp_path: Path, size: tuple[float, float]) -> None:
    image = drawn(images, tmp_path, pdf_of(lambda made: None, size), "a.pdf", width=3000)
    assert image.width * image.height <= 16_100_000 and image.width <= 3001


# -- images ------------------------------------------------------------------------------------------------------------


def scanned(size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A sheet at 150 dpi with two lines of words."""
    made = Image.new("L", size, 255)
    font = ImageFont.truetype(FONT, 40)
    draw = ImageDraw.Draw(made)
    draw.text((200, 300), "Phấn đấu trồng mới 250 ha rừng", font=font, fill=0)
    draw.text((200, 380), "trong năm 2025 tại các xã miền núi", font=font, fill=0)
    return made


def file_of(image: Image.Image, kind: str, orientation: int = 1, **more: Any) -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    tag: dict[str, Any] = {"tiffinfo": {0x0112: orientation}} if kind == "TIFF" else {"exif": exif.tobytes()}
    image.save(made, kind, **tag, **more)
    return made.getvalue()


# How a sheet lies in the file whose tag says how to turn it back.
LYING = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.skipif(CANNOT_OCR, reason="no tesseract")
@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("TIFF", "a.tif")])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_scan_is_drawn_as_it_was_recognised(
    images: PageImages, tmp_path: Path, kind: str, name: str, orientation: int
) -> None:
    lying = scanned() if orientation == 1 else scanned().transpose(LYING[orientation])
    data = file_of(lying, kind, orientation, dpi=(150, 150))
    image = drawn(images, tmp_path, data, name)
    assert image.size == (1200, 1697)
    fits(image, read_bytes(data, name).reading.spots, slack=0.02)
    left, top, _, _ = dark(image)
    assert abs(left - 200 / 1240) < 0.02 and abs(top - 310 / 1754) < 0.02


def test_a_scan_that_is_small_stays_as_it_is(images: PageImages, tmp_path: Path) -> None:
    assert drawn(images, tmp_path, file_of(scanned().resize((620, 877)), "PNG"), "a.png").size == (620, 877)
    assert drawn(images, tmp_path, file_of(scanned(), "PNG"), "b.png", width=300).size == (300, 424)


def test_pages_of_a_tiff(images: PageImages, tmp_path: Path) -> None:
    made = io.BytesIO()
    sheets = [Image.new("1", (400, 500), 1) for _ in range(3)]
    for at, sheet in enumerate(sheets):
        ImageDraw.Draw(sheet).rectangle((100, 100 * at + 50, 200, 100 * at + 90), fill=0)
    sheets[0].save(made, "TIFF", save_all=True, append_images=sheets[1:], compression="group4")
    for page in (1, 2, 3):
        _, top, _, _ = dark(drawn(images, tmp_path, made.getvalue(), "a.tif", page))
        assert abs(top - (100 * page - 50) / 500) < 0.01
    with pytest.raises(PageError, match="no page 4"):
        drawn(images, tmp_path, made.getvalue(), "a.tif", 4)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "CMYK", "I;16", "1"])
def test_colours_and_transparency(images: PageImages, tmp_path: Path, mode: str) -> None:
    plain = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(plain).rectangle((60, 90, 119, 149), fill=0)
    kind, name = ("TIFF", "a.tif") if mode in ("CMYK", "I;16") else ("PNG", "a.png")
    if mode == "RGBA":
        made = Image.new("RGBA", plain.size, (0, 0, 0, 0))  # black, but transparent
        made.paste((0, 0, 0, 255), (60, 90, 120, 150))
    elif mode == "I;16":
        made = Image.new("I;16", plain.size, 60_000)
        made.paste(300, (60, 90, 120, 150))
    else:
        made = plain.convert("L" if mode == "LA" else "RGB" if mode == "CMYK" else mode).convert(mode)
    image = drawn(images, tmp_path, file_of(made, kind), name)
    assert dark(image) == pytest.approx((0.2, 0.3, 0.4, 0.5))


# -- where the file is -------------------------------------------------------------------------------------------------


def test_members_of_zip_files(images: PageImages, tmp_path: Path) -> None:
    plan = pdf_of(a_line)
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("sâu/kế hoạch.pdf", plan)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("khác.pdf", pdf_of(lambda made: None))
        archive.writestr("trong.zip", inner.getvalue())
    path, _ = saved(tmp_path, outer.getvalue(), "a.zip")
    sha256 = hashlib.sha256(plan).hexdigest()
    image = Image.open(io.BytesIO(images.png(path, sha256, "a.zip!/trong.zip!/sâu/kế hoạch.pdf", 1)))
    fits(image, read_bytes(plan, "a.pdf").reading.spots)
    with pytest.raises(PageError, match="has changed"):
        images.png(path, "0" * 64, "a.zip!/khác.pdf", 1)


def test_another_content_is_not_drawn(images: PageImages, tmp_path: Path) -> None:
    path, sha256 = saved(tmp_path, pdf_of(lambda made: made.text(x=10, y=10, text="one")), "a.pdf")
    path.write_bytes(pdf_of(lambda made: made.text(x=10, y=10, text="other")))
    with pytest.raises(PageError, match="has changed") as error:
        images.png(path, sha256, "a.pdf", 1)
    assert "thay đổi" in error.value.vi


def test_files_that_are_no_files(images: PageImages, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "gone.pdf", tmp_path, tmp_path / "pipe"):
        with pytest.raises(PageError, match="cannot be opened"):
            images.png(path, "0" * 64, "a.pdf", 1)


@pytest.mark.parametrize(("page", "width"), [(0, 1200), (-1, 1200), (2, 1200), (10**9, 1200), (1, 0), (1, 10**6)])
def test_pages_that_are_none(images: PageImages, tmp_path: Path, page: int, width: int) -> None:
    with pytest.raises(PageError, match="has no page"):
        drawn(images, tmp_path, pdf_of(a_line), "a.pdf", page, width=width)


def test_which_formats_have_pages() -> None:
    assert [name for name in ("pdf", "png", "jpg", "tiff", "docx", "txt", "html", "doc", "") if has_images(name)] == [
        "pdf",
        "png",
        "jpg",
        "tiff",
    ]


# -- hostile files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n" + b"\x00\xff" * 500,
        b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\ntrailer <</Root 1 0 R>>",
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        b"II*\x00\x08\x00\x00\x00",
        b"II*\x00\x08\x00\x00\x00\x01\x00\x00\x01\x03\x00\x01\x00\x00\x00\xff\xff\x00\x00\x08\x00\x00\x00",
        b"",
        b"Ke hoach",
        b"GIF89a" + b"\x00" * 100,
    ],
)
def test_damaged_files(images: PageImages, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(PageError):
        drawn(images, tmp_path, data, "a.pdf")
    assert dark(drawn(images, tmp_path, pdf_of(a_line), "b.pdf"))  # and the next one is drawn


def test_a_picture_of_too_many_pixels(images: PageImages, tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.new("1", (20_000, 20_000), 1).save(made, "PNG")
    with pytest.raises(PageError):
        drawn(images, tmp_path, made.getvalue(), "a.png")


def endless() -> bytes:
    """A page that takes minutes to draw: forms that draw forms that draw forms, ten times each."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    depth = 8
    objects.append("<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>")
    objects.append("<</Length 5>>stream\n/F Do\nendstream")
    for level in range(depth):
        drawing = "/F Do " * 10 if level < depth - 1 else "0 0 400 400 re f 1 0 0 rg 9 9 300 300 re B* " * 10
        inner = f"/Resources<</XObject<</F {6 + level} 0 R>>>>" if level < depth - 1 else ""
        objects.append(
            f"<</Type/XObject/Subtype/Form/BBox[0 0 500 500]{inner}/Length {len(drawing)}>>stream\n{drawing}\nendstream"
        )
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj {body} endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        made
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\n"
            f"startxref\n{len(made)}\n%%EOF"
        ).encode()
    )


def test_a_page_that_takes_too_long(tmp_path: Path) -> None:
    path, sha256 = saved(tmp_path, endless(), "a.pdf")
    with PageImages(timeout=1.5) as images:
        drawn(images, tmp_path, pdf_of(a_line), "b.pdf")
        begun = time.monotonic()
        with pytest.raises(PageError, match="took longer") as error:
            images.png(path, sha256, "a.pdf", 1)
        assert time.monotonic() - begun < 10
        assert error.value.vi.startswith("Không vẽ được")
        assert dark(drawn(images, tmp_path, pdf_of(a_line), "c.pdf"))


def test_a_page_that_takes_too_much_memory(tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.new("RGB", (9_000, 9_000)).save(made, "PNG")
    with PageImages(memory=300 * 1024 * 1024) as images:
        with pytest.raises(PageError):
            drawn(images, tmp_path, made.getvalue(), "a.png")
        assert dark(drawn(images, tmp_path, pdf_of(a_line), "b.pdf"))


def test_one_page_by_itself(tmp_path: Path) -> None:
    path, sha256 = saved(tmp_path, pdf_of(a_line), "a.pdf")
    assert page_png(path, sha256, "a.pdf", 1, 600).startswith(b"\x89PNG")


def test_a_picture_is_drawn_once(images: PageImages, tmp_path: Path) -> None:
    path, sha256 = saved(tmp_path, pdf_of(lambda made: made.text(x=99, y=99, text="once")), "a.pdf")
    first = images.png(path, sha256, "a.pdf", 1)
    path.unlink()
    assert images.png(path, sha256, "a.pdf", 1) is first
    with pytest.raises(PageError):
        images.png(path, sha256, "a.pdf", 1, 500)
