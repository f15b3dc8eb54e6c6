"""Broken and hostile files: each fails alone, with a reason that a person understands, beside good ones that do not."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from envelopes import many_pages
from word_files import borders, saved

from extractor.reading import ReadError, needs, read_bytes
from extractor.reading import docx as reader_of_word
from extractor.running.batch import Settings, run
from extractor.running.fingerprint import versions
from extractor.running.inputs import expand
from extractor.running.pool import Pool

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def word(text: str = "KẾ HOẠCH") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    return saved(document)


def rewritten(data: bytes, **parts: bytes | None) -> bytes:
    """A Word file with these parts (by the last of their path) replaced, or taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            key = item.filename.rpartition("/")[2].removesuffix(".xml").strip("[]")
            content = parts[key] if key in parts else old.read(item)
            if content is not None:
                new.writestr(item.filename, content)
    return out.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def body(xml: str, doctype: str = "") -> bytes:
    head = f'<?xml version="1.0"?>{doctype}<w:document {W}><w:body>'
    return rewritten(word(), document=f"{head}{xml}</w:body></w:document>".encode())


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def nested(depth: int) -> str:
    table = paragraph("sâu")
    for _ in range(depth):
        table = f"<w:tbl><w:tr><w:tc>{table}<w:p/></w:tc></w:tr></w:tbl>"
    return table


ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha"}">' for i in range(10))
BAD: dict[str, tuple[bytes, str]] = {
    "truncated.docx": (word()[:-300], "is a broken zip file: its end is missing"),
    "half.docx": (word()[:900], "broken"),
    "no-document.docx": (rewritten(word(), document=b""), "broken Word document"),
    "no-types.docx": (rewritten(word(), Content_Types=None), "broken Word document"),
    "no-xml.docx": (rewritten(word(), document=b"<w:document"), "broken Word document"),
    "other-xml.docx": (rewritten(word(), document=b"<a/>"), "no Word document inside"),
    "strict.docx": (
        rewritten(word(), document=b'<d:document xmlns:d="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'), "strict form",
    ),
    "no-body.docx": (rewritten(word(), document=f"<w:document {W}/>".encode()), "no body"),
    "empty.docx": (body("<w:p/>"), "has no text"),
    "picture.docx": (body("<w:p><w:r><w:drawing/></w:r></w:p>"), "may be a scan"),
    "too-deep.docx": (body(nested(200)), "nested too deeply"),
    "bomb.docx": (body(paragraph(" " * (60 << 20))), "zip bomb"),
    "cells.docx": (body("<w:tbl>" + ("<w:tr>" + "<w:tc/>" * 100 + "</w:tr>") * 2001 + "</w:tbl>"), "cells"),
    "password.docx": (OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500), "encrypted with a password"),
    "plan.xls.txt": (OLE + bytes(500) + "Workbook".encode("utf-16-le"), "xls (Excel"),
    "table.docx": (zipped("xl/workbook.xml", b"<x/>"), "xlsx"),
    "noise.docx": (b"PK\x03\x04" + random.Random(2).randbytes(5000), "broken zip file"),
    "noise.pdf.docx": (b"%PDF-1.7\n" + random.Random(3).randbytes(5000), "pdf"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + random.Random(5).randbytes(500), "png"),
    "header.rtf": (b"{\\rtf1", "damaged rtf file"),
    "other.doc": (OLE + random.Random(9).randbytes(3000), "Office 97-2003"),
    "half.utf-16.txt": (b"\xff\xfe\x00\xd8\x00\xd8\x00", "UTF-16, but broken"),
    "noise.txt": (random.Random(6).randbytes(500), "binary"),
    "bomb.zip": (zipped("a.txt", bytes(40 << 20)), "zip bomb"),
    "empty.zip": (b"PK\x05\x06" + bytes(18), "without a document"),
    "laughs.docx": (body(paragraph("trước &e9; sau"), f"<!DOCTYPE d [{ENTITIES}]>"), "broken Word document"),
    "nothing.docx": (b"", "is empty"),
}  # fmt: skip

# What is said of these, if the package that reads them is installed.
OPTIONAL: dict[str, tuple[bytes, str, str]] = {
    "pages.pdf": (many_pages(10_000), "10,000 pages", "pdfplumber"),
    "blank.pdf": (many_pages(2), "no text", "pdfplumber"),
    "header.pdf": (b"%PDF-1.7\n", "damaged", "pdfplumber"),
    "noise.pdf": (b"%PDF-1.7\n" + random.Random(3).randbytes(5000), "damaged", "pdfplumber"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + random.Random(5).randbytes(500), "damaged image (png", "tesseract-ocr-vie"),
    "noise.jpg": (b"\xff\xd8\xff\xe0" + random.Random(7).randbytes(3000), "damaged image (jpg", "tesseract-ocr-vie"),
    "noise.tif": (b"II*\x00" + random.Random(8).randbytes(3000), "damaged image (tiff", "tesseract-ocr-vie"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_a_bad_file_of_an_optional_reader_says_what_is_wrong(name: str) -> None:
    data, reason, need = OPTIONAL[name]
    if needs.get(need).version() is None:
        pytest.skip(f"{need} is not installed")
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    assert reason in str(caught.value)


ARCHIVES = {"bomb.zip", "empty.zip"}  # zip files: read_each says what is wrong with them, see test_zip.py


@pytest.mark.parametrize("name", sorted(BAD.keys() - ARCHIVES))
def test_a_bad_file_says_what_is_wrong(name: str) -> None:
    data, reason = BAD[name]
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    assert reason in str(caught.value)
    assert str(caught.value).startswith(f"{name}: ")
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("xml", "doctype"),
    [
        (paragraph("trước &x; sau"), '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        (paragraph("trước sau"), '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'),
    ],
    ids=["file", "remote"],
)
def test_entities_are_not_resolved(xml: str, doctype: str) -> None:
    text = read_bytes(body(xml, doctype), "plan.docx").text
    assert "root:" not in text
    assert text.startswith("trước")


def test_a_part_over_the_limit_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_of_word, "PART_BYTES", 1000)
    with pytest.raises(ReadError, match=r"has a part of .* bytes, the limit is 1,000"):
        read_bytes(body(paragraph("a" * 1000)), "plan.docx")


def test_tables_in_tables_are_read_as_deep_as_word_goes() -> None:
    assert "sâu" in read_bytes(body(nested(40)), "plan.docx").text


def test_a_document_that_only_lies_about_its_end_is_read() -> None:
    assert read_bytes(
        body(paragraph("một") + "<w:p><w:r><w:fldChar w:fldCharType='begin'/>" + "</w:r></w:p>" + paragraph("hai")),
        "a.docx",
    ).text.split() == ["một", "hai"]


def test_wide_spans_do_not_make_wide_rows() -> None:
    cell = "<w:tc><w:tcPr><w:gridSpan w:val='999999999'/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"
    source = read_bytes(body(paragraph("trên") + f"<w:tbl><w:tr>{cell * 4}</w:tr></w:tbl>"), "plan.docx")
    assert len(source.text) < 500


def good_files(folder: Path) -> Iterator[str]:
    table = docx.Document()
    cells = borders(table.add_table(2, 2))
    cells.cell(1, 1).text = "ô"
    contents = {
        "a.docx": word("Một"),
        "b.docx": saved(table),
        "c.txt": b"Ba",
        "d.html": f"<html><p>{'Bốn ' * 30}</p>".encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        yield name


def test_one_batch_of_bad_and_good_files_ends_with_the_good_ones_read(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    good = set(good_files(folder))
    for name, (data, _) in BAD.items():
        (folder / f"x-{name}").write_bytes(data)
    paths = sorted(folder.iterdir())
    with Pool(2, timeout=60) as engine:
        summary = run(expand(paths), tmp_path / "out", Settings(), engine, versions())
    with (tmp_path / "out" / "documents.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["source"]: row for row in csv.DictReader(stream)}
    assert {name for name, row in rows.items() if row["status"] == "ok"} == good
    assert summary.documents["failed"] == len(BAD)
    for name, (_, reason) in BAD.items():
        assert reason in rows[f"x-{name}"]["warnings"], name
