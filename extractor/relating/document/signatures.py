"""The signature block: who signed, and as what."""

from __future__ import annotations

from extractor.relating.document.common import Part


class Signatures(Part):
    """Reads the signature of an official document."""

    def read(self) -> None:
        """Signer and position: the first signature block that is not an annex's."""
        blocks = [i for i, z in enumerate(self.layout.zones) if z == "signature"]
        position = ""
        for index in blocks:
            span = self.block(index)
            piece = self.make.composed(span.start, span.end).strip(" *.,")
            authority = any(h.start == 0 for h in self.words.authority.matches(self.key[span.start : span.end]))
            if authority:
                continue
            if piece.isupper() and not self.is_name(piece, position):
                position = piece
            elif self.is_name(piece, position):
                self.facts.signer, self.facts.signer_position = piece, position
                return
        self.facts.signer_position = position
