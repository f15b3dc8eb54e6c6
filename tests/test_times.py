"""Times: what the calendar makes of an expression, and what stages after it can ask of a hit (DOMAIN §6)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.finding.masks import find_masks
from extractor.finding.scene import Scene
from extractor.finding.times import TimeHit, find_times
from extractor.model import Document, Hit, Reading, Source
from extractor.patterns import load
from extractor.text.layout import open_words, read_layout
from extractor.text.view import build_view


def scene(text: str, **facts: date) -> Scene:
    patterns = load()
    view = build_view(text, open_words=open_words(patterns))
    layout = read_layout(view, patterns)
    mask_hits, masks = find_masks(view, layout, patterns)
    document = Document("0" * 16, "x.txt", "0" * 64, "txt", "ok", **facts)  # type: ignore[arg-type]
    return Scene(Source("x.txt", "txt", "0" * 64, Reading(text)), view, layout, patterns, document, masks, mask_hits)


def times(text: str, **facts: date) -> list[tuple[str, TimeHit]]:
    made = scene(text, **facts)
    return [(made.view.text[h.start : h.end], h.value) for h in find_times(made)]


def only(text: str, **facts: date) -> TimeHit:
    ((_, hit),) = times(text, **facts)
    return hit


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Định kỳ hằng quý báo cáo Sở Y tế.", "FREQ=MONTHLY;INTERVAL=3"),
        ("Định kỳ quý, sáu tháng, cả năm tổng hợp báo cáo.", "FREQ=MONTHLY;INTERVAL=3"),
        ("Định kỳ 6 tháng, năm báo cáo.", "FREQ=MONTHLY;INTERVAL=6"),
        ("Hằng tuần tổ chức giao ban.", "FREQ=WEEKLY"),
        ("Báo cáo trước ngày 25 hằng tháng.", "FREQ=MONTHLY;BYMONTHDAY=25"),
        ("Báo cáo trước ngày 15/12 hằng năm.", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15"),
        ("Báo cáo trước ngày 15/6 và 15/12 hằng năm.", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15"),
        ("Báo cáo trước ngày 01/6 và 15/11 hằng năm.", "FREQ=YEARLY;BYMONTH=6,11;BYMONTHDAY=1,15;BYSETPOS=1,4"),
        ("Giám sát quý II và quý IV hằng năm.", "FREQ=YEARLY;BYMONTH=4,5,6,10,11,12"),
        ("Họp 6 tháng một lần.", "FREQ=MONTHLY;INTERVAL=6"),
        ("Báo cáo tiến độ 02 tuần/lần.", "FREQ=WEEKLY;INTERVAL=2"),
        ("Họp giao ban 1 tháng/lần.", "FREQ=MONTHLY"),
        ("Báo cáo 15 ngày một lần.", "FREQ=DAILY;INTERVAL=15"),
        ("Kiểm tra định kỳ 2 lần/năm.", "FREQ=MONTHLY;INTERVAL=6"),
        ("Ban quản lý họp mỗi năm bốn lần.", "FREQ=MONTHLY;INTERVAL=3"),
        ("Cứ 3 tháng tổng hợp kết quả gửi Thường trực Huyện ủy một lần.", "FREQ=MONTHLY;INTERVAL=3"),
        ("Đài truyền thanh mỗi tuần phát 03 bản tin.", "FREQ=WEEKLY"),
        ("Chấm điểm thi đua vào cuối mỗi quý.", "FREQ=MONTHLY;INTERVAL=3"),
        ("Gửi số liệu vào thứ Sáu hằng tuần.", "FREQ=WEEKLY;BYDAY=FR"),
        ("Báo cáo Sở Y tế hằng tuần (thứ Tư) và hằng tháng.", "FREQ=WEEKLY;BYDAY=WE"),
        ("Phát động từ 15/4 đến 15/5 hằng năm.", "FREQ=YEARLY;BYMONTH=4,5"),
        ("Phát động từ ngày 01 đến 30/6 hằng năm.", "FREQ=YEARLY;BYMONTH=6"),
        ("Cao điểm phòng cháy rừng từ tháng 11 đến tháng 2 hằng năm.", "FREQ=YEARLY;BYMONTH=1,2,11,12"),
        ("Rà soát mỗi năm 1 lần trước 15/11.", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15"),
        ("Gửi báo cáo vào tuần cuối của quý.", "FREQ=MONTHLY;INTERVAL=3"),
    ],
)
def test_recurrence_is_an_rrule(text: str, rule: str) -> None:
    hit = only(text)
    assert (hit.span.kind, hit.span.recurrence) == ("recurring", rule)
    assert hit.role == "deadline"


def test_a_year_comes_from_the_plan_the_heading_or_the_sentence() -> None:
    plan = {"period_start": date(2022, 1, 1), "period_end": date(2022, 12, 31), "issued_on": date(2021, 12, 20)}
    assert only("Hoàn thành trước ngày 10/4.", **plan).span.due == date(2022, 4, 10)
    below = times("I. NHIỆM VỤ NĂM 2023\n- Hoàn thành rà soát trong quý I.", **plan)
    assert below[-1][1].span.due == date(2023, 3, 31)
    beside = times("Khởi công quý II, hoàn thành trước 31/10/2024.", **plan)
    assert [t.span.due for _, t in beside] == [date(2024, 6, 30), date(2024, 10, 31)]
    over_year_end = times("Phấn đấu hết quý III giải ngân 75%, đến hết 31/01/2023 giải ngân 100%.", **plan)
    assert over_year_end[0][1].span.due == date(2022, 9, 30)


def test_an_account_of_results_means_the_year_that_has_been() -> None:
    text = (
        "I. KẾT QUẢ ĐẠT ĐƯỢC\n"
        "9 tháng đầu năm, lực lượng chức năng bắt giữ 862 vụ.\n"
        "II. NHIỆM VỤ\n"
        "Trong 6 tháng đầu năm, phấn đấu bắt giữ 500 vụ."
    )
    plan = {"period_start": date(2026, 1, 1), "period_end": date(2030, 12, 31)}
    told, wanted = times(text, **plan, issued_on=date(2025, 11, 20))
    assert (told[1].span.due, told[1].role, told[1].year_source) == (date(2025, 9, 30), "event", "past")
    assert (wanted[1].span.due, wanted[1].role) == (date(2026, 6, 30), "deadline")
    early = times(text, issued_on=date(2025, 2, 10))[0][1]
    assert early.span.due == date(2024, 9, 30)


def test_glued_and_written_out_days() -> None:
    for text, due in (
        ("Chốt số liệu trước ngày30/9/2024.", date(2024, 9, 30)),
        ("Chốt số liệu trước 30 tháng 9 năm 2024.", date(2024, 9, 30)),
        ("Chốt số liệu trước 30-9-2024.", date(2024, 9, 30)),
        ("Chốt số liệu trước ngày mùng 5 tháng 9 năm 2024.", date(2024, 9, 5)),
        ("Chốt số liệu trước Quốc khánh 02/9/2024.", date(2024, 9, 2)),
        ("Chốt số liệu trước T9/2024.", date(2024, 9, 1)),
        ("Chốt số liệu trước quí IV/2024.", date(2024, 10, 1)),
    ):
        assert (only(text).span.due, only(text).span.bound) == (due, "before"), text


def test_listed_months_and_quarters_are_no_period() -> None:
    apart, listed = only("Kiểm tra vào tháng 6 và tháng 11/2024."), only("Kiểm tra trong quý III, IV/2024.")
    run = only("Kiểm tra từ quý III đến quý IV/2024.")
    assert (apart.span.kind, apart.span.due) == ("within", date(2024, 11, 30))
    assert (listed.span.kind, listed.span.start, listed.span.due) == ("within", date(2024, 7, 1), date(2024, 12, 31))
    assert (run.span.kind, run.span.start) == ("period", date(2024, 7, 1))


def test_a_year_belongs_to_the_milestone_before_it() -> None:
    plan = {"period_start": date(2021, 1, 1), "period_end": date(2030, 12, 31), "issued_on": date(2021, 3, 1)}
    assert times("Tổ chức sơ kết năm 2025, tổng kết năm 2030.", **plan)[1][1].role == "deadline"
    assert times("Các xã báo cáo tổng kết năm 2021.", issued_on=date(2021, 3, 1))[0][1].role == "attribute"


def test_a_day_long_ago_tells_which_cases() -> None:
    assert only("Hộ có đất trước ngày 15/10/1993 được cấp giấy.", issued_on=date(2023, 1, 5)).role == "event"
    assert only("Hoàn thành trước ngày 10/12/2022.", issued_on=date(2023, 1, 5)).role == "deadline"


def test_a_day_without_year_after_the_turn_of_the_year() -> None:
    hit = only("Các xã gửi kết quả trước ngày 15/01.", issued_on=date(2022, 11, 21))
    assert (hit.span.due, hit.year_stated, hit.year_source) == (date(2023, 1, 15), False, "issued")


def test_without_any_year_there_is_no_date() -> None:
    assert only("Các xã gửi kết quả trước ngày 15/01.").span.due is None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Tính đến ngày 30/6/2023, toàn tỉnh có 45 xã đạt chuẩn.", "as_of"),
        ("Đến hết năm 2022, toàn tỉnh có 45 xã đạt chuẩn.", "as_of"),
        ("Đến hết năm 2024, toàn tỉnh có 45 xã đạt chuẩn.", "deadline"),
        ("Đến nay, toàn tỉnh có 45 xã đạt chuẩn.", "as_of"),
        ("Tăng 5% so với năm 2022.", "baseline"),
        ("Theo Quyết định số 22/QĐ-UBND ngày 12/3/2022 của UBND tỉnh.", "issue_date"),
        ("Thực hiện Chương trình giảm nghèo giai đoạn 2021-2025.", "name"),
        ("Lồng ghép vào chương trình công tác hằng năm.", "attribute"),
        ("Chào mừng 78 năm Quốc khánh 2/9.", "event"),
    ],
)
def test_roles(text: str, role: str) -> None:
    assert times(text, issued_on=date(2023, 9, 10))[0][1].role == role


def test_as_of_date_is_for_results() -> None:
    hit = only("Tính đến ngày 30/6/2023, toàn tỉnh có 45 xã.", issued_on=date(2023, 9, 10))
    assert (hit.cue, hit.as_of_date) == ("as_of", date(2023, 6, 30))


def test_a_day_that_does_not_exist_is_flagged() -> None:
    hit = only("Hoàn thành trước ngày 31/4/2023.")
    assert (hit.span.due, hit.span.flags) == (None, ("invalid_date",))


def test_durations_are_no_times() -> None:
    for text in (
        "Rút ngắn thời gian giải quyết từ 15 ngày xuống 10 ngày.",
        "Người có từ 20 năm đóng bảo hiểm.",
        "Trẻ em từ 6 tháng đến 24 tháng tuổi.",
        "Hồ sơ đất đai rút ngắn từ 20 ngày xuống không quá 14 ngày.",
        "Thời gian ngừng hệ thống không quá 02 giờ/tháng.",
        "Thời gian chấp thuận còn 45 ngày (quy định hiện hành là 75 ngày).",
        "Thời gian thông quan xuống còn 12 giờ.",
        "Khánh thành cầu trước thời hạn 01 tháng.",
        "Khởi công mới từ 9 - 10 dự án.",
        "Phấn đấu đến 3/4 số xã có chợ.",
        "Cất nóc 3/5 block.",
    ):
        assert times(text) == []


def test_every_calendar_number_lies_in_a_hit() -> None:
    text = "Kế hoạch năm 2023 thực hiện Đề án giai đoạn 2021-2025, sơ kết tháng 6, so với năm 2020."
    shown = [quote for quote, _ in times(text)]
    assert [any(n in quote for quote in shown) for n in ("2023", "2021-2025", "6", "2020")] == [True] * 4


_JUMBLE = """
trước ngày 31/4 /2021 10/4/2021 tháng 13 3 năm 2021 2021-2025 quý I 1I đến hết từ trong vòng 20 định kỳ hằng ; . : ( ) -
a) 1. chậm nhất là giai đoạn nhiệm kỳ 6 đầu cuối học Tết và, tuần tầm nhìn xong 30/2/2020 99/99/2021 trở đi sau lần/
"""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_JUMBLE.split()), max_size=40), st.sampled_from([{}, {"issued_on": date(2021, 1, 31)}]))
def test_any_jumble_of_words_gives_hits_in_order(words: list[str], facts: dict[str, date]) -> None:
    hits: list[Hit] = find_times(scene(" ".join(words), **facts))
    assert all(a.end <= b.start for a, b in pairwise(hits))
    assert all(h.start <= h.value.core.start < h.value.core.end == h.end for h in hits)
