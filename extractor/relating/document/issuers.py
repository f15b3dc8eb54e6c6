"""Who issues: the body right before a verb, with the heads that belong to it, or the place that stands for it."""

from __future__ import annotations

import regex

from extractor.finding import gazetteer
from extractor.finding.scene import Scene
from extractor.model import Hit, Span
from extractor.relating.document.common import Facts, Part
from extractor.relating.rows import RowMaker

_LONGEST_PLACE = 40


class Issuers(Part):
    """Reads the issuer in a sentence that tells of an issuing."""

    def __init__(self, scene: Scene, make: RowMaker, facts: Facts) -> None:
        super().__init__(scene, make, facts)
        self.units = gazetteer.load()

    def before(self, sentence: Span, verb: int) -> tuple[Span, Hit] | None:
        """The body right before the verb, with the heads that belong to it (``Chủ tịch``, ``Ban Thường vụ``)."""
        said = self.text[sentence.start : verb].rstrip()
        if said.endswith(")") and (opened := said.rfind("(")) > 0:
            verb = sentence.start + opened  # "Ban Chỉ đạo huyện (sau đây gọi tắt là Ban Chỉ đạo) ban hành …"
        verb = self._without_partner(sentence.start, verb)
        key = self.key[sentence.start : verb]
        bodies = [b for b in self.words.bodies.matches(key) if self._stands(sentence.start + b.start, b)]
        if not bodies:
            return None
        heads = [*self.words.heads.matches(key), *bodies]

        def with_heads(start: int) -> int:
            for head in reversed(heads):
                if head.end <= start and not key[head.end : start].strip():
                    start = head.start
            return start

        body = bodies[-1]
        start = with_heads(body.start)
        steering = [b for b in bodies if b.value.id.endswith((".steering", ".party"))]
        if steering and ";" not in key[steering[-1].start :] and not self._cut(key, steering[-1].end, start):
            body = steering[-1]
            start = with_heads(body.start)
        end = len(key.rstrip())
        if any(h.start >= body.end for h in self.ordering(sentence.start, sentence.start + end)):
            return None
        piece = key[start:end]
        if tail := self.words.says.search(piece):
            end, piece = start + tail.start(), piece[: tail.start()]
        if tail := self.words.meets.search(piece) or self.words.before_verb.search(piece):
            end, piece = start + tail.start(), piece[: tail.start()]
        if tail := self.words.behind_issuer.search(piece):
            end = start + tail.start()  # UBND huyện Mai Sơn (Sơn La), HĐND tỉnh khóa XV
        topic = body.end
        if body.value.id.endswith(".steering"):  # Ban Chỉ đạo về chuyển đổi số: what it steers is its name
            topic = self.past_link(sentence.start + topic + 1, sentence.start + end) - sentence.start - 1
        if self.words.no_issuer.search(key[start : body.end]) or self.words.no_issuer.search(key[topic:end]):
            return None
        if end - start > 220 or ";" in key[start:end] or "." in self.words.abbreviation.sub("", key[start:end]):
            return None
        return Span(sentence.start + start, sentence.start + end), body

    def _without_partner(self, start: int, verb: int) -> int:
        """Where the name ends of one who issues together with others: ``Sở A phối hợp với Sở B ban hành …``."""
        joint = self.words.jointly.search(self.key, start, verb)
        enacts = joint and self.words.enacted.match(self.key, verb - 1)
        return int(joint.start()) if joint and enacts else verb

    def place(self, sentence: Span, verb: int) -> Span | None:
        """The place that a report names for its office: ``Tỉnh Sơn La vừa ban hành …``, ``Sơn La: Phê duyệt …``."""
        key = self.key[sentence.start : verb].rstrip(" :")
        tail = self.words.before_verb.search(key)
        end = tail.start() if tail else len(key)
        start = max(key.rfind(mark, 0, end) for mark in (", ", ": ", "; ", "- ")) + 2
        start = start if start > 1 else 0
        if self.words.citing_head.match(key, start, end) or end - start > _LONGEST_PLACE:
            return None
        said = Span(sentence.start + start, sentence.start + end)
        return said if self.text[said.start : said.start + 1].isalpha() and self.unit_name(said) else None

    def unit_name(self, span: Span) -> str:
        """The unit that a stretch names with its type or, if only one is called so, without it; else ``""``."""
        said = self.text[span.start : span.end]
        named = self.words.named_unit.fullmatch(said)
        if named is not None:
            name = said.split()[-1]
            return f"{said[0].lower()}{said[1:]}" if name[:1].isupper() else ""
        for level in ("province", "district"):
            if said[:1].isupper() and (units := self.units.named(said, level=level)):
                return f"{units[0].type} {units[0].name}" if len(units) == 1 else ""
        return ""

    def _stands(self, at: int, body: Hit) -> bool:
        """Whether a one-word body (Sở, Phòng, Bộ) is one: capital, and no part of a name (``Hải Phòng``)."""
        if body.end - body.start > 6:
            return True
        before = regex.search(r"(\p{L}+) \Z", self.text[max(0, at - 12) : at])
        return self.text[at].isupper() and not (before and before[1].istitle())

    def _cut(self, key: str, start: int, end: int) -> bool:
        """Whether a comma and a new body stand between: two bodies, not one name."""
        return start < end and regex.search(r",\s*$", key[start:end]) is not None
