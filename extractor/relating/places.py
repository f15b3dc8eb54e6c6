"""Rows of ``places``: which mentions count, what they are named for, and which unit of the gazetteer each one is.

Evidence for the parents of a place, strongest first (DOMAIN §5.6): the bracket or chain it stands in, the heading
above it, the document's own district and province, the district of its neighbours in the list, uniqueness inside the
province. A bare commune name is never looked up nationwide.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import regex

from extractor.finding import gazetteer
from extractor.finding.gazetteer import TWO_LEVELS, Gazetteer, Level, Unit, loose_key, name_key
from extractor.finding.intervals import Intervals
from extractor.finding.place_records import Mention, PlaceList, words
from extractor.finding.places import place_lists
from extractor.finding.scene import Scene
from extractor.model import Evidence, Flag, Hit, Place, PlaceRole, Resolution, Span, Target
from extractor.relating.confidence import rated
from extractor.relating.rows import RowMaker
from extractor.text.layout import Node


def relate_places(
    scene: Scene, make: RowMaker, hits: list[Hit], targets: tuple[Target, ...], actors: list[Hit]
) -> tuple[Place, ...]:
    """The rows of ``places``: mentions in the body, each with its role, its target and its unit.

    Names in letterheads, titles, captions, recipients and signatures make no rows (ANNOTATION, decisions 7 and 17).
    """
    hits = [h for h in hits if h.kind == "place"]
    names = {h.start for h in hits}
    actors = [a for a in actors if a.start not in names]  # "hai huyện A và B mỗi huyện …": the units themselves act
    maker = _Rows(scene, make, _Resolver(scene, hits), _Links(scene, make, targets), actors)
    return tuple([maker.row(hit) for hit in hits if scene.layout.is_body(hit.start)])


def _agencies(scene: Scene, actors: list[Hit]) -> Iterator[Span]:
    """Names of agencies and positions: those that begin with more than a plural and a unit's own noun."""
    unit_noun = words(scene.patterns).unit_noun
    for actor in actors:
        if actor.kind in {"organization", "position", "person"}:
            lead = unit_noun.match(scene.view.key, actor.start, actor.end)
            if lead is None:
                yield actor.span


class _Rows:
    """Makes the rows of a document."""

    def __init__(self, scene: Scene, make: RowMaker, finder: _Resolver, links: _Links, actors: list[Hit]) -> None:
        self.scene, self.make, self.finder, self.links, self.actors = scene, make, finder, links, actors
        self._sections: dict[int, str] = {}

    @cached_property
    def issuers(self) -> Intervals:
        return Intervals(_agencies(self.scene, self.actors))

    def row(self, hit: Hit) -> Place:
        """The row of a mention."""
        mention: Mention = hit.value
        make = self.make
        found = self.finder.resolve(hit)
        target = self.links.target(hit)
        role = self._role(mention, target, hit)
        source = make.span(hit.start, hit.end)
        quote = self.scene.view.source[source.start : source.end]
        unit, now = found.unit, found.current
        marks = (found.resolution, mention.level, "linked" if target else role)
        confidence, measured = rated("places", marks, hit.rule)
        told = Evidence("pattern", hit.rule, source.start, source.end, f"resolution={found.resolution}")
        lies = f"district={found.district}; province={found.province}"
        return Place(
            place_id=make.id("p", source.start),
            doc_id=make.doc_id,
            section_id=self._section(hit.start),
            start=source.start,
            end=source.end,
            quote=quote,
            name=unit.name if unit else _proper(" ".join(quote.split())),
            level=mention.level,
            type=mention.type or (unit.type if unit else ""),
            code=unit.code if unit else "",
            district=found.district,
            district_code=found.district_code,
            province=found.province,
            province_code=found.province_code,
            current_code=now.code if now else "",
            current_name=now.name if now else "",
            current_province=found.current_province,
            successors=found.successors,
            resolution=found.resolution,
            candidates=found.candidates,
            target_id=target.target_id if target else "",
            goal=self.links.goal(hit, target) if role == "member" else "",
            role=role,
            flags=tuple([Flag(code) for code in found.flags]) if found.flags else (),
            rule=hit.rule,
            confidence=confidence,
            evidence=(told, Evidence("inherited", found.why, -1, -1, lies), measured)
            if found.why
            else (told, measured),
        )

    def _section(self, start: int) -> str:
        block = self.scene.view.block_index(start)
        made = self._sections.get(block)
        if made is None:
            made = self._sections[block] = self.make.section_id(start)
        return made

    def _role(self, mention: Mention, target: Target | None, hit: Hit) -> PlaceRole:
        if target is not None and self.links.names(hit, target):
            return "member"
        if mention.parent_only or mention.role == "location":
            return "location"
        if mention.role == "issuer" or self.issuers.overlaps(hit.start, hit.end):
            return "issuer"
        if mention.quantity or (mention.group and (mention.group.counts or mention.group.noun)):
            return "member"
        return "member" if mention.role == "member" else "location"


def _proper(name: str) -> str:
    """A name in capitals as it is usually written."""
    if not name.isupper() or len(name) < 3:
        return name
    return " ".join(word.capitalize() for word in name.split())


# --- targets that name places -----------------------------------------------------------------------------------------


_COUNT_BEHIND = regex.compile(r"\s*\((?:[\p{L}:]+ ){0,3}(?=\d)")
_Placed = tuple[int, int, Target]  # where its number begins and ends


def _start(placed: _Placed) -> int:
    return placed[0]


class _Links:
    """Which target a list of places belongs to."""

    def __init__(self, scene: Scene, make: RowMaker, targets: Sequence[Target]) -> None:
        self.scene, self.make, self.words, self._targets = scene, make, words(scene.patterns), targets
        self._chosen: dict[int, Target | None] = {}
        self._each: dict[int, Target | None] = {}
        self._kinds: dict[tuple[str, ...], list[_Placed]] = {}
        self._sizes: dict[tuple[str, ...], dict[int, list[_Placed]]] = {}
        self._goals: dict[tuple[int, str], str] = {}

    @cached_property
    def _placed(self) -> tuple[list[int], list[_Placed]]:
        """Where the targets' numbers begin, and the targets with where these begin and end, in order."""
        at = self.scene.view.at
        placed = [(at(t.number_start), at(t.number_end), t) for t in self._targets]
        placed.sort(key=lambda x: x[0])
        return [start for start, _, _ in placed], placed

    def _between(self, start: int, end: int) -> list[_Placed]:
        """The targets whose number begins in a stretch."""
        starts, placed = self._placed
        return placed[bisect_left(starts, start) : bisect_left(starts, end)]

    def target(self, hit: Hit) -> Target | None:
        mention: Mention = hit.value
        if mention.parent_only:
            return None
        group, own = mention.group, None
        if mention.quantity is not None:
            own = next((t for _, _, t in self._between(mention.quantity.start, mention.quantity.start + 1)), None)
            if own is None or group is None or self._each_behind(group) is not own:
                return own
        if group is None:
            return None
        if group.number not in self._chosen:
            small = mention.level == "hamlet" and mention.role == "location"
            self._chosen[group.number] = self._choose(group, small=small) or self._each_behind(group)
        return self._chosen[group.number]

    def _choose(self, group: PlaceList, *, small: bool = False) -> Target | None:
        """The count that equals the list's length, else the nearest one before it (DOMAIN §5.5).

        Args:
            small: the names are hamlets' behind a word of place: they say where the works of a count lie.
        """
        if not group.counts and group.noun is None:
            return self._counted_behind(group) or (None if small else self._of_other_things(group))
        begin = group.noun.start if group.noun else group.span.start
        sentence = self.scene.sentence_at(begin)
        if group.counts:
            starts = sorted({count.start for count, _ in group.counts})
            placed: Sequence[_Placed] = [one for start in starts for one in self._between(start, start + 1)]
            equal: Sequence[_Placed] = [one for one in placed if self._is_size(one[2], group.size)]
        else:
            placed, equal = self._of_kind(group.types), self._of_size(group.types, group.size)
        # in a sentence of ten thousand lists only the last one before each matters
        found = self._last(equal, sentence.start, group.span.start)
        if found is None and not group.counts and group.size > 1:
            found = self._counted_above(equal, sentence)
        if found is None:
            found = self._counted_behind(group) or self._last(placed, sentence.start, group.span.start)
        return self._of_other_things(group) if found is None else found

    def _counted_above(self, equal: Sequence[_Placed], sentence: Span) -> Target | None:
        """``Tỉnh công nhận 03 xã về đích. Cụ thể là các xã: A, B, C``: the count of the sentence before."""
        block = self.scene.view.block_of(sentence.start)
        if sentence.start > block.start:
            return self._last(equal, self.scene.sentence_at(sentence.start - 2).start, sentence.start)
        return None

    def _counted_behind(self, group: PlaceList) -> Target | None:
        """``A, B, C (03 xã)``: the count that a bracket gives behind the names."""
        bracket = _COUNT_BEHIND.match(self.scene.view.key, group.span.end)
        if group.size < 2 or bracket is None:
            return None
        behind = self._between(bracket.end(), bracket.end() + 1)
        return next((t for _, _, t in behind if self._is_size(t, group.size) and self._counts(t, group.types)), None)

    def _each_behind(self, group: PlaceList) -> Target | None:
        """``A, B, C (03 máy/xã)``, ``A và B, mỗi xã 02 bể``: what each unit of a list gets or does."""
        if group.size < 2:
            return None
        if group.number not in self._each:
            self._each[group.number] = self._said_of_each(group)
        return self._each[group.number]

    def _said_of_each(self, group: PlaceList) -> Target | None:
        said = self.words.each_behind.match(self.scene.view.key, group.span.end)
        if said is None:
            return None
        target = next((t for start, _, t in self._between(said.end(), said.end() + 1)), None)
        per = said["unit"] or (target.unit.lower().partition("/")[2] if target and said["bracket"] else "")
        nouns = (*group.types, *self.words.untyped) if group.types else (*self.words.unit_types, *self.words.untyped)
        return target if any(per == noun or per.startswith(f"{noun}/") for noun in nouns) else None

    @staticmethod
    def _last(placed: Sequence[_Placed], start: int, end: int) -> Target | None:
        """The last target whose number lies in a stretch."""
        at = bisect_left(placed, end, key=_start) - 1
        while at >= 0 and placed[at][0] >= start:
            if placed[at][1] <= end:
                return placed[at][2]
            at -= 1
        return None

    @staticmethod
    def _is_size(target: Target, size: int) -> bool:
        return target.value == size and target.value_max is None and target.denominator is None

    def _of_kind(self, types: tuple[str, ...]) -> Sequence[_Placed]:
        """The targets that count units of these types."""
        made = self._kinds.get(types)
        if made is None:
            made = self._kinds[types] = [one for one in self._placed[1] if self._counts(one[2], types)]
        return made

    def _of_size(self, types: tuple[str, ...], size: int) -> Sequence[_Placed]:
        """Those of them that count so many."""
        sizes = self._sizes.get(types)
        if sizes is None:
            sizes = self._sizes[types] = {}
            for one in self._of_kind(types):
                value = one[2].value
                if value is not None and self._is_size(one[2], int(value)):
                    sizes.setdefault(int(value), []).append(one)
        return sizes.get(size, ())

    def _of_other_things(self, group: PlaceList) -> Target | None:
        """``02 mô hình ở xã A và xã B``: the count right before a list of units.

        They are those that it is about only where it counts as many; else they say where all of it lies.
        """
        clause = self.scene.clause_at(group.span.start)
        starts, placed = self._placed
        last = bisect_left(starts, group.span.start) - 1
        if group.size < 2 or last < 0 or starts[last] < clause.start or placed[last][1] > group.span.start:
            return None
        whole = placed[last - 1] if last else None
        if whole is not None and whole[0] >= clause.start and self._is_size(whole[2], group.size):
            each = self.words.each_said.search(self.scene.view.key, whole[1], starts[last])
            last -= each is not None  # "03 vùng trồng, mỗi vùng không dưới 100 ha, tại các xã A, B và C"
        target = placed[last][2]
        return target if target.basis != "average" and not set("%/") & set(target.unit) else None

    def names(self, hit: Hit, target: Target) -> bool:
        """Whether a target that a unit is linked to is about that unit, and not only said to lie there."""
        group: PlaceList | None = hit.value.group
        if group is None or hit.value.quantity is not None or self._is_size(target, group.size):
            return True
        if self._each_behind(group) is target:
            return True
        return bool(group.counts) or self._counts(target, group.types)

    def mismatched(self, group: PlaceList) -> Target | None:
        """The target that counts a list of another length."""
        if not group.whole or group.noun is None or not group.counts or not self.scene.layout.is_body(group.span.start):
            return None
        target = self._choose(group)
        start, value = group.counts[-1][0].start, group.counts[-1][1]
        if target is None or value == group.size or sum(v for _, v in group.counts) == group.size:
            return None
        if target.value_max is not None or target.denominator is not None or target.value != value:
            return None
        if target.comparator not in {"=", "~"} or not self._counts(target, group.types):
            return None
        sentence = self.scene.sentence_at(group.noun.start)
        named = self._values.get(group.size, [])
        if bisect_left(named, sentence.start) < bisect_left(named, sentence.end):
            return None
        if self._between(start + 1, group.span.start):
            return None  # another number stands between: the list may be of what that one counts
        return target

    @cached_property
    def _values(self) -> dict[object, list[int]]:
        """Where the numbers of the targets begin, by value."""
        made: dict[object, list[int]] = {}
        for start, _, target in self._placed[1]:
            made.setdefault(target.value, []).append(start)
        return made

    def _counts(self, target: Target, types: tuple[str, ...]) -> bool:
        """Whether a target counts units of some types."""
        unit = target.unit.lower()
        if target.basis == "average" or "/" in unit:
            return False
        if unit == "%":
            return False
        return any(unit.startswith(w) for w in (*types, *self.words.untyped) if w)

    def goal(self, hit: Hit, target: Target | None) -> str:
        """What the unit is named for: the target's indicator, or the phrase before the list."""
        group = hit.value.group
        if hit.value.said is not None:
            return self.make.verbatim(hit.value.said.start, hit.value.said.end).strip(" .,;:()")
        if group is None:
            return self._goal(None, target)
        key = group.number, target.target_id if target else ""
        if key not in self._goals:  # the same for all of a list
            self._goals[key] = self._goal(group, target)
        return self._goals[key]

    def _goal(self, group: PlaceList | None, target: Target | None) -> str:
        noun = group.noun if group else None
        said = self.make.verbatim(noun.start, noun.end) if noun else ""
        first = self._first_name(group) if group else ""
        if (
            target is not None
            and len(target.indicator.split()) > 1
            and (not first or first not in unicodedata.normalize("NFC", target.indicator))
        ):
            return target.indicator
        if group and group.after and len(said.split()) < 3:
            after = self.make.verbatim(group.after.start, group.after.end).strip(" .,;:()")
            return after or said.strip(" ,;:(")
        return said.strip(" ,;:(") or (target.indicator if target else "")

    def _first_name(self, group: PlaceList) -> str:
        text = self.scene.view.text[group.span.start : min(group.span.end, group.span.start + 60)]
        return str(self.words.name_end.split(text, maxsplit=1)[0]).strip()


def list_flags(scene: Scene, make: RowMaker, hits: list[Hit], targets: tuple[Target, ...]) -> dict[str, Flag]:
    """``list_count_mismatch`` for counts whose list of names has another length (DOMAIN §5.5), by target id.

    Only for lists that hang on the count itself and name all that is counted; a list opened by ``như`` or ``trong đó
    có``, one that ends in ``…`` or ``và các xã khác``, or one that another count of the sentence fits, is none. The
    flag's span is the list, the count is the target's own.
    """
    links = _Links(scene, make, targets)
    found: dict[str, Flag] = {}
    for group in place_lists(hits):
        target = links.mismatched(group)
        if target is not None:
            span = make.span(group.span.start, group.span.end)
            found[target.target_id] = Flag("list_count_mismatch", span.start, span.end)
    return found


# --- the unit of the gazetteer ----------------------------------------------------------------------------------------


@dataclass(slots=True)  # not frozen: one is made for every mention, and nobody changes it
class _Found:
    resolution: Resolution = "unresolved"
    unit: Unit | None = None
    district: str = ""
    district_code: str = ""
    province: str = ""
    province_code: str = ""
    current: Unit | None = None
    current_province: str = ""
    successors: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    why: str = ""


def _open(
    units: Sequence[Unit], district: str = "", district_code: str = "", province: str = "", province_code: str = ""
) -> _Found:
    """What is known of a name that several units of the gazetteer bear, or none."""
    return _Found(
        "ambiguous" if units else "unresolved", None, district, district_code, province, province_code,
        candidates=tuple(sorted({u.code for u in units})),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Home:
    """What is known of where a mention lies: names as the text says them, units where the gazetteer has them."""

    district: Unit | None = None
    province: Unit | None = None
    district_name: str = ""
    province_name: str = ""
    stated: bool = True
    why: str = ""


class _Resolver:
    def __init__(self, scene: Scene, hits: Sequence[Hit]) -> None:
        self.scene = scene
        self.units: Gazetteer = gazetteer.load()
        document = scene.document
        self.on: date | None = scene.units_on
        self.at = {h.start: h for h in hits}
        self.starts = sorted(self.at)
        province = self._document_unit(document.province_code, document.province, "province", "")
        code = province.code if province else ""
        district = self._document_unit(document.district_code, document.district, "district", code)
        self.home = _Home(district, province, document.district, document.province, True, "document")
        self._made: dict[int, _Found] = {}
        self._communes: dict[tuple[str, str, int], _Found] = {}  # of those at home
        self._headed: dict[int, _Home | None] = {}
        self._today: dict[Unit, tuple[tuple[Unit, ...], str]] = {}
        self._lists: dict[int, list[Hit]] = {}
        self._votes: dict[int, Counter[str]] = {}
        for hit in hits:
            if hit.value.group is not None:
                self._lists.setdefault(hit.value.group.number, []).append(hit)
        self._told = self._parents_told(hits) if province is None and district is None else {}

    def _parents_told(self, hits: Sequence[Hit]) -> dict[tuple[str, str], tuple[int, ...]]:
        """The parents that a text gives a unit once (``phường A (tỉnh B)``), for its mentions without any."""
        told: dict[tuple[str, str], tuple[int, ...]] = {}
        rivals: set[tuple[str, str]] = set()
        for hit in hits:
            mention: Mention = hit.value
            if mention.parents and mention.firm:
                key = self.name(hit), mention.level
                first = told.setdefault(key, mention.parents)
                if [self.name(self.at[p]) for p in first if p in self.at] != [
                    self.name(self.at[p]) for p in mention.parents if p in self.at
                ]:
                    rivals.add(key)
        return {key: parents for key, parents in told.items() if key not in rivals}

    def _document_unit(self, code: str, name: str, level: Level, province: str) -> Unit | None:
        """The document's own unit: by its code, for names such as 12 or Hồng Ngự are no key."""
        if code:
            return self.units.unit(code, level, self.on)
        if not name:
            return None
        if level == "province":
            return self.units.province(name, self.on)
        return self.units.district(name, self.on, province_code=province)

    def name(self, hit: Hit) -> str:
        return self.scene.view.text[hit.start : hit.end].replace("\n", " ")

    def resolve(self, hit: Hit) -> _Found:
        made = self._made.get(hit.start)
        if made is None:
            self._made[hit.start] = _Found()  # a chain that comes back to itself ends here
            made = self._made[hit.start] = self._resolve(hit)
        return made

    def _resolve(self, hit: Hit) -> _Found:
        level = hit.value.level
        if level == "province":
            return self._province(hit)
        if level == "district":
            return self._district(hit)
        if level == "commune":
            return self._commune(hit)
        return self._hamlet(hit)

    # -- provinces and districts ---------------------------------------------------------------------------------------

    def _province(self, hit: Hit) -> _Found:
        name = self.name(hit)
        units = self.units.named(name, level="province", on=self.on)
        if len(units) != 1:
            return _open(units)
        return self._with_current(units[0], name, "exact")

    def _parents(self, hit: Hit) -> list[Hit]:
        """The chain of units that the text says hold this one, nearest first."""
        waiting = list(hit.value.parents or self._told.get((self.name(hit), hit.value.level), ()))
        chain: list[Hit] = []
        while waiting:
            parent = self.at.get(waiting.pop(0))
            if parent is None or parent in chain or len(chain) > 4:
                continue
            chain.append(parent)
            waiting += parent.value.parents
        return chain

    def _stated_province(self, hit: Hit) -> tuple[Unit | None, str]:
        """The province that a bracket or chain gives, else the document's."""
        for parent in self._parents(hit):
            if parent.value.level == "province":
                unit = self.resolve(parent).unit
                return unit, unit.name if unit else self.name(parent)
        return self.home.province, self.home.province_name

    def _district(self, hit: Hit) -> _Found:
        name, mention = self.name(hit), hit.value
        province, said = self._stated_province(hit)
        if province is None and said:
            return _Found("unresolved", province=said)
        resolution: Resolution = "exact"
        code = province.code if province else ""
        units = self._typed(self.units.named(name, level="district", on=self.on, province_code=code), mention)
        if province and not units:
            units = self._typed(
                self.units.named_loosely(name, level="district", on=self.on, province_code=code), mention
            )
            resolution = "inferred"
        why = "" if province else "gazetteer"
        if not units and province and not any(p.value.level == "province" for p in self._parents(hit)):
            # a district of another province, named in a plan of this one
            units = self._typed(self.units.named(name, level="district", on=self.on), mention)
            resolution, why = "inferred", "gazetteer"
            if len(units) != 1:
                return _open(units, province=province.name, province_code=province.code)
        if not units:
            return _Found("unresolved", province=said, province_code=code)
        units = tuple(u for u in units if u.province_code == code) or units
        if len(units) > 1:
            return _open(units, province=said, province_code=code)
        unit = units[0]
        owner = province if province and unit.province_code == province.code else self._parent_province(unit)
        if province is None:
            resolution = "inferred"
        return self._with_current(
            unit,
            name,
            resolution,
            province=self._say(owner, province, said),
            province_code=owner.code if owner else code,
            why=why,
        )

    def _say(self, owner: Unit | None, province: Unit | None, said: str) -> str:
        """A parent as the document writes it, where it is the document's own; else as the gazetteer does."""
        if owner is None:
            return said
        if province is not None and owner.code == province.code and said:
            return said
        return owner.name

    def _parent_province(self, unit: Unit) -> Unit | None:
        return self.units.parents(unit, self.on)[1]

    def _typed(self, units: Sequence[Unit], mention: Mention) -> tuple[Unit, ...]:
        """Those of the type that the text says (huyện or thị xã Long Mỹ), if any is."""
        same = tuple(u for u in units if u.type == mention.type)
        return same or tuple(units)

    # -- communes ------------------------------------------------------------------------------------------------------

    def _commune(self, hit: Hit) -> _Found:
        home = self._where(hit)
        name, mention = self.name(hit), hit.value
        if home is not self.home:
            return self._commune_in(home, hit, name, mention)
        key = name, mention.type, mention.group.number if mention.group else -1  # its list tells of two which
        if key not in self._communes:
            self._communes[key] = self._commune_in(home, hit, name, mention)
        return self._communes[key]

    def _commune_in(self, home: _Home, hit: Hit, name: str, mention: Mention) -> _Found:
        if home.district is not None:
            found = self._inside(name, mention, home)
            if found is not None:
                return found
            if not home.stated:
                home = self._document_home(hit)
        if home.district_name and home.district is None:
            return _Found("unresolved", district=home.district_name, province=home.province_name, why=home.why)
        if home.province is None:
            return _Found("unresolved", district=home.district_name, province=home.province_name)
        code = home.province.code
        units = self.units.named(name, level="commune", on=self.on, province_code=code)
        # before the merger of provinces a name of a later partner is no reading
        units = tuple(u for u in units if u.province_code == code) or self._merged(units, name, code)
        units = self._typed(units, mention)
        if len(units) > 1:
            units = self._by_neighbours(hit, units)
        if len(units) == 1:
            return self._unit_found(units[0], "inferred", home, name, "gazetteer")
        stated = home.district_name if home.stated else ""
        return _open(
            units,
            district=stated,
            district_code=home.district.code if home.district and stated else "",
            province=home.province_name,
            province_code=home.province.code,
        )

    def _merged(self, units: tuple[Unit, ...], name: str, province: str) -> tuple[Unit, ...]:
        """The present unit of a name that its province has only since it merged, in a text that gives no day."""
        if self.on is not None or not units:
            return units
        now = self.units.named(name, level="commune", on=TWO_LEVELS, province_code=province)
        return tuple(u for u in now if u.province_code == province) or units

    def _inside(self, name: str, mention: Mention, home: _Home) -> _Found | None:
        """The commune of that name in a district already known; spelling may differ there (DOMAIN 5.3)."""
        assert home.district is not None
        for loosely, look in ((False, self.units.named), (True, self.units.named_loosely)):
            units = self._typed(look(name, level="commune", on=self.on, district_code=home.district.code), mention)
            if len(units) == 1:
                sure: Resolution = "exact" if home.stated and not loosely else "inferred"
                return self._unit_found(units[0], sure, home, name, home.why)
        return None

    def _unit_found(self, unit: Unit, resolution: Resolution, home: _Home, name: str, why: str) -> _Found:
        district, province = self.units.parents(unit, self.on)
        if home.district is not None and district is None:
            district = home.district
        said = home.district_name if home.district and district and home.district.code == district.code else ""
        owner = province
        if home.province is not None and self._same_province(home.province, province):
            owner = home.province
        return self._with_current(
            unit,
            name,
            resolution,
            district=said or (district.name if district else ""),
            district_code=district.code if district else "",
            province=self._say(owner, home.province, home.province_name),
            province_code=owner.code if owner else "",
            why=why,
        )

    def _same_province(self, one: Unit, other: Unit | None) -> bool:
        """Whether a document's province is the unit's, or what it has become part of."""
        if other is None or one.code == other.code:
            return True
        current = self.units.current(other)
        return one in current if self.on is not None else any(u.code == one.code for u in current)

    def _where(self, hit: Hit) -> _Home:
        """Where a commune or hamlet lies, by the first evidence that says so."""
        province, said = self.home.province, self.home.province_name
        if hit.value.parents or self._told:
            province, said = self._stated_province(hit)
            for parent in self._parents(hit):
                if parent.value.level == "district":
                    found = self.resolve(parent)
                    name = found.unit.name if found.unit and self.name(parent).isupper() else self.name(parent)
                    owner = province
                    if found.province_code:
                        owner = self.units.unit(found.province_code, "province", self.on)
                    return _Home(found.unit, owner, name, found.province or said, hit.value.firm, "bracket")
        if province is not None and (self.home.province is None or province.code != self.home.province.code):
            return _Home(None, province, "", said, True, "chain")
        heading = self._heading(hit)
        if heading is not None:
            return heading
        return self._document_home(hit)

    def _document_home(self, hit: Hit) -> _Home:
        return self.home

    def _heading(self, hit: Hit) -> _Home | None:
        """A section headed by a district (``2. Huyện Hòa Sơn``)."""
        block = self.scene.view.block_index(hit.start)
        if block in self._headed:
            return self._headed[block]
        chain = self.scene.layout.ancestors(self.scene.layout.node_at(hit.start))
        found = self._headed_by(hit, chain)
        if all(one.block != block for one in chain):  # of a name in the heading itself another one may be the district
            self._headed[block] = found
        return found

    def _headed_by(self, hit: Hit, chain: Sequence[Node]) -> _Home | None:
        for one in chain:
            if one.heading.end - one.heading.start >= 80:
                continue
            low = bisect_left(self.starts, one.heading.start)
            high = bisect_left(self.starts, one.heading.end)
            inside = [h for s in self.starts[low:high] if (h := self.at[s]).value.level == "district"]
            if len(inside) == 1 and inside[0].start != hit.start:
                found = self.resolve(inside[0])
                if found.unit:
                    owner = self.units.unit(found.province_code, "province", self.on) if found.province_code else None
                    return _Home(found.unit, owner, found.unit.name, found.province, True, "heading")
        return None

    def _by_neighbours(self, hit: Hit, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
        """The reading whose district the other names of the list agree on."""
        group = hit.value.group
        if group is None or self.home.province is None:
            return units
        votes = self._votes.get(group.number)
        if votes is None:
            votes = self._votes[group.number] = self._districts_of(group.number, self.home.province.code)
        fitting = [u for u in units if votes[u.district_code]]
        return tuple(fitting) if len(fitting) == 1 else units

    def _districts_of(self, group: int, province: str) -> Counter[str]:
        """How many names of a list only one district of the province has, by district."""
        votes: Counter[str] = Counter()
        for other in self._lists[group]:
            if other.value.level == "commune":
                same = self.units.named(self.name(other), level="commune", on=self.on, province_code=province)
                if len(same) == 1 and same[0].district_code:
                    votes[same[0].district_code] += 1
        return votes

    # -- hamlets -------------------------------------------------------------------------------------------------------

    def _hamlet(self, hit: Hit) -> _Found:
        for parent in self._parents(hit):
            if parent.value.level == "commune":
                found = self.resolve(parent)
                return replace(
                    found, unit=None, current=None, current_province="", successors=(), candidates=(), flags=(),
                    why="chain", resolution="inferred" if found.unit else "unresolved",
                )  # fmt: skip
        home = self._where(hit)
        district = home.district
        return _Found(
            "inferred" if district or home.district_name else "unresolved",
            district=home.district_name,
            district_code=district.code if district else "",
            province=home.province_name,
            province_code=home.province.code if home.province else "",
            why=home.why,
        )

    # -- today ---------------------------------------------------------------------------------------------------------

    def _with_current(
        self,
        unit: Unit,
        name: str,
        resolution: Resolution,
        *,
        district: str = "",
        district_code: str = "",
        province: str = "",
        province_code: str = "",
        why: str = "",
    ) -> _Found:
        """A unit that was found, with the one in force since 1 July 2025 and the flags that its spelling calls for."""
        flags: tuple[str, ...] = ()
        if name != unit.name and name_key(name) != unit.key:
            flags = ("name_variant" if loose_key(name) == loose_key(unit.name) else "former_name",)
        if self.on and not unit.in_force(self.on):
            flags = (*flags, "not_in_force")
        current, owner = self._current(unit)
        if len(current) != 1 and current and unit.level != "district":
            # a district was abolished as such: that its communes went to several present ones is no division of it
            flags = (*flags, "divided_since")
        return _Found(
            resolution, unit, district, district_code, province, province_code,
            current[0] if len(current) == 1 else None, owner,
            tuple([u.code for u in current]) if len(current) != 1 else (),
            (), flags, why,
        )  # fmt: skip

    def _current(self, unit: Unit) -> tuple[tuple[Unit, ...], str]:
        """What lies there today, and the province of it where it is one unit."""
        made = self._today.get(unit)
        if made is None:
            current, owner = self.units.current(unit), None
            if len(current) == 1 and current[0].province_code:
                owner = self.units.parents(current[0], current[0].valid_from)[1]
            made = self._today[unit] = current, owner.name if owner else ""
        return made
