"""Zip files: each member a document of its own; nothing unpacked to disk, nothing without a limit."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import docx
import pytest
from word_files import saved

from extractor.model import Source
from extractor.reading import ReadError, containers, read, read_each

PLAN = "KẾ HOẠCH\nPhấn đấu có 09 xã đạt chuẩn.\n"


def packed(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def found(tmp_path: Path, data: bytes, name: str = "plans.zip", limit: int = 64 << 20) -> dict[str, str]:
    """Name of each document → its text, or what is said instead."""
    path = tmp_path / name
    path.write_bytes(data)
    made = {}
    for document in read_each(path, limit=limit):
        try:
            source: Source = document.read()
            made[document.name] = source.text
            assert (source.name, source.sha256) == (document.name, document.sha256)
        except ReadError as error:
            assert str(error).startswith(f"{document.name}: ")
            made[document.name] = str(error)
    assert sorted(tmp_path.iterdir()) == [path]
    return made


def test_each_member_is_a_document_sorted_by_name(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph("CHỈ THỊ")
    data = packed(
        ("b/kế hoạch.txt", PLAN.encode()), ("a.docx", saved(word)), ("x.gif", b"x"), (".hidden.txt", b"x"),
        ("__MACOSX/a.txt", b"x"), ("b/~$c.docx", b"x"), ("c.txt", b""),
    )  # fmt: skip
    assert found(tmp_path, data) == {
        "plans.zip!/a.docx": "CHỈ THỊ\n",
        "plans.zip!/b/kế hoạch.txt": PLAN,
        "plans.zip!/c.txt": "plans.zip!/c.txt: is empty (0 bytes). Check that it was copied whole.",
    }


def test_a_zip_in_a_zip_is_opened_and_one_in_that_is_not(tmp_path: Path) -> None:
    inner = packed(("c.txt", PLAN.encode()))
    made = found(tmp_path, packed(("b.zip", packed(("c.zip", inner), ("d.txt", PLAN.encode())))))
    assert made["plans.zip!/b.zip!/d.txt"] == PLAN
    assert "deeper than is opened" in made["plans.zip!/b.zip!/c.zip"]


def test_a_document_is_never_taken_for_a_zip_of_documents(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph("KẾ HOẠCH")
    (tmp_path / "plan.zip").write_bytes(saved(word))
    assert read(tmp_path / "plan.zip").format == "docx"
    (tmp_path / "plans.docx").write_bytes(packed(("a.txt", PLAN.encode())))
    with pytest.raises(ReadError, match="is a zip file of documents"):
        read(tmp_path / "plans.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258"])
def test_names_in_any_encoding_are_read(tmp_path: Path, encoding: str) -> None:
    name = "Đê án.txt" if encoding == "cp1258" else "kế hoạch.txt"
    raw = name.encode(encoding)
    data = packed(("X" * len(raw), PLAN.encode())).replace(b"X" * len(raw), raw)
    assert list(found(tmp_path, data)) == [f"plans.zip!/{name}"]


def test_the_unicode_name_of_a_member_wins(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("ke_hoach.txt")
        name = "kế hoạch.txt".encode()
        info.extra = struct.pack("<HHBI", 0x7075, 5 + len(name), 1, 0) + name
        archive.writestr(info, PLAN)
    assert list(found(tmp_path, stream.getvalue())) == ["plans.zip!/kế hoạch.txt"]


def test_a_path_that_leads_out_is_only_a_name(tmp_path: Path) -> None:
    made = found(tmp_path, packed(("../../etc/plan.txt", PLAN.encode()), ("C:\\a\nb.txt", PLAN.encode())))
    assert sorted(made) == ["plans.zip!/../../etc/plan.txt", "plans.zip!/C:/a\\nb.txt"]


def test_a_member_over_the_limit_costs_only_itself(tmp_path: Path) -> None:
    made = found(tmp_path, packed(("a.txt", b"a" * 3001), ("b.txt", b"b" * 3000)), limit=3000)
    assert "is too big: 3,001 bytes, the limit is 3,000" in made["plans.zip!/a.txt"]
    assert made["plans.zip!/b.txt"] == "b" * 3000


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    data = packed(("a.txt", b"0" * (40 << 20)))
    assert len(data) < 50_000
    (said,) = found(tmp_path, data).values()
    assert "like a zip bomb" in said


def test_a_member_that_says_less_than_it_holds_is_broken(tmp_path: Path) -> None:
    data = bytearray(packed(("a.txt", b"0" * 100_000)))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    (said,) = found(tmp_path, bytes(data)).values()
    assert "is broken inside its zip file" in said


def test_too_many_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    data = packed(*((f"{i}.txt", b"") for i in range(containers.MEMBERS + 1)), how=zipfile.ZIP_STORED)
    assert "more than 10,000 members" in found(tmp_path, data)["plans.zip"]


@pytest.mark.parametrize("cut", [10, 60, -30, -5])
def test_a_truncated_zip_says_so(tmp_path: Path, cut: int) -> None:
    made = found(tmp_path, packed(("a.txt", PLAN.encode()))[:cut])
    assert "is a broken zip file" in made["plans.zip"]


def test_a_zip_without_documents_says_so(tmp_path: Path) -> None:
    assert "without a document" in found(tmp_path, packed(("a.gif", b"x")))["plans.zip"]
    assert "without a document" in found(tmp_path, packed())["plans.zip"]


def test_an_encrypted_member_says_so(tmp_path: Path) -> None:
    data = bytearray(packed(("a.txt", PLAN.encode())))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature) + offset
        data[at] |= 1
    assert "is encrypted" in found(tmp_path, bytes(data))["plans.zip!/a.txt"]
