"""Named places: the grammar of lists and chains, their counts, their units. Wordings are tested in places.yaml."""

from __future__ import annotations

from datetime import date

import pytest
from test_gazetteer import PLAN, REQUESTED

from extractor.finding import gazetteer
from extractor.finding.places import find_places, place_lists
from extractor.model import Hit, Place, Reading
from extractor.pipeline import Context, extract, extract_source
from extractor.text.keys import fold

HOME = Context(issued_on=date(2022, 3, 1), province="Thanh Hóa")


def places(text: str, context: Context = HOME) -> tuple[Place, ...]:
    return extract(f"I. MỤC TIÊU\n- {text}", context=context).places


def lists_of(text: str, monkeypatch: object) -> list[Hit]:
    """The hits of a text, taken where the pipeline finds them."""
    import extractor.pipeline as pipeline
    from extractor.model import Source

    seen: list[Hit] = []

    def watch(scene: object) -> list[Hit]:
        found = find_places(scene)  # type: ignore[arg-type]
        seen.extend(found)
        return found

    monkeypatch.setattr(pipeline, "find_places", watch)  # type: ignore[attr-defined]
    extract_source(Source("t.txt", "txt", "0" * 64, Reading(text)), context=HOME)
    return seen


def test_quotes_are_the_source_text() -> None:
    text = "I. MỤC TIÊU\r\n- Các xã: Nga  Phú, Nga\u00a0Điền (huyện Nga Sơn) về đích."
    for row in extract(text, context=HOME).places:
        assert text[row.start : row.end] == row.quote


def test_decomposed_text_gives_the_same_names() -> None:
    import unicodedata

    made = places(unicodedata.normalize("NFD", "Các xã: Nga Phú, Nga Điền (huyện Nga Sơn) về đích."))
    assert [fold(unicodedata.normalize("NFC", p.name)) for p in made] == ["nga phú", "nga điền", "nga sơn"]


def test_a_bracket_means_all_names_since_the_last_one() -> None:
    made = places("Các xã: Nga Phú, Nga Điền (huyện Nga Sơn), Hà Long, Hà Tiến (huyện Hà Trung) về đích.")
    assert [(p.name, p.district) for p in made if p.level == "commune"] == [
        ("Nga Phú", "Nga Sơn"),
        ("Nga Điền", "Nga Sơn"),
        ("Hà Long", "Hà Trung"),
        ("Hà Tiến", "Hà Trung"),
    ]


def test_a_list_belongs_to_the_count_it_matches(monkeypatch: object) -> None:
    hits = lists_of(
        "I. MỤC TIÊU\n- Công nhận thêm 02 xã đạt chuẩn, nâng tổng số lên 19 xã: Nga Phú, Nga Điền.", monkeypatch
    )
    (only,) = place_lists(hits)
    assert only.size == 2
    assert [value for _, value in only.counts] == [2, 19]


def test_a_bare_commune_is_not_looked_up_nationwide() -> None:
    (row,) = places("Xây cầu tại xã Ia O trong năm 2022.", Context(issued_on=date(2022, 3, 1)))
    assert (row.resolution, row.code, row.province) == ("unresolved", "", "")


def test_two_units_of_one_name_are_ambiguous_until_a_district_decides() -> None:
    (row,) = places(
        "Xây cầu tại xã Tân Thành trong năm 2022.", Context(issued_on=date(2022, 3, 1), province="Lạng Sơn")
    )
    assert (row.resolution, row.code) == ("ambiguous", "")
    first, _ = places(
        "Xây cầu tại xã Tân Thành (huyện Cao Lộc).", Context(issued_on=date(2022, 3, 1), province="Lạng Sơn")
    )
    assert (first.resolution, first.district) == ("exact", "Cao Lộc")


def test_the_unit_in_force_today() -> None:
    row = places("Xây cầu tại xã Nga Phú (huyện Nga Sơn).")[0]
    assert row.code and row.current_code and row.current_province == "Thanh Hóa"


def test_own_quantities_link_each_unit_to_its_number() -> None:
    made = extract("I. CHỈ TIÊU\n- Trồng rừng tại các huyện: Nga Sơn 120 ha, Hà Trung 80 ha.", context=HOME)
    linked = {p.name: p.target_id for p in made.places}
    by_id = {t.target_id: t.value for t in made.targets}
    assert {name: by_id.get(target) for name, target in linked.items()} == {"Nga Sơn": 120, "Hà Trung": 80}


def test_no_rows_outside_the_body() -> None:
    text = "UBND TỈNH THANH HÓA\nKẾ HOẠCH\nPhát triển OCOP năm 2022\nI. MỤC TIÊU\n- Có 05 sản phẩm.\nNơi nhận:\n- UBND huyện Nga Sơn;"
    assert extract(text).places == ()


def flags_of(text: str) -> list[tuple[str, str, str]]:
    """Each flagged target with the list that it contradicts."""
    source = f"I. MỤC TIÊU\n- {text}"
    made = extract(source, context=HOME)
    return [
        (source[t.number_start : t.number_end], f.code, source[f.start : f.end]) for t in made.targets for f in t.flags
    ]


def test_a_list_of_another_length_than_its_count_is_flagged() -> None:
    assert flags_of("Có 03 xã: Nga Phú, Nga Điền về đích.") == [("03", "list_count_mismatch", "Nga Phú, Nga Điền")]
    assert flags_of("Công nhận 02 đơn vị (Nga Sơn, Hậu Lộc, Hoằng Hóa) đạt chuẩn.")[0][0] == "02"


def test_open_lists_and_lists_that_another_count_fits_are_not_flagged() -> None:
    for text in (
        "Có 05 xã: Nga Phú, Nga Điền, … về đích.",
        "Có 05 xã: Nga Phú, Nga Điền, v.v. về đích.",
        "Có 05 xã như Nga Phú, Nga Điền về đích.",
        "Có 05 xã về đích, trong đó có Nga Phú, Nga Điền.",
        "Có 05 xã gồm cả Nga Phú, Nga Điền.",
        "Có 05 xã: Nga Phú, Nga Điền và các xã khác.",
        "Thêm 02 xã, nâng tổng số xã đạt chuẩn lên 09 xã: Nga Phú, Nga Điền.",
        "Sáp nhập 02 xã thành 01 xã: Nga Phú, Nga Điền.",
    ):
        assert not [f for f in flags_of(text) if f[1] == "list_count_mismatch"], text


def test_counted_parts_of_a_list_belong_to_their_own_counts() -> None:
    source = "I. MỤC TIÊU\n- Có 03 xã Nga Phú, Nga Điền, Nga Tân và 02 phường Quảng Thắng, Đông Vệ đạt chuẩn."
    made = extract(source, context=HOME)
    count = {t.target_id: str(t.value) for t in made.targets}
    assert [count[p.target_id] for p in made.places] == ["3", "3", "3", "2", "2"]


def test_bare_names_with_quantities_of_their_own_are_a_list() -> None:
    made = places("Chỉ tiêu giao: Nga Sơn 1.200 ha, Hậu Lộc 800 ha (12 mô hình), Hoằng Hóa 15,5 ha.")
    assert [(p.name, p.level, p.role) for p in made] == [
        ("Nga Sơn", "district", "member"),
        ("Hậu Lộc", "district", "member"),
        ("Hoằng Hóa", "district", "member"),
    ]


def test_parts_of_a_count_of_works_are_places_behind_the_works_own_noun() -> None:
    made = extract(
        "Sửa chữa 07 hồ chứa (Nga Sơn 02, Hậu Lộc 05); xóa 108 nhà, nhiều nhất ở Nga Sơn (61 hộ), Hậu Lộc 47.",
        context=HOME,
    )
    value = {t.target_id: (t.value, t.unit) for t in made.targets}
    assert [(p.name, *value[p.target_id]) for p in made.places] == [
        ("Nga Sơn", 2, "hồ chứa"),
        ("Hậu Lộc", 5, "hồ chứa"),
        ("Nga Sơn", 61, "hộ"),
        ("Hậu Lộc", 47, "hộ"),
    ]


def test_a_bare_name_that_is_the_documents_provinces_is_not_the_city_named_beside() -> None:
    rows = places("Thành phố Thanh Hóa có 12 chợ. Đến năm 2022, Thanh Hóa phấn đấu có 130 xã đạt chuẩn.")
    assert [(r.name, r.level) for r in rows] == [("Thanh Hóa", "district"), ("Thanh Hóa", "province")]


def test_hamlets_joined_by_a_conjunction_bear_the_first_ones_noun() -> None:
    rows = places("Ông A phụ trách thôn Nga Mẫu và Hậu Lộc.")
    assert [(r.name, r.level) for r in rows] == [("Nga Mẫu", "hamlet"), ("Hậu Lộc", "hamlet")]


def test_time_grows_with_the_text_only() -> None:
    """One line of names without a full stop, twice as long, takes about twice as long (some slack for the machine)."""
    from time import process_time

    def seconds(times: int) -> float:
        text = "có 03 xã: Nga Phú. các xã Hà Long, Hà Tiến (huyện Hà Trung), Nga Sơn 12 ha; " * times
        begin = process_time()
        places(text)
        return process_time() - begin

    seconds(20)  # what is made once
    # the least of three: whatever else the machine does only adds to one
    small, large = (min(seconds(times) for _ in range(3)) for times in (150, 600))
    assert large < 4 * small * 2 + 0.5


@pytest.mark.parametrize(
    "said", ["{unit} {name}, {district}", "{unit} {name} ({district})", "{district} ({unit} {name})"]
)
def test_the_requested_names_have_their_codes_from_the_text_alone(said: str) -> None:
    units = gazetteer.load()
    for name, district_code, code, now, now_name in REQUESTED:
        unit, district = units.unit(code, "commune", PLAN), units.unit(district_code, "district", PLAN)
        assert unit is not None and district is not None
        province = units.parents(district, PLAN)[1]
        assert province is not None
        words = said.format(unit=unit.type, name=name, district=f"{district.type} {district.name}")
        text = (
            f"ỦY BAN NHÂN DÂN\nTỈNH {province.name.upper()}\nSố: 15/KH-UBND\n{province.name}, ngày 15 tháng 3 năm 2022\n"
            f"KẾ HOẠCH\nThu gom rác thải năm 2022\nI. NHIỆM VỤ\n- Mua 02 xe ép rác cho {words}.\n"
        )
        found = {p.name if p.level == "commune" else p.level: p for p in extract(text).places}
        place = next(p for p in found.values() if p.level == "commune")
        assert (place.code, place.district_code, place.current_code, place.current_name) == (
            code,
            district_code,
            now,
            now_name,
        )
        assert place.resolution == "exact" and place.quote == name


def test_a_plan_of_2026_that_speaks_of_districts_is_read_by_their_own_time_and_flagged() -> None:
    text = (
        "ỦY BAN NHÂN DÂN\nTỈNH HÀ TĨNH\nSố: 15/KH-UBND\nHà Tĩnh, ngày 15 tháng 3 năm 2026\n"
        "KẾ HOẠCH\nThu gom rác thải năm 2026\nI. NHIỆM VỤ\n- Mua 02 xe ép rác cho xã Cẩm Quan, huyện Cẩm Xuyên; sửa 01 cầu ở "
        "xã Cẩm Bình.\n"
    )
    old, district, new = extract(text).places
    assert (old.code, old.current_code, district.code) == ("18724", "18673", "446")
    assert [[f.code for f in p.flags] for p in (old, district, new)] == [["not_in_force"], ["not_in_force"], []]
    assert new.code == new.current_code == "18685" and len(district.successors) == 8


def test_what_an_ambiguous_name_may_mean() -> None:
    (place,) = extract(
        "ỦY BAN NHÂN DÂN\nTỈNH HÀ TĨNH\nSố: 15/KH-UBND\nHà Tĩnh, ngày 15 tháng 3 năm 2022\n"
        "KẾ HOẠCH\nThu gom rác thải năm 2022\nI. NHIỆM VỤ\n- Mua 02 xe ép rác cho xã Sơn Hòa Bình.\n"
    ).places
    assert place.resolution == "unresolved" and place.candidates == ()
    (place,) = extract(
        "ỦY BAN NHÂN DÂN\nTỈNH NGHỆ AN\nSố: 15/KH-UBND\nNghệ An, ngày 15 tháng 3 năm 2022\n"
        "KẾ HOẠCH\nThu gom rác thải năm 2022\nI. NHIỆM VỤ\n- Mua 02 xe ép rác cho xã Tam Hợp.\n"
    ).places
    assert place.resolution == "ambiguous" and place.code == ""
    assert place.candidates == ("16936", "17059")


def test_a_name_that_begins_like_an_office_is_the_place_it_is() -> None:
    rows = extract(
        "UBND TỈNH YÊN BÁI\nSố: 37/KH-UBND\nYên Bái, ngày 06 tháng 02 năm 2024\n\nKẾ HOẠCH\nGiảm nghèo năm 2024\n\n"
        "I. NHIỆM VỤ\n- Kiểm tra địa bàn Trạm Tấu.\nTT\tĐịa phương\tTỷ lệ (%)\n1\tHuyện Trạm Tấu\t41,27\n"
        "2\tHuyện Văn Chấn\t14,08"
    ).places
    assert [(p.quote, p.role) for p in rows] == [
        ("Trạm Tấu", "location"),
        ("Trạm Tấu", "member"),
        ("Văn Chấn", "member"),
    ]


def test_a_line_may_hold_more_lists_inside_of_lists_than_the_stack_holds_calls() -> None:
    made = places("Phấn đấu " + "; ".join(["huyện Nga Sơn: xã Nga Phú, Nga Điền"] * 600) + ".")
    assert len(made) == 1800
    assert {p.district for p in made if p.level == "commune"} == {"Nga Sơn"}


def test_a_text_without_a_day_means_the_present_unit_of_a_name_that_its_province_got_by_merging() -> None:
    row, _ = places("Tại xã Mỹ Tú (TP. Cần Thơ) có 120 hộ nhận quà.", Context())
    assert (row.quote, row.province, row.district) == ("Mỹ Tú", "Cần Thơ", "")


def test_parents_that_a_text_gives_once_hold_for_its_other_mentions() -> None:
    rows = places("HĐND phường Bắc Cam Ranh (tỉnh Khánh Hòa) họp. Ở phường Bắc Cam Ranh có 3 trường.", Context())
    assert [r.province for r in rows if r.quote == "Bắc Cam Ranh"] == ["Khánh Hòa", "Khánh Hòa"]


def test_a_township_in_a_list_of_communes_gives_the_next_name_no_type() -> None:
    rows = places("Các xã: Diễn Thịnh, thị trấn Diễn Thành, Thiện Mẫu và Diễn Kỷ ra quân trồng cây.")
    assert [r.type for r in rows] == ["xã", "thị trấn", "xã", "xã"]
