"""What a page of laws or a register says of the document beside it (``text/metadata.py`` finds the labels)."""

from __future__ import annotations

from extractor.finding.scene import Scene
from extractor.model import Span
from extractor.relating.document.cited import Cited
from extractor.relating.document.common import SHORTEST_TITLE, Facts, Part, number_of
from extractor.relating.document.periods import day_of
from extractor.relating.rows import RowMaker
from extractor.text.keys import fold


class Registers(Part):
    """Takes what a register says and the document leaves out."""

    def __init__(self, scene: Scene, make: RowMaker, facts: Facts) -> None:
        super().__init__(scene, make, facts)
        self.cited = Cited(scene, make, facts)

    def read(self) -> None:
        """Take what a page of laws or a register says and the document leaves out; its number must not be another."""
        values, facts = self.layout.metadata.values, self.facts
        said = values.get("number")
        number = self._number_in(said) if said else ""
        if not values or (number and facts.number and fold(number) != fold(facts.number)):
            return
        if said and number:
            self.cited.take_cited(said)
        facts.number = facts.number or number
        if (kind := values.get("type")) and not facts.doc_type:
            hits = self.words.types.matches(self.key[kind.start : kind.end])
            facts.doc_type = str(hits[0].value.means["doc_type"]) if hits and hits[0].start == 0 else ""
        facts.doc_type = facts.doc_type or (self.type_of_number() if facts.number else "")
        if (on := values.get("date")) and facts.issued_on is None:
            found = self.words.registered_day.match(self.key, on.start, on.end)
            facts.issued_on = day_of(found) if found else None
        if (about := values.get("title")) and not facts.title and len(about) > SHORTEST_TITLE:
            facts.title = self.make.composed(self.past_link(about.start, about.end), about.end).strip(" .;:")
        if (issuer := values.get("issuer")) and not facts.issuer:
            facts.issuer = self.issuer_or_place(issuer)

    def _number_in(self, span: Span) -> str:
        """The number in a value of a register, perhaps behind the type: ``Kế hoạch số 31/KH-UBND ngày …``."""
        kind = self.kind_at(span.start, span.end)
        found = self.words.number.match(self.text, span.start + (kind.end if kind else 0), span.end)
        return number_of(found) if found else ""

    def take_signer(self) -> None:
        """``Lê Văn Mẫu``, or with the post before it: ``Phó Chủ tịch Lê Văn Mẫu``."""
        span = self.layout.metadata.values.get("signer")
        if span is None or self.facts.signer:
            return
        said = self.make.composed(span.start, span.end).strip(" .,;")
        post = max((h.end for h in self.words.heads.matches(fold(said)) if h.start == 0), default=0)
        name = self.words.signed.search(said) if post else None
        if name is not None:
            self.facts.signer, self.facts.signer_position = name[0], said[: name.start()].rstrip(" ,-–:")
        elif self.is_name(said, ""):
            self.facts.signer = said
