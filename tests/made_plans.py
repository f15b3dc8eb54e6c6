"""Plans written by a program: any number of them, each with its own places, numbers, dates and people.

Use:  python tests/made_plans.py 20000 FOLDER

The sentences are this project's own; the names of places are those of the gazetteer. The same number gives the same
plan on every machine.
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_UNITS = Path(__file__).parent.parent / "patterns" / "gazetteer" / "units.csv"
_SURNAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
_MIDDLE = ["Văn", "Thị", "Đức", "Minh", "Thanh", "Quốc", "Hữu", "Ngọc", "Xuân", "Hồng", "Thế", "Thu"]
_GIVEN = [
    "An",
    "Bình",
    "Cường",
    "Dung",
    "Đạt",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hùng",
    "Khánh",
    "Lan",
    "Long",
    "Mai",
    "Nam",
    "Phúc",
    "Quân",
    "Sơn",
    "Tâm",
    "Thảo",
    "Tuấn",
    "Vân",
    "Yến",
]
_POSITIONS = ("Chủ tịch UBND huyện", "Phó Chủ tịch UBND huyện", "Trưởng phòng Nông nghiệp", "Bí thư Huyện ủy")
_OFFICES = (
    "Phòng Tài chính - Kế hoạch",
    "Phòng Giáo dục và Đào tạo",
    "Phòng Văn hóa và Thông tin",
    "Phòng Nông nghiệp và Phát triển nông thôn",
    "Trung tâm Y tế huyện",
    "Công an huyện",
)
_SUBJECTS = (
    "xây dựng nông thôn mới",
    "giảm nghèo bền vững",
    "chuyển đổi số",
    "phòng cháy, chữa cháy rừng",
    "chăm sóc sức khỏe nhân dân",
    "phát triển giáo dục",
)
_TARGETS = (
    "Phấn đấu có thêm {n:02} xã đạt chuẩn nông thôn mới, gồm: {places}.",
    "Tỷ lệ hộ nghèo còn {percent} % vào cuối năm {year}.",
    "Trồng mới {big} ha rừng sản xuất, hoàn thành trước ngày {day}.",
    "Có ít nhất {n} sản phẩm OCOP đạt từ 3 sao trở lên trong quý {quarter}/{year}.",
    "Đào tạo nghề cho {big} lao động, trong đó lao động nữ chiếm trên {percent} %.",
    "{share} % hồ sơ thủ tục hành chính được giải quyết trên môi trường mạng.",
    "Tổng vốn thực hiện {big} triệu đồng, giải ngân {share} % trước ngày {day}.",
    "Tỷ lệ dân số tham gia bảo hiểm y tế đạt {share} % trở lên.",
    "Xây dựng {n} nhà văn hóa thôn tại các xã {places}.",
    "Tỷ lệ trẻ em dưới 5 tuổi suy dinh dưỡng thể thấp còi giảm xuống dưới {percent} %.",
)
_TASKS = (
    "Giao {office} chủ trì, phối hợp với {office2} rà soát, tham mưu kế hoạch; báo cáo trước ngày {day}.",
    "Phân công đồng chí {person} – {position} phụ trách, chỉ đạo xã {place}.",
    "{office} kiểm tra, đôn đốc việc thực hiện, tổng hợp báo cáo UBND huyện trước ngày 25 hằng tháng.",
    "Đồng chí {person} – {position} chịu trách nhiệm hướng dẫn các xã {places} hoàn thành hồ sơ trong tháng {month}/{year}.",
)


@cache
def _districts() -> list[tuple[str, str, list[str]]]:
    """Province, district and the names of its communes, of districts with six of them or more."""
    with _UNITS.open(encoding="utf-8", newline="") as stream:
        units = csv.DictReader(stream)
        # The units of the years that the plans are of.
        rows = [
            u for u in units if (u["valid_from"] or "") <= "2021-01-01" and (u["valid_to"] or "9999") >= "2024-12-31"
        ]
    names = {row["code"]: row["name"] for row in rows if row["level"] != "commune"}
    communes: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["level"] == "commune" and row["type"] == "xã" and row["district_code"]:
            communes.setdefault((row["province_code"], row["district_code"]), []).append(row["name"])
    return [
        (names[province], names[district], sorted(set(found)))
        for (province, district), found in sorted(communes.items())
        if len(set(found)) >= 6 and province in names and district in names
    ]


def plan(number: int) -> str:
    """The plan of this number."""
    pick = random.Random(number)
    province, district, communes = pick.choice(_districts())
    issued = date(2021, 1, 4) + timedelta(days=pick.randrange(1400))
    year = issued.year

    def person() -> str:
        return f"{pick.choice(_SURNAMES)} {pick.choice(_MIDDLE)} {pick.choice(_GIVEN)}"

    def day() -> str:
        due = date(year, 12, 31) - timedelta(days=pick.randrange(200))
        return f"{due.day:02}/{due.month}/{due.year}"

    def filled(template: str) -> str:
        return template.format(
            n=pick.randrange(2, 30),
            big=f"{pick.randrange(1_000, 90_000):,}".replace(",", "."),
            percent=f"{pick.randrange(5, 400) / 10:g}".replace(".", ","),
            share=pick.randrange(60, 100),
            year=year,
            quarter=pick.choice(("I", "II", "III", "IV")),
            month=pick.randrange(1, 13),
            day=day(),
            places=", ".join(pick.sample(communes, pick.randrange(2, 5))),
            place=pick.choice(communes),
            office=pick.choice(_OFFICES),
            office2=pick.choice(_OFFICES),
            person=person(),
            position=pick.choice(_POSITIONS),
        )

    subject = pick.choice(_SUBJECTS)
    lines = [
        f"ỦY BAN NHÂN DÂN\nHUYỆN {district.upper()}",
        f"Số: {number % 900 + 1}/KH-UBND",
        f"{district}, ngày {issued.day:02} tháng {issued.month:02} năm {year}",
        f"KẾ HOẠCH\nThực hiện công tác {subject} năm {year}",
        f"Thực hiện chỉ đạo của UBND tỉnh {province}, UBND huyện {district} ban hành kế hoạch như sau:",
        "I. MỤC TIÊU",
        *(f"{i}. {filled(t)}" for i, t in enumerate(pick.sample(_TARGETS, pick.randrange(4, 9)), 1)),
        "II. TỔ CHỨC THỰC HIỆN",
        *(f"{i}. {filled(t)}" for i, t in enumerate(pick.choices(_TASKS, k=pick.randrange(3, 7)), 1)),
        f"Nơi nhận:\n- UBND tỉnh;\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n{person()}",
    ]
    return "\n\n".join(lines) + "\n"


def write_plans(folder: Path, numbers: range) -> None:
    """Write plans as text files, a thousand to a folder."""
    for number in numbers:
        path = folder / f"{number // 1000:03}" / f"plan-{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(plan(number), encoding="utf-8", newline="")


if __name__ == "__main__":
    write_plans(Path(sys.argv[2]), range(int(sys.argv[1])))
