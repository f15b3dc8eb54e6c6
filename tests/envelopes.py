"""Fixtures for the readers: a plain text of ours put into the formats in which plans arrive.

The text becomes a flat OpenDocument (letterhead in two columns, lists as typed, tables with lines), and LibreOffice
makes the other formats of it, with a profile of its own. Scans are made of the rendered pages: blur, noise, skew, JPEG.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

ROOT = Path(__file__).parent.parent
SOFFICE = shutil.which("soffice")
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for prefix, name in (
        ("office", "office:1.0"),
        ("style", "style:1.0"),
        ("text", "text:1.0"),
        ("table", "table:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
    )
)
_STYLES = """
<office:font-face-decls><style:font-face style:name="F" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" svg:font-family="'{font}'"/></office:font-face-decls>
<office:styles><style:default-style style:family="paragraph"><style:paragraph-properties style:tab-stop-distance="1.25cm"/>
<style:text-properties style:font-name="F" fo:font-size="{size}pt" fo:language="vi" fo:country="VN"/></style:default-style></office:styles>
<office:automatic-styles>
<style:page-layout style:name="PM"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="3cm" fo:margin-right="2cm"/>
<style:header-style><style:header-footer-properties fo:min-height="0.6cm" fo:margin-bottom="0.3cm"/></style:header-style></style:page-layout>
<style:style style:name="B" style:family="paragraph"><style:paragraph-properties fo:text-align="justify" fo:text-indent="{indent}cm" fo:margin-top="0.1cm" fo:margin-bottom="0.1cm" fo:line-height="115%"/></style:style>
<style:style style:name="C" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="H" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold" fo:font-size="{head}pt"/></style:style>
<style:style style:name="N" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="X" style:family="paragraph"><style:text-properties fo:font-size="{cell}pt"/></style:style>
<style:style style:name="X1" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000" fo:padding="0.1cm"/></style:style>
<style:style style:name="H1" style:family="table-column"><style:table-column-properties style:rel-column-width="38*"/></style:style>
<style:style style:name="H2" style:family="table-column"><style:table-column-properties style:rel-column-width="62*"/></style:style>
<style:style style:name="X0" style:family="table-cell"><style:table-cell-properties fo:border="none" fo:padding="0.1cm"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="PM">
<style:header><text:p text:style-name="N"><text:page-number text:select-page="current">1</text:page-number></text:p></style:header>
</style:master-page></office:master-styles>
"""


def flat_odt(text: str, *, font: str = "Liberation Serif", size: float = 14, indent: float = 1.27) -> str:
    """A text as a flat OpenDocument file: its letterhead in two columns, tab-separated lines as tables with lines."""
    lines = [line.rstrip("\r") for line in text.lstrip("\ufeff").split("\n")]
    body: list[str] = []
    head, rest = _letterhead(lines)
    if head:
        body.append(_table([["\n".join(c) for c in row] for row in head], "X0", "H"))
    rows: list[list[str]] = []
    for line in [*rest, ""]:
        if "\t" in line.strip("\r\n "):
            rows.append(line.split("\t"))
            continue
        if rows:
            body.append(_table(rows, "X1", "X"))
            rows = []
        if line.strip():
            capitals = line.isupper() and len(line) < 60 and not re.match(r"[IVX\d]+[.)]", line)
            body.append(_paragraph(line, "C" if capitals else "B"))
    styles = _STYLES.format(font=font, size=size, cell=size - 2, head=size - 1.5, indent=indent)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMES} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{styles}'
        f"<office:body><office:text>{''.join(body)}</office:text></office:body></office:document>"
    )


def _paragraph(line: str, style: str) -> str:
    spaced = re.sub(r" {2,}", lambda m: f' <text:s text:c="{len(m[0]) - 1}"/>', escape(line.strip()))
    return f'<text:p text:style-name="{style}">{spaced}</text:p>'


def _table(rows: list[list[str]], cell: str, style: str) -> str:
    width = max(map(len, rows))
    columns = f"<table:table-column table:number-columns-repeated='{width}'/>"
    if cell == "X0":
        columns = "".join(f"<table:table-column table:style-name='{name}'/>" for name in ("H1", "H2"))
    made = [f"<table:table>{columns}"]
    for row in rows:
        made.append("<table:table-row>")
        for text in [*row, *[""] * (width - len(row))]:
            inner = "".join(_paragraph(line, style) for line in text.split("\n"))
            made.append(f'<table:table-cell table:style-name="{cell}">{inner}</table:table-cell>')
        made.append("</table:table-row>")
    return "".join(made) + "</table:table>"


def _letterhead(lines: list[str]) -> tuple[list[list[list[str]]], list[str]]:
    """Issuer and motto as the columns of a table, where a text begins with both; and the lines below them."""
    motto = next((i for i, line in enumerate(lines[:12]) if line.startswith(("CỘNG H", "ĐẢNG CỘNG"))), None)
    if motto is None or any("\t" in line for line in lines[:motto]):
        tabbed = [i for i, line in enumerate(lines[:8]) if "\t" in line]
        if not tabbed or not any("CỘNG H" in lines[i] or "ĐẢNG CỘNG" in lines[i] for i in tabbed):
            return [], lines
        cells = [lines[i].split("\t", 1) for i in tabbed]
        return [[[left], [right]] for left, right in cells], lines[tabbed[-1] + 1 :]
    left, right, end = [x for x in lines[:motto] if x.strip()], [lines[motto]], motto + 1
    below: tuple[list[str], list[str]] = ([], [])
    for end in range(motto + 1, len(lines)):
        line = lines[end].strip()
        if re.match(r"Số\b", line):
            below[0].append(line)
        elif re.search(r", ngày .*tháng", line) and len(line) < 60:
            below[1].append(line)
        elif line.startswith("Độc lập"):
            right.append(line)
        elif line:
            break
    return [[left, right], [list(below[0]), list(below[1])]], lines[end:]


@cache
def converted(flat: str, suffix: str) -> bytes:
    """A flat OpenDocument file in another format (``odt``, ``docx``, ``doc``, ``rtf``, ``pdf``)."""
    return convert({"plan": flat}, suffix)["plan"]


def convert(flats: dict[str, str], suffix: str) -> dict[str, bytes]:
    """Several at once: LibreOffice's start is most of the time."""
    assert SOFFICE is not None
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, flat in flats.items():
            (place / f"{name}.fodt").write_text(flat, encoding="utf-8")
        command = [SOFFICE, f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", _FILTERS.get(suffix, suffix), "--outdir", folder]
        command += [str(place / f"{name}.fodt") for name in flats]
        done = subprocess.run(command, capture_output=True, timeout=300, check=False)
        made = {name: place / f"{name}.{suffix}" for name in flats}
        assert all(path.exists() for path in made.values()), done.stderr.decode(errors="replace")
        return {name: path.read_bytes() for name, path in made.items()}


_FILTERS = {"doc": "doc:MS Word 97"}


def ruled_pdf(pages: list[list[list[str | None]]], font: Path | None) -> bytes:
    """A PDF with one ruled table a page; ``None`` continues the cell on its left, or the one above it."""
    import fpdf

    made = fpdf.FPDF(unit="pt", format="A4")
    made.set_auto_page_break(False)
    if font is None:
        pytest.skip("the font Liberation Serif (fonts-liberation2) is not installed")
    made.add_font("F", "", str(font))
    for rows in pages:
        made.add_page()
        made.set_font("F", size=11)
        width, height, columns = 460 / max(map(len, rows)), 30, max(map(len, rows))
        for r, row in enumerate(rows):
            for c in range(columns):
                x, y = 60 + c * width, 60 + r * height
                text = row[c]
                if text is None:
                    continue
                across = next((i for i in range(c + 1, columns) if row[i] is not None), columns) - c
                down = 1
                while r + down < len(rows) and rows[r + down][c] is None and across == 1:
                    down += 1
                made.rect(x, y, width * across, height * down)
                made.text(x + 4, y + 18, text)
    return bytes(made.output())


def many_pages(count: int) -> bytes:
    """A PDF of empty pages, written by hand: the shortest file with so many."""
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    kids = " ".join(f"{i + 3} 0 R" for i in range(count))
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {count}>>", *[page] * count]
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj{body}endobj\n".encode())
    at = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010} 00000 n \n".encode() for place in places)
    out.write(f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF".encode())
    return out.getvalue()


def scan(pdf: bytes, *, seed: int = 7, skew: float = 0.7, noise: float = 16) -> list[Any]:
    """The pages of a PDF as a cheap scanner gives them: 200 dpi, blurred, noisy, askew, JPEG of quality 60."""
    import numpy as np
    import pypdfium2
    from PIL import Image, ImageFilter

    dice = np.random.default_rng(seed)
    document, frames = pypdfium2.PdfDocument(pdf), []
    for index in range(len(document)):
        page = document[index].render(scale=200 / 72).to_pil().convert("L")
        page = page.rotate(float(dice.uniform(-skew, skew)), Image.Resampling.BICUBIC, fillcolor=255)
        grey = np.asarray(page.filter(ImageFilter.GaussianBlur(0.8))).astype(float)
        grey = np.clip(grey + dice.normal(0, noise, grey.shape), 0, 255)
        stored = io.BytesIO()
        Image.fromarray(grey.astype("uint8")).save(stored, "JPEG", quality=60)
        frames.append(Image.open(io.BytesIO(stored.getvalue())))
    return frames


def image_file(frames: list[Any], kind: str, **more: Any) -> bytes:
    """Pages as one file: ``PDF``, ``TIFF``, or the first of them as ``PNG`` or ``JPEG``."""
    stored = io.BytesIO()
    if kind in ("PDF", "TIFF"):
        more |= {"save_all": True, "append_images": frames[1:]}
    frames[0].save(stored, kind, **more)
    return stored.getvalue()


if __name__ == "__main__":  # envelopes.py SUFFIX OUTPUT_FOLDER TEXT…: for looking at
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    texts = {Path(name).stem: flat_odt(Path(name).read_text(encoding="utf-8")) for name in sys.argv[3:]}
    for made_name, made_data in convert(texts, sys.argv[1]).items():
        (out / f"{made_name}.{sys.argv[1]}").write_bytes(made_data)
