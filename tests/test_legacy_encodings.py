"""TCVN3 and VNI as Unicode."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from legacy_text import to_tcvn3, to_vni

from extractor.reading.legacy_encodings import decode, encoding_of_font, from_tcvn3, from_vni

CORPUS = sorted((Path(__file__).parent.parent / "corpus/documents").glob("*.txt"))
SMALL = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
# Both as printed in tables of the two encodings, not made by the code under test.
SMALL_TCVN3 = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\xadõö÷øùúûüýþ"
SMALL_VNI = (
    "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä ñ eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò "
    "oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï ö öø öû öõ öù öï yø yû yõ yù î"
)


def test_tcvn3_has_every_small_letter() -> None:
    assert from_tcvn3(SMALL_TCVN3) == SMALL
    assert to_tcvn3(SMALL) == SMALL_TCVN3


def test_tcvn3_capitals_font_has_every_capital() -> None:
    assert from_tcvn3(SMALL_TCVN3, capitals=True) == SMALL.upper()
    assert from_tcvn3("¡¢£¤¥¦§") == "ĂÂÊÔƠƯĐ"


def test_vni_has_every_letter() -> None:
    assert from_vni(SMALL_VNI).split() == list(SMALL)
    assert to_vni(" ".join(SMALL)) == SMALL_VNI
    assert from_vni(SMALL_VNI.upper()).split() == list(SMALL.upper())


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_corpus_comes_back_whole(path: Path) -> None:
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    # Signs that neither of the two can hold stay as they are.
    assert from_vni(to_vni(text)) == text
    # TCVN3 without its capitals font cannot say whether Ấ is a capital.
    assert from_tcvn3(to_tcvn3(text)).casefold() == text.casefold()
    assert from_tcvn3(to_tcvn3(text.lower()), capitals=True) == text.lower().upper()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KÕ HO¹CH CñA UBND X·", "KẾ HOẠCH CỦA UBND XÃ"),
        ("UBND x· CÈm B×nh", "UBND xã Cẩm Bình"),  # beside capitals a small word stays small
        ("KH¤NG Cã", "KHÔNG CÓ"),
        ("30°C", "30°C"),  # a degree sign behind a digit is no tone
        ("A³ V£N", "Á VÊN"),
        ("\uf0d5", "ế"),
        ("“n«ng th«n míi” – 50%", "“nông thôn mới” – 50%"),
    ],
)
def test_tcvn3_reads(typed: str, meant: str) -> None:
    assert from_tcvn3(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("UÛY BAN NHAÂN DAÂN", "ỦY BAN NHÂN DÂN"),
        ("quyù I, quí II", "quý I, quí II"),
        ("ñaït 19/19 tieâu chí", "đạt 19/19 tiêu chí"),
        ("Long Myõ, Vò Thuûy", "Long Mỹ, Vị Thủy"),
        ("Ñaûng UÛy", "Đảng Ủy"),
        ("chính saùch, chiùnh saùch", "chính sách, chính sách"),
    ],
)
def test_vni_reads(typed: str, meant: str) -> None:
    assert from_vni(typed) == meant


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", "tcvn3"),
        (".VnArial NarrowH", "tcvn3-capitals"),
        (".vntime", "tcvn3"),
        ("VNI-Times", "vni"),
        ("VNI-Helve-Condense", "vni"),
        ("Vni Times", "vni"),
        ("Times New Roman", ""),
        ("VnSouthern", ""),
        ("", ""),
    ],
)
def test_font_names_its_encoding(font: str, encoding: str) -> None:
    assert encoding_of_font(font) == encoding


def test_decode_leaves_unicode_alone() -> None:
    assert decode("Kế hoạch", "") == "Kế hoạch"
    assert decode("kÕ", "tcvn3-capitals") == "KẾ"
    assert decode("keá", "vni") == "kế"
