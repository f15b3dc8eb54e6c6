"""Word 97-2003 (.doc), Rich Text (.rtf) and OpenDocument (.odt).

LibreOffice makes a .docx of the file, which is then read as every .docx is: lists keep their numbers, tables their
cells, old fonts their letters. Each call has a profile of its own, because two that share one lose files without a
word, and runs without macros and without a network. Where LibreOffice is not installed, simpler readers give the text:
catdoc or antiword, striprtf, and for OpenDocument the walk over its own XML that is written here.
"""

from __future__ import annotations

import re
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from extractor.model import Reading
from extractor.reading import containers, docx, needs, programs
from extractor.reading.building import TextBuilder
from extractor.reading.errors import ReadError

SECONDS = 120
"""How long LibreOffice may take for one file."""

_MEMORY = 4 * 1024**3
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = "Open it in its own program and save it again, best as .docx."
_NO_LIBREOFFICE = "LibreOffice is not installed: read as plain text, list numbers may be missing"
_FAILED = "LibreOffice could not open it: read as plain text, list numbers may be missing"

# No macros, no links that are followed, no scripts: settings of LibreOffice's own configuration.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""  # noqa: E501

_Simple = Callable[[bytes, str], Reading | None]


class OfficeReader:
    """The reader of one format that LibreOffice opens."""

    def __init__(
        self,
        name: str,
        matches: Callable[[bytes], bool],
        check: Callable[[bytes, str], None],
        simple: _Simple,
        needed: str,
    ) -> None:
        self.FORMAT = name
        self.SUFFIXES: tuple[str, ...] = (f".{name}",)
        self._matches, self._check, self._simple, self._needed = matches, check, simple, needed

    def matches(self, data: bytes, name: str) -> bool:
        """Whether a file is of this format, by its content."""
        return self._matches(data)

    def read(self, data: bytes, name: str) -> Reading:
        """Read a document.

        Raises:
            ReadError: if the file is damaged, encrypted or without text, or if nothing that reads it is installed.
        """
        self._check(data, name)
        made = converted(data, self.FORMAT)
        if made is not None:
            try:
                reading = docx.read(made, name)
            except ReadError as error:
                if error.reason.startswith("has no text"):
                    raise
            else:
                return replace(reading, reader="libreoffice")
        simple = self._simple(data, name)
        if simple is not None and simple.text.strip():
            missing = needs.get("soffice").version() is None
            return replace(simple, warnings=(*simple.warnings, _NO_LIBREOFFICE if missing else _FAILED))
        if needs.get("soffice").version() is None and needs.get(self._needed).version() is None:
            needs.check("soffice", name)
        raise ReadError(name, f"is a damaged {self.FORMAT} file: nothing can be read of it", _BROKEN)


def converted(data: bytes, suffix: str) -> bytes | None:
    """A document as .docx, by LibreOffice; ``None`` where it is not installed or cannot open the file."""
    program = programs.find("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="chitieu-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / "profile" / "user").mkdir(parents=True)
        (place / "profile" / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source = place / f"document.{suffix}"
        source.write_bytes(data)
        command = [
            program, f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--nodefault", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(place / "out"),
            str(source),
        ]  # fmt: skip
        programs.run(command, seconds=SECONDS, memory=_MEMORY, home=place)
        made = place / "out" / "document.docx"
        return made.read_bytes() if made.exists() and made.stat().st_size else None


# --- Word 97-2003 ----------------------------------------------------------------------------------------------------

_END_OF_CHAIN = 0xFFFFFFFA
_MOST_SECTORS = 1 << 20
OleKind = Literal["", "doc", "encrypted doc", "old doc", "encrypted docx", "xls", "ppt", "msg", "other"]


def ole_kind(data: bytes) -> OleKind:
    """What a file of the old compound format is, by the entries of its directory; "" where it is none."""
    if not data.startswith(_OLE):
        return ""
    try:
        entries = dict(_ole_entries(data))
    except (struct.error, ValueError):
        entries = {}
    if not entries:  # a truncated file has lost its directory or the way to it
        names = ("WordDocument", "EncryptedPackage", "Workbook", "PowerPoint Document", "__substg1.0_")
        entries = {name: None for name in names if name.encode("utf-16-le") in data}
    if "WordDocument" in entries:
        return _doc_kind(entries["WordDocument"])
    if "EncryptedPackage" in entries:
        return "encrypted docx"
    if "Workbook" in entries or "Book" in entries:
        return "xls"
    if "PowerPoint Document" in entries:
        return "ppt"
    return "msg" if any(name.startswith("__substg1.0_") for name in entries) else "other"


def _doc_kind(head: bytes | None) -> OleKind:
    if head is None or len(head) < 12:
        return "doc"
    magic, version, flags = struct.unpack_from("<HH6xH", head)
    if magic not in (0xA5EC, 0xA5DC):
        return "doc"
    return "encrypted doc" if flags & 0x0100 else "old doc" if version < 101 else "doc"


def _ole_entries(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Names of the streams of a compound file, each with its first bytes where these can be found."""
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError("sector size")
    size = 1 << shift
    table = struct.unpack_from("<109I", data, 76)
    fat: list[int] = []
    for sector in table:
        if sector < _END_OF_CHAIN and (sector + 2) * size <= len(data):
            fat += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    sector, seen = struct.unpack_from("<I", data, 48)[0], 0
    while sector < _END_OF_CHAIN and seen < _MOST_SECTORS:
        begin = (sector + 1) * size
        for at in range(begin, min(begin + size, len(data) - 127), 128):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            if kind in (1, 2, 5) and 2 <= length <= 64:
                first = struct.unpack_from("<I", data, at + 116)[0]
                place = (first + 1) * size
                head = data[place : place + 12] if kind == 2 and place < len(data) else None
                yield data[at : at + length - 2].decode("utf-16-le", "replace"), head
        sector = fat[sector] if sector < len(fat) else _END_OF_CHAIN
        seen += 1


def _check_doc(data: bytes, name: str) -> None:
    if ole_kind(data) == "encrypted doc":
        raise ReadError(name, "is encrypted: it needs a password to be opened", "Save it without a password.")


def _simple_doc(data: bytes, name: str) -> Reading | None:
    """The text of a .doc by catdoc, or by antiword."""
    with tempfile.TemporaryDirectory(prefix="chitieu-") as folder:
        source = Path(folder) / "document.doc"
        source.write_bytes(data)
        catdoc, antiword = programs.find("catdoc"), programs.find("antiword")
        if catdoc is not None:
            printed = programs.run([catdoc, "-d", "utf-8", "-w", str(source)], seconds=SECONDS)
            text = (printed or b"").decode("utf-8", "replace").replace("\x07", "\t")
            if text.strip():
                return _from_lines(text, "catdoc")
        if antiword is not None:
            # its plain text breaks the cells of tables over lines, its DocBook does not
            printed = programs.run([antiword, "-m", "UTF-8.txt", "-x", "db", str(source)], seconds=SECONDS)
            return _from_docbook(printed or b"")
    return None


def _from_docbook(content: bytes) -> Reading | None:
    try:
        root = etree.fromstring(content, _xml_parser())
    except etree.XMLSyntaxError:
        return None
    out = TextBuilder()
    for element in root.iter("para", "title", "informaltable"):
        if element.tag == "informaltable":
            number = out.table()
            for index, row in enumerate(element.iter("row"), start=1):
                out.row(number, index, ["".join(str(t) for t in entry.itertext()) for entry in row.iter("entry")])
        elif next(element.iterchildren("informaltable"), None) is None:
            out.paragraph(" ".join("".join(str(t) for t in element.itertext()).split()))
    return Reading(out.text, reader="antiword", spots=out.spots)


def _xml_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _from_lines(text: str, reader: str) -> Reading:
    """A reading of a text in which lines are paragraphs and rows."""
    out, table, row = TextBuilder(), 0, 0
    for line in text.split("\n"):
        if "\t" in line.strip():
            if not row:
                table = out.table()
            row += 1
            out.row(table, row, [cell.strip() for cell in line.strip("\n").split("\t")])
        else:
            row = 0
            out.paragraph(line)
    return Reading(out.text, reader=reader, spots=out.spots)


# --- Rich Text -------------------------------------------------------------------------------------------------------

_NO_TEXT_YET = re.compile(rb"[\s\x00]*$")


def _check_rtf(data: bytes, name: str) -> None:
    if _NO_TEXT_YET.match(data[5:]):
        raise ReadError(name, "is a damaged rtf file: it ends behind its header", _BROKEN)


def _simple_rtf(data: bytes, name: str) -> Reading | None:
    if needs.get("striprtf").version() is None:
        return None
    from striprtf import striprtf

    untyped: Any = striprtf

    try:
        text: str = untyped.rtf_to_text(data.decode("latin-1"), errors="ignore")
    except (ValueError, LookupError, IndexError, TypeError, RecursionError):
        return None
    return _from_lines(text.replace("\r\n", "\n"), "striprtf")


# --- OpenDocument ----------------------------------------------------------------------------------------------------

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_LEFT_OUT = {_TEXT + "note", _OFFICE + "annotation", _TEXT + "tracked-changes", _OFFICE + "forms"}
_MOST_REPEATED = 64  # cells; a spreadsheet pasted into a text repeats its empty ones a thousand times


def _check_odt(data: bytes, name: str) -> None:
    archive = containers.open_zip(data, name)
    for member in archive.infolist():
        if member.filename in ("content.xml", "styles.xml") and member.file_size > docx.PART_BYTES:
            reason = f"has a part of {member.file_size:,} bytes, the limit is {docx.PART_BYTES:,}"
            raise ReadError(name, reason, "Split it into smaller documents.")
    if "META-INF/manifest.xml" in archive.namelist():
        manifest = containers.read_member(archive, archive.getinfo("META-INF/manifest.xml"), name)
        if b"encryption-data" in manifest:
            raise ReadError(name, "is encrypted: it needs a password to be opened", "Save it without a password.")


def _simple_odt(data: bytes, name: str) -> Reading | None:
    archive = containers.open_zip(data, name)
    if "content.xml" not in archive.namelist():
        return None
    content = containers.read_member(archive, archive.getinfo("content.xml"), name)
    try:
        root = etree.fromstring(content, _xml_parser())
    except etree.XMLSyntaxError:
        return None
    out = TextBuilder()
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is not None:
        _odt_blocks(body, out)
    return Reading(out.text, reader="lxml", spots=out.spots)


def _odt_blocks(element: etree._Element, out: TextBuilder) -> None:
    for child in element:
        if child.tag in (_TEXT + "p", _TEXT + "h"):
            out.paragraph(_odt_text(child))
        elif child.tag == _TABLE + "table":
            _odt_table(child, out)
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            _odt_blocks(child, out)


def _odt_table(table: etree._Element, out: TextBuilder) -> None:
    rows = [row for row in table.iter(_TABLE + "table-row") if _closest_table(row) is table]
    number = out.table()
    for index, row in enumerate(rows, start=1):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
                continue
            try:
                times = min(_MOST_REPEATED, int(cell.get(_TABLE + "number-columns-repeated", "1")))
            except ValueError:
                times = 1
            paragraphs = [_odt_text(p) for p in cell.iter(_TEXT + "p", _TEXT + "h")]
            cells += [" ".join(p for p in paragraphs if p.strip())] * times
        out.row(number, index, cells)


def _closest_table(element: etree._Element) -> etree._Element | None:
    return next(element.iterancestors(_TABLE + "table"), None)


def _odt_text(paragraph: etree._Element) -> str:
    """The text of a paragraph, with the spaces, tabs and line breaks that are elements."""
    parts = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == _TEXT + "s":
            count = child.get(_TEXT + "c", "1")
            parts.append(" " * (min(1000, int(count)) if count.isdigit() else 1))
        elif child.tag == _TEXT + "tab":
            parts.append(" ")
        elif child.tag == _TEXT + "line-break":
            parts.append("\n")
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            parts.append(_odt_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


DOC = OfficeReader(
    "doc", lambda data: ole_kind(data) in ("doc", "old doc", "encrypted doc"), _check_doc, _simple_doc, "catdoc"
)
RTF = OfficeReader("rtf", lambda data: data.startswith(b"{\\rtf"), _check_rtf, _simple_rtf, "striprtf")
ODT = OfficeReader("odt", lambda data: containers.kind_of(data) == "odt", _check_odt, _simple_odt, "lxml")
