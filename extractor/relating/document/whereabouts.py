"""Province and district of a document, by the nearest evidence, and its issuer's name completed with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import regex

from extractor.finding import gazetteer
from extractor.finding.gazetteer import TWO_LEVELS, Level, Unit
from extractor.finding.place_records import RANK
from extractor.finding.places import find_places
from extractor.finding.scene import Scene
from extractor.model import Hit
from extractor.relating.document.common import Facts, Part
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold

_LONGEST_CITING = 60
_OPENED = regex.compile(r"(\p{Lu}\p{L}+(?:[ -]\p{Lu}\p{L}+){1,4})\s?:\s")
_PROSE = 120  # characters of a paragraph


class Whereabouts(Part):
    """Finds where a document is of."""

    def __init__(self, scene: Scene, make: RowMaker, facts: Facts, context: object) -> None:
        super().__init__(scene, make, facts)
        self.context = context
        self.units = gazetteer.load()

    def completed(self, issuer: str, province: Unit | None, district: Unit | None) -> str:
        """The issuer with its own place, where the document states it (ANNOTATION, decision 11)."""
        issuer = self._without_person(issuer) if issuer else ""
        if not issuer or self.facts.central:
            return issuer
        key = fold(issuer)
        noun = self.words.level_noun.search(key)
        if noun:
            unit = self._of_type(noun[1], province, district)
            return f"{issuer} {unit.name}" if unit else issuer
        if self.words.party_province.search(key) and province:
            return f"{issuer} {province.name}"
        if self.words.party_district.search(key) and district:
            return f"{issuer} {district.name}"
        if self.words.committee.search(key):
            unit = district or province
            return f"{issuer} {unit.type} {unit.name}" if unit else issuer
        return issuer

    def _without_person(self, issuer: str) -> str:
        """``Phó Chủ tịch UBND tỉnh Lê Văn Mẫu``: what stands behind the level is a person, not the place."""
        match = self.words.person.search(issuer)
        if match is None and (self.facts.central or self.words.provincial.search(fold(issuer))):
            match = self.words.agency_person.search(issuer)  # Giám đốc Sở Y tế Lê Văn Mẫu
        if match is None or issuer.isupper() or self.units.named(match[1], on=self.facts.issued_on):
            return issuer
        said = match[1].split()
        for count in range(len(said) - 2, 0, -1):  # Chủ tịch UBND thành phố Hồ Chí Minh Lê Văn Mẫu
            if any(self.units.named(" ".join(said[:count]), level=level) for level in ("province", "district")):
                return f"{issuer[: match.start(1)]}{' '.join(said[:count])}"
        return issuer[: match.start()]

    def _of_type(self, noun: str, province: Unit | None, district: Unit | None) -> Unit | None:
        for unit in (district, province):
            if unit is not None and unit.type == noun:
                return unit
        return None

    # -- province and district -----------------------------------------------------------------------------------------

    def find(self) -> tuple[Unit | None, Unit | None]:
        """Province and district, by the nearest evidence: letterhead, issuer, title, place line, lead, body."""
        if self.facts.central:
            return None, None
        self.scene.document = replace(self.scene.document, issued_on=self.facts.issued_on)
        on = self.scene.units_on
        said = self._context_units(on)
        headline = self._headlines()
        near = {i for i, z in enumerate(self.layout.zones) if z == "header"} | set(self.layout.title) | headline
        if self.facts.lead is not None:
            near.add(self.view.block_index(self.facts.lead.start))
        if (issuer := self.layout.metadata.values.get("issuer")) is not None:
            near.add(self.view.block_index(issuer.start))
        found = self._near(find_places(self.scene, sorted(near)), headline, on)
        if found == (None, None):
            found = self._far(find_places(self.scene), said, on)
        return self._of_today(found, on)

    def _of_today(self, found: tuple[Unit | None, Unit | None], on: date | None) -> tuple[Unit | None, Unit | None]:
        """Since July 2025 there are no districts: a name that was one is a commune's, unless the head calls it one."""
        province, district = found
        if province and on is None and (renamed := self._renamed(province)) is not None:
            return renamed, None
        if district is None or on is None or on < TWO_LEVELS or district.type in fold(self.facts.issuer):
            return found
        now = self.units.current(province) if province else ()
        return (now[0] if len(now) == 1 and province and not province.in_force(on) else province), None

    def _renamed(self, province: Unit) -> Unit | None:
        """The province of today, where an undated paper says that it is: ``tỉnh … (nay là thành phố Huế)``."""
        now = self.units.current(province)
        if len(now) != 1 or now[0].name == province.name:
            return None
        for said in self.words.now.finditer(self.key):
            renamed = self.key.startswith(fold(now[0].name), said.end())
            if renamed and self.key.endswith(fold(province.name), 0, said.start()):
                return now[0]
        return None

    def _near(self, hits: Sequence[Hit], headline: set[int], on: date | None) -> tuple[Unit | None, Unit | None]:
        """What letterhead, issuer, title, headline and lead say."""
        head: list[Hit] = []
        title: list[Hit] = []
        first = self.layout.title[0] if self.layout.title else 0
        for hit in hits:
            index = self.view.block_index(hit.start)
            if (self.layout.zones[index] == "header" and index < first) or index in self.layout.metadata.blocks:
                if hit.value.prefix is not None or self._name(hit) != self._bare_place():
                    head.append(hit)  # the place line's own name may be a province's and a district's
            elif (
                index in self.layout.title
                or self.layout.zones[index] == "header"
                or index in headline
                or self._in_lead(hit)
            ):
                title.append(hit)
        tail = self._party_place(on)
        if tail != (None, None):
            return tail
        said = self._distinct([*head, *title], "province", on, "")
        own = next(iter(said.values())) if len(said) == 1 else None
        for evidence in (head, self._places_in(self.facts.issuer, hits), title):
            province, district = self._units_of(evidence, on)
            if province and own and own.code != province.code and self._may_lie_in(evidence, own, on):
                province, district = own, None  # "XÃ ĐÔNG HÒA" above, "HĐND xã Đông Hòa, tỉnh Đắk Lắk" below
            if province or district:
                return self._with_place_line(province, district, on)
        return self._place_line(on)

    def _may_lie_in(self, hits: Sequence[Hit], province: Unit, on: date | None) -> bool:
        """Whether all that hits name are communes that a province has, too."""
        named = (self.units.named(self._name(h), level="commune", on=on, province_code=province.code) for h in hits)
        return all(h.value.level == "commune" for h in hits) and all(named)

    def _far(
        self, hits: Sequence[Hit], said: tuple[Unit | None, Unit | None], on: date | None
    ) -> tuple[Unit | None, Unit | None]:
        """What preamble and body agree on; then the caller's word, the names themselves, the site's own imprint."""
        zones = self.layout.zones
        preamble = [h for h in hits if zones[self.view.block_index(h.start)] == "preamble"]
        body = [h for h in hits if self.layout.is_body(h.start)]
        for evidence in (preamble, body):
            found = self._agreed(evidence, on)
            if found != (None, None):
                return self._with_own_district(found, evidence, on)
        if said != (None, None):
            return said
        found = self._by_names(body, on)
        if found == (None, None):
            found = self._of_lead(body, on)
        if found == (None, None):
            found = self._of_headline(on)
        if found != (None, None) or not self.layout.portal:
            return found
        return self._agreed([h for h in hits if zones[self.view.block_index(h.start)] == "navigation"], on)[0], None

    def _of_lead(self, body: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """The province whose committee an article's first paragraph names, if the article names no other province."""
        provinces = self._distinct(body, "province", on, "")
        if not self.layout.portal or len(provinces) != 1:
            return None, None
        first = min((self.view.block_index(h.start) for h in body if h.value.level == "province"), default=-1)
        prose = next((i for i, z in enumerate(self.layout.zones) if z == "body" and len(self.block(i)) >= _PROSE), -1)
        (only,) = provinces.values()
        named = any(
            self.words.own_province.search(self.key, max(0, h.start - _LONGEST_CITING), h.start)
            for h in body
            if h.value.level == "province"
        )
        return (only, None) if named and first <= prose else (None, None)

    def _of_headline(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        """The province with whose bare name an article's headline opens: ``Ninh Bình: Hướng dẫn …``."""
        first = next((i for i, zone in enumerate(self.layout.zones) if zone != "navigation"), None)
        if first is None or self.layout.title or self.layout.zones[first] == "header":
            return None, None
        opened = _OPENED.match(self.text, self.block(first).start, self.block(first).end)
        own = opened and self.words.own_provincial.search(self.key, opened.end())
        units = self.units.named(opened[1], level="province", on=on) if opened and own else ()
        return (units[0] if len(units) == 1 else None), None

    def unlisted_district(self) -> str:
        """The district of the letterhead or issuer, as they write it, where the gazetteer does not have it."""
        match = self.words.named_district.search(fold(self.facts.issuer))
        if match is None or fold(self.facts.issuer[match.end() :]).startswith(self.words.party_tails):
            return ""
        name = self.facts.issuer[match.end() :].strip()
        if not name[:1].isupper() or len(name.split()) > 4 or len(self.units.named(name, level="district")) == 1:
            return ""
        return " ".join(w.capitalize() for w in name.split()) if name.isupper() else name

    def _context_units(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        name, below = getattr(self.context, "province", ""), getattr(self.context, "district", "")
        province = self.units.province(name, on) if name else None
        found = self._within(below, "district", on, province.code if province else "") if below else ()
        district = found[0] if len(found) == 1 else None
        if district and not province:
            province = self.units.parents(district, on)[1]
        return province, district

    def _in_lead(self, hit: Hit) -> bool:
        lead = self.facts.lead
        return lead is not None and lead.start <= hit.start < lead.end

    def _headlines(self) -> set[int]:
        """Blocks of a page's headline: the short ones before the first paragraph of its article."""
        found: set[int] = set()
        if self.layout.title or not self.layout.portal:
            return found
        lead = self.view.block_index(self.facts.lead.start) if self.facts.lead is not None else -1
        for index, zone in enumerate(self.layout.zones):
            if zone == "navigation":
                continue
            span = self.block(index)
            if span.end - span.start > 150 or len(found) == 3 or index == lead:
                break
            found.add(index)
        return found

    def _party_place(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        """``TỈNH ỦY YÊN BÁI``, ``Huyện ủy Sơn Động``: a Party committee's name has no word for its level."""
        issuer = self.facts.issuer
        match = self.words.party_place.search(fold(issuer))
        if match is None:
            return None, None
        name = regex.sub(r"[\s*,.]+$", "", issuer[match.end() :])
        if match["province"]:
            province = self.units.province(name, on)
            if province:
                return province, None
        district = self.units.district(name, on)
        return (self.units.parents(district, on)[1], district) if district else (None, None)

    def _places_in(self, issuer: str, hits: Sequence[Hit]) -> list[Hit]:
        """Place hits of the sentence that names the issuer, where they stand inside its name."""
        if not issuer:
            return []
        at = self.text.find(issuer)
        if at < 0:
            return []
        return [h for h in hits if at <= h.start < at + len(issuer)]

    def _name(self, hit: Hit) -> str:
        return self.text[hit.start : hit.end]

    def _units_of(self, hits: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """The province and district that a head or title names: one of each, or a district with its province."""
        provinces = self._distinct(hits, "province", on, "")
        province = next(iter(provinces.values())) if len(provinces) == 1 else None
        districts = self._distinct(hits, "district", on, province.code if province else "")
        district = next(iter(districts.values())) if len(districts) == 1 else None
        if district and not province:
            province = self.units.parents(district, on)[1]
        if not province and not district:
            communes = self._distinct(hits, "commune", on, "")
            if len(communes) == 1:
                district, province = self.units.parents(next(iter(communes.values())), on)
        return province, district

    def _distinct(self, hits: Sequence[Hit], level: str, on: date | None, province: str) -> dict[str, Unit]:
        """The different units of a level, those that the gazetteer has under one code only."""
        found: dict[str, Unit] = {}
        for hit in hits:
            if hit.value.level != level:
                continue
            units = self._within(self._name(hit), hit.value.level, on, province)
            typed = [u for u in units if u.type == hit.value.type] or list(units)
            if len(typed) == 1:
                found[typed[0].code] = typed[0]
        return found

    def _within(self, name: str, level: Level, on: date | None, province: str) -> tuple[Unit, ...]:
        """Units of that name in a province; before July 2025 those of the later partners of its merger do not count."""
        units = self.units.named(name, level=level, on=on, province_code=province)
        return tuple(u for u in units if u.province_code == province) or units

    def _with_place_line(
        self, province: Unit | None, district: Unit | None, on: date | None
    ) -> tuple[Unit | None, Unit | None]:
        if province and not district:
            name = self._bare_place()
            units = self._within(name, "district", on, province.code) if name else ()
            own = fold(self.facts.issuer)
            if len(units) == 1 and fold(name) != fold(province.name) and not self.words.provincial.search(own):
                return province, units[0]
        return province, district

    def _bare_place(self) -> str:
        return gazetteer.bare(self.facts.issued_place) if self.facts.issued_place else ""

    def _place_line(self, on: date | None) -> tuple[Unit | None, Unit | None]:
        """The unit of the place-and-date line: a province, or the one district (or commune) of that name."""
        name = self._bare_place()
        if not name:
            return None, None
        low = fold(self.facts.issuer)
        provinces = self.units.named(name, level="province", on=on)
        lower = self.words.below_province.search(low)
        day = on or gazetteer.REFERENCE
        districts = [
            u
            for u in self.units.named(name, level="district", on=on)
            if u.in_force(day) and not self.units.is_former_name(u, name)
        ]
        if provinces and not (lower and districts):
            return (provinces[0], None) if len(provinces) == 1 else (None, None)
        if len(districts) == 1:
            return self.units.parents(districts[0], on)[1], districts[0]
        communes = self.units.named(name, level="commune", on=on)
        if not districts and len(communes) == 1:
            district, province = self.units.parents(communes[0], on)
            return province, district
        return None, None

    def _agreed(self, hits: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """The one province (and district) that a text names over and over, without a rival."""
        counts = Counter[str]()
        units: dict[str, Unit] = {}
        for level in ("province", "district"):
            for hit in hits:
                if hit.value.level != level:
                    continue
                found = self.units.named(self._name(hit), level=hit.value.level, on=on)
                found = tuple(u for u in found if u.type == hit.value.type) or found
                codes = {u.code if level == "province" else u.province_code for u in found}
                if len(codes) == 1:
                    counts[codes.pop()] += 2 if level == "province" else 1
        if not counts:
            return None, None
        (code, most), *others = counts.most_common()
        least = 2 if self.layout.title or self._is_own(hits) else 3
        if most < least or (others and others[0][1] * 2 > most):
            return None, None
        province = self.units.unit(code, "province", on)
        districts = self._distinct(
            [h for h in hits if h.value.type not in self.words.both_levels], "district", on, code
        )
        units.update(districts)
        own = sum(h.value.level == "district" for h in hits)
        only = next(iter(units.values())) if len(units) == 1 and own >= 2 else None
        return province, only

    def _with_own_district(
        self, found: tuple[Unit | None, Unit | None], hits: Sequence[Hit], on: date | None
    ) -> tuple[Unit | None, Unit | None]:
        """With the one district of the text, where it speaks of the district's committee without its name."""
        province, district = found
        if province is None or district is not None:
            return found
        named = self._distinct([h for h in hits if h.value.type not in self.words.both_levels], "district", on, "")
        if len(named) != 1:
            return found
        (only,) = named.values()
        own = self.words.own_district.search(self.key)
        return (province, only) if own and own["unit"] == only.type and only.province_code == province.code else found

    def _is_own(self, hits: Sequence[Hit]) -> bool:
        """Whether a paper without a head calls a province its own: ``dịch vụ công của tỉnh Đắk Lắk``."""
        named = [h.start for h in hits if h.value.level == "province"]
        return not self.layout.portal and any(
            self.words.own_province.search(self.key, max(0, start - _LONGEST_CITING), start) for start in named
        )

    def _by_names(self, hits: Sequence[Hit], on: date | None) -> tuple[Unit | None, Unit | None]:
        """Where nothing else says it: the province that knows clearly most of the communes and districts named."""
        names = {self._name(h) for h in hits if RANK[h.value.level] in (1, 2)}
        support = self.units.provinces_of(names, on)
        if not support or support[0].found < 3 or support[0].found * 5 < len(names) * 4:
            return None, None
        if len(support) > 1 and support[1].found * 2 > support[0].found:
            return None, None
        best = support[0]
        district = None
        if best.districts and best.districts[0][1] * 5 >= len(names) * 4:
            district = self.units.unit(best.districts[0][0], "district", on)
        return self.units.unit(best.province_code, "province", on), district
