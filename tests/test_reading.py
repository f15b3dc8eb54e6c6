"""``extractor.reading``: files become sources, or errors that say what to do."""

from __future__ import annotations

import hashlib
import io
import os
import unicodedata
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_files import saved

from extractor.reading import READERS, ReadError, read, read_bytes

PLAN = "KẾ HOẠCH\nPhấn đấu có 09 xã đạt chuẩn.\n"


def failure(data: bytes, name: str = "plan.txt") -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    assert str(caught.value).startswith(f"{name}: ")
    return caught.value


# --- what is read


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_text_is_the_file_decoded_and_nothing_else(line_end: str, form: str, bom: bytes) -> None:
    text = unicodedata.normalize(form, PLAN).replace("\n", line_end)  # type: ignore[arg-type]
    data = bom + text.encode()
    source = read_bytes(data, "plan.txt")
    assert source.text == text
    assert source.sha256 == hashlib.sha256(data).hexdigest()
    assert source.doc_id == source.sha256[:16]
    assert (source.name, source.format, source.warnings) == ("plan.txt", "txt", ())


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda t: not t.isspace()))
def test_any_text_comes_back_to_the_letter(text: str) -> None:
    data = text.encode()
    expected = text.removeprefix("\ufeff")
    if expected and not expected.isspace() and not text.lower().lstrip("\ufeff \t\r\n").startswith(("<html", "{\\rtf")):
        assert read_bytes(data, "t.txt").text == expected


def test_only_one_byte_order_mark_is_taken_off() -> None:
    assert read_bytes(b"\xef\xbb\xbf\xef\xbb\xbfa", "a.txt").text == "\ufeffa"


def test_the_content_decides_not_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "plan.dat"
    path.write_text(PLAN, encoding="utf-8")
    assert read(path).format == "txt"


@pytest.mark.parametrize("name", ["plan.txt", "plan.html", "plan.md", "plan.zip", "plan"])
def test_a_word_file_is_one_under_any_name(name: str) -> None:
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    assert read_bytes(saved(document), name).format == "docx"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"xl/workbook.xml": b"<x/>"}, "xlsx (Excel)"),
        ({"ppt/presentation.xml": b"<x/>"}, "pptx (PowerPoint)"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "ods (OpenDocument spreadsheet)"),
        ({"mimetype": b"application/epub+zip"}, "epub"),
        ({"a.txt": b"x"}, "is a zip file of documents"),
    ],
)
def test_zip_files_are_told_apart_by_their_members(members: dict[str, bytes], said: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert said in str(failure(stream.getvalue(), "plan.docx"))


def test_name_is_the_files_own_unless_given(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, encoding="utf-8")
    assert read(path).name == "plan.txt"
    assert read(path, name="2021/plan.txt").name == "2021/plan.txt"


def test_a_single_line_of_20_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    words = "phấn đấu có 09 xã đạt chuẩn "
    path.write_bytes((words * (20_000_000 // len(words.encode()) + 1)).encode())
    assert path.stat().st_size > 20_000_000
    assert len(read(path).text) > 14_000_000


def test_a_few_control_characters_are_a_warning() -> None:
    source = read_bytes(("\x07" + "Phấn đấu " * 100).encode(), "a.txt")
    assert source.warnings == ("1 control character(s), the first U+0007 at offset 0",)


def test_page_breaks_and_tabs_are_text() -> None:
    assert read_bytes(b"a\x0cb\x0bc\td", "a.txt").warnings == ()


# --- what is not


def test_undecodable_bytes_name_position_and_line() -> None:
    error = failure("Kế\r\nhoạch\r".encode() + b"x\xe9y")
    assert (error.position, error.line) == (len("Kế\r\nhoạch\r".encode()) + 1, 3)
    assert "byte 0xE9" in str(error)
    assert "at byte position 15 (line 3)" in str(error)
    assert "UTF-8" in error.advice


def test_undecodable_position_counts_the_byte_order_mark() -> None:
    assert failure(b"\xef\xbb\xbfab\xff").position == 5


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t "], ids=["no bytes", "only a mark", "only spaces"])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    error = failure(data)
    assert "is empty" in str(error)
    assert error.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("data", [b"MZ\x90\x00\x03", b"\x01\x02\x03ab", os.urandom(0) + bytes(range(256))])
def test_a_binary_file_named_txt_is_said_to_be_binary(data: bytes) -> None:
    assert "binary" in str(failure(data))


def test_a_file_that_vanished_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^gone\.txt: does not exist"):
        read(tmp_path / "gone.txt")


def test_a_file_that_is_too_big_is_named_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"a" * 101)
    with pytest.raises(ReadError, match=r"big\.txt: is too big: 101 bytes, the limit is 100"):
        read(path, limit=100)
    assert read(path, limit=101).text == "a" * 101


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is a folder"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadError, match="not a regular file"):
        read(tmp_path / "pipe.txt")


def test_a_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text(PLAN, encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read anything
    with pytest.raises(ReadError, match=r"secret\.txt: cannot be read: Permission denied"):
        read(path)


def test_every_reader_says_its_format_and_suffixes() -> None:
    assert all(isinstance(reader.FORMAT, str) and isinstance(reader.SUFFIXES, tuple) for reader in READERS)
