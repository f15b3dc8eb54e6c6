"""The indicator catalogue: its extent, its own examples, and rivals told apart by words, unit and basis."""

from __future__ import annotations

import re

import pytest

from extractor.patterns import Entry, Example, Expectation, PatternSet, load
from extractor.relating.indicators import catalogue, indicator_code
from extractor.text.keys import fold

PATTERNS: PatternSet = load()
CODED: tuple[Entry, ...] = tuple(e for e in PATTERNS.of("indicator") if "code" in e.means)
_SCALES = ("nghìn tỷ ", "triệu ", "nghìn ", "ngàn ", "tỷ ", "")


def _unit_after(text: str) -> str:
    """The unit at the head of ``text``: the longest one the catalogue lists, scaled or not, else the first word."""
    key = fold(text).lstrip()
    for scale in ("", *_SCALES):
        if not key.startswith(scale):
            continue
        rest = key[len(scale) :]
        for unit in sorted(catalogue(PATTERNS).known_units, key=len, reverse=True):
            if rest.startswith(unit) and not rest[len(unit) : len(unit) + 1].isalnum():
                return scale + unit
    return key.split()[0] if key else ""


def _brackets() -> list[tuple[Example, Expectation]]:
    return [(example, bracket) for entry in CODED for example in entry.examples for bracket in example.expectations]


def test_extent() -> None:
    codes = [str(e.means["code"]) for e in CODED]
    assert len(codes) >= 250
    assert len(set(codes)) == len(codes), "one entry a code"
    assert all(re.fullmatch(r"[A-Z]\d\d", code) for code in codes)


def test_every_code_of_the_handbook_is_kept() -> None:
    last = ["N20", "I12", "E18", "A11", "O05", "P06", "L05", "Y08", "G04", "V03", "M08", "F04", "D06", "C05", "S05"]
    handbook = {f"{code[0]}{number:02}" for code in last for number in range(1, int(code[1:]) + 1)}
    assert handbook <= {str(e.means["code"]) for e in CODED}


@pytest.mark.parametrize("entry", CODED, ids=lambda e: str(e.means["code"]))
def test_entries_are_complete(entry: Entry) -> None:
    assert entry.means["name"] and entry.means["units"] and entry.why and entry.yes


@pytest.mark.parametrize(("example", "bracket"), _brackets(), ids=lambda x: getattr(x, "id", ""))
def test_examples(example: Example, bracket: Expectation) -> None:
    """The example as one long indicator: stricter than the indicator cut out of it, which has fewer rivals."""
    unit = _unit_after(example.text[bracket.end :])
    text = example.text[: bracket.start] + example.text[bracket.end :]
    assert indicator_code(PATTERNS, text, unit)[0] == dict(bracket.fields)["indicator_code"]


RIVALS = [
    # the ladder of nông thôn mới titles; the adjective may stand far from the noun
    ("xã được Chủ tịch UBND tỉnh công nhận đạt chuẩn nông thôn mới", "xã", "", "N01"),
    ("số xã trên địa bàn đạt chuẩn nông thôn mới", "%", "", "N02"),
    ("xã đạt chuẩn NTM", "%", "", "N02"),
    ("xã được công nhận đạt chuẩn xã nông thôn mới nâng cao", "xã", "", "N03"),
    ("xã hoàn thành bộ tiêu chí xã nông thôn mới kiểu mẫu", "xã", "", "N04"),
    ("xã NTM nâng cao, kiểu mẫu", "xã", "", "N03"),
    ("xã đạt chuẩn", "xã", "", "N01"),
    ("xã", "xã", "", ""),
    ("nông thôn mới", "xã", "", ""),
    ("Chương trình mục tiêu quốc gia xây dựng nông thôn mới", "chương trình", "", ""),
    ("khu dân cư nông thôn mới kiểu mẫu", "khu dân cư", "", "N14"),
    ("huyện đạt chuẩn huyện nông thôn mới", "huyện", "", "N06"),
    ("thành phố hoàn thành nhiệm vụ xây dựng NTM", "thành phố", "", "N07"),
    ("tiêu chí nông thôn mới", "tiêu chí/xã", "average", "N10"),
    ("tiêu chí nông thôn mới", "tiêu chí", "increment", "N11"),
    ("tiêu chí nông thôn mới", "tiêu chí", "", "N21"),
    ("tiêu chí", "tiêu chí", "", ""),
    ("xã đạt chuẩn tiếp cận pháp luật", "xã", "", "C02"),
    ("xã đạt chuẩn văn hóa nông thôn mới", "xã", "", "V11"),
    ("xã đạt bộ tiêu chí quốc gia về y tế", "%", "", "Y04"),
    # poverty: level, change, count, share of another thing
    ("tỷ lệ hộ nghèo", "%", "", "P01"),
    ("Tỷ lệ hộ nghèo toàn huyện", "%", "change", "P02"),
    ("tỷ lệ hộ nghèo", "%/năm", "", "P02"),
    ("tỷ lệ hộ nghèo", "điểm phần trăm", "", "P02"),
    ("tỷ lệ hộ cận nghèo", "%", "", "P03"),
    ("hộ nghèo", "hộ", "", "P07"),
    ("hộ thoát nghèo", "hộ", "", "P04"),
    ("hộ nghèo người dân tộc thiểu số", "hộ", "", "P05"),
    ("hộ nghèo có thẻ bảo hiểm y tế", "%", "", "Y01"),
    ("hộ nghèo được hỗ trợ đất sản xuất", "hộ", "", "P12"),
    # money: in, out, planned, spent
    ("Thu ngân sách nhà nước trên địa bàn", "tỷ đồng", "", "E06"),
    ("tổng chi ngân sách địa phương", "tỷ đồng", "", "E07"),
    ("kế hoạch vốn đầu tư công", "tỷ đồng", "", "Q01"),
    ("tỷ lệ giải ngân vốn đầu tư công", "%", "", "E09"),
    ("GRDP", "%", "", "E01"),
    ("GRDP", "nghìn tỷ đồng", "", "E19"),
    ("GRDP bình quân đầu người", "triệu đồng/người", "", "E03"),
    ("thu nhập bình quân đầu người", "triệu đồng/người/năm", "", "E04"),
    ("giá trị sản xuất nông nghiệp", "%", "change", "E02"),
    ("giá trị sản xuất nông nghiệp", "tỷ đồng", "", "E20"),
    # stars
    ("sản phẩm đạt 3 - 4 sao", "sản phẩm", "", "O01"),
    ("sản phẩm OCOP đạt 4 sao cấp tỉnh", "sản phẩm", "", "O02"),
    ("sản phẩm OCOP tham gia đánh giá cấp quốc gia", "sản phẩm", "", "O03"),
    # water, waste, forests, services
    ("tỷ lệ hộ dân nông thôn sử dụng nước hợp vệ sinh", "%", "", "M01"),
    ("hộ dân được sử dụng nước sạch từ công trình cấp nước tập trung", "%", "", "M02"),
    ("hộ gia đình thực hiện phân loại rác thải sinh hoạt tại nguồn", "%", "", "M04"),
    ("cụm công nghiệp có hệ thống xử lý nước thải tập trung", "%", "", "M05"),
    ("hồ sơ thủ tục hành chính được tiếp nhận trực tuyến", "%", "", "D01"),
    ("hồ sơ thủ tục hành chính được giải quyết đúng hạn", "%", "", "D02"),
    ("hồ sơ, kết quả giải quyết thủ tục hành chính được số hóa", "%", "", "D03"),
    ("thôn đạt danh hiệu thôn văn hóa", "%", "", "V02"),
    ("thôn có nhà văn hóa đạt chuẩn", "%", "", "I08"),
    # security
    ("vụ phạm tội về ma túy", "vụ", "", "R01"),
    ("vụ phạm pháp hình sự", "vụ", "", "S06"),
    ("số người chết do tai nạn giao thông", "người", "", "S01"),
    ("số người chết do đuối nước", "người", "", ""),
    ("trường hợp vi phạm nồng độ cồn", "trường hợp", "", "S11"),
    # nothing of the catalogue
    ("cơ quan, đơn vị", "cơ quan", "", ""),
    ("doanh thu", "tỷ đồng", "", ""),
    ("năm kinh nghiệm", "năm", "", ""),
    ("kế hoạch", "%", "", ""),
]


@pytest.mark.parametrize(("indicator", "unit", "basis", "code"), RIVALS)
def test_rivals(indicator: str, unit: str, basis: str, code: str) -> None:
    found, rule = indicator_code(PATTERNS, indicator, unit, basis)
    assert found == code
    assert bool(rule) == bool(code)
    if rule:
        assert PATTERNS.entry(rule).means["code"] == code


def test_unit_must_agree() -> None:
    assert indicator_code(PATTERNS, "tỷ lệ hộ nghèo", "tỷ đồng") == ("", "")
    assert indicator_code(PATTERNS, "kim ngạch xuất khẩu", "ha") == ("", "")


@pytest.mark.parametrize("unit", ["nghìn tấn", "tấn", "triệu tấn", "tấn/năm"])
def test_scaled_units_agree(unit: str) -> None:
    assert indicator_code(PATTERNS, "Sản lượng thủy sản", unit)[0] == "A08"


def test_without_unit_three_words_are_needed() -> None:
    assert indicator_code(PATTERNS, "thu nhập bình quân đầu người", "")[0] == "E04"
    assert indicator_code(PATTERNS, "hộ nghèo", "") == ("", "")


def test_spelling_does_not_matter() -> None:
    same = {
        indicator_code(PATTERNS, text, "%")[0]
        for text in ("Tỷ lệ đô thị hóa", "tỉ lệ đô thị hoá", "TỶ LỆ ĐÔ THỊ HÓA", "tỷ lệ\nđô thị   hóa")
    }
    assert same == {"E15"}
