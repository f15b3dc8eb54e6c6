"""``extractor.reading.text_encodings``: text files in any encoding that Vietnamese offices have used."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from legacy_text import to_tcvn3, to_vni
from parity import compare

from extractor.reading import ReadError, read_bytes
from extractor.reading.text_encodings import decode

ROOT = Path(__file__).parent.parent
CORPUS = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
OWN = sorted((ROOT / "corpus").glob("own*/documents/*.txt"))
PLAN = "KẾ HOẠCH\r\nPhấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới.\r\n"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").removeprefix("\ufeff")


def to_cp1258(text: str) -> bytes:
    """Text as Windows-1258 has it: letters composed, tones behind them."""
    out = bytearray()
    for char in unicodedata.normalize("NFC", text):
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            letter, *marks = unicodedata.normalize("NFD", char)
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            base = unicodedata.normalize("NFC", letter + "".join(m for m in marks if m not in tones))
            out += "".join([base, *tones]).encode("cp1258", "replace")
    return bytes(out)


def western(text: str) -> bytes:
    """Characters of an 8-bit font as the bytes of a file; signs that these did not have are lost."""
    return text.encode("cp1252", "replace")


# --- the rows do not depend on the encoding


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_decoded_to_the_letter(path: Path, codec: str) -> None:
    source = read_bytes(text_of(path).encode(codec), "plan.txt")
    assert source.text == text_of(path)
    assert "UTF-" in source.warnings[0]
    assert source.reading.reader == "text"


@pytest.mark.parametrize("path", [*CORPUS, *OWN], ids=lambda p: p.stem)
def test_windows_1258_gives_the_same_rows(path: Path) -> None:
    source = read_bytes(to_cp1258(text_of(path)), "plan.txt")
    assert "Windows-1258" in source.warnings[0]
    # the few signs that Windows-1258 does not have ("≥") are lost in the file itself
    assert source.text == to_cp1258(text_of(path)).decode("cp1258")
    if path in CORPUS:
        found = compare(text_of(path), source)
        assert found.share == 1.0, (found.missed, found.added)


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
@pytest.mark.parametrize(("name", "typed"), [("TCVN3", to_tcvn3), ("VNI", to_vni)])
@pytest.mark.parametrize("as_bytes", [western, str.encode], ids=["8-bit", "utf-8"])
def test_text_of_the_old_fonts_gives_the_same_rows(path: Path, name: str, typed: object, as_bytes: object) -> None:
    data = as_bytes(typed(text_of(path)))  # type: ignore[operator]
    source = read_bytes(data, "plan.txt")
    assert name in source.warnings[0]
    assert source.reading.reader == f"text ({name})"
    # TCVN3 has no capitals with a tone: "Ủy ban" was typed as "ủy ban" or in a font of its own
    found = compare(text_of(path), source, case=name != "TCVN3")
    assert not found.missed
    assert not found.added


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.stem)
@pytest.mark.parametrize(("name", "typed"), [("TCVN3", to_tcvn3), ("VNI", to_vni)])
def test_text_of_the_old_fonts_is_recognised(path: Path, name: str, typed: object) -> None:
    assert decode(western(typed(text_of(path)))).encoding == name  # type: ignore[operator]
    assert decode(typed(text_of(path)).encode()).encoding == name  # type: ignore[operator]


# --- what is left alone


@pytest.mark.parametrize("path", [*CORPUS, *OWN], ids=lambda p: p.stem)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_clean_unicode_is_never_touched(path: Path, form: str) -> None:
    text = unicodedata.normalize(form, text_of(path))  # type: ignore[arg-type]
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    "text",
    [
        "São Paulo é a maior cidade do Brasil e não há solução única para a educação, a saúde e a habitação. " * 5,
        "Déjà vu: l'été où les élèves ont été reçus à la fête de l'école à côté du château. " * 5,
        "Größere Städte müssen für die Bürger schönere Plätze schaffen, wünscht der Rat. " * 5,
        "Kế hoạch có dẫn chữ cũ: KÕ ho¹ch x©y dùng n«ng th«n míi. " * 3,
        "Ông Hà ở xã Hà Tân, bà Lê ở xã Là, cô Hoà ở xã Thái Hoà và các ông bà khác. " * 5,
        "Ke hoach xay dung nong thon moi nam 2023 khong dau. " * 5,
    ],
)
def test_other_languages_and_quoted_old_text_are_left_alone(text: str) -> None:
    assert decode(text.encode()) == decode(text.encode("utf-8-sig"))
    assert decode(text.encode()).text == text
    assert not decode(text.encode()).encoding


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_utf_8_text_comes_back(text: str) -> None:
    assert decode(text.encode()).text == text.removeprefix("\ufeff")


# --- what cannot be told


def test_too_little_text_is_not_guessed() -> None:
    with pytest.raises(ReadError, match="is not UTF-8: byte 0xC3"):
        read_bytes(b"Ho\xc3 An", "plan.txt")


def test_two_encodings_in_one_file_are_refused() -> None:
    with pytest.raises(ReadError, match="not UTF-8"):
        read_bytes(PLAN.encode() * 3 + western(to_vni(PLAN)) * 3, "plan.txt")


def test_a_marked_utf_8_file_with_a_wrong_byte_is_refused() -> None:
    with pytest.raises(ReadError, match="not UTF-8"):
        read_bytes(codecs.BOM_UTF8 + to_cp1258(PLAN * 5), "plan.txt")


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_broken_utf_16_file_says_so(mark: bytes) -> None:
    with pytest.raises(ReadError, match="is UTF-16, but broken"):
        read_bytes(mark + b"\x00\xd8\x00\xd8\x00", "plan.txt")


@pytest.mark.parametrize("data", [bytes(1000), b"\x00\x01" * 500, b"a\x00" * 3 + bytes(range(256)) * 4])
def test_zero_bytes_are_no_utf_16(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"binary|no text"):
        read_bytes(data, "plan.txt")
