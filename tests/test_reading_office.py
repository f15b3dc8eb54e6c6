"""``extractor.reading.office``: Word 97-2003, Rich Text and OpenDocument give the rows of the same plan's text."""

from __future__ import annotations

import io
import os
import shutil
import struct
import zipfile
from pathlib import Path

import pytest
from envelopes import SOFFICE, convert, flat_odt
from parity import compare

from extractor.reading import ReadError, needs, office, read_bytes

ROOT = Path(__file__).parent.parent
CORPUS = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
TABLE = ROOT / "corpus" / "own" / "documents" / "own10_vinhlong_ktxh_2026.txt"
KINDS = ("doc", "rtf", "odt")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").removeprefix("\ufeff")


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, bytes]]:
    flats = {path.stem: flat_odt(text_of(path)) for path in [*CORPUS, TABLE]}
    return {kind: convert(flats, kind) for kind in KINDS}


def failure(data: bytes, name: str) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    return caught.value


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Leaves only the named programs to be found."""

    def leave(*programs: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        for program in (*programs, "timeout"):
            found = shutil.which(program)
            if found is None:
                pytest.skip(f"{program} is not installed")
            os.symlink(found, folder / program)
        monkeypatch.setenv("PATH", str(folder))

    return leave


@needs_office
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", [*CORPUS, TABLE], ids=lambda p: p.stem)
def test_an_office_file_gives_all_rows_of_its_text(path: Path, kind: str, files: dict[str, dict[str, bytes]]) -> None:
    source = read_bytes(files[kind][path.stem], "plan.bin")
    found = compare(text_of(path), source)
    assert found.share == 1.0, (found.missed, found.added)
    assert (source.format, source.reading.reader, source.warnings) == (kind, "libreoffice", ())
    assert source.reading.spots


@needs_office
@pytest.mark.parametrize(
    ("kind", "programs", "reader"),
    [("doc", ["catdoc"], "catdoc"), ("doc", ["antiword"], "antiword"), ("rtf", [], "striprtf"), ("odt", [], "lxml")],
)
def test_without_libreoffice_a_simpler_reader_gives_the_text(
    kind: str, programs: list[str], reader: str, files: dict[str, dict[str, bytes]], only: object
) -> None:
    if reader == "striprtf":
        pytest.importorskip("striprtf", reason="the extra [legacy] is not installed")
    only(*programs)  # type: ignore[operator]
    for path in (CORPUS[3], TABLE):
        source = read_bytes(files[kind][path.stem], "plan.bin")
        assert source.reading.reader == reader
        assert "LibreOffice is not installed" in source.warnings[-1]
        found = compare(text_of(path), source)
        assert found.share >= 0.95, (found.missed, found.added)
        assert found.values_same == found.values


@needs_office
def test_without_any_reader_the_file_says_what_to_install(files: dict[str, dict[str, bytes]], only: object) -> None:
    only()  # type: ignore[operator]
    error = failure(files["doc"][TABLE.stem], "plan.doc")
    assert "soffice is not installed" in str(error)
    assert needs.get("soffice").install in error.advice


# --- which of the old files it is


def compound(*streams: str, head: bytes = b"") -> bytes:
    """A compound file of one directory sector, its streams all in one sector, written by hand."""
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFF] * 125)
    entries = b""
    for number, name in enumerate(["Root Entry", *streams]):
        raw = (name + "\0").encode("utf-16-le")
        kind = 5 if number == 0 else 2
        entries += raw.ljust(64, b"\0") + struct.pack("<HB", len(raw), kind) + bytes(49) + struct.pack("<IQ", 2, 512)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    return bytes(header) + fat + entries.ljust(512, b"\0") + head.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        (["1Table", "WordDocument"], "doc"),
        (["EncryptionInfo", "EncryptedPackage"], "encrypted docx"),
        (["Workbook"], "xls"),
        (["PowerPoint Document"], "ppt"),
        (["__substg1.0_0037001F"], "msg"),
        (["Contents"], "other"),
    ],
)
def test_old_office_files_are_told_by_their_directory(streams: list[str], kind: str) -> None:
    # words in the text of a file are no entries of its directory
    decoy = "Workbook WordDocument EncryptedPackage".encode("utf-16-le")
    assert office.ole_kind(compound(*streams, head=decoy)) == kind


def test_an_encrypted_word_file_says_so() -> None:
    head = struct.pack("<HH6xH", 0xA5EC, 193, 0x0100)
    assert "encrypted" in str(failure(compound("WordDocument", head=head), "plan.doc"))


@pytest.mark.parametrize("streams", [["Workbook"], ["PowerPoint Document"], ["__substg1.0_0037001F"], ["Contents"]])
def test_other_old_office_files_are_named(streams: list[str]) -> None:
    assert "format" in str(failure(compound(*streams), "plan.doc"))


# --- files that cannot be read


@needs_office
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_truncated_file_is_read_in_part_or_refused(
    kind: str, share: float, files: dict[str, dict[str, bytes]]
) -> None:
    data = files[kind][TABLE.stem]
    try:
        source = read_bytes(data[: int(len(data) * share)], f"plan.{kind}")
    except ReadError as error:
        assert error.advice
    else:
        assert source.text.strip()


@pytest.mark.parametrize("tail", [b"", bytes(4000), bytes(range(256)) * 30], ids=["end", "zeros", "noise"])
def test_a_compound_header_alone_is_a_damaged_file(tail: bytes) -> None:
    assert failure(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + tail, "plan.doc").advice


@needs_office
def test_a_word_file_of_noise_is_damaged() -> None:
    noise = compound("WordDocument", "1Table", head=struct.pack("<HH6xH", 0xA5EC, 193, 0)) + bytes(range(256)) * 40
    assert failure(noise, "plan.doc").advice


@pytest.mark.parametrize("data", [b"{\\rtf1", b"{\\rtf1\n\n"])
def test_an_rtf_header_alone_is_a_damaged_file(data: bytes) -> None:
    assert failure(data, "plan.rtf").advice


def odt(content: str, manifest: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return made.getvalue()


def test_an_encrypted_opendocument_says_so() -> None:
    manifest = '<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
    assert "encrypted" in str(failure(odt("x", manifest), "plan.odt"))


def test_external_entities_are_not_read(tmp_path: Path, only: object) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mật khẩu của máy")
    only()  # type: ignore[operator]
    content = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        "<text:p>Kế hoạch &e; năm 2024</text:p></office:text></office:body></office:document-content>"
    )
    assert "mật khẩu" not in read_bytes(odt(content), "plan.odt").text


@needs_office
def test_libreoffice_fetches_nothing_that_a_file_links_to() -> None:
    import socket
    import threading

    asked = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    done = threading.Event()

    def listen() -> None:
        while not done.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            asked.append(True)
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        port = server.getsockname()[1]
        rtf = (
            "{\\rtf1\\ansi K\\'ea ho\\u7841?ch n\\'e3m 2024 "
            f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "http://127.0.0.1:{port}/a.png" \\\\d}}{{\\fldrslt x}}}}\\par}}'
        )
        assert "2024" in read_bytes(rtf.encode(), "plan.rtf").text
    finally:
        done.set()
        thread.join()
        server.close()
    assert not asked
