"""The row of ``documents``: type, number, title, issuer, place and date, province and district, period, signer.

An official document says these in its letterhead, title and preamble (DOMAIN §1.2); a portal's report says them in its
lead (§1.11: the plan's facts, never the page's), in a sentence of the form *issuer – issued – type – number – subject*.
A page that reports no plan leaves them empty. What the text does not say is taken from the caller's context, and
nothing else: no clock, no guess. Vocabulary: ``patterns/documents.yaml``.

Each part of the reading has a module: ``letterhead``, ``titles``, ``registers`` and ``signatures`` read an official
document, ``closings`` the end of one whose first page is missing; ``told``, ``cited`` and ``headings`` what articles
say of one, with ``issuers`` and ``subjects``; ``whereabouts`` its province and district, ``periods`` its period. They
add to the same facts (``common``), in the order of ``read_document``.
"""

from __future__ import annotations

from dataclasses import replace

from extractor.finding.scene import Scene
from extractor.model import Document
from extractor.relating.document.closings import Closings
from extractor.relating.document.common import Facts
from extractor.relating.document.letterhead import Letterhead
from extractor.relating.document.periods import read_period
from extractor.relating.document.registers import Registers
from extractor.relating.document.signatures import Signatures
from extractor.relating.document.titles import Titles
from extractor.relating.document.told import Told
from extractor.relating.document.whereabouts import Whereabouts
from extractor.relating.rows import RowMaker

__all__ = ["read_document", "read_period"]


def read_document(scene: Scene, make: RowMaker, context: object, version: str) -> Document:
    """The facts of the document.

    Args:
        scene: the document, laid out; its ``document`` is still blank.
        make: for verbatim text.
        context: what the caller knows (``issued_on``, ``doc_type``, ``province``, ``district``); used where the text is
            silent.
        version: of the extractor.
    """
    facts = _facts(scene, make)
    if facts.issued_on is None:
        facts.issued_on = getattr(context, "issued_on", None)
    places = Whereabouts(scene, make, facts, context)
    province, district = places.find()
    stated = "" if district or facts.central else places.unlisted_district()
    issuer = places.completed(facts.issuer, province, district)
    begin, end = read_period(facts.title, scene.patterns)
    return replace(
        scene.document,
        doc_type=facts.doc_type or getattr(context, "doc_type", ""),
        number=facts.number,
        title=facts.title,
        issuer=issuer,
        issued_place=facts.issued_place,
        issued_on=facts.issued_on,
        province=province.name if province else getattr(context, "province", ""),
        province_code=province.code if province else "",
        district=district.name if district else stated or getattr(context, "district", ""),
        district_code=district.code if district else "",
        period_start=begin,
        period_end=end,
        signer=facts.signer,
        signer_position=facts.signer_position,
        chars=len(scene.source.text),
        extractor_version=version,
    )


def _facts(scene: Scene, make: RowMaker) -> Facts:
    """What head, title, register, lead and signature say, each of what those before it left open."""
    facts, layout = Facts(), scene.layout
    letterhead, titles = Letterhead(scene, make, facts), Titles(scene, make, facts)
    registers = Registers(scene, make, facts)
    header = [i for i, z in enumerate(layout.zones) if z == "header"]
    if header:
        letterhead.read_number(header)
        letterhead.read_place_and_date(header)
    if layout.title:
        titles.read()
        letterhead.read_attached(header)
    elif header:
        titles.read_letter(header)
    if layout.title and not facts.number and not facts.issuer:
        Told(scene, make, facts).read_introduction()
    if facts.number and not facts.doc_type:
        facts.doc_type = titles.type_of_number()
    if header and not facts.issuer:
        letterhead.read_issuer(header)
    registers.read()
    if header and facts.number and not facts.title and (enacted := titles.enacted(header[-1] + 1)) is not None:
        titles.take_title([enacted])
    closed = not header and not facts.doc_type and Closings(scene, make, facts).read()
    if not closed and not (facts.doc_type and facts.issuer and facts.title):  # no end of a paper, which tells of itself
        Told(scene, make, facts).read(official=bool(layout.title))
        scene.retells = facts.lead is not None and not header
    Signatures(scene, make, facts).read()
    registers.take_signer()
    return facts
